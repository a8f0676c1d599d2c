"""The kernel's half of the question card."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import traitlets

from itband_course import colours, widgets
from itband_course.bundled import script
from itband_course.card.pictures import picture

HERE = Path(__file__).parent


def style(kind: str = "") -> str:
    """Return the style sheet of a card, with the rules that only one kind needs, where it has any."""
    sheets = [HERE / name for name in ("bodymap.css", "card.css", f"{kind}.css")]
    return widgets.style("itband-card", colours.MARKS, [sheet for sheet in sheets if sheet.exists()])


RecordAnswer = Callable[[Any, str | None], dict[str, Any]]
"""``record(value, confidence) -> state``; raises with a sentence for the student if nothing could be recorded."""


OPEN = {"is": "open", "text": ""}


class Card(widgets.Widget):
    """A question that a student answers by mouse or keyboard; `card` makes one.

    The browser sends ``{"type": "record", "nonce", "value", "confidence"}``. Only when the answer is safely recorded
    does the kernel set `state`, with that nonce, and only that makes the card say «Recorded». If recording fails, the
    kernel answers ``{"type": "failed", "nonce", "message"}``; if it does not answer at all, the card says so itself.

    Parameters
    ----------
    question : dict
        The public question, as in `questions.json`.
    state : dict
        What is recorded: ``value``, ``confidence``, ``time`` (ISO 8601, UTC), ``revision`` (0: nothing yet). Of a
        practice question also ``explanation``: None until it is answered. A graded question has no such entry.
    record : callable
        `RecordAnswer`.
    gate : dict
        ``is``: ``open``, ``waiting`` (the question is not shown yet) or ``closed`` (it can be read only); ``text``: the
        sentence that says so.
    notice : str
        Something the student should know at once, shown above the question.
    problem : str
        Why nothing can be recorded, shown in red from the start; empty if it can.
    text : str
        The question in plain text, for GitHub, print and screen readers of saved notebooks.
    """

    question = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    notice = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    gate = traitlets.Dict().tag(sync=True)

    def __init__(  # noqa: PLR0913 - one argument for each thing that a card shows
        self,
        *,
        question: dict[str, Any],
        state: dict[str, Any],
        record: RecordAnswer,
        gate: dict[str, str] | None = None,
        notice: str = "",
        problem: str = "",
        text: str = "",
    ) -> None:
        super().__init__(
            question=question,
            picture=picture(question),
            state=state,
            gate=gate or OPEN,
            notice=notice,
            problem=problem,
        )
        self._record = record
        self._text = text or question["prompt"]
        self.on_msg(self._on_message)

    def __repr__(self) -> str:
        return f"Question card: {self._text.splitlines()[0]}"

    def text(self) -> str:
        """Return the question, and what can be chosen, in plain text."""
        return self._text

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if not isinstance(message, dict) or message.get("type") != "record":
            return
        nonce = message.get("nonce")
        try:
            state = self._record(message.get("value"), message.get("confidence"))
        except Exception as error:
            self.send({"type": "failed", "nonce": nonce, "message": _not_saved(error)})
        else:
            self.state = {**state, "nonce": nonce}


def card(question: dict[str, Any], **more: Any) -> Card:
    """Return the card of a question; what else it takes is said at `Card`."""
    return _of_kind(question["kind"])(question=question, **more)


@cache
def _of_kind(kind: str) -> type[Card]:
    """Return the class of all cards of a kind: each kind has a script of its own in the browser."""
    own = {"_esm": script(f"card-{kind}"), "_css": style(kind), "__module__": __name__}
    return type(f"Card_{kind.replace('-', '_')}", (Card,), own)


class Door(widgets.Widget):
    """The button that closes a stage of a case for good.

    The browser sends ``{"type": "close", "nonce"}`` once the student has said yes; as with `Card`, only the kernel's
    new `state` makes the page say that it is closed.

    Parameters
    ----------
    title : str
        What the stage is called.
    state : dict
        ``closed`` (ISO 8601, UTC; empty while it is open), ``open`` (prompts of unanswered questions), ``answered``,
        ``questions`` (how many), ``waits`` (why it cannot be closed yet; empty if it can).
    close_stage : callable
        ``close_stage() -> state``; raises with a sentence for the student if it could not be recorded.
    text : str
        The same in plain text.
    """

    _esm = script("door")
    _css = style()

    title = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(
        self, *, title: str, state: dict[str, Any], close_stage: Callable[[], dict[str, Any]], text: str
    ) -> None:
        super().__init__(title=title, state=state)
        self._close_stage = close_stage
        self._text = text
        self.on_msg(self._on_message)

    def __repr__(self) -> str:
        return f"Close «{self.title}»"

    def text(self) -> str:
        """Return in plain text what the button does."""
        return self._text

    def renew(self, state: dict[str, Any]) -> None:
        """Show another state; a click that is on its way keeps its nonce."""
        self.state = state | {key: self.state[key] for key in ("nonce",) if key in self.state}

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if not isinstance(message, dict) or message.get("type") != "close":
            return
        nonce = message.get("nonce")
        try:
            state = self._close_stage()
        except Exception as error:
            self.send({"type": "failed", "nonce": nonce, "message": _not_saved(error)})
        else:
            self.state = {**state, "nonce": nonce}


def _not_saved(error: Exception) -> str:
    """Return what the card says when recording failed, whoever noticed it."""
    text = str(error)
    return text if text.startswith("NOT saved") else f"NOT saved: {text or type(error).__name__}. Press Run All."
