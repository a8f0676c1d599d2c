"""Plates of the leg: one side with labels, layer by layer, and where hands do not press."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from itband_course import leg
from itband_course.body.map import SKIN
from itband_course.colours import Theme, mixed, shown
from itband_course.figure.labels import Columns, Wish, ends
from itband_course.figure.moving import LAYERS
from itband_course.figure.plate_panel import (
    SCREEN,
    STRIP,
    Plate,
    Shown,
    begun,
    block_height,
    in_course_style,
    ink,
    labelled,
    lines_of,
    wish,
)
from itband_course.figure.raster import Eye, Floats, Frame, Grain, Seen, Solid, grain, look, rgb, seen_from
from itband_course.figure.shown_plate import PlateError
from itband_course.figure.style import LABEL, LEADING, PADDING, SMALL, WIDTH, wrapped, write
from itband_course.leg.figure import MIRROR
from itband_course.leg.poses import PoseError
from itband_course.rig import RigError

Found = TypeVar("Found")

VIEWS = {
    "lateral": (-90.0, "from the outer side"),
    "front": (0.0, "from the front"),
    "back": (180.0, "from behind"),
    "medial": (90.0, "from the inner side"),
}
"""Azimuth of each view of a right leg, and how it is said."""
ALL = ("superficial", "band", "deep", "vessels", "drawn", "bones")
"""All layers but the skin."""


class Crop(NamedTuple):
    """What part of the leg a plate shows.

    Parameters
    ----------
    landmarks : tuple of str
        It holds these.
    above, below : float
        And so many metres more.
    aside : float
        At most so many metres to each side of the landmarks' middle.
    column : float
        Width of a column of labels, in points.
    letters : int
        How many letters of a line have room there.
    """

    landmarks: tuple[str, ...]
    above: float
    below: float
    aside: float
    column: float = 148.0
    letters: int = 20


CROPS = {
    "leg": Crop(("iliac_crest_top", "lateral_joint_line"), 0.03, 0.47, 0.5),
    "thigh": Crop(("iliac_crest_top", "greater_trochanter", "fibular_neck"), 0.02, 0.06, 0.5),
    "hip": Crop(("iliac_crest_top", "greater_trochanter"), 0.02, 0.11, 0.115, 128.0, 17),
    "knee": Crop(("patella_centre", "lateral_epicondyle", "fibular_neck"), 0.075, 0.05, 0.085, 128.0, 17),
}
TALLEST = 560.0
"""Height of a picture, in points, at most."""
FEWEST = 12
"""So many points of a picture a structure must show to be labelled."""
MANY = 12
"""So many labels stand where none are asked for."""


class Scene(NamedTuple):
    """The leg's parts as they are drawn."""

    names: list[str]
    solids: list[Solid]
    skin: Solid
    landmarks: dict[str, Floats]
    eye: Eye


