"""The rule of *triage*, over all keys and all decisions; and what its linter says."""

import itertools
from typing import Any

import msgspec
import pytest
from small_bank import HANDS, WHO, triage

from itband_course.kinds.base import Points
from itband_course.kinds.triage import HandsReason, TriageKey, WhoReason
from itband_course.questions import describe, notes_of, samples, score, split, text_of

QUESTION, RUBRIC = split(triage())
SCALES = {"hands": HANDS, "who": WHO}
SHARE = {0: 1.0, 1: 1.0, 2: 0.75, 3: 0.5, 4: 0.0}
"""By steps more careful than the key, as cases.md says it."""
VALUES = [
    {scale: level for scale, level in (("hands", hands), ("who", who)) if level}
    for hands, who in itertools.product([None, *HANDS], [None, *WHO])
]
"""Every decision that the card can record."""


def further(scale: str, level: str) -> list[list[str]]:
    """Return what may earn full points beside a key: nothing, or any one or all of the more careful levels."""
    careful = list(SCALES[scale][SCALES[scale].index(level) + 1 :])
    return [[], *([name] for name in careful), careful]


KEYS = [
    TriageKey(hands=hands, who=who, hands_also=hands_also, who_also=who_also)
    for hands, who in itertools.product(HANDS, WHO)
    for hands_also in further("hands", hands)
    for who_also in further("who", who)
]


def points_by_the_rule(key: TriageKey, value: dict[str, str], points: float) -> float:
    """Return what a decision earns by the rule in words, apart from the code under test."""
    earned = 0.0
    for scale, also in (("hands", key.hands_also), ("who", key.who_also)):
        if scale not in value:
            continue
        steps = SCALES[scale].index(value[scale]) - SCALES[scale].index(getattr(key, scale))
        if steps < 0:
            return 0.0
        earned += points / 2 * (1 if value[scale] in also else SHARE[steps])
    return earned


def with_key(**key: Any) -> Any:
    return split(triage(key=TriageKey(**key)))[1]


def test_every_decision_with_every_key_earns_what_the_rule_in_words_says() -> None:
    assert len(KEYS) > 200
    assert len(VALUES) == 5 * 6
    for key in KEYS:
        rubric = split(triage(key=key))[1]
        for value in VALUES:
            assert score(rubric, value).earned == round(points_by_the_rule(key, value, 4.0), 2), (key, value)


def test_moving_one_step_towards_the_key_never_lowers_the_mark() -> None:
    for key in (key for key in KEYS if not key.hands_also and not key.who_also):
        rubric = split(triage(key=key))[1]
        for value, scale in itertools.product(VALUES, SCALES):
            if scale in value:
                names = SCALES[scale]
                place, target = names.index(value[scale]), names.index(getattr(key, scale))
                closer = names[place + (place < target) - (place > target)]
                assert score(rubric, value | {scale: closer}).earned >= score(rubric, value).earned


def test_a_bolder_decision_on_one_scale_costs_the_other_one_too_and_is_named() -> None:
    rubric = with_key(hands="only-well-away", who="within-days")
    for bold in ({"hands": "changed-plan", "who": "within-days"}, {"hands": "none", "who": "next-routine-visit"}):
        result = score(rubric, bold)
        assert result.earned == 0
        assert "bolder or later" in result.reason
        assert [note.verdict for note in result.notes].count("danger") == 1
    assert score(rubric, {"hands": "full-plan"}).earned == 0


def test_a_scale_left_open_earns_nothing_and_takes_nothing_from_the_other() -> None:
    key = {"hands": "changed-plan", "who": "same-day"}
    rubric = with_key(**key)
    assert score(rubric, {"hands": "changed-plan"}).earned == 2
    assert score(rubric, {"who": "same-day"}).earned == 2
    assert score(rubric, {}).earned == 0
    assert "left open" in score(rubric, {"who": "same-day"}).reason
    assert score(rubric, key).earned == 4


@pytest.mark.parametrize("points", [0.01, 0.33, 1, 1.5, 3, 7.77])
def test_each_scale_carries_half_the_points(points: float) -> None:
    rubric = split(triage(points=points, key=TriageKey(hands="full-plan", who="nobody-now")))[1]
    assert score(rubric, {"hands": "full-plan", "who": "nobody-now"}).earned == points
    for value in ({"hands": "full-plan"}, {"who": "nobody-now"}, {"hands": "full-plan", "who": "emergency-now"}):
        assert score(rubric, value).earned == pytest.approx(points / 2, abs=0.00501)


def test_every_level_has_the_verdict_that_the_rule_gives_it() -> None:
    verdicts = {note.choice: note.verdict for note in notes_of(RUBRIC)}
    assert verdicts == {
        "hands/full-plan": "danger",
        "hands/changed-plan": "right",
        "hands/only-well-away": "accepted",
        "hands/none": "accepted",  # two steps more careful, and among the further right ones
        "who/nobody-now": "danger",
        "who/next-routine-visit": "right",
        "who/within-days": "accepted",
        "who/same-day": "careful",
        "who/emergency-now": "careful",
    }


