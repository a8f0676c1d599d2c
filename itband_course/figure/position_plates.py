"""A plate of the tests' positions, on a client's body."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itband_course import body
from itband_course.body.map import CLOTH, SKIN
from itband_course.body.positions import LEGS, BodyError, Position
from itband_course.colours import Theme, mixed, shown
from itband_course.figure.labels import ends
from itband_course.figure.plate_panel import SCREEN, STRIP, Plate, begun, in_course_style, ink
from itband_course.figure.raster import Frame, Solid, grain, look, seen_from
from itband_course.figure.shown_plate import PlateError
from itband_course.figure.style import LEADING, PADDING, SMALL, WIDTH, wrapped, write
from itband_course.rig import Rig


class Held(NamedTuple):
    """How a position is named on the plate, and what makes it this one."""

    head: str
    says: str


TESTS = {
    "ober": Held("Ober", "upper thigh in line with the trunk, knee at a right angle"),
    "modified-ober": Held("Modified Ober", "the same, the knee straight"),
    "noble": Held("Noble", "leg raised, the knee bent to 30°"),
    "thomas": Held("Thomas", "other knee held to the chest, leg straight on the table"),
    "modified-thomas": Held("Modified Thomas", "at the table's end, thigh and shin hanging"),
    "ely": Held("Ely", "lying on the belly, heel towards the buttock"),
    "side-lying-abduction": Held("Leg lift", "lying on the side, the straight leg lifted"),
    "single-leg-stance": Held("Standing on one leg", "the other side of the pelvis sinks"),
    "single-leg-squat": Held("Single-leg squat", "the pelvis sinks, the knee moves inwards"),
}
ACROSS = 3
TALLEST = 170.0
"""Height of a small picture, in points, at most."""


@in_course_style
def positions_plate(
    positions: Sequence[str] = tuple(TESTS),
    *,
    build: str = "woman-young",
    side: str = "right",
    theme: str = "light",
    dpi: int = SCREEN,
) -> Plate:
    """Return a plate of the positions in which a client is tested, one small picture each.

    Parameters
    ----------
    positions : sequence of str
        Some of `TESTS`.
    build : str
        One of `itband_course.body.builds`.
    side : {'right', 'left'}
        The tested side.
    theme : {'light', 'dark'}
    dpi : int

    Raises
    ------
    PlateError
        If there is no such position, body, side or theme.
    """
    for name in positions:
        if name not in TESTS:
            raise PlateError(f"There is no test position «{name}» on the plate. There are: {', '.join(TESTS)}.")
    if not positions:
        raise PlateError(f"Name at least one position. There are: {', '.join(TESTS)}.")
    try:
        rig = body.body(build)
        held = [body.position(name, side) for name in positions]  # type: ignore[arg-type]
    except BodyError as error:
        raise PlateError(str(error)) from None
    gap = 14.0
    cell = (WIDTH - 2 * PADDING - gap * (ACROSS - 1)) / ACROSS
    scenes = [_scene(rig, one, side, theme) for one in held]
    frames = [_frame(one, solids) for one, (_, solids) in zip(held, scenes, strict=True)]
    scale = min((cell - 2) / (frame.right - frame.left) for frame in frames)
    scale = min(scale, *(TALLEST / (frame.top - frame.bottom) for frame in frames))
    rows = [range(first, min(first + ACROSS, len(held))) for first in range(0, len(held), ACROSS)]
    says = [wrapped(TESTS[name].says, int(cell / 6.1)) for name in positions]
    # Beneath each row of pictures, room for the longest words in it.
    words = [(1 + max(len(says[at].splitlines()) for at in row)) * LEADING * SMALL + 8 for row in rows]
    heights = [
        max((frames[at].top - frames[at].bottom) * scale for at in row) + below
        for row, below in zip(rows, words, strict=True)
    ]
    title = next(one.title for one in body.builds() if one.id == build)
    plate, bottom, top = begun(
        "Each test has its own position: what hip and knee do makes the difference",
        f"Client, {title}. The {side} leg is tested: darker, with a dot",
        sum(heights) + gap * (len(rows) - 1) + STRIP,
        "Body: MakeHuman (CC0), the mean of many shapes and nobody's likeness. A drawing: nothing is measured from it.",
        theme,
        dpi,
    )
    base = top
    for row, height, below in zip(rows, heights, words, strict=True):
        base -= height
        for at in row:
            name, frame, (names, solids) = positions[at], frames[at], scenes[at]
            left = PADDING + at % ACROSS * (cell + gap)
            seen = look(solids, seen_from(*held[at].eye), frame, grain(scale, dpi), ink(plate.theme), above=1.3)
            width = (frame.right - frame.left) * scale
            picture = plate.picture(seen, names, left + (cell - width) / 2, base + below, scale)
            _mark(plate, picture.numbers == names.index("tested"), picture.box)
            under = base + below - 6 - SMALL
            write(plate.figure, left, under, TESTS[name].head, SMALL, weight="bold")
            write(plate.figure, left, under - SMALL * LEADING, says[at], SMALL, color=shown("quiet", plate.theme))
        base -= gap
    bar = plate.scale_bar(PADDING + 4, bottom + 10, scale)
    plate.alt = (
        f"{len(positions)} small pictures of a client, dressed. The {side} leg is the tested one and has a dot. "
        + " ".join(f"{TESTS[name].head}: {one.says}" for name, one in zip(positions, held, strict=True))
        + f" A bar shows {bar}."
    )
    return plate


def _scene(rig: Rig, held: Position, side: str, theme: str) -> tuple[list[str], list[Solid]]:
    """Return a client in a position, the tested leg apart from the rest of the skin."""
    pose = rig.pose(body.settled(rig, held))
    dark = theme == "dark"
    chosen: Theme = "dark" if dark else "light"
    bones = [bone.name for bone in rig.header.bones]
    tested = np.array([bone in {f"{one}_{side[0]}" for one in LEGS} for bone in bones])
    names, solids = [], []
    for name in ("skin", "shorts", "top", *held.shows):
        part = rig.parts[name]
        vertices = rig.skin(name, pose)
        if name == "skin":
            own = (part.weights * tested[part.bones]).sum(axis=1)[part.faces].mean(axis=1) > 0.5
            names += ["skin", "tested"]
            darker = mixed(SKIN[dark], shown("text"), 0.26)
            solids += [
                Solid(vertices, part.faces[~own], SKIN[dark], open=True),
                Solid(vertices, part.faces[own], darker, open=True),
            ]
            continue
        colour = CLOTH[dark] if name == "top" else mixed(CLOTH[dark], shown("text"), 0.18)
        if name not in ("shorts", "top"):
            colour = mixed(CLOTH[dark], shown("text" if dark else "ground", chosen), 0.55)
        names.append(name)
        solids.append(Solid(vertices, part.faces, colour, open=True, flat=name == "table"))
    return names, solids


def _frame(held: Position, solids: Sequence[Solid]) -> Frame:
    flat = np.concatenate([seen_from(*held.eye).flat(solid.vertices) for solid in solids])
    (left, bottom), (right, top) = flat.min(axis=0), flat.max(axis=0)
    return Frame(float(left) - 0.01, float(right) + 0.01, float(bottom) - 0.01, float(top) + 0.01)


def _mark(plate: Plate, shows: NDArray[np.bool_], box: tuple[float, float, float, float]) -> None:
    """Put a dot on the tested leg, where most of it is to be seen."""
    places = ends(shows, box)
    if len(places):
        x, y, _ = places[int(places[:, 2].argmax())]
        plate.dot(float(x), float(y))
