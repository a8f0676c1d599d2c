"""The clinic's facts: one file of `data/clinic/` for each topic, read once and checked when first asked for.

Every record names its sources, keys of `references.toml`. Where a thing is taught and nobody has published on it, the
record says so: ``basis = "usual practice"``. `without_source` lists the records that have neither, and `itband check`
fails unless there are none. A published figure stands in a `Figure` of its own, and only from a reference that
somebody has seen. What differs between schools or is open stands in `varies`.
"""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct

from itband_course.body.map import pictures
from itband_course.body.positions import positions
from itband_course.clinic.scales import Family, Hands, Who
from itband_course.facts import ID_PATTERN, claims, references

Basis = Literal[
    "",
    "well supported",
    "plausible",
    "disputed",
    "outdated",
    "not supported",
    "usual practice",
    "one author’s opinion",
    "advertising",
]
"""The words of `itband_course.facts.SURENESS_WORDS`, and nothing where the sources say it all."""
ALONE: tuple[Basis, ...] = ("plausible", "disputed", "usual practice", "one author’s opinion", "advertising")
"""What may stand without a source. Nothing is well supported, outdated or not supported because we say so."""
SIDES = ("right", "left")
THE_PLACE = "the-place"
"""Stands for an area that only the finding knows: where the bruise is."""
Degree = Literal["no-deep-pressure", "light-only", "hands-off"]
DEGREES: tuple[Degree, ...] = get_args(Degree)
"""How much is left out at a place, from least to most."""
Id = Annotated[str, Meta(pattern=ID_PATTERN)]
Words = Annotated[str, Meta(min_length=1)]


class FactsError(ValueError):
    """A file of facts is damaged or contradicts itself; the sentence says which record and what to do."""


