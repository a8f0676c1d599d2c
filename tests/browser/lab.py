"""A real JupyterLab or Notebook on loopback for one test, and what a student does in it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from itband_course import answers

START_SECONDS = 60
PATIENCE = 60_000
"""Milliseconds that anything on a page may take: a busy machine is slow, and what is there is not waited for."""

expect.set_options(timeout=PATIENCE)

QUIET = {"@jupyterlab/apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}'}
DARK = {"@jupyterlab/apputils-extension/themes": '{"theme": "JupyterLab Dark"}'}

THEMES = {"dark": "JupyterLab Dark", "light": "JupyterLab Light"}
"""JupyterLab's names of its themes; the usual one last, so that it is left as it was."""

OUTPUTS = ".jp-CodeCell .jp-OutputArea-child"
MARK_OUTPUTS = f"() => {{ for (const node of document.querySelectorAll('{OUTPUTS}')) node.dataset.old = 'yes'; }}"
# The kernel's own «idle» will not do: it also says so between two cells. A widget is on the page before it is drawn.
ALL_HAS_RUN = f"""() => {{
  const cells = window.jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === "code");
  const widgets = [...document.querySelectorAll(".jp-OutputArea-output > .lm-Widget")];
  return cells.every(({{ model }}) => model.executionState === "idle" && model.executionCount)
    && !document.querySelector("{OUTPUTS}[data-old]")
    && ![...document.querySelectorAll(".jp-OutputArea-output")].some((node) => node.textContent === "Loading widget...")
    && widgets.every((node) => node.childElementCount > 0);
}}"""


