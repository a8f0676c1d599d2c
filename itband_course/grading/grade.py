"""`itband grade`: the same grading as `nbgrader autograde`, with a bar that says how far it is, and less around it."""

import logging
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde, NbGraderException
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from itband_course.grading.autograde import CaseRun, counted
from itband_course.grading.course import CaseFault, Course
from itband_course.grading.exporters import CaseExporter

STOPPED = 130
"""Exit code of a program that was stopped by Ctrl C."""


def grade(course: Course, case: str, student: str, force: bool, only: Collection[str] | None = None) -> int:
    """Grade the submissions of a case in the present folder, and return an exit code.

    Configuration, folders, gradebook, marks and sentences are those of ``nbgrader autograde``: the same loop runs.

    Parameters
    ----------
    course : Course
        The course in the present folder.
    case : str
        Id of the case.
    student : str
        Id of one student, or ``*`` for all.
    force : bool
        Grade again what is graded already.
    only : collection of str, optional
        Ids of the students to grade, where it is several.
    """
    app = NbGrader()
    app.initialize([])
    # With a bar, only what is to be looked at; else a line for each submission says how far it is.
    app.log.setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)
    app.coursedir.assignment_id, app.coursedir.student_id = case, student
    converter = Autograde(coursedir=app.coursedir, parent=app)
    converter.force = force or converter.force
    try:
        # It checks bank and release, as it does for nbgrader, and raises before anything is touched.
        CaseExporter(parent=converter, config=converter.config)
        with logging_redirect_tqdm(loggers=[app.log]):
            rows = CaseRun(converter, course).run(watch, only)
    except KeyboardInterrupt:
        print(f"\nStopped. What is graded stays graded; go on with: itband grade {case}", file=sys.stderr)
        return STOPPED
    except (CaseFault, NbGraderException):
        return 1
    print(f"{case}: {counted(rows) or 'nothing to grade'}.")
    return 0


def watch(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield submitted folders, with a bar on how many are done, how fast, and how long the others will take."""
    yield from tqdm(list(folders), unit=" submissions", dynamic_ncols=True, disable=None)
