"""Places chosen on the body map in a real JupyterLab: by mouse, by keyboard, after a reload and once closed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Notebook
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, expect
from room import Room

from itband_course.kinds.hotspot import AuthoredHotspot, AuthoredPlace, NothingToMark, OtherPlaces
from itband_course.questions import QUESTIONS_FILE, Stage, make_case_questions, split, write_case_questions

pytestmark = pytest.mark.browser

CASE = "the-drawn-body"
PRACTICE, PAIR, PAINT, WHOLE = "tender-to-light-touch", "two-places", "all-places", "whole-body"
KNEE, GERDY, HIP = "right-outer-knee", "right-gerdys-tubercle", "right-greater-trochanter"
SIDE = [KNEE, GERDY, HIP, "right-kneecap", "right-fibular-head-and-neck", "right-lateral-thigh-middle"]
LEGS = [f"{side}-{part}" for side in ("right", "left") for part in ("calf", "shin", "outer-knee", "popliteal-fossa")]
WHY = "Because this place is as it is."


def authored(question_id: str, mode: Any, views: list[str], places: list[str], **more: Any) -> AuthoredHotspot:
    return AuthoredHotspot(
        id=question_id,
        outcome="see",
        points=2.0,
        prompt=f"Which places of «{question_id}» do you mark?",
        sources=["someone-2001"],
        canary="",
        mode=mode,
        views=views,
        places=places,
        place=[AuthoredPlace(id=KNEE, reason=WHY, verdict="right")],
        otherwise=OtherPlaces(reason=WHY),
        **more,
    )


QUESTIONS = [
    authored(PAIR, "pair", ["right"], SIDE),
    authored(WHOLE, "point", ["front", "back", "right", "left"], []),
    authored(PAINT, "paint", ["front", "back"], LEGS, nothing=NothingToMark(reason=WHY, verdict="wrong")),
]


def make_desk(folder: Path) -> Path:
    """Write a case with a hotspot question of each mode, and a practice question at its head; returns its folder."""
    folder.mkdir()
    stages = [Stage(id="workup", questions=[PAIR, WHOLE])]
    case = make_case_questions(CASE, [split(question)[0] for question in QUESTIONS], [], stages)
    (folder / QUESTIONS_FILE).write_bytes(write_case_questions(case))
    code = ["from itband_course import ask, close_stage, practice", f'practice("{PRACTICE}")']
    code += [f'ask("{PAIR}")', f'ask("{WHOLE}")', 'close_stage("workup")', f'ask("{PAINT}")']
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=[new_code_cell(line) for line in code], metadata=kernel)
    nbformat.write(notebook, folder / f"{CASE}.ipynb")
    return folder


class Desk:
    """A notebook with hotspot questions, open in JupyterLab."""

    def __init__(self, folder: Path, notebook: Notebook) -> None:
        self.folder, self.notebook, self.page = folder, notebook, notebook.page

    def answer(self, question_id: str) -> Locator:
        card = self.notebook.card(question_id)
        card.scroll_into_view_if_needed()
        return card.locator(".itband-answer")

    def place(self, question_id: str, place: str, view: int = 0) -> Locator:
        """Return a place on the picture."""
        return self.answer(question_id).locator(".itband-view").nth(view).locator(f"[data-place='{place}']")

    def click_on(self, question_id: str, place: str, view: int = 0) -> None:
        """Click at the middle of a place, as the mouse does, whatever the page says lies there."""
        dot = self.place(question_id, place, view)
        dot.scroll_into_view_if_needed()
        spot = dot.evaluate(
            """(area) => {
              const svg = area.ownerSVGElement, box = area.getBBox(), step = Math.max(1, box.width / 25);
              for (let y = box.y + box.height / 2; y < box.y + box.height; y += step)
                for (let x = box.x + step / 2; x < box.x + box.width; x += step) {
                  const at = new DOMPoint(x, y).matrixTransform(area.getScreenCTM());
                  if (document.elementFromPoint(at.x, at.y) === area) return [at.x, at.y];
                }
              return null;
            }"""
        )
        assert spot is not None, f"nothing of {place} can be hit"
        self.page.mouse.click(*spot)

    def row(self, question_id: str, place: str) -> Locator:
        return self.answer(question_id).locator(f"input[value='{place}']")

    def expect(self, question_id: str, value: list[str] | None) -> None:
        """Wait until these places are recorded, and chosen in list and picture alike."""
        self.notebook.expect_recorded(question_id, self.folder, lambda answer: answer.value == value)
        self.expect_shown(question_id, value or [])

    def expect_shown(self, question_id: str, value: list[str]) -> None:
        inputs = self.answer(question_id).locator(".itband-list input")
        assert inputs.evaluate_all("(all) => all.filter((one) => one.checked).map((one) => one.value)") == value
        drawn = self.answer(question_id).locator(".itband-area[data-chosen]")
        places = set(drawn.evaluate_all("(all) => all.map((one) => one.dataset.place)"))
        assert places == set(value) - {"nothing"}


@pytest.fixture
def desk(room: Room) -> Iterator[Desk]:
    with room.desk(make_desk, CASE) as opened:
        yield Desk(*opened)


def test_places_are_chosen_by_mouse_on_the_picture_and_in_the_list(desk: Desk, shots: Path) -> None:
    desk.answer(PRACTICE).screenshot(path=shots / "hotspot-blank.png")
    # One place: a second click elsewhere takes its place; pointing names it, in the list too.
    desk.click_on(PRACTICE, GERDY)
    desk.expect_shown(PRACTICE, [GERDY])
    desk.notebook.expect_status(PRACTICE, "^Recorded")
    expect(desk.answer(PRACTICE).locator(".itband-pointed")).to_have_text("Right Gerdy’s tubercle")
    expect(desk.answer(PRACTICE).locator(".itband-choice[data-lit]")).to_have_text("Right Gerdy’s tubercle")
    desk.click_on(PRACTICE, KNEE)
    desk.expect_shown(PRACTICE, [KNEE])
    expect(desk.answer(PRACTICE).locator(".itband-hint")).to_have_text("Chosen: Right outer knee")
    expect(desk.notebook.card(PRACTICE).locator(".itband-mark")).to_contain_text("Right.")
    desk.page.mouse.move(5, 5)
    desk.notebook.card(PRACTICE).screenshot(path=shots / "hotspot-point.png")

    # Two places, and no third: it is refused in words, and what was chosen stays.
    desk.click_on(PAIR, HIP)
    desk.expect(PAIR, [HIP])
    desk.row(PAIR, KNEE).click()
    desk.expect(PAIR, [HIP, KNEE])
    desk.click_on(PAIR, "right-kneecap")
    expect(desk.answer(PAIR).locator(".itband-hint")).to_contain_text("Right kneecap is not taken")
    desk.expect(PAIR, [HIP, KNEE])
    desk.click_on(PAIR, HIP)
    desk.expect(PAIR, [KNEE])
    desk.notebook.card(PAIR).screenshot(path=shots / "hotspot-pair.png")

    # Every place of the whole body can be hit in a view that shows it.
    desk.click_on(WHOLE, "right-calf", view=1)
    desk.expect(WHOLE, ["right-calf"])
    desk.click_on(WHOLE, "left-gerdys-tubercle", view=3)
    desk.expect(WHOLE, ["left-gerdys-tubercle"])
    desk.page.mouse.move(5, 5)
    desk.notebook.card(WHOLE).screenshot(path=shots / "hotspot-whole.png")


def test_places_are_chosen_by_keyboard_alone_with_the_same_worth(desk: Desk) -> None:
    keys = desk.page.keyboard
    desk.row(WHOLE, "head-and-neck").focus()
    keys.press("Space")
    desk.expect(WHOLE, ["head-and-neck"])
    keys.press("ArrowDown")
    desk.expect(WHOLE, ["right-shoulder"])
    assert desk.answer(WHOLE).locator(".itband-area[data-lit]").count() == 3, "lit in each view that shows it"

    desk.row(PAIR, HIP).focus()
    keys.press("Space")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    desk.expect(PAIR, [HIP, "right-kneecap"])
    keys.press("Space")
    desk.expect(PAIR, [HIP])


def test_nothing_to_mark_and_a_place_exclude_each_other(desk: Desk, shots: Path) -> None:
    open_paint(desk)
    desk.click_on(PAINT, "right-calf", view=1)
    desk.click_on(PAINT, "left-shin")
    desk.expect(PAINT, ["right-calf", "left-shin"])
    desk.notebook.card(PAINT).screenshot(path=shots / "hotspot-paint.png")
    desk.row(PAINT, "nothing").check()
    desk.expect(PAINT, ["nothing"])
    desk.click_on(PAINT, KNEE)
    desk.expect(PAINT, [KNEE])
    desk.click_on(PAINT, KNEE)
    desk.expect(PAINT, None)


def open_paint(desk: Desk) -> None:
    door = desk.page.locator(".itband-door")
    door.scroll_into_view_if_needed()
    door.get_by_role("button", name="Close «").click()
    door.get_by_role("button", name="Yes, close it for good").click()
    expect(desk.notebook.card(PAINT).locator(".itband-view").first).to_be_visible()


def test_places_come_back_after_a_reload_and_can_only_be_read_once_closed(desk: Desk, shots: Path) -> None:
    desk.click_on(PAIR, HIP)
    desk.expect(PAIR, [HIP])
    desk.click_on(PAIR, KNEE)
    desk.expect(PAIR, [HIP, KNEE])
    open_paint(desk)
    desk.notebook.save()
    (desk.folder / "answers.json").unlink()
    desk.notebook.open()
    desk.notebook.run_all()
    desk.expect(PAIR, [HIP, KNEE])
    expect(desk.answer(PAIR).locator(".itband-hint")).to_have_text("Chosen: Right greater trochanter; Right outer knee")
    desk.click_on(PAIR, HIP)
    desk.page.wait_for_timeout(300)
    desk.expect(PAIR, [HIP, KNEE])
    expect(desk.row(PAIR, HIP)).to_be_disabled()
    desk.notebook.card(PAIR).screenshot(path=shots / "hotspot-closed.png")


def test_a_body_map_has_no_violation_light_or_dark_and_fits_a_narrow_window(room: Room, shots: Path) -> None:
    with room.desk(make_desk, CASE, width=900, height=1500) as opened:
        desk = Desk(*opened)
        for question in (PRACTICE, PAIR, WHOLE):
            desk.row(question, KNEE).check()
            desk.notebook.expect_status(question, "^Recorded")
        for theme in desk.notebook.in_each_theme():
            for question in (PRACTICE, PAIR, WHOLE):
                found = Axe().run(desk.page, context=f".itband-card[data-question='{question}']")
                assert [(item["id"], item["nodes"][0]["html"][:160]) for item in found.response["violations"]] == []
                desk.notebook.card(question).screenshot(path=shots / f"hotspot-{question}-{theme}.png")
        desk.page.keyboard.press("Control+b")
        desk.page.set_viewport_size({"width": 480, "height": 900})
        for question in (PRACTICE, PAIR, WHOLE):
            card = desk.notebook.card(question)
            card.scroll_into_view_if_needed()
            desk.page.wait_for_function(
                "(card) => card.clientWidth < 480 && card.scrollWidth <= card.clientWidth + 1",
                arg=card.element_handle(),
            )
            card.screenshot(path=shots / f"hotspot-{question}-narrow.png")
