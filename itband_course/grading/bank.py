"""The bank of graded questions: read, checked, and guarded against changes of what students have already seen."""

import hashlib
import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from itband_course.facts import ID_PATTERN, TaughtBasis
from itband_course.figure.client import Client
from itband_course.kinds.base import points_text
from itband_course.kinds.workup import AuthoredWorkup
from itband_course.questions import KINDS, Authored, PlacedNote, Question, Rubric, kind_of, options_of, split

LOCK_FILE = "lock.json"
CANARY_PATTERN = r"^itband-canary-[0-9a-f]{8}-[0-9a-f]{8}$"


class BankError(Exception):
    """The bank cannot be used as it is; the message lists what to mend, one sentence a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Criterion(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a mark scheme: what earns how many points."""

    id: str
    text: str
    points: float


class Forfeit(Struct, frozen=True, forbid_unknown_fields=True):
    """What costs points in a note, whatever else it says."""

    text: str


class AuthoredNote(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A free-text note in the bank, with the mark scheme that a person marks it by."""

    id: str
    outcome: str
    points: float
    title: str
    prompt: str
    sources: list[str]
    canary: str
    criterion: list[Criterion]
    basis: TaughtBasis = ""
    exemplar: str = ""
    forfeit: list[Forfeit] = []

    def placed(self) -> PlacedNote:
        """Return what a student may see of the note."""
        return PlacedNote(id=self.id, outcome=self.outcome, title=self.title, points=self.points)

    def scheme_markdown(self) -> str:
        """Return the mark scheme for the person who marks, as Markdown."""
        lines = [
            f"**Mark scheme · {self.title} · {points_text(self.points)} points** (students never see this cell)",
            "",
        ]
        lines += [f"- **{points_text(item.points)}** {item.text}" for item in self.criterion]
        lines += [f"- **Costs points:** {item.text}" for item in self.forfeit]
        if self.exemplar.strip():
            lines += ["", "*A full answer:*", ""] + [f"> {line}" for line in self.exemplar.strip().splitlines()]
        return "\n".join(lines)


@dataclass
class Bank:
    """All questions and notes, keyed by id, and the file that each stands in."""

    folder: Path
    questions: dict[str, Authored] = field(default_factory=dict)
    notes: dict[str, AuthoredNote] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    _parted: dict[str, tuple[Question, Rubric]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _faults: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def parted(self, question_id: str) -> tuple[Question, Rubric]:
        """Return what students see of a question, and the grader's side of it; made once for a whole class."""
        if question_id not in self._parted:
            self._parted[question_id] = split(self.questions[question_id])
        return self._parted[question_id]

    def rubric(self, question_id: str) -> Rubric:
        """Return the grader's side of a question."""
        return self.parted(question_id)[1]

    def faults(self, question_id: str) -> list[str]:
        """Return what the linter of its kind says of a question; asked once."""
        if question_id not in self._faults:
            authored = self.questions[question_id]
            self._faults[question_id] = kind_of(authored).lint(authored)
        return self._faults[question_id]

    def canaries(self) -> list[str]:
        """Return the strings that must never stand in anything a student gets."""
        return [entry.canary for entry in self.entries()]

    def secrets(self) -> list[str]:
        """Return every text for instructors only: reasons, misconceptions, judgements, mark schemes, exemplars."""
        found = [text for question in self.questions.values() for text in _said(msgspec.to_builtins(question))]
        for note in self.notes.values():
            found += [criterion.text for criterion in note.criterion] + [forfeit.text for forfeit in note.forfeit]
            found += note.exemplar.splitlines()
        # A short phrase may stand in a lesson by chance; a sentence does not.
        return [text.strip() for text in found if len(text.strip()) >= 24]

    def entries(self) -> list[Any]:
        """Return all questions and notes."""
        return [*self.questions.values(), *self.notes.values()]


def _said(value: Any) -> Iterator[str]:
    """Yield every reason, misconception and judgement in an authored question, whatever its kind."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("reason", "misconception", "judgement") and isinstance(item, str):
                yield item
            else:
                yield from _said(item)
    elif isinstance(value, list):
        for item in value:
            yield from _said(item)


def load(folder: Path) -> Bank:
    """Read every ``*.toml`` of a bank. While its files read as before it is the same object, with what it worked out.

    Raises
    ------
    BankError
        If the folder is missing or a file cannot be read as a bank; names file, question and what to do.
    """
    if not folder.is_dir():
        raise BankError(
            [
                f"The bank folder «{folder.name}» is missing from «{folder.parent}». Nothing was graded or changed. "
                "Put the bank back beside nbgrader_config.py, or set c.UsesBank.bank_directory there."
            ]
        )
    contents = {path: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    clients = {path: path.read_bytes() for path in sorted((folder / "clients").glob("*.toml"))}
    return _read(folder, tuple(contents.items()), tuple(clients.items()))


# Formgrader's server grades one student a click, each time from a course that is opened anew. What questions take from
# `clients` changes with these.
@lru_cache(maxsize=2)
def _read(folder: Path, contents: tuple[tuple[Path, bytes], ...], clients: tuple[tuple[Path, bytes], ...]) -> Bank:
    bank, problems = Bank(folder), []
    for path, content in contents:
        try:
            raw = tomllib.loads(content.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: this is not TOML ({error}). Mend the line that it names.")
            continue
        strangers = sorted(set(raw) - {"question", "note"})
        if strangers:
            problems.append(f"{path.name}: unknown table «{strangers[0]}»: write [[question]] or [[note]].")
        problems += [
            f"{path.name}: «{table}» is no list of tables: write [[{table}]], with two brackets."
            for table in ("question", "note")
            if not _is_tables(raw.get(table, []))
        ]
        tables: list[tuple[str, Callable[[dict[str, Any]], Any], dict[str, Any]]] = [
            ("question", lambda entry: _question(entry, folder), bank.questions),
            ("note", _note, bank.notes),
        ]
        for table, read, entries in tables:
            for number, entry in enumerate(_tables(raw, table), start=1):
                name = f"{path.name}, «{entry.get('id', f'{table} {number}')}»"
                try:
                    authored = read(entry)
                except msgspec.ValidationError as error:
                    problems.append(f"{name}: {plain(error)}.")
                    continue
                except BankError as error:
                    problems += [f"{name}: {problem}" for problem in error.problems]
                    continue
                if authored.id in bank.where:
                    problems.append(f"{name}: this id stands in {bank.where[authored.id]} already: give it its own.")
                    continue
                entries[authored.id] = authored
                bank.where[authored.id] = path.name
    if problems:
        raise BankError(problems)
    return bank


def lint(bank: Bank, references: Iterable[str], outcomes: Iterable[str]) -> list[str]:
    """Return what an author must mend, one sentence each, naming file, question and what to do."""
    known_references, known_outcomes = set(references), set(outcomes)
    problems: list[str] = []
    canaries: dict[str, str] = {}
    for entry in bank.entries():
        faults = _lint_entry(bank, entry, known_references, known_outcomes)
        if entry.canary in canaries:
            faults.append(f"its canary is also that of «{canaries[entry.canary]}»: give each its own.")
        canaries[entry.canary] = entry.id
        faults += bank.faults(entry.id) if entry.id in bank.questions else _lint_note(entry)
        problems += [f"{bank.where[entry.id]}, «{entry.id}»: {fault}" for fault in faults]
    return problems + _lint_lock(bank)


def lock(bank: Bank) -> int:
    """Write down what students may have seen, so that a later change of meaning is noticed; return how many are new.

    Called at the first release of a case to a class. Ids are only ever added.
    """
    path = bank.folder / LOCK_FILE
    problems = _lint_lock(bank)
    if problems:
        raise BankError(problems)
    locked = _read_lock(path)
    now = {question.id: _fingerprint(bank, question) for question in bank.questions.values()}
    now |= {note.id: _fingerprint(bank, note) for note in bank.notes.values()}
    text = json.dumps(msgspec.to_builtins(locked | now), indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
    return len(set(now) - set(locked))


def _lint_lock(bank: Bank) -> list[str]:
    problems = []
    try:
        locked = _read_lock(bank.folder / LOCK_FILE)
    except BankError as error:
        return error.problems
    for entry_id, seen in locked.items():
        entry = bank.questions.get(entry_id) or bank.notes.get(entry_id)
        if entry is None:
            problems.append(
                f"{LOCK_FILE}, «{entry_id}»: students have seen this id, so it cannot be removed from the bank. Put it "
                "back; a question is retired by taking it out of the case."
            )
            continue
        now = _fingerprint(bank, entry)
        if seen.kind not in ("", now.kind):
            problems.append(
                f"{bank.where[entry_id]}, «{entry_id}»: students saw it as {seen.kind}, now it is {now.kind}, so their "
                "answers cannot be read. Give the new question a new id."
            )
        if now.prompt != seen.prompt:
            problems.append(
                f"{bank.where[entry_id]}, «{entry_id}»: its prompt changed after students saw it. If the meaning is "
                "the same (a typing mistake), remove its entry from lock.json and run itband lock; if not, give the "
                "new question a new id."
            )
        gone = sorted(set(seen.choices) - set(now.choices))
        if gone:
            problems.append(
                f"{bank.where[entry_id]}, «{entry_id}»: choice «{gone[0]}» is gone, but students may have chosen it. "
                "Put it back, or give the new question a new id."
            )
        changed = sorted(choice for choice, text in seen.choices.items() if now.choices.get(choice, text) != text)
        if changed:
            problems.append(
                f"{bank.where[entry_id]}, «{entry_id}»: choice «{changed[0]}» reads differently from what students "
                "saw. If the meaning is the same, remove the entry from lock.json and run itband lock; if not, give "
                "the choice a new id."
            )
    return problems


def _fingerprint(bank: Bank, entry: Any) -> "_Seen":
    def short(text: str) -> str:
        return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]

    # The unit belongs to what a number question asks.
    asked = f"{entry.prompt} {getattr(entry, 'unit', '')}"
    kind = "note" if isinstance(entry, AuthoredNote) else kind_of(entry).name
    choices = {option: short(text) for option, text in _options(bank, entry)}
    return _Seen(kind=kind, prompt=short(asked), choices=choices)


def _options(bank: Bank, entry: Any) -> list[tuple[str, str]]:
    """Return id and text of everything that a student may choose; nothing for a note."""
    if isinstance(entry, AuthoredNote):
        return []
    return [(option, text.strip()) for option, text in options_of(bank.parted(entry.id)[0]).items()]


class _Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """What students have seen of one question or note: its kind, and hashes of the prompt and of each choice's text."""

    prompt: str
    choices: dict[str, str]
    kind: str = ""


def _read_lock(path: Path) -> dict[str, _Seen]:
    """Return the lock file's entries.

    Raises
    ------
    BankError
        If it is damaged.
    """
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, _Seen])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BankError(
            [f"{LOCK_FILE}: the file is damaged ({error}). Take it back from the project's history."]
        ) from error


