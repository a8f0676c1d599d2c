"""Named poses of the leg: the tests and exercises of the course as joint angles.

Every angle is the hip's and knee's own. So a pelvis that drops over a foot on the ground is two angles: ``pelvic_drop``
sinks the other side of the pelvis and takes the leg along; the same ``hip_adduction`` brings the thigh back upright.
In the same way ``pelvic_tilt`` with the same ``hip_flexion`` leaves the thigh where it was.
"""

from functools import cache
from typing import Literal

from msgspec import Struct

View = Literal["lateral", "front", "back", "medial"]
Lying = Literal["standing", "supine", "prone", "side-lying"]


class Pose(Struct, frozen=True):
    """A named pose.

    Parameters
    ----------
    id : str
        ``ober``.
    title : str
        As the course writes it.
    about : str
        One sentence: what it is.
    angles : dict of str to float
        Degrees, clinical signs; what is not named is 0.
    view : {'lateral', 'front', 'back', 'medial'}
        The side that shows it best.
    lying : {'standing', 'supine', 'prone', 'side-lying'}
        How the person lies or stands; side-lying is on the left side, the right leg on top.
    """

    id: str
    title: str
    about: str
    angles: dict[str, float]
    view: View = "lateral"
    lying: Lying = "standing"


class PoseError(KeyError):
    """There is no such pose."""

    def __str__(self) -> str:
        return str(self.args[0])


_POSES = (
    Pose("standing", "Standing", "Both feet on the ground, knees straight.", {}),
    Pose(
        "knee-30",
        "Knee bent 30°",
        "Lying on the back, the knee bent a little: about the angle that hurts.",
        {"knee_flexion": 30},
        lying="supine",
    ),
    Pose("knee-90", "Knee bent 90°", "Sitting: hip and knee at right angles.", {"hip_flexion": 90, "knee_flexion": 90}),
    Pose(
        "ober",
        "Ober",
        "Lying on the sound side, knee at a right angle, the thigh a little back and let down.",
        {"hip_flexion": -10, "hip_adduction": 15, "knee_flexion": 90},
        "back",
        "side-lying",
    ),
    Pose(
        "modified-ober",
        "Modified Ober",
        "As Ober, with the knee straight.",
        {"hip_flexion": -10, "hip_adduction": 20},
        "back",
        "side-lying",
    ),
    Pose(
        "thomas",
        "Modified Thomas",
        "Lying on the back at the edge of the table, thigh and shin hanging.",
        {"hip_flexion": -10, "knee_flexion": 70},
        lying="supine",
    ),
    Pose(
        "thomas-held",
        "Modified Thomas, the held side",
        "The other leg of that test: its knee held to the chest.",
        {"hip_flexion": 115, "knee_flexion": 120},
        lying="supine",
    ),
    Pose("ely", "Ely", "Lying face down, the heel brought to the buttock.", {"knee_flexion": 110}, lying="prone"),
    Pose(
        "noble",
        "Noble",
        "Lying on the back, the thumb at the outer knee, the knee being straightened.",
        {"hip_flexion": 30, "knee_flexion": 30},
        lying="supine",
    ),
    Pose(
        "side-lying-abduction",
        "Leg lift lying on the side",
        "Lying on the sound side, the straight leg lifted.",
        {"hip_adduction": -30},
        "front",
        "side-lying",
    ),
    Pose(
        "single-leg-squat",
        "Single-leg squat, the pelvis dropping",
        "On one leg, half way down, the free side sinks.",
        {"pelvic_drop": 8, "hip_flexion": 40, "hip_adduction": 12, "hip_rotation": 8, "knee_flexion": 55},
        "front",
    ),
    Pose(
        "pelvic-drop",
        "One leg, the pelvis dropping",
        "Standing on this leg, the thigh upright, the free side sinks.",
        {"pelvic_drop": 10, "hip_adduction": 10},
        "back",
    ),
)


@cache
def poses() -> dict[str, Pose]:
    """Return all named poses, by id."""
    return {pose.id: pose for pose in _POSES}


def pose(name: str) -> Pose:
    """Return a named pose.

    Raises
    ------
    PoseError
        If there is none of that name.
    """
    if name not in poses():
        raise PoseError(f"There is no pose «{name}». There are: {', '.join(poses())}.")
    return poses()[name]
