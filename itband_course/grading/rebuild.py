"""The first pass of autograding: rebuild the notebook from the release; of the student's, only answers and notes."""

import copy
from pathlib import Path
from typing import Any

from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from itband_course import answers as answers_
from itband_course.answers import AnswersError, NewerError, Record, UnreadableError
from itband_course.grading.course import CaseFault, Course, UsesBank, course_of, is_note

NOTE_CAP = 20_000
"""Characters of a free-text note that are shown; a real one has a few thousand. nbconvert takes long over long ones."""
CUT = "\n\n(This note is longer than is shown here. All of it is in the submitted file.)"


class Rebuild(NbGraderPreprocessor, UsesBank):
    """Replace a submitted case by the released notebook with the student's recorded answers and notes in it.

    First among nbgrader's sanitizing preprocessors. Other assignments pass unchanged.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Rebuild one submission; raises `CaseFault` if its answers were written by a newer version of the course."""
        case, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        course = course_of(self)
        if not course.is_case(case):
            return nb, resources
        folder = Path(resources["metadata"]["path"])
        record, remarks = read_submission(folder, nb, case)
        for remark in remarks:
            self.log.warning("%s, %s: %s", student, case, remark)
        return rebuild(course, case, nb, record, remarks), resources


def read_submission(folder: Path, notebook: Any, case: str) -> tuple[Record, list[str]]:
    """Return what a student recorded, from the answers file and the notebook, the later answer to each question.

    Parameters
    ----------
    folder : Path
        The submitted folder.
    notebook : NotebookNode
        The submitted notebook.
    case : str
        Id of the case.

    Returns
    -------
    record : Record
        Merged; where revisions are equal the file counts.
    remarks : list of str
        Sentences for instructor and student on anything that could not be used.

    Raises
    ------
    CaseFault
        If the file was written by a newer version of the course: nothing is guessed, nobody gets a zero for it.
    """
    carried, faults = answers_.collect(notebook, case)
    remarks = [f"A record in the notebook was passed over: {fault}" for fault in faults[:3]]
    try:
        found = answers_.read(folder, case)
    except NewerError as error:
        raise CaseFault(
            f"{folder}: {error} Install the newer version of the course here, then run autograde again."
        ) from error
    except UnreadableError as error:
        raise CaseFault(f"{folder}: {error} Nothing was graded for this student.") from error
    except AnswersError as error:
        remarks.append(f"{error} The answers were taken from the notebook instead.")
        found = None
    record = answers_.merge(found or answers_.empty(case), carried)
    if record.late:
        count = "One answer was" if len(record.late) == 1 else f"{len(record.late)} answers were"
        remarks.append(f"{count} recorded after that part of the case had been closed, and did not count.")
    return record, remarks


def rebuild(course: Course, case: str, submitted: Any, record: Record, remarks: list[str]) -> Any:
    """Return the released notebook with a student's record and notes, and mark schemes for whoever marks."""
    released, _ = course.released(case)
    nb = copy.deepcopy(released)
    cells = []
    for cell in nb.cells:
        if is_note(cell):
            written = _written(submitted, cell)
            if written is not None:
                cell.source = written
        cells.append(cell)
        if is_note(cell):
            cells.append(_scheme_cell(course, cell.metadata.nbgrader.grade_id))
    nb.cells = cells
    nb.metadata["itband"] = {
        "case": case,
        "record": answers_.bundle(record),
        "remarks": remarks,
    }
    return nb


def _written(submitted: Any, released: Any) -> str | None:
    """Return what a student wrote into a note, neutralised; None if it is as released, so that it counts as blank."""
    grade_id = released.metadata.nbgrader.grade_id
    texts = [cell.source for cell in submitted.cells if _name(cell) == grade_id and isinstance(cell.source, str)]
    changed = [text for text in texts if text.strip() and text.strip() != released.source.strip()]
    if not changed:
        return None
    text = changed[-1]
    return neutralise(text[:NOTE_CAP]) + (CUT if len(text) > NOTE_CAP else "")


def _name(cell: Any) -> Any:
    """Return nbgrader's name of a submitted cell, whatever shape its metadata is in."""
    marks = cell.metadata.get("nbgrader")
    return marks.get("grade_id") if isinstance(marks, dict) else None


def neutralise(text: str) -> str:
    """Return Markdown that reads the same and can do nothing: no raw HTML, no links, no images.

    It is read in formgrader, in the instructor's own session, so nothing in it may run or load. Without ``<`` there is
    no tag, without ``[`` no link and no image, whatever else stands around them.

    >>> print(neutralise("**S** pain < 3 <b onclick='x'>knee</b> ![a](http://x/y.png) [go](javascript:alert(1))"))
    **S** pain &lt; 3 &lt;b onclick='x'>knee&lt;/b> !&#91;a](http://x/y.png) &#91;go](javascript:alert(1))
    """
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return text.replace("<", "&lt;").replace("[", "&#91;")


def _scheme_cell(course: Course, note_id: str) -> Any:
    note = course.bank.notes.get(note_id)
    if note is None:
        raise CaseFault(f"The bank has no note «{note_id}». Put it back, then run autograde again.")
    cell = new_markdown_cell(note.scheme_markdown(), id=f"scheme-{note_id}"[:64])
    cell.metadata.update({"editable": False, "deletable": False, "itband": {"scheme": note_id}})
    return cell
