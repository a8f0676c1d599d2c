"""Simulated students, for the demonstration and for tests: they record, run and save as real students do."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbclient import NotebookClient

from itband_course.answers import Confidence, Store
from itband_course.grading.course import Course, is_note
from itband_course.questions import read_case_questions, samples

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


def record(folder: Path, case: str, values: Mapping[str, Any], confidence: Confidence | None = None) -> None:
    """Record values in a student's folder, by the code that a click runs."""
    store = Store(folder, case)
    store.load()
    version = read_case_questions(folder).version
    for question_id, value in values.items():
        store.write(question_id, value, confidence, version)


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
