"""What the meshes lack and is drawn between landmarks: nerves, bursa, fat, ligament, and the ties of the band.

Places are metres in the rig at rest (x to the person's left, y up, z to the front). The nerves follow what lies around
them in the meshes: the sciatic nerve runs before gluteus maximus and behind the short rotators, midway between greater
trochanter and ischial tuberosity, then between biceps femoris and adductor magnus.
"""

import numpy as np
from meshes import Mesh, along, ellipsoid, joined, strap, tube

SCIATIC = [
    (-0.042, 0.850, 0.018),
    (-0.062, 0.832, 0.018),
    (-0.080, 0.808, 0.026),
    (-0.094, 0.785, 0.034),
    (-0.098, 0.765, 0.040),
    (-0.096, 0.735, 0.053),
    (-0.091, 0.700, 0.060),
    (-0.086, 0.650, 0.069),
    (-0.083, 0.580, 0.070),
    (-0.083, 0.520, 0.069),
    (-0.084, 0.480, 0.066),
]
TIBIAL = [
    (-0.084, 0.480, 0.066),
    (-0.080, 0.440, 0.058),
    (-0.078, 0.400, 0.046),
    (-0.078, 0.365, 0.045),
    (-0.078, 0.325, 0.046),
]
COMMON_FIBULAR = [
    (-0.085, 0.480, 0.065),
    (-0.090, 0.450, 0.056),
    (-0.098, 0.415, 0.047),
    (-0.107, 0.385, 0.044),
    (-0.115, 0.362, 0.047),
    (-0.1205, 0.346, 0.053),
    (-0.1210, 0.335, 0.062),
    (-0.1165, 0.326, 0.071),
    (-0.1080, 0.317, 0.077),
]
FEMORAL = [
    (-0.083, 0.880, 0.105),
    (-0.077, 0.845, 0.118),
    (-0.071, 0.815, 0.121),
    (-0.073, 0.785, 0.120),
    (-0.078, 0.750, 0.122),
]
LATERAL_CUTANEOUS = [
    (-0.112, 0.890, 0.131),
    (-0.124, 0.868, 0.137),
    (-0.133, 0.840, 0.1375),
    (-0.140, 0.800, 0.133),
    (-0.144, 0.750, 0.131),
    (-0.147, 0.700, 0.130),
    (-0.148, 0.650, 0.131),
    (-0.146, 0.590, 0.130),
]


def inner_side(tract: Mesh, at: float, share: float) -> np.ndarray:
    """Return a point on the inner side of the band at a height, `share` of the way from its back to its front edge."""
    vertices = tract[0][np.abs(tract[0][:, 1] - at) < 0.007]
    back, front = vertices[:, 2].min(), vertices[:, 2].max()
    z = back + share * (front - back)
    near = vertices[np.argsort(np.abs(vertices[:, 2] - z))[:8]]
    return np.array([near[:, 0].max(), at, z])


def beneath_band(tract: Mesh, femur: Mesh, height: float, depth: float, size: tuple[float, float]) -> Mesh:
    """Return a flat cushion on the femur, its outer side just beneath the band; `size` is half its height and depth."""
    at = np.array([height, depth])
    near = np.argsort(np.linalg.norm(tract[0][:, 1:] - at, axis=1))[:12]
    inner = tract[0][near, 0].max()
    outer = femur[0][np.argsort(np.linalg.norm(femur[0][:, 1:] - at, axis=1))[:6]]
    bone = outer[:, 0].min()
    thick = max((bone - inner) / 2, 0.0012) + 0.0008
    patch = tract[0][np.linalg.norm(tract[0][:, 1:] - at, axis=1) < max(size)]
    # The band's own slope: the cushion lies along it.
    slope = np.linalg.lstsq(np.c_[patch[:, 1:] - at, np.ones(len(patch))], patch[:, 0], rcond=None)[0]
    normal = np.array([1.0, -slope[0], -slope[1]])
    up = np.cross([0.0, 0.0, 1.0], normal)
    return ellipsoid(
        np.array([inner + thick + 0.0004, height, depth]), np.array([normal, up, np.cross(normal, up)]), (thick, *size)
    )


