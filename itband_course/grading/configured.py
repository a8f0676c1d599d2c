"""nbgrader as the present course folder configures it, for commands of the course's own."""

from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from sqlalchemy.engine import make_url

from itband_course.grading.course import CaseFault


def configured(assignment: str = "", student: str = "*") -> NbGrader:
    """Return nbgrader with the configuration of the present folder.

    Parameters
    ----------
    assignment : str
        What it is to work on.
    student : str
        Id of one student, or ``*`` for all.
    """
    app = NbGrader()
    app.initialize([])
    app.coursedir.assignment_id, app.coursedir.student_id = assignment, student
    return app


def gradebook_url(case: str) -> str:
    """Return where the gradebook of the present folder is: a file, or a database server.

    Raises
    ------
    CaseFault
        If it is a file that does not exist.
    """
    given = str(configured(case).coursedir.db_url)
    url = make_url(given)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        name = Path(url.database).name
        raise CaseFault(f"there is no {name} here: run nbgrader generate_assignment {case} first.")
    return given
