"""Draw what `build_rig.py` made, so that eyes can judge it: one plate per preset pose, from the side, front and back.

For maintainers. Needs matplotlib and numpy::

    PYTHONPATH=. legs/bin/python tools/leg/plates.py OUT [POSE ...]
    PYTHONPATH=. legs/bin/python tools/leg/plates.py still     # the picture that stands where the figure cannot move
"""

import io
import sys
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.collections import PolyCollection

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from itband_course.colours import shown
from itband_course.rig import Rig

STILL = Path(__file__).resolve().parents[2] / "itband_course/data/leg/plate.png"
RIG = Path(__file__).resolve().parents[2] / "itband_course/data/leg/right_leg.rig"
# How a point at rest is laid flat: what goes right, what goes up, what comes towards the eye.
VIEWS = {
    "lateral": ((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
    "front": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "back": ((-1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "medial": ((0, 0, -1), (0, 1, 0), (1, 0, 0)),
}
SKIN = "#d9b59c"


def colour(tissue: str) -> str:
    return SKIN if tissue == "skin" else shown(tissue)


def draw(axes, rig: Rig, angles: dict[str, float], view: str, layers: set[str]) -> None:
    """Draw a pose into axes. With the layer «regions», the skin is coloured by its regions."""
    right, up, eye = (np.array(axis, float) for axis in VIEWS[view])
    pose = rig.pose(angles)
    flat, depth, colours = [], [], []
    for name, part in rig.parts.items():
        regions = part.regions is not None and "regions" in layers
        if part.head.layer not in layers and not regions:
            continue
        corners = rig.skin(name, pose)[part.faces]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        size = np.linalg.norm(normals, axis=1)
        kept = size > 0
        facing = normals[kept] @ eye / size[kept]
        corners = corners[kept]
        light = 0.45 + 0.55 * np.clip(facing, 0, 1)
        base = np.array(matplotlib.colors.to_rgb(colour(part.head.tissue)))
        tints = base[None, :] * light[:, None]
        if regions:
            tints = plt.get_cmap("tab20")(part.regions[kept] % 20)[:, :3] * light[:, None]
        out = facing > (-2 if part.head.tissue == "skin" else 0)
        flat.append(np.stack([corners[out] @ right, corners[out] @ up], axis=-1))
        depth.append((corners[out] @ eye).mean(axis=1))
        colours.append(tints[out])
    order = np.argsort(np.concatenate(depth))
    tints = np.concatenate(colours)[order]
    axes.add_collection(PolyCollection(np.concatenate(flat)[order], facecolors=tints, edgecolors=tints, linewidths=0.2))
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.axis("off")


MUSCLES = {"superficial", "band", "deep", "bones", "vessels", "drawn"}


def plate(rig: Rig, angles: dict[str, float], path: Path, title: str, columns=None) -> None:
    columns = columns or [
        (view, layers) for view in ("lateral", "front", "back") for layers in (MUSCLES, MUSCLES | {"skin"})
    ]
    figure, grid = plt.subplots(1, len(columns), figsize=(3.6 * len(columns), 9), dpi=70)
    for axes, (view, layers) in zip(np.atleast_1d(grid), columns, strict=True):
        draw(axes, rig, angles, view, layers)
        axes.set_title(view, fontsize=9)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def still() -> None:
    """Write the picture of the standing leg from three sides, in few colours, so that it weighs little."""
    from PIL import Image

    rig = Rig(RIG.read_bytes())
    figure, grid = plt.subplots(1, 3, figsize=(7.2, 8.4), dpi=100)
    for axes, view, title in zip(grid, ("lateral", "front", "back"), ("Side", "Front", "Back"), strict=True):
        draw(axes, rig, {}, view, MUSCLES)
        axes.set_title(title, fontsize=12, color=shown("quiet"))
    figure.tight_layout()
    raw = io.BytesIO()
    figure.savefig(raw, facecolor=shown("panel"))
    Image.open(raw).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(STILL, optimize=True)


def main() -> None:
    if sys.argv[1:] == ["still"]:
        still()
        return
    from itband_course.leg.poses import poses

    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    rig = Rig(RIG.read_bytes())
    wanted = sys.argv[2:]
    if not wanted:
        plate(rig, {}, out / "regions.png", "regions of the skin", [(view, {"regions"}) for view in VIEWS])
    for name, pose in poses().items():
        if not wanted or name in wanted:
            plate(rig, pose.angles, out / f"{name}.png", f"{pose.title}: {pose.angles}")


if __name__ == "__main__":
    main()
