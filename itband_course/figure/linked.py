"""A chart that moves with the moving figure: one small line chart, one question. The kernel's half.

The browser draws it from tables of numbers, and moves with the figure without the kernel. What is here checks what a
chart says, and says the same as a still picture and in plain text.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import traitlets
from ipywidgets import widget_serialization
from msgspec import Struct
from numpy.typing import NDArray

from itband_course import widgets
from itband_course.bundled import script
from itband_course.colours import mixed, shown
from itband_course.facts import reading, references
from itband_course.figure.beside import Beside
from itband_course.figure.moving import Figure
from itband_course.rig import Rig

HERE = Path(__file__).parent
THIN = "\N{NARROW NO-BREAK SPACE}"
LARGEST_PICTURE = 40_000
"""Bytes of the still picture that still goes into a notebook's output."""

MOST_TICKS = 8

Place = tuple[float, float]
Floats = NDArray[np.float64]
Dash = Literal["solid", "dashed", "dotted", "dash-dotted"]
Tone = Literal["band", "muscle", "text", "quiet"]
DASHES: dict[Dash, str] = {"solid": "", "dashed": "9 5", "dotted": "1.5 5", "dash-dotted": "10 4 1.5 4"}


class ChartError(ValueError):
    """What is asked of a chart cannot be; says what is wrong and what there is instead."""


class Table(Struct, frozen=True):
    """Numbers over a grid of joint angles; between its points the chart goes by straight lines.

    Parameters
    ----------
    id : str
        Named by curves.
    axes : dict of str to list of float
        Angles in degrees, in the order of the numbers' axes.
    numbers : array
        One number for each point of the grid, in the unit of the chart's y axis.
    """

    id: str
    axes: dict[str, list[float]]
    numbers: Floats


class Axis(Struct, frozen=True):
    """The horizontal axis: the angle that the student moves.

    Parameters
    ----------
    angle : str
        ``knee_flexion``.
    title : str
        «Knee flexion».
    low, high, tick : float
        Ends and distance of the numbers beneath, in degrees.
    also : list of str
        Angles of the figure that move by as many degrees along with it.
    """

    angle: str
    title: str
    low: float
    high: float
    tick: float
    also: list[str] = []


class Measure(Struct, frozen=True):
    """The vertical axis.

    Parameters
    ----------
    title, unit : str
        What is measured: «Path of tensor and band», «mm».
    low, high, tick : float
        Ends and distance of the numbers beside it.
    above, below : str
        Words after a number above and below 0 (or above and below `whole`): «longer than standing».
    whole : float
        What a difference is a share of, in the axis's unit; 0 where no share is given.
    is_difference : bool
        Whether the numbers are differences from `whole` already.
    most : int
        How many curves are named when the values are said; 0 for all.
    height : int
        Of the drawing, in pixels.
    """

    title: str
    unit: str
    low: float
    high: float
    tick: float
    above: str = ""
    below: str = ""
    whole: float = 0.0
    is_difference: bool = False
    most: int = 0
    height: int = 340


class Curve(Struct, frozen=True):
    """A line of the chart.

    Parameters
    ----------
    id, label : str
        The label stands at the line's end; ``{hip_adduction}`` in it becomes that angle of the pose.
    table : str
        Id of a `Table`.
    fixed : dict of str to float
        Angles that this line is drawn for, in degrees; all others are those of the pose.
    dash : str
        One of `DASHES`: it tells lines apart in grey print.
    tone : {'band', 'muscle', 'text', 'quiet'}
        A meaning of `itband_course.colours`.
    point : bool
        Whether it is the line that is read: it carries the point, is said in words, and can be kept.
    group : str
        What it is switched on and off with, empty if always shown.
    """

    id: str
    label: str
    table: str
    fixed: dict[str, float] = {}
    dash: Dash = "solid"
    tone: Tone = "quiet"
    point: bool = False
    group: str = ""


