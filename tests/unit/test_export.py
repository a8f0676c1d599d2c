"""The table of marks: nbgrader's columns and numbers, nobody's 0 by accident, and no formula from a student."""

import csv
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from traitlets import Instance
from traitlets.config import LoggingConfigurable

from itband_course.grading import export
from itband_course.grading.course import CaseFault
from itband_course.grading.export import COLUMNS, Export, defused
from itband_course.grading.status import Standing

# nbgrader's own gradebook makes these when a submission is added.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

CASE, CODE = "the-case", "the-code"
MARKS = ("raw_score", "late_submission_penalty", "score")
Table = dict[tuple[str, str], dict[str, str]]


class App(LoggingConfigurable):
    """Stands for nbgrader's application, which knows where the course is."""

    coursedir = Instance(CourseDirectory)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a case and another assignment of 10 points each, for three students; ada and bo are in it."""
    root = tmp_path_factory.mktemp("filled")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for student, last in (("ada", "Zuse"), ("bo", "Ünal"), ("cy", None)):
            gradebook.add_student(student, last_name=last, first_name=student.title(), email=f"{student}@x.org")
        for assignment in (CASE, CODE):
            gradebook.add_assignment(assignment, duedate=datetime(2024, 3, 1, 10))
            gradebook.add_notebook(assignment, assignment)
            gradebook.add_grade_cell("q", assignment, assignment, max_score=10, cell_type="code")
            for student, mark in (("ada", 7.5), ("bo", 3.0)):
                gradebook.add_submission(assignment, student, timestamp=datetime(2024, 3, 1, 9))
                grade = gradebook.find_grade("q", assignment, assignment, student)
                grade.auto_score = mark
            gradebook.find_submission_notebook(assignment, assignment, "ada").late_submission_penalty = 1.25
        gradebook.db.commit()
    return root


@pytest.fixture
def root(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that course to change, and to work in."""
    root = tmp_path / "course"
    shutil.copytree(filled, root)
    (root / "release" / CASE).mkdir(parents=True)
    (root / "release" / CASE / "questions.json").write_text("{}")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def gradebook(root: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        yield gradebook


@pytest.fixture
def standings(monkeypatch: pytest.MonkeyPatch) -> list[Standing]:
    """What is said of the case's students; change it in place."""
    said = [
        Standing("ada", "graded", []),
        Standing("bo", "graded with remarks", ["One thing.", "Another."]),
        Standing("cy", "not handed in", []),
    ]
    monkeypatch.setattr(export, "class_status", lambda _course, _case, _gradebook: said)
    return said


@pytest.fixture
def exported(root: Path, gradebook: Gradebook, standings: list[Standing]) -> Callable[..., Table]:
    """Return a function that exports and returns the rows by assignment and student."""

    def run(plug_in: type = Export, **settings: Any) -> Table:
        app = App(coursedir=CourseDirectory(root=str(root)))
        plug_in(parent=app, **settings).export(gradebook)
        with (root / (settings.get("to") or "grades.csv")).open(encoding="utf-8", newline="") as file:
            return {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}

    return run


def submit(root: Path, student: str, *steps: str) -> None:
    for step in steps:
        (root / step / student / CODE).mkdir(parents=True)


def test_the_columns_are_nbgraders_in_its_order_then_status_and_remarks(exported: Any, root: Path) -> None:
    exported(CsvExportPlugin, to="stock.csv")
    exported()
    stock = (root / "stock.csv").read_text("utf-8").splitlines()[0]
    assert (root / "grades.csv").read_text("utf-8").splitlines()[0] == f"{stock},status,remarks"
    assert ",".join(COLUMNS) == f"{stock},status,remarks"


def test_rows_of_graded_and_missing_work_are_exactly_nbgraders_in_its_order(exported: Any, root: Path) -> None:
    submit(root, "ada", "submitted", "autograded")
    submit(root, "bo", "submitted", "autograded")
    stock, ours = exported(CsvExportPlugin, to="stock.csv"), exported()
    assert list(stock) == list(ours)
    assert {key: {name: row[name] for name in stock[key]} for key, row in ours.items()} == stock
    assert [ours[CASE, "ada"][name] for name in MARKS] == ["7.5", "1.25", "6.25"]
    assert [ours[CASE, "cy"][name] for name in MARKS] == ["0.0", "0.0", "0.0"]


def test_status_and_remarks_of_a_case_are_those_of_the_course(exported: Any) -> None:
    rows = exported()
    found = {
        student: (rows[CASE, student]["status"], rows[CASE, student]["remarks"]) for student in ("ada", "bo", "cy")
    }
    assert found == {
        "ada": ("graded", ""),
        "bo": ("graded with remarks", "One thing. Another."),
        "cy": ("not handed in", ""),
    }


def test_work_that_was_not_graded_has_no_marks_whatever_the_gradebook_says(
    exported: Any, standings: list[Standing]
) -> None:
    standings[0] = Standing("ada", "not graded", ["It is damaged."])
    row = exported()[CASE, "ada"]
    assert [row[name] for name in MARKS] == ["", "", ""]
    assert (row["max_score"], row["status"], row["remarks"]) == ("10.0", "not graded", "It is damaged.")


def test_who_is_only_a_folder_gets_a_row_after_the_others(exported: Any, root: Path, standings: list[Standing]) -> None:
    standings.append(Standing("zoe", "not graded", ["Run autograde."]))
    submit(root, "zoe", "submitted")
    submit(root, ".hidden", "submitted")
    rows = exported()
    assert [student for assignment, student in rows if assignment == CASE][-1] == "zoe"
    for assignment in (CASE, CODE):
        row = rows[assignment, "zoe"]
        assert row["status"] == "not graded"
        assert [row[name] for name in (*MARKS, "last_name", "timestamp")] == [""] * 5
    assert (CODE, ".hidden") not in rows


def test_other_assignments_are_graded_if_their_folders_say_so(exported: Any, root: Path) -> None:
    submit(root, "ada", "submitted", "autograded")
    submit(root, "bo", "submitted")
    rows = exported()
    assert [rows[CODE, student]["status"] for student in ("ada", "bo", "cy")] == [
        "graded",
        "not graded",
        "not handed in",
    ]
    assert rows[CODE, "bo"]["score"] == ""
    assert f"Run nbgrader autograde {CODE}" in rows[CODE, "bo"]["remarks"]


def test_marks_of_other_assignments_whose_folders_are_gone_are_not_passed_off_as_graded(exported: Any) -> None:
    row = exported()[CODE, "ada"]
    assert (row["status"], row["score"]) == ("not graded", "")
    assert "there any more" in row["remarks"]


def test_students_and_assignments_can_be_chosen_and_the_place_too(exported: Any, root: Path) -> None:
    (root / "out").mkdir()
    assert set(exported(to="out/a.csv", student=["ada", "cy"], assignment=[CASE])) == {(CASE, "ada"), (CASE, "cy")}
    assert set(exported(student=[7])) == set()
    assert not [path for path in root.rglob("*") if path.suffix == ".tmp"]


def test_names_that_a_spreadsheet_would_compute_are_defused(
    exported: Any, gradebook: Gradebook, standings: list[Standing]
) -> None:
    student = gradebook.find_student("ada")
    student.last_name, student.first_name, student.email = '=HYPERLINK("http://x","a")', " @SUM(A1)", 'a,"b"\nc'
    gradebook.db.commit()
    standings[0] = Standing("ada", "graded", ["-1+1|cmd"])
    row = exported()[CASE, "ada"]
    assert (row["last_name"], row["first_name"]) == ('\'=HYPERLINK("http://x","a")', "' @SUM(A1)")
    assert (row["email"], row["remarks"]) == ('a,"b"\nc', "'-1+1|cmd")


@pytest.mark.parametrize(
    "text",
    [
        *("=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\t=1", "  =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\x00=1"),
        *("＝1", "＋1", "－1", "＠x", " ＝1", "﹢1", "﹣1", "﹫x"),
    ],
)
def test_every_way_to_begin_a_formula_gets_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "ada", "a=1", "1-2", "Ünal", "'=1", "«x»", "2024-03-01 10:00:00"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_negative_numbers_stay_numbers(exported: Any, gradebook: Gradebook, root: Path) -> None:
    submit(root, "ada", "submitted", "autograded")
    gradebook.find_grade("q", CODE, CODE, "ada").extra_credit = -20
    gradebook.db.commit()
    assert exported()[CODE, "ada"]["raw_score"] == "-12.5"


def test_a_folders_name_that_is_no_text_does_not_stop_the_export(exported: Any, standings: list[Standing]) -> None:
    standings.append(Standing(os.fsdecode(b"\xff\xfe"), "not graded", []))
    assert exported()[CASE, "??"]["status"] == "not graded"


def test_a_case_of_which_nothing_can_be_said_leaves_the_earlier_table_and_fails(
    exported: Any, root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise CaseFault("It has no release.")

    exported()
    before = (root / "grades.csv").read_bytes()
    monkeypatch.setattr(export, "class_status", fail)
    with pytest.raises(SystemExit):
        exported()
    assert (root / "grades.csv").read_bytes() == before
    assert ["It has no release." in caplog.text, "Nothing was exported" in caplog.text] == [True, True]
    assert exported(assignment=[CODE]), "another assignment can still be exported"


def test_a_place_that_cannot_be_written_is_said(exported: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SystemExit):
        exported(to="missing/grades.csv")
    assert "missing/grades.csv cannot be written (No such file or directory). Nothing was exported." in caplog.text


def test_a_pipe_is_written_to_and_not_replaced(root: Path, gradebook: Gradebook, standings: list[Standing]) -> None:
    os.mkfifo(root / "pipe")
    reader = os.open(root / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        app = App(coursedir=CourseDirectory(root=str(root)))
        Export(parent=app, to="pipe").export(gradebook)
        assert os.read(reader, 100_000).startswith(b"assignment,")
    finally:
        os.close(reader)
    assert (root / "pipe").is_fifo()
