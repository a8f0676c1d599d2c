"""`practice("id")` draws a question that explains itself as soon as it is answered.

Practice questions carry their keys in `data/practice/` on purpose: they count for no grade. They are recorded in
`practice.json` beside the notebook, in the form of `answers.json`, from the first answer on.
"""

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from itband_course.answers import Store
from itband_course.asking import CaseError, CaseSession, run_mode
from itband_course.explaining import chosen, standing_of
from itband_course.facts import reading
from itband_course.questions import (
    Authored,
    Question,
    expert,
    make_case_questions,
    notes_of,
    options_of,
    score,
    split,
)

PRACTICE_FILE = "practice.json"
PRACTICE_CASE = "practice"
"""Stands where a record names its case: all lessons of a folder share one record."""

MARK_WORDS = {"right": "Right", "partly": "Partly right", "wrong": "Not right", "unreadable": "Not readable"}


def practice(question_id: str) -> None:
    """Draw the card of a practice question, with what is recorded for it and why that is right or not.

    Parameters
    ----------
    question_id : str
        Id of a question in `itband_course/data/practice/`.

    Raises
    ------
    CaseError
        If there is no such question.
    """
    session = _session()
    question = session.questions.find(question_id)
    if question is None:
        raise CaseError(
            f"The course has no practice question «{question_id}». Update the course, or tell your instructor."
        )
    session.draw(question)


def practice_record(name: str) -> dict[str, Any] | None:
    """Return what is recorded under a name that is no question; None where nothing is, or what no panel records."""
    answer = _session().store.record.answers.get(name)
    return answer.value if answer is not None and isinstance(answer.value, dict) else None


def record_practice(name: str, value: Any) -> None:
    """Record a value under a name that is no question, as answers are recorded.

    Raises
    ------
    AnswersError
        If it cannot be recorded; says why.
    """
    _session().store.write(name, value, None, "")


@cache
def practice_questions() -> dict[str, Authored]:
    """Return all practice questions with their keys, keyed by id.

    They are written as in the bank, save that none has a canary: nothing about them is secret.

    Raises
    ------
    ValueError
        If a file holds anything else, or an id stands twice; names file and question.
    """
    found: dict[str, Authored] = {}
    folder = files("itband_course").joinpath("data/practice")
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if not path.name.endswith(".toml"):
            continue
        raw = tomllib.loads(path.read_text("utf-8"))
        if set(raw) != {"question"}:
            raise ValueError(f"{path.name}: a practice file holds [[question]] tables only")
        for entry in raw["question"]:
            name = f"{path.name}, «{entry.get('id')}»"
            if "canary" in entry:
                raise ValueError(f"{name}: it has a canary, so it belongs in the bank")
            try:
                question = msgspec.convert({**entry, "canary": ""}, type=Authored)
            except msgspec.ValidationError as error:
                raise ValueError(f"{name}: {error}") from error
            if question.id in found:
                raise ValueError(f"{name}: this id stands twice")
            found[question.id] = question
    return found


def explain(authored: Authored, value: Any) -> dict[str, Any] | None:
    """Return what the card says of a recorded value: mark, reason of each choice made, and where to read.

    Parameters
    ----------
    authored : Authored
        The question with its key.
    value : any JSON value
        As recorded.

    Returns
    -------
    dict or None
        ``mark`` (a key of `MARK_WORDS`), ``word``, ``reason``, ``notes`` on the choices made and on no others,
        ``path`` (how an expert would go, where the answer is a log), ``reading``. None where nothing was recorded.
    """
    question, rubric = split(authored)
    result = score(rubric, value)
    mark = standing_of(result)
    if mark == "unanswered":
        return None
    return {
        "mark": mark,
        "word": MARK_WORDS[mark],
        "reason": result.reason,
        "notes": chosen(result),
        "path": [] if mark == "unreadable" else _path(question, rubric, value),
        "reading": reading(authored.sources, authored.basis),
    }


def _path(question: Question, rubric: Any, value: Any) -> list[dict[str, str]]:
    """Return an expert's path step by step; what the student left out says why it stands there."""
    texts = options_of(question)
    reasons = {note.choice: note.reason for note in notes_of(rubric)}
    return [{"text": texts[act], "missed": "" if act in value else reasons[act]} for act in expert(rubric)]


class _Practice(CaseSession):
    """One folder of lessons as one kernel sees it: as a case, with `practice.json`, and with explanations."""

    def __init__(self, folder: Path) -> None:
        questions: list[Question] = [split(authored)[0] for authored in practice_questions().values()]
        super().__init__(folder, make_case_questions(PRACTICE_CASE, questions, []))
        self.store = Store(folder, PRACTICE_CASE, PRACTICE_FILE)

    def _joining(self, question: Question) -> Callable[[Any, Any], Any]:
        """Let a log that is cleared be empty: here a client may be examined again."""
        joined = super()._joining(question)
        return lambda recorded, sent: None if sent is None else joined(recorded, sent)

    def _state(self, question_id: str) -> dict[str, Any]:
        state = super()._state(question_id)
        return {**state, "explanation": explain(practice_questions()[question_id], state["value"])}


_SESSIONS: dict[Path, _Practice] = {}


def _session() -> _Practice:
    """Return the session of the folder that the notebook runs in, its answers newly read."""
    folder = Path.cwd()
    session = _SESSIONS.get(folder)
    if session is None:
        session = _SESSIONS[folder] = _Practice(folder)
    session.store.load(write=run_mode() is None)
    return session
