"""Archives that students made are unpacked into one folder or refused whole; file names that they chose do no harm."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import LoggingConfigurable

from itband_course.grading.downloads import CollectByName, Extract
from itband_course.grading.unpacking import Allowance, RefusedError, is_archive, unpack, unpacked_name

KB = 1024
FEW = {"max_files": 5, "max_file_bytes": 100 * KB, "max_bytes": 150 * KB}


def allowance(**settings: int) -> Allowance:
    return Allowance(**FEW | settings)


def make_zip(entries: dict[str, bytes | zipfile.ZipInfo]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            # A name is written as it is given: a ZipInfo would mend it.
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


def make_tar(entries: dict[str, bytes], mode: str = "w:") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        for name, content in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., tuple[dict[str, bytes], list[str]]]:
    """Return a function that unpacks some bytes and returns files by name, and what was said."""

    def open_bytes(content: bytes, name: str = "a.zip", **settings: Any) -> tuple[dict[str, bytes], list[str]]:
        (tmp_path / name).write_bytes(content)
        target = tmp_path / "a"
        said = unpack(tmp_path / name, target, settings.pop("allowance", allowance()), **settings)
        found = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
        return found, said

    return open_bytes


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """Return a function that expects an archive to be refused with nothing left of it, and returns why."""

    def refuse(content: bytes, name: str = "a.zip", **settings: int) -> str:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RefusedError) as fault:
            unpack(tmp_path / name, tmp_path / "a", allowance(**settings))
        (tmp_path / name).unlink()
        assert list(tmp_path.iterdir()) == []
        return str(fault.value)

    return refuse


WORK = {"case/case.ipynb": b"notebook", "case/answers.json": b"answers"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (make_zip(WORK), "a.zip"),
        (make_tar(WORK), "a.tar"),
        (make_tar(WORK, "w:gz"), "a.tar.gz"),
        (make_tar(WORK, "w:gz"), "a.gz"),
        (make_tar(WORK, "w:gz"), "a.TGZ"),
        (make_tar({f"./{name}": content for name, content in WORK.items()}), "a.tar"),
        (make_tar(WORK, "w:gz"), "a.zip"),
        (make_zip(WORK), "a.tar.gz"),
    ],
)
def test_zip_and_tar_archives_are_unpacked_whatever_they_are_called(opened: Any, content: bytes, name: str) -> None:
    assert opened(content, name) == (WORK, [])


@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "case/../../evil.txt",
        "/evil.txt",
        "//server/share/evil.txt",
        "C:/evil.txt",
        "C:evil.txt",
        "..\\evil.txt",
        "\\evil.txt",
        "case\\evil.txt",
        "case/evil\nname.txt",
        "/".join(["deep"] * 21),
    ],
)
def test_a_name_that_could_lead_out_of_the_folder_is_left_out_and_named(
    opened: Any, tmp_path: Path, make: Callable[..., bytes], name: str
) -> None:
    found, (sentence,) = opened(make(WORK | {name: b"x"}))
    assert found == WORK
    assert "was left out: a name that leads out of the folder" in sentence
    assert "\n" not in sentence
    assert {path.name for path in tmp_path.iterdir()} == {"a", "a.zip"}


def test_a_null_byte_does_not_hide_what_a_name_is(opened: Any) -> None:
    content = make_zip(WORK | {"answers.jsonX": b"x"}).replace(b"answers.jsonX", b"answers.json\0")
    found, said = opened(content)
    assert found == WORK
    assert len(said) == 1


def test_links_and_devices_in_a_tar_archive_are_left_out_and_named(opened: Any) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            member = tarfile.TarInfo(f"kind-{kind.decode()}")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("mine")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    found, (sentence,) = opened(made.getvalue(), "a.tar")
    assert found == {"mine": b"x"}
    assert sentence == "In «a.tar», «kind-2», «kind-1», «kind-6», «kind-3» was left out: neither a file nor a folder."


def test_a_link_in_a_zip_archive_is_left_out_and_nothing_is_written_through_it(opened: Any, tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("out")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(tmp_path))
        archive.writestr("out/evil.txt", "x")
    found, (sentence,) = opened(made.getvalue())
    assert found == {"out/evil.txt": b"x"}
    assert not (tmp_path / "evil.txt").exists()
    assert "«out» was left out: neither a file nor a folder." in sentence


def test_what_a_mac_or_nbgrader_ignores_is_left_out_without_a_word_and_not_counted(opened: Any) -> None:
    junk = [f"__MACOSX/case/._{number}.ipynb" for number in range(9)]
    junk += ["case/._case.ipynb", "case/.ipynb_checkpoints/case-checkpoint.ipynb", ".DS_Store", "case/feedback/f.html"]
    found, said = opened(make_zip(WORK | dict.fromkeys(junk, b"x")), ignore=["feedback"])
    assert (found, said) == (WORK, [])


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_caps_on_count_and_sizes_hold_to_the_byte(opened: Any, make: Callable[..., bytes]) -> None:
    most = {"large": bytes(100 * KB), "rest": bytes(50 * KB), "1": b"", "2": b"", "3": b""}
    assert len(opened(make(most))[0]) == 5


@pytest.mark.parametrize(("make", "name"), [(make_zip, "a.zip"), (make_tar, "a.tar")])
@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({str(number): b"" for number in range(6)}, "holds more than 5 files and folders"),
        ({f"{number}/": b"" for number in range(6)}, "holds more than 5 files and folders"),
        ({"large": bytes(100 * KB + 1)}, "holds «large», which exceeds 0.0977 MB"),
        ({"one": bytes(100 * KB), "two": bytes(50 * KB + 1)}, "holds more than 0.146 MB"),
    ],
)
def test_an_archive_just_past_a_cap_is_refused(
    refused: Any, make: Callable[..., bytes], name: str, entries: dict[str, bytes], words: str
) -> None:
    assert refused(make(entries), name) == words


def test_a_zip_that_lies_about_sizes_is_refused_by_what_comes_out_of_it(refused: Any) -> None:
    content = make_zip({"bomb": bytes(1000 * KB)})
    for claimed in (10, 0):
        lying = content.replace((1000 * KB).to_bytes(4, "little"), claimed.to_bytes(4, "little"))
        assert lying != content
        assert "damaged" in refused(lying)


def test_two_entries_of_one_name_or_a_file_that_is_also_a_folder_refuse_the_archive(refused: Any) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("twice"))
    assert "File exists" in refused(made.getvalue(), "a.tar")
    assert refused(make_zip({"a": b"", "a/b": b""}))


def test_a_compressed_tar_whose_header_claims_gigabytes_is_refused_without_reading_them(refused: Any) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 7 * KB**3
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as stream:
        stream.write(header.tobuf(tarfile.PAX_FORMAT))
        for _ in range(8):
            stream.write(bytes(KB**2))
    assert "holds more than it may" in refused(packed.getvalue(), "a.tar.gz")


def test_a_sparse_tar_that_unpacks_to_more_than_it_holds_is_refused(refused: Any) -> None:
    header = bytearray(tarfile.TarInfo("sparse").tobuf(tarfile.GNU_FORMAT))
    header[156:157] = tarfile.GNUTYPE_SPARSE
    header[483:495] = b"%011o\0" % (1000 * KB)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    assert "exceeds" in refused(bytes(header) + bytes(KB), "a.tar")


@pytest.mark.usefixtures("five_seconds")
@pytest.mark.parametrize("size", [-512, -1024, -(2**62)])
def test_a_tar_that_sends_the_reader_back_ends(tmp_path: Path, size: int) -> None:
    for kind in (tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE):
        header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT))
        header[156:157] = kind
        header[124:136] = (256**12 + size).to_bytes(12, "big")
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header[:512])
        (tmp_path / "a.tar").write_bytes(bytes(header) * 3 + bytes(KB))
        with suppress(RefusedError):
            unpack(tmp_path / "a.tar", tmp_path / "a", allowance())
        assert sum(path.stat().st_size for path in (tmp_path / "a").glob("**/*")) == 0
        shutil.rmtree(tmp_path / "a", ignore_errors=True)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.zip"),
        (b"PK", "a.zip"),
        (b"\x1f\x8b", "a.gz"),
        (b"no archive at all" * 100, "a.zip"),
        (bytes(10 * KB), "a.tar"),
        (make_zip(WORK)[:-30], "a.zip"),
        (make_zip(WORK)[30:], "a.zip"),
        (make_tar(WORK, "w:gz")[:-30], "a.tar.gz"),
        (make_tar(WORK)[:600], "a.tar"),
        (make_tar(WORK)[:1024], "a.tar"),
        (make_tar(WORK)[:1024] + b"x" + make_tar(WORK)[1025:], "a.tar"),
        (make_zip({}), "a.zip"),
        (bz2.compress(make_tar(WORK)), "a.tar.gz"),
        (lzma.compress(make_tar(WORK)), "a.tar.gz"),
    ],
)
def test_what_is_damaged_or_no_archive_is_refused(refused: Any, content: bytes, name: str) -> None:
    assert refused(content, name)


def test_an_archive_with_a_password_is_refused_by_that_word(refused: Any) -> None:
    content = bytearray(make_zip({"locked": b"x"}))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + offset] |= 1
    assert "locked with a password" in refused(bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_unpack_without_a_limit_are_refused(refused: Any, method: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("x", bytes(KB))
    assert "packed in an unusual way" in refused(made.getvalue())


def test_archives_in_an_archive_are_unpacked_two_levels_deep_and_no_further(opened: Any) -> None:
    inmost = make_zip({"inmost.txt": b"4"})
    third = make_tar({"third.txt": b"3", "inmost.zip": inmost}, "w:gz")
    second = make_zip({"second.txt": b"2", "third.tar.gz": third})
    found, said = opened(make_zip({"first.txt": b"1", "second.zip": second}), allowance=allowance(max_files=20))
    texts = {name: content for name, content in found.items() if name.endswith(".txt")}
    assert texts == {"first.txt": b"1", "second/second.txt": b"2", "second/third/third.txt": b"3"}
    assert said == ["«inmost.zip» was left packed: it lies too deep in other archives."]


def test_archives_in_an_archive_share_its_caps_and_a_refused_one_uses_nothing_of_them(opened: Any) -> None:
    bomb, many = make_zip({"bomb": bytes(120 * KB)}), make_zip({str(number): b"" for number in range(9)})
    good, half = make_zip({"good": bytes(90 * KB)}), make_zip({"half": bytes(60 * KB)})
    content = make_zip({"1.zip": bomb, "2.zip": many, "3.zip": good, "4.zip": half})
    found, said = opened(content, allowance=allowance(max_files=6))
    assert "3/good" in found
    assert not [name for name in found if name.startswith(("1/", "2/", "4/"))]
    assert [sentence.split(" was")[0] for sentence in said] == ["«1.zip»", "«2.zip»", "«4.zip»"]


def test_nothing_is_unpacked_over_a_folder_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine").write_text("x")
    (tmp_path / "a.zip").write_bytes(make_zip(WORK))
    with pytest.raises(RefusedError, match="File exists"):
        unpack(tmp_path / "a.zip", tmp_path / "a", allowance())
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["mine"]


@pytest.mark.usefixtures("five_seconds")
def test_an_archive_that_is_a_link_or_a_pipe_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.zip").write_bytes(make_zip(WORK))
    (tmp_path / "link.zip").symlink_to("real.zip")
    os.mkfifo(tmp_path / "pipe.zip")
    for name in ("link", "pipe"):
        with pytest.raises(RefusedError):
            unpack(tmp_path / f"{name}.zip", tmp_path / name, allowance())
        assert not (tmp_path / name).exists()


def test_a_full_disk_leaves_nothing_half_unpacked(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Allowance, "copy", full)
    assert "No space left on device" in refused(make_zip(WORK))


@pytest.mark.parametrize(
    ("name", "folder"),
    [("ada.zip", "ada"), ("ada.TAR.GZ", "ada"), ("a.b.tgz", "a.b"), ("ada.tar", "ada"), ("b.gz", "b")],
)
def test_archives_are_known_by_their_endings_and_unpacked_under_their_names(name: str, folder: str) -> None:
    assert is_archive(name)
    assert unpacked_name(name) == folder
    assert not is_archive("case.ipynb")


class App(LoggingConfigurable):
    """Stands for nbgrader's application, which knows what to ignore."""

    coursedir = CourseDirectory(root="/nowhere")


