"""Columns that a student shapes: each a slider of its own, by mouse or by keys. The kernel's half."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import traitlets
from msgspec import Struct

from itband_course import widgets
from itband_course.bundled import script
from itband_course.clinic.shapes import Column, Pick
from itband_course.colours import shown
from itband_course.figure.answering import Answering, Keep, Record

HERE = Path(__file__).parent


class ColumnsError(ValueError):
    """What is asked of the columns cannot be; says what is wrong."""


class Scale(Struct, frozen=True):
    """What the columns measure.

    Parameters
    ----------
    title, unit : str
        «Pain», «of 10».
    low, high, step, tick : float
        Ends, distance of two values, and of the numbers beside it.
    """

    title: str
    unit: str
    low: float
    high: float
    step: float
    tick: float


class Guide(Struct, frozen=True):
    """A line across all columns, with a few words."""

    at: float
    label: str


class Sheet(Struct, frozen=True, kw_only=True):
    """What is shaped, and everything that stands around it.

    Parameters
    ----------
    id : str
        Marks the widget on the page.
    title, about : str
        What it is, and what to do, in a sentence each.
    scale : Scale
    columns : tuple of Column
    start : tuple of float
        How the columns stand at first.
    tasks : dict of str to str
        Each has a shape of its own; one at least.
    task_names : dict of str to str
        Short names of the tasks.
    picks : tuple of Pick
    guide : Guide, optional
    button : str
        What asks for the answer.
    source : str
        A line at the foot of the picture.
    """

    id: str
    title: str
    about: str
    scale: Scale
    columns: tuple[Column, ...]
    start: tuple[float, ...]
    tasks: dict[str, str]
    task_names: dict[str, str]
    picks: tuple[Pick, ...] = ()
    guide: Guide | None = None
    button: str
    source: str


Answer = Callable[[Record], dict[str, Any]]
"""``answer(record) -> reply``: ``headline``, ``good``, ``remarks`` as `told` makes them, perhaps ``events``."""


class Columns(Answering):
    """Columns that a student shapes, with an answer by rules.

    Parameters
    ----------
    sheet : Sheet
    answer : callable
        `Answer`.
    record : dict, optional
        ``task``, ``shapes`` (values by task), ``picks`` and ``decisions`` (options by id), ``asked``.
    keep : callable, optional
        Records what a student did.

    Raises
    ------
    ColumnsError
        If columns and start do not fit together, or a value is not on the scale.
    """

    _esm = script("columns")
    _css = widgets.style(
        "itband-columns",
        ["right", "wrong", "failed", "recorded"],
        [widgets.PANELS, HERE / "answering.css", HERE / "columns.css"],
    )

    sheet = traitlets.Dict().tag(sync=True)

    def __init__(self, sheet: Sheet, answer: Answer, record: Record | None = None, keep: Keep | None = None) -> None:
        if len(sheet.start) != len(sheet.columns) or not sheet.tasks:
            raise ColumnsError(f"«{sheet.title}» needs a value for each of its columns, and a task.")
        for value in sheet.start:
            if not sheet.scale.low <= value <= sheet.scale.high:
                raise ColumnsError(f"«{sheet.title}»: {value:g} is not on its scale.")
        self._told, self._answer = sheet, answer
        super().__init__(self.cleaned(record or {}), keep, sheet=msgspec.to_builtins(sheet))

    def answer(self, record: Record) -> dict[str, Any]:
        """Return what the rules say of a record."""
        return self._answer(record)

    def cleaned(self, record: Record) -> Record:
        """Return a record as it may be kept: without what does not belong there, what is missing as at first."""
        sheet = self._told
        shapes, picks, decisions = (_mapping(record.get(name)) for name in ("shapes", "picks", "decisions"))
        known = {pick.id: [option.id for option in pick.options] for pick in sheet.picks}
        task = record.get("task")
        return {
            "task": task if task in sheet.tasks else next(iter(sheet.tasks)),
            "shapes": {name: self._values(shapes.get(name)) for name in sheet.tasks},
            "picks": {name: option for name, option in picks.items() if option in known.get(name, [])},
            "decisions": {str(name): str(option) for name, option in decisions.items()},
            "asked": record.get("asked") is True,
        }

    def _values(self, values: Any) -> list[float]:
        sheet = self._told
        if not isinstance(values, list) or len(values) != len(sheet.columns):
            return list(sheet.start)
        if not all(isinstance(value, int | float) for value in values):
            return list(sheet.start)
        return [min(max(float(value), sheet.scale.low), sheet.scale.high) for value in values]

    def now(self) -> list[float]:
        """Return the values of the task that is open."""
        return list(self.record["shapes"][self.record["task"]])

    def says(self) -> str:
        """Return the columns in words: «kilometre 3: 2 of 10; …»."""
        unit = self._told.scale.unit
        return "; ".join(
            f"{column.says}: {value:g} {unit}" for column, value in zip(self._told.columns, self.now(), strict=True)
        )

    def text(self) -> str:
        """Return in plain text what is shaped, and how it stands."""
        sheet = self._told
        lines = [f"{sheet.title}: columns to shape. Press Run All to shape them.", sheet.about, ""]
        lines += [f"- {task}" for task in sheet.tasks.values()]
        lines += [f"- {pick.title}: {' / '.join(option.text for option in pick.options)}" for pick in sheet.picks]
        return "\n".join([*lines, "", f"{sheet.scale.title}. {self.says()}.", sheet.source])

    def __repr__(self) -> str:
        return f"Columns: {self._told.title}"

    def pictures(self) -> dict[str, str]:
        """Return the columns as they stand."""
        return {"image/svg+xml": static_svg(self._told, self.now(), self.says())}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


# ---------------------------------------------------------------------- the still picture

WIDTH, EDGE, LEFT, TALL = 700, 20, 64, 220
GAP = 16
"""Pixels: the whole, the margin, where the columns begin, how tall they are, and between two groups."""


def places(columns: Sequence[Column], width: float) -> list[tuple[float, float]]:
    """Return where each column begins and how wide it is, groups a little apart."""
    groups = [len(list(found)) for _, found in groupby(columns, key=lambda column: column.group)]
    each = (width - GAP * (len(groups) - 1)) / len(columns)
    found, x = [], 0.0
    for size in groups:
        for _ in range(size):
            found.append((x, each))
            x += each
        x += GAP
    return found


def static_svg(sheet: Sheet, values: Sequence[float], says: str) -> str:
    """Return the columns as a picture by itself, for GitHub and print.

    Parameters
    ----------
    sheet : Sheet
    values : sequence of float
    says : str
        The columns in words, for its description.
    """
    scale, bottom = sheet.scale, EDGE + 66 + TALL
    slots = [(LEFT + x, width) for x, width in places(sheet.columns, WIDTH - LEFT - EDGE)]
    parts = [
        _write(EDGE, EDGE + 16, sheet.title, "title"),
        _write(EDGE, EDGE + 44, f"{scale.title}, {scale.unit}", "quiet"),
    ]

    def up(value: float) -> float:
        return bottom - (value - scale.low) / (scale.high - scale.low) * TALL

    tick = scale.low
    while tick <= scale.high:
        parts.append(_line((LEFT - 6, up(tick)), (WIDTH - EDGE, up(tick)), "line"))
        parts.append(_write(LEFT - 12, up(tick) + 4, f"{tick:g}", "quiet", "end"))
        tick += scale.tick
    for column, value, (x, width) in zip(sheet.columns, values, slots, strict=True):
        middle = x + width / 2
        height = bottom - up(value)
        parts.append(
            f'<rect x="{x + 4:.1f}" y="{bottom - max(height, 2):.1f}" width="{width - 8:.1f}"'
            f' height="{max(height, 2):.1f}" fill="{shown("quiet")}"/>'
        )
        parts.append(_write(middle, bottom + 18, column.label, "text", "middle"))
        if value:
            parts.append(_write(middle, up(value) - 5, f"{value:g}", "text", "middle"))
    if sheet.guide:
        y = up(sheet.guide.at)
        parts.append(_line((LEFT, y), (WIDTH - EDGE, y), "text", ' stroke-dasharray="6 4"'))
        parts.append(_write(LEFT + 6, y - 6, sheet.guide.label, "text"))
    for group, members in groupby(zip(sheet.columns, slots, strict=True), key=lambda one: one[0].group):
        found = [slot for _, slot in members]
        middle = (found[0][0] + found[-1][0] + found[-1][1]) / 2
        parts.append(_write(middle, bottom + 38, group, "quiet", "middle"))
    height = bottom + 84
    parts.append(_write(EDGE, height - 18, sheet.source, "quiet"))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
            ' role="img" font-size="13" font-family="system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif">',
            f"<title>{escape(sheet.title)}</title>",
            f"<desc>{escape(sheet.about)} {escape(says)}.</desc>",
            f"<style>text{{fill:{shown('text')}}}.quiet{{fill:{shown('quiet')}}}"
            ".title{font-size:17px;font-weight:600}</style>",
            f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="{shown("panel")}"'
            f' stroke="{shown("line")}"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _write(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, more: str = "") -> str:
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
        f' stroke="{shown(colour)}"{more}/>'
    )
