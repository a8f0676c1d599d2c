"""The moving figure in a real JupyterLab: it moves without the kernel, and all of it works without a mouse or WebGL."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import DARK, PATIENCE, Notebook, jupyter
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from itband_course.bundled import FOLDER, FRONT, NOT_BUILT
from itband_course.rig import Rig

pytestmark = pytest.mark.browser

RIG = FRONT.parent / "data" / "leg" / "right_leg.rig"
WINDOW: ViewportSize = {"width": 1280, "height": 1700}
OBER = {"hip_flexion": -10, "hip_adduction": 15, "knee_flexion": 90}
PLATE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 5"><path d="M1 0h2v5h-2z" fill="#d6a236"/></svg>'
MAKE = f"""
from importlib.resources import files
from itband_course.figure.moving import Figure
rig = files("itband_course").joinpath("data/leg/right_leg.rig").read_bytes()
figure = Figure(
    rig,
    title="Right leg",
    own_side="right",
    structures={{"gluteus_medius": {{"latin": "musculus gluteus medius", "action": "Abducts the hip."}}}},
    presets=[
        {{"id": "standing", "title": "Standing", "angles": {{}}, "view": "lateral"}},
        {{"id": "ober", "title": "Ober", "angles": {OBER}, "view": "back", "text": "Knee bent, thigh let down."}},
    ],
    plate={PLATE.encode()!r},
)
"""
# Notes each message to a widget that leaves the page while a figure moves: from outside, it could be told too late.
WATCH = """
window.sentWhileMoving = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const text = typeof data === "string" ? data : new TextDecoder().decode(data);
  const moving = document.querySelector(".itband-figure")?.itbandFigure?.moving();
  if (moving && text.includes("comm_msg")) window.sentWhileMoving += 1;
  return send.call(this, data);
};
"""


# Presses a button and says whether the figure moves now, in one breath.
PRESSED = "(document.querySelector('[data-preset=ober]').click(), figure.moving())"


class Room:
    """A JupyterLab with notebooks that show a figure."""

    def __init__(self, browser: Browser, address: str, folder: Path, settings: Path) -> None:
        self.browser = browser
        self.address = address
        self.folder = folder
        self.settings = settings
        self.opened = 0

    def write(self, name: str, *cells: str) -> None:
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel), self.folder / name)

    def theme(self, text: str) -> None:
        for plugin in DARK:
            file = self.settings / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def context(self) -> BrowserContext:
        context = self.browser.new_context(viewport=WINDOW, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH)
        return context

    def open(self, context: BrowserContext, name: str) -> "Seen":
        self.opened += 1
        notebook = Notebook(context.new_page(), self.address, name)
        # A workspace of its own each time: JupyterLab would open again what the last page had open.
        notebook.url = f"{self.address}/lab/workspaces/room-{self.opened}/tree/{name}"
        return Seen(notebook)


class Seen:
    """A notebook that is open, and the figure in it."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        self.sent: list[bytes] = []
        self.asked = 0
        self.page.on("websocket", lambda socket: socket.on("framesent", self._on_frame))
        notebook.open()

    def _on_frame(self, frame: str | bytes) -> None:
        data = frame.encode() if isinstance(frame, str) else frame
        if b"comm_msg" in data:
            self.sent.append(data)

    @property
    def root(self) -> Locator:
        return self.page.locator(".itband-figure")

    def run(self, state: str = "ready") -> None:
        self.notebook.menu("Run", "Run All Cells")
        self.root.wait_for()
        expect(self.root).to_have_attribute("data-state", state)

    def ask(self, code: str) -> Any:
        """Return what an expression about the figure's hook is in the browser; it is called `figure` there."""
        return self.page.evaluate(
            f"() => {{ const figure = document.querySelector('.itband-figure').itbandFigure; return {code}; }}"
        )

    def wait_still(self) -> None:
        self.page.wait_for_function("() => !document.querySelector('.itband-figure').itbandFigure.moving()")

    def wait_rested(self) -> None:
        """Wait until the picture is drawn finely and the kernel has been told."""
        self.page.wait_for_function("() => document.querySelector('.itband-figure').itbandFigure.still()")

    def reset(self) -> None:
        self.root.locator("[data-verb=reset]").click()
        self.wait_rested()

    def choose(self, name: str) -> None:
        self.root.locator(f"[data-id={name}]").click()
        expect(self.root.locator(f"[data-id={name}]")).to_have_attribute("aria-selected", "true")

    def poses(self, count: int) -> None:
        """Go through so many poses, and wait for the picture of each."""
        self.page.evaluate(
            """async (count) => {
              const figure = document.querySelector('.itband-figure').itbandFigure;
              for (let at = 0; at < count; at += 1) {
                const drawn = figure.drawings();
                figure.moveTo({ knee_flexion: at % 90, hip_adduction: (at % 30) - 15 });
                while (figure.drawings() === drawn) await new Promise(requestAnimationFrame);
              }
            }""",
            count,
        )

    def status(self, pattern: str) -> None:
        expect(self.root.locator(".itband-status")).to_have_text(re.compile(pattern))

    def kernel(self, expression: str) -> str:
        """Return what an expression is in the kernel: the second cell prints it."""
        cell = self.page.locator(".jp-CodeCell").nth(1)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.asked += 1
        self.page.keyboard.insert_text(f"print({self.asked}, '=', {expression})")
        self.page.keyboard.press("Control+Enter")
        output = cell.locator(".jp-OutputArea-output", has_text=f"{self.asked} =")
        expect(output).to_be_visible()
        return output.inner_text().split("=", 1)[1].strip()


