"""Plates of the leg cut across at hip, mid-thigh and knee."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from itband_course import leg
from itband_course.body.map import SKIN
from itband_course.colours import Theme, mixed, shown
from itband_course.figure.labels import Columns, Wish, ends
from itband_course.figure.leg_plates import name_of, source
from itband_course.figure.plate_panel import SCREEN, Plate, Shown, begun, in_course_style, ink, labelled, wish
from itband_course.figure.raster import Frame, Solid, grain, look, seen_from
from itband_course.figure.sections import Cut, area, cut
from itband_course.figure.shown_plate import PlateError
from itband_course.figure.style import PADDING, SMALL, WIDTH, points_of, write
from itband_course.leg.figure import MIRROR


class Level(NamedTuple):
    """Where a leg is cut across.

    Parameters
    ----------
    landmarks : tuple of str
        The plane lies at their mean height.
    words : str
        How the height is said.
    title : str
        What the section finds.
    labels : tuple of str
        What is labelled.
    """

    landmarks: tuple[str, ...]
    words: str
    title: str
    labels: tuple[str, ...]


LEVELS = {
    "hip": Level(
        ("greater_trochanter",),
        "through the greater trochanter",
        "At the hip the band lies on the greater trochanter, a bursa between",
        (
            "sartorius",
            "rectus_femoris",
            "tensor_fasciae_latae",
            "iliotibial_tract",
            "trochanteric_bursa",
            "femur",
            "quadratus_femoris",
            "gluteus_maximus",
            "femoral_nerve",
            "femoral_artery",
            "femoral_vein",
            "pectineus",
            "obturator_externus",
            "hip_bone",
            "obturator_internus",
            "sciatic_nerve",
        ),
    ),
    "mid-thigh": Level(
        ("greater_trochanter", "lateral_epicondyle"),
        "half way between hip and knee",
        "At mid-thigh the band lies on vastus lateralis and is tied to the femur by a septum",
        (
            "rectus_femoris",
            "vastus_lateralis",
            "iliotibial_tract",
            "vastus_intermedius",
            "lateral_intermuscular_septum",
            "short_head_biceps_femoris",
            "long_head_biceps_femoris",
            "vastus_medialis",
            "femur",
            "sartorius",
            "femoral_artery",
            "femoral_vein",
            "adductor_longus",
            "gracilis",
            "adductor_magnus",
            "semimembranosus",
            "sciatic_nerve",
            "semitendinosus",
        ),
    ),
    "knee": Level(
        ("lateral_epicondyle",),
        "through the lateral epicondyle",
        "At the knee fat lies between the band and the lateral epicondyle",
        (
            "patella",
            "iliopatellar_band",
            "iliotibial_tract",
            "distal_fat_pad",
            "femur",
            "long_head_biceps_femoris",
            "short_head_biceps_femoris",
            "common_fibular_nerve",
            "lateral_head_gastrocnemius",
            "sartorius",
            "gracilis",
            "semitendinosus",
            "semimembranosus",
            "medial_head_gastrocnemius",
            "popliteal_artery",
            "tibial_nerve",
        ),
    ),
}
ORDER = ("skin", "muscle", "bone", "vessel", "band", "bursa", "nerve")
"""From the first painted to the last."""
COLUMN, LETTERS = 132.0, 18
STEP = 0.0005
"""Places are told apart to half a millimetre."""
SPECK = 1e-6
"""What is smaller than a square millimetre is not drawn."""
SHORTEST = 0.004
"""A line that is shorter, in metres, is not drawn."""


def section(level: str, side: str = "right") -> dict[str, Cut]:
    """Return where a level plane meets each part of the standing leg, in painter's order.

    Parameters
    ----------
    level : {'hip', 'mid-thigh', 'knee'}
    side : {'right', 'left'}

    Returns
    -------
    dict of str to Cut
        By id; metres to the person's left and to the front.

    Raises
    ------
    PlateError
        If there is no such level or side.
    """
    if level not in LEVELS:
        raise PlateError(f"There is no section «{level}». There are: {', '.join(LEVELS)}.")
    if side not in ("right", "left"):
        raise PlateError(f"There is no side «{side}». There are: right, left.")
    rig, height = leg.right_leg(), _height(level)
    pose = rig.pose({})
    mirror = MIRROR if side == "left" else np.ones(3)
    found = {}
    for name in rig.parts:
        met = cut(rig.skin(name, pose) * mirror, rig.parts[name].faces, height)
        rings = [ring for ring in met.rings if area([ring]) > SPECK]
        lines = [line for line in met.lines if np.linalg.norm(np.diff(line, axis=0), axis=1).sum() > SHORTEST]
        if rings or lines:
            found[name] = Cut(rings, lines)
    # Meshes of neighbours overlap a little: what is small is painted over what is large, and not lost.
    return dict(sorted(found.items(), key=lambda one: (ORDER.index(tissue(one[0])), -area(one[1].rings))))


def tissue(structure: str) -> str:
    """Return what a part of the leg is made of: a meaning of `itband_course.colours`, or ``skin``."""
    return leg.right_leg().parts[structure].head.tissue


def _height(level: str) -> float:
    marks = leg.right_leg().header.landmarks
    return float(np.mean([marks[name].at[1] for name in LEVELS[level].landmarks]))


@in_course_style
def cross_section(
    level: str,
    *,
    side: str = "right",
    labels: Sequence[str] | None = None,
    theme: str = "light",
    dpi: int = SCREEN,
) -> Plate:
    """Return a plate of the standing leg cut across, seen from below with the front on top, as a scan is shown.

    Parameters
    ----------
    level : {'hip', 'mid-thigh', 'knee'}
    side : {'right', 'left'}
    labels : sequence of str, optional
        Structures; without it those of `LEVELS`.
    theme : {'light', 'dark'}
    dpi : int

    Raises
    ------
    PlateError
        If there is no such level, side, structure or theme, or the plane does not meet a structure.
    """
    found = section(level, side)
    at = LEVELS[level]
    points = np.concatenate([line for met in found.values() for line in (*met.rings, *met.lines)])
    (left, front), (right, back) = points.min(axis=0), points.max(axis=0)
    frame = Frame(left - 0.002, right + 0.002, front - 0.002, back + 0.002)
    wide, high = frame.right - frame.left, frame.top - frame.bottom
    space = WIDTH - 2 * PADDING - 2 * COLUMN - 24
    scale = space / wide
    wanted = tuple(labels) if labels is not None else at.labels
    room = max(high * scale + 40, 17.5 * len(wanted))
    beneath = 104.0
    plate, bottom, top = begun(
        at.title,
        f"{side.capitalize()} leg cut across {at.words}, seen from below",
        room + beneath,
        source(any(leg.right_leg().parts[name].head.drawn for name in found))
        + " Pale rose within the skin: fat and sheets that are not told apart.",
        theme,
        dpi,
    )
    base = bottom + beneath + (room - high * scale) / 2
    corner = (WIDTH - wide * scale) / 2
    axes = plate.axes(corner, base, wide * scale, high * scale)
    axes.set_xlim(frame.left, frame.right)
    axes.set_ylim(frame.bottom, frame.top)
    for name, met in found.items():
        _paint(axes, name, met, plate.theme)
    box = (corner, corner + wide * scale, base, base + high * scale)
    shown_ = Shown(box, _numbers(found, frame), list(found), scale)
    plate.shown.append(shown_)
    columns = Columns(PADDING + COLUMN, WIDTH - PADDING - COLUMN, bottom + beneath, top)
    plate.label(_wishes(shown_, wanted), columns)
    quiet = shown("quiet", plate.theme)
    outer, inner = ("outer side", "inner side") if side == "right" else ("inner side", "outer side")
    write(plate.figure, WIDTH / 2, base + high * scale + 7, "↑ front", SMALL, color=quiet, ha="center")
    write(plate.figure, WIDTH / 2, base - 16, "↓ back", SMALL, color=quiet, ha="center")
    plate.directions(WIDTH / 2, bottom + 12, outer, inner)
    bar = plate.scale_bar(PADDING + 4, bottom + 12, scale)
    _inset(plate, level, side, bottom + 4, beneath - 12)
    names = {name: name_of(name) for name in found}
    unlabelled = [names[name] for name in found if name not in wanted and name != "skin"]
    plate.alt = " ".join(
        [
            f"{side.capitalize()} leg cut across {at.words}, seen from below, front on top, {outer} on the left.",
            labelled(plate.labels, names),
            *([f"Shown without a label: {', '.join(unlabelled)}."] if unlabelled else []),
            f"A bar shows {bar}. A small leg shows where the cut is.",
        ]
    )
    return plate


def _paint(axes: Axes, name: str, met: Cut, theme: Theme) -> None:
    """Draw one part as the plane meets it: what is closed as an area, what is open as a thick line."""
    made = tissue(name)
    line, edge = 0.7, ink(theme)
    fill = shown("bursa" if made == "skin" else made, theme)
    if made == "skin":
        ground = shown("panel", theme)
        fill = mixed(ground, fill, 0.42 if theme == "light" else 0.24)
        line, edge = 1.6, mixed(SKIN[theme == "dark"], shown("text", theme), 0.25)
    if made == "skin":
        # The skin ends where the leg was cut from the trunk: the area goes straight across there, without an edge.
        for one in met.lines:
            # Where it ends lies the body's middle: the side of the picture that is nearer to it.
            middle = min(axes.get_xlim(), key=lambda side: abs(side - one[[0, -1], 0].mean()))
            closed = np.vstack([one, [middle, one[-1, 1]], [middle, one[0, 1]]])
            axes.add_patch(PathPatch(Path(closed), facecolor=fill, edgecolor="none", linewidth=0))
    if met.rings:
        corners = [np.vstack([ring, ring[:1]]) for ring in met.rings]
        codes = np.concatenate(
            [[Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY] for ring in corners]
        ).astype(np.uint8)
        axes.add_patch(
            PathPatch(
                Path(np.concatenate(corners), codes),
                facecolor=fill,
                edgecolor=edge,
                linewidth=line,
                joinstyle="round",
                gid=name,
            )
        )
    for one in met.lines:
        axes.plot(*one.T, color=edge if made == "skin" else fill, linewidth=max(line, 1.6), gid=name)


def _numbers(found: dict[str, Cut], frame: Frame) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return what each place of a section shows, as `_paint` paints it."""
    width = int(np.ceil((frame.right - frame.left) / STEP))
    height = int(np.ceil((frame.top - frame.bottom) / STEP))
    across = frame.left + (np.arange(width) + 0.5) / width * (frame.right - frame.left)
    up = frame.top - (np.arange(height) + 0.5) / height * (frame.top - frame.bottom)
    numbers = np.full((height, width), -1, np.int64)
    for number, (name, met) in enumerate(found.items()):
        if name == "skin":
            continue
        inside = np.zeros((height, width), bool)
        for ring in met.rings:
            (low_x, low_y), (high_x, high_y) = ring.min(axis=0), ring.max(axis=0)
            columns = np.flatnonzero((across >= low_x) & (across <= high_x))
            rows = np.flatnonzero((up >= low_y) & (up <= high_y))
            places = np.stack(np.meshgrid(across[columns], up[rows]), axis=-1).reshape(-1, 2)
            held = Path(ring).contains_points(places).reshape(len(rows), len(columns))
            inside[np.ix_(rows, columns)] ^= held
        numbers[inside] = number
    return numbers


