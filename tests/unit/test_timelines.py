"""The picture of a planned session on a feedback page, and of one that earns everything only where it may be told."""

import base64
import xml.etree.ElementTree as ET
from typing import Any

import msgspec
import pytest
from small_bank import hotspot, plan, row_of

from itband_course import colours
from itband_course.grading.timelines import drawn_plans, marks_of
from itband_course.kinds.base import Points
from itband_course.questions import exemplar_of, score, split

AUTHORED = plan()
QUESTION, RUBRIC = split(AUTHORED)
RIGHT: list[dict[str, Any]] = exemplar_of(RUBRIC)
KNEE = "right-outer-knee"
HARM = msgspec.to_builtins(row_of("stripping", 10, KNEE, 5))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(value: Any, *, full: bool = False) -> list[dict[str, str]]:
    result = score(RUBRIC, value)
    made = result.notes if isinstance(result, Points) else ()
    return drawn_plans(QUESTION, value, made, RIGHT if full else None)


def picture(found: dict[str, str]) -> ET.Element:
    head, _, data = found["source"].partition(",")
    assert head == "data:image/svg+xml;base64"
    return ET.fromstring(base64.b64decode(data))


def words(found: dict[str, str]) -> str:
    return " ".join("".join(text.itertext()) for text in picture(found).iter(f"{SVG}text"))


def test_a_session_is_drawn_with_each_row_in_words_and_its_time() -> None:
    (found,) = drawn(RIGHT)
    assert found["title"] == "Your session: 42 of 45\u202fmin"
    assert found["alt"].startswith(f"{found['title']}. 1. Baseline: one bearable movement, watched · 3\u202fmin. 2.")
    text = words(found)
    for part in ("1. Baseline", "4. Stripping", "Right front of the hip", "pressure 4", "45\u202fmin", "slow pressure"):
        assert part in text
    assert "could harm" not in found["alt"]


def test_segments_are_as_wide_as_their_minutes() -> None:
    boxes = [box for box in picture(drawn(RIGHT)[0]).iter(f"{SVG}rect") if box.get("stroke") and box.get("y") == "12.0"]
    per_minute = [float(box.get("width", "0")) / row["minutes"] for box, row in zip(boxes, RIGHT, strict=True)]
    assert max(per_minute) - min(per_minute) < 0.05
    assert float(boxes[-1].get("x", "0")) + float(boxes[-1].get("width", "0")) < 540


def test_a_session_that_is_too_long_stays_within_the_picture() -> None:
    (found,) = drawn([*RIGHT, *RIGHT])
    assert found["title"] == "Your session: 84 of 45\u202fmin"
    boxes = [box for box in picture(found).iter(f"{SVG}rect") if box.get("stroke")]
    assert max(float(box.get("x", "0")) + float(box.get("width", "0")) for box in boxes) < 540


def test_harm_and_what_stands_in_the_wrong_place_are_told_in_words_with_a_sign_and_in_their_colours() -> None:
    value = [RIGHT[1], RIGHT[0], *RIGHT[2:], HARM]
    result = score(RUBRIC, value)
    assert isinstance(result, Points)
    assert marks_of(result.notes)[7] == "no-go"
    assert marks_of(result.notes)[0] == "wrong"
    (found,) = drawn(value)
    assert "8. Stripping, bowing, J-stroke · Right outer knee · pressure 5 · 10\u202fmin (could harm)" in found["alt"]
    assert "4\u202fmin (not where it belongs)" not in found["alt"].split(" 2. ")[0]
    assert "1. Effleurage · Right calf · pressure 2 · 6\u202fmin (not where it belongs)" in found["alt"]
    raw = base64.b64decode(found["source"].partition(",")[2]).decode()
    assert raw.count("url(#harm)") == 2, "in the bar and beside the words"
    assert colours.shown("wrong") in raw
    assert {"!", colours.COLOURS["wrong"].sign} <= set(words(found).split())


def test_a_row_that_harms_and_is_turned_round_is_shown_as_harm() -> None:
    assert marks_of(score(RUBRIC, [HARM, *RIGHT]).notes)[0] == "no-go"  # type: ignore[union-attr]


def test_a_session_that_earns_everything_is_drawn_beside_only_where_it_may_be_told() -> None:
    assert [found["title"] for found in drawn(RIGHT[:3], full=True)] == [
        "Your session: 17 of 45\u202fmin",
        "One session that earns everything: 42 of 45\u202fmin",
    ]
    assert len(drawn(RIGHT[:3])) == 1
    assert [found["title"][:11] for found in drawn(None, full=True)] == ["One session"]


@pytest.mark.parametrize("value", [None, "no-session", [], [{"technique": "no-such", "minutes": 3}], "<script>", 3])
def test_what_is_no_plan_is_not_drawn(value: Any) -> None:
    assert drawn(value) == []


def test_another_kind_has_no_session() -> None:
    question, rubric = split(hotspot())
    assert exemplar_of(rubric) is None
    assert drawn_plans(question, [], (), None) == []
