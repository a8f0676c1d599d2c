"""A map of the skin: regions seen from front, back, left and right, and a picture of it with places marked.

The person on the map is always dressed. The map is drawn by ``tools/body/build_map.py``; nobody's likeness. Close-ups
of the knees, by ``tools/leg/build_knee_map.py``, have the places that lie too near each other on the whole body.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

import msgspec
from msgspec import Struct

from itband_course import colours
from itband_course.body.positions import BodyError
from itband_course.colours import Theme

Ring = list[tuple[int, int]]
Box = tuple[int, int, int, int]
SKIN, CLOTH = ("#e3c4ac", "#b08d77"), ("#7d97a3", "#4f6772")
"""What skin and cloth look like on a light and on a dark ground."""


MARGIN, NEAR, AIR = 40, 120, 6
"""Units of the map, of the whole body millimetres, that are shown around the places that matter; from where on the
body's own border is shown rather than a cut; what is left beside that border."""


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A region in one view.

    Parameters
    ----------
    id : str
        ``right-outer-knee``, as in the regions of a body.
    name : str
        As the course writes it: «right outer knee».
    side : str
        ``left``, ``right`` or ``middle``.
    rings : list of rings
        Its borders in millimetres; a ring within a ring is a hole.
    label : (int, int)
        A place well inside.
    """

    id: str
    name: str
    side: str
    rings: list[Ring]
    label: tuple[int, int]


class View(Struct, frozen=True, forbid_unknown_fields=True):
    """The body from one side.

    Parameters
    ----------
    title : str
        ``right side``.
    box : (int, int, int, int)
        Left, top, width and height in the coordinates that all views share, in millimetres; y points down.
    outline : list of rings
    cloth : dict of str to list of rings
        ``top`` and ``shorts``.
    regions : list of Place
    """

    title: str
    box: Box
    outline: list[Ring]
    cloth: dict[str, list[Ring]]
    regions: list[Place]


class BodyMap(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole map, with where it comes from."""

    about: str
    attribution: str
    licence: str
    unit: str
    views: dict[str, View]


@cache
def body_map() -> BodyMap:
    """Return the map of the whole body; it is read once.

    Raises
    ------
    BodyError
        If a view names a region twice, or a border has fewer than three corners.
    msgspec.ValidationError
        If the file does not have the fields of `BodyMap`.
    """
    return _read("data/body/map.json")


@cache
def close_ups() -> BodyMap:
    """Return the close-ups; they are read once and raise as `body_map` does."""
    return _read("data/leg/knee_map.json")


def _read(path: str) -> BodyMap:
    raw = files("itband_course").joinpath(path).read_bytes()
    found = msgspec.json.decode(raw, type=BodyMap)
    for name, view in found.views.items():
        ids = [place.id for place in view.regions]
        if len(set(ids)) != len(ids):
            raise BodyError(f"The map names a region twice in the view «{name}». Install the package again.")
        rings = [*view.outline, *(ring for place in view.regions for ring in place.rings)]
        if any(len(ring) < 3 for ring in rings):
            raise BodyError(f"A border on the map is broken in the view «{name}». Install the package again.")
    return found


def views() -> list[str]:
    """Return the names of the views of the whole body."""
    return list(body_map().views)


def pictures() -> dict[str, View]:
    """Return all views by name: those of the whole body, then the close-ups."""
    return body_map().views | close_ups().views


def shows(view: str) -> str:
    """Return in a few words what a view is a picture of."""
    return "A drawn leg" if view in close_ups().views else "A standing client in shorts and top"


def credit(view: str) -> str:
    """Return whom a picture of a view must name; empty where nobody asks for it."""
    return close_ups().attribution if view in close_ups().views else ""


def _view(name: str) -> View:
    found = pictures()
    if name not in found:
        raise BodyError(f"There is no view «{name}». There are: {', '.join(found)}.")
    return found[name]


