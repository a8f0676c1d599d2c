"""Which bone moves a place in the leg, and how much: one smooth field for all that is soft.

The field is what heat would do: each bone is held at 1 in its own field and at 0 in those of the others, no heat passes
the skin, and the field is what it settles to (Laplace's equation on a grid of small cubes). So what is attached to a
bone moves with it, gluteus medius blends from the pelvis to the trochanter, and layers that lie on one another get the
same weights and do not come through one another.
"""

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix, diags
from scipy.sparse.linalg import cg

CELL = 0.005
"""Edge of a cube in metres."""


def _sampled(vertices: np.ndarray, faces: np.ndarray, spacing: float) -> np.ndarray:
    """Return points on a mesh, no further apart than `spacing`, so that no cube on it is missed."""
    corners = vertices[faces]
    longest = max(np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=-1).max(), spacing)
    steps = int(np.ceil(longest / spacing))
    counts = np.ceil(np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=-1).max(axis=1) / spacing).astype(int)
    found = []
    for step in range(1, steps + 1):
        mine = corners[np.maximum(counts, 1) == step]
        if len(mine):
            i, j = np.mgrid[: step + 1, : step + 1]
            kept = i + j <= step
            shares = np.stack([i[kept], j[kept], step - i[kept] - j[kept]], 1) / step
            found.append(np.einsum("sk,mkj->msj", shares, mine).reshape(-1, 3))
    return np.concatenate(found)


class Field:
    """Shares of the bones by place.

    Parameters
    ----------
    body : (vertices, faces)
        The closed outer skin.
    bones : list of list of (vertices, faces)
        For each bone of the rig its meshes.
    box : (low, high)
        The corners of the box that the field covers, in metres.
    blur : float
        How far the shares are evened out, in metres.
    strength : dict of int to float
        By how much the field of a bone is multiplied before the shares are made to add up to 1.
    """

    def __init__(self, body, bones, box, blur: float, strength: dict[int, float]) -> None:
        low, high = box
        self.low = np.asarray(low, float)
        self.shape = tuple(np.ceil((np.asarray(high) - self.low) / CELL).astype(int) + 1)
        inside = self._whole_body(body)
        held = np.full(self.shape, -1)
        for number, meshes in enumerate(bones):
            for vertices, faces in meshes:
                held[self._filled(vertices, faces)] = number
        inside |= held >= 0
        # The left leg and the arms hang on nothing here: only what is connected to a bone counts.
        label, _ = ndimage.label(inside)
        inside = np.isin(label, np.unique(label[held >= 0]))
        fields = self._settled(inside, held, len(bones))
        self.inside = inside
        self.held = held
        soft = inside.astype(float)
        sigma = blur / CELL
        weight = ndimage.gaussian_filter(soft, sigma)
        fields = np.stack([ndimage.gaussian_filter(field * soft, sigma) / np.maximum(weight, 1e-9) for field in fields])
        for number, factor in strength.items():
            fields[number] *= factor
        # Beyond the skin: as at the nearest place within.
        nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
        self.fields = fields[:, nearest[0], nearest[1], nearest[2]]
        self.fields /= self.fields.sum(axis=0)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return the shares of the bones at points (n, 3) in metres, shape (n, bones)."""
        at = ((points - self.low) / CELL).T
        shares = np.stack([ndimage.map_coordinates(field, at, order=1, mode="nearest") for field in self.fields], 1)
        return shares / shares.sum(axis=1, keepdims=True)

    def _filled(self, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
        mask = np.zeros(self.shape, bool)
        at = np.rint((_sampled(vertices, faces, CELL / 2) - self.low) / CELL).astype(int)
        at = at[((at >= 0) & (at < self.shape)).all(axis=1)]
        mask[tuple(at.T)] = True
        return ndimage.binary_fill_holes(mask)

    def _whole_body(self, body) -> np.ndarray:
        vertices, faces = body
        low = vertices.min(axis=0) - 2 * CELL
        shift = np.round((self.low - low) / CELL).astype(int)
        low = self.low - shift * CELL
        shape = tuple(np.ceil((vertices.max(axis=0) - low) / CELL).astype(int) + 3)
        mask = np.zeros(shape, bool)
        at = np.rint((_sampled(vertices, faces, CELL / 2) - low) / CELL).astype(int)
        mask[tuple(at.T)] = True
        # Slice by slice, because the head has openings.
        mask = np.stack([ndimage.binary_fill_holes(mask[:, row]) for row in range(shape[1])], axis=1)
        out = np.zeros(self.shape, bool)
        start = np.maximum(shift, 0)
        stop = np.minimum(shift + self.shape, shape)
        source = tuple(slice(one, other) for one, other in zip(start, stop, strict=True))
        target = tuple(slice(one, other) for one, other in zip(start - shift, stop - shift, strict=True))
        out[target] = mask[source]
        return out

    def _settled(self, inside: np.ndarray, held: np.ndarray, count: int) -> np.ndarray:
        free = inside & (held < 0)
        number = np.full(self.shape, -1)
        number[free] = np.arange(free.sum())
        size = int(free.sum())
        rows, columns, degree = [], [], np.zeros(size)
        given = np.zeros((count, size))
        for axis in range(3):
            for way in (1, -1):
                other_inside = np.roll(inside, way, axis)
                other_held = np.roll(held, way, axis)
                other_number = np.roll(number, way, axis)
                edge = [slice(None)] * 3
                edge[axis] = slice(0, 1) if way == 1 else slice(-1, None)
                other_inside[tuple(edge)] = False
                pair = free & other_inside
                mine = number[pair]
                degree += np.bincount(mine, minlength=size)
                bone = other_held[pair]
                for which in range(count):
                    given[which] += np.bincount(mine[bone == which], minlength=size)
                loose = bone < 0
                rows.append(mine[loose])
                columns.append(other_number[pair][loose])
        rows, columns = np.concatenate(rows), np.concatenate(columns)
        matrix = diags(degree) - coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size))
        matrix = matrix.tocsr()
        scale = diags(1 / degree)
        fields = []
        for which in range(count):
            field = (held == which).astype(float)
            solved, failed = cg(matrix, given[which], rtol=1e-6, maxiter=3000, M=scale)
            if failed:
                raise RuntimeError(f"The field of bone {which} did not settle.")
            field[free] = np.clip(solved, 0, 1)
            fields.append(field)
        return np.stack(fields)
