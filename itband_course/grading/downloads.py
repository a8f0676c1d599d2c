"""Collecting from what a learning platform lets the instructor download, with `nbgrader zip_collect`.

The archives were made by students, and so were the names of files: neither is believed.
"""

import os
import stat
from pathlib import Path
from typing import Any

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Integer, List

from itband_course import files
from itband_course.grading.collecting import fault_of_name, time_in, why
from itband_course.grading.submitted import named, printable
from itband_course.grading.unpacking import (
    ARCHIVES,
    MAX_BYTES,
    MAX_FILES,
    MB,
    Allowance,
    RefusedError,
    TooMuchError,
    is_archive,
    is_left_out,
    unpack,
    unpacked_name,
)


class Extract(ExtractorPlugin):
    """nbgrader's extractor, for archives that students made.

    One that is locked, damaged or too large is left out with a sentence, and the others go on.
    """

    zip_ext = List(
        list(ARCHIVES), help="How archives are called that are unpacked; other files are copied as they are."
    ).tag(config=True)
    max_files = Integer(
        MAX_FILES,
        help="Files and folders that a download may hold, with all archives in it. Raise it for a whole class.",
    ).tag(config=True)
    max_megabytes = Integer(
        MAX_BYTES // MB, help="How large a download may be when it is unpacked, with all archives in it."
    ).tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack or copy every file in the folder of downloads."""
        downloaded, extracted = Path(archive_path), Path(extracted_path)
        if not any(downloaded.iterdir()):
            self.log.warning("There is nothing in %s: put there what you downloaded.", downloaded)
        ignore = self.parent.coursedir.ignore if self.parent else []
        for place, folders, names in os.walk(downloaded):
            for name in sorted(folders):
                if Path(place, name).is_symlink():
                    self.log.warning("%s was left out: it is a link.", named([name]))
            for name in sorted(names):
                inside = Path(place, name).relative_to(downloaded)
                if not is_left_out(inside.parts, ignore):
                    (extracted / inside).parent.mkdir(parents=True, exist_ok=True)
                    self._take(downloaded / inside, extracted / inside, ignore)

    def _take(self, path: Path, target: Path, ignore: list[str]) -> None:
        """Unpack an archive, copy any other file."""
        allowance = Allowance(self.max_files, max_bytes=self.max_megabytes * MB)
        try:
            if not is_archive(path.name, self.zip_ext):
                _copy_regular(path, target, allowance)
                return
            for sentence in unpack(path, target.with_name(unpacked_name(path.name)), allowance, ignore=ignore):
                self.log.warning("%s", sentence)
        except RefusedError as error:
            self.log.warning("%s was not unpacked: it %s. The others go on.", named([path.name]), error)
            if isinstance(error.__cause__, TooMuchError):
                self.log.warning(
                    "If it holds the work of a whole class, unpack it yourself into %s, or raise c.Extract.max_files "
                    "and c.Extract.max_megabytes in nbgrader_config.py.",
                    path.parent,
                )
        except (OSError, TooMuchError) as error:
            self.log.warning("%s was left out: %s", named([path.name]), why(error))


class CollectByName(FileNameCollectorPlugin):
    """nbgrader's collector by file name, for names that students chose. It takes `answers.json` along."""

    valid_ext = List([".ipynb", ".json"], help="Endings of the files that are collected.").tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._taken: dict[tuple[str, str], str] = {}
        self._timed: set[str] = set()

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Return whose file it is, and what it is called; None if it cannot be collected."""
        found = super().collect(submitted_file)
        if found is None:
            return None
        for key, words in (("student_id", "student's id"), ("file_id", "file's name")):
            # Where the pattern has no such group at all, nbgrader itself says so.
            if key in found and (fault := fault_of_name(found[key])):
                self._leave_out(submitted_file, f"the {words} in its path {fault}")
                return None
        if found.get("timestamp") and time_in(found["timestamp"]) is None:
            self.log.warning(
                "%s: its time, %s, cannot be understood, and counts as none.",
                printable(submitted_file),
                named([found["timestamp"]]),
            )
            found["timestamp"] = None
        return None if self._is_second(submitted_file, found) else found

    def _is_second(self, submitted_file: str, found: dict[str, Any]) -> bool:
        """Whether nbgrader would stop here: a second file of this name, and no times that say which is later."""
        student = found.get("student_id", "")
        key = (student, Path(found.get("file_id", "")).stem + Path(submitted_file).suffix)
        timed = bool(found.get("timestamp"))
        if key in self._taken and not (timed and student in self._timed):
            self._leave_out(
                submitted_file,
                f"«{key[1]}» of {student} was taken from {printable(self._taken[key])} already, and their names do not "
                "say which is later. Remove one of the two, then collect again with --force",
            )
            return True
        self._taken.setdefault(key, submitted_file)
        if timed:
            self._timed.add(student)
        return False

    def _leave_out(self, submitted_file: str, reason: str) -> None:
        self.log.warning("%s was left out: %s.", printable(submitted_file), reason)


def _copy_regular(path: Path, target: Path, allowance: Allowance) -> None:
    if path.is_symlink():
        raise files.UnsafeFileError("It is a link.")
    opened = files.open_unfollowed(path)
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise files.UnsafeFileError("It is no regular file.")
        try:
            allowance.copy(file, target)
        except TooMuchError:
            target.unlink(missing_ok=True)
            raise
