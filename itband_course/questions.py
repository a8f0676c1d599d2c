"""The registry of question kinds, the public `questions.json` of a case, and scoring by kind.

`split` is the only door between what an author wrote and what a student may see.
"""

import hashlib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from itband_course.kinds import many_of, one_of
from itband_course.kinds.base import Invalid, Kind, Sample, Score, Unanswered

KINDS: dict[str, Kind] = {kind.name: kind for kind in (one_of.KIND, many_of.KIND)}

QUESTIONS_FILE = "questions.json"
QUESTIONS_SCHEMA = 1
SIZE_CAP = 4 * 1024 * 1024
"""Bytes of `questions.json` that are read at most; a real one is under 100 KB."""

Question = one_of.OneOf | many_of.ManyOf
Authored = one_of.AuthoredOneOf | many_of.AuthoredManyOf
Rubric = one_of.OneOfRubric | many_of.ManyOfRubric


class QuestionsError(Exception):
    """`questions.json` is missing or cannot be used; the message says what to do."""


class PlacedNote(Struct, frozen=True, forbid_unknown_fields=True):
    """A free-text note of a case, as a student may see it: it is written in the notebook and marked by a person."""

    id: str
    outcome: str
    title: str
    points: float


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
    """

    schema: int
    case: str
    version: str
    questions: list[Question]
    notes: list[PlacedNote] = []

    def find(self, question_id: str) -> Question | None:
        """Return the question with that id, or None."""
        return next((question for question in self.questions if question.id == question_id), None)


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
        return Invalid(f"The recorded answer has the wrong form for a {kind.name} question ({error}).")
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


def samples(rubric: Any) -> list[Sample]:
    """Return right, blank, wrong and malformed answers to a question, for tests and simulated classes."""
    return [*kind_of(rubric).samples(rubric), Sample("blank", None, Unanswered, None)]


def make_case_questions(case: str, questions: list[Question], notes: list[PlacedNote]) -> CaseQuestions:
    """Return the public questions of a case, with the version computed from their content."""
    content = msgspec.json.encode([questions, notes])
    version = hashlib.sha256(content).hexdigest()[:12]
    return CaseQuestions(schema=QUESTIONS_SCHEMA, case=case, version=version, questions=questions, notes=notes)


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
