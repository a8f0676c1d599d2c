"""The bodies: one mesh in nine builds, dressed, with both sides alike, moved by clinical angles."""

from functools import cache
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from itband_course.body import BodyError, body, builds, position, settled
from itband_course.rig import Rig, RigError

BUILDS = [one.id for one in builds()]
LIMIT = 400_000
Floats = NDArray[np.float64]


@cache
def names(build: str = "woman-young") -> list[str]:
    return [region.id for region in body(build).header.regions]


def centres(build: str) -> Floats:
    skin = body(build).parts["skin"]
    return skin.vertices[skin.faces].mean(axis=1)


def areas(build: str) -> Floats:
    skin = body(build).parts["skin"]
    corners = skin.vertices[skin.faces]
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2


def outward(points: Floats, faces: NDArray[np.int64]) -> Floats:
    corners = points[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    found = np.zeros_like(points)
    for k in range(3):
        np.add.at(found, faces[:, k], across)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def bend(rig: Rig, side: str, angles: dict[str, float]) -> float:
    """The knee's angle from the joint centres: 0 where hip, knee and ankle stand in a line."""
    pose = rig.pose(angles)
    hip, knee, ankle = (rig.landmark(f"{name}_centre_{side}", pose) for name in ("hip", "knee", "ankle"))
    thigh, shin = knee - hip, ankle - knee
    return float(np.degrees(np.arccos(thigh @ shin / np.linalg.norm(thigh) / np.linalg.norm(shin))))


def test_both_sexes_and_all_ages_are_there() -> None:
    assert {"woman", "man"} == {one.sex for one in builds()}
    for sex in ("woman", "man"):
        for age in (19, 27, 34, 41, 54, 80):
            assert any(one.sex == sex and one.ages[0] <= age <= one.ages[1] for one in builds()), (sex, age)


@pytest.mark.parametrize("build", BUILDS)
def test_a_body_is_small_enough_to_be_sent(build: str) -> None:
    assert len(files("itband_course").joinpath(f"data/body/{build}.rig").read_bytes()) < LIMIT


@pytest.mark.parametrize("build", BUILDS[1:])
def test_all_builds_have_the_same_faces_regions_and_bones(build: str) -> None:
    one, other = body(BUILDS[0]), body(build)
    assert one.header.bones == other.header.bones
    assert one.header.regions == other.header.regions
    assert one.angles == other.angles
    for part in ("skin", "shorts", "top"):
        assert np.array_equal(one.parts[part].faces, other.parts[part].faces)
        assert np.array_equal(one.parts[part].regions, other.parts[part].regions)
    assert np.array_equal(one.parts["skin"].bones, other.parts["skin"].bones)


@pytest.mark.parametrize("build", BUILDS)
def test_the_person_stands_on_the_floor_with_straight_legs(build: str) -> None:
    rig = body(build)
    points = rig.parts["skin"].vertices
    assert abs(points[:, 1].min()) < 0.001
    assert 1.55 < np.ptp(points[:, 1]) < 1.85
    assert bend(rig, "r", {}) < 0.5
    marks = rig.header.landmarks
    assert marks["hip_centre_l"].at[0] > 0 > marks["hip_centre_r"].at[0], "x goes to the person's left"
    assert points[points[:, 1] < 0.04][:, 2].max() > marks["ankle_centre_r"].at[2] + 0.1, "toes point to the front"


def test_every_face_of_the_skin_has_a_region_and_every_region_faces() -> None:
    found = body("woman-young").parts["skin"].regions
    assert found is not None
    assert set(found.tolist()) == set(range(len(names())))


@pytest.mark.parametrize("build", ["woman-young", "man-heavy", "woman-pregnant"])
def test_every_sided_region_lies_on_its_own_side(build: str) -> None:
    rig, middle = body(build), centres(build)
    found = rig.parts["skin"].regions
    for number, region in enumerate(rig.header.regions):
        x = middle[found == number, 0]
        if region.side == "middle":
            assert x.min() < 0 < x.max(), region.id
        else:
            sign = 1 if region.side == "left" else -1
            assert (sign * x > -0.003).all(), region.id
            assert region.id.startswith(f"{region.side}-")


@pytest.mark.parametrize("build", ["woman-young", "man-older"])
def test_right_and_left_regions_mirror_each_other(build: str) -> None:
    found, area, middle = body(build).parts["skin"].regions, areas(build), centres(build)
    for number, name in enumerate(names()):
        if not name.startswith("right-"):
            continue
        other = names().index(name.replace("right-", "left-"))
        one, two = area[found == number], area[found == other]
        assert one.sum() == pytest.approx(two.sum(), rel=0.02, abs=2e-5), name
        place = np.average(middle[found == number], axis=0, weights=one)
        mirror = np.average(middle[found == other], axis=0, weights=two)
        assert np.abs(place * [-1, 1, 1] - mirror).max() < 0.003, name


def test_regions_lie_where_a_hand_would_find_them() -> None:
    rig, middle = body("woman-young"), centres("woman-young")
    found, marks = rig.parts["skin"].regions, rig.header.landmarks
    at = {name: middle[found == number].mean(axis=0) for number, name in enumerate(names())}
    hip, knee = np.array(marks["hip_centre_r"].at), np.array(marks["knee_centre_r"].at)
    assert at["right-greater-trochanter"][0] < hip[0] - 0.05
    assert abs(at["right-greater-trochanter"][1] - hip[1]) < 0.04
    assert at["right-outer-knee"][0] < knee[0] - 0.02 < knee[0] + 0.02 < at["right-inner-knee"][0]
    assert at["right-kneecap"][2] > knee[2] > at["right-popliteal-fossa"][2]
    assert at["right-gerdys-tubercle"][2] > at["right-fibular-head-and-neck"][2], "Gerdy's tubercle lies in front"
    assert at["right-gerdys-tubercle"][1] < knee[1], "and below the joint line"
    thirds = [at[f"right-lateral-thigh-{part}"][1] for part in ("upper", "middle", "lower")]
    assert thirds == sorted(thirds, reverse=True)
    assert at["right-anterolateral-hip"][2] > at["right-lateral-hip"][2] > at["right-gluteal"][2]


@pytest.mark.parametrize("build", ["woman-young", "man-heavy"])
@pytest.mark.parametrize("angle", [0.0, 30.0, 60.0, 90.0, 110.0])
def test_the_knee_bends_by_the_angle_that_is_named(build: str, angle: float) -> None:
    for side in "rl":
        assert bend(body(build), side, {f"knee_flexion_{side}": angle}) == pytest.approx(angle, abs=0.5)


@pytest.mark.parametrize(
    ("angle", "mark", "way"),
    [
        ("hip_flexion_r", "knee_centre_r", (0, 0, 1)),
        ("hip_flexion_l", "knee_centre_l", (0, 0, 1)),
        ("hip_adduction_r", "knee_centre_r", (1, 0, 0)),
        ("hip_adduction_l", "knee_centre_l", (-1, 0, 0)),
        ("knee_flexion_r", "ankle_centre_r", (0, 0, -1)),
        ("pelvic_drop", "hip_centre_l", (0, -1, 0)),
        ("pelvic_drop", "hip_centre_r", (0, 1, 0)),
        ("spine_side", "head_centre", (-1, 0, 0)),
        ("spine_flexion", "head_centre", (0, 0, 1)),
        ("pelvic_tilt", "head_centre", (0, 0, 1)),
        ("body_recline", "head_centre", (0, 0, -1)),
        ("body_up", "head_centre", (0, 1, 0)),
        ("shoulder_abduction_r", "shoulder_centre_r", (0, 0, 0)),
    ],
)
def test_angles_have_clinical_signs(angle: str, mark: str, way: tuple[int, int, int]) -> None:
    rig = body("woman-young")
    moved = rig.landmark(mark, rig.pose({angle: 20.0})) - rig.landmark(mark, rig.pose({}))
    if any(way):
        assert moved @ np.array(way) > 0.01
    else:
        assert np.abs(moved).max() < 1e-9


@pytest.mark.parametrize("side", ["r", "l"])
def test_medial_rotation_turns_the_toes_inward(side: str) -> None:
    rig = body("woman-young")
    skin = rig.parts["skin"]
    foot = [bone.name for bone in rig.header.bones].index(f"foot_{side}")
    toes = (skin.bones[:, 0] == foot) & (skin.vertices[:, 2] > 0.12)
    assert toes.any()
    moved = rig.skin("skin", rig.pose({f"hip_rotation_{side}": 20.0}))[toes, 0] - skin.vertices[toes, 0]
    assert (moved * (1 if side == "r" else -1) > 0.01).all()


def test_a_slide_shifts_the_whole_person_by_millimetres() -> None:
    rig = body("man-young")
    moved = rig.skin("skin", rig.pose({"body_up": 250.0})) - rig.skin("skin", rig.pose({}))
    assert np.allclose(moved, [0, 0.25, 0], atol=1e-6)


@pytest.mark.parametrize("build", ["woman-young", "man-heavy", "woman-pregnant", "man-older"])
@pytest.mark.parametrize(
    "angles",
    [
        {"hip_flexion_r": 55.0, "knee_flexion_r": 118.0},
        {"hip_adduction_r": 20.0, "hip_flexion_r": -10.0, "knee_flexion_r": 90.0},
        {"spine_flexion": 20.0, "shoulder_flexion_r": 60.0},
    ],
)
def test_no_skin_comes_through_shorts_and_top(build: str, angles: dict[str, float]) -> None:
    rig = body(build)
    pose, skin = rig.pose(angles), rig.parts["skin"]
    points = rig.skin("skin", pose)
    out = outward(points, skin.faces)
    arm = np.array([bone.name.startswith(("clavicle", "upper_arm")) for bone in rig.header.bones])
    for name in ("shorts", "top"):
        cloth = rig.parts[name].vertices[::8]
        apart = (cloth**2).sum(axis=1)[:, None] - 2 * cloth @ skin.vertices.T + (skin.vertices**2).sum(axis=1)
        nearest = apart.argmin(axis=1)
        close = apart[np.arange(len(cloth)), nearest] < 0.02**2
        # In the armpit the nearest skin is the arm's, which cloth may touch.
        close &= (skin.weights * arm[skin.bones]).sum(axis=1)[nearest] < 0.1
        assert close.mean() > 0.4
        lift = ((rig.skin(name, pose)[::8] - points[nearest]) * out[nearest]).sum(axis=1)[close]
        assert lift.min() > 0.0, name


def dense(points: Floats, faces: NDArray[np.int64], steps: int) -> Floats:
    """Return points spread over faces, shape (k, 3)."""
    share = np.stack(np.meshgrid(*[np.linspace(0, 1, steps)] * 2), axis=-1).reshape(-1, 2)
    share = share[share.sum(axis=1) < 1 + 1e-9]
    corners = points[faces]
    return (corners[:, None, 0] + np.einsum("gk,fkx->fgx", share, corners[:, 1:] - corners[:, :1])).reshape(-1, 3)


@pytest.mark.parametrize("build", ["woman-young", "man-heavy"])
@pytest.mark.parametrize("name", ["sitting", "thomas"])
def test_the_groin_is_covered_from_wherever_it_is_seen(build: str, name: str) -> None:
    rig = body(build)
    pose, skin = rig.pose(settled(rig, position(name))), rig.parts["skin"]
    points = rig.skin("skin", pose)
    private = skin.faces[skin.regions == names().index("groin")]
    spots = points[private].mean(axis=1)
    shorts = rig.skin("shorts", pose)
    near = np.abs(points[skin.faces].mean(axis=1) - rig.landmark("pelvis_centre", pose)).max(axis=1) < 0.3
    layers = [dense(shorts, rig.parts["shorts"].faces, 5), dense(points, skin.faces[near], 3)]
    layers.append(dense(rig.skin("top", pose), rig.parts["top"].faces, 4))
    cover = np.concatenate(layers)
    pixel = 0.006
    for turned in (0, 60, 180, 300):
        for up in (-25, 35):
            a, e = np.radians([turned, up])
            eye = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
            right = np.array([np.cos(a), 0.0, -np.sin(a)])
            basis = np.stack([right, np.cross(eye, right), eye])
            flat, seen = cover @ basis.T, spots @ basis.T
            low = flat[:, :2].min(axis=0)
            cell = ((flat[:, :2] - low) / pixel).astype(int) + 1
            depth = np.full(cell.max(axis=0) + 2, -np.inf)
            nearest_last = np.argsort(flat[:, 2])
            depth[tuple(cell[nearest_last].T)] = flat[nearest_last, 2]
            place = ((seen[:, :2] - low) / pixel).astype(int) + 1
            in_front = np.array([depth[x - 1 : x + 2, y - 1 : y + 2].max() for x, y in place])
            assert (seen[:, 2] < in_front - 0.003).mean() > 0.99, (turned, up)


def test_whoever_is_pregnant_has_a_larger_belly() -> None:
    depth = {}
    for build in ("woman-young", "woman-pregnant"):
        found, middle = body(build).parts["skin"].regions, centres(build)
        depth[build] = middle[found == names().index("abdomen"), 2].max()
    assert depth["woman-pregnant"] > depth["woman-young"] + 0.06


def test_heavy_is_wider_than_average_and_slim_is_narrower() -> None:
    def width(build: str) -> float:
        found, middle = body(build).parts["skin"].regions, centres(build)
        belly = middle[found == names().index("abdomen")]
        return float(np.ptp(belly[:, 2]))

    assert width("man-heavy") > 1.15 * width("man-young")
    assert width("woman-slim") < 0.95 * width("woman-young")


def test_a_body_says_whose_it_is() -> None:
    for build in BUILDS:
        header = body(build).header
        assert "MakeHuman" in header.attribution
        assert header.licence == "CC0-1.0"
    assert "CC0 1.0" in files("itband_course").joinpath("data/body/LICENSE").read_text("utf-8")


def test_an_unknown_body_is_a_sentence() -> None:
    with pytest.raises(BodyError, match=r"no body «giant»\. There are: woman-young, man-young"):
        body("giant")


def test_an_angle_that_no_body_bears_is_a_sentence_with_its_unit() -> None:
    with pytest.raises(RigError, match="«knee_flexion_r» goes from 0° to 130°: 170° is out of range"):
        body("woman-young").pose({"knee_flexion_r": 170.0})
    with pytest.raises(RigError, match="«body_up» goes from -1500 mm to 1500 mm: 9000 mm is out of range"):
        body("woman-young").pose({"body_up": 9000.0})
