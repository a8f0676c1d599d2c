"""*Hotspot*: places on the body map, chosen by a click on the picture or in the list beside it.

A question has one of three modes. ``point`` asks for one place, ``pair`` for two, ``paint`` for any number. What is
recorded is always a list of place ids: the click is turned into the place in the browser, so that picture and list have
the same worth. A place that could harm the client makes the whole question 0.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, field

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
from itband_course.kinds.views import PublicView, lint_places, lint_views, offered_places, shown_views

Mode = Literal["point", "pair", "paint"]
HARM = "A place that could harm the client makes the question 0."
RULES: dict[Mode, str] = {
    "point": "One place. Full points if it is right, a part of them if it is close, none otherwise.",
    "pair": f"Two places, half the points each; a close one earns a part of its half. {HARM}",
    "paint": "Any number of places. Each right place adds its share of the points, each wrong one takes as much away, "
    f"never below 0. {HARM}",
}
ASKED: dict[Mode, int] = {"point": 1, "pair": 2}
"""How many places an answer has at most; ``paint`` has no such bound."""
VERDICTS: dict[Mode, tuple[Verdict, ...]] = {
    "point": ("right", "near", "wrong", "danger"),
    "pair": ("right", "near", "wrong", "danger"),
    "paint": ("right", "neutral", "wrong", "danger"),
}
FEWEST = 4
"""How many places a question offers at least."""
NOTHING, NOTHING_TEXT = "nothing", "Nothing to mark"
"""What stands in an answer that marks no place, where its author allows that: an act, not a missing answer."""


class AuthoredPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """What the author says of one place; `share` is what a ``near`` place earns, as a part of what a right one does."""

    id: str
    reason: str
    verdict: Verdict = field(name="is")
    share: float = 0.5
    misconception: str = ""


class OtherPlaces(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of every place that the author does not name: it is wrong."""

    reason: str
    misconception: str = ""


class NothingToMark(Struct, frozen=True, forbid_unknown_fields=True):
    """What the author says of the answer that marks no place."""

    reason: str
    verdict: Verdict = field(name="is")
    misconception: str = ""


class AuthoredHotspot(
    AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="hotspot"
):
    """A hotspot question as written in the bank; `places` are those that can be chosen, all in view where left out."""

    mode: Mode
    views: list[str]
    place: list[AuthoredPlace]
    places: list[str] = field(default_factory=list)
    otherwise: OtherPlaces | None = None
    nothing: NothingToMark | None = None


class Hotspot(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="hotspot"):
    """A hotspot question as a student sees it; the picture is drawn from the course's own body map."""

    mode: Mode
    views: list[PublicView]
    nothing: PublicChoice | None = None


class HotspotRubric(Struct, frozen=True):
    """What decides the mark of a hotspot question.

    Parameters
    ----------
    points : float
    mode : str
    notes : tuple of ChoiceNote
        One for everything that can be chosen, in the order of the card.
    shares : dict of str to float
        What each ``near`` place earns, as a part of what a right one earns.
    """

    points: float
    mode: Mode
    notes: tuple[ChoiceNote, ...]
    shares: dict[str, float]

    def ids(self, *verdicts: Verdict) -> list[str]:
        """Return the ids of everything with one of some verdicts."""
        return [note.choice for note in self.notes if note.verdict in verdicts]


def _offered(authored: AuthoredHotspot) -> dict[str, str]:
    """Return id and text of all places that can be chosen, view by view, each once."""
    return offered_places(authored.views, authored.places)


def split(authored: AuthoredHotspot) -> tuple[Hotspot, HotspotRubric]:
    """Part the bank's question into what the student sees and what the grader knows.

    The order of what can be chosen is the map's, so that it says nothing about the key.
    """
    offered = _offered(authored)
    shown = shown_views(authored.views, authored.places)
    nothing = PublicChoice(id=NOTHING, text=NOTHING_TEXT) if authored.nothing is not None else None
    question = Hotspot(
        **shared_fields(authored), rule=RULES[authored.mode], mode=authored.mode, views=shown, nothing=nothing
    )
    return question, HotspotRubric(
        points=authored.points,
        mode=authored.mode,
        notes=_notes(authored, offered),
        shares={place.id: place.share for place in authored.place if place.verdict == "near"},
    )


