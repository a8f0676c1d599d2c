"""What a student shapes, column by column, and what the rules remark on it."""

from typing import Literal

from msgspec import Struct

from itband_course.clinic.facts import Basis

Sign = Literal["right", "wrong", "open", "think", "look"]
"""``right``: kept. ``wrong``: broken. ``open``: can be defended as well. ``think``: neither. ``look``: look further."""
SIGN_WORDS: dict[Sign, str] = {
    "right": "Fits",
    "wrong": "Does not fit",
    "open": "Can be defended",
    "think": "Think again",
    "look": "Look further",
}


class Column(Struct, frozen=True):
    """One column.

    Parameters
    ----------
    id, label : str
        The label stands beneath it, a word or a number.
    says : str
        Its whole name, for those who hear it: «kilometre 3».
    group : str
        What it belongs to; the name stands once beneath all columns of a group.
    """

    id: str
    label: str
    says: str
    group: str


class Option(Struct, frozen=True):
    """One of several that can be picked."""

    id: str
    text: str


class Pick(Struct, frozen=True):
    """Something that is chosen beside the columns."""

    id: str
    title: str
    options: tuple[Option, ...]


class Remark(Struct, frozen=True):
    """A sentence on what was shaped or chosen.

    Parameters
    ----------
    id : str
        Which rule speaks.
    sign : str
        One of `SIGN_WORDS`.
    says, why : str
        What the rule sees, and its reason.
    sources : tuple of str
        Keys of references.
    basis : str
        How sure it is, or who says it, in the course's words.
    """

    id: str
    sign: Sign
    says: str
    why: str
    sources: tuple[str, ...] = ()
    basis: Basis = "usual practice"
