"""Whatever is wrong in the bank gives a sentence that names file, question and what to do; what students saw stays."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from small_bank import (
    MATCH,
    NUMBER,
    ORDER,
    TRIAGE,
    band,
    before,
    every_kind,
    fitting,
    many_of,
    match,
    number,
    one_of,
    order,
    row,
    step,
    toml,
    triage,
    workup,
)

from itband_course.grading import bank as bank_
from itband_course.grading.bank import LOCK_FILE, BankError, load, lock
from itband_course.kinds.triage import TriageKey
from itband_course.questions import split

REFERENCES = ["someone-2001", "another-2002"]
OUTCOMES = ["see", "write"]


def choice_table(choice_id: str, verdict: str) -> str:
    misconception = f'misconception = "idea behind {choice_id}"\n' if verdict in ("wrong", "danger") else ""
    return (
        f'[[question.choice]]\nid = "{choice_id}"\ntext = "Text of {choice_id}"\nis = "{verdict}"\n'
        f'reason = "Because {choice_id} is as it is."\n{misconception}\n'
    )


def question_table(question_id: str, kind: str, canary: str, choices: dict[str, str]) -> str:
    head = (
        f'[[question]]\nid = "{question_id}"\nkind = "{kind}"\noutcome = "see"\npoints = 2\n'
        f'prompt = "Prompt of {question_id}?"\nsources = ["someone-2001"]\ncanary = "{canary}"\n\n'
    )
    return head + "".join(choice_table(choice, verdict) for choice, verdict in choices.items())


ONE = question_table(
    "one", "one-of", "itband-canary-00000000-00000001", {"a": "right", "b": "accepted", "c": "wrong", "d": "wrong"}
)
MANY = question_table(
    "many", "many-of", "itband-canary-00000000-00000002", {"e": "right", "f": "right", "g": "neutral", "h": "wrong"}
)
NOTE = """[[note]]
id = "the-note"
outcome = "write"
points = 4
title = "Your note"
prompt = "Write the note."
sources = ["another-2002"]
canary = "itband-canary-00000000-00000003"
exemplar = "A line that a good note has."

[[note.criterion]]
id = "first"
points = 3
text = "Says this."

[[note.criterion]]
id = "second"
points = 1
text = "Says that."

