"""The rules of *hotspot*, one for each mode; what its linter says; and what its card is given to draw."""

import itertools
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bank import hotspot, place

from itband_course.body.map import close_ups, pictures, regions, views
from itband_course.card.pictures import TURNED, picture
from itband_course.kinds.base import Invalid, Points
from itband_course.kinds.hotspot import RULES, NothingToMark, OtherPlaces
from itband_course.questions import describe, kind_of, notes_of, options_of, samples, score, split, tally, text_of

few = settings(max_examples=60)
KNEE, GERDY, KNEECAP, SHIN = "right-outer-knee", "right-gerdys-tubercle", "right-kneecap", "right-shin"
CALF, HOLLOW, BUTTOCK = "right-calf", "right-popliteal-fossa", "right-gluteal"
PLACES = [KNEE, GERDY, KNEECAP, SHIN, CALF, HOLLOW, BUTTOCK]


def pointing(mode: str, **changes: Any) -> Any:
    """Return a question that asks for one place or two: two are right, one is close, one is dangerous."""
    named = [place(KNEE, "right"), place(GERDY, "right"), place(KNEECAP, "near", 0.4), place(HOLLOW, "danger")]
    return hotspot(**{"mode": mode, "place": named, "nothing": None} | changes)


PAINT, PAIR, POINT = split(hotspot())[1], split(pointing("pair"))[1], split(pointing("point"))[1]
ALL = {"paint": PAINT, "pair": PAIR, "point": POINT}
painted = st.lists(st.sampled_from(PLACES), unique=True)
every_mode = pytest.mark.parametrize("mode", ALL)


def earned(rubric: Any, value: list[str]) -> float:
    result = score(rubric, value)
    assert isinstance(result, Points), result
    return result.earned / result.possible


# --- one place


@pytest.mark.parametrize(
    ("chosen", "share"), [(KNEE, 1), (GERDY, 1), (KNEECAP, 0.4), (SHIN, 0), (CALF, 0), (HOLLOW, 0)]
)
def test_one_place_earns_all_if_right_its_share_if_close_and_nothing_otherwise(chosen: str, share: float) -> None:
    assert earned(POINT, [chosen]) == pytest.approx(share)


def test_two_places_where_one_is_asked_are_what_no_card_records() -> None:
    assert type(score(POINT, [KNEE, GERDY])) is Invalid


# --- two places


def test_two_places_earn_half_each_a_close_one_its_part_of_the_half_and_nothing_is_taken_away() -> None:
    worth = {KNEE: 1, GERDY: 1, KNEECAP: 0.4, SHIN: 0, CALF: 0, BUTTOCK: 0}
    for size in (0, 1, 2):
        for value in itertools.combinations(worth, size):
            assert earned(PAIR, list(value)) == pytest.approx(sum(worth[one] for one in value) / 2, abs=0.005), value


def test_a_third_place_where_two_are_asked_is_what_no_card_records() -> None:
    assert type(score(PAIR, [KNEE, GERDY, SHIN])) is Invalid


# --- any number of places


def test_each_right_place_adds_its_share_and_each_wrong_one_takes_as_much_away_never_below_nothing() -> None:
    assert earned(PAINT, [KNEE, GERDY]) == 1
    assert earned(PAINT, [KNEE]) == 0.5
    assert earned(PAINT, [KNEE, GERDY, SHIN]) == 0.5
    assert earned(PAINT, [KNEE, SHIN]) == 0
    assert earned(PAINT, [SHIN, CALF, BUTTOCK]) == 0


@few
@given(value=painted)
def test_a_neutral_place_counts_neither_way(value: list[str]) -> None:
    without = [one for one in value if one != KNEECAP]
    assert earned(PAINT, value) == earned(PAINT, without)


@few
@given(value=painted, wrong=st.sampled_from([SHIN, CALF, BUTTOCK, HOLLOW]))
def test_a_further_wrong_place_never_raises_the_mark(value: list[str], wrong: str) -> None:
    without = [one for one in value if one != wrong]
    assert earned(PAINT, [*without, wrong]) <= earned(PAINT, without)


