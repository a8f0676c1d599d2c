"""Two weeks of running after an outer knee has been sore: what is kept, what is broken, what can be defended.

The limits are usual practice without strong proof, as the clinic's facts on running say; each remark names what it
rests on. Full rest is as defensible as running below the pain.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from itband_course.clinic.shapes import Column, Option, Pick, Remark

DAYS = 14
WEEK = 7
COLUMNS = tuple(
    Column(f"day-{day}", str(day), f"day {day}", f"Week {1 + (day - 1) // WEEK}, day") for day in range(1, DAYS + 1)
)
A_TENTH, A_LOT = 15, 50
"""Per cent: «about 10 %» reaches to the first; beyond the second nobody would call it about 10 %."""
PICKS = (
    Pick(
        "begin",
        "The first run",
        (
            Option("signs", "once walking and stairs have been painless for some days"),
            Option("load-only", "now: it hurts in running only, and each run ends below the pain"),
            Option("calendar", "once six weeks have passed"),
        ),
    ),
    Pick(
        "ground",
        "Ground",
        (
            Option("flat", "flat, both weeks"),
            Option("hills-later", "flat first, downhill in week 2"),
            Option("hills", "up and down hill, both weeks"),
        ),
    ),
    Pick(
        "manner",
        "How each run goes",
        (
            Option("bouts", "short brisk bouts, walking between"),
            Option("slow", "slow and steady"),
            Option("flat-out", "flat out, faster than before the pain"),
        ),
    ),
    Pick(
        "stop",
        "When a run ends early",
        (
            Option("first", "at the first pain that she knows"),
            Option("three", "above 3 of 10, or if the next morning is worse than before"),
            Option("through", "only when she has to limp"),
        ),
    ),
)


class Event(Struct, frozen=True):
    """Something that happens on a day of the plan, and what may be done then."""

    id: str
    says: str
    options: tuple[Option, ...]


def read_plan(values: Sequence[float], picks: Mapping[str, str], pain_at: float) -> tuple[Remark, ...]:
    """Return what of a plan is kept, broken or open, each with reason and source.

    Parameters
    ----------
    values : sequence of float
        Kilometres of each of the `DAYS`.
    picks : mapping of str to str
        By the id of a `PICKS`, the option that was picked.
    pain_at : float
        The kilometre in which the familiar pain came when she last ran.

    Raises
    ------
    ValueError
        If there are not as many values as days.
    """
    if len(values) != DAYS:
        raise ValueError(f"A plan has {DAYS} days, not {len(values)}.")
    if not any(values):
        return (_rest(),)
    return tuple(
        [
            _every_other_day(values),
            _below_the_pain(values, pain_at),
            _rise(values),
            *_one_thing(values, picks),
            *_picked(picks),
        ]
    )


def _rest() -> Remark:
    return Remark(
        "rest",
        "open",
        "Two weeks without a run.",
        "A pause is as defensible as running below the pain. Then say what she does instead without pain, and what has "
        "to be true before she runs.",
        ("noble-1980", "orchard-1996"),
        "disputed",
    )


def _every_other_day(values: Sequence[float]) -> Remark:
    days = [day for day, (one, next_one) in enumerate(pairwise(values), 1) if one > 0 and next_one > 0]
    if not days:
        return Remark(
            "every-other-day",
            "right",
            "A day without running follows each run.",
            "The day between shows how the knee took it: its next morning is read before she runs again.",
            ("fredericson-2005",),
        )
    told = ", ".join(f"{day} and {day + 1}" for day in days[:3])
    return Remark(
        "every-other-day",
        "wrong",
        f"She runs on two days running: {told}.",
        "Every other day at most. Pain may come only next morning; the second run would hide it.",
        ("fredericson-2005",),
    )


def _below_the_pain(values: Sequence[float], pain_at: float) -> Remark:
    days = [day for day, distance in enumerate(values, 1) if distance >= pain_at]
    if not days:
        return Remark(
            "below-the-pain",
            "right",
            f"Each run ends before kilometre {pain_at:g}, where her pain came.",
            "Short at first: a run that ends before the pain provokes nothing.",
        )
    return Remark(
        "below-the-pain",
        "wrong",
        f"Day {days[0]} goes to kilometre {pain_at:g} or beyond, where her pain came.",
        "In these first two weeks each run ends before the distance of the pain. Make it shorter.",
    )


def weekly(values: Sequence[float]) -> tuple[float, float]:
    """Return the kilometres of both weeks."""
    return sum(values[:WEEK]), sum(values[WEEK:])


def _rise(values: Sequence[float]) -> Remark:
    first, second = weekly(values)
    rule = "About 10 % a week is a rule of thumb without strong proof."
    told = f"Week 1: {first:g} km. Week 2: {second:g} km"
    if first == 0:
        return Remark("rise", "right", f"{told}: she begins in week 2.", f"There is no rise yet. {rule}")
    if second <= first:
        return Remark("rise", "right", f"{told}: no rise.", f"Nothing has to rise in two weeks. {rule}")
    share = round(100 * (second - first) / first)
    if share <= A_TENTH:
        return Remark("rise", "right", f"{told}: {share} % more.", rule)
    if share <= A_LOT:
        return Remark(
            "rise",
            "think",
            f"{told}: {share} % more.",
            f"{rule} Who goes beyond it says why, and reads each morning after.",
        )
    return Remark("rise", "wrong", f"{told}: {share} % more.", f"{rule} But this is a leap: let it rise by less.")


def _one_thing(values: Sequence[float], picks: Mapping[str, str]) -> list[Remark]:
    first, second = weekly(values)
    rises = ["distance"] if second > first > 0 else []
    if picks.get("ground") in ("hills-later", "hills"):
        rises.append("downhill")
    if picks.get("manner") == "flat-out":
        rises.append("pace")
    if len(rises) > 1:
        return [
            Remark(
                "one-thing",
                "wrong",
                f"More than one thing rises: {', '.join(rises)}.",
                "One thing at a time. If the knee hurts, nobody knows which of them did it.",
            )
        ]
    if not picks.get("ground") or not picks.get("manner"):
        return []
    return [
        Remark(
            "one-thing",
            "right",
            f"Only one thing rises: {rises[0]}." if rises else "Nothing rises yet.",
            "One thing at a time: if the knee hurts, you know which.",
        )
    ]


_SAID = {
    "signs": Remark(
        "begin",
        "right",
        "She begins by signs.",
        "Walking and stairs painless for some days: the knee says when, not the calendar.",
        ("fredericson-2005",),
    ),
    "load-only": Remark(
        "begin",
        "open",
        "She runs on, below the pain.",
        "A pause, or running below the pain: both can be defended. This one needs a stated load, a limit and the "
        "next-morning rule. It is not for a knee that hurts at rest or in walking.",
        ("noble-1980", "orchard-1996"),
        "disputed",
    ),
    "calendar": Remark(
        "begin",
        "wrong",
        "She begins by the calendar.",
        "Some are ready sooner, others later: weeks alone say nothing of the knee. Take signs instead.",
        ("beers-2008",),
    ),
    "flat": Remark(
        "ground",
        "right",
        "Flat ground.",
        "This pain is typically worse downhill, so downhill waits. Why it is worse is open.",
        ("orchard-1996", "noble-1980"),
    ),
    "hills-later": Remark(
        "ground",
        "wrong",
        "Downhill in week 2.",
        "It is typically worse downhill. Downhill comes last, by itself, when the distance on the flat is painless.",
        ("orchard-1996", "noble-1980"),
    ),
    "hills": Remark(
        "ground",
        "wrong",
        "Hills from the first run.",
        "It is typically worse downhill. Downhill comes last, by itself, when the distance on the flat is painless.",
        ("orchard-1996", "noble-1980"),
    ),
    "bouts": Remark(
        "manner",
        "right",
        "Short brisk bouts.",
        "Brisk running is held less likely to bring it than slow; why is open. Walking between keeps each bout short.",
        ("orchard-1996",),
    ),
    "slow": Remark(
        "manner",
        "open",
        "Slow and steady.",
        "Nothing forbids it. But slow running is often borne less well than brisk. If it hurts, try short brisk bouts.",
        ("orchard-1996",),
    ),
    "flat-out": Remark(
        "manner",
        "wrong",
        "Flat out.",
        "Brisk is not flat out. More pace than ever before is a rise of its own, and comes when distance is painless.",
        ("fredericson-2005",),
    ),
    "first": Remark(
        "stop",
        "right",
        "She stops at the first pain that she knows.",
        "Then she walks home. Agreed beforehand, it is easier to keep.",
    ),
    "three": Remark(
        "stop",
        "open",
        "She stops above 3 of 10, and reads the next morning.",
        "This is the other road: below the pain, with a limit and the next-morning rule. It can be defended as well.",
        ("noble-1980", "orchard-1996"),
        "disputed",
    ),
    "through": Remark(
        "stop",
        "wrong",
        "She stops only when she limps.",
        "By then the knee has been provoked with every step. Agree on the first pain that she knows, or on 3 of 10.",
        ("fredericson-2005",),
    ),
}


def _picked(picks: Mapping[str, str]) -> list[Remark]:
    found = [_SAID.get(picks.get(pick.id, "")) for pick in PICKS]
    missing = [pick.title.lower() for pick, said in zip(PICKS, found, strict=True) if said is None]
    open_still = [Remark("missing", "think", f"Not chosen yet: {', '.join(missing)}.", "A plan says these too.")]
    return [said for said in found if said] + (open_still if missing else [])


def is_sound(remarks: Sequence[Remark]) -> bool:
    """Return whether nothing of a plan is broken or missing."""
    return all(remark.sign != "wrong" and remark.id != "missing" for remark in remarks)


def events(values: Sequence[float], name: str) -> tuple[Event, ...]:
    """Return what happens on the way, on days on which this plan has a run; nothing in a plan without runs."""
    runs = [(day, distance) for day, distance in enumerate(values, 1) if distance > 0]
    if not runs:
        return ()
    day, distance = runs[0]
    last, _ = runs[-1]
    return (
        Event(
            "small-pain",
            f"Day {day}, kilometre {max(distance / 2, 0.5):g}: the pain that {name} knows comes at the outer knee, 2 "
            "of 10.",
            (
                Option("stop", "She stops and walks home."),
                Option("walk-then-run", "She walks until it is gone, then runs a shorter bout."),
                Option("run-on", "She runs the rest as planned."),
            ),
        ),
        Event(
            "worse-morning",
            f"The morning after day {day}: stairs hurt at the outer knee, 2 of 10. They were painless the day before.",
            (
                Option("wait", "The next run waits until stairs are painless again, and is shorter."),
                Option("pause", "She pauses for two weeks, and walks and cycles without pain."),
                Option("as-planned", "The next run stays as planned: it is only 2 of 10."),
            ),
        ),
        Event(
            "other-pain",
            f"Day {last}: the outer knee is quiet. But since yesterday her groin aches with each step.",
            (
                Option("run-shorter", "She runs half the distance, and stretches the groin."),
                Option("see-today", "She stops running, and a physician sees it the same day."),
                Option("see-later", "She rests for two weeks, and tells you at the next visit."),
            ),
        ),
    )


_DECIDED = {
    ("small-pain", "stop"): Remark(
        "small-pain", "right", "She stops and walks home.", "The first pain that you know ends the run: usual practice."
    ),
    ("small-pain", "walk-then-run"): Remark(
        "small-pain",
        "open",
        "Walk, then a shorter bout.",
        "This can be defended where a limit was agreed: 3 of 10 or less, and next morning as before. If it comes "
        "again, "
        "she walks home.",
        ("noble-1980", "orchard-1996"),
        "disputed",
    ),
    ("small-pain", "run-on"): Remark(
        "small-pain",
        "wrong",
        "She runs the rest.",
        "It tempts because 2 is little. But each further step provokes a knee that has just shown its limit.",
    ),
    ("worse-morning", "wait"): Remark(
        "worse-morning",
        "right",
        "The next run waits, and is shorter.",
        "Worse next morning means: it was too much. She goes back to what was borne well.",
    ),
    ("worse-morning", "pause"): Remark(
        "worse-morning",
        "open",
        "She pauses.",
        "A pause can be defended as well. She says what she does instead, and what has to be true before she runs.",
        ("noble-1980", "orchard-1996"),
        "disputed",
    ),
    ("worse-morning", "as-planned"): Remark(
        "worse-morning",
        "wrong",
        "As planned.",
        "It tempts because 2 is within 3 of 10. But the limit has two halves, and the second is: back to where it "
        "was by "
        "next morning.",
        ("fredericson-2005",),
    ),
    ("other-pain", "see-today"): Remark(
        "other-pain",
        "right",
        "A physician, the same day.",
        "Groin pain with each step is taken as bone until a physician has looked. No weight on that leg, and somebody "
        "drives. No run, no exercise, no stretch, no test.",
        ("robertson-2017",),
        "",
    ),
    ("other-pain", "run-shorter"): Remark(
        "other-pain",
        "wrong",
        "A shorter run, and a stretch.",
        "This is not the outer knee. Groin pain with each step may come from the neck of the thigh bone, and that bone "
        "can break.",
        ("robertson-2017",),
        "",
    ),
    ("other-pain", "see-later"): Remark(
        "other-pain",
        "wrong",
        "Two weeks of rest.",
        "To stop running is right. But two weeks are too long: groin pain with each step is looked at the same day.",
        ("robertson-2017",),
        "",
    ),
}


_WITHIN_THE_LIMIT = Remark(
    "small-pain",
    "open",
    "She runs on: 2 is within her 3 of 10.",
    "She agreed on 3 of 10 beforehand, so this can be defended. She stops if it rises above 3, and reads the next "
    "morning before she runs again. To stop now is as right.",
    ("noble-1980", "orchard-1996"),
    "disputed",
)


def decided(event: str, option: str, picks: Mapping[str, str]) -> Remark | None:
    """Return what is said of a decision, None where there is no such decision.

    Parameters
    ----------
    event, option : str
        What happened, and what is done.
    picks : mapping of str to str
        As for `read_plan`: what was agreed beforehand counts.
    """
    if (event, option) == ("small-pain", "run-on") and picks.get("stop") == "three":
        return _WITHIN_THE_LIMIT
    return _DECIDED.get((event, option))
