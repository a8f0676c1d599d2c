"""How a client stands, sits or lies, and how a test is held: named positions as joint angles, for either tested side.

Signs are clinical: flexion, adduction, medial rotation, dorsiflexion and inversion are positive. `pelvic_drop` is
positive where the left side of the pelvis sinks, as it may in right stance; `pelvic_tilt` where the front of the pelvis
sinks. `spine_side` and `neck_side` bend to the right, `spine_turn` and `neck_turn` look to the left, `body_roll` rolls
to the left, each where positive. `body_recline` leans the whole person back, 90 is lying. At rest the person stands
upright with straight legs; the arms hang some 13° off the trunk, and that counts as no abduction.

How the tests are held follows the course's evidence: Ober with the lower hip at 45° and the knee at 90°, Noble seen at
the 30° where the familiar pain comes, the modified Thomas at the end of the table.
"""

from typing import Literal

import msgspec
import numpy as np
from msgspec import Struct

from itband_course.rig import Rig

Side = Literal["left", "right"]
TABLE_HEIGHT = 0.70
"""Metres from the floor to the top of the massage table."""
TABLE_WIDTH = 0.71
STEP_HEIGHT = 0.15
"""Metres from the floor to the top of a step to train on."""
TABLE_HEAD, TABLE_HINGE, TABLE_FOOT = -0.95, 0.02, 0.95
"""Where the table's top begins, bends and ends along z, in metres; whoever lies on it has the head towards -z."""
HEIGHTS = {"floor": 0.0, "step": STEP_HEIGHT, "table": TABLE_HEIGHT}
"""How high is what the person rests on, in metres."""
TRUNK = ("pelvis", "spine", "clavicle")
LEGS = ("thigh", "shin", "foot")
ARMS = ("upper_arm", "forearm", "hand")


class BodyError(ValueError):
    """A body, a position, a view or a region is asked for that does not exist."""


class Cushion(Struct, frozen=True):
    """A roll or a pillow in its place.

    Parameters
    ----------
    part : str
        Part of the rig: ``bolster``, ``pillow`` or ``head_pillow``.
    under : tuple of str
        Landmarks; the cushion lies at their mean.
    off : (float, float, float)
        How far from there, in millimetres: across, up, forward.
    lies : bool
        True where it lies on the table; False where it is held at the landmarks' height.
    """

    part: str
    under: tuple[str, ...]
    off: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lies: bool = True


class Position(Struct, frozen=True):
    """A way to be on the table or on the floor.

    Parameters
    ----------
    name : str
        ``ober``.
    title : str
        As the course writes it, the tested side included.
    side : str
        The tested side, ``left`` or ``right``.
    angles : dict of str to float
        Degrees, by the names of the rig's joints; what is not named is 0.
    on : str
        One of `HEIGHTS`: ``table``, ``floor`` or ``step``.
    bears : tuple of str
        What rests there: beginnings of the names of bones.
    place : (str, float, float)
        A landmark, and where on the table it comes to lie, in millimetres across and along.
    cushions : tuple of Cushion
    shows : tuple of str
        Parts to show beside skin, shorts and top.
    sheets : tuple of str
        Sheets that may be shown.
    things : tuple of str
        What it is done with, see `itband_course.figure.things`; it is shaped for the body and not part of the rig.
    eye : (float, float)
        Where the therapist looks from: degrees about the upright from the front of the room (+z) towards +x, and
        degrees up.
    says : str
        What a picture of it shows, for those who do not see it.
    """

    name: str
    title: str
    side: str
    angles: dict[str, float]
    on: str
    bears: tuple[str, ...]
    place: tuple[str, float, float]
    cushions: tuple[Cushion, ...] = ()
    shows: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    eye: tuple[float, float] = (0.0, 5.0)
    says: str = ""


def _other(name: str) -> str:
    """Return the name of the same thing on the other side."""
    if name.endswith(("_r", "_l")):
        return name[:-1] + {"r": "l", "l": "r"}[name[-1]]
    return name


