"""The pictures of a client: every fact is in them, nothing gives a key away, and they come out alike each time."""

import hashlib
import json
import math
import re
import subprocess
import sys
import tomllib
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path as Curve
from matplotlib.text import Annotation, Text

from itband_course.colours import COLOURS
from itband_course.figure.charts import KNEE_VIEW, LEG_VIEW, SPOTS
from itband_course.figure.client import Client, Landmark
from itband_course.figure.leg import LOOKS, leg, smooth_path
from itband_course.figure.pictures import draw, pictures_of
from itband_course.figure.style import THIN_SPACE, course_style

REPOSITORY = Path(__file__).parents[2]
CLIENTS = sorted((REPOSITORY / "bank/clients").glob("*.toml"))
PRIYA = tomllib.loads((REPOSITORY / "bank/clients/the-consultant.toml").read_text("utf-8"))
LEILA = tomllib.loads((REPOSITORY / "bank/clients/the-long-season.toml").read_text("utf-8"))
GEORGE = tomllib.loads((REPOSITORY / "bank/clients/the-surveyor.toml").read_text("utf-8"))
MAYA = tomllib.loads((REPOSITORY / "bank/clients/the-half-marathon.toml").read_text("utf-8"))
DATA = REPOSITORY / "itband_course/data/anatomy"
GIVES_AWAY = re.compile(
    r"\b(?:sub)?acute\b|chronic|stage|syndrome|\bITBF?S\b|bursitis|tendin|\btear\b|\btight\b|\bshort\b", re.IGNORECASE
)
DRAWN = ["load.svg", "sides.svg", "findings.svg", "bend.svg", "timeline.svg", "tapes.svg"]
pictures = pytest.mark.parametrize("name", DRAWN[:4])
all_pictures = pytest.mark.parametrize("name", DRAWN)
SVG = draw(GEORGE) | draw(PRIYA) | draw(LEILA) | draw(MAYA)


@pytest.fixture(scope="module")
def maya() -> Client:
    return msgspec.convert(MAYA, type=Client)


@pytest.fixture(scope="module")
def george() -> Client:
    return msgspec.convert(GEORGE, type=Client)


@pytest.fixture(scope="module")
def priya() -> Client:
    return msgspec.convert(PRIYA, type=Client)


@pytest.fixture(scope="module")
def leila() -> Client:
    return msgspec.convert(LEILA, type=Client)


@pytest.fixture(scope="module")
def drawn(maya: Client, priya: Client, leila: Client, george: Client) -> dict[str, Figure]:
    """Return a figure of each kind, laid out, so that artists know where they are."""
    with course_style():
        made = pictures_of(george) | pictures_of(priya) | pictures_of(leila) | pictures_of(maya)
        figures = {name: picture.figure for name, picture in made.items()}
        for figure in figures.values():
            FigureCanvasAgg(figure).draw()
    return figures


def texts(figure: Figure) -> list[Text]:
    """Return every piece of text that shows."""
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def words(figure: Figure) -> str:
    return " ".join(" ".join(text.get_text().split()).replace(THIN_SPACE, " ") for text in texts(figure))


def changed(path: list[str | int], value: Any, client: dict[str, Any] = MAYA) -> dict[str, Any]:
    """Return the facts of a client, Maya if no other is named, with one of them changed."""
    facts = json.loads(json.dumps(client))
    at = facts
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return facts


# --- the load chart


def test_the_load_chart_has_a_bar_and_a_number_for_every_week(drawn: dict[str, Figure], maya: Client) -> None:
    axes = drawn["load.svg"].axes[0]
    assert [bar.get_height() for bar in axes.patches] == maya.load.km == [22, 27, 33, 38]
    assert [text.get_text() for text in axes.texts[:4]] == ["22", "27", "33", "38"]
    shown = [" ".join(label.get_text().split()) for label in axes.get_xticklabels()]
    assert shown == maya.load.weeks
    assert axes.get_ylim()[0] == 0, "bars that do not begin at 0 lie"


def test_the_load_chart_tells_the_downhill_run_and_the_onset(drawn: dict[str, Figure]) -> None:
    told = words(drawn["load.svg"])
    assert "From 22 to 38 km a week within three weeks" in told
    assert "5 km downhill" in told
    assert "6 days ago: sharp pain at 6 km" in told


