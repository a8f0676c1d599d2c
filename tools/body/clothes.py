"""What the person wears, and what they lie on: shorts, a top, and the massage table."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from simplify import NONE, compact, cut, relaxed

from itband_course.body.positions import TABLE_FOOT, TABLE_HEAD, TABLE_HEIGHT, TABLE_HINGE, TABLE_WIDTH
from itband_course.rig import NewPart

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PAD = 0.06
# Title, form, and size in metres: across the table, up, along it.
CUSHIONS: dict[str, tuple[str, str, tuple[float, float, float]]] = {
    "bolster": ("roll", "tube", (0.60, 0.15, 0.15)),
    "pillow": ("pillow between the knees", "padded", (0.36, 0.15, 0.58)),
    "head_pillow": ("pillow under the head", "padded", (0.46, 0.11, 0.34)),
}


def normals(points: Floats, faces: Ints) -> Floats:
    """Return the direction outwards at each vertex, of length 1."""
    corners = points[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    found = np.zeros_like(points)
    for k in range(3):
        np.add.at(found, faces[:, k], across)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)


def _shorts(at: Floats, hip: Floats, knee: Floats, waist: float, arm: Floats) -> Floats:
    # Short at the outer thigh, which the course works on, and longer between the legs.
    inner = np.clip((abs(hip[0]) + 0.045 - np.abs(at[:, 0])) / 0.09, 0, 1)
    hem = hip[1] - (0.31 + 0.13 * inner * inner * (3 - 2 * inner)) * (hip[1] - knee[1])
    return np.minimum.reduce([at[:, 1] - hem, waist - at[:, 1], 0.5 - arm])


class Garment:
    """A garment cut from the skin's own faces, once on the neutral body for all builds.

    Parameters
    ----------
    which : {'shorts', 'top'}
    skin : array, shape (n, 3)
        The neutral body.
    faces, labels : array of int
        Faces of the skin and the region of each, which the cloth takes over.
    joints : dict of str to array
    weights : array, shape (n, bones)
    bones : list of str
        The columns of `weights`.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        which: str,
        skin: Floats,
        faces: Ints,
        labels: Ints,
        joints: dict[str, Floats],
        weights: Floats,
        bones: list[str],
    ) -> None:
        limbs = [k for k, name in enumerate(bones) if name.startswith(("upper_arm", "forearm", "hand"))]
        waist = joints["spine_1"][1] + 0.015
        neck = joints["neck"] + [0, 0.0, 0.03]
        base = np.concatenate([skin, weights[:, limbs].sum(axis=1)[:, None]], axis=1)

        def value(places: sparse.csr_array) -> Floats:
            at = places @ base
            if which == "shorts":
                return _shorts(at, joints["thigh_r"], joints["shin_r"], waist, at[:, 3])
            collar = np.linalg.norm((at[:, :3] - neck) * [0.85, 1.0, 0.9], axis=1) - 0.085
            low = np.maximum(neck[1] - 0.14 - at[:, 1], 0)
            strap = joints["upper_arm_l"][0] - 0.022 - np.abs(at[:, 0]) + 0.6 * low
            reach = [at[:, 1] - waist + 0.014, neck[1] + 0.02 - at[:, 1], 0.4 - at[:, 3]]
            return np.minimum.reduce([*reach, collar, strap])

        deep = np.clip(value(sparse.eye_array(len(skin), format="csr")) / 0.03, 0, 1)
        fork = np.clip(1.7 - np.abs(skin[:, 0]) / 0.05, 0, 1) * np.clip(
            (joints["thigh_r"][1] + 0.05 - skin[:, 1]) / 0.05, 0, 1
        )
        self.deep, self.fork = (deep, deep * fork) if which == "shorts" else (0 * deep, 0 * deep)
        rows, pieces, kind = cut(faces, np.full(len(faces), NONE), len(skin), value, 1, snap=0.03)
        worn = kind == 1
        self.skin_faces = faces
        self.labels = labels[_owners(faces, pieces, rows)][worn]
        kept, self.faces = compact(pieces[worn], rows.shape[0])
        self.matrix = sparse.csr_array(kept @ rows)
        self.away = 0.010 if which == "shorts" else 0.006
        self.rim = _rim(self.faces, self.matrix.shape[0])

    def hidden(self, skin: Floats, between: float) -> Floats:
        """Return the skin with what the garment covers drawn in a little, so that no fold of it comes through.

        Parameters
        ----------
        skin : array, shape (n, 3)
        between : float
            How far it is drawn in between the legs, where it folds most, in metres.
        """
        pull = 0.007 * self.deep + between * self.fork
        found: Floats = skin - pull[:, None] * normals(skin, self.skin_faces)
        return found

    def worn_by(self, skin: Floats) -> Floats:
        """Return the vertices of the garment on a build, shape (n, 3).

        Cloth bridges what the skin folds into: the way outwards is evened first, then the cloth, and wherever it came
        nearer to the skin than it may it is held off again.
        """
        body, outward = self.matrix @ skin, self.matrix @ normals(skin, self.skin_faces)
        outward = relaxed(outward, self.faces, np.full(len(body), 0.5), 3)
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        cloth = body + self.away * outward
        smooth = relaxed(cloth, self.faces, np.where(self.rim, 0.0, 0.6), 25)
        lift = np.clip(((smooth - cloth) * outward).sum(axis=1), 0.0, 0.05)
        lift = relaxed(lift[:, None], self.faces, np.where(self.rim, 0.0, 0.5), 3)
        found: Floats = cloth + lift * outward
        return found


