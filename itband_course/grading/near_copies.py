"""Practice beside grading in `itband check`: no practice question gives a graded one away.

A practice question carries its key and lies in every student's hands. So none may be a near copy of a graded one, and
none may be about a graded client or their findings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from itband_course.grading.course import Course
from itband_course.kinds.base import RIGHT
from itband_course.kinds.measure import AuthoredMeasure
from itband_course.kinds.plan import AuthoredPlan
from itband_course.kinds.triage import AuthoredTriage
from itband_course.kinds.workup import AuthoredWorkup
from itband_course.practising import practice_questions
from itband_course.questions import Authored, notes_of, split

NEAR = 80.0
"""`rapidfuzz.fuzz.token_set_ratio` of prompt and key, from which two questions are near copies."""
PRINTED = 10
SHARED_WORDS = 12
"""A finding that is shorter («Nothing.») may stand in two charts."""


@dataclass(frozen=True, order=True)
class Pair:
    """A practice and a graded question, and how near they are, 0 to 100."""

    nearness: float
    practice: str
    graded: str


@dataclass(frozen=True)
class NearCopies:
    """What is to be mended, and the nearest pairs, the nearest first."""

    problems: list[str]
    nearest: list[Pair]

    def lines(self) -> list[str]:
        """Return the nearest pairs in words."""
        if not self.nearest:
            return []
        return [f"practice beside grading, the nearest of all pairs (from {NEAR:g} on a near copy):"] + [
            f"  {pair.nearness:.0f}  {pair.practice} - {pair.graded}" for pair in self.nearest
        ]


def near_copies(course: Course) -> NearCopies:
    """Return how near the practice questions come to the graded ones of a course."""
    practice, graded = list(practice_questions().values()), list(course.bank.questions.values())
    pairs = nearest_pairs(practice, graded)
    problems = [
        f"the practice question «{pair.practice}» is a near copy of the graded «{pair.graded}» "
        f"({pair.nearness:.0f} of 100): ask something else, or ask it of another client in other words."
        for pair in pairs
        if pair.nearness >= NEAR
    ]
    clients = [client.name for case in course.cases() if (client := course.client(case)) is not None]
    problems += [problem for question in practice for problem in _of_a_client(question, clients)]
    problems += [problem for one in practice for other in graded for problem in shared_findings(one, other)]
    return NearCopies(problems, pairs[:PRINTED])


def nearest_pairs(practice: list[Any], graded: list[Any]) -> list[Pair]:
    """Return all pairs of questions, the nearest first.

    Parameters
    ----------
    practice, graded : list of authored questions
    """
    if not practice or not graded:
        return []
    texts = [[asked(question) for question in questions] for questions in (practice, graded)]
    ratios: Any = process.cdist(*texts, scorer=fuzz.token_set_ratio, processor=default_process, dtype=np.float32)
    pairs = [
        Pair(float(ratios[row, column]), one.id, other.id)
        for row, one in enumerate(practice)
        for column, other in enumerate(graded)
    ]
    return sorted(pairs, key=lambda pair: (-pair.nearness, pair.practice, pair.graded))


def asked(question: Authored) -> str:
    """Return prompt and key of a question as one text."""
    return " ".join([question.prompt, *_own_key(question)])


def _own_key(question: Authored) -> list[str]:
    """Return what the key says in words of its own.

    What the course says in every question of a kind is left out: the levels of *triage*, the screen card of *workup*,
    what comes before what in any session of *plan*, and what two readings of *measure* can say.
    """
    if isinstance(question, AuthoredTriage):
        return []
    if isinstance(question, AuthoredPlan):
        return [one.text for one in question.require] + [one.text for one in question.band]
    if isinstance(question, AuthoredMeasure):
        return [one.text for one in (*question.end_feel, *question.felt) if one.verdict in RIGHT]
    if isinstance(question, AuthoredWorkup):
        wanted = {item.id for item in question.item if item.worth in ("must", "discriminates")}
        return [entry.text for entry in question.chart if entry.id in wanted and entry.group != "card"]
    return [note.text for note in notes_of(split(question)[1]) if note.verdict in RIGHT]


def _of_a_client(question: Authored, clients: Iterable[str]) -> Iterator[str]:
    for name in clients:
        if re.search(rf"\b{re.escape(name)}\b", question.prompt):
            yield f"the practice question «{question.id}» is about {name}, a graded client: choose another name."


def shared_findings(practice: Authored, graded: Authored) -> Iterator[str]:
    """Return what a practice question has of a graded client's findings, one sentence each."""
    about = f"the practice question «{practice.id}» has the findings of the graded «{graded.id}»"
    mine, theirs = (set(getattr(question, "findings", ())) for question in (practice, graded))
    if len(mine) > 1 and mine == theirs:
        yield f"{about} ({', '.join(sorted(mine))}): write another client."
    if isinstance(practice, AuthoredWorkup) and isinstance(graded, AuthoredWorkup):
        known = {entry.found for entry in graded.chart if len(entry.found) > SHARED_WORDS}
        shared = [entry.id for entry in practice.chart if entry.found in known]
        if shared:
            yield f"{about} ({', '.join(shared)}): write another client."
    if isinstance(practice, AuthoredMeasure) and isinstance(graded, AuthoredMeasure):
        readings = [(question.test, question.right, question.left) for question in (practice, graded)]
        if readings[0] == readings[1]:
            yield f"{about} (the same angles): give its client others."
