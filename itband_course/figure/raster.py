"""Solids seen from one side: which of them each point of a picture shows, and its colour. Numpy and nothing else.

Every triangle is laid on a grid of points, and at each point the nearest one stays. So a plate knows not only what it
looks like but what is to be seen where, and a label can be tied to a place where its structure truly shows.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NOTHING = -1
"""What `Seen.solids` holds where nothing is seen."""
COARSE, FINE = 1, 2
"""Points of the grid along each side of a point of the picture: with two, edges come out smooth on a screen. In print
one is as good, and takes a quarter of the memory."""
PRINTED = 200
"""From so many dots to the inch on, a picture is one for print."""
MOST = 3_000_000
"""So many points are looked at together; more would only take more memory."""
NEAR = 1e-6
"""Depths are told apart to so many metres."""
CREASE = 0.005
"""A step in depth of so many metres within one structure gets a faint line."""


class Eye(NamedTuple):
    """Where a picture is looked at from: what runs to its right, up, and towards the eye. Unit vectors.

    Parameters
    ----------
    right, up, towards : array, shape (3,)
    """

    right: Floats
    up: Floats
    towards: Floats

    def flat(self, points: Floats) -> Floats:
        """Return where points stand in the picture, shape (n, 2), in metres to the right and up."""
        return np.stack([points @ self.right, points @ self.up], axis=-1)


class Frame(NamedTuple):
    """What a picture holds, in metres to its right and up."""

    left: float
    right: float
    bottom: float
    top: float


class Solid(NamedTuple):
    """A body of one colour.

    Parameters
    ----------
    vertices : array, shape (n, 3)
    faces : array of int, shape (m, 3)
        Counter-clockwise seen from outside.
    colour : str
        ``#rrggbb``.
    open : bool
        Whether it is a sheet, of which both sides can be seen.
    flat : bool
        Whether its faces are flat, as those of a table; else they are shaded as one round surface.
    hatched : array of bool, shape (m,), or None
        The faces that are hatched in `hatch`.
    hatch : str
    """

    vertices: Floats
    faces: NDArray[np.int64]
    colour: str
    open: bool = False
    flat: bool = False
    hatched: NDArray[np.bool_] | None = None
    hatch: str = ""


class Grain(NamedTuple):
    """How fine a picture is.

    Parameters
    ----------
    scale : float
        Points of the picture to the metre.
    fine : int
        Points of the grid along each side of a point of the picture.
    line : int
        Width of the lines between solids, in points of the grid on each side.
    """

    scale: float
    fine: int = FINE
    line: int = 1


class Seen(NamedTuple):
    """A picture of solids.

    Parameters
    ----------
    image : array of float64, shape (height, width, 4)
        Red, green, blue and cover, from 0 to 1; the first row is the top one.
    solids : array of int, shape (height, width)
        The number of the solid that each point shows, `NOTHING` where there is none.
    frame : Frame
        What it holds; a little more than asked for where that is no whole number of points.
    """

    image: Floats
    solids: NDArray[np.int64]
    frame: Frame


def seen_from(azimuth: float, elevation: float) -> Eye:
    """Return the eye that looks from an azimuth (degrees from the front towards +x) and an elevation (degrees up)."""
    turn, rise = np.radians([azimuth, elevation])
    towards = np.array([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)])
    right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    return Eye(right, np.cross(towards, right), towards)


def grain(scale: float, dpi: int) -> Grain:
    """Return how fine a picture is drawn, for points of the panel to the metre and dots to the inch.

    Lines have the same width, some half a point, on the screen and in print.
    """
    fine = FINE if dpi < PRINTED else COARSE
    return Grain(scale * dpi / 72, fine, max(1, round(dpi * fine / 240)))


def rgb(colour: str) -> Floats:
    """Return ``#rrggbb`` as three numbers from 0 to 1."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def look(  # noqa: PLR0913, PLR0917 - what, from where, how much of it, how large, in what light
    solids: Sequence[Solid], eye: Eye, frame: Frame, grain: Grain, ink: str, above: float = 0.38
) -> Seen:
    """Return what an eye sees of solids, shaded, with a line in ink where one ends and another begins.

    Parameters
    ----------
    solids : sequence of Solid
    eye : Eye
    frame : Frame
        What of it is shown.
    grain : Grain
        How fine.
    ink : str
        ``#rrggbb`` of the lines.
    above : float
        How far above the eye the light stands: 1 is half way up.
    """
    scale, fine, line = grain
    width = max(1, int(np.ceil((frame.right - frame.left) * scale)))
    height = max(1, int(np.ceil((frame.top - frame.bottom) * scale)))
    held = Frame(frame.left, frame.left + width / scale, frame.top - height / scale, frame.top)
    corners, whose, normals, hatched = _triangles(solids, eye)
    flat = np.stack(
        [
            (corners @ eye.right - held.left) * scale * fine - 0.5,
            (held.top - corners @ eye.up) * scale * fine - 0.5,
        ],
        axis=-1,
    )
    depth = corners @ eye.towards
    shape = (height * fine, width * fine)
    nearest = _nearest(flat, depth, shape)
    image, numbers = _shaded(solids, nearest, flat, depth, whose, normals, hatched, eye, above, fine)
    _ink(image, numbers, nearest, flat, depth, rgb(ink), line)
    small = image.reshape(height, fine, width, fine, 4)
    cover = small[..., 3].mean(axis=(1, 3))
    colour = (small[..., :3] * small[..., 3:]).sum(axis=(1, 3)) / np.maximum(small[..., 3:].sum(axis=(1, 3)), 1e-9)
    # Of the fine points, one stands for all: an edge belongs to one of the two that meet there.
    return Seen(np.concatenate([colour, cover[..., None]], axis=-1), numbers[::fine, ::fine], held)


