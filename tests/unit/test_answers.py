"""Recorded answers: nothing that was recorded is lost, and nothing that lies in their place does harm."""

import copy
import errno
import itertools
import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import filelock
import msgspec
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_bank import CASE, clock, closing, notebook, record, save_notebook, write_many

from itband_course import answers, files
from itband_course.answers import (
    ANSWERS_CAP,
    ANSWERS_FILE,
    ANSWERS_SCHEMA,
    MIME,
    Answer,
    AnswersError,
    Closing,
    DamagedError,
    ForeignError,
    NewerError,
    Record,
    Store,
    bundle,
    bundles,
    collect_folder,
    empty,
    encode,
    merge,
    only,
    parse,
    read,
)


def collect(shape: Any, case: str) -> tuple[Record, list[AnswersError]]:
    """Return all records that a notebook carries, merged, and the faults of the others."""
    found = list(bundles(shape, case))
    records = [item for item in found if isinstance(item, Record)]
    return merge(empty(case), *records), [item for item in found if isinstance(item, AnswersError)]


def tree(folder: Path) -> dict[str, bytes | str]:
    """Return all that lies in a folder with its content, the lock of a recording apart."""
    found: dict[str, bytes | str] = {}
    for path in folder.iterdir():
        if not path.name.endswith(".lock"):
            found[path.name] = path.read_bytes() if path.is_file() and not path.is_symlink() else "no file"
    return found


def opened(folder: Path) -> Store:
    """Return the answers of a folder as a new kernel finds them."""
    store = Store(folder, CASE)
    store.load()
    return store


def values(found: Record) -> dict[str, Any]:
    return {question: answer.value for question, answer in found.answers.items()}


def save(folder: Path, found: Record) -> bytes:
    content = encode(found)
    (folder / ANSWERS_FILE).write_bytes(content)
    return content


# --- merging two records

times = st.integers(0, 59).map(clock)
some = settings(max_examples=60)
chosen = st.sampled_from([None, "a", "b", [], ["c"], ["c", "d"]])


STAGES = {"workup": ["q1", "q2"], "decisions": ["q3"]}
QUESTIONS = ("q1", "q2", "q3", "q4")


def acts(*things: str) -> st.SearchStrategy[list[Any]]:
    """Return what one student did in two windows: window, question or stage, value, and what the clock said."""
    return st.lists(st.tuples(st.booleans(), st.sampled_from(things), chosen, times), max_size=9)


def two_windows(done: list[Any]) -> tuple[Record, Record]:
    """Return the records of two windows that never saw one another, in which no revision was given twice."""
    answered: tuple[dict[str, Answer], dict[str, Answer]] = ({}, {})
    closed: tuple[dict[str, Closing], dict[str, Closing]] = ({}, {})
    for revision, (window, thing, value, time) in enumerate(done, start=1):
        if thing in STAGES:
            closed[window].setdefault(thing, closing(revision, *STAGES[thing]))
        else:
            answered[window][thing] = Answer(revision=revision, time=time, value=value)
    first, second = (
        Record(schema=1, case=CASE, seed=7, revision=highest(mine, stages), answers=mine, closed=stages)
        for mine, stages in zip(answered, closed, strict=True)
    )
    return first, second


def highest(*parts: dict[str, Any]) -> int:
    return max((item.revision for part in parts for item in part.values()), default=0)


def two_records() -> st.SearchStrategy[tuple[Record, Record]]:
    return acts(*QUESTIONS).map(two_windows)


def two_staged_records() -> st.SearchStrategy[tuple[Record, Record]]:
    """Return records of two windows either of which may have closed any stage, and answered on after that."""
    return acts(*QUESTIONS, *STAGES).map(two_windows)


@some
@given(pair=two_records())
def test_of_two_answers_the_one_with_the_higher_revision_stays(pair: tuple[Record, Record]) -> None:
    first, second = pair
    merged = merge(first, second)
    for question in first.answers.keys() | second.answers.keys():
        found = [part.answers[question] for part in pair if question in part.answers]
        assert merged.answers[question] == max(found, key=lambda answer: answer.revision)
    assert merged.answers.keys() == first.answers.keys() | second.answers.keys()


@some
@given(pair=two_records())
def test_merging_gives_the_same_answers_whichever_record_comes_first(pair: tuple[Record, Record]) -> None:
    assert merge(*pair) == merge(*reversed(pair))


@some
@given(pair=two_records())
def test_merging_the_same_again_changes_nothing(pair: tuple[Record, Record]) -> None:
    first, second = pair
    merged = merge(first, second)
    assert merge(merged, second) == merge(merged, first) == merge(merged, merged) == merged
    assert merge(first, first) == first


@some
@given(pair=two_records(), third=two_records())
def test_merging_never_gives_a_revision_a_second_time(pair: tuple[Record, Record], third: Any) -> None:
    merged = merge(merge(*pair), third[0])
    used = {answer.revision for part in (*pair, third[0]) for answer in part.answers.values()}
    assert merged.revision >= max(used, default=0)


@some
@given(pair=two_records(), other_times=st.lists(times, min_size=8, max_size=8))
def test_clocks_decide_nothing(pair: tuple[Record, Record], other_times: list[str]) -> None:
    again = iter(other_times)

    def with_other_times(part: Record) -> Record:
        moved = {key: msgspec.structs.replace(item, time=next(again)) for key, item in part.answers.items()}
        return msgspec.structs.replace(part, answers=moved)

    other = merge(with_other_times(pair[0]), with_other_times(pair[1]))
    assert values(other) == values(merge(*pair))


def test_an_older_revision_with_a_later_clock_loses() -> None:
    late = Answer(revision=1, time="2099-01-01T00:00:00Z", value="old")
    early = Answer(revision=2, time="1999-01-01T00:00:00Z", value="new")
    first, second = (Record(schema=1, case=CASE, answers={"q": answer}) for answer in (late, early))
    assert merge(first, second).value("q") == merge(second, first).value("q") == "new"


def test_where_revisions_are_equal_the_first_record_counts() -> None:
    file, mirror = record(("q", 1, "file")), record(("q", 1, "mirror"))
    assert merge(file, mirror).value("q") == "file"


def test_merging_keeps_the_seed_of_the_first_record_and_takes_one_where_it_has_none() -> None:
    assert merge(record(seed=3), record(seed=5)).seed == 3
    assert merge(empty(CASE), record(seed=5)).seed == 5


