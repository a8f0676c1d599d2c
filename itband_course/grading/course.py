"""The course folder as the grader sees it: where things are, and which assignments are cases of this course."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from msgspec import Struct
from nbgrader.converters import NbGraderException
from nbgrader.utils import compute_checksum
from traitlets import Enum, Unicode
from traitlets.config import Configurable

from itband_course.answers import ANSWERS_FILE
from itband_course.facts import references
from itband_course.figure.client import Client
from itband_course.grading import bank as bank_
from itband_course.grading.bank import Bank, BankError
from itband_course.grading.measure_check import bench_faults, entry_faults
from itband_course.kinds.measure import AuthoredMeasure
from itband_course.questions import (
    QUESTIONS_FILE,
    STAGES,
    CaseQuestions,
    QuestionsError,
    Stage,
    kind_of,
    read_case_questions,
)

ASK = re.compile(r"""^ask\((["'])(?P<id>[^"']+)\1\)$""")
SHOW_CHART = "show_chart()"
CLOSE = re.compile(r"""^close_stage\((["'])(?P<id>[^"']+)\1\)$""")


GAP = re.compile(r"(?:^|[|“ ])…(?:$|[|” ])", re.MULTILINE)
"""A place that the frame of a case leaves for its author."""


class CaseFault(NbGraderException):
    """A sentence for the instructor: what is wrong with a case, and what to do."""


class Outcome(Struct, frozen=True, forbid_unknown_fields=True):
    """What a student is able to do after a module."""

    id: str
    text: str


class Module(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of the course: a lesson and the cases that it prepares for."""

    id: str
    title: str
    lesson: str
    cases: list[str]
    prerequisites: list[str]
    minutes: int


class CourseGraph(Struct, frozen=True, forbid_unknown_fields=True):
    """`course.toml`."""

    id: str
    title: str
    module: list[Module]
    outcome: list[Outcome]


@dataclass(frozen=True)
class Course:
    """One course folder.

    Parameters
    ----------
    root : Path
        Where `nbgrader_config.py` lies.
    bank_folder : Path
        Where the bank lies.
    source, release : Path
        nbgrader's folders of masters and of what students get.
    """

    root: Path
    bank_folder: Path
    source: Path
    release: Path

    @classmethod
    def at(cls, root: Path) -> "Course":
        """Return the course at a folder, with its default places."""
        return cls(root, root / "bank", root / "source", root / "release")

    @cached_property
    def bank(self) -> Bank:
        """The bank, read once.

        Raises
        ------
        BankError
            If it is missing or cannot be read.
        """
        return bank_.load(self.bank_folder)

    @cached_property
    def graph(self) -> CourseGraph:
        """`course.toml`.

        Raises
        ------
        CaseFault
            If it cannot be read.
        """
        try:
            return msgspec.convert(tomllib.loads((self.root / "course.toml").read_text("utf-8")), type=CourseGraph)
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CaseFault(f"course.toml: this is not TOML ({error}). Mend the line that it names.") from error
        except msgspec.ValidationError as error:
            raise CaseFault(f"course.toml: {bank_.plain(error)}.") from error

    def problems(self) -> list[str]:
        """Return all that authors must mend in bank, masters and course graph, one sentence each."""
        try:
            problems = [*self._lint_bank(), *self._lint_benches(self.bank.questions)]
            cases = self.cases()
            listed = {case for module in self.graph.module for case in module.cases}
        except BankError as error:
            return error.problems
        except CaseFault as error:
            return [str(error)]
        for case in cases:
            try:
                placed = self.placed(case, self.master(case))
                problems += self._lint_measures(placed, self.client(case))
            except CaseFault as error:
                problems.append(str(error))
            except BankError as error:
                problems += error.problems
        for case in sorted(listed | set(cases)):
            problems += self._gaps(case)
        problems += [
            f"course.toml: no module lists the case «{case}»: add it to one." for case in cases if case not in listed
        ]
        for case in sorted(listed - set(cases)):
            if (self.source / case / f"{case}.ipynb").exists():
                problems.append(f'source/{case}/{case}.ipynb asks no question yet: place one with ask("ID").')
            else:
                problems.append(f"course.toml: the case «{case}» has no folder in source/: write it or take it out.")
        return problems

    def outcome_text(self, outcome_id: str) -> str:
        """Return what a student is able to do afterwards, the id itself where course.toml does not know it."""
        return next((outcome.text for outcome in self.graph.outcome if outcome.id == outcome_id), outcome_id)

    def client(self, case: str) -> Client | None:
        """Return the client of a case, None where the bank describes none.

        Raises
        ------
        BankError
            If the client's file cannot be read.
        """
        return bank_.client(self.bank_folder, case)

    def cases(self) -> list[str]:
        """Return the ids of all cases that have a master; other nbgrader assignments in `source/` are none."""
        masters = (path for path in self.source.glob("*/*.ipynb") if path.stem == path.parent.name)
        return sorted(path.stem for path in masters if asked(nbformat.read(path, as_version=4)))

    def master(self, case: str) -> Any:
        """Return the master notebook of a case."""
        return nbformat.read(self.source / case / f"{case}.ipynb", as_version=4)

    def is_case(self, assignment: str) -> bool:
        """Whether an assignment is a case of this course: decided from its release and master, never a submission."""
        if (self.release / assignment / QUESTIONS_FILE).exists():
            return True
        notebooks = [
            *(self.release / assignment).glob("*.ipynb"),
            *(self.source / assignment).glob("*.ipynb"),
        ]
        return any(asked(nbformat.read(path, as_version=4)) for path in notebooks)

    def released(self, case: str) -> tuple[Any, CaseQuestions]:
        """Return the released notebook of a case and its public questions.

        Raises
        ------
        CaseFault
            If the case has not been released, or its release is damaged.
        """
        folder = self.release / case
        again = f"Run nbgrader generate_assignment {case} first. Nothing was graded or changed."
        try:
            return nbformat.read(folder / f"{case}.ipynb", as_version=4), read_case_questions(folder)
        except FileNotFoundError:
            raise CaseFault(f"«{case}» has no notebook in release/{case}/. {again}") from None
        except QuestionsError:
            raise CaseFault(
                f"{QUESTIONS_FILE} of «{case}» is missing from release/{case}/ or damaged. {again}"
            ) from None

    def placed(self, case: str, notebook: Any) -> list[str]:
        """Return the ids of the questions that a master places, in its order.

        Raises
        ------
        CaseFault
            If an id is not in the bank or placed twice, if a cell's name or points disagree with the bank, or if the
            notebook also holds cells whose code is graded.
        """
        ids = []
        for cell in notebook.cells:
            question_id = asked_in(cell)
            marks = cell.metadata.get("nbgrader", {})
            if question_id is None:
                self._check_other_cell(case, cell, marks)
                continue
            where = f"source/{case}/{case}.ipynb, question «{question_id}»"
            question = self.bank.questions.get(question_id)
            if question is None:
                raise CaseFault(
                    f"{where}: the bank has no such question. Mend the id in ask(...) or write the question."
                )
            if question_id in ids:
                raise CaseFault(f"{where}: it is asked twice. Remove one of the two cells.")
            if marks.get("grade_id", question_id) != question_id:
                raise CaseFault(
                    f"{where}: its cell is called «{marks['grade_id']}». Run make tidy, or rename it to the id."
                )
            _check_points(where, marks, question.points)
            ids.append(question_id)
        self._check_stages(case, notebook)
        self._check_chart(case, notebook)
        return ids

    def _check_chart(self, case: str, notebook: Any) -> None:
        """Raise unless a chart is shown after the closing of the part in which a question fills it, and once."""
        shown = [number for number, cell in enumerate(notebook.cells) if shows_chart(cell)]
        if not shown:
            return
        where = f"source/{case}/{case}.ipynb, show_chart()"
        filled = [
            stage.id
            for stage in stages_of(notebook)
            if any(kind_of(self.bank.questions[name]).chart is not None for name in stage.questions)
        ]
        if not filled:
            raise CaseFault(
                f"{where}: no part that is closed asks a workup. Place one above close_stage, or remove it."
            )
        closed = next(number for number, cell in enumerate(notebook.cells) if stage_closed_in(cell) == filled[0])
        if len(shown) > 1 or shown[0] < closed:
            raise CaseFault(f'{where}: show the chart once, below close_stage("{filled[0]}").')

    def _check_stages(self, case: str, notebook: Any) -> None:
        stages = stages_of(notebook)
        names = [stage.id for stage in stages]
        known = list(STAGES)
        for stage in stages:
            where = f"source/{case}/{case}.ipynb, stage «{stage.id}»"
            if stage.id not in STAGES:
                raise CaseFault(f"{where}: there is no such stage. Stages are {', '.join(STAGES)}.")
            if names.count(stage.id) > 1:
                raise CaseFault(f"{where}: it is closed twice. Remove one of the two cells.")
            if not stage.questions:
                raise CaseFault(f"{where}: no question is asked before it is closed. Move the cell or remove it.")
        if names != sorted(names, key=known.index):
            raise CaseFault(
                f"source/{case}/{case}.ipynb: its stages are closed in the order {', '.join(names)}. Keep to the order "
                f"{', '.join(STAGES)}."
            )

    def _check_other_cell(self, case: str, cell: Any, marks: Any) -> None:
        where = f"source/{case}/{case}.ipynb"
        if cell.cell_type == "code" and "close_stage(" in cell.source and stage_closed_in(cell) is None:
            raise CaseFault(
                f"{where}: a cell mentions close_stage( beside other code: «{cell.source.strip()[:60]}». Write "
                'close_stage("decisions") alone.'
            )
        if cell.cell_type == "code" and "show_chart(" in cell.source and not shows_chart(cell):
            raise CaseFault(
                f"{where}: a cell mentions show_chart( beside other code: «{cell.source.strip()[:60]}». Write "
                "show_chart() alone."
            )
        if cell.cell_type == "code" and "ask(" in cell.source:
            raise CaseFault(
                f'{where}: a cell mentions ask( beside other code: «{cell.source.strip()[:60]}». Write ask("id") alone.'
            )
        if not marks.get("grade"):
            return
        if cell.cell_type == "code" or not marks.get("solution"):
            raise CaseFault(
                f"{where}, cell «{marks.get('grade_id')}»: a case grades questions and notes only. Put graded code "
                "into an assignment of its own."
            )
        note = self.bank.notes.get(marks.get("grade_id"))
        if note is None:
            raise CaseFault(
                f"{where}, note «{marks.get('grade_id')}»: the bank has no such note. Mend its name or write it."
            )
        _check_points(f"{where}, note «{note.id}»", marks, note.points)

    def check_releasable(self, case: str) -> None:
        """Raise unless the case's master can be projected; raised before an earlier release is removed.

        Raises
        ------
        CaseFault
            Names file, question and what to do.
        """
        if (self.source / case / ANSWERS_FILE).exists():
            raise CaseFault(
                f"source/{case}/{ANSWERS_FILE} would be copied over every student's answers. Delete it: preview a case "
                f"with itband preview {case}."
            )
        names = sorted(path.name for path in (self.source / case).glob("*.ipynb"))
        if names != [f"{case}.ipynb"]:
            raise CaseFault(
                f"source/{case}/ holds {', '.join(names)}: a case has one notebook, called like its folder. Rename "
                f"it to {case}.ipynb, and take any other away."
            )
        master = self.master(case)
        try:
            entries = self.placed(case, master) + [
                cell.metadata.nbgrader.grade_id for cell in master.cells if is_note(cell)
            ]
        except BankError as error:
            raise CaseFault(str(error)) from error
        faults = [*self._problems_of(entries), *self._lint_benches(entries)]
        if faults:
            raise CaseFault("\n".join(faults))

    def _gaps(self, case: str) -> list[str]:
        """Return a sentence for each text of a master that its author has still to write."""
        path = self.source / case / f"{case}.ipynb"
        if not path.exists():
            return []
        return [
            f"source/{case}/{case}.ipynb: «{cell.source.lstrip('# ').splitlines()[0]}» still holds a «…»: write it."
            for cell in self.master(case).cells
            if cell.cell_type == "markdown" and not is_note(cell) and GAP.search(cell.source)
        ]

    def _problems_of(self, entries: Iterable[str]) -> list[str]:
        """Return what the linter says of some questions and notes."""
        named = tuple(f"«{entry}»:" for entry in entries)
        return [problem for problem in self._lint_bank() if any(name in problem for name in named)]

    def _lint_bank(self) -> list[str]:
        return bank_.lint(self.bank, references(), (outcome.id for outcome in self.graph.outcome))

    def _lint_benches(self, names: Iterable[str]) -> list[str]:
        """Return which of some measure questions could not be drawn. Not asked when grading, which draws nothing."""
        return [f"{self.bank.where[name]}, «{name}»: {fault}" for name, fault in bench_faults(self._measures(names))]

    def _lint_measures(self, placed: Iterable[str], client: Client | None) -> list[str]:
        """Return where the measure questions of a case and its client's chart disagree."""
        faults = entry_faults(self._measures(placed), client)
        return [f"{self.bank.where[name]}, «{name}»: {fault}" for name, fault in faults]

    def _measures(self, names: Iterable[str]) -> list[AuthoredMeasure]:
        found = (self.bank.questions.get(name) for name in names)
        return [one for one in found if isinstance(one, AuthoredMeasure)]

    def check_gradable(self, case: str) -> None:
        """Raise unless every question of the released case can be scored from the bank.

        Raises
        ------
        CaseFault
            Names bank file, question and what to do. Raised before any submission is touched.
        """
        _, questions = self.released(case)
        try:
            bank = self.bank
        except BankError as error:
            raise CaseFault(f"«{case}» cannot be graded, and nothing was changed.\n{error}") from error
        for question in questions.questions:
            authored = bank.questions.get(question.id)
            if authored is None:
                raise CaseFault(
                    f"«{case}» asks «{question.id}», which the bank no longer has. Nothing was graded or changed. "
                    "Put the question back into the bank."
                )
            if authored.points != question.points:
                raise CaseFault(
                    f"{bank.where[question.id]}, «{question.id}»: the bank gives {authored.points:g} points, the "
                    f"release {question.points:g}. Nothing was graded or changed. Make them agree, then run nbgrader "
                    f"generate_assignment {case}."
                )
        faults = self._problems_of([entry.id for entry in (*questions.questions, *questions.notes)])
        if faults:
            raise CaseFault(f"«{case}» cannot be graded, and nothing was changed.\n" + "\n".join(faults))


def asked_in(cell: Any) -> str | None:
    """Return the id of the question that a cell asks, None if it asks none."""
    return _called_in(cell, ASK)


def stage_closed_in(cell: Any) -> str | None:
    """Return the id of the stage that a cell closes, None if it closes none."""
    return _called_in(cell, CLOSE)


def shows_chart(cell: Any) -> bool:
    """Whether a cell shows the client's chart and does nothing else."""
    return _code_in(cell) == [SHOW_CHART]


def _called_in(cell: Any, call: re.Pattern[str]) -> str | None:
    """Return the id in the one call that a code cell holds beside comments, None if it holds anything else."""
    code = _code_in(cell)
    found = call.match(code[0]) if len(code) == 1 else None
    return found["id"] if found else None


def _code_in(cell: Any) -> list[str]:
    """Return the lines of a code cell without comments."""
    if cell.cell_type != "code":
        return []
    lines = [line.strip() for line in cell.source.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def stages_of(notebook: Any) -> list[Stage]:
    """Return the stages that a notebook closes, each with the questions asked since the one before."""
    stages = []
    since: list[str] = []
    for cell in notebook.cells:
        question_id, stage_id = asked_in(cell), stage_closed_in(cell)
        if question_id is not None:
            since.append(question_id)
        elif stage_id is not None:
            stages.append(Stage(id=stage_id, questions=since))
            since = []
    return stages


def asked(notebook: Any) -> list[str]:
    """Return the ids of all questions that a notebook asks, in its order."""
    return [question_id for cell in notebook.cells if (question_id := asked_in(cell)) is not None]


def graded_cells(notebook: Any) -> set[str]:
    """Return the names of all cells of a case that carry points: its questions and notes."""
    return {*asked(notebook), *(cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_note(cell))}


def is_note(cell: Any) -> bool:
    """Whether a cell is a free-text note: written by the student, marked by a person."""
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "markdown" and bool(marks.get("grade")) and bool(marks.get("solution"))


def is_blank_note(cell: Any) -> bool:
    """Whether a note in an autograded notebook is as it was released."""
    return bool(cell.metadata.nbgrader.get("checksum") == compute_checksum(cell))


class UsesBank(Configurable):
    """Settings shared by all of the course's nbgrader plug-ins."""

    bank_directory = Unicode(
        "bank", help="Where the bank of graded questions lies, relative to the course folder."
    ).tag(config=True)
    feedback = Enum(
        ["chosen", "full"],
        "chosen",
        help="What feedback explains: what the student chose, or, after the last deadline, every choice.",
    ).tag(config=True)


def course_of(plugin: Any) -> Course:
    """Return the course that an nbgrader plug-in works for: its converter, some parents up, knows the folders.

    One converter is one run, and all of a run's plug-ins share one course, so that the bank is read once a run and not
    once for each student.
    """
    converter = plugin
    while converter is not None and getattr(converter, "coursedir", None) is None:
        converter = converter.parent
    if converter is None:
        raise CaseFault("This plug-in works only inside nbgrader's own commands.")
    if not hasattr(converter, "itband_course"):
        folders = converter.coursedir
        root = Path(folders.root)
        converter.itband_course = Course(
            root=root,
            bank_folder=root / plugin.bank_directory,
            source=root / folders.source_directory,
            release=root / folders.release_directory,
        )
    return converter.itband_course


def _check_points(where: str, marks: Any, points: float) -> None:
    written = marks.get("points")
    if written not in (None, 0, points):
        raise CaseFault(
            f"{where}: the notebook says {written:g} points, the bank {points:g}. Points are set in the bank: change "
            "them there and run make tidy."
        )