class Fact(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every record has.

    Parameters
    ----------
    id : str
        Lower-case words joined by hyphens; lasting, unique within its file.
    name : str
        As the course writes it.
    sources : list of str
        Keys of references.
    basis : str
        How sure it is, or who says it, in the course's words; needed where no source is named.
    varies : str
        What differs between schools, regions or texts, or is open.
    """

    id: Id
    name: Words
    sources: list[str] = []
    basis: Basis = ""
    varies: str = ""


class Figure(Struct, frozen=True, forbid_unknown_fields=True):
    """A published figure in a sentence, with the references it comes from; all of them have been seen."""

    says: Words
    sources: Annotated[list[str], Meta(min_length=1)]


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a procedure, with an id that stays."""

    id: Id
    says: Words


class Reading(Struct, frozen=True, forbid_unknown_fields=True):
    """What is read off.

    Parameters
    ----------
    what : str
    unit : str
        ``°``, ``s``, ``0–10``, ``words``.
    sign : str
        Which way is positive; empty where there is no sign.
    within_error, difference : float or None
        Side differences up to the first are within error, from the second on they are one; in between nobody can say.
    """

    what: Words
    unit: Words
    sign: str = ""
    within_error: float | None = None
    difference: float | None = None


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """A common fault, and what it does to the reading or to the client."""

    says: Words
    so: Words


class SpecialTest(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test with the hands.

    Parameters
    ----------
    position : str
        Of the body, one of `body.positions`, at the start or where it is read; empty where the figure has none.
    client, hands : str
        How the client lies, sits or stands; where the therapist is and what the hands do.
    steps : list of Step
        In order.
    end_feel : str
        What is felt at the end; empty where there is none to feel.
    reads : list of Reading
    loads : str
        What it really loads or provokes.
    cannot_say : str
        The conclusion that it does not allow.
    figures : list of Figure
    faults : list of Fault
    not_when : list of str
    """

    position: str = ""
    client: Words
    hands: Words
    steps: Annotated[list[Step], Meta(min_length=2)]
    end_feel: str = ""
    reads: Annotated[list[Reading], Meta(min_length=1)]
    loads: Words
    cannot_say: Words
    figures: list[Figure] = []
    faults: Annotated[list[Fault], Meta(min_length=1)]
    not_when: Annotated[list[str], Meta(min_length=1)]


class Palpation(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place under the fingers; regions are those of the body map without their side."""

    regions: list[str]
    find: Words
    touch: Words
    tells: Words
    careful: str = ""


class Observation(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sign that is seen: from where, what it may mean, and what it does not prove."""

    position: str = ""
    view: Literal["", "front", "back", "side", "any"] = ""
    look: Words
    may_mean: Words
    proves_not: Words


class Dose(Struct, frozen=True, forbid_unknown_fields=True):
    """A band, both ends included: ``30`` to ``90`` ``s`` for each ``hold``."""

    what: Words
    low: float
    high: float
    unit: Words


class Technique(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A technique of the table.

    Parameters
    ----------
    family : str
        How it acts.
    aim : str
        As it is taught, not as it is proved.
    how, direction : str
    pressure : (int, int) or None
        On the course's scale from 1 to 5; None where nothing presses.
    dose : list of Dose
        Usual practice unless sources say otherwise; empty where no dose is taught.
    where_not : list of str
    regions : list of str
        Where on hip and leg it is usual, as regions of the body map without their side.
    conflicts : list of str
        Ids of disputes about it.
    """

    family: Family
    regions: Annotated[list[str], Meta(min_length=1)]
    conflicts: list[str] = []
    aim: Words
    how: Words
    direction: str = ""
    pressure: tuple[int, int] | None = None
    dose: list[Dose] = []
    where_not: Annotated[list[str], Meta(min_length=1)]
    figures: list[Figure] = []


class Stage(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stage of the outer knee, by signs."""

    signs: Annotated[list[str], Meta(min_length=1)]
    usual_days: str
    work: list[str]
    leave: list[str]


class Area(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the body with one reason to keep off it.

    Parameters
    ----------
    regions : list of str
        Of the body map, without their side; empty where the map has none.
    always : str
        How much is left out in every client; empty where a rule decides.
    still : bool
        A joint or a whole part: where hands keep off it, it is not moved either.
    """

    regions: list[str]
    still: bool = False
    always: Literal["", "no-deep-pressure", "light-only", "hands-off"] = ""
    says: Words


class Finding(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that a client says or shows and that counts for safety.

    Parameters
    ----------
    screen : int
        Line of the screen card, 1 to 6; 0 where it is asked, seen or felt elsewhere.
    weight : str
        ``danger``, ``caution`` or ``note``: no alarm by itself.
    sided : bool
        It may be written with its side: ``right-locked-knee``.
    placed : bool
        It may be written with its place on the body map: ``bruise@right-calf``.
    """

    screen: Annotated[int, Meta(ge=0, le=6)] = 0
    weight: Literal["danger", "caution", "note"]
    sided: bool = False
    placed: bool = False


class NoGo(Struct, frozen=True, forbid_unknown_fields=True):
    """An area that a rule closes, and how far."""

    area: str
    degree: Degree


class Exclude(Struct, frozen=True, forbid_unknown_fields=True):
    """Techniques or tests that a rule takes out: everywhere, or in one area, or in one manner of doing them."""

    techniques: Annotated[list[str], Meta(min_length=1)]
    why: Words
    area: str = ""
    how: str = ""


class Rule(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a finding asks for; `safety` applies it.

    Parameters
    ----------
    when : list of str
        Findings that must all be there.
    one_of : list of str
        At least one of these must be there too, where any is named. No rule asks that something be absent.
    hands, who : str
        The boldest that is safe.
    says : str
        The reason, for students to read.
    tell : str
        What the client is told, or what is done meanwhile.
    no_go, exclude, conflicts
        Areas, techniques and tests left out; ids of disputes that the rule touches.
    row : str
        Line of the safety table that it speaks for; empty where it comes from elsewhere.
    """

    when: list[str] = []
    one_of: list[str] = []
    hands: Hands
    who: Who
    says: Words
    tell: str = ""
    no_go: list[NoGo] = []
    exclude: list[Exclude] = []
    conflicts: list[str] = []
    row: str = ""


class Side(Struct, frozen=True, forbid_unknown_fields=True):
    """One side of a dispute: what it says, and who."""

    says: Words
    sources: list[str] = []
    claims: list[str] = []
    basis: Basis = ""


class Conflict(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sources that disagree: both sides named, and what this course does meanwhile."""

    sides: Annotated[list[Side], Meta(min_length=2)]
    course: Words


class LookAlike(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something else that hurts there.

    Parameters
    ----------
    points_to, points_away : list of str
        Away from the band, that is.
    does : str
        What a massage therapist does.
    findings : list of str
        Findings that stand for it in the rules.
    hands, who : str
        The boldest that is safe when these findings are there.
    """

    points_to: Annotated[list[str], Meta(min_length=1)]
    points_away: list[str] = []
    does: Words
    findings: Annotated[list[str], Meta(min_length=1)]
    hands: Hands
    who: Who


class Drawn(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to do at home as a position of the body.

    Parameters
    ----------
    position : str
        Of the body, one of `body.positions`.
    name : str
        As the course writes it.
    how, amount, progress : str
        What is to be said of it alone: where one is empty, the record's `how`, `dose` or `progress` holds.
    where_not : list of str
        Likewise, in place of the record's.
    """

    position: str
    name: Words
    how: str = ""
    amount: str = ""
    progress: str = ""
    where_not: list[str] = []


class SelfCare(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something to do at home; the first five kinds are the five steps, in their order."""

    kind: Literal["move", "self-massage", "mobilise", "stretch", "exercise", "comfort", "habit"]
    drawn: list[Drawn] = []
    how: Words
    dose: list[Dose] = []
    progress: str = ""
    limit: Words
    where_not: Annotated[list[str], Meta(min_length=1)]
    figures: list[Figure] = []


class Running(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A step or rule on the way back to running or riding."""

    says: Words
    goes_on_when: str = ""
    stops_when: str = ""
    dose: list[Dose] = []
    figures: list[Figure] = []


class Practice(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one works: consent, draping, positions, scales, hygiene, stopping, aftercare, scope, records."""

    topic: Literal[
        "consent", "draping", "position", "scale", "hygiene", "stop", "aftercare", "scope", "record", "screen"
    ]
    positions: list[str] = []
    says: Annotated[list[str], Meta(min_length=1)]
    never: list[str] = []


class SessionAct(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a session holds beside techniques.

    Parameters
    ----------
    family : str
    includes : list of str
        Techniques that are done in it: where one of them is left out, so is the act.
    placed : bool
        It is done at a place of the body.
    says : str
    """

    family: Family
    includes: list[str] = []
    placed: bool = False
    says: Words


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Some of what a session may hold: of these families or these ids; each further field narrows it.

    Parameters
    ----------
    families, techniques : list of str
        Of techniques and of acts; anything where both are empty.
    where : str
        ``near``, where a rule of safety closes something to this client; ``away``, anywhere else; empty: anywhere.
    pressure : (int, int) or None
        On the course's scale, both ends included; None for any, and for what does not press.
    """

    families: list[Family] = []
    techniques: list[str] = []
    where: Literal["", "near", "away"] = ""
    pressure: tuple[int, int] | None = None


class SessionRule(Fact, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What comes before what in any session.

    Parameters
    ----------
    first, then : Part
    each : str
        ``then``: each of `then` has one of `first` before it; ``first``: each of `first` has one of `then` after it.
    says : str
        The reason, for students to read.
    misconception : str
        The mistaken idea that turns it round.
    """

    first: Part
    then: Part
    each: Literal["first", "then"]
    says: Words
    misconception: Words


AnyFact = TypeVar("AnyFact", bound=Fact)
TOPICS: dict[str, type[Fact]] = {
    "special_tests": SpecialTest,
    "palpation": Palpation,
    "observation": Observation,
    "techniques": Technique,
    "stages": Stage,
    "areas": Area,
    "findings": Finding,
    "conflicts": Conflict,
    "rules": Rule,
    "look_alikes": LookAlike,
    "self_care": SelfCare,
    "running": Running,
    "practice": Practice,
    "session_acts": SessionAct,
    "session_rules": SessionRule,
}
"""Every file of `data/clinic/` and what its records are."""


def special_tests() -> dict[str, SpecialTest]:
    """Return the tests with the hands, by id."""
    return _read("special_tests", SpecialTest)


def palpation() -> dict[str, Palpation]:
    """Return the places under the fingers, by id."""
    return _read("palpation", Palpation)


def observation() -> dict[str, Observation]:
    """Return the signs that are seen, by id."""
    return _read("observation", Observation)


def techniques() -> dict[str, Technique]:
    """Return the techniques, by id."""
    return _read("techniques", Technique)


def stages() -> dict[str, Stage]:
    """Return the stages of the outer knee, by id."""
    return _read("stages", Stage)


def areas() -> dict[str, Area]:
    """Return the areas that rules may close, by id."""
    return _read("areas", Area)


def findings() -> dict[str, Finding]:
    """Return the findings that count for safety, by id."""
    return _read("findings", Finding)


def conflicts() -> dict[str, Conflict]:
    """Return the disputes, by id."""
    return _read("conflicts", Conflict)


def rules() -> dict[str, Rule]:
    """Return the rules of safety, by id."""
    return _read("rules", Rule)


def look_alikes() -> dict[str, LookAlike]:
    """Return what else hurts there, by id."""
    return _read("look_alikes", LookAlike)


def self_care() -> dict[str, SelfCare]:
    """Return what clients do at home, by id."""
    return _read("self_care", SelfCare)


def running() -> dict[str, Running]:
    """Return the way back to running and riding, by id."""
    return _read("running", Running)


def practice() -> dict[str, Practice]:
    """Return how one works, by id."""
    return _read("practice", Practice)


def session_acts() -> dict[str, SessionAct]:
    """Return what a session holds beside techniques, by id."""
    return _read("session_acts", SessionAct)


def session_rules() -> dict[str, SessionRule]:
    """Return what comes before what in any session, by id."""
    return _read("session_rules", SessionRule)


def facts(topic: str) -> dict[str, Fact]:
    """Return the records of a topic by id, whatever they are.

    Raises
    ------
    FactsError
        If there is no such topic, or its file contradicts itself.
    """
    if topic not in TOPICS:
        raise FactsError(f"There is no topic «{topic}». There are: {', '.join(TOPICS)}.")
    return _read(topic, TOPICS[topic])


def without_source() -> list[str]:
    """Return every record that names neither a source nor on what else it rests, as ``topic/id``."""
    found = []
    for topic in TOPICS:
        for one in facts(topic).values():
            said: list[Fact | Side] = [one, *(one.sides if isinstance(one, Conflict) else ())]
            if not all(part.sources or part.basis in ALONE for part in said):
                found.append(f"{topic}/{one.id}")
    return found


def counted() -> dict[str, int]:
    """Return how many records each topic has."""
    return {topic: len(facts(topic)) for topic in TOPICS}


@cache
def region_names() -> frozenset[str]:
    """Return the names of all regions of body map and close-ups, without their side."""
    return frozenset(
        place.id.removeprefix("right-").removeprefix("left-") for view in pictures().values() for place in view.regions
    )


@cache
def region_ids() -> frozenset[str]:
    """Return the ids of all regions of body map and close-ups."""
    return frozenset(place.id for view in pictures().values() for place in view.regions)


def on_sides(names: Iterable[str], sides: Sequence[str]) -> list[str]:
    """Return the ids of regions on some sides; what lies in the middle has no side."""
    found = []
    for name in names:
        sided = [f"{side}-{name}" for side in sides if f"{side}-{name}" in region_ids()]
        found += sided or [name]
    return found


def _read(topic: str, kind: type[AnyFact]) -> dict[str, AnyFact]:
    return _cached(topic)  # type: ignore[return-value]


@cache
def _cached(topic: str) -> dict[str, Fact]:
    path = files("itband_course").joinpath(f"data/clinic/{topic}.toml")
    return parse(topic, path.read_text("utf-8"))


def parse(topic: str, text: str) -> dict[str, Fact]:
    """Return the records that a file of a topic holds.

    Raises
    ------
    FactsError
        If the file is not TOML, a record lacks a field, an id stands twice, or a name leads nowhere.
    """
    where = f"data/clinic/{topic}.toml"
    try:
        raw = tomllib.loads(text)
        if set(raw) != {"fact"}:
            raise FactsError(f"{where} holds {', '.join(sorted(raw)) or 'nothing'}: write [[fact]] tables only.")
        found = [_converted(where, number, entry, TOPICS[topic]) for number, entry in enumerate(raw["fact"], start=1)]
    except tomllib.TOMLDecodeError as error:
        raise FactsError(f"{where} is not TOML ({error}). Mend the line that it names.") from error
    by_id: dict[str, Fact] = {}
    for one in found:
        if one.id in by_id:
            raise FactsError(f"{where}, «{one.id}»: this id stands twice. Give each record its own.")
        faults = _faults(one)
        if faults:
            raise FactsError(f"{where}, «{one.id}»: {' '.join(faults)}")
        by_id[one.id] = one
    return by_id


def _converted(where: str, number: int, entry: object, kind: type[Fact]) -> Fact:
    name = entry.get("id", f"record {number}") if isinstance(entry, dict) else f"record {number}"
    try:
        return msgspec.convert(entry, type=kind)
    except msgspec.ValidationError as error:
        raise FactsError(f"{where}, «{name}»: {error}. Mend that field.") from error


def _faults(one: Fact) -> list[str]:
    """Return what is wrong with a record that has the right fields."""
    faults = _unknown("source", _all_sources(one), references())
    faults += _unknown("region", getattr(one, "regions", []), region_names())
    places = [getattr(one, "position", ""), *getattr(one, "positions", [])]
    places += [drawn.position for drawn in getattr(one, "drawn", [])]
    faults += _unknown("position", [place for place in places if place], positions())
    for figure in getattr(one, "figures", []):
        unseen = [key for key in figure.sources if key in references() and references()[key].checked != "seen"]
        faults += [
            f"The figure «{figure.says}» comes from {key}, which nobody has seen: leave it out." for key in unseen
        ]
    for band in getattr(one, "dose", []):
        if not 0 <= band.low <= band.high:
            faults.append(f"The band of «{band.what}» begins above its end: turn it round.")
    if isinstance(one, SpecialTest):
        faults += _twice("step", [step.id for step in one.steps])
    if isinstance(one, Technique) and one.pressure and not 1 <= one.pressure[0] <= one.pressure[1] <= 5:
        faults.append("Its pressure is not a band between 1 and 5.")
    if isinstance(one, Technique):
        faults += _unknown("conflict", one.conflicts, conflicts())
    if isinstance(one, Finding) and (one.id.startswith(("right-", "left-")) or (one.sided and one.placed)):
        faults.append("A finding has no side in its id, and is sided or placed, not both.")
    if isinstance(one, Conflict):
        faults += _unknown("claim", [name for side in one.sides for name in side.claims], claims())
    if isinstance(one, LookAlike):
        faults += _unknown("finding", [bare(name) for name in one.findings], findings())
    if isinstance(one, SessionAct):
        faults += _unknown("technique", one.includes, techniques())
    if isinstance(one, SessionRule):
        named = [*one.first.techniques, *one.then.techniques]
        faults += _unknown("technique or act", named, [*techniques(), *session_acts()])
    return faults + (_rule_faults(one) if isinstance(one, Rule) else [])


def _rule_faults(rule: Rule) -> list[str]:
    faults = _unknown("finding", [*rule.when, *rule.one_of], findings())
    faults += _unknown("area", [item.area for item in rule.no_go], [*areas(), THE_PLACE])
    faults += _unknown("area", [item.area for item in rule.exclude if item.area], [*areas(), THE_PLACE])
    named = [name for item in rule.exclude for name in item.techniques]
    faults += _unknown("technique or test", named, [*techniques(), *special_tests()])
    faults += _unknown("conflict", rule.conflicts, conflicts())
    if not rule.when and not rule.one_of:
        faults.append("It names no finding: write when or one_of.")
    return faults


def bare(finding: str) -> str:
    """Return the id of a finding without its side and place."""
    name = finding.split("@", 1)[0]
    for side in SIDES:
        if name.startswith(f"{side}-"):
            return name.removeprefix(f"{side}-")
    return name


def _all_sources(one: Fact) -> list[str]:
    named = list(one.sources)
    for part in (*getattr(one, "figures", []), *getattr(one, "sides", [])):
        named += part.sources
    return named


def _unknown(what: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    there = set(known)
    return [f"There is no {what} «{name}»: mend its name." for name in names if name not in there]


def _twice(what: str, names: Sequence[str]) -> list[str]:
    return [f"Two {what}s are called «{name}»." for name in dict.fromkeys(names) if names.count(name) > 1]