[[note.forfeit]]
text = "Does harm."
"""


def write_bank(root: Path, **files: str) -> Path:
    folder = root / "bank"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    try:
        return bank_.lint(load(folder), REFERENCES, OUTCOMES)
    except BankError as error:
        assert str(error) == "\n".join(error.problems)
        return error.problems


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_a_good_bank_has_nothing_to_mend_and_holds_everything_by_id(tmp_path: Path) -> None:
    folder = write_bank(tmp_path, topic=ONE + MANY, writing=NOTE)
    bank = load(folder)
    assert problems(folder) == []
    assert set(bank.questions) == {"one", "many"}
    assert set(bank.notes) == {"the-note"}
    assert bank.where == {"one": "topic.toml", "many": "topic.toml", "the-note": "writing.toml"}


EVERY_KIND = "".join(toml(question) for question in every_kind())


def test_a_question_of_every_kind_is_read_as_it_was_written_and_has_nothing_to_mend(tmp_path: Path) -> None:
    folder = write_bank(tmp_path, topic=EVERY_KIND)
    assert list(load(folder).questions.values()) == every_kind()
    assert problems(folder) == []


@pytest.mark.parametrize("entry", [ONE, MANY, NOTE])
def test_what_schools_teach_and_no_study_says_stands_on_that_alone(tmp_path: Path, entry: str) -> None:
    sources = re.search(r"^sources = .*$", entry, re.MULTILINE)
    assert sources
    taught = changed(entry, sources[0], 'sources = []\nbasis = "usual practice"')
    assert problems(write_bank(tmp_path, topic=taught)) == []


def test_files_that_are_not_toml_are_no_part_of_the_bank(tmp_path: Path) -> None:
    folder = write_bank(tmp_path, topic=ONE)
    (folder / "README.md").write_text("# The bank")
    assert problems(folder) == []


# --- what bad input gets

BAD = {
    "two right choices": (ONE, 'is = "accepted"', 'is = "right"', r"2 \(a, b\).*accepted"),
    "no right choice": (ONE, 'is = "right"', 'is = "accepted"', r"this one has 0.*mark"),
    "a verdict of another kind": (ONE, 'is = "accepted"', 'is = "neutral"', r"«b» is «neutral».*write one of"),
    "a verdict that nobody knows": (ONE, 'is = "accepted"', 'is = "perhaps"', r"perhaps"),
    "an unknown source": (ONE, "someone-2001", "nobody-1900", r"«nobody-1900».*references\.toml.*add it"),
    "no source": (ONE, '["someone-2001"]', "[]", r"no source.*references\.toml"),
    "an unknown outcome": (ONE, 'outcome = "see"', 'outcome = "feel"', r"«feel».*course\.toml.*add it"),
    "no reason": (ONE, "Because a is as it is.", "", r"«a» has no real reason.*say"),
    "a blank reason": (ONE, "Because a is as it is.", " " * 40, r"«a» has no real reason.*say"),
    "no misconception": (ONE, 'misconception = "idea behind c"\n', "", r"«c» names no misconception.*say"),
    "no points": (ONE, "points = 2", "points = 0", r"0 points.*give it more"),
    "negative points": (ONE, "points = 2", "points = -1", r"-1 points.*give it more"),
    "points as text": (ONE, "points = 2", 'points = "2"', r"points"),
    "points that are no number": (ONE, "points = 2", "points = nan", r"points"),
    "points without end": (ONE, "points = 2", "points = inf", r"points"),
    "points finer than a hundredth": (ONE, "points = 2", "points = 0.666", r"points"),
    "a kind that nobody knows": (ONE, '"one-of"', '"two-of"', r"«two-of».*known kinds are"),
    "no kind": (ONE, 'kind = "one-of"\n', "", r"kind.*known kinds are"),
    "an unknown field": (ONE, "points = 2", "points = 2\npionts = 3", r"unknown field.*pionts"),
    "an unknown field in a choice": (ONE, 'is = "right"', 'is = "right"\nwhy = "x"', r"unknown field.*why.*choice"),
    "a missing field": (ONE, 'outcome = "see"\n', "", r"missing.*outcome"),
    "an empty prompt": (ONE, "Prompt of one?", " ", r"prompt is empty.*say"),
    "an id with capitals": (ONE, 'id = "one"', 'id = "One"', r"lower-case words.*write it as"),
    "a choice id with spaces": (ONE, 'id = "a"', 'id = "A b"', r"«A b»"),
    "two choices of one name": (ONE, 'id = "b"', 'id = "a"', r"two choices are called «a».*own id"),
    "a choice of all the others": (ONE, "Text of d", "All of the above", r"«d» reads.*name the thing"),
    "a canary of another form": (ONE, "itband-canary-00000000-00000001", "tweety", r"canary.*hex digits"),
    "no canary": (ONE, 'canary = "itband-canary-00000000-00000001"\n', "", r"missing.*canary"),
    "too few choices": (ONE, choice_table("b", "accepted") + choice_table("c", "wrong"), "", r"2 choices: offer"),
    "a many-of without wrong": (
        MANY,
        choice_table("h", "wrong"),
        choice_table("h", "neutral"),
        r"no choice is wrong.*add",
    ),
    "a many-of without right": (
        MANY,
        choice_table("e", "right") + choice_table("f", "right"),
        choice_table("e", "wrong") + choice_table("f", "wrong"),
        r"no choice is right.*add",
    ),
    "an accepted choice in a many-of": (MANY, 'is = "neutral"', 'is = "accepted"', r"«g» is «accepted».*write one of"),
    "a mark scheme that does not add up": (NOTE, "points = 3", "points = 2", r"adds up to 3 points.*worth 4.*agree"),
    "a note with an unknown source": (NOTE, "another-2002", "nobody-1900", r"«nobody-1900»"),
    "a note with an unknown outcome": (NOTE, 'outcome = "write"', 'outcome = "paint"', r"«paint»"),
    "a note with an unknown field": (NOTE, 'title = "Your note"', 'title = "x"\nfont = "y"', r"unknown field.*font"),
    "a note without exemplar": (NOTE, "A line that a good note has.", " ", r"no exemplar: write the full answer"),
    "an empty criterion": (NOTE, "Says this.", "", r"criterion «first» is empty: say"),
    "an empty forfeit": (NOTE, "Does harm.", "", r"a forfeit is empty: say what costs"),
    "a choice without text": (ONE, "Text of d", " ", r"«d» has no text: write what students read"),
    "a note without points": (NOTE, "points = 4", "points = 0", r"0 points"),
}


BAD |= {
    "a band without an end": (toml(number()), ", to = 75.0 }", " }", r"missing field «to» \(in right\): add it"),
    "a band as a word": (toml(number()), "from = 70.0", 'from = "seventy"', r"in right\.from\): mend the value"),
    "a band with a third number": (toml(number()), "from = 70.0", "about = 7, from = 70.0", r"unknown field «about»"),
    "a range of three numbers": (toml(number()), "[0.0, 300.0]", "[0.0, 1.0, 2.0]", r"in plausible\): mend"),
    "a number without any other": (toml(number()), "other = ", "others = ", r"unknown field «others»"),
    "a slip that overlaps": (toml(number()), "from = 41.0, to = 43.0", "from = 41.0, to = 66.0", r"overlaps another"),
    "a use that nobody knows": (toml(order()), 'is = "optional"', 'is = "perhaps"', r"perhaps.*in step 5\.is\)"),
    "a pair with half its steps": (toml(order()), 'first = "walk", ', "", r"missing field «first» \(in before 1\)"),
    "pairs in a circle": (
        toml(order()),
        'first = "compare", then = "cool"',
        'first = "compare", then = "walk"',
        "circle",
    ),
    "a step without text": (toml(order()), "Text of cool", " ", r"«cool» has no text: write"),
    "a row without text": (toml(match()), "Row calf", "", r"«row/calf» has no text: write"),
    "a row without choice": (toml(match()), 'choice = "fills", ', "", r"missing field «choice» \(in row 3\)"),
    "a choice for rows without misconception": (
        toml(match()),
        ', misconception = "the mistaken idea behind clot"',
        "",
        r"«clot» names no misconception.*say",
    ),
    "a choice that is not there": (toml(match()), 'choice = "fills"', 'choice = "gone"', r"«gone», which is not there"),
    "hands that nobody knows": (toml(triage()), 'hands = "changed-plan"', 'hands = "my-plan"', r"my-plan.*key\.hands"),
    "a level on the wrong scale": (toml(triage()), 'level = "same-day"', 'level = "none"', r"none.*in who 4\.level"),
    "a level left out": (toml(triage()), 'level = "same-day"', 'level = "within-days"', r"«same-day» 0 times"),
    "a bolder level among the right ones": (toml(triage()), '["none"]', '["full-plan"]', r"bolder than the key"),
}


@pytest.mark.parametrize(("text", "old", "new", "said"), BAD.values(), ids=BAD)
def test_bad_input_gives_a_sentence_with_file_and_question(
    tmp_path: Path, text: str, old: str, new: str, said: str
) -> None:
    spoilt = changed(text, old, new)
    entry = re.search('id = "(.*?)"', spoilt)[1]
    found = problems(write_bank(tmp_path, topic=spoilt))
    about_it = [problem for problem in found if re.search(said, problem)]
    assert about_it, found
    assert all(problem.startswith(f"topic.toml, «{entry}»: ") for problem in found)
    assert all(problem.endswith(".") for problem in found)


def test_one_fault_does_not_hide_another(tmp_path: Path) -> None:
    spoilt = changed(changed(ONE, "someone-2001", "nobody-1900"), 'outcome = "see"', 'outcome = "feel"')
    said = "\n".join(problems(write_bank(tmp_path, topic=spoilt, other=changed(MANY, "points = 2", "points = 0"))))
    assert all(word in said for word in ("nobody-1900", "feel", "«many»", "«one»"))


def test_an_id_that_stands_twice_in_one_file_is_reported(tmp_path: Path) -> None:
    (problem,) = problems(write_bank(tmp_path, topic=ONE + ONE))
    assert re.search(r"^topic\.toml, «one»: .*stands in topic\.toml already.*give it its own", problem)


@pytest.mark.parametrize("second", [ONE, changed(NOTE, "the-note", "one")], ids=["question", "note"])
def test_an_id_that_stands_in_two_files_is_reported_with_both(tmp_path: Path, second: str) -> None:
    (problem,) = problems(write_bank(tmp_path, first=ONE, second=second))
    assert re.search(r"^second\.toml, «one»: .*first\.toml already", problem)


def test_a_canary_that_two_questions_share_is_reported_with_both(tmp_path: Path) -> None:
    shared = changed(MANY, "00000000-00000002", "00000000-00000001")
    (problem,) = problems(write_bank(tmp_path, first=ONE, second=shared))
    assert re.search(r"^second\.toml, «many»: its canary is also that of «one»: give each its own", problem)


@pytest.mark.parametrize("text", ['[[question]\nid = "one"', "id = one", '"""', "\x00"])
def test_a_file_that_is_not_toml_is_named_with_the_line(tmp_path: Path, text: str) -> None:
    (problem,) = problems(write_bank(tmp_path, broken=text, topic=ONE))
    assert problem.startswith("broken.toml: this is not TOML (")
    assert "line" in problem
    assert "Mend" in problem


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    folder = write_bank(tmp_path, topic=ONE)
    (folder / "latin.toml").write_bytes('[[question]]\nid = "fünf"'.encode("latin-1"))
    (problem,) = problems(folder)
    assert problem.startswith("latin.toml: ")


