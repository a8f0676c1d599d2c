"""`ask("id")` draws a question card, `close_stage("id")` ends a part of a case, and `hand_in()` ends the case.

`show_chart()` shows the whole chart of a client once the part in which the student filled it is closed.

None of them scores anything. Run by nbgrader's Validate they speak only of what is answered; run by another grader they
refuse, because a case is graded from its recorded answers and not by running it.
"""

import os
import re
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path
from threading import RLock
from typing import Any, get_args

import msgspec
from IPython.display import display

from itband_course import answers as answers_
from itband_course.answers import MIME, AnswersError, Confidence, Record, Store, one_at_a_time
from itband_course.kinds.base import points_words
from itband_course.questions import (
    CaseQuestions,
    Question,
    QuestionsError,
    Simulated,
    Stage,
    chart,
    describe,
    has_chart,
    join,
    kind_of,
    read_case_questions,
    reply,
    shown,
    simulated,
    text_of,
)

NOT_ANSWERED = "Not answered"
PICTURES = ("*.svg", "*.png")


class CaseError(Exception):
    """A sentence for the person at the notebook, shown without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython prints instead of a traceback."""
        return [str(self)]


def ask(question_id: str) -> None:
    """Draw the card of one question of this case, with what is recorded for it.

    Parameters
    ----------
    question_id : str
        Id of a question in the `questions.json` beside the notebook.

    Raises
    ------
    CaseError
        If there is no such question or file. Under Validate: if the question is not answered, or the saved notebook
        lacks the answer.
    """
    mode = run_mode()
    if mode == "autograde":
        raise CaseError(
            "This case is graded from its recorded answers by the course's nbgrader_config.py, not by running it. "
            "Run nbgrader in the course folder, so that it finds that configuration."
        )
    session = _session(look_only=mode == "validate")
    if session is None:
        print(_preview_hint())
        return
    question = session.questions.find(question_id)
    if question is None:
        raise _lacks(session, f"question «{question_id}»")
    if mode == "validate":
        session.validate(question)
    else:
        session.draw(question)


def close_stage(stage_id: str) -> None:
    """Draw the button that closes a stage of this case for good, and opens the questions after it.

    Parameters
    ----------
    stage_id : str
        One of `itband_course.questions.STAGES`, closed once in this case.

    Raises
    ------
    CaseError
        If the case has no such stage.
    """
    mode = run_mode()
    session = _session(look_only=mode is not None)
    if session is None:
        print(_preview_hint())
        return
    stage = session.questions.stage(stage_id)
    if stage is None:
        raise _lacks(session, f"stage «{stage_id}»")
    if mode is None:
        session.draw_door(stage)


def show_chart() -> None:
    """Show the whole chart of this case's client, with the case's pictures, once its part of the case is closed.

    Whatever was sought or not: what comes after rests on the same findings for everybody.

    Raises
    ------
    CaseError
        If no question of the case fills a chart, or its part is never closed.
    """
    mode = run_mode()
    session = _session(look_only=mode is not None)
    if session is None:
        print(_preview_hint())
        return
    if charted(session.questions) is None:
        raise _lacks(session, "chart of a client that a part of the case closes")
    if mode is None:
        session.draw_chart()


def hand_in() -> None:
    """Show what is answered and what is open, and carry all answers in this cell's output.

    A notebook that has been run and saved is then a whole submission, even without the answers file beside it.
    """
    mode = run_mode()
    session = _session(look_only=mode is not None)
    if session is None:
        print(_preview_hint())
    elif mode is None:
        session.draw_hand_in()


