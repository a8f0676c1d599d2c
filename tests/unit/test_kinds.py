"""Every question kind is complete, scores by its stated rule, and shows a student nothing of the key."""

import inspect
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_bank import choice, many_of, one_of

from itband_course.grading.course import Course
from itband_course.kinds.base import Invalid, Kind, Points, Sample, Unanswered, points_text
from itband_course.questions import KINDS, Question, describe, kind_of, samples, score, split

BANK = Course.at(Path(__file__).parents[2]).bank
AUTHORED = [one_of(), many_of(), *BANK.questions.values()]
ONE, MANY = split(one_of())[1], split(many_of())[1]
VERDICTS = {choice.id: choice.verdict for choice in many_of().choice}

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
every_question = pytest.mark.parametrize("authored", AUTHORED, ids=lambda authored: authored.id)


def ids(verdict: str) -> list[str]:
    return [choice_id for choice_id, found in VERDICTS.items() if found == verdict]


# --- every kind


@every_kind
def test_a_kind_is_complete(kind: Kind) -> None:
    types = ("authored", "question", "rubric")
    functions = ("split", "score", "lint", "describe", "tally", "samples")
    assert [name for name in types if not isinstance(getattr(kind, name), type)] == []
    assert [name for name in functions if not callable(getattr(kind, name))] == []
    assert KINDS[kind.name] is kind
    msgspec.json.schema(kind.value)  # raises unless it is a type that can be checked


@every_kind
def test_the_functions_of_a_kind_have_documentation_and_types(kind: Kind) -> None:
    for name in ("split", "score", "lint", "describe", "tally", "samples"):
        function = getattr(kind, name)
        signature = inspect.signature(function)
        assert function.__doc__, name
        assert signature.return_annotation is not inspect.Signature.empty, name
        assert all(item.annotation is not item.empty for item in signature.parameters.values()), name


def test_the_tests_and_the_bank_together_hold_a_question_of_every_kind() -> None:
    assert {kind_of(authored).name for authored in AUTHORED} == set(KINDS)


def test_no_two_kinds_share_a_type() -> None:
    types = [getattr(kind, name) for kind in KINDS.values() for name in ("authored", "question", "rubric")]
    assert len(set(types)) == len(types)


def test_something_of_no_kind_is_the_programmers_error_and_never_a_mark() -> None:
    with pytest.raises(TypeError, match="registered question kind"):
        score(object(), "outer")


# --- samples: each question of the bank scores as its samples promise


def all_samples() -> list[Any]:
    return [
        pytest.param(authored, sample, id=f"{authored.id}-{sample.name}-{number}")
        for authored in AUTHORED
        for number, sample in enumerate(samples(split(authored)[1]))
    ]


@pytest.mark.parametrize(("authored", "sample"), all_samples())
def test_a_sample_answer_scores_as_it_promises(authored: Any, sample: Sample) -> None:
    result = score(split(authored)[1], sample.value)
    assert type(result) is sample.expected
    assert (result.earned / result.possible if isinstance(result, Points) else None) == sample.share


@every_question
def test_samples_are_right_for_full_points_wrong_for_none_blank_and_malformed(authored: Any) -> None:
    promised = {(sample.name, sample.expected, sample.share) for sample in samples(split(authored)[1])}
    assert promised == {
        ("right", Points, 1.0),
        ("wrong", Points, 0.0),
        ("blank", Unanswered, None),
        ("malformed", Invalid, None),
    }


# --- split: the door between author and student

SECRETS = {"reason", "misconception", "verdict", "is", "canary", "sources", "key", "right"}


def keys_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(keys_in(item) for item in value.values()))
    return set().union(*(keys_in(item) for item in value)) if isinstance(value, list) else set()


@every_question
def test_a_public_question_holds_no_field_and_no_text_of_the_key(authored: Any) -> None:
    raw = msgspec.json.encode(split(authored)[0]).decode()
    assert keys_in(msgspec.json.decode(raw)) & SECRETS == set()
    for item in authored.choice:
        hidden = [item.reason, item.misconception, authored.canary, f'"{item.verdict}"']
        assert [text for text in hidden if text and text in raw] == []


@every_question
def test_a_public_question_survives_its_way_through_json(authored: Any) -> None:
    question = split(authored)[0]
    assert msgspec.json.decode(msgspec.json.encode(question), type=Question) == question


@every_question
@pytest.mark.parametrize("field", sorted(SECRETS))
def test_a_public_question_with_any_further_field_is_rejected(authored: Any, field: str) -> None:
    public = msgspec.to_builtins(split(authored)[0])
    first, *rest = public["choices"]
    for spoilt in (public | {field: "x"}, public | {"choices": [first | {field: "x"}, *rest]}):
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.json.decode(msgspec.json.encode(spoilt), type=Question)


