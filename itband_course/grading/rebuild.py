"""The autograded notebook: the release, with a student's record and notes in it, and everything else kept harmless."""

from datetime import UTC, datetime
from html import escape
from typing import Any

from nbformat import NotebookNode

from itband_course import answers
from itband_course.grading.course import CaseFault, Course, is_note
from itband_course.grading.intake import Intake
from itband_course.grading.results import put, shallow
from itband_course.grading.submitted_notebook import Released

NOTE_CAP = 20_000
"""Characters of a free-text note that are shown; a real one has a few thousand. nbconvert takes long over long ones."""
CUT = "\n\n(This note is longer than is shown here. All of it is in the submitted file.)"
NOT_READ = "(There was no notebook to read this note from. Ask the student for it.)"
# formgrader loads MathJax, which leaves alone what is in this class: a note has prices and angles, no formulas.
NOTE_FRAME = '<div class="tex2jax_ignore">\n\n{}\n\n</div>'


def rebuild(course: Course, released: Released, intake: Intake) -> Any:
    """Return the released notebook with a student's record and notes, and mark schemes for whoever marks.

    Parameters
    ----------
    course : Course
        Whose bank holds the mark schemes.
    released : Released
        The case.
    intake : Intake
        What counts of the submission.

    Raises
    ------
    CaseFault
        If the bank lacks a note.
    """
    # Cells and their metadata are new, what lies deeper is shared with the release: nobody changes it.
    nb = shallow(released.notebook)
    put(nb, "metadata", shallow(released.notebook.metadata))
    cells = []
    for of_release in released.notebook.cells:
        cell = shallow(of_release)
        put(cell, "metadata", shallow(of_release.metadata))
        cells.append(cell)
        if is_note(cell):
            name = cell.metadata.nbgrader.grade_id
            if not intake.has_notebook:
                cell.source = NOT_READ
            elif name in intake.notes:
                cell.source = shown_note(intake.notes[name])
            cells.append(_scheme_cell(course, name))
    if intake.leftovers or intake.noticed:
        cells.append(_leftover_cell(intake))
    put(nb, "cells", cells)
    kept = {
        "case": released.case,
        "record": answers.bundle(intake.record),
        "remarks": intake.remarks,
        "noticed": intake.noticed,
        "trace": intake.trace,
        "receipt": intake.record.fingerprint(),
        "scored": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    put(nb.metadata, "itband", kept)
    return nb


def shown_note(text: str) -> str:
    """Return a note as it is shown: harmless, and cut where it is longer than anyone writes."""
    return NOTE_FRAME.format(neutralise(text[:NOTE_CAP]) + (CUT if len(text) > NOTE_CAP else ""))


def neutralise(text: str) -> str:
    """Return Markdown that reads the same and can do nothing: no raw HTML, no links, no images.

    It is read in formgrader, in the instructor's own session, so nothing in it may run or load. Without ``<`` there is
    no tag, without ``[`` no link and no image, whatever else stands around them.

    >>> print(neutralise("**S** pain < 3 <b onclick='x'>knee</b> ![a](http://x/y.png) [go](javascript:alert(1))"))
    **S** pain &lt; 3 &lt;b onclick='x'>knee&lt;/b> !&#91;a](http://x/y.png) &#91;go](javascript:alert(1))
    """
    return _encodable(text).replace("<", "&lt;").replace("[", "&#91;")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _leftover_cell(intake: Intake) -> Any:
    """Return a last cell with what else is in a submission, for the instructor; it is graded by nobody."""
    parts = ["<h3>Also in the submission</h3>"]
    parts += [f"<p>{_as_text(sentence)}</p>" for sentence in intake.noticed]
    parts += [
        f"<p><strong>{_as_text(leftover.what)}</strong></p>\n"
        f"<pre style='white-space:pre-wrap'>{_as_text(leftover.text)}</pre>"
        for leftover in intake.leftovers
    ]
    inside = "\n".join(parts)
    return _own_cell("also-in-the-submission", f'<div class="tex2jax_ignore">\n{inside}\n</div>', {"also": True})


def _as_text(text: str) -> str:
    """Return text as HTML inside Markdown: an empty line would end the HTML, and brackets would be read as links."""
    harmless = escape(_encodable(text)).replace("[", "&#91;")
    return "\n".join(line if line.strip() else "&nbsp;" for line in harmless.splitlines())


def _scheme_cell(course: Course, note_id: str) -> Any:
    note = course.bank.notes.get(note_id)
    if note is None:
        raise CaseFault(f"The bank has no note «{note_id}». Put it back, then run autograde again.")
    return _own_cell(f"scheme-{note_id}"[:64], note.scheme_markdown(), {"scheme": note_id})


def _own_cell(cell_id: str, source: str, what: dict[str, Any]) -> NotebookNode:
    metadata = {"editable": False, "deletable": False, "itband": what}
    return NotebookNode(cell_type="markdown", id=cell_id, metadata=metadata, source=source)
