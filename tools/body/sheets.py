"""A sheet over the client on the table, which leaves the tested leg free: a height field over the posed body.

It is laid once for each build and position, and stays as it lies: it is bound to the table, not to the person.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from itband_course.body.positions import TABLE_FOOT, TABLE_HEIGHT, TABLE_WIDTH, position, settled
from itband_course.rig import NewPart, Rig

Floats = NDArray[np.float64]

CELL = 0.01
LOW = np.array([-0.60, -1.30])
SIZE = (121, 261)
"""The grid of heights, in metres across and along the table."""
STEP = 0.038
"""How far the threads of the sheet lie apart, in metres."""
STEEPEST = 2.4
"""How steep cloth falls: rise over run."""
HANG = 0.09
"""How far the sheet reaches over the table's side, in metres."""


def heights(rig: Rig, angles: dict[str, float], left_out: tuple[str, ...], parts: tuple[str, ...]) -> Floats:
    """Return the height of what lies on the table over each cell, in metres, without some bones' share."""
    pose = rig.pose(angles)
    names = [bone.name for bone in rig.header.bones]
    out = np.array([name.startswith(left_out) if left_out else False for name in names])
    field = np.full(SIZE, -np.inf)
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 6)] * 2), axis=-1).reshape(-1, 2)
    grid = grid[grid.sum(axis=1) <= 1]
    for name in parts:
        part = rig.parts[name]
        points = rig.skin(name, pose)
        free = (part.weights * out[part.bones]).sum(axis=1) > 0.5
        corners = points[part.faces[~free[part.faces].any(axis=1)]]
        sides = corners[:, 1:] - corners[:, :1]
        dense = corners[:, None, 0] + np.einsum("gk,fkx->fgx", grid, sides)
        cell = np.rint((dense[..., [0, 2]] - LOW) / CELL).astype(int).reshape(-1, 2)
        inside = ((cell >= 0) & (cell < SIZE)).all(axis=1)
        np.maximum.at(field, tuple(cell[inside].T), dense[..., 1].reshape(-1)[inside])
    return field


def draped(field: Floats) -> Floats:
    """Return the height of a sheet over a field of heights: it falls no steeper than cloth does, and is smooth."""
    across = np.abs(LOW[0] + CELL * np.arange(SIZE[0]))
    base = np.where(across < TABLE_WIDTH / 2 + 0.01, TABLE_HEIGHT + 0.004, -1)
    beyond = across - TABLE_WIDTH / 2 - 0.01
    base = np.where(beyond > 0, TABLE_HEIGHT + 0.004 - 2.3 * beyond, base)
    past = LOW[1] + CELL * np.arange(SIZE[1]) - TABLE_FOOT - 0.01
    ground = np.where(past > 0, base[:, None] - 2.3 * past, base[:, None])
    under = np.maximum(field + 0.010, ground)
    sheet = under.copy()
    for _ in range(30):
        for axis in (0, 1):
            for way in (-1, 1):
                moved = np.roll(sheet, way, axis=axis)
                edge = [slice(None)] * 2
                edge[axis] = slice(0, 1) if way > 0 else slice(-1, None)
                moved[tuple(edge)] = -1
                sheet = np.maximum(sheet, moved - STEEPEST * CELL)
    for _ in range(12):
        sheet = np.maximum(ndimage.gaussian_filter(sheet, 1.6), under)
    smooth: Floats = ndimage.gaussian_filter(sheet, 1.2)
    return np.maximum(smooth, under - 0.004)


