"""A bank, a case and a notebook that belong to the unit tests alone, so that no change of content moves them."""

import json
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import msgspec

from itband_course.answers import MIME, Answer, Record, Store, bundle, empty
from itband_course.kinds.choices import AuthoredChoice
from itband_course.kinds.many_of import AuthoredManyOf
from itband_course.kinds.one_of import AuthoredOneOf
from itband_course.questions import CaseQuestions, PlacedNote, make_case_questions, split

CASE = "the-small-case"
ONE, MANY = "which-side", "which-signs"


def choice(choice_id: str, verdict: str) -> AuthoredChoice:
    """Return a choice; a wrong or dangerous one has its misconception."""
    return AuthoredChoice(
        id=choice_id,
        text=f"Text of {choice_id}",
        reason=f"Because {choice_id} is as it is.",
        verdict=verdict,
        misconception=f"idea behind {choice_id}" if verdict in ("wrong", "danger") else "",
    )


def one_of(**changes: Any) -> AuthoredOneOf:
    """Return a one-of question with a right, an accepted and two wrong choices."""
    fields: dict[str, Any] = {
        "id": ONE,
        "outcome": "see",
        "points": 2.0,
        "prompt": "Which side is it?",
        "sources": ["someone-2001"],
        "canary": "itband-canary-11111111-22222222",
        "choice": [
            choice("outer", "right"),
            choice("lateral", "accepted"),
            choice("inner", "wrong"),
            choice("back", "wrong"),
        ],
    }
    return AuthoredOneOf(**fields | changes)


def many_of(**changes: Any) -> AuthoredManyOf:
    """Return a many-of question with every verdict that it may have."""
    fields: dict[str, Any] = {
        "id": MANY,
        "outcome": "see",
        "points": 3.0,
        "prompt": "Which signs count?",
        "sources": ["someone-2001"],
        "canary": "itband-canary-33333333-44444444",
        "choice": [
            choice("warmth", "right"),
            choice("swelling", "right"),
            choice("stairs", "neutral"),
            choice("days", "wrong"),
            choice("ober", "wrong"),
            choice("press-hard", "danger"),
        ],
    }
    return AuthoredManyOf(**fields | changes)


def case_questions(*authored: Any, case: str = CASE) -> CaseQuestions:
    """Return the public questions of a case that asks `authored`, by default one of each kind, and one note."""
    public = [split(question)[0] for question in authored or (one_of(), many_of())]
    return make_case_questions(case, public, [PlacedNote(id="my-note", outcome="see", title="Your note", points=4.0)])


def record(*answers: tuple[str, int, Any], case: str = CASE, seed: int = 7) -> Record:
    """Return a record of answers, each given as question, revision and value."""
    made = {
        question: Answer(revision=revision, time=clock(revision), value=value) for question, revision, value in answers
    }
    highest = max((revision for _, revision, _ in answers), default=0)
    return msgspec.structs.replace(empty(case), seed=seed, revision=highest, answers=made)


def clock(minute: int) -> str:
    """Return a time of day that many minutes after noon."""
    return f"2026-03-01T12:{minute:02}:00Z"


def notebook(*carried: Record | Any) -> dict[str, Any]:
    """Return a notebook whose outputs carry records, one a cell; anything else is carried as it is."""
    cells = []
    for item in carried:
        data = {"text/plain": "Recorded", MIME: bundle(item) if isinstance(item, Record) else item}
        outputs = [{"output_type": "display_data", "metadata": {}, "data": data}]
        cells.append({"cell_type": "code", "metadata": {}, "source": "ask()", "execution_count": 1, "outputs": outputs})
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def save_notebook(folder: Path, *carried: Record | Any, name: str = CASE) -> Path:
    """Write a notebook into a folder and return its path."""
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook(*carried)), "utf-8")
    return path


def write_many(folder: str, name: str, count: int, together: Barrier) -> None:
    """Record answers in a row, as a kernel of its own does, from the moment that all others are ready too."""
    store = Store(Path(folder), CASE)
    together.wait(30)
    for number in range(count):
        store.write(f"{name}-{number}", "x", None, "v")
