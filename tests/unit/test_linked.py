"""Charts of the leg: their numbers are the tables', their titles true; what they cite is there."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from itband_course import show_client, show_leg, side_by_side
from itband_course.facts import references
from itband_course.figure import leg_charts
from itband_course.figure.leg_charts import ABDUCTORS, CHARTS, FOOT_STRIKE, PEDAL, ULTRASOUND, ZONE, axis_crossing
from itband_course.figure.linked import (
    LARGEST_PICTURE,
    Axis,
    Chart,
    ChartError,
    Curve,
    Measure,
    Published,
    Table,
    spread,
    static_svg,
)
from itband_course.leg import lengths, moment_arm, path_length, pose

REPOSITORY = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
MADE = {name: make() for name, make in CHARTS.items()}
every_chart = pytest.mark.parametrize("name", CHARTS)
LOT = np.random.default_rng(7)
POSES = [
    dict(
        zip(
            ("hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion"),
            map(float, LOT.uniform([-20, -40, -40, 0], [120, 30, 40, 120])),
            strict=True,
        )
    )
    for _ in range(25)
]


def test_between_the_points_too_a_chart_says_what_the_tables_say() -> None:
    knee, drop, hip = MADE["band-length-by-knee"], MADE["band-length-by-drop"], MADE["abduction-by-hip"]
    for at in POSES:
        length = path_length("tfl", **at)
        others = {name: angle for name, angle in at.items() if name != "knee_flexion"}
        assert knee.values(at["knee_flexion"], **others)["now"] == pytest.approx(length, abs=0.01)
        others = {name: angle for name, angle in at.items() if name != "hip_adduction"}
        more = length - path_length("tfl")
        assert drop.values(at["hip_adduction"], **others)["now"] == pytest.approx(more, abs=0.01)
        others = {name: at[name] for name in ("hip_adduction", "hip_rotation")}
        arms = hip.values(at["hip_flexion"], **others)
        assert len(arms) == 10
        for muscle, arm in arms.items():
            assert arm == pytest.approx(
                -moment_arm(muscle, "hip_adduction", hip_flexion=at["hip_flexion"], **others), abs=0.01
            )
        bent = at["knee_flexion"] * 0.75
        assert MADE["band-before-knee"].values(bent)["end"] == pytest.approx(lengths.band_before_knee_axis(bent))


@every_chart
def test_the_browser_gets_the_same_numbers_in_their_order(name: str) -> None:
    chart = MADE[name]
    sent = np.frombuffer(chart.numbers, "<f4")
    size = 0
    for table, made in zip(chart.tables, chart._told.tables.values(), strict=True):
        assert table["start"] == size
        assert [axis["at"] for axis in table["axes"]] == list(made.axes.values())
        size += made.numbers.size
        assert np.allclose(sent[table["start"] : size], made.numbers.ravel(), atol=1e-3)
    assert sent.size == size
    assert len(chart.numbers) < 100_000


def numbers_of(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"[−-]?\d+(?:\.\d+)?", text)]


def test_the_titles_state_what_the_tables_give() -> None:
    standing = path_length("tfl")
    hip = path_length("tfl", hip_adduction=20) - standing
    knee = path_length("tfl", knee_flexion=90) - standing
    assert numbers_of(MADE["band-length-by-knee"].title) == [20, round(hip), 90, round(knee)]
    assert hip > knee

    title = MADE["abduction-by-hip"].title
    arms = {
        muscle: [-moment_arm(muscle, "hip_adduction", hip_flexion=flexion) for flexion in (0, 90)]
        for _, group in ABDUCTORS.values()
        for muscle, _ in group
    }
    assert "front part of gluteus medius loses" in title
    assert "tensor fasciae latae keeps" in title
    assert min(arms, key=lambda muscle: arms[muscle][1] - arms[muscle][0]) == "glmed1"
    assert max(arms, key=lambda muscle: arms[muscle][1]) == "tfl"
    assert numbers_of(title) == [90, *(round(arm) for arm in arms["glmed1"]), round(arms["tfl"][1])]
    assert abs(arms["glmed1"][1]) < lengths.tables().muscles["glmed1"].arm_error_max, "«loses»: about nothing is left"

    drop = path_length("tfl", hip_adduction=10) - standing
    assert numbers_of(MADE["band-length-by-drop"].title) == [10, round(drop, 1), round(100 * drop / standing, 1)]

    crossing = axis_crossing()
    assert lengths.band_before_knee_axis(crossing) == pytest.approx(0, abs=0.1)
    assert numbers_of(MADE["band-before-knee"].title) == [round(crossing), 30]
    assert ZONE.low is not None
    assert crossing < ZONE.low
    assert "before the zone" in MADE["band-before-knee"].title


def plain(name: str) -> str:
    """Return how a chart compares, with plain spaces."""
    return MADE[name].agrees.replace("\u202f", " ")


def test_the_comparisons_with_what_was_published_are_computed() -> None:
    less = leg_charts.ober_difference()
    modified = pose("modified-ober").angles
    straight = path_length("tfl", **modified)
    bent = path_length(
        "tfl", hip_flexion=modified["hip_flexion"], hip_adduction=modified["hip_adduction"] - less, knee_flexion=90
    )
    assert straight == pytest.approx(bent, abs=0.05)
    told = plain("band-length-by-knee")
    assert f"{less:.1f}° less" in told
    assert "direction agrees" in told
    told = plain("band-before-knee")
    crossing = axis_crossing()
    assert f"{30 - crossing:.1f}° earlier" in told
    assert f"{21.4 - crossing:.1f}° before the mean of foot strike, within one standard deviation" in told
    back = lengths.band_before_knee_axis(0) - lengths.band_before_knee_axis(45)
    assert f"{back:.1f} mm back" in told
    told = plain("abduction-by-hip")
    assert "9 of the 10 parts abduct here" in told
    assert "upper part of gluteus maximus abducts, the lower adducts" in told
    squat = {name: angle for name, angle in pose("single-leg-squat").angles.items() if name != "pelvic_drop"}
    level, dropped = (path_length("tfl", **{**squat, "hip_adduction": at}) for at in (0, 10))
    told = plain("band-length-by-drop")
    assert f"{dropped - level:.1f} mm in a single-leg squat" in told
    assert f"{path_length('tfl') - level:.1f} mm shorter" in told


def test_model_and_books_differ_on_a_bent_knee_and_both_charts_say_so() -> None:
    holds = [leg_charts.knee_arm(knee) for knee in range(0, 121, 5)]
    assert min(holds) > 0, "the path gets longer all the way"
    for name in ("band-length-by-knee", "band-before-knee"):
        assert f"{leg_charts.knee_arm(0):.1f} mm" in plain(name)
        assert f"{leg_charts.knee_arm(90):.1f} mm" in plain(name)
    assert "model and books differ" in plain("band-length-by-knee")


def test_leverage_is_held_against_a_dissected_hip() -> None:
    # A muscle straight above the hip's side: its leverage is how far outwards it passes.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(leg_charts.DISSECTED, "rope", ((0.0, 10.0, 5.0), (0.0, -10.0, 5.0)))
        assert leg_charts.dissected_arm("rope") == pytest.approx(50)
    told = plain("abduction-by-hip")
    for muscles in (["tfl"], ["glmed1", "glmed2", "glmed3"], ["glmin1", "glmin2", "glmin3"]):
        here = ", ".join(f"{-moment_arm(muscle, 'hip_adduction'):.0f}" for muscle in muscles)
        there = ", ".join(f"{leg_charts.dissected_arm(muscle):.0f}" for muscle in muscles)
        assert f"{here} beside {there}" in told
    apart = max(
        abs(-moment_arm(name, "hip_adduction") - leg_charts.dissected_arm(name)) for name in leg_charts.DISSECTED
    )
    assert f"largest difference is {apart:.0f} mm" in told


def test_the_page_on_charts_has_the_figures_of_today() -> None:
    page = (REPOSITORY / "docs/charts.md").read_text("utf-8")
    standing, squat = path_length("tfl"), dict(pose("single-leg-squat").angles)
    del squat["pelvic_drop"]
    level, dropped = (path_length("tfl", **{**squat, "hip_adduction": at}) for at in (0, 10))
    less, crossing = leg_charts.ober_difference(), axis_crossing()
    arms = {name: -moment_arm(name, "hip_adduction") for name in leg_charts.DISSECTED}

    def side_by_side(muscle: str, numbers: dict[str, float]) -> str:
        return ", ".join(f"{numbers[name]:.0f}" for name in numbers if name.startswith(muscle))

    there = {name: leg_charts.dissected_arm(name) for name in leg_charts.DISSECTED}
    less_here = {name: there[name] - arms[name] for name in arms}
    for words in (
        f"tensor {-less_here['tfl']:.0f} mm more; medius {side_by_side('glmed', less_here)} mm less; "
        f"minimus {side_by_side('glmin', less_here)} mm less",
        f"by {path_length('tfl', hip_adduction=20) - standing:.1f} mm with the hip adducted 20°",
        f"by {path_length('tfl', knee_flexion=90) - standing:.1f} mm with the knee bent 90°",
        f"as long at {20 - less:.1f}° of adduction",
        f"{less:.1f}° in the model",
        f"{leg_charts.knee_arm(0):.1f} mm at 0°, {leg_charts.knee_arm(90):.1f} mm at 90°",
        f"tensor {arms['tfl']:.0f} mm; gluteus medius {side_by_side('glmed', arms)} mm; "
        f"gluteus minimus {side_by_side('glmin', arms)} mm",
        f"tensor {there['tfl']:.0f} mm; medius {side_by_side('glmed', there)} mm; "
        f"minimus {side_by_side('glmin', there)} mm",
        f"{path_length('tfl', hip_adduction=10) - standing:.1f} mm longer standing, {dropped - level:.1f} mm in",
        f"behind the axis at {crossing:.1f}°",
        f"{30 - crossing:.1f}° earlier",
        f"{21.4 - crossing:.1f}° before the mean of foot strike",
        f"goes {lengths.band_before_knee_axis(0) - lengths.band_before_knee_axis(45):.1f} mm back",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("key", "figures"),
    [
        (FOOT_STRIKE.key, [FOOT_STRIKE.at, FOOT_STRIKE.spread, ZONE.low, ZONE.high]),
        (PEDAL.key, [PEDAL.at]),
        ("jelsing-2013", [figure / 10 for figure in ULTRASOUND]),  # there in cm
    ],
)
def test_a_published_figure_stands_in_a_reference_that_somebody_has_seen(key: str, figures: list[float]) -> None:
    reference = references()[key]
    assert reference.checked == "seen"
    assert set(figures) <= set(numbers_of(reference.finding or ""))


@every_chart
def test_every_chart_cites_compares_and_says_what_it_cannot_say(name: str) -> None:
    chart = MADE[name]
    assert chart.published
    assert len(chart.to_read) == len({one["key"] for one in chart.published})
    for one in chart.published:
        author, _, year = one["key"].partition("-")
        told = chart.agrees + chart.cannot + " ".join(other["label"] for other in chart.published)
        assert (
            one["label"] or author.capitalize() in told.replace("Reese and Bandy", "Reese") or name.startswith("abduc")
        )
        assert year
    assert "agree" in chart.agrees or "abduct here" in chart.agrees or "earlier" in chart.agrees
    assert re.search(r"The model|Nothing touches", chart.cannot)
    assert "not a client’s millimetres" in chart.cannot
    assert "Rajagopal" in chart.source
    assert not re.search(r"\bITBF?S\b|syndrome|\btight\b|\bshort\b|release", chart.title + chart.question)


def test_what_cannot_be_said_of_the_band_is_said() -> None:
    for name in ("band-length-by-knee", "band-length-by-drop", "band-before-knee"):
        cannot = MADE[name].cannot
        assert "friction" in cannot
        assert "fat beneath" in cannot
        assert re.search("press", cannot)


@every_chart
def test_lines_differ_in_grey_and_no_two_of_a_tone_share_a_pattern(name: str) -> None:
    looks = [(curve["tone"], curve["dash"]) for curve in MADE[name].curves]
    assert len(set(looks)) == len(looks)


@every_chart
def test_the_still_picture_is_well_formed_and_tells_all(name: str) -> None:
    chart = MADE[name]
    picture = static_svg(chart)
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == chart.title
    assert root[1].tag == f"{SVG}desc"
    assert chart.alternative in (root[1].text or "")
    words = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    for told in (chart.title, chart.agrees, chart.cannot, chart.source, chart.says()):
        assert told in words
    for curve in chart._told.curves:
        assert chart._told.label(curve, chart.pose) in words
    for one in chart.published:
        assert one["label"] in words
    assert f"{chart.y_axis['title']}, {chart.y_axis['unit']}" in words
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for point in re.findall(
        r"(-?[\d.]+),(-?[\d.]+)", " ".join(p.get("points", "") for p in root.iter(f"{SVG}polyline"))
    ):
        assert 0 < float(point[0]) < width
        assert 0 < float(point[1]) < height
    assert picture == static_svg(CHARTS[name]()), "the same each time"
    assert len(picture.encode()) < LARGEST_PICTURE


@every_chart
def test_a_saved_notebook_holds_picture_and_text(name: str) -> None:
    chart = MADE[name]
    made = chart._repr_mimebundle_()
    data = made[0] if isinstance(made, tuple) else made
    assert data["image/svg+xml"] == static_svg(chart)
    assert chart.title in data["text/plain"]
    assert "To read: " in data["text/plain"]
    assert str(Path.home()) not in data["text/plain"]


def test_a_pose_beyond_the_usual_widens_the_picture() -> None:
    chart = leg_charts.band_length_by_knee()
    chart.pose = {"hip_flexion": 100}
    value = chart.values()["now"]
    assert value == pytest.approx(path_length("tfl", hip_flexion=100, knee_flexion=30), abs=0.01)
    _, low, high = chart._told.range(chart.pose)
    assert low < value < high
    assert ElementTree.fromstring(static_svg(chart)) is not None


def test_what_the_point_says_has_number_unit_and_words() -> None:
    chart = leg_charts.band_length_by_knee()
    assert (
        chart.says() == "Knee flexion 30°. Adduction 0°: 551.7\u202fmm, 4.1\u202fmm (0.8\u202f%) longer than standing."
    )
    before = leg_charts.band_before_knee()
    assert before.says() == "Knee flexion 30°. Band’s end: 8.3\u202fmm behind the axis."
    before.x = 0
    assert before.says().endswith("in front of the axis.")


def test_a_chart_is_linked_to_a_leg_and_to_one_side_of_a_client() -> None:
    leg = show_leg()
    chart = leg_charts.band_length_by_drop()
    assert chart.link_to(leg) is chart
    assert chart.figure is leg
    assert chart.names["hip_adduction"] == "hip_adduction"
    assert chart.names["pelvic_drop"] == "pelvic_drop"
    assert chart.get_state("figure") == {"figure": f"IPY_MODEL_{leg.model_id}"}
    client = show_client("standing", build="woman-young", positions=["standing"])
    chart = leg_charts.band_length_by_knee().link_to(client, "knee_flexion_l")
    assert chart.names == {
        "knee_flexion": "knee_flexion_l",
        "hip_flexion": "hip_flexion_l",
        "hip_adduction": "hip_adduction_l",
        "hip_rotation": "hip_rotation_l",
    }


def test_beside_a_leg_a_chart_stands_where_the_leg_stands() -> None:
    leg = show_leg("single-leg-squat", movements=["knee_flexion"])
    both = side_by_side(leg, leg_charts.band_length_by_drop())
    assert both.children == (leg, both.chart)
    assert both.chart.figure is leg
    angles = pose("single-leg-squat").angles
    assert both.chart.x == angles["hip_adduction"]
    assert both.chart.pose == {name: angles[name] for name in ("hip_flexion", "hip_rotation", "knee_flexion")}
    beyond = side_by_side(show_leg("ely"), leg_charts.band_before_knee())
    assert beyond.chart.x == 90, "the chart ends before the leg does"
    client = show_client("standing", build="woman-young", positions=["standing"])
    assert side_by_side(client, leg_charts.band_before_knee(), "knee_flexion_l").chart.names == {
        "knee_flexion": "knee_flexion_l"
    }


def test_a_saved_notebook_holds_a_leg_and_the_chart_beside_it_in_words_and_as_a_picture() -> None:
    both = side_by_side(show_leg(), leg_charts.band_before_knee())
    data = both._repr_mimebundle_()
    assert data["text/plain"] == f"{both.figure.text()}\n\n{both.chart.text()}"
    assert data["image/svg+xml"] == static_svg(both.chart)
    assert "application/vnd.jupyter.widget-view+json" in data


def small(**changes: object) -> Chart:
    """Return a chart of three numbers, with one thing changed."""
    told: dict[str, object] = {
        "question": "How much?",
        "title": "It rises",
        "x_axis": Axis("knee_flexion", "Knee flexion", 0, 20, 10),
        "y_axis": Measure("Length", "mm", 0, 10, 5),
        "tables": [Table("t", {"knee_flexion": [0.0, 10.0, 20.0]}, np.array([1.0, 2.0, 5.0]))],
        "curves": [Curve("c", "now", "t", point=True)],
        "published": [ZONE],
        "agrees": "It agrees.",
        "cannot": "It cannot say more.",
        "source": "Made up.",
        "alternative": "A line rises slowly at first and then faster as the knee bends further.",
    }
    return Chart(**(told | changes))  # type: ignore[arg-type]


def test_a_chart_says_what_stands_between_two_numbers() -> None:
    assert small().values(15)["c"] == pytest.approx(3.5)


@pytest.mark.parametrize(
    ("slip", "sentence"),
    [
        (lambda: small(curves=[Curve("c", "now", "t")]), "carries a point"),
        (lambda: small(curves=[Curve("c", "now", "u", point=True)]), "names table «u». There are: t"),
        (lambda: small(curves=[Curve("c", "a", "t", point=True), Curve("c", "b", "t")]), "same id"),
        (lambda: small(curves=[Curve("c", "now", "t", {"hip": 1}, point=True)]), "has the angles knee_flexion"),
        (lambda: small(x_axis=Axis("knee_flexion", "Knee", 0, 30, 10)), "does not reach from 0° to 30°"),
        (lambda: small(x_axis=Axis("knee_flexion", "Knee", 20, 0, 10)), "ends before it begins"),
        (lambda: small(tables=[Table("t", {"knee_flexion": [0.0, 20.0]}, np.ones(3))]), "different lengths"),
        (lambda: small(published=[Published("nobody-1900")]), "no reference «nobody-1900»"),
        (lambda: small(published=[Published("noehren-2007", "hips", at=14)]), "Nobody has seen «noehren-2007»"),
        (lambda: small(cannot=""), "whole sentences"),
        (lambda: small(alternative="A line."), "twelve words"),
        (lambda: small(x=21), "goes from 0° to 20° in this chart, not to 21°"),
        (lambda: small(pose={"hip_flexion": 3}), "knows no angle «hip_flexion»"),
        (lambda: small().link_to(show_leg(), "hip_flexion"), "Angles that fit: knee_flexion"),
        (lambda: small().link_to(show_leg(), "knee"), "cannot be linked to «knee»"),
    ],
)
def test_a_slip_is_a_sentence(slip: Callable[[], Chart], sentence: str) -> None:
    with pytest.raises(ChartError, match=re.escape(sentence)):
        slip()


def test_labels_stand_apart_in_their_order_and_stay_inside() -> None:
    places = spread([10, 11, 12, 90], 15, 0, 100)
    assert places == sorted(places)
    assert np.diff(places).min() >= 14.9
    assert places[0] >= 0
    assert places[-1] <= 100