class CaseSession:
    """One case folder as one kernel sees it: its questions, its answers, and what is on the page."""

    def __init__(self, folder: Path, questions: CaseQuestions) -> None:
        self.folder = folder
        self.questions = questions
        self.store = Store(folder, questions.case)
        self._cards: dict[str, Any] = {}
        self._doors: dict[str, Any] = {}
        self._mirrors: dict[str, Any] = {}
        self._receipt: Any = None
        self._chart: Any = None
        self._benches: dict[str, Examination] = {}

    @property
    def lock(self) -> RLock:
        """The lock of the answers: what is drawn must not be older than what is recorded."""
        return self.store.lock

    @one_at_a_time
    def draw(self, question: Question) -> None:
        """Display the card of a question and, below it, the mirror of its answer; above it the test to do."""
        from itband_course import card

        self._draw_bench(question)
        notice, self.store.notice = self.store.notice, ""
        drawn = card.card(
            question=shown(question),
            state=self._state(question.id),
            record=lambda value, confidence: self.record(question, value, confidence),
            gate=self._gate(question.id),
            notice=notice,
            problem=self.store.problem,
            text=question_text(self.questions, self.store.record, question),
        )
        if question.id in self._cards:
            self._cards[question.id].close()
        self._cards[question.id] = drawn
        display(drawn)
        self._mirrors[question.id] = display(self._mirror(question), raw=True, display_id=True)

    def _draw_bench(self, question: Question) -> None:
        """Display the test that is done above a question's card, if it has one."""
        if question.id in self._benches:
            self._benches.pop(question.id).close()
        asked_for = simulated(question, self.store.seed)
        if asked_for is not None:
            bench = Examination(asked_for, self._gate(question.id))
            self._benches[question.id] = bench
            bench.display()

    @one_at_a_time
    def draw_door(self, stage: Stage) -> None:
        """Display the button that closes a stage and, below it, the mirror of the closing."""
        from itband_course.card import Door

        door = Door(
            title=stage.title,
            state=self._door_state(stage),
            close_stage=lambda: self.close(stage),
            text=door_text(stage),
        )
        if stage.id in self._doors:
            self._doors[stage.id].close()
        self._doors[stage.id] = door
        display(door)
        self._mirrors[f"stage/{stage.id}"] = display(self._door_mirror(stage), raw=True, display_id=True)

    @one_at_a_time
    def record(self, question: Question, value: Any, confidence: Any) -> dict[str, Any]:
        """Record what the card sends, renew what the saved notebook carries, and return the card's new state.

        Raises
        ------
        AnswersError
            If it is not an answer to this question, or could not be written.
        """
        kind = kind_of(question)
        if value is not None:
            try:
                value = msgspec.to_builtins(msgspec.convert(value, type=kind.value, strict=True))
            except msgspec.ValidationError as error:
                raise AnswersError(f"NOT saved: this is no answer to the question ({error}).") from error
        if confidence not in (None, *get_args(Confidence)):
            raise AnswersError(f"NOT saved: «{confidence}» is no confidence.")
        before = _stage_to_close(self.questions, self.store.record, question.id)
        if before is not None:
            raise AnswersError(f"NOT saved: {waits_for(before)}")
        try:
            self.store.write(question.id, value, confidence, self.questions.version, self._joining(question))
        finally:
            # Another window may have closed the stage meanwhile: then nothing was written, and the page says why.
            self._renew(question)
        return self._state(question.id)

    def _joining(self, question: Question) -> Callable[[Any, Any], Any]:
        """Return how an answer that is sent joins the one that is recorded."""

        def joined(recorded: Any, sent: Any) -> Any:
            whole = join(question, recorded, sent)
            if whole is not None:
                try:
                    msgspec.convert(whole, type=kind_of(question).value, strict=True)
                except msgspec.ValidationError as error:
                    raise AnswersError(f"NOT saved: this is no answer to the question ({error}).") from error
            return whole

        return joined

    @one_at_a_time
    def close(self, stage: Stage) -> dict[str, Any]:
        """Close a stage for good, open what comes after it, and return the door's new state.

        Raises
        ------
        AnswersError
            If an earlier stage is still open, or this could not be recorded.
        """
        before = self._still_open_before(stage)
        if before is not None:
            raise AnswersError(f"NOT saved: {waits_for(before)}")
        self.store.close(stage.id, stage.questions)
        self._renew(*self.questions.questions)
        return self._door_state(stage)

    def _still_open_before(self, stage: Stage) -> Stage | None:
        """Return the stage before one if it has still to be closed, else None."""
        number = self.questions.stages.index(stage)
        before = self.questions.stages[number - 1] if number else None
        return None if before is None or before.id in self.store.record.closed else before

    def _renew(self, *questions: Question) -> None:
        """Bring what is on the page about some questions in line with the record: gates, mirrors, doors, receipt."""
        for question in questions:
            if question.id in self._cards:
                self._cards[question.id].gate = self._gate(question.id)
            if question.id in self._mirrors:
                self._mirrors[question.id].update(self._mirror(question), raw=True)
        for question_id, bench in self._benches.items():
            placed = self.questions.find(question_id)
            asked_for = None if placed is None else simulated(placed, self.store.seed)
            if asked_for is not None:
                bench.renew(asked_for, self._gate(question_id))
        for stage_id, door in self._doors.items():
            stage = self.questions.stage(stage_id)
            if stage is not None:
                was, state = door.state, self._door_state(stage)
                door.renew(state)
                # Not at every click: the mirror tells of the closing alone.
                if state["closed"] != was["closed"]:
                    self._mirrors[f"stage/{stage_id}"].update(self._door_mirror(stage), raw=True)
        if self._receipt is not None:
            self._receipt.update(self._hand_in_bundle(), raw=True)
        if self._chart is not None:
            handle, was_closed = self._chart
            if was_closed != self._chart_is_open():
                self._chart = (handle, not was_closed)
                handle.update(self._chart_bundle(), raw=True)

    @one_at_a_time
    def draw_chart(self) -> None:
        """Display the client's chart, or when it opens."""
        self._chart = (display(self._chart_bundle(), raw=True, display_id=True), self._chart_is_open())

    def _chart_is_open(self) -> bool:
        found = charted(self.questions)
        return found is not None and found[1].id in self.store.record.closed

    def _chart_bundle(self) -> dict[str, Any]:
        return chart_shown(self.questions, self.store.record, self.folder)

    @one_at_a_time
    def draw_hand_in(self) -> None:
        """Display the receipt, which carries all answers."""
        self._receipt = display(self._hand_in_bundle(), raw=True, display_id=True)

    def validate(self, question: Question) -> None:
        """Raise unless the question is answered and the saved notebook carries that answer."""
        prompt = _shorten(question.prompt)
        answer = self.store.record.answers.get(question.id)
        if answer is None or answer.value is None:
            before = _stage_to_close(self.questions, self.store.record, question.id)
            if before is not None:
                raise CaseError(f"Not answered yet: a question that {opens(before)}")
            if self.store.record.is_closed(question.id):
                raise CaseError(f"Left open when its part was closed, and can no longer be answered: «{prompt}»")
            raise CaseError(f"Not answered yet: «{prompt}»")
        saved = answers_.collect_folder(self.folder, self.questions.case, self.store.record.seed).answers.get(
            question.id
        )
        if saved is None or saved.revision < answer.revision:
            raise CaseError(f"Answered, but your saved notebook lacks it: «{prompt}». Press Run All, then save.")

    def _state(self, question_id: str) -> dict[str, Any]:
        answer = self.store.record.answers.get(question_id)
        if answer is None:
            return {"revision": 0, "value": None, "confidence": None, "time": ""}
        state = {
            "revision": answer.revision,
            "value": answer.value,
            "confidence": answer.confidence,
            "time": answer.time,
        }
        question = self.questions.find(question_id)
        told = None if question is None else reply(question, answer.value, self.store.record.seed)
        return state if told is None else {**state, "reply": told}

    def _gate(self, question_id: str) -> dict[str, str]:
        """Return whether a question is open, still waits for a stage to be closed, or is closed itself."""
        record = self.store.record
        before = _stage_to_close(self.questions, record, question_id)
        if before is not None:
            return {"is": "waiting", "text": waits_for(before)}
        if record.is_closed(question_id):
            return {"is": "closed", "text": "This part is closed: you can read your answer, not change it."}
        return {"is": "open", "text": ""}

    def _door_state(self, stage: Stage) -> dict[str, Any]:
        """Return what the door shows: since when the stage is closed, or what in it is still unanswered."""
        record = self.store.record
        closing = record.closed.get(stage.id)
        to_answer = set(stage.questions) - set(record.answered())
        unanswered = [question for question in self.questions.questions if question.id in to_answer]
        before = self._still_open_before(stage)
        return {
            "closed": closing.time if closing else "",
            "open": [] if before else [_shorten(question.prompt) for question in unanswered],
            "answered": len(stage.questions) - len(unanswered),
            "questions": len(stage.questions),
            "waits": waits_for(before) if before else "",
        }

    def _door_mirror(self, stage: Stage) -> dict[str, Any]:
        record = self.store.record
        closing = record.closed.get(stage.id)
        if closing is None:
            return {"text/plain": not_closed(stage)}
        text = f"«{stage.title}» is closed since {_in_words(closing.time)}. Its answers can be read, not changed."
        return {"text/plain": text, MIME: answers_.bundle(msgspec.structs.replace(record, answers={}, late={}))}

    def _mirror(self, question: Question) -> dict[str, Any]:
        record = self.store.record
        answer = record.answers.get(question.id)
        if answer is None:
            return {"text/plain": NOT_ANSWERED}
        text = NOT_ANSWERED
        if answer.value is not None:
            sure = f" (confidence: {answer.confidence})" if answer.confidence else ""
            act = "go on" if kind_of(question).join else "change it"
            change = "" if record.is_closed(question.id) else f" To {act}, press Run All."
            text = f"{answers_.RECORDED} {describe(question, answer.value).rstrip('.')}{sure}.{change}"
        return {"text/plain": text, MIME: answers_.bundle(answers_.only(record, question.id))}

    def _hand_in_bundle(self) -> dict[str, Any]:
        record = self.store.record
        data = hand_in_shown(self.questions, record, self.store.problem)
        if not record.is_empty():
            data[MIME] = answers_.bundle(record)
        return data


