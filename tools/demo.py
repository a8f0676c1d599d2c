"""The course's main job, once through: release the cases, have a class of twelve answer one, grade, explain, report.

One of them answers the other cases too. With `--few` it is a class of five, and one further case.

Everything happens in a temporary folder: a course, an exchange, and a folder for each student. The answers of the
simulated students are made from the bank; everything else is nbgrader and itband as instructors and students run them.
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError
from nbgrader.api import Gradebook, MissingEntry

from itband_course.grading import nbgrader_command, report, simulate
from itband_course.grading.course import Course
from itband_course.questions import CaseQuestions, Stage

HERE = Path(__file__).resolve().parent.parent
CASE = "the-half-marathon"
PARTS = ("bank", "source", "course.toml", "nbgrader_config.py")
AFTERWARDS = ("what-if", "closure")
"""Stages that come after the decisions and the plan."""
AT_ONCE = 2
"""How many students work at the same time: each runs a kernel."""
COLUMNS = 108

STUDENTS = {
    "all-right": "everything right",
    "blank": "handed in as fetched: nothing answered, never run",
    "all-wrong": "everything wrong, and sure of it",
    "mixed-1": "mostly right, something of everything",
    "mixed-2": "half right, with partly right answers and gaps",
    "mixed-3": "mostly wrong, with gaps",
    "late": "mostly right, handed in after the due date",
    "notebook-only": "everything right, handed in nothing but the .ipynb",
    "changed-mind": "first wrong, then right",
    "handed-in-twice": "first wrong, then right in a second hand-in, which counts",
    "renamed-file": "everything right, in a notebook that was renamed",
    "stopped-early": "closed the decisions, left the what-if and the note open",
}
FEW = ("all-right", "blank", "late", "changed-mind", "renamed-file")
"""Who takes part with ``--few``."""
MIXTURES = {
    "mixed-1": {"right": 0.7, "partly": 0.1, "wrong": 0.15, "open": 0.05},
    "mixed-2": {"right": 0.4, "partly": 0.25, "wrong": 0.2, "open": 0.15},
    "mixed-3": {"right": 0.15, "partly": 0.15, "wrong": 0.5, "open": 0.2},
    "late": {"right": 0.75, "partly": 0.1, "wrong": 0.15, "open": 0.0},
}
WRITES_THE_FULL_NOTE = ("all-right", "notebook-only", "handed-in-twice", "mixed-1")
FULL_NOTE = """### My note

**S** Maya, runner, outer right knee since 6 days. Walking 2, stairs down 7, evening rest 1. From 22 to 38 km a week in
3 weeks. Screen asked: no alarm; takes the combined pill. Wants the half-marathon in 7 weeks and deep work by Sunday.

**O** Right lateral epicondyle above the joint line: puffy, a little warm, tender 6. Joint line and kneecap free.
Ober, pelvis held: right 6° below horizontal, left 21°, felt at the outer hip.

**A** Consistent with an irritated outer knee after a quick rise in distance. Acute: rest pain, pain in walking, warmth.
Nobody else is needed now.

**P** Outer knee left alone. Gluteals and tensor, thigh muscles away from the knee, re-test, cold with a cloth.
No run on Sunday, flat walks, cold up to 3 times a day. Back sooner for more rest pain, swelling or locking.
"""
THIN_NOTE = """### My note

**S** Sore outer right knee, 6 days, from running.

**O** Tender above the joint line.

**A** Irritated.

**P** Off the knee, see next week.
"""
HAND_MARKED = (
    ("all-right", 7.0, "Clear, and a colleague could go on from it. Say how often she walks."),
    ("changed-mind", 1.5, "Too short to treat by: add readings, the stage with its signs, and what she does at home."),
)


@dataclass(frozen=True)
class Places:
    """The folders of the demonstration."""

    top: Path

    @property
    def course(self) -> Path:
        """The instructor's course folder."""
        return self.top / "course"

    @property
    def exchange(self) -> Path:
        """The exchange of nbgrader, which everybody reads and writes."""
        return self.top / "exchange"

    def desk(self, student: str) -> Path:
        """Where a student works, as on a computer of their own."""
        return self.top / "desks" / student


