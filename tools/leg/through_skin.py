"""Count which vertices of muscles and band come through the skin in each named pose, and what lies bare at rest.

For maintainers; needs what `build_rig.py` needs::

    PYTHONPATH=. legs/bin/python tools/leg/through_skin.py [RIG]
"""

import sys
from pathlib import Path

import numpy as np
from meshes import Hull

from itband_course.leg.poses import poses
from itband_course.rig import Rig

RIG = Path(__file__).resolve().parents[2] / "itband_course/data/leg/right_leg.rig"
NEAREST = 120
"""How many points on the skin at rest lie over a vertex."""
TOLERANCE = 0.0005
"""Metres: less is not seen."""


def counts(rig: Rig, angles: dict[str, float]) -> dict[str, tuple[int, float]]:
    """Return for each muscle and the band how many vertices come through the skin, and by how much at most (mm).

    A vertex is held against the stretch of skin that lies over it at rest, so that a fold, where calf and thigh are
    drawn into one another because nothing here knows touch, does not count.
    """
    pose = rig.pose(angles)
    still = Hull(rig.parts["skin"].vertices, rig.parts["skin"].faces)
    moved = Hull(rig.skin("skin", pose), rig.parts["skin"].faces)
    found = {}
    for name, part in rig.parts.items():
        if part.head.tissue in {"muscle", "band"} and part.head.layer != "drawn":
            _, over = still.tree.query(part.vertices, k=NEAREST)
            posed = rig.skin(name, pose)
            gap = moved.points[over] - posed[:, None]
            best = np.argmin((gap**2).sum(axis=-1), axis=1)
            rows = np.arange(len(posed))
            near = over[rows, best]
            deep = np.einsum("ij,ij->i", gap[rows, best], moved.normals[near])
            out = (deep < -TOLERANCE) & ~moved.rim[near]
            if out.any():
                found[name] = (int(out.sum()), round(-1000 * float(deep[out].min()), 1))
    return found


def main() -> None:
    rig = Rig(Path(sys.argv[1] if len(sys.argv) > 1 else RIG).read_bytes())
    soft = [
        part for part in rig.parts.values() if part.head.tissue in {"muscle", "band"} and part.head.layer != "drawn"
    ]
    total = sum(len(part.vertices) for part in soft)
    for name, pose in poses().items():
        found = counts(rig, pose.angles)
        out = sum(count for count, _ in found.values())
        worst = dict(sorted(found.items(), key=lambda item: -item[1][0])[:5])
        print(f"{name:22} {out:5} of {total} ({100 * out / total:.2f} %)  {worst}")


if __name__ == "__main__":
    main()
