"""The scripts that are bundled from `front/` when the package is built, and what stands in where they were not."""

from pathlib import Path

import msgspec

FRONT = Path(__file__).parent / "front"
FOLDER = FRONT / "bundle"
NOT_BUILT = (
    "What belongs here cannot be drawn: its part for the browser was not built when the course was installed. "
    "In the course's repository run «make front»; else install the course again. Then press Run All. "
    "Nothing of yours is lost."
)
# The sentence, and the credit that a figure's data asks for.
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
    name : str
        Which: ``figure``, ``chart``, ``door``, or ``card-`` and the kind of question.
    folder : Path
        Where the bundles are.
    """
    path = folder / f"{name}.js"
    if path.exists():
        return path
    stands_for = name.partition("-")[0]
    return STAND_IN.replace("NAME", stands_for).replace("SENTENCE", msgspec.json.encode(NOT_BUILT).decode())