def _rim(faces: Ints, count: int) -> NDArray[np.bool_]:
    """Return which vertices lie on an open edge."""
    sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    pairs, number = np.unique(sides, axis=0, return_counts=True)
    found = np.zeros(count, bool)
    found[pairs[number == 1].ravel()] = True
    return found


def _owners(faces: Ints, pieces: Ints, rows: sparse.csr_array) -> Ints:
    """Return for each piece the face that it was cut from."""
    count = int(faces.max()) + 1
    table_ = {frozenset(face): number for number, face in enumerate(faces.tolist())}
    ends = {row: frozenset(rows[[row]].indices.tolist()) for row in range(count, rows.shape[0])}
    found, last = [], -1
    order = faces.tolist()
    for piece in pieces.tolist():
        corners: set[int] = set()
        for corner in piece:
            corners |= ends.get(corner, frozenset([corner]))
        number = table_.get(frozenset(corners))
        if number is None:
            # A piece that knows only two corners of its face follows it in the list.
            number = last if last >= 0 and corners <= set(order[last]) else last + 1
        found.append(number)
        last = number
    return np.array(found)


def padded(size: tuple[float, float, float], edge: float, steps: int = 4) -> tuple[Floats, Ints]:
    """Return a box with round edges about the origin as vertices and faces, lengths in metres."""
    axes = []
    for length in size:
        half, radius = length / 2, min(edge, length / 2 - 1e-4)
        turned = np.linspace(0, np.pi / 2, steps)
        rim = half - radius + radius * np.sin(turned)
        axes.append(np.concatenate([-rim[::-1], rim]))
    points, faces = [], []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1, 1):
            first = sum(len(p) for p in points)
            across, along = np.meshgrid(axes[u], axes[v], indexing="ij")
            grid = np.zeros((*across.shape, 3))
            grid[..., axis], grid[..., u], grid[..., v] = sign * size[axis] / 2, across, along
            points.append(grid.reshape(-1, 3))
            rows, columns = across.shape
            at = first + np.arange(rows * columns).reshape(rows, columns)
            a, b, c, d = at[:-1, :-1].ravel(), at[1:, :-1].ravel(), at[1:, 1:].ravel(), at[:-1, 1:].ravel()
            quads = np.stack([a, b, c, d] if sign > 0 else [a, d, c, b], axis=1)
            faces.append(np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]))
    cloud = np.concatenate(points)
    # Every point goes onto the round surface: a box shrunk by the edge, and a ball of that radius about it.
    core = np.array(size) / 2 - np.minimum(edge, np.array(size) / 2 - 1e-4)
    near = np.clip(cloud, -core, core)
    off = cloud - near
    off /= np.maximum(np.linalg.norm(off, axis=1, keepdims=True), 1e-12)
    cloud = near + off * np.minimum(edge, np.array(size).min() / 2 - 1e-4)
    keys, place = np.unique(np.rint(cloud * 1e6).astype(int), axis=0, return_inverse=True)
    merged = place[np.concatenate(faces)]
    whole = (merged[:, 0] != merged[:, 1]) & (merged[:, 1] != merged[:, 2]) & (merged[:, 0] != merged[:, 2])
    return keys / 1e6, merged[whole]


