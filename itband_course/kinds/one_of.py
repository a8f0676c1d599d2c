"""*One-of*: a single choice. Full points for the right one or for any other that the bank accepts, none otherwise."""

from collections.abc import Iterable

from itband_course.kinds.base import RIGHT, Invalid, Kind, Points, Sample, Score, share_reason
from itband_course.kinds.choices import (
    AuthoredChoices,
    ChoicesQuestion,
    ChoicesRubric,
    lint_choices,
    notes_of_choices,
    options_of_choices,
    split_choices,
    tally_choices,
    text_of_choices,
)

RULE = "One choice. Full points if it is right, none otherwise."


class AuthoredOneOf(
    AuthoredChoices, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="one-of"
):
    """A one-of question as written in the bank."""


class OneOf(ChoicesQuestion, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="one-of"):
    """A one-of question as a student sees it."""


class OneOfRubric(ChoicesRubric, frozen=True):
    """What decides the mark of a one-of question."""


def split(authored: AuthoredOneOf) -> tuple[OneOf, OneOfRubric]:
    """Part the bank's question into what the student sees and what the grader knows."""
    return split_choices(authored, OneOf, OneOfRubric, RULE)


def score(rubric: OneOfRubric, value: str) -> Score:
    """Score the id of the chosen choice."""
    stranger = rubric.stranger([value])
    if stranger:
        return stranger
    note = next(note for note in rubric.notes if note.choice == value)
    earned = rubric.points if note.verdict in RIGHT else 0.0
    reason = share_reason("One choice", earned, rubric.points)
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
    return tally_choices(rubric, values)


def samples(rubric: OneOfRubric) -> list[Sample]:
    """Make a right, a blank, a wrong and a malformed answer."""
    right, wrong = rubric.ids("right")[0], rubric.ids("wrong")[0]
    return [
        Sample("right", right, Points, 1.0),
        *(Sample("right", choice, Points, 1.0) for choice in rubric.ids("accepted")),
        Sample("wrong", wrong, Points, 0.0),
        Sample("malformed", [right], Invalid, None),
        Sample("malformed", "no-such-choice", Invalid, None),
    ]


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
    text=text_of_choices,
    options=options_of_choices,
    notes=notes_of_choices,
    tally=tally,
    samples=samples,
)
