"""Taking in one submitted folder: what was recorded and written, what else came along, and what could not be used.

Everything in it may have been made by hand, by a broken program or in bad faith. Nothing is followed, run or changed.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from itband_course import answers, files
from itband_course.answers import ANSWERS_FILE, AnswersError, NewerError, Record, UnreadableError
from itband_course.grading.course import Course, is_note
from itband_course.questions import QUESTIONS_FILE, CaseQuestions

TIMESTAMP_FILE = "timestamp.txt"
NBGRADERS_FILE = "submission_secret.txt"
"""nbgrader's own, written when a student submits: who knows it can fetch the feedback."""
TIMESTAMP_CAP = 200
"""Bytes of a time of submission that are read at most; a real one has 32."""
AHEAD = timedelta(days=1)
"""How far a time of submission may be ahead of this computer's clock before it is remarked on."""
LEFTOVERS, LEFTOVER_CAP = 20, 2_000
"""How many cells that are not of the case are kept, and how many characters of each."""
ENTRIES, COPIES, NAMED = 1_000, 5, 5
"""How many entries of a folder are looked at, how many further notebooks are read, how many names a sentence holds."""
WORDLESS = (".ipynb_checkpoints", "__pycache__", ".DS_Store", "._*", "Thumbs.db", "desktop.ini", ".answers.json.lock")
"""What systems and editors leave behind by themselves: passed over without a word."""
MARKUP = frozenset('<>"&\\`')
"""Characters that formgrader's pages take for markup where they show a student's id."""
STUDENT_ID_CAP = 128
"""Characters that the gradebook keeps of a student's id."""


