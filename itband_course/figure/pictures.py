"""All pictures of a client, as files."""

from typing import Any, NamedTuple

import msgspec
from matplotlib.figure import Figure

from itband_course.figure.bend import bend_figure
from itband_course.figure.charts import findings_figure, load_chart, sides_chart
from itband_course.figure.client import Bend, Client, Load, Sides, Tapes, Timeline
from itband_course.figure.style import as_svg, course_style
from itband_course.figure.tapes import tapes_figure
from itband_course.figure.timeline import timeline_figure


def draw(client: Client | dict[str, Any]) -> dict[str, bytes]:
    """Return the pictures of a client by file name, the same bytes for the same facts.

    Parameters
    ----------
    client : Client or dict
        The facts, or what their TOML file holds.

    Raises
    ------
    msgspec.ValidationError
        If the facts are not those of a client; says which one and why.
    """
    facts = msgspec.convert(client, type=Client) if isinstance(client, dict) else client
    with course_style():
        return {name: as_svg(one.figure, one.title, one.words) for name, one in pictures_of(facts).items()}


class Picture(NamedTuple):
    """A picture, its title, and what it shows in words, for those who do not see it."""

    figure: Figure
    title: str
    words: str


def pictures_of(facts: Client) -> dict[str, Picture]:
    """Return the pictures that a client's facts give, by file name; to be called in the course's style."""
    made = {}
    if facts.load is not None:
        made["load.svg"] = Picture(load_chart(facts.load), facts.load.title, load_in_words(facts.load))
    if facts.sides is not None:
        made["sides.svg"] = Picture(sides_chart(facts.sides), facts.sides.title, sides_in_words(facts.sides))
    if facts.place:
        made["findings.svg"] = Picture(findings_figure(facts), facts.findings, findings_in_words(facts))
    if facts.timeline is not None:
        told = timeline_in_words(facts.timeline)
        made["timeline.svg"] = Picture(timeline_figure(facts.timeline), facts.timeline.title, told)
    if facts.tapes is not None:
        made["tapes.svg"] = Picture(tapes_figure(facts.tapes), facts.tapes.title, tapes_in_words(facts.tapes))
    if facts.bend is not None:
        made["bend.svg"] = Picture(bend_figure(facts.bend), facts.bend.title, bend_in_words(facts.bend))
    return made


def load_in_words(load: Load) -> str:
    """Return what the load chart shows, for those who do not see it."""
    weeks = ", ".join(f"{week}: {km:g} km" for week, km in zip(load.weeks, load.km, strict=True))
    return f"Distance a week. {weeks}. {load.days_ago} days ago: {load.onset}. {load.run}."


def sides_in_words(sides: Sides) -> str:
    """Return what the picture of both sides shows, for those who do not see it."""
    told = []
    for pair in sides.pair:
        each = [
            f"{side} {number:g}" + (f", {words}" if words else "")
            for side, number, words in (
                ("right", pair.right, pair.right_words),
                ("left", pair.left, pair.left_words),
            )
        ]
        told.append(f"{pair.words} ({pair.unit[0].lower()}{pair.unit[1:]}): {'; '.join(each)}.")
    return f"Right and left side by side. {' '.join(told)}"


def findings_in_words(client: Client) -> str:
    """Return what the picture of the findings shows, for those who do not see it."""
    places = []
    for place in client.place:
        told = [f"{place.name} {place.pain}"]
        told += [] if place.pain == 0 else ["familiar" if place.familiar else "not familiar"]
        places.append(", ".join([*told, *([place.words] if place.words else [])]))
    situations = ", ".join(f"{situation.words} {situation.pain}" for situation in client.situation)
    return (
        "Right leg from the outer side, pain on light touch from 0 to 10. "
        f"{'; '.join(places)}. Pain by situation, 0 to 10: {situations}."
    )


def timeline_in_words(timeline: Timeline) -> str:
    """Return what the timeline shows, for those who do not see it."""
    events = "; ".join(f"{event.when}: {event.words}" for event in timeline.event)
    return f"What happened before the visit, the earliest first. {events}."


def tapes_in_words(tapes: Tapes) -> str:
    """Return what the tapes read, for those who do not see them."""
    return f"{tapes.where}. The tape on the right reads {tapes.right:g} cm, the tape on the left {tapes.left:g} cm."


def bend_in_words(bend: Bend) -> str:
    """Return what the picture of both knees shows, for those who do not see it."""
    knees = ", ".join(f"{knee.side} knee from {knee.low}° to {knee.high}°" for knee in bend.knee)
    return f"Two legs, each straight and bent as far as it goes. {knees.capitalize()}. On the {bend.sore} {bend.end}."
