"""*Triage*: two decisions on two fixed scales, what the hands do today and who else should see the client, how soon.

Each scale carries half the points. The key names the boldest answer that is right. The key itself and one step more
careful earn all, two steps three quarters, three steps half, four steps nothing. Bolder or later than the key on either
scale makes the whole question 0: that could harm the client.
"""

from collections.abc import Iterable

from msgspec import Struct

from itband_course.clinic.scales import LEVELS, TITLES, Hands, Scale, Who
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
    Verdict,
    lint_reason,
    share_reason,
    shared_fields,
    tally_ids,
)

RULE = (
    "Two decisions, half the points each. One step more careful than needed is never wrong; further steps lose a "
    "little. A bolder or later decision than is safe makes the question 0."
)
SHARES = (1.0, 1.0, 0.75, 0.5, 0.0)
"""What a scale's level earns of its half, by steps more careful than the key."""


SHARE_WORDS = {1.0: "all of its points", 0.75: "three quarters", 0.5: "half", 0.0: "nothing"}


class TriageKey(Struct, frozen=True, forbid_unknown_fields=True):
    """The boldest right level on each scale, and what earns full points beside it."""

    hands: Hands
    who: Who
    hands_also: list[Hands] = []
    who_also: list[Who] = []

    def level(self, scale: Scale) -> str:
        """Return the key on a scale."""
        return self.hands if scale == "hands" else self.who

    def also(self, scale: Scale) -> list[str]:
        """Return what earns full points beside the key on a scale."""
        return list(self.hands_also if scale == "hands" else self.who_also)


