"""*Measure*: a reading counts within its bounds, what two readings say is held against themselves, no angle is told."""

import json
import re
from typing import Any

import msgspec
import pytest
from small_bank import choice, measure

from itband_course.figure.simulators import Examined, benches, examination
from itband_course.kinds.base import Invalid, Points
from itband_course.kinds.measure import KIND, SAYS, AtEnd, Measure, MeasureRubric, fitting
from itband_course.kinds.workup import Angle, PublicFinding, in_words
from itband_course.questions import describe, score, shown, simulated, split, tally, text_of

changed = msgspec.structs.replace
WHOLE = {"right": 6, "left": 21, "end_feel": "springy", "felt": "outer-hip", "says": "a-difference"}


def parted(**changes: Any) -> tuple[Measure, MeasureRubric]:
    question, rubric = split(measure(**changes))
    assert isinstance(question, Measure)
    assert isinstance(rubric, MeasureRubric)
    return question, rubric


def earned(value: Any, **changes: Any) -> float:
    result = score(parted(**changes)[1], value)
    assert isinstance(result, Points)
    return result.earned


def told(value: Any, **changes: Any) -> dict[str, str]:
    result = score(parted(**changes)[1], value)
    assert isinstance(result, Points)
    return {note.choice: note.verdict for note in result.notes}


# --- the mark


def test_each_part_that_is_asked_has_an_equal_share() -> None:
    assert earned(WHOLE) == 5.0
    for part in WHOLE:
        rest = {name: value for name, value in WHOLE.items() if name != part}
        # Without one of the readings nothing can be said of both.
        assert earned(rest) == (3.0 if part in ("right", "left") else 4.0), part
    assert earned({}) == 0.0


def test_what_is_not_asked_has_no_share_and_cannot_be_answered() -> None:
    two = {"right": 6, "left": 21, "says": "a-difference"}
    assert earned(two, end_feel=[], felt=[]) == 5.0
    assert earned(two | {"says": "cannot-say"}, end_feel=[], felt=[]) == 3.33
    assert isinstance(score(parted(felt=[])[1], two | {"felt": "outer-hip"}), Invalid)


@pytest.mark.parametrize("off", [0, 1, 5, -5, 4.9, -4.99])
def test_a_reading_within_its_bounds_counts_both_ends_included(off: float) -> None:
    assert told({"right": 6 + off}) == {"right/within": "right"}
    assert told({"left": 21 + off}) == {"left/within": "right"}


@pytest.mark.parametrize("off", [5.01, -5.01, 6, -12, 100])
def test_a_reading_beyond_its_bounds_earns_nothing_and_is_told_why(off: float) -> None:
    assert told({"right": 6 + off}) == {"right/off": "wrong"}
    assert told({"right": 6 + off}, within=7) == ({"right/off": "wrong"} if abs(off) > 7 else {"right/within": "right"})


def test_a_reading_with_a_decimal_at_the_border_is_not_lost_to_rounding() -> None:
    assert told({"right": 0.3 + 0.7 + 5}, right=1) == {"right/within": "right"}
    assert fitting(parted()[1], {"right": 12.3, "left": 7.3}) == ("none-shown", "cannot-say")


@pytest.mark.parametrize(
    ("apart", "fits"),
    [
        (0, ["none-shown"]),
        (4.9, ["none-shown"]),
        (5, ["none-shown", "cannot-say"]),
        (5.1, ["cannot-say"]),
        (9.9, ["cannot-say"]),
        (10, ["cannot-say", "a-difference"]),
        (10.1, ["a-difference"]),
        (90, ["a-difference"]),
    ],
)
def test_what_two_readings_say_is_held_against_the_students_own(apart: float, fits: list[str]) -> None:
    for right, left in ((40, 40 + apart), (40 + apart, 40), (-3, -3 - apart)):
        for says in SAYS:
            verdicts = told({"right": right, "left": left, "says": says})
            fit = f"says/{says}/{'fits' if says in fits else 'does-not-fit'}"
            assert verdicts[fit] == ("right" if says in fits else "wrong")


@pytest.mark.parametrize("one", [{}, {"right": 6}, {"left": 21}])
def test_without_both_readings_nothing_that_is_said_of_them_fits(one: dict[str, int]) -> None:
    for says in SAYS:
        assert told(one | {"says": says})[f"says/{says}/does-not-fit"] == "wrong"