_LYING = {"body_recline": 90.0}
# The arms beside the body, hands on the table.
_ARMS_DOWN = {
    "shoulder_abduction_r": 6.0,
    "shoulder_abduction_l": 6.0,
    "shoulder_flexion_r": 3.0,
    "shoulder_flexion_l": 3.0,
}
# A little more than lying flat: buttocks stand out further than shoulders and heels.
_SUPINE = _ARMS_DOWN | {
    "body_recline": 91.5,
    "hip_flexion_r": -2.5,
    "hip_flexion_l": -2.5,
    "ankle_flexion_r": -22.0,
    "ankle_flexion_l": -22.0,
}
_PRONE = {
    "body_recline": 86.5,
    "body_roll": 180.0,
    "shoulder_abduction_r": 4.0,
    "shoulder_abduction_l": 4.0,
    "shoulder_flexion_r": -6.0,
    "shoulder_flexion_l": -6.0,
    "elbow_flexion_r": -4.0,
    "elbow_flexion_l": -4.0,
    "knee_flexion_r": 14.0,
    "knee_flexion_l": 14.0,
    "ankle_flexion_r": -38.0,
    "ankle_flexion_l": -38.0,
}
# On the left side: the lower arm forward and bent beside the head, the upper one before the chest.
_SIDE = _LYING | {
    "body_roll": 90.0,
    "shoulder_flexion_l": 78.0,
    "shoulder_abduction_l": -32.0,
    "spine_side": 3.0,
    "neck_side": -3.0,
    "elbow_flexion_l": 95.0,
    "shoulder_flexion_r": 60.0,
    "shoulder_abduction_r": -38.0,
    "elbow_flexion_r": 48.0,
}
_LIFTED_LEG = _SIDE | {
    "hip_flexion_l": 38.0,
    "knee_flexion_l": 65.0,
    "hip_adduction_r": -28.0,
    "hip_flexion_r": -4.0,
    "ankle_flexion_l": -10.0,
}
_HELD_LEFT_KNEE = {
    "hip_flexion_l": 112.0,
    "knee_flexion_l": 118.0,
    "shoulder_flexion_l": 40.0,
    "shoulder_abduction_l": -12.0,
    "elbow_flexion_l": 26.0,
    "shoulder_flexion_r": 46.0,
    "shoulder_abduction_r": -34.0,
    "elbow_flexion_r": 16.0,
}
_HELD_RIGHT_KNEE = {_other(name): angle for name, angle in _HELD_LEFT_KNEE.items()}
_LAID = ("table",)
_HEAD_PILLOW = Cushion("head_pillow", ("head_centre",))
_ON_SIDE = (
    _HEAD_PILLOW,
    Cushion("pillow", ("knee_centre_l", "ankle_centre_l", "knee_centre_r", "ankle_centre_r"), lies=False),
)
_BEHIND = (-62.0, 30.0)

