"""One JupyterLab for all tests of a worker that need nothing special of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from course_kit import CASE, REPOSITORY
from lab import DARK, PATIENCE, Notebook, copy_case
from playwright.sync_api import Browser, BrowserContext


def released(folder: Path) -> Path:
    """Copy the released case as a student would have it and return the new folder."""
    return copy_case(REPOSITORY / "release" / CASE, folder)


class Room:
    """A JupyterLab in which each test gets a folder, a window and a kernel of its own.

    Parameters
    ----------
    browser : Browser
        In which windows are opened.
    address : str
        Of the server.
    root : Path
        What it serves.
    settings : Path
        Where it keeps the user's settings.
    """

    def __init__(self, browser: Browser, address: str, root: Path, settings: Path) -> None:
        self.browser, self.address, self.root, self.settings = browser, address, root, settings
        self.desks = 0

    @cached_property
    def context(self) -> BrowserContext:
        """One for all desks: what the browser has read and compiled of JupyterLab it need not do again for each."""
        context = self.browser.new_context(locale="en-GB")
        context.set_default_timeout(PATIENCE)
        return context

    @contextmanager
    def desk(
        self,
        make: Callable[[Path], Path],
        case: str,
        *,
        width: int = 1100,
        height: int = 1000,
        theme: str = "light",
    ) -> Iterator[tuple[Path, Notebook]]:
        """Open a notebook of a new folder, every card drawn, until the block ends.

        Parameters
        ----------
        make : callable
            ``make(folder)`` writes the folder and returns it.
        case : str
            Name of its notebook, without ending.
        width, height : int
            Of the window.
        theme : {'light', 'dark'}
        """
        for plugin, text in DARK.items():
            file = self.settings / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text if theme == "dark" else "{}")
        self.desks += 1
        folder = make(self.root / f"desk-{self.desks}")
        context, page = self.context, self.context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        notebook = Notebook(page, self.address, f"{folder.name}/{case}.ipynb")
        notebook.url += "?reset"  # without the tabs of the test before
        notebook.open()
        assert notebook.page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "light").lower()
        notebook.run_all()
        try:
            yield folder, notebook
        finally:
            for session in context.request.get(f"{self.address}/api/sessions").json():
                # As JupyterLab does it: the server wants its own token back with whatever changes something.
                token = next((c["value"] for c in context.cookies(self.address) if c["name"] == "_xsrf"), "")
                context.request.delete(f"{self.address}/api/sessions/{session['id']}", headers={"X-XSRFToken": token})
            page.close()
