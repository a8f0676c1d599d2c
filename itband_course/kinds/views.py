"""Views of the body map in a public question, and the places under them: what *hotspot* and *plan* share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from itband_course.kinds.base import PublicChoice

if TYPE_CHECKING:
    from itband_course.body.map import View

SEEN_FROM = "seen-from-"
"""Stands before the name of a view in a public question, where a bare ``right`` would look like a verdict."""


class PublicView(Struct, frozen=True, forbid_unknown_fields=True):
    """A view of the body and the places that are listed under it; one that an earlier view lists is not listed again.

    The picture shows every place in every view that has it.
    """

    id: str
    title: str
    places: list[PublicChoice]

    @property
    def name(self) -> str:
        """What the body map calls this view."""
        return self.id.removeprefix(SEEN_FROM)


def _views(names: Iterable[str]) -> "dict[str, View]":
    """Return the views of the body and the close-ups with these names, in their order; unknown ones are left out.

    The map is loaded when it is first asked for, so that other kinds do without it.
    """
    from itband_course.body.map import pictures

    known = pictures()
    return {name: known[name] for name in dict.fromkeys(names) if name in known}


def _from_above(view: "View") -> list[str]:
    """Return a view's places from head to foot, both sides of one place as they lie in the view."""
    height: dict[str, int] = {}
    for place in view.regions:
        pair = _pair(place.id)
        height[pair] = min(place.label[1], height.get(pair, place.label[1]))
    ordered = sorted(view.regions, key=lambda place: (height[_pair(place.id)], _pair(place.id), place.label[0]))
    return [place.id for place in ordered]


def _pair(place_id: str) -> str:
    return place_id.removeprefix("left-").removeprefix("right-")


def offered_places(views: Iterable[str], places: Collection[str]) -> dict[str, str]:
    """Return id and text of all places that can be chosen, view by view, each once.

    Parameters
    ----------
    views : iterable of str
        Names of views.
    places : collection of str
        Those that can be chosen; all in view where empty.
    """
    found: dict[str, str] = {}
    for view in _views(views).values():
        names = {place.id: place.name for place in view.regions}
        for name in _from_above(view):
            if not places or name in places:
                found.setdefault(name, names[name][0].upper() + names[name][1:])
    return found


def shown_views(views: Sequence[str], places: Collection[str]) -> list[PublicView]:
    """Return the views with the places that are listed under each, from head to foot: the map's order tells no key."""
    offered = offered_places(views, places)
    shown: list[PublicView] = []
    listed: set[str] = set()
    for name, view in _views(views).items():
        here = [place for place in _from_above(view) if place in offered and place not in listed]
        listed.update(here)
        shown.append(
            PublicView(
                id=f"{SEEN_FROM}{name}",
                title=view.title[0].upper() + view.title[1:],
                places=[PublicChoice(id=place, text=offered[place]) for place in here],
            )
        )
    return shown


def lint_views(views: Sequence[str]) -> list[str]:
    """Return what is wrong with the views of a question."""
    from itband_course.body.map import close_ups, pictures

    there = list(pictures())
    problems = [
        f"there is no view «{name}» of the body: take some of {', '.join(there)}."
        for name in dict.fromkeys(views)
        if name not in there
    ]
    if not views:
        problems.append(f"it shows no view of the body: name one or more of {', '.join(there)}.")
    if len(set(views)) > 1 and not set(views).isdisjoint(close_ups().views):
        problems.append("a close-up has a scale of its own: let it be the question's only view.")
    problems += [
        f"the view «{name}» stands twice: take one out." for name in dict.fromkeys(views) if views.count(name) > 1
    ]
    return problems


def lint_places(views: Sequence[str], offered: Collection[str], named: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is wrong with the places that a question names.

    Parameters
    ----------
    views : sequence of str
    offered : collection of str
        The places that can be chosen.
    named : mapping of str to sequence of str
        For each thing that names places, in words, their ids; each stands once.
    """
    from itband_course.body.map import pictures

    in_view = {place.id for view in _views(views).values() for place in view.regions}
    everywhere = {place.id for view in pictures().values() for place in view.regions}
    problems = []
    for what, ids in named.items():
        for name in dict.fromkeys(ids):
            if ids.count(name) > 1:
                problems.append(f"{what}: «{name}» stands twice: take one out.")
            if name not in everywhere:
                problems.append(f"{what}: the body map has no «{name}»: mend the id.")
            elif name not in in_view:
                problems.append(f"{what}: no view of this question shows «{name}»: add a view or take it out.")
            elif name not in offered:
                problems.append(f"{what}: «{name}» is not among places, so nobody can choose it: add it there.")
    return problems
