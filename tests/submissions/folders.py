"""Buried submissions whose folder is odd: its name, what else lies in it, what is missing, when it was handed in."""

import json
import os
import shutil
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from answer_files import forge, make_socket, mirror, not_graded, put
from course_kit import CASE
from course_tools import cell_of, change_notebook
from graveyard import Grave, Marks, Plot
from nbgrader.api import Gradebook

Build = Callable[[Plot], object]
Check = Callable[[Path, str], None]

SOAP = "soap-half-marathon"
NOTE = "**S** Sore outer right knee, 6 days."
SCRIPTS = (
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
    "nbgrader_config.py",
    "jupyter_config.py",
    "itband_course.py",
    "json.py",
    "setup.py",
    "run.sh",
    "Makefile",
)
WORDLESS = (
    ".DS_Store",
    f"._{CASE}.ipynb",
    "._answers.json",
    "Thumbs.db",
    "desktop.ini",
    ".answers.json.lock",
    f".ipynb_checkpoints/{CASE}-checkpoint.ipynb",
    "__pycache__/x.cpython-311.pyc",
)
BACKUPS = (f"{CASE}.ipynb~", f".{CASE}.ipynb.swp", f"#{CASE}.ipynb#", "answers.json~", "answers.json.bak")


def right(plot: Plot) -> None:
    """Make the folder with all right answers."""
    plot.fetch()
    put(plot, forge(plot, plot.values("right")))


def right_and(*more: Build) -> Build:
    """Make the folder with all right answers, then do something to it."""

    def build(plot: Plot) -> None:
        right(plot)
        for step in more:
            step(plot)

    return build


def files(names: Iterable[str], content: str = "x") -> Build:
    """Put files beside the notebook."""

    def build(plot: Plot) -> None:
        for name in names:
            path = plot.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")

    return build


def write_note(folder: Path, text: str = NOTE) -> None:
    change_notebook(folder, lambda notebook: cell_of(notebook, SOAP).update(source=text))


def renamed(name: str) -> Build:
    """Give the notebook another name."""
    return lambda plot: plot.notebook.rename(plot.folder / name)


def copied(name: str, first: int = 0, wanted: str = "right", note: str = "", **changes: object) -> Build:
    """Put a copy of the released notebook beside it, with answers from a revision on if `first` is not 0."""

    def build(plot: Plot) -> None:
        own = plot.folder / ".kept"
        plot.notebook.rename(own)
        shutil.copy(plot.course.release / CASE / f"{CASE}.ipynb", plot.notebook)
        if first:
            mirror(plot, forge(plot, plot.values(wanted), first, **changes))
        if note:
            write_note(plot.folder, note)
        plot.notebook.rename(plot.folder / name)
        own.rename(plot.notebook)

    return build


def lesson(name: str) -> Build:
    """Put a notebook that is not of the case beside it."""
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A lesson"}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return lambda plot: (plot.folder / name).write_text(json.dumps(content), "utf-8")


def no_notebook(plot: Plot) -> None:
    plot.notebook.unlink()


def no_answers(plot: Plot) -> None:
    plot.answers.unlink()


def carries(plot: Plot) -> None:
    """Let the notebook carry all right answers."""
    mirror(plot, forge(plot, plot.values("right")))


def writes(plot: Plot) -> None:
    write_note(plot.folder)


def instead(make: Callable[[Path], object]) -> Build:
    """Put something else where the notebook should be."""

    def build(plot: Plot) -> None:
        no_notebook(plot)
        make(plot.notebook)

    return build


def link_to_release(path: Path) -> None:
    path.symlink_to(path.parents[3] / "release" / CASE / f"{CASE}.ipynb")


def hide(plot: Plot) -> Path:
    """Make a right submission in a hidden folder, which is nobody's, and return it."""
    elsewhere = Plot(plot.course, f".hidden-{plot.student}")
    right(elsewhere)
    return elsewhere.folder


def case_linked(plot: Plot) -> None:
    plot.folder.parent.mkdir(parents=True)
    plot.folder.symlink_to(hide(plot))


