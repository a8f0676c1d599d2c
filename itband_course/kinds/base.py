"""What all question kinds share: the shape of a kind, and the three possible results of scoring.

Three faces of one question never mix: what an author writes (`Authored`), what a student sees (`Question`, which has
no field for a key) and what the grader knows (`Rubric`).
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from msgspec import Struct

from itband_course.facts import ID_PATTERN, TaughtBasis

Verdict = Literal["right", "accepted", "near", "careful", "neutral", "wrong", "danger"]
"""``near``: just outside a band; ``careful``: safe, but more careful than this client needs."""
RIGHT: tuple[Verdict, ...] = ("right", "accepted")
"""What earns everything."""

REASON_LENGTH = 15
"""Characters that a reason has at least."""


class ChoiceNote(Struct, frozen=True):
    """Why one thing that can be chosen is right or wrong.

    Parameters
    ----------
    choice : str
        Id of the thing, unique within its question: a choice, a band of numbers, ``row/choice``, ``scale/level``.
    text : str
        The same in words.
    verdict : Verdict
        What the bank says of that choice.
    reason : str
        The author's reason, for the student to read.
    misconception : str
        The mistaken idea behind a wrong choice, in a few words; empty for the others.
    """

    choice: str
    text: str
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
        One for each thing that the student chose, in the order of the card.
    """

    earned: float
    possible: float
    reason: str
    notes: tuple[ChoiceNote, ...] = ()


Score = Unanswered | Invalid | Points


