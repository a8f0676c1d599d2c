"""What the `itband` commands do."""

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from itband_course.grading.bank import BankError
from itband_course.grading.configured import gradebook_url
from itband_course.grading.course import CaseFault, Course
from itband_course.grading.nbgrader_command import nbgrader

if TYPE_CHECKING:
    from itband_course.grading.regrade import Audit

# Each command imports what it alone needs: a class is graded in seconds, of which such imports would be a good part.


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
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        return _fail(f"the gradebook cannot be used now ({why}). Nothing was changed. Mend that, then run this again.")


def check(course: Course, chosen: argparse.Namespace) -> int:
    """List what to mend."""
    from itband_course.grading.clinic_check import clinic_check
    from itband_course.grading.coverage import coverage, taught
    from itband_course.grading.near_copies import near_copies
    from itband_course.grading.quality import quality

    lessons = coverage(course.root / "notebooks")
    problems = course.problems() + [problem for lesson in lessons for problem in lesson.problems]
    clinic, copies = clinic_check(course), near_copies(course)
    problems += [*clinic.problems, *quality(course), *copies.problems]
    for problem in problems:
        print(problem)
    if problems:
        for line in clinic.lines():
            print(line)
        return _fail(f"{len(problems)} to mend.")
    print(
        f"All is well. Questions in the bank: {len(course.bank.questions)}; notes: {len(course.bank.notes)}; "
        f"cases: {len(course.cases())}."
    )
    written = course.bank.entries()
    taught_only = sum(not one.sources for one in written)
    print(f"on usual practice alone, without a reference: {taught_only} (of {len(written)})")
    for lesson in lessons:
        print(f"{lesson.lesson} teaches {lesson.taught} of the {lesson.wanted} claims of its topics.")
    for line in [*clinic.lines(), *copies.lines()]:
        print(line)
    if chosen.coverage:
        print("claim -> lesson, «section» -> practice questions of that section:")
        for one in taught(course.root / "notebooks"):
            print(f"  {one.line()}")
    return 0


def tidy(course: Course, chosen: argparse.Namespace) -> int:
    """Bring notebooks into canonical form."""
    from itband_course.grading.tidy import tidy_all

    changed = tidy_all(course, write=not chosen.check)
    for path in changed:
        print(f"{'not in canonical form' if chosen.check else 'tidied'}: {path.relative_to(course.root)}")
    if chosen.check and changed:
        return _fail("run make tidy.")
    return 0


def lock(course: Course, _chosen: argparse.Namespace) -> int:
    """Write down what students have seen."""
    from itband_course.grading.bank import LOCK_FILE
    from itband_course.grading.bank import lock as lock_ids

    print(f"New ids locked: {lock_ids(course.bank)}, in {course.bank_folder.name}/{LOCK_FILE}.")
    return 0


def preview(course: Course, chosen: argparse.Namespace) -> int:
    """Build preview/CASE/ by the real nbgrader, with a throw-away gradebook."""
    case = chosen.case
    _check_case(course, case)
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
    if chosen.marks:
        from itband_course.grading.preview_marks import preview_marks

        page = target.with_name(f"{case}-marks.html")
        page.write_text(preview_marks(replace(course, release=target.parent), case), "utf-8")
        print(f"Marked what is answered there: open {page.relative_to(course.root)}.")
    return 0


def new(course: Course, chosen: argparse.Namespace) -> int:
    """Write a question to fill in, or the frame of a case."""
    from itband_course.grading import authoring

    if chosen.what == "case":
        path = authoring.new_case(course, chosen.case, chosen.title, chosen.client)
        print(f"Wrote {path.relative_to(course.root)}, bank/{chosen.case}.toml (the note) and a module in course.toml.")
        print("Write every … in the notebook, place questions, and let itband check say what is missing.")
        return 0
    path = authoring.new_question(
        course,
        chosen.id,
        kind=chosen.kind,
        outcome=chosen.outcome,
        points=chosen.points,
        sources=chosen.source,
        file=chosen.file or chosen.id,
    )
    print(f"Wrote «{chosen.id}» to {path.relative_to(course.root)}. Fill it in, then run: itband check")
    print(f'To place it, add a code cell to the case: ask("{chosen.id}")   Then run: itband tidy')
    return 0


def key(course: Course, chosen: argparse.Namespace) -> int:
    """Write the answer key of a case as a page."""
    from itband_course.grading.key_page import key_page

    _check_case(course, chosen.case)
    path = course.root / "keys" / f"{chosen.case}.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(key_page(course, chosen.case), "utf-8")
    print(
        f"Wrote keys/{chosen.case}.html. It holds every key: keep it from students until the last deadline has passed."
    )
    return 0


def grade(course: Course, chosen: argparse.Namespace) -> int:
    """Grade the submissions of a case, or of another assignment of the course folder."""
    from itband_course.grading import grade as grading

    if chosen.case not in course.cases():
        if (course.release / chosen.case).is_dir():
            return grading.grade_others(course, chosen.case, chosen.student, chosen.force, chosen.jobs)
        _check_case(course, chosen.case)
    if chosen.jobs > 1:
        print(f"«{chosen.case}» is graded without kernels, in one loop: --jobs changes nothing.", file=sys.stderr)
    return grading.grade(course, chosen.case, chosen.student, chosen.force)