def test_bands_of_the_authors_own_are_kept_to() -> None:
    bands = {"none_below": 3, "difference_from": 20}
    assert told({"right": 6, "left": 21, "says": "cannot-say"}, **bands)["says/cannot-say/fits"] == "right"
    assert told({"right": 6, "left": 21, "says": "a-difference"}, **bands)["says/a-difference/does-not-fit"] == "wrong"


def test_an_accepted_end_feel_earns_its_share_a_wrong_one_does_not() -> None:
    assert earned(WHOLE | {"end_feel": "soft"}) == 5.0
    assert earned(WHOLE | {"end_feel": "hard"}) == 4.0


def test_feedback_says_what_was_read_and_the_key_says_what_there_was_to_read() -> None:
    rubric = parted()[1]
    result = score(rubric, {"right": -7.5})
    assert isinstance(result, Points)
    assert [note.text for note in result.notes] == ["Right side: −7.5°"]
    assert [note.text for note in rubric.notes][:2] == [
        "Right side: at most 5° off 6°",
        "Right side: any other reading",
    ]


def test_what_is_counted_is_what_was_answered() -> None:
    counts = tally(parted()[1], [WHOLE, {"right": 30, "left": 21, "says": "cannot-say"}, {"right": 6, "says": "gone"}])
    assert {choice: count for choice, count in counts.items() if count} == {
        "right/within": 1,
        "right/off": 1,
        "left/within": 2,
        "end_feel/springy": 1,
        "felt/outer-hip": 1,
        "says/a-difference/fits": 1,
        "says/cannot-say/fits": 1,
    }


# --- what the author must mend


FAULTS = {
    "bands that run backwards": ({"none_below": 10, "difference_from": 10}, "must be the smaller one"),
    "nothing to know of what is felt": ({"at_end": " "}, "at_end is empty"),
    "nothing to know of one side": ({"at_end": AtEnd(right="“Here.”", left=" ")}, "at_end is empty"),
    "no right end feel": ({"end_feel": [choice("hard", "wrong"), choice("soft", "accepted")]}, "no choice is right"),
    "no wrong place": ({"felt": [choice("outer-hip", "right")]}, "no choice is wrong"),
    "a dangerous place": ({"felt": [*measure().felt, choice("eye", "danger")]}, "this kind knows right, accepted"),
    "a thing said twice": ({"says": [*measure().says, measure().says[0]]}, "«none-shown» 2 times"),
    "a thing not said": ({"says": measure().says[1:]}, "«none-shown» 0 times"),
    "no idea behind it": (
        {"says": [*measure().says[1:], changed(measure().says[0], misconception="")]},
        "misconception",
    ),
    "no reason for a good reading": ({"good": changed(measure().good, reason="")}, r"\[question.good\] has no real"),
    "no idea behind a bad one": ({"off": changed(measure().off, misconception="")}, r"\[question.off\] names no"),
}


@pytest.mark.parametrize(("changes", "said"), FAULTS.values(), ids=FAULTS)
def test_the_linter_names_what_is_missing(changes: dict[str, Any], said: str) -> None:
    (problem,) = KIND.lint(measure(**changes))
    assert re.search(said, problem)


def test_the_small_banks_question_has_nothing_to_mend() -> None:
    assert KIND.lint(measure()) == []


def test_readings_alone_need_no_word_of_what_is_felt() -> None:
    assert KIND.lint(measure(end_feel=[], felt=[], at_end="")) == []


@pytest.mark.parametrize("changes", [{"within": 4}, {"within": 8}, {"error": 4}, {"error": -1}, {"right": 6.5}])
def test_bounds_that_no_examiner_has_and_angles_that_are_not_whole_are_refused(changes: dict[str, Any]) -> None:
    written = msgspec.to_builtins(measure()) | changes
    with pytest.raises(msgspec.ValidationError, match=next(iter(changes))):
        msgspec.convert(written, type=KIND.authored)


def test_a_reading_that_is_read_well_counts_whatever_the_examiners_error() -> None:
    for seed in range(1, 60):
        done = simulated(parted(error=3)[0], seed)
        assert done is not None
        read = {side: one.true + one.error for side, one in done.sides.items()}
        assert set(told(read, error=3)) == {"right/within", "left/within"}


# --- the card and the test above it


