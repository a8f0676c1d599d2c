"""The marks of one case in nbgrader's gradebook: the rows that `nbgrader autograde` makes, one commit a submission."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import time_ns
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Connection, bindparam, insert, select, update

from itband_course.grading.course import CaseFault

STUDENT, SUBMISSION, NOTEBOOK, GRADE, COMMENT = (
    model.__table__ for model in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment)
)
NO_RESPONSE = "No response."
"""What nbgrader notes beside a note that was left as released."""
# Made once: to build a statement takes SQLAlchemy longer than SQLite needs to carry it out.
KNOWS = select(STUDENT.c.id).where(STUDENT.c.id == bindparam("student"))
INSERT_STUDENT, INSERT_SUBMISSION, INSERT_NOTEBOOK = insert(STUDENT), insert(SUBMISSION), insert(NOTEBOOK)
INSERT_GRADE, INSERT_COMMENT = insert(GRADE), insert(COMMENT)
UPDATE_SUBMISSION = update(SUBMISSION).where(SUBMISSION.c.id == bindparam("row")).values(timestamp=bindparam("time"))
UPDATE_NOTEBOOK = (
    update(NOTEBOOK).where(NOTEBOOK.c.id == bindparam("row")).values(late_submission_penalty=bindparam("taken_off"))
)
UPDATE_GRADE = (
    update(GRADE)
    .where(GRADE.c.notebook_id == bindparam("of"), GRADE.c.cell_id == bindparam("cell"))
    .values(auto_score=bindparam("found"), needs_manual_grade=bindparam("waits"))
)
UPDATE_COMMENT = (
    update(COMMENT)
    .where(COMMENT.c.notebook_id == bindparam("of"), COMMENT.c.cell_id == bindparam("cell"))
    .values(auto_comment=bindparam("said"))
)


@dataclass(frozen=True)
class NewMarks:
    """What grading found for one submission.

    Parameters
    ----------
    questions : mapping of str to float
        Points by question.
    notes : mapping of str to bool
        For each note, whether a person has to mark it; the others were left blank and earn 0.
    """

    questions: Mapping[str, float]
    notes: Mapping[str, bool]


Penalty = Callable[[str, float, float], float | None]
"""Student, points and seconds late; what is taken off, None for nothing."""


def row_ids(count: int) -> list[str]:
    """Return new ids for rows of the gradebook, of the same form as nbgrader's own: 32 hexadecimal digits.

    nbgrader's are wholly random, so that each of a submission's rows changes another page of the database. These begin
    with the time, and are random after it but for their number: all rows of a submission lie side by side.
    """
    beginning = f"{time_ns() // 1_000_000:012x}{secrets.token_hex(8)}"
    return [f"{beginning}{number:04x}" for number in range(count)]


class Casebook:
    """One case in an open gradebook.

    It writes the rows of nbgrader's own tables without its objects, which take ten times as long.

    Parameters
    ----------
    gradebook : Gradebook
        Stays open for as long as this is used.
    case : str
        Id of the case.

    Raises
    ------
    CaseFault
        If the gradebook does not know the case.
    """

    def __init__(self, gradebook: Gradebook, case: str) -> None:
        self.db = gradebook.db
        try:
            assignment = gradebook.find_assignment(case)
            notebook = gradebook.find_notebook(case, case)
        except MissingEntry:
            raise CaseFault(
                f"The gradebook does not know «{case}». Run nbgrader generate_assignment {case}, then autograde."
            ) from None
        self.assignment_id, self.duedate = assignment.id, assignment.duedate
        self.notebook_id = notebook.id
        self.grade_cells = {cell.id: cell.name for cell in notebook.grade_cells}
        self.solution_cells = {cell.id: cell.name for cell in notebook.solution_cells}
        self._find = (
            select(SUBMISSION.c.id, SUBMISSION.c.timestamp, SUBMISSION.c.extension, NOTEBOOK.c.id.label("notebook_id"))
            .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
            .where(SUBMISSION.c.assignment_id == self.assignment_id, SUBMISSION.c.student_id == bindparam("student"))
            .where(NOTEBOOK.c.notebook_id == self.notebook_id)
        )
        self._grades = select(GRADE.c.cell_id, GRADE.c.manual_score, GRADE.c.extra_credit).where(
            GRADE.c.notebook_id == bindparam("notebook")
        )

    def knows(self, student_id: str) -> bool:
        """Whether a student is in the gradebook."""
        return self.db.connection().execute(KNOWS, {"student": student_id}).first() is not None

    def enter(self, student_id: str, submitted_at: datetime | None, marks: NewMarks, penalty: Penalty) -> float:
        """Enter the marks of a submission without committing them; marks given by hand stand, and are shown again.

        Parameters
        ----------
        student_id : str
            Is added if the gradebook does not know it.
        submitted_at : datetime or None
            In UTC, without a zone. None leaves what is there.
        marks : NewMarks
            One for every graded cell.
        penalty : callable
            Asked where the work is late.

        Returns
        -------
        float
            How many seconds late it is, 0 if it is in time.
        """
        connection = self.db.connection()
        found = connection.execute(self._find, {"student": student_id}).first()
        before = {}
        if found is not None:
            before = {row.cell_id: row for row in connection.execute(self._grades, {"notebook": found.notebook_id})}
        points, grades = self._graded(marks, before)
        blank = {name for name, waits in marks.notes.items() if not waits}
        comments = [
            {"cell": cell, "said": NO_RESPONSE if name in blank else None} for cell, name in self.solution_cells.items()
        ]
        time = submitted_at or (found.timestamp if found is not None else None)
        extension = (found.extension if found is not None else None) or timedelta()
        due = None if self.duedate is None else self.duedate + extension
        late = max(0.0, (time - due).total_seconds()) if time is not None and due is not None else 0.0
        taken_off = penalty(student_id, points, late) if late else None
        if found is None:
            self._insert(connection, student_id, time, taken_off, grades, comments)
        else:
            connection.execute(UPDATE_SUBMISSION, {"row": found.id, "time": time})
            connection.execute(UPDATE_NOTEBOOK, {"row": found.notebook_id, "taken_off": taken_off})
            for statement, rows in ((UPDATE_GRADE, grades), (UPDATE_COMMENT, comments)):
                if rows:
                    connection.execute(statement, [row | {"of": found.notebook_id} for row in rows])
        return late

    def _insert(  # noqa: PLR0913, PLR0917 - what stands in the five tables
        self,
        connection: Connection,
        student_id: str,
        time: datetime | None,
        taken_off: float | None,
        grades: list[dict[str, Any]],
        comments: list[dict[str, Any]],
    ) -> None:
        """Add the rows of a new submission, as nbgrader's `Gradebook.add_submission` does, with its marks in them."""
        if not self.knows(student_id):
            connection.execute(INSERT_STUDENT, {"id": student_id})
        submission, notebook, *own = row_ids(2 + len(grades) + len(comments))
        connection.execute(
            INSERT_SUBMISSION,
            {"id": submission, "assignment_id": self.assignment_id, "student_id": student_id, "timestamp": time},
        )
        connection.execute(
            INSERT_NOTEBOOK,
            {
                "id": notebook,
                "assignment_id": submission,
                "notebook_id": self.notebook_id,
                "flagged": False,
                "late_submission_penalty": taken_off,
            },
        )
        of_grades, of_comments = own[: len(grades)], own[len(grades) :]
        if grades:
            rows = [
                {
                    "id": row_id,
                    "notebook_id": notebook,
                    "cell_id": row["cell"],
                    "auto_score": row["found"],
                    "needs_manual_grade": row["waits"],
                }
                for row_id, row in zip(of_grades, grades, strict=True)
            ]
            connection.execute(INSERT_GRADE, rows)
        if comments:
            rows = [
                {"id": row_id, "notebook_id": notebook, "cell_id": row["cell"], "auto_comment": row["said"]}
                for row_id, row in zip(of_comments, comments, strict=True)
            ]
            connection.execute(INSERT_COMMENT, rows)

    def _graded(self, marks: NewMarks, before: Mapping[str, Any]) -> tuple[float, list[dict[str, Any]]]:
        """Return the points of the submission, those given by hand among them, and what to save for each cell."""
        points = 0.0
        rows = []
        for cell_id, name in self.grade_cells.items():
            if name in marks.notes:
                found = None if marks.notes[name] else 0.0
            elif name in marks.questions:
                found = marks.questions[name]
            else:
                raise CaseFault(f"«{name}» has no score, so nothing was saved. Nothing counts as right by default.")
            former = before.get(cell_id)
            by_hand = None if former is None else former.manual_score
            counts = found if by_hand is None else by_hand
            extra = 0.0 if former is None else former.extra_credit or 0.0
            points += 0.0 if counts is None else counts + extra
            rows.append({"cell": cell_id, "found": found, "waits": by_hand is not None or found is None})
        return points, rows
