"""The second pass of autograding: score recorded answers in the grader's own process. No kernel, no student code."""

from datetime import UTC, datetime
from html import escape
from typing import Any

import msgspec
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, SaveAutoGrades

from itband_course.answers import Record
from itband_course.explaining import VERDICT_WORDS
from itband_course.grading.bank import Bank
from itband_course.grading.course import CaseFault, Course, UsesBank, asked_in, course_of
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


class ScoreAnswers(NbGraderPreprocessor, UsesBank):
    """Score every question of a rebuilt case and show the result in its cell."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Score one submission."""
        course = course_of(self)
        case = resources["nbgrader"]["assignment"]
        if not course.is_case(case):
            return nb, resources
        kept = nb.metadata.get("itband", {})
        if "record" not in kept:
            raise CaseFault(
                f"«{case}» was not rebuilt before scoring. Keep itband_course.grading.rebuild.Rebuild first in "
                "c.Autograde.sanitize_preprocessors of nbgrader_config.py."
            )
        resources["itband"] = score_into(course, nb)
        return nb, resources


class ExecuteUnlessScored(Execute, UsesBank):
    """nbgrader's own execution, for every assignment but the course's cases."""

    def preprocess(self, nb: Any, resources: Any = None, **settings: Any) -> tuple[Any, Any]:
        """Execute a notebook unless it is a case."""
        if course_of(self).is_case(resources["nbgrader"]["assignment"]):
            return nb, resources
        return super().preprocess(nb, resources, **settings)


class SaveScores(SaveAutoGrades, UsesBank):
    """Save the scores of a case as nbgrader's automatic marks; other assignments as nbgrader does."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Save one submission's marks."""
        case = resources["nbgrader"]["assignment"]
        if course_of(self).is_case(case) and "itband" not in resources:
            raise CaseFault(
                f"«{case}» was not scored. Keep itband_course.grading.scoring.ScoreAnswers first in "
                "c.Autograde.autograde_preprocessors of nbgrader_config.py."
            )
        return super().preprocess(nb, resources)

    def _add_score(self, cell: Any, resources: Any) -> None:
        if "itband" not in resources or utils.is_solution(cell):
            super()._add_score(cell, resources)
            return
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if grade_id not in resources["itband"]:
            raise CaseFault(
                f"Question «{grade_id}» has no score, so no mark was saved. Nothing counts as right by default."
            )
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = resources["itband"][grade_id]
        # As nbgrader does: a mark given by hand stands, and is shown to the instructor again.
        grade.needs_manual_grade = grade.manual_score is not None
        self.gradebook.db.commit()


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
    return new_output("display_data", {"text/plain": "\n".join(lines), "text/html": html})
