"""A race: which of many challengers is the best, for far fewer evaluations than all on everything.

Ask/tell, and pure: no ledger, no model. All walk the same random order of samples, so that they
are compared in pairs, and leave when the referee is sure that they are not the best.

    race = Race(300, base="base", higher_is_better=True)
    race.add("short prompt")
    while batch := race.ask():
        for name, samples in batch:
            for sample in samples:
                race.tell(name, sample, evaluate(name, sample))
    race.leader, race.out
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tesuji.errors import InputError


@dataclass(frozen=True, slots=True)
class Left:
    """Who left the race, why, and when: after how many evaluations in all and how many own
    samples."""

    name: str
    why: str
    evaluations: int
    samples: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a challenger stands. `gain` is the estimated advantage over the base in the metric's
    units (above 0: better), `low` and `high` its 95 % interval, `samples` what it was scored on,
    `best` the estimated probability that it is the best."""

    name: str
    samples: int
    mean: float
    gain: float
    low: float
    high: float
    best: float
    alive: bool


class Race:
    """Challengers and a base on `samples` samples, numbered 0 to `samples` - 1.

    `indifference` is the difference, in the metric's units, that is not worth telling apart;
    `error` the probability at which the race is sure; `requests` the most evaluations that may be
    paid for. `strata` (one a sample) makes every stretch of the order a fair share of each
    stratum. InputError for a number of samples below 1, strata of another length, a name twice.
    """

    def __init__(
        self,
        samples: int,
        *,
        base: str,
        higher_is_better: bool,
        error: float = 0.05,
        indifference: float = 0.005,
        requests: int | None = None,
        seed: int = 0,
        strata: Sequence[Hashable] | None = None,
        step: int = 10,
    ) -> None:
        import numpy as np

        if samples < 1:
            raise InputError(f"a race over {samples} samples: there must be at least 1")
        if strata is not None and len(strata) != samples:
            raise InputError(f"{len(strata)} strata for {samples} samples: one a sample is needed")
        self.samples, self.base, self.requests = samples, base, requests
        self.error, self.indifference, self.step = error, indifference, step
        self._sign = 1.0 if higher_is_better else -1.0
        self._order: list[int] = np.random.default_rng(seed).permutation(samples).tolist()
        self._scores: dict[str, dict[int, float | None]] = {}
        self._out: dict[str, Left] = {}
        self._open: dict[str, list[int]] = {}
        self._paid = 0
        self.add(base)

    def add(self, name: str) -> None:
        """A challenger joins, at any time."""
        if name in self._scores:
            raise InputError(f"{name} is in the race already")
        self._scores[name] = {}

    def ask(self) -> Sequence[tuple[str, tuple[int, ...]]]:
        """Who is to be evaluated next on which samples; empty where nothing is left to learn.

        Asked again before all of it is told, it is what is still to be told. A challenger that
        joins meanwhile is asked for in the next round.
        """
        if not self._open:
            self._round()
        return [(name, tuple(rows)) for name, rows in self._open.items()]

    def tell(self, name: str, sample: int, score: float | None, *, free: bool = False) -> None:
        """A result: the score of `name` on `sample`, None where there is none (an error).

        What was not asked for may be told too, at any time: recorded results. `free` says that
        nothing was paid for it. InputError for a name or sample that is not in the race, or a
        score that is no finite number.
        """
        if name not in self._scores or not 0 <= sample < self.samples:
            raise InputError(f"{name} on sample {sample} is not part of the race")
        if score is not None and not math.isfinite(score):
            raise InputError(f"the score of {name} on sample {sample} is {score}, not a number")
        asked = self._open.get(name, [])
        if sample in asked:
            asked.remove(sample)
            if not asked:
                del self._open[name]
        if sample not in self._scores[name] and not free:
            self._paid += 1
        self._scores[name][sample] = score

    def tell_all(self, name: str, scores: Iterable[tuple[int, float | None]]) -> None:
        """Recorded results of `name`, for nothing: pairs of a sample and its score."""
        for sample, score in scores:
            self.tell(name, sample, score, free=True)

    @property
    def alive(self) -> tuple[str, ...]:
        """Who may still be the best, the base included, in the order of joining."""
        return tuple(name for name in self._scores if name not in self._out)

    @property
    def out(self) -> Mapping[str, Left]:
        """Who left, why and when."""
        return MappingProxyType(self._out)

    @property
    def leader(self) -> str:
        """Who would be taken if the race ended now; the base before anything is known."""
        return max(self.standings(), key=lambda one: one.gain).name

    @property
    def evaluations(self) -> int:
        """How many evaluations were paid for."""
        return self._paid

    def standings(self) -> list[Standing]:
        """All that ever joined, in the order of joining."""
        return [self._standing(name) for name in self._scores]

    def _gains(self, name: str, other: str) -> list[float]:
        a, b = self._scores[other], self._scores[name]
        pairs = ((a[s], b[s]) for s in self._order if s in a and s in b)
        return [self._sign * (y - x) for x, y in pairs if x is not None and y is not None]

    def _standing(self, name: str) -> Standing:
        gains = self._gains(name, self.base)
        known = [s for s in self._scores[name].values() if s is not None]
        mean, spread = _mean_and_error(gains)
        return Standing(
            name, len(known), sum(known) / len(known) if known else math.nan,
            mean, mean - 2 * spread, mean + 2 * spread, math.nan, name not in self._out,
        )  # fmt: skip

    def _round(self) -> None:
        """Who leaves, and what is asked for next."""
        leader = self.leader
        for name in self.alive:
            mean, spread = _mean_and_error(self._gains(name, leader))
            if name not in (leader, self.base) and mean + 2 * spread < 0:
                self._out[name] = Left(
                    name, f"surely worse than {leader}", self._paid, len(self._scores[name])
                )
        reached = min(self.samples, self.step + min(len(self._scores[name]) for name in self.alive))
        left = math.inf if self.requests is None else self.requests - self._paid
        if len(self.alive) < 2:
            return
        for name in self.alive:
            rows = [s for s in self._order[:reached] if s not in self._scores[name]]
            rows = rows[: int(min(left, len(rows)))]
            left -= len(rows)
            if rows:
                self._open[name] = rows


def _mean_and_error(gains: Sequence[float]) -> tuple[float, float]:
    n = len(gains)
    if n < 2:
        return (gains[0] if gains else 0.0), math.inf
    mean = sum(gains) / n
    return mean, math.sqrt(sum((g - mean) ** 2 for g in gains) / (n - 1) / n)