def student_linked(plot: Plot) -> None:
    hidden = hide(plot).parent
    plot.folder.parent.symlink_to(hidden)


def case_is(make: Callable[[Path], object]) -> Build:
    def build(plot: Plot) -> None:
        plot.folder.parent.mkdir(parents=True)
        make(plot.folder)

    return build


def odd_neighbours(plot: Plot) -> None:
    (plot.folder / "shortcut").symlink_to(plot.course.root / "bank" / "ober.toml")
    (plot.folder / "nowhere").symlink_to("nothing-there")
    (plot.folder / "all-of-it").symlink_to("/")
    os.mkfifo(plot.folder / "pipe")
    make_socket(plot.folder / "plug")


def bank_page(plot: Plot) -> None:
    (plot.folder / "evil.html").symlink_to(plot.course.root / "bank" / "ober.toml")


def linked_pictures(plot: Plot) -> None:
    for name in ("findings.svg", "questions.json"):
        (plot.folder / name).unlink()
        (plot.folder / name).symlink_to(plot.course.root / "bank" / "ober.toml")


def own_picture(plot: Plot) -> None:
    (plot.folder / "findings.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")


def mark_of(root: Path, student: str) -> Path:
    return root / f"ran-{student}"


def scripts(plot: Plot) -> None:
    mark = mark_of(plot.course.root, plot.student)
    for name in SCRIPTS:
        (plot.folder / name).write_text(f"open({str(mark)!r}, 'w').close()\n", "utf-8")
    (plot.folder / "run.sh").write_text(f"#!/bin/sh\ntouch '{mark}'\n", "utf-8")
    (plot.folder / "run.sh").chmod(0o755)


def own_questions(plot: Plot) -> None:
    """Answer wrongly, and bring questions that offer only that and give 99 points for it."""
    plot.fetch()
    put(plot, forge(plot, plot.values("wrong")))
    path = plot.folder / "questions.json"
    questions = json.loads(path.read_text("utf-8"))
    for question in questions["questions"]:
        question["points"] = 99
        question["choices"] = question.get("choices", [])[:1]
    path.write_text(json.dumps(questions), "utf-8")


def looks_graded(plot: Plot) -> None:
    """Answer wrongly, and bring results."""
    plot.fetch()
    put(plot, forge(plot, plot.values("wrong")))
    files([f"{CASE}.html", "gradebook.db", "grades.csv", ".nbgrader.log"])(plot)
    files([f"autograded/{plot.student}/{CASE}/{CASE}.ipynb", f"feedback/{plot.student}/{CASE}/{CASE}.html"])(plot)


def nested(plot: Plot) -> None:
    """Put all work one folder too deep, as unpacking does."""
    right(plot)
    inner = plot.folder.rename(plot.folder.with_name("unpacked"))
    plot.folder.mkdir()
    inner.rename(plot.folder / CASE)


def nested_beside_blank(plot: Plot) -> None:
    nested(plot)
    shutil.copytree(plot.course.release / CASE, plot.folder, dirs_exist_ok=True)


def empty(plot: Plot) -> None:
    plot.folder.mkdir(parents=True)


def alone(*names: str) -> Build:
    """Hand in some files, and nothing of the case."""

    def build(plot: Plot) -> None:
        empty(plot)
        files(names)(plot)

    return build


def timed(content: bytes) -> Build:
    """Make the folder with all right answers and a time of submission."""
    return right_and(lambda plot: (plot.folder / "timestamp.txt").write_bytes(content))


def timed_by(make: Callable[[Path], object]) -> Build:
    return right_and(lambda plot: make(plot.folder / "timestamp.txt"))


# Checks.


def only_the_case(root: Path, student: str) -> None:
    """Beside the notebook stands what was released, as it was released, and nothing of the student's."""
    target, source = root / "autograded" / student / CASE, root / "release" / CASE
    released = {path.name for path in source.iterdir()}
    assert {path.name for path in target.iterdir()} - {"timestamp.txt"} == released
    assert not any(path.is_symlink() for path in target.iterdir())
    for name in released - {f"{CASE}.ipynb"}:
        assert (target / name).read_bytes() == (source / name).read_bytes(), name


