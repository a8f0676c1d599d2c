"""The map of the skin: every region in view from somewhere, none over another, and a picture for everybody."""

import xml.etree.ElementTree as ET
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from itband_course import colours
from itband_course.body import BodyError, body
from itband_course.body.map import Place, Ring, area, body_map, region, regions, svg, views

SVG = "{http://www.w3.org/2000/svg}"
STEP = 7
"""Millimetres between the places that are tried."""


def within(rings: list[Ring], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which places lie within rings by the even-odd rule."""
    found = np.zeros(x.shape, bool)
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if y1 != y2:
                found ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found


def grid(view: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left, top, width, height = body_map().views[view].box
    x, y = np.meshgrid(np.arange(left, left + width, STEP) + 0.37, np.arange(top, top + height, STEP) + 0.41)
    return x, y


def test_the_map_is_small() -> None:
    assert len(files("itband_course").joinpath("data/body/map.json").read_bytes()) < 150_000


def test_every_region_of_the_skin_is_in_view_from_somewhere() -> None:
    skin = {one.id: (one.name, one.side) for one in body("woman-young").header.regions}
    drawn = {place.id: (place.name, place.side) for view in views() for place in regions(view)}
    assert drawn == skin


@pytest.mark.parametrize("view", ["right", "left"])
def test_from_the_side_nothing_of_the_far_side_is_drawn(view: str) -> None:
    assert {place.side for place in regions(view)} == {view, "middle"}
    wanted = ("outer-knee", "gerdys-tubercle", "fibular-head-and-neck", "greater-trochanter", "lateral-thigh-middle")
    assert {f"{view}-{name}" for name in wanted} <= {place.id for place in regions(view)}


@pytest.mark.parametrize("view", ["front", "back", "right", "left"])
def test_regions_do_not_overlap_and_fill_the_outline(view: str) -> None:
    x, y = grid(view)
    count = sum(within(place.rings, x, y).astype(int) for place in regions(view))
    inside = within(body_map().views[view].outline, x, y)
    assert inside.mean() > 0.1
    assert (count > 1).sum() <= 0.002 * inside.sum()
    assert (inside & (count == 0)).sum() <= 0.01 * inside.sum()
    assert (~inside & (count > 0)).sum() <= 0.01 * inside.sum()


@pytest.mark.parametrize("view", ["front", "back", "right", "left"])
def test_the_person_is_dressed(view: str) -> None:
    x, y = grid(view)
    shown = body_map().views[view]
    worn = within(shown.cloth["shorts"], x, y) | within(shown.cloth["top"], x, y)
    groin = [within(place.rings, x, y) for place in regions(view) if place.id == "groin"]
    for place in groin:
        assert (place & worn).sum() >= 0.9 * place.sum()
    assert worn.sum() > 0.2 * within(shown.outline, x, y).sum()


@pytest.mark.parametrize("view", ["front", "back", "right", "left"])
def test_the_label_lies_within_its_region(view: str) -> None:
    for place in regions(view):
        x, y = (np.array([value], float) for value in place.label)
        assert within(place.rings, x + 0.01, y + 0.01).all(), place.id


@pytest.mark.parametrize("view", ["front", "back"])
def test_front_and_back_are_the_same_on_both_sides(view: str) -> None:
    found = {place.id: area(place.rings) for place in regions(view)}
    for name, size in found.items():
        if name.startswith("right-") and size > 2000:
            assert found[name.replace("right-", "left-")] == pytest.approx(size, rel=0.12), name


def test_front_and_back_are_not_mixed_up() -> None:
    def middle(view: str, name: str) -> float:
        place: Place = next(one for one in regions(view) if one.id == name)
        return float(np.mean([x for x, _ in place.rings[0]]))

    assert middle("front", "right-shin") < middle("front", "left-shin")
    assert middle("back", "left-calf") < middle("back", "right-calf")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", ["front", "back", "right", "left"])
def test_the_picture_is_well_formed_and_tells_what_it_shows(view: str, theme: colours.Theme) -> None:
    text = svg(view, {"right-outer-knee": "no-go"}, theme=theme, title="Stay off the outer knee & below")
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text == "Stay off the outer knee & below"
    assert description is not None and description.text is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "right outer knee" in description.text
    for place in regions(view):
        assert place.name in description.text
    assert "script" not in text and "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert len(root.findall(f"{SVG}path[@class='cloth']")) == 2


def test_marks_have_the_colour_of_their_meaning_a_sign_and_no_go_a_hatch() -> None:
    text = svg("right", {"right-outer-knee": "no-go", "right-gluteal": "right", "right-calf": "wrong"})
    root = ET.fromstring(text)
    marks = {mark.get("data-region"): mark for mark in root.findall(f"{SVG}path[@class='mark']")}
    assert set(marks) == {"right-outer-knee", "right-gluteal", "right-calf"}
    assert marks["right-gluteal"].get("fill") == colours.shown("right")
    assert marks["right-outer-knee"].get("fill", "").startswith("url(#")
    pattern = root.find(f"{SVG}defs/{SVG}pattern")
    assert pattern is not None
    assert f"url(#{pattern.get('id')})" == marks["right-outer-knee"].get("fill")
    assert {rect.get("fill") for rect in pattern} == {colours.shown("no-go")}
    assert {sign.text for sign in root.findall(f"{SVG}text")} == {"✓", "✕"}


def test_dark_has_colours_of_its_own() -> None:
    light, dark = (svg("front", {"right-shin": "no-go"}, theme=theme) for theme in ("light", "dark"))
    assert colours.shown("no-go", "dark") in dark
    assert colours.shown("no-go", "dark") not in light


def test_two_pictures_on_one_page_do_not_share_ids() -> None:
    one, other = svg("front", {"groin": "no-go"}), svg("front", {"groin": "no-go", "abdomen": "no-go"})
    ids = [{node.get("id") for node in ET.fromstring(text).iter() if node.get("id")} for text in (one, other)]
    assert not ids[0] & ids[1]


def test_what_is_marked_out_of_view_is_told() -> None:
    text = svg("front", {"left-popliteal-fossa": "accent"}, words={"accent": "chosen"})
    assert "Marked as chosen, not in view from here: left popliteal fossa." in text
    assert "Nothing is marked." in svg("front")


def test_unknown_names_are_sentences() -> None:
    with pytest.raises(BodyError, match=r"no view «top»\. There are: front, back, right, left"):
        svg("top")
    with pytest.raises(BodyError, match="no view «top»"):
        regions("top")
    with pytest.raises(BodyError, match="no region «elbow» on the map"):
        svg("front", {"elbow": "no-go"})
    with pytest.raises(BodyError, match="no region «elbow» on the map"):
        region("elbow")
    with pytest.raises(BodyError, match="no meaning «pink»"):
        svg("front", {"groin": "pink"})


def test_a_region_is_found_where_most_of_it_shows() -> None:
    assert region("right-outer-knee") in regions("right")
    assert region("left-popliteal-fossa") in regions("back")
