"""How the course's pictures look and are written: fonts, the light panel, SVG files that come out alike."""

import io
import re
import textwrap
from contextlib import AbstractContextManager
from html import escape
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.transforms import Affine2D, Transform

from itband_course.colours import Theme, mixed, shown

# Points. 525 pt are 700 px in a browser, the width of a notebook's text; a letter of 11 pt is then 11 pt on the screen.
WIDTH = 525.0
PADDING = 16.0
CORNER = 8.0
TITLE, LABEL, SMALL = 15.0, 12.0, 10.5
LEADING = 1.3
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"

TEXT, QUIET, LINE, PANEL = shown("text"), shown("quiet"), shown("line"), shown("panel")
# Bars and marks are in ink, the quieter ones in grey: colour is kept for what has a meaning on the course.
INK, FAINT_INK = TEXT, mixed(shown("quiet"), shown("ground"), 0.45)


def _settings(theme: Theme) -> dict[str, Any]:
    """Return what matplotlib is told beside its own defaults."""
    text, quiet = shown("text", theme), shown("quiet", theme)
    return {
        # Matplotlib brings this font along, and its letters become outlines: the picture is the same on every machine.
        "font.family": "DejaVu Sans",
        "font.size": LABEL,
        "svg.fonttype": "path",
        # Without a salt of its own an SVG file has other ids at each writing.
        "svg.hashsalt": "itband",
        "text.color": text,
        "axes.edgecolor": quiet,
        "axes.labelcolor": text,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.facecolor": "none",
        "xtick.color": quiet,
        "ytick.color": quiet,
        "xtick.labelcolor": text,
        "ytick.labelcolor": text,
    }


def course_style(theme: Theme = "light") -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws in the course's style, whatever the machine's own settings are.

    A figure has to be made and written inside it.
    """
    return matplotlib.style.context(["default", _settings(theme)])


def panel(height: float, theme: Theme = "light") -> Figure:
    """Return an empty figure, `WIDTH` by `height` points, with a panel that stands on a page of any ground."""
    figure = Figure(figsize=(WIDTH / 72, height / 72), facecolor="none")
    inset = 0.5
    figure.add_artist(
        FancyBboxPatch(
            (inset, inset),
            WIDTH - 2 * inset,
            height - 2 * inset,
            boxstyle=f"round,pad=0,rounding_size={CORNER}",
            transform=points_of(figure),
            facecolor=shown("panel", theme),
            edgecolor=shown("line", theme),
            linewidth=1,
            zorder=-10,
        )
    )
    return figure


def points_of(figure: Figure) -> Transform:
    """Return the transform from points, counted from the lower left corner, to the figure."""
    width, height = figure.get_size_inches() * 72
    return Affine2D().scale(1 / width, 1 / height) + figure.transFigure


def add_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place given in points from the lower left corner."""
    whole_width, whole_height = figure.get_size_inches() * 72
    return figure.add_axes((left / whole_width, bottom / whole_height, width / whole_width, height / whole_height))


def write(figure: Figure, x: float, y: float, words: str, size: float = LABEL, **how: Any) -> None:
    """Write words at a place given in points from the lower left corner.

    Parameters
    ----------
    figure : Figure
        Written on.
    x, y : float
        Start of the first line; each further line follows `LEADING` letter sizes below.
    words : str
        One line or more.
    size : float
        Of the letters, in points.
    **how
        Handed on to matplotlib's `Text`.
    """
    # Matplotlib sets lines apart by what letters stand in them, which is not even.
    for number, line in enumerate(words.splitlines()):
        figure.text(x, y - number * LEADING * size, line, size=size, transform=points_of(figure), **how)


def write_beside(axes: Axes, at: tuple[float, float], right: float, down: float, words: str, **how: Any) -> None:
    """Write words beside a place of a chart.

    Parameters
    ----------
    axes : Axes
        Written on.
    at : (float, float)
        The place, in the units of the chart.
    right, down : float
        From there to the start of the first line, in points; further lines follow as in `write`.
    words : str
        One line or more.
    **how
        Handed on to matplotlib's `Annotation`.
    """
    for number, line in enumerate(words.splitlines()):
        offset = (right, -down - number * LEADING * LABEL)
        axes.annotate(line, at, offset, textcoords="offset points", annotation_clip=False, **how)


def wrapped(words: str, width: int) -> str:
    """Return words in lines of at most `width` letters, as far as single words allow; a number keeps its unit."""
    kept = re.sub(r"(?<=\d) (?=(?:km|cm)\b)", THIN_SPACE, words)
    return "\n".join(textwrap.wrap(kept, width, break_long_words=False, break_on_hyphens=False))


def _rounded(places: re.Match[str]) -> str:
    """Return a part of an SVG file with its numbers rounded to two decimals."""
    return re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), places[0])


def as_svg(figure: Figure, title: str, description: str) -> bytes:
    """Return a figure as an SVG file that tells its title and what it shows to a screen reader.

    Neither the date nor matplotlib's version is written, and places are rounded to a hundredth of a point, finer than
    anybody sees and coarser than one machine's arithmetic differs from another's: the same facts give the same bytes.
    """
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = re.sub(r'(?<= d=")[^"]+|(?<=translate\()[^)]+', _rounded, file.getvalue().decode("utf-8"))
    opening = text.index(">", text.index("<svg")) + 1
    told = f"\n <title>{escape(title)}</title>\n <desc>{escape(description)}</desc>"
    return (text[: opening - 1] + ' role="img">' + told + text[opening:]).encode("utf-8")
