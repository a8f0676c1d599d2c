"""A rig keeps what was packed into it, and moves by joint angles as a leg does."""

import gzip

import msgspec
import numpy as np
import pytest

from itband_course.rig import Bone, Header, Joint, Landmark, NewPart, Rig, RigError, packed, turn

BONES = [Bone("thigh"), Bone("shin", "thigh"), Bone("kneecap", "thigh")]
KNEE = (0.0, 0.5, 0.0)
JOINTS = [
    Joint("hip_flexion", "thigh", (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), -30, 120),
    Joint("knee_flexion", "shin", (1.0, 0.0, 0.0), KNEE, 0, 110),
    Joint("knee_flexion", "kneecap", (1.0, 0.0, 0.0), KNEE, 0, 120, share=0.65),
]
HEADER = Header(
    id="stick",
    attribution="nobody",
    licence="none",
    bones=BONES,
    joints=JOINTS,
    parts=[],
    landmarks={"heel": Landmark("heel", (0.0, 0.0, 0.0), "shin")},
)
VERTICES = np.array([[0.0, 1.0, 0.0], [0.01, 0.5, 0.0], [0.0, 0.0, 0.02], [0.0, 0.0, -0.02]])
WEIGHTS = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 1, 0]])


def part(**changes: object) -> NewPart:
    given = {
        "id": "skin",
        "name": "skin",
        "tissue": "skin",
        "layer": "skin",
        "vertices": VERTICES,
        "faces": np.array([[0, 1, 2], [0, 2, 3]]),
        "weights": WEIGHTS,
    }
    return NewPart(**(given | changes))


def rig() -> Rig:
    return Rig(packed(HEADER, [part()]))


def test_what_is_packed_comes_back_within_a_hundredth_of_a_millimetre() -> None:
    found = rig().parts["skin"]
    assert np.abs(found.vertices - VERTICES).max() < 1e-5
    assert found.faces.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert np.allclose(found.weights.sum(axis=1), 1)


def test_the_same_figure_is_the_same_bytes() -> None:
    assert packed(HEADER, [part()]) == packed(HEADER, [part()])


def test_at_rest_nothing_moves() -> None:
    still = rig()
    assert np.allclose(still.skin("skin", still.pose({})), still.parts["skin"].vertices)


def test_bending_the_knee_takes_the_heel_backward_and_up() -> None:
    bent = rig()
    x, y, z = bent.landmark("heel", bent.pose({"knee_flexion": 90}))
    assert (x, y, z) == pytest.approx((0.0, 0.5, -0.5))


def test_bending_the_hip_takes_the_shin_along_to_the_front() -> None:
    bent = rig()
    assert bent.landmark("heel", bent.pose({"hip_flexion": 90})) == pytest.approx((0.0, 1.0, 1.0))


def test_a_bone_with_a_share_turns_by_that_share_of_the_angle() -> None:
    pose = rig().pose({"knee_flexion": 100})
    assert np.allclose(pose[2], turn((1.0, 0.0, 0.0), KNEE, 65))


def test_a_vertex_of_two_bones_goes_halfway_between_them() -> None:
    bent = rig()
    pose = bent.pose({"knee_flexion": 60})
    point = np.array([*bent.parts["skin"].vertices[1], 1.0])
    halfway = (pose[0] @ point + pose[1] @ point)[:3] / 2
    assert np.abs(bent.skin("skin", pose)[1] - halfway).max() < 2e-4, "shares are kept in 255ths"


def test_a_slide_shifts_a_bone_and_all_on_it_by_millimetres() -> None:
    slide = Joint("lift", "thigh", (0.0, 1.0, 0.0), KNEE, -500, 500, slide=True)
    lifted = Rig(packed(msgspec.structs.replace(HEADER, joints=[slide, *JOINTS]), [part()]))
    assert lifted.angles["lift"] == (-500, 500)
    assert lifted.landmark("heel", lifted.pose({"lift": 250})) == pytest.approx((0.0, 0.25, 0.0))
    # What stands before in the list is done last: the knee bends where it is, then all of it is lifted.
    assert lifted.landmark("heel", lifted.pose({"lift": 250, "knee_flexion": 90})) == pytest.approx((0.0, 0.75, -0.5))
    with pytest.raises(RigError, match="«lift» goes from -500 mm to 500 mm: 600 mm is out of range"):
        lifted.pose({"lift": 600})


def test_a_file_written_before_there_were_slides_can_be_read() -> None:
    old = gzip.decompress(packed(HEADER, [part()])).replace(b',"slide":false', b"               ")
    assert b"slide" not in old
    assert not any(joint.slide for joint in Rig(gzip.compress(old)).header.joints)


@pytest.mark.parametrize(
    ("angles", "sentence"),
    [
        ({"knee_flexion": 111}, "goes from 0° to 110°: 111° is out of range"),
        ({"knee_flexion": float("nan")}, "out of range"),
        ({"knie": 3}, "no angle «knie». There are: hip_flexion, knee_flexion"),
    ],
)
def test_an_angle_that_no_leg_bears_is_a_sentence(angles: dict[str, float], sentence: str) -> None:
    with pytest.raises(RigError, match=sentence):
        rig().pose(angles)


def test_an_unknown_part_and_an_unknown_landmark_are_sentences() -> None:
    still = rig()
    with pytest.raises(RigError, match="no part «tail»"):
        still.skin("tail", still.pose({}))
    with pytest.raises(RigError, match="no landmark «toe»"):
        still.landmark("toe", still.pose({}))


@pytest.mark.parametrize(
    "data",
    [b"", b"rig", gzip.compress(b"rig"), packed(HEADER, [part()])[:-40]],
    ids=["empty", "text", "another file", "cut"],
)
def test_bytes_that_are_no_rig_are_a_sentence(data: bytes) -> None:
    with pytest.raises(RigError, match="Install the package again"):
        Rig(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"faces": np.array([[0, 1, 4]])},
        {"weights": np.zeros((4, 3))},
        {"weights": WEIGHTS[:, :2]},
        {"vertices": VERTICES[:, :2]},
        {"regions": np.array([0])},
    ],
)
def test_a_part_that_does_not_fit_together_is_not_packed(changes: dict[str, object]) -> None:
    with pytest.raises(RigError, match="«skin»"):
        packed(HEADER, [part(**changes)])
