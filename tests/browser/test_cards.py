"""One question of each kind answered in a real JupyterLab, once by mouse and once by keyboard, and a stage closed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from course_kit import CASE, REPOSITORY
from lab import Notebook
from playwright.sync_api import Locator, expect
from room import Room, released

from itband_course import answers
from itband_course.questions import KINDS, CaseQuestions, read_case_questions

pytestmark = pytest.mark.browser

NUMBER, ORDER, MATCH = "distance-rise-percent", "way-back-to-running", "outer-knee-neighbours"
TRIAGE, ONE, MANY = "hands-and-who-sore-outer-knee", "ober-side-difference-record", "stage-signs"
CONSENT, WHAT_IF = "consent-deep-work-request", "what-if-day-20"


class Desk:
    """A released case, open in JupyterLab."""

    def __init__(self, folder: Path, notebook: Notebook) -> None:
        self.folder = folder
        self.notebook = notebook
        self.page = notebook.page
        self.questions: CaseQuestions = read_case_questions(folder)

    def answer(self, question_id: str) -> Locator:
        card = self.notebook.card(question_id)
        card.scroll_into_view_if_needed()
        return card.locator(".itband-answer")

    def expect(self, question_id: str, value: Any) -> None:
        self.notebook.expect_recorded(question_id, self.folder, lambda answer: answer.value == value)

    def door(self, title: str) -> Locator:
        """Return the door of a stage."""
        door = self.page.locator(".itband-door").filter(has_text=f"Close «{title}»")
        door.scroll_into_view_if_needed()
        return door

    def options(self, question_id: str, name: str) -> list[str]:
        """Return the ids of the question's rows, steps or choices in the order of the card."""
        return [item.id for item in getattr(self.questions.find(question_id), name)]


@pytest.fixture
def desk(room: Room) -> Iterator[Desk]:
    with room.desk(released, CASE) as (folder, notebook):
        notebook.close_part("Screen and workup")
        yield Desk(folder, notebook)


def test_a_question_of_each_kind_is_answered_by_mouse(desk: Desk, shots: Path) -> None:
    asked = {question.id: type(question) for question in desk.questions.questions}
    kinds = {
        name
        for name, kind in KINDS.items()
        for question in (NUMBER, ORDER, MATCH, TRIAGE, ONE, MANY)
        if asked[question] is kind.question
    }
    elsewhere = {"hotspot", "workup", "plan", "measure"}
    assert kinds == set(KINDS) - elsewhere, "of each other kind one; these have files of their own"

    one = desk.options(ONE, "choices")
    desk.answer(ONE).locator(".itband-choice").nth(1).click()
    desk.expect(ONE, one[1])

    many = desk.options(MANY, "choices")
    for number in (0, 2):
        desk.answer(MANY).locator(".itband-choice").nth(number).click()
    desk.expect(MANY, [many[0], many[2]])

    # A number is recorded on leaving the box, however it is written.
    box = desk.answer(NUMBER).locator("input[type=text]")
    box.click()
    box.type("70,5 %")
    expect(desk.answer(NUMBER).locator(".itband-hint")).to_have_text(re.compile("Press Enter"))
    desk.answer(NUMBER).locator(".itband-rule").click()
    desk.expect(NUMBER, 70.5)
    expect(box).to_have_value("70.5")

    rows, choices = desk.options(MATCH, "rows"), desk.options(MATCH, "choices")
    for number in (0, 1):
        desk.answer(MATCH).locator("select").nth(number).select_option(choices[number])
    desk.expect(MATCH, {rows[0]: choices[0], rows[1]: choices[1]})

    desk.answer(TRIAGE).get_by_text("Only well away from the problem").click()
    desk.answer(TRIAGE).get_by_text("Physician, within days").click()
    desk.expect(TRIAGE, {"hands": "only-well-away", "who": "within-days"})

    desk.door("Decisions").get_by_role("button", name="Close «Decisions»").click()
    desk.door("Decisions").get_by_role("button", name="Yes, close it for good").click()
    expect(desk.door("Decisions").locator(".itband-status")).to_have_text(re.compile("^Closed"))

    # Steps are pressed into the order, moved, dragged and taken out again.
    steps = desk.options(ORDER, "steps")
    answer = desk.answer(ORDER)
    for number in (0, 1, 2):
        answer.locator(f".itband-pool [data-step='{steps[number]}'] button").click()
    desk.expect(ORDER, steps[:3])
    answer.locator(f".itband-used [data-step='{steps[2]}'] [data-action=up]").click()
    desk.expect(ORDER, [steps[0], steps[2], steps[1]])
    answer.locator(f".itband-used [data-step='{steps[0]}']").drag_to(
        answer.locator(f".itband-used [data-step='{steps[1]}']"), target_position={"x": 60, "y": 40}
    )
    desk.expect(ORDER, [steps[2], steps[1], steps[0]])
    answer.locator(f".itband-pool [data-step='{steps[3]}']").drag_to(
        answer.locator(f".itband-used [data-step='{steps[2]}']"), target_position={"x": 60, "y": 3}
    )
    desk.expect(ORDER, [steps[3], steps[2], steps[1], steps[0]])
    answer.locator(f".itband-used [data-step='{steps[3]}'] [data-action=out]").click()
    desk.expect(ORDER, [steps[2], steps[1], steps[0]])
    desk.notebook.card(ORDER).screenshot(path=shots / "card-order.png")
    desk.notebook.card(MATCH).screenshot(path=shots / "card-match.png")


