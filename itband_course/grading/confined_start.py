"""What stands between the grader and the kernel of a foreign assignment: limits, and an end for all that it starts.

Run by its file name under `python -I -S`: it needs nothing but Python's own library, and a student's folder is never
searched for modules. It is one of two steps:

    confined_start.py watch GRADER -- COMMAND     start COMMAND, pass interrupts on, and leave nothing of it behind
    confined_start.py limit AS=BYTES … -- COMMAND     set limits on this process, then become COMMAND

Not for Windows, which has none of this.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

END_WITH_PARENT, BE_REAPER = 1, 36
"""Two of Linux' settings of a process: PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER."""

SECONDS_TO_END = 5.0


class StopWatchingError(Exception):
    """The grader asks for an end, or is itself gone."""


def watch(grader: int, command: list[str]) -> int:
    """Run a command until it ends, the grader asks for its end, or the grader is gone; then kill all that is left.

    Parameters
    ----------
    grader : int
        The process that started this one.
    command : list of str
        What to run.

    Returns
    -------
    int
        How the command ended.
    """
    _process_control(BE_REAPER, 1)

    def stop(*_: Any) -> None:
        raise StopWatchingError

    def stop_if_alone(*_: Any) -> None:
        if os.getppid() != grader:
            raise StopWatchingError

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop_if_alone)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    # Ignored by what is started now, as bubblewrap must not end at an interrupt; `limit` takes it back for the kernel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.execvp(command[0], command)  # noqa: S606 - the grader's own command, no shell
        finally:
            os._exit(127)
    signal.signal(signal.SIGINT, lambda *_: _send_all(signal.SIGINT))
    ended = 0
    try:
        gone = 0
        while gone != child:
            gone, ended = os.wait()
    except StopWatchingError:
        pass
    finally:
        for name in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT):
            signal.signal(name, signal.SIG_IGN)
        _end_all(child)
    return os.waitstatus_to_exitcode(ended) & 0xFF


def limit(limits: dict[str, int], command: list[str]) -> None:
    """Set limits on this process, and become the command.

    Parameters
    ----------
    limits : dict of str to int
        By the end of the name in `resource`: `AS`, `CPU`, `FSIZE` and so on.
    command : list of str
        What to become.
    """
    set_limits(limits)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _process_control(END_WITH_PARENT, signal.SIGKILL)
    os.execvp(command[0], command)  # noqa: S606 - the grader's own command, no shell


def set_limits(limits: dict[str, int]) -> None:
    """Set limits on this process, or the lower ones that it has already."""
    import resource

    for name, value in limits.items():
        which = getattr(resource, f"RLIMIT_{name}")
        highest = resource.getrlimit(which)[1]
        allowed = value if highest == resource.RLIM_INFINITY else min(value, highest)
        # macOS refuses some of them; the others still hold.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(which, (allowed, allowed))


def descendants(root: int) -> list[int]:
    """Return all processes below a process, as Linux lists them; none where there is no such list."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        # The name of a program stands in brackets and may hold any sign.
        with contextlib.suppress(OSError, IndexError):
            parents[int(folder.name)] = int((folder / "stat").read_text("latin-1").rpartition(")")[2].split()[1])
    found = [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found[1:]


def _process_control(setting: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(setting, value, 0, 0, 0)


def _send_all(number: int) -> None:
    for process in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            os.kill(process, number)


def _end_all(child: int) -> None:
    """Kill every descendant until none is left: on Linux this is the parent of each whose own parent has ended."""
    until = time.monotonic() + SECONDS_TO_END
    while time.monotonic() < until:
        if sys.platform != "linux":
            with contextlib.suppress(OSError):
                os.killpg(child, signal.SIGKILL)
        _send_all(signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def main(arguments: list[str]) -> int:
    """Take one of the two steps."""
    split = arguments.index("--")
    step, *settings = arguments[:split]
    command = arguments[split + 1 :]
    if step == "watch":
        return watch(int(settings[0]), command)
    limit({name: int(value) for name, value in (setting.split("=") for setting in settings)}, command)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
