"""What an exercise is done with, shaped for body and position: band, step, chair, ball, wall and mat.

A thing stands in the room as long as its position is shown, and moves with nobody. Axes and units are the rig's.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itband_course import body
from itband_course.body.positions import STEP_HEIGHT, Position
from itband_course.figure.sections import cut
from itband_course.rig import NewPart, Rig, turn, with_more

Floats = NDArray[np.float64]
Mesh = tuple[Floats, NDArray[np.int64]]

LAYER = "thing"
STANDS_ON = "table"
"""The bone of a rig that no angle moves."""

BAND_AT, BAND_WIDTH, BAND_THICK = 0.74, 0.05, 0.004
"""How far down the thighs it lies, as a share of hip to knee; and its size in metres."""
LIES_OFF = 0.002
"""Metres between skin and band, so that neither is drawn within the other."""
AROUND = 96
BALL = 0.045
"""Radius in metres: a massage ball, a little larger than a tennis ball."""
PRESSED = 0.012
"""How far the ball sinks into the skin."""
BALL_AT = 0.6
"""How high on the region in front of the outer hip it may lie, from its lower end, as a share."""
SEAT, SEAT_SIZE = 0.45, 0.42
BOARD, POST = 0.03, 0.035
MAT = (0.66, 0.012, 1.85)
STEP = (0.34, 0.44)
"""A step's width and depth."""
EDGE = 0.012
"""How far the standing foot is from the step's inner edge."""


class Posed(NamedTuple):
    """A body in a position."""

    rig: Rig
    one: Position
    pose: Floats
    skin: Floats

    def mark(self, name: str) -> Floats:
        """Return where a landmark stands."""
        return self.rig.landmark(name, self.pose)

    def of(self, *bones: str) -> NDArray[np.bool_]:
        """Return which vertices of the skin follow these bones."""
        part = self.rig.parts["skin"]
        wanted = np.array([bone.name in bones for bone in self.rig.header.bones])
        found: NDArray[np.bool_] = (part.weights * wanted[part.bones]).sum(axis=1) > 0.5
        return found

    @property
    def end(self) -> str:
        """The tested side as bones have it in their names: ``r`` or ``l``."""
        return self.one.side[0]

    @property
    def out(self) -> float:
        """Which way the tested side lies along x: −1 to the right, 1 to the left."""
        return -1.0 if self.one.side == "right" else 1.0


def with_things(build: str, laid: Sequence[tuple[Position, Mapping[str, float]]]) -> Rig:
    """Return a body, and with it what its positions are done with.

    Parameters
    ----------
    build : str
        One of `itband_course.body.builds`.
    laid : sequence of (Position, mapping of str to float)
        Positions, and the angles at which this body rests in them.
    """
    rig = body.body(build)
    parts = []
    for one, angles in laid:
        if not one.things:
            continue
        pose = rig.pose(angles)
        posed = Posed(rig, one, pose, rig.skin("skin", pose))
        parts += [_part(posed, id_, name) for id_, name in zip(part_ids(one), one.things, strict=True)]
    return with_more(rig, parts) if parts else rig


def part_ids(one: Position) -> list[str]:
    """Return the ids of a position's things, as parts of a rig."""
    return [f"{one.name}-{name}" for name in one.things]


def _part(posed: Posed, id_: str, name: str) -> NewPart:
    vertices, faces = THINGS[name](posed)
    weights = np.zeros((len(vertices), len(posed.rig.header.bones)))
    weights[:, [bone.name for bone in posed.rig.header.bones].index(STANDS_ON)] = 1
    return NewPart(id_, name, "cloth", LAYER, vertices, faces, weights, drawn=True)


# ------------------------------------------------------------------ the things


def _band(posed: Posed) -> Mesh:
    """Return a loop round both thighs, stretched straight from one to the other."""
    ends = [[posed.mark(f"{joint}_centre_{side}") for joint in ("hip", "knee")] for side in "rl"]
    middle = np.mean([hip + BAND_AT * (knee - hip) for hip, knee in ends], axis=0)
    along = _unit(np.mean([_unit(hip - knee) for hip, knee in ends], axis=0))
    across = _unit(np.cross(along, [0.0, 0.0, 1.0]))
    axes = np.array([across, along, np.cross(across, along)])
    skin = (posed.skin - middle) @ axes.T
    faces = posed.rig.parts["skin"].faces
    thighs = faces[posed.of("thigh_r", "thigh_l")[faces].all(axis=1)]
    heights = np.linspace(-BAND_WIDTH / 2, BAND_WIDTH / 2, 5)
    rings = []
    for height in heights:
        found = cut(skin, thighs, float(height))
        rings.append(taut(np.concatenate(found.rings + found.lines)))
    outer, inner = ([ring + _outwards(ring) * off for ring in rings] for off in (LIES_OFF + BAND_THICK, LIES_OFF))
    loop = [*reversed(list(zip(heights, outer, strict=True))), *zip(heights, inner, strict=True)]
    points = np.array([[(x, height, z) for x, z in ring] for height, ring in loop])
    return points.reshape(-1, 3) @ axes + middle, _tube(len(loop), AROUND)


