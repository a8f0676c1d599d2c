"""*Number*: one number with its unit, scored in bands.

Full points inside the right band, half inside the wider band where the question has one, none elsewhere. A turned sign,
a factor of ten and the mistakes that the author named each get their own reason.
"""

import math
from collections.abc import Iterable

from msgspec import Struct, field

from itband_course.kinds.base import (
    AuthoredBase,
    ChoiceNote,
    Invalid,
    Kind,
    Points,
    QuestionBase,
    Sample,
    Score,
    Verdict,
    lint_ids,
    lint_reason,
    share_reason,
    shared_fields,
    tally_ids,
)

RULE = "In bands. Full points within the right band, none outside it. A slip of sign or unit earns none, and is named."
RULE_NEAR = (
    "In bands. Full points within the right band, half just outside it, none elsewhere. A slip of sign or unit earns "
    "none, and is named."
)
SHARES: dict[Verdict, float] = {"right": 1.0, "near": 0.5}
FACTORS = (10, 100, 1000)
"""What separates neighbouring units, and a share from a percentage."""
OWN_IDS = ("right", "near", "turned-sign", "factor-of-ten", "other")
"""Ids of the bands that every question has; an author's slips have other ones."""
WIDEST_SHARE = 1 / 3
"""How much of the plausible range the right band may take: beyond that a guess is nearly an answer."""


