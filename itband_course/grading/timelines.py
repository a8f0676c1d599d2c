"""The picture of a *plan* on a feedback page: the session as a bar of minutes, and under it each row in words.

Each family of techniques has a pattern of its own in ink and grey, as on the card. A row that could harm is hatched in
the colour of what hands keep off, one that stands in the wrong place has the sign of what is wrong; the words say both.
"""

import base64
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from itband_course import colours
from itband_course.clinic.plans import Row
from itband_course.clinic.scales import Family
from itband_course.kinds.base import ChoiceNote
from itband_course.kinds.plan import Plan, Value, described, minutes_text, row_numbers

WIDE, EDGE, BAR, LINE, TEXT = 540, 12, 40, 24, 15
"""Units of the picture: its width, what is left free around, the bar's height, that of a row, and of letters."""
LONGEST = 62
"""Letters of a row that fit beside its swatch."""
FAMILY_WORDS: dict[Family, str] = {
    "talk": "talk and teach",
    "check": "watch and compare",
    "light": "light strokes",
    "kneading": "kneading",
    "pressing": "slow pressure",
    "movement": "movement",
    "stretch": "stretch",
    "comfort": "cold and warmth",
}
HARM, TURNED = "could harm", "not where it belongs"


def drawn_plans(question: object, value: Any, made: Collection[ChoiceNote], exemplar: Any) -> list[dict[str, str]]:
    """Return pictures of a plan and, where the page may tell it, of one that earns everything.

    Parameters
    ----------
    question : object
        Any public question; only a *plan* has pictures.
    value : any JSON value
        As recorded.
    made : collection of ChoiceNote
        What the mark says of it; of an answer that could not be marked, nothing: then it is not drawn.
    exemplar : any JSON value
        None where the page may not tell it.

    Returns
    -------
    list of dict
        Each with ``source`` (a data address), ``alt`` and ``title``.
    """
    if not isinstance(question, Plan):
        return []
    found = []
    if made and isinstance(value, list):
        found.append(_picture(question, value, "Your session", marks_of(made)))
    if isinstance(exemplar, list):
        found.append(_picture(question, exemplar, "One session that earns everything", {}))
    return found


def marks_of(made: Iterable[ChoiceNote]) -> dict[int, str]:
    """Return for each row, counted from 0, what the mark says against it: ``no-go`` or ``wrong``."""
    found: dict[int, str] = {}
    for note in made:
        meaning = {"forbidden": "no-go", "turned-round": "wrong"}.get(note.choice.partition("/")[0])
        if meaning is not None:
            for number in row_numbers(note.text):
                found[number] = "no-go" if "no-go" in (meaning, found.get(number)) else meaning
    return found


def _picture(question: Plan, value: Value, title: str, marks: dict[int, str]) -> dict[str, str]:
    rows = msgspec.convert(value, type=list[Row])
    total = sum(row.minutes for row in rows)
    heading = f"{title}: {total} of {minutes_text(question.length)}"
    words = [
        f"{number}. {line}{_against(marks.get(number - 1))}"
        for number, line in enumerate(described(question, rows), start=1)
    ]
    picture = svg(question, rows, heading, words, marks)
    return {
        "source": f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}",
        "alt": f"{heading}. {'. '.join(words)}.",
        "title": heading,
    }


def _against(meaning: str | None) -> str:
    return {"no-go": f" ({HARM})", "wrong": f" ({TURNED})"}.get(meaning or "", "")


