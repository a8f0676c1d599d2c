"""`itband doctor`: how a course folder and the machine that it lies on stand, line by line."""

import contextlib
import io
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any, Literal

from jupyter_client.manager import KernelManager
from jupyter_core.application import JupyterApp
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from packaging.requirements import Requirement
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from itband_course.answers import ANSWERS_FILE
from itband_course.grading import bubblewrap
from itband_course.grading.collecting import Collect
from itband_course.grading.unpacking import MB
from itband_course.questions import QUESTIONS_FILE

State = Literal["ok", "look", "wrong"]
WINDOWS = os.name == "nt"
GB = 1024 * MB
LITTLE_SPACE, NO_SPACE = 2 * GB, 200 * MB
"""How much free space is too little for a class, and how little stops one student's work."""
RECORDS = ("downloaded", "submitted", "autograded", "feedback", "gradebook.db", "grades.csv", "reports", "keys")
"""What else must be nobody else's, beside the bank."""
GROUP, OTHERS = 0o070, 0o007


@dataclass(frozen=True)
class Finding:
    """One line of what the doctor says.

    Parameters
    ----------
    state : {'ok', 'look', 'wrong'}
        «look» may be right or not; the sentence says when.
    sentence : str
        What was found, and what to do.
    """

    state: State
    sentence: str


@dataclass(frozen=True)
class PlugIn:
    """A class of this course that the configuration must name.

    Parameters
    ----------
    setting : str
        Where.
    name : str
        The class.
    otherwise : str
        What happens without it.
    """

    setting: str
    name: str
    otherwise: str


PLUG_INS = (
    PlugIn(
        "GenerateAssignment.exporter_class",
        "itband_course.grading.exporters.CaseExporter",
        "faults of a case are found only when its release has been removed",
    ),
    PlugIn(
        "GenerateAssignment.preprocessors",
        "itband_course.grading.project.ProjectQuestions",
        "cases are released without their questions",
    ),
    PlugIn(
        "Autograde.exporter_class",
        "itband_course.grading.exporters.CaseExporter",
        "cases are executed and not graded from their answers",
    ),
    PlugIn(
        "Autograde.autograde_preprocessors",
        "itband_course.grading.confined.ConfinedExecute",
        "the code of other assignments runs as you do",
    ),
    PlugIn(
        "GenerateFeedback.exporter_class",
        "itband_course.grading.exporters.FeedbackExporter",
        "feedback on cases explains nothing",
    ),
    PlugIn(
        "ExchangeFactory.collect",
        "itband_course.grading.collecting.Collect",
        "collecting follows links and takes work under any name",
    ),
    PlugIn(
        "ZipCollectApp.extractor_plugin",
        "itband_course.grading.downloads.Extract",
        "students' archives can write outside of their folder or fill the disk",
    ),
    PlugIn(
        "ZipCollectApp.collector_plugin",
        "itband_course.grading.downloads.CollectByName",
        "answers.json is left behind",
    ),
    PlugIn(
        "ExportApp.plugin_class",
        "itband_course.grading.export.Export",
        "work that was not graded is exported as 0",
    ),
)
"""Every plug-in of this course, as the shipped nbgrader_config.py names them."""


def examine(root: Path) -> list[Finding]:
    """Return how a course folder stands, and the machine that it lies on.

    Parameters
    ----------
    root : Path
        Where `nbgrader_config.py` lies.
    """
    findings = [_of_nbgrader()]
    try:
        config = load_config(root)
        exchange, folders = Collect(config=config), CourseDirectory(config=config)
    # Whatever is wrong in a file of somebody's own; traitlets ends the program at a value of the wrong type.
    except (Exception, SystemExit) as error:
        why = str(error) if not isinstance(error, SystemExit) else "a setting has a value of the wrong type"
        sentence = f"nbgrader_config.py cannot be loaded ({why}): mend it, then run itband doctor again."
        return [*findings, Finding("wrong", sentence)]
    place = _Place(root, Path(exchange.root), folders.course_id, folders.groupshared)
    return [
        *findings,
        *_of_plug_ins(config),
        *_of_exchange(place, exchange.check_owner),
        *_of_modes(place),
        _of_kernels(),
        _of_bubblewrap(config),
        _of_space(root),
        *_of_leftovers(root),
    ]


def load_config(root: Path) -> Config:
    """Return the configuration that nbgrader's commands find in a folder: the user's, the system's and the folder's.

    Raises
    ------
    Exception
        Whatever goes wrong in any of them.
    SystemExit
        If a setting of nbgrader itself has a value of the wrong type.
    """
    app = NbGrader()
    app.raise_config_file_errors = True
    with contextlib.chdir(root):
        app.load_config_file(suppress_errors=False)
    return app.config


