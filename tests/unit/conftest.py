"""What the unit tests share: a quiet Hypothesis, a folder with a small case in it, and a limit against hanging."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
import small_bank
from hypothesis import configuration, settings

from itband_course.questions import QUESTIONS_FILE, CaseQuestions, write_case_questions

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
def five_seconds() -> Iterator[None]:
    """Fail a test that waits for something that never comes."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("nothing happened within five seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
