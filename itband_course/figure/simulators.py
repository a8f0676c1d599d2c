"""Tests with the hands on a client that moves: set up, move, watch the pelvis, read, and see how far off it was.

A simulated client has one true angle: where the hip's or the knee's own movement ends. Whoever does the test well reads
it; whoever lets the pelvis go reads something else, and sees why. How the pelvis gives way here is drawn, not measured.
"""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
import traitlets
from ipywidgets import widget_serialization
from msgspec import Struct

from itband_course import widgets
from itband_course.body import positions
from itband_course.bundled import script
from itband_course.clinic.facts import FactsError, SpecialTest, special_tests
from itband_course.facts import reading
from itband_course.figure.beside import Beside
from itband_course.figure.moving import Figure, FigureError
from itband_course.figure.scenes import laid, show_client
from itband_course.kinds.base import Simulated

HERE = Path(__file__).parent
WITHIN = 5
"""Degrees that a reading may be off the true angle."""
RUNNING = 3
"""Good readings in a row that end the practice."""
MOST_TRUTHS = 20
Side = Literal["right", "left"]


class Slide(Struct, frozen=True, forbid_unknown_fields=True):
    """A slider of a simulator.

    Parameters
    ----------
    id, title : str
    low, high, start : int
        In degrees.
    less, more : str
        Words at its two ends.
    """

    id: str
    title: str
    low: int
    high: int
    start: int
    less: str = ""
    more: str = ""


