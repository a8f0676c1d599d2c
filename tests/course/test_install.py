"""What environment.yml asks for installs into a fresh environment and can release a case."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from course_kit import CASE, copy_course


def pip_part(environment_file: Path) -> list[str]:
    """Return the entries under ``pip:``; the file is simple enough to be read line by line."""
    lines = environment_file.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == "- pip:")
    entries = [re.match(r'^\s{6}- "?([^"#]+?)"?\s*(#.*)?$', line) for line in lines[start + 1 :]]
    return [entry.group(1) for entry in entries if entry]


def asked_for(repository: Path) -> list[str]:
    """Return the same as arguments of `pip install`, with the locked versions."""
    entries = pip_part(repository / "environment.yml")
    assert len(entries) == 6
    return ["-c", str(repository / "requirements.lock")] + [
        argument
        for entry in entries
        for argument in (["-e", f"{repository}{entry.removeprefix('-e .')}"] if entry.startswith("-e") else [entry])
    ]


def test_the_pip_part_of_environment_yml_agrees_with_the_locked_versions_and_is_all_here(repository: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--no-build-isolation", "--quiet"]
    entries = [entry for entry in asked_for(repository) if entry != "-e" and not entry.startswith(f"{repository}[")]
    done = subprocess.run([*command, *entries], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not os.environ.get("ITBAND_SOAK"), reason="takes minutes: in make soak")
def test_the_pip_part_of_environment_yml_installs_into_a_fresh_environment(repository: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run(
        [
            # What is used compiles itself; to compile all of it takes minutes.
            binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
            *asked_for(repository),
        ],
        check=True,
        timeout=900,
    )  # fmt: skip
    course = copy_course(tmp_path / "course")
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(
        [binaries / "nbgrader", "generate_assignment", CASE],
        cwd=course, env=environment, check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    assert (course / "release" / CASE / "questions.json").exists()
    checked = subprocess.run(
        [binaries / "itband", "check"], cwd=course, env=environment, check=True, capture_output=True, text=True
    )
    assert "All is well" in checked.stdout
