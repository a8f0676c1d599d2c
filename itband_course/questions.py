"""The registry of question kinds, the public `questions.json` of a case, and scoring by kind.

`split` is the only door between what an author wrote and what a student may see.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from itband_course.kinds import hotspot, many_of, match, measure, number, one_of, order, plan, triage, workup
from itband_course.kinds.base import ChartGroup, ChoiceNote, Invalid, Kind, Sample, Score, Simulated, Unanswered

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        one_of.KIND,
        many_of.KIND,
        number.KIND,
        order.KIND,
        match.KIND,
        triage.KIND,
        hotspot.KIND,
        workup.KIND,
        plan.KIND,
        measure.KIND,
    )
}

QUESTIONS_FILE = "questions.json"
QUESTIONS_SCHEMA = 1
REMARK_LENGTH = 160
"""Characters of a fault's own message that are told at most; a forged answer may be in it."""
SIZE_CAP = 4 * 1024 * 1024
"""Bytes of `questions.json` that are read at most; a real one is under 100 KB."""

Question = (
    one_of.OneOf
    | many_of.ManyOf
    | number.Number
    | order.Order
    | match.Match
    | triage.Triage
    | hotspot.Hotspot
    | workup.Workup
    | plan.Plan
    | measure.Measure
)
Authored = (
    one_of.AuthoredOneOf
    | many_of.AuthoredManyOf
    | number.AuthoredNumber
    | order.AuthoredOrder
    | match.AuthoredMatch
    | triage.AuthoredTriage
    | hotspot.AuthoredHotspot
    | workup.AuthoredWorkup
    | plan.AuthoredPlan
    | measure.AuthoredMeasure
)
Rubric = (
    one_of.OneOfRubric
    | many_of.ManyOfRubric
    | number.NumberRubric
    | order.OrderRubric
    | match.MatchRubric
    | triage.TriageRubric
    | hotspot.HotspotRubric
    | workup.WorkupRubric
    | plan.PlanRubric
    | measure.MeasureRubric
)

STAGES = {
    "workup": "Screen and workup",
    "decisions": "Decisions",
    "plan": "Plan",
    "what-if": "What if",
    "closure": "Closure",
}
"""Stages that a case may close, and their titles."""


class QuestionsError(Exception):
    """`questions.json` is missing or cannot be used; the message says what to do."""


class PlacedNote(Struct, frozen=True, forbid_unknown_fields=True):
    """A free-text note of a case, as a student may see it: it is written in the notebook and marked by a person."""

    id: str
    outcome: str
    title: str
    points: float


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a case whose questions can be read, not changed, once it is closed; those after it open then.

    Parameters
    ----------
    id : str
        One of `STAGES`.
    questions : list of str
        Ids of the questions that closing it closes.
    """

    id: Annotated[str, Meta(pattern=f"^({'|'.join(STAGES)})$")]
    questions: list[str]

    @property
    def title(self) -> str:
        """What the stage is called on the page."""
        return STAGES[self.id]


class CaseQuestions(Struct, frozen=True, forbid_unknown_fields=True):
    """All that a case's notebook knows of its questions.

    Parameters
    ----------
    schema : int
        `QUESTIONS_SCHEMA` of the course that wrote the file.
    case : str
        Id of the case, the name of its folder.
    version : str
        Changes whenever anything in the questions does; recorded with each answer.
    questions : list of Question
        In the order of the notebook.
    notes : list of PlacedNote
        In the order of the notebook.
    stages : list of Stage
        Those that the case closes, in the order of the notebook; questions after the last are in none of them.
    """

    schema: int
    case: str
    version: str
    questions: list[Question]
    notes: list[PlacedNote] = []
    stages: list[Stage] = []

    def find(self, question_id: str) -> Question | None:
        """Return the question with that id, or None."""
        return next((question for question in self.questions if question.id == question_id), None)

    def stage(self, stage_id: str) -> Stage | None:
        """Return the stage with that id, or None."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def opens_after(self, question_id: str) -> Stage | None:
        """Return the stage that must be closed before a question opens, None if it is open from the start."""
        before = None
        for stage in self.stages:
            if question_id in stage.questions:
                return before
            before = stage
        return before


def kind_of(question: Any) -> Kind:
    """Return the kind of a question, an authored question or a rubric."""
    for kind in KINDS.values():
        if isinstance(question, kind.question | kind.authored | kind.rubric):
            return kind
    raise TypeError(f"{type(question).__name__} belongs to no registered question kind")


def split(authored: Any) -> tuple[Question, Rubric]:
    """Part an authored question into what the student sees and what the grader knows."""
    return kind_of(authored).split(authored)


def score(rubric: Any, value: Any) -> Score:
    """Score a recorded value, whatever it is.

    Parameters
    ----------
    rubric : Rubric
        Of any registered kind.
    value : any JSON value
        As recorded; None where nothing was recorded or the answer was cleared.

    Returns
    -------
    Score
        `Unanswered` for None, `Invalid` for a value of the wrong type, else what the kind makes of it.
    """
    if value is None:
        return Unanswered()
    kind = kind_of(rubric)
    try:
        typed = msgspec.convert(value, type=kind.value, strict=True)
    except msgspec.ValidationError as error:
        why = str(error)[:REMARK_LENGTH]
        return Invalid(f"The recorded answer has the wrong form for a {kind.name} question ({why}).")
    return kind.score(rubric, typed)


def describe(question: Question, value: Any) -> str:
    """Return a recorded value in words; empty where nothing was recorded."""
    if value is None:
        return ""
    kind = kind_of(question)
    try:
        return kind.describe(question, msgspec.convert(value, type=kind.value, strict=True))
    except msgspec.ValidationError:
        return "an answer that cannot be read"


