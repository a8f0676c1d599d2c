"""The pictures of a client: how the load grew, what both sides can do, what the hands and the questions found."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from itband_course.colours import shown
from itband_course.figure.client import Client, Load, Pair, Place, Sides, Situation
from itband_course.figure.leg import View, draw_leg, leg
from itband_course.figure.style import (
    FAINT_INK,
    INK,
    LABEL,
    LEADING,
    LINE,
    PADDING,
    QUIET,
    SMALL,
    TITLE,
    WIDTH,
    add_axes,
    panel,
    points_of,
    wrapped,
    write,
    write_beside,
)

# --- the load chart


def load_chart(load: Load) -> Figure:
    """Return the chart of weekly distances, with the onset after the last week and today after that.

    Weeks stand on a line of time that ends with the onset: a bar is as wide as its week, today lies `days_ago` days
    further on.
    """
    height = 304.0
    figure = panel(height)
    write(figure, PADDING, height - 32, wrapped(load.title, 48), TITLE, weight="bold")
    axes = add_axes(figure, 62, 74, WIDTH - 62 - PADDING, height - 74 - 58)
    weeks = len(load.km)
    top = max(load.km) * 1.25
    middles = [week - weeks + 0.5 for week in range(weeks)]
    axes.bar(middles, load.km, width=0.84, color=[FAINT_INK] * (weeks - 1) + [QUIET])
    for middle, km in zip(middles, load.km, strict=True):
        axes.text(middle, km + top * 0.015, f"{km:g}", ha="center", va="bottom", size=LABEL + 1, weight="bold")
    inside = (middles[-1], load.km[-1])
    write_beside(axes, inside, 0, 22, wrapped(load.run, 10), ha="center", color=shown("ground"))
    axes.set_xticks(middles, [wrapped(week, 10) for week in load.weeks])
    axes.set_xlim(-weeks - 0.1, 1.75)
    axes.set_ylim(0, top)
    ticks = range(0, int(top), 10)
    axes.set_yticks(ticks)
    axes.set_ylabel("Distance, km a week")
    axes.tick_params(axis="x", length=0, pad=6)
    axes.spines["left"].set_bounds(0, ticks[-1])
    axes.spines["bottom"].set_bounds(-weeks - 0.1, load.days_ago / 7)
    _onset(axes, load, 0.9 * top)
    write(figure, PADDING, 16, "Fictional client; distances as told at the first visit.", SMALL, color=QUIET)
    return figure


def _onset(axes: Axes, load: Load, height: float) -> None:
    """Mark on the line of time when the pain began, as a flag of a height in km, and when today is."""
    axes.plot([0, 0], [0, height], color=INK, linewidth=1.2)
    axes.plot(0, height, marker="D", markersize=9, color=INK)
    words = wrapped(f"{load.days_ago} days ago: {load.onset}", 20)
    write_beside(axes, (0, height), 12, 4, words)
    axes.plot(load.days_ago / 7, 0, marker="|", markersize=12, color=QUIET, clip_on=False)
    write_beside(axes, (load.days_ago / 7, 0), 0, 16, "today", ha="center")


# --- both sides

PAIR_HEIGHT = 132.0
BARS_HEIGHT = 60.0


def sides_chart(sides: Sides) -> Figure:
    """Return the chart of what was counted on both sides: two bars for each thing, right above left."""
    title = wrapped(sides.title, 48)
    above = 32 + LEADING * TITLE * len(title.splitlines()) + 6
    below = 34.0
    height = above + PAIR_HEIGHT * len(sides.pair) + below
    figure = panel(height)
    write(figure, PADDING, height - 32, title, TITLE, weight="bold")
    for number, pair in enumerate(sides.pair):
        _two_bars(figure, pair, height - above - PAIR_HEIGHT * number)
    write(figure, PADDING, 16, "Fictional client; both sides counted in the same way.", SMALL, color=QUIET)
    return figure


def _two_bars(figure: Figure, pair: Pair, top: float) -> None:
    """Draw one thing that was counted, below a height in points."""
    write(figure, PADDING, top - LABEL, pair.words, weight="bold")
    axes = add_axes(figure, 62, top - 24 - BARS_HEIGHT, WIDTH - 62 - PADDING - 6, BARS_HEIGHT)
    numbers = [pair.right, pair.left]
    axes.barh([0, 1], numbers, height=0.68, color=[QUIET, FAINT_INK])
    for row, (number, words, colour) in enumerate(
        zip(numbers, [pair.right_words, pair.left_words], [shown("ground"), INK], strict=True)
    ):
        # Number and words stand inside the bar where it is long enough, beside it where it is not.
        is_inside = number > pair.most * 0.7
        at = (number, row)
        told = f"{number:g}" + (f", {words}" if words else "")
        write_beside(
            axes,
            at,
            -6 if is_inside else 6,
            0,
            told,
            ha="right" if is_inside else "left",
            va="center_baseline",
            color=colour if is_inside else INK,
            weight="bold" if not words else "normal",
        )
    axes.set_yticks([0, 1], ["Right", "Left"])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0, pad=6)
    axes.set_xlim(0, pair.most)
    axes.set_xticks([0, pair.most / 2, pair.most])
    axes.set_xlabel(pair.unit)


# --- the findings

# A plain line, as matplotlib draws an arrow without its head.
LEADER = {"arrowstyle": "-", "color": QUIET, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}


class Spot(NamedTuple):
    """Where a place is labelled.

    Parameters
    ----------
    view : {'leg', 'knee'}
        The drawing that carries the mark.
    x, y : float
        Where the first line of the words begins, in points of the whole picture.
    letters : int
        How many letters of a line have room there.
    steepness : float
        Angle, in degrees, at which the line leaves the mark before it turns level; 0 for a straight line.
    """

    view: str
    x: float
    y: float
    letters: int
    steepness: float = 0


FINDINGS_HEIGHT = 584.0
LEG_VIEW: View = (-52.0, 206.0, 186.0, 984.0)
KNEE_VIEW: View = (8.0, 158.0, 298.0, 462.0)
SPOTS = {
    "gluteus_medius": Spot("leg", 186, 472, 26),
    "tensor_fasciae_latae": Spot("leg", 186, 436, 26),
    "lateral_epicondyle": Spot("knee", 392, 372, 14, steepness=62),
    "patella_centre": Spot("knee", 392, 284, 16),
    "lateral_joint_line": Spot("knee", 392, 256, 16),
    "fibular_head": Spot("knee", 392, 228, 16),
}


def findings_figure(client: Client) -> Figure:
    """Return the picture of the findings: the places on the leg with their pain, and the pain by situation."""
    figure = panel(FINDINGS_HEIGHT)
    write(figure, PADDING, FINDINGS_HEIGHT - 32, wrapped(client.findings, 48), TITLE, weight="bold")

    whole = add_axes(figure, PADDING, 72, 145, 145 * _tallness(LEG_VIEW))
    draw_leg(whole, LEG_VIEW, line=0.7)
    knee = add_axes(figure, 186, 194, 190, 190 * _tallness(KNEE_VIEW))
    draw_leg(knee, KNEE_VIEW, line=1.0, clear=True)
    _frame(whole, knee)
    whole.text(83, 590, "iliotibial band", rotation=90, ha="center", va="center", size=SMALL)
    write(figure, 186, 502, "Right leg: pain on light touch, 0 to 10", weight="bold")
    write(figure, 392, 206, "familiar: the pain\nthe client came with", SMALL, color=QUIET)
    for place in client.place:
        _mark(figure, {"leg": whole, "knee": knee}[SPOTS[place.landmark].view], place)
    _situations(figure, client.situation)
    source = f"Fictional client. The leg is one man's; nothing is measured from it.\n{wrapped(leg().attribution, 66)}"
    write(figure, PADDING, 44, source, SMALL, color=QUIET)
    return figure


def _tallness(view: View) -> float:
    left, right, bottom, top = view
    return (top - bottom) / (right - left)


def _frame(whole: Axes, knee: Axes) -> None:
    """Frame the knee on the whole leg and in the large view, and tie the two frames together."""
    left, right, bottom, top = KNEE_VIEW
    for axes in (whole, knee):
        around = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
        axes.plot(*zip(*around, strict=True), color=QUIET, linewidth=0.9, clip_on=False)
    for height in (bottom, top):
        knee.annotate(
            "",
            (right, height),
            (left, height),
            xycoords=whole.transData,
            textcoords=knee.transData,
            arrowprops=LEADER | {"color": LINE},
        )


def _mark(figure: Figure, axes: Axes, place: Place) -> None:
    """Mark a place with its pain and label it: a filled diamond in a ring is familiar pain, an open circle is not."""
    at, spot = leg().landmarks[place.landmark], SPOTS[place.landmark]
    bend = f"angle,angleA=180,angleB={spot.steepness:g},rad=0" if spot.steepness else "arc3"
    weight = "bold" if place.familiar else "normal"
    write(figure, spot.x, spot.y, _label(place, spot.letters), weight=weight)
    axes.annotate(
        "",
        at,
        (spot.x - 4, spot.y + LABEL * 0.35),
        textcoords=points_of(figure),
        arrowprops=LEADER | {"connectionstyle": bend},
        annotation_clip=False,
    )
    paper = shown("ground")
    if place.familiar:
        axes.plot(*at, marker="o", markersize=32, markerfacecolor="none", markeredgecolor=INK, zorder=5)
        axes.plot(*at, marker="D", markersize=17, color=INK, zorder=6)
    else:
        axes.plot(*at, marker="o", markersize=18, markerfacecolor=paper, markeredgecolor=INK, zorder=6)
    number = paper if place.familiar else INK
    axes.text(*at, str(place.pain), ha="center", va="center_baseline", weight="bold", color=number, zorder=7)


def _label(place: Place, letters: int) -> str:
    """Return the words at a place: a painless one needs none beside its number."""
    if place.pain == 0:
        return f"{place.name}: 0"
    told = "familiar" if place.familiar else "not familiar"
    told += f", {place.words}" if place.words else ""
    return f"{wrapped(f'{place.name}: {place.pain}', letters)}\n{wrapped(told, letters)}"


def _situations(figure: Figure, situations: list[Situation]) -> None:
    """Draw the pain by situation as bars from 0 to 10."""
    axes = add_axes(figure, 332, 104, WIDTH - 332 - PADDING - 6, 24 * len(situations))
    rows = range(len(situations))
    axes.barh(rows, [situation.pain for situation in situations], height=0.58, color=QUIET)
    for row, situation in zip(rows, situations, strict=True):
        axes.text(situation.pain + 0.2, row, str(situation.pain), va="center_baseline", weight="bold", size=LABEL + 1)
    axes.set_yticks(rows, [situation.words for situation in situations])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0, pad=6)
    axes.set_xlim(0, 10)
    axes.set_xticks([0, 5, 10])
    axes.set_xlabel("Pain in daily life, 0 to 10")
