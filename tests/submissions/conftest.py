"""What the tests of submissions share."""

from collections.abc import Iterator
from multiprocessing import forkserver, resource_tracker

import pytest


@pytest.fixture(scope="module", autouse=True)
def no_process_stays() -> Iterator[None]:
    """End the process that the others are forked from; nothing public does."""
    yield
    forkserver._forkserver._stop()
    resource_tracker._resource_tracker._stop()
