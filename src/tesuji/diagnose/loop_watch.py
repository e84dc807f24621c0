"""Loops seen while the text still streams in, so that nobody pays for the rest of them."""

from __future__ import annotations

from dataclasses import replace

from tesuji.diagnose.anchors import STEP, places, run_at_end
from tesuji.diagnose.loop import asks_for_repetition, is_loop
from tesuji.diagnose.near_loops import may_nearly_loop, near_loops
from tesuji.diagnose.periods import LONGEST_PERIOD, Run

CHECK_EVERY = 64
"""Characters between two looks for an exact loop."""
NEAR_EVERY = 512
"""Characters between two looks for an inexact one."""
_TAIL = 2 * LONGEST_PERIOD + 1_024
# Anchors stand every STEP characters and every other one looks further: a tail that begins at a
# multiple of two steps has the anchors of the whole text.
_GRID = 2 * STEP
_NEAR_TAIL = 24 * _GRID


class LoopWatch:
    """Looks at a text as it comes, and says so once it loops.

    What it sees, `detect_loop` sees in the text so far. It looks every 64 characters for an exact
    loop and every 512 for an inexact one, at the last 9,216 and 2,880 characters: time a
    character and memory are bounded. After a loop it looks no further. `prompt` is what was asked:
    a repetition that it demands is none.

    >>> watch = LoopWatch()
    >>> text = "It begins. " + "And so it goes on and on. " * 20
    >>> for place in range(0, len(text), 4):
    ...     if run := watch.feed(text[place : place + 4]):
    ...         break
    >>> run.start, run.period, place < 150
    (9, 26, True)
    """

    def __init__(self, prompt: str = "") -> None:
        self.run: Run | None = None
        """The loop that was seen; its `end` is where the text ended then."""
        self._wanted = asks_for_repetition(prompt)
        self._waiting: list[str] = []
        self._pending = 0  # characters in _waiting
        self._tail = ""
        self._dropped = 0  # characters before the tail
        self._since_near = 0
        self._in_code = False  # where the tail begins

    def feed(self, chunk: str) -> Run | None:
        """The loop that the text so far ends in, if it does; offsets are from the text's start."""
        self._waiting.append(chunk)
        self._pending += len(chunk)
        if self._pending < CHECK_EVERY or self.run is not None or self._wanted:
            if self.run is not None or self._wanted:
                self._waiting.clear()
                self._pending = 0
            return self.run
        # A long chunk is looked at piece by piece, as if it had come in pieces.
        text = "".join(self._waiting)
        self._waiting.clear()
        self._pending = 0
        whole = len(text) // CHECK_EVERY * CHECK_EVERY
        for at in range(0, whole, CHECK_EVERY):
            if self._take(text[at : at + CHECK_EVERY]) is not None:
                return self.run
        if whole < len(text):
            self._waiting.append(text[whole:])
            self._pending = len(text) - whole
        return None

    def _take(self, piece: str) -> Run | None:
        self._tail += piece
        self._since_near += len(piece)
        tail = self._tail
        run = run_at_end(tail, len(tail.rstrip()))
        if run is not None and not is_loop(tail, run, at_end=True, cut=False, in_code=False):
            run = None
        if run is None and self._since_near >= NEAR_EVERY:
            self._since_near = 0
            run = self._near()
        if run is not None:
            self.run = _moved(run, self._dropped)
            self._tail = ""
        elif len(tail) > 2 * _TAIL:
            self._drop((len(tail) - _TAIL) // _GRID * _GRID)
        return self.run

    def _near(self) -> Run | None:
        at = max(0, len(self._tail) - _NEAR_TAIL) // _GRID * _GRID
        text = self._tail[at:]
        if not may_nearly_loop(text, places(text)):
            return None
        if self._in_code ^ (self._tail.count("```", 0, at) % 2 == 1):
            return None
        for run in near_loops(text):
            # The last unit is still being written.
            if len(text) - run.end < run.period:
                return _moved(run, at)
        return None

    def _drop(self, count: int) -> None:
        self._in_code ^= self._tail.count("```", 0, count) % 2 == 1
        self._tail = self._tail[count:]
        self._dropped += count


def _moved(run: Run, by: int) -> Run:
    first = run.first + by if run.first >= 0 else run.first
    return replace(run, start=run.start + by, end=run.end + by, first=first)
