"""A session planned to its end in a real JupyterLab: by mouse, by keyboard, after a reload and once closed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from course_kit import REPOSITORY
from lab import Notebook
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, expect
from room import Room

from itband_course import answers
from itband_course.grading.course import Course
from itband_course.kinds.base import Points
from itband_course.questions import (
    QUESTIONS_FILE,
    Stage,
    make_case_questions,
    samples,
    score,
    split,
    write_case_questions,
)

pytestmark = pytest.mark.browser

CASE = "the-planned-hour"
PLAN, AFTER = "session-plan-sore-outer-knee", "what-if-day-20-plan"
PRACTICE = "legs-before-a-walking-weekend"
BANK = Course.at(REPOSITORY).bank
QUESTION, RUBRIC = split(BANK.questions[PLAN])
RIGHT: list[dict[str, Any]] = next(sample.value for sample in samples(RUBRIC) if sample.name == "right")


def make_desk(folder: Path) -> Path:
    """Write a case with the plan question of the bank in a stage, and a practice question at its head."""
    folder.mkdir()
    questions = [split(BANK.questions[name])[0] for name in (PLAN, AFTER)]
    case = make_case_questions(CASE, questions, [], [Stage(id="plan", questions=[PLAN])])
    (folder / QUESTIONS_FILE).write_bytes(write_case_questions(case))
    code = ["from itband_course import ask, close_stage, practice", f'practice("{PRACTICE}")', f'ask("{PLAN}")']
    code += ['close_stage("plan")', f'ask("{AFTER}")']
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=[new_code_cell(line) for line in code], metadata=kernel)
    nbformat.write(notebook, folder / f"{CASE}.ipynb")
    return folder


class Desk:
    """A notebook with plan questions, open in JupyterLab."""

    def __init__(self, folder: Path, notebook: Notebook) -> None:
        self.folder, self.notebook, self.page = folder, notebook, notebook.page

    def answer(self, question_id: str = PLAN) -> Locator:
        card = self.notebook.card(question_id)
        card.scroll_into_view_if_needed()
        return card.locator(".itband-answer")

    def next_row(self, what: str, question_id: str = PLAN) -> Locator:
        """Return a control of the next row: technique, place, pressure or minutes."""
        return self.answer(question_id).locator(f".itband-next [id$='-{what}']")

    def row(self, number: int, question_id: str = PLAN) -> Locator:
        return self.answer(question_id).locator(".itband-rows > li").nth(number)

    def add(self, row: dict[str, Any], question_id: str = PLAN) -> None:
        """Choose a row by mouse, its place in the list."""
        self.next_row("technique", question_id).select_option(row["technique"])
        for what in ("place", "pressure"):
            if row[what]:
                self.next_row(what, question_id).select_option(str(row[what]))
        self.next_row("minutes", question_id).fill(str(row["minutes"]))
        self.answer(question_id).get_by_role("button", name="Add to the session").click()

    def expect(self, value: Any, question_id: str = PLAN) -> None:
        """Wait until this is recorded, and shown."""
        self.notebook.expect_recorded(question_id, self.folder, lambda answer: answer.value == value)
        rows = value if isinstance(value, list) else []
        shown = self.answer(question_id).locator(".itband-rows > li")
        if value != "no-session":
            expect(shown).to_have_count(len(rows))
            assert shown.evaluate_all("(all) => all.map((one) => one.dataset.technique)") == [
                row["technique"] for row in rows
            ]

    def time(self, question_id: str = PLAN) -> Locator:
        return self.answer(question_id).locator(".itband-total")


@pytest.fixture
def desk(room: Room) -> Iterator[Desk]:
    with room.desk(make_desk, CASE, height=2600) as opened:
        yield Desk(*opened)


def recorded(desk: Desk) -> Any:
    """Return what the answers file holds."""
    record = answers.read(desk.folder, CASE)
    assert record is not None
    return record.answers[PLAN].value


def click_on(desk: Desk, place: str) -> None:
    """Click on a place of the first view, as the mouse does."""
    spot = desk.answer().locator(f".itband-view >> nth=0 >> [data-place='{place}']")
    spot.scroll_into_view_if_needed()
    at = spot.evaluate(
        """(area) => {
          const box = area.getBBox();
          for (let y = box.y + box.height / 2; y < box.y + box.height; y += 4)
            for (let x = box.x + 2; x < box.x + box.width; x += 4) {
              const at = new DOMPoint(x, y).matrixTransform(area.getScreenCTM());
              if (document.elementFromPoint(at.x, at.y) === area) return [at.x, at.y];
            }
          return null;
        }"""
    )
    assert at is not None, f"nothing of {place} can be hit"
    desk.page.mouse.click(*at)


def test_a_session_is_planned_to_its_end_by_mouse_and_earns_everything(desk: Desk, shots: Path) -> None:
    desk.notebook.card(PLAN).screenshot(path=shots / "plan-blank.png")
    # What lacks something is not added, and says what.
    desk.answer().get_by_role("button", name="Add to the session").click()
    expect(desk.answer().locator(".itband-hint")).to_have_text("Not added: choose what you do first.")
    desk.next_row("technique").select_option("petrissage")
    desk.answer().get_by_role("button", name="Add to the session").click()
    expect(desk.answer().locator(".itband-hint")).to_have_text("Not added: choose where first.")
    click_on(desk, "right-gluteal")
    expect(desk.next_row("place")).to_have_value("right-gluteal")
    desk.next_row("pressure").select_option("3")
    desk.answer().locator(".itband-next").get_by_role("button", name="one more").click()
    desk.answer().get_by_role("button", name="Add to the session").click()
    gluteals = {"technique": "petrissage", "minutes": 6, "place": "right-gluteal", "pressure": 3}
    assert gluteals == RIGHT[2]
    desk.expect([gluteals])

    # Before it comes what belongs there: added below, and moved up by button and by drag.
    desk.add(RIGHT[0])
    desk.expect([gluteals, RIGHT[0]])
    desk.row(1).locator("[data-action=up]").click()
    desk.expect([RIGHT[0], gluteals])
    desk.add(RIGHT[1])
    desk.row(2).locator(".itband-steptext").drag_to(desk.row(1), target_position={"x": 60, "y": 3})
    desk.expect(RIGHT[:3])
    for row in RIGHT[3:]:
        desk.add(row)
    desk.expect(RIGHT)
    expect(desk.time()).to_have_text("45 of 45 minutes, full")
    assert desk.answer().locator(".itband-segment").count() == len(RIGHT)
    desk.page.mouse.move(5, 5)
    desk.notebook.card(PLAN).screenshot(path=shots / "plan-whole.png")
    assert score(RUBRIC, recorded(desk)) == score(RUBRIC, RIGHT)

    # Minutes, pressure and rows can still be changed; a session that is too long says so.
    desk.row(2).locator("[data-action=more]").click()
    expect(desk.time()).to_have_text("46 of 45 minutes, 1 too many")
    desk.row(2).locator("[data-action=less]").click()
    desk.row(2).locator("select").select_option("2")
    desk.expect([*RIGHT[:2], gluteals | {"pressure": 2}, *RIGHT[3:]])
    desk.row(11).locator("[data-action=out]").click()
    desk.expect([*RIGHT[:2], gluteals | {"pressure": 2}, *RIGHT[3:11]])

    # No session today is an answer of its own; the rows come back with the tick taken out.
    none = desk.answer().get_by_role("checkbox", name="No session today")
    none.check()
    desk.expect("no-session")
    expect(desk.answer().locator(".itband-next")).to_be_hidden()
    none.uncheck()
    desk.expect([*RIGHT[:2], gluteals | {"pressure": 2}, *RIGHT[3:11]])


def test_a_session_is_planned_to_its_end_by_keyboard_alone(desk: Desk) -> None:
    keys = desk.page.keyboard
    desk.next_row("technique").focus()
    for number, row in enumerate(RIGHT, start=1):
        expect(desk.next_row("technique")).to_be_focused()
        act = next(act for act in QUESTION.techniques if act.id == row["technique"])
        choose(desk, "technique", act.id)
        for what, there in (("place", act.placed), ("pressure", act.pressed)):
            if there:
                keys.press("Tab")
                choose(desk, what, str(row[what]))
        keys.press("Tab")
        keys.press("Tab")  # past the button «one less»
        expect(desk.next_row("minutes")).to_be_focused()
        keys.type(str(row["minutes"]))
        add = desk.answer().locator("[data-action=add]")
        for _ in range(4):
            if add.evaluate("(button) => button === document.activeElement"):
                break
            keys.press("Tab")
        expect(add).to_be_focused()
        keys.press("Enter")
        expect(desk.answer().locator(".itband-rows > li")).to_have_count(number)
    desk.expect(RIGHT)
    result = score(RUBRIC, recorded(desk))
    assert isinstance(result, Points)
    assert result.earned == result.possible

    # Moving keeps the keyboard's place, and says where the row stands now.
    down = desk.row(0).locator("[data-action=down]")
    down.focus()
    keys.press("Enter")
    desk.expect([RIGHT[1], RIGHT[0], *RIGHT[2:]])
    expect(desk.row(1).locator("[data-action=down]")).to_be_focused()
    expect(desk.answer().locator(".itband-hint")).to_contain_text("Row 2 of 12: Baseline")
    desk.row(1).locator("[data-action=out]").focus()
    keys.press("Space")
    desk.expect([RIGHT[1], *RIGHT[2:]])
    expect(desk.row(1).locator("[data-action=out]")).to_be_focused()


def choose(desk: Desk, what: str, wanted: str) -> None:
    """Choose in a list that has the keyboard, by arrow keys as a person does."""
    control = desk.next_row(what)
    expect(control).to_be_focused()
    for _ in range(control.locator("option").count()):
        if control.input_value() == wanted:
            return
        desk.page.keyboard.press("ArrowDown")
    assert control.input_value() == wanted


def test_a_plan_comes_back_after_a_reload_and_can_only_be_read_once_closed(desk: Desk, shots: Path) -> None:
    for row in RIGHT[:2]:
        desk.add(row)
    desk.expect(RIGHT[:2])
    door = desk.page.locator(".itband-door")
    door.scroll_into_view_if_needed()
    door.get_by_role("button", name="Close «").click()
    door.get_by_role("button", name="Yes, close it for good").click()
    expect(desk.notebook.card(AFTER).locator(".itband-choice").first).to_be_visible()
    desk.notebook.save()
    (desk.folder / "answers.json").unlink()
    desk.notebook.open()
    desk.notebook.run_all()
    desk.expect(RIGHT[:2])
    expect(desk.time()).to_have_text("7 of 45 minutes, 38 left")
    expect(desk.answer().locator(".itband-next")).to_be_hidden()
    expect(desk.answer().get_by_role("checkbox", name="No session today")).to_be_disabled()
    desk.notebook.card(PLAN).screenshot(path=shots / "plan-closed.png")


def test_a_practice_plan_is_explained_when_the_student_asks(desk: Desk, shots: Path) -> None:
    row = {"technique": "petrissage", "minutes": 10, "place": "left-calf", "pressure": 3}
    desk.add(row, PRACTICE)
    desk.notebook.expect_status(PRACTICE, "^Recorded")
    card = desk.notebook.card(PRACTICE)
    card.get_by_role("button", name="Explain my answer").click()
    expect(card.locator(".itband-mark")).to_contain_text("A row that could harm the client")
    expect(card.locator(".itband-note").first).to_contain_text("Row 1: Petrissage, kneading · Left calf")
    card.screenshot(path=shots / "plan-practice.png")


def test_a_plan_has_no_violation_light_or_dark_and_fits_a_narrow_window(room: Room, shots: Path) -> None:
    with room.desk(make_desk, CASE, width=900, height=2600) as opened:
        desk = Desk(*opened)
        for row in RIGHT:
            desk.add(row)
        desk.expect(RIGHT)
        card = desk.notebook.card(PLAN)
        for theme in desk.notebook.in_each_theme():
            found = Axe().run(desk.page, context=f".itband-card[data-question='{PLAN}']")
            assert [(item["id"], item["nodes"][0]["html"][:160]) for item in found.response["violations"]] == []
            card.screenshot(path=shots / f"plan-{theme}.png")
        desk.page.keyboard.press("Control+b")
        desk.page.set_viewport_size({"width": 480, "height": 4000})
        card.scroll_into_view_if_needed()
        assert card.evaluate("(card) => card.scrollWidth <= card.clientWidth + 1")
        card.screenshot(path=shots / "plan-narrow.png")