_RIGHT: tuple[Position, ...] = (
    Position(
        "standing",
        "standing",
        "right",
        {},
        "floor",
        LEGS,
        ("pelvis_centre", 0, 0),
        says="The client stands upright, arms hanging.",
    ),
    Position(
        "sitting",
        "sitting at the end of the table",
        "right",
        {
            "hip_flexion_r": 86.0,
            "hip_flexion_l": 86.0,
            "knee_flexion_r": 84.0,
            "knee_flexion_l": 84.0,
            "ankle_flexion_r": -14.0,
            "ankle_flexion_l": -14.0,
            "shoulder_flexion_r": 22.0,
            "shoulder_flexion_l": 22.0,
            "elbow_flexion_r": 31.0,
            "elbow_flexion_l": 31.0,
            "shoulder_abduction_r": -12.0,
            "shoulder_abduction_l": -12.0,
        },
        "table",
        ("pelvis", "thigh"),
        ("pelvis_centre", 0, 1000 * TABLE_FOOT - 280),
        shows=_LAID,
        eye=(-58.0, 12.0),
        says="The client sits at the end of the table, thighs on it, lower legs hanging, hands on the thighs.",
    ),
    Position(
        "supine",
        "supine",
        "right",
        _SUPINE,
        "table",
        (*TRUNK, *LEGS),
        ("pelvis_centre", 0, 40),
        shows=_LAID,
        sheets=("sheet_supine_right",),
        eye=(-58.0, 32.0),
        says="The client lies on the back, legs straight, arms beside the body.",
    ),
    Position(
        "half-sitting",
        "half-sitting",
        "right",
        {
            "body_recline": 45.0,
            "table_back": 45.0,
            "hip_flexion_r": 62.0,
            "hip_flexion_l": 62.0,
            "knee_flexion_r": 34.0,
            "knee_flexion_l": 34.0,
            "ankle_flexion_r": -18.0,
            "ankle_flexion_l": -18.0,
            "shoulder_flexion_r": 12.0,
            "shoulder_flexion_l": 12.0,
            "elbow_flexion_r": 40.0,
            "elbow_flexion_l": 40.0,
        },
        "table",
        ("pelvis", "thigh", "shin", "foot"),
        ("pelvis_centre", 0, 85),
        cushions=(Cushion("bolster", ("knee_centre_r", "knee_centre_l")),),
        shows=("table", "bolster"),
        eye=(-58.0, 22.0),
        says="The client leans back against the raised back of the table, a roll under the knees.",
    ),
    Position(
        "prone",
        "prone",
        "right",
        _PRONE,
        "table",
        ("pelvis", "spine", "thigh"),
        ("head_centre", 0, 1000 * TABLE_HEAD - 150),
        cushions=(Cushion("bolster", ("ankle_centre_r", "ankle_centre_l")),),
        shows=("table", "bolster"),
        sheets=("sheet_prone_right",),
        eye=(58.0, 32.0),
        says="The client lies on the belly, face in the cradle, a roll under the ankles.",
    ),
    Position(
        "side-lying",
        "lying on the left side",
        "right",
        _SIDE
        | {
            "hip_flexion_l": 28.0,
            "knee_flexion_l": 38.0,
            "hip_flexion_r": 46.0,
            "knee_flexion_r": 58.0,
            "ankle_flexion_r": -12.0,
            "ankle_flexion_l": -12.0,
        },
        "table",
        (*TRUNK, "upper_arm_l", *LEGS),
        ("pelvis_centre", -60, 40),
        cushions=_ON_SIDE,
        shows=("table", "pillow", "head_pillow"),
        sheets=("sheet_side_right",),
        eye=_BEHIND,
        says="The client lies on the left side, both knees bent, a pillow between them and one under the head.",
    ),
    Position(
        "ober",
        "Ober test of the right hip",
        "right",
        _SIDE
        | {
            "hip_flexion_l": 45.0,
            "knee_flexion_l": 60.0,
            "hip_adduction_r": 10.0,
            "knee_flexion_r": 90.0,
            "ankle_flexion_l": -10.0,
            "ankle_flexion_r": -10.0,
        },
        "table",
        (*TRUNK, "upper_arm_l", "thigh_l", "shin_l", "foot_l"),
        ("pelvis_centre", -170, 40),
        cushions=(_HEAD_PILLOW,),
        shows=("table", "head_pillow"),
        eye=_BEHIND,
        says="The client lies on the left side near the edge, the lower hip bent. The upper thigh is in line with the "
        "trunk, its knee bent to a right angle, and sinks behind the lower leg towards the table.",
    ),
    Position(
        "modified-ober",
        "modified Ober test of the right hip",
        "right",
        _SIDE
        | {
            "hip_flexion_l": 45.0,
            "knee_flexion_l": 60.0,
            "hip_adduction_r": 12.0,
            "ankle_flexion_l": -10.0,
            "ankle_flexion_r": -10.0,
        },
        "table",
        (*TRUNK, "upper_arm_l", "thigh_l", "shin_l", "foot_l"),
        ("pelvis_centre", -170, 40),
        cushions=(_HEAD_PILLOW,),
        shows=("table", "head_pillow"),
        eye=_BEHIND,
        says="The client lies on the left side near the edge, the lower hip bent. The upper leg, knee straight and in "
        "line with the trunk, sinks behind the lower leg towards the table.",
    ),
    Position(
        "side-lying-abduction",
        "lifting the right leg, lying on the left side",
        "right",
        _LIFTED_LEG,
        "table",
        (*TRUNK, "upper_arm_l", "thigh_l", "shin_l", "foot_l"),
        ("pelvis_centre", -60, 40),
        cushions=(_HEAD_PILLOW,),
        shows=("table", "head_pillow"),
        eye=_BEHIND,
        says="The client lies on the left side, lower knee bent, and lifts the straight right leg.",
    ),
    Position(
        "noble",
        "Noble test of the right knee",
        "right",
        _SUPINE | {"hip_flexion_r": 40.0, "knee_flexion_r": 30.0, "ankle_flexion_r": -8.0},
        "table",
        (*TRUNK, "upper_arm_l", "thigh_l", "shin_l", "foot_l"),
        ("pelvis_centre", -60, 40),
        shows=_LAID,
        eye=(-66.0, 24.0),
        says="The client lies on the back. The right leg is raised, its knee bent to 30 degrees.",
    ),
    Position(
        "thomas",
        "Thomas test of the right hip",
        "right",
        _SUPINE | _HELD_LEFT_KNEE | {"pelvic_tilt": -8.0, "spine_flexion": 8.0, "hip_flexion_r": -9.5},
        "table",
        ("spine", "clavicle", "thigh_r", "shin_r", "foot_r"),
        ("pelvis_centre", 0, 40),
        shows=_LAID,
        eye=(-66.0, 16.0),
        says="The client lies on the back and holds the left knee to the chest. The right leg lies straight.",
    ),
    Position(
        "modified-thomas",
        "modified Thomas test of the right hip",
        "right",
        _SUPINE
        | _HELD_LEFT_KNEE
        | {
            "pelvic_tilt": -8.0,
            "spine_flexion": 8.0,
            "hip_flexion_r": -18.0,
            "knee_flexion_r": 62.0,
            "ankle_flexion_r": -18.0,
        },
        "table",
        TRUNK,
        ("pelvis_centre", 0, 1000 * TABLE_FOOT - 40),
        shows=_LAID,
        eye=(-66.0, 14.0),
        says="The client lies on the back at the end of the table and holds the left knee to the chest. The right "
        "thigh hangs over the end, its knee bent.",
    ),
    Position(
        "ely",
        "Ely test of the right knee",
        "right",
        _PRONE | {"knee_flexion_r": 110.0, "ankle_flexion_r": -10.0},
        "table",
        ("pelvis", "spine", "thigh"),
        ("head_centre", 0, 1000 * TABLE_HEAD - 150),
        cushions=(Cushion("bolster", ("ankle_centre_l",), (0.0, 0.0, 0.0)),),
        shows=("table", "bolster"),
        eye=(66.0, 20.0),
        says="The client lies on the belly. The right knee is bent far, the heel towards the buttock.",
    ),
    Position(
        "single-leg-stance",
        "standing on the right leg, the left side of the pelvis sinking",
        "right",
        {
            "pelvic_drop": 9.0,
            "hip_adduction_r": 13.0,
            "ankle_inversion_r": -4.0,
            "spine_side": 10.0,
            "hip_flexion_l": 24.0,
            "knee_flexion_l": 72.0,
            "hip_adduction_l": -6.0,
            "ankle_flexion_l": -14.0,
            "shoulder_abduction_r": 8.0,
            "shoulder_abduction_l": 10.0,
        },
        "floor",
        LEGS,
        ("ankle_centre_r", 0, 0),
        eye=(180.0, 5.0),
        says="The client stands on the right leg, the left knee bent. The left side of the pelvis sinks.",
    ),
    Position(
        "single-leg-squat",
        "single-leg squat on the right",
        "right",
        {
            "body_recline": -12.0,
            "pelvic_drop": 7.0,
            "spine_side": 8.0,
            "spine_flexion": 12.0,
            "neck_flexion": -14.0,
            "hip_flexion_r": 52.0,
            "hip_adduction_r": 13.0,
            "hip_rotation_r": 6.0,
            "knee_flexion_r": 64.0,
            "ankle_flexion_r": 24.0,
            "ankle_inversion_r": -5.0,
            "hip_flexion_l": 24.0,
            "knee_flexion_l": 78.0,
            "ankle_flexion_l": -10.0,
            "shoulder_flexion_r": 48.0,
            "shoulder_flexion_l": 48.0,
            "elbow_flexion_r": 14.0,
            "elbow_flexion_l": 14.0,
        },
        "floor",
        LEGS,
        ("ankle_centre_r", 0, 0),
        eye=(-20.0, 5.0),
        says="The client squats on the right leg, arms forward. The left side of the pelvis sinks and the right knee "
        "moves inwards.",
    ),
    # Home care, in the order of its five steps: move, massage, mobilise, stretch, strengthen.
    Position(
        "march",
        "marching on the spot, the right knee high",
        "right",
        {
            "hip_flexion_r": 78.0,
            "knee_flexion_r": 88.0,
            "ankle_flexion_r": -6.0,
            "shoulder_flexion_l": 38.0,
            "shoulder_flexion_r": -26.0,
            "elbow_flexion_l": 84.0,
            "elbow_flexion_r": 84.0,
        },
        "floor",
        LEGS,
        ("ankle_centre_l", 0, 0),
        eye=(-48.0, 6.0),
        says="The client marches on the spot: the right knee is high, and the left arm swings forward.",
    ),
    Position(
        "ball-at-the-wall",
        "massage with a ball, the right outer hip to the wall",
        "right",
        {
            "body_turn": -42.0,
            "hip_adduction_r": 3.0,
            "hip_adduction_l": -9.0,
            "ankle_inversion_r": -3.0,
            "ankle_inversion_l": 9.0,
            "neck_turn": 30.0,
            "shoulder_abduction_r": -4.0,
            "shoulder_flexion_r": -8.0,
            "shoulder_flexion_l": 4.0,
        },
        "floor",
        LEGS,
        ("pelvis_centre", 0, 0),
        things=("ball", "wall"),
        eye=(10.0, 8.0),
        says="The client stands half turned to a wall on the right and leans on a ball. It lies on muscle at the front "
        "of the outer hip, above and in front of the bony bump, not on it.",
    ),
    Position(
        "knee-to-chest",
        "right knee to the chest, lying on the back",
        "right",
        _SUPINE | _HELD_RIGHT_KNEE | {"pelvic_tilt": -8.0, "spine_flexion": 8.0, "hip_flexion_l": -9.5},
        "floor",
        ("spine", "clavicle", "thigh_l", "shin_l", "foot_l"),
        ("pelvis_centre", 0, 0),
        things=("mat",),
        eye=(-66.0, 16.0),
        says="The client lies on the back and draws the right knee to the chest with both hands; the left leg stays "
        "straight. Then the leg is let down again.",
    ),
    Position(
        "leg-lift",
        "lifting the right leg, lying on the left side",
        "right",
        _LIFTED_LEG,
        "floor",
        (*TRUNK, "upper_arm_l", "thigh_l", "shin_l", "foot_l"),
        ("pelvis_centre", 0, 0),
        things=("mat",),
        eye=_BEHIND,
        says="The client lies on the left side, lower knee bent, and lifts the straight right leg, in line with the "
        "trunk.",
    ),
    Position(
        "held-squat",
        "single-leg squat on the right, holding on",
        "right",
        {
            "body_recline": -10.0,
            "spine_flexion": 4.0,
            "neck_flexion": -8.0,
            "hip_flexion_r": 40.0,
            "hip_adduction_r": 4.0,
            "knee_flexion_r": 48.0,
            "ankle_flexion_r": 18.0,
            "ankle_inversion_r": -4.0,
            "hip_flexion_l": 18.0,
            "knee_flexion_l": 66.0,
            "ankle_flexion_l": -10.0,
            "shoulder_abduction_l": 32.0,
            "elbow_flexion_l": 24.0,
            "shoulder_flexion_r": 30.0,
            "elbow_flexion_r": 20.0,
        },
        "floor",
        LEGS,
        ("ankle_centre_r", 0, 0),
        things=("chair-back",),
        eye=(-20.0, 5.0),
        says="The client stands on the right leg and bends its knee a little. The pelvis stays level, the right knee "
        "stays over the foot, and the left hand holds on to the back of a chair.",
    ),
    Position(
        "bridge",
        "bridge, the pelvis lifted",
        "right",
        {
            "body_recline": 110.0,
            "spine_flexion": -4.0,
            "neck_flexion": 42.0,
            "hip_flexion_r": 2.0,
            "hip_flexion_l": 2.0,
            "knee_flexion_r": 78.0,
            "knee_flexion_l": 78.0,
            "ankle_flexion_r": -34.0,
            "ankle_flexion_l": -34.0,
            "shoulder_flexion_r": -20.0,
            "shoulder_flexion_l": -20.0,
            "shoulder_abduction_r": 14.0,
            "shoulder_abduction_l": 14.0,
        },
        "floor",
        ("spine", "clavicle", "foot"),
        ("pelvis_centre", 0, 0),
        things=("mat",),
        eye=(-75.0, 14.0),
        says="The client lies on the back, knees bent, feet on the floor, and lifts the pelvis until trunk and "
        "thighs are one line.",
    ),
    Position(
        "side-plank",
        "side plank on the right forearm",
        "right",
        {
            "body_recline": 80.0,
            "body_roll": -90.0,
            "shoulder_abduction_r": 66.0,
            "elbow_flexion_r": 90.0,
            "shoulder_abduction_l": -8.0,
            "hip_adduction_r": -4.0,
            "hip_adduction_l": 6.0,
            "ankle_flexion_r": -6.0,
            "ankle_flexion_l": -6.0,
        },
        "floor",
        ("forearm_r", "foot_r"),
        ("pelvis_centre", 0, 0),
        things=("mat",),
        eye=(60.0, 24.0),
        says="The client lies on the right side, propped on the right forearm, and lifts the pelvis until trunk "
        "and legs are one line.",
    ),
    Position(
        "side-step",
        "side steps with a band round the thighs",
        "right",
        {
            "body_recline": -8.0,
            "spine_flexion": 4.0,
            "neck_flexion": -6.0,
            "hip_flexion_r": 36.0,
            "hip_flexion_l": 36.0,
            "hip_adduction_r": -10.0,
            "hip_adduction_l": -10.0,
            "knee_flexion_r": 42.0,
            "knee_flexion_l": 42.0,
            "ankle_flexion_r": 14.0,
            "ankle_flexion_l": 14.0,
            "ankle_inversion_r": 9.0,
            "ankle_inversion_l": 9.0,
            "elbow_flexion_r": 70.0,
            "elbow_flexion_l": 70.0,
        },
        "floor",
        LEGS,
        ("pelvis_centre", 0, 0),
        things=("band",),
        eye=(-20.0, 5.0),
        says="The client stands with hips and knees a little bent, feet apart, and steps sideways. A band round the "
        "thighs pulls them together.",
    ),
    Position(
        "pelvic-drop",
        "pelvic drop, standing on the right leg",
        "right",
        {
            "pelvic_drop": 9.0,
            "hip_adduction_r": 12.0,
            "ankle_inversion_r": -3.0,
            "spine_side": 9.0,
            "hip_flexion_l": 6.0,
            "hip_adduction_l": -7.0,
            "shoulder_abduction_r": 34.0,
            "elbow_flexion_r": 22.0,
            "shoulder_abduction_l": 8.0,
        },
        "step",
        ("thigh_r", "shin_r", "foot_r"),
        ("ankle_centre_r", 0, 0),
        things=("step", "chair-beside"),
        eye=(-12.0, 5.0),
        says="The client stands on the right leg, at the edge of a step. The left leg hangs free beside it, and the "
        "left side of the pelvis sinks; then it is lifted level again. The right hand holds on to a chair.",
    ),
    Position(
        "standing-stretch",
        "standing stretch, the right leg crossed behind",
        "right",
        {
            "spine_side": -20.0,
            "neck_side": -8.0,
            "pelvic_drop": -3.0,
            "hip_adduction_r": 20.0,
            "hip_flexion_r": -14.0,
            "hip_adduction_l": -4.0,
            "ankle_flexion_r": -8.0,
            "shoulder_flexion_r": 165.0,
            "shoulder_flexion_l": 165.0,
        },
        "floor",
        LEGS,
        ("ankle_centre_l", 0, 0),
        eye=(-16.0, 5.0),
        says="The client stands, the right leg crossed behind the left, arms overhead, and leans to the left.",
    ),
    Position(
        "hip-flexor-stretch",
        "hip-flexor stretch, kneeling on the right knee",
        "right",
        {
            "hip_flexion_r": -14.0,
            "knee_flexion_r": 78.0,
            "ankle_flexion_r": -52.0,
            "hip_flexion_l": 98.0,
            "knee_flexion_l": 100.0,
            "ankle_flexion_l": 2.0,
            "shoulder_abduction_r": -4.0,
            "shoulder_abduction_l": -4.0,
        },
        "floor",
        ("shin_r", "foot"),
        ("pelvis_centre", 0, 0),
        things=("mat",),
        eye=(-78.0, 6.0),
        says="The client kneels on the right knee, the left foot in front, the trunk and the pelvis upright.",
    ),
    Position(
        "isometric-abduction",
        "pressing the thighs outwards against a belt",
        "right",
        _SUPINE | {"hip_adduction_r": -4.0, "hip_adduction_l": -4.0},
        "floor",
        (*TRUNK, *LEGS),
        ("pelvis_centre", 0, 0),
        things=("mat", "band"),
        eye=(-62.0, 30.0),
        says="The client lies on the back, legs straight, a belt round both thighs, and presses them outwards. "
        "Nothing moves.",
    ),
    Position(
        "sit-to-stand",
        "rising from a chair",
        "right",
        {
            "body_recline": -36.0,
            "neck_flexion": -24.0,
            "hip_flexion_r": 96.0,
            "hip_flexion_l": 96.0,
            "knee_flexion_r": 78.0,
            "knee_flexion_l": 78.0,
            "ankle_flexion_r": 18.0,
            "ankle_flexion_l": 18.0,
            "shoulder_flexion_r": 70.0,
            "shoulder_flexion_l": 70.0,
            "elbow_flexion_r": 12.0,
            "elbow_flexion_l": 12.0,
        },
        "floor",
        LEGS,
        ("ankle_centre_r", 0, 0),
        things=("chair",),
        eye=(-64.0, 8.0),
        says="The client rises from a chair, trunk forward, arms before the body, without using the hands.",
    ),
    Position(
        "standing-abduction",
        "lifting the right leg to the side, standing",
        "right",
        {
            "hip_adduction_r": -24.0,
            "ankle_flexion_r": 2.0,
            "shoulder_abduction_l": 28.0,
            "elbow_flexion_l": 30.0,
        },
        "floor",
        LEGS,
        ("ankle_centre_l", 0, 0),
        things=("chair-back",),
        eye=(-12.0, 5.0),
        says="The client stands on the left leg and lifts the straight right leg to the side. The left hand holds "
        "on to the back of a chair.",
    ),
)
# What turns the other way round when right and left change places.
_TURNS = ("body_across", "body_turn", "body_roll", "pelvic_drop", "spine_side", "spine_turn", "neck_side", "neck_turn")
_OTHER = {"right": "left", "left": "right"}
_FIXED = {"side-lying-left": "right", "side-lying-right": "left"}
"""Positions with the lying side in their name, and the leg that is uppermost."""


