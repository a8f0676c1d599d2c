"""Recorded answers: the file `answers.json` beside a notebook, and the same records carried in cell outputs.

A record is never compared by clock. Each answer has a revision, one counter for the whole file; where two records
disagree, the higher revision is the later act. Nothing is deleted: a cleared answer is a newer revision without a
value, and a file that cannot be used is renamed.
"""

import codecs
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import Annotated, Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

import msgspec
from filelock import FileLock, Timeout
from msgspec import Meta, Struct

from itband_course import files

ANSWERS_FILE = "answers.json"
ANSWERS_SCHEMA = 1
MIME = "application/vnd.itband.answers+json"
RECORDED = "Recorded:"
"""How the text of a recorded answer begins, where a notebook carries it."""
ANSWERS_CAP = 4 * 1024 * 1024
"""Bytes of an answers file that are read at most; a real one is under 50 KB."""
NOTEBOOK_CAP = 64 * 1024 * 1024
"""Bytes of a notebook that are searched for records at most."""
VALUE_PARTS, VALUE_DEPTH = 10_000, 12
"""How many parts an answer's value may have, and how deep they may lie; real ones have under a hundred, three deep."""
LOCK_SECONDS = 2.0
"""How long a click waits for another kernel that is writing; under the 3 s after which the card says «NOT saved»."""

Confidence = Literal["sure", "fairly", "guessing"]
Revision = Annotated[int, Meta(ge=0, le=2**53)]


class AnswersError(Exception):
    """A record that cannot be used; the message names the file and says what to do."""


class DamagedError(AnswersError):
    """Not JSON, or not the shape of a record."""


class ForeignError(AnswersError):
    """A record of another case."""


class NewerError(AnswersError):
    """A record made by a newer version of the course."""


class UnreadableError(AnswersError):
    """The system cannot read the file just now; nothing is known about what is in it."""


class Answer(Struct, frozen=True):
    """What was recorded for one question.

    Parameters
    ----------
    revision : int
        Place in the order of all recordings of this file, from 1.
    time : str
        When, ISO 8601 in UTC; shown to people, never compared.
    version : str
        Version of the questions that the student saw.
    value : any JSON value
        None: cleared, or only a confidence was given.
    confidence : {'sure', 'fairly', 'guessing'} or None
        Never marked.
    """

    revision: Revision
    time: Annotated[str, Meta(max_length=40)]
    version: Annotated[str, Meta(max_length=40)] = ""
    value: Any = None
    confidence: Confidence | None = None


class Closing(Struct, frozen=True):
    """That a stage of the case was closed: from then on its answers can be read, not changed.

    Parameters
    ----------
    revision : int
        Place in the order of all recordings; later answers to the stage's questions do not count.
    time : str
        When, ISO 8601 in UTC; shown to people, never compared.
    questions : list of str
        Ids of the questions that it closed.
    """

    revision: Revision
    time: Annotated[str, Meta(max_length=40)]
    questions: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=2000)] = []