def test_a_cleared_answer_stays_cleared_beside_an_older_mirror() -> None:
    mirror, file = record(("q", 1, "a")), record(("q", 2, None))
    for merged in (merge(file, mirror), merge(mirror, file)):
        assert merged.value("q") is None
        assert merged.answered() == []


# --- merging records of closed stages


def revisions_of(items: dict[str, Any]) -> set[int]:
    return {item.revision for item in items.values()}


def revisions_in(found: Record) -> set[int]:
    return revisions_of(found.answers) | revisions_of(found.closed) | revisions_of(found.late)


@some
@given(pair=two_staged_records())
def test_merging_closed_stages_gives_the_same_whichever_record_comes_first(pair: tuple[Record, Record]) -> None:
    assert merge(*pair) == merge(*reversed(pair))


@some
@given(pair=two_staged_records())
def test_merging_closed_stages_again_changes_nothing(pair: tuple[Record, Record]) -> None:
    merged = merge(*pair)
    assert [merge(merged, other) for other in (*pair, merged)] == [merged] * 3
    assert [merge(other, merged) for other in pair] == [merged] * 2


@some
@given(pair=two_staged_records())
def test_a_stage_that_either_closed_is_closed_since_the_earlier_revision(pair: tuple[Record, Record]) -> None:
    merged = merge(*pair)
    assert merged.closed.keys() == pair[0].closed.keys() | pair[1].closed.keys()
    for stage, found in merged.closed.items():
        closings = [part.closed[stage] for part in pair if stage in part.closed]
        assert found == min(closings, key=lambda item: item.revision)


@some
@given(pair=two_staged_records())
def test_answers_from_after_the_closing_are_late_and_all_others_count(pair: tuple[Record, Record]) -> None:
    merged = merge(*pair)
    for question in ("q1", "q2", "q3", "q4"):
        closed = [found.revision for found in merged.closed.values() if question in found.questions]
        given_in = [part.answers[question] for part in pair if question in part.answers]
        in_time = [answer for answer in given_in if not closed or answer.revision < closed[0]]
        late = [answer for answer in given_in if closed and answer.revision > closed[0]]
        assert merged.answers.get(question) == max(in_time, key=lambda item: item.revision, default=None)
        assert merged.late.get(question) == max(late, key=lambda item: item.revision, default=None)


@some
@given(pair=two_staged_records(), third=two_staged_records())
def test_merging_never_loses_the_latest_answer_to_a_question(pair: tuple[Record, Record], third: Any) -> None:
    merged = merge(merge(*pair), third[0])
    assert merged.revision >= max(revisions_in(pair[0]) | revisions_in(pair[1]) | revisions_in(third[0]), default=0)
    for question in {question for part in (*pair, third[0]) for question in part.answers}:
        revision = max(part.answers[question].revision for part in (*pair, third[0]) if question in part.answers)
        kept = [found[question].revision for found in (merged.answers, merged.late) if question in found]
        assert revision in kept


def test_a_late_answer_stays_late_beside_a_record_that_knows_of_no_closing() -> None:
    closed = record(("q1", 1, "in time"), closed={"workup": closing(2, "q1")})
    elsewhere = record(("q1", 3, "late"))
    merged = merge(closed, elsewhere)
    for again in (merged, merge(merged, elsewhere), merge(elsewhere, merged), merge(record(), merged)):
        assert values(again) == {"q1": "in time"}
        assert again.late["q1"].value == "late"
    assert merged.answered() == ["q1"]
    assert merged.value("q1") == "in time"


def test_a_late_answer_to_a_question_that_had_none_is_kept_and_is_no_answer() -> None:
    merged = merge(record(closed={"workup": closing(2, "q1")}), record(("q1", 3, "late"), ("q9", 4, "open")))
    assert values(merged) == {"q9": "open"}
    assert merged.late["q1"].value == "late"
    assert merged.answered() == ["q9"]


def test_an_answer_in_time_counts_in_whatever_order_a_notebook_carries_records() -> None:
    parts = [record(("q1", 5, "late")), record(("q1", 3, "in time")), record(closed={"workup": closing(4, "q1")})]
    found = [collect(notebook(*order), CASE)[0] for order in itertools.permutations(parts)]
    assert [(values(item), item.late["q1"].value) for item in found] == [({"q1": "in time"}, "late")] * 6


def test_a_question_that_two_stages_closed_is_closed_since_the_earlier_one() -> None:
    first = record(closed={"workup": closing(2, "q1")})
    second = record(("q1", 4, "late"), closed={"decisions": closing(6, "q1")})
    assert merge(first, second) == merge(second, first)
    assert merge(first, second).late["q1"].value == "late"


@pytest.mark.parametrize(
    "ahead",
    [
        record(("q1", 9, "a")),
        record(closed={"workup": closing(9, "q1")}),
        merge(record(("q1", 9, "late")), record(closed={"workup": closing(2, "q1")})),
    ],
    ids=["answer", "closing", "late answer"],
)
def test_a_counter_that_lags_behind_what_was_recorded_is_put_right(ahead: Record) -> None:
    lagging = msgspec.structs.replace(ahead, revision=1)
    assert merge(lagging, record()).revision == merge(record(), lagging).revision == 9


def test_what_is_empty_what_is_closed_and_what_is_the_same() -> None:
    closed = record(closed={"workup": closing(2, "q1", "q2")})
    assert [record().is_empty(), closed.is_empty(), record(("q1", 1, None)).is_empty()] == [True, False, False]
    late = msgspec.structs.replace(record(), late=record(("q1", 3, "x")).answers)
    assert not late.is_empty()
    assert [closed.is_closed(question) for question in ("q1", "q2", "q3")] == [True, True, False]
    assert closed.holds_the_same(record(closed={"workup": closing(2, "q1", "q2")}, seed=99))
    for other in (record(), record(("q1", 1, "a"), closed=closed.closed), late, record(closed={"plan": closing(2)})):
        assert not closed.holds_the_same(other)
        assert not other.holds_the_same(closed)


def test_the_receipt_code_does_not_change_when_a_stage_is_closed() -> None:
    found = record(("q1", 1, "a"))
    assert merge(found, record(closed={"workup": closing(2, "q1")})).fingerprint() == found.fingerprint()


