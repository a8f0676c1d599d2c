"""What an author's own answers in a preview would earn: the feedback page in full, without a gradebook."""

from itband_course.grading.course import Course, asked_in, is_note
from itband_course.grading.feedback import Marks, feedback_page
from itband_course.grading.intake import take_in
from itband_course.grading.rebuild import rebuild
from itband_course.grading.scoring import score_record, show
from itband_course.grading.submitted_notebook import Released


def preview_marks(course: Course, case: str) -> str:
    """Return the full feedback page for what is answered in a released folder.

    Parameters
    ----------
    course : Course
        Its `release` is the folder that holds the case with the answers, ``preview/``.
    case : str
        Id of the case.
    """
    released = Released.of(course, case)
    intake = take_in(course.release / case, released)
    results = score_record(course.bank, [question.id for question in released.questions.questions], intake.record)
    nb = rebuild(course, released, intake)
    show(results, nb)
    points = [cell.metadata.nbgrader["points"] for cell in nb.cells if asked_in(cell) is not None or is_note(cell)]
    marks = Marks(
        student="you, in the preview",
        score=sum(result.earned for result in results.values()),
        max_score=sum(points),
        late_penalty=0,
        waiting={cell.metadata.nbgrader.grade_id for cell in nb.cells if is_note(cell)},
    )
    return feedback_page(course, case, nb, marks, full=True)
