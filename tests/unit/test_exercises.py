"""Home exercises: each drawn with what it is done with, and told with how, how much, its limit, and with whom not."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from itband_course import show_exercises
from itband_course.body import BodyError, body, builds, position, settled
from itband_course.body.positions import STEP_HEIGHT, TABLE_HEIGHT, positions
from itband_course.clinic.facts import Dose, self_care
from itband_course.facts import references
from itband_course.figure.exercises import STEPS, dose_words, exercise_notes, exercises
from itband_course.figure.moving import FigureError
from itband_course.figure.things import AROUND, BALL, PRESSED, THINGS, Posed, part_ids, taut, with_things

BUILDS = [one.id for one in builds() if one.id != "woman-pregnant"]
SIDES = ("right", "left")
WITH_THINGS = [name for name in positions() if position(name).things]


@cache
def posed(build: str, name: str, side: str) -> Posed:
    rig, one = body(build), position(name, side)  # type: ignore[arg-type]
    pose = rig.pose(settled(rig, one))
    return Posed(rig, one, pose, rig.skin("skin", pose))


def thing(build: str, name: str, side: str, what: str) -> NDArray[np.float64]:
    return THINGS[what](posed(build, name, side))[0]


def volume(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> float:
    """Volume within a closed surface; negative where its faces look inwards."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


# --- what is drawn