def nothing_ran(root: Path, student: str) -> None:
    assert not mark_of(root, student).exists()
    only_the_case(root, student)


def came_in(expected: datetime | None) -> Check:
    """Return what checks the time of submission in the gradebook."""

    def check(root: Path, student: str) -> None:
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            assert gradebook.find_submission(CASE, student).timestamp == expected
        only_the_case(root, student)

    return check


# Graves.


def graded(name: str, story: str, build: Build, *says: str, marks: Marks = "full", note: str = "blank") -> Grave:
    """Return a grave that is graded, beside nothing of the student's."""
    return Grave(name, story, build, marks, says, note, after=only_the_case)


def lost(name: str, story: str, build: Build, *says: str) -> Grave:
    """Return a grave that cannot be graded."""
    return Grave(name, story, build, None, says, "", after=not_graded)


def called(name: str, story: str, student: str) -> Grave:
    """Return a right submission of somebody with an odd name."""
    return Grave(name, story, right, "full", (), "blank", student, only_the_case)


def misnamed(name: str, story: str, student: str) -> Grave:
    """Return a right submission under a name that no list can show; to rename the folder is all it takes."""
    return Grave(name, story, right, None, ("Rename it",), "", student, not_graded)


def untimed(name: str, story: str, build: Build) -> Grave:
    """Return a right submission whose time is not known: it counts as in time, and that is said in every run."""
    return Grave(name, story, build, "full", ("counts as in time",), after=came_in(None))


