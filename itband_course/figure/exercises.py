"""Home exercises as positions of the body, each with what it takes: how, how much, how far, and with whom not."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from itband_course.clinic.facts import Dose, Drawn, SelfCare, self_care
from itband_course.facts import short_name
from itband_course.figure.moving import FigureError

STEPS = {
    "move": "Move",
    "self-massage": "Massage",
    "mobilise": "Mobilise",
    "stretch": "Stretch",
    "exercise": "Strengthen",
}
"""The five steps at home, by the kind of a record of self-care."""


@cache
def exercises() -> dict[str, tuple[SelfCare, Drawn]]:
    """Return all that is done at home and drawn, by the position, in the order of the five steps."""
    kinds = list(STEPS)
    found = sorted(
        ((fact, drawn) for fact in self_care().values() for drawn in fact.drawn),
        key=lambda pair: kinds.index(pair[0].kind),
    )
    return {drawn.position: (fact, drawn) for fact, drawn in found}


def exercise_notes(position: str) -> list[dict[str, str]]:
    """Return what is said of an exercise beside its picture, each with ``term`` and ``words``.

    Raises
    ------
    FigureError
        If no exercise is drawn so.
    """
    known = exercises()
    if position not in known:
        raise FigureError(f"There is no exercise «{position}». There are: {', '.join(known)}.")
    fact, drawn = known[position]
    told = {
        "Step": STEPS[fact.kind],
        "How": drawn.how or fact.how,
        "How much": drawn.amount or (f"{dose_words(fact.dose)}." if fact.dose else ""),
        "Onwards": drawn.progress or fact.progress,
        "Limit": fact.limit,
        "When not": " ".join(drawn.where_not or fact.where_not),
        "Rests on": f"{fact.basis.capitalize()}." if fact.basis else "",
        "To read": "; ".join(short_name(key) for key in fact.sources),
    }
    return [{"term": term, "words": words} for term, words in told.items() if words]


def exercise_preset(position: str, laid: dict[str, Any]) -> dict[str, Any]:
    """Return a position of a client as one of an exercise: by its name, and with its notes."""
    notes = exercise_notes(position)
    return {**laid, "title": exercises()[position][1].name, "notes": notes}


def dose_words(dose: Sequence[Dose]) -> str:
    """Return a dose in words: «2 to 4 sets, 8 to 15 repetitions, 2 to 7 days a week»."""
    words = ", ".join(_band(one) for one in dose)
    return words[:1].upper() + words[1:]


def _band(one: Dose) -> str:
    amount = f"{one.low:g}" if one.low == one.high else f"{one.low:g} to {one.high:g}"
    if one.what.startswith("a "):
        return f"{amount} {one.unit} {one.what}"
    if one.unit in {"times", "days"}:
        return f"{amount} {one.what}"
    return f"{one.what} {amount} {one.unit}"
