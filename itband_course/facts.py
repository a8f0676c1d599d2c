"""The course's facts: references now, with how far each has been checked."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct


class Reference(Struct, frozen=True, forbid_unknown_fields=True):
    """A source that the course cites.

    Parameters
    ----------
    key : str
        As cited in questions and lessons, ``noble-1980``.
    cite : str
        Full citation.
    checked : {'seen', 'part', 'memory'}
        ``seen``: citation or abstract found in a public page; ``part``: second hand or in part only; ``memory``: not
        found, so no figure from it is ever printed.
    doi, finding, caution : str or None
        Where known.
    """

    key: str
    cite: str
    checked: Literal["seen", "part", "memory"]
    doi: str | None = None
    finding: str | None = None
    caution: str | None = None

    @property
    def url(self) -> str | None:
        """Address of the source, None where no DOI is known."""
        return f"https://doi.org/{self.doi}" if self.doi else None


@cache
def references() -> dict[str, Reference]:
    """Return all references, keyed by `Reference.key`.

    Raises
    ------
    ValueError
        If a key stands twice.
    """
    raw = tomllib.loads(files("itband_course").joinpath("data/references.toml").read_text("utf-8"))
    found = msgspec.convert(raw["reference"], type=list[Reference])
    by_key = {reference.key: reference for reference in found}
    if len(by_key) != len(found):
        raise ValueError("references.toml holds a key twice")
    return by_key


def reading(keys: Iterable[str]) -> list[dict[str, str]]:
    """Return what to read: ``cite`` and ``url`` of each reference, the address empty where none is known.

    A reference that nobody could look up is called what it is: «as commonly cited».
    """
    known = references()
    found = [known[key] for key in keys if key in known]
    return [
        {
            "cite": f"As commonly cited: {reference.cite}" if reference.checked == "memory" else reference.cite,
            "url": reference.url or "",
        }
        for reference in found
    ]
