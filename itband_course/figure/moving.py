"""The moving figure: a rig in the browser that a student turns, poses, takes apart and asks. The kernel's half.

The browser draws and moves it without the kernel. What is here holds the data together, checks what a lesson asks for,
and says it all in plain text where nothing can be drawn.
"""

import base64
import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec
import traitlets

from itband_course import colours, widgets
from itband_course.bundled import script
from itband_course.colours import mixed, shown
from itband_course.rig import Rig, RigError

HERE = Path(__file__).parent

LAYERS = {
    "skin": "Skin",
    "superficial": "Outer muscles",
    "band": "Iliotibial band",
    "deep": "Deep muscles",
    "vessels": "Vessels",
    "drawn": "Drawn structures",
    "bones": "Bones",
}
"""Titles of the layers, from the outside in."""

MARKS = {"marked": "marked", "no-go": "no-go: no hands here", "sore": "sore"}
"""What a region of the skin can be marked as, and how that is said."""

CONTROLS = ("views", "positions", "movement", "structures", "layers")
"""What can stand beside the picture. A control without a task is decoration: a lesson names those that it needs."""

STEEPEST = 85
NEAREST = 4
MANY = 12
"""More names than this are not listed in a sentence: the nearest are."""

SIDES = ("right", "left")
Side = Literal["right", "left"]


class FigureError(traitlets.TraitError, ValueError):
    """What is asked of a figure does not exist or cannot be; says what there is instead.

    It is a `TraitError` so that traitlets takes a refused state back.
    """


class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a figure is looked at from.

    Parameters
    ----------
    id, title : str
        ``lateral``, and what the button says.
    azimuth : float
        Degrees about the upright axis: 0 from the front, −90 from the person's right. Written for a right side; for a
        left one it is mirrored.
    elevation : float
        Degrees above the level of the figure.
    roll : float
        Degrees that the eye's head is tilted: −90 from the right lays a standing figure on its back, head to the left.
    """

    id: str
    title: str
    azimuth: float
    elevation: float = 0.0
    roll: float = 0.0


class Movement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slider: an angle of the rig, its title, and the words at its two ends."""

    id: str
    title: str
    less: str = ""
    more: str = ""


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a figure shows.

    Parameters
    ----------
    angles : dict of str to float
        The pose, in degrees by name of the angle; what is not named is 0.
    view : str or dict
        Id of a view, or ``{"azimuth": …, "elevation": …}`` for any other, with ``"roll"`` where the eye is tilted,
        and ``"near"`` where it is closer than all of the figure needs: 2 shows half as much of it.
    layers : list of str
        The layers that are shown.
    hidden, isolated, faded : list of str
        Ids of structures: taken away, shown alone, made clear.
    selected : str
        Id of a structure or of a region of the skin, empty for none.
    marks : dict of str to str
        Regions of the skin, each marked as one of `MARKS`.
    side : {'right', 'left'}
        The side that it is about; a rig of one leg is mirrored for the other.
    cloth : list of str
        Clothes, drapes, table and pillows that are there, by id; as usual, all that is worn. Only Python and positions
        change them: no button undresses anybody.
    """

    angles: dict[str, float] = {}
    view: str | dict[str, float] = "lateral"
    layers: list[str] = []
    hidden: list[str] = []
    isolated: list[str] = []
    faded: list[str] = []
    selected: str = ""
    marks: dict[str, str] = {}
    side: Side = "right"
    cloth: list[str] = []


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a position beside the picture: a heading of one or two words, and the words."""

    term: str
    words: str


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A position that a button takes the figure to: its angles, and whatever else of `State` it sets.

    `text` is said as it is taken; `notes` stand beneath the buttons as long as it is the last one taken.
    """

    id: str
    title: str
    angles: dict[str, float]
    text: str = ""
    notes: list[Note] = []
    view: str | dict[str, float] | None = None
    layers: list[str] | None = None
    hidden: list[str] | None = None
    isolated: list[str] | None = None
    faded: list[str] | None = None
    selected: str | None = None
    cloth: list[str] | None = None


class Structure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is told of a structure; empty texts are left out."""

    name: str = ""
    latin: str = ""
    about: str = ""
    attachments: str = ""
    action: str = ""
    innervation: str = ""
    hands: str = ""
    sources: str = ""


