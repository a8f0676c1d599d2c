"""The answer key of a case as a page, for after the deadline."""

from typing import Any

from markupsafe import Markup

from itband_course.explaining import explained, worth_telling
from itband_course.facts import reading
from itband_course.grading.course import Course, asked_in, is_note
from itband_course.grading.feedback import render, safe_html, title_of
from itband_course.grading.timelines import drawn_plans
from itband_course.questions import exemplar_of, expert, notes_of, options_of, split


def key_page(course: Course, case: str) -> str:
    """Return a page with every question of a case's master, what is right, why, and each note's mark scheme."""
    master = course.master(case)
    course.placed(case, master)
    items = []
    for cell in master.cells:
        question_id = asked_in(cell)
        if question_id is not None:
            items.append(_question(course, question_id))
        elif is_note(cell):
            items.append(_note(course, cell.metadata.nbgrader.grade_id))
    client = course.client(case)
    return render(
        "key.html.j2",
        title=title_of(master, case),
        points=sum(item["points"] for item in items),
        items=items,
        closure=client.closure if client is not None else "",
    )


def _question(course: Course, question_id: str) -> dict[str, Any]:
    authored = course.bank.questions[question_id]
    question, rubric = split(authored)
    return {
        "id": question.id,
        "prompt": question.prompt,
        "points": question.points,
        "asked": "",
        "outcome": course.outcome_text(question.outcome),
        "rule": question.rule,
        "key": explained(worth_telling(notes_of(rubric), made=())),
        "plans": drawn_plans(question, None, (), exemplar_of(rubric)),
        "path": [options_of(question).get(act, act) for act in expert(rubric)],
        "reading": reading(authored.sources, authored.basis),
    }


def _note(course: Course, note_id: str) -> dict[str, Any]:
    note = course.bank.notes[note_id]
    return {
        "id": note.id,
        "prompt": note.title,
        "points": note.points,
        "asked": note.prompt,
        "outcome": course.outcome_text(note.outcome),
        "key": [],
        "path": [],
        "scheme": note.criterion,
        "forfeits": note.forfeit,
        "exemplar": Markup(safe_html(note.exemplar)),  # noqa: S704 - cleaned by safe_html
        "reading": reading(note.sources, note.basis),
    }
