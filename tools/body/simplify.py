"""Smooth, thin out and cut a mesh, so that every new vertex is a known mean of old ones.

Because of that, what is done once to one build holds for all builds: shape, weights and regions go the same way.
"""

import heapq
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = 255
"""The label of what has none."""
SNAP = 0.15


def edges(faces: Ints) -> Ints:
    """Return the edges of polygons (m, k) as sorted pairs, each once."""
    pairs = np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)
    found: Ints = np.unique(np.sort(pairs, axis=1), axis=0)
    return found


def catmull_clark(count: int, quads: Ints) -> tuple[sparse.csr_array, Ints]:
    """Return one step of Catmull and Clark's subdivision: matrix (new, count) and the new quads."""
    corners = quads.shape[1]
    sides, place = np.unique(
        np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1),
        axis=0,
        return_inverse=True,
    )
    place = place.reshape(quads.shape)
    rows = np.repeat(np.arange(len(quads)), corners)
    middle = sparse.csr_array((np.full(rows.size, 1 / corners), (rows, quads.ravel())), (len(quads), count))
    touch = sparse.csr_array((np.ones(rows.size), (place.ravel(), rows)), (len(sides), len(quads)))
    faces_of_side = np.asarray(touch.sum(axis=1)).ravel()
    ends = sparse.csr_array(
        (np.full(2 * len(sides), 0.5), (np.repeat(np.arange(len(sides)), 2), sides.ravel())), (len(sides), count)
    )
    inner = faces_of_side == 2
    point = sparse.diags_array(np.where(inner, 0.5, 1.0)) @ ends
    point = point + sparse.diags_array(np.where(inner, 0.25, 0.0)) @ touch @ middle

    around = sparse.csr_array((np.ones(rows.size), (quads.ravel(), rows)), (count, len(quads)))
    spokes = sparse.csr_array(
        (np.ones(2 * len(sides)), (sides.ravel(), np.repeat(np.arange(len(sides)), 2))), (count, len(sides))
    )
    valence = np.maximum(np.asarray(around.sum(axis=1)).ravel(), 1)
    rim = np.unique(sides[~inner])
    old = sparse.diags_array(1 / valence) @ (sparse.diags_array(1 / valence) @ around @ middle)
    old = old + sparse.diags_array(2 / valence**2) @ spokes @ ends
    old = old + sparse.diags_array((valence - 3) / valence)
    keep = np.ones(count)
    keep[rim] = 0
    rim_spokes = spokes @ sparse.diags_array((~inner).astype(float))
    share = np.zeros(count)
    share[rim] = 0.5 / np.maximum(np.asarray(rim_spokes.sum(axis=1)).ravel()[rim], 1)
    on_rim = np.zeros(count)
    on_rim[rim] = 0.5
    old = sparse.diags_array(keep) @ old + sparse.diags_array(share) @ rim_spokes @ ends + sparse.diags_array(on_rim)

    first, second = count, count + len(quads)
    new = np.stack(
        [
            quads,
            second + place,
            np.broadcast_to(first + np.arange(len(quads))[:, None], quads.shape),
            second + np.roll(place, 1, axis=1),
        ],
        axis=2,
    )
    return sparse.csr_array(sparse.vstack([old, middle, point])), new.reshape(-1, 4)


