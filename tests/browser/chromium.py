"""Find a Chromium, or fetch one: the system's, else Playwright's own download, else Debian's package as root.

Run as a program before the tests (`make test` does), so that a missing browser is one sentence and not a traceback.
"""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The flags keep a headless Chromium quiet on machines without a display, a GPU or a way out to the network.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Drawn by the processor, so that every machine can: a headless browser starts no WebGL without these.
WEBGL = [flag for flag in FLAGS if flag != "--disable-gpu"]
WEBGL += ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing"]
FETCH_SECONDS = 600
WHAT_TO_DO = (
    "No Chromium was found and none could be fetched: install Chromium or Google Chrome (Debian: apt-get install "
    "chromium), or set ITBAND_CHROMIUM to its path, then run make test again."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, None where there is none."""
    chosen = os.environ.get("ITBAND_CHROMIUM")
    if chosen:
        return chosen
    return next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights_own()


def fetch_chromium() -> str | None:
    """Try to fetch one and return its path, None if that fails too."""
    _try([sys.executable, "-m", "playwright", "install", "chromium"])
    if found := find_chromium():
        return found
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        _try(["apt-get", "update", "-qq"])
        _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    return find_chromium()


def _try(command: list[str]) -> None:
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(
            command, check=False, timeout=FETCH_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    path = find_chromium() or fetch_chromium()
    if path is None:
        sys.exit(WHAT_TO_DO)
    print(f"Chromium: {path}")
