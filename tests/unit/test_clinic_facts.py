"""The clinic's facts: complete, with sources, without the claims that the course doubts; a broken file says where."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, get_args

import msgspec
import pytest

from itband_course.body.positions import positions
from itband_course.clinic import facts as clinic
from itband_course.clinic.facts import (
    ALONE,
    TOPICS,
    Basis,
    FactsError,
    areas,
    conflicts,
    facts,
    findings,
    look_alikes,
    observation,
    palpation,
    parse,
    practice,
    region_ids,
    region_names,
    rules,
    running,
    self_care,
    session_acts,
    session_rules,
    special_tests,
    stages,
    techniques,
    without_source,
)
from itband_course.facts import SURENESS_WORDS, references

every_topic = pytest.mark.parametrize("topic", TOPICS)
DENIED = {"cannot_say", "proves_not", "never", "varies", "sides", "where_not", "not_when", "leave"}
"""Fields that name what is not to be said or done."""
DOUBTED = re.compile(
    r"\breleas|\badhesion|trigger point|\b(?:short|tight)\b.{0,20}\bband\b|\bband\b.{0,20}\b(?:is|are) (?:short|tight)"
    r"|\bpositive\b.{0,10}\bober|\bober\b.{0,20}\bpositive|toxin",
    re.IGNORECASE,
)


def texts(value: Any, denied: bool = False) -> Iterator[str]:
    """Yield every text of a record, without what it denies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if denied or name not in DENIED:
                yield from texts(item, denied)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item, denied)


def test_every_topic_has_its_file_and_every_file_its_topic() -> None:
    there = {path.name for path in files("itband_course").joinpath("data/clinic").iterdir()}
    assert there == {f"{topic}.toml" for topic in TOPICS}
    counted = clinic.counted()
    assert list(counted) == list(TOPICS)
    assert min(counted.values()) >= 4


def test_the_loader_of_each_topic_gives_its_records() -> None:
    loaders = (special_tests, palpation, observation, techniques, stages, areas, findings)
    loaders += (conflicts, rules, look_alikes, self_care, running, practice, session_acts, session_rules)  # type: ignore[assignment]
    assert {loader.__name__ for loader in loaders} == set(TOPICS)
    for loader in loaders:
        assert loader() is facts(loader.__name__)


def test_the_words_of_the_basis_are_those_of_the_course() -> None:
    assert set(get_args(Basis)) == {"", *SURENESS_WORDS.values()}
    assert set(ALONE) < set(SURENESS_WORDS.values())
    assert "well supported" not in ALONE


def test_no_fact_is_without_source() -> None:
    assert without_source() == []


@every_topic
def test_what_a_record_names_exists(topic: str) -> None:
    one: Any
    for one in facts(topic).values():
        assert set(clinic._all_sources(one)) <= set(references())
        assert set(getattr(one, "regions", [])) <= region_names()
        assert {place for place in [getattr(one, "position", ""), *getattr(one, "positions", [])] if place} <= {
            *positions()
        }


@every_topic
def test_a_figure_comes_from_what_somebody_has_seen(topic: str) -> None:
    one: Any
    for one in facts(topic).values():
        for figure in getattr(one, "figures", []):
            assert {references()[key].checked for key in figure.sources} == {"seen"}


@every_topic
def test_published_figures_stand_nowhere_else(topic: str) -> None:
    one: Any
    for one in facts(topic).values():
        said = msgspec.to_builtins(one)
        said.pop("figures", None)
        if one.id == "one-thing-at-a-time":
            assert "rule of thumb without strong proof" in said.pop("varies")
            said.pop("dose")
        assert [text for text in texts(said, denied=True) if re.search(r"%|±|kappa|\bICC\b|0\.\d|\bn =", text)] == []


@every_topic
def test_no_record_claims_what_the_course_doubts(topic: str) -> None:
    one: Any
    for one in facts(topic).values():
        assert [text for text in texts(msgspec.to_builtins(one)) if DOUBTED.search(text)] == []


