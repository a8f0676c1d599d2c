"""What the rules read from a shape of pain: signs decide, no name is put to it, and what does not fit is told."""

from typing import Any

import pytest

from itband_course.clinic.pain_shape import COLUMNS, EARLY, LATER, read_pain
from itband_course.facts import references

EARLY_SHAPE = {"km-6": 2, "km-7": 3, "km-8": 4}
LATER_SHAPE = {"km-3": 2, "km-4": 3, "after": 2, "morning": 1}


def shape(**pains: float) -> list[float]:
    named = {name.replace("_", "-"): pain for name, pain in pains.items()}
    assert set(named) <= {column.id for column in COLUMNS}
    return [float(named.get(column.id, 0)) for column in COLUMNS]


def of(pains: dict[str, float]) -> list[float]:
    return shape(**{name.replace("-", "_"): pain for name, pain in pains.items()})


def seen(found: Any) -> set[str]:
    return {remark.id for remark in found.remarks}


def test_pain_that_comes_late_and_is_gone_at_rest_does_the_early_task() -> None:
    found = read_pain(of(EARLY_SHAPE), EARLY)
    assert found.fits
    assert "late" in found.typical and "gone" in found.typical
    assert {"distance", "gone"} <= seen(found)


def test_pain_that_comes_sooner_and_lingers_does_the_later_task() -> None:
    found = read_pain(of(LATER_SHAPE), LATER, of(EARLY_SHAPE))
    assert found.fits
    assert "sooner" in found.typical and "lingers" in found.typical


@pytest.mark.parametrize(
    ("task", "pains"),
    [
        (EARLY, LATER_SHAPE),
        (EARLY, {"km-2": 2}),
        (EARLY, {"km-6": 2, "morning": 1}),
        (LATER, EARLY_SHAPE),
        (LATER, {"km-7": 2, "after": 2}),
    ],
)
def test_a_shape_that_does_not_do_the_task_is_told_what_to_change(task: str, pains: dict[str, float]) -> None:
    found = read_pain(of(pains), task, of(EARLY_SHAPE))
    assert not found.fits
    assert "task" in seen(found)


def test_sooner_is_measured_against_the_students_own_early_shape() -> None:
    shaped = of({"km-5": 2, "after": 1})
    assert read_pain(shaped, LATER, of({"km-6": 2})).fits
    assert not read_pain(shaped, LATER, of({"km-4": 2})).fits


@pytest.mark.parametrize(("where", "named"), [("night", "night"), ("before", "rest")])
@pytest.mark.parametrize("task", [EARLY, LATER, ""])
def test_what_does_not_fit_a_band_under_load_is_looked_into_whatever_the_rest(
    where: str, named: str, task: str
) -> None:
    found = read_pain(of({**LATER_SHAPE, where: 2}), task)
    assert not found.fits
    assert named in {remark.id for remark in found.remarks if remark.sign == "look"}


def test_a_run_that_hurts_in_the_first_kilometre_may_be_the_later_course_and_asks_about_walking_and_a_limp() -> None:
    found = read_pain(of({"km-1": 3, "km-2": 3, "after": 2}), LATER)
    assert found.fits
    assert "distance" not in seen(found)
    (asks,) = [remark for remark in found.remarks if remark.id == "first-kilometre"]
    assert all(word in asks.why for word in ("walking", "limp", "same day"))
    assert not read_pain(of({"km-1": 3}), EARLY).fits


def test_pain_at_rest_after_the_run_is_named_as_a_sign_of_an_acute_stage() -> None:
    (lingers,) = [remark for remark in read_pain(of(LATER_SHAPE), LATER).remarks if remark.id == "lingers"]
    assert "Pain at rest is a sign of an acute stage" in lingers.why


def test_pain_in_the_groin_on_each_step_is_named_as_care_the_same_day() -> None:
    found = read_pain(of({"km-1": 2}))
    assert any("groin" in remark.why and "same day" in remark.why for remark in found.remarks)


def test_worse_next_morning_and_above_three_are_told() -> None:
    found = read_pain(of({"km-5": 6, "after": 1, "morning": 3}))
    assert {"above-three", "worse-next-morning"} <= seen(found)
    assert not {"above-three", "worse-next-morning"} & seen(read_pain(of({"km-5": 3, "after": 3, "morning": 3})))


def test_nothing_shaped_and_nothing_in_the_run_are_told_as_such() -> None:
    assert "Nothing is shaped" in read_pain(shape()).typical
    assert "not-in-the-run" in seen(read_pain(shape(after=3)))


def test_no_answer_puts_a_name_to_the_pain_or_stages_it_by_weeks() -> None:
    shapes = [{name: 2, **more} for name in (c.id for c in COLUMNS) for more in ({}, EARLY_SHAPE, LATER_SHAPE)]
    for pains in shapes:
        found = read_pain(of(pains), LATER)
        said = " ".join([found.typical, *(remark.says + remark.why for remark in found.remarks)]).lower()
        for word in ("syndrome", "diagnos", "tendin", "bursitis", "friction", "tight"):
            assert word not in said
        for remark in found.remarks:
            assert remark.basis or remark.sources
            assert set(remark.sources) <= set(references())


def test_a_shape_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="12 columns"):
        read_pain([1, 2])