class Published(Struct, frozen=True):
    """What a study found, drawn over the chart where it has a place on the x axis.

    Parameters
    ----------
    key : str
        A reference.
    label : str
        A few words beside the mark; empty where the study is only named in a sentence.
    low, high : float, optional
        Ends of a zone, in degrees of the x axis.
    at, spread : float, optional
        A mean and its standard deviation, in degrees.
    """

    key: str
    label: str = ""
    low: float | None = None
    high: float | None = None
    at: float | None = None
    spread: float = 0.0


class Chart(widgets.Widget):
    """A small line chart whose point a student moves, alone or together with the moving figure.

    Parameters
    ----------
    question, title : str
        What it answers, and the answer: the title states the finding.
    x_axis, y_axis : Axis, Measure
        What is moved and what is measured.
    tables : sequence of Table
        The numbers.
    curves : sequence of Curve
        The lines; at least one carries the point.
    published : sequence of Published
        What studies found. All of them are listed under «To read».
    agrees, cannot : str
        How far the model is from what was published, and what it cannot say.
    source : str
        Where the numbers come from.
    alternative : str
        What the chart shows, in twelve words or more.
    x : float, optional
        Where the point starts, in degrees; without it at the low end, or at 0.
    pose : mapping of str to float
        The other angles, in degrees; what is not named is 0.

    Attributes
    ----------
    x : float
        Where the point stands. Setting it moves point and figure. It follows the student's hands once they rest.
    pose : dict
        The other angles; of a linked chart those of the figure.

    Raises
    ------
    ChartError
        If something does not fit together.
    """

    _esm = script("chart")
    _css = widgets.style("itband-chart", ["band", "muscle", "accent"], [HERE / "linked.css"])

    question = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    alternative = traitlets.Unicode().tag(sync=True)
    agrees = traitlets.Unicode().tag(sync=True)
    cannot = traitlets.Unicode().tag(sync=True)
    source = traitlets.Unicode().tag(sync=True)
    x_axis = traitlets.Dict().tag(sync=True)
    y_axis = traitlets.Dict().tag(sync=True)
    tables = traitlets.List().tag(sync=True)
    numbers = traitlets.Bytes().tag(sync=True)
    curves = traitlets.List().tag(sync=True)
    published = traitlets.List().tag(sync=True)
    to_read = traitlets.List().tag(sync=True)
    x = traitlets.Float().tag(sync=True)
    pose = traitlets.Dict().tag(sync=True)
    figure = traitlets.Instance(Figure, allow_none=True).tag(sync=True, **widget_serialization)
    names = traitlets.Dict().tag(sync=True)

    def __init__(  # noqa: PLR0913 - one argument for each thing that a chart says
        self,
        *,
        question: str,
        title: str,
        x_axis: Axis,
        y_axis: Measure,
        tables: Sequence[Table],
        curves: Sequence[Curve],
        published: Sequence[Published],
        agrees: str,
        cannot: str,
        source: str,
        alternative: str,
        x: float | None = None,
        pose: Mapping[str, float] | None = None,
    ) -> None:
        self._told = _Told(x_axis, y_axis, list(tables), list(curves), list(published))
        self._told.check(agrees, cannot, source, alternative)
        starts = np.cumsum([0, *(table.numbers.size for table in tables)])
        super().__init__(
            question=question,
            title=_narrow(title),
            alternative=_narrow(alternative),
            agrees=_narrow(agrees),
            cannot=_narrow(cannot),
            source=source,
            x_axis=msgspec.to_builtins(x_axis),
            y_axis=msgspec.to_builtins(y_axis),
            tables=[
                {"id": table.id, "start": int(start), "axes": [{"angle": a, "at": at} for a, at in table.axes.items()]}
                for table, start in zip(tables, starts, strict=False)
            ],
            numbers=b"".join(table.numbers.astype("<f4").tobytes() for table in tables),
            curves=[msgspec.to_builtins(curve) | {"dashes": DASHES[curve.dash]} for curve in curves],
            published=[msgspec.to_builtins(one) for one in published],
            to_read=reading(dict.fromkeys(one.key for one in published)),
            x=max(0.0, x_axis.low) if x is None else float(x),
            pose=dict(pose or {}),
            figure=None,
            names={},
        )

    @traitlets.validate("x")
    def _check_x(self, proposal: Any) -> float:
        low, high = self._told.x.low, self._told.x.high
        if not low <= proposal["value"] <= high:
            raise ChartError(
                f"«{self._told.x.title}» goes from {low:g}° to {high:g}° in this chart, not to {proposal['value']:g}°."
            )
        return float(proposal["value"])

    @traitlets.validate("pose")
    def _check_pose(self, proposal: Any) -> dict[str, float]:
        for name in proposal["value"]:
            if name not in self._told.angles:
                there = ", ".join(self._told.angles) or "none: nothing else moves it"
                raise ChartError(f"This chart knows no angle «{name}». There are: {there}.")
        return {name: float(value) for name, value in proposal["value"].items() if name != self._told.x.angle}

    def link_to(self, figure: Figure, angle: str = "") -> "Chart":
        """Link the chart to a figure, both ways: moving the joint moves the point, moving the point moves the joint.

        Parameters
        ----------
        figure : Figure
            What `show_leg` or `show_client` returned. It is shown by itself.
        angle : str
            The figure's angle that the chart's x axis is: ``knee_flexion_r`` of a client. Without it the chart's own.

        Returns
        -------
        Chart
            The chart itself, so that a cell can end with it.

        Raises
        ------
        ChartError
            If the figure has no such angle.
        """
        own = self._told.x.angle
        angle = angle or own
        there = Rig(figure.rig).angles
        if angle not in there or not angle.startswith(own):
            fits = [name for name in there if name.startswith(own)]
            raise ChartError(f"The chart cannot be linked to «{angle}». Angles that fit: {', '.join(fits) or 'none'}.")
        end = angle.removeprefix(own)
        wanted = [own, *self._told.x.also, *self._told.angles]
        named = {name: name + end if name + end in there else name for name in wanted}
        self.names = {name: found for name, found in named.items() if found in there}
        self.figure = figure
        return self

    def stand_where(self, figure: Figure) -> None:
        """Stand where a linked figure stands, as the browser does once both are drawn."""
        angles = {own: float(figure.state["angles"].get(there, 0.0)) for own, there in self.names.items()}
        x = self._told.x
        self.x = min(max(angles[x.angle], x.low), x.high)
        self.pose = {name: angles[name] for name in self._told.angles if angles.get(name)}

    def values(self, x: float | None = None, **pose: float) -> dict[str, float]:
        """Return what each line that carries a point says, by its id, in the unit of the y axis.

        Parameters
        ----------
        x : float, optional
            Degrees; without it where the point stands.
        **pose : float
            Other angles, in degrees, instead of those of the pose.
        """
        at = self.x if x is None else x
        return {
            curve.id: float(self._told.line(curve, [at], {**self.pose, **pose})[0])
            for curve in self._told.curves
            if curve.point
        }

    def says(self) -> str:
        """Return in a sentence what the point says: «Knee flexion 30°. Adduction 0°: 551.7 mm, …»."""
        return self._told.says(self.x, self.pose)

    def text(self) -> str:
        """Return the chart in plain text, for GitHub, print and saved notebooks."""
        return "\n".join(
            [
                self.title,
                self.question,
                "",
                self.alternative,
                self.says(),
                "",
                *self._told.table_lines(self.pose),
                "",
                self.agrees,
                self.cannot,
                self.source,
                *(f"To read: {one['cite']}" for one in self.to_read),
            ]
        )

    def __repr__(self) -> str:
        return f"Chart: {self.title}"

    def pictures(self) -> dict[str, str]:
        """Return the chart as it stands, unless it has become too large to be kept in a notebook."""
        picture = static_svg(self)
        return {"image/svg+xml": picture} if len(picture.encode()) <= LARGEST_PICTURE else {}