@pytest.mark.parametrize(
    "text",
    ['[[questions]]\nid = "one"', 'title = "My bank"', changed(ONE, "[[question]]", "[question]"), 'question = "one"'],
    ids=["another name", "a loose field", "one bracket too few", "no table"],
)
def test_what_is_neither_question_nor_note_is_reported_and_never_passed_over(tmp_path: Path, text: str) -> None:
    (problem,) = problems(write_bank(tmp_path, topic=text))
    assert problem.startswith("topic.toml: ")
    assert "[[question]]" in problem


def test_a_missing_bank_says_where_it_belongs_and_that_nothing_was_changed(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "bank")
    assert "«bank»" in problem
    assert str(tmp_path) in problem
    assert "Nothing was graded or changed" in problem
    assert "Put the bank back" in problem


@pytest.mark.parametrize("parts", [(0.1, 0.2), (0.7, 0.2, 0.1), (1.5, 2.5)], ids=str)
def test_a_mark_scheme_adds_up_as_a_person_counts(tmp_path: Path, parts: tuple[float, ...]) -> None:
    head = NOTE.split("[[note.criterion]]", maxsplit=1)[0]
    total = round(sum(parts), 2)
    lines = [f'[[note.criterion]]\nid = "c-{n}"\npoints = {part}\ntext = "This."\n' for n, part in enumerate(parts)]
    text = changed(head, "points = 4", f"points = {total}") + "".join(lines)
    assert problems(write_bank(tmp_path, topic=text)) == []


