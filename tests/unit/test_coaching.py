"""The coach for self-massage: what is kept, what comes back, and what is read where nothing runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from itband_course import coaching
from itband_course.coaching import START, Coach, coach_self_massage
from itband_course.practising import PRACTICE_FILE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sent(shown: Coach, **changes: Any) -> dict[str, Any]:
    shown.record = {**shown.record, **changes, "n": shown.reply["n"] + 1}
    return dict(shown.reply)


def test_drawing_it_writes_nothing_and_answers_nothing_yet(folder: Path) -> None:
    assert "remarks" not in coach_self_massage().reply
    assert not (folder / PRACTICE_FILE).exists()


def test_what_is_chosen_is_kept_and_stands_there_after_a_reload(folder: Path) -> None:
    reply = sent(coach_self_massage(), place="right-gluteal", seconds=60, asked=True)
    assert reply["problem"] == ""
    kept = json.loads((folder / PRACTICE_FILE).read_text())["answers"][coaching.NAME]["value"]
    assert kept["place"] == "right-gluteal" and "n" not in kept
    again = coach_self_massage()
    assert again.record["seconds"] == 60
    assert again.reply["remarks"] == reply["remarks"]


def test_the_plan_at_first_does_not_fit_and_none_at_all_does() -> None:
    shown = coach_self_massage()
    assert not sent(shown, asked=True)["good"]
    reply = sent(shown, place="", asked=True)
    assert reply["good"] and reply["headline"] == "This can stay as it is."


@pytest.mark.parametrize(
    "record",
    [{"stage": "fly", "place": "left-moon", "tool": 3}, {"discomfort": 11, "seconds": 65, "times": True}, {"asked": 1}],
)
def test_a_damaged_record_becomes_the_start(record: dict[str, Any]) -> None:
    assert coach_self_massage().cleaned(record) == {**START, "asked": False}


def test_what_cannot_be_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, value: Any) -> None:
        raise OSError("The disk is full.")

    monkeypatch.setattr(coaching, "record_practice", fail)
    assert sent(coach_self_massage())["problem"] == "The disk is full."


def test_every_place_is_drawn_and_listed_and_closed_places_are_marked_for_each_stage() -> None:
    sheet = coach_self_massage().sheet
    listed = {place["id"] for place in sheet["places"]}
    drawn = {place["id"] for view in sheet["picture"]["views"] for place in view["places"]}
    assert listed == drawn
    assert set(sheet["closed"]) == {stage["id"] for stage in sheet["stages"]}
    assert all(set(closed) <= listed for closed in sheet["closed"].values())


def test_the_still_picture_hatches_what_is_closed_at_the_chosen_stage() -> None:
    shown = coach_self_massage()
    picture = shown.pictures()["image/svg+xml"]
    assert 'data-region="right-outer-knee"' in picture and 'data-region="right-gluteal"' not in picture
    assert 'data-region="right-lateral-thigh-lower"' in picture
    assert "Marked as closed to pressure" in picture and len(picture.encode()) < 40_000
    sent(shown, stage="months")
    assert 'data-region="right-lateral-thigh-lower"' not in shown.pictures()["image/svg+xml"]


def test_the_text_says_what_there_is_to_choose_and_both_sides_of_the_dispute() -> None:
    shown = coach_self_massage()
    for one in (*shown.sheet["places"], *shown.sheet["tools"], *shown.sheet["stages"], *shown.sheet["amounts"]):
        assert one.get("text", one.get("title")) in shown.text()
    for side in shown.sheet["dispute"]["sides"]:
        assert side in shown.text()
    assert "disputed" in shown.text()