def woven(field: Floats, rows: Floats, first: Floats, last: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return a sheet as vertices and faces; each row z runs across from `first` to `last`."""
    columns = max(3, round(float(np.max(last - first)) / STEP))
    share = np.linspace(0, 1, columns + 1)
    x = first[:, None] + share * (last - first)[:, None]
    z = np.broadcast_to(rows[:, None], x.shape)
    cells = np.stack([(x - LOW[0]) / CELL, (z - LOW[1]) / CELL])
    y = ndimage.map_coordinates(field, cells, order=1, mode="nearest")
    points = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    at = np.arange(x.size).reshape(x.shape)
    a, b, c, d = at[:-1, :-1].ravel(), at[1:, :-1].ravel(), at[1:, 1:].ravel(), at[:-1, 1:].ravel()
    return points, np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


def _step(z: Floats, begins: float, ends: float) -> Floats:
    share = np.clip((z - begins) / (ends - begins), 0, 1)
    return share * share * (3 - 2 * share)


def _whole(field: Floats, top: float, crest: float, crotch: float, foot: float) -> tuple[Floats, NDArray[np.int64]]:
    """Return one sheet from chest to feet which leaves the right leg free, tucked along its inner thigh."""
    rows = np.linspace(top, foot, round((foot - top) / STEP))
    # At the open side it ends on the table, at the other it hangs over.
    edge = TABLE_WIDTH / 2 + HANG
    open_edge = TABLE_WIDTH / 2 - 0.03
    first = -open_edge + (open_edge + 0.005) * _step(rows, crest - 0.02, crotch + 0.06)
    return woven(field, rows, first, np.full(len(rows), edge))


def sheets(rig: Rig) -> list[NewPart]:
    """Return the sheets of a build for supine, prone and side-lying, for either tested side.

    Parameters
    ----------
    rig : Rig
        The build without sheets.
    """
    found = []
    for short, name in (("supine", "supine"), ("prone", "prone"), ("side", "side-lying")):
        one = position(name)
        angles = settled(rig, one)
        pose = rig.pose(angles)
        mark = {which: rig.landmark(which, pose) for which in rig.header.landmarks}
        hip = float(mark["pelvis_centre"][2])
        shoulder = float((mark["shoulder_centre_r"][2] + mark["shoulder_centre_l"][2]) / 2)
        crest = hip - 0.13
        foot = float(mark["ankle_centre_l"][2]) + (-0.08 if short == "prone" else 0.16)
        if short != "side":
            turned = -1.0 if short == "prone" else 1.0
            free = ("thigh_r", "shin_r", "foot_r", "upper_arm", "forearm", "hand", "head")
            lies = ("skin", "shorts", "top", *(cushion.part for cushion in one.cushions))
            field = heights(rig, angles, free, lies)
            sheet = draped(field)
            top = shoulder + (0.10 if short == "supine" else 0.04)
            points, faces = _whole(sheet if turned > 0 else sheet[::-1], top, crest, hip + 0.09, foot)
            points[:, 0] *= turned
            if turned < 0:
                faces = faces[:, ::-1]
        else:
            free = (
                "thigh_r",
                "shin_r",
                "foot_r",
                "pelvis",
                "spine",
                "clavicle",
                "upper_arm",
                "forearm",
                "hand",
                "head",
            )
            # Between two threads the sheet is straight: it keeps the height of the pillow's edge for one thread more.
            lies_on = ndimage.maximum_filter(heights(rig, angles, free, ("skin", "pillow")), 1 + 2 * round(STEP / CELL))
            sheet = draped(lies_on)
            rows = np.linspace(hip + 0.17, foot, round((foot - hip - 0.17) / STEP))
            back = np.full(len(rows), 0.03 - TABLE_WIDTH / 2)
            points, faces = woven(sheet, rows, back, np.full(len(rows), TABLE_WIDTH / 2 + HANG))
        weights = np.zeros((len(points), len(rig.header.bones)))
        weights[:, 0] = 1
        for side, sign in (("right", 1.0), ("left", -1.0)):
            found.append(
                NewPart(
                    f"sheet_{short}_{side}",
                    "sheet",
                    "cloth",
                    "drape",
                    points * [sign, 1, 1],
                    faces if sign > 0 else faces[:, ::-1],
                    weights,
                    drawn=True,
                )
            )
    return found
