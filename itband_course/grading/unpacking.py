"""What one student's work may amount to, and unpacking archives whose names, sizes and contents may lie."""

import gzip
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Literal

from itband_course import files
from itband_course.files import Source, UnsafeFileError
from itband_course.grading.submitted import WORDLESS, named, printable

MB = 1024 * 1024
MAX_FILES = 200
"""Files and folders that one student's work may hold; a case has about five."""
MAX_FILE_BYTES = 64 * MB
"""How large a file of a student's may be."""
MAX_BYTES = 256 * MB
"""How large one student's work may be, unpacked."""
MAX_LEVELS = 20
"""How deep folders may lie in folders."""
NESTED = 2
"""How deep archives inside an archive are unpacked: a class's download holds students' archives, and those may too."""
ARCHIVES = (".zip", ".tar", ".gz", ".tgz")
"""How archives that can be unpacked are called."""
TAR_HEADERS = 4 * MB
"""What a tar archive may add to the files in it."""
LEFT_OUT = ("__MACOSX", *WORDLESS)
"""What systems add to archives. A Mac's «._CASE.ipynb» is no notebook, for all its name."""

Kind = Literal["file", "folder", "neither"]


class TooMuchError(Exception):
    """Somebody's work is too large; the text goes on after «it holds»."""


class RefusedError(Exception):
    """An archive that is not unpacked; the text goes on after «it»."""


@dataclass
class Allowance:
    """How much somebody's work may hold, and how much of that has been used."""

    max_files: int = MAX_FILES
    max_file_bytes: int = MAX_FILE_BYTES
    max_bytes: int = MAX_BYTES
    files: int = 0
    bytes: int = 0

    def count(self) -> None:
        """Count one more file or folder."""
        self.files += 1
        if self.files > self.max_files:
            raise TooMuchError(f"more than {self.max_files} files and folders")

    def copy(self, source: Source, target: Path) -> None:
        """Copy a file, whatever size it claims to have, and count its bytes."""
        left = self.max_bytes - self.bytes
        try:
            self.bytes += files.copy_capped(source, target, min(self.max_file_bytes, left))
        except UnsafeFileError:
            if left < self.max_file_bytes:
                raise TooMuchError(f"more than {megabytes(self.max_bytes)}") from None
            raise TooMuchError(f"{named([target.name])}, which exceeds {megabytes(self.max_file_bytes)}") from None


def megabytes(size: int) -> str:
    """Return a number of bytes in words."""
    return f"{size / MB:.3g} MB"


def is_archive(name: str, endings: Sequence[str] = ARCHIVES) -> bool:
    """Whether a file is called as archives are."""
    return name.lower().endswith(tuple(endings))


def unpacked_name(name: str) -> str:
    """Return the name of the folder that an archive is unpacked into, as nbgrader names it.

    >>> unpacked_name("ada.tar.gz"), unpacked_name("ada.zip")
    ('ada', 'ada')
    """
    stem = Path(name).stem
    return Path(stem).stem if stem.lower().endswith(".tar") else stem


def is_left_out(parts: Sequence[str], ignore: Sequence[str]) -> bool:
    """Whether a path is nobody's work: what systems add, and what nbgrader is told to ignore."""
    return any(fnmatch(part, pattern) for part in parts for pattern in (*LEFT_OUT, *ignore))


def unpack(
    archive: Path, target: Path, allowance: Allowance, *, ignore: Sequence[str] = (), nested: int = NESTED
) -> list[str]:
    """Unpack an archive into a new folder, and the archives in it, each into a folder beside it.

    Parameters
    ----------
    archive : Path
        A zip or tar archive; a tar archive may be compressed with gzip.
    target : Path
        Must not be there. It is removed again if the archive is refused.
    allowance : Allowance
        Counted while unpacking: what an archive says of itself may be a lie. An archive inside this one that is
        refused uses nothing of it.
    ignore : sequence of str
        Patterns of names to leave out.
    nested : int
        How deep archives in this one are unpacked.

    Returns
    -------
    list of str
        A sentence for each thing that was left out.

    Raises
    ------
    RefusedError
        If it is locked, damaged, no archive, or holds too much.
    """
    try:
        target.mkdir()
    except OSError as error:
        raise RefusedError(f"cannot be unpacked into {named([target.name])} ({error.strerror})") from error
    try:
        with os.fdopen(files.open_unfollowed(archive), "rb") as file:
            said = _unpack_file(file, target, allowance, ignore)
    except BaseException as error:
        shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, RefusedError) or not isinstance(error, Exception):
            raise
        if isinstance(error, TooMuchError):
            raise RefusedError(f"holds {error}") from error
        # A damaged archive can fail in any way, and must not cost the others.
        why = printable(getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200]
        raise RefusedError(f"is damaged or no archive ({why})") from error
    said = [f"In {named([archive.name])}, {sentence}" for sentence in said]
    for path in sorted(path for path in target.rglob("*") if path.is_file() and is_archive(path.name)):
        said += _unpack_nested(path, allowance, ignore, nested)
    return said


