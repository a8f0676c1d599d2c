"""Assignments that nbgrader executes, several students at once: the marks are those of one after the other."""

import re
import shutil
from pathlib import Path

import psutil
import pytest
from course_kit import CASE, copy_course, itband, itband_anew, nbgrader
from course_tools import Class
from test_foreign import OTHER, submit, write_other_master

STUDENTS = {
    "right": "def add(a, b):\n    return a + b",
    "wrong": "def add(a, b):\n    return 3",
    "blank": None,
    "raises": "raise SystemError('no')",
}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copy_course(tmp_path_factory.mktemp("handed_in") / "course")
    write_other_master(root)
    nbgrader(root, "generate_assignment", OTHER)
    for student, code in STUDENTS.items():
        submit(root, student, code)
    linked = root / "submitted" / "linked" / OTHER
    linked.parent.mkdir()
    linked.symlink_to(root / "submitted" / "right" / OTHER)
    return root


def test_two_at_once_give_the_marks_of_one_after_the_other_and_every_refusal_is_told(
    handed_in: Path, tmp_path: Path
) -> None:
    one_by_one, at_once = Class(tmp_path / "one"), Class(tmp_path / "two")
    for klass in (one_by_one, at_once):
        shutil.copytree(handed_in, klass.root, symlinks=True)
    nbgrader(one_by_one.root, "autograde", OTHER, expect=1)
    done = itband_anew(at_once.root, "grade", OTHER, "--jobs", "2")
    assert done.returncode == 1
    assert f"{OTHER}: 4 graded, 1 not graded." in done.stdout
    assert "«linked»" in done.stderr
    assert "linked cannot be graded: " in done.stderr
    assert "Traceback" not in done.stderr
    for student in STUDENTS:
        assert at_once.marks(student, OTHER) == one_by_one.marks(student, OTHER)
    assert not (at_once.root / "autograded" / "linked").exists()
    left = [process.info["cmdline"] for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"]]
    assert not [words for words in left if any(str(at_once.root) in word for word in words)]

    again = itband_anew(at_once.root, "grade", OTHER, "--student", "right")
    assert again.returncode == 0, again.stderr
    assert f"{OTHER}: 1 graded, 0 not graded." in again.stdout


def test_jobs_change_nothing_for_a_case_and_say_so(released_course: Path, tmp_path: Path) -> None:
    shutil.copytree(released_course, tmp_path / "course")
    done = itband(tmp_path / "course", "grade", CASE, "--jobs", "2")
    assert "--jobs changes nothing" in done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("count", ["0", "-1", "two"])
def test_a_number_of_jobs_that_is_none_is_refused_in_a_sentence(tmp_path: Path, count: str) -> None:
    done = itband(tmp_path, "grade", CASE, "--jobs", count)
    assert done.returncode == 2
    assert re.search(rf"{count} is no number from 1 on|expected one argument", done.stderr)
