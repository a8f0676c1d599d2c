"""Positions: every one for either side, and whoever is in it rests on table or floor and not within."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from itband_course.body import BodyError, body, builds, position, positions, settled
from itband_course.body.positions import HEIGHTS, TABLE_FOOT, TABLE_HEAD, TABLE_WIDTH, Position, mirrored

BUILDS = [one.id for one in builds()]
RESTS = 0.001
"""Metres: how near the lowest point of what bears comes to table or floor. Slides are kept in tenths of millimetres."""
SINKS = 0.006
"""Metres: how far anything else may lie within the table, as flesh does in padding."""


@cache
def laid(build: str, name: str, side: str) -> tuple[Position, NDArray[np.float64], NDArray[np.bool_]]:
    """The position, where the skin is, and which of it bears."""
    rig, one = body(build), position(name, side)  # type: ignore[arg-type]
    bearing = np.array([bone.name.startswith(one.bears) for bone in rig.header.bones])
    skin = rig.parts["skin"]
    rests = (skin.weights * bearing[skin.bones]).sum(axis=1) > 0.5
    return one, rig.skin("skin", rig.pose(settled(rig, one))), rests


def test_the_positions_of_the_course_are_there() -> None:
    wanted = "standing sitting supine prone side-lying-left side-lying-right ober modified-ober noble thomas "
    wanted += "modified-thomas ely side-lying-abduction single-leg-stance single-leg-squat"
    assert set(wanted.split()) <= set(positions())


@pytest.mark.parametrize(
    ("build", "name"),
    [(build, name) for build in ("woman-young", "man-heavy") for name in positions()]
    + [(build, name) for build in BUILDS for name in ("supine", "thomas", "ober")],
)
def test_the_body_rests_on_table_or_floor(build: str, name: str) -> None:
    one, points, rests = laid(build, name, "right")
    height = HEIGHTS[one.on]
    assert abs(points[rests, 1].min() - height) < RESTS
    # Of what stands on a step, the other foot hangs beside it.
    over = rests if one.on == "step" else np.ones(len(points), bool)
    assert points[:, 1].min() > -SINKS
    if one.on == "table":
        over = (np.abs(points[:, 0]) < TABLE_WIDTH / 2) & (points[:, 2] > TABLE_HEAD) & (points[:, 2] < TABLE_FOOT)
    assert points[over, 1].min() > height - SINKS, "something goes through the table or the floor"


@pytest.mark.parametrize("name", [name for name in positions() if position(name).on == "table"])
def test_the_body_lies_on_the_table_and_not_beside_it(name: str) -> None:
    _, points, rests = laid("man-young", name, "right")
    middle = points[rests].mean(axis=0)
    assert abs(middle[0]) < TABLE_WIDTH / 2
    assert TABLE_HEAD - 0.1 < middle[2] < TABLE_FOOT


@pytest.mark.parametrize("name", positions())
def test_the_other_side_is_the_mirror_image(name: str) -> None:
    right, left = laid("woman-young", name, "right"), laid("woman-young", name, "left")
    if name.startswith("side-lying-") and name != "side-lying-abduction":
        assert np.array_equal(right[1], left[1]), "its name says on which side the person lies"
        return
    # The mesh is not cut alike on both sides, so compare the extent, not the vertices.
    for points, other in ((right[1], left[1] * [-1, 1, 1]),):
        assert np.abs(points.min(axis=0) - other.min(axis=0)).max() < 0.004
        assert np.abs(points.max(axis=0) - other.max(axis=0)).max() < 0.004
    assert position(name, "left") == mirrored(position(name, "right"))
    assert mirrored(position(name, "left")) == position(name, "right")
    assert "right" not in position(name, "left").title or "left" in position(name, "left").title


@pytest.mark.parametrize(
    ("name", "angle", "degrees"),
    [
        ("ober", "knee_flexion_r", 90),
        ("ober", "hip_flexion_l", 45),
        ("modified-ober", "hip_flexion_l", 45),
        ("noble", "knee_flexion_r", 30),
        ("ely", "knee_flexion_r", 110),
    ],
)
def test_a_test_is_held_as_the_course_says(name: str, angle: str, degrees: float) -> None:
    assert position(name).angles[angle] == degrees


def test_in_the_ober_test_the_upper_thigh_is_in_line_with_the_trunk_and_below_horizontal() -> None:
    rig, one = body("woman-young"), position("ober")
    pose = rig.pose(settled(rig, one))
    hip, knee = (rig.landmark(mark, pose) for mark in ("hip_centre_r", "knee_centre_r"))
    assert hip[1] > rig.landmark("hip_centre_l", pose)[1], "the tested leg is uppermost"
    assert np.degrees(np.arcsin((hip[1] - knee[1]) / np.linalg.norm(knee - hip))) == pytest.approx(10, abs=1.5)


def test_in_the_modified_thomas_test_the_thigh_hangs_over_the_end_of_the_table() -> None:
    rig, one = body("man-middle"), position("modified-thomas")
    pose = rig.pose(settled(rig, one))
    hip, knee = (rig.landmark(mark, pose) for mark in ("hip_centre_r", "knee_centre_r"))
    assert knee[1] < hip[1]
    assert knee[2] > TABLE_FOOT


@pytest.mark.parametrize(("side", "free"), [("right", "l"), ("left", "r")])
def test_on_one_leg_the_other_side_of_the_pelvis_sinks(side: str, free: str) -> None:
    rig = body("woman-young")
    pose = rig.pose(settled(rig, position("single-leg-stance", side)))  # type: ignore[arg-type]
    other = "r" if free == "l" else "l"
    assert rig.landmark(f"hip_centre_{free}", pose)[1] < rig.landmark(f"hip_centre_{other}", pose)[1] - 0.015
    assert rig.landmark(f"ankle_centre_{free}", pose)[1] > rig.landmark(f"ankle_centre_{other}", pose)[1] + 0.1


def test_the_sole_stays_flat_in_the_squat() -> None:
    rig = body("woman-middle")
    names = [bone.name for bone in rig.header.bones]
    pose = rig.pose(settled(rig, position("single-leg-squat")))
    up = pose[names.index("foot_r")][:3, :3] @ np.array([0.0, 1, 0])
    assert np.degrees(np.arccos(up[1])) < 9


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("name", positions())
def test_what_a_position_shows_is_in_every_body(name: str, side: str) -> None:
    one = position(name, side)  # type: ignore[arg-type]
    for build in BUILDS:
        parts = {head.id for head in body(build).header.parts}
        assert {*one.shows, *one.sheets, *(cushion.part for cushion in one.cushions)} <= parts
    assert len(one.says.split()) >= 5


@pytest.mark.parametrize("name", ["supine", "prone"])
@pytest.mark.parametrize("side", ["right", "left"])
def test_a_sheet_leaves_the_tested_leg_free_and_covers_the_other(name: str, side: str) -> None:
    rig, one = body("woman-young"), position(name, side)  # type: ignore[arg-type]
    pose = rig.pose(settled(rig, one))
    sheet = rig.skin(one.sheets[0], pose)

    def above(mark: str) -> bool:
        place = rig.landmark(mark, pose)
        near = np.abs(sheet[:, [0, 2]] - place[[0, 2]]).max(axis=1) < 0.04
        return bool(near.any() and sheet[near, 1].max() > place[1])

    tested, other = ("r", "l") if side == "right" else ("l", "r")
    assert above(f"knee_centre_{other}")
    assert not above(f"knee_centre_{tested}")


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("build", BUILDS)
def test_the_pillow_between_the_knees_does_not_come_through_the_sheet(build: str, side: str) -> None:
    rig = body(build)
    name = "side-lying-left" if side == "right" else "side-lying-right"
    one = position(name)
    pose = rig.pose(settled(rig, one))
    (which,) = one.sheets
    corners = rig.skin(which, pose)[rig.parts[which].faces]
    pillow = rig.skin("pillow", pose)
    # Which triangle of the sheet lies over or under each point of the pillow, and how high it is there.
    first, second, third = (corners[:, at][:, [0, 2]] for at in range(3))
    ways = np.stack([second - first, third - first], axis=2)
    shares = np.einsum("fij,pfj->pfi", np.linalg.inv(ways), pillow[:, None, [0, 2]] - first)
    inside = (shares >= 0).all(axis=2) & (shares.sum(axis=2) <= 1)
    whole = np.concatenate([1 - shares.sum(axis=2, keepdims=True), shares], axis=2)
    height = np.einsum("pfk,fk->pf", whole, corners[..., 1])
    point, face = np.nonzero(inside)
    assert len(point) > 200
    assert (pillow[point, 1] - height[point, face]).max() < 0.005


def test_an_unknown_position_and_an_unknown_side_are_sentences() -> None:
    with pytest.raises(BodyError, match=r"no position «headstand»\. There are: standing, sitting"):
        position("headstand")
    with pytest.raises(BodyError, match="no side «up»"):
        position("ober", "up")  # type: ignore[arg-type]
