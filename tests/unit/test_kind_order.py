"""The rule of *order*: pairs held minus pairs turned round, over every order of the steps; and what its linter says."""

import itertools
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bank import before, order, step

from itband_course.kinds.base import Points
from itband_course.questions import KINDS, describe, score, split, text_of

QUESTION, RUBRIC = split(order())
REQUIRED, OPTIONAL, UNSAFE = ["walk", "warm", "work", "compare"], ["move", "cool"], "press"
SAFE = [*REQUIRED, *OPTIONAL]
few = settings(max_examples=50)
PAIRS = [("walk", "warm"), ("warm", "work"), ("work", "compare"), ("move", "compare"), ("compare", "cool")]


def expected_share(value: list[str], pairs: list[tuple[str, str]], optional: list[str]) -> float:
    """Return the share of the points by the rule in words, before the floor."""
    place = {name: number for number, name in enumerate(value)}
    counted = [pair for pair in pairs if not any(name in optional and name not in place for name in pair)]
    both = [(place[first], place[then]) for first, then in counted if first in place and then in place]
    return (sum(first < then for first, then in both) - sum(first > then for first, then in both)) / len(counted)


def keeps_to_all(value: list[str], pairs: list[tuple[str, str]]) -> bool:
    return all(value.index(first) < value.index(then) for first, then in pairs if {first, then} <= set(value))


def found(value: list[str], rubric: Any = RUBRIC) -> dict[str, list[str]]:
    """Return what a mark says was held, turned round, left out and used."""
    parts: dict[str, list[str]] = {"held": [], "turned": [], "left-out": [], "used": []}
    for note in score(rubric, value).notes:
        what, name = note.choice.split("/")
        parts[what].append(name)
    return parts


@cache
def marks() -> dict[tuple[str, ...], float]:
    """Return what every arrangement of the safe steps earns, those that leave steps out too."""
    arranged = [part for size in range(len(SAFE) + 1) for part in itertools.permutations(SAFE, size)]
    return {value: score(RUBRIC, list(value)).earned for value in arranged}


@st.composite
def any_key(draw: st.DrawFn) -> tuple[Any, list[tuple[str, str]], list[str], list[str]]:
    """Return a key of any sound order question with its pairs, required and optional steps."""
    count = draw(st.integers(3, 6))
    names = [f"s-{number}" for number in range(count)]
    uses = [
        "required",
        "required",
        *draw(st.lists(st.sampled_from(["required", "optional"]), min_size=count - 2, max_size=count - 2)),
    ]
    # Pairs point forwards in a hidden order, so that they never run in a circle; the first joins two required steps.
    hidden = draw(st.permutations(names))
    use = dict(zip(hidden, uses, strict=True))
    possible = list(itertools.combinations(hidden, 2))
    pairs = [possible[0], *draw(st.lists(st.sampled_from(possible[1:]), unique=True, max_size=6))]
    authored = order(step=[step(name, use[name]) for name in names], before=[before(*pair) for pair in pairs])
    required = [name for name in names if use[name] == "required"]
    return split(authored)[1], pairs, required, [name for name in names if use[name] == "optional"]


def some(names: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True)


# --- the rule


def test_every_arrangement_of_the_steps_earns_what_the_rule_in_words_says() -> None:
    assert len(marks()) == 1957
    for value, earned in marks().items():
        share = expected_share(list(value), PAIRS, OPTIONAL)
        assert earned == pytest.approx(max(0, share) * RUBRIC.points, abs=0.005), value


@few
@given(made=any_key(), data=st.data())
def test_the_rule_holds_for_any_question(made: Any, data: st.DataObject) -> None:
    rubric, pairs, required, optional = made
    value = data.draw(some(required + optional))
    share = expected_share(value, pairs, optional)
    assert score(rubric, value).earned == pytest.approx(max(0, share) * rubric.points, abs=0.005)


def test_every_order_that_keeps_to_all_pairs_earns_all_with_optional_steps_or_without() -> None:
    whole = [value for value in marks() if set(REQUIRED) <= set(value)]
    right = {value for value in whole if keeps_to_all(list(value), PAIRS)}
    assert len(right) == 10, "four required steps in their order, the two optional ones wherever no pair forbids it"
    for value in whole:
        assert (marks()[value] == RUBRIC.points) == (value in right), value


@few
@given(made=any_key(), data=st.data())
def test_any_order_that_keeps_to_all_pairs_of_any_question_earns_all(made: Any, data: st.DataObject) -> None:
    rubric, pairs, required, optional = made
    used = required + data.draw(some(optional) if optional else st.just([]))
    right = [list(value) for value in itertools.permutations(used) if keeps_to_all(list(value), pairs)]
    assert score(rubric, data.draw(st.sampled_from(right))).earned == rubric.points


