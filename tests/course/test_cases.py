"""Every case of the course, graded by the real nbgrader: right, blank, wrong and mixed."""

import shutil
from typing import Any

import pytest
from course_kit import CASE, REPOSITORY, copy_course, nbgrader
from course_tools import Class, expect_explained

from itband_course.grading import simulate
from itband_course.grading.course import Course
from itband_course.questions import kind_of

CARD = [f"line-{number}" for number in range(1, 7)]
MIXED: dict[str, dict[str, tuple[Any, float]]] = {
    "the-consultant": {
        # workup: seven of eight things to know (the whole card, four of its lines, breath, both legs; not the injury),
        # both findings that tell causes apart, one act that irritates: (2/3 · 7/8 + 1/3 · 1/2) of 6 points.
        "workup-leg-since-yesterday": (
            [*CARD, "ask-calf", "ask-breath", "look-legs", "look-calves", "look-breathing", "measure-ober"],
            4.5,
        ),
        # number: 4.0 lies at the edge of the near band, half of 1 point.
        "calf-girth-in-two-readings": (4.0, 0.5),
        # many-of: three of five right entries, one of two wrong ones, (3/5 - 1/2) of 2 points; one counts neither way.
        "what-weighs-in-her-chart": (["one-calf", "sock", "flight", "thigh", "ten-kilometres"], 0.2),
        # match: three of five rows right, one wrong, one left open, 3/5 of 2 points.
        "what-lower-legs-tell": (
            {"pop": "muscle", "both-ankles": "both-sides", "spreading": "infection", "ball": "surface-vein"},
            1.2,
        ),
        # order: call before paper turned round, five pairs of six held, (5 - 1)/6 of 3 points.
        "steps-beside-the-table": (
            ["breath-again", "sit-down", "tell-her-why", "on-paper", "call-and-lift", "alarm-signs", "ask-later"],
            2.0,
        ),
        # triage: two steps more careful than the key on both scales, three quarters of 3 points.
        "what-if-both-calves": ({"hands": "none", "who": "within-days"}, 2.25),
        # triage: bolder than the key on one scale.
        "hands-and-who-leg-since-yesterday": ({"hands": "only-well-away", "who": "same-day"}, 0.0),
    },
    "the-long-season": {
        # workup: six of seven things to know (the whole card, three of its lines, load, bruises), two of six findings
        # that tell causes apart, one act that irritates: (2/3 · 6/7 + 1/3 · 1/6) of 6 points.
        "workup-trail-runner": (
            [*CARD, "ask-load", "ask-bruises", "look-stance", "feel-shaft", "feel-bruise", "test-noble"],
            3.76,
        ),
        # measure: the right side is misread by 7°, felt is wrong; 19 and 15 are 4 apart: 2/4 of 4 points.
        "ober-two-hips": ({"right": 19, "left": 15, "felt": "outer-knee", "says": "none-shown"}, 2.0),
        # many-of: four of five right, one of three wrong, (4/5 - 1/3) of 2 points.
        "physician-months-ago": (["at-night", "walking-or-shaft", "food-and-weight", "new-bruises", "how-deep"], 0.93),
        # match: two of four rows, half of 2 points.
        "hip-strength-how-sure": ({"found-with": "some-not-all", "joint-wears": "one-opinion"}, 1.0),
        # triage: two steps too careful on one scale, (3/4 + 1)/2 of 4 points.
        "hands-and-who-trail-runner": ({"hands": "only-well-away", "who": "nobody-now"}, 3.5),
        # order: friction before the broad strokes, three pairs of four held, (3 - 1)/4 of 2 points.
        "friction-if-she-chooses-it": (
            ["first-look", "across-the-fibres", "broad-strokes", "easy-stretch", "look-again"],
            1.0,
        ),
        # hotspot: three of four places, one where hands are welcome, (3 - 1)/4 of 2 points.
        "no-roller-no-thumb": (
            ["right-lateral-thigh-middle", "right-greater-trochanter", "right-popliteal-fossa", "right-gluteal"],
            1.0,
        ),
    },
    "the-surveyor": {
        # workup: five of seven things to know (the whole card, two of its lines, how it began, locking), three of five
        # findings that tell causes apart, one act that irritates: (2/3 · 5/7 + 1/3 · 2/5) of 6 points.
        "workup-hill-walker": (
            [*CARD, "ask-began", "ask-locks", "feel-joint-line", "test-sweep", "measure-range", "test-noble"],
            3.66,
        ),
        # hotspot, two places: one of them, half of 2 points.
        "two-places-to-show": (["left-outer-epicondyle", "left-gerdy"], 1.0),
        # match: three of four rows, 3/4 of 2 points.
        "swelling-and-stories": (
            {
                "two-hours": "ligament-or-bone",
                "next-morning": "under-the-band",
                "no-swelling": "under-the-band",
                "hot-and-ill": "infection",
            },
            1.5,
        ),
        # many-of: all four right entries and one of four wrong ones, (1 - 1/4) of 3 points.
        "source-of-the-pain": (["body-turned", "fluid", "catches", "joint-line-sore", "quiet-noble"], 2.25),
        # triage: one step more careful than the key, and two: (1 + 3/4)/2 of 4 points.
        "hands-and-who-hill-walker": ({"hands": "none", "who": "emergency-now"}, 3.5),
        # hotspot: four of five places and one where hands are welcome, (4 - 1)/5 of 2 points.
        "places-left-alone": (
            [
                "left-outer-knee",
                "left-inner-knee",
                "left-kneecap",
                "left-popliteal-fossa",
                "left-anterior-thigh",
                "left-gluteal",
            ],
            1.2,
        ),
        # many-of with a danger: nothing, however much is right beside it.
        "knee-at-home": (["walk-flat", "small-steps", "free-it"], 0.0),
    },
}
"""For each case answers that earn a part, and what each rule gives for them, worked out by hand. Those of the first
case stand in `test_grading.py`."""
OTHERS = [case for case in Course.at(REPOSITORY).cases() if case != CASE]
SEVERAL_KINDS = 4