def test_a_question_of_each_kind_is_answered_by_keyboard_alone(desk: Desk) -> None:
    keys = desk.page.keyboard

    one = desk.options(ONE, "choices")
    desk.answer(ONE).locator("input").first.focus()
    keys.press("Space")
    keys.press("ArrowDown")
    desk.expect(ONE, one[1])

    many = desk.options(MANY, "choices")
    desk.answer(MANY).locator("input").first.focus()
    keys.press("Space")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    desk.expect(MANY, [many[0], many[2]])

    # Enter records; what is no number is refused with a sentence and what stood there before stays recorded.
    box = desk.answer(NUMBER).locator("input[type=text]")
    box.focus()
    keys.type("73")
    keys.press("Enter")
    desk.expect(NUMBER, 73.0)
    expect(box).to_be_focused()
    keys.press("Control+a")
    keys.type("many")
    keys.press("Enter")
    expect(desk.answer(NUMBER).locator(".itband-hint")).to_have_text(re.compile("Not recorded: write a number"))
    desk.notebook.expect_status(NUMBER, "^Not recorded yet. Recorded so far: 73")
    assert recorded(desk).value(NUMBER) == 73.0
    keys.press("Control+a")
    keys.type("-730")
    keys.press("Enter")
    desk.expect(NUMBER, -730.0)
    expect(desk.answer(NUMBER).locator(".itband-hint")).to_have_text(re.compile("Check sign and unit"))
    keys.press("Control+a")
    keys.press("Delete")
    keys.press("Enter")
    desk.expect(NUMBER, None)

    rows, choices = desk.options(MATCH, "rows"), desk.options(MATCH, "choices")
    desk.answer(MATCH).locator("select").first.focus()
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    desk.expect(MATCH, {rows[0]: choices[0], rows[1]: choices[1]})

    desk.answer(TRIAGE).locator("input").first.focus()
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Space")
    desk.expect(TRIAGE, {"hands": "changed-plan", "who": "nobody-now"})

    desk.door("Decisions").get_by_role("button", name="Close «Decisions»").focus()
    keys.press("Enter")
    keys.press("Enter")
    expect(desk.door("Decisions").locator(".itband-status")).to_be_focused()
    expect(desk.door("Decisions").locator(".itband-status")).to_have_text(re.compile("^Closed"))

    # The focus goes on to the next step, so that Enter after Enter builds an order; then it stays on the step moved.
    steps = desk.options(ORDER, "steps")
    answer = desk.answer(ORDER)
    answer.locator(".itband-pool button").first.focus()
    for _ in range(3):
        keys.press("Enter")
    desk.expect(ORDER, steps[:3])
    answer.locator(f".itband-used [data-step='{steps[2]}'] [data-action=up]").focus()
    keys.press("Space")
    desk.expect(ORDER, [steps[0], steps[2], steps[1]])
    keys.press("Space")
    desk.expect(ORDER, [steps[2], steps[0], steps[1]])
    assert desk.page.evaluate("document.activeElement.closest('[data-step]').dataset.step") == steps[2]
    expect(answer.locator(".itband-hint")).to_have_text(re.compile("^Step 1 of 3"))

    # Nothing of all this reached JupyterLab, which would have added, deleted, moved or rewritten cells.
    assert desk.page.locator(".jp-Dialog").count() == 0
    before = [cell["source"] for cell in notebook_of(REPOSITORY / "release" / CASE)["cells"]]
    desk.notebook.save()
    assert [cell["source"] for cell in notebook_of(desk.folder)["cells"]] == before


