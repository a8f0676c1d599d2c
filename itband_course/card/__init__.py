"""The question card, one small widget for all kinds, and the door that closes a stage.

The browser draws, the kernel records.
"""

from itband_course.card.widget import Card, Door, card

__all__ = ["Card", "Door", "card"]