@few
@given(made=any_key(), data=st.data())
def test_turning_two_neighbours_that_stand_the_wrong_way_round_never_lowers_the_mark(
    made: Any, data: st.DataObject
) -> None:
    rubric, pairs, required, optional = made
    value = data.draw(st.permutations(required + optional))
    for place in range(len(value) - 1):
        if (value[place + 1], value[place]) in pairs:
            better = [*value[:place], value[place + 1], value[place], *value[place + 2 :]]
            assert score(rubric, better).earned >= score(rubric, value).earned
            assert len(found(better, rubric)["turned"]) == len(found(value, rubric)["turned"]) - 1


@few
@given(made=any_key(), data=st.data())
def test_adding_a_missing_required_step_where_it_breaks_no_pair_never_lowers_the_mark(
    made: Any, data: st.DataObject
) -> None:
    rubric, pairs, required, optional = made
    missing = data.draw(st.sampled_from(required))
    value = data.draw(some([name for name in required + optional if name != missing]))
    own = [pair for pair in pairs if missing in pair]
    for place in range(len(value) + 1):
        longer = [*value[:place], missing, *value[place:]]
        if keeps_to_all(longer, own):
            assert score(rubric, longer).earned >= score(rubric, value).earned


def test_over_all_orders_of_the_required_steps_guessing_gains_nothing_before_the_floor() -> None:
    held_minus_turned = []
    for value in itertools.permutations(REQUIRED):
        parts = found(list(value))
        held_minus_turned.append(len(parts["held"]) - len(parts["turned"]))
        share = max(0, held_minus_turned[-1]) / 3
        assert score(RUBRIC, list(value)).earned == pytest.approx(share * RUBRIC.points, abs=0.005)
    assert sum(held_minus_turned) == 0
    assert max(held_minus_turned) == 3, "the three pairs of required steps"


@few
@given(value=some(SAFE), place=st.integers(0, 6))
def test_an_unsafe_step_anywhere_makes_the_question_nothing_and_is_named(value: list[str], place: int) -> None:
    result = score(RUBRIC, [*value[:place], UNSAFE, *value[place:]])
    assert result.earned == 0
    assert "could harm" in result.reason
    written = order().step[-1]
    note = next(note for note in result.notes if note.verdict == "danger")
    assert (note.reason, note.misconception, note.text) == (written.reason, written.misconception, written.text)


def test_an_optional_step_at_a_wrong_place_costs_and_left_out_costs_nothing() -> None:
    right = ["walk", "warm", "work", "compare"]
    assert score(RUBRIC, right).earned == RUBRIC.points
    assert score(RUBRIC, [*right, "cool"]).earned == RUBRIC.points
    assert score(RUBRIC, ["cool", *right]).earned == pytest.approx(RUBRIC.points * 2 / 4)
    assert score(RUBRIC, ["walk", "warm", "work", "cool", "compare"]).earned < RUBRIC.points


@given(value=some(SAFE))
def test_notes_name_each_pair_held_or_turned_each_required_step_left_out_and_each_other_step_used(
    value: list[str],
) -> None:
    parts = found(value)
    both = [pair for pair in PAIRS if set(pair) <= set(value)]
    held = [f"{first}-then-{then}" for first, then in both if value.index(first) < value.index(then)]
    assert parts["held"] == held
    assert parts["turned"] == [f"{first}-then-{then}" for first, then in both if f"{first}-then-{then}" not in held]
    assert sorted(parts["left-out"]) == sorted(set(REQUIRED) - set(value))
    assert sorted(parts["used"]) == sorted(set(value) - set(REQUIRED))


def test_a_pair_turned_round_is_told_the_way_the_student_had_it() -> None:
    notes = {note.choice: note for note in score(RUBRIC, ["warm", "walk", "work", "compare"]).notes}
    turned, held = notes["turned/walk-then-warm"], notes["held/warm-then-work"]
    assert turned.text.index("Text of warm") < turned.text.index("Text of walk")
    assert held.text.index("Text of warm") < held.text.index("Text of work")
    assert (turned.verdict, held.verdict) == ("wrong", "right")
    written = order().before[0]
    assert (turned.reason, turned.misconception) == (written.reason, written.misconception)
    assert held.misconception == ""


def test_the_reason_counts_pairs_in_order_and_turned_round() -> None:
    assert score(RUBRIC, ["walk", "warm", "compare", "work"]).reason.startswith(
        "2 of 3 pairs in order, 1 turned round: "
    )
    assert score(RUBRIC, ["walk", "warm"]).reason.startswith("1 of 3 pairs in order, 0 turned round: ")


# --- words


def test_an_order_in_words_is_numbered_as_the_student_put_it() -> None:
    assert describe(QUESTION, ["work", "walk"]) == "1. Text of work; 2. Text of walk"
    assert describe(QUESTION, ["walk", "gone"]) == "1. Text of walk; 2. gone"
    assert describe(QUESTION, []) == ""


def test_on_paper_each_step_has_room_for_its_number() -> None:
    assert sorted(text_of(QUESTION)) == sorted(f"__ {item.text}" for item in order().step)


