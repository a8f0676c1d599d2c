"""Submissions of other assignments: nbgrader executes and copies them, and follows every link that lies in them.

Before its loop begins, a folder that holds anything but regular files and folders is taken out of the run.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbgrader.converters import NbGraderException

from itband_course.grading.submitted import UngradableError, check_folder, named, printable

FILES_CAP, BYTES_CAP = 2_000, 512 * 1024 * 1024
"""How many files, and how many bytes of them, a submission may have before nbgrader copies it."""


def guard(converter: Any) -> Callable[[], None]:
    """Return nbgrader's own loop over submissions, without those that it could not handle safely.

    Parameters
    ----------
    converter : nbgrader.converters.Autograde
        Its list of assignments is made already.
    """
    loop = converter.convert_notebooks

    def guarded() -> None:
        refused = []
        for folder in sorted(converter.assignments):
            try:
                check_folder(Path(folder))
                check_content(Path(folder))
            except UngradableError as error:
                student = Path(folder).parent.name
                refused.append(student)
                converter.log.error("%s cannot be graded: %s", printable(student), error)
                del converter.assignments[folder]
        try:
            loop()
        finally:
            if refused:
                sentence = f"Not graded, for the reasons above: {named(refused)}. No mark was given."
                converter.log.error("%s", sentence)
        if refused:
            raise NbGraderException(sentence)

    return guarded


def check_content(folder: Path) -> None:
    """Raise `UngradableError` if a folder holds a link, a pipe, a device, or more than a submission can have."""
    count, size = 0, 0
    for place, folders, names in os.walk(folder):
        for name in folders + names:
            path = Path(place) / name
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise UngradableError(
                    f"«{printable(name)}» is a link or no file, and nothing was copied. Remove it, then grade again."
                )
            count += 1
            size += path.lstat().st_size if path.is_file() else 0
        if count > FILES_CAP or size > BYTES_CAP:
            raise UngradableError("It holds more than a submission can. Nothing was copied. Ask for the work again.")
