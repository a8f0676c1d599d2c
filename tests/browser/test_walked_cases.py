"""A case of the course from Run All to its receipt in a real JupyterLab, each card by keyboard alone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from course_kit import CASE, REPOSITORY
from lab import copy_case
from lessons import Lesson, opened_in
from playwright.sync_api import Browser, Locator, expect

from itband_course import answers
from itband_course.grading.course import Course, asked_in, is_note, stage_closed_in
from itband_course.questions import score

pytestmark = pytest.mark.browser

COURSE = Course.at(REPOSITORY)
CASES = COURSE.cases() if os.environ.get("ITBAND_SOAK") else [CASE]
"""Each takes a minute: all of them are walked in `make soak`, and the one with every kind of question always."""
NOTE = "**S** What the client said, in my words."


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, drawing: Browser, tmp_path: Path) -> Iterator[Lesson]:
    """A released case, open as a student has it."""
    folder = copy_case(COURSE.release / request.param, tmp_path / "desk")
    with opened_in(folder, f"{request.param}.ipynb", drawing, tmp_path, questions=COURSE.bank.questions) as found:
        yield found


def test_a_case_is_walked_from_run_all_to_its_receipt_and_every_answer_earns_its_points(case: Lesson) -> None:
    case.notebook.run_all()
    for cell in case.cells:
        if (question := asked_in(cell)) is not None:
            case.answer_rightly(question)
        elif stage_closed_in(cell) is not None:
            close_next_part(case)
        elif is_note(cell):
            write_into(case, cell)
    case.notebook.run_all()
    receipt = case.page.locator(".jp-Cell").last
    receipt.scroll_into_view_if_needed()
    total = len(case.asked)
    expect(receipt).to_contain_text(f"{total} of {total} questions answered.")
    expect(receipt).to_contain_text("All answers are now in this notebook")
    case.expect_no_harm()
    case.notebook.save()
    assert "Success" in case.notebook.validate()
    case.notebook.close_dialog()
    assert earned(case) == {question: COURSE.bank.questions[question].points for question in case.asked}


def close_next_part(case: Lesson) -> None:
    """Close the first part that is still open, by its keys."""
    doors = case.page.locator(".itband-door[data-state=open]")
    door = doors.first
    name = re.compile("^Close «")
    expect(door.get_by_role("button", name=name)).to_be_visible()
    before = doors.count()
    press(door.get_by_role("button", name=name))
    press(door.get_by_role("button", name="Yes, close it for good"))
    expect(doors).to_have_count(before - 1)


def press(button: Locator) -> None:
    button.focus()
    button.press("Enter")


def write_into(case: Lesson, cell: Any) -> None:
    """Write into the note, keeping its heading."""
    heading = cell.source.splitlines()[0].lstrip("# ")
    # By its words, which stay while the cell is written in; a heading does not.
    shown = case.page.locator(".jp-MarkdownCell").filter(has_text=heading).last
    shown.scroll_into_view_if_needed()
    shown.locator(".jp-RenderedMarkdown").dblclick()
    editor = shown.locator(".cm-content")
    editor.press("Control+End")
    case.page.keyboard.insert_text(f"\n\n{NOTE}")
    case.page.keyboard.press("Shift+Enter")
    expect(shown.locator(".jp-RenderedMarkdown")).to_contain_text("in my words")


def earned(case: Lesson) -> dict[str, float]:
    """Return what each recorded answer earns."""
    record = answers.read(case.folder, case.notebook.url.rsplit("/", 1)[-1].removesuffix(".ipynb"))
    assert record is not None
    return {
        question: score(COURSE.bank.rubric(question), record.answers[question].value).earned  # type: ignore[union-attr]
        for question in case.asked
    }
