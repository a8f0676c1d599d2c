"""The course's facts: references, with how far each has been checked; and what is claimed of the band."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Ids of whatever has a lasting one: lower-case words joined by hyphens."""
TaughtBasis = Literal["", "usual practice"]
"""On what a question may rest beside references, or without any."""
BASIS_WORDS: dict[TaughtBasis, str] = {
    "usual practice": "Usual practice: so schools and textbooks of massage teach it. No study is cited for it."
}


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


def short_name(key: str) -> str:
    """Return a reference as a text names it: «Fairclough 2006»."""
    reference = references()[key]
    author = re.match(r"[^A-Z]*[A-Z][^\s,]*", reference.cite)
    name = f"{author[0] if author else key} {key.rpartition('-')[2]}"
    return f"as commonly cited: {name}" if reference.checked == "memory" else name


Verdict = Literal["supported", "plausible", "disputed", "outdated", "wrong", "convention", "opinion", "commercial"]
SURENESS_WORDS: dict[Verdict, str] = {
    "supported": "well supported",
    "plausible": "plausible",
    "disputed": "disputed",
    "outdated": "outdated",
    "wrong": "not supported",
    "convention": "usual practice",
    "opinion": "one author’s opinion",
    "commercial": "advertising",
}
"""How sure the course is, the same words everywhere: the first five on whether it holds, the others on who says it."""


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is said of the band, and whether it holds.

    Parameters
    ----------
    id : str
        ``S0-07``.
    topic : str
        ``anatomy``.
    verdict : str
        One of `SURENESS_WORDS`.
    statement, why : str
        The claim in the course's words, and the reason of the verdict.
    conflicts : list of str
        Ids of claims that say otherwise.
    sources : list of str
        Keys of references.
    graded : bool
        False where it is taught and never asked for marks.
    """

    id: str
    topic: str
    verdict: Verdict
    statement: str
    why: str
    conflicts: list[str]
    sources: list[str]
    graded: bool = True


@cache
def claims() -> dict[str, Claim]:
    """Return all claims, by id.

    Raises
    ------
    ValueError
        If an id stands twice, or a claim names a reference or a claim that is not there.
    """
    raw = tomllib.loads(files("itband_course").joinpath("data/claims.toml").read_text("utf-8"))
    found = msgspec.convert(raw["claim"], type=list[Claim])
    by_id = {claim.id: claim for claim in found}
    if len(by_id) != len(found):
        raise ValueError("claims.toml holds an id twice")
    for claim in found:
        missing = [name for name in claim.conflicts if name not in by_id]
        missing += [key for key in claim.sources if key not in references()]
        if missing:
            raise ValueError(f"claims.toml, {claim.id}: there is no {', '.join(missing)}")
    return by_id


def reading(keys: Iterable[str], basis: TaughtBasis = "") -> list[dict[str, str]]:
    """Return what to read: ``cite`` and ``url`` of each reference, the address empty where none is known.

    A reference that nobody could look up is called what it is: «as commonly cited». What rests on a basis says so
    first.
    """
    known = references()
    found = [known[key] for key in keys if key in known]
    taught = [{"cite": BASIS_WORDS[basis], "url": ""}] if basis else []
    return taught + [
        {
            "cite": f"As commonly cited: {reference.cite}" if reference.checked == "memory" else reference.cite,
            "url": reference.url or "",
        }
        for reference in found
    ]
