"""The rule of *number*: bands with both edges, slips of sign and unit that are named, and what its linter says."""

import math
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bank import band, number, slip

from itband_course.kinds.number import Otherwise
from itband_course.questions import describe, notes_of, score, split, text_of

few = settings(max_examples=50)
QUESTION, RUBRIC = split(number())
POINTS = RUBRIC.points


def earned(rubric: Any, value: float) -> float:
    return score(rubric, value).earned


def said_of(rubric: Any, value: float) -> str:
    (note,) = score(rubric, value).notes
    return note.choice


def key(low: float, high: float, **changes: Any) -> Any:
    """Return the key of a question with this right band and no other."""
    return split(number(right=band(low, high), **{"near": None, "slip": [], "plausible": (-1e6, 1e6)} | changes))[1]


# Numbers as authors and students write them: with two decimals at most.
hundredths = st.integers(-20_000, 20_000)


@st.composite
def bands(draw: st.DrawFn) -> tuple[Any, Decimal, Decimal, Decimal, Decimal]:
    """Return a key with right and near band, and their edges as they were written: near, right, right, near."""
    right_low = draw(hundredths)
    right_high = right_low + draw(st.integers(0, 2000))
    edges = (right_low - draw(st.integers(0, 500)), right_low, right_high, right_high + draw(st.integers(0, 500)))
    written = [Decimal(edge) / 100 for edge in edges]
    low, start, end, high = (float(edge) for edge in written)
    return (key(start, end, near=band(low, high)), *written)


# --- bands


@few
@given(made=bands(), offset=st.integers(-600, 600), edge=st.integers(1, 4))
def test_a_number_earns_all_within_the_right_band_half_within_the_near_one_and_nothing_elsewhere(
    made: Any, offset: int, edge: int
) -> None:
    rubric, (low, start, end, high) = made[0], made[1:]
    value = made[edge] + Decimal(offset) / 100
    share = 1 if start <= value <= end else 0.5 if low <= value <= high else 0
    assert earned(rubric, float(value)) == share * POINTS


@few
@given(made=bands())
def test_the_edges_of_both_bands_belong_to_them_whatever_their_decimals(made: Any) -> None:
    rubric, (low, start, end, high) = made[0], [float(edge) for edge in made[1:]]
    assert earned(rubric, start) == earned(rubric, end) == POINTS
    assert earned(rubric, low) >= POINTS / 2
    assert earned(rubric, high) >= POINTS / 2
    for beyond in (math.nextafter(low, -math.inf), math.nextafter(high, math.inf)):
        assert earned(rubric, beyond) == 0
    assert score(rubric, float(repr(end))) == score(rubric, end)


@few
@given(made=bands(), value=hundredths, share=st.integers(0, 100))
def test_moving_towards_the_right_band_never_lowers_the_mark(made: Any, value: int, share: int) -> None:
    rubric, start, end = made[0], made[2], made[3]
    far = Decimal(value) / 100
    target = min(max(far, start), end)
    closer = far + (target - far) * share / 100
    assert earned(rubric, float(closer)) >= earned(rubric, float(far))
    assert earned(rubric, float(target)) == POINTS


def test_without_a_near_band_nothing_is_near() -> None:
    rubric = key(70, 75)
    assert [earned(rubric, value) for value in (69.99, 70, 75, 75.01)] == [0, POINTS, POINTS, 0]
    assert said_of(rubric, 69.99) == "other"


def test_the_rule_that_a_student_reads_speaks_of_half_points_only_where_there_are_any() -> None:
    assert "half" in split(number())[0].rule
    assert "half" not in split(number(near=None))[0].rule


def test_a_whole_number_counts_as_the_same_number_with_a_decimal_point() -> None:
    for value in (70, 66, 42, -72, 5):
        assert score(RUBRIC, value) == score(RUBRIC, float(value))


def test_each_band_has_a_note_of_its_own_in_the_authors_words() -> None:
    written = number()
    notes = {value: score(RUBRIC, value).notes[0] for value in (72, 66, 42, 200)}
    assert [(note.choice, note.verdict) for note in notes.values()] == [
        ("right", "right"),
        ("near", "near"),
        ("divided-by-new", "wrong"),
        ("other", "wrong"),
    ]
    reasons = [written.right.reason, written.near.reason, written.slip[0].reason, written.other.reason]
    assert [note.reason for note in notes.values()] == reasons
    assert notes[42].misconception == written.slip[0].misconception


# --- slips of sign and unit

away_from_nought = st.integers(101, 9999).map(lambda n: n / 100)