# --- what the bank keeps from students


def test_secrets_and_canaries_hold_every_reason_misconception_and_mark_scheme(tmp_path: Path) -> None:
    secrets = {
        "Because a is as it is.": "Because this one reason is a whole sentence.",
        "idea behind c": "the idea that a day on the calendar decides",
        "Says this.": "Says this in a sentence of its own.",
        "Does harm.": "Does harm to the client's knee.",
    }
    text = ONE + NOTE
    for old, new in secrets.items():
        text = changed(text, old, new)
    bank = load(write_bank(tmp_path, topic=text))
    assert set(bank.secrets()) >= {*secrets.values(), "A line that a good note has."}
    assert set(bank.canaries()) == {"itband-canary-00000000-00000001", "itband-canary-00000000-00000003"}


def test_secrets_hold_every_reason_and_misconception_of_every_kind_and_nothing_that_students_see(
    tmp_path: Path,
) -> None:
    bank = load(write_bank(tmp_path, topic=EVERY_KIND))
    written = re.findall(r'(?:reason|misconception) = "([^"]+)"', EVERY_KIND)
    assert len(set(written)) > 60
    assert set(bank.secrets()) == set(written)
    assert len(set(bank.canaries())) == len(every_kind())


def test_what_a_student_may_see_of_a_note_holds_no_mark_scheme(tmp_path: Path) -> None:
    note = load(write_bank(tmp_path, writing=NOTE)).notes["the-note"]
    placed = note.placed()
    assert (placed.id, placed.title, placed.points) == ("the-note", "Your note", 4)
    assert set(placed.__struct_fields__) == {"id", "outcome", "title", "points"}
    scheme = note.scheme_markdown()
    assert all(text in scheme for text in ("Says this.", "Says that.", "Does harm.", "4 points"))


