"""`shape_pain()` and `plan_running()`: columns that a student shapes, answered by rules, kept in `practice.json`."""

from collections.abc import Sequence
from typing import Any

from itband_course.clinic import pain_shape, running_plan
from itband_course.figure.answering import Record, told
from itband_course.figure.columns import Columns, Guide, Scale, Sheet
from itband_course.practising import practice_record, record_practice

NAMES = {pain_shape.EARLY: "Early on", pain_shape.LATER: "Later"}
RUNNER = "Nora"
"""Runs in the practice plan; no client of a case."""
PAIN_AT = 5.0
HER_PLAN = (3, 3, 0, 4, 4, 0, 6, 4, 0, 5, 5, 0, 7, 8)


def shape_pain(tasks: Sequence[str] = (pain_shape.EARLY, pain_shape.LATER), *, record: str = "shape-pain") -> Columns:
    """Return a run and the hours after it, over which a student shapes the pain of an outer knee.

    Parameters
    ----------
    tasks : sequence of str
        Of ``early`` and ``later``, those to do.
    record : str
        Under which it is kept. A second lesson of the folder names another, or it would open with the first one solved.

    Raises
    ------
    ValueError
        If there is no such task.
    """
    for task in tasks:
        if task not in pain_shape.TASKS:
            raise ValueError(f"There is no task «{task}». There are: {', '.join(pain_shape.TASKS)}.")
    sheet = Sheet(
        id="pain",
        title="The pain of one run",
        about="Drag a column up or down, or go to it with Tab and use the arrow keys. Then have your shape read.",
        scale=Scale("Pain", "of 10", 0, 10, 1, 2),
        columns=pain_shape.COLUMNS,
        start=(0.0,) * len(pain_shape.COLUMNS),
        tasks={task: pain_shape.TASKS[task] for task in tasks},
        task_names={task: NAMES[task] for task in tasks},
        button="Read my shape",
        source="A drawing for practice: one run of 8 km. What is typical is described in Noble 1980 and Strauss 2011.",
    )
    return Columns(sheet, _pain_answer, practice_record(record), _keeper(record))


def plan_running() -> Columns:
    """Return two weeks of a runner whose outer knee has calmed down, for a student to mend."""
    sheet = Sheet(
        id="running",
        title=f"{RUNNER}’s first two weeks",
        about=f"{RUNNER} has written this plan herself. Mend it: drag a column, or go to it with Tab and use the arrow "
        "keys. 0 is a day without running. Then choose below.",
        scale=Scale("Distance", "km", 0, 10, 0.5, 2),
        columns=running_plan.COLUMNS,
        start=tuple(float(distance) for distance in HER_PLAN),
        tasks={
            "plan": f"When {RUNNER} last ran, three weeks ago, the pain at her outer knee came in kilometre "
            f"{PAIN_AT:g}. "
            "Now walking and stairs have been painless for some days, and the knee is cool. She has no other worry."
        },
        task_names={"plan": "Her plan"},
        picks=running_plan.PICKS,
        guide=Guide(PAIN_AT, "here the pain came"),
        button="Check the plan",
        source="Limits: usual practice, without strong proof.",
    )
    return Columns(sheet, _plan_answer, practice_record("plan-running"), _keeper("plan-running"))


def _keeper(name: str) -> Any:
    return lambda record: record_practice(name, record)


def _pain_answer(record: Record) -> dict[str, Any]:
    task = record["task"]
    early = record["shapes"].get(pain_shape.EARLY, ()) if task == pain_shape.LATER else ()
    found = pain_shape.read_pain(record["shapes"][task], task, early)
    return {"headline": found.typical, "good": found.fits, "remarks": told(found.remarks)}


def _plan_answer(record: Record) -> dict[str, Any]:
    values = record["shapes"]["plan"]
    remarks = running_plan.read_plan(values, record["picks"], PAIN_AT)
    good = running_plan.is_sound(remarks)
    happening = []
    for event in running_plan.events(values, RUNNER):
        chosen = record["decisions"].get(event.id, "")
        said = running_plan.decided(event.id, chosen, record["picks"])
        happening.append(
            {
                "id": event.id,
                "says": event.says,
                "options": [{"id": option.id, "text": option.text} for option in event.options],
                "chosen": chosen if said else "",
                "remark": told([said])[0] if said else None,
            }
        )
    headline = "Nothing in this plan is broken." if good else "Something in this plan is broken or still missing."
    return {"headline": headline, "good": good, "remarks": told(remarks), "events": happening}