@pytest.mark.parametrize("make", [one_of, many_of])
def test_the_order_of_choices_says_nothing_of_the_order_they_were_written_in(make: Callable[..., Any]) -> None:
    written = make().choice
    shown = {tuple(item.id for item in split(make(choice=list(order)))[0].choices) for order in orders(written)}
    assert len(shown) == 1
    assert set(shown.pop()) == {item.id for item in written}


def orders(written: list[Any]) -> list[tuple[Any, ...]]:
    return [tuple(written[number:] + written[:number]) for number in range(len(written))] + [tuple(reversed(written))]


@pytest.mark.parametrize("make", [one_of, many_of])
def test_the_order_of_choices_says_nothing_of_the_key(make: Callable[..., Any]) -> None:
    written = make().choice
    other_key = [msgspec.structs.replace(item, verdict="wrong") for item in written]
    assert split(make(choice=other_key))[0].choices == split(make())[0].choices


def test_over_many_questions_the_right_choice_stands_at_every_place() -> None:
    places = [
        [item.id for item in split(one_of(id=f"question-{number}"))[0].choices].index("outer") for number in range(200)
    ]
    assert all(places.count(place) > 25 for place in range(4)), "each of four places is expected about 50 times"


@pytest.mark.parametrize("make", [one_of, many_of])
def test_a_fixed_order_is_kept_as_written(make: Callable[..., Any]) -> None:
    for order in orders(make().choice):
        question = split(make(choice=list(order), fixed_order=True))[0]
        assert [item.id for item in question.choices] == [item.id for item in order]


@every_question
def test_every_choice_that_is_shown_can_be_scored_and_none_is_lost(authored: Any) -> None:
    question, rubric = split(authored)
    assert {item.id for item in question.choices} == set(rubric.choices) == {item.id for item in authored.choice}
    assert question.points == rubric.points == authored.points


# --- whatever is recorded

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
POINTS = st.integers(1, 2000).map(lambda hundredths: hundredths / 100)


def is_answer(rubric: Any, value: Any) -> bool:
    """Whether a card can have recorded this value; the rule in words, apart from the code under test."""
    offered = set(rubric.choices)
    if rubric is ONE:
        return isinstance(value, str) and value in offered
    return isinstance(value, list) and all(isinstance(item, str) and item in offered for item in value)


@pytest.mark.parametrize("rubric", [ONE, MANY], ids=["one-of", "many-of"])
@given(value=json_values)
def test_what_no_card_can_record_is_invalid_and_never_earns_points(rubric: Any, value: Any) -> None:
    result = score(rubric, value)
    expected = Unanswered if value is None else Points if is_answer(rubric, value) else Invalid
    assert type(result) is expected
    assert result.reason


@pytest.mark.parametrize("rubric", [ONE, MANY], ids=["one-of", "many-of"])
def test_nothing_recorded_is_unanswered(rubric: Any) -> None:
    assert type(score(rubric, None)) is Unanswered


@pytest.mark.parametrize(
    ("rubric", "value"),
    [
        (ONE, ["outer"]),
        (ONE, "Outer"),
        (ONE, " outer"),
        (ONE, ""),
        (ONE, 0),
        (ONE, True),
        (ONE, {"outer": True}),
        (MANY, "warmth"),
        (MANY, ["warmth", None]),
        (MANY, ["warmth", ["swelling"]]),
        (MANY, {"warmth": True}),
        (MANY, ["warmth", "swelling", "unknown"]),
        (MANY, ["warmth", "swelling", ""]),
    ],
)
def test_unknown_choices_and_other_types_are_invalid(rubric: Any, value: Any) -> None:
    assert type(score(rubric, value)) is Invalid


def test_a_very_long_unknown_choice_is_cut_in_the_remark() -> None:
    assert len(score(ONE, "x" * 100_000).reason) < 300
    assert len(score(MANY, ["x" * 100_000]).reason) < 300


def test_no_tick_at_all_is_an_answer_that_earns_nothing() -> None:
    result = score(MANY, [])
    assert isinstance(result, Points)
    assert result.earned == 0


# --- one-of


@given(chosen=st.sampled_from(sorted(ONE.choices)), points=POINTS)
def test_one_of_earns_everything_or_nothing_and_accepted_earns_everything(chosen: str, points: float) -> None:
    result = score(msgspec.structs.replace(ONE, points=points), chosen)
    full = ONE.choices[chosen].verdict in ("right", "accepted")
    assert (result.earned, result.possible) == (points if full else 0, points)


@given(chosen=st.sampled_from(sorted(ONE.choices)))
def test_one_of_notes_speak_of_the_choice_made_and_of_no_other(chosen: str) -> None:
    (note,) = score(ONE, chosen).notes
    assert (note.choice, note.reason) == (chosen, ONE.choices[chosen].reason)
    assert note.verdict == ONE.choices[chosen].verdict


# --- many-of

ticks = st.lists(st.sampled_from(sorted(VERDICTS)), max_size=10)


@given(ticked=ticks, points=POINTS)
def test_many_of_earns_between_nothing_and_all_points(ticked: list[str], points: float) -> None:
    result = score(msgspec.structs.replace(MANY, points=points), ticked)
    assert 0 <= result.earned <= result.possible == points


