"""Collecting from nbgrader's exchange, which every student can write to.

Names, owners, times and sizes are the students' own: none is believed, and one student's failure never stops the class.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch, fnmatchcase
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import parse_utc

from itband_course import files
from itband_course.grading.submitted import STUDENT_ID_CAP, TIMESTAMP_CAP, TIMESTAMP_FILE, named, printable
from itband_course.grading.unpacking import (
    MAX_BYTES,
    MAX_FILE_BYTES,
    MAX_LEVELS,
    Allowance,
    TooMuchError,
    megabytes,
)

GRACE = timedelta(minutes=5)
"""How long after the due date a submission may still be written: copying takes time, and clocks differ."""


class NotTakenError(Exception):
    """Why a folder of the exchange was not taken; the text goes on after «it»."""


@dataclass(frozen=True)
class HandIn:
    """A folder in the exchange.

    Parameters
    ----------
    student : str
        Whom its name says it is from.
    time : datetime
        When its name says it was handed in, in UTC without a zone.
    written : str
        That time as the name holds it.
    folder : Path
        Where it lies.
    """

    student: str
    time: datetime
    written: str
    folder: Path


@dataclass
class Copying:
    """What is found while one student's folder is copied.

    Parameters
    ----------
    owner : int or None
        Whose every file must be; None if that is not checked.
    allowance : Allowance
        How much it may hold.
    left_out : list of str
        What was not copied, and why.
    stamp : bytes or None
        What the folder's own `timestamp.txt` says.
    changed : float
        When anything in it was last changed.
    """

    owner: int | None
    allowance: Allowance
    left_out: list[str] = field(default_factory=list)
    stamp: bytes | None = None
    changed: float = 0


class Collect(ExchangeCollect):
    """nbgrader's collector, for an exchange that everybody can write to.

    Of each student it takes the latest folder that is theirs: regular files and folders only, copied beside the folder
    of an earlier submission and then put in its place. When a submission came in is what the name of its folder says.
    """

    def init_src(self) -> None:
        """Find what was handed in."""
        if not self.coursedir.course_id:
            self.fail("There is no course id: write c.CourseDirectory.course_id into nbgrader_config.py.")
        inbound = Path(self.root, self.coursedir.course_id, "inbound")
        if not inbound.is_dir():
            self.fail(f"There is no folder {inbound}: release the assignment first, or set c.Exchange.root.")
        if not os.access(inbound, os.R_OK | os.X_OK):
            self.fail(f"You may not read {inbound}: collect as the user who released the assignment.")
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                self.duedate = gradebook.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                self.duedate = None
        self.handed_in: dict[str, list[HandIn]] = {}
        for folder in sorted(inbound.iterdir()):
            try:
                hand_in = read_name(folder, self.coursedir.assignment_id)
            except NotTakenError as error:
                self.log.warning("In the exchange, %s was passed over: it %s.", named([folder.name]), error)
                continue
            if hand_in and fnmatchcase(hand_in.student, self.coursedir.student_id or "*"):
                self.handed_in.setdefault(hand_in.student, []).append(hand_in)

    def copy_files(self) -> None:
        """Collect each student's work; say at the end who could not be collected."""
        assignment = self.coursedir.assignment_id
        if not self.handed_in:
            self.log.warning("Nobody has handed in «%s» yet.", assignment)
        failed = []
        for student, hand_ins in self.handed_in.items():
            try:
                self._collect(student, hand_ins)
            except Exception as error:  # whatever is wrong with one student's work must not cost the others theirs
                self.log.error("%s was not collected: %s", student, why(error))
                failed.append(student)
        if failed:
            self.fail(
                f"Not collected, for the reasons above: {', '.join(failed)}. The others' work is in "
                f"{self.coursedir.submitted_directory}/."
            )

    def _collect(self, student: str, hand_ins: list[HandIn]) -> None:
        folders = self.coursedir
        target = Path(folders.format_path(folders.submitted_directory, student, folders.assignment_id))
        _mend(target)
        with self._latest(hand_ins) as (hand_in, source):
            if not self._is_wanted(hand_in, target):
                return
            self.log.info("Collecting submission: %s %s", student, folders.assignment_id)
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = _aside(target, "new")
            copying = Copying(os.fstat(source).st_uid if self.check_owner else None, self._allowance())
            try:
                copy.mkdir()
                self._copy(source, copy, (), copying)
                (copy / TIMESTAMP_FILE).write_text(hand_in.written, "utf-8")
                if self.coursedir.groupshared:
                    _share(copy)
                _put_in_place(copy, target)
            finally:
                shutil.rmtree(copy, ignore_errors=True)
                with suppress(OSError):
                    # Left empty, it would be a student who handed nothing in.
                    target.parent.rmdir()
        self._report(hand_in, copying)

    def _allowance(self) -> Allowance:
        return Allowance(
            max_file_bytes=min(MAX_FILE_BYTES, 1000 * self.coursedir.max_file_size),
            max_bytes=min(MAX_BYTES, 1000 * self.coursedir.max_dir_size),
        )

    @contextmanager
    def _latest(self, hand_ins: list[HandIn]) -> Iterator[tuple[HandIn, int]]:
        """Open the folder that counts: the latest that belongs to the student."""
        ordered = sorted(hand_ins, key=lambda hand_in: hand_in.time, reverse=True)
        if self.before_duedate and self.duedate is not None:
            ordered.sort(key=lambda hand_in: hand_in.time > self.duedate)
        for hand_in in ordered:
            try:
                source = _open(hand_in, check_owner=self.check_owner)
            except NotTakenError as error:
                self.log.warning("In the exchange, %s was passed over: it %s.", named([hand_in.folder.name]), error)
                continue
            try:
                yield hand_in, source
            finally:
                os.close(source)
            return
        raise NotTakenError("Nothing under this name could be taken, see the sentences above.")

    def _is_wanted(self, hand_in: HandIn, target: Path) -> bool:
        """Whether a hand-in is to be copied: nbgrader's own rules."""
        if not target.is_dir():
            return True
        existing = _time_of(target)
        if self.before_duedate and existing != hand_in.time:
            return True
        if not self.update:
            self.log.info("%s is collected already. To take later work too, add --update.", hand_in.student)
            return False
        if existing is not None and hand_in.time <= existing:
            self.log.info("%s has handed in nothing later than what is here.", hand_in.student)
            return False
        return True

    def _copy(self, source: int, target: Path, inside: tuple[str, ...], copying: Copying) -> None:
        """Copy the folder that is open as `source` into a new one."""
        with os.scandir(source) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            if any(fnmatch(name, pattern) for pattern in self.coursedir.ignore):
                continue
            copying.allowance.count()
            before = os.stat(name, dir_fd=source, follow_symlinks=False)
            if not _is_file_or_folder(before):
                copying.left_out.append(f"{_named((*inside, name))} ({_form(before)})")
                continue
            opened = files.open_unfollowed(name, source)
            try:
                self._copy_opened(opened, target / name, (*inside, name), copying)
            finally:
                os.close(opened)

    def _copy_opened(self, opened: int, target: Path, path: tuple[str, ...], copying: Copying) -> None:
        # Asked of what is open: the name may stand for something else by now.
        status = os.fstat(opened)
        if not _is_file_or_folder(status):
            copying.left_out.append(f"{_named(path)} ({_form(status)})")
        elif copying.owner not in (None, status.st_uid):
            copying.left_out.append(f"{_named(path)} (belongs to {owner_name(status.st_uid)})")
        elif stat.S_ISDIR(status.st_mode):
            if len(path) > MAX_LEVELS:
                raise TooMuchError(f"more than {MAX_LEVELS} folders in each other")
            target.mkdir()
            self._copy(opened, target, path, copying)
        elif not any(fnmatch(target.name, pattern) for pattern in self.coursedir.include or ["*"]):
            self.log.debug("Not among CourseDirectory.include: %s", _named(path))
        elif status.st_size > copying.allowance.max_file_bytes:
            copying.left_out.append(f"{_named(path)} (larger than {megabytes(copying.allowance.max_file_bytes)})")
        else:
            copying.changed = max(copying.changed, status.st_ctime)
            with os.fdopen(opened, "rb", closefd=False) as file:
                if path == (TIMESTAMP_FILE,):
                    copying.stamp = file.read(TIMESTAMP_CAP)
                else:
                    copying.allowance.copy(file, target)

    def _report(self, hand_in: HandIn, copying: Copying) -> None:
        """Say what is odd about work that has been collected."""
        student = hand_in.student
        if copying.left_out:
            self.log.warning("%s: left out: %s.", student, _listed(copying.left_out))
        stamp = None if copying.stamp is None else copying.stamp.decode("utf-8", "replace")
        if stamp is None or time_in(stamp) != hand_in.time:
            said = f"its {TIMESTAMP_FILE} says {named([stamp.strip()])}" if stamp else f"it holds no {TIMESTAMP_FILE}"
            self.log.warning(
                "%s: handed in at %s by the name of the folder, but %s. The folder's name counts.",
                student,
                hand_in.written,
                said,
            )
        changed = datetime.fromtimestamp(copying.changed, UTC).replace(tzinfo=None)
        if self.duedate is not None and hand_in.time <= self.duedate and changed > self.duedate + GRACE:
            self.log.warning(
                "%s: in time by the name of the folder, but changed at %s UTC, after the due date. Ask the student, "
                "unless somebody else moved the exchange.",
                student,
                f"{changed:%Y-%m-%d %H:%M}",
            )


