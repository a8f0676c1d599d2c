"""A score in words: what was chosen with the author's word on it, and nothing of the rest."""

from typing import Any, get_args

import pytest
from small_bank import ANSWERS, every_kind

from itband_course.explaining import VERDICT_WORDS, chosen, explained, standing_of
from itband_course.kinds.base import ChoiceNote, Points, Verdict
from itband_course.questions import notes_of, samples, score, split

one_of_every_kind = pytest.mark.parametrize("authored", every_kind(), ids=lambda authored: authored.id)


def test_every_verdict_has_a_word_of_its_own() -> None:
    assert set(VERDICT_WORDS) == set(get_args(Verdict))
    assert len(set(VERDICT_WORDS.values())) == len(VERDICT_WORDS)


@pytest.mark.parametrize("verdict", get_args(Verdict))
def test_a_note_is_shown_with_its_text_the_word_on_it_and_why(verdict: Any) -> None:
    note = ChoiceNote("an-id", "The text.", verdict, "The reason.", "the misconception")
    (shown,) = explained([note])
    assert shown == {
        "text": "The text.",
        "verdict": verdict,
        "word": VERDICT_WORDS[verdict],
        "reason": "The reason.",
        "misconception": "the misconception",
    }


@one_of_every_kind
def test_what_is_explained_of_an_answer_is_what_was_chosen_in_the_order_of_the_card(authored: Any) -> None:
    rubric = split(authored)[1]
    result = score(rubric, ANSWERS[authored.id])
    shown = chosen(result)
    assert [item["reason"] for item in shown] == [note.reason for note in result.notes] != []
    others = {note.reason for note in notes_of(rubric)} - {note.reason for note in result.notes}
    assert others
    assert not any(reason in str(shown) for reason in others)


@one_of_every_kind
def test_nothing_is_explained_of_no_answer_and_of_an_unreadable_one(authored: Any) -> None:
    rubric = split(authored)[1]
    for sample in samples(rubric):
        result = score(rubric, sample.value)
        if not isinstance(result, Points):
            assert chosen(result) == []
    assert {standing_of(score(rubric, sample.value)) for sample in samples(rubric)} == {
        "right",
        "wrong",
        "unanswered",
        "unreadable",
    }


def test_the_key_in_words_speaks_of_everything_that_can_be_chosen() -> None:
    for authored in every_kind():
        notes = notes_of(split(authored)[1])
        assert [item["text"] for item in explained(notes)] == [note.text for note in notes]
