"""Run nbval over lessons and released cases, and fail if that leaves anything behind in the working tree."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
COMMON = ["-q", "-p", "no:cacheprovider", "--nbval-current-env", "--nbval-cell-timeout=60"]


def main() -> None:
    before = tree()
    run("--nbval", "notebooks")
    run("--nbval-lax", "release")
    left = sorted(tree() - before)
    if left:
        sys.exit("Running the notebooks left something behind:\n" + "\n".join(left))


def run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", *COMMON, *arguments], cwd=HERE, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def tree() -> set[str]:
    """Return all that Git sees in the two folders, ignored files included."""
    done = subprocess.run(
        ["git", "status", "--porcelain", "--ignored", "--untracked-files=all", "--", "notebooks", "release"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines())


if __name__ == "__main__":
    main()
