"""Plates in a notebook: pictures that were drawn beforehand, with the words that say what they show.

What is here needs no matplotlib, so that a student's notebook can show a plate.
"""

import base64
import struct
import zlib
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from itband_course.colours import Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FOLDER = "data/plates"
WIDE = 700
"""How wide a plate stands in a notebook, in pixels of the page."""


class PlateError(ValueError):
    """What is asked of a plate does not exist or cannot be shown; says what there is instead."""


class ShownPlate:
    """A plate as a notebook shows it.

    Parameters
    ----------
    png : bytes
        The picture, with title and description written in it.

    Attributes
    ----------
    title : str
        What it finds.
    alt : str
        What it shows, for those who do not see it.
    """

    def __init__(self, png: bytes) -> None:
        said = told(png)
        self.png = png
        self.title = said.get("Title", "")
        self.alt = said.get("Description", "")

    def __repr__(self) -> str:
        return f"{self.title}\n{self.alt}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        return bundle(self.png, self.title, self.alt)


def bundle(png: bytes, title: str, alt: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Return what Jupyter takes to show a plate: an image with its alternative text, the bare picture, the words.

    JupyterLab's own view of a picture has no alternative text, so that the image comes as HTML too; print and PDF take
    the bare picture.
    """
    coded = base64.b64encode(png).decode()
    image = (
        f'<img src="data:image/png;base64,{coded}" width="{WIDE}" style="max-width: 100%; height: auto" '
        f'alt="{escape(f"{title}. {alt}")}">'
    )
    data = {"text/html": image, "image/png": coded, "text/plain": f"{title}\n{alt}"}
    return data, {"image/png": {"width": WIDE, "alt": f"{title}. {alt}"}}


@cache
def plates() -> list[str]:
    """Return the ids of all plates."""
    return sorted(
        path.name.removesuffix(".png")
        for path in files("itband_course").joinpath(FOLDER).iterdir()
        if path.name.endswith(".png")
    )


def show_plate(plate: str, *, theme: Theme = "light") -> Any:
    """Return a plate for a notebook to show: a still picture of the leg with labels, a scale and words for it.

    Parameters
    ----------
    plate : str
        One of `plates`: ``lateral``, ``section-knee``, ``positions``.
    theme : {'light', 'dark'}
        The light one also stands on a dark page. The dark one is drawn anew, which needs matplotlib.

    Raises
    ------
    PlateError
        If there is no such plate or theme, or matplotlib is not there for the dark one.
    """
    if plate not in plates():
        raise PlateError(f"There is no plate «{plate}». There are: {', '.join(plates())}.")
    if theme == "light":
        return ShownPlate(files("itband_course").joinpath(FOLDER, f"{plate}.png").read_bytes())
    try:
        from itband_course.figure.plates import draw_plate
    except ModuleNotFoundError as error:
        raise PlateError(
            f"A plate in the theme «{theme}» is drawn anew, and «{error.name}» is not installed. Leave theme out: the "
            "light plate also stands on a dark page."
        ) from None
    return draw_plate(plate, theme=theme)


def told(png: bytes) -> dict[str, str]:
    """Return the words that stand in a PNG file, by keyword: ``Title``, ``Description``, ``Copyright``.

    Raises
    ------
    PlateError
        If it is no PNG file.
    """
    if not png.startswith(SIGNATURE):
        raise PlateError("This is no PNG picture.")
    words = {}
    for kind, content in _chunks(png):
        keyword, _, rest = content.partition(b"\0")
        if kind == b"tEXt":
            words[keyword.decode("latin-1")] = rest.decode("latin-1")
        elif kind == b"iTXt":
            packed, text = rest[0], rest[2:].split(b"\0", 2)[2]
            words[keyword.decode("latin-1")] = (zlib.decompress(text) if packed else text).decode("utf-8")
    return words


def _chunks(png: bytes) -> "Iterator[tuple[bytes, bytes]]":
    at = len(SIGNATURE)
    while at + 8 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length