class SideBySide(Beside):
    """A figure and a chart that move one another.

    Parameters
    ----------
    figure : Figure
    chart : Chart
        Linked to the figure by this.
    angle : str
        As for `Chart.link_to`.
    """

    def __init__(self, figure: Figure, chart: Chart, angle: str = "") -> None:
        self.chart = chart.link_to(figure, angle)
        chart.stand_where(figure)
        super().__init__(figure, chart)


def side_by_side(figure: Figure, chart: Chart, angle: str = "") -> SideBySide:
    """Return a figure with a chart beside it: moving the joint moves the chart's point, and the other way round.

    Parameters
    ----------
    figure : Figure
        What `show_leg` or `show_client` returned.
    chart : Chart
        One of `itband_course.figure.leg_charts`. Its point goes where the figure stands.
    angle : str
        The figure's angle that the chart's x axis is: ``knee_flexion_r`` of a client. Without it the chart's own.

    Raises
    ------
    ChartError
        If the figure has no such angle.
    """
    return SideBySide(figure, chart, angle)


class _Told:
    """What a chart is made of, and what its lines say; the browser does the same sums."""

    def __init__(
        self, x: Axis, y: Measure, tables: list[Table], curves: list[Curve], published: list[Published]
    ) -> None:
        self.x, self.y, self.curves, self.published = x, y, curves, published
        self.tables = {table.id: table for table in tables}
        self.angles = list(
            dict.fromkeys(
                angle
                for curve in curves
                if curve.table in self.tables
                for angle in self.tables[curve.table].axes
                if angle != x.angle and angle not in curve.fixed
            )
        )

    def check(self, *sentences: str) -> None:
        """Raise ChartError where something is missing or does not fit; the last sentences are the text alternative."""
        self.check_lines()
        for one in self.published:
            if one.key not in references():
                raise ChartError(f"There is no reference «{one.key}». Add it to references.toml, or leave it out.")
            figures = (one.low, one.high, one.at)
            if any(figure is not None for figure in figures) and references()[one.key].checked != "seen":
                raise ChartError(f"Nobody has seen «{one.key}» whole: no figure from it is drawn.")
        if not all(sentence.strip().endswith(".") for sentence in sentences):
            raise ChartError("What agrees, what the model cannot say, source and alternative are whole sentences.")
        if len(sentences[-1].split()) < 12:
            raise ChartError("The text alternative says in twelve words or more what the chart shows.")

    def check_lines(self) -> None:
        """Raise ChartError where lines, tables and axes do not fit together."""
        if not any(curve.point for curve in self.curves):
            raise ChartError("No line of this chart carries a point: set point=True on one.")
        if len({curve.id for curve in self.curves}) < len(self.curves):
            raise ChartError("Two lines of this chart have the same id.")
        if not (self.x.low < self.x.high and self.y.low < self.y.high):
            raise ChartError("An axis of this chart ends before it begins.")
        for table in self.tables.values():
            if table.numbers.shape != tuple(len(at) for at in table.axes.values()):
                raise ChartError(f"Table «{table.id}»: numbers and axes have different lengths.")
        for curve in self.curves:
            if curve.table not in self.tables:
                raise ChartError(f"Line «{curve.id}» names table «{curve.table}». There are: {', '.join(self.tables)}.")
            axes = self.tables[curve.table].axes
            unknown = [name for name in curve.fixed if name not in axes or name == self.x.angle]
            if unknown or self.x.angle not in axes:
                raise ChartError(f"Line «{curve.id}»: its table has the angles {', '.join(axes)}; check what is fixed.")
            if not axes[self.x.angle][0] <= self.x.low < self.x.high <= axes[self.x.angle][-1]:
                raise ChartError(
                    f"Line «{curve.id}»: its table does not reach from {self.x.low:g}° to {self.x.high:g}°."
                )

    def nodes(self, curve: Curve) -> list[float]:
        """Return the x at which a line may bend, both ends among them."""
        own = self.tables[curve.table].axes[self.x.angle]
        return [self.x.low, *(at for at in own if self.x.low < at < self.x.high), self.x.high]

    def line(self, curve: Curve, at: Sequence[float], pose: Mapping[str, float]) -> Floats:
        """Return what a line says at some x: straight lines between the points of its table, along each axis."""
        table = self.tables[curve.table]
        given = {**pose, **curve.fixed}
        left: Floats = table.numbers
        for name, axis in reversed(table.axes.items()):
            if name == self.x.angle:
                left = np.moveaxis(left, -1, 0)
                continue
            value = float(np.clip(given.get(name, 0.0), axis[0], axis[-1]))
            start = int(np.clip(np.searchsorted(axis, value, side="right") - 1, 0, len(axis) - 2))
            share = (value - axis[start]) / (axis[start + 1] - axis[start])
            # The x axis, once met, stands in front.
            left = left[..., start] * (1 - share) + left[..., start + 1] * share
        return np.interp(at, table.axes[self.x.angle], left)

    def label(self, curve: Curve, pose: Mapping[str, float]) -> str:
        """Return what stands at a line's end."""
        words = curve.label
        for name in self.angles:
            words = words.replace(f"{{{name}}}", whole(pose.get(name, 0.0)))
        return words

    def name(self, curve: Curve, pose: Mapping[str, float]) -> str:
        """Return what a line is called in a sentence."""
        return self.label(curve, pose).removeprefix("now: ")

    def amount(self, value: float) -> str:
        """Return a number of the y axis with unit and words."""
        y = self.y
        difference = value if y.is_difference or not y.whole else value - y.whole
        size = f"{number(abs(difference) if y.above else difference)}{THIN}{y.unit}"
        if y.whole:
            size += f" ({number(100 * abs(difference) / y.whole)}{THIN}%)"
        if abs(difference) >= 0.05 and y.above:
            size += f" {y.above if difference > 0 else y.below}"
        return f"{number(value)}{THIN}{y.unit}, {size}" if y.whole and not y.is_difference else size

    def says(self, x: float, pose: Mapping[str, float]) -> str:
        """Return what the lines with a point say at x."""
        read = [(float(self.line(curve, [x], pose)[0]), curve) for curve in self.curves if curve.point]
        intro = f"{self.x.title} {whole(x)}°. "
        if self.y.most:
            read = sorted(read, key=lambda one: -one[0])[: self.y.most]
            intro += "Most: "
        told = "; ".join(f"{self.name(curve, pose)}: {self.amount(value)}" for value, curve in read)
        return f"{intro}{told if self.y.most else told[:1].upper() + told[1:]}."

    def range(self, pose: Mapping[str, float]) -> tuple[list[float], float, float]:
        """Return the numbers beside the vertical axis, and its ends: wider where a line of this pose needs it."""
        found = np.concatenate([self.line(curve, self.nodes(curve), pose) for curve in self.curves])
        tick = self.y.tick
        low = min(self.y.low, tick * np.floor(found.min() / tick + 1e-6))
        high = max(self.y.high, tick * np.ceil(found.max() / tick - 1e-6))
        while (high - low) / tick > MOST_TICKS:
            tick *= 2
        first = tick * np.ceil(low / tick - 1e-6)
        return [float(y) for y in np.arange(first, high + 1e-6, tick)], float(low), float(high)

    def ticks(self) -> list[float]:
        """Return the numbers beneath the horizontal axis."""
        return list(np.arange(self.x.low, self.x.high + 1e-9, self.x.tick))

    def table_lines(self, pose: Mapping[str, float]) -> list[str]:
        """Return the table of the chart, line by line."""
        unit = self.y.unit
        lines = [f"{self.x.title}: {', '.join(f'{whole(x)}°' for x in self.ticks())}; {self.y.title}, {unit}"]
        for curve in self.curves:
            found = ", ".join(number(value) for value in self.line(curve, self.ticks(), pose))
            lines.append(f"- {self.label(curve, pose)}: {found}")
        return lines