def _tables(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = raw.get(name, [])
    return found if _is_tables(found) else []


def _is_tables(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(entry, dict) for entry in found)


def client(folder: Path, case: str) -> Client | None:
    """Return a client of a bank, None where it describes none of that name.

    Raises
    ------
    BankError
        If the client's file cannot be read.
    """
    path = folder / "clients" / f"{case}.toml"
    if not path.exists():
        return None
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), type=Client)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BankError([f"clients/{path.name}: this is not TOML ({error}). Mend the line that it names."]) from error
    except msgspec.ValidationError as error:
        raise BankError([f"clients/{path.name}: {plain(error)}."]) from error


def _question(entry: dict[str, Any], folder: Path) -> Authored:
    kind = entry.get("kind")
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise msgspec.ValidationError(f"its kind is «{kind}»; known kinds are {known}")
    authored: Authored = msgspec.convert(entry, type=KINDS[kind].authored)
    if isinstance(authored, AuthoredWorkup) and authored.client:
        return _with_chart(authored, folder)
    return authored


def _with_chart(authored: AuthoredWorkup, folder: Path) -> AuthoredWorkup:
    """Return a workup with the chart of the client that it names: a client's facts have one place."""
    if authored.chart:
        raise BankError(["it names a client and has a chart of its own: take one of the two out."])
    found = client(folder, authored.client) if re.match(ID_PATTERN, authored.client) else None
    if found is None:
        raise BankError(
            [f"there is no client «{authored.client}» in {folder.name}/clients/: write the file, or mend the name."]
        )
    return msgspec.structs.replace(authored, chart=found.chart)


