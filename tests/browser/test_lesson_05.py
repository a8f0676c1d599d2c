"""The lesson «Treatment» from its first to its last question in a real JupyterLab, by keyboard; its maps by mouse."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lessons import Lesson, opened
from playwright.sync_api import Browser, Locator, expect

pytestmark = pytest.mark.browser
MAPS = 3


@pytest.fixture
def lesson(drawing: Browser, tmp_path: Path) -> Iterator[Lesson]:
    with opened("05_treatment.ipynb", drawing, tmp_path) as found:
        found.run_all()
        expect(found.page.locator(".itband-techniques[data-state=ready]")).to_have_count(MAPS)
        yield found


def panel(lesson: Lesson, number: int) -> Locator:
    found = lesson.page.locator(".itband-techniques").nth(number)
    found.scroll_into_view_if_needed()
    return found


def pick(select: Locator, words: str) -> None:
    """Choose in a list by typing the beginning of its words, as the browser lets one do."""
    select.focus()
    select.page.keyboard.type(words)
    expect(select.locator("option:checked")).to_have_text(re.compile(f"^{words}"))


def expect_fit(here: Locator, place: str, wanted: str) -> None:
    area = here.locator(f".itband-area[data-place='right-{place}']").first
    expect(area).to_have_attribute("data-fit", wanted)


def test_the_lesson_is_walked_by_keyboard_alone(lesson: Lesson) -> None:
    lesson.answer_all_rightly()
    find_one_that_fits_and_one_that_does_not(lesson)
    lesson.expect_no_harm()


def find_one_that_fits_and_one_that_does_not(lesson: Lesson) -> None:
    """Do the task of section 3: wrongly first, then rightly, then with another client."""
    here, keys = panel(lesson, 1), lesson.page.keyboard
    technique, task = here.get_by_label("Technique"), here.locator(".itband-task")
    expect_fit(here, "anterior-thigh", "hidden")
    for words, button, said in (
        ("Stripping", "It fits here", "✕ No. Stripping"),
        ("Percussive", "Not here", "✓ Yes. Percussive"),
    ):
        pick(technique, words)
        task.get_by_role("button", name=button).focus()
        keys.press("Enter")
        expect(task.locator("[role=status]")).to_contain_text(said)
    expect(task.locator("li").nth(1)).to_have_text("One that does not: Percussive device")
    pick(technique, "Petrissage")
    expect_fit(here, "anterior-thigh", "hidden")
    task.get_by_role("button", name="It fits here").focus()
    keys.press("Space")
    expect(task.locator("[role=status]")).to_contain_text("You have found both")
    expect(here).to_have_attribute("data-task", "done")
    expect_fit(here, "anterior-thigh", "less")
    expect(here.locator(".itband-verdict")).to_contain_text("pressure 2 to 3 of 5")
    for finding in ("Takes an anticoagulant", "Has a bruise"):
        here.get_by_label(re.compile(f"^{finding}")).focus()
        keys.press("Space")
    expect_fit(here, "anterior-thigh", "not")
    expect_fit(here, "posterior-thigh", "as-usual")
    expect(here.locator(".itband-verdict")).to_contain_text("bruise")


def test_the_maps_are_used_by_mouse_and_every_place_says_why(lesson: Lesson, shots: Path) -> None:
    here = panel(lesson, 0)
    verdict, decided = here.locator(".itband-verdict"), here.locator(".itband-decided")
    expect_fit(here, "gluteal", "as-usual")
    here.get_by_label(re.compile("^Takes an anticoagulant")).click()
    expect_fit(here, "gluteal", "less")
    # The buttock is seen from two sides: from behind it is large enough to be hit in its middle.
    here.locator("figure").nth(1).locator("[data-place='right-gluteal']").click()
    expect(verdict).to_contain_text("Buttock: only in part, pressure 2 to 3 of 5")
    expect(verdict).to_contain_text("ernst-2003")
    here.locator("figure").nth(0).locator("[data-place='right-shin']").click()
    expect(here.get_by_role("combobox", name="Place")).to_have_value("right-shin")
    expect(verdict).to_contain_text("No rule forbids it, and nothing asks for it")
    here.get_by_label(re.compile("^Has a right leg that is swollen")).click()
    expect(decided).to_contain_text("No session today")
    expect(decided).to_contain_text("the same day")
    for place in ("gluteal", "shin", "outer-knee"):
        expect_fit(here, place, "not")
    here.screenshot(path=shots / "techniques-no-session.png")

    friction = panel(lesson, 2)
    friction.get_by_label("Technique").select_option("cross-fibre-friction")
    for knee, wanted in (("at-rest", "not"), ("with-load", "not"), ("for-months", "less")):
        friction.get_by_label("The right outer knee").select_option(knee)
        expect_fit(friction, "outer-knee", wanted)
    expect(friction.locator(".itband-verdict")).to_contain_text("Outer knee: only in part")
    expect(friction.locator(".itband-dispute")).to_contain_text("no clear benefit")
    found = Axe().run(lesson.page, context=".itband-techniques")
    assert [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found.response["violations"]] == []
    lesson.expect_no_harm()


def test_a_map_says_so_when_the_course_does_not_answer(lesson: Lesson) -> None:
    here = panel(lesson, 0)
    lesson.notebook.restart_kernel()
    here.get_by_label(re.compile("^Takes an anticoagulant")).click()
    expect(here.locator("[role=alert]")).to_contain_text("Press Run All")
