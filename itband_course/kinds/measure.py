"""*Measure*: a test with the hands on both sides of a client: two readings, what is felt, and what the two say.

The student does the test on a moving client above the card, reads an inclinometer and records it. How the client's
joints are is a finding and no key: the simulator shows it, so the public question holds it. Every part that is asked
has an equal share of the points. A reading counts if it is near enough to the true angle, the examiner's own error
included. What the two readings say together is held against the student's *own* readings, not against the client's: so
whoever misreads an angle can still think rightly about it.
"""

import math
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from itband_course.kinds.base import (
    RIGHT,
    AuthoredBase,
    ChoiceNote,
    Invalid,
    Kind,
    Points,
    PublicChoice,
    QuestionBase,
    Sample,
    Score,
    Simulated,
    SimulatedSide,
    lint_reason,
    share_reason,
    shared_fields,
    shuffled,
    tally_ids,
)
from itband_course.kinds.choices import AuthoredChoice, lint_choices
from itband_course.kinds.examiner import error
from itband_course.kinds.number import number_text

RULE = (
    "Part by part, an equal share of the points for each. A reading counts if it is near the true angle; a small error "
    "of your own is allowed for. What you say of the two sides is held against your own two readings."
)

Side = Literal["right", "left"]
SIDES: dict[Side, str] = {"right": "Right side", "left": "Left side"}
Says = Literal["none-shown", "cannot-say", "a-difference"]
SAYS: tuple[Says, ...] = ("none-shown", "cannot-say", "a-difference")
"""What two readings may say together, from the smallest difference to the largest."""
END_FEEL, FELT, TOGETHER = "end_feel", "felt", "says"
PARTS = {END_FEEL: "How the movement ends", FELT: "Where it is felt", TOGETHER: "What the two readings say"}
"""What is chosen beside the readings, and what the card calls it."""