def tube(radius: float, length: float, sides: int = 20) -> tuple[Floats, Ints]:
    """Return a cylinder along x about the origin, closed at both ends, as vertices and faces."""
    turned = np.arange(sides) * 2 * np.pi / sides
    profile = [(-length / 2, 0.0), (-length / 2, 0.8 * radius), (-length / 2 + 0.02, radius)]
    profile += [(-x, r) for x, r in reversed(profile)]
    rings = [np.stack([np.full(sides, x), r * np.cos(turned), r * np.sin(turned)], axis=1) for x, r in profile]
    faces = []
    for ring in range(len(profile) - 1):
        for k in range(sides):
            a, b = ring * sides + k, ring * sides + (k + 1) % sides
            faces += [[a, b, b + sides], [a, b + sides, a + sides]]
    return np.concatenate(rings), np.array(faces)


def ring(radius: float, thick: float, around: int = 24, sides: int = 8) -> tuple[Floats, Ints]:
    """Return a flat padded ring, open at its far side, in the x-z plane about the origin."""
    turned = np.radians(np.linspace(-235, 55, around))
    inner = np.arange(sides) * 2 * np.pi / sides
    points = [
        [(radius + thick * np.cos(b)) * np.cos(a), 0.6 * thick * np.sin(b), -(radius + thick * np.cos(b)) * np.sin(a)]
        for a in turned
        for b in inner
    ]
    faces = []
    for k in range(around - 1):
        for j in range(sides):
            a, b = k * sides + j, k * sides + (j + 1) % sides
            faces += [[a, a + sides, b + sides], [a, b + sides, b]]
    ends = [range(sides), range((around - 1) * sides, around * sides)]
    faces += [[ends[0][0], ends[0][k], ends[0][k + 1]] for k in range(1, sides - 1)]
    faces += [[ends[1][0], ends[1][k + 1], ends[1][k]] for k in range(1, sides - 1)]
    return np.array(points), np.array(faces)


def props(bones: list[str]) -> list[NewPart]:
    """Return the massage table with its face cradle, and the cushions, each on a bone of its own.

    At rest the cushions lie on the table's foot end; a position shifts those that it needs.
    """
    half, top = TABLE_WIDTH / 2, TABLE_HEIGHT
    solids: list[tuple[tuple[Floats, Ints], tuple[float, float, float], str]] = []
    for first, last, bone in ((TABLE_HINGE, TABLE_FOOT, "table"), (TABLE_HEAD, TABLE_HINGE, "table_back")):
        size = (TABLE_WIDTH, PAD, last - first - 0.004)
        solids.append((padded(size, 0.02), (0.0, top - PAD / 2, (first + last) / 2), bone))
    solids.append((ring(0.115, 0.05), (0.0, top - 0.03, TABLE_HEAD - 0.15), "table_back"))
    for x in (-half + 0.07, half - 0.07):
        for z in (TABLE_HEAD + 0.2, TABLE_FOOT - 0.2):
            solids.append((padded((0.045, top - PAD - 0.02, 0.045), 0.008, 2), (x, (top - PAD - 0.02) / 2, z), "table"))
        frame = padded((0.04, 0.06, TABLE_FOOT - TABLE_HEAD - 0.3), 0.008, 2)
        solids.append((frame, (x, top - PAD - 0.032, 0.0), "table"))
    vertices, faces, weights, start = [], [], [], 0
    for (points, triangles), middle, bone in solids:
        vertices.append(points + middle)
        faces.append(triangles + start)
        weights.append(_all_on(bone, len(points), bones))
        start += len(points)
    found = [
        NewPart(
            "table",
            "massage table",
            "cloth",
            "table",
            np.concatenate(vertices),
            np.concatenate(faces),
            np.concatenate(weights),
            drawn=True,
        )
    ]
    for name, (title, kind, size) in CUSHIONS.items():
        points, triangles = tube(size[1] / 2, size[0]) if kind == "tube" else padded(size, 0.055, 5)
        points += np.array([0.0, top + size[1] / 2, 0.0])
        found.append(
            NewPart(name, title, "cloth", name, points, triangles, _all_on(name, len(points), bones), drawn=True)
        )
    return found


def _all_on(bone: str, count: int, bones: list[str]) -> Floats:
    weights = np.zeros((count, len(bones)))
    weights[:, bones.index(bone)] = 1
    return weights
