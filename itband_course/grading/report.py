"""The class report of a case: who is graded, how the marks are spread, what was hard, what is worth talking about.

`collect` reads gradebook, folders and autograded notebooks; `report_page` makes the page of what it found.
"""

import os
import re
import shlex
import statistics
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
from nbformat import NotebookNode
from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.api import Student as DbStudent
from sqlalchemy import select

from itband_course.answers import Record
from itband_course.explaining import VERDICT_WORDS, standing_marked
from itband_course.grading.course import Course, asked_in, is_blank_note, is_note
from itband_course.grading.feedback import render, title_of
from itband_course.grading.intake import take_in
from itband_course.grading.results import Kept, put, shallow
from itband_course.grading.scoring import Result
from itband_course.grading.submitted import UngradableError, printable, trace
from itband_course.grading.submitted_notebook import Released
from itband_course.grading.twins import birthmarks, twins
from itband_course.kinds.base import RIGHT, ChoiceNote, Points, Unanswered, points_words
from itband_course.questions import CaseQuestions, PlacedNote, Question, describe, kind_of, notes_of, score, tally

Status = Literal["graded", "not graded", "not handed in"]
STATUSES: tuple[Status, ...] = get_args(Status)
Standing = Literal[Status, "graded with remarks"]
NoteState = Literal["blank", "waiting", "marked"]

STATES = {
    "right": "full",
    "partly": "partly",
    "wrong": "none",
    "unanswered": "unanswered",
    "unreadable": "not readable",
}
"""What became of an answer, as `standing_of` names it, and the word on the page."""
DIFFICULTY = ((0.9, "very easy"), (0.7, "easy"), (0.4, "medium"), (0.2, "hard"))
"""From which mean share of the points on a question is called how; below that «very hard»."""
SHOWN_IN_FULL = ("one-of", "many-of", "triage")
"""Kinds of which is also said what nobody chose; of the others only what is right and what somebody chose."""
MISTAKES = ("wrong", "danger")
"""Verdicts on a choice that show a mistaken idea."""
SHARED_BY = 2
"""How many students must have made the same mistake for it to be worth talking about in class."""
TALK_LENGTH = 6
"""How many mistakes the list of what is worth talking about names at most."""
SENTENCE_END = re.compile(r"(?<=[.?!”])\s+")
SHORT_QUESTION, PROMPT_LENGTH = 30, 170
"""Characters below which a question says too little by itself, and those that a table shows of it at most."""
BINS = 10
"""How many bars the distribution of totals has."""


class _UngradedError(Exception):
    """Why a student's work is not graded, and what to do."""


@dataclass(frozen=True)
class Student:
    """One student of the class, and what became of their work on the case.

    Parameters
    ----------
    id : str
        Id of the student.
    status : {'graded', 'not graded', 'not handed in'}
        Whether results and marks are there.
    reasons : list of str
        Why, and what else the instructor should know.
    remarks : list of str
        Those of the reasons that are about what was handed in.
    results : dict of str to Result
        What was recorded for each question and what the scorer made of it, keyed by question; empty unless graded.
    marks : dict of str to float
        Points in the gradebook for each question and note; they count, whatever the scorer said.
    notes : dict of str to {'blank', 'waiting', 'marked'}
        Keyed by note.
    """

    id: str
    status: Status
    reasons: list[str]
    remarks: list[str] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)
    notes: dict[str, NoteState] = field(default_factory=dict)

    def state(self, question_id: str) -> str:
        """Return what became of the answer to a question, one of `STATES`."""
        result, mark = self.results[question_id], self.marks[question_id]
        # A mark given by hand counts, even where nothing could be scored.
        return standing_marked(result.score, mark, result.question.points)

    @property
    def standing(self) -> Standing:
        """The status, and whether something about what was handed in is to be looked at."""
        return "graded with remarks" if self.status == "graded" and self.remarks else self.status

    def is_sure_for_nothing(self, question_id: str) -> bool:
        """Whether the student was sure of an answer that earned no points."""
        return self.state(question_id) == "wrong" and self.results[question_id].confidence == "sure"


