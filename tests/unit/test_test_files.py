"""pytest takes two test files of one name for one module, and only a run of all of them would tell."""

from collections import Counter

from course_kit import REPOSITORY


def test_no_two_test_files_have_the_same_name() -> None:
    names = Counter(path.name for path in (REPOSITORY / "tests").rglob("*.py"))
    assert [name for name, count in names.items() if count > 1 and name not in ("__init__.py", "conftest.py")] == []