def taut(points: Floats) -> Floats:
    """Return the line of a band that lies round points in a plane, stretched straight between those that stand out.

    Parameters
    ----------
    points : array, shape (n, 2)

    Returns
    -------
    array, shape (`AROUND`, 2)
        Points of the convex hull, counter-clockwise.
    """
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    angles = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    fine = np.linspace(0, 2 * np.pi, 8 * AROUND, endpoint=False)
    # How far the points reach in each direction; a straight line there bounds the hull, and the nearest line counts.
    reach = ((points - middle) @ np.array([np.cos(fine), np.sin(fine)])).max(axis=0)
    towards = np.cos(angles[:, None] - fine)
    far = np.where(towards > 1e-6, reach / np.maximum(towards, 1e-6), np.inf).min(axis=1)
    return middle + far[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])


def _step(posed: Posed) -> Mesh:
    """Return a step beneath the foot that bears; its edge lies beside that foot, and the other hangs free."""
    foot = posed.skin[posed.of(f"foot_{posed.end}")]
    inner = (foot[:, 0] * -posed.out).max() + EDGE
    x = -posed.out * (inner - STEP[0] / 2)
    z = (foot[:, 2].min() + foot[:, 2].max()) / 2
    return box((STEP[0], STEP_HEIGHT, STEP[1]), (x, STEP_HEIGHT / 2, z))


def _mat(posed: Posed) -> Mesh:
    low, high = posed.skin.min(axis=0), posed.skin.max(axis=0)
    size = (max(MAT[0], high[0] - low[0] + 0.1), MAT[1], max(MAT[2], high[2] - low[2] + 0.1))
    return box(size, ((low[0] + high[0]) / 2, -MAT[1] / 2, (low[2] + high[2]) / 2))


def _ball(posed: Posed) -> Mesh:
    """Return a ball on tensor fasciae latae, at the front of the outer hip."""
    return sphere(BALL, ball_centre(posed))


def ball_centre(posed: Posed) -> Floats:
    """Return the middle of the ball at the outer hip, pressed a little into it, shape (3,)."""
    skin = posed.rig.parts["skin"]
    region = [region.id for region in posed.rig.header.regions].index(f"{posed.one.side}-anterolateral-hip")
    own = np.equal(skin.regions, region)  # type: ignore[arg-type]
    place = posed.skin[np.unique(skin.faces[own])]
    # High on it, well above the bony bump, where it reaches furthest towards the wall.
    low, high = place[:, 1].min(), place[:, 1].max()
    near = place[place[:, 1] > low + BALL_AT * (high - low)]
    at = near[np.argmax(near[:, 0] * posed.out)]
    return at + np.array([posed.out * (BALL - PRESSED), 0.0, 0.0])


def _wall(posed: Posed) -> Mesh:
    """Return the wall that the ball is held against."""
    x = ball_centre(posed)[0] + posed.out * (BALL + BOARD / 2)
    return box((BOARD, 1.3, 1.0), (x, 0.65, 0.0))


def _seat(posed: Posed) -> Mesh:
    """Return a chair from which the client rises."""
    hips = posed.skin[posed.of("pelvis")]
    front = posed.mark("hip_centre_r")[2] + 0.12
    back = min(front - SEAT_SIZE, hips[:, 2].min() - 0.04)
    return _chair(front - back, (0.0, (front + back) / 2), 180.0)


def _rail(posed: Posed) -> Mesh:
    """Return a chair whose back the hand of the other side holds."""
    return _chair_in("l" if posed.end == "r" else "r", posed)


def _rail_beside(posed: Posed) -> Mesh:
    """Return a chair whose back the hand of the tested side holds."""
    return _chair_in(posed.end, posed)


