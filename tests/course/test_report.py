"""The class report, made of a small class that the real nbgrader has graded, with figures computed by hand."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from bs4 import BeautifulSoup, Tag
from course_kit import CASE
from course_tools import Class, make_record
from nbgrader.api import Gradebook

from itband_course import answers
from itband_course.cli import main
from itband_course.grading import report, simulate
from itband_course.grading.report import ClassResults, Student
from itband_course.kinds.many_of import ManyOf
from itband_course.kinds.one_of import OneOf
from itband_course.questions import Question, notes_of

HOSTILE = "<img src=x onerror=alert(1)>"
MADE = datetime(2026, 3, 7, 9, 5)


def first(klass: Class, kind: type) -> Question:
    return next(question for question in klass.course.released(CASE)[1].questions if isinstance(question, kind))


def gradebook(klass: Class) -> Gradebook:
    return Gradebook(f"sqlite:///{klass.root / 'gradebook.db'}")


def collect(klass: Class) -> ClassResults:
    return report.collect(klass.course, CASE, f"sqlite:///{klass.root / 'gradebook.db'}")


def page_of(klass: Class, results: ClassResults | None = None) -> BeautifulSoup:
    return BeautifulSoup(report.report_page(klass.course, results or collect(klass), MADE), "html.parser")


def text_of(part: Tag | None) -> str:
    assert part is not None
    return " ".join(part.get_text(" ").replace("\u202f", " ").split())


def student(results: ClassResults, student_id: str) -> Student:
    return next(found for found in results.students if found.id == student_id)


def row_of(page: BeautifulSoup, student_id: str) -> list[str]:
    table = page.select_one("section.names table")
    assert table is not None
    rows = [[text_of(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    return next(row for row in rows if row[0] == student_id)


def overview_of(page: BeautifulSoup, klass: Class, question: Question) -> list[str]:
    """Return a question's row in the overview: the question, its mean share, what students earned."""
    number = klass.course.released(CASE)[1].questions.index(question)
    return [text_of(cell) for cell in page.select("table.questions tbody tr")[number].select("th, td")]


def counts_of(page: BeautifulSoup, klass: Class, question: Question) -> dict[str, int]:
    """Return how many students chose each choice that is listed under a question."""
    number = klass.course.released(CASE)[1].questions.index(question) + 1
    rows = page.select(f"#item-{number} table tbody tr")
    cells = [[text_of(cell) for cell in row.select("th, td")] for row in rows]
    return {row[0].split(" (the idea behind it")[0]: int(row[2]) for row in cells}


