"""Nothing that a student can get holds a key, a reason or a canary; and the search for them bites."""

import base64
import html
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from course_kit import CASE, nbgrader
from course_tools import Class

from itband_course.grading.commands import run
from itband_course.grading.course import Course
from itband_course.grading.leaks import find_leaks


@pytest.fixture(scope="module")
def student_folder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make student` builds."""
    from itband_course.grading.student_folder import build_student_folder

    target = tmp_path_factory.mktemp("student") / "student"
    build_student_folder(Course.at(repository), target)
    return target


def test_the_students_folder_holds_what_a_student_needs_and_nothing_of_the_bank(
    student_folder: Path, repository: Path
) -> None:
    present = {path.name for path in student_folder.iterdir()}
    assert {"notebooks", "release", "nbgrader_config.py", "START_HERE.md", "requirements.lock"} < present
    wheels = list(student_folder.glob("*.whl"))
    assert len(wheels) == 1
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = wheel.namelist()
    assert "itband_course/front/bundle/card-one-of.js" in names
    assert "itband_course/data/references.toml" in names
    assert not [name for name in names if "bank/" in name or "source/" in name]
    assert find_leaks(student_folder, Course.at(repository).bank) == []


def test_the_students_configuration_names_the_course_and_no_bank(student_folder: Path) -> None:
    text = (student_folder / "nbgrader_config.py").read_text()
    assert '"itband"' in text
    assert "bank" not in text


def test_feedback_of_a_blank_student_holds_nothing_of_the_bank(fresh_class: Class) -> None:
    fresh_class.hand_in("blank")
    fresh_class.autograde()
    nbgrader(fresh_class.root, "generate_feedback", CASE)
    pages = fresh_class.root / "feedback/blank"
    assert (pages / CASE / f"{CASE}.html").stat().st_size > 2000
    assert find_leaks(pages, fresh_class.course.bank) == []


def plant_in_notebook(folder: Path, secret: str) -> None:
    path = folder / "release" / CASE / f"{CASE}.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["metadata"]["note"] = secret
    path.write_text(json.dumps(notebook))


PLANTS = {
    "canary in a notebook's metadata": lambda f, b: plant_in_notebook(f, b.canaries()[0]),
    "reason in a notebook, escaped for JSON": lambda f, b: plant_in_notebook(f, reason(b)),
    "reason in HTML": lambda f, b: (f / "page.html").write_text(f"<p>{html.escape(reason(b))}</p>"),
    "reason wrapped over lines": lambda f, b: (f / "notes.txt").write_text(reason(b).replace(" ", "\n")),
    "reason in base64 inside something longer": lambda f, b: (f / "data.txt").write_text(
        base64.b64encode(b"before " + reason(b).encode() + b" after").decode()
    ),
    "mark scheme": lambda f, b: (f / "scheme.md").write_text(next(iter(b.notes.values())).criterion[0].text),
    "exemplar": lambda f, b: (f / "exemplar.md").write_text(next(iter(b.notes.values())).exemplar),
    "key in JSON": lambda f, b: (f / "key.json").write_text(json.dumps({right(b): "right"})),
    "key in a string of JSON": lambda f, b: (f / "key.json").write_text(json.dumps(json.dumps({right(b): "right"}))),
    "bank file in the wheel": lambda f, b: add_to_wheel(f, next(b.folder.glob("*.toml")).read_text()),
}


def reason(bank) -> str:
    return max(bank.secrets(), key=len)


def right(bank) -> str:
    question = next(iter(bank.questions.values()))
    return next(choice.id for choice in question.choice if choice.verdict == "right")


def add_to_wheel(folder: Path, text: str) -> None:
    with zipfile.ZipFile(next(folder.glob("*.whl")), "a") as wheel:
        wheel.writestr("itband_course/data/extra.txt", text)


@pytest.fixture(scope="module")
def small_folder(student_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What students get, less its lessons and the wheel's large files: to search those takes seconds each time."""
    small = tmp_path_factory.mktemp("small") / "student"
    shutil.copytree(student_folder, small, ignore=shutil.ignore_patterns("*.whl", "notebooks"))
    whole = next(student_folder.glob("*.whl"))
    with zipfile.ZipFile(whole) as wheel, zipfile.ZipFile(small / whole.name, "w") as light:
        for entry in wheel.infolist():
            if entry.file_size < 20_000:
                light.writestr(entry, wheel.read(entry))
    return small


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_leak_is_found(small_folder: Path, repository: Path, tmp_path: Path, plant: str) -> None:
    copy = tmp_path / "student"
    shutil.copytree(small_folder, copy)
    bank = Course.at(repository).bank
    PLANTS[plant](copy, bank)
    assert find_leaks(copy, bank)


def test_a_folder_that_would_leak_is_refused_and_removed(
    released_course: Path, tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import argparse

    root = tmp_path / "course"
    shutil.copytree(released_course, root)
    for part in ("notebooks", "docs", "itband_course"):
        shutil.copytree(repository / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in (
        "pyproject.toml",
        "hatch_build.py",
        "README.md",
        "LICENSE",
        "LICENSE-CONTENT",
        "LICENSE-ANATOMY",
        "requirements.lock",
    ):
        shutil.copy(repository / part, root / part)
    (root / "notebooks" / "oops.md").write_text(reason(Course.at(root).bank))
    monkeypatch.chdir(root)
    assert run(argparse.Namespace(command="student", to=Path("student"))) == 1
    assert not (root / "student").exists()
