"""What `itband new` writes for an author: a question to fill in, or the frame of a case."""

import json
import re
import secrets
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from itband_course.facts import ID_PATTERN
from itband_course.grading.course import CaseFault, Course
from itband_course.grading.project import marks
from itband_course.grading.tidy import text_of, tidy_master
from itband_course.questions import KINDS

SCREEN_CARD = """## Screen card

You ask the same six lines at every intake.

| Line | You ask about | CLIENT's answer |
|---|---|---|
| 1 | Feeling unwell, fever, shivering | … |
| 2 | Numbness, weakness; bladder, bowel, urge, stream; numbness on wiping; sexual feeling; both legs | … |
| 3 | Swelling of the calf or the whole leg; travel, surgery, bed rest; hormones, birth; a clot, their own or in the \
family; breath, chest, fainting | … |
| 4 | Pain at night or at rest, weight loss, a lump, cancer, a fall, groin or thigh pain on each step | … |
| 5 | Blood thinners, steroids, bone medicine, tablets today, injections, allergies | … |
| 6 | Pregnancy; where bone may hurt: periods, eating, weight, an earlier stress fracture | … |
"""
HAND_IN = """## Hand in

1. Press **Run All** again (menu *Run → Run All Cells*). The summary below shows whether an answer is missing.
2. Save: Ctrl S, or Cmd S on a Mac.
3. Press **Validate** in the bar above the notebook. «Success» means that every question is *answered*. It does not \
mean that the answers are *right*.
4. Press **Submit** in *Nbgrader → Assignment List*. If your course has no such list, upload the saved file of this \
notebook (it ends in `.ipynb`) where your instructor tells you.
"""
MODULE = """
[[module]]
id = "{case}"
title = {title}
lesson = "00_start_here"
cases = ["{case}"]
prerequisites = []
minutes = 60
"""


def new_question(  # noqa: PLR0913 - one argument for each thing that the author says
    course: Course, question_id: str, *, kind: str, outcome: str, points: float, sources: list[str], file: str
) -> Path:
    """Write a question to fill in at the end of a bank file and return the file.

    Parameters
    ----------
    course : Course
        Whose bank is meant.
    question_id, kind, outcome, points, sources
        As they will stand in the bank.
    file : str
        Name of the bank file without ``.toml``; made if there is none.

    Raises
    ------
    CaseFault
        If the id is taken or not well formed, or there is no such kind or file name.
    """
    _check_id(course, question_id)
    file = file.removesuffix(".toml")
    if not re.match(ID_PATTERN, file):
        raise CaseFault(f"«{file}» is no name of a bank file: write lower-case words joined by hyphens, as «ober».")
    if kind not in KINDS:
        raise CaseFault(f"There is no kind «{kind}». Kinds are {', '.join(KINDS)}.")
    listed = ", ".join(_toml(source) for source in sources)
    head = (
        f'[[question]]\nid = "{question_id}"\nkind = "{kind}"\noutcome = {_toml(outcome)}\npoints = {points:g}\n'
        f'sources = [{listed}]\ncanary = "{new_canary()}"\n# From here on it is yours: write every "".\nprompt = ""\n'
    )
    return _append(course.bank_folder / f"{file}.toml", head + _template(kind))


def new_case(course: Course, case: str, title: str, client: str) -> Path:
    """Write the frame of a case, its note's mark scheme and its module, and return the master notebook.

    Raises
    ------
    CaseFault
        If there is such a case already, or its id is not well formed.
    """
    _check_id(course, case)
    note_id = f"soap-{case}"
    _check_id(course, note_id)
    folder = course.source / case
    if folder.exists():
        raise CaseFault(f"source/{case}/ exists already. Choose another name, or go on writing there.")
    note = _template("note").replace("SLUG", case).replace("CANARY", new_canary())
    _append(course.bank_folder / f"{case}.toml", note)
    _append(course.root / "course.toml", MODULE.format(case=case, title=_toml(title)))
    folder.mkdir(parents=True)
    path = folder / f"{case}.ipynb"
    # The bank is read anew: the note's points stand there now.
    path.write_text(text_of(tidy_master(_frame(title, client, note_id), replace(course))), "utf-8")
    return path


def _toml(text: str) -> str:
    """Return a text as TOML writes it; JSON's strings are TOML's too."""
    return json.dumps(text, ensure_ascii=False)


def new_canary() -> str:
    """Return a string that stands nowhere else in the world."""
    return f"itband-canary-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


def _check_id(course: Course, entry_id: str) -> None:
    if not re.match(ID_PATTERN, entry_id):
        raise CaseFault(f"«{entry_id}» is not lower-case words joined by hyphens: write it as «gerdys-tubercle».")
    if entry_id in course.bank.where:
        raise CaseFault(f"«{entry_id}» stands in {course.bank.where[entry_id]} already: choose another id.")


def _template(name: str) -> str:
    return files("itband_course.grading").joinpath(f"templates/{name}.toml").read_text("utf-8")


def _append(path: Path, text: str) -> Path:
    before = path.read_text("utf-8").rstrip("\n") + "\n\n" if path.exists() else ""
    path.write_text(before + text.lstrip("\n"), "utf-8")
    return path


def _frame(title: str, client: str, note_id: str) -> Any:
    """Return a case notebook with everything that every case has, and «…» where its author writes."""
    note = new_markdown_cell(
        "### My note\n\n### BEGIN SOLUTION\nThe mark scheme and a full note are in the bank.\n### END SOLUTION\n\n"
        "**S** …\n\n**O** …\n\n**A** …\n\n**P** …"
    )
    note.metadata["nbgrader"] = marks(note_id, "markdown", grade=True, solution=True) | {"points": 0.0}
    cells = [
        _text("title", f"# {title}\n\nYou meet {client}, … {client} is fictional; the visit is not unusual.\n\n…"),
        _code("set-up", "from itband_course import ask, close_stage, hand_in"),
        _text("intake", f"## {client}'s story\n\n> “…”"),
        _text("screen-card", SCREEN_CARD.replace("CLIENT", client)),
        _text("chart", "## What you find\n\n…"),
        _text("questions", "## Decide\n\n…"),
        _text("note-prompt", "## Your SOAP note\n\n…"),
        note,
        _text("hand-in", HAND_IN),
        _code("receipt", "hand_in()"),
    ]
    return new_notebook(cells=cells, metadata=nbformat.from_dict({}))


def _text(name: str, source: str) -> Any:
    cell = new_markdown_cell(source.rstrip("\n"))
    cell.metadata["nbgrader"] = marks(f"text-{name}", "markdown")
    return cell


def _code(name: str, source: str) -> Any:
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = marks(name, "code")
    return cell
