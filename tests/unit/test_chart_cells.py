"""A cell that shows the client's chart: where it may stand in a master, and how it is tidied."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from itband_course.grading.course import CaseFault, Course, shows_chart, stage_closed_in
from itband_course.grading.tidy import tidy_master

CASE = "the-half-marathon"
COURSE = Course.at(Path(__file__).parents[2])


def place_of(notebook: Any, holds: Callable[[Any], bool]) -> int:
    return next(number for number, cell in enumerate(notebook.cells) if holds(cell))


def closes_workup(cell: Any) -> bool:
    return stage_closed_in(cell) == "workup"


def moved_above_the_closing(notebook: Any) -> None:
    cell = notebook.cells.pop(place_of(notebook, shows_chart))
    notebook.cells.insert(place_of(notebook, closes_workup), cell)


def shown_twice(notebook: Any) -> None:
    notebook.cells.append(new_code_cell("show_chart()"))


def without_closing(notebook: Any) -> None:
    del notebook.cells[place_of(notebook, lambda cell: stage_closed_in(cell) is not None) :]
    notebook.cells.append(new_code_cell("show_chart()"))


def without_workup(notebook: Any) -> None:
    del notebook.cells[place_of(notebook, lambda cell: "ask(" in cell.source and cell.cell_type == "code")]
    notebook.cells.insert(place_of(notebook, closes_workup), new_code_cell('ask("stage-signs")'))
    del notebook.cells[place_of(notebook, closes_workup) + 2 :]
    notebook.cells.append(new_code_cell("show_chart()"))


def beside_other_code(notebook: Any) -> None:
    notebook.cells.append(new_code_cell("x = 1\nshow_chart()"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (moved_above_the_closing, r'show the chart once, below close_stage\("workup"\)'),
        (shown_twice, r'show the chart once, below close_stage\("workup"\)'),
        (without_closing, r"no part that is closed asks a workup"),
        (without_workup, r"no part that is closed asks a workup"),
        (beside_other_code, r"mentions show_chart\( beside other code(?s:.*)Write show_chart\(\) alone"),
    ],
)
def test_a_chart_that_could_not_open_is_named_with_what_to_do(change: Callable[[Any], None], said: str) -> None:
    master = COURSE.master(CASE)
    change(master)
    with pytest.raises(CaseFault, match=said):
        COURSE.placed(CASE, master)


def test_a_chart_in_its_place_is_no_fault_and_is_tidied_as_other_cells_are() -> None:
    master = COURSE.master(CASE)
    assert COURSE.placed(CASE, master)
    cell = master.cells[place_of(master, shows_chart)]
    cell.source = "show_chart()"
    tidy_master(master, COURSE)
    assert cell.source == "# The whole chart: press Run All to see it\n# NBVAL_CHECK_OUTPUT\nshow_chart()"
    assert cell.metadata["jupyter"] == {"source_hidden": True}
