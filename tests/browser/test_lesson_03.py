"""The lesson «The syndrome and red flags» from its first to its last question in a real JupyterLab."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lessons import Lesson, opened
from playwright.sync_api import Browser, Locator, expect

from itband_course import answers
from itband_course.clinic.intake import statements
from itband_course.clinic.safety import WHO
from itband_course.colours import shown
from itband_course.practising import PRACTICE_CASE, PRACTICE_FILE

pytestmark = pytest.mark.browser

KEYS = {name: one.advice.who for name, one in statements().items()}
PANELS = 5


@pytest.fixture
def lesson(drawing: Browser, tmp_path: Path) -> Iterator[Lesson]:
    with opened("03_syndrome_and_red_flags.ipynb", drawing, tmp_path) as found:
        yield found


def begin(lesson: Lesson, *, by_mouse: bool = True) -> None:
    lesson.run_all(by_mouse=by_mouse)
    expect(lesson.page.locator(".itband-weighing[data-state=ready]")).to_have_count(PANELS)
    expect(lesson.page.locator(".itband-sorting")).to_have_attribute("data-state", "ready")


def weighing(lesson: Lesson, number: int) -> Locator:
    panel = lesson.page.locator(".itband-weighing").nth(number)
    panel.scroll_into_view_if_needed()
    return panel


def ruled(panel: Locator) -> list[str]:
    """Return what the rules say on both scales."""
    return panel.locator("li[data-ruled] > span:first-child").all_inner_texts()


def test_the_lesson_is_walked_by_keyboard_alone(lesson: Lesson) -> None:
    begin(lesson, by_mouse=False)
    lesson.answer_all_rightly()
    decide_and_change_a_finding(lesson)
    shape_an_early_knee(lesson)
    sort_to_the_end(lesson)
    lesson.expect_no_harm()


def decide_and_change_a_finding(lesson: Lesson) -> None:
    """Do the task of the end in view: decide, see the rules, and choose Noor's second sentence."""
    panel, keys = weighing(lesson, 0), lesson.page.keyboard
    show = panel.get_by_role("button", name="Show what the rules say")
    show.focus()
    keys.press("Enter")
    expect(panel.locator("li[data-ruled]")).to_have_count(0)
    expect(panel.locator(".itband-hint")).to_contain_text("First decide on both scales")
    expect(panel.get_by_label("Your hands today")).to_be_focused()
    lesson.select(panel.get_by_label("Your hands today"), "full-plan")
    lesson.select(panel.get_by_label("Who else, and how soon"), "within-days")
    show.focus()
    keys.press("Enter")
    expect(panel.locator("li[data-ruled]")).to_have_count(2)
    expect(panel.locator(".itband-ruled")).to_be_focused()
    assert ruled(panel)[0] == "Full plan"
    expect(panel.locator(".itband-mark")).to_have_text(
        [re.compile("As the rules"), re.compile("Two steps more careful")]
    )
    panel.get_by_role("radio").first.focus()
    keys.press("ArrowDown")
    expect(panel.locator(".itband-changes")).to_contain_text("This change moves the decision")
    assert ruled(panel) == ["No session today", "Physician, the same day"]
    assert panel.locator(".itband-area[data-place='right-calf']").first.get_attribute("data-degree") == "hands-off"
    expect(panel.locator(".itband-mark")).to_have_count(0)
    panel.get_by_role("button", name="Hide it and decide anew").focus()
    keys.press("Enter")
    expect(panel.locator("li[data-ruled]")).to_have_count(0)
    expect(panel.get_by_label("Your hands today")).to_have_value("")


def shape_an_early_knee(lesson: Lesson) -> None:
    """Let the pain come in the last kilometre, and have the shape read."""
    chart, keys = lesson.page.locator(".itband-columns"), lesson.page.keyboard
    chart.scroll_into_view_if_needed()
    last = chart.get_by_role("slider", name=re.compile("kilometre 8|km 8|8 km", re.IGNORECASE))
    last.focus()
    for _ in range(3):
        keys.press("ArrowUp")
    chart.locator("[data-act=ask]").focus()
    keys.press("Enter")
    expect(chart.locator(".itband-answer")).not_to_be_empty()


def sort_to_the_end(lesson: Lesson) -> None:
    """Sort every statement by its key, the first one wrongly and taken back."""
    page, keys = lesson.page, lesson.page.keyboard
    panel = page.locator(".itband-sorting")
    panel.scroll_into_view_if_needed()
    panel.get_by_role("button", name="Start with the clock").focus()
    keys.press("Enter")
    expect(panel.locator(".itband-bin").first).to_be_focused()
    keys.press("5")
    expect(panel).to_contain_text("Client 2 of")
    panel.get_by_role("button", name="Take back the last one").focus()
    keys.press("Enter")
    expect(panel).to_contain_text("Client 1 of")
    panel.get_by_role("button", name="Pause the clock").focus()
    keys.press("Enter")
    expect(panel.get_by_role("button", name=re.compile("Let the clock go on|Start the clock"))).to_be_focused()
    for number, (name, level) in enumerate(KEYS.items(), start=1):
        expect(panel).to_contain_text(f"Client {number} of")
        expect(panel.locator(".itband-says")).to_have_text(statements()[name].says)
        keys.press(str(WHO.index(level) + 1))
        expect(panel.locator(".itband-status")).to_have_text("● Recorded")
    expect(panel.locator(".itband-result")).to_be_focused()
    expect(panel.locator("tbody tr")).to_have_count(len(KEYS))
    expect(panel).to_contain_text(f"As the rules have it: {len(KEYS)}.")


