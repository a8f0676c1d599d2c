"""`sort_intake()`: what clients say at an intake, sorted by how soon somebody else should see them, against the clock.

The clock only says how far somebody came: it can be paused or left off, and takes nothing away when it runs out.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import traitlets

from itband_course import widgets
from itband_course.bundled import script
from itband_course.clinic.facts import FactsError
from itband_course.clinic.intake import sorted_row, statements, tallied
from itband_course.clinic.scales import LEVELS, TITLES
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
Keep = Callable[[dict[str, Any]], None]
"""``keep(record)``: records how it stands; raises with a sentence for the student where that fails."""
NOTHING: dict[str, Any] = {"revision": 0, "sorted": {}, "seconds": 0, "bell": -1}


class Sorting(widgets.Widget):
    """Statements of clients, one after the other, to be put into one of five bins.

    After each the browser sets `record`; once that is kept, the kernel sets `kept` to its revision. When all are
    sorted, `result` tells how the rules would have sorted them, and why.

    Parameters
    ----------
    only : sequence of str
        Ids of the statements, in their order; all of `statements` where empty.
    minutes : int
        Of the clock.
    record : dict, optional
        ``revision``, ``sorted`` (level by statement), ``seconds`` (that the clock has run), ``bell`` (how many were
        sorted when it ran out, -1 where it has not).
    keep : callable, optional
        `Keep`; without it nothing is recorded.
    """

    _esm = script("sorting")
    _css = widgets.style(
        "itband-sorting", ["right", "wrong", "recorded"], [widgets.PANELS, HERE / "deciding.css", HERE / "sorting.css"]
    )

    statements = traitlets.List().tag(sync=True)
    bins = traitlets.List().tag(sync=True)
    seconds = traitlets.Int().tag(sync=True)
    record = traitlets.Dict().tag(sync=True)
    kept = traitlets.Int(0).tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    result = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        only: Sequence[str] = (),
        *,
        minutes: int = MINUTES,
        record: dict[str, Any] | None = None,
        keep: Keep | None = None,
    ) -> None:
        known = statements()
        if unknown := [name for name in only if name not in known]:
            raise FactsError(f"There is no statement «{unknown[0]}» in data/intake.toml.")
        self._ids = list(only) or list(known)
        now = standing(record, self._ids)
        super().__init__(
            statements=[{"id": name, "client": known[name].client, "says": known[name].says} for name in self._ids],
            bins=[[level, BINS[level], words] for level, words in LEVELS["who"].items()],
            seconds=60 * minutes,
            record=now,
            kept=now["revision"],
            result=self._result(now),
        )
        self._keep = keep
        self.observe(self._on_record, "record")

    def _result(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the table at the end; empty until all are sorted."""
        done = record["sorted"]
        if set(done) != set(self._ids):
            return {}
        return {"rows": [sorted_row(statements()[name], done[name]) for name in self._ids], "counts": tallied(done)}

    def _on_record(self, change: Any) -> None:
        record = standing(change["new"], self._ids)
        try:
            if self._keep is not None:
                self._keep(record)
        except Exception as error:
            self.problem = str(error) or "NOT saved. Press Run All."
        else:
            self.problem = ""
            self.kept = record["revision"]
        self.result = self._result(record)

    def __repr__(self) -> str:
        return f"An intake to sort: {len(self._ids)} statements"

    def text(self) -> str:
        """Return in plain text what is said and the five bins."""
        said = [f"{number}. {one['client']}: {one['says']}" for number, one in enumerate(self.statements, 1)]
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
        only,
        minutes=minutes,
        record=practice_record(NAME),
        keep=lambda record: record_practice(NAME, record),
    )


def standing(value: Any, ids: Sequence[str]) -> dict[str, Any]:
    """Return how the sorting stood, as far as what was recorded says so.

    Parameters
    ----------
    value : any JSON value
        As recorded.
    ids : sequence of str
        Of the statements that are sorted.
    """
    if not isinstance(value, dict) or not isinstance(value.get("sorted"), dict):
        return dict(NOTHING)
    numbers = {key: value.get(key) for key in ("revision", "seconds", "bell")}
    if any(type(number) is not int for number in numbers.values()):
        return dict(NOTHING)
    done = {name: level for name, level in value["sorted"].items() if name in ids and level in BINS}
    return {**numbers, "sorted": done}