def positions() -> list[str]:
    """Return the names of all positions."""
    found = [one.name for one in _RIGHT]
    at = found.index("side-lying")
    return [*found[:at], *_FIXED, *found[at + 1 :]]


def position(name: str, side: Side = "right") -> Position:
    """Return a position for a tested side.

    Parameters
    ----------
    name : str
        One of `positions`. Where the name itself says on which side the person lies, `side` does not change that.
    side : {'right', 'left'}
        The tested side: on the side-lying tests the upper leg, on one leg the leg that stands.

    Raises
    ------
    BodyError
        If there is no such position or side.
    """
    if side not in _OTHER:
        raise BodyError(f"There is no side «{side}». There are: right, left.")
    if name in _FIXED:
        laid = position("side-lying", _FIXED[name])  # type: ignore[arg-type]
        return msgspec.structs.replace(laid, name=name, side=side)
    for one in _RIGHT:
        if one.name == name:
            return one if side == "right" else mirrored(one)
    raise BodyError(f"There is no position «{name}». There are: {', '.join(positions())}.")


def mirrored(one: Position) -> Position:
    """Return a position with right and left exchanged, in angles, places and words."""
    landmark, across, along = one.place
    return msgspec.structs.replace(
        one,
        title=_swapped_words(one.title),
        side=_OTHER[one.side],
        angles={_other(name): -angle if name in _TURNS else angle for name, angle in one.angles.items()},
        bears=tuple(_other(bone) for bone in one.bears),
        place=(_other(landmark), -across, along),
        cushions=tuple(
            msgspec.structs.replace(
                cushion,
                under=tuple(_other(mark) for mark in cushion.under),
                off=(-cushion.off[0], cushion.off[1], cushion.off[2]),
            )
            for cushion in one.cushions
        ),
        sheets=tuple(_swapped_words(sheet) for sheet in one.sheets),
        eye=(-one.eye[0], one.eye[1]),
        says=_swapped_words(one.says),
    )