def named_in(config: Config, setting: str) -> list[str]:
    """Return the dotted names of all classes that a setting names."""
    section, trait = setting.split(".")
    value = config[section].get(trait, []) if section in config else []
    classes = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else _dotted(item) for item in classes]


def _dotted(item: Any) -> str:
    return f"{getattr(item, '__module__', '')}.{getattr(item, '__qualname__', item)}"


def _of_nbgrader() -> Finding:
    installed = version("nbgrader")
    try:
        wanted = next(
            requirement.specifier
            for requirement in map(Requirement, requires("itband-course") or [])
            if requirement.name == "nbgrader"
        )
    except (PackageNotFoundError, StopIteration):
        return Finding(
            "look", f"nbgrader {installed} is installed; the course itself is not, so nobody can say if it fits."
        )
    if wanted.contains(installed):
        return Finding("ok", f"nbgrader {installed} is one that this course was made for ({wanted}).")
    return Finding(
        "wrong", f"nbgrader {installed} is installed, and the course needs {wanted}: pip install 'nbgrader{wanted}'"
    )


def _of_plug_ins(config: Config) -> Iterator[Finding]:
    missing = False
    for plug_in in PLUG_INS:
        if plug_in.name not in named_in(config, plug_in.setting):
            problem = f"c.{plug_in.setting} does not name {plug_in.name}"
        elif (fault := _import_fault(plug_in.name)) is not None:
            problem = f"{plug_in.name} cannot be loaded ({fault})"
        else:
            continue
        missing = True
        yield Finding("wrong", f"{problem}: {plug_in.otherwise}. Put the line of the shipped nbgrader_config.py back.")
    if not missing:
        yield Finding("ok", f"nbgrader_config.py is loaded, and names all {len(PLUG_INS)} plug-ins of the course.")


def _import_fault(name: str) -> str | None:
    try:
        import_item(name)
    except Exception as error:  # whatever its module does when it is loaded
        return str(error) or type(error).__name__
    return None


@dataclass(frozen=True)
class _Place:
    """Where the course is, and who shares it."""

    root: Path
    exchange: Path
    course_id: str
    groupshared: bool

    @property
    def is_shared(self) -> bool:
        """Whether others certainly use this machine: they have somewhere to hand in."""
        # Asked of a folder in one that is closed to this user, is_dir() raises.
        return os.access(self.exchange, os.F_OK) and self.exchange.is_dir()

    @property
    def closed(self) -> int:
        """The permissions that nobody else may have on the course."""
        return OTHERS if self.groupshared else GROUP | OTHERS

    def open_to_others(self, sentence: str) -> Finding:
        """Return a finding on something that others can read, which is wrong where there are others."""
        if self.is_shared:
            return Finding("wrong", sentence)
        return Finding("look", f"If others use this machine: {sentence}")


def _of_exchange(place: _Place, check_owner: bool) -> Iterator[Finding]:
    if WINDOWS:
        yield Finding("ok", "nbgrader has no exchange on Windows: collect with nbgrader zip_collect.")
        return
    if not place.is_shared:
        yield Finding("ok", f"There is no exchange at {place.exchange}, so none is looked at.")
        return
    if check_owner:
        yield Finding(
            "ok",
            "Collecting takes a folder only from the user whose id is in its name (c.ExchangeCollect.check_owner is "
            "True). Right where students sign in to this machine under their ids.",
        )
    else:
        yield Finding(
            "look",
            "Collecting believes every name (c.ExchangeCollect.check_owner is False): who can write to the exchange "
            "can hand in as anybody. Right only where all students are one user of this machine.",
        )
    yield from _of_exchange_modes(place)


def _of_exchange_modes(place: _Place) -> Iterator[Finding]:
    root, course = place.exchange, place.exchange / place.course_id
    mode = _mode(root)
    if place.groupshared:
        yield Finding(
            "look", f"{root} has the mode {mode:o}; with groupshared, instructors must be able to write to it."
        )
    elif mode == 0o1777:
        yield Finding("ok", f"{root} has the mode 1777: everybody can write, and only remove what is theirs.")
    elif mode & 0o777 == 0o777:
        yield Finding("wrong", f"Every student can move whole courses out of {root}: chmod 1777 {root}")
    else:
        yield Finding("wrong", f"nbgrader cannot use {root}, whose mode is {mode:o}: chmod 1777 {root}")
    if not place.course_id or not course.is_dir():
        return
    if course.stat().st_uid != os.getuid() and not place.groupshared:
        yield Finding("wrong", f"{course} belongs to another user, who can read and change all work: ask who made it.")
        return
    inbound = course / "inbound"
    if not inbound.is_dir():
        return
    mode = _mode(inbound) & ~(GROUP if place.groupshared else 0)
    if mode & 0o004:
        yield Finding("wrong", f"Every student can see whose work lies in {inbound}, and read it: chmod 3733 {inbound}")
    elif mode & 0o003 != 0o003:
        yield Finding("wrong", f"Students cannot hand in, for they cannot write to {inbound}: chmod 3733 {inbound}")
    elif mode & 0o1000:
        yield Finding("ok", f"Students can hand in to {inbound}, and neither list nor move what lies there.")
    else:
        yield Finding("look", f"Who knows the name of a folder in {inbound} can move it away: chmod 3733 {inbound}")


