"""Graves of the notebook itself: broken by a program, changed by hand, or made in bad faith.

In all of them the folder is sound and, unless the story says otherwise, `answers.json` holds right answers and the note
is written: whatever is wrong with the notebook, those answers earn full points, and the note is never silently 0.
"""

import json
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from course_kit import CASE
from course_tools import carry, cell_of
from graveyard import Grave, Plot

from itband_course import answers

SOAP, STAGE, OBER = "soap-half-marathon", "stage-signs", "ober-side-difference-record"
NOTE = "**S** Sore outer right knee, six days. **O** Tender above the joint line. **P** Off the knee today."
NOT_KNOWN = ("the notes are not known",)
NO_ANSWER = ("No answer could be found", "Ask for the work again")
NOT_OF_THE_CASE = ("not of the case as released",)
MISSING = "missing from the notebook"
PASSED_OVER = ("A record in the notebook was passed over",)
CODE = "open('code-was-run', 'w').write('x')\n1000.0"
MEGABYTE = 1024 * 1024
LEFTOVERS, LEFTOVER_CAP = 20, 2_000
"""How many cells of their own an instructor is shown at most, and how many characters of each."""
HOSTILE = (
    "**S** pain <script>window.hacked = 1</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))\n\n"
    "</div>\n\n<iframe src='https://example.org/'></iframe> ![remote](https://example.org/pixel.png)\n\n"
    r"$\href{javascript:alert(2)}{x}$ $$\unicode{<img src=x onerror=alert(3)>}$$ <!-- --> <style>* {display: none}"
    "</style>\n\n[a]: javascript:alert(4)\n\n<svg onload=alert(5)> {{ 7 * 7 }} {% raw %} ]]> &lt;script&gt;\n"
)
Notebook = dict[str, Any]


def record_of(plot: Plot, wanted: str = "right", first: int = 1) -> answers.Record:
    """Return what one student's clicks record; the seed and the times are that student's own."""
    seed = zlib.crc32(plot.student.encode()) % (2**31 - 1) + 1
    began = datetime(2026, 3, 1) + timedelta(seconds=seed % 10_000_000)
    version = plot.course.released(CASE)[1].version
    made = {
        question: answers.Answer(
            revision=number,
            time=f"{began + timedelta(seconds=40 * number):%Y-%m-%dT%H:%M:%SZ}",
            version=version,
            value=value,
        )
        for number, (question, value) in enumerate(plot.values(wanted).items(), start=first)
    }
    return msgspec.structs.replace(answers.empty(CASE), answers=made, revision=first + len(made) - 1, seed=seed)


def hand_in(plot: Plot, wanted: str | None = "right", note: str | None = NOTE) -> Notebook:
    """Make a sound folder, with no answers file where nothing is `wanted`; return its notebook to be changed."""
    plot.fetch()
    if wanted is not None:
        plot.answers.write_bytes(answers.encode(record_of(plot, wanted)))
    notebook = json.loads(plot.notebook.read_text("utf-8"))
    if note is not None:
        soap(notebook)["source"] = note
    return notebook


def save(plot: Plot, notebook: Any) -> None:
    plot.notebook.write_text(json.dumps(notebook), "utf-8")


def raw(
    content: bytes | Callable[[Notebook], bytes], wanted: str | None = "right", carried: bool = False
) -> Callable[[Plot], None]:
    """Return a builder that leaves these bytes where the notebook belongs."""

    def build(plot: Plot) -> None:
        notebook = hand_in(plot, wanted)
        if carried:
            carry(notebook, record_of(plot))
        plot.notebook.write_bytes(content if isinstance(content, bytes) else content(notebook))

    return build


def changed(
    change: Callable[[Notebook], object], wanted: str | None = "right", note: str | None = NOTE
) -> Callable[[Plot], None]:
    """Return a builder that changes a sound notebook."""

    def build(plot: Plot) -> None:
        notebook = hand_in(plot, wanted, note)
        change(notebook)
        save(plot, notebook)

    return build


def mirrored(
    make: Callable[[answers.Record], Any], wanted: str | None = "right", copies: int = 1, carries: str = "right"
) -> Callable[[Plot], None]:
    """Return a builder whose notebook carries in its outputs what is made of a record later than the answers file."""

    def build(plot: Plot) -> None:
        notebook = hand_in(plot, wanted)
        bundle = make(record_of(plot, carries, first=50))
        cell_of(notebook, "receipt")["outputs"] = [output({answers.MIME: bundle}) for _ in range(copies)]
        save(plot, notebook)

    return build


def output(data: Any) -> Notebook:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def code(source: str, cell_id: str = "mine") -> Notebook:
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def text(source: str, cell_id: str = "mine-too") -> Notebook:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def soap(notebook: Notebook) -> Notebook:
    return cell_of(notebook, SOAP)


def marks_of(notebook: Notebook, cell_id: str) -> Notebook:
    return cell_of(notebook, cell_id)["metadata"]["nbgrader"]


def without(notebook: Notebook, *cell_ids: str) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in cell_ids]


