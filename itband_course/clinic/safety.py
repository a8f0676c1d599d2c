"""The rules of safety: from what a client says and shows to the two decisions, and why.

`advise` takes findings and returns how far the hands go today, who else should see the client and how soon, where the
hands keep off, what is left out, and which sources disagree. It is pure: the same findings give the same advice.

**How a rule speaks.** A rule names findings that must be there, never one that must be absent. It says the boldest that
is safe on each scale of *triage*, closes areas, takes out techniques, and gives its reason and its sources. All rules
whose findings are there apply; on each scale the most careful of them decides. Everything else is added up.

**Why so.** Because of this form a further finding can only add a rule: the advice never becomes bolder or later, no
area opens again, no technique comes back. That needs no proof rule by rule, and no rule can break it. The price: a
finding that calms («the legs are alike») cannot take a rule back. It is left out of the findings instead, or the
worrying one is written more exactly: «both calves sore alike» is another finding than «one leg swollen».

**What it is not.** The rules name no diagnosis and score no risk. What they do not know they do not judge: a finding
without a rule is told in `Advice.unruled`, and whoever examines decides. Where the safety table leaves a choice the
rule holds the bolder side and says so; where it is silent the course chose the careful one, and the rule's `varies`
says that.
"""

from collections.abc import Iterable
from typing import get_args

from msgspec import Struct

from itband_course.clinic.facts import (
    DEGREES,
    SIDES,
    THE_PLACE,
    Basis,
    Conflict,
    Degree,
    FactsError,
    Rule,
    areas,
    bare,
    conflicts,
    findings,
    on_sides,
    region_ids,
    rules,
    special_tests,
    techniques,
)
from itband_course.clinic.scales import LEVELS, TITLES, Hands, Scale, Who

HANDS: tuple[Hands, ...] = get_args(Hands)
WHO: tuple[Who, ...] = get_args(Who)
"""Both scales, from the boldest level to the most careful."""
NO_SESSION = "No session today."


class Seen(Struct, frozen=True, order=True):
    """A finding as it was written: what, on which side, at which region of the body map."""

    finding: str
    side: str = ""
    region: str = ""


class Applied(Struct, frozen=True):
    """A rule that applies, with all that is needed to explain it.

    Parameters
    ----------
    rule, name : str
    because : tuple of str
        Names of the findings that it rests on.
    hands, who : str
        What it asks for.
    decides : tuple of str
        The scales on which nothing asks for more: ``hands``, ``who``.
    says, tell : str
    sources : tuple of str
    basis, varies : str
    """

    rule: str
    name: str
    because: tuple[str, ...]
    hands: Hands
    who: Who
    decides: tuple[str, ...]
    says: str
    tell: str
    sources: tuple[str, ...]
    basis: Basis
    varies: str


class Closed(Struct, frozen=True):
    """A place to keep off.

    Parameters
    ----------
    region : str
        Id on the body map; empty where the map has none: then `area` says where it is.
    area : str
        In words.
    degree : str
        How much is left out.
    why : str
    rule : str
        Empty where it holds for every client.
    still : bool
        Where hands keep off, it is not moved either.
    """

    region: str
    area: str
    degree: Degree
    why: str
    rule: str
    still: bool = False


class Excluded(Struct, frozen=True):
    """A technique or test that is left out.

    Parameters
    ----------
    technique : str
        Id of a technique or special test.
    where : str
        In words; empty where it is left out altogether.
    how : str
        In which manner of doing it; empty where in any.
    why, rule : str
    regions : tuple of str
        Where, as ids of the body map; empty where it is left out altogether or the map has no such region.
    """

    technique: str
    where: str
    how: str
    why: str
    rule: str
    regions: tuple[str, ...] = ()


class Advice(Struct, frozen=True):
    """What the rules say of a client.

    Parameters
    ----------
    hands, who : str
        Levels of *triage*: the boldest that is safe.
    applied : tuple of Applied
        Every rule that applies, the most careful first.
    closed : tuple of Closed
    excluded : tuple of Excluded
    conflicts : tuple of Conflict
        Disputes that the applied rules touch, both sides named.
    unruled : tuple of str
        Findings that no rule speaks of, alone or with the others.
    """

    hands: Hands
    who: Who
    applied: tuple[Applied, ...]
    closed: tuple[Closed, ...]
    excluded: tuple[Excluded, ...]
    conflicts: tuple[Conflict, ...]
    unruled: tuple[str, ...]

    def no_go(self) -> dict[str, Degree]:
        """Return for each region of the body map how much is left out there."""
        worst: dict[str, Degree] = {}
        for place in self.closed:
            if place.region:
                worst[place.region] = max(worst.get(place.region, place.degree), place.degree, key=DEGREES.index)
        return worst

    def lines(self) -> list[str]:
        """Return the advice as sentences: both decisions, then each rule with its reason."""
        decided: dict[Scale, str] = {"hands": self.hands, "who": self.who}
        said = [f"{title}: {LEVELS[scale][decided[scale]]}." for scale, title in TITLES.items()]
        for one in self.applied:
            said.append(f"{'; '.join(one.because)}. {one.says}{' ' + one.tell if one.tell else ''}")
        return said


