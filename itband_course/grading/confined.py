"""Running the students' code of other nbgrader assignments: in a kernel with limits, shut off from the course."""

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_client.session import Session
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.converters import NbGraderException
from nbgrader.exchange.default import Exchange
from nbgrader.preprocessors import Execute
from traitlets import Any as AnyTrait
from traitlets import Enum, Integer, List, Type, Unicode

from itband_course.grading import bubblewrap, confined_start

POSIX = os.name == "posix"

MB = 1_000_000

SOCKET_NAME_BYTES = 100
"""How long the name of a socket file may be: systems take 104 or 108 with the closing zero."""

DEPTH = 12
"""How deep folders may lie in each other after a run: nbgrader fails on very deep ones, for the whole class."""


class NotMarkedError(NbGraderException):
    """A sentence for the instructor: why a notebook was not run to its end, and so has no marks."""


class CountingSession(Session):
    """Reads a kernel's messages, and counts their bytes before anything is done with them.

    Parameters
    ----------
    left : int
        How many bytes may still come.
    too_much : callable
        Called when more have come.
    """

    left = Integer()
    too_much = AnyTrait()

    def feed_identities(self, msg_list: Any, copy: bool = True) -> Any:
        """Count a message, and split it as jupyter_client wants it."""
        self.left -= sum(len(part) for part in msg_list)
        if self.left < 0:
            self.too_much()
        return super().feed_identities(msg_list, copy)


class ConfinedClient(AsyncKernelClient):
    """Takes only so many bytes from a kernel.

    Parameters
    ----------
    most_bytes : int
        How many, in one message or in all.
    too_much : callable
        Called when more have come.
    """

    most_bytes = Integer()
    too_much = AnyTrait()

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._monitors: list[Any] = []
        self.session = CountingSession(key=self.session.key, left=self.most_bytes, too_much=self.too_much)
        self.context.setsockopt(zmq.MAXMSGSIZE, self.most_bytes)

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        socket = super()._create_connected_socket(channel, identity)
        self._monitors.append(socket.get_monitor_socket(zmq.EVENT_DISCONNECTED))
        return socket

    def was_cut_off(self) -> bool:
        """Whether a connection broke, as it does at a message that is too large: such a one never arrives."""
        return any(monitor.getsockopt(zmq.EVENTS) & zmq.POLLIN for monitor in self._monitors)