def _chair_in(side: str, posed: Posed) -> Mesh:
    """Return a chair that stands away from the body, its back in a hand."""
    hand = posed.skin[posed.of(f"hand_{side}")]
    away = -1.0 if side == "r" else 1.0
    x, top, z = hand[:, 0].mean(), hand[:, 1].min(), hand[:, 2].mean()
    return _chair(SEAT_SIZE, (x + away * (SEAT_SIZE / 2 - POST / 2), z), -90.0 * away, top)


def _chair(depth: float, at: tuple[float, float], turned: float, top: float = 0.86) -> Mesh:
    """Return a chair with its back towards +z before it is turned about the upright, in degrees."""
    half, deep = SEAT_SIZE / 2 - POST / 2, depth / 2 - POST / 2
    solids = [box((SEAT_SIZE, BOARD, depth), (0, SEAT - BOARD / 2, 0))]
    for x in (-half, half):
        solids.append(box((POST, SEAT - BOARD, POST), (x, (SEAT - BOARD) / 2, -deep)))
        solids.append(box((POST, top, POST), (x, top / 2, deep)))
    for height in (top - 0.04, (top + SEAT) / 2):
        solids.append(box((SEAT_SIZE, 0.08, 0.02), (0, height, deep)))
    vertices, faces = joined(solids)
    about = turn((0.0, 1.0, 0.0), (0.0, 0.0, 0.0), turned)[:3, :3]
    return vertices @ about.T + [at[0], 0.0, at[1]], faces


THINGS: dict[str, Callable[[Posed], Mesh]] = {
    "band": _band,
    "step": _step,
    "mat": _mat,
    "ball": _ball,
    "wall": _wall,
    "chair": _seat,
    "chair-back": _rail,
    "chair-beside": _rail_beside,
}
"""Each thing by the name that a position gives it."""


# ------------------------------------------------------------------ solids


def box(size: tuple[float, float, float], middle: tuple[float, float, float]) -> Mesh:
    """Return a box; each of its sides has corners of its own, so that its edges are seen."""
    sides = []
    for axis in range(3):
        for way in (-1.0, 1.0):
            one, two = np.roll(np.eye(3), -axis, axis=0)[1:]
            out = np.eye(3)[axis] * way
            corners = [out + (a * one + b * two) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            sides.append(corners if way > 0 else corners[::-1])
    vertices = np.array(sides).reshape(-1, 3) * np.array(size) / 2 + middle
    faces = np.array([[4 * side + k for k in three] for side in range(6) for three in ((0, 1, 2), (0, 2, 3))])
    return vertices, faces


def sphere(radius: float, middle: Floats, rings: int = 14, around: int = 28) -> Mesh:
    """Return a sphere."""
    latitudes = np.linspace(0, np.pi, rings + 1)
    longitudes = np.linspace(0, 2 * np.pi, around, endpoint=False)
    points = [[(np.sin(a) * np.cos(b), np.cos(a), np.sin(a) * np.sin(b)) for b in longitudes] for a in latitudes]
    faces = _strip(rings + 1, around)
    return radius * np.array(points).reshape(-1, 3) + middle, faces


def joined(solids: list[Mesh]) -> Mesh:
    """Return several solids as one."""
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in solids)])
    return (
        np.concatenate([vertices for vertices, _ in solids]),
        np.concatenate([faces + start for (_, faces), start in zip(solids, starts, strict=False)]),
    )


def _strip(rings: int, around: int) -> NDArray[np.int64]:
    """Return the faces between rings of points, each as many as `around`."""
    at = np.arange(around)
    after = (at + 1) % around
    faces = []
    for ring in range(rings - 1):
        a, b = ring * around, (ring + 1) * around
        faces += [np.column_stack([a + at, a + after, b + at]), np.column_stack([a + after, b + after, b + at])]
    return np.concatenate(faces)


def _tube(rings: int, around: int) -> NDArray[np.int64]:
    """Return the faces between rings of points, the last joined to the first."""
    return _strip(rings + 1, around) % (rings * around)


def _unit(vector: Floats) -> Floats:
    found: Floats = vector / np.linalg.norm(vector)
    return found


def _outwards(ring: Floats) -> Floats:
    """Return at each point of a ring in a plane the direction away from its inside, shape (n, 2)."""
    along = np.roll(ring, -1, axis=0) - np.roll(ring, 1, axis=0)
    out = np.column_stack([along[:, 1], -along[:, 0]])
    found: Floats = out / np.linalg.norm(out, axis=1, keepdims=True)
    return found
