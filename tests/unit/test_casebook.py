"""The ids of new rows in the gradebook."""

import string

from nbgrader.api import new_uuid

from itband_course.grading.casebook import row_ids


def test_ids_of_rows_have_the_form_of_nbgraders_own_and_are_never_given_twice() -> None:
    ids = [row_id for _ in range(300) for row_id in row_ids(30)]
    assert len(set(ids)) == 9000
    assert {len(row_id) for row_id in ids} == {len(new_uuid())}
    assert set("".join(ids)) <= set(string.hexdigits.lower())


def test_the_rows_of_a_submission_lie_side_by_side_after_those_of_the_one_before() -> None:
    first, second = row_ids(30), row_ids(30)
    assert first == sorted(first)
    assert len({row_id[:28] for row_id in first}) == 1
    assert first[0][:12] <= second[0][:12]
