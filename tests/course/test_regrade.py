"""After a key was corrected: who would gain or lose is shown, and written once that is wanted."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from course_kit import CASE
from course_tools import Class
from nbgrader.api import Gradebook

from itband_course.cli import main

OBER = "ober-side-difference-record"
WRONG_CHOICE = 'is = "wrong"'


def marks_and_penalty(klass: Class, student: str) -> tuple[dict[str, float | None], float | None]:
    with Gradebook(f"sqlite:///{klass.root / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(CASE, student)
        return klass.marks(student), submission.notebooks[0].late_submission_penalty


@pytest.fixture
def graded(released_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    """Four who chose wrongly: one of them marked by hand, one late, one who has handed in anew since; and one right."""
    shutil.copytree(released_course, tmp_path / "course")
    klass = Class(tmp_path / "course")
    (klass.root / "late.py").write_text(
        "from nbgrader.plugins import BasePlugin\n\n\nclass HalfOff(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n        return score / 2\n"
    )
    with (klass.root / "nbgrader_config.py").open("a") as config:
        config.write('\nimport sys\nsys.path.insert(0, ".")\nc.AssignLatePenalties.plugin_class = "late.HalfOff"\n')
    wrong = klass.values("right") | {OBER: klass.values("wrong")[OBER]}
    for student in ("wrong", "by-hand", "late", "anew"):
        klass.hand_in(student, wrong)
        (klass.folder(student) / "timestamp.txt").write_text("2026-03-01 10:00:00.000000 UTC")
    (klass.folder("late") / "timestamp.txt").write_text("2026-03-05 10:00:00.000000 UTC")
    klass.hand_in("right", klass.values("right"))
    with Gradebook(f"sqlite:///{klass.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(CASE, duedate=datetime(2026, 3, 2))
    klass.autograde()
    with Gradebook(f"sqlite:///{klass.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(OBER, CASE, CASE, "by-hand")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    shutil.rmtree(klass.folder("anew"))
    klass.hand_in("anew", klass.values("right"))
    monkeypatch.chdir(klass.root)
    return klass


def correct_the_key(klass: Class) -> None:
    """Accept what all of them chose."""
    path = klass.root / "bank" / "ober.toml"
    before, question = path.read_text("utf-8").split(f'id = "{OBER}"')
    chosen = f'id = "{klass.values("wrong")[OBER]}"'
    first, rest = question.split(chosen)
    accepted = rest.replace(WRONG_CHOICE, 'is = "accepted"', 1)
    path.write_text(f'{before}id = "{OBER}"{first}{chosen}{accepted}', "utf-8")


def test_an_audit_of_marks_that_the_bank_gives_finds_none_that_differs(
    graded: Class, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", CASE]) == 0
    assert f"{5 * len(graded.full())} marks of 5 students computed again: 0 differ." in capsys.readouterr().out


def test_an_audit_finds_a_mark_that_was_changed_in_the_gradebook(
    graded: Class, capsys: pytest.CaptureFixture[str]
) -> None:
    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade(OBER, CASE, CASE, "wrong").auto_score = 2.0
        gradebook.db.commit()
    assert main(["audit", CASE]) == 1
    assert f"wrong  {OBER}  2 -> 0" in capsys.readouterr().out


def test_a_corrected_key_shows_who_gains_and_writes_nothing_unless_told(
    graded: Class, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {student: marks_and_penalty(graded, student) for student in ("wrong", "by-hand", "late", "anew", "right")}
    correct_the_key(graded)
    assert main(["regrade", CASE]) == 0
    said = capsys.readouterr().out
    assert f"wrong  {OBER}  0 -> 2" in said
    assert f"by-hand  {OBER}  0 -> 2" in said
    assert "a mark given by hand, 1.5, stands" in said
    assert "anew  has handed in something else since, and is left out" in said
    assert "3 students, 3 marks: 2 higher, 0 lower, 1 given by hand that stands." in said
    assert "Nothing was written" in said
    assert {student: marks_and_penalty(graded, student) for student in before} == before


def test_a_corrected_key_is_written_with_late_penalties_and_without_touching_marks_given_by_hand(
    graded: Class, capsys: pytest.CaptureFixture[str]
) -> None:
    most = sum(graded.full().values())
    assert marks_and_penalty(graded, "late")[1] == (most - 2) / 2
    correct_the_key(graded)
    assert main(["regrade", CASE, "--yes"]) == 0
    assert "Send it to those whose marks or reasons have changed: by-hand, late, wrong\n" in capsys.readouterr().out
    for student in ("wrong", "by-hand", "late"):
        assert graded.questions(student) == graded.full()
    assert marks_and_penalty(graded, "late")[1] == most / 2
    assert graded.questions("anew")[OBER] == 0.0, "left for autograde"
    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(OBER, CASE, CASE, "by-hand")
        assert (grade.score, grade.needs_manual_grade) == (1.5, True)
    graded.autograde()
    assert main(["audit", CASE]) == 0


@pytest.mark.parametrize("command", ["audit", "regrade", "report"])
def test_a_gradebook_that_cannot_be_used_is_told_in_a_sentence(
    released_course: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    shutil.copytree(released_course, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    Path("gradebook.db").write_bytes(b"no database" * 100)
    assert main([command, CASE]) == 1
    said = capsys.readouterr().err
    assert said.startswith("itband: the gradebook cannot be used now (file is not a database). Nothing was changed.")
