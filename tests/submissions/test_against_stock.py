"""Ten planted attacks, each carried out against stock nbgrader and against this course; the results are printed.

The same class hands in to both, and the same commands follow. Stock nbgrader has its own configuration and an ordinary
assignment: three questions of the case, whose answers are read by locked cells with hidden tests, and a note.
"""

import csv
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from course_kit import CASE, REPOSITORY, forked, nbgrader
from course_tools import Class, change_notebook
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from itband_course.grading import nbgrader_command, simulate

ADA, BEA, CY, DEE = "ada", "bea", "cy", "dee"
"""Honest, and all right. What happens to each of them is another's doing, or bad luck."""
FORMULA = "=1+cmd|'C'!A0"
TIME, LATER = "2024-03-01 10:00:00.000000 UTC", "2024-03-02 10:00:00.000000 UTC"
KEY = "bank/ober.toml"
CANARY = re.findall(r"itband-canary-[0-9a-f-]+", (REPOSITORY / KEY).read_text("utf-8"))[0]
"""Stands in the file with the key, and is never shown to a student."""
SCRIPT = "window.taken=1"
NOTE = f"**S** Sore knee. <script>{SCRIPT}</script> <img src=x onerror='{SCRIPT}'>"

# The stock assignment: three of the case's questions, as one asks them without this course.
RIGHT = """distance_rise = 73
pill_and_legs = "note-ask-again"
stage_signs = {"evening-rest-pain", "walking-pain", "faint-warmth", "slight-puffiness"}"""
WRONG = """distance_rise = 42
pill_and_legs = "no-legs"
stage_signs = {"stairs-pain"}"""
HIDDEN_TESTS = {
    "distance-rise": (1, "assert 70 <= distance_rise <= 75"),
    "pill-and-legs": (1, 'assert pill_and_legs == "note-ask-again"'),
    "stage-signs": (
        3,
        'signs = {"evening-rest-pain", "walking-pain", "faint-warmth", "slight-puffiness"}\n'
        "max(0, 3 * (len(signs & stage_signs) - len(stage_signs - signs)) / len(signs))",
    ),
}

SWITCH_OFF_TESTS = 'get_ipython().input_transformers_post.append(lambda lines: ["pass"])'
PRINT_THE_KEY = "print(open({key!r}).read())"
TAKE_A_CLASSMATES_MARKS = """import sqlite3
with sqlite3.connect({gradebook!r}) as gradebook:
    gradebook.execute('''UPDATE grade SET manual_score = 0 WHERE notebook_id IN (
        SELECT submitted_notebook.id FROM submitted_notebook
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        WHERE submitted_assignment.student_id = {student!r})''')"""

KILLED_IN = """import os, sys
sys.modules["rfc3987_syntax"] = None
from {module} import {kind}
goes_on = {kind}.{method}
def is_killed(self, *arguments):
    if {student!r} in str(arguments):
        os.kill(os.getpid(), 9)
    return goes_on(self, *arguments)
{kind}.{method} = is_killed
"""
"""Kills nbgrader, as the lack of power or of memory does, in a method that is about to deal with one student."""


@dataclass
class Side:
    """A course folder with its exchange, how its students answer, and what became of them.

    Parameters
    ----------
    root : Path
        The course folder.
    full : float
        Points for all questions together, without the note.
    answer : callable
        Writes ``right`` or ``wrong`` answers into a student's folder.
    killed_in : tuple of str
        Module, class and method that stand between a written result and its marks.
    students : set of str
        Who has handed in.
    collected : set of str
        Whose work was collected while a folder with a malformed name lay in the exchange.
    rows : dict of str to dict
        What was exported, by student.
    """

    root: Path
    full: float
    answer: Callable[[Path, str], None]
    killed_in: tuple[str, str, str]
    students: set[str] = field(default_factory=set)
    collected: set[str] = field(default_factory=set)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def inbound(self) -> Path:
        return self.root.parent / "exchange" / "itband" / "inbound"

    def hand_in(self, student: str, wanted: str = "right", time: str = TIME) -> Path:
        """Make a folder in the exchange as `nbgrader submit` does, and return it."""
        self.students.add(student)
        folder = self.inbound / f"{student}+{CASE}+{time}+{next(self.numbers):012}"
        shutil.copytree(self.root / "release" / CASE, folder)
        (folder / "timestamp.txt").write_text(time)
        self.answer(folder, wanted)
        return folder

    def run(self, *arguments: str) -> None:
        """Run a plain nbgrader command; whether it succeeds is not asked, but what it did."""
        forked(self.root, "nbgrader", *arguments)

    def score(self, student: str) -> float | None:
        """Return a student's exported points, None if there is no number."""
        written = self.rows[student]["score"]
        return float(written) if written else None


