"""A leg and a client on the table in one notebook, in JupyterLab and in Notebook 7, as a lesson opens them."""

from pathlib import Path

import pytest
from lab import Notebook, jupyter
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

CELLS = [
    "from itband_course import show_client, show_leg",
    'show_leg("ober")',
    'show_client("ober", positions=["supine", "ober"])',
]


@pytest.mark.parametrize("application", ["lab", "notebook"])
def test_a_leg_and_a_client_in_ober_open_without_a_warning(
    application: str, drawing: Browser, tmp_path: Path, shots: Path
) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    write(new_notebook(cells=[new_code_cell(cell) for cell in CELLS], metadata=kernel), desk / "scratch.ipynb")
    with jupyter(desk, tmp_path / "jupyter", application=application) as address:
        page = drawing.new_page(viewport={"width": 1000, "height": 900}, locale="en-GB")
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if "itband" in message.text else None)
        notebook = Notebook(page, address, "scratch.ipynb", application=application)
        notebook.open()
        notebook.menu("Run", "Run All Cells")
        figures = page.locator(".itband-figure")
        expect(figures).to_have_count(2, timeout=60_000)
        expect(page.locator(".itband-figure[data-state=ready]")).to_have_count(2, timeout=60_000)
        for number, name in enumerate(("leg", "client")):
            figure = figures.nth(number)
            figure.scroll_into_view_if_needed()
            drawings = "el => el.itbandFigure.drawings()"
            page.wait_for_function(f"el => ({drawings})(el) > 0", arg=figure.element_handle())
            expect(figure.locator("[data-preset=ober]")).to_have_attribute("aria-pressed", "true")
            expect(figure.get_by_role("slider", name="Knee flexion").first).to_have_value("90")
            page.wait_for_timeout(400)
            figure.screenshot(path=shots / f"{application}-{name}-ober.png")
        # Both stay alive beside each other: the second position moves the client, not the leg.
        figures.nth(1).locator("[data-preset=supine]").click()
        expect(figures.nth(1).locator("[data-preset=supine]")).to_have_attribute("aria-pressed", "true")
        expect(figures.nth(0).locator("[data-preset=ober]")).to_have_attribute("aria-pressed", "true")
        assert page.locator(".jp-OutputArea-output[data-mime-type*='stderr']").count() == 0
        assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
        assert said == []
        page.close()
