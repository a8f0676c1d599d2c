"""What all plates share: panel, title and source, pictures of solids, labels with lines, scale and directions."""

import io
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, ParamSpec

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from itband_course.colours import TISSUES, Theme, mixed, shown
from itband_course.figure.labels import Columns, NoRoomError, Placed, Wish, placed
from itband_course.figure.raster import PRINTED, Seen
from itband_course.figure.shown_plate import PlateError, bundle
from itband_course.figure.style import (
    LABEL,
    LEADING,
    PADDING,
    SMALL,
    THIN_SPACE,
    TITLE,
    WIDTH,
    add_axes,
    as_svg,
    course_style,
    panel,
    points_of,
    wrapped,
    write,
)

SCREEN, PRINT = 120, 300
"""Dots to the inch: for notebooks, and for paper."""
STRIP = 30.0
"""Height of the strip beneath a picture, with scale and directions."""
THEMES = ("light", "dark")
LETTERS = 82
"""So many small letters have room in a line across the panel."""
COLOURS = 160
"""So many colours are kept in a picture's file."""


Told = ParamSpec("Told")


def in_course_style(draw: Callable[Told, "Plate"]) -> Callable[Told, "Plate"]:
    """Return a function that draws a plate in the course's style, as its argument `theme` says."""

    @wraps(draw)
    def styled(*args: Told.args, **kwargs: Told.kwargs) -> "Plate":
        theme = str(kwargs.get("theme", "light"))
        if theme not in THEMES:
            raise PlateError(f"There is no theme «{theme}». There are: {', '.join(THEMES)}.")
        with course_style("dark" if theme == "dark" else "light"):
            return draw(*args, **kwargs)

    return styled


class Shown(NamedTuple):
    """One picture on a panel, and what can be seen where in it.

    Parameters
    ----------
    box : (float, float, float, float)
        Left, right, bottom and top, in points from the panel's lower left corner.
    numbers : array of int, shape (height, width)
        What each place shows: a number in `names`, below 0 for nothing. The first row is the top one.
    names : list of str
        Ids of structures.
    scale : float
        Points to the metre.
    """

    box: tuple[float, float, float, float]
    numbers: NDArray[np.int64]
    names: list[str]
    scale: float

    def at(self, x: float, y: float) -> str:
        """Return the id of what is seen at a place of the panel, empty where there is nothing."""
        left, right, bottom, top = self.box
        if not (left <= x < right and bottom < y <= top):
            return ""
        height, width = self.numbers.shape
        number = self.numbers[int((top - y) / (top - bottom) * height), int((x - left) / (right - left) * width)]
        return "" if number < 0 else self.names[number]


