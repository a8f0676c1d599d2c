"""`simulate("ober")` opens a test to do on a client that moves, and keeps how it went in `practice.json`."""

from collections.abc import Sequence
from typing import Any

from itband_course.figure.beside import Beside
from itband_course.figure.simulators import Side, simulator
from itband_course.practising import practice_record, record_practice


def simulate(test: str, *, side: Side = "right", build: str = "woman-young", truths: Sequence[int] = ()) -> Beside:
    """Return a test with the hands, to do until three readings running are within five degrees.

    Parameters
    ----------
    test : str
        ``ober``, ``modified-ober``, ``modified-thomas``, ``ely`` or ``noble-compression``.
    side : {'right', 'left'}
        The tested side.
    build : str
        One of `itband_course.body.builds`.
    truths : sequence of int
        True angles of the first clients; without them each client is drawn.

    Raises
    ------
    FigureError
        If there is no such test, side or build.
    """
    name = f"simulate-{test}-{side}"
    return simulator(
        test,
        side=side,
        build=build,
        truths=truths,
        record=_standing(practice_record(name)),
        keep=lambda record: record_practice(name, record),
    )


def _standing(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return how the practice stood, if what was recorded says so."""
    wanted = {"readings": int, "running": int, "done": bool}
    if value is None or any(type(value.get(key)) is not kind for key, kind in wanted.items()):
        return None
    return {key: value[key] for key in wanted}
