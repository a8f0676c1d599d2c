"""What a student writes, names or forges is shown as text wherever an instructor or a student reads it."""

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from course_kit import CASE, nbgrader
from course_tools import Class, cell_of, change_notebook, make_record
from lab import jupyter
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, Route, expect

from itband_course import answers
from itband_course.grading import report

pytestmark = pytest.mark.browser

SOAP, STAGE = "soap-half-marathon", "stage-signs"
SET = "window.hacked=(window.hacked||0)+1"
REMOTE = "http://127.0.0.1:9/pixel.png"
ATTACK = (
    f"<script>{SET}</script><img src=x onerror='{SET}'></pre></div><svg onload={SET}> "
    f"[a link](javascript:{SET}) ![remote]({REMOTE}) <iframe srcdoc='<script>parent.{SET}</script>'></iframe>"
    f"\n\n<style>@import url({REMOTE});</style> <a href='javascript:{SET}'>b</a> <{REMOTE}> {REMOTE}\n\n"
    f"```\n</code></pre><script>{SET}</script>\n```\n\n$\\href{{javascript:{SET}}}{{c}}$ {{{{ 7*7 }}}} &lt;script>"
)
NAME = f"<img src=x onerror={SET}>"
FORMULA = "=1+cmd|'C'!A0"


@dataclass
class Attacked:
    klass: Class
    students: tuple[str, ...]


@pytest.fixture(scope="module")
def attacked(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    root = tmp_path_factory.mktemp("attacked") / "course"
    shutil.copytree(released_course, root)
    klass = Class(root)
    students = ("evil", NAME, FORMULA)
    for student in students:
        folder = klass.hand_in(student, note=ATTACK)
        bad: dict[str, Any] = {question: ATTACK for question in klass.full()} | {ATTACK[:150]: ATTACK}
        (folder / "answers.json").write_bytes(answers.encode(make_record(bad)))
        (folder / f"{NAME}.txt").write_text(ATTACK)
        change_notebook(folder, forge)
    # A file of another case carries the student's words into the log, the report and the export.
    broken = klass.hand_in("broken")
    (broken / "answers.json").write_text(json.dumps({"schema": 1, "case": ATTACK}))
    klass.logs["all"] = klass.autograde(expect=1)
    nbgrader(root, "generate_feedback", CASE)
    nbgrader(root, "export")
    return Attacked(klass, students)


def forge(notebook: dict[str, Any]) -> None:
    shown = {"text/html": ATTACK, "text/plain": ATTACK, "text/markdown": ATTACK, "application/javascript": SET}
    output = {"output_type": "display_data", "metadata": {}, "data": shown}
    for kind in ("code", "markdown", "raw"):
        cell = {"cell_type": kind, "id": f"own-{kind}", "metadata": {"trusted": True}, "source": ATTACK}
        if kind == "code":
            cell |= {"outputs": [output], "execution_count": 1}
        notebook["cells"].append(cell)
    cell_of(notebook, STAGE)["source"] = ATTACK
    cell_of(notebook, STAGE)["outputs"] = [output]
    cell_of(notebook, SOAP)["attachments"] = {"a.svg": {"image/svg+xml": "PHN2Zy8+"}}
    notebook["metadata"]["title"] = ATTACK
    notebook["metadata"]["itband"]["remarks"] = [ATTACK]


class Watch:
    """Notes what a page asks for that is not the page's own server or file."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.remote: list[str] = []
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        if "pixel" in route.request.url or "evil" in route.request.url.removeprefix("file://").split("?")[0][:20]:
            self.remote.append(route.request.url)
            route.abort()
        elif "cdnjs" in route.request.url:
            route.abort()
        else:
            route.continue_()

    def expect_nothing_ran(self) -> None:
        self.page.wait_for_timeout(700)
        assert self.page.evaluate("window.hacked") is None
        assert self.remote == []
        for link in self.page.locator("a").all():
            assert "javascript:window.hacked" not in (link.get_attribute("href") or "").replace(" ", "")
        assert self.page.locator("iframe[srcdoc], img[onerror], svg[onload]").count() == 0


@pytest.fixture(scope="module")
def formgrader(attacked: Attacked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with jupyter(attacked.klass.root, tmp_path_factory.mktemp("jupyter")) as address:
        yield address


def test_a_student_whose_name_is_markup_is_not_graded(attacked: Attacked) -> None:
    # formgrader itself would run it: nbgrader prints ids into its pages as they are.
    assert not (attacked.klass.root / "autograded" / NAME).exists()
    assert f"{NAME} cannot be graded: The name of its folder holds characters of markup" in attacked.klass.logs["all"]


@pytest.mark.parametrize("student", ["evil", FORMULA], ids=["evil", "formula-name"])
def test_nothing_runs_in_formgraders_page_of_a_submission_and_all_of_it_can_be_read(
    page: Page, attacked: Attacked, formgrader: str, shots: Path, student: str
) -> None:
    with Gradebook(f"sqlite:///{attacked.klass.root / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission_notebook(CASE, CASE, student).id
    watch = Watch(page)
    page.goto(f"{formgrader}/formgrader/submissions/{submission}/")
    expect(page.locator("body")).to_contain_text("Also in the submission")
    watch.expect_nothing_ran()
    text = page.locator("body").inner_text()
    assert text.count(f"<script>{SET}</script>") >= 4, "the note and three cells of their own, as text"
    if student == "evil":
        page.screenshot(path=shots / "formgrader-hostile.png", full_page=True)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "manage_submissions/CASE",
        "gradebook/",
        "gradebook/CASE",
        "gradebook/CASE/CASE",
        "manage_students",
    ],
)
def test_nothing_runs_in_formgraders_lists(page: Page, attacked: Attacked, formgrader: str, place: str) -> None:
    watch = Watch(page)
    page.goto(f"{formgrader}/formgrader/{place.replace('CASE', CASE)}")
    page.wait_for_load_state("networkidle")
    watch.expect_nothing_ran()


@pytest.mark.parametrize("student", ["evil", FORMULA], ids=["evil", "formula-name"])
def test_nothing_runs_in_feedback(chromium: Browser, attacked: Attacked, shots: Path, student: str) -> None:
    page = chromium.new_page(viewport={"width": 900, "height": 900})
    watch = Watch(page)
    page.goto((attacked.klass.root / "feedback" / student / CASE / f"{CASE}.html").as_uri())
    watch.expect_nothing_ran()
    page.screenshot(path=shots / "feedback-hostile.png", full_page=True)
    page.close()


def test_nothing_runs_in_the_report(chromium: Browser, attacked: Attacked, shots: Path, tmp_path: Path) -> None:
    klass = attacked.klass
    results = report.collect(klass.course, CASE, f"sqlite:///{klass.root / 'gradebook.db'}")
    path = tmp_path / "report.html"
    path.write_text(report.report_page(klass.course, results, datetime.now(UTC)), "utf-8")
    page = chromium.new_page(viewport={"width": 900, "height": 900})
    watch = Watch(page)
    page.goto(path.as_uri())
    watch.expect_nothing_ran()
    assert NAME in page.locator("body").inner_text()
    page.screenshot(path=shots / "report-hostile.png", full_page=True)
    page.close()


def test_no_cell_of_the_export_is_a_formula(attacked: Attacked) -> None:
    with (attacked.klass.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"evil", NAME, f"'{FORMULA}", "broken"} <= {row["student_id"] for row in rows}
    for row in rows:
        for name, cell in row.items():
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), name
