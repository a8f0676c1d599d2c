"""`show_techniques()` shows for one client where each technique goes, how deep, how long, and where not, and why.

The judgement is that of the planner: the findings go through the safety rules, and each place is tried as a row of a
plan would be.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import traitlets
from msgspec import Struct

from itband_course import colours, widgets
from itband_course.body.map import region
from itband_course.bundled import script
from itband_course.card.pictures import body_views
from itband_course.clinic.facts import Conflict, Dose, FactsError, Technique, conflicts, rules, techniques
from itband_course.clinic.reach import Reach, Why, off_the_map, reaches
from itband_course.clinic.safety import Advice, advise
from itband_course.clinic.scales import LEVELS, Family
from itband_course.facts import reading

HERE = Path(__file__).parent
VIEWS = ("right", "back", "front")
SIDE = "right-"
PLACES = (
    "lower-back",
    "gluteal",
    "anterolateral-hip",
    "lateral-hip",
    "greater-trochanter",
    "femoral-triangle",
    "anterior-thigh",
    "medial-thigh",
    "posterior-thigh",
    "lateral-thigh-upper",
    "lateral-thigh-middle",
    "lateral-thigh-lower",
    "outer-knee",
    "kneecap",
    "gerdys-tubercle",
    "fibular-head-and-neck",
    "popliteal-fossa",
    "calf",
    "shin",
    "ankle-and-foot",
)
"""Regions of one leg, from hip to foot, without their side: what is shown of the body map."""
FAMILIES: dict[Family, str] = {
    "light": "Light strokes",
    "kneading": "Kneading",
    "pressing": "Slow pressure",
    "movement": "Movement",
    "stretch": "Stretch",
    "comfort": "Cold and warmth",
}
FIND = "fits-and-not"
"""The task: at one place find a technique that fits and one that does not."""
Task = Literal["", "fits-and-not"]


class Option(Struct, frozen=True):
    """Something that a client may have: an id, its words, and the findings that stand for it."""

    id: str
    text: str
    findings: tuple[str, ...]


KNEES = (
    Option("no-sore-knee", "No sore knee", ()),
    Option("at-rest", "Hurts at rest, and is warm", ("right-knee-pain-at-rest", "right-outer-knee-warm")),
    Option("with-load", "Hurts only with load, and is cool", ("right-outer-knee-pain-with-load",)),
    Option("for-months", "Hurts late in the run, for months, and is cool", ("right-outer-knee-pain-for-months",)),
)
"""What the client says of the right outer knee: one of these."""
ALSO = (
    Option("anticoagulant", "Takes an anticoagulant, a medicine against clots", ("anticoagulant",)),
    Option("bruise", "Has a bruise on the front of the right thigh", ("bruise@right-anterior-thigh",)),
    Option("outer-hip", "Knows the pain over the right greater trochanter", ("right-pain-over-trochanter",)),
    Option("osteoporosis", "Has osteoporosis, thin bones", ("osteoporosis",)),
    Option("lost-feeling", "Has felt little in the right foot for years", ("right-known-loss-of-feeling",)),
    Option("pregnant", "Is pregnant, without any warning sign", ("pregnant",)),
    Option("swollen-leg", "Has a right leg that is swollen since yesterday", ("right-one-leg-swollen",)),
)
"""What else there may be: any of these."""


class Techniques(widgets.Widget):
    """Techniques on the body map of a client whose findings the student chooses.

    The browser sets `client`; the kernel answers with `told`, which names that client again. What was told so far stays
    until then.

    Parameters
    ----------
    technique, place : str
        What is chosen at first.
    knee : str
        Id of `KNEES`.
    also : sequence of str
        Ids of `ALSO`.
    task : str
        ``fits-and-not``, or empty.
    """

    _esm = script("treating")
    _css = widgets.style(
        "itband-techniques",
        ["right", "wrong", "recorded", "failed"],
        [HERE.parent / "card" / name for name in ("card.css", "bodymap.css")] + [HERE / "treating.css"],
        # Skin is light on every ground, so what is drawn on it has the colours of a light one.
        {"fits": colours.shown("right"), "off": colours.shown("no-go"), "ink": colours.shown("text")},
    )

    picture = traitlets.Dict().tag(sync=True)
    techniques = traitlets.List().tag(sync=True)
    places = traitlets.List().tag(sync=True)
    knees = traitlets.List().tag(sync=True)
    also = traitlets.List().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    task = traitlets.Unicode("").tag(sync=True)
    client = traitlets.Dict().tag(sync=True)
    told = traitlets.Dict().tag(sync=True)

    def __init__(self, *, technique: str, place: str, knee: str, also: Sequence[str], task: Task) -> None:
        client = {"knee": knee, "also": list(also)}
        super().__init__(
            picture=body_views(list(VIEWS), set(_regions())),
            techniques=[_described(one) for one in techniques().values()],
            places=[{"id": name, "text": _capital(_name(name)), "name": _name(name)} for name in _regions()],
            knees=[{"id": one.id, "text": one.text} for one in KNEES],
            also=[{"id": one.id, "text": one.text} for one in ALSO],
            start={"technique": technique, "place": place, **client},
            task=task,
            client=client,
            told=told(client),
        )
        self.observe(lambda change: setattr(self, "told", told(change["new"])), "client")

    def __repr__(self) -> str:
        return "Techniques on the body map"

    def text(self) -> str:
        """Return in plain text each technique: where, how deep, how long, and where not."""
        lines = ["Techniques on the body map of a client. Press Run All to choose client and technique.", ""]
        for one in self.techniques:
            facts = [one["pressure"], *one["dose"], one["basis"]]
            lines += [
                f"{one['name']} ({'; '.join(fact for fact in facts if fact)})",
                f"  {_capital(one['here'])}: {'; '.join(_name(SIDE + name) for name in one['regions'])}.",
                f"  Not: {' '.join(one['where_not'])}",
            ]
        return "\n".join(lines)


def show_techniques(
    technique: str = "effleurage",
    *,
    place: str = "",
    knee: str = "no-sore-knee",
    also: Sequence[str] = (),
    task: Task = "",
) -> Techniques:
    """Return the techniques of the course on the body map of a client that the student changes.

    Parameters
    ----------
    technique : str
        Id of the technique that is chosen at first.
    place : str
        Region of the right side that is looked at first, without its side: ``anterior-thigh``. Empty for none.
    knee : str
        What the client says of the right outer knee: an id of `KNEES`.
    also : sequence of str
        What else there is: ids of `ALSO`.
    task : {'', 'fits-and-not'}
        ``fits-and-not``: at the place, find a technique that fits this client and one that does not. Needs a place.

    Raises
    ------
    FactsError
        If there is no such technique, place, knee, finding or task.
    """
    for what, name, known in (
        ("technique", technique, list(techniques())),
        ("place", place, ["", *PLACES]),
        ("knee", knee, [one.id for one in KNEES]),
        *(("finding", name, [one.id for one in ALSO]) for name in also),
        ("task", task, ["", FIND]),
    ):
        if name not in known:
            raise FactsError(f"There is no {what} «{name}». There are: {', '.join(filter(None, known))}.")
    if task and not place:
        raise FactsError("The task asks about one place: name it.")
    return Techniques(technique=technique, place=SIDE + place if place else "", knee=knee, also=also, task=task)


def told(client: dict[str, Any]) -> dict[str, Any]:
    """Return what the rules say of a client, and of each technique at each place.

    Parameters
    ----------
    client : dict
        ``knee`` and ``also``: ids of `KNEES` and `ALSO`; others are not known and count for nothing.

    Returns
    -------
    dict
        ``client``; ``hands`` and ``who`` in words; ``session``: whether there is one; ``rules``: each that applies,
        with ``name``, ``says``, ``tell``, ``rests``; ``reach``: for each technique and place ``fit``, ``pressure`` in
        words and ``why``, numbers of reasons in ``whys``.
    """
    chosen = [one for one in KNEES if one.id == client.get("knee")]
    chosen += [one for one in ALSO if one.id in client.get("also", [])]
    advice = advise(finding for one in chosen for finding in one.findings)
    whys: dict[Why, int] = {}
    reach = {
        name: {place: _told(one, whys) for place, one in reaches(technique, _regions(), advice).items()}
        for name, technique in techniques().items()
    }
    return {
        "client": client,
        "hands": LEVELS["hands"][advice.hands],
        "who": LEVELS["who"][advice.who],
        "session": advice.hands != "none",
        "rules": _rules(advice),
        "reach": reach,
        "whys": [_why(why) for why in whys],
    }


def _told(one: Reach, whys: dict[Why, int]) -> dict[str, Any]:
    return {
        "fit": one.fit,
        "pressure": _pressure(one.pressure),
        "why": [whys.setdefault(why, len(whys)) for why in one.why],
    }


def _pressure(pressures: Sequence[int]) -> str:
    if not pressures:
        return ""
    low, high = pressures[0], pressures[-1]
    return f"pressure {low} of 5" if low == high else f"pressure {low} to {high} of 5"


def _why(why: Why) -> dict[str, str]:
    return {"text": why.text, "reason": why.reason, "rests": _rests(why.basis, why.sources)}


def _rests(basis: str, sources: Sequence[str]) -> str:
    """Return on what something rests: how sure it is, and keys to look up."""
    return "; ".join(filter(None, [basis, ", ".join(sources)]))


def _rules(advice: Advice) -> list[dict[str, str]]:
    return [
        {"name": one.name, "says": one.says, "tell": one.tell, "rests": _rests(one.basis, one.sources)}
        for one in advice.applied
    ]


def _regions() -> list[str]:
    return [SIDE + name for name in PLACES]


def _name(place: str) -> str:
    """Return the name of a region of the side that is shown, without the side."""
    return region(place).name.removeprefix(SIDE.replace("-", " "))


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _described(technique: Technique) -> dict[str, Any]:
    """Return what is told of a technique whatever the client."""
    off = off_the_map(technique)
    known = [conflicts()[name] for name in technique.conflicts]
    keys = [*technique.sources, *(key for why in off for key in why.sources)]
    keys += [key for one in known for side in one.sides for key in side.sources]
    keys += [key for rule in rules().values() for key in rule.sources if _concerns(rule.exclude, technique.id)]
    return {
        "id": technique.id,
        "name": technique.name,
        "family": FAMILIES[technique.family],
        "here": "taught here, disputed" if technique.basis == "disputed" else "usual here",
        "aim": technique.aim,
        "how": technique.how,
        "direction": technique.direction,
        "pressure": _pressure(range(technique.pressure[0], technique.pressure[1] + 1)) if technique.pressure else "",
        "dose": [_dose(one) for one in technique.dose],
        "basis": technique.basis,
        "varies": technique.varies,
        "where_not": technique.where_not,
        "regions": technique.regions,
        "off_the_map": [_why(why) for why in off],
        "disputes": [_dispute(one) for one in known],
        "to_read": reading(dict.fromkeys(keys)),
    }


def _concerns(excluded: Sequence[Any], technique: str) -> bool:
    return any(technique in one.techniques for one in excluded)


def _dose(dose: Dose) -> str:
    unit = dose.unit
    band = f"{dose.high:g}" if dose.low in (0, dose.high) else f"{dose.low:g} to {dose.high:g}"
    what = "" if dose.what == unit else f"{dose.what}: "
    return f"{what}{band}\N{NARROW NO-BREAK SPACE}{unit}"


def _dispute(conflict: Conflict) -> dict[str, Any]:
    return {
        "name": conflict.name,
        "sides": [{"says": side.says, "rests": _rests(side.basis, side.sources)} for side in conflict.sides],
        "course": conflict.course,
    }
