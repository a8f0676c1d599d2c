"""Draw the map of the body, `itband_course/data/body/map.json`, from two of the bodies.

For maintainers, and only when the map itself has to change. Needs scipy and shapely (2.1 or newer) beside the course::

    python -m venv bodies && bodies/bin/pip install numpy scipy shapely msgspec
    PYTHONPATH=. bodies/bin/python tools/body/build_map.py

What it does: takes the mean of the young woman and the young man, stands it up with the arms held off, looks at it from
front, back, left and right, sees for every spot of the picture which region lies there, rounds the borders, and writes
them as polygons that share their borders and do not overlap. From the side only what belongs to the near side is drawn,
and the arms are held forward, so that the hip is in view.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from itband_course.rig import Rig

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDER = Path(__file__).resolve().parents[2] / "itband_course/data/body"
NEUTRAL = ("woman-young", "man-young")
PIXEL = 1.6
"""Millimetres."""
BLUR = 3.2
"""How far the borders are rounded, in pixels."""
TOLERANCE = 3.4
"""What a border may lose or gain when its corners are thinned out: the side of a square, in millimetres."""
SMALLEST = 60.0
"""Square millimetres; a smaller scrap goes to its neighbour."""
MARGIN = 40
NOBODY, EMPTY = 254, 255

STANDING = {
    "hip_adduction_r": -5.0,
    "hip_adduction_l": -5.0,
    "shoulder_abduction_r": 26.0,
    "shoulder_abduction_l": 26.0,
}
REACHING = {
    "shoulder_flexion_r": 42.0,
    "shoulder_flexion_l": 42.0,
    "elbow_flexion_r": 62.0,
    "elbow_flexion_l": 62.0,
}
# Title, pose, what points to the right of the picture, what points to the eye, and the far side that is left out.
VIEWS: dict[str, tuple[str, dict[str, float], tuple[int, int, int], tuple[int, int, int], str]] = {
    "front": ("front", STANDING, (1, 0, 0), (0, 0, 1), ""),
    "back": ("back", STANDING, (-1, 0, 0), (0, 0, -1), ""),
    "right": ("right side", REACHING, (0, 0, 1), (-1, 0, 0), "left"),
    "left": ("left side", REACHING, (0, 0, -1), (1, 0, 0), "right"),
}


def posed(rigs: list[Rig], part: str, angles: dict[str, float]) -> Floats:
    """Return the mean of a part over several builds in a pose, shape (n, 3), in millimetres, feet at 0."""
    found = []
    for rig in rigs:
        pose = rig.pose(angles)
        floor = rig.skin("skin", pose)[:, 1].min()
        found.append(1000 * (rig.skin(part, pose) - [0, floor, 0]))
    mean: Floats = np.mean(found, axis=0)
    return mean


def painted(layers: list[tuple[Floats, Ints, Ints]], right: Floats, eye: Floats) -> tuple[Ints, Floats]:
    """Return which number lies nearest to the eye at each pixel, and where the first pixel lies.

    Parameters
    ----------
    layers : list of (vertices, faces, numbers of the faces)
    right, eye : array, shape (3,)
        What points to the right of the picture, and to the eye.
    """
    flat = [np.stack([points @ right, -points[:, 1], points @ eye], axis=1) for points, _, _ in layers]
    low = np.min([points.min(axis=0) for points in flat], axis=0)[:2] - MARGIN
    high = np.max([points.max(axis=0) for points in flat], axis=0)[:2] + MARGIN
    size = np.ceil((high - low) / PIXEL).astype(int) + 1
    picture = np.full(size, EMPTY)
    depth = np.full(size, -np.inf)
    for points, (_, faces, numbers) in zip(flat, layers, strict=True):
        corners = points[faces]
        sides = corners[:, 1:] - corners[:, :1]
        steps = np.ceil(np.abs(sides[..., :2]).max(axis=(1, 2)) / (0.7 * PIXEL)).astype(int) + 2
        for count in np.unique(steps):
            mine = steps == count
            grid = np.stack(np.meshgrid(*[np.linspace(0, 1, count)] * 2), axis=-1).reshape(-1, 2)
            grid = grid[grid.sum(axis=1) < 1 + 1e-9]
            dense = (corners[mine][:, None, 0] + np.einsum("gk,fkx->fgx", grid, sides[mine])).reshape(-1, 3)
            number = np.repeat(numbers[mine], len(grid))
            cell = np.rint((dense[:, :2] - low) / PIXEL).astype(int)
            order = np.argsort(dense[:, 2], kind="stable")
            cell, number, far = cell[order], number[order], dense[order, 2]
            best = np.full(size, -np.inf)
            best[tuple(cell.T)] = far  # the last, and so the nearest, stays
            which = np.full(size, EMPTY)
            which[tuple(cell.T)] = number
            nearer = best > depth
            picture[nearer], depth[nearer] = which[nearer], best[nearer]
    return picture, low


def rounded(picture: Ints) -> Ints:
    """Return the picture with its borders rounded: each pixel goes to what is commonest about it."""
    numbers = np.unique(picture)
    share = np.stack([ndimage.gaussian_filter((picture == number).astype(float), BLUR) for number in numbers])
    found: Ints = numbers[np.argmax(share, axis=0)]
    return found


def polygons(picture: Ints, low: Floats) -> dict[int, list[Polygon]]:
    """Return the areas of each number as polygons that share their borders, in millimetres."""
    found: list[tuple[int, Polygon]] = []
    for number in np.unique(picture):
        if number == EMPTY:
            continue
        pieces, count = ndimage.label(picture == number)
        for piece in range(1, count + 1):
            x, y = np.nonzero(pieces == piece)
            shape = shapely.union_all(shapely.box(x, y, x + 1, y + 1))
            found += [(int(number), one) for one in pieces(shape)]
    # Whole numbers until here: neighbours must share their corners to the last digit.
    thin = shapely.coverage_simplify([shape for _, shape in found], TOLERANCE / PIXEL)
    thin = shapely.transform(thin, lambda corners: low + (corners - 0.5) * PIXEL)
    by_number: dict[int, list[Polygon]] = {}
    for (number, _), shape in zip(found, thin, strict=True):
        for one in pieces(shape):
            if one.area >= SMALLEST:
                by_number.setdefault(number, []).append(one)
    return by_number


def without_scraps(picture: Ints) -> Ints:
    """Return the picture where scraps of a number, too small to be seen, went to what is about them."""
    least = SMALLEST / PIXEL**2 * 2
    found = picture.copy()
    for number in np.unique(picture):
        pieces, count = ndimage.label(picture == number)
        if not count:
            continue
        sizes = ndimage.sum_labels(np.ones_like(picture), pieces, range(1, count + 1))
        small = np.isin(pieces, 1 + np.flatnonzero(sizes < least))
        found[small] = -1
    lost = found == -1
    near = ndimage.distance_transform_edt(lost, return_distances=False, return_indices=True)
    filled: Ints = found[tuple(near)]
    return filled


def pieces(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [shape]
    if isinstance(shape, MultiPolygon | GeometryCollection):
        return [piece for one in shape.geoms for piece in pieces(one)]
    return []


def rings(shapes: list[Polygon], shift: int) -> list[list[list[int]]]:
    """Return the rings of polygons, holes among them, as [x, y] in whole millimetres."""
    found = []
    for shape in sorted(shapes, key=lambda one: -one.area):
        for ring in (shape.exterior, *shape.interiors):
            corners = [[round(x) + shift, round(y)] for x, y in ring.coords[:-1]]
            corners = [corner for k, corner in enumerate(corners) if corner != corners[k - 1]]
            if len(corners) > 2:
                found.append(corners)
    return found


def label(shapes: list[Polygon], shift: int) -> list[int]:
    """Return a place well inside the largest piece, for a sign."""
    place = shapely.maximum_inscribed_circle(max(shapes, key=lambda one: one.area)).coords[0]
    return [round(place[0]) + shift, round(place[1])]


def write(content: dict[str, Any], path: Path) -> None:
    """Write a map in lines that a comparison of versions can show."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for opening in ('"views"', '"outline"', '"cloth"', '"regions"', '{"id"'):
        text = text.replace(opening, "\n" + opening)
    path.write_text(text + "\n", encoding="utf-8")
    counts = [len(view["regions"]) for view in content["views"].values()]
    print(f"{path.name}: {len(text) / 1000:.0f} kB, {counts} regions")


