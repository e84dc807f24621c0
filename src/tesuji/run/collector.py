"""Python's garbage collector, while a run goes on.

A run makes short-lived objects by the hundred thousand, and hardly a cycle among them. As Python
sets it, the collector looks through the young ones for every 700 that are added, and at times
through all that there is: a tenth of the CPU of a run of 2,000 samples.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 10_000  # objects before the young ones are looked through; a few times in 2,000 samples


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Within it, cycles are looked for less often, and not among what was there before.

    Where it is so already (two sessions at once, or a host that froze its own), nothing changes.
    """
    young, *older = gc.get_threshold()
    if gc.get_freeze_count() or not 0 < young < _YOUNG:
        yield
        return
    gc.freeze()
    gc.set_threshold(_YOUNG, *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)
        gc.unfreeze()
