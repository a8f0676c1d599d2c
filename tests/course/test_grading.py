"""The real nbgrader, run as plain commands, on one class handed in in every honest and a few dishonest ways."""

import csv
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from bs4 import BeautifulSoup
from course_kit import CASE, REPOSITORY, copy_course, nbgrader
from course_tools import Class, carry, cell_of, change_notebook, expect_explained, make_record
from nbgrader.api import Gradebook

from itband_course import answers
from itband_course.grading import simulate
from itband_course.grading.course import Course, asked, is_note
from itband_course.kinds.workup import AuthoredWorkup
from itband_course.questions import KINDS, kind_of, notes_of, split

NOTE = "**S** pain <script>window.hacked = 1</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))"
WORKUP = "workup-sore-outer-knee"
STAGE, OBER, CONSENT = "stage-signs", "ober-side-difference-record", "consent-deep-work-request"
SOAP = "soap-half-marathon"
# Answers of every kind that earn a part, and what each rule gives for them, worked out by hand.
MIXED = {
    # many-of: three of four right signs and one of two wrong ones, (3/4 - 1/2) of 3 points.
    STAGE: (["faint-warmth", "evening-rest-pain", "walking-pain", "six-days"], 0.75),
    # one-of: right, 2 points.
    OBER: ("less-adduction-cause-open", 2.0),
    # number: 77 lies in the near band only, half of 1 point.
    "distance-rise-percent": (77, 0.5),
    # match: three of five rows right, one wrong, one left open, 3/5 of 2 points.
    "outer-knee-neighbours": (
        {"meniscus": "joint-line", "outer-ligament": "fibular-head", "kneecap": "front", "bone": "noble"},
        1.2,
    ),
    # triage: the key (half of 4 points) and three steps too careful (half of the other half).
    "hands-and-who-sore-outer-knee": ({"hands": "changed-plan", "who": "same-day"}, 3.0),
    # order: four pairs held, pace turned round, (4 - 1)/5 of 3 points.
    "way-back-to-running": (
        [
            "one-faster-run",
            "painless-days",
            "agree-on-a-limit",
            "short-and-flat",
            "longer-on-the-flat",
            "downhill-again",
        ],
        1.8,
    ),
    # plan: nobody is taught, cold before the re-test, no minutes on thigh and movement, too short: 8 of 13 of 4 points.
    "session-plan-sore-outer-knee": (
        [
            {"technique": "baseline", "minutes": 3, "place": "", "pressure": 0},
            {"technique": "petrissage", "minutes": 6, "place": "right-gluteal", "pressure": 3},
            {"technique": "sustained-compression", "minutes": 6, "place": "right-anterolateral-hip", "pressure": 3},
            {"technique": "cold", "minutes": 10, "place": "right-outer-knee", "pressure": 0},
            {"technique": "re-test", "minutes": 2, "place": "", "pressure": 0},
        ],
        2.46,
    ),
    # triage with one scale left open: one step more careful than the key, half of 3 points.
    "what-if-day-20": ({"hands": "changed-plan"}, 1.5),
    # hotspot: four of five places, one where hands are welcome, one that counts neither way, (4 - 1)/5 of 2 points.
    "no-pressure-places": (
        [
            "right-gluteal",
            "right-greater-trochanter",
            "right-outer-knee",
            "right-gerdys-tubercle",
            "right-fibular-head-and-neck",
            "right-popliteal-fossa",
        ],
        1.2,
    ),
    # workup: six of seven things to know (the whole card, four of its lines, the onset), three of five findings that
    # tell causes apart, one provocation too many: (2/3 · 6/7 + 1/3 · 2/5) of 6 points.
    WORKUP: (
        [
            "ask-onset",
            *(f"line-{number}" for number in range(1, 7)),
            "test-noble",
            "feel-joint-line",
            "feel-epicondyle",
            "test-renne",
            "test-varus",
            "measure-ober",
        ],
        4.23,
    ),
    # measure: the right side is misread by 6°, the left is not; felt is right; 12 and 20 are 8 apart: 3/4 of 4 points.
    "ober-both-sides": ({"right": 12, "left": 20, "felt": "outer-hip", "says": "cannot-say"}, 3.0),
    # many-of with a danger: nothing, however much is right beside it.
    "home-advice-sore-outer-knee": (["flat-walks", "roll-sore-place"], 0.0),
}


