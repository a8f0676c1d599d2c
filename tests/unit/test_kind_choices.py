"""The rules of *one-of* and *many-of*, and what their linters say."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bank import choice, many_of, one_of

from itband_course.grading.course import Course
from itband_course.kinds.base import Points, points_text
from itband_course.questions import KINDS, describe, kind_of, score, split

few = settings(max_examples=50)
ONE, MANY = split(one_of())[1], split(many_of())[1]
VERDICTS = {choice.id: choice.verdict for choice in many_of().choice}
OFFERED = sorted(item.id for item in one_of().choice)
POINTS = st.integers(1, 2000).map(lambda hundredths: hundredths / 100)
BANK = Course.at(Path(__file__).parents[2]).bank


def ids(verdict: str) -> list[str]:
    return [choice_id for choice_id, found in VERDICTS.items() if found == verdict]


def subsets(things: list[str]) -> list[list[str]]:
    return [list(part) for size in range(len(things) + 1) for part in itertools.combinations(things, size)]


@pytest.mark.parametrize("make", [one_of, many_of])
def test_a_fixed_order_is_kept_as_written(make: Callable[..., Any]) -> None:
    for written in itertools.islice(itertools.permutations(make().choice), 30):
        question, rubric = split(make(choice=list(written), fixed_order=True))
        assert [item.id for item in question.choices] == [item.id for item in written]
        assert [note.choice for note in rubric.notes] == [item.id for item in written]


# --- one-of


@few
@given(chosen=st.sampled_from(OFFERED), points=POINTS)
def test_one_of_earns_everything_or_nothing_and_accepted_earns_everything(chosen: str, points: float) -> None:
    result = score(msgspec.structs.replace(ONE, points=points), chosen)
    full = chosen in ("outer", "lateral")
    assert (result.earned, result.possible) == (points if full else 0, points)


@pytest.mark.parametrize("chosen", OFFERED)
def test_one_of_notes_speak_of_the_choice_made_and_of_no_other(chosen: str) -> None:
    (note,) = score(ONE, chosen).notes
    written = next(item for item in one_of().choice if item.id == chosen)
    assert (note.choice, note.text, note.verdict) == (written.id, written.text, written.verdict)
    assert (note.reason, note.misconception) == (written.reason, written.misconception)


# --- many-of

ticks = st.lists(st.sampled_from(sorted(VERDICTS)), max_size=10)


@few
@given(ticked=ticks)
def test_many_of_follows_its_stated_rule(ticked: list[str]) -> None:
    chosen = set(ticked)
    share = len(chosen & set(ids("right"))) / len(ids("right")) - len(chosen & set(ids("wrong"))) / len(ids("wrong"))
    expected = 0 if chosen & set(ids("danger")) else max(0, share) * MANY.points
    assert score(MANY, ticked).earned == pytest.approx(expected, abs=0.005)


@few
@given(data=st.data(), ticked=ticks)
def test_many_of_does_not_ask_in_which_order_choices_were_ticked(data: st.DataObject, ticked: list[str]) -> None:
    again = data.draw(st.permutations(ticked))
    assert score(MANY, again) == score(MANY, ticked)


@few
@given(ticked=ticks)
def test_many_of_counts_a_choice_ticked_twice_once(ticked: list[str]) -> None:
    once = score(MANY, list(dict.fromkeys(ticked)))
    assert score(MANY, ticked + ticked) == once
    assert len(once.notes) == len(set(ticked))


@few
@given(ticked=ticks, right=st.sampled_from(ids("right")))
def test_many_of_adding_a_right_choice_never_lowers_the_mark(ticked: list[str], right: str) -> None:
    assert score(MANY, [*ticked, right]).earned >= score(MANY, ticked).earned


@few
@given(ticked=ticks, wrong=st.sampled_from(ids("wrong")))
def test_many_of_adding_a_wrong_choice_never_raises_the_mark(ticked: list[str], wrong: str) -> None:
    assert score(MANY, [*ticked, wrong]).earned <= score(MANY, ticked).earned


@few
@given(ticked=ticks, danger=st.sampled_from(ids("danger")))
def test_many_of_any_danger_makes_the_question_nothing(ticked: list[str], danger: str) -> None:
    assert score(MANY, [*ticked, danger]).earned == 0


@few
@given(ticked=ticks, neutral=st.sampled_from(ids("neutral")))
def test_many_of_a_neutral_choice_changes_nothing(ticked: list[str], neutral: str) -> None:
    assert score(MANY, [*ticked, neutral]).earned == score(MANY, ticked).earned


SIZES = list(itertools.product([1, 2, 3, 5], [1, 2, 3, 5]))


def sized(right: int, wrong: int) -> Any:
    """Return the key of a question with so many right and wrong choices and no others."""
    choices = [choice(f"r-{number}", "right") for number in range(right)]
    choices += [choice(f"w-{number}", "wrong") for number in range(wrong)]
    return split(many_of(choice=choices))[1]


@pytest.mark.parametrize(("right", "wrong"), SIZES)
def test_many_of_ticking_everything_earns_nothing_even_without_danger(right: int, wrong: int) -> None:
    rubric = sized(right, wrong)
    assert score(rubric, [note.choice for note in rubric.notes]).earned == 0


@pytest.mark.parametrize(("right", "wrong"), SIZES)
def test_many_of_guessing_gains_nothing_over_all_sets_of_ticks_before_the_floor(right: int, wrong: int) -> None:
    rubric = sized(right, wrong)
    shares = []
    for ticked in subsets([note.choice for note in rubric.notes]):
        result = score(rubric, ticked)
        found = [note.verdict for note in result.notes]
        shares.append(found.count("right") / right - found.count("wrong") / wrong)
        assert result.earned == pytest.approx(max(0, shares[-1]) * rubric.points, abs=0.005)
    assert sum(shares) / len(shares) == pytest.approx(0)


def test_many_of_says_how_many_right_and_wrong_choices_were_ticked() -> None:
    assert score(MANY, ["warmth", "days"]).reason.startswith("1 of 2 right choices, 1 of 2 wrong ones: 0 of 3 points")
    assert "could harm" in score(MANY, ["warmth", "press-hard"]).reason


@pytest.mark.parametrize(
    "authored", [a for a in BANK.questions.values() if kind_of(a).name == "many-of"], ids=lambda a: a.id
)
def test_ticking_everything_in_a_question_of_the_bank_earns_nothing(authored: Any) -> None:
    rubric = split(authored)[1]
    assert score(rubric, [note.choice for note in rubric.notes]).earned == 0


# --- words and counts


def test_the_stated_rule_of_a_question_is_part_of_what_the_student_sees() -> None:
    assert "never below 0" in split(many_of())[0].rule
    assert "full points" in split(one_of())[0].rule.lower()


def test_an_answer_in_words_is_the_text_that_the_student_saw() -> None:
    one, many = split(one_of())[0], split(many_of())[0]
    texts = {item.id: item.text for item in (*one.choices, *many.choices)}
    assert describe(one, "inner") == texts["inner"]
    words = describe(many, ["days", "warmth"])
    assert sorted(words.split("; ")) == sorted([texts["days"], texts["warmth"]])
    assert describe(many, ["warmth", "days"]) == words, "the order of the card, not of the clicks"


def test_an_unknown_choice_is_named_as_it_was_recorded() -> None:
    assert describe(split(one_of())[0], "gone") == "gone"
    assert "gone" in describe(split(many_of())[0], ["warmth", "gone"])


def test_a_tally_counts_every_choice_also_those_nobody_made() -> None:
    counts = KINDS["one-of"].tally(ONE, ["outer", "outer", "inner", "no-longer-offered"])
    assert counts == {"outer": 2, "lateral": 0, "inner": 1, "back": 0}


def test_a_tally_counts_a_student_once_for_each_choice() -> None:
    counts = KINDS["many-of"].tally(MANY, [["warmth", "warmth", "days"], ["warmth"], [], ["no-longer-offered"]])
    assert counts == dict.fromkeys(VERDICTS, 0) | {"warmth": 2, "days": 1}


@few
@given(points=POINTS)
def test_half_the_right_choices_earn_half_the_points(points: float) -> None:
    result = score(msgspec.structs.replace(MANY, points=points), ["warmth"])
    assert isinstance(result, Points)
    assert result.earned == pytest.approx(points / 2, abs=0.00501)
    assert points_text(result.earned) in result.reason


# --- the linters


def mixed(*choices: Any) -> dict[str, Any]:
    return {"choice": list(choices)}


def but(choice_id: str, make: Callable[..., Any] = one_of, **changes: Any) -> dict[str, Any]:
    """Return the choices of a question with one of them changed."""
    return mixed(
        *(msgspec.structs.replace(item, **changes) if item.id == choice_id else item for item in make().choice)
    )


RIGHT, ALSO, WRONG, WORSE = one_of().choice
SPOILT: dict[str, tuple[Callable[..., Any], dict[str, Any], list[str]]] = {
    "a verdict of another kind": (one_of, but("lateral", verdict="neutral"), ["«lateral» is «neutral».*right, acc"]),
    "a verdict of no choice": (many_of, but("stairs", many_of, verdict="near"), ["«stairs» is «near».*right, neutral"]),
    "two choices of one id": (one_of, but("back", id="inner"), ["two choices are called «inner»"]),
    "an id with capitals": (one_of, but("back", id="Back"), ["choice id «Back» is not lower-case"]),
    "no reason": (one_of, but("back", reason="  So.  "), ["«back» has no real reason"]),
    "no misconception": (one_of, but("back", misconception=" "), ["«back» names no misconception"]),
    "a danger without misconception": (
        many_of,
        but("press-hard", many_of, misconception=""),
        ["«press-hard» names no misconception"],
    ),
    "all of the above": (one_of, but("back", text="All of the above"), ["«back» reads «All of the above»"]),
    "none of the above": (one_of, but("back", text="Or none of the above."), ["«back» reads"]),
    "two right choices": (one_of, but("lateral", verdict="right"), [r"this one has 2 \(.*\).*accepted"]),
    "no right choice": (one_of, but("outer", verdict="accepted"), [r"this one has 0 \(none\)"]),
    "no wrong choice": (
        one_of,
        mixed(RIGHT, ALSO, msgspec.structs.replace(WRONG, verdict="accepted")),
        ["no choice is wrong: a question that cannot be missed"],
    ),
    "two choices": (one_of, mixed(RIGHT, WRONG), ["it has 2 choices: offer three to six"]),
    "seven choices": (
        one_of,
        mixed(*one_of().choice, *(choice(f"w-{place}", "wrong") for place in range(3))),
        ["it has 7 choices: offer three to six"],
    ),
    "a many-of without right": (
        many_of,
        mixed(*(item for item in many_of().choice if item.verdict != "right")),
        ["no choice is right: add one"],
    ),
    "a many-of without wrong": (
        many_of,
        mixed(*(item for item in many_of().choice if item.verdict != "wrong")),
        ["no choice is wrong, so ticking everything"],
    ),
    "three choices": (many_of, mixed(*many_of().choice[1:4]), ["it has 3 choices: offer four to ten"]),
    "eleven choices": (
        many_of,
        mixed(*many_of().choice, *(choice(f"w-{place}", "wrong") for place in range(5))),
        ["it has 11 choices: offer four to ten"],
    ),
}


@pytest.mark.parametrize(("make", "changes", "said"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_question_gets_the_sentence_about_it_and_no_other(
    make: Callable[..., Any], changes: dict[str, Any], said: list[str], lint_says: Callable[..., None]
) -> None:
    lint_says(make(**changes), said)


@pytest.mark.parametrize("make", [one_of, many_of])
@pytest.mark.parametrize("count", [4, 6])
def test_a_good_question_has_nothing_to_mend(make: Callable[..., Any], count: int, lint_says: Any) -> None:
    lint_says(make(choice=make().choice[:count]), [])
