"""*One-of*: a single choice. Full points for the right one or for any other that the bank accepts, none otherwise."""

from collections.abc import Iterable

from msgspec import Struct

from itband_course.kinds.base import (
    AuthoredBase,
    AuthoredChoice,
    ChoiceKey,
    Invalid,
    Kind,
    Points,
    PublicChoice,
    QuestionBase,
    Sample,
    Score,
    choice_keys,
    lint_choices,
    note_on,
    points_text,
    public_choices,
    tally_choices,
)

RULE = "One choice: full points if it is right, none otherwise."


class AuthoredOneOf(
    AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="one-of"
):
    """A one-of question as written in the bank."""

    choice: list[AuthoredChoice]
    fixed_order: bool = False


class OneOf(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="one-of"):
    """A one-of question as a student sees it."""

    choices: list[PublicChoice]


class OneOfRubric(Struct, frozen=True):
    """What decides the mark of a one-of question."""

    points: float
    choices: dict[str, ChoiceKey]


def split(authored: AuthoredOneOf) -> tuple[OneOf, OneOfRubric]:
    """Part the bank's question into what the student sees and what the grader knows."""
    question = OneOf(
        id=authored.id,
        outcome=authored.outcome,
        points=authored.points,
        prompt=authored.prompt,
        rule=RULE,
        choices=public_choices(authored.id, authored.choice, authored.fixed_order),
    )
    return question, OneOfRubric(points=authored.points, choices=choice_keys(authored.choice))


def score(rubric: OneOfRubric, value: str) -> Score:
    """Score the id of the chosen choice."""
    if value not in rubric.choices:
        return Invalid(f"The recorded choice «{value[:80]}» is not one that this question offers.")
    note = note_on(rubric.choices, value)
    earned = rubric.points if note.verdict in ("right", "accepted") else 0.0
    reason = f"Your choice earns {points_text(earned)} of {points_text(rubric.points)} points."
    return Points(earned=earned, possible=rubric.points, reason=reason, notes=(note,))


def lint(authored: AuthoredOneOf) -> list[str]:
    """Return what the author must mend."""
    problems = lint_choices(authored.choice, ("right", "accepted", "wrong"))
    right = [choice.id for choice in authored.choice if choice.verdict == "right"]
    if len(right) != 1:
        named = ", ".join(right) or "none"
        problems.append(
            f'a one-of question has exactly one choice with is = "right", this one has {len(right)} ({named}): '
            'mark a second defensible choice is = "accepted", it earns full points too.'
        )
    if not any(choice.verdict == "wrong" for choice in authored.choice):
        problems.append("no choice is wrong: a question that cannot be missed tells nothing.")
    if not 3 <= len(authored.choice) <= 6:
        problems.append(f"it has {len(authored.choice)} choices: offer three to six.")
    return problems


def describe(question: OneOf, value: str) -> str:
    """Return the chosen text, or the raw id where the question does not offer it."""
    return next((choice.text for choice in question.choices if choice.id == value), value)


def tally(rubric: OneOfRubric, values: Iterable[str]) -> dict[str, int]:
    """Count how often each choice was made."""
    return tally_choices(rubric.choices, values)


def samples(rubric: OneOfRubric) -> list[Sample]:
    """Make a right, a blank, a wrong and a malformed answer."""
    first = {verdict: choice for choice, verdict in _verdicts(rubric)}
    return [
        Sample("right", first["right"], Points, 1.0),
        Sample("wrong", first["wrong"], Points, 0.0),
        Sample("malformed", [first["right"]], Invalid, None),
        Sample("malformed", "no-such-choice", Invalid, None),
    ]


def _verdicts(rubric: OneOfRubric) -> list[tuple[str, str]]:
    return [(choice, key.verdict) for choice, key in rubric.choices.items()]


KIND = Kind(
    name="one-of",
    authored=AuthoredOneOf,
    question=OneOf,
    rubric=OneOfRubric,
    value=str,
    split=split,
    score=score,
    lint=lint,
    describe=describe,
    tally=tally,
    samples=samples,
)
