"""Every question kind is complete, scores what its cards record and nothing else, and shows nothing of the key.

The rule of each kind has a file of its own, `test_kind_*.py`.
"""

import inspect
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import anything, is_recordable, nearly_recorded, recorded
from small_bank import (
    ANSWERS,
    band,
    every_kind,
    hotspot,
    many_of,
    match,
    measure,
    number,
    one_of,
    order,
    plan,
    triage,
    workup,
)

from itband_course.bundled import FRONT
from itband_course.explaining import VERDICT_WORDS
from itband_course.grading.course import Course
from itband_course.kinds.base import REASON_LENGTH, Invalid, Kind, Points, Unanswered, points_text
from itband_course.kinds.number import Otherwise
from itband_course.kinds.triage import TriageKey
from itband_course.questions import (
    KINDS,
    Question,
    describe,
    kind_of,
    notes_of,
    options_of,
    samples,
    score,
    split,
    tally,
    text_of,
)

BANK = Course.at(Path(__file__).parents[2]).bank
SMALL = every_kind()
AUTHORED = [*SMALL, *BANK.questions.values()]
FUNCTIONS = ("split", "score", "lint", "describe", "text", "options", "notes", "tally", "samples")
TYPES = ("authored", "question", "rubric")


def by_kind(authored: Any) -> str:
    return kind_of(authored).name


every_kind_known = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
one_of_every_kind = pytest.mark.parametrize("authored", SMALL, ids=by_kind)
every_question = pytest.mark.parametrize("authored", AUTHORED, ids=lambda authored: authored.id)


def in_short(item: Any) -> str:
    return getattr(item, "__name__", repr(item)[:30])