class Progress:
    """A line with a bar for each step that is done, in plain text."""

    WIDTH = 24

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.done = 0
        self.lock = threading.Lock()

    def step(self, words: str, seconds: float) -> None:
        """Say that a step is done."""
        with self.lock:
            self.done += 1
            filled = self.WIDTH * self.done // self.steps
            bar = "#" * filled + "." * (self.WIDTH - filled)
            print(f"  [{bar}] {self.done:2}/{self.steps}  {words} ({seconds:.0f} s)", flush=True)


IN_EVERY_CASE: dict[str, str | None] = {"all-right": "right"}
"""Who hands in the other cases too, and what they answer there."""
INSTRUCTOR_STEPS = 9
STEPS_AFTER_RELEASE = 3 + len(IN_EVERY_CASE)
STEPS_A_CASE = 2 + STEPS_AFTER_RELEASE
OTHERS = [case for case in Course.at(HERE).cases() if case != CASE]
ANSWERED = list(OTHERS)
"""The other cases that a student hands in; all of them are released."""
PROGRESS = Progress(INSTRUCTOR_STEPS + len(STUDENTS) + STEPS_A_CASE * len(OTHERS))


def main() -> None:
    parser = argparse.ArgumentParser(description="Releases the cases, has a class answer, grades, explains, reports.")
    parser.add_argument("--few", action="store_true", help="five students and one further case: quicker")
    if parser.parse_args().few:
        take_few()
    started = time.monotonic()
    places = Places(Path(tempfile.mkdtemp(prefix="itband-demo-")))
    print(f"Everything happens in {places.top}")
    lay_out(places)

    say("The instructor releases the cases")
    for case in (CASE, *OTHERS):
        instructor(places, "nbgrader", "generate_assignment", case)
        instructor(places, "nbgrader", "release_assignment", case)
    course = Course.at(places.course)

    say(f"{len(STUDENTS)} students fetch one, answer, run the notebook, save it and submit it through the exchange")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for done in as_completed([pool.submit(take_part, places, course, student) for student in STUDENTS]):
                done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    set_due_date(places)
    run("nbgrader", places.desk("late"), "submit", CASE)

    say("The instructor collects, grades, marks two notes by hand, returns feedback, exports and reports")
    instructor(places, "nbgrader", "collect", CASE)
    instructor(places, "nbgrader", "autograde", CASE)
    mark_notes(places)
    instructor(places, "nbgrader", "generate_feedback", CASE)
    instructor(places, "nbgrader", "export")
    instructor(places, "itband", "report", CASE)

    faults = [fault for case in ANSWERED for fault in go_through(places, course, case)]
    results = report.collect(course, CASE, f"sqlite:///{places.course / 'gradebook.db'}")
    print_marks(results)
    print_places(places)
    faults += check_marks(places, results.questions) + check_report(places, results)
    print(f"\nDone in {time.monotonic() - started:.0f} s.")
    if faults:
        sys.exit("\nNot as it must be:\n" + "\n".join(f"  {fault}" for fault in faults))


def take_few() -> None:
    """Leave out students and hand-ins, and no step."""
    left_out = set(STUDENTS) - set(FEW)
    PROGRESS.steps -= len(left_out) + STEPS_AFTER_RELEASE * len(ANSWERED[1:])
    for student in left_out:
        del STUDENTS[student]
    del ANSWERED[1:]


def lay_out(places: Places) -> None:
    """Copy the course, and make the exchange and a folder for each student."""
    where = f"\nc.Exchange.root = {str(places.exchange)!r}\n"
    for folder in (places.course, places.exchange):
        folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (HERE / part).is_dir() else shutil.copy
        copy(HERE / part, places.course / part)
    with (places.course / "nbgrader_config.py").open("a") as config:
        # All students are one user of this machine, which nbgrader would otherwise remark on at each submission.
        config.write(f"{where}c.ExchangeCollect.check_owner = False\n")
    for student in STUDENTS:
        desk = places.desk(student)
        desk.mkdir(parents=True)
        (desk / "nbgrader_config.py").write_text(
            f'c = get_config()\nc.CourseDirectory.course_id = "itband"\nc.CourseDirectory.student_id = {student!r}'
            f"{where}c.Exchange.cache = {str(desk / 'cache')!r}\n"
        )


