"""The lesson «Anatomy» from its first to its last question in a real JupyterLab, by keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lessons import Lesson, opened
from playwright.sync_api import Browser, Locator, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def lesson(drawing: Browser, tmp_path: Path) -> Iterator[Lesson]:
    with opened("01_anatomy.ipynb", drawing, tmp_path) as found:
        yield found


def test_the_lesson_is_walked_by_keyboard_alone(lesson: Lesson) -> None:
    lesson.run_all()
    lesson.answer_all_rightly()
    hide_the_band_and_read_of_the_muscle_beneath(lesson.figure(1))
    lesson.expect_no_harm()


def hide_the_band_and_read_of_the_muscle_beneath(figure: Locator) -> None:
    """Do the first task of section 1."""
    keys, info = figure.page.keyboard, figure.locator(".itband-info")
    expect(info.locator("h3")).to_have_text("Iliotibial band")
    figure.locator("[data-verb=hide]").focus()
    keys.press("Enter")
    expect(figure.locator(".itband-status")).to_have_text(re.compile("is hidden"))
    keys.press("s")
    keys.type("vastus lateralis")
    keys.press("Enter")
    expect(info.locator("h3")).to_have_text("Vastus lateralis")
    expect(info).to_contain_text("presses this muscle")