class HandsReason(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a level of the first scale."""

    level: Hands
    reason: str
    misconception: str = ""


class WhoReason(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a level of the second scale."""

    level: Who
    reason: str
    misconception: str = ""


class AuthoredTriage(
    AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="triage"
):
    """A triage question as written in the bank.

    Parameters
    ----------
    key, hands, who
        What is right, and a reason for each level of both scales.
    findings : tuple of str
        The client's findings that the safety rules know; with them `itband check` holds the key against the rules.
    judgement, judgement_source : str
        Why the key and the rules differ, and the key of the reference that it rests on; empty where they agree.
    """

    key: TriageKey
    hands: list[HandsReason]
    who: list[WhoReason]
    findings: tuple[str, ...] = ()
    judgement: str = ""
    judgement_source: str = ""


class PublicScale(Struct, frozen=True, forbid_unknown_fields=True):
    """A scale as a student sees it; the same in every question."""

    id: Scale
    title: str
    levels: list[PublicChoice]


class Triage(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="triage"):
    """A triage question as a student sees it."""

    scales: list[PublicScale]


class TriageRubric(Struct, frozen=True):
    """What decides the mark of a triage question; notes scale by scale, from bold to careful."""

    points: float
    key: TriageKey
    notes: tuple[ChoiceNote, ...]


def split(authored: AuthoredTriage) -> tuple[Triage, TriageRubric]:
    """Part the bank's question into what the student sees and what the grader knows."""
    scales = [
        PublicScale(
            id=scale, title=title, levels=[PublicChoice(id=level, text=text) for level, text in LEVELS[scale].items()]
        )
        for scale, title in TITLES.items()
    ]
    question = Triage(**shared_fields(authored), rule=RULE, scales=scales)
    reasons: dict[Scale, dict[str, HandsReason | WhoReason]] = {
        "hands": {item.level: item for item in authored.hands},
        "who": {item.level: item for item in authored.who},
    }
    found = tuple(
        ChoiceNote(
            choice=f"{scale}/{level}",
            text=f"{TITLES[scale]}: {text}",
            verdict=_verdict(authored.key, scale, level),
            reason=reasons[scale][level].reason,
            misconception=reasons[scale][level].misconception,
        )
        for scale, levels in LEVELS.items()
        for level, text in levels.items()
        if level in reasons[scale]
    )
    return question, TriageRubric(points=authored.points, key=authored.key, notes=found)


def _steps(key: TriageKey, scale: Scale, level: str) -> int:
    """Return how many steps a level is more careful than the key; negative where it is bolder."""
    levels = list(LEVELS[scale])
    return levels.index(level) - levels.index(key.level(scale))


def _share(key: TriageKey, scale: Scale, level: str) -> float:
    """Return what a level earns of its scale's half; a bolder one is told by its verdict."""
    steps = _steps(key, scale, level)
    if level in key.also(scale):
        return 1.0
    return SHARES[steps] if steps >= 0 else 0.0


def _verdict(key: TriageKey, scale: Scale, level: str) -> Verdict:
    if level == key.level(scale):
        return "right"
    if _steps(key, scale, level) < 0:
        return "danger"
    return "accepted" if _share(key, scale, level) == 1 else "careful"


def score(rubric: TriageRubric, value: dict[Scale, str]) -> Score:
    """Score the level chosen on each scale; a scale may be missing."""
    for scale, level in value.items():
        if level not in LEVELS[scale]:
            return Invalid(f"The recorded level «{level[:80]}» is not one that this question offers.")
    made = tuple(note for note in rubric.notes if note.choice in _chosen(value))
    if any(note.verdict == "danger" for note in made):
        share, why = 0.0, "A decision that is bolder or later than is safe makes the question 0"
    else:
        parts = {scale: _share(rubric.key, scale, level) for scale, level in value.items()}
        share = sum(parts.values()) / 2
        said = {scale: SHARE_WORDS[part] for scale, part in parts.items()}
        why = "; ".join(f"{title}: {said.get(scale, 'left open')}" for scale, title in TITLES.items())
    earned = round(share * rubric.points, 2)
    return Points(earned=earned, possible=rubric.points, reason=share_reason(why, earned, rubric.points), notes=made)


def _chosen(value: dict[Scale, str]) -> set[str]:
    return {f"{scale}/{level}" for scale, level in value.items()}


def notes(rubric: TriageRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says."""
    return rubric.notes


def lint(authored: AuthoredTriage) -> list[str]:
    """Return what the author must mend."""
    problems = []
    written: dict[Scale, list[HandsReason | WhoReason]] = {"hands": list(authored.hands), "who": list(authored.who)}
    for scale, items in written.items():
        levels: list[str] = [item.level for item in items]
        for level in LEVELS[scale]:
            if levels.count(level) != 1:
                problems.append(
                    f"[[question.{scale}]] speaks of «{level}» {levels.count(level)} times: once for each level."
                )
        for item in items:
            name = f"[[question.{scale}]] «{item.level}»"
            problems += lint_reason(name, item.reason)
            if _steps(authored.key, scale, item.level) < 0 and not item.misconception.strip():
                problems.append(f"{name} is bolder than the key and names no misconception: say which idea it catches.")
        problems += [
            f"{scale}_also holds «{level}», which is bolder than the key: the key is the boldest right level."
            for level in authored.key.also(scale)
            if _steps(authored.key, scale, level) < 0
        ]
    return problems


def describe(question: Triage, value: dict[Scale, str]) -> str:
    """Return both decisions in words."""
    said = []
    for scale in question.scales:
        texts = {level.id: level.text for level in scale.levels}
        if scale.id in value:
            said.append(f"{scale.title}: {texts.get(value[scale.id], value[scale.id])}")
    return "; ".join(said)


def text(question: Triage) -> list[str]:
    """Return one line for each scale and each of its levels."""
    return [line for scale in question.scales for line in (scale.title, *(f"○ {level.text}" for level in scale.levels))]


def options(_question: Triage) -> dict[str, str]:
    """Return nothing: the scales are the course's, not the question's."""
    return {}


def tally(rubric: TriageRubric, values: Iterable[dict[Scale, str]]) -> dict[str, int]:
    """Count how often each level was chosen."""
    return tally_ids(rubric.notes, (choice for value in values for choice in _chosen(value)))


def samples(rubric: TriageRubric) -> list[Sample]:
    """Make right, wrong and malformed decisions."""
    key = rubric.key
    right = {"hands": key.hands, "who": key.who}
    boldest: dict[Scale, str] = {scale: next(iter(levels)) for scale, levels in LEVELS.items()}
    made = [
        Sample("right", right, Points, 1.0),
        *(Sample("right", right | {"hands": level}, Points, 1.0) for level in key.hands_also),
        *(Sample("right", right | {"who": level}, Points, 1.0) for level in key.who_also),
        *(
            Sample("wrong", right | {scale: level}, Points, 0.0)
            for scale, level in boldest.items()
            if level != key.level(scale)
        ),
        Sample("malformed", key.hands, Invalid, None),
        Sample("malformed", right | {"who": "some-day"}, Invalid, None),
        Sample("malformed", right | {"mood": "calm"}, Invalid, None),
    ]
    if key.hands == boldest["hands"] and key.who == boldest["who"]:
        # Nothing is bolder than this key: only the farthest level, with the other scale left open, earns nothing.
        farthest: dict[Scale, str] = {} if "emergency-now" in key.who_also else {"who": "emergency-now"}
        made.append(Sample("wrong", farthest, Points, 0.0))
    return made


KIND = Kind(
    name="triage",
    authored=AuthoredTriage,
    question=Triage,
    rubric=TriageRubric,
    value=dict[Scale, str],
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
