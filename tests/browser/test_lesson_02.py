"""The lesson «Mechanics» from its first to its last question in a real JupyterLab, by keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lessons import Lesson, opened
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def lesson(drawing: Browser, tmp_path: Path) -> Iterator[Lesson]:
    with opened("02_mechanics.ipynb", drawing, tmp_path) as found:
        yield found


def test_the_lesson_is_walked_by_keyboard_alone(lesson: Lesson) -> None:
    lesson.run_all()
    lesson.answer_all_rightly()
    move_the_chart_and_the_leg_beside_it(lesson)
    lesson.expect_no_harm()


def move_the_chart_and_the_leg_beside_it(lesson: Lesson) -> None:
    """Do the first tasks of section 1: to the zone where it hurts, then back by the leg's own slider."""
    figure, keys = lesson.figure(1), lesson.page.keyboard
    chart = lesson.page.locator(".itband-chart").first
    point, knee = chart.get_by_role("slider"), figure.get_by_role("slider", name="Knee flexion")
    expect(point).to_have_attribute("aria-valuenow", "0")
    point.focus()
    for _ in range(3):
        keys.press("PageUp")
    expect(point).to_have_attribute("aria-valuetext", re.compile("Knee flexion 30°.*behind the axis"))
    expect(knee).to_have_value("30")
    knee.focus()
    keys.press("Home")
    expect(point).to_have_attribute("aria-valuenow", "0")
    # The leg of another section stays where it is.
    expect(lesson.page.locator(".itband-chart").nth(1).get_by_role("slider")).to_have_attribute("aria-valuenow", "0")
