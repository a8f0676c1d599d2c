"""The feedback page of one student: for each question what they chose, the mark, why, and where to read."""

from importlib.resources import files
from typing import Any

import bleach
import mistune
import msgspec
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import compute_checksum

from itband_course.explaining import chosen, standing, standing_of
from itband_course.facts import reading
from itband_course.grading.course import asked_in, is_note
from itband_course.grading.scoring import Result
from itband_course.kinds.base import points_text

NOTE_TAGS = frozenset(
    [
        "p",
        "br",
        "strong",
        "em",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "hr",
    ]
)


def feedback_page(nb: Any, resources: Any) -> str:
    """Return the page as HTML: no script, nothing loaded from elsewhere, nothing of the questions not chosen.

    Parameters
    ----------
    nb : NotebookNode
        The autograded notebook, its marks already brought in by nbgrader's `GetGrades`.
    resources : dict
        nbconvert's resources with nbgrader's part.
    """
    marks = resources["nbgrader"]
    waiting = _waiting(marks)
    items: list[dict[str, Any]] = []
    for cell in nb.cells:
        question_id = asked_in(cell)
        if question_id is not None:
            items.append(_question_item(cell, len(items) + 1))
        elif is_note(cell):
            items.append(_note_item(cell, cell.metadata.nbgrader.grade_id in waiting, len(items) + 1))
    kept = nb.metadata.get("itband", {})
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template.filters["points"] = points_text
    page = template.from_string(files("itband_course.grading").joinpath("feedback.html.j2").read_text("utf-8"))
    return page.render(
        title=_title(nb, marks["notebook"]),
        student=marks["student"],
        score=marks["score"],
        max_score=marks["max_score"],
        late_penalty=marks["late_penalty"],
        items=items,
        waiting=bool(waiting),
        remarks=kept.get("remarks", []),
        receipt=kept.get("receipt", ""),
    )


def _question_item(cell: Any, number: int) -> dict[str, Any]:
    result = msgspec.convert(cell.metadata["itband"]["result"], type=Result)
    # What nbgrader holds counts: an instructor may have changed the mark by hand.
    mark = cell.metadata.nbgrader.get("score", result.earned)
    state = standing_of(result.score)
    if mark or state not in ("unanswered", "unreadable"):
        state = standing(mark, result.question.points)
    return {
        "type": "question",
        "number": number,
        "id": result.question.id,
        "prompt": result.question.prompt,
        "rule": result.question.rule,
        "score": mark,
        "points": result.question.points,
        "state": state,
        "confidence": result.confidence,
        "reason": result.score.reason,
        "chosen": chosen(result.question, result.score),
        "reading": reading(result.sources),
    }


def _note_item(cell: Any, waiting: bool, number: int) -> dict[str, Any]:
    marks = cell.metadata.nbgrader
    blank = _is_blank(cell)
    state = "unanswered" if blank else "waiting" if waiting else standing(marks.get("score") or 0, marks["points"])
    return {
        "type": "note",
        "number": number,
        "id": marks["grade_id"],
        "written": Markup(safe_html(cell.source)),  # noqa: S704 - cleaned by safe_html
        "blank": blank,
        "score": marks.get("score") or 0,
        "points": marks["points"],
        "state": state,
        "comment": marks.get("comment") or "",
    }


def _is_blank(cell: Any) -> bool:
    return cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)


def _title(nb: Any, fallback: str) -> str:
    for cell in nb.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0].removeprefix("# ").strip()
    return fallback


def _waiting(marks: Any) -> set[str]:
    """Return the names of the cells that a person has still to mark."""
    with Gradebook(marks["db_url"]) as gradebook:
        try:
            submission = gradebook.find_submission_notebook(marks["notebook"], marks["assignment"], marks["student"])
        except MissingEntry:
            return set()
        # nbgrader shows a mark given by hand to the instructor again after each re-run; it stands all the same.
        return {grade.name for grade in submission.grades if grade.needs_manual_grade and grade.manual_score is None}


def safe_html(markdown: str) -> str:
    """Return a student's Markdown as HTML that holds text structure only: no raw HTML, links, images or styles."""
    html = mistune.create_markdown(escape=False, plugins=["table"])(markdown)
    return bleach.clean(str(html), tags=NOTE_TAGS, attributes={}, strip=True)