class _Thinning:
    """Half-edge collapses by the error that they make, summed over several shapes of one mesh."""

    def __init__(self, shapes: Floats, faces: Ints, importance: Floats, length: float) -> None:
        self.shapes = shapes  # (s, n, 3)
        self.faces = faces.copy()
        self.alive = np.ones(len(faces), bool)
        self.importance = importance
        self.length = length
        count = shapes.shape[1]
        self.of: list[set[int]] = [set() for _ in range(count)]
        for number, face in enumerate(faces.tolist()):
            for corner in face:
                self.of[corner].add(number)
        self.quadric = np.zeros((shapes.shape[0], count, 4, 4))
        for s, points in enumerate(shapes):
            a, b, c = (points[faces[:, k]] for k in range(3))
            normal = np.cross(b - a, c - a)
            area = np.linalg.norm(normal, axis=1)
            normal /= np.maximum(area, 1e-15)[:, None]
            plane = np.concatenate([normal, -np.einsum("ij,ij->i", normal, a)[:, None]], axis=1)
            outer = np.einsum("i,ij,ik->ijk", area / 6, plane, plane)
            for k in range(3):
                np.add.at(self.quadric[s], faces[:, k], outer)
            self._walls(s, points, faces)
        self.rim = np.zeros(count, bool)
        pairs, number = np.unique(
            np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1),
            axis=0,
            return_counts=True,
        )
        self.rim[pairs[number == 1].ravel()] = True
        self.stamp = np.zeros(count, int)

    def _walls(self, s: int, points: Floats, faces: Ints) -> None:
        """Hold open edges in place by planes that stand upright on them."""
        sides = np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)
        owner = np.repeat(np.arange(len(faces)), 3)
        _, back, number = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True, return_counts=True)
        for side, face in zip(sides[number[back] == 1], owner[number[back] == 1], strict=True):
            a, b = points[side]
            corner = points[faces[face]]
            normal = np.cross(b - a, np.cross(corner[1] - corner[0], corner[2] - corner[0]))
            normal /= np.linalg.norm(normal) + 1e-15
            plane = np.append(normal, -normal @ a)
            self.quadric[s, side] += np.outer(plane, plane) * ((b - a) @ (b - a))

    def neighbours(self, vertex: int) -> set[int]:
        """Return the vertices that share a face with one."""
        return {corner for face in self.of[vertex] for corner in self.faces[face].tolist()} - {vertex}

    def best(self, vertex: int) -> list[tuple[float, int]]:
        """Return where a vertex may go, the cheapest first."""
        near = np.array(sorted(self.neighbours(vertex)))
        if self.rim[vertex]:
            shared = [sum(n in self.faces[f] for f in self.of[vertex]) == 1 for n in near.tolist()]
            near = near[np.array(shared, bool) & self.rim[near]]
        if not near.size:
            return []
        to = self.shapes[:, near]
        ones = np.concatenate([to, np.ones((*to.shape[:2], 1))], axis=2)
        error = np.einsum("sni,sij,snj->n", ones, self.quadric[:, vertex], ones)
        long = ((to - self.shapes[:, [vertex]]) ** 2).sum(axis=(0, 2))
        cost = self.importance[vertex] * (error + self.length * long**2)
        return sorted(zip(cost.tolist(), near.tolist(), strict=True))

    def fits(self, vertex: int, to: int) -> bool:
        """Return whether a collapse keeps the mesh whole and turns no face over."""
        mutual = self.neighbours(vertex) & self.neighbours(to)
        shared = self.of[vertex] & self.of[to]
        if len(mutual) != len(shared):
            return False
        staying = np.array(sorted(self.of[vertex] - shared), int)
        if not staying.size:
            return False
        corners = self.faces[staying]
        moved = np.where(corners == vertex, to, corners)
        before, after = self.shapes[:, corners], self.shapes[:, moved]
        one = np.cross(before[..., 1, :] - before[..., 0, :], before[..., 2, :] - before[..., 0, :])
        two = np.cross(after[..., 1, :] - after[..., 0, :], after[..., 2, :] - after[..., 0, :])
        sizes = np.linalg.norm(one, axis=-1) * np.linalg.norm(two, axis=-1)
        if ((one * two).sum(axis=-1) < 0.35 * sizes).any():
            return False
        # No slivers: the height of a face over its longest side.
        sides = ((after - np.roll(after, -1, axis=-2)) ** 2).sum(axis=-1)
        return bool((np.linalg.norm(two, axis=-1) > 0.18 * sides.max(axis=-1)).all())

    def collapse(self, vertex: int, to: int) -> None:
        """Move a vertex onto another; the faces between them go."""
        for face in self.of[vertex] & self.of[to]:
            self.alive[face] = False
            for corner in self.faces[face].tolist():
                self.of[corner].discard(face)
        for face in self.of[vertex]:
            self.faces[face][self.faces[face] == vertex] = to
            self.of[to].add(face)
        self.of[vertex] = set()
        self.quadric[:, to] += self.quadric[:, vertex]
        self.importance[to] = max(self.importance[to], self.importance[vertex])


def thinned(shapes: Floats, faces: Ints, importance: Floats, goal: int, length: float = 2e-3) -> Ints:
    """Return the faces of a mesh that keeps `goal` of its vertices, in the old numbers.

    Parameters
    ----------
    shapes : array, shape (s, n, 3)
        The same mesh in several shapes; the error is summed over them.
    faces : array of int, shape (m, 3)
    importance : array, shape (n,)
        An error counts that many times at this vertex.
    goal : int
        How many vertices stay.
    length : float
        How much long edges are shunned.
    """
    work = _Thinning(shapes, faces, importance.copy(), length)
    queue: list[tuple[float, int, int, int]] = []

    def enter(vertex: int) -> None:
        work.stamp[vertex] += 1
        for cost, to in work.best(vertex)[:4]:
            heapq.heappush(queue, (cost, vertex, to, int(work.stamp[vertex])))

    left = 0
    for vertex in range(shapes.shape[1]):
        if work.of[vertex]:
            left += 1
            enter(vertex)
    while left > goal and queue:
        _, vertex, to, stamp = heapq.heappop(queue)
        if stamp != work.stamp[vertex] or not work.of[vertex] or not work.of[to] or not work.fits(vertex, to):
            continue
        around = work.neighbours(vertex)
        work.collapse(vertex, to)
        left -= 1
        for other in around:
            enter(other)
    return work.faces[work.alive]


