"""What a lesson opens: a leg or a client in a named pose, with the words of the course; a slip is a sentence."""

import pytest

from itband_course import body, leg, show_client, show_leg
from itband_course.figure.moving import FigureError

ONE_BUILD = "woman-young"


def test_a_leg_opens_in_the_pose_that_is_asked_for_with_a_button_for_every_other() -> None:
    figure = show_leg("ober")
    assert figure.state["angles"] == leg.pose("ober").angles
    assert [preset["id"] for preset in figure.presets] == list(leg.poses())
    assert figure.title == "Right leg"
    assert figure.plate.startswith("data:image/png;base64,")


def test_a_lesson_names_the_poses_and_angles_that_it_has_a_task_for() -> None:
    figure = show_leg("ober", positions=["ober", "modified-ober"], movements=["knee_flexion"])
    assert [preset["id"] for preset in figure.presets] == ["ober", "modified-ober"]
    assert [movement["id"] for movement in figure.movements] == ["knee_flexion"]
    assert show_leg(positions=[]).presets == []
    with pytest.raises(FigureError, match="no pose «sitting»"):
        show_leg(positions=["sitting"])
    with pytest.raises(FigureError, match="no angle «knee»"):
        show_leg(movements=["knee"])


def test_every_structure_of_the_leg_is_told_with_its_sources_by_author_and_year() -> None:
    told = show_leg().structures
    assert set(told) == set(leg.structures())
    assert "Fairclough 2006" in told["iliotibial_tract"]["sources"]
    assert told["gluteus_minimus"]["sources"] == "General anatomy, the same in every textbook"
    assert all(one["hands"] and one["sources"] for one in told.values())


def test_a_leg_opens_exactly_the_state_that_a_cell_talks_about() -> None:
    figure = show_leg(
        "knee-30", side="left", layers=["band", "bones"], faded=["femur"], selected="iliotibial_tract", view="front"
    )
    assert figure.title == "Left leg"
    assert figure.state["layers"] == ["band", "bones"]
    assert (figure.state["side"], figure.state["view"]) == ("left", "front")
    assert (figure.state["faded"], figure.state["selected"]) == (["femur"], "iliotibial_tract")


def test_a_leg_says_its_whole_pose_whatever_has_a_slider() -> None:
    figure = show_leg("pelvic-drop", movements=["knee_flexion"])
    assert "Pose: hip adduction 10°, pelvic drop 10°." in figure.text()


def test_a_client_lies_on_the_table_dressed_and_draped() -> None:
    figure = show_client("supine", build=ONE_BUILD)
    assert {"shorts", "top", "table"} < set(figure.state["cloth"])
    assert any(name.startswith("sheet") for name in figure.state["cloth"])
    assert not any(name.startswith("sheet") for name in show_client("supine", draped=False).state["cloth"])
    assert [preset["id"] for preset in figure.presets] == body.positions()


@pytest.mark.parametrize("side", ["right", "left"])
def test_ober_moves_the_tested_leg_by_the_angles_that_have_sliders(side: str) -> None:
    figure = show_client("ober", build=ONE_BUILD, side=side, positions=["ober"])
    end = side[0]
    assert figure.state["angles"][f"knee_flexion_{end}"] == pytest.approx(90, abs=5)
    assert {movement["id"] for movement in figure.movements} >= {f"hip_adduction_{end}", f"knee_flexion_{end}"}
    assert figure.state["side"] == side


def test_marks_on_the_skin_are_in_the_figure_and_in_the_picture_that_stands_in_for_it() -> None:
    plain = show_client("standing", build=ONE_BUILD, positions=["standing"])
    marked = show_client(
        "standing", build=ONE_BUILD, positions=["standing"], marks={"right-outer-knee": "no-go", "left-calf": "sore"}
    )
    assert marked.state["marks"] == {"right-outer-knee": "no-go", "left-calf": "sore"}
    assert marked.plate != plain.plate


@pytest.mark.parametrize(
    ("slip", "sentence"),
    [
        (lambda: show_leg("obre"), "no pose «obre». There are: standing"),
        (lambda: show_leg(side="middle"), "side"),
        (lambda: show_leg(layers=["fat"]), "no layer «fat»"),
        (lambda: show_leg(selected="tail"), "no structure «tail»"),
        (lambda: show_client("upside-down"), "no position «upside-down»"),
        (lambda: show_client(build="giant"), "no body «giant». There are: woman-young"),
        (lambda: show_client(side="middle"), "no side «middle»"),
        (lambda: show_client(marks={"right-nose": "no-go"}), "no region «right-nose»|no region"),
        (lambda: show_client(marks={"right-outer-knee": "blue"}), "no kind of mark «blue»"),
    ],
)
def test_a_slip_is_a_sentence_that_says_what_there_is(slip: object, sentence: str) -> None:
    with pytest.raises(FigureError, match=sentence):
        slip()  # type: ignore[operator]
