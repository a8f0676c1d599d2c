"""Plates: what stands where on them, what they say, and that those in the package are those that are drawn today."""

import io
import re
import subprocess
import sys
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from itband_course import leg
from itband_course.cli import main
from itband_course.colours import TISSUES, shown
from itband_course.figure import labels as placing
from itband_course.figure import plates
from itband_course.figure.leg_plates import ALL, leg_plate, name_of
from itband_course.figure.plate_panel import Plate
from itband_course.figure.plates import PLATES, draw_plate, write_plates
from itband_course.figure.position_plates import TESTS, positions_plate
from itband_course.figure.raster import NOTHING, Frame, Grain, Solid, look, rgb, seen_from
from itband_course.figure.section_plates import LEVELS, cross_section, section
from itband_course.figure.sections import Cut, area, cut
from itband_course.figure.shown_plate import PlateError, show_plate, told
from itband_course.figure.shown_plate import plates as in_the_package
from itband_course.figure.style import THIN_SPACE, course_style

REPOSITORY = Path(__file__).resolve().parents[2]
SHIPPED = REPOSITORY / "itband_course/data/plates"
every_plate = pytest.mark.parametrize("name", PLATES)


@cache
def plate(name: str) -> Plate:
    """Return a plate as it is drawn today, drawn once so that its artists know where they are."""
    found = draw_plate(name)
    laid_out(found)
    return found


@cache
def png(name: str) -> bytes:
    return plate(name).png()


def laid_out(found: Plate) -> Plate:
    found.figure.set_dpi(72)
    with course_style(found.theme):
        FigureCanvasAgg(found.figure).draw()
    return found


def texts(found: Plate) -> list[Text]:
    return [text for text in found.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def leaders(found: Plate) -> list[Line2D]:
    """Return the lines of the labels, in points from the lower left corner."""
    return [line for line in found.figure.findobj(Line2D) if line.get_gid() == "leader"]


def words(found: Plate) -> str:
    return " ".join(" ".join(text.get_text().split()).replace(THIN_SPACE, " ") for text in texts(found))


def luminance(colour: str) -> float:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# --- labels


@every_plate
def test_no_word_is_cut_off_and_no_two_overlap(name: str) -> None:
    found = plate(name)
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(found)]
    for said, box in boxes:
        inside = (
            box.x0 >= 8 and box.y0 >= 4 and box.x1 <= found.figure.bbox.x1 - 8 and box.y1 <= found.figure.bbox.y1 - 8
        )
        assert inside, said
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), f"«{one}» and «{other}»"


@every_plate
def test_letters_are_large_enough_to_read(name: str) -> None:
    assert plate(name).figure.get_figwidth() * 96 == pytest.approx(700)
    assert min(text.get_fontsize() for text in texts(plate(name))) >= 10.5


@every_plate
def test_every_line_ends_where_its_structure_shows(name: str) -> None:
    found = plate(name)
    lines = leaders(found)
    assert len(lines) == len(found.labels)
    for label, line in zip(found.labels, lines, strict=True):
        x, y = (float(ends[-1]) for ends in line.get_data())
        if label.id in leg.right_leg().parts:
            assert found.shown[0].at(x, y) == label.id
        else:
            assert label.id in leg.right_leg().header.landmarks


@every_plate
def test_no_line_runs_through_words_and_no_two_cross(name: str) -> None:
    found = plate(name)
    lines = [np.stack(line.get_data(), axis=-1) for line in leaders(found)]
    pieces = [(a, b) for line in lines for a, b in pairwise(line)]
    for text in texts(found):
        box = text.get_window_extent()
        for start, end in pieces:
            along = start + np.linspace(0, 1, 200)[:, None] * (end - start)
            through = (along > [box.x0, box.y0]).all(axis=1) & (along < [box.x1, box.y1]).all(axis=1)
            assert not through.any(), text.get_text()
    for side in ("left", "right"):
        own = [line for line, label in zip(lines, found.labels, strict=True) if label.side == side]
        for one, other in combinations(own, 2):
            assert not placing._cross((*one[1], *one[2]), (*other[1], *other[2]))


@every_plate
def test_what_is_labelled_is_called_as_in_the_structures_and_drawn_is_marked(name: str) -> None:
    for label in plate(name).labels:
        said = " ".join(label.words.split())
        if label.id in leg.right_leg().parts:
            assert said == name_of(label.id)
            assert leg.structures()[label.id].name in said
            assert said.endswith("(drawn)") == leg.right_leg().parts[label.id].head.drawn
        else:
            assert said == leg.right_leg().header.landmarks[label.id].name