class UngradableError(Exception):
    """Why a submission cannot be graded, and what to do: a sentence for the instructor."""


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
    written : bool
        Whether it is text that the student wrote, and neither code nor a changed cell of the case.
    """

    what: str
    text: str
    written: bool


@dataclass(frozen=True)
class Intake:
    """What counts of a submission, and what else is to be said of it.

    Parameters
    ----------
    record : Record
        The recorded answers.
    notes : dict of str to str
        What was written into each note, as it came; a note that was left as released is not in it.
    has_notebook : bool
        Whether there was a notebook to read notes from.
    leftovers : list of Leftover
        Cells that are not of the case.
    remarks : list of str
        What student and instructor are told.
    noticed : list of str
        What the instructor alone is told.
    submitted_at : datetime or None
        When it was handed in, in UTC without a zone, as the gradebook keeps it.
    timestamp : bytes
        The file that says so, as it came; empty where there is none to be used.
    """

    record: Record
    notes: dict[str, str] = field(default_factory=dict)
    has_notebook: bool = True
    leftovers: list[Leftover] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)
    submitted_at: datetime | None = None
    timestamp: bytes = b""

    @property
    def wrote_elsewhere(self) -> bool:
        """Whether the student wrote text into cells of their own."""
        return any(leftover.written for leftover in self.leftovers)


@dataclass(frozen=True)
class _Cell:
    """A submitted cell, whatever shape it came in."""

    type: str
    source: str
    id: str
    grade_id: str


@dataclass(frozen=True)
class _Notebook:
    """A submitted notebook that could be read."""

    name: str
    content: dict[str, Any]

    @cached_property
    def cells(self) -> list[_Cell]:
        return [_cell(found) for found in _cells_of(self.content) if isinstance(found, dict)]


@dataclass(frozen=True)
class _Choice:
    """The notebook of a folder that counts, copies of it beside it, and a sentence on what is unusual about that."""

    notebook: _Notebook | None
    copies: list[_Notebook]
    fault: str


def take_in(folder: Path, released: Released) -> Intake:
    """Read one submitted folder.

    Parameters
    ----------
    folder : Path
        ``submitted/STUDENT/CASE``.
    released : Released
        The case.

    Raises
    ------
    UngradableError
        If nothing can be graded without guessing.
    """
    check_folder(folder)
    remarks: list[str] = []
    notebooks, noticed = _look_through(folder, released)
    chosen = _choose_notebook(folder, released, notebooks)
    record = _recorded(folder, released.case, chosen, remarks)
    if chosen.notebook is None:
        remarks.insert(0, f"{chosen.fault} The answers were taken from «{ANSWERS_FILE}»; the notes are not known.")
    elif chosen.fault:
        remarks.insert(0, chosen.fault)
    notes: dict[str, str] = {}
    leftovers: list[Leftover] = []
    if chosen.notebook is not None:
        notes, leftovers, missing = _sort_cells(chosen.notebook.cells, released)
        noticed += missing
        notes = _notes_of_copies(chosen.copies, released, remarks) | notes
        noticed += _count_leftovers(leftovers)
    noticed += _tell_of_answers(record, released.questions)
    submitted_at, timestamp, of_time = read_time(folder)
    return Intake(
        record=record,
        notes=notes,
        has_notebook=chosen.notebook is not None,
        leftovers=leftovers[:LEFTOVERS],
        remarks=[printable(remark) for remark in remarks],
        noticed=[printable(sentence) for sentence in noticed + of_time],
        submitted_at=submitted_at,
        timestamp=timestamp,
    )


def check_folder(folder: Path) -> None:
    """Raise `UngradableError` unless a submitted folder is one, and its student has a name that can be kept."""
    student = folder.parent.name
    if not student.isprintable() or len(student) > STUDENT_ID_CAP or student != student.strip():
        raise UngradableError(
            "The name of its folder holds characters that do not show, or is too long. Rename it to the student's id."
        )
    if MARKUP & set(student):
        raise UngradableError(
            "The name of its folder holds characters of markup, which could run in formgrader. Rename it to the "
            "student's id."
        )
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise UngradableError(
                f"«{path.name}» is a link to another place, which was not followed. Put the folder itself there."
            )
    if not folder.is_dir():
        raise UngradableError(f"«{folder.name}» is no folder. Put the student's work into a folder of that name.")


def read_time(folder: Path) -> tuple[datetime | None, bytes, list[str]]:
    """Return when a folder was handed in, the file that says so, and what is odd about it.

    The time is None, and the file empty, where there is none that can be used.
    """
    try:
        raw = files.read_regular(folder / TIMESTAMP_FILE, TIMESTAMP_CAP)
    except FileNotFoundError:
        return None, b"", []
    except OSError as error:
        return None, b"", [f"Its time of submission cannot be read ({_why(error)}): it counts as in time."]
    if not raw.strip():
        return None, b"", ["Its time of submission is empty: it counts as in time."]
    try:
        time = parse_utc(raw.decode("ascii").strip())
    except Exception:  # a parser of all that people write as dates fails in many ways
        return None, b"", ["Its time of submission cannot be understood: it counts as in time."]
    if time > datetime.now(UTC).replace(tzinfo=None) + AHEAD:
        return time, raw, [f"Its time of submission, {time:%Y-%m-%d %H:%M} UTC, lies in the future."]
    return time, raw, []


def printable(text: str) -> str:
    """Return a text on one line with nothing in it that does not show, for logs and pages."""
    return "".join(character if character.isprintable() else "�" for character in text)


def named(names: Iterable[str]) -> str:
    """Return names as they stand in a sentence, the first few of many."""
    listed = [f"«{printable(name[:80])}»" for name in names]
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more


def _look_through(folder: Path, released: Released) -> tuple[list[str], list[str]]:
    """Return the names of a folder's notebooks, and what else is in it that the instructor should know of."""
    notebooks, other, odd = [], [], []
    with os.scandir(folder) as entries:
        for place, entry in enumerate(entries):
            if place >= ENTRIES:
                odd.append("…")
                break
            if any(fnmatch(entry.name, pattern) for pattern in WORDLESS):
                continue
            if not entry.is_file(follow_symlinks=False):
                odd.append(entry.name)
            elif entry.name.lower().endswith(".ipynb"):
                notebooks.append(entry.name)
            elif entry.name not in {ANSWERS_FILE, QUESTIONS_FILE, TIMESTAMP_FILE, NBGRADERS_FILE} | released.files:
                other.append(entry.name)
    noticed = []
    if other:
        noticed.append(f"Also handed in, and not looked into: {named(sorted(other))}.")
    if odd:
        noticed.append(f"Passed over, because they are links, folders or no files: {named(sorted(odd))}.")
    return sorted(notebooks), noticed