# --- reading one record


def test_a_record_is_read_back_as_it_was_written() -> None:
    found = record(("q1", 1, "a"), ("q2", 4, ["b", "c"]), ("q3", 3, None))
    assert parse(encode(found), CASE) == found


def test_a_record_with_closed_stages_and_late_answers_is_read_back_as_it_was_written() -> None:
    found = merge(record(("q1", 1, "a"), closed={"workup": closing(2, "q1")}), record(("q1", 3, ["late"])))
    assert found.late
    assert parse(encode(found), CASE) == found


def test_a_file_from_before_there_were_stages_is_read() -> None:
    older = bundle(record(("q1", 1, "a")))
    del older["closed"], older["late"]
    assert parse(json.dumps(older), CASE) == record(("q1", 1, "a"))


def test_a_mirror_of_one_question_carries_every_closing_and_no_late_answer() -> None:
    found = merge(record(("q1", 1, "a"), closed={"workup": closing(2, "q1")}), record(("q1", 3, "late")))
    mirror = only(found, "q1")
    assert (values(mirror), mirror.closed, mirror.late) == ({"q1": "a"}, found.closed, {})
    assert only(found, "q9").closed == found.closed


def test_a_mirror_of_one_question_carries_that_answer_seed_and_counter_and_no_other_answer() -> None:
    found = record(("q1", 1, "a"), ("q2", 4, "b"))
    mirror = only(found, "q1")
    assert values(mirror) == {"q1": "a"}
    assert (mirror.seed, mirror.revision, mirror.case) == (found.seed, found.revision, found.case)
    assert only(found, "unknown").answers == {}


def test_what_one_answered_is_told_apart_from_what_one_cleared() -> None:
    found = record(("q1", 1, "a"), ("q2", 2, None), ("q3", 3, []))
    assert found.answered() == ["q1", "q3"]
    assert found.value("q1") == "a"
    assert found.value("never-asked") is None


def test_the_receipt_code_depends_on_answers_and_confidence_and_on_nothing_else() -> None:
    code = record(("q1", 1, "a"), ("q2", 2, "b")).fingerprint()
    assert record(("q2", 8, "b"), ("q1", 9, "a"), seed=99).fingerprint() == code
    sure = record(("q1", 1, "a"), ("q2", 2, "b"))
    sure.answers["q1"] = msgspec.structs.replace(sure.answers["q1"], confidence="sure")
    others = [
        sure,
        record(("q1", 1, "a"), ("q2", 2, "c")),
        record(("q1", 1, "a")),
        record(("q1", 1, "a"), ("q3", 2, "b")),
        record(("q1", 1, "a"), ("q2", 2, "b"), case="other"),
    ]
    assert len({code, *(other.fingerprint() for other in others)}) == 6


def raw_with(value: str, key: str = "q") -> bytes:
    """Return the JSON text of a record with one answer, the value as given."""
    answer = f'{{"revision": 1, "time": "{clock(1)}", "value": {value}}}'
    return f'{{"schema": 1, "case": "{CASE}", "seed": 7, "revision": 1, "answers": {{"{key}": {answer}}}}}'.encode()


DAMAGED: dict[str, bytes] = {
    "empty": b"",
    "cut off": encode(record(("q", 1, "a")))[:-20],
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "null bytes": b"\x00" * 500,
    "null bytes after the end": encode(record()) + b"\x00",
    "not UTF-8": raw_with('"\xff"').replace("\xff".encode(), b"\xff"),
    "UTF-16": encode(record()).decode().encode("utf-16"),
    "NaN": raw_with("NaN"),
    "infinity": raw_with("-Infinity"),
    "a number beyond all bounds": raw_with("1e400"),
    "an integer of ten thousand digits": raw_with("9" * 10_000),
    "half a character": raw_with('"\\ud800"'),
    "half a character as a question": raw_with('"a"', key="\\ud800"),
    "brackets without end": raw_with("[" * 200_000),
    "deep nesting": raw_with("[" * 100_000 + "]" * 100_000),
    "no case": b'{"schema": 1}',
    "no schema": f'{{"case": "{CASE}"}}'.encode(),
    "schema as text": f'{{"schema": "1", "case": "{CASE}"}}'.encode(),
    "answers as a list": f'{{"schema": 1, "case": "{CASE}", "answers": []}}'.encode(),
    "an answer as text": f'{{"schema": 1, "case": "{CASE}", "answers": {{"q": "a"}}}}'.encode(),
    "an answer without revision": f'{{"schema": 1, "case": "{CASE}", "answers": {{"q": {{"time": ""}}}}}}'.encode(),
    "a negative revision": raw_with('"a"').replace(b'"revision": 1', b'"revision": -1'),
    "a revision in halves": raw_with('"a"').replace(b'"revision": 1', b'"revision": 1.5'),
    "a revision beyond all bounds": raw_with('"a"').replace(b'"revision": 1', b'"revision": 9007199254740993'),
    "a made-up confidence": raw_with('"a", "confidence": "certain"'),
    "a time like a novel": raw_with('"a"').replace(clock(1).encode(), b"x" * 1000),
    "closings as a list": f'{{"schema": 1, "case": "{CASE}", "closed": []}}'.encode(),
    "a closing without revision": f'{{"schema": 1, "case": "{CASE}", "closed": {{"plan": {{"time": ""}}}}}}'.encode(),
    "a closing of a number": encode(record(closed={"plan": closing(1, "q")})).replace(b'"q"', b"7"),
    "a closing of a question like a novel": encode(record(closed={"plan": closing(1, "q" * 1000)})),
    "a hundred stages": encode(record(closed={f"stage-{number}": closing(1) for number in range(100)})),
    "late answers as a list": f'{{"schema": 1, "case": "{CASE}", "late": []}}'.encode(),
    "a late answer as text": f'{{"schema": 1, "case": "{CASE}", "late": {{"q": "a"}}}}'.encode(),
    "a hundred thousand questions": encode(record()).replace(
        b"{}", b"{%s}" % b",".join(b'"q%d": {"revision": 1, "time": ""}' % number for number in range(100_000))
    ),
}


