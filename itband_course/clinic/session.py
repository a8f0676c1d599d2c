"""What any session may hold, and what the course's rules say of it for one client, for `plans.check`.

Three things forbid a row, and no case has to write them again: a technique that a rule of safety takes out, at its
place or altogether; a place that a rule closes; and the places that are closed in every client. What a closing means
for each family of techniques stands in `_closes`.

A rule that takes a technique out in one manner of doing it only («into pain») forbids no row: a row does not say in
which manner. A case where that matters forbids it itself.
"""

from collections.abc import Collection, Iterable
from functools import cache

from msgspec import Struct

from itband_course.clinic.facts import (
    DEGREES,
    Degree,
    Fact,
    Part,
    areas,
    rules,
    session_acts,
    session_rules,
    techniques,
)
from itband_course.clinic.plans import PRESSURES, Before, Chosen, Forbidden
from itband_course.clinic.safety import Advice, Closed
from itband_course.clinic.scales import Family

TOUCH: tuple[Family, ...] = ("light", "kneading", "pressing")
MOVE: tuple[Family, ...] = ("movement", "stretch")
LIGHT = (1, 2)
"""On the scale of pressure; 3 is moderate."""
DEEP = (4, 5)
BY_CASE, BY_TECHNIQUE, BY_PLACE, BY_ANYBODY = range(4)
"""Which reason is told first, where several forbid a row: the nearest to what was chosen."""
FRICTION = "cross-fibre-friction"
CHRONIC, BONY_KNEE = "outer-knee-chronic", "bony-outer-knee"
"""The rule under which friction may be chosen, and the area where: that is disputed, and no harm."""


class Act(Struct, frozen=True):
    """A technique, or an act of the session.

    Parameters
    ----------
    id, text : str
    family : str
    is_placed, is_pressed : bool
        Whether a row with it has a place and a pressure.
    includes : tuple of str
        Itself and all that is done in it.
    """

    id: str
    text: str
    family: Family
    is_placed: bool
    is_pressed: bool
    includes: tuple[str, ...]


@cache
def acts() -> dict[str, Act]:
    """Return all that a session may hold, by id, in the course's order: acts, then techniques."""
    found = [
        Act(one.id, one.name, one.family, one.placed, False, (one.id, *one.includes)) for one in session_acts().values()
    ]
    found += [
        Act(one.id, one.name, one.family, True, one.pressure is not None, (one.id,)) for one in techniques().values()
    ]
    return {act.id: act for act in found}


def of_families(families: Collection[str]) -> frozenset[str]:
    """Return the ids of all acts of some families."""
    return frozenset(act.id for act in acts().values() if act.family in families)


def chosen(
    names: Iterable[str], families: Collection[str], places: Collection[str], pressure: tuple[int, int] | None = None
) -> Chosen:
    """Return the rows with these techniques or of these families (any where both are empty), at these places.

    Parameters
    ----------
    names : iterable of str
        Ids of techniques and acts.
    families : collection of str
    places : collection of str
        Anywhere where empty.
    pressure : (int, int), optional
    """
    named = frozenset(names) | of_families(families)
    return Chosen(named or frozenset(acts()), frozenset(places) or None, pressure or (0, PRESSURES[1]))


def precedence(advice: Advice, places: Collection[str]) -> list[Before]:
    """Return what comes before what in any session, for a client of whom the rules say `advice`.

    Parameters
    ----------
    advice : Advice
    places : collection of str
        All that a plan may name.
    """
    near = {place.region for place in advice.closed if place.rule and place.region} & set(places)
    found = []
    for rule in session_rules().values():
        parts = [_of(part, near, set(places) - near) for part in (rule.first, rule.then)]
        if None not in parts:
            found.append(
                Before(
                    id=rule.id,
                    text=rule.name,
                    reason=rule.says,
                    misconception=rule.misconception,
                    first=parts[0],  # type: ignore[arg-type]
                    then=parts[1],  # type: ignore[arg-type]
                    each=rule.each,
                )
            )
    return found


