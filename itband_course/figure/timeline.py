"""The picture of what happened to a client, one event below the other."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from itband_course.figure.client import Timeline
from itband_course.figure.style import (
    INK,
    LABEL,
    LEADING,
    PADDING,
    QUIET,
    SMALL,
    TITLE,
    panel,
    points_of,
    wrapped,
    write,
)

WHEN, LINE_AT, WORDS = 132.0, 150.0, 170.0
"""Points from the left: where the times end, where the line stands, where the words begin."""
STEP = 42.0
"""Points from one event to the next, whatever time lies between."""
LETTERS = 44
TOP, FOOT = 76.0, 54.0


def timeline_figure(timeline: Timeline) -> Figure:
    """Return the picture of the events, the earliest on top; its steps are even and say nothing of how long."""
    steps = len(timeline.event) - 1
    height = TOP + STEP * steps + FOOT
    figure = panel(height)
    write(figure, PADDING, height - 32, wrapped(timeline.title, 48), TITLE, weight="bold")
    places = [height - TOP - STEP * number for number in range(steps + 1)]
    to_points = points_of(figure)
    figure.add_artist(Line2D([LINE_AT] * 2, [places[0], places[-1]], color=QUIET, linewidth=1.2, transform=to_points))
    for event, place in zip(timeline.event, places, strict=True):
        figure.add_artist(
            Line2D([LINE_AT], [place], marker="o", markersize=9, color=INK, linestyle="none", transform=to_points)
        )
        baseline = place - LABEL * 0.35
        write(figure, WHEN, baseline, event.when, weight="bold", ha="right")
        words = wrapped(event.words, LETTERS)
        write(figure, WORDS, baseline + words.count("\n") * LEADING * LABEL / 2, words)
    write(figure, PADDING, 16, f"{timeline.source} Steps are not to scale.", SMALL, color=QUIET)
    return figure
