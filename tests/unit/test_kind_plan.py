"""The rule of *plan*: demands kept, over those that the plan gives occasion for; nothing where a row could harm."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bank import plan, row_of

from itband_course.clinic.facts import session_rules, techniques
from itband_course.clinic.plans import MOST_ROWS, Row
from itband_course.clinic.safety import advise
from itband_course.clinic.session import FRICTION, acts, forbidden
from itband_course.kinds.base import Invalid, Points
from itband_course.kinds.plan import AuthoredForbid, AuthoredRequire, NoSession, Total, row_numbers
from itband_course.questions import KINDS, describe, exemplar_of, notes_of, samples, score, split

AUTHORED = plan()
QUESTION, RUBRIC = split(AUTHORED)
HIP, TENSOR, THIGH, KNEE, CALF = AUTHORED.places
RIGHT = list(AUTHORED.exemplar)
COUNTED = 9
"""Demands that the exemplar gives occasion for: two needed, five orders (one of the case), a band and the total."""
few = settings(max_examples=60)


def marked(rows: list[Row], rubric: Any = RUBRIC) -> Points:
    result = score(rubric, msgspec.to_builtins(rows))
    assert isinstance(result, Points), result
    return result


def said(rows: list[Row], rubric: Any = RUBRIC) -> dict[str, list[str]]:
    """Return what a mark says of the demands: by outcome, their names."""
    found: dict[str, list[str]] = {}
    for note in marked(rows, rubric).notes:
        outcome, _, demand = note.choice.partition("/")
        found.setdefault(outcome, []).append(demand)
    return found


def is_safe(row: Row) -> bool:
    return "forbidden" not in said([row])


def every_row() -> list[Row]:
    return [
        row_of(act.id, 2, place, pressure)
        for act in QUESTION.techniques
        for place in (AUTHORED.places if act.placed else [""])
        for pressure in (range(1, 6) if act.pressed else [0])
    ]


ROWS = every_row()
HARMFUL = [row for row in ROWS if not is_safe(row)]
SAFE = [row for row in ROWS if is_safe(row)]
MUST_PRECEDE = [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 3), (2, 3), (2, 5), (3, 5), (4, 5), (4, 6)]
"""Rows of the exemplar, counted from 0, that no order may turn round; strokes and kneading stand in for each other."""


def keeps_all(order: tuple[int, ...]) -> bool:
    place = {number: at for at, number in enumerate(order)}
    general = min(place[1], place[2]) < place[3]
    fixed = [pair for pair in MUST_PRECEDE if pair not in ((1, 3), (2, 3))]
    return general and all(place[first] < place[then] for first, then in fixed)


# --- full marks, and their parts


def test_the_exemplar_keeps_every_demand_and_earns_everything() -> None:
    result = marked(RIGHT)
    assert (result.earned, result.possible) == (4, 4)
    assert result.reason == f"{COUNTED} of {COUNTED} demands kept: 4 of 4 points."
    assert {note.verdict for note in result.notes} == {"right"}
    assert exemplar_of(RUBRIC) == msgspec.to_builtins(RIGHT)


def test_of_all_orders_of_the_exemplar_exactly_those_that_keep_the_order_earn_everything() -> None:
    orders = list(itertools.permutations(range(len(RIGHT))))
    full = {order for order in orders if marked([RIGHT[number] for number in order]).earned == 4}
    assert full == {order for order in orders if keeps_all(order)}
    assert 40 < len(full) < len(orders) / 10


LOSES = [
    ("the re-test is left out", RIGHT[:5] + RIGHT[6:], {"turned-round": ["re-test-after-work"]}),
    ("no baseline", RIGHT[1:], {"turned-round": ["baseline-before-hands"]}),
    ("pressing before anything general", [*RIGHT[:1], RIGHT[3], *RIGHT[1:3], *RIGHT[4:]], None),
    ("nobody is taught", [*RIGHT[:6], row_of("re-test", 10)], {"missing": ["teach"]}),
    (
        "hands keep off the hips",
        [RIGHT[0], row_of("effleurage", 22, CALF, 2), *RIGHT[4:]],
        {"missing": ["work-on-hips"]},
    ),
    ("cold comes before the re-test", [*RIGHT[:5], row_of("cold", 1, KNEE), *RIGHT[5:6], row_of("self-care", 9)], None),
]


@pytest.mark.parametrize(("rows", "lost"), [item[1:] for item in LOSES], ids=[item[0] for item in LOSES])
def test_what_is_not_kept_costs_its_share_and_is_named(rows: list[Row], lost: dict[str, list[str]] | None) -> None:
    found = said(rows)
    for outcome, demands in (lost or {}).items():
        assert set(demands) <= set(found[outcome])
    met = sum(len(found.get(outcome, [])) for outcome in ("there", "kept", "within"))
    missed = sum(len(found.get(outcome, [])) for outcome in ("missing", "turned-round", "below", "above"))
    assert missed > 0
    assert marked(rows).earned == pytest.approx(4 * met / (met + missed), abs=0.005)


def test_cold_before_the_re_test_costs_one_demand_and_never_the_question() -> None:
    late = [*RIGHT[:6], row_of("cold", 1, KNEE), row_of("self-care", 9)]
    early = [*RIGHT[:5], row_of("cold", 1, KNEE), RIGHT[5], row_of("self-care", 9)]
    assert said(late)["kept"].count("re-test-before-cold") == 1
    assert marked(late).earned == 4
    assert said(early)["turned-round"] == ["re-test-before-cold"]
    assert marked(early).earned == round(4 * COUNTED / (COUNTED + 1), 2)


def test_minutes_count_by_group_whatever_the_rows_and_both_ends_belong_to_a_band() -> None:
    halves = [*RIGHT[:2], row_of("petrissage", 4, HIP, 3), row_of("petrissage", 4, HIP, 2), *RIGHT[3:]]
    assert marked(halves).earned == 4
    for minutes, outcome in ((8, "within"), (9, "above")):
        rows = [*RIGHT[:2], row_of("petrissage", minutes, HIP, 3), *RIGHT[3:]]
        assert "hips" in said(rows)["within" if minutes == 8 else "above"], outcome
    assert "total" in said([*RIGHT, row_of("re-test", 4)])["above"]


def test_the_text_of_a_band_names_what_was_taken_and_never_what_is_asked() -> None:
    short = next(note for note in marked(RIGHT[:2]).notes if note.choice == "below/total")
    assert short.text == "The whole session: 9\u202fmin, too short"
    assert "40" not in short.text


# --- danger


@given(row=st.sampled_from(HARMFUL), place=st.integers(0, len(RIGHT)))
def test_one_row_that_could_harm_makes_any_plan_earn_nothing(row: Row, place: int) -> None:
    result = marked([*RIGHT[:place], row, *RIGHT[place:]])
    assert result.earned == 0
    assert result.notes[0].verdict == "danger"
    assert result.notes[0].text.startswith(f"Row {place + 1}: ")
    assert row_numbers(result.notes[0].text) == [place]


DANGERS = [
    ("stripping", KNEE, 1, "outer-knee-acute-left-out-1"),
    ("petrissage", KNEE, 1, "outer-knee-acute-left-out-1"),
    ("effleurage", KNEE, 1, "outer-knee-acute-closed-1"),
    ("gentle-stretch", KNEE, 0, "outer-knee-acute-closed-1"),
    ("effleurage", CALF, 4, "deep-calf"),
    ("stripping", CALF, 5, "deep-calf"),
]
ALLOWED = [("cold", KNEE, 0), ("passive-movement", KNEE, 0), ("stripping", CALF, 3), ("gentle-stretch", HIP, 0)]


@pytest.mark.parametrize(("technique", "place", "pressure", "why"), DANGERS)
def test_what_harms_is_told_by_the_reason_nearest_to_what_was_chosen(
    technique: str, place: str, pressure: int, why: str
) -> None:
    assert said([row_of(technique, 3, place, pressure)])["forbidden"] == [why]


@pytest.mark.parametrize(("technique", "place", "pressure"), ALLOWED)
def test_cold_and_movement_at_an_irritated_place_are_no_harm(technique: str, place: str, pressure: int) -> None:
    assert "forbidden" not in said([row_of(technique, 3, place, pressure)])


@few
@given(rows=st.lists(st.sampled_from(ROWS), min_size=1, max_size=8))
def test_a_plan_earns_nothing_by_harm_exactly_where_one_of_its_rows_does(rows: list[Row]) -> None:
    harms = any(row in HARMFUL for row in rows)
    assert ("forbidden" in said(rows)) == harms
    if harms:
        assert marked(rows).earned == 0


# --- soft rows, and any order


LIGHT = [row_of("effleurage", 1, place, pressure) for place in (THIGH, CALF) for pressure in (1, 2)]


@given(row=st.sampled_from(LIGHT), place=st.integers(1, len(RIGHT)))
def test_a_light_stroke_anywhere_after_the_baseline_never_lowers_the_mark(row: Row, place: int) -> None:
    roomy = split(plan(total=msgspec.structs.replace(AUTHORED.total, high=44)))[1]
    shorter = [*RIGHT[:6], row_of("self-care", 8)]
    assert marked([*shorter[:place], row, *shorter[place:]], roomy).earned == marked(shorter, roomy).earned == 4


@few
@given(rows=st.lists(st.sampled_from(SAFE), min_size=1, max_size=10), data=st.data())
def test_a_safe_row_added_within_the_bands_that_turns_nothing_round_never_lowers_the_mark(
    rows: list[Row], data: st.DataObject
) -> None:
    more = [*rows, data.draw(st.sampled_from(SAFE))]
    before, after = said(rows), said(more)
    lost = [after.get(outcome, []) != before.get(outcome, []) for outcome in ("turned-round", "above")]
    if not any(lost):
        assert marked(more).earned >= marked(rows).earned


@few
@given(data=st.data())
def test_a_mark_is_a_function_of_rubric_and_rows_and_asks_nothing_else(data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(ROWS), min_size=1, max_size=8))
    assert marked(rows) == marked(list(rows)) == marked(rows, split(plan())[1])


# --- no session


def test_no_session_earns_what_its_author_says() -> None:
    assert score(RUBRIC, "no-session") == Points(
        0, 4, "This client can be helped by a session: 0 of 4 points.", (notes_of(RUBRIC)[-1],)
    )
    right = NoSession(verdict="right", reason="Because there is none today.")
    none = split(closed_to_all(no_session=right))[1]
    result = score(none, "no-session")
    assert isinstance(result, Points)
    assert (result.earned, result.notes[0].verdict) == (4, "right")
    assert exemplar_of(none) == "no-session"
    assert describe(QUESTION, "no-session") == "No session today"


def closed_to_all(**changes: Any) -> Any:
    fields = {
        "findings": ["left-one-leg-swollen"],
        "require": [],
        "forbid": [],
        "before": [],
        "band": [],
        "exemplar": [],
        "total": Total(low=0, high=0, reason="Because there is none today."),
        "no_session": NoSession(verdict="right", reason="Because there is none today."),
    }
    return plan(**fields | changes)


def test_where_the_rules_say_no_session_every_technique_is_danger() -> None:
    authored = closed_to_all()
    assert KINDS["plan"].lint(authored) == []
    question, rubric = split(authored)
    for row in every_row():
        harms = "forbidden" in said([row], rubric)
        assert harms == (row.technique in techniques()), row
        assert marked([row], rubric).earned == 0
    assert {sample.name for sample in samples(rubric)} == {"right", "wrong", "malformed", "blank"}
    assert question == split(plan())[0], "what students see does not tell"


def test_where_no_session_is_right_a_plan_is_asked_for_no_order_and_no_safe_row_earns_anything() -> None:
    rubric = split(closed_to_all())[1]
    assert rubric.demands.before == ()
    safe = [row for row in every_row() if "forbidden" not in said([row], rubric)]
    assert {row.technique for row in safe} >= {"baseline", "re-test"}
    assert [marked([one, other], rubric).earned for one in safe for other in safe] == [0] * len(safe) ** 2


# --- what the facts say of any session


def test_every_technique_and_act_has_a_family_and_their_ids_are_apart() -> None:
    assert len(acts()) == len(techniques()) + len([act for act in acts() if act not in techniques()])
    assert {act.family for act in acts().values()} == {
        *("talk", "check"),
        *{one.family for one in techniques().values()},
    }


@pytest.mark.parametrize("rule", session_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_of_order_names_what_there_is_and_never_asks_a_row_to_precede_itself(rule: Any) -> None:
    for part in (rule.first, rule.then):
        assert part.families or part.techniques or part.pressure
    families = set(rule.first.families) & set(rule.then.families)
    assert not families or rule.first.where != rule.then.where


def forbids(findings: list[str], technique: str, place: str, pressure: int) -> bool:
    row = row_of(technique, 2, place, pressure)
    return any(what.has(row) for one in forbidden(advise(findings)) for what in one.what)


CHRONIC, SUBACUTE = ["right-outer-knee-pain-for-months"], ["right-outer-knee-pain-with-load"]
STAGES = [
    (CHRONIC, FRICTION, KNEE, 3, False),
    (CHRONIC, FRICTION, KNEE, 4, True),
    (CHRONIC, FRICTION, "right-fibular-head-and-neck", 2, True),
    (CHRONIC, "stripping", KNEE, 3, True),
    (SUBACUTE, FRICTION, KNEE, 2, True),
    (SUBACUTE, "effleurage", KNEE, 2, False),
    (SUBACUTE, "effleurage", KNEE, 3, True),
    (SUBACUTE, "petrissage", KNEE, 2, True),
    ([], FRICTION, KNEE, 2, True),
    ([], FRICTION, TENSOR, 4, False),
    ([], "sustained-compression", "right-femoral-triangle", 2, True),
    ([], "effleurage", "right-popliteal-fossa", 2, False),
    ([], "petrissage", "right-greater-trochanter", 4, True),
    (["right-locked-knee"], "passive-movement", KNEE, 0, True),
    (["right-locked-knee"], "effleurage", KNEE, 1, True),
    (["right-locked-knee"], "effleurage", "left-outer-knee", 1, False),
    (["frail-skin"], "warmth", HIP, 0, True),
    (["bruise@right-anterior-thigh"], "gentle-stretch", "right-anterior-thigh", 0, True),
    (["bruise@right-anterior-thigh"], "cold", "right-anterior-thigh", 0, False),
]


@pytest.mark.parametrize(("findings", "technique", "place", "pressure", "harms"), STAGES)
def test_the_safety_rules_forbid_row_by_row(
    findings: list[str], technique: str, place: str, pressure: int, harms: bool
) -> None:
    assert forbids(findings, technique, place, pressure) is harms


ANY_FINDING = [
    "right-outer-knee-warm",
    "right-outer-knee-pain-with-load",
    "combined-pill",
    "frail-skin",
    "anticoagulant",
]
ANY_FINDING += ["both-calves-sore-alike", "right-locked-knee", "left-one-leg-swollen", "bruise@right-calf"]


@few
@given(findings=st.lists(st.sampled_from(ANY_FINDING), unique=True), more=st.sampled_from(ANY_FINDING))
def test_a_further_finding_never_allows_what_was_forbidden(findings: list[str], more: str) -> None:
    for row in ROWS:
        if forbids(findings, row.technique, row.place, row.pressure):
            assert forbids([*findings, more], row.technique, row.place, row.pressure), row


# --- the linter


def linted(**changes: Any) -> str:
    return " ".join(KINDS["plan"].lint(plan(**changes)))


def test_a_sound_question_has_nothing_to_mend() -> None:
    assert KINDS["plan"].lint(AUTHORED) == []


KNEE_WORK = AuthoredRequire(
    id="knee", text="the knee", families=["pressing"], places=[KNEE], reason="Because the knee is sore."
)
AGAIN = AuthoredForbid(
    id="again", text="Again", places=[KNEE], techniques=["stripping"], reason="Because it is sore.", misconception="so"
)
LINTED = [
    ({"require": [KNEE_WORK]}, "require «knee»: nothing that can be chosen is that and safe"),
    ({"forbid": [AGAIN]}, "forbid «again»: the safety rules forbid all of it already: take it out."),
    ({"forbid": [msgspec.structs.replace(AGAIN, techniques=["baseline"])]}, "forbids nothing that can be chosen"),
    ({"findings": ["moon"]}, "findings: There is no finding «moon»"),
    ({"findings": ["left-one-leg-swollen"]}, "the safety rules say «No session today»"),
    (
        {"no_session": NoSession(verdict="right", reason="Because it is safer so.")},
        "no session is right, and the safety",
    ),
    ({"exemplar": RIGHT[:3]}, "its exemplar does not earn everything"),
    ({"exemplar": [row_of("warmth", 3, HIP)]}, "its exemplar cannot be recorded"),
    ({"exemplar": []}, "it has no exemplar"),
    ({"length": 50}, "its session lasts 50 minutes"),
    ({"techniques": [*AUTHORED.techniques, "reiki"]}, "the course knows no «reiki»"),
    ({"techniques": [*AUTHORED.techniques, "cold"]}, "«cold» stands twice"),
    ({"techniques": AUTHORED.techniques[1:4]}, "it offers 3 techniques"),
    ({"places": [*AUTHORED.places, "right-moon"]}, "the body map has no «right-moon»"),
    ({"places": AUTHORED.places[1:]}, "«right-gluteal» is not among places"),
    ({"places": []}, "places is empty"),
    ({"views": []}, "it shows no view"),
    ({"total": Total(low=50, high=60, reason="Because it is long.")}, "«total» runs from 50 to 60 minutes"),
    ({"band": [msgspec.structs.replace(AUTHORED.band[0], low=30)]}, "«hips» runs from 30 to 20 minutes"),
    ({"band": [msgspec.structs.replace(AUTHORED.band[0], id="total")]}, "«total» is the name of a rule of the course"),
    ({"before": [msgspec.structs.replace(AUTHORED.before[0], id="re-test-before-cold")]}, "is the name of a rule"),
    ({"before": [msgspec.structs.replace(AUTHORED.before[0], misconception="")]}, "names no misconception"),
    ({"require": [msgspec.structs.replace(AUTHORED.require[0], text=" ")]}, "«work-on-hips» has no text"),
    ({"require": [msgspec.structs.replace(AUTHORED.require[0], id="hips")]}, "two demands are called «hips»"),
    ({"require": [msgspec.structs.replace(AUTHORED.require[0], reason="So.")]}, "has no real reason"),
    ({"forbid": [msgspec.structs.replace(AUTHORED.forbid[0], from_pressure=7)]}, "begins at a pressure of 7"),
]


@pytest.mark.parametrize(("changes", "says"), LINTED)
def test_the_linter_says_what_to_mend(changes: dict[str, Any], says: str) -> None:
    assert says in linted(**changes)


# --- what no card can record


def test_a_plan_of_as_many_rows_as_a_card_takes_is_scored_and_one_more_is_not() -> None:
    row = msgspec.to_builtins(row_of("re-test", 1))
    assert isinstance(score(RUBRIC, [row] * MOST_ROWS), Points)
    result = score(RUBRIC, [row] * (MOST_ROWS + 1))
    assert isinstance(result, Invalid)
    assert "21 rows; a card takes 20" in result.reason


@pytest.mark.parametrize(
    "text", ["Row 3: Cold · Left knee · 3 min; Row 12: Warmth · 4 min", "Not kept: Shallow before deep, in rows 3, 12"]
)
def test_the_rows_of_a_note_are_read_from_its_text(text: str) -> None:
    assert row_numbers(text) == [2, 11]
    assert row_numbers("The whole session: 45\u202fmin, too long") == []