class Examination:
    """A test on a moving client above a card: in words until its question opens, from then on to be done.

    Parameters
    ----------
    asked_for : Simulated
    gate : dict
        Of the card below it.
    """

    def __init__(self, asked_for: Simulated, gate: dict[str, str]) -> None:
        self._asked_for = asked_for
        self._gate = gate
        self._drawn: Any = None
        self._handle: Any = None

    def display(self) -> None:
        """Display the test, or when it opens."""
        self._handle = display(self._bundle(), raw=True, display_id=True)

    def renew(self, asked_for: Simulated, gate: dict[str, str]) -> None:
        """Take over another error, and open once the question does."""
        if self._drawn is not None and asked_for != self._asked_for:
            self._drawn.other.renew(asked_for)
        self._asked_for = asked_for
        was_waiting, self._gate = self._gate["is"] == "waiting", gate
        if was_waiting and gate["is"] != "waiting":
            self._handle.update(self._bundle(), raw=True)

    def close(self) -> None:
        """Take panel and figure off the page."""
        if self._drawn is not None:
            for widget in (self._drawn.other, self._drawn.figure, self._drawn):
                widget.close()
            self._drawn = None

    def _bundle(self) -> dict[str, Any]:
        if self._gate["is"] == "waiting":
            return {"text/plain": f"A test to do on a client that moves. {self._gate['text']}"}
        # Only here: no other question needs figure and body.
        from itband_course.figure.simulators import examination

        self._drawn = examination(self._asked_for)
        return {**self._drawn._repr_mimebundle_(), "text/plain": bench_text(self._asked_for)}