def test_the_search_for_doubted_claims_finds_them() -> None:
    for claim in ("Release the band", "It breaks adhesions", "a trigger point", "The band is short", "a positive Ober"):
        assert DOUBTED.search(claim)


@every_topic
def test_words_are_written_as_the_course_writes_them(topic: str) -> None:
    one: Any
    for one in facts(topic).values():
        for text in texts(msgspec.to_builtins(one), denied=True):
            assert "'" not in text, "a typographic apostrophe"
            assert not re.search(r"(?<![S\d])\d-\d|  | deg\b", text), text
            assert text == text.strip()


def test_every_test_says_what_it_cannot_say_and_begins_with_consent() -> None:
    for one in special_tests().values():
        assert one.faults and one.not_when and one.reads
        assert re.search(r"explain|ask", one.steps[0].id), one.id
    assert {
        "ober",
        "modified-ober",
        "noble-compression",
        "renne",
        "thomas",
        "modified-thomas",
        "ely",
        "trendelenburg",
        "single-leg-stance-30",
        "single-leg-squat",
        "straight-leg-raise",
        "slump",
        "joint-line",
        "sweep",
    } <= set(special_tests())


def test_readings_have_units_and_angles_signs() -> None:
    for one in special_tests().values():
        for read in one.reads:
            assert read.unit in ("°", "s", "0–10", "words")
            assert read.sign or read.unit != "°" or read.what == "side difference", (one.id, read.what)
            if read.within_error is not None and read.difference is not None:
                assert read.within_error <= read.difference


def test_ober_and_noble_promise_nothing_that_they_cannot_hold() -> None:
    for name in ("ober", "modified-ober"):
        assert "positive" in special_tests()[name].cannot_say
        assert "hip abductors" in special_tests()[name].loads or "As Ober" in special_tests()[name].loads
    assert "measures nothing" in special_tests()["noble-compression"].cannot_say
    assert not special_tests()["noble-compression"].figures
    assert not special_tests()["renne"].figures
    assert not techniques()["cross-fibre-friction"].figures


def test_ober_is_done_step_by_step_in_the_order_that_is_graded() -> None:
    steps = [step.id for step in special_tests()["ober"].steps]
    assert steps == ["explain", "lay", "hold-pelvis", "lift-and-extend", "lower", "read", "other-side"]


def test_every_technique_says_where_not_and_every_dose_is_a_band() -> None:
    for one in [*techniques().values(), *self_care().values()]:
        assert one.where_not, one.id
        assert all(band.low <= band.high for band in one.dose)
    assert techniques()["percussive-device"].dose == []


def test_every_area_closed_in_all_clients_gives_its_reason_and_those_without_region_say_where() -> None:
    for one in areas().values():
        assert one.says
        assert one.regions or one.always, one.id
    assert {one.id for one in areas().values() if not one.regions} == {"inguinal-strip", "sciatic-hollow"}


def test_a_dispute_names_both_sides() -> None:
    for one in conflicts().values():
        assert len(one.sides) >= 2
        for side in one.sides:
            assert side.sources or side.basis, one.id
        assert len({side.says for side in one.sides}) == len(one.sides)


def test_no_interval_after_an_injection_is_called_right() -> None:
    said = " ".join(texts(msgspec.to_builtins(rules()["injected-place"])))
    assert not re.search(r"\d+ (?:days|hours)|48", said)


def test_every_line_of_the_screen_card_has_its_findings() -> None:
    assert {one.screen for one in findings().values()} == set(range(7))
    assert {f"screen-{line}" for line in range(1, 7)} <= set(practice())


def test_a_topic_that_is_not_there_is_named() -> None:
    with pytest.raises(FactsError, match="There is no topic «weather»"):
        facts("weather")


