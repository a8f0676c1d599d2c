"""A score in words: the same for a practice card and for a feedback page."""

from typing import Any

from itband_course.kinds.base import Invalid, Points, Score
from itband_course.questions import Question

VERDICT_WORDS = {
    "right": "Right",
    "accepted": "Right too",
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


def chosen(question: Question, score: Score) -> list[dict[str, Any]]:
    """Return each choice that was made, in the order of the card, with the author's word on it, and no other."""
    notes = {note.choice: note for note in score.notes} if isinstance(score, Points) else {}
    return [
        {
            "text": choice.text,
            "verdict": notes[choice.id].verdict,
            "word": VERDICT_WORDS[notes[choice.id].verdict],
            "reason": notes[choice.id].reason,
            "misconception": notes[choice.id].misconception,
        }
        for choice in question.choices
        if choice.id in notes
    ]
