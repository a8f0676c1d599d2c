"""The real nbgrader collects from an exchange and from downloads, whatever students have put into them."""

import io
import os
import pwd
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from course_kit import CASE, nbgrader
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError

from itband_course import files
from itband_course.grading import collecting
from itband_course.grading.collecting import Collect
from itband_course.grading.unpacking import MAX_FILES, MB

TIME, LATER = "2024-03-01 10:00:00.000000 UTC", "2024-03-02 10:00:00.000000 UTC"
DUE, IN_TIME = datetime(2024, 1, 15), "2024-01-10 10:00:00.000000 UTC"
ME = pwd.getpwuid(os.getuid()).pw_name


def hand_in(inbound: Path, student: str, time: str = TIME, work: str = "work", stamp: str | None = "") -> Path:
    """Make a folder in the exchange as `nbgrader submit` does; an empty stamp says the time of the name."""
    folder = inbound / f"{student}+{CASE}+{time}+{len(list(inbound.iterdir())):012}"
    folder.mkdir()
    (folder / f"{CASE}.ipynb").write_text(work)
    if stamp is not None:
        (folder / "timestamp.txt").write_text(stamp or time)
    return folder


class Collected:
    """A course and its exchange, and what two runs of `nbgrader collect` said and took."""

    def __init__(self, top: Path, released_course: Path) -> None:
        self.root, self.exchange = top / "course", top / "exchange"
        shutil.copytree(released_course, self.root)
        self.exchange.mkdir()
        self.exchange.chmod(0o1777)
        where = f"\nc.Exchange.root = {str(self.exchange)!r}\nc.Exchange.cache = {str(top / 'cache')!r}\n"
        with (self.root / "nbgrader_config.py").open("a") as config:
            config.write(where)
        nbgrader(self.root, "release_assignment", CASE)
        self.inbound = self.exchange / "itband" / "inbound"
        self.desk = top / "desk"
        shutil.copytree(self.root / "release" / CASE, self.desk / CASE)
        (self.desk / "nbgrader_config.py").write_text(
            f'c = get_config()\nc.CourseDirectory.course_id = "itband"\n{where}'
        )

    def submitted(self, student: str) -> Path:
        return self.root / "submitted" / student / CASE

    def work(self, student: str) -> str:
        return (self.submitted(student) / f"{CASE}.ipynb").read_text()

    def names(self, student: str) -> set[str]:
        folder = self.submitted(student)
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink()}


def collect(root: Path, *arguments: str, expect: int) -> str:
    done = nbgrader(root, "collect", CASE, *arguments, expect=expect)
    return done.stdout + done.stderr


def lines_about(log: str, word: str) -> list[str]:
    return [line for line in log.splitlines() if word in line]


@pytest.fixture(scope="module")
def by_owner(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Collected, str]:
    """Collected with the owner checked: one honest submission, and a later one that is made in its name."""
    made = Collected(tmp_path_factory.mktemp("by-owner"), released_course)
    nbgrader(made.desk, "submit", CASE)
    hand_in(made.inbound, "ada", LATER)
    return made, collect(made.root, expect=1)


def test_what_nbgraders_submit_handed_in_is_collected_without_a_remark(by_owner: tuple[Collected, str]) -> None:
    made, log = by_owner
    assert made.names(ME) == {
        *(path.name for path in (made.root / "release" / CASE).iterdir()),
        "timestamp.txt",
        "submission_secret.txt",
    }
    assert [line for line in lines_about(log, ME) if "WARNING" in line and "ada" not in line] == []


def test_a_folder_that_belongs_to_somebody_else_is_refused_and_the_others_are_collected(
    by_owner: tuple[Collected, str],
) -> None:
    made, log = by_owner
    assert not made.submitted("ada").parent.exists()
    assert f"says that it is from ada, and belongs to {ME}" in log
    assert "Not collected, for the reasons above: ada." in log
    assert made.submitted(ME).is_dir()


