"""A figure that can be posed: meshes bound to bones, and the bones that joint angles turn. Leg and body are rigs.

One file holds a rig. Python reads it here and the browser reads the same bytes, and both move it by the same rule, so a
plate and the moving figure show the same pose. The rule is linear blend skinning: a vertex goes to the weighted mean of
where its bones would take it. It is a drawing that moves, not a simulation.

The file, gzipped: ``ITBRIG1`` and a line feed, then the length of the header as an unsigned 32-bit number, then the
header as UTF-8 JSON, padded with spaces so that the numbers behind it start at a multiple of four, then the numbers.
All numbers are little-endian. The header has the fields of `Header`; every `Block` in it says where its numbers stand,
counted in bytes from the end of the header.
"""

import gzip
import json
import struct
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

MAGIC = b"ITBRIG1\n"
PLACE = struct.Struct("<I")
INFLUENCES = 4
"""How many bones may move one vertex."""

Floats = NDArray[np.float64]
Triple = tuple[float, float, float]


class RigError(ValueError):
    """What is asked of a rig does not exist, or its file cannot be read."""


class Bone(Struct, frozen=True):
    """What moves as one: ``femur``. `parent` moves it along; empty where nothing does. A parent stands before."""

    name: str
    parent: str = ""


class Joint(Struct, frozen=True):
    """One angle that turns one bone, and with it all that hang on that bone; or one slide that shifts it.

    Parameters
    ----------
    name : str
        The angle, in clinical words: ``knee_flexion``.
    bone : str
        What it turns.
    axis : (float, float, float)
        Direction of the axis in the rig at rest, of length 1; a positive angle turns by the right-hand rule.
    centre : (float, float, float)
        A point on the axis, in metres, in the rig at rest. A slide has no use for it.
    low, high : float
        The range in degrees that the drawing bears; of a slide in millimetres.
    share : float
        What part of the angle this bone gets: the kneecap gets less than the shin.
    slide : bool
        True where the bone does not turn about the axis but is shifted along it, by so many millimetres: a whole person
        is laid on the table so.
    """

    name: str
    bone: str
    axis: Triple
    centre: Triple
    low: float
    high: float
    share: float = 1.0
    slide: bool = False


class Block(Struct, frozen=True):
    """Where numbers stand in the file: byte offset behind the header, type as numpy calls it, shape."""

    offset: int
    dtype: str
    shape: list[int]


class PartHead(Struct, frozen=True):
    """One part that can be shown, hidden and picked.

    Parameters
    ----------
    id : str
        ``gluteus_medius``.
    name : str
        As the course writes it: «gluteus medius».
    tissue : str
        A meaning of `itband_course.colours`, ``skin`` or ``cloth``.
    layer : str
        What it is shown and hidden with: ``skin``, ``superficial``, ``band``, ``deep``, ``bones``, ``vessels``,
        ``drawn``.
    drawn : bool
        True where no mesh of a person underlies it: it was drawn between landmarks, and whoever shows it says so.
    low, step : (float, float, float)
        A vertex at rest stands at ``low + step * positions``, in metres.
    positions : Block
        ``<u2``, shape (n, 3).
    faces : Block
        ``<u2`` or ``<u4``, shape (m, 3): counter-clockwise seen from outside.
    bones, weights : Block
        ``u1``, shape (n, 4): numbers of bones in `Header.bones`, and their shares in 255ths, which add up to 255.
    regions : Block or None
        ``u1``, shape (m,): for each face the number of its region in `Header.regions`, 255 for none. Skin, and the
        cloth over it.
    """

    id: str
    name: str
    tissue: str
    layer: str
    low: Triple
    step: Triple
    positions: Block
    faces: Block
    bones: Block
    weights: Block
    drawn: bool = False
    regions: Block | None = None


class Landmark(Struct, frozen=True):
    """A place that a hand can find: where it stands at rest, in metres, and the bone that carries it."""

    name: str
    at: Triple
    bone: str