@in_course_style
def leg_plate(  # noqa: PLR0913 - one argument for each thing that an author chooses
    view: str = "lateral",
    *,
    layers: Sequence[str] = ALL,
    hidden: Sequence[str] = (),
    pose: str | Mapping[str, float] = "standing",
    side: str = "right",
    crop: str = "thigh",
    labels: Sequence[str] | None = None,
    no_go: Sequence[str] = (),
    title: str = "",
    theme: str = "light",
    dpi: int = SCREEN,
) -> Plate:
    """Return a plate of the leg from one side.

    Parameters
    ----------
    view : {'lateral', 'front', 'back', 'medial'}
    layers : sequence of str
        ``skin``, ``superficial``, ``band``, ``deep``, ``vessels``, ``drawn``, ``bones``; without it all but the skin.
    hidden : sequence of str
        Structures of these layers that are left out.
    pose : str or mapping of str to float
        One of `itband_course.leg.poses`, or degrees by name of the angle.
    side : {'right', 'left'}
        The left leg is the right one in a mirror.
    crop : {'thigh', 'leg', 'hip', 'knee'}
        What part of it.
    labels : sequence of str, optional
        Structures and landmarks; without it the structures of which most is to be seen.
    no_go : sequence of str
        Regions of the skin that are hatched: no deep pressure here. The skin must be among the layers.
    title : str
        What the plate finds.
    theme : {'light', 'dark'}
    dpi : int
        Dots to the inch: 120 for a screen, 300 for print.

    Raises
    ------
    PlateError
        If anything is named that is not there, or a label names what cannot be seen.
    """
    chosen = _one_of(CROPS, crop, "crop")
    for name in labels or ():
        _one_of(_names(), name, "structure or landmark")
    scene = _scene(view, layers, hidden, pose, side, no_go, theme)
    frame = _frame(scene, chosen)
    space = WIDTH - 2 * PADDING - 2 * chosen.column - 20
    scale = min(space / (frame.right - frame.left), TALLEST / (frame.top - frame.bottom))
    room = (frame.top - frame.bottom) * scale
    if labels is not None:
        wanted = [lines_of(_names()[name], chosen.letters) for name in labels]
        # Two columns of labels want as much, and a little more where they are uneven.
        room = max(room, 0.6 * sum(block_height(words) + 6 for words in wanted))
    where = VIEWS[view][1]
    standing = _pose_words(pose)
    drawn = any(leg.right_leg().parts[name].head.drawn for name in scene.names)
    plate, bottom, top = begun(
        title or f"{side.capitalize()} leg {where}",
        f"{side.capitalize()} leg {where}, {standing}",
        room + STRIP,
        source(drawn),
        theme,
        dpi,
    )
    middle = WIDTH / 2
    width = (frame.right - frame.left) * scale
    base = bottom + STRIP + (room - (frame.top - frame.bottom) * scale) / 2
    shown_ = _picture(plate, scene, frame, middle - width / 2, base, scale)
    columns = Columns(PADDING + chosen.column, WIDTH - PADDING - chosen.column, bottom + STRIP, top)
    plate.label(_wishes(shown_, scene, frame, labels, chosen.letters, where), columns)
    bar = plate.scale_bar(PADDING + 4, bottom + 12, scale)
    left, right = _directions(scene.eye, side)
    plate.directions(middle, bottom + 12, left, right)
    layer_words = ", ".join(LAYERS[layer].lower() for layer in LAYERS if layer in layers)
    marked = ", ".join(leg.regions()[name].name for name in no_go)
    plate.alt = " ".join(
        [
            f"{side.capitalize()} leg {where}, {standing}: {layer_words}.",
            *([f"Hatched, where no hand presses deep: {marked}."] if marked else []),
            labelled(plate.labels, _names()),
            f"To the left is {left}, to the right {right}. A bar shows {bar}.",
        ]
    )
    return plate


@in_course_style
def layers_plate(view: str = "lateral", *, side: str = "right", theme: str = "light", dpi: int = SCREEN) -> Plate:
    """Return a plate of the leg layer by layer: skin, band and outer muscles, deep muscles, bones with their ties.

    Parameters
    ----------
    view : {'lateral', 'front', 'back', 'medial'}
    side : {'right', 'left'}
    theme : {'light', 'dark'}
    dpi : int

    Raises
    ------
    PlateError
        If there is no such view, side or theme.
    """
    steps = (
        ("1  Skin", ("skin",), "what a hand touches"),
        ("2  Band", ("superficial", "band", "deep", "bones"), "flat, over the outer muscles"),
        ("3  Outer muscles", ("superficial", "deep", "bones"), "vastus lateralis lies bare"),
        ("4  Deep muscles", ("deep", "bones"), "gluteal muscles, short head of biceps"),
        ("5  Bones", ("bones", "drawn", "vessels"), "with vessels and what is drawn: nerves, ties"),
    )
    cells = [(head, _scene(view, layers, (), "standing", side, (), theme), says) for head, layers, says in steps]
    where = VIEWS[view][1]
    return _multiples(
        "Layer by layer: beneath the skin the band, then muscle, then bone",
        f"{side.capitalize()} leg {where}, standing",
        cells,
        side,
        theme,
        dpi,
        f"Five pictures of the same {side} leg {where}, standing, each with one layer taken away. ",
    )


