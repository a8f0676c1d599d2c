"""The rule of *match*: each right row its share, nothing taken away; and what its linter says."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bank import fitting, match, pair, row

from itband_course.questions import describe, score, split, text_of

few = settings(max_examples=50)
QUESTION, RUBRIC = split(match())
RIGHT = {"band": {"slides", "thick"}, "septum": {"slides"}, "calf": {"fills"}}
ROWS, CHOICES = list(RIGHT), ["slides", "thick", "fills", "clot", "none-of-them"]
TABLES = [
    {name: choice for name, choice in zip(ROWS, chosen, strict=True) if choice}
    for chosen in itertools.product([None, *CHOICES], repeat=len(ROWS))
]
"""Every table that the card can record."""

tables = st.sampled_from(TABLES)


def earned(value: dict[str, str]) -> float:
    return score(RUBRIC, value).earned


def test_every_table_earns_its_right_rows_share_and_nothing_is_taken_away() -> None:
    assert len(TABLES) == 6**3
    for value in TABLES:
        right = sum(choice in RIGHT[name] for name, choice in value.items())
        assert earned(value) == pytest.approx(right / 3 * RUBRIC.points, abs=0.005), value


@few
@given(value=tables, name=st.sampled_from(ROWS), data=st.data())
def test_correcting_a_row_never_lowers_the_mark(value: dict[str, str], name: str, data: st.DataObject) -> None:
    better = value | {name: data.draw(st.sampled_from(sorted(RIGHT[name])))}
    assert earned(better) >= earned(value)
    if value.get(name) not in RIGHT[name]:
        assert earned(better) > earned(value)


@few
@given(value=tables, name=st.sampled_from(ROWS), choice=st.sampled_from(CHOICES))
def test_filling_an_empty_row_never_lowers_the_mark(value: dict[str, str], name: str, choice: str) -> None:
    without = {other: chosen for other, chosen in value.items() if other != name}
    assert earned(without | {name: choice}) >= earned(without)


@few
@given(value=tables, data=st.data())
def test_the_order_in_which_rows_were_filled_does_not_matter(value: dict[str, str], data: st.DataObject) -> None:
    again = dict(data.draw(st.permutations(list(value.items()))))
    assert score(RUBRIC, again) == score(RUBRIC, value)
    assert describe(QUESTION, again) == describe(QUESTION, value)


def test_a_choice_may_serve_several_rows() -> None:
    assert earned({"band": "slides", "septum": "slides"}) == pytest.approx(RUBRIC.points * 2 / 3)


def test_each_row_tells_why_its_choice_is_right_and_a_wrong_choice_what_it_speaks_about() -> None:
    notes = {note.choice: note for note in score(RUBRIC, {"band": "thick", "septum": "clot", "calf": "clot"}).notes}
    written = match()
    rows = {item.id: item for item in written.row}
    choices = {item.id: item for item in written.choice}
    also, plain, tempting = notes["band/thick"], notes["septum/clot"], notes["calf/clot"]
    assert (also.verdict, also.reason) == ("accepted", rows["band"].reason)
    assert (plain.verdict, plain.reason) == ("wrong", choices["clot"].reason)
    assert plain.misconception == choices["clot"].misconception
    assert (tempting.verdict, tempting.reason) == ("wrong", written.pair[0].reason), "a pair with its own reason"
    assert tempting.misconception == written.pair[0].misconception
    right = score(RUBRIC, {"septum": "slides"}).notes[0]
    assert (right.verdict, right.reason, right.misconception) == ("right", rows["septum"].reason, "")
    assert right.text == f"{rows['septum'].text}: {choices['slides'].text}"


def test_the_reason_counts_the_right_rows() -> None:
    assert score(RUBRIC, {"band": "slides", "calf": "clot"}).reason.startswith("1 of 3 rows right: 1 of 3 points")


def test_a_table_in_words_follows_the_rows_of_the_card() -> None:
    assert describe(QUESTION, {"calf": "fills", "band": "thick"}) == "Row band: Text of thick; Row calf: Text of fills"
    assert describe(QUESTION, {"gone": "clot", "band": "lost"}) == "Row band: lost; gone: clot"
    assert describe(QUESTION, {}) == ""


def test_on_paper_each_row_has_a_line_to_write_on_and_the_choices_follow() -> None:
    lines = text_of(QUESTION)
    assert lines[:3] == ["Row band: _____", "Row septum: _____", "Row calf: _____"]
    assert lines[3] == "Choose from:"
    assert sorted(lines[4:]) == sorted(f"○ {item.text}" for item in match().choice)


def test_the_rule_that_a_student_reads_says_that_nothing_is_taken_away() -> None:
    assert "nothing is taken away" in QUESTION.rule
    assert "several rows or none" in QUESTION.rule


# --- the linter

FIRST, SECOND, THIRD = match().row
SHORT = "Too short."


def without_misconception(choice_id: str, written: str = "") -> list[Any]:
    """Return the choices, one of which says nothing, or only blanks, of the idea behind it."""
    return [
        msgspec.structs.replace(item, misconception=written) if item.id == choice_id else item
        for item in match().choice
    ]


SPOILT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "two rows of one id": ({"row": [FIRST, SECOND, THIRD, THIRD]}, ["two rows are called «calf»"]),
    "a row id with capitals": ({"row": [FIRST, SECOND, THIRD, row("Shin", "fills")]}, ["row id «Shin» is not lower"]),
    "two choices of one id": (
        {"choice": [*match().choice, fitting("clot")]},
        ["two choices are called «clot»"],
    ),
    "a choice id with spaces": ({"choice": [*match().choice, fitting("no pain")]}, ["choice id «no pain» is not"]),
    "two rows": ({"row": [FIRST, THIRD]}, ["it has 2 rows: offer 3 to 6"]),
    "seven rows": (
        {"row": [FIRST, SECOND, THIRD, *(row(f"r-{number}", "fills") for number in range(4))]},
        ["it has 7 rows: offer 3 to 6"],
    ),
    "a row without reason": (
        {"row": [msgspec.structs.replace(FIRST, reason=SHORT), SECOND, THIRD]},
        ["row «band» has no real reason"],
    ),
    "a row whose choice is not there": (
        {"row": [FIRST, SECOND, row("calf", "gone")]},
        ["row «calf» speaks of the choice «gone», which is not there"],
    ),
    "a row whose further choice is not there": (
        {"row": [FIRST, SECOND, row("calf", "fills", "gone")]},
        ["row «calf» speaks of the choice «gone», which is not there"],
    ),
    "a choice without reason": (
        {"choice": [*match().choice[:-1], msgspec.structs.replace(match().choice[-1], reason="")]},
        ["choice «none-of-them» has no real reason"],
    ),
    "a choice without misconception": (
        {"choice": without_misconception("none-of-them")},
        ["choice «none-of-them» names no misconception: say which mistaken idea it catches."],
    ),
    "a choice with a blank for a misconception": (
        {"choice": without_misconception("none-of-them", " ")},
        ["choice «none-of-them» names no misconception"],
    ),
    "a choice without misconception, one of its wrong rows without a pair": (
        {"choice": without_misconception("clot"), "pair": [pair("septum", "clot"), pair("calf", "clot")]},
        ["choice «clot» names no misconception"],
    ),
    "a right choice without misconception": (
        {"choice": without_misconception("slides")},
        ["choice «slides» names no misconception"],
    ),
    "every choice fits a row": (
        {
            "row": [FIRST, SECOND, row("calf", "fills", "none-of-them")],
            "choice": [*match().choice[:3], match().choice[4]],
        }
        | {"pair": []},
        ["every choice fits some row"],
    ),
    "a row that accepts everything": (
        {"row": [row("band", "slides", *CHOICES), SECOND, THIRD], "pair": []},
        ["every choice fits some row", "a row accepts every choice"],
    ),
    "a pair without reason": (
        {"pair": [msgspec.structs.replace(pair("calf", "clot"), reason="")]},
        ["pair «calf», «clot» has no real reason"],
    ),
    "a pair without misconception": (
        {"pair": [msgspec.structs.replace(pair("calf", "clot"), misconception=" ")]},
        ["pair «calf», «clot» names no misconception"],
    ),
    "a pair of a row that is not there": (
        {"pair": [pair("gone", "clot")]},
        ["pair «gone», «clot»: row or choice is not"],
    ),
    "a pair of a choice that is not there": ({"pair": [pair("calf", "gone")]}, ["pair «calf», «gone»: row or choice"]),
    "a pair that is right": ({"pair": [pair("calf", "fills")]}, ["pair «calf», «fills» is a right pair"]),
    "a pair that is right too": ({"pair": [pair("band", "thick")]}, ["pair «band», «thick» is a right pair"]),
}


@pytest.mark.parametrize(("changes", "said"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_question_gets_the_sentence_about_it_and_no_other(
    changes: dict[str, Any], said: list[str], lint_says: Any
) -> None:
    lint_says(match(**changes), said)


GOOD: dict[str, dict[str, Any]] = {
    "as it is": {},
    "without pairs": {"pair": []},
    "a choice without misconception, each of its wrong rows in a pair": {
        "choice": without_misconception("clot"),
        "pair": [pair(name, "clot") for name in ROWS],
    },
    "a choice without misconception that is right too in the one row without a pair": {
        "choice": without_misconception("thick"),
        "pair": [pair("septum", "thick"), pair("calf", "thick")],
    },
    "six rows": {"row": [FIRST, SECOND, THIRD, *(row(f"r-{number}", "fills") for number in range(3))]},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_a_good_question_has_nothing_to_mend(changes: dict[str, Any], lint_says: Any) -> None:
    lint_says(match(**changes), [])


def test_a_reason_that_no_student_could_ever_read_is_reported(lint_says: Any) -> None:
    twice = [pair("calf", "clot"), msgspec.structs.replace(pair("calf", "clot"), reason="Because of something else.")]
    lint_says(match(pair=twice), ["«calf», «clot»"])