def go_through(places: Places, course: Course, case: str) -> list[str]:
    """Have a student answer another case, grade and explain it, and return what is wrong with the marks."""
    say(f"One student answers «{case}», and it is graded")
    for student, wanted in IN_EVERY_CASE.items():
        started = time.monotonic()
        desk = places.desk(student)
        run("nbgrader", desk, "fetch_assignment", case)
        if wanted is not None:
            simulate.record(desk / case, case, simulate.values_for(course, case, wanted), "fairly", close=True)
            simulate.run_all(desk / case, case)
        run("nbgrader", desk, "submit", case)
        PROGRESS.step(f"{student}, in {case}", time.monotonic() - started)
    for command in ("collect", "autograde", "generate_feedback"):
        instructor(places, "nbgrader", command, case)
    most = {question.id: question.points for question in course.released(case)[1].questions}
    faults = []
    for student, wanted in IN_EVERY_CASE.items():
        marks = marks_of(places, student, case) or {}
        earned = {name: marks.get(name, (None,))[0] for name in most}
        if earned != (most if wanted == "right" else dict.fromkeys(most, 0.0)):
            faults.append(f"{student}, in {case}: {earned}")
        total = sum(mark for mark in earned.values() if mark is not None)
        print(f"  {student}: {total:g} of {sum(most.values()):g} points for the questions")
    return faults


def take_part(places: Places, course: Course, student: str) -> None:
    """Do all that one student does; the late one submits later."""
    started = time.monotonic()
    desk = places.desk(student)
    folder = desk / CASE
    run("nbgrader", desk, "fetch_assignment", CASE)
    if student == "handed-in-twice":
        simulate.record(folder, CASE, decisions(course, "wrong"), "guessing")
        finish(folder, THIN_NOTE)
        run("nbgrader", desk, "submit", CASE)
    if student != "blank":
        answer(course, folder, student)
    if student == "notebook-only":
        for path in folder.iterdir():
            if path.suffix != ".ipynb":
                path.unlink()
    if student == "renamed-file":
        (folder / f"{CASE}.ipynb").rename(folder / f"{CASE} (1).ipynb")
    if student != "late":
        run("nbgrader", desk, "submit", CASE)
    PROGRESS.step(f"{student}: {STUDENTS[student]}", time.monotonic() - started)


def answer(course: Course, folder: Path, student: str) -> None:
    """Answer, write the note, run the notebook and save it, as one student does."""
    note: str | None = FULL_NOTE if student in WRITES_THE_FULL_NOTE else THIN_NOTE
    if student in MIXTURES:
        seed = list(STUDENTS).index(student)
        values = simulate.mixed_values(course, CASE, MIXTURES[student], seed)
        simulate.record(folder, CASE, values, simulate.mixed_confidence(values, seed), close=True)
    elif student == "all-wrong":
        simulate.record(folder, CASE, simulate.values_for(course, CASE, "wrong"), "sure", close=True)
    elif student == "stopped-early":
        simulate.record(folder, CASE, decisions(course, "right"), "fairly", close=True)
        for stage in before_what_if(course.released(CASE)[1]):
            simulate.close_stage(folder, CASE, stage.id)
        note = None
    else:
        if student == "changed-mind":
            simulate.record(folder, CASE, decisions(course, "wrong"), "guessing")
        simulate.record(folder, CASE, simulate.values_for(course, CASE, "right"), "fairly", close=True)
    finish(folder, note)


def finish(folder: Path, note: str | None) -> None:
    """Write the note, unless it is left open, run the notebook and save it."""
    if note is not None:
        simulate.write_note(folder, CASE, note)
    try:
        simulate.run_all(folder, CASE)
    except CellExecutionError as error:
        sys.exit(f"\nThe notebook in {folder} stopped with an error:\n{error}")