class AuthoredSays(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the three things that two readings may say, in the author's words.

    Parameters
    ----------
    id : str
        One of `SAYS`.
    text : str
        What the student chooses.
    reason : str
        Why it fits where it does; where it does not, the course says for which readings it would.
    misconception : str
        The mistaken idea of whoever says it of other readings.
    """

    id: Says
    text: str
    reason: str
    misconception: str


class ReadWell(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a reading that is near enough."""

    reason: str


class ReadOff(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a reading that is too far off."""

    reason: str
    misconception: str


class AtEnd(Struct, frozen=True, forbid_unknown_fields=True):
    """What client or hands tell where the movement ends, where the two sides differ in it."""

    right: str
    left: str


class AuthoredMeasure(
    AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="measure"
):
    """A measure question as written in the bank.

    Parameters
    ----------
    test : str
        Id of the special test that is done; it needs a simulator.
    right, left : int
        The client's true angles, in degrees.
    error : int
        The largest error of the examiner, in degrees.
    within : int
        How far a recorded reading may be off the true angle, the examiner's error included.
    none_below, difference_from : int
        Under how many degrees two sides show no difference, and over how many they show one; what lies between cannot
        be said. On a border both neighbours are right.
    entry : str
        The entry of the client's chart that holds the same angles as ``r`` and ``l``: then both are misread alike.
        Empty where there is none.
    build : str
        Of the client's body, one of `itband_course.body.builds`.
    at_end : str or AtEnd
        What the client says, or the hands find, where the movement ends: what `end_feel` and `felt` are asked about.
        One text for both sides, or one for each.
    good, off
        What is said of readings.
    end_feel, felt : list of AuthoredChoice
        What there is to choose from; empty where it is not asked.
    says : list of AuthoredSays
        All three.
    """

    test: str
    right: int
    left: int
    good: ReadWell
    off: ReadOff
    says: list[AuthoredSays]
    error: Annotated[int, Meta(ge=0, le=3)] = 2
    within: Annotated[int, Meta(ge=5, le=7)] = 5
    none_below: Annotated[int, Meta(ge=1, le=20)] = 5
    difference_from: Annotated[int, Meta(ge=2, le=40)] = 10
    entry: str = ""
    build: str = "woman-young"
    at_end: str | AtEnd = ""
    end_feel: list[AuthoredChoice] = field(default_factory=list)
    felt: list[AuthoredChoice] = field(default_factory=list)


class PublicSide(Struct, frozen=True, forbid_unknown_fields=True):
    """A side of the client: what it is called, and its true angle, which only the simulator gets."""

    id: Side
    title: str
    true: int


class PublicPart(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to choose beside the two readings."""

    id: str
    title: str
    choices: list[PublicChoice]


class Measure(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="measure"):
    """A measure question as a student may see it."""

    test: str
    error: int
    entry: str
    build: str
    at_end: str | AtEnd
    sides: list[PublicSide]
    parts: list[PublicPart]


class MeasureRubric(Struct, frozen=True):
    """What decides the mark of a measure question.

    Parameters
    ----------
    points : float
    true : dict of str to int
        The true angle of each side.
    within, none_below, difference_from : int
        See `AuthoredMeasure`.
    asked : tuple of str
        The parts beside the readings that are asked.
    notes : tuple of ChoiceNote
        All that the key says, in the order of the card.
    """

    points: float
    true: dict[Side, int]
    within: int
    none_below: int
    difference_from: int
    asked: tuple[str, ...]
    notes: tuple[ChoiceNote, ...]

    def note(self, choice: str) -> ChoiceNote | None:
        """Return the note of an id, None where there is none."""
        return next((note for note in self.notes if note.choice == choice), None)


class Measured(Struct, frozen=True, forbid_unknown_fields=True):
    """A recorded answer; any part may be missing."""

    right: float | UnsetType = UNSET
    left: float | UnsetType = UNSET
    end_feel: str | UnsetType = UNSET
    felt: str | UnsetType = UNSET
    says: str | UnsetType = UNSET

    def readings(self) -> dict[Side, float]:
        """Return the readings that there are."""
        both: dict[Side, float | UnsetType] = {"right": self.right, "left": self.left}
        return {side: value for side, value in both.items() if value is not UNSET}

    def chosen(self) -> dict[str, str]:
        """Return what was chosen beside the readings, by part."""
        parts = {END_FEEL: self.end_feel, FELT: self.felt, TOGETHER: self.says}
        return {part: choice for part, choice in parts.items() if choice is not UNSET}


def split(authored: AuthoredMeasure) -> tuple[Measure, MeasureRubric]:
    """Part the bank's question into what the student sees and what the grader knows."""
    true: dict[Side, int] = {"right": authored.right, "left": authored.left}
    offered = {
        END_FEEL: shuffled(f"{authored.id}/{END_FEEL}", authored.end_feel),
        FELT: shuffled(f"{authored.id}/{FELT}", authored.felt),
    }
    says = sorted(authored.says, key=lambda one: SAYS.index(one.id))
    choices = {part: [PublicChoice(one.id, one.text) for one in found] for part, found in offered.items()}
    choices[TOGETHER] = [PublicChoice(one.id, one.text) for one in says]
    question = Measure(
        **shared_fields(authored),
        rule=RULE,
        test=authored.test,
        error=authored.error,
        entry=authored.entry,
        build=authored.build,
        at_end=authored.at_end,
        sides=[PublicSide(side, title, true[side]) for side, title in SIDES.items()],
        parts=[PublicPart(part, title, choices[part]) for part, title in PARTS.items() if choices[part]],
    )
    found = [note for side in SIDES for note in _reading_notes(authored, side)]
    found += [
        ChoiceNote(f"{part}/{one.id}", f"{PARTS[part]}: {one.text}", one.verdict, one.reason, one.misconception)
        for part, ones in offered.items()
        for one in ones
    ]
    found += [note for one in says for note in _says_notes(authored, one)]
    rubric = MeasureRubric(
        points=authored.points,
        true=true,
        within=authored.within,
        none_below=authored.none_below,
        difference_from=authored.difference_from,
        asked=tuple(part.id for part in question.parts),
        notes=tuple(found),
    )
    return question, rubric


def _reading_notes(authored: AuthoredMeasure, side: Side) -> tuple[ChoiceNote, ChoiceNote]:
    true = number_text(authored.right if side == "right" else authored.left, "°")
    allowed = number_text(authored.within, "°")
    off = authored.off
    return (
        ChoiceNote(f"{side}/within", f"{SIDES[side]}: at most {allowed} off {true}", "right", authored.good.reason),
        ChoiceNote(f"{side}/off", f"{SIDES[side]}: any other reading", "wrong", off.reason, off.misconception),
    )


def _says_notes(authored: AuthoredMeasure, one: AuthoredSays) -> tuple[ChoiceNote, ChoiceNote]:
    text = f"{PARTS[TOGETHER]}: {one.text}"
    few, many = number_text(authored.none_below, "°"), number_text(authored.difference_from, "°")
    wanted = {"none-shown": f"at most {few}", "cannot-say": f"{few} to {many}", "a-difference": f"{many} or more"}
    strays = f"This is said of two readings that lie {wanted[one.id]} apart. Yours do not, or one of them is missing."
    return (
        ChoiceNote(f"{TOGETHER}/{one.id}/fits", text, "right", one.reason),
        ChoiceNote(f"{TOGETHER}/{one.id}/does-not-fit", text, "wrong", strays, one.misconception),
    )


def fitting(rubric: MeasureRubric, readings: dict[Side, float]) -> tuple[Says, ...]:
    """Return what two readings say together: on a border two things, without both readings nothing."""
    if len(readings) < len(SIDES):
        return ()
    # Rounded, because 12.3 − 7.3 is not quite 5.
    apart = round(abs(readings["right"] - readings["left"]), 6)
    found: list[Says] = []
    if apart <= rubric.none_below:
        found.append("none-shown")
    if rubric.none_below <= apart <= rubric.difference_from:
        found.append("cannot-say")
    if apart >= rubric.difference_from:
        found.append("a-difference")
    return tuple(found)


def score(rubric: MeasureRubric, value: Measured) -> Score:
    """Score two readings and what was chosen beside them; each may be missing."""
    readings, chosen = value.readings(), value.chosen()
    if not all(math.isfinite(reading) for reading in readings.values()):
        return Invalid("A recorded reading is not finite.")
    fits = fitting(rubric, readings)
    made = []
    for side, reading in readings.items():
        near = round(abs(reading - rubric.true[side]), 6) <= rubric.within
        note = rubric.note(f"{side}/{'within' if near else 'off'}")
        if note is not None:
            text = f"{SIDES[side]}: {number_text(reading, '°')}"
            made.append(msgspec.structs.replace(note, text=text))
    for part, choice in chosen.items():
        fit = ("/fits" if choice in fits else "/does-not-fit") if part == TOGETHER else ""
        note = rubric.note(f"{part}/{choice}{fit}")
        if note is None:
            return Invalid(f"The recorded choice «{choice[:80]}» is not one that this question offers.")
        made.append(note)
    right = sum(note.verdict in RIGHT for note in made)
    parts = len(SIDES) + len(rubric.asked)
    earned = round(rubric.points * right / parts, 2)
    reason = share_reason(f"{right} of {parts} parts right", earned, rubric.points)
    return Points(earned=earned, possible=rubric.points, reason=reason, notes=tuple(made))


def notes(rubric: MeasureRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says."""
    return rubric.notes


def lint(authored: AuthoredMeasure) -> list[str]:
    """Return what the author must mend; that test and body can be drawn is asked by `itband check`."""
    problems = []
    if authored.none_below >= authored.difference_from:
        problems.append(
            f"no difference below {authored.none_below}° and a difference from {authored.difference_from}°: the first "
            "must be the smaller one."
        )
    problems += lint_reason("[question.good]", authored.good.reason)
    problems += lint_reason("[question.off]", authored.off.reason)
    if not authored.off.misconception.strip():
        problems.append("[question.off] names no misconception: say which mistaken idea it catches.")
    for part, choices in ((END_FEEL, authored.end_feel), (FELT, authored.felt)):
        if choices:
            problems += [f"in {part}, {fault}" for fault in _lint_part(choices)]
    if (authored.end_feel or authored.felt) and not all(text.strip() for text in _at_ends(authored.at_end).values()):
        problems.append("it asks for what is felt and at_end is empty: write what client or hands tell at the end.")
    return problems + _lint_says(authored)


def _at_ends(at_end: str | AtEnd) -> dict[Side, str]:
    """Return what is told at the end, by side."""
    if isinstance(at_end, str):
        return dict.fromkeys(SIDES, at_end)
    return {"right": at_end.right, "left": at_end.left}


def _lint_part(choices: list[AuthoredChoice]) -> list[str]:
    problems = lint_choices(choices, ("right", "accepted", "wrong"))
    if not any(choice.verdict == "right" for choice in choices):
        problems.append("no choice is right: mark one.")
    if not any(choice.verdict == "wrong" for choice in choices):
        problems.append("no choice is wrong: a part that cannot be missed tells nothing.")
    return problems


def _lint_says(authored: AuthoredMeasure) -> list[str]:
    problems = []
    written = [one.id for one in authored.says]
    problems += [
        f"[[question.says]] speaks of «{name}» {written.count(name)} times: once for each of {', '.join(SAYS)}."
        for name in SAYS
        if written.count(name) != 1
    ]
    for one in authored.says:
        name = f"[[question.says]] «{one.id}»"
        problems += lint_reason(name, one.reason)
        if not one.misconception.strip():
            problems.append(f"{name} names no misconception: say which idea leads to it where it does not fit.")
    return problems


def describe(question: Measure, value: Measured) -> str:
    """Return readings and choices in words."""
    readings, chosen = value.readings(), value.chosen()
    said = [f"{side.title}: {number_text(readings[side.id], '°')}" for side in question.sides if side.id in readings]
    for part in question.parts:
        if part.id in chosen:
            texts = {choice.id: choice.text for choice in part.choices}
            said.append(f"{part.title}: {texts.get(chosen[part.id], chosen[part.id])}")
    return "; ".join(said)


def text(question: Measure) -> list[str]:
    """Return a line for each reading, and for each part its title and choices."""
    lines = [f"{side.title}: _____ °" for side in question.sides]
    for part in question.parts:
        lines += [part.title, *(f"○ {choice.text}" for choice in part.choices)]
    return lines


def options(question: Measure) -> dict[str, str]:
    """Return the text of each choice, by part and id."""
    return {f"{part.id}/{choice.id}": choice.text for part in question.parts for choice in part.choices}


def tally(rubric: MeasureRubric, values: Iterable[Measured]) -> dict[str, int]:
    """Count how often each part was answered in which way; what no card can record counts nowhere."""
    results = (score(rubric, value) for value in values)
    return tally_ids(
        rubric.notes, (note.choice for result in results if isinstance(result, Points) for note in result.notes)
    )


def shown(question: Measure) -> dict[str, object]:
    """Return what the card is given: the question without the client's angles and without what is found."""
    public: dict[str, object] = msgspec.to_builtins(question)
    del public["at_end"]
    public["sides"] = [{"id": side.id, "title": side.title} for side in question.sides]
    return public


def simulated(question: Measure, seed: int) -> Simulated:
    """Return the test that is done above the card, each side with this student's own error."""
    name = question.entry or question.id
    at_ends = _at_ends(question.at_end)
    return Simulated(
        test=question.test,
        build=question.build,
        sides={
            side.id: SimulatedSide(
                true=side.true,
                error=error(seed, f"{name}/{side.id[0]}", question.error),
                at_end=at_ends[side.id],
            )
            for side in question.sides
        },
    )


def samples(rubric: MeasureRubric) -> list[Sample]:
    """Make right, wrong and malformed answers."""
    chosen = {part: [note for note in rubric.notes if note.choice.startswith(f"{part}/")] for part in rubric.asked}

    def picked(verdict: str) -> dict[str, str]:
        found = {part: [note for note in its if note.verdict == verdict] for part, its in chosen.items()}
        return {part: its[0].choice.partition("/")[2] for part, its in found.items() if its and part != TOGETHER}

    true: dict[Side, float] = dict(rubric.true)
    edge = {side: angle + rubric.within for side, angle in true.items()}
    beyond = {side: angle + rubric.within + 40 for side, angle in true.items()}
    fits = fitting(rubric, true)
    strays = next(one for one in SAYS if one not in fits)
    right = true | picked("right") | {TOGETHER: fits[0]}
    wrong = beyond | picked("wrong") | {TOGETHER: strays}
    made = [
        *(Sample("right", right | {TOGETHER: one}, Points, 1.0) for one in fits),
        Sample("right", right | edge, Points, 1.0),
        Sample("wrong", wrong, Points, 0.0),
        Sample("wrong", {TOGETHER: fits[0]}, Points, 0.0),
        Sample("malformed", list(true.values()), Invalid, None),
        Sample("malformed", right | {"right": str(true["right"])}, Invalid, None),
        Sample("malformed", right | {TOGETHER: "no-such-thing"}, Invalid, None),
        Sample("malformed", right | {"mood": "calm"}, Invalid, None),
    ]
    return made


KIND = Kind(
    name="measure",
    authored=AuthoredMeasure,
    question=Measure,
    rubric=MeasureRubric,
    value=Measured,
    split=split,
    score=score,
    lint=lint,
    describe=describe,
    text=text,
    options=options,
    notes=notes,
    tally=tally,
    samples=samples,
    shown=shown,
    simulated=simulated,
)