@given(ticked=ticks)
def test_many_of_follows_its_stated_rule(ticked: list[str]) -> None:
    chosen = set(ticked)
    share = len(chosen & set(ids("right"))) / len(ids("right")) - len(chosen & set(ids("wrong"))) / len(ids("wrong"))
    expected = 0 if chosen & set(ids("danger")) else max(0, share) * MANY.points
    assert score(MANY, ticked).earned == pytest.approx(expected, abs=0.005)


@given(data=st.data(), ticked=ticks)
def test_many_of_does_not_ask_in_which_order_choices_were_ticked(data: st.DataObject, ticked: list[str]) -> None:
    shuffled = data.draw(st.permutations(ticked))
    assert score(MANY, shuffled).earned == score(MANY, ticked).earned


@given(ticked=ticks)
def test_many_of_counts_a_choice_ticked_twice_once(ticked: list[str]) -> None:
    once = score(MANY, list(dict.fromkeys(ticked)))
    assert score(MANY, ticked + ticked) == once
    assert len(once.notes) == len(set(ticked))


@given(ticked=ticks, right=st.sampled_from(ids("right")))
def test_many_of_adding_a_right_choice_never_lowers_the_mark(ticked: list[str], right: str) -> None:
    assert score(MANY, [*ticked, right]).earned >= score(MANY, ticked).earned


@given(ticked=ticks, wrong=st.sampled_from(ids("wrong")))
def test_many_of_adding_a_wrong_choice_never_raises_the_mark(ticked: list[str], wrong: str) -> None:
    assert score(MANY, [*ticked, wrong]).earned <= score(MANY, ticked).earned


@given(ticked=ticks, danger=st.sampled_from(ids("danger")))
def test_many_of_any_danger_makes_the_question_nothing(ticked: list[str], danger: str) -> None:
    assert score(MANY, [*ticked, danger]).earned == 0


@given(ticked=ticks, neutral=st.sampled_from(ids("neutral")))
def test_many_of_a_neutral_choice_changes_nothing(ticked: list[str], neutral: str) -> None:
    assert score(MANY, [*ticked, neutral]).earned == score(MANY, ticked).earned


@pytest.mark.parametrize(("right", "wrong"), itertools.product([1, 2, 3, 7], [1, 2, 3, 7]))
def test_many_of_ticking_everything_earns_nothing_even_without_danger(right: int, wrong: int) -> None:
    choices = [choice(f"r-{number}", "right") for number in range(right)]
    choices += [choice(f"w-{number}", "wrong") for number in range(wrong)]
    rubric = split(many_of(choice=choices))[1]
    assert score(rubric, list(rubric.choices)).earned == 0


@pytest.mark.parametrize("authored", [a for a in AUTHORED if kind_of(a).name == "many-of"], ids=lambda a: a.id)
def test_ticking_everything_in_a_question_of_the_bank_earns_nothing(authored: Any) -> None:
    rubric = split(authored)[1]
    assert score(rubric, list(rubric.choices)).earned == 0


def test_the_stated_rule_of_a_question_is_part_of_what_the_student_sees() -> None:
    assert "never below 0" in split(many_of())[0].rule
    assert "full points" in split(one_of())[0].rule


# --- words and counts


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


@pytest.mark.parametrize("make", [one_of, many_of])
def test_no_answer_has_no_words_and_an_unreadable_one_says_so(make: Callable[..., Any]) -> None:
    question = split(make())[0]
    assert describe(question, None) == ""
    assert "cannot be read" in describe(question, {"a": 1})


def test_a_tally_counts_every_choice_also_those_nobody_made() -> None:
    counts = KINDS["one-of"].tally(ONE, ["outer", "outer", "inner", "no-longer-offered"])
    assert counts == {"outer": 2, "lateral": 0, "inner": 1, "back": 0}


def test_a_tally_counts_a_student_once_for_each_choice() -> None:
    counts = KINDS["many-of"].tally(MANY, [["warmth", "warmth", "days"], ["warmth"], [], ["no-longer-offered"]])
    assert counts == dict.fromkeys(VERDICTS, 0) | {"warmth": 2, "days": 1}


# --- the linter of a kind


@pytest.mark.parametrize("make", [one_of, many_of])
def test_a_good_question_has_nothing_to_mend(make: Callable[..., Any]) -> None:
    authored = make()
    assert kind_of(authored).lint(authored) == []


@given(hundredths=st.integers(1, 100_000))
def test_points_read_as_an_author_would_write_them(hundredths: int) -> None:
    text = points_text(hundredths / 100)
    assert float(text) == hundredths / 100
    assert not text.endswith(".")
    assert "." not in text or not text.endswith("0")


def test_ten_points_do_not_lose_their_nought() -> None:
    assert [points_text(points) for points in (10, 100, 0, 2 / 3)] == ["10", "100", "0", "0.67"]
