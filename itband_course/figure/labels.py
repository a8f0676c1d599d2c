"""Labels in two columns beside a picture: where each one stands, and where its line ends. No two overlap.

Everything is in points from the lower left corner of the panel.
"""

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DEEP = 6.0
"""A line's end lies so many points inside its structure, where that is wide enough."""
CLEAR = 6.0
"""So far a line stays from the ends of others, where it can."""
CHOICES, ROUNDS = 40, 2
"""How many ends are tried for each line, and how often."""
COARSE = 360
"""Along its longer side a picture is searched at so many places at most."""


class Columns(NamedTuple):
    """Where labels may stand.

    Parameters
    ----------
    left, right : float
        Where labels on the left end, and those on the right begin.
    bottom, top : float
    gap : float
        Room between two labels.
    """

    left: float
    right: float
    bottom: float
    top: float
    gap: float = 6.0


class Wish(NamedTuple):
    """A label to be placed.

    Parameters
    ----------
    id : str
        What it names.
    words : str
        One line or more.
    height : float
        Of all its lines.
    ends : array, shape (n, 3)
        Where its line may end: across, up, and how far from the edge of what it names.
    """

    id: str
    words: str
    height: float
    ends: Floats


class Placed(NamedTuple):
    """A label in its place: `middle` is its height's middle, (`x`, `y`) where its line ends."""

    id: str
    words: str
    side: str
    middle: float
    height: float
    x: float
    y: float


class NoRoomError(ValueError):
    """More labels are asked for than the columns hold."""


def ends(shows: NDArray[np.bool_], box: tuple[float, float, float, float]) -> Floats:
    """Return where a line to a structure may end, shape (n, 3): across, up, distance from the structure's edge.

    Parameters
    ----------
    shows : array of bool, shape (height, width)
        Where the structure is to be seen; the first row is the top one.
    box : (float, float, float, float)
        Left, right, bottom and top of the picture.
    """
    left, right, bottom, top = box
    height, width = shows.shape
    rows, columns = np.nonzero(shows)
    if not len(rows):
        return np.empty((0, 3))
    low, high = (rows.min(), columns.min()), (rows.max() + 1, columns.max() + 1)
    step = max(1, int(np.ceil(max(high[0] - low[0], high[1] - low[1]) / COARSE)))
    part = np.pad(shows[low[0] : high[0] : step, low[1] : high[1] : step], 1)
    deep = np.zeros(part.shape)
    unit = (right - left) / width * step
    while part.any() and deep.max() < 2 * DEEP / unit:
        deep += part
        inner = part.copy()
        inner[1:-1, 1:-1] &= part[:-2, 1:-1] & part[2:, 1:-1] & part[1:-1, :-2] & part[1:-1, 2:]
        part = inner
    y, x = np.nonzero(deep)
    return np.stack(
        [
            left + (low[1] + (x - 1) * step + 0.5) * (right - left) / width,
            top - (low[0] + (y - 1) * step + 0.5) * (top - bottom) / height,
            deep[y, x] * unit,
        ],
        axis=-1,
    )


def placed(wishes: Sequence[Wish], columns: Columns) -> list[Placed]:
    """Return labels in their places: none overlaps another, and no two lines of a side cross.

    Raises
    ------
    NoRoomError
        If they are too many.
    """
    # The two columns are about as tall, wherever the picture has its weight.
    across = sorted(wishes, key=lambda wish: float(np.median(wish.ends[:, 0])))
    split = min(
        range(len(across) + 1),
        key=lambda at: abs(_needed(across[:at], columns.gap) - _needed(across[at:], columns.gap)),
    )
    by_side = {"left": across[:split], "right": across[split:]}
    if any(_needed(found, columns.gap) > columns.top - columns.bottom for found in by_side.values()):
        raise NoRoomError(f"There is no room for {len(wishes)} labels. Ask for fewer.")
    return [label for side, found in by_side.items() for label in _column(found, side, columns)]


def _needed(wishes: Sequence[Wish], gap: float) -> float:
    return sum(wish.height for wish in wishes) + gap * max(0, len(wishes) - 1)