def every_cell(change: Callable[[Notebook], object]) -> Callable[[Notebook], None]:
    def change_all(notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            change(cell)

    return change_all


def graded_notebook(root: Path, student: str) -> Notebook:
    return read(root / "autograded" / student / CASE / f"{CASE}.ipynb")


def read(path: Path) -> Notebook:
    notebook: Notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def reads(root: Path, student: str) -> None:
    """Check that the words of the note stand where a person marks it."""
    assert NOTE in cell_of(graded_notebook(root, student), SOAP)["source"]


def reads_somewhere(root: Path, student: str) -> None:
    """Check that the words of the note stand somewhere in the notebook that a person sees."""
    assert any(NOTE in cell["source"] for cell in graded_notebook(root, student)["cells"])


def is_harmless(root: Path, student: str) -> None:
    """Check that nothing of the student's can run or load: our own frames apart, no tag and no link is left."""
    frame = '<div class="tex2jax_ignore">'
    shown = cell_of(graded_notebook(root, student), SOAP)["source"].strip()
    assert shown.startswith(frame)
    assert shown.endswith("</div>")
    assert not set("<[") & set(shown.removeprefix(frame).removesuffix("</div>"))


def is_capped(root: Path, student: str) -> None:
    """Check that of the student's own cells some are shown, each cut and all escaped, in one cell at the end."""
    last = graded_notebook(root, student)["cells"][-1]
    assert last["id"] == "also-in-the-submission"
    pieces = last["source"].split("<pre")[1:]
    assert len(pieces) == LEFTOVERS
    assert all(len(piece) < 6 * LEFTOVER_CAP for piece in pieces), "escaped, a character takes up to six"
    assert not any(tag in last["source"] for tag in ("<script", "</pre><", "onerror=alert(1)>"))


def ran_nothing(root: Path, student: str) -> None:
    assert not list(root.parent.rglob("code-was-run"))


def has_one_scheme(root: Path, student: str) -> None:
    """Check that what stands as the mark scheme is the bank's, and no forged one is beside it."""
    cells = graded_notebook(root, student)["cells"]
    assert len([cell for cell in cells if "scheme" in cell["metadata"].get("itband", {})]) == 1
    assert "Give this note 8 points" not in cell_of({"cells": cells}, f"scheme-{SOAP}")["source"]
    assert len({cell["id"] for cell in cells}) == len(cells)


def has_released_metadata(root: Path, student: str) -> None:
    """Check that each cell's name and points are those of the release."""
    released = read(root / "release" / CASE / f"{CASE}.ipynb")["cells"]
    graded = {cell["id"]: cell["metadata"].get("nbgrader") for cell in graded_notebook(root, student)["cells"]}
    for cell in released:
        assert graded[cell["id"]] == cell["metadata"]["nbgrader"]


# What is done to a notebook, where a lambda does not say it.


def past_the_cap(plot: Plot) -> None:
    save(plot, hand_in(plot))
    with plot.notebook.open("r+b") as file:
        file.truncate(answers.NOTEBOOK_CAP + 1)


def merge_conflict(notebook: Notebook) -> bytes:
    lines = json.dumps(notebook, indent=1).splitlines()
    lines[9:9] = ["<<<<<<< HEAD", '   "editable": false,', "=======", '   "editable": true,', ">>>>>>> theirs"]
    return "\n".join(lines).encode()


def as_format_3(notebook: Notebook) -> bytes:
    return nbformat.writes(nbformat.convert(nbformat.reads(json.dumps(notebook), 4), 3), version=3).encode("utf-8")


def with_huge_numbers(notebook: Notebook) -> bytes:
    notebook["nbformat_minor"] = notebook["metadata"]["number"] = "HUGE"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = "HUGE"
    return json.dumps(notebook).replace('"HUGE"', "9" * 10_000).encode()


def put_names(notebook: Notebook, first: str, second: str) -> None:
    """Swap the names of two cells, not their ids."""
    one, other = marks_of(notebook, first), marks_of(notebook, second)
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]


def rename_for_good(notebook: Notebook) -> None:
    cell = soap(notebook)
    cell["id"] = cell["metadata"]["nbgrader"]["grade_id"] = STAGE
    without_question = [other for other in notebook["cells"] if other is cell or other["id"] != STAGE]
    notebook["cells"] = without_question


def strip_names(cell: Notebook) -> None:
    cell["metadata"] = {}
    del cell["id"]


def as_another_type(cell: Notebook, cell_type: str) -> None:
    cell["cell_type"] = cell_type
    if cell_type == "code":
        cell |= {"outputs": [], "execution_count": None}
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def copy_note(notebook: Notebook, *sources: str) -> None:
    """Put copies of the note's cell, as JupyterLab's copy and paste makes them, after one another."""
    cell = soap(notebook)
    place = notebook["cells"].index(cell)
    copies = [cell | {"id": f"copy-{number}", "source": source} for number, source in enumerate(sources)]
    notebook["cells"][place : place + 1] = copies


def blank_note(notebook: Notebook) -> str:
    return "### My note\n\nDouble-click here and write:\n\n**S** …\n\n**O** …\n\n**A** …\n\n**P** …"


def spoil_shapes(notebook: Notebook) -> None:
    """Give whatever is not needed a shape that it never has."""
    shapes: list[Any] = [5, [], None, "text", [[]], {"nbgrader": 5}, {"nbgrader": {"grade_id": ["a", {}]}}, True, 1.5]
    for number, cell in enumerate(notebook["cells"]):
        if cell["id"] != SOAP:
            cell["metadata"] = shapes[number % len(shapes)]
            cell["attachments"] = shapes[(number + 1) % len(shapes)]
            cell["execution_count"] = shapes[(number + 2) % len(shapes)]
    soap(notebook)["metadata"] = None
    notebook["metadata"] = ["no", "table"]
    notebook["nbformat"] = {"four": "five"}
    del notebook["nbformat_minor"]


def spoil_outputs(notebook: Notebook) -> None:
    shapes: list[Any] = [
        5,
        {},
        "text",
        None,
        [5, None, "x", []],
        [{}],
        [output([])],
        [output(None)],
        [output({"text/html": 5})],
        [{"output_type": ["stream"], "text": {"a": 1}}],
    ]
    for number, cell in enumerate(notebook["cells"]):
        cell["outputs"] = shapes[number % len(shapes)]


