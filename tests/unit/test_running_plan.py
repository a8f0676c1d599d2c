"""What the rules say of two weeks of running: what is usual practice, what is broken, and what can be defended."""

from typing import Any

import pytest

from itband_course.clinic.facts import running
from itband_course.clinic.running_plan import DAYS, PICKS, decided, events, is_sound, read_plan
from itband_course.facts import references
from itband_course.shaping import HER_PLAN, PAIN_AT

SOUND = [2, 0, 2, 0, 2, 0, 2, 0, 2.5, 0, 3, 0, 3, 0]
CAREFUL = {"begin": "signs", "ground": "flat", "manner": "bouts", "stop": "first"}


def said(values: Any = SOUND, **picks: str) -> dict[str, Any]:
    found = read_plan([float(value) for value in values], {**CAREFUL, **picks}, PAIN_AT)
    assert len({remark.id for remark in found}) == len(found)
    return {remark.id: remark for remark in found}


def test_a_careful_plan_has_nothing_broken() -> None:
    found = said()
    assert {remark.sign for remark in found.values()} == {"right"}
    assert is_sound(list(found.values()))


def test_the_plan_that_is_to_be_mended_breaks_several_rules() -> None:
    found = read_plan([float(value) for value in HER_PLAN], {}, PAIN_AT)
    assert {"every-other-day", "below-the-pain", "missing"} <= {remark.id for remark in found if remark.sign != "right"}
    assert not is_sound(found)


@pytest.mark.parametrize(
    ("rule", "values", "picks"),
    [
        ("every-other-day", [2, 2] + [0] * 12, {}),
        ("every-other-day", [0] * 6 + [2, 2] + [0] * 6, {}),
        ("below-the-pain", [PAIN_AT] + [0] * 13, {}),
        ("rise", [2] + [0] * 7 + [4] + [0] * 5, {}),
        ("one-thing", [*SOUND[:-1], 0], {"ground": "hills-later"}),
        ("one-thing", [2] + [0] * 7 + [2] + [0] * 5, {"ground": "hills", "manner": "flat-out"}),
        ("begin", SOUND, {"begin": "calendar"}),
        ("ground", SOUND, {"ground": "hills"}),
        ("manner", SOUND, {"manner": "flat-out"}),
        ("stop", SOUND, {"stop": "through"}),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_reason(rule: str, values: Any, picks: dict[str, str]) -> None:
    found = said(values, **picks)
    assert found[rule].sign == "wrong"
    assert found[rule].why
    assert not is_sound(list(found.values()))


@pytest.mark.parametrize("picks", [{"begin": "load-only"}, {"stop": "three"}, {"manner": "slow"}])
def test_what_can_be_defended_is_not_called_broken(picks: dict[str, str]) -> None:
    found = said(**picks)
    (name,) = picks
    assert found[name].sign == "open"
    assert is_sound(list(found.values()))


def test_two_weeks_of_rest_can_be_defended_whatever_else_is_chosen() -> None:
    found = said([0] * DAYS, ground="hills")
    assert [remark.sign for remark in found.values()] == ["open"]
    assert found["rest"].basis == "disputed"


@pytest.mark.parametrize(
    ("second", "sign"), [(8, "right"), (9, "right"), (10.5, "think"), (12.5, "wrong"), (0, "right")]
)
def test_a_tenth_a_week_is_told_as_a_rule_of_thumb_without_strong_proof(second: float, sign: str) -> None:
    values = [2, 0, 2, 0, 2, 0, 2, 0, second / 3, 0, second / 3, 0, second / 3, 0]
    found = said(values)["rise"]
    assert found.sign == sign
    assert "without strong proof" in found.why


def test_a_first_run_in_the_second_week_is_no_rise() -> None:
    assert said([0] * 8 + [3] + [0] * 5)["rise"].sign == "right"


def test_what_is_not_chosen_yet_is_named() -> None:
    found = read_plan([float(value) for value in SOUND], {"begin": "signs"}, PAIN_AT)
    (missing,) = [remark for remark in found if remark.id == "missing"]
    assert "ground" in missing.says and "the first run" not in missing.says
    assert not is_sound(found)


def test_every_option_has_a_remark_and_each_rests_on_something() -> None:
    for pick in PICKS:
        for option in pick.options:
            remark = said(**{pick.id: option.id})[pick.id]
            assert remark.basis or remark.sources
            assert set(remark.sources) <= set(references())


def test_what_happens_falls_on_days_with_a_run_and_each_decision_is_answered() -> None:
    found = events([0.0, 3.0, *[0.0] * 11, 4.0], "Nora")
    assert "Day 2" in found[0].says and "kilometre 1.5" in found[0].says and "Day 14" in found[2].says
    for event in found:
        remarks = [decided(event.id, option.id, {}) for option in event.options]
        assert all(remark is not None for remark in remarks)
        signs = [remark.sign for remark in remarks if remark]
        assert signs.count("right") == 1 and "wrong" in signs
    assert decided("small-pain", "fly", {}) is None
    assert events([0.0] * DAYS, "Nora") == ()


def test_to_run_on_at_two_of_ten_can_be_defended_only_where_three_was_agreed_beforehand() -> None:
    agreed, not_agreed = (decided("small-pain", "run-on", {"stop": stop}) for stop in ("three", "first"))
    assert agreed is not None and agreed.sign == "open" and "next morning" in agreed.why
    assert not_agreed is not None and not_agreed.sign == "wrong"


def test_a_pause_after_a_worse_morning_can_be_defended() -> None:
    remark = decided("worse-morning", "pause", {})
    assert remark is not None and remark.sign == "open"


def test_groin_pain_with_each_step_is_seen_the_same_day() -> None:
    remark = decided("other-pain", "see-today", {})
    assert remark is not None and remark.sign == "right" and "bone" in remark.why


def test_a_plan_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="14 days"):
        read_plan([1.0], {}, PAIN_AT)


def test_the_rule_of_thumb_is_that_of_the_clinics_facts() -> None:
    (dose,) = running()["one-thing-at-a-time"].dose
    assert f"{dose.high:g} %" in said()["rise"].why
    assert "without strong proof" in running()["one-thing-at-a-time"].varies
