"""Who may import whom: rules know no faces, faces see no keys, and importing the course costs next to nothing."""

import ast
import subprocess
import sys
from importlib.util import resolve_name
from pathlib import Path

import pytest

import itband_course

PACKAGE = Path(itband_course.__file__).parent
GRADING = {"grading", "cli"}
# From the inside out: a room may use itself and the rooms before it.
ROOMS = [
    {"facts", "files", "colours", "rig"},
    {"leg", "body"},
    {"clinic"},
    {"kinds"},
    {"questions", "answers"},
    {"explaining"},
    {"bundled"},
    {"widgets"},
    {"figure"},
    {"card"},
    {"asking"},
    {"practising"},
    {"simulating", "shaping", "coaching"},
    {"deciding"},
    {"grading"},
    {"cli"},
]
RULES = {"facts", "files", "colours", "rig", "leg", "body", "kinds", "clinic", "questions", "answers", "explaining"}
FACES = {"asking", "practising", "simulating", "shaping", "coaching", "deciding", "card"}
HEAVY = {"matplotlib", "nbgrader", "nbconvert", "nbformat", "IPython", "ipywidgets", "anywidget"}


def modules() -> dict[str, Path]:
    """Return every module of the package by its dotted name within it, the package itself apart."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    del found[""]
    return found


def imports(path: Path) -> set[str]:
    """Return the full names that a module imports anywhere in it, inside functions too."""
    package = ".".join(["itband_course", *path.relative_to(PACKAGE).parent.parts])
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def rooms_entered(path: Path) -> set[str]:
    """Return the rooms of the package that a module enters."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("itband_course.")}


def libraries(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


MODULES = modules()
every_module = pytest.mark.parametrize("name", MODULES)


def room_of(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def test_the_walk_sees_imports_of_every_form() -> None:
    assert rooms_entered(PACKAGE / "grading/bank.py") == {"facts", "figure", "kinds", "questions"}
    assert rooms_entered(PACKAGE / "cli.py") == {"grading"}, "inside a function"
    assert "msgspec" in libraries(PACKAGE / "answers.py")
    assert len(MODULES) > 15


@every_module
def test_every_module_has_its_room(name: str) -> None:
    assert any(room_of(name) in rooms for rooms in ROOMS), "say in ROOMS where it belongs"


@every_module
def test_a_module_enters_its_own_room_and_those_before_it_only(name: str) -> None:
    place = next(number for number, rooms in enumerate(ROOMS) if room_of(name) in rooms)
    allowed = set().union(*ROOMS[:place]) | {room_of(name)}
    assert rooms_entered(MODULES[name]) - allowed == set()


@pytest.mark.parametrize("name", [name for name in MODULES if room_of(name) in RULES])
def test_rules_know_neither_faces_nor_grading_nor_notebooks(name: str) -> None:
    assert rooms_entered(MODULES[name]) & (FACES | GRADING) == set()
    assert libraries(MODULES[name]) & HEAVY == set()


def test_recording_knows_neither_kinds_nor_faces_nor_grading() -> None:
    assert rooms_entered(MODULES["answers"]) <= {"files"}
    assert libraries(MODULES["answers"]) & HEAVY == set()


@pytest.mark.parametrize("name", [name for name in MODULES if room_of(name) in FACES])
def test_what_draws_a_question_never_enters_the_graders_rooms(name: str) -> None:
    assert rooms_entered(MODULES[name]) & GRADING == set()


@pytest.mark.parametrize("name", [name for name in MODULES if room_of(name) in {"asking", "card"}])
def test_what_draws_a_graded_question_can_neither_split_nor_score_it(name: str) -> None:
    used = {full for full in imports(MODULES[name]) if full.startswith("itband_course.")}
    assert (
        used & {f"itband_course.questions.{door}" for door in ("split", "score", "samples", "Rubric", "Authored")}
        == set()
    )
    kinds = {full for full in used if full.startswith("itband_course.kinds.")}
    assert {full.split(".")[-1] for full in kinds} <= {"points_text", "points_words"}


@pytest.mark.parametrize("name", [name for name in MODULES if room_of(name) not in GRADING])
def test_only_grading_reads_the_bank_and_knows_nbgrader(name: str) -> None:
    assert "nbgrader" not in libraries(MODULES[name])
    texts = [
        node.value
        for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in texts if text == "bank" or text.startswith(("bank/", "../bank"))] == []


def python(code: str) -> str:
    """Run code in a Python of its own and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_importing_the_course_loads_nothing_heavy() -> None:
    loaded = python("import itband_course, sys; print(*{name.split('.')[0] for name in sys.modules})").split()
    assert "itband_course" in loaded
    assert set(loaded) & (HEAVY | {"msgspec", "numpy", "filelock", "traitlets"}) == set()


def test_drawing_a_question_loads_neither_grading_nor_nbgrader_nor_matplotlib() -> None:
    loaded = python(
        "from itband_course import ask, close_stage, hand_in; import itband_course.card, sys; print(*sys.modules)"
    ).split()
    assert "itband_course.asking" in loaded
    assert {"matplotlib", "nbgrader", "nbconvert"} & {name.split(".")[0] for name in loaded} == set()
    assert [name for name in loaded if name.startswith("itband_course.grading")] == []


def test_a_notebook_can_import_all_that_the_course_promises() -> None:
    assert {"ask", "close_stage", "hand_in", "practice", "show_chart"} <= set(itband_course.__all__)
    for name in itband_course.__all__:
        assert callable(getattr(itband_course, name))
    with pytest.raises(AttributeError, match="no attribute 'grade_me'"):
        itband_course.grade_me  # noqa: B018 - asking for it is the test


def test_the_command_that_grades_a_case_loads_only_what_it_needs() -> None:
    loaded = python("import itband_course.grading.grade, itband_course.grading.commands, sys; print(*sys.modules)")
    names = loaded.split()
    assert "itband_course.grading.autograde" in names
    assert {"joblib", "IPython", "numpy", "matplotlib"} & set(names) == set()
    assert {name for name in names if name.startswith("itband_course.grading.")} & {
        f"itband_course.grading.{module}" for module in ("report", "feedback", "confined", "jobs", "doctor", "tidy")
    } == set()