def read_name(folder: Path, assignment: str) -> HandIn | None:
    """Return what the name of a folder in the exchange says: ``STUDENT+ASSIGNMENT+TIME+RANDOM``.

    Returns
    -------
    HandIn or None
        None if it is of another assignment.

    Raises
    ------
    NotTakenError
        If nobody's submission is called like that.
    """
    student, found, rest = folder.name.partition(f"+{assignment}+")
    if not found:
        if folder.name.count("+") < 2 and not folder.name.startswith("."):
            raise NotTakenError("is not called as submissions are")
        return None
    if not folder.name.isprintable():
        raise NotTakenError("has characters in its name that do not show")
    if fault := fault_of_name(student):
        raise NotTakenError(f"names a student whose id {fault}")
    # The random letters may be switched off, and a time may hold a «+» of its own.
    for written in (rest.rpartition("+")[0], rest):
        time = time_in(written)
        if time is not None:
            return HandIn(student, time, written, folder)
    raise NotTakenError("has no time in its name that can be read")


def fault_of_name(name: Any) -> str:
    """Return why a name cannot be a folder's or file's, as the end of a sentence; empty if it can."""
    if not isinstance(name, str) or not name:
        return "is empty"
    faults = {
        "holds characters that do not show": not name.isprintable(),
        "holds a «/», a «\\» or a «:»": any(sign in name for sign in "/\\:"),
        "begins with a dot": name.startswith("."),
        "begins or ends with a space": name != name.strip(),
        "is too long": len(name) > STUDENT_ID_CAP,
    }
    return next((fault for fault, found in faults.items() if found), "")


