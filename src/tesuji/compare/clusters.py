"""Samples that belong together: questions about one text, turns of one conversation.

Such samples are right or wrong together, so fifty of them may say no more than ten. What is
flipped and resampled is then the group, not the sample: sign flips of the groups' totals (the
permutation form of Obuchowski's test, 1998, Stat. Med. 17:1495), and the bootstrap over groups
(Davison & Hinkley 1997, §3.8), the mean as total by size.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.errors import InputError
from tesuji.task.interval import RESAMPLES, expanded_tail

if TYPE_CHECKING:
    import numpy as np

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
    Ints: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

_CHUNK = 4_000_000


def cluster_numbers(groups: Sequence[Hashable]) -> Ints:
    """Each sample's group as a number from 0, in the order of appearance."""
    import numpy as np

    names: dict[Hashable, int] = {}
    return np.array([names.setdefault(group, len(names)) for group in groups], dtype=np.int64)


def cluster_totals(table: Floats, groups: Sequence[Hashable]) -> Floats:
    """Sums over each group of the last axis: (…, samples) to (…, groups). InputError where the
    groups are not one a sample."""
    import numpy as np

    if len(groups) != table.shape[-1]:
        raise InputError(f"{len(groups)} groups for {table.shape[-1]} samples: one a sample")
    numbers = cluster_numbers(groups)
    totals = np.zeros((*table.shape[:-1], int(numbers.max(initial=-1)) + 1))
    np.add.at(totals.T, numbers, table.T)
    return totals


def cluster_flips(totals: Floats, seed: int) -> float:
    """Two-sided p of "no difference" by flipping the signs of the groups' totals.

    10,000 flips; equal ones count half, as in the mid-p of McNemar's test, and the observed one
    counts in full.
    """
    import numpy as np

    known = totals[totals != 0]
    if len(known) == 0:
        return 1.0
    rng = np.random.default_rng((seed, 3))
    seen, above, equal = abs(float(known.sum())), 0, 0
    edge = 1e-9 * float(np.abs(known).sum())
    rows = max(1, _CHUNK // len(known))
    for done in range(0, RESAMPLES, rows):
        signs = rng.integers(0, 2, (min(rows, RESAMPLES - done), len(known)), dtype=np.int8)
        flipped = np.abs((2.0 * signs - 1) @ known)
        above += int(np.count_nonzero(flipped > seen + edge))
        equal += int(np.count_nonzero(np.abs(flipped - seen) <= edge))
    return min(1.0, (above + equal / 2 + 1) / (RESAMPLES + 1))


def cluster_interval(
    totals: Floats, sizes: Floats, confidence: float, seed: int
) -> tuple[float, float]:
    """Bootstrap interval over groups of the mean of all samples: total by size, at least two
    groups."""
    import numpy as np

    count = len(totals)
    rng = np.random.default_rng((seed, 4))
    rows = max(1, _CHUNK // count)
    means = []
    for done in range(0, RESAMPLES, rows):
        drawn = rng.integers(0, count, (min(rows, RESAMPLES - done), count))
        means.append(totals[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    tail = expanded_tail(count, confidence)
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(low), float(high)
