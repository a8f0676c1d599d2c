"""Make the leg that moves, `itband_course/data/leg/right_leg.rig`, from the meshes of BodyParts3D.

For maintainers, and only when the figure itself has to change; the course reads the file, never the meshes. Needs, in
an environment of its own::

    python -m venv legs && legs/bin/pip install numpy scipy msgspec fast-simplification trimesh matplotlib
    PYTHONPATH=. legs/bin/python tools/leg/build_rig.py FOLDER

FOLDER holds the meshes as they were prepared from BodyParts3D 4.0: `right_leg.npz` and `skin.npz` with `<part>.v`
(vertices, float, shape (n, 3), metres; x to the person's left, y up, z to the front) and `<part>.f` (triangles, int,
shape (m, 3)), `landmarks.csv` (landmark, x_m, y_m, z_m, how) and `parts.csv` (slug, name, kind, ...).

What is drawn rather than measured, and what was moved, stands in the notes of the file and in the README beside it.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from drawn import drawn_parts
from meshes import (
    Hull,
    Mesh,
    capped,
    clipped,
    joined,
    normals,
    outward,
    pieces,
    smoothed,
    split,
    subdivided,
    thinned,
    tidy,
    volume,
)
from regions import REGIONS, region_of
from scipy.spatial import cKDTree
from weights import Field

from itband_course.files import write_whole
from itband_course.rig import Bone, Header, Joint, Landmark, NewPart, Region, Rig, packed

OUT = Path(__file__).resolve().parents[2] / "itband_course/data/leg/right_leg.rig"
ATTRIBUTION = "BodyParts3D, © The Database Center for Life Science licensed under CC Attribution-Share Alike 2.1 Japan"
LICENCE = "https://creativecommons.org/licenses/by-sa/2.1/jp/"

BONES = [Bone("pelvis"), Bone("femur", "pelvis"), Bone("tibia", "femur"), Bone("patella", "femur")]
PELVIS, FEMUR, TIBIA, PATELLA = range(4)

FOOT = (
    "calcaneus",
    "cuboid_bone",
    "fifth_metatarsal_bone",
    "first_metatarsal_bone",
    "fourth_metatarsal_bone",
    "intermediate_cuneiform_bone",
    "lateral_cuneiform_bone",
    "medial_cuneiform_bone",
    "navicular_bone_foot",
    "second_metatarsal_bone",
    "talus",
    "third_metatarsal_bone",
)
SPINE = (
    "fourth_lumbar_vertebra",
    "fifth_lumbar_vertebra",
    "intervertebral_disk_of_fourth_lumbar_vertebra",
    "intervertebral_disk_of_fifth_lumbar_vertebra",
)
# Several meshes that a student meets as one: id -> (name, meshes).
TOGETHER = {
    "foot_bones": ("bones of the foot", FOOT),
    "lumbar_vertebrae": ("fourth and fifth lumbar vertebrae", SPINE),
    "adductor_magnus": ("adductor magnus", ("adductor_magnus", "adductor_minimus")),
    "lateral_circumflex_femoral_artery": (
        "lateral circumflex femoral artery",
        ("lateral_circumflex_femoral_artery", "descending_branch_lateral_circumflex_femoral_artery"),
    ),
    "genicular_arteries": (
        "upper genicular arteries",
        ("lateral_superior_genicular_artery", "medial_superior_genicular_artery"),
    ),
}
NAMES = {
    "iliotibial_tract": "iliotibial band",
    "patella": "kneecap",
    "lateral_head_gastrocnemius": "gastrocnemius, lateral head",
    "medial_head_gastrocnemius": "gastrocnemius, medial head",
    "long_head_biceps_femoris": "biceps femoris, long head",
    "short_head_biceps_femoris": "biceps femoris, short head",
}
WHICH_BONE = {
    "hip_bone": PELVIS,
    "sacrum": PELVIS,
    "lumbar_vertebrae": PELVIS,
    "femur": FEMUR,
    "tibia": TIBIA,
    "fibula": TIBIA,
    "foot_bones": TIBIA,
    "patella": PATELLA,
}
SUPERFICIAL = {
    "gluteus_maximus",
    "tensor_fasciae_latae",
    "rectus_femoris",
    "vastus_lateralis",
    "vastus_medialis",
    "sartorius",
    "long_head_biceps_femoris",
    "semitendinosus",
    "semimembranosus",
    "gracilis",
    "adductor_longus",
    "lateral_head_gastrocnemius",
    "medial_head_gastrocnemius",
    "tibialis_anterior",
    "fibularis_longus",
    "extensor_digitorum_longus",
}
# How many faces are kept at most.
FACES = {
    "iliotibial_tract": 4200,
    "gluteus_maximus": 4200,
    "vastus_lateralis": 3600,
    "rectus_femoris": 2800,
    "femur": 2600,
    "hip_bone": 2374,
    "sacrum": 2600,
    "lumbar_vertebrae": 2600,
    "foot_bones": 4200,
    "popliteal_artery": 1400,
    "popliteal_vein": 1400,
    "great_saphenous_vein": 2400,
    "small_saphenous_vein": 1400,
    "long_head_biceps_femoris": 2600,
    "adductor_magnus": 2600,
}
USUAL_FACES = {"bone": 1700, "muscle": 1900, "band": 3000, "vessel": 900}
SMOOTHED = {"iliotibial_tract": 6, "rectus_femoris": 3, "vastus_lateralis": 3, "vastus_medialis": 3}

# The kneecap of this leg sits low: it is drawn where `tools/leg_outline.py` draws it. What lies around it goes along.
PATELLA_MOVED = np.array([0.0, 0.022, 0.009])
PATELLA_REACH = 0.034
# Rectus femoris is one mesh with the tendon below the kneecap: it ends here, and the tendon is drawn anew.
RECTUS_ENDS = 0.422
# Below this height the tract is drawn together until its lower end lies on Gerdy's tubercle.
TRACT_LEAVES, TRACT_ENDED, TRACT_ENDS = 0.415, 0.314, 0.354
# Skin and psoas end here.
WAIST = 0.988
# Edges of the skin are no longer than this, in metres.
LONGEST, LONGEST_AT_EDGE = 0.018, 0.005
# What must lie beneath the skin at least, in metres, at rest.
BENEATH = 0.0025
BLUR = 0.019
PATELLA_SHARE = 0.65
# Evening out takes more from the small kneecap than from the long bones: this gives it back, and skin stays over it.
PATELLA_WEIGHT = 1.9


def read(folder: Path) -> tuple[dict[str, Mesh], dict[str, dict[str, str]], dict[str, np.ndarray]]:
    """Return the meshes, what is said of them, and the landmarks."""
    meshes = {}
    for file in ("right_leg.npz", "skin.npz"):
        held = np.load(folder / file)
        for key in held.files:
            if key.endswith(".v"):
                meshes[key[:-2]] = (held[key].astype(float), held[key[:-2] + ".f"].astype(int))
    with (folder / "parts.csv").open(encoding="utf-8", newline="") as lines:
        about = {row["slug"]: row for row in csv.DictReader(lines)}
    with (folder / "landmarks.csv").open(encoding="utf-8", newline="") as lines:
        places = {
            row["landmark"]: np.array([float(row[f"{axis}_m"]) for axis in "xyz"]) for row in csv.DictReader(lines)
        }
    return meshes, about, places


def outer_skin(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    """Return the outer of the two sheets that the skin's mesh has; where they join, their sides disagree."""
    label = pieces(faces, agreeing=True)
    largest = np.argsort(-np.bincount(label))[:2]
    return tidy(vertices, faces[label == max(largest, key=lambda number: volume(vertices, faces[label == number]))])


