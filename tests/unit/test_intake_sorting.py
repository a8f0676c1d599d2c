"""The intake to sort: keys come from the safety rules alone, caution is never wrong, and nothing is lost."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from itband_course.clinic.facts import FactsError
from itband_course.clinic.intake import sorted_row, statements, tallied
from itband_course.clinic.safety import WHO
from itband_course.clinic.scales import LEVELS
from itband_course.deciding.sorting import BINS, NAME, NOTHING, Sorting, sort_intake
from itband_course.practising import PRACTICE_FILE

ALL = statements()
KEYS = {name: one.advice.who for name, one in ALL.items()}


def test_there_are_enough_statements_for_every_bin_and_three_that_are_no_flag() -> None:
    assert len(ALL) >= 14
    counts = Counter(KEYS.values())
    assert set(counts) == set(WHO)
    assert min(counts.values()) >= 2
    assert sum("Not a flag by itself" in one.why for one in ALL.values()) >= 3


def test_a_statement_that_is_called_no_flag_has_no_finding_that_is_an_alarm() -> None:
    for one in ALL.values():
        if "Not a flag by itself" in one.why:
            assert one.is_no_flag
            assert KEYS[one.id] == "nobody-now"


def test_no_statement_gives_its_bin_away() -> None:
    for one in ALL.values():
        said = f"{one.client} {one.says}".lower()
        assert not [words for words in BINS.values() if words.lower() in said]
        assert "emergency" not in said


def test_two_statements_running_are_never_both_the_same_bin_for_long() -> None:
    keys = list(KEYS.values())
    assert not any(keys[at] == keys[at + 1] == keys[at + 2] for at in range(len(keys) - 2))


@pytest.mark.parametrize("name", ALL)
def test_every_row_says_why_on_what_it_rests_and_what_the_hands_do(name: str) -> None:
    row = sorted_row(ALL[name], "same-day")
    assert len(row["why"].split()) >= 8
    assert row["read"] or row["basis"]
    assert row["hands"] in LEVELS["hands"].values()
    assert row["rules"] == LEVELS["who"][KEYS[name]]


@pytest.mark.parametrize("name", ALL)
def test_more_careful_is_never_wrong_and_later_always_is(name: str) -> None:
    key = WHO.index(KEYS[name])
    verdicts = [sorted_row(ALL[name], level)["verdict"] for level in WHO]
    assert verdicts == ["wrong"] * key + ["right", "right", "careful", "careful", "careful"][: len(WHO) - key]


def test_the_tally_counts_every_statement_once() -> None:
    assert tallied(KEYS) == {"same": len(ALL), "one_more": 0, "more": 0, "later": 0}
    assert tallied(dict.fromkeys(ALL, "nobody-now"))["later"] == sum(key != "nobody-now" for key in KEYS.values())
    assert sum(tallied(dict.fromkeys(ALL, "within-days")).values()) == len(ALL)


def test_the_short_names_of_the_bins_are_those_of_the_scale_in_its_order() -> None:
    assert tuple(BINS) == WHO
    assert [level for level, _, _ in Sorting().sheet["bins"]] == list(WHO)


def test_no_key_reaches_the_browser_before_all_are_sorted() -> None:
    panel = Sorting()
    assert panel.reply == {"n": 0, "problem": ""}
    assert set(panel.sheet["statements"][0]) == {"id", "client", "says"}
    # Whoever says to have sorted them all must have done so.
    panel.record = {**NOTHING, "n": 1, "asked": True, "sorted": dict(list(KEYS.items())[:-1])}
    assert panel.reply == {"n": 1, "problem": ""}
    panel.record = {**NOTHING, "n": 2, "sorted": KEYS}
    assert [row["id"] for row in panel.reply["rows"]] == list(ALL)
    assert panel.reply["counts"]["same"] == len(ALL)


def test_what_was_sorted_is_kept_beside_the_notebook_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = sort_intake()
    assert not (tmp_path / PRACTICE_FILE).exists(), "nothing is written before something is sorted"
    record = {"sorted": dict(list(KEYS.items())[:3]), "seconds": 40, "bell": -1, "asked": False}
    first.record = {**record, "n": 3}
    assert first.reply == {"n": 3, "problem": ""}
    assert json.loads((tmp_path / PRACTICE_FILE).read_text())["answers"][NAME]["value"] == record
    again = sort_intake()
    assert again.record == {**record, "n": 0}


def test_what_could_not_be_kept_says_why_and_is_not_told_as_kept() -> None:
    def fail(_: dict[str, Any]) -> None:
        raise OSError("NOT saved: the disk is full")

    panel = Sorting(keep=fail)
    panel.record = {**NOTHING, "n": 1, "sorted": {"cast-came-off": "same-day"}}
    assert panel.reply == {"n": 1, "problem": "NOT saved: the disk is full"}


@pytest.mark.parametrize(
    "odd", [{}, {"sorted": 3}, {"sorted": {}, "seconds": "0", "bell": 0}, {"sorted": {}}, {"seconds": 1, "bell": -1}]
)
def test_what_was_recorded_in_another_form_counts_as_nothing(odd: dict[str, Any]) -> None:
    assert Sorting(record=odd).record == {**NOTHING, "n": 0}


def test_a_statement_or_bin_that_is_no_more_is_dropped_and_the_rest_stays() -> None:
    sort = Sorting().cleaned
    record = {"seconds": 9, "bell": -1, "sorted": {"gone": "same-day", "cast-came-off": "same-day"}}
    assert sort(record)["sorted"] == {"cast-came-off": "same-day"}
    record["sorted"] = {"cast-came-off": "soon"}
    assert sort(record)["sorted"] == {}


def test_a_lesson_may_choose_statements_and_never_one_that_is_not_there() -> None:
    assert [one["id"] for one in Sorting(["hot-since-the-night", "cast-came-off"]).sheet["statements"]] == [
        "hot-since-the-night",
        "cast-came-off",
    ]
    with pytest.raises(FactsError, match="no-such"):
        Sorting(["no-such"])


def test_in_plain_text_stand_all_statements_and_bins_and_no_key() -> None:
    text = Sorting().text()
    assert all(one.says in text for one in ALL.values())
    assert all(words in text for words in LEVELS["who"].values())
    assert not any(one.why in text for one in ALL.values())
