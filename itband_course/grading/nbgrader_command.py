"""Running nbgrader's own commands from Python, as a person would type them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SECONDS = 600
START = (
    "import runpy, sys; from itband_course.grading import nbgrader_command; "
    "nbgrader_command.leave_out_slow_imports(); sys.argv[0] = 'nbgrader'; "
    "runpy.run_module('nbgrader', run_name='__main__', alter_sys=True)"
)
"""Starts nbgrader as its own program does, and sooner."""


def leave_out_slow_imports() -> None:
    """Keep jsonschema from loading a parser of web addresses that no notebook needs.

    It takes longer than all the rest of a start (1.9 of 3.3 s); jsonschema does without it where it is not installed.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def as_from_a_new_terminal(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a command of nbgrader.

    nbgrader calls `alembic` by name, which stands beside this Python whether or not its environment is activated. Its
    own variables, and those of an open notebook, are left out.
    """
    variables = {name: value for name, value in environment.items() if not name.startswith(("NBGRADER", "JPY_"))}
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', '')}"
    return variables


def nbgrader(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a plain nbgrader command in a folder and return its exit code and log.

    It starts as from a new terminal: see `as_from_a_new_terminal`.
    """
    return subprocess.run(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-c", START, *arguments],
        cwd=folder,
        env=as_from_a_new_terminal(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