@dataclass(frozen=True)
class ClassResults:
    """What a class did with a case.

    Parameters
    ----------
    title : str
        Title of the case.
    questions : CaseQuestions
        As released.
    students : list of Student
        Everybody in the gradebook or in ``submitted/``.
    """

    title: str
    questions: CaseQuestions
    students: list[Student]

    def having(self, status: Status) -> list[Student]:
        """Return the students with a status."""
        return [student for student in self.students if student.status == status]


def collect(course: Course, case: str, db_url: str) -> ClassResults:
    """Read what a class did with a case.

    Parameters
    ----------
    course : Course
        Its folders hold what was handed in and autograded.
    case : str
        Id of the case.
    db_url : str
        Where the gradebook is.

    Raises
    ------
    CaseFault
        If the case is not released, or the bank cannot explain it.
    """
    course.check_gradable(case)
    with Gradebook(db_url) as gradebook:
        return collect_from(course, case, gradebook)


def collect_from(course: Course, case: str, gradebook: Gradebook) -> ClassResults:
    """Read what a class did with a case, from an open gradebook; see `collect`."""
    released = Released.of(course, case)
    # As nbgrader does: hidden folders are nobody's.
    handed_in = (path.parent.name for path in (course.root / "submitted").glob(f"[!.]*/{case}"))
    ids = set(gradebook.db.scalars(select(DbStudent.id))) | set(handed_in)
    rows = {row.student_id: row for row in gradebook.assignment_submissions(case)}
    grades = _grades(gradebook, case)
    read = [
        _student(course, released, rows.get(student_id), grades.get(student_id, {}), student_id)
        for student_id in sorted(ids)
    ]
    same = twins({student.id: birthmarks(record) for student, record in read if record is not None})
    students = [
        replace(student, reasons=student.reasons + said, remarks=student.remarks + said)
        if (said := same.get(student.id))
        else student
        for student, _ in read
    ]
    return ClassResults(title=title_of(released.notebook, case), questions=released.questions, students=students)


def _grades(gradebook: Gradebook, case: str) -> dict[str, dict[str, Any]]:
    """Return what the gradebook has on each cell, by student and name of the cell.

    nbgrader's objects would ask the database anew for each notebook and each cell.
    """
    asked = (
        select(
            SubmittedAssignment.student_id,
            BaseCell.name,
            Grade.score.label("score"),
            Grade.manual_score,
            Grade.needs_manual_grade,
        )
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Assignment.name == case)
    )
    found: dict[str, dict[str, Any]] = {}
    for grade in gradebook.db.execute(asked):
        found.setdefault(grade.student_id, {})[grade.name] = grade
    return found


def _student(
    course: Course, released: Released, row: Any, grades: Mapping[str, Any], student_id: str
) -> tuple[Student, Record | None]:
    """Return a student, and what is recorded in the autograded notebook if there is one.

    `row` is the submission in the gradebook, None where there is none; `grades` is what it has on each cell.
    """
    if row is None and not os.path.lexists(course.root / "submitted" / student_id / released.case):
        return Student(student_id, "not handed in", []), None
    reasons = _lateness(row)
    try:
        return _graded(course, released, row, grades, student_id, reasons)
    except _UngradedError as fault:
        return Student(student_id, "not graded", [str(fault), *reasons]), None