def test_the_weeks_end_with_the_onset_and_today_comes_after_it(drawn: dict[str, Figure], maya: Client) -> None:
    axes = drawn["load.svg"].axes[0]
    last = axes.patches[len(maya.load.km) - 1]
    places = [line.get_xdata()[0] for line in axes.lines]
    assert places == [0, 0, pytest.approx(6 / 7)]
    assert last.get_x() + last.get_width() < 0


def test_axes_name_what_they_measure_and_its_unit(drawn: dict[str, Figure]) -> None:
    assert drawn["load.svg"].axes[0].get_ylabel() == "Distance, km a week"
    assert drawn["findings.svg"].axes[2].get_xlabel().endswith("0 to 10")


@pictures
def test_the_percentage_is_never_told(name: str, drawn: dict[str, Figure]) -> None:
    for told in (words(drawn[name]), SVG[name].decode("utf-8").split("</desc>")[0]):
        assert "73" not in told
        assert not re.search(r"%|per ?cent", told, re.IGNORECASE)


# --- both sides


def test_the_chart_of_both_sides_has_two_bars_from_0_for_each_thing_that_was_counted(
    drawn: dict[str, Figure], leila: Client
) -> None:
    figure = drawn["sides.svg"]
    assert len(figure.axes) == len(leila.sides.pair) == 2
    for axes, pair in zip(figure.axes, leila.sides.pair, strict=True):
        assert [bar.get_width() for bar in axes.patches] == [pair.right, pair.left]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["Right", "Left"]
        assert axes.yaxis_inverted(), "right stands above left"
        assert axes.get_xlim() == (0, pair.most)
        assert axes.get_xlabel() == pair.unit
        assert pair.words in words(figure)


def test_the_number_and_what_is_said_of_a_side_stand_at_its_bar(drawn: dict[str, Figure]) -> None:
    standing, lifting = drawn["sides.svg"].axes
    assert [text.get_text() for text in standing.texts] == ["18, then the left side sinks", "30, level to the end"]
    assert [text.get_text() for text in lifting.texts] == ["14", "27"]


def test_a_number_stands_inside_a_long_bar_and_beside_a_small_one(drawn: dict[str, Figure]) -> None:
    for axes in drawn["sides.svg"].axes:
        for bar, text in zip(axes.patches, axes.texts, strict=True):
            around, box = bar.get_window_extent(), text.get_window_extent()
            assert box.x1 < around.x1 or box.x0 > around.x1
            assert around.y0 < (box.y0 + box.y1) / 2 < around.y1


# --- the findings


def test_every_place_is_marked_where_it_lies_with_its_pain(drawn: dict[str, Figure], maya: Client) -> None:
    assert len(maya.place) == 6
    whole, knee, _ = drawn["findings.svg"].axes
    for place in maya.place:
        axes = whole if SPOTS[place.landmark].view == "leg" else knee
        at = leg().landmarks[place.landmark]
        numbers = [text.get_text() for text in axes.texts if text.get_position() == at]
        assert str(place.pain) in numbers
        assert [line for line in axes.lines if list(line.get_xydata()[0]) == list(at)]


def test_every_place_is_labelled_with_its_number_and_its_words(drawn: dict[str, Figure], maya: Client) -> None:
    told = words(drawn["findings.svg"])
    for place in maya.place:
        assert f"{place.name}: {place.pain}" in told
        assert place.words in told
    assert "Lateral epicondyle: 6 familiar, faintly warm, slightly puffy" in told
    assert told.count("not familiar, firm") == 2


def test_familiar_pain_differs_in_shape_weight_and_word(drawn: dict[str, Figure], maya: Client) -> None:
    axes = drawn["findings.svg"].axes
    shapes: dict[bool, set[str]] = {True: set(), False: set()}
    for place in maya.place:
        at = list(leg().landmarks[place.landmark])
        marks = [line for view in axes[:2] for line in view.lines if list(line.get_xydata()[0]) == at]
        shapes[place.familiar] |= {str(mark.get_marker()) for mark in marks if mark.get_markerfacecolor() != "none"}
    assert shapes == {True: {"D"}, False: {"o"}}
    bold = [text.get_text() for text in texts(drawn["findings.svg"]) if text.get_weight() == "bold"]
    assert "familiar," in bold
    assert not [text for text in bold if "not familiar" in text]


