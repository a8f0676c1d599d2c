"""A submitted notebook, in whatever shape it came: its cells, what is written in the notes, what is not of the case."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from itband_course import answers, files
from itband_course.answers import RECORDED, Record
from itband_course.grading.course import Course, is_note
from itband_course.grading.submitted import named
from itband_course.questions import CaseQuestions

LEFTOVERS, LEFTOVER_CAP = 20, 2_000
"""How many cells that are not of the case are kept, and how many characters of each."""


@dataclass(frozen=True)
class Released:
    """A case as released, which every submission is held against.

    Parameters
    ----------
    notebook : NotebookNode
        The released notebook.
    questions : CaseQuestions
        Its public questions.
    files : frozenset of str
        Names of all files that students got.
    """

    notebook: Any
    questions: CaseQuestions
    files: frozenset[str]

    @classmethod
    def of(cls, course: Course, case: str) -> "Released":
        """Read the release of a case; raises `CaseFault` if it is missing or damaged."""
        notebook, questions = course.released(case)
        return cls(notebook, questions, frozenset(path.name for path in (course.release / case).iterdir()))

    @property
    def case(self) -> str:
        """Id of the case."""
        return self.questions.case

    @cached_property
    def notes(self) -> dict[str, str]:
        """The text of each note before anything is written, by name."""
        return {cell.metadata.nbgrader.grade_id: cell.source for cell in self.notebook.cells if is_note(cell)}

    @cached_property
    def sources(self) -> dict[str, str]:
        """The source of each cell, by nbgrader's name and by the cell's own id."""
        named = {cell.id: cell.source for cell in self.notebook.cells}
        return named | {name: cell.source for cell in self.notebook.cells if (name := _grade_id(cell.metadata))}

    @cached_property
    def texts(self) -> frozenset[str]:
        """The source of every cell, without white space around it."""
        return frozenset(source.strip() for source in self.sources.values())

    @cached_property
    def note_of_cell(self) -> dict[str, str]:
        """The name of each note, by the id of its cell."""
        return {cell.id: cell.metadata.nbgrader.grade_id for cell in self.notebook.cells if is_note(cell)}


@dataclass(frozen=True)
class Leftover:
    """A cell of a submission that is not of the case as released.

    Parameters
    ----------
    what : str
        What it is, in words.
    text : str
        Its source as it came, cut at `LEFTOVER_CAP` characters.
    """

    what: str
    text: str


@dataclass(frozen=True)
class Cell:
    """A submitted cell, whatever shape it came in."""

    type: str
    source: str
    id: str
    grade_id: str
    has_pictures: bool


@dataclass(frozen=True)
class Notebook:
    """A submitted notebook that could be read."""

    name: str
    content: dict[str, Any]

    @cached_property
    def cells(self) -> list[Cell]:
        """All that can be taken for a cell."""
        return [_cell(found) for found in _cells_of(self.content) if isinstance(found, dict)]

    def records(self, case: str) -> Iterator[Record | answers.AnswersError]:
        """Yield the records of a case that its outputs carry, or why one cannot be used."""
        return answers.bundles(self.content, case)

    def shows_answers(self) -> bool:
        """Whether its outputs say in words that something was recorded."""
        texts = (
            output["data"].get("text/plain")
            for cell in answers.dicts(_cells_of(self.content))
            for output in answers.dicts(cell.get("outputs"))
            if isinstance(output.get("data"), dict)
        )
        return any(_text(text).startswith(RECORDED) for text in texts)

    def is_of(self, case: str) -> bool:
        """Whether it comes from a case."""
        metadata = self.content.get("metadata")
        kept = metadata.get("itband") if isinstance(metadata, dict) else None
        if isinstance(kept, dict) and kept.get("case") == case:
            return True
        return any(isinstance(found, Record) for found in self.records(case))


def read_notebook(path: Path) -> Notebook | str:
    """Return a notebook, or a sentence on why it cannot be read."""
    name = named([path.name])
    try:
        content = json.loads(files.read_regular(path, answers.NOTEBOOK_CAP), parse_int=_number)
    except FileNotFoundError:
        return f"No notebook is called {name}."
    except OSError as error:
        return f"{name} cannot be read ({error.strerror or error})."
    except (ValueError, RecursionError):
        return f"{name} is damaged."
    if not isinstance(content, dict) or not isinstance(_cells_of(content), list):
        return f"{name} is no notebook."
    return Notebook(path.name, content)


def _number(digits: str) -> float:
    """Return a number of a notebook; one that is longer than Python reads says nothing that a notebook can mean."""
    return int(digits) if len(digits) < 20 else float("inf")


def _cells_of(content: dict[str, Any]) -> Any:
    """Return a notebook's cells; those of the format before 2015 stand in worksheets."""
    sheets = content.get("worksheets")
    if "cells" in content or not isinstance(sheets, list):
        return content.get("cells")
    return [
        cell
        for sheet in sheets
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
        for cell in sheet["cells"]
    ]


