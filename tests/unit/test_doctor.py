"""`itband doctor` says what is wrong with a course folder, and nothing is wrong with a fresh one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from course_kit import CASE, REPOSITORY, copy_course

from itband_course.cli import main
from itband_course.grading import bubblewrap, doctor
from itband_course.grading.doctor import PLUG_INS, examine, load_config, named_in

Said = Callable[..., list[str]]


@pytest.fixture
def top() -> Iterator[Path]:
    """A folder that others can reach, which pytest's own temporary ones are not."""
    top = Path(tempfile.mkdtemp(prefix="itband-doctor-"))
    top.chmod(0o755)
    yield top
    shutil.rmtree(top)


@pytest.fixture
def root(top: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course as a fresh clone on a laptop, with no exchange and nobody's configuration but its own."""
    before = os.umask(0o022)
    root = copy_course(top / "course")
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (top / "home").mkdir(mode=0o700)
    for name, value in (("HOME", "home"), ("JUPYTER_CONFIG_DIR", "home/.jupyter")):
        monkeypatch.setenv(name, str(top / value))
    monkeypatch.setattr(bubblewrap, "is_installed", lambda: True)
    monkeypatch.setattr(bubblewrap, "fault", lambda _command: None)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: SimpleNamespace(free=50 * doctor.GB))
    monkeypatch.chdir(root)
    configure(root, f"c.Exchange.root = {str(top / 'exchange')!r}")
    yield root
    os.umask(before)


def configure(root: Path, lines: str) -> None:
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\n{lines}\n")


@pytest.fixture
def said(root: Path) -> Said:
    """Return a function that returns all sentences of a state."""

    def say(*states: str) -> list[str]:
        return [finding.sentence for finding in examine(root) if finding.state in states]

    return say


@pytest.fixture
def exchange(top: Path, root: Path) -> Path:
    """An exchange as it should be, which says that this machine is shared; the course is closed."""
    exchange = top / "exchange"
    (exchange / "itband" / "inbound").mkdir(parents=True)
    exchange.chmod(0o1777)
    (exchange / "itband" / "inbound").chmod(0o3733)
    root.chmod(0o700)
    return exchange


def test_nothing_is_wrong_with_a_fresh_clone_on_a_laptop(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out, err = capsys.readouterr()
    assert "look   If others use this machine: others can read the course folder" in out
    assert f"chmod 700 {root}\n" in out
    assert "ok     nbgrader_config.py is loaded, and names all 9 plug-ins of the course." in out
    assert all(line.startswith(("ok     ", "look   ")) for line in out.splitlines())
    assert err == ""


def test_something_wrong_is_exit_code_1_and_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "source" / CASE / "answers.json").write_text("{}")
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "itband: 1 to mend.\n"


def test_every_plug_in_that_the_shipped_configuration_names_is_looked_for(root: Path) -> None:
    config = load_config(root)
    named = {
        (f"{section}.{trait}", name)
        for section, settings in config.items()
        for trait in settings
        for name in named_in(config, f"{section}.{trait}")
        if name.startswith("itband_course.")
    }
    assert named == {(plug_in.setting, plug_in.name) for plug_in in PLUG_INS}


@pytest.mark.parametrize("plug_in", PLUG_INS, ids=lambda plug_in: f"{plug_in.setting}-{plug_in.name}")
def test_a_plug_in_that_is_not_in_place_is_wrong_and_what_follows_is_said(
    root: Path, said: Said, plug_in: object
) -> None:
    section, trait = plug_in.setting.split(".")
    configure(root, f"del c.{section}[{trait!r}]")
    (sentence,) = (sentence for sentence in said("wrong") if plug_in.name in sentence)
    assert sentence.startswith(f"c.{plug_in.setting} does not name {plug_in.name}: {plug_in.otherwise}.")


def test_a_plug_in_may_be_named_as_a_class(root: Path, said: Said) -> None:
    configure(root, "from itband_course.grading.export import Export\nc.ExportApp.plugin_class = Export")
    assert said("wrong") == []


