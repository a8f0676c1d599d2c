"""What has to be run alone: stopped runs, work handed in again, code in a case, classes with nothing to grade.

The real nbgrader runs in processes of its own, forked from one that has it loaded, since its start takes longer than a
class. A process may be meddled with before it starts: to be killed at a moment, or to wait less for a lock.
"""

import errno
import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from course_kit import CASE
from course_tools import Class, carry, change_notebook, make_record
from nbgrader.api import Gradebook, MissingEntry

from itband_course.cli import main
from itband_course.grading import autograde
from itband_course.grading.status import Standing, class_status

SOAP = "soap-half-marathon"
GIVEN = 5.0
"""What a person gave for a note."""
FIRST_TIME, SECOND_TIME = "2026-03-01 10:00:00.000000 UTC", "2026-03-02 10:00:00.000000 UTC"
SECONDS = 60

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["nbgrader.apps.nbgraderapp", "itband_course.grading.exporters", "pytest"])


@pytest.fixture(scope="module", autouse=True)
def no_process_stays() -> Iterator[None]:
    """End the process that the others are forked from; nothing public does."""
    yield
    forkserver._forkserver._stop()
    resource_tracker._resource_tracker._stop()


def run(klass: Class, *arguments: str, meddle: Callable[[], None] | None = None, expect: int = 0) -> str:
    """Run an nbgrader command in the course folder, check how it ends, and return what it printed."""
    log = klass.root.with_name(f"{klass.root.name}.log")
    process = PROCESSES.Process(target=command, args=(klass.root, arguments, log, meddle))
    process.start()
    process.join(SECONDS)
    hangs = process.is_alive()
    if hangs:
        process.kill()
        process.join()
    said = log.read_text("utf-8", "replace")
    assert not hangs, f"nbgrader {' '.join(arguments)} does not end:\n{said[-6000:]}"
    assert process.exitcode == expect, f"nbgrader {' '.join(arguments)} ended with {process.exitcode}:\n{said[-6000:]}"
    return said


def command(root: Path, arguments: tuple[str, ...], log: Path, meddle: Callable[[], None] | None) -> None:
    """Be a command of nbgrader or of the course, as started from a new terminal."""
    from nbgrader.apps.nbgraderapp import NbGraderApp

    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    for name in [name for name in os.environ if name.startswith(("NBGRADER", "JPY_"))]:
        del os.environ[name]
    os.chdir(root)
    if meddle is not None:
        meddle()
    if arguments[0] == "grade":
        sys.exit(main(list(arguments)))
    NbGraderApp.launch_instance(list(arguments))


def grade(
    klass: Class, *arguments: str, by: str = "autograde", meddle: Callable[[], None] | None = None, expect: int = 0
) -> str:
    """Grade with nbgrader's `autograde`, or with the course's own `grade`."""
    return run(klass, by, CASE, *arguments, meddle=meddle, expect=expect)


@contextmanager
def opened(klass: Class) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{klass.root / 'gradebook.db'}") as gradebook:
        yield gradebook


def hand_in(
    klass: Class, student: str, values: dict[str, Any] | None, note: str | None = None, time: str | None = None
) -> Path:
    """Hand in, in place of whatever was handed in before."""
    shutil.rmtree(klass.folder(student), ignore_errors=True)
    folder = klass.hand_in(student, values, note)
    if time is not None:
        (folder / "timestamp.txt").write_text(time)
    return folder