def test_notes_give_the_authors_reason_and_say_which_scale_is_meant() -> None:
    written = triage()
    hands, who = score(RUBRIC, {"who": "same-day", "hands": "none"}).notes
    assert (hands.reason, hands.misconception) == (written.hands[3].reason, written.hands[3].misconception)
    assert (who.reason, who.misconception) == (written.who[3].reason, written.who[3].misconception)
    assert hands.text == "Your hands today: No session today"
    assert who.text == "Who else, and how soon: Physician, the same day"


def test_the_reason_says_in_words_of_their_own_what_each_scale_earned() -> None:
    def said(value: dict[str, str]) -> str:
        hands, who = score(key, value).reason.split("; ")
        assert hands.startswith("Your hands today: ")
        return who.removeprefix("Who else, and how soon: ").split(":")[0]

    key = with_key(hands="full-plan", who="nobody-now")
    words = [said({"hands": "full-plan", "who": level}) for level in WHO]
    assert words[0] == words[1]
    assert len({*words, said({"hands": "full-plan"})}) == 5, "all, three quarters, half, nothing, left open"


# --- the scales on the card, in words and on paper


def test_the_scales_run_from_the_boldest_level_to_the_most_careful_in_every_question() -> None:
    assert {scale.id: tuple(level.id for level in scale.levels) for scale in QUESTION.scales} == SCALES
    for key in KEYS[::20]:
        assert split(triage(key=key))[0] == QUESTION


def test_a_decision_in_words_names_both_scales_and_leaves_out_what_is_open() -> None:
    assert describe(QUESTION, {"who": "same-day"}) == "Who else, and how soon: Physician, the same day"
    both = describe(QUESTION, {"who": "emergency-now", "hands": "none"})
    assert both == "Your hands today: No session today; Who else, and how soon: Emergency number, now"
    assert describe(QUESTION, {"hands": "gone"}) == "Your hands today: gone"
    assert describe(QUESTION, {}) == ""


def test_on_paper_each_scale_stands_with_its_levels_below() -> None:
    lines = text_of(QUESTION)
    assert len(lines) == 2 + len(HANDS) + len(WHO)
    assert lines[0] == "Your hands today"
    assert lines[1 + len(HANDS)] == "Who else, and how soon"
    assert [line[0] for line in lines].count("○") == len(HANDS) + len(WHO)


def test_the_rule_that_a_student_reads_says_half_each_and_that_bolder_makes_it_nothing() -> None:
    assert "half the points each" in QUESTION.rule
    assert "makes the question 0" in QUESTION.rule


# --- the linter


def but(scale: str, place: int, **changes: Any) -> dict[str, Any]:
    items = list(getattr(triage(), scale))
    items[place] = msgspec.structs.replace(items[place], **changes)
    return {scale: items}


SPOILT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a level without a word": ({"hands": triage().hands[:-1]}, [r"\[\[question.hands\]\] speaks of «none» 0 times"]),
    "a level with two words": (
        {"who": [*triage().who, WhoReason("same-day", "Because of something else.", "")]},
        [r"\[\[question.who\]\] speaks of «same-day» 2 times: once for each level"],
    ),
    "a level without reason": (but("hands", 2, reason=" "), ["«only-well-away» has no real reason"]),
    "a bolder level without misconception": (
        but("hands", 0, misconception=" "),
        [r"\[\[question.hands\]\] «full-plan» is bolder than the key and names no misconception"],
    ),
    "a later level without misconception": (
        but("who", 0, misconception=""),
        [r"\[\[question.who\]\] «nobody-now» is bolder than the key and names no misconception"],
    ),
    "a bolder level among the right hands": (
        {"key": TriageKey(hands="changed-plan", who="nobody-now", hands_also=["full-plan", "none"])},
        ["hands_also holds «full-plan», which is bolder than the key"],
    ),
    "a later level among the right who": (
        {"key": TriageKey(hands="changed-plan", who="same-day", who_also=["within-days"])},
        ["who_also holds «within-days», which is bolder than the key"],
    ),
}


@pytest.mark.parametrize(("changes", "said"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_question_gets_the_sentence_about_it_and_no_other(
    changes: dict[str, Any], said: list[str], lint_says: Any
) -> None:
    lint_says(triage(**changes), said)


GOOD: dict[str, dict[str, Any]] = {
    "as it is": {},
    "careful levels without misconception": but("hands", 3, misconception=""),
    "a key without anything further": {"key": TriageKey(hands="none", who="emergency-now")},
    "the boldest key": {
        "key": TriageKey(hands="full-plan", who="nobody-now"),
        "hands": [HandsReason(level, f"Because {level} is as it is.") for level in HANDS],
        "who": [WhoReason(level, f"Because {level} is as it is.") for level in WHO],
    },
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_a_good_question_has_nothing_to_mend(changes: dict[str, Any], lint_says: Any) -> None:
    lint_says(triage(**changes), [])


def test_samples_keep_their_promise_for_every_key() -> None:
    for key in KEYS:
        if key.who_also[-1:] != ["emergency-now"]:
            check_samples(key)


def test_samples_keep_their_promise_where_even_the_most_careful_level_is_right() -> None:
    check_samples(TriageKey(hands="full-plan", who="nobody-now", who_also=["emergency-now"]))


def check_samples(key: TriageKey) -> None:
    rubric = split(triage(key=key))[1]
    for sample in samples(rubric):
        result = score(rubric, sample.value)
        assert type(result) is sample.expected
        assert (result.earned / result.possible if isinstance(result, Points) else None) == sample.share, sample
