"""What gives a key away, and the traps of the topic: each lint finds its fault, and leaves alone what is no fault."""

from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
import small_bank
from msgspec.structs import replace
from nbformat.v4 import new_markdown_cell, new_notebook

from itband_course.grading import quality
from itband_course.grading.quality import claims_what_is_doubted, gathered, pictures_without_words, question_problems


def asking(text: str = "The outer one", **changes: Any) -> Any:
    """Return a one-of question whose right choice reads like this, with others that are as long."""
    question = small_bank.one_of(**changes)
    words = {"right": text, "accepted": "x" * len(text), "wrong": "y" * len(text)}
    return replace(question, choice=[replace(one, text=words[one.verdict]) for one in question.choice])


def test_a_question_of_any_kind_that_is_written_well_has_nothing_to_mend() -> None:
    for question in (small_bank.one_of(), small_bank.many_of(), small_bank.number(), small_bank.order()):
        assert question_problems(question) == []


def test_a_right_choice_that_stands_out_by_its_length_is_found() -> None:
    question = small_bank.one_of()
    longer = [replace(one, text=one.text * 2) if one.id == "outer" else one for one in question.choice]
    (problem,) = question_problems(replace(question, choice=longer))
    assert "«outer» is right and stands out by its length" in problem


@pytest.mark.parametrize("word", ["not", "never", "except", "cannot", "least"])
def test_a_negative_stem_has_to_be_marked(word: str) -> None:
    (problem,) = question_problems(asking(prompt=f"Her knee is warm. Which of these does {word} belong here?"))
    assert f"unmarked «{word}»" in problem
    assert question_problems(asking(prompt=f"Her knee is warm. Which does {word.upper()} belong here?")) == []
    assert question_problems(asking(prompt=f"Her knee does {word} swell. Which of these belongs here?")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Positive Ober on the right",
        "Ober on the right was clearly negative",
        "The iliotibial band is short",
        "A tight band on the right side",
        "Noble shows that it is tight",
        "Renne at rest excludes the band",
        "Release the outer thigh slowly",
        "It breaks adhesions",
        "A trigger point in the tensor",
        "Friction helps in 60 % of runners",
        "Homans’ sign on both sides",
        "Roll the band every evening",
        "Stretch her band in standing",
        "Let her hop on the sore leg",
        "Rest for two weeks and see",
        "Weak abductors are the cause",
        "The drop of the pelvis proves it",
    ],
)
def test_a_right_choice_that_falls_into_a_trap_is_found(text: str) -> None:
    assert len(question_problems(asking(text))) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "Right hip adducts 15° less than left; what limits it stays open",
        "Noble: familiar pain at 30°, and that proves nothing about length",
        "A drop that is found, and not the cause",
        "Roll tensor and gluteals, or nothing at all",
        "The outer knee is left out of cold and heat",
        "No hop today",
    ],
)
def test_a_right_choice_that_keeps_to_what_is_known_passes(text: str) -> None:
    assert question_problems(asking(text)) == []


@pytest.mark.parametrize(
    ("outcome", "text"),
    [("stage-by-signs", "It has lasted six weeks"), ("decide-hands-and-referral", "See an orthopaedic surgeon")],
)
def test_a_trap_of_one_outcome_is_looked_for_there_alone(outcome: str, text: str) -> None:
    assert len(question_problems(asking(text, outcome=outcome))) == 1
    assert question_problems(asking(text, outcome="see")) == []


def test_what_a_marked_negative_stem_asks_for_is_no_trap() -> None:
    assert question_problems(asking("Roll the band every evening", prompt="What do you NOT advise?")) == []


def test_a_wrong_choice_may_say_what_the_course_doubts() -> None:
    question = small_bank.one_of()
    doubted = [replace(one, text="Release a tight band") if one.id == "inner" else one for one in question.choice]
    assert question_problems(replace(question, choice=doubted)) == []


def test_a_number_about_friction_is_found() -> None:
    (problem,) = question_problems(small_bank.number(prompt="How many in a hundred does friction help?"))
    assert "a number about friction" in problem


def test_right_choices_that_gather_at_one_place_of_the_card_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [asking(id=f"which-side-{number}") for number in range(12)]
    assert not any("the right choice is number" in problem for problem in gathered(questions))
    monkeypatch.setattr(quality, "_place", lambda _question: 1)
    assert any("number 2 in 12 of 12 graded one-of" in problem for problem in gathered(questions))
    assert gathered(questions[:1]) == []


def test_right_choices_that_are_nearly_always_the_longest_are_found() -> None:
    shorter = {"right": "A little longer", "accepted": "Rather short", "wrong": "Short"}
    questions = [
        replace(question, choice=[replace(one, text=shorter[one.verdict]) for one in question.choice])
        for question in (small_bank.one_of(id=f"which-side-{number}") for number in range(12))
    ]
    assert any("the longest in 12 of 12 practice" in problem for problem in gathered(questions, "practice"))
    assert not any("the longest" in problem for problem in gathered(questions[:2]))


def test_a_full_note_must_not_claim_what_the_course_doubts_either() -> None:
    assert claims_what_is_doubted("**A** Positive Ober on the right.")
    assert claims_what_is_doubted("The band was released.")
    assert not claims_what_is_doubted("Right hip adducts 15° less than left; cause open. Hop left out.")


def test_a_picture_that_does_not_say_in_words_what_it_shows_is_found(tmp_path: Any) -> None:
    words = "Three bars that grow from left to right until the week when the pain began"
    notebook = new_notebook(cells=[new_markdown_cell(f"![{words}](load.svg)\n\n![A bar](bar.png)")])
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / "01_anatomy.ipynb")
    course = SimpleNamespace(root=tmp_path, source=tmp_path / "source", cases=lambda: [])
    (problem,) = pictures_without_words(course)  # type: ignore[arg-type]
    assert problem == "the picture bar.png says in 2 words what it shows: write 12 or more."