def _graded(  # noqa: PLR0913, PLR0917 - what is known of a student
    course: Course, released: Released, row: Any, grades: Mapping[str, Any], student_id: str, reasons: list[str]
) -> tuple[Student, Record]:
    """Return a student whose work is graded."""
    case, questions = released.case, released.questions
    submitted, autograded = (course.root / step / student_id / case for step in ("submitted", "autograded"))
    if not (autograded / f"{case}.ipynb").exists():
        raise _UngradedError(_why_ungraded(submitted, released, student_id, tried=row is not None))
    scored = _read_scored(autograded / f"{case}.ipynb", questions)
    if not {entry.id for entry in (*questions.questions, *questions.notes)} <= set(grades):
        raise _UngradedError(f"The gradebook has no marks for this work. {_again(case, student_id)}")
    notes = {note.id: _note_state(grades[note.id], note.id in scored.blank) for note in questions.notes}
    reasons = list(reasons)
    if all(isinstance(result.score, Unanswered) for result in scored.results.values()):
        reasons.append("No question is answered.")
    if "waiting" in notes.values():
        reasons.append("A note waits to be marked.")
    remarks = list(scored.remarks)
    if submitted.is_dir() and not submitted.is_symlink() and scored.trace != trace(submitted):
        remarks.append(f"Handed in again since. {_why_ungraded(submitted, released, student_id, tried=False)}")
    student = Student(
        id=student_id,
        status="graded",
        reasons=reasons + remarks,
        remarks=remarks,
        results=scored.results,
        marks={name: grade.score for name, grade in grades.items()},
        notes=notes,
    )
    return student, scored.record


def _lateness(row: Any) -> list[str]:
    """Return by how much a submission is late, and what that costs; nothing if it is in time."""
    if row is None or not row.total_seconds_late:
        return []
    penalty = row.late_submission_penalty
    costs = f"; {points_words(penalty)} taken off, which this report leaves out of account" if penalty else ""
    return [f"Late by {duration_text(row.total_seconds_late)}{costs}."]


def _why_ungraded(submitted: Path, released: Released, student_id: str, tried: bool) -> str:
    """Return why there is no result of a submission; `tried` says that the gradebook knows of one."""
    case = released.case
    if not os.path.lexists(submitted):
        return "Neither the work handed in nor its autograded notebook is there any more."
    try:
        take_in(submitted, released)
    except UngradableError as error:
        return f"It cannot be graded: {printable(str(error))}"
    except OSError as error:
        return f"It cannot be read ({error.strerror or error})."
    if tried:
        return f"Autograde failed. {_again(case, student_id)} The end of what it prints says why."
    return f"Autograde has not run since it came in. Run nbgrader autograde {case}."


def _again(case: str, student_id: str) -> str:
    # A student may choose the id when submitting, and this line is made to be copied into a terminal.
    return f"Run nbgrader autograde {case} --force --student {shlex.quote(student_id)}."


@dataclass(frozen=True)
class _Scored:
    """What an autograded notebook holds: results by question, remarks, and the notes that were left as released."""

    results: dict[str, Result]
    record: Record
    remarks: list[str]
    trace: str
    blank: set[str]


def _read_scored(path: Path, questions: CaseQuestions) -> _Scored:
    """Read an autograded notebook."""
    again = _again(questions.case, path.parent.parent.name)
    try:
        nb = msgspec.json.decode(path.read_bytes())
        cells = [_readable(cell) for cell in nb["cells"]]
        found = {question_id: cell for cell in cells if (question_id := asked_in(cell)) is not None}
        kept = msgspec.convert(nb["metadata"]["itband"], type=Kept)
        return _Scored(
            results={
                question.id: msgspec.convert(found[question.id].metadata["itband"]["result"], type=Result)
                for question in questions.questions
            },
            record=kept.record,
            remarks=kept.remarks + kept.noticed,
            trace=kept.trace,
            blank={cell.metadata.nbgrader["grade_id"] for cell in cells if is_note(cell) and is_blank_note(cell)},
        )
    except KeyError:
        raise _UngradedError(
            f"Its autograded notebook lacks results: grading was stopped, or the case has changed since. {again}"
        ) from None
    except Exception as error:  # a damaged file can fail in any way, and must not cost the class its report
        raise _UngradedError(f"Its autograded notebook cannot be read ({type(error).__name__}). {again}") from error


