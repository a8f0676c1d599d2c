"""References: how sure the course is of each, said wherever one is shown."""

from itband_course.facts import reading, references


def test_a_reference_that_nobody_could_look_up_is_shown_as_commonly_cited() -> None:
    for key, reference in references().items():
        (shown,) = reading([key])
        assert shown["cite"].endswith(reference.cite)
        assert shown["cite"].startswith("As commonly cited: ") == (reference.checked == "memory")


def test_an_address_is_shown_only_where_one_is_known() -> None:
    for key, reference in references().items():
        (shown,) = reading([key])
        assert shown["url"] == (f"https://doi.org/{reference.doi}" if reference.doi else "")


def test_keys_that_are_no_references_are_left_out() -> None:
    assert reading(["no-such-key"]) == []