@pytest.fixture(scope="module")
def anyhow(by_owner: tuple[Collected, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Collected, str]:
    """Collected without a look at owners, in a class where some are hostile."""
    made, _ = by_owner
    shutil.rmtree(made.inbound)
    made.inbound.mkdir()
    inbound = made.inbound
    secret = made.root / "bank" / "ober.toml"

    hand_in(inbound, "twice", TIME, "first")
    hand_in(inbound, "twice", LATER, "second")
    hand_in(inbound, "again", LATER, "new")
    hand_in(inbound, "older", TIME, "late to arrive")
    for student, time in (("again", TIME), ("older", LATER), ("many", TIME)):
        made.submitted(student).mkdir(parents=True)
        (made.submitted(student) / f"{CASE}.ipynb").write_text("collected earlier")
        (made.submitted(student) / "timestamp.txt").write_text(time)

    folder = hand_in(inbound, "linker")
    (folder / "evil.html").symlink_to(secret)
    (folder / "folder").mkdir()
    (folder / "folder" / "bank").symlink_to(secret.parent)
    os.mkfifo(folder / "pipe\n[INFO] all is well")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "old.ipynb").write_text("old")
    (folder / "folder" / "notes.txt").write_text("mine")
    with (folder / "film.mp4").open("wb") as film:
        film.truncate(64 * MB + 1)

    folder = hand_in(inbound, "many", LATER)
    for number in range(MAX_FILES):
        (folder / f"{number}.txt").write_text("x")
    folder = hand_in(inbound, "large", LATER)
    for number in range(5):
        with (folder / f"{number}.bin").open("wb") as film:
            film.truncate(60 * MB)

    hand_in(inbound, "clock", LATER, stamp=IN_TIME)
    hand_in(inbound, "nonsense", LATER, stamp="\0soon")
    hand_in(inbound, "stampless", LATER, stamp=None)
    hand_in(inbound, "backdated", IN_TIME)
    hand_in(inbound, "a+b", TIME, "a plus")

    (inbound / "junk").mkdir()
    for name in (
        f"mal+{CASE}",
        f"mal+{CASE}+soon+x",
        f"mal+{CASE}+{'9' * 40}+x",
        f"..+{CASE}+{TIME}+x",
        f"+{CASE}+{TIME}+x",
        f"mal+{CASE}+٢٠٢٤-٠٣-٠١ ١٠:٠٠+x",
        f"mal+{CASE}+2024-03-01 10:00{' ' * 190}+x",
    ):
        (inbound / name).mkdir()
    (inbound / f"new\nline+{CASE}+{TIME}+x").mkdir()
    (inbound / f"link+{CASE}+{TIME}+x").symlink_to(secret.parent)
    (inbound / f"file+{CASE}+{TIME}+x").write_text("x")
    (inbound / f"twice+another-case+{LATER}+x").mkdir()

    with Gradebook(f"sqlite:///{made.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(CASE, duedate=DUE)
    return made, collect(made.root, "--update", "--ExchangeCollect.check_owner=False", expect=1)


def test_of_several_hand_ins_the_latest_is_collected(anyhow: tuple[Collected, str]) -> None:
    assert anyhow[0].work("twice") == "second"


def test_with_update_later_work_replaces_earlier_and_earlier_work_does_not(anyhow: tuple[Collected, str]) -> None:
    made, log = anyhow
    assert (made.work("again"), made.work("older")) == ("new", "collected earlier")
    assert "older has handed in nothing later than what is here" in log


def test_links_pipes_and_large_files_are_left_out_and_named_on_one_line(anyhow: tuple[Collected, str]) -> None:
    made, log = anyhow
    assert made.names("linker") == {f"{CASE}.ipynb", "timestamp.txt", "folder/notes.txt"}
    (line,) = lines_about(log, "linker: left out")
    for words in (
        "«evil.html» (a link)",
        "«folder/bank» (a link)",
        "[INFO] all is well» (a pipe, socket or device)",
        "«film.mp4» (larger than 64 MB)",
    ):
        assert words in line
    assert ".ipynb_checkpoints" not in log


def test_work_with_too_many_files_is_not_collected_and_what_was_collected_earlier_stays(
    anyhow: tuple[Collected, str],
) -> None:
    made, log = anyhow
    assert made.work("many") == "collected earlier"
    assert [path.name for path in made.submitted("many").parent.iterdir()] == [CASE]
    assert f"many was not collected: it holds more than {MAX_FILES} files and folders." in log


def test_work_that_is_too_large_is_not_collected_and_leaves_no_student_behind(anyhow: tuple[Collected, str]) -> None:
    made, log = anyhow
    assert not made.submitted("large").parent.exists()
    assert "large was not collected: it holds more than 95.4 MB" in log, "nbgrader's own limit is the lower one"


def test_who_was_not_collected_is_named_at_the_end(anyhow: tuple[Collected, str]) -> None:
    (line,) = lines_about(anyhow[1], "Not collected, for the reasons above")
    assert "above: file, large, link, many. The others' work is in submitted/." in line


def test_the_time_in_the_folders_name_counts_and_not_the_students_own_file(anyhow: tuple[Collected, str]) -> None:
    made, log = anyhow
    for student in ("clock", "nonsense", "stampless"):
        assert (made.submitted(student) / "timestamp.txt").read_text() == LATER
        (line,) = lines_about(log, f"{student}: handed in at {LATER} by the name of the folder")
        assert "The folder's name counts." in line
    assert lines_about(log, "twice: ") == []


def test_work_that_is_in_time_by_its_name_and_was_changed_after_the_due_date_is_remarked_on(
    anyhow: tuple[Collected, str],
) -> None:
    made, log = anyhow
    assert made.submitted("backdated").is_dir()
    assert len(lines_about(log, "in time by the name of the folder, but changed at")) == 1


def test_a_student_id_may_hold_a_plus(anyhow: tuple[Collected, str]) -> None:
    assert anyhow[0].work("a+b") == "a plus"


def test_folders_that_are_not_called_as_submissions_are_passed_over_with_a_sentence(
    anyhow: tuple[Collected, str],
) -> None:
    made, log = anyhow
    said = "\n".join(lines_about(log, "was passed over"))
    for words in (
        "«junk» was passed over: it is not called as submissions are.",
        f"«mal+{CASE}» was passed over: it is not called as submissions are.",
        f"«mal+{CASE}+soon+x» was passed over: it has no time in its name",
        f"+{'9' * 40}+x» was passed over: it has no time in its name",
        f"«mal+{CASE}+٢٠٢٤-٠٣-٠١ ١٠:٠٠+x» was passed over: it has no time in its name",
        f"«mal+{CASE}+2024-03-01 10:00{' ' * 42}» was passed over: it has no time in its name",
        f"«..+{CASE}+{TIME}+x» was passed over: it names a student whose id begins with a dot.",
        f"«+{CASE}+{TIME}+x» was passed over: it names a student whose id is empty.",
        f"+{CASE}+{TIME}+x» was passed over: it has characters in its name that do not show.",
        f"«link+{CASE}+{TIME}+x» was passed over: it is a link.",
        f"«file+{CASE}+{TIME}+x» was passed over: it is a file and not a folder.",
    ):
        assert words in said
    assert not (made.root / CASE).exists()
    assert {path.name for path in (made.root / "submitted").iterdir()} == {
        *(ME, "twice", "again", "older", "linker", "many", "clock", "nonsense", "stampless", "backdated", "a+b"),
    }


def collector(made: Collected, **settings: object) -> Collect:
    """Return the plug-in as a run would make it, for what cannot be arranged without being root."""
    folders = CourseDirectory(root=str(made.root), course_id="itband", assignment_id=CASE)
    return Collect(coursedir=folders, root=str(made.exchange), **settings)


@pytest.fixture
def small(released_course: Path, tmp_path: Path) -> Iterator[Collected]:
    """An exchange with nothing in it, for runs in this process."""
    made = Collected.__new__(Collected)
    made.root, made.exchange = tmp_path / "course", tmp_path / "exchange"
    made.inbound = made.exchange / "itband" / "inbound"
    made.inbound.mkdir(parents=True)
    made.root.mkdir()
    # Making a gradebook takes nbgrader seconds.
    shutil.copy(released_course / "gradebook.db", made.root)
    yield made
    assert not list(made.root.glob("submitted/*/.*")), "nothing may be left beside a submission"


def said_by(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


@pytest.fixture
def owned_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[Path, str]], None]:
    """Return a function that says whose some files and folders are; all others are ada's."""

    def set_owners(owners: dict[Path, str]) -> None:
        real = os.fstat
        known = {path.stat().st_ino: name for path, name in owners.items()}
        numbers = {name: number for number, name in enumerate([*known.values(), "ada"], start=90_000)}

        def fstat(descriptor: int) -> SimpleNamespace:
            status = real(descriptor)
            fields = {name: getattr(status, name) for name in dir(status) if name.startswith("st_")}
            return SimpleNamespace(**fields | {"st_uid": numbers[known.get(status.st_ino, "ada")]})

        monkeypatch.setattr(collecting.os, "fstat", fstat)
        names = {number: name for name, number in numbers.items()}
        monkeypatch.setattr(collecting, "owner_name", names.__getitem__)

    return set_owners