@few
@given(value=painted, right=st.sampled_from([KNEE, GERDY]))
def test_a_further_right_place_never_lowers_the_mark(value: list[str], right: str) -> None:
    without = [one for one in value if one != right]
    assert earned(PAINT, [*without, right]) >= earned(PAINT, without)


def test_painting_everything_earns_nothing() -> None:
    harmless = hotspot(place=[place(KNEE, "right"), place(GERDY, "right")])
    assert earned(split(harmless)[1], PLACES) == 0
    assert earned(PAINT, PLACES) == 0


# --- nothing to mark

NOTHING = hotspot(
    place=[place(KNEE, "wrong"), place(KNEECAP, "neutral"), place(HOLLOW, "danger")],
    nothing=NothingToMark(reason="Because everything here is as it should be.", verdict="right"),
)


def test_nothing_to_mark_is_an_answer_and_may_be_the_right_one() -> None:
    assert earned(split(NOTHING)[1], ["nothing"]) == 1
    for value in ([KNEE], [KNEECAP], [HOLLOW], [SHIN], [], PLACES):
        assert earned(split(NOTHING)[1], value) == 0
    assert describe(split(NOTHING)[0], ["nothing"]) == "Nothing to mark"


def test_nothing_to_mark_earns_nothing_where_there_is_something_and_says_why() -> None:
    result = score(PAINT, ["nothing"])
    assert isinstance(result, Points)
    assert (result.earned, result.notes[0].text) == (0, "Nothing to mark")


def test_nothing_to_mark_beside_a_place_or_where_it_is_not_offered_is_what_no_card_records() -> None:
    assert type(score(PAINT, ["nothing", KNEE])) is Invalid
    assert type(score(split(hotspot(nothing=None))[1], ["nothing"])) is Invalid
    assert type(score(POINT, ["nothing"])) is Invalid


# --- every mode


@every_mode
def test_a_place_that_could_harm_never_raises_the_mark(mode: str) -> None:
    for size in range(3 if mode == "pair" else len(PLACES)):
        for value in itertools.combinations([one for one in PLACES if one != HOLLOW], size):
            more = score(ALL[mode], [*value, HOLLOW])
            assert isinstance(more, Invalid) or more.earned == 0, value
            if isinstance(more, Points):
                assert more.reason.startswith("A place that could harm the client makes the question 0")


@every_mode
def test_the_order_in_which_places_were_chosen_does_not_matter(mode: str) -> None:
    question, rubric = split(hotspot() if mode == "paint" else pointing(mode))
    for size in (1, 2, 3):
        for value in itertools.combinations(PLACES, size):
            results = [score(rubric, list(again)) for again in itertools.permutations(value)]
            assert all(result == results[0] for result in results)
            assert len({describe(question, list(again)) for again in itertools.permutations(value)}) == 1


HOSTILE = [
    [KNEE, KNEE],
    ["left-outer-knee"],
    ["right-hand"],
    [""],
    ["x" * 100_000],
    [KNEE] * 100_000,
    [f"place-{number}" for number in range(10_000)],
    [KNEE, None],
    [[KNEE]],
    KNEE,
    {KNEE: True},
    [412, -541],
    {"x": 412, "y": -541},
    7,
    True,
]


@every_mode
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:25])
def test_what_no_card_can_record_is_invalid_and_its_remark_is_short(mode: str, value: Any) -> None:
    result = score(ALL[mode], value)
    assert type(result) is Invalid
    assert len(result.reason) < 300


@every_mode
def test_samples_are_scored_as_they_promise_in_every_mode(mode: str) -> None:
    for sample in samples(ALL[mode]):
        result = score(ALL[mode], sample.value)
        assert type(result) is sample.expected, sample
        if isinstance(result, Points):
            assert result.earned / result.possible == sample.share, sample