VIEWS = (
    View("lateral", "Side", -90),
    View("front", "Front", 0),
    View("back", "Back", 180),
    View("therapist", "Therapist’s eye", -52, 34),
)
MOVEMENTS = {
    name: Movement(name, *words)
    for name, words in {
        "hip_flexion": ("Hip flexion", "extension", "flexion"),
        "hip_adduction": ("Hip adduction", "abduction", "adduction"),
        "hip_rotation": ("Hip rotation", "outward", "inward"),
        "knee_flexion": ("Knee flexion", "", "flexion"),
        "ankle_flexion": ("Ankle", "toes down", "toes up"),
        "pelvic_tilt": ("Pelvic tilt", "backward", "forward"),
        "pelvic_drop": ("Pelvic drop", "raised", "dropped"),
    }.items()
}


# Neither skin nor cloth is a meaning: the skin lies between bone and pale muscle, as in the drawn leg.
SKIN = mixed(shown("bone"), mixed(shown("muscle"), shown("ground"), 0.6), 0.2)
CLOTH = mixed(shown("quiet"), shown("ground"), 0.5)


class Figure(widgets.Widget):
    """A figure that moves, with a list, buttons and sliders that do all that the picture does.

    Parameters
    ----------
    rig : bytes
        The file of a `Rig`.
    title : str
        What the figure is: «Right leg».
    structures : mapping of str to mapping
        What is told of each structure, by id; see `Structure`. What is not named has the rig's name and no text.
    presets : sequence of mapping
        Positions, each a `Preset`.
    views : sequence of View
        The first is the one that it starts with, unless `state` says otherwise.
    movements : sequence of Movement or str, optional
        The sliders, ids or with words of their own; without it one for each angle of the rig.
    state : mapping
        What of `State` is not as usual: at the start all layers but the skin are shown.
    controls : sequence of str
        Which of `CONTROLS` stand beside the picture.
    own_side : {'', 'right', 'left'}
        The side that the rig itself is of, empty for a whole body.
    plate : bytes, str or Path, optional
        A still picture, PNG or SVG, for where no WebGL starts.
    shape : (int, int)
        Width and height of the picture, as a ratio.

    Attributes
    ----------
    state : dict
        All of `State`. Setting it moves the figure. It follows a student's hands once they rest, never while they move.
    picked : dict
        What was chosen last: ``structure`` and ``region``, one of them empty, and ``count``. Observe it to act on it.

    Raises
    ------
    FigureError
        If anything is named that the rig does not have, or an angle is out of its range.
    """

    _esm = script("figure")
    _css = widgets.style(
        "itband-figure",
        [*colours.TISSUES, "accent", "panel"],
        [HERE / "moving.css"],
        {"skin": SKIN, "cloth": CLOTH, "sore": shown("text")},
    )

    rig = traitlets.Bytes().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    credit = traitlets.Unicode().tag(sync=True)
    structures = traitlets.Dict().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    views = traitlets.List().tag(sync=True)
    movements = traitlets.List().tag(sync=True)
    layers = traitlets.Dict().tag(sync=True)
    controls = traitlets.List().tag(sync=True)
    own_side = traitlets.Unicode("").tag(sync=True)
    plate = traitlets.Unicode("").tag(sync=True)
    shape = traitlets.Unicode("4 / 5").tag(sync=True)
    home = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    picked = traitlets.Dict().tag(sync=True)

    def __init__(  # noqa: PLR0913 - one argument for each thing that a lesson chooses
        self,
        rig: bytes,
        *,
        title: str,
        structures: Mapping[str, Mapping[str, Any]] | None = None,
        presets: Sequence[Mapping[str, Any]] = (),
        views: Sequence[View] = VIEWS,
        movements: Sequence[Movement | str] | None = None,
        state: Mapping[str, Any] | None = None,
        controls: Sequence[str] = CONTROLS,
        own_side: str = "",
        plate: bytes | str | Path | None = None,
        shape: tuple[int, int] = (4, 5),
    ) -> None:
        _among([own_side], ["", *SIDES], "side")
        self._known = _Known(Rig(rig), [view.id for view in views])
        sliders = self._known.turns if movements is None else movements
        start = {
            "view": views[0].id,
            "layers": self._known.usual_layers(),
            "cloth": self._known.worn(),
            "side": own_side or "right",
            **(state or {}),
        }
        checked = self._known.state(start)
        super().__init__(
            rig=rig,
            title=title,
            credit=f"{self._known.rig.header.attribution}. A drawing that moves, not a simulation.",
            structures={name: self._known.structure(name, told) for name, told in (structures or {}).items()},
            presets=[self._known.preset(preset) for preset in presets],
            views=[msgspec.to_builtins(view) for view in views],
            movements=[msgspec.to_builtins(self._known.movement(given)) for given in sliders],
            layers=LAYERS,
            controls=_among(controls, CONTROLS, "control"),
            own_side=own_side,
            plate=_data_url(plate),
            shape=f"{shape[0]} / {shape[1]}",
            home=checked,
            state=checked,
            picked={"structure": "", "region": "", "count": 0},
        )

    @traitlets.validate("state")
    def _check_state(self, proposal: Any) -> dict[str, Any]:
        return self._known.state(proposal["value"])

    def show(self, **changes: Any) -> None:
        """Change some of what the figure shows, and leave the rest as it is: ``show(selected="piriformis")``.

        Raises
        ------
        FigureError
            If a change names what is not there.
        """
        self.state = {**self.state, **changes}

    def __repr__(self) -> str:
        return f"Moving figure: {self.title}"

    def text(self) -> str:
        """Return in plain text what the figure shows and holds, for GitHub, print and saved notebooks."""
        state = msgspec.convert(self.state, State)
        shown_layers = [LAYERS.get(layer, layer).lower() for layer in self._known.layers if layer in state.layers]
        lines = [
            f"{self.title}: a figure that moves. Press Run All to see it.",
            f"Pose: {self._pose(state.angles)}. Shown: {', '.join(shown_layers) or 'nothing'}.",
        ]
        if state.selected:
            lines.append(f"Chosen: {self._name(state.selected)}.")
        lines += [f"{self._name(region)}: {MARKS[kind]}." for region, kind in state.marks.items()]
        if self.presets and "positions" in self.controls:
            lines += ["", "Positions:"]
            for preset in self.presets:
                lines.append(f"- {preset['title']}: {preset.get('text') or self._pose(preset['angles'])}")
                lines += [f"  {note['term']}: {note['words']}" for note in preset.get("notes", [])]
        if "structures" in self.controls:
            lines += ["", "Structures:"]
            for layer in self._known.layers:
                names = [self._name(part.id) for part in self._known.shown_parts() if part.layer == layer]
                lines.append(f"- {LAYERS.get(layer, layer)}: {', '.join(names)}")
        return "\n".join([*lines, "", self.credit])

    def _name(self, wanted: str) -> str:
        return self.structures.get(wanted, {}).get("name") or self._known.names[wanted]

    def _pose(self, angles: Mapping[str, float]) -> str:
        # What has no slider is part of the pose too.
        titles = {movement.id: movement.title.lower() for movement in MOVEMENTS.values()}
        titles |= {movement["id"]: movement["title"].lower() for movement in self.movements}
        said = [
            f"{titles[name]} {angle:g}°".replace("-", "−") for name, angle in angles.items() if name in titles and angle
        ]
        return ", ".join(said) or "at rest"


