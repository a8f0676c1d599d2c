"""Small files are read without following or waiting, and written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from itband_course import files
from itband_course.files import UnsafeFileError, check_writable, read_regular, set_aside, write_whole


def listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_regular_file_is_read_as_it_is(tmp_path: Path) -> None:
    content = bytes(range(256))
    (tmp_path / "a").write_bytes(content)
    assert read_regular(tmp_path / "a", len(content)) == content


def test_a_file_one_byte_over_the_cap_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    with pytest.raises(UnsafeFileError, match="«a» is larger"):
        read_regular(tmp_path / "a", 4)


def test_a_missing_file_is_told_apart_from_an_unsafe_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "a", 10)


@pytest.mark.parametrize("target", ["secret", "nowhere", "."])
def test_a_link_is_not_followed_wherever_it_leads(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret").write_text("key")
    (tmp_path / "a").symlink_to(target)
    with pytest.raises(UnsafeFileError, match="link"):
        read_regular(tmp_path / "a", 10)


def test_a_file_that_turns_into_a_link_at_the_last_moment_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("key")
    (tmp_path / "a").symlink_to("secret")
    monkeypatch.setattr(Path, "is_symlink", lambda self: False)
    with pytest.raises(OSError, match="link"):
        read_regular(tmp_path / "a", 10)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(UnsafeFileError, match="folder"):
        read_regular(tmp_path / "a", 10)


@pytest.mark.usefixtures("five_seconds")
def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    with pytest.raises(UnsafeFileError, match="not a regular file"):
        read_regular(tmp_path / "a", 10)


def test_writing_replaces_the_whole_content_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a long old content")
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert listing(tmp_path) == {"a"}


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_a_written_file_has_the_permissions_of_a_plainly_written_one(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "whole", b"x")
        (tmp_path / "plain").write_bytes(b"x")
        assert os.umask(umask) == umask, "writing must leave the umask as it was"
    finally:
        os.umask(before)
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_when_writing_fails_the_old_file_stays_and_no_temporary_one_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a").write_text("old")
    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_text() == "old"
    assert listing(tmp_path) == {"a"}


def test_content_is_on_the_disk_before_the_old_file_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(files.os, "fsync", lambda number: (order.append("fsync"), fsync(number)))
    monkeypatch.setattr(Path, "replace", lambda self, to: (order.append("replace"), replace(self, to)))
    write_whole(tmp_path / "a", b"new")
    assert order == ["fsync", "replace"]


def test_asking_whether_a_folder_can_be_written_leaves_nothing_in_it(tmp_path: Path) -> None:
    check_writable(tmp_path)
    assert listing(tmp_path) == set()


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        check_writable(tmp_path / "missing")


def test_files_set_aside_one_after_another_are_numbered_and_all_kept(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / "answers.json").write_text(str(number))
        assert set_aside(tmp_path / "answers.json", "damaged").name == f"answers.damaged-{number}.json"
    kept = sorted(path.read_text() for path in tmp_path.iterdir())
    assert kept == ["1", "2", "3"]


def test_a_link_that_was_set_aside_is_not_overwritten_by_the_next_one(tmp_path: Path) -> None:
    for target in ("nowhere", "elsewhere"):
        (tmp_path / "answers.json").symlink_to(target)
        set_aside(tmp_path / "answers.json", "damaged")
    assert sorted(str(path.readlink()) for path in tmp_path.iterdir()) == ["elsewhere", "nowhere"]