@pytest.mark.parametrize("raw", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_is_said_to_be_damaged_by_name(raw: bytes) -> None:
    with pytest.raises(DamagedError, match=r"«answers\.json» is damaged"):
        parse(raw, CASE)


ODD_BUT_READABLE: dict[str, tuple[bytes, Any]] = {
    "a null byte in a text": (raw_with('"\\u0000"'), "\x00"),
    "a question that stands twice": (raw_with('"first"}, "q": {"revision": 2, "time": "", "value": "last"'), "last"),
    "an unknown field from elsewhere": (raw_with('"a", "colour": "red"'), "a"),
    "an object": (raw_with('{"a": [1, 2.5, true, null]}'), {"a": [1, 2.5, True, None]}),
    "an integer of thirty digits": (raw_with("1" + "0" * 30), 10**30),
    "nested a few times": (raw_with('[[["a"]]]'), [[["a"]]]),
    "a thousand choices": (raw_with(json.dumps(["x"] * 1000)), ["x"] * 1000),
}


@pytest.mark.parametrize(("raw", "value"), ODD_BUT_READABLE.values(), ids=ODD_BUT_READABLE)
def test_an_odd_value_in_a_sound_record_is_read_for_the_grader_to_judge(raw: bytes, value: Any) -> None:
    assert parse(raw, CASE).value("q") == value


HEAVY = {
    "nested 300 times": raw_with("[" * 300 + "]" * 300),
    "nested 600 times": raw_with("[" * 600 + "]" * 600),
    "nested 990 times": raw_with("[" * 990 + "]" * 990),
    "a million choices": raw_with("[" + ",".join(["0"] * 1_000_000) + "]"),
}


@pytest.mark.parametrize("raw", HEAVY.values(), ids=HEAVY)
def test_whatever_record_is_accepted_can_be_written_again_and_graded(tmp_path: Path, raw: bytes) -> None:
    try:
        found = parse(raw, CASE)
    except AnswersError:
        return  # refusing it is as good
    save(tmp_path, found)
    assert read(tmp_path, CASE) == found
    assert found.fingerprint()
    # As the rebuilt notebook of the grader carries it.
    assert nbformat.from_dict({"metadata": copy.deepcopy(bundle(found))})


@pytest.mark.parametrize("raw", HEAVY.values(), ids=HEAVY)
def test_a_late_answer_that_no_card_can_make_is_refused_as_any_other(raw: bytes) -> None:
    def refused(content: bytes) -> bool:
        try:
            parse(content, CASE)
        except AnswersError:
            return True
        return False

    assert refused(raw.replace(b'"answers"', b'"late"'))
    assert refused(raw)


@given(raw=st.binary(max_size=300))
def test_no_bytes_at_all_do_more_than_an_answers_error(raw: bytes) -> None:
    try:
        parse(raw, CASE)
    except AnswersError:
        return
    raise AssertionError("random bytes are no record")


@given(
    spoilt=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    where=st.sampled_from(["schema", "case", "seed", "revision", "answers", "answer", "value", "time", "confidence"]),
)
def test_a_record_with_anything_in_any_place_is_read_or_gives_an_answers_error(spoilt: Any, where: str) -> None:
    made: dict[str, Any] = bundle(record(("q", 1, "a")))
    target = made if where in made else made["answers"] if where == "answer" else made["answers"]["q"]
    target["q" if where == "answer" else where] = spoilt
    found = list(bundles(notebook(made), CASE))
    assert len(found) == (0 if is_foreign(made) else 1)
    assert all(isinstance(item, Record | AnswersError) for item in found)
    assert all(encode(item) for item in found if isinstance(item, Record))


def is_foreign(made: dict[str, Any]) -> bool:
    """Whether a readable record names another case: such ones are passed over."""
    schema = made["schema"]
    readable = isinstance(schema, int) and not isinstance(schema, bool) and schema <= ANSWERS_SCHEMA
    case = made["case"]
    return readable and isinstance(case, str) and case != CASE and case.isprintable()


def test_half_a_character_in_text_is_damage_as_well() -> None:
    with pytest.raises(DamagedError):
        parse(encode(record()).decode().replace(CASE, "\ud800"), CASE)


def test_a_record_of_another_case_is_told_apart_and_named() -> None:
    with pytest.raises(ForeignError, match=r"«answers\.json» belongs to the case «elsewhere», not to «the-small-case»"):
        parse(encode(record(case="elsewhere")), CASE)


def test_a_record_of_a_newer_course_is_told_apart_even_where_its_shape_is_unknown() -> None:
    newer = json.dumps({"schema": ANSWERS_SCHEMA + 1, "case": CASE, "answers": [["new", "shape"]]})
    with pytest.raises(NewerError, match=r"newer version.*Nothing is lost: update the course, then press Run All"):
        parse(newer, CASE)


# --- records that a notebook carries


def test_a_notebook_gives_back_what_its_cells_carry_by_revision_and_not_by_place() -> None:
    found, faults = collect(notebook(record(("q", 3, "late")), record(("q", 1, "early")), record(("r", 2, "x"))), CASE)
    assert values(found) == {"q": "late", "r": "x"}
    assert found.revision == 3
    assert faults == []


def test_a_record_that_stands_as_text_is_read_too() -> None:
    found, _ = collect(notebook(encode(record(("q", 1, "a"))).decode()), CASE)
    assert values(found) == {"q": "a"}


def test_one_bad_record_is_reported_and_hides_no_good_one() -> None:
    newer = bundle(record()) | {"schema": 99}
    found, faults = collect(notebook({"schema": 1}, record(("q", 1, "a")), newer, "{", float("nan")), CASE)
    assert values(found) == {"q": "a"}
    assert [type(fault) for fault in faults] == [DamagedError, NewerError, DamagedError, DamagedError]


def test_a_record_nested_beyond_all_bounds_is_reported_and_hides_no_good_one() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    nested = bundle(record()) | {"answers": {"q": {"revision": 1, "time": "", "value": deep}}}
    found, faults = collect(notebook(nested, record(("q", 1, "a"))), CASE)
    assert values(found) == {"q": "a"}
    assert [type(fault) for fault in faults] == [DamagedError]


def test_records_of_other_cases_are_not_taken_and_named_as_such() -> None:
    found, faults = collect(notebook(record(("q", 1, "a"), case="elsewhere")), CASE)
    assert found == empty(CASE)
    assert [type(fault) for fault in faults] == [ForeignError]


@pytest.mark.parametrize(
    "shape",
    [
        None,
        [],
        "text",
        {},
        {"cells": None},
        {"cells": "text"},
        {"cells": [None, 1, "x", {}]},
        {"cells": [{"outputs": "x"}, {"outputs": [None, {"data": []}, {"data": {MIME: None}}]}]},
    ],
    ids=str,
)
def test_a_notebook_of_any_shape_is_searched_without_complaint(shape: Any) -> None:
    assert collect(shape, CASE) == (empty(CASE), [])


def test_notebooks_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    save_notebook(tmp_path, record(("q", 1, "a")), name="good")
    (tmp_path / "not-json.ipynb").write_text("{")
    (tmp_path / "nested.ipynb").write_text("[" * 100_000)
    (tmp_path / "latin.ipynb").write_bytes(b'{"cells": "\xff"}')
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "dangling.ipynb").symlink_to("nowhere")
    assert values(collect_folder(tmp_path, CASE)) == {"q": "a"}


