"""What the `itband` commands do."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from itband_course.grading import bank as bank_
from itband_course.grading.bank import BankError
from itband_course.grading.course import CaseFault, Course
from itband_course.grading.nbgrader_command import nbgrader
from itband_course.grading.student_folder import build_student_folder
from itband_course.grading.tidy import tidy_all


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen command in the present folder and return its exit code."""
    root = Path.cwd()
    if not (root / "nbgrader_config.py").exists():
        return _fail("there is no nbgrader_config.py here: run itband in the course folder.")
    course = Course.at(root)
    try:
        return COMMANDS[chosen.command](course, chosen)
    except (CaseFault, BankError) as error:
        return _fail(str(error))


def check(course: Course, _chosen: argparse.Namespace) -> int:
    """List what to mend."""
    problems = course.problems()
    for problem in problems:
        print(problem)
    if problems:
        return _fail(f"{len(problems)} to mend.")
    print(
        f"All is well. Questions in the bank: {len(course.bank.questions)}; notes: {len(course.bank.notes)}; "
        f"cases: {len(course.cases())}."
    )
    return 0


def tidy(course: Course, chosen: argparse.Namespace) -> int:
    """Bring notebooks into canonical form."""
    changed = tidy_all(course, write=not chosen.check)
    for path in changed:
        print(f"{'not in canonical form' if chosen.check else 'tidied'}: {path.relative_to(course.root)}")
    if chosen.check and changed:
        return _fail("run make tidy.")
    return 0


def lock(course: Course, _chosen: argparse.Namespace) -> int:
    """Write down what students have seen."""
    print(f"New ids locked: {bank_.lock(course.bank)}, in {course.bank_folder.name}/{bank_.LOCK_FILE}.")
    return 0


def preview(course: Course, chosen: argparse.Namespace) -> int:
    """Build preview/CASE/ by the real nbgrader, with a throw-away gradebook."""
    case = chosen.case
    if case not in course.cases():
        known = ", ".join(course.cases())
        return _fail(f"there is no case «{case}» in source/. Cases: {known}.")
    target = course.root / "preview" / case
    with tempfile.TemporaryDirectory() as scratch:
        done = nbgrader(
            course.root,
            "generate_assignment",
            case,
            f"--CourseDirectory.release_directory={scratch}/release",
            f"--CourseDirectory.db_url=sqlite:///{scratch}/gradebook.db",
        )
        if done.returncode:
            return _fail(f"«{case}» cannot be built:\n{done.stderr.strip()}")
        # Answers that were tried out in the preview stay; all else is new.
        shutil.copytree(Path(scratch) / "release" / case, target, dirs_exist_ok=True)
    print(f"Built preview/{case}/. Open preview/{case}/{case}.ipynb and press Run All.")
    return 0


def student(course: Course, chosen: argparse.Namespace) -> int:
    """Build the folder that students get."""
    build_student_folder(course, chosen.to.resolve())
    return 0


def _fail(sentence: str) -> int:
    print(f"itband: {sentence}", file=sys.stderr)
    return 1


COMMANDS = {"check": check, "tidy": tidy, "lock": lock, "preview": preview, "student": student}
