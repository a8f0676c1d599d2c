"""A hands-on course on the iliotibial band: the names that its notebooks use.

`ask` draws a question card, `hand_in` closes a case. Both load what they need when they are first called, so that
importing the course costs a notebook next to nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["ask", "hand_in"]

if TYPE_CHECKING:
    from itband_course.asking import ask, hand_in


def __getattr__(name: str) -> Any:
    """Load `ask` and `hand_in` on first use."""
    if name in __all__:
        from itband_course import asking

        return getattr(asking, name)
    raise AttributeError(f"module 'itband_course' has no attribute {name!r}")
