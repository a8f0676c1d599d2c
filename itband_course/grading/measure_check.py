"""Measure questions in `itband check`: what they name has to be there, in simulators and in the client's chart."""

from collections.abc import Iterable

from itband_course.figure.client import Client
from itband_course.kinds.measure import AuthoredMeasure


def bench_faults(asked: Iterable[AuthoredMeasure]) -> list[tuple[str, str]]:
    """Return id and fault of each question whose test or angles no simulator has."""
    asked = list(asked)
    if not asked:
        return []
    # Only here: simulators need figure and body, grading needs neither.
    from itband_course.body import builds
    from itband_course.figure.simulators import benches

    bodies = [one.id for one in builds()]
    faults = []
    for question in asked:
        if question.build not in bodies:
            faults.append((question.id, f"there is no body «{question.build}»: take one of {_list(bodies)}."))
        bench = benches().get(question.test)
        if bench is None:
            faults.append(
                (question.id, f"the test «{question.test}» has no simulator: take one of {_list(benches())}.")
            )
            continue
        faults += [
            (question.id, f"the {side} side has {angle}°; its simulator knows {bench.low}° to {bench.high}°: mend it.")
            for side, angle in (("right", question.right), ("left", question.left))
            if not bench.low <= angle <= bench.high
        ]
    return faults


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def entry_faults(asked: Iterable[AuthoredMeasure], client: Client | None) -> list[tuple[str, str]]:
    """Return id and fault of each question of a case that does not agree with the client's chart."""
    chart = {} if client is None else {entry.id: entry for entry in client.chart}
    faults = []
    for question in asked:
        if not question.entry:
            continue
        entry = chart.get(question.entry)
        if entry is None:
            faults.append(
                (question.id, f"the client's chart has no entry «{question.entry}»: mend entry, or take it out.")
            )
            continue
        said = {angle.id: (angle.true, angle.within) for angle in entry.angles}
        wanted = {"r": (question.right, question.error), "l": (question.left, question.error)}
        if {side: said.get(side) for side in wanted} != wanted:
            faults.append(
                (
                    question.id,
                    f"«{question.entry}» of the client's chart says other angles r and l, or misreads them by more or "
                    "less: mend right, left and error, or the chart.",
                )
            )
    return faults