class Switch(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is done or not: a hand that holds the pelvis."""

    id: str
    title: str


class Pick(Struct, frozen=True, forbid_unknown_fields=True):
    """One of several: where the thumb lies. `options` are ids and words."""

    id: str
    title: str
    options: list[tuple[str, str]]


class Bench(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one test is simulated.

    Parameters
    ----------
    test : str
        Id in the clinic's special tests, whose steps and sources it shows.
    position : str
        Of the body.
    way : str
        Which sums the browser does: ``side-lying``, ``thomas``, ``ely``, ``noble``.
    near : float
        How much closer than the whole table the client is looked at.
    task : str
        What the student does, in a sentence.
    reads : str
        What the inclinometer reads, in words.
    low, high : int
        Between which whole degrees the true angle of a client lies.
    slides, switches, picks
        What the student moves, the last slide being the movement itself.
    faults : dict of str to str
        What is told of a fault, by its id; ``{n}`` is its size in degrees.
    """

    test: str
    position: str
    way: Literal["side-lying", "thomas", "ely", "noble"]
    near: float = 1.0
    task: str
    reads: str
    low: int
    high: int
    slides: list[Slide]
    switches: list[Switch] = []
    picks: list[Pick] = []
    faults: dict[str, str]


@cache
def benches() -> dict[str, Bench]:
    """Return every test that can be simulated, by its id among the special tests.

    Raises
    ------
    FactsError
        If a test, a position or a fault's words are missing; names the test.
    """
    raw = files("itband_course").joinpath("data/simulators.toml").read_text("utf-8")
    try:
        found = msgspec.convert(tomllib.loads(raw)["bench"], type=list[Bench])
    except msgspec.ValidationError as error:
        raise FactsError(f"data/simulators.toml: {error}") from error
    for bench in found:
        if bench.test not in special_tests():
            raise FactsError(f"data/simulators.toml, «{bench.test}»: there is no such special test.")
        if bench.position not in positions():
            raise FactsError(f"data/simulators.toml, «{bench.test}»: no position «{bench.position}».")
    return {bench.test: bench for bench in found}


Keep = Callable[[dict[str, Any]], None]
"""``keep(record)``: records how the practice stands; raises with a sentence for the student where that fails."""


class Simulator(widgets.Widget):
    """The panel of a test: what to move, what the hands feel, the inclinometer, and how far the reading was off.

    The browser does the sums and moves the figure without the kernel. After each checked reading it sets `record`; once
    that is kept, the kernel sets `kept` to its number of readings, and only then the panel says «Recorded».

    Parameters
    ----------
    bench : Bench
    side : {'right', 'left'}
        The tested side.
    truths : sequence of int
        True angles of the first clients; the browser draws those after them.
    record : dict
        ``readings`` (how many were checked), ``running`` (good ones in a row), ``done``.
    keep : callable, optional
        `Keep`; without it nothing is recorded.
    """

    _esm = script("simulator")
    _css = widgets.style(
        "itband-simulator", ["right", "wrong", "recorded", "band"], [widgets.PANELS, HERE / "simulators.css"]
    )

    bench = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    about = traitlets.Dict().tag(sync=True)
    side = traitlets.Unicode().tag(sync=True)
    truths = traitlets.List().tag(sync=True)
    within = traitlets.Int(WITHIN).tag(sync=True)
    runs = traitlets.Int(RUNNING).tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    figure = traitlets.Instance(Figure, allow_none=True).tag(sync=True, **widget_serialization)
    record = traitlets.Dict().tag(sync=True)
    kept = traitlets.Int(0).tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(  # noqa: PLR0913 - one argument for each thing that a lesson chooses
        self,
        bench: Bench,
        figure: Figure,
        *,
        side: Side = "right",
        truths: Sequence[int] = (),
        record: dict[str, Any] | None = None,
        keep: Keep | None = None,
    ) -> None:
        test = special_tests()[bench.test]
        for truth in truths:
            if not bench.low <= truth <= bench.high:
                raise FigureError(f"A client of «{test.name}» has {bench.low}° to {bench.high}°, not {truth}°.")
        now = record or {"readings": 0, "running": 0, "done": False}
        super().__init__(
            bench=msgspec.to_builtins(bench),
            title=f"{test.name}, {side} side",
            about=_about(test),
            side=side,
            truths=list(truths)[:MOST_TRUTHS],
            start=dict(figure.state["angles"]),
            figure=figure,
            record=now,
            kept=now["readings"],
        )
        self._keep = keep
        self.observe(self._on_record, "record")

    def _on_record(self, change: Any) -> None:
        record = dict(change["new"])
        try:
            if self._keep is not None:
                self._keep(record)
        except Exception as error:
            self.problem = str(error) or "NOT saved. Press Run All."
        else:
            self.problem = ""
            self.kept = int(record["readings"])

    def __repr__(self) -> str:
        return f"Simulator: {self.title}"

    def text(self) -> str:
        """Return in plain text what the simulator is for and how the test is done."""
        lines = [
            f"{self.title}: a test to do on a client that moves. Press Run All to do it.",
            f"Read within {WITHIN}° of the true angle, {RUNNING} times running.",
            "",
            *(f"{number}. {step}" for number, step in enumerate(self.about["steps"], 1)),
            "",
            f"What it cannot say: {self.about['cannot_say']}",
            *(f"To read: {one['cite']}" for one in self.about["to_read"]),
        ]
        return "\n".join(lines)


def _about(test: SpecialTest) -> dict[str, Any]:
    """Return what the panel tells of a test."""
    return {
        "steps": [step.says for step in test.steps if step.id != "other-side"],
        "cannot_say": test.cannot_say,
        "not_when": list(test.not_when),
        "to_read": reading(test.sources),
    }


def simulator(  # noqa: PLR0913 - one argument for each thing that a lesson chooses
    test: str,
    *,
    side: Side = "right",
    build: str = "woman-young",
    truths: Sequence[int] = (),
    record: dict[str, Any] | None = None,
    keep: Keep | None = None,
) -> Beside:
    """Return a client in the position of a test, with the panel to do it beside.

    Parameters
    ----------
    test : str
        One of `benches`: ``ober``, ``modified-ober``, ``modified-thomas``, ``ely``, ``noble-compression``.
    side : {'right', 'left'}
        The tested side.
    build : str
        One of `itband_course.body.builds`.
    truths, record, keep
        As for `Simulator`.

    Raises
    ------
    FigureError
        If there is no such test, side or build, or a true angle is out of its range.
    """
    bench = benches().get(test)
    if bench is None:
        raise FigureError(f"There is no simulator of «{test}». There are: {', '.join(benches())}.")
    figure = show_client(bench.position, build=build, side=side, draped=False, positions=(), controls=("views",))
    figure.show(view={**figure.state["view"], "near": bench.near})
    figure.home = figure.state
    return Beside(figure, Simulator(bench, figure, side=side, truths=truths, record=record, keep=keep))


class Examined(widgets.Widget):
    """The same panel above a question's card: both sides of one client, nothing checked, no true angle told.

    Parameters
    ----------
    bench : Bench
    figure : Figure
    examined : Simulated
        The body, and of both sides the angle, this student's error and what is found at the end.
    """

    _esm = Simulator._esm
    _css = Simulator._css

    bench = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    about = traitlets.Dict().tag(sync=True)
    side = traitlets.Unicode().tag(sync=True)
    sides = traitlets.Dict().tag(sync=True)
    figure = traitlets.Instance(Figure, allow_none=True).tag(sync=True, **widget_serialization)

    def __init__(self, bench: Bench, figure: Figure, examined: Simulated) -> None:
        test = special_tests()[bench.test]
        self._looks = {side: _look(bench, examined.build, side) for side in examined.sides}
        super().__init__(
            bench=msgspec.to_builtins(bench),
            title=f"{test.name}, both sides",
            about=_about(test),
            side=next(iter(examined.sides)),
            sides=self._sides(examined),
            figure=figure,
        )

    def _sides(self, examined: Simulated) -> dict[str, Any]:
        return {
            side: {"true": one.true, "error": one.error, "at_end": one.at_end, "look": self._looks[side]}
            for side, one in examined.sides.items()
        }

    def renew(self, examined: Simulated) -> None:
        """Take over the errors of a student whose record has just begun."""
        self.sides = self._sides(examined)

    def __repr__(self) -> str:
        return f"Simulator: {self.title}"

    def text(self) -> str:
        """Return in plain text what the panel is for."""
        return f"{self.title}: a test to do on a client that moves. Press Run All to do it."


def _look(bench: Bench, build: str, side: str) -> dict[str, Any]:
    """Return how the figure lies for a side: angles, clothes and where it is seen from."""
    found = laid(build, bench.position, side, draped=False)
    return {
        "angles": found["angles"],
        "view": {**found["view"], "near": bench.near},
        "cloth": found["cloth"],
        "side": side,
    }


def examination(examined: Simulated) -> Beside:
    """Return a client to measure on both sides, with the panel to do it beside.

    Raises
    ------
    FigureError
        If the test has no simulator or there is no such build.
    """
    bench = benches().get(examined.test)
    if bench is None:
        raise FigureError(f"There is no simulator of «{examined.test}». There are: {', '.join(benches())}.")
    side = next(iter(examined.sides))
    figure = show_client(bench.position, build=examined.build, draped=False, positions=(), controls=("views",))
    figure.show(**_look(bench, examined.build, side))
    figure.home = figure.state
    return Beside(figure, Examined(bench, figure, examined))
