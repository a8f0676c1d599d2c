"""Self-massage at home, beside a sore outer knee: what of a plan fits, what does not, what can be defended.

What is closed comes from the safety rules; doses are usual practice, from the clinic's facts on self-care. No
self-massage at all is as right as any that fits.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from itband_course.clinic.facts import Conflict, areas, conflicts
from itband_course.clinic.safety import advise
from itband_course.clinic.shapes import Option, Remark

SIDE = "right"
STAGES = (
    Option("acute", "sore at rest and in walking, warm"),
    Option("load", "sore only with load, cool"),
    Option("months", "sore late in each session, for months; cool, quiet at rest"),
)
"""Of the outer knee, by signs."""
FINDINGS = {
    "acute": (f"{SIDE}-knee-pain-at-rest", f"{SIDE}-knee-pain-in-walking", f"{SIDE}-outer-knee-warm"),
    "load": (f"{SIDE}-outer-knee-pain-with-load",),
    "months": (f"{SIDE}-outer-knee-pain-for-months",),
}
TOOLS = (
    Option("hand", "own hands"),
    Option("roller", "foam roller"),
    Option("ball", "ball"),
    Option("device", "percussion device"),
)
MUSCLES = ("anterolateral-hip", "lateral-hip", "gluteal", "anterior-thigh")
"""Tensor fasciae latae, gluteus medius, gluteus maximus, the front of the thigh."""
OUTER_THIGH = ("lateral-thigh-upper", "lateral-thigh-middle")
LAST_HAND = "lateral-thigh-lower"
ELSEWHERE = ("posterior-thigh", "calf")
CLOSED = ("greater-trochanter", "outer-knee", "popliteal-fossa", "fibular-head-and-neck")
NAMES = {
    "anterolateral-hip": "front corner of the hip: tensor fasciae latae",
    "lateral-hip": "side of the hip: gluteus medius",
    "gluteal": "buttock: gluteus maximus",
    "anterior-thigh": "front of the thigh: quadriceps",
    "lateral-thigh-upper": "outer thigh, upper third",
    "lateral-thigh-middle": "outer thigh, middle third",
    "lateral-thigh-lower": "outer thigh, lower third",
    "posterior-thigh": "back of the thigh: hamstrings",
    "calf": "calf",
    "greater-trochanter": "bony bump at the side of the hip: greater trochanter",
    "outer-knee": "bony outer knee",
    "popliteal-fossa": "hollow behind the knee",
    "fibular-head-and-neck": "head and neck of the fibula",
}
PLACES = (*MUSCLES, *OUTER_THIGH, LAST_HAND, *ELSEWHERE, *CLOSED)
VIEWS = ("right", "front", "back")
MOST_DISCOMFORT, LIGHT = 5, 2
SECONDS, TIMES = (30, 60), (1, 2)
DISPUTE = "roll-more-or-less"


@cache
def no_go(stage: str) -> dict[str, str]:
    """Return why each closed place of the side is closed, by its region, for a stage of `STAGES`."""
    found: dict[str, str] = {}
    advice = advise(FINDINGS[stage])
    for place in advice.closed:
        is_offered = place.region.startswith(f"{SIDE}-") and place.region.removeprefix(f"{SIDE}-") in PLACES
        if is_offered and (place.degree != "no-deep-pressure" or place.region not in found):
            found[place.region] = place.why
    if stage != "months":
        # The body map ends the outer knee below this hand's width; the words of the area take it in.
        found[f"{SIDE}-{LAST_HAND}"] = areas()["outer-knee"].says
    return found


def dispute() -> Conflict:
    """Return the disagreement on how often the sore band is massaged, with its sides."""
    return conflicts()[DISPUTE]


def coach(plan: Mapping[str, Any]) -> tuple[Remark, ...]:
    """Return what of a plan fits and what does not, each with reason and source.

    Parameters
    ----------
    plan : mapping
        ``stage``, ``place`` (a region with its side, empty for none at all), ``tool``, ``discomfort`` (0 to 10),
        ``seconds`` a place, ``times`` a day.
    """
    if not plan["place"] or not plan["times"]:
        return (_none(),)
    return tuple(
        [
            _place(plan),
            *_tool(plan),
            _discomfort(plan),
            _seconds(plan),
            _times(plan),
        ]
    )


def is_sound(remarks: tuple[Remark, ...]) -> bool:
    """Return whether nothing of a plan is to be changed."""
    return all(remark.sign != "wrong" for remark in remarks)


def _none() -> Remark:
    return Remark(
        "nowhere",
        "right",
        "No self-massage at all.",
        "That is equally right. What rolling gave was small and short, in healthy people; on the band one session "
        "changed nothing in its stiffness.",
        ("wiewelhove-2019", "pepper-2021"),
    )


def _place(plan: Mapping[str, Any]) -> Remark:
    region, stage = plan["place"], plan["stage"]
    place = region.removeprefix(f"{SIDE}-")
    closed = no_go(stage)
    if region in closed:
        acute = stage == "acute" and place in ("outer-knee", "fibular-head-and-neck", LAST_HAND)
        if not acute and plan["tool"] == "hand" and plan["discomfort"] <= LIGHT:
            return Remark(
                "place",
                "open",
                "A light hand on a place that is closed to pressure.",
                f"{closed[region]} A light stroke does no harm there. It does not treat anything either.",
            )
        return Remark("place", "wrong", "Not here: closed to pressure.", closed[region], _why_closed(place))
    if place in MUSCLES:
        return Remark(
            "place",
            "right",
            "A muscle, away from the sore place.",
            "Tensor fasciae latae, gluteals and the front of the thigh are what is usually rolled. Keep beside the "
            "bony "
            "bump at the side of the hip, off the pulse in the groin, and out of the hollow between that bump and "
            "the sitting bone.",
            ("pepper-2021", "bartsch-2021"),
        )
    if place in ELSEWHERE:
        return Remark(
            "place",
            "open",
            "A muscle that does not pull on the band.",
            "It may feel good and does no harm: a healthy leg, no swelling. A calf that is swollen or aches on one "
            "side is "
            "not rolled: a physician sees it the same day.",
            ("nice-ng158",),
        )
    return Remark(
        "place",
        "open",
        "The outer thigh: band above, muscle beneath.",
        "It is disputed. What yields beneath the roller is vastus lateralis. One session on the band changed nothing "
        "in "
        "its stiffness, in 30 healthy people.",
        ("pepper-2021", "falvey-2010"),
        "disputed",
    )


def _why_closed(place: str) -> tuple[str, ...]:
    """Return the sources of the area that closes a place in every client."""
    return next((tuple(area.sources) for area in areas().values() if place in area.regions and area.always), ())


def _tool(plan: Mapping[str, Any]) -> list[Remark]:
    if plan["tool"] != "device":
        return []
    return [
        Remark(
            "tool",
            "think",
            "A percussion device.",
            "On muscle only, briefly and gently. Severe muscle breakdown after such a device has been reported. Dark "
            "urine "
            "after it: a physician, the same day. None under an anticoagulant.",
            ("chen-2021",),
        )
    ]


def _discomfort(plan: Mapping[str, Any]) -> Remark:
    amount = plan["discomfort"]
    if amount <= MOST_DISCOMFORT:
        return Remark(
            "discomfort",
            "right",
            f"Discomfort {amount} of 10.",
            f"At most {MOST_DISCOMFORT} on a healthy muscle. The pain of the outer knee itself is another scale: it "
            "does "
            "not belong here at all.",
        )
    return Remark(
        "discomfort",
        "wrong",
        f"Discomfort {amount} of 10.",
        f"At most {MOST_DISCOMFORT}. «It has to hurt to help» tempts because what hurts feels like work. Nobody has "
        "shown it.",
    )


def _seconds(plan: Mapping[str, Any]) -> Remark:
    low, high = SECONDS
    amount = plan["seconds"]
    if low <= amount <= high:
        return Remark("seconds", "right", f"{amount} s a place.", f"Usual practice is {low} to {high} s.")
    if amount < low:
        return Remark("seconds", "think", f"{amount} s a place.", f"Shorter than the usual {low} to {high} s. No harm.")
    if amount <= 2 * high:
        return Remark(
            "seconds", "think", f"{amount} s a place.", f"Longer than the usual {low} to {high} s. Change place."
        )
    return Remark(
        "seconds",
        "wrong",
        f"{amount} s a place.",
        f"Far longer than the usual {low} to {high} s: skin and muscle may get sore.",
    )


def _times(plan: Mapping[str, Any]) -> Remark:
    low, high = TIMES
    amount = plan["times"]
    often = f"{amount} times a day." if amount > 1 else "Once a day."
    if amount <= high:
        return Remark("times", "right", often, f"Usual practice is {low} to {high} times a day, or not at all.")
    return Remark(
        "times",
        "wrong" if amount > high + 1 or plan["stage"] == "acute" else "think",
        often,
        "Three times a day, and more the more it hurts, is what one author says. It clashes with staging: an irritable "
        "place gets less, not more. Read all sides below.",
        ("pepper-2021",),
        "one author’s opinion",
    )
