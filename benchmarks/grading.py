"""How long it takes to grade a class: stock nbgrader with a kernel for each submission, beside this course's ways.

All ways grade the same submissions of the first case, to the same marks: where they differ, the benchmark stops. A run
is one command in a process of its own, from its start to its end, on a copy of the course whose gradebook knows no
submission. Stock nbgrader's cells score by the course's own rules: see `tests/course/stock_course.py`.

    python benchmarks/grading.py                         200 students, 3 rounds, every way in turn
    python benchmarks/grading.py --students 5 --rounds 1
    python benchmarks/grading.py --scale 10,100,1000     how time and memory grow with the class; without stock
"""

import argparse
import json
import math
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE / "tests"), str(HERE / "tests" / "course")]

import msgspec  # noqa: E402
from course_kit import CASE, copy_course, nbgrader  # noqa: E402
from stock_course import copy_submissions, make_stock  # noqa: E402

from itband_course.answers import ANSWERS_FILE, MIME, Answer, Closing, Record, bundle, empty, encode, only  # noqa: E402
from itband_course.asking import NOT_ANSWERED, hand_in_shown  # noqa: E402
from itband_course.grading import simulate  # noqa: E402
from itband_course.grading.course import Course  # noqa: E402
from itband_course.questions import CaseQuestions, describe  # noqa: E402

STOCK, OWN = "stock", "own"
"""The two course folders."""
AUTOGRADE = ["-m", "nbgrader", "autograde", CASE]
WAYS: dict[str, tuple[str, list[str]]] = {
    "stock": (STOCK, AUTOGRADE),
    "plain": (OWN, AUTOGRADE),
    "itband grade": (OWN, ["-m", "itband_course.cli", "grade", CASE]),
}
"""Each way of grading: the course folder that it works in, and what this Python is started with there."""

STUDENTS, ROUNDS = 200, 3
"""What figures to be cited are measured with, at least."""
SHARES = {"right": 0.55, "partly": 0.2, "wrong": 0.2, "open": 0.05}
HANDED_IN = datetime(2026, 3, 1, 8)
SEEN = ("nbgrader", "nbconvert", "nbclient", "nbformat", "jupyter_client", "ipykernel", "sqlalchemy", "msgspec")
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10
"""What the system counts the peak of memory in: bytes on a Mac, elsewhere kilobytes."""
SAYS_AGAIN = 15
"""Seconds between two lines on a run that takes long."""
LAUNCH = """
import json, os, sys, time
core, command = int(sys.argv[1]), sys.argv[2:]
if core >= 0:
    os.sched_setaffinity(0, {core})
start = time.perf_counter()
child = os.fork()
if not child:
    os.dup2(2, 1)
    os.execv(command[0], command)
_, status, used = os.wait4(child, 0)
seconds = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""Starts a command, pinned, and measures it.

Linux counts what a process had before it became another program into the peak of that program. So this benchmark, which
has nbgrader loaded, must not start what it measures itself.
"""

Marks = dict[tuple[str, str], float | None]


@dataclass(frozen=True)
class Run:
    """One measured run.

    Parameters
    ----------
    seconds : float
        By the clock.
    cpu : float
        Seconds of processor time, with those of all kernels.
    peak : float
        Memory of the largest single process, in MB.
    marks : dict
        The automatic mark of each student's cells.
    """

    seconds: float
    cpu: float
    peak: float
    marks: Marks


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how long it takes to grade a class.")
    parser.add_argument("--students", type=int, default=STUDENTS, help=f"default: {STUDENTS}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default: {ROUNDS}")
    parser.add_argument("--ways", default=",".join(WAYS), help=f"default: {','.join(WAYS)}")
    parser.add_argument("--scale", metavar="SIZES", help="such as 10,100,1000: classes of these sizes, without stock")
    chosen = parser.parse_args()
    ways = chosen.ways.split(",")
    sizes = sorted({1, *map(int, chosen.scale.split(","))}) if chosen.scale else [chosen.students]
    if not set(ways) <= set(WAYS) or sizes[0] < 1 or chosen.rounds < 1:
        parser.error(f"ways are {', '.join(WAYS)}; of students and rounds there is at least one")
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        students = make_class(top, sizes[-1], with_stock=not chosen.scale and "stock" in ways)
        if chosen.scale:
            for way in ways:
                if way != "stock":
                    scale(top, way, students, sizes, chosen.rounds)
        else:
            compare(top, ways, students, chosen.rounds)