def _of(part: Part, near: set[str], away: set[str]) -> Chosen | None:
    """Return what a part of a rule means for one client; None where it asks for a place and there is none."""
    places = {"": set(), "near": near, "away": away}[part.where]
    if part.where and not places:
        return None
    return chosen(part.techniques, part.families, places, part.pressure)


def forbidden(advice: Advice) -> list[Forbidden]:
    """Return all that the safety rules forbid in a session, for a client of whom they say `advice`.

    Closings of one rule with the same words are one reason, and so are techniques that a rule takes out together.
    """
    found = [*_by_technique(advice), *_by_place(advice)]
    return sorted(found, key=lambda one: (one.rank, one.id))


def _by_technique(advice: Advice) -> list[Forbidden]:
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for out in advice.excluded:
        nowhere = bool(out.where) and not out.regions
        if not out.how and not nowhere:
            groups.setdefault((out.rule, out.why, out.where, out.regions), []).append(out.technique)
    found: list[Forbidden] = []
    for (rule, why, where, regions), names in groups.items():
        those = frozenset(act.id for act in acts().values() if not set(names).isdisjoint(act.includes))
        if those:
            number = sum(one.id.startswith(f"{rule}-left-out-") for one in found) + 1
            found.append(
                Forbidden(
                    id=f"{rule}-left-out-{number}",
                    text=_left_out(those, where),
                    reason=why,
                    misconception="a technique is safe for everybody or for nobody",
                    what=(Chosen(those, frozenset(regions) or None),),
                    rank=BY_TECHNIQUE,
                    sources=tuple(rules()[rule].sources),
                    basis=rules()[rule].basis,
                )
            )
    return found


def _left_out(those: frozenset[str], where: str) -> str:
    names = "; ".join(act.text for act in acts().values() if act.id in those)
    return f"{where[0].upper()}{where[1:]}: not {names}" if where else f"Nowhere: {names}"


def _by_place(advice: Advice) -> list[Forbidden]:
    groups: dict[tuple[str, str, Degree, str, bool], set[str]] = {}
    for place in advice.closed:
        if place.region:
            groups.setdefault(_key(place), set()).add(place.region)
    is_chronic = any(one.rule == CHRONIC for one in advice.applied)
    named: dict[str, Fact] = {area.name: area for area in areas().values()}
    found: list[Forbidden] = []
    for (rule, area, degree, why, still), regions in groups.items():
        fact = rules()[rule] if rule else named[area]
        name = rule or "any-client"
        number = sum(one.id.startswith(f"{name}-closed-") for one in found) + 1
        found.append(
            Forbidden(
                id=f"{name}-closed-{number}",
                text=f"{area[0].upper()}{area[1:]}: {DEGREE_WORDS[degree]}",
                reason=why,
                misconception="a sore or tender place is where the work belongs",
                what=tuple(_closes(degree, frozenset(regions), still, is_chronic and area == areas()[BONY_KNEE].name)),
                rank=BY_PLACE if rule else BY_ANYBODY,
                sources=tuple(fact.sources),
                basis=fact.basis,
            )
        )
    return found


DEGREE_WORDS: dict[Degree, str] = {
    "no-deep-pressure": "no deep and no sustained pressure",
    "light-only": "light strokes only",
    "hands-off": "hands off",
}


def _key(place: Closed) -> tuple[str, str, Degree, str, bool]:
    return place.rule, place.area, place.degree, place.why, place.still


def _closes(degree: Degree, regions: frozenset[str], still: bool, may_rub: bool) -> list[Chosen]:
    """Return what a closing forbids there. Cold and warmth are for a technique's own rule: they do not press."""
    pressing = of_families(["pressing"])
    if degree == DEGREES[2]:
        those = of_families([*TOUCH, *(MOVE if still else ("stretch",))])
        return [Chosen(those, regions)]
    if degree == DEGREES[1]:
        return [
            Chosen(of_families(["kneading", "pressing"]), regions),
            Chosen(of_families(["light"]), regions, (LIGHT[1] + 1, PRESSURES[1])),
        ]
    if may_rub:
        pressing -= {FRICTION}
    return [Chosen(pressing, regions), Chosen(of_families(TOUCH), regions, DEEP)]
