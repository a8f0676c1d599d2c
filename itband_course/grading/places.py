"""The picture of a *hotspot* question on a feedback page: what was chosen, and with the whole key what was missed."""

import base64
from collections.abc import Collection, Iterable

from itband_course.body import map as body
from itband_course.kinds.base import ChoiceNote, Verdict
from itband_course.kinds.hotspot import Hotspot

MEANINGS: dict[Verdict, str] = {
    "right": "right",
    "near": "accent",
    "neutral": "accent",
    "wrong": "wrong",
    "danger": "no-go",
}
MISSED = "unanswered"
WORDS = {
    "right": "chosen, right",
    "accent": "chosen, close or counts neither way",
    "wrong": "chosen, not right",
    "no-go": "chosen, could harm",
    MISSED: "right, not chosen",
}


def drawn_places(question: object, made: Collection[ChoiceNote], key: Iterable[ChoiceNote]) -> list[dict[str, str]]:
    """Return pictures that show the places of an answer, each as ``source`` (a data address), ``alt`` and ``title``.

    Parameters
    ----------
    question : object
        Any public question; only a *hotspot* has pictures.
    made : collection of ChoiceNote
        What was chosen.
    key : iterable of ChoiceNote
        The whole key where the page may tell it, else nothing.
    """
    if not isinstance(question, Hotspot):
        return []
    marks = {note.choice: MEANINGS[note.verdict] for note in made if note.verdict in MEANINGS}
    marks |= {note.choice: MISSED for note in key if note.verdict == "right" and note.choice not in marks}
    views = body.pictures()
    names = [view.name for view in question.views if view.name in views]
    offered = {place.id for view in question.views for place in view.places}
    found = []
    for name, box in body.cut_to(names, offered).items():
        here = {place.id: marks[place.id] for place in views[name].regions if place.id in marks}
        if here:
            title = views[name].title
            picture = body.svg(name, here, title=f"Your places: {title}", words=WORDS, box=box)
            data = base64.b64encode(picture.encode()).decode()
            credit = body.credit(name)
            found.append(
                {
                    "source": f"data:image/svg+xml;base64,{data}",
                    "alt": body.described(name, here, WORDS),
                    "title": title[0].upper() + title[1:] + (f". {credit}" if credit else ""),
                }
            )
    return found