def cut(  # noqa: PLR0913, PLR0917
    faces: Ints,
    labels: Ints,
    count: int,
    value: Callable[[sparse.csr_array], Floats],
    label: int,
    snap: float = SNAP,
) -> tuple[sparse.csr_array, Ints, Ints]:
    """Cut the faces without a label where a function changes its sign, and label those where it is positive.

    Parameters
    ----------
    faces : array of int, shape (m, 3)
    labels : array of int, shape (m,)
        255 where a face has none. A face with a label keeps it, and is cut only where its neighbour is.
    count : int
        How many vertices the mesh has.
    value : callable
        Given a matrix (k, count) of places as means of vertices, returns the function there, shape (k,).
    label : int
    snap : float
        A border nearer to a corner than this part of the edge runs through the corner.

    Returns
    -------
    (matrix (new, count), faces, labels)
        The places of all vertices, the faces and their labels.
    """
    same = sparse.eye_array(count, format="csr")
    at = np.sign(value(same)).astype(int)
    open_sides = edges(faces[labels == NONE])
    crossed = open_sides[at[open_sides[:, 0]] * at[open_sides[:, 1]] < 0]
    share = _zero(value, crossed, at, count)
    # A corner close to the border counts as on it: no slivers.
    at[crossed[share < snap, 0]] = 0
    at[crossed[share > 1 - snap, 1]] = 0
    kept = at[crossed[:, 0]] * at[crossed[:, 1]] < 0
    crossed, share = crossed[kept], share[kept]
    number = {tuple(side): count + place for place, side in enumerate(crossed.tolist())}
    rows = np.repeat(np.arange(len(faces)), 3)
    middle = value(sparse.csr_array((np.full(faces.size, 1 / 3), (rows, faces.ravel())), (len(faces), count)))
    new, kinds = [], []
    for face, kind, inside in zip(faces.tolist(), labels.tolist(), (middle > 0).tolist(), strict=True):
        found = [number.get((min(face[k], face[k - 2]), max(face[k], face[k - 2]))) for k in range(3)]
        pieces = _split(face, found)
        new += pieces
        for piece in pieces:
            signs = [at[corner] for corner in piece if corner < count and at[corner]]
            positive = all(sign > 0 for sign in signs) if signs else inside
            kinds.append(label if kind == NONE and positive else kind)
    matrix = same
    if len(crossed):
        matrix = sparse.csr_array(sparse.vstack([same, _between(crossed, share, count)]))
    return matrix, np.array(new), np.array(kinds)


def _between(sides: Ints, share: Floats, count: int) -> sparse.csr_array:
    """Return places on edges as means of their ends, shape (k, count)."""
    rows = np.repeat(np.arange(len(sides)), 2)
    return sparse.csr_array((np.stack([1 - share, share], axis=1).ravel(), (rows, sides.ravel())), (len(sides), count))


def _zero(value: Callable[[sparse.csr_array], Floats], sides: Ints, at: Ints, count: int) -> Floats:
    """Return where on each edge a function changes its sign, from 0 to 1."""
    low, high = np.zeros(len(sides)), np.ones(len(sides))
    for _ in range(12):
        middle = (low + high) / 2
        still = np.sign(value(_between(sides, middle, count))) == at[sides[:, 0]]
        low, high = np.where(still, middle, low), np.where(still, high, middle)
    return (low + high) / 2


def _split(face: list[int], found: list[int | None]) -> list[list[int]]:
    """Return the pieces of a face; ``found[k]`` is the new vertex on the side from corner k to the next, or None."""
    new = [k for k in range(3) if found[k] is not None]
    if not new:
        return [face]
    if len(new) == 1:
        k = new[0]
        a, b, c, p = face[k], face[(k + 1) % 3], face[(k + 2) % 3], found[k]
        return [[a, p, c], [p, b, c]]  # type: ignore[list-item]
    whole = next(k for k in range(3) if found[k] is None)
    # The corner between the two cut sides stands alone.
    b, c, a = face[whole], face[(whole + 1) % 3], face[(whole + 2) % 3]
    q, p = found[(whole + 1) % 3], found[(whole + 2) % 3]
    return [[a, p, q], [p, b, c], [p, c, q]]  # type: ignore[list-item]


def compact(faces: Ints, count: int) -> tuple[sparse.csr_array, Ints]:
    """Return the matrix that keeps only the vertices that faces use, and the faces in the new numbers."""
    used = np.unique(faces)
    place = np.full(count, -1)
    place[used] = np.arange(len(used))
    rows = sparse.csr_array((np.ones(len(used)), (np.arange(len(used)), used)), (len(used), count))
    return rows, place[faces]


def relaxed(points: Floats, faces: Ints, share: Floats, times: int) -> Floats:
    """Return points moved towards the mean of their neighbours.

    Parameters
    ----------
    points : array, shape (n, k)
    faces : array of int, shape (m, corners)
    share : array, shape (n,)
        How far each goes towards that mean, from 0 (stays) to 1.
    times : int
    """
    sides = edges(faces)
    both = np.concatenate([sides, sides[:, ::-1]])
    near = sparse.csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), (len(points), len(points)))
    mean = sparse.diags_array(1 / np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1)) @ near
    for _ in range(times):
        points = points + share[:, None] * (mean @ points - points)
    return points
