"""Autograded notebooks: where they lie, and what a later run needs to know of them without reading them whole."""

from pathlib import Path
from typing import Any

import msgspec
from nbformat import NotebookNode

from itband_course.answers import Record
from itband_course.grading.course import Course


class Kept(msgspec.Struct, frozen=True):
    """What an autograded notebook keeps of the submission that it was made of.

    Parameters
    ----------
    case : str
        Id of the case.
    record : Record
        The recorded answers.
    remarks, noticed : list of str
        What student and instructor, and what the instructor alone, are told.
    trace : str
        Hash of what was looked at.
    receipt : str
        Short hash of the answers, as the student's own receipt shows it.
    scored : str
        When, ISO 8601 in UTC.
    """

    case: str
    record: Record
    remarks: list[str]
    noticed: list[str]
    trace: str = ""
    receipt: str = ""
    scored: str = ""


class _Metadata(msgspec.Struct):
    itband: Kept


class _Notebook(msgspec.Struct):
    metadata: _Metadata


def result_path(course: Course, case: str, student: str) -> Path:
    """Return where a student's autograded notebook of a case is."""
    return course.root / "autograded" / student / case / f"{case}.ipynb"


def result_paths(course: Course, case: str) -> dict[str, Path]:
    """Return every autograded notebook of a case, by student."""
    return {path.parent.parent.name: path for path in (course.root / "autograded").glob(f"*/{case}/{case}.ipynb")}


def kept(path: Path) -> Kept | None:
    """Return what an autograded notebook keeps, None if there is none that this course has made."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Notebook).metadata.itband
    except (OSError, msgspec.DecodeError):
        return None


def shallow(node: NotebookNode) -> NotebookNode:
    """Return a copy of a part of a notebook that shares what lies deeper."""
    copy = NotebookNode()
    dict.update(copy, node)
    return copy


def put(node: NotebookNode, name: str, value: Any) -> None:
    """Set an entry of a part of a notebook that is only written from now on.

    nbformat's own way turns everything below into its own kind of dict, which takes longer than scoring it.
    """
    dict.__setitem__(node, name, value)


def write(notebook: Any) -> bytes:
    """Return a notebook as the bytes of its file."""
    return msgspec.json.format(msgspec.json.encode(notebook), indent=1)
