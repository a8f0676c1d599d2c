"""A planned session held against what is asked of it: what may not be done, what is needed, what comes before what.

This module knows neither facts nor findings: whoever makes the `Demands` has looked these up (`session.py`), so that
the same rows and the same demands always give the same judgement.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

MOST_ROWS = 20
"""Rows that a plan has at most."""
MOST_MINUTES = 60
"""Minutes that one row takes at most."""
PRESSURES = (1, 5)
"""The course's scale of pressure; 0 stands where nothing presses."""


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of a plan.

    Parameters
    ----------
    technique : str
        Id of a technique or of an act of the session.
    minutes : int
    place : str
        Region of the body map; empty where there is none.
    pressure : int
        From 1 to 5; 0 where nothing presses.
    """

    technique: str
    minutes: int
    place: str = ""
    pressure: int = 0


class Chosen(Struct, frozen=True):
    """Some of all rows that there can be.

    Parameters
    ----------
    techniques : frozenset of str
        Ids.
    places : frozenset of str or None
        Regions; None: anywhere, and where there is no place.
    pressure : (int, int)
        Both ends included.
    """

    techniques: frozenset[str]
    places: frozenset[str] | None = None
    pressure: tuple[int, int] = (0, PRESSURES[1])

    def has(self, row: Row) -> bool:
        """Return whether a row is one of these."""
        low, high = self.pressure
        return (
            row.technique in self.techniques
            and (self.places is None or row.place in self.places)
            and low <= row.pressure <= high
        )


class Demand(Struct, frozen=True, kw_only=True):
    """What every demand has: an id, what it says in a few words, and why."""

    id: str
    text: str
    reason: str
    misconception: str = ""


class Forbidden(Demand, frozen=True, kw_only=True):
    """What could harm this client.

    Parameters
    ----------
    what : tuple of Chosen
    rank : int
        Of the reasons that forbid a row only those with the lowest rank are told.
    sources : tuple of str
        Keys of references.
    basis : str
        How sure it is, or who says it.
    """

    what: tuple[Chosen, ...]
    rank: int = 0
    sources: tuple[str, ...] = ()
    basis: str = ""


class Required(Demand, frozen=True, kw_only=True):
    """What the session needs at least once."""

    what: Chosen


class Before(Demand, frozen=True, kw_only=True):
    """What comes before what.

    Parameters
    ----------
    first, then : Chosen
    each : str
        ``then``: each of `then` has one of `first` before it; ``first``: each of `first` has one of `then` after it.
    """

    first: Chosen
    then: Chosen
    each: Literal["first", "then"] = "then"


class Minutes(Demand, frozen=True, kw_only=True):
    """How long some of it takes together, both ends included."""

    what: Chosen
    low: int
    high: int


class Demands(Struct, frozen=True):
    """All that is asked of a plan, in the order in which it is told."""

    forbidden: tuple[Forbidden, ...]
    required: tuple[Required, ...]
    before: tuple[Before, ...]
    minutes: tuple[Minutes, ...]


Outcome = Literal["forbidden", "there", "missing", "kept", "turned-round", "within", "below", "above"]


class Judged(Struct, frozen=True):
    """What became of one demand.

    Parameters
    ----------
    demand : str
        Its id.
    outcome : str
    rows : tuple of int
        The rows that it speaks of, counted from 0.
    minutes : int
        How long these take.
    """

    demand: str
    outcome: Outcome
    rows: tuple[int, ...]
    minutes: int

    @property
    def is_met(self) -> bool:
        """Whether the demand is kept."""
        return self.outcome in ("there", "kept", "within")


def check(rows: Sequence[Row], demands: Demands) -> list[Judged]:
    """Return what became of each demand, danger first; one that a plan gives no occasion for is left out.

    Parameters
    ----------
    rows : sequence of Row
        The plan, first to last.
    demands : Demands
    """
    found: list[Judged] = []

    def say(demand: Demand, outcome: Outcome, numbers: Iterable[int]) -> None:
        numbers = tuple(numbers)
        found.append(Judged(demand.id, outcome, numbers, sum(rows[number].minutes for number in numbers)))

    refusals = Refusals(demands.forbidden)
    told = [refusals.of(row) for row in rows]
    for forbidden in demands.forbidden:
        numbers = [number for number, reasons in enumerate(told) if forbidden in reasons]
        if numbers:
            say(forbidden, "forbidden", numbers)
    for required in demands.required:
        numbers = _numbers(rows, required.what)
        say(required, "there" if numbers else "missing", numbers)
    for before in demands.before:
        first, then = _numbers(rows, before.first), _numbers(rows, before.then)
        if before.each == "then":
            asked, late = then, [number for number in then if not first or first[0] >= number]
        else:
            asked, late = first, [number for number in first if not then or then[-1] <= number]
        if asked:
            say(before, "turned-round" if late else "kept", late or asked)
    for band in demands.minutes:
        numbers = _numbers(rows, band.what)
        taken = sum(rows[number].minutes for number in numbers)
        say(band, "below" if taken < band.low else "above" if taken > band.high else "within", numbers)
    return found


class Refusals:
    """All that forbids rows, laid out by technique and place: a question asks of some hundred rows that there can be.

    Parameters
    ----------
    forbidden : iterable of Forbidden
    """

    def __init__(self, forbidden: Iterable[Forbidden]) -> None:
        self._forbidden = tuple(forbidden)
        # None stands for anywhere, and where there is no place.
        self._laid_out: dict[tuple[str, str | None], list[tuple[int, Chosen]]] = {}
        for number, one in enumerate(self._forbidden):
            for what in one.what:
                for technique in what.techniques:
                    for place in what.places if what.places is not None else (None,):
                        self._laid_out.setdefault((technique, place), []).append((number, what))

    def of(self, row: Row) -> list[Forbidden]:
        """Return why a row could harm: of all that forbid it those with the lowest rank."""
        near = self._laid_out.get((row.technique, None), []) + self._laid_out.get((row.technique, row.place), [])
        numbers = sorted({number for number, what in near if what.has(row)})
        all_of_them = [self._forbidden[number] for number in numbers]
        lowest = min((one.rank for one in all_of_them), default=0)
        return [one for one in all_of_them if one.rank == lowest]


def _numbers(rows: Sequence[Row], what: Chosen) -> list[int]:
    return [number for number, row in enumerate(rows) if what.has(row)]
