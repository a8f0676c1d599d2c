"""The lesson «Anatomy» from its first to its last question in a real JupyterLab, by keyboard alone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import FLAGS, find_chromium
from course_kit import REPOSITORY
from lab import Notebook, jupyter
from nbformat import read
from playwright.sync_api import Browser, Locator, Page, expect

from itband_course.practising import practice_questions
from itband_course.questions import kind_of, samples, split

pytestmark = pytest.mark.browser

LESSON = "01_anatomy.ipynb"
# Drawn by the processor: a headless browser starts no WebGL without these.
WEBGL = [flag for flag in FLAGS if flag != "--disable-gpu"]
WEBGL += ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
CELLS = read(REPOSITORY / "notebooks" / LESSON, as_version=4).cells
ASKED = [found[1] for cell in CELLS if (found := re.search(r'^practice\("(.+)"\)$', cell.source, re.MULTILINE))]
FIGURES = sum("\nshow_leg(" in cell.source for cell in CELLS)


@pytest.fixture
def lesson(chromium: Browser, tmp_path: Path) -> Iterator[Notebook]:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    shutil.copy(REPOSITORY / "notebooks" / LESSON, folder / LESSON)
    browser = chromium.browser_type.launch(executable_path=find_chromium(), args=WEBGL)
    with jupyter(folder, tmp_path / "jupyter") as address:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB").new_page()
        page.set_default_timeout(30_000)
        notebook = Notebook(page, address, LESSON)
        notebook.open()
        yield notebook
    browser.close()


def test_the_lesson_is_walked_by_keyboard_alone(lesson: Notebook) -> None:
    page = lesson.page
    run_all(page)
    expect(page.locator(".itband-card")).to_have_count(len(ASKED), timeout=60_000)
    expect(page.locator(".itband-figure")).to_have_count(FIGURES)
    expect(page.locator(".itband-figure:not([data-state=ready])")).to_have_count(0, timeout=60_000)
    expect(page.locator(".jp-Notebook-ExecutionIndicator").first).to_have_attribute("data-status", "idle")

    for question_id in ASKED:
        answer_rightly(lesson, question_id)
        expect(lesson.card(question_id).locator(".itband-mark")).to_have_attribute("data-verdict", "right")
        expect(lesson.card(question_id).locator(".itband-note").first).to_be_visible()

    hide_the_band_and_read_of_the_muscle_beneath(page.locator(".itband-figure").nth(1))

    # No traceback, no warning; and no key has reached JupyterLab, which would have changed cells or asked something.
    assert page.locator(".jp-OutputArea-output[data-mime-type*='stderr']").count() == 0
    assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
    assert page.locator(".itband-figure[data-state=failed]").count() == 0
    assert page.locator(".jp-Dialog").count() == 0
    assert page.locator(".jp-Notebook .jp-Cell").count() == len(CELLS)


def run_all(page: Page) -> None:
    """Run All from the command palette."""
    page.locator(".jp-Notebook").first.focus()
    page.keyboard.press("Control+Shift+c")
    box = page.locator("#command-palette input, .lm-CommandPalette-input").first
    expect(box).to_be_focused()
    page.keyboard.type("Run All Cells")
    expect(page.locator(".lm-CommandPalette-item.lm-mod-active")).to_contain_text("Run All Cells")
    page.keyboard.press("Enter")


def answer_rightly(lesson: Notebook, question_id: str) -> None:
    """Give the first right answer of a question, each thing by its own keys."""
    authored = practice_questions()[question_id]
    question, rubric = split(authored)
    kind = kind_of(authored)
    value = next(sample.value for sample in samples(rubric) if sample.name == "right")
    card, keys = lesson.card(question_id), lesson.page.keyboard
    card.scroll_into_view_if_needed()
    answer = card.locator(".itband-answer")
    if kind.name == "one-of":
        answer.locator("input").first.focus()
        keys.press("Space")
        for _ in range([choice.id for choice in question.choices].index(value)):
            keys.press("ArrowDown")
    elif kind.name in ("many-of", "hotspot"):
        for choice in value:
            answer.locator(f"input[value='{choice}']").focus()
            keys.press("Space")
    elif kind.name == "match":
        for number, row in enumerate(question.rows):
            answer.locator("select").nth(number).focus()
            for _ in range([choice.id for choice in question.choices].index(value[row.id]) + 1):
                keys.press("ArrowDown")
    elif kind.name == "order":
        for step in value:
            answer.locator(f".itband-pool [data-step='{step}'] button").focus()
            keys.press("Enter")
    else:
        answer.locator("input[type=text]").focus()
        keys.type(f"{value:g}")
        keys.press("Enter")
    lesson.expect_status(question_id, "^Recorded")
    finish = card.get_by_role("button", name="Explain my answer")
    if finish.is_visible():
        finish.focus()
        keys.press("Enter")


def hide_the_band_and_read_of_the_muscle_beneath(figure: Locator) -> None:
    """Do the first task of section 1."""
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-state", "ready")
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
