"""docs/write-a-case.md, followed to the letter in a fresh copy of the course, and the commands that it describes."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from course_kit import CASE, REPOSITORY, copy_course, nbgrader
from course_tools import Class
from nbformat.v4 import new_code_cell

from itband_course.cli import main
from itband_course.facts import references
from itband_course.grading import simulate
from itband_course.grading.commands import COMMANDS
from itband_course.grading.course import Course, asked, stage_closed_in
from itband_course.grading.leaks import find_leaks
from itband_course.kinds import hotspot, many_of, match, measure, number, one_of, order, plan, triage, workup
from itband_course.questions import KINDS, notes_of, read_case_questions

PAGE = (REPOSITORY / "docs/write-a-case.md").read_text("utf-8")
TEMPLATES = REPOSITORY / "itband_course/grading/templates"
YOURS = "# From here on it is yours"
TEN_MINUTES, AFTERNOON = "One question in ten minutes", "One case in an afternoon"
NEW_CASE = "the-long-ride"
RULES = {
    "one-of": one_of.RULE,
    "many-of": many_of.RULE,
    "number": number.RULE_NEAR,
    "order": order.RULE,
    "match": match.RULE,
    "triage": triage.RULE,
    "hotspot": hotspot.RULES["point"],
    "plan": plan.RULE,
    "workup": workup.RULE,
    "measure": measure.RULE,
}


# --- reading the page


def section(title: str) -> str:
    """Return what the page says below a heading, up to the next heading of the same rank or a higher one."""
    found = re.search(rf"^(##+) {re.escape(title)}\n", PAGE, re.MULTILINE)
    assert found, f"the page has no section «{title}»"
    rest = PAGE[found.end() :]
    end = re.search(rf"^#{{2,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def blocks(title: str) -> list[tuple[str, str]]:
    """Return language and text of each fenced block of a section, in the order of the page."""
    return re.findall(r"^```([a-z]+)\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)


def commands(title: str) -> list[str]:
    """Return the lines that a section has its reader type into the terminal."""
    return [line for language, text in blocks(title) if language == "bash" for line in text.splitlines()]


def table(fragment: str) -> dict[str, Any]:
    """Return a part of a question as its author writes it."""
    return tomllib.loads(f"[[question]]\n{fragment}")["question"][0]


EXAMPLE = table(next(text for language, text in blocks(TEN_MINUTES) if language == "toml"))
QUESTION = shlex.split(commands(TEN_MINUTES)[0])[3]


def choice(verdict: str) -> dict[str, str]:
    """Return the first choice of the page's example with a verdict."""
    return next(choice for choice in EXAMPLE["choice"] if choice["is"] == verdict)


# --- doing what it says


def run(root: Path, line: str) -> None:
    """Run one line as typed into a terminal in the course folder."""
    program, *arguments = shlex.split(line)
    if program == "itband":
        with contextlib.chdir(root):
            assert main(arguments) == 0, line
    else:
        assert program == "nbgrader", f"a reader has itband and nbgrader only: {line}"
        nbgrader(root, *arguments)


def change(path: Path, work: Callable[[Any], None]) -> None:
    """Change a notebook as JupyterLab saves it."""
    notebook = nbformat.read(path, as_version=4)
    work(notebook)
    nbformat.write(notebook, path)


def insert_above_closing(stage: str, code: str) -> Callable[[Any], None]:
    def insert(notebook: Any) -> None:
        place = next(number for number, cell in enumerate(notebook.cells) if stage_closed_in(cell) == stage)
        notebook.cells.insert(place, new_code_cell(code.strip()))

    return insert


def words_of(page: Path) -> str:
    """Return what an HTML page says, its white space folded."""
    return folded(BeautifulSoup(page.read_text("utf-8"), "html.parser").get_text(" "))


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A course in which the page was followed, and whose case was then answered, graded, explained and reported."""
    root = copy_course(tmp_path_factory.mktemp("followed") / "course")
    for language, text in blocks(TEN_MINUTES):
        if language == "bash":
            for line in text.splitlines():
                run(root, line)
        elif language == "toml":
            path = root / "bank" / f"{QUESTION}.toml"
            head, found, _ = path.read_text("utf-8").partition(YOURS)
            assert found
            path.write_text(head + text, "utf-8")
        else:
            assert language == "python"
            change(root / "source" / CASE / f"{CASE}.ipynb", insert_above_closing("decisions", text))
    followed = Class(root)
    followed.hand_in("right", {QUESTION: choice("right")["id"]})
    followed.hand_in("wrong", {QUESTION: choice("wrong")["id"]})
    followed.autograde()
    nbgrader(root, "generate_feedback", CASE)
    run(root, f"itband report {CASE}")
    return followed


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of the course, which is also the present folder."""
    root = copy_course(tmp_path / "course")
    monkeypatch.chdir(root)
    return root


