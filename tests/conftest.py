"""What all tests share: the repository, a released course, and the programs that stand beside this Python."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from course_kit import CASE, REPOSITORY, copy_course, nbgrader
from course_tools import Class

# nbgrader calls `alembic` by name, and kernels their interpreter.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose case nbgrader has released; copy it before changing it."""
    root = copy_course(tmp_path_factory.mktemp("released") / "course")
    nbgrader(root, "generate_assignment", CASE)
    return root


@pytest.fixture
def fresh_class(released_course: Path, tmp_path: Path) -> Class:
    shutil.copytree(released_course, tmp_path / "course")
    return Class(tmp_path / "course")
