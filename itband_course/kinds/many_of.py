"""*Many-of*: any number of choices, scored «right minus wrong».

The share of the points is ``max(0, right ticked / all right - wrong ticked / all wrong)``. A neutral choice counts
neither way, and a dangerous one makes the whole question 0. Ticking everything therefore earns nothing.
"""

from collections.abc import Iterable

from itband_course.kinds.base import Invalid, Kind, Points, Sample, Score, share_reason
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

RULE = (
    "Right minus wrong. Tick any number: each right choice adds its share of the points, each wrong choice "
    "takes its share away, never below 0. A choice that could harm the client makes the question 0."
)


class AuthoredManyOf(
    AuthoredChoices, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="many-of"
):
    """A many-of question as written in the bank."""


class ManyOf(ChoicesQuestion, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="many-of"):
    """A many-of question as a student sees it."""


class ManyOfRubric(ChoicesRubric, frozen=True):
    """What decides the mark of a many-of question."""


def split(authored: AuthoredManyOf) -> tuple[ManyOf, ManyOfRubric]:
    """Part the bank's question into what the student sees and what the grader knows."""
    return split_choices(authored, ManyOf, ManyOfRubric, RULE)


def score(rubric: ManyOfRubric, value: list[str]) -> Score:
    """Score the ids of the ticked choices; one that stands twice counts once."""
    stranger = rubric.stranger(value)
    if stranger:
        return stranger
    notes = tuple(note for note in rubric.notes if note.choice in value)
    count = {verdict: sum(note.verdict == verdict for note in notes) for verdict in ("right", "wrong", "danger")}
    all_right, all_wrong = len(rubric.ids("right")), len(rubric.ids("wrong"))
    if count["danger"]:
        share = 0.0
        why = "A choice that could harm the client makes the question 0"
    else:
        share = max(0.0, count["right"] / all_right - count["wrong"] / all_wrong)
        why = f"{count['right']} of {all_right} right choices, {count['wrong']} of {all_wrong} wrong ones"
    earned = round(share * rubric.points, 2)
    reason = share_reason(why, earned, rubric.points)
    return Points(earned=earned, possible=rubric.points, reason=reason, notes=notes)


def lint(authored: AuthoredManyOf) -> list[str]:
    """Return what the author must mend."""
    problems = lint_choices(authored.choice, ("right", "neutral", "wrong", "danger"))
    verdicts = [choice.verdict for choice in authored.choice]
    if "right" not in verdicts:
        problems.append("no choice is right: add one, «None of these» too can be the right one.")
    if "wrong" not in verdicts:
        problems.append("no choice is wrong, so ticking everything would earn full points: add at least one.")
    if not 4 <= len(authored.choice) <= 10:
        problems.append(f"it has {len(authored.choice)} choices: offer four to ten.")
    return problems


def describe(question: ManyOf, value: list[str]) -> str:
    """Return the ticked texts in the order of the card, joined by semicolons."""
    texts = [choice.text for choice in question.choices if choice.id in value]
    offered = {choice.id for choice in question.choices}
    return "; ".join(texts + [item for item in value if item not in offered])


def tally(rubric: ManyOfRubric, values: Iterable[list[str]]) -> dict[str, int]:
    """Count how often each choice was ticked."""
    return tally_choices(rubric, (choice for value in values for choice in set(value)))


def samples(rubric: ManyOfRubric) -> list[Sample]:
    """Make right, blank, wrong and malformed answers."""
    right, wrong, danger = rubric.ids("right"), rubric.ids("wrong"), rubric.ids("danger")
    made = [
        Sample("right", right, Points, 1.0),
        Sample("right", right + rubric.ids("neutral"), Points, 1.0),
        Sample("wrong", wrong, Points, 0.0),
        Sample("wrong", [note.choice for note in rubric.notes], Points, 0.0),
        Sample("malformed", right[0], Invalid, None),
        Sample("malformed", [*right, "no-such-choice"], Invalid, None),
    ]
    if danger:
        made.append(Sample("wrong", right + danger[:1], Points, 0.0))
    return made


KIND = Kind(
    name="many-of",
    authored=AuthoredManyOf,
    question=ManyOf,
    rubric=ManyOfRubric,
    value=list[str],
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
