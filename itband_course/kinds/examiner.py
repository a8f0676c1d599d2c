"""The examiner's error: who reads an angle on a living body reads it a little wrong, and each examiner in an own way.

The error is drawn once for each measurement and student, from the seed of the student's record, and never changes: the
same examiner who measures again reads the same.
"""

import hashlib


def error(seed: int, measurement: str, within: int) -> int:
    """Return by how many whole degrees a student misreads one measurement: every value within the bound alike.

    Parameters
    ----------
    seed : int
        Of the student's record; 0 before anything is recorded.
    measurement : str
        Which angle: an id that is its own within the client's chart.
    within : int
        The largest error, in degrees.

    >>> {error(seed, "ober/right", 2) for seed in range(1, 100)} == {-2, -1, 0, 1, 2}
    True
    """
    if within <= 0:
        return 0
    digest = hashlib.sha256(f"examiner/{seed}/{measurement}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % (2 * within + 1) - within
