"""The colours of the course: readable on their ground, and told apart without seeing colour."""

import re
import subprocess
import sys
from itertools import combinations

import pytest

from itband_course.colours import COLOURS, MARKS, TISSUES, Colour, declarations, mixed, shown

THEMES = ("light", "dark")
# JupyterLab's grounds and those of the feedback page.
GROUNDS = {"light": ("#ffffff", "#f5f5f3"), "dark": ("#111111", "#161616", "#222222")}
READ_AS_TEXT = ("text", "quiet", "accent", *MARKS)
# How a page looks to eyes without one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1, linear RGB.
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.072175), (0.0193339, 0.119192, 0.9503041))
Vector = tuple[float, float, float]


def times(matrix: tuple[Vector, ...], vector: Vector) -> Vector:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return (first, second, third)


def linear(colour: str) -> Vector:
    """Return linear red, green and blue, 0 to 1, of an sRGB ``#rrggbb``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return (red, green, blue)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2, 1 to 21."""
    darker, lighter = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(first), linear(second)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(light: Vector) -> Vector:
    """Return CIE L*, a*, b* of linear red, green and blue, under D65."""
    xyz = times(TO_XYZ, light)
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (max(0.0, value / white) for value, white in zip(xyz, (0.95047, 1, 1.08883), strict=True))
    )
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def lightness(colour: str) -> float:
    return lab(linear(colour))[0]


def difference(first: str, second: str, eyes: str) -> float:
    """Return how far apart two colours look to such eyes: CIE 1976 distance, 2.3 being just noticeable."""
    seen = [lab(times(EYES[eyes], linear(colour))) for colour in (first, second)]
    return sum((one - other) ** 2 for one, other in zip(*seen, strict=True)) ** 0.5


def marked(colour: Colour) -> tuple[str, str]:
    return (colour.sign, colour.hatch)


def test_the_measures_agree_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert lightness("#ffffff") == pytest.approx(100, abs=0.01)
    assert difference("#ff0000", "#808000", "no green") < difference("#ff0000", "#808000", "all cones")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("meaning", READ_AS_TEXT)
def test_what_is_read_as_text_has_enough_contrast_on_every_ground_of_its_theme(meaning: str, theme: str) -> None:
    for ground in {*GROUNDS[theme], shown("ground", theme), shown("panel", theme)}:
        assert contrast(shown(meaning, theme), ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", combinations({**TISSUES, **MARKS}, 2), ids=" and ".join)
def test_two_meanings_are_told_apart_in_a_grey_print_or_by_their_sign(pair: tuple[str, str], theme: str) -> None:
    first, second = pair
    apart = abs(lightness(shown(first, theme)) - lightness(shown(second, theme)))
    assert apart >= 7 or marked(COLOURS[first]) != marked(COLOURS[second])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("pair", combinations(TISSUES, 2), ids=" and ".join)
def test_two_tissues_are_told_apart_by_colour_blind_eyes(pair: tuple[str, str], eyes: str, theme: str) -> None:
    assert difference(shown(pair[0], theme), shown(pair[1], theme), eyes) >= 8


def test_every_mark_has_a_sign_of_its_own() -> None:
    assert all(colour.sign for colour in MARKS.values())
    assert len({colour.sign for colour in MARKS.values()}) == len(MARKS)


def test_right_is_a_tick_wrong_is_a_cross_and_no_go_is_hatched() -> None:
    assert (MARKS["right"].sign, MARKS["wrong"].sign) == ("✓", "✕")
    assert TISSUES["no-go"].hatch


@pytest.mark.parametrize("theme", THEMES)
def test_every_meaning_is_declared_once_as_a_css_property(theme: str) -> None:
    found = re.findall(r"^--itband-([a-z-]+): (#[0-9a-f]{6});$", declarations(theme), re.MULTILINE)
    assert found == [(meaning, shown(meaning, theme)) for meaning in COLOURS]


def test_a_page_can_take_some_meanings_only() -> None:
    assert declarations("dark", ["right"]) == f"--itband-right: {COLOURS['right'].dark};"


def test_a_mixed_colour_lies_between_the_two() -> None:
    assert mixed("#000000", "#ffffff", 0) == "#000000"
    assert mixed("#000000", "#ffffff", 1) == "#ffffff"
    assert mixed("#102030", "#304050", 0.5) == "#203040"


def test_the_colours_need_the_standard_library_only() -> None:
    code = "import itband_course.colours, sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert set(done.stdout.split()) & {"matplotlib", "numpy", "msgspec", "IPython", "anywidget"} == set()
