"""The question card: one small widget for all kinds. The browser draws, the kernel records."""

from itband_course.card.widget import Card

__all__ = ["Card"]
