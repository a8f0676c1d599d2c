"""The moving figure beside an empty widget, in one run, in turns.

- from the key that runs a cell to the first picture: the leg, a client, and an empty anywidget in the same notebook
- the same with everything cold: a new page and a new kernel each time, imports and all
- how long a pose change keeps the page busy, and until the next frame stands
- what the kernel sends to the browser for each of them, and the files it comes from
"""

import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from itertools import count
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE / "tests"), str(HERE / "tests" / "browser")]

from chromium import WEBGL, WHAT_TO_DO, find_chromium  # noqa: E402
from grading import processor  # noqa: E402
from lab import Notebook, jupyter  # noqa: E402
from nbformat import write  # noqa: E402
from nbformat.v4 import new_code_cell, new_notebook  # noqa: E402
from playwright.sync_api import Browser, Page, ViewportSize, WebSocket, sync_playwright  # noqa: E402

from itband_course.bundled import FOLDER, NOT_BUILT  # noqa: E402

ROUNDS, COLD_ROUNDS, POSES = 9, 3, 60
WINDOW: ViewportSize = {"width": 1280, "height": 1700}
MEASURED = ("itband-course", "jupyterlab", "anywidget", "ipywidgets")
DATA = HERE / "itband_course" / "data"
WIDGETS = {
    "empty widget": """import anywidget
class Empty(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.classList.add('is-there'); el.textContent = 'there'; } };"
Empty()""",
    "leg": 'from itband_course import show_leg\nshow_leg("standing")',
    "client": 'from itband_course import show_client\nshow_client("supine")',
}
"""Each alone in a cell, in this order."""

NUMBERS = count(1)

# Starts to wait before the key is pressed, and counts from the key. Widgets that stand there already are old ones.
WATCH = """() => {
  for (const old of document.querySelectorAll(".itband-figure, .is-there")) old.dataset.old = "yes";
  const there = () => document.querySelector(".is-there:not([data-old])")
    || [...document.querySelectorAll(".itband-figure:not([data-old])")].some((el) => el.itbandFigure?.drawings() > 0);
  window.firstPicture = new Promise((done) => {
    const onKey = (event) => {
      if (event.key !== "Enter") return;
      removeEventListener("keydown", onKey, true);
      const began = performance.now();
      const look = () => there() ? done(performance.now() - began) : requestAnimationFrame(look);
      look();
    };
    addEventListener("keydown", onKey, true);
  });
}"""
POSE_CHANGES = """async (count) => {
  const figure = document.querySelector(".itband-figure").itbandFigure;
  const [work, whole] = [[], []];
  for (let at = 0; at < count; at += 1) {
    const drawn = figure.drawings();
    const began = performance.now();
    figure.moveTo({ knee_flexion: at % 90, hip_adduction: (at % 30) - 15 });
    while (figure.drawings() === drawn) await new Promise(requestAnimationFrame);
    work.push(figure.times().at(-1));
    whole.push(performance.now() - began);
  }
  return [work, whole];
}"""


