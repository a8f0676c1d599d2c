"""Draw the plates that the package brings along anew, after a change in what they show.

For maintainers::

    PYTHONPATH=. .venv/bin/python tools/plates.py [PLATE ...]
"""

import sys
from pathlib import Path

from itband_course.figure.plates import PLATES, draw_plate

FOLDER = Path(__file__).resolve().parents[1] / "itband_course/data/plates"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PLATES:
        path = FOLDER / f"{name}.png"
        path.write_bytes(draw_plate(name).png())
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
