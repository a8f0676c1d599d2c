"""Each lesson from its first to its last question in a real JupyterLab by mouse; by keyboard each has its own test."""

import os
from pathlib import Path

import pytest
from course_kit import REPOSITORY
from lessons import Lesson, LessonByMouse, opened
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LESSONS = sorted(path.name for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
FIRST = LESSONS[0]
"""Has no test of its own. The others take a minute each and are walked by mouse in `make soak`."""


@pytest.mark.parametrize("name", LESSONS if os.environ.get("ITBAND_SOAK") else [FIRST])
def test_a_lesson_is_walked_by_mouse(drawing: Browser, tmp_path: Path, name: str) -> None:
    with opened(name, drawing, tmp_path, done=LessonByMouse) as lesson:
        walk(lesson)


@pytest.mark.skipif(not os.environ.get("ITBAND_SOAK"), reason="in make soak; by mouse it is walked always")
def test_the_first_lesson_is_walked_by_keyboard_alone(drawing: Browser, tmp_path: Path) -> None:
    with opened(FIRST, drawing, tmp_path) as lesson:
        walk(lesson)


def walk(lesson: Lesson) -> None:
    assert lesson.asked
    lesson.run_all()
    lesson.answer_all_rightly()
    lesson.expect_no_harm()