class ConfinedProvisioner(LocalProvisioner):
    """Starts a kernel behind commands that confine it, and stops it by asking the first of them."""

    before: list[str]
    environment: dict[str, str]
    errors: Any

    async def pre_launch(self, **settings: Any) -> dict[str, Any]:
        """Put the confining commands before the kernel's, and hand it no more of this process than it needs."""
        settings = await super().pre_launch(env=self.environment, **settings)
        settings["cmd"] = [*self.before, *settings["cmd"]]
        # Never the instructor's terminal: code would write there what it likes, and as much as it likes.
        return settings | {"stdout": subprocess.DEVNULL, "stderr": self.errors, "independent": POSIX}

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the watching command, which passes an interrupt on."""
        if not POSIX:
            await super().send_signal(signum)
        elif self.process:
            self.process.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and all that it started."""
        self.end()

    def end(self) -> None:
        """Kill the kernel and all that it started, and return when they are gone."""
        process: Any = self.process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(confined_start.SECONDS_TO_END + 1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class ConfinedManager(AsyncKernelManager):
    """Gives out clients that take only so many bytes from their kernel."""

    client_factory = Type(ConfinedClient, klass=AsyncKernelClient)
    most_bytes: int
    too_much: Any

    def client(self, **settings: Any) -> Any:
        """Return a client for the kernel."""
        return super().client(most_bytes=self.most_bytes, too_much=self.too_much, **settings)


@dataclass
class Run:
    """One notebook of one student, while it is executed.

    Parameters
    ----------
    whose : str
        The notebook and its student, to begin a sentence with.
    before : list of str
        The commands that the kernel's own stands behind.
    private : Path
        A folder that no other user can enter.
    errors : file
        Where the kernel's own complaints go.
    provisioner : ConfinedProvisioner, optional
        What started the kernel.
    why : str
        Why the run was stopped, empty where it was not.
    """

    whose: str
    before: list[str]
    private: Path
    errors: Any
    provisioner: ConfinedProvisioner | None = None
    why: str = ""

    def stop(self, why: str) -> None:
        """Kill the kernel and keep the reason."""
        self.why = self.why or why
        self.end()

    def end(self) -> None:
        """Kill the kernel and all that it started."""
        if self.provisioner:
            self.provisioner.end()

    def is_alive(self) -> bool:
        """Whether the kernel, or what watches it, still runs."""
        process: Any = self.provisioner.process if self.provisioner else None
        return process is not None and process.poll() is None

    def complaint(self) -> str:
        """Return the last line that the kernel wrote before it could speak otherwise."""
        lines = (self.private / "errors").read_bytes()[-500:].decode("utf-8", "replace").split("\n")
        return "".join(sign for sign in next((line for line in reversed(lines) if line), "") if sign.isprintable())


class ConfinedExecute(Execute):
    """nbgrader's own execution, in a kernel with limits of time, memory, processes, output and files.

    With bubblewrap the code sees nothing but the system, Python and its own submission, has no network, and ends with
    all that it started. Without it the code runs as the instructor does, within limits only.
    """

    isolation = Enum(
        ["auto", "required", "none"],
        "auto",
        help="Whether code runs in bubblewrap: where that works, else with a warning; always, or not at all; never.",
    ).tag(config=True)
    notebook_seconds = Integer(300, min=1, help="How long one notebook may run in all.").tag(config=True)
    cpu_seconds = Integer(600, min=1, help="How long each process of a notebook may keep a processor busy.").tag(
        config=True
    )
    memory_mb = Integer(
        2048,
        min=256,
        help="How much memory each process of a notebook may fill. Its address space, which also counts what is only "
        "reserved or is shared, may be four times as large.",
    ).tag(config=True)
    file_mb = Integer(
        256, min=1, help="How large each file may become that a notebook writes, and all of its files in memory."
    ).tag(config=True)
    processes = Integer(
        512, min=32, help="How many processes and threads a notebook may have. Does not bind root."
    ).tag(config=True)
    output_mb = Integer(64, min=1, help="How much a notebook may send to the grader in all.").tag(config=True)
    readable = List(
        Unicode(), help="More folders that code may read in bubblewrap, such as data sets or another kernel's."
    ).tag(config=True)
    variables = List(
        Unicode(),
        ["PATH", "LD_LIBRARY_PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "NBGRADER_EXECUTION"],
        help="Variables of the environment that code may see.",
    ).tag(config=True)

    _run: Run

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "kernel_manager_class": ConfinedManager})

    def __call__(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Execute a notebook, and refuse to pass it on unexecuted."""
        self.refuse_unless_possible(resources["nbgrader"]["assignment"])
        return super().__call__(nb, resources)

    def refuse_unless_possible(self, assignment: str) -> None:
        """Raise a sentence where this run can execute nothing. Call it before a run, and nothing is lost by it.

        Parameters
        ----------
        assignment : str
            What is to be executed.

        Raises
        ------
        NotMarkedError
            If execution is switched off, or bubblewrap is required and does not work.
        """
        if not self.enabled:
            raise self._not_marked(
                f"«{assignment}» was not executed, so nothing of it can be marked: nbgrader would give full marks to "
                "every test without output. Run autograde without --no-execute (c.Execute.enabled)."
            )
        fault = self._sandbox(assignment).fault
        if fault and self.isolation == "required":
            raise self._not_marked(
                f'{fault}, and c.ConfinedExecute.isolation is "required": no code of «{assignment}» was run, and '
                "nothing was marked. Make bubblewrap work, or grade this assignment in a container."
            )

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Execute one notebook of one student.

        Raises
        ------
        NotMarkedError
            If it exceeded a limit that ends it, or its kernel ended before it.
        """
        of = resources["nbgrader"]
        folder = Path(os.path.realpath(resources["metadata"]["path"]))
        with (
            _private_folder() as private,
            (private / "errors").open("wb") as errors,
            _others_shut_out(folder.parent),
        ):
            run = self._run = Run(
                whose=f"The notebook «{of['notebook']}» of «{of['student']}»",
                before=self._confinement(of["assignment"], folder, private),
                private=private,
                errors=errors,
            )
            too_long = (
                f"{run.whose} ran for more than {self.notebook_seconds} seconds (c.ConfinedExecute.notebook_seconds) "
                "and was stopped"
            )
            timer = threading.Timer(self.notebook_seconds, run.stop, [too_long])
            timer.daemon = True
            timer.start()
            failure = None
            try:
                executed = super().preprocess(nb, resources, km)
            except Exception as error:  # whatever a student's kernel may send
                failure = error
            finally:
                timer.cancel()
                run.end()
                tidy(folder)
            why = run.why or (self._explained(failure) if failure else "")
        if not failure and not why:
            return executed
        # nbgrader sets this for the run and forgets it at a fault: a server's later kernels would inherit it.
        os.environ.pop("NBGRADER_EXECUTION", None)
        if failure and not why:
            raise failure
        raise self._not_marked(
            f"{why}. It has no marks, and nothing of it counts as right: read its code and mark it by hand."
        ) from failure

    def create_kernel_manager(self) -> Any:
        """Return a manager whose kernel starts confined and speaks where nobody else listens."""
        run = self._run
        manager = super().create_kernel_manager()
        manager.most_bytes = self.output_mb * MB
        manager.too_much = self._stop_output
        if POSIX:
            manager.transport = "ipc"
            manager.connection_file = str(run.private / "talk" / "kernel.json")
            manager.ip = str(run.private / "talk" / "k")
        else:
            # Windows has no socket files for this. Others can listen at a port, so encrypt where the kernel can.
            manager.transport_encryption = "auto"
        manager.kernel_id = str(uuid4())
        run.provisioner = ConfinedProvisioner(
            kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager
        )
        run.provisioner.before = run.before
        run.provisioner.errors = run.errors
        run.provisioner.environment = {
            name: value for name, value in os.environ.items() if name in self.variables or not POSIX
        }
        manager.provisioner = run.provisioner
        return manager

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Execute one cell, unless the run was stopped before its kernel could be."""
        if self._run.why:
            raise DeadKernelError(self._run.why)
        try:
            return super().preprocess_cell(cell, resources, index)
        finally:
            client: Any = self.kc
            if self._run.is_alive() and client.was_cut_off():
                self._stop_output()

    def _stop_output(self) -> None:
        self._run.stop(
            f"{self._run.whose} sent more than {self.output_mb} MB of output (c.ConfinedExecute.output_mb) and was "
            "stopped"
        )

    def _explained(self, error: Exception) -> str:
        """Return why a run failed that was not stopped, nothing where the error says it itself."""
        run = self._run
        if not self.code_cells_executed and isinstance(error, RuntimeError):
            return (
                f"{run.whose} was not run, for its kernel did not start: {run.complaint() or error}. If it lies where "
                "bubblewrap hides it, name its folder in c.ConfinedExecute.readable"
            )
        if isinstance(error, DeadKernelError):
            return (
                f"The kernel of {run.whose[0].lower()}{run.whose[1:]} ended before its code did: the code ended it, or "
                "exceeded a limit (c.ConfinedExecute.cpu_seconds, memory_mb)"
            )
        if isinstance(error, CellTimeoutError):
            return f"{run.whose} has a cell that did not stop after {self.timeout} seconds (c.ConfinedExecute.timeout)"
        return ""

    def _not_marked(self, sentence: str) -> NotMarkedError:
        self.log.error("%s", sentence)
        return NotMarkedError(sentence)

    def _confinement(self, assignment: str, folder: Path, private: Path) -> list[str]:
        """Return the commands that the kernel's own is to stand behind."""
        sandbox = self._sandbox(assignment)
        if not POSIX:
            return []
        step = [sys.executable, "-I", "-S", confined_start.__file__]
        limits = {
            "DATA": self.memory_mb * MB,
            "AS": 4 * self.memory_mb * MB,
            "CPU": self.cpu_seconds,
            "FSIZE": self.file_mb * MB,
            "CORE": 0,
        }
        if running := _tasks_of_this_user():
            limits["NPROC"] = running + self.processes
        confined = []
        if not sandbox.fault:
            files = self._files(writable=[folder, private / "talk"])
            confined = [*files.command(*sandbox.options), "--chdir", str(folder)]
        return [
            *(*step, "watch", str(os.getpid()), "--"),
            *confined,
            *(*step, "limit", *(f"{name}={value}" for name, value in limits.items()), "--"),
        ]

    def _files(self, writable: list[Path]) -> bubblewrap.Files:
        course = self.parent
        while getattr(course, "coursedir", None) is None:
            course = course.parent
        exchange = self.config.Exchange.get("root", Exchange.root.default_value)
        database = Path(course.coursedir.db_url.removeprefix("sqlite:///"))
        return bubblewrap.Files(
            writable=writable,
            hidden=[Path(course.coursedir.root), Path(exchange), database.parent],
            readable=[Path(folder) for folder in self.readable],
            temporary_bytes=self.file_mb * MB,
        )

    def _sandbox(self, assignment: str) -> "Sandbox":
        """Return whether bubblewrap works, tried once a run; one exporter is one run."""
        if not hasattr(self.parent, "itband_sandbox"):
            self.parent.itband_sandbox = found = self._try_sandbox()
            if found.fault and self.isolation == "auto":
                limits = "limits of time and memory" if POSIX else "a limit of time"
                self.log.warning(
                    "%s: the code of «%s» runs as you do, with %s only. %s foreign assignments in a container.",
                    *(found.fault, assignment, limits, found.remedy),
                )
        return self.parent.itband_sandbox

    def _try_sandbox(self) -> "Sandbox":
        if self.isolation == "none":
            return Sandbox('c.ConfinedExecute.isolation is "none"')
        if not bubblewrap.is_installed():
            return Sandbox("bubblewrap is not installed", "Install it, or grade")
        # Older ones do not know the option, and some containers do not allow it.
        for options in (("--disable-userns",), ()):
            fault = bubblewrap.fault(self._files(writable=[]).command(*options))
            if fault is None:
                return Sandbox("", options=options)
        return Sandbox(f"bubblewrap does not work here ({fault})")


@dataclass(frozen=True)
class Sandbox:
    """Whether bubblewrap works.

    Parameters
    ----------
    fault : str
        Why not, empty where it does.
    remedy : str
        How the sentence begins that says what to do.
    options : tuple of str
        What it can do that not every bubblewrap can.
    """

    fault: str
    remedy: str = "Grade"
    options: tuple[str, ...] = ()


def tidy(folder: Path) -> None:
    """Remove from a folder what a notebook's code left there and nbgrader must not meet when it copies the folder.

    A link would be followed to the bank when feedback is made. A set-user-id program would be the instructor's.

    Parameters
    ----------
    folder : Path
        The folder that the code could write to. Nothing of the code may run any more.
    """
    if not POSIX or not folder.is_dir():
        return
    places = [(folder, 1)]
    for place, depth in places:
        place.chmod(stat.S_IMODE(place.stat().st_mode) | 0o700)
        for entry in list(os.scandir(place)):
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode) and depth < DEPTH:
                places.append((Path(entry), depth + 1))
            elif stat.S_ISDIR(mode):
                remove(Path(entry))
            elif not stat.S_ISREG(mode):
                Path(entry).unlink()
            elif mode & (stat.S_ISUID | stat.S_ISGID):
                Path(entry).chmod(stat.S_IMODE(mode) & 0o777)