NOTEBOOKS = [
    graded(
        "renamed",
        "The notebook has another name.",
        right_and(writes, renamed("my work.ipynb")),
        "«my work.ipynb» was taken for it",
        note="waiting",
    ),
    graded(
        "renamed-by-platform",
        "A platform put a number into the notebook's name; it carries the answers.",
        right_and(carries, no_answers, writes, renamed(f"{CASE} (1).ipynb")),
        f"«{CASE} (1).ipynb» was taken for it",
        note="waiting",
    ),
    graded(
        "renamed-in-capitals",
        "The notebook's name ends in capitals.",
        right_and(renamed(f"{CASE}.IPYNB")),
        f"«{CASE}.IPYNB» was taken for it",
    ),
    graded(
        "renamed-among-lessons",
        "The renamed notebook lies among eight of the course's lessons.",
        right_and(
            carries, no_answers, renamed("my-case.ipynb"), *(lesson(f"{number:02}.ipynb") for number in range(1, 9))
        ),
        "«my-case.ipynb» was taken for it",
    ),
    lost(
        "two-renamed",
        "Two notebooks of the case lie there, neither with its name: a person has to choose.",
        right_and(copied("one.ipynb", 50), renamed("two.ipynb")),
        "«one.ipynb», «two.ipynb» all come from this case",
        "Rename the one that counts",
    ),
    graded(
        "copy-with-later-answers",
        "A copy of the notebook carries later answers from the same answers file.",
        lambda plot: [
            plot.fetch(),
            put(plot, forge(plot, plot.values("wrong"))),
            copied(f"{CASE}-Copy1.ipynb", 50)(plot),
        ],
        f"«{CASE}-Copy1.ipynb»",
        "They counted",
    ),
    graded(
        "copy-with-earlier-answers",
        "A copy of the notebook carries earlier answers from the same answers file: it changes nothing.",
        lambda plot: [
            plot.fetch(),
            put(plot, forge(plot, plot.values("right"), 50)),
            copied(f"{CASE}-Copy1.ipynb", 1, "wrong")(plot),
        ],
    ),
    graded(
        "copy-with-the-note",
        "The note was written in a copy of the notebook.",
        right_and(copied(f"{CASE}-Copy1.ipynb", 1, note=NOTE)),
        f"«{CASE}-Copy1.ipynb»",
        note="waiting",
    ),
    graded(
        "seven-copies",
        "The last of seven copies carries the latest answers.",
        lambda plot: [
            plot.fetch(),
            put(plot, forge(plot, plot.values("wrong"))),
            *(copied(f"{CASE}-Copy{number}.ipynb", 1, "wrong")(plot) for number in range(1, 7)),
            copied(f"{CASE}-Copy7.ipynb", 50)(plot),
        ],
        f"«{CASE}-Copy7.ipynb»",
    ),
    graded(
        "blank-beside-copy",
        "The notebook was fetched anew and is blank; a copy carries all answers, and there is no other.",
        lambda plot: [plot.fetch(), copied(f"{CASE}-Copy1.ipynb", 1)(plot)],
        f"«{CASE}-Copy1.ipynb»",
    ),
    lost(
        "blank-beside-two-hands",
        "The notebook is blank; two copies carry answers from two answers files.",
        lambda plot: [
            plot.fetch(),
            copied("one.ipynb", 1, seed=8101)(plot),
            copied("two.ipynb", 1, "wrong", seed=8102)(plot),
        ],
        "«one.ipynb»",
        "«two.ipynb»",
    ),
    graded(
        "friends-notebook",
        "A friend's notebook lies beside it, with later answers and a note: it changes nothing, and that is said.",
        lambda plot: [
            plot.fetch(),
            put(plot, forge(plot, plot.values("wrong"))),
            copied("friend.ipynb", 500, note=NOTE, seed=8103)(plot),
        ],
        "«friend.ipynb»",
        marks="zero",
    ),
    graded(
        "own-lesson-beside",
        "A notebook that is not of the case lies beside it.",
        right_and(lesson("scratch.ipynb")),
        "«scratch.ipynb»",
    ),
    graded(
        "no-notebook",
        "There are answers and no notebook.",
        right_and(no_notebook),
        f"No notebook is called «{CASE}.ipynb»",
        "the notes are not known",
        note="waiting",
    ),
    graded(
        "notebook-as-text",
        "A browser saved the notebook as a text file.",
        right_and(renamed(f"{CASE}.ipynb.txt")),
        f"«{CASE}.ipynb.txt»",
        note="waiting",
    ),
    lost(
        "nothing", "The folder is empty.", empty, f"No notebook is called «{CASE}.ipynb»", "There is no «answers.json»"
    ),
    lost("only-a-readme", "There is a README and nothing else.", alone("README.md"), "«README.md»"),
    lost("only-a-zip", "There is an archive and nothing else.", alone("work.zip"), "«work.zip»"),
    lost(
        "only-a-lesson",
        "There is a notebook, and it is not of this case.",
        lambda plot: [empty(plot), lesson("lesson.ipynb")(plot)],
        "«lesson.ipynb», which does not come from this case",
    ),
    graded(
        "notebook-is-link",
        "The notebook is a link, which is not followed; the answers count.",
        right_and(instead(link_to_release)),
        "is a link",
        note="waiting",
    ),
    graded(
        "notebook-is-pipe",
        "The notebook is a pipe that nobody writes to; the answers count.",
        right_and(instead(os.mkfifo)),
        "is not a regular file",
        note="waiting",
    ),
    graded(
        "notebook-is-folder",
        "The notebook is a folder; the answers count.",
        right_and(instead(Path.mkdir)),
        "is a folder",
        note="waiting",
    ),
    lost(
        "notebook-is-link-and-no-answers",
        "The notebook is a link, and there are no answers.",
        right_and(instead(link_to_release), no_answers),
        "is a link",
        "No answer could be found",
    ),
    lost("nested", "All work lies one folder too deep.", nested, f"«{CASE}»"),
    lost(
        "nested-beside-blank",
        "The work lies one folder too deep, beside an untouched case: it is no zero for that.",
        nested_beside_blank,
        f"«{CASE}»",
    ),
]

