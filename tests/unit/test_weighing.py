"""Findings to weigh: the panel says what the safety rules say, no more and no less, and only to what it offers."""

from itertools import pairwise
from typing import Any, get_args

import pytest

from itband_course.clinic.compared import compare
from itband_course.clinic.facts import Degree, FactsError
from itband_course.clinic.safety import HANDS, WHO, advise
from itband_course.clinic.scales import LEVELS, Scale
from itband_course.deciding.weighing import DEGREES, Weighing, told, weigh_findings

LOAD, CALF, PILL = "right-outer-knee-pain-with-load", "right-one-leg-swollen", "combined-pill"
FOUND = [LOAD, CALF, "hip-replacement", "anticoagulant", "bruise@right-calf", "long-travel"]


def made(**more: Any) -> Weighing:
    return weigh_findings([LOAD, (PILL, "“I take the pill.”")], chosen=[LOAD], prompt="Who?", **more)


def answered(panel: Weighing, found: list[str], mine: Any = None) -> dict[str, Any]:
    panel.asked = {"nonce": panel.asked.get("nonce", 0) + 1, "found": found, "mine": mine}
    assert panel.told["nonce"] == panel.asked["nonce"]
    return dict(panel.told)


def test_both_decisions_every_rule_and_every_closed_region_are_those_of_advise() -> None:
    advice, shown = advise(FOUND), told(FOUND)
    assert (shown["hands"], shown["who"]) == (advice.hands, advice.who)
    assert [rule["says"] for rule in shown["rules"]] == [one.says for one in advice.applied]
    assert shown["no_go"] == advice.no_go()
    assert {place["area"] for place in shown["closed"]} == {place.area for place in advice.closed}
    assert [one["name"] for one in shown["disputes"]] == [one.name for one in advice.conflicts]
    assert shown["unruled"] == ["A long journey, sitting, in the last weeks"]


def test_every_rule_that_is_shown_says_why_and_on_what_it_rests() -> None:
    for rule in told(FOUND)["rules"]:
        assert rule["because"] and rule["says"]
        assert rule["basis"] or rule["read"]


def test_a_dispute_is_shown_with_both_sides_and_what_the_course_does_meanwhile() -> None:
    disputes = told([LOAD])["disputes"]
    assert disputes
    assert all(len(one["sides"]) >= 2 and one["course"] for one in disputes)


def test_without_a_session_all_is_left_out_in_one_entry() -> None:
    assert [one["names"] for one in told([CALF])["excluded"]] == ["Every technique and every test"]
    assert all(one["why"] for one in told([LOAD])["excluded"])


def test_every_degree_has_words_and_a_key_on_the_map() -> None:
    assert set(DEGREES) == set(get_args(Degree))
    assert [degree for degree, _ in made().degrees] == list(DEGREES)


def test_one_finding_more_changes_the_answer_and_the_panel_tells_it() -> None:
    panel = made(switch=[("", "“My legs are alike.”"), (CALF, "“One calf is thicker.”")])
    before = answered(panel, [LOAD])
    after = answered(panel, [LOAD, CALF])
    assert (before["hands"], before["who"]) == ("full-plan", "nobody-now")
    assert (after["hands"], after["who"]) == ("none", "same-day")
    assert after["no_go"]["right-calf"] == "hands-off"


def test_what_the_panel_does_not_offer_is_not_weighed() -> None:
    assert answered(made(), [LOAD, CALF, "nonsense", ""])["hands"] == "full-plan"


def test_the_students_decisions_are_compared_only_where_both_are_made() -> None:
    panel = made()
    assert answered(panel, [LOAD])["compared"] == []
    assert answered(panel, [LOAD], {"hands": "full-plan"})["compared"] == []
    assert answered(panel, [LOAD], {"hands": "full-plan", "who": "soon"})["compared"] == []
    both = answered(panel, [LOAD], {"hands": "none", "who": "nobody-now"})["compared"]
    assert [(one["scale"], one["verdict"]) for one in both] == [("hands", "careful"), ("who", "right")]


@pytest.mark.parametrize(("scale", "levels"), [("hands", HANDS), ("who", WHO)])
def test_one_step_more_careful_is_never_wrong_and_one_step_bolder_always(scale: Scale, levels: tuple[str, ...]) -> None:
    for bold, careful in pairwise(levels):
        assert compare(scale, careful, bold).verdict == "right"
        assert compare(scale, bold, careful).verdict == "wrong"
        assert compare(scale, bold, bold).verdict == "right"
    assert compare(scale, levels[-1], levels[0]).verdict == "careful"
    assert set(levels) == set(LEVELS[scale])


def test_a_placed_finding_closes_its_place_on_the_drawn_body() -> None:
    panel = weigh_findings(["bruise@right-lateral-thigh-middle"])
    assert "right-lateral-thigh-middle" in panel.places
    assert answered(panel, ["bruise@right-lateral-thigh-middle"])["no_go"]["right-lateral-thigh-middle"] == "hands-off"


def test_the_map_draws_every_place_that_it_can_close_in_its_views() -> None:
    panel = made(views=["right"])
    drawn = {place["id"] for view in panel.picture["views"] for place in view["places"]}
    assert drawn == set(panel.places)
    assert {"right-outer-knee", "right-calf"} <= drawn


def test_before_any_answer_the_map_shows_what_is_closed_in_every_client_and_no_more() -> None:
    panel = made()
    assert panel.always == advise([]).no_go()
    assert panel.told == {}


def test_in_plain_text_stand_the_client_each_finding_and_both_scales_and_no_answer() -> None:
    text = made(switch=["right-locked-knee"]).text()
    assert text.startswith("Who?")
    assert "[x] Outer knee: pain with load only, cool" in text
    assert "[ ] “I take the pill.”" in text
    assert all(level in text for levels in LEVELS.values() for level in levels.values())
    assert "loading begins" not in text


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({}, "nothing to weigh"),
        ({"findings": ["no-such"]}, "no-such"),
        ({"findings": [PILL, PILL]}, "stands once"),
        ({"findings": [("", "words")]}, "has an id"),
        ({"findings": [PILL], "chosen": [LOAD]}, "among the findings"),
        ({"findings": [PILL], "switch": [PILL]}, "stands once"),
        ({"findings": [PILL], "views": ["above"]}, "above"),
    ],
)
def test_what_cannot_be_weighed_is_a_sentence(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(FactsError, match=named):
        weigh_findings(**wrong)