def seen(finding: str) -> Seen:
    """Return what a written finding means.

    Parameters
    ----------
    finding : str
        An id of `findings`; with its side, ``right-locked-knee``, where it has one; with its place on the body map,
        ``bruise@right-calf``, where it has one. Without side it counts for both.

    Raises
    ------
    FactsError
        If there is no such finding, side or place.
    """
    written, _, region = finding.partition("@")
    name = bare(finding)
    known = findings().get(name)
    if known is None:
        raise FactsError(f"There is no finding «{name}». They stand in data/clinic/findings.toml.")
    side = written.removesuffix(name).removesuffix("-")
    if side and not known.sided:
        raise FactsError(f"The finding «{name}» has no side: write it without «{side}-».")
    if "@" in finding and not known.placed:
        raise FactsError(f"The finding «{name}» has no place: write it without «@{region}».")
    if "@" in finding and region not in region_ids():
        raise FactsError(f"There is no region «{region}» on the body map, as «{finding}» says.")
    return Seen(name, side, region)


def advise(found: Iterable[str]) -> Advice:
    """Return what the rules say of a client.

    Parameters
    ----------
    found : iterable of str
        Findings as `seen` reads them, in any order.

    Raises
    ------
    FactsError
        If a finding does not exist.
    """
    there = sorted({seen(finding) for finding in found})
    names = {one.finding for one in there}
    applying = [rule for rule in rules().values() if applies(rule, names)]
    hands = max((HANDS[0], *(rule.hands for rule in applying)), key=HANDS.index)
    who = max((WHO[0], *(rule.who for rule in applying)), key=WHO.index)
    applying.sort(key=lambda rule: (-WHO.index(rule.who), -HANDS.index(rule.hands)))
    spoken = {name for rule in applying for name in _because(rule, names)}
    touched = dict.fromkeys(name for rule in applying for name in rule.conflicts)
    return Advice(
        hands=hands,
        who=who,
        applied=tuple(_applied(rule, names, hands, who) for rule in applying),
        closed=(*_always(), *(place for rule in applying for place in _closed(rule, there))),
        excluded=tuple(out for rule in applying for out in _excluded(rule, there)),
        conflicts=tuple(conflicts()[name] for name in touched),
        unruled=tuple(sorted(names - spoken)),
    )


def applies(rule: Rule, names: set[str]) -> bool:
    """Return whether a rule's findings are there."""
    return names.issuperset(rule.when) and (not rule.one_of or not names.isdisjoint(rule.one_of))


def bolder(advice: Advice, other: Advice) -> bool:
    """Return whether an advice is bolder or later than another on either scale."""
    return HANDS.index(advice.hands) < HANDS.index(other.hands) or WHO.index(advice.who) < WHO.index(other.who)


def _because(rule: Rule, names: set[str]) -> list[str]:
    return [name for name in (*rule.when, *rule.one_of) if name in names]


def _applied(rule: Rule, names: set[str], hands: Hands, who: Who) -> Applied:
    return Applied(
        rule=rule.id,
        name=rule.name,
        because=tuple(findings()[name].name for name in _because(rule, names)),
        hands=rule.hands,
        who=rule.who,
        decides=tuple(scale for scale, mine in (("hands", rule.hands == hands), ("who", rule.who == who)) if mine),
        says=rule.says,
        tell=rule.tell,
        sources=tuple(rule.sources),
        basis=rule.basis,
        varies=rule.varies,
    )


def _always() -> list[Closed]:
    """Return what is closed in every client, on both sides."""
    return [
        Closed(region, area.name, area.always, area.says, "")
        for area in areas().values()
        if area.always
        for region in on_sides(area.regions, SIDES) or [""]
    ]


def _where(rule: Rule, there: list[Seen], area: str) -> tuple[str, list[str]]:
    """Return an area of a rule in words, and its regions on the sides of the findings; a side unknown means both."""
    mine = [one for one in there if one.finding in (*rule.when, *rule.one_of)]
    if area == THE_PLACE:
        placed = [one.region for one in mine if findings()[one.finding].placed and one.region]
        return "at the place, with a margin", placed
    sided = [one.side for one in mine if findings()[one.finding].sided]
    sides = [side for side in SIDES if side in sided or "" in sided or not sided]
    return areas()[area].name, on_sides(areas()[area].regions, sides)


def _closed(rule: Rule, there: list[Seen]) -> list[Closed]:
    found = []
    for item in rule.no_go:
        words, regions = _where(rule, there, item.area)
        why = rule.says if item.area == THE_PLACE else areas()[item.area].says
        still = item.area != THE_PLACE and areas()[item.area].still
        # The words stand by themselves too: not every place has a region, and not every finding names its place.
        found += [Closed(region, words, item.degree, why, rule.id, still) for region in ("", *regions)]
    return found


def _excluded(rule: Rule, there: list[Seen]) -> list[Excluded]:
    found = []
    for item in rule.exclude:
        words, regions = _where(rule, there, item.area) if item.area else ("", [])
        found += [
            Excluded(technique, words, item.how, item.why, rule.id, tuple(regions)) for technique in item.techniques
        ]
    if rule.hands == "none":
        every = (*techniques(), *special_tests())
        found += [Excluded(technique, "", "", f"{NO_SESSION} {rule.says}", rule.id) for technique in every]
    return found