ENDS = st.lists(st.tuples(st.floats(150, 350), st.floats(0, 400)), min_size=1, max_size=14)


@given(ENDS, st.integers(1, 3))
def test_labels_never_overlap_wherever_their_structures_lie(places: list[tuple[float, float]], lines: int) -> None:
    columns = placing.Columns(140, 360, 0, 500)
    wishes = [
        placing.Wish(str(number), "x", 16.0 * lines if number % 2 else 16.0, np.array([[*place, 5.0]]))
        for number, place in enumerate(places)
    ]
    found = placing.placed(wishes, columns)
    assert {one.id for one in found} == {one.id for one in wishes}
    for side in ("left", "right"):
        spans = sorted((one.middle - one.height / 2, one.middle + one.height / 2) for one in found if one.side == side)
        assert all(low >= columns.bottom - 1e-6 and high <= columns.top + 1e-6 for low, high in spans)
        assert all(above[0] - below[1] >= columns.gap - 1e-6 for below, above in pairwise(spans))


def test_more_labels_than_there_is_room_for_are_refused() -> None:
    wishes = [placing.Wish(str(number), "x", 60.0, np.array([[200.0, 50.0, 5.0]])) for number in range(9)]
    with pytest.raises(placing.NoRoomError, match="Ask for fewer"):
        placing.placed(wishes, placing.Columns(140, 360, 0, 240))


# --- scale and directions


@every_plate
def test_the_bar_is_as_long_as_it_says(name: str) -> None:
    found = plate(name)
    ((bar, length, scale),) = found.bars
    assert f"{length * 100:g} cm" in words(found)
    ends = bar.get_transform().transform(np.stack(bar.get_data(), axis=-1))
    assert np.ptp(ends[:, 0]) == pytest.approx(length * scale, rel=1e-6)
    assert all(shown_.scale == scale for shown_ in found.shown)


def test_two_places_of_the_leg_lie_as_far_apart_as_the_bar_says() -> None:
    found = plate("lateral-bones")
    ((bar, length, _),) = found.bars
    ends = {label.id: np.array([label.x, label.y]) for label in found.labels}
    apart = np.linalg.norm(ends["greater_trochanter"] - ends["lateral_epicondyle"])
    marks = leg.right_leg().header.landmarks
    one, other = (np.array(marks[name].at)[1:] for name in ("greater_trochanter", "lateral_epicondyle"))
    metres = apart / np.ptp(bar.get_data()[0]) * length
    assert metres == pytest.approx(float(np.linalg.norm(one - other)), rel=0.01)


@pytest.mark.parametrize(("name", "left", "right"), [("knee", "back", "front"), ("front", "outer side", "inner side")])
def test_a_plate_says_what_lies_to_its_left_and_right(name: str, left: str, right: str) -> None:
    assert f"← {left}" in words(plate(name))
    assert f"{right} →" in words(plate(name))
    ends = {label.id: label.x for label in plate(name).labels}
    if name == "knee":
        assert ends["common_fibular_nerve"] < ends["patella"], "the nerve behind, the kneecap in front"
    else:
        assert ends["vastus_lateralis"] < ends["vastus_medialis"]


def test_the_left_leg_is_the_right_one_in_a_mirror() -> None:
    right, left = leg_plate(crop="knee", labels=()), leg_plate(crop="knee", labels=(), side="left")
    one, other = right.shown[0].numbers, left.shown[0].numbers[:, ::-1]
    width = min(one.shape[1], other.shape[1])
    assert (one[:, :width] == other[:, :width]).mean() > 0.96
    assert "← front" in words(laid_out(left))
    assert left.alt.startswith("Left leg")


# --- words


@every_plate
def test_a_plate_says_in_words_what_it_shows_and_where_it_comes_from(name: str) -> None:
    found = plate(name)
    assert len(found.alt.split()) >= 12
    assert found.title in words(found)
    assert found.title not in found.alt
    for label in found.labels:
        assert " ".join(label.words.split()) in found.alt
    credit = "MakeHuman (CC0)" if name == "positions" else leg.right_leg().header.attribution
    assert credit in words(found)
    said = told(png(name))
    assert (said["Title"], said["Description"]) == (found.title, found.alt)
    assert credit in said["Copyright"]