@pytest.fixture(scope="module")
def room(drawing: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    assert (FOLDER / "figure.js").exists(), NOT_BUILT
    scratch = tmp_path_factory.mktemp("moving")
    folder = scratch / "desk"
    folder.mkdir()
    with jupyter(folder, scratch / "jupyter") as address:
        room = Room(drawing, address, folder, scratch / "jupyter/config/lab/user-settings")
        room.write("leg.ipynb", MAKE, "", "figure")
        yield room


@pytest.fixture(scope="module")
def leg(room: Room) -> Iterator[Seen]:
    context = room.context()
    seen = room.open(context, "leg.ipynb")
    seen.run()
    yield seen
    context.close()


def test_bundle_and_data_are_small() -> None:
    bundle, rig = (FOLDER / "figure.js").stat().st_size, RIG.stat().st_size
    print(f"\nbundle {bundle / 1e3:.0f} kB, leg {rig / 1e3:.0f} kB")
    assert bundle < 700_000
    assert rig < 1_500_000


def test_a_position_moves_the_leg_and_the_kernel_hears_of_it_once_it_rests(leg: Seen) -> None:
    leg.reset()
    leg.sent.clear()
    heel = leg.ask("figure.skinnedVertex('foot_bones', 0)")
    assert leg.ask(PRESSED), "it sets out at once and takes its time"
    leg.wait_still()
    assert leg.page.evaluate("window.sentWhileMoving") == 0
    assert np.linalg.norm(np.subtract(leg.ask("figure.skinnedVertex('foot_bones', 0)"), heel)) > 0.3
    leg.status("^Position: Ober. Knee bent")
    expect(leg.root.locator("canvas")).to_have_attribute("aria-label", re.compile("View: back. Pose: hip flexion −10°"))
    leg.wait_rested()
    assert len(leg.sent) == 1
    assert json.loads(leg.kernel("figure.state['angles']").replace("'", '"')) == OBER


def test_a_slider_moves_the_leg_and_sends_nothing_until_it_is_let_go(leg: Seen) -> None:
    leg.reset()
    leg.sent.clear()
    slider = leg.root.get_by_role("slider", name="Knee flexion")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    leg.page.mouse.move(box["x"] + 8, middle)
    leg.page.mouse.down()
    for step in range(1, 21):
        leg.page.mouse.move(box["x"] + 8 + step * box["width"] / 30, middle)
    leg.page.wait_for_timeout(800)  # holding still is part of the movement
    assert leg.ask("figure.state().angles.knee_flexion") > 60
    assert leg.sent == []
    leg.page.mouse.up()
    leg.wait_rested()
    assert len(leg.sent) == 1


def test_a_click_in_the_picture_names_the_structure_here_and_in_the_kernel(leg: Seen) -> None:
    leg.reset()
    canvas = leg.root.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    middle = np.mean([leg.ask(f"figure.place('iliotibial_tract', {at})") for at in range(0, 2000, 40)], axis=0)
    leg.page.mouse.click(box["x"] + middle[0] * box["width"], box["y"] + middle[1] * box["height"])
    expect(leg.root.locator(".itband-info h3")).to_have_text(re.compile("iliotibial", re.IGNORECASE))
    leg.status("chosen")
    expect(leg.root.locator("[data-id=iliotibial_tract]")).to_have_attribute("aria-selected", "true")
    assert leg.kernel("figure.picked['structure']") == "iliotibial_tract"
    # What is drawn between landmarks says so.
    leg.choose("sciatic_nerve")
    expect(leg.root.locator(".itband-info")).to_contain_text("Drawn:")
    # Turning is no click.
    leg.page.mouse.move(box["x"] + 200, box["y"] + 200)
    leg.page.mouse.down()
    leg.page.mouse.move(box["x"] + 300, box["y"] + 220, steps=4)
    leg.page.mouse.up()
    assert leg.ask("typeof figure.state().view") == "object"
    assert leg.ask("figure.state().selected") == "sciatic_nerve"


def test_six_verbs_by_key(leg: Seen) -> None:
    leg.reset()
    keys = leg.page.keyboard
    leg.root.locator("[data-verb=search]").focus()
    keys.press("i")
    leg.status("First choose a structure")
    keys.press("s")
    expect(leg.root.locator("input[type=search]")).to_be_focused()
    keys.type("gluteus medius")
    keys.press("Enter")
    leg.status("^Gluteus medius chosen")
    expect(leg.root.locator(".itband-info")).to_contain_text("Abducts the hip.")
    everything = set(leg.ask("figure.visible()"))
    keys.press("i")
    assert leg.ask("figure.visible()") == ["gluteus_medius"]
    keys.press("i")
    assert set(leg.ask("figure.visible()")) == everything
    keys.press("h")
    assert set(leg.ask("figure.visible()")) == everything - {"gluteus_medius"}
    leg.status("is hidden")
    keys.press("h")
    assert set(leg.ask("figure.visible()")) == everything
    keys.press("f")
    assert leg.ask("figure.state().faded") == ["gluteus_medius"]
    whole = leg.ask("figure.eye().height")
    keys.press("o")
    leg.wait_still()
    assert leg.ask("figure.eye().height") < whole / 2
    keys.press("2")
    leg.wait_still()
    assert leg.ask("figure.state().view") == "front"
    keys.press("r")
    leg.wait_still()
    assert leg.ask("figure.state().faded") == []
    assert leg.ask("figure.eye().height") == pytest.approx(whole)


def test_everything_by_keyboard_alone_and_nothing_of_it_reaches_jupyterlab(leg: Seen) -> None:
    leg.reset()
    page, keys = leg.page, leg.page.keyboard
    cells = page.locator(".jp-Cell").count()
    leg.root.locator("[data-view=lateral]").focus()
    keys.press("Tab")
    keys.press("Enter")
    leg.status("^View: front")
    seen: list[str] = []
    for _ in range(60):
        keys.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText")
        )
        if page.evaluate("document.activeElement.getAttribute('role') === 'listbox'"):
            break
    for wanted in ("Turn to the left", "Nearer", "Ober"):
        assert wanted in seen
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    assert leg.ask("figure.state().selected") != ""
    keys.press("End")
    last = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        ".closest('[role=group]').textContent"
    )
    assert last.startswith("Places on the skin"), "below all structures"
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "itband-info"
    keys.press("Tab")
    keys.press("Space")
    assert leg.ask("figure.state().layers.includes('skin')")
    knee = leg.root.get_by_role("slider", name="Knee flexion")
    knee.focus()
    for _ in range(5):
        keys.press("ArrowRight")
    assert leg.ask("figure.state().angles.knee_flexion") == 5
    assert knee.get_attribute("aria-valuetext") == "5 degrees"
    leg.root.locator(".itband-pad button").first.focus()
    before = leg.ask("figure.eye().azimuth")
    keys.press("ArrowRight")
    assert leg.ask("figure.eye().azimuth") != before
    for key in ("a", "b", "d", "d", "x", "m", "y"):  # JupyterLab's own keys
        keys.press(key)
    assert page.locator(".jp-Cell").count() == cells
    assert page.locator(".jp-Dialog").count() == 0


