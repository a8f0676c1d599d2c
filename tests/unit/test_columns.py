"""Columns that a student shapes: what is kept, what comes back after a reload, and what is seen where nothing runs."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from itband_course import shaping
from itband_course.figure.columns import Columns, ColumnsError, Scale, Sheet, places
from itband_course.practising import PRACTICE_FILE

make = pytest.mark.parametrize("name", ["shape_pain", "plan_running"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(name: str) -> Columns:
    shown = getattr(shaping, name)()
    assert isinstance(shown, Columns)
    return shown


def sent(shown: Columns, **changes: Any) -> dict[str, Any]:
    """Do as the browser does, and return the reply."""
    number = shown.reply["n"] + 1
    shown.record = {**shown.record, **changes, "n": number}
    assert shown.reply["n"] == number
    return dict(shown.reply)


@make
def test_drawing_columns_writes_nothing(name: str, folder: Path) -> None:
    assert "columns to shape" in made(name).text()
    assert not (folder / PRACTICE_FILE).exists()


@make
def test_a_shape_is_kept_before_anything_is_asked_and_stands_there_after_a_reload(name: str, folder: Path) -> None:
    shown = made(name)
    task = shown.record["task"]
    values = [1.0, *shown.now()[1:]]
    reply = sent(shown, shapes={**shown.record["shapes"], task: values})
    assert reply["problem"] == "" and "remarks" not in reply
    assert json.loads((folder / PRACTICE_FILE).read_text())["answers"]
    assert made(name).now() == values


@make
def test_an_answer_that_was_asked_for_is_there_again_after_a_reload(name: str) -> None:
    reply = sent(made(name), asked=True)
    assert reply["headline"] and reply["remarks"] is not None
    again = made(name).reply
    assert again["remarks"] == reply["remarks"] and again["n"] == 0


def test_each_task_has_a_shape_of_its_own() -> None:
    shown = shaping.shape_pain()
    early = [0.0] * 6 + [2.0, 3.0, 3.0, 0.0, 0.0, 0.0]
    sent(shown, shapes={**shown.record["shapes"], "early": early})
    sent(shown, task="later")
    assert shown.now() == [0.0] * 12
    assert shaping.shape_pain().record["shapes"]["early"] == early


def test_a_lesson_may_ask_for_one_task_and_never_for_one_that_is_not_there() -> None:
    assert list(shaping.shape_pain(["later"]).record["shapes"]) == ["later"]
    with pytest.raises(ValueError, match="early, later"):
        shaping.shape_pain(["never"])


@pytest.mark.parametrize(
    "record",
    [
        {"task": "fly", "shapes": {"early": [1, 2]}, "picks": {"begin": "fly"}},
        {"shapes": {"early": ["x"] * 12}, "decisions": 3, "asked": "yes"},
        {"shapes": None},
    ],
)
def test_a_damaged_record_becomes_the_start(record: Any) -> None:
    shown = shaping.shape_pain()
    assert shown.cleaned(record) == shown.cleaned({})


def test_a_value_beyond_the_scale_is_brought_back_to_it() -> None:
    shown = shaping.shape_pain()
    assert max(shown.cleaned({"shapes": {"early": [99] * 12}})["shapes"]["early"]) == 10


def test_what_cannot_be_kept_is_told_and_nothing_says_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = shaping.shape_pain()

    def fail(name: str, value: Any) -> None:
        raise OSError("The disk is full.")

    monkeypatch.setattr(shaping, "record_practice", fail)
    assert sent(shown)["problem"] == "The disk is full."


def test_a_decision_on_what_happens_is_answered_and_kept() -> None:
    shown = shaping.plan_running()
    reply = sent(shown, asked=True, decisions={"small-pain": "run-on"})
    (event,) = [one for one in reply["events"] if one["id"] == "small-pain"]
    assert event["remark"]["sign"] == "wrong"
    assert shaping.plan_running().record["decisions"] == {"small-pain": "run-on"}


def test_numbers_in_an_answer_keep_to_their_units() -> None:
    reply = sent(shaping.plan_running(), asked=True)
    (rise,) = [remark for remark in reply["remarks"] if remark["id"] == "rise"]
    assert "20\N{NARROW NO-BREAK SPACE}km" in rise["says"]


@make
def test_the_still_picture_and_the_text_say_what_the_columns_say(name: str) -> None:
    shown = made(name)
    picture = shown.pictures()["image/svg+xml"]
    assert picture.startswith("<svg") and "<desc>" in picture and shown.says() in picture
    assert shown.says() in shown.text()
    for column in shown.sheet["columns"]:
        assert column["says"] in shown.text()
    assert picture.count("<rect") == 1 + len(shown.sheet["columns"])


def test_columns_stand_side_by_side_and_groups_apart() -> None:
    slots = places(made("plan_running")._told.columns, 600)
    gaps = [round(second[0] - first[0] - first[1], 3) for first, second in itertools.pairwise(slots)]
    assert gaps[6] > 0 and set(gaps[:6] + gaps[7:]) == {0.0}


def test_columns_that_do_not_fit_together_are_refused() -> None:
    told = made("shape_pain")._told
    scale = Scale("Pain", "of 10", 0, 10, 1, 2)
    common = {"id": "x", "title": "X", "about": "", "scale": scale, "columns": told.columns, "tasks": {"a": "b"}}
    more: dict[str, Any] = {"task_names": {"a": "A"}, "button": "Go", "source": ""}
    for start in ((0.0,), (11.0,) * 12):
        with pytest.raises(ColumnsError):
            Columns(Sheet(**common, **more, start=start), lambda record: {})
