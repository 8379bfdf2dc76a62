"""Keep the garbage collector out of the way while many small values are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector of reference cycles.

    Rows, claims and issues make no cycles, and it would walk through all of them again and again: on 100,000
    rows that takes twice as long as the judgement itself.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # In and out of the permanent generation: what was made now counts as old without being walked.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
