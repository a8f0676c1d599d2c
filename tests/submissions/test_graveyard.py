"""A whole class of hostile and broken submissions, graded by the plain command and by formgrader's button alike.

The class is built and graded twice, once for each way. Every grave says by itself what is right.
"""

import fnmatch
import hashlib
import html
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import answer_files
import folders
import nbformat
import psutil
import pytest
from course_kit import CASE, forked, itband, nbgrader
from graveyard import Grave, Plot
from nbgrader.api import Grade, Gradebook, GradeCell, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select

import notebooks
from itband_course.grading import report
from itband_course.grading.course import Course

LISTS = (notebooks, answer_files, folders)
LIGHT: list[Grave] = [grave for each in LISTS for grave in each.GRAVES]
HEAVY: list[Grave] = [grave for each in LISTS for grave in getattr(each, "HEAVY", [])]
HONEST = [
    Grave("a-first-right", "The first of the class is honest, and right.", lambda plot: plot.answer("right"), "full"),
    Grave("m-middle-wrong", "One in the middle is honest, and wrong.", lambda plot: plot.answer("wrong"), "zero"),
    Grave(
        "z-last-right",
        "The last of the class is honest, right, and wrote a note.",
        lambda plot: plot.answer("right", note="**S** My note."),
        "full",
        note="waiting",
    ),
]
GRAVES = [*HONEST, *LIGHT, *(HEAVY if os.environ.get("ITBAND_SOAK") else [])]
OF_THE_CLASS = "same answers file"
"""Part of a sentence that compares students: who grades one at a time reads it in the report alone."""
MADE_BY_GRADING = ("autograded", "feedback", "gradebook.db*")
ROW = re.compile(r": (graded|graded with remarks|graded before)| (cannot be graded): .*")
# What formgrader does where its button is pressed for one student after the other, in one process as its server is.
BUTTON = """
import json, sys
sys.modules["rfc3987_syntax"] = None
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
app = NbGrader()
app.load_config_file()
api = NbGraderAPI(config=app.config)
api.log.setLevel("INFO")
case, left_out = json.load(sys.stdin)
students = sorted(api.get_submitted_students(case) - set(left_out))
told = {student: api.autograde(case, student, force=True, create=True) for student in students}
listed = [row["student"] for row in api.get_submissions(case)]
json.dump([told, listed], sys.stdout)
"""


@dataclass
class Run:
    """What one way of grading made of the class.

    Parameters
    ----------
    way : str
        ``command``, ``button``, or ``again`` for `itband grade` after the command.
    root : Path
        The course folder.
    logs : dict of str to str
        What was printed, by student; by the command it is the same for all.
    marks : dict of str to dict
        Automatic mark and whether a person has to mark, by student and cell, as they stood after this run.
    submitted : set of str
        Students who had a row of submission then.
    page : str
        The class report, once `report` has made it.
    """

    way: str
    root: Path
    logs: dict[str, str]
    marks: dict[str, dict[str, tuple[float | None, bool]]] = field(default_factory=dict)
    submitted: set[str] = field(default_factory=set)
    page: str = ""

    def __post_init__(self) -> None:
        columns = (SubmittedAssignment.student_id, GradeCell.name, Grade.auto_score, Grade.needs_manual_grade)
        rows = (
            select(*columns)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(GradeCell, GradeCell.id == Grade.cell_id)
        )
        with Gradebook(self.db_url) as gradebook:
            self.submitted = set(gradebook.db.scalars(select(SubmittedAssignment.student_id)))
            for student, name, mark, waits in gradebook.db.execute(rows):
                self.marks.setdefault(student, {})[name] = (mark, bool(waits))

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    @cached_property
    def full(self) -> dict[str, float]:
        return {question.id: question.points for question in Course.at(self.root).released(CASE)[1].questions}

    def lines(self, student: str) -> list[str]:
        """Return what was said of a student, without what nbgrader puts before each line and without the name."""
        shown = printable(student)
        starts = (f"{shown}: ", f"{shown} cannot be graded: ")
        return [line.removeprefix(shown) for line in messages(self.logs.get(student, "")) if line.startswith(starts)]

    def rows(self, student: str) -> list[str]:
        """Return what became of a student, once for each time that it is said."""
        return [found[1] or found[2] for line in self.lines(student) if (found := ROW.fullmatch(line))]

    def sentences(self, student: str) -> list[str]:
        """Return what else is told of a student."""
        return [line for line in self.lines(student) if not (found := ROW.fullmatch(line)) or found[2]]

    def reaches_the_grader(self, grave: Grave) -> bool:
        """Whether nbgrader lets us have our turn.

        A hidden folder is nobody's. Pressed for one student who has no notebook at all, its button ends the run before,
        with a sentence of its own. For a file or a name of two lines there is no button. Of a name it strips white
        space, and if it is a pattern it grades whom the pattern matches.
        """
        if grave.who.startswith("."):
            return False
        if self.way != "button":
            return True
        is_itself = not set("*?[") & set(grave.who) and grave.who == grave.who.strip()
        return grave.who in self.logs and is_itself and self.has_notebook(grave)

    def has_notebook(self, grave: Grave) -> bool:
        folder = self.root / "submitted" / grave.who / CASE
        return any(not path.name.startswith(".") for path in folder.glob("*.ipynb"))

    def report(self) -> dict[str, report.Student] | Exception:
        """Return the rows of the class report, or why there is none."""
        try:
            results = report.collect(Course.at(self.root), CASE, self.db_url)
            self.page = report.report_page(Course.at(self.root), results, datetime(2026, 3, 7))
        except Exception as fault:
            return fault
        return {student.id: student for student in results.students}