def test_a_students_own_work_is_collected_though_a_later_one_was_made_in_their_name(
    small: Collected,
    owned_by: Callable[[dict[Path, str]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hand_in(small.inbound, "ada", IN_TIME, "mine, older")
    hand_in(small.inbound, "ada", TIME, "mine")
    forged = hand_in(small.inbound, "ada", LATER, "not mine")
    owned_by({forged: "bo"})
    collector(small).start()
    assert small.work("ada") == "mine"
    assert "says that it is from ada, and belongs to bo: ask bo about it" in said_by(caplog)


def test_files_that_somebody_else_put_into_a_students_folder_are_left_out(
    small: Collected,
    owned_by: Callable[[dict[Path, str]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = hand_in(small.inbound, "ada")
    (folder / "answers.json").write_text("{}")
    owned_by({folder / "answers.json": "bo"})
    collector(small).start()
    assert small.names("ada") == {f"{CASE}.ipynb", "timestamp.txt"}
    assert "ada: left out: «answers.json» (belongs to bo)." in said_by(caplog)


def test_when_copying_fails_the_earlier_work_stays_and_the_others_are_collected(
    small: Collected, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hand_in(small.inbound, "ada", TIME, "first")
    collector(small, check_owner=False).start()
    hand_in(small.inbound, "ada", LATER, "second")
    hand_in(small.inbound, "bo", LATER, "other")
    copy = files.copy_capped

    def full_disk(source: io.BufferedReader, target: Path, cap: int) -> int:
        if "ada" in target.parts:
            raise OSError(28, "No space left on device", str(target))
        return copy(source, target, cap)

    monkeypatch.setattr(files, "copy_capped", full_disk)
    with pytest.raises(ExchangeError, match="above: ada"):
        collector(small, check_owner=False, update=True).start()
    assert (small.work("ada"), small.work("bo")) == ("first", "other")
    assert f"ada was not collected: «{CASE}.ipynb» cannot be copied (No space left on device)." in said_by(caplog)


@pytest.mark.skipif(os.getuid() == 0, reason="root can read everything")
def test_an_unreadable_file_costs_only_its_student(small: Collected) -> None:
    (hand_in(small.inbound, "ada") / f"{CASE}.ipynb").chmod(0)
    hand_in(small.inbound, "bo")
    with pytest.raises(ExchangeError, match="above: ada"):
        collector(small, check_owner=False).start()
    assert not small.submitted("ada").parent.exists()
    assert small.submitted("bo").is_dir()


def test_a_run_that_was_killed_between_two_renames_lost_nothing(small: Collected) -> None:
    hand_in(small.inbound, "ada", TIME, "in the exchange")
    aside = small.root / "submitted" / "ada" / f".{CASE}.old"
    aside.mkdir(parents=True)
    (aside / f"{CASE}.ipynb").write_text("collected earlier")
    collector(small, check_owner=False).start()
    assert small.work("ada") == "collected earlier"


def test_a_file_that_turns_into_a_link_at_the_last_moment_is_not_followed(
    small: Collected, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = hand_in(small.inbound, "ada")
    (tmp_path / "secret").write_text("key")
    opened = files.open_unfollowed

    def swap_and_open(path: Path | str, inside: int | None = None) -> int:
        if path == f"{CASE}.ipynb":
            (folder / path).unlink()
            (folder / path).symlink_to(tmp_path / "secret")
        return opened(path, inside)

    monkeypatch.setattr(files, "open_unfollowed", swap_and_open)
    with pytest.raises(ExchangeError, match="above: ada"):
        collector(small, check_owner=False).start()
    assert not small.submitted("ada").exists()


def test_a_file_that_grows_while_it_is_copied_is_still_capped(
    small: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MAX_FILE_BYTES", 1000)
    folder = hand_in(small.inbound, "ada", work="x" * 900)
    opened = files.copy_capped

    def grow(source: io.BufferedReader, target: Path, cap: int) -> int:
        (folder / f"{CASE}.ipynb").write_text("x" * 1100)
        return opened(source, target, cap)

    monkeypatch.setattr(files, "copy_capped", grow)
    with pytest.raises(ExchangeError, match="above: ada"):
        collector(small, check_owner=False).start()
    assert not small.submitted("ada").exists()


def test_work_in_many_folders_in_each_other_is_not_collected(
    small: Collected, caplog: pytest.LogCaptureFixture
) -> None:
    (hand_in(small.inbound, "ada") / "/".join("x" * 30)).mkdir(parents=True)
    with pytest.raises(ExchangeError, match="above: ada"):
        collector(small, check_owner=False).start()
    assert "ada was not collected: it holds more than 20 folders in each other." in said_by(caplog)


def test_before_the_due_date_the_last_work_in_time_is_taken(small: Collected) -> None:
    with Gradebook(f"sqlite:///{small.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(CASE, duedate=DUE)
    hand_in(small.inbound, "ada", IN_TIME, "in time")
    hand_in(small.inbound, "ada", TIME, "late")
    hand_in(small.inbound, "bo", TIME, "late")
    collector(small, check_owner=False, before_duedate=True).start()
    assert (small.work("ada"), small.work("bo")) == ("in time", "late")


def test_one_student_can_be_collected_alone(small: Collected) -> None:
    hand_in(small.inbound, "ada")
    hand_in(small.inbound, "bo")
    one = collector(small, check_owner=False)
    one.coursedir.student_id = "bo"
    one.start()
    assert [path.name for path in (small.root / "submitted").iterdir()] == ["bo"]


def test_with_groupshared_the_group_can_change_what_was_collected_else_nobody(small: Collected) -> None:
    (hand_in(small.inbound, "ada") / "folder").mkdir()
    before = os.umask(0o022)
    try:
        collector(small, check_owner=False).start()
        assert small.submitted("ada").stat().st_mode & 0o777 == 0o755
        shutil.rmtree(small.submitted("ada"))
        shared = collector(small, check_owner=False)
        shared.coursedir.groupshared = True
        shared.start()
    finally:
        os.umask(before)
    assert small.submitted("ada").stat().st_mode & 0o2777 == 0o2775
    assert (small.submitted("ada") / "folder").stat().st_mode & 0o2777 == 0o2775
    assert (small.submitted("ada") / f"{CASE}.ipynb").stat().st_mode & 0o777 == 0o664


def zipped(entries: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return made.getvalue()


def tarred(entries: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, text in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


REGEXP = r".*/extracted/(?P<student_id>[^/_]+)_attempt_(?P<timestamp>[^/_]*)_[^/]*/(?P<file_id>[^/]+)\.(ipynb|json)$"
WHEN = "2024-03-01-10-00-00"


@pytest.fixture(scope="module")
def downloaded(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A course into which a learning platform's downloads were collected, and what was said."""
    root = tmp_path_factory.mktemp("downloads") / "course"
    shutil.copytree(released_course, root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CollectByName.named_regexp = {REGEXP!r}\n")
    archive = root / "downloaded" / CASE / "archive"
    archive.mkdir(parents=True)
    work = {f"{CASE}.ipynb": "notebook", "answers.json": "answers"}
    (archive / f"ada_attempt_{WHEN}_work.zip").write_bytes(zipped(work | {"../../../../bank/evil.toml": "x"}))
    (archive / f"bo_attempt_{WHEN}_work.tar.gz").write_bytes(tarred(work))
    (archive / "cy_attempt_soon_work").mkdir()
    (archive / "cy_attempt_soon_work" / f"{CASE}.ipynb").write_text("plain")
    (archive / "cy_attempt_soon_work" / "key.json").symlink_to(root / "bank" / "lock.json")
    (archive / "dee_attempt__first.zip").write_bytes(zipped(work))
    (archive / "dee_attempt__second.zip").write_bytes(zipped({f"{CASE}.ipynb": "another"}))
    (archive / f"eve_attempt_{WHEN}_work.zip").write_bytes(zipped(work)[:-30])
    (archive / f"fay_attempt_{WHEN}_work.gz").write_bytes(tarred({"a": "0" * (65 * MB)}))
    (archive / f".._attempt_{WHEN}_work").mkdir()
    (archive / f".._attempt_{WHEN}_work" / f"{CASE}.ipynb").write_text("out of the folder")
    done = nbgrader(root, "zip_collect", CASE)
    return root, done.stdout + done.stderr


def handed_in(root: Path, student: str) -> dict[str, str]:
    return {path.name: path.read_text() for path in (root / "submitted" / student / CASE).iterdir()}


def test_from_zip_and_tar_archives_notebook_answers_and_time_are_collected(downloaded: tuple[Path, str]) -> None:
    root, log = downloaded
    for student in ("ada", "bo"):
        assert handed_in(root, student) == {
            f"{CASE}.ipynb": "notebook",
            "answers.json": "answers",
            "timestamp.txt": "2024-03-01 10:00:00",
        }
    assert not list(root.rglob("evil.toml"))
    assert f"In «ada_attempt_{WHEN}_work.zip», «../../../../bank/evil.toml» was left out" in log


def test_archives_that_are_damaged_or_too_large_cost_only_themselves(downloaded: tuple[Path, str]) -> None:
    root, log = downloaded
    extracted = root / "downloaded" / CASE / "extracted"
    for name in (f"eve_attempt_{WHEN}_work.zip", f"fay_attempt_{WHEN}_work.gz"):
        assert f"«{name}» was not unpacked: it" in log
        assert not (extracted / Path(name).stem).exists()


def test_plain_files_are_copied_links_are_not_and_a_time_that_cannot_be_read_counts_as_none(
    downloaded: tuple[Path, str],
) -> None:
    root, log = downloaded
    assert handed_in(root, "cy") == {f"{CASE}.ipynb": "plain"}
    assert "«key.json» was left out: It is a link." in log
    assert "its time, «soon», cannot be understood, and counts as none" in log


def test_of_two_files_without_a_time_the_first_is_taken_and_the_class_goes_on(downloaded: tuple[Path, str]) -> None:
    root, log = downloaded
    assert handed_in(root, "dee") == {f"{CASE}.ipynb": "notebook", "answers.json": "answers"}
    assert f"«{CASE}.ipynb» of dee was taken from" in log


def test_a_student_id_that_leads_out_of_the_folder_is_refused(downloaded: tuple[Path, str]) -> None:
    root, log = downloaded
    assert "the student's id in its path begins with a dot" in log
    assert {path.name for path in (root / "submitted").iterdir()} == {"ada", "bo", "cy", "dee"}
    assert not (root / CASE).exists()
