"""Buried submissions whose `answers.json`, or the record that their notebook carries, is missing, broken or forged."""

import gzip
import json
import os
import pickle
import socket
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_kit import CASE, REPOSITORY
from course_tools import cell_of, change_notebook
from graveyard import Grave, Plot

from itband_course import answers

Json = dict[str, Any]

RELEASED: Json = json.loads((REPOSITORY / "release" / CASE / "questions.json").read_text("utf-8"))
POINTS: dict[str, float] = {question["id"]: question["points"] for question in RELEASED["questions"]}
BEFORE_DECISIONS: list[str] = next(stage["questions"] for stage in RELEASED["stages"] if stage["id"] == "decisions")
"""The questions that closing the decisions closes."""
ONE, MANY, NUMBER, DEGREES = "pill-and-legs", "stage-signs", "distance-rise-percent", "ober-side-difference-degrees"
ORDER, MATCH, TRIAGE = "way-back-to-running", "outer-knee-neighbours", "hands-and-who-sore-outer-knee"
WORKUP = "workup-sore-outer-knee"
ACTS: list[str] = next(
    [act["id"] for group in question["groups"] for act in group["acts"]]
    for question in RELEASED["questions"]
    if question["id"] == WORKUP
)
STEPS = ["painless-days", "agree-on-a-limit", "short-and-flat", "longer-on-the-flat", "downhill-again"]
ROWS = {
    "meniscus": "joint-line",
    "outer-ligament": "varus",
    "biceps-tendon": "fibular-head",
    "kneecap": "front",
    "bone": "night",
}
"""Right orders and rows, as they stand in the bank."""
TIME = "2026-03-01T10:00:00Z"
SHARED_SEED = 1_234_567


def all_but(*questions: str, **partly: float) -> dict[str, float]:
    """Return full points on all questions but some; underscores in names stand for hyphens."""
    earned = {question: points for question, points in POINTS.items() if question not in questions}
    return earned | {question.replace("_", "-"): points for question, points in partly.items()}


def entry(revision: int, value: Any, **changes: Any) -> Json:
    """Return one answer as it stands in the file."""
    made = {"revision": revision, "time": TIME, "version": RELEASED["version"], "value": value, "confidence": None}
    return made | changes


def forge(plot: Plot, values: Json, first: int = 1, **changes: Any) -> Json:
    """Return a record as plain JSON, with revisions from `first` on and a seed that no other plot has."""
    return {
        "schema": 1,
        "case": CASE,
        "seed": zlib.crc32(plot.student.encode("utf-8", "surrogateescape")) or 1,
        "revision": first + len(values) - 1,
        "answers": {question: entry(number, value) for number, (question, value) in enumerate(values.items(), first)},
        "closed": {},
        "late": {},
    } | changes


def put(plot: Plot, record: Json) -> None:
    """Write a record into answers.json."""
    plot.answers.write_text(json.dumps(record), "utf-8")


def mirror(plot: Plot, record: Json) -> None:
    """Put a record into the output of the notebook's last cell, as running it does."""
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": ["as run"], answers.MIME: record},
    }
    change_notebook(plot.folder, lambda notebook: cell_of(notebook, "receipt").update(outputs=[output]))


# Builders. Each returns the function that makes a submission at its plot.

Build = Callable[[Plot], object]


def raw(content: bytes, carried: str = "") -> Build:
    """Make a file of some bytes, beside an untouched notebook or one that carries ``right`` or ``wrong`` answers."""
    return placed(lambda path: path.write_bytes(content), carried)


def placed(make: Callable[[Path], object], carried: str = "") -> Build:
    """Put anything where the file should be."""

    def build(plot: Plot) -> None:
        plot.fetch()
        if carried:
            mirror(plot, forge(plot, plot.values(carried)))
        make(plot.answers)

    return build


def linked(target: Callable[[Plot], str | Path]) -> Build:
    """Make the file a symbolic link."""

    def build(plot: Plot) -> None:
        plot.fetch()
        plot.answers.symlink_to(target(plot))

    return build


def forged(change: Callable[[Json], object], wanted: str = "right") -> Build:
    """Make a file in which every question is answered, changed as a whole."""

    def build(plot: Plot) -> None:
        plot.fetch()
        record = forge(plot, plot.values(wanted))
        change(record)
        put(plot, record)

    return build


