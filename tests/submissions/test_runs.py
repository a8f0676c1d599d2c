"""What has to be run alone: full disks, work handed in again, code in a case, classes with nothing to grade."""

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from course_kit import CASE
from course_tools import Class, carry, change_notebook, make_record
from nbgrader.api import MissingEntry
from runs import (
    FIRST_TIME,
    GIVEN,
    SECOND_TIME,
    copy_of,
    give,
    grade,
    hand_in,
    note_of,
    opened,
    result_of,
    results,
    rows,
    run,
    standing,
)

from itband_course.grading import autograde

# Stopped runs. Anna has a time of submission, Ben a former result with a mark given by hand, Carla neither time nor
# former result, Dora a damaged file.


@pytest.fixture(scope="module")
def waiting(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class of four with work that is not graded yet, Ben's for the second time."""
    root = tmp_path_factory.mktemp("waiting") / "course"
    shutil.copytree(released_course, root)
    klass = Class(root)
    hand_in(klass, "ben", klass.values("wrong"), "My first note.", FIRST_TIME)
    grade(klass)
    give(klass, "ben", GIVEN)
    hand_in(klass, "ben", klass.values("right"), "My second note.", SECOND_TIME)
    hand_in(klass, "anna", klass.values("right"), time=FIRST_TIME)
    hand_in(klass, "carla", klass.values("right"), "My note.")
    dora = hand_in(klass, "dora", None, time=FIRST_TIME)
    (dora / "answers.json").write_text('{"schema": 1, "case": "the-half')
    change_notebook(dora, lambda notebook: carry(notebook, make_record(klass.values("right"))))
    return klass


@pytest.fixture(scope="module")
def undisturbed(waiting: Class, tmp_path_factory: pytest.TempPathFactory) -> Class:
    klass = copy_of(waiting, tmp_path_factory.mktemp("undisturbed") / "course")
    grade(klass)
    return klass


def fail_for(victim: str, error: BaseException) -> None:
    """Have this process fail when a result of one student is to be written."""
    prepared = autograde.files.prepared

    @contextmanager
    def failing(path: Path, *arguments: Any, **settings: Any) -> Iterator[Callable[[], object]]:
        if path.parent.parent.name == victim:
            raise error
        with prepared(path, *arguments, **settings) as put_in_place:
            yield put_in_place

    autograde.files.prepared = failing


@pytest.mark.parametrize("by", ["autograde", "grade"])
@pytest.mark.parametrize("victim", ["ben", "carla"])
def test_a_full_disk_is_told_in_a_sentence_and_the_run_goes_on(
    waiting: Class, undisturbed: Class, tmp_path: Path, by: str, victim: str
) -> None:
    klass = copy_of(waiting, tmp_path / "course")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    log = grade(klass, by=by, meddle=partial(fail_for, victim, full), expect=1)
    assert f"{victim} cannot be graded: A file could not be read or written (No space left on device)" in log
    assert "Traceback" not in log
    if victim == "carla":
        assert not (klass.root / "autograded" / "carla").exists()
    assert rows(klass).get(victim) == rows(waiting).get(victim)
    assert {name: rows(klass)[name] for name in ("anna", "dora")} == {
        name: rows(undisturbed)[name] for name in ("anna", "dora")
    }
    grade(klass, by=by)
    assert rows(klass) == rows(undisturbed)
    assert results(klass) == results(undisturbed)


def test_a_run_that_is_stopped_says_how_to_go_on_and_goes_on(
    waiting: Class, undisturbed: Class, tmp_path: Path
) -> None:
    klass = copy_of(waiting, tmp_path / "course")
    log = grade(klass, by="grade", meddle=partial(fail_for, "carla", KeyboardInterrupt()), expect=130)
    assert f"What is graded stays graded; go on with: itband grade {CASE}" in log
    assert "Traceback" not in log
    log = grade(klass, by="grade")
    assert "2 graded before" in log
    assert rows(klass) == rows(undisturbed)


def test_the_class_that_was_not_disturbed_is_graded_as_it_should_be(undisturbed: Class) -> None:
    for student in ("anna", "ben", "carla", "dora"):
        assert undisturbed.questions(student) == undisturbed.full()
    assert note_of(undisturbed, "anna") == (None, False)
    assert note_of(undisturbed, "ben") == (GIVEN, True)
    assert note_of(undisturbed, "carla") == (None, True)
    assert "taken from the notebook" in " ".join(standing(undisturbed, "dora").remarks)


def test_no_execute_changes_no_mark(undisturbed: Class, tmp_path: Path) -> None:
    klass = copy_of(undisturbed, tmp_path / "course")
    log = grade(klass, "--no-execute", "--force")
    assert "graded before" not in log
    assert rows(klass) == rows(undisturbed)
    assert results(klass) == results(undisturbed)


# Work handed in again.


def test_new_answers_count_after_feedback_and_a_mark_given_by_hand_stands_and_is_shown_again(
    fresh_class: Class,
) -> None:
    hand_in(fresh_class, "anna", fresh_class.values("wrong"), "My first note.", FIRST_TIME)
    grade(fresh_class)
    give(fresh_class, "anna", GIVEN)
    run(fresh_class, "generate_feedback", CASE)
    first = total_on(fresh_class, "anna")
    assert first == GIVEN

    hand_in(fresh_class, "anna", fresh_class.values("right"), "My second note.", SECOND_TIME)
    log = grade(fresh_class)
    assert "anna: graded" in log
    assert fresh_class.questions("anna") == fresh_class.full()
    assert note_of(fresh_class, "anna") == (GIVEN, True)
    assert "My second note." in result_of(fresh_class, "anna").read_text("utf-8")
    with opened(fresh_class) as gradebook:
        assert gradebook.find_submission(CASE, "anna").timestamp == datetime(2026, 3, 2, 10)

    run(fresh_class, "generate_feedback", CASE, "--force")
    assert total_on(fresh_class, "anna") == GIVEN + sum(fresh_class.full().values())
    assert "My second note." in fresh_class.feedback("anna")


def total_on(klass: Class, student: str) -> float:
    """Return the points on the feedback page, by the summary: questions and marked notes."""
    soup = BeautifulSoup(klass.feedback(student), "html.parser")
    summary = soup.find("th", string="Outcome").find_parent("table")
    shares = [row.find_all("td")[-1].get_text(" ", strip=True) for row in summary.select("tbody tr")]
    return sum(float(share.split(" of ")[0]) for share in shares)


def test_a_newer_hand_in_that_cannot_be_graded_leaves_the_former_result_and_both_are_told(fresh_class: Class) -> None:
    hand_in(fresh_class, "anna", fresh_class.values("right"), "My note.", FIRST_TIME)
    grade(fresh_class)
    give(fresh_class, "anna", GIVEN)
    before = rows(fresh_class), results(fresh_class)

    folder = hand_in(fresh_class, "anna", None, time=SECOND_TIME)
    (folder / "answers.json").write_text("{")
    hand_in(fresh_class, "ben", fresh_class.values("right"))
    log = grade(fresh_class, expect=1)
    assert "anna cannot be graded: «answers.json» is damaged" in log
    assert "a former result still stands" in log
    assert "Traceback" not in log
    assert fresh_class.questions("ben") == fresh_class.full()
    assert {"anna": rows(fresh_class)["anna"]} == before[0]
    assert {name: file for name, file in results(fresh_class).items() if "/anna/" in name} == before[1]
    told = standing(fresh_class, "anna")
    assert told.status == "graded with remarks"
    assert "Handed in again since" in " ".join(told.remarks)
    assert "damaged" in " ".join(told.remarks)


def test_other_answers_without_a_time_of_submission_are_not_passed_over_as_graded(fresh_class: Class) -> None:
    hand_in(fresh_class, "anna", fresh_class.values("wrong"))
    grade(fresh_class)
    hand_in(fresh_class, "anna", fresh_class.values("right"))
    log = grade(fresh_class)
    assert "anna: graded before" not in log
    assert fresh_class.questions("anna") == fresh_class.full()


def test_an_answers_file_copied_from_one_graded_before_is_reported(fresh_class: Class) -> None:
    lent = hand_in(fresh_class, "anna", fresh_class.values("right"))
    grade(fresh_class)
    shutil.copytree(lent, fresh_class.folder("ben"))
    log = grade(fresh_class)
    assert "ben: These answers come from the same answers file as those of «anna»" in log
    assert "«anna»" in " ".join(standing(fresh_class, "ben").remarks)


# Code in a case. Each piece leaves a mark before it does what it is for, and does only a little of that, should it run.

ATTACKS = {
    "loops": "import time\nfor _ in range(20):\n    time.sleep(0.1)",
    "forks": "import os\nif os.fork() == 0:\n    os._exit(0)",
    "allocates": "hoard = [bytes(1_000_000) for _ in range(200)]",
    "exits": "import os\nos._exit(0)",
    "deletes": "import pathlib\npathlib.Path({victim!r}).unlink()",
    "reads-the-bank": "import pathlib\npathlib.Path({mark!r}).write_text(pathlib.Path({bank!r}).read_text())",
    "opens-a-socket": "import socket\nsocket.create_server(('127.0.0.1', 0)).close()",
    "patches-the-grader": (
        "import itband_course.grading.scoring as scoring\nscoring.Result.earned = property(lambda self: 99.0)"
    ),
    "writes-the-gradebook": (
        "import sqlite3\nsqlite3.connect({gradebook!r}).execute('UPDATE grade SET auto_score = 99')"
    ),
    "differs-when-validated": "import os\nif 'NBGRADER_VALIDATING' not in os.environ:\n    raise SystemExit(1)",
    "shell": "!touch {mark}\n%system touch {mark}",
    "magic": "%%bash\ntouch {mark}",
}


def test_no_code_in_a_submitted_case_is_run_and_it_changes_no_mark(fresh_class: Class) -> None:
    root = fresh_class.root
    victim = root / "not-to-be-deleted"
    victim.write_text("x")
    for name, attack in ATTACKS.items():
        folder = fresh_class.hand_in(name, fresh_class.values("right"), "My note.")
        mark = root / f"ran-{name}"
        filled = attack.format(
            mark=str(mark),
            victim=str(victim),
            bank=str(root / "bank" / "ober.toml"),
            gradebook=str(root / "gradebook.db"),
        )
        leaves_mark = "" if name in ("shell", "magic") else f"open({str(mark)!r}, 'a').close()\n"
        change_notebook(folder, partial(arm, code=leaves_mark + filled))
    log = grade(fresh_class)
    assert "Traceback" not in log
    assert [path.name for path in root.glob("ran-*")] == []
    assert victim.exists()
    for name in ATTACKS:
        assert fresh_class.questions(name) == fresh_class.full(), name
        assert note_of(fresh_class, name) == (None, True)


def arm(notebook: dict[str, Any], code: str) -> None:
    """Put code into every place of a notebook from which a grader could run it."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = code
    for place, name in ((0, "first"), (len(notebook["cells"]) + 1, "last")):
        cell = {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None, "source": code}
        notebook["cells"].insert(place, cell)
    notebook["metadata"]["kernelspec"] = {"name": "evil", "display_name": "Evil", "language": "python"}


# Classes with nothing to grade, and a gradebook that is not to be had.


def test_a_class_in_which_everything_is_broken_ends_with_a_sentence_for_each_and_no_mark(fresh_class: Class) -> None:
    right = fresh_class.values("right")
    (fresh_class.hand_in("damaged") / "answers.json").write_text("{")
    newer = fresh_class.hand_in("newer", right) / "answers.json"
    newer.write_text(newer.read_text().replace('"schema": 1', '"schema": 9'))
    renamed = fresh_class.hand_in("renamed", right)
    shutil.copy(renamed / f"{CASE}.ipynb", renamed / "one.ipynb")
    (renamed / f"{CASE}.ipynb").rename(renamed / "two.ipynb")
    fresh_class.folder("linked").parent.mkdir()
    fresh_class.folder("linked").symlink_to(renamed)
    fresh_class.folder("file").parent.mkdir()
    fresh_class.folder("file").write_text("x")

    log = grade(fresh_class, expect=1)
    for student in ("damaged", "newer", "renamed", "linked", "file"):
        assert f"{student} cannot be graded: " in log
        assert standing(fresh_class, student).status == "not graded"
    assert "Not graded, for the reasons above: «damaged», «file», «linked», «newer», «renamed»" in log
    assert "Traceback" not in log
    assert rows(fresh_class) == {}
    assert not list((fresh_class.root / "autograded").rglob("*.ipynb"))


def test_a_class_without_any_notebook_is_refused_in_a_sentence_and_left_as_it_is(fresh_class: Class) -> None:
    folder = fresh_class.hand_in("anna", fresh_class.values("right"))
    kept = (folder / f"{CASE}.ipynb").read_bytes()
    (folder / f"{CASE}.ipynb").unlink()
    before = {path: path.read_bytes() for path in fresh_class.root.rglob("*") if path.is_file()}
    log = grade(fresh_class, expect=1)
    assert "No notebooks were matched" in log
    assert "Traceback" not in log
    assert {path: path.read_bytes() for path in fresh_class.root.rglob("*") if path.is_file()} == before
    assert rows(fresh_class) == {}

    (folder / f"{CASE}.ipynb").write_bytes(kept)
    grade(fresh_class)
    assert fresh_class.questions("anna") == fresh_class.full()


def impatient() -> None:
    """Wait for a lock for a moment only; nbgrader waits for five seconds, each time."""
    connect = sqlite3.dbapi2.connect
    sqlite3.dbapi2.connect = lambda *arguments, **settings: connect(*arguments, **settings | {"timeout": 0.2})


def lock_while_at(victim: str) -> None:
    """Have somebody else write to the gradebook for as long as this process is at the work of one student."""
    impatient()
    row = autograde.CaseRun._row

    def locked(self: Any, casebook: Any, released: Any, folder: Path) -> Any:
        if folder.parent.name != victim:
            return row(self, casebook, released, folder)
        other = sqlite3.connect("gradebook.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            return row(self, casebook, released, folder)
        finally:
            other.close()

    autograde.CaseRun._row = locked


@pytest.mark.parametrize("by", ["autograde", "grade"])
@pytest.mark.parametrize("victim", ["ben", "carla"])
def test_a_gradebook_that_is_locked_for_a_while_costs_only_that_while(
    waiting: Class, undisturbed: Class, tmp_path: Path, by: str, victim: str
) -> None:
    klass = copy_of(waiting, tmp_path / "course")
    log = grade(klass, by=by, meddle=partial(lock_while_at, victim), expect=1)
    assert re.search(rf"{victim} cannot be graded: The gradebook could not be written \(.*database is locked\)", log)
    assert "Traceback" not in log
    others = {"anna", "ben", "carla", "dora"} - {victim}
    assert {name: rows(klass)[name] for name in others} == {name: rows(undisturbed)[name] for name in others}
    assert rows(klass).get(victim) == rows(waiting).get(victim)
    grade(klass, by=by)
    assert rows(klass) == rows(undisturbed)
    assert results(klass) == results(undisturbed)


@pytest.mark.parametrize(("lock", "by"), [("EXCLUSIVE", "autograde"), ("EXCLUSIVE", "grade"), ("IMMEDIATE", "grade")])
def test_a_locked_gradebook_is_told_in_a_sentence_and_costs_no_work(fresh_class: Class, lock: str, by: str) -> None:
    hand_in(fresh_class, "anna", fresh_class.values("wrong"), "My first note.", FIRST_TIME)
    grade(fresh_class)
    give(fresh_class, "anna", GIVEN)
    before = rows(fresh_class), results(fresh_class)
    hand_in(fresh_class, "anna", fresh_class.values("right"), "My second note.", SECOND_TIME)
    hand_in(fresh_class, "ben", fresh_class.values("right"))
    other = sqlite3.connect(fresh_class.root / "gradebook.db", isolation_level=None)
    try:
        other.execute(f"BEGIN {lock}")
        log = grade(fresh_class, by=by, meddle=impatient, expect=1)
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert "Traceback" not in log
    assert "gradebook" in log.lower()
    assert "database is locked" in log
    assert "again" in log
    assert (rows(fresh_class), results(fresh_class)) == before

    grade(fresh_class)
    for student in ("anna", "ben"):
        assert fresh_class.questions(student) == fresh_class.full()
    assert note_of(fresh_class, "anna") == (GIVEN, True)


def test_a_student_whom_the_gradebook_does_not_know_is_told_in_a_sentence_and_not_added(fresh_class: Class) -> None:
    for student in ("anna", "ben"):
        hand_in(fresh_class, student, fresh_class.values("right"))
    with opened(fresh_class) as gradebook:
        gradebook.add_student("anna")
    log = grade(fresh_class, "--Autograde.create_student=False", expect=1)
    assert "ben cannot be graded: The gradebook does not know this student" in log
    assert "Traceback" not in log
    assert fresh_class.questions("anna") == fresh_class.full()
    assert not (fresh_class.root / "autograded" / "ben").exists()
    with opened(fresh_class) as gradebook:
        with pytest.raises(MissingEntry):
            gradebook.find_student("ben")
        gradebook.add_student("ben")
    grade(fresh_class, "--Autograde.create_student=False")
    assert fresh_class.questions("ben") == fresh_class.full()