@in_course_style
def no_go_plate(*, side: str = "right", theme: str = "light", dpi: int = SCREEN) -> Plate:
    """Return a plate of places on the skin where no hand presses deep, each from the side that shows it.

    Parameters
    ----------
    side : {'right', 'left'}
    theme : {'light', 'dark'}
    dpi : int

    Raises
    ------
    PlateError
        If there is no such side or theme.
    """
    steps = (
        ("front", ("femoral-triangle",), "femoral nerve, artery and vein"),
        (
            "lateral",
            ("greater-trochanter", "fibular-head-and-neck"),
            "bursae and gluteal tendons; common fibular nerve",
        ),
        ("back", ("popliteal-fossa",), "tibial nerve, popliteal artery and vein"),
    )
    cells = []
    for view, regions, beneath in steps:
        name = "; ".join(leg.regions()[region].name for region in regions)
        scene = _scene(view, ("skin",), (), "standing", side, regions, theme)
        cells.append((name[0].upper() + name[1:], scene, f"{VIEWS[view][1]}; beneath: {beneath}"))
    return _multiples(
        "No deep pressure on groin, trochanter, hollow of the knee, head and neck of the fibula",
        f"{side.capitalize()} leg, standing. Hatched: no deep pressure here",
        cells,
        side,
        theme,
        dpi,
        f"The skin of a {side} leg in three pictures, with one place or two hatched in each. ",
    )


def _multiples(  # noqa: PLR0913, PLR0917 - what the two plates of several pictures differ in
    title: str,
    under: str,
    cells: Sequence[tuple[str, Scene, str]],
    side: str,
    theme: str,
    dpi: int,
    alt: str,
) -> Plate:
    """Return a plate with several small pictures side by side, words beneath each."""
    gap = 12.0
    cell = (WIDTH - 2 * PADDING - gap * (len(cells) - 1)) / len(cells)
    letters = int(cell / 6.3)
    frames = [_frame(scene, CROPS["thigh"]) for _, scene, _ in cells]
    tall = max(frame.top - frame.bottom for frame in frames)
    scale = min(430 / tall, *((cell - 4) / (frame.right - frame.left) for frame in frames))
    heads = [wrapped(head, int(letters * 0.86)) for head, _, _ in cells]
    says = [wrapped(words, letters) for _, _, words in cells]
    high = max(len(head.splitlines()) for head in heads) * LEADING * SMALL
    low = max(len(words.splitlines()) for words in says) * LEADING * SMALL
    words = high + low + 10
    drawn = any(leg.right_leg().parts[name].head.drawn for _, scene, _ in cells for name in scene.names)
    plate, bottom, _ = begun(title, under, tall * scale + words + STRIP, source(drawn), theme, dpi)
    for number, ((_, scene, _), frame, head, said) in enumerate(zip(cells, frames, heads, says, strict=True)):
        left = PADDING + number * (cell + gap)
        width = (frame.right - frame.left) * scale
        _picture(plate, scene, frame, left + (cell - width) / 2, bottom + STRIP + words, scale)
        top = bottom + STRIP + words - 6 - SMALL
        write(plate.figure, left, top, head, SMALL, weight="bold")
        write(plate.figure, left, top - high - 2, said, SMALL, color=shown("quiet", plate.theme))
    bar = plate.scale_bar(PADDING + 4, bottom + 10, scale)
    told = "; ".join(f"{head}: {said}" for head, _, said in cells)
    ways = {_directions(scene.eye, side) for _, scene, _ in cells}
    if len(ways) == 1:
        plate.directions(WIDTH / 2, bottom + 10, *ways.pop())
    plate.alt = f"{alt}{told}. A bar shows {bar}."
    return plate


def source(drawn: bool) -> str:
    """Return the line that stands beneath every picture of the leg."""
    return (
        f"{leg.right_leg().header.attribution}. One man's leg, changed for this course; nothing is measured from it."
        + (" (drawn): put in between landmarks, no mesh of a person." if drawn else "")
    )


