"""Which claims the lessons teach: named in a cell's metadata, with the verdict in words and a source in its text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from itband_course.facts import SURENESS_WORDS, Claim, claims, references

LESSONS = {
    "01_anatomy": ("anatomy", "function"),
    "02_mechanics": ("mechanism", "risk_factors"),
    "03_syndrome_and_red_flags": ("symptoms", "red_flags_referral", "contraindications"),
    "04_assessment": ("assessment_history", "assessment_observation", "special_tests", "palpation"),
    "05_treatment": ("technique", "treatment", "sequencing", "dosage", "thermotherapy"),
    "06_self_care_and_running": ("self_care", "exercise", "return_to_running", "footwear_orthotics"),
    "07_evidence": ("evidence_general",),
}
"""The lesson that teaches each topic."""

CLAIMS_A_CELL = 4
"""More in one cell is a list, and nobody learns from it."""
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
PRACTICE = re.compile(r'^practice\("([^"]+)"\)$', re.MULTILINE)


@dataclass(frozen=True)
class Taught:
    """Where a claim is taught.

    Parameters
    ----------
    claim : str
        Its id.
    lesson, section : str
        Name of the notebook, and the heading that the cell stands under.
    questions : tuple of str
        The practice questions of that section.
    """

    claim: str
    lesson: str
    section: str
    questions: tuple[str, ...]

    def line(self) -> str:
        """Return the way from claim to question in words."""
        return f"{self.claim} -> {self.lesson}, «{self.section}» -> {', '.join(self.questions) or 'no question'}"


@dataclass(frozen=True)
class Coverage:
    """What one lesson teaches of its claims.

    Parameters
    ----------
    lesson : str
        Name of the notebook.
    taught, wanted : int
        How many of the claims of its topics it teaches, and how many there are.
    problems : list of str
        What to mend, one sentence each.
    """

    lesson: str
    taught: int
    wanted: int
    problems: list[str]


def coverage(notebooks: Path) -> list[Coverage]:
    """Return what each lesson that is there teaches.

    Parameters
    ----------
    notebooks : Path
        The folder of lessons.
    """
    return [
        lesson_coverage(path, LESSONS[path.stem]) for path in sorted(notebooks.glob("*.ipynb")) if path.stem in LESSONS
    ]


def taught(notebooks: Path) -> list[Taught]:
    """Return where each claim is taught that a lesson teaches, in the order of the lessons.

    Parameters
    ----------
    notebooks : Path
        The folder of lessons.
    """
    paths = [path for path in sorted(notebooks.glob("*.ipynb")) if path.stem in LESSONS]
    return [one for path in paths for one in _taught_in(path)]


def _taught_in(path: Path) -> Iterator[Taught]:
    for section, cells in _sections(nbformat.read(path, as_version=4).cells):
        asked = [name for cell in cells if cell.cell_type == "code" for name in PRACTICE.findall(cell.source)]
        for cell in cells:
            for name in _named(cell):
                yield Taught(name, path.stem, section, tuple(asked))


def _sections(cells: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Return the cells under each heading of the second level, with its words."""
    section = ""
    under: list[Any] = []
    for cell in cells:
        found = SECTION.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            yield section, under
            section, under = found[1].strip(), []
        under.append(cell)
    yield section, under


def lesson_coverage(path: Path, topics: tuple[str, ...]) -> Coverage:
    """Return what one lesson teaches of the claims of its topics."""
    cells = nbformat.read(path, as_version=4).cells
    problems = [f"notebooks/{path.name}: {problem}" for cell in cells for problem in cell_problems(cell)]
    named = {name for cell in cells for name in _named(cell) if not cell_problems(cell)}
    wanted = [claim for claim in claims().values() if claim.topic in topics]
    problems += [
        f"notebooks/{path.name}: no cell teaches the claim {claim.id}, «{claim.statement}»"
        for claim in wanted
        if claim.id not in named
    ]
    return Coverage(path.stem, sum(claim.id in named for claim in wanted), len(wanted), problems)


def cell_problems(cell: Any) -> list[str]:
    """Return what keeps a cell from teaching the claims that its metadata names."""
    return list(_problems(cell))


def _problems(cell: Any) -> Iterator[str]:
    names = _named(cell)
    if names and cell.cell_type != "markdown":
        yield f"claims are named in a {cell.cell_type} cell ({', '.join(names)}). Name them in a text cell."
        return
    if len(names) > CLAIMS_A_CELL:
        yield f"a cell teaches {len(names)} claims ({', '.join(names)}). Split it: {CLAIMS_A_CELL} are enough."
    for name in names:
        claim = claims().get(name)
        if claim is None:
            yield f"there is no claim «{name}»."
            continue
        yield from _missing(claim, cell.source)


def _missing(claim: Claim, text: str) -> Iterator[str]:
    plain = text.replace("'", "’").lower()
    if SURENESS_WORDS[claim.verdict] not in plain:
        yield f"the cell on {claim.id} does not say «{SURENESS_WORDS[claim.verdict]}»."
    if claim.sources and not any(key in text for key in claim.sources):
        yield f"the cell on {claim.id} cites none of its sources ({', '.join(claim.sources)})."
    elif not any(key in text for key in references()):
        yield f"the cell on {claim.id} cites no reference: name the key of one that speaks of it."


def _named(cell: Any) -> list[str]:
    return list(cell.metadata.get("itband", {}).get("claims", []))
