"""What the unit tests share: a quiet Hypothesis, a folder with a small case in it, and a limit against hanging."""

import re
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import small_bank
from hypothesis import configuration, settings

from itband_course.questions import QUESTIONS_FILE, CaseQuestions, kind_of, write_case_questions

# Hypothesis would keep its notes beside the tests; the same examples each time, so that a red test stays red.
configuration.set_hypothesis_home_dir(tempfile.gettempdir())
settings.register_profile("course", deadline=None, database=None, derandomize=True)
settings.load_profile("course")


@pytest.fixture
def questions() -> CaseQuestions:
    """Return the public questions of the tests' own case: one of each kind and a note."""
    return small_bank.case_questions()


@pytest.fixture
def case_folder(tmp_path: Path, questions: CaseQuestions) -> Path:
    """Return a student's folder with `questions.json` and a notebook that nothing has been answered in."""
    folder = tmp_path / small_bank.CASE
    folder.mkdir()
    (folder / QUESTIONS_FILE).write_bytes(write_case_questions(questions))
    small_bank.save_notebook(folder)
    return folder


@pytest.fixture
def lint_says() -> Callable[[Any, list[str]], None]:
    """Return a function that fails unless the linter of a question's kind says these sentences and no other."""

    def check(authored: Any, said: list[str]) -> None:
        found = kind_of(authored).lint(authored)
        assert len(found) == len(said), found
        assert all(re.search(pattern, sentence) for pattern, sentence in zip(said, found, strict=True)), found
        assert all(sentence.endswith(".") for sentence in found)

    return check


@pytest.fixture
def five_seconds() -> Iterator[None]:
    """Fail a test that waits for something that never comes."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("nothing happened within five seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