def name_of(structure: str) -> str:
    """Return the name of a structure as the course writes it, with «(drawn)» where no mesh of a person underlies it."""
    part = leg.right_leg().parts[structure].head
    return f"{part.name} (drawn)" if part.drawn else part.name


def _names() -> dict[str, str]:
    """Return the names of all that can be labelled, by id."""
    rig = leg.right_leg()
    landmarks = {key: mark.name for key, mark in rig.header.landmarks.items()}
    return landmarks | {name: name_of(name) for name in rig.parts}


def _one_of(known: Mapping[str, Found], name: str, what: str) -> Found:
    if name not in known:
        raise PlateError(f"There is no {what} «{name}». There are: {', '.join(known)}.")
    return known[name]


def _angles(pose: str | Mapping[str, float]) -> Mapping[str, float]:
    return leg.pose(pose).angles if isinstance(pose, str) else pose


def _pose_words(pose: str | Mapping[str, float]) -> str:
    if isinstance(pose, str):
        title = leg.pose(pose).title
        return "standing" if pose == "standing" else f"in the position «{title}»"
    return ", ".join(f"{name.replace('_', ' ')} {angle:g}°" for name, angle in pose.items()) or "standing"


def _scene(  # noqa: PLR0913, PLR0917 - what an author chooses
    view: str,
    layers: Sequence[str],
    hidden: Sequence[str],
    pose: str | Mapping[str, float],
    side: str,
    no_go: Sequence[str],
    theme: str,
) -> Scene:
    """Return the leg's parts in a pose, as they are drawn."""
    azimuth, _ = _one_of(VIEWS, view, "view")
    _one_of({"right": 1, "left": 1}, side, "side")
    for layer in layers:
        _one_of(LAYERS, layer, "layer")
    rig = leg.right_leg()
    for name in hidden:
        _one_of(rig.parts, name, "structure")
    for name in no_go:
        _one_of(leg.regions(), name, "region of the skin")
    if no_go and "skin" not in layers:
        raise PlateError("Regions of the skin can be hatched only where the skin is shown: add the layer «skin».")
    try:
        placed = rig.pose(_angles(pose))
    except (RigError, PoseError) as error:
        raise PlateError(str(error)) from None
    chosen: Theme = "dark" if theme == "dark" else "light"
    mirror = MIRROR if side == "left" else np.ones(3)
    numbers = [number for number, region in enumerate(rig.header.regions) if region.id in no_go]

    def solid(name: str) -> Solid:
        part = rig.parts[name]
        skin = part.head.tissue == "skin"
        return Solid(
            rig.skin(name, placed) * mirror,
            part.faces[:, ::-1] if side == "left" else part.faces,
            SKIN[chosen == "dark"] if skin else shown(part.head.tissue, chosen),
            open=skin,
            hatched=np.isin(part.regions, numbers) if skin and numbers and part.regions is not None else None,
            hatch=shown("no-go", chosen) if skin and numbers else "",
        )

    names = [name for name, part in rig.parts.items() if part.head.layer in layers and name not in hidden]
    if not names:
        raise PlateError(f"Nothing is left to show. Choose among the layers: {', '.join(LAYERS)}.")
    eye = seen_from(azimuth if side == "right" else -azimuth, 0)
    landmarks = {name: rig.landmark(name, placed) * mirror for name in rig.header.landmarks}
    return Scene(names, [solid(name) for name in names], solid("skin"), landmarks, eye)


def _frame(scene: Scene, crop: Crop) -> Frame:
    """Return what of the leg is shown: up and down by landmarks, to the sides by what is there."""
    marks = scene.eye.flat(np.array([scene.landmarks[name] for name in crop.landmarks]))
    top, bottom = marks[:, 1].max() + crop.above, marks[:, 1].min() - crop.below
    flat = np.concatenate([scene.eye.flat(solid.vertices) for solid in [*scene.solids, scene.skin]])
    across = flat[(flat[:, 1] > bottom) & (flat[:, 1] < top), 0]
    middle = (marks[:, 0].max() + marks[:, 0].min()) / 2
    left = max(float(across.min()) - 0.006, middle - crop.aside)
    right = min(float(across.max()) + 0.006, middle + crop.aside)
    return Frame(left, right, float(max(bottom, flat[:, 1].min() - 0.004)), float(min(top, flat[:, 1].max() + 0.004)))


