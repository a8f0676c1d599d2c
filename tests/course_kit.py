"""The repository, a copy of the course to work on, and plain commands of nbgrader and of the course.

Each command runs in a process of its own. That process is forked from one that has nbgrader loaded, because to load it
takes longer than nearly everything that a test asks of it. `itband_course.grading.nbgrader_command` starts it anew.
"""

import contextlib
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from multiprocessing import forkserver, resource_tracker
from pathlib import Path

from itband_course.cli import main
from itband_course.grading import nbgrader_command

REPOSITORY = Path(__file__).resolve().parent.parent
CASE = "the-half-marathon"
COURSE_PARTS = ("bank", "source", "course.toml", "nbgrader_config.py")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["nbgrader.apps.nbgraderapp", "itband_course.grading.commands", "itband_course.grading.exporters", "pytest"]
)


def copy_course(target: Path) -> Path:
    """Copy what makes a course folder and return it."""
    target.mkdir(parents=True)
    for part in COURSE_PARTS:
        copy = shutil.copytree if (REPOSITORY / part).is_dir() else shutil.copy
        copy(REPOSITORY / part, target / part)
    return target


def itband(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the course in a folder."""
    return forked(folder, "itband", *arguments)


def itband_anew(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the course in a Python that starts for it: one that has workers of its own needs a real end."""
    return subprocess.run(
        [sys.executable, "-m", "itband_course.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=nbgrader_command.SECONDS,
    )


def nbgrader(folder: Path, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a plain nbgrader command in a folder and check its exit code."""
    done = forked(folder, "nbgrader", *arguments)
    log = done.stdout + done.stderr
    assert done.returncode == expect, f"nbgrader {' '.join(arguments)} ended with {done.returncode}:\n{log[-6000:]}"
    return done


def forked(
    folder: Path, *words: str, meddle: Callable[[], None] | None = None, seconds: float = nbgrader_command.SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder and return how it ended and what it printed.

    Parameters
    ----------
    folder : Path
        Where it is typed.
    words : str
        ``nbgrader`` or ``itband``, and what is typed after that.
    meddle : callable, optional
        Is called in the command's process before it starts. It may change what is loaded there.
    seconds : float
        How long it may take.
    """
    with tempfile.TemporaryDirectory() as scratch:
        printed = (Path(scratch) / "out", Path(scratch) / "errors")
        process = start(folder, words, printed, meddle)
        process.join(seconds)
        hangs = process.is_alive()
        if hangs:
            process.kill()
            process.join()
        out, errors = (path.read_text("utf-8", "replace") for path in printed)
    assert not hangs, f"{' '.join(words)} does not end:\n{(out + errors)[-6000:]}"
    return subprocess.CompletedProcess(words, process.exitcode, out, errors)


def start(
    folder: Path, words: tuple[str, ...], printed: tuple[Path, Path], meddle: Callable[[], None] | None = None
) -> multiprocessing.process.BaseProcess:
    """Start a command as `forked` does, and return its process; what it prints goes into two files."""
    for path in printed:
        path.touch()
    _load()
    process = PROCESSES.Process(target=_be_command, args=(folder, words, printed, dict(os.environ), meddle))
    process.start()
    return process


@cache
def _load() -> None:
    """Start the process that others are forked from. It stays where it was started: never in a folder of a test."""
    with contextlib.chdir(REPOSITORY):
        forkserver.ensure_running()


def stop_forking() -> None:
    """End the process that commands are forked from, if there is one; nothing public does."""
    forkserver._forkserver._stop()
    resource_tracker._resource_tracker._stop()


def _be_command(
    folder: Path,
    words: tuple[str, ...],
    printed: tuple[Path, Path],
    environment: dict[str, str],
    meddle: Callable[[], None] | None,
) -> None:
    """Be a command of nbgrader or of the course, as typed in a new terminal."""
    for path, descriptor in zip(printed, (1, 2), strict=True):
        with path.open("ab") as file:
            os.dup2(file.fileno(), descriptor)
    os.environ.clear()
    os.environ.update(nbgrader_command.as_from_a_new_terminal(environment))
    os.chdir(folder)
    nbgrader_command.leave_out_slow_imports()
    sys.argv = list(words)
    if meddle is not None:
        meddle()
    if words[0] == "itband":
        sys.exit(main(list(words[1:])))
    from nbgrader.apps.nbgraderapp import NbGraderApp

    NbGraderApp.launch_instance(list(words[1:]))
