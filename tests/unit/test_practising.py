"""Practice questions: complete, apart from the graded ones, and explained only once an answer is recorded."""

import subprocess
import sys
from pathlib import Path

import pytest

import itband_course
from itband_course import answers, asking, practising
from itband_course.answers import MIME, Store
from itband_course.facts import references
from itband_course.grading import bank
from itband_course.practising import PRACTICE_FILE, explain, practice_questions
from itband_course.questions import kind_of, make_case_questions, samples, split

ROOT = Path(__file__).resolve().parents[2]
ALL = sorted(practice_questions())


class Page:
    """What the calls under test display, in place of a notebook's output."""

    def __init__(self) -> None:
        self.shown: list = []

    def display(self, thing, **_):
        self.shown.append(thing)
        return self

    def update(self, thing, **_):
        self.shown[-1] = thing

    @property
    def card(self):
        return self.shown[-2]

    @property
    def mirror(self):
        return self.shown[-1]

    def click(self, value, confidence=None):
        self.card._on_message(self.card, {"type": "record", "nonce": "n", "value": value, "confidence": confidence}, [])


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(practising, "_SESSIONS", {})
    page = Page()
    monkeypatch.setattr(asking, "display", page.display)
    return page


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def choices_that_are(verdict, question_id):
    return [choice.id for choice in practice_questions()[question_id].choice if choice.verdict == verdict]


# --- content ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question_id", ALL)
def test_a_practice_question_passes_the_lint_of_its_kind_and_names_known_sources(question_id):
    question = practice_questions()[question_id]
    assert kind_of(question).lint(question) == []
    assert question.sources or question.basis
    assert set(question.sources) <= set(references())


def test_no_practice_question_is_a_graded_one():
    graded = bank.load(ROOT / "bank")
    assert not set(ALL) & {*graded.questions, *graded.notes}
    prompts = {question.prompt for question in graded.questions.values()}
    assert not prompts & {question.prompt for question in practice_questions().values()}


def test_every_practice_question_of_the_first_lesson_exists():
    lesson = (ROOT / "notebooks/00_start_here.ipynb").read_text("utf-8")
    for question_id in ("band-made-of", "band-tied-to-bone"):
        assert f'practice(\\"{question_id}\\")' in lesson
        assert question_id in ALL


# --- explaining ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question_id", ALL)
def test_every_possible_answer_is_explained_and_no_answer_is_not(question_id):
    _, rubric = split(practice_questions()[question_id])
    for sample in samples(rubric):
        told = explain(practice_questions()[question_id], sample.value)
        if sample.name == "blank":
            assert told is None
        else:
            assert told["word"]
            assert told["reason"]
            assert told["mark"] == {"malformed": "unreadable"}.get(sample.name, sample.name)


def test_an_explanation_speaks_of_the_choices_made_and_of_no_others():
    wrong, *others = choices_that_are("wrong", "band-made-of")
    told = explain(practice_questions()["band-made-of"], wrong)
    keys = {choice.id: choice for choice in practice_questions()["band-made-of"].choice}
    assert [note["reason"] for note in told["notes"]] == [keys[wrong].reason]
    assert told["notes"][0]["word"] == "Not right"
    assert told["notes"][0]["misconception"] == keys[wrong].misconception
    for choice in [*others, *choices_that_are("right", "band-made-of")]:
        assert keys[choice].reason not in str(told)


def test_a_part_of_the_right_choices_is_partly_right():
    first, *_ = choices_that_are("right", "band-tied-to-bone")
    assert explain(practice_questions()["band-tied-to-bone"], [first])["word"] == "Partly right"


def test_an_explanation_says_where_to_read():
    told = explain(practice_questions()["band-made-of"], "own-muscle")
    assert [source["cite"] for source in told["reading"]] == [
        references()[key].cite for key in practice_questions()["band-made-of"].sources
    ]


def test_an_explanation_says_first_where_schools_teach_it_and_no_study_is_cited():
    taught = {name: authored for name, authored in practice_questions().items() if authored.basis}
    assert taught
    for name, authored in taught.items():
        value = next(sample.value for sample in samples(split(authored)[1]) if sample.name == "right")
        told = explain(authored, value)["reading"]
        assert "No study is cited for it" in told[0]["cite"], name
        assert len(told) == 1 + len(authored.sources), name


# --- drawing and recording -------------------------------------------------------------------------------------------


def test_drawing_alone_writes_no_file_and_explains_nothing(page, tmp_path):
    for question_id in ALL:
        itband_course.practice(question_id)
        assert page.card.state["explanation"] is None
        assert page.mirror == {"text/plain": "Not answered"}
    assert names(tmp_path) == []


def test_an_answer_is_recorded_in_practice_json_and_explained_at_once(page, tmp_path):
    itband_course.practice("band-made-of")
    page.click("own-muscle", "sure")
    assert answers.read(tmp_path, "practice", PRACTICE_FILE).value("band-made-of") == "own-muscle"
    assert not (tmp_path / "answers.json").exists()
    assert page.card.state["nonce"] == "n"
    assert page.card.state["explanation"]["word"] == "Not right"
    assert page.mirror["text/plain"].startswith("Recorded: Muscle")
    assert set(page.mirror) == {"text/plain", MIME}


