"""Charts in a real JupyterLab: the point moves by mouse and key, alone and with the leg, without the kernel."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import DARK, PATIENCE, Notebook, jupyter
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

from itband_course.bundled import FOLDER, NOT_BUILT

pytestmark = pytest.mark.browser

LINKED = """
from itband_course import show_leg
from itband_course.figure.leg_charts import band_before_knee, band_length_by_knee
leg = show_leg("standing", controls=["movement"])
knee = band_before_knee().link_to(leg)
length = band_length_by_knee().link_to(leg)
"""
ALONE = """
from itband_course.figure.leg_charts import abduction_by_hip, band_length_by_drop
hip = abduction_by_hip()
"""


class Desk:
    """A notebook with charts."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        self.sent = 0
        page.on("websocket", lambda socket: socket.on("framesent", self._on_frame))
        self.notebook = Notebook(page, address, name)
        self.notebook.url += "?reset"  # without the tabs of the test before
        self.notebook.open()
        self.notebook.menu("Run", "Run All Cells")
        page.locator(".itband-chart[data-state=ready]").first.wait_for()

    def _on_frame(self, frame: str | bytes) -> None:
        data = frame.encode() if isinstance(frame, str) else frame
        self.sent += b"comm_msg" in data

    def wait_quiet(self) -> None:
        """Wait until nothing has been sent for a second, by the page's own clock, which waits for what the page does.

        A figure moves, rests for 400 ms and sends; then the charts that follow it rest as long, and send.
        """
        for _ in range(20):
            before = self.sent
            self.page.evaluate("new Promise((done) => setTimeout(done, 1000))")
            if self.sent == before:
                return

    def wait_until_sent(self, before: int) -> None:
        """Wait until the kernel has been told more than it had been."""
        deadline = time.monotonic() + 20
        while self.sent <= before:
            assert time.monotonic() < deadline, "the kernel was told nothing"
            self.page.wait_for_timeout(50)

    def chart(self, words: str) -> Locator:
        return self.page.locator(".itband-chart").filter(has_text=words)

    def leg(self, code: str) -> Any:
        return self.page.evaluate(
            f"() => {{ const leg = document.querySelector('.itband-figure').itbandFigure; return {code}; }}"
        )

    def kernel(self, expression: str) -> str:
        """Return what an expression is in the kernel: the last cell prints it."""
        cell = self.page.locator(".jp-CodeCell").last
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(f"print('is', {expression})")
        self.page.keyboard.press("Control+Enter")
        output = cell.locator(".jp-OutputArea-output", has_text="is ")
        expect(output).to_be_visible()
        return output.inner_text().removeprefix("is").strip()


def point(chart: Locator) -> tuple[float, float]:
    made = chart.locator("circle").first
    return float(made.get_attribute("cx") or 0), float(made.get_attribute("cy") or 0)


def violations(page: Page) -> list[str]:
    found = Axe().run(page, context=".itband-chart")
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found.response["violations"]]


@pytest.fixture(scope="module")
def lab(drawing: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, str, Path]]:
    assert (FOLDER / "figure.js").exists(), NOT_BUILT
    scratch = tmp_path_factory.mktemp("charts")
    folder = scratch / "desk"
    folder.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, cells in {
        "linked.ipynb": [LINKED + "leg", "knee", "length", ""],
        "alone.ipynb": [ALONE + "hip", "band_length_by_drop()", ""],
    }.items():
        write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel), folder / name)
    with jupyter(folder, scratch / "jupyter") as address:
        yield drawing, address, scratch / "jupyter/config/lab/user-settings"


