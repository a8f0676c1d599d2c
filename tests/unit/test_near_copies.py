"""No practice question gives a graded one away, and none is about a graded client."""

from types import SimpleNamespace
from typing import Any

import pytest
import small_bank

from itband_course.grading import near_copies
from itband_course.grading.near_copies import NEAR, asked, nearest_pairs, shared_findings


def course_of(*graded: Any, client: str = "Ines") -> Any:
    return SimpleNamespace(
        bank=SimpleNamespace(questions={question.id: question for question in graded}),
        cases=lambda: ["a-case"],
        client=lambda _case: SimpleNamespace(name=client),
    )


@pytest.fixture
def practising(monkeypatch: pytest.MonkeyPatch) -> Any:
    def practise(*questions: Any) -> None:
        monkeypatch.setattr(near_copies, "practice_questions", lambda: {one.id: one for one in questions})

    return practise


def test_a_practice_question_with_words_turned_round_is_a_near_copy(practising: Any) -> None:
    prompt = "Her outer knee is warm and puffy, and it hurts at rest. Which signs set the stage of her knee today?"
    turned = "Which signs set the stage of her knee today? It hurts at rest; her outer knee is puffy and warm."
    practising(small_bank.one_of(id="practised", prompt=turned))
    found = near_copies.near_copies(course_of(small_bank.one_of(prompt=prompt)))
    assert len(found.problems) == 1
    assert found.nearest[0].nearness >= NEAR
    assert "practised" in found.lines()[1]


def test_another_question_is_none_and_the_ten_nearest_pairs_are_told(practising: Any) -> None:
    practising(
        *(small_bank.many_of(id=f"practised-{n}", prompt=f"What grows by {n} miles on hilly ways?") for n in range(20))
    )
    found = near_copies.near_copies(course_of(small_bank.number(prompt="How far does a bicycle saddle move?")))
    assert found.problems == []
    assert len(found.nearest) == 10
    assert len(found.lines()) == 11


def test_what_stands_in_the_key_counts_and_what_stands_in_wrong_choices_does_not() -> None:
    text = asked(small_bank.one_of())
    assert "Text of outer" in text
    assert "Text of inner" not in text


def test_without_questions_there_are_no_pairs() -> None:
    assert nearest_pairs([], [small_bank.one_of()]) == []


def test_a_practice_question_about_a_graded_client_is_found(practising: Any) -> None:
    practising(small_bank.many_of(id="practised", prompt="Ines sits down. What do you see of chairs and tables?"))
    assert "about Ines" in near_copies.near_copies(course_of(small_bank.number())).problems[0]
    assert near_copies.near_copies(course_of(small_bank.number(), client="Ine")).problems == []


def test_a_practice_client_with_a_graded_clients_findings_is_found() -> None:
    workup, measure, triage = small_bank.workup(), small_bank.measure(), small_bank.triage(findings=("a", "b"))
    told = [entry for entry in workup.chart if len(entry.found) > near_copies.SHARED_WORDS]
    assert told
    assert all(entry.id in next(shared_findings(workup, workup)) for entry in told)
    assert "the same angles" in next(shared_findings(measure, measure))
    assert "(a, b)" in next(shared_findings(triage, small_bank.triage(findings=("b", "a"))))
    assert list(shared_findings(triage, small_bank.triage(findings=("a", "c")))) == []
    assert list(shared_findings(small_bank.triage(findings=("a",)), small_bank.triage(findings=("a",)))) == []
