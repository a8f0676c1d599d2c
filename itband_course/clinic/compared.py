"""A decision beside the one that the safety rules make: the same, more careful, or bolder than is safe."""

from typing import Literal

from msgspec import Struct

from itband_course.clinic.safety import HANDS, WHO
from itband_course.clinic.scales import Scale

BOLDER: dict[Scale, str] = {"hands": "Bolder than the rules allow here", "who": "Later than the rules ask"}
GRAVE = ("none", "same-day", "emergency-now")
"""Where the rules ask for this, to be bolder could harm."""
STEPS = ("", "One step", "Two steps", "Three steps", "Four steps")


class Compared(Struct, frozen=True):
    """How a decision stands to that of the rules.

    Parameters
    ----------
    verdict : {'right', 'careful', 'wrong'}
        ``careful``: two steps or more beyond what is asked for. One step more careful is never wrong.
    says : str
        The same in a sentence.
    """

    verdict: Literal["right", "careful", "wrong"]
    says: str


def compare(scale: Scale, mine: str, ruled: str) -> Compared:
    """Return how a level on one scale stands to the level that the rules ask for.

    Parameters
    ----------
    scale : {'hands', 'who'}
    mine, ruled : str
        Levels of that scale.
    """
    levels: tuple[str, ...] = HANDS if scale == "hands" else WHO
    steps = levels.index(mine) - levels.index(ruled)
    if steps < 0:
        why = "this could harm the client." if ruled in GRAVE else "read why below."
        return Compared("wrong", f"{BOLDER[scale]}: {why}")
    if steps == 0:
        return Compared("right", "As the rules have it.")
    if steps == 1:
        return Compared("right", "One step more careful than the rules ask: never wrong.")
    return Compared(
        "careful",
        f"{STEPS[steps]} more careful than the rules ask: safe, but it can cost a client fear, time or money.",
    )