class Band(Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers from `low` to `high`, both included; written ``from`` and ``to`` in the bank."""

    reason: str
    low: float = field(name="from")
    high: float = field(name="to")

    def holds(self, value: float) -> bool:
        """Whether a number lies in the band."""
        return self.low <= value <= self.high

    def overlaps(self, other: "Band") -> bool:
        """Whether two bands have a number in common."""
        return self.low <= other.high and other.low <= self.high


class Slip(Band, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A band of numbers that betray a known mistake."""

    id: str
    misconception: str


class Otherwise(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of every number that is in no band."""

    reason: str


class AuthoredNumber(
    AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="number"
):
    """A number question as written in the bank."""

    unit: str
    plausible: tuple[float, float]
    right: Band
    other: Otherwise
    near: Band | None = None
    slip: list[Slip] = field(default_factory=list)


class Number(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="number"):
    """A number question as a student sees it: the unit, and the range beyond which a number must be a slip."""

    unit: str
    plausible: tuple[float, float]


class NumberRubric(Struct, frozen=True):
    """What decides the mark of a number question."""

    points: float
    unit: str
    plausible: tuple[float, float]
    right: Band
    near: Band | None
    slips: tuple[Slip, ...]
    other: str


def split(authored: AuthoredNumber) -> tuple[Number, NumberRubric]:
    """Part the bank's question into what the student sees and what the grader knows."""
    question = Number(
        **shared_fields(authored),
        rule=RULE_NEAR if authored.near else RULE,
        unit=authored.unit,
        plausible=authored.plausible,
    )
    rubric = NumberRubric(
        points=authored.points,
        unit=authored.unit,
        plausible=authored.plausible,
        right=authored.right,
        near=authored.near,
        slips=tuple(authored.slip),
        other=authored.other.reason,
    )
    return question, rubric


def score(rubric: NumberRubric, value: float) -> Score:
    """Score a number."""
    if not math.isfinite(value):
        return Invalid("The recorded number is not finite.")
    found = next(note for note in notes(rubric) if note.choice == _band_of(rubric, value))
    note = ChoiceNote(
        choice=found.choice,
        text=number_text(value, rubric.unit),
        verdict=found.verdict,
        reason=found.reason,
        misconception=found.misconception,
    )
    earned = round(SHARES.get(note.verdict, 0.0) * rubric.points, 2)
    where = {"right": "Within the right band", "near": "Just outside the right band"}
    reason = share_reason(where.get(note.verdict, "Outside the right band"), earned, rubric.points)
    return Points(earned=earned, possible=rubric.points, reason=reason, notes=(note,))


def _band_of(rubric: NumberRubric, value: float) -> str:
    """Return the id of the band that a number falls into."""
    if rubric.right.holds(value):
        return "right"
    if rubric.near and rubric.near.holds(value):
        return "near"
    for slip in rubric.slips:
        if slip.holds(value):
            return slip.id
    if rubric.right.holds(-value):
        return "turned-sign"
    # Rounded, because 0.07 * 100 is not quite 7.
    multiples = [round(multiple, 9) for factor in FACTORS for multiple in (value * factor, value / factor)]
    if any(rubric.right.holds(multiple) for multiple in multiples):
        return "factor-of-ten"
    return "other"


def notes(rubric: NumberRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says, band by band."""
    found = [ChoiceNote("right", _band_text(rubric.right, rubric.unit), "right", rubric.right.reason)]
    if rubric.near:
        found.append(ChoiceNote("near", _band_text(rubric.near, rubric.unit), "near", rubric.near.reason))
    found += [
        ChoiceNote(slip.id, _band_text(slip, rubric.unit), "wrong", slip.reason, slip.misconception)
        for slip in rubric.slips
    ]
    found += [
        ChoiceNote(
            "turned-sign",
            "The right size with the other sign",
            "wrong",
            "The size fits, the sign does not. Look again at which way counts as positive.",
            "the sign does not matter",
        ),
        ChoiceNote(
            "factor-of-ten",
            "Ten, a hundred or a thousand times too much or too little",
            "wrong",
            f"The digits fit, the unit does not: a factor of ten, a hundred or a thousand is in between. The answer is "
            f"asked for in {rubric.unit}.",
            "the unit does not matter",
        ),
        ChoiceNote("other", "Any other number", "wrong", rubric.other),
    ]
    return tuple(found)


def number_text(value: float, unit: str) -> str:
    r"""Return a number with its unit, as the course prints it.

    >>> number_text(73.0, "%"), number_text(-15.5, "°")
    ('73\u202f%', '−15.5°')
    """
    digits = f"{value:.15g}".replace("-", "−")
    return f"{digits}{unit}" if unit == "°" else f"{digits}\u202f{unit}"


def _band_text(band: Band, unit: str) -> str:
    if band.low == band.high:
        return number_text(band.low, unit)
    return f"{number_text(band.low, unit)} to {number_text(band.high, unit)}"


def lint(authored: AuthoredNumber) -> list[str]:
    """Return what the author must mend."""
    bands = {"the right band": authored.right}
    if authored.near:
        bands["the near band"] = authored.near
    bands |= {f"slip «{slip.id}»": slip for slip in authored.slip}
    limits = [*authored.plausible, *(limit for band in bands.values() for limit in (band.low, band.high))]
    if not all(math.isfinite(limit) for limit in limits):
        return ["a band or the plausible range has no end: write numbers."]
    problems = lint_ids("slip", (slip.id for slip in authored.slip))
    if not authored.unit.strip():
        problems.append("it has no unit: write one, such as «°», «%», «km».")
    for name, band in bands.items():
        problems += lint_reason(name, band.reason)
        if not band.low <= band.high:
            problems.append(f"{name} runs from {band.low:g} to {band.high:g}: write the smaller number first.")
    problems += lint_reason("[question.other]", authored.other.reason)
    return problems + _lint_ranges(authored) + _lint_slips(authored)


def _lint_ranges(authored: AuthoredNumber) -> list[str]:
    low, high = authored.plausible
    right, near = authored.right, authored.near
    if low >= high:
        return [f"the plausible range runs from {low:g} to {high:g}: write the smaller number first."]
    problems = []
    if not (low <= right.low and right.high <= high):
        problems.append("its right band lies outside the plausible range: widen plausible.")
    elif right.high - right.low > WIDEST_SHARE * (high - low):
        problems.append("its right band takes up much of the plausible range, which gives it away: widen plausible.")
    if near and not (near.low <= right.low and right.high <= near.high):
        problems.append("its near band does not enclose the right band: widen it on both sides.")
    if near and not (low <= near.low and near.high <= high):
        problems.append("its near band reaches beyond the plausible range: narrow it, or widen plausible.")
    return problems


def _lint_slips(authored: AuthoredNumber) -> list[str]:
    problems = []
    for number, slip in enumerate(authored.slip):
        if slip.id in OWN_IDS:
            problems.append(f"slip «{slip.id}» has a name that every number question uses: give it another.")
        if not slip.misconception.strip():
            problems.append(f"slip «{slip.id}» names no misconception: say which mistaken idea it catches.")
        others = [authored.right, *([authored.near] if authored.near else []), *authored.slip[:number]]
        if any(slip.overlaps(other) for other in others):
            problems.append(f"slip «{slip.id}» overlaps another band: narrow one of them.")
    return problems


def describe(question: Number, value: float) -> str:
    """Return the number with its unit."""
    return number_text(value, question.unit)


def text(question: Number) -> list[str]:
    """Return the line on which the number is to be written."""
    return [f"_____ {question.unit}"]


def options(_question: Number) -> dict[str, str]:
    """Return nothing: a number names no ids."""
    return {}


def tally(rubric: NumberRubric, values: Iterable[float]) -> dict[str, int]:
    """Count how many numbers fell into each band."""
    return tally_ids(notes(rubric), (_band_of(rubric, value) for value in values if math.isfinite(value)))


def samples(rubric: NumberRubric) -> list[Sample]:
    """Make right, wrong and malformed numbers."""
    low, high = rubric.plausible
    made = [
        Sample("right", rubric.right.low, Points, 1.0),
        Sample("right", rubric.right.high, Points, 1.0),
        *(Sample("wrong", slip.low, Points, 0.0) for slip in rubric.slips),
        Sample("wrong", high + (high - low), Points, 0.0),
        Sample("malformed", str(rubric.right.low), Invalid, None),
        Sample("malformed", [rubric.right.low], Invalid, None),
        Sample("malformed", True, Invalid, None),
    ]
    return made


KIND = Kind(
    name="number",
    authored=AuthoredNumber,
    question=Number,
    rubric=NumberRubric,
    value=float,
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