class Plate:
    """A plate: a figure, what it finds and what it shows in words.

    Attributes
    ----------
    figure : Figure
    title : str
        What it finds.
    alt : str
        What it shows, for those who do not see it.
    theme : {'light', 'dark'}
    dpi : int
        What its pictures are drawn for.
    shown : list of Shown
    labels : list of Placed
        All labels that have a line.
    """

    def __init__(self, figure: Figure, title: str, theme: Theme, dpi: int, source: str) -> None:
        self.figure = figure
        self.title = title
        self.theme: Theme = theme
        self.dpi = dpi
        self.source = source
        self.alt = ""
        self.shown: list[Shown] = []
        self.labels: list[Placed] = []
        self.bars: list[tuple[Line2D, float, float]] = []

    def __repr__(self) -> str:
        return f"{self.title}\n{self.alt}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        return bundle(self.png(), self.title, self.alt)

    def png(self, *, grey: bool = False) -> bytes:
        """Return it as a PNG file with title, description and source written in it.

        Parameters
        ----------
        grey : bool
            Whether in grey, as a printer without colour gives it.
        """
        raw = io.BytesIO()
        with course_style(self.theme):
            self.figure.savefig(raw, format="png", dpi=self.dpi, facecolor=shown("panel", self.theme))
        image = Image.open(raw).convert("L" if grey else "RGB")
        if not grey and self.dpi < PRINTED:
            image = _few_colours(image, self.theme)
        words = PngInfo()
        for keyword, text in (("Title", self.title), ("Description", self.alt), ("Copyright", self.source)):
            words.add_itxt(keyword, text)
        file = io.BytesIO()
        image.save(file, "png", optimize=True, pnginfo=words, dpi=(self.dpi, self.dpi))
        return file.getvalue()

    def svg(self) -> bytes:
        """Return it as an SVG file with title and description."""
        with course_style(self.theme):
            return as_svg(self.figure, self.title, self.alt)

    def picture(self, seen: Seen, names: Sequence[str], left: float, bottom: float, scale: float) -> Shown:
        """Put a picture of solids on the panel, its dots on those of the file.

        Parameters
        ----------
        seen : Seen
        names : sequence of str
            Ids of the solids.
        left, bottom : float
            Its lower left corner, in points.
        scale : float
            Points to the metre.
        """
        dot = 72 / self.dpi
        left, bottom = round(left / dot) * dot, round(bottom / dot) * dot
        frame = seen.frame
        width, height = (frame.right - frame.left) * scale, (frame.top - frame.bottom) * scale
        axes = self.axes(left, bottom, width, height)
        axes.imshow(seen.image, extent=(0, 1, 0, 1), aspect="auto", zorder=1)
        found = Shown((left, left + width, bottom, bottom + height), seen.solids, list(names), scale)
        self.shown.append(found)
        return found

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Add axes without lines or numbers, at a place in points."""
        axes = add_axes(self.figure, left, bottom, width, height)
        axes.axis("off")
        return axes

    def label(self, wishes: Sequence[Wish], columns: Columns) -> None:
        """Write labels into the columns beside a picture, each with a line to what it names.

        Raises
        ------
        PlateError
            If they are too many.
        """
        try:
            found = placed(wishes, columns)
        except NoRoomError as error:
            raise PlateError(str(error)) from None
        for one in found:
            edge, step = (columns.left, 1) if one.side == "left" else (columns.right, -1)
            self.leader([(edge + 4 * step, one.middle), (edge + 12 * step, one.middle), (one.x, one.y)])
            block(self.figure, edge, one.middle, one.words, ha="right" if one.side == "left" else "left")
        self.labels += found

    def leader(self, corners: Sequence[tuple[float, float]]) -> None:
        """Draw a line from a label to what it names, with a dot at its end that stands out on any colour."""
        ink, paper = shown("text", self.theme), shown("panel", self.theme)
        line = Line2D(
            *zip(*corners, strict=True),
            transform=points_of(self.figure),
            color=ink,
            linewidth=0.8,
            solid_joinstyle="round",
            path_effects=[withStroke(linewidth=2.2, foreground=paper, alpha=0.75)],
            zorder=5,
            gid="leader",
        )
        self.figure.add_artist(line)
        self.dot(*corners[-1])

    def dot(self, x: float, y: float) -> None:
        """Draw a dot that stands out on any colour."""
        ink, paper = shown("text", self.theme), shown("panel", self.theme)
        dot = Line2D(
            [x],
            [y],
            transform=points_of(self.figure),
            marker="o",
            markersize=4.2,
            markerfacecolor=paper,
            markeredgecolor=ink,
            markeredgewidth=0.9,
            zorder=6,
        )
        self.figure.add_artist(dot)

    def scale_bar(self, left: float, y: float, scale: float, longest: float = 110.0) -> str:
        """Draw a bar of a round length, with the words for it, and return these.

        Parameters
        ----------
        left, y : float
            Where it begins, in points.
        scale : float
            Points to the metre.
        longest : float
            How long it may be, in points.
        """
        length = next((one for one in (0.50, 0.10, 0.05, 0.02) if one * scale <= longest), 0.01)
        words = f"{length * 100:g}{THIN_SPACE}cm"
        ink = shown("text", self.theme)
        bar = Line2D(
            [left, left + length * scale],
            [y, y],
            transform=points_of(self.figure),
            color=ink,
            linewidth=1.4,
            marker="|",
            markersize=7,
            markeredgewidth=1.4,
            solid_capstyle="butt",
        )
        self.figure.add_artist(bar)
        write(self.figure, left + length * scale + 6, y - SMALL * 0.36, words, SMALL)
        self.bars.append((bar, length, scale))
        return words.replace(THIN_SPACE, " ")

    def directions(self, middle: float, y: float, left: str, right: str, apart: float = 26.0) -> None:
        """Say beneath a picture what lies to its left and right."""
        quiet = shown("quiet", self.theme)
        write(self.figure, middle - apart / 2, y - SMALL * 0.36, f"← {left}", SMALL, color=quiet, ha="right")
        write(self.figure, middle + apart / 2, y - SMALL * 0.36, f"{right} →", SMALL, color=quiet, ha="left")


def _few_colours(image: Image.Image, theme: Theme) -> Image.Image:
    """Return an image in few colours: every tissue's is among them, were there ever so little of it."""
    share = max(1, image.height // 300)
    more = Image.new("RGB", (image.width, image.height + share * len(TISSUES)))
    more.paste(image)
    for number, name in enumerate(TISSUES):
        line = (0, image.height + number * share, image.width, image.height + (number + 1) * share)
        more.paste(shown(name, theme), line)
    kept = more.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few = image.quantize(palette=kept, dither=Image.Dither.NONE)
    # The ground, which is most of it, keeps its very colour and not a mean of it and its neighbours.
    ground = shown("panel", theme)
    at = int(np.asarray(few)[image.height // 100 + 2, image.width // 2])
    palette = few.getpalette() or []
    palette[3 * at : 3 * at + 3] = [int(ground[place : place + 2], 16) for place in (1, 3, 5)]
    few.putpalette(palette)
    return few


def begun(  # noqa: PLR0913, PLR0917 - what stands above and below every picture
    title: str, under: str, room: float, source: str, theme: str, dpi: int
) -> tuple[Plate, float, float]:
    """Return a plate with title, a line under it and its source, and bottom and top of what is free between.

    Parameters
    ----------
    title : str
        What it finds.
    under : str
        What is seen from where.
    room : float
        Height of what is to stand between, in points.
    source : str
        Where it comes from, with the credit that its licence asks for.
    theme : {'light', 'dark'}
    dpi : int
    """
    chosen: Theme = "dark" if theme == "dark" else "light"
    heading, under, foot = wrapped(title, 50), wrapped(under, LETTERS), wrapped(source, LETTERS)
    lines, below = len(heading.splitlines()), len(foot.splitlines())
    beneath = PADDING + below * LEADING * SMALL + 4
    above = PADDING + lines * LEADING * TITLE + len(under.splitlines()) * LEADING * SMALL + 10
    height = beneath + room + above
    figure = panel(height, chosen)
    quiet = shown("quiet", chosen)
    write(figure, PADDING, height - PADDING - TITLE * 0.9, heading, TITLE, weight="bold")
    write(figure, PADDING, height - PADDING - lines * LEADING * TITLE - SMALL, under, SMALL, color=quiet)
    write(figure, PADDING, PADDING + (below - 1) * LEADING * SMALL - 1, foot, SMALL, color=quiet)
    return Plate(figure, title, chosen, dpi, source), beneath, beneath + room


def block(figure: Figure, x: float, middle: float, words: str, size: float = LABEL, **how: Any) -> None:
    """Write lines whose middle stands at a height."""
    first = middle + block_height(words, size) / 2 - LEADING * size / 2 - size * 0.36
    write(figure, x, first, words, size, **how)


def block_height(words: str, size: float = LABEL) -> float:
    """Return the height of lines as `block` writes them."""
    return len(words.splitlines()) * LEADING * size


def wish(name: str, words: str, letters: int, ends: NDArray[np.float64]) -> Wish:
    """Return a label to be placed, its words in lines of so many letters at most."""
    lines = lines_of(words, letters)
    return Wish(name, lines, block_height(lines), ends)


def lines_of(words: str, letters: int) -> str:
    """Return a label in lines of so many letters at most, broken at a comma first."""
    whole = [words] if len(words) <= letters else words.replace(", ", ",\n").splitlines()
    return "\n".join(wrapped(part, letters) for part in whole)


def labelled(labels: Sequence[Placed], names: Mapping[str, str]) -> str:
    """Return in words what is labelled, from top to bottom."""
    told = []
    for side in ("left", "right"):
        found = [names[one.id] for one in sorted(labels, key=lambda one: -one.middle) if one.side == side]
        if found:
            told.append(f"Labelled on the {side}, from top to bottom: {', '.join(found)}.")
    return " ".join(told)


def ink(theme: Theme) -> str:
    """Return the colour of the lines between structures: dark on both grounds, so that light tissue stays light."""
    return mixed(shown("text"), shown("muscle"), 0.12) if theme == "light" else shown("ground", "dark")


def middle_of_panel() -> float:
    """Return the middle of a panel, in points from its left."""
    return WIDTH / 2
