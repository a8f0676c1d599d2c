"""Draw the close-up of the outer knee, `itband_course/data/leg/knee_map.json`, from the skin and landmarks of the leg.

For maintainers, and only when the picture itself has to change. Needs shapely beside the course::

    python -m venv bodies && bodies/bin/pip install numpy scipy shapely msgspec
    PYTHONPATH=.:tools/body bodies/bin/python tools/leg/build_knee_map.py

What it does: looks at the straight right knee from its outer side, takes the outline of the skin, lays a shape around
each landmark of the leg's bones, and cuts the shapes so that they lie within the skin and beside one another. The left
knee is its mirror image. The shapes are drawn, in sizes that a finger can tell apart; the landmarks beneath are those
of one man.
"""

from pathlib import Path

import numpy as np
import shapely
from build_map import label, pieces, rings, write
from shapely import affinity
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from itband_course.rig import Rig

FOLDER = Path(__file__).resolve().parents[2] / "itband_course/data/leg"
UNITS = 5000
"""Units of the map in a metre: a fifth of a millimetre, as fine as the map of the whole body is on its larger scale."""
LOW, HIGH = 0.292, 0.530
"""What is shown, metres above the floor."""
MARGIN = 60
SMOOTH = 40
GAP = 4
"""Units: what the outline is rounded by, and what is left between two places."""

# Named by what a finger finds and not by their anatomical names: to know which is which is what a question asks.
# In metres beside a landmark: (landmark, to the front, up) of the middle, half width, half height. Earlier ones lie on
# top of later ones.
PLACES: dict[str, tuple[str, list[tuple[str, float, float, float, float]]]] = {
    "outer-epicondyle": (
        "bump of the thigh bone, outer side",
        [("lateral_epicondyle", 0, 0.002, 0.013, 0.0125)],
    ),
    "gerdy": ("low bump of the shin bone, outer front", [("gerdys_tubercle", 0, -0.003, 0.0095, 0.0085)]),
    "fibula-top": (
        "knob below and behind the joint",
        [("fibular_head", -0.002, -0.004, 0.0105, 0.0095), ("fibular_neck", -0.001, 0.004, 0.009, 0.014)],
    ),
    "kneecap-front": ("kneecap", [("patella_centre", 0.007, 0.0, 0.0155, 0.0225)]),
    "outer-joint-line": (
        "gap between thigh bone and shin bone",
        [("lateral_joint_line", -0.021, 0.001, 0.006, 0.005), ("lateral_joint_line", 0.014, -0.001, 0.006, 0.005)],
    ),
    "tendon-below-kneecap": (
        "tendon below the kneecap",
        [("patella_centre", -0.002, -0.027, 0.009, 0.006), ("tibial_tuberosity", 0.002, 0.004, 0.009, 0.006)],
    ),
    "biceps-tendon": (
        "cord behind, above the joint",
        [("fibular_head", -0.011, 0.023, 0.0075, 0.006), ("lateral_epicondyle", -0.040, 0.047, 0.0085, 0.010)],
    ),
    "outer-thigh-end": (
        "muscle above the joint, outer side",
        [("lateral_epicondyle", 0.010, 0.046, 0.022, 0.013), ("lateral_epicondyle", 0.006, 0.105, 0.030, 0.016)],
    ),
    "knee-hollow": (
        "hollow behind",
        [("lateral_epicondyle", -0.058, 0.012, 0.010, 0.020), ("lateral_epicondyle", -0.060, -0.030, 0.010, 0.014)],
    ),
}
TITLES = {"right": "right knee from the outer side, straight", "left": "left knee from the outer side, straight"}


def on_paper(place: np.ndarray, side: str) -> tuple[float, float]:
    """Return where a place (to the left, up, to the front; metres) lies in the picture of a knee, in units."""
    front = place[2] * UNITS
    return (front if side == "right" else -front), -place[1] * UNITS


def outline(rig: Rig, side: str) -> Polygon:
    """Return the skin's outline between `LOW` and `HIGH`."""
    points = np.array([on_paper(place, side) for place in rig.skin("skin", rig.pose({}))])
    corners = points[rig.parts["skin"].faces]
    sides = corners[:, 1:] - corners[:, :1]
    seen = np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]) > 1e-6
    whole = shapely.union_all(shapely.polygons(corners[seen])).buffer(SMOOTH).buffer(-2 * SMOOTH).buffer(SMOOTH)
    cut = whole.intersection(box(-1e6, -HIGH * UNITS, 1e6, -LOW * UNITS))
    return max(pieces(cut.simplify(1.5)), key=lambda one: one.area)


def shape(rig: Rig, parts: list[tuple[str, float, float, float, float]], side: str) -> BaseGeometry:
    """Return the smooth shape around one place or between two."""
    found = []
    for name, forward, up, wide, tall in parts:
        x, y = on_paper(rig.landmark(name, rig.pose({})) + np.array([0, up, forward]), side)
        found.append(affinity.scale(Point(x, y).buffer(1, quad_segs=6), wide * UNITS, tall * UNITS))
    return shapely.union_all(found).convex_hull


def main() -> None:
    """Write the close-up anew."""
    rig = Rig((FOLDER / "right_leg.rig").read_bytes())
    drawn, across = {}, 0
    for side, title in TITLES.items():
        skin = outline(rig, side)
        free: BaseGeometry = skin.buffer(-GAP)
        places = []
        for name, (called, parts) in PLACES.items():
            mine = shape(rig, parts, side).intersection(free)
            free = free.difference(mine.buffer(GAP))
            places.append((f"{side}-{name}", f"{side} knee: {called}", pieces(mine.simplify(1))))
        left, top, right, bottom = (round(value) for value in skin.bounds)
        shift = across + MARGIN - left
        drawn[f"{side}-knee"] = {
            "title": title,
            "box": [across, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN],
            "outline": rings([skin], shift),
            "cloth": {"top": [], "shorts": []},
            "regions": [
                {"id": one, "name": called, "side": side, "rings": rings(found, shift), "label": label(found, shift)}
                for one, called, found in places
            ],
        }
        across += right - left + 2 * MARGIN
    content = {
        "about": "A straight knee from its outer side; the shapes of the places are drawn around the bones' landmarks.",
        "attribution": rig.header.attribution,
        "licence": rig.header.licence,
        "unit": "0.2 mm; x to the right of the picture, y down, the floor at 0",
        "views": drawn,
    }
    write(content, FOLDER / "knee_map.json")


if __name__ == "__main__":
    main()