class Region(Struct, frozen=True):
    """A named stretch of the skin: id, name as the course writes it, side (``left``, ``right`` or ``middle``)."""

    id: str
    name: str
    side: str = ""


class Header(Struct, frozen=True):
    """All of a rig but its numbers. Axes: x to the person's left, y up, z to the front; metres."""

    id: str
    attribution: str
    licence: str
    bones: list[Bone]
    joints: list[Joint]
    parts: list[PartHead]
    landmarks: dict[str, Landmark] = {}
    regions: list[Region] = []
    notes: list[str] = []


class Part:
    """A part with its numbers.

    Attributes
    ----------
    head : PartHead
    vertices : array of float64, shape (n, 3)
        At rest, in metres.
    faces : array of int, shape (m, 3)
    bones : array of int, shape (n, 4)
    weights : array of float64, shape (n, 4)
        Each row adds up to 1.
    regions : array of int, shape (m,), or None
        Number of the region of each face, 255 for none.
    """

    def __init__(self, head: PartHead, numbers: memoryview) -> None:
        self.head = head
        self.vertices: Floats = np.asarray(head.low) + np.asarray(head.step) * _block(numbers, head.positions)
        self.faces = _block(numbers, head.faces).astype(np.int64)
        self.bones = _block(numbers, head.bones).astype(np.int64)
        self.weights: Floats = _block(numbers, head.weights) / 255.0
        self.regions = None if head.regions is None else _block(numbers, head.regions).astype(np.int64)


class Rig:
    """A figure at rest, which `pose` moves.

    Parameters
    ----------
    data : bytes
        The file, as written by `packed`.

    Attributes
    ----------
    data : bytes
        The file, for whoever draws it elsewhere.
    header : Header
    numbers : memoryview
        What stands behind the header; every `Block` says where in it.

    Raises
    ------
    RigError
        If these bytes are no rig.
    """

    def __init__(self, data: bytes) -> None:
        try:
            raw = gzip.decompress(data)
            if not raw.startswith(MAGIC):
                raise RigError("This file is not a figure of the course. Install the package again.")
            (length,) = PLACE.unpack_from(raw, len(MAGIC))
            start = len(MAGIC) + PLACE.size
            self.header = msgspec.json.decode(raw[start : start + length], type=Header)
        except (OSError, EOFError, struct.error, msgspec.DecodeError) as error:
            raise RigError(f"The figure's file is damaged ({error}). Install the package again.") from error
        self.numbers = memoryview(raw)[start + length :]
        self.data = data

    @cached_property
    def parts(self) -> dict[str, Part]:
        """All parts, by id."""
        return {head.id: Part(head, self.numbers) for head in self.header.parts}

    @cached_property
    def angles(self) -> dict[str, tuple[float, float]]:
        """Every angle that this rig knows, with its range in degrees: the narrowest where several joints share one.

        Slides are among them, with their range in millimetres.
        """
        ranges: dict[str, tuple[float, float]] = {}
        for joint in self.header.joints:
            low, high = ranges.get(joint.name, (joint.low, joint.high))
            ranges[joint.name] = (max(low, joint.low), min(high, joint.high))
        return ranges

    @cached_property
    def _slides(self) -> frozenset[str]:
        return frozenset(joint.name for joint in self.header.joints if joint.slide)

    def pose(self, angles: Mapping[str, float]) -> Floats:
        """Return where each bone goes.

        Parameters
        ----------
        angles : mapping of str to float
            Degrees by name of the angle, millimetres by name of the slide; what is not named is 0.

        Returns
        -------
        array, shape (bones, 4, 4)
            For each bone the matrix that takes a point at rest, as (x, y, z, 1), to its place.

        Raises
        ------
        RigError
            If the rig does not know an angle, or cannot bear it.
        """
        for name, angle in angles.items():
            if name not in self.angles:
                raise RigError(f"There is no angle «{name}». There are: {', '.join(self.angles)}.")
            low, high = self.angles[name]
            if not low <= angle <= high:
                unit = " mm" if name in self._slides else "°"
                raise RigError(f"«{name}» goes from {low:g}{unit} to {high:g}{unit}: {angle:g}{unit} is out of range.")
        number = {bone.name: place for place, bone in enumerate(self.header.bones)}
        own = [np.eye(4) for _ in number]
        for joint in self.header.joints:
            amount = joint.share * angles.get(joint.name, 0.0)
            moved = shift(joint.axis, amount) if joint.slide else turn(joint.axis, joint.centre, amount)
            own[number[joint.bone]] = own[number[joint.bone]] @ moved
        placed: list[Floats] = []
        for bone, matrix in zip(self.header.bones, own, strict=True):
            placed.append(placed[number[bone.parent]] @ matrix if bone.parent else matrix)
        return np.stack(placed)

    def skin(self, part: str, pose: Floats) -> Floats:
        """Return the vertices of a part in a pose, shape (n, 3), in metres.

        Raises
        ------
        RigError
            If the rig has no such part.
        """
        if part not in self.parts:
            raise RigError(f"There is no part «{part}» in this figure.")
        found = self.parts[part]
        blended = np.einsum("nk,nkij->nij", found.weights, pose[found.bones][..., :3, :])
        return np.einsum("nij,nj->ni", blended[..., :3], found.vertices) + blended[..., 3]

    def landmark(self, name: str, pose: Floats) -> Floats:
        """Return where a landmark stands in a pose, shape (3,), in metres.

        Raises
        ------
        RigError
            If the rig has no such landmark.
        """
        if name not in self.header.landmarks:
            raise RigError(f"There is no landmark «{name}». There are: {', '.join(self.header.landmarks)}.")
        mark = self.header.landmarks[name]
        place = [bone.name for bone in self.header.bones].index(mark.bone)
        moved: Floats = pose[place] @ np.array([*mark.at, 1.0])
        return moved[:3]


