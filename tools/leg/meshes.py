"""What `build_rig.py` does to a mesh before it is bound: orient, thin out, smooth, clip, join; and the drawn shapes."""

import fast_simplification
import numpy as np
import trimesh
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Mesh = tuple[np.ndarray, np.ndarray]
"""Vertices (n, 3) in metres and faces (m, 3)."""


def tidy(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    """Return a mesh without faces of no area and without vertices that no face has."""
    first, second, third = faces.T
    faces = faces[(first != second) & (second != third) & (third != first)]
    used, numbers = np.unique(faces, return_inverse=True)
    return np.asarray(vertices, float)[used], numbers.reshape(-1, 3)


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Return the volume in cubic metres, negative where faces are clockwise seen from outside."""
    first, second, third = (vertices[faces[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->", first, np.cross(second, third)) / 6)


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return the normal of each vertex, weighted by the area of its faces, of length 1."""
    first, second, third = (vertices[faces[:, corner]] for corner in range(3))
    areas = np.cross(second - first, third - first)
    total = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(total, faces[:, corner], areas)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def _shared_edges(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pairs of faces that share an edge, and whether both agree on which side is outside."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    owner = np.tile(np.arange(len(faces)), 3)
    forward = edges[:, 0] < edges[:, 1]
    edges = np.sort(edges, axis=1)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    same = (edges[order][1:] == edges[order][:-1]).all(axis=1)
    one, other = order[:-1][same], order[1:][same]
    return owner[one], owner[other], forward[one] != forward[other]


def pieces(faces: np.ndarray, agreeing: bool = False) -> np.ndarray:
    """Return for each face the number of its connected piece; with `agreeing`, across edges where sides agree only."""
    one, other, agree = _shared_edges(faces)
    if agreeing:
        one, other = one[agree], other[agree]
    graph = coo_matrix((np.ones(len(one)), (one, other)), shape=(len(faces), len(faces)))
    return connected_components(graph, directed=False)[1]


def outward(vertices: np.ndarray, faces: np.ndarray, least: float = 2e-8) -> Mesh:
    """Return a mesh whose pieces all face outward; closed specks smaller than `least` (cubic metres) are left out."""
    label = pieces(faces)
    kept = []
    sizes = [volume(vertices, faces[label == number]) for number in range(label.max() + 1)]
    for number, size in enumerate(sizes):
        piece = faces[label == number]
        if abs(size) >= min(least, max(map(abs, sizes))):
            kept.append(piece if size > 0 else piece[:, ::-1])
    return tidy(vertices, np.concatenate(kept))


def thinned(vertices: np.ndarray, faces: np.ndarray, target: int) -> Mesh:
    """Return a mesh of about `target` faces at most."""
    if len(faces) <= target:
        return tidy(vertices, faces)
    found, triangles = fast_simplification.simplify(
        vertices.astype("f4"), faces.astype("i4"), target_count=target, agg=4
    )
    return tidy(_held(found.astype(float), vertices), triangles.astype(int))


def _held(points: np.ndarray, originals: np.ndarray, reach: float = 0.004) -> np.ndarray:
    """Return points, those that strayed further than `reach` (metres) from a mesh set back onto it."""
    gap, near = cKDTree(originals).query(points)
    return np.where((gap > reach)[:, None], originals[near], points)


def smoothed(vertices: np.ndarray, faces: np.ndarray, rounds: int) -> Mesh:
    """Return a mesh smoothed by Taubin's method, which does not shrink it; every second round swells again."""
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    trimesh.smoothing.filter_taubin(mesh, lamb=0.5, nu=0.53, iterations=2 * rounds)
    return _held(np.asarray(mesh.vertices), vertices), np.asarray(mesh.faces)


def subdivided(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    """Return a mesh with four rounded faces for each."""
    found, triangles = trimesh.remesh.subdivide_loop(vertices, faces, iterations=1)
    return np.asarray(found), np.asarray(triangles)


def clipped(vertices: np.ndarray, faces: np.ndarray, values: np.ndarray) -> Mesh:
    """Return what of a mesh has negative `values` (one a vertex), cut along the line where they are zero."""
    values = np.where(np.abs(values) < 1e-9, 1e-9, values)
    inside = values < 0
    points, triangles, cut = list(vertices), [], {}

    def between(one: int, other: int) -> int:
        key = (min(one, other), max(one, other))
        if key not in cut:
            share = values[one] / (values[one] - values[other])
            cut[key] = len(points)
            points.append(vertices[one] + share * (vertices[other] - vertices[one]))
        return cut[key]

    for face in faces:
        count = inside[face].sum()
        if count == 3:
            triangles.append(tuple(face))
        elif count == 1:
            lone = int(np.argmax(inside[face]))
            first, second, third = (int(face[(lone + step) % 3]) for step in range(3))
            triangles.append((first, between(first, second), between(first, third)))
        elif count == 2:
            lone = int(np.argmin(inside[face]))
            first, second, third = (int(face[(lone + step) % 3]) for step in range(3))
            start, end = between(first, second), between(first, third)
            triangles += [(start, second, third), (start, third, end)]
    return tidy(np.array(points), np.array(triangles))


def capped(vertices: np.ndarray, faces: np.ndarray, height: float) -> Mesh:
    """Return a mesh cut off above a height, the cut closed."""
    vertices, faces = clipped(vertices, faces, vertices[:, 1] - height)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    top = edges[(np.abs(vertices[edges][:, :, 1] - height) < 1e-6).all(axis=1)]
    twins = {(int(second), int(first)) for first, second in top}
    rim = np.array([edge for edge in top if (int(edge[0]), int(edge[1])) not in twins])
    middle = vertices[np.unique(rim)].mean(axis=0)
    lids = np.stack([rim[:, 1], rim[:, 0], np.full(len(rim), len(vertices))], axis=1)
    return np.concatenate([vertices, middle[None]]), np.concatenate([faces, lids])


def joined(meshes: list[Mesh]) -> Mesh:
    """Return several meshes as one."""
    offsets = np.cumsum([0] + [len(vertices) for vertices, _ in meshes[:-1]])
    return (
        np.concatenate([vertices for vertices, _ in meshes]),
        np.concatenate([faces + offset for (_, faces), offset in zip(meshes, offsets, strict=True)]),
    )


def along(points: list | np.ndarray, count: int) -> np.ndarray:
    """Return `count` points on a smooth line (Catmull-Rom) through the given ones, evenly by their number."""
    given = np.asarray(points, float)
    ends = np.concatenate([[2 * given[0] - given[1]], given, [2 * given[-1] - given[-2]]])
    at = np.linspace(0, len(given) - 1, count)
    start = np.minimum(at.astype(int), len(given) - 2)
    t = (at - start)[:, None]
    a, b, c, d = (ends[start + step] for step in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _frames(line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two directions across a line at each of its points, turned along it as little as possible."""
    tangents = np.gradient(line, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    across = np.cross(tangents[0], [0.3, 0.2, 0.9])
    sides = []
    for tangent in tangents:
        across = across - (across @ tangent) * tangent
        across /= np.linalg.norm(across)
        sides.append(across)
    return np.array(sides), np.cross(tangents, sides)


def tube(points: list | np.ndarray, radii: float | list, rings: int = 40, corners: int = 8, flat: float = 1.0) -> Mesh:
    """Return a tube along points; `radii` in metres, one or as many as points. Closed at both ends.

    `flat` below 1 makes the cross-section an ellipse: a strap.
    """
    line = along(points, rings)
    widths = np.interp(np.linspace(0, 1, rings), np.linspace(0, 1, np.size(radii)), np.atleast_1d(radii))
    one, other = _frames(line)
    turns = np.arange(corners) * 2 * np.pi / corners
    ring = np.cos(turns)[None, :, None] * one[:, None] + flat * np.sin(turns)[None, :, None] * other[:, None]
    vertices = (line[:, None] + widths[:, None, None] * ring).reshape(-1, 3)
    return _closed(vertices, line, rings, corners)


def strap(lines: list, thickness: float, rings: int = 24, columns: int = 7) -> Mesh:
    """Return a sheet with two sides, spanned by two or more lines (each a list of points), `thickness` metres thick."""
    edges = np.stack([along(line, rings) for line in lines])
    middle = np.stack([along(edges[:, ring], columns) for ring in range(rings)])
    down = np.gradient(middle, axis=0)
    over = np.gradient(middle, axis=1)
    normal = np.cross(down, over)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    upper = (middle + normal * thickness / 2).reshape(-1, 3)
    lower = (middle - normal * thickness / 2).reshape(-1, 3)
    cell = np.array(
        [
            [r * columns + c, (r + 1) * columns + c, (r + 1) * columns + c + 1, r * columns + c + 1]
            for r in range(rings - 1)
            for c in range(columns - 1)
        ]
    )
    top = np.concatenate([cell[:, [0, 1, 2]], cell[:, [0, 2, 3]]])
    rim = [(0, c) for c in range(columns)] + [(r, columns - 1) for r in range(1, rings)]
    rim += [(rings - 1, c) for c in range(columns - 2, -1, -1)] + [(r, 0) for r in range(rings - 2, 0, -1)]
    loop = np.array([r * columns + c for r, c in rim])
    after = np.roll(loop, -1)
    size = rings * columns
    wall = np.concatenate([np.stack([loop, after, after + size], 1), np.stack([loop, after + size, loop + size], 1)])
    faces = np.concatenate([top, top[:, ::-1] + size, wall])
    return outward(np.concatenate([upper, lower]), faces, 0)


def ellipsoid(centre: np.ndarray, axes: np.ndarray, radii: tuple[float, float, float]) -> Mesh:
    """Return an ellipsoid; `axes` are three directions as rows."""
    ball = trimesh.creation.icosphere(subdivisions=2)
    axes = np.asarray(axes, float)
    axes = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    return outward((np.asarray(ball.vertices) * radii) @ axes + centre, np.asarray(ball.faces), 0)


def _closed(vertices: np.ndarray, line: np.ndarray, rings: int, corners: int) -> Mesh:
    ring = np.arange(corners)
    after = np.roll(ring, -1)
    faces = []
    for number in range(rings - 1):
        low, high = number * corners, (number + 1) * corners
        faces += [
            np.stack([low + ring, low + after, high + after], 1),
            np.stack([low + ring, high + after, high + ring], 1),
        ]
    last = (rings - 1) * corners
    faces.append(np.stack([np.full(corners, len(vertices)), after, ring], 1))
    faces.append(np.stack([np.full(corners, len(vertices) + 1), last + ring, last + after], 1))
    return outward(np.concatenate([vertices, line[:1], line[-1:]]), np.concatenate(faces), 0)


def split(vertices: np.ndarray, faces: np.ndarray, wanted) -> Mesh:
    """Return a mesh in which the edges that are wanted are halved; neighbours are halved with them, so nothing gapes.

    `wanted` gets vertices and edges (k, 2) and returns for each edge whether to halve it.
    """
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, which = np.unique(edges, axis=0, return_inverse=True)
    halved = wanted(vertices, unique)
    number = np.full(len(unique), -1)
    number[halved] = len(vertices) + np.arange(halved.sum())
    vertices = np.concatenate([vertices, vertices[unique[halved]].mean(axis=1)])
    middle = number[which.reshape(3, -1).T]
    found = []
    for (a, b, c), (ab, bc, ca) in zip(faces.tolist(), middle.tolist(), strict=True):
        corners = [a, ab, b, bc, c, ca]
        cut = [ab >= 0, bc >= 0, ca >= 0]
        if not any(cut):
            found.append((a, b, c))
        elif all(cut):
            found += [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
        else:
            # Turned so that the first edge is halved, and the third is not.
            turn = next(at for at in range(3) if cut[at] and not cut[(at + 2) % 3])
            p, pq, q, qr, r, _ = corners[2 * turn :] + corners[: 2 * turn]
            found += [(pq, q, qr), (pq, qr, r), (p, pq, r)] if qr >= 0 else [(p, pq, r), (pq, q, r)]
    return vertices, np.array(found)


class Hull:
    """A skin that can be asked how deep beneath it a point lies."""

    def __init__(self, vertices: np.ndarray, faces: np.ndarray) -> None:
        rim = set()
        edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        found, counts = np.unique(edges, axis=0, return_counts=True)
        rim = np.zeros(len(vertices), bool)
        rim[found[counts == 1]] = True
        corner = normals(vertices, faces)
        shares = np.array(
            [
                (1, 1, 1),
                (4, 1, 1),
                (1, 4, 1),
                (1, 1, 4),
                (1, 0, 0),
                (0, 1, 0),
                (0, 0, 1),
                (1, 1, 0),
                (0, 1, 1),
                (1, 0, 1),
            ],
            float,
        )
        shares /= shares.sum(axis=1, keepdims=True)
        self.points = np.einsum("sk,mkj->smj", shares, vertices[faces]).reshape(-1, 3)
        found = np.einsum("sk,mkj->smj", shares, corner[faces]).reshape(-1, 3)
        self.normals = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        self.rim = np.tile(rim[faces].any(axis=1), len(shares))
        self.tree = cKDTree(self.points)

    def depth(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return how deep points lie (metres, negative outside), the normals there, and whether the skin ends there."""
        _, near = self.tree.query(points)
        gap = self.points[near] - points
        return np.einsum("ij,ij->i", gap, self.normals[near]), self.normals[near], self.rim[near]
