"""`coach_self_massage()`: a plan of self-massage beside a sore outer knee, on the body map, answered by rules.

What a student chose is kept in `practice.json`.
"""

from pathlib import Path
from typing import Any

import traitlets

from itband_course import colours, widgets
from itband_course.body import map as body_map
from itband_course.bundled import script
from itband_course.card.pictures import body_views
from itband_course.clinic import self_massage as rules
from itband_course.clinic.facts import Side
from itband_course.facts import short_name
from itband_course.figure.answering import Answering, Keep, Record, told
from itband_course.practising import practice_record, record_practice

HERE = Path(__file__).parent
NAME = "coach-self-massage"
TALL = 460
"""Pixels: how tall the still picture is."""
AMOUNTS = {
    "discomfort": ("Discomfort that it brings, of 10", 0, 10, 1),
    "seconds": ("Seconds a place", 10, 240, 10),
    "times": ("Times a day", 0, 5, 1),
}
"""What is set by a slider: title, ends and step."""
START: Record = {
    "stage": "load",
    "place": f"{rules.SIDE}-{rules.LAST_HAND}",
    "tool": "roller",
    "discomfort": 8,
    "seconds": 180,
    "times": 3,
}
ABOUT = (
    "Piet, 41, rows. His right outer knee is sore. This is what he does for it so far. Make it a plan that fits, or "
    "take it away. Then see what a change of the knee changes."
)


class Coach(Answering):
    """A plan of self-massage to choose, with an answer by rules.

    Parameters
    ----------
    record : dict, optional
        ``stage``, ``place`` (a region, empty for no self-massage), ``tool``, ``discomfort``, ``seconds``, ``times``,
        ``asked``.
    keep : callable, optional
        Records what a student chose.
    """

    _esm = script("coach")
    _css = widgets.style(
        "itband-coach",
        ["right", "wrong", "failed", "recorded"],
        [widgets.PANELS, HERE / "card/bodymap.css", HERE / "figure/answering.css", HERE / "coaching.css"],
        {"closed": colours.shown("no-go")},  # on skin, which is light on every ground
    )

    sheet = traitlets.Dict().tag(sync=True)

    def __init__(self, record: Record | None = None, keep: Keep | None = None) -> None:
        super().__init__(self.cleaned(record or {}), keep, sheet=_sheet())

    def answer(self, record: Record) -> dict[str, Any]:
        """Return what the rules say of a plan."""
        remarks = rules.coach(record)
        good = rules.is_sound(remarks)
        headline = "This can stay as it is." if good else "Something here does not fit this knee."
        return {"headline": headline, "good": good, "remarks": told(remarks)}

    def cleaned(self, record: Record) -> Record:
        """Return a record as it may be kept: what is missing or is not offered stands as at first."""
        found = dict(START)
        for name, known in _offered().items():
            if record.get(name) in known:
                found[name] = record[name]
        for name, (_, low, high, step) in AMOUNTS.items():
            value = record.get(name)
            if type(value) is int and low <= value <= high and (value - low) % step == 0:
                found[name] = value
        return {**found, "asked": record.get("asked") is True}

    def text(self) -> str:
        """Return in plain text what there is to choose, and the sides of the dispute."""
        sheet = self.sheet
        lines = ["Self-massage beside a sore outer knee: a plan to choose. Press Run All to choose it.", ABOUT, ""]
        lines += [f"- The knee: {' / '.join(one['text'] for one in sheet['stages'])}"]
        lines += [f"- Place: no self-massage / {' / '.join(one['text'] for one in sheet['places'])}"]
        lines += [f"- With: {' / '.join(one['text'] for one in sheet['tools'])}"]
        lines += [f"- {one['title']}: {one['low']} to {one['high']}" for one in sheet["amounts"]]
        return "\n".join([*lines, "", f"{sheet['dispute']['name']}: disputed.", *sheet["dispute"]["sides"]])

    def pictures(self) -> dict[str, str]:
        """Return the body from the side, with what is closed at the stage that is chosen."""
        stage = next(one.text for one in rules.STAGES if one.id == self.record["stage"])
        closed = rules.no_go(self.record["stage"])
        view = rules.VIEWS[0]
        picture = body_map.svg(
            view,
            dict.fromkeys(closed, "no-go"),
            title=f"Closed to pressure while the right outer knee is {stage}",
            words={"no-go": "closed to pressure"},
            box=body_map.cut_to([view], {_region(place) for place in rules.PLACES})[view],
        )
        return {"image/svg+xml": picture.replace("<svg ", f'<svg height="{TALL}" ', 1)}

    def __repr__(self) -> str:
        return "Coach: self-massage beside a sore outer knee"


def coach_self_massage() -> Coach:
    """Return a plan of self-massage to choose on the body map, answered by rules and kept."""
    return Coach(practice_record(NAME), lambda record: record_practice(NAME, record))


def _region(place: str) -> str:
    return f"{rules.SIDE}-{place}"


def _offered() -> dict[str, list[str]]:
    return {
        "stage": [one.id for one in rules.STAGES],
        "place": ["", *(_region(place) for place in rules.PLACES)],
        "tool": [one.id for one in rules.TOOLS],
    }


def _rests(side: Side) -> str:
    """Return who says something: how sure it is, and the references."""
    return "; ".join([side.basis] * bool(side.basis) + [short_name(key) for key in side.sources])


def _sheet() -> dict[str, Any]:
    """Return everything that the page shows, whatever is chosen."""
    dispute = rules.dispute()
    return {
        "about": ABOUT,
        "stages": [{"id": one.id, "text": one.text} for one in rules.STAGES],
        "places": [{"id": _region(place), "text": rules.NAMES[place]} for place in rules.PLACES],
        "tools": [{"id": one.id, "text": one.text} for one in rules.TOOLS],
        "amounts": [
            {"id": name, "title": title, "low": low, "high": high, "step": step}
            for name, (title, low, high, step) in AMOUNTS.items()
        ],
        "closed": {stage: rules.no_go(stage) for stage in rules.FINDINGS},
        "picture": body_views(list(rules.VIEWS), {_region(place) for place in rules.PLACES}),
        "dispute": {
            "name": dispute.name,
            "sides": [f"{side.says} ({_rests(side)})" for side in dispute.sides],
            "course": dispute.course,
        },
    }
