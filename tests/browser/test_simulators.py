"""Each simulated test is done in a real JupyterLab, by mouse and by keyboard, and a false reading says why."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import PATIENCE, Notebook, jupyter
from lessons import drag_slider, slide_by_keys
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, BrowserContext, Locator, ViewportSize, expect

from itband_course import answers
from itband_course.practising import PRACTICE_CASE, PRACTICE_FILE

pytestmark = pytest.mark.browser

WINDOW: ViewportSize = {"width": 1280, "height": 1300}
TRUTHS = {"ober": 10, "modified-ober": 16, "modified-thomas": 8, "ely": 100, "noble-compression": 30}


class Bench:
    """A simulated test, open."""

    def __init__(self, notebook: Notebook, test: str) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.root = self.page.locator(f".itband-simulator[data-test='{test}']")
        self.figure = self.page.locator(".itband-figure")

    def slide(self, name: str) -> Locator:
        return self.root.locator(f"[data-slide='{name}']")

    def set(self, name: str, value: int) -> None:
        """Move a slider by its keys."""
        slide_by_keys(self.slide(name), value)

    def drag(self, name: str, value: int) -> None:
        """Move a slider with the mouse, near to a value, and let go."""
        drag_slider(self.slide(name), value)

    def now(self) -> dict[str, Any]:
        return dict(self.root.evaluate("el => el.itbandSimulator.now()"))

    def angles(self) -> dict[str, float]:
        return dict(self.figure.evaluate("el => el.itbandFigure.state().angles"))

    def read(self, value: int) -> None:
        self.root.get_by_role("textbox").fill(str(value))
        self.page.keyboard.press("Enter")

    def expect_mark(self, verdict: str) -> None:
        expect(self.root.locator(".itband-mark")).to_have_attribute("data-verdict", verdict)

    def next(self) -> None:
        self.root.get_by_role("button", name="Next client").click()

    def call_next(self) -> None:
        """Have another client come, whether the one before was read or not."""
        if not self.root.get_by_role("button", name="Next client").is_visible():
            self.read(0)
        self.next()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulators") / "desk"
    folder.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for test, truth in TRUTHS.items():
        code = f'from itband_course import simulate\nsimulate("{test}", truths={[truth] * 20})'
        write(new_notebook(cells=[new_code_cell(code)], metadata=kernel), folder / f"{test}.ipynb")
    return folder


@pytest.fixture(scope="module")
def address(desk: Path) -> Iterator[str]:
    with jupyter(desk, desk.parent / "jupyter") as served:
        yield served


@pytest.fixture(scope="module")
def opened(drawing: Browser, address: str) -> Iterator[Any]:
    """Open a test, or where it is open already, have its next client come."""
    contexts: list[BrowserContext] = []
    benches: dict[str, Bench] = {}

    def open_bench(test: str) -> Bench:
        if test in benches:
            benches[test].page.bring_to_front()
            benches[test].call_next()
            return benches[test]
        context = drawing.new_context(viewport=WINDOW, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        notebook = Notebook(context.new_page(), address, f"{test}.ipynb")
        notebook.url = f"{address}/lab/workspaces/{test}-{len(contexts)}/tree/{test}.ipynb"
        notebook.open()
        notebook.menu("Run", "Run All Cells")
        bench = benches[test] = Bench(notebook, test)
        expect(bench.root).to_have_attribute("data-state", "ready")
        expect(bench.figure).to_have_attribute("data-state", "ready")
        return bench

    yield open_bench
    for context in contexts:
        context.close()


def test_ober_by_keyboard_three_good_readings_running_and_they_are_recorded(opened: Any, desk: Path) -> None:
    bench = opened("ober")
    for good in range(1, 4):
        bench.set("lower-hip", 45)
        bench.set("forward", 0)
        bench.root.get_by_label("Hold the iliac crest").focus()
        bench.page.keyboard.press("Space")
        bench.slide("down").focus()
        bench.page.keyboard.press("End")
        expect(bench.slide("down")).to_have_value(str(TRUTHS["ober"]))
        expect(bench.root.locator(".itband-felt")).to_contain_text("the pelvis wants to move")
        assert bench.angles().get("pelvic_drop", 0) == 0
        bench.read(TRUTHS["ober"] + good - 2)
        bench.expect_mark("right")
        expect(bench.root.locator(".itband-status")).to_have_text("Recorded.")
        if good < 3:
            expect(bench.root.locator(".itband-running")).to_contain_text(f"{good} of 3 good readings running")
            bench.root.get_by_role("button", name="Next client").focus()
            bench.page.keyboard.press("Enter")
            expect(bench.slide("lower-hip")).to_be_focused()
    expect(bench.root.locator(".itband-running")).to_contain_text("Done: 3 good readings running")
    record = answers.read(desk, PRACTICE_CASE, PRACTICE_FILE)
    assert record is not None
    assert record.answers["simulate-ober-right"].value == {"readings": 3, "running": 3, "done": True}
    assert bench.page.locator(".jp-Dialog").count() == 0
    assert bench.page.locator(".jp-Notebook .jp-Cell").count() == 1, "no key reached JupyterLab"


def test_ober_by_mouse_with_a_pelvis_that_nobody_holds_reads_too_much_and_says_why(opened: Any, shots: Path) -> None:
    bench = opened("ober")
    bench.drag("lower-hip", 45)
    bench.drag("forward", 0)
    bench.drag("down", 40)
    now = bench.now()
    assert now["reading"] > TRUTHS["ober"] + 5
    follows = now["reading"] - TRUTHS["ober"]
    assert bench.angles()["pelvic_drop"] == pytest.approx(-follows, abs=2), "the pelvis is seen to follow"
    bench.read(now["reading"])
    bench.expect_mark("wrong")
    expect(bench.root.locator(".itband-verdict")).to_contain_text("The pelvis followed the leg")
    bench.root.screenshot(path=shots / "simulator-ober-false.png")


def test_what_makes_a_reading_false_is_named_for_each_test(opened: Any) -> None:
    modified = opened("modified-ober")
    modified.set("down", 30)
    modified.read(modified.now()["reading"])
    modified.expect_mark("wrong")
    for words in ("The pelvis followed", "In flexion it sinks further", "lower hip is bent to 20°"):
        expect(modified.root.locator(".itband-verdict")).to_contain_text(words)

    thomas = opened("modified-thomas")
    thomas.set("down", 30)
    assert thomas.angles()["pelvic_tilt"] > 0, "the pelvis is seen to tip forward"
    thomas.read(thomas.now()["reading"])
    thomas.expect_mark("wrong")
    expect(thomas.root.locator(".itband-verdict")).to_contain_text("not drawn up far enough")
    thomas.next()
    thomas.set("sound-knee", 124)
    thomas.root.get_by_label("Hold the pelvis").check()
    thomas.slide("down").focus()
    thomas.page.keyboard.press("End")
    thomas.read(thomas.now()["reading"])
    thomas.expect_mark("wrong")
    expect(thomas.root.locator(".itband-verdict")).to_contain_text("drawn up too far")

    ely = opened("ely")
    ely.set("bend", 115)
    assert ely.angles()["pelvic_tilt"] > 0, "the hip is seen to lift"
    ely.read(115)
    ely.expect_mark("wrong")
    expect(ely.root.locator(".itband-verdict")).to_contain_text("hip began to lift")


def set_up(bench: Bench, test: str, by: str) -> None:
    """Set a client up and move as the test asks, by keys or with the mouse, to the angle that is to be read."""
    move = bench.set if by == "keyboard" else bench.drag

    def tick(label: str) -> None:
        box = bench.root.get_by_label(label)
        if by == "keyboard":
            box.focus()
            bench.page.keyboard.press("Space")
        else:
            box.click()

    def let_down() -> None:
        if by == "keyboard":
            bench.slide("down").focus()
            bench.page.keyboard.press("End")
        else:
            bench.drag("down", int(bench.slide("down").get_attribute("max") or 0))
        expect(bench.slide("down")).to_have_value(str(TRUTHS[test]))

    if test in ("ober", "modified-ober"):
        move("lower-hip", 45)
        move("forward", 0)
        tick("Hold the iliac crest")
        let_down()
    elif test == "modified-thomas":
        move("sound-knee", 112)
        tick("Hold the pelvis")
        let_down()
    elif test == "ely":
        tick("Lay a hand on the sacrum")
        move("bend", TRUTHS[test])
    else:
        bench.root.get_by_label("Your thumb lies lightly on").select_option("epicondyle")
        move("knee", TRUTHS[test])


# Each takes a minute where pictures are drawn without a graphics card: in `make test` the mouse does one of them.
BY = [(test, by) for by in ("keyboard", "mouse") for test in TRUTHS]
ALWAYS = [(test, by) for test, by in BY if by == "keyboard" or test == "ober"]


@pytest.mark.parametrize(("test", "by"), BY if os.environ.get("ITBAND_SOAK") else ALWAYS)
def test_each_test_is_done_to_its_end_by_keyboard_and_by_mouse(opened: Any, desk: Path, test: str, by: str) -> None:
    bench = opened(test)
    for good in range(1, 4):
        set_up(bench, test, by)
        bench.read(round(bench.now()["reading"]))
        bench.expect_mark("right")
        expect(bench.root.locator(".itband-status")).to_have_text("Recorded.")
        if good < 3:
            bench.next()
    expect(bench.root.locator(".itband-running")).to_contain_text("Done: 3 good readings running")
    record = answers.read(desk, PRACTICE_CASE, PRACTICE_FILE)
    assert record is not None
    kept = record.answers[f"simulate-{test}-right"].value
    assert kept["done"] and kept["running"] >= 3


def test_what_the_hands_and_the_client_say_tells_when_to_read(opened: Any) -> None:
    ely = opened("ely")
    ely.root.get_by_label("Lay a hand on the sacrum").check()
    ely.set("bend", TRUTHS["ely"])
    expect(ely.root.locator(".itband-felt")).to_contain_text("lies still")
    ely.page.keyboard.press("ArrowRight")
    expect(ely.root.locator(".itband-felt")).to_contain_text("begun to lift")

    noble = opened("noble-compression")
    thumb = noble.root.get_by_label("Your thumb lies lightly on")
    thumb.select_option("joint-line")
    noble.set("knee", 20)
    expect(noble.root.locator(".itband-felt")).to_contain_text("nothing else")
    noble.read(30)
    noble.expect_mark("wrong")
    noble.next()
    thumb.select_option("epicondyle")
    noble.set("knee", 30)
    expect(noble.root.locator(".itband-felt")).to_contain_text("There! That is my pain")


def test_a_reading_that_is_no_number_is_asked_for_again(opened: Any) -> None:
    bench = opened("ely")
    bench.root.get_by_role("textbox").fill("about ninety")
    bench.page.keyboard.press("Enter")
    expect(bench.root.locator(".itband-hint")).to_have_text("Write a number, such as 12.")
    assert bench.root.locator(".itband-mark").count() == 0


def test_axe_finds_nothing_light_or_dark_and_it_fits_a_narrow_window(opened: Any, shots: Path) -> None:
    bench = opened("noble-compression")
    bench.read(60)
    bench.expect_mark("wrong")
    bench.page.keyboard.press("Control+b")
    for width in (1280, 480):
        bench.page.set_viewport_size({"width": width, "height": 1900})
        assert bench.root.evaluate("el => el.scrollWidth <= el.clientWidth + 1")
        for theme in bench.notebook.in_each_theme():
            found = Axe().run(bench.page, context=".itband-simulator")
            assert [item["id"] for item in found.response["violations"]] == []
            bench.root.screenshot(path=shots / f"simulator-{theme}-{width}.png")
    bench.page.set_viewport_size(WINDOW)
    bench.page.keyboard.press("Control+b")
