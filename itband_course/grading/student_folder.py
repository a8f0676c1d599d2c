"""Build the folder that students get, and refuse to finish if it holds anything of the bank."""

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from itband_course.grading.course import CaseFault, Course
from itband_course.grading.leaks import find_leaks

PUBLISHED = ("notebooks", "release")


def build_student_folder(course: Course, target: Path) -> None:
    """Write wheel, lessons, released cases, a student's configuration and a guide.

    Parameters
    ----------
    course : Course
        What to publish from.
    target : Path
        Made anew. An existing folder is only replaced if an earlier call made it.

    Raises
    ------
    CaseFault
        If the target is something else, the wheel cannot be built, or anything of the bank is found in the result.
    """
    guide = target / "START_HERE.md"
    if target.exists():
        if not guide.exists() and any(target.iterdir()):
            raise CaseFault(f"«{target}» exists and was not made by this command. Choose another folder with --to.")
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for name in PUBLISHED:
        ignore = shutil.ignore_patterns(".ipynb_checkpoints", "answers*.json", "practice*.json", "__pycache__", ".*")
        shutil.copytree(course.root / name, target / name, ignore=ignore)
    try:
        _build_wheel(course.root, target)
    except CaseFault:
        shutil.rmtree(target)
        raise
    templates = files("itband_course.grading")
    config = templates.joinpath("student_config.py.txt").read_text("utf-8").replace("COURSE_ID", course.graph.id)
    (target / "nbgrader_config.py").write_text(config, "utf-8")
    for name in ("requirements.lock", "LICENSE-CONTENT", "LICENSE-ANATOMY"):
        shutil.copy(course.root / name, target / name)
    guide.write_text(course.root.joinpath("docs/student.md").read_text("utf-8"), "utf-8")
    leaks = find_leaks(target, course.bank)
    if leaks:
        shutil.rmtree(target)
        raise CaseFault(
            "The student's folder would hold parts of the bank, so it was removed again:\n" + "\n".join(leaks[:20])
        )
    print(f"Built {target}: {', '.join(sorted(path.name for path in target.iterdir()))}. Nothing of the bank is in it.")


def _build_wheel(root: Path, target: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter, fixed arguments
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
            "--wheel-dir",
            str(target),
            str(root),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CaseFault(f"The course's wheel could not be built:\n{done.stderr.strip()}")