# --- one question in ten minutes


def test_the_question_of_the_page_is_asked_where_it_was_placed_and_its_key_stays_behind(followed: Class) -> None:
    release = followed.root / "release" / CASE
    questions = read_case_questions(release)
    public = questions.find(QUESTION)
    assert isinstance(public, one_of.OneOf)
    assert public.prompt == EXAMPLE["prompt"]
    assert {item.id: item.text for item in public.choices} == {item["id"]: item["text"] for item in EXAMPLE["choice"]}
    decisions = questions.stage("decisions")
    assert decisions is not None
    assert decisions.questions[-1] == QUESTION
    assert find_leaks(release, followed.course.bank) == []
    assert followed.course.bank.questions[QUESTION].canary not in (release / "questions.json").read_text("utf-8")


def test_the_question_of_the_page_is_graded(followed: Class) -> None:
    points = followed.course.bank.questions[QUESTION].points
    nothing = dict.fromkeys(followed.full(), 0.0)
    assert followed.questions("right") == nothing | {QUESTION: points}
    assert followed.questions("wrong") == nothing


def test_the_question_of_the_page_is_explained_to_whoever_chose(followed: Class) -> None:
    pages = {student: followed.root / "feedback" / student / CASE / f"{CASE}.html" for student in ("right", "wrong")}
    right, wrong = words_of(pages["right"]), words_of(pages["wrong"])
    assert EXAMPLE["prompt"] in right
    assert choice("right")["reason"] in right
    assert choice("right")["reason"] not in wrong
    assert choice("wrong")["reason"] in wrong
    assert choice("wrong")["misconception"] in wrong
    for key in followed.course.bank.questions[QUESTION].sources:
        assert references()[key].cite in wrong


def test_the_question_of_the_page_is_reported(followed: Class) -> None:
    report = words_of(followed.root / "reports" / f"{CASE}.html")
    assert EXAMPLE["prompt"] in report
    assert choice("wrong")["text"] in report
    assert choice("wrong")["misconception"] in report
    assert "2 students graded" in report


def test_the_example_is_new_to_the_course_and_rests_on_references_that_were_seen() -> None:
    bank = Course.at(REPOSITORY).bank
    assert QUESTION not in bank.where
    assert EXAMPLE["prompt"] not in {question.prompt for question in bank.questions.values()}
    words = shlex.split(commands(TEN_MINUTES)[0])
    sources = [key for option, key in pairwise(words) if option == "--source"]
    assert sources
    assert {references()[key].checked for key in sources} == {"seen"}


