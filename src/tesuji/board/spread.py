"""How a run's scores spread, and its slowest, dearest and longest samples."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from tesuji.board.later import Found, Later
from tesuji.run.ledger import Distribution, Ledger, Row, RunRow, distribution, extremes
from tesuji.run.ledger.browse import Extreme

QUICK = 20_000  # samples: a fifth of a second
BINS = 12
_TOP = 5
EXTREMES: tuple[Extreme, ...] = get_args(Extreme)


@dataclass(frozen=True, slots=True)
class Bar:
    """The samples with scores from `low` to `high`, both included; `part` is their number as a
    share of that of the longest bar."""

    low: float
    high: float
    samples: int
    part: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The bars, the samples without a score, and the first few samples by each measure."""

    bars: tuple[Bar, ...]
    missing: int
    extremes: Mapping[Extreme, tuple[Row, ...]]


async def spread(later: Later, path: Path, run: RunRow) -> Found[Spread]:
    """As recorded; of 100,000 samples it takes a second, which no page waits for."""

    def read() -> Spread:
        with Ledger(path) as ledger:
            return read_spread(ledger, run.id)

    stamp: Hashable = run.state, run.all_sent, run.seconds, run.all_seconds, run.answered
    return await later.get(("spread", run.id), stamp, lambda: asyncio.to_thread(read),
                           quick=run.total <= QUICK)  # fmt: skip


def read_spread(ledger: Ledger, run: int) -> Spread:
    """The bars and the extremes of a run."""
    found = distribution(ledger, run, BINS)
    tops = {by: extremes(ledger, run, by, _TOP) for by in EXTREMES}
    return Spread(bars(found), found.missing, tops)


def bars(found: Distribution) -> tuple[Bar, ...]:
    """The bars of a distribution. Where most are empty, as with scores that are 0 or 1, only the
    others.

    >>> [(bar.low, bar.samples) for bar in bars(Distribution((0.0, 0.25, 0.5, 0.75, 1.0),
    ...                                                      (3, 0, 0, 6), 0))]
    [(0.0, 3), (0.75, 6)]
    """
    most = max(found.counts, default=0)
    last = len(found.counts) - 1
    every = [
        Bar(
            found.edges[at],
            # the filter takes both ends in, a bin only its lower one
            found.edges[at + 1] if at == last else math.nextafter(found.edges[at + 1], -math.inf),
            count, count / most if most else 0.0,
        )
        for at, count in enumerate(found.counts)
    ]  # fmt: skip
    kept = [bar for bar in every if bar.samples]
    return tuple(kept if len(kept) <= len(every) // 2 else every)