def audit(course: Course, chosen: argparse.Namespace) -> int:
    """Compute every automatic mark again and list what differs."""
    from itband_course.grading.regrade import lines

    found = _audited(course, chosen.case)
    for line in lines(found.differences):
        print(line)
    for student in found.without:
        print(f"{student}  has no autograded notebook that can be read: run nbgrader autograde {chosen.case}.")
    print(f"{found.marks} marks of {found.students} students computed again: {len(found.differences)} differ.")
    if found.differences:
        return _fail(f"to write what the bank gives today: itband regrade {chosen.case}")
    return 1 if found.without else 0


def regrade(course: Course, chosen: argparse.Namespace) -> int:
    """Show who gains or loses by today's bank, and write it once that is wanted."""
    from itband_course.grading.regrade import lines

    found = _audited(course, chosen.case)
    for line in lines(found.differences):
        print(line)
    for student in found.stale:
        print(f"{student}  has handed in something else since, and is left out: run nbgrader autograde {chosen.case}.")
    changing = [one for one in found.differences if one.student not in found.stale]
    students = sorted({one.student for one in changing})
    if not changing:
        print(f"{found.marks} marks of {found.students} students computed again: nothing to write.")
        return 0
    counting = [one for one in changing if one.by_hand is None]
    gains = sum(one.after > (one.before or 0.0) for one in counting)
    stand = len(changing) - len(counting)
    print(
        f"{len(students)} students, {len(changing)} marks: {gains} higher, {len(counting) - gains} lower"
        + (f", {stand} given by hand that {'stands' if stand == 1 else 'stand'}." if stand else ".")
    )
    if not chosen.yes and (not sys.stdin.isatty() or input("Write these marks? [y/N] ").strip().lower() != "y"):
        print("Nothing was written. To write them: answer y, or add --yes.")
        return 0
    from itband_course.grading.grade import grade as run

    code = run(course, chosen.case, "*", force=True, only=students)
    print(f"Make their feedback anew: nbgrader generate_feedback {chosen.case} --force")
    print(f"Send it to those whose marks or reasons have changed: {', '.join(students)}")
    return code


def _audited(course: Course, case: str) -> "Audit":
    from itband_course.grading.regrade import audit as compute

    _check_case(course, case)
    return compute(course, case, gradebook_url(case))


def report(course: Course, chosen: argparse.Namespace) -> int:
    """Write the class report of a case as a page."""
    from itband_course.grading.report import STATUSES, collect, report_page

    case = chosen.case
    _check_case(course, case)
    results = collect(course, case, gradebook_url(case))
    path = course.root / "reports" / f"{case}.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(report_page(course, results, made=datetime.now()), "utf-8")
    counts = ", ".join(f"{len(results.having(status))} {status}" for status in STATUSES)
    print(f"Wrote reports/{case}.html: {counts}. It names students: keep it as you keep the gradebook.")
    return 0


def pictures(course: Course, chosen: argparse.Namespace) -> int:
    """Draw the pictures of all cases anew."""
    from itband_course.figure.pictures import draw

    changed = []
    for case in sorted(path.parent.name for path in course.source.glob("*/*.ipynb")):
        client = course.client(case)
        for name, content in draw(client).items() if client is not None else ():
            path = course.source / case / name
            if not path.exists() or path.read_bytes() != content:
                changed.append(path)
                if not chosen.check:
                    path.write_bytes(content)
    for path in changed:
        print(f"{'not as drawn now' if chosen.check else 'drawn'}: {path.relative_to(course.root)}")
    return _fail("run itband pictures.") if chosen.check and changed else 0


def plates(_course: Course, chosen: argparse.Namespace) -> int:
    """Write all plates as files for print."""
    from itband_course.figure.plates import write_plates

    folder = chosen.to.expanduser().resolve()
    try:
        for path in write_plates(folder, theme=chosen.theme, side=chosen.side, grey=chosen.grey):
            print(path.name, flush=True)
    except OSError as error:
        return _fail(f"{folder} cannot be written ({error.strerror}). Name another folder with --to.")
    print(f"All plates are in {folder}; plates.md has the words for each.")
    return 0


def doctor(course: Course, _chosen: argparse.Namespace) -> int:
    """Say how the course folder and this machine stand."""
    from itband_course.grading.doctor import examine

    findings = examine(course.root)
    for finding in findings:
        print(f"{finding.state:5}  {finding.sentence}")
    wrong = sum(finding.state == "wrong" for finding in findings)
    return _fail(f"{wrong} to mend.") if wrong else 0


def _check_case(course: Course, case: str) -> None:
    if case in course.cases():
        return
    if (course.source / case / f"{case}.ipynb").exists():
        raise CaseFault(f'source/{case}/{case}.ipynb asks no question yet: place one with ask("ID").')
    raise CaseFault(f"There is no case «{case}» in source/. Cases: {', '.join(course.cases())}.")


def student(course: Course, chosen: argparse.Namespace) -> int:
    """Build the folder that students get."""
    from itband_course.grading.student_folder import build_student_folder

    build_student_folder(course, chosen.to.resolve())
    return 0


def _fail(sentence: str) -> int:
    print(f"itband: {sentence}", file=sys.stderr)
    return 1


COMMANDS = {
    "audit": audit,
    "check": check,
    "doctor": doctor,
    "grade": grade,
    "key": key,
    "lock": lock,
    "new": new,
    "pictures": pictures,
    "plates": plates,
    "preview": preview,
    "regrade": regrade,
    "report": report,
    "student": student,
    "tidy": tidy,
}
