"""Tabulate a published musculoskeletal model: `itband_course/data/leg/paths.npz` and `paths.json`.

For maintainers, and only when the model or the grid changes; the course reads the tables with numpy alone. Needs, in an
environment of its own::

    python -m venv legs && legs/bin/pip install "mujoco<4" "myo-sim==0.2.4"
    legs/bin/python tools/leg/build_tables.py
    legs/bin/python tools/leg/build_tables.py --check    # writes nothing; `make tables-check` and `make soak` do this

The model is the right leg of `myolegs` from myo-sim (Apache-2.0), made after Rajagopal et al. 2016. Hip and knee are
turned to every angle of a grid, and the length of each muscle's path (muscle and tendon, for tensor fasciae latae the
band too) is written down. Muscles that cross one joint get a table over that joint only. Then the tool compares 500
poses drawn by lot with what the tables say between their points, states the error, and keeps 40 of the poses with their
exact lengths in `tests/fixtures/leg_samples.json`, so that a test can do it again without the model. With `--check` it
asks the model anew for a sample of the grid's points, for the kept poses and for poses that it has never drawn, and
stops if the tables that the course ships do not tell the same within the error that they state.
"""

import itertools
import json
import os
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "itband_course/data/leg"
SAMPLES = ROOT / "tests/fixtures/leg_samples.json"
# Degrees, clinical signs. The model's own signs are the same for the right leg: the tool checks it.
AXES = {
    "hip_flexion": np.arange(-20, 121, 10),
    "hip_adduction": np.arange(-40, 31, 10),
    "hip_rotation": np.arange(-40, 41, 10),
    "knee_flexion": np.arange(0, 121, 10),
}
COORDINATES = {
    "hip_flexion": "hip_flexion_r",
    "hip_adduction": "hip_adduction_r",
    "hip_rotation": "hip_rotation_r",
    "knee_flexion": "knee_angle_r",
}
HIP = ("hip_flexion", "hip_adduction", "hip_rotation")
KNEE = ("knee_flexion",)
MUSCLES = {
    "tfl": ("tensor fasciae latae with the band", HIP + KNEE),
    "glmax1": ("gluteus maximus, upper part", HIP),
    "glmax2": ("gluteus maximus, middle part", HIP),
    "glmax3": ("gluteus maximus, lower part", HIP),
    "glmed1": ("gluteus medius, front part", HIP),
    "glmed2": ("gluteus medius, middle part", HIP),
    "glmed3": ("gluteus medius, back part", HIP),
    "glmin1": ("gluteus minimus, front part", HIP),
    "glmin2": ("gluteus minimus, middle part", HIP),
    "glmin3": ("gluteus minimus, back part", HIP),
    "piri": ("piriformis", HIP),
    "iliacus": ("iliacus", HIP),
    "psoas": ("psoas major", HIP),
    "addlong": ("adductor longus", HIP),
    "addmagDist": ("adductor magnus, distal part", HIP),
    "recfem": ("rectus femoris", HIP + KNEE),
    "sart": ("sartorius", HIP + KNEE),
    "grac": ("gracilis", HIP + KNEE),
    "semimem": ("semimembranosus", HIP + KNEE),
    "semiten": ("semitendinosus", HIP + KNEE),
    "bflh": ("biceps femoris, long head", HIP + KNEE),
    "bfsh": ("biceps femoris, short head", KNEE),
    "vaslat": ("vastus lateralis", KNEE),
    "gaslat": ("gastrocnemius, lateral head", KNEE),
}
BAND_KNEE = np.arange(0, 121, 5)
POSES, KEPT, ARM_POSES, SEED = 500, 40, 200, 20160712
CHECKED = 200
SLOPE = 5.0
"""Degrees to either side over which the course takes the slope of a table; see `itband_course.leg.lengths`."""


class Leg:
    """The model's right leg."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import mujoco
            import myo_sim

            self.mujoco = mujoco
            self.model, self.data = myo_sim.load("myolegs")
        self.place = {self.model.joint(j).name: self.model.jnt_qposadr[j] for j in range(self.model.njnt)}
        self.tendon = {name: self.model.tendon(f"{name}_r_tendon").id for name in MUSCLES}

    def turn(self, angles: dict[str, float]) -> None:
        """Bring the leg into a pose; what the model couples to the knee goes along."""
        model, data = self.model, self.data
        data.qpos[:] = model.qpos0
        for name, angle in angles.items():
            data.qpos[self.place[COORDINATES[name]]] = np.radians(angle)
        for number in range(model.neq):
            if model.eq_type[number] == self.mujoco.mjtEq.mjEQ_JOINT:
                one = model.jnt_qposadr[model.eq_obj1id[number]]
                other = model.jnt_qposadr[model.eq_obj2id[number]]
                at = data.qpos[other] - model.qpos0[other]
                data.qpos[one] = model.qpos0[one] + np.polynomial.polynomial.polyval(at, model.eq_data[number][:5])
        self.mujoco.mj_kinematics(model, data)
        self.mujoco.mj_comPos(model, data)
        self.mujoco.mj_tendon(model, data)

    def lengths(self, angles: dict[str, float], names: list[str]) -> list[float]:
        """Return lengths of paths in millimetres."""
        self.turn(angles)
        return [1000 * float(self.data.ten_length[self.tendon[name]]) for name in names]

    def place_of(self, body: str) -> np.ndarray:
        """Return where a body's origin is, in the course's axes: to the person's left, up, to the front; metres."""
        x, y, z = self.data.body(body).xpos
        return np.array([x, z, -y])

    def band_end(self, knee: float) -> tuple[float, float]:
        """Return how far the path's end on the shin stands in front of and above the knee's axis (mm, in the thigh)."""
        self.turn({"knee_flexion": knee})
        model, data = self.model, self.data
        frame, origin = data.body("femur_r").xmat.reshape(3, 3), data.body("femur_r").xpos
        site = data.site("tfl-P4_r").xpos
        axis = data.xanchor[model.joint("knee_angle_r").id]
        # In the thigh's own frame the first direction is to the front, the second up.
        front, up, _ = 1000 * ((site - origin) @ frame - (axis - origin) @ frame)
        return float(front), float(up)


