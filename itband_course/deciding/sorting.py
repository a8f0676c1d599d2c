"""`sort_intake()`: what clients say at an intake, sorted by how soon somebody else should see them, against the clock.

The clock only says how far somebody came: it can be paused or left off, and takes nothing away when it runs out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets

from itband_course import widgets
from itband_course.bundled import script
from itband_course.clinic.facts import FactsError
from itband_course.clinic.intake import sorted_row, statements, tallied
from itband_course.clinic.scales import LEVELS, TITLES
from itband_course.figure.answering import Answering, Keep, Record
from itband_course.practising import practice_record, record_practice

HERE = Path(__file__).parent
NAME = "sort-intake"
MINUTES = 8
"""Half a minute a statement, as at a real intake."""
BINS: dict[str, str] = {
    "nobody-now": "Nobody now",
    "next-routine-visit": "Routine visit",
    "within-days": "Within days",
    "same-day": "The same day",
    "emergency-now": "Emergency, now",
}
"""The levels of the second scale, short enough for a row of buttons."""
NOTHING: Record = {"sorted": {}, "seconds": 0, "bell": -1, "asked": False}


class Sorting(Answering):
    """Statements of clients, one after the other, to be put into one of five bins.

    The reply to a record is empty until all are sorted; then it tells how the rules would have sorted them, and why.

    Parameters
    ----------
    only : sequence of str
        Ids of the statements, in their order; all of `statements` where empty.
    minutes : int
        Of the clock.
    record : dict, optional
        ``sorted`` (level by statement), ``seconds`` (that the clock has run), ``bell`` (how many were sorted when it
        ran out, -1 where it has not), ``asked`` (whether all are sorted).
    keep : callable, optional
        Records what was sorted.

    Raises
    ------
    FactsError
        If there is no such statement.
    """

    _esm = script("sorting")
    _css = widgets.style(
        "itband-sorting",
        ["right", "wrong", "failed", "recorded"],
        [widgets.PANELS, HERE / "deciding.css", HERE / "sorting.css"],
    )

    sheet = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        only: Sequence[str] = (),
        *,
        minutes: int = MINUTES,
        record: Record | None = None,
        keep: Keep | None = None,
    ) -> None:
        known = statements()
        if unknown := [name for name in only if name not in known]:
            raise FactsError(f"There is no statement «{unknown[0]}» in data/intake.toml.")
        self._ids = list(only) or list(known)
        super().__init__(
            self.cleaned(record or {}),
            keep,
            sheet={
                "statements": [
                    {"id": name, "client": known[name].client, "says": known[name].says} for name in self._ids
                ],
                "bins": [[level, BINS[level], words] for level, words in LEVELS["who"].items()],
                "seconds": 60 * minutes,
            },
        )

    def answer(self, record: Record) -> dict[str, Any]:
        """Return the table at the end, and how many were sorted as the rules have it."""
        done = record["sorted"]
        return {"rows": [sorted_row(statements()[name], done[name]) for name in self._ids], "counts": tallied(done)}

    def cleaned(self, record: Record) -> Record:
        """Return a record as it may be kept: without what is no statement or bin, and as at first where it is odd."""
        numbers = {name: record.get(name) for name in ("seconds", "bell")}
        done = record.get("sorted")
        if not isinstance(done, dict) or any(type(number) is not int for number in numbers.values()):
            return {**NOTHING, "sorted": {}}
        known = {name: level for name, level in done.items() if name in self._ids and level in BINS}
        return {"sorted": known, **numbers, "asked": set(known) == set(self._ids)}

    def __repr__(self) -> str:
        return f"An intake to sort: {len(self._ids)} statements"

    def text(self) -> str:
        """Return in plain text what is said and the five bins."""
        said = [f"{number}. {one['client']}: {one['says']}" for number, one in enumerate(self.sheet["statements"], 1)]
        bins = [f"- {words}" for words in LEVELS["who"].values()]
        return "\n".join(
            [
                f"{TITLES['who']}? Sort what each client says. Press Run All to do it.",
                "",
                *said,
                "",
                "The bins:",
                *bins,
            ]
        )


def sort_intake(only: Sequence[str] = (), minutes: int = MINUTES) -> Sorting:
    """Return the intake to sort; how it stands is kept in `practice.json`.

    Parameters
    ----------
    only : sequence of str
        Ids of statements of `data/intake.toml`; all of them where empty.
    minutes : int
        Of the clock.

    Raises
    ------
    FactsError
        If there is no such statement.
    """
    return Sorting(
        only, minutes=minutes, record=practice_record(NAME), keep=lambda record: record_practice(NAME, record)
    )
