"""`nbgrader export`: the columns that nbgrader writes, and whether each mark is one."""

import csv
import glob
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

from itband_course import files
from itband_course.grading.bank import BankError
from itband_course.grading.course import CaseFault, UsesBank, course_of
from itband_course.grading.status import Standing, class_status

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "status",
    "remarks",
)
"""nbgrader's columns in its order, then the course's own."""
MARKS = ("raw_score", "late_submission_penalty", "score")
"""Columns that stay empty where work was handed in and is not graded: nobody's 0 by accident."""


class Export(ExportPlugin, UsesBank):
    """nbgrader's export as a table, with the status of each student's work."""

    def export(self, gradebook: Gradebook) -> None:
        """Write a row for each student and assignment."""
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        wanted = {str(name) for name in self.assignment}
        rows = [
            row
            for assignment in gradebook.assignments
            if not wanted or assignment.name in wanted
            for row in self._rows(gradebook, assignment)
        ]
        try:
            _write(target, rows)
        except OSError as error:
            self.log.error("%s cannot be written (%s). Nothing was exported.", target, error.strerror or error)
            raise SystemExit(1) from error

    def _rows(self, gradebook: Gradebook, assignment: Any) -> Iterator[dict[str, Any]]:
        wanted = {str(student) for student in self.student}
        known = {student.id: student for student in gradebook.students}
        standings = {standing.student: standing for standing in self._standings(gradebook, assignment.name)}
        for student_id in [*known, *sorted(set(standings) - set(known))]:
            if not wanted or student_id in wanted:
                marks = _marks(gradebook, assignment.name, student_id) if student_id in known else None
                yield _row(assignment, known.get(student_id), marks, standings[student_id])

    def _standings(self, gradebook: Gradebook, assignment: str) -> list[Standing]:
        course = course_of(self)
        if not course.is_case(assignment):
            return self._standings_by_folder(gradebook, assignment)
        try:
            return class_status(course, assignment, gradebook)
        except (CaseFault, BankError) as error:
            self.log.error("%s", error)
            self.log.error("Nothing was exported: it cannot be told which marks of «%s» count.", assignment)
            raise SystemExit(1) from error

    def _standings_by_folder(self, gradebook: Gradebook, assignment: str) -> list[Standing]:
        """Return a row for each student of an assignment that is no case, by the folders that are there."""
        handed_in = course_of(self).root / self.parent.coursedir.submitted_directory
        submitted = {path.parent.name for path in handed_in.glob(f"[!.]*/{glob.escape(assignment)}") if path.is_dir()}
        known = {student.id for student in gradebook.students}
        rows = []
        for student in sorted(known | submitted):
            has_marks = student in known and _marks(gradebook, assignment, student) is not None
            rows.append(self._standing_by_folder(assignment, student, has_marks, student in submitted))
        return rows

    def _standing_by_folder(self, assignment: str, student: str, has_marks: bool, is_submitted: bool) -> Standing:
        folders = self.parent.coursedir
        autograded = Path(folders.format_path(folders.autograded_directory, student, assignment))
        if has_marks and autograded.is_dir():
            return Standing(student, "graded", [])
        if is_submitted:
            again = f"Run nbgrader autograde {assignment}; the end of what it prints says why if it fails."
            return Standing(student, "not graded", [again])
        if has_marks:
            gone = "Neither the work handed in nor what was graded is there any more."
            return Standing(student, "not graded", [gone])
        return Standing(student, "not handed in", [])


@dataclass(frozen=True)
class _Marks:
    timestamp: Any
    raw: float
    penalty: float


def _marks(gradebook: Gradebook, assignment: str, student: str) -> _Marks | None:
    """Return what the gradebook says of a student's work, None if it knows nothing of it."""
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return None
    return _Marks(submission.timestamp, submission.score, submission.late_submission_penalty or 0.0)


def _row(assignment: Any, student: Any, marks: _Marks | None, standing: Standing) -> dict[str, Any]:
    """Return a row. Who handed nothing in has 0, as nbgrader says."""
    raw, penalty = (marks.raw, marks.penalty) if marks else (0.0, 0.0)
    row = {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "timestamp": marks.timestamp if marks else None,
        "student_id": standing.student,
        "last_name": student.last_name if student else None,
        "first_name": student.first_name if student else None,
        "email": student.email if student else None,
        "raw_score": raw,
        "late_submission_penalty": penalty,
        "score": max(0.0, raw - penalty),
        "max_score": assignment.max_score,
        "status": standing.status,
        "remarks": " ".join(standing.remarks),
    }
    if standing.status == "not graded":
        row |= dict.fromkeys(MARKS)
    return row


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before it if need be.

    Spreadsheets pass over leading spaces, and take some wide signs for narrow ones.

    >>> defused("=HYPERLINK(...)"), defused(" ＋1"), defused("Maya")
    ("'=HYPERLINK(...)", "' ＋1", 'Maya')
    """
    first = next((sign for sign in text if sign.isprintable() and not sign.isspace()), "")
    is_formula = unicodedata.normalize("NFKC", first)[:1] in ("=", "+", "-", "@")
    return f"'{text}" if is_formula or text[:1] in ("\t", "\r", "\n") else text


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, int | float) else defused(str(value))


def _write(target: Path, rows: list[dict[str, Any]]) -> None:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[column]) for column in COLUMNS] for row in rows)
    # A folder's name may hold bytes that are no text.
    content = table.getvalue().encode("utf-8", "replace")
    if target.exists() and not target.is_file():
        # A terminal or a pipe, which must not be replaced by a file.
        target.write_bytes(content)
    else:
        files.write_whole(target.resolve(), content)
