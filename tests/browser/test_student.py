"""A student's whole path in a real JupyterLab: click, record, reload, lose the kernel, hand in, be graded."""

import json
import shutil
from pathlib import Path

import pytest
from course_kit import CASE, REPOSITORY, nbgrader
from course_tools import Class
from lab import Notebook, copy_case, jupyter
from playwright.sync_api import Locator, Page, expect

from itband_course import answers
from itband_course.grading import simulate
from itband_course.questions import read_case_questions

pytestmark = pytest.mark.browser

STAGE, OBER, WORDING = "stage-signs", "ober-side-difference-record", "wording-of-hypothesis"
FIRST = "workup-sore-outer-knee"
RIGHT_OBER, WRONG_OBER = "less than left; what limits it stays open", "both pass horizontal"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A student's folder with the released case in it; its name is as awkward as names get."""
    return copy_case(REPOSITORY / "release" / CASE, tmp_path / "Übung 1" / CASE)


def recorded(desk: Path) -> answers.Record:
    record = answers.read(desk, CASE)
    assert record is not None
    return record


def carried(desk: Path) -> answers.Record:
    """What the saved notebook alone holds."""
    found = answers.bundles(json.loads((desk / f"{CASE}.ipynb").read_text()), CASE)
    return answers.merge(answers.empty(CASE), *(record for record in found if isinstance(record, answers.Record)))


def values(record: answers.Record) -> dict:
    return {question: answer.value for question, answer in record.answers.items() if answer.value is not None}


def choose_second_by_keyboard(notebook: Notebook, desk: Path) -> Locator:
    """Choose by Space and an arrow key, check that it is recorded, and return the choices' inputs."""
    radios = notebook.card(WORDING).locator(".itband-answer input")
    radios.first.focus()
    notebook.page.keyboard.press("Space")
    notebook.page.keyboard.press("ArrowDown")
    second = radios.nth(1).get_attribute("value")
    notebook.expect_recorded(WORDING, desk, lambda answer: answer.value == second)
    return radios


def test_a_students_answers_survive_everything_and_earn_the_same_marks(
    desk: Path, page: Page, shots: Path, tmp_path: Path, released_course: Path
) -> None:
    root = desk.parent.parent
    path = f"{desk.parent.name}/{CASE}/{CASE}.ipynb"
    with jupyter(root, tmp_path / "jupyter") as address:
        notebook = Notebook(page, address, path)
        notebook.open()
        notebook.run_all()
        notebook.expect_status(STAGE, "^Not answered$")
        assert not (desk / "answers.json").exists(), "Run All alone must write no file"
        notebook.close_part("Screen and workup")

        # By mouse: the whole row is clickable.
        notebook.choice(OBER, WRONG_OBER).click()
        notebook.expect_status(OBER, r"^Recorded \d\d:\d\d$")
        notebook.card(OBER).get_by_text("Fairly sure").click()
        notebook.expect_recorded(OBER, desk, lambda answer: answer.confidence == "fairly")
        page.screenshot(path=shots / "card-recorded.png")

        # By keyboard: Space ticks, Tab goes on, arrows move within one question and never leave it.
        boxes = notebook.card(STAGE).locator(".itband-answer input")
        boxes.first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        first_two = [box.get_attribute("value") for box in boxes.all()[:2]]
        notebook.expect_recorded(STAGE, desk, lambda answer: answer.value == first_two)
        radios = choose_second_by_keyboard(notebook, desk)
        expect(radios.nth(1)).to_be_focused()

        # An answer can be cleared, and the question is open again.
        notebook.card(WORDING).get_by_role("button", name="Clear my answer").press("Enter")
        notebook.expect_status(WORDING, "^Not answered$")
        notebook.expect_recorded(WORDING, desk, lambda answer: answer.value is None)
        notebook.save()

        # Reload: the cards are there again, and a change is recorded.
        notebook.open_again(OBER)
        notebook.expect_status(OBER, "^Recorded")
        notebook.choice(OBER, RIGHT_OBER).click()
        notebook.expect_recorded(OBER, desk, lambda answer: answer.value == "less-adduction-cause-open")

        # The kernel dies: the card says so, and takes the tick back to what is recorded.
        before = recorded(desk)
        notebook.restart_kernel()
        notebook.choice(OBER, WRONG_OBER).click()
        notebook.expect_status(OBER, "^NOT saved: press Run All")
        expect(notebook.choice(OBER, RIGHT_OBER).locator("input")).to_be_checked()
        page.screenshot(path=shots / "card-not-saved.png")
        assert recorded(desk) == before

        # Run All finds everything again.
        notebook.run_all()
        notebook.expect_status(OBER, "^Recorded")
        notebook.expect_status(STAGE, "^Recorded")
        notebook.expect_status(WORDING, "^Not answered$")
        assert recorded(desk) == before

        # Validate names the open question, and only that one.
        notebook.save()
        report = notebook.validate()
        page.screenshot(path=shots / "validate.png")
        assert "Not answered yet" in report
        assert "You write down your working hypothesis for Maya" in report
        assert "Staging in this course goes by signs" not in report
        assert "Ober was measured on both sides" not in report
        assert "a question that opens when «Decisions» is closed" in report
        notebook.close_dialog()

        # Hand in: answer one more, Run All, save; the receipt counts three.
        notebook.card(WORDING).locator("input[value='consistent-irritation']").check()
        notebook.expect_status(WORDING, "^Recorded")
        notebook.run_all()
        receipt = page.locator(".jp-OutputArea-output", has_text="questions answered")
        expect(receipt).to_contain_text(f"3 of {len(read_case_questions(desk).questions)} questions answered.")
        expect(receipt).to_contain_text(recorded(desk).fingerprint())
        receipt.scroll_into_view_if_needed()
        page.screenshot(path=shots / "receipt.png")
        notebook.save()
        final = recorded(desk)
        assert values(carried(desk)) == values(final)
        shutil.copytree(desk, tmp_path / "whole")

        # The answers file is lost: the notebook alone holds every answer ...
        (desk / "answers.json").unlink()
        shutil.copytree(desk, tmp_path / "alone")
        # ... and a new kernel finds them there before anything is drawn over them.
        notebook.restart_kernel()
        notebook.run_all()
        notebook.expect_status(OBER, "^Recorded")
        notebook.save()
        assert values(recorded(desk)) == values(final)
        assert values(carried(desk)) == values(final)
        shutil.copytree(desk, tmp_path / "restored")

    shutil.copytree(released_course, tmp_path / "course")
    graded = Class(tmp_path / "course")
    for student in ("whole", "alone", "restored"):
        folder = graded.folder(student)
        folder.parent.mkdir(parents=True)
        shutil.copytree(tmp_path / student, folder, ignore=shutil.ignore_patterns(".*"))
    for path_ in graded.folder("alone").iterdir():
        if path_.suffix != ".ipynb":
            path_.unlink()
    graded.autograde()
    marks = graded.questions("whole")
    assert marks[OBER] == marks[WORDING] == 2.0
    assert graded.questions("alone") == graded.questions("restored") == marks
    nbgrader(graded.root, "generate_feedback", CASE)
    assert final.fingerprint() in graded.feedback("alone")


