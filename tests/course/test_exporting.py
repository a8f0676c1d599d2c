"""`nbgrader export` as an instructor runs it, with the course's table."""

import csv

from course_kit import CASE, nbgrader
from course_tools import Class


def test_work_that_could_not_be_graded_or_was_not_yet_has_no_marks_and_missing_work_has_0(fresh_class: Class) -> None:
    fresh_class.hand_in("right", fresh_class.values("right"))
    damaged = fresh_class.hand_in("damaged")
    (damaged / f"{CASE}.ipynb").write_text("{")
    fresh_class.autograde(expect=1)
    fresh_class.hand_in("since", fresh_class.values("right"))
    nbgrader(fresh_class.root, "db", "student", "add", "nobody")
    nbgrader(fresh_class.root, "export", "--to", "marks.csv", "--assignment", f"['{CASE}']")
    with (fresh_class.root / "marks.csv").open(encoding="utf-8", newline="") as file:
        found = {row["student_id"]: (row["status"], row["score"]) for row in csv.DictReader(file)}
    most = sum(fresh_class.full().values())
    assert found == {
        "right": ("graded", str(most)),
        "damaged": ("not graded", ""),
        "since": ("not graded", ""),
        "nobody": ("not handed in", "0.0"),
    }