def test_a_place_that_the_author_does_not_name_gets_the_reason_of_all_others() -> None:
    (note,) = score(PAINT, [CALF]).notes
    other = hotspot().otherwise
    assert other is not None
    assert (note.verdict, note.reason, note.misconception) == ("wrong", other.reason, other.misconception)


def test_each_place_that_was_chosen_is_explained_in_the_order_of_the_card() -> None:
    made = [note.choice for note in score(PAINT, [HOLLOW, GERDY, KNEE]).notes]
    assert made == [one for one in options_of(split(hotspot())[0]) if one in (KNEE, GERDY, HOLLOW)]
    assert tally(PAINT, [[KNEE], [KNEE, GERDY], ["nothing"], ["gone"]])[KNEE] == 2


@every_mode
def test_a_student_reads_the_rule_of_the_mode(mode: Any) -> None:
    question = split(hotspot() if mode == "paint" else pointing(mode))[0]
    assert (question.mode, question.rule) == (mode, RULES[mode])


# --- what is offered


def test_without_a_list_every_place_that_the_views_show_can_be_chosen() -> None:
    question = split(hotspot(places=[]))[0]
    shown = {one.id for view in ("right", "back") for one in regions(view)}
    assert set(options_of(question)) == shown | {"nothing"}


def test_a_place_in_several_views_is_listed_once_under_the_first() -> None:
    question = split(hotspot(views=["back", "right"]))[0]
    listed = [one.id for view in question.views for one in view.places]
    assert len(set(listed)) == len(listed)
    assert KNEE in [one.id for one in question.views[0].places]


def test_places_stand_from_head_to_foot_and_both_sides_as_the_view_has_them() -> None:
    (front,) = split(hotspot(views=["front"], places=[]))[0].views
    names = [one.id for one in front.places]
    assert names[0] == "head-and-neck"
    assert names.index("right-kneecap") + 1 == names.index("left-kneecap"), "the client's right is on the viewer's left"
    assert names.index("right-kneecap") < names.index("right-shin")


def test_in_plain_text_the_places_stand_under_their_view() -> None:
    lines = text_of(split(hotspot())[0])
    assert lines[0] == "Right side"
    assert "○ Right outer knee" in lines
    assert lines[lines.index("Back") + 1].startswith("○ ")
    assert lines[-1] == "○ Nothing to mark"


def test_no_view_is_called_by_a_word_that_could_be_a_verdict() -> None:
    raw = msgspec.json.encode(split(hotspot(views=["right", "left"]))[0]).decode()
    assert '"right"' not in raw


# --- the picture


def drawn(**changes: Any) -> dict[str, Any]:
    return picture(msgspec.to_builtins(split(hotspot(**changes))[0]))


def test_the_card_draws_every_place_that_can_be_chosen_in_each_view_that_shows_it_and_no_other() -> None:
    made = drawn()
    for view, name in zip(made["views"], ("right", "back"), strict=True):
        assert {one["id"] for one in view["places"]} == {one.id for one in regions(name)} & set(PLACES)
    assert {one["id"] for view in made["views"] for one in view["places"]} == set(PLACES)


def test_views_are_cut_to_the_places_at_one_height_and_stay_within_the_body() -> None:
    side, back = drawn()["views"]
    assert (side["box"][1], side["box"][3]) == (back["box"][1], back["box"][3])
    assert side["box"][3] < 1000
    whole = drawn(places=[], views=views())["views"]
    assert all(view["box"][3] > 1700 for view in whole)


def test_a_picture_is_small_and_made_of_whole_millimetres() -> None:
    raw = json.dumps(drawn(places=[], views=views()))
    assert len(raw) < 60_000
    assert "." not in "".join(one["path"] for view in json.loads(raw)["views"] for one in view["places"])


def test_a_picture_is_the_same_whatever_the_key_and_other_kinds_have_none() -> None:
    assert drawn() == drawn(place=[place(BUTTOCK, "right")], nothing=None)
    assert picture({"kind": "one-of"}) == picture({}) == {}