def linea_aspera(femur: Mesh, at: float) -> np.ndarray:
    """Return the back of the femur's shaft at a height, a little to its outer side."""
    vertices = femur[0][np.abs(femur[0][:, 1] - at) < 0.008]
    back = vertices[np.argsort(vertices[:, 2])[: max(3, len(vertices) // 5)]]
    return np.array([back[:, 0].min(), at, back[:, 2].mean()])


def drawn_parts(meshes: dict[str, Mesh], places: dict[str, np.ndarray]) -> dict[str, tuple[str, str, Mesh]]:
    """Return the drawn parts: id -> (name, tissue, mesh)."""
    tract, femur, patella = meshes["iliotibial_tract"], meshes["femur"], meshes["patella"][0]
    heights = [0.69, 0.64, 0.59, 0.54, 0.49, 0.45, 0.425]
    septum = strap(
        [
            [linea_aspera(femur, at) for at in heights],
            [inner_side(tract, at, 0.22) for at in heights],
        ],
        0.0015,
        rings=26,
        columns=6,
    )
    proximal = strap(
        [
            [(-0.1005, 0.462, 0.089), (-0.1008, 0.452, 0.088), (-0.1015, 0.442, 0.086)],
            [inner_side(tract, at, 0.45) for at in (0.480, 0.470, 0.460)],
        ],
        0.0018,
        rings=7,
        columns=7,
    )
    distal = strap(
        [
            [(-0.1035, 0.432, 0.086), (-0.1055, 0.423, 0.083), (-0.108, 0.414, 0.080)],
            [inner_side(tract, at, 0.45) for at in (0.444, 0.434, 0.424)],
        ],
        0.0018,
        rings=7,
        columns=7,
    )
    centre = patella.mean(axis=0)
    outer = centre[0] - 0.017
    iliopatellar = strap(
        [
            [np.add(inner_side(tract, at, 0.9), (-0.001, 0, 0)) for at in (0.445, 0.43, 0.415, 0.40)],
            [(-0.1195, 0.437, 0.109), (-0.1165, 0.426, 0.111), (-0.1145, 0.413, 0.111), (-0.1135, 0.400, 0.110)],
            [
                (outer, centre[1] + dy, centre[2] + dz)
                for dy, dz in ((0.013, 0.002), (0.004, 0.002), (-0.004, 0.001), (-0.011, -0.001))
            ],
        ],
        0.0018,
        rings=14,
        columns=9,
    )
    apex = patella[patella[:, 1].argmin()]
    tuberosity = places["tibial_tuberosity"]
    tendon = strap(
        [
            along(
                [
                    np.add(apex, (dx, 0.006, 0.003)),
                    np.add((apex + tuberosity) / 2, (dx, 0, 0.002)),
                    np.add(tuberosity, (0.8 * dx, -0.004, 0.0015)),
                ],
                9,
            )
            for dx in (-0.011, 0.0, 0.011)
        ],
        0.0045,
        rings=16,
        columns=7,
    )
    thin = {"corners": 7}
    return {
        "patellar_tendon": ("patellar tendon", "band", tendon),
        "lateral_collateral_ligament": (
            "lateral collateral ligament",
            "band",
            tube(
                [(-0.1130, 0.3945, 0.0745), (-0.1150, 0.376, 0.067), (-0.1125, 0.3555, 0.0600)],
                0.0022,
                rings=14,
                corners=8,
            ),
        ),
        "band_femoral_strands": ("strands from the band to the femur", "band", joined([proximal, distal])),
        "iliopatellar_band": ("iliopatellar band", "band", iliopatellar),
        "lateral_intermuscular_septum": ("lateral intermuscular septum", "band", septum),
        "distal_fat_pad": (
            "fat beneath the band at the knee",
            "bursa",
            beneath_band(tract, femur, 0.4035, 0.0830, (0.0150, 0.0125)),
        ),
        "trochanteric_bursa": (
            "trochanteric bursa",
            "bursa",
            beneath_band(tract, femur, 0.7800, 0.0660, (0.0200, 0.0140)),
        ),
        "sciatic_nerve": (
            "sciatic nerve",
            "nerve",
            joined([tube(SCIATIC, [0.0050, 0.0050, 0.0042], rings=46, flat=0.6, **thin)]),
        ),
        "tibial_nerve": ("tibial nerve", "nerve", tube(TIBIAL, [0.0032, 0.0026], rings=24, **thin)),
        "common_fibular_nerve": (
            "common fibular nerve",
            "nerve",
            tube(COMMON_FIBULAR, [0.0026, 0.0024, 0.0018], rings=40, **thin),
        ),
        "femoral_nerve": ("femoral nerve", "nerve", tube(FEMORAL, [0.0034, 0.0030, 0.0016], rings=22, **thin)),
        "lateral_femoral_cutaneous_nerve": (
            "lateral femoral cutaneous nerve",
            "nerve",
            tube(LATERAL_CUTANEOUS, [0.0017, 0.0015, 0.0011], rings=44, corners=6),
        ),
    }