def before_what_if(questions: CaseQuestions) -> list[Stage]:
    """Return the stages that are closed before the what-if opens."""
    return [stage for stage in questions.stages if stage.id not in AFTERWARDS]


def decisions(course: Course, wanted: Any) -> dict[str, Any]:
    """Return the answers to all questions before the what-if."""
    values = simulate.values_for(course, CASE, wanted)
    stages = before_what_if(course.released(CASE)[1])
    return {question_id: values[question_id] for stage in stages for question_id in stage.questions}


def set_due_date(places: Places) -> None:
    """Set the case's due date to this moment, as an instructor does in formgrader."""
    started = time.monotonic()
    with gradebook_of(places) as gradebook:
        gradebook.update_or_create_assignment(CASE, duedate=datetime.now(UTC).replace(tzinfo=None))
    PROGRESS.step("the due date passes", time.monotonic() - started)


def mark_notes(places: Places) -> None:
    """Mark two notes by hand, with what formgrader does when points and a comment are entered."""
    started = time.monotonic()
    with gradebook_of(places) as gradebook:
        (note,) = (
            cell.name for cell in gradebook.find_notebook(CASE, CASE).grade_cells if cell.cell_type == "markdown"
        )
        for student, points, words in HAND_MARKED:
            grade = gradebook.find_grade(note, CASE, CASE, student)
            grade.manual_score = points
            grade.needs_manual_grade = False
            gradebook.find_comment(note, CASE, CASE, student).manual_comment = words
        gradebook.db.commit()
    PROGRESS.step("two notes marked by hand", time.monotonic() - started)


def gradebook_of(places: Places) -> Gradebook:
    """Open the gradebook."""
    return Gradebook(f"sqlite:///{places.course / 'gradebook.db'}")


def instructor(places: Places, program: str, *arguments: str) -> None:
    """Run one of the instructor's commands in the course folder."""
    started = time.monotonic()
    run(program, places.course, *arguments)
    PROGRESS.step(f"{program} {' '.join(arguments)}", time.monotonic() - started)