def test_the_card_is_given_no_angle_and_not_what_is_found_at_the_end() -> None:
    question = parted()[0]
    given = shown(question)
    assert given["sides"] == [{"id": "right", "title": "Right side"}, {"id": "left", "title": "Left side"}]
    assert "There it pulls" not in json.dumps(given, ensure_ascii=False)
    each = shown(parted(at_end=AtEnd(right="“At the front.”", left="“Nowhere.”"))[0])
    assert "At the front" not in json.dumps(each, ensure_ascii=False)
    assert "21" not in json.dumps(given["sides"])
    assert "21" not in " ".join(text_of(question))


def test_a_student_misreads_each_side_in_an_own_way_and_always_alike() -> None:
    question = parted()[0]
    drawn = [simulated(question, seed) for seed in range(1, 80)]
    assert drawn == [simulated(question, seed) for seed in range(1, 80)]
    errors = [(one.sides["right"].error, one.sides["left"].error) for one in drawn if one is not None]
    assert {right for right, _ in errors} == {left for _, left in errors} == {-2, -1, 0, 1, 2}
    assert len(set(errors)) > 15, "the sides do not go together"
    assert all((one.sides["right"].true, one.sides["left"].true) == (6, 21) for one in drawn if one is not None)


def test_who_sought_the_same_angle_in_a_workup_has_read_it_with_the_same_error() -> None:
    found = PublicFinding("measure-hip", "Hips", "R {r}, L {l}", 3, angles=[Angle("r", 6, 2), Angle("l", 21, 2)])
    question = parted(entry="measure-hip")[0]
    for seed in range(1, 40):
        done = simulated(question, seed)
        assert done is not None
        read = {side: one.true + one.error for side, one in done.sides.items()}
        assert in_words(found, seed) == f"R {read['right']}°, L {read['left']}°"


def examined(**changes: Any) -> Examined:
    done = simulated(parted(**changes)[0], 7)
    assert done is not None
    panel = examination(done).other
    assert isinstance(panel, Examined)
    return panel


@pytest.mark.parametrize("test", benches())
def test_every_test_with_a_simulator_can_be_examined_on_both_sides(test: str) -> None:
    panel = examined(test=test, right=benches()[test].low, left=benches()[test].high)
    assert panel.bench["test"] == test
    assert panel.figure.state["side"] == panel.side == "right"
    for side in ("right", "left"):
        look = panel.sides[side]["look"]
        panel.figure.show(**look)
        assert panel.figure.state["side"] == side
        turned = {angle: value for angle, value in look["angles"].items() if value}
        assert panel.figure.state["angles"] == turned, "the figure takes what the panel sets"


def test_the_panels_text_tells_no_angle() -> None:
    panel = examined()
    assert not re.search(r"\d", panel.text())
    assert panel.text().startswith("Ober test, both sides")


def test_what_is_found_at_the_end_is_told_of_both_sides_alike_or_of_each() -> None:
    panel = examined()
    assert [panel.sides[side]["at_end"] for side in ("right", "left")] == ["“There it pulls.”"] * 2
    panel = examined(at_end=AtEnd(right="“At the front.”", left="“Nowhere.”"))
    assert [panel.sides[side]["at_end"] for side in ("right", "left")] == ["“At the front.”", "“Nowhere.”"]


def test_an_author_may_write_what_is_found_at_the_end_for_each_side() -> None:
    written = msgspec.to_builtins(measure()) | {"at_end": {"right": "“At the front.”", "left": "“Nowhere.”"}}
    authored = msgspec.convert(written, type=KIND.authored)
    assert KIND.lint(authored) == []
    assert msgspec.convert(msgspec.to_builtins(split(authored)[0]), type=Measure) == split(authored)[0]


def test_errors_are_renewed_once_a_record_begins() -> None:
    panel = examined()
    after = next(
        one for seed in range(8, 99) if (one := simulated(parted()[0], seed)) and one.sides["right"].error == 2
    )
    panel.renew(after)
    assert panel.sides["right"]["error"] == 2
    assert panel.sides["right"]["look"]["side"] == "right"


def test_an_answer_in_words_keeps_the_order_of_the_card() -> None:
    said = describe(parted()[0], {"says": "cannot-say", "left": -3.5, "right": 6})
    assert said == "Right side: 6°; Left side: −3.5°; What the two readings say: Text of cannot-say"
