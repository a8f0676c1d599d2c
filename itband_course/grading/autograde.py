"""Autograding a case: every submission taken in, scored and saved by itself, and every one accounted for.

nbgrader's own loop runs notebooks, follows links, removes a former result before the new one stands, and ends at a
broken database row. `CaseRun` stands in for that loop where an assignment is a case of this course.
"""

import glob
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from nbgrader.api import Gradebook
from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SQLAlchemyError

from itband_course import files
from itband_course.grading.casebook import Casebook, NewMarks
from itband_course.grading.course import CaseFault, Course
from itband_course.grading.intake import Intake, take_in
from itband_course.grading.rebuild import rebuild
from itband_course.grading.results import kept, result_path, result_paths, write
from itband_course.grading.scoring import score_record, show, unreadable
from itband_course.grading.submitted import (
    TIMESTAMP_FILE,
    UngradableError,
    check_folder,
    named,
    printable,
    set_unusable_time_aside,
    trace,
)
from itband_course.grading.submitted_notebook import Released
from itband_course.grading.twins import birthmarks, twins

Status = Literal["graded", "graded with remarks", "cannot be graded", "graded before"]


@dataclass(frozen=True)
class Row:
    """What became of one submission.

    Parameters
    ----------
    student : str
        Name of its folder.
    status : {'graded', 'graded with remarks', 'cannot be graded', 'graded before'}
        «Graded before»: its result stands, and nothing newer has come in.
    sentences : list of str
        Why, and what else is to be said of it.
    """

    student: str
    status: Status
    sentences: list[str] = field(default_factory=list)


