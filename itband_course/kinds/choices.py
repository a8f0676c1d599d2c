"""What the kinds with a list of choices share: how choices are written, shown, keyed and counted."""

import hashlib
import re
from collections.abc import Iterable
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType, field

from itband_course.kinds.base import ID_PATTERN, AuthoredBase, ChoiceNote, Invalid, QuestionBase, Verdict


class AuthoredChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A choice as it stands in the bank. `verdict` is written ``is`` there: ``is = "right"``."""

    id: str
    text: str
    reason: str
    verdict: Verdict = field(name="is")
    misconception: str = ""


class PublicChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A choice as a student may see it."""

    id: str
    text: str


class ChoiceKey(Struct, frozen=True):
    """What the grader knows of one choice."""

    verdict: Verdict
    reason: str
    misconception: str = ""


class AuthoredChoices(AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question with choices, as written in the bank."""

    choice: list[AuthoredChoice]
    fixed_order: bool = False


class ChoicesQuestion(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question with choices, as a student sees it."""

    choices: list[PublicChoice]


class ChoicesRubric(Struct, frozen=True):
    """What decides the mark of a question with choices."""

    points: float
    choices: dict[str, ChoiceKey]

    def ids(self, verdict: Verdict) -> list[str]:
        """Return the ids of all choices with a verdict, in the order of the bank."""
        return [choice for choice, key in self.choices.items() if key.verdict == verdict]

    def stranger(self, chosen: Iterable[str]) -> Invalid | None:
        """Return what scoring says of the first chosen id that the question does not offer; None if it offers all."""
        for choice in chosen:
            if choice not in self.choices:
                return Invalid(f"The recorded choice «{choice[:80]}» is not one that this question offers.")
        return None


AnyQuestion = TypeVar("AnyQuestion", bound=ChoicesQuestion)
AnyRubric = TypeVar("AnyRubric", bound=ChoicesRubric)


def split_choices(
    authored: AuthoredChoices, question: type[AnyQuestion], rubric: type[AnyRubric], rule: str
) -> tuple[AnyQuestion, AnyRubric]:
    """Part an authored question into what the student sees and what the grader knows."""
    shown = question(
        id=authored.id,
        outcome=authored.outcome,
        points=authored.points,
        prompt=authored.prompt,
        rule=rule,
        choices=public_choices(authored.id, authored.choice, authored.fixed_order),
    )
    return shown, rubric(points=authored.points, choices=choice_keys(authored.choice))


def public_choices(
    question_id: str, choices: list[AuthoredChoice], fixed_order: bool | UnsetType = UNSET
) -> list[PublicChoice]:
    """Return the choices as students see them, in an order that says nothing about the key.

    Authors tend to write the right choice first, so the order is that of a hash of the ids: the same for everybody
    and at every release. With ``fixed_order`` (scales, stages) it is the author's.
    """
    if fixed_order is not True:
        choices = sorted(choices, key=lambda choice: hashlib.sha256(f"{question_id}/{choice.id}".encode()).digest())
    return [PublicChoice(id=choice.id, text=choice.text) for choice in choices]


def choice_keys(choices: list[AuthoredChoice]) -> dict[str, ChoiceKey]:
    """Return the grader's side of the choices, keyed by choice id."""
    return {
        choice.id: ChoiceKey(verdict=choice.verdict, reason=choice.reason, misconception=choice.misconception)
        for choice in choices
    }


def note_on(keys: dict[str, ChoiceKey], choice: str) -> ChoiceNote:
    """Return the note on a chosen choice."""
    key = keys[choice]
    return ChoiceNote(choice=choice, verdict=key.verdict, reason=key.reason, misconception=key.misconception)


def lint_choices(choices: list[AuthoredChoice], allowed: tuple[Verdict, ...]) -> list[str]:
    """Return what is wrong with the choices of any kind that has them."""
    problems = []
    seen: set[str] = set()
    for choice in choices:
        if choice.id in seen:
            problems.append(f"two choices are called «{choice.id}»: give each its own id.")
        seen.add(choice.id)
        if not re.match(ID_PATTERN, choice.id):
            problems.append(f"choice id «{choice.id}» is not lower-case words joined by hyphens: write it so.")
        if choice.verdict not in allowed:
            words = ", ".join(allowed)
            problems.append(f"choice «{choice.id}» is «{choice.verdict}»; this kind knows {words}: write one of these.")
        if len(choice.reason.strip()) < 15:
            problems.append(f"choice «{choice.id}» has no real reason: say in a sentence why it is right or not.")
        if choice.verdict in ("wrong", "danger") and not choice.misconception.strip():
            problems.append(f"choice «{choice.id}» names no misconception: say which mistaken idea it catches.")
        if any(phrase in choice.text.lower() for phrase in ("all of the above", "none of the above")):
            problems.append(
                f"choice «{choice.id}» reads «{choice.text}»: choices are shown in another order, so name the thing."
            )
    return problems


def tally_choices(keys: dict[str, ChoiceKey], chosen: Iterable[str]) -> dict[str, int]:
    """Return how often each choice was made; every choice of the question is a key, ids not on offer are left out."""
    counts = dict.fromkeys(keys, 0)
    for choice in chosen:
        if choice in counts:
            counts[choice] += 1
    return counts