def _cell(found: dict[str, Any]) -> Cell:
    cell_type, cell_id = found.get("cell_type"), found.get("id")
    return Cell(
        type=cell_type if isinstance(cell_type, str) else "",
        source=_text(found.get("source", found.get("input"))),
        id=cell_id if isinstance(cell_id, str) else "",
        grade_id=_grade_id(found.get("metadata")),
        has_pictures=_has_pictures(found.get("attachments")),
    )


def _has_pictures(attachments: Any) -> bool:
    files_of = attachments.values() if isinstance(attachments, dict) else []
    return any(str(kind).startswith("image/") for file in files_of if isinstance(file, dict) for kind in file)


def _text(source: Any) -> str:
    """Return all text in a cell's source, which is a text or a list of lines, or anything in bad faith."""
    parts, found = [source], []
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, (dict, list)):
            parts.extend(reversed(part.values() if isinstance(part, dict) else part))
    return "".join(found).replace("\r\n", "\n").replace("\r", "\n")


def _grade_id(metadata: Any) -> str:
    """Return nbgrader's name of a cell, whatever shape its metadata is in."""
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else ""


@dataclass(frozen=True)
class Sorted:
    """The cells of a submitted notebook, held against those of the release.

    Parameters
    ----------
    notes : dict of str to str
        What is written into each note, as it came; of several copies the last one in which something is written.
    leftovers : list of Leftover
        What is not of the case as released.
    missing : list of str
        Ids of the cells that are not there.
    missing_notes : set of str
        Names of the notes among them.
    pictured_notes : list of str
        Names of the notes into which a picture was pasted.
    """

    notes: dict[str, str]
    leftovers: list[Leftover]
    missing: list[str]
    missing_notes: set[str]
    pictured_notes: list[str]


def sort_cells(cells: list[Cell], released: Released) -> Sorted:
    """Hold the cells of a submitted notebook against the release."""
    written: dict[str, list[str]] = {}
    leftovers = []
    pictured = []
    seen: set[str] = set()
    for cell in cells:
        text = cell.source.strip()
        # A cell keeps its own id when it is renamed for nbgrader, and nbgrader's name when it is copied.
        name = cell.id if cell.id in released.sources else cell.grade_id
        note = released.note_of_cell.get(name, name if name in released.notes else None)
        seen.update((name, text))
        if note is not None:
            seen.add(note)
            if cell.has_pictures:
                pictured.append(note)
            if text and text != released.notes[note].strip():
                written.setdefault(note, []).append(cell.source)
        elif not text or text in released.texts:
            continue
        elif name in released.sources:
            leftovers.append(_leftover(f"Changed: the cell {named([name])}", cell.source))
        else:
            what = "A cell of their own, with code" if cell.type == "code" else "A cell of their own, with text"
            leftovers.append(_leftover(what, cell.source))
    for note, texts in written.items():
        for text in dict.fromkeys(texts[:-1]):
            if text != texts[-1]:
                leftovers.append(_leftover(f"Another copy of the note {named([note])}", text))
    missing = [
        cell.id
        for cell in released.notebook.cells
        if not {cell.id, _grade_id(cell.metadata) or cell.id, cell.source.strip()} & seen
    ]
    return Sorted(
        notes={note: texts[-1] for note, texts in written.items()},
        leftovers=leftovers,
        missing=missing,
        missing_notes={released.note_of_cell[cell_id] for cell_id in missing if cell_id in released.note_of_cell},
        pictured_notes=pictured,
    )


def _leftover(what: str, text: str) -> Leftover:
    cut = text[:LEFTOVER_CAP]
    more = f"\n(… {len(text) - LEFTOVER_CAP} more characters)" if len(text) > LEFTOVER_CAP else ""
    return Leftover(what, cut + more)


def tell_of_cells(found: Sorted) -> list[str]:
    """Return sentences on cells that are missing, and on those that are not of the case."""
    said = []
    if found.missing:
        count = "One cell of the case is" if len(found.missing) == 1 else f"{len(found.missing)} cells of the case are"
        said.append(f"{count} missing from the notebook: {named(found.missing)}.")
    if found.pictured_notes:
        said.append(f"A picture was pasted into the note {named(found.pictured_notes)}: see the submitted notebook.")
    if found.leftovers:
        count = "One cell is" if len(found.leftovers) == 1 else f"{len(found.leftovers)} cells are"
        shown = f", {LEFTOVERS} of them are" if len(found.leftovers) > LEFTOVERS else ":"
        said.append(f"{count} not of the case as released{shown} shown at the end of the autograded notebook.")
    return said