class AuthoredBase(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every question in the bank has, whatever its kind.

    It rests on `sources`, or on a `basis` where schools teach it and no study says it, or on both.
    """

    id: str
    outcome: str
    points: float
    prompt: str
    sources: list[str]
    canary: str
    basis: TaughtBasis = ""


class PublicChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to choose, place or put in order, as a student may see it."""

    id: str
    text: str


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


class ChartRow(Struct, frozen=True):
    """A line of a client's chart.

    Parameters
    ----------
    text, found : str
        What is asked or done, and what is found.
    sought : bool
        Whether the student did it.
    read : str
        The finding as the student read it, where it holds an angle.
    """

    text: str
    found: str
    sought: bool
    read: str = ""


class ChartGroup(Struct, frozen=True):
    """Lines of a client's chart under one title."""

    title: str
    rows: list[ChartRow]


class SimulatedSide(Struct, frozen=True):
    """One side of a client to examine.

    Parameters
    ----------
    true, error : int
        Its true angle, and by how much this student misreads it, in degrees.
    at_end : str
        What the client says, or the hands find, where the movement ends.
    """

    true: int
    error: int
    at_end: str


class Simulated(Struct, frozen=True):
    """A test that is done on a moving client above a card.

    Parameters
    ----------
    test : str
        Id of the special test.
    build : str
        Of the client's body, one of `itband_course.body.builds`.
    sides : dict of str to SimulatedSide
        By ``right`` and ``left``.
    """

    test: str
    build: str
    sides: dict[str, SimulatedSide]


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
    text : callable
        ``text(question) -> list of str``: what there is to choose from, one line each, for print and plain text.
    options : callable
        ``options(question) -> dict``: the text of everything with an id that an answer may name, keyed by that id.
    notes : callable
        ``notes(rubric) -> tuple of ChoiceNote``: all that the key says, of everything that can be chosen.
    tally : callable
        ``tally(rubric, values) -> dict``: how often each thing was chosen, keyed by `ChoiceNote.choice` of `notes`.
    samples : callable
        ``samples(rubric) -> list of Sample``: right, blank, wrong and malformed answers to the question itself.
    exemplar : callable, optional
        ``exemplar(rubric) -> value``: an answer that earns everything, for full feedback and the answer key, where
        these draw it.
    join : callable or None
        ``join(recorded, sent) -> value``: for a kind whose answer is a log. What is recorded then stays for good, and
        what is sent is added to it.
    shown : callable or None
        ``shown(question) -> JSON value``: what the card is given, where that is not the whole public question.
    reply : callable or None
        ``reply(question, value, seed) -> JSON value``: what the kernel tells the card beside a recorded answer.
    chart : callable or None
        ``chart(question, value, seed) -> list of ChartGroup``: for a kind that fills a client's chart: the whole of it.
    expert : callable or None
        ``expert(rubric) -> tuple of str``: the order in which an expert would go, where the answer is a path.
    simulated : callable or None
        ``simulated(question, seed) -> Simulated``: for a kind whose card has a test to do above it.
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
    text: Callable[[Any], list[str]]
    options: Callable[[Any], dict[str, str]]
    notes: Callable[[Any], tuple[ChoiceNote, ...]]
    tally: Callable[[Any, Iterable[Any]], dict[str, int]]
    samples: Callable[[Any], list[Sample]]
    exemplar: Callable[[Any], Any] | None = None
    join: Callable[[Any, Any], Any] | None = None
    shown: Callable[[Any], Any] | None = None
    reply: Callable[[Any, Any, int], Any] | None = None
    chart: Callable[[Any, Any, int], list[ChartGroup]] | None = None
    expert: Callable[[Any], tuple[str, ...]] | None = None
    simulated: Callable[[Any, int], Simulated] | None = None


class HasId(Protocol):
    """Anything with an id of its own within a question."""

    @property
    def id(self) -> str:
        """The id."""
        ...


AnyItem = TypeVar("AnyItem", bound=HasId)


def shuffled(question_id: str, items: Iterable[AnyItem]) -> list[AnyItem]:
    """Return items in an order that says nothing about the key, the same for everybody and at every release.

    Authors tend to write the right thing first, so the order is that of a hash of the ids.
    """
    return sorted(items, key=lambda item: hashlib.sha256(f"{question_id}/{item.id}".encode()).digest())


def shared_fields(authored: AuthoredBase) -> dict[str, Any]:
    """Return what the public face of any question takes over from what its author wrote."""
    return {name: getattr(authored, name) for name in ("id", "outcome", "points", "prompt")}


def lint_ids(what: str, ids: Iterable[str]) -> list[str]:
    """Return what is wrong with the ids of some things of one question; ``what`` names them, as in ``two steps``."""
    problems = []
    seen: set[str] = set()
    for item in ids:
        if item in seen:
            problems.append(f"two {what}s are called «{item}»: give each its own id.")
        seen.add(item)
        if not re.match(ID_PATTERN, item):
            problems.append(f"{what} id «{item}» is not lower-case words joined by hyphens: write it so.")
    return problems


def lint_reason(what: str, reason: str) -> list[str]:
    """Return what is wrong with the reason given for a thing; ``what`` names it, as in ``choice «x»``."""
    if len(reason.strip()) >= REASON_LENGTH:
        return []
    return [f"{what} has no real reason: say in a sentence why it is right or not."]


def tally_ids(notes: Iterable[ChoiceNote], chosen: Iterable[str]) -> dict[str, int]:
    """Return how often each thing was chosen; everything that can be is a key, anything else is left out."""
    counts = {note.choice: 0 for note in notes}
    for choice in chosen:
        if choice in counts:
            counts[choice] += 1
    return counts


def share_reason(why: str, earned: float, possible: float) -> str:
    """Return how a rule led to a mark, as in ``2 of 3 rows right: 2 of 3 points.``."""
    return f"{why}: {points_text(earned)} of {points_words(possible)}."


def points_words(points: float) -> str:
    """Return points with their noun: ``1 point``, ``2 points``."""
    return f"{points_text(points)} {'point' if points == 1 else 'points'}"


def points_text(points: float) -> str:
    """Return points as text: ``2``, ``1.5``, ``0.67``.

    >>> points_text(2.0), points_text(1.5), points_text(2 / 3)
    ('2', '1.5', '0.67')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")
