"""What today's bank makes of answers that were graded before: who would gain or lose, and the marks written anew.

The answers are those in the autograded notebooks, so nobody's newer or older work comes into it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry

from itband_course.grading.course import Course
from itband_course.grading.results import kept, result_path
from itband_course.grading.scoring import score_record
from itband_course.grading.submitted import printable, trace
from itband_course.kinds.base import points_text


@dataclass(frozen=True)
class Difference:
    """An automatic mark in the gradebook that today's bank would not give.

    Parameters
    ----------
    student, question : str
        Whose, and of which question.
    before : float or None
        The automatic mark; None if there is none.
    after : float
        What the recorded answer earns by today's bank.
    why : str
        The rule's own words.
    by_hand : float or None
        A mark given by a person, which stands.
    """

    student: str
    question: str
    before: float | None
    after: float
    why: str
    by_hand: float | None


@dataclass(frozen=True)
class Audit:
    """Every graded student's marks, computed again.

    Parameters
    ----------
    students, marks : int
        How many students and how many marks were computed.
    differences : list of Difference
        In the order of students and questions.
    stale : list of str
        Students with differences who have handed in something else since: autograde grades that.
    without : list of str
        Students with a row in the gradebook and no autograded notebook that can be read.
    """

    students: int
    marks: int
    differences: list[Difference]
    stale: list[str]
    without: list[str]


def audit(course: Course, case: str, db_url: str) -> Audit:
    """Compute every automatic mark of a case again, from the recorded answers alone.

    Parameters
    ----------
    course, case
        Whose results.
    db_url : str
        Where the gradebook is.

    Raises
    ------
    CaseFault
        If the bank cannot score the case.
    """
    course.check_gradable(case)
    questions = [question.id for question in course.released(case)[1].questions]
    differences: list[Difference] = []
    stale, without = [], []
    students = 0
    with Gradebook(db_url) as gradebook:
        try:
            submissions = gradebook.assignment_submissions(case)
        except MissingEntry:
            submissions = []
        for submission in sorted(submissions, key=lambda row: row.student_id):
            student = submission.student_id
            result = kept(result_path(course, case, student))
            if result is None:
                without.append(student)
                continue
            students += 1
            grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
            found = [
                Difference(student, name, grades[name].auto_score, scored.earned, scored.score.reason, by_hand)
                for name, scored in score_record(course.bank, questions, result.record).items()
                for by_hand in [grades[name].manual_score]
                if grades[name].auto_score != scored.earned
            ]
            differences += found
            folder = course.root / "submitted" / student / case
            if found and (not folder.is_dir() or folder.is_symlink() or trace(folder) != result.trace):
                stale.append(student)
    return Audit(students, students * len(questions), differences, stale, without)


def lines(differences: Iterable[Difference]) -> list[str]:
    """Return a line for each difference: who, which question, from how much to how much, and why."""
    return [
        f"{printable(one.student)}  {one.question}  {_mark(one.before)} -> {points_text(one.after)}  {one.why}"
        + (f" (a mark given by hand, {points_text(one.by_hand)}, stands)" if one.by_hand is not None else "")
        for one in differences
    ]


def _mark(mark: float | None) -> str:
    return "no mark" if mark is None else points_text(mark)
