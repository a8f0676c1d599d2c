"""A lesson in a real JupyterLab, and what a student does in it by keyboard alone."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course_kit import REPOSITORY
from lab import Notebook, jupyter
from nbformat import read
from playwright.sync_api import Browser, Locator, expect

from itband_course.practising import practice_questions
from itband_course.questions import kind_of, samples, split


class Lesson:
    """A lesson that is open.

    Parameters
    ----------
    notebook : Notebook
        Where it is open.
    cells : list
        Its cells, as committed.
    """

    def __init__(self, notebook: Notebook, cells: list[Any]) -> None:
        self.notebook, self.page, self.cells = notebook, notebook.page, cells
        code = [cell.source for cell in cells if cell.cell_type == "code"]
        asks = (re.search(r'^practice\("(.+)"\)$', source, re.MULTILINE) for source in code)
        self.asked = [found[1] for found in asks if found]
        self.figures = sum(bool(re.search(r"^(show_leg|side_by_side)\(", source, re.MULTILINE)) for source in code)
        self.charts = sum(bool(re.search(r"^side_by_side\(", source, re.MULTILINE)) for source in code)

    def run_all(self) -> None:
        """Run All from the command palette, and wait until all that the lesson shows is there."""
        page = self.page
        page.locator(".jp-Notebook").first.focus()
        page.keyboard.press("Control+Shift+c")
        box = page.locator("#command-palette input, .lm-CommandPalette-input").first
        expect(box).to_be_focused()
        page.keyboard.type("Run All Cells")
        expect(page.locator(".lm-CommandPalette-item.lm-mod-active")).to_contain_text("Run All Cells")
        page.keyboard.press("Enter")
        expect(page.locator(".itband-card")).to_have_count(len(self.asked), timeout=60_000)
        expect(page.locator(".itband-figure")).to_have_count(self.figures, timeout=60_000)
        expect(page.locator(".itband-figure:not([data-state=ready])")).to_have_count(0, timeout=60_000)
        expect(page.locator(".itband-chart[data-state=ready]")).to_have_count(self.charts, timeout=60_000)
        expect(page.locator(".jp-Notebook-ExecutionIndicator").first).to_have_attribute(
            "data-status", "idle", timeout=60_000
        )

    def figure(self, number: int) -> Locator:
        """Return a figure, counted from 0, once it stands in the window and is drawn."""
        figure = self.page.locator(".itband-figure").nth(number)
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-state", "ready")
        return figure

    def answer_all_rightly(self) -> None:
        """Answer every question rightly, and see each explained."""
        for question_id in self.asked:
            self.answer_rightly(question_id)
            card = self.notebook.card(question_id)
            expect(card.locator(".itband-mark")).to_have_attribute("data-verdict", "right", timeout=10_000)
            expect(card.locator(".itband-note").first).to_be_visible()

    def answer_rightly(self, question_id: str) -> None:
        """Give the first right answer of a question, each thing by its own keys."""
        authored = practice_questions()[question_id]
        question, rubric = split(authored)
        kind = kind_of(authored)
        value = next(sample.value for sample in samples(rubric) if sample.name == "right")
        card, keys = self.notebook.card(question_id), self.page.keyboard
        card.scroll_into_view_if_needed()
        answer = card.locator(".itband-answer")
        if kind.name == "one-of":
            ids = [choice.id for choice in question.choices]
            answer.locator("input").first.focus()
            for key, choice in zip(["Space", *["ArrowDown"] * len(ids)], ids[: ids.index(value) + 1], strict=False):
                keys.press(key)
                # At a reader's pace: a slow page may take more than the three seconds after which a card gives up.
                expect(card).to_have_attribute("data-state", "recorded", timeout=20_000)
                expect(answer.locator("input:checked")).to_have_value(choice)
        elif kind.name in ("many-of", "hotspot"):
            for choice in value:
                answer.locator(f"input[value='{choice}']").focus()
                keys.press("Space")
        elif kind.name == "match":
            for number, row in enumerate(question.rows):
                select = answer.locator("select").nth(number)
                select.focus()
                for _ in range([choice.id for choice in question.choices].index(value[row.id]) + 1):
                    keys.press("ArrowDown")
                expect(card).to_have_attribute("data-state", "recorded", timeout=20_000)
                expect(select).to_have_value(value[row.id])
        elif kind.name == "order":
            for step in value:
                answer.locator(f".itband-pool [data-step='{step}'] button").focus()
                keys.press("Enter")
        else:
            answer.locator("input[type=text]").focus()
            keys.type(f"{value:g}")
            keys.press("Enter")
        self.notebook.expect_status(question_id, "^Recorded")
        finish = card.get_by_role("button", name="Explain my answer")
        if finish.is_visible():
            finish.focus()
            keys.press("Enter")

    def expect_no_harm(self) -> None:
        """See no traceback and no warning, no id twice; and no key has reached JupyterLab, which would change cells."""
        page = self.page
        ids = page.evaluate("[...document.querySelectorAll('[id^=itband]')].map((element) => element.id)")
        assert len(ids) == len(set(ids)), "a label would speak of another figure's slider"
        assert page.locator(".jp-OutputArea-output[data-mime-type*='stderr']").count() == 0
        assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
        assert page.locator(".itband-figure[data-state=failed]").count() == 0
        assert page.locator(".jp-Dialog").count() == 0
        assert page.locator(".jp-Notebook .jp-Cell").count() == len(self.cells)


@contextmanager
def opened(name: str, drawing: Browser, scratch: Path) -> Iterator[Lesson]:
    """Open a lesson in a JupyterLab of its own until the block ends.

    Parameters
    ----------
    name : str
        Of its notebook: ``01_anatomy.ipynb``.
    drawing : Browser
        One that draws moving figures.
    scratch : Path
        A folder for the copy that is opened.
    """
    folder = scratch / "notebooks"
    folder.mkdir()
    shutil.copy(REPOSITORY / "notebooks" / name, folder / name)
    with jupyter(folder, scratch / "jupyter") as address:
        page = drawing.new_page(viewport={"width": 1280, "height": 1000}, locale="en-GB")
        page.set_default_timeout(30_000)
        notebook = Notebook(page, address, name)
        notebook.open()
        yield Lesson(notebook, read(folder / name, as_version=4).cells)
        page.close()