def time_in(text: str) -> datetime | None:
    """Return a written time in UTC without a zone; None if it is none, or none that grading could read back."""
    if not text.isascii() or len(text) > TIMESTAMP_CAP:
        return None
    try:
        return parse_utc(text.strip())
    except Exception:  # a parser of all that people write as dates fails in many ways
        return None


def owner_name(number: int) -> str:
    """Return the name of a user of this machine."""
    import pwd  # Windows has none, and no exchange

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user number {number}"


def _open(hand_in: HandIn, *, check_owner: bool) -> int:
    """Open a folder of the exchange, unless it is something else or somebody else's."""
    if not stat.S_ISDIR(hand_in.folder.lstat().st_mode):
        raise NotTakenError(f"is {_form(hand_in.folder.lstat())}")
    source = files.open_unfollowed(hand_in.folder)
    owner = owner_name(os.fstat(source).st_uid)
    if check_owner and owner != hand_in.student:
        os.close(source)
        raise NotTakenError(
            f"says that it is from {hand_in.student}, and belongs to {owner}: ask {owner} about it. If students do not "
            "sign in to this machine under their ids, set c.ExchangeCollect.check_owner = False in nbgrader_config.py"
        )
    return source


def _is_file_or_folder(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)


def _form(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a link"
    if stat.S_ISREG(status.st_mode):
        return "a file and not a folder"
    return "a pipe, socket or device"


def _named(path: tuple[str, ...]) -> str:
    return named(["/".join(path)])


def _listed(things: list[str], most: int = 5) -> str:
    more = f" and {len(things) - most} more" if len(things) > most else ""
    return ", ".join(things[:most]) + more


def _time_of(folder: Path) -> datetime | None:
    """Return when the work that is in `submitted/` was handed in, None if that is not known."""
    try:
        return time_in(files.read_regular(folder / TIMESTAMP_FILE, TIMESTAMP_CAP).decode("utf-8", "replace"))
    except OSError:
        return None


def _aside(target: Path, why: str) -> Path:
    """Return the place beside a submission where a copy of it is made, or kept for a moment."""
    return target.with_name(f".{target.name}.{why}")


def _mend(target: Path) -> None:
    """Clear away what a collector that was stopped has left behind."""
    if _aside(target, "old").is_dir() and not os.path.lexists(target):
        _aside(target, "old").rename(target)
    for why in ("new", "old"):
        shutil.rmtree(_aside(target, why), ignore_errors=True)


def _put_in_place(copy: Path, target: Path) -> None:
    """Put a new copy where an earlier submission may be; if that fails, the earlier one stays."""
    old = _aside(target, "old")
    if not target.is_dir():
        copy.rename(target)
        return
    target.rename(old)
    try:
        copy.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _share(folder: Path) -> None:
    """Let the group change a copy, as nbgrader does where CourseDirectory.groupshared is set."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o2770 if path.is_dir() else 0o660))


def why(error: Exception) -> str:
    """Return an error as a sentence."""
    if isinstance(error, TooMuchError):
        return f"it holds {error}."
    if isinstance(error, OSError) and error.strerror:
        name = named([Path(str(error.filename)).name]) if error.filename else "A file"
        return f"{name} cannot be copied ({error.strerror})."
    return printable(str(error)) or f"{type(error).__name__}."