def run(program: str, folder: Path, *arguments: str) -> None:
    """Run a plain command; what it printed is shown only if it fails."""
    if program == "nbgrader":
        done = nbgrader_command.nbgrader(folder, *arguments)
    else:
        done = subprocess.run(
            [sys.executable, "-m", "itband_course.cli", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        fail(f"{program} {' '.join(arguments)}, in {folder}", done)


def fail(what: str, done: subprocess.CompletedProcess[str]) -> None:
    """End the demonstration with what a command printed."""
    sys.exit(f"\n{what} failed with exit code {done.returncode}. It printed:\n{done.stdout}{done.stderr}")


def marks_of(places: Places, student: str, case: str = CASE) -> dict[str, Any] | None:
    """Return a student's grades in a case by name, None if the student has none."""
    with gradebook_of(places) as gradebook:
        try:
            submission = gradebook.find_submission_notebook(case, case, student)
        except MissingEntry:
            return None
        return {grade.name: (grade.score, grade.needs_manual_grade) for grade in submission.grades}


def print_marks(results: report.ClassResults) -> None:
    """Print one row a student: each question's mark, the note, the totals."""
    asked, (note,) = results.questions.questions, results.questions.notes
    most = sum(question.points for question in asked)
    rows = [
        ["student", *(str(number) for number in range(1, len(asked) + 1)), "questions", "note", "total", ""],
        ["(at most)", *(f"{question.points:g}" for question in asked), f"{most:g}", f"{note.points:g}"],
    ]
    rows[1] += [f"{most + note.points:g}", ""]
    for student in sorted(results.students, key=lambda student: list(STUDENTS).index(student.id)):
        if student.status != "graded":
            rows.append([student.id, *("-" for _ in asked), "-", "-", "-", student.status])
            continue
        earned = {question.id: student.marks[question.id] for question in asked}
        marks = ["." if student.state(name) == "unanswered" else f"{mark:g}" for name, mark in earned.items()]
        written = {"waiting": "?", "blank": ".", "marked": f"{student.marks[note.id]:g}"}[student.notes[note.id]]
        total = sum(earned.values()) + student.marks[note.id]
        rows.append([student.id, *marks, f"{sum(earned.values()):g}", written, f"{total:g}", late_word(student)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print("\nMarks")
    for row in rows:
        first, *others = (text.rjust(width) for text, width in zip(row, widths, strict=True))
        print(f"  {first.strip().ljust(widths[0])}  {' '.join(others)}".rstrip())
    print("  .: unanswered, 0 points.  ?: the note waits for a person, in formgrader.  -: not graded.")
    legend = "  ".join(f"{number}:{question.id}" for number, question in enumerate(asked, start=1))
    lines = textwrap.wrap(f"Questions: {legend}", COLUMNS, break_on_hyphens=False)
    print(textwrap.indent("\n".join(lines), "  "))


def late_word(student: report.Student) -> str:
    """Return LATE for who handed in after the due date."""
    return "LATE" if any(reason.startswith("Late by") for reason in student.reasons) else ""


def check_marks(places: Places, questions: CaseQuestions) -> list[str]:
    """Return what is wrong with the marks and the export."""
    most = {question.id: question.points for question in questions.questions}
    early = {question_id for stage in before_what_if(questions) for question_id in stage.questions}
    expected = {
        "all-right": most,
        "blank": dict.fromkeys(most, 0.0),
        "all-wrong": dict.fromkeys(most, 0.0),
        "notebook-only": most,
        "changed-mind": most,
        "handed-in-twice": most,
        "stopped-early": {name: points if name in early else 0.0 for name, points in most.items()},
    }
    faults = []
    for student, wanted in expected.items():
        if student not in STUDENTS:
            continue
        marks = marks_of(places, student) or {}
        wrong = [name for name, points in wanted.items() if marks.get(name, (None,))[0] != points]
        faults += [
            f"{student}, {name}: {marks.get(name, ('no mark',))[0]}, expected {wanted[name]:g}" for name in wrong
        ]
    with (places.course / "grades.csv").open() as file:
        exported = {row["student_id"] for row in csv.DictReader(file)}
    if exported != set(STUDENTS):
        faults.append(f"grades.csv holds {sorted(exported)}")
    return faults


def check_report(places: Places, results: report.ClassResults) -> list[str]:
    """Return what is wrong with the report: each student must stand in it, with the right status."""
    page = (places.course / "reports" / f"{CASE}.html").read_text("utf-8")
    found = {student.id: student for student in results.students}
    faults = [f"the report does not name {student}" for student in STUDENTS if f">{student}<" not in page]
    for student in STUDENTS:
        status = found[student].status if student in found else "missing"
        # Whether a renamed notebook is graded is a matter of configuration; if it is not, the reason must be said.
        may_be = {"graded", "not graded"} if student == "renamed-file" else {"graded"}
        if status not in may_be:
            faults.append(
                f"{student} is «{status}» in the report: {found[student].reasons if student in found else ''}"
            )
        if status == "not graded" and not found[student].reasons:
            faults.append(f"{student} is not graded, and the report gives no reason")
    late = [student.id for student in results.students if late_word(student)]
    if late != ["late"]:
        faults.append(f"late are {late}, expected only «late»")
    return faults


def print_places(places: Places) -> None:
    """Print what is where."""
    print("\nWhere everything is")
    print(f"  {places.course}/")
    for name, what in (
        (f"release/{CASE}/", "what students get"),
        (f"submitted/STUDENT/{CASE}/", "what they handed in"),
        (f"autograded/STUDENT/{CASE}/", "the graded notebooks"),
        (f"feedback/STUDENT/{CASE}/{CASE}.html", "the feedback pages: open one in a browser"),
        ("gradebook.db", "the gradebook"),
        ("grades.csv", "the exported marks"),
        (f"reports/{CASE}.html", "the class report: open it in a browser"),
    ):
        print(f"    {name:62} {what}")


def say(sentence: str) -> None:
    """Print what happens next."""
    print(f"\n{sentence}", flush=True)


if __name__ == "__main__":
    main()