def notebook_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / f"{CASE}.ipynb").read_text("utf-8")))


def test_closing_a_stage_opens_the_next_and_locks_what_is_closed_for_good(desk: Desk, shots: Path) -> None:
    notebook, page = desk.notebook, desk.page
    notebook.choice(ONE, "what limits it stays open").click()
    desk.expect(ONE, "less-adduction-cause-open")
    later = notebook.card(CONSENT)
    door = desk.door("Decisions")
    stage = desk.questions.stage("decisions")
    assert stage is not None
    expect(later).to_contain_text("Opens when «Decisions» is closed.")
    expect(later.locator("fieldset").first).to_be_hidden()

    # It names what is open and asks once; «Keep it open» leaves everything as it was.
    expect(door).to_contain_text(f"1 of {len(stage.questions)} questions of this part are answered.")
    door.get_by_role("button", name="Close «Decisions»").focus()
    page.keyboard.press("Enter")
    expect(door.get_by_role("button", name="Yes, close it for good")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert set(recorded(desk).closed) == {"workup"}
    door.get_by_role("button", name="Close «Decisions»").click()
    door.screenshot(path=shots / "door-asks.png")
    door.get_by_role("button", name="Yes, close it for good").click()
    expect(door.locator(".itband-status")).to_have_text(re.compile(r"^Closed \d\d:\d\d"))
    assert set(recorded(desk).closed) == {"workup", "decisions"}

    # What follows opens at once, what is closed can be read and not changed, by the page or behind its back.
    expect(later.locator("fieldset").first).to_be_visible()
    later.locator(".itband-answer .itband-choice").first.click()
    desk.expect(CONSENT, desk.options(CONSENT, "choices")[0])
    expect(notebook.card(WHAT_IF)).to_contain_text("Opens when «Plan» is closed.")
    card = notebook.card(ONE)
    card.scroll_into_view_if_needed()
    expect(card.locator(".itband-answer input").first).to_be_disabled()
    expect(card.locator(".itband-status")).to_have_text(re.compile("^Recorded .*closed"))
    card.screenshot(path=shots / "card-closed.png")
    page.evaluate("document.querySelectorAll('.itband-answer').forEach((fieldset) => { fieldset.disabled = false; })")
    notebook.choice(ONE, "both pass horizontal").click()
    notebook.expect_status(ONE, "^NOT saved: this part of the case is closed")
    assert recorded(desk).value(ONE) == "less-adduction-cause-open"

    # The next day, and without answers.json: the notebook alone knows that the stage is closed.
    notebook.save()
    (desk.folder / "answers.json").unlink()
    notebook.run_all()
    expect(desk.door("Decisions").locator(".itband-status")).to_have_text(re.compile("^Closed"))
    assert set(recorded(desk).closed) == {"workup", "decisions"}
    assert recorded(desk).value(ONE) == "less-adduction-cause-open"


def recorded(desk: Desk) -> answers.Record:
    record = answers.read(desk.folder, CASE)
    assert record is not None
    return record
