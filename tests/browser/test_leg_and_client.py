"""A leg and a client on the table in one notebook, in JupyterLab and in Notebook 7, as a lesson opens them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import PATIENCE, Notebook, jupyter
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

from itband_course import body, leg

pytestmark = pytest.mark.browser

CELLS = [
    "from itband_course import show_client, show_leg",
    'show_leg("ober")',
    'show_client("ober")',
]
STILL = "el => el.itbandFigure.still()"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a notebook for each application: JupyterLab's also serves Notebook 7."""
    scratch = tmp_path_factory.mktemp("leg-and-client")
    desk = scratch / "desk"
    desk.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name in ("lab", "notebook"):
        write(new_notebook(cells=[new_code_cell(cell) for cell in CELLS], metadata=kernel), desk / f"{name}.ipynb")
    with jupyter(desk, scratch / "jupyter") as address:
        yield address


@pytest.mark.parametrize("application", ["lab", "notebook"] if os.environ.get("ITBAND_SOAK") else ["lab"])
def test_a_leg_and_a_client_in_ober_open_without_a_warning(
    application: str, drawing: Browser, address: str, shots: Path
) -> None:
    page = drawing.new_page(viewport={"width": 1000, "height": 900}, locale="en-GB", reduced_motion="reduce")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "itband" in message.text else None)
    notebook = Notebook(page, address, f"{application}.ipynb", application=application)
    notebook.open()
    notebook.menu("Run", "Run All Cells")
    figures = page.locator(".itband-figure")
    expect(figures).to_have_count(2)
    expect(page.locator(".itband-figure[data-state=ready]")).to_have_count(2)
    for number, name in enumerate(("leg", "client")):
        figure = figures.nth(number)
        wait_until_drawn(page, figure)
        expect(figure.locator("[data-preset=ober]")).to_have_attribute("aria-pressed", "true")
        expect(figure.get_by_role("slider", name="Knee flexion").first).to_have_value("90")
        figure.screenshot(path=shots / f"{application}-{name}-ober.png")
    # Both stay alive beside each other: the second position moves the client, not the leg.
    figures.nth(1).locator("[data-preset=supine]").click()
    expect(figures.nth(1).locator("[data-preset=supine]")).to_have_attribute("aria-pressed", "true")
    expect(figures.nth(0).locator("[data-preset=ober]")).to_have_attribute("aria-pressed", "true")
    if application == "lab":
        keep_every_position(page, figures, shots)
    assert page.locator(".jp-OutputArea-output[data-mime-type*='stderr']").count() == 0
    assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
    assert said == []
    page.close()


def keep_every_position(page: Page, figures: Locator, shots: Path) -> None:
    """Take leg and client to each of their positions and keep a picture; no two are the same."""
    for number, (name, known) in enumerate((("leg", list(leg.poses())), ("client", body.positions()))):
        figure = figures.nth(number)
        taken = set()
        for position in known:
            figure.locator(f"[data-preset={position}]").click()
            expect(figure.locator(f"[data-preset={position}]")).to_have_attribute("aria-pressed", "true")
            wait_until_drawn(page, figure)
            taken.add(figure.locator(".itband-stage").screenshot(path=shots / f"{name}-at-{position}.png"))
        assert len(taken) == len(known)


def wait_until_drawn(page: Page, figure: Locator) -> None:
    figure.locator(".itband-stage").scroll_into_view_if_needed()
    page.wait_for_function(STILL, arg=figure.element_handle(), timeout=PATIENCE)
