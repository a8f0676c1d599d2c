"""What a card draws beside a question's own words: views of the body map for *hotspot*, *plan* and *workup*.

The picture is made of the course's own data from what the student may see anyway, so `questions.json` needs none of it,
and it can hold no key.
"""

from itertools import pairwise
from typing import Any

from itband_course import colours

SMALL = 0.03
"""A place is hard to hit if it is narrower than this part of the picture's height."""
TURNED = {
    "front": "the client's right is on your left",
    "back": "the client's right is on your right",
    "right": "the client's front is on your right",
    "left": "the client's front is on your left",
    "right-knee": "the client's front is on your right",
    "left-knee": "the client's front is on your left",
}
"""Which way round each view is."""


def picture(question: dict[str, Any]) -> dict[str, Any]:
    """Return what the card of a public question draws; empty for a kind without a picture.

    Parameters
    ----------
    question : dict
        As in `questions.json`.

    Returns
    -------
    dict
        ``paint``: the picture's colours, first on a light, then on a dark ground. ``views``: for each ``title``,
        ``turned`` (which way round it is), ``shows`` (what it is a picture of), ``credit`` (whom it must name),
        ``box`` (left, top, width, height in units of the map), ``outline``, ``top`` and ``shorts`` (paths), and
        ``places``: large ones first, each with ``id``, ``path``, ``at`` (a point well inside) and ``small``.
        Of a workup ``close``: the same again for its close-ups, which have a scale of their own.
    """
    if question.get("kind") in ("hotspot", "plan"):
        offered = {place["id"] for view in question["views"] for place in view["places"]}
        return body_views([view["id"].removeprefix("seen-from-") for view in question["views"]], offered)
    if question.get("kind") == "workup":
        from itband_course.body.map import close_ups

        offered = {act["region"] for group in question["groups"] for act in group["acts"] if act["region"]}
        near = [name for name in question["views"] if name in close_ups().views]
        far = [name for name in question["views"] if name not in near]
        return body_views(far, offered) | {"close": body_views(near, offered)} if offered else {}
    return {}


def body_views(names: list[str], offered: set[str]) -> dict[str, Any]:
    """Return some views at one scale, cut to the places that are offered; empty where there is none of them.

    Parameters
    ----------
    names : list of str
        Of the whole body, ``front``, or close-ups, ``right-knee``.
    offered : set of str
        Ids of the places that are drawn.

    Returns
    -------
    dict
        As of `picture`, for `bodyMap` of `bodymap.js`.
    """
    from itband_course.body import map as body

    known = body.pictures()
    shown = {name: known[name] for name in names if name in known}
    if not shown:
        return {}
    places = {name: [place for place in view.regions if place.id in offered] for name, view in shown.items()}
    views = []
    for name, (left, top, width, height) in body.cut_to(shown, offered).items():
        view = shown[name]
        views.append(
            {
                "title": view.title[0].upper() + view.title[1:],
                "turned": TURNED.get(name, ""),
                "shows": body.shows(name),
                "credit": body.credit(name),
                "box": [left, top, width, height],
                "outline": _path(view.outline),
                "top": _path(view.cloth["top"]),
                "shorts": _path(view.cloth["shorts"]),
                "places": [
                    {
                        "id": place.id,
                        "path": _path(place.rings),
                        "at": list(place.label),
                        "small": body.area(place.rings) ** 0.5 < SMALL * height,
                    }
                    for place in sorted(places[name], key=lambda place: -body.area(place.rings))
                ],
            }
        )
    # Skin is light on every ground, so what is drawn on it has the colours of a light one.
    marks = {"ink": colours.shown("text"), "chosen": colours.shown("recorded"), "between": colours.shown("ground")}
    cloth = (body.CLOTH[0], colours.mixed(body.CLOTH[1], "#ffffff", 0.35))  # light enough for the lines on it
    paint = [
        {"skin": body.SKIN[dark], "top": cloth[dark], "shorts": colours.mixed(cloth[dark], "#000000", 0.18)} | marks
        for dark in (0, 1)
    ]
    return {"paint": paint, "views": views}


def _path(rings: list[list[tuple[int, int]]]) -> str:
    """Return rings as the ``d`` of an SVG path, each corner told from the one before: about half as long."""
    parts = []
    for ring in rings:
        steps = [f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in pairwise(ring)]
        parts.append(f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z".replace(" -", "-"))
    return "".join(parts)
