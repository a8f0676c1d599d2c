"""Commands that may be meddled with before they start, and what the gradebook and the folders hold after them."""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course_kit import CASE, forked
from course_tools import Class
from nbgrader.api import Gradebook

from itband_course.grading.status import Standing, class_status

SOAP = "soap-half-marathon"
GIVEN = 5.0
"""What a person gave for a note."""
FIRST_TIME, SECOND_TIME = "2026-03-01 10:00:00.000000 UTC", "2026-03-02 10:00:00.000000 UTC"
SECONDS = 60
SCORED = re.compile(r'"scored": "[^"]+"')


def run(klass: Class, *arguments: str, meddle: Callable[[], None] | None = None, expect: int = 0) -> str:
    """Run an nbgrader command, or the course's own `grade`, check how it ends, and return what it printed."""
    program = "itband" if arguments[0] == "grade" else "nbgrader"
    done = forked(klass.root, program, *arguments, meddle=meddle, seconds=SECONDS)
    said = done.stdout + done.stderr
    assert done.returncode == expect, f"{' '.join(arguments)} ended with {done.returncode}:\n{said[-6000:]}"
    return said


def grade(
    klass: Class, *arguments: str, by: str = "autograde", meddle: Callable[[], None] | None = None, expect: int = 0
) -> str:
    """Grade with nbgrader's `autograde`, or with the course's own `grade`."""
    return run(klass, by, CASE, *arguments, meddle=meddle, expect=expect)


@contextmanager
def opened(klass: Class) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{klass.root / 'gradebook.db'}") as gradebook:
        yield gradebook


def hand_in(
    klass: Class, student: str, values: dict[str, Any] | None, note: str | None = None, time: str | None = None
) -> Path:
    """Hand in, in place of whatever was handed in before."""
    shutil.rmtree(klass.folder(student), ignore_errors=True)
    folder = klass.hand_in(student, values, note)
    if time is not None:
        (folder / "timestamp.txt").write_text(time)
    return folder


def give(klass: Class, student: str, points: float) -> None:
    """Mark a note as formgrader does."""
    with opened(klass) as gradebook:
        grade = gradebook.find_grade(SOAP, CASE, CASE, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def note_of(klass: Class, student: str) -> tuple[float | None, bool]:
    """Return what a person gave for the note, and whether it is to be looked at."""
    with opened(klass) as gradebook:
        grade = gradebook.find_grade(SOAP, CASE, CASE, student)
        return grade.manual_score, grade.needs_manual_grade


def standing(klass: Class, student: str) -> Standing:
    with opened(klass) as gradebook:
        return next(row for row in class_status(klass.course, CASE, gradebook) if row.student == student)


def result_of(klass: Class, student: str) -> Path:
    return klass.root / "autograded" / student / CASE / f"{CASE}.ipynb"


def rows(klass: Class) -> dict[str, Any]:
    """Return all that the gradebook holds of each submission, as the tables have it."""
    connection = sqlite3.connect(klass.root / "gradebook.db")
    found: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for student, time, notebook, penalty in connection.execute(
        """SELECT submitted_assignment.student_id, submitted_assignment.timestamp, submitted_notebook.id,
        submitted_notebook.late_submission_penalty FROM submitted_assignment
        JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id"""
    ):
        assert student not in found, f"{student} was entered twice"
        own[notebook] = found[student] = {"time": time, "penalty": penalty, "grades": {}, "comments": {}}
    for table, first, second, third in (
        ("grade", "auto_score", "manual_score", "needs_manual_grade"),
        ("comment", "auto_comment", "manual_comment", "NULL"),
    ):
        for notebook, cell, *values in connection.execute(
            f"SELECT {table}.notebook_id, base_cell.name, {first}, {second}, {third} FROM {table} "
            f"JOIN base_cell ON {table}.cell_id = base_cell.id"
        ):
            of_kind = own[notebook][f"{table}s"]
            assert cell not in of_kind, f"{cell} was entered twice"
            of_kind[cell] = tuple(values)
    connection.close()
    return found


def results(klass: Class, whole: bool = True) -> dict[str, tuple[int, str]]:
    """Return mode and content of each autograded file, without the moment at which it was scored.

    Where a run may have been killed, `whole` is False: a file that was being written beside its place does not count.
    """
    found = {}
    for path in sorted((klass.root / "autograded").rglob("*")):
        if path.is_file() and (whole or not path.name.endswith(".tmp")):
            content = path.read_bytes().decode("utf-8", "surrogateescape")
            content, scored = SCORED.subn("", content)
            assert scored == (path.suffix == ".ipynb")
            found[path.relative_to(klass.root).as_posix()] = (path.stat().st_mode & 0o777, content)
    return found


def copy_of(klass: Class, target: Path) -> Class:
    """Copy a class: its gradebook, and links to its other files, none of which grading changes in its place."""
    shutil.copytree(klass.root, target, symlinks=True, copy_function=_link_or_copy)
    return Class(target)


def _link_or_copy(source: str, target: str) -> None:
    (shutil.copy2 if Path(source).name == "gradebook.db" else os.link)(source, target)
