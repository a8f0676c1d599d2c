"""Every part of the leg that a student can pick has words, and what they rest on exists."""

import pytest

from itband_course.facts import references
from itband_course.leg import right_leg, structure, structures
from itband_course.leg.structures import StructureError, checked


def test_every_part_but_the_skin_has_an_entry() -> None:
    parts = {name for name, part in right_leg().parts.items() if part.head.tissue != "skin"}
    assert set(structures()) == parts


@pytest.mark.parametrize("name", list(structures()))
def test_an_entry_says_what_a_student_needs(name: str) -> None:
    one = structure(name)
    tissue = right_leg().parts[name].head.tissue
    assert one.hands.endswith(".")
    if tissue == "muscle":
        assert one.attachments and one.action and one.nerve
    if right_leg().parts[name].head.drawn:
        assert "rawn" in one.about, "what is drawn says so"
    assert set(one.sources) <= set(references())


def test_the_name_is_that_of_the_figure() -> None:
    differing = {
        name: (one.name, right_leg().parts[name].head.name)
        for name, one in structures().items()
        if one.name != right_leg().parts[name].head.name
    }
    assert differing == {}


@pytest.mark.parametrize("name", ["iliotibial_tract", "gluteus_medius", "sciatic_nerve", "distal_fat_pad"])
def test_what_the_course_turns_on_has_a_source(name: str) -> None:
    assert structure(name).sources


def test_no_entry_rests_on_what_nobody_has_seen() -> None:
    cited = {key for one in structures().values() for key in one.sources}
    assert [key for key in cited if references()[key].checked == "memory"] == []


def test_an_unknown_structure_is_a_sentence() -> None:
    with pytest.raises(StructureError, match="no structure «spleen»"):
        structure("spleen")


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([], "«femur» has no entry"),
        (
            [{"id": "femur", "name": "femur", "hands": "."}, {"id": "tail", "name": "t", "hands": "."}],
            "«tail» is no part",
        ),
        ([{"id": "femur", "name": "femur", "hands": ".", "sources": ["nobody-1900"]}], "cites «nobody-1900»"),
        ([{"id": "femur", "name": "femur", "hands": "."}] * 2, "an id stands twice"),
        ([{"id": "femur", "name": "femur"}], "missing required field `hands`"),
        ([{"id": "femur", "name": "femur", "hands": ".", "colour": "red"}], "unknown field `colour`"),
    ],
)
def test_a_file_that_is_not_complete_is_a_sentence(entries: list[dict[str, object]], sentence: str) -> None:
    with pytest.raises(StructureError, match=sentence):
        checked({"structure": entries}, ["femur"])
