"""What the course says of each part of the leg: where it runs, what it does, what it means under the hands."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from itband_course.facts import references
from itband_course.leg.figure import right_leg


class Structure(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the leg in words.

    Parameters
    ----------
    id : str
        Of the part in the figure: ``gluteus_medius``.
    name : str
        As the course writes it.
    about : str
        What it is, or what the figure shows of it, in one sentence; empty where name and the rest say it.
    latin : str
        Where it differs from the name.
    attachments, action, nerve : str
        Empty where there is nothing to say: a bone has no action.
    hands : str
        What it means under the hands.
    sources : list of str
        Keys of ``references.toml``; none where every textbook of anatomy says the same.
    """

    id: str
    name: str
    hands: str
    about: str = ""
    latin: str = ""
    attachments: str = ""
    action: str = ""
    nerve: str = ""
    sources: list[str] = []


class StructureError(ValueError):
    """What is said of the leg's parts is incomplete, or asks for a part that is not there."""


@cache
def structures() -> dict[str, Structure]:
    """Return what is said of every part of the leg, by id.

    Raises
    ------
    StructureError
        If the file is not complete: a part without an entry, an entry without a part, an unknown source.
    """
    raw = tomllib.loads(files("itband_course").joinpath("data/leg/structures.toml").read_text("utf-8"))
    return checked(raw, [name for name, part in right_leg().parts.items() if part.head.tissue != "skin"])


def structure(name: str) -> Structure:
    """Return what is said of one part of the leg.

    Raises
    ------
    StructureError
        If there is no such part.
    """
    if name not in structures():
        raise StructureError(f"There is no structure «{name}». There are: {', '.join(structures())}.")
    return structures()[name]


def checked(raw: Mapping[str, Any], parts: list[str]) -> dict[str, Structure]:
    """Return the structures of a file's content, by id, if they are those of the parts and their sources exist.

    Raises
    ------
    StructureError
        If they are not; the message names all that is missing.
    """
    try:
        found = msgspec.convert(raw.get("structure", []), type=list[Structure])
    except msgspec.ValidationError as error:
        raise StructureError(f"structures.toml: {error}") from error
    by_id = {one.id: one for one in found}
    wrong = [f"«{name}» has no entry" for name in parts if name not in by_id]
    wrong += [f"«{name}» is no part of the figure" for name in by_id if name not in parts]
    wrong += [
        f"«{one.id}» cites «{key}», which references.toml does not have"
        for one in found
        for key in one.sources
        if key not in references()
    ]
    if len(by_id) != len(found):
        wrong.append("an id stands twice")
    if wrong:
        raise StructureError(f"structures.toml: {'; '.join(wrong)}.")
    return by_id
