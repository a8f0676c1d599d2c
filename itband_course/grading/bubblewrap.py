"""The files that a foreign assignment's kernel may see, as a bubblewrap command. All else is not there for it."""

import os
import shutil
import site
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import itband_course

SYSTEM = [
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store"),
    *("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/R"),
]
"""What programs need of the system. Of /etc as little as works: it also holds passwords and keys."""

HOME = "/tmp/home"  # noqa: S108 - in a /tmp of its own
"""A home folder that is empty at every start."""

SECONDS_TO_TRY = 20


@dataclass(frozen=True)
class Files:
    """What the kernel may see.

    Parameters
    ----------
    writable : list of Path
        Folders that it may change.
    hidden : list of Path
        Folders that stay empty even where a readable one holds them.
    readable : list of Path
        Folders that it may read, beside the system and Python's own.
    temporary_bytes : int
        How much fits into each of its folders in memory.
    """

    writable: list[Path]
    hidden: list[Path]
    readable: list[Path] = field(default_factory=list)
    temporary_bytes: int = 256_000_000

    def command(self, *extra: str) -> list[str]:
        """Return the command, to be followed by the one to run in it."""
        size = str(self.temporary_bytes)
        readable = [*(Path(name) for name in SYSTEM), *_also_real([*_python(), *self.readable])]
        mounts = {path: ["--ro-bind"] for path in readable if path.exists()}
        mounts |= {path: ["--tmpfs"] for path in _also_real(self.hidden)}
        mounts |= {path: ["--size", size, "--tmpfs"] for path in (Path("/tmp"), Path("/dev/shm"))}  # noqa: S108
        mounts |= {path: ["--bind"] for path in _also_real(self.writable)}
        arguments = []
        # Outer folders first, so that of two rules the narrower one holds.
        for path in sorted(mounts, key=lambda path: len(path.parts)):
            *options, how = mounts[path]
            arguments += [*options, how, str(path)] if how == "--tmpfs" else [how, str(path), str(path)]
        # Root is in charge of some files in /proc even without any privilege.
        closed = ["/", "/dev", "/proc", *(str(path) for path, how in mounts.items() if how == ["--tmpfs"])]
        return [
            shutil.which("bwrap") or "bwrap",
            *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
            *("--unshare-cgroup-try", "--hostname", "confined", "--cap-drop", "ALL", *extra),
            *("--new-session", "--die-with-parent", "--proc", "/proc", "--dev", "/dev"),
            *arguments,
            *("--dir", HOME, "--setenv", "HOME", HOME, "--setenv", "USER", "student", "--setenv", "LOGNAME", "student"),
            *_fonts(),
            *(("--setenv", "PYTHONUSERBASE", site.getuserbase()) if _user_site().exists() else ()),
            *(argument for path in closed for argument in ("--remount-ro", path)),
        ]


def is_installed() -> bool:
    """Whether there is a bubblewrap to try."""
    return shutil.which("bwrap") is not None


def fault(command: list[str]) -> str | None:
    """Start Python in a sandbox; return None where that works, else what bubblewrap says."""
    try:
        done = subprocess.run(  # noqa: S603 - the grader's own command, no shell
            [*command, sys.executable, "-I", "-S", "-c", "pass"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=SECONDS_TO_TRY,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip().rpartition("\n")[2] or f"exit {done.returncode}")


def _python() -> list[Path]:
    """Return the folders that hold this Python, its packages and this one, which may lie beside a course's bank."""
    return [Path(sys.prefix), Path(sys.base_prefix), Path(itband_course.__file__).parent, _user_site()]


def _fonts() -> list[str]:
    """Show matplotlib its list of fonts: making one takes seconds and may be said on stderr, which costs marks."""
    arguments = []
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    for known in sorted(Path(cache, "matplotlib").glob("fontlist-*.json")):
        arguments += ["--ro-bind", str(known), f"{HOME}/.cache/matplotlib/{known.name}"]
    return arguments


def _user_site() -> Path:
    """Return where packages lie that were installed for this user alone."""
    return Path(site.getusersitepackages())


def _also_real(paths: list[Path]) -> list[Path]:
    """Return those paths that exist, under the name given and under the one that links lead to."""
    names = {name: None for path in paths for name in (os.path.abspath(path), os.path.realpath(path))}  # noqa: PTH100
    return [Path(name) for name in names if os.path.exists(name)]  # noqa: PTH110
