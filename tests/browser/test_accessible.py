"""Cards and feedback by the rules of axe-core, in light and dark, wide and narrow."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from course_kit import CASE, nbgrader
from course_tools import Class
from playwright.sync_api import Browser, Page
from room import Room, released

from itband_course.grading import report
from itband_course.grading.key_page import key_page

pytestmark = pytest.mark.browser

STAGE, OBER = "stage-signs", "ober-side-difference-record"
NUMBER, MATCH, TRIAGE = "distance-rise-percent", "outer-knee-neighbours", "hands-and-who-sore-outer-knee"
ORDER, CONSENT = "way-back-to-running", "consent-deep-work-request"


def violations(page: Page, context: str | None = None) -> list[str]:
    found = Axe().run(page, context=context) if context else Axe().run(page)
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found.response["violations"]]


def overflows(page: Page, selector: str) -> bool:
    script = "(selector) => { const e = document.querySelector(selector); return e.scrollWidth > e.clientWidth + 1; }"
    return bool(page.evaluate(script, selector))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_cards_have_no_violation_in_any_state(room: Room, shots: Path, theme: str) -> None:
    with room.desk(released, CASE, width=900, theme=theme) as (_, notebook):
        page = notebook.page
        notebook.close_part("Screen and workup")
        notebook.choice(OBER, "Right iliotibial band").click()
        notebook.expect_status(OBER, "^Recorded")
        assert violations(page, f".itband-card[data-question='{STAGE}']") == []
        assert violations(page, f".itband-card[data-question='{OBER}']") == []
        page.screenshot(path=shots / f"card-{theme}.png")
        for question in (NUMBER, MATCH, TRIAGE, ORDER):
            notebook.card(question).scroll_into_view_if_needed()
            assert violations(page, f".itband-card[data-question='{question}']") == [], question
        assert "Opens when" in notebook.card(ORDER).inner_text(), "its stage is not open yet"
        door = page.locator(".itband-door").filter(has_text="Close «Decisions»")
        door.get_by_role("button", name="Close «Decisions»").click()
        assert violations(page, ".itband-door") == []
        door.screenshot(path=shots / f"door-{theme}.png")
        door.get_by_role("button", name="Yes, close it for good").click()
        notebook.card(ORDER).scroll_into_view_if_needed()
        for step in range(3):
            notebook.card(ORDER).locator(".itband-pool button").nth(step).click()
        notebook.expect_status(ORDER, "^Recorded")
        assert violations(page, f".itband-card[data-question='{ORDER}']") == []
        notebook.card(ORDER).screenshot(path=shots / f"card-order-{theme}.png")
        notebook.card(OBER).scroll_into_view_if_needed()
        assert violations(page, f".itband-card[data-question='{OBER}']") == [], "closed"
        page.keyboard.press("Control+b")  # without the file browser, as one works in a narrow window
        page.set_viewport_size({"width": 480, "height": 900})
        page.wait_for_timeout(500)
        for question in (OBER, NUMBER, MATCH, TRIAGE, ORDER):
            assert not overflows(page, f".itband-card[data-question='{question}']"), question
        page.screenshot(path=shots / f"card-{theme}-narrow.png")
        page.set_viewport_size({"width": 900, "height": 1000})
        page.keyboard.press("Control+b")
        notebook.restart_kernel()
        notebook.card(CONSENT).locator(".itband-answer .itband-choice").first.click()
        notebook.expect_status(CONSENT, "^NOT saved")
        assert violations(page, f".itband-card[data-question='{CONSENT}']") == []


@pytest.fixture(scope="module")
def pages(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page that the grader writes: feedback of one who is wrong and of one who answers nothing, report, key."""
    root = tmp_path_factory.mktemp("pages") / "course"
    shutil.copytree(released_course, root)
    klass = Class(root)
    klass.hand_in("wrong", klass.values("wrong"), note="**S** A note.\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    klass.hand_in("blank")
    klass.autograde()
    nbgrader(root, "generate_feedback", CASE)
    made = {name: root / "feedback" / name / CASE / f"{CASE}.html" for name in ("wrong", "blank")}
    results = report.collect(klass.course, CASE, f"sqlite:///{root / 'gradebook.db'}")
    written = {
        "report": report.report_page(klass.course, results, datetime.now(UTC)),
        "key": key_page(klass.course, CASE),
    }
    for name, page in written.items():
        made[name] = root / f"{name}.html"
        made[name].write_text(page, "utf-8")
    return made


@pytest.mark.parametrize("name", ["wrong", "blank", "report", "key"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_graders_page_has_no_violation_and_fits_a_narrow_window(
    chromium: Browser, pages: dict[str, Path], shots: Path, name: str, scheme: str
) -> None:
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 1000, "height": 900})
    page.goto(pages[name].as_uri())
    # The page forbids scripts altogether; axe is one, so it is brought in from outside for this test.
    assert violations(page) == []
    # 500 is the wide window at 200 %.
    for width in (500, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert not overflows(page, "html"), width
    page.screenshot(path=shots / f"page-{name}-{scheme}.png", full_page=True)
    page.close()
