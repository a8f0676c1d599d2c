"""`itband check` on the clinic: facts without source, and keys that differ from the safety rules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from small_bank import TRIAGE, triage

from itband_course.clinic.facts import FactsError
from itband_course.grading import clinic_check as checking
from itband_course.grading.bank import Bank, BankError, load
from itband_course.grading.clinic_check import clinic_check
from itband_course.grading.course import Course
from itband_course.kinds.triage import TriageKey
from itband_course.questions import split

ACUTE = ("right-outer-knee-warm", "combined-pill")
"""Changed plan, nobody now."""
KEY = TriageKey(hands="changed-plan", who="nobody-now")
OTHER = TriageKey(hands="full-plan", who="nobody-now")
WHY = "The place is cool since yesterday, and only the pill is left to note."


@dataclass
class SmallCourse:
    """As much of a course as the check asks for: one case that asks everything in its bank."""

    bank: Bank

    def cases(self) -> list[str]:
        return ["the-small-case"]

    def master(self, case: str) -> str:
        return case

    def placed(self, case: str, _master: str) -> list[str]:
        return list(self.bank.questions)


def course_of(*questions: Any) -> Any:
    bank = Bank(Path("bank"))
    for question in questions:
        bank.questions[question.id] = question
        bank.where[question.id] = "small.toml"
    return SmallCourse(bank)


@pytest.fixture(autouse=True)
def _no_practice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "practice_questions", dict)


def asked(name: str = TRIAGE, **fields: Any) -> Any:
    return msgspec.structs.replace(triage(), id=name, **fields)


def test_a_key_that_says_what_the_rules_say_is_counted_and_nothing_more() -> None:
    found = clinic_check(course_of(asked(key=KEY, findings=ACUTE), asked("silent")))
    assert found.problems == []
    assert (found.compared, found.silent, found.disagreements, found.notes) == (1, 1, 0, 0)
    assert found.lines()[0].startswith("facts without source: 0 (of ")
    assert found.lines()[1].startswith("keys against rules: 0 disagreements without a note, 0 notes")


def test_a_key_that_differs_is_told_with_both_decisions_and_the_rule() -> None:
    found = clinic_check(course_of(asked(key=OTHER, findings=ACUTE)))
    (said,) = found.problems
    assert said.startswith(f"small.toml, «{TRIAGE}»: its key says full-plan, nobody-now; the safety rules say changed-")
    assert "«Acute flare of the outer knee»" in said
    assert found.disagreements == 1


def test_a_key_more_careful_than_the_rules_is_a_disagreement_too() -> None:
    found = clinic_check(course_of(asked(key=TriageKey(hands="none", who="nobody-now"), findings=ACUTE)))
    assert found.disagreements == 1


def test_a_difference_with_a_judgement_and_its_source_is_a_note() -> None:
    noted = asked(key=OTHER, findings=ACUTE, judgement=WHY, judgement_source="strauss-2011")
    found = clinic_check(course_of(noted))
    assert found.problems == []
    assert (found.disagreements, found.notes) == (0, 1)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"judgement": WHY}, "its judgement_source «» is not in"),
        ({"judgement": WHY, "judgement_source": "nobody-1900"}, "its judgement_source «nobody-1900» is not in"),
        ({"judgement": "So.", "judgement_source": "strauss-2011"}, "its judgement is no real reason"),
        ({"key": KEY, "judgement": WHY, "judgement_source": "strauss-2011"}, "take the judgement out"),
        ({"findings": (), "judgement": WHY}, "a judgement and no findings"),
        ({"findings": ("moon",)}, "There is no finding «moon»"),
    ],
)
def test_what_is_wrong_with_findings_or_judgement_is_told(fields: dict[str, Any], says: str) -> None:
    found = clinic_check(course_of(asked(**{"key": OTHER, "findings": ACUTE, **fields})))
    assert says in " ".join(found.problems)


def test_two_notes_a_case_are_enough() -> None:
    noted = {"key": OTHER, "findings": ACUTE, "judgement": WHY, "judgement_source": "strauss-2011"}
    names = ("one", "two", "three")
    assert clinic_check(course_of(*(asked(name, **noted) for name in names[:2]))).problems == []
    (said,) = clinic_check(course_of(*(asked(name, **noted) for name in names))).problems
    assert said.startswith("«the-small-case» differs from the safety rules in 3 questions: 2 at most.")


def test_facts_without_source_are_told_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "without_source", lambda: ["palpation/asis"])
    found = clinic_check(course_of())
    assert found.problems[0].startswith("data/clinic/palpation.toml, «asis»: it names no source.")
    assert found.lines()[0].startswith("facts without source: 1 ")


def test_a_damaged_file_of_facts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[str]:
        raise FactsError("data/clinic/rules.toml is not TOML.")

    monkeypatch.setattr(checking, "without_source", broken)
    assert clinic_check(course_of()).problems == ["data/clinic/rules.toml is not TOML."]


def test_a_bank_that_cannot_be_read_is_left_to_the_bank_s_own_check(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(SmallCourse):
        def cases(self) -> list[str]:
            raise BankError(["broken"])

    broken: Any = Broken(Bank(Path("bank")))
    assert clinic_check(broken).problems == []


def test_findings_and_judgement_reach_no_student_and_are_searched_for() -> None:
    noted = asked(key=OTHER, findings=ACUTE, judgement=WHY, judgement_source="strauss-2011")
    public, _rubric = split(noted)
    shown = msgspec.json.encode(public).decode()
    assert "outer-knee-warm" not in shown
    assert WHY not in shown
    bank = Bank(Path("bank"), questions={noted.id: noted})
    assert WHY in bank.secrets()


def test_the_bank_of_the_course_agrees_with_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    root = Path(__file__).parents[2]
    found = clinic_check(Course.at(root))
    assert found.problems == []
    assert (found.unsourced, found.disagreements, found.silent) == (0, 0, 0)
    bank = load(root / "bank")
    assert bank.questions["hands-and-who-sore-outer-knee"].findings  # type: ignore[union-attr]
