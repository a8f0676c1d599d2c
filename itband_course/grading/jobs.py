"""Assignments whose notebooks nbgrader executes, several students at once: a kernel each, a process of its own.

joblib hands out the work: to processes of this machine, or to wherever its present backend is set to.
"""

import io
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from itband_course.grading.nbgrader_command import leave_out_slow_imports


@dataclass(frozen=True)
class Executed:
    """What became of one student's notebooks.

    Parameters
    ----------
    student : str
        Name of the submitted folder.
    graded : bool
        Whether nbgrader ended well.
    said : str
        Its log, warnings and worse.
    """

    student: str
    graded: bool
    said: str


def execute(  # noqa: PLR0913 - what a run is told
    root: Path,
    assignment: str,
    students: list[str],
    *,
    force: bool,
    jobs: int,
    watch: Callable[[Iterable[Executed]], Iterable[Executed]] = iter,
) -> list[Executed]:
    """Autograde an assignment of a course folder as nbgrader does, each student in a process of a few that are kept.

    Parameters
    ----------
    root : Path
        The course folder.
    assignment : str
        Its name; no case of this course.
    students : list of str
        Names of the submitted folders.
    force : bool
        Grade again what is graded already.
    jobs : int
        How many at once. Each takes a core, and the memory that ``nbgrader_config.py`` gives to a notebook.
    watch : callable
        Is given the results as they come, and yields them again, to show how far the run is.
    """
    pool = Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs", batch_size=1)
    done: Iterator[Any] = pool(delayed(_execute_one)(str(root), assignment, student, force) for student in students)
    return list(watch(done))


class _Sentences(logging.Formatter):
    """What was logged, without the way that an error has taken through nbgrader."""

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage().partition("\nTraceback (most recent call last)")[0]


def _execute_one(root: str, assignment: str, student: str, force: bool) -> Executed:
    """Run in a worker: be `nbgrader autograde` for one student."""
    # A worker is a new process: nbgrader is loaded here, once in each.
    leave_out_slow_imports()
    from nbgrader.apps.baseapp import NbGrader
    from nbgrader.converters import Autograde, NbGraderException

    before = Path.cwd()
    os.chdir(root)
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(_Sentences())
    handler.setLevel(logging.WARNING)
    app = NbGrader()
    try:
        app.initialize([])
        app.log.handlers = [handler]
        app.log.propagate = False
        app.coursedir.assignment_id, app.coursedir.student_id = assignment, student
        converter = Autograde(coursedir=app.coursedir, parent=app)
        converter.force = force or converter.force
        converter.start()
    except (NbGraderException, SystemExit) as error:
        graded = isinstance(error, SystemExit) and not error.code
    except Exception as error:  # one student's work costs the others nothing, and the reason is told
        graded = False
        handler.handle(logging.LogRecord("", logging.ERROR, "", 0, f"{type(error).__name__}: {error}", None, None))
    else:
        graded = True
    finally:
        os.chdir(before)
    return Executed(student, graded, said.getvalue().strip())
