"""A client examined in a real JupyterLab: by mouse, by keyboard, on the drawn body, and after a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from course_kit import CASE, REPOSITORY
from lab import Notebook
from playwright.sync_api import Locator, expect
from room import Room, released

from itband_course import answers
from itband_course.grading.course import Course
from itband_course.questions import read_case_questions, reply, score

pytestmark = pytest.mark.browser

WORKUP = "workup-sore-outer-knee"
BANK = Course.at(REPOSITORY).bank
PATH = list(BANK.questions[WORKUP].path)  # type: ignore[union-attr]


class Desk:
    """The released case, open in JupyterLab."""

    def __init__(self, folder: Path, notebook: Notebook) -> None:
        self.folder, self.notebook, self.page = folder, notebook, notebook.page
        self.question = read_case_questions(folder).find(WORKUP)
        self.card = self.notebook.card(WORKUP)
        self.card.scroll_into_view_if_needed()

    def tab(self, title: str) -> Locator:
        return self.card.get_by_role("tab", name=title, exact=True)

    def act(self, act: str) -> Locator:
        return self.card.locator(f"[data-act='{act}']")

    def group(self, act: str) -> str:
        return next(group.title for group in self.question.groups if act in [one.id for one in group.acts])

    def seek(self, act: str) -> None:
        """Choose an act with the mouse, wherever it stands."""
        self.tab(self.group(act)).click()
        self.act(act).click()

    def record(self) -> answers.Record:
        found = answers.read(self.folder, CASE)
        assert found is not None
        return found

    def expect(self, log: list[str]) -> None:
        """Wait until this log is recorded, and the chart holds just what was sought, in that order."""
        self.notebook.expect_recorded(WORKUP, self.folder, lambda answer: answer.value == log)
        found = reply(self.question, log, self.record().seed)
        rows = self.card.locator("[data-found]")
        expect(rows).to_have_count(len(log))
        for number, act in enumerate(log):
            expect(rows.nth(number)).to_have_attribute("data-found", act)
            expect(rows.nth(number).locator("td").last).to_have_text(found[act])
        minutes = sum(self.question.acts()[act].minutes for act in log)
        expect(self.card.locator(".itband-clock")).to_have_text(f"{minutes} of {self.question.minutes} minutes")


@pytest.fixture
def desk(room: Room) -> Iterator[Desk]:
    with room.desk(released, CASE, height=1700) as opened:
        yield Desk(*opened)


def test_a_client_is_examined_by_mouse_to_the_end_and_nothing_is_shown_that_was_not_sought(
    desk: Desk, shots: Path
) -> None:
    facts = [act.found for act in desk.question.acts().values() if len(act.found) > 12 and not act.angles]
    page = desk.page.content()
    assert [found for found in facts if found in page] == [], "no finding is on the page before it is sought"
    assert desk.card.get_by_role("button", name="Clear my answer").count() == 0
    assert desk.card.get_by_role("button", name="Begin again").count() == 0
    expect(desk.card).to_contain_text("cannot be taken back")
    desk.card.screenshot(path=shots / "workup-blank.png")

    # The first act, then several at once, faster than the kernel answers: all are recorded.
    desk.seek("ask-onset")
    desk.expect(["ask-onset"])
    desk.tab("Screen card").click()
    log = ["ask-onset", *(f"line-{number}" for number in range(1, 7))]
    for line in log[1:]:
        desk.act(line).evaluate("(button) => button.click()")
    desk.expect(log)

    # What was done cannot be done again or undone.
    desk.act("line-1").click(force=True)
    desk.expect(log)

    # A place is felt on the drawn body.
    desk.tab("Feel").click()
    desk.card.screenshot(path=shots / "workup-feel.png")
    skin = desk.card.locator(".itband-skin").evaluate_all("(all) => all.map((one) => getComputedStyle(one).fill)")
    assert len(skin) == 2
    assert set(skin) == {"rgb(227, 196, 172)"}, "the drawn body has the colour of skin"
    area = desk.card.locator("[data-place='right-outer-joint-line']")
    box = area.bounding_box()
    assert box is not None
    desk.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.expect([*log, "feel-joint-line"])
    rest = [act for act in PATH if act not in log and act != "feel-joint-line"]
    for act in [*rest, "measure-ober"]:
        desk.seek(act)
    log = [*log, "feel-joint-line", *rest, "measure-ober"]
    desk.expect(log)
    desk.card.screenshot(path=shots / "workup-done.png")
    result = score(BANK.rubric(WORKUP), log)
    assert result.earned == result.possible  # type: ignore[union-attr]

    # Closing completes the chart, with pictures.
    waits = desk.page.get_by_text("The whole chart, as tables and pictures. Opens when «Screen and workup» is closed.")
    expect(waits).to_have_count(1)
    desk.notebook.close_part("Screen and workup")
    whole = desk.page.locator(".itband-whole-chart")
    whole.scroll_into_view_if_needed()
    for act in desk.question.acts().values():
        expect(whole).to_contain_text(act.text)
    expect(whole).to_contain_text("R +6°, L +21°; felt at the outer hip.")
    pictures = whole.locator("img")
    expect(pictures).to_have_count(2)
    assert pictures.evaluate_all("(all) => all.every((one) => one.complete && one.naturalWidth > 100)")
    whole.screenshot(path=shots / "workup-chart.png")
    desk.card.screenshot(path=shots / "workup-closed.png")
    assert desk.act("test-noble").is_visible() is False
    desk.notebook.expect_status(WORKUP, "This part is closed")


def test_a_client_is_examined_by_keyboard_alone_and_after_a_restart_of_the_kernel(desk: Desk, shots: Path) -> None:
    keys, page = desk.page.keyboard, desk.page
    order = [group.title for group in desk.question.groups]
    desk.tab(order[0]).focus()
    log: list[str] = []
    at = 0
    for act in PATH:
        # By arrow keys to the tab, by Tab to the act, by Enter or Space to do it.
        while order[at] != desk.group(act):
            forward = order.index(desk.group(act)) > at
            keys.press("ArrowRight" if forward else "ArrowLeft")
            at += 1 if forward else -1
            expect(desk.tab(order[at])).to_be_focused()
        for _ in range(12):
            keys.press("Tab")
            if page.evaluate("document.activeElement.dataset.act") == act:
                break
        expect(desk.act(act)).to_be_focused()
        keys.press("Enter" if len(log) % 2 else "Space")
        log.append(act)
        desk.expect(log)
        expect(desk.act(act)).to_be_focused()
        desk.tab(order[at]).focus()
    keys.press("Home")
    expect(desk.tab(order[0])).to_be_focused()
    keys.press("End")
    expect(desk.tab(order[-1])).to_be_focused()
    assert page.locator(".jp-Dialog").count() == 0

    # A new kernel: a click on the old card is not saved, and Run All shows the chart as it was.
    desk.notebook.restart_kernel()
    desk.seek("measure-ober")
    desk.notebook.expect_status(WORKUP, "^NOT saved: press Run All")
    expect(desk.card.locator("[data-found]")).to_have_count(len(log))
    desk.notebook.run_all()
    desk.expect(log)
    desk.seek("measure-ober")
    desk.expect([*log, "measure-ober"])
    desk.card.locator(".itband-chart-table").screenshot(path=shots / "workup-after-restart.png")


def test_two_windows_lose_nothing_of_what_either_sought(desk: Desk) -> None:
    desk.seek("ask-onset")
    desk.expect(["ask-onset"])
    # As another notebook of this folder records it: this page does not know.
    store = answers.Store(desk.folder, CASE)
    store.load()
    version = read_case_questions(desk.folder).version
    store.write(WORKUP, ["ask-onset", "line-1"], None, version)
    desk.seek("look-legs")
    desk.expect(["ask-onset", "line-1", "look-legs"])


def test_the_card_and_the_chart_are_accessible_wide_and_narrow_light_and_dark(room: Room, shots: Path) -> None:
    with room.desk(released, CASE, height=1700) as opened:
        desk = Desk(*opened)
        log = ["ask-onset", "line-3", "feel-joint-line", "measure-ober"]
        for act in log:
            desk.seek(act)
        desk.expect(log)
        desk.tab("Feel").click()
        desk.page.keyboard.press("Control+b")  # without the file browser, as one works in a narrow window
        for width in (1100, 480):
            desk.page.set_viewport_size({"width": width, "height": 1700})
            desk.card.scroll_into_view_if_needed()
            assert desk.card.evaluate("(card) => card.scrollWidth <= card.clientWidth + 1"), "nothing is cut off"
            for theme in desk.notebook.in_each_theme():
                found = Axe().run(desk.page, context=".itband-card[data-question='workup-sore-outer-knee']")
                assert found.response["violations"] == [], found.generate_report()
                desk.card.screenshot(path=shots / f"workup-{theme}-{width}.png")
