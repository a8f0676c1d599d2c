"""`questions.json`: written once, read back the same, and refused in a sentence where it cannot be used."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from small_bank import (
    ASKED,
    CASE,
    HOTSPOT,
    MANY,
    MATCH,
    MEASURE,
    NUMBER,
    ONE,
    ORDER,
    PLAN,
    TRIAGE,
    WORKUP,
    case_questions,
    choice,
    every_kind,
    many_of,
    number,
    one_of,
    plan,
    staged_questions,
)

from itband_course import questions as questions_
from itband_course.questions import (
    QUESTIONS_FILE,
    QUESTIONS_SCHEMA,
    STAGES,
    CaseQuestions,
    QuestionsError,
    Stage,
    make_case_questions,
    read_case_questions,
    write_case_questions,
)


def why_refused(folder: Path, content: bytes) -> str:
    (folder / QUESTIONS_FILE).write_bytes(content)
    with pytest.raises(QuestionsError) as caught:
        read_case_questions(folder)
    return str(caught.value)


# --- the way to the disk and back


def test_questions_are_read_back_as_they_were_written(tmp_path: Path, questions: CaseQuestions) -> None:
    (tmp_path / QUESTIONS_FILE).write_bytes(write_case_questions(questions))
    assert read_case_questions(tmp_path) == questions


def test_stages_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    staged = staged_questions()
    (tmp_path / QUESTIONS_FILE).write_bytes(write_case_questions(staged))
    assert read_case_questions(tmp_path) == staged
    assert [stage.id for stage in staged.stages] == ["workup", "decisions", "plan"]


def test_a_file_from_before_there_were_stages_has_none(tmp_path: Path, questions: CaseQuestions) -> None:
    older = msgspec.to_builtins(questions)
    del older["stages"]
    (tmp_path / QUESTIONS_FILE).write_bytes(json.dumps(older).encode())
    assert read_case_questions(tmp_path) == questions


def test_texts_with_any_sign_survive_the_way(tmp_path: Path) -> None:
    prompt = '«Ober» 6° – “sore” \\ " \n\t \u2028 </script> \U0001f9b5'
    questions = case_questions(one_of(prompt=prompt))
    (tmp_path / QUESTIONS_FILE).write_bytes(write_case_questions(questions))
    assert read_case_questions(tmp_path).questions[0].prompt == prompt


def test_the_file_is_the_same_at_every_release(questions: CaseQuestions) -> None:
    written = write_case_questions(questions)
    assert written == write_case_questions(case_questions())
    assert written.endswith(b"}\n")
    assert written.count(b"\n") > 20, "indented, so that a change shows line by line"


def test_a_question_is_found_by_its_id_and_another_id_finds_nothing(questions: CaseQuestions) -> None:
    for question in questions.questions:
        assert questions.find(question.id) is question
    assert questions.find("no-such-question") is None


# --- stages


def test_a_question_opens_after_the_stage_before_its_own_and_one_behind_all_stages_after_the_last() -> None:
    staged = staged_questions()
    after = {question: staged.opens_after(question) for question in ASKED}
    workup, decisions, planned = staged.stages
    assert after == {
        ONE: None,
        MANY: None,
        NUMBER: workup,
        ORDER: workup,
        MATCH: decisions,
        TRIAGE: planned,
        HOTSPOT: planned,
        PLAN: planned,
        WORKUP: planned,
        MEASURE: planned,
    }


def test_without_stages_every_question_is_open_from_the_start(questions: CaseQuestions) -> None:
    assert [questions.opens_after(question) for question in ASKED] == [None] * len(ASKED)
    assert questions.stage("workup") is None


def test_a_stage_is_found_by_its_id_and_has_a_title() -> None:
    staged = staged_questions()
    for stage in staged.stages:
        assert staged.stage(stage.id) is stage
        assert stage.title == STAGES[stage.id]
    assert staged.stage("closure") is None, "a stage that this case does not close"
    assert list(STAGES) == ["workup", "decisions", "plan", "what-if", "closure"]


def test_the_version_changes_with_the_stages() -> None:
    def version(*stages: Stage) -> str:
        return case_questions(stages=stages).version

    versions = [
        version(),
        version(Stage(id="workup", questions=[ONE])),
        version(Stage(id="workup", questions=[ONE, MANY])),
        version(Stage(id="decisions", questions=[ONE])),
        version(Stage(id="workup", questions=[ONE]), Stage(id="decisions", questions=[MANY])),
    ]
    assert len(set(versions)) == len(versions)
    assert versions[0] == case_questions().version


# --- the version


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every text and number in JSON."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def changed_at(value: Any, path: tuple[Any, ...]) -> Any:
    copy = json.loads(json.dumps(value))
    target = copy
    for key in path[:-1]:
        target = target[key]
    here = target[path[-1]]
    target[path[-1]] = f"{here}!" if isinstance(here, str) else not here if isinstance(here, bool) else here + 1
    return copy


WRITTEN = json.loads(write_case_questions(staged_questions()))
CONTENT = {key: WRITTEN[key] for key in ("questions", "notes", "stages")}
FIXED = [("kind",), ("scales", 0, "id"), ("scales", 1, "id"), ("mode",)]
FIXED += [("techniques", place, "family") for place in range(len(plan().techniques))]
FIXED += [("groups", place, "id") for place in range(6)]
FIXED += [("sides", place, "id") for place in range(2)]
"""Places within a question that allow a few words only."""


def test_the_version_changes_with_every_text_and_number() -> None:
    staged = staged_questions()
    paths = [path for path in leaves(CONTENT) if path[2:] not in FIXED and (path[0], path[2:]) != ("stages", ("id",))]
    assert len(paths) > 100
    for path in paths:
        other = msgspec.convert(changed_at(WRITTEN, path), type=CaseQuestions)
        assert make_case_questions(CASE, other.questions, other.notes, other.stages).version != staged.version, path


def test_the_version_changes_when_questions_come_go_or_change_places() -> None:
    versions = {
        case_questions(*asked).version
        for asked in ([one_of()], [many_of()], [one_of(), many_of()], [many_of(), one_of()])
    }
    assert len(versions) == 4


def test_the_version_does_not_change_with_what_no_student_sees() -> None:
    unseen = one_of(
        canary="itband-canary-99999999-99999999",
        sources=["another-2002"],
        choice=[msgspec.structs.replace(item, reason="Another reason.") for item in reversed(one_of().choice)],
    )
    assert case_questions(unseen, many_of()).version == case_questions(one_of(), many_of()).version


def test_the_version_is_that_of_the_content_whatever_the_case_is_called() -> None:
    assert case_questions(case="another-case").version == case_questions().version


def test_a_new_choice_changes_the_version() -> None:
    longer = one_of(choice=[*one_of().choice, choice("front", "wrong")])
    assert case_questions(longer, many_of()).version != case_questions(one_of(), many_of()).version


def test_another_unit_changes_the_version() -> None:
    versions = {case_questions(number(unit=unit)).version for unit in ("%", "km", "°")}
    assert len(versions) == 3


# --- what bad files get


def spoilt(old: bytes, new: bytes) -> bytes:
    written = write_case_questions(case_questions())
    assert old in written
    return written.replace(old, new)


DAMAGED = {
    "empty": b"",
    "cut off": write_case_questions(case_questions())[:-40],
    "not JSON": b"<html>",
    "a list": b"[]",
    "null": b"null",
    "no schema": b'{"case": "x"}',
    "schema as text": b'{"schema": "1"}',
    "only a schema": b'{"schema": 1}',
    "not UTF-8": spoilt(b"Which side", b"Which \xff\xfe"),
    "deeply nested": b'{"schema": 1, "case": ' + b"[" * 100_000,
    "a field that holds a key": json.dumps(
        changed_at(msgspec.to_builtins(case_questions()), ("case",)) | {"key": "outer"}
    ).encode(),
    "a kind that nobody knows": spoilt(b'"one-of"', b'"two-of"'),
    "points that are no number": spoilt(b'"points": 2.0', b'"points": NaN'),
    "a range of one number": spoilt(b'"plausible": [\n    0.0,\n', b'"plausible": [\n'),
    "a scale that nobody knows": spoilt(b'"hands"', b'"feet"'),
    "stages as a text": spoilt(b'"stages": []', b'"stages": "workup"'),
    "a stage with a key": spoilt(b'"stages": []', b'"stages": [{"id": "workup", "questions": [], "key": "x"}]'),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_gives_a_sentence_that_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    sentence = why_refused(tmp_path, content)
    assert f"«{QUESTIONS_FILE}» is damaged" in sentence
    assert "Get the case again" in sentence


def test_a_missing_file_gives_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=rf"«{QUESTIONS_FILE}» is not beside this notebook.*Get the case again"):
        read_case_questions(tmp_path)


def test_a_folder_in_its_place_gives_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / QUESTIONS_FILE).mkdir()
    with pytest.raises(QuestionsError, match=rf"«{QUESTIONS_FILE}» cannot be read.*Get the case again"):
        read_case_questions(tmp_path)


def test_a_file_too_large_to_be_real_is_not_read_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, questions: CaseQuestions
) -> None:
    content = write_case_questions(questions)
    monkeypatch.setattr(questions_, "SIZE_CAP", len(content) - 1)
    sentence = why_refused(tmp_path, content)
    assert "too large" in sentence
    assert "Get the case again" in sentence
    monkeypatch.setattr(questions_, "SIZE_CAP", len(content))
    assert read_case_questions(tmp_path) == questions


def test_a_file_of_a_newer_course_asks_for_an_update_and_not_for_a_new_copy(
    tmp_path: Path, questions: CaseQuestions
) -> None:
    newer = {"schema": QUESTIONS_SCHEMA + 1, "anything": ["that", "came", "later"]}
    sentence = why_refused(tmp_path, json.dumps(newer).encode())
    assert "newer version of the course" in sentence
    assert "Update the course" in sentence
    assert "Get the case again" not in sentence


def test_a_stage_that_this_course_does_not_know_is_refused_when_read(tmp_path: Path) -> None:
    content = write_case_questions(staged_questions()).replace(b'"workup"', b'"warm-up"')
    why_refused(tmp_path, content)


def test_every_kind_of_question_is_released_in_one_file(tmp_path: Path, questions: CaseQuestions) -> None:
    assert [question.id for question in questions.questions] == [authored.id for authored in every_kind()]
    (tmp_path / QUESTIONS_FILE).write_bytes(write_case_questions(questions))
    assert [type(question) for question in read_case_questions(tmp_path).questions] == [
        type(question) for question in questions.questions
    ]
