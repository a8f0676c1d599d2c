"""`itband grade`: the same grading as `nbgrader autograde`, with a bar that says how far it is, and less around it.

A case is graded in one loop. The notebooks of any other assignment are executed by nbgrader, several at once if wanted.
"""

import logging
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.converters import Autograde, NbGraderException
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from itband_course.grading.autograde import CaseRun, counted, submitted_folders
from itband_course.grading.configured import configured
from itband_course.grading.course import CaseFault, Course
from itband_course.grading.exporters import CaseExporter
from itband_course.grading.submitted import named, printable

if TYPE_CHECKING:
    from itband_course.grading.jobs import Executed

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
    app = configured(case, student)
    # With a bar, only what is to be looked at; else a line for each submission says how far it is.
    app.log.setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)
    converter = Autograde(coursedir=app.coursedir, parent=app)
    converter.force = force or converter.force
    try:
        # It checks bank and release, as it does for nbgrader, and raises before anything is touched.
        CaseExporter(parent=converter, config=converter.config)
        with logging_redirect_tqdm(loggers=[app.log]):
            rows = CaseRun(converter, course).run(watch, only)
    except KeyboardInterrupt:
        return _stopped(case)
    except (CaseFault, NbGraderException):
        return 1
    print(f"{case}: {counted(rows) or 'nothing to grade'}.")
    return 0


def grade_others(course: Course, assignment: str, student: str, force: bool, jobs: int) -> int:
    """Have nbgrader execute and mark an assignment that is no case of this course, and return an exit code.

    Parameters
    ----------
    course : Course
        The course in the present folder.
    assignment, student, force
        As for `grade`.
    jobs : int
        How many students' notebooks are executed at once.
    """
    # joblib is not loaded where a case is graded.
    from itband_course.grading.jobs import execute

    folders = submitted_folders(configured(assignment, student).coursedir)
    students = [folder.parent.name for folder in folders]
    failed = []

    def tell(done: Iterable["Executed"]) -> Iterator["Executed"]:
        for one in tqdm(done, total=len(students), **BAR):
            if one.said:
                tqdm.write(f"{printable(one.student)}:\n{one.said}", file=sys.stderr)
            if not one.graded:
                failed.append(one.student)
            yield one

    try:
        done = execute(course.root, assignment, students, force=force, jobs=jobs, watch=tell)
    except KeyboardInterrupt:
        return _stopped(assignment)
    print(f"{assignment}: {len(done) - len(failed)} graded, {len(failed)} not graded.")
    if failed:
        print(f"Not graded, for the reasons above: {named(sorted(failed))}.", file=sys.stderr)
    return 1 if failed else 0


BAR: dict[str, Any] = {"unit": " submissions", "dynamic_ncols": True, "disable": None}
"""How many are done, how fast, and how long the others will take; no bar where nobody sees one."""


def watch(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield submitted folders, with a bar."""
    yield from tqdm(list(folders), **BAR)


def _stopped(assignment: str) -> int:
    print(f"\nStopped. What is graded stays graded; go on with: itband grade {assignment}", file=sys.stderr)
    return STOPPED