@pytest.fixture(scope="module")
def graded(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A whole class, graded, with feedback and export, by the plain commands."""
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(released_course, root)
    graded = Class(root)
    right, wrong = graded.values("right"), graded.values("wrong")
    graded.hand_in("right", right, note=NOTE)
    graded.hand_in("wrong", wrong, note="A wrong note, but a note.")
    graded.hand_in("blank")
    graded.hand_in("mixed", {question: value for question, (value, _) in MIXED.items()})
    late = graded.hand_in("after-closing", {STAGE: right[STAGE]})
    store = answers.Store(late, CASE)
    store.load()
    store.close("decisions", [STAGE, OBER])
    forged = json.loads((late / "answers.json").read_text())
    forged["answers"][OBER] = {"revision": 9, "time": "2026-03-01T10:00:00Z", "value": right[OBER]}
    (late / "answers.json").write_text(json.dumps(forged))
    renamed = graded.hand_in("renamed", right)
    (renamed / f"{CASE}.ipynb").rename(renamed / f"{CASE} (1).ipynb")

    run = graded.hand_in("ran-and-saved", right, note="Mine.")
    simulate.run_all(run, CASE)
    alone = graded.folder("notebook-alone")
    alone.mkdir(parents=True)
    shutil.copy(run / f"{CASE}.ipynb", alone)

    newer_file = graded.hand_in("file-is-newer", wrong)
    simulate.record(newer_file, CASE, right)
    change_notebook(newer_file, lambda notebook: carry(notebook, make_record(wrong)))
    newer_mirror = graded.hand_in("mirror-is-newer", wrong)
    seed = json.loads((newer_mirror / "answers.json").read_text())["seed"]
    later = msgspec.structs.replace(make_record(right, first=50), seed=seed)
    change_notebook(newer_mirror, lambda notebook: carry(notebook, later))

    damaged = graded.hand_in("damaged-file", wrong)
    (damaged / "answers.json").write_text('{"schema": 1, "case": "the-half')
    change_notebook(damaged, lambda notebook: carry(notebook, make_record(right)))
    other_case = graded.hand_in("other-case", right)
    file = other_case / "answers.json"
    file.write_text(file.read_text().replace(CASE, "another-case"))
    wrong_types = graded.hand_in("wrong-types")
    bad = {STAGE: "faint-warmth", OBER: ["less-adduction-cause-open"], CONSENT: {"a": None}}
    (wrong_types / "answers.json").write_bytes(answers.encode(make_record(bad)))
    unknown = graded.hand_in("unknown-ids")
    (unknown / "answers.json").write_bytes(
        answers.encode(make_record({"no-such-question": "x", OBER: "no-such-choice"}))
    )
    cleared = graded.hand_in("cleared", right)
    simulate.record(cleared, CASE, dict.fromkeys(right))

    hostile = graded.hand_in("hostile")
    mark = root / "code-was-run"

    def attack(notebook: dict) -> None:
        code = f"open({str(mark)!r}, 'w').write('x')\n1000.0"
        for question in (STAGE, OBER, CONSENT):
            cell = cell_of(notebook, question)
            cell["source"] = code
            cell["metadata"]["nbgrader"]["points"] = 99
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": "99"},
                }
            ]
        notebook["cells"].append(
            {
                "cell_type": "code",
                "id": "mine",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": code,
            }
        )
        notebook["metadata"]["itband"] = {"record": answers.bundle(make_record(right)), "case": CASE}

    change_notebook(hostile, attack)
    graded.logs["autograde"] = graded.autograde(expect=1)
    graded.logs["feedback"] = nbgrader(root, "generate_feedback", CASE).stderr
    nbgrader(root, "export")
    return graded


@pytest.mark.parametrize(
    "student",
    ["right", "ran-and-saved", "notebook-alone", "file-is-newer", "mirror-is-newer", "damaged-file", "renamed"],
)
def test_right_answers_earn_full_points_however_they_were_handed_in(graded: Class, student: str) -> None:
    assert graded.questions(student) == graded.full()


@pytest.mark.parametrize("student", ["wrong", "blank", "wrong-types", "unknown-ids", "cleared", "hostile"])
def test_wrong_missing_or_unreadable_answers_earn_nothing(graded: Class, student: str) -> None:
    assert graded.questions(student) == dict.fromkeys(graded.full(), 0.0)


def test_partial_credit_is_what_the_rule_gives_by_hand(graded: Class) -> None:
    assert {kind_of(graded.course.bank.questions[question]).name for question in MIXED} == set(KINDS)
    by_hand = {question: points for question, (_, points) in MIXED.items()}
    assert graded.questions("mixed") == dict.fromkeys(graded.full(), 0.0) | by_hand


def test_an_answer_from_after_the_closing_does_not_count_and_the_student_is_told(graded: Class) -> None:
    assert graded.questions("after-closing") == dict.fromkeys(graded.full(), 0.0) | {STAGE: 3.0}
    assert "One answer was recorded after that part of the case had been closed" in graded.feedback("after-closing")


def test_a_renamed_notebook_is_taken_over_and_what_was_handed_in_stays(graded: Class) -> None:
    assert "renamed: No notebook is called «the-half-marathon.ipynb»." in graded.logs["autograde"]
    assert "«the-half-marathon (1).ipynb» was taken for it." in graded.logs["autograde"]
    assert [path.name for path in graded.folder("renamed").glob("*.ipynb")] == [f"{CASE} (1).ipynb"]


def test_two_renamed_notebooks_are_left_for_a_person_to_choose_from(fresh_class: Class) -> None:
    folder = fresh_class.hand_in("twins", fresh_class.values("right"))
    shutil.copy(folder / f"{CASE}.ipynb", folder / "one.ipynb")
    (folder / f"{CASE}.ipynb").rename(folder / "two.ipynb")
    log = fresh_class.autograde(expect=1)
    assert "«one.ipynb», «two.ipynb» all come from this case" in log
    assert not (folder / f"{CASE}.ipynb").exists()


def test_no_code_of_a_student_is_run(graded: Class) -> None:
    assert not (graded.root / "code-was-run").exists()


def test_a_written_note_waits_for_a_person_and_a_blank_one_is_zero(graded: Class) -> None:
    assert graded.marks("right")[SOAP] is None
    assert graded.marks("notebook-alone")[SOAP] is None
    assert graded.marks("blank")[SOAP] == 0


def test_a_note_of_white_space_around_the_released_text_is_blank(fresh_class: Class) -> None:
    folder = fresh_class.hand_in("spaces")

    def pad(notebook: dict) -> None:
        cell = cell_of(notebook, SOAP)
        cell["source"] = "\n\n" + "".join(cell["source"]) + "\n  \n"

    change_notebook(folder, pad)
    fresh_class.autograde()
    assert fresh_class.marks("spaces")[SOAP] == 0


def test_a_note_too_long_to_show_is_cut_and_says_so_and_odd_metadata_does_no_harm(fresh_class: Class) -> None:
    folder = fresh_class.hand_in("long", note="word " * 10_000)

    def spoil(notebook: dict) -> None:
        notebook["cells"][0]["metadata"]["nbgrader"] = "not a table"
        cell_of(notebook, STAGE)["metadata"]["nbgrader"] = ["nor", "this"]

    change_notebook(folder, spoil)
    fresh_class.autograde()
    notebook = json.loads((fresh_class.root / "autograded/long" / CASE / f"{CASE}.ipynb").read_text())
    shown = "".join(cell_of(notebook, SOAP)["source"])
    assert len(shown) < 21_000
    assert "All of it is in the submitted file" in shown
    assert fresh_class.marks("long")[SOAP] is None


def test_the_mark_scheme_stands_beside_the_note_for_whoever_marks(graded: Class) -> None:
    notebook = json.loads((graded.root / "autograded/right" / CASE / f"{CASE}.ipynb").read_text())
    ids = [cell["id"] for cell in notebook["cells"]]
    scheme = notebook["cells"][ids.index(SOAP) + 1]
    text = "".join(scheme["source"])
    assert all(criterion.text in text for criterion in graded.course.bank.notes[SOAP].criterion)
    assert "nbgrader" not in scheme["metadata"]


def test_feedback_names_choice_mark_reason_and_reading(graded: Class) -> None:
    page = BeautifulSoup(graded.feedback("wrong"), "html.parser").get_text(" ", strip=True)
    expect_explained(graded.feedback("wrong"), graded.course.bank, graded.values("wrong"))
    assert "0 of 3 points" in page
    assert "doi.org" in page


def test_feedback_is_semantic_and_holds_no_script_and_no_python(graded: Class) -> None:
    for student in ("right", "wrong", "blank", "hostile"):
        soup = BeautifulSoup(graded.feedback(student), "html.parser")
        assert not soup.find_all(["script", "iframe", "object", "embed", "link"])
        pictures = soup.find_all("img")
        places = soup.select(".places img")
        assert len(pictures) - len(places) == 2, "those of the case"
        assert bool(places) == (student in ("right", "wrong")), "those of the places that were chosen"
        assert all(picture["src"].startswith("data:image/svg+xml;base64,") for picture in pictures)
        assert all(len(picture["alt"]) > 60 for picture in pictures)
        assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
        assert all(link["href"].startswith(("https://doi.org/", "#item-")) for link in soup.find_all("a"))
        assert soup.html["lang"] == "en"
        assert len(soup.find_all("h1")) == 1
        assert "ask(" not in soup.get_text()
        assert "itband_course" not in soup.get_text()


def test_feedback_tells_unanswered_from_wrong(graded: Class) -> None:
    blank, wrong = graded.feedback("blank"), graded.feedback("wrong")
    assert blank.count("points: not answered") == len(graded.full()) + 1  # the questions and the note
    assert "not answered" not in wrong


def test_feedback_of_a_damaged_file_says_so(graded: Class) -> None:
    assert "damaged" in graded.feedback("damaged-file")
    assert "damaged-file: «answers.json» is damaged" in graded.logs["autograde"]


def test_work_on_another_case_is_no_zero_but_not_graded(graded: Class) -> None:
    assert "other-case cannot be graded: «answers.json» belongs to the case «another-case»" in graded.logs["autograde"]
    assert not (graded.root / "autograded" / "other-case").exists()


def test_feedback_sums_up_by_outcome(graded: Class) -> None:
    soup = BeautifulSoup(graded.feedback("mixed"), "html.parser")
    rows = {
        row.th.get_text(): row.find_all("td")[-1].get_text(" ", strip=True)
        for row in soup.select("[aria-labelledby=by-outcome] tbody tr")
    }
    course = graded.course
    notes = [cell.metadata.nbgrader.grade_id for cell in course.master(CASE).cells if is_note(cell)]
    placed = {*asked(course.master(CASE)), *notes}
    asked_for = {entry.outcome for entry in course.bank.entries() if entry.id in placed}
    assert list(rows) == [outcome.text for outcome in course.graph.outcome if outcome.id in asked_for]
    by_hand = dict.fromkeys(rows, 0.0)
    for question, (_, points) in MIXED.items():
        by_hand[course.outcome_text(course.bank.questions[question].outcome)] += points
    assert {text: float(words.split(" of ")[0]) for text, words in rows.items()} == pytest.approx(by_hand)


def test_full_feedback_waits_for_the_deadline_and_then_explains_every_choice(graded: Class, tmp_path: Path) -> None:
    root = tmp_path / "full"
    shutil.copytree(graded.root, root)
    full = Class(root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.UsesBank.feedback = "full"\n')
    chosen_only = full.feedback("wrong")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.find_assignment(CASE).duedate = datetime.now() + timedelta(days=2)
        gradebook.db.commit()
    early = nbgrader(root, "generate_feedback", CASE, "--force", "--student=wrong", expect=1)
    assert "full feedback holds the whole key" in early.stderr
    assert "Traceback" not in early.stderr
    assert full.feedback("wrong") == chosen_only

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.find_assignment(CASE).duedate = datetime.now() - timedelta(days=2)
        gradebook.db.commit()
    nbgrader(root, "generate_feedback", CASE, "--force", "--student=wrong")
    page = BeautifulSoup(full.feedback("wrong"), "html.parser").get_text(" ", strip=True)
    assert "Your path beside an expert's" in page
    assert "An expert" in page
    bank = full.course.bank
    for question_id in full.full():
        assert [note.reason for note in notes_of(bank.rubric(question_id)) if note.reason not in page] == []
    assert all(criterion.text in page for criterion in bank.notes[SOAP].criterion)
    client = full.course.client(CASE)
    assert client is not None
    assert client.closure.split(".")[0].strip() in page


def test_feedback_carries_the_receipt_code_of_the_answers(graded: Class) -> None:
    record = answers.read(graded.folder("right"), CASE)
    assert record is not None
    assert record.fingerprint() in graded.feedback("right")


def test_an_answer_that_cannot_be_read_is_explained_and_not_called_wrong(graded: Class) -> None:
    page = BeautifulSoup(graded.feedback("wrong-types"), "html.parser").get_text(" ")
    assert "wrong form" in page
    assert "Not right" not in page


def test_what_was_submitted_is_left_as_it_was(graded: Class) -> None:
    assert (graded.folder("damaged-file") / "answers.json").read_text() == '{"schema": 1, "case": "the-half'


def test_export_lists_every_student_with_the_same_marks(graded: Class) -> None:
    with (graded.root / "grades.csv").open() as file:
        rows = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    assert float(rows["right"]) == sum(graded.full().values())
    assert float(rows["mixed"]) == pytest.approx(sum(points for _, points in MIXED.values()))
    assert float(rows["blank"]) == 0
    assert rows["other-case"] == "", "not graded is no zero"
    assert set(rows) == {path.name for path in (graded.root / "submitted").iterdir()}


def test_grading_again_changes_no_mark_and_keeps_marks_given_by_hand(graded: Class, tmp_path: Path) -> None:
    root = tmp_path / "again"
    shutil.copytree(graded.root, root)
    again = Class(root)
    before = {student: again.marks(student) for student in ("right", "mixed", "blank")}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(SOAP, CASE, CASE, "right")
        grade.manual_score, grade.needs_manual_grade = 6.5, False
        gradebook.find_comment(SOAP, CASE, CASE, "right").manual_comment = "Well observed."
        gradebook.db.commit()
    again.autograde("--force", "--student=right")
    again.autograde("--force", "--student=mixed")
    assert {student: again.marks(student) for student in ("right", "mixed", "blank")} == before
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(SOAP, CASE, CASE, "right")
        assert grade.manual_score == 6.5
        assert grade.score == 6.5
    nbgrader(root, "generate_feedback", CASE, "--force", "--student=right")
    assert "Well observed." in again.feedback("right")
    assert "6.5 of 8" in again.feedback("right")


def test_no_execute_changes_no_mark(fresh_class: Class) -> None:
    fresh_class.hand_in("right", fresh_class.values("right"))
    fresh_class.hand_in("wrong", fresh_class.values("wrong"))
    fresh_class.hand_in("blank")
    fresh_class.autograde("--no-execute")
    assert fresh_class.questions("right") == fresh_class.full()
    assert fresh_class.questions("wrong") == dict.fromkeys(fresh_class.full(), 0.0)
    assert fresh_class.questions("blank") == dict.fromkeys(fresh_class.full(), 0.0)


@pytest.mark.parametrize("fault", ["missing", "damaged", "question gone", "points changed", "two right"])
def test_a_bank_that_cannot_grade_stops_the_run_before_any_old_result_is_touched(
    fresh_class: Class, fault: str
) -> None:
    fresh_class.hand_in("right", fresh_class.values("right"))
    fresh_class.autograde()
    before = (fresh_class.marks("right"), snapshot(fresh_class.root / "autograded"))
    fresh_class.hand_in("late-comer", fresh_class.values("right"))
    bank, ober = fresh_class.root / "bank", fresh_class.root / "bank/ober.toml"
    if fault == "missing":
        bank.rename(fresh_class.root / "elsewhere")
    elif fault == "damaged":
        ober.write_text("[[question]\nid =")
    elif fault == "question gone":
        ober.unlink()
    elif fault == "points changed":
        ober.write_text(ober.read_text().replace("points = 2", "points = 4"))
    else:
        ober.write_text(ober.read_text().replace('is = "wrong"', 'is = "right"', 1))
    log = fresh_class.autograde("--force", expect=1)
    assert (fresh_class.marks("right"), snapshot(fresh_class.root / "autograded")) == before
    assert not (fresh_class.root / "autograded/late-comer").exists()
    assert "nothing was changed" in log.lower() or "nothing was graded or changed" in log.lower()
    assert "Traceback" not in log
    if fault != "missing":
        assert "ober" in log


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_answers_from_a_newer_version_are_refused_for_that_student_alone(fresh_class: Class) -> None:
    folder = fresh_class.hand_in("newer", fresh_class.values("right"))
    file = folder / "answers.json"
    file.write_text(file.read_text().replace('"schema": 1', '"schema": 9'))
    fresh_class.hand_in("right", fresh_class.values("right"))
    log = fresh_class.autograde(expect=1)
    assert "newer version of the course" in log
    assert not (fresh_class.root / "autograded/newer" / CASE).exists()
    assert fresh_class.questions("right") == fresh_class.full()


def test_a_case_that_was_not_released_is_not_graded(fresh_class: Class) -> None:
    fresh_class.hand_in("right", fresh_class.values("right"))
    (fresh_class.root / "release" / CASE / "questions.json").unlink()
    log = fresh_class.autograde(expect=1)
    assert f"generate_assignment {CASE}" in log
    assert not (fresh_class.root / "autograded").exists()


def test_a_second_notebook_in_a_case_is_refused_before_the_release_is_touched(fresh_class: Class) -> None:
    source = fresh_class.root / "source" / CASE
    shutil.copy(source / f"{CASE}.ipynb", source / "more.ipynb")
    before = snapshot(fresh_class.root / "release")
    done = nbgrader(fresh_class.root, "generate_assignment", CASE, expect=1)
    assert "a case has one notebook" in done.stderr
    assert snapshot(fresh_class.root / "release") == before


def test_answers_of_an_instructor_never_reach_the_release(fresh_class: Class) -> None:
    (fresh_class.root / "source" / CASE / "answers.json").write_text("{}")
    done = nbgrader(fresh_class.root, "generate_assignment", CASE, "--force", expect=1)
    assert "itband preview" in done.stderr
    assert not (fresh_class.root / "release" / CASE / "answers.json").exists()


@pytest.mark.parametrize("case", Course.at(REPOSITORY).cases())
def test_projecting_again_makes_the_committed_release(case: str, tmp_path: Path, repository: Path) -> None:
    course = copy_course(tmp_path / "course")
    nbgrader(course, "generate_assignment", case)
    assert snapshot(course / "release" / case) == snapshot(repository / "release" / case)


def test_feedback_on_a_workup_shows_the_students_own_path_and_nothing_of_what_they_left_out(graded: Class) -> None:
    asked = graded.course.bank.questions[WORKUP]
    assert isinstance(asked, AuthoredWorkup)
    sought = MIXED[WORKUP][0]
    article = BeautifulSoup(graded.feedback("mixed"), "html.parser").find(id=f"item-{WORKUP}")
    assert article is not None
    page = " ".join(article.get_text(" ").split())
    assert "Your path You took 16 of 15 minutes. Minutes cost no marks." in page
    assert "an expert" not in page
    assert asked.once[0].reason in page
    for item in asked.item:
        others = {other.reason for other in asked.item if other.id in sought}
        assert (item.reason in page) == (item.reason in others), item.id
    texts = split(asked)[0].acts()  # type: ignore[union-attr]
    untold = [text.text for act, text in texts.items() if act not in sought]
    assert [text for text in untold if text in page] == []