def test_a_plug_in_that_cannot_be_loaded_is_wrong(root: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        if name.endswith(".Export"):
            raise ImportError("No module named 'x'")

    monkeypatch.setattr(doctor, "import_item", fail)
    (sentence,) = said("wrong")
    assert sentence.startswith("itband_course.grading.export.Export cannot be loaded (No module named 'x')")


@pytest.mark.parametrize(
    "line",
    ["c.X = (", "raise ValueError('a slip')", "c.CourseDirectory.groupshared = 'perhaps'", "c.Exchange.root = 3"],
)
def test_a_configuration_that_cannot_be_loaded_is_wrong_and_says_so(root: Path, said: Said, line: str) -> None:
    configure(root, line)
    (sentence,) = said("wrong")
    assert sentence.startswith("nbgrader_config.py cannot be loaded (")


def test_the_users_own_configuration_counts_too_under_that_of_the_folder(root: Path, top: Path, said: Said) -> None:
    (top / "home" / ".jupyter").mkdir()
    (top / "home" / ".jupyter" / "nbgrader_config.py").write_text(
        "c.ExchangeCollect.check_owner = False\nc.ExportApp.plugin_class = 'nbgrader.plugins.CsvExportPlugin'\n"
    )
    (top / "exchange").mkdir()
    assert any("check_owner is False" in sentence for sentence in said("look"))
    assert not any("ExportApp" in sentence for sentence in said("wrong"))


def test_an_nbgrader_that_the_course_was_not_made_for_is_wrong(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda _name: "0.10.1")
    (sentence,) = said("wrong")
    assert sentence.startswith("nbgrader 0.10.1 is installed, and the course needs")


def test_the_owner_check_is_named_with_what_it_means(root: Path, said: Said, exchange: Path) -> None:
    assert any("check_owner is True" in sentence for sentence in said("ok"))
    configure(root, "c.ExchangeCollect.check_owner = False")
    assert any("can hand in as anybody" in sentence for sentence in said("look"))


def test_an_exchange_as_it_should_be_beside_a_closed_course_is_ok(said: Said, exchange: Path) -> None:
    assert said("wrong") == []
    assert any("Nobody else can reach the course folder" in sentence for sentence in said("ok"))


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0o777, "can move whole courses"),
        (0o755, "nbgrader cannot use"),
        (0o1755, "nbgrader cannot use"),
        (0o700, "nbgrader cannot use"),
    ],
)
def test_an_exchange_that_students_can_change_or_not_use_is_wrong(
    said: Said, exchange: Path, mode: int, words: str
) -> None:
    exchange.chmod(mode)
    (sentence,) = said("wrong")
    assert words in sentence
    assert sentence.endswith(f"chmod 1777 {exchange}")


@pytest.mark.parametrize(
    ("mode", "state", "words"),
    [
        (0o3733, "ok", "neither list nor move"),
        (0o2733, "look", "can move it away: chmod 3733"),
        (0o2777, "wrong", "can see whose work lies"),
        (0o3777, "wrong", "can see whose work lies"),
        (0o2755, "wrong", "can see whose work lies"),
        (0o2700, "wrong", "Students cannot hand in"),
    ],
)
def test_inbound_is_to_be_written_to_and_not_listed(
    said: Said, exchange: Path, mode: int, state: str, words: str
) -> None:
    (exchange / "itband" / "inbound").chmod(mode)
    (sentence,) = (sentence for sentence in said("ok", "look", "wrong") if "inbound" in sentence)
    assert words in sentence
    assert sentence in said(state)


def test_a_course_in_the_exchange_that_somebody_else_made_is_wrong(
    said: Said, exchange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.os, "getuid", lambda: 4711)
    (sentence,) = said("wrong")
    assert sentence.startswith(f"{exchange / 'itband'} belongs to another user")


def test_on_a_shared_machine_a_course_that_others_can_read_is_wrong(root: Path, said: Said, exchange: Path) -> None:
    root.chmod(0o755)
    (root / "gradebook.db").write_text("")
    (root / "submitted").mkdir(mode=0o700)
    assert said("wrong") == [
        f"others can read the course folder, with every key and mark: chmod 700 {root}",
        "others can read bank, gradebook.db: chmod -R go= bank gradebook.db",
    ]


