"""Students' code of foreign assignments, in limits: what it can reach, what becomes of it, and what it leaves behind.

One class is graded with bubblewrap, where it works, and one as on a machine that has none.
"""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from course_kit import nbgrader
from course_tools import Class
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from test_foreign import OTHER, submit, write_other_master
from traitlets.config import Config

from itband_course.grading import bubblewrap, confined, confined_start, nbgrader_command

MARKER = f"left-behind-{uuid4().hex}"
SECRET = f"secret-{uuid4().hex}"
TOKEN = f"token-{uuid4().hex}"
ADD = "def add(a, b):\n    return a + b\n"
FULL = {"adds": 2.0, "hidden": 3.0, "partial": 1.5, "why": 0.0}
ZERO = {"adds": 0.0, "hidden": 0.0, "partial": 0.0, "why": 0.0}
WARNING = (
    f"bubblewrap is not installed: the code of «{OTHER}» runs as you do, with limits of time and memory only. Install "
    "it, or grade foreign assignments in a container."
)

CONFINED = "itband_course.grading.confined.ConfinedExecute"
AFTER = [
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

FAULT = (
    bubblewrap.fault(bubblewrap.Files(writable=[], hidden=[]).command())
    if bubblewrap.is_installed()
    else "it is not installed"
)
needs_bubblewrap = pytest.mark.skipif(
    FAULT is not None, reason=f"bubblewrap does not work here ({FAULT}); without it this code would run as you do"
)

# Stops at a limit, ends itself or leaves something behind: harmless to the machine that runs the tests.
LIMITED = {
    "honest": ADD,
    "loops": "def add(a, b):\n    while a < 0:\n        pass\n    return a + b\n",
    "allocates": (
        "import mmap\ntry:\n    mmap.mmap(-1, 5_000_000_000)\nexcept OSError:\n    print('NOT SHARED')\n"
        "kept = []\nwhile True:\n    kept.append(bytearray(40_000_000))\n" + ADD
    ),
    "exits": ADD + "import os\nos._exit(0)\n",
    "prints": ADD + "while True:\n    print('x' * 10_000, flush=True)\n",
    "leaves": (
        "import ipykernel, os, subprocess, sys\n"
        "print(ipykernel.get_connection_info(), dict(os.environ))\n"
        f"sleeps = [sys.executable, '-c', 'import time; time.sleep(600)', '{MARKER}']\n"
        "subprocess.Popen(sleeps, start_new_session=True)\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.execve(sleeps[0], sleeps, {})\n"
        "    os._exit(0)\n"
        f"os.symlink(ROOT + '/bank/key.toml', 'leak.html')\nos.remove('{OTHER}.ipynb')\n"
        f"os.symlink(ROOT + '/gradebook.db', '{OTHER}.ipynb')\nos.mkfifo('pipe')\nos.mkdir('closed', 0)\n"
        "open('kept', 'w').close()\nopen('program', 'w').close()\nos.chmod('program', 0o4755)\n"
        "here = os.getcwd()\nfor _ in range(300):\n    os.mkdir('deep')\n    os.chdir('deep')\nos.chdir(here)\n" + ADD
    ),
}

# As harmless, and slower to grade: only once, in bubblewrap where it works.
ALSO_LIMITED = {
    "deaf": (
        "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except KeyboardInterrupt:\n        pass\n" + ADD
    ),
    "shouts": ADD + "print('x' * 20_000_000)\n",
    "writes": "open('huge', 'wb').write(bytes(20_000_000))\n" + ADD,
    "forks": "import os\nfor _ in range(200):\n    os.posix_spawn('/bin/sleep', ['sleep', '600'], {})\n" + ADD,
}

# Reaches for the course, the machine or the network. Runs only where bubblewrap holds it.
HOSTILE = {
    "destroys": (
        "import os, shutil\n"
        "for name in os.listdir(ROOT) + ['bank', 'submitted', 'source', 'gradebook.db', 'release']:\n"
        "    shutil.rmtree(ROOT + '/' + name, ignore_errors=True)\n"
        "    try:\n        os.remove(ROOT + '/' + name)\n        print('REMOVED', name)\n"
        "    except OSError as error:\n        print(error)\n"
        "for path in (ROOT + '/x', HOME + '/x', EXCHANGE + '/x', '/usr/x', '/x', '/dev/x', '/etc/x', os.__file__):\n"
        "    try:\n        open(path, 'a')\n        print('OPENED', path)\n    except OSError:\n        pass\n" + ADD
    ),
    "reads": (
        "import glob, os\nfor path in ('bank/key.toml', 'gradebook.db', 'submitted/honest/warm-up/warm-up.ipynb',\n"
        "    'autograded/honest/warm-up/warm-up.ipynb', 'source/warm-up/warm-up.ipynb', 'nbgrader_config.py'):\n"
        "    try:\n        open(ROOT + '/' + path, 'rb')\n        print('READ', path)\n"
        "    except OSError as error:\n        print(error)\n"
        "for folder in (ROOT, ROOT + '/autograded', HOME, EXCHANGE, '/etc'):\n"
        "    print('IN', folder, sorted(os.listdir(folder)) if os.path.exists(folder) else None)\n"
        "for path in glob.glob('/proc/[0-9]*/environ'):\n    print('VARIABLES', open(path).read())\n" + ADD
    ),
    "reaches": (
        "import ctypes, os, socket\n"
        "try:\n    socket.create_connection(('127.0.0.1', PORT), 2)\n    print('CALLED')\n"
        "except OSError as error:\n    print(error)\n"
        "try:\n    os.kill(GRADER, 0)\n    print('FOUND')\nexcept OSError as error:\n    print(error)\n"
        "if ctypes.CDLL(None).unshare(0x10000000) == 0:\n    print('UNSHARED')\n"
        "for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname', '/proc/self/oom_score_adj'):\n"
        "    try:\n        os.close(os.open(path, os.O_WRONLY))\n        print('OPENED', path)\n"
        "    except OSError:\n        pass\n"
        "for folder in ('/tmp', '/dev/shm'):\n    kept = 0\n    try:\n        for number in range(9):\n"
        "            kept += open(f'{folder}/{number}', 'wb').write(bytes(2_000_000))\n"
        "        print('FILLED', folder)\n    except OSError:\n        pass\n"
        "print('PRIVILEGES', [line for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapBnd'))])\n"
        + ADD
    ),
    "cheats": (
        "import importlib.util, sys, types\n"
        "fake = sys.modules['nbgrader'] = types.ModuleType('nbgrader')\n"
        "path = importlib.util.find_spec('nbconvert').origin\n"
        "try:\n    open(path, 'a')\n    print('OPENED', path)\nexcept OSError as error:\n    print(error)\n"
        "get_ipython().showtraceback = lambda *a, **k: None\ndef add(a, b):\n    return 1\n"
    ),
}


@pytest.fixture(scope="module")
def telephone() -> Iterator[socket.socket]:
    """A server on this machine that students' code tries to reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a bank to steal and one released foreign assignment."""
    root = tmp_path_factory.mktemp("assignment") / "course"
    (root / "source").mkdir(parents=True)
    (root / "bank").mkdir()
    (root / "bank/key.toml").write_text(SECRET)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'itband'\n")
    write_other_master(root)
    nbgrader(root, "generate_assignment", OTHER)
    return root


@pytest.fixture(scope="module")
def without(assignment: Path, tmp_path_factory: pytest.TempPathFactory, telephone: socket.socket) -> Class:
    """The class as graded on a machine without bubblewrap: all of the path is this Python's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent))
        return graded(assignment, tmp_path_factory.mktemp("without"), LIMITED, telephone, patch)


@pytest.fixture(scope="module")
def within(assignment: Path, tmp_path_factory: pytest.TempPathFactory, telephone: socket.socket) -> Class:
    """The class as graded on this machine: in bubblewrap if that works here, else without those who are hostile."""
    students = LIMITED | ALSO_LIMITED | (HOSTILE if FAULT is None else {})
    with pytest.MonkeyPatch.context() as patch:
        return graded(assignment, tmp_path_factory.mktemp("within"), students, telephone, patch)


@pytest.fixture(params=["without", "within"])
def klass(request: pytest.FixtureRequest) -> Class:
    """Both classes, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def stock(assignment: Path, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The honest student as graded by nbgrader's own execution."""
    stock = Class(tmp_path_factory.mktemp("stock") / "course")
    shutil.copytree(assignment, stock.root)
    hand_in(stock.root, "honest", LIMITED["honest"])
    graded_by_button(stock, "honest", configured(stock.root, execute="nbgrader.preprocessors.Execute"))
    return stock


@pytest.fixture
def alone(assignment: Path, tmp_path: Path) -> Class:
    """A course for one submission."""
    shutil.copytree(assignment, tmp_path / "course")
    return Class(tmp_path / "course")


def graded(
    assignment: Path, folder: Path, students: dict[str, str], telephone: socket.socket, patch: pytest.MonkeyPatch
) -> Class:
    """Grade students' code with nbgrader's own command, and keep what is seen right after."""
    klass = Class(folder / "course")
    shutil.copytree(assignment, klass.root)
    (folder / "exchange").mkdir()
    (folder / "exchange/inbound").write_text(SECRET)
    (folder / "t").mkdir()
    patch.setenv("TMPDIR", str(folder / "t"))
    patch.setenv("JUPYTERHUB_API_TOKEN", TOKEN)
    write_config(klass.root, configured(klass.root))
    for student, code in students.items():
        hand_in(klass.root, student, code, telephone.getsockname()[1])
    klass.logs["before"] = unchangeable(klass.root)
    klass.logs["autograde"] = klass.autograde(case=OTHER, expect=1)
    klass.logs["processes"] = "\n".join(processes_of(str(folder)) + processes_of(MARKER))
    klass.logs["after"] = unchangeable(klass.root)
    klass.logs["temporary"] = "\n".join(path.name for path in (folder / "t").iterdir())
    return klass


def configured(root: Path, execute: str = CONFINED, **settings: Any) -> Config:
    """Return a configuration with short limits."""
    limits = {"notebook_seconds": 60, "memory_mb": 256, "file_mb": 8, "output_mb": 4}
    return Config(
        {
            "CourseDirectory": {"root": str(root), "course_id": "itband"},
            "Exchange": {"root": str(root.parent / "exchange")},
            "KernelManager": {"shutdown_wait_time": 1},
            "Autograde": {"autograde_preprocessors": [execute, *AFTER]},
            "Execute": {"timeout": 2, "iopub_timeout": 2},
            "ConfinedExecute": limits | settings,
        }
    )


def write_config(root: Path, config: Config) -> None:
    lines = [f"c.{name}.{key} = {value!r}" for name, values in config.items() for key, value in values.items()]
    (root / "nbgrader_config.py").write_text("\n".join(["c = get_config()", *lines]))


def graded_by_button(klass: Class, student: str, config: Config) -> str:
    """Autograde one submission as formgrader's button does, in this process, and return the log."""
    api = NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)
    result = api.autograde(OTHER, student)
    assert not processes_of(str(klass.root.parent))
    klass.logs["autograde"] = result["log"] + result.get("error", "")
    return klass.logs["autograde"]


def hand_in(root: Path, student: str, code: str, port: int = 0) -> None:
    """Hand in code that knows what an attacker would find out."""
    known = {"ROOT": str(root), "EXCHANGE": str(root.parent / "exchange"), "HOME": str(Path.home())}
    known |= {"PORT": port, "GRADER": os.getpid()}
    submit(root, student, "".join(f"{name} = {value!r}\n" for name, value in known.items()) + code)


def unchangeable(root: Path) -> str:
    """Return all names and contents that no submission may change."""
    files = [path for part in ("bank", "source", "release", "submitted") for path in sorted((root / part).rglob("*"))]
    return "\n".join(f"{path} {path.read_text() if path.is_file() else ''}" for path in files)


def processes_of(mark: str) -> list[str]:
    """Return the command lines of all other processes with a mark in their command, environment or working folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            about = command + (process / "environ").read_text("latin-1") + str((process / "cwd").readlink())
        except OSError:
            continue
        if mark in about and process.name != str(os.getpid()):
            found.append(command)
    return found


def printed(klass: Class, student: str) -> str:
    """Return all that an autograded notebook shows."""
    path = klass.root / "autograded" / student / OTHER / f"{OTHER}.ipynb"
    return json.dumps([cell.get("outputs", []) for cell in json.loads(path.read_text())["cells"]])


def check_not_marked(klass: Class, student: str, why: str) -> None:
    """Check that a notebook has no marks and no autograded copy, and that the log says why."""
    assert f"{why}. It has no marks, and nothing of it counts as right: read its code" in klass.logs["autograde"]
    assert set(klass.marks(student, OTHER).values()) == {None}
    assert not (klass.root / "autograded" / student / OTHER).exists()


def test_an_honest_students_marks_are_those_of_stock_nbgrader(klass: Class, stock: Class) -> None:
    assert klass.marks("honest", OTHER) == stock.marks("honest", OTHER) == FULL


def test_an_endless_loop_costs_the_test_that_calls_it(klass: Class) -> None:
    assert klass.marks("loops", OTHER) == FULL | {"hidden": 0.0}


def test_code_that_takes_all_memory_gets_an_error_and_no_marks(klass: Class) -> None:
    assert "MemoryError" in printed(klass, "allocates")
    assert "NOT SHARED" in printed(klass, "allocates")
    assert klass.marks("allocates", OTHER) == ZERO


def test_code_that_ends_its_kernel_is_not_marked(klass: Class) -> None:
    check_not_marked(
        klass,
        "exits",
        f"The kernel of the notebook «{OTHER}» of «exits» ended before its code did: the code ended it, or exceeded a "
        "limit (c.ConfinedExecute.cpu_seconds, memory_mb)",
    )


def test_code_that_prints_without_end_is_stopped_and_not_marked(klass: Class) -> None:
    check_not_marked(
        klass,
        "prints",
        f"The notebook «{OTHER}» of «prints» sent more than 4 MB of output (c.ConfinedExecute.output_mb) and was "
        "stopped",
    )


def test_no_process_and_no_temporary_file_is_left(klass: Class) -> None:
    assert klass.marks("leaves", OTHER) == FULL
    assert klass.logs["processes"] == ""
    assert klass.logs["temporary"] == ""


def test_what_code_leaves_in_its_folder_harms_nobody(klass: Class) -> None:
    folder = klass.root / "autograded/leaves" / OTHER
    left = {path.relative_to(folder): path.lstat().st_mode for path in folder.rglob("*")}
    assert {Path("kept"), Path("program"), Path("closed"), Path(f"{OTHER}.ipynb")} <= set(left)
    assert all(stat.S_ISREG(mode) or stat.S_ISDIR(mode) for mode in left.values())
    assert not any(mode & stat.S_ISUID for mode in left.values())
    assert max(len(path.parts) for path in left) <= confined.DEPTH
    assert (klass.root / "gradebook.db").read_bytes().startswith(b"SQLite")
    config = configured(klass.root)
    NbGraderAPI(coursedir=CourseDirectory(config=config), config=config).generate_feedback(OTHER, "leaves")
    feedback = list((klass.root / "feedback/leaves" / OTHER).iterdir())
    assert f"{OTHER}.html" in [path.name for path in feedback]
    assert not [path for path in feedback if path.is_file() and SECRET in path.read_text("utf-8")]


def test_code_sees_no_token_and_its_kernel_listens_on_no_port(klass: Class) -> None:
    shown = printed(klass, "leaves")
    assert "NBGRADER_EXECUTION" in shown
    assert TOKEN not in shown
    assert "JUPYTERHUB" not in shown
    assert '\\"transport\\": \\"ipc\\"' in shown.replace("\\\\", "\\")


def test_the_course_is_as_before(klass: Class) -> None:
    assert klass.logs["after"] == klass.logs["before"]


def test_missing_bubblewrap_is_said_once(without: Class) -> None:
    assert without.logs["autograde"].count(WARNING) == 1


def test_working_bubblewrap_needs_no_word(within: Class) -> None:
    if FAULT is not None:
        assert "runs as you do, with limits of time and memory only" in within.logs["autograde"]
    else:
        assert "bubblewrap" not in within.logs["autograde"]


def test_a_cell_that_cannot_be_interrupted_is_not_marked(within: Class) -> None:
    check_not_marked(
        within,
        "deaf",
        f"The notebook «{OTHER}» of «deaf» has a cell that did not stop after 2 seconds (c.ConfinedExecute.timeout)",
    )


def test_one_output_that_is_too_large_is_not_marked(within: Class) -> None:
    check_not_marked(
        within,
        "shouts",
        f"The notebook «{OTHER}» of «shouts» sent more than 4 MB of output (c.ConfinedExecute.output_mb) and was "
        "stopped",
    )


def test_a_file_that_grows_too_large_is_an_error(within: Class) -> None:
    assert "File too large" in printed(within, "writes")
    assert within.marks("writes", OTHER) == ZERO
    assert (within.root / "autograded/writes" / OTHER / "huge").stat().st_size <= 8_000_000


def test_many_processes_are_gone_after_the_notebook(within: Class) -> None:
    # 200 of them are allowed; what the limit is for a user who is not root, the next test shows.
    assert within.marks("forks", OTHER) == FULL
    assert within.logs["processes"] == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the processes of a user")
def test_processes_are_limited_unless_the_user_is_root() -> None:
    child = os.fork()
    if child == 0:
        if os.getuid() == 0:
            os.setuid(65534)
        confined_start.set_limits({"NPROC": (confined._tasks_of_this_user() or 1) + 5})
        started = []
        try:
            for _ in range(50):
                started.append(os.fork())
                if started[-1] == 0:
                    time.sleep(60)
                    os._exit(0)
        except BlockingIOError:
            pass
        for process in started:
            os.kill(process, signal.SIGKILL)
        os._exit(len(started))
    assert 0 < os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) < 50


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such limit")
def test_a_process_that_keeps_a_processor_busy_too_long_is_killed() -> None:
    step = [sys.executable, "-I", "-S", confined_start.__file__, "limit", "CPU=1", "--"]
    done = subprocess.run([*step, sys.executable, "-c", "while True: pass"], check=False, timeout=60)
    assert done.returncode in (-signal.SIGKILL, -signal.SIGXCPU)


def test_matplotlib_need_not_list_its_fonts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tmp_path / "matplotlib/fontlist-v390.json"
    known.parent.mkdir()
    known.write_text("{}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    command = bubblewrap.Files(writable=[], hidden=[]).command()
    assert command[command.index(str(known)) + 1] == f"{bubblewrap.HOME}/.cache/matplotlib/{known.name}"


def test_what_may_be_read_does_not_open_the_course(tmp_path: Path) -> None:
    data, course = tmp_path / "data", tmp_path / "data/course"
    (course / "autograded").mkdir(parents=True)
    command = bubblewrap.Files(writable=[course / "autograded"], hidden=[course], readable=[data]).command()
    rules = [command[command.index(str(path)) - 1] for path in (data, course, course / "autograded")]
    assert rules == ["--ro-bind", "--tmpfs", "--bind"]
    assert command.index(str(data)) < command.index(str(course)) < command.index(str(course / "autograded"))


@needs_bubblewrap
def test_code_in_bubblewrap_can_delete_and_change_nothing_but_its_own(within: Class) -> None:
    shown = printed(within, "destroys")
    assert "REMOVED" not in shown
    assert "OPENED" not in shown
    assert within.marks("destroys", OTHER) == FULL


@needs_bubblewrap
def test_code_in_bubblewrap_can_read_nothing_of_the_course(within: Class) -> None:
    shown = printed(within, "reads")
    assert "READ" not in shown
    assert SECRET not in shown
    assert TOKEN not in shown
    assert f"IN {within.root} ['autograded']" in shown
    assert f"IN {within.root / 'autograded'} ['reads']" in shown
    assert f"IN {within.root.parent / 'exchange'} []" in shown
    assert "passwd" not in shown
    assert within.marks("reads", OTHER) == FULL


@needs_bubblewrap
def test_code_in_bubblewrap_reaches_no_network_no_process_and_no_setting(
    within: Class, telephone: socket.socket
) -> None:
    shown = printed(within, "reaches")
    assert not [word for word in ("CALLED", "FOUND", "UNSHARED", "OPENED", "FILLED") if word in shown]
    assert shown.count("0000000000000000") == 2
    with pytest.raises(TimeoutError):
        telephone.accept()
    assert within.marks("reaches", OTHER) == FULL


@needs_bubblewrap
def test_code_that_patches_the_grader_gains_nothing(within: Class) -> None:
    assert "OPENED" not in printed(within, "cheats")
    assert within.marks("cheats", OTHER) == ZERO


def test_a_notebook_that_takes_too_long_is_stopped_and_not_marked(alone: Class) -> None:
    hand_in(alone.root, "slow", "import time\ntime.sleep(1.5)\n" + ADD.replace("return", "time.sleep(1.5)\n    return"))
    graded_by_button(alone, "slow", configured(alone.root, notebook_seconds=3))
    check_not_marked(
        alone,
        "slow",
        f"The notebook «{OTHER}» of «slow» ran for more than 3 seconds (c.ConfinedExecute.notebook_seconds) and was "
        "stopped",
    )
    # nbgrader itself would leave it behind for all later kernels of a server.
    assert "NBGRADER_EXECUTION" not in os.environ


@pytest.mark.parametrize("path", ["whole", "bare"])
def test_nothing_outlives_nbgrader_itself(alone: Class, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(alone.root.parent))
    if path == "bare":
        monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    hand_in(alone.root, "stays", LIMITED["leaves"] + "import time\ntime.sleep(60)\n")
    settings = configured(alone.root)
    settings.Execute.timeout = 60
    write_config(alone.root, settings)
    start = [sys.executable, "-c", nbgrader_command.START, "autograde", OTHER]
    grader = subprocess.Popen(start, cwd=alone.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert soon(lambda: len(processes_of(MARKER)) >= 2, 60)
    finally:
        grader.kill()
        grader.wait()
    assert soon(lambda: not processes_of(MARKER) and not processes_of(str(alone.root.parent)), 10)


def soon(happens: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not happens():
        time.sleep(0.1)
    return happens()


def test_required_bubblewrap_that_is_missing_stops_everything(alone: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    hand_in(alone.root, "honest", ADD)
    log = graded_by_button(alone, "honest", configured(alone.root, isolation="required"))
    assert (
        f'bubblewrap is not installed, and c.ConfinedExecute.isolation is "required": no code of «{OTHER}» was run, '
        "and nothing was marked."
    ) in log
    assert set(alone.marks("honest", OTHER).values()) == {None}


def test_bubblewrap_that_does_not_work_is_said(alone: Class, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bin/bwrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}{os.pathsep}{os.environ['PATH']}")
    hand_in(alone.root, "honest", ADD)
    log = graded_by_button(alone, "honest", configured(alone.root))
    assert (
        "bubblewrap does not work here (bwrap: No permissions to create a new namespace): the code of "
        f"«{OTHER}» runs as you do, with limits of time and memory only. Grade foreign assignments in a container."
    ) in log
    assert alone.marks("honest", OTHER) == FULL


def test_a_kernel_that_does_not_start_says_why(alone: Class, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kernel = tmp_path / "kernels/broken/kernel.json"
    kernel.parent.mkdir(parents=True)
    says = [sys.executable, "-c", "import sys; sys.exit('no \x1b[31msuch library')"]
    kernel.write_text(json.dumps({"argv": says, "display_name": "Broken", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    hand_in(alone.root, "honest", ADD)
    config = configured(alone.root)
    config.Execute.kernel_name = "broken"
    graded_by_button(alone, "honest", config)
    check_not_marked(
        alone,
        "honest",
        f"The notebook «{OTHER}» of «honest» was not run, for its kernel did not start: no [31msuch library. If it "
        "lies where bubblewrap hides it, name its folder in c.ConfinedExecute.readable",
    )


def test_unexecuted_notebooks_are_not_marked(alone: Class) -> None:
    hand_in(alone.root, "honest", ADD)
    config = configured(alone.root)
    # What `nbgrader autograde --no-execute` sets.
    config.Execute.enabled = False
    config.ClearOutput.enabled = False
    log = graded_by_button(alone, "honest", config)
    assert f"«{OTHER}» was not executed, so nothing of it can be marked" in log
    assert set(alone.marks("honest", OTHER).values()) == {None}


def test_no_other_user_enters_a_folder_while_code_runs_in_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with confined._others_shut_out(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