def test_a_preview_with_marks_explains_every_choice_without_a_gradebook(
    followed: Class, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    preview, gradebook = followed.root / "preview" / CASE, (followed.root / "gradebook.db").read_bytes()
    simulate.record(preview, CASE, {QUESTION: choice("wrong")["id"]})

    def as_built_before(_root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Give what the real nbgrader made of this very case: that it is the same is tested elsewhere."""
        built = next(Path(word.partition("=")[2]) for word in arguments if "release_directory=" in word)
        shutil.copytree(followed.root / "release" / CASE, built / CASE)
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setattr("itband_course.grading.commands.nbgrader", as_built_before)
    run(followed.root, f"itband preview {CASE} --marks")
    assert f"preview/{CASE}-marks.html" in capsys.readouterr().out
    page = words_of(followed.root / "preview" / f"{CASE}-marks.html")
    assert choice("wrong")["reason"] in page
    assert choice("right")["reason"] in page
    assert (followed.root / "gradebook.db").read_bytes() == gradebook


# --- which kind of question


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_gives_each_kind_with_its_rule_and_an_example_that_its_form_knows(kind: str) -> None:
    assert f"> {RULES[kind]}\n" in section(kind)
    written = EXAMPLE if kind == "one-of" else table(blocks(kind)[0][1])
    form = table((TEMPLATES / f"{kind}.toml").read_text("utf-8"))
    assert names(written) - {"prompt"} <= names(form)


def names(value: Any) -> set[str]:
    """Return the names of all fields in a table and the tables below it."""
    if isinstance(value, dict):
        return set(value).union(*(names(item) for item in value.values()))
    return set().union(*(names(item) for item in value)) if isinstance(value, list) else set()


NUMBERS = (("10", "12"), ("8", "14"), ("20", "22"))
"""Bands for the form of a number question: right, near, slip."""
GAP = re.compile(r'^(?P<field>\w+) = ""$', re.MULTILINE)


def filled(text: str, kind: str, left: int | None = None) -> str:
    """Return a question's form with words in every gap but one."""
    count = -1

    def words(gap: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return gap[0] if count == left else f'{gap["field"]} = "Words that fill gap {count}"'

    text = GAP.sub(words, text)
    if kind == "number":
        for low, high in NUMBERS:
            text = text.replace("from = 0\nto = 0\n", f"from = {low}\nto = {high}\n", 1)
    return text


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_question_of_each_kind_is_toml_whose_gaps_are_named_one_by_one(
    kind: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = f"made-for-{kind}"
    command = ["new", "question", entry, "--kind", kind, "--outcome", "describe-the-band", "--points", "1.5"]
    assert main([*command, "--source", "falvey-2010", "--source", "fairclough-2006"]) == 0
    assert f'ask("{entry}")' in capsys.readouterr().out
    path = course / "bank" / f"{entry}.toml"
    form = path.read_text("utf-8")
    (written,) = tomllib.loads(form)["question"]
    assert (written["kind"], written["points"], len(written["sources"])) == (kind, 1.5, 2)
    assert any(f"{entry}.toml, «{entry}»: its prompt is empty" in problem for problem in Course.at(course).problems())
    gaps = range(len(GAP.findall(form)))
    for left in gaps if os.environ.get("ITBAND_SOAK") else (gaps[0], gaps[1], gaps[-1]):
        path.write_text(filled(form, kind, left), "utf-8")
        problems = [problem for problem in Course.at(course).problems() if entry in problem]
        assert len(problems) == 1, (left, problems)
    path.write_text(filled(form, kind), "utf-8")
    assert Course.at(course).problems() == []


def test_new_questions_can_share_a_file_and_each_has_a_canary_of_its_own(course: Path) -> None:
    before = (course / "bank/ober.toml").read_text("utf-8")
    for entry in ("first-of-two", "second-of-two"):
        run(course, f"itband new question {entry} --kind one-of --outcome describe-the-band --file ober")
    text = (course / "bank/ober.toml").read_text("utf-8")
    assert text.startswith(before.rstrip("\n"))
    made = tomllib.loads(text)["question"]
    assert [question["id"] for question in made[-2:]] == ["first-of-two", "second-of-two"]
    assert len({question["canary"] for question in made}) == len(made)
    assert sum("it names no source" in problem for problem in Course.at(course).problems()) == 2


@pytest.mark.parametrize(
    ("entry", "kind", "said"),
    [
        ("stage-signs", "one-of", "«stage-signs» stands in staging.toml already: choose another id"),
        ("soap-half-marathon", "one-of", "stands in soap.toml already"),
        ("an-essay", "essay", "There is no kind «essay». Kinds are one-of, many-of, number, order, match, triage"),
        ("Gerdys_Tubercle", "one-of", "«Gerdys_Tubercle» is not lower-case words joined by hyphens"),
    ],
)
def test_a_taken_id_an_odd_id_or_an_unknown_kind_is_refused_with_a_sentence(
    entry: str, kind: str, said: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in (course / "bank").glob("*") if path.is_file()}
    assert main(["new", "question", entry, "--kind", kind, "--outcome", "describe-the-band"]) == 1
    assert said in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (course / "bank").glob("*") if path.is_file()} == before


# --- one case in an afternoon


def test_the_frame_of_a_case_has_its_gaps_named_and_can_be_released_once_they_are_filled(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = commands(AFTERNOON)
    assert lines[0].startswith(f"itband new case {NEW_CASE} ")
    run(course, lines[0])
    bank, master = course / "bank" / f"{NEW_CASE}.toml", course / "source" / NEW_CASE / f"{NEW_CASE}.ipynb"
    (module,) = [module for module in Course.at(course).graph.module if module.id == NEW_CASE]
    assert module.cases == [NEW_CASE]
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    for gap in (
        "it names no source",
        "its prompt is empty",
        *(f"criterion «{part}» is empty" for part in ("subjective", "objective", "assessment", "plan")),
        "a forfeit is empty",
        "it has no exemplar",
    ):
        assert f"{NEW_CASE}.toml, «soap-{NEW_CASE}»: {gap}" in said
    assert f"source/{NEW_CASE}/{NEW_CASE}.ipynb asks no question yet" in said

    form = bank.read_text("utf-8").replace("sources = []", 'sources = ["strauss-2011"]')
    bank.write_text(filled(form, "note").replace('exemplar = """\n', 'exemplar = """\n**S** a **O** b **A** c **P** d'))

    def write(notebook: Any) -> None:
        for cell in notebook.cells:
            if cell.cell_type == "markdown" and not cell.metadata.nbgrader.grade:
                cell.source = cell.source.replace("…", "Written.")
        place = next(number for number, cell in enumerate(notebook.cells) if cell.id == "text-questions")
        added = ('ask("stage-signs")', 'close_stage("decisions")', 'ask("what-if-day-20")')
        notebook.cells[place + 1 : place + 1] = [new_code_cell(code) for code in added]

    change(master, write)
    for line in lines[1:]:
        run(course, line)
    assert main(["check"]) == 0
    assert main(["tidy", "--check"]) == 0
    assert asked(Course.at(course).master(NEW_CASE)) == ["stage-signs", "what-if-day-20"]
    for made in (course / "release" / NEW_CASE, course / "preview" / NEW_CASE):
        questions = read_case_questions(made)
        assert [stage.questions for stage in questions.stages] == [["stage-signs"]]
        assert [(note.id, note.points) for note in questions.notes] == [(f"soap-{NEW_CASE}", 4)]
        assert (made / f"{NEW_CASE}.ipynb").exists()
    assert "### My note" in json.dumps(nbformat.read(course / "release" / NEW_CASE / f"{NEW_CASE}.ipynb", as_version=4))


@pytest.mark.parametrize(
    ("name", "said"),
    [(CASE, f"source/{CASE}/ exists already"), ("The_Ride", "is not lower-case words joined by hyphens")],
)
def test_a_case_that_is_there_or_has_an_odd_name_is_refused_with_a_sentence(
    name: str, said: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = (course / "course.toml").read_bytes()
    assert main(["new", "case", name, "--title", "A title", "--client", "Tom"]) == 1
    assert said in capsys.readouterr().err
    assert (course / "course.toml").read_bytes() == graph


def test_the_answer_key_holds_every_right_choice_every_reason_and_the_mark_scheme(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(course, f"itband key {CASE}")
    assert "keep it from students" in capsys.readouterr().out
    page = words_of(course / "keys" / f"{CASE}.html")
    bank = Course.at(course).bank
    for question_id in asked(Course.at(course).master(CASE)):
        assert folded(bank.questions[question_id].prompt) in page
        for told in notes_of(bank.rubric(question_id)):
            assert folded(told.reason) in page, told.choice
            if told.verdict in ("right", "accepted"):
                assert folded(told.text) in page, told.choice
    note = bank.notes["soap-half-marathon"]
    for text in [item.text for item in note.criterion] + [item.text for item in note.forfeit]:
        assert folded(text) in page


def test_the_answer_key_of_an_unknown_case_is_refused_and_the_cases_are_named(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["key", "no-such-case"]) == 1
    said = capsys.readouterr().err
    assert "There is no case «no-such-case»" in said
    assert CASE in said
    assert not (course / "keys").exists()


def test_pictures_that_are_not_as_drawn_now_are_named_and_then_drawn_anew(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client, load = course / "bank/clients" / f"{CASE}.toml", course / "source" / CASE / "load.svg"
    client.write_text(client.read_text("utf-8").replace("days_ago = 6", "days_ago = 5"), "utf-8")
    shutil.copy(REPOSITORY / "source" / CASE / "load.svg", load)
    before = load.read_bytes()
    assert main(["pictures", "--check"]) == 1
    assert f"not as drawn now: source/{CASE}/load.svg" in capsys.readouterr().out
    assert load.read_bytes() == before
    assert main(["pictures"]) == 0
    assert load.read_bytes() != before
    assert main(["pictures", "--check"]) == 0


# --- the guides as a whole


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described_to_instructors(command: str) -> None:
    guides = PAGE + (REPOSITORY / "docs/instructor.md").read_text("utf-8")
    assert f"itband {command}" in guides


GUIDES = [*REPOSITORY.glob("*.md"), REPOSITORY / "bank/README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_of_a_guide_leads_to_a_file_and_a_heading_that_are_there(guide: Path) -> None:
    # An indented line is an example of what an author writes.
    text = "\n".join(line for line in guide.read_text("utf-8").splitlines() if not line.startswith("    "))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith("https://"):
            name, _, anchor = target.partition("#")
            path = guide.parent / name if name else guide
            assert path.exists(), target
            assert not anchor or anchor in anchors(path), target


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub and JupyterLab's readers make of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