def _note(entry: dict[str, Any]) -> AuthoredNote:
    return msgspec.convert(entry, type=AuthoredNote)


def plain(error: msgspec.ValidationError) -> str:
    """Return a schema error in words: what is wrong, where, and what to do."""
    text, _, place = str(error).partition(" - at ")
    # Authors count from 1.
    place = re.sub(r"\[(\d+)\]", lambda found: f" {int(found[1]) + 1}", place.strip("`").removeprefix("$").strip("."))
    where = f" (in {place})" if place else ""
    text = re.sub(r"`([^`]*)`", r"«\1»", text)
    if text.startswith("Object missing required field"):
        return f"missing field {text.rsplit(' ', 1)[-1]}{where}: add it"
    if text.startswith("Object contains unknown field"):
        return f"unknown field {text.rsplit(' ', 1)[-1]}{where}: mend its name or take it out"
    return f"{text[0].lower()}{text[1:]}{where}: mend the value"


def _lint_entry(bank: Bank, entry: Any, references: set[str], outcomes: set[str]) -> list[str]:
    faults = []
    if not re.match(ID_PATTERN, entry.id):
        faults.append("its id is not lower-case words joined by hyphens: write it as «gerdys-tubercle».")
    if not math.isfinite(entry.points) or entry.points <= 0 or round(entry.points, 2) != entry.points:
        faults.append(f"it is worth {entry.points:g} points: give it more than 0, with two decimals at most.")
    if entry.outcome not in outcomes:
        faults.append(f"its outcome «{entry.outcome}» is not in course.toml: add it there or use one that is.")
    if not entry.sources and not entry.basis:
        faults.append(
            "it names no source: every graded question needs at least one key of references.toml, or "
            '`basis = "usual practice"` where schools teach it and no study says it.'
        )
    faults += [
        f"its source «{key}» is not in itband_course/data/references.toml: add it there or mend the key."
        for key in entry.sources
        if key not in references
    ]
    if not re.match(CANARY_PATTERN, entry.canary):
        faults.append("its canary does not look like «itband-canary-1234abcd-5678ef90»: make one of random hex digits.")
    if not entry.prompt.strip():
        faults.append("its prompt is empty: say what is asked.")
    faults += [
        f"«{option}» has no text: write what students read." for option, text in _options(bank, entry) if not text
    ]
    return faults


def _lint_note(note: AuthoredNote) -> list[str]:
    faults = [
        f"criterion «{item.id}» is empty: say what earns its points."
        for item in note.criterion
        if not item.text.strip()
    ]
    faults += [
        "a forfeit is empty: say what costs points, or take it out." for item in note.forfeit if not item.text.strip()
    ]
    if not note.exemplar.strip():
        faults.append("it has no exemplar: write the full answer that whoever marks compares with.")
    total = sum(item.points for item in note.criterion)
    if round(total, 2) == round(note.points, 2):
        return faults
    return [
        *faults,
        f"its mark scheme adds up to {points_text(total)} points, the note is worth {points_text(note.points)}: "
        "make them agree.",
    ]