def valued(**values: Any) -> Build:
    """Make a file in which all is right but the values of some questions; underscores in names stand for hyphens."""
    changed = {question.replace("_", "-"): value for question, value in values.items()}

    def change(record: Json) -> None:
        for question, value in changed.items():
            record["answers"][question]["value"] = value

    return forged(change)


def as_text(change: Callable[[str], str | bytes]) -> Build:
    """Make a file with all right answers, changed as the text that it is."""

    def build(plot: Plot) -> None:
        plot.fetch()
        changed = change(json.dumps(forge(plot, plot.values("right")), indent=1))
        plot.answers.write_bytes(changed if isinstance(changed, bytes) else changed.encode("utf-8"))

    return build


def with_value_text(question: str, text: str) -> Build:
    """Make a file in which the value of one question is spelt in some way that `json` would not write."""
    hole = "@@"

    def build(plot: Plot) -> None:
        plot.fetch()
        record = forge(plot, plot.values("right"))
        record["answers"][question]["value"] = hole
        plot.answers.write_text(json.dumps(record).replace(f'"{hole}"', text), "utf-8")

    return build


def both(in_file: Callable[[Plot], Json], in_notebook: Callable[[Plot], Json]) -> Build:
    """Make a file and a notebook that carries something else."""

    def build(plot: Plot) -> None:
        plot.fetch()
        put(plot, in_file(plot))
        mirror(plot, in_notebook(plot))

    return build


def recorded(wanted: str, first: int = 1, **changes: Any) -> Callable[[Plot], Json]:
    """Return what makes a record of right or wrong answers."""
    return lambda plot: forge(plot, plot.values(wanted), first, **changes)


def later_in_turn(plot: Plot, even: str, odd: str) -> Json:
    """Return a record whose even questions hold later answers than its odd ones."""
    record = forge(plot, {})
    values = {wanted: plot.values(wanted) for wanted in ("right", "wrong")}
    for number, question in enumerate(POINTS):
        wanted = odd if number % 2 else even
        record["answers"][question] = entry(number + (100 if wanted == "right" else 1), values[wanted][question])
    return record | {"revision": 200}


def lend(seed: int | None = SHARED_SEED, second: int = 0) -> Build:
    """Make the same file for whoever builds it: right answers, given one by one; with `seed` None one of their own."""

    def change(record: Json) -> None:
        if seed is not None:
            record["seed"] = seed
        for number, answer in enumerate(record["answers"].values()):
            answer["time"] = f"2026-03-02T09:{number:02}:{second:02}Z"

    return forged(change)


def make_socket(path: Path) -> None:
    """Make a socket; its own path is too long for one, so it is made elsewhere and moved."""
    with tempfile.TemporaryDirectory() as scratch, socket.socket(socket.AF_UNIX) as made:
        made.bind(f"{scratch}/s")
        # Renaming keeps the socket on one file system; across two it can only be made in place, by a short way.
        try:
            Path(scratch, "s").rename(path)
        except OSError:
            Path(scratch, "way").symlink_to(path.parent)
            with socket.socket(socket.AF_UNIX) as second:
                second.bind(f"{scratch}/way/{path.name}")


def close(stage: str, revision: int, questions: list[str]) -> Callable[[Json], object]:
    """Return what closes a stage in a record."""
    closing = {"revision": revision, "time": TIME, "questions": questions}
    return lambda record: record["closed"].update({stage: closing})


def keep(record: Json, changes: Json) -> None:
    """Change the first answer of a record."""
    record["answers"][next(iter(POINTS))].update(changes)


class Opens:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")


def loaded_mark(root: Path, student: str) -> Path:
    return root / f"loaded-{student}"


def pickled(plot: Plot) -> None:
    plot.fetch()
    plot.answers.write_bytes(pickle.dumps(Opens(loaded_mark(plot.course.root, plot.student))))


def yaml_tagged(plot: Plot) -> None:
    plot.fetch()
    mark = loaded_mark(plot.course.root, plot.student)
    plot.answers.write_text(f'!!python/object/apply:builtins.open ["{mark}", "w"]\n', "utf-8")


def not_loaded(root: Path, student: str) -> None:
    assert not loaded_mark(root, student).exists()
    not_graded(root, student)


def not_graded(root: Path, student: str) -> None:
    """Nothing that looks like a result stands there."""
    assert not (root / "autograded" / student / CASE / f"{CASE}.ipynb").exists()


def handed_in_as_it_was(root: Path, student: str) -> None:
    """The file that could not be used lies where it lay."""
    assert os.path.lexists(root / "submitted" / student / CASE / "answers.json")
    not_graded(root, student)


