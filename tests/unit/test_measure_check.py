"""`itband check` says which measure question could not be drawn, and which one its client's chart contradicts."""

from typing import Any

import pytest
from small_bank import finding, measure

from itband_course.figure.client import Client
from itband_course.grading.measure_check import bench_faults, entry_faults
from itband_course.kinds.workup import Angle


def client(*entries: Any) -> Client:
    return Client(name="Ann", findings="", closure="", chart=list(entries))


def hips(*, right: int = 6, left: int = 21, within: int = 2, ids: tuple[str, str] = ("r", "l")) -> Any:
    angles = [Angle(ids[0], right, within), Angle(ids[1], left, within)]
    return finding("measure-hips", "measure", found=f"R {{{ids[0]}}}, L {{{ids[1]}}}", angles=angles)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"test": "slump"}, "«slump» has no simulator: take one of ober"),
        ({"right": 30}, "the right side has 30°; its simulator knows -2° to 24°"),
        ({"left": -3}, "the left side has -3°"),
        ({"build": "giant"}, "no body «giant»"),
    ],
)
def test_what_cannot_be_drawn_is_named(changes: dict[str, Any], said: str) -> None:
    ((question, fault),) = bench_faults([measure(**changes)])
    assert question == measure().id
    assert said in fault


def test_what_can_be_drawn_has_no_fault() -> None:
    assert bench_faults([measure(), measure(test="ely", right=90, left=100)]) == []


@pytest.mark.parametrize(
    "entry",
    [hips(right=7), hips(left=-21), hips(within=1), hips(ids=("r", "other")), finding("measure-hips", "measure")],
)
def test_a_chart_that_says_something_else_is_named(entry: Any) -> None:
    ((_, fault),) = entry_faults([measure(entry="measure-hips")], client(entry))
    assert "«measure-hips» of the client's chart says other angles" in fault


@pytest.mark.parametrize("chart", [None, client(), client(finding("measure-knee", "measure"))])
def test_an_entry_that_is_in_no_chart_is_named(chart: Client | None) -> None:
    ((_, fault),) = entry_faults([measure(entry="measure-hips")], chart)
    assert "no entry «measure-hips»" in fault


def test_a_chart_that_says_the_same_or_is_not_asked_has_no_fault() -> None:
    assert entry_faults([measure(entry="measure-hips")], client(hips())) == []
    assert entry_faults([measure()], None) == []
