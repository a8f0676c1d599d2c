"""The lesson «Self-care and running» from first to last in a real JupyterLab, by keyboard and by mouse."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from lessons import Lesson, opened
from playwright.sync_api import Browser, Locator, expect

from itband_course.practising import PRACTICE_FILE

pytestmark = pytest.mark.browser

SOUND = [4, 0, 4, 0, 4, 0, 4, 0, 5, 0, 6, 0, 6, 0]
"""Steps of half a kilometre on each of fourteen days: a plan in which nothing is broken."""
CHOICES = {"begin": "signs", "ground": "flat", "manner": "bouts", "stop": "first"}


@pytest.fixture
def lesson(drawing: Browser, tmp_path: Path) -> Iterator[Lesson]:
    with opened("06_self_care_and_running.ipynb", drawing, tmp_path) as found:
        yield found


def columns(lesson: Lesson, sheet: str) -> Locator:
    found = lesson.page.locator(f".itband-columns[data-sheet='{sheet}']")
    found.scroll_into_view_if_needed()
    expect(found).to_have_attribute("data-state", "ready")
    return found


def coach(lesson: Lesson) -> Locator:
    found = lesson.page.locator(".itband-coach")
    found.scroll_into_view_if_needed()
    expect(found).to_have_attribute("data-state", "ready")
    return found


def test_the_lesson_is_walked_by_keyboard_alone(lesson: Lesson) -> None:
    lesson.run_all()
    go_through_the_five_steps(lesson)
    lesson.answer_all_rightly()
    plan_self_massage(lesson)
    shape_both_pains(lesson)
    mend_the_plan(lesson)
    lesson.expect_no_harm()


def go_through_the_five_steps(lesson: Lesson) -> None:
    """Take each position by the Enter key, and read beside it which step it is, how much, and when not."""
    figure = lesson.page.locator(".itband-figure:has([data-preset='march'])")
    figure.scroll_into_view_if_needed()
    notes = figure.locator(".itband-notes")
    expect(notes).to_contain_text("Move")
    for name, step, words in (
        ("ball-at-the-wall", "Massage", "30 to 60 s a place"),
        ("knee-to-chest", "Mobilise", "5 to 10 repetitions"),
        ("standing-stretch", "Stretch", "20 to 30 s a hold"),
        ("bridge", "Strengthen", "2 to 4 sets"),
    ):
        figure.locator(f"[data-preset='{name}']").focus()
        lesson.page.keyboard.press("Enter")
        expect(notes).to_contain_text(step)
        expect(notes).to_contain_text(words)
        expect(notes).to_contain_text("When not")
        expect(notes).not_to_contain_text("March")


def ask(lesson: Lesson, widget: Locator) -> None:
    """Have the answer by the Enter key, and wait until it is recorded."""
    widget.locator("[data-act=ask]").focus()
    lesson.page.keyboard.press("Enter")
    expect(widget.locator(".itband-answer .itband-remark").first).to_be_visible()
    expect(widget.locator(".itband-status")).to_contain_text("Recorded")


def raise_column(lesson: Lesson, widget: Locator, column: str, steps: int) -> None:
    slider = widget.locator(f"[data-column='{column}']")
    slider.focus()
    lesson.page.keyboard.press("Home")
    for _ in range(steps):
        lesson.page.keyboard.press("ArrowUp")


def plan_self_massage(lesson: Lesson) -> None:
    """Section 1: the plan at first, then none at all, then an acute knee closes its margin."""
    widget, keys = coach(lesson), lesson.page.keyboard
    ask(lesson, widget)
    expect(widget.locator(".itband-headline").first).to_contain_text("does not fit")
    lower = widget.locator("[data-place='right-lateral-thigh-lower'].itband-area").first
    expect(lower).to_have_attribute("data-closed", "")
    # From the lower third of the outer thigh to the front, by the arrows of a group of radio buttons.
    places = widget.locator("input[data-place]")
    places.locator("xpath=self::*[@value='right-lateral-thigh-lower']").focus()
    names = places.evaluate_all("(all) => all.map((one) => one.value)")
    for _ in range(names.index("right-lateral-thigh-lower")):
        keys.press("ArrowUp")
    expect(places.first).to_be_checked()
    ask(lesson, widget)
    expect(widget.locator("[data-remark='nowhere']")).to_contain_text("equally right")
    widget.locator("input[data-stage='load']").focus()
    keys.press("ArrowDown")
    expect(widget.locator("input[data-stage='months']")).to_be_checked()
    expect(lower).not_to_have_attribute("data-closed", "")
    expect(widget.locator(".itband-answer .itband-headline")).to_contain_text("You changed it")


def shape_both_pains(lesson: Lesson) -> None:
    """Section 5: both tasks."""
    widget, keys = columns(lesson, "pain"), lesson.page.keyboard
    for kilometre, pain in ((6, 1), (7, 2), (8, 3)):
        raise_column(lesson, widget, f"km-{kilometre}", pain)
    ask(lesson, widget)
    expect(widget.locator(".itband-headline")).to_have_attribute("data-good", "true")
    expect(widget.locator("[data-column='km-8']")).to_have_attribute("aria-valuetext", "3 of 10")
    widget.locator("input[value='early']").focus()
    keys.press("ArrowRight")
    expect(widget.locator("input[value='later']")).to_be_checked()
    expect(widget.locator("[data-column='km-8']")).to_have_value("0")
    for column, pain in (("km-3", 2), ("km-4", 3), ("after", 2), ("morning", 1)):
        raise_column(lesson, widget, column, pain)
    ask(lesson, widget)
    expect(widget.locator(".itband-headline")).to_contain_text("sooner, and it lingers")
    raise_column(lesson, widget, "night", 2)
    ask(lesson, widget)
    expect(widget.locator("[data-remark='night'][data-sign='look']")).to_be_visible()


def mend_the_plan(lesson: Lesson) -> None:
    """Section 6: broken at first, then mended, then three decisions."""
    widget, keys = columns(lesson, "running"), lesson.page.keyboard
    ask(lesson, widget)
    expect(widget.locator(".itband-headline").first).to_have_attribute("data-good", "false")
    for day, steps in enumerate(SOUND, 1):
        raise_column(lesson, widget, f"day-{day}", steps)
    for pick, option in CHOICES.items():
        lesson.select(widget.locator(f"[data-pick='{pick}']"), option)
    ask(lesson, widget)
    expect(widget.locator(".itband-headline").first).to_have_attribute("data-good", "true")
    expect(widget.locator(".itband-remark[data-sign='wrong']")).to_have_count(0)
    for event, presses in (("small-pain", 0), ("worse-morning", 0), ("other-pain", 1)):
        group = widget.locator(f"[data-event='{event}']")
        group.locator("input").first.focus()
        keys.press("Space")
        for _ in range(presses):
            keys.press("ArrowDown")
        expect(group.locator(".itband-said .itband-remark")).to_have_attribute("data-sign", "right")
    expect(widget.locator("[data-event='other-pain']")).to_contain_text("same day")


def test_each_panel_is_used_by_mouse_and_stands_as_it_was_after_a_reload(lesson: Lesson, tmp_path: Path) -> None:
    lesson.run_all(by_mouse=True)
    roll_a_muscle_by_mouse(lesson)
    drag_columns(lesson)
    kept = tmp_path / "notebooks" / PRACTICE_FILE
    values = {name: answer["value"] for name, answer in json.loads(kept.read_text())["answers"].items()}
    assert values["coach-self-massage"]["place"] == "right-gluteal"
    assert values["shape-pain-with-a-guide"]["shapes"]["early"][7] == 4
    found = Axe().run(lesson.page, ".itband-columns, .itband-coach")
    assert found.response["passes"] and [item["id"] for item in found.response["violations"]] == []
    lesson.notebook.open()
    lesson.run_all(by_mouse=True)
    expect(coach(lesson).locator("input[data-place='right-gluteal']")).to_be_checked()
    expect(coach(lesson).locator(".itband-answer [data-remark='place']")).to_have_attribute("data-sign", "right")
    expect(columns(lesson, "pain").locator("[data-column='km-7']")).to_have_value("4")
    expect(columns(lesson, "running").locator("[data-column='day-14']")).to_have_value("2.5")
    expect(columns(lesson, "running").locator("[data-event='small-pain'] input").first).to_be_checked()


def roll_a_muscle_by_mouse(lesson: Lesson) -> None:
    """Take a place on the drawn body, a gentle amount with the sliders, and ask."""
    widget = coach(lesson)
    widget.locator("[data-place='right-gluteal'].itband-area").first.click()
    expect(widget.locator("input[data-place='right-gluteal']")).to_be_checked()
    for amount, share in (("discomfort", 0.4), ("seconds", 0.2), ("times", 0.2)):
        slider = widget.locator(f"[data-amount='{amount}']")
        box = box_of(slider)
        slider.click(position={"x": 8 + (box["width"] - 16) * share, "y": box["height"] / 2})
    widget.locator("[data-act=ask]").click()
    expect(widget.locator("[data-remark='discomfort']")).to_have_attribute("data-sign", "right")
    expect(widget.locator(".itband-status")).to_contain_text("Recorded")


def drag_columns(lesson: Lesson) -> None:
    """Draw columns with the mouse, from anywhere in the column."""
    pain = columns(lesson, "pain")
    drag(lesson, pain.locator("[data-column='km-7']"), 0.4)
    expect(pain.locator("[data-column='km-7']")).to_have_value("4")
    expect(pain.locator(".itband-status")).to_contain_text("Recorded")
    running = columns(lesson, "running")
    drag(lesson, running.locator("[data-column='day-14']"), 0.25)
    expect(running.locator("[data-column='day-14']")).to_have_value("2.5")
    running.locator("[data-act=ask]").click()
    running.locator("[data-event='small-pain'] label").first.click()
    expect(running.locator("[data-event='small-pain'] .itband-said .itband-remark")).to_be_visible()
    expect(running.locator(".itband-status")).to_contain_text("Recorded")


def drag(lesson: Lesson, slider: Locator, share: float) -> None:
    slider.scroll_into_view_if_needed()
    box, mouse = box_of(slider), lesson.page.mouse
    across = box["x"] + box["width"] / 2
    mouse.move(across, box["y"] + box["height"] * 0.9)
    mouse.down()
    for part in (0.5, 1.0):
        mouse.move(across, box["y"] + box["height"] * (0.9 + part * (0.1 - share)))
    mouse.up()


def box_of(what: Locator) -> dict[str, Any]:
    box = what.bounding_box()
    assert box is not None
    return dict(box)
