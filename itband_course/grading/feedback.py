"""The feedback page of one student: what they chose, the mark, why, where to read, and a summary by outcome."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import bleach
import mistune
import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from nbgrader.api import Gradebook, MissingEntry

from itband_course import colours
from itband_course.asking import chart_pictures
from itband_course.explaining import chosen, explained, standing, standing_marked, worth_telling
from itband_course.facts import reading
from itband_course.grading.casebook import NO_RESPONSE
from itband_course.grading.course import Course, asked_in, is_blank_note, is_note, shows_chart
from itband_course.grading.paths import walked
from itband_course.grading.places import drawn_places
from itband_course.grading.scoring import Result
from itband_course.grading.submitted import printable
from itband_course.grading.timelines import drawn_plans
from itband_course.kinds.base import Points, points_text
from itband_course.questions import exemplar_of, expert, notes_of

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
PICTURE = re.compile(r"!\[(?P<alt>[^\]]+)\]\((?P<file>[A-Za-z0-9_-]+\.(?P<type>svg|png))\)")
PICTURE_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class Marks:
    """What the gradebook says of one student's case.

    Parameters
    ----------
    student : str
        Id of the student.
    score, max_score, late_penalty : float
        Points.
    waiting : set of str
        Names of the notes that a person has still to mark.
    """

    student: str
    score: float
    max_score: float
    late_penalty: float
    waiting: set[str]

    @classmethod
    def of(cls, resources: Any) -> "Marks":
        """Return the marks that nbgrader's `GetGrades` brought."""
        marks = resources["nbgrader"]
        return cls(marks["student"], marks["score"], marks["max_score"], marks["late_penalty"], _waiting(marks))


def feedback_page(course: Course, case: str, nb: Any, marks: Marks, full: bool) -> str:
    """Return the page as HTML: no script, nothing loaded from elsewhere.

    Parameters
    ----------
    course : Course
        Whose bank explains and whose outcomes the summary names.
    case : str
        Id of the case.
    nb : NotebookNode
        The autograded notebook.
    marks : Marks
        What counts, whatever the notebook says.
    full : bool
        Explain every choice, and give the note's mark scheme and full answer; for after the last deadline. Otherwise
        the page tells nothing of what the student did not choose.
    """
    items: list[dict[str, Any]] = []
    number = 0
    for cell in nb.cells:
        if asked_in(cell) is not None:
            number += 1
            items.append(_question_item(course, cell, number, full))
        elif is_note(cell):
            items.append(_note_item(course, cell, marks.waiting, full))
    kept = nb.metadata.get("itband", {})
    client = course.client(case) if full else None
    return render(
        "feedback.html.j2",
        title=title_of(nb, case),
        marks=marks,
        items=items,
        outcomes=_by_outcome(course, items),
        pictures=list(pictures(course.release / case, nb)),
        closure=client.closure if client is not None else "",
        remarks=kept.get("remarks", []),
        receipt=kept.get("receipt", ""),
    )


def render(template: str, **values: Any) -> str:
    """Return one of this package's pages, with the course's colours and number format at hand."""
    return _pages().get_template(template).render(**values)


@cache
def _pages() -> Environment:
    """Return the environment of all pages: a class is one run, and its templates are compiled once."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PackageLoader("itband_course.grading", ""),
    )
    environment.filters["points"] = points_text
    environment.filters["printable"] = printable
    style = files("itband_course.grading").joinpath("page.css").read_text("utf-8")
    environment.globals.update(
        style=Markup(style),  # noqa: S704 - our own file
        light=Markup(colours.declarations("light")),  # noqa: S704 - our own module
        dark=Markup(colours.declarations("dark")),  # noqa: S704 - our own module
    )
    return environment


def pictures(folder: Path, nb: Any) -> Iterator[dict[str, str]]:
    """Yield the pictures that a released case shows, each as ``source`` (a data address) and ``alt``."""
    shown: dict[str, str] = {}
    for cell in nb.cells:
        if shows_chart(cell):
            shown |= {name: words for name, words in chart_pictures(folder) if name not in shown}
        elif cell.cell_type == "markdown" and not is_note(cell):
            shown |= {found["file"]: found["alt"] for found in PICTURE.finditer(cell.source)}
    for name, words in shown.items():
        path = folder / name
        if path.exists():
            data = base64.b64encode(path.read_bytes()).decode()
            yield {"source": f"data:{PICTURE_TYPES[path.suffix[1:]]};base64,{data}", "alt": words}


def _question_item(course: Course, cell: Any, number: int, full: bool) -> dict[str, Any]:
    result = msgspec.convert(cell.metadata["itband"]["result"], type=Result)
    # What nbgrader holds counts: an instructor may have changed the mark by hand.
    mark = cell.metadata.nbgrader.get("score", result.earned)
    made = result.score.notes if isinstance(result.score, Points) else ()
    rubric = course.bank.rubric(result.question.id)
    key = notes_of(rubric) if full else ()
    return {
        "type": "question",
        "number": number,
        "id": result.question.id,
        "outcome": result.question.outcome,
        "prompt": result.question.prompt,
        "rule": result.question.rule,
        "score": mark,
        "points": result.question.points,
        "state": standing_marked(result.score, mark, result.question.points),
        "confidence": result.confidence,
        "chose": result.chose,
        "reason": result.score.reason,
        "chosen": chosen(result.score),
        "places": drawn_places(result.question, made, key),
        "plans": drawn_plans(result.question, result.value, made, exemplar_of(rubric) if full else None),
        "path": walked(
            result.question,
            result.score,
            result.value,
            expert(course.bank.rubric(result.question.id)) if full else (),
        ),
        "key": explained(note for note in worth_telling(key, made) if note.choice not in {one.choice for one in made}),
        "reading": reading(result.sources, result.basis),
    }


def _note_item(course: Course, cell: Any, waiting: set[str], full: bool) -> dict[str, Any]:
    marks = cell.metadata.nbgrader
    note = course.bank.notes[marks["grade_id"]]
    blank = is_blank_note(cell)
    waits = marks["grade_id"] in waiting
    state = "waiting" if waits else "unanswered" if blank else standing(marks.get("score") or 0, marks["points"])
    return {
        "type": "note",
        "number": "note",
        "id": note.id,
        "outcome": note.outcome,
        "written": Markup(safe_html(cell.source)),  # noqa: S704 - cleaned by safe_html
        "blank": blank,
        "score": marks.get("score") or 0,
        "points": marks["points"],
        "state": state,
        "comment": "" if blank and marks.get("comment") == NO_RESPONSE else marks.get("comment") or "",
        "scheme": note.criterion if full else [],
        "exemplar": Markup(safe_html(note.exemplar)) if full else "",  # noqa: S704 - cleaned by safe_html
        "reading": [],
    }


def _by_outcome(course: Course, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return points earned and possible by outcome, in the order of course.toml; notes that wait count for neither."""
    rows = []
    for outcome in course.graph.outcome:
        of_this = [item for item in items if item["outcome"] == outcome.id]
        marked = [item for item in of_this if item["state"] != "waiting"]
        if of_this:
            rows.append(
                {
                    "text": outcome.text,
                    "score": sum(item["score"] for item in marked),
                    "points": sum(item["points"] for item in marked),
                    "waiting": sum(item["points"] for item in of_this if item["state"] == "waiting"),
                    "items": [{"id": item["id"], "number": item["number"]} for item in of_this],
                }
            )
    return rows


def title_of(nb: Any, fallback: str) -> str:
    """Return the first heading of a notebook."""
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
