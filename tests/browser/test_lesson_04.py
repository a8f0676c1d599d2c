"""The lesson «Assessment» to its last question in a real JupyterLab, by keyboard alone; its client also by mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lessons import Lesson, dial, opened
from playwright.sync_api import Browser, Locator, expect

from itband_course import answers
from itband_course.practising import PRACTICE_CASE, PRACTICE_FILE, practice_questions

pytestmark = pytest.mark.browser

CLIENT = "ines-before-thursday"
MEASURED = "gardeners-hips"


@pytest.fixture(scope="module")
def lesson(drawing: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lesson]:
    with opened("04_assessment.ipynb", drawing, tmp_path_factory.mktemp("assessment")) as found:
        found.run_all()
        yield found


def test_the_lesson_is_walked_by_keyboard_alone(lesson: Lesson) -> None:
    lesson.answer_all_rightly()
    do_ober_falsely_then_well(lesson)
    lesson.expect_no_harm()


def do_ober_falsely_then_well(lesson: Lesson) -> None:
    """Do the tasks of section 5: a pelvis that rolls, a thigh that stands forward, then three good readings."""
    panel, keys = lesson.panel("ober"), lesson.page.keyboard
    panel.scroll_into_view_if_needed()
    verdict = panel.locator(".itband-verdict")

    lesson.slide(panel, "forward", 0)
    panel.locator("[data-slide=down]").focus()
    keys.press("End")
    check_reading(lesson, panel)
    expect(panel.locator(".itband-mark")).to_have_attribute("data-verdict", "wrong")
    expect(verdict).to_contain_text("The pelvis followed the leg")

    next_client(lesson, panel)
    panel.locator("[data-switch]").focus()
    keys.press("Space")
    panel.locator("[data-slide=down]").focus()
    keys.press("End")
    check_reading(lesson, panel)
    expect(verdict).to_contain_text("The thigh is 30° forward of the trunk")

    for _ in range(3):
        next_client(lesson, panel)
        # As it is told to do: the true angle is not asked for.
        lesson.do_test(panel, 0)
        check_reading(lesson, panel)
        expect(panel.locator(".itband-mark")).to_have_attribute("data-verdict", "right")
    expect(panel.locator(".itband-running")).to_contain_text("Done: 3 good readings running")
    expect(panel.locator(".itband-status")).to_have_text("Recorded.")


def check_reading(lesson: Lesson, panel: Locator) -> None:
    """Type what the dial shows, and have it checked."""
    read = dial(panel)
    panel.get_by_role("textbox").focus()
    lesson.page.keyboard.type(str(read))
    lesson.page.keyboard.press("Enter")
    expect(panel.locator(".itband-mark")).to_be_visible()


def next_client(lesson: Lesson, panel: Locator) -> None:
    panel.get_by_role("button", name="Next client").focus()
    lesson.page.keyboard.press("Enter")
    expect(panel.locator(".itband-controls input").first).to_be_focused()


def test_on_each_side_the_measured_client_tells_something_of_his_own(lesson: Lesson) -> None:
    question = practice_questions()[MEASURED]
    panel = lesson.panel_above(lesson.notebook.card(MEASURED))
    for side, angle, said in (
        ("Left", question.left, question.at_end.left),
        ("Right", question.right, question.at_end.right),
    ):  # type: ignore[union-attr]
        panel.get_by_label(f"{side} side").check()
        expect(panel.locator("h3")).to_have_text(f"{side} side")
        lesson.do_test(panel, angle)
        expect(panel.locator(".itband-felt")).to_contain_text(said)


def test_the_lessons_client_is_examined_again_by_mouse_and_comes_back_after_a_restart(
    lesson: Lesson, shots: Path
) -> None:
    question = practice_questions()[CLIENT]
    card = lesson.notebook.card(CLIENT)
    card.scroll_into_view_if_needed()
    again = card.get_by_role("button", name="Begin again")
    if again.is_enabled():
        again.click()
    lesson.notebook.expect_status(CLIENT, "^Not answered")
    expect(card.locator("[data-found]")).to_have_count(0)

    card.get_by_role("tab", name="Ask", exact=True).click()
    card.locator("[data-act='ask-brings']").click()
    card.get_by_role("tab", name="Feel", exact=True).click()
    # On the drawn knee: the cord behind the band.
    area = card.locator("[data-place='left-biceps-tendon']").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    lesson.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(card.locator("[data-found='feel-cord']")).to_contain_text("that is it")
    expect(card.locator(".itband-expert")).to_have_count(0)
    card.get_by_role("button", name="Explain my answer").click()
    expect(card.locator(".itband-mark")).to_have_attribute("data-verdict", "partly")
    steps = card.locator(".itband-expert > li")
    expect(steps).to_have_count(len(question.path))  # type: ignore[union-attr]
    expect(steps.filter(has_text="Not in yours.")).to_have_count(len(question.path) - 2)  # type: ignore[union-attr]

    card.screenshot(path=shots / "lesson-04-client.png")

    log = ["ask-brings", "feel-cord"]
    record = answers.read(lesson.folder, PRACTICE_CASE, PRACTICE_FILE)
    assert record is not None
    assert record.answers[CLIENT].value == log
    lesson.notebook.restart_kernel()
    lesson.notebook.run_all()
    card = lesson.notebook.card(CLIENT)
    expect(card.locator("[data-found]")).to_have_count(len(log))
    expect(card.locator("[data-found='feel-cord']")).to_contain_text("that is it")
    expect(card.get_by_role("button", name="Explain my answer")).to_be_visible()