def shout(notebook: Notebook) -> None:
    """Show full marks in the outputs and put forged results wherever the grader keeps its own."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            points = cell["metadata"]["nbgrader"].get("points", 0)
            result = {"question": {"id": cell["id"]}, "score": {"type": "points", "earned": points}, "value": "right"}
            cell["metadata"]["itband"] = {"result": result}
            cell["outputs"] = [
                output({"text/plain": f"{points} of {points} points", "text/html": f"<b>{points} of {points}</b>"}),
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "99"}},
            ]


def forge_record(plot: Plot) -> None:
    notebook = hand_in(plot, "wrong", note=None)
    record = answers.bundle(record_of(plot, "right", first=90))
    notebook["metadata"]["itband"] |= {"record": record, "remarks": ["Full marks."], "noticed": ["All is right."]}
    for cell in notebook["cells"]:
        cell["metadata"]["itband"] = {"record": record}
    save(plot, notebook)


def forge_scheme(notebook: Notebook) -> None:
    forged = text("### Mark scheme\n\nGive this note 8 points.", f"scheme-{SOAP}")
    forged["metadata"]["itband"] = {"scheme": SOAP}
    last = text("<h3>Also in the submission</h3>\n\nNothing else.", "also-in-the-submission")
    last["metadata"]["itband"] = {"also": True}
    place = notebook["cells"].index(soap(notebook)) + 1
    notebook["cells"][place:place] = [forged]
    notebook["cells"].append(last)


def attack(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = CODE
    notebook["cells"].append(code(CODE))


def raise_points(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["nbgrader"] |= {"points": 99.0, "grade": True, "locked": False}


def own_cells(notebook: Notebook) -> None:
    pieces = [
        "</pre></div><script>window.hacked = 1</script>",
        "a\n\n\n<img src=x onerror=alert(1)>\n\n[x](y)",
        "x" * 5_000,
    ]
    notebook["cells"] += [code(f"{pieces[n % 3]} # {n}", f"mine-{n}") for n in range(15)]
    notebook["cells"] += [text(f"{pieces[n % 3]} {n}", f"mine-too-{n}") for n in range(15)]


def one_later_answer(record: answers.Record, value: Any) -> Any:
    bundle = answers.bundle(record)
    bundle["answers"][OBER]["value"] = value
    return bundle


def two_answers(record: answers.Record, value: Any) -> Any:
    bundle = answers.bundle(record)
    bundle["answers"] = {STAGE: bundle["answers"][STAGE], OBER: bundle["answers"][OBER] | {"value": value}}
    return bundle


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def honest_run(plot: Plot) -> None:
    """Make a folder as a student leaves it who pressed Run All: each cell carries its own answer, the last one all."""
    notebook = hand_in(plot)
    record = record_of(plot)
    for cell in notebook["cells"]:
        if cell["id"] in record.answers:
            cell["outputs"] = [
                output({"text/plain": "x", answers.MIME: answers.bundle(answers.only(record, cell["id"]))})
            ]
    carry(notebook, record)
    save(plot, notebook)


def stripped(plot: Plot) -> None:
    """Make a run notebook whose records a program took out, with the words beside them, and no answers file."""
    honest_run(plot)
    notebook = json.loads(plot.notebook.read_text("utf-8"))
    for cell in notebook["cells"]:
        for shown in cell.get("outputs", []):
            if shown["data"].pop(answers.MIME, None):
                shown["data"]["text/plain"] = ["Recorded: something (confidence: sure)."]
    save(plot, notebook)
    plot.answers.unlink()


UNREADABLE = [
    Grave("notebook-zero-bytes", "The notebook has no bytes.", raw(b""), "full", ("is damaged", *NOT_KNOWN), "waiting"),
    Grave(
        "notebook-only-null-bytes",
        "The notebook holds null bytes only, as after a power cut.",
        raw(b"\0" * 48_000),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-truncated",
        "The second half of the notebook is missing.",
        raw(lambda notebook: json.dumps(notebook).encode()[:20_000]),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-web-page",
        "A learning platform's log-in page was saved as the notebook.",
        raw(b"<!DOCTYPE html><html><title>Log in</title><script>alert(1)</script></html>"),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-picture",
        "A picture was renamed to the notebook.",
        raw(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-merge-conflict",
        "The marks of a merge conflict stand in the notebook.",
        raw(merge_conflict),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-more-after-the-end",
        "A second notebook follows in the same file.",
        raw(lambda notebook: json.dumps(notebook).encode() * 2),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-windows-1252",
        "An editor saved the notebook in the encoding of old Windows programs.",
        raw(lambda notebook: json.dumps(notebook, ensure_ascii=False).encode("cp1252", "replace")),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-100000-brackets",
        "The notebook is 100,000 brackets deep.",
        raw(b"[" * 100_000 + b"]" * 100_000),
        "full",
        ("is damaged", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-past-the-cap",
        "The notebook is larger than any that is read.",
        past_the_cap,
        "full",
        ("is larger than", *NOT_KNOWN),
        "waiting",
    ),
    Grave("notebook-a-list", "The notebook is a list.", raw(b"[]"), "full", ("is no notebook", *NOT_KNOWN), "waiting"),
    Grave(
        "notebook-a-string",
        "The notebook was written as JSON twice, so that it is one string.",
        raw(lambda notebook: json.dumps(json.dumps(notebook)).encode()),
        "full",
        ("is no notebook", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-a-number",
        "The notebook is a number.",
        raw(b"-1e999"),
        "full",
        ("is no notebook", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-an-empty-table", "The notebook is {}.", raw(b"{}"), "full", ("is no notebook", *NOT_KNOWN), "waiting"
    ),
    Grave(
        "notebook-cells-are-a-table",
        "The notebook's cells are a table, not a list.",
        changed(lambda notebook: notebook.update(cells={cell["id"]: cell for cell in notebook["cells"]})),
        "full",
        ("is no notebook", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-wrapped",
        "The notebook lies inside an answer of Jupyter's server, as a script saved it.",
        raw(lambda notebook: json.dumps({"type": "notebook", "content": notebook}).encode()),
        "full",
        ("is no notebook", *NOT_KNOWN),
        "waiting",
    ),
    Grave(
        "notebook-zero-bytes-alone",
        "The notebook has no bytes, and there is no answers file.",
        raw(b"", wanted=None),
        None,
        ("is damaged", *NO_ANSWER),
        "",
    ),
    Grave(
        "notebook-truncated-alone",
        "The answers were carried by a notebook of which the end is missing, and by nothing else.",
        raw(lambda notebook: json.dumps(notebook).encode()[:-30], wanted=None, carried=True),
        None,
        ("is damaged", *NO_ANSWER),
        "",
    ),
    Grave(
        "notebook-a-list-alone",
        "The notebook is a list, and there is no answers file.",
        raw(b"[1, 2, 3]", wanted=None),
        None,
        ("is no notebook", *NO_ANSWER),
        "",
    ),
]

FORMATS = [
    Grave(
        "notebook-byte-order-mark",
        "An editor put a byte order mark before the notebook.",
        raw(lambda notebook: b"\xef\xbb\xbf" + json.dumps(notebook, ensure_ascii=False).encode()),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-utf-16",
        "An editor saved the notebook as UTF-16.",
        raw(lambda notebook: json.dumps(notebook, ensure_ascii=False).encode("utf-16")),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-format-3",
        "The notebook was converted to the format before 2015, where cells stand in worksheets and have no ids.",
        raw(as_format_3),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-format-5",
        "The notebook says that it is of a format that does not exist yet.",
        changed(lambda notebook: notebook.update(nbformat=5, nbformat_minor=0)),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-format-4.99",
        "The notebook was saved by a newer Jupyter, with fields that nobody here knows.",
        changed(
            lambda notebook: (
                notebook.update(nbformat_minor=99, comments=[{"by": "a teacher"}]),
                every_cell(lambda cell: cell.update(reactions={"like": 3}))(notebook),
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-no-number",
        "NaN and Infinity, which JSON does not have, stand in the notebook's metadata.",
        changed(
            lambda notebook: notebook["metadata"].update(
                {"a": float("nan"), "b": float("inf"), "itband": {"case": float("-inf")}}
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-huge-numbers",
        "Numbers of 10,000 digits stand in metadata and counters.",
        raw(with_huge_numbers),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-deep-metadata",
        "The notebook's metadata is 300 lists deep, which can still be read.",
        changed(lambda notebook: notebook["metadata"].update(deep=nested(300))),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-wrong-shapes",
        "All metadata, attachments and counters are numbers, lists, texts or nothing.",
        changed(spoil_shapes),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-wrong-outputs",
        "All outputs have shapes that no notebook has.",
        changed(spoil_outputs),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-wrong-ids",
        "All cells have one and the same id, and nbgrader's names still tell them apart.",
        changed(every_cell(lambda cell: cell.update(id="x" * 1000))),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-sources-in-lines",
        "Every source is a list of lines, among which stand numbers and nothing.",
        changed(
            every_cell(
                lambda cell: cell.update(
                    source=[2.5, NOTE, None] if cell["id"] == SOAP else [*cell["source"], 5, None, False]
                )
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-sources-are-numbers",
        "Every source but that of the note is a number.",
        changed(every_cell(lambda cell: cell["id"] == SOAP or cell.update(source=7))),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-in-nested-lines",
        "The lines of the note lie in a list inside the list of lines.",
        changed(lambda notebook: soap(notebook).update(source=[[NOTE]])),
        "full",
        note="waiting",
    ),
    Grave(
        "note-in-a-table",
        "The note is a table that holds its text.",
        changed(lambda notebook: soap(notebook).update(source={"text": NOTE})),
        "full",
        note="waiting",
    ),
    Grave(
        "notebook-windows-line-ends",
        "A program ended all lines as Windows does, in every cell and in the note, which was left blank.",
        changed(every_cell(lambda cell: cell.update(source="".join(cell["source"]).replace("\n", "\r\n"))), note=None),
        "full",
    ),
    Grave(
        "notebook-unknown-kernel",
        "The notebook names a kernel that nobody has, with a command to start it.",
        changed(
            lambda notebook: notebook["metadata"].update(
                kernelspec={"name": "../../evil", "argv": ["touch", "code-was-run"], "display_name": "<b>R</b>"}
            )
        ),
        "full",
        note="waiting",
        after=ran_nothing,
    ),
    Grave(
        "notebook-no-kernel",
        "The notebook has no metadata of its own.",
        changed(lambda notebook: notebook.pop("metadata")),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-a-megabyte-of-outputs",
        "A cell printed a megabyte.",
        changed(
            lambda notebook: cell_of(notebook, "set-up").update(
                outputs=[{"output_type": "stream", "name": "stdout", "text": ["line of output\n"] * (MEGABYTE // 15)}]
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-saved-widgets",
        "The notebook holds the saved state of a megabyte of widgets.",
        changed(
            lambda notebook: notebook["metadata"].update(
                widgets={"application/vnd.jupyter.widget-state+json": {"state": {"x": "y" * MEGABYTE}}}
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
]

CELLS = [
    Grave(
        "cells-of-their-own",
        "Thirty cells of their own, some long and some with HTML, stand after those of the case.",
        changed(own_cells),
        "full",
        ("30 cells are not of the case as released, 20 of them are shown",),
        "waiting",
        after=is_capped,
    ),
    Grave(
        "cells-2000",
        "The notebook has 2,000 cells of their own.",
        changed(lambda notebook: notebook["cells"].extend(code(f"{n} + 1", f"mine-{n}") for n in range(2_000))),
        "full",
        ("2000 cells are not of the case as released",),
        "waiting",
        after=is_capped,
    ),
    Grave(
        "cells-empty",
        "Between all cells stand empty ones, as a slip of the finger makes them.",
        changed(
            lambda notebook: notebook.update(
                cells=[each for cell in notebook["cells"] for each in (cell, code("  \n", f"empty-{cell['id']}"[:60]))]
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "cells-locked-but-changed",
        "The title, a locked cell, was rewritten and its checksum computed anew.",
        changed(
            lambda notebook: (
                cell_of(notebook, "text-title").update(source="# My half-marathon <script>alert(1)</script>"),
                marks_of(notebook, "text-title").update(checksum="0" * 32),
            )
        ),
        "full",
        NOT_OF_THE_CASE,
        "waiting",
        after=reads,
    ),
    Grave(
        "cells-rewritten",
        "All code was replaced by code that prints points and writes a file, and every answer is wrong.",
        changed(attack, "wrong", note=None),
        "zero",
        NOT_OF_THE_CASE,
        "waiting",
        after=ran_nothing,
    ),
    Grave(
        "cells-question-deleted",
        "The cell of a question was deleted after it had been answered.",
        changed(lambda notebook: without(notebook, STAGE)),
        "full",
        (MISSING, STAGE),
        "waiting",
        after=reads,
    ),
    Grave(
        "cells-first-deleted",
        "The title was deleted.",
        changed(lambda notebook: without(notebook, "text-title")),
        "full",
        (MISSING, "text-title"),
        "waiting",
        after=reads,
    ),
    Grave(
        "note-deleted",
        "The cell of the note is missing, so nobody knows what was written in it.",
        changed(lambda notebook: without(notebook, SOAP)),
        "full",
        (MISSING, SOAP),
        "waiting",
    ),
    Grave(
        "cells-deleted",
        "All cells are missing, so nobody knows what was written in the note.",
        changed(lambda notebook: notebook.update(cells=[])),
        "full",
        (MISSING,),
        "waiting",
    ),
    Grave(
        "cells-no-tables",
        "In place of cells stand numbers, texts and lists.",
        changed(lambda notebook: notebook.update(cells=[1, "x", None, [{}], 2.5])),
        "full",
        (MISSING,),
        "waiting",
    ),
    Grave(
        "cells-between-rubbish",
        "Numbers, texts and lists stand between the cells.",
        changed(lambda notebook: notebook.update(cells=[5, None, *notebook["cells"], "x", [], {}])),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "cells-deleted-alone",
        "All cells are missing, and there is no answers file.",
        changed(lambda notebook: notebook.update(cells=[]), None),
        None,
        ("Ask for the work again",),
        "",
    ),
    Grave(
        "cells-of-another-course-alone",
        "A notebook of another course was saved under this name, and there is no answers file.",
        changed(
            lambda notebook: notebook.update(cells=[text("# Homework 3"), code("import numpy")], metadata={}), None
        ),
        None,
        ("Ask for the work again",),
        "",
    ),
    Grave(
        "cells-of-another-course",
        "A notebook of another course lies beside the answers of this case.",
        changed(lambda notebook: notebook.update(cells=[text("# Homework 3"), code("import numpy")], metadata={})),
        "full",
        (MISSING, *NOT_OF_THE_CASE),
        "waiting",
    ),
    Grave(
        "cells-question-twice",
        "The cell of a question stands there twice.",
        changed(lambda notebook: notebook["cells"].append(cell_of(notebook, STAGE) | {"id": "copy"})),
        "full",
        note="waiting",
        after=has_released_metadata,
    ),
    Grave(
        "cells-questions-as-text",
        "All cells of questions were turned into text and into raw cells.",
        changed(
            every_cell(
                lambda cell: (
                    cell["cell_type"] == "code" and as_another_type(cell, "raw" if len(cell["id"]) % 2 else "markdown")
                )
            )
        ),
        "full",
        note="waiting",
        after=has_released_metadata,
    ),
    Grave(
        "cells-of-unknown-types",
        "All cells are of types that do not exist.",
        changed(every_cell(lambda cell: cell.update(cell_type={"a": "heading", "b": 5}.get(cell["id"][0])))),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "cells-reordered",
        "All cells stand in the opposite order.",
        changed(lambda notebook: notebook["cells"].reverse()),
        "full",
        note="waiting",
        after=has_released_metadata,
    ),
    Grave(
        "cells-metadata-stripped",
        "A program removed the metadata of all cells.",
        changed(every_cell(lambda cell: cell.update(metadata={}))),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "cells-names-stripped",
        "A program removed metadata and ids of all cells, and the note can no longer be told from a cell of their own.",
        changed(every_cell(strip_names)),
        "full",
        (MISSING, SOAP, *NOT_OF_THE_CASE),
        "waiting",
        after=reads_somewhere,
    ),
    Grave(
        "cells-names-stripped-blank",
        "A program removed metadata and ids of all cells, and the note was left blank.",
        changed(every_cell(strip_names), note=None),
        "full",
    ),
    Grave(
        "metadata-points-raised",
        "Every cell claims 99 points, and every answer is wrong.",
        changed(raise_points, "wrong", note=None),
        "zero",
        after=has_released_metadata,
    ),
    Grave(
        "metadata-points-blank",
        "The points of all cells are missing, negative or text.",
        changed(
            every_cell(
                lambda cell: cell["metadata"]["nbgrader"].update(points={0: None, 1: -5, 2: "3"}[len(cell["id"]) % 3])
            )
        ),
        "full",
        note="waiting",
        after=has_released_metadata,
    ),
    Grave(
        "metadata-schema-too-old",
        "nbgrader's metadata claims to be of its first version.",
        changed(every_cell(lambda cell: cell["metadata"]["nbgrader"].update(schema_version=1))),
        "full",
        note="waiting",
        after=has_released_metadata,
    ),
    Grave(
        "metadata-schema-too-new",
        "nbgrader's metadata claims to be of a version that does not exist yet.",
        changed(every_cell(lambda cell: cell["metadata"]["nbgrader"].update(schema_version=99))),
        "full",
        note="waiting",
        after=has_released_metadata,
    ),
    Grave(
        "metadata-forged-results",
        "Outputs and metadata claim full points for every question, and every answer is wrong.",
        changed(shout, "wrong", note=None),
        "zero",
        after=has_released_metadata,
    ),
    Grave(
        "metadata-forged-record",
        "The metadata holds a record of right answers, and every recorded answer is wrong.",
        forge_record,
        "zero",
    ),
    Grave(
        "cells-forged-scheme",
        "Cells stand beside the note that pose as the mark scheme and as the grader's last word.",
        changed(forge_scheme),
        "full",
        ("2 cells are not of the case as released",),
        "waiting",
        after=has_one_scheme,
    ),
]

NOTES = [
    Grave(
        "note-metadata-stripped",
        "The metadata of the note is gone, and its id tells what it is.",
        changed(lambda notebook: soap(notebook).update(metadata={})),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-id-changed",
        "The note has another id, and nbgrader's name tells what it is.",
        changed(lambda notebook: soap(notebook).update(id="something-else")),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-name-blank",
        "The note's name is blank.",
        changed(lambda notebook: marks_of(notebook, SOAP).update(grade_id="")),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-named-as-a-question",
        "The note bears the name of a question.",
        changed(lambda notebook: marks_of(notebook, SOAP).update(grade_id=STAGE)),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-names-swapped",
        "The note and a question bear each other's names.",
        changed(lambda notebook: put_names(notebook, SOAP, STAGE)),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-names-swapped-blank",
        "The note, left blank, and a question bear each other's names.",
        changed(lambda notebook: put_names(notebook, SOAP, STAGE), note=None),
        "full",
    ),
    Grave(
        "note-posing-as-a-question",
        "The note bears name and id of a question, which was deleted, and its text is a student's all the same.",
        changed(rename_for_good),
        "full",
        (SOAP, *NOT_OF_THE_CASE),
        "waiting",
        after=reads_somewhere,
    ),
    Grave(
        "note-as-code",
        "The note's cell was turned into a code cell.",
        changed(lambda notebook: as_another_type(soap(notebook), "code")),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-as-raw",
        "The note's cell was turned into a raw cell.",
        changed(lambda notebook: as_another_type(soap(notebook), "raw")),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-copied-blank-last",
        "Two copies of the note stand there, and the last one is blank.",
        changed(lambda notebook: copy_note(notebook, NOTE, blank_note(notebook))),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-copied-blank-first",
        "Two copies of the note stand there, and the first one is blank.",
        changed(lambda notebook: copy_note(notebook, blank_note(notebook), NOTE)),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-copied-the-same",
        "Two copies of the note hold the same text.",
        changed(lambda notebook: copy_note(notebook, NOTE, NOTE)),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-copied-and-changed",
        "Two copies of the note hold different texts.",
        changed(lambda notebook: copy_note(notebook, NOTE, "**S** Only a few words.")),
        "full",
        ("One cell is not of the case as released",),
        "waiting",
        after=reads_somewhere,
    ),
    Grave(
        "note-copied-2000-times",
        "2,000 copies of the note hold 2,000 texts.",
        changed(lambda notebook: copy_note(notebook, *(f"Version {number}." for number in range(2_000)), NOTE)),
        "full",
        ("2000 cells are not of the case as released",),
        "waiting",
        after=reads,
    ),
    Grave(
        "note-in-an-own-text-cell",
        "The note was left blank and its text written in a new text cell.",
        changed(lambda notebook: notebook["cells"].append(text(NOTE)), note=None),
        "full",
        NOT_OF_THE_CASE,
        "waiting",
        after=reads_somewhere,
    ),
    Grave(
        "note-in-an-own-text-cell-far-down",
        "The note was left blank and its text written in a new text cell, below thirty new cells with code.",
        changed(
            lambda notebook: notebook["cells"].extend(
                [*(code(f"{n} + 1", f"mine-{n}") for n in range(30)), text(NOTE)]
            ),
            note=None,
        ),
        "full",
        ("31 cells are not of the case as released",),
        "waiting",
    ),
    Grave(
        "note-in-an-own-code-cell",
        "The note was left blank and its text written in a new cell, which Jupyter makes as code.",
        changed(lambda notebook: notebook["cells"].append(code(NOTE)), note=None),
        "full",
        NOT_OF_THE_CASE,
        "waiting",
        after=reads_somewhere,
    ),
    Grave(
        "note-in-a-locked-cell",
        "The note was left blank and its text written below the words that ask for it, in a locked cell.",
        changed(
            lambda notebook: cell_of(notebook, "text-note-prompt").update(
                source=["".join(cell_of(notebook, "text-note-prompt")["source"]), "\n\n", NOTE]
            ),
            note=None,
        ),
        "full",
        NOT_OF_THE_CASE,
        "waiting",
        after=reads_somewhere,
    ),
    Grave(
        "note-in-a-question",
        "The note was left blank and its text written in the cell of a question.",
        changed(lambda notebook: cell_of(notebook, STAGE).update(source=NOTE), note=None),
        "full",
        NOT_OF_THE_CASE,
        "waiting",
        after=reads_somewhere,
    ),
    Grave(
        "note-without-answers",
        "The note is written, and the answers are neither in a file nor in the notebook, as after Clear All Outputs.",
        changed(lambda notebook: None, None),
        "zero",
        ("answers.json",),
        "waiting",
        after=reads,
    ),
    Grave(
        "note-hostile",
        "The note holds scripts, frames, remote pictures, links that run and formulas that are links.",
        changed(lambda notebook: None, note=HOSTILE),
        "full",
        note="waiting",
        after=is_harmless,
    ),
    Grave(
        "note-of-a-megabyte",
        "The note has a million characters.",
        changed(lambda notebook: None, note=(NOTE + "\n\n") * (MEGABYTE // len(NOTE))),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-of-quotation-marks",
        "The note is 20,000 marks of quotations and lists inside one another.",
        changed(lambda notebook: None, note=NOTE + "\n\n" + "> " * 5_000 + "\n\n" + "- " * 5_000),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-of-white-space",
        "The note was emptied down to spaces, tabs and empty lines.",
        changed(lambda notebook: None, note=" \t\n\n \u00a0\u2003\n"),
        "full",
    ),
    Grave(
        "note-emptied",
        "The note's text was deleted and nothing written.",
        changed(lambda notebook: None, note=""),
        "full",
    ),
    Grave(
        "note-from-right-to-left",
        "The note turns the direction of reading, and hides letters.",
        changed(lambda notebook: None, note=f"\u202e\u2066{NOTE}\u200b\ufeff \u202egnihton\u2069"),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-as-formula",
        "The note begins as a formula does in a table of marks.",
        changed(lambda notebook: None, note=f'=HYPERLINK("http://example.org", "marks")\n\n{NOTE}'),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "note-not-encodable",
        "Note and cells hold halves of characters, null bytes and other signs that no text has.",
        changed(
            lambda notebook: (
                soap(notebook).update(source=f"\ud800\0\x1b[31m{NOTE}\udfff\x07"),
                notebook["cells"].append(text("\ud800\0 mine \x1b[2J \u2028\u2028 <b>")),
                cell_of(notebook, "text-title").update(source="\udc80\0"),
            )
        ),
        "full",
        ("2 cells are not of the case as released",),
        "waiting",
        after=reads,
    ),
    Grave(
        "note-with-a-picture",
        "A photo of the note was pasted beside its text.",
        changed(
            lambda notebook: soap(notebook).update(
                source=f"![note.png](attachment:note.png)\n\n{NOTE}",
                attachments={"note.png": {"image/png": "iVBORw0KGgo=" * 1_000}},
            )
        ),
        "full",
        ("A picture was pasted into the note",),
        note="waiting",
        after=reads,
    ),
    Grave(
        "cells-attachments-damaged",
        "Cells have attachments that are numbers, lists and a page with a script.",
        changed(
            every_cell(
                lambda cell: cell.update(attachments=[5, [None], {"a.html": {"text/html": "<script>"}}][len(cell) % 3])
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
]

RECORDS = [
    Grave(
        "notebook-alone",
        "The notebook was run and saved, and handed in without the answers file.",
        lambda plot: (honest_run(plot), plot.answers.unlink()),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-alone-as-text",
        "The notebook carries the only record as a text that holds JSON.",
        mirrored(lambda record: json.dumps(answers.bundle(record)), None),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-is-newer",
        "The notebook carries right answers that are later than the wrong ones of the answers file.",
        mirrored(answers.bundle, "wrong"),
        "full",
        note="waiting",
    ),
    Grave(
        "notebook-is-older",
        "The notebook carries wrong answers that are earlier than the right ones of the answers file.",
        mirrored(
            lambda record: (
                answers.bundle(record)
                | {
                    "answers": {
                        name: answers.bundle(record)["answers"][name] | {"revision": 0} for name in record.answers
                    }
                }
            ),
            carries="wrong",
        ),
        "full",
        note="waiting",
    ),
    Grave(
        "record-of-another-hand",
        "The answers are wrong, and the notebook carries later and right ones with another seed.",
        mirrored(lambda record: answers.bundle(record) | {"seed": record.seed // 2}, "wrong"),
        "zero",
        ("answers from another answers file", "did not count"),
        "waiting",
    ),
    Grave(
        "record-damaged",
        "The notebook carries a record that is damaged.",
        mirrored(lambda record: answers.bundle(record) | {"answers": "lost"}),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-damaged-alone",
        "The only record is in the notebook, and damaged.",
        mirrored(lambda record: answers.bundle(record) | {"answers": "lost"}, None),
        None,
        (*PASSED_OVER, *NO_ANSWER),
        "",
    ),
    Grave(
        "record-of-another-case",
        "The notebook carries a record of another case.",
        mirrored(lambda record: answers.bundle(record) | {"case": "another-case"}),
        "full",
        note="waiting",
    ),
    Grave(
        "record-stripped",
        "The outputs say that answers were recorded, and a program took the records out of them: no zero for that.",
        stripped,
        None,
        ("says in words that answers were recorded", "Ask for"),
        "",
    ),
    Grave(
        "record-of-another-case-alone",
        "The only record is in the notebook, and of another case.",
        mirrored(lambda record: answers.bundle(record) | {"case": "another-case"}, None),
        None,
        ("another-case", "Ask for the work again"),
        "",
    ),
    Grave(
        "record-from-a-newer-course",
        "The notebook carries a record of a newer version of the course.",
        mirrored(lambda record: answers.bundle(record) | {"schema": 9}),
        "full",
        (*PASSED_OVER, "newer version of the course"),
        "waiting",
    ),
    Grave(
        "record-from-a-newer-course-alone",
        "The only record is in the notebook, and of a newer version of the course.",
        mirrored(lambda record: answers.bundle(record) | {"schema": 9}, None),
        None,
        ("newer version of the course",),
        "",
    ),
    Grave(
        "record-5000-times",
        "The notebook carries one right answer 5,000 times, later than the wrong ones of the answers file.",
        mirrored(lambda record: answers.bundle(answers.only(record, STAGE)), "wrong", copies=5_000),
        {STAGE: 3.0},
        note="waiting",
    ),
    Grave(
        "record-damaged-5000-times",
        "The notebook carries 5,000 records that are damaged.",
        mirrored(lambda record: {"schema": 1, "case": CASE, "answers": 5}, copies=5_000),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-too-deep",
        "The notebook carries a record with an answer that is 300 lists deep.",
        mirrored(lambda record: one_later_answer(record, nested(300))),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-too-deep-alone",
        "The only record is in the notebook, with an answer that is 300 lists deep.",
        mirrored(lambda record: one_later_answer(record, nested(300)), None),
        None,
        (*PASSED_OVER, *NO_ANSWER),
        "",
    ),
    Grave(
        "record-is-a-list",
        "Where a record belongs the notebook carries a list.",
        mirrored(lambda record: [1, "x", None]),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-is-a-number",
        "Where a record belongs the notebook carries a number that JSON does not have.",
        mirrored(lambda record: float("nan")),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-revision-too-high",
        "The notebook carries a record with revisions beyond all numbers, as text.",
        mirrored(
            lambda record: json.dumps(answers.bundle(record)).replace(
                '"revision": ', '"revision": 99999999999999999999'
            ),
            carries="wrong",
        ),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-not-encodable",
        "The notebook carries a record with half a character in it.",
        mirrored(lambda record: one_later_answer(record, "\ud800"), carries="wrong"),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-text-not-encodable",
        "The notebook carries a text with half a character in place of a record.",
        mirrored(lambda record: json.dumps(answers.bundle(record))[:-1] + "\ud800}", carries="wrong"),
        "full",
        PASSED_OVER,
        "waiting",
    ),
    Grave(
        "record-with-null-bytes",
        "The only record is in the notebook, and one of its two answers has a null byte and a script in it.",
        mirrored(lambda record: two_answers(record, "less-adduction-cause-open\0<script>alert(1)</script>"), None),
        {STAGE: 3.0},
        ("«ober-side-difference-record»",),
        note="waiting",
    ),
]

HONEST = [
    Grave("honest-untouched", "The case was handed in as it was fetched.", Plot.fetch, "zero"),
    Grave(
        "honest-right", "All was answered and saved, and all is right.", honest_run, "full", note="waiting", after=reads
    ),
    Grave(
        "honest-wrong",
        "All was answered, and all is wrong.",
        lambda plot: save(plot, hand_in(plot, "wrong")),
        "zero",
        note="waiting",
    ),
]

GRAVES: list[Grave] = [*UNREADABLE, *FORMATS, *CELLS, *NOTES, *RECORDS, *HONEST]

HEAVY: list[Grave] = [
    Grave(
        "notebook-50-megabytes-of-outputs",
        "A cell printed fifty megabytes.",
        changed(
            lambda notebook: cell_of(notebook, "set-up").update(
                outputs=[
                    {"output_type": "stream", "name": "stdout", "text": ["line of output\n"] * (50 * MEGABYTE // 21)}
                ]
            )
        ),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "cells-100000",
        "The notebook has 100,000 cells of their own.",
        changed(lambda notebook: notebook["cells"].extend(code(f"{n} + 1", f"mine-{n}") for n in range(100_000))),
        "full",
        ("100000 cells are not of the case as released",),
        "waiting",
        after=is_capped,
    ),
    Grave(
        "record-100000-times",
        "The notebook carries 100,000 small records, the last of which holds the right answers.",
        lambda plot: many_records(plot, 100_000),
        "full",
        note="waiting",
    ),
    Grave(
        "note-of-50-megabytes",
        "The note has fifty million characters.",
        changed(lambda notebook: None, note=NOTE + "<[" * (25 * MEGABYTE)),
        "full",
        note="waiting",
        after=reads,
    ),
    Grave(
        "notebook-padded-past-the-cap",
        "Sixty-four megabytes of spaces follow the notebook.",
        raw(lambda notebook: json.dumps(notebook).encode() + b" " * answers.NOTEBOOK_CAP),
        "full",
        ("is larger than", *NOT_KNOWN),
        "waiting",
    ),
]
"""What takes many seconds or hundreds of megabytes; `make soak` buries it too."""


def many_records(plot: Plot, copies: int) -> None:
    notebook = hand_in(plot, "wrong")
    record = record_of(plot, first=50)
    small = answers.bundle(msgspec.structs.replace(record, answers={}))
    cell_of(notebook, "receipt")["outputs"] = [
        *(output({answers.MIME: small}) for _ in range(copies)),
        output({answers.MIME: answers.bundle(record)}),
    ]
    save(plot, notebook)