@pytest.mark.parametrize("name", WITH_THINGS)
@pytest.mark.parametrize("side", SIDES)
def test_things_are_closed_bodies_that_look_outwards_and_stand_on_the_floor(name: str, side: str) -> None:
    for what in position(name).things:
        vertices, faces = THINGS[what](posed("man-middle", name, side))
        assert volume(vertices, faces) > 0
        edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        where = np.unique(np.round(vertices, 6), axis=0, return_inverse=True)[1].reshape(-1)[edges]
        where = np.sort(where[where[:, 0] != where[:, 1]], axis=1)
        assert np.all(np.unique(where, axis=0, return_counts=True)[1] % 2 == 0), f"{what} has a hole"
        assert vertices[:, 1].min() > -0.013


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", ["side-step", "isometric-abduction"])
def test_the_band_lies_round_both_thighs_and_not_within_them(build: str, name: str) -> None:
    at = posed(build, name, "right")
    loop = thing(build, name, "right", "band")
    inner = loop[-AROUND * 3 : -AROUND * 2]  # the middle of its inner side
    middle = inner.mean(axis=0)
    across = inner[0] - middle
    other = np.cross(np.cross(across, inner[AROUND // 4] - middle), across)
    flat = [(inner - middle) @ axis / np.linalg.norm(axis) for axis in (across, other)]
    normal = np.cross(across, other)
    near = np.abs((at.skin - middle) @ normal / np.linalg.norm(normal)) < 0.02
    thighs = at.skin[near & at.of("thigh_r", "thigh_l")]
    assert len(thighs) > 20
    reach = np.hypot(*flat)
    angle = np.arctan2(flat[1], flat[0])
    place = [(thighs - middle) @ axis / np.linalg.norm(axis) for axis in (across, other)]
    order = np.argsort(angle)
    limit = np.interp(np.arctan2(place[1], place[0]), angle[order], reach[order], period=2 * np.pi)
    assert (np.hypot(*place) - limit).max() < 0.012, "a thigh bulges through the band"


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("side", SIDES)
def test_on_the_step_the_standing_foot_is_whole_and_the_other_hangs_beside(build: str, side: str) -> None:
    at = posed(build, "pelvic-drop", side)
    step = thing(build, "pelvic-drop", side, "step")
    low, high = step.min(axis=0), step.max(axis=0)
    assert high[1] == pytest.approx(STEP_HEIGHT)
    free = "l" if side == "right" else "r"
    stands, hangs = at.skin[at.of(f"foot_{at.end}")], at.skin[at.of(f"foot_{free}")]
    assert stands[:, 1].min() == pytest.approx(STEP_HEIGHT, abs=0.001)
    for axis in (0, 2):
        assert low[axis] < stands[:, axis].min()
        assert stands[:, axis].max() < high[axis]
    beside = (hangs[:, 0] < low[0]) | (hangs[:, 0] > high[0])
    assert beside.mean() > 0.97, "the free foot has room to sink"
    assert hangs[:, 1].min() > 0


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("side", SIDES)
def test_the_ball_lies_on_muscle_at_the_front_of_the_outer_hip_and_touches_the_wall(build: str, side: str) -> None:
    at = posed(build, "ball-at-the-wall", side)
    ball, wall = (thing(build, "ball-at-the-wall", side, what) for what in ("ball", "wall"))
    centre = (ball.min(axis=0) + ball.max(axis=0)) / 2
    gap = np.linalg.norm(at.skin - centre, axis=1)
    assert BALL - 1.6 * PRESSED < gap.min() < BALL
    region = [one.id for one in at.rig.header.regions].index(f"{side}-anterolateral-hip")
    skin = at.rig.parts["skin"]
    own = skin.faces[np.equal(skin.regions, region)]  # type: ignore[arg-type]
    assert int(gap.argmin()) in set(own.ravel().tolist())
    trochanter = [one.id for one in at.rig.header.regions].index(f"{side}-greater-trochanter")
    bump = at.skin[np.unique(skin.faces[np.equal(skin.regions, trochanter)])]  # type: ignore[arg-type]
    assert np.linalg.norm(bump - centre, axis=1).min() > BALL, "it does not press the bony bump"
    near = wall[:, 0].max() if side == "right" else wall[:, 0].min()
    assert near == pytest.approx(centre[0] + at.out * BALL, abs=0.001)
    assert not np.any((at.skin[:, 0] - near) * at.out > 0.005), "nothing of the client is within the wall"


@pytest.mark.parametrize("build", BUILDS)
def test_whoever_rises_from_the_chair_is_above_its_seat_and_before_its_back(build: str) -> None:
    at = posed(build, "sit-to-stand", "right")
    chair = thing(build, "sit-to-stand", "right", "chair")
    seat = at.skin[at.of("pelvis", "thigh_r", "thigh_l")]
    over = seat[seat[:, 2] < chair[:, 2].max()]
    assert over[:, 1].min() > 0.45
    assert at.skin[:, 2].min() > chair[:, 2].min() + 0.02
    feet = at.skin[at.of("foot_r", "foot_l")]
    assert feet[:, 1].min() == pytest.approx(0, abs=0.001)


HOLDS = {"standing-abduction": "chair-back", "held-squat": "chair-back", "pelvic-drop": "chair-beside"}


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", HOLDS)
def test_whoever_stands_on_one_leg_has_a_hand_on_the_back_of_a_chair(name: str, build: str, side: str) -> None:
    at = posed(build, name, side)
    chair = thing(build, name, side, HOLDS[name])
    same = HOLDS[name] == "chair-beside"
    hand = at.skin[at.of("hand_r" if (side == "right") == same else "hand_l")]
    assert chair[:, 1].max() == pytest.approx(hand[:, 1].min(), abs=0.002)
    top = chair[chair[:, 1] > chair[:, 1].max() - 0.005]
    assert np.abs(top[:, 0].mean() - hand[:, 0].mean()) < 0.05
    legs = at.skin[at.of("thigh_l", "shin_l", "foot_l", "thigh_r", "shin_r", "foot_r")]
    assert not np.any((legs[:, 0] - chair[:, 0].min()) * (legs[:, 0] - chair[:, 0].max()) < 0), "no leg in the chair"


def test_a_taut_band_is_straight_between_what_stands_out() -> None:
    points = np.array([[-0.2, -0.05], [-0.2, 0.05], [0.2, -0.05], [0.2, 0.05], [0.0, 0.01]])
    ring = taut(points)
    assert ring.shape == (AROUND, 2)
    assert np.abs(ring[:, 0]).max() == pytest.approx(0.2, abs=0.001)
    top = ring[np.abs(ring[:, 0]) < 0.15]
    assert np.abs(np.abs(top[:, 1]) - 0.05).max() < 0.001


def test_a_figure_has_the_things_of_its_positions_and_shows_them_with_those_alone() -> None:
    figure = show_exercises("side-step", "pelvic-drop")
    assert "side-step-band" in figure.state["cloth"]
    assert "pelvic-drop-step" not in figure.state["cloth"]
    assert "pelvic-drop-step" in figure.presets[1]["cloth"]
    rig = with_things("woman-young", [])
    assert rig is body("woman-young"), "without things it is the body itself"
    for name in WITH_THINGS:
        assert len(part_ids(position(name))) == len(position(name).things)


def test_nobody_is_higher_than_what_they_rest_on() -> None:
    assert {position(name).on for name in positions()} == {"floor", "step", "table"}
    at = posed("woman-young", "pelvic-drop", "right")
    assert STEP_HEIGHT < TABLE_HEIGHT
    assert at.skin[:, 1].max() > STEP_HEIGHT + 1.4


# --- what is told


def test_the_five_steps_are_drawn_and_each_exercise_says_how_its_limit_and_with_whom_not() -> None:
    steps = {fact.kind for fact, _ in exercises().values()}
    assert steps == set(STEPS)
    for name in exercises():
        notes = {note["term"]: note["words"] for note in exercise_notes(name)}
        assert {"Step", "How", "Limit", "When not", "Rests on"} <= set(notes), name
        assert not any(key in notes.get("To read", "") for key in references()), "sources are named by author and year"
    assert [STEPS[fact.kind] for fact, _ in exercises().values()] == sorted(
        (STEPS[fact.kind] for fact, _ in exercises().values()), key=list(STEPS.values()).index
    )


def test_every_stretch_and_every_work_for_the_hip_has_its_dose() -> None:
    for name, (fact, _) in exercises().items():
        if fact.kind in {"self-massage", "stretch", "exercise"}:
            assert "How much" in {note["term"] for note in exercise_notes(name)}, name


def test_what_must_be_left_out_is_said_where_it_is_shown() -> None:
    notes = {name: {note["term"]: note["words"] for note in exercise_notes(name)} for name in exercises()}
    assert "trochanter" in notes["ball-at-the-wall"]["When not"]
    assert "acute knee" in notes["ball-at-the-wall"]["When not"]
    for name in ("side-plank", "pelvic-drop", "held-squat"):
        assert "sore side of the hip" in notes[name]["When not"]
    assert "gluteal tendons" in notes["standing-stretch"]["When not"]
    for name in ("pelvic-drop", "standing-stretch", "hip-flexor-stretch", "knee-to-chest"):
        assert "replaced hip" in notes[name]["When not"]
    for name, (fact, _) in exercises().items():
        if fact.kind != "self-massage":
            assert "bone stress" in notes[name]["When not"], name


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (
            [Dose(what="sets", low=2, high=4, unit="times"), Dose(what="days a week", low=2, high=7, unit="days")],
            "2 to 4 sets, 2 to 7 days a week",
        ),
        ([Dose(what="a hold", low=20, high=30, unit="s")], "20 to 30 s a hold"),
        ([Dose(what="a day", low=1, high=2, unit="times")], "1 to 2 times a day"),
        ([Dose(what="once", low=10, high=15, unit="min")], "Once 10 to 15 min"),
        ([Dose(what="sets", low=2, high=2, unit="times")], "2 sets"),
    ],
)
def test_a_dose_is_said_as_one_says_it(dose: list[Dose], words: str) -> None:
    assert dose_words(dose) == words


def test_a_single_leg_squat_to_train_is_not_the_fault_that_is_looked_for_in_the_test() -> None:
    assert "pelvic_drop" not in position("held-squat").angles
    assert position("single-leg-squat").angles["pelvic_drop"] > 0
    assert "The pelvis stays level" in position("held-squat").says


def test_an_exercise_is_drawn_in_one_record_only() -> None:
    drawn = [one.position for fact in self_care().values() for one in fact.drawn]
    assert len(drawn) == len(set(drawn))


def test_a_figure_of_exercises_opens_with_the_first_and_says_all_in_plain_text() -> None:
    figure = show_exercises("bridge", "march", build="man-older", side="left")
    assert [preset["id"] for preset in figure.presets] == ["bridge", "march"]
    assert figure.state["angles"] == figure.presets[0]["angles"]
    assert figure.state["side"] == "left"
    text = figure.text()
    assert "- Bridge: The client lies on the back" in text
    assert "  How much: 2 to 4 sets, 8 to 15 repetitions, 2 to 7 days a week." in text
    assert [preset["id"] for preset in show_exercises().presets] == list(exercises())


@pytest.mark.parametrize(("slip", "sentence"), [({"exercises": ["supine"]}, "supine"), ({"build": "giant"}, "giant")])
def test_a_slip_names_what_there_is(slip: dict[str, object], sentence: str) -> None:
    with pytest.raises((FigureError, BodyError), match=f"«{sentence}».*There are:"):
        show_exercises(*slip.pop("exercises", ["bridge"]), **slip)  # type: ignore[misc, arg-type]
