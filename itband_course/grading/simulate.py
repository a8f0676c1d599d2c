"""Simulated students, for the demonstration and for tests: they record, run and save as real students do."""

import os
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import nbformat
from nbclient import NotebookClient

from itband_course.answers import Confidence, Store
from itband_course.grading.course import Course, is_note
from itband_course.questions import CaseQuestions, read_case_questions, samples

NOTE_TEXT = """### My note

**S** Sore outer right knee, 6 days.

**O** Tender above the joint line.

**A** Irritated.

**P** Off the knee.
"""


def values_for(course: Course, case: str, wanted: Literal["right", "wrong"]) -> dict[str, Any]:
    """Return a value for each question of a released case that earns everything, or nothing."""
    questions = read_case_questions(course.release / case).questions
    values = {}
    for question in questions:
        made = samples(course.bank.rubric(question.id))
        values[question.id] = next(sample.value for sample in made if sample.name == wanted)
    return values


def mixed_values(course: Course, case: str, shares: Mapping[str, float], seed: int) -> dict[str, Any]:
    """Return drawn values for some of the questions of a released case; the same for the same seed.

    Parameters
    ----------
    course, case
        Whose questions.
    shares : mapping of str to float
        How likely ``right``, ``partly``, ``wrong`` and ``open`` are; questions that are left open have no value.
    seed : int
        Where the drawing starts.
    """
    draw = random.Random(seed)  # noqa: S311 - a simulated student, no secret
    values = {}
    for question in read_case_questions(course.release / case).questions:
        made = samples(course.bank.rubric(question.id))
        right, wrong = ([sample.value for sample in made if sample.name == name] for name in ("right", "wrong"))
        wanted = draw.choices(list(shares), list(shares.values()))[0]
        if wanted != "open":
            values[question.id] = draw.choice(wrong if wanted == "wrong" else right)
        if wanted == "partly":
            values[question.id] = _without_last(values[question.id])
    return values


def mixed_confidence(values: Mapping[str, Any], seed: int) -> dict[str, Confidence]:
    """Return a drawn confidence for each answer; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - a simulated student, no secret
    return {question_id: draw.choice(get_args(Confidence)) for question_id in values}


def _without_last(value: Any) -> Any:
    """Return an answer that lacks its last part; one that has no parts as it is."""
    if isinstance(value, list) and len(value) > 1:
        return value[:-1]
    if isinstance(value, dict) and len(value) > 1:
        return dict(list(value.items())[:-1])
    return value


def record(
    folder: Path,
    case: str,
    values: Mapping[str, Any],
    confidence: Confidence | Mapping[str, Confidence] | None = None,
    close: bool = False,
) -> None:
    """Record values in a student's folder, by the code that a click runs; a log is recorded as a whole, as given.

    Parameters
    ----------
    folder, case
        Where, and for which case.
    values : mapping of str to any JSON value
        Keyed by question.
    confidence : {'sure', 'fairly', 'guessing'}, mapping of str to these, or None
        How sure the student is of all answers, or of each.
    close : bool
        Close each stage before a question after it is answered, as a student has to. Its answers can then no longer
        be changed.
    """
    store = Store(folder, case)
    store.load()
    questions = read_case_questions(folder)
    for question_id, value in values.items():
        if close and (before := questions.opens_after(question_id)) is not None:
            _close(store, questions, before.id)
        how_sure = confidence.get(question_id) if isinstance(confidence, Mapping) else confidence
        store.write(question_id, value, how_sure, questions.version)


def close_stage(folder: Path, case: str, stage_id: str) -> None:
    """Close a stage in a student's folder, and those before it, by the code that the button runs."""
    store = Store(folder, case)
    store.load()
    _close(store, read_case_questions(folder), stage_id)


def _close(store: Store, questions: CaseQuestions, stage_id: str) -> None:
    """Close a stage and all before it that are open."""
    for stage in questions.stages:
        if stage.id not in store.record.closed:
            store.close(stage.id, stage.questions)
        if stage.id == stage_id:
            return


def write_note(folder: Path, case: str, text: str = NOTE_TEXT) -> None:
    """Write text into the free-text notes of a student's notebook."""
    path = folder / f"{case}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if is_note(cell):
            cell.source = text
    nbformat.write(notebook, path)


def run_all(folder: Path, case: str) -> Any:
    """Run a student's notebook in its folder, save it with its outputs, and return it."""
    path = folder / f"{case}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    # As in an open notebook: nbgrader's own variables must not reach this kernel, its programs must.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NBGRADER")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    # The kernel warns that it talks over loopback; that is what an open notebook does too.
    client.extra_arguments = ["--log-level=ERROR"]
    client.execute(env=environment)
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, path)
    return notebook