def _column(wishes: Sequence[Wish], side: str, columns: Columns) -> list[Placed]:
    """Return the labels of one side: from a first choice of ends, then with ends that keep lines apart."""
    edge = columns.left if side == "left" else columns.right
    choices = {wish.id: _choices(wish, edge) for wish in wishes}
    chosen = {wish.id: choices[wish.id][0] for wish in wishes}
    order, middles = _ordered(list(wishes), chosen, edge, columns)
    for _ in range(ROUNDS):
        for wish, middle in zip(order, middles, strict=True):
            others = [
                (edge, height, *chosen[one.id][:2]) for one, height in zip(order, middles, strict=True) if one != wish
            ]
            chosen[wish.id] = min(
                choices[wish.id],
                key=lambda end: _trouble((edge, middle, *end[:2]), others) - end[2],
            )
        order, middles = _ordered(order, chosen, edge, columns)
    return [
        Placed(wish.id, wish.words, side, middle, wish.height, *chosen[wish.id][:2])
        for wish, middle in zip(order, middles, strict=True)
    ]


def _choices(wish: Wish, edge: float) -> list[tuple[float, float, float]]:
    """Return places where a line may end, each with how good it is, the best first: well inside, and near the label."""
    deepest = wish.ends[:, 2].max()
    across, up, deep = wish.ends[wish.ends[:, 2] >= 0.7 * min(deepest, DEEP)].T
    good = 3 * np.minimum(deep, DEEP) - 0.22 * np.abs(across - edge) - 0.12 * np.abs(up - np.median(up))
    best = np.argsort(-good, kind="stable")
    # The first are neighbours: a few of them, spread over all, are choice enough.
    some = best[:: max(1, len(best) // CHOICES)]
    return [(float(across[one]), float(up[one]), float(good[one])) for one in some]


def _ordered(
    wishes: list[Wish], chosen: dict[str, tuple[float, float, float]], edge: float, columns: Columns
) -> tuple[list[Wish], list[float]]:
    """Return labels from top to bottom, with their middles, so that no two neighbours' lines cross."""
    order = sorted(wishes, key=lambda wish: -chosen[wish.id][1])
    middles: list[float] = []
    for _ in range(len(order) ** 2 + 1):
        middles = _spread([wish.height for wish in order], [chosen[wish.id][1] for wish in order], columns)
        lines = [(edge, middle, *chosen[wish.id][:2]) for wish, middle in zip(order, middles, strict=True)]
        crossing = next((at for at in range(len(lines) - 1) if _cross(lines[at], lines[at + 1])), None)
        if crossing is None:
            break
        order[crossing], order[crossing + 1] = order[crossing + 1], order[crossing]
    return order, middles


def _trouble(line: tuple[float, ...], others: Sequence[tuple[float, ...]]) -> float:
    """Return how much a line gets in the way of others: by crossing them, or by running over their ends."""
    total = 0.0
    for other in others:
        total += 60.0 * _cross(line, other)
        total += 6.0 * max(0.0, CLEAR - _distance(line, other[2:])) + 6.0 * max(0.0, CLEAR - _distance(other, line[2:]))
    return total


def _distance(line: tuple[float, ...], place: tuple[float, ...]) -> float:
    """Return how far a place lies from a line."""
    # Asked many thousand times for a plate: plain numbers take a tenth of the time of small arrays.
    (x, y, end_x, end_y), (across, up) = line, place
    along, rise = end_x - x, end_y - y
    share = ((across - x) * along + (up - y) * rise) / max(along * along + rise * rise, 1e-9)
    share = min(max(share, 0.0), 1.0)
    return hypot(x + share * along - across, y + share * rise - up)


def _spread(heights: Sequence[float], wanted: Sequence[float], columns: Columns) -> list[float]:
    """Return the middles of labels from top to bottom, as near as can be to where they are wanted."""
    if not heights:
        return []
    above, total = [], 0.0
    for height in heights:
        above.append(total + height / 2)
        total += height + columns.gap
    slack = columns.top - columns.bottom - (total - columns.gap)
    # How far below the top all that stands above would push it: this must not become less from one to the next.
    groups: list[tuple[float, int]] = []
    for want, pushed in zip(wanted, above, strict=True):
        groups.append((columns.top - want - pushed, 1))
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            (one, many), (other, more) = groups[-2:]
            groups[-2:] = [((one * many + other * more) / (many + more), many + more)]
    downs = [min(max(down, 0.0), slack) for down, count in groups for _ in range(count)]
    return [columns.top - down - pushed for down, pushed in zip(downs, above, strict=True)]


def _cross(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Return whether two lines, each from (x, y) to (x, y), cross."""

    def turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> bool:
        return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])

    a, b, c, d = one[:2], one[2:], other[:2], other[2:]
    return turn(a, c, d) != turn(b, c, d) and turn(a, b, c) != turn(a, b, d)
