"""The rule of the kind *workup*: what has to be known, what tells causes apart, what irritates and what harms."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_bank import finding, item, workup

from itband_course.kinds.base import Invalid, Points
from itband_course.kinds.examiner import error
from itband_course.kinds.workup import CARD, MOST, MUST_SHARE, Angle, Once, chart, in_words, join, reply, samples, shown
from itband_course.questions import describe, expert, has_chart, notes_of, score, split, text_of
from itband_course.questions import join as joined
from itband_course.questions import reply as replied

AUTHORED = workup()
QUESTION, RUBRIC = split(AUTHORED)
CARD_LINES = list(CARD)
ACTS = list(QUESTION.acts())
ALL = list(AUTHORED.path)
ONCE = ["test-thumb", "test-stand"]
FREE = ["ask-shoes", "measure-hip"]
"""Neutral acts that nothing limits."""
LOGS = st.lists(st.sampled_from(ACTS), unique=True)
SAFE = st.lists(st.sampled_from([act for act in ACTS if act != "test-force"]), unique=True)


def earned(log: list[str], rubric: Any = RUBRIC) -> float:
    result = score(rubric, log)
    assert isinstance(result, Points)
    return result.earned


# --- the mark: 6 points, 4 of them for three things to know, 2 for three findings


@pytest.mark.parametrize(
    ("log", "points"),
    [
        ([], 0),
        (ALL, 6),
        (ALL[::-1], 6),
        ([*ALL, *FREE], 6),
        (["ask-start"], 1.33),
        (["line-3"], 1.33),
        (["line-1", "line-2"], 0),
        (CARD_LINES[:5], 1.33),
        (CARD_LINES, 2.67),
        ([*CARD_LINES, "ask-start"], 4),
        (["look-skin"], 0.67),
        (["look-skin", "feel-bump", "feel-gap"], 2),
        (["look-skin", "feel-hard"], 0),
        (["look-skin", "feel-bump", "feel-hard"], 0.67),
        ([*ALL, "feel-hard"], 5.33),
        ([*ALL, "feel-hard", "test-push"], 4.67),
        ([*ALL, "feel-hard", "test-push", *ONCE], 4),
        ([*ALL, "test-thumb"], 6),
        ([*ALL, "test-stand"], 6),
        ([*ALL, *ONCE], 5.33),
        (["feel-hard", "test-push"], 0),
        (["ask-start", "feel-hard", "test-push"], 1.33),
        (["test-force"], 0),
        ([*ALL, "test-force"], 0),
        (FREE, 0),
    ],
)
def test_a_log_earns_what_the_rule_says(log: list[str], points: float) -> None:
    assert earned(log) == points


def test_two_thirds_go_for_what_must_be_known_and_one_third_for_findings_that_tell() -> None:
    assert MUST_SHARE == 2 / 3
    assert earned([*CARD_LINES, "ask-start"]) == 2 * earned(["look-skin", "feel-bump", "feel-gap"])


def test_the_reason_counts_what_was_sought_and_names_nothing_that_was_not() -> None:
    result = score(RUBRIC, ["ask-start", "look-skin", "feel-hard"])
    assert result.reason == (
        "1 of 3 things to know before hands, 1 of 3 findings that tell causes apart, 1 act that irritates: "
        "1.33 of 6 points."
    )
    assert [note.choice for note in result.notes] == ["ask-start", "look-skin", "feel-hard"]
    both = score(RUBRIC, [*ONCE, "test-push"])
    assert "2 acts that irritate" in both.reason
    assert "nothing that irritates" in score(RUBRIC, ["ask-start"]).reason


@pytest.mark.parametrize(
    "log", [["gone"], [*ALL, "gone"], ["ask-start", "ask-start"], ["whole-card"], ["once/provoke"]]
)
def test_what_no_card_can_record_is_invalid(log: list[str]) -> None:
    assert isinstance(score(RUBRIC, log), Invalid)


def test_a_log_that_never_ends_is_invalid_before_it_is_read() -> None:
    assert isinstance(score(RUBRIC, ["ask-start"] * (MOST + 1)), Invalid)
    assert isinstance(score(RUBRIC, [f"act-{number}" for number in range(1_000_000)]), Invalid)


@given(log=SAFE, extra=st.sampled_from(FREE))
def test_one_more_neutral_question_never_changes_the_mark(log: list[str], extra: str) -> None:
    assert earned([*(act for act in log if act != extra), extra]) == earned([act for act in log if act != extra])


@given(log=LOGS, act=st.sampled_from(["ask-start", "look-skin", "feel-bump", "feel-gap", *CARD_LINES]))
def test_one_more_thing_worth_knowing_never_lowers_the_mark(log: list[str], act: str) -> None:
    assert earned(list(dict.fromkeys([*log, act]))) >= earned(log)


@given(log=LOGS, act=st.sampled_from(["feel-hard", "test-push", "test-thumb", "test-stand"]))
def test_irritation_never_raises_the_mark_and_takes_a_third_at_most(log: list[str], act: str) -> None:
    before = [one for one in log if one != act]
    known = [one for one in before if one in (*CARD_LINES, "ask-start")]
    assert earned([*before, act]) <= earned(before)
    if "test-force" not in before:
        assert earned([*before, act]) >= earned(known)


@given(log=LOGS)
def test_a_danger_makes_the_whole_question_nothing(log: list[str]) -> None:
    assert earned(list(dict.fromkeys([*log, "test-force"]))) == 0


@given(log=st.permutations(ALL))
def test_in_which_order_things_are_sought_costs_nothing(log: list[str]) -> None:
    assert earned(log) == 6


# --- notes, samples and words


def test_a_line_of_the_card_is_right_even_where_it_decides_nothing_and_the_whole_card_has_a_note() -> None:
    notes = {note.choice: note.verdict for note in notes_of(RUBRIC)}
    assert {notes[line] for line in CARD} == {"right"}
    assert notes["whole-card"] == "right"
    assert notes["once/provoke"] == "wrong"
    assert (notes["measure-hip"], notes["feel-hard"], notes["test-force"]) == ("neutral", "wrong", "danger")
    assert list(notes) == [*ACTS, "whole-card", "once/provoke"]
    assert "whole-card" in [note.choice for note in score(RUBRIC, CARD_LINES).notes]
    assert "whole-card" not in [note.choice for note in score(RUBRIC, CARD_LINES[1:]).notes]
    assert "once/provoke" in [note.choice for note in score(RUBRIC, ONCE).notes]
    assert "once/provoke" not in [note.choice for note in score(RUBRIC, ONCE[:1]).notes]


def test_of_acts_of_which_one_is_enough_a_note_names_those_that_were_done_and_no_other() -> None:
    three = workup(once=[msgspec.structs.replace(AUTHORED.once[0], acts=[*ONCE, "measure-hip"])])
    _, rubric = split(three)
    (note,) = [note for note in score(rubric, ONCE).notes if note.choice == "once/provoke"]
    assert note.text == "More than one of: " + "; ".join(f"Text of {act}" for act in ACTS if act in ONCE)
    (key,) = [note for note in notes_of(rubric) if note.choice == "once/provoke"]
    assert "Text of measure-hip" in key.text


def test_the_first_right_sample_is_the_experts_path() -> None:
    assert next(sample.value for sample in samples(RUBRIC)) == list(expert(RUBRIC)) == ALL


def test_an_answer_in_words_keeps_the_order_of_the_examination() -> None:
    words = describe(QUESTION, ["test-push", "line-1", "ask-start"])
    assert words == f"Text of test-push; {CARD['line-1']}; Text of ask-start"


def test_the_plain_text_says_what_each_thing_takes_and_nothing_of_what_is_found() -> None:
    lines = text_of(QUESTION)
    assert "○ Text of measure-hip (3 min)" in lines
    assert lines[0] == "Screen card"
    assert not [act.found for act in QUESTION.acts().values() if act.found in "\n".join(lines)]


# --- what the card gets


def test_the_card_gets_no_finding_before_it_is_sought() -> None:
    given_to_card = str(shown(QUESTION))
    assert not [act for act in QUESTION.acts().values() if act.found in given_to_card]
    assert "angles" not in given_to_card
    assert "found" not in given_to_card
    assert all(act.text in given_to_card for act in QUESTION.acts().values())
    assert shown(QUESTION)["groups"][0]["acts"][0]["text"] == CARD["line-1"]


@given(log=LOGS, seed=st.integers(0, 2**31))
def test_the_kernel_tells_what_was_sought_and_nothing_else(log: list[str], seed: int) -> None:
    told = reply(QUESTION, log, seed)
    assert list(told) == log
    assert all("{" not in words for words in told.values())


def test_the_kernel_tells_nothing_on_what_it_cannot_read() -> None:
    assert replied(QUESTION, None, 1) is None
    assert replied(QUESTION, "ask-start", 1) is None
    assert replied(QUESTION, ["gone", "ask-start"], 1) == {"ask-start": "What ask-start finds."}


# --- a log only grows


@given(recorded=LOGS, sent=LOGS)
def test_what_is_in_a_log_stays_there_in_its_order_and_nothing_stands_in_it_twice(
    recorded: list[str], sent: list[str]
) -> None:
    log = join(recorded, sent)
    assert log[: len(recorded)] == recorded
    assert set(log) == {*recorded, *sent}
    assert len(set(log)) == len(log)
    assert join(log, sent) == log


def test_clearing_a_log_leaves_it_as_it_is_and_what_cannot_be_read_is_replaced() -> None:
    assert joined(QUESTION, ["ask-start"], None) == ["ask-start"]
    assert joined(QUESTION, None, None) is None
    assert joined(QUESTION, "gone", ["ask-start"]) == ["ask-start"]


# --- the chart


@given(log=LOGS, other=LOGS)
def test_the_whole_chart_is_the_same_whatever_was_sought(log: list[str], other: list[str]) -> None:
    def facts(sought: list[str]) -> list[Any]:
        return [(row.text, row.found) for group in chart(QUESTION, sought, 5) for row in group.rows]

    assert has_chart(QUESTION)
    assert facts(log) == facts(other)
    rows = [row for group in chart(QUESTION, log, 5) for row in group.rows]
    assert {row.text for row in rows if row.sought} == {QUESTION.acts()[act].text for act in log}


def test_beside_the_charts_angle_stands_what_the_student_read() -> None:
    act = QUESTION.acts()["measure-hip"]
    assert in_words(act, None) == "R +6°, L −12°."
    rows = {row.text: row for group in chart(QUESTION, ["measure-hip"], 3) for row in group.rows}
    assert rows[act.text].found == "R +6°, L −12°."
    assert rows[act.text].read == reply(QUESTION, ["measure-hip"], 3)["measure-hip"]
    unsought = {row.text: row for group in chart(QUESTION, [], 3) for row in group.rows}
    assert unsought[act.text].read == ""


def test_nought_has_no_sign() -> None:
    act = split(workup(chart=[finding("a", "measure", found="{r}", angles=[Angle("r", 0, 0, signed=True)])]))[0]
    assert in_words(act.acts()["a"], None) == "0°"


# --- the examiner's error


@given(seed=st.integers(0, 2**53), within=st.integers(0, 10))
def test_an_examiners_error_is_whole_within_its_bound_and_frozen(seed: int, within: int) -> None:
    drawn = error(seed, "measure-hip/r", within)
    assert isinstance(drawn, int)
    assert -within <= drawn <= within
    assert error(seed, "measure-hip/r", within) == drawn


def test_errors_take_every_value_about_as_often_and_differ_between_measurements_and_students() -> None:
    drawn = [error(seed, "measure-hip/r", 2) for seed in range(1000)]
    assert all(150 < drawn.count(value) < 250 for value in range(-2, 3))
    other = [error(seed, "measure-hip/l", 2) for seed in range(1000)]
    assert 150 < sum(one == two for one, two in zip(drawn, other, strict=True)) < 250


# --- what an author must mend


def test_the_small_workup_has_nothing_to_mend(lint_says: Callable[[Any, list[str]], None]) -> None:
    lint_says(AUTHORED, [])


def replaced(entries: list[Any], entry_id: str, **changes: Any) -> list[Any]:
    return [msgspec.structs.replace(one, **changes) if one.id == entry_id else one for one in entries]


CHART, ITEMS = AUTHORED.chart, AUTHORED.item
FAULTS = {
    "no chart": ({"chart": []}, ["no chart: name the client"]),
    "no item": ({"item": [one for one in ITEMS if one.id != "test-push"]}, ["speaks of «test-push» 0 times"]),
    "an item twice": ({"item": [*ITEMS, item("test-push", "neutral")]}, ["speaks of «test-push» 2 times"]),
    "an item too many": ({"item": [*ITEMS, item("gone", "neutral")]}, ["«gone» is not in the chart"]),
    "no reason": ({"item": replaced(ITEMS, "test-push", reason="Bad.")}, ["«test-push» has no real reason"]),
    "no idea": ({"item": replaced(ITEMS, "test-push", misconception=" ")}, ["«test-push» irritates and names no"]),
    "no line": (
        {
            "chart": [one for one in CHART if one.id != "line-6"],
            "item": [one for one in ITEMS if one.id != "line-6"],
            "path": [act for act in ALL if act != "line-6"],
        },
        ["screen card has the lines line-1, line-2, line-3, line-4, line-5: write"],
    ),
    "own words on the card": ({"chart": replaced(CHART, "line-1", text="Fever?")}, ["«line-1» .* words of its own"]),
    "nothing found": ({"chart": replaced(CHART, "look-skin", found=" ")}, ["«look-skin» finds nothing"]),
    "no angle": ({"chart": replaced(CHART, "look-skin", found="{r}")}, ["«look-skin» has places for «r» .* none"]),
    "an angle too many": ({"chart": replaced(CHART, "measure-hip", found="R {r}.")}, ["the angles «r», «l»"]),
    "no such view": ({"views": ["knee", "right-knee"]}, ["there is no view «knee»"]),
    "a region out of view": (
        {"views": ["front"]},
        ["no view .* «right-outer-epicondyle»", "no view .* «right-outer-joint-line»"],
    ),
    "two of one id": (
        {"chart": [*CHART, finding("look-skin", "look")]},
        ["two findings are called «look-skin»"],
    ),
    "once of one": ({"once": [Once("a", ["test-thumb"], "Because it is so.", "an idea")]}, ["needs two acts"]),
    "once without idea": ({"once": [Once("a", ONCE, "Because it is so.")]}, ["names no misconception"]),
    "nothing tells": (
        {
            "item": [
                msgspec.structs.replace(one, worth="must") if one.worth == "discriminates" else one for one in ITEMS
            ]
        },
        ["nothing in it discriminates", "its path does not earn all points"],
    ),
    "a short path": ({"path": ALL[1:]}, ["its path does not earn all points"]),
    "a path that irritates": ({"path": [*ALL, *ONCE]}, ["its path does not earn all points"]),
    "a path astray": ({"path": [*ALL, "gone"]}, ["its path cannot be followed"]),
    "a path twice": ({"path": [*ALL, ALL[0]]}, ["its path cannot be followed"]),
}


@pytest.mark.parametrize(("changes", "said"), FAULTS.values(), ids=FAULTS)
def test_the_linter_says_in_a_sentence_what_to_mend(
    changes: dict[str, Any], said: list[str], lint_says: Callable[[Any, list[str]], None]
) -> None:
    lint_says(workup(**changes), said)


def test_a_workup_in_which_everything_earns_is_named(lint_says: Callable[[Any, list[str]], None]) -> None:
    kept = [one for one in ITEMS if one.worth in ("must", "discriminates") or one.id in CARD]
    chart = [one for one in CHART if one.id in {one.id for one in kept}]
    lint_says(workup(item=kept, chart=chart, once=[]), ["everything in it earns points"])


def test_acts_stand_in_an_order_that_says_nothing_of_the_order_they_were_written_in() -> None:
    assert split(workup(chart=CHART[::-1]))[0] == QUESTION
    assert [act.id for act in QUESTION.groups[0].acts] == CARD_LINES
