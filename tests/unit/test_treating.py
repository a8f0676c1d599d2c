"""Techniques on the body map: what the kernel tells of a client, and what stands in plain text."""

import msgspec
import pytest

from itband_course.clinic.facts import FactsError, techniques
from itband_course.clinic.safety import advise
from itband_course.deciding.treating import ALSO, KNEES, PLACES, show_techniques, told


def test_every_choice_of_a_client_stands_for_findings_that_a_rule_speaks_of() -> None:
    for one in (*KNEES, *ALSO):
        assert advise(one.findings).unruled == ()
        assert bool(one.findings) == (one.id != "no-sore-knee")


def test_every_place_where_a_technique_is_usual_is_shown() -> None:
    assert {name for one in techniques().values() for name in one.regions} <= set(PLACES)


def test_each_technique_at_each_place_is_told_and_every_reason_is_there() -> None:
    found = told({"knee": "at-rest", "also": ["anticoagulant", "bruise"]})
    assert set(found["reach"]) == set(techniques())
    for places in found["reach"].values():
        assert set(places) == {f"right-{name}" for name in PLACES}
        numbers = [number for one in places.values() for number in one["why"]]
        assert all(found["whys"][number]["rests"] for number in numbers)
    assert found["hands"].startswith("Changed plan")
    assert found["session"]


def test_a_swollen_leg_means_no_session_and_care_the_same_day() -> None:
    found = told({"knee": "with-load", "also": ["swollen-leg"]})
    assert not found["session"]
    assert "same day" in found["who"]


def test_another_client_is_told_anew_and_named() -> None:
    shown = show_techniques("stripping")
    place = "right-anterior-thigh"
    assert shown.told["reach"]["stripping"][place]["fit"] == "as-usual"
    shown.client = {"knee": "no-sore-knee", "also": ["bruise"]}
    assert shown.told["client"] == shown.client
    assert shown.told["reach"]["stripping"][place]["fit"] == "not"


def test_what_a_browser_makes_up_counts_for_nothing() -> None:
    plain = told({"knee": "no-sore-knee", "also": []})
    assert told({"knee": "of gold", "also": ["wings"]}) == plain | {"client": {"knee": "of gold", "also": ["wings"]}}


def test_disputed_techniques_show_both_sides() -> None:
    shown = {one["id"]: one for one in show_techniques().techniques}
    for name in ("cross-fibre-friction", "cold", "warmth"):
        (dispute,) = shown[name]["disputes"]
        assert len(dispute["sides"]) >= 2
        assert dispute["course"]
    assert shown["cross-fibre-friction"]["here"] == "taught here, disputed"


def test_plain_text_names_each_technique_with_pressure_dose_and_where_not() -> None:
    text = show_techniques().text()
    for one in techniques().values():
        assert one.name in text
        assert one.where_not[0] in text
    assert "pressure 3 to 5 of 5; strokes: 3 to 6" in text


def test_what_goes_to_the_browser_can_be_sent() -> None:
    shown = show_techniques(place="anterior-thigh", task="fits-and-not", also=["anticoagulant"])
    for name in ("picture", "techniques", "places", "knees", "also", "start", "told"):
        msgspec.json.encode(getattr(shown, name))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"technique": "magic"}, "technique «magic»"),
        ({"place": "moon"}, "place «moon»"),
        ({"knee": "wooden"}, "knee «wooden»"),
        ({"also": ["wings"]}, "finding «wings»"),
        ({"task": "guess"}, "task «guess»"),
        ({"task": "fits-and-not"}, "one place"),
    ],
)
def test_what_is_not_there_is_named(wrong: dict, named: str) -> None:
    with pytest.raises(FactsError, match=named):
        show_techniques(**wrong)


def test_the_task_of_the_lesson_can_be_done_with_every_client_that_has_a_session() -> None:
    fits = {
        one["right-anterior-thigh"]["fit"]
        for one in told({"knee": "no-sore-knee", "also": ["anticoagulant"]})["reach"].values()
    }
    assert "not" in fits
    assert fits & {"as-usual", "less"}
