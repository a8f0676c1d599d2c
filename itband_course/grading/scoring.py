"""Scoring recorded answers in the grader's own process: no kernel starts and no code of a student's runs."""

from datetime import UTC, datetime
from html import escape
from typing import Any

import msgspec
from nbformat import NotebookNode

from itband_course.answers import Record
from itband_course.explaining import VERDICT_WORDS
from itband_course.grading.bank import Bank
from itband_course.grading.course import Course, asked_in
from itband_course.kinds.base import Points, Score, points_text
from itband_course.questions import Question, describe, score, split


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
    """

    question: Question
    value: Any
    confidence: str | None
    revision: int
    time: str
    chose: str
    score: Score
    sources: list[str]

    @property
    def earned(self) -> float:
        """Points earned; 0 for an answer that is missing or cannot be read."""
        return self.score.earned if isinstance(self.score, Points) else 0.0


def score_record(bank: Bank, question_ids: list[str], record: Record) -> dict[str, Result]:
    """Score a record against the bank.

    Parameters
    ----------
    bank : Bank
        Holds every question.
    question_ids : list of str
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
        authored = bank.questions[question_id]
        question, rubric = split(authored)
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
            sources=authored.sources,
        )
    return results


def score_into(course: Course, nb: Any) -> dict[str, float]:
    """Score a rebuilt case, show each result in its cell, and return the points earned by question."""
    kept = nb.metadata["itband"]
    record = msgspec.convert(kept["record"], type=Record)
    cells = {question_id: cell for cell in nb.cells if (question_id := asked_in(cell)) is not None}
    results = score_record(course.bank, list(cells), record)
    for question_id, result in results.items():
        cells[question_id].metadata["itband"] = {"result": msgspec.to_builtins(result)}
        cells[question_id].outputs = [_shown(result)]
    kept["receipt"] = record.fingerprint()
    kept["scored"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {question_id: result.earned for question_id, result in results.items()}


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
    data = NotebookNode({"text/plain": "\n".join(lines), "text/html": html})
    return NotebookNode(output_type="display_data", metadata=NotebookNode(), data=data)