class CaseRun:
    """One run of autograde over the submissions of a case.

    Parameters
    ----------
    converter : nbgrader.converters.Autograde
        Whose settings hold: folders, gradebook, students, `force`, `permissions`, `create_student`, late penalties.
    course : Course
        The course of the case.
    """

    def __init__(self, converter: Any, course: Course) -> None:
        self.converter = converter
        self.course = course
        self.case = converter.coursedir.assignment_id
        self.log = converter.log
        self.penalties = AssignLatePenalties(parent=converter)
        self.penalties.init_plugin()
        self.mode = int(str(converter.permissions), 8)
        self.companions = {
            path.name: path.read_bytes()
            for path in sorted((course.release / self.case).iterdir())
            if path.is_file() and path.suffix != ".ipynb"
        }
        self.birthmarks: dict[str, list[str]] = {}

    def run(
        self, watch: Callable[[list[Path]], Iterable[Path]] = iter, only: Collection[str] | None = None
    ) -> list[Row]:
        """Grade, say what became of each submission, and return the rows.

        Parameters
        ----------
        watch : callable
            Is given the submitted folders and yields each when its turn comes, to show how far the run is.
        only : collection of str, optional
            Ids of the students whose turn it is; otherwise all whom the converter means.

        Raises
        ------
        NbGraderException
            At the end, if a submission could not be graded; all others are then graded.
        """
        released = Released.of(self.course, self.case)
        folders = [
            folder
            for folder in submitted_folders(self.converter.coursedir)
            if only is None or folder.parent.name in only
        ]
        try:
            with Gradebook(self.converter.coursedir.db_url, self.converter.coursedir.course_id) as gradebook:
                casebook = Casebook(gradebook, self.case)
                rows = [self._row(casebook, released, folder) for folder in watch(folders)]
        except (CaseFault, SQLAlchemyError) as error:
            fault = CaseFault(f"Nothing was graded. {self._reason(error)}")
            self.log.error("%s", fault)
            raise fault from error
        self._tell_of_twins()
        return self._close(rows)

    def _tell_of_twins(self) -> None:
        """Say whose answers of this run come from another's file, graded now or before."""
        before = {
            student: birthmarks(found.record)
            for student, path in result_paths(self.course, self.case).items()
            if student not in self.birthmarks and (found := kept(path)) is not None
        }
        for student, sentences in twins(before | self.birthmarks).items():
            for sentence in sentences if student in self.birthmarks else ():
                self.log.warning("%s: %s", printable(student), sentence)

    def _row(self, casebook: Casebook, released: Released, folder: Path) -> Row:
        """Grade one submission; whatever happens, the next one has its turn."""
        student = folder.parent.name
        try:
            check_folder(folder)
            set_unusable_time_aside(folder)
            if not self.converter.force and self._is_done(folder):
                row = Row(student, "graded before")
            else:
                row = self._grade(casebook, released, folder)
        except Exception as error:  # whatever one submission does must cost the others nothing
            casebook.db.rollback()
            row = Row(student, "cannot be graded", [self._reason(error)])
        self._say(row)
        return row

    def _reason(self, error: Exception) -> str:
        """Return why a submission cannot be graded, in a sentence."""
        if isinstance(error, (UngradableError, CaseFault)):
            return str(error)
        if isinstance(error, SQLAlchemyError):
            why = str(getattr(error, "orig", None) or error).splitlines()[0]
            return f"The gradebook could not be written ({why}). Run autograde again."
        if isinstance(error, OSError):
            return f"A file could not be read or written ({error.strerror or error}). Run autograde again."
        self.log.error("%s", "".join(traceback.format_exception(error)))
        return f"The grader failed ({type(error).__name__}), by no fault of the student's. Report what stands above."

    def _say(self, row: Row) -> None:
        student = printable(row.student)
        if row.status == "cannot be graded":
            self.log.error("%s cannot be graded: %s", student, printable(" ".join(row.sentences)))
            return
        self.log.info("%s: %s", student, row.status)
        for sentence in row.sentences:
            self.log.warning("%s: %s", student, printable(sentence))

    def _grade(self, casebook: Casebook, released: Released, folder: Path) -> Row:
        student = folder.parent.name
        if not self.converter.create_student and not casebook.knows(student):
            raise UngradableError(
                "The gradebook does not know this student. Add the student, or correct the folder's name."
            )
        intake = take_in(folder, released)
        results = score_record(
            self.course.bank, (question.id for question in released.questions.questions), intake.record
        )
        intake = replace(intake, noticed=intake.noticed + unreadable(results))
        nb = rebuild(self.course, released, intake)
        show(results, nb)
        marks = NewMarks(
            questions={question_id: result.earned for question_id, result in results.items()},
            notes={name: waits_for_a_person(intake, name) for name in released.notes},
        )
        place = result_path(self.course, self.case, student)
        try:
            with ExitStack() as stack:
                steps = [stack.enter_context(step) for step in self._prepare(place, write(nb), intake.timestamp)]
                late = casebook.enter(student, intake.submitted_at, marks, self._penalty)
                casebook.db.commit()
                for put_in_place in steps:
                    put_in_place()
        finally:
            # Where nothing was put in place, no empty folder may look like a result.
            with suppress(OSError):
                place.parent.rmdir()
                place.parent.parent.rmdir()
        if self.converter.coursedir.groupshared:
            self.converter.set_permissions(self.case, student)
        self.birthmarks[student] = birthmarks(intake.record)
        sentences = intake.remarks + intake.noticed
        status: Status = "graded with remarks" if sentences else "graded"
        return Row(student, status, sentences + ([f"{late:.0f} seconds late."] if late else []))

    def _penalty(self, student: str, points: float, seconds: float) -> float | None:
        """Return what the configured plug-in takes off for work that is late."""
        penalty = self.penalties.plugin_inst.late_submission_penalty(student, points, seconds)
        return None if penalty is None else max(0.0, min(penalty, points))

    def _is_done(self, folder: Path) -> bool:
        """Whether a result of this very submission stands."""
        before = kept(result_path(self.course, self.case, folder.parent.name))
        return before is not None and before.trace == trace(folder)

    def _prepare(
        self, place: Path, notebook: bytes, timestamp: bytes
    ) -> Iterator[AbstractContextManager[Callable[[], object]]]:
        """Yield the files of a result, each written beside its place: the case's own, the time, and last the notebook.

        A notebook that is in its place therefore has its marks and everything beside it. One that a loss of power left
        damaged counts as none, and is made again. Nothing comes along that a student made by hand.
        """
        folder = place.parent
        folder.mkdir(parents=True, exist_ok=True)
        wanted = self.companions | ({TIMESTAMP_FILE: timestamp} if timestamp else {})
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in {*wanted, place.name}:
                path.unlink()
        for name, content in wanted.items():
            if not (folder / name).is_file() or (folder / name).read_bytes() != content:
                yield files.prepared(folder / name, content, self.mode, durable=False)
        yield files.prepared(place, notebook, self.mode, durable=False)

    def _close(self, rows: list[Row]) -> list[Row]:
        self.log.info("%s: %s", self.case, counted(rows))
        failed = [row.student for row in rows if row.status == "cannot be graded"]
        if failed:
            self.log.error(
                "Not graded, for the reasons above: %s. No mark was given; a former result still stands.", named(failed)
            )
            raise NbGraderException(f"{len(failed)} of {len(rows)} submissions could not be graded.")
        return rows


def submitted_folders(coursedir: Any) -> list[Path]:
    """Return the submitted folders that nbgrader's settings mean, those without a notebook among them."""
    pattern = coursedir.format_path(coursedir.submitted_directory, coursedir.student_id, coursedir.assignment_id)
    left_out = coursedir.student_id_exclude.split(",") if coursedir.student_id_exclude else []
    folders = (Path(found) for found in sorted(glob.glob(pattern)))  # noqa: PTH207 - the pattern has a root
    return [folder for folder in folders if folder.parent.name not in left_out]


def counted(rows: list[Row]) -> str:
    """Return how many submissions became what, in words."""
    counts = Counter(row.status for row in rows)
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))


def waits_for_a_person(intake: Intake, note: str) -> bool:
    """Whether a note must be marked by hand; a blank one is 0 by itself, unless its text may be elsewhere."""
    return note in intake.notes or note in intake.unsure or not intake.has_notebook
