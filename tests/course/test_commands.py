"""`itband …` and the demo, as an instructor runs them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from course_kit import CASE, REPOSITORY, copy_course

from itband_course.cli import main
from itband_course.grading import simulate
from itband_course.grading.course import Course


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = copy_course(tmp_path / "course")
    shutil.copytree(REPOSITORY / "notebooks", root / "notebooks")
    monkeypatch.chdir(root)
    return root


def test_check_passes_on_the_course_and_names_what_is_wrong_after_a_slip(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    ober = course / "bank/ober.toml"
    ober.write_text(ober.read_text().replace('"damico-2025"', '"damico-2052"'))
    assert main(["check"]) == 1
    assert "ober.toml, «ober-side-difference-record»: its source «damico-2052»" in capsys.readouterr().out


def test_tidy_reports_without_writing_and_then_mends(course: Path) -> None:
    path = course / "source" / CASE / f"{CASE}.ipynb"
    canonical = path.read_text()
    path.write_text(canonical.replace('"source_hidden": true', '"source_hidden": false'))
    changed = path.read_text()
    assert main(["tidy", "--check"]) == 1
    assert path.read_text() == changed
    assert main(["tidy"]) == 0
    assert path.read_text() == canonical
    assert main(["tidy", "--check"]) == 0


def test_preview_is_what_a_student_gets_keeps_tried_answers_and_touches_nothing_else(course: Path) -> None:
    assert main(["preview", CASE]) == 0
    folder = course / "preview" / CASE
    release = REPOSITORY / "release" / CASE
    for name in (f"{CASE}.ipynb", "questions.json"):
        assert (folder / name).read_bytes() == (release / name).read_bytes()
    simulate.record(folder, CASE, {"stage-signs": ["faint-warmth"]})
    tried = (folder / "answers.json").read_bytes()
    assert main(["preview", CASE]) == 0
    assert (folder / "answers.json").read_bytes() == tried
    assert not (course / "gradebook.db").exists()
    assert not (course / "release").exists()


def test_preview_of_an_unknown_case_names_the_cases(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "no-such-case"]) == 1
    assert CASE in capsys.readouterr().err


def test_lock_writes_ids_down_and_check_then_guards_them(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lock"]) == 0
    assert main(["check"]) == 0
    ober = course / "bank/ober.toml"
    ober.write_text(ober.read_text().replace("Which sentence may you add?", "Which sentence is wrong?"))
    assert main(["check"]) == 1
    assert "its prompt changed after students saw it" in capsys.readouterr().out


def test_elsewhere_the_commands_say_where_to_run_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    assert "run itband in the course folder" in capsys.readouterr().err


def test_a_reader_that_has_read_enough_ends_a_command_without_a_traceback(course: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "itband_course.cli", "check"]
    ended = subprocess.run(command, cwd=course, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


@pytest.mark.parametrize("few", [("--few",), ()] if os.environ.get("ITBAND_SOAK") else [("--few",)])
def test_the_demo_shows_its_students_and_writes_the_report(few: tuple[str, ...]) -> None:
    """The whole demonstration takes minutes: it is run in `make soak`, and every step of it here."""
    done = subprocess.run(
        [sys.executable, "tools/demo.py", *few],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout.split("\nMarks\n")[1].split("Questions:")[0]
    rows = {line.split()[0]: line.split() for line in table.splitlines() if line.strip()}
    questions = len(Course.at(REPOSITORY).released(CASE)[1].questions)
    most, answered = rows["(at"][2 + questions], slice(1 + questions, 2 + questions)
    students = [name for name in rows if name not in ("student", "(at", ".:")]
    assert len(students) == (5 if few else 12)
    for student in {"all-right", "notebook-only", "changed-mind", "handed-in-twice", "renamed-file"} & set(students):
        assert rows[student][answered] == [most], student
    for student in {"blank", "all-wrong"} & set(students):
        assert rows[student][answered] == ["0"], student
    assert rows["late"][-1] == "LATE"
    folder = Path(done.stdout.split("Where everything is")[1].split()[0])
    report = (folder / "reports" / f"{CASE}.html").read_text("utf-8")
    assert [student for student in students if student not in report] == []
    shutil.rmtree(folder.parent, ignore_errors=True)