def bench_text(asked_for: Simulated) -> str:
    """Return in plain text what stands above the card of a question with a test to do."""
    # Facts of the clinic need numpy, which nothing else here does.
    from itband_course.clinic.facts import special_tests

    name = special_tests()[asked_for.test].name
    return f"{name}, both sides: a test to do on a client that moves. To do it, press Run All."


def bench_shown(questions: CaseQuestions, record: Record, question: Question) -> dict[str, Any] | None:
    """Return what a saved notebook shows above a card where nothing runs; None where nothing stands there."""
    asked_for = simulated(question, record.seed)
    if asked_for is None:
        return None
    before = _stage_to_close(questions, record, question.id)
    if before is not None:
        return {"text/plain": f"A test to do on a client that moves. {waits_for(before)}"}
    return {"text/plain": bench_text(asked_for)}


def _lacks(session: CaseSession, what: str) -> CaseError:
    """Return the error for a cell that names what `questions.json` does not hold."""
    return CaseError(
        f"questions.json of «{session.questions.case}» has no {what}. Get the case again (Nbgrader → Assignment List → "
        "Fetch), or tell your instructor."
    )


_SESSIONS: dict[Path, CaseSession] = {}


def _session(look_only: bool) -> CaseSession | None:
    """Return the session of the folder that the notebook runs in, its answers newly read; None in `source/`."""
    folder = Path.cwd()
    try:
        questions = read_case_questions(folder)
    except QuestionsError as error:
        if _is_master(folder):
            return None
        raise CaseError(str(error)) from None
    session = _SESSIONS.get(folder)
    if session is None or session.questions != questions:
        session = _SESSIONS[folder] = CaseSession(folder, questions)
    session.store.load(write=not look_only)
    return session


