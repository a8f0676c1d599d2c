"""Draw the side view of the right leg from the meshes of BodyParts3D: `itband_course/data/anatomy/leg_lateral.json`.

For maintainers, and only when the picture itself has to change; the course reads the file, never the meshes. Needs
numpy and shapely, which the course does not::

    python -m venv legs && legs/bin/pip install numpy shapely
    legs/bin/python tools/leg_outline.py FOLDER

FOLDER holds the meshes as they were prepared from BodyParts3D 4.0: `right_leg.npz` and `skin.npz` with `<part>.v`
(vertices, float, shape (n, 3), metres; x to the person's left, y up, z to the front) and `<part>.f` (triangles, int,
shape (m, 3)), and `landmarks.csv` with the columns landmark, x_m, y_m, z_m, how.

What it does: looks at the right leg from the right, lays all triangles of a part flat, joins them, smooths the edge and
keeps as few corners as the picture needs. What is drawn rather than measured is said in the file: where the tract ends,
how high the kneecap sits and its tendon, and that the skin leaves out what lies towards the middle of the body.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import shapely
import shapely.affinity
from shapely.geometry import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

OUT = Path(__file__).resolve().parent.parent / "itband_course/data/anatomy/leg_lateral.json"
ATTRIBUTION = "BodyParts3D, © The Database Center for Life Science licensed under CC Attribution-Share Alike 2.1 Japan"
# Painter's order: what lies nearer to the viewer's eye, at the right of the person, comes later.
MUSCLES_BEHIND = ("sartorius", "vastus_medialis", "semimembranosus", "medial_head_gastrocnemius", "gluteus_minimus")
BONES = ("sacrum", "hip_bone", "tibia", "fibula", "femur")
MUSCLES = (
    "soleus",
    "gluteus_medius",
    "rectus_femoris",
    "short_head_biceps_femoris",
    "lateral_head_gastrocnemius",
    "vastus_lateralis",
    "long_head_biceps_femoris",
    "gluteus_maximus",
    "tibialis_anterior",
    "extensor_digitorum_longus",
    "fibularis_longus",
    "tensor_fasciae_latae",
)
# Millimetres. The picture ends at the waist and below the calf's belly, where the drawing is cut.
FRAME = box(-80, 160, 260, 1010)
TOLERANCE = 0.5
SMOOTHING = {"skin": 30.0, "iliotibial_tract": 4.0, "gluteus_maximus": 3.0}
# The kneecap of this leg stands so low that its tendon is half as long as the kneecap; in most knees both are alike.
# Its tendon is one piece with rectus femoris in the mesh, so that piece is cut off and drawn anew.
PATELLA_UP, PATELLA_FORWARD = 22.0, 9.0
RECTUS_ENDS, TENDON_RADIUS = 417.0, 3.0
# Where the tract leaves its mesh and narrows towards Gerdy's tubercle.
TRACT_NARROWS_FROM, TRACT_END_RADIUS = 385.0, 5.0
# Above this height the skin is drawn from what lies further out than this (mm from the body's middle).
SKIN_WHOLE_BELOW, SKIN_OUTER_FROM = 620.0, 60.0


def side_view(points: np.ndarray) -> np.ndarray:
    """Return points (n, 3) in metres as (n, 2) in millimetres: to the front of the body, up."""
    return 1000 * points[:, [2, 1]]


def silhouette(vertices: np.ndarray, triangles: np.ndarray) -> BaseGeometry:
    """Return the union of all triangles (m, 3) over vertices (n, 3, metres), laid flat, in millimetres."""
    flat = shapely.polygons(side_view(vertices)[triangles])
    flat = flat[shapely.area(flat) > 1e-4]
    # A hundredth of a millimetre closes the seams between neighbours.
    return shapely.union_all(shapely.buffer(flat, 0.01, quad_segs=1))


def one_piece(shape: BaseGeometry) -> Polygon:
    """Return the largest polygon of a shape, without its holes."""
    pieces = list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]
    return Polygon(max(pieces, key=lambda piece: piece.area).exterior)


def smooth(shape: BaseGeometry, radius: float) -> Polygon:
    """Return a shape whose notches and spikes narrower than twice `radius` (mm) are gone."""
    return one_piece(shape.buffer(radius).buffer(-2 * radius).buffer(radius))


def leg_skin(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Return the triangles of the right leg's skin: its half of the body, without arm, hand and inner thigh."""
    corners = vertices[triangles]
    right = (corners[:, :, 0].max(axis=1) < 0.003) & (corners[:, :, 1].max(axis=1) < 1.05)
    outer = corners[:, :, 0].max(axis=1) < -SKIN_OUTER_FROM / 1000
    low = corners[:, :, 1].max(axis=1) < SKIN_WHOLE_BELOW / 1000
    kept = triangles[right]
    parent = np.arange(len(vertices))

    def root(vertex: int) -> int:
        while parent[vertex] != vertex:
            parent[vertex] = parent[parent[vertex]]
            vertex = parent[vertex]
        return vertex

    for first, second, third in kept:
        parent[root(second)] = root(first)
        parent[root(third)] = root(first)
    # The skin has an outer and an inner side, so the leg comes twice, and so does the arm: the largest is a leg.
    roots = np.array([root(vertex) for vertex in kept[:, 0]])
    pieces, sizes = np.unique(roots, return_counts=True)
    leg = roots == pieces[np.argmax(sizes)]
    return kept[leg & (outer | low)[right]]