NEIGHBOURS = [
    graded(
        "odd-neighbours",
        "Links, a pipe and a socket lie beside the notebook.",
        right_and(odd_neighbours),
        "Passed over",
        "«shortcut»",
        "«pipe»",
        "«plug»",
    ),
    graded("bank-page", "A link to the bank is called evil.html.", right_and(bank_page), "«evil.html»"),
    graded(
        "linked-pictures",
        "A picture of the case and its questions are links to the bank.",
        right_and(linked_pictures),
        "«findings.svg»",
        "«questions.json»",
    ),
    graded("own-picture", "A picture of the case was replaced by one with a script.", right_and(own_picture)),
    graded(
        "subfolders",
        "There are folders with files in them.",
        right_and(files(["pictures/knee.png", "a/b/c/d/deep.txt"])),
        "Also handed in",
        "«a», «pictures»",
    ),
    graded("dots", "File names hold dots in a row.", right_and(files(["..x", "a..b", "..."])), "«...», «..x», «a..b»"),
    graded(
        "odd-file-names",
        "File names hold a new line, markup and a right-to-left override.",
        right_and(files(["new\nline", "<img src=x onerror=alert(1)>", "knee\u202egnp.exe"])),
        "«new�line»",
    ),
    graded(
        "1500-files",
        "There are 1,500 empty files.",
        right_and(files([f"f{number}" for number in range(1500)], "")),
        "Also handed in",
    ),
    graded(
        "looks-graded", "Results were brought along.", looks_graded, f"«{CASE}.html»", "«gradebook.db»", marks="zero"
    ),
    graded("left-by-systems", "Systems left files behind: nobody needs to know.", right_and(files(WORDLESS))),
    graded(
        "left-by-mac-archive",
        "An archive made on a Mac left its folder behind: nobody needs to know.",
        right_and(files([f"__MACOSX/._{CASE}.ipynb"])),
    ),
    graded("editor-backups", "An editor left backups.", right_and(files(BACKUPS)), "«answers.json.bak»"),
    Grave(
        "scripts",
        "There are files with names that programs run by themselves.",
        right_and(scripts),
        "full",
        ("Also handed in", "«conftest.py»"),
        after=nothing_ran,
    ),
    graded("own-questions", "The questions were changed to make wrong answers right.", own_questions, marks="zero"),
    graded(
        "no-questions", "The questions are gone.", right_and(lambda plot: (plot.folder / "questions.json").unlink())
    ),
]

PLACES = [
    lost("case-linked", "The case's folder is a link.", case_linked, "is a link to another place"),
    lost("student-linked", "The student's folder is a link.", student_linked, "is a link to another place"),
    lost("case-is-file", "The case's folder is a file.", case_is(lambda path: path.write_text("x")), "is no folder"),
    lost("case-is-pipe", "The case's folder is a pipe.", case_is(os.mkfifo), "is no folder"),
]

TIMES = [
    Grave(
        "time",
        "The time of submission is as nbgrader writes it.",
        timed(b"2026-03-01 10:00:00.123456 UTC"),
        "full",
        after=came_in(datetime(2026, 3, 1, 10, 0, 0, 123456)),
    ),
    Grave(
        "time-without-zone",
        "The time of submission has no zone, and is read as UTC.",
        timed(b"2026-03-01 10:00:00\n"),
        "full",
        after=came_in(datetime(2026, 3, 1, 10)),
    ),
    Grave(
        "time-of-another-zone",
        "The time of submission is that of another zone.",
        timed(b"2026-03-01 12:00:00 +0200"),
        "full",
        after=came_in(datetime(2026, 3, 1, 10)),
    ),
    Grave(
        "time-by-the-standard",
        "The time of submission is written as ISO 8601 has it.",
        timed(b"2026-03-01T12:00:00+02:00"),
        "full",
        after=came_in(datetime(2026, 3, 1, 10)),
    ),
    Grave(
        "time-in-year-9999",
        "The time of submission is in the year 9999.",
        timed(b"9999-12-31 12:00:00 UTC"),
        "full",
        ("lies in the future",),
        after=came_in(datetime(9999, 12, 31, 12)),
    ),
    Grave(
        "time-in-the-future",
        "The time of submission lies ahead.",
        timed(b"2098-03-01 10:00:00 UTC"),
        "full",
        ("lies in the future",),
        after=came_in(datetime(2098, 3, 1, 10)),
    ),
    untimed("time-empty", "The time of submission is empty.", timed(b"")),
    untimed("time-blank", "The time of submission is white space.", timed(b" \n")),
    untimed("time-malformed", "The time of submission is prose.", timed(b"the day before yesterday")),
    untimed("time-impossible", "The time of submission is no date.", timed(b"2026-02-31 10:00:00 UTC")),
    untimed("time-past-the-end", "In UTC the time lies after all time.", timed(b"9999-12-31 23:59:59 -1200")),
    untimed("time-not-text", "The time of submission is not text.", timed(bytes(range(128, 160)))),
    untimed("time-too-large", "The time of submission has a megabyte.", timed(b"2026-03-01 " * 100_000)),
    untimed("time-is-folder", "The time of submission is a folder.", timed_by(Path.mkdir)),
    untimed("time-is-pipe", "The time of submission is a pipe.", timed_by(os.mkfifo)),
    untimed(
        "time-is-link",
        "The time of submission is a link to the bank.",
        timed_by(lambda path: path.symlink_to(path.parents[3] / "bank" / "ober.toml")),
    ),
]

