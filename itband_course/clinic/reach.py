"""How far a technique may go at one place of one client: by the same rules that judge a planned session.

A technique is usual in some regions. There it may be done as usual, or only lightly or in part, or not at all.
Elsewhere nothing asks for it, and it may be forbidden all the same.
"""

from collections.abc import Collection, Iterable
from typing import Literal

from msgspec import Struct

from itband_course.clinic.facts import Technique, areas, bare, rules
from itband_course.clinic.plans import Forbidden, Refusals, Row
from itband_course.clinic.safety import Advice, Excluded
from itband_course.clinic.session import BY_TECHNIQUE, DEEP, DEGREE_WORDS, forbidden

LIGHTLY = ("deep or strong", "above pressure 3 of 5")
"""Manners of doing that a pressure of 3 or less keeps clear of."""
Fit = Literal["as-usual", "less", "not", "elsewhere"]


class Why(Struct, frozen=True):
    """A reason: what is left out, why, and on what that rests."""

    text: str
    reason: str
    basis: str
    sources: tuple[str, ...]


class Reach(Struct, frozen=True):
    """How far a technique may go at a place.

    Parameters
    ----------
    fit : str
        ``as-usual``; ``less``: with less pressure, or not in every manner; ``not``; ``elsewhere``: nothing forbids it
        and it is not usual here.
    pressure : tuple of int
        The pressures that may be used there; empty where nothing presses or the technique is left out.
    why : tuple of Why
    """

    fit: Fit
    pressure: tuple[int, ...]
    why: tuple[Why, ...]


def reaches(technique: Technique, places: Iterable[str], advice: Advice) -> dict[str, Reach]:
    """Return for each place how far a technique may go there.

    Parameters
    ----------
    technique : Technique
    places : iterable of str
        Ids of regions of the body map.
    advice : Advice
        What the safety rules say of the client.
    """
    known = Refusals(forbidden(advice))
    return {place: _reach(technique, place, known, advice.excluded) for place in places}


def _reach(technique: Technique, place: str, known: Refusals, excluded: Iterable[Excluded]) -> Reach:
    pressures = range(technique.pressure[0], technique.pressure[1] + 1) if technique.pressure else [0]
    told = {pressure: known.of(Row(technique.id, 1, place, pressure)) for pressure in pressures}
    free = tuple(pressure for pressure in pressures if not told[pressure])
    refused = next((reasons for reasons in told.values() if reasons), [])
    why = [_forbidding(one) for one in refused]
    if not free:
        return Reach("not", (), tuple(why))
    manners = [out for out in excluded if _speaks_of(out, technique.id, place)]
    if any(out.how in LIGHTLY for out in manners):
        free = tuple(pressure for pressure in free if pressure < DEEP[0])
    left = free if technique.pressure else ()
    if bare(place) not in technique.regions:
        return Reach("elsewhere", left, ())
    why += [_in_one_manner(out) for out in manners]
    return Reach("less" if why else "as-usual", left, tuple(why))


def _forbidding(one: Forbidden) -> Why:
    where = one.text.partition(": not ")[0]
    if one.rank == BY_TECHNIQUE:
        text = "Left out altogether" if one.text.startswith("Nowhere") else f"{where}: left out"
    else:
        text = one.text
    return Why(text, one.reason, one.basis, one.sources)


def _speaks_of(out: Excluded, technique: str, place: str) -> bool:
    """Return whether a manner of doing a technique is left out at a place."""
    return out.technique == technique and bool(out.how) and (not out.where or place in out.regions)


def _in_one_manner(out: Excluded) -> Why:
    rule = rules()[out.rule]
    return Why(f"Not {out.how}", out.why, rule.basis, tuple(rule.sources))


def off_the_map(technique: Technique) -> list[Why]:
    """Return where the technique does not go in any client and the body map has no region."""
    deep = technique.pressure is not None and technique.pressure[1] >= DEEP[0]
    if technique.family != "pressing" and not deep:
        return []
    return [
        Why(f"{area.name}: {DEGREE_WORDS[area.always]}", area.says, area.basis, tuple(area.sources))
        for area in areas().values()
        if area.always and not area.regions
    ]


def anywhere(found: Collection[Reach]) -> Fit:
    """Return the best that a technique may do at any of some places."""
    fits = {reach.fit for reach in found}
    order: tuple[Fit, ...] = ("as-usual", "less", "elsewhere", "not")
    return next(fit for fit in order if fit in fits)
