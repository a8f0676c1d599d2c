"""A widget that a student works on and the kernel answers: what they did is kept, and rules say what they see in it.

The browser sets `record`, with a new number ``n`` each time. The kernel keeps it, and sets `reply` with that number.
Only then the page says «Recorded»; with a ``problem`` in the reply, or with no reply at all, it says «NOT saved».
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from itband_course import widgets
from itband_course.clinic.shapes import SIGN_WORDS, Remark
from itband_course.facts import reading, short_name

Record = dict[str, Any]
Keep = Callable[[Record], None]
"""``keep(record)``: records what a student did; raises with a sentence for them where that fails."""


class Answering(widgets.Widget):
    """What such widgets share.

    Parameters
    ----------
    record : dict
        What a student did so far; a subclass says what it holds. ``asked`` is whether they asked for an answer.
    keep : callable, optional
        `Keep`; without it nothing is recorded.
    **traits
        Of the subclass.
    """

    record = traitlets.Dict().tag(sync=True)
    reply = traitlets.Dict().tag(sync=True)

    def __init__(self, record: Record, keep: Keep | None = None, **traits: Any) -> None:
        super().__init__(record={**record, "n": 0}, **traits)
        self._keep = keep
        self.reply = {"n": 0, "problem": "", **self._answered(record)}
        self.observe(self._on_record, "record")

    def answer(self, record: Record) -> dict[str, Any]:
        """Return what the rules say of a record, as `told` makes it."""
        raise NotImplementedError

    def cleaned(self, record: Record) -> Record:
        """Return a record as it may be kept, whatever the browser or an old file says."""
        raise NotImplementedError

    def _answered(self, record: Record) -> dict[str, Any]:
        return self.answer(record) if record.get("asked") else {}

    def _on_record(self, change: Any) -> None:
        number = int(change["new"].get("n", 0))
        record = self.cleaned(change["new"])
        problem = ""
        try:
            if self._keep is not None:
                self._keep(record)
        except Exception as error:
            problem = str(error) or "NOT saved. Press Run All."
        self.reply = {"n": number, "problem": problem, **self._answered(record)}


def narrow(words: str) -> str:
    """Return a text with a narrow space between number and unit, where no line is broken."""
    return re.sub(r"(?<=\d) (?=(?:km|s|%)(?!\w))", "\N{NARROW NO-BREAK SPACE}", words)


def told(remarks: Sequence[Remark]) -> list[dict[str, Any]]:
    """Return remarks as the page shows them: sign, words, who says it, and what to read."""
    return [
        {
            "id": remark.id,
            "sign": remark.sign,
            "word": SIGN_WORDS[remark.sign],
            "says": narrow(remark.says),
            "why": narrow(remark.why),
            "rests": "; ".join([remark.basis] * bool(remark.basis) + [short_name(key) for key in remark.sources]),
            "to_read": reading(remark.sources),
        }
        for remark in remarks
    ]
