"""A score in words: the same for a practice card and for a feedback page."""

from collections.abc import Iterable

from itband_course.kinds.base import RIGHT, ChoiceNote, Invalid, Points, Score

VERDICT_WORDS = {
    "right": "Right",
    "accepted": "Right too",
    "near": "Close",
    "careful": "More careful than needed",
    "neutral": "Counts neither way",
    "wrong": "Not right",
    "danger": "Could harm",
}


def standing(earned: float, possible: float) -> str:
    """Return ``right`` for all points, ``partly`` for some, ``wrong`` for none."""
    if earned >= possible:
        return "right"
    return "partly" if earned > 0 else "wrong"


def standing_of(score: Score) -> str:
    """Return `standing` of a score; ``unanswered`` or ``unreadable`` where there are no points to speak of."""
    if isinstance(score, Points):
        return standing(score.earned, score.possible)
    return "unreadable" if isinstance(score, Invalid) else "unanswered"


def standing_marked(score: Score, mark: float, possible: float) -> str:
    """Return the standing of an answer whose mark an instructor may have changed by hand: the mark counts."""
    return standing(mark, possible) if mark or isinstance(score, Points) else standing_of(score)


def explained(notes: Iterable[ChoiceNote]) -> list[dict[str, str]]:
    """Return notes as a page or card shows them: each thing in words, with the author's word on it."""
    return [
        {
            "text": note.text,
            "verdict": note.verdict,
            "word": VERDICT_WORDS[note.verdict],
            "reason": note.reason,
            "misconception": note.misconception,
        }
        for note in notes
    ]


def worth_telling(notes: Iterable[ChoiceNote], made: Iterable[ChoiceNote]) -> list[ChoiceNote]:
    """Return all that a key says: what is right, what was chosen, and of the rest each reason once."""
    chosen_ids = {note.choice for note in made}
    told: list[ChoiceNote] = []
    for note in sorted(notes, key=lambda note: note.verdict not in RIGHT):
        said = {(other.reason, other.misconception) for other in told}
        if note.verdict in RIGHT or note.choice in chosen_ids or (note.reason, note.misconception) not in said:
            told.append(note)
    return told


def chosen(score: Score) -> list[dict[str, str]]:
    """Return what was chosen, in the order of the card, with the author's word on it, and nothing of the rest."""
    return explained(score.notes if isinstance(score, Points) else ())
