"""What the rules say of self-massage: closed places stay closed, more is not better, and none at all is as right."""

from typing import Any

import pytest

from itband_course.clinic.facts import self_care
from itband_course.clinic.safety import advise
from itband_course.clinic.self_massage import (
    CLOSED,
    FINDINGS,
    LAST_HAND,
    MOST_DISCOMFORT,
    MUSCLES,
    NAMES,
    OUTER_THIGH,
    PLACES,
    SECONDS,
    STAGES,
    TIMES,
    coach,
    dispute,
    is_sound,
    no_go,
)
from itband_course.facts import references

every_stage = pytest.mark.parametrize("stage", [stage.id for stage in STAGES])


def plan(**changes: Any) -> dict[str, Any]:
    found = {"stage": "load", "place": "gluteal", "tool": "ball", "discomfort": 4, "seconds": 60, "times": 1, **changes}
    return {**found, "place": found["place"] and f"right-{found['place']}"}


def said(**changes: Any) -> dict[str, str]:
    return {remark.id: remark.sign for remark in coach(plan(**changes))}


@every_stage
@pytest.mark.parametrize("place", MUSCLES)
def test_a_muscle_away_from_the_sore_place_may_be_rolled_at_every_stage(stage: str, place: str) -> None:
    assert set(said(stage=stage, place=place).values()) == {"right"}


@every_stage
@pytest.mark.parametrize("changes", [{"place": ""}, {"times": 0}, {"place": "", "discomfort": 10, "times": 5}])
def test_no_self_massage_at_all_is_equally_right(stage: str, changes: dict[str, Any]) -> None:
    (remark,) = coach(plan(stage=stage, **changes))
    assert remark.sign == "right" and "equally right" in remark.why


@every_stage
@pytest.mark.parametrize("place", CLOSED)
@pytest.mark.parametrize("tool", ["roller", "ball", "device"])
def test_trochanter_bony_outer_knee_and_nerves_are_closed_to_every_tool(stage: str, place: str, tool: str) -> None:
    assert said(stage=stage, place=place, tool=tool, discomfort=1)["place"] == "wrong"


@pytest.mark.parametrize("place", ["outer-knee", LAST_HAND])
def test_nothing_goes_on_an_acute_knee_not_even_a_light_hand(place: str) -> None:
    assert said(stage="acute", place=place, tool="hand", discomfort=0)["place"] == "wrong"
    assert said(stage="months", place=place, tool="hand", discomfort=0)["place"] == "open"


@every_stage
def test_what_is_closed_here_is_closed_by_the_safety_rules_too(stage: str) -> None:
    ruled = advise(FINDINGS[stage]).no_go()
    closed = no_go(stage)
    assert {f"right-{place}" for place in CLOSED} <= set(closed)
    assert set(closed) - set(ruled) <= {f"right-{LAST_HAND}"}
    assert {region for region in ruled if region.removeprefix("right-") in PLACES} <= set(closed)


@pytest.mark.parametrize("place", OUTER_THIGH)
def test_rolling_the_outer_thigh_is_told_as_disputed_and_never_as_wrong(place: str) -> None:
    (remark,) = [one for one in coach(plan(place=place)) if one.id == "place"]
    assert remark.sign == "open" and remark.basis == "disputed" and "pepper-2021" in remark.sources


@pytest.mark.parametrize(
    ("changes", "rule", "sign"),
    [
        ({"discomfort": 5}, "discomfort", "right"),
        ({"discomfort": 6}, "discomfort", "wrong"),
        ({"seconds": 30}, "seconds", "right"),
        ({"seconds": 20}, "seconds", "think"),
        ({"seconds": 90}, "seconds", "think"),
        ({"seconds": 130}, "seconds", "wrong"),
        ({"times": 2}, "times", "right"),
        ({"times": 3}, "times", "think"),
        ({"times": 3, "stage": "acute"}, "times", "wrong"),
        ({"times": 4}, "times", "wrong"),
        ({"tool": "device"}, "tool", "think"),
    ],
)
def test_doses_are_bands_of_usual_practice(changes: dict[str, Any], rule: str, sign: str) -> None:
    assert said(**changes)[rule] == sign


def test_the_more_it_hurts_the_more_is_told_as_one_authors_opinion_among_other_sides() -> None:
    (remark,) = [one for one in coach(plan(times=4)) if one.id == "times"]
    assert remark.basis == "one author’s opinion"
    assert dispute().basis == "disputed"
    assert [bool(side.sources) for side in dispute().sides] == [False, True, True]


def test_a_device_brings_dark_urine_to_mind() -> None:
    (remark,) = [one for one in coach(plan(tool="device")) if one.id == "tool"]
    assert "Dark urine" in remark.why and "chen-2021" in remark.sources


def test_a_plan_can_stay_unless_something_in_it_does_not_fit() -> None:
    assert is_sound(coach(plan(times=3)))
    assert not is_sound(coach(plan(discomfort=9)))


def test_every_remark_rests_on_something_that_the_course_has() -> None:
    for place in PLACES:
        assert place in NAMES
        for changes in ({}, {"tool": "hand", "discomfort": 1}, {"tool": "device", "seconds": 240, "times": 5}):
            for remark in coach(plan(place=place, **changes)):
                assert remark.basis or remark.sources
                assert set(remark.sources) <= set(references())


def test_the_limits_are_those_of_the_clinics_facts() -> None:
    fact = self_care()["roll-muscle"]
    assert [(dose.low, dose.high) for dose in fact.dose] == [SECONDS, TIMES]
    assert f"at most {MOST_DISCOMFORT} of 10" in fact.limit