def compare(top: Path, ways: list[str], students: list[str], rounds: int) -> None:
    """Time each way in each round, and print them beside stock nbgrader."""
    runs: dict[str, list[Run]] = {way: [] for way in ways}
    for number in range(rounds):
        # Every other round backwards, so that none always follows the same one.
        for way in ways if number % 2 == 0 else ways[::-1]:
            runs[way].append(grade(top, way, students, f"{way}, round {number + 1} of {rounds}"))
    for way in ways[1:]:
        if runs[way][0].marks != runs[ways[0]][0].marks:
            sys.exit(f"{ways[0]} and {way} do not give the same marks: these figures would compare different work.")
    print(f"\n{len(students)} submissions of {CASE}, rounds: {rounds}{label(len(students), rounds)}")
    print("way     median s  ms a submission  processor s  peak MB  of stock (range over rounds)")
    for way in ways:
        seconds = statistics.median(run.seconds for run in runs[way])
        print(
            f"{way:7} {seconds:8.2f}  {seconds * 1000 / len(students):15.1f}  "
            f"{statistics.median(run.cpu for run in runs[way]):11.2f}  {max(run.peak for run in runs[way]):7.0f}"
            f"  {beside(runs[way], runs['stock']) if 'stock' in runs else '-'}"
        )
    if "stock" in runs:
        cpu = {way: statistics.median(run.cpu for run in runs[way]) for way in ways}
        shares = [f"{way} 1 in {cpu['stock'] / cpu[way]:.1f}" for way in ways if way != "stock"]
        print(f"In processor seconds, of stock: {', '.join(shares) or '-'}")
    print(
        "\nSeconds are from the start of the command to its end, with imports. Processor seconds include kernels. Peak "
        "MB\nis that of the largest single process; stock has a kernel beside it."
    )


def beside(runs: list[Run], stock: list[Run]) -> str:
    """Return the ratio of the medians, and the smallest and largest ratio of a round."""
    ratio = statistics.median(run.seconds for run in runs) / statistics.median(run.seconds for run in stock)
    ratios = [run.seconds / other.seconds for run, other in zip(runs, stock, strict=True)]
    return f"{ratio:.4f} ({min(ratios):.4f} to {max(ratios):.4f}), 1 in {1 / ratio:.1f}"


def label(students: int, rounds: int) -> str:
    """Return a remark on figures that are too few to be cited."""
    return "" if students >= STUDENTS and rounds >= ROUNDS else "  (SMALL: to look at, not to cite)"


def scale(top: Path, way: str, students: list[str], sizes: list[int], rounds: int) -> None:
    """Time one way over classes of several sizes, and print how time and memory grow."""
    runs: dict[int, list[Run]] = {size: [] for size in sizes}
    for number in range(rounds):
        for size in sizes:
            name = f"{way}, {size} students, round {number + 1} of {rounds}"
            runs[size].append(grade(top, way, students[:size], name))
    medians = {size: statistics.median(run.seconds for run in runs[size]) for size in sizes}
    print(f"\n{way}, submissions of {CASE}, rounds: {rounds}{label(STUDENTS, rounds)}")
    print("students  median s  ms for each after the first  processor s  peak MB")
    for size in sizes:
        further = f"{(medians[size] - medians[1]) * 1000 / (size - 1):.1f}" if size > 1 else "-"
        print(
            f"{size:8} {medians[size]:9.2f}  {further:>27}  {statistics.median(run.cpu for run in runs[size]):11.2f}  "
            f"{max(run.peak for run in runs[size]):7.0f}"
        )
    cpu = {size: statistics.median(run.cpu for run in runs[size]) for size in sizes}
    print(f"Time exponent: {exponent(medians)}; of processor seconds: {exponent(cpu)}")
    print(
        "It is the least-squares slope of log(t(n) - t(1)) over log(n - 1), t being the median seconds: t(1), measured "
        "with\none submission, is start, imports and that one. 1 means that each further submission costs the same."
    )


def exponent(medians: Mapping[int, float]) -> str:
    """Return the time exponent as a figure, or why there is none."""
    points = [
        (math.log(size - 1), math.log(seconds - medians[1]))
        for size, seconds in medians.items()
        if size > 2 and seconds > medians[1]
    ]
    if len(points) < 2:
        return "none, it takes two sizes above 2 that take longer than one submission"
    return f"{statistics.linear_regression(*zip(*points, strict=True)).slope:.2f}"


# Grading.


def grade(top: Path, way: str, students: list[str], name: str) -> Run:
    """Grade some students in one way, on a fresh copy of its course, and say what was measured."""
    folder, arguments = WAYS[way]
    root = top / "run"
    shutil.copytree(top / folder, root)
    copy_submissions(top / "class", root, students)
    if hasattr(os, "sync"):
        os.sync()
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("NBGRADER", "JPY_"))}
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', '')}"
    launch = [sys.executable, "-I", "-S", "-c", LAUNCH, str(core()), sys.executable, *arguments]
    log = top / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(launch, cwd=root, env=variables, stdout=subprocess.PIPE, stderr=errors)
        while True:
            try:
                printed, _ = process.communicate(timeout=SAYS_AGAIN)
                break
            except subprocess.TimeoutExpired:
                say(f"{name}: {len(list(root.glob('autograded/*')))} of {len(students)} …")
    code, seconds, cpu, peak = json.loads(printed)
    if code:
        sys.exit(f"{name} ended with {code}:\n{log.read_text('utf-8', 'replace')[-6000:]}")
    run = Run(seconds, cpu, peak / MEGABYTE, marks_in(root / "gradebook.db"))
    if {student for student, _ in run.marks} != set(students):
        sys.exit(f"{name} did not grade every student.")
    shutil.rmtree(root)
    say(f"{name}: {seconds:.2f} s")
    return run