def test_many_poses_leave_nothing_behind(leg: Seen) -> None:
    leg.choose("femur")  # what is chosen is drawn in ways of its own: those are there from now on
    leg.reset()
    before = leg.ask("figure.memory()")
    leg.poses(20)
    leg.choose("femur")
    leg.page.keyboard.press("i")  # one bone is drawn sooner
    leg.poses(180 if os.environ.get("ITBAND_SOAK") == "1" else 15)  # without a graphics card each takes a while
    leg.page.keyboard.press("Escape")
    leg.reset()
    assert leg.ask("figure.memory()") == before


def test_browser_and_python_move_the_same_leg(leg: Seen) -> None:
    rig = Rig(RIG.read_bytes())
    angles = {"hip_flexion": 35, "hip_adduction": 12, "hip_rotation": -20, "knee_flexion": 80, "pelvic_drop": 6}
    leg.ask(f"figure.moveTo({json.dumps(angles)})")
    pose = rig.pose(angles)
    worst = 0.0
    for name, part in rig.parts.items():
        places = range(0, len(part.vertices), max(1, len(part.vertices) // 20))
        there = leg.page.evaluate(
            "([name, places]) => places.map((at) => "
            "document.querySelector('.itband-figure').itbandFigure.skinnedVertex(name, at))",
            [name, list(places)],
        )
        worst = max(worst, float(np.abs(np.array(there) - rig.skin(name, pose)[list(places)]).max()))
    print(f"\nbrowser against Python: at most {1000 * worst:.4f} mm")
    assert worst < 0.001


def test_the_kernel_moves_it_and_a_new_run_leaves_one_figure_only(leg: Seen) -> None:
    leg.kernel("figure.show(angles={'knee_flexion': 45}, selected='popliteus')")
    leg.wait_still()
    assert leg.ask("figure.state().angles") == {"knee_flexion": 45}
    expect(leg.root.locator(".itband-info h3")).to_have_text("Popliteus")
    assert leg.ask("figure.users()") == 1
    leg.page.evaluate("document.querySelector('.itband-figure').dataset.old = 'yes'")
    leg.notebook.menu("Run", "Run All Cells")
    expect(leg.page.locator(".itband-figure[data-old]")).to_have_count(0)
    expect(leg.root).to_have_attribute("data-state", "ready")
    assert leg.ask("figure.users()") == 1


def test_whoever_asks_for_calm_gets_the_pose_at_once(leg: Seen) -> None:
    leg.reset()
    leg.page.emulate_media(reduced_motion="reduce")
    assert not leg.ask(PRESSED)
    leg.status("^Position: Ober")
    leg.page.emulate_media(reduced_motion="no-preference")


def test_axe_finds_nothing_wide_or_narrow(leg: Seen, shots: Path) -> None:
    leg.reset()
    look_for_violations(leg, shots, "light")


def test_axe_finds_nothing_in_the_dark(room: Room, shots: Path) -> None:
    room.theme(next(iter(DARK.values())))
    context = room.context()
    seen = room.open(context, "leg.ipynb")
    seen.run()
    look_for_violations(seen, shots, "dark")
    context.close()
    room.theme("{}")


def look_for_violations(seen: Seen, shots: Path, theme: str) -> None:
    assert seen.page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "light").lower()
    seen.choose("gluteus_medius")
    seen.root.locator("[data-preset=ober]").click()
    seen.wait_rested()
    assert violations(seen.page) == []
    seen.root.screenshot(path=shots / f"figure-{theme}.png")
    seen.page.keyboard.press("Control+b")
    height = seen.root.locator(".itband-stage").bounding_box()
    seen.page.set_viewport_size({"width": 480, "height": 2600})
    seen.page.wait_for_function("document.querySelector('.itband-figure').clientWidth < 480")
    seen.wait_rested()
    assert violations(seen.page) == []
    assert seen.page.evaluate(
        "(() => { const e = document.querySelector('.itband-figure'); return e.scrollWidth <= e.clientWidth + 1; })()"
    )
    left, right = (seen.root.locator(name).bounding_box() for name in (".itband-left", ".itband-right"))
    assert left is not None and right is not None and height is not None
    assert right["y"] > left["y"] + left["height"] - 1, "narrow, one stands below the other"
    seen.root.screenshot(path=shots / f"figure-{theme}-narrow.png")
    seen.page.set_viewport_size(WINDOW)
    seen.page.keyboard.press("Control+b")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, context=".itband-figure")
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found.response["violations"]]


def test_without_webgl_a_plate_and_a_sentence_stand_there_and_the_twin_works(room: Room, shots: Path) -> None:
    context = room.context()
    context.add_init_script(
        """const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
          return /webgl/.test(kind) ? null : get.call(this, kind, ...more);
        };"""
    )
    seen = room.open(context, "leg.ipynb")
    seen.run("plate")
    expect(seen.root.locator(".itband-plate")).to_be_visible()
    expect(seen.root.locator(".itband-sentence")).to_contain_text("cannot draw the moving figure")
    expect(seen.root.locator("canvas")).to_be_hidden()
    expect(seen.root.locator(".itband-credit")).to_contain_text("BodyParts3D")
    seen.choose("gluteus_medius")
    expect(seen.root.locator(".itband-info")).to_contain_text("Abducts the hip.")
    seen.root.locator("[data-preset=ober]").click()
    seen.status("^Position: Ober")
    expect(seen.root.get_by_role("slider", name="Knee flexion")).to_have_value("90")
    assert violations(seen.page) == []
    seen.root.screenshot(path=shots / "figure-no-webgl.png")
    context.close()
