"""One set of versions: `environment.yml`, `pyproject.toml` and `requirements.lock` say the same."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
BY_NAME = ["jupyterlab", "nbgrader", "ipywidgets", "matplotlib", "nbval"]

PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
ENVIRONMENT: dict[str, Any] = yaml.safe_load((REPOSITORY / "environment.yml").read_text("utf-8"))
LOCK = (REPOSITORY / "requirements.lock").read_text("utf-8")


def requirements() -> list[tuple[str, Requirement]]:
    """Return everything that `pyproject.toml` asks for, with where it stands."""
    project = PYPROJECT["project"]
    lists = {"dependencies": project["dependencies"], **project["optional-dependencies"]}
    return [(name, Requirement(line)) for name, lines in lists.items() for line in lines]


def bounds(package: str) -> set[SpecifierSet]:
    """Return the bounds that `pyproject.toml` sets for a package, wherever it stands."""
    return {asked.specifier for _, asked in requirements() if canonicalize_name(asked.name) == package}


def pip_lines() -> list[str]:
    (part,) = [entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict)]
    return part


def locked() -> list[Requirement]:
    return [Requirement(line) for line in LOCK.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("package", BY_NAME)
def test_the_environment_names_a_package_with_the_bounds_of_pyproject(package: str) -> None:
    named = [Requirement(line) for line in pip_lines() if not line.startswith("-")]
    (found,) = [asked for asked in named if asked.name == package]
    assert {found.specifier} == bounds(package)


def test_the_environment_installs_the_course_itself_with_the_instructors_part() -> None:
    assert "-e .[instructor]" in pip_lines()
    assert "instructor" in PYPROJECT["project"]["optional-dependencies"]


def test_the_environment_brings_pip_and_a_python_that_the_course_accepts() -> None:
    conda = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
    assert "pip" in [re.match(r"[a-z]+", entry)[0] for entry in conda]
    (python,) = [entry.removeprefix("python") for entry in conda if entry.startswith("python")]
    assert SpecifierSet(python) == SpecifierSet(PYPROJECT["project"]["requires-python"])


def test_the_environment_names_nothing_that_pyproject_does_not_ask_for() -> None:
    named = {Requirement(line).name for line in pip_lines() if not line.startswith("-")}
    assert named <= {asked.name for _, asked in requirements()}


@pytest.mark.parametrize(("where", "asked"), requirements(), ids=str)
def test_every_requirement_has_a_lower_and_an_upper_bound(where: str, asked: Requirement) -> None:
    operators = {bound.operator for bound in asked.specifier}
    assert operators & {">=", "=="}, "a lower bound, so that it works"
    assert operators & {"<", "=="}, "an upper bound, so that it still installs in a year"


def test_a_package_that_is_asked_for_twice_has_the_same_bounds_twice() -> None:
    for _, asked in requirements():
        assert len(bounds(canonicalize_name(asked.name))) == 1, asked.name


@pytest.mark.parametrize(("where", "asked"), requirements(), ids=str)
def test_the_lock_holds_each_requirement_within_its_bounds(where: str, asked: Requirement) -> None:
    pins = [pin for pin in locked() if canonicalize_name(pin.name) == canonicalize_name(asked.name)]
    assert pins, "not in requirements.lock: run make lock-versions"
    for pin in pins:
        ((operator, version),) = [(bound.operator, bound.version) for bound in pin.specifier]
        assert operator == "=="
        assert asked.specifier.contains(version, prereleases=True), f"{pin} is outside {asked}"


def test_the_lock_pins_every_line_to_one_version_and_names_no_place() -> None:
    assert len(locked()) > len(requirements())
    for pin in locked():
        assert pin.url is None
        assert [bound.operator for bound in pin.specifier] == ["=="]
        assert "*" not in str(pin.specifier)
    assert not re.search(r"https?:|file:|git\+|@|--(?:index|find|extra|trusted)|^-", LOCK, re.MULTILINE)


def test_a_package_that_is_pinned_twice_is_pinned_for_different_machines() -> None:
    names = [canonicalize_name(pin.name) for pin in locked()]
    for pin in locked():
        if names.count(canonicalize_name(pin.name)) > 1:
            assert pin.marker is not None, pin.name


def test_a_students_install_asks_for_no_part_of_grading() -> None:
    project = PYPROJECT["project"]
    light = {Requirement(line).name for line in project["dependencies"]}
    assert light & {"nbgrader", "nbconvert", "nbclient", "jupyterlab", "notebook", "nbval", "pytest"} == set()
    student = {Requirement(line).name for line in project["optional-dependencies"]["student"]}
    assert student == {"jupyterlab", "nbgrader"}