class Record(Struct, frozen=True):
    """All recorded answers of one student to one case.

    Parameters
    ----------
    schema : int
        `ANSWERS_SCHEMA` of the course that wrote it.
    case : str
        Id of the case.
    seed : int
        Drawn at the first answer and kept for good.
    revision : int
        The highest revision given so far.
    answers : dict of str to Answer
        Keyed by question id.
    closed : dict of str to Closing
        Keyed by stage id; stages are closed for good.
    late : dict of str to Answer
        Answers that were recorded elsewhere after their stage had been closed: kept, never graded.
    """

    schema: int
    case: Annotated[str, Meta(max_length=200)]
    seed: Revision = 0
    revision: Revision = 0
    answers: Annotated[dict[Annotated[str, Meta(max_length=200)], Answer], Meta(max_length=2000)] = {}
    closed: Annotated[dict[Annotated[str, Meta(max_length=200)], Closing], Meta(max_length=50)] = {}
    late: Annotated[dict[Annotated[str, Meta(max_length=200)], Answer], Meta(max_length=2000)] = {}

    def value(self, question_id: str) -> Any:
        """Return the recorded value, None where there is none."""
        answer = self.answers.get(question_id)
        return None if answer is None else answer.value

    def answered(self) -> list[str]:
        """Return the ids of all questions with a recorded value."""
        return [question for question, answer in self.answers.items() if answer.value is not None]

    def is_closed(self, question_id: str) -> bool:
        """Whether the stage of a question has been closed."""
        return any(question_id in closing.questions for closing in self.closed.values())

    def is_empty(self) -> bool:
        """Whether nothing has been recorded yet."""
        return not (self.answers or self.closed or self.late)

    def holds_the_same(self, other: "Record") -> bool:
        """Whether two records hold the same answers and closed stages."""
        return (self.answers, self.closed, self.late) == (other.answers, other.closed, other.late)

    def fingerprint(self) -> str:
        """Return a short hash of what was answered: equal for equal answers, whatever the file looks like."""
        content = {question: [answer.value, answer.confidence] for question, answer in sorted(self.answers.items())}
        text = json.dumps([self.case, content], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class _Head(Struct):
    schema: int
    case: str


def parse(raw: bytes | str, case: str, name: str = ANSWERS_FILE) -> Record:
    """Return the record in JSON text.

    Parameters
    ----------
    raw : bytes or str
        The JSON text.
    case : str
        The case that the record must belong to.
    name : str
        What to call the text in messages.

    Raises
    ------
    DamagedError, ForeignError, NewerError
        If it cannot be used; each message says why and what to do.
    """
    # Editors on Windows put a byte order mark before the text.
    raw = raw.removeprefix(codecs.BOM_UTF8) if isinstance(raw, bytes) else raw.removeprefix("\ufeff")
    try:
        head = msgspec.json.decode(raw, type=_Head)
        if head.schema > ANSWERS_SCHEMA:
            raise NewerError(
                f"«{name}» was written by a newer version of the course (format {head.schema}; this one knows "
                f"{ANSWERS_SCHEMA}). Nothing is lost: update the course, then press Run All."
            )
        if head.case != case:
            raise ForeignError(f"«{name}» belongs to the case «{head.case[:80]}», not to «{case}».")
        record = msgspec.json.decode(raw, type=Record)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise DamagedError(f"«{name}» is damaged ({error}).") from error
    if any(_is_beyond_any_card(answer.value) for answer in (*record.answers.values(), *record.late.values())):
        raise DamagedError(f"«{name}» holds an answer that no card can make (too long or too deep).")
    return record


def read(folder: Path, case: str, name: str = ANSWERS_FILE) -> Record | None:
    """Return the record in a folder's answers file, None where there is no such file.

    Raises
    ------
    DamagedError, ForeignError, NewerError
        If the file cannot be used.
    """
    try:
        return parse(files.read_regular(folder / name, ANSWERS_CAP), case, name)
    except FileNotFoundError:
        return None
    except files.UnsafeFileError as error:
        raise DamagedError(f"«{name}» cannot be used ({error}).") from error
    except OSError as error:
        raise UnreadableError(
            f"«{name}» cannot be read just now ({error.strerror or error}). Nothing is lost: press Run All again."
        ) from error


def encode(record: Record) -> bytes:
    """Return a record as the bytes of `answers.json`."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def bundle(record: Record) -> dict[str, Any]:
    """Return a record as plain JSON values, to be carried in a cell's output under `MIME`."""
    return msgspec.to_builtins(record)


def only(record: Record, question_id: str) -> Record:
    """Return the record of one question alone, as its own cell carries it."""
    answers = {question_id: record.answers[question_id]} if question_id in record.answers else {}
    return msgspec.structs.replace(record, answers=answers, late={})


def merge(record: Record, *others: Record) -> Record:
    """Return the latest answer to each question; where revisions are equal, that of the record that stands first.

    A stage that any has closed is closed, since the earliest revision. Answers to its questions from after that are put
    under `late`; one of the same revision, from a window that did not know of the closing, still counts. The seed is
    that of the first record that has drawn one.
    """
    records = (record, *others)
    closed: dict[str, Closing] = {}
    limits: dict[str, int] = {}
    for found in records:
        for stage, closing in found.closed.items():
            if stage not in closed or closing.revision < closed[stage].revision:
                closed[stage] = closing
    for closing in closed.values():
        for question in closing.questions:
            limits[question] = min(closing.revision, limits.get(question, closing.revision))
    answers: dict[str, Answer] = {}
    late: dict[str, Answer] = {}
    for given in (*(found.answers for found in records), *(found.late for found in records)):
        for question, answer in given.items():
            kept = late if question in limits and answer.revision > limits[question] else answers
            if question not in kept or answer.revision > kept[question].revision:
                kept[question] = answer
    revisions = [answer.revision for answer in (*answers.values(), *late.values())]
    revisions += [closing.revision for closing in closed.values()]
    return msgspec.structs.replace(
        record,
        answers=answers,
        closed=closed,
        late=late,
        revision=max([*(found.revision for found in records), *revisions]),
        seed=next((found.seed for found in records if found.seed), 0),
    )


def bundles(notebook: Any, case: str, name: str = "the notebook") -> Iterator[Record | AnswersError]:
    """Yield each record of a case that a notebook's outputs carry, or why it cannot be used.

    Parameters
    ----------
    notebook : JSON value
        A notebook as plain dicts and lists; whatever has another shape is passed over.
    case : str
        The case that they must belong to.
    name : str
        What to call the notebook in messages.
    """
    for cell in dicts(notebook.get("cells") if isinstance(notebook, dict) else None):
        for output in dicts(cell.get("outputs")):
            data = output.get("data")
            carried = data.get(MIME) if isinstance(data, dict) else None
            if carried is None:
                continue
            try:
                # A MIME bundle may stand in the notebook as JSON or as text that holds JSON.
                yield parse(carried if isinstance(carried, str) else json.dumps(carried), case, name)
            except (AnswersError, RecursionError, UnicodeEncodeError) as error:
                yield error if isinstance(error, AnswersError) else DamagedError(f"{name}: {error}")


def collect_folder(folder: Path, case: str, seed: int = 0) -> Record:
    """Return all records that the notebooks in a folder carry, merged; unreadable notebooks are passed over.

    Parameters
    ----------
    folder, case
        Where to look, and for which case.
    seed : int
        Take only records with this seed: another student's notebook that lies in the same folder has another. With 0
        it is the first seed found, the case's own notebook being looked at first.
    """
    records = []
    for path in sorted(folder.glob("*.ipynb"), key=lambda path: (path.stem != case, path.name)):
        with suppress(OSError, ValueError, RecursionError):
            notebook = json.loads(files.read_regular(path, NOTEBOOK_CAP))
            for found in bundles(notebook, case, path.name):
                if isinstance(found, Record) and (seed := seed or found.seed) == found.seed:
                    records.append(found)
    return merge(empty(case), *records)


def empty(case: str) -> Record:
    """Return the record of a case to which nothing has been answered."""
    return Record(schema=ANSWERS_SCHEMA, case=case)


class Locked(Protocol):
    """What has a lock of its own, which the same thread may take more than once."""

    @property
    def lock(self) -> RLock:
        """Held while nothing else may read or change what this holds."""


Locking = TypeVar("Locking", bound=Locked)
Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def one_at_a_time(
    method: Callable[Concatenate[Locking, Given], Returned],
) -> Callable[Concatenate[Locking, Given], Returned]:
    """Let no other thread of this kernel in while a method runs.

    JupyterLab hands what is clicked to a thread of its own, so that a click is heard while cells still run.
    """

    @wraps(method)
    def alone(self: Locking, *args: Given.args, **kwargs: Given.kwargs) -> Returned:
        with self.lock:
            return method(self, *args, **kwargs)

    return alone


class Store:
    """The answers of one case folder, as one kernel sees and writes them.

    Parameters
    ----------
    folder : Path
        Where the notebook lies.
    case : str
        Id of the case.
    file : str
        Name of the answers file.

    Attributes
    ----------
    record : Record
        The latest known answers.
    notice : str
        What the student should know about how the answers were found; empty if all is as usual.
    problem : str
        Why nothing can be recorded now; empty if it can.
    lock : RLock
        Held by what reads the record and draws or changes by it, see `one_at_a_time`.
    """

    def __init__(self, folder: Path, case: str, file: str = ANSWERS_FILE) -> None:
        self.folder = folder
        self.case = case
        self.file = file
        self.record = empty(case)
        self.notice = ""
        self.problem = ""
        self.lock = RLock()
        self._searched = False
        self._next_seed = _draw_seed()

    @property
    def seed(self) -> int:
        """The seed of the record; before anything is recorded the one that it will have if it begins here."""
        return self.record.seed or self._next_seed

    @one_at_a_time
    def load(self, write: bool = True) -> None:
        """Find the recorded answers, before anything is drawn.

        A damaged or foreign file is renamed. Where there is none (any more), or it is older than what a notebook beside
        it carries, the answers come from the notebooks and are written back at once.

        Parameters
        ----------
        write : bool
            False: look only; leave every file as it is.
        """
        self.problem = ""
        try:
            files.check_writable(self.folder)
        except OSError as error:
            self.problem = (
                f"NOT saved: this folder cannot be written ({error.strerror or error}). Make room or ask for write "
                "access, then press Run All."
            )
        damaged = False
        try:
            found = read(self.folder, self.case, self.file)
        except (NewerError, UnreadableError) as error:
            self.problem = f"NOT saved: {error}"
            return
        except AnswersError:
            found, damaged = None, True
        known = merge(found, self.record) if found is not None else self.record
        if found is not None and self._searched:
            self.record = known
            return
        # Reading notebooks takes longer than reading answers: once a kernel is enough, unless the file has gone.
        self._searched = True
        restored = merge(known, collect_folder(self.folder, self.case, known.seed))
        if not restored.is_empty() and restored.seed == 0:
            restored = msgspec.structs.replace(restored, seed=self._next_seed)
        self.record = restored
        regained = not restored.holds_the_same(found or empty(self.case))
        if write and not self.problem and (damaged or regained):
            if not restored.holds_the_same(known):
                self._add_notice("Your answers were restored from the saved notebook.")
            self._put_back()

    def _put_back(self) -> None:
        """Write what was found elsewhere, with what another kernel may have written meanwhile."""
        try:
            with self._file_lock():
                self._reread()
                if not self.record.is_empty():
                    self._write()
        except AnswersError as error:
            self.problem = str(error)
        except (OSError, Timeout) as error:
            self.problem = f"NOT saved: {_why(error)}. Press Run All to try again."

    @one_at_a_time
    def write(
        self,
        question_id: str,
        value: Any,
        confidence: Confidence | None,
        version: str,
        join: Callable[[Any, Any], Any] | None = None,
    ) -> Answer:
        """Record an answer and return it, once it is safely on the disk.

        Parameters
        ----------
        question_id, value, confidence, version
            See `Answer`.
        join : callable, optional
            ``join(recorded, value)`` is written instead of `value`: what a log holds stays, whichever window wrote it.

        Raises
        ------
        AnswersError
            If it cannot be recorded; the message says why and what to do. The file is then as it was.
        """

        def answered(before: Record) -> Record:
            if before.is_closed(question_id):
                raise AnswersError("NOT saved: this part of the case is closed. Its answers can be read, not changed.")
            whole = value if join is None else join(before.value(question_id), value)
            answer = Answer(
                revision=before.revision + 1, time=_now(), version=version, value=whole, confidence=confidence
            )
            return msgspec.structs.replace(before, answers={**before.answers, question_id: answer})

        self._change(answered)
        return self.record.answers[question_id]

    @one_at_a_time
    def close(self, stage: str, questions: list[str]) -> Closing:
        """Close a stage for good and return when that was; a stage that is closed already stays as it was.

        Raises
        ------
        AnswersError
            If that cannot be recorded; the file is then as it was.
        """

        def closed(before: Record) -> Record:
            closing = Closing(revision=before.revision + 1, time=_now(), questions=questions)
            return msgspec.structs.replace(before, closed={stage: closing} | before.closed)

        self._change(closed)
        return self.record.closed[stage]

    def _change(self, make: Callable[[Record], Record]) -> None:
        """Replace the record by what `make` makes of it, on the disk too; where that fails it stays as it was."""
        try:
            with self._file_lock():
                self._reread()
                before = self.record
                self.record = msgspec.structs.replace(
                    make(before), revision=before.revision + 1, seed=before.seed or self._next_seed
                )
                try:
                    self._write()
                except BaseException:
                    self.record = before
                    raise
        except (OSError, Timeout) as error:
            raise AnswersError(f"NOT saved: {_why(error)}. Mend that, then press Run All.") from error

    def _reread(self) -> None:
        """Take in what another kernel has written since; put away what cannot be used."""
        try:
            found = read(self.folder, self.case, self.file)
        except (NewerError, UnreadableError) as error:
            raise AnswersError(f"NOT saved: {error}") from error
        except AnswersError as error:
            self._set_aside(error)
        else:
            if found is not None:
                self.record = merge(found, self.record)

    def _write(self) -> None:
        """Write the record; refuse what could not be read again."""
        try:
            content = encode(self.record)
            if len(content) > ANSWERS_CAP:
                raise DamagedError("it is too large")
            parse(content, self.case, self.file)
        except (AnswersError, ValueError) as error:
            raise AnswersError(f"NOT saved: this answer cannot be kept ({error}).") from error
        files.write_whole(self.folder / self.file, content)

    def _file_lock(self) -> FileLock:
        return FileLock(self.folder / f".{self.file}.lock", timeout=LOCK_SECONDS)

    def _set_aside(self, error: AnswersError) -> None:
        why = "another-case" if isinstance(error, ForeignError) else "damaged"
        with suppress(FileNotFoundError):
            kept = files.set_aside(self.folder / self.file, why)
            self._add_notice(f"{error} It is kept as «{kept.name}»; show it to your instructor if answers are missing.")

    def _add_notice(self, sentence: str) -> None:
        if sentence not in self.notice:
            self.notice = f"{self.notice} {sentence}".strip()


def _is_beyond_any_card(value: Any) -> bool:
    """Whether a value is longer or deeper than any answer: such a thing would only break what comes after."""
    layer, seen = [value], 0
    for _depth in range(VALUE_DEPTH):
        layer = [item for part in layer for item in _parts(part)]
        seen += len(layer)
        if not layer or seen > VALUE_PARTS:
            break
    return bool(layer)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _draw_seed() -> int:
    return secrets.randbelow(2**31 - 1) + 1


def _why(error: OSError | Timeout) -> str:
    if isinstance(error, Timeout):
        return "another notebook of this folder is writing its answers and does not finish"
    return f"the answers file cannot be written ({error.strerror or error})"


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the dicts of a list; of anything else, and anything else in it, nothing."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
