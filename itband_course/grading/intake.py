"""Taking in one submitted folder: what was recorded and written, what else came along, and what could not be used.

Everything in it may have been made by hand, by a broken program or in bad faith. Nothing is followed, run or changed.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from itband_course import answers
from itband_course.answers import ANSWERS_FILE, AnswersError, ForeignError, NewerError, Record, UnreadableError
from itband_course.grading.submitted import (
    ENTRIES,
    NAMED,
    Content,
    UngradableError,
    check_folder,
    look_through,
    named,
    printable,
    read_time,
    trace,
)
from itband_course.grading.submitted_notebook import (
    LEFTOVERS,
    Leftover,
    Notebook,
    Released,
    read_notebook,
    sort_cells,
    tell_of_cells,
)
from itband_course.questions import CaseQuestions

COPIES = 20
"""How many further notebooks of a folder are read."""


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
    unsure : set of str
        Notes that are blank or missing while their text may be elsewhere.
    leftovers : list of Leftover
        Cells that are not of the case; the first `LEFTOVERS` of them.
    remarks : list of str
        What student and instructor are told.
    noticed : list of str
        What the instructor alone is told.
    submitted_at : datetime or None
        When it was handed in, in UTC without a zone, as the gradebook keeps it.
    timestamp : bytes
        The file that says so, as it came; empty where there is none to be used.
    trace : str
        Hash of what was looked at; the same again means that there is nothing new.
    """

    record: Record
    notes: dict[str, str] = field(default_factory=dict)
    has_notebook: bool = True
    unsure: set[str] = field(default_factory=set)
    leftovers: list[Leftover] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)
    submitted_at: datetime | None = None
    timestamp: bytes = b""
    trace: str = ""


@dataclass(frozen=True)
class _Notebooks:
    """The notebook of a folder that counts, copies of it beside it, and what is unusual about that."""

    main: Notebook | None
    copies: list[Notebook]
    fault: str
    strange: list[str]


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
    content = look_through(folder, released.files)
    try:
        return _take_in(folder, content, released)
    except UngradableError as error:
        raise UngradableError(" ".join([str(error), *content.sentences()])) from error


def _take_in(folder: Path, content: Content, released: Released) -> Intake:
    case = released.case
    remarks: list[str] = []
    notebooks = _choose_notebook(folder, case, content.notebooks)
    record = _recorded(folder, case, content, notebooks, remarks)
    if notebooks.main is None:
        remarks.insert(0, f"{notebooks.fault} The answers were taken from «{ANSWERS_FILE}»; the notes are not known.")
    elif notebooks.fault:
        remarks.insert(0, notebooks.fault)
    noticed = content.sentences()
    if notebooks.strange:
        noticed.append(f"Also handed in, and no notebooks of this case: {named(notebooks.strange)}.")
    cells = sort_cells(notebooks.main.cells if notebooks.main is not None else [], released)
    notes = _notes_of_copies(notebooks.copies, record, released, remarks) | cells.notes
    if notebooks.main is not None:
        noticed += tell_of_cells(cells)
    if record.is_empty() and notebooks.main is not None and notebooks.main.shows_answers():
        raise UngradableError(
            f"Its notebook says in words that answers were recorded, and holds none: a program took them out. Ask for "
            f"«{ANSWERS_FILE}», or for the notebook as it was saved."
        )
    if record.is_empty() and notes:
        noticed.append(
            f"A note is written, but no answer is recorded, neither in «{ANSWERS_FILE}» nor in the notebook."
        )
    elif record.is_empty() and len(cells.missing) == len(released.notebook.cells):
        raise UngradableError("Its notebook holds no cell of this case, and no answer. Ask for the work again.")
    if record.is_empty() and not notes and (inside := _work_inside(folder, content.folders, case)):
        raise UngradableError(
            f"Nothing is answered in it, but work lies inside the folder {named([inside])}. Move that up if it is what "
            "counts, else remove it, then run autograde again."
        )
    noticed += _tell_of_answers(record, released.questions)
    submitted_at, timestamp, of_time = read_time(folder)
    return Intake(
        record=record,
        notes=notes,
        has_notebook=notebooks.main is not None,
        unsure={
            name for name in released.notes if name not in notes and (cells.leftovers or name in cells.missing_notes)
        },
        leftovers=cells.leftovers[:LEFTOVERS],
        remarks=[printable(remark) for remark in remarks],
        noticed=[printable(sentence) for sentence in noticed + of_time],
        submitted_at=submitted_at,
        timestamp=timestamp,
        trace=trace(folder),
    )


def _choose_notebook(folder: Path, case: str, names: list[str]) -> _Notebooks:
    wanted = f"{case}.ipynb"
    others = sorted((name for name in names if name != wanted), key=lambda name: (not name.startswith(case), name))
    copies, strange = [], others[COPIES:]
    for name in others[:COPIES]:
        found = read_notebook(folder / name)
        if isinstance(found, Notebook) and found.is_of(case):
            copies.append(found)
        else:
            strange.append(name)
    main = read_notebook(folder / wanted)
    if isinstance(main, Notebook):
        return _Notebooks(main, copies, "", strange)
    if len(copies) == 1:
        return _Notebooks(copies[0], [], f"{main} {named([copies[0].name])} was taken for it.", strange)
    if copies:
        raise UngradableError(
            f"{main} {named(copy.name for copy in copies)} all come from this case. {_rename(wanted)}"
        )
    if strange:
        main = f"{main} There is {named(strange)}, which does not come from this case."
    return _Notebooks(None, [], main, strange)


def _rename(wanted: str) -> str:
    return f"Rename the one that counts to «{wanted}», then run autograde again."