def _choose_notebook(folder: Path, released: Released, names: list[str]) -> _Choice:
    wanted = f"{released.case}.ipynb"
    copies = []
    for name in [name for name in names if name != wanted][:COPIES]:
        found = _read_notebook(folder / name)
        if isinstance(found, _Notebook) and _is_of_case(found, released):
            copies.append(found)
    main = _read_notebook(folder / wanted)
    if isinstance(main, _Notebook):
        return _Choice(main, copies, "")
    if len(copies) == 1:
        return _Choice(copies[0], [], f"{main} {named([copies[0].name])} was taken for it.")
    if copies:
        raise UngradableError(
            f"{main} {named(copy.name for copy in copies)} all come from this case. Rename the one that counts to "
            f"«{wanted}», then run autograde again."
        )
    if names and wanted not in names:
        main = f"{main} There is {named(names)}, which does not come from this case."
    return _Choice(None, [], main)


def _read_notebook(path: Path) -> _Notebook | str:
    """Return a notebook, or a sentence on why it cannot be read."""
    name = named([path.name])
    try:
        content = json.loads(files.read_regular(path, answers.NOTEBOOK_CAP), parse_int=_number)
    except FileNotFoundError:
        return f"No notebook is called {name}."
    except OSError as error:
        return f"{name} cannot be read ({_why(error)})."
    except (ValueError, RecursionError):
        return f"{name} is damaged."
    if not isinstance(content, dict) or not isinstance(_cells_of(content), list):
        return f"{name} is no notebook."
    return _Notebook(path.name, content)


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


def _cell(found: dict[str, Any]) -> _Cell:
    source = found.get("source", found.get("input"))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    cell_type, cell_id = found.get("cell_type"), found.get("id")
    return _Cell(
        type=cell_type if isinstance(cell_type, str) else "",
        source=source if isinstance(source, str) else "",
        id=cell_id if isinstance(cell_id, str) else "",
        grade_id=_grade_id(found.get("metadata")),
    )


def _grade_id(metadata: Any) -> str:
    """Return nbgrader's name of a cell, whatever shape its metadata is in."""
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else ""


def _is_of_case(notebook: _Notebook, released: Released) -> bool:
    metadata = notebook.content.get("metadata")
    kept = metadata.get("itband") if isinstance(metadata, dict) else None
    if isinstance(kept, dict) and kept.get("case") == released.case:
        return True
    return any(isinstance(found, Record) for found in answers.bundles(notebook.content, released.case))


def _recorded(folder: Path, case: str, chosen: _Choice, remarks: list[str]) -> Record:
    """Return the recorded answers, of file and notebooks the later one to each question, and add remarks.

    Notebooks count where they have the seed of the file, as on the student's own screen: it is drawn once and kept.
    """
    problem = ""
    found = None
    try:
        found = answers.read(folder, case)
    except NewerError as error:
        raise UngradableError(f"{error} Install the newer version of the course, then run autograde again.") from error
    except UnreadableError as error:
        raise UngradableError(f"{error}") from error
    except AnswersError as error:
        problem = str(error)
    record = found or answers.empty(case)
    carried = list(_records(chosen.notebook, case, remarks))
    seed = next((one.seed for one in (record, *carried) if one.seed), 0)
    same = [one for one in carried if one.seed in (0, seed)]
    record = answers.merge(record, *same)
    if len(same) < len(carried):
        remarks.append("The notebook also carries answers from another answers file. They did not count.")
    for copy in chosen.copies:
        merged = answers.merge(record, *(one for one in _records(copy, case, []) if seed and one.seed == seed))
        if not merged.holds_the_same(record):
            record = merged
            remarks.append(f"{named([copy.name])} carries later answers from the same hand. They counted.")
    if record.is_empty() and (problem or remarks or chosen.notebook is None):
        reasons = [reason for reason in (chosen.fault, problem, *remarks) if reason]
        if found is None and not problem:
            reasons.append(f"There is no «{ANSWERS_FILE}».")
        raise UngradableError(f"{' '.join(reasons)} No answer could be found. Ask for the work again.")
    if problem:
        remarks.append(f"{problem} The answers were taken from the notebook instead.")
    if record.late:
        count = "One answer was" if len(record.late) == 1 else f"{len(record.late)} answers were"
        remarks.append(f"{count} recorded after that part of the case had been closed, and did not count.")
    return record