class _Known:
    """What a rig has, and what may therefore be asked of its figure."""

    def __init__(self, rig: Rig, views: list[str]) -> None:
        self.rig = rig
        self.views = views
        slides = {joint.name for joint in rig.header.joints if joint.slide}
        self.turns = [name for name in rig.angles if name not in slides]
        header = rig.header
        self.parts = {part.id: part for part in header.parts}
        self.regions = [region.id for region in header.regions]
        self.names = {part.id: part.name for part in header.parts} | {
            region.id: region.name for region in header.regions
        }
        found: set[str] = {part.layer for part in self.shown_parts()}
        self.layers: list[str] = [layer for layer in LAYERS if layer in found] + sorted(found - set(LAYERS))

    def shown_parts(self) -> list[Any]:
        """Return the parts that stand in the list: clothes do not."""
        return [part for part in self.parts.values() if part.tissue != "cloth"]

    def usual_layers(self) -> list[str]:
        """Return what is shown unless a lesson says otherwise: all but the skin, if there is anything beneath it."""
        return [layer for layer in self.layers if layer != "skin"] or self.layers

    def worn(self) -> list[str]:
        """Return the clothes."""
        return [part.id for part in self.parts.values() if part.tissue == part.layer == "cloth"]

    def state(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a whole, checked state."""
        state = _converted(given, State, "state")
        chosen: list[str] = [*self.parts, *self.regions]
        whole = msgspec.structs.replace(
            state,
            angles=self.pose(state.angles),
            view=self.view(state.view),
            layers=_among(state.layers, self.layers, "layer"),
            hidden=_among(state.hidden, list(self.parts), "structure"),
            isolated=_among(state.isolated, list(self.parts), "structure"),
            faded=_among(state.faded, list(self.parts), "structure"),
            selected=_among([state.selected], chosen, "structure")[0] if state.selected else "",
            cloth=_among(state.cloth, [part.id for part in self.parts.values() if part.tissue == "cloth"], "cloth"),
            marks=dict(zip(_among(list(state.marks), self.regions, "region"), self.kinds(state), strict=True)),
        )
        checked: dict[str, Any] = msgspec.to_builtins(whole)
        return checked

    def kinds(self, state: State) -> list[str]:
        """Return the checked kinds of the marks, in their order."""
        return _among(list(state.marks.values()), list(MARKS), "kind of mark", alone=False)

    def pose(self, angles: Mapping[str, float]) -> dict[str, float]:
        """Return the angles that are not 0, in one order, so that one pose is one dict."""
        try:
            self.rig.pose(angles)
        except RigError as error:
            raise FigureError(str(error)) from error
        return {name: angles[name] for name in sorted(angles) if angles[name]}

    def view(self, given: str | dict[str, float]) -> str | dict[str, float]:
        """Return a view that can be drawn: an id, or an azimuth and an elevation."""
        if isinstance(given, str):
            return _among([given], self.views, "view")[0]
        named = set(given) - {"roll", "near"} == {"azimuth", "elevation"}
        if not named or not all(math.isfinite(value) for value in given.values()):
            raise FigureError(
                "A view is the id of one, or azimuth and elevation in degrees, roll where tilted, near where closer."
            )
        if not 1 <= given.get("near", 1) <= NEAREST:
            raise FigureError(f"A view's near goes from 1 to {NEAREST}, not {given['near']:g}.")
        if abs(given["elevation"]) > STEEPEST:
            raise FigureError(f"A view's elevation goes from −{STEEPEST}° to {STEEPEST}°, not {given['elevation']:g}°.")
        return given

    def preset(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a checked position."""
        preset = _converted(given, Preset, "position")
        kept: dict[str, Any] = msgspec.to_builtins(preset)
        own = {name: value for name, value in kept.items() if name not in ("id", "title", "text", "notes")}
        try:
            checked = self.state({"view": self.views[0], **own})
        except FigureError as error:
            raise FigureError(f"Position «{preset.id}»: {error}") from error
        return {**kept, **{name: checked[name] for name in own}}

    def structure(self, name: str, given: Mapping[str, Any]) -> dict[str, str]:
        """Return what is told of a structure that is there."""
        _among([name], [*self.parts, *self.regions], "structure")
        told: dict[str, str] = msgspec.to_builtins(_converted(given, Structure, f"structure «{name}»"))
        return told

    def movement(self, given: Movement | str) -> Movement:
        """Return a slider for an angle that is there."""
        name = given if isinstance(given, str) else given.id
        _among([name], self.turns, "angle")
        if not isinstance(given, str):
            return given
        base, _, end = name.rpartition("_")
        side = {"r": ", right", "l": ", left"}.get(end, "")
        usual = MOVEMENTS.get(base if side else name)
        if usual is None:
            usual = Movement(name, (base if side else name).replace("_", " ").capitalize())
        return Movement(name, usual.title + side, usual.less, usual.more)


def _converted(given: Mapping[str, Any], kind: type[Any], what: str) -> Any:
    try:
        return msgspec.convert(dict(given), kind)
    except msgspec.ValidationError as error:
        raise FigureError(
            f"This is no {what} of a figure: {error}. It has: {', '.join(kind.__struct_fields__)}."
        ) from error


def _among(given: Sequence[str], known: Sequence[str], what: str, alone: bool = True) -> list[str]:
    """Return what was given, each once unless `alone` is false, if all of it is known."""
    for name in given:
        if name not in known:
            near = known if len(known) <= MANY else get_close_matches(name, known, 5, 0.4)
            there = f"There are: {', '.join(near)}" if near else f"It has {len(known)} others"
            raise FigureError(f"There is no {what} «{name}» in this figure. {there}.")
    return list(dict.fromkeys(given)) if alone else list(given)


def _data_url(plate: bytes | str | Path | None) -> str:
    """Return a still picture as an address that holds it all."""
    if plate is None or plate == "":
        return ""
    if isinstance(plate, str) and plate.startswith("data:image/"):
        return plate
    data = plate if isinstance(plate, bytes) else Path(plate).read_bytes()
    if data.startswith(b"\x89PNG"):
        kind = "png"
    elif b"<svg" in data[:2000]:
        kind = "svg+xml"
    else:
        raise FigureError("The plate of a figure must be a PNG or an SVG picture.")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
