"""The path of a workup on a feedback page: the student's own, and the expert's only where the key may be told."""

from small_bank import WORKUP, every_kind, workup

from itband_course.grading.paths import walked
from itband_course.kinds.base import Unanswered
from itband_course.questions import expert, score, split

QUESTION, RUBRIC = split(workup())
LOG = ["test-push", "ask-start", "line-2", "measure-hip"]


def texts(path: dict, side: str) -> list[tuple[str, int, str]]:
    return [(group["title"], act["place"], act["text"]) for group in path["groups"] for act in group[side]]


def test_a_path_stands_stage_by_stage_with_the_place_of_each_act_and_its_minutes() -> None:
    path = walked(QUESTION, score(RUBRIC, LOG), LOG, ())
    assert path is not None
    assert texts(path, "yours") == [
        ("Screen card", 3, QUESTION.acts()["line-2"].text),
        ("Ask", 2, "Text of ask-start"),
        ("Measure", 4, "Text of measure-hip"),
        ("Test", 1, "Text of test-push"),
    ]
    assert (path["minutes"], path["planned"]) == (1 + 2 + 1 + 3, 15)


def test_the_experts_path_stands_beside_it_only_where_the_key_may_be_told() -> None:
    assert texts(walked(QUESTION, score(RUBRIC, LOG), LOG, ()), "theirs") == []
    assert walked(QUESTION, score(RUBRIC, LOG), LOG, ())["expert"] is None
    path = walked(QUESTION, score(RUBRIC, LOG), LOG, expert(RUBRIC))
    assert [text for _, _, text in texts(path, "theirs")][-3:] == [
        "Text of look-skin",
        "Text of feel-gap",
        "Text of feel-bump",
    ]
    assert path["expert"] == 2 + 6 + 3


def test_what_cannot_be_read_is_no_path_and_other_kinds_have_none() -> None:
    twice = ["ask-start", "ask-start"]
    for value in (None, "ask-start", {"ask-start": 1}, ["gone"], [3], [{"act": "ask-start"}], twice, twice * 2500):
        path = walked(QUESTION, score(RUBRIC, value), value, ())
        assert path is not None
        assert path["groups"] == []
    others = [split(one)[0] for one in every_kind() if one.id != WORKUP]
    assert [walked(question, Unanswered(), None, ()) for question in others] == [None] * len(others)