def _notes(authored: AuthoredHotspot, offered: dict[str, str]) -> tuple[ChoiceNote, ...]:
    written = {place.id: place for place in authored.place}
    found = []
    for name, text in offered.items():
        place = written.get(name)
        if place is not None:
            found.append(ChoiceNote(name, text, place.verdict, place.reason, place.misconception))
        elif authored.otherwise is not None:
            found.append(ChoiceNote(name, text, "wrong", authored.otherwise.reason, authored.otherwise.misconception))
    if authored.nothing is not None:
        said = authored.nothing
        found.append(ChoiceNote(NOTHING, NOTHING_TEXT, said.verdict, said.reason, said.misconception))
    return tuple(found)


def score(rubric: HotspotRubric, value: list[str]) -> Score:
    """Score the ids of the chosen places, in any order."""
    chosen, offered = set(value), {note.choice for note in rubric.notes}
    for place in value:
        if place not in offered:
            return Invalid(f"The recorded place «{place[:80]}» is not one that this question offers.")
    if len(chosen) < len(value):
        return Invalid("A place stands twice in the recorded answer.")
    if len(chosen) > ASKED.get(rubric.mode, len(offered)):
        return Invalid(f"The recorded answer has {len(chosen)} places; this question asks for {ASKED[rubric.mode]}.")
    if NOTHING in chosen and len(chosen) > 1:
        return Invalid("The recorded answer says that there is nothing to mark, and marks a place.")
    made = tuple(note for note in rubric.notes if note.choice in chosen)
    if any(note.verdict == "danger" for note in made):
        share, why = 0.0, "A place that could harm the client makes the question 0"
    elif rubric.mode == "paint":
        share, why = _painted(rubric, made)
    else:
        share, why = _pointed(rubric, made)
    earned = round(share * rubric.points, 2)
    return Points(earned=earned, possible=rubric.points, reason=share_reason(why, earned, rubric.points), notes=made)


def _pointed(rubric: HotspotRubric, made: tuple[ChoiceNote, ...]) -> tuple[float, str]:
    """Return the share of the points for one or two places, and why."""
    asked = ASKED[rubric.mode]
    right = sum(note.verdict == "right" for note in made)
    near = [rubric.shares[note.choice] for note in made if note.verdict == "near"]
    close = f", {len(near)} close" if near else ""
    return (right + sum(near)) / asked, f"{right} of {asked} {'place' if asked == 1 else 'places'} right{close}"


def _painted(rubric: HotspotRubric, made: tuple[ChoiceNote, ...]) -> tuple[float, str]:
    """Return the share of the points for any number of places, and why."""
    all_right = [place for place in rubric.ids("right") if place != NOTHING]
    right = sum(note.verdict == "right" for note in made)
    if not all_right:
        return float(right), "There is nothing to mark" if right else "A place is marked where there is nothing to mark"
    wrong = sum(note.verdict == "wrong" and note.choice != NOTHING for note in made)
    share = max(0.0, (right - wrong) / len(all_right))
    return share, f"{right} of {len(all_right)} right places, {wrong} wrong"


