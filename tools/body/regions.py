"""Where each region of the skin lies, drawn on the neutral body at rest by its joint centres.

A region is a function of a place that is positive inside. What comes first in the list has the first claim.
Angles about the thigh: 0 is lateral, 90 front, 180 medial, −90 back.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itband_course.rig import Region

Floats = NDArray[np.float64]


class Place(NamedTuple):
    """Places on the skin of the neutral body, each an array of n.

    Parameters
    ----------
    x, y, z : array
        Metres: to the person's left, height, to the front.
    out : array
        Metres from the body's middle.
    arm, upper, hand, head : array
        How much bones move the place, from 0 to 1: all of the arm with the collar bone, only collar bone and upper arm,
        hand, and head with neck.
    """

    x: Floats
    out: Floats
    y: Floats
    z: Floats
    arm: Floats
    upper: Floats
    hand: Floats
    head: Floats


def least(*values: Floats) -> Floats:
    """Return where all of several functions are positive."""
    found: Floats = np.minimum.reduce(np.broadcast_arrays(*values))
    return found


class Marks:
    """Heights and axes of the neutral body that the regions are drawn by, all in metres.

    Parameters
    ----------
    joints : mapping of str to array
        Joint centres of the neutral body at rest.
    points : array, shape (n, 3)
        Its skin.
    leg : array of bool, shape (n,)
        Which of these belong to thigh, shin and foot of the right side.
    """

    def __init__(self, joints: Mapping[str, Floats], points: Floats, leg: NDArray[np.bool_]) -> None:
        self.hip, self.knee, self.ankle = joints["thigh_r"], joints["shin_r"], joints["foot_r"]
        self.neck, self.ribs = joints["neck"], joints["spine_2"]
        self.heights = np.linspace(self.ankle[1] + 0.03, self.hip[1] - 0.10, 25)
        out, along = [], []
        for height in self.heights:
            near = points[leg & (np.abs(points[:, 1] - height) < 0.03)]
            out.append((np.abs(near[:, 0]).min() + np.abs(near[:, 0]).max()) / 2)
            along.append((near[:, 2].min() + near[:, 2].max()) / 2)
        self.axis_out, self.axis_z = np.array(out), np.array(along)
        middle = points[(np.abs(points[:, 0]) < 0.004) & (np.abs(points[:, 1] - self.hip[1]) < 0.3)]
        self.crotch = float(middle[:, 1].min())

    def around(self, at: Place) -> Floats:
        """Return the angle about the middle of the thigh or the shin, in degrees, from −180 to 180."""
        out = np.interp(at.y, self.heights, self.axis_out)
        along = np.interp(at.y, self.heights, self.axis_z)
        # Above the crotch the axis stays where the thigh has it, so that borders run on over the hip.
        found: Floats = np.degrees(np.arctan2(at.z - along, at.out - out))
        return found

    def sector(self, at: Place, low: float, high: float) -> Floats:
        """Return where the angle lies between two, which may run over 180."""
        middle, half = (low + high) / 2, (high - low) / 2
        off = (self.around(at) - middle + 180) % 360 - 180
        return np.radians(half - np.abs(off)) * 0.06

    def spot(self, at: Place, angle: float, height: float, radius: tuple[float, float], reach: float = 0.07) -> Floats:
        """Return a round spot on the skin: its angle, height (m) and radii (m) across and upright."""
        out = np.interp(height, self.heights, self.axis_out)
        along = np.interp(height, self.heights, self.axis_z)
        turn = np.radians(angle)
        across = -(at.out - out) * np.sin(turn) + (at.z - along) * np.cos(turn)
        facing = (at.out - out) * np.cos(turn) + (at.z - along) * np.sin(turn)
        round_ = 1 - np.hypot(across / radius[0], (at.y - height) / radius[1])
        return least(round_ * radius[0], facing, reach + 0.1 - np.abs(facing))


def _triangle(at: Place, corners: list[tuple[float, float]]) -> Floats:
    """Return where a place seen from the front lies in a triangle of (out, y), counter-clockwise or not."""
    inside = []
    middle = np.mean(corners, axis=0)
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        normal = np.array([y1 - y2, x2 - x1]) / np.hypot(x2 - x1, y2 - y1)
        if normal @ (middle - [x1, y1]) < 0:
            normal = -normal
        inside.append(normal[0] * (at.out - x1) + normal[1] * (at.y - y1))
    return least(*inside)


Rule = Callable[[Marks, Place], Floats]
# One side of the body: id, name, rule.
SIDED: list[tuple[str, str, Rule]] = [
    ("hand", "hand", lambda m, p: p.hand - 0.5),
    ("arm", "arm", lambda m, p: least(p.arm - 0.5, 0.5 - p.upper)),
    ("shoulder", "shoulder", lambda m, p: p.arm - 0.5),
    ("greater-trochanter", "greater trochanter", lambda m, p: m.spot(p, -8, m.hip[1] - 0.018, (0.030, 0.034), 0.2)),
    ("gerdys-tubercle", "Gerdy’s tubercle", lambda m, p: m.spot(p, 52, m.knee[1] - 0.043, (0.0135, 0.0135))),
    (
        "fibular-head-and-neck",
        "fibular head and neck",
        lambda m, p: m.spot(p, -22, m.knee[1] - 0.058, (0.0165, 0.028)),
    ),
    ("kneecap", "kneecap", lambda m, p: m.spot(p, 90, m.knee[1] + 0.016, (0.029, 0.031))),
    (
        "popliteal-fossa",
        "popliteal fossa",
        lambda m, p: m.spot(p, -90, m.knee[1] - 0.005, (0.037, 0.055)),
    ),
    (
        "femoral-triangle",
        "femoral triangle",
        lambda m, p: least(
            _triangle(
                p,
                [
                    (m.hip[0] * -1 + 0.012, m.hip[1] + 0.050),
                    (0.040, m.hip[1] - 0.045),
                    (m.hip[0] * -1 - 0.022, m.hip[1] - 0.165),
                ],
            ),
            p.z - m.hip[2] - 0.02,
        ),
    ),
    (
        "outer-knee",
        "outer knee",
        lambda m, p: least(p.y - m.knee[1] + 0.092, m.knee[1] + 0.062 - p.y, m.sector(p, -52, 68)),
    ),
    (
        "inner-knee",
        "inner knee",
        lambda m, p: least(p.y - m.knee[1] + 0.075, m.knee[1] + 0.062 - p.y, m.sector(p, 112, 232)),
    ),
    (
        "anterolateral-hip",
        "front of the hip",
        lambda m, p: least(m.sector(p, 22, 72), p.y - m.hip[1] + 0.055, m.hip[1] + 0.095 - p.y, p.z - m.hip[2] + 0.01),
    ),
    (
        "lateral-hip",
        "side of the hip",
        lambda m, p: least(m.sector(p, -42, 22), p.y - m.hip[1] + 0.055, m.hip[1] + 0.125 - p.y),
    ),
    (
        "gluteal",
        "buttock",
        lambda m, p: least(m.hip[2] - 0.005 - p.z, p.y - m.crotch + 0.028, m.hip[1] + 0.115 - p.y),
    ),
    *(
        (
            f"lateral-thigh-{part}",
            f"outer thigh, {part} third",
            lambda m, p, low=low, high=high: least(
                m.sector(p, -36, 40),
                p.y - m.knee[1] - low * (m.hip[1] - m.knee[1]),
                m.knee[1] + high * (m.hip[1] - m.knee[1]) - p.y,
                p.y - m.knee[1],
            ),
        )
        for part, low, high in (("lower", 0.0, 0.40), ("middle", 0.40, 0.65), ("upper", 0.65, 1.05))
    ),
    (
        "medial-thigh",
        "inner thigh",
        lambda m, p: least(m.sector(p, 122, 226), p.y - m.knee[1], m.crotch + 0.03 - p.y),
    ),
    (
        "anterior-thigh",
        "front of the thigh",
        lambda m, p: least(
            m.sector(p, 30, 150),
            p.y - m.knee[1],
            # Up to the line of the groin.
            m.hip[1] - 0.045 + (p.out - 0.04) * 1.15 - p.y,
            m.hip[1] + 0.05 - p.y,
        ),
    ),
    (
        "posterior-thigh",
        "back of the thigh",
        lambda m, p: least(m.sector(p, -150, -20), p.y - m.knee[1], m.hip[1] - p.y),
    ),
    ("ankle-and-foot", "ankle and foot", lambda m, p: m.ankle[1] + 0.045 - p.y),
    ("shin", "shin", lambda m, p: least(m.sector(p, -38, 142), m.knee[1] - p.y)),
    ("calf", "calf", lambda m, p: m.knee[1] - p.y),
    (
        "lower-back",
        "lower back",
        lambda m, p: least(-0.005 - p.z, p.y - m.crotch - 0.06, m.ribs[1] + 0.03 - p.y),
    ),
    (
        "upper-back",
        "upper back",
        lambda m, p: least(-0.012 - p.z, p.y - m.ribs[1] - 0.02),
    ),
]
FIRST: list[tuple[str, str, Rule]] = [
    ("head-and-neck", "head and neck", lambda m, p: least(p.head, p.y - m.neck[1] - 0.012 + 0.55 * p.z)),
    (
        "groin",
        "groin and private parts",
        lambda m, p: least(
            np.where(p.z > m.hip[2] - 0.02, 0.046 + 0.35 * np.maximum(p.y - m.crotch - 0.02, 0), 0.026) - p.out,
            p.y - m.crotch + 0.022,
            np.where(p.z > m.hip[2] - 0.02, m.crotch + 0.105, m.crotch + 0.125) - p.y,
        ),
    ),
]
LAST: list[tuple[str, str, Rule]] = [
    ("chest", "chest", lambda m, p: p.y - m.ribs[1] - 0.045),
    ("abdomen", "abdomen", lambda m, p: np.ones_like(p.y)),
]


def plan() -> list[tuple[Region, Rule, str]]:
    """Return every region in the order of its claim, with its rule and its side."""
    found: list[tuple[Region, Rule, str]] = []
    for name, title, rule in FIRST:
        found.append((Region(name, title, "middle"), rule, "middle"))
    for name, title, rule in SIDED:
        for side in ("right", "left"):
            found.append((Region(f"{side}-{name}", f"{side} {title}", side), rule, side))
    for name, title, rule in LAST:
        found.append((Region(name, title, "middle"), rule, "middle"))
    return found


def of_side(rule: Rule, side: str) -> Rule:
    """Return a rule that holds on one side of the body only."""
    if side == "middle":
        return rule
    sign = 1.0 if side == "left" else -1.0
    return lambda marks, place: np.minimum(rule(marks, place), sign * place.x)
