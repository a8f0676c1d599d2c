"""*Match*: each row gets one of the choices. Every right row earns its share of the points; nothing is taken away."""

from collections.abc import Iterable

from msgspec import Struct, field

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
    lint_ids,
    lint_reason,
    share_reason,
    shared_fields,
    shuffled,
    tally_ids,
)

RULE = (
    "Row by row. Each right row earns its share of the points, nothing is taken away. A choice may fit several rows or "
    "none."
)
FEWEST, MOST = 3, 6
"""How many rows a question has."""


class AuthoredRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row as it stands in the bank, with the choice that is right for it and any others that are right too."""

    id: str
    text: str
    choice: str
    reason: str
    also: list[str] = []


class AuthoredMatchChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A choice as it stands in the bank.

    Reason and misconception are for who put it where it does not belong and no pair says more: what it really speaks
    about, and which mistaken idea leads there.
    """

    id: str
    text: str
    reason: str
    misconception: str = ""


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """A tempting wrong pair with a reason of its own."""

    row: str
    choice: str
    reason: str
    misconception: str = ""


class AuthoredMatch(AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="match"):
    """A match question as written in the bank."""

    row: list[AuthoredRow]
    choice: list[AuthoredMatchChoice]
    pair: list[Pair] = field(default_factory=list)


class Match(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="match"):
    """A match question as a student sees it."""

    rows: list[PublicChoice]
    choices: list[PublicChoice]


class MatchRubric(Struct, frozen=True):
    """What decides the mark of a match question: rows and choices in the order of the card."""

    points: float
    rows: tuple[AuthoredRow, ...]
    choices: tuple[AuthoredMatchChoice, ...]
    pairs: tuple[Pair, ...]


def split(authored: AuthoredMatch) -> tuple[Match, MatchRubric]:
    """Part the bank's question into what the student sees and what the grader knows; rows stay as written."""
    choices = shuffled(authored.id, authored.choice)
    question = Match(
        **shared_fields(authored),
        rule=RULE,
        rows=[PublicChoice(id=row.id, text=row.text) for row in authored.row],
        choices=[PublicChoice(id=choice.id, text=choice.text) for choice in choices],
    )
    rubric = MatchRubric(
        points=authored.points, rows=tuple(authored.row), choices=tuple(choices), pairs=tuple(authored.pair)
    )
    return question, rubric


def score(rubric: MatchRubric, value: dict[str, str]) -> Score:
    """Score the choice made for each row, keyed by row; rows may be missing."""
    rows = {row.id for row in rubric.rows}
    choices = {choice.id for choice in rubric.choices}
    for row, choice in value.items():
        if row not in rows or choice not in choices:
            return Invalid(f"The recorded pair «{row[:80]}», «{choice[:80]}» is not one that this question offers.")
    made = tuple(note for note in notes(rubric) if note.choice in _chosen(value))
    right = sum(note.verdict in RIGHT for note in made)
    earned = round(right / len(rubric.rows) * rubric.points, 2)
    why = f"{right} of {len(rubric.rows)} rows right"
    return Points(earned=earned, possible=rubric.points, reason=share_reason(why, earned, rubric.points), notes=made)


def _chosen(value: dict[str, str]) -> set[str]:
    return {f"{row}/{choice}" for row, choice in value.items()}


