"""The picture of how far both knees bend."""

from math import cos, radians, sin

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Wedge

from itband_course.colours import shown
from itband_course.figure.client import Bend, KneeRange
from itband_course.figure.style import (
    FAINT_INK,
    INK,
    LABEL,
    LINE,
    PADDING,
    QUIET,
    SMALL,
    TITLE,
    WIDTH,
    add_axes,
    panel,
    wrapped,
    write,
)

BEND_HEIGHT = 306.0
THIGH, SHIN = 1.0, 0.86
"""Lengths in the drawing: nothing is measured from them."""


def bend_figure(bend: Bend) -> Figure:
    """Return the picture of both knees: the straight leg in outline, the bent one in ink, the way between them shaded.

    Both are seen from the same side, so that only the angle differs. A straight knee is 0°, bending counts upwards.
    """
    figure = panel(BEND_HEIGHT)
    write(figure, PADDING, BEND_HEIGHT - 32, wrapped(bend.title, 48), TITLE, weight="bold")
    width = (WIDTH - 2 * PADDING) / 2
    for number, knee in enumerate(bend.knee):
        left = PADDING - 4 + number * width
        axes = add_axes(figure, left, 96, width, 142)
        _legs(axes, knee)
        is_sore = knee.side == bend.sore
        write(figure, left + 4, 74, f"{knee.side.capitalize()} knee: {knee.low}° to {knee.high}°", weight="bold")
        write(figure, left + 4, 56, bend.end if is_sore else "no pain at the end of the bend")
    source = "Fictional client. A straight knee is 0°, bending counts upwards; one mark every 20°."
    write(figure, PADDING, 18, source, SMALL, color=QUIET)
    return figure


def _legs(axes: Axes, knee: KneeRange) -> None:
    """Draw one thigh, lying, with its shin straight and bent: the foot swings below the thigh."""
    axes.set_xlim(-1.14, 1.2)
    axes.set_ylim(-0.84, 0.26)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.add_patch(Wedge((0, 0), 0.5, -knee.high, -knee.low, facecolor=LINE, edgecolor="none"))
    for degrees in range(20, knee.high, 20):
        inner, outer = _at(degrees, 0.5), _at(degrees, 0.55)
        axes.plot([inner[0], outer[0]], [inner[1], outer[1]], color=QUIET, linewidth=0.9)
    straight, bent = _at(knee.low, SHIN), _at(knee.high, SHIN)
    axes.plot([0, straight[0]], [0, straight[1]], color=FAINT_INK, linewidth=12, solid_capstyle="round")
    axes.plot([-THIGH, 0], [0, 0], color=QUIET, linewidth=16, solid_capstyle="round")
    axes.plot([0, bent[0]], [0, bent[1]], color=INK, linewidth=12, solid_capstyle="round")
    axes.plot(0, 0, marker="o", markersize=9, color=shown("ground"), markeredgecolor=INK)
    axes.text(1.05, 0.0, f"{knee.low}°", ha="center", va="center", size=LABEL, color=QUIET)
    middle = _at(knee.high / 2, 0.7)
    axes.text(*middle, f"{knee.high}°", ha="center", va="center", size=TITLE, weight="bold")
    axes.text(-THIGH / 2, 0.17, "thigh", ha="center", va="center", size=SMALL)


def _at(degrees: float, far: float) -> tuple[float, float]:
    """Return the place on a line that leaves the knee at an angle of bend; 0° goes on in line with the thigh."""
    return far * cos(radians(degrees)), -far * sin(radians(degrees))
