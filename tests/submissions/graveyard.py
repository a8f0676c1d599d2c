"""What a buried submission is: how it is made, the marks that it must get, and what the instructor must be told."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_kit import CASE

from itband_course.grading import simulate
from itband_course.grading.course import Course

Marks = str | dict[str, float] | None
"""``full`` or ``zero`` points on all questions, the questions that earn something, or None: not graded at all."""


@dataclass(frozen=True)
class Plot:
    """Where one submission is built.

    Parameters
    ----------
    course : Course
        A released course; only its ``submitted/`` may be changed.
    student : str
        Whose submission it is.
    """

    course: Course
    student: str

    @property
    def folder(self) -> Path:
        """The submitted folder, whether it is there yet or not."""
        return self.course.root / "submitted" / self.student / CASE

    @property
    def notebook(self) -> Path:
        return self.folder / f"{CASE}.ipynb"

    @property
    def answers(self) -> Path:
        return self.folder / "answers.json"

    def values(self, wanted: str) -> dict[str, Any]:
        """Return a value for every question that earns everything (``right``) or nothing (``wrong``)."""
        return simulate.values_for(self.course, CASE, wanted)  # type: ignore[arg-type]

    def fetch(self) -> Path:
        """Make the folder as students get it."""
        return Path(shutil.copytree(self.course.release / CASE, self.folder))

    def answer(self, wanted: str = "right", note: str | None = None) -> Path:
        """Make the folder with all questions answered in answers.json and the notebook not run."""
        self.fetch()
        simulate.record(self.folder, CASE, self.values(wanted))
        if note is not None:
            simulate.write_note(self.folder, CASE, note)
        return self.folder


@dataclass(frozen=True)
class Grave:
    """One buried submission.

    Parameters
    ----------
    name : str
        A short slug, unique; the student is called after it unless `student` is given.
    story : str
        One sentence: what is wrong with it, or what it tries.
    build : callable
        Makes it at its plot.
    marks : str, dict or None
        What it must get, by the plain command and by the button alike.
    says : tuple of str
        Parts of what the instructor must be told about it. Empty: nothing is to be said.
    note : str
        What must become of its note: ``blank``, ``waiting`` or, where it is not graded, the empty word.
    student : str
        Name of the folder, where that matters.
    after : callable or None
        Further checks on the graded class folder, with the student's name.
    """

    name: str
    story: str
    build: Callable[[Plot], object]
    marks: Marks
    says: tuple[str, ...] = ()
    note: str = "blank"
    student: str = ""
    after: Callable[[Path, str], None] | None = field(default=None, compare=False)

    @property
    def who(self) -> str:
        """The student's name."""
        return self.student or self.name
