"""The marks of one case in nbgrader's gradebook: the rows that `nbgrader autograde` makes, one commit a submission."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import bindparam, insert, select, update

from itband_course.grading.course import CaseFault

STUDENT, SUBMISSION, NOTEBOOK, GRADE, COMMENT = (
    model.__table__ for model in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment)
)
NO_RESPONSE = "No response."
"""What nbgrader notes beside a note that was left as released."""


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

    def knows(self, student_id: str) -> bool:
        """Whether a student is in the gradebook."""
        return self.db.execute(select(STUDENT.c.id).where(STUDENT.c.id == student_id)).first() is not None

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
        submission = self._find(student_id) or self._add(student_id)
        by_hand = {
            row.cell_id: row
            for row in self.db.execute(select(GRADE).where(GRADE.c.notebook_id == submission.notebook_id))
        }
        points = self._save_grades(submission.notebook_id, marks, by_hand)
        self._save_comments(submission.notebook_id, {name for name, waits in marks.notes.items() if not waits})
        time = submitted_at or submission.timestamp
        due = None if self.duedate is None else self.duedate + (submission.extension or timedelta())
        late = max(0.0, (time - due).total_seconds()) if time is not None and due is not None else 0.0
        self.db.execute(
            update(SUBMISSION).where(SUBMISSION.c.id == submission.id).values(timestamp=time),
        )
        self.db.execute(
            update(NOTEBOOK)
            .where(NOTEBOOK.c.id == submission.notebook_id)
            .values(late_submission_penalty=penalty(student_id, points, late) if late else None)
        )
        return late

    def _find(self, student_id: str) -> Any:
        """Return a submission's row, with the id of its notebook's; None if there is none."""
        wanted = (
            select(SUBMISSION.c.id, SUBMISSION.c.timestamp, SUBMISSION.c.extension, NOTEBOOK.c.id.label("notebook_id"))
            .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
            .where(SUBMISSION.c.assignment_id == self.assignment_id, SUBMISSION.c.student_id == student_id)
            .where(NOTEBOOK.c.notebook_id == self.notebook_id)
        )
        return self.db.execute(wanted).first()

    def _add(self, student_id: str) -> Any:
        """Add the rows of a new submission, as nbgrader's `Gradebook.add_submission` does."""
        if not self.knows(student_id):
            self.db.execute(insert(STUDENT).values(id=student_id))
        submission, notebook = new_uuid(), new_uuid()
        self.db.execute(
            insert(SUBMISSION).values(id=submission, assignment_id=self.assignment_id, student_id=student_id)
        )
        self.db.execute(
            insert(NOTEBOOK).values(id=notebook, assignment_id=submission, notebook_id=self.notebook_id, flagged=False)
        )
        grades = [{"id": new_uuid(), "cell_id": cell, "notebook_id": notebook} for cell in self.grade_cells]
        comments = [{"id": new_uuid(), "cell_id": cell, "notebook_id": notebook} for cell in self.solution_cells]
        for table, rows in ((GRADE, grades), (COMMENT, comments)):
            if rows:
                self.db.execute(insert(table), rows)
        return self._find(student_id)

    def _save_grades(self, notebook_id: str, marks: NewMarks, before: Mapping[str, Any]) -> float:
        """Save the automatic marks and return the points of the submission, those given by hand among them."""
        points = 0.0
        rows = []
        for cell_id, name in self.grade_cells.items():
            if name in marks.notes:
                found = None if marks.notes[name] else 0.0
            elif name in marks.questions:
                found = marks.questions[name]
            else:
                raise CaseFault(f"«{name}» has no score, so nothing was saved. Nothing counts as right by default.")
            by_hand = before[cell_id].manual_score
            counts = found if by_hand is None else by_hand
            points += 0.0 if counts is None else counts + (before[cell_id].extra_credit or 0.0)
            rows.append({"cell": cell_id, "found": found, "waits": by_hand is not None or found is None})
        self.db.execute(
            update(GRADE)
            .where(GRADE.c.notebook_id == notebook_id, GRADE.c.cell_id == bindparam("cell"))
            .values(auto_score=bindparam("found"), needs_manual_grade=bindparam("waits")),
            rows,
        )
        return points

    def _save_comments(self, notebook_id: str, blank: Set[str]) -> None:
        """Note beside each note whether it was left as released."""
        for cell_id, name in self.solution_cells.items():
            self.db.execute(
                update(COMMENT)
                .where(COMMENT.c.notebook_id == notebook_id, COMMENT.c.cell_id == cell_id)
                .values(auto_comment=NO_RESPONSE if name in blank else None)
            )
