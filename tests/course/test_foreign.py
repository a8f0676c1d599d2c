"""Other nbgrader assignments in the same course: executed and marked by nbgrader as if this course were not there."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from course_kit import CASE, copy_course, nbgrader
from course_tools import Class
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

OTHER = "warm-up"


def graded_code(grade_id: str, source: str, points: float) -> Any:
    cell = new_code_cell(source, id=grade_id)
    cell.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": grade_id,
        "locked": True,
        "points": points,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return cell


def write_other_master(root: Path) -> None:
    """An ordinary assignment: a function to write, three tests of it, and a written answer."""
    solution = new_code_cell("def add(a, b):\n    ### BEGIN SOLUTION\n    return a + b\n    ### END SOLUTION", id="add")
    solution.metadata["nbgrader"] = {
        "grade": False,
        "grade_id": "add",
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    written = new_markdown_cell("Why?", id="why")
    written.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": "why",
        "locked": False,
        "points": 2,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    cells = [
        solution,
        graded_code("adds", "assert add(1, 2) == 3", 2),
        graded_code("hidden", "### BEGIN HIDDEN TESTS\nassert add(-1, 1) == 0\n### END HIDDEN TESTS", 3),
        graded_code("partial", "1.5 if add(0, 0) == 0 else 0.0", 2),
        written,
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    (root / "source" / OTHER).mkdir()
    nbformat.write(notebook, root / "source" / OTHER / f"{OTHER}.ipynb")


def submit(root: Path, student: str, code: str | None, why: str | None = None) -> None:
    folder = root / "submitted" / student / OTHER
    shutil.copytree(root / "release" / OTHER, folder)
    path = folder / f"{OTHER}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["id"] == "add" and code is not None:
            cell["source"] = code
        if cell["id"] == "why" and why is not None:
            cell["source"] = why
    path.write_text(json.dumps(notebook))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Class]:
    """The same submissions graded with this course's configuration and by stock nbgrader."""
    graded = {}
    for name in ("ours", "stock"):
        root = copy_course(tmp_path_factory.mktemp(name) / "course")
        if name == "stock":
            (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'itband'\n")
        write_other_master(root)
        nbgrader(root, "generate_assignment", OTHER)
        submit(root, "right", "def add(a, b):\n    return a + b", "Because.")
        submit(root, "wrong", "def add(a, b):\n    return 3")
        submit(root, "blank", None)
        submit(root, "raises", "raise SystemError('no')")
        nbgrader(root, "autograde", OTHER)
        nbgrader(root, "generate_feedback", OTHER)
        graded[name] = Class(root)
    return graded


@pytest.mark.parametrize("student", ["right", "wrong", "blank", "raises"])
def test_marks_are_those_of_stock_nbgrader(both: dict[str, Class], student: str) -> None:
    assert both["ours"].marks(student, OTHER) == both["stock"].marks(student, OTHER)


def test_student_code_of_a_foreign_assignment_was_executed(both: dict[str, Class]) -> None:
    assert both["ours"].marks("right", OTHER) == {"adds": 2.0, "hidden": 3.0, "partial": 1.5, "why": None}


def test_feedback_is_nbgraders_own_page(both: dict[str, Class]) -> None:
    pages = {
        name: (klass.root / "feedback/right" / OTHER / f"{OTHER}.html").read_text() for name, klass in both.items()
    }
    assert "Score: 6.5 / 9.0" in pages["stock"]
    assert "Score: 6.5 / 9.0" in pages["ours"]


def test_the_release_of_a_foreign_assignment_is_nbgraders_own(both: dict[str, Class]) -> None:
    releases = {
        name: json.loads((klass.root / "release" / OTHER / f"{OTHER}.ipynb").read_text())
        for name, klass in both.items()
    }
    ours = [cell["source"] for cell in releases["ours"]["cells"] if cell["id"] != "why"]
    stock = [cell["source"] for cell in releases["stock"]["cells"] if cell["id"] != "why"]
    assert ours == stock
    assert not (both["ours"].root / "release" / OTHER / "questions.json").exists()


def test_a_master_that_mixes_questions_and_graded_code_is_refused(tmp_path: Path) -> None:
    root = copy_course(tmp_path / "course")
    path = root / "source" / CASE / f"{CASE}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(graded_code("code", "1.0", 1))
    nbformat.write(notebook, path)
    done = nbgrader(root, "generate_assignment", CASE, expect=1)
    assert "questions and notes only" in done.stderr


def test_a_submission_with_a_link_or_a_pipe_is_taken_out_before_anything_of_it_is_copied(tmp_path: Path) -> None:
    root = copy_course(tmp_path / "course")
    write_other_master(root)
    nbgrader(root, "generate_assignment", OTHER)
    for student in ("linked", "nested", "piped", "honest"):
        submit(root, student, "def add(a, b):\n    return a + b")
    (root / "submitted/linked" / OTHER / "evil.html").symlink_to(root / "bank/ober.toml")
    (root / "submitted/nested" / OTHER / "data").symlink_to(root / "bank")
    os.mkfifo(root / "submitted/piped" / OTHER / "pipe")
    done = nbgrader(root, "autograde", OTHER, expect=1)
    for student, name in (("linked", "evil.html"), ("nested", "data"), ("piped", "pipe")):
        assert f"{student} cannot be graded: «{name}» is a link or no file" in done.stderr
        assert not (root / "autograded" / student).exists()
    assert "Not graded, for the reasons above: «linked», «nested», «piped»" in done.stderr
    assert "Traceback" not in done.stderr
    assert Class(root).marks("honest", OTHER)["adds"] == 2.0


def test_without_execution_nothing_is_marked_and_former_results_stay(tmp_path: Path) -> None:
    root = copy_course(tmp_path / "course")
    write_other_master(root)
    nbgrader(root, "generate_assignment", OTHER)
    submit(root, "honest", "def add(a, b):\n    return a + b")
    nbgrader(root, "autograde", OTHER)
    before = Class(root).marks("honest", OTHER)
    done = nbgrader(root, "autograde", OTHER, "--force", "--no-execute", expect=1)
    assert "Run autograde without --no-execute" in done.stderr
    assert Class(root).marks("honest", OTHER) == before
    assert (root / "autograded/honest" / OTHER / f"{OTHER}.ipynb").exists()