@pytest.mark.usefixtures("five_seconds")
def test_a_pipe_called_like_a_notebook_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    save_notebook(tmp_path, record(("q", 1, "a")))
    assert values(collect_folder(tmp_path, CASE)) == {"q": "a"}


def test_a_link_to_a_notebook_elsewhere_is_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "mine", tmp_path / "theirs"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "link.ipynb").symlink_to(save_notebook(elsewhere, record(("q", 1, "theirs"))))
    assert values(collect_folder(folder, CASE)) == {}


def test_another_students_notebook_in_the_same_folder_is_left_out(tmp_path: Path) -> None:
    save_notebook(tmp_path, record(("q", 1, "mine"), seed=7))
    save_notebook(tmp_path, record(("q", 9, "theirs"), ("r", 8, "theirs"), seed=8), name="a-friends-copy")
    assert values(collect_folder(tmp_path, CASE)) == {"q": "mine"}
    assert values(collect_folder(tmp_path, CASE, seed=8)) == {"q": "theirs", "r": "theirs"}


def test_a_copy_of_the_students_own_notebook_is_taken_in(tmp_path: Path) -> None:
    save_notebook(tmp_path, record(("q", 1, "old")))
    save_notebook(tmp_path, record(("q", 2, "new")), name=f"{CASE}-Copy1")
    assert values(collect_folder(tmp_path, CASE)) == {"q": "new"}


# --- the file, as a kernel sees it


