"""What a card records for a question of each kind, in words of the tests' own, apart from the code under test."""

import math
import sys
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from itband_course.questions import kind_of

finite = st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON value, and the numbers that JSON has no words for."""


def ids(things: list[Any]) -> list[str]:
    return [thing.id for thing in things]


def levels(question: Any) -> dict[str, list[str]]:
    return {scale.id: ids(scale.levels) for scale in question.scales}


def recorded(question: Any) -> st.SearchStrategy[Any]:
    """Return all values that the card of a question can record."""
    kinds: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "one-of": lambda: st.sampled_from(ids(question.choices)),
        "many-of": lambda: st.lists(st.sampled_from(ids(question.choices)), unique=True),
        "number": lambda: finite | st.integers(-1000, 1000) | st.integers(-30_000, 30_000).map(lambda n: n / 100),
        "order": lambda: st.lists(st.sampled_from(ids(question.steps)), unique=True),
        "match": lambda: st.dictionaries(st.sampled_from(ids(question.rows)), st.sampled_from(ids(question.choices))),
        "triage": lambda: st.fixed_dictionaries(
            {}, optional={scale: st.sampled_from(names) for scale, names in levels(question).items()}
        ),
        "hotspot": lambda: hotspot_answers(question),
        "plan": lambda: st.lists(rows_of(question), min_size=1, max_size=20) | st.just("no-session"),
        "workup": lambda: st.lists(st.sampled_from(acts(question)), unique=True),
        "measure": lambda: st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(MEASURED, finite | st.integers(-40, 40))
            | {part: st.sampled_from(names) for part, names in parts(question).items()},
        ),
    }
    return kinds[kind_of(question).name]()


@st.composite
def rows_of(draw: st.DrawFn, question: Any) -> dict[str, Any]:
    """Return a row that the card of a plan can record."""
    act = draw(st.sampled_from(question.techniques))
    return {
        "technique": act.id,
        "minutes": draw(st.integers(1, 20)),
        "place": draw(st.sampled_from(places(question))) if act.placed else "",
        "pressure": draw(st.integers(1, 5)) if act.pressed else 0,
    }


def is_row(question: Any, row: Any) -> bool:
    """Whether the card of a plan can have recorded a row; what it leaves out stands for no place and no pressure."""
    if not isinstance(row, dict) or not {"technique", "minutes"} <= row.keys() <= {*FIELDS}:
        return False
    found = [act for act in question.techniques if act.id == row["technique"]]
    if not found or not all(_is_number(row.get(name, 0)) for name in ("minutes", "pressure")):
        return False
    place, pressure = row.get("place", ""), row.get("pressure", 0)
    return (
        row["minutes"] in range(1, 61)
        and place in (places(question) if found[0].placed else [""])
        and pressure in (range(1, 6) if found[0].pressed else [0])
    )


FIELDS = ("technique", "minutes", "place", "pressure")


MEASURED = ("right", "left")


def parts(question: Any) -> dict[str, list[str]]:
    return {part.id: ids(part.choices) for part in question.parts}


def acts(question: Any) -> list[str]:
    return [act.id for group in question.groups for act in group.acts]


def places(question: Any) -> list[str]:
    return [place.id for view in question.views for place in view.places]


def most(question: Any) -> int:
    return {"point": 1, "pair": 2}.get(question.mode, 1000)


def hotspot_answers(question: Any) -> st.SearchStrategy[list[str]]:
    marked = st.lists(st.sampled_from(places(question)), unique=True, max_size=min(most(question), 30))
    return marked | st.just(["nothing"]) if question.nothing else marked


def is_recordable(question: Any, value: Any) -> bool:
    """Whether the card of a question can have recorded a value; a choice ticked twice is passed over as once."""
    rules: dict[str, Callable[[], bool]] = {
        "one-of": lambda: isinstance(value, str) and value in ids(question.choices),
        "many-of": lambda: isinstance(value, list) and all(item in ids(question.choices) for item in value),
        "number": lambda: _is_finite(value),
        "order": lambda: (
            isinstance(value, list) and all(item in ids(question.steps) and value.count(item) == 1 for item in value)
        ),
        "match": lambda: (
            isinstance(value, dict)
            and all(row in ids(question.rows) and item in ids(question.choices) for row, item in value.items())
        ),
        "triage": lambda: (
            isinstance(value, dict)
            and all(scale in levels(question) and item in levels(question)[scale] for scale, item in value.items())
        ),
        "hotspot": lambda: (
            (
                isinstance(value, list)
                and len(value) <= most(question)
                and all(item in places(question) and value.count(item) == 1 for item in value)
            )
            or (question.nothing is not None and value == ["nothing"])
        ),
        "plan": lambda: (
            value == "no-session"
            or (isinstance(value, list) and 1 <= len(value) <= 20 and all(is_row(question, row) for row in value))
        ),
        "workup": lambda: (
            isinstance(value, list) and all(item in acts(question) and value.count(item) == 1 for item in value)
        ),
        "measure": lambda: (
            isinstance(value, dict)
            and all(
                _is_finite(item) if name in MEASURED else name in parts(question) and item in parts(question)[name]
                for name, item in value.items()
            )
        ),
    }
    return rules[kind_of(question).name]()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_finite(value: Any) -> bool:
    return _is_number(value) and abs(value) <= sys.float_info.max and math.isfinite(value)


def names_in(question: Any) -> list[str]:
    """Return every id that an answer to a question may name."""
    scales = levels(question) if hasattr(question, "scales") else {}
    named = [thing.id for part in ("choices", "steps", "rows") for thing in getattr(question, part, [])]
    if hasattr(question, "mode"):
        named = [*places(question), "nothing"]
    if hasattr(question, "no_session"):
        named = [*ids(question.techniques), *places(question), "no-session"]
    if hasattr(question, "groups"):
        named = acts(question)
    if hasattr(question, "parts"):
        named = [*MEASURED, *(name for part, names in parts(question).items() for name in (part, *names))]
    return named + [name for scale, names in scales.items() for name in (scale, *names)]


def nearly_recorded(*questions: Any) -> st.SearchStrategy[Any]:
    """Return values made of the ids of questions and of other things: some their cards can record, most they cannot."""
    name = st.sampled_from([name for question in questions for name in names_in(question)] + ["no-such-thing", ""])
    leaf = name | st.none() | st.booleans() | st.integers(-200, 200) | st.floats()
    inner = leaf | st.lists(leaf, max_size=2)
    of_one = [
        st.lists(own, max_size=4) | st.dictionaries(own, own, max_size=3)
        for own in (st.sampled_from(names_in(question)) for question in questions if names_in(question))
    ]
    rows = [
        st.lists(rows_of(question) | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, inner)), max_size=3)
        for question in questions
        if hasattr(question, "no_session")
    ]
    return st.one_of(*rows, leaf, st.lists(inner, max_size=4), st.dictionaries(name, inner, max_size=3), *of_one)