GOOD = """[[fact]]
id = "thumb"
name = "Thumb"
basis = "usual practice"
regions = ["calf"]
find = "At the hand."
touch = "Lightly."
tells = "Little."
"""


def test_a_good_file_is_read() -> None:
    assert list(parse("palpation", GOOD)) == ["thumb"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[[fact]]", "[[fact]", "palpation.toml is not TOML"),
        ("[[fact]]", "[[place]]", "holds place: write [[fact]] tables only"),
        ('find = "At the hand."\n', "", "«thumb»: Object missing required field `find`"),
        ('"thumb"', '"The Thumb"', "«The Thumb»"),
        ("name =", "nmae =", "Object contains unknown field `nmae`"),
        ('"usual practice"', '"sure"', "«thumb»: Invalid enum value 'sure'"),
        ('["calf"]', '["moon"]', "There is no region «moon»"),
        ('basis = "usual practice"', 'sources = ["nobody-1900"]', "There is no source «nobody-1900»"),
    ],
)
def test_a_broken_file_says_where_and_what_to_do(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(FactsError, match=re.escape(says)):
        parse("palpation", GOOD.replace(old, new))


def test_an_id_that_stands_twice_is_told() -> None:
    with pytest.raises(FactsError, match="«thumb»: this id stands twice"):
        parse("palpation", GOOD + GOOD)


def topic_text(topic: str) -> str:
    return files("itband_course").joinpath(f"data/clinic/{topic}.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("topic", "old", "new", "says"),
    [
        ("special_tests", 'position = "ober"', 'position = "handstand"', "There is no position «handstand»"),
        ("special_tests", 'id = "lower",', 'id = "read",', "Two steps are called «read»"),
        ("special_tests", 'sources = ["noehren-2014"] }', 'sources = ["willett-2016"] }', "nobody has seen"),
        ("techniques", "low = 1, high = 3", "low = 3, high = 1", "begins above its end"),
        ("techniques", "pressure = [1, 3]", "pressure = [1, 9]", "not a band between 1 and 5"),
        ("rules", '"breath-chest-or-faint"', '"nothing"', "There is no finding «nothing»"),
        ("rules", 'area = "leg"', 'area = "wing"', "There is no area «wing»"),
        ("rules", '"percussive-device"]', '"magic"]', "There is no technique or test «magic»"),
        ("rules", '"caution-or-no-session"', '"quarrel"', "There is no conflict «quarrel»"),
        ("rules", 'one_of = ["breath-chest-or-faint"]\n', "", "It names no finding"),
        ("findings", 'id = "bruise"', 'id = "right-bruise"', "A finding has no side in its id"),
        ("conflicts", '"S0-24"', '"S0-99"', "There is no claim «S0-99»"),
        ("look_alikes", '"locked-knee"', '"stuck-knee"', "There is no finding «stuck-knee»"),
    ],
)
def test_a_name_that_leads_nowhere_is_told(topic: str, old: str, new: str, says: str) -> None:
    text = topic_text(topic)
    assert old in text
    with pytest.raises(FactsError, match=re.escape(says)):
        parse(topic, text.replace(old, new, 1))


def test_a_record_without_source_and_basis_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = msgspec.structs.replace(findings()["bruise"], sources=[], basis="")
    sure = msgspec.structs.replace(findings()["limp"], sources=[], basis="well supported")
    read = clinic._cached
    changed = {**read("findings"), "bruise": bare, "limp": sure}
    monkeypatch.setattr(clinic, "_cached", lambda topic: changed if topic == "findings" else read(topic))
    assert without_source() == ["findings/limp", "findings/bruise"]


def test_a_side_is_put_before_what_has_one_and_not_before_the_groin() -> None:
    assert clinic.on_sides(["calf", "groin"], ["right"]) == ["right-calf", "groin"]
    assert clinic.on_sides(["calf"], ["right", "left"]) == ["right-calf", "left-calf"]
    assert set(clinic.on_sides(region_names(), ["right", "left"])) == region_ids()
