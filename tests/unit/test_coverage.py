"""A lesson teaches a claim where a cell names it, says its verdict in words and cites one of its sources."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from itband_course.facts import SURENESS_WORDS, claims, references
from itband_course.grading.coverage import LESSONS, cell_problems, coverage, taught


def cell(text: str, *names: str) -> Any:
    return new_markdown_cell(text, metadata={"itband": {"claims": list(names)}})


def test_every_claim_has_a_lesson_that_teaches_its_topic_and_a_verdict_in_words() -> None:
    topics = [topic for of_lesson in LESSONS.values() for topic in of_lesson]
    assert len(topics) == len(set(topics))
    assert {claim.topic for claim in claims().values()} == set(topics)
    assert {claim.verdict for claim in claims().values()} <= set(SURENESS_WORDS)


def test_claims_that_contradict_each_other_name_each_other_and_sources_exist() -> None:
    for claim in claims().values():
        assert all(claim.id in claims()[other].conflicts for other in claim.conflicts), claim.id
        assert set(claim.sources) <= set(references())


def test_what_is_not_asked_for_marks_says_so_in_its_field_and_not_only_in_words() -> None:
    assert {claim.id for claim in claims().values() if not claim.graded} == {"S4-06", "S4-13"}
    assert [claim.id for claim in claims().values() if "do not grade it" in claim.why.lower()] == []


@pytest.mark.parametrize(
    ("text", "names", "problem"),
    [
        ("It is fascia: **not supported** that it is muscle (hutchinson-2022).", ["S4-03"], ""),
        ("It is fascia (hutchinson-2022).", ["S4-03"], "does not say «not supported»"),
        ("It is well supported that it is muscle (hutchinson-2022).", ["S4-03"], "does not say «not supported»"),
        ("It is fascia: not supported.", ["S4-03"], "cites none of its sources (hutchinson-2022)"),
        ("Anything", ["S9-99"], "there is no claim «S9-99»"),
        ("One author’s opinion.", ["S0-16"], "cites no reference"),
        ("One author’s opinion; see fredericson-2005.", ["S0-16"], ""),
        (
            "supported " + "well supported birnbaum-2004 terry-1986 williams-2009 fairclough-2006",
            ["S0-07", "S0-08", "S0-09", "S0-37", "S0-38"],
            "a cell teaches 5 claims",
        ),
    ],
)
def test_a_cell_teaches_a_claim_with_verdict_and_source_or_says_what_it_lacks(
    text: str, names: list[str], problem: str
) -> None:
    problems = cell_problems(cell(text, *names))
    assert (problem in " ".join(problems)) if problem else problems == []


def test_a_claim_named_in_a_code_cell_is_not_taught() -> None:
    code = new_code_cell("1", metadata={"itband": {"claims": ["S4-03"]}})
    assert "Name them in a text cell" in " ".join(cell_problems(code))


def test_a_lesson_that_leaves_out_a_claim_of_its_topics_is_told_which(tmp_path: Path) -> None:
    notebook = new_notebook(
        cells=[cell("It is fascia: **not supported** that it is muscle (hutchinson-2022).", "S4-03")]
    )
    nbformat.write(notebook, tmp_path / "01_anatomy.ipynb")
    nbformat.write(new_notebook(), tmp_path / "00_start_here.ipynb")
    (found,) = coverage(tmp_path)
    wanted = [claim for claim in claims().values() if claim.topic in LESSONS["01_anatomy"]]
    assert (found.lesson, found.taught, found.wanted) == ("01_anatomy", 1, len(wanted))
    assert len(found.problems) == len(wanted) - 1
    assert not any("S4-03" in problem for problem in found.problems)


def test_a_claims_way_goes_to_the_section_that_teaches_it_and_the_questions_asked_there(tmp_path: Path) -> None:
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# A lesson\n\n## 1 · First"),
            cell("### It is fascia\n\n**not supported** (hutchinson-2022)", "S4-03"),
            new_code_cell('# A question: press Run All to see it\npractice("what-it-is")'),
            new_markdown_cell("## 2 · Second"),
            cell("**disputed** (birnbaum-2004)", "S4-02"),
        ]
    )
    nbformat.write(notebook, tmp_path / "01_anatomy.ipynb")
    assert [one.line() for one in taught(tmp_path)] == [
        "S4-03 -> 01_anatomy, «1 · First» -> what-it-is",
        "S4-02 -> 01_anatomy, «2 · Second» -> no question",
    ]
