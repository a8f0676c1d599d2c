"""The picture of two tapes round a client's legs, to be read: one scale below the other, each with an arrow."""

from math import ceil, floor

from matplotlib.figure import Figure

from itband_course.colours import shown
from itband_course.figure.client import Tapes
from itband_course.figure.style import (
    INK,
    LABEL,
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

HEIGHT = 262.0
SIDE_WIDTH = 58.0
"""Points at the left of a tape, for the name of its side."""
BEYOND = 2
"""Whole centimetres of tape that show on either side of what is read."""
TALL = 1.0
"""Of the axes, the height of the tape; above it stands the arrow."""


def tapes_figure(tapes: Tapes) -> Figure:
    """Return the picture of both tapes on one scale; their readings are shown by arrows, never written out."""
    figure = panel(HEIGHT)
    write(figure, PADDING, HEIGHT - 32, wrapped(tapes.title, 48), TITLE, weight="bold")
    write(figure, PADDING, HEIGHT - 56, wrapped(tapes.where, 66))
    low = floor(min(tapes.right, tapes.left)) - BEYOND
    high = ceil(max(tapes.right, tapes.left)) + BEYOND
    for name, read, bottom in (("Right", tapes.right, 128.0), ("Left", tapes.left, 52.0)):
        write(figure, PADDING, bottom + 14, name, LABEL, weight="bold")
        _tape(figure, bottom, read, low, high)
    write(figure, PADDING, 16, "Fictional client. Each tape is read in centimetres, at its arrow.", SMALL, color=QUIET)
    return figure


def _tape(figure: Figure, bottom: float, read: float, low: int, high: int) -> None:
    """Draw one tape between two whole centimetres, a stroke for every millimetre, and an arrow at the reading."""
    axes = add_axes(figure, PADDING + SIDE_WIDTH, bottom, WIDTH - 2 * PADDING - SIDE_WIDTH, 58)
    axes.set_axis_off()
    axes.set_xlim(low, high)
    axes.set_ylim(0, 1.7)
    axes.fill_between([low, high], 0, TALL, facecolor=shown("ground"), edgecolor=QUIET, linewidth=1)
    for millimetre in range(low * 10 + 1, high * 10):
        length = 0.46 if millimetre % 10 == 0 else 0.34 if millimetre % 5 == 0 else 0.2
        axes.plot([millimetre / 10] * 2, [TALL, TALL - length], color=INK, linewidth=0.8)
    for centimetre in range(low + 1, high):
        axes.text(centimetre, 0.27, str(centimetre), ha="center", va="center", size=LABEL)
    axes.annotate(
        "",
        (read, TALL),
        (read, 1.66),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0},
    )