def test_weighing_sorting_and_shaping_work_by_mouse_and_what_was_sorted_is_there_again(
    lesson: Lesson, tmp_path: Path
) -> None:
    begin(lesson)
    page = lesson.page
    panel = weighing(lesson, 1)
    panel.get_by_label("Your hands today").select_option("none")
    panel.get_by_label("Who else, and how soon").select_option("nobody-now")
    panel.get_by_role("button", name="Show what the rules say").click()
    assert_outer_knee(panel, "light-only")
    panel.get_by_text("For months it comes late").click()
    assert_outer_knee(panel, "no-deep-pressure")
    panel.get_by_text("The outer knee is warm").click()
    assert_outer_knee(panel, "hands-off")
    panel.locator(".itband-area[data-place='right-femoral-triangle']").first.hover()
    expect(panel.locator(".itband-pointed")).to_have_text("Right femoral triangle: no deep or sustained pressure")

    chart = page.locator(".itband-columns")
    column = chart.get_by_role("slider").nth(7)
    chart.locator(".itband-track").nth(7).click()
    expect(column).not_to_have_value("0")
    chart.locator("[data-act=ask]").click()
    expect(chart.locator(".itband-answer")).not_to_be_empty()

    sorting = page.locator(".itband-sorting")
    sorting.scroll_into_view_if_needed()
    sorting.get_by_role("button", name="Start without a clock").click()
    for number, level in enumerate(list(KEYS.values())[:3], start=1):
        expect(sorting).to_contain_text(f"Client {number} of")
        sorting.locator(f"[data-level='{level}']").click()
    expect(sorting.locator(".itband-status")).to_have_text("● Recorded")
    record = answers.read(tmp_path / "notebooks", PRACTICE_CASE, PRACTICE_FILE)
    assert record is not None
    assert record.value("sort-intake")["sorted"] == dict(list(KEYS.items())[:3])

    lesson.notebook.open()
    begin(lesson)
    again = page.locator(".itband-sorting")
    again.scroll_into_view_if_needed()
    expect(again).to_contain_text("Client 4 of")
    for level in list(KEYS.values())[3:]:
        again.locator(f"[data-level='{level}']").click()
    expect(again.locator("tbody tr")).to_have_count(len(KEYS))
    lesson.expect_no_harm()
    expect_accessible(lesson, ".itband-sorting")


LOOKS = [("dark", 700), ("light", 1280)]
"""The second in `make soak` only: the first case's cards are looked at in light and wide already."""


@pytest.mark.parametrize(("theme", "width"), LOOKS if os.environ.get("ITBAND_SOAK") else LOOKS[:1])
def test_what_the_rules_say_is_accessible_and_fits_wide_and_narrow_light_and_dark(
    drawing: Browser, tmp_path: Path, shots: Path, theme: str, width: int
) -> None:
    with opened("03_syndrome_and_red_flags.ipynb", drawing, tmp_path, theme) as lesson:
        begin(lesson)
        panel = weighing(lesson, 4)
        panel.get_by_label("Your hands today").select_option("none")
        panel.get_by_label("Who else, and how soon").select_option("nobody-now")
        panel.get_by_role("button", name="Show what the rules say").click()
        expect(panel.locator("li[data-ruled]")).to_have_count(2)
        lesson.page.set_viewport_size({"width": width, "height": 1900})
        panel.scroll_into_view_if_needed()
        expect_accessible(lesson, ".itband-weighing")
        stripe = panel.locator(".itband-stripe").first.evaluate("el => getComputedStyle(el).fill")
        assert stripe == "rgb({}, {}, {})".format(*bytes.fromhex(shown("no-go")[1:])), "closed places are hatched no-go"
        assert panel.evaluate("el => el.scrollWidth <= el.clientWidth + 1")
        panel.screenshot(path=shots / f"weighing-{theme}-{width}.png")


def expect_accessible(lesson: Lesson, part: str) -> None:
    found = Axe().run(lesson.page, context=part)
    assert [(item["id"], item["nodes"][0]["html"]) for item in found.response["violations"]] == []


def assert_outer_knee(panel: Locator, degree: str) -> None:
    area = panel.locator(".itband-area[data-place='right-outer-knee']").first
    expect(area).to_have_attribute("data-degree", degree)