@dataclass(frozen=True)
class Seen:
    """What an attack came to.

    Parameters
    ----------
    succeeded : bool
        Whether it did what it was made for.
    words : str
        What was seen, in a few words.
    """

    succeeded: bool
    words: str

    def __str__(self) -> str:
        return f"{'SUCCEEDS' if self.succeeded else 'fails'}: {self.words}"


# What each attack came to, read from the folders and files that its side has made.


def points(side: Side, student: str, is_success: Callable[[float | None], bool]) -> Seen:
    """Return what came of an attack that is after a student's points."""
    score = side.score(student)
    said = "no points" if score is None else f"{score:g} of {side.full:g} points"
    return Seen(is_success(score), said)


def wrong_answers_earn(side: Side) -> Seen:
    return points(side, "switcher", lambda score: score != 0)


def marks_are_taken(side: Side) -> Seen:
    return points(side, BEA, lambda score: score != side.full)


def work_is_replaced(side: Side) -> Seen:
    return points(side, ADA, lambda score: score != side.full)


def killed_run_is_a_zero(side: Side) -> Seen:
    return points(side, CY, lambda score: score == 0)


def damaged_file_is_a_zero(side: Side) -> Seen:
    return points(side, DEE, lambda score: score == 0)


def class_is_not_collected(side: Side) -> Seen:
    there, all_of_them = len(side.collected & side.students), len(side.students)
    return Seen(there < all_of_them, f"{there} of {all_of_them} students collected")


def key_is_given(side: Side, student: str) -> Seen:
    files = sorted(path for path in (side.root / "feedback" / student).rglob("*") if path.is_file())
    assert f"{CASE}.html" in {path.name for path in files}
    names = [path.name for path in files if CANARY.encode() in path.read_bytes()]
    return Seen(bool(names), f"the key is in {names[0]}" if names else "no key in their feedback")


def key_is_printed(side: Side) -> Seen:
    return key_is_given(side, "printer")


def key_is_linked(side: Side) -> Seen:
    return key_is_given(side, "linker")


def note_is_active(side: Side) -> Seen:
    exporter = HTMLExporter(
        config=Config(HTMLExporter={"template_name": "formgrade", "extra_template_basedirs": [handlers.template_path]})
    )
    shown = {"index": 0, "total": 1, "base_url": "", "assignment_id": CASE, "notebook_id": CASE, "student": "writer"}
    page, _ = exporter.from_filename(str(side.root / "autograded/writer" / CASE / f"{CASE}.ipynb"), resources=shown)
    assert "Sore knee." in page
    tags = [tag for tag in BeautifulSoup(page, "html.parser").find_all() if is_active(tag)]
    names = ", ".join(f"<{tag.name}>" for tag in tags)
    return Seen(bool(tags), f"{names} in the page" if tags else "only text in the page")


def is_active(tag: Any) -> bool:
    handled = [value for name, value in tag.attrs.items() if name.startswith("on")]
    return any(SCRIPT in text for text in [*handled, tag.get_text() if tag.name == "script" else ""])


def name_is_a_formula(side: Side) -> Seen:
    (name,) = (name for name in side.rows if FORMULA in name)
    return Seen(name.startswith("="), f"the cell begins with {name[:2]}")


