"""What became of each student's work on a case, one row a student, for tables and exports."""

from dataclasses import dataclass

from nbgrader.api import Gradebook

from itband_course.grading import report
from itband_course.grading.course import Course
from itband_course.grading.report import collect_from


@dataclass(frozen=True)
class Standing:
    """One student's row.

    Parameters
    ----------
    student : str
        Id of the student.
    status : {'graded', 'graded with remarks', 'not graded', 'not handed in'}
        «With remarks»: something about what was handed in is to be looked at.
    remarks : list of str
        Why, and what to look at.
    """

    student: str
    status: report.Standing
    remarks: list[str]


def class_status(course: Course, case: str, gradebook: Gradebook) -> list[Standing]:
    """Return a row for everybody in the gradebook or in ``submitted/``.

    Parameters
    ----------
    course : Course
        Its folders hold what was handed in and autograded.
    case : str
        Id of the case.
    gradebook : Gradebook
        Open.

    Raises
    ------
    CaseFault
        If the case is not released.
    """
    students = collect_from(course, case, gradebook).students
    return [Standing(student.id, student.standing, student.reasons) for student in students]
