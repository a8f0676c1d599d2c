"""What a shape of pain over a run and the hours after it is typical of.

Signs count; how many weeks it has lasted does not. The rules put no name to a pain. They say whether a shape is that of
an outer knee that hurts under load, early on or later, whether it holds signs of an acute stage, and what asks for a
further look.
"""

from collections.abc import Sequence

from msgspec import Struct

from itband_course.clinic.shapes import Column, Remark

KILOMETRES = 8
COLUMNS = (
    Column("before", "rest", "before the run, at rest", "Before"),
    *(Column(f"km-{km}", str(km), f"running, kilometre {km}", "Running, kilometre") for km in range(1, KILOMETRES + 1)),
    Column("after", "1 h", "an hour after the run, at rest", "Afterwards"),
    Column("night", "bed", "in bed at night", "Afterwards"),
    Column("morning", "a.m.", "next morning, on the first stairs", "Afterwards"),
)
LATE = 4
"""From this kilometre of eight on the pain comes late."""
LIMIT = 3
"""Of ten: above it the familiar pain is more than exercise may bring."""
EARLY, LATER = "early", "later"
TASKS = {
    EARLY: "A runner’s outer knee has begun to hurt, and only under load. Shape her pain: where does it come, and "
    "where is "
    "it gone?",
    LATER: "The same knee, after she kept on running like that. Shape what has changed.",
}
TYPICAL = {
    "night": "It is there at night, too: look further.",
    "rest": "It is there at rest, before any load: a sign of an acute stage.",
}
"""What a shape that does not fit is typical of, by the remark that decides."""
DESCRIBED = ("noble-1980", "strauss-2011")


class Reading(Struct, frozen=True):
    """What the rules read from a shape.

    Parameters
    ----------
    typical : str
        What it is typical of, in a sentence.
    fits : bool
        Whether it does the task.
    remarks : tuple of Remark
    """

    typical: str
    fits: bool
    remarks: tuple[Remark, ...]


def onset(values: Sequence[float]) -> int:
    """Return the kilometre in which the pain comes, 0 where it does not come."""
    running = values[1 : KILOMETRES + 1]
    return next((km for km, pain in enumerate(running, 1) if pain > 0), 0)


def read_pain(values: Sequence[float], task: str = "", early: Sequence[float] = ()) -> Reading:
    """Return what a shape is typical of, with a reason and a source for each thing that is seen.

    Parameters
    ----------
    values : sequence of float
        Pain from 0 to 10, one for each of `COLUMNS`.
    task : str
        One of `TASKS`, or nothing.
    early : sequence of float
        The shape that was made for ``early``, to compare with.

    Raises
    ------
    ValueError
        If there are not as many values as columns.
    """
    if len(values) != len(COLUMNS):
        raise ValueError(f"A shape has {len(COLUMNS)} columns, not {len(values)}.")
    start = onset(values)
    worries = _worries(values)
    if not any(values):
        return Reading("Nothing is shaped yet: every column stands at 0.", False, ())
    if worries:
        return Reading(TYPICAL[worries[0].id], False, tuple(worries + _limits(values)))
    if not start:
        return Reading("Pain after the run only, none while running.", False, (_not_in_the_run(),))
    lingers = values[-3] > 0 or values[-1] > 0
    usual = onset(early) if early and onset(early) > 1 else LATE + 1
    sooner = start < usual
    if lingers:
        typical = "It comes sooner, and it lingers." if sooner else "It comes late, and it lingers."
    else:
        typical = (
            "It comes late, and it is gone at rest." if start >= LATE else "It comes soon, and it is gone at rest."
        )
    if start == 1:
        typical = "It comes in the first kilometre, and it lingers." if lingers else "It comes in the first kilometre."
    fits = (task == EARLY and start >= LATE and not lingers) or (task == LATER and sooner and lingers)
    said = [_first_kilometre() if start == 1 else _at_a_distance(start), _lingering() if lingers else _gone()]
    if task == EARLY and lingers:
        said.append(_task("Early on it is gone once the run is over: set the hours after it to 0."))
    if task == EARLY and start < LATE:
        said.append(_task(f"Early on it comes late in the run: let it begin at kilometre {LATE} or after."))
    if task == LATER and not sooner:
        said.append(_task(f"Later it comes sooner than before: let it begin before kilometre {usual}."))
    if task == LATER and not lingers:
        said.append(_task("Later it lingers: at rest after the run, or on the stairs next morning."))
    return Reading(typical, fits, tuple(said + _eases(values, start) + _limits(values)))


