"""Scoring recorded answers in the grader's own process: no kernel starts and no code of a student's runs."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import msgspec

from itband_course.answers import Record
from itband_course.explaining import VERDICT_WORDS
from itband_course.facts import TaughtBasis
from itband_course.grading.bank import Bank
from itband_course.grading.course import asked_in
from itband_course.grading.results import put
from itband_course.grading.submitted import named
from itband_course.kinds.base import Invalid, Points, Score, points_text
from itband_course.questions import Question, describe, score


class Result(msgspec.Struct, frozen=True):
    """One scored answer, as the autograded notebook keeps it for feedback and formgrader.

    Parameters
    ----------
    question : Question
        As the student saw it.
    value, confidence, revision, time
        As recorded.
    chose : str
        The value in words.
    score : Score
        `Unanswered`, `Invalid` or `Points`.
    sources : list of str
        Keys of the references to read.
    basis : str
        On what it rests beside them, in a word of `itband_course.facts.BASIS_WORDS`.
    """

    question: Question
    value: Any
    confidence: str | None
    revision: int
    time: str
    chose: str
    score: Score
    sources: list[str]
    basis: TaughtBasis = ""

    @property
    def earned(self) -> float:
        """Points earned; 0 for an answer that is missing or cannot be read."""
        return self.score.earned if isinstance(self.score, Points) else 0.0


def score_record(bank: Bank, question_ids: Iterable[str], record: Record) -> dict[str, Result]:
    """Score a record against the bank.

    Parameters
    ----------
    bank : Bank
        Holds every question.
    question_ids : iterable of str
        The questions that the release places.
    record : Record
        What the student recorded.

    Returns
    -------
    dict of str to Result
        One for each question, in the given order.
    """
    results = {}
    for question_id in question_ids:
        question, rubric = bank.parted(question_id)
        answer = record.answers.get(question_id)
        value = None if answer is None else answer.value
        results[question_id] = Result(
            question=question,
            value=value,
            confidence=answer.confidence if answer else None,
            revision=answer.revision if answer else 0,
            time=answer.time if answer else "",
            chose=describe(question, value),
            score=score(rubric, value),
            sources=bank.questions[question_id].sources,
            basis=bank.questions[question_id].basis,
        )
    return results


def unreadable(results: Mapping[str, Result]) -> list[str]:
    """Return a sentence for the instructor on answers that no card can have recorded; nothing if there are none."""
    found = sorted(question_id for question_id, result in results.items() if isinstance(result.score, Invalid))
    return [f"No card can record such answers as those to {named(found)}. They earn nothing."] if found else []


def show(results: Mapping[str, Result], nb: Any) -> None:
    """Put each result into the cell that asks its question in a rebuilt notebook."""
    for cell in nb.cells:
        question_id = asked_in(cell)
        if question_id is not None:
            result = results[question_id]
            put(cell.metadata, "itband", {"result": msgspec.to_builtins(result)})
            put(cell, "outputs", [_shown(result)])


def _shown(result: Result) -> Any:
    """Return the cell output that an instructor sees in formgrader."""
    possible = points_text(result.question.points)
    head = f"{points_text(result.earned)} of {possible} points"
    chose = result.chose or "Not answered"
    reasons = [
        f"{VERDICT_WORDS[note.verdict]} · {note.text} · {note.reason}" for note in getattr(result.score, "notes", ())
    ]
    lines = [head, f"Answer: {chose}", result.score.reason, *reasons]
    items = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    html = (
        f"<p><strong>{escape(result.question.prompt)}</strong></p><p>Answer: {escape(chose)}</p>"
        f"<p>{escape(result.score.reason)}</p>" + (f"<ul>{items}</ul>" if items else "")
    )
    # Made plainly: nbformat's own maker validates against a schema, which takes longer than all the rest of scoring.
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": "\n".join(lines), "text/html": html},
    }