def main() -> None:
    """Write the map anew."""
    rigs = [Rig((FOLDER / f"{name}.rig").read_bytes()) for name in NEUTRAL]
    regions = rigs[0].header.regions
    skin = rigs[0].parts["skin"]
    assert skin.regions is not None  # noqa: S101
    drawn, across = {}, 0
    for view, (title, angles, right, eye, far) in VIEWS.items():
        numbers = skin.regions.copy()
        hidden = np.array([region.side == far for region in regions] + [False] * (256 - len(regions)))
        kept = ~hidden[numbers]
        points = posed(rigs, "skin", angles)
        axes = np.array(right, float), np.array(eye, float)
        # Beneath the shorts the skin is drawn in: there the regions are those of the cloth.
        shorts = rigs[0].parts["shorts"]
        assert shorts.regions is not None  # noqa: S101
        near = ~hidden[shorts.regions]
        worn_points = posed(rigs, "shorts", angles)
        regions_of = [(points, skin.faces[kept], numbers[kept])]
        regions_of.append((worn_points, shorts.faces[near], shorts.regions[near]))
        picture, low = painted(regions_of, *axes)
        picture = without_scraps(rounded(without_scraps(picture)))
        shapes = polygons(picture, low)
        outline = shapely.union_all([one.buffer(0.6) for found in shapes.values() for one in found]).buffer(-0.6)

        cloth = {}
        layers = [(points, skin.faces[kept], np.full(int(kept.sum()), NOBODY))]
        for number, which in enumerate(("top", "shorts")):
            part = rigs[0].parts[which]
            assert part.regions is not None  # noqa: S101
            mine = ~hidden[part.regions]
            layers.append((posed(rigs, which, angles), part.faces[mine], np.full(int(mine.sum()), number)))
        worn, start = painted(layers, *axes)
        worn = without_scraps(rounded(worn))
        of_cloth = polygons(worn, start)
        shift = across - round(low[0])
        for number, which in enumerate(("top", "shorts")):
            # The top is held off the skin; on the map it ends with the body.
            inside = [p for one in of_cloth.get(number, []) for p in pieces(one.intersection(outline))]
            cloth[which] = rings([one for one in inside if one.area > SMALLEST], shift)
        width = round(picture.shape[0] * PIXEL)
        drawn[view] = {
            "title": title,
            "box": [across, round(low[1]), width, round(picture.shape[1] * PIXEL)],
            "outline": rings(pieces(outline), shift),
            "cloth": cloth,
            "regions": [
                {
                    "id": regions[number].id,
                    "name": regions[number].name,
                    "side": regions[number].side,
                    "rings": rings(found, shift),
                    "label": label(found, shift),
                }
                for number, found in sorted(shapes.items())
                if number < len(regions)
            ],
        }
        across += width
    content = {
        "about": "A standing body from front, back, right and left, side by side; the arms are held off.",
        "attribution": "MakeHuman (makehumancommunity.org), CC0; drawn for this course by tools/body/build_map.py",
        "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
        "unit": "mm; x to the right of the picture, y down, the floor at 0",
        "views": drawn,
    }
    write(content, FOLDER / "map.json")


if __name__ == "__main__":
    main()