def _worries(values: Sequence[float]) -> list[Remark]:
    """Return what does not belong to a band that hurts under load alone."""
    found = []
    if values[-2] > 0:
        found.append(
            Remark(
                "night",
                "look",
                "Pain in bed at night.",
                "Pain that comes under load is usually quiet at night, a bad flare apart. Does any position ease it? "
                "Ask "
                "about fever, a lump, lost weight, earlier cancer, a fall, and pain in groin or thigh on each step. "
                "Night pain that nothing eases is seen by a physician within days.",
                ("strauss-2011", "lavine-2010"),
            )
        )
    if values[0] > 0:
        found.append(
            Remark(
                "rest",
                "look",
                "Pain at rest, before the run.",
                "This is a sign of an acute stage. Feel for warmth, look for swelling. Today nothing presses on the "
                "outer knee, nobody stretches it, and nobody runs on it.",
                ("fredericson-2005", "strauss-2011"),
            )
        )
    return found


def _first_kilometre() -> Remark:
    return Remark(
        "first-kilometre",
        "think",
        "It comes in the first kilometre.",
        "A knee that gets worse may hurt within five minutes, so this can be the later course. Ask: does ordinary "
        "walking hurt at the outer knee? Then it shows a sign of an acute stage. Does she limp? She stops, and "
        "somebody looks for the cause. Does each step hurt in groin or thigh? Then it may be bone: no weight on it, "
        "and a physician the same day.",
        ("noble-1980", "robertson-2017"),
    )


def _at_a_distance(start: int) -> Remark:
    return Remark(
        "distance",
        "right",
        f"It comes at kilometre {start}, not at the start.",
        "Typical is a well-placed pain that comes at much the same distance or minute of each run.",
        DESCRIBED,
        "",
    )


def _gone() -> Remark:
    return Remark(
        "gone",
        "right",
        "It is gone at rest, at night and next morning.",
        "So it mostly is early on: pain with load only. Signs say so; the number of weeks does not.",
        DESCRIBED,
        "",
    )


def _lingering() -> Remark:
    return Remark(
        "lingers",
        "right",
        "It stays after the run.",
        "So it mostly goes when the load stays as it was. Pain at rest is a sign of an acute stage, and so are warmth, "
        "swelling and pain in walking, however many weeks it has lasted. As long as one of them is there, nothing "
        "presses on the outer knee, and nobody runs.",
        DESCRIBED,
        "",
    )


def _not_in_the_run() -> Remark:
    return Remark(
        "not-in-the-run",
        "look",
        "Nothing hurts while running.",
        "A band that hurts under load hurts in the run. Ask where it hurts, since when, and what brings it.",
        DESCRIBED,
        "",
    )


def _task(says: str) -> Remark:
    return Remark("task", "think", says, "Change the shape, and have it read again.", DESCRIBED, "")


def _eases(values: Sequence[float], start: int) -> list[Remark]:
    running = values[start : KILOMETRES + 1]
    if max(running) - running[-1] < 2:
        return []
    if running[-1] == 0:
        why = "If she stopped there, leave it so: whoever stops at the first pain has none at the end."
    else:
        why = "The sources tell of a pain that goes on or grows until the runner stops. Ask what she did there: walk?"
    return [Remark("eases", "think", "It grows less before the run ends.", why, DESCRIBED, "")]


def _limits(values: Sequence[float]) -> list[Remark]:
    found = []
    if max(values[1 : KILOMETRES + 1]) > LIMIT:
        found.append(
            Remark(
                "above-three",
                "think",
                f"It goes above {LIMIT} of 10 in the run.",
                f"Usual practice is to stop at the first pain that you know, and never to run on above {LIMIT}.",
            )
        )
    if values[-1] > values[-3]:
        found.append(
            Remark(
                "worse-next-morning",
                "think",
                "It is worse next morning than after the run.",
                "That is the next-morning rule: what is worse on the next day was too much. The next run is shorter, "
                "or "
                "waits.",
            )
        )
    return found
