"""The course's main job, once through: release a case, have a small class answer it, grade it, explain it.

Everything happens in a temporary folder: a course, an exchange, and the students' own folders. The answers of the
simulated students are made from the bank; everything else is nbgrader as an instructor and a student run it.
"""

import csv
import shutil
import sys
import tempfile
import time
from pathlib import Path

from nbgrader.api import Gradebook

from itband_course.grading import nbgrader_command, simulate
from itband_course.grading.course import Course

HERE = Path(__file__).resolve().parent.parent
CASE = "the-half-marathon"
PARTS = ("bank", "source", "course.toml", "nbgrader_config.py")


def main() -> None:
    started = time.monotonic()
    top = Path(tempfile.mkdtemp(prefix="itband-demo-"))
    course_folder, exchange, desk = top / "course", top / "exchange", top / "student-desk"
    for folder in (course_folder, exchange, desk):
        folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (HERE / part).is_dir() else shutil.copy
        copy(HERE / part, course_folder / part)
    where = f"\nc.Exchange.root = {str(exchange)!r}\nc.Exchange.cache = {str(top / 'cache')!r}\n"
    with (course_folder / "nbgrader_config.py").open("a") as config:
        config.write(where)
    (desk / "nbgrader_config.py").write_text(f'c = get_config()\nc.CourseDirectory.course_id = "itband"{where}')

    say("The instructor releases the case")
    nbgrader(course_folder, "generate_assignment", CASE)
    nbgrader(course_folder, "release_assignment", CASE)
    course = Course.at(course_folder)

    say("One student fetches it, answers, runs the notebook, saves it and submits it through the exchange")
    nbgrader(desk, "fetch_assignment", CASE)
    answer(course, desk / CASE, "right", keep=("stage-signs", "ober-side-difference-record"))
    nbgrader(desk, "submit", CASE)
    nbgrader(course_folder, "collect", CASE)
    through_exchange = {path.parent.name for path in (course_folder / "submitted").glob(f"*/{CASE}")}

    say("Three more hand in folders: all right, all wrong, and one with nothing but the notebook")
    how = dict.fromkeys(through_exchange, "exchange, one question left open")
    for student, wanted, words in (
        ("all-right", "right", "folder"),
        ("all-wrong", "wrong", "folder"),
        ("notebook-only", "right", "the .ipynb alone"),
    ):
        folder = course_folder / "submitted" / student / CASE
        shutil.copytree(course.release / CASE, folder)
        answer(course, folder, wanted)
        if student == "notebook-only":
            for path in folder.iterdir():
                if path.suffix != ".ipynb":
                    path.unlink()
        how[student] = words

    say("The instructor grades, writes feedback and exports the marks")
    nbgrader(course_folder, "autograde", CASE)
    nbgrader(course_folder, "generate_feedback", CASE)
    nbgrader(course_folder, "export")

    print_marks(course_folder, how)
    print_places(course_folder)
    print(f"\nDone in {time.monotonic() - started:.0f} s.")


def answer(course: Course, folder: Path, wanted: str, keep: tuple[str, ...] | None = None) -> None:
    """Answer as a student would; `keep` names the questions that are answered, all where it is None."""
    values = simulate.values_for(course, CASE, wanted)
    simulate.record(folder, CASE, {key: values[key] for key in keep or values}, confidence="sure")
    simulate.write_note(folder, CASE)
    simulate.run_all(folder, CASE)


def nbgrader(folder: Path, *arguments: str) -> None:
    """Run a plain nbgrader command; its log is shown only if it fails."""
    print(f"  nbgrader {' '.join(arguments)}", flush=True)
    done = nbgrader_command.nbgrader(folder, *arguments)
    if done.returncode:
        sys.exit(f"nbgrader {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def print_marks(folder: Path, how: dict[str, str]) -> None:
    """Print one row a student: each question's mark, the note, the total."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        cells = gradebook.find_notebook(CASE, CASE).grade_cells
        names = [cell.name for cell in cells]
        rows = []
        for student in sorted(how):
            submission = gradebook.find_submission_notebook(CASE, CASE, student)
            marks = {
                grade.name: "to mark" if grade.needs_manual_grade else f"{grade.score:g}/{grade.max_score:g}"
                for grade in submission.grades
            }
            rows.append(
                [
                    student,
                    *(marks[name] for name in names),
                    f"{submission.score:g}/{submission.max_score:g}",
                    how[student],
                ]
            )
    table = [["student", *names, "total", "handed in"], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    print("\nMarks")
    for number, row in enumerate(table):
        print("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))
    print("  «to mark»: the written note waits for a person, in formgrader.")
    with (folder / "grades.csv").open() as file:
        exported = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    if set(exported) != set(how):
        sys.exit(f"grades.csv holds {sorted(exported)}, expected {sorted(how)}")


def print_places(folder: Path) -> None:
    """Print what is where."""
    print("\nWhere everything is")
    for name, what in (
        (f"release/{CASE}/", "what students get"),
        (f"submitted/STUDENT/{CASE}/", "what they handed in, untouched"),
        (f"autograded/STUDENT/{CASE}/", "the graded notebooks"),
        (f"feedback/STUDENT/{CASE}/{CASE}.html", "the feedback pages: open one in a browser"),
        ("gradebook.db", "the gradebook"),
        ("grades.csv", "the exported marks"),
    ):
        print(f"  {folder / name}\n      {what}")


def say(sentence: str) -> None:
    """Print a step."""
    print(f"\n{sentence}", flush=True)


if __name__ == "__main__":
    main()
