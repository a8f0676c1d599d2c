"""A figure cut across: the line in which a level plane meets each of its meshes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Cut(NamedTuple):
    """Where a plane meets a mesh.

    Parameters
    ----------
    rings : list of array, shape (n, 2)
        Closed lines, the first point not repeated: metres to the person's left and to the front.
    lines : list of array, shape (n, 2)
        Lines with two ends, where the mesh has a border.
    """

    rings: list[Floats]
    lines: list[Floats]


def cut(vertices: Floats, faces: NDArray[np.int64], height: float) -> Cut:
    """Return where a level plane meets a mesh.

    Parameters
    ----------
    vertices : array, shape (n, 3)
        To the person's left, up, to the front.
    faces : array of int, shape (m, 3)
    height : float
        Of the plane.
    """
    # Corners that stand at one place are one, whatever the file says.
    _, first, same = np.unique(np.round(vertices, 6), axis=0, return_index=True, return_inverse=True)
    points, corners = vertices[first], same.reshape(-1)[faces]
    over = points[:, 1] >= height
    crossed = over[corners].any(axis=1) & ~over[corners].all(axis=1)
    links: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for triangle in corners[crossed].tolist():
        met = [
            (min(one, two), max(one, two))
            for one, two in zip(triangle, triangle[1:] + triangle[:1], strict=True)
            if over[one] != over[two]
        ]
        links.append((met[0], met[1]))
    places = {edge: _between(points[edge[0]], points[edge[1]], height) for link in links for edge in link}
    rings: list[Floats] = []
    lines: list[Floats] = []
    for chain in _chains(links):
        closed = len(chain) > 3 and chain[0] == chain[-1]
        drawn = np.array([places[edge] for edge in (chain[:-1] if closed else chain)])
        (rings if closed else lines).append(drawn)
    return Cut(rings, lines)


def area(rings: list[Floats]) -> float:
    """Return the area within rings in square metres; a ring within a ring counts off."""
    total = 0.0
    for number, ring in enumerate(rings):
        inner = sum(holds(other, ring[0]) for at, other in enumerate(rings) if at != number) % 2
        x, y = ring.T
        total += (-1 if inner else 1) * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    return total


def holds(ring: Floats, point: Floats) -> bool:
    """Return whether a point lies within a ring."""
    (x1, y1), (x2, y2) = ring.T, np.roll(ring, -1, axis=0).T
    across = (y1 > point[1]) != (y2 > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        met = x1 + (point[1] - y1) / (y2 - y1) * (x2 - x1)
    return bool(np.count_nonzero(across & (met > point[0])) % 2)


def _between(one: Floats, two: Floats, height: float) -> tuple[float, float]:
    share = (height - one[1]) / (two[1] - one[1])
    met = one + share * (two - one)
    return float(met[0]), float(met[2])


def _chains(links: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Return links joined to chains; a closed one ends where it begins."""
    at: dict[tuple[int, int], list[int]] = {}
    for number, link in enumerate(links):
        for end in link:
            at.setdefault(end, []).append(number)
    left = set(range(len(links)))
    # Chains with ends are begun at an end.
    starts = [end for end, some in at.items() if len(some) % 2] + list(at)
    chains = []
    for start in starts:
        here, chain = start, [start]
        while True:
            open_ = [number for number in at[here] if number in left]
            if not open_:
                break
            left.remove(open_[0])
            one, two = links[open_[0]]
            here = two if here == one else one
            chain.append(here)
            if here == start:
                break
        if len(chain) > 1:
            chains.append(chain)
    return chains
