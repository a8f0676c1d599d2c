"""What all question kinds share: the shape of a kind, and the three possible results of scoring.

Three faces of one question never mix: what an author writes (`Authored`), what a student sees (`Question`, which has
no field for a key) and what the grader knows (`Rubric`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import Struct

Verdict = Literal["right", "accepted", "neutral", "wrong", "danger"]

ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Ids of cases, questions, choices and outcomes: lower-case words joined by hyphens."""


class ChoiceNote(Struct, frozen=True):
    """Why one chosen thing is right or wrong.

    Parameters
    ----------
    choice : str
        Id of the choice the note speaks about.
    verdict : Verdict
        What the bank says of that choice.
    reason : str
        The author's reason, for the student to read.
    misconception : str
        The mistaken idea behind a wrong choice, in a few words; empty for the others.
    """

    choice: str
    verdict: Verdict
    reason: str
    misconception: str = ""


class Unanswered(Struct, frozen=True, tag="unanswered"):
    """No value was recorded: 0 points, and told apart from wrong everywhere."""

    reason: str = "No answer was recorded."


class Invalid(Struct, frozen=True, tag="invalid"):
    """Something was recorded that no card can produce: 0 points and a remark for the instructor."""

    reason: str


class Points(Struct, frozen=True, tag="points"):
    """A marked answer.

    Parameters
    ----------
    earned, possible : float
        Points, ``0 <= earned <= possible``.
    reason : str
        How the rule led to the mark, in one sentence.
    notes : tuple of ChoiceNote
        One for each choice that the student made.
    """

    earned: float
    possible: float
    reason: str
    notes: tuple[ChoiceNote, ...] = ()


Score = Unanswered | Invalid | Points


class AuthoredBase(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every question in the bank has, whatever its kind."""

    id: str
    outcome: str
    points: float
    prompt: str
    sources: list[str]
    canary: str


class QuestionBase(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every question shows a student, whatever its kind."""

    id: str
    outcome: str
    points: float
    prompt: str
    rule: str


@dataclass(frozen=True)
class Sample:
    """A recorded value made from a rubric, and what scoring must make of it."""

    name: Literal["right", "blank", "wrong", "malformed"]
    value: Any
    expected: type[Points] | type[Unanswered] | type[Invalid]
    share: float | None


@dataclass(frozen=True)
class Kind:
    """One question kind, complete: a kind's file ends by making one of these.

    Parameters
    ----------
    name : str
        As written in the bank, ``kind = "one-of"``.
    authored, question, rubric : type
        The three faces of a question.
    value : type
        The JSON type of a recorded answer; anything else is `Invalid` before `score` is called.
    split : callable
        ``split(authored) -> (question, rubric)``.
    score : callable
        ``score(rubric, value) -> Score``; pure.
    lint : callable
        ``lint(authored) -> list of str``: sentences on what the author must mend.
    describe : callable
        ``describe(question, value) -> str``: the answer in words.
    tally : callable
        ``tally(rubric, values) -> dict``: how often each thing was chosen, keyed by its id.
    samples : callable
        ``samples(rubric) -> list of Sample``: right, blank, wrong and malformed answers to the question itself.
    """

    name: str
    authored: type
    question: type
    rubric: type
    value: Any
    split: Callable[[Any], tuple[Any, Any]]
    score: Callable[[Any, Any], Score]
    lint: Callable[[Any], list[str]]
    describe: Callable[[Any, Any], str]
    tally: Callable[[Any, Iterable[Any]], dict[str, int]]
    samples: Callable[[Any], list[Sample]]


def points_words(points: float) -> str:
    """Return points with their noun: ``1 point``, ``2 points``."""
    return f"{points_text(points)} {'point' if points == 1 else 'points'}"


def points_text(points: float) -> str:
    """Return points as text: ``2``, ``1.5``, ``0.67``.

    >>> points_text(2.0), points_text(1.5), points_text(2 / 3)
    ('2', '1.5', '0.67')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")