@pytest.mark.parametrize(("name", "theme"), [("section-knee", "dark"), ("positions", "dark"), ("knee", "dark")])
def test_a_dark_plate_has_light_words(name: str, theme: str) -> None:
    found = laid_out(draw_plate(name, theme=theme))
    assert found.theme == "dark"
    for text in [*texts(found), *texts(plate(name))]:
        ground = shown("panel", "dark" if text in texts(found) else "light")
        assert contrast(to_hex(text.get_color()), ground) >= 4.5, text.get_text()
    corner = Image.open(io.BytesIO(found.png())).convert("RGB").getpixel((300, 6))
    assert max(corner) < 60


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: leg_plate("below"), "There is no view «below». There are: lateral, front, back, medial."),
        (lambda: leg_plate(crop="toe"), "There is no crop «toe». There are: thigh|There is no crop «toe»"),
        (lambda: leg_plate(layers=("fat",)), "There is no layer «fat». There are: skin,"),
        (lambda: leg_plate(hidden=("spleen",)), "There is no structure «spleen». There are: adductor_brevis"),
        (lambda: leg_plate(labels=("spleen",)), "no structure or landmark «spleen». There are: iliac_crest_top"),
        (lambda: leg_plate(labels=("psoas_major",), crop="knee"), "«psoas_major» cannot be seen from the outer"),
        (lambda: leg_plate(side="both"), "There is no side «both». There are: right, left."),
        (lambda: leg_plate(pose="handstand"), "There is no pose «handstand». There are: standing"),
        (lambda: leg_plate(pose={"knee_flexion": 400}), "«knee_flexion» goes from 0° to 120°"),
        (lambda: leg_plate(no_go=("femoral-triangle",)), "add the layer «skin»"),
        (lambda: leg_plate(layers=("skin",), no_go=("ear",)), "There is no region of the skin «ear». There are:"),
        (lambda: leg_plate(theme="sepia"), "There is no theme «sepia». There are: light, dark."),
        (lambda: cross_section("ankle"), "There is no section «ankle». There are: hip, mid-thigh, knee."),
        (lambda: cross_section("knee", labels=("iliacus",)), "The section does not meet «iliacus». It meets: skin,"),
        (lambda: cross_section("knee", side="both"), "There is no side «both»."),
        (
            lambda: positions_plate(("headstand",)),
            "There is no test position «headstand» on the plate. There are: ober",
        ),
        (lambda: positions_plate(()), "Name at least one position"),
        (lambda: positions_plate(build="giant"), "There is no body «giant»"),
        (lambda: draw_plate("liver"), "There is no plate «liver». There are: lateral"),
        (lambda: show_plate("liver"), "There is no plate «liver». There are: back"),
    ],
)
def test_what_is_not_there_is_said_with_what_there_is(ask: Any, sentence: str) -> None:
    with pytest.raises(PlateError) as caught:
        ask()
    assert any(part in str(caught.value) for part in sentence.split("|"))


def test_a_plate_takes_a_pose_and_labels_what_is_most_to_be_seen() -> None:
    found = leg_plate("back", pose="ober", crop="leg", dpi=60)
    assert "Ober" in found.alt
    assert len(found.labels) == 12
    assert "gluteus_maximus" in {label.id for label in found.labels}


# --- sections


@cache
def met(level: str) -> dict[str, Cut]:
    return section(level)


def centre(level: str, name: str) -> np.ndarray[Any, Any]:
    """Return the middle of a structure in a section: metres to the person's left and to the front."""
    return np.concatenate(met(level)[name].rings).mean(axis=0)


@pytest.mark.parametrize(
    ("level", "structure", "least", "most"),
    [
        ("mid-thigh", "femur", 4, 9),
        ("knee", "femur", 25, 50),
        ("knee", "patella", 2, 8),
        ("hip", "femur", 10, 25),
        ("mid-thigh", "skin", 120, 320),
        ("mid-thigh", "iliotibial_tract", 0.3, 3),
        ("mid-thigh", "femoral_artery", 0.2, 1.5),
    ],
)
def test_areas_are_those_of_a_leg(level: str, structure: str, least: float, most: float) -> None:
    assert least <= area(met(level)[structure].rings) * 1e4 <= most, "cm²"