def notes(rubric: HotspotRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says."""
    return rubric.notes


def lint(authored: AuthoredHotspot) -> list[str]:
    """Return what the author must mend."""
    problems = lint_views(authored.views)
    if problems:
        return problems
    offered = _offered(authored)
    problems += _lint_places(authored, offered)
    for place in authored.place:
        problems += _lint_said(f"place «{place.id}»", place, VERDICTS[authored.mode])
        if place.verdict == "near" and not 0 < place.share < 1:
            problems.append(f"place «{place.id}» is close and earns {place.share:g}: write a share between 0 and 1.")
    if authored.nothing is not None:
        problems += _lint_said("nothing to mark", authored.nothing, ("right", "wrong", "danger"))
        if authored.mode != "paint":
            problems.append("[question.nothing] is for the mode «paint» only: take it out.")
    if authored.otherwise is not None:
        problems += lint_reason("otherwise", authored.otherwise.reason)
    return problems + _lint_reachable(authored, offered)


def _lint_places(authored: AuthoredHotspot, offered: dict[str, str]) -> list[str]:
    """Return what is wrong with which places are offered and which of them are spoken of."""
    written = [place.id for place in authored.place]
    problems = lint_places(authored.views, offered, {"places": authored.places, "a place": written})
    if len(offered) < FEWEST:
        problems.append(f"it offers {len(offered)} places: offer {FEWEST} at least.")
    unnamed = [name for name in offered if name not in written]
    if unnamed and authored.otherwise is None:
        listed = ", ".join(unnamed[:5]) + (" …" if len(unnamed) > 5 else "")
        problems.append(f"nothing is said of {listed}: name each, or write [question.otherwise].")
    if not unnamed and authored.otherwise is not None:
        problems.append("every place has a reason of its own, so nobody reads that of otherwise: take it out.")
    return problems


def _lint_said(what: str, said: AuthoredPlace | NothingToMark, allowed: tuple[Verdict, ...]) -> list[str]:
    """Return what is wrong with verdict, reason and misconception."""
    problems = []
    if said.verdict not in allowed:
        problems.append(f"{what} is «{said.verdict}»; here it can be {', '.join(allowed)}: write one of these.")
    problems += lint_reason(what, said.reason)
    if said.verdict in ("wrong", "danger") and not said.misconception.strip():
        problems.append(f"{what} names no misconception: say which mistaken idea it catches.")
    return problems


def _lint_reachable(authored: AuthoredHotspot, offered: dict[str, str]) -> list[str]:
    """Return why nobody could earn all points, or everybody would."""
    verdicts = {place.id: place.verdict for place in authored.place if place.id in offered}
    right = sum(verdict == "right" for verdict in verdicts.values())
    bad = sum(verdicts.get(name, "wrong") in ("wrong", "danger") for name in offered)
    harm = "danger" in verdicts.values()
    nothing = authored.nothing is not None and authored.nothing.verdict == "right"
    if nothing and right:
        return ["nothing to mark is right, and so is a place: take one of them back."]
    needed = ASKED.get(authored.mode, 1)
    if right < needed and not nothing:
        return [f"{right} of its places are right, so nobody can earn all points: it needs {needed} at least."]
    if bad == 0:
        return ["no place is wrong, so nobody can miss it: offer some that are."]
    if authored.mode == "paint" and bad < right and not harm:
        return [
            f"it has {right} right places and {bad} wrong ones, so painting all earns points: offer more wrong ones."
        ]
    return []


def describe(question: Hotspot, value: list[str]) -> str:
    """Return the chosen places in words, in the order of the card."""
    texts = options(question)
    return "; ".join(
        [text for place, text in texts.items() if place in value] + [place for place in value if place not in texts]
    )


def text(question: Hotspot) -> list[str]:
    """Return one line for each view and each of its places."""
    lines = [line for view in question.views for line in (view.title, *(f"○ {place.text}" for place in view.places))]
    return lines + ([f"○ {question.nothing.text}"] if question.nothing else [])


def options(question: Hotspot) -> dict[str, str]:
    """Return the text of each place, and of «Nothing to mark» where it is offered."""
    found = {place.id: place.text for view in question.views for place in view.places}
    return found | ({question.nothing.id: question.nothing.text} if question.nothing else {})


def tally(rubric: HotspotRubric, values: Iterable[list[str]]) -> dict[str, int]:
    """Count how often each place was chosen."""
    return tally_ids(rubric.notes, (place for value in values for place in set(value)))


def samples(rubric: HotspotRubric) -> list[Sample]:
    """Make right, wrong and malformed answers."""
    asked = ASKED.get(rubric.mode)
    places = [note.choice for note in rubric.notes if note.choice != NOTHING]
    right, wrong = rubric.ids("right"), rubric.ids("wrong", "danger")
    made = [
        Sample("right", right[:asked], Points, 1.0),
        Sample("wrong", wrong[:1], Points, 0.0),
        Sample("malformed", right[0], Invalid, None),
        Sample("malformed", [*right[:asked], "no-such-place"], Invalid, None),
        Sample("malformed", [places[0], places[0]], Invalid, None),
    ]
    if asked is None:
        made.append(Sample("wrong", places, Points, 0.0))
        if neutral := rubric.ids("neutral"):
            made.append(Sample("right", right + [place for place in neutral if NOTHING not in right], Points, 1.0))
        if NOTHING in {note.choice for note in rubric.notes}:
            made.append(Sample("malformed", [NOTHING, places[0]], Invalid, None))
    else:
        made.append(Sample("malformed", places[: asked + 1], Invalid, None))
    if asked != 1 and NOTHING not in right:
        made += [Sample("wrong", [*right[:1], place], Points, 0.0) for place in rubric.ids("danger")[:1]]
    return made


KIND = Kind(
    name="hotspot",
    authored=AuthoredHotspot,
    question=Hotspot,
    rubric=HotspotRubric,
    value=list[str],
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
