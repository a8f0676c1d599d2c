"""Lengths of muscle paths and their moment arms, between the points of a table made from a musculoskeletal model.

The numbers are those of a published model of the lower limb (Rajagopal et al. 2016, doi 10.1109/TBME.2016.2586891, in
the form of myo-sim, Apache-2.0), tabulated by `tools/leg/build_tables.py`. A path is muscle and tendon together, for
tensor fasciae latae the band too. The model's person is neither the leg in the pictures nor the client: read
directions and differences from it, not a client's millimetres.

What the model cannot say: it has no contact at the lateral epicondyle, no ties of the band to femur and kneecap but one
fixed point beside the knee, and no fibres of gluteus maximus in the band. Its makers state that moment arms of the
vasti at the knee differ from the model they started from.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from itband_course.rig import RigError

Floats = NDArray[np.float64]
STEP = 5.0
"""Degrees to either side over which a slope is taken: half a step of the grid."""


class LegError(RigError):
    """A muscle or an angle that the tables do not know, or an angle beyond them."""


class Muscle(Struct, frozen=True):
    """What the tables say of one path.

    Parameters
    ----------
    name : str
        As the course writes it.
    angles : list of str
        The angles that change its length.
    low, step : float
        A length in mm is ``low + step * number``.
    error_max, error_mean : float
        How far interpolation is off, in mm, in 500 poses drawn by lot over the whole grid.
    arm_error_max, arm_error_mean : float
        The same for moment arms, in mm, in 200 of these poses.
    """

    name: str
    angles: list[str]
    low: float
    step: float
    error_max: float
    error_mean: float
    arm_error_max: float
    arm_error_mean: float


class Tables(Struct, frozen=True):
    """The description of all tables, as in ``paths.json``; errors in mm."""

    about: str
    source: str
    licence: str
    unit: str
    errors: str
    arm_errors: str
    error_max: float
    error_mean: float
    muscles: dict[str, Muscle]


@cache
def tables() -> Tables:
    """Return what the tables hold: muscles, source, and how far interpolation is off."""
    return msgspec.json.decode(_file("paths.json"), type=Tables)


def path_length(muscle: str, **angles: ArrayLike) -> Any:
    """Return how long the path of a muscle is.

    Parameters
    ----------
    muscle : str
        A key of ``tables().muscles``: ``tfl``, ``glmed1``.
    **angles : float or array
        Degrees, clinical signs: ``hip_flexion``, ``hip_adduction``, ``hip_rotation`` (medial), ``knee_flexion``. What
        is not named is 0. Arrays must fit together as numpy broadcasts them.

    Returns
    -------
    float or array
        Millimetres. `Muscle.error_max` says how far it may be from the model itself.

    Raises
    ------
    LegError
        If the tables have no such muscle or angle, or do not reach so far.
    """
    found = _muscle(muscle)
    axes, table = _table(muscle)
    ranges = _checked(angles)
    result = _between(table, axes, [ranges[name] for name in found.angles])
    # An angle that does not move this muscle still gives the result its shape.
    result = np.broadcast_to(result, np.broadcast_shapes(*(value.shape for value in ranges.values())))
    return float(result) if result.ndim == 0 else result


def moment_arm(muscle: str, angle: str, **angles: ArrayLike) -> Any:
    """Return the moment arm of a muscle about one angle.

    It is the slope of the path's length, taken over 5° to either side (less at the end of the range), turned about:
    a path that gets shorter while the angle grows pulls the angle on. So positive means: tends to increase the angle.

    Parameters
    ----------
    muscle : str
        A key of ``tables().muscles``.
    angle : str
        The angle asked for: ``hip_adduction``.
    **angles : float or array
        The pose, as for `path_length`.

    Returns
    -------
    float or array
        Millimetres; 0 where the muscle does not cross that joint.

    Raises
    ------
    LegError
        As `path_length`.
    """
    found = _muscle(muscle)
    at = _checked(angles | {angle: angles.get(angle, 0.0)})[angle]
    if angle not in found.angles:
        return 0.0 * path_length(muscle, **angles)
    axis = _axes()[angle]
    before, after = np.maximum(at - STEP, axis[0]), np.minimum(at + STEP, axis[-1])
    change = path_length(muscle, **(angles | {angle: after})) - path_length(muscle, **(angles | {angle: before}))
    result = -change / np.radians(after - before)
    return float(result) if np.ndim(result) == 0 else result


def band_before_knee_axis(knee_flexion: ArrayLike) -> Any:
    """Return how far in front of the knee's axis the model's band meets the shin.

    Parameters
    ----------
    knee_flexion : float or array
        Degrees, 0 to 120.

    Returns
    -------
    float or array
        Millimetres along the thigh's front; negative: behind the axis.

    Raises
    ------
    LegError
        If the angle is out of range.
    """
    at = _checked({"knee_flexion": knee_flexion})["knee_flexion"]
    numbers = _numbers()
    result = np.interp(at, numbers["band_knee"], numbers["band_front"])
    return float(result) if np.ndim(result) == 0 else result


def _file(name: str) -> bytes:
    return files("itband_course").joinpath("data/leg", name).read_bytes()


@cache
def _numbers() -> dict[str, NDArray[Any]]:
    with np.load(BytesIO(_file("paths.npz")), allow_pickle=False) as held:
        return {name: held[name] for name in held.files}


@cache
def _axes() -> dict[str, Floats]:
    return {
        name.removeprefix("axis_"): axis.astype(np.float64)
        for name, axis in _numbers().items()
        if name.startswith("axis_")
    }


@cache
def _table(muscle: str) -> tuple[tuple[Floats, ...], Floats]:
    found = tables().muscles[muscle]
    return tuple(_axes()[name] for name in found.angles), found.low + found.step * _numbers()[muscle]


def _muscle(muscle: str) -> Muscle:
    known = tables().muscles
    if muscle not in known:
        raise LegError(f"There is no muscle «{muscle}» in the tables. There are: {', '.join(known)}.")
    return known[muscle]


def _checked(angles: dict[str, Any]) -> dict[str, Floats]:
    """Return all angles as arrays, 0 where none is given; raise LegError for those that the tables do not know."""
    axes = _axes()
    for name in angles:
        if name not in axes:
            raise LegError(f"There is no angle «{name}» in the tables. There are: {', '.join(axes)}.")
    found = {name: np.asarray(angles.get(name, 0.0), np.float64) for name in axes}
    for name, value in found.items():
        low, high = axes[name][0], axes[name][-1]
        if not np.all((value >= low) & (value <= high)):
            wrong = value[~((value >= low) & (value <= high))].flat[0]
            raise LegError(f"«{name}» goes from {low:g}° to {high:g}°: {wrong:g}° is out of range.")
    return found


def _between(table: Floats, axes: tuple[Floats, ...], at: list[Floats]) -> Floats:
    """Return values of a table between its points, by straight lines along each axis."""
    at = list(np.broadcast_arrays(*at))
    starts = [
        np.clip(np.searchsorted(axis, value, side="right") - 1, 0, len(axis) - 2)
        for axis, value in zip(axes, at, strict=True)
    ]
    shares = [
        (value - axis[start]) / (axis[start + 1] - axis[start])
        for axis, value, start in zip(axes, at, starts, strict=True)
    ]
    result: Floats = np.zeros(at[0].shape)
    for corner in np.ndindex(*(2,) * len(axes)):
        weight = np.ones(at[0].shape)
        for step, share in zip(corner, shares, strict=True):
            weight = weight * (share if step else 1 - share)
        result = result + weight * table[tuple(start + step for start, step in zip(starts, corner, strict=True))]
    return result
