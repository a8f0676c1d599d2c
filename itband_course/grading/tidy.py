"""One canonical form for committed notebooks, so that a change in Git is a change of content."""

import re
from pathlib import Path
from typing import Any

import nbformat

from itband_course.grading.course import SHOW_CHART, Course, asked_in, is_note, shows_chart, stage_closed_in
from itband_course.grading.project import cell_marks

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SLUG = re.compile(r"^[a-z][a-z0-9-]{1,63}$")
RANDOM_ID = re.compile(r"^[0-9a-f-]{8,36}$")
CHECK_OUTPUT = "# NBVAL_CHECK_OUTPUT"
FOLDED = {
    "ask": "# A question: press Run All to see it",
    "close_stage": "# Closing a part of the case: press Run All to see it",
    "hand_in": "# Your receipt: press Run All to see it",
    "show_chart": "# The whole chart: press Run All to see it",
    "import": "# The course: press Run All to start it",
}
"""First lines of code cells: all that a student sees of a folded cell."""


def tidy_master(notebook: Any, course: Course) -> Any:
    """Bring a master into canonical form: no outputs, marks from the bank, code folded, stable cell ids."""
    for cell in notebook.cells:
        cell.metadata.pop("collapsed", None)
        question_id = asked_in(cell)
        if question_id is not None and question_id in course.bank.questions:
            cell.metadata["nbgrader"] = cell_marks(question_id, course.bank.questions[question_id].points)
            cell.source = f'{FOLDED["ask"]}\n{CHECK_OUTPUT}\nask("{question_id}")'
        elif is_note(cell) and cell.metadata.nbgrader.grade_id in course.bank.notes:
            cell.metadata.nbgrader["points"] = course.bank.notes[cell.metadata.nbgrader.grade_id].points
        if cell.cell_type == "code":
            code = [line for line in cell.source.splitlines() if not line.startswith("#")]
            stage_id = stage_closed_in(cell)
            if stage_id is not None:
                cell.source = f'{FOLDED["close_stage"]}\n{CHECK_OUTPUT}\nclose_stage("{stage_id}")'
            elif shows_chart(cell):
                cell.source = f"{FOLDED['show_chart']}\n{CHECK_OUTPUT}\n{SHOW_CHART}"
            elif code == ["hand_in()"]:
                cell.source = f"{FOLDED['hand_in']}\n{CHECK_OUTPUT}\nhand_in()"
            elif code and code[0].startswith("from itband_course import"):
                cell.source = "\n".join([FOLDED["import"], *code])
            cell.outputs, cell.execution_count = [], None
            cell.metadata["jupyter"] = {"source_hidden": True}
    return _tidy(notebook)


def tidy_lesson(notebook: Any) -> Any:
    """Bring an executed lesson into canonical form: its outputs stay, its run counts are in order."""
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata.pop("execution", None)
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output["execution_count"] = count
            # A view of a widget that lived in some past kernel: its random id would change at every execution.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return _tidy(notebook)


def text_of(notebook: Any) -> str:
    """Return a notebook as text: sorted keys, one space of indent, a newline at the end."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def tidy_all(course: Course, write: bool = True) -> list[Path]:
    """Bring all lessons and masters into canonical form and return those that were not.

    Parameters
    ----------
    course : Course
        Whose `notebooks/` and `source/` are meant.
    write : bool
        False: only report.
    """
    changed = []
    lessons = sorted((course.root / "notebooks").glob("*.ipynb"))
    masters = sorted(course.source.glob("*/*.ipynb"))
    for path in [*lessons, *masters]:
        notebook = nbformat.read(path, as_version=4)
        text = text_of(tidy_lesson(notebook) if path in lessons else tidy_master(notebook, course))
        if text != path.read_text("utf-8"):
            changed.append(path)
            if write:
                path.write_text(text, "utf-8")
    return changed


def _tidy(notebook: Any) -> Any:
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    taken: set[str] = set()
    for cell in notebook.cells:
        cell.id = _unique(_slug(cell), taken)
        taken.add(cell.id)
    return notebook


def _slug(cell: Any) -> str:
    """Return a telling id: the graded cell's name, else the id that an author gave, else one from the first words."""
    graded = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    if SLUG.match(graded):
        return graded
    present = cell.get("id", "")
    if SLUG.match(present) and not RANDOM_ID.match(present):
        return present
    words = re.findall(r"[a-z0-9]+", cell.source.lower())
    slug = "-".join(words[:5])[:40].strip("-")
    return slug if SLUG.match(slug) and not RANDOM_ID.match(slug) else f"cell-{slug}".strip("-")


def _unique(slug: str, taken: set[str]) -> str:
    number, candidate = 2, slug
    while candidate in taken:
        candidate = f"{slug}-{number}"
        number += 1
    return candidate
