"""What a method gives back: a predictor, and how it came to be, in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tesuji.baselines.pool import Pool, Row
from tesuji.task.sample import Answer


@dataclass(frozen=True, slots=True)
class Guess:
    """An answer of the task's format, or None; `sure` where the method stands by it."""

    answer: Answer | None
    sure: bool = False


Predict: TypeAlias = Callable[[Sequence[Row]], list[Guess]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted method. `predict` gives one guess a row, in order, from any thread; `words` say in
    one line how it answers; `score` is the task's metric, cross-validated on the training rows,
    None where there are too few of them or no time was left."""

    predict: Predict
    words: str
    score: float | None = None


Fit: TypeAlias = Callable[[Pool], Fitted]


_PATIENCE = 3  # seconds on the wall for each of work


class Clock:
    """How much of a fit's time is left. What counts is this thread's work, so that a busy machine
    chooses as a quiet one does; but no more than three times as long by the clock on the wall."""

    def __init__(self, seconds: float) -> None:
        self._work = time.thread_time() + seconds
        self._wall = time.monotonic() + _PATIENCE * seconds

    @property
    def left(self) -> float:
        """Seconds; below 0 when they are over."""
        worked = self._work - time.thread_time()
        return min(worked, (self._wall - time.monotonic()) / _PATIENCE)

    def over(self, reserve: float = 0.0) -> bool:
        """Whether less than `reserve` seconds are left."""
        return self.left <= reserve


def filled(guesses: Sequence[Guess], pool: Pool) -> list[Answer]:
    """The answers as a run would score them: the format's fallback where there is none."""
    return [pool.format.fallback() if g.answer is None else g.answer for g in guesses]
