"""A Chromium for browser tests. None on this machine is a failure with one sentence, never a skip."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import FLAGS, WEBGL, WHAT_TO_DO, find_chromium
from course_kit import REPOSITORY
from lab import PATIENCE, jupyter
from playwright.sync_api import Browser, Page, sync_playwright
from room import Room

SHOTS = REPOSITORY / "build" / "screenshots"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail(WHAT_TO_DO)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def drawing(chromium: Browser) -> Iterator[Browser]:
    """Another one, that draws moving figures."""
    browser = chromium.browser_type.launch(executable_path=find_chromium(), args=WEBGL)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def room(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A JupyterLab that tests share."""
    scratch = tmp_path_factory.mktemp("room")
    root = scratch / "desks"
    root.mkdir()
    with jupyter(root, scratch / "jupyter") as address:
        yield Room(chromium, address, root, scratch / "jupyter/config/lab/user-settings")


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots are kept for whoever wants to look."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of its own, in a window as large as a laptop's."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
