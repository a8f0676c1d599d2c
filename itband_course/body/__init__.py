"""Bodies of clients: who there is, how they lie and stand, and a map of their skin.

The bodies are mean shapes from MakeHuman and nobody's likeness; see ``itband_course/data/body/README.md``.
"""

from functools import cache
from importlib.resources import files

from msgspec import Struct

from itband_course.body.positions import BodyError, Position, position, positions, settled
from itband_course.rig import Rig

__all__ = ["BodyError", "Build", "Position", "body", "builds", "position", "positions", "settled"]


class Build(Struct, frozen=True):
    """One body that a case can have.

    Parameters
    ----------
    id : str
        ``woman-young``.
    title : str
        As a sentence goes on: «young woman».
    sex : str
        ``woman`` or ``man``.
    ages : (int, int)
        The years of age that it can stand for, from and to.
    """

    id: str
    title: str
    sex: str
    ages: tuple[int, int]


_BUILDS = (
    Build("woman-young", "young woman", "woman", (16, 39)),
    Build("man-young", "young man", "man", (16, 39)),
    Build("woman-middle", "woman in middle age", "woman", (40, 64)),
    Build("man-middle", "man in middle age", "man", (40, 64)),
    Build("woman-older", "older woman", "woman", (65, 95)),
    Build("man-older", "older man", "man", (65, 95)),
    Build("woman-slim", "slim young woman", "woman", (16, 39)),
    Build("man-heavy", "heavy man", "man", (30, 64)),
    Build("woman-pregnant", "pregnant woman", "woman", (18, 45)),
)


def builds() -> list[Build]:
    """Return all bodies, the two of average build and young age first."""
    return list(_BUILDS)


@cache
def body(build: str) -> Rig:
    """Return a body as a rig; it is read once.

    Parameters
    ----------
    build : str
        `Build.id`.

    Raises
    ------
    BodyError
        If there is no such build.
    RigError
        If its file is damaged.
    """
    known = [one.id for one in _BUILDS]
    if build not in known:
        raise BodyError(f"There is no body «{build}». There are: {', '.join(known)}.")
    return Rig(files("itband_course").joinpath(f"data/body/{build}.rig").read_bytes())