def test_the_bank_gives_the_graders_side_of_a_question(tmp_path: Path) -> None:
    bank = load(write_bank(tmp_path, topic=ONE))
    assert bank.rubric("one") == split(bank.questions["one"])[1]


# --- the lock: what students have seen


def locked_bank(root: Path) -> Path:
    folder = write_bank(root, topic=ONE + MANY, writing=NOTE)
    assert lock(load(folder)) == 3
    return folder


def after(root: Path, old: str, new: str) -> list[str]:
    """Return what the linter says after one change to a locked bank."""
    locked_bank(root)
    return problems(write_bank(root, topic=changed(ONE + MANY, old, new)))


def test_a_lock_of_an_unchanged_bank_says_nothing_and_adds_nothing(tmp_path: Path) -> None:
    folder = locked_bank(tmp_path)
    before = (folder / LOCK_FILE).read_bytes()
    assert problems(folder) == []
    assert lock(load(folder)) == 0
    assert (folder / LOCK_FILE).read_bytes() == before


def test_a_lock_holds_every_id_and_choice_but_no_text(tmp_path: Path) -> None:
    folder = locked_bank(tmp_path)
    written = (folder / LOCK_FILE).read_text()
    held = json.loads(written)
    assert set(held) == {"one", "many", "the-note"}
    assert set(held["one"]["choices"]) == {"a", "b", "c", "d"}
    assert "Prompt of" not in written
    assert "Text of" not in written


def test_new_questions_are_added_to_the_lock(tmp_path: Path) -> None:
    locked_bank(tmp_path)
    third = changed(changed(ONE, 'id = "one"', 'id = "three"'), "00000000-00000001", "00000000-00000009")
    folder = write_bank(tmp_path, more=third)
    assert problems(folder) == []
    assert lock(load(folder)) == 1
    assert set(json.loads((folder / LOCK_FILE).read_text())) == {"one", "many", "the-note", "three"}


def test_a_question_that_students_saw_cannot_be_removed(tmp_path: Path) -> None:
    (problem,) = after(tmp_path, MANY, "")
    assert re.search(r"«many»: students have seen this id.*Put it back", problem)


def test_a_note_that_students_saw_cannot_be_removed(tmp_path: Path) -> None:
    folder = locked_bank(tmp_path)
    (folder / "writing.toml").unlink()
    (problem,) = problems(folder)
    assert "«the-note»" in problem


def test_a_prompt_that_students_saw_cannot_change_under_the_same_id(tmp_path: Path) -> None:
    (problem,) = after(tmp_path, "Prompt of one?", "Prompt of another?")
    assert re.search(r"^topic\.toml, «one»: its prompt changed after students saw it.*new id", problem)


def test_a_choice_that_students_saw_cannot_be_removed(tmp_path: Path) -> None:
    (problem,) = after(tmp_path, choice_table("d", "wrong"), "")
    assert re.search(r"^topic\.toml, «one»: choice «d» is gone.*Put it back", problem)


def test_a_choice_that_students_saw_cannot_read_differently(tmp_path: Path) -> None:
    (problem,) = after(tmp_path, "Text of d", "Another text")
    assert re.search(r"^topic\.toml, «one»: choice «d» reads differently.*new id", problem)


def test_a_choice_may_be_added_after_students_saw_the_others(tmp_path: Path) -> None:
    last = choice_table("d", "wrong")
    assert after(tmp_path, last, last + choice_table("x", "wrong")) == []


