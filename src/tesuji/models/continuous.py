"""A batch that refills while it runs, so that one long answer does not hold the others.

Rows leave as soon as they end. Whether those that wait join at once is a question of price: a
join costs something however many rows it brings (reading the weights once more, mostly), an empty
place costs its share of every step. The rule is to join when the places that stood empty since the
last join have cost as much as a join does. With a steady flow of endings that is the cheapest
rhythm there is (the economic order quantity, Harris 1913), and never more than twice the cheapest
whatever comes (the ski-rental argument, Karlin et al. 1988).
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tesuji.models.decoding import Row, choose, write

if TYPE_CHECKING:
    import numpy as np


class Stepper(Protocol):
    """Rows on their way through a model: what each holds in the cache, and its next token."""

    @property
    def price(self) -> float:
        """What a join costs beside its own tokens, in steps; infinite where none can join."""

    def join(self, prompts: Sequence[Sequence[int]]) -> None:
        """Add rows behind those that are there. No prompt is empty."""

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows alone, in this order."""

    def logits(self) -> np.ndarray:
        """Logits of the next token, shape (rows, vocabulary), float32."""

    def greedy(self) -> np.ndarray:
        """The likeliest next token of each row, shape (rows,)."""

    def push(self, tokens: np.ndarray) -> None:
        """Go on with these tokens, shape (rows,)."""


@dataclass(slots=True)
class Bound:
    """How much a batch may hold: rows, and (once memory ran out) rows times the longest one.

    `usual` is how long rows have become lately: short ones that join are to grow.
    """

    rows: int
    tokens: float = math.inf
    usual: float = 0.0

    def allows(self, rows: int, longest: int) -> bool:
        """Whether so many rows may run together. One always may."""
        return rows <= self.rows and (rows < 2 or rows * max(longest, self.usual) <= self.tokens)

    def halve(self, rows: int, longest: int) -> None:
        """Memory has run out: half as much from now on."""
        self.tokens, self.usual = rows * longest / 2, max(self.usual, longest)

    def learn(self, length: int) -> None:
        """A row has ended at this length."""
        self.usual += (length - self.usual) / 16


@dataclass(slots=True, eq=False)
class Place:
    """A row with those who wait for it. `ended` gets what went wrong, or None."""

    row: Row
    wanted: Callable[[], bool]
    ended: Callable[[Exception | None], None]
    began: float = 0.0

    @property
    def length(self) -> int:
        """Tokens, read and written."""
        return len(self.row.prompt) + len(self.row.ids)


class ContinuousBatch:
    """Rows that run together and rows that wait for a place."""

    def __init__(
        self,
        start: Callable[[], Stepper],
        bound: Bound,
        ends: frozenset[int],
        text: Callable[[Sequence[int]], str],
    ) -> None:
        self._start, self._bound, self._ends, self._text = start, bound, ends, text
        self._waiting: deque[Place] = deque()
        self._active: list[Place] = []
        self._stepper: Stepper | None = None
        self._idle = 0.0

    @property
    def busy(self) -> bool:
        """Whether there is anything to step."""
        return bool(self._active or self._waiting)

    def room(self) -> int:
        """How many rows would join if they came now."""
        if not self._due():
            return 0
        return self._bound.rows - len(self._active) - len(self._waiting)

    def add(self, place: Place) -> None:
        """Put a row in the queue."""
        self._waiting.append(place)

    def step(self) -> None:
        """Let rows join, and write one token to each that runs.

        Where memory runs out, the batch begins again with half of it, every row from where it was.
        Any other exception ends the rows that run.
        """
        try:
            self._join()
            self._advance()
        except Exception as error:
            self._stepper, rows, self._active = None, self._active, []
            if out_of_memory(error) and len(rows) > 1:
                self._bound.halve(len(rows), max(place.length for place in rows))
                self._waiting.extendleft(reversed(rows))
                return
            if out_of_memory(error):
                error = MemoryError("no memory left for this request")
            for place in rows:
                place.ended(error)

    def _due(self) -> bool:
        if self._stepper is None or not self._active:
            return True
        return self._idle >= self._stepper.price

    def _join(self) -> None:
        if not self._waiting or not self._due():
            return
        fresh: list[Place] = []
        longest = max((place.length for place in self._active), default=0)
        while self._waiting:
            longest = max(longest, self._waiting[0].length)
            if not self._bound.allows(len(self._active) + len(fresh) + 1, longest):
                break
            fresh.append(self._waiting.popleft())
        if fresh:
            self._active += fresh  # before anything can fail: they are not to be lost
            self._admit(fresh)

    def _admit(self, fresh: list[Place]) -> None:
        now = time.perf_counter()
        for place in fresh:
            place.began = place.began or now
        if self._stepper is None:
            self._stepper = self._start()
        self._stepper.join([[*place.row.prompt, *place.row.ids] for place in fresh])
        self._idle = 0.0

    def _advance(self) -> None:
        if not self._active:
            return
        stepper = self._stepper
        assert stepper is not None
        rows = [place.row for place in self._active]
        logits = None if all(row.plain for row in rows) else stepper.logits()
        tokens = stepper.greedy() if logits is None else choose(logits, rows)
        for at, place in enumerate(self._active):
            if not place.wanted():
                place.row.finish = "cancelled"
                continue
            write(
                place.row, int(tokens[at]), None if logits is None else logits[at],
                self._ends, self._text,
            )  # fmt: skip
            if place.row.forced is not None and place.row.finish is None:
                tokens[at] = place.row.ids[-1]
        left = self._leave()
        if len(left) < len(rows):
            stepper.keep(left)
        if left:
            stepper.push(tokens[left])
        self._idle += 1 - len(left) / self._bound.rows

    def _leave(self) -> list[int]:
        """Let ended rows go; which rows stay. The last ones fill the gaps: few have to move."""
        stay = [at for at, place in enumerate(self._active) if place.row.finish is None]
        kept = set(stay)
        movers = [at for at in stay if at >= len(stay)]
        order = [at if at in kept else movers.pop() for at in range(len(stay))]
        ended = [place for place in self._active if place.row.finish is not None]
        self._active = [self._active[at] for at in order]
        now = time.perf_counter()
        for place in ended:
            place.row.seconds = now - place.began
            self._bound.learn(place.length)
            place.ended(None)
        return order


def out_of_memory(error: Exception) -> bool:
    """Whether this is how a backend says that memory has run out."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "bad_alloc" in text
