"""The course's own content: nothing to mend, nothing unused, and nothing that gives an answer away."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from itband_course.answers import ANSWERS_FILE
from itband_course.asking import chart_pictures
from itband_course.facts import ID_PATTERN, references
from itband_course.figure.pictures import draw
from itband_course.grading.bank import LOCK_FILE
from itband_course.grading.course import Course, asked, is_note, shows_chart, stage_closed_in, stages_of
from itband_course.grading.feedback import PICTURE
from itband_course.grading.near_copies import near_copies
from itband_course.grading.quality import claims_what_is_doubted, quality
from itband_course.grading.tidy import tidy_all
from itband_course.kinds.choices import AuthoredChoices
from itband_course.kinds.measure import AuthoredMeasure
from itband_course.kinds.workup import AuthoredWorkup
from itband_course.practising import practice_questions
from itband_course.questions import KINDS, kind_of, notes_of, options_of, split

REPOSITORY = Path(__file__).parents[2]
COURSE = Course.at(REPOSITORY)
QUESTIONS = list(COURSE.bank.questions.values())
NOTES = list(COURSE.bank.notes.values())
PRACTICE = list(practice_questions().values())

SECURITY = (REPOSITORY / "docs/security.md").read_text("utf-8")
TESTS = "\n".join(path.read_text("utf-8") for path in sorted((REPOSITORY / "tests").rglob("test_*.py")))

graded_questions = pytest.mark.parametrize("question", QUESTIONS, ids=lambda entry: entry.id)
all_questions = pytest.mark.parametrize("question", [*QUESTIONS, *PRACTICE], ids=lambda entry: entry.id)
WITH_CHOICES = [question for question in (*QUESTIONS, *PRACTICE) if isinstance(question, AuthoredChoices)]
GRADED_WITH_CHOICES = [question for question in WITH_CHOICES if question in QUESTIONS]
graded_choices = pytest.mark.parametrize("question", GRADED_WITH_CHOICES, ids=lambda entry: entry.id)
all_notes = pytest.mark.parametrize("note", NOTES, ids=lambda entry: entry.id)
all_cases = pytest.mark.parametrize("case", COURSE.cases())

DIAGNOSIS = re.compile(r"iliotibial band (?:friction )?syndrome|\bITBF?S\b|\bsyndrome\b", re.IGNORECASE)
VERDICT_WORDS = {"correct", "wrong", "danger", "accepted", "neutral", "distractor", "misconception", "key"}
VERDICT_WORDS |= {"true", "false"}
FINDING_WORDS = {"acute", "chronic", "subacute", "itbs", "syndrome", "fracture", "thrombosis", "dvt", "positive"}
FINDING_WORDS |= {"negative", "short", "tight", "weak", "bursitis", "tear", "referral", "emergency", "red"}


KEEPS = r"^(?:practice|simulate|sort_intake|shape_pain|plan_running|coach_self_massage)\(.*\)$"
"""A call of a lesson that keeps what students do."""
RETIRED = {"before-hands-ask-and-look", "session-order-sore-outer-knee"}
"""Taken out of their case, and kept in the bank for classes that answered them: workup and plan ask this now."""


def keyed_right(question: Any) -> list[Any]:
    """Return the right choices of a question that has choices."""
    return [choice for choice in question.choice if choice.verdict in ("right", "accepted")]


def options(question: Any) -> dict[str, str]:
    """Return id and text of all that a question offers, whatever its kind."""
    return options_of(split(question)[0])


def placed() -> dict[str, list[str]]:
    """Return, for each question and note of the bank, the cases that place it."""
    found: dict[str, list[str]] = {entry.id: [] for entry in COURSE.bank.entries()}
    for case in COURSE.cases():
        master = COURSE.master(case)
        notes = [cell.metadata.nbgrader.grade_id for cell in master.cells if is_note(cell)]
        for entry in [*asked(master), *notes]:
            found[entry].append(case)
    return found


# --- the course as a whole


def test_the_course_has_nothing_to_mend() -> None:
    assert COURSE.problems() == []


def test_every_question_and_note_that_students_have_not_seen_yet_is_placed_in_a_case() -> None:
    lock = COURSE.bank_folder / LOCK_FILE
    seen = set(json.loads(lock.read_text("utf-8"))) if lock.exists() else set()
    assert {entry for entry, cases in placed().items() if not cases and entry not in seen} == RETIRED


def test_every_notebook_is_in_canonical_form() -> None:
    assert [path.name for path in tidy_all(COURSE, write=False)] == []


def test_every_outcome_is_practised_or_graded_and_every_question_has_one() -> None:
    outcomes = {outcome.id for outcome in COURSE.graph.outcome}
    assert {entry.outcome for entry in (*COURSE.bank.entries(), *PRACTICE)} == outcomes


def test_every_lesson_of_the_course_is_there() -> None:
    lessons = {path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb")}
    assert {module.lesson for module in COURSE.graph.module} <= lessons


def test_no_lesson_opens_with_what_was_done_in_another() -> None:
    """All lessons of a folder share one record, so a panel that keeps something has a name of its own in each."""
    kept: dict[str, set[str]] = {}
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for call in re.findall(KEEPS, cell.source, re.MULTILINE) if cell.cell_type == "code" else ():
                kept.setdefault(call, set()).add(path.stem)
    assert len(kept) > 50
    assert {call: lessons for call, lessons in kept.items() if len(lessons) > 1} == {}


def test_the_instructors_guide_names_every_module_with_its_lesson_its_cases_and_its_minutes() -> None:
    guide = (REPOSITORY / "docs/instructor.md").read_text("utf-8")
    for module in COURSE.graph.module:
        cases = ", ".join(f"`{case}`" for case in module.cases) or "–"
        assert f"| {module.title} | `{module.lesson}` | {cases} | {module.minutes} |" in guide


def test_what_a_module_builds_on_comes_before_it() -> None:
    before: set[str] = set()
    for module in COURSE.graph.module:
        assert set(module.prerequisites) <= before
        before.add(module.id)


@all_cases
def test_a_masters_folder_holds_no_recorded_answers(case: str) -> None:
    kept = {path.name for path in (COURSE.source / case).iterdir()}
    assert not [name for name in kept if name.startswith((ANSWERS_FILE.split(".", maxsplit=1)[0], f".{ANSWERS_FILE}"))]
    assert "questions.json" not in kept


@all_cases
def test_a_release_holds_its_notebook_and_questions_and_no_recorded_answers(case: str) -> None:
    kept = {path.name for path in (COURSE.release / case).iterdir()}
    assert {f"{case}.ipynb", "questions.json"} <= kept
    assert not [name for name in kept if "answers" in name]


# --- references


@pytest.mark.parametrize("reference", references().values(), ids=references())
def test_a_reference_says_how_far_it_was_checked(reference: Any) -> None:
    assert reference.checked in ("seen", "part", "memory")
    assert re.match(ID_PATTERN, reference.key)
    year = re.search(r"(?:19|20)\d\d", reference.key)
    assert year is None or year[0] in reference.cite
    assert reference.doi is None or re.fullmatch(r"10\.\d{4,}/\S+", reference.doi)


@all_questions
def test_a_question_rests_on_known_sources(question: Any) -> None:
    assert question.sources or question.basis == "usual practice"
    assert set(question.sources) <= set(references())


@all_notes
def test_a_note_rests_on_known_sources(note: Any) -> None:
    assert note.sources or note.basis == "usual practice"
    assert set(note.sources) <= set(references())


# --- what would give an answer away


def test_no_question_gives_its_key_away_by_its_wording_or_falls_into_a_trap_of_the_topic() -> None:
    assert quality(COURSE) == []


@all_questions
def test_something_is_right_in_every_question(question: Any) -> None:
    assert [note for note in notes_of(split(question)[1]) if note.verdict in ("right", "accepted")]


@graded_questions
def test_an_id_says_nothing_of_key_or_finding(question: Any) -> None:
    said = set(question.id.split("-"))
    assert said & (VERDICT_WORDS | FINDING_WORDS | {"right", "wrong"}) == set()
    for option in options(question):
        name = option.rpartition("/")[2]
        assert re.match(ID_PATTERN, name)
        assert set(name.split("-")) & VERDICT_WORDS == set()


@graded_choices
def test_an_id_shares_no_word_with_the_right_choice_alone(question: Any) -> None:
    right = {word for choice in keyed_right(question) for word in choice.id.split("-")}
    others = {
        word for choice in question.choice if choice not in keyed_right(question) for word in choice.id.split("-")
    }
    assert set(question.id.split("-")) & (right - others) == set()


@graded_questions
def test_no_prompt_holds_the_text_of_a_choice(question: Any) -> None:
    assert [option for option, text in options(question).items() if text.lower() in question.prompt.lower()] == []


@all_questions
def test_no_two_choices_of_a_question_read_the_same(question: Any) -> None:
    texts = [" ".join(text.lower().split()) for text in options(question).values()]
    assert len(set(texts)) == len(texts)


@all_questions
def test_choices_are_written_alike(question: Any) -> None:
    ends = {text.rstrip("”")[-1] in ".?!" for text in options(question).values()}
    assert len(ends) <= 1, "all with a full stop or none"


def test_practice_and_graded_questions_share_no_id() -> None:
    assert set(practice_questions()) & set(COURSE.bank.where) == set()


def test_no_practice_question_is_a_near_copy_of_a_graded_one_or_about_a_graded_client() -> None:
    assert near_copies(COURSE).problems == []


@pytest.mark.parametrize("question", PRACTICE, ids=lambda entry: entry.id)
def test_a_practice_question_is_written_as_carefully_as_a_graded_one(question: Any) -> None:
    assert kind_of(question).lint(question) == []


def test_no_two_questions_ask_the_same() -> None:
    prompts = [question.prompt for question in (*QUESTIONS, *PRACTICE)]
    assert len(set(prompts)) == len(prompts)


# --- the cases


@all_cases
def test_no_case_names_the_diagnosis_before_the_findings(case: str) -> None:
    title, *_ = COURSE.master(case).cells
    assert title.cell_type == "markdown"
    assert title.source.startswith("# ")
    assert not DIAGNOSIS.search(title.source)
    assert set(case.split("-")) & FINDING_WORDS == set()


@all_cases
def test_a_master_holds_no_reason_and_no_mark_scheme(case: str) -> None:
    text = " ".join(" ".join(cell.source for cell in COURSE.master(case).cells).lower().split())
    secrets = [" ".join(secret.split()).lower() for secret in COURSE.bank.secrets()]
    assert [secret for secret in secrets if secret in text] == []


@all_cases
def test_a_case_begins_by_loading_the_course_and_ends_by_handing_in(case: str) -> None:
    code = [cell.source for cell in COURSE.master(case).cells if cell.cell_type == "code"]
    assert re.search(r"^from itband_course import ask, .*hand_in(, show_chart)?$", code[0], re.MULTILINE)
    assert code[-1].splitlines()[-1] == "hand_in()"


@all_cases
def test_a_case_gives_no_number_of_questions_that_could_grow_stale(case: str) -> None:
    numbers = r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty) questions?\b"
    assert re.search(numbers, COURSE.master(case).cells[0].source) is None


def test_the_cases_together_ask_questions_of_every_kind() -> None:
    used = {kind_of(COURSE.bank.questions[name]).name for case in COURSE.cases() for name in asked(COURSE.master(case))}
    assert used == set(KINDS)


@all_cases
def test_a_case_asks_ten_questions_or_more_of_several_kinds_with_consent_a_what_if_and_a_note(case: str) -> None:
    master = COURSE.master(case)
    questions = [COURSE.bank.questions[question_id] for question_id in asked(master)]
    assert len(questions) >= 10
    kinds = {kind_of(question).name for question in questions}
    assert len(kinds) >= 5
    assert {"workup", "triage", "plan"} <= kinds
    assert "ask-for-consent" in {question.outcome for question in questions}
    closed = {question_id for stage in stages_of(master) for question_id in stage.questions}
    assert {question.id for question in questions} - closed, "the what-if opens after the decisions are closed"
    assert any(is_note(cell) for cell in master.cells)


@all_cases
def test_every_picture_of_a_case_is_there_and_says_in_words_what_it_shows(case: str) -> None:
    cells = COURSE.master(case).cells
    shown = {found["file"]: found["alt"] for cell in cells for found in PICTURE.finditer(cell.source)}
    if any(shows_chart(cell) for cell in cells):
        shown |= dict(chart_pictures(COURSE.source / case))
    assert len(shown) >= 2
    for name, words in shown.items():
        assert (COURSE.source / case / name).exists()
        assert (COURSE.release / case / name).exists()
        assert len(words.split()) >= 12
    files = {path.name for path in (COURSE.source / case).iterdir() if path.suffix in (".svg", ".png")}
    assert files == set(shown)


@all_cases
def test_a_case_examines_its_own_client_and_shows_the_whole_chart_once_that_is_closed(case: str) -> None:
    master = COURSE.master(case)
    stages = stages_of(master)
    (examined,) = [name for name in asked(master) if kind_of(COURSE.bank.questions[name]).chart is not None]
    assert COURSE.bank.questions[examined].client == case  # type: ignore[union-attr]
    # What is measured with the hands comes before the whole chart, which gives the readings away.
    measured = [name for name in asked(master) if isinstance(COURSE.bank.questions[name], AuthoredMeasure)]
    assert (stages[0].id, stages[0].questions) == ("workup", [examined, *measured])
    assert sum(shows_chart(cell) for cell in master.cells) == 1


@all_cases
def test_no_text_of_a_case_gives_away_what_its_client_hides_until_it_is_sought(case: str) -> None:
    client = COURSE.client(case)
    assert client is not None
    cells = COURSE.master(case).cells
    until = next(number for number, cell in enumerate(cells) if stage_closed_in(cell) == "workup")
    before = "\n".join(cell.source for cell in cells[: until + 1])
    found = [entry.found for entry in client.chart if len(entry.found) > 12]
    assert len(found) > 10
    assert [one for one in found if one in before] == []
    assert not PICTURE.search(before)
    assert "|" not in "\n".join(cell.source for cell in cells[until:]), "the findings stand in the chart alone"


@all_cases
def test_an_experts_path_takes_no_longer_than_the_minutes_that_the_client_has(case: str) -> None:
    for name in asked(COURSE.master(case)):
        question = COURSE.bank.questions[name]
        if isinstance(question, AuthoredWorkup):
            minutes = {entry.id: entry.minutes for entry in question.chart}
            assert sum(minutes[act] for act in question.path) <= question.minutes


@all_cases
def test_the_pictures_of_a_case_are_those_that_its_client_gives(case: str) -> None:
    client = COURSE.client(case)
    assert client is not None
    assert {name: (COURSE.source / case / name).read_bytes() for name in draw(client)} == draw(client)


@all_cases
def test_a_case_says_how_many_points_its_note_is_worth(case: str) -> None:
    cells = COURSE.master(case).cells
    for number, cell in enumerate(cells):
        if is_note(cell):
            points = COURSE.bank.notes[cell.metadata.nbgrader.grade_id].points
            assert f"{points:g} points" in cells[number - 1].source


@all_cases
def test_validate_is_said_to_mean_answered_and_not_right(case: str) -> None:
    text = "\n".join(cell.source for cell in COURSE.master(case).cells)
    assert "Validate" in text
    assert "does not mean that the answers are *right*" in text


@all_notes
def test_the_exemplar_of_a_note_keeps_to_what_it_asks_for(note: Any) -> None:
    asked_for = re.search(r"(\d+) to (\d+) words", note.prompt)
    assert asked_for is not None
    assert int(asked_for[1]) <= len(note.exemplar.split()) <= int(asked_for[2])
    assert not claims_what_is_doubted(note.exemplar)


@all_notes
def test_an_exemplar_has_all_the_parts_that_its_note_asks_for(note: Any) -> None:
    for case in placed()[note.id]:
        (cell,) = [cell for cell in COURSE.master(case).cells if cell.metadata.nbgrader.grade_id == note.id]
        parts = re.findall(r"^\*\*.+?\*\*", cell.source, re.MULTILINE)
        assert len(parts) >= 2
        assert [part for part in parts if part not in note.exemplar] == []


def test_every_line_of_the_security_page_names_tests_that_are_there() -> None:
    named = re.findall(r"`(test_\w+)`", SECURITY)
    assert len(named) > 30
    assert [name for name in named if f"def {name}(" not in TESTS] == []
