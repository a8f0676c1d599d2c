"""The repository, a copy of the course to work on, and plain nbgrader commands."""

import shutil
import subprocess
import sys
from pathlib import Path

from itband_course.grading import nbgrader_command

REPOSITORY = Path(__file__).resolve().parent.parent
CASE = "the-half-marathon"
COURSE_PARTS = ("bank", "source", "course.toml", "nbgrader_config.py")


def copy_course(target: Path) -> Path:
    """Copy what makes a course folder and return it."""
    target.mkdir(parents=True)
    for part in COURSE_PARTS:
        copy = shutil.copytree if (REPOSITORY / part).is_dir() else shutil.copy
        copy(REPOSITORY / part, target / part)
    return target


def itband(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the course in a folder."""
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
    done = nbgrader_command.nbgrader(folder, *arguments)
    log = done.stdout + done.stderr
    assert done.returncode == expect, f"nbgrader {' '.join(arguments)} ended with {done.returncode}:\n{log[-6000:]}"
    return done