@few
@given(low=away_from_nought, width=st.integers(0, 50), sign=st.sampled_from([1, -1]))
def test_the_right_size_with_the_other_sign_is_named_and_earns_nothing(low: float, width: int, sign: int) -> None:
    edges = sorted([sign * low, sign * (low + width / 100)])
    rubric = key(*edges)
    for value in edges:
        result = score(rubric, -value)
        assert (result.notes[0].choice, result.earned) == ("turned-sign", 0)
        assert "sign" in result.notes[0].reason


@pytest.mark.parametrize("factor", [10, 100, 1000])
@few
@given(low=st.integers(11, 9999), width=st.integers(2, 10))
def test_a_factor_of_ten_a_hundred_or_a_thousand_is_named_and_earns_nothing(factor: int, low: int, width: int) -> None:
    rubric = key(low, low + width)
    middle = low + width / 2
    for value in (middle * factor, middle / factor):
        result = score(rubric, value)
        assert (result.notes[0].choice, result.earned) == ("factor-of-ten", 0)
        assert "unit" in result.notes[0].reason


def test_other_factors_and_a_sign_and_a_factor_together_are_any_other_number() -> None:
    rubric = key(70, 75)
    for value in (144, 36, 7200 * 100, 0.0072, -720, -0.72, 0):
        assert said_of(rubric, value) == "other"


@pytest.mark.parametrize(("right", "value"), [(7, 0.07), (0.7, 0.007), (0.9, 0.09), (1.1, 0.011)])
def test_a_factor_is_noticed_at_the_edge_of_a_band_as_a_person_counts(right: float, value: float) -> None:
    assert said_of(key(right, right), value) == "factor-of-ten"


def test_a_factor_is_noticed_at_the_edge_of_a_band_of_whole_numbers() -> None:
    rubric = key(70, 75)
    for value in (7, 0.7, 0.07, 7.5, 0.75, 0.075, 700, 7000, 70_000, 750, 7500, 75_000):
        assert said_of(rubric, value) == "factor-of-ten"


@few
@given(data=st.data())
def test_an_authors_slip_is_named_before_a_turned_sign_and_before_a_factor(data: st.DataObject) -> None:
    value = data.draw(st.sampled_from([-72.0, -70.0, 7.2, 0.72, 0.072, 720.0, 7200.0, 72_000.0]))
    rubric = key(70, 75, slip=[slip("the-authors-own", value, value)])
    result = score(rubric, value)
    assert (result.notes[0].choice, result.earned) == ("the-authors-own", 0)
    assert said_of(key(70, 75), value) in ("turned-sign", "factor-of-ten")


def test_the_right_and_the_near_band_win_over_every_slip() -> None:
    around_nought = key(-2, 3, near=band(-5, 6))
    assert [said_of(around_nought, value) for value in (-2, 2, -3, 0.2, 4)] == [
        "right",
        "right",
        "near",
        "right",
        "near",
    ]
    next_to_ten_times_itself = key(1, 1, near=band(1, 12))
    assert said_of(next_to_ten_times_itself, 10) == "near"


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 5e-324, -5e-324, -0.0, 10**30])
def test_a_number_beyond_all_measure_is_wrong_and_no_more(value: float) -> None:
    result = score(RUBRIC, value)
    assert (result.earned, result.notes[0].choice) == (0, "other")


# --- the unit


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("%", 73.0, "73\u202f%"),
        ("°", -15.5, "−15.5°"),
        ("km", 0.25, "0.25\u202fkm"),
        ("km", -3, "−3\u202fkm"),
        ("steps", 12345, "12345\u202fsteps"),
    ],
)
def test_a_number_in_words_is_the_number_with_its_unit(unit: str, value: float, words: str) -> None:
    question, rubric = split(number(unit=unit))
    assert describe(question, value) == words
    assert score(rubric, value).notes[0].text == words


@pytest.mark.parametrize(
    ("value", "digits"),
    [(1234567, "1234567"), (1234.567, "1234.567"), (10_000_000, "10000000"), (0.1 + 0.2, "0.3\u202f")],
)
def test_a_number_in_words_keeps_all_its_digits(value: float, digits: str) -> None:
    assert describe(QUESTION, value).startswith(digits)


@pytest.mark.parametrize("unit", ["%", "km", "°"])
def test_the_unit_stands_on_the_line_to_write_on_in_the_key_and_in_the_word_on_a_factor(unit: str) -> None:
    question, rubric = split(number(unit=unit))
    assert question.unit == unit
    assert text_of(question) == [f"_____ {unit}"]
    assert f"asked for in {unit}." in score(rubric, 0.72).notes[0].reason
    notes = score(rubric, 72).notes
    assert unit in notes[0].text


