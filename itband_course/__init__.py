"""A hands-on course on the iliotibial band: the names that its notebooks use.

`ask` draws a question card, `hand_in` closes a case, `practice` draws a card that explains itself. They load what
they need when they are first called, so that importing the course costs a notebook next to nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["ask", "hand_in", "practice"]

if TYPE_CHECKING:
    from itband_course.asking import ask, hand_in
    from itband_course.practising import practice


def __getattr__(name: str) -> Any:
    """Load `ask`, `hand_in` and `practice` on first use."""
    if name == "practice":
        from itband_course import practising

        return practising.practice
    if name in __all__:
        from itband_course import asking

        return getattr(asking, name)
    raise AttributeError(f"module 'itband_course' has no attribute {name!r}")
