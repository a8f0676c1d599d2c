"""Simulated tests: each is a special test of the clinic, knows its faults, and keeps how the practice stands."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from itband_course import simulating
from itband_course.body import position
from itband_course.bundled import FRONT
from itband_course.clinic.facts import special_tests
from itband_course.figure.moving import FigureError
from itband_course.figure.simulators import Simulator, benches, simulator
from itband_course.practising import PRACTICE_FILE

every_bench = pytest.mark.parametrize("name", benches())


def panel(test: str = "ober", **more: Any) -> Simulator:
    shown = simulator(test, **more).other
    assert isinstance(shown, Simulator)
    return shown


def test_the_tests_that_the_course_teaches_by_hand_can_be_simulated() -> None:
    assert set(benches()) == {"ober", "modified-ober", "modified-thomas", "ely", "noble-compression"}


@every_bench
def test_a_simulated_test_shows_the_steps_limits_and_sources_of_the_clinics_own(name: str) -> None:
    test, text = special_tests()[name], panel(name).text()
    for step in test.steps:
        assert step.id == "other-side" or step.says in text
    assert test.cannot_say in text
    assert len(panel(name).about["to_read"]) == len(test.sources)
    assert panel(name).about["not_when"] == test.not_when


@every_bench
def test_every_fault_that_the_sums_name_has_words_and_the_other_way_round(name: str) -> None:
    bench = benches()[name]
    sums = (FRONT / "src/simulated.js").read_text("utf-8")
    own = re.split(r"^function ", sums, flags=re.MULTILINE)
    ways = {"side-lying": "sideLying", "thomas": "thomas", "ely": "ely", "noble": "noble"}
    code = next(part for part in own if part.startswith(ways[bench.way]))
    named = set(re.findall(r'\bid: "([\w-]+)"', code)) | set(re.findall(r'missed\([^)]*"([\w-]+)"\)', code))
    if "missed(" in code:
        named.add("early")
    assert named == set(bench.faults)


@every_bench
def test_every_control_is_read_by_the_sums_and_starts_within_its_range(name: str) -> None:
    bench = benches()[name]
    sums = (FRONT / "src/simulated.js").read_text("utf-8")
    for control in (*bench.slides, *bench.switches, *bench.picks):
        assert f"set.{control.id}" in sums or f'set["{control.id}"]' in sums
    for slide in bench.slides:
        assert slide.low <= slide.start <= slide.high
    last = bench.slides[-1]
    assert last.low < bench.low < bench.high < last.high, "every true angle can be reached and passed"


@pytest.mark.parametrize("side", ["right", "left"])
@every_bench
def test_the_figure_lies_in_the_position_of_the_test_on_the_tested_side(name: str, side: Any) -> None:
    shown = panel(name, side=side)
    assert shown.figure.state["side"] == side
    for angle, value in position(benches()[name].position, side).angles.items():
        assert shown.start.get(angle, 0) == pytest.approx(value), angle
    assert shown.figure.state["view"]["near"] > 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"test": "renne"}, "ober"), ({"test": "ober", "truths": [80]}, "80"), ({"test": "ober", "side": "both"}, "both")],
)
def test_what_is_not_there_is_a_sentence(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(FigureError, match=named):
        simulator(**wrong)


def test_a_checked_reading_is_told_as_kept_only_once_it_is() -> None:
    kept: list[dict[str, Any]] = []
    shown = panel(keep=kept.append)
    shown.record = {"readings": 1, "running": 1, "done": False}
    assert kept == [{"readings": 1, "running": 1, "done": False}]
    assert (shown.kept, shown.problem) == (1, "")


def test_a_reading_that_could_not_be_kept_says_why() -> None:
    def fail(_: dict[str, Any]) -> None:
        raise OSError("NOT saved: the disk is full")

    shown = panel(keep=fail)
    shown.record = {"readings": 1, "running": 1, "done": False}
    assert (shown.kept, shown.problem) == (0, "NOT saved: the disk is full")


def test_how_the_practice_stands_is_kept_beside_the_notebook_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = simulating.simulate("ely").other
    assert not (tmp_path / PRACTICE_FILE).exists(), "nothing is written before a reading is checked"
    first.record = {"readings": 4, "running": 2, "done": False}
    assert json.loads((tmp_path / PRACTICE_FILE).read_text())["answers"]["simulate-ely-right"]["value"]["running"] == 2
    again = simulating.simulate("ely").other
    assert again.record == {"readings": 4, "running": 2, "done": False}
    assert again.kept == 4
    assert simulating.simulate("ely", side="left").other.record["readings"] == 0


@pytest.mark.parametrize("odd", [None, {}, {"readings": "4"}, {"readings": 1, "running": 1, "done": 1}])
def test_what_was_recorded_in_another_form_counts_as_nothing(odd: dict[str, Any] | None) -> None:
    assert simulating._standing(odd) is None