def regions(view: str) -> list[Place]:
    """Return the regions that a view shows.

    Raises
    ------
    BodyError
        If there is no such view.
    """
    return list(_view(view).regions)


def region(name: str) -> Place:
    """Return a region by its id, as the view shows it that shows most of it.

    Raises
    ------
    BodyError
        If no view shows such a region.
    """
    found = [place for view in pictures().values() for place in view.regions if place.id == name]
    if not found:
        raise BodyError(f"There is no region «{name}» on the map. There are: {', '.join(_ids())}.")
    return max(found, key=lambda place: area(place.rings))


def _ids() -> list[str]:
    return list(dict.fromkeys(place.id for view in pictures().values() for place in view.regions))


def area(rings: list[Ring]) -> float:
    """Return the area within rings in square millimetres; holes, which run the other way round, count off."""
    total = 0.0
    for ring in rings:
        total += sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2
    return abs(total)


def cut_to(names: Iterable[str], places: Collection[str]) -> dict[str, Box]:
    """Return what of some views to show, so that all the places are seen: left, top, width, height in units of the map.

    All views are cut at the same height, so that they stand side by side at one scale.
    """
    shown = {name: _view(name) for name in names}
    rings = {
        name: [ring for one in view.regions if one.id in places for ring in one.rings] for name, view in shown.items()
    }
    heights = [y for here in rings.values() for ring in here for _, y in ring]
    top = min(heights, default=0) - MARGIN
    bottom = max(heights, default=0) + MARGIN
    boxes = {}
    for name, view in shown.items():
        left, upper, width, height = view.box
        above, below = max(upper, top), min(upper + height, bottom)
        across = [x for ring in rings[name] for x, _ in ring]
        body_across = [x for ring in view.outline for x, y in ring if above <= y <= below]
        low = max(left, _edge(min(across, default=left), min(body_across, default=left), -1))
        high = min(left + width, _edge(max(across, default=left + width), max(body_across, default=left + width), 1))
        boxes[name] = (low, above, high - low, below - above)
    return boxes


def _edge(places: int, outline: int, side: int) -> int:
    """Return where a view is cut on one side: at the body's border if that is near, else a margin beside the places."""
    return outline + side * AIR if abs(outline - places) <= NEAR else places + side * MARGIN


def path(rings: list[Ring]) -> str:
    """Return rings as the ``d`` of an SVG path, to be filled by the even-odd rule."""
    return "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)


