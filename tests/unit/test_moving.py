"""The kernel's half of the moving figure: it refuses in a sentence what is not there, and says what it shows."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from course_kit import REPOSITORY

from itband_course import bundled
from itband_course.figure import moving
from itband_course.figure.moving import LAYERS, MARKS, VIEWS, Figure, FigureError, View
from itband_course.rig import Bone, Header, Joint, NewPart, Region, packed

BONES = [Bone("thigh"), Bone("shin", "thigh")]
JOINTS = [
    Joint("knee_flexion", "shin", (1.0, 0.0, 0.0), (0.0, 0.5, 0.0), 0, 110),
    Joint("hip_adduction_r", "thigh", (0.0, 0.0, 1.0), (0.0, 1.0, 0.0), -30, 30),
    Joint("table_up", "thigh", (0.0, 1.0, 0.0), (0.0, 0.0, 0.0), -500, 500, slide=True),
]
VERTICES = np.array([[0.0, 1.0, 0.0], [0.1, 0.5, 0.0], [0.0, 0.0, 0.1]])
PARTS = [
    ("femur", "bone", "bones"),
    ("skin", "skin", "skin"),
    ("shorts", "cloth", "cloth"),
    ("nerve", "nerve", "drawn"),
]
PRESET = {"id": "bent", "title": "Bent", "angles": {"knee_flexion": 90}, "text": "The knee at a right angle."}


def rig() -> bytes:
    header = Header(
        id="stick",
        attribution="Somebody, © 2026",
        licence="none",
        bones=BONES,
        joints=JOINTS,
        parts=[],
        regions=[Region("outer-knee", "outer knee", "right"), Region("calf", "calf", "right")],
    )
    parts = [
        NewPart(
            id=name,
            name=name,
            tissue=tissue,
            layer=layer,
            vertices=VERTICES,
            faces=np.array([[0, 1, 2]]),
            weights=np.ones((3, 2)),
            drawn=layer == "drawn",
            regions=np.array([0]) if name == "skin" else None,
        )
        for name, tissue, layer in PARTS
    ]
    return packed(header, parts)


def figure(**given: Any) -> Figure:
    return Figure(rig(), **({"title": "Stick"} | given))


def test_it_starts_with_all_layers_but_the_skin_from_the_side_and_dressed() -> None:
    state = figure().state
    assert state == {
        "angles": {},
        "view": "lateral",
        "layers": ["drawn", "bones"],
        "hidden": [],
        "isolated": [],
        "faded": [],
        "selected": "",
        "marks": {},
        "side": "right",
        "cloth": ["shorts"],
    }


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"angles": {"knee_flexion": 120}}, "«knee_flexion» goes from 0° to 110°: 120° is out of range"),
        ({"angles": {"knie": 3}}, "no angle «knie»"),
        ({"angles": {"knee_flexion": float("nan")}}, "out of range"),
        ({"angles": {"knee_flexion": "much"}}, "no state of a figure.*Expected `float`.*angles"),
        ({"view": "above"}, "no view «above».*There are: lateral, front, back, therapist"),
        ({"view": {"azimuth": 3}}, "azimuth and elevation"),
        ({"view": {"azimuth": 3, "elevation": 90}}, "from −85° to 85°, not 90°"),
        ({"layers": ["fat"]}, "no layer «fat».*There are: skin, drawn, bones"),
        ({"hidden": ["tail"]}, "no structure «tail»"),
        ({"isolated": ["tail"]}, "no structure «tail»"),
        ({"faded": ["tail"]}, "no structure «tail»"),
        ({"selected": "tail"}, "no structure «tail».*femur"),
        ({"marks": {"elbow": "no-go"}}, "no region «elbow».*outer-knee, calf"),
        ({"marks": {"calf": "hot"}}, "no kind of mark «hot».*marked, no-go, sore"),
        ({"side": "up"}, "no state of a figure"),
        ({"cloth": ["femur"]}, "no cloth «femur».*shorts"),
        ({"colour": "red"}, "no state of a figure.*colour.*It has: angles, view"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(state: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FigureError, match=sentence):
        figure(state=state)
    shown = figure()
    before = shown.state
    with pytest.raises(FigureError, match=sentence):
        shown.show(**state)
    assert shown.state == before


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"presets": [{"id": "a", "title": "A"}]}, "no position of a figure.*angles"),
        ({"presets": [PRESET | {"angles": {"knee_flexion": 200}}]}, "Position «bent»: .*out of range"),
        ({"presets": [PRESET | {"view": "moon"}]}, "Position «bent»: There is no view «moon»"),
        ({"structures": {"tail": {}}}, "no structure «tail»"),
        ({"structures": {"femur": {"colour": "red"}}}, "no structure «femur» of a figure.*colour"),
        ({"movements": ["table_up"]}, "no angle «table_up»"),
        ({"controls": ["wheels"]}, "no control «wheels».*views, positions"),
        ({"own_side": "up"}, "no side «up»"),
        ({"plate": b"GIF89a"}, "PNG or an SVG"),
    ],
)
def test_what_a_lesson_asks_for_is_checked_when_the_figure_is_made(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FigureError, match=sentence):
        figure(**given)


def test_of_many_names_the_nearest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "MANY", 2)
    with pytest.raises(FigureError, match="There are: femur"):
        figure(state={"hidden": ["femurs"]})
    with pytest.raises(FigureError, match="It has 4 others"):
        figure(state={"hidden": ["xyz"]})


def test_one_pose_is_one_state_however_it_is_written() -> None:
    shown = figure()
    shown.show(angles={"knee_flexion": 30, "hip_adduction_r": 0})
    assert shown.state["angles"] == {"knee_flexion": 30}
    shown.show(hidden=["femur", "femur"])
    assert shown.state["hidden"] == ["femur"]
    assert shown.state["angles"] == {"knee_flexion": 30}, "the rest stays"


def test_what_the_browser_sends_is_checked_too() -> None:
    shown = figure()
    with pytest.raises(FigureError):
        shown.set_state({"state": {**shown.state, "selected": "tail"}})
    shown.set_state({"state": {**shown.state, "view": {"azimuth": 20, "elevation": -5, "roll": 90}}})
    assert shown.state["view"] == {"azimuth": 20, "elevation": -5, "roll": 90}


def test_sliders_have_words_at_their_ends_and_none_is_for_a_slide() -> None:
    titles = {movement["id"]: movement for movement in figure().movements}
    assert set(titles) == {"knee_flexion", "hip_adduction_r"}
    assert titles["hip_adduction_r"]["title"] == "Hip adduction, right"
    assert (titles["hip_adduction_r"]["less"], titles["hip_adduction_r"]["more"]) == ("abduction", "adduction")


def test_views_of_its_own_replace_the_usual_ones() -> None:
    shown = figure(views=[View("medial", "Inner side", 90)])
    assert shown.state["view"] == "medial"
    assert [view.id for view in VIEWS] == ["lateral", "front", "back", "therapist"]


def test_its_plain_text_says_all_that_a_student_could_choose() -> None:
    shown = figure(
        presets=[PRESET, {"id": "side", "title": "Aside", "angles": {"hip_adduction_r": -12}}],
        structures={"femur": {"name": "thigh bone"}},
        state={"angles": {"knee_flexion": 20}, "selected": "femur", "marks": {"calf": "no-go"}},
    )
    text = shown._repr_mimebundle_()[0]["text/plain"]
    for wanted in (
        "Stick: a figure that moves.",
        "Pose: knee flexion 20°.",
        "Chosen: thigh bone.",
        f"calf: {MARKS['no-go']}.",
        "- Bent: The knee at a right angle.",
        "- Aside: hip adduction, right −12°",
        "- Bones: thigh bone",
        "- Drawn structures: nerve",
        "Somebody, © 2026. A drawing that moves, not a simulation.",
    ):
        assert wanted in text
    assert "shorts" not in text
    assert repr(shown) == "Moving figure: Stick"


def test_a_plate_becomes_an_address_that_holds_it(tmp_path: Path) -> None:
    svg = tmp_path / "plate.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert figure(plate=svg).plate.startswith("data:image/svg+xml;base64,")
    assert figure(plate=b"\x89PNG\r\n").plate.startswith("data:image/png;base64,")
    assert figure(plate="data:image/png;base64,AA==").plate == "data:image/png;base64,AA=="


def test_every_colour_comes_from_the_module_that_owns_them() -> None:
    own = (moving.HERE / "moving.css").read_text("utf-8")
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", own)) <= {"#212121", "#555", "#bdbdbd", "#767676", "#1976d2", "#fff"}
    for script in (bundled.FRONT / "src").rglob("*.js"):
        assert re.findall(r"#[0-9a-f]{6}\b", script.read_text("utf-8")) == [], script.name
    for tissue in ("bone", "muscle", "band", "skin", "cloth", "no-go"):
        assert f"--itband-{tissue}: #" in moving.Figure._css


def test_browser_and_kernel_know_the_same_marks_and_verbs() -> None:
    script = (bundled.FRONT / "src" / "main.js").read_text("utf-8")
    told = dict(re.findall(r'"?([\w-]+)"?: \["([^"]+)", \d\]', script))
    assert told == MARKS
    assert next(iter(LAYERS)) == "skin" and list(LAYERS)[-1] == "bones"


@pytest.mark.parametrize("name", ["figure", "chart", "card"])
def test_without_a_bundle_a_sentence_says_what_to_run(name: str, tmp_path: Path) -> None:
    drawn = str(bundled.script(name, folder=tmp_path))
    assert "make front" in drawn
    assert "Nothing of yours is lost" in drawn
    assert f'"itband-{name}"' in drawn
    assert "SENTENCE" not in drawn


def test_the_bundle_is_of_the_sources_as_they_stand_and_names_the_licence_of_what_it_holds() -> None:
    code = "import pathlib, hatch_build; print(hatch_build.is_current(pathlib.Path('.')))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "True", bundled.NOT_BUILT
    notices = (bundled.FOLDER / "NOTICES.txt").read_text("utf-8")
    assert "MIT License" in notices and "three.js authors" in notices
    sizes = {path.stem: path.stat().st_size for path in bundled.FOLDER.glob("*.js")}
    assert sizes["figure"] + sizes["chart"] < 700_000
    assert all(size < 40_000 for name, size in sizes.items() if name.startswith("card-"))


def test_the_lock_file_names_no_place_to_fetch_from_and_every_checksum() -> None:
    lock = (bundled.FRONT / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "://" not in re.sub(r'"(url|funding)": "[^"]+"', "", lock)
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')