def _readable(cell: dict[str, Any]) -> NotebookNode:
    """Return a cell of a notebook's file as nbformat does, less what it does to outputs: that takes very long."""
    node = shallow(cell)
    put(node, "source", "".join(cell["source"]))
    put(node, "metadata", shallow(cell["metadata"]))
    return node


def _note_state(grade: Any, blank: bool) -> NoteState:
    if grade.manual_score is not None:
        return "marked"
    if grade.needs_manual_grade:
        return "waiting"
    return "blank" if blank else "marked"


def report_page(course: Course, results: ClassResults, made: datetime) -> str:
    """Return the report as HTML: no script, nothing loaded from elsewhere.

    Parameters
    ----------
    course : Course
        Whose bank explains and whose outcomes the summary names.
    results : ClassResults
        What the class did.
    made : datetime
        When, to be printed on the page.
    """
    graded = results.having("graded")
    items = [
        _question_item(course, question, number, graded)
        for number, question in enumerate(results.questions.questions, start=1)
    ]
    return render(
        "report.html.j2",
        case=results.questions.case,
        title=results.title,
        made=f"{made.day} {made:%B %Y, %H:%M}",
        graded=len(graded),
        ungraded=len(results.having("not graded")),
        missing=len(results.having("not handed in")),
        students=[*results.having("not graded"), *results.having("not handed in"), *graded],
        waiting=sum(state == "waiting" for student in graded for state in student.notes.values()),
        changed=[item["number"] for item in items if item["changed"]],
        talk=_worth_talking_about(items),
        sure=sorted((item for item in items if item["sure"] >= SHARED_BY), key=lambda item: -item["sure"]),
        spread=_spread([total_share(student, results.questions) for student in graded]),
        outcomes=_by_outcome(course, results.questions, graded),
        items=items,
        by_question=_by_question(items),
        notes=[_note_item(note, graded) for note in results.questions.notes],
    )


def _question_item(course: Course, question: Question, number: int, graded: list[Student]) -> dict[str, Any]:
    rubric = course.bank.rubric(question.id)
    states = [student.state(question.id) for student in graded]
    # What no card can record is counted as «not readable» and nowhere else.
    readable = [student for student in graded if isinstance(student.results[question.id].score, Points)]
    values = [student.results[question.id].value for student in readable]
    counts = tally(rubric, values)
    sure = sum(student.is_sure_for_nothing(question.id) for student in graded)
    shares = [student.marks[question.id] / question.points for student in graded]
    facility = statistics.fmean(shares) if shares else 0.0
    kind = kind_of(question).name
    return {
        "number": number,
        "id": question.id,
        "prompt": question.prompt,
        "short": asked_text(question.prompt),
        "kind": kind,
        "points": question.points,
        "facility": facility,
        "facility_text": percent_text(facility),
        "difficulty": next((word for least, word in DIFFICULTY if facility >= least), "very hard"),
        "parts": _parts({state: states.count(state) for state in STATES}, sure),
        "sure": sure,
        "choices": _choices(notes_of(rubric), counts, len(graded)),
        "nobody": [
            {"text": note.text.rstrip("."), "word": VERDICT_WORDS[note.verdict]}
            for note in notes_of(rubric)
            if kind in SHOWN_IN_FULL and not counts[note.choice] and note.verdict not in RIGHT
        ],
        "given": _given(question, values) if kind == "number" else "",
        "mistakes": _mistakes(rubric, question.id, readable),
        "changed": any(_has_changed(rubric, student.results[question.id]) for student in graded),
    }


def _parts(counts: dict[str, int], sure: int) -> list[dict[str, Any]]:
    """Return the parts of a stacked bar that are not empty, with their places in per cent and their words."""
    parts = []
    left, total = 0.0, sum(counts.values())
    for state, count in counts.items():
        if count:
            width = 100 * count / total
            words = f"{count} {STATES[state]}" + (f" ({sure} sure)" if state == "wrong" and sure else "")
            parts.append({"state": state, "words": words, "left": left, "width": width})
            left += width
    return parts