def check_signs(leg: Leg) -> None:
    """Stop if a positive angle is not what its name says."""
    rest = {}
    leg.turn({})
    for body in ("tibia_r", "toes_r"):
        rest[body] = leg.place_of(body)
    for angle, body, axis, way in (
        ("hip_flexion", "tibia_r", 2, 1),
        ("hip_adduction", "tibia_r", 0, 1),
        ("hip_rotation", "toes_r", 0, 1),
        ("knee_flexion", "toes_r", 2, -1),
    ):
        leg.turn({angle: 20})
        if way * (leg.place_of(body) - rest[body])[axis] < 0.01:
            sys.exit(f"The model's sign of {angle} is not the clinical one.")


def between(table: np.ndarray, axes: list[np.ndarray], at: np.ndarray) -> float:
    """Return a table's value between its points, by straight lines along each axis."""
    for axis, angle in zip(axes, at, strict=True):
        index = int(np.clip(np.searchsorted(axis, angle, side="right") - 1, 0, len(axis) - 2))
        share = (angle - axis[index]) / (axis[index + 1] - axis[index])
        table = (1 - share) * table[index] + share * table[index + 1]
    return float(table)


def told_length(rounded: dict[str, np.ndarray], name: str, pose: dict[str, float]) -> float:
    """Return the length that the tables tell."""
    angles = MUSCLES[name][1]
    return between(rounded[name], [AXES[angle] for angle in angles], np.array([pose[angle] for angle in angles]))


def arm_errors(
    leg: Leg, rounded: dict[str, np.ndarray], name: str, poses: list[dict[str, float]]
) -> tuple[float, float]:
    """Return how far moment arms by the tables are from the model's own slope over 1 degree, at most and on average."""
    found = []
    for pose, angle in itertools.product(poses[:ARM_POSES], MUSCLES[name][1]):
        low, high = AXES[angle][0], AXES[angle][-1]
        ends = [float(np.clip(pose[angle] + way, low, high)) for way in (-0.5, 0.5)]
        exact = [leg.lengths(pose | {angle: end}, [name])[0] for end in ends]
        wide = [float(np.clip(pose[angle] + way * SLOPE, low, high)) for way in (-1, 1)]
        told = [told_length(rounded, name, pose | {angle: end}) for end in wide]
        slopes = [
            (values[1] - values[0]) / np.radians(place[1] - place[0]) for values, place in ((exact, ends), (told, wide))
        ]
        found.append(abs(slopes[0] - slopes[1]))
    return round(float(max(found)), 2), round(float(np.mean(found)), 2)


