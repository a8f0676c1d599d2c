"""A class of fifty is graded, the grader is killed, and run again: everything is as if nothing had happened."""

import json
import os
import random
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from course_kit import CASE, start
from course_tools import Class, carry, change_notebook, make_record
from runs import (
    FIRST_TIME,
    GIVEN,
    SECOND_TIME,
    copy_of,
    give,
    grade,
    hand_in,
    opened,
    results,
    rows,
)

from itband_course.grading import autograde
from itband_course.grading.status import Standing, class_status

STUDENTS = [f"student-{number:02}" for number in range(1, 51)]
AGAIN, BEFORE, TIMED, UNTIMED, DAMAGED = (STUDENTS[start::5] for start in range(5))
"""Handed in again after grading; graded and unchanged; new, with a time; new, without; new, with a damaged file."""
SAID = "Look at the second visit."
RANDOM_KILLS = 100
SOAK = os.environ.get("ITBAND_SOAK") == "1"


@pytest.fixture(scope="module")
def waiting(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The class of fifty before the run: a fifth of it is graded, another has handed in again since."""
    root = tmp_path_factory.mktemp("waiting") / "course"
    shutil.copytree(released_course, root)
    klass = Class(root)
    right, wrong = klass.values("right"), klass.values("wrong")
    hand_in_alike(klass, AGAIN + BEFORE, wrong, "My first note.", FIRST_TIME)
    grade(klass)
    for student in AGAIN + BEFORE:
        give(klass, student, GIVEN)
        comment(klass, student)
    hand_in_alike(klass, AGAIN, right, "My second note.", SECOND_TIME)
    hand_in_alike(klass, TIMED, right, "My note.", FIRST_TIME)
    hand_in_alike(klass, UNTIMED, right, "My note.", None)
    for folder in hand_in_alike(klass, DAMAGED, None, None, FIRST_TIME):
        (folder / "answers.json").write_text('{"schema": 1, "case": "the-half')
        change_notebook(folder, lambda notebook: carry(notebook, make_record(right)))
    return klass


def hand_in_alike(
    klass: Class, students: list[str], values: dict[str, Any] | None, note: str | None, time: str | None
) -> list[Path]:
    """Hand in the same for several students; the report calls them twins, before a kill and after it."""
    first = hand_in(klass, students[0], values, note, time)
    for student in students[1:]:
        shutil.rmtree(klass.folder(student), ignore_errors=True)
        shutil.copytree(first, klass.folder(student))
    return [klass.folder(student) for student in students]


def comment(klass: Class, student: str) -> None:
    """Write a comment to the note, as formgrader does."""
    with opened(klass) as gradebook:
        found = gradebook.find_submission_notebook(CASE, CASE, student).comments
        found[-1].manual_comment = SAID
        gradebook.db.commit()


@pytest.fixture(scope="module")
def undisturbed(waiting: Class, tmp_path_factory: pytest.TempPathFactory) -> "Graded":
    klass = copy_of(waiting, tmp_path_factory.mktemp("undisturbed") / "course")
    return Graded(klass, grade(klass))


class Graded:
    """What a run left behind."""

    def __init__(self, klass: Class, log: str) -> None:
        self.log = log
        self.rows, self.results = rows(klass), results(klass)
        with opened(klass) as gradebook:
            self.standings: list[Standing] = class_status(klass.course, CASE, gradebook)


@pytest.fixture(scope="module")
def former(waiting: Class) -> Graded:
    return Graded(waiting, "")


def test_the_class_that_was_not_disturbed_is_graded_as_it_should_be(undisturbed: Graded) -> None:
    assert sorted(undisturbed.rows) == STUDENTS
    assert told(undisturbed.log, "graded before") == set(BEFORE)
    for student, row in undisturbed.rows.items():
        earned = [mark for mark, by_hand, waits in row["grades"].values() if mark is not None]
        assert sum(earned) > 0 if student not in BEFORE else sum(earned) == 0, student
        given = [by_hand for _, by_hand, _ in row["grades"].values() if by_hand is not None]
        said = [by_hand for _, by_hand, _ in row["comments"].values() if by_hand is not None]
        assert (given, said) == (([GIVEN], [SAID]) if student in AGAIN + BEFORE else ([], []))


def told(log: str, status: str) -> set[str]:
    return set(re.findall(rf"(student-\d\d): {status}$", log, re.MULTILINE))


def check_stopped(klass: Class, former: Graded, undisturbed: Graded) -> set[str]:
    """Check what a killed run left, and return whose new result stands."""
    present = rows(klass)
    files = results(klass, whole=False)
    for student in STUDENTS:
        assert present.get(student) in (former.rows.get(student), undisturbed.rows[student]), "never a part of each"
    done = set()
    for name, file in undisturbed.results.items():
        student = name.split("/")[1]
        assert files.get(name) in (former.results.get(name), file), f"{name} is the former one or the new one, whole"
        if name.endswith(".ipynb") and files.get(name) == file:
            assert present[student] == undisturbed.rows[student], f"{name} stands without its marks"
            done.add(student)
    return done


def check_mended(klass: Class, log: str, done: set[str], undisturbed: Graded) -> None:
    """Check that a run after a kill has graded what was open, and only that."""
    assert "Traceback" not in log
    assert told(log, "graded before") == done, "nothing is graded twice"
    after = Graded(klass, log)
    assert after.rows == undisturbed.rows
    assert after.results == undisturbed.results
    assert after.standings == undisturbed.standings


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

    def watched_prepared(suffix: str, first: bool = True) -> Callable[..., Any]:
        @contextmanager
        def watching(path: Path, *arguments: Any, **settings: Any) -> Iterator[Callable[[], object]]:
            with prepared(path, *arguments, **settings) as put_in_place:
                yield watched(put_in_place, first) if path.name.endswith(suffix) else put_in_place

        return watching

    @contextmanager
    def dying(path: Path, *arguments: Any, **settings: Any) -> Iterator[Callable[[], object]]:
        with prepared(path, *arguments, **settings) as put_in_place:
            if path.parent.parent.name == victim:
                die()
            yield put_in_place

    run = autograde.CaseRun
    places: dict[str, tuple[Any, str, Any]] = {
        "as its turn comes": (autograde, "check_folder", watched(autograde.check_folder, first=True)),
        "after taking in": (autograde, "take_in", watched(autograde.take_in, first=False)),
        "after scoring": (autograde, "score_record", watched(autograde.score_record, first=False)),
        "with one file written beside its place": (autograde.files, "prepared", dying),
        "before the commit": (autograde.Casebook, "enter", watched(autograde.Casebook.enter, first=False)),
        "after the commit": (autograde.files, "prepared", watched_prepared("")),
        "between its files and the notebook": (autograde.files, "prepared", watched_prepared(".ipynb")),
        "with everything in its place": (autograde.files, "prepared", watched_prepared(".ipynb", first=False)),
        "as it is told of": (run, "_say", watched(run._say, first=False)),
        "before the class is told of twins": (run, "_tell_of_twins", watched(run._tell_of_twins, first=True)),
    }
    place, name, instead = places[moment]
    setattr(place, name, instead)


MOMENTS = [
    ("as its turn comes", UNTIMED[4]),
    ("after taking in", AGAIN[5]),
    ("after scoring", DAMAGED[5]),
    ("with one file written beside its place", TIMED[5]),
    ("before the commit", AGAIN[4]),
    ("before the commit", UNTIMED[5]),
    ("after the commit", AGAIN[6]),
    ("after the commit", DAMAGED[4]),
    ("between its files and the notebook", AGAIN[5]),
    ("between its files and the notebook", UNTIMED[6]),
    ("with everything in its place", AGAIN[4]),
    ("as it is told of", TIMED[4]),
    ("before the class is told of twins", STUDENTS[-1]),
]
NEAR_THE_COMMIT = ("before the commit", "after the commit")
"""Where `itband grade`, which runs the same loop, is killed in `make test` too; elsewhere in `make soak`."""
KILLS = [
    (moment, victim, by)
    for by in ("autograde", "grade")
    for moment, victim in MOMENTS
    if SOAK or by == "autograde" or moment in NEAR_THE_COMMIT
]


@pytest.mark.parametrize(("moment", "victim", "by"), KILLS)
def test_a_second_run_mends_what_a_killed_one_left_and_grades_nothing_twice(  # noqa: PLR0917
    waiting: Class, former: Graded, undisturbed: Graded, tmp_path: Path, moment: str, victim: str, by: str
) -> None:
    klass = copy_of(waiting, tmp_path / "course")
    grade(klass, by=by, meddle=partial(kill_at, moment, victim), expect=-signal.SIGKILL)
    done = check_stopped(klass, former, undisturbed)
    assert done - {victim} == set(BEFORE) | {student for student in STUDENTS if student < victim} - {victim}
    check_mended(klass, grade(klass, by=by), done, undisturbed)


@pytest.mark.skipif(not SOAK, reason="make soak")
@pytest.mark.parametrize("by", ["autograde", "grade"])
def test_a_run_may_be_killed_at_any_moment(
    waiting: Class, former: Graded, undisturbed: Graded, tmp_path: Path, by: str
) -> None:
    seed = int(os.environ.get("ITBAND_SEED") or random.SystemRandom().randrange(10**6))
    print(f"{by}: seed {seed}, {RANDOM_KILLS} kills; to repeat them: ITBAND_SEED={seed}")
    chance = random.Random(f"{seed} {by}")
    counts: dict[int, int] = {}
    for number in range(RANDOM_KILLS):
        klass = copy_of(waiting, tmp_path / f"course-{number}")
        printed = (tmp_path / f"out-{number}", tmp_path / f"errors-{number}")
        process = start(klass.root, ("itband" if by == "grade" else "nbgrader", by, CASE), printed)
        # So many students it may tell of, and a moment more, however fast the machine is just now.
        told_of, moment = chance.randrange(len(STUDENTS)), chance.uniform(0, 0.03)
        while process.is_alive() and printed[1].read_bytes().count(b": graded") < told_of:
            time.sleep(0.001)
        process.join(moment)
        process.kill()
        process.join()
        done = check_stopped(klass, former, undisturbed)
        counts[len(done)] = counts.get(len(done), 0) + 1
        check_mended(klass, grade(klass, by=by), done, undisturbed)
        shutil.rmtree(klass.root)
    print(f"{by}: new results that stood after a kill, and how often: {json.dumps(dict(sorted(counts.items())))}")