def test_a_close_up_says_what_it_is_and_names_whose_leg_it_is_drawn_from() -> None:
    (knee,) = drawn(views=["right-knee"], places=[])["views"]
    assert knee["shows"] == "A drawn leg"
    assert knee["credit"] == close_ups().attribution != ""
    assert all(view["credit"] == "" and "client" in view["shows"] for view in drawn()["views"])


@pytest.mark.parametrize("side", ["right", "left"])
def test_the_places_of_a_knee_lie_as_its_landmarks_do(side: str) -> None:
    at = {place.id.removeprefix(f"{side}-"): place.label for place in close_ups().views[f"{side}-knee"].regions}
    up_by = (at["outer-joint-line"][1] - at["outer-epicondyle"][1]) / 5
    assert 20 <= up_by <= 30, "millimetres that the epicondyle lies above the joint line: noble-1980"
    assert at["gerdy"][1] > at["outer-joint-line"][1] < at["fibula-top"][1]
    forward = 1 if side == "right" else -1
    order = ["knee-hollow", "fibula-top", "outer-epicondyle", "gerdy", "tendon-below-kneecap"]
    across = [forward * at[name][0] for name in order]
    assert across == sorted(across), "from the back to the front"


def test_every_view_says_which_way_round_it_is() -> None:
    assert set(TURNED) == set(pictures())
    for name in pictures():
        at = {one.id: one.label[0] for one in regions(name)}
        if name.endswith("-knee"):
            side = name.removesuffix("-knee")
            where = "right" if at[f"{side}-kneecap-front"] > at[f"{side}-knee-hollow"] else "left"
            assert TURNED[name] == f"the client's front is on your {where}"
        elif name in ("front", "back"):
            where = "left" if at["right-outer-knee"] < at["left-outer-knee"] else "right"
            assert TURNED[name] == f"the client's right is on your {where}"
        else:
            where = "right" if at[f"{name}-kneecap"] > at[f"{name}-popliteal-fossa"] else "left"
            assert TURNED[name] == f"the client's front is on your {where}"


# --- the linter