def _records(notebook: _Notebook | None, case: str, remarks: list[str]) -> Iterator[Record]:
    """Yield the records that a notebook carries, and add a remark on each of the first few that cannot be used."""
    faults = 0
    for found in answers.bundles(notebook.content if notebook else None, case):
        if isinstance(found, Record):
            yield found
        elif (faults := faults + 1) <= NAMED:
            remarks.append(f"A record in the notebook was passed over: {found}")


def _sort_cells(cells: list[_Cell], released: Released) -> tuple[dict[str, str], list[Leftover], list[str]]:
    """Return what was written into the notes, what is not of the case, and a sentence on what is missing.

    Of several copies of a note the last one counts in which something is written.
    """
    written: dict[str, list[str]] = {}
    leftovers = []
    seen: set[str] = set()
    known_texts = {source.strip() for source in released.sources.values()}
    for cell in cells:
        text = cell.source.strip()
        note = cell.grade_id if cell.grade_id in released.notes else released.note_of_cell.get(cell.id)
        name = cell.grade_id if cell.grade_id in released.sources else cell.id
        seen.update((cell.id, cell.grade_id, text))
        if note is not None:
            if text and text != released.notes[note].strip():
                written.setdefault(note, []).append(cell.source)
        elif not text or text in known_texts:
            continue
        elif name in released.sources:
            leftovers.append(_leftover(f"Changed: the cell {named([name])}", cell.source, written=False))
        elif cell.type == "code":
            leftovers.append(_leftover("A cell of their own, with code", cell.source, written=False))
        else:
            leftovers.append(_leftover("A cell of their own, with text", cell.source, written=True))
    for note, texts in written.items():
        for text in dict.fromkeys(texts[:-1]):
            if text != texts[-1]:
                leftovers.append(_leftover(f"Another copy of the note {named([note])}", text, written=False))
    missing = [
        cell.id
        for cell in released.notebook.cells
        if not {cell.id, _grade_id(cell.metadata) or cell.id, cell.source.strip()} & seen
    ]
    sentence = f"{_count(len(missing))} of the case {_is(len(missing))} missing from the notebook: {named(missing)}."
    return {note: texts[-1] for note, texts in written.items()}, leftovers, [sentence] if missing else []


def _leftover(what: str, text: str, written: bool) -> Leftover:
    cut = text[:LEFTOVER_CAP]
    more = f"\n(… {len(text) - LEFTOVER_CAP} more characters)" if len(text) > LEFTOVER_CAP else ""
    return Leftover(what, cut + more, written)


def _count_leftovers(leftovers: list[Leftover]) -> list[str]:
    if not leftovers:
        return []
    shown = f", {LEFTOVERS} of them are" if len(leftovers) > LEFTOVERS else ""
    place = "the end of the autograded notebook"
    return [
        f"{_count(len(leftovers))} {_is(len(leftovers))} not of the case as released{shown or ':'} shown at {place}."
    ]


def _notes_of_copies(copies: list[_Notebook], released: Released, remarks: list[str]) -> dict[str, str]:
    """Return what is written in the notes of copies of the notebook; it counts where its own note is blank."""
    notes: dict[str, str] = {}
    for copy in copies:
        found, _, _ = _sort_cells(copy.cells, released)
        notes |= found
    if notes:
        remarks.append(
            f"Notes are written in {named(copy.name for copy in copies)} too. They count where yours are blank."
        )
    return notes


def _tell_of_answers(record: Record, questions: CaseQuestions) -> list[str]:
    """Return what the instructor should know of recorded answers."""
    asked = {question.id for question in questions.questions}
    said = []
    unknown = sorted(set(record.answers) - asked)
    if unknown:
        said.append(f"Answers to questions that this case does not ask are not scored: {named(unknown)}.")
    earlier = [
        question
        for question, answer in record.answers.items()
        if question in asked and answer.version != questions.version
    ]
    if earlier:
        said.append(f"Given to another version of the questions, and scored by today's key: {named(sorted(earlier))}.")
    return said


def _why(error: OSError) -> str:
    return str(error) if isinstance(error, files.UnsafeFileError) else (error.strerror or str(error))


def _count(count: int) -> str:
    return "One cell" if count == 1 else f"{count} cells"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
