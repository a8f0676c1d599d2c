"""The colours of the course: one meaning, one colour everywhere, always with a sign, a hatch or words beside it."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]


class Colour(NamedTuple):
    """What one meaning looks like.

    Parameters
    ----------
    light, dark : str
        ``#rrggbb`` on a light and on a dark ground.
    sign : str
        Character that stands beside the colour, empty where words or shape do that.
    hatch : str
        Matplotlib's hatch pattern, empty where the area is plain.
    """

    light: str
    dark: str
    sign: str = ""
    hatch: str = ""


# What is drawn of the body. The lightness differs from one to the next, so that a grey print still tells them apart.
TISSUES = {
    "bone": Colour("#f0e9d8", "#f0e9d8"),
    "bursa": Colour("#f2b8c4", "#f6bcc9"),
    "band": Colour("#d6a236", "#d9a83f"),
    "nerve": Colour("#7c8f1c", "#879a2a"),
    "muscle": Colour("#a9472f", "#c2604a"),
    "vessel": Colour("#41419a", "#5858ba"),
    "no-go": Colour("#b8006b", "#ff5cb0", hatch="///"),
}
# What became of an answer. All of these are read as text, so they are equally dark: the sign tells them apart in grey.
# «Recorded» is no tick: a tick says «right».
MARKS = {
    "recorded": Colour("#00695c", "#4db6ac", sign="●"),
    "unanswered": Colour("#595959", "#b0b0b0", sign="○"),
    "failed": Colour("#b71c1c", "#ff8a80", sign="!"),
    "right": Colour("#1b6b2f", "#81c995", sign="✓"),
    "wrong": Colour("#a84300", "#ffb27a", sign="✕"),
}
# What carries the rest. The one accent is the teal of what is recorded: to be pressed, and kept once pressed.
PAGE = {
    "text": Colour("#1f1f1f", "#e8e8e8"),
    "quiet": Colour("#595959", "#b0b0b0"),
    "line": Colour("#c9c9c9", "#4a4a4a"),
    "ground": Colour("#ffffff", "#161616"),
    "panel": Colour("#f5f5f3", "#222222"),
    "accent": Colour("#00695c", "#4db6ac"),
}
COLOURS = TISSUES | MARKS | PAGE


def shown(meaning: str, theme: Theme = "light") -> str:
    """Return the colour of a meaning as ``#rrggbb``.

    Raises
    ------
    KeyError
        If the course has no such meaning.
    """
    colour = COLOURS[meaning]
    return colour.light if theme == "light" else colour.dark


def mixed(first: str, second: str, share: float) -> str:
    """Return a colour between two, for a paler or darker shade of one meaning.

    Parameters
    ----------
    first, second : str
        ``#rrggbb``.
    share : float
        How much of `second`, from 0 to 1.
    """
    pairs = [(int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)


def declarations(theme: Theme, meanings: Iterable[str] = tuple(COLOURS)) -> str:
    """Return the colours as CSS custom properties, one ``--itband-right: #1b6b2f;`` a line.

    Parameters
    ----------
    theme : {'light', 'dark'}
        The ground that the page stands on.
    meanings : iterable of str
        Which to declare; a page inside JupyterLab leaves text and lines to the theme and asks for `MARKS` only.
    """
    return "\n".join(f"--itband-{meaning}: {shown(meaning, theme)};" for meaning in meanings)
