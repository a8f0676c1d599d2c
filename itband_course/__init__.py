"""A hands-on course on the iliotibial band: the names that its notebooks use.

`ask` draws a question card, `close_stage` ends a part of a case, `hand_in` ends the case, `practice` draws a card that
explains itself; `show_leg` and `show_client` draw a figure that moves, `show_plate` shows a still one with labels. They
load what they need when they are first called, so that importing the course costs a notebook next to nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["ask", "close_stage", "hand_in", "practice", "show_client", "show_leg", "show_plate"]

if TYPE_CHECKING:
    from itband_course.asking import ask, close_stage, hand_in
    from itband_course.figure.scenes import show_client, show_leg
    from itband_course.figure.shown_plate import show_plate
    from itband_course.practising import practice


def __getattr__(name: str) -> Any:
    """Load the names of `__all__` on first use."""
    if name == "practice":
        from itband_course import practising

        return practising.practice
    if name in ("show_leg", "show_client"):
        from itband_course.figure import scenes

        return getattr(scenes, name)
    if name == "show_plate":
        from itband_course.figure import shown_plate

        return shown_plate.show_plate
    if name in __all__:
        from itband_course import asking

        return getattr(asking, name)
    raise AttributeError(f"module 'itband_course' has no attribute {name!r}")
