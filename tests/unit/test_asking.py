"""`ask`, `close_stage` and `hand_in` at a notebook, under Validate and under a grader; the kernel's half of cards."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from IPython.core.interactiveshell import InteractiveShell
from small_bank import (
    ANSWERS,
    ASKED,
    CASE,
    HOTSPOT,
    MANY,
    MATCH,
    MEASURE,
    NUMBER,
    ONE,
    ORDER,
    PLAN,
    TRIAGE,
    WORKUP,
    case_questions,
    closing,
    many_of,
    measure,
    one_of,
    record,
    save_notebook,
    staged_questions,
    workup,
)
from traitlets.config import Config

from itband_course import asking
from itband_course.answers import ANSWERS_FILE, MIME, Record, Store, encode, parse, read
from itband_course.asking import (
    NOT_ANSWERED,
    CaseError,
    ask,
    bench_shown,
    chart_pictures,
    close_stage,
    door_text,
    hand_in,
    hand_in_text,
    not_closed,
    question_text,
    show_chart,
)
from itband_course.card import Card, Door
from itband_course.card import card as make_card
from itband_course.figure.simulators import Examined
from itband_course.questions import (
    QUESTIONS_FILE,
    CaseQuestions,
    Stage,
    describe,
    reply,
    simulated,
    text_of,
    write_case_questions,
)


@dataclass
class Output:
    """One display of a cell, as the notebook would save it: updates replace what was shown."""

    shown: Any
    updates: int = 0

    def update(self, shown: Any, raw: bool = False) -> None:
        assert raw
        self.shown = shown
        self.updates += 1

    @property
    def text(self) -> str:
        return self.shown["text/plain"]

    @property
    def record(self) -> Record | None:
        carried = self.shown.get(MIME)
        return None if carried is None else parse(msgspec.json.encode(carried), CASE)


@dataclass
class Page:
    """All that cells have displayed so far."""

    folder: Path
    outputs: list[Output] = field(default_factory=list)

    def display(self, shown: Any, raw: bool = False, display_id: bool = False) -> Output:
        assert raw == isinstance(shown, dict), "MIME bundles are displayed raw, widgets are not"
        assert display_id == raw
        self.outputs.append(Output(shown))
        return self.outputs[-1]

    def ask(self, question_id: str) -> tuple[Card, Output]:
        """Run an `ask` cell and return its card and its mirror."""
        before = len(self.outputs)
        ask(question_id)
        # A test to do stands above its card.
        *_, card, mirror = self.outputs[before:]
        return card.shown, mirror

    def door(self, stage_id: str) -> tuple[Door, Output]:
        """Run a `close_stage` cell and return its door and its mirror."""
        before = len(self.outputs)
        close_stage(stage_id)
        door, mirror = self.outputs[before:]
        return door.shown, mirror

    def hand_in(self) -> Output:
        """Run the `hand_in` cell and return its output."""
        before = len(self.outputs)
        hand_in()
        (receipt,) = self.outputs[before:]
        return receipt

    def save(self) -> None:
        """Save the notebook with the outputs that it shows now."""
        bundles = [output.shown for output in self.outputs if isinstance(output.shown, dict)]
        save_notebook(self.folder, *(shown[MIME] for shown in bundles if MIME in shown))


@pytest.fixture
def page(case_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """Return an empty page of a new kernel in the case's folder."""
    page = Page(case_folder)
    monkeypatch.chdir(case_folder)
    monkeypatch.setattr(asking, "display", page.display)
    new_kernel(monkeypatch)
    for name in ("NBGRADER_EXECUTION", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    return page


@pytest.fixture
def staged(page: Page) -> CaseQuestions:
    """Return the questions of the page's case, which now has stages to close."""
    questions = staged_questions()
    (page.folder / QUESTIONS_FILE).write_bytes(write_case_questions(questions))
    return questions


@pytest.fixture
def validate(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that runs an `ask` cell as nbgrader's Validate does, in a kernel of its own."""

    def run(question_id: str) -> None:
        with monkeypatch.context() as there:
            there.setenv("NBGRADER_EXECUTION", "validate")
            new_kernel(there)
            ask(question_id)

    return run


def new_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_SESSIONS", {})


def click(card: Card, value: Any, confidence: Any = None, nonce: str = "n-1") -> list[dict[str, Any]]:
    """Send what the browser sends at a click, and return what the kernel sends back beside the state."""
    sent: list[dict[str, Any]] = []
    card.send = sent.append
    card._on_message(card, {"type": "record", "nonce": nonce, "value": value, "confidence": confidence}, [])
    return sent


def press(door: Door, nonce: str = "d-1") -> list[dict[str, Any]]:
    """Send what the browser sends once the student has said yes, and return what comes back beside the state."""
    sent: list[dict[str, Any]] = []
    door.send = sent.append
    door._on_message(door, {"type": "close", "nonce": nonce}, [])
    return sent


def plain(widget: Any) -> str:
    """Return what a saved notebook shows where the widget cannot be drawn."""
    made = widget._repr_mimebundle_()
    return (made[0] if isinstance(made, tuple) else made)["text/plain"]


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- at the notebook


def test_a_cell_shows_the_card_and_below_it_the_mirror(page: Page, questions: CaseQuestions) -> None:
    card, mirror = page.ask(ONE)
    assert card.question == msgspec.to_builtins(questions.find(ONE))
    assert card.state == {"revision": 0, "value": None, "confidence": None, "time": ""}
    assert (card.notice, card.problem) == ("", "")
    assert mirror.shown == {"text/plain": NOT_ANSWERED}


def test_running_all_cells_writes_no_file_at_all(page: Page) -> None:
    before = files_of(page.folder)
    page.ask(ONE)
    page.ask(MANY)
    page.hand_in()
    assert files_of(page.folder) == before


def test_an_unknown_question_is_named_with_the_file_and_what_to_do(page: Page) -> None:
    with pytest.raises(CaseError) as caught:
        ask("no-such-question")
    sentence = str(caught.value)
    assert all(word in sentence for word in (QUESTIONS_FILE, CASE, "«no-such-question»", "Get the case again"))
    assert page.outputs == []


def test_a_folder_without_questions_says_what_to_do(page: Page) -> None:
    (page.folder / QUESTIONS_FILE).unlink()
    for call in (lambda: ask(ONE), hand_in):
        with pytest.raises(CaseError, match=rf"«{QUESTIONS_FILE}» is not beside this notebook.*Get the case again"):
            call()


@pytest.mark.parametrize("mode", [None, "validate"])
def test_in_a_masters_folder_it_only_hints_at_the_preview(
    tmp_path: Path, page: Page, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mode: str | None
) -> None:
    master = tmp_path / "source" / "a-case"
    master.mkdir(parents=True)
    save_notebook(master, name="a-case")
    monkeypatch.chdir(master)
    if mode:
        monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    before = files_of(master)
    ask(ONE)
    close_stage("workup")
    hand_in()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all("itband preview a-case" in line for line in lines)
    assert page.outputs == []
    assert files_of(master) == before


def test_a_folder_called_source_alone_makes_no_master(
    tmp_path: Path, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "source" / "a-case"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    with pytest.raises(CaseError, match="not beside this notebook"):
        ask(ONE)


def test_a_click_is_recorded_in_the_file_the_card_and_the_mirror(page: Page, questions: CaseQuestions) -> None:
    card, mirror = page.ask(ONE)
    assert click(card, "outer", "sure", nonce="n-7") == []
    found = read(page.folder, CASE)
    assert found is not None
    answer = found.answers[ONE]
    assert (answer.value, answer.confidence, answer.version) == ("outer", "sure", questions.version)
    expected = {"revision": 1, "value": "outer", "confidence": "sure", "time": answer.time, "nonce": "n-7"}
    assert card.state == expected
    assert mirror.record == found
    text = describe(questions.find(ONE), "outer")
    assert mirror.text == f"Recorded: {text} (confidence: sure). To change it, press Run All."


@pytest.mark.parametrize("question_id", ASKED)
def test_an_answer_of_every_kind_is_recorded_as_the_card_sent_it_and_said_in_words(
    page: Page, questions: CaseQuestions, question_id: str
) -> None:
    card, mirror = page.ask(question_id)
    assert click(card, ANSWERS[question_id]) == []
    assert read(page.folder, CASE).value(question_id) == card.state["value"] == ANSWERS[question_id]
    assert mirror.record.value(question_id) == ANSWERS[question_id]
    words = describe(questions.find(question_id), ANSWERS[question_id])
    act = "go on" if question_id == WORKUP else "change it"
    assert mirror.text == f"Recorded: {words}. To {act}, press Run All."


def test_each_mirror_carries_its_own_answer_and_no_other(page: Page) -> None:
    (one, one_mirror), (many, many_mirror) = page.ask(ONE), page.ask(MANY)
    click(one, "outer")
    click(many, ["warmth", "days"])
    assert set(one_mirror.record.answers) == {ONE}
    assert set(many_mirror.record.answers) == {MANY}
    assert many_mirror.record.value(MANY) == ["warmth", "days"]


def test_changing_an_answer_gives_a_higher_revision_and_renews_the_mirror(page: Page) -> None:
    card, mirror = page.ask(ONE)
    click(card, "inner", nonce="n-1")
    click(card, "outer", nonce="n-2")
    assert (card.state["revision"], card.state["value"], card.state["nonce"]) == (2, "outer", "n-2")
    assert mirror.record.answers[ONE].revision == 2


def test_clearing_an_answer_is_recorded_and_the_mirror_says_not_answered(page: Page) -> None:
    card, mirror = page.ask(ONE)
    click(card, "outer", "sure")
    click(card, None, None)
    assert (card.state["value"], card.state["confidence"], card.state["revision"]) == (None, None, 2)
    assert mirror.text == NOT_ANSWERED
    assert mirror.record.answers[ONE].revision == 2, "a later record without a value, so that an older mirror loses"
    assert read(page.folder, CASE).answered() == []


def test_confidence_alone_is_kept_and_is_no_answer(page: Page) -> None:
    card, mirror = page.ask(ONE)
    click(card, None, "guessing")
    found = read(page.folder, CASE)
    assert (found.answers[ONE].confidence, found.value(ONE), found.answered()) == ("guessing", None, [])
    assert card.state["confidence"] == "guessing"
    assert mirror.text == NOT_ANSWERED
    assert page.hand_in().text.startswith(f"0 of {len(ASKED)} questions answered.")


@pytest.mark.parametrize(
    ("question", "value"),
    [
        *((ONE, value) for value in (["outer"], 3, True, {"a": 1})),
        *((MANY, value) for value in ("warmth", [1], [["warmth"]])),
        *((NUMBER, value) for value in ("73", True, [73], 10**400)),
        *((ORDER, value) for value in ("walk", {"walk": 1}, [None])),
        *((MATCH, value) for value in (["band"], {"band": 1}, {"band": None})),
        *((TRIAGE, value) for value in ("none", {"mood": "calm"}, {"hands": 1}, {"hands": None})),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused_and_nothing_is_written(page: Page, question: str, value: Any) -> None:
    card, mirror = page.ask(question)
    before = files_of(page.folder)
    (reply,) = click(card, value)
    assert reply["type"] == "failed"
    assert reply["message"].startswith("NOT saved: this is no answer to the question")
    assert card.state["revision"] == 0
    assert mirror.updates == 0
    assert files_of(page.folder) == before


@pytest.mark.parametrize("confidence", ["certain", "", 1, ["sure"], {"sure": True}])
def test_a_made_up_confidence_is_refused_and_nothing_is_written(page: Page, confidence: Any) -> None:
    card, _ = page.ask(ONE)
    (reply,) = click(card, "outer", confidence)
    assert (reply["type"], reply["message"][:9]) == ("failed", "NOT saved")
    assert read(page.folder, CASE) is None


def test_running_all_again_restores_what_was_recorded(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    card, _ = page.ask(ONE)
    click(card, "outer", "fairly")
    recorded = {key: value for key, value in card.state.items() if key != "nonce"}
    new_kernel(monkeypatch)
    again, mirror = page.ask(ONE)
    assert again.state == recorded
    assert mirror.record.value(ONE) == "outer"


def test_without_the_file_everything_comes_back_from_the_saved_notebook_before_it_is_drawn(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, _ = page.ask(ONE)
    click(card, "outer")
    page.save()
    (page.folder / ANSWERS_FILE).unlink()
    new_kernel(monkeypatch)
    (again, mirror), (other, _) = page.ask(ONE), page.ask(MANY)
    assert again.state["value"] == "outer"
    assert mirror.record.value(ONE) == read(page.folder, CASE).value(ONE) == "outer"
    assert "restored" in again.notice
    assert other.notice == "", "said once"


def test_the_second_drawing_of_a_question_replaces_the_first(page: Page) -> None:
    first, _ = page.ask(ONE)
    second, mirror = page.ask(ONE)
    assert first.comm is None, "closed"
    click(second, "outer")
    assert mirror.record.value(ONE) == "outer"


def test_new_questions_in_the_folder_are_noticed_without_a_new_kernel(page: Page) -> None:
    page.ask(ONE)
    other = case_questions(one_of(prompt="Which side is it now?"), many_of())
    (page.folder / QUESTIONS_FILE).write_bytes(write_case_questions(other))
    card, _ = page.ask(ONE)
    click(card, "outer")
    assert card.question["prompt"] == "Which side is it now?"
    assert read(page.folder, CASE).answers[ONE].version == other.version


def test_a_folder_that_cannot_be_written_is_said_on_the_card_and_at_hand_in(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("itband_course.files.check_writable", fail)
    card, _ = page.ask(ONE)
    assert card.problem.startswith("NOT saved: this folder cannot be written (Permission denied)")
    assert page.hand_in().text.splitlines()[0] == card.problem


# --- hand in


def test_hand_in_names_what_is_open_and_has_no_receipt_before_the_first_answer(
    page: Page, questions: CaseQuestions
) -> None:
    receipt = page.hand_in()
    lines = receipt.text.splitlines()
    assert lines[0] == f"0 of {len(ASKED)} questions answered."
    assert all(any(question.prompt in line for line in lines) for question in questions.questions)
    assert any(questions.notes[0].title in line for line in lines)
    assert "Receipt" not in receipt.text
    assert MIME not in receipt.shown


def test_hand_in_with_some_answers_names_only_what_is_open(page: Page, questions: CaseQuestions) -> None:
    card, _ = page.ask(ONE)
    click(card, "outer")
    text = page.hand_in().text
    assert text.startswith(f"1 of {len(ASKED)} questions answered.")
    assert all(question.prompt in text for question in questions.questions if question.id != ONE)
    assert questions.find(ONE).prompt not in text


def test_hand_in_with_all_answers_says_so_and_carries_them_all(page: Page) -> None:
    for question_id in ASKED:
        click(page.ask(question_id)[0], ANSWERS[question_id])
    receipt = page.hand_in()
    assert receipt.text.startswith(f"{len(ASKED)} of {len(ASKED)} questions answered.")
    assert "open" not in receipt.text
    assert receipt.record == read(page.folder, CASE)
    assert "Save it" in receipt.text
    assert "submit" in receipt.text


def test_hand_in_is_renewed_by_a_later_click(page: Page) -> None:
    card, _ = page.ask(ONE)
    receipt = page.hand_in()
    click(card, "outer")
    assert receipt.text.startswith(f"1 of {len(ASKED)} ")
    assert receipt.record.value(ONE) == "outer"


def test_a_notebook_alone_holds_every_answer_once_handed_in_and_saved(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    for question_id in ASKED:
        click(page.ask(question_id)[0], ANSWERS[question_id])
    receipt = page.hand_in()
    page.outputs = [receipt]
    page.save()
    handed_in = read(page.folder, CASE)
    (page.folder / ANSWERS_FILE).unlink()
    store = Store(page.folder, CASE)
    store.load()
    assert store.record == handed_in


def test_the_receipt_code_is_that_of_the_record_and_stays_the_same(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    card, _ = page.ask(ONE)
    click(card, "outer", "sure")
    first = page.hand_in().text
    new_kernel(monkeypatch)
    assert page.hand_in().text == first
    assert code_in(first) == read(page.folder, CASE).fingerprint()
    click(page.ask(ONE)[0], "inner", "sure")
    assert code_in(page.hand_in().text) != code_in(first)


def code_in(text: str) -> str:
    return re.search(r"code ([0-9a-f]{12})\.", text)[1]


def test_the_receipt_counts_answers_and_names_the_time_of_the_last(questions: CaseQuestions) -> None:
    found = record((ONE, 5, "outer"), (MANY, 9, ["warmth"]))
    assert "Receipt: 2 answers, the last at 2026-03-01 12:09:00 UTC" in hand_in_text(questions, found)


def test_an_answer_to_a_question_that_is_no_longer_asked_does_not_count(questions: CaseQuestions) -> None:
    text = hand_in_text(questions, record(("retired", 1, "x")))
    assert text.startswith(f"0 of {len(ASKED)} questions answered.")


def test_the_receipt_as_paragraphs_says_the_same_and_holds_no_markup_of_an_author() -> None:
    questions = case_questions(one_of(prompt="Is <b>6° < 7°</b> & true?"))
    shown = asking.hand_in_shown(questions, record(), problem="NOT saved: <i>no</i> room.")
    assert "<b>" in shown["text/plain"]
    assert "<b>" not in shown["text/html"]
    assert "<i>" not in shown["text/html"]
    assert "&lt;b&gt;6° &lt; 7°&lt;/b&gt; &amp; true?" in shown["text/html"]


def test_what_a_saved_notebook_shows_without_a_widget_is_the_whole_question(questions: CaseQuestions) -> None:
    for question in questions.questions:
        text = question_text(questions, record(), question)
        assert question.prompt in text
        assert all(f"  {line}" in text.splitlines() for line in text_of(question))
        assert "press Run All" in text


@pytest.mark.parametrize(("points", "words"), [(1.0, "(1 point)"), (2.0, "(2 points)"), (0.5, "(0.5 points)")])
def test_one_point_is_one_point(points: float, words: str) -> None:
    questions = case_questions(one_of(points=points))
    assert words in question_text(questions, record(), questions.questions[0])


def test_one_answer_is_one_answer(questions: CaseQuestions) -> None:
    assert "Receipt: 1 answer, the last" in hand_in_text(questions, record((ONE, 1, "outer")))


# --- stages: a part of the case is closed for good, and the next one opens

WAITS = "Opens when «Screen and workup» is closed."


def gates(page: Page, *question_ids: str) -> dict[str, str]:
    return {question_id: page.ask(question_id)[0].gate["is"] for question_id in question_ids}


def test_at_first_the_questions_of_the_first_stage_are_open_and_all_others_wait(
    page: Page, staged: CaseQuestions
) -> None:
    found = gates(page, *ASKED)
    assert found == {
        ONE: "open",
        MANY: "open",
        NUMBER: "waiting",
        ORDER: "waiting",
        MATCH: "waiting",
        TRIAGE: "waiting",
        HOTSPOT: "waiting",
        PLAN: "waiting",
        WORKUP: "waiting",
        MEASURE: "waiting",
    }
    assert page.ask(NUMBER)[0].gate["text"] == WAITS
    assert page.ask(MATCH)[0].gate["text"] == "Opens when «Decisions» is closed."
    assert page.ask(TRIAGE)[0].gate["text"] == "Opens when «Plan» is closed."
    assert page.ask(ONE)[0].gate == {"is": "open", "text": ""}


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize("question_id", [NUMBER, ORDER])
def test_a_question_that_waits_shows_no_word_of_itself_in_text_or_mirror(page: Page, question_id: str) -> None:
    card, mirror = page.ask(question_id)
    assert plain(card) == WAITS
    assert mirror.shown == {"text/plain": NOT_ANSWERED}


@pytest.mark.usefixtures("staged")
def test_an_answer_to_a_question_that_waits_is_refused_and_nothing_is_written(page: Page) -> None:
    card, mirror = page.ask(NUMBER)
    before = files_of(page.folder)
    (reply,) = click(card, 73.0)
    assert (reply["type"], reply["nonce"]) == ("failed", "n-1")
    assert reply["message"] == f"NOT saved: {WAITS}"
    assert files_of(page.folder) == before
    assert card.state["revision"] == 0
    assert mirror.shown == {"text/plain": NOT_ANSWERED}


@pytest.mark.usefixtures("staged")
def test_a_door_names_what_is_open_counts_what_is_answered_and_its_mirror_says_not_closed(
    page: Page, staged: CaseQuestions
) -> None:
    card, _ = page.ask(ONE)
    door, mirror = page.door("workup")
    prompts = [staged.find(question_id).prompt for question_id in (ONE, MANY)]
    assert door.title == "Screen and workup"
    assert door.state == {"closed": "", "open": prompts, "answered": 0, "questions": 2, "waits": ""}
    assert plain(door) == door_text(staged.stage("workup")) != ""
    assert mirror.shown == {"text/plain": not_closed(staged.stage("workup"))}
    click(card, "outer")
    assert (door.state["open"], door.state["answered"]) == (prompts[1:], 1)
    click(card, None)
    assert (door.state["open"], door.state["answered"]) == (prompts, 0)


@pytest.mark.usefixtures("staged")
def test_a_door_that_waits_for_another_says_so_and_names_no_question(page: Page) -> None:
    first, _ = page.door("workup")
    second, _ = page.door("decisions")
    page.ask(ONE)
    assert second.state == {"closed": "", "open": [], "answered": 0, "questions": 2, "waits": WAITS}
    press(first)
    assert second.state["waits"] == ""
    assert len(second.state["open"]) == 2


@pytest.mark.usefixtures("staged")
def test_closing_a_stage_is_recorded_in_the_file_the_door_and_the_mirror(page: Page) -> None:
    card, _ = page.ask(ONE)
    click(card, "outer")
    door, mirror = page.door("workup")
    assert press(door, nonce="d-7") == []
    found = read(page.folder, CASE)
    closed = found.closed["workup"]
    assert (closed.questions, closed.revision) == ([ONE, MANY], 2)
    assert door.state["nonce"] == "d-7"
    assert door.state["closed"] == closed.time
    assert mirror.record.closed == found.closed
    assert (mirror.record.answers, mirror.record.late) == ({}, {})
    assert "«Screen and workup» is closed since" in mirror.text
    assert closed.time[:10] in mirror.text


@pytest.mark.usefixtures("staged")
def test_closing_a_stage_closes_its_cards_opens_the_next_and_leaves_the_rest_waiting(page: Page) -> None:
    cards = {question_id: page.ask(question_id) for question_id in ASKED}
    click(cards[ONE][0], "outer")
    assert cards[ONE][1].text.endswith("To change it, press Run All.")
    door, _ = page.door("workup")
    press(door)
    assert {question_id: card.gate["is"] for question_id, (card, _) in cards.items()} == {
        ONE: "closed",
        MANY: "closed",
        NUMBER: "open",
        ORDER: "open",
        MATCH: "waiting",
        TRIAGE: "waiting",
        HOTSPOT: "waiting",
        PLAN: "waiting",
        WORKUP: "waiting",
        MEASURE: "waiting",
    }
    assert "can read your answer, not change it" in cards[ONE][0].gate["text"]
    assert cards[ONE][0].state["value"] == "outer", "it can still be read"
    assert "To change it" not in cards[ONE][1].text
    assert click(cards[NUMBER][0], 73.0) == []


@pytest.mark.usefixtures("staged")
def test_a_question_whose_card_is_drawn_while_its_stage_is_being_closed_opens_all_the_same(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    # JupyterLab hands a click to a thread of its own while Run All still draws cards.
    click(page.ask(ONE)[0], "outer")
    door, _ = page.door("workup")
    clicked = Thread(target=press, args=(door,))

    def text_while_the_door_is_closed(*of: Any) -> str:
        if not clicked.ident:
            clicked.start()
            clicked.join(0.5)
        return question_text(*of)

    monkeypatch.setattr(asking, "question_text", text_while_the_door_is_closed)
    number, _ = page.ask(NUMBER)
    clicked.join(10)
    assert door.state["closed"]
    assert number.gate["is"] == "open"
    assert click(number, 73.0) == []


@pytest.mark.usefixtures("staged")
def test_an_answer_to_a_closed_question_is_refused_and_changes_nothing(page: Page) -> None:
    card, mirror = page.ask(ONE)
    click(card, "outer")
    press(page.door("workup")[0])
    before, state = (page.folder / ANSWERS_FILE).read_bytes(), dict(card.state)
    for value in ("inner", None):
        (reply,) = click(card, value)
        assert reply["message"].startswith("NOT saved: this part of the case is closed")
    assert (page.folder / ANSWERS_FILE).read_bytes() == before
    assert card.state == state
    assert mirror.record.value(ONE) == "outer"


@pytest.mark.usefixtures("staged")
def test_a_stage_that_another_window_closed_is_noticed_at_the_next_click(page: Page, staged: CaseQuestions) -> None:
    (one, _), (many, many_mirror) = page.ask(ONE), page.ask(MANY)
    door, door_mirror = page.door("workup")
    receipt = page.hand_in()
    click(one, "outer")
    Store(page.folder, CASE).close("workup", staged.stage("workup").questions)
    (reply,) = click(many, ["warmth"])
    assert reply["message"].startswith("NOT saved: this part of the case is closed")
    assert many.gate["is"] == "closed"
    assert many_mirror.text == NOT_ANSWERED
    assert door.state["closed"] == read(page.folder, CASE).closed["workup"].time
    assert set(door_mirror.record.closed) == set(receipt.record.closed) == {"workup"}


@pytest.mark.usefixtures("staged")
def test_a_stage_closed_before_is_shown_closed_in_a_new_kernel(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    press(page.door("workup")[0])
    new_kernel(monkeypatch)
    assert gates(page, ONE, NUMBER) == {ONE: "closed", NUMBER: "open"}
    door, mirror = page.door("workup")
    assert door.state["closed"] == read(page.folder, CASE).closed["workup"].time
    assert set(mirror.record.closed) == {"workup"}
    assert staged_questions().find(NUMBER).prompt in plain(page.ask(NUMBER)[0])


CARRIERS = {"the door's mirror": 1, "a question's mirror": 0, "the receipt": 2}


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize("place", CARRIERS.values(), ids=CARRIERS)
def test_a_closing_survives_in_the_notebook_alone(page: Page, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    card, question_mirror = page.ask(ONE)
    door, door_mirror = page.door("workup")
    receipt = page.hand_in()
    click(card, "outer")
    press(door)
    closed = read(page.folder, CASE).closed
    page.outputs = [[question_mirror, door_mirror, receipt][place]]
    page.save()
    (page.folder / ANSWERS_FILE).unlink()
    new_kernel(monkeypatch)
    assert gates(page, ONE, NUMBER) == {ONE: "closed", NUMBER: "open"}
    assert read(page.folder, CASE).closed == closed


@pytest.mark.usefixtures("staged")
def test_a_stage_closed_before_anything_is_answered_is_carried_by_the_receipt(page: Page) -> None:
    page.ask(ONE)
    press(page.door("workup")[0])
    receipt = page.hand_in()
    assert receipt.record == read(page.folder, CASE)
    assert set(receipt.record.closed) == {"workup"}
    assert "Receipt" not in receipt.text


@pytest.mark.usefixtures("staged")
def test_a_closing_is_carried_by_the_notebook_also_where_no_card_was_drawn(page: Page) -> None:
    door, mirror = page.door("workup")
    receipt = page.hand_in()
    press(door)
    assert mirror.record is not None
    assert set(mirror.record.closed) == {"workup"}
    assert set(receipt.record.closed) == {"workup"}


@pytest.mark.usefixtures("staged")
def test_a_stage_whose_questions_still_wait_cannot_be_closed(page: Page) -> None:
    door, _ = page.door("decisions")
    (reply,) = press(door)
    assert (reply["type"], reply["message"]) == ("failed", f"NOT saved: {WAITS}")
    assert read(page.folder, CASE) is None


@pytest.mark.usefixtures("staged")
def test_a_closing_that_cannot_be_written_leaves_gates_mirror_and_file_as_they_were(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, _), (number, _) = page.ask(ONE), page.ask(NUMBER)
    click(one, "outer")
    door, mirror = page.door("workup")
    state, before = dict(door.state), (page.folder / ANSWERS_FILE).read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("itband_course.files.write_whole", fail)
        (reply,) = press(door, nonce="d-4")
    assert (reply["type"], reply["nonce"]) == ("failed", "d-4")
    assert reply["message"].startswith("NOT saved: ")
    assert "No space left" in reply["message"]
    assert (one.gate["is"], number.gate["is"]) == ("open", "waiting")
    assert door.state == state
    assert MIME not in mirror.shown
    assert (page.folder / ANSWERS_FILE).read_bytes() == before
    assert press(door) == [], "once the disk has room again"


@pytest.mark.usefixtures("staged")
def test_the_second_drawing_of_a_door_replaces_the_first(page: Page) -> None:
    first, _ = page.door("workup")
    second, mirror = page.door("workup")
    assert first.comm is None, "closed"
    page.ask(ONE)
    press(second)
    assert set(mirror.record.closed) == {"workup"}


@pytest.mark.usefixtures("staged")
def test_running_all_cells_of_a_staged_case_writes_no_file_at_all(page: Page) -> None:
    before = files_of(page.folder)
    gates(page, *ASKED)
    for stage in ("workup", "decisions", "plan"):
        page.door(stage)
    page.hand_in()
    assert files_of(page.folder) == before


@pytest.mark.parametrize("mode", [None, "validate", "autograde"])
def test_an_unknown_stage_is_named_with_the_file_and_what_to_do(
    page: Page, monkeypatch: pytest.MonkeyPatch, mode: str | None
) -> None:
    if mode:
        monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    with pytest.raises(CaseError) as caught:
        close_stage("closure")
    assert all(word in str(caught.value) for word in (QUESTIONS_FILE, CASE, "«closure»", "Get the case again"))
    assert page.outputs == []


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize("mode", ["validate", "autograde"])
def test_under_nbgrader_a_door_shows_nothing_and_closes_nothing(
    page: Page, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    before = files_of(page.folder)
    close_stage("workup")
    assert page.outputs == []
    assert files_of(page.folder) == before


@pytest.mark.usefixtures("staged")
def test_hand_in_counts_what_waits_stage_by_stage_without_a_word_of_it(page: Page, staged: CaseQuestions) -> None:
    def shown() -> set[str]:
        text = page.hand_in().text
        return {question.id for question in staged.questions if question.prompt in text}

    lines = page.hand_in().text.splitlines()
    assert lines[0] == f"0 of {len(ASKED)} questions answered."
    assert lines[2:7] == [
        f"  • {staged.find(ONE).prompt}",
        f"  • {staged.find(MANY).prompt}",
        "  • 2 more, once «Screen and workup» is closed",
        "  • 1 more, once «Decisions» is closed",
        "  • 5 more, once «Plan» is closed",
    ]
    assert shown() == {ONE, MANY}
    press(page.door("workup")[0])
    assert shown() == {ONE, MANY, NUMBER, ORDER}
    assert "Screen and workup" not in page.hand_in().text


def test_hand_in_tells_what_can_still_be_answered_from_what_was_left_open_for_good() -> None:
    staged = staged_questions()
    lines = hand_in_text(staged, record((ONE, 1, "outer"), closed={"workup": closing(2, ONE, MANY)})).splitlines()
    still, left = lines.index("Still open:"), lines.index("Left open when its part was closed:")
    assert f"  • {staged.find(MANY).prompt}" in lines[left:]
    assert f"  • {staged.find(NUMBER).prompt}" in lines[still:left]


def test_hand_in_of_a_case_without_stages_speaks_of_none(questions: CaseQuestions) -> None:
    assert "once" not in hand_in_text(questions, record())


def test_a_receipt_carries_a_closing_and_a_late_answer_and_speaks_of_the_answers_that_count() -> None:
    staged = staged_questions()
    kept = record((ONE, 1, "outer"), closed={"workup": closing(2, ONE, MANY)})
    found = msgspec.structs.replace(kept, late=record((MANY, 3, ["warmth"])).answers)
    text = hand_in_text(staged, found)
    assert text.startswith(f"1 of {len(ASKED)} questions answered.")
    assert "Receipt: 1 answer" in text
    assert staged.find(MANY).prompt in text, "a late answer is none"


@pytest.mark.usefixtures("staged")
def test_validate_says_of_a_question_that_waits_when_it_opens_and_not_what_it_asks(
    page: Page, validate: Callable[[str], None]
) -> None:
    with pytest.raises(CaseError) as caught:
        validate(NUMBER)
    assert str(caught.value) == "Not answered yet: a question that opens when «Screen and workup» is closed."
    press(page.door("workup")[0])
    with pytest.raises(CaseError, match="Not answered yet: «By how many"):
        validate(NUMBER)


@pytest.mark.usefixtures("staged")
def test_validate_passes_a_closed_question_that_is_answered_and_saved(
    page: Page, validate: Callable[[str], None]
) -> None:
    card, _ = page.ask(ONE)
    door, _ = page.door("workup")
    click(card, "outer")
    press(door)
    page.save()
    validate(ONE)
    with pytest.raises(CaseError, match="Left open when its part was closed, and can no longer be answered"):
        validate(MANY)


# --- under Validate


def test_validate_names_an_unanswered_question(page: Page, validate: Callable[[str], None], questions: Any) -> None:
    with pytest.raises(CaseError) as caught:
        validate(ONE)
    assert str(caught.value) == f"Not answered yet: «{questions.find(ONE).prompt}»"


def test_validate_names_a_cleared_question_and_one_with_confidence_only(
    page: Page, validate: Callable[[str], None]
) -> None:
    (one, _), (many, _) = page.ask(ONE), page.ask(MANY)
    click(one, "outer")
    click(one, None)
    click(many, None, "sure")
    page.save()
    for question in (ONE, MANY):
        with pytest.raises(CaseError, match="Not answered yet"):
            validate(question)


def test_validate_says_when_the_saved_notebook_lacks_an_answer(
    page: Page, validate: Callable[[str], None], questions: CaseQuestions
) -> None:
    card, _ = page.ask(ONE)
    click(card, "outer")
    with pytest.raises(CaseError) as caught:
        validate(ONE)
    sentence = str(caught.value)
    assert sentence.startswith("Answered, but your saved notebook lacks it")
    assert questions.find(ONE).prompt in sentence
    assert "Run All, then save" in sentence


def test_validate_says_when_the_saved_notebook_holds_an_older_answer(
    page: Page, validate: Callable[[str], None]
) -> None:
    card, _ = page.ask(ONE)
    click(card, "inner")
    page.save()
    click(card, "outer")
    with pytest.raises(CaseError, match="your saved notebook lacks it"):
        validate(ONE)


@pytest.mark.parametrize("value", ["outer", "inner"])
def test_validate_passes_what_is_answered_and_saved_right_or_wrong(
    page: Page, validate: Callable[[str], None], capsys: pytest.CaptureFixture[str], value: str
) -> None:
    card, _ = page.ask(ONE)
    click(card, value)
    page.save()
    shown = len(page.outputs)
    capsys.readouterr()
    validate(ONE)
    assert len(page.outputs) == shown, "it draws no card"
    assert capsys.readouterr() == ("", ""), "and says nothing of right or wrong"


def test_validate_changes_no_file(page: Page, validate: Callable[[str], None]) -> None:
    (page.folder / ANSWERS_FILE).write_text("{")
    save_notebook(page.folder, record((ONE, 1, "outer")))
    before = {name: (page.folder / name).read_bytes() for name in files_of(page.folder)}
    validate(ONE)
    with pytest.raises(CaseError):
        validate(MANY)
    assert {name: (page.folder / name).read_bytes() for name in files_of(page.folder)} == before


def test_validate_shortens_a_long_prompt(
    page: Page, validate: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = case_questions(one_of(prompt="Which side is it? " * 30))
    (page.folder / QUESTIONS_FILE).write_bytes(write_case_questions(long))
    with pytest.raises(CaseError) as caught:
        validate(ONE)
    assert len(str(caught.value)) < 120
    assert "…»" in str(caught.value)


# --- under a grader


def test_a_grader_that_runs_the_case_is_refused_with_what_to_do(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    (page.folder / ANSWERS_FILE).write_bytes(encode(record((ONE, 1, "outer"))))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    before = files_of(page.folder)
    with pytest.raises(CaseError, match=r"graded from its recorded answers.*nbgrader_config\.py.*Run nbgrader in"):
        ask(ONE)
    hand_in()
    assert page.outputs == []
    assert files_of(page.folder) == before


def test_a_variable_that_nbgrader_left_behind_in_a_server_is_ignored_at_a_notebook(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/student/case.ipynb")
    for left_behind in ("autograde", "validate"):
        monkeypatch.setenv("NBGRADER_EXECUTION", left_behind)
        card, _ = page.ask(ONE)
        assert click(card, "outer") == []
    assert read(page.folder, CASE).answers[ONE].revision == 2


def test_an_unknown_mode_of_nbgrader_is_a_person_at_the_notebook(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "")
    card, _ = page.ask(ONE)
    assert isinstance(card, Card)


@pytest.mark.usefixtures("page")
def test_a_fault_at_the_notebook_is_one_line_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = InteractiveShell(ipython_dir=str(tmp_path), config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_cell('from itband_course import ask\nask("no-such-question")')
    said = "".join(capsys.readouterr())
    assert "has no question «no-such-question»" in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1
    assert CaseError("Do this.")._render_traceback_() == ["Do this."]


# --- the card


def card_with(record_answer: Callable[[Any, Any], dict[str, Any]]) -> Card:
    return make_card(
        {"id": ONE, "kind": "one-of", "prompt": "Which side?"}, state={"revision": 0}, record=record_answer
    )


def test_the_card_shows_a_new_state_only_after_the_answer_is_recorded() -> None:
    calls: list[tuple[Any, Any, int]] = []

    def record_answer(value: Any, confidence: Any) -> dict[str, Any]:
        calls.append((value, confidence, card.state["revision"]))
        return {"revision": 5, "value": value}

    card = card_with(record_answer)
    assert click(card, "outer", "sure", nonce="n-3") == []
    assert calls == [("outer", "sure", 0)]
    assert card.state == {"revision": 5, "value": "outer", "nonce": "n-3"}


@pytest.mark.parametrize("fault", [OSError("disk full"), ValueError("odd"), RecursionError("deep")])
def test_a_card_whose_answer_could_not_be_recorded_says_so_and_keeps_its_state(fault: Exception) -> None:
    def record_answer(_value: Any, _confidence: Any) -> dict[str, Any]:
        raise fault

    card = card_with(record_answer)
    (reply,) = click(card, "outer", nonce="n-4")
    assert (reply["type"], reply["nonce"]) == ("failed", "n-4")
    assert str(fault) in reply["message"]
    assert card.state == {"revision": 0}


def test_whatever_fails_the_message_on_the_card_says_not_saved(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    card, _ = page.ask(ONE)

    def fail(*_: Any) -> None:
        raise RuntimeError("something nobody thought of")

    monkeypatch.setattr(Store, "write", fail)
    (reply,) = click(card, "outer")
    assert reply["message"].startswith("NOT saved")


@pytest.mark.parametrize("message", [None, "record", [], {}, {"type": "other", "nonce": "n"}, {"nonce": "n"}])
def test_a_card_ignores_messages_that_are_no_answer(message: Any) -> None:
    calls: list[Any] = []
    card = card_with(lambda *answer: calls.append(answer) or {})
    sent: list[Any] = []
    card.send = sent.append
    card._on_message(card, message, [])
    assert (calls, sent, card.state) == ([], [], {"revision": 0})


def test_a_card_reads_as_the_whole_question_where_no_widget_runs() -> None:
    text = "Which side?\n" + "  ○ a long choice\n" * 40
    card = make_card({"kind": "one-of", "prompt": "Which side?"}, state={}, record=lambda *_: {}, text=text)
    made = card._repr_mimebundle_()
    data = made[0] if isinstance(made, tuple) else made
    assert data["text/plain"] == text


def test_a_card_takes_messages_from_the_browser() -> None:
    card = card_with(lambda value, _confidence: {"value": value})
    card._handle_custom_msg({"type": "record", "nonce": "n-9", "value": "outer"}, [])
    assert card.state == {"value": "outer", "nonce": "n-9"}


def test_the_mirror_of_a_choice_that_ends_in_a_full_stop_has_one_full_stop(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "describe", lambda *_: "The outer side.")
    card, mirror = page.ask(ONE)
    click(card, "outer")
    assert mirror.shown["text/plain"] == "Recorded: The outer side. To change it, press Run All."


# --- the door


def door_with(close: Callable[[], dict[str, Any]]) -> Door:
    return Door(title="Decisions", state={"closed": ""}, close_stage=close, text="Close «Decisions»")


def test_the_door_shows_a_new_state_only_after_the_closing_is_recorded() -> None:
    seen: list[str] = []

    def close() -> dict[str, Any]:
        seen.append(door.state["closed"])
        return {"closed": "2026-03-01T12:00:00Z"}

    door = door_with(close)
    assert press(door, nonce="d-3") == []
    assert seen == [""]
    assert door.state == {"closed": "2026-03-01T12:00:00Z", "nonce": "d-3"}


@pytest.mark.parametrize("fault", [OSError("disk full"), ValueError("odd"), RecursionError("deep"), KeyError()])
def test_a_door_that_could_not_be_closed_says_so_and_keeps_its_state(fault: Exception) -> None:
    def close() -> dict[str, Any]:
        raise fault

    door = door_with(close)
    (reply,) = press(door, nonce="d-4")
    assert (reply["type"], reply["nonce"]) == ("failed", "d-4")
    assert reply["message"].startswith("NOT saved: ")
    assert (str(fault) or type(fault).__name__) in reply["message"]
    assert door.state == {"closed": ""}


@pytest.mark.parametrize("message", [None, "close", [], {}, {"type": "record", "nonce": "n"}, {"nonce": "n"}])
def test_a_door_ignores_messages_that_do_not_close_it(message: Any) -> None:
    calls: list[Any] = []
    door = door_with(lambda: calls.append(1) or {})
    sent: list[Any] = []
    door.send = sent.append
    door._on_message(door, message, [])
    assert (calls, sent, door.state) == ([], [], {"closed": ""})


def test_a_door_takes_messages_from_the_browser() -> None:
    door = door_with(lambda: {"closed": "now"})
    door._handle_custom_msg({"type": "close", "nonce": "d-9"}, [])
    assert door.state == {"closed": "now", "nonce": "d-9"}


def test_a_door_that_is_renewed_keeps_the_nonce_of_the_last_click() -> None:
    door = door_with(lambda: {"closed": "now"})
    door.renew({"closed": "", "answered": 1})
    assert door.state == {"closed": "", "answered": 1}
    press(door, nonce="d-5")
    door.renew({"closed": "later"})
    assert door.state == {"closed": "later", "nonce": "d-5"}


def test_a_door_reads_as_what_it_closes_where_no_widget_runs() -> None:
    door = door_with(dict)
    assert plain(door) == "Close «Decisions»"
    assert repr(door) == "Close «Decisions»"


def test_the_text_of_a_door_names_the_stage_and_how_many_questions_it_closes() -> None:
    stage = staged_questions().stage("decisions")
    assert "«Decisions»" in door_text(stage)
    assert "2 questions" in door_text(stage)
    assert not_closed(stage) == "«Decisions» is not closed yet."


def test_a_card_is_open_unless_it_is_told_otherwise() -> None:
    assert card_with(lambda *_: {}).gate == {"is": "open", "text": ""}


# --- a client's chart: an answer that only grows, findings with the reply, the whole of it after the closing


@pytest.fixture
def examining(page: Page) -> CaseQuestions:
    """Return the questions of the page's case, which examines its client first and then closes that part."""
    stages = [Stage(id="workup", questions=[WORKUP]), Stage(id="decisions", questions=[ONE])]
    questions = case_questions(workup(), one_of(), stages=stages)
    (page.folder / QUESTIONS_FILE).write_bytes(write_case_questions(questions))
    (page.folder / "load.svg").write_text("<svg><title>Up</title><desc>It rises &amp; falls.</desc></svg>", "utf-8")
    return questions


def whole_chart(page: Page) -> Output:
    """Run a `show_chart` cell and return its output."""
    before = len(page.outputs)
    show_chart()
    (shown,) = page.outputs[before:]
    return shown


def test_a_card_is_given_no_finding_and_each_reply_tells_what_was_sought(page: Page, examining: CaseQuestions) -> None:
    card, _ = page.ask(WORKUP)
    findings = [act.found for act in examining.find(WORKUP).acts().values()]
    assert not [found for found in findings if found in str(card.question) + str(card.state) + plain(card)]
    assert "reply" not in card.state
    click(card, ["ask-start"])
    assert card.state["reply"] == {"ask-start": "What ask-start finds."}
    click(card, ["ask-start", "measure-hip"])
    seed = read(page.folder, CASE).seed
    assert list(card.state["reply"]) == ["ask-start", "measure-hip"]
    assert card.state["reply"] == reply(examining.find(WORKUP), ["ask-start", "measure-hip"], seed)
    assert not [found for found in findings if found in str(card.question)]


def test_a_new_kernel_shows_what_was_found_so_far_with_the_same_readings(
    page: Page, examining: CaseQuestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, _ = page.ask(WORKUP)
    click(card, ["measure-hip"])
    new_kernel(monkeypatch)
    again, _ = page.ask(WORKUP)
    assert again.state["reply"] == card.state["reply"]


def test_what_was_sought_cannot_be_cleared_shortened_or_lost_to_another_window(
    page: Page, examining: CaseQuestions
) -> None:
    card, mirror = page.ask(WORKUP)
    click(card, ["ask-start", "line-1"])
    for sent in (None, [], ["line-1"], ["line-1", "ask-start"]):
        assert click(card, sent) == []
        assert card.state["value"] == ["ask-start", "line-1"]
    other = Store(page.folder, CASE)
    other.load()
    other.write(WORKUP, ["ask-start", "line-1", "test-push"], None, examining.version)
    click(card, ["ask-start", "line-1", "look-skin"])
    log = ["ask-start", "line-1", "test-push", "look-skin"]
    assert card.state["value"] == mirror.record.value(WORKUP) == read(page.folder, CASE).value(WORKUP) == log


def test_a_log_that_would_become_longer_than_any_card_makes_it_is_refused_and_nothing_is_lost(
    page: Page, examining: CaseQuestions
) -> None:
    card, _ = page.ask(WORKUP)
    click(card, ["ask-start"])
    for sent in ([f"act-{number}" for number in range(80)], [f"act-{number}" for number in range(5000)]):
        (answer,) = click(card, sent)
        assert answer["message"].startswith("NOT saved: this is no answer to the question")
    assert read(page.folder, CASE).value(WORKUP) == ["ask-start"]


def test_a_recorded_value_that_is_no_log_is_replaced_by_one(page: Page, examining: CaseQuestions) -> None:
    page.folder.joinpath(ANSWERS_FILE).write_bytes(encode(record((WORKUP, 1, {"forged": True}))))
    card, _ = page.ask(WORKUP)
    assert "reply" not in card.state
    click(card, ["ask-start"])
    assert card.state["value"] == ["ask-start"]


def test_the_chart_says_when_it_opens_and_opens_on_the_page_when_its_part_is_closed(
    page: Page, examining: CaseQuestions
) -> None:
    card, _ = page.ask(WORKUP)
    door, _ = page.door("workup")
    shown = whole_chart(page)
    assert shown.shown == {
        "text/plain": "The whole chart, as tables and pictures. Opens when «Screen and workup» is closed."
    }
    click(card, ["ask-start", "measure-hip"])
    assert shown.updates == 0
    press(door)
    assert shown.updates == 1
    acts = examining.find(WORKUP).acts().values()
    for act in acts:
        assert act.text in shown.text
        assert act.text in shown.shown["text/html"]
    assert "R +6°, L −12°." in shown.shown["text/html"]
    assert "You read: " in shown.shown["text/html"]
    assert "• Text of ask-start: What ask-start finds." in shown.text
    assert "+ Text of test-force: What test-force finds." in shown.text
    assert '<img src="load.svg" alt="It rises &amp; falls."' in shown.shown["text/html"]
    press(page.door("decisions")[0])
    assert shown.updates == 1, "it opens once"


def test_the_chart_is_there_at_once_when_the_notebook_is_run_again(
    page: Page, examining: CaseQuestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(page.door("workup")[0])
    new_kernel(monkeypatch)
    assert "What test-force finds." in whole_chart(page).text


def test_a_case_without_a_chart_says_so(page: Page) -> None:
    with pytest.raises(CaseError, match="has no chart of a client"):
        show_chart()


def test_under_validate_a_chart_shows_nothing_and_changes_nothing(
    page: Page, examining: CaseQuestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    show_chart()
    assert page.outputs == []


def test_a_picture_that_says_nothing_of_itself_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "knee.svg").write_text("<svg></svg>", "utf-8")
    (tmp_path / "hip.png").write_bytes(b"\x89PNG")
    assert chart_pictures(tmp_path) == [("hip.png", "hip"), ("knee.svg", "knee")]


# --- a test to do above a card


@pytest.fixture
def hands(page: Page) -> CaseQuestions:
    """Return the questions of the page's case: one to close, then one with a test to do."""
    questions = case_questions(
        one_of(), measure(), stages=[Stage(id="workup", questions=[ONE]), Stage(id="decisions", questions=[MEASURE])]
    )
    (page.folder / QUESTIONS_FILE).write_bytes(write_case_questions(questions))
    return questions


def panels() -> dict[str, Any]:
    """Return the examinations that are open in this kernel."""
    return {key: one for key, one in Examined.widgets.items() if isinstance(one, Examined)}


def bench_of(page: Page, question_id: str = MEASURE) -> Output:
    """Run an `ask` cell and return what stands above its card."""
    before = len(page.outputs)
    page.ask(question_id)
    bench, _, _ = page.outputs[before:]
    return bench


WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.mark.usefixtures("hands")
def test_a_test_to_do_stands_above_its_card_only_once_its_question_is_open(page: Page) -> None:
    card, _ = page.ask(ONE)
    bench = bench_of(page)
    assert bench.shown == {
        "text/plain": "A test to do on a client that moves. Opens when «Screen and workup» is closed."
    }
    click(card, "outer")
    assert bench.updates == 0
    press(page.door("workup")[0])
    assert bench.updates == 1
    assert WIDGET in bench.shown
    assert bench.text == "Ober test, both sides: a test to do on a client that moves. To do it, press Run All."
    press(page.door("decisions")[0])
    assert bench.updates == 1, "what is closed can still be looked at"


def test_a_question_of_another_kind_has_nothing_above_its_card(page: Page) -> None:
    for question_id in ASKED:
        before = len(page.outputs)
        page.ask(question_id)
        assert len(page.outputs) - before == (3 if question_id == MEASURE else 2), question_id


def test_a_saved_notebook_says_what_stands_above_a_card(page: Page, hands: CaseQuestions) -> None:
    found = hands.find(MEASURE)
    assert found is not None
    assert bench_shown(hands, record(), found) == bench_of(page).shown
    done = record(closed={"workup": closing(1, ONE)})
    assert (bench_shown(hands, done, found) or {})["text/plain"].startswith("Ober test, both sides")
    other = hands.find(ONE)
    assert other is not None
    assert bench_shown(hands, record(), other) is None


def test_what_a_student_misreads_before_anything_is_recorded_stays_what_they_misread(page: Page) -> None:
    known = set(panels())
    card, _ = page.ask(MEASURE)
    (panel,) = [one for key, one in panels().items() if key not in known]
    before = {side: one["error"] for side, one in panel.sides.items()}
    assert not (page.folder / ANSWERS_FILE).exists()
    click(card, {"right": 6})
    found = read(page.folder, CASE)
    assert found is not None
    assert found.seed != 0
    assert {side: one["error"] for side, one in panel.sides.items()} == before
    done = simulated(case_questions(measure()).questions[0], found.seed)
    assert done is not None
    assert {side: one.error for side, one in done.sides.items()} == before


def test_who_began_in_another_window_reads_there_and_here_alike(page: Page) -> None:
    known = set(panels())
    card, _ = page.ask(MEASURE)
    (panel,) = [one for key, one in panels().items() if key not in known]
    other = Store(page.folder, CASE)
    other.load()
    other.write(ONE, "outer", None, "v")
    click(card, {"right": 6})
    done = simulated(case_questions(measure()).questions[0], other.record.seed)
    assert done is not None
    assert {side: one["error"] for side, one in panel.sides.items()} == {
        side: one.error for side, one in done.sides.items()
    }


def test_running_a_cell_again_leaves_one_panel_and_one_figure(page: Page) -> None:
    page.ask(MEASURE)
    first = set(panels())
    page.ask(MEASURE)
    assert len(panels()) == len(first)
    assert set(panels()) != first