def test_running_everything_writes_no_file_at_all(tmp_path: Path) -> None:
    save_notebook(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    opened(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_loading_an_existing_file_leaves_it_as_it_is(tmp_path: Path) -> None:
    found = record(("q", 1, "a"))
    content = save(tmp_path, found)
    save_notebook(tmp_path, found)
    before = tree(tmp_path)
    store = opened(tmp_path)
    assert store.record == found
    assert tree(tmp_path) == before
    assert before[ANSWERS_FILE] == content
    assert (store.notice, store.problem) == ("", "")


def test_an_answer_is_on_the_disk_when_recording_returns(tmp_path: Path) -> None:
    store = opened(tmp_path)
    answer = store.write("q", ["a", "b"], "fairly", "v1")
    found = read(tmp_path, CASE)
    assert found is not None
    assert found == store.record
    assert found.answers["q"] == answer
    assert (answer.value, answer.confidence, answer.version, answer.revision) == (["a", "b"], "fairly", "v1", 1)


def test_each_recording_has_a_higher_revision_than_all_before(tmp_path: Path) -> None:
    store = opened(tmp_path)
    given_out = [store.write(question, "x", None, "v").revision for question in ("q", "r", "q", "q", "s")]
    given_out.append(opened(tmp_path).write("r", None, None, "v").revision)
    assert given_out == sorted(set(given_out))


def test_a_cleared_answer_is_a_later_record_without_a_value(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("q", "a", "sure", "v")
    cleared = store.write("q", None, None, "v")
    found = opened(tmp_path).record
    assert found.answers["q"] == cleared
    assert found.answered() == []


def test_the_seed_is_drawn_at_the_first_answer_and_kept_for_good(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.record.seed == 0
    store.write("q", "a", None, "v")
    seed = store.record.seed
    assert seed > 0
    store.write("q", "b", None, "v")
    later = opened(tmp_path)
    later.write("r", "c", None, "v")
    assert later.record.seed == read(tmp_path, CASE).seed == store.record.seed == seed


def test_two_students_get_different_seeds(tmp_path: Path) -> None:
    seeds = set()
    for name in "abcd":
        (tmp_path / name).mkdir()
        store = opened(tmp_path / name)
        store.write("q", "a", None, "v")
        seeds.add(store.record.seed)
    assert len(seeds) == 4


def test_the_seed_comes_back_with_the_answers_from_a_notebook(tmp_path: Path) -> None:
    save_notebook(tmp_path, record(("q", 1, "a"), seed=1234))
    assert opened(tmp_path).record.seed == 1234
    assert read(tmp_path, CASE).seed == 1234


def test_answers_without_a_file_are_restored_from_the_notebook_and_written_at_once(tmp_path: Path) -> None:
    found = record(("q", 3, "a"), ("r", 4, None))
    save_notebook(tmp_path, found)
    store = opened(tmp_path)
    assert store.record == read(tmp_path, CASE) == found
    assert "restored from the saved notebook" in store.notice


def test_a_file_older_than_its_notebook_takes_in_the_later_answers(tmp_path: Path) -> None:
    save(tmp_path, record(("q", 1, "old"), ("r", 2, "file")))
    save_notebook(tmp_path, record(("q", 5, "new")))
    store = opened(tmp_path)
    assert values(read(tmp_path, CASE)) == {"q": "new", "r": "file"}
    assert store.write("r", "later", None, "v").revision > 5


def test_an_answer_cleared_in_the_file_does_not_come_back_from_an_older_notebook(tmp_path: Path) -> None:
    save(tmp_path, record(("q", 2, None)))
    save_notebook(tmp_path, record(("q", 1, "a")))
    assert opened(tmp_path).record.answered() == []
    assert read(tmp_path, CASE).answered() == []


def test_an_answer_cleared_in_one_mirror_does_not_come_back_from_an_older_one(tmp_path: Path) -> None:
    save_notebook(tmp_path, record(("q", 2, None)), record(("q", 1, "a")))
    assert opened(tmp_path).record.answered() == []


def test_when_the_file_vanishes_under_a_running_kernel_nothing_is_lost(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("q", "a", None, "v")
    (tmp_path / ANSWERS_FILE).unlink()
    store.write("r", "b", None, "v")
    assert values(read(tmp_path, CASE)) == {"q": "a", "r": "b"}
    (tmp_path / ANSWERS_FILE).unlink()
    store.load()
    assert values(read(tmp_path, CASE)) == {"q": "a", "r": "b"}


def test_a_second_kernel_of_the_folder_takes_in_what_the_first_recorded(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    first.write("q", "a", None, "v")
    second.write("r", "b", None, "v")
    first.load()
    assert values(first.record) == values(second.record) == {"q": "a", "r": "b"}
    assert first.record.answers["q"].revision < first.record.answers["r"].revision


def test_looking_only_changes_no_file(tmp_path: Path) -> None:
    (tmp_path / ANSWERS_FILE).write_text("{")
    save_notebook(tmp_path, record(("q", 1, "a")))
    before = sorted(path.name for path in tmp_path.iterdir())
    store = Store(tmp_path, CASE)
    store.load(write=False)
    assert values(store.record) == {"q": "a"}
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / ANSWERS_FILE).read_text() == "{"


# --- closing a stage


def test_a_closing_is_on_the_disk_when_it_returns_and_keeps_all_answers(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("q1", "a", None, "v")
    closed = store.close("workup", ["q1", "q2"])
    found = read(tmp_path, CASE)
    assert found is not None
    assert found == store.record
    assert found.closed == {"workup": closed}
    assert (closed.revision, closed.questions) == (2, ["q1", "q2"])
    assert closed.time.endswith("Z")
    assert values(found) == {"q1": "a"}


def test_a_stage_may_be_closed_before_anything_is_answered_and_draws_the_seed(tmp_path: Path) -> None:
    opened(tmp_path).close("workup", ["q1"])
    found = opened(tmp_path).record
    assert set(found.closed) == {"workup"}
    assert found.seed > 0


@pytest.mark.parametrize("value", ["b", None])
def test_an_answer_to_a_closed_question_is_refused_in_a_sentence_and_the_file_stays(tmp_path: Path, value: Any) -> None:
    store = opened(tmp_path)
    store.write("q1", "a", "sure", "v")
    store.close("workup", ["q1", "q2"])
    memory, before = store.record, tree(tmp_path)
    for question in ("q1", "q2"):
        with pytest.raises(AnswersError, match=r"^NOT saved: this part of the case is closed.*not changed\.$"):
            store.write(question, value, "guessing", "v")
    assert store.record == memory
    assert tree(tmp_path) == before


def test_a_question_of_another_stage_is_recorded_as_before(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.close("workup", ["q1"])
    assert store.write("q3", "c", None, "v").revision == 2
    assert values(read(tmp_path, CASE)) == {"q3": "c"}


def test_a_second_kernel_that_has_not_seen_the_closing_is_refused_too(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    second.write("q1", "a", None, "v")
    first.close("workup", ["q1"])
    before = tree(tmp_path)
    assert not second.record.is_closed("q1"), "it knows nothing of it"
    with pytest.raises(AnswersError, match="NOT saved: this part of the case is closed"):
        second.write("q1", "b", None, "v")
    assert tree(tmp_path) == before
    assert second.record.is_closed("q1"), "from now on it does"
    assert second.record.value("q1") == "a"


def test_closing_a_stage_twice_keeps_the_first_closing(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    closed = first.close("workup", ["q1"])
    again = [first.close("workup", ["q1", "q9"]), second.close("workup", []), opened(tmp_path).close("workup", ["q9"])]
    assert again == [closed] * 3
    assert read(tmp_path, CASE).closed == {"workup": closed}


def test_each_closing_has_a_revision_of_its_own(tmp_path: Path) -> None:
    store = opened(tmp_path)
    given_out = [
        store.write("q1", "a", None, "v").revision,
        store.close("workup", ["q1"]).revision,
        store.write("q3", "c", None, "v").revision,
        opened(tmp_path).close("decisions", ["q3"]).revision,
    ]
    assert given_out == sorted(set(given_out))


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EACCES], ids=errno.errorcode.get)
def test_a_closing_that_cannot_be_written_has_closed_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    store = opened(tmp_path)
    store.write("q1", "a", None, "v")
    memory, before = store.record, tree(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(files, "write_whole", fail_with(trouble))
        with pytest.raises(AnswersError, match=r"^NOT saved: .*press Run All"):
            store.close("workup", ["q1"])
    assert (store.record, tree(tmp_path)) == (memory, before)
    assert store.write("q1", "b", None, "v").value == "b", "still open"


def test_a_closing_comes_back_from_the_notebook_when_the_file_is_gone(tmp_path: Path) -> None:
    found = record(("q1", 1, "a"), closed={"workup": closing(2, "q1")})
    save_notebook(tmp_path, only(found, "q1"), record(closed=found.closed))
    store = opened(tmp_path)
    assert store.record == read(tmp_path, CASE) == found
    assert "restored" in store.notice
    with pytest.raises(AnswersError, match="closed"):
        store.write("q1", "b", None, "v")


def test_a_closing_that_only_the_notebook_knows_is_written_into_an_older_file(tmp_path: Path) -> None:
    save(tmp_path, record(("q1", 1, "a")))
    save_notebook(tmp_path, record(closed={"workup": closing(2, "q1")}))
    opened(tmp_path)
    assert read(tmp_path, CASE).is_closed("q1")


def test_a_notebook_answered_elsewhere_after_the_closing_changes_no_answer_and_is_kept(tmp_path: Path) -> None:
    save(tmp_path, record(("q1", 1, "a"), closed={"workup": closing(2, "q1")}))
    save_notebook(tmp_path, record(("q1", 5, "b")), name=f"{CASE}-Copy1")
    opened(tmp_path)
    found = read(tmp_path, CASE)
    assert values(found) == {"q1": "a"}
    assert found.late["q1"].value == "b"
    assert found.revision == 5


def test_a_stage_closed_in_a_damaged_file_is_closed_again_from_the_notebook(tmp_path: Path) -> None:
    save_notebook(tmp_path, record(closed={"workup": closing(2, "q1")}))
    (tmp_path / ANSWERS_FILE).write_bytes(b"{")
    store = opened(tmp_path)
    assert store.record.is_closed("q1")
    assert read(tmp_path, CASE).is_closed("q1")


# --- files that cannot be used

UNUSABLE = ("empty", "cut off", "null bytes", "deep nesting", "half a character", "NaN")
SET_ASIDE = {name: DAMAGED[name] for name in UNUSABLE}


@pytest.mark.parametrize("raw", SET_ASIDE.values(), ids=SET_ASIDE)
def test_a_damaged_answers_file_is_renamed_and_never_deleted(tmp_path: Path, raw: bytes) -> None:
    found = record(("q", 3, "a"))
    save_notebook(tmp_path, found)
    (tmp_path / ANSWERS_FILE).write_bytes(raw)
    store = opened(tmp_path)
    assert tree(tmp_path)["answers.damaged-1.json"] == raw
    assert store.record == read(tmp_path, CASE) == found, "restored before anything is drawn"
    assert "answers.damaged-1.json" in store.notice
    assert "damaged" in store.notice
    assert store.problem == ""


def test_a_damaged_file_without_any_mirror_is_kept_and_recording_goes_on(tmp_path: Path) -> None:
    (tmp_path / ANSWERS_FILE).write_bytes(b"{")
    store = opened(tmp_path)
    assert tree(tmp_path) == {"answers.damaged-1.json": b"{"}
    assert "restored" not in store.notice, "there was nothing to restore"
    store.write("q", "a", None, "v")
    assert values(read(tmp_path, CASE)) == {"q": "a"}


def test_a_file_damaged_between_two_clicks_is_kept_and_no_answer_is_lost(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("q", "a", None, "v")
    (tmp_path / ANSWERS_FILE).write_bytes(b"garbage")
    store.write("r", "b", None, "v")
    assert tree(tmp_path)["answers.damaged-1.json"] == b"garbage"
    assert values(read(tmp_path, CASE)) == {"q": "a", "r": "b"}


def test_files_damaged_again_and_again_are_all_kept(tmp_path: Path) -> None:
    for content in (b"1", b"2", b"3"):
        (tmp_path / ANSWERS_FILE).write_bytes(content)
        opened(tmp_path)
    kept = {name: content for name, content in tree(tmp_path).items() if "damaged" in name}
    assert kept == {f"answers.damaged-{number}.json": str(number).encode() for number in (1, 2, 3)}


def test_a_file_of_another_case_is_renamed_with_its_case_and_never_deleted(tmp_path: Path) -> None:
    content = save(tmp_path, record(("q", 5, "theirs"), case="elsewhere"))
    store = opened(tmp_path)
    assert store.record == empty(CASE)
    assert tree(tmp_path) == {"answers.another-case-1.json": content}
    assert "«elsewhere»" in store.notice
    assert "answers.another-case-1.json" in store.notice


def test_a_file_of_a_newer_course_is_left_alone_and_recording_is_refused(tmp_path: Path) -> None:
    content = json.dumps({"schema": ANSWERS_SCHEMA + 1, "case": CASE}).encode()
    (tmp_path / ANSWERS_FILE).write_bytes(content)
    save_notebook(tmp_path, record(("q", 1, "a")))
    before = tree(tmp_path)
    store = opened(tmp_path)
    assert store.problem.startswith("NOT saved: ")
    assert "update the course" in store.problem
    with pytest.raises(AnswersError, match=r"NOT saved: .*newer version.*update the course"):
        store.write("q", "b", None, "v")
    assert tree(tmp_path) == before


def test_a_newer_course_that_wrote_while_this_kernel_ran_is_respected(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("q", "a", None, "v")
    memory = store.record
    content = json.dumps({"schema": ANSWERS_SCHEMA + 1, "case": CASE}).encode()
    (tmp_path / ANSWERS_FILE).write_bytes(content)
    with pytest.raises(AnswersError, match="newer version"):
        store.write("q", "b", None, "v")
    assert tree(tmp_path) == {ANSWERS_FILE: content}
    assert store.record == memory


def test_a_link_in_place_of_the_file_is_neither_followed_nor_written_through(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "mine", tmp_path / "theirs"
    folder.mkdir()
    elsewhere.mkdir()
    content = save(elsewhere, record(("q", 1, "theirs")))
    (folder / ANSWERS_FILE).symlink_to(elsewhere / ANSWERS_FILE)
    store = opened(folder)
    store.write("r", "mine", None, "v")
    assert values(store.record) == {"r": "mine"}
    assert (elsewhere / ANSWERS_FILE).read_bytes() == content
    assert not (folder / ANSWERS_FILE).is_symlink()
    assert (folder / "answers.damaged-1.json").is_symlink()


def test_a_folder_in_place_of_the_file_is_set_aside_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / ANSWERS_FILE).mkdir()
    (tmp_path / ANSWERS_FILE / "thesis.txt").write_text("years of work")
    opened(tmp_path).write("q", "a", None, "v")
    assert values(read(tmp_path, CASE)) == {"q": "a"}
    assert (tmp_path / "answers.damaged-1.json" / "thesis.txt").read_text() == "years of work"


@pytest.mark.usefixtures("five_seconds")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ANSWERS_FILE)
    opened(tmp_path).write("q", "a", None, "v")
    assert values(read(tmp_path, CASE)) == {"q": "a"}
    assert (tmp_path / "answers.damaged-1.json").is_fifo()


@pytest.mark.usefixtures("five_seconds")
def test_a_file_too_large_to_be_real_is_not_read_but_kept(tmp_path: Path) -> None:
    with (tmp_path / ANSWERS_FILE).open("wb") as file:
        file.truncate(200 * ANSWERS_CAP)
    save_notebook(tmp_path, record(("q", 1, "a")))
    store = opened(tmp_path)
    assert values(store.record) == {"q": "a"}
    assert (tmp_path / "answers.damaged-1.json").stat().st_size == 200 * ANSWERS_CAP


@pytest.mark.parametrize("trouble", [errno.EMFILE, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_a_sound_file_that_cannot_be_read_just_now_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(trouble, os.strerror(trouble))

    content = save(tmp_path, record(("q", 1, "a")))
    store = Store(tmp_path, CASE)
    with monkeypatch.context() as broken:
        broken.setattr(files, "read_regular", fail)
        store.load()
        assert store.problem.startswith("NOT saved: ")
        with pytest.raises(AnswersError, match="NOT saved"):
            store.write("q", "b", None, "v")
    assert tree(tmp_path) == {ANSWERS_FILE: content}


# --- folders and disks that fail


def fail_with(number: int) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT], ids=errno.errorcode.get)
def test_when_writing_fails_a_sentence_says_why_and_nothing_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    store = opened(tmp_path)
    store.write("q", "a", None, "v")
    memory, before = store.record, tree(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(files, "write_whole", fail_with(trouble))
        with pytest.raises(AnswersError) as caught:
            store.write("q", "b", None, "v")
    assert str(caught.value).startswith("NOT saved: ")
    assert os.strerror(trouble) in str(caught.value)
    assert "press Run All" in str(caught.value)
    assert store.record == memory
    assert tree(tmp_path) == before
    assert store.write("q", "c", None, "v").revision == 2, "once the disk has room again"


def test_a_folder_that_cannot_be_written_is_said_before_the_first_click_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ANSWERS_FILE).write_bytes(b"{")
    save_notebook(tmp_path, record(("q", 1, "a")))
    before = tree(tmp_path)
    monkeypatch.setattr(files, "check_writable", fail_with(errno.EACCES))
    store = opened(tmp_path)
    assert store.problem.startswith("NOT saved: this folder cannot be written (Permission denied)")
    assert "press Run All" in store.problem
    assert values(store.record) == {"q": "a"}, "what was answered is still shown"
    assert tree(tmp_path) == before


def test_a_problem_that_has_gone_is_not_shown_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path, CASE)
    with monkeypatch.context() as broken:
        broken.setattr(files, "check_writable", fail_with(errno.ENOSPC))
        store.load()
    assert store.problem
    store.load()
    assert store.problem == ""


def test_a_disk_that_fills_up_while_answers_are_restored_is_said_and_the_answers_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_notebook(tmp_path, record(("q", 1, "a")))
    monkeypatch.setattr(files, "write_whole", fail_with(errno.ENOSPC))
    store = opened(tmp_path)
    assert store.problem.startswith("NOT saved: ")
    assert values(store.record) == {"q": "a"}
    assert ANSWERS_FILE not in tree(tmp_path)


def test_a_damaged_file_that_cannot_be_renamed_gives_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ANSWERS_FILE).write_bytes(b"{")
    monkeypatch.setattr(Path, "rename", fail_with(errno.EACCES))
    store = opened(tmp_path)
    assert store.problem.startswith("NOT saved: ")
    with pytest.raises(AnswersError, match="NOT saved"):
        store.write("q", "a", None, "v")
    assert tree(tmp_path) == {ANSWERS_FILE: b"{"}


def test_a_lock_that_another_kernel_does_not_give_back_is_said_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answers.LOCK_SECONDS < 3, "the card calls a click lost after 3 s"
    monkeypatch.setattr(answers, "LOCK_SECONDS", 0.05)
    store = opened(tmp_path)
    with (
        filelock.FileLock(tmp_path / f".{ANSWERS_FILE}.lock"),
        pytest.raises(AnswersError, match="NOT saved: another notebook of this folder is writing"),
    ):
        store.write("q", "a", None, "v")
    assert store.record == empty(CASE)
    assert tree(tmp_path) == {}


def test_a_value_that_cannot_be_written_spoils_no_later_answer(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("q", "a", None, "v")
    memory, before = store.record, tree(tmp_path)
    with pytest.raises(AnswersError, match="NOT saved"):
        store.write("r", "\ud800", None, "v")
    assert (store.record, tree(tmp_path)) == (memory, before)
    store.write("s", "b", None, "v")
    assert values(read(tmp_path, CASE)) == {"q": "a", "s": "b"}


def test_a_value_too_large_to_be_read_again_is_refused(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write("q", "a", None, "v")
    before = tree(tmp_path)
    with pytest.raises(AnswersError, match="NOT saved"):
        store.write("r", ["x" * ANSWERS_CAP], None, "v")
    assert tree(tmp_path) == before


def test_a_counter_at_its_end_never_makes_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    highest = 2**53
    content = save(tmp_path, record(("q", highest, "a")))
    store = opened(tmp_path)
    try:
        store.write("q", "b", None, "v")
    except AnswersError:
        assert tree(tmp_path) == {ANSWERS_FILE: content}
    else:
        assert values(read(tmp_path, CASE)) == {"q": "b"}


# --- several at once


def test_two_processes_that_record_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    count = 20
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(2)
    writers = [
        context.Process(target=write_many, args=(str(tmp_path), name, count, together)) for name in ("one", "two")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
        assert writer.exitcode == 0
    found = read(tmp_path, CASE)
    assert set(found.answers) == {f"{name}-{number}" for name in ("one", "two") for number in range(count)}
    assert len({answer.revision for answer in found.answers.values()}) == 2 * count
    assert found.revision == 2 * count


def test_restoring_does_not_overwrite_what_another_kernel_records_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_notebook(tmp_path, record(("q", 1, "a")))
    other = opened(tmp_path)
    (tmp_path / ANSWERS_FILE).unlink()
    search = answers.collect_folder

    def search_while_the_other_records(*arguments: Any) -> Record:
        found = search(*arguments)
        other.write("r", "b", None, "v")
        return found

    monkeypatch.setattr(answers, "collect_folder", search_while_the_other_records)
    opened(tmp_path)
    assert values(read(tmp_path, CASE)) == {"q": "a", "r": "b"}


def test_a_sound_file_that_came_meanwhile_is_not_set_aside_as_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ANSWERS_FILE).write_bytes(b"{")
    look, other = answers.read, Store(tmp_path, CASE)

    def look_while_the_other_records(*arguments: Any) -> Record | None:
        monkeypatch.setattr(answers, "read", look)
        try:
            return look(*arguments)
        finally:
            other.write("r", "b", None, "v")

    monkeypatch.setattr(answers, "read", look_while_the_other_records)
    opened(tmp_path)
    assert values(read(tmp_path, CASE)) == {"r": "b"}
    assert [name for name in tree(tmp_path) if "damaged" in name] == ["answers.damaged-1.json"]
