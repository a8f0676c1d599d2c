"""What clients say at an intake, each to be sorted by how soon somebody else should see them; `data/intake.toml`.

No key is written there: how soon is what the safety rules make of a statement's findings.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from itband_course.clinic.compared import compare
from itband_course.clinic.facts import FactsError, Id, Words, findings
from itband_course.clinic.safety import WHO, Advice, advise, seen
from itband_course.clinic.scales import LEVELS, Who
from itband_course.facts import reading, references


class Statement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one client says.

    Parameters
    ----------
    id : str
    client : str
        Who it is, in a few words.
    says : str
        The client's own words.
    findings : list of str
        What the rules know of it.
    why : str
        Why it is sorted as it is, in a sentence or two.
    sources : list of str
        Keys of references that speak of it; empty where it is usual practice.
    """

    id: Id
    client: Words
    says: Words
    findings: Annotated[list[str], Meta(min_length=1)]
    why: Words
    sources: list[str] = []

    @property
    def advice(self) -> Advice:
        """What the rules say of it."""
        return advise(self.findings)

    @property
    def is_no_flag(self) -> bool:
        """Whether none of its findings is an alarm by itself."""
        return all(findings()[seen(name).finding].weight == "note" for name in self.findings)


@cache
def statements() -> dict[str, Statement]:
    """Return all statements by id, in the order in which they are asked.

    Raises
    ------
    FactsError
        If an id stands twice, or a finding or a reference is not there; names the statement.
    """
    raw = tomllib.loads(files("itband_course").joinpath("data/intake.toml").read_text("utf-8"))
    try:
        found = msgspec.convert(raw["statement"], type=list[Statement])
    except msgspec.ValidationError as error:
        raise FactsError(f"data/intake.toml: {error}") from error
    for one in found:
        try:
            one.advice  # noqa: B018 - says which finding is not there
        except FactsError as error:
            raise FactsError(f"data/intake.toml, «{one.id}»: {error}") from error
        if unknown := [key for key in one.sources if key not in references()]:
            raise FactsError(f"data/intake.toml, «{one.id}»: there is no reference «{unknown[0]}».")
    by_id = {one.id: one for one in found}
    if len(by_id) != len(found):
        raise FactsError("data/intake.toml: an id stands twice.")
    return by_id


def sorted_row(one: Statement, mine: Who) -> dict[str, Any]:
    """Return a row of the table at the end: what was said, how it was sorted, what the rules ask for, and why."""
    advice = one.advice
    how = compare("who", mine, advice.who)
    basis = dict.fromkeys(rule.basis for rule in advice.applied if "who" in rule.decides and rule.basis)
    return {
        "id": one.id,
        "client": one.client,
        "says": one.says,
        "mine": LEVELS["who"][mine],
        "rules": LEVELS["who"][advice.who],
        "hands": LEVELS["hands"][advice.hands],
        "verdict": how.verdict,
        "compared": how.says,
        "why": one.why,
        "basis": ", ".join(basis),
        "read": reading(one.sources),
    }


def tallied(sorted_so: dict[str, Who]) -> dict[str, int]:
    """Return how many were sorted as the rules have it, more carefully, and later than is safe."""
    counts = {"same": 0, "one_more": 0, "more": 0, "later": 0}
    for name, mine in sorted_so.items():
        steps = WHO.index(mine) - WHO.index(statements()[name].advice.who)
        counts["later" if steps < 0 else "same" if steps == 0 else "one_more" if steps == 1 else "more"] += 1
    return counts