def turn(axis: Triple, centre: Triple, degrees: float) -> Floats:
    """Return the matrix of a turn about an axis through a point, shape (4, 4): Rodrigues' formula."""
    x, y, z = axis
    angle = np.radians(degrees)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    matrix = np.eye(4)
    matrix[:3, :3] += np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    matrix[:3, 3] = np.asarray(centre) - matrix[:3, :3] @ np.asarray(centre)
    return matrix


def shift(axis: Triple, millimetres: float) -> Floats:
    """Return the matrix of a shift along an axis, shape (4, 4)."""
    matrix = np.eye(4)
    matrix[:3, 3] = np.asarray(axis) * millimetres / 1000
    return matrix


def _block(numbers: memoryview, block: Block) -> NDArray[Any]:
    count = int(np.prod(block.shape))
    return np.frombuffer(numbers, np.dtype(block.dtype), count, block.offset).reshape(block.shape)


class NewPart(Struct, frozen=True):
    """A part to be packed: what `PartHead` says of it, and its arrays.

    Parameters
    ----------
    vertices : array, shape (n, 3)
        In metres.
    faces : array of int, shape (m, 3)
    weights : array, shape (n, bones)
        How much each bone moves each vertex. The four largest are kept and made to add up to 1.
    regions : array of int, shape (m,), or None
    """

    id: str
    name: str
    tissue: str
    layer: str
    vertices: Floats
    faces: NDArray[np.integer]
    weights: Floats
    drawn: bool = False
    regions: NDArray[np.integer] | None = None


def packed(header: Header, parts: Sequence[NewPart]) -> bytes:
    """Return a rig as the bytes of its file.

    Parameters
    ----------
    header : Header
        With no parts: they come from `parts`.
    parts : sequence of NewPart

    Raises
    ------
    RigError
        If a part has an array of a wrong shape, a face without a vertex, or a vertex that no bone moves.
    """
    numbers = bytearray()
    heads = [_put(part, numbers, len(header.bones)) for part in parts]
    return _file(msgspec.structs.replace(header, parts=heads), numbers)