def svg(question: Plan, rows: Sequence[Row], title: str, words: Sequence[str], marks: dict[int, str]) -> str:
    """Return a plan as a picture that stands alone, on a ground of its own.

    Parameters
    ----------
    question : Plan
    rows : sequence of Row
    title : str
    words : sequence of str
        Each row in words.
    marks : dict of int to str
        What is said against rows, counted from 0.
    """
    family = {act.id: act.family for act in question.techniques}
    families = list(dict.fromkeys(family[row.technique] for row in rows))
    scale = (WIDE - 2 * EDGE) / max(question.length, sum(row.minutes for row in rows))
    lines = [part for line in words for part in _broken(line)]
    key_lines = -(-len(families) // 2)
    height = EDGE + BAR + 22 + LINE * (len(lines) + key_lines) + 2 * EDGE
    ink, quiet, ground = (colours.shown(name) for name in ("text", "quiet", "ground"))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDE} {height}" font-family="sans-serif" '
        f'font-size="{TEXT}"><title>{escape(title)}</title><defs>{_patterns(ink)}</defs>'
        f'<rect width="{WIDE}" height="{height}" fill="{ground}"/>'
    ]
    left = float(EDGE)
    for number, row in enumerate(rows):
        wide = row.minutes * scale
        parts.append(_box((left, EDGE), (wide, BAR), family[row.technique], marks.get(number)))
        if wide >= 12 + 8 * (number >= 9):
            middle, centre = left + wide / 2, EDGE + BAR / 2
            room = 10 + 8 * (number >= 9)
            parts.append(
                f'<rect x="{middle - room / 2:.1f}" y="{centre - 9}" width="{room}" height="18" fill="{ground}"/>'
                f'<text x="{middle:.1f}" y="{centre + 5}" text-anchor="middle" font-weight="bold" fill="{ink}">'
                f"{number + 1}</text>"
            )
        left += wide
    parts.append(_scale(question.length, scale, ink, quiet))
    top = EDGE + BAR + 22 + EDGE
    number = -1
    for line in lines:
        if not line.startswith(" "):
            number += 1
            parts.append(_box((EDGE, top), (18, 18), family[rows[number].technique], marks.get(number)))
            sign = {"no-go": "!", "wrong": colours.COLOURS["wrong"].sign}.get(marks.get(number, ""), "")
            colour = colours.shown(marks[number]) if number in marks else ink
            if sign:
                parts.append(f'<text x="{EDGE + 26}" y="{top + 14}" font-weight="bold" fill="{colour}">{sign}</text>')
        colour = colours.shown(marks[number]) if number in marks else ink
        parts.append(f'<text x="{EDGE + 44}" y="{top + 14}" fill="{colour}">{escape(line.strip())}</text>')
        top += LINE
    for place, name in enumerate(families):
        across = EDGE + (place % 2) * (WIDE - 2 * EDGE) / 2
        down = top + 6 + LINE * (place // 2)
        parts.append(_box((across, down), (18, 14), name, None))
        parts.append(f'<text x="{across + 24}" y="{down + 12}" fill="{quiet}">{FAMILY_WORDS[name]}</text>')
    return "".join([*parts, "</svg>"])


def _broken(line: str) -> list[str]:
    """Return a row's words as lines that fit; what goes on begins with a space."""
    found = [""]
    for word in line.split(" "):
        if len(found[-1]) + len(word) >= LONGEST:
            found.append(" ")
        found[-1] += word if found[-1] in ("", " ") else f" {word}"
    return found


def _scale(length: int, scale: float, ink: str, quiet: str) -> str:
    """Return the ticks of the minutes under the bar, and the end of the appointment as a thick line across it."""
    parts = []
    for minute in range(0, length + 1, 15):
        x = EDGE + minute * scale
        anchor = "start" if minute == 0 else "end" if x > WIDE - 3 * EDGE else "middle"
        words = minutes_text(minute) if minute == length else str(minute)
        parts.append(
            f'<path d="M{x:.1f} {EDGE + BAR}v5" stroke="{quiet}"/>'
            f'<text x="{x:.1f}" y="{EDGE + BAR + 19}" text-anchor="{anchor}" fill="{quiet}">{words}</text>'
        )
    end = EDGE + length * scale
    parts.append(f'<path d="M{end:.1f} {EDGE - 5}v{BAR + 10}" stroke="{ink}" stroke-width="3"/>')
    return "".join(parts)


def _box(at: tuple[float, float], size: tuple[float, float], family: Family, meaning: str | None) -> str:
    """Return a box with a family's pattern; what is said against the row stands in the border and the hatching."""
    line = colours.shown(meaning) if meaning else colours.shown("quiet")
    fill = "url(#harm)" if meaning == "no-go" else f"url(#{family})"
    (left, top), (wide, high) = at, size
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high}" fill="{fill}" stroke="{line}" '
        f'stroke-width="{3 if meaning else 1}"/>'
    )


def _patterns(ink: str) -> str:
    """Return what fills the boxes of each family, and of what could harm."""
    harm = colours.shown("no-go")
    drawn: dict[str, tuple[int, str]] = {
        "talk": (0, ""),
        "check": (-45, '<rect width="1.6" height="7"/>'),
        "light": (0, '<circle cx="3.5" cy="3.5" r="1.1"/>'),
        "kneading": (45, '<rect width="1.6" height="7"/>'),
        "pressing": (45, '<rect width="4" height="7"/>'),
        "movement": (0, '<rect width="7" height="1.6"/>'),
        "stretch": (0, '<rect width="1.6" height="7"/>'),
        "comfort": (0, '<path d="M0 0h7v1.1h-5.9v5.9h-1.1z"/>'),
    }
    ground = colours.shown("ground")
    return "".join(
        f'<pattern id="{name}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate({turn})">'
        f'<rect width="7" height="7" fill="{ground}"/><g fill="{colours.mixed(ink, ground, 0.4)}">{shape}</g></pattern>'
        for name, (turn, shape) in drawn.items()
    ) + (
        '<pattern id="harm" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="9" height="9" fill="{ground}"/><rect width="4" height="9" fill="{harm}"/></pattern>'
    )