def test_at_mid_thigh_the_band_lies_outermost() -> None:
    band, vastus, femur = (centre("mid-thigh", name)[0] for name in ("iliotibial_tract", "vastus_lateralis", "femur"))
    assert band < vastus < femur, "the right leg's outer side is the person's right"
    skin = np.concatenate(met("mid-thigh")["skin"].rings)[:, 0]
    assert skin.min() < band


def test_front_is_front() -> None:
    assert centre("mid-thigh", "rectus_femoris")[1] > centre("mid-thigh", "femur")[1]
    for behind in ("long_head_biceps_femoris", "semitendinosus", "sciatic_nerve"):
        assert centre("mid-thigh", behind)[1] < centre("mid-thigh", "femur")[1]
    assert centre("knee", "patella")[1] > centre("knee", "femur")[1]
    assert centre("knee", "tibial_nerve")[1] < centre("knee", "femur")[1]
    ends = {label.id: label.y for label in plate("section-knee").labels}
    assert ends["patella"] > ends["tibial_nerve"]


def test_at_the_knee_fat_lies_between_band_and_femur() -> None:
    band, fat = centre("knee", "iliotibial_tract")[0], centre("knee", "distal_fat_pad")[0]
    outermost = np.concatenate(met("knee")["femur"].rings)[:, 0].min()
    assert band < fat < outermost + 0.006


def test_at_the_hip_the_bursa_lies_between_band_and_femur() -> None:
    band, bursa, femur = (centre("hip", name)[0] for name in ("iliotibial_tract", "trochanteric_bursa", "femur"))
    assert band < bursa < femur


@pytest.mark.parametrize("level", LEVELS)
def test_all_but_the_skin_at_the_hip_is_cut_in_closed_lines(level: str) -> None:
    open_ = {name for name, found in met(level).items() if found.lines}
    assert open_ <= ({"skin"} if level == "hip" else set())


def test_the_left_section_is_the_right_one_in_a_mirror() -> None:
    left = section("knee", "left")
    assert list(left) == list(met("knee"))
    for name, found in left.items():
        assert area(found.rings) == pytest.approx(area(met("knee")[name].rings))
        for one, other in zip(found.rings, met("knee")[name].rings, strict=True):
            assert one[:, 0].mean() == pytest.approx(-other[:, 0].mean())


