"""A submitted folder as it lies there: whose it is, what is in it, when it came in. Nothing is followed or run."""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

from nbgrader.utils import parse_utc

from itband_course import files
from itband_course.answers import ANSWERS_FILE, NOTEBOOK_CAP
from itband_course.questions import QUESTIONS_FILE

TIMESTAMP_FILE = "timestamp.txt"
NBGRADERS_FILES = (TIMESTAMP_FILE, "submission_secret.txt")
"""What nbgrader itself writes into a submission."""
TIMESTAMP_CAP = 200
"""Bytes of a time of submission that are read at most; a real one has 32."""
AHEAD = timedelta(days=1)
"""How far a time of submission may be ahead of this computer's clock before it is remarked on."""
ENTRIES, NAMED = 1_000, 8
"""How many entries of a folder are looked at, and how many names a sentence holds."""
ZONE_IN_FIGURES = re.compile(r"(?<=\d) ([+-]\d\d):?(\d\d)?$")
WORDLESS = (
    ".ipynb_checkpoints",
    "__pycache__",
    "__MACOSX",
    ".DS_Store",
    "._*",
    "Thumbs.db",
    "desktop.ini",
    ".answers.json.lock",
    f"{TIMESTAMP_FILE.removesuffix('.txt')}.unusable-*.txt",
)
"""What systems and editors leave behind by themselves, and we: passed over without a word."""
MARKUP = frozenset('<>"&\\`')
"""Characters that formgrader's pages take for markup where they show a student's id."""
PATTERN = frozenset("[]*?")
"""Characters by which nbgrader means several students at once."""
STUDENT_ID_CAP = 128
"""Characters that the gradebook keeps of a student's id."""


class UngradableError(Exception):
    """Why a submission cannot be graded, and what to do: a sentence for the instructor."""


@dataclass(frozen=True)
class Content:
    """Names of what lies in a submitted folder, sorted.

    Parameters
    ----------
    notebooks : list of str
        Every ``.ipynb``.
    answers : list of str
        Files that may hold answers under another name, such as ``answers (1).json``.
    folders : list of str
        Folders that are none of a system's or an editor's.
    others : list of str
        Other files that are not of the case.
    odd : list of str
        Links, pipes and the like.
    """

    notebooks: list[str]
    answers: list[str]
    folders: list[str]
    others: list[str]
    odd: list[str]

    def sentences(self) -> list[str]:
        """Return what the instructor should know of it, apart from notebooks."""
        said = []
        if self.others or self.folders:
            said.append(f"Also handed in, and not looked into: {named(self.folders + self.others)}.")
        if self.odd:
            said.append(f"Passed over, because they are links or no files: {named(self.odd)}.")
        return said


def look_through(folder: Path, expected: Iterable[str]) -> Content:
    """Return what lies in a folder, without going into folders.

    Parameters
    ----------
    folder : Path
        ``submitted/STUDENT/CASE``.
    expected : iterable of str
        Names of the files that students got.
    """
    known = {*expected, ANSWERS_FILE, QUESTIONS_FILE, *NBGRADERS_FILES}
    content = Content([], [], [], [], [])
    with os.scandir(folder) as entries:
        for place, entry in enumerate(entries):
            if place >= ENTRIES:
                content.odd.append("… and more than can be looked at")
                break
            if any(fnmatch(entry.name, pattern) for pattern in WORDLESS):
                continue
            if entry.is_dir(follow_symlinks=False):
                content.folders.append(entry.name)
            elif not entry.is_file(follow_symlinks=False):
                content.odd.append(entry.name)
            elif entry.name.lower().endswith(".ipynb"):
                content.notebooks.append(entry.name)
            elif entry.name not in known:
                looks_like_answers = fnmatch(entry.name.lower(), "*answers*.json*")
                (content.answers if looks_like_answers else content.others).append(entry.name)
    return Content(*(sorted(names) for names in vars(content).values()))


def trace(folder: Path) -> str:
    """Return a hash of all in a folder that can count; where it is the same, there is nothing new to grade."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        name = path.name.lower()
        if not (name.endswith(".ipynb") or "answers" in name or name == TIMESTAMP_FILE):
            continue
        try:
            raw = files.read_regular(path, NOTEBOOK_CAP)
        except OSError as error:
            raw = str(error).encode("utf-8", "replace")
        found.update(f"{path.name} {len(raw)} ".encode("utf-8", "replace") + raw)
    return found.hexdigest()


def check_folder(folder: Path) -> None:
    """Raise `UngradableError` unless a submitted folder is one, and its student has a name that can be kept."""
    student = folder.parent.name
    fault = ""
    if not student.isprintable() or len(student) > STUDENT_ID_CAP or student != student.strip():
        fault = "characters that do not show, or too many"
    elif MARKUP & set(student):
        fault = "characters of markup, which could run in formgrader"
    elif PATTERN & set(student) or student.startswith("."):
        fault = "characters by which nbgrader means several students, or none"
    if fault:
        raise UngradableError(f"The name of its folder holds {fault}. Rename it to the student's id.")
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
        time = _parsed(raw)
    except FileNotFoundError:
        time = None
    except Exception:  # a parser of all that people write as dates fails in many ways
        time = None
    if time is None:
        if os.path.lexists(folder / TIMESTAMP_FILE) or any(folder.glob("timestamp.unusable-*.txt")):
            return None, b"", ["Its time of submission cannot be used: it counts as in time."]
        return None, b"", []
    if time > datetime.now(UTC).replace(tzinfo=None) + AHEAD:
        return time, raw, [f"Its time of submission, {time:%Y-%m-%d %H:%M} UTC, lies in the future."]
    return time, raw, []


@lru_cache(maxsize=16)  # a folder is asked for its time more than once, and such a parser is slow
def _parsed(raw: bytes) -> datetime | None:
    # nbgrader's own parser takes a zone that is written in figures for seconds.
    written = ZONE_IN_FIGURES.sub(lambda zone: f"{zone[1]}:{zone[2] or '00'}", raw.decode("ascii").strip())
    return parse_utc(written) if written else None


def set_unusable_time_aside(folder: Path) -> None:
    """Rename a time of submission that cannot be used: nbgrader's pages would fail, or wait for ever, over it."""
    path = folder / TIMESTAMP_FILE
    if os.path.lexists(path) and not read_time(folder)[1]:
        files.set_aside(path, "unusable")


def printable(text: str) -> str:
    """Return a text on one line with nothing in it that does not show, for logs and pages."""
    return "".join(character if character.isprintable() else "�" for character in text)


def named(names: Iterable[str]) -> str:
    """Return names as they stand in a sentence, the first few of many."""
    listed = [f"«{printable(name[:80])}»" for name in names]
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more