def _triangles(solids: Sequence[Solid], eye: Eye) -> tuple[Floats, NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """Return corners, number of the solid, normals at the corners and hatching of all faces that can be seen."""
    corners, whose, normals, hatched = [], [], [], []
    for number, solid in enumerate(solids):
        points = solid.vertices[solid.faces]
        across = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
        facing = across @ eye.towards
        kept = (facing != 0) if solid.open else (facing > 0)
        at_vertex: Floats = np.stack(
            [np.bincount(solid.faces.ravel(), np.repeat(across[:, axis], 3), len(solid.vertices)) for axis in range(3)],
            axis=-1,
        )
        at_vertex /= np.maximum(np.linalg.norm(at_vertex, axis=1, keepdims=True), 1e-12)
        if solid.flat:
            own = across[kept] / np.maximum(np.linalg.norm(across[kept], axis=1, keepdims=True), 1e-12)
            found = np.repeat(own[:, None], 3, axis=1)
        else:
            found = at_vertex[solid.faces[kept]]
        if solid.open:
            found = found * np.sign(facing[kept])[:, None, None]
        corners.append(points[kept])
        whose.append(np.full(int(kept.sum()), number))
        normals.append(found)
        hatched.append(np.zeros(int(kept.sum()), bool) if solid.hatched is None else solid.hatched[kept])
    return np.concatenate(corners), np.concatenate(whose), np.concatenate(normals), np.concatenate(hatched)


def _planes(flat: Floats, values: Floats) -> Floats:
    """Return for each triangle the numbers a, b, c with which a value over it is ``a x + b y + c``."""
    (ax, ay), (bx, by) = (flat[:, 1] - flat[:, 0]).T, (flat[:, 2] - flat[:, 0]).T
    turned = ax * by - ay * bx
    turned = np.where(np.abs(turned) < 1e-9, 1e-9, turned)
    first, second = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    along = (first * by - second * ay) / turned
    down = (second * ax - first * bx) / turned
    return np.stack([along, down, values[:, 0] - along * flat[:, 0, 0] - down * flat[:, 0, 1]], axis=-1)


def _nearest(flat: Floats, depth: Floats, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Return the number of the triangle that is nearest to the eye at each point, `NOTHING` where there is none."""
    height, width = shape
    first = np.maximum(np.ceil(flat[..., 1].min(axis=1)), 0).astype(np.int64)
    last = np.minimum(np.floor(flat[..., 1].max(axis=1)), height - 1).astype(np.int64)
    aside = (flat[..., 0].max(axis=1) < 0) | (flat[..., 0].min(axis=1) > width - 1)
    rows = np.where(aside, 0, np.maximum(last - first + 1, 0))
    planes = _planes(flat, depth)
    back = depth.min() if depth.size else 0.0
    bits = max(1, len(flat).bit_length())
    keys = np.full(height * width, NOTHING, np.int64)
    # Of big pictures a part of the triangles at a time.
    area = np.maximum(np.abs(_turned(flat)), 1) * (rows > 0)
    parts = (np.cumsum(area) // MOST).astype(np.int64)
    starts = np.flatnonzero(np.diff(parts, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(flat)], strict=True):
        some = np.arange(start, end)
        which = np.repeat(some, rows[start:end])
        y = first[which] + _counted(rows[start:end])
        left, right = _across(flat, which, y)
        left = np.maximum(np.ceil(left - 1e-9), 0).astype(np.int64)
        length = np.maximum(np.minimum(np.floor(right + 1e-9), width - 1).astype(np.int64) - left + 1, 0)
        x = np.repeat(left, length) + _counted(length)
        y, which = np.repeat(y, length), np.repeat(which, length)
        plane = planes[which]
        near = plane[:, 0] * x + plane[:, 1] * y + plane[:, 2]
        key = (np.maximum((near - back) / NEAR, 0).astype(np.int64) << bits) | which
        np.maximum.at(keys, (y * width + x).astype(np.int64, copy=False), key)
    found = np.where(keys == NOTHING, NOTHING, keys & ((1 << bits) - 1))
    return found.reshape(shape)


def _counted(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, 2 … for each length, one run behind the other."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _across(flat: Floats, which: NDArray[np.int64], y: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return where a row enters each triangle and where it leaves it."""
    left, right = np.full(len(y), np.inf), np.full(len(y), -np.inf)
    for one, two in ((0, 1), (1, 2), (2, 0)):
        (x1, y1), (x2, y2) = flat[which, one].T, flat[which, two].T
        level = y1 == y2
        with np.errstate(divide="ignore", invalid="ignore"):
            x = x1 + (x2 - x1) * ((y - y1) / (y2 - y1))
        crossed = ~level & (np.minimum(y1, y2) <= y) & (y <= np.maximum(y1, y2))
        left = np.where(crossed, np.minimum(left, x), left)
        right = np.where(crossed, np.maximum(right, x), right)
    nowhere = left > right
    return np.where(nowhere, 1.0, left), np.where(nowhere, 0.0, right)


def _turned(flat: Floats) -> Floats:
    """Return twice the area of each triangle, below 0 where its corners run the other way round."""
    (ax, ay), (bx, by) = (flat[:, 1] - flat[:, 0]).T, (flat[:, 2] - flat[:, 0]).T
    return ax * by - ay * bx


def _shaded(  # noqa: PLR0913, PLR0917 - all that is known of the triangles
    solids: Sequence[Solid],
    nearest: NDArray[np.int64],
    flat: Floats,
    depth: Floats,
    whose: NDArray[np.int64],
    normals: Floats,
    hatched: NDArray[np.bool_],
    eye: Eye,
    above: float,
    fine: int,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return colours and solids of all points, by the light that falls on them from above and a little from the left.

    What lies square to the light has the very colour of its solid; what turns away has a darker one.
    """
    image = np.zeros((*nearest.shape, 4))
    numbers = np.full(nearest.shape, NOTHING, np.int64)
    y, x = np.nonzero(nearest >= 0)
    which = nearest[y, x]
    numbers[y, x] = whose[which]
    ways = [_planes(flat, normals[..., axis]) for axis in range(3)]
    normal = np.stack([way[which, 0] * x + way[which, 1] * y + way[which, 2] for way in ways], axis=-1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    light = eye.towards + above * eye.up - 0.30 * eye.right
    lit = np.clip(normal @ (light / np.linalg.norm(light)), 0, 1)
    base = np.stack([rgb(solid.colour) for solid in solids])[whose[which]]
    striped = hatched[which] & (((x + y) // fine) % 9 < 4)
    for number, solid in enumerate(solids):
        if solid.hatch:
            base[striped & (whose[which] == number)] = rgb(solid.hatch)
    image[y, x, :3] = base * (0.50 + 0.50 * lit[:, None])
    image[y, x, 3] = 1
    return image, numbers


def _ink(  # noqa: PLR0913, PLR0917
    image: Floats,
    numbers: NDArray[np.int64],
    nearest: NDArray[np.int64],
    flat: Floats,
    depth: Floats,
    ink: Floats,
    line: int,
) -> None:
    """Draw lines into an image: firm between two solids and against the ground, faint where one steps back."""
    y, x = np.nonzero(nearest >= 0)
    near, slope = np.full(nearest.shape, -np.inf), np.zeros((2, *nearest.shape))
    plane = _planes(flat, depth)[nearest[y, x]]
    near[y, x] = plane[:, 0] * x + plane[:, 1] * y + plane[:, 2]
    slope[:, y, x] = np.abs(plane[:, 1::-1].T)
    firm, faint = np.zeros(nearest.shape, bool), np.zeros(nearest.shape, bool)
    for axis in (0, 1):
        here = tuple(slice(None, -1) if at == axis else slice(None) for at in (0, 1))
        next_ = tuple(slice(1, None) if at == axis else slice(None) for at in (0, 1))
        differs = numbers[here] != numbers[next_]
        firm[here] |= differs
        firm[next_] |= differs
        with np.errstate(invalid="ignore"):
            # A steep face steps back evenly, which is no crease.
            steepest = np.maximum(slope[axis][here], slope[axis][next_])
            steps = ~differs & (numbers[here] >= 0) & (np.abs(near[here] - near[next_]) > CREASE + 1.5 * steepest)
        faint[here] |= steps
    firm, faint = _thicker(firm, line), _thicker(faint, (line + 1) // 2)
    for lines, strength in ((faint & ~firm, 0.55), (firm, 0.8)):
        drawn = lines & (numbers >= 0)
        image[drawn, :3] = image[drawn, :3] * (1 - strength) + ink * strength


def _thicker(lines: NDArray[np.bool_], times: int) -> NDArray[np.bool_]:
    """Return lines made thicker by a point on each side, one time less than is said."""
    for _ in range(times - 1):
        wide = lines.copy()
        wide[1:] |= lines[:-1]
        wide[:-1] |= lines[1:]
        wide[:, 1:] |= lines[:, :-1]
        wide[:, :-1] |= lines[:, 1:]
        lines = wide
    return lines
