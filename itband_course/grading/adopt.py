"""A case whose notebook was renamed on its way: nbgrader would pass it over, though all its answers are there."""

import json
from pathlib import Path
from typing import Any

from itband_course import answers, files


def adopt_renamed(submitted: Path, case: str) -> list[str]:
    """Copy each student's renamed notebook of a case to the name that nbgrader looks for.

    Nothing that was handed in is changed or removed. A folder is left alone if it holds a notebook of the right name,
    or more than one other that comes from this case: then a person has to say which one counts.

    Parameters
    ----------
    submitted : Path
        nbgrader's folder of submissions.
    case : str
        Id of the case.

    Returns
    -------
    list of str
        A sentence for each folder with renamed notebooks.
    """
    said = []
    for folder in sorted(submitted.glob(f"*/{case}")):
        wanted = folder / f"{case}.ipynb"
        if wanted.exists() or wanted.is_symlink():
            continue
        found = {path: raw for path in sorted(folder.glob("*.ipynb")) if (raw := _read_case(path, case)) is not None}
        names = ", ".join(f"«{path.name}»" for path in found)
        if len(found) == 1:
            files.write_whole(wanted, *found.values())
            said.append(f"{folder.parent.name}: {names} was taken for {case}.ipynb.")
        elif found:
            said.append(
                f"{folder.parent.name}: {names} all come from this case, and none is called {case}.ipynb. Rename the "
                "one that counts, then run autograde again."
            )
    return said


def _read_case(path: Path, case: str) -> bytes | None:
    """Return a notebook's bytes if it comes from a case; None if it does not, or cannot be read."""
    try:
        raw = files.read_regular(path, answers.NOTEBOOK_CAP)
        notebook = json.loads(raw)
    except (OSError, ValueError, RecursionError):
        return None
    carried = (isinstance(found, answers.Record) for found in answers.bundles(notebook, case))
    return raw if _case_of(notebook) == case or any(carried) else None


def _case_of(notebook: Any) -> Any:
    metadata = notebook.get("metadata") if isinstance(notebook, dict) else None
    kept = metadata.get("itband") if isinstance(metadata, dict) else None
    return kept.get("case") if isinstance(kept, dict) else None