def test_every_situation_has_a_bar_of_its_pain_on_a_scale_from_0_to_10(drawn: dict[str, Figure], maya: Client) -> None:
    axes = drawn["findings.svg"].axes[2]
    assert [bar.get_width() for bar in axes.patches] == [1, 2, 7]
    assert [text.get_text() for text in axes.texts] == ["1", "2", "7"]
    assert [label.get_text() for label in axes.get_yticklabels()] == [each.words for each in maya.situation]
    assert axes.get_xlim() == (0, 10)


def test_the_leg_is_shown_with_the_credit_its_licence_asks_for(drawn: dict[str, Figure]) -> None:
    credit = "BodyParts3D, © The Database Center for Life Science licensed under CC Attribution-Share Alike 2.1 Japan"
    assert credit in words(drawn["findings.svg"])
    assert "Fictional client" in words(drawn["findings.svg"])
    assert "Fictional client" in words(drawn["load.svg"])


@pytest.mark.parametrize("path", CLIENTS, ids=lambda path: path.stem)
def test_no_picture_names_a_stage_a_diagnosis_or_the_end_of_the_story(path: Path) -> None:
    facts = tomllib.loads(path.read_text("utf-8"))
    client = msgspec.convert(facts, type=Client)
    with course_style():
        told = "".join(words(picture.figure) for picture in pictures_of(client).values())
    told += "".join(picture.decode("utf-8").split("</desc>")[0] for picture in draw(facts).values())
    assert GIVES_AWAY.search(told) is None
    assert not [sentence for sentence in re.split(r"(?<=\.)\s+", client.closure.strip()) if sentence in told]


# --- the tapes


def arrows(figure: Figure) -> list[float]:
    """Return where on its scale each tape has its arrow, from top to bottom."""
    return [text.xy[0] for axes in figure.axes for text in axes.texts if isinstance(text, Annotation)]


def test_each_tape_has_its_arrow_at_what_it_reads_on_one_scale(drawn: dict[str, Figure], priya: Client) -> None:
    figure = drawn["tapes.svg"]
    assert arrows(figure) == [priya.tapes.right, priya.tapes.left] == [36.0, 39.5]
    right, left = figure.axes
    assert right.get_xlim() == left.get_xlim()
    low, high = right.get_xlim()
    assert low < priya.tapes.right < priya.tapes.left < high
    told = words(figure)
    assert told.index("Right") < told.index("Left")


def test_a_tape_has_a_stroke_for_every_millimetre_and_a_number_for_every_centimetre(drawn: dict[str, Figure]) -> None:
    for axes in drawn["tapes.svg"].axes:
        strokes = sorted(line.get_xdata()[0] for line in axes.lines)
        low, high = axes.get_xlim()
        assert strokes == [pytest.approx(low + number / 10) for number in range(1, round((high - low) * 10))]
        numbers = {text.get_text(): text.get_position()[0] for text in axes.texts if text.get_text()}
        assert numbers == {str(whole): whole for whole in range(round(low) + 1, round(high))}


def test_the_difference_between_the_tapes_is_never_told(drawn: dict[str, Figure]) -> None:
    for told in (words(drawn["tapes.svg"]), draw(PRIYA)["tapes.svg"].decode("utf-8").split("</desc>")[0]):
        assert not re.search(r"\b3[.,]5\b", told)


def test_who_does_not_see_the_tapes_is_told_both_readings_and_where_they_lie() -> None:
    told = draw(PRIYA)["tapes.svg"].decode("utf-8").split("<desc>")[1].split("</desc>")[0]
    for part in ("10 cm below", "right reads 36 cm", "left 39.5 cm"):
        assert part in told


# --- the timeline


def test_events_stand_in_their_order_each_with_its_time_at_even_steps(drawn: dict[str, Figure], priya: Client) -> None:
    figure = drawn["timeline.svg"]
    assert len(priya.timeline.event) == 5
    places = {" ".join(text.get_text().split()): text.get_position()[1] for text in texts(figure)}
    heights = [places[event.when] for event in priya.timeline.event]
    assert heights == sorted(heights, reverse=True)
    steps = {round(above - below, 6) for above, below in pairwise(heights)}
    assert len(steps) == 1
    told = words(figure)
    for event in priya.timeline.event:
        assert event.words.replace("-", "") in told.replace("-", "")
    assert "not to scale" in told


