"""A test is done with the hands on both sides of a moving client, by mouse and by keyboard, and recorded to the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from course_kit import REPOSITORY
from lab import PATIENCE, Notebook, jupyter
from lessons import drag_slider, slide_by_keys
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

from itband_course import answers
from itband_course.grading.course import Course
from itband_course.kinds.base import Points
from itband_course.questions import (
    QUESTIONS_FILE,
    Stage,
    make_case_questions,
    score,
    simulated,
    split,
    write_case_questions,
)

pytestmark = pytest.mark.browser

CASE = "both-her-hips"
BEFORE, MEASURE = "pill-and-legs", "ober-both-sides"
BANK = Course.at(REPOSITORY).bank
QUESTION, RUBRIC = split(BANK.questions[MEASURE])
SIDES = ("right", "left")


def make_desk(folder: Path) -> Path:
    """Write a case whose measure question opens once the part before it is closed."""
    folder.mkdir()
    questions = [split(BANK.questions[name])[0] for name in (BEFORE, MEASURE)]
    stages = [Stage(id="workup", questions=[BEFORE]), Stage(id="decisions", questions=[MEASURE])]
    case = make_case_questions(CASE, questions, [], stages)
    (folder / QUESTIONS_FILE).write_bytes(write_case_questions(case))
    code = ["from itband_course import ask, close_stage", f'ask("{BEFORE}")', 'close_stage("workup")']
    code += [f'ask("{MEASURE}")', 'close_stage("decisions")']
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(
        new_notebook(cells=[new_code_cell(line) for line in code], metadata=kernel), folder / f"{CASE}.ipynb"
    )
    return folder


class Desk:
    """The case, open in JupyterLab."""

    def __init__(self, folder: Path, page: Page, address: str) -> None:
        self.folder = folder
        self.page = page
        self.panel = page.locator(".itband-simulator")
        self.figure = page.locator(".itband-figure")
        self.notebook = Notebook(page, address, f"{CASE}.ipynb")
        self.notebook.open()
        self.notebook.run_all()
        self.card = self.notebook.card(MEASURE)

    def ready(self) -> None:
        expect(self.panel).to_have_attribute("data-state", "ready")
        expect(self.figure).to_have_attribute("data-state", "ready")
        self.panel.scroll_into_view_if_needed()

    def slide(self, name: str) -> Locator:
        return self.panel.locator(f"[data-slide='{name}']")

    def keys(self, name: str, value: int) -> None:
        """Move a slider by its keys."""
        slide_by_keys(self.slide(name), value)

    def drag(self, name: str, value: int) -> None:
        """Move a slider with the mouse, near to a value, and let go."""
        drag_slider(self.slide(name), value)

    def angles(self) -> dict[str, float]:
        return dict(self.figure.evaluate("el => el.itbandFigure.state().angles"))

    def dial(self) -> int:
        """Return what the inclinometer shows."""
        shown = self.panel.locator(".itband-figures").text_content()
        assert shown is not None
        return int(shown.removesuffix("°").replace("−", "-"))

    def box(self, side: str) -> Locator:
        return self.card.get_by_label(f"{side.capitalize()} side, your reading")

    def record(self) -> answers.Record:
        found = answers.read(self.folder, CASE)
        assert found is not None
        return found

    def read_as(self) -> dict[str, int]:
        """Return what this student reads on each side if the test is done well."""
        done = simulated(QUESTION, self.record().seed)
        assert done is not None
        return {side: one.true + one.error for side, one in done.sides.items()}

    def expect(self, value: Any) -> None:
        self.notebook.expect_recorded(MEASURE, self.folder, lambda answer: answer.value == value)

    def earned(self) -> float:
        result = score(RUBRIC, self.record().answers[MEASURE].value)
        assert isinstance(result, Points)
        return result.earned / result.possible


@pytest.fixture(scope="module")
def desk(drawing: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    scratch = tmp_path_factory.mktemp("measure")
    folder = make_desk(scratch / CASE)
    context = drawing.new_context(viewport={"width": 1280, "height": 1700}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    with jupyter(folder, scratch / "jupyter") as address:
        yield Desk(folder, context.new_page(), address)
    context.close()


def test_both_sides_are_measured_and_recorded_by_mouse_and_earn_everything(desk: Desk, shots: Path) -> None:
    expect(desk.panel).to_have_count(0)
    expect(desk.page.locator(".jp-Notebook")).to_contain_text("A test to do on a client that moves. Opens when")
    desk.notebook.choice(BEFORE, "").first.click()
    desk.notebook.expect_status(BEFORE, "^Recorded")
    desk.notebook.close_part("Screen and workup")
    desk.ready()
    expect(desk.card).to_be_visible()
    assert desk.panel.get_by_role("textbox").count() == 0
    assert desk.panel.get_by_role("button", name="Check").count() == 0
    read = {}
    for side in SIDES:
        desk.panel.get_by_label(f"{side.capitalize()} side").check()
        expect(desk.panel.locator("h3")).to_have_text(f"{side.capitalize()} side")
        desk.page.wait_for_function(
            "side => document.querySelector('.itband-figure').itbandFigure.state().side === side", arg=side
        )
        desk.drag("lower-hip", 45)
        desk.drag("forward", 0)
        # Held by nobody, the pelvis follows, and she has nothing to say yet.
        desk.drag("down", 44)
        expect(desk.panel.locator(".itband-felt")).to_have_text("The leg sinks on. Look at the pelvis.")
        assert abs(desk.angles()["pelvic_drop"]) > 5
        assert desk.dial() > desk.read_as()[side] + 5
        desk.panel.get_by_label("Hold the iliac crest").check()
        desk.slide("down").focus()
        desk.page.keyboard.press("End")
        expect(desk.panel.locator(".itband-felt")).to_contain_text("“I feel it here, at my outer hip.”")
        assert desk.angles().get("pelvic_drop", 0) == 0
        read[side] = desk.dial()
        desk.panel.screenshot(path=shots / f"measure-{side}.png")
        desk.figure.screenshot(path=shots / f"measure-figure-{side}.png")
    assert read == pytest.approx(desk.read_as(), abs=1), "a mouse may leave the thigh a degree or two out of line"
    told = desk.panel.inner_text() + desk.card.inner_text()
    assert "true angle" not in told.replace(QUESTION.rule, "")
    for side in SIDES:
        desk.box(side).fill(str(read[side]))
        desk.box(side).press("Enter")
    desk.expect({side: read[side] for side in SIDES})
    desk.notebook.choice(MEASURE, "At the outer hip").click()
    desk.notebook.choice(MEASURE, "A difference").click()
    desk.expect(read | {"felt": "outer-hip", "says": "a-difference"})
    assert desk.earned() == 1
    desk.card.screenshot(path=shots / "measure-card.png")
    desk.page.screenshot(path=shots / "measure-page.png")


def test_a_reading_that_is_no_number_is_not_recorded_and_the_others_stay(desk: Desk) -> None:
    before = desk.record().answers[MEASURE]
    desk.box("left").fill("about twenty")
    desk.box("left").press("Enter")
    expect(desk.card.locator(".itband-hint").nth(1)).to_have_text("Not recorded: write a number, such as 12 or 12.5.")
    expect(desk.card.locator(".itband-status")).to_contain_text("Not recorded yet. Recorded so far:")
    assert desk.record().answers[MEASURE] == before
    desk.box("left").fill(f"{before.value['left']} °")
    desk.box("left").press("Tab")
    desk.notebook.expect_status(MEASURE, "^Recorded")


def test_both_sides_are_measured_and_recorded_by_keyboard_and_come_back_after_run_all(desk: Desk) -> None:
    desk.card.get_by_role("button", name="Clear my answer").focus()
    desk.page.keyboard.press("Enter")
    desk.expect(None)
    for side, key in (("left", "ArrowDown"), ("right", "ArrowUp")):
        desk.panel.get_by_role("radio", checked=True).focus()
        if not desk.panel.get_by_label(f"{side.capitalize()} side").is_checked():
            desk.page.keyboard.press(key)
        expect(desk.panel.locator("h3")).to_have_text(f"{side.capitalize()} side")
        desk.keys("lower-hip", 45)
        desk.keys("forward", 0)
        hold = desk.panel.get_by_label("Hold the iliac crest")
        if not hold.is_checked():
            hold.focus()
            desk.page.keyboard.press("Space")
        desk.slide("down").focus()
        desk.page.keyboard.press("End")
        expect(desk.panel.locator(".itband-figures")).to_have_text(f"{desk.read_as()[side]}°")
        desk.box(side).focus()
        desk.page.keyboard.type(str(desk.dial()))
        desk.page.keyboard.press("Enter")
        desk.notebook.expect_status(MEASURE, "^Recorded")
    desk.expect(desk.read_as())
    for part in ("felt", "says"):
        desk.card.locator(f"[name$='-{part}']").first.focus()
        desk.page.keyboard.press("Space")
        desk.notebook.expect_status(MEASURE, "^Recorded")
    value = desk.record().answers[MEASURE].value
    assert set(value) == {"right", "left", "felt", "says"}
    assert value["says"] == "none-shown"
    # Both readings, the place if it stands first, and something about both that they do not say.
    assert desk.earned() == (0.75 if value["felt"] == "outer-hip" else 0.5)
    assert desk.page.locator(".jp-Dialog").count() == 0
    assert desk.page.locator(".jp-Notebook .jp-Cell").count() == 5, "no key reached JupyterLab"

    desk.notebook.run_all()
    desk.ready()
    expect(desk.panel).to_have_count(1)
    for side in SIDES:
        expect(desk.box(side)).to_have_value(f"{value[side]:g}")
    expect(desk.card.get_by_label("No difference shown")).to_be_checked()


def test_axe_finds_nothing_light_or_dark_and_it_fits_a_narrow_window(desk: Desk, shots: Path) -> None:
    browser = desk.page.locator(".jp-FileBrowser").first
    if browser.is_visible():  # JupyterLab remembers that it was shut
        desk.page.keyboard.press("Control+b")
    expect(browser).to_be_hidden()
    for width in (1280, 480):
        desk.page.set_viewport_size({"width": width, "height": 2600})
        for place in (desk.panel, desk.card):
            place.scroll_into_view_if_needed()
            assert place.evaluate("el => el.scrollWidth <= el.clientWidth + 1")
        for theme in desk.notebook.in_each_theme():
            for context in (".itband-simulator", f".itband-card[data-question='{MEASURE}']"):
                found = Axe().run(desk.page, context=context)
                assert [item["id"] for item in found.response["violations"]] == []
            desk.panel.screenshot(path=shots / f"measure-panel-{theme}-{width}.png")
            desk.card.screenshot(path=shots / f"measure-card-{theme}-{width}.png")
