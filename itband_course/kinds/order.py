"""*Order*: steps picked from a list and put in order, scored by the pairs whose order matters.

Not one permutation is right but every one that keeps to the precedence pairs. The share of the points is
``max(0, (pairs held - pairs turned round) / all pairs)``. A pair with an optional step counts only where that step is
used; a pair that lacks a required step is not held. An unsafe step makes the whole question 0.
"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from msgspec import Struct, field

from itband_course.kinds.base import (
    AuthoredBase,
    ChoiceNote,
    Invalid,
    Kind,
    Points,
    PublicChoice,
    QuestionBase,
    Sample,
    Score,
    lint_ids,
    lint_reason,
    share_reason,
    shared_fields,
    shuffled,
    tally_ids,
)

RULE = (
    "Pairs in order. What counts is which step stands before which, not the exact place: each pair that safety asks "
    "for adds its share, each turned round takes its share away, never below 0. Steps may be left out. A step that "
    "could harm the client makes the question 0."
)
FEWEST, MOST = 4, 9
"""How many steps a question offers."""


class AuthoredStep(Struct, frozen=True, forbid_unknown_fields=True):
    """A step as it stands in the bank. `use` is written ``is`` there: ``is = "required"``."""

    id: str
    text: str
    reason: str
    use: Literal["required", "optional", "unsafe"] = field(name="is")
    misconception: str = ""


class Before(Struct, frozen=True, forbid_unknown_fields=True):
    """A pair of steps whose order matters."""

    id: str
    first: str
    then: str
    reason: str
    misconception: str


class AuthoredOrder(AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="order"):
    """An order question as written in the bank."""

    step: list[AuthoredStep]
    before: list[Before]


class Order(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="order"):
    """An order question as a student sees it."""

    steps: list[PublicChoice]


class OrderRubric(Struct, frozen=True):
    """What decides the mark of an order question."""

    points: float
    steps: tuple[AuthoredStep, ...]
    before: tuple[Before, ...]

    def ids(self, use: str) -> list[str]:
        """Return the ids of all steps with a use."""
        return [step.id for step in self.steps if step.use == use]


def split(authored: AuthoredOrder) -> tuple[Order, OrderRubric]:
    """Part the bank's question into what the student sees and what the grader knows."""
    steps = shuffled(authored.id, authored.step)
    question = Order(
        **shared_fields(authored), rule=RULE, steps=[PublicChoice(id=step.id, text=step.text) for step in steps]
    )
    return question, OrderRubric(points=authored.points, steps=tuple(steps), before=tuple(authored.before))


def score(rubric: OrderRubric, value: list[str]) -> Score:
    """Score the ids of the steps used, first to last."""
    offered = {step.id for step in rubric.steps}
    for step in value:
        if step not in offered:
            return Invalid(f"The recorded step «{step[:80]}» is not one that this question offers.")
    if len(set(value)) != len(value):
        return Invalid("A step stands twice in the recorded order.")
    counted = _counted(rubric, value)
    held = [pair for pair in counted if _is_held(pair, value)]
    turned = [pair for pair in counted if _is_turned(pair, value)]
    made = [note for note in notes(rubric) if note.choice in _chosen(rubric, value)]
    if any(note.verdict == "danger" for note in made):
        share, why = 0.0, "A step that could harm the client makes the question 0"
    else:
        share = max(0.0, (len(held) - len(turned)) / len(counted))
        why = f"{len(held)} of {len(counted)} pairs in order, {len(turned)} turned round"
    earned = round(share * rubric.points, 2)
    return Points(
        earned=earned,
        possible=rubric.points,
        reason=share_reason(why, earned, rubric.points),
        notes=tuple(made),
    )


def _counted(rubric: OrderRubric, value: list[str]) -> list[Before]:
    """Return the pairs that count for an order: all but those with an optional step that it leaves out."""
    left_out = {step for step in rubric.ids("optional") if step not in value}
    return [pair for pair in rubric.before if pair.first not in left_out and pair.then not in left_out]


def _is_held(pair: Before, value: list[str]) -> bool:
    return pair.first in value and pair.then in value and value.index(pair.first) < value.index(pair.then)


def _is_turned(pair: Before, value: list[str]) -> bool:
    return pair.first in value and pair.then in value and value.index(pair.first) > value.index(pair.then)


def _chosen(rubric: OrderRubric, value: list[str]) -> set[str]:
    """Return the ids of all that an order does which deserves a word."""
    found = {f"used/{step}" for step in value if step not in rubric.ids("required")}
    found |= {f"left-out/{step}" for step in rubric.ids("required") if step not in value}
    found |= {f"turned/{pair.id}" for pair in rubric.before if _is_turned(pair, value)}
    return found | {f"held/{pair.id}" for pair in rubric.before if _is_held(pair, value)}