def test_what_the_group_can_read_counts_unless_the_course_is_shared_by_a_group(
    root: Path, said: Said, exchange: Path
) -> None:
    root.chmod(0o750)
    for path in ("bank", "gradebook.db"):
        (root / path).touch()
        (root / path).chmod(0o770)
    assert any(sentence.startswith("others can read bank, gradebook.db") for sentence in said("wrong"))
    configure(root, "c.CourseDirectory.groupshared = True")
    assert said("wrong") == []


def test_a_home_folder_that_others_can_enter_is_named(top: Path, said: Said, exchange: Path) -> None:
    (top / "home").chmod(0o755)
    assert said("wrong") == [f"others can look into your home folder: chmod 700 {top / 'home'}"]


def test_a_closed_folder_on_the_way_to_the_course_is_enough(top: Path, said: Said) -> None:
    top.chmod(0o700)
    assert any(f"{top} lets no one in" in sentence for sentence in said("ok"))
    assert not any("course folder" in sentence or "umask" in sentence for sentence in said("look", "wrong"))


def test_the_umask_is_named_if_others_could_read_what_is_written(said: Said) -> None:
    assert any("the umask is 022" in sentence for sentence in said("look"))
    os.umask(0o077)
    assert not any("umask" in sentence for sentence in said("look"))


def test_on_windows_permissions_are_not_looked_at_and_that_is_said(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "WINDOWS", True)
    assert any("is not looked at on Windows" in sentence for sentence in said("ok"))
    assert not any("chmod" in sentence for sentence in said("ok", "look", "wrong"))


@pytest.mark.parametrize("setting", ['transport = "ipc"', 'transport_encryption = "required"'])
@pytest.mark.parametrize("file", ["jupyter_server_config.py", "jupyter_config.py"])
def test_kernels_that_others_can_listen_to_are_named_unless_configured(
    top: Path, said: Said, setting: str, file: str
) -> None:
    assert any("they can listen to what kernels" in sentence for sentence in said("look"))
    (top / "home/.jupyter").mkdir()
    (top / "home/.jupyter" / file).write_text(f"c.KernelManager.{setting}\n")
    assert not any("kernels" in sentence for sentence in said("look"))


def test_a_damaged_configuration_of_the_server_does_not_stop_the_doctor(top: Path, said: Said) -> None:
    (top / "home/.jupyter").mkdir()
    (top / "home/.jupyter/jupyter_server_config.py").write_text("c.X = (")
    assert said("wrong") == []


def test_bubblewrap_that_is_missing_broken_or_switched_off_is_named(
    root: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any("bubblewrap works" in sentence for sentence in said("ok"))
    monkeypatch.setattr(bubblewrap, "fault", lambda _command: "No permissions")
    assert any("bubblewrap does not work here (No permissions)" in sentence for sentence in said("look"))
    monkeypatch.setattr(bubblewrap, "is_installed", lambda: False)
    assert any("bubblewrap is not installed" in sentence for sentence in said("look"))
    configure(root, 'c.ConfinedExecute.isolation = "none"')
    assert any('isolation is "none"' in sentence for sentence in said("look"))


@pytest.mark.parametrize(("free", "state"), [(50, "ok"), (1, "look"), (0.1, "wrong")])
def test_free_space_is_named(said: Said, monkeypatch: pytest.MonkeyPatch, free: float, state: str) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: SimpleNamespace(free=free * doctor.GB))
    assert any(f"{free:.1f} GB are free" in sentence for sentence in said(state))


@pytest.mark.parametrize("name", ["source/{}/answers.json", "source/{}/questions.json", "release/{}/answers.json"])
def test_what_was_left_behind_by_trying_a_case_is_wrong(root: Path, said: Said, name: str) -> None:
    path = root / name.format(CASE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    (sentence,) = said("wrong")
    assert sentence.startswith(f"{name.format(CASE)} was left there")


def test_the_doctor_changes_nothing(root: Path, top: Path) -> None:
    def state() -> dict[Path, tuple[int, float]]:
        return {
            path: (path.stat().st_mode, path.stat().st_mtime)
            for path in top.rglob("*")
            if "__pycache__" not in path.parts
        }

    before = state()
    examine(root)
    assert state() == before


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_bubblewrap_is_really_tried(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    works = subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--unshare-user", "--unshare-pid", "true"], capture_output=True, check=False
    )
    said = doctor._of_bubblewrap(load_config(REPOSITORY))
    assert said.state == ("look" if works.returncode else "ok")
