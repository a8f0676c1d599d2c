"""`itband …`: the course's own commands for instructors and maintainers."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from itband_course.grading import nbgrader_command


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)


def _add_plates(commands: Any) -> None:
    plates = commands.add_parser("plates", help="write the labelled plates of leg and positions as files for print")
    plates.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where; made if it is not there")
    plates.add_argument("--side", choices=["right", "left"], default="right", help="default: right")
    plates.add_argument("--theme", choices=["light", "dark"], default="light", help="default: light")
    plates.add_argument("--grey", action="store_true", help="in grey, as a printer without colour gives them")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    nbgrader_command.leave_out_slow_imports()
    try:
        from itband_course.grading import commands as run
    except ModuleNotFoundError as error:
        print(
            f"itband: «{error.name}» is not installed. Install the instructor's part of the course: "
            "pip install 'itband-course[instructor]'",
            file=sys.stderr,
        )
        return 2
    try:
        code = run.run(chosen)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who reads along has read enough, as «itband check | head» does; what is still to be flushed goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="itband",
        description="Commands for those who teach and keep up the course; run them in the course folder.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="say what to mend in bank, cases, lessons and course graph")
    check.add_argument("--coverage", action="store_true", help="also say where each claim is taught and asked about")
    commands.add_parser("doctor", help="say how the course folder and this machine stand, and what to do")
    grade = commands.add_parser("grade", help="autograde a case: as nbgrader autograde does, and quicker to start")
    grade.add_argument("case", metavar="CASE")
    grade.add_argument("--student", default="*", metavar="STUDENT", help="only this student (default: all)")
    grade.add_argument("--force", action="store_true", help="grade again what is graded already")
    grade.add_argument(
        "--jobs",
        type=_count,
        default=1,
        metavar="N",
        help="of an assignment that nbgrader executes: so many notebooks at once (default: 1)",
    )
    audit = commands.add_parser("audit", help="compute every automatic mark again and list what differs")
    audit.add_argument("case", metavar="CASE")
    regrade = commands.add_parser("regrade", help="after a key was corrected: show who gains or loses, then write it")
    regrade.add_argument("case", metavar="CASE")
    regrade.add_argument("--yes", action="store_true", help="write without asking")
    tidy = commands.add_parser("tidy", help="bring all notebooks into their one canonical form")
    tidy.add_argument("--check", action="store_true", help="change nothing; fail if something would change")
    commands.add_parser("lock", help="write down the ids that students have seen (at the first release to a class)")
    preview = commands.add_parser("preview", help="build preview/CASE/ as a student would get it")
    preview.add_argument("case", metavar="CASE")
    preview.add_argument("--marks", action="store_true", help="also mark what you answered there, with every reason")
    key = commands.add_parser("key", help="write the answer key of a case as a page, for after the deadline")
    key.add_argument("case", metavar="CASE")
    report = commands.add_parser("report", help="write a page on what a class did with a case")
    report.add_argument("case", metavar="CASE")
    pictures = commands.add_parser("pictures", help="draw the pictures of all cases anew from bank/clients/")
    pictures.add_argument("--check", action="store_true", help="change nothing; fail if something would change")
    _add_plates(commands)
    new = commands.add_parser("new", help="write a question to fill in, or the frame of a case")
    what = new.add_subparsers(dest="what", required=True, metavar="WHAT")
    question = what.add_parser("question", help="a question to fill in, at the end of a file of the bank")
    question.add_argument("id", metavar="ID", help="lower-case words joined by hyphens, such as gerdys-tubercle")
    question.add_argument(
        "--kind", required=True, help="one-of, many-of, number, order, match, triage, hotspot, workup, plan or measure"
    )
    question.add_argument("--outcome", required=True, help="an outcome of course.toml")
    question.add_argument("--points", type=float, default=1, help="default: 1")
    question.add_argument("--source", action="append", default=[], help="a key of references.toml; may be repeated")
    question.add_argument("--file", help="the bank file without .toml (default: one called like the question)")
    case = what.add_parser("case", help="the frame of a case: notebook, mark scheme, module")
    case.add_argument("case", metavar="CASE", help="lower-case words joined by hyphens, never the finding")
    case.add_argument("--title", required=True, help="what students read above the case")
    case.add_argument("--client", required=True, help="the client's first name")
    student = commands.add_parser("student", help="build the folder that students get")
    student.add_argument("--to", type=Path, default=Path("student"), help="where (default: student/)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