@pytest.fixture
def extract(tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    """Return a function that runs the extractor on `archive/` and returns what is in `extracted/`."""
    (tmp_path / "archive").mkdir()
    (tmp_path / "extracted").mkdir()

    def run(**settings: Any) -> dict[str, bytes]:
        Extract(parent=App(), **settings).extract(str(tmp_path / "archive"), str(tmp_path / "extracted"))
        files = (path for path in (tmp_path / "extracted").rglob("*") if path.is_file())
        return {str(path.relative_to(tmp_path / "extracted")): path.read_bytes() for path in files}

    return run


def said_by(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


def test_one_refused_archive_does_not_keep_the_others_from_being_unpacked(
    extract: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive = tmp_path / "archive"
    (archive / "Group A").mkdir()
    (archive / "Group A" / "handed-in.zip").write_bytes(make_zip({"a": b"ada"}))
    (archive / "broken.zip").write_bytes(b"PK")
    (archive / "class.zip").write_bytes(make_zip({str(number): b"" for number in range(4)}))
    (archive / "plain.ipynb").write_bytes(b"plain")
    (archive / "film.mp4").write_bytes(bytes(1024**2 + 1))
    found = extract(max_files=3, max_megabytes=1)
    assert found == {"Group A/handed-in/a": b"ada", "plain.ipynb": b"plain"}
    said = said_by(caplog)
    assert "«broken.zip» was not unpacked: it is damaged or no archive" in said
    assert "«class.zip» was not unpacked: it holds more than 3 files and folders. The others go on." in said
    assert f"unpack it yourself into {archive}, or raise c.Extract.max_files" in said
    assert "«film.mp4» was left out: it holds more than 1 MB" in said


@pytest.mark.usefixtures("five_seconds")
def test_only_regular_files_are_copied(extract: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    archive = tmp_path / "archive"
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.json").write_text("key")
    (archive / "folder").symlink_to(tmp_path / "secret")
    (archive / "key.json").symlink_to(tmp_path / "secret" / "key.json")
    os.mkfifo(archive / "pipe.ipynb")
    assert extract() == {}
    assert [line.split(":")[0] for line in said_by(caplog).splitlines()] == [
        "«folder» was left out",
        "«key.json» was left out",
        "«pipe.ipynb» was left out",
    ]


def test_an_empty_folder_of_downloads_is_said(extract: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert extract() == {}
    assert "put there what you downloaded" in said_by(caplog)


@pytest.fixture
def collect() -> Callable[[str], Any]:
    """Return the collector by name, with a pattern that takes anything as an id."""
    pattern = r"(?s)(?P<student_id>[^|]*)\|(?P<timestamp>[^|]*)\|(?P<file_id>[^|]*?)\.\w+$"
    return CollectByName(named_regexp=pattern).collect


def test_notebooks_and_answers_are_collected_and_nothing_else(collect: Any) -> None:
    assert collect("ada||case.ipynb") == {"student_id": "ada", "timestamp": "", "file_id": "case"}
    assert collect("ada||answers.json")["file_id"] == "answers"
    assert collect("ada||case.py") is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "is empty"),
        ("..", "begins with a dot"),
        (".", "begins with a dot"),
        (".hidden", "begins with a dot"),
        ("../ada", "holds a «/»"),
        ("a/b", "holds a «/»"),
        ("/etc", "holds a «/»"),
        ("a\\b", "holds a «/», a «\\»"),
        ("C:ada", "holds a «/»"),
        ("a\nb", "characters that do not show"),
        ("a\0b", "characters that do not show"),
        ("a\x1b[2J", "characters that do not show"),
        ("a\u202eb", "characters that do not show"),
        ("\udcff", "characters that do not show"),
        (" ada", "begins or ends with a space"),
        ("a" * 129, "is too long"),
    ],
)
def test_a_student_or_file_that_no_folder_or_file_may_be_called_is_left_out_with_a_sentence(
    collect: Any, caplog: pytest.LogCaptureFixture, name: str, fault: str
) -> None:
    assert collect(f"{name}||case.ipynb") is None
    assert collect(f"ada||{name}.ipynb") is None
    said = [record.getMessage() for record in caplog.records if "was left out" in record.getMessage()]
    assert ["student's id" in said[0], "file's name" in said[1]] == [True, True]
    assert all(fault in sentence and sentence.isprintable() for sentence in said)


def test_a_group_that_took_no_part_in_the_match_is_an_empty_id() -> None:
    assert CollectByName(named_regexp=r"((?P<student_id>x)|y)(?P<file_id>.*)").collect("y.ipynb") is None


@pytest.mark.parametrize("time", ["soon", "9" * 40, "2024-13-45", "2024-03-01 10:00 99999999999999", "\0"])
def test_a_time_that_cannot_be_understood_counts_as_none(
    collect: Any, caplog: pytest.LogCaptureFixture, time: str
) -> None:
    assert collect(f"ada|{time}|case.ipynb")["timestamp"] is None
    assert "cannot be understood, and counts as none" in said_by(caplog)


def test_of_two_files_of_one_name_the_first_is_taken_unless_times_say_which_is_later(
    collect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert collect("ada||case.ipynb")
    assert collect("ada||case.ipynb") is None
    assert collect("ada||answers.json")
    assert collect("bo||case.ipynb")
    assert collect("ada|2024-03-01|case.ipynb") is None, "nbgrader knows no time of the first"
    assert collect("cy|2024-03-01|case.ipynb")
    assert collect("cy|2024-03-02|case.ipynb"), "nbgrader compares the two"
    assert collect("cy||case.ipynb") is None
    assert said_by(caplog).count("Remove one of the two") == 3