class CaseGraded(Class):
    """A class that handed in one case, graded, with feedback."""

    case = ""

    def record(self, student: str, values: dict[str, Any] | None) -> None:
        folder = self.folder(student, self.case)
        shutil.copytree(self.root / "release" / self.case, folder)
        if values:
            simulate.record(folder, self.case, values)
            simulate.write_note(folder, self.case, "**S** Her own words.")

    def page(self, student: str) -> str:
        return (self.root / "feedback" / student / self.case / f"{self.case}.html").read_text("utf-8")


@pytest.fixture(scope="module", params=OTHERS)
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CaseGraded:
    """A case that four students handed in, graded and explained by the plain commands."""
    graded = CaseGraded(copy_course(tmp_path_factory.mktemp("case") / "course"))
    graded.case = request.param
    nbgrader(graded.root, "generate_assignment", graded.case)
    for wanted in ("right", "wrong"):
        graded.record(wanted, simulate.values_for(graded.course, graded.case, wanted))
    graded.record("blank", None)
    graded.record("mixed", {question: value for question, (value, _) in MIXED[graded.case].items()})
    graded.autograde(case=graded.case)
    nbgrader(graded.root, "generate_feedback", graded.case)
    return graded


def full(graded: CaseGraded) -> dict[str, float]:
    return {question.id: question.points for question in graded.course.released(graded.case)[1].questions}


def earned(graded: CaseGraded, student: str) -> dict[str, float | None]:
    marks = graded.marks(student, graded.case)
    return {name: marks[name] for name in full(graded)}


def test_right_answers_earn_full_points(graded: CaseGraded) -> None:
    assert earned(graded, "right") == full(graded)


@pytest.mark.parametrize("student", ["wrong", "blank"])
def test_wrong_and_missing_answers_earn_nothing(graded: CaseGraded, student: str) -> None:
    assert earned(graded, student) == dict.fromkeys(full(graded), 0.0)


def test_partial_credit_is_what_the_rule_gives_by_hand(graded: CaseGraded) -> None:
    by_hand = {question: points for question, (_, points) in MIXED[graded.case].items()}
    assert len({kind_of(graded.course.bank.questions[question]).name for question in by_hand}) >= SEVERAL_KINDS
    assert earned(graded, "mixed") == dict.fromkeys(full(graded), 0.0) | by_hand


def test_a_written_note_waits_for_a_person_and_a_blank_one_is_zero(graded: CaseGraded) -> None:
    notes = [note.id for note in graded.course.released(graded.case)[1].notes]
    assert notes
    for note in notes:
        assert graded.marks("right", graded.case)[note] is None
        assert graded.marks("blank", graded.case)[note] == 0


def test_feedback_explains_every_mark_and_gives_no_other_reason_away(graded: CaseGraded) -> None:
    values = simulate.values_for(graded.course, graded.case, "wrong")
    expect_explained(graded.page("wrong"), graded.course.bank, values)


def test_a_question_that_was_left_open_is_told_from_a_wrong_one(graded: CaseGraded) -> None:
    assert graded.page("blank").count("points: not answered") >= len(full(graded))
    assert "points: not answered" not in graded.page("wrong")


def test_every_case_has_answers_that_earn_a_part() -> None:
    assert set(MIXED) == set(OTHERS)
    assert (REPOSITORY / "source" / CASE).exists()