@dataclass
class Yard:
    """The class graded in every way, what was there before, and what can be made of it afterwards."""

    pages: Path
    runs: dict[str, Run] = field(default_factory=dict)
    before: dict[Path, dict[str, Any]] = field(default_factory=dict)
    reports: dict[str, dict[str, report.Student] | Exception] = field(default_factory=dict)
    feedback: str = ""
    listed: set[str] = field(default_factory=set)

    def reported(self, way: str, grave: Grave) -> report.Student:
        rows = self.reports[way]
        if isinstance(rows, Exception):
            pytest.fail(f"There is no report: {rows!r}")
        return rows[grave.who]


@pytest.fixture(scope="module")
def yard(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Yard:
    base = tmp_path_factory.mktemp("graveyard")
    made = Yard(pages=base / "feedback" / "course" / "feedback")

    def type_commands() -> None:
        root = bury(released_course, base / "command" / "course")
        made.before[root] = snapshot(root.parent)
        autograde(root, "command", lambda: forked(root, "nbgrader", "autograde", CASE))
        # What feedback is made of is copied away, to be at work on it while the class is graded again.
        shutil.copytree(root, made.pages.parent, ignore=shutil.ignore_patterns("submitted"))
        together(lambda: autograde(root, "again", lambda: itband(root, "grade", CASE, "--force")), write_feedback)

    def autograde(root: Path, way: str, run: Callable[[], subprocess.CompletedProcess[str]]) -> None:
        done = run()
        assert done.returncode == int(any(grave.marks is None for grave in GRAVES)), done.stderr[-6000:]
        made.runs[way] = Run(way, root, dict.fromkeys(names(), done.stdout + done.stderr))
        if way == "again":
            made.reports[way] = made.runs[way].report()

    def write_feedback() -> None:
        made.feedback = nbgrader(made.pages.parent, "generate_feedback", CASE).stderr

    def press_buttons() -> None:
        root = bury(released_course, base / "button" / "course")
        made.before[root] = snapshot(root.parent)
        told, listed = press(root)
        made.listed = set(listed)
        made.runs["button"] = Run("button", root, {who: said.get("log", "") for who, said in told.items()})
        made.reports["button"] = made.runs["button"].report()

    together(type_commands, press_buttons)
    return made


def printable(name: str) -> str:
    """Return a name as it stands on one line of a log or a page."""
    return "".join(character if character.isprintable() else "�" for character in name)


def names() -> list[str]:
    return [grave.who for grave in GRAVES]


@cache
def messages(log: str) -> list[str]:
    """Return the lines of a log without what nbgrader puts before each."""
    return [re.sub(r"^\[[^\]]*\] ", "", line) for line in log.split("\n")]


def bury(released_course: Path, root: Path) -> Path:
    """Build the whole class on a copy of a released course, beside a folder that is none of its business."""
    shutil.copytree(released_course, root)
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("none of a course's business")
    course = Course.at(root)
    for grave in GRAVES:
        grave.build(Plot(course, grave.who))
    return root


def press(root: Path) -> Any:
    """Press formgrader's button wherever it shows one; return what it says, and the students of its page."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("NBGRADER", "JPY_"))}
    done = subprocess.run(
        [sys.executable, "-c", BUTTON],
        cwd=root,
        env=variables,
        # A name that is «*» means a run over the whole class, which the command has made already.
        input=json.dumps([CASE, ["*"]]),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-6000:]
    return json.loads(done.stdout)


def together(*jobs: Callable[[], None]) -> None:
    """Run jobs side by side, and fail as they do."""
    faults: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def snapshot(folder: Path) -> dict[str, Any]:
    """Return what every file, link and folder is, but for what grading makes; nothing is followed."""
    found: dict[str, Any] = {}
    for path in walk(folder):
        status = path.lstat()
        name = str(path.relative_to(folder))
        found[name] = (stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode))
        if stat.S_ISLNK(status.st_mode):
            found[name] += (str(path.readlink()),)
        elif stat.S_ISREG(status.st_mode):
            with suppress(PermissionError):
                found[name] += (hashlib.sha256(path.read_bytes()).hexdigest(),)
    return found


def walk(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if folder.name == "course" and any(fnmatch.fnmatch(entry.name, pattern) for pattern in MADE_BY_GRADING):
            continue
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path))


def expected(grave: Grave, full: dict[str, float]) -> dict[str, float]:
    if grave.marks == "full":
        return full
    return dict.fromkeys(full, 0.0) | (grave.marks if isinstance(grave.marks, dict) else {})


def of_the_class(grave: Grave) -> bool:
    """Whether what is said of it compares students."""
    return any(OF_THE_CLASS in part for part in grave.says)


def assert_not_graded(run: Run, grave: Grave, here: str) -> None:
    assert grave.who not in run.marks, here
    assert grave.who not in run.submitted, here
    with suppress(OSError):
        assert not (run.root / "autograded" / grave.who / CASE).exists(), here


each_grave = pytest.mark.parametrize("grave", GRAVES, ids=lambda grave: grave.name)


@pytest.mark.parametrize("way", ["command", "button", "again"])
@each_grave
def test_a_grave_gets_its_marks_and_the_instructor_is_told(yard: Yard, grave: Grave, way: str) -> None:
    run = yard.runs[way]
    rows, told = run.rows(grave.who), run.sentences(grave.who)
    here = "\n".join([grave.story, f"Said by the {way}:", *rows, *told])
    assert "Traceback" not in run.logs.get(grave.who, ""), here
    if not run.reaches_the_grader(grave):
        assert_not_graded(run, grave, here)
        if grave.who in run.logs and not run.has_notebook(grave):
            assert "No notebooks were matched" in run.logs[grave.who], here
        return

    if grave.marks is None:
        assert rows == ["cannot be graded"], here
        assert_not_graded(run, grave, here)
    else:
        assert rows == ["graded with remarks" if grave.says and not of_the_class(grave) else "graded"], here
        marks = run.marks.get(grave.who, {})
        by_question = {name: marks.get(name) for name in run.full}
        assert by_question == {name: (points, False) for name, points in expected(grave, run.full).items()}, here
        notes = {mark for name, mark in marks.items() if name not in run.full}
        assert notes == {(None, True) if grave.note == "waiting" else (0.0, False)}, here

    if of_the_class(grave) and way == "button":
        told = yard.reported(way, grave).reasons
    missing = [part for part in grave.says if part not in " ".join(told)]
    # What could not be used may have been put aside by the first run: then the second says so in its own words.
    assert missing == [] or (way == "again" and len(missing) < len(grave.says)), f"{here}\nNot said: {missing}"
    if not grave.says:
        assert told == [], f"{here}\nNothing was to be said."
    assert len(told) <= 12, f"{here}\nNobody reads so many sentences."
    assert all(len(sentence) < 2_000 for sentence in told), f"{here}\nNobody reads so long a sentence."


@pytest.mark.parametrize("way", ["button", "again"])
@each_grave
def test_the_report_knows_who_is_graded_and_what_else_must_be_holds(yard: Yard, grave: Grave, way: str) -> None:
    run = yard.runs[way]
    if grave.marks is None or run.reaches_the_grader(grave):
        try:
            if grave.after is not None:
                grave.after(run.root, grave.who)
        except AssertionError as fault:
            raise AssertionError(f"{grave.story}\n{fault}") from fault
    if not run.reaches_the_grader(grave):
        return
    student = yard.reported(way, grave)
    assert student.status == ("not graded" if grave.marks is None else "graded"), f"{grave.story}\n{student.reasons}"
    if grave.marks is None:
        assert student.marks == {}, grave.story
        assert [part for part in grave.says if part not in " ".join(student.reasons)] == [], grave.story


def test_the_lists_of_graves_are_sound() -> None:
    graves = [*HONEST, *LIGHT, *HEAVY]
    assert len(LIGHT) >= 90
    listed, students = [grave.name for grave in graves], [grave.who for grave in graves]
    assert sorted(name for name in set(listed) if listed.count(name) > 1) == []
    assert sorted(name for name in set(students) if students.count(name) > 1) == []
    assert [grave.story for grave in graves if not grave.story.endswith(".") or ". " in grave.story] == []
    assert [grave.name for grave in graves if (grave.marks is None) != (grave.note == "")] == []
    nobodys = [grave.name for grave in graves if grave.who.startswith(".")]
    assert [grave.name for grave in graves if grave.marks is None and not grave.says] == nobodys


def test_grading_a_class_again_changes_no_mark(yard: Yard) -> None:
    assert yard.runs["again"].marks == yard.runs["command"].marks
    assert yard.runs["again"].submitted == yard.runs["command"].submitted


def test_the_button_gives_the_marks_that_the_command_gives(yard: Yard) -> None:
    command, button = yard.runs["command"], yard.runs["button"]
    not_reached = {grave.who for grave in GRAVES if not button.reaches_the_grader(grave)}
    assert button.marks == {who: marks for who, marks in command.marks.items() if who not in not_reached}


@pytest.mark.parametrize("way", ["command", "again"])
def test_every_submission_has_one_row_and_the_last_lines_count_them(yard: Yard, way: str) -> None:
    run = yard.runs[way]
    handed_in = {path.parent.name for path in (run.root / "submitted").glob(f"[!.]*/{CASE}")}
    assert handed_in == {who for who in names() if not who.startswith(".")}
    rows = {who: run.rows(who) for who in handed_in}
    assert {who: row for who, row in rows.items() if len(row) != 1} == {}
    log = run.logs[HONEST[0].who]
    for status in ("graded", "graded with remarks", "cannot be graded"):
        assert f"{[row[0] for row in rows.values()].count(status)} {status}" in log


@pytest.mark.parametrize("way", ["button", "again"])
def test_nothing_is_changed_but_results_and_marks(yard: Yard, way: str) -> None:
    root = yard.runs[way].root
    before, after = yard.before[root], snapshot(root.parent)
    # A time of submission that cannot be used is renamed, so that nbgrader's pages do not fail over it.
    for name in set(after) - set(before):
        as_it_was = re.sub(r"/timestamp\.unusable-\d+\.txt$", "/timestamp.txt", name)
        if name.startswith("course/submitted/") and as_it_was not in after:
            after[as_it_was] = after.pop(name)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert {name: (before.get(name), after.get(name)) for name in changed} == {}


@pytest.mark.parametrize("way", ["button", "again"])
def test_an_autograded_folder_holds_what_is_of_the_case_and_nothing_else(yard: Yard, way: str) -> None:
    root = yard.runs[way].root
    of_the_case = {path.name for path in (root / "release" / CASE).iterdir()}
    graded = list((root / "autograded").glob(f"*/{CASE}"))
    assert {folder.parent.name for folder in graded} == yard.runs[way].submitted
    for folder in graded:
        assert {path.name for path in folder.iterdir()} - {"timestamp.txt"} == of_the_case, folder.parent.name
        assert all(stat.S_ISREG(path.lstat().st_mode) for path in folder.iterdir()), folder.parent.name


def no_number(name: str) -> None:
    pytest.fail(f"{name} is no JSON")


@pytest.mark.parametrize("way", ["button", "again"])
def test_every_autograded_notebook_is_valid_and_of_a_usual_size(yard: Yard, way: str) -> None:
    for path in (yard.runs[way].root / "autograded").glob(f"*/{CASE}/{CASE}.ipynb"):
        nbformat.validate(json.loads(path.read_text("utf-8"), parse_constant=no_number))
        assert path.stat().st_size < 1_000_000, path


def test_feedback_is_made_for_all_who_are_graded_and_loads_nothing(yard: Yard) -> None:
    pages = {path.parent.parent.name: path for path in yard.pages.glob(f"*/{CASE}/{CASE}.html")}
    assert set(pages) == yard.runs["command"].submitted
    assert "Traceback" not in yard.feedback
    for page in pages.values():
        content = page.read_text("utf-8")
        assert not re.search(r"<(script|iframe|object|embed|link|svg)\b", content), page
        assert not re.search(r"<\w[^>]*\s(src|href)=[\"']?(?!data:image/|https://doi\.org/|#)[^\"']", content), page


@pytest.mark.parametrize("way", ["button", "again"])
def test_the_report_names_everybody(yard: Yard, way: str) -> None:
    assert not isinstance(yard.reports[way], Exception), repr(yard.reports[way])
    page = html.unescape(yard.runs[way].page)
    assert [who for who in names() if not who.startswith(".") and printable(who) not in page] == []


def test_formgrader_shows_everybody_who_is_graded(yard: Yard) -> None:
    assert {grave.who for grave in GRAVES if grave.marks is not None} - yard.listed == set()


def test_no_process_is_left_behind(yard: Yard) -> None:
    # What grades a class works in its folder, and the browser of other tests does not.
    places = [str(run.root.parent) for run in yard.runs.values()]
    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(place in " ".join([process.cwd(), *process.cmdline()]) for place in places):
                left.append(process.cmdline())
    assert left == []