def _of_modes(place: _Place) -> Iterator[Finding]:
    if WINDOWS:
        yield Finding(
            "ok", "Who may read the course folder is not looked at on Windows: keep it in your own user folder."
        )
        return
    home = Path.home()
    if home.is_dir() and _mode(home) & OTHERS:
        yield place.open_to_others(f"others can look into your home folder: chmod 700 {home}")
    door = next((path for path in (place.root, *place.root.parents) if not _mode(path) & place.closed & 0o011), None)
    if door is not None:
        yield Finding("ok", f"Nobody else can reach the course folder: {door} lets no one in.")
        return
    if _mode(place.root) & OTHERS:
        yield place.open_to_others(
            f"others can read the course folder, with every key and mark: chmod 700 {place.root}"
        )
    names = ["bank"] if _mode_of(place.root / "bank") & (GROUP | OTHERS) else []
    names += [name for name in RECORDS if _mode_of(place.root / name) & place.closed]
    if names:
        yield place.open_to_others(f"others can read {', '.join(names)}: chmod -R go= {' '.join(names)}")
    mask = os.umask(0)
    os.umask(mask)
    if mask & place.closed != place.closed:
        yield Finding(
            "look",
            f"If others use this machine: they can read what you write (the umask is {mask:03o}). Put «umask 077» into "
            "your login profile.",
        )
    if not names and not _mode(place.root) & OTHERS:
        yield Finding("ok", "Nobody else can read the course folder, bank or records.")


def _of_kernels() -> Finding:
    # When nbgrader grades, its kernels always speak through files of their own.
    manager = _server_config().KernelManager
    if manager.get("transport") == "ipc":
        return Finding("ok", "Kernels of your JupyterLab speak through files of yours, where nobody else can listen.")
    encrypts = manager.get("transport_encryption") in ("required", "auto")
    if encrypts and KernelManager.class_traits().get("transport_encryption"):
        return Finding("ok", "What kernels of your JupyterLab print is encrypted on its way.")
    setting = 'transport_encryption = "required"' if WINDOWS else 'transport = "ipc"'
    return Finding(
        "look",
        "If others use this machine: they can listen to what kernels of your JupyterLab print. Write "
        f"c.KernelManager.{setting} into jupyter_server_config.py.",
    )


def _server_config() -> Config:
    """Return the configuration of the server that this user's JupyterLab runs on."""
    app = JupyterApp()
    app.config_file_name = "jupyter_server_config"
    with contextlib.redirect_stderr(io.StringIO()):
        # Faults in it are for JupyterLab to tell.
        app.load_config_file()
    return app.config


def _of_bubblewrap(config: Config) -> Finding:
    runs = "the code of assignments that are no cases runs as you do, within limits only (cases run no code)"
    if config.ConfinedExecute.get("isolation") == "none":
        return Finding("look", f'c.ConfinedExecute.isolation is "none": {runs}.')
    if not bubblewrap.is_installed():
        return Finding(
            "look", f"bubblewrap is not installed: {runs}. On Debian and Ubuntu: sudo apt install bubblewrap"
        )
    fault = bubblewrap.fault(bubblewrap.Files(writable=[], hidden=[]).command())
    if fault is not None:
        return Finding("look", f"bubblewrap does not work here ({fault}): {runs}.")
    return Finding("ok", "bubblewrap works: the code of assignments that are no cases runs shut off from the course.")


def _of_space(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    sentence = f"{free / GB:.1f} GB are free here."
    if free < NO_SPACE:
        return Finding("wrong", f"{sentence} Make room before you collect or grade: some work would not be taken in.")
    if free < LITTLE_SPACE:
        return Finding("look", f"{sentence} A large class may need more.")
    return Finding("ok", sentence)


def _of_leftovers(root: Path) -> Iterator[Finding]:
    found = sorted(
        path.relative_to(root)
        for pattern in (f"source/*/{ANSWERS_FILE}", f"source/*/{QUESTIONS_FILE}", f"release/*/{ANSWERS_FILE}")
        for path in root.glob(pattern)
    )
    for path in found:
        yield Finding(
            "wrong",
            f"{path} was left there by trying out a case, and every student would get it: remove it. Try a case with "
            "itband preview.",
        )
    if not found:
        yield Finding("ok", "Nothing is left in source/ or release/ that students must not get.")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _mode_of(path: Path) -> int:
    """Return the permissions of a file or folder, none where there is none."""
    return _mode(path) if path.exists() else 0