ATTACKS: dict[str, Callable[[Side], Seen]] = {
    "Wrong answers, and a cell that switches the tests off": wrong_answers_earn,
    "A cell sets a classmate's marks to 0 in the gradebook": marks_are_taken,
    "A folder in a classmate's name, with wrong answers": work_is_replaced,
    "Right answers, graded again after grading was killed": killed_run_is_a_zero,
    "Right answers, and half a notebook file": damaged_file_is_a_zero,
    "A folder in the exchange with no time in its name": class_is_not_collected,
    "A cell prints the instructor's key": key_is_printed,
    "A link to the instructor's key, called page.html": key_is_linked,
    "A script in the note, for formgrader": note_is_active,
    "A student's name that is a formula, in grades.csv": name_is_a_formula,
}


def stock_side(top: Path, released_course: Path) -> Side:
    """Return a course as nbgrader's own manual has it, released."""
    root = top / "course"
    (root / "source" / CASE).mkdir(parents=True)
    (root / KEY).parent.mkdir()
    shutil.copy(REPOSITORY / KEY, root / KEY)
    write_config(root, "c = get_config()\nc.CourseDirectory.course_id = 'itband'\n")
    nbformat.write(stock_master(), root / "source" / CASE / f"{CASE}.ipynb")
    # Making a gradebook takes nbgrader seconds: this one is made, and knows no assignment.
    shutil.copy(released_course / "gradebook.db", root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.remove_assignment(CASE)
    nbgrader(root, "generate_assignment", CASE)

    def answer(folder: Path, wanted: str) -> None:
        def write(notebook: dict[str, Any]) -> None:
            notebook["cells"][1]["source"] = RIGHT if wanted == "right" else WRONG

        change_notebook(folder, write)

    full = sum(points for points, _ in HIDDEN_TESTS.values())
    return Side(root, full, answer, ("nbgrader.preprocessors", "Execute", "preprocess"))


def stock_master() -> Any:
    cells = [
        new_markdown_cell("# The half-marathon", id="title"),
        marked(new_code_cell(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION", id="answers"), solution=True),
    ]
    for name, (points, tests) in HIDDEN_TESTS.items():
        source = f"### BEGIN HIDDEN TESTS\n{tests}\n### END HIDDEN TESTS"
        cells.append(marked(new_code_cell(source, id=name), grade=True, locked=True, points=points))
    cells.append(marked(new_markdown_cell("Your note", id="note"), grade=True, solution=True, points=8))
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return notebook


def marked(cell: Any, **marks: Any) -> Any:
    """Give a cell nbgrader's own marks."""
    plain = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    cell.metadata["nbgrader"] = plain | {"grade_id": cell.id} | marks
    return cell


def own_side(top: Path, released_course: Path) -> Side:
    """Return this course, released."""
    root = top / "course"
    shutil.copytree(released_course, root)
    config = (root / "nbgrader_config.py").read_text("utf-8")
    write_config(root, config)
    klass = Class(root)

    def answer(folder: Path, wanted: str) -> None:
        simulate.record(folder, CASE, klass.values(wanted))

    return Side(root, sum(klass.full().values()), answer, ("itband_course.grading.casebook", "Casebook", "enter"))


def write_config(root: Path, config: str) -> None:
    exchange = root.parent / "exchange"
    (exchange / "itband" / "inbound").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(f"{config}\nc.Exchange.root = {str(exchange)!r}\n", "utf-8")


def run_the_term(side: Side) -> Side:
    """Let a class with all ten attackers hand in; then collect, grade, give feedback and export."""
    plant(side)
    # All students are one user here, who is none of them.
    collect = ("collect", CASE, "--ExchangeCollect.check_owner=False")
    malformed = side.inbound / f"nobody+{CASE}+soon+x"
    malformed.mkdir()
    side.run(*collect)
    side.collected = {path.parent.name for path in side.root.glob(f"submitted/*/{CASE}")}
    malformed.rmdir()
    if side.collected != side.students:
        side.run(*collect)
    side.hand_in(ADA, "wrong", LATER)
    side.run("collect", CASE, "--update")

    grade_until_killed(side)
    side.run("autograde", CASE)
    side.run("generate_feedback", CASE)
    side.run("export")
    with (side.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        side.rows = {row["student_id"]: row for row in csv.DictReader(file)}
    return side


def plant(side: Side) -> None:
    """Fill the exchange with the work of the honest and of the others."""
    for student in (ADA, BEA, CY, FORMULA):
        side.hand_in(student)
    notebook = side.hand_in(DEE) / f"{CASE}.ipynb"
    content = notebook.read_bytes()
    notebook.write_bytes(content[: len(content) // 2])
    put_code(side.hand_in("switcher", "wrong"), SWITCH_OFF_TESTS)
    put_code(side.hand_in("printer"), PRINT_THE_KEY.format(key=str(side.root / KEY)))
    gradebook = str(side.root / "gradebook.db")
    put_code(side.hand_in("rewriter"), TAKE_A_CLASSMATES_MARKS.format(gradebook=gradebook, student=BEA))
    (side.hand_in("linker") / "page.html").symlink_to(side.root / KEY)
    simulate.write_note(side.hand_in("writer"), CASE, NOTE)


def put_code(folder: Path, code: str) -> None:
    """Put a code cell of the student's own before all others."""
    cell = {
        "cell_type": "code",
        "id": "own-code",
        "metadata": {},
        "source": code,
        "outputs": [],
        "execution_count": None,
    }
    change_notebook(folder, lambda notebook: notebook["cells"].insert(0, cell))


def grade_until_killed(side: Side) -> None:
    """Autograde, and be killed where the marks of one student are about to be made."""
    module, kind, method = side.killed_in
    start = KILLED_IN.format(module=module, kind=kind, method=method, student=CY) + nbgrader_command.START
    done = subprocess.run(
        [sys.executable, "-c", start, "autograde", CASE],
        cwd=side.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=nbgrader_command.SECONDS,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-6000:]


@dataclass(frozen=True)
class Term:
    """The same term on both sides, and what each attack came to."""

    stock: Side
    own: Side
    results: dict[str, tuple[Seen, Seen]]


@pytest.fixture(scope="module")
def term(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Term:
    top = tmp_path_factory.mktemp("against-stock")
    with ThreadPoolExecutor() as pool:
        sides = [
            pool.submit(lambda: run_the_term(stock_side(top / "stock", released_course))),
            pool.submit(lambda: run_the_term(own_side(top / "own", released_course))),
        ]
        stock, own = (side.result() for side in sides)
    return Term(stock, own, {name: (came_to(stock), came_to(own)) for name, came_to in ATTACKS.items()})


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_that_succeeds_against_stock_nbgrader_fails_here(term: Term, attack: str) -> None:
    stock, own = term.results[attack]
    assert stock.succeeded, f"It is no attack: {stock.words}."
    assert not own.succeeded, own.words


@pytest.mark.parametrize("student", ["printer", "rewriter", "linker", "writer"])
def test_right_answers_whose_marks_nobody_is_after_get_full_points_on_both_sides(term: Term, student: str) -> None:
    assert (term.stock.score(student), term.own.score(student)) == (term.stock.full, term.own.full)


def test_here_each_of_the_honest_gets_full_points(term: Term) -> None:
    assert {term.own.score(student) for student in (ADA, BEA, CY, DEE)} == {term.own.full}


def test_what_each_attack_came_to_is_printed(term: Term, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(term.results) == 10
    rows = [("attack", "stock nbgrader", "this course")]
    rows += [(attack, str(stock), str(own)) for attack, (stock, own) in term.results.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    with capsys.disabled():
        print()
        for row in rows:
            print(" · ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def test_no_process_is_left_behind(term: Term) -> None:
    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(term.own.root.parent.parent) in " ".join([process.cwd(), *process.cmdline()]):
                left.append(process.cmdline())
    assert left == []
