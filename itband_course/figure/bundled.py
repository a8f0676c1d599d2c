"""The scripts that are bundled from `front/` when the package is built, and what stands in where they were not."""

from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "bundle"
FRONT = Path(__file__).parent / "front"
NOT_BUILT = (
    "This moving picture cannot be drawn: its part for the browser was not built when the course was installed. "
    "In the course's repository run «make figure»; else install the course again. Then press Run All. "
    "Nothing of yours is lost."
)
# The sentence, and the credit that the figure's data asks for.
STAND_IN = """
export default { render({ model, el }) {
  el.classList.add("itband-NAME");
  el.dataset.state = "failed";
  const add = (className, textContent) =>
    el.appendChild(Object.assign(document.createElement("p"), { className, textContent }));
  add("itband-sentence", SENTENCE);
  add("itband-credit", model.get("credit") ?? "");
} };
"""


def script(name: str, folder: Path = FOLDER) -> Path | str:
    """Return a widget's script for the browser: its file, or one that says what to run.

    Parameters
    ----------
    name : {'figure', 'chart'}
        Which.
    folder : Path
        Where the bundles are.
    """
    path = folder / f"{name}.js"
    if path.exists():
        return path
    return STAND_IN.replace("NAME", name).replace("SENTENCE", msgspec.json.encode(NOT_BUILT).decode())
