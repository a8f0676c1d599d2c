"""What all tests share: the repository, a released course, and the programs that stand beside this Python."""

import os
import shutil
import sys
from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path

import pytest
from course_kit import CASE, REPOSITORY, copy_course, nbgrader, stop_forking
from course_tools import Class

# nbgrader calls `alembic` by name, and kernels their interpreter.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first, and beside each that opens a browser one that does not.

    Workers take files in this order: so two browsers seldom share the machine, and all workers end at about one time.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    with_browser = [path for path in files if path.parent.name == "browser"]
    long = [path for path in files if path.parent.name in ("course", "submissions")]
    others = [path for path in files if path not in {*with_browser, *long}]
    pairs = chain.from_iterable(zip_longest(with_browser, long))
    items[:] = [item for path in (*pairs, *others) if path is not None for item in files[path]]


@pytest.fixture(scope="session", autouse=True)
def no_process_stays() -> Iterator[None]:
    """End, after the last test, what its commands were forked from."""
    yield
    stop_forking()


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