def test_who_does_not_see_the_timeline_is_told_every_event(priya: Client) -> None:
    told = draw(PRIYA)["timeline.svg"].decode("utf-8").split("<desc>")[1].split("</desc>")[0]
    assert [event.words for event in priya.timeline.event if f"{event.when}: {event.words}" not in told] == []


# --- how far both knees bend


def test_both_knees_are_drawn_straight_and_bent_at_their_own_angles(drawn: dict[str, Figure], george: Client) -> None:
    for axes, knee in zip(drawn["bend.svg"].axes, george.bend.knee, strict=True):
        (way,) = axes.patches
        assert (way.theta1, way.theta2) == (-knee.high, -knee.low)
        ends = [line.get_xydata()[-1] for line in axes.lines if len(line.get_xydata()) == 2]
        bends = {round(math.degrees(math.atan2(-y, x))) for x, y in ends}
        assert {knee.low, knee.high} <= bends
        assert f"{knee.high}°" in [text.get_text() for text in axes.texts]


def test_both_knees_are_named_with_their_range_and_only_the_sore_one_hurts(drawn: dict[str, Figure]) -> None:
    told = words(drawn["bend.svg"])
    assert "Left knee: 0° to 125° the end of the bend hurts" in told
    assert "Right knee: 0° to 140° no pain at the end of the bend" in told


def test_the_picture_of_both_knees_leaves_their_difference_to_the_reader(drawn: dict[str, Figure]) -> None:
    told = words(drawn["bend.svg"]) + SVG["bend.svg"].decode("utf-8").split("</desc>")[0].split("<title>")[1]
    assert re.search(r"\b15\b", told) is None


# --- how they look


@all_pictures
def test_no_word_is_cut_off_and_no_two_overlap(name: str, drawn: dict[str, Figure]) -> None:
    figure = drawn[name]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    for told, box in boxes:
        inside = box.x0 >= 8 and box.y0 >= 4 and box.x1 <= figure.bbox.x1 - 8 and box.y1 <= figure.bbox.y1 - 8
        assert inside, told
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), f"«{one}» and «{other}»"


@all_pictures
def test_letters_are_large_enough_to_read_at_the_width_of_a_notebook(name: str, drawn: dict[str, Figure]) -> None:
    assert drawn[name].get_figwidth() * 96 == pytest.approx(700)
    assert min(text.get_fontsize() for text in texts(drawn[name])) >= 10.5


@pictures
def test_a_picture_is_a_small_svg_that_tells_its_title_and_what_it_shows(
    name: str, maya: Client, leila: Client, george: Client
) -> None:
    picture = SVG[name]
    text = picture.decode("utf-8")
    assert len(picture) < 250_000
    assert 'role="img"' in text
    titles = dict(zip(DRAWN[:4], [maya.load.title, leila.sides.title, maya.findings, george.bend.title], strict=True))
    assert f"<title>{titles[name]}</title>" in text
    described = text.split("<desc>")[1].split("</desc>")[0]
    numbers = {
        "load.svg": maya.load.km,
        "sides.svg": [number for pair in leila.sides.pair for number in (pair.right, pair.left)],
        "findings.svg": [place.pain for place in maya.place],
        "bend.svg": [degrees for knee in george.bend.knee for degrees in (knee.low, knee.high)],
    }
    assert all(re.search(rf"\b{number:g}\b", described) for number in numbers[name])
    assert "<script" not in text
    assert "<image" not in text


@pictures
def test_a_picture_uses_the_colours_of_the_course_on_a_panel_that_covers_its_ground(name: str) -> None:
    text = SVG[name].decode("utf-8")
    first_fill = re.search(r"fill: (#[0-9a-f]{6})", text)
    assert first_fill is not None
    assert first_fill[1] == COLOURS["panel"].light
    if name == "findings.svg":
        drawn_fills = set(re.findall(r"#[0-9a-f]{6}", text))
        assert {COLOURS[tissue].light for tissue in ("bone", "band")} <= drawn_fills


