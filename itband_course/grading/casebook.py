"""The marks of one case in nbgrader's gradebook: the rows that `nbgrader autograde` makes, one commit a submission."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, MissingEntry, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from itband_course.grading.course import CaseFault

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


class Casebook:
    """One case in an open gradebook.

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
            self.assignment = gradebook.find_assignment(case)
            self.notebook = gradebook.find_notebook(case, case)
        except MissingEntry:
            raise CaseFault(
                f"The gradebook does not know «{case}». Run nbgrader generate_assignment {case}, then autograde."
            ) from None
        self.grade_cells = {cell.id: cell.name for cell in self.notebook.grade_cells}
        self.solution_cells = {cell.id: cell.name for cell in self.notebook.solution_cells}

    def knows(self, student_id: str) -> bool:
        """Whether a student is in the gradebook."""
        return self.db.get(Student, student_id) is not None

    def enter(self, student_id: str, submitted_at: datetime | None, marks: NewMarks) -> SubmittedAssignment:
        """Enter the marks of a submission without committing them; marks given by hand stand, and are shown again.

        Parameters
        ----------
        student_id : str
            Is added if the gradebook does not know it.
        submitted_at : datetime or None
            In UTC, without a zone. None leaves what is there.
        marks : NewMarks
            One for every graded cell.

        Returns
        -------
        SubmittedAssignment
            The submission's row, with its one notebook.
        """
        submission = self._find(student_id) or self._add(student_id)
        if submitted_at is not None:
            submission.timestamp = submitted_at
        notebook = submission.notebooks[0]
        blank = {name for name, waits in marks.notes.items() if not waits}
        for grade in notebook.grades:
            name = self.grade_cells[grade.cell_id]
            if name in marks.notes:
                grade.auto_score = 0.0 if name in blank else None
            elif name in marks.questions:
                grade.auto_score = marks.questions[name]
            else:
                raise CaseFault(f"«{name}» has no score, so nothing was saved. Nothing counts as right by default.")
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            comment.auto_comment = NO_RESPONSE if self.solution_cells.get(comment.cell_id) in blank else None
        return submission

    def _find(self, student_id: str) -> SubmittedAssignment | None:
        wanted = (
            select(SubmittedAssignment)
            .where(
                SubmittedAssignment.assignment_id == self.assignment.id, SubmittedAssignment.student_id == student_id
            )
            .options(
                selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades),
                selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.comments),
            )
        )
        return self.db.execute(wanted).scalar_one_or_none()

    def _add(self, student_id: str) -> SubmittedAssignment:
        """Add the rows of a new submission, as nbgrader's `Gradebook.add_submission` does."""
        student = self.db.get(Student, student_id) or Student(id=student_id)
        self.db.add(student)
        submission = SubmittedAssignment(assignment=self.assignment, student=student)
        notebook = SubmittedNotebook(notebook=self.notebook, assignment=submission)
        for cell_id in self.grade_cells:
            Grade(cell_id=cell_id, notebook=notebook)
        for cell_id in self.solution_cells:
            Comment(cell_id=cell_id, notebook=notebook)
        self.db.add(submission)
        return submission


def points_of(notebook: Any) -> float:
    """Return the points of a submitted notebook as they stand in the session, committed or not."""
    total = 0.0
    for grade in notebook.grades:
        given = grade.auto_score if grade.manual_score is None else grade.manual_score
        if given is not None:
            total += given + (grade.extra_credit or 0.0)
    return total