def test_the_key_says_its_bands_in_words() -> None:
    texts = {note.choice: note.text for note in notes_of(key(70, 70, near=band(65.5, 80)))}
    assert texts["right"] == "70\u202f%"
    assert texts["near"] == "65.5\u202f% to 80\u202f%"


def test_the_range_beyond_which_the_card_asks_again_is_public_and_says_nothing_of_the_bands() -> None:
    question = split(number(plausible=(-10.0, 500.0)))[0]
    assert question.plausible == (-10.0, 500.0)
    assert split(number(right=band(1, 2)))[0].plausible == QUESTION.plausible


# --- the linter

NOT_A_REASON = "Too short."
SPOILT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no unit": ({"unit": " "}, ["it has no unit: write one"]),
    "two slips of one id": (
        {"slip": [slip("one", 1, 2), slip("one", 3, 4)]},
        ["two slips are called «one»"],
    ),
    "a slip id with capitals": ({"slip": [slip("One", 1, 2)]}, ["slip id «One» is not lower-case"]),
    "a slip of the course's own": ({"slip": [slip("turned-sign", 1, 2)]}, ["«turned-sign» has a name that every"]),
    "a slip called other": ({"slip": [slip("other", 1, 2)]}, ["«other» has a name that every"]),
    "no reason for the right band": ({"right": band(70, 75, NOT_A_REASON)}, ["the right band has no real reason"]),
    "no reason for the near band": ({"near": band(65, 80, NOT_A_REASON)}, ["the near band has no real reason"]),
    "no reason for a slip": (
        {"slip": [msgspec.structs.replace(slip("one", 1, 2), reason=NOT_A_REASON)]},
        ["slip «one» has no real reason"],
    ),
    "no reason for any other": ({"other": Otherwise(NOT_A_REASON)}, [r"\[question.other\] has no real reason"]),
    "a slip without misconception": (
        {"slip": [msgspec.structs.replace(slip("one", 1, 2), misconception=" ")]},
        ["slip «one» names no misconception"],
    ),
    "a band turned round": ({"right": band(75, 70)}, ["the right band runs from 75 to 70"]),
    "a slip turned round": ({"slip": [slip("one", 2, 1)]}, ["slip «one» runs from 2 to 1"]),
    "a right band out of range": (
        {"plausible": (0.0, 72.0), "near": None},
        ["right band lies outside the plausible range"],
    ),
    "a range turned round": ({"plausible": (300.0, 0.0)}, ["plausible range runs from 300 to 0"]),
    "a range of no number": ({"plausible": (math.nan, math.nan)}, ["plausible range has no end"]),
    "a range that gives it away": ({"plausible": (65.0, 79.0), "near": None}, ["takes up much of the plausible range"]),
    "a near band below": ({"near": band(65, 74)}, ["near band does not enclose the right band"]),
    "a near band above": ({"near": band(71, 80)}, ["near band does not enclose the right band"]),
    "a near band beyond the range": ({"near": band(65, 700)}, ["near band reaches beyond the plausible range"]),
    "a near band below the range": (
        {"near": band(-5, 80), "slip": []},
        ["near band reaches beyond the plausible range"],
    ),
    "a slip within the right band": ({"slip": [slip("one", 71, 72)]}, ["slip «one» overlaps another band"]),
    "a slip that touches the near band": ({"slip": [slip("one", 80, 90)]}, ["slip «one» overlaps another band"]),
    "two slips that touch": (
        {"slip": [slip("one", 1, 2), slip("two", 2, 3)]},
        ["slip «two» overlaps another band"],
    ),
}


@pytest.mark.parametrize(("changes", "said"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_question_gets_the_sentence_about_it_and_no_other(
    changes: dict[str, Any], said: list[str], lint_says: Any
) -> None:
    lint_says(number(**changes), said)


GOOD: dict[str, dict[str, Any]] = {
    "as it is": {},
    "without near band": {"near": None},
    "without slips": {"slip": []},
    "a single right number": {"right": band(73, 73), "near": None},
    "a near band as wide as the right one": {"near": band(70, 75)},
    "a slip just outside": {"slip": [slip("one", 80.01, 90)]},
    "below nought": {"right": band(-15, -10), "near": None, "plausible": (-90.0, 90.0)},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_a_good_question_has_nothing_to_mend(changes: dict[str, Any], lint_says: Any) -> None:
    lint_says(number(**changes), [])