def give(klass: Class, student: str, points: float) -> None:
    """Mark a note as formgrader does."""
    with opened(klass) as gradebook:
        grade = gradebook.find_grade(SOAP, CASE, CASE, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def note_of(klass: Class, student: str) -> tuple[float | None, bool]:
    """Return what a person gave for the note, and whether it is to be looked at."""
    with opened(klass) as gradebook:
        grade = gradebook.find_grade(SOAP, CASE, CASE, student)
        return grade.manual_score, grade.needs_manual_grade


def standing(klass: Class, student: str) -> Standing:
    with opened(klass) as gradebook:
        return next(row for row in class_status(klass.course, CASE, gradebook) if row.student == student)


def result_of(klass: Class, student: str) -> Path:
    return klass.root / "autograded" / student / CASE / f"{CASE}.ipynb"


def rows(klass: Class) -> dict[str, Any]:
    """Return all that the gradebook holds of each submission."""
    with opened(klass) as gradebook:
        return {
            submission.student_id: {
                "time": submission.timestamp,
                "penalty": submission.late_submission_penalty,
                "grades": {
                    grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    for grade in submission.notebooks[0].grades
                },
                "comments": {
                    comment.name: (comment.auto_comment, comment.manual_comment)
                    for comment in submission.notebooks[0].comments
                },
            }
            for submission in gradebook.find_assignment(CASE).submissions
        }


def results(klass: Class) -> dict[str, tuple[int, Any]]:
    """Return mode and content of each autograded file, without the moment at which it was scored."""
    found = {}
    for path in sorted((klass.root / "autograded").rglob("*")):
        if path.is_file():
            content: Any = path.read_bytes()
            if path.suffix == ".ipynb":
                content = json.loads(content)
                del content["metadata"]["itband"]["scored"]
            found[str(path.relative_to(klass.root))] = (path.stat().st_mode & 0o777, content)
    return found


def copy_of(klass: Class, target: Path) -> Class:
    shutil.copytree(klass.root, target, symlinks=True)
    return Class(target)


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


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(moment: str, victim: str) -> None:
    """Have this process killed at a moment of the work on one student."""
    present = {"student": ""}
    row = autograde.CaseRun._row

    def noted(self: Any, casebook: Any, released: Any, folder: Path) -> Any:
        present["student"] = folder.parent.name
        return row(self, casebook, released, folder)

    autograde.CaseRun._row = noted

    def watched(function: Callable[..., Any], first: bool) -> Callable[..., Any]:
        def watching(*arguments: Any, **settings: Any) -> Any:
            if first and present["student"] == victim:
                die()
            made = function(*arguments, **settings)
            if present["student"] == victim:
                die()
            return made

        return watching

    prepared = autograde.files.prepared

    def watched_prepared(suffix: str) -> Callable[..., Any]:
        @contextmanager
        def watching(path: Path, *arguments: Any, **settings: Any) -> Iterator[Callable[[], object]]:
            with prepared(path, *arguments, **settings) as put_in_place:
                yield watched(put_in_place, first=True) if path.name.endswith(suffix) else put_in_place

        return watching

    places: dict[str, tuple[Any, str, Any]] = {
        "as its turn comes": (autograde, "check_folder", watched(autograde.check_folder, first=True)),
        "after taking in": (autograde, "take_in", watched(autograde.take_in, first=False)),
        "before the commit": (autograde.Casebook, "enter", watched(autograde.Casebook.enter, first=False)),
        "after the commit": (autograde.files, "prepared", watched_prepared("")),
        "between its files and the notebook": (autograde.files, "prepared", watched_prepared(".ipynb")),
    }
    place, name, instead = places[moment]
    setattr(place, name, instead)


@pytest.mark.parametrize("by", ["autograde", "grade"])
@pytest.mark.parametrize(
    "when",
    [
        ("as its turn comes", "carla"),
        ("after taking in", "ben"),
        ("before the commit", "ben"),
        ("before the commit", "carla"),
        ("after the commit", "ben"),
        ("after the commit", "carla"),
        ("between its files and the notebook", "ben"),
        ("between its files and the notebook", "carla"),
    ],
    ids=", ".join,
)
def test_a_second_run_mends_what_a_killed_one_left_and_no_former_result_is_lost(
    waiting: Class, undisturbed: Class, tmp_path: Path, when: tuple[str, str], by: str
) -> None:
    klass = copy_of(waiting, tmp_path / "course")
    grade(klass, by=by, meddle=partial(kill_at, *when), expect=-signal.SIGKILL)
    former, new = rows(waiting)["ben"]["grades"], rows(undisturbed)["ben"]["grades"]
    assert rows(klass)["ben"]["grades"] in (former, new), "never a part of each"
    assert note_of(klass, "ben")[0] == GIVEN
    assert result_of(klass, "ben").read_text("utf-8").endswith("}")
    assert "dora" not in rows(klass)

    log = grade(klass, by=by)
    assert "Traceback" not in log
    assert rows(klass) == rows(undisturbed)
    assert results(klass) == results(undisturbed)
    assert [standing(klass, name) for name in rows(klass)] == [standing(undisturbed, name) for name in rows(klass)]


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
    shares = [row.find_all("td")[-1].get_text(" ", strip=True) for row in soup.select("tbody tr")]
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


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_locked_gradebook_is_told_in_a_sentence_and_costs_no_work(fresh_class: Class, lock: str) -> None:
    hand_in(fresh_class, "anna", fresh_class.values("wrong"), "My first note.", FIRST_TIME)
    grade(fresh_class)
    give(fresh_class, "anna", GIVEN)
    before = rows(fresh_class), results(fresh_class)
    hand_in(fresh_class, "anna", fresh_class.values("right"), "My second note.", SECOND_TIME)
    hand_in(fresh_class, "ben", fresh_class.values("right"))
    other = sqlite3.connect(fresh_class.root / "gradebook.db", isolation_level=None)
    try:
        other.execute(f"BEGIN {lock}")
        log = grade(fresh_class, meddle=impatient, expect=1)
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