def _wishes(picture: Shown, wanted: Sequence[str]) -> list[Wish]:
    found = []
    for name in wanted:
        shows = picture.numbers == picture.names.index(name) if name in picture.names else np.zeros((1, 1), bool)
        if not shows.any():
            raise PlateError(
                f"The section does not meet «{name}». It meets: {', '.join(one for one in picture.names)}."
            )
        found.append(wish(name, name_of(name), LETTERS, ends(shows, picture.box)))
    return found


def _inset(plate: Plate, level: str, side: str, bottom: float, height: float) -> None:
    """Draw the whole leg small, with a line where it is cut."""
    left = WIDTH - PADDING - 76
    rig = leg.right_leg()
    mirror = MIRROR if side == "left" else np.ones(3)
    pose = rig.pose({})
    bones = ("hip_bone", "femur", "patella", "tibia", "fibula", "foot_bones")
    skin, *solids = (
        Solid(
            rig.skin(name, pose) * mirror,
            rig.parts[name].faces[:, ::-1] if side == "left" else rig.parts[name].faces,
            SKIN[plate.theme == "dark"] if name == "skin" else shown("bone", plate.theme),
            open=name == "skin",
        )
        for name in ("skin", *bones)
    )
    eye = seen_from(0, 0)
    flat = eye.flat(skin.vertices)
    (low_x, low_y), (high_x, high_y) = flat.min(axis=0), flat.max(axis=0)
    frame = Frame(float(low_x), float(high_x), float(low_y), float(high_y))
    scale = height / (frame.top - frame.bottom)
    fine = grain(scale, plate.dpi)
    body = look([skin], eye, frame, fine, ink(plate.theme))
    within = look(solids, eye, frame, fine, ink(plate.theme))
    cover = within.image[..., 3:] * 0.9
    image = body.image.copy()
    image[..., :3] = within.image[..., :3] * cover + image[..., :3] * (1 - cover)
    axes = plate.axes(left, bottom, (body.frame.right - body.frame.left) * scale, height)
    axes.imshow(image, extent=(0, 1, 0, 1), aspect="auto")
    y = bottom + (_height(level) - body.frame.bottom) * scale
    wide = (frame.right - frame.left) * scale
    plate.figure.add_artist(
        Line2D(
            [left - 7, left + wide + 7],
            [y, y],
            transform=points_of(plate.figure),
            color=shown("text", plate.theme),
            linewidth=1.4,
            zorder=5,
        )
    )
    write(plate.figure, left - 12, y - SMALL * 0.36, "cut here", SMALL, color=shown("quiet", plate.theme), ha="right")