def _swapped_words(text: str) -> str:
    return text.replace("right", "\0").replace("left", "right").replace("\0", "left")


def settled(rig: Rig, one: Position) -> dict[str, float]:
    """Return all angles and slides that lay a body down in a position, so that it rests on table or floor.

    Bodies differ, so the slides are found for each: what bears the weight comes to rest with its lowest point.

    Parameters
    ----------
    rig : Rig
        From `body`.
    one : Position

    Returns
    -------
    dict of str to float
        For `Rig.pose`: degrees, and for slides millimetres.
    """
    angles = dict(one.angles)
    pose = rig.pose(angles)
    skin = rig.parts["skin"]
    names = [bone.name for bone in rig.header.bones]
    bearing = np.array([name.startswith(one.bears) for name in names])
    rests = (skin.weights * bearing[skin.bones]).sum(axis=1) > 0.5
    landmark, across, along = one.place
    stands = rig.landmark(landmark, pose)
    height = HEIGHTS[one.on]
    shift = np.array([across / 1000, height, along / 1000])
    shift -= [stands[0], rig.skin("skin", pose)[rests, 1].min(), stands[2]]
    for way, amount in zip(("across", "up", "forward"), 1000 * shift, strict=True):
        angles[f"body_{way}"] = round(float(amount), 1)
    pose = rig.pose(angles)
    for cushion in one.cushions:
        place = np.mean([rig.landmark(mark, pose) for mark in cushion.under], axis=0)
        box = rig.parts[cushion.part].vertices
        lift = 0.0 if cushion.lies else 1000 * (place[1] - (box[:, 1].min() + box[:, 1].max()) / 2)
        for way, amount, off in zip(
            ("across", "up", "forward"), (1000 * place[0], lift, 1000 * place[2]), cushion.off, strict=True
        ):
            angles[f"{cushion.part}_{way}"] = round(float(amount + off), 1)
    return angles