def leg_skin(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    """Return the skin of the right leg and hip: without arm, hand, genitals and the other half of the body."""
    x, y, z = vertices.T
    # In front the cut leaves the midline and runs down the groin, so that the picture shows a leg and nothing else.
    ramp = np.clip((0.885 - y) / 0.09, 0, 1)
    ahead = np.clip((z - 0.035) / 0.05, 0, 1)
    above_crotch = np.clip((y - 0.672) / 0.02, 0, 1)
    middle = x + 0.0005 + 0.0035 * np.clip((y - 0.64) / 0.012, 0, 1)
    groin = middle + 0.030 * ramp * ramp * (3 - 2 * ramp) * ahead * above_crotch
    mesh = clipped(vertices, faces, np.maximum(groin, y - WAIST))
    # Where the thighs touch, it runs level.
    x, y, z = mesh[0].T
    mesh = clipped(*mesh, np.minimum.reduce([y - 0.652, 0.78 - y, x + 0.02, z - 0.02]))
    label = pieces(mesh[1])
    return tidy(mesh[0], mesh[1][label == np.argmax(np.bincount(label))])


def evened_skin(skin: Mesh, places: dict[str, np.ndarray]) -> Mesh:
    """Return the skin with small faces where regions meet, so that their edge is even, and nowhere long ones."""
    vertices, faces = skin

    def wanted(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
        long = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
        region = region_of(points, places)
        return (long > LONGEST) | ((region[edges[:, 0]] != region[edges[:, 1]]) & (long > LONGEST_AT_EDGE))

    for _ in range(4):
        vertices, faces = split(vertices, faces, wanted)
    return vertices, faces


def raised(points: np.ndarray, patella: np.ndarray) -> np.ndarray:
    """Return points moved along with the raised kneecap: fully at its centre, less with distance, not behind it."""
    gap = points - patella
    near = np.exp(-((gap / (PATELLA_REACH, PATELLA_REACH, PATELLA_REACH)) ** 2).sum(axis=1))
    ahead = np.clip((gap[:, 2] + 0.025) / 0.02, 0, 1)
    return points + (near * ahead)[:, None] * PATELLA_MOVED


def to_tubercle(points: np.ndarray, gerdy: np.ndarray) -> np.ndarray:
    """Return points of the tract, the lower end drawn up and together onto Gerdy's tubercle."""
    share = np.clip((TRACT_LEAVES - points[:, 1]) / (TRACT_LEAVES - TRACT_ENDED), 0, 1)
    soft = (share * share * (3 - 2 * share))[:, None]
    moved = points.copy()
    moved[:, 1] = np.where(share > 0, TRACT_LEAVES - share * (TRACT_LEAVES - TRACT_ENDS), points[:, 1])
    middle = np.array([np.interp(points[:, 1], heights, line) for heights, line in _middle_line(points)]).T
    aim = np.array([gerdy[0] - 0.0025, 0, gerdy[2] - 0.0005])
    across = points - middle
    # Narrower to the end, and its line bent forward onto the tubercle.
    target = aim + across * (1 - 0.45 * soft)
    moved[:, 0] = points[:, 0] + soft[:, 0] * (target[:, 0] - points[:, 0])
    moved[:, 2] = points[:, 2] + soft[:, 0] * (target[:, 2] - points[:, 2])
    return moved


def _middle_line(points: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    heights = np.arange(0.318, 0.43, 0.006)
    rows = [points[np.abs(points[:, 1] - at) < 0.006] for at in heights]
    return [(heights, np.array([(row[:, axis].min() + row[:, axis].max()) / 2 for row in rows])) for axis in (0, 1, 2)]


def fitted_skin(skin: Mesh, others: list[np.ndarray]) -> Mesh:
    """Return the skin moved outward, smoothly, where muscle or band would else lie less than `BENEATH` deep."""
    vertices, faces = skin
    points = np.concatenate(others)
    for _ in range(6):
        hull = Hull(vertices, faces)
        deep, _, rim = hull.depth(points)
        short = (deep < BENEATH) & (deep > -0.02) & ~rim
        if not short.any():
            break
        tree = cKDTree(vertices)
        need = np.zeros(len(vertices))
        for point, lack in zip(points[short], BENEATH - deep[short], strict=True):
            near = tree.query_ball_point(point, 0.022)
            gap = np.linalg.norm(vertices[near] - point, axis=1)
            need[near] = np.maximum(need[near], lack * np.exp(-((np.maximum(gap - 0.008, 0) / 0.009) ** 2)))
        vertices = vertices + normals(vertices, faces) * need[:, None]
    return vertices, faces


def pushed_in(mesh: Mesh, hull: Hull) -> tuple[Mesh, int]:
    """Return a mesh with what still comes through the skin pushed beneath it, and how many vertices that were."""
    vertices, faces = mesh
    deep, normal, rim = hull.depth(vertices)
    short = (deep < BENEATH / 2) & (deep > -0.02) & ~rim
    moved = vertices.copy()
    moved[short] -= normal[short] * (BENEATH / 2 - deep[short])[:, None]
    return (moved, faces), int(short.sum())


def joints(places: dict[str, np.ndarray]) -> list[Joint]:
    """Return the joints of the right leg. A positive angle is what its name says."""
    hip = tuple(float(value) for value in places["hip_centre"])
    lateral, medial = places["lateral_epicondyle"], places["medial_epicondyle"]
    axis = (medial - lateral) / np.linalg.norm(medial - lateral)
    middle = (medial + lateral) / 2
    knee, across = tuple(middle.tolist()), tuple(axis.tolist())
    shaft = places["hip_centre"] - middle
    along_shaft = tuple((shaft / np.linalg.norm(shaft)).tolist())
    return [
        Joint("pelvic_tilt", "pelvis", (1.0, 0.0, 0.0), hip, -30, 30),
        Joint("pelvic_drop", "pelvis", (0.0, 0.0, -1.0), hip, -20, 20),
        Joint("hip_flexion", "femur", (-1.0, 0.0, 0.0), hip, -20, 120),
        Joint("hip_adduction", "femur", (0.0, 0.0, 1.0), hip, -40, 30),
        Joint("hip_rotation", "femur", along_shaft, hip, -40, 40),
        Joint("knee_flexion", "tibia", across, knee, 0, 120),
        Joint("knee_flexion", "patella", across, knee, 0, 120, share=PATELLA_SHARE),
    ]


def prepared(
    raw: dict[str, Mesh], about: dict[str, dict[str, str]], places: dict[str, np.ndarray]
) -> dict[str, tuple[str, str, Mesh]]:
    """Return all parts that have meshes, but the skin: id -> (name, tissue, mesh)."""
    tissue_of = {
        "bone": "bone",
        "disc": "bone",
        "muscle": "muscle",
        "fascia": "band",
        "artery": "vessel",
        "vein": "vessel",
    }
    groups = {slug: (NAMES.get(slug, _plain(row["name"])), (slug,)) for slug, row in about.items() if slug != "skin"}
    for slug, (name, members) in TOGETHER.items():
        for member in members:
            groups.pop(member, None)
        groups[slug] = (name, members)
    patella = raw["patella"][0].mean(axis=0)
    found = {}
    for slug, (name, members) in sorted(groups.items()):
        tissue = tissue_of[about[members[0]]["kind"]]
        mesh = joined([outward(*raw[member]) if slug != "iliotibial_tract" else raw[member] for member in members])
        if slug == "iliotibial_tract":
            mesh = tidy(to_tubercle(mesh[0], places["gerdys_tubercle"]), mesh[1])
        if slug == "patella":
            mesh = (mesh[0] + PATELLA_MOVED, mesh[1])
        elif tissue == "muscle":
            mesh = (raised(mesh[0], patella), mesh[1])
        if slug == "rectus_femoris":
            mesh = clipped(*mesh, RECTUS_ENDS - mesh[0][:, 1])
        if slug == "psoas_major":
            mesh = capped(*mesh, WAIST)
        if slug == "gluteus_maximus":
            mesh = smoothed(*subdivided(*mesh), 8)
        if slug in SMOOTHED:
            mesh = smoothed(*mesh, SMOOTHED[slug])
        mesh = thinned(*mesh, FACES.get(slug, USUAL_FACES[tissue]))
        if tissue == "muscle" and slug not in SMOOTHED:
            mesh = smoothed(*mesh, 1)
        found[slug] = (name, tissue, mesh)
    return found


def _plain(name: str) -> str:
    return name.removeprefix("right ").replace(" of right ", " of ")


def sorted_for_size(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a mesh with vertices in the order in which neighbouring faces use them, and the order of its faces."""
    vertices, faces = mesh
    middle = vertices[faces].mean(axis=1)
    cell = np.floor((middle - middle.min(axis=0)) / 0.02).astype(int)
    order = np.lexsort((middle[:, 1], cell[:, 2], cell[:, 0], cell[:, 1]))
    faces = faces[order]
    flat = faces.ravel()
    _, first = np.unique(flat, return_index=True)
    sequence = flat[np.sort(first)]
    number = np.empty(len(vertices), int)
    number[sequence] = np.arange(len(sequence))
    return vertices[sequence], number[faces], order


def layer_of(slug: str, tissue: str) -> str:
    if tissue == "muscle":
        return "superficial" if slug in SUPERFICIAL else "deep"
    return {"bone": "bones", "band": "band", "vessel": "vessels"}[tissue]


def build(folder: Path) -> tuple[bytes, dict]:
    """Return the rig's bytes and a report on what was done."""
    raw, about, places = read(folder)
    body = outer_skin(*raw["skin"])
    parts = prepared(raw, about, places)
    places["patella_centre"] = places["patella_centre"] + PATELLA_MOVED

    skin = evened_skin(leg_skin(*body), places)
    soft = {slug: mesh for slug, (_, tissue, mesh) in parts.items() if tissue in {"muscle", "band"}}
    hull = Hull(*skin)
    report = {
        "faces": {},
        "outside_at_rest_before": sum(int((hull.depth(mesh[0])[0] < 0).sum()) for mesh in soft.values()),
    }
    skin = fitted_skin(skin, [mesh[0] for mesh in soft.values()])
    hull = Hull(*skin)
    report["pushed_in"] = {}
    for slug in [slug for slug, (_, tissue, _) in parts.items() if tissue != "bone"]:
        name, tissue, mesh = parts[slug]
        mesh, count = pushed_in(mesh, hull)
        parts[slug] = (name, tissue, mesh)
        if count:
            report["pushed_in"][slug] = count

    held: list[list[Mesh]] = [[], [], [], []]
    for slug, bone in WHICH_BONE.items():
        held[bone].append(parts[slug][2])
    # The skin before the kneecap goes with it.
    for ahead in (0.006, 0.012, 0.018):
        held[PATELLA].append((parts["patella"][2][0] + (0, 0, ahead), parts["patella"][2][1]))
    mirrored = parts["hip_bone"][2]
    held[PELVIS].append((mirrored[0] * (-1, 1, 1), mirrored[1][:, ::-1]))
    field = Field(body, held, ((-0.20, -0.09, -0.07), (0.16, 1.11, 0.24)), BLUR, {PATELLA: PATELLA_WEIGHT})

    meshes = {slug: mesh for slug, (_, _, mesh) in parts.items()}
    new = []
    for slug, (name, tissue, mesh) in parts.items():
        vertices, faces, _ = sorted_for_size(mesh)
        shares = np.eye(4)[np.full(len(vertices), WHICH_BONE[slug])] if slug in WHICH_BONE else field(vertices)
        new.append(NewPart(slug, name, tissue, layer_of(slug, tissue), vertices, faces, shares))
    for slug, (name, tissue, mesh) in drawn_parts(meshes, places).items():
        new.append(NewPart(slug, name, tissue, "drawn", *mesh, field(mesh[0]), drawn=True))
    vertices, faces, _ = sorted_for_size(skin)
    numbers = region_of(vertices[faces].mean(axis=1), places)
    new.append(NewPart("skin", "skin", "skin", "skin", vertices, faces, field(vertices), regions=numbers))
    report["faces"] = {part.id: len(part.faces) for part in new}

    bone_of = {
        "iliac_crest_top": "pelvis",
        "iliac_tubercle": "pelvis",
        "asis": "pelvis",
        "ischial_tuberosity": "pelvis",
        "hip_centre": "pelvis",
        "greater_trochanter": "femur",
        "lateral_epicondyle": "femur",
        "medial_epicondyle": "femur",
        "lateral_joint_line": "tibia",
        "gerdys_tubercle": "tibia",
        "tibial_tuberosity": "tibia",
        "fibular_head": "tibia",
        "fibular_neck": "tibia",
        "patella_centre": "patella",
    }
    header = Header(
        id="right_leg",
        attribution=ATTRIBUTION,
        licence=LICENCE,
        bones=BONES,
        joints=joints(places),
        parts=[],
        landmarks={
            name: Landmark(MARK_NAMES.get(name, name.replace("_", " ")), tuple(float(v) for v in place), bone_of[name])
            for name, place in places.items()
        },
        regions=[Region(name, title, "right") for name, title in REGIONS.items()],
        notes=NOTES,
    )
    return packed(header, new), report


MARK_NAMES = {
    "asis": "anterior superior iliac spine (ASIS)",
    "iliac_crest_top": "top of the iliac crest",
    "hip_centre": "centre of the hip joint",
    "gerdys_tubercle": "Gerdy's tubercle",
    "fibular_head": "head of the fibula",
    "fibular_neck": "neck of the fibula",
    "patella_centre": "middle of the kneecap",
}
NOTES = [
    "Source: BodyParts3D 4.0, one adult man, doi 10.1093/nar/gkn613; made by tools/leg/build_rig.py.",
    "A drawing that moves, not a simulation: nothing in the course is measured from it.",
    "The iliotibial tract's mesh runs some 4 cm further down: here it is drawn together to end on Gerdy's tubercle.",
    "The kneecap stands 22 mm higher and 9 mm further forward than its mesh, and the muscles around it go along.",
    "Rectus femoris ends at the kneecap; the tendon below it is drawn.",
    "Gluteus maximus is subdivided and smoothed; all parts are thinned out.",
    "The skin is cut to the right leg and hip, and lies a few millimetres further out where a muscle came through it.",
    "Parts marked as drawn have no mesh of a person: they were drawn between landmarks.",
]


def main() -> None:
    """Write the file anew from the folder that the command names."""
    if len(sys.argv) != 2:
        sys.exit("Say where the meshes are: python tools/leg/build_rig.py FOLDER")
    data, report = build(Path(sys.argv[1]))
    write_whole(OUT, data)
    rig = Rig(data)
    report["faces_in_all"] = sum(report.pop("faces").values())
    report["parts"] = len(rig.parts)
    report["bytes"] = len(data)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