def _choices(notes: tuple[ChoiceNote, ...], counts: dict[str, int], students: int) -> list[dict[str, Any]]:
    """Return what is right and what was chosen: the right first, then the mistakes, the most frequent first."""
    rows = [
        {
            "text": note.text,
            "verdict": note.verdict,
            "word": VERDICT_WORDS[note.verdict],
            "misconception": note.misconception if note.verdict in MISTAKES else "",
            "count": counts[note.choice],
            "width": 100 * counts[note.choice] / students if students else 0.0,
        }
        for note in notes
        if counts[note.choice] or note.verdict in RIGHT
    ]
    order = list(VERDICT_WORDS)

    def place(row: dict[str, Any]) -> tuple[int, int]:
        if row["verdict"] in MISTAKES:
            return len(order), -row["count"]
        return order.index(row["verdict"]), 0

    return sorted(rows, key=place)


def _given(question: Question, values: list[Any]) -> str:
    """Return the numbers that were given, smallest first, and how often each was."""
    numbers = {value: values.count(value) for value in sorted(values)}
    return ", ".join(
        f"{describe(question, value)} ({count} times)" if count > 1 else describe(question, value)
        for value, count in numbers.items()
    )


def _mistakes(rubric: Any, question_id: str, readable: list[Student]) -> list[dict[str, Any]]:
    """Return each mistaken idea that students' choices show, and how many students it is: each counts once."""
    found: dict[str, dict[str, Any]] = {}
    for student in readable:
        result = student.results[question_id]
        counts = tally(rubric, [result.value])
        ideas = {
            note.misconception: note.verdict
            for note in notes_of(rubric)
            if counts[note.choice] and note.misconception and note.verdict in MISTAKES
        }
        for idea, verdict in ideas.items():
            mistake = found.setdefault(idea, {"idea": idea, "verdict": verdict, "count": 0, "sure": 0})
            mistake["count"] += 1
            mistake["sure"] += result.confidence == "sure"
    return list(found.values())


def _has_changed(rubric: Any, result: Result) -> bool:
    """Whether the bank would score a value otherwise today than when it was graded."""
    now = score(rubric, result.value)
    return (now.earned if isinstance(now, Points) else 0.0) != result.earned