def core() -> int:
    """Return the core that everything measured runs on, -1 where a process cannot be pinned."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else -1


def marks_in(gradebook: Path) -> Marks:
    connection = sqlite3.connect(gradebook)
    rows = connection.execute(
        """SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score FROM grade
        JOIN base_cell ON grade.cell_id = base_cell.id
        JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id"""
    ).fetchall()
    connection.close()
    return {(student, cell): score for student, cell, score in rows}


# The class.


def make_class(top: Path, count: int, with_stock: bool) -> list[str]:
    """Make the course folders, without submissions, and a class that has handed in; return its names.

    One notebook is run and saved; the others are that one with another student's answers, note, seed and time in it.
    """
    say("Releasing the case …")
    own = copy_course(top / OWN)
    nbgrader(own, "generate_assignment", CASE)
    if with_stock:
        make_stock(own, top / STOCK)
    course = Course.at(own)
    questions = course.released(CASE)[1]
    ran = top / "ran"
    shutil.copytree(own / "release" / CASE, ran)
    simulate.record(ran, CASE, simulate.values_for(course, CASE, "right"), close=True)
    simulate.write_note(ran, CASE)
    simulate.run_all(ran, CASE)
    # Only what a student hands in of it, less what is the student's own.
    (ran / ANSWERS_FILE).unlink()
    (ran / f".{ANSWERS_FILE}.lock").unlink(missing_ok=True)
    notebook = (ran / f"{CASE}.ipynb").read_text("utf-8")
    students = [f"student-{number:05}" for number in range(1, count + 1)]
    for number, student in enumerate(students, start=1):
        if number % 250 == 0:
            say(f"Handing in: {number} of {count} …")
        folder = top / "class" / "submitted" / student / CASE
        shutil.copytree(ran, folder)
        record = record_of(questions, simulate.mixed_values(course, CASE, SHARES, number), number)
        (folder / ANSWERS_FILE).write_bytes(encode(record))
        written = json.loads(notebook)
        personalise(written, questions, record, student)
        (folder / f"{CASE}.ipynb").write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", "utf-8")
        time = HANDED_IN + timedelta(minutes=number)
        (folder / "timestamp.txt").write_text(f"{time:%Y-%m-%d %H:%M:%S.%f} UTC", "utf-8")
    return students


def record_of(questions: CaseQuestions, values: Mapping[str, Any], number: int) -> Record:
    """Return the record of a student who answers in the order of the notebook and closes each stage."""
    sure = simulate.mixed_confidence(values, number)
    revision = 0
    answers: dict[str, Answer] = {}
    closed: dict[str, Closing] = {}
    last = {stage.questions[-1]: stage for stage in questions.stages}
    for question in questions.questions:
        if question.id in values:
            revision += 1
            answers[question.id] = Answer(
                revision, when(revision), questions.version, values[question.id], sure[question.id]
            )
        if question.id in last:
            revision += 1
            stage = last[question.id]
            closed[stage.id] = Closing(revision, when(revision), stage.questions)
    return msgspec.structs.replace(empty(CASE), seed=number, revision=revision, answers=answers, closed=closed)


def when(revision: int) -> str:
    return (HANDED_IN - timedelta(hours=1) + timedelta(minutes=revision)).strftime("%Y-%m-%dT%H:%M:%SZ")


def personalise(notebook: dict[str, Any], questions: CaseQuestions, record: Record, student: str) -> None:
    """Put a record into all outputs of a saved notebook that carry one, and a note of the student's own."""
    for cell in notebook["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        if name in {note.id for note in questions.notes}:
            cell["source"] = f"{simulate.NOTE_TEXT}\n{student}"
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                output["data"] = carried(output["data"], questions, record, name)


def carried(before: dict[str, Any], questions: CaseQuestions, record: Record, name: str) -> dict[str, Any]:
    """Return what the output of a cell carries for a record: a question's, a closed stage's or the receipt."""
    question = questions.find(name)
    if question is not None:
        if name not in record.answers:
            return {"text/plain": NOT_ANSWERED}
        text = f"Recorded: {describe(question, record.value(name))}"
        return {"text/plain": text, MIME: bundle(only(record, name))}
    if not before[MIME]["answers"]:
        return before | {MIME: bundle(msgspec.structs.replace(record, answers={}, late={}))}
    return hand_in_shown(questions, record) | {MIME: bundle(record)}


# What is printed.


def machine() -> str:
    """Return a few lines on the machine, how busy it is, and the versions of what is measured."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    versions = ", ".join(f"{name} {version(name)}" for name in ("itband-course", *SEEN))
    pinned = f"everything measured runs on core {core()}" if core() >= 0 else "nothing is pinned to a core"
    return (
        f"{processor()}, {cores} cores, {memory:.0f} GB; {platform.platform()}; load {busy}; {pinned}\n"
        f"Python {platform.python_version()}, {versions}"
    )


def processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