def other_file(plot: Plot) -> Path:
    """Make another student's answers, outside of the class, and return where they are."""
    elsewhere = Plot(plot.course, f".lender-of-{plot.student}")
    elsewhere.answer("right")
    return elsewhere.answers


def renamed_answers(name: str) -> Build:
    def build(plot: Plot) -> None:
        plot.fetch()
        put(plot, forge(plot, plot.values("right")))
        plot.answers.rename(plot.folder / name)

    return build


def second_file(plot: Plot) -> None:
    plot.fetch()
    put(plot, forge(plot, plot.values("right")))
    plot.answers.rename(plot.folder / "answers (1).json")
    put(plot, forge(plot, plot.values("wrong")))


def deleted(plot: Plot) -> None:
    plot.answer("right")
    plot.answers.unlink()


def reads_everything() -> bool:
    """Whether whoever runs the tests may read what nobody may, as administrators can."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return os.access(file.name, os.R_OK)


def unreadable(plot: Plot) -> None:
    plot.answer("right")
    plot.answers.chmod(0)


def hard_linked(plot: Plot) -> None:
    plot.fetch()
    os.link(plot.course.root / "bank" / "ober.toml", plot.answers)


def lost(name: str, story: str, build: Build, *says: str) -> Grave:
    """Return a grave that cannot be graded; what was handed in stays, and the instructor hears why."""
    return Grave(name, story, build, None, (*says, "No answer could be found"), note="", after=handed_in_as_it_was)


def unrecordable(name: str, story: str, build: Build, *questions: str) -> Grave:
    """Return a grave with answers that no card makes: they earn nothing, and the instructor hears of each."""
    said = tuple(f"«{question}»" for question in questions)
    return Grave(
        name, f"{story}, which no card can record: told, not just called wrong.", build, all_but(*questions), said
    )


MISSING = [
    Grave("no-file", "There is no answers.json, and the notebook was never run.", Plot.fetch, "zero"),
    Grave(
        "no-file-but-mirror",
        "There is no answers.json, but the notebook carries all answers.",
        lambda plot: [plot.fetch(), mirror(plot, forge(plot, plot.values("right")))],
        "full",
    ),
    Grave("no-file-to-start-again", "The file was deleted to start again, and nothing was answered.", deleted, "zero"),
    Grave(
        "nothing-answered",
        "The file holds a record to which nothing was answered.",
        forged(lambda record: record.update(answers={}, revision=0)),
        "zero",
    ),
    Grave(
        "renamed-answers",
        "A learning platform renamed the file; its answers are no zero for that.",
        renamed_answers("answers (1).json"),
        "full",
        ("«answers (1).json»",),
    ),
    Grave(
        "answers-called-txt",
        "A browser saved the file as answers.json.txt; its answers are no zero for that.",
        renamed_answers("answers.json.txt"),
        "full",
        ("«answers.json.txt»",),
    ),
    Grave(
        "second-answers-file",
        "A second answers file lies beside the one that counts: the instructor hears of it.",
        second_file,
        "zero",
        ("«answers (1).json»",),
    ),
]

NOT_A_RECORD = [
    lost("empty-file", "The file has no bytes.", raw(b""), "damaged"),
    lost("only-white-space", "The file holds white space.", raw(b" \n\n"), "damaged"),
    lost("only-null-bytes", "The file holds null bytes, as after a crash.", raw(bytes(4096)), "damaged"),
    lost("truncated", "The file breaks off.", as_text(lambda text: text[: len(text) // 2]), "damaged"),
    lost("not-json", "The file holds prose.", raw(b"My answers are in the notebook, sorry!\n"), "damaged"),
    lost("a-list", "The file holds a JSON list.", raw(b"[]"), "damaged"),
    lost("json-null", "The file holds JSON's null.", raw(b"null"), "damaged"),
    lost("null-byte-at-the-end", "A null byte follows the record.", as_text(lambda text: text + "\0"), "damaged"),
    lost("two-records", "The file holds two records, one after the other.", as_text(lambda text: text * 2), "damaged"),
    lost("trailing-comma", "A hand left a comma.", as_text(lambda text: text[:-2] + ",\n}"), "damaged"),
    lost("zipped", "The file was packed.", as_text(lambda text: gzip.compress(text.encode())), "damaged"),
    lost("utf-16", "The file was saved as UTF-16.", as_text(lambda text: text.encode("utf-16")), "damaged"),
    lost(
        "latin-1",
        "The file was saved as Latin-1.",
        as_text(lambda text: text.replace("painless-days", "\xe9").encode("latin-1")),
        "damaged",
    ),
    lost("html-page", "The file is a platform's log-in page.", raw(b"<!doctype html><title>Log in</title>"), "damaged"),
    Grave(
        "pickle", "The file is a pickle that makes a file when loaded.", pickled, None, ("damaged",), "", "", not_loaded
    ),
    Grave("yaml-tag", "The file is YAML with a Python tag.", yaml_tagged, None, ("damaged",), "", "", not_loaded),
    Grave(
        "empty-file-but-mirror",
        "The file has no bytes, but the notebook carries all answers.",
        raw(b"", "right"),
        "full",
        ("damaged", "taken from the notebook"),
    ),
    Grave(
        "truncated-but-mirror",
        "The file breaks off, but the notebook carries all answers.",
        raw(b'{"schema": 1, "case": "the-half', "right"),
        "full",
        ("damaged", "taken from the notebook"),
    ),
    Grave(
        "byte-order-mark",
        "An editor put a byte order mark before the record.",
        as_text(lambda text: b"\xef\xbb\xbf" + text.encode()),
        "full",
    ),
    Grave(
        "windows-lines",
        "The file has the line ends of Windows.",
        as_text(lambda text: text.replace("\n", "\r\n")),
        "full",
    ),
]

NOT_A_FILE = [
    lost("a-folder", "A folder is called answers.json.", placed(Path.mkdir), "is a folder"),
    lost(
        "link-to-bank",
        "The file is a link to the bank.",
        linked(lambda plot: plot.course.root / "bank/ober.toml"),
        "link",
    ),
    lost("link-to-another", "The file is a link to another student's.", linked(other_file), "link"),
    lost("dangling-link", "The file is a link to nothing.", linked(lambda _: "nowhere.json"), "link"),
    lost("link-to-zeroes", "The file is a link to a device without an end.", linked(lambda _: "/dev/zero"), "link"),
    lost("link-to-itself", "The file is a link to itself.", linked(lambda plot: plot.answers), "link"),
    lost("a-pipe", "The file is a pipe that nobody writes to.", placed(os.mkfifo), "not a regular file"),
    lost("a-socket", "The file is a socket.", placed(make_socket), "not a regular file"),
    Grave(
        "a-socket-but-mirror",
        "The file is a socket, but the notebook carries all answers.",
        placed(make_socket, "right"),
        "full",
        ("not a regular file", "taken from the notebook"),
    ),
    lost("hard-link-to-bank", "The file is the bank's, under a second name.", hard_linked, "damaged"),
    Grave(
        "a-folder-but-mirror",
        "A folder is called answers.json, but the notebook carries all answers.",
        placed(Path.mkdir, "right"),
        "full",
        ("is a folder", "taken from the notebook"),
    ),
    Grave(
        "unreadable",
        "Nobody may read the file, and only an administrator can all the same.",
        unreadable,
        "full" if reads_everything() else None,
        () if reads_everything() else ("cannot be read",),
        "blank" if reads_everything() else "",
    ),
    lost("too-large", "The file has five megabytes.", as_text(lambda text: text + " " * 5_000_000), "larger than"),
]

HEAVY = [
    lost(
        "one-gigabyte",
        "The file has a gigabyte that takes no room.",
        placed(lambda path: [path.touch(), os.truncate(path, 2**30)]),
        "larger than",
    )
]
"""Run only where the environment has ``ITBAND_SOAK``: copying such a class takes the room after all."""

OTHER_RECORDS = [
    lost(
        "other-case",
        "The file belongs to another case.",
        forged(lambda record: record.update(case="the-other-case")),
        "belongs to the case «the-other-case»",
    ),
    Grave(
        "lender",
        "Another student handed in a copy of this one's file.",
        lend(),
        "full",
        ("same answers file", "«borrower»"),
    ),
    Grave("borrower", "The whole file is another student's.", lend(), "full", ("same answers file", "«lender»")),
    Grave(
        "lender-of-times",
        "Another student handed in a copy of this one's file with another seed.",
        lend(seed=None, second=30),
        "full",
        ("same answers file", "«borrower-of-times»"),
    ),
    Grave(
        "borrower-of-times",
        "The file is another student's with another seed: every answer was given at the same second.",
        lend(seed=None, second=30),
        "full",
        ("same answers file", "«lender-of-times»"),
    ),
    Grave(
        "older-release",
        "The file was recorded with an older release, which asked a question that is gone.",
        forged(
            lambda record: [
                record["answers"].update({"retired-question": entry(90, "x")}),
                [answer.update(version="0123456789ab") for answer in record["answers"].values()],
            ]
        ),
        "full",
        ("«retired-question»", "another version of the questions"),
    ),
    Grave(
        "newer-schema",
        "The file was written by a newer version of the course.",
        forged(lambda record: record.update(schema=2)),
        None,
        ("newer version of the course",),
        note="",
        after=handed_in_as_it_was,
    ),
    Grave("schema-0", "The file says format 0.", forged(lambda record: record.update(schema=0)), "full"),
    Grave("schema-negative", "The file says format -1.", forged(lambda record: record.update(schema=-1)), "full"),
    lost("schema-text", "The format is a word.", forged(lambda record: record.update(schema="1")), "damaged"),
    Grave(
        "edited-by-hand",
        "All right answers were typed into the file: answers are data, and they count.",
        forged(lambda _: None),
        "full",
    ),
    Grave(
        "planted-results",
        "Wrong answers bring their own points.",
        forged(
            lambda record: [
                record.update(score=99, points=99, result={"earned": 99}, receipt="0" * 12),
                [answer.update(score=99, points=99, earned=99, right=True) for answer in record["answers"].values()],
            ],
            "wrong",
        ),
        "zero",
    ),
    Grave(
        "duplicated-keys",
        "One question is answered twice in the text, and the later one counts, as in every reader of JSON.",
        as_text(lambda text: text.replace('"answers": {', f'"answers": {{"{ONE}": {json.dumps(entry(1, "no-legs"))},')),
        "full",
    ),
]

SHAPES = [
    lost("revision-negative", "A revision is negative.", forged(lambda r: keep(r, {"revision": -1})), "damaged"),
    lost("revision-huge", "A revision is 2**60.", forged(lambda r: keep(r, {"revision": 2**60})), "damaged"),
    lost("revision-text", "A revision is a word.", forged(lambda r: keep(r, {"revision": "3"})), "damaged"),
    lost("revision-float", "A revision is 1.5.", forged(lambda r: keep(r, {"revision": 1.5})), "damaged"),
    Grave("revision-highest", "A revision is the last.", forged(lambda r: keep(r, {"revision": 2**53})), "full"),
    lost("time-endless", "A time has 10,000 characters.", forged(lambda r: keep(r, {"time": "x" * 10_000})), "damaged"),
    Grave(
        "times-absurd",
        "Times are of 1970, of the far future, and words: they are never compared.",
        forged(
            lambda record: [
                answer.update(time=("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday", "")[number % 4])
                for number, answer in enumerate(record["answers"].values())
            ]
        ),
        "full",
    ),
    lost(
        "confidence-unknown",
        "A confidence is none of the three words.",
        forged(lambda r: keep(r, {"confidence": "certain"})),
        "damaged",
    ),
    Grave("seed-0", "The file has no seed.", forged(lambda record: record.update(seed=0)), "full"),
    lost("seed-negative", "The seed is negative.", forged(lambda record: record.update(seed=-5)), "damaged"),
    lost("seed-huge", "The seed is 2**60.", forged(lambda record: record.update(seed=2**60)), "damaged"),
    lost("answers-list", "The answers are a list.", forged(lambda record: record.update(answers=[])), "damaged"),
    lost(
        "too-many-questions",
        "The file answers 3,000 questions.",
        forged(
            lambda record: record["answers"].update({f"question-{number}": entry(1, "x") for number in range(3000)})
        ),
        "damaged",
    ),
    Grave(
        "unknown-question",
        "The file answers a question that this case does not ask.",
        forged(lambda record: record["answers"].update({"no-such-question": entry(90, "x")})),
        "full",
        ("«no-such-question»",),
    ),
]

CLOSED = [
    Grave(
        "closed-from-the-start",
        "A forged closing lies before every answer of its part: these came too late.",
        forged(close("decisions", 0, BEFORE_DECISIONS)),
        all_but(*BEFORE_DECISIONS),
        ("after that part of the case had been closed",),
    ),
    Grave(
        "late-among-answers",
        "An answer from after the closing was moved among those that count.",
        forged(
            lambda record: [
                record["answers"].update({MANY: entry(90, record["answers"][MANY]["value"])}),
                close("decisions", 50, BEFORE_DECISIONS)(record),
            ]
        ),
        all_but(MANY),
        ("after that part of the case had been closed",),
    ),
    Grave(
        "closed-unknown-stage",
        "A stage that the case does not have was closed after the last answer.",
        forged(close("no-such-stage", 99, BEFORE_DECISIONS)),
        "full",
    ),
    lost(
        "closed-ten-thousand-times",
        "Ten thousand stages are closed.",
        forged(lambda record: [close(f"stage-{number}", 99, [])(record) for number in range(10_000)]),
        "damaged",
    ),
]

VALUES = [
    unrecordable("number-as-text", "A number is a word of digits", valued(distance_rise_percent="70"), NUMBER),
    unrecordable(
        "number-full-width",
        "One number has full-width digits, one a comma",
        valued(distance_rise_percent="７０", ober_side_difference_degrees="14,0"),
        NUMBER,
        DEGREES,
    ),
    unrecordable(
        "number-spaced",
        "One number has spaces around it, one is a fraction",
        valued(distance_rise_percent=" 70 ", ober_side_difference_degrees="28/2"),
        NUMBER,
        DEGREES,
    ),
    unrecordable(
        "number-true-and-false",
        "Numbers are true and false",
        valued(distance_rise_percent=True, ober_side_difference_degrees=False),
        NUMBER,
        DEGREES,
    ),
    Grave("number-negative", "A number has the other sign.", valued(distance_rise_percent=-70), all_but(NUMBER)),
    Grave("number-huge", "A number has thirty digits.", valued(distance_rise_percent=10**30), all_but(NUMBER)),
    unrecordable(
        "number-of-400-digits",
        "A number is beyond all that a computer reckons with",
        with_value_text(NUMBER, "1" + "0" * 400),
        NUMBER,
    ),
    lost(
        "number-of-5000-digits",
        "A number has more digits than Python reads; nobody can say what it means.",
        with_value_text(NUMBER, "1" * 5000),
        "damaged",
    ),
    lost("number-infinite", "A number is Infinity.", with_value_text(NUMBER, "Infinity"), "damaged"),
    lost("number-nan", "A number is NaN.", with_value_text(NUMBER, "NaN"), "damaged"),
    lost("number-1e400", "A number is 1e400.", with_value_text(NUMBER, "1e400"), "damaged"),
    lost("lone-surrogate", "A choice holds half a character.", with_value_text(ONE, r'"note-\ud800"'), "damaged"),
    unrecordable("null-character", "A choice holds a null", with_value_text(ONE, r'"note-ask-again\u0000"'), ONE),
    lost("million-choices", "A million choices are ticked.", valued(stage_signs=["six-days"] * 1_000_000), "larger"),
    lost("many-choices", "Twenty thousand choices are ticked.", valued(stage_signs=["a"] * 20_000), "no card can make"),
    Grave(
        "same-choice-twice",
        "One right choice is ticked twice, and counts once.",
        forged(lambda record: record["answers"][MANY]["value"].append("walking-pain")),
        "full",
    ),
    Grave(
        "all-ticked",
        "Every choice is ticked.",
        valued(
            stage_signs=[
                choice["id"] for found in RELEASED["questions"] if found["id"] == MANY for choice in found["choices"]
            ]
        ),
        all_but(MANY),
    ),
    Grave("none-ticked", "No choice is ticked.", valued(stage_signs=[]), all_but(MANY)),
    unrecordable("choice-not-on-offer", "A choice is not on offer", valued(pill_and_legs="aspirin"), ONE),
    unrecordable(
        "choice-of-markup",
        "A choice is a script, to be shown to the instructor",
        valued(pill_and_legs="<script>window.hacked = 1</script>"),
        ONE,
    ),
    unrecordable(
        "list-for-text-and-text-for-list",
        "Two values have each other's type",
        valued(pill_and_legs=["note-ask-again"], stage_signs="walking-pain"),
        ONE,
        MANY,
    ),
    unrecordable(
        "value-nested",
        "Values lie inside of others",
        valued(pill_and_legs={"value": "note-ask-again"}, stage_signs=[["walking-pain"]]),
        ONE,
        MANY,
    ),
    Grave(
        "cleared",
        "Two answers were cleared.",
        valued(pill_and_legs=None, stage_signs=None),
        all_but(ONE, MANY),
    ),
    lost("too-deep", "A value is thirteen lists deep.", with_value_text(ONE, "[" * 13 + "]" * 13), "no card can make"),
    lost("abyss", "A value is 100,000 lists deep.", with_value_text(ONE, "[" * 100_000 + "]" * 100_000), "damaged"),
    unrecordable("order-step-twice", "A step stands twice", valued(**{ORDER: [*STEPS, STEPS[0]]}), ORDER),
    unrecordable("order-strange-step", "A step is not on offer", valued(**{ORDER: [*STEPS, "ice-bath"]}), ORDER),
    Grave(
        "order-step-missing",
        "A required step is left out: two of four pairs are held, half of 3 points.",
        valued(**{ORDER: [step for step in STEPS if step != "longer-on-the-flat"]}),
        all_but(ORDER, way_back_to_running=1.5),
    ),
    Grave(
        "order-optional-step",
        "An optional step is in no pair, and costs nothing.",
        valued(**{ORDER: [*STEPS[:3], "hip-exercise", *STEPS[3:]]}),
        "full",
    ),
    Grave("order-unsafe-step", "An unsafe step is used.", valued(**{ORDER: [*STEPS, "run-it-out"]}), all_but(ORDER)),
    unrecordable("match-strange-row", "A row is not there", valued(**{MATCH: ROWS | {"skin": "front"}}), MATCH),
    Grave(
        "match-rows-missing",
        "Two of five rows are right, the others open: two fifths of 2 points.",
        valued(**{MATCH: dict(list(ROWS.items())[:2])}),
        all_but(MATCH, outer_knee_neighbours=0.8),
    ),
    unrecordable(
        "triage-strange-word",
        "A level is no word of its scale",
        valued(**{TRIAGE: {"hands": "changed-plan", "who": "some-day"}}),
        TRIAGE,
    ),
    unrecordable(
        "triage-strange-scale",
        "A scale is not there",
        valued(**{TRIAGE: {"hands": "changed-plan", "who": "nobody-now", "mood": "calm"}}),
        TRIAGE,
    ),
]

PLAN = "session-plan-sore-outer-knee"
WORK = {"technique": "petrissage", "minutes": 5, "place": "right-gluteal", "pressure": 3}
HARM = {"technique": "stripping", "minutes": 5, "place": "right-outer-knee", "pressure": 3}


def planned(name: str, story: str, value: Any) -> Grave:
    """Return a grave with a plan that no card makes."""
    return unrecordable(f"plan-{name}", story, valued(**{PLAN: value}), PLAN)


# The case has to ask for a plan: as long as it does not, nobody can hand in one.
PLANS = [
    planned("empty", "A plan has no row", []),
    planned("endless", "A plan has 2,000 rows", [WORK] * 2_000),
    planned("words", "A plan is a list of words", ["petrissage", "re-test"]),
    planned("one-row", "A plan is one row and no list", WORK),
    planned("strange-technique", "A technique is not on offer", [WORK | {"technique": "manipulation"}]),
    planned("strange-place", "A place is not on offer", [WORK | {"place": "left-moon"}]),
    planned("no-place", "A technique has no place", [WORK | {"place": ""}]),
    planned("forged-pressure", "A pressure is beyond the scale", [WORK | {"pressure": 0}, WORK | {"pressure": 9}]),
    planned("forged-minutes", "Minutes are less than none", [WORK | {"minutes": 45}, WORK | {"minutes": -40}]),
    planned("huge-minutes", "Minutes have thirty digits", [WORK | {"minutes": 10**30}]),
    planned("forged-field", "A row says of itself that it is right", [WORK | {"is": "right"}]),
    planned("session-and-none", "No session stands among rows", [WORK, "no-session"]),
    Grave("plan-harm", "One row of a plan could harm.", valued(**{PLAN: [WORK, HARM]}), all_but(PLAN)),
    Grave("plan-no-session", "The plan is that there is no session.", valued(**{PLAN: "no-session"}), all_but(PLAN)),
]
PLANS = [grave for grave in PLANS if PLAN in POINTS]

MEASURE = "ober-both-sides"
BOTH = {"right": 6, "left": 21, "felt": "outer-hip", "says": "a-difference"}


def measured(name: str, story: str, value: Any) -> Grave:
    """Return a grave with readings that no card makes."""
    return unrecordable(f"measure-{name}", story, valued(**{MEASURE: value}), MEASURE)


MEASURES = [
    measured("words", "A reading is a word", BOTH | {"left": "21°"}),
    measured("huge", "A reading has four hundred digits", BOTH | {"left": 10**400}),
    measured("strange-place", "A place is not on offer", BOTH | {"felt": "left-moon"}),
    measured("forged-fit", "An answer says of itself that it fits", BOTH | {"fits": True}),
    measured("list", "Two readings are a list", [6, 21]),
    Grave(
        "measure-one-side",
        "One side was never measured, so nothing can be said of both: half of 4 points.",
        valued(**{MEASURE: {name: BOTH[name] for name in ("right", "felt", "says")}}),
        all_but(MEASURE, ober_both_sides=2.0),
    ),
]

TWO_RECORDS = [
    Grave("file-newer", "The file holds the later answers.", both(recorded("right", 50), recorded("wrong")), "full"),
    Grave(
        "mirror-newer", "The notebook holds the later answers.", both(recorded("wrong"), recorded("right", 50)), "full"
    ),
    Grave(
        "later-in-turn",
        "File and notebook each hold the later answers to half of the questions.",
        both(lambda plot: later_in_turn(plot, "right", "wrong"), lambda plot: later_in_turn(plot, "wrong", "right")),
        "full",
    ),
    Grave(
        "equal-revisions",
        "Both say to be the last: the file counts.",
        both(recorded("right"), recorded("wrong")),
        "full",
    ),
    Grave(
        "mirror-of-another",
        "The notebook carries later, right answers from another answers file: they do not count.",
        both(recorded("wrong"), recorded("right", 500, seed=77)),
        "zero",
        ("answers from another answers file",),
    ),
    Grave(
        "mirror-without-seed",
        "The notebook carries later answers without a seed, as one made by hand does.",
        both(recorded("wrong"), recorded("right", 50, seed=0)),
        "full",
    ),
    Grave(
        "mirror-damaged",
        "The notebook carries a damaged record, the file a whole one.",
        both(recorded("right"), lambda _: {"schema": 1, "case": CASE, "answers": 3}),
        "full",
        ("A record in the notebook was passed over",),
    ),
    Grave(
        "mirror-of-another-case",
        "The notebook carries a record of another case.",
        both(recorded("right"), recorded("wrong", 50, case="the-other-case")),
        "full",
    ),
]

LOGS = [
    unrecordable("log-act-twice", "An act stands twice in a log", valued(**{WORKUP: [*ACTS[:8], ACTS[0]]}), WORKUP),
    unrecordable("log-repeated", "One act is done five thousand times", valued(**{WORKUP: ACTS[:1] * 5000}), WORKUP),
    unrecordable("log-strange-act", "An act is not on offer", valued(**{WORKUP: [*ACTS[:8], "x-ray"]}), WORKUP),
    unrecordable(
        "log-of-marks",
        "A log names what the marks are given for instead of acts",
        valued(**{WORKUP: ["whole-card", "once/provocation", "must", "line-1/must"]}),
        WORKUP,
    ),
    unrecordable(
        "log-with-minutes",
        "A log holds times beside its acts",
        valued(**{WORKUP: [{"act": act, "minutes": 0} for act in ACTS[:8]]}),
        WORKUP,
    ),
    unrecordable(
        "log-as-table", "A log is a table of what was found", valued(**{WORKUP: dict.fromkeys(ACTS, "normal")}), WORKUP
    ),
    unrecordable("log-as-text", "A log is one text", valued(**{WORKUP: ", ".join(ACTS)}), WORKUP),
    unrecordable("log-with-nothing", "An act is null", valued(**{WORKUP: [*ACTS[:8], None]}), WORKUP),
    lost(
        "log-without-end",
        "A log of twenty thousand acts makes the whole file one that no card can write.",
        valued(**{WORKUP: [f"act-{number}" for number in range(20_000)]}),
        "too long or too deep",
    ),
    Grave(
        "log-of-everything",
        "Everything was done that could be done: what irritates takes the share of the findings, and no more.",
        valued(**{WORKUP: ACTS}),
        all_but(**{WORKUP: 4.0}),
    ),
    Grave(
        "log-backwards",
        "A log begins with the last act: the order costs nothing.",
        forged(lambda record: record["answers"][WORKUP]["value"].reverse()),
        "full",
    ),
]

GRAVES: list[Grave] = [
    *LOGS,
    *MISSING,
    *NOT_A_RECORD,
    *NOT_A_FILE,
    *OTHER_RECORDS,
    *SHAPES,
    *CLOSED,
    *VALUES,
    *PLANS,
    *MEASURES,
    *TWO_RECORDS,
]