NAMES = [
    called("accent-composed", "The name has an accent, as one character.", unicodedata.normalize("NFC", "renée")),
    called(
        "accent-combined", "The name has an accent, as a character of its own.", unicodedata.normalize("NFD", "andré")
    ),
    called("name-with-spaces", "The name has spaces.", "Anna Lena Meier"),
    called("name-right-to-left", "The name is written from right to left.", "יעל לוי"),
    called("name-chinese", "The name has no letters of the Latin alphabet.", "王小明"),
    called("name-emoji", "The name is a picture.", "😀"),
    called("name-regular-expression", "The name is a regular expression.", "a+b(c).$^|"),
    called("name-percent", "The name looks encoded.", "100%2e%s"),
    called("name-braces", "The name is a format.", "{student_id}{0}"),
    called("name-apostrophe", "The name has an apostrophe.", "O'Brien"),
    called("name-comma", "The name has a comma.", "Meier, Anna"),
    called("name-formula", "The name is a formula.", "=1+1"),
    called("name-option", "The name is an option.", "-x"),
    called("name-of-dots", "The name begins in letters and holds dots.", "a..b"),
    called("name-100", "The name has 100 characters.", "x" * 100),
    # nbgrader's own pages would grade somebody else, or everybody, under these three.
    misnamed("name-brackets", "To a pattern, the name is a set of characters.", "[a]"),
    misnamed("name-star", "To a pattern, the name is everybody.", "*"),
    misnamed("name-question-mark", "To a pattern, the name is anybody with a short one.", "?"),
    misnamed("name-200", "The name has 200 characters, more than the gradebook keeps.", "y" * 200),
    misnamed("name-markup", "The name is markup, which formgrader would run.", "<img src=x onerror=alert(1)>"),
    misnamed("name-quotes", "The name has quotes, which formgrader takes for markup.", 'x" onclick="alert(1)'),
    misnamed("name-backslash", "The name has a backslash, which formgrader takes for markup.", "a\\b"),
    misnamed("name-override", "The name turns round what follows it.", "anna\u202egpj"),
    misnamed("name-joined-emoji", "The name holds a character that joins others and does not show.", "👩\u200d🎓"),
    misnamed("name-new-line", "The name has two lines.", "new\nline"),
    misnamed("name-leading-space", "The name begins with a space, which no page shows.", " ahead"),
    misnamed("name-trailing-space", "The name ends with a space, which no page shows.", "behind "),
    misnamed("name-undecodable", "The name is in an encoding that this system does not use.", os.fsdecode(b"caf\xe9")),
    Grave("hidden", "A hidden folder is nobody's.", right, None, (), "", ".x", not_graded),
]

GRAVES: list[Grave] = [*NOTEBOOKS, *NEIGHBOURS, *PLACES, *TIMES, *NAMES]
