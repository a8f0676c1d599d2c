"""The instructor's formgrader: its buttons do what the commands do, and nothing a student wrote runs in it."""

import shutil
from pathlib import Path

import pytest
from course_kit import CASE, copy_course, nbgrader
from course_tools import Class
from lab import jupyter
from nbgrader.api import Gradebook
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SOAP = "soap-half-marathon"
HOSTILE = (
    "**S** Maya, 27 <script>window.hacked = 1</script>\n\n<img src=x onerror='window.hacked = 2'>\n\n"
    "[link](javascript:window.hacked=3) ![remote](http://127.0.0.1:9/pixel.png)\n\n<svg onload=window.hacked=4>"
)


def press(page: Page, column: str) -> str:
    """Press the case's button of a column and return what the dialog says when it is done."""
    page.locator("tr", has=page.get_by_text(CASE, exact=True)).locator(f"td.{column} a").click()
    dialog = page.locator(".modal-dialog")
    dialog.wait_for()
    text = dialog.inner_text()
    dialog.get_by_role("button", name="Close").last.click()
    dialog.wait_for(state="detached")
    return text


def hand_in_all(klass: Class) -> None:
    klass.hand_in("right", klass.values("right"), note=HOSTILE)
    klass.hand_in("wrong", klass.values("wrong"))
    klass.hand_in("blank")


def test_formgraders_buttons_release_and_grade_as_the_commands_do(page: Page, tmp_path: Path, shots: Path) -> None:
    clicked = Class(copy_course(tmp_path / "clicked"))
    with jupyter(clicked.root, tmp_path / "jupyter") as address:
        page.goto(f"{address}/formgrader")
        assert "Successfully" in press(page, "assign")
        typed = Class(tmp_path / "typed")
        shutil.copytree(clicked.root, typed.root, ignore=shutil.ignore_patterns("gradebook.db", "release"))
        nbgrader(typed.root, "generate_assignment", CASE)
        for name in (f"{CASE}.ipynb", "questions.json"):
            release = Path("release") / CASE / name
            assert (clicked.root / release).read_bytes() == (typed.root / release).read_bytes()

        for klass in (clicked, typed):
            hand_in_all(klass)
        typed.autograde()
        for student in ("blank", "right", "wrong"):
            page.goto(f"{address}/formgrader/manage_submissions/{CASE}/")
            row = page.locator("#main-table tr", has=page.get_by_text(student, exact=True))
            row.locator("td.autograde a").click()
            dialog = page.locator(".modal-dialog")
            expect(dialog).to_contain_text("Successfully")
        for student in ("blank", "right", "wrong"):
            assert clicked.marks(student) == typed.marks(student)

        # The note in formgrader: the mark scheme stands beside it, and nothing in it runs or loads.
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        with Gradebook(f"sqlite:///{clicked.root / 'gradebook.db'}") as gradebook:
            submission = gradebook.find_submission_notebook(CASE, CASE, "right").id
        page.goto(f"{address}/formgrader/submissions/{submission}/")
        expect(page.locator("body")).to_contain_text("Mark scheme")
        expect(page.locator("body")).to_contain_text("Maya, 27")
        page.wait_for_timeout(1000)
        page.screenshot(path=shots / "formgrader.png", full_page=True)
        for link in page.locator("#notebook-container a, .nbgrader_cell a").all():
            assert not (link.get_attribute("href") or "").lower().startswith("javascript")
        assert page.evaluate("window.hacked") is None
        assert not [url for url in requests if "pixel.png" in url]
