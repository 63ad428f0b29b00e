"""The page in the browser and the server it stands on."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Start without the garbage collector: nearly all that a start makes stays, and is looked through again and again.

    It stays out of every later collection, too, so that none of them keeps a visitor waiting.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