def _unpack_nested(archive: Path, allowance: Allowance, ignore: Sequence[str], nested: int) -> list[str]:
    if not nested:
        return [f"{named([archive.name])} was left packed: it lies too deep in other archives."]
    before = replace(allowance)
    try:
        folder = archive.with_name(unpacked_name(archive.name))
        return unpack(archive, folder, allowance, ignore=ignore, nested=nested - 1)
    except RefusedError as error:
        # One student's archive must not use up what the others in the same download have.
        allowance.files, allowance.bytes = before.files, before.bytes
        return [f"{named([archive.name])} was not unpacked: it {error}."]


@dataclass(frozen=True)
class _Entry:
    """What an archive says of one thing in it."""

    name: str
    kind: Kind
    open: Callable[[], IO[bytes] | None]


def _unpack_file(file: BinaryIO, target: Path, allowance: Allowance, ignore: Sequence[str]) -> list[str]:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError("is not a regular file")
    elsewhere, neither = [], []
    empty = True
    for entry in _entries(file, allowance):
        empty = False
        parts = _safe_parts(entry.name)
        if parts and is_left_out(parts, ignore):
            continue
        allowance.count()
        if parts is None:
            elsewhere.append(entry.name)
        elif entry.kind == "neither":
            neither.append(entry.name)
        elif entry.kind == "folder":
            target.joinpath(*parts).mkdir(parents=True, exist_ok=True)
        else:
            path = target.joinpath(*parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            source = entry.open()
            if source is None:
                raise RefusedError(f"says of {named([entry.name])} that it is a file, and holds none")
            with source:
                allowance.copy(source, path)
    if empty:
        # Zeros alone make a valid tar archive.
        raise RefusedError("holds nothing")
    said = []
    if elsewhere:
        said.append(f"{named(elsewhere)} was left out: a name that leads out of the folder, or is none.")
    if neither:
        said.append(f"{named(neither)} was left out: neither a file nor a folder.")
    return said


def _entries(file: BinaryIO, allowance: Allowance) -> Iterator[_Entry]:
    """Yield what an archive holds. Which kind it is, is told by its beginning, not by its name."""
    beginning = file.read(2)
    file.seek(0)
    if beginning == b"PK":
        return _zip_entries(file)
    most = allowance.max_bytes - allowance.bytes + TAR_HEADERS
    return _tar_entries(_Limited(gzip.GzipFile(fileobj=file) if beginning == b"\x1f\x8b" else file, most))


def _zip_entries(file: BinaryIO) -> Iterator[_Entry]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.flag_bits & 1:
                raise RefusedError("is locked with a password: ask for it without")
            # The others unpack without a limit, a gigabyte from a few bytes.
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise RefusedError("is packed in an unusual way: ask for an ordinary zip archive")
            form = stat.S_IFMT(info.external_attr >> 16)
            kind: Kind = "neither"
            if info.is_dir() or form == stat.S_IFDIR:
                kind = "folder"
            elif form in (0, stat.S_IFREG):
                kind = "file"
            # The name as it stands in the archive: zipfile's own is mended, and may hide what it was.
            yield _Entry(info.orig_filename, kind, partial(archive.open, info))


def _tar_entries(source: Source) -> Iterator[_Entry]:
    # As a stream: nothing in it can send the reader back to where it has been.
    with tarfile.open(fileobj=source, mode="r|", tarinfo=_Member) as archive:  # type: ignore[call-overload]
        for member in archive:
            kind: Kind = "folder" if member.isdir() else "file" if member.isreg() else "neither"
            yield _Entry(member.name, kind, partial(archive.extractfile, member))


class _Member(tarfile.TarInfo):
    """What a tar archive says of one thing in it."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Member":
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if len(buf) == tarfile.BLOCKSIZE and not any(buf):
                raise  # The end, as it should be.
            # tarfile takes any damage for the end too, and says nothing of what would have come.
            raise RefusedError("is damaged or no archive") from error


class _Limited:
    """A source that raises once more than so many bytes have been read from it."""

    def __init__(self, source: Source, most: int) -> None:
        self.source = source
        self.left = most

    def read(self, size: int, /) -> bytes:
        chunk = self.source.read(size)
        self.left -= len(chunk)
        if self.left < 0:
            raise TooMuchError("more than it may")
        return chunk


def _safe_parts(name: str) -> list[str] | None:
    """Return the parts of a name in an archive; None if it could lead out of the folder, on any system.

    >>> _safe_parts("./ada/answers.json")
    ['ada', 'answers.json']
    >>> _safe_parts("ada/../../bank") is _safe_parts("C:answers.json") is _safe_parts("/etc/passwd") is None
    True
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    unsafe = name.startswith("/") or ".." in parts or "\\" in name or ":" in name or not name.isprintable()
    return None if unsafe or len(parts) > MAX_LEVELS else parts