def test_the_same_facts_give_the_same_bytes_in_every_process() -> None:
    code = (
        "import hashlib, pathlib, sys, tomllib\n"
        "import matplotlib; matplotlib.rcParams['font.size'] = 30; matplotlib.rcParams['xtick.major.size'] = 20\n"
        "from itband_course.figure.pictures import draw\n"
        "facts = tomllib.loads(pathlib.Path(sys.argv[1]).read_text('utf-8'))\n"
        "print(*(hashlib.sha256(picture).hexdigest() for picture in draw(facts).values()))"
    )
    here = [hashlib.sha256(picture).hexdigest() for picture in draw(MAYA).values()]
    assert here == [hashlib.sha256(picture).hexdigest() for picture in draw(MAYA).values()]
    command = [sys.executable, "-c", code, str(REPOSITORY / "bank/clients/the-half-marathon.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == here


def test_other_facts_give_other_pictures() -> None:
    before, after = draw(MAYA), draw(changed(["load", "km", 3], 41))
    assert before["load.svg"] != after["load.svg"]
    assert before["findings.svg"] == after["findings.svg"]
    assert draw(changed(["place", 0, "pain"], 4))["findings.svg"] != before["findings.svg"]


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    code = (
        "import matplotlib, pathlib, sys, tomllib\n"
        "from itband_course.figure.pictures import draw\n"
        "watched = ['font.size', 'svg.hashsalt', 'axes.spines.top', 'text.color']\n"
        "before = [matplotlib.rcParams[name] for name in watched]\n"
        "draw(tomllib.loads(pathlib.Path(sys.argv[1]).read_text('utf-8')))\n"
        "print(before == [matplotlib.rcParams[name] for name in watched], 'matplotlib.pyplot' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(REPOSITORY / "bank/clients/the-half-marathon.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["True", "False"]


# --- the facts


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["load", "km"], [22, 27, 33]),
        (["load", "km", 0], -1),
        (["place", 0, "pain"], 11),
        (["place", 0, "landmark"], "nose"),
        (["situation", 0, "pain"], "much"),
        (["closure"], ""),
        (["stage"], "acute"),
        (["tapes"], {"title": "Two legs", "where": "Calves", "right": 36, "left": 395}),
        (["timeline"], {"title": "Weeks", "source": "Fictional.", "event": [{"when": "today", "words": "comes"}]}),
    ],
)
def test_facts_that_cannot_be_are_refused(path: list[str | int], value: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        draw(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["bend", "knee", 0, "to"], 0),
        (["bend", "knee", 0, "to"], 170),
        (["bend", "knee", 0, "side"], "right"),
        (["bend", "sore"], "both"),
        (["bend", "title"], ""),
    ],
)
def test_knees_that_cannot_be_are_refused(path: list[str | int], value: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        draw(changed(path, value, GEORGE))


def test_every_place_a_client_may_have_can_be_labelled() -> None:
    assert set(Landmark.__args__) == set(SPOTS)
    assert set(SPOTS) <= set(leg().landmarks)


@pytest.mark.parametrize("path", CLIENTS, ids=lambda path: path.stem)
def test_a_closure_is_short_and_promises_no_cure(path: Path) -> None:
    closure = tomllib.loads(path.read_text("utf-8"))["closure"]
    assert 2 <= len(re.findall(r"[.!?](?:\s|$)", closure)) <= 3
    assert not re.search(r"\bcure|\bheal|pain-free|for good|\bguarantee|never came back", closure, re.IGNORECASE)


@pytest.mark.parametrize(
    ("path", "value"),
    [(["sides", "pair", 0, "right"], -1), (["sides", "pair", 0, "left"], 31), (["sides", "pair"], [])],
)
def test_sides_that_cannot_be_are_refused(path: list[str | int], value: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        draw(changed(path, value, LEILA))


# --- the leg


def inside(name: str, place: tuple[float, float]) -> bool:
    outline = next(outline for outline in leg().outlines if outline.name == name)
    return bool(Curve(outline.corners).contains_point(place))


def crosses(corners: list[tuple[float, float]]) -> bool:
    """Return whether an outline runs through itself."""

    def side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0

    pieces = list(zip(corners, corners[1:] + corners[:1], strict=True))
    return any(
        side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)
        for (a, b), (c, d) in combinations(pieces, 2)
        if len({a, b, c, d}) == 4
    )


@pytest.mark.parametrize("outline", leg().outlines, ids=lambda outline: outline.name)
def test_an_outline_is_a_plain_polygon_inside_the_frame(outline: Any) -> None:
    assert outline.tissue in LOOKS
    assert len(outline.corners) >= 8
    assert len(set(outline.corners)) == len(outline.corners)
    assert not crosses(outline.corners)
    assert all(-80 <= x <= 260 and 160 <= y <= 1010 for x, y in outline.corners)


@pytest.mark.parametrize("outline", leg().outlines, ids=lambda outline: outline.name)
def test_smoothing_moves_no_visible_edge_by_more_than_a_line_is_wide(outline: Any) -> None:
    polygon = Curve([*outline.corners, outline.corners[0]])
    _, _, bottom, top = LEG_VIEW
    curve = smooth_path(outline.corners).interpolated(1).to_polygons(closed_only=False)[0]
    for x, y in curve:
        if bottom < y < top:
            assert polygon.intersects_path(Curve.circle((x, y), 2.5), filled=False)


@pytest.mark.parametrize("name", leg().landmarks)
def test_every_landmark_lies_inside_the_skin(name: str) -> None:
    assert inside("skin", leg().landmarks[name])


def test_landmarks_stand_in_anatomical_order() -> None:
    heights = {name: place[1] for name, place in leg().landmarks.items()}
    down = ["iliac_crest_top", "greater_trochanter", "lateral_epicondyle", "lateral_joint_line", "fibular_head"]
    down.append("fibular_neck")
    assert [heights[name] for name in down] == sorted((heights[name] for name in down), reverse=True)
    assert 20 <= heights["lateral_epicondyle"] - heights["lateral_joint_line"] <= 30, "2 to 3 cm"
    forward = {name: place[0] for name, place in leg().landmarks.items()}
    back_to_front = ["fibular_head", "lateral_epicondyle", "gerdys_tubercle", "tibial_tuberosity"]
    assert [forward[name] for name in back_to_front] == sorted(forward[name] for name in back_to_front)
    assert forward["gluteus_medius"] < forward["tensor_fasciae_latae"]


def test_a_landmark_lies_on_the_part_that_it_names() -> None:
    places = leg().landmarks
    assert inside("patella", places["patella_centre"])
    assert inside("gluteus_medius", places["gluteus_medius"])
    assert inside("tensor_fasciae_latae", places["tensor_fasciae_latae"])
    assert inside("femur", places["greater_trochanter"])
    assert inside("femur", places["lateral_epicondyle"])


def test_the_band_ends_on_gerdys_tubercle() -> None:
    band = next(outline for outline in leg().outlines if outline.tissue == "band")
    lowest = min(band.corners, key=lambda corner: corner[1])
    end = leg().landmarks["gerdys_tubercle"]
    assert abs(lowest[0] - end[0]) <= 6
    assert 0 <= end[1] - lowest[1] <= 6


def test_the_views_hold_the_places_that_they_mark() -> None:
    for landmark, spot in SPOTS.items():
        left, right, bottom, top = KNEE_VIEW if spot.view == "knee" else LEG_VIEW
        x, y = leg().landmarks[landmark]
        assert left + 5 < x < right - 5
        assert bottom + 5 < y < top - 5


def test_the_outlines_are_small_and_say_whose_they_are_and_what_was_changed() -> None:
    path = DATA / "leg_lateral.json"
    raw = json.loads(path.read_text("utf-8"))
    assert path.stat().st_size < 60_000
    assert raw["attribution"] in (DATA / "README.md").read_text("utf-8")
    assert "by-sa/2.1/jp" in raw["licence"]
    told = " ".join(raw["changed"])
    assert "Gerdy" in told
    assert "kneecap" in told
    for licence in (DATA / "LICENSE", REPOSITORY / "LICENSE-ANATOMY"):
        assert "by-sa/2.1/jp" in licence.read_text("utf-8")


def test_a_client_without_load_sides_or_places_has_no_such_picture() -> None:
    few = {"name": "George", "closure": "He walked."}
    assert draw(few) == {}
    assert list(draw(few | {"load": MAYA["load"]})) == ["load.svg"]
    assert list(draw(few | {"tapes": PRIYA["tapes"]})) == ["tapes.svg"]
    assert list(draw(few | {"timeline": PRIYA["timeline"]})) == ["timeline.svg"]
    assert list(draw(few | {"sides": LEILA["sides"]})) == ["sides.svg"]
    with pytest.raises(msgspec.ValidationError, match="it has places and no findings"):
        draw(few | {"place": MAYA["place"]})