@contextmanager
def jupyter(
    folder: Path,
    scratch: Path,
    application: str = "lab",
    settings: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
) -> Iterator[str]:
    """Serve a folder until the block ends; yields the server's address.

    Parameters
    ----------
    folder : Path
        What the server shows.
    scratch : Path
        Where its settings and log go, so that the user's own are neither read nor changed.
    application : {'lab', 'notebook'}
        Which interface.
    settings : dict of str to str
        JupyterLab's user settings: JSON text by plug-in, ``DARK`` for one.
    variables : dict of str to str
        More environment variables for the server and its kernels.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    scratch.mkdir(parents=True, exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY_", "NBGRADER"))
    }
    environment |= {
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    environment |= variables or {}
    command = [sys.executable, "-m", "jupyter", application, "--allow-root", "--no-browser", f"--port={port}"]
    command += [
        "--ip=127.0.0.1",
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        f"--ServerApp.root_dir={folder}",
    ]
    command += [
        "--ServerApp.port_retries=0",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # So that a test can ask whether cells still run.
        f"--{'LabApp' if application == 'lab' else 'JupyterNotebookApp'}.expose_app_in_browser=True",
    ]
    for plugin, text in (QUIET | (settings or {})).items():
        file = scratch / "config/lab/user-settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    with (scratch / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server, scratch / "server.log")
            yield address
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(20)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"Jupyter stopped at once:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"{address}/api/status", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"Jupyter did not start within {START_SECONDS} s:\n{log.read_text()[-3000:]}")


class Notebook:
    """One open notebook and what a student does in it."""

    def __init__(self, page: Page, address: str, path: str, application: str = "lab") -> None:
        self.page = page
        self.application = application
        self.sessions = f"{address}/api/sessions"
        self.contents = f"{address}/api/contents/{path}?content=0"
        self.url = f"{address}/lab/tree/{path}" if application == "lab" else f"{address}/notebooks/{path}"

    def open(self) -> None:
        """Load the page anew and wait for the notebook."""
        self.page.goto(self.url)
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        # Before the kernel is connected, JupyterLab answers Run All by asking which kernel is meant.
        deadline = time.monotonic() + START_SECONDS
        while not self._kernel_is_ready():
            assert time.monotonic() < deadline, f"the kernel did not start within {START_SECONDS} s"
            self.page.wait_for_timeout(100)
        expect(self.page.locator(".jp-Notebook-ExecutionIndicator").first).to_have_attribute("data-status", "idle")
        self.page.wait_for_timeout(500)

    def open_again(self, question_id: str) -> None:
        """Load the page anew without running it, and wait for a card that lives on in the kernel.

        JupyterLab asks the kernel for its widgets and, on a busy machine, sometimes gives up. A student would load the
        page once more, or press Run All.
        """
        for _ in range(4):
            self.open()
            try:
                expect(self.card(question_id)).to_be_visible(timeout=PATIENCE / 3)
            except AssertionError:
                continue
            return
        shown = self.page.locator("#jp-main-dock-panel, .jp-Notebook").first.inner_text()
        raise AssertionError(f"the card «{question_id}» did not come back; the page shows:\n{shown[:4000]}")

    def _kernel_is_ready(self) -> bool:
        sessions = self.page.request.get(self.sessions).json()
        name = self.contents.split("?")[0].rsplit("/", 1)[-1]
        kernels = [session["kernel"] for session in sessions if session["path"].endswith(name)]
        return any(kernel["connections"] and kernel["execution_state"] == "idle" for kernel in kernels)

    def run_all(self) -> None:
        """Menu Run, Run All Cells; returns when every cell has run and what it shows is drawn anew."""
        self.page.evaluate(MARK_OUTPUTS)
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(ALL_HAS_RUN, timeout=2 * PATIENCE)

    def menu(self, name: str, entry: str) -> None:
        """Choose an entry of the menu bar."""
        dialog = self.page.locator(".jp-Dialog")
        assert dialog.count() == 0, f"a dialog is in the way: {dialog.inner_text()}"
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{name}$")).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{re.escape(entry)}")).first.click()

    def restart_kernel(self) -> None:
        """Menu Kernel, Restart Kernel, and confirm; cells are not run."""
        self.menu("Kernel", "Restart Kernel…")
        self.page.locator(".jp-Dialog-button.jp-mod-accept").click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")

    def save(self) -> None:
        """Save by the keyboard and wait until the server has written the file and the tab is clean."""
        before = self._last_modified()
        self.page.keyboard.press("Control+s")
        deadline = time.monotonic() + START_SECONDS
        while self._last_modified() == before:
            assert time.monotonic() < deadline, "the notebook was not saved"
            self.page.wait_for_timeout(100)
        if self.application == "lab":
            expect(self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)
        # JupyterLab has still to hear of it: another save in this very moment would find the file «changed on disk».
        self.page.wait_for_timeout(1000)

    def _last_modified(self) -> str:
        return str(self.page.request.get(self.contents).json()["last_modified"])

    def card(self, question_id: str) -> Locator:
        """Return the live card of a question."""
        return self.page.locator(f".itband-card[data-question='{question_id}']")

    def choice(self, question_id: str, text: str) -> Locator:
        """Return the row of a choice."""
        return self.card(question_id).locator(".itband-answer .itband-choice", has_text=text)

    def expect_status(self, question_id: str, pattern: str) -> None:
        """Wait until the card's status reads like this."""
        expect(self.card(question_id).locator(".itband-status")).to_have_text(re.compile(pattern))

    def expect_recorded(self, question_id: str, folder: Path, holds: Callable[[answers.Answer], bool]) -> None:
        """Wait until the answers file holds an answer like this, and the card agrees with it."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            record = answers.read(folder, _case_of(folder))
            answer = record.answers.get(question_id) if record else None
            if answer is not None and holds(answer):
                break
            assert time.monotonic() < deadline, f"{question_id} was not recorded like this: {answer}"
            self.page.wait_for_timeout(50)
        status = "^Not answered" if answer.value is None else "^Recorded"
        self.expect_status(question_id, status)

    def close_part(self, title: str) -> None:
        """Close a part of the case by its button, and wait until that is recorded."""
        door = self.page.locator(".itband-door").filter(has_text=f"Close «{title}»")
        door.scroll_into_view_if_needed()
        door.get_by_role("button", name=f"Close «{title}»").click()
        door.get_by_role("button", name="Yes, close it for good").click()
        expect(door.locator(".itband-status")).to_have_text(re.compile("^Closed"))

    def in_each_theme(self) -> Iterator[str]:
        """Switch the open page to JupyterLab's dark and then to its light theme; yields which it is."""
        for theme, title in THEMES.items():
            switch = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
            self.page.evaluate(switch, title)
            is_light = str(theme == "light").lower()
            expect(self.page.locator(f"body[data-jp-theme-light='{is_light}']")).to_be_attached()
            yield theme

    def validate(self) -> str:
        """Press nbgrader's Validate and return what its dialog says."""
        self.page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate", exact=True).click()
        dialog = self.page.locator(".jp-Dialog-content")
        dialog.wait_for(timeout=2 * PATIENCE)  # it runs the notebook anew
        return dialog.inner_text()

    def close_dialog(self) -> None:
        """Close the open dialog."""
        self.page.locator(".jp-Dialog-button").last.click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")


def copy_case(source: Path, target: Path) -> Path:
    """Copy a released case as a student would have it and return the new folder."""
    shutil.copytree(source, target)
    for path in target.iterdir():
        path.chmod(0o644)
    return target


def _case_of(folder: Path) -> str:
    return str(json.loads((folder / "questions.json").read_text("utf-8"))["case"])
