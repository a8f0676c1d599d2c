"""The leg that moves, its landmarks and the regions of its skin. The left leg is the right one in a mirror."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np

from itband_course.rig import Floats, Region, Rig, RigError

Side = Literal["left", "right"]
MIRROR = np.array([-1.0, 1.0, 1.0])


@cache
def right_leg() -> Rig:
    """Return the right leg. Source and changes are in its header and in ``data/leg/README.md``."""
    return Rig(files("itband_course").joinpath("data/leg/right_leg.rig").read_bytes())


def landmark(name: str, angles: Mapping[str, float] | None = None, side: Side = "right") -> Floats:
    """Return where a landmark of the drawn leg stands in a pose.

    It serves to put a mark on the picture. It is one man's leg: no figure of the course is measured from it.

    Parameters
    ----------
    name : str
        ``lateral_epicondyle``.
    angles : mapping of str to float
        Degrees by name, clinical signs, the same for both sides.
    side : {'right', 'left'}

    Returns
    -------
    array, shape (3,)
        Metres: to the person's left, up, to the front.

    Raises
    ------
    RigError
        If there is no such landmark, angle or side, or an angle is out of range.
    """
    if side not in ("right", "left"):
        raise RigError(f"A leg is «right» or «left», not «{side}».")
    leg = right_leg()
    found = leg.landmark(name, leg.pose(angles or {}))
    return found * MIRROR if side == "left" else found


def regions() -> dict[str, Region]:
    """Return the regions of the skin, by id."""
    return {region.id: region for region in right_leg().header.regions}