def with_more(rig: Rig, parts: Sequence[NewPart]) -> Rig:
    """Return a rig with further parts; those that it has stay as they are, number by number.

    Parameters
    ----------
    rig : Rig
    parts : sequence of NewPart

    Raises
    ------
    RigError
        As `packed`, or if the rig has such a part already.
    """
    known = {head.id for head in rig.header.parts}
    twice = known.intersection(part.id for part in parts)
    if twice:
        raise RigError(f"This figure has a part «{min(twice)}» already.")
    numbers = bytearray(rig.numbers)
    heads = [_put(part, numbers, len(rig.header.bones)) for part in parts]
    return Rig(_file(msgspec.structs.replace(rig.header, parts=[*rig.header.parts, *heads]), numbers))


def _put(part: NewPart, numbers: bytearray, bones: int) -> PartHead:
    """Append the numbers of a part and return what says where they stand."""

    def block(array: NDArray[np.generic]) -> Block:
        numbers.extend(b"\0" * (-len(numbers) % 4))
        offset = len(numbers)
        numbers.extend(array.tobytes())
        return Block(offset, array.dtype.str, list(array.shape))

    _check(part, bones)
    low = part.vertices.min(axis=0)
    step = np.maximum(np.ptp(part.vertices, axis=0), 1e-9) / 65535
    chief, shares = _influences(part.weights)
    small = len(part.vertices) < 2**16
    return PartHead(
        id=part.id,
        name=part.name,
        tissue=part.tissue,
        layer=part.layer,
        drawn=part.drawn,
        low=tuple(low.tolist()),
        step=tuple(step.tolist()),
        positions=block(np.rint((part.vertices - low) / step).astype("<u2")),
        faces=block(part.faces.astype("<u2" if small else "<u4")),
        bones=block(chief),
        weights=block(shares),
        regions=None if part.regions is None else block(part.regions.astype("u1")),
    )


def _file(header: Header, numbers: bytearray) -> bytes:
    text = json.dumps(msgspec.to_builtins(header), separators=(",", ":")).encode()
    text += b" " * (-(len(MAGIC) + PLACE.size + len(text)) % 4)
    # No time of day in the file: the same figure is the same bytes.
    return gzip.compress(MAGIC + PLACE.pack(len(text)) + text + bytes(numbers), 9, mtime=0)


def _check(part: NewPart, bones: int) -> None:
    count = len(part.vertices)
    if part.vertices.shape != (count, 3) or part.weights.shape != (count, bones):
        raise RigError(f"«{part.id}»: vertices must have the shape (n, 3), weights (n, {bones}).")
    if part.faces.ndim != 2 or part.faces.shape[1] != 3 or part.faces.min() < 0 or part.faces.max() >= count:
        raise RigError(f"«{part.id}»: faces must be triples of numbers of vertices.")
    if part.weights.min() < 0 or part.weights.sum(axis=1).min() <= 0:
        raise RigError(f"«{part.id}»: every vertex needs a bone, and no weight may be negative.")
    if part.regions is not None and part.regions.shape != (len(part.faces),):
        raise RigError(f"«{part.id}»: every face needs the number of a region, 255 for none.")


def _influences(weights: Floats) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the numbers of the four chief bones of each vertex, and their shares in 255ths, which add up to 255."""
    wide = np.pad(weights, ((0, 0), (0, max(0, INFLUENCES - weights.shape[1]))))
    chief = np.argsort(-wide, axis=1, kind="stable")[:, :INFLUENCES]
    shares = np.take_along_axis(wide, chief, axis=1)
    shares = np.rint(255 * shares / shares.sum(axis=1, keepdims=True)).astype(np.int64)
    shares[:, 0] += 255 - shares.sum(axis=1)
    chief[shares == 0] = 0
    return chief.astype("u1"), shares.astype("u1")