def test_the_rule_that_a_student_reads_says_that_steps_may_be_left_out_and_what_harm_costs() -> None:
    assert all(words in QUESTION.rule for words in ("left out", "never below 0", "harm", "question 0"))


@pytest.mark.parametrize("value", [["no-such-step"], ["walk", "walk"]], ids=str)
def test_a_tally_passes_over_an_order_that_no_card_can_record(value: list[str]) -> None:
    assert not isinstance(score(RUBRIC, value), Points)
    assert set(KINDS["order"].tally(RUBRIC, [value]).values()) == {0}


# --- the linter


def with_step(step_id: str, **changes: Any) -> dict[str, Any]:
    written = order().step
    return {"step": [msgspec.structs.replace(item, **changes) if item.id == step_id else item for item in written]}


def with_pair(*pairs: Any, instead: bool = False) -> dict[str, Any]:
    return {"before": list(pairs) if instead else [*order().before, *pairs]}


def shown_in_right_order() -> dict[str, Any]:
    """Return steps and pairs that follow one another as the card shows them."""
    names = [item.id for item in QUESTION.steps]
    return {
        "step": [step(name, "required") for name in names],
        "before": [before(*pair) for pair in itertools.pairwise(names)],
    }


FIRST = order().before[0]
TEN = [step(f"s-{number}", "optional") for number in range(6)]
SPOILT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "two steps of one id": ({"step": [*order().step, step("cool", "optional")]}, ["two steps are called «cool»"]),
    "a step id with capitals": (
        {"step": [*order().step, step("Sit", "optional")]},
        ["step id «Sit» is not lower-case"],
    ),
    "two pairs of one id": (
        with_pair(msgspec.structs.replace(before("walk", "work"), id=FIRST.id)),
        ["two pairs are called «walk-then-warm»"],
    ),
    "a pair id with spaces": (
        with_pair(msgspec.structs.replace(before("walk", "work"), id="walk first")),
        ["pair id «walk first» is not lower-case"],
    ),
    "three steps": (
        {"step": order().step[:3], "before": [order().before[0], before("work", "warm")]},
        ["it has 3 steps: offer 4 to 9"],
    ),
    "thirteen steps": ({"step": [*order().step, *TEN]}, ["it has 13 steps: offer 4 to 9"]),
    "a step without reason": (with_step("move", reason=" "), ["step «move» has no real reason"]),
    "an unsafe step without misconception": (
        with_step("press", misconception=""),
        ["step «press» names no misconception"],
    ),
    "a required step in no pair": (
        {"step": [*order().step, step("sit", "required")]},
        ["step «sit» is required and stands in no pair with another"],
    ),
    "a pair without reason": (
        with_pair(msgspec.structs.replace(before("walk", "work"), reason="")),
        ["pair «walk-then-work» has no real reason"],
    ),
    "a pair without misconception": (
        with_pair(msgspec.structs.replace(before("walk", "work"), misconception=" ")),
        ["pair «walk-then-work» names no misconception"],
    ),
    "a pair of a step that is not there": (
        with_pair(before("walk", "gone")),
        ["pair «walk-then-gone» speaks of the step «gone», which is not there"],
    ),
    "a pair of an unsafe step": (
        with_pair(before("walk", "press")),
        ["pair «walk-then-press» speaks of the unsafe step «press»"],
    ),
    "pairs in a circle": (with_pair(before("compare", "walk")), [r"its pairs run in a circle \(.*→.*\)"]),
    "a step before itself": (with_pair(before("walk", "walk")), [r"its pairs run in a circle \(walk → walk\)"]),
    "a required step with an optional one only": (
        {"step": [*order().step, step("sit", "required")]} | with_pair(before("sit", "move")),
        ["step «sit» is required and stands in no pair with another required step"],
    ),
    "no pair of required steps": (
        {"step": [step(f"s-{number}", "optional") for number in range(4)]}
        | with_pair(before("s-0", "s-1"), before("s-2", "s-3"), instead=True),
        ["no pair joins two required steps"],
    ),
    "steps shown in a right order": (shown_in_right_order(), ["shown in a right order already: change the id"]),
}


@pytest.mark.parametrize(("changes", "said"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_question_gets_the_sentence_about_it_and_no_other(
    changes: dict[str, Any], said: list[str], lint_says: Any
) -> None:
    lint_says(order(**changes), said)


@pytest.mark.parametrize("left_out", [[], ["press"], ["move", "cool"]], ids=str)
def test_a_good_question_has_nothing_to_mend(left_out: list[str], lint_says: Any) -> None:
    steps = [item for item in order().step if item.id not in left_out]
    pairs = [item for item in order().before if not {item.first, item.then} & set(left_out)]
    lint_says(order(step=steps, before=pairs), [])


def test_leaving_out_a_required_step_always_costs() -> None:
    for missing in REQUIRED:
        assert score(RUBRIC, [name for name in REQUIRED if name != missing]).earned < RUBRIC.points
