"""What all question kinds share: the shape of a kind, choices, and the three possible results of scoring.

Three faces of one question never mix: what an author writes (`Authored`), what a student sees (`Question`, which has
no field for a key) and what the grader knows (`Rubric`).
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

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


class AuthoredChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A choice as it stands in the bank. `verdict` is written ``is`` there: ``is = "right"``."""

    id: str
    text: str
    reason: str
    verdict: Verdict = field(name="is")
    misconception: str = ""


class PublicChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A choice as a student may see it."""

    id: str
    text: str


class ChoiceKey(Struct, frozen=True):
    """What the grader knows of one choice."""

    verdict: Verdict
    reason: str
    misconception: str = ""


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


def public_choices(
    question_id: str, choices: list[AuthoredChoice], fixed_order: bool | UnsetType = UNSET
) -> list[PublicChoice]:
    """Return the choices as students see them, in an order that says nothing about the key.

    Authors tend to write the right choice first, so the order is that of a hash of the ids: the same for everybody
    and at every release. With ``fixed_order`` (scales, stages) it is the author's.
    """
    if fixed_order is not True:
        choices = sorted(choices, key=lambda choice: hashlib.sha256(f"{question_id}/{choice.id}".encode()).digest())
    return [PublicChoice(id=choice.id, text=choice.text) for choice in choices]


def choice_keys(choices: list[AuthoredChoice]) -> dict[str, ChoiceKey]:
    """Return the grader's side of the choices, keyed by choice id."""
    return {
        choice.id: ChoiceKey(verdict=choice.verdict, reason=choice.reason, misconception=choice.misconception)
        for choice in choices
    }


def note_on(keys: dict[str, ChoiceKey], choice: str) -> ChoiceNote:
    """Return the note on a chosen choice."""
    key = keys[choice]
    return ChoiceNote(choice=choice, verdict=key.verdict, reason=key.reason, misconception=key.misconception)


def lint_choices(choices: list[AuthoredChoice], allowed: tuple[Verdict, ...]) -> list[str]:
    """Return what is wrong with the choices of any kind that has them."""
    problems = []
    seen: set[str] = set()
    for choice in choices:
        if choice.id in seen:
            problems.append(f"two choices are called «{choice.id}»: give each its own id.")
        seen.add(choice.id)
        if not re.match(ID_PATTERN, choice.id):
            problems.append(f"choice id «{choice.id}» is not lower-case words joined by hyphens: write it so.")
        if choice.verdict not in allowed:
            words = ", ".join(allowed)
            problems.append(f"choice «{choice.id}» is «{choice.verdict}»; this kind knows {words}: write one of these.")
        if len(choice.reason.strip()) < 15:
            problems.append(f"choice «{choice.id}» has no real reason: say in a sentence why it is right or not.")
        if choice.verdict in ("wrong", "danger") and not choice.misconception.strip():
            problems.append(f"choice «{choice.id}» names no misconception: say which mistaken idea it catches.")
        if any(phrase in choice.text.lower() for phrase in ("all of the above", "none of the above")):
            problems.append(
                f"choice «{choice.id}» reads «{choice.text}»: choices are shown in another order, so name the thing."
            )
    return problems


def tally_choices(keys: dict[str, ChoiceKey], chosen: Iterable[str]) -> dict[str, int]:
    """Return how often each choice was made; every choice of the question is a key, ids not on offer are left out."""
    counts = dict.fromkeys(keys, 0)
    for choice in chosen:
        if choice in counts:
            counts[choice] += 1
    return counts


def points_words(points: float) -> str:
    """Return points with their noun: ``1 point``, ``2 points``."""
    return f"{points_text(points)} {'point' if points == 1 else 'points'}"


def points_text(points: float) -> str:
    """Return points as text: ``2``, ``1.5``, ``0.67``.

    >>> points_text(2.0), points_text(1.5), points_text(2 / 3)
    ('2', '1.5', '0.67')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")