class Desk:
    """A JupyterLab page with a notebook, and how many bytes its kernel has sent to it."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        self.page: Page = browser.new_page(viewport=WINDOW)
        self.page.set_default_timeout(120_000)
        self.received = 0
        self.page.on("websocket", self._on_socket)
        notebook = Notebook(self.page, address, name)
        # A workspace of its own: JupyterLab would open again what the last page had open.
        notebook.url = f"{address}/lab/workspaces/{next(NUMBERS)}/tree/{name}"
        notebook.open()

    def _on_socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._on_frame)

    def _on_frame(self, frame: str | bytes) -> None:
        self.received += len(frame)

    def run(self, cell: int) -> tuple[float, int]:
        """Run a cell and return the seconds until what it shows stands there, and the bytes that came."""
        self.page.locator(".jp-CodeCell .cm-content").nth(cell).click()
        before = self.received
        self.page.evaluate(WATCH)
        self.page.keyboard.press("Control+Enter")
        seconds = self.page.evaluate("() => window.firstPicture") / 1000
        self.page.wait_for_timeout(600)  # the fine picture follows the first one: not into the next turn
        return seconds, self.received - before


def main() -> None:
    path = find_chromium()
    if path is None:
        sys.exit(WHAT_TO_DO)
    if not (FOLDER / "figure.js").exists():
        sys.exit(NOT_BUILT)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=WEBGL)
        desk = Path(scratch) / "desk"
        desk.mkdir()
        write_notebook(desk / "warm.ipynb", list(WIDGETS.values()))
        for number, code in enumerate(WIDGETS.values()):
            for turn in range(COLD_ROUNDS):
                write_notebook(desk / f"cold-{number}-{turn}.ipynb", [code])
        with jupyter(desk, Path(scratch) / "jupyter") as address:
            print(f"{machine()}, Chromium {browser.version}, its pictures drawn by the processor")
            warm, sent = warm_times(browser, address)
            report("Run of a cell to the first picture", warm)
            cold = cold_times(browser, address)
            report("the same, new page and new kernel, imports and all", cold)
            poses = pose_changes(browser, address)
        browser.close()
    for name, (work, whole) in poses.items():
        print(
            f"pose change of the {name}: the page is busy for {statistics.median(work):.1f} ms, the next frame stands "
            f"after {statistics.median(whole):.0f} ms (medians of {POSES}; to be under 50)"
        )
    for name, size in sent.items():
        print(f"the kernel sends to the browser for the {name}: {size / 1e6:.2f} MB")
    bundle = (FOLDER / "figure.js").stat().st_size
    leg, body = (DATA / name for name in ("leg/right_leg.rig", "body/woman-young.rig"))
    print(
        f"files: bundle {bundle / 1e6:.3f} MB (to be under 0.7); leg and one body "
        f"{(leg.stat().st_size + body.stat().st_size) / 1e6:.2f} MB (to be under 2)"
    )


def write_notebook(path: Path, cells: list[str]) -> None:
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel), path)


def warm_times(browser: Browser, address: str) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Return the seconds of each widget, in turns on one page, and the median of the bytes sent for it."""
    desk = Desk(browser, address, "warm.ipynb")
    times: dict[str, list[float]] = {name: [] for name in WIDGETS}
    sent: dict[str, list[int]] = {name: [] for name in WIDGETS}
    for turn in range(ROUNDS + 1):
        for cell, name in enumerate(WIDGETS):
            seconds, size = desk.run(cell)
            if turn:  # the first has the imports
                times[name].append(seconds)
                sent[name].append(size)
    desk.page.close()
    return times, {name: statistics.median(sizes) for name, sizes in sent.items()}


def cold_times(browser: Browser, address: str) -> dict[str, list[float]]:
    """Return the seconds of each widget on a page and in a kernel that have never seen one."""
    times: dict[str, list[float]] = {name: [] for name in WIDGETS}
    for turn in range(COLD_ROUNDS):
        for number, name in enumerate(WIDGETS):
            desk = Desk(browser, address, f"cold-{number}-{turn}.ipynb")
            times[name].append(desk.run(0)[0])
            desk.page.close()
    return times


def pose_changes(browser: Browser, address: str) -> dict[str, tuple[list[float], list[float]]]:
    """Return the milliseconds that each pose change keeps the page busy, and those until the next frame stands."""
    found = {}
    for number, name in enumerate(WIDGETS):
        if name == "empty widget":
            continue
        desk = Desk(browser, address, f"cold-{number}-0.ipynb")
        desk.run(0)
        work, whole = desk.page.evaluate(POSE_CHANGES, POSES)
        found[name] = (work, whole)
        desk.page.close()
    return found


def report(what: str, times: dict[str, list[float]]) -> None:
    """Print the medians of each widget, and how it stands to the empty one and to what is allowed."""
    empty = statistics.median(times["empty widget"])
    print(f"{what} (medians of {len(times['empty widget'])}, in turns):")
    print(f"  empty widget {empty:.2f} s ({spread(times['empty widget'])})")
    for name, found in times.items():
        if name != "empty widget":
            middle, allowed = statistics.median(found), 1.5 * empty + 1
            print(
                f"  {name} {middle:.2f} s ({spread(found)}); ratio {middle / empty:.1f}; "
                f"{middle / allowed:.2f} of the allowed 1.5 x empty + 1 s = {allowed:.2f} s"
            )


def spread(times: Sequence[float]) -> str:
    return f"{min(times):.2f} to {max(times):.2f}"


def machine() -> str:
    """Return a few lines on the machine, how busy it is, and the versions of what is measured."""
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("itband-course", "jupyterlab", "anywidget", "ipywidgets")
    )
    return (
        f"{processor()}, {os.cpu_count()} cores; {platform.platform()}; load {busy}\n"
        f"Python {platform.python_version()}, {versions}"
    )


if __name__ == "__main__":
    main()