def _picture(  # noqa: PLR0913, PLR0917
    plate: Plate, scene: Scene, frame: Frame, left: float, bottom: float, scale: float
) -> Shown:
    """Put the leg on a plate, the body's outline pale behind it."""
    fine = grain(scale, plate.dpi)
    seen = look(scene.solids, scene.eye, frame, fine, ink(plate.theme))
    if "skin" not in scene.names:
        seen = seen._replace(image=_over(seen, _outline(scene, frame, fine, plate.theme)))
    return plate.picture(seen, scene.names, left, bottom, scale)


def _outline(scene: Scene, frame: Frame, fine: Grain, theme: Theme) -> Floats:
    """Return the body's outline as an image: a pale shape with a quiet edge."""
    ground = shown("panel", theme)
    pale = mixed(ground, SKIN[theme == "dark"], 0.30 if theme == "light" else 0.16)
    edge = mixed(ground, SKIN[theme == "dark"], 0.85 if theme == "light" else 0.45)
    image = look([scene.skin._replace(colour=edge)], scene.eye, frame, fine, edge).image.copy()
    cover = image[..., 3]
    inner = cover >= 1
    for axis in (0, 1):
        for step in range(1, 2 * fine.line // fine.fine + 2):
            inner &= (np.roll(cover, step, axis) >= 1) & (np.roll(cover, -step, axis) >= 1)
    image[..., :3] = np.where(inner[..., None], rgb(pale), rgb(edge))
    return image


def _over(seen: Seen, behind: Floats) -> Floats:
    """Return one image laid over another."""
    front, back = seen.image[..., 3:], behind[..., 3:] * (1 - seen.image[..., 3:])
    cover = front + back
    colour = (seen.image[..., :3] * front + behind[..., :3] * back) / np.maximum(cover, 1e-9)
    return np.concatenate([colour, cover], axis=-1)


def _wishes(  # noqa: PLR0913, PLR0917
    picture: Shown, scene: Scene, frame: Frame, labels: Sequence[str] | None, letters: int, where: str
) -> list[Wish]:
    """Return the labels that are asked for, each with the places where its line may end."""
    counts = np.bincount(picture.numbers[picture.numbers >= 0], minlength=len(picture.names))
    seen = {name: int(count) for name, count in zip(picture.names, counts, strict=True) if count >= FEWEST}
    if labels is None:
        labels = sorted(seen, key=lambda name: -seen[name])[:MANY]
    found = []
    for name in labels:
        if name in scene.landmarks:
            across, up = scene.eye.flat(scene.landmarks[name][None])[0]
            if not (frame.left < across < frame.right and frame.bottom < up < frame.top):
                raise PlateError(f"The landmark «{name}» lies outside this picture.")
            left, _, bottom, _ = picture.box
            x, y = left + (across - frame.left) * picture.scale, bottom + (up - frame.bottom) * picture.scale
            found.append(wish(name, _names()[name], letters, np.array([[x, y, LABEL]])))
            continue
        if name not in seen:
            raise PlateError(f"«{name}» cannot be seen {where} in these layers. To be seen are: {', '.join(seen)}.")
        shows = picture.numbers == picture.names.index(name)
        found.append(wish(name, name_of(name), letters, ends(shows, picture.box)))
    return found


def _directions(eye: Eye, side: str) -> tuple[str, str]:
    """Return what lies to the left and to the right of a picture."""
    across, _, along = eye.right
    if abs(along) > abs(across):
        return ("back", "front") if along > 0 else ("front", "back")
    outer = -1 if side == "right" else 1
    return ("outer side", "inner side") if across * outer < 0 else ("inner side", "outer side")
