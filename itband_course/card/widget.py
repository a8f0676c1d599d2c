"""The kernel's half of the question card."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

HERE = Path(__file__).parent

RecordAnswer = Callable[[Any, str | None], dict[str, Any]]
"""``record(value, confidence) -> state``; raises with a sentence for the student if nothing could be recorded."""


class Card(anywidget.AnyWidget):
    """A question that a student answers by mouse or keyboard.

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
    notice : str
        Something the student should know at once, shown above the question.
    problem : str
        Why nothing can be recorded, shown in red from the start; empty if it can.
    text : str
        The question in plain text, for GitHub, print and screen readers of saved notebooks.
    """

    _esm = HERE / "card.js"
    _css = HERE / "card.css"

    question = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    notice = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(  # noqa: PLR0913 - one argument for each thing that a card shows
        self,
        *,
        question: dict[str, Any],
        state: dict[str, Any],
        record: RecordAnswer,
        notice: str = "",
        problem: str = "",
        text: str = "",
    ) -> None:
        super().__init__(question=question, state=state, notice=notice, problem=problem)
        self._record = record
        self._text = text or question["prompt"]
        self.on_msg(self._on_message)

    def __repr__(self) -> str:
        return f"Question card: {self.question.get('prompt', '')}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        made = super()._repr_mimebundle_(**kwargs)
        data = made[0] if isinstance(made, tuple) else made
        # ipywidgets cuts the text at 110 characters; whoever reads the saved notebook needs all of it.
        if data is not None:
            data["text/plain"] = self._text
        return made

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


def _not_saved(error: Exception) -> str:
    """Return what the card says when recording failed, whoever noticed it."""
    text = str(error)
    return text if text.startswith("NOT saved") else f"NOT saved: {text or type(error).__name__}. Press Run All."