def notes(rubric: MatchRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says: of every row with every choice."""
    special = {(pair.row, pair.choice): pair for pair in rubric.pairs}
    found = []
    for row in rubric.rows:
        for choice in rubric.choices:
            name, text = f"{row.id}/{choice.id}", f"{row.text}: {choice.text}"
            if choice.id == row.choice:
                found.append(ChoiceNote(name, text, "right", row.reason))
            elif choice.id in row.also:
                found.append(ChoiceNote(name, text, "accepted", row.reason))
            else:
                why = special.get((row.id, choice.id), choice)
                found.append(ChoiceNote(name, text, "wrong", why.reason, why.misconception))
    return tuple(found)


def lint(authored: AuthoredMatch) -> list[str]:
    """Return what the author must mend."""
    problems = lint_ids("row", (row.id for row in authored.row))
    problems += lint_ids("choice", (choice.id for choice in authored.choice))
    rows, choices = {row.id for row in authored.row}, {choice.id for choice in authored.choice}
    if not FEWEST <= len(authored.row) <= MOST:
        problems.append(f"it has {len(authored.row)} rows: offer {FEWEST} to {MOST}.")
    right = {row.id: {row.choice, *row.also} for row in authored.row}
    for row in authored.row:
        problems += lint_reason(f"row «{row.id}»", row.reason)
        problems += [
            f"row «{row.id}» speaks of the choice «{choice}», which is not there: mend the id."
            for choice in sorted(right[row.id] - choices)
        ]
    special = {(pair.row, pair.choice) for pair in authored.pair}
    for choice in authored.choice:
        problems += lint_reason(f"choice «{choice.id}»", choice.reason)
        told = any(choice.id not in found and (row, choice.id) not in special for row, found in right.items())
        if told and not choice.misconception.strip():
            problems.append(f"choice «{choice.id}» names no misconception: say which mistaken idea it catches.")
    if not choices - set().union(*right.values()):
        problems.append("every choice fits some row, so the last row answers itself: add a choice that fits none.")
    if any(found >= choices for found in right.values()):
        problems.append("a row accepts every choice, so it cannot be missed: take some out of also.")
    pairs = [(pair.row, pair.choice) for pair in authored.pair]
    problems += [
        f"pair «{row}», «{choice}» stands twice, and only one reason can be shown: take one out."
        for row, choice in dict.fromkeys(pairs)
        if pairs.count((row, choice)) > 1
    ]
    for pair in authored.pair:
        name = f"pair «{pair.row}», «{pair.choice}»"
        problems += lint_reason(name, pair.reason)
        if not pair.misconception.strip():
            problems.append(f"{name} names no misconception: say which mistaken idea it catches.")
        if pair.row not in rows or pair.choice not in choices:
            problems.append(f"{name}: row or choice is not there: mend the id.")
        elif pair.choice in right[pair.row]:
            problems.append(f"{name} is a right pair: its reason belongs into the row.")
    return problems


def describe(question: Match, value: dict[str, str]) -> str:
    """Return the pairs in words, in the order of the card."""
    texts = {choice.id: choice.text for choice in question.choices}
    known = [f"{row.text}: {texts.get(value[row.id], value[row.id])}" for row in question.rows if row.id in value]
    rows = {row.id for row in question.rows}
    return "; ".join(known + [f"{row}: {choice}" for row, choice in value.items() if row not in rows])


def text(question: Match) -> list[str]:
    """Return one line for each row, then one for each choice."""
    rows = [f"{row.text}: _____" for row in question.rows]
    return [*rows, "Choose from:", *(f"○ {choice.text}" for choice in question.choices)]


def options(question: Match) -> dict[str, str]:
    """Return the text of each row, as ``row/id``, and of each choice."""
    rows = {f"row/{row.id}": row.text for row in question.rows}
    return rows | {choice.id: choice.text for choice in question.choices}


def tally(rubric: MatchRubric, values: Iterable[dict[str, str]]) -> dict[str, int]:
    """Count how often each row got each choice."""
    return tally_ids(notes(rubric), (pair for value in values for pair in _chosen(value)))


def samples(rubric: MatchRubric) -> list[Sample]:
    """Make right, wrong and malformed answers."""
    right = {row.id: row.choice for row in rubric.rows}
    wrong = {
        row.id: next(choice.id for choice in rubric.choices if choice.id not in {row.choice, *row.also})
        for row in rubric.rows
    }
    return [
        Sample("right", right, Points, 1.0),
        Sample("wrong", wrong, Points, 0.0),
        Sample("malformed", list(right), Invalid, None),
        Sample("malformed", right | {"no-such-row": rubric.choices[0].id}, Invalid, None),
        Sample("malformed", right | {rubric.rows[0].id: "no-such-choice"}, Invalid, None),
    ]


KIND = Kind(
    name="match",
    authored=AuthoredMatch,
    question=Match,
    rubric=MatchRubric,
    value=dict[str, str],
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