def _narrow(words: str) -> str:
    """Return a text with a narrow space between number and unit, where no line is broken."""
    return re.sub(r"(?<=\d) (?=(?:mm|cm|%))", THIN, words)


def number(value: float) -> str:
    """Return a number with one decimal, as the course prints it."""
    return f"{round(value, 1) + 0:.1f}".replace("-", "−")


def whole(value: float) -> str:
    """Return a whole number, as the course prints it."""
    return f"{round(value) + 0:d}".replace("-", "−")


# ---------------------------------------------------------------------- the still picture

WIDTH, EDGE, LETTER, LEADING = 700, 20, 7.1, 17
CHARACTERS = 92
"""Pixels: the whole, the margin, a letter of 13 px on average, and from line to line; letters in a line at the foot."""


def static_svg(chart: Chart) -> str:
    """Return a chart as a picture by itself: a light panel with all that the chart says, for GitHub and print.

    Parameters
    ----------
    chart : Chart
        Drawn where its point stands.

    Returns
    -------
    str
        An SVG file with title and description for screen readers.
    """
    told: _Told = chart._told
    return _Plate(told, chart).drawn()


class _Plate:
    """The still picture of a chart."""

    def __init__(self, told: _Told, chart: Chart) -> None:
        self.told, self.chart = told, chart
        self.parts: list[str] = []
        labels = [told.label(curve, chart.pose) for curve in told.curves]
        self.left = EDGE + (98 if told.y.is_difference and told.y.whole else 44)
        self.right = WIDTH - EDGE - 14 - min(200.0, max(map(len, labels)) * LETTER)
        self.top = 0.0
        self.bottom = 0.0
        self.levels, self.low, self.high = told.range(chart.pose)

    def drawn(self) -> str:
        told, chart = self.told, self.chart
        y = EDGE + 12.0
        for line in textwrap.wrap(chart.title, 62):
            self.write(EDGE, y + 4, line, "title")
            y += 23
        self.write(EDGE, y + 6, f"{told.y.title}, {told.y.unit}{' (% of standing)' if self.shares else ''}", "quiet")
        y += 22
        strip = [one for one in told.published if one.label]
        self.top = y + 20 * len(strip) + 6
        self.bottom = self.top + told.y.height - 60
        self.zones(strip, y)
        self.axes()
        self.lines()
        y = self.bottom + 62
        for words, kind in (
            (chart.says(), "text"),
            (chart.agrees, "text"),
            (chart.cannot, "text"),
            (chart.source, "quiet"),
        ):
            for line in textwrap.wrap(words, CHARACTERS, break_on_hyphens=False):
                self.write(EDGE, y, line, kind)
                y += LEADING
            y += 5
        height = round(y + EDGE - LEADING + 4)
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
                f' height="{height}" role="img" font-size="13"'
                ' font-family="system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif">',
                f"<title>{escape(chart.title)}</title>",
                f"<desc>{escape(chart.alternative)} {escape(chart.says())}</desc>",
                f"<style>text{{fill:{shown('text')}}}.quiet{{fill:{shown('quiet')}}}"
                ".title{font-size:17px;font-weight:600}.bold{font-weight:600}</style>",
                f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="{shown("panel")}"'
                f' stroke="{shown("line")}"/>',
                *self.parts,
                "</svg>",
                "",
            ]
        )

    @property
    def shares(self) -> bool:
        return bool(self.told.y.is_difference and self.told.y.whole)

    def across(self, x: float) -> float:
        axis = self.told.x
        return self.left + (x - axis.low) / (axis.high - axis.low) * (self.right - self.left)

    def up(self, y: float) -> float:
        return self.bottom - (y - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def write(self, x: float, y: float, words: str, kind: str = "text", anchor: str = "start") -> None:
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>')

    def stroke(self, start: Place, end: Place, colour: str, more: str = "") -> None:
        self.parts.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
            f' stroke="{shown(colour)}"{more}/>'
        )

    def zones(self, strip: list[Published], y: float) -> None:
        """Draw what was published: a row above the chart for each, a zone as a pale stripe through it."""
        for row, one in enumerate(strip):
            level = y + 20 * row + 6
            if one.low is not None and one.high is not None:
                low, high = self.across(one.low), self.across(one.high)
                pale = mixed(shown("quiet"), shown("panel"), 0.78)
                self.parts.append(
                    f'<rect x="{low:.1f}" y="{level:.1f}" width="{high - low:.1f}" height="{self.bottom - level:.1f}"'
                    f' fill="{pale}"/>'
                )
                self.stroke((low, level), (high, level), "text", ' stroke-width="2"')
            elif one.at is not None:
                middle = self.across(one.at)
                low, high = self.across(one.at - one.spread), self.across(one.at + one.spread)
                self.stroke((low, level), (high, level), "text", ' stroke-width="1.5"')
                self.stroke((middle, level), (middle, self.bottom), "quiet", ' stroke-dasharray="2 4"')
                self.parts.append(f'<path d="M{middle:.1f} {level - 5:.1f}l5 5l-5 5l-5 -5z" fill="{shown("text")}"/>')
            else:
                continue
            self.write(high + 8, level + 4, one.label)

    def axes(self) -> None:
        told = self.told
        self.stroke((self.left, self.bottom), (self.right, self.bottom), "quiet")
        self.stroke((self.left, self.top), (self.left, self.bottom), "quiet")
        for x in told.ticks():
            self.stroke((self.across(x), self.bottom), (self.across(x), self.bottom + 5), "quiet")
            self.write(self.across(x), self.bottom + 20, f"{whole(x)}°", anchor="middle")
        for y in self.levels:
            self.stroke((self.left, self.up(y)), (self.right, self.up(y)), "line" if abs(y) > 1e-9 else "quiet")
            share = f" ({number(100 * y / told.y.whole)}{THIN}%)" if self.shares and abs(y) > 1e-9 else ""
            self.write(self.left - 7, self.up(y) + 4, whole(y) + share, anchor="end")
        self.write((self.left + self.right) / 2, self.bottom + 39, f"{told.x.title}, degrees", "quiet", "middle")

    def lines(self) -> None:
        told, pose = self.told, self.chart.pose
        ends = []
        for curve in told.curves:
            xs = told.nodes(curve)
            ys = told.line(curve, xs, pose)
            points = " ".join(f"{self.across(x):.1f},{self.up(y):.1f}" for x, y in zip(xs, ys, strict=True))
            width = 3.5 if curve.point and not curve.group else 2
            if curve.tone == "band":  # gold is pale: ink lies beneath it
                self.parts.append(
                    f'<polyline points="{points}" fill="none" stroke="{shown("text")}" stroke-width="{width + 2}"/>'
                )
            dash = f' stroke-dasharray="{DASHES[curve.dash]}"' if DASHES[curve.dash] else ""
            self.parts.append(
                f'<polyline points="{points}" fill="none" stroke="{shown(curve.tone)}" stroke-width="{width}"'
                f' stroke-linecap="round"{dash}/>'
            )
            ends.append(
                (self.up(float(ys[-1])), told.label(curve, pose), "bold" if curve.point and not curve.group else "text")
            )
        for curve in told.curves:
            if curve.point:
                x, y = self.across(self.chart.x), self.up(self.chart.values()[curve.id])
                radius = 3.5 if curve.group else 6
                self.parts.append(
                    f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{shown("ground")}" stroke="{shown("text")}"'
                    ' stroke-width="2"/>'
                )
        ends.sort(key=lambda end: end[0])
        places = spread([end[0] for end in ends], LEADING - 2, self.top - 6, self.bottom + 2)
        for (y, words, kind), place in zip(ends, places, strict=True):
            if abs(y - place) > 2:
                self.stroke((self.right + 2, y), (self.right + 11, place), "quiet", ' stroke-width=".8"')
            self.write(self.right + 14, place + 4, words, kind)


def spread(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Return places near those wanted, in the same order, `gap` apart and between top and bottom as far as possible."""
    places = list(wanted)
    for _ in range(60):
        moved = False
        for at, (first, second) in enumerate(pairwise(places)):
            if second - first < gap - 0.01:
                middle = (first + second) / 2
                places[at], places[at + 1] = middle - gap / 2, middle + gap / 2
                moved = True
        places = [
            min(max(place, top + gap * at), bottom - gap * (len(places) - 1 - at)) for at, place in enumerate(places)
        ]
        if not moved:
            break
    return places
