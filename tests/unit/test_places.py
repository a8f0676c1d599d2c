"""The picture of a hotspot answer on a feedback page: what was chosen, and no more unless the key may be told."""

import base64

from small_bank import hotspot, place

from itband_course.grading.places import drawn_places
from itband_course.questions import score, split

KNEE, GERDY, SHIN = "right-outer-knee", "right-gerdys-tubercle", "right-shin"
QUESTION, RUBRIC = split(hotspot(place=[place(KNEE, "right"), place(GERDY, "right"), place(SHIN, "wrong")]))


def drawn(*chosen: str, full: bool = False) -> str:
    made = score(RUBRIC, list(chosen)).notes
    pictures = drawn_places(QUESTION, made, RUBRIC.notes if full else ())
    return "\n".join(base64.b64decode(one["source"].partition(",")[2]).decode() + one["alt"] for one in pictures)


def test_the_picture_marks_what_was_chosen_right_and_wrong() -> None:
    told = drawn(KNEE, SHIN)
    assert f'data-region="{KNEE}"' in told and f'data-region="{SHIN}"' in told
    assert "Marked as chosen, right: right outer knee" in told
    assert "Marked as chosen, not right: " in told


def test_what_was_missed_is_drawn_only_where_the_key_may_be_told() -> None:
    assert f'data-region="{GERDY}"' not in drawn(KNEE)
    told = drawn(KNEE, full=True)
    assert f'data-region="{GERDY}"' in told
    assert "Marked as right, not chosen: " in told


def test_other_kinds_and_empty_answers_have_no_picture() -> None:
    assert drawn_places(object(), (), ()) == []
    assert drawn_places(QUESTION, (), ()) == []