def text_of(question: Question) -> list[str]:
    """Return what there is to choose from, one line each."""
    return kind_of(question).text(question)


def options_of(question: Question) -> dict[str, str]:
    """Return the text of everything with an id that an answer may name."""
    return kind_of(question).options(question)


def notes_of(rubric: Any) -> tuple[ChoiceNote, ...]:
    """Return all that a key says, of everything that can be chosen."""
    return kind_of(rubric).notes(rubric)


def exemplar_of(rubric: Any) -> Any:
    """Return an answer that earns everything, as it is recorded; None for a kind that has none to show."""
    make = kind_of(rubric).exemplar
    return msgspec.to_builtins(make(rubric)) if make is not None else None


def tally(rubric: Any, values: Iterable[Any]) -> dict[str, int]:
    """Count how often each thing was chosen; values that no card can record are passed over."""
    kind = kind_of(rubric)
    readable = []
    for value in values:
        with suppress(msgspec.ValidationError):
            readable.append(msgspec.convert(value, type=kind.value, strict=True))
    return kind.tally(rubric, readable)


def join(question: Question, recorded: Any, sent: Any) -> Any:
    """Return what is recorded when an answer is sent: that answer, or a log with what it adds."""
    kind = kind_of(question)
    if kind.join is None:
        return sent
    known = _readable(kind, recorded)
    return known if sent is None else kind.join([] if known is None else known, sent)


def shown(question: Question) -> Any:
    """Return what a card is given of a question, as JSON values."""
    kind = kind_of(question)
    return msgspec.to_builtins(question) if kind.shown is None else kind.shown(question)


def reply(question: Question, value: Any, seed: int) -> Any:
    """Return what the kernel tells a card beside a recorded answer; None for kinds that tell nothing."""
    kind = kind_of(question)
    known = None if kind.reply is None else _readable(kind, value)
    return None if kind.reply is None or known is None else kind.reply(question, known, seed)


def has_chart(question: Question) -> bool:
    """Whether a question fills a client's chart."""
    return kind_of(question).chart is not None


def chart(question: Question, value: Any, seed: int) -> list[ChartGroup]:
    """Return the whole chart that a question fills, with what the student sought; of other kinds nothing."""
    kind = kind_of(question)
    known = _readable(kind, value)
    return [] if kind.chart is None else kind.chart(question, [] if known is None else known, seed)


def expert(rubric: Any) -> tuple[str, ...]:
    """Return the expert's path; empty for kinds whose answer is none."""
    kind = kind_of(rubric)
    return () if kind.expert is None else kind.expert(rubric)


def simulated(question: Question, seed: int) -> Simulated | None:
    """Return the test that is done above a question's card; None for kinds that have none."""
    kind = kind_of(question)
    return None if kind.simulated is None else kind.simulated(question, seed)


def _readable(kind: Kind, value: Any) -> Any:
    """Return a value as its kind reads it; None where nothing was recorded or it has another form."""
    if value is None:
        return None
    try:
        return msgspec.convert(value, type=kind.value, strict=True)
    except msgspec.ValidationError:
        return None


def samples(rubric: Any) -> list[Sample]:
    """Return right, blank, wrong and malformed answers to a question, for tests and simulated classes."""
    return [*kind_of(rubric).samples(rubric), Sample("blank", None, Unanswered, None)]


def make_case_questions(
    case: str, questions: list[Question], notes: list[PlacedNote], stages: Iterable[Stage] = ()
) -> CaseQuestions:
    """Return the public questions of a case, with the version computed from their content."""
    placed = list(stages)
    content = msgspec.json.encode([questions, notes, placed])
    version = hashlib.sha256(content).hexdigest()[:12]
    return CaseQuestions(
        schema=QUESTIONS_SCHEMA, case=case, version=version, questions=questions, notes=notes, stages=placed
    )


def write_case_questions(questions: CaseQuestions) -> bytes:
    """Return the bytes of `questions.json`: indented, keys in a fixed order, a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(questions), indent=1) + b"\n"


def read_case_questions(folder: Path) -> CaseQuestions:
    """Read `questions.json` of a case folder.

    Raises
    ------
    QuestionsError
        If the file is missing, too large, damaged or from a newer version of the course.
    """
    path = folder / QUESTIONS_FILE
    again = "Get the case again (Nbgrader → Assignment List → Fetch, or from your instructor)."
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_CAP + 1)
    except FileNotFoundError:
        raise QuestionsError(
            f"«{QUESTIONS_FILE}» is not beside this notebook, so its questions cannot be drawn. {again}"
        ) from None
    except OSError as error:
        raise QuestionsError(f"«{QUESTIONS_FILE}» cannot be read ({error.strerror}). {again}") from error
    if len(raw) > SIZE_CAP:
        raise QuestionsError(f"«{QUESTIONS_FILE}» is too large to be real. {again}")
    try:
        schema = msgspec.json.decode(raw, type=_Schema).schema
        if schema > QUESTIONS_SCHEMA:
            raise QuestionsError(
                f"«{QUESTIONS_FILE}» was made by a newer version of the course (format {schema}, this one reads "
                f"{QUESTIONS_SCHEMA}). Update the course: install the wheel that came with the case."
            )
        return msgspec.json.decode(raw, type=CaseQuestions)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise QuestionsError(f"«{QUESTIONS_FILE}» is damaged ({error}). {again}") from error


class _Schema(Struct):
    schema: int