def _is_master(folder: Path) -> bool:
    """Whether this is a case's folder in `source/`, which has no `questions.json`."""
    return folder.parent.name == "source" and (folder / f"{folder.name}.ipynb").exists()


def _preview_hint() -> str:
    case = Path.cwd().name
    return f"This is the master of «{case}». To see it as a student does, run in a terminal: itband preview {case}"


def run_mode() -> str | None:
    """Return «validate» or «autograde» where nbgrader runs the notebook, None where a person does.

    nbgrader may leave its variable behind in a server after an error, and kernels started from there inherit it. Such
    kernels belong to an open notebook and say so in `JPY_SESSION_NAME`.
    """
    if "JPY_SESSION_NAME" in os.environ:
        return None
    mode = os.environ.get("NBGRADER_EXECUTION")
    return mode if mode in ("validate", "autograde") else None


def opens(stage: Stage) -> str:
    """Return when the questions after a stage open, as the end of a sentence."""
    return f"opens when «{stage.title}» is closed."


def waits_for(stage: Stage) -> str:
    """Return what stands in place of a question that is not open yet."""
    return f"O{opens(stage)[1:]}"


def question_text(questions: CaseQuestions, record: Record, question: Question) -> str:
    """Return a question in plain text: what a saved notebook shows where no widget runs."""
    before = _stage_to_close(questions, record, question.id)
    if before is not None:
        return waits_for(before)
    head = f"{question.prompt} ({points_words(question.points)})"
    return "\n".join([head, *(f"  {line}" for line in text_of(question)), "To answer, press Run All."])


def door_text(stage: Stage) -> str:
    """Return a closing button in plain text."""
    return f"Close «{stage.title}»: {len(stage.questions)} questions. To close it, press Run All."


def not_closed(stage: Stage) -> str:
    """Return what the mirror of a stage says before it is closed."""
    return f"«{stage.title}» is not closed yet."


def charted(questions: CaseQuestions) -> tuple[list[Question], Stage] | None:
    """Return the questions that fill the client's chart, and the stage that must be closed before all of it is shown.

    None where no stage of the case holds such a question.
    """
    for stage in questions.stages:
        asked = (questions.find(question_id) for question_id in stage.questions)
        filling = [question for question in asked if question is not None and has_chart(question)]
        if filling:
            return filling, stage
    return None


def chart_shown(questions: CaseQuestions, record: Record, folder: Path) -> dict[str, Any]:
    """Return the output of a chart's cell: when the chart opens, then the whole of it as text and as tables.

    Parameters
    ----------
    questions : CaseQuestions
        Of a case with a chart, see `charted`.
    record : Record
        What was sought, and with which seed.
    folder : Path
        Where the case's pictures are.
    """
    found = charted(questions)
    if found is None or found[1].id not in record.closed:
        when = "" if found is None else f" {waits_for(found[1])}"
        return {"text/plain": f"The whole chart, as tables and pictures.{when}"}
    lines, html = [f"{CHART_HEAD} •: you sought it. +: {NOT_SOUGHT}."], [f"<p>{escape(CHART_HEAD)}</p>"]
    for question in found[0]:
        for group in chart(question, record.value(question.id), record.seed):
            lines += ["", group.title]
            html.append(f'<h3>{escape(group.title)}</h3><table style="width: 100%"><tbody>')
            for row in group.rows:
                read = f" You read: {row.read}" if row.read else ""
                lines.append(f"  {'•' if row.sought else '+'} {row.text}: {row.found}{read}")
                head, cell = CELL.format("45%", "600" if row.sought else "400"), CELL.format("55%", "400")
                mark = "" if row.sought else f" <em>({NOT_SOUGHT})</em>"
                own = f"<br><em>{escape(read.strip())}</em>" if read else ""
                html.append(f'<tr><th scope="row" {head}>{escape(row.text)}{mark}</th>')
                html.append(f"<td {cell}>{escape(row.found)}{own}</td></tr>")
            html.append("</tbody></table>")
    for name, words in chart_pictures(folder):
        lines += ["", f"Picture {name}: {words}"]
        html.append(f'<p><img src="{escape(name)}" alt="{escape(words)}" style="max-width: 100%"></p>')
    return {"text/plain": "\n".join(lines), "text/html": f'<div class="itband-whole-chart">{"".join(html)}</div>'}