def test_leg_and_charts_move_one_another(lab: tuple[Browser, str, Path], shots: Path) -> None:
    browser, address, _ = lab
    context = browser.new_context(viewport={"width": 1100, "height": 2600}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    desk = Desk(context.new_page(), address, "linked.ipynb")
    page, keys = desk.page, desk.page.keyboard
    figure = page.locator(".itband-figure")
    expect(figure).to_have_attribute("data-state", "ready")
    knee, length = desk.chart("passes behind"), desk.chart("Adducting the hip")
    here = knee.get_by_role("slider", name="Knee flexion")
    # A linked chart stands where the figure stands, whatever it started with.
    expect(here).to_have_attribute("aria-valuenow", "0")
    desk.wait_quiet()

    # The leg moves the charts, while it moves.
    sent = desk.sent
    figure.get_by_role("slider", name="Knee flexion").focus()
    for _ in range(3):
        keys.press("ArrowRight")
    expect(here).to_have_attribute("aria-valuenow", "3")
    expect(length.get_by_role("slider")).to_have_attribute("aria-valuenow", "3")
    figure.get_by_role("slider", name="Hip adduction").focus()
    keys.press("End")
    expect(length.locator(".itband-readout")).to_contain_text("Adduction 30°: ")

    # A press on the chart moves the leg, at once and without the kernel; holding is part of it.
    desk.wait_until_sent(sent)
    desk.wait_quiet()
    sent = desk.sent
    box = here.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6, steps=3)
    page.wait_for_timeout(600)
    held = float(here.get_attribute("aria-valuenow") or 0)
    assert 30 < held < 70
    assert desk.leg("leg.state().angles.knee_flexion") == held
    assert float(length.get_by_role("slider").get_attribute("aria-valuenow") or 0) == held, "the other chart too"
    assert desk.sent == sent, "nothing is sent while it is held, by no chart and not by the leg"
    page.mouse.up()
    desk.wait_until_sent(sent)
    expect(figure.locator("canvas")).to_have_attribute("aria-label", re.compile(f"knee flexion {held:g}°"))

    # Keys on the chart do the same.
    here.focus()
    keys.press("PageUp")
    keys.press("ArrowLeft")
    assert desk.leg("leg.state().angles.knee_flexion") == held + 9
    expect(here).to_have_attribute("aria-valuetext", re.compile(r"mm behind the axis"))
    desk.wait_quiet()
    sent = desk.sent
    keys.press("Home")
    expect(figure.get_by_role("slider", name="Knee flexion")).to_have_value("0")
    desk.wait_until_sent(sent)
    desk.wait_quiet()
    assert (
        desk.kernel("leg.state['angles'], knee.x, length.pose") == "{'hip_adduction': 30.0} 0.0 {'hip_adduction': 30.0}"
    )

    # A kept curve stays while the hip moves on.
    length.get_by_role("button", name="Keep this curve").click()
    figure.get_by_role("slider", name="Hip adduction").focus()
    keys.press("Home")
    expect(length.locator(".itband-readout")).to_contain_text("Adduction −40°: ")
    expect(length.locator("svg")).to_contain_text(re.compile("kept: hip adduction ?30°"))
    length.screenshot(path=shots / "chart-kept.png")
    page.screenshot(path=shots / "chart-linked.png")
    length.get_by_role("button", name="Remove what is kept").click()
    expect(length.locator("[data-kept]")).to_have_count(0)
    expect(knee.get_by_role("button", name="Keep this curve")).to_be_hidden()

    # What the chart does not reach is said; what Python sets arrives.
    figure.get_by_role("slider", name="Knee flexion").focus()
    keys.press("End")
    expect(knee.locator(".itband-readout")).to_contain_text("stands at 120°, beyond this chart")
    expect(here).to_have_attribute("aria-valuenow", "90")
    desk.wait_quiet()
    desk.kernel("setattr(knee, 'x', 25)")
    expect(here).to_have_attribute("aria-valuenow", "25")
    expect(figure.get_by_role("slider", name="Knee flexion")).to_have_value("25")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_alone_has_no_violation_wide_or_narrow(lab: tuple[Browser, str, Path], shots: Path, theme: str) -> None:
    browser, address, settings = lab
    for plugin, text in DARK.items():
        file = settings / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if theme == "dark" else "{}")
    context = browser.new_context(viewport={"width": 1000, "height": 2300}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    desk = Desk(context.new_page(), address, "alone.ipynb")
    page, hip, drop = desk.page, desk.chart("Which muscles share"), desk.chart("A pelvis that drops")
    assert page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "light").lower()
    here = hip.get_by_role("slider", name="Hip flexion")
    before, height = point(hip), hip.bounding_box()
    here.focus()
    for _ in range(2):
        page.keyboard.press("PageUp")
    expect(here).to_have_attribute("aria-valuenow", "20")
    assert point(hip)[0] > before[0]
    page.keyboard.press("End")
    expect(here).to_have_attribute("aria-valuetext", re.compile("^Hip flexion 90°. Most: "))
    after = hip.bounding_box()
    assert height is not None and after is not None
    assert after["height"] == pytest.approx(height["height"], abs=1), "nothing jumps"
    hip.get_by_role("button", name="Gluteus minimus").click()
    expect(hip.locator("[data-curve=glmin1]")).to_have_count(0)
    hip.locator("summary", has_text="Show as a table").click()
    expect(hip.locator("tbody tr")).to_have_count(12)
    expect(hip.locator("thead")).not_to_contain_text("minimus")
    assert violations(page) == []
    hip.screenshot(path=shots / f"chart-hip-{theme}.png")
    drop.screenshot(path=shots / f"chart-drop-{theme}.png")
    page.keyboard.press("Control+b")  # without the file browser, as one works in a narrow window
    page.set_viewport_size({"width": 480, "height": 2600})
    page.wait_for_function(
        "[...document.querySelectorAll('.itband-chart')]"
        ".every((e) => e.clientWidth < 480 && e.scrollWidth <= e.clientWidth + 1)"
    )
    assert violations(page) == []
    hip.screenshot(path=shots / f"chart-hip-{theme}-narrow.png")
    drop.screenshot(path=shots / f"chart-drop-{theme}-narrow.png")
    context.close()
