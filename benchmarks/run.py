"""The figures that the project watches, each beside what it is measured against, in one run.

- a click until the card says «Recorded»: median and 95th percentile of 50 clicks
- Run All until the last card is ready, beside as many bare ipywidgets
- ``import itband_course`` beside ``import ipywidgets``
- the size of a student's install beside JupyterLab and nbgrader alone
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE / "tests"), str(HERE / "tests" / "browser")]

from chromium import FLAGS, WHAT_TO_DO, find_chromium  # noqa: E402
from lab import Notebook, copy_case, jupyter  # noqa: E402
from nbformat import write  # noqa: E402
from nbformat.v4 import new_code_cell, new_notebook  # noqa: E402
from playwright.sync_api import Page, ViewportSize, sync_playwright  # noqa: E402

CASE = "the-half-marathon"
CLICKS, RUNS = 50, 5
# So tall that JupyterLab draws every cell: it leaves out what is outside the window.
WINDOW: ViewportSize = {"width": 1280, "height": 16_000}


def main() -> None:
    path = find_chromium()
    if path is None:
        sys.exit(WHAT_TO_DO)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        desk = copy_case(HERE / "release" / CASE, Path(scratch) / "desk")
        questions = len(json.loads((desk / "questions.json").read_text())["questions"])
        write_bare(desk, questions)
        with jupyter(desk, Path(scratch) / "jupyter") as address:
            page = browser.new_page(viewport=WINDOW)
            case = Notebook(page, address, f"{CASE}.ipynb")
            case.open()
            case.run_all()
            clicks = time_clicks(page)
            cards = median_run(case, ".itband-card[data-question] .itband-status", questions)
            bare = Notebook(browser.new_page(viewport=WINDOW), address, "bare.ipynb")
            bare.open()
            widgets = median_run(bare, ".widget-radio", questions)
        browser.close()
    print(
        f"click to «Recorded», {CLICKS} clicks: median {statistics.median(clicks):.0f} ms, "
        f"95th percentile {statistics.quantiles(clicks, n=20)[18]:.0f} ms"
    )
    print(
        f"Run All to the last of {questions} cards ready, median of {RUNS}: {cards:.0f} ms; "
        f"as many bare ipywidgets: {widgets:.0f} ms; "
        f"ratio {cards / widgets:.2f}"
    )
    ours, theirs = import_time("itband_course"), import_time("ipywidgets")
    print(f"import itband_course: {ours:.0f} ms; import ipywidgets: {theirs:.0f} ms; ratio {ours / theirs:.2f}")
    alone, student = install_sizes()
    print(
        f"student's install: {student:.0f} MB; JupyterLab and nbgrader alone: {alone:.0f} MB; "
        f"ratio {student / alone:.2f}"
    )


def write_bare(desk: Path, cards: int) -> None:
    """Write a notebook with as many plain widgets as the case has cards."""
    cells = [new_code_cell("import ipywidgets")]
    cells += [new_code_cell("display(ipywidgets.RadioButtons(options=['a', 'b', 'c', 'd']))") for _ in range(cards)]
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    write(notebook, desk / "bare.ipynb")


def time_clicks(page: Page) -> list[float]:
    """Return how long each click took until its card said «Recorded», in milliseconds, by the page's own clock."""
    return page.evaluate(
        """async (clicks) => {
            const card = document.querySelector(".itband-card[data-question='ober-side-difference-record']");
            const inputs = [...card.querySelectorAll(".itband-answer input")];
            const times = [];
            for (let n = 0; n < clicks; n += 1) {
                const start = performance.now();
                inputs[n % inputs.length].click();
                await new Promise((done) => {
                    const look = () => card.dataset.state === "recorded" ? done() : requestAnimationFrame(look);
                    look();
                });
                times.push(performance.now() - start);
            }
            return times;
        }""",
        CLICKS,
    )


def median_run(notebook: Notebook, selector: str, expected: int) -> float:
    """Return how long Run All takes until the last widget is there, in milliseconds; outputs are cleared before."""
    times = []
    for run in range(RUNS + 1):
        notebook.menu("Edit", "Clear Outputs of All Cells")
        notebook.page.locator(selector).first.wait_for(state="detached")
        start = time.perf_counter()
        notebook.menu("Run", "Run All Cells")
        notebook.page.locator(selector).nth(expected - 1).wait_for(state="attached")
        if run:  # the first loads the widgets' own code
            times.append((time.perf_counter() - start) * 1000)
        notebook.page.wait_for_timeout(500)
    return statistics.median(times)


def import_time(module: str) -> float:
    """Return the median time of an import in a new interpreter, less that of a bare start, in milliseconds."""

    def once(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (time.perf_counter() - start) * 1000

    return statistics.median(once(f"import {module}") for _ in range(15)) - statistics.median(
        once("pass") for _ in range(15)
    )


def install_sizes() -> tuple[float, float]:
    """Return the size of JupyterLab with nbgrader, and of that with the course as a student installs it, in MB."""
    sizes = []
    for what in (["jupyterlab", "nbgrader"], [f"{HERE}[student]"]):
        with tempfile.TemporaryDirectory() as scratch:
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--target",
                    scratch,
                    "-c",
                    str(HERE / "requirements.lock"),
                    *what,
                ],
                check=True,
            )
            sizes.append(sum(path.stat().st_size for path in Path(scratch).rglob("*") if path.is_file()) / 1e6)
            shutil.rmtree(scratch)
            Path(scratch).mkdir()
    return sizes[0], sizes[1]


if __name__ == "__main__":
    main()