def svg(  # noqa: PLR0913 - one argument for each thing that a picture shows
    view: str,
    marks: Mapping[str, str] | None = None,
    *,
    theme: Theme = "light",
    title: str = "",
    words: Mapping[str, str] | None = None,
    box: Box | None = None,
) -> str:
    """Return a view as a picture that stands alone, with places marked.

    Parameters
    ----------
    view : str
        One of `pictures`.
    marks : mapping of str to str, optional
        For a region's id a meaning of `itband_course.colours`: ``no-go``, ``right``, ``accent``. What this view does
        not show is left out of the picture and named in its description.
    theme : {'light', 'dark'}
        The ground that it stands on.
    title : str
        What the picture finds or asks, in one sentence; the name of the view where empty.
    words : mapping of str to str, optional
        What a meaning is called in the description: ``{"accent": "chosen"}``. Without it, the meaning itself.
    box : (int, int, int, int), optional
        What of the view to show, see `cut_to`; such a picture has a ground of its own, for pages of either theme.

    Returns
    -------
    str
        SVG with role, title and description.

    Raises
    ------
    BodyError
        If there is no such view, region or meaning.
    """
    shown, marks, words = _view(view), dict(marks or {}), dict(words or {})
    for name, meaning in marks.items():
        if name not in _ids():
            raise BodyError(f"There is no region «{name}» on the map. There are: {', '.join(_ids())}.")
        if meaning not in colours.COLOURS:
            raise BodyError(f"There is no meaning «{meaning}». There are: {', '.join(colours.COLOURS)}.")
    dark = theme == "dark"
    ink, line = colours.shown("text", theme), colours.shown("quiet", theme)
    key = hashlib.sha256(repr((view, sorted(marks.items()), theme, title, sorted(words.items()))).encode()).hexdigest()[
        :10
    ]
    left, top, width, height = box or shown.box
    heading = title or f"The body, {shown.title}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t{key} d{key}" '
        f'viewBox="{left} {top} {width} {height}">',
        f'<title id="t{key}">{escape(heading)}</title>',
        f'<desc id="d{key}">{escape(described(view, marks, words))}</desc>',
    ]
    if box:
        parts.append(
            f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{colours.shown("panel", theme)}"/>'
        )
    if "no-go" in marks.values():
        colour = colours.shown("no-go", theme)
        parts.append(
            f'<defs><pattern id="h{key}" width="16" height="16" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="16" height="16" fill="{colour}" fill-opacity="0.22"/>'
            f'<rect width="6" height="16" fill="{colour}"/></pattern></defs>'
        )
    parts.append(
        f'<path d="{path(shown.outline)}" fill="{SKIN[dark]}" stroke="{line}" stroke-width="4" '
        'stroke-linejoin="round" fill-rule="evenodd"/>'
    )
    for which in ("top", "shorts"):
        colour = colours.mixed(CLOTH[dark], "#000000", 0.18) if which == "shorts" else CLOTH[dark]
        parts.append(f'<path class="cloth" d="{path(shown.cloth[which])}" fill="{colour}" fill-rule="evenodd"/>')
    plain = path([ring for place in shown.regions for ring in place.rings])
    parts.append(
        f'<path d="{plain}" fill="none" stroke="{ink}" stroke-opacity="0.28" stroke-width="2" stroke-linejoin="round"/>'
    )
    signs = []
    for place in shown.regions:
        if place.id not in marks:
            continue
        meaning = marks[place.id]
        colour = colours.shown(meaning, theme)
        fill = f"url(#h{key})" if meaning == "no-go" else colour
        opacity = "1" if meaning == "no-go" else "0.72"
        parts.append(
            f'<path class="mark" data-region="{place.id}" d="{path(place.rings)}" fill="{fill}" '
            f'fill-opacity="{opacity}" fill-rule="evenodd" stroke="{colour}" stroke-width="6" stroke-linejoin="round">'
            f"<title>{escape(place.name)}</title></path>"
        )
        sign = colours.COLOURS[meaning].sign
        if sign:
            x, y = place.label
            signs.append(
                f'<text x="{x}" y="{y}" font-size="44" text-anchor="middle" dominant-baseline="central" fill="{ink}" '
                f'stroke="{colours.shown("ground", theme)}" stroke-width="10" paint-order="stroke">{sign}</text>'
            )
    if credit(view):
        parts.append(f"<metadata>{escape(credit(view))}</metadata>")
    return "".join([*parts, *signs, "</svg>"])


def described(view: str, marks: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Return what a picture of a view shows, in words: what is marked and as what, then all regions.

    Raises
    ------
    BodyError
        If there is no such view, or no region of a name that is marked.
    """
    shown = _view(view)
    names = {place.id: place.name for place in shown.regions}
    sentences = [f"{shows(view)}: {shown.title}."]
    for meaning in dict.fromkeys(marks.values()):
        called = words.get(meaning, meaning)
        here = [names[one] for one, mark in marks.items() if mark == meaning and one in names]
        hidden = [region(one).name for one, mark in marks.items() if mark == meaning and one not in names]
        if here:
            sentences.append(f"Marked as {called}: {', '.join(here)}.")
        if hidden:
            sentences.append(f"Marked as {called}, not in view from here: {', '.join(hidden)}.")
    if not marks:
        sentences.append("Nothing is marked.")
    sentences.append(f"Regions in view: {', '.join(names.values())}.")
    return " ".join(sentences)
