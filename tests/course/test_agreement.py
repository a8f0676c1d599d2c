"""Stock nbgrader with a kernel for each submission, and this course's ways of grading, come to the same marks."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from course_kit import CASE, itband, nbgrader
from course_tools import Class, cell_of
from nbgrader.api import Gradebook
from stock_course import IMPORT, SET_UP, copy_submissions, make_stock

from itband_course import answers
from itband_course.grading import simulate

WAYS: dict[str, Callable[[Path], object]] = {
    "nbgrader autograde": lambda root: nbgrader(root, "autograde", CASE),
    "itband grade": lambda root: itband(root, "grade", CASE),
}
"""The ways in which this course's folder can be graded, by name: each takes the folder."""

SOAP = "soap-half-marathon"
OBER, AFTER_CLOSING = "ober-side-difference-record", 900
SHARES = {"right": 0.4, "partly": 0.25, "wrong": 0.2, "open": 0.15}
DUE = datetime(2026, 3, 1, 10)
# Half an hour late costs nothing, later a point for each day that has begun.
TIMES = {
    "right": "2026-03-01 09:59:59.000000 UTC",
    "wrong": "2026-03-02 09:00:00.000000 UTC",
    "mixed-1": "2026-03-03 16:20:00.250000 UTC",
    "mixed-2": "2026-03-01 10:30:00.000000 UTC",
    "mixed-3": "2026-02-20 08:00:00.000000 UTC",
    "closed": "2026-03-01 10:00:00.000000 UTC",
    "ran-and-saved": "2026-03-01 12:00:00.000000 UTC",
}
BLANK = "blank"
"""Handed in as fetched, without a time."""
STUDENTS = [*TIMES, BLANK]
PENALTIES = {"wrong": 0.0, "mixed-1": 3.0, "ran-and-saved": 1.0}
"""In points; of nothing nothing can be taken. The others have none."""
PLUGIN = """from math import ceil

from nbgrader.plugins import BasePlugin


class PointsByTheDay(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return None if total_seconds_late <= 1800 else float(ceil(total_seconds_late / 86400))
"""
ASPECTS = ["marks", "needs manual grade", "comments", "time", "penalty"]


def kept_in(root: Path) -> dict[str, dict[str, Any]]:
    """Return all that the gradebook keeps of each student's submission, by aspect."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        kept = {}
        for submission in gradebook.assignment_submissions(CASE):
            notebook = submission.notebooks[0]
            kept[submission.student.id] = {
                "marks": {grade.name: grade.auto_score for grade in notebook.grades},
                "needs manual grade": {grade.name: grade.needs_manual_grade for grade in notebook.grades},
                "comments": {comment.name: comment.auto_comment for comment in notebook.comments},
                "time": submission.timestamp,
                "penalty": notebook.late_submission_penalty,
            }
    return kept


def set_deadline(root: Path) -> None:
    """Give the case a due date, and the course a plug-in that takes points for lateness."""
    (root / "by_the_day.py").write_text(PLUGIN, "utf-8")
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.AssignLatePenalties.plugin_class = 'by_the_day.PointsByTheDay'\n")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.find_assignment(CASE).duedate = DUE
        gradebook.db.commit()


@pytest.fixture(scope="module")
def handed_in(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A released course and an honest class, not graded yet."""
    root = tmp_path_factory.mktemp("agreement") / "course"
    shutil.copytree(released_course, root)
    handed_in = Class(root)
    right = handed_in.values("right")
    handed_in.hand_in("right", right, note=simulate.NOTE_TEXT)
    handed_in.hand_in("wrong", handed_in.values("wrong"), note="A note.")
    for seed in (1, 2, 3):
        values = simulate.mixed_values(handed_in.course, CASE, SHARES, seed)
        handed_in.hand_in(f"mixed-{seed}", values, note=simulate.NOTE_TEXT if seed != 2 else None)
    handed_in.hand_in(BLANK)
    closed = handed_in.hand_in("closed")
    simulate.record(
        closed, CASE, {question: value for question, value in right.items() if question != OBER}, close=True
    )
    # From another window, that did not know of the closing.
    file = closed / answers.ANSWERS_FILE
    kept = json.loads(file.read_text("utf-8"))
    kept["answers"][OBER] = {"revision": AFTER_CLOSING, "time": "2026-03-01T09:00:00Z", "value": right[OBER]}
    file.write_text(json.dumps(kept), "utf-8")
    ran = handed_in.hand_in(
        "ran-and-saved", simulate.mixed_values(handed_in.course, CASE, SHARES, seed=4), note=simulate.NOTE_TEXT
    )
    simulate.run_all(ran, CASE)
    for student, time in TIMES.items():
        (handed_in.folder(student) / "timestamp.txt").write_text(time, "utf-8")
    return handed_in


