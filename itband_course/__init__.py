"""A hands-on course on the iliotibial band: the names that its notebooks use.

`ask` draws a question card, `close_stage` ends a part of a case, `show_chart` then shows the client's whole chart,
`hand_in` ends the case, `practice` draws a card that explains itself; `show_leg`, `show_client` and `show_exercises`
draw a figure that moves, `show_plate` shows a still one with labels. `simulate` opens a test to do on a client,
`weigh_findings` lets the safety rules answer to findings, `sort_intake` opens an intake against the clock,
`show_techniques` shows where a technique goes on a client, and where not; `shape_pain`, `plan_running` and
`coach_self_massage` have the rules answer to what a student shapes or chooses. `abduction_by_hip`, `band_before_knee`,
`band_length_by_drop` and `band_length_by_knee` draw a chart, and `side_by_side` puts one beside a leg, so that each
moves the other. They load what they need when they are first called, so that importing the course costs a notebook
next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "abduction_by_hip",
    "ask",
    "band_before_knee",
    "band_length_by_drop",
    "band_length_by_knee",
    "close_stage",
    "coach_self_massage",
    "hand_in",
    "plan_running",
    "practice",
    "shape_pain",
    "show_chart",
    "show_client",
    "show_exercises",
    "show_leg",
    "show_plate",
    "show_techniques",
    "side_by_side",
    "simulate",
    "sort_intake",
    "weigh_findings",
]

if TYPE_CHECKING:
    from itband_course.asking import ask, close_stage, hand_in, show_chart
    from itband_course.coaching import coach_self_massage
    from itband_course.deciding.sorting import sort_intake
    from itband_course.deciding.treating import show_techniques
    from itband_course.deciding.weighing import weigh_findings
    from itband_course.figure.leg_charts import (
        abduction_by_hip,
        band_before_knee,
        band_length_by_drop,
        band_length_by_knee,
    )
    from itband_course.figure.linked import side_by_side
    from itband_course.figure.scenes import show_client, show_exercises, show_leg
    from itband_course.figure.shown_plate import show_plate
    from itband_course.practising import practice
    from itband_course.shaping import plan_running, shape_pain
    from itband_course.simulating import simulate

_HOMES = {
    "asking": ("ask", "close_stage", "hand_in", "show_chart"),
    "coaching": ("coach_self_massage",),
    "deciding.sorting": ("sort_intake",),
    "deciding.treating": ("show_techniques",),
    "deciding.weighing": ("weigh_findings",),
    "figure.leg_charts": ("abduction_by_hip", "band_before_knee", "band_length_by_drop", "band_length_by_knee"),
    "figure.linked": ("side_by_side",),
    "figure.scenes": ("show_client", "show_exercises", "show_leg"),
    "figure.shown_plate": ("show_plate",),
    "practising": ("practice",),
    "shaping": ("plan_running", "shape_pain"),
    "simulating": ("simulate",),
}


def __getattr__(name: str) -> Any:
    """Load the names of `__all__` on first use."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"itband_course.{home}"), name)
    raise AttributeError(f"module 'itband_course' has no attribute {name!r}")