@pytest.mark.parametrize("question_id", ALL)
def test_right_and_wrong_answers_of_every_kind_are_recorded_and_explained_on_an_open_card(page, tmp_path, question_id):
    itband_course.practice(question_id)
    assert page.card.gate == {"is": "open", "text": ""}
    _, rubric = split(practice_questions()[question_id])
    for sample in samples(rubric):
        if sample.name in ("right", "wrong"):
            page.click(None)  # a log would grow
            page.click(sample.value)
            assert page.card.state["explanation"]["mark"] == sample.name
            assert answers.read(tmp_path, "practice", PRACTICE_FILE).value(question_id) == sample.value
            assert page.mirror["text/plain"].startswith("Recorded: ")


def test_an_examined_client_is_explained_with_an_experts_path_and_can_be_examined_again(page, tmp_path):
    name = "ines-before-thursday"
    key = {item.id: item.reason for item in practice_questions()[name].item}
    path = practice_questions()[name].path
    itband_course.practice(name)
    page.click(["line-1", "test-curls"])
    page.click(["feel-cord"])
    assert answers.read(tmp_path, "practice", PRACTICE_FILE).value(name) == ["line-1", "test-curls", "feel-cord"]
    assert set(page.card.state["reply"]) == {"line-1", "test-curls", "feel-cord"}
    missed = [step["missed"] for step in page.card.state["explanation"]["path"]]
    assert missed == ["" if act in ("line-1", "feel-cord") else key[act] for act in path]
    page.click(None)
    assert page.card.state["value"] is None
    assert page.card.state["explanation"] is None
    assert not page.card.state.get("reply")
    page.click(["line-2"])
    assert answers.read(tmp_path, "practice", PRACTICE_FILE).value(name) == ["line-2"]


def test_an_answer_that_is_no_log_is_explained_without_a_path():
    assert explain(practice_questions()["band-made-of"], "own-muscle")["path"] == []


def test_what_could_not_be_recorded_is_not_explained(page, tmp_path, monkeypatch):
    itband_course.practice("band-made-of")
    sent = []
    monkeypatch.setattr(page.card, "send", sent.append)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("itband_course.files.write_whole", full)
    page.click("own-muscle")
    assert sent[0]["type"] == "failed"
    assert page.card.state["explanation"] is None


def test_confidence_alone_and_a_cleared_answer_are_not_explained(page):
    itband_course.practice("band-made-of")
    page.click(None, "guessing")
    assert page.card.state["explanation"] is None
    page.click("thick-fascia", "guessing")
    assert page.card.state["explanation"]["word"] == "Right"
    page.click(None)
    assert page.card.state["explanation"] is None


def test_running_again_in_a_new_kernel_restores_answer_and_explanation(page, monkeypatch):
    itband_course.practice("band-made-of")
    page.click("thick-fascia")
    monkeypatch.setattr(practising, "_SESSIONS", {})
    itband_course.practice("band-made-of")
    assert page.card.state["value"] == "thick-fascia"
    assert page.card.state["explanation"]["word"] == "Right"


def test_the_card_gets_no_key_before_an_answer(page):
    itband_course.practice("band-made-of")
    sent = str(page.card.get_state())
    for choice in practice_questions()["band-made-of"].choice:
        assert choice.reason not in sent


def test_an_unknown_id_is_one_sentence(page):
    with pytest.raises(asking.CaseError, match="no practice question «no-such»"):
        itband_course.practice("no-such")


def test_a_graded_card_is_never_explained(page, tmp_path):
    questions = make_case_questions("a-case", [split(practice_questions()["band-made-of"])[0]], [])
    session = asking.CaseSession(tmp_path, questions)
    session.draw(questions.questions[0])
    page.click("own-muscle")
    assert page.card.state["value"] == "own-muscle"
    assert "explanation" not in page.card.state


# --- files -----------------------------------------------------------------------------------------------------------


def test_answers_and_practice_lie_side_by_side_and_do_not_touch(tmp_path):
    Store(tmp_path, "a-case").write("q", "x", None, "")
    Store(tmp_path, "practice", PRACTICE_FILE).write("q", "y", None, "")
    assert answers.read(tmp_path, "a-case").value("q") == "x"
    assert answers.read(tmp_path, "practice", PRACTICE_FILE).value("q") == "y"


def test_a_damaged_practice_file_is_kept_under_another_name(tmp_path):
    (tmp_path / PRACTICE_FILE).write_text("{")
    store = Store(tmp_path, "practice", PRACTICE_FILE)
    store.load()
    assert [name for name in names(tmp_path) if not name.endswith(".lock")] == ["practice.damaged-1.json"]
    assert "practice.damaged-1.json" in store.notice


def test_importing_the_course_loads_no_practice():
    code = "import sys, itband_course; sys.exit('itband_course.practising' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("odd", [[], "text", 3, True])
@pytest.mark.parametrize(
    ("name", "panel"),
    [
        ("sort-intake", itband_course.sort_intake),
        ("coach-self-massage", itband_course.coach_self_massage),
        ("shape-pain", itband_course.shape_pain),
        ("plan-running", itband_course.plan_running),
    ],
)
def test_a_panel_begins_afresh_where_what_is_recorded_is_of_another_form(page, name, panel, odd):
    practising.record_practice(name, odd)
    assert panel().reply == {"n": 0, "problem": ""}
