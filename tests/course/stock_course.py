"""A course that grades the same case as stock nbgrader does: a kernel for each submission, a cell for each mark.

Its configuration is nbgrader's own. Each question's cell reads the recorded answers and ends in the points as a plain
number, which nbgrader takes for partial credit. For that, `scorer.py` and the questions with their keys lie beside the
notebook in `source/`, and so in the release: this is for tests and benchmarks only.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import nbformat
from course_kit import CASE, nbgrader
from nbgrader.api import Gradebook

from itband_course.grading.course import Course

CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'itband'\n"
SET_UP = "set-up"
"""Name of the cell that imports what the other cells call."""
IMPORT = "from scorer import ask, close_stage, hand_in, show_chart"
AUTHORED = "authored.json"
SCORER = f'''"""Scores recorded answers in the kernel of a notebook, each in the cell that asks its question."""

from pathlib import Path

import msgspec

from itband_course import answers
from itband_course.questions import Authored, score, split

AUTHORED = msgspec.json.decode(Path("{AUTHORED}").read_bytes(), type=dict[str, Authored])
RECORD = answers.merge(answers.read(Path.cwd(), "{CASE}") or answers.empty("{CASE}"))


def ask(question_id):
    """Return points as a number. nbgrader gives full marks to a cell without output, so there always is one."""
    rubric = split(AUTHORED[question_id])[1]
    return float(getattr(score(rubric, RECORD.value(question_id)), "earned", 0.0))


def close_stage(stage_id):
    """Do nothing: a cell that closes a stage earns no points."""


def show_chart():
    """Do nothing: the cell with the chart earns no points."""


def hand_in():
    """Do nothing: the cell with the receipt earns no points."""
'''


def make_stock(course_root: Path, target: Path) -> Path:
    """Make a course folder with nbgrader's own configuration, and release the case in it by nbgrader's own command.

    Parameters
    ----------
    course_root : Path
        A course of ours whose case is released. Submissions and marks of its gradebook are not taken along.
    target : Path
        Where the folder is made.

    Returns
    -------
    Path
        `target`.
    """
    source = target / "source" / CASE
    shutil.copytree(course_root / "source" / CASE, source)
    (target / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    course = Course.at(course_root)
    asked = [question.id for question in course.released(CASE)[1].questions]
    (source / AUTHORED).write_bytes(msgspec.json.encode({name: course.bank.questions[name] for name in asked}))
    (source / "scorer.py").write_text(SCORER, "utf-8")
    master = nbformat.read(source / f"{CASE}.ipynb", as_version=4)
    for cell in master.cells:
        if cell.id == SET_UP:
            cell.source = IMPORT
    nbformat.write(master, source / f"{CASE}.ipynb")
    # Making a gradebook takes nbgrader seconds: this one is made, and knows no assignment.
    shutil.copy(course_root / "gradebook.db", target)
    with Gradebook(f"sqlite:///{target / 'gradebook.db'}") as gradebook:
        gradebook.remove_assignment(CASE)
    # The text that our configuration puts into an empty note; with another one the note would have another checksum.
    nbgrader(target, "generate_assignment", CASE, "--ClearSolutions.text_stub=Double-click here and write:")
    return target


def copy_submissions(from_root: Path, to_root: Path, students: Iterable[str]) -> None:
    """Copy submitted folders as they are from one course to another, of ours or stock.

    Nothing has to be changed in them: nbgrader overwrites locked cells with those of the assignment, and so
    the first cell with the one that imports the scorer.

    Parameters
    ----------
    from_root, to_root : Path
        Course folders.
    students : iterable of str
        Names of the folders in ``submitted/``.
    """
    for student in students:
        shutil.copytree(from_root / "submitted" / student, to_root / "submitted" / student)
