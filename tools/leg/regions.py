"""Which region of the skin a face of it belongs to, by where the face stands at rest."""

import numpy as np

REGIONS = {
    "gluteal": "buttock",
    "lateral-hip": "side of the hip, between crest and trochanter",
    "greater-trochanter": "greater trochanter",
    "anterolateral-hip": "front outer hip, over tensor fasciae latae",
    "femoral-triangle": "femoral triangle and groin",
    "lateral-thigh-upper": "outer thigh, upper third",
    "lateral-thigh-middle": "outer thigh, middle third",
    "lateral-thigh-lower": "outer thigh, lower third",
    "anterior-thigh": "front of the thigh",
    "posterior-thigh": "back of the thigh",
    "medial-thigh": "inner thigh",
    "outer-knee": "outer knee, over the lateral epicondyle",
    "gerdys-tubercle": "Gerdy's tubercle",
    "fibular-head-and-neck": "head and neck of the fibula",
    "kneecap": "kneecap",
    "inner-knee": "inner knee",
    "popliteal-fossa": "hollow of the knee",
    "shin": "shin",
    "calf": "calf",
    "ankle-and-foot": "ankle and foot",
    "lower-abdomen": "lower belly",
    "low-back": "low back and sacrum",
}


def region_of(places: np.ndarray, marks: dict[str, np.ndarray]) -> np.ndarray:
    """Return for places on the skin (n, 3) the number of their region in `REGIONS`."""
    x, y, z = places.T
    hip, knee = marks["hip_centre"], (marks["lateral_epicondyle"] + marks["medial_epicondyle"]) / 2
    share = np.clip((hip[1] - y) / (hip[1] - knee[1]), -0.4, 1.0)
    middle = hip + share[:, None] * (knee - hip)
    # 0 is the outer side, 90 the front, -90 the back.
    around = np.degrees(np.arctan2(z - middle[:, 2], middle[:, 0] - x))
    found = np.full(len(places), -1)
    number = {name: place for place, name in enumerate(REGIONS)}

    def mark(name: str, where: np.ndarray) -> None:
        found[where & (found < 0)] = number[name]

    def near(name: str, radius: float, height: float | None = None) -> np.ndarray:
        """Within an ellipse seen from the outer side, and on that side."""
        at = marks[name]
        tall = height or radius
        return (((z - at[2]) / radius) ** 2 + ((y - at[1]) / tall) ** 2 < 1) & (x < at[0] + 0.012)

    outer, front, back = np.abs(around) < 42, (around >= 42) & (around < 125), (around <= -42) & (around > -140)
    patella = marks["patella_centre"]
    mark("ankle-and-foot", y < 0.045)
    mark("fibular-head-and-neck", near("fibular_neck", 0.021, 0.032) & (y < 0.373))
    mark("gerdys-tubercle", near("gerdys_tubercle", 0.017, 0.019))
    mark("kneecap", (((x - patella[0]) / 0.031) ** 2 + ((y - patella[1]) / 0.034) ** 2 < 1) & (z > knee[2] + 0.02))
    knee_high = (y < 0.450) & (y > 0.335)
    mark("outer-knee", near("lateral_epicondyle", 0.034, 0.040))
    mark("popliteal-fossa", knee_high & (around < -38) & (around > -150))
    mark("outer-knee", knee_high & (y > 0.372) & (around > -38) & (around < 62))
    mark("inner-knee", knee_high & (y > 0.345) & ((around <= -150) | (around >= 62)) & (x > patella[0]))
    shin = np.degrees(np.arctan2(z - 0.070, -0.080 - x))
    mark("shin", (y < 0.40) & (shin > -18) & (shin < 130))
    mark("calf", y < 0.40)
    # From here on thigh and hip. The groin is a line from the front spine of the pelvis to the pubis.
    asis = marks["asis"]
    groin = asis[1] - 0.012 + (x - asis[0]) * (0.800 - asis[1]) / (-0.030 - asis[0])
    mark("lower-abdomen", (z > 0.085) & (y > groin + 0.012) & (x > -0.142))
    mark("lower-abdomen", (y > 0.952) & (z > 0.075))
    mark("low-back", (z <= 0.075) & (y > 0.925 + 0.35 * np.clip(-x - 0.06, 0, 0.08)))
    mark("low-back", (z <= 0.05) & (y > 0.86 + 1.6 * np.clip(-x - 0.012, 0, 1)) & (x > -0.05))
    mark("greater-trochanter", near("greater_trochanter", 0.034, 0.036))
    fold = 0.700 + 0.05 * np.clip((0.02 - z) / 0.05, 0, 1)
    buttock = (z < 0.046) & (y > fold) & (around < -20)
    mark("gluteal", buttock | ((y > fold) & (around <= -42)))
    mark("anterolateral-hip", (y > 0.752) & (x < -0.108) & (z > 0.096))
    mark("lateral-hip", (y > 0.752) & (around > -60) & (around < 60))
    mark("femoral-triangle", (y > 0.690) & front & (x > -0.112 + 0.35 * (0.82 - y)))
    for name, low in (("upper", 0.645), ("middle", 0.545), ("lower", 0.0)):
        mark(f"lateral-thigh-{name}", outer & (y > low))
    mark("anterior-thigh", front)
    mark("posterior-thigh", back)
    mark("medial-thigh", found < 0)
    return found
