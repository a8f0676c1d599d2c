"""The search for leaks finds the key of every kind however it is written, and nothing in what is meant for students."""

import base64
import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from small_bank import (
    ANSWERS,
    ASKED,
    MANY,
    MATCH,
    NUMBER,
    ONE,
    ORDER,
    TRIAGE,
    case_questions,
    every_kind,
    many_of,
    one_of,
    record,
    staged_questions,
    toml,
)

from itband_course.answers import encode
from itband_course.asking import question_text
from itband_course.grading.bank import Bank, load
from itband_course.grading.leaks import find_leaks
from itband_course.questions import split, write_case_questions

RIGHT: dict[str, Any] = {
    MANY: ["warmth", "swelling"],
    ORDER: ["walk", "warm", "work", "compare"],
    MATCH: {"band": "slides", "septum": "slides", "calf": "fills"},
    TRIAGE: {"hands": "changed-plan", "who": "next-routine-visit"},
}
"""Right answers that hold more than one id, as an author would write them down."""
VERDICTS = {ONE: {"outer": "right"}, MANY: {"swelling": "right"}, ORDER: {"press": "unsafe"}}
FORMS: dict[str, Callable[[Any], str]] = {
    "JSON": json.dumps,
    "JSON in a string of JSON": lambda value: json.dumps({"source": json.dumps(value)}),
    "JSON in JSON in JSON": lambda value: json.dumps([json.dumps([json.dumps(value)])]),
    "pretty-printed": lambda value: json.dumps(value, indent=4),
    "without spaces": lambda value: json.dumps(value, separators=(",", ":")),
    "Python": repr,
    "inside something longer": lambda value: json.dumps(
        {"student": "x", "answers": {"q": {"value": value, "time": "t"}}}
    ),
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return bank_of(tmp_path, *every_kind())


def bank_of(root: Path, *questions: Any) -> Bank:
    folder = root / "bank"
    folder.mkdir()
    (folder / "topic.toml").write_text("".join(toml(question) for question in questions), "utf-8")
    return load(folder)


@pytest.fixture
def found(tmp_path: Path, bank: Bank) -> Callable[[str], list[str]]:
    """Return a function that puts a text into a student's folder and searches it."""
    folder = tmp_path / "student"
    folder.mkdir()

    def search(text: str) -> list[str]:
        (folder / "file.txt").write_text(text, "utf-8")
        return find_leaks(folder, bank)

    return search


@every_form
@pytest.mark.parametrize("question_id", RIGHT)
def test_a_right_answer_is_found_and_named_however_it_is_written(
    question_id: str, form: Callable[[Any], str], found: Callable[[str], list[str]]
) -> None:
    assert found(form(RIGHT[question_id])) == [f"file.txt: a right answer to «{question_id}»"]


@pytest.mark.parametrize("question_id", RIGHT)
def test_a_right_answer_pretty_printed_inside_a_string_of_json_is_found(
    question_id: str, found: Callable[[str], list[str]]
) -> None:
    assert found(json.dumps(json.dumps(RIGHT[question_id], indent=1)))


@pytest.mark.parametrize("question_id", [MANY, MATCH, TRIAGE])
def test_a_right_answer_whose_parts_stand_in_another_order_is_found(
    question_id: str, found: Callable[[str], list[str]]
) -> None:
    right = RIGHT[question_id]
    turned = right[::-1] if isinstance(right, list) else dict(reversed(right.items()))
    assert found(json.dumps(turned))


@every_form
@pytest.mark.parametrize("question_id", VERDICTS)
def test_an_id_beside_its_verdict_is_found(
    question_id: str, form: Callable[[Any], str], found: Callable[[str], list[str]]
) -> None:
    assert any(f"the key of «{question_id}»" in leak for leak in found(form(VERDICTS[question_id])))


@every_form
@pytest.mark.parametrize("authored", every_kind(), ids=lambda authored: authored.id)
def test_the_graders_side_of_a_question_is_found(
    authored: Any, form: Callable[[Any], str], found: Callable[[str], list[str]]
) -> None:
    key = msgspec.to_builtins(split(authored)[1])
    leaks = found(form(key))
    assert sum("…»" in leak for leak in leaks) > 2, "its reasons"


WRAPPED: dict[str, Callable[[str], str]] = {
    "plain": str,
    "over lines": lambda text: text.replace(" ", "\n"),
    "HTML": lambda text: f"<p>{html.escape(text)}</p>",
    "a string of JSON": lambda text: json.dumps(json.dumps({"x": text})),
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_every_reason_and_misconception_of_every_kind_is_found(
    bank: Bank, wrap: Callable[[str], str], found: Callable[[str], list[str]]
) -> None:
    leaks = found("\n\n".join(wrap(secret) for secret in bank.secrets()))
    assert {f"file.txt: «{secret[:60]}…»" for secret in bank.secrets()} - set(leaks) == set()


def test_a_reason_in_base64_is_found_wherever_it_begins(bank: Bank, found: Callable[[str], list[str]]) -> None:
    for number, secret in enumerate(bank.secrets()[::5]):
        text = f"{'.' * number} {secret} after".encode()
        assert found(base64.b64encode(text).decode()), secret


def test_a_canary_of_every_kind_is_found(bank: Bank, found: Callable[[str], list[str]]) -> None:
    assert found(" ".join(bank.canaries())) == [f"file.txt: canary {canary}" for canary in bank.canaries()]
    assert len(bank.canaries()) == len(ASKED)


def test_the_released_questions_of_every_kind_hold_no_leak(found: Callable[[str], list[str]]) -> None:
    assert found(write_case_questions(staged_questions()).decode()) == []


def test_the_text_of_every_question_holds_no_leak(found: Callable[[str], list[str]]) -> None:
    questions = staged_questions()
    closed = msgspec.structs.replace(questions, stages=[])
    texts = [question_text(closed, record(), question) for question in questions.questions]
    assert all(question.prompt in text for question, text in zip(questions.questions, texts, strict=True))
    assert found(json.dumps({"cells": texts})) == []


def test_what_a_student_answered_wrongly_holds_no_leak(found: Callable[[str], list[str]]) -> None:
    answered = record(*((question_id, number, value) for number, (question_id, value) in enumerate(ANSWERS.items())))
    assert found(encode(answered).decode()) == []


@pytest.mark.usefixtures("five_seconds")
def test_words_within_a_file_of_numbers_are_found(bank: Bank, tmp_path: Path) -> None:
    secret = next(text for text in bank.secrets() if len(text) > 30)
    numbers = bytes(range(256)) * 40
    (tmp_path / "picture.png").write_bytes(numbers + f"Comment: «{secret}» – told".encode() + numbers)
    assert any("picture.png" in leak for leak in find_leaks(tmp_path, bank))


def test_a_key_within_a_file_of_numbers_is_found_however_short(bank: Bank, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_bytes(b"\0\1" + b'"outer":"right"' + b"\0\1")
    assert any("notes.db: the key of" in leak for leak in find_leaks(tmp_path, bank))


def test_a_large_picture_without_a_bracket_is_searched_in_no_time(found: Callable[[str], list[str]]) -> None:
    path = " ".join(f"{number / 7:.2f},{number / 3:.2f}" for number in range(5000))
    assert found(f'<path d="M {path} Z"/>') == []


def test_a_number_alone_is_no_leak(found: Callable[[str], list[str]]) -> None:
    assert found(json.dumps({NUMBER: 73.0, "from": 70, "to": 75})) == []


def test_a_part_of_a_right_answer_is_no_leak(found: Callable[[str], list[str]]) -> None:
    for value in (
        ["warmth"],
        ["walk", "warm", "work"],
        {"band": "slides", "septum": "slides"},
        {"hands": "changed-plan"},
    ):
        assert found(json.dumps(value)) == []


def test_the_one_right_id_of_a_question_is_no_leak_by_itself(tmp_path: Path) -> None:
    single = many_of(choice=[item for item in many_of().choice if item.id != "swelling"])
    bank = bank_of(tmp_path, one_of(), single)
    student = tmp_path / "student"
    student.mkdir()
    (student / "questions.json").write_bytes(write_case_questions(case_questions(one_of(), single)))
    (student / "lesson.md").write_text("Look for warmth, on the outer side.", "utf-8")
    assert find_leaks(student, bank) == []