def inside(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(item)


# --- every kind


@every_kind_known
def test_a_kind_is_complete(kind: Kind) -> None:
    assert (FRONT / "src/card/kinds" / f"{kind.name}.js").exists(), "the browser draws its card"
    assert [name for name in TYPES if not isinstance(getattr(kind, name), type)] == []
    assert [name for name in FUNCTIONS if not callable(getattr(kind, name))] == []
    assert KINDS[kind.name] is kind
    msgspec.json.schema(kind.value)  # raises unless it is a type that can be checked


@every_kind_known
def test_a_kind_whose_answer_is_a_log_says_how_it_grows_and_its_card_is_told_of_it(kind: Kind) -> None:
    script = (FRONT / "src/card/kinds" / f"{kind.name}.js").read_text("utf-8")
    assert ("grows: true" in script) == (kind.join is not None)
    assert ("told:" in script) == (kind.reply is not None)


@every_kind_known
def test_the_functions_of_a_kind_have_documentation_and_types(kind: Kind) -> None:
    for name in FUNCTIONS:
        function = getattr(kind, name)
        signature = inspect.signature(function)
        assert function.__doc__, name
        assert signature.return_annotation is not inspect.Signature.empty, name
        assert all(item.annotation is not item.empty for item in signature.parameters.values()), name


def test_the_small_bank_holds_one_question_of_every_kind_and_an_answer_to_each() -> None:
    assert [kind_of(authored).name for authored in SMALL] == list(KINDS)
    assert [authored.id for authored in SMALL] == list(ANSWERS)
    for authored in SMALL:
        assert is_recordable(split(authored)[0], ANSWERS[authored.id])


def test_no_two_kinds_share_a_type() -> None:
    types = [getattr(kind, name) for kind in KINDS.values() for name in TYPES]
    assert len(set(types)) == len(types)


@one_of_every_kind
def test_each_face_of_a_question_is_known_to_be_of_its_kind_and_of_no_other(authored: Any) -> None:
    question, rubric = split(authored)
    kind = kind_of(authored)
    assert kind_of(question) is kind_of(rubric) is kind
    faces = {"authored": authored, "question": question, "rubric": rubric}
    for other in KINDS.values():
        assert [isinstance(face, getattr(other, name)) for name, face in faces.items()] == [other is kind] * 3


def test_something_of_no_kind_is_the_programmers_error_and_never_a_mark() -> None:
    with pytest.raises(TypeError, match="registered question kind"):
        score(object(), "outer")


# --- samples: each question of the bank scores as its samples promise


@every_question
def test_a_sample_answer_scores_as_it_promises(authored: Any) -> None:
    rubric = split(authored)[1]
    for sample in samples(rubric):
        result = score(rubric, sample.value)
        assert type(result) is sample.expected, sample
        assert (result.earned / result.possible if isinstance(result, Points) else None) == sample.share, sample


@every_question
def test_samples_are_right_for_full_points_wrong_for_none_blank_and_malformed(authored: Any) -> None:
    promised = {(sample.name, sample.expected, sample.share) for sample in samples(split(authored)[1])}
    assert promised == {
        ("right", Points, 1.0),
        ("wrong", Points, 0.0),
        ("blank", Unanswered, None),
        ("malformed", Invalid, None),
    }


@every_question
def test_a_card_can_record_every_right_and_wrong_sample_and_no_malformed_one(authored: Any) -> None:
    question, rubric = split(authored)
    for sample in samples(rubric):
        if sample.name != "blank":
            assert is_recordable(question, sample.value) == (sample.name != "malformed"), sample


# --- split: the door between author and student

SECRET_FIELDS = {"reason", "misconception", "verdict", "is", "use", "canary", "sources", "key", "notes"}
SECRET_FIELDS |= {"right", "near", "slip", "slips", "other", "from", "to", "low", "high"}
SECRET_FIELDS |= {
    "place",
    "share",
    "shares",
    "otherwise",
    "choice",
    "also",
    "pair",
    "pairs",
    "before",
    "hands",
    "who",
    "hands_also",
    "who_also",
    "item",
    "worth",
    "once",
    "path",
    "client",
}
SECRET_TEXTS = ("reason", "misconception", "is", "canary")


def another_key(authored: Any) -> Any:
    """Return the question that shows the same to students and has a wholly different key."""
    replace = msgspec.structs.replace
    kind = kind_of(authored).name
    if kind == "plan":
        said = replace(authored.no_session, verdict="right", reason="Another reason.")
        return replace(authored, findings=[], require=[], forbid=[], before=[], band=[], exemplar=[], no_session=said)
    if kind == "measure":
        # What is to be read is no key but a finding, which the simulator shows: it stays.
        return another_measured(authored)
    return another_chosen(authored) if hasattr(authored, "choice") else another_placed(authored)


def another_chosen(authored: Any) -> Any:
    replace = msgspec.structs.replace
    kind = kind_of(authored).name
    if kind in ("one-of", "many-of"):
        return replace(authored, choice=[replace(item, verdict="wrong", reason="Another.") for item in authored.choice])
    assert kind == "match"
    choices = [item.id for item in authored.choice]
    row = [
        replace(item, choice=next(other for other in choices if other not in {item.choice, *item.also}), also=[])
        for item in authored.row
    ]
    return replace(authored, row=row, pair=[])


def another_placed(authored: Any) -> Any:
    replace = msgspec.structs.replace
    kind = kind_of(authored).name
    if kind == "number":
        near = authored.near and band(-9.0, 9.0)
        return replace(authored, right=band(1.5, 2.5), near=near, slip=[], other=Otherwise(reason="Another."))
    if kind == "order":
        step = [replace(item, use="required" if item.use == "unsafe" else "unsafe") for item in authored.step]
        return replace(authored, step=step, before=authored.before[:1])
    if kind == "hotspot":
        turned = {"right": "wrong"}
        place = [replace(item, verdict=turned.get(item.verdict, "right"), reason="Another.") for item in authored.place]
        return replace(authored, place=place)
    return another_path(authored) if kind == "workup" else another_triage(authored)


def another_path(authored: Any) -> Any:
    replace = msgspec.structs.replace
    turned = {"must": "neutral", "discriminates": "danger", "neutral": "irritates"}
    made = [replace(one, worth=turned.get(one.worth, "discriminates"), reason="Another.") for one in authored.item]
    return replace(authored, item=made, once=[], path=authored.path[::-1])


def another_measured(authored: Any) -> Any:
    replace = msgspec.structs.replace
    parts = {
        part: [replace(one, verdict="right" if one.verdict == "wrong" else "wrong") for one in getattr(authored, part)]
        for part in ("end_feel", "felt")
    }
    says = [replace(one, reason="Another.", misconception="another") for one in authored.says]
    return replace(authored, within=7, none_below=3, difference_from=20, says=says, **parts)


def another_triage(authored: Any) -> Any:
    hands = "none" if authored.key.hands != "none" else "full-plan"
    return msgspec.structs.replace(authored, key=TriageKey(hands=hands, who="emergency-now"))


@every_question
def test_a_public_question_holds_no_field_and_no_text_of_the_key(authored: Any) -> None:
    raw = msgspec.json.encode(split(authored)[0]).decode()
    shown = msgspec.json.decode(raw)
    fields = {name for part in inside(shown) for name in part}
    assert fields & SECRET_FIELDS == set()
    parts = list(inside(msgspec.to_builtins(authored)))
    hidden = {part[name] for part in parts for name in SECRET_TEXTS if part.get(name)}
    assert len(hidden) > 3
    told = {text for part in inside(shown) for text in part.values() if isinstance(text, str)}
    # A side of the client is called «right» too.
    sides = {side["id"] for side in shown.get("sides", [])}
    assert (hidden - sides) & told == set()
    assert [text for text in hidden if len(text) >= REASON_LENGTH and text in raw] == []


@every_question
def test_a_public_question_is_the_same_whatever_the_key(authored: Any) -> None:
    other = another_key(authored)
    assert split(other)[1] != split(authored)[1]
    assert split(other)[0] == split(authored)[0]


@every_question
def test_a_public_question_survives_its_way_through_json(authored: Any) -> None:
    question = split(authored)[0]
    assert msgspec.json.decode(msgspec.json.encode(question), type=Question) == question


@every_question
def test_a_public_question_with_any_further_field_anywhere_is_rejected(authored: Any) -> None:
    public = msgspec.to_builtins(split(authored)[0])
    parts = list(inside(public))
    for part in parts:
        for field in sorted(SECRET_FIELDS):
            part[field] = "x"
            with pytest.raises(msgspec.ValidationError, match="unknown field"):
                msgspec.json.decode(msgspec.json.encode(public), type=Question)
            del part[field]
    assert msgspec.convert(public, type=Question) == split(authored)[0]


@every_question
def test_a_question_shows_and_its_key_gives_the_points_that_the_author_wrote(authored: Any) -> None:
    question, rubric = split(authored)
    assert question.points == rubric.points == authored.points
    assert (question.id, question.prompt, question.outcome) == (authored.id, authored.prompt, authored.outcome)
    assert question.rule


SHUFFLED = [(one_of, "choice", "choices"), (many_of, "choice", "choices"), (order, "step", "steps")]
SHUFFLED += [(match, "choice", "choices")]
every_shuffled = pytest.mark.parametrize(("make", "written", "shown"), SHUFFLED, ids=in_short)


def orders(written: list[Any]) -> list[list[Any]]:
    return [written[place:] + written[:place] for place in range(len(written))] + [written[::-1]]


@every_shuffled
def test_the_order_of_what_is_shown_says_nothing_of_the_order_it_was_written_in(
    make: Any, written: str, shown: str
) -> None:
    things = getattr(make(), written)
    found = {tuple(getattr(split(make(**{written: other}))[0], shown)) for other in orders(things)}
    assert len(found) == 1
    assert {item.id for item in found.pop()} == {item.id for item in things}


def test_over_many_questions_the_right_choice_stands_at_every_place() -> None:
    places = [
        [item.id for item in split(one_of(id=f"question-{place}"))[0].choices].index("outer") for place in range(200)
    ]
    assert all(places.count(place) > 25 for place in range(4)), "each of four places is expected about 50 times"


def test_rows_stay_as_they_were_written() -> None:
    for rows in orders(match().row):
        assert [item.id for item in split(match(row=rows))[0].rows] == [item.id for item in rows]


def test_scales_stand_from_bold_to_careful_however_their_reasons_were_written() -> None:
    shown = split(triage())
    backwards = split(triage(hands=triage().hands[::-1], who=triage().who[::-1]))
    assert backwards == shown


# --- whatever is recorded


RECORDED = {authored.id: recorded(split(authored)[0]) for authored in SMALL}
HOSTILE = anything | nearly_recorded(*(split(authored)[0] for authored in SMALL))
POINTS = st.integers(1, 2000).map(lambda hundredths: hundredths / 100)
few = settings(max_examples=40)


@one_of_every_kind
@few
@given(data=st.data(), points=POINTS)
def test_whatever_a_card_records_is_scored_between_nothing_and_all_points(
    authored: Any, data: st.DataObject, points: float
) -> None:
    rubric = split(authored)[1]
    result = score(msgspec.structs.replace(rubric, points=points), data.draw(RECORDED[authored.id]))
    assert isinstance(result, Points)
    assert 0 <= result.earned <= result.possible == points
    assert round(result.earned, 2) == result.earned
    said = f"{points_text(result.earned)} of {points_text(points)} {'point' if points == 1 else 'points'}"
    assert result.reason.endswith(f": {said}.")


@settings(max_examples=300)
@given(value=HOSTILE)
def test_what_no_card_can_record_is_invalid_never_earns_points_and_never_fails(value: Any) -> None:
    for authored in SMALL:
        question, rubric = split(authored)
        result = score(rubric, value)
        expected = Unanswered if value is None else Points if is_recordable(question, value) else Invalid
        assert type(result) is expected, authored.id
        assert result.reason
        assert isinstance(describe(question, value), str)
        assert set(tally(rubric, [value])) == {note.choice for note in notes_of(rubric)}


@every_question
def test_nothing_recorded_is_unanswered(authored: Any) -> None:
    assert type(score(split(authored)[1], None)) is Unanswered


NOTHING_CHOSEN = [(many_of, []), (order, []), (match, {}), (triage, {}), (hotspot, []), (workup, []), (measure, {})]


@pytest.mark.parametrize(("make", "value"), NOTHING_CHOSEN, ids=in_short)
def test_an_answer_that_chooses_nothing_is_an_answer_that_earns_nothing(make: Any, value: Any) -> None:
    result = score(split(make())[1], value)
    assert isinstance(result, Points)
    assert result.earned == 0


NONE_IS_AN_ACT = [
    (one_of, "outer", "inner"),
    (triage, {"hands": "none", "who": "nobody-now"}, {"hands": "none"}),
    (match, {"band": "none-of-them"}, {"calf": "none-of-them"}),
    (number, 0, 0.0),
    (hotspot, ["nothing"], ["right-shin"]),
    (plan, "no-session", [{"technique": "self-care", "minutes": 1}]),
    (measure, {"right": 0}, {"left": -0.0}),
]


@pytest.mark.parametrize(("make", "first", "second"), NONE_IS_AN_ACT, ids=in_short)
def test_no_session_today_none_of_them_and_nought_are_answers(make: Any, first: Any, second: Any) -> None:
    question, rubric = split(make())
    for value in (first, second):
        assert isinstance(score(rubric, value), Points)
        assert describe(question, value)
        assert sum(tally(rubric, [value]).values()) > 0


WORK = {"technique": "petrissage", "minutes": 4, "place": "right-calf", "pressure": 2}
WRONG_FORM = [
    *((one_of, value) for value in (["outer"], "Outer", " outer", "", 0, True, {"outer": True}, "warmth")),
    *((many_of, value) for value in ("warmth", ["warmth", None], ["warmth", ["swelling"]], {"warmth": True})),
    *((many_of, value) for value in (["warmth", "swelling", "unknown"], ["warmth", ""])),
    *((number, value) for value in ("73", [73], True, False, {"number": 73}, "", "NaN")),
    *((number, value) for value in (float("nan"), float("inf"), float("-inf"), 10**400, -(10**400), 2**1024)),
    *((order, value) for value in ("walk", ["walk", "walk"], ["walk", "warm", "walk"], ["walk", "unknown"])),
    *((order, value) for value in (["walk", None], ["walk", ["warm"]], {"walk": 1}, [""], 3, ["used/press"])),
    *((match, value) for value in (["band"], [["band", "slides"]], {"band": ["slides"]}, {"band": None}, "band")),
    *((match, value) for value in ({"unknown": "slides"}, {"band": "unknown"}, {"slides": "band"}, {"band": ""})),
    *((triage, value) for value in ("none", ["none", "same-day"], {"mood": "calm"}, {"hands": "same-day"})),
    *((triage, value) for value in ({"hands": None}, {"who": "none"}, {"hands": ["none"]}, {"hands/none": True}, 3)),
    *(
        (hotspot, value)
        for value in ("right-shin", ["right-shin", "right-shin"], ["right-shin", None], [["right-shin"]])
    ),
    *(
        (hotspot, value)
        for value in (["left-shin"], ["seen-from-right"], ["right"], [""], ["nothing", "right-shin"], 3)
    ),
    *(
        (hotspot, value)
        for value in ({"right-shin": True}, ["nothing", "nothing"], ["right-shin"] * 100_000, [412, -541])
    ),
    *((plan, value) for value in ([], ["no-session"], "none", {"technique": "baseline"}, [None], 3, [[]])),
    *((plan, [{"technique": "baseline", "minutes": value}]) for value in (0, -3, 61, 10**400, 2.5, True, "3", None)),
    *((plan, [{"technique": "baseline", "minutes": 3} | more]) for more in ({"place": "right-calf"}, {"pressure": 2})),
    *((plan, [{"technique": "baseline", "minutes": 3} | more]) for more in ({"more": 1}, {"technique": "right-calf"})),
    *((plan, [WORK | more]) for more in ({"place": ""}, {"place": "right-shin"}, {"pressure": 0}, {"pressure": 6})),
    *((plan, value) for value in ([WORK] * 21, [WORK] * 100_000, [{"technique": "petrissage"}])),
    *((workup, value) for value in ("ask-start", ["ask-start", "ask-start"], ["ask-start", None], {"ask-start": 1})),
    *(
        (measure, value)
        for value in ([6, 21], 6, "right", {"right": "6"}, {"right": True}, {"right": None}, [["right", 6]])
    ),
    *(
        (measure, value)
        for value in ({"left": float("nan")}, {"left": float("inf")}, {"left": 10**400}, {"right": [6]})
    ),
    *((measure, value) for value in ({"mood": 6}, {"true": 6}, {"felt": "springy"}, {"says": "fits"}, {"says": ""})),
    *((measure, value) for value in ({"says": ["a-difference"]}, {"says": "a-difference/fits"}, {"says": None})),
    *((workup, value) for value in (["whole-card"], ["once/provoke"], ["line-7"], [""], 3, ["ask-start"] * 100_000)),
]


@pytest.mark.parametrize(("make", "value"), WRONG_FORM, ids=in_short)
def test_unknown_things_other_types_and_what_stands_twice_are_invalid(make: Any, value: Any) -> None:
    assert type(score(split(make())[1], value)) is Invalid


TOO_LONG = [
    (one_of, "x" * 100_000),
    (many_of, ["x" * 100_000]),
    (number, "x" * 100_000),
    (order, ["x" * 100_000]),
    (match, {"x" * 100_000: "y" * 100_000}),
    (triage, {"x" * 100_000: "none"}),
    (triage, {"hands": "x" * 100_000}),
    (hotspot, ["x" * 100_000]),
    (plan, [{"technique": "x" * 100_000, "minutes": 3}]),
    (plan, [{"technique": "petrissage", "minutes": 3, "place": "x" * 100_000, "pressure": 2}]),
    (measure, {"felt": "x" * 100_000}),
    (measure, {"x" * 100_000: 6}),
    (workup, ["x" * 100_000]),
    (workup, ["x" * 80]),
]


@pytest.mark.parametrize(("make", "value"), TOO_LONG, ids=in_short)
def test_a_very_long_unknown_thing_is_cut_in_the_remark(make: Any, value: Any) -> None:
    assert 0 < len(score(split(make())[1], value).reason) < 300


@one_of_every_kind
@few
@given(data=st.data())
def test_a_mark_does_not_ask_in_which_order_the_author_wrote_things(authored: Any, data: st.DataObject) -> None:
    _, rubric = split(authored)
    lists = [name for name in authored.__struct_fields__ if name != "sources"]
    written = {name: getattr(authored, name) for name in lists if isinstance(getattr(authored, name), list)}
    again = {name: data.draw(st.sampled_from(orders(items))) for name, items in written.items()}
    other = split(msgspec.structs.replace(authored, **again))[1]
    value = data.draw(RECORDED[authored.id])
    assert score(other, value).earned == score(rubric, value).earned
    assert Counter(score(other, value).notes) == Counter(score(rubric, value).notes)


# --- what there is to choose from: texts, words and counts


def choosing(question: Any, option: str) -> Any:
    """Return an answer that names one option."""
    kind = kind_of(question).name
    if kind == "match":
        row = option.removeprefix("row/")
        return {row: question.choices[0].id} if option.startswith("row/") else {question.rows[0].id: option}
    if kind == "plan":
        return choosing_row(question, option)
    if kind == "measure":
        return dict([option.split("/")])
    return option if kind == "one-of" else [option]


def choosing_row(question: Any, option: str) -> Any:
    """Return a plan that names one option of a plan question."""
    if option == "no-session":
        return option
    acts = {act.id: act for act in question.techniques}
    act = acts.get(option, acts["effleurage"])
    place = question.views[0].places[0].id if option in acts else option
    return [
        {
            "technique": act.id,
            "minutes": 1,
            "place": place if act.placed else "",
            "pressure": 1 if act.pressed else 0,
        }
    ]


@every_question
def test_every_option_can_be_chosen_and_the_texts_are_those_on_the_card(authored: Any) -> None:
    question, rubric = split(authored)
    shown = [part for part in inside(msgspec.to_builtins(question)) if "text" in part]
    options = options_of(question)
    if kind_of(question).name == "triage":
        assert options == {}, "the scales are the course's"
        return
    assert sorted(options.values()) == sorted(part["text"] for part in shown)
    for option, text in options.items():
        result = score(rubric, choosing(question, option))
        assert isinstance(result, Points)
        assert text in describe(question, choosing(question, option))


@every_question
def test_a_question_in_plain_text_holds_every_text_on_the_card_once_and_in_its_order(authored: Any) -> None:
    question = split(authored)[0]
    lines = "\n".join(text_of(question))
    texts = [part.get("text") or part["title"] for part in inside(msgspec.to_builtins(question)) if part.keys() & TEXT]
    places = []
    for text in texts:
        place = lines.find(text, places[-1] + 1 if places else 0)
        assert place >= 0, text
        places.append(place)
    if kind_of(question).name == "number":
        assert question.unit in lines


TEXT = {"text", "title"}


@one_of_every_kind
@few
@given(data=st.data())
def test_an_answer_in_words_says_what_was_chosen_and_nothing_else(authored: Any, data: st.DataObject) -> None:
    question, rubric = split(authored)
    value = data.draw(RECORDED[authored.id])
    words = describe(question, value)
    texts = {part["id"]: part["text"] for part in inside(msgspec.to_builtins(question)) if "text" in part}
    if kind_of(question).name == "number":
        assert score(rubric, value).notes[0].text == words
        return
    if kind_of(question).name == "plan" and isinstance(value, list):
        value = [name for row in value for name in (row["technique"], row["place"])]
    named = [value] if isinstance(value, str) else [*value, *value.values()] if isinstance(value, dict) else value
    assert {name for name, text in texts.items() if text in words} == {name for name in named if name in texts}


@every_question
def test_no_answer_has_no_words_and_an_unreadable_one_says_so(authored: Any) -> None:
    question = split(authored)[0]
    assert describe(question, None) == ""
    assert "cannot be read" in describe(question, {"a": 1})


@every_question
def test_every_note_has_a_name_of_its_own_a_text_a_verdict_and_a_reason(authored: Any) -> None:
    notes = notes_of(split(authored)[1])
    assert len({note.choice for note in notes}) == len(notes) > 2
    for note in notes:
        assert note.text.strip()
        assert note.verdict in VERDICT_WORDS
        assert len(note.reason) >= REASON_LENGTH
    assert any(note.verdict == "right" for note in notes)
    assert any(note.verdict in ("wrong", "danger", "careful") for note in notes)


@every_question
def test_every_reason_and_misconception_that_the_author_wrote_can_reach_a_student(authored: Any) -> None:
    told = {text for note in notes_of(split(authored)[1]) for text in (note.reason, note.misconception)}
    parts = inside(msgspec.to_builtins(authored))
    written = {part[name] for part in parts for name in ("reason", "misconception") if part.get(name)}
    assert written - told == set()


@one_of_every_kind
@few
@given(data=st.data())
def test_a_tally_counts_what_the_notes_of_each_answer_speak_of_and_unanswered_never(
    authored: Any, data: st.DataObject
) -> None:
    _, rubric = split(authored)
    values = data.draw(st.lists(RECORDED[authored.id], max_size=5))
    told = Counter(note.choice for value in values for note in score(rubric, value).notes)
    known = [note.choice for note in notes_of(rubric)]
    for asked in (values, [None, *values, None]):
        assert tally(rubric, asked) == {choice: told[choice] for choice in known}
        assert list(tally(rubric, asked)) == known


@one_of_every_kind
@few
@given(data=st.data())
def test_notes_on_an_answer_say_what_the_key_says_in_the_order_of_the_card(authored: Any, data: st.DataObject) -> None:
    _, rubric = split(authored)
    key = notes_of(rubric)
    found = score(rubric, data.draw(RECORDED[authored.id])).notes
    said = [(note.choice, note.verdict, note.reason, note.misconception) for note in key]
    assert [entry for entry in said if entry[0] in {note.choice for note in found}] == [
        (note.choice, note.verdict, note.reason, note.misconception) for note in found
    ]


UNREADABLE = {
    "one-of": ["gone", 3, ["outer"]],
    "many-of": [["gone"], "warmth", [3]],
    "number": ["73", float("nan"), float("inf"), 10**400, True],
    "order": ["walk", {"walk": 1}],
    "match": [{"gone": "slides"}, {"band": "gone"}, ["band"]],
    "triage": [{"hands": "gone"}, {"mood": "none"}, "none"],
    "hotspot": [["gone"], "right-shin", [3]],
    "plan": [[], ["gone"], "gone", [{"technique": "gone", "minutes": 3}], [{"technique": "baseline"}]],
    "workup": [["gone"], "ask-start", [3], {"ask-start": 1}],
    "measure": [{"felt": "gone"}, {"right": 6, "says": "gone"}, {"right": "6"}, [6, 21], {"left": float("nan")}],
}


@one_of_every_kind
def test_a_tally_passes_over_what_no_card_can_record(authored: Any) -> None:
    question, rubric = split(authored)
    values = UNREADABLE[kind_of(authored).name]
    assert not any(is_recordable(question, value) for value in values)
    assert set(tally(rubric, values).values()) == {0}


# --- points in words


@given(hundredths=st.integers(1, 100_000))
def test_points_read_as_an_author_would_write_them(hundredths: int) -> None:
    text = points_text(hundredths / 100)
    assert float(text) == hundredths / 100
    assert not text.endswith(".")
    assert "." not in text or not text.endswith("0")


def test_ten_points_do_not_lose_their_nought() -> None:
    assert [points_text(points) for points in (10, 100, 0, 2 / 3)] == ["10", "100", "0", "0.67"]
