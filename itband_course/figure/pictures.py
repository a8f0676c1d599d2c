"""All pictures of a client, as files."""

from typing import Any

import msgspec

from itband_course.figure.charts import findings_figure, load_chart
from itband_course.figure.client import Bend, Client, Load, Story
from itband_course.figure.knee_charts import bend_figure, story_figure
from itband_course.figure.style import as_svg, course_style


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
    drawn = {}
    with course_style():
        if facts.load is not None:
            drawn["load.svg"] = as_svg(load_chart(facts.load), facts.load.title, load_in_words(facts.load))
        if facts.place:
            drawn["findings.svg"] = as_svg(findings_figure(facts), facts.findings, findings_in_words(facts))
        if facts.bend is not None:
            drawn["bend.svg"] = as_svg(bend_figure(facts.bend), facts.bend.title, bend_in_words(facts.bend))
        if facts.story is not None:
            drawn["story.svg"] = as_svg(story_figure(facts.story), facts.story.title, story_in_words(facts.story))
    return drawn


def load_in_words(load: Load) -> str:
    """Return what the load chart shows, for those who do not see it."""
    weeks = ", ".join(f"{week}: {km:g} km" for week, km in zip(load.weeks, load.km, strict=True))
    return f"Distance a week. {weeks}. {load.days_ago} days ago: {load.onset}. {load.run}."


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


def bend_in_words(bend: Bend) -> str:
    """Return what the picture of both knees shows, for those who do not see it."""
    knees = ", ".join(f"{knee.side} knee from {knee.low}° to {knee.high}°" for knee in bend.knee)
    return f"Two legs, each straight and bent as far as it goes. {knees.capitalize()}. On the {bend.sore} {bend.end}."


def story_in_words(story: Story) -> str:
    """Return what the picture of the story shows, for those who do not see it."""
    return "A line of time. " + " ".join(f"{event.when.capitalize()}: {event.words}" for event in story.event)