def check() -> None:
    """Compare the tables as they are shipped with the model; stop with a sentence where they differ."""
    arrays = np.load(OUT / "paths.npz")
    stated = json.loads((OUT / "paths.json").read_text("utf-8"))
    samples = json.loads(SAMPLES.read_text("utf-8"))
    about, names = stated["muscles"], list(MUSCLES)
    shipped = {name: about[name]["low"] + about[name]["step"] * arrays[name] for name in names}
    lot = np.random.default_rng(SEED + 1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        leg = Leg()
        check_signs(leg)
        nodes = [{name: float(lot.choice(axis)) for name, axis in AXES.items()} for _ in range(CHECKED)]
        fresh = [{name: float(lot.uniform(axis[0], axis[-1])) for name, axis in AXES.items()} for _ in range(CHECKED)]
        kept = [dict(zip(samples["angles"], pose, strict=True)) for pose in samples["poses"]]
        exact = {
            what: np.array([leg.lengths(pose, names) for pose in poses])
            for what, poses in (("nodes", nodes), ("fresh", fresh), ("kept", kept))
        }
        os.chdir(ROOT)
    told = {
        what: np.array([[told_length(shipped, name, pose) for name in names] for pose in poses])
        for what, poses in (("nodes", nodes), ("fresh", fresh))
    }
    steps = np.array([about[name]["step"] for name in names])
    at_nodes = np.abs(told["nodes"] - exact["nodes"])
    between_nodes = np.abs(told["fresh"] - exact["fresh"])
    same = np.abs(exact["kept"] - np.array(samples["lengths"]))[:, [samples["muscles"].index(name) for name in names]]
    print(
        f"{CHECKED} points of the grid: at most {at_nodes.max():.4f} mm from the model. {CHECKED} new poses between "
        f"them: mean {between_nodes.mean():.3f} mm, at most {between_nodes.max():.2f} mm (stated: mean "
        f"{stated['error_mean']}, at most {stated['error_max']}). {len(kept)} kept poses: at most {same.max():.4f} mm."
    )
    if (at_nodes > steps / 2 + 1e-3).any():
        sys.exit("The tables do not tell what the model gives on their own points. Build them anew.")
    if (same > 0.001).any():
        sys.exit("The kept poses are not what the model gives. Build the tables anew.")
    if abs(between_nodes.mean() - stated["error_mean"]) > 0.05 or between_nodes.max() > 1.5 * stated["error_max"]:
        sys.exit("Between their points the tables are further from the model than they state. Build them anew.")


def main() -> None:
    """Write tables, their description and the samples anew."""
    # The simulator leaves a log where it runs.
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        leg = Leg()
        check_signs(leg)
        tables: dict[str, np.ndarray] = {}
        for angles in (HIP + KNEE, HIP, KNEE):
            names = [name for name, (_, needed) in MUSCLES.items() if needed == angles]
            grid = itertools.product(*(AXES[angle] for angle in angles))
            found = [leg.lengths(dict(zip(angles, map(float, at), strict=True)), names) for at in grid]
            shaped = np.array(found).reshape(*(len(AXES[angle]) for angle in angles), len(names))
            tables |= {name: shaped[..., number] for number, name in enumerate(names)}

        arrays = {f"axis_{name}": axis.astype("<f4") for name, axis in AXES.items()}
        about, rounded = {}, {}
        for name, (title, angles) in MUSCLES.items():
            low, high = float(tables[name].min()), float(tables[name].max())
            step = (high - low) / 65535
            arrays[name] = np.rint((tables[name] - low) / step).astype("<u2")
            rounded[name] = low + step * arrays[name]
            about[name] = {"name": title, "angles": angles, "low": low, "step": step}
        band = np.array([leg.band_end(float(knee)) for knee in BAND_KNEE])
        arrays |= {"band_knee": BAND_KNEE.astype("<f4"), "band_front": band[:, 0].astype("<f4")}
        arrays["band_up"] = band[:, 1].astype("<f4")

        lot = np.random.default_rng(SEED)
        poses = [
            {name: round(float(lot.uniform(axis[0], axis[-1])), 2) for name, axis in AXES.items()} for _ in range(POSES)
        ]
        names = list(MUSCLES)
        exact = np.array([leg.lengths(pose, names) for pose in poses])
        told = np.array([[told_length(rounded, name, pose) for name in names] for pose in poses])
        error = np.abs(told - exact)
        for number, name in enumerate(names):
            about[name]["error_max"] = round(float(error[:, number].max()), 3)
            about[name]["error_mean"] = round(float(error[:, number].mean()), 3)
            about[name]["arm_error_max"], about[name]["arm_error_mean"] = arm_errors(leg, rounded, name, poses)
        description = {
            "about": "Lengths of muscle-tendon paths of a right leg, in mm, over a grid of joint angles in degrees.",
            "source": f"myo-sim {version('myo-sim')}, model myolegs, computed with mujoco {version('mujoco')}; "
            "made after Rajagopal A et al. 2016, doi 10.1109/TBME.2016.2586891",
            "licence": "Apache-2.0",
            "unit": "mm; a path is low + step * number",
            "errors": f"Interpolation against {POSES} poses drawn by lot over the whole grid (seed {SEED}), in mm.",
            "arm_errors": f"Moment arms, mm: slope of the table over {SLOPE:g} degrees to either side against "
            f"the model's slope over 1 degree, in {ARM_POSES} of the poses.",
            "error_max": round(float(error.max()), 3),
            "error_mean": round(float(error.mean()), 3),
            "muscles": about,
        }
        samples = {
            "about": "Poses drawn by lot and the exact lengths (mm) that the model gives; tools/leg/build_tables.py",
            "muscles": names,
            "angles": list(AXES),
            "poses": [[pose[angle] for angle in AXES] for pose in poses[:KEPT]],
            "lengths": [[round(float(value), 3) for value in row] for row in exact[:KEPT]],
        }
    np.savez_compressed(OUT / "paths.npz", **arrays)
    (OUT / "paths.json").write_text(json.dumps(description, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    SAMPLES.parent.mkdir(exist_ok=True)
    SAMPLES.write_text(json.dumps(samples, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(
        f"paths.npz {(OUT / 'paths.npz').stat().st_size // 1024} KB; "
        f"error at most {error.max():.2f} mm, mean {error.mean():.3f} mm"
    )
    for number, name in enumerate(names):
        print(
            f"{name:11} {error[:, number].max():.2f} {error[:, number].mean():.3f}",
            about[name]["arm_error_max"],
            about[name]["arm_error_mean"],
        )


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        check()
    else:
        main()