def box(low: float, high: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the corners and the faces of a cube, counter-clockwise from outside."""
    corners = np.array([[x, y, z] for x in (low, high) for y in (low, high) for z in (low, high)], float)
    squares = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return corners, np.array([tri for a, b, c, d in squares for tri in ((a, b, c), (a, c, d))])


def test_a_cube_is_cut_in_a_square_a_shell_in_two_and_a_sheet_in_a_line() -> None:
    corners, faces = box(-0.5, 0.5)
    found = cut(corners, faces, 0.1)
    assert len(found.rings) == 1
    assert area(found.rings) == pytest.approx(1)
    inner, inward = box(-0.25, 0.25)
    shell = cut(np.vstack([corners, inner]), np.vstack([faces, inward + 8]), 0.1)
    assert area(shell.rings) == pytest.approx(0.75)
    sheet = cut(corners, faces[:2], 0.1)
    assert (len(sheet.rings), len(sheet.lines)) == (0, 1)
    assert cut(corners, faces, 2.0) == Cut([], [])


def test_a_section_is_small_as_a_drawing_in_the_colours_of_the_course() -> None:
    drawing = plate("section-mid-thigh").svg().decode()
    assert len(drawing) < 400_000
    assert "<title>At mid-thigh" in drawing
    assert plate("section-mid-thigh").alt.split(".")[0] in drawing
    for tissue in ("bone", "band", "nerve", "muscle", "vessel"):
        assert TISSUES[tissue].light in drawing


# --- what solids look like


def test_what_is_nearer_hides_what_is_behind_it() -> None:
    corners, faces = box(-0.1, 0.1)
    solids = [Solid(corners + np.array([0, 0, -0.5]), faces, "#ff0000"), Solid(corners * 0.5, faces, "#00ff00")]
    seen = look(solids, seen_from(0, 0), Frame(-0.2, 0.2, -0.2, 0.2), Grain(100), "#000000")
    assert seen.solids.shape == (40, 40)
    assert seen.solids[20, 20] == 1
    assert seen.solids[12, 20] == 0
    assert seen.solids[2, 2] == NOTHING
    assert (seen.solids == 1).sum() == pytest.approx(100, abs=12)
    assert ((seen.solids >= 0).sum()) == pytest.approx(400, abs=24)
    behind = look(solids, seen_from(180, 0), Frame(-0.2, 0.2, -0.2, 0.2), Grain(100), "#000000")
    assert 1 not in behind.solids


@pytest.mark.parametrize("tissue", TISSUES)
def test_what_is_square_to_the_light_has_the_very_colour_of_its_tissue(tissue: str) -> None:
    turn, rise = np.meshgrid(np.linspace(0, 2 * np.pi, 49), np.linspace(-np.pi / 2, np.pi / 2, 25))
    ball = 0.1 * np.stack([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)], -1).reshape(-1, 3)
    at = np.arange(24)[:, None] * 49 + np.arange(48)
    faces = np.concatenate(
        [np.stack([at, at + 1, at + 50], -1).reshape(-1, 3), np.stack([at, at + 50, at + 49], -1).reshape(-1, 3)]
    )
    seen = look(
        [Solid(ball, faces, shown(tissue))], seen_from(0, 0), Frame(-0.2, 0.2, -0.2, 0.2), Grain(400), "#000000"
    )
    inside = seen.image[..., 3] == 1
    brightest = seen.image[inside][seen.image[inside][:, :3].sum(axis=1).argmax(), :3]
    assert np.abs(brightest - rgb(shown(tissue))).max() < 0.02
    assert seen.image[inside][:, :3].min() >= 0


def test_no_module_of_the_plates_has_a_colour_of_its_own() -> None:
    for module in (REPOSITORY / "itband_course/figure").glob("*.py"):
        if module.stem in ("raster", "sections", "labels", "plates") or "plate" in module.stem:
            assert re.findall(r"\"#[0-9a-fA-F]{6}\"", module.read_text("utf-8")) == [], module.name


def test_band_and_muscle_differ_in_grey_and_are_parted_by_ink() -> None:
    found = plate("lateral")
    grey = np.asarray(Image.open(io.BytesIO(found.png(grey=True))), float)
    shown_ = found.shown[0]
    dots = found.dpi / 72
    left, top = round(shown_.box[0] * dots), round(grey.shape[0] - shown_.box[3] * dots)
    height, width = shown_.numbers.shape
    part = grey[top : top + height, left : left + width]
    band, vastus = (
        float(np.median(part[shown_.numbers == shown_.names.index(name)]))
        for name in ("iliotibial_tract", "vastus_lateralis")
    )
    assert band - vastus > 40
    row = part[height // 2]
    assert row.min() < vastus - 12, "a line in ink"


def test_no_go_is_hatched_and_not_only_coloured() -> None:
    found = leg_plate("back", layers=("skin",), no_go=("popliteal-fossa",), labels=(), crop="knee")
    image = np.asarray(Image.open(io.BytesIO(found.png())).convert("RGB"), float)
    magenta = np.abs(image - 255 * rgb(shown("no-go"))).max(axis=2) < 60
    assert 0.002 < magenta.mean() < 0.2
    rows, columns = np.nonzero(magenta)
    within = magenta[rows.min() : rows.max(), columns.min() : columns.max()]
    assert 0.2 < within.mean() < 0.7, "stripes with skin between"
    assert "hollow of the knee" in found.alt


def test_all_layers_but_the_skin_are_shown_without_asking() -> None:
    layers = {part.head.layer for part in leg.right_leg().parts.values()}
    assert set(ALL) == layers - {"skin"}


def test_the_plate_of_positions_says_what_each_position_is() -> None:
    found = plate("positions")
    for held in TESTS.values():
        assert held.head in words(found)
        assert held.head in found.alt
    assert all("tested" in shown_.names for shown_ in found.shown)
    assert "30 degrees" in found.alt


# --- those in the package

MEAN, WORST = 2.0, 24.0
"""How far a plate may be from the one in the package, of 255: on the average, and in the patch that differs most.

Another machine's fonts and arithmetic shift an edge by a part of a point; a label that is gone or a structure that is
hidden changes patches by far more."""
PATCH = 24


def distance(one: bytes, other: bytes) -> tuple[float, float]:
    """Return how far two pictures are apart, on the average and in the worst patch of `PATCH` by `PATCH` points."""
    first, second = (Image.open(io.BytesIO(picture)).convert("RGB") for picture in (one, other))
    if first.size != second.size:
        return 255.0, 255.0
    # Even out over a few points first, so that an edge that moves by less than one counts little.
    small = [np.asarray(picture.reduce(4), float) for picture in (first, second)]
    apart = np.abs(small[0] - small[1]).mean(axis=2)
    side = PATCH // 4
    patches = apart[: apart.shape[0] // side * side, : apart.shape[1] // side * side]
    means = patches.reshape(patches.shape[0] // side, side, -1, side).mean(axis=(1, 3))
    return float(apart.mean()), float(means.max())


def alike(one: bytes, other: bytes) -> bool:
    mean, worst = distance(one, other)
    return mean <= MEAN and worst <= WORST


@every_plate
def test_a_plate_in_the_package_is_as_it_is_drawn_today(name: str) -> None:
    shipped, drawn = (SHIPPED / f"{name}.png").read_bytes(), png(name)
    assert alike(shipped, drawn), f"{distance(shipped, drawn)}: run tools/plates.py {name} and look at it"
    assert told(shipped) == told(drawn), f"run tools/plates.py {name}"


def test_a_plate_that_has_really_changed_is_told_from_the_one_in_the_package() -> None:
    shipped = (SHIPPED / "knee.png").read_bytes()
    same: dict[str, Any] = dict(PLATES["knee"].keywords)  # type: ignore[attr-defined]
    for changed in (
        {"hidden": ("iliopatellar_band",), "labels": [one for one in same["labels"] if one != "iliopatellar_band"]},
        {"labels": same["labels"][:-1]},
        {"title": same["title"].replace("ends", "begins")},
    ):
        drawn = leg_plate("lateral", **(same | changed)).png()
        assert not alike(shipped, drawn), (changed, distance(shipped, drawn))


def test_the_package_brings_every_plate_and_they_weigh_little() -> None:
    assert in_the_package() == sorted(PLATES)
    sizes = [path.stat().st_size for path in SHIPPED.glob("*.png")]
    assert max(sizes) < 110_000
    assert sum(sizes) < 1_300_000


# --- in a notebook, and as files


def test_a_notebook_shows_a_plate_with_its_words() -> None:
    found = show_plate("lateral")
    data, about = found._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert found.title in data["text/plain"]
    assert found.alt in data["text/plain"]
    alt = re.search(r'alt="([^"]+)"', data["text/html"])
    assert alt is not None
    assert len(alt[1].split()) >= 12
    assert about["image/png"]["alt"] == f"{found.title}. {found.alt}"
    assert "<script" not in data["text/html"]


def test_a_plate_shows_without_matplotlib_and_a_dark_one_says_what_it_needs() -> None:
    code = (
        "import sys\n"
        "sys.modules['matplotlib'] = None\n"
        "import itband_course\n"
        "print('numpy' in sys.modules)\n"
        "print(itband_course.show_plate('section-knee').title)\n"
        "try:\n"
        "    itband_course.show_plate('knee', theme='dark')\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy, title, sentence = done.stdout.splitlines()
    assert heavy == "False"
    assert title == plate("section-knee").title
    assert "is not installed. Leave theme out" in sentence


def test_an_instructor_writes_the_plates_for_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plates, "PLATES", {name: PLATES[name] for name in ("section-knee",)})
    monkeypatch.chdir(REPOSITORY)
    assert main(["plates", "--to", str(tmp_path / "handouts"), "--grey", "--side", "left"]) == 0
    assert "plates.md has the words for each" in capsys.readouterr().out
    written = {path.name for path in (tmp_path / "handouts").iterdir()}
    assert written == {"section-knee.png", "section-knee.svg", "plates.md"}
    image = Image.open(tmp_path / "handouts/section-knee.png")
    assert image.mode == "L"
    assert image.width == pytest.approx(525 / 72 * 300, abs=2)
    told_ = (tmp_path / "handouts/plates.md").read_text("utf-8")
    assert "Left leg cut across" in told_
    assert leg.right_leg().header.attribution in told_


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plates, "PLATES", {})
    monkeypatch.chdir(REPOSITORY)
    (tmp_path / "file").write_text("")
    assert main(["plates", "--to", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert [path.name for path in write_plates(tmp_path / "empty")] == ["plates.md"]
