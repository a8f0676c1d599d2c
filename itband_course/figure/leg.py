"""The drawn leg: outlines of a real right leg seen from the right, and the places on it that a hand can find."""

from functools import cache
from importlib.resources import files

import msgspec
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from msgspec import Struct

from itband_course.colours import mixed, shown

Point = tuple[float, float]
# Left, right, bottom, top of what is shown of the leg, in millimetres.
View = tuple[float, float, float, float]

TEXT, GROUND = shown("text"), shown("ground")
# Fill and edge of each tissue. Muscles are pale, so that bones, band and marks stand out.
SKIN = mixed(shown("bone"), mixed(shown("muscle"), GROUND, 0.6), 0.12)
LOOKS = {
    "skin": (SKIN, mixed(SKIN, TEXT, 0.4)),
    "muscle": (mixed(shown("muscle"), GROUND, 0.66), mixed(shown("muscle"), GROUND, 0.25)),
    "bone": (shown("bone"), mixed(shown("bone"), TEXT, 0.55)),
    "band": (shown("band"), mixed(shown("band"), TEXT, 0.4)),
}


class Outline(Struct, frozen=True):
    """The edge of one part of the leg.

    Parameters
    ----------
    name : str
        The part, as in the source: ``femur``.
    tissue : str
        ``skin``, or a meaning of `itband_course.colours`.
    corners : list of (float, float)
        In millimetres, to the front of the body and up; the first is not repeated at the end.
    """

    name: str
    tissue: str
    corners: list[Point]


class Leg(Struct, frozen=True):
    """All outlines in painter's order, the landmarks in the same millimetres, and whose data they are."""

    attribution: str
    landmarks: dict[str, Point]
    outlines: list[Outline]


@cache
def leg() -> Leg:
    """Return the right leg."""
    return msgspec.json.decode(files("itband_course").joinpath("data/anatomy/leg_lateral.json").read_bytes(), type=Leg)


def smooth_path(corners: list[Point]) -> Path:
    """Return a closed curve through all corners, so that few corners make a calm edge.

    Each piece is a cubic Bézier curve that leaves a corner in the direction of the chord between its two neighbours.
    Its handles are a third of the piece long, so that it cannot swing out at a long piece beside a short one. A sharp
    corner, as where the picture is cut, stays a corner.
    """
    count = len(corners)
    points: list[Point] = [corners[0]]
    for at in range(count):
        before, start, end, after = (corners[(at + step) % count] for step in (-1, 0, 1, 2))
        piece, length = _direction(start, end), _length(start, end) / 3
        leaving = piece if _sharp(before, start, end) else _direction(before, end)
        arriving = piece if _sharp(start, end, after) else _direction(start, after)
        points += [_moved(start, leaving, length), _moved(end, arriving, -length), end]
    return Path(points, [Path.MOVETO] + [Path.CURVE4] * (3 * count))


def _length(start: Point, end: Point) -> float:
    return ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5


def _direction(start: Point, end: Point) -> Point:
    length = _length(start, end)
    return ((end[0] - start[0]) / length, (end[1] - start[1]) / length)


def _moved(point: Point, direction: Point, length: float) -> Point:
    return (point[0] + direction[0] * length, point[1] + direction[1] * length)


def _sharp(before: Point, corner: Point, after: Point) -> bool:
    """Return whether an edge turns by more than 70 degrees at a corner; 0.34 is the cosine of 70."""
    coming, going = _direction(before, corner), _direction(corner, after)
    return coming[0] * going[0] + coming[1] * going[1] < 0.34


def draw_leg(axes: Axes, view: View, line: float, clear: bool = False) -> None:
    """Draw the part of the leg that lies in a view.

    Parameters
    ----------
    axes : Axes
        Drawn into; its limits become the view, one millimetre as long up as along.
    view : View
        What to show.
    line : float
        Width of the outlines, in points.
    clear : bool
        Whether the bones are painted over the muscles, as if these were clear; the band is last in any case, and then
        lets the bones through.
    """
    left, right, bottom, top = view
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal")
    axes.axis("off")
    outlines = [outline for outline in leg().outlines if _reaches(outline, view)]
    if clear:
        rank = {"skin": 0, "muscle": 1, "bone": 2, "band": 3}
        outlines.sort(key=lambda outline: rank[outline.tissue])
    for outline in outlines:
        fill, edge = LOOKS[outline.tissue]
        patch = PathPatch(
            smooth_path(outline.corners),
            facecolor=fill,
            edgecolor=edge,
            linewidth=line,
            joinstyle="round",
            alpha=0.75 if clear and outline.tissue == "band" else None,
            label=outline.name,
        )
        axes.add_patch(patch)


def _reaches(outline: Outline, view: View) -> bool:
    """Return whether the box around an outline and a view overlap."""
    left, right, bottom, top = view
    across = [x for x, _ in outline.corners]
    along = [y for _, y in outline.corners]
    return min(across) < right and max(across) > left and min(along) < top and max(along) > bottom
