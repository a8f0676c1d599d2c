"""`weigh_findings(findings=[…])`: tick what a client says and shows, decide, and see what the safety rules say to that.

The panel is a face of `itband_course.clinic.safety.advise` and knows no rule of its own.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import traitlets
from msgspec import Struct

from itband_course import colours, widgets
from itband_course.body.map import pictures
from itband_course.bundled import script
from itband_course.card.pictures import body_views
from itband_course.clinic.compared import compare
from itband_course.clinic.facts import (
    SIDES,
    Conflict,
    Degree,
    FactsError,
    areas,
    findings,
    on_sides,
    special_tests,
    techniques,
)
from itband_course.clinic.safety import NO_SESSION, Advice, Applied, advise, seen
from itband_course.clinic.scales import LEVELS, TITLES, Scale
from itband_course.facts import reading

HERE = Path(__file__).parent
FRONT = "front"  # By name: beside «right», in quotation marks, the leak search would take it for a key.
VIEWS = (FRONT, "right", "back")
DEGREES: dict[Degree, str] = {
    "hands-off": "hands off",
    "light-only": "a light hand only",
    "no-deep-pressure": "no deep or sustained pressure",
}
"""How much is left out at a place, in words, from most to least."""
Offer = str | tuple[str, str]
"""A finding's id, and what the client says where the finding's own name is not plain enough."""


class Offered(Struct, frozen=True):
    """A finding as the panel offers it.

    Parameters
    ----------
    id : str
        As `seen` reads it; empty where the words are no finding that a rule could speak of.
    text : str
    """

    id: str
    text: str


class Weighing(widgets.Widget):
    """Findings to tick, two decisions to make, and what the rules say of them.

    The browser sets `asked`: ``nonce``, ``found`` (ids of what is ticked) and ``mine`` (the student's two levels, None
    where none was made for these findings). The kernel answers in `told`, with that nonce.

    Parameters
    ----------
    offers, switch : list of Offered
        Findings to tick; findings of which one holds.
    chosen : list of str
        Ids of those that are ticked at first.
    prompt : str
    views : sequence of str
        Of the body map.
    """

    _esm = script("weighing")
    _css = widgets.style(
        "itband-weighing",
        ["right", "wrong", "recorded"],
        [widgets.PANELS, HERE.parent / "card/bodymap.css", HERE / "deciding.css", HERE / "weighing.css"],
        {"closed": colours.shown("no-go")},  # on skin, which is light on every ground
    )

    prompt = traitlets.Unicode().tag(sync=True)
    offers = traitlets.List().tag(sync=True)
    switch = traitlets.List().tag(sync=True)
    chosen = traitlets.List().tag(sync=True)
    scales = traitlets.List().tag(sync=True)
    degrees = traitlets.List().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    places = traitlets.Dict().tag(sync=True)
    always = traitlets.Dict().tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    told = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        offers: Sequence[Offered],
        *,
        switch: Sequence[Offered],
        chosen: Sequence[str],
        prompt: str,
        views: Sequence[str],
    ) -> None:
        self._known = {one.id for one in (*offers, *switch)} - {""}
        regions = _regions(self._known, views)
        super().__init__(
            prompt=prompt,
            offers=msgspec.to_builtins(list(offers)),
            switch=msgspec.to_builtins(list(switch)),
            chosen=list(chosen),
            scales=[
                {"id": scale, "title": title, "levels": [list(level) for level in LEVELS[scale].items()]}
                for scale, title in TITLES.items()
            ],
            degrees=[list(degree) for degree in DEGREES.items()],
            picture=body_views(list(views), set(regions)),
            places=regions,
            always=dict(advise([]).no_go()),
        )
        self.observe(self._on_asked, "asked")

    def _on_asked(self, change: Any) -> None:
        asked = change["new"]
        found = [name for name in asked.get("found", []) if name in self._known]
        self.told = {"nonce": asked.get("nonce"), **told(found), "compared": compared(found, asked.get("mine"))}

    def __repr__(self) -> str:
        return f"Findings to weigh: {self.prompt}"

    def text(self) -> str:
        """Return in plain text what there is to weigh."""
        ticked = set(self.chosen)
        lines = [self.prompt, "", *(f"[{'x' if one['id'] in ticked else ' '}] {one['text']}" for one in self.offers)]
        if self.switch:
            lines += ["", "One of these:", *(f"- {one['text']}" for one in self.switch)]
        for scale, title in TITLES.items():
            lines += ["", f"{title}: what do you decide?", *(f"- {level}" for level in LEVELS[scale].values())]
        lines += ["", "Press Run All to decide, and to see what the safety rules say."]
        return "\n".join(lines)


def weigh_findings(
    findings: Sequence[Offer] = (),
    chosen: Sequence[str] = (),
    prompt: str = "",
    views: Sequence[str] = VIEWS,
    switch: Sequence[Offer] = (),
) -> Weighing:
    """Return findings to weigh: decide first, then see what the rules say, then change a finding.

    Parameters
    ----------
    findings : sequence of str or (str, str)
        What can be ticked: a finding as `itband_course.clinic.safety.seen` reads it, ``right-locked-knee``, or such a
        finding with the client's own words.
    chosen : sequence of str
        Those that are ticked at first.
    prompt : str
        Who it is, and what is asked.
    views : sequence of str
        Views of the body map: ``front``, ``back``, ``right``, ``left``; or one close-up, ``right-knee``.
    switch : sequence of str or (str, str)
        Findings of which exactly one holds, the first one at first: a minimal pair. An empty id stands for words that
        are no finding.

    Raises
    ------
    FactsError
        If there is no such finding or view, one stands twice, or nothing is offered.
    """
    offers, pair = [_offered(one) for one in findings], [_offered(one) for one in switch]
    ids = [one.id for one in (*offers, *pair)]
    if not ids:
        raise FactsError("There is nothing to weigh: name findings.")
    if "" in [one.id for one in offers] or len(set(ids)) != len(ids):
        raise FactsError("Each finding to weigh stands once, and has an id.")
    if not set(chosen) <= {one.id for one in offers}:
        raise FactsError("What is chosen at first must be among the findings.")
    if unknown := [name for name in views if name not in pictures()]:
        raise FactsError(f"There is no view «{unknown[0]}». There are: {', '.join(pictures())}.")
    return Weighing(offers, switch=pair, chosen=chosen, prompt=prompt or "What do you decide?", views=views)


def _offered(offer: Offer) -> Offered:
    name, words = (offer, "") if isinstance(offer, str) else offer
    return Offered(name, words or findings()[seen(name).finding].name) if name else Offered("", words)


def _regions(found: Iterable[str], views: Iterable[str]) -> dict[str, str]:
    """Return what the map offers: every region on these views that some area or finding can close, and its name."""
    closable = {region for area in areas().values() for region in on_sides(area.regions, SIDES)}
    closable |= {seen(name).region for name in found}
    shown = {place.id: place.name for view in views for place in pictures()[view].regions}
    return {name: words[0].upper() + words[1:] for name, words in shown.items() if name in closable}


def compared(found: Iterable[str], mine: Any) -> list[dict[str, str]]:
    """Return how two decisions stand to the rules', scale by scale; empty where they were not made for these findings.

    Parameters
    ----------
    found : iterable of str
    mine : dict or None
        A level for each scale, as the browser sent it.
    """
    if not isinstance(mine, dict) or any(mine.get(scale) not in LEVELS[scale] for scale in TITLES):
        return []
    advice = advise(found)
    ruled: dict[Scale, str] = {"hands": advice.hands, "who": advice.who}
    return [
        {"scale": scale, "title": TITLES[scale], **msgspec.to_builtins(compare(scale, mine[scale], ruled[scale]))}
        for scale in TITLES
    ]


def told(found: Iterable[str]) -> dict[str, Any]:
    """Return what the panel shows of findings: all that `advise` says, in words."""
    advice = advise(found)
    return {
        "hands": advice.hands,
        "who": advice.who,
        "rules": [_rule(one) for one in advice.applied],
        "no_go": dict(advice.no_go()),
        "closed": _closed(advice),
        "excluded": _excluded(advice),
        "disputes": [_dispute(one) for one in advice.conflicts],
        "unruled": [findings()[name].name for name in advice.unruled],
    }


def _dispute(one: Conflict) -> dict[str, Any]:
    sides = [{"says": side.says, "basis": side.basis, "read": reading(side.sources)} for side in one.sides]
    return {"name": one.name, "course": one.course, "sides": sides}


def _rule(one: Applied) -> dict[str, Any]:
    asks = {"hands": one.hands, "who": one.who}
    return {
        "because": "; ".join(one.because),
        "asks": [LEVELS[scale][asks[scale]] for scale in TITLES],
        "decides": [TITLES[scale] for scale in TITLES if scale in one.decides],
        "says": one.says,
        "tell": one.tell,
        "basis": one.basis,
        "varies": one.varies,
        "read": reading(one.sources),
    }


def _closed(advice: Advice) -> list[dict[str, Any]]:
    """Return the closed places in words, each once, those of this client before those of every client."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for place in sorted(advice.closed, key=lambda place: (not place.rule, list(DEGREES).index(place.degree))):
        found.setdefault(
            (place.area, place.degree),
            {"area": place.area, "degree": place.degree, "why": place.why, "always": not place.rule},
        )
    return list(found.values())


def _excluded(advice: Advice) -> list[dict[str, str]]:
    """Return what is left out, the techniques that share place and reason in one entry."""
    if advice.hands == "none":
        return [{"names": "Every technique and every test", "where": "", "why": NO_SESSION}]
    names = {name: fact.name for name, fact in (*techniques().items(), *special_tests().items())}
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in advice.excluded:
        found.setdefault((one.where, one.how, one.why), []).append(names[one.technique])
    return [
        {"names": "; ".join(dict.fromkeys(of)), "where": "; ".join(part for part in (where, how) if part), "why": why}
        for (where, how, why), of in found.items()
    ]