def remove(folder: Path) -> None:
    """Remove a folder however deep it is: `shutil` gives up where Python's own stack or a path's length ends."""
    places = [folder]
    for place in places:
        place.chmod(0o700)
        for entry in list(os.scandir(place)):
            if entry.is_dir(follow_symlinks=False):
                Path(entry).chmod(0o700)
                places.append(Path(entry).rename(folder / uuid4().hex))
            else:
                Path(entry).unlink()
    for place in reversed(places):
        place.rmdir()


@contextlib.contextmanager
def _private_folder() -> Iterator[Path]:
    """Give a folder that only this user can enter, with a name short enough for socket files."""
    private = Path(tempfile.mkdtemp(prefix="itband-"))
    if POSIX and len(str(private / "talk" / "k-1").encode()) > SOCKET_NAME_BYTES:
        private.rmdir()
        private = Path(tempfile.mkdtemp(prefix="itband-", dir="/tmp"))
    private = Path(os.path.realpath(private))
    (private / "talk").mkdir(mode=0o700)
    try:
        yield private
    finally:
        remove(private)


@contextlib.contextmanager
def _others_shut_out(folder: Path) -> Iterator[None]:
    """Let no other user into a folder for a while: code in it could leave a program there that runs as the owner."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    # In a folder shared by a group of instructors it may be another's.
    with contextlib.suppress(OSError):
        folder.chmod(mode & ~0o077)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            folder.chmod(mode)


def _tasks_of_this_user() -> int:
    """Count the processes and threads of this user, 0 where Linux does not tell or does not limit them."""
    if sys.platform != "linux" or os.getuid() == 0:
        return 0
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.getuid():
                count += len(list((process / "task").iterdir()))
    return count