def _worth_talking_about(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the most frequent mistaken ideas of the class, those that could harm first among equals."""
    mistakes = [
        {"number": item["number"], "short": item["short"]} | mistake
        for item in items
        for mistake in item["mistakes"]
        if mistake["count"] >= SHARED_BY
    ]
    return sorted(mistakes, key=lambda mistake: (-mistake["count"], mistake["verdict"] != "danger"))[:TALK_LENGTH]


def _by_question(items: list[dict[str, Any]]) -> str:
    """Return the finding on the questions as a title: from what share to what, and which were hardest."""
    shares = [item["facility"] for item in items]
    title = f"By question, the class has {range_text(shares)} of the points"
    hardest = [str(item["number"]) for item in items if item["facility"] == min(shares)]
    if len(hardest) == len(items):
        return title
    return f"{title}, least in {'question' if len(hardest) == 1 else 'questions'} {', '.join(hardest)}"


def total_share(student: Student, questions: CaseQuestions) -> float:
    """Return a student's share of all points that are marked; notes that wait count for neither part."""
    counted = [*questions.questions, *(note for note in questions.notes if student.notes.get(note.id) != "waiting")]
    return sum(student.marks[entry.id] for entry in counted) / sum(entry.points for entry in counted)


def _spread(shares: list[float]) -> dict[str, Any] | None:
    """Return the distribution of totals: bars, mean and median; None where nobody is graded."""
    if not shares:
        return None
    counts = [0] * BINS
    for share in shares:
        # The last bar holds 100 % too; points given by hand may even lead beyond either end.
        counts[max(0, min(BINS - 1, int(share * BINS + 1e-9)))] += 1
    median = statistics.median(shares)
    if len(shares) == 1:
        title = f"The one graded student has {percent_text(median)} of the points"
    else:
        title = f"Half of the {len(shares)} graded students have {percent_text(median)} of the points or more"
    most = max(counts)
    step = 100 // BINS
    return {
        "title": title,
        "mean": percent_text(statistics.fmean(shares)),
        "median": percent_text(median),
        "median_place": min(100.0, 100 * median),
        "mean_place": min(100.0, 100 * statistics.fmean(shares)),
        "lowest": percent_text(min(shares)),
        "highest": percent_text(max(shares)),
        "bars": [
            {"from": step * place, "to": step * (place + 1), "count": count, "height": count / most}
            for place, count in enumerate(counts)
        ],
    }


def _by_outcome(course: Course, questions: CaseQuestions, graded: list[Student]) -> dict[str, Any]:
    """Return the share of the points that the class earned by outcome, in the order of course.toml."""
    entries = [*questions.questions, *questions.notes]
    rows: list[dict[str, Any]] = []
    for outcome in course.graph.outcome:
        of_this = [entry for entry in entries if entry.outcome == outcome.id]
        marked = [
            (student.marks[entry.id], entry.points)
            for student in graded
            for entry in of_this
            if student.notes.get(entry.id) != "waiting"
        ]
        if of_this and marked:
            share = sum(mark for mark, _ in marked) / sum(points for _, points in marked)
            numbers = [
                number for number, question in enumerate(questions.questions, 1) if question.outcome == outcome.id
            ]
            has_note = any(note.outcome == outcome.id for note in questions.notes)
            rows.append(
                {
                    "text": outcome.text,
                    "numbers": numbers,
                    "note": has_note,
                    "share": share,
                    "share_text": percent_text(share),
                }
            )
    title = f"By outcome, the class has {range_text([row['share'] for row in rows])} of the points" if rows else ""
    return {"title": title, "rows": rows}


def _note_item(note: PlacedNote, graded: list[Student]) -> dict[str, Any]:
    states = [student.notes.get(note.id) for student in graded]
    counted = [student.marks[note.id] for student in graded if student.notes.get(note.id) != "waiting"]
    return {
        "title": note.title,
        "points": note.points,
        "marked": states.count("marked"),
        "waiting": states.count("waiting"),
        "blank": states.count("blank"),
        "share_text": percent_text(statistics.fmean(counted) / note.points) if counted else "",
    }


def asked_text(prompt: str) -> str:
    """Return the part of a prompt that asks: its last question, with the sentence before it if it is very short.

    >>> asked_text("Maya came today. She asks for deep work. What do you do? Tick each of them.")
    'She asks for deep work. What do you do?'
    """
    sentences = SENTENCE_END.split(prompt.strip())
    asking = [place for place, sentence in enumerate(sentences) if sentence.endswith("?")]
    if asking:
        last = asking[-1]
        first = last - 1 if last and len(sentences[last]) < SHORT_QUESTION else last
        prompt = " ".join(sentences[first : last + 1])
    return textwrap.shorten(prompt, PROMPT_LENGTH, placeholder=" …")


def percent_text(share: float) -> str:
    r"""Return a share as per cent, with a thin space.

    >>> percent_text(0.725), percent_text(1.0)
    ('72\u202f%', '100\u202f%')
    """
    return f"{100 * share:.0f}\u202f%"


def range_text(shares: list[float]) -> str:
    """Return the lowest and the highest of some shares, or the one figure where they read alike."""
    low, high = percent_text(min(shares)), percent_text(max(shares))
    return low if low == high else f"{low} to {high}"


def duration_text(seconds: float) -> str:
    """Return a span of time in its two largest units.

    >>> duration_text(40), duration_text(3 * 3600 + 90), duration_text(50 * 3600)
    ('less than a minute', '3 h 1 min', '2 d 2 h')
    """
    minutes = int(seconds // 60)
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {left} min"
    return f"{minutes} min" if minutes else "less than a minute"