def after_rewriting(root: Path, first: Any, second: Any) -> list[str]:
    """Return what the linter says of a locked question that was written anew."""
    lock(load(write_bank(root, topic=toml(first))))
    assert problems(root / "bank") == []
    return problems(write_bank(root, topic=toml(second)))


def steps(*left_out: str, **texts: str) -> Any:
    """Return the order question without some steps, and with others reading differently."""
    written = [item for item in order().step if item.id not in left_out]
    pairs = [item for item in order().before if not {item.first, item.then} & set(left_out)]
    changed = [msgspec.structs.replace(item, text=texts.get(item.id, item.text)) for item in written]
    return order(step=changed, before=pairs)


ROWS = [*match().row, row("hip", "fills")]
CHANGED_ROW = [*ROWS[:-1], msgspec.structs.replace(ROWS[-1], text="Another text")]
CHANGED_CHOICE = [*match().choice[:-1], msgspec.structs.replace(match().choice[-1], text="Another text")]
SEEN: dict[str, tuple[Any, Any, str]] = {
    "a step removed": (order(), steps("move"), f"«{ORDER}»: choice «move» is gone.*Put it back"),
    "an unsafe step removed": (order(), steps("press"), f"«{ORDER}»: choice «press» is gone"),
    "a step reads differently": (order(), steps(cool="Another text"), f"«{ORDER}»: choice «cool» reads differently"),
    "a row removed": (match(row=ROWS), match(row=ROWS[:-1]), f"«{MATCH}»: choice «row/hip» is gone"),
    "a row reads differently": (match(row=ROWS), match(row=CHANGED_ROW), f"«{MATCH}»: choice «row/hip» reads differ"),
    "a choice for rows removed": (
        match(),
        match(choice=match().choice[:-1]),
        f"«{MATCH}»: choice «none-of-them» is gone",
    ),
    "a choice for rows reads differently": (
        match(),
        match(choice=CHANGED_CHOICE),
        f"«{MATCH}»: choice «none-of-them» reads differently",
    ),
    "the prompt of a number": (number(), number(prompt="By how much?"), f"«{NUMBER}»: its prompt changed"),
    "the prompt of a triage": (triage(), triage(prompt="How far?"), f"«{TRIAGE}»: its prompt changed"),
}


@pytest.mark.parametrize(("first", "second", "said"), SEEN.values(), ids=SEEN)
def test_what_students_saw_of_any_kind_cannot_change_under_the_same_id(
    tmp_path: Path, first: Any, second: Any, said: str
) -> None:
    (problem,) = after_rewriting(tmp_path, first, second)
    assert re.search(said, problem)


UNSEEN: dict[str, tuple[Any, Any]] = {
    "bands": (number(), number(right=band(71, 74), near=None, slip=[])),
    "pairs": (order(), order(before=[*order().before, before("warm", "compare")])),
    "a step more": (order(), order(step=[*order().step, step("sit", "optional")])),
    "right rows": (
        match(),
        match(row=[row("band", "thick"), row("septum", "slides"), row("calf", "fills", "clot")], pair=[]),
    ),
    "a choice more": (match(), match(choice=[*match().choice, fitting("swollen")])),
    "the key": (triage(), triage(key=TriageKey(hands="only-well-away", who="same-day"))),
    "the order it is written in": (match(), match(choice=match().choice[::-1])),
}


@pytest.mark.parametrize(("first", "second"), UNSEEN.values(), ids=UNSEEN)
def test_what_no_student_saw_of_any_kind_may_be_corrected(tmp_path: Path, first: Any, second: Any) -> None:
    assert after_rewriting(tmp_path, first, second) == []


def test_a_unit_that_students_saw_cannot_change_under_the_same_id(tmp_path: Path) -> None:
    assert after_rewriting(tmp_path, number(), number(unit="km"))


def test_a_question_that_students_saw_cannot_become_another_kind_under_the_same_id(tmp_path: Path) -> None:
    ticked = many_of(id="one", prompt="One?", choice=one_of().choice[:1] + one_of().choice[2:] + many_of().choice[3:5])
    single = one_of(id="one", prompt="One?", choice=ticked.choice)
    assert after_rewriting(tmp_path, single, ticked)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('is = "accepted"', 'is = "wrong"\nmisconception = "now wrong"'),
        ("Because b is", "Because b now is"),
        ("points = 2", "points = 3"),
    ],
    ids=["key", "reason", "points"],
)
def test_what_no_student_chose_by_may_be_corrected_after_they_saw_the_question(
    tmp_path: Path, old: str, new: str
) -> None:
    assert after(tmp_path, old, new) == []


