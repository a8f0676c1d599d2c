"""Reading and writing small files safely: capped, never through a link, and whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

CHUNK = 1024 * 1024
"""Bytes that are copied at a time."""


class Source(Protocol):
    """Anything that bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class UnsafeFileError(OSError):
    """A path that is no regular file, or one that is too large to be real."""


def read_regular(path: Path, cap: int) -> bytes:
    """Return the bytes of a regular file.

    Parameters
    ----------
    path : Path
        Not followed if it is a symbolic link.
    cap : int
        Bytes that are read at most.

    Raises
    ------
    FileNotFoundError
        If nothing is there.
    UnsafeFileError
        If it is a link, a folder, a pipe or a device, or larger than `cap`.
    OSError
        If the system cannot read it.
    """
    if path.is_symlink():
        raise UnsafeFileError(f"«{path.name}» is a link, not a file")
    if path.is_dir():
        raise UnsafeFileError(f"«{path.name}» is a folder, not a file")
    if path.exists() and not path.is_file():
        # A socket cannot even be opened.
        raise UnsafeFileError(f"«{path.name}» is not a regular file")
    descriptor = open_unfollowed(path)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnsafeFileError(f"«{path.name}» is not a regular file")
        if status.st_size > cap:
            raise UnsafeFileError(f"«{path.name}» is larger than {cap // 1024} KB")
        return file.read(cap)


def open_unfollowed(path: Path | str, folder: int | None = None) -> int:
    """Open a path for reading, not through a link at its end, and return the descriptor, which the caller closes.

    What has been opened, a file or anything else, is for the caller to ask of the descriptor: whatever is asked of the
    path may have changed by the time it is opened.

    Parameters
    ----------
    path : Path or str
        What to open.
    folder : int, optional
        Descriptor of the open folder that `path` lies in.

    Raises
    ------
    OSError
        If it is a link or a socket, is not there, or cannot be read.
    """
    # O_NONBLOCK: opening a pipe that nobody writes to must not wait. Windows knows neither flag.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, dir_fd=folder)


def copy_capped(source: Source, target: Path, cap: int) -> int:
    """Write all that a source holds into a new file, and return how many bytes it was.

    Raises
    ------
    FileExistsError
        If the target is there already, if only as a link.
    UnsafeFileError
        If the source holds more than `cap` bytes; the beginning of it has then been written.
    OSError
        If the system cannot read or write it.
    """
    size = 0
    with target.open("xb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > cap:
                raise UnsafeFileError(f"«{target.name}» is larger than {cap // 1024} KB")
            file.write(chunk)
    return size


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, finds either the old content or all of the new.

    A temporary file in the same folder is written, flushed to the disk and renamed. The result has the permissions
    that a plainly written file would have.

    Raises
    ------
    OSError
        If the folder cannot be written or the disk is full; the old file is then untouched.
    """
    with prepared(path, content) as put_in_place:
        put_in_place()


@contextmanager
def prepared(
    path: Path, content: bytes, mode: int | None = None, durable: bool = True
) -> Iterator[Callable[[], object]]:
    """Write a file beside its place; what is yielded puts it there, in one step.

    So that something else can be done in between, with nothing left to fail but a rename. Without that step, nothing
    has happened.

    Parameters
    ----------
    path : Path
        Its place.
    content : bytes
        All of it.
    mode : int, optional
        Permissions; otherwise those that a plainly written file would have.
    durable : bool
        Wait until it is on the disk. What can be made again need not: it takes several milliseconds.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask() if mode is None else mode)
        yield lambda: temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Raise OSError if no file can be made in a folder; nothing is left behind."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def set_aside(path: Path, why: str) -> Path:
    """Rename a file that cannot be used, and return its new path: ``answers.json`` -> ``answers.damaged-1.json``."""
    number = 1
    while os.path.lexists(target := path.with_name(f"{path.stem}.{why}-{number}{path.suffix}")):
        number += 1
    path.rename(target)
    return target


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
