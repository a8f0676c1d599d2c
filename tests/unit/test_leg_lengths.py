"""The tables of the leg give what the model gives, within the error that they state, and pull the right way."""

import json
from pathlib import Path

import numpy as np
import pytest

from itband_course.leg import LegError, moment_arm, path_length
from itband_course.leg.lengths import band_before_knee_axis, tables

SAMPLES = json.loads((Path(__file__).parents[1] / "fixtures/leg_samples.json").read_text("utf-8"))
ABDUCTORS = ["tfl", "glmed1", "glmed2", "glmed3", "glmin1", "glmin2", "glmin3"]
HAMSTRINGS = ["bflh", "semimem", "semiten"]


@pytest.mark.parametrize(
    ("adduction", "lengths"),
    [
        (0, [547.6, 551.7, 554.8, 556.8]),
        (20, [563.0, 567.2, 570.3, 572.2]),
        (-10, [537.5, 541.7, 544.8, 546.7]),
    ],
)
def test_the_path_of_tensor_and_band_is_as_long_as_measured_in_the_model(
    adduction: float, lengths: list[float]
) -> None:
    found = path_length("tfl", hip_adduction=adduction, knee_flexion=np.array([0, 30, 60, 90]))
    assert np.abs(found - lengths).max() < 0.1, "these poses stand on the grid itself"


def test_samples_differ_from_the_model_by_no_more_than_the_tables_state() -> None:
    angles = np.array(SAMPLES["poses"]).T
    pose = dict(zip(SAMPLES["angles"], angles, strict=True))
    exact = np.array(SAMPLES["lengths"])
    errors = np.array([np.abs(path_length(name, **pose) - exact[:, n]) for n, name in enumerate(SAMPLES["muscles"])])
    stated = np.array([tables().muscles[name].error_max for name in SAMPLES["muscles"]])
    assert errors.shape == (len(tables().muscles), 40)
    assert np.all(errors.max(axis=1) <= stated + 0.002)
    assert errors.mean() == pytest.approx(tables().error_mean, abs=0.05)
    assert tables().error_max < 1.5
    assert tables().error_mean < 0.2


def test_an_array_of_poses_gives_what_each_pose_gives() -> None:
    knees = np.array([[0.0, 12.5], [33.3, 120.0]])
    together = path_length("tfl", hip_flexion=17, knee_flexion=knees)
    alone = [[path_length("tfl", hip_flexion=17, knee_flexion=knee) for knee in row] for row in knees]
    assert np.allclose(together, alone)
    assert moment_arm("tfl", "hip_flexion", hip_flexion=17, knee_flexion=knees).shape == (2, 2)
    assert path_length("glmed1", knee_flexion=knees).shape == (2, 2), "an angle it does not cross gives the shape too"


@pytest.mark.parametrize("muscle", ABDUCTORS)
def test_the_abductors_pull_the_thigh_outward(muscle: str) -> None:
    for flexion in (-10, 0, 20, 40):
        assert moment_arm(muscle, "hip_adduction", hip_flexion=flexion) < -10


@pytest.mark.parametrize(
    ("muscle", "angle", "way"),
    [
        ("tfl", "hip_flexion", 1),
        ("glmax1", "hip_flexion", -1),
        ("glmax2", "hip_flexion", -1),
        ("glmax3", "hip_flexion", -1),
        ("glmax2", "hip_rotation", -1),
        ("glmed1", "hip_rotation", 1),
        ("glmed3", "hip_rotation", -1),
        ("piri", "hip_rotation", -1),
        ("psoas", "hip_flexion", 1),
        ("iliacus", "hip_flexion", 1),
        ("recfem", "hip_flexion", 1),
        ("recfem", "knee_flexion", -1),
        ("vaslat", "knee_flexion", -1),
        ("bflh", "hip_flexion", -1),
        ("bflh", "knee_flexion", 1),
        ("bfsh", "knee_flexion", 1),
        ("addlong", "hip_adduction", 1),
        ("grac", "hip_adduction", 1),
        ("sart", "hip_flexion", 1),
        ("sart", "knee_flexion", 1),
    ],
)
def test_standing_each_muscle_pulls_as_anatomy_says(muscle: str, angle: str, way: int) -> None:
    assert way * moment_arm(muscle, angle) > 5


@pytest.mark.parametrize("angle", ["hip_flexion", "hip_adduction", "hip_rotation"])
def test_vastus_lateralis_has_no_arm_at_the_hip(angle: str) -> None:
    assert moment_arm("vaslat", angle, knee_flexion=40) == 0


def test_a_moment_arm_is_the_slope_of_the_length_turned_about() -> None:
    before, after = (path_length("tfl", hip_adduction=angle, knee_flexion=30) for angle in (5, 15))
    assert moment_arm("tfl", "hip_adduction", hip_adduction=10, knee_flexion=30) == pytest.approx(
        -(after - before) / np.radians(10)
    )
    assert np.isfinite(moment_arm("tfl", "hip_adduction", hip_adduction=30)), "at the end of the range too"


def test_adduction_lengthens_the_path_of_the_band_by_about_three_per_cent_and_knee_flexion_by_half_of_it() -> None:
    rest = path_length("tfl")
    assert path_length("tfl", hip_adduction=20) / rest == pytest.approx(1.03, abs=0.005)
    assert path_length("tfl", knee_flexion=90) / rest == pytest.approx(1.015, abs=0.005)


def test_the_band_ends_before_the_knee_axis_when_straight_and_behind_it_from_thirty_degrees() -> None:
    places = band_before_knee_axis(np.array([0, 10, 30, 60, 120]))
    assert places[0] > 5
    assert places[2] < -5
    assert np.all(np.diff(places) < 0)


def test_the_model_never_lets_the_band_bend_the_knee() -> None:
    # The README says so: whoever teaches from the table must know it.
    knees = np.arange(0, 121, 10)
    assert np.all(moment_arm("tfl", "knee_flexion", knee_flexion=knees) < 0)


@pytest.mark.parametrize("muscle", HAMSTRINGS)
def test_hamstrings_are_longest_with_the_hip_bent_and_the_knee_straight(muscle: str) -> None:
    assert path_length(muscle, hip_flexion=90) > path_length(muscle) > path_length(muscle, knee_flexion=90)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: path_length("itb"), "no muscle «itb» in the tables. There are: tfl, glmax1"),
        (lambda: moment_arm("itb", "hip_flexion"), "no muscle «itb»"),
        (lambda: path_length("tfl", knee=30), "no angle «knee» in the tables. There are: hip_flexion"),
        (lambda: moment_arm("tfl", "knee"), "no angle «knee»"),
        (lambda: path_length("tfl", knee_flexion=121), "goes from 0° to 120°: 121° is out of range"),
        (lambda: path_length("vaslat", hip_flexion=-21), "goes from -20° to 120°: -21° is out of range"),
        (lambda: path_length("tfl", hip_adduction=[0, 31]), "goes from -40° to 30°: 31° is out of range"),
        (lambda: path_length("tfl", hip_rotation=float("nan")), "out of range"),
        (lambda: band_before_knee_axis(-1), "goes from 0° to 120°"),
    ],
)
def test_what_the_tables_do_not_know_is_a_sentence(call, sentence: str) -> None:
    with pytest.raises(LegError, match=sentence):
        call()