CHART_HEAD = (
    "The chart is complete: where you left something out, it says what you would have found. Angles are the mean of "
    "several readings; your own single reading may differ by a few degrees."
)
NOT_SOUGHT = "you left this out"
CELL = 'style="width: {}; text-align: left; vertical-align: top; white-space: normal; font-weight: {}"'


def chart_pictures(folder: Path) -> list[tuple[str, str]]:
    """Return the pictures that lie beside a case's notebook: name, and what each says of itself in words."""
    found = []
    for path in sorted(path for pattern in PICTURES for path in folder.glob(pattern)):
        raw = path.read_text("utf-8") if path.suffix == ".svg" else ""
        words = re.search(r"<desc[^>]*>(.*?)</desc>", raw, re.DOTALL)
        found.append((path.name, unescape(words[1]).strip() if words else path.stem))
    return found


def hand_in_shown(questions: CaseQuestions, record: Record, problem: str = "") -> dict[str, Any]:
    """Return the hand-in cell's output: the text as it is, and the same as paragraphs for whoever can show them."""
    text = hand_in_text(questions, record, problem)
    lines = [escape(line) for line in text.splitlines()]
    if problem:
        lines[0] = f'<strong style="color: var(--jp-error-color1, #b71c1c)">{lines[0]}</strong>'
    paragraphs = "".join(f'<p style="margin: 0.3em 0">{line.replace("  •", "&emsp;•")}</p>' for line in lines)
    return {"text/plain": text, "text/html": f'<div style="max-width: 46rem">{paragraphs}</div>'}


def hand_in_text(questions: CaseQuestions, record: Record, problem: str = "") -> str:
    """Return what the last cell of a case says: n of m, what is open, and the receipt once something is answered."""
    answered = set(record.answered())
    unanswered = [question for question in questions.questions if question.id not in answered]
    stages = [_stage_to_close(questions, record, question.id) for question in unanswered]
    done = len(questions.questions) - len(unanswered)
    lines = [problem] if problem else []
    lines.append(f"{done} of {len(questions.questions)} questions answered.")
    passed = {name for stage in questions.stages if stage.id in record.closed for name in stage.questions}
    still_open = [
        f"  • {_shorten(question.prompt)}"
        for question, stage in zip(unanswered, stages, strict=True)
        if stage is None and question.id not in passed
    ]
    still_open += [
        f"  • {stages.count(stage)} more, once «{stage.title}» is closed"
        for stage in questions.stages
        if stage in stages
    ]
    left_open = [f"  • {_shorten(question.prompt)}" for question in unanswered if question.id in passed]
    lines += ["Still open:", *still_open] if still_open else []
    lines += ["Left open when its part was closed:", *left_open] if left_open else []
    lines += [
        f"Your note «{note.title}» is saved with the notebook; a person reads and marks it." for note in questions.notes
    ]
    if record.answers:
        latest = _in_words(max(answer.time for answer in record.answers.values()))
        answers = "1 answer" if done == 1 else f"{done} answers"
        lines += [
            f"Receipt: {answers}, the last at {latest}, code {record.fingerprint()}. Keep it: the same code stands on "
            "your feedback.",
            "All answers are now in this notebook. Save it (Ctrl S or Cmd S), then submit it.",
        ]
    return "\n".join(lines)


def _stage_to_close(questions: CaseQuestions, record: Record, question_id: str) -> Stage | None:
    """Return the stage that still keeps a question from opening, None where it is open."""
    before = questions.opens_after(question_id)
    return None if before is None or before.id in record.closed else before


def _in_words(time: str) -> str:
    """Return a recorded time as a person reads it."""
    return time.replace("T", " ").replace("Z", " UTC")


def _shorten(text: str, length: int = 70) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