def tract_to_tubercle(tract: BaseGeometry, gerdy: np.ndarray) -> BaseGeometry:
    """Return the tract, cut above the joint line and drawn on, narrowing, to Gerdy's tubercle."""
    above = tract.intersection(box(-500, TRACT_NARROWS_FROM, 500, 1500))
    edge = tract.intersection(box(-500, TRACT_NARROWS_FROM, 500, TRACT_NARROWS_FROM + 2))
    end = Point(gerdy).buffer(TRACT_END_RADIUS)
    return shapely.union_all([above, edge.union(end).convex_hull])


def patellar_tendon(patella: BaseGeometry, tuberosity: np.ndarray) -> BaseGeometry:
    """Return the tendon from the lower tip of the kneecap to the tibial tuberosity, drawn as a straight strip."""
    tip = min(one_piece(patella).exterior.coords, key=lambda corner: corner[1])
    ends = [Point(tip[0], tip[1] + TENDON_RADIUS), Point(tuberosity[0] - TENDON_RADIUS, tuberosity[1])]
    return shapely.union_all([end.buffer(TENDON_RADIUS) for end in ends]).convex_hull


def corners(shape: Polygon) -> list[list[float]]:
    """Return the corners of a polygon as [x, y] in tenths of a millimetre, the first not repeated at the end."""
    simple = shape.simplify(TOLERANCE)
    return [[round(x, 1), round(y, 1)] for x, y in simple.exterior.coords[:-1]]


def main() -> None:
    """Write the file anew from the folder that the command names."""
    if len(sys.argv) != 2:
        sys.exit("Say where the meshes are: python tools/leg_outline.py FOLDER")
    folder = Path(sys.argv[1])
    mesh = np.load(folder / "right_leg.npz")
    skin = np.load(folder / "skin.npz")
    with (folder / "landmarks.csv").open(encoding="utf-8", newline="") as file:
        places = {
            row["landmark"]: side_view(np.array([[float(row[f"{axis}_m"]) for axis in "xyz"]]))[0]
            for row in csv.DictReader(file)
        }

    shapes = {
        name: silhouette(mesh[f"{name}.v"], mesh[f"{name}.f"])
        for name in (*MUSCLES_BEHIND, *BONES, *MUSCLES, "patella", "iliotibial_tract")
    }
    shapes["skin"] = silhouette(skin["skin.v"], leg_skin(skin["skin.v"], skin["skin.f"]))
    shapes["iliotibial_tract"] = tract_to_tubercle(shapes["iliotibial_tract"], places["gerdys_tubercle"])
    shapes["patella"] = shapely.affinity.translate(shapes["patella"], PATELLA_FORWARD, PATELLA_UP)
    shapes["patellar_tendon"] = patellar_tendon(shapes["patella"], places["tibial_tuberosity"])
    shapes["rectus_femoris"] = shapes["rectus_femoris"].intersection(box(-500, RECTUS_ENDS, 500, 1500))
    places["patella_centre"] = places["patella_centre"] + np.array([PATELLA_FORWARD, PATELLA_UP])
    shapes = {
        name: one_piece(smooth(shape, SMOOTHING.get(name, 1.5)).intersection(FRAME)) for name, shape in shapes.items()
    }

    # Where a hand feels the muscle: the middle of what no other muscle covers.
    covered = shapely.union_all([shapes["gluteus_maximus"], shapes["tensor_fasciae_latae"]])
    places["gluteus_medius"] = np.array(one_piece(shapes["gluteus_medius"] - covered).centroid.coords[0])
    places["tensor_fasciae_latae"] = np.array(shapes["tensor_fasciae_latae"].centroid.coords[0])

    order = [("skin", "skin")]
    order += [(name, "muscle") for name in MUSCLES_BEHIND]
    order += [(name, "bone") for name in BONES]
    order += [(name, "muscle") for name in MUSCLES]
    order += [("patellar_tendon", "muscle"), ("patella", "bone"), ("iliotibial_tract", "band")]
    content = {
        "about": "Right leg, standing, seen from the right; front of the body to the right of the picture.",
        "attribution": ATTRIBUTION,
        "licence": "https://creativecommons.org/licenses/by-sa/2.1/jp/",
        "source": "BodyParts3D 4.0, doi 10.1093/nar/gkn613; projected by tools/leg_outline.py",
        "changed": [
            "Outlines are projections along the body's left-right axis, smoothed and simplified to about 1 mm.",
            "The iliotibial tract's mesh runs some 4 cm further down: here it is drawn to end on Gerdy's tubercle.",
            f"The kneecap is drawn {PATELLA_UP:g} mm higher and {PATELLA_FORWARD:g} mm further forward than its mesh.",
            "Its tendon is drawn as a straight strip from there to the tibial tuberosity.",
            "The skin of hip and thigh is the outline of their outer part; arm and hand are left out.",
            "Gluteus medius and tensor fasciae latae are marked at the middle of what no other muscle covers.",
        ],
        "unit": "mm; x to the front, y up",
        "landmarks": {name: [round(float(value), 1) for value in place] for name, place in places.items()},
        "outlines": [{"name": name, "tissue": tissue, "corners": corners(shapes[name])} for name, tissue in order],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for opening in ('"changed"', '"landmarks"', '"outlines"', '{"name"'):
        text = text.replace(opening, "\n" + opening)
    OUT.write_text(text + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(content['outlines'])} outlines, {OUT.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