def test_lines_may_be_wrapped_anew_after_students_saw_them(tmp_path: Path) -> None:
    assert after(tmp_path, '"Prompt of one?"', '"""Prompt\n  of one?"""') == []


def test_a_bank_that_breaks_its_lock_cannot_be_locked_again(tmp_path: Path) -> None:
    after(tmp_path, "Prompt of one?", "Prompt of another?")
    folder = tmp_path / "bank"
    before = (folder / LOCK_FILE).read_bytes()
    with pytest.raises(BankError, match="«one»"):
        lock(load(folder))
    assert (folder / LOCK_FILE).read_bytes() == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"one": {}}', '{"one": "seen"}'])
def test_a_damaged_lock_gives_a_sentence_and_no_traceback(tmp_path: Path, content: str) -> None:
    folder = locked_bank(tmp_path)
    (folder / LOCK_FILE).write_text(content)
    found: Any = problems(folder)
    assert any(LOCK_FILE in problem for problem in found)


# --- the chart of a client


CLIENT = 'name = "Maya"\nclosure = "She ran."\n'


def charted(folder: Path, entries: str, **changes: Any) -> None:
    """Write a client's file, and a workup that names the client."""
    (folder / "clients").mkdir(exist_ok=True)
    (folder / "clients/maya.toml").write_text(CLIENT + entries, "utf-8")
    asked = workup(**{"client": "maya", "chart": []} | changes)
    (folder / "workups.toml").write_text(toml(asked), "utf-8")


def chart_toml() -> str:
    return toml(workup()).partition("\nchart = ")[2].partition("\n")[0]


def test_a_workup_gets_the_chart_of_the_client_that_it_names(tmp_path: Path) -> None:
    folder = write_bank(tmp_path)
    charted(folder, f"chart = {chart_toml()}\n")
    (question,) = load(folder).questions.values()
    assert question == workup(client="maya")
    assert problems(folder) == []


def test_a_bank_is_read_anew_as_soon_as_a_question_or_a_client_reads_otherwise_and_not_before(tmp_path: Path) -> None:
    folder = write_bank(tmp_path, topic=ONE)
    charted(folder, f"chart = {chart_toml()}\n")
    first = load(folder)
    assert load(folder) is first
    slower = chart_toml().replace("minutes = 1", "minutes = 2", 1)
    (folder / "clients/maya.toml").write_text(f"{CLIENT}chart = {slower}\n")
    assert load(folder).questions != first.questions
    write_bank(tmp_path, topic=ONE.replace("points = 2", "points = 3"))
    assert load(folder).questions["one"].points == 3


@pytest.mark.parametrize(
    ("chart", "changes", "said"),
    [
        ("", {}, r"it has no chart: name the client"),
        ("", {"client": "gone"}, r"there is no client «gone» in bank/clients/"),
        ("", {"client": "../bank/clients/maya"}, r"there is no client «../bank/clients/maya»"),
        ("", {"chart": workup().chart}, r"names a client and has a chart of its own"),
        ("chart = [{", {}, r"clients/maya.toml: this is not TOML"),
        ('[[chart]]\nid = "a"\ngroup = "smell"\n', {}, r"clients/maya.toml: invalid enum value 'smell'"),
        ('[[chart]]\nid = "a"\ngroup = "ask"\n', {}, r"clients/maya.toml: missing field «found»"),
    ],
)
def test_a_chart_that_cannot_be_read_names_client_question_and_what_to_do(
    tmp_path: Path, chart: str, changes: dict[str, Any], said: str
) -> None:
    folder = write_bank(tmp_path)
    charted(folder, chart, **changes)
    found = problems(folder)
    assert len(found) == 1, found
    assert found[0].startswith("workups.toml, «examine-her»: ")
    assert re.search(said, found[0]), found
