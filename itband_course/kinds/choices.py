"""What the kinds with a list of choices share: how choices are written, shown, keyed and counted."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct, field

from itband_course.kinds.base import (
    AuthoredBase,
    ChoiceNote,
    Invalid,
    PublicChoice,
    QuestionBase,
    Verdict,
    lint_ids,
    lint_reason,
    shared_fields,
    shuffled,
    tally_ids,
)


class AuthoredChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A choice as it stands in the bank. `verdict` is written ``is`` there: ``is = "right"``."""

    id: str
    text: str
    reason: str
    verdict: Verdict = field(name="is")
    misconception: str = ""


class AuthoredChoices(AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question with choices, as written in the bank."""

    choice: list[AuthoredChoice]
    fixed_order: bool = False


class ChoicesQuestion(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question with choices, as a student sees it."""

    choices: list[PublicChoice]


class ChoicesRubric(Struct, frozen=True):
    """What decides the mark of a question with choices: its points, and a note on each choice in the card's order."""

    points: float
    notes: tuple[ChoiceNote, ...]

    def ids(self, verdict: Verdict) -> list[str]:
        """Return the ids of all choices with a verdict, in the order of the card."""
        return [note.choice for note in self.notes if note.verdict == verdict]

    def stranger(self, chosen: Iterable[str]) -> Invalid | None:
        """Return what scoring says of the first chosen id that the question does not offer; None if it offers all."""
        offered = {note.choice for note in self.notes}
        for choice in chosen:
            if choice not in offered:
                return Invalid(f"The recorded choice «{choice[:80]}» is not one that this question offers.")
        return None


AnyQuestion = TypeVar("AnyQuestion", bound=ChoicesQuestion)
AnyRubric = TypeVar("AnyRubric", bound=ChoicesRubric)


def split_choices(
    authored: AuthoredChoices, question: type[AnyQuestion], rubric: type[AnyRubric], rule: str
) -> tuple[AnyQuestion, AnyRubric]:
    """Part an authored question into what the student sees and what the grader knows.

    With ``fixed_order`` (scales, stages) the order is the author's, else one that says nothing about the key.
    """
    choices = authored.choice if authored.fixed_order else shuffled(authored.id, authored.choice)
    shown = question(
        **shared_fields(authored),
        rule=rule,
        choices=[PublicChoice(id=choice.id, text=choice.text) for choice in choices],
    )
    notes = tuple(
        ChoiceNote(choice.id, choice.text, choice.verdict, choice.reason, choice.misconception) for choice in choices
    )
    return shown, rubric(points=authored.points, notes=notes)


def text_of_choices(question: ChoicesQuestion) -> list[str]:
    """Return one line for each choice."""
    return [f"○ {choice.text}" for choice in question.choices]


def options_of_choices(question: ChoicesQuestion) -> dict[str, str]:
    """Return the text of each choice."""
    return {choice.id: choice.text for choice in question.choices}


def notes_of_choices(rubric: ChoicesRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says."""
    return rubric.notes


def lint_choices(choices: list[AuthoredChoice], allowed: tuple[Verdict, ...]) -> list[str]:
    """Return what is wrong with the choices of any kind that has them."""
    problems = lint_ids("choice", (choice.id for choice in choices))
    for choice in choices:
        name = f"choice «{choice.id}»"
        if choice.verdict not in allowed:
            words = ", ".join(allowed)
            problems.append(f"{name} is «{choice.verdict}»; this kind knows {words}: write one of these.")
        problems += lint_reason(name, choice.reason)
        if choice.verdict in ("wrong", "danger") and not choice.misconception.strip():
            problems.append(f"{name} names no misconception: say which mistaken idea it catches.")
        if any(phrase in choice.text.lower() for phrase in ("all of the above", "none of the above")):
            problems.append(f"{name} reads «{choice.text}»: choices are shown in another order, so name the thing.")
    return problems


def tally_choices(rubric: ChoicesRubric, chosen: Iterable[str]) -> dict[str, int]:
    """Return how often each choice was made."""
    return tally_ids(rubric.notes, chosen)