RIGHTS = [place(KNEE, "right"), place(GERDY, "right")]
REST = hotspot().place
SPOILT: dict[str, tuple[Any, list[str]]] = {
    "an unknown view": (hotspot(views=["right", "above"]), ["no view «above» of the body"]),
    "no view": (hotspot(views=[]), ["shows no view"]),
    "a view twice": (hotspot(views=["right", "back", "right"]), ["view «right» stands twice"]),
    "a close-up beside another view": (
        hotspot(views=["right", "right-knee"]),
        ["a close-up has a scale of its own"],
    ),
    "an unknown place offered": (hotspot(places=[*PLACES, "right-tail"]), ["the body map has no «right-tail»"]),
    "an unknown place named": (hotspot(place=[*REST, place("tail", "wrong")]), ["the body map has no «tail»"]),
    "a place offered twice": (hotspot(places=[*PLACES, CALF]), ["«right-calf» stands twice"]),
    "a place named twice": (hotspot(place=[*REST, place(SHIN, "wrong")]), ["«right-shin» stands twice"]),
    "a right place that no view shows": (
        hotspot(
            views=["back"], places=[KNEE, CALF, SHIN, HOLLOW], place=[place(KNEE, "right"), place(KNEECAP, "right")]
        ),
        ["no view of this question shows «right-kneecap»"],
    ),
    "a named place that is not offered": (
        hotspot(place=[*REST, place("right-hand", "wrong")]),
        ["«right-hand» is not among places"],
    ),
    "three places": (
        hotspot(places=[KNEE, SHIN, CALF], place=[place(KNEE, "right")]),
        ["it offers 3 places: offer 4"],
    ),
    "places without a word": (hotspot(otherwise=None), ["nothing is said of right-gluteal, right-calf"]),
    "a reason for others where there are none": (
        hotspot(place=[*REST, place(CALF, "wrong"), place(BUTTOCK, "wrong")]),
        ["nobody reads that of otherwise"],
    ),
    "a place without reason": (
        hotspot(place=[msgspec.structs.replace(REST[0], reason="Short."), *REST[1:]]),
        ["place «right-outer-knee» has no real reason"],
    ),
    "others without reason": (hotspot(otherwise=OtherPlaces(reason="")), ["otherwise has no real reason"]),
    "a wrong place without misconception": (
        hotspot(place=[*REST[:-1], msgspec.structs.replace(REST[-1], misconception="")]),
        ["place «right-popliteal-fossa» names no misconception"],
    ),
    "a close place to paint": (
        hotspot(place=[*RIGHTS, place(SHIN, "near")]),
        ["place «right-shin» is «near»; here it can be right, neutral, wrong, danger"],
    ),
    "a neutral place to point at": (
        pointing("point", place=[*RIGHTS, place(SHIN, "neutral")]),
        ["place «right-shin» is «neutral»"],
    ),
    "a close place that earns all": (
        pointing("point", place=[*RIGHTS, place(SHIN, "near", 1.0)]),
        ["is close and earns 1: write a share between"],
    ),
    "a close place that earns nothing": (
        pointing("pair", place=[*RIGHTS, place(SHIN, "near", 0.0)]),
        ["is close and earns 0: write a share between"],
    ),
    "nothing to mark where one place is asked": (
        pointing("point", nothing=hotspot().nothing),
        ["is for the mode «paint» only"],
    ),
    "nothing to mark without reason": (
        hotspot(nothing=NothingToMark(reason="", verdict="wrong", misconception="an idea")),
        ["nothing to mark has no real reason"],
    ),
    "nothing to mark is right and a place too": (
        hotspot(nothing=NothingToMark(reason="Because there is nothing.", verdict="right")),
        ["nothing to mark is right, and so is a place"],
    ),
    "no right place": (pointing("point", place=[place(SHIN, "near")]), ["0 of its places are right.*needs 1"]),
    "one right place where two are asked": (
        pointing("pair", place=[place(KNEE, "right")]),
        ["1 of its places are right.*needs 2"],
    ),
    "nothing wrong": (
        hotspot(places=PLACES[:4], otherwise=None, place=[*RIGHTS, place(KNEECAP, "neutral"), place(SHIN, "neutral")]),
        ["no place is wrong"],
    ),
    "more right than wrong places": (
        hotspot(places=[*PLACES[:4]], place=[*RIGHTS, place(KNEECAP, "right")]),
        ["3 right places and 1 wrong ones, so painting all earns points"],
    ),
}


@pytest.mark.parametrize(("authored", "said"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_question_gets_the_sentence_about_it_and_no_other(
    authored: Any, said: list[str], lint_says: Any
) -> None:
    lint_says(authored, said)


@pytest.mark.parametrize("authored", [authored for authored, _ in SPOILT.values()], ids=SPOILT)
def test_a_spoilt_question_can_still_be_parted(authored: Any) -> None:
    question, rubric = split(authored)
    assert set(options_of(question)) >= {note.choice for note in notes_of(rubric)}


GOOD = {
    "paint": hotspot(),
    "pair": pointing("pair"),
    "point": pointing("point"),
    "all that the views show": hotspot(places=[]),
    "nothing to mark is right": NOTHING,
    "without nothing to mark": hotspot(nothing=None),
    "every place named": hotspot(
        otherwise=None, place=[*REST, place(CALF, "wrong"), place(BUTTOCK, "wrong")], views=["left", "right", "back"]
    ),
}


@pytest.mark.parametrize("authored", GOOD.values(), ids=GOOD)
def test_a_good_question_has_nothing_to_mend(authored: Any, lint_says: Any) -> None:
    lint_says(authored, [])
    assert kind_of(authored).name == "hotspot"
