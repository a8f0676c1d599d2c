"""A lesson in a real JupyterLab, and what a student does in it: by keyboard alone, or by mouse."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course_kit import REPOSITORY
from lab import ALL_HAS_RUN, DARK, PATIENCE, Notebook, jupyter
from nbformat import read
from playwright.sync_api import Browser, Locator, expect

from itband_course.kinds.measure import TOGETHER, fitting
from itband_course.practising import practice_questions
from itband_course.questions import kind_of, samples, split

SET_UP = {
    "ober": {"lower-hip": 45, "forward": 0},
    "modified-ober": {"lower-hip": 45, "forward": 0},
    "modified-thomas": {"sound-knee": 112},
}
"""How a client lies before a test, by slider."""


class Lesson:
    """A lesson that is open.

    Parameters
    ----------
    notebook : Notebook
        Where it is open.
    cells : list
        Its cells, as committed.
    folder : Path
        In which it is, and keeps what is recorded.
    questions : mapping of str to Authored, optional
        What it may ask, with the keys; without them the practice questions.
    """

    def __init__(
        self, notebook: Notebook, cells: list[Any], folder: Path, questions: Mapping[str, Any] | None = None
    ) -> None:
        self.notebook, self.page, self.cells, self.folder = notebook, notebook.page, cells, folder
        self.questions = practice_questions() if questions is None else questions
        code = [cell.source for cell in cells if cell.cell_type == "code"]
        asks = (re.search(r'^(?:practice|ask)\("(.+)"\)$', source, re.MULTILINE) for source in code)
        self.asked = [found[1] for found in asks if found]

        def called(*names: str) -> int:
            return sum(bool(re.search(rf"^({'|'.join(names)})\(", source, re.MULTILINE)) for source in code)

        kinds = [kind_of(self.questions[name]).name for name in self.asked]
        self.charts = called("side_by_side")
        self.plates = called("show_plate")
        self.simulators = called("simulate") + kinds.count("measure")
        self.figures = called("show_leg", "show_client", "show_exercises", "side_by_side") + self.simulators

    def run_all(self, *, by_mouse: bool = False) -> None:
        """Run All, by keys from the command palette, and wait until all that the lesson shows is there."""
        page = self.page
        if by_mouse:
            self.notebook.menu("Run", "Run All Cells")
        else:
            self.open_palette()
            page.keyboard.type("Run All Cells")
            active = page.locator(".lm-CommandPalette-item.lm-mod-active")
            expect(active).to_contain_text("Run All Cells")
            page.keyboard.press("Enter")
        expect(page.locator(".itband-card[data-question]")).to_have_count(len(self.asked))
        expect(page.locator(".itband-figure")).to_have_count(self.figures)
        expect(page.locator(".itband-figure:not([data-state=ready])")).to_have_count(0)
        expect(page.locator(".itband-chart[data-state=ready]")).to_have_count(self.charts)
        expect(page.locator(".itband-simulator[data-state=ready]")).to_have_count(self.simulators)
        expect(page.locator(".jp-OutputArea-output > img[alt], .jp-RenderedHTML > img[alt]")).to_have_count(self.plates)
        page.wait_for_function(ALL_HAS_RUN, timeout=2 * PATIENCE)

    def open_palette(self) -> None:
        """Open the command palette by its keys, and wait until it can be typed in."""
        page = self.page
        box = page.locator("#command-palette input, .lm-CommandPalette-input").first
        # JupyterLab shows the notebook before it knows its shortcuts, on a busy machine by seconds: a key pressed
        # until then is lost. A palette that is open already stays so.
        for presses_left in reversed(range(10)):
            page.locator(".jp-Notebook").first.focus()
            page.keyboard.press("Control+Shift+c")
            try:
                expect(box).to_be_focused(timeout=5_000)
            except AssertionError:
                if not presses_left:
                    raise
            else:
                return

    def figure(self, number: int) -> Locator:
        """Return a figure, counted from 0, once it stands in the window and is drawn."""
        figure = self.page.locator(".itband-figure").nth(number)
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-state", "ready")
        return figure

    def answer_all_rightly(self) -> None:
        """Answer every question rightly, and see each explained."""
        for question_id in self.asked:
            self.answer_rightly(question_id)
            card = self.notebook.card(question_id)
            expect(card.locator(".itband-mark")).to_have_attribute("data-verdict", "right")
            expect(card.locator(".itband-note").first).to_be_visible()

    def answer_rightly(self, question_id: str) -> None:
        """Give the first right answer of a question, each thing by its own keys."""
        authored = self.questions[question_id]
        question, rubric = split(authored)
        kind = kind_of(authored)
        value = next(sample.value for sample in samples(rubric) if sample.name == "right")
        card = self.notebook.card(question_id)
        card.scroll_into_view_if_needed()
        getattr(self, BY_KIND[kind.name])(card, question, value)
        self.notebook.expect_status(question_id, "^Recorded")
        finish = card.get_by_role("button", name="Explain my answer")
        if finish.is_visible():
            self.press(finish)

    def press(self, button: Locator) -> None:
        """Press a button."""
        button.focus()
        self.page.keyboard.press("Enter")

    def tick(self, box: Locator) -> None:
        """Tick a box."""
        box.focus()
        self.page.keyboard.press("Space")

    def one(self, card: Locator, _: Any, value: str) -> None:
        """Choose one of a list."""
        self.choose(card, card.locator(".itband-answer"), value)

    def levels(self, card: Locator, _: Any, value: dict[str, str]) -> None:
        """Choose a level on each scale."""
        for scale, level in value.items():
            self.choose(card, scale_of(card, scale), level)

    def ticks(self, card: Locator, _: Any, value: list[str]) -> None:
        """Tick boxes."""
        for choice in value:
            box = card.locator(f".itband-answer input[value='{choice}']")
            self.tick(box)
            # At a reader's pace: a slow page may take more than the three seconds after which a card takes it back.
            expect(card).not_to_have_attribute("data-state", "saving")
            expect(box).to_be_checked()

    def rows(self, card: Locator, question: Any, value: dict[str, str]) -> None:
        """Choose in the list of each row."""
        for number, row in enumerate(question.rows):
            self.select(card.locator(".itband-answer select").nth(number), value[row.id])
            expect(card).to_have_attribute("data-state", "recorded")

    def steps(self, card: Locator, _: Any, value: list[str]) -> None:
        """Take steps out of the pool, in order."""
        for step in value:
            self.press(card.locator(f".itband-pool [data-step='{step}'] button"))
            expect(card).not_to_have_attribute("data-state", "saving")

    def number(self, card: Locator, _: Any, value: float) -> None:
        """Type a number."""
        card.locator(".itband-answer input[type=text]").focus()
        self.page.keyboard.type(f"{value:g}")
        self.page.keyboard.press("Enter")

    def choose(self, card: Locator, group: Locator, wanted: str) -> None:
        """Go down a group of radio buttons to the one that is wanted."""
        inputs = group.locator("input")
        ids = inputs.evaluate_all("(all) => all.map((one) => one.value)")
        inputs.first.focus()
        for key, choice in zip(["Space", *["ArrowDown"] * len(ids)], ids[: ids.index(wanted) + 1], strict=False):
            self.page.keyboard.press(key)
            # At a reader's pace: a slow page may take more than the three seconds after which a card gives up.
            expect(card).to_have_attribute("data-state", "recorded")
            expect(group.locator("input:checked")).to_have_value(choice)

    def examine(self, card: Locator, question: Any, acts: list[str]) -> None:
        """Seek findings one by one: along the tabs by arrow keys, an act by Enter."""
        groups = {act.id: group.title for group in question.groups for act in group.acts}
        order = [group.title for group in question.groups]
        at = 0
        for number, act in enumerate(acts, start=1):
            wanted = order.index(groups[act])
            self.go_to_tab(card, order, at, wanted)
            at = wanted
            self.press(card.locator(f"[data-act='{act}']"))
            expect(card).to_have_attribute("data-state", "recorded")
            expect(card.locator("[data-found]")).to_have_count(number)

    def go_to_tab(self, card: Locator, titles: list[str], at: int, wanted: int) -> None:
        """Go from one tab to another, by arrow keys."""
        while at != wanted:
            card.get_by_role("tab", name=titles[at], exact=True).focus()
            self.page.keyboard.press("ArrowRight" if wanted > at else "ArrowLeft")
            at += 1 if wanted > at else -1
            expect(card.get_by_role("tab", name=titles[at], exact=True)).to_be_focused()

    def measure(self, card: Locator, question: Any, value: dict[str, Any]) -> None:
        """Do the test above the card on both sides, record what the dial shows, and choose the rest."""
        panel = self.panel_above(card)
        read: dict[Any, float] = {}
        for side in question.sides:
            self.turn_to(panel, side.title)
            expect(panel.locator("h3")).to_have_text(side.title)
            self.do_test(panel, side.true)
            read[side.id] = dial(panel)
            card.get_by_label(f"{side.title}, your reading").focus()
            self.page.keyboard.type(f"{read[side.id]:g}")
            self.page.keyboard.press("Enter")
            expect(card).to_have_attribute("data-state", "recorded")
        for part in question.parts:
            rubric: Any = split(self.questions[question.id])[1]
            wanted = fitting(rubric, read)[0] if part.id == TOGETHER else value[part.id]
            self.choose(card, scale_of(card, part.id), wanted)

    def turn_to(self, panel: Locator, side: str) -> None:
        """Choose the side that is tested."""
        while not panel.get_by_label(side).is_checked():
            panel.get_by_role("radio", checked=True).focus()
            self.page.keyboard.press("ArrowDown")

    def panel_above(self, card: Locator) -> Locator:
        """Return the panel of the test that stands above a card, in the same cell."""
        return self.page.locator(".jp-Cell").filter(has=card).locator(".itband-simulator")

    def panel(self, test: str) -> Locator:
        """Return the panel that a cell `simulate(test)` opens."""
        return self.page.locator(f".itband-simulator[data-test='{test}']:has(.itband-reading)")

    def do_test(self, panel: Locator, true: int) -> None:
        """Do a test well, by keys: set the client up, hold what is to be held, and move until the movement ends."""
        test = panel.get_attribute("data-test") or ""
        for name, degrees in SET_UP.get(test, {}).items():
            self.slide(panel, name, degrees)
        for hold in panel.locator("[data-switch]").all():
            if not hold.is_checked():
                self.tick(hold)
        for thumb in panel.locator("[data-pick]").all():
            self.select(thumb, "epicondyle")
        if panel.locator("[data-slide=down]").count():
            self.slide_to_the_end(panel, "down")
        else:
            # These end by what hand or client tells, which is past a look: the true angle is known here.
            self.slide(panel, "bend" if test == "ely" else "knee", true)

    def slide_to_the_end(self, panel: Locator, name: str) -> None:
        """Move a slider until nothing moves any more."""
        panel.locator(f"[data-slide='{name}']").focus()
        self.page.keyboard.press("End")

    def slide(self, panel: Locator, name: str, value: int) -> None:
        """Move a slider to a value by its keys."""
        slide_by_keys(panel.locator(f"[data-slide='{name}']"), value)

    def select(self, control: Locator, wanted: str) -> None:
        """Go down a list until what is wanted is chosen."""
        control.focus()
        for _ in range(control.locator("option").count()):
            if control.input_value() == wanted:
                break
            self.page.keyboard.press("ArrowDown")
        expect(control).to_have_value(wanted)

    def plan(self, card: Locator, _: Any, value: Any) -> None:
        """Add the rows of a session one by one, or say that there is none today."""
        answer = card.locator(".itband-answer")
        if value == "no-session":
            self.tick(answer.get_by_role("checkbox", name="No session today"))
            return
        row = answer.locator(".itband-next")
        for number, wanted in enumerate(value, start=1):
            self.select(row.locator("[id$='-technique']"), wanted["technique"])
            for what in ("place", "pressure"):
                if wanted[what]:
                    self.select(row.locator(f"[id$='-{what}']"), str(wanted[what]))
            self.type_into(row.locator("[id$='-minutes']"), str(wanted["minutes"]))
            self.press(answer.locator("[data-action=add]"))
            expect(answer.locator(".itband-rows > li")).to_have_count(number)

    def type_into(self, field: Locator, text: str) -> None:
        """Type into a field in place of what stands there."""
        field.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def expect_no_harm(self) -> None:
        """See no traceback and no warning, no id twice; and no key has reached JupyterLab, which would change cells."""
        page = self.page
        ids = page.evaluate("[...document.querySelectorAll('[id^=itband]')].map((element) => element.id)")
        assert len(ids) == len(set(ids)), "a label would speak of another figure's slider"
        assert page.locator(".jp-OutputArea-output[data-mime-type*='stderr']").count() == 0
        assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
        assert page.locator(".itband-figure[data-state=failed]").count() == 0
        assert page.locator(".jp-Dialog").count() == 0
        assert page.locator(".jp-Notebook .jp-Cell").count() == len(self.cells)


class LessonByMouse(Lesson):
    """A lesson that is done with the mouse; only numbers are typed."""

    def run_all(self, *, by_mouse: bool = True) -> None:
        super().run_all(by_mouse=by_mouse)

    def press(self, button: Locator) -> None:
        button.click()

    def tick(self, box: Locator) -> None:
        box.click()

    def choose(self, card: Locator, group: Locator, wanted: str) -> None:
        group.locator(f"input[value='{wanted}']").click()
        expect(card).to_have_attribute("data-state", "recorded")
        expect(group.locator("input:checked")).to_have_value(wanted)

    def go_to_tab(self, card: Locator, titles: list[str], at: int, wanted: int) -> None:
        card.get_by_role("tab", name=titles[wanted], exact=True).click()

    def turn_to(self, panel: Locator, side: str) -> None:
        panel.get_by_label(side).click()

    def select(self, control: Locator, wanted: str) -> None:
        control.select_option(wanted)

    def slide(self, panel: Locator, name: str, value: int) -> None:
        drag_slider(panel.locator(f"[data-slide='{name}']"), value)

    def slide_to_the_end(self, panel: Locator, name: str) -> None:
        slider = panel.locator(f"[data-slide='{name}']")
        drag_slider(slider, int(slider.get_attribute("max") or 0))

    def type_into(self, field: Locator, text: str) -> None:
        field.click(click_count=3)
        self.page.keyboard.type(text)


BY_KIND = {
    "one-of": "one",
    "many-of": "ticks",
    "hotspot": "ticks",
    "match": "rows",
    "order": "steps",
    "number": "number",
    "triage": "levels",
    "workup": "examine",
    "measure": "measure",
    "plan": "plan",
}
"""Which method answers each kind: `answer(card, question, value)`."""


def slide_by_keys(slider: Locator, value: int) -> None:
    """Move a slider by its keys, first by the large steps of Page Up and Page Down: each step is drawn."""
    slider.focus()
    large = (int(slider.get_attribute("max") or 0) - int(slider.get_attribute("min") or 0)) // 10 + 1
    while (now := int(slider.input_value())) != value:
        keys = ("PageUp", "PageDown") if abs(value - now) >= large else ("ArrowRight", "ArrowLeft")
        slider.page.keyboard.press(keys[value < now])


def drag_slider(slider: Locator, value: int) -> None:
    """Move a slider with the mouse, near to a value, and let go."""
    mouse = slider.page.mouse
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    low, high = (int(slider.get_attribute(what) or 0) for what in ("min", "max"))
    now = int(slider.input_value())

    def across(at: int) -> float:
        return box["x"] + 8 + (box["width"] - 16) * (at - low) / (high - low)

    middle = box["y"] + box["height"] / 2
    mouse.move(across(now), middle)
    mouse.down()
    for part in range(1, 9):
        mouse.move(across(round(now + (value - now) * part / 8)), middle)
    mouse.up()


def scale_of(card: Locator, part: str) -> Locator:
    """Return the group of radio buttons of one scale or part of a card."""
    return card.locator(f".itband-scale:has(input[name$='-{part}'])")


def dial(panel: Locator) -> int:
    """Return what the inclinometer of a panel shows, in degrees."""
    return int((panel.locator(".itband-figures").text_content() or "").removesuffix("°").replace("−", "-"))


@contextmanager
def opened(
    name: str, drawing: Browser, scratch: Path, theme: str = "light", done: type[Lesson] = Lesson
) -> Iterator[Lesson]:
    """Open a lesson in a JupyterLab of its own until the block ends.

    Parameters
    ----------
    name : str
        Of its notebook: ``01_anatomy.ipynb``.
    drawing : Browser
        One that draws moving figures.
    scratch : Path
        A folder for the copy that is opened.
    theme : {'light', 'dark'}
    done : type
        `Lesson` by keyboard, or `LessonByMouse`.
    """
    folder = scratch / "notebooks"
    folder.mkdir()
    shutil.copy(REPOSITORY / "notebooks" / name, folder / name)
    with opened_in(folder, name, drawing, scratch, theme=theme, done=done) as lesson:
        yield lesson


@contextmanager
def opened_in(
    folder: Path,
    name: str,
    drawing: Browser,
    scratch: Path,
    *,
    theme: str = "light",
    questions: Mapping[str, Any] | None = None,
    done: type[Lesson] = Lesson,
) -> Iterator[Lesson]:
    """Open a notebook of a folder, as `opened` opens a lesson; `questions` as for `Lesson`."""
    with jupyter(folder, scratch / "jupyter", settings=DARK if theme == "dark" else None) as address:
        page = drawing.new_page(viewport={"width": 1280, "height": 1000}, locale="en-GB")
        page.set_default_timeout(PATIENCE)
        notebook = Notebook(page, address, name)
        notebook.open()
        yield done(notebook, read(folder / name, as_version=4).cells, folder, questions)
        page.close()
