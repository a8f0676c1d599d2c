"""The moving figures that notebooks open: the leg in a pose, and a client in a position."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from itband_course import body, leg
from itband_course.body import map as body_map
from itband_course.facts import short_name
from itband_course.figure.exercises import exercise_preset
from itband_course.figure.exercises import exercises as known_exercises
from itband_course.figure.moving import CONTROLS, Figure, FigureError
from itband_course.figure.things import part_ids, with_things

LYING: dict[str, dict[str, float]] = {
    "supine": {"azimuth": -80, "elevation": 0, "roll": -90},
    "prone": {"azimuth": -100, "elevation": 0, "roll": 90},
    "side-lying": {"azimuth": 165, "elevation": 0, "roll": -90},
}
"""How the leg alone, which always stands upright in its own data, is looked at so that it lies."""

CLIENT_CONTROLS = ("views", "positions", "movement")
NO_ONE_SOURCE = "General anatomy, the same in every textbook"
TESTED = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion")
"""The angles of the tested leg that have a slider."""


def show_leg(  # noqa: PLR0913 - one argument for each thing that a lesson chooses
    pose: str = "standing",
    *,
    side: str = "right",
    view: str = "",
    layers: Sequence[str] | None = None,
    hidden: Sequence[str] = (),
    isolated: Sequence[str] = (),
    faded: Sequence[str] = (),
    selected: str = "",
    marks: Mapping[str, str] | None = None,
    positions: Sequence[str] | None = None,
    movements: Sequence[str] | None = None,
    controls: Sequence[str] = CONTROLS,
) -> Figure:
    """Return a leg that moves, with a list of its parts and what the course says of them.

    Parameters
    ----------
    pose : str
        One of `itband_course.leg.poses`: ``standing``, ``ober``.
    side : {'right', 'left'}
        The left leg is the right one in a mirror.
    view : str
        ``lateral``, ``front``, ``back`` or ``therapist``; without it the one that shows the pose best.
    layers : sequence of str, optional
        ``skin``, ``superficial``, ``band``, ``deep``, ``vessels``, ``drawn``, ``bones``; without it all but the skin.
    hidden, isolated, faded : sequence of str
        Parts that are taken away, shown alone, made clear.
    selected : str
        A part, or a place on the skin, whose words are shown.
    marks : mapping of str to str
        Places on the skin, each ``marked``, ``no-go`` or ``sore``.
    positions : sequence of str, optional
        The poses that have a button; without it all.
    movements : sequence of str, optional
        The angles that have a slider, ``knee_flexion``; without it all.
    controls : sequence of str
        Which of ``views``, ``positions``, ``movement``, ``structures``, ``layers`` stand beside the picture.

    Raises
    ------
    FigureError
        If anything is named that is not there.
    """
    presets = {
        found.id: {
            "id": found.id,
            "title": found.title,
            "text": found.about,
            "angles": found.angles,
            "view": LYING.get(found.lying) or ("lateral" if found.view == "medial" else found.view),
        }
        for found in leg.poses().values()
    }
    preset = _one_of(presets, pose, "pose")
    state: dict[str, Any] = {
        "angles": preset["angles"],
        "view": view or preset["view"],
        "hidden": list(hidden),
        "isolated": list(isolated),
        "faded": list(faded),
        "selected": selected,
        "marks": dict(marks or {}),
        "side": side,
    }
    if layers is not None:
        state["layers"] = list(layers)
    return Figure(
        leg.right_leg().data,
        title=f"{side.capitalize()} leg",
        structures=_told(),
        presets=[_one_of(presets, name, "pose") for name in (presets if positions is None else positions)],
        movements=movements,
        state=state,
        controls=controls,
        own_side="right",
        plate=_plate(),
    )


def show_client(  # noqa: PLR0913 - one argument for each thing that a lesson chooses
    position: str = "supine",
    *,
    build: str = "woman-young",
    side: str = "right",
    draped: bool = True,
    marks: Mapping[str, str] | None = None,
    selected: str = "",
    positions: Sequence[str] | None = None,
    controls: Sequence[str] = CLIENT_CONTROLS,
) -> Figure:
    """Return a client, dressed, on the table or on the floor.

    Parameters
    ----------
    position : str
        One of `itband_course.body.positions`: ``supine``, ``ober``.
    build : str
        One of `itband_course.body.builds`: ``man-middle``.
    side : {'right', 'left'}
        The tested side.
    draped : bool
        Whether a sheet covers what is not worked on, where the position has one.
    marks : mapping of str to str
        Places on the skin, each ``marked``, ``no-go`` or ``sore``: ``{"right-outer-knee": "sore"}``.
    selected : str
        A place on the skin whose name is shown.
    positions : sequence of str, optional
        The positions that have a button; without it all.
    controls : sequence of str
        Which of ``views``, ``positions``, ``movement``, ``structures``, ``layers`` stand beside the picture.

    Raises
    ------
    FigureError
        If anything is named that is not there.
    """
    offered = list(body.positions() if positions is None else positions)
    try:
        presets = {name: laid(build, name, side, draped) for name in dict.fromkeys([*offered, position])}
        return _client(build, side, presets, [position, *offered], marks or {}, selected, controls)
    except body.BodyError as error:
        raise FigureError(str(error)) from None


def show_exercises(
    *exercises: str,
    build: str = "woman-young",
    side: str = "right",
    controls: Sequence[str] = ("views", "positions"),
) -> Figure:
    """Return a client who does home exercises, with what each takes: how, how much, its limit, and with whom not.

    Parameters
    ----------
    *exercises : str
        Some of `itband_course.figure.exercises.exercises`: ``bridge``, ``side-step``; without any, all of them. The
        first is shown.
    build : str
        One of `itband_course.body.builds`: ``man-middle``.
    side : {'right', 'left'}
        The side that is trained or stretched.
    controls : sequence of str
        Which of ``views``, ``positions``, ``movement``, ``structures``, ``layers`` stand beside the picture.

    Raises
    ------
    FigureError
        If anything is named that is not there.
    """
    offered = list(exercises or known_exercises())
    try:
        presets = {name: exercise_preset(name, laid(build, name, side, draped=False)) for name in offered}
        return _client(build, side, presets, [offered[0], *offered], {}, "", controls)
    except body.BodyError as error:
        raise FigureError(str(error)) from None


def _client(  # noqa: PLR0913, PLR0917 - all that a client is shown with
    build: str,
    side: str,
    presets: Mapping[str, dict[str, Any]],
    names: Sequence[str],
    marks: Mapping[str, str],
    selected: str,
    controls: Sequence[str],
) -> Figure:
    """Return a client in the first of some named presets, with a button for each of the others."""
    held = [(body.position(name, side), preset["angles"]) for name, preset in presets.items()]  # type: ignore[arg-type]
    first, *offered = names
    start = presets[first]
    title = next(one.title for one in body.builds() if one.id == build)
    return Figure(
        with_things(build, held).data,
        title=f"Client, {title}",
        presets=[presets[name] for name in offered],
        movements=[f"{name}_{side[0]}" for name in TESTED],
        state={
            "angles": start["angles"],
            "view": start["view"],
            "cloth": start["cloth"],
            "marks": dict(marks),
            "selected": selected,
            "side": side,
        },
        controls=controls,
        plate=body_map.svg("front", marks=_mapped(marks)).encode(),
        shape=(1, 1),
    )


def _one_of(known: Mapping[str, dict[str, Any]], name: str, what: str) -> dict[str, Any]:
    if name not in known:
        raise FigureError(f"There is no {what} «{name}». There are: {', '.join(known)}.")
    return known[name]


@cache
def _told() -> dict[str, dict[str, str]]:
    """Return what is said of the leg's parts, as the figure tells it."""
    return {
        name: {
            "name": told.name,
            "latin": told.latin,
            "about": told.about,
            "attachments": told.attachments,
            "action": told.action,
            "innervation": told.nerve,
            "hands": told.hands,
            "sources": "; ".join(short_name(key) for key in told.sources) or NO_ONE_SOURCE,
        }
        for name, told in leg.structures().items()
    }


@cache
def _plate() -> bytes:
    return files("itband_course").joinpath("data/leg/plate.png").read_bytes()


def laid(build: str, name: str, side: str, draped: bool) -> dict[str, Any]:
    """Return a position of a client as the figure takes it, the body laid down so that it rests."""
    rig, found = body.body(build), body.position(name, side)  # type: ignore[arg-type]
    return {
        "id": name,
        "title": found.title[0].upper() + found.title[1:],
        "text": found.says,
        "angles": body.settled(rig, found),
        "view": {"azimuth": found.eye[0], "elevation": found.eye[1]},
        "cloth": ["shorts", "top", *found.shows, *part_ids(found), *(found.sheets if draped else ())],
    }


def _mapped(marks: Mapping[str, str]) -> dict[str, str]:
    """Return marks of the figure as the body map draws them."""
    meanings = {"marked": "accent", "no-go": "no-go", "sore": "text"}
    return {region: meanings[kind] for region, kind in marks.items() if kind in meanings}