def test_a_change_after_a_reload_is_named_by_validate_until_the_notebook_is_run_again(
    desk: Path, page: Page, tmp_path: Path
) -> None:
    with jupyter(desk, tmp_path / "jupyter") as address:
        notebook = Notebook(page, address, f"{CASE}.ipynb")
        notebook.open()
        notebook.run_all()
        notebook.close_part("Screen and workup")
        for question in (STAGE, OBER, WORDING):
            notebook.card(question).locator(".itband-answer .itband-choice").first.click()
            notebook.expect_status(question, "^Recorded")
        notebook.save()
        notebook.open_again(OBER)
        notebook.choice(OBER, RIGHT_OBER).click()
        notebook.expect_recorded(OBER, desk, lambda answer: answer.value == "less-adduction-cause-open")
        notebook.save()
        assert "saved notebook lacks it" in notebook.validate()
        notebook.close_dialog()
        notebook.run_all()
        notebook.save()
        report = notebook.validate()
        assert "lacks it" not in report
        assert "Ober was measured on both sides" not in report
        assert "My note" in report


def test_a_folder_that_cannot_be_written_is_said_in_red_at_once(
    desk: Path, page: Page, tmp_path: Path, shots: Path
) -> None:
    # A root user may write anywhere, so the kernel is told that it may not.
    patch = (
        "from itband_course import files\n"
        "def refuse(*_):\n"
        "    raise PermissionError(13, 'Permission denied')\n"
        "files.check_writable = files.write_whole = refuse\n"
    )
    simulate.close_stage(desk, CASE, "workup")
    before = (desk / "answers.json").read_bytes()
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch/sitecustomize.py").write_text(patch)
    with jupyter(desk, tmp_path / "jupyter", variables={"PYTHONPATH": str(tmp_path / "patch")}) as address:
        notebook = Notebook(page, address, f"{CASE}.ipynb")
        notebook.open()
        notebook.run_all()
        notebook.expect_status(OBER, "^NOT saved: this folder cannot be written")
        colour = page.evaluate(
            "(s) => getComputedStyle(document.querySelector(s)).color",
            f".itband-card[data-question='{OBER}'] .itband-status",
        )
        assert colour == "rgb(183, 28, 28)"
        notebook.choice(OBER, RIGHT_OBER).click()
        notebook.expect_status(OBER, "^NOT saved: the answers file cannot be written")
        expect(notebook.choice(OBER, RIGHT_OBER).locator("input")).not_to_be_checked()
        page.screenshot(path=shots / "card-folder-not-writable.png")
    assert (desk / "answers.json").read_bytes() == before


def test_a_damaged_answers_file_is_told_and_its_answers_come_back(desk: Path, page: Page, tmp_path: Path) -> None:
    with jupyter(desk, tmp_path / "jupyter") as address:
        notebook = Notebook(page, address, f"{CASE}.ipynb")
        notebook.open()
        notebook.run_all()
        notebook.close_part("Screen and workup")
        notebook.choice(OBER, RIGHT_OBER).click()
        notebook.expect_status(OBER, "^Recorded")
        notebook.save()
        (desk / "answers.json").write_text("{ damaged")
        notebook.restart_kernel()
        notebook.run_all()
        notebook.expect_status(OBER, "^Recorded")
        expect(notebook.card(FIRST).locator(".itband-notice")).to_contain_text("answers.damaged-1.json")
    assert (desk / "answers.damaged-1.json").read_text() == "{ damaged"
    assert values(recorded(desk)) == {OBER: "less-adduction-cause-open"}


def test_cards_work_in_notebook_7(desk: Path, page: Page, tmp_path: Path, shots: Path) -> None:
    with jupyter(desk, tmp_path / "jupyter", application="notebook") as address:
        notebook = Notebook(page, address, f"{CASE}.ipynb", application="notebook")
        notebook.open()
        notebook.run_all()
        notebook.close_part("Screen and workup")
        notebook.choice(OBER, RIGHT_OBER).click()
        notebook.expect_recorded(OBER, desk, lambda answer: answer.value == "less-adduction-cause-open")
        choose_second_by_keyboard(notebook, desk)
        page.screenshot(path=shots / "notebook-7.png")
        notebook.save()
        assert values(carried(desk)) == values(recorded(desk))