def _recorded(folder: Path, case: str, content: Content, notebooks: _Notebooks, remarks: list[str]) -> Record:
    """Return the recorded answers, of file and notebooks the later one to each question, and add remarks.

    Notebooks count where they have the seed of the file, as on the student's own screen: it is drawn once and kept.
    """
    file, problem = _read_file(folder, case)
    if file is None:
        file = _renamed_file(folder, case, content.answers, remarks)
    else:
        content.others.extend(content.answers)
    elsewhere: list[str] = []
    carried = _usable(notebooks.main, case, remarks, elsewhere)
    seed = next((one.seed for one in (file, *carried) if one and one.seed), 0)
    same = [one for one in carried if one.seed in (0, seed)]
    record = answers.merge(file or answers.empty(case), *same)
    if len(same) < len(carried):
        remarks.append("The notebook also carries answers from another answers file. They did not count.")
    record = _with_copies(record, case, notebooks, remarks)
    if record.is_empty() and (problem or remarks or elsewhere or notebooks.main is None):
        reasons = [reason for reason in (notebooks.fault, problem, *remarks, *elsewhere) if reason]
        if file is None and not problem:
            reasons.append(f"There is no «{ANSWERS_FILE}».")
        raise UngradableError(f"{' '.join(reasons)} No answer could be found. Ask for the work again.")
    if problem and file is None:
        remarks.append(f"{problem} The answers were taken from the notebook instead.")
    if record.late:
        count = "One answer was" if len(record.late) == 1 else f"{len(record.late)} answers were"
        remarks.append(f"{count} recorded after that part of the case had been closed, and did not count.")
    return record


def _read_file(folder: Path, case: str) -> tuple[Record | None, str]:
    """Return what the answers file holds, None where there is none that can be used, and why it cannot."""
    try:
        return answers.read(folder, case), ""
    except NewerError as error:
        raise UngradableError(
            f"«{ANSWERS_FILE}» was written by a newer version of the course than this one. Install that here, then run "
            "autograde again."
        ) from error
    except UnreadableError as error:
        reason = getattr(error.__cause__, "strerror", None) or error
        raise UngradableError(
            f"«{ANSWERS_FILE}» cannot be read ({reason}). Make it readable for you, then run autograde again."
        ) from error
    except AnswersError as error:
        return None, str(error)


def _renamed_file(folder: Path, case: str, names: list[str], remarks: list[str]) -> Record | None:
    """Return what files hold that were renamed on their way, as platforms and browsers do."""
    found = {}
    for name in names:
        try:
            record = answers.read(folder, case, name)
        except AnswersError:
            continue
        if record is not None and not record.is_empty():
            found[name] = record
    if len({record.seed for record in found.values()}) > 1:
        raise UngradableError(f"{named(found)} hold different people's answers. {_rename(ANSWERS_FILE)}")
    if not found:
        return None
    remarks.append(f"No «{ANSWERS_FILE}» can be used. {named(found)} was taken for it.")
    return answers.merge(answers.empty(case), *found.values())


def _usable(
    notebook: Notebook | None, case: str, remarks: list[str], elsewhere: list[str] | None = None
) -> list[Record]:
    """Return the records that a notebook carries.

    A remark is added on each of the first few that cannot be used. One of another case does no harm, and is told
    `elsewhere`.
    """
    records = []
    faults = 0
    for found in notebook.records(case) if notebook is not None else ():
        if isinstance(found, Record):
            records.append(found)
        elif isinstance(found, ForeignError):
            if elsewhere is not None and not elsewhere:
                elsewhere.append(f"{found}")
        elif (faults := faults + 1) <= NAMED:
            remarks.append(f"A record in the notebook was passed over: {found}")
    return records


def _with_copies(record: Record, case: str, notebooks: _Notebooks, remarks: list[str]) -> Record:
    """Return a record with later answers from copies of the notebook, where they come from the same hand."""
    carried = {copy.name: _usable(copy, case, []) for copy in notebooks.copies}
    seed = record.seed
    if record.is_empty() and not seed:
        # The notebook was fetched anew: what counts are the answers that there are.
        seeds = {one.seed for records in carried.values() for one in records}
        if len(seeds) > 1:
            raise UngradableError(
                f"{named(name for name, records in carried.items() if records)} carry different people's answers, and "
                f"«{case}.ipynb» none. {_rename(f'{case}.ipynb')}"
            )
        seed = next(iter(seeds), 0)
    for name, records in carried.items():
        merged = answers.merge(record, *(one for one in records if one.seed == seed))
        if not merged.holds_the_same(record):
            record = merged
            remarks.append(f"{named([name])} carries later answers from the same hand. They counted.")
        elif any(one.seed != seed for one in records):
            remarks.append(f"{named([name])} carries answers from another answers file. Nothing of it counted.")
    return record


def _notes_of_copies(copies: list[Notebook], record: Record, released: Released, remarks: list[str]) -> dict[str, str]:
    """Return what is written in the notes of copies from the same hand; it counts where the notebook's own is blank."""
    notes: dict[str, str] = {}
    names = []
    for copy in copies:
        seeds = {found.seed for found in copy.records(released.case) if isinstance(found, Record)}
        written = sort_cells(copy.cells, released).notes
        if written and seeds <= {record.seed}:
            notes |= written
            names.append(copy.name)
    if names:
        remarks.append(f"Something is written in {named(names)} too. It counts where the note itself is blank.")
    return notes


def _work_inside(folder: Path, inner: Iterable[str], case: str) -> str:
    """Return the name of a folder inside a submission that holds work on the case; empty if none does."""
    for name in inner:
        for place, (_, folders, names) in enumerate(os.walk(folder / name)):
            if any(fnmatch(found, f"{case}*.ipynb") or found == ANSWERS_FILE for found in names):
                return name
            if place > ENTRIES or len(folders) > ENTRIES:
                break
    return ""


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
