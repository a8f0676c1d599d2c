"""`itband …`: the course's own commands for instructors and maintainers."""

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="itband",
        description="Commands for those who teach and keep up the course; run them in the course folder.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("check", help="say what to mend in bank, cases and course graph")
    tidy = commands.add_parser("tidy", help="bring all notebooks into their one canonical form")
    tidy.add_argument("--check", action="store_true", help="change nothing; fail if something would change")
    commands.add_parser("lock", help="write down the ids that students have seen (at the first release to a class)")
    preview = commands.add_parser("preview", help="build preview/CASE/ as a student would get it")
    preview.add_argument("case", metavar="CASE")
    student = commands.add_parser("student", help="build the folder that students get")
    student.add_argument("--to", type=Path, default=Path("student"), help="where (default: student/)")
    chosen = parser.parse_args(arguments)
    try:
        from itband_course.grading import commands as run
    except ModuleNotFoundError as error:
        print(
            f"itband: «{error.name}» is not installed. Install the instructor's part of the course: "
            "pip install 'itband-course[instructor]'",
            file=sys.stderr,
        )
        return 2
    return run.run(chosen)


if __name__ == "__main__":
    sys.exit(main())
