"""A class of students as course tests see it: what they hand in, and what becomes of it."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from bs4 import BeautifulSoup
from course_kit import CASE, nbgrader
from nbgrader.api import Gradebook

from itband_course import answers
from itband_course.grading import simulate
from itband_course.grading.bank import Bank
from itband_course.grading.course import Course
from itband_course.questions import notes_of, score


@dataclass
class Class:
    """A course folder with submissions, and its marks once graded."""

    root: Path
    logs: dict[str, str] = field(default_factory=dict)

    @property
    def course(self) -> Course:
        return Course.at(self.root)

    def folder(self, student: str, case: str = CASE) -> Path:
        return self.root / "submitted" / student / case

    def hand_in(self, student: str, values: dict[str, Any] | None = None, note: str | None = None) -> Path:
        """Make a submitted folder with an answers file and the unrun notebook."""
        folder = self.folder(student)
        shutil.copytree(self.root / "release" / CASE, folder)
        if values:
            simulate.record(folder, CASE, values)
        if note is not None:
            simulate.write_note(folder, CASE, note)
        return folder

    def values(self, wanted: str) -> dict[str, Any]:
        return simulate.values_for(self.course, CASE, wanted)

    def autograde(self, *arguments: str, case: str = CASE, expect: int = 0) -> str:
        done = nbgrader(self.root, "autograde", case, *arguments, expect=expect)
        return done.stdout + done.stderr

    def marks(self, student: str, case: str = CASE) -> dict[str, float | None]:
        """Return each cell's automatic mark, None where a person has to mark."""
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            submission = gradebook.find_submission_notebook(case, case, student)
            return {grade.name: grade.auto_score for grade in submission.grades}

    def questions(self, student: str) -> dict[str, float | None]:
        return {name: mark for name, mark in self.marks(student).items() if name in self.course.bank.questions}

    def feedback(self, student: str) -> str:
        return (self.root / "feedback" / student / CASE / f"{CASE}.html").read_text("utf-8")

    def full(self) -> dict[str, float]:
        questions = self.course.released(CASE)[1].questions
        return {question.id: question.points for question in questions}


def expect_explained(page: str, bank: Bank, values: dict[str, Any]) -> None:
    """See a feedback page name what was chosen with its reasons and mistaken ideas, and no other reason."""
    text = BeautifulSoup(page, "html.parser").get_text(" ", strip=True)
    for question_id, value in values.items():
        rubric = bank.rubric(question_id)
        made = score(rubric, value).notes
        assert made, question_id
        for note in notes_of(rubric):
            told = note.reason in {other.reason for other in made}
            assert (note.reason in text) == told, (question_id, note.choice)
        for note in made:
            assert note.text in text
            assert note.misconception in text


def change_notebook(folder: Path, change: Any) -> None:
    """Change a submitted notebook as plain JSON."""
    path = folder / f"{CASE}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), "utf-8")


def cell_of(notebook: dict[str, Any], cell_id: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if cell.get("id") == cell_id)


def carry(notebook: dict[str, Any], record: answers.Record, cell_id: str = "receipt") -> None:
    """Put a record into a cell's output, as running the notebook does."""
    cell_of(notebook, cell_id)["outputs"] = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/plain": ["as run"], answers.MIME: answers.bundle(record)},
        }
    ]


def make_record(values: dict[str, Any], first: int = 1) -> answers.Record:
    """Return a record with revisions from `first` on."""
    made = {
        question: answers.Answer(revision=number, time="2026-03-01T10:00:00Z", version="test", value=value)
        for number, (question, value) in enumerate(values.items(), start=first)
    }
    return msgspec.structs.replace(answers.empty(CASE), answers=made, revision=first + len(made) - 1, seed=7)