def notes(rubric: OrderRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says: of each pair either way round, each step left out, each step that may be left."""
    text = {step.id: step.text for step in rubric.steps}
    found = []
    for step in rubric.steps:
        if step.use == "unsafe":
            found.append(ChoiceNote(f"used/{step.id}", step.text, "danger", step.reason, step.misconception))
        elif step.use == "optional":
            found.append(ChoiceNote(f"used/{step.id}", step.text, "neutral", step.reason))
        else:
            found.append(ChoiceNote(f"left-out/{step.id}", f"Left out: {step.text}", "wrong", step.reason))
    for pair in rubric.before:
        first, then = text.get(pair.first, pair.first), text.get(pair.then, pair.then)
        found.append(ChoiceNote(f"held/{pair.id}", f"First: {first}. Later: {then}", "right", pair.reason))
        found.append(
            ChoiceNote(f"turned/{pair.id}", f"First: {then}. Later: {first}", "wrong", pair.reason, pair.misconception)
        )
    return tuple(found)


def lint(authored: AuthoredOrder) -> list[str]:
    """Return what the author must mend."""
    problems = lint_ids("step", (step.id for step in authored.step))
    problems += lint_ids("pair", (pair.id for pair in authored.before))
    uses = {step.id: step.use for step in authored.step}
    if not FEWEST <= len(authored.step) <= MOST:
        problems.append(f"it has {len(authored.step)} steps: offer {FEWEST} to {MOST}.")
    problems += _lint_steps(authored) + _lint_pairs(authored, uses)
    try:
        right = _in_order(authored.step, authored.before)
    except CycleError as error:
        problems.append(f"its pairs run in a circle ({' → '.join(error.args[1])}): take one of them out.")
    else:
        shown = [step.id for step in shuffled(authored.id, authored.step) if step.id in right]
        pairs = {(pair.first, pair.then) for pair in authored.before if {pair.first, pair.then} <= set(shown)}
        if pairs and all(shown.index(first) < shown.index(then) for first, then in pairs):
            problems.append("the steps are shown in a right order already: change the id of a step.")
    return problems


def _lint_steps(authored: AuthoredOrder) -> list[str]:
    problems = []
    required = {step.id for step in authored.step if step.use == "required"}
    for step in authored.step:
        name = f"step «{step.id}»"
        problems += lint_reason(name, step.reason)
        if step.use == "unsafe" and not step.misconception.strip():
            problems.append(f"{name} names no misconception: say which mistaken idea it catches.")
        if step.use == "required" and not any(
            step.id in (pair.first, pair.then) and {pair.first, pair.then} <= required for pair in authored.before
        ):
            problems.append(
                f"{name} is required and stands in no pair with another required step, so leaving it out costs "
                "nothing: add such a pair."
            )
    return problems


def _lint_pairs(authored: AuthoredOrder, uses: Mapping[str, str]) -> list[str]:
    problems = []
    for pair in authored.before:
        name = f"pair «{pair.id}»"
        problems += lint_reason(name, pair.reason)
        if not pair.misconception.strip():
            problems.append(f"{name} names no misconception: say which mistaken idea turns it round.")
        for step_id in (pair.first, pair.then):
            if step_id not in uses:
                problems.append(f"{name} speaks of the step «{step_id}», which is not there: mend the id.")
            elif uses[step_id] == "unsafe":
                problems.append(f"{name} speaks of the unsafe step «{step_id}»: an unsafe step has no right place.")
    pairs = {(pair.first, pair.then) for pair in authored.before}
    if not any(uses.get(first) == uses.get(then) == "required" for first, then in pairs):
        problems.append("no pair joins two required steps, so nothing is sure to be scored: add one.")
    return problems


def _in_order(steps: Iterable[AuthoredStep], before: Iterable[Before]) -> list[str]:
    """Return the required steps in an order that keeps to every pair.

    Raises
    ------
    graphlib.CycleError
        If there is none.
    """
    graph: TopologicalSorter[str] = TopologicalSorter({step.id: set() for step in steps})
    for pair in before:
        graph.add(pair.then, pair.first)
    required = {step.id for step in steps if step.use == "required"}
    return [step for step in graph.static_order() if step in required]


def describe(question: Order, value: list[str]) -> str:
    """Return the steps in the student's order, numbered."""
    texts = options(question)
    return "; ".join(f"{number}. {texts.get(step, step)}" for number, step in enumerate(value, start=1))


def text(question: Order) -> list[str]:
    """Return one line for each step, with room for its number."""
    return [f"__ {step.text}" for step in question.steps]


def options(question: Order) -> dict[str, str]:
    """Return the text of each step."""
    return {step.id: step.text for step in question.steps}


def tally(rubric: OrderRubric, values: Iterable[list[str]]) -> dict[str, int]:
    """Count how often each pair was held or turned round, each required step left out, each other step used."""
    recordable = [value for value in values if isinstance(score(rubric, value), Points)]
    return tally_ids(notes(rubric), (choice for value in recordable for choice in _chosen(rubric, value)))


def samples(rubric: OrderRubric) -> list[Sample]:
    """Make right, wrong and malformed orders."""
    right = _in_order(rubric.steps, rubric.before)
    made = [
        Sample("right", right, Points, 1.0),
        Sample("wrong", list(reversed(right)), Points, 0.0),
        Sample("malformed", right[0], Invalid, None),
        Sample("malformed", [*right, "no-such-step"], Invalid, None),
        Sample("malformed", [*right, right[0]], Invalid, None),
    ]
    made += [Sample("wrong", [*right, step], Points, 0.0) for step in rubric.ids("unsafe")]
    return made


KIND = Kind(
    name="order",
    authored=AuthoredOrder,
    question=Order,
    rubric=OrderRubric,
    value=list[str],
    split=split,
    score=score,
    lint=lint,
    describe=describe,
    text=text,
    options=options,
    notes=notes,
    tally=tally,
    samples=samples,
)
