"""How far a technique may go at a place: the same answer as the planner gives, in words that a lesson can show."""

from itertools import product

import pytest

from itband_course.clinic.facts import techniques
from itband_course.clinic.plans import Refusals, Row
from itband_course.clinic.reach import Reach, anywhere, off_the_map, reaches
from itband_course.clinic.safety import advise
from itband_course.clinic.session import forbidden

CLIENTS = (
    (),
    ("right-knee-pain-at-rest", "right-outer-knee-warm"),
    ("right-outer-knee-pain-with-load",),
    ("right-outer-knee-pain-for-months",),
    ("anticoagulant", "bruise@right-anterior-thigh"),
    ("right-pain-over-trochanter", "osteoporosis"),
    ("right-one-leg-swollen",),
)
PLACES = ("right-gluteal", "right-anterior-thigh", "right-outer-knee", "right-greater-trochanter", "right-calf")


def reach(technique: str, place: str, *findings: str) -> Reach:
    return reaches(techniques()[technique], [f"right-{place}"], advise(findings))[f"right-{place}"]


@pytest.mark.parametrize("findings", CLIENTS)
def test_what_the_planner_forbids_is_never_shown_as_fitting_and_what_is_left_out_the_planner_forbids(
    findings: tuple[str, ...],
) -> None:
    known = Refusals(forbidden(advise(findings)))
    for technique, place in product(techniques().values(), PLACES):
        found = reaches(technique, [place], advise(findings))[place]
        low, high = technique.pressure or (0, 0)
        allowed = [one for one in range(low, high + 1) if not known.of(Row(technique.id, 1, place, one))]
        assert (found.fit == "not") == (not allowed)
        assert set(found.pressure) <= set(allowed)


@pytest.mark.parametrize("findings", CLIENTS)
def test_a_row_is_refused_by_all_that_speak_of_it_of_the_lowest_rank_and_by_nothing_else(
    findings: tuple[str, ...],
) -> None:
    every = forbidden(advise(findings))
    refusals = Refusals(every)
    for technique, place, pressure in product(techniques(), ("", *PLACES), range(6)):
        row = Row(technique, 1, place, pressure)
        speaking = [one for one in every if any(what.has(row) for what in one.what)]
        assert refusals.of(row) == [one for one in speaking if one.rank == min(each.rank for each in speaking)]


@pytest.mark.parametrize("findings", CLIENTS)
def test_every_place_that_is_closed_or_narrowed_says_why_with_source_or_basis(findings: tuple[str, ...]) -> None:
    for technique in techniques().values():
        for found in reaches(technique, PLACES, advise(findings)).values():
            assert bool(found.why) == (found.fit in ("not", "less"))
            assert all(why.reason and (why.basis or why.sources) for why in found.why)


def test_a_further_finding_never_brings_a_technique_back() -> None:
    before = advise(["right-outer-knee-pain-for-months"])
    after = advise(["right-outer-knee-pain-for-months", "anticoagulant", "right-knee-pain-at-rest"])
    for technique in techniques().values():
        earlier, later = (reaches(technique, PLACES, advice) for advice in (before, after))
        assert all(set(later[place].pressure) <= set(earlier[place].pressure) for place in PLACES)
        assert [place for place in PLACES if earlier[place].fit == "not" != later[place].fit] == []


def test_friction_at_the_outer_knee_is_left_for_months_of_pain_only() -> None:
    knees = ("right-knee-pain-at-rest", "right-outer-knee-pain-with-load")
    assert all(reach("cross-fibre-friction", "outer-knee", knee).fit == "not" for knee in knees)
    chronic = reach("cross-fibre-friction", "outer-knee", "right-outer-knee-pain-for-months")
    assert chronic.fit == "less"
    assert max(chronic.pressure) == 3
    both = reach("cross-fibre-friction", "outer-knee", "right-outer-knee-pain-for-months", "anticoagulant")
    assert both.fit == "not"


def test_a_manner_that_is_left_out_takes_its_pressures_along() -> None:
    found = reach("petrissage", "gluteal", "anticoagulant")
    assert (found.fit, max(found.pressure)) == ("less", 3)
    assert "deep or strong" in found.why[0].text
    assert max(reach("petrissage", "gluteal", "osteoporosis").pressure) == 3


def test_where_a_technique_is_not_usual_nothing_asks_for_it_unless_it_is_forbidden() -> None:
    assert reach("cold", "gluteal").fit == "elsewhere"
    assert reach("stripping", "outer-knee").fit == "not"


def test_no_session_means_no_technique_anywhere() -> None:
    for technique in techniques().values():
        found = reaches(technique, PLACES, advise(["right-one-leg-swollen"]))
        assert anywhere(found.values()) == "not"


def test_slow_pressure_keeps_off_the_nerves_that_the_map_has_no_region_for() -> None:
    said = " ".join(why.text for why in off_the_map(techniques()["sustained-compression"]))
    assert "inguinal" in said
    assert "sitting bone" in said
    assert off_the_map(techniques()["effleurage"]) == []
