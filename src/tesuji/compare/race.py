"""A race: which of many challengers is the best, for far fewer evaluations than all on everything.

Ask/tell, and pure: no ledger, no model. All walk the same random order of samples, so that they
are compared in pairs (Maron & Moore 1997, Artif. Intell. Rev. 11:193; Birattari et al. 2002,
GECCO), and leave when they are surely behind the leader. The race ends when one is left, or when
the leader can be expected to be within `indifference` of the best: what is left to win is then not
worth the requests (Chick & Inoue 2001, Oper. Res. 49:732). Where requests are limited, the field
is halved in time, so that those that are left get further (Karnin, Koren & Somekh 2013, ICML).

    race = Race(300, base="base", higher_is_better=True)
    race.add("short prompt")
    while batch := race.ask():
        for name, samples in batch:
            for sample in samples:
                race.tell(name, sample, evaluate(name, sample))
    race.leader, race.out

The leader is the best of many by the samples that chose it, and looks better than it is. Whether
it is better than the base is for the referee to say (`trial.judge_together`).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from types import MappingProxyType

from tesuji.compare.order import race_order
from tesuji.compare.posterior import Posterior, estimate
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
    """How a challenger stands. `mean` is its plain mean score so far. `gain` is the estimated
    advantage over the base in the metric's units (above 0: better), drawn towards that of the
    others as luck would have it; `low` and `high` its 95 % interval; `best` the probability that
    it is the best; `samples` how many it was scored on. NaN where it has no score yet."""

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

    `error`: a challenger leaves where it would be ahead of the leader with at most this
    probability. `indifference`: the expected loss, in the metric's units, with which the race may
    end. `requests`: the most evaluations that may be paid for; None for a fifth of what all on
    everything would take, and no less than two whole rounds of the samples; math.inf for no limit.
    They are there to be spent, so `error` and `indifference` are 0.05 and 0.002 where not said,
    and without a limit 0.15 and 0.01 (what either loses: docs/referee.md). `first` samples come
    before anyone leaves, then `step` more each round. `strata` (one a sample) makes every stretch
    of the order a fair share of each stratum. InputError for fewer samples than 1, or strata of
    another length.
    """

    def __init__(
        self,
        samples: int,
        *,
        base: str,
        higher_is_better: bool,
        error: float | None = None,
        indifference: float | None = None,
        requests: float | None = None,
        seed: int = 0,
        strata: Sequence[Hashable] | None = None,
        first: int = 20,
        step: int = 10,
    ) -> None:
        if samples < 1:
            raise InputError(f"a race over {samples} samples: there must be at least 1")
        if strata is not None and len(strata) != samples:
            raise InputError(f"{len(strata)} strata for {samples} samples: one a sample is needed")
        limited = requests != math.inf
        error = (0.05 if limited else 0.15) if error is None else error
        if indifference is None:
            indifference = 0.002 if limited else 0.01
        if not 0 < error < 0.5 or indifference < 0 or first < 1 or step < 1:
            raise InputError(
                "error is between 0 and 0.5, indifference at least 0, steps at least 1"
            )
        self.samples, self.base, self._limit = samples, base, requests
        self.error, self.indifference, self.first, self.step = error, indifference, first, step
        self._sign = 1.0 if higher_is_better else -1.0
        self._seed = seed
        self._order = race_order(samples, seed, strata)
        self._scores: dict[str, dict[int, float | None]] = {}
        self._out: dict[str, Left] = {}
        self._open: dict[str, dict[int, None]] = {}
        self._paid = 0
        self._goal = min(first, samples)  # how far along the order all are to come
        self._known: tuple[tuple[str, ...], Posterior] | None = None
        self.add(base)

    def add(self, name: str) -> None:
        """A challenger joins, at any time; it first does what the others have done."""
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
        asked = self._open.get(name)
        if asked is not None and sample in asked:
            del asked[sample]
            if not asked:
                del self._open[name]
        if sample not in self._scores[name] and not free:
            self._paid += 1
        self._scores[name][sample] = score
        self._known = None

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
        names, posterior = self._posterior()
        alive = [at for at, name in enumerate(names) if name not in self._out]
        if not alive or posterior is None or posterior.noise == 0:
            return self.base
        return names[max(alive, key=lambda at: float(posterior.mean[at]))]

    @property
    def requests(self) -> float:
        """The most evaluations that may be paid for; by default more with each that joins."""
        if self._limit is not None:
            return self._limit
        return self.samples * max(len(self._scores) / 5, 2)

    def scored(self, name: str) -> frozenset[int]:
        """On which samples `name` was told."""
        return frozenset(self._scores[name])

    @property
    def evaluations(self) -> int:
        """How many evaluations were paid for."""
        return self._paid

    def standings(self) -> list[Standing]:
        """All that ever joined, in the order of joining."""
        import numpy as np

        names, posterior = self._posterior()
        found: dict[str, tuple[float, float, float]] = {}
        if posterior is not None and self.base in names:
            gains, spreads = posterior.behind(names.index(self.base))
            most = posterior.draws(self._seed).argmax(axis=1)
            shares = np.bincount(most, minlength=len(names)) / len(most)
            rows = zip(gains.tolist(), spreads.tolist(), shares.tolist(), strict=True)
            found = dict(zip(names, rows, strict=True))
        return [self._standing(name, *found.get(name, (math.nan,) * 3)) for name in self._scores]

    def _standing(self, name: str, gain: float, spread: float, best: float) -> Standing:
        known = [score for score in self._scores[name].values() if score is not None]
        mean = sum(known) / len(known) if known else math.nan
        return Standing(
            name, len(known), mean, gain, gain - 1.96 * spread, gain + 1.96 * spread, best,
            name not in self._out,
        )  # fmt: skip

    def _posterior(self) -> tuple[tuple[str, ...], Posterior | None]:
        """Those with a score, and how good they are; higher is better whatever the metric."""
        import numpy as np

        if self._known is None:
            some = {
                name: rows
                for name, rows in self._scores.items()
                if any(score is not None for score in rows.values())
            }
            if not some:
                return (), None
            table = np.full((len(some), self.samples), np.nan)
            for at, rows in enumerate(some.values()):
                for sample, score in rows.items():
                    if score is not None:
                        table[at, sample] = self._sign * score
            self._known = tuple(some), estimate(table)
        return self._known

    def _round(self) -> None:
        """Who leaves, and what is asked for next."""
        self._leave()
        alive = self.alive
        if len(alive) < 2 or self._settled():
            return
        done = {name: self._reached(name) for name in alive}
        # Who has recorded results may be far ahead; the others need not follow in one go.
        while min(done.values()) >= self._goal and self._goal < self.samples:
            self._goal = min(self.samples, self._goal + self.step)
        wanted = {}
        for name in alive:
            # Who joins late catches up in growing strides, and may leave after each.
            late = done[name] < self._goal - self.step
            reach = min(self._goal, max(self.first, 2 * done[name])) if late else self._goal
            wanted[name] = [s for s in self._order[:reach] if s not in self._scores[name]]
        self._share_out(wanted)

    def _reached(self, name: str) -> int:
        """How far along the order `name` has done every sample."""
        own = self._scores[name]
        return next((at for at, s in enumerate(self._order) if s not in own), self.samples)

    def _share_out(self, wanted: Mapping[str, list[int]]) -> None:
        """Ask for what is wanted, or for an even share of what may still be paid for."""
        each = self.samples
        left = self.requests - self._paid
        while sum(min(each, len(rows)) for rows in wanted.values()) > left and each > 0:
            each -= 1
        for name, rows in wanted.items():
            if rows[:each]:
                self._open[name] = dict.fromkeys(rows[:each])

    def _settled(self) -> bool:
        """Whether so little can be expected to be lost by stopping now that it isn't worth more."""
        names, posterior = self._posterior()
        alive = [at for at, name in enumerate(names) if name not in self._out]
        if posterior is None or posterior.noise == 0 or len(alive) < len(self.alive):
            return False
        if min(self._reached(name) for name in self.alive) < min(self.first, self.samples):
            return False
        draws = posterior.draws(self._seed)[:, alive]
        lead = draws[:, alive.index(names.index(self.leader))]
        return float((draws.max(axis=1) - lead).mean()) < self.indifference

    def _leave(self) -> None:
        """Those surely behind leave; and where requests run out, the hindmost."""
        names, posterior = self._posterior()
        if posterior is None or posterior.noise == 0:
            return
        leader = self.leader
        gains, spreads = posterior.behind(names.index(leader))
        bar = NormalDist().inv_cdf(1 - self.error)
        racing = []
        for name, gain, spread in zip(names, gains.tolist(), spreads.tolist(), strict=True):
            if name in self._out or name == leader:
                continue
            if self._reached(name) < min(self.first, self.samples):
                continue
            if gain < -bar * spread:
                self._go(name, f"surely worse than {leader}, by about {-gain:.2g}")
            else:
                racing.append((gain, name))
        for gain, name in sorted(racing)[: max(0, len(racing) + 1 - self._affordable())]:
            self._go(name, f"too few requests left; about {-gain:.2g} behind {leader}")

    def _go(self, name: str, why: str) -> None:
        self._out[name] = Left(name, why, self._paid, len(self._scores[name]))

    def _affordable(self) -> int:
        """How many may still race, by the requests that are spent: half as many after each of
        log2(all) equal parts of them."""
        field = len(self._scores)
        if field < 2 or not 0 < self.requests < math.inf:
            return field
        parts = math.ceil(math.log2(field))
        passed = math.floor(parts * self._paid / self.requests + 1e-9)
        return max(1, math.ceil(field / 2.0**passed))