@pytest.fixture(scope="module")
def stock(handed_in: Class) -> Class:
    """The class as stock nbgrader grades it."""
    root = make_stock(handed_in.root, handed_in.root.parent / "stock")
    copy_submissions(handed_in.root, root, STUDENTS)
    set_deadline(root)
    nbgrader(root, "autograde", CASE)
    return Class(root)


@pytest.fixture(scope="module", params=WAYS)
def ours(handed_in: Class, request: pytest.FixtureRequest) -> Class:
    """The class as this course grades it, in one of its ways."""
    root = handed_in.root.parent / request.param.replace(" ", "-")
    shutil.copytree(handed_in.root, root)
    set_deadline(root)
    WAYS[request.param](root)
    return Class(root)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_student_has_the_same(stock: Class, ours: Class, aspect: str) -> None:
    theirs, own = kept_in(stock.root), kept_in(ours.root)
    assert sorted(theirs) == sorted(own) == sorted(STUDENTS)
    assert {student: kept[aspect] for student, kept in own.items()} == {
        student: kept[aspect] for student, kept in theirs.items()
    }


def test_the_marks_that_agree_are_of_all_sorts(stock: Class, handed_in: Class) -> None:
    full = handed_in.full()
    kept = {student: its["marks"] for student, its in kept_in(stock.root).items()}
    assert kept["right"] == full | {SOAP: None}
    assert kept["wrong"] == dict.fromkeys(full, 0.0) | {SOAP: None}
    assert kept[BLANK] == dict.fromkeys(full, 0.0) | {SOAP: 0.0}
    assert kept["closed"] == full | {OBER: 0.0, SOAP: 0.0}
    partly = [
        student
        for student in ("mixed-1", "mixed-2", "mixed-3", "ran-and-saved")
        if any(0 < mark < full[name] for name, mark in kept[student].items() if name in full)
    ]
    assert len(partly) >= 3, "which of them has a part of a question's points depends on the dice"


def test_the_times_and_penalties_that_agree_are_those_of_the_plug_in(stock: Class) -> None:
    kept = kept_in(stock.root)
    assert {student: its["penalty"] for student, its in kept.items()} == dict.fromkeys(STUDENTS) | PENALTIES
    assert {student for student, its in kept.items() if its["time"] is None} == {BLANK}


def test_stock_nbgrader_ran_the_scorer_in_a_kernel_of_its_own(stock: Class, handed_in: Class) -> None:
    for student in STUDENTS:
        submitted, graded = (
            json.loads((root / folder / student / CASE / f"{CASE}.ipynb").read_text("utf-8"))
            for root, folder in ((stock.root, "submitted"), (stock.root, "autograded"))
        )
        assert "".join(cell_of(graded, SET_UP)["source"]) == IMPORT
        assert "".join(cell_of(submitted, SET_UP)["source"]) != IMPORT
        for question in handed_in.full():
            (output,) = cell_of(graded, question)["outputs"]
            assert output["output_type"] == "execute_result", (student, question)


def test_both_courses_know_the_same_cells(stock: Class, handed_in: Class) -> None:
    known = {}
    for root in (stock.root, handed_in.root):
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            notebook = gradebook.find_notebook(CASE, CASE)
            known[root] = {
                "points": {cell.name: cell.max_score for cell in notebook.grade_cells},
                "checksums": {cell.name: cell.checksum for cell in notebook.source_cells if cell.name != SET_UP},
            }
    assert known[stock.root] == known[handed_in.root]