@pytest.fixture(scope="module")
def reported(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """Two right, one wrong, one partly right, one blank, one unreadable, and some who are not graded."""
    root = tmp_path_factory.mktemp("reported") / "course"
    shutil.copytree(released_course, root)
    klass = Class(root)
    right, wrong = klass.values("right"), klass.values("wrong")
    many = first(klass, ManyOf).id
    klass.hand_in("right-1", right, note="**S** A note.")
    klass.hand_in("right-2", right, note="**S** Another note.")
    simulate.record(klass.hand_in("wrong"), CASE, wrong, "sure")
    klass.hand_in("partly", right | {many: right[many][:-1]})
    klass.hand_in("blank")
    unreadable = klass.hand_in("unreadable")
    bad = {question.id: f"{HOSTILE}{question.id}" for question in klass.course.released(CASE)[1].questions}
    (unreadable / "answers.json").write_bytes(answers.encode(make_record(bad)))
    klass.hand_in(HOSTILE)
    klass.hand_in("broken", right)
    klass.hand_in("truncated", right)
    path = klass.folder("truncated") / f"{CASE}.ipynb"
    path.write_text(path.read_text("utf-8")[:500], "utf-8")
    (klass.folder("truncated") / "answers.json").unlink()
    empty = klass.folder("no-notebook")
    empty.mkdir(parents=True)
    (empty / "answers.json").write_text("{}")
    (klass.folder("right-2") / "timestamp.txt").write_text("2026-03-04 12:30:00.000000 UTC")
    with gradebook(klass) as book:
        book.update_or_create_assignment(CASE, duedate=datetime(2026, 3, 4, 9, 0))
        book.update_or_create_student("never-came")
    klass.autograde(expect=1)
    for damaged in (root / "autograded" / "broken" / CASE).glob("*.ipynb"):
        damaged.chmod(0o600)
        damaged.write_text('{"cells": [{"cell_type": "code"')
    klass.hand_in("came-later", right)
    return klass


GRADED = 6
"""right-1, right-2, wrong, partly, blank, and the one that cannot be read."""


def test_the_head_says_when_and_of_how_many_students(reported: Class) -> None:
    head = text_of(page_of(reported).header)
    assert "Made on 7 March 2026, 09:05" in head
    assert "6 students graded, 5 handed in but not graded, 1 not handed in" in head
    assert "2 written notes wait to be marked by hand" in head


def test_everybody_is_named_with_a_status_and_a_reason(reported: Class) -> None:
    page = page_of(reported)
    assert row_of(page, "wrong") == ["wrong", "graded", "–"]
    assert row_of(page, "blank") == ["blank", "graded", "No question is answered."]
    assert row_of(page, "right-2") == ["right-2", "graded", "Late by 3 h 30 min. A note waits to be marked."]
    assert row_of(page, "never-came")[1:] == ["not handed in", "–"]
    assert row_of(page, "no-notebook")[1] == "not graded"
    assert f"It cannot be graded: No notebook is called «{CASE}.ipynb»." in row_of(page, "no-notebook")[2]
    assert row_of(page, "truncated")[1] == "not graded"
    assert f"«{CASE}.ipynb» is damaged." in row_of(page, "truncated")[2]
    assert row_of(page, "came-later")[1] == "not graded"
    assert "Autograde has not run since it came in" in row_of(page, "came-later")[2]


def test_a_broken_autograded_notebook_is_named_and_does_not_stop_the_report(reported: Class) -> None:
    name, status, reason = row_of(page_of(reported), "broken")
    assert (name, status) == ("broken", "not graded")
    assert "Its autograded notebook cannot be read" in reason
    assert f"nbgrader autograde {CASE} --force --student broken" in reason


def test_mean_share_and_counts_are_those_computed_by_hand(reported: Class) -> None:
    page = page_of(reported)
    one = first(reported, OneOf)
    # Right: right-1, right-2, partly. None: wrong. Unanswered: blank. Not readable: the hostile one. 3 of 6.
    _, share, earned = overview_of(page, reported, one)
    assert share == "50 % medium"
    assert earned == "3 full 1 none (1 sure) 1 unanswered 1 not readable"
    key = {note.text: note.verdict for note in notes_of(reported.course.bank.rubric(one.id))}
    counts = counts_of(page, reported, one)
    assert sorted(counts[text] for text in counts if key[text] == "right") == [3]
    assert sum(count for text, count in counts.items() if key[text] == "wrong") == 1


def test_a_partly_right_answer_has_its_own_part(reported: Class) -> None:
    page = page_of(reported)
    many = first(reported, ManyOf)
    right = reported.values("right")[many.id]
    _, share, earned = overview_of(page, reported, many)
    # Two full, one without the last right choice, three with nothing.
    mean = (2 + (len(right) - 1) / len(right)) / GRADED
    assert share.startswith(f"{100 * mean:.0f} %")
    assert earned == "2 full 1 partly 1 none (1 sure) 1 unanswered 1 not readable"
    texts = {choice.id: choice.text for choice in many.choices}
    counts = counts_of(page, reported, many)
    assert [counts[texts[choice]] for choice in right] == [3] * (len(right) - 1) + [2]


def test_what_is_worth_talking_about_is_shared_by_two_students(reported: Class, fresh_class: Class) -> None:
    talk = text_of(page_of(reported).select_one("[aria-labelledby=talk]"))
    assert "No mistaken idea was shared by two students or more" in talk

    one = first(fresh_class, OneOf).id
    wrong, right = fresh_class.values("wrong"), fresh_class.values("right")
    simulate.record(fresh_class.hand_in("first"), CASE, {one: wrong[one]}, "sure")
    simulate.record(fresh_class.hand_in("second"), CASE, {one: wrong[one]}, "guessing")
    fresh_class.hand_in("third", {one: right[one]})
    fresh_class.autograde()
    idea = next(
        note.misconception for note in notes_of(fresh_class.course.bank.rubric(one)) if note.choice == wrong[one]
    )
    assert f"2 of 3 students : {idea}. 1 of them was sure." in text_of(
        page_of(fresh_class).select_one("[aria-labelledby=talk]")
    )


def test_notes_that_wait_count_neither_as_earned_nor_as_possible(reported: Class) -> None:
    results = collect(reported)
    full = sum(question.points for question in results.questions.questions)
    note = results.questions.notes[0]
    assert report.total_share(student(results, "right-1"), results.questions) == 1
    # A blank note is marked, with 0: its points are possible.
    partly = student(results, "partly")
    earned = sum(partly.marks[question.id] for question in results.questions.questions)
    assert report.total_share(partly, results.questions) == pytest.approx(earned / (full + note.points))
    assert "0 marked, 2 waiting, 4 not written" in text_of(page_of(reported).select_one("[aria-labelledby=notes]"))


def test_a_mark_changed_by_hand_counts(fresh_class: Class) -> None:
    one = first(fresh_class, OneOf)
    fresh_class.hand_in("lucky", {one.id: fresh_class.values("wrong")[one.id]})
    fresh_class.hand_in("right", {one.id: fresh_class.values("right")[one.id]}, note="A note.")
    fresh_class.autograde()
    assert overview_of(page_of(fresh_class), fresh_class, one)[1:] == ["50 % medium", "1 full 1 none"]
    note = collect(fresh_class).questions.notes[0]
    with gradebook(fresh_class) as book:
        for name, who, points in ((one.id, "lucky", one.points / 2), (note.id, "right", note.points / 4)):
            grade = book.find_grade(name, CASE, CASE, who)
            grade.manual_score = points
            grade.needs_manual_grade = False
        book.db.commit()
    page = page_of(fresh_class)
    assert overview_of(page, fresh_class, one)[1:] == ["75 % easy", "1 full 1 partly"]
    notes = text_of(page.select_one("[aria-labelledby=notes]"))
    # One has a quarter of the points, the other wrote nothing: an eighth.
    assert "1 marked, 0 waiting, 1 not written" in notes
    assert "those that do not wait: 12 %" in notes


def test_names_and_answers_of_students_are_text_and_nothing_is_loaded(reported: Class) -> None:
    page = page_of(reported)
    assert row_of(page, HOSTILE)[1] == "not graded"
    assert not page.select("script, img, iframe, object, link, [onerror], [onload], [src]")
    assert all(link["href"].startswith("#") for link in page.select("a"))
    policy = page.select_one("meta[http-equiv]")
    assert policy is not None
    assert policy["content"].startswith("default-src 'none'")


def test_a_key_that_changed_after_grading_is_said(reported: Class) -> None:
    results = collect(reported)
    assert "has changed since this was graded" not in text_of(page_of(reported, results).header)
    one = first(reported, OneOf)
    kept = student(results, "right-1").results
    kept[one.id] = msgspec.structs.replace(kept[one.id], value=reported.values("wrong")[one.id])
    number = results.questions.questions.index(one) + 1
    assert f"The key of question {number} has changed since this was graded" in text_of(
        page_of(reported, results).header
    )


def test_a_case_that_nobody_is_graded_in_has_a_report_too(fresh_class: Class) -> None:
    fresh_class.hand_in("early")
    page = page_of(fresh_class)
    assert "0 students graded, 1 handed in but not graded" in text_of(page.header)
    assert "Nobody is graded yet" in text_of(page.main)
    assert row_of(page, "early")[1] == "not graded"


def test_the_command_writes_the_page_and_says_what_is_missing(
    reported: Class, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(reported.root)
    assert main(["report", CASE]) == 0
    assert "6 graded, 5 not graded, 1 not handed in" in capsys.readouterr().out
    assert "class report" in (reported.root / "reports" / f"{CASE}.html").read_text("utf-8")
    assert main(["report", "no-such-case"]) == 1
    assert CASE in capsys.readouterr().err


def test_without_a_gradebook_the_command_says_what_to_run(
    fresh_class: Class, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(fresh_class.root)
    (fresh_class.root / "gradebook.db").unlink()
    assert main(["report", CASE]) == 1
    assert f"run nbgrader generate_assignment {CASE} first" in capsys.readouterr().err
    assert not (fresh_class.root / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("prompt", "asks"),
    [
        (
            "Maya waits. What do you ask her before you touch the knee? Tick each.",
            "What do you ask her before you touch the knee?",
        ),
        ("She says: “Deep work, please.” What do you do?", "She says: “Deep work, please.” What do you do?"),
        ("What now?", "What now?"),
        ("Tick each place.", "Tick each place."),
    ],
)
def test_a_table_shows_the_part_of_a_prompt_that_asks(prompt: str, asks: str) -> None:
    assert report.asked_text(prompt) == asks


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(seconds=40), "less than a minute"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=26, minutes=5), "1 d 2 h"),
    ],
)
def test_lateness_is_told_in_two_units(late: timedelta, words: str) -> None:
    assert report.duration_text(late.total_seconds()) == words
