"""Many challengers judged by the same samples: the best of them looks better than it is.

Max-statistic (Westfall & Young 1993, Resampling-Based Multiple Testing, ch. 2): under the null of
no difference the signs of a sample's gains are a coin's throw, the same throw for all challengers,
so that flips keep how alike the challengers are. What a challenger must beat is the largest
statistic of all of them in a flip. Alike challengers then cost little, where Bonferroni (Dunn 1961)
and Holm (1979, Scand. J. Stat. 6:65) must charge each in full. Step-down: once the surest is told
from the base, the next need only beat those that are left.

Challengers that a search could have reached and did not have no scores to flip. They are charged
in full, beside the flips, so that the search may follow the scores: whichever set it ends with,
the level it is judged at is no higher than the one that all reachable ones together would get
(the chance of a union is at most that of a part and the sum of the rest).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.compare.clusters import cluster_totals

if TYPE_CHECKING:
    import numpy as np

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

FLIPS = 10_000
_MOST_FLIPPED = 2_000  # above so many samples (or groups) the flips are drawn as normal
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Shared:
    """What several challengers are judged by: `p` (adjusted, two-sided) and `level`, the error
    at which an interval of its own agrees with it, for each; in the order of the challengers."""

    p: tuple[float, ...]
    level: tuple[float, ...]


def holm(p: Sequence[float], among: int | None = None, error: float = 0.05) -> Shared:
    """Holm's step-down: the smallest p-value counts for all, the next for one less.

    `among` counts those that could have come too (at least as many as there are).

    >>> holm([0.01, 0.04, 0.03]).p
    (0.03, 0.06, 0.06)
    """
    total = max(len(p), among or 0)
    adjusted, levels = [1.0] * len(p), [error / total if total else error] * len(p)
    worst, refused = 0.0, False
    level = error
    for step, at in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        worst = max(worst, min(1.0, p[at] * (total - step)))
        if not refused:
            level = error / (total - step)
        refused = refused or worst >= error
        adjusted[at], levels[at] = worst, level
    return Shared(tuple(adjusted), tuple(levels))


def max_statistic(
    gains: Sequence[Sequence[float]],
    *,
    among: int | None = None,
    groups: Sequence[Hashable] | None = None,
    error: float = 0.05,
    seed: int = 0,
    flips: int = FLIPS,
) -> Shared:
    """Step-down p-values by the max-statistic.

    `gains` has a row a challenger and a column a sample: how much better the challenger is than
    the base there; NaN where one of them has no score. `among` counts the challengers that could
    have come to be judged (at least as many as there are); `groups` (one a sample) are samples
    that belong together: their signs flip together.
    """
    import numpy as np

    table = np.nan_to_num(np.asarray(gains, dtype=np.float64), nan=0.0)
    if table.ndim != 2 or table.size == 0:
        return Shared((1.0,) * len(gains), (error,) * len(gains))
    if groups is not None:
        table = cluster_totals(table, groups)
    unseen = max(0, (among or 0) - len(table))
    size = np.sqrt((table**2).sum(axis=1))
    scaled = table / np.where(size > 0, size, 1.0)[:, None]
    seen = np.abs(scaled.sum(axis=1))
    flipped = np.abs(_flips(scaled, seed, flips)) + _ties_broken(scaled, seed, flips)
    return _step_down(seen, flipped, unseen, error)


def _step_down(seen: Floats, flipped: Floats, unseen: int, error: float) -> Shared:
    """From the largest statistic down, each against the largest of those not yet told."""
    import numpy as np

    count = len(seen)
    p, levels = [1.0] * count, [error] * count
    order = np.argsort(-seen, kind="stable")
    # largest[s]: in each flip, the largest statistic of those from step s on
    largest = np.maximum.accumulate(flipped[:, order[::-1]], axis=1)[:, ::-1]
    worst, refused, level = 0.0, False, error
    for step, at in enumerate(order.tolist()):
        # Far out no flip comes; the normal tail bounds the chance of one, and of their union.
        tail = _tail(seen[at])
        own = min(_share(flipped[:, at], seen[at]), tail)
        shared = min(_share(largest[:, step], seen[at]), (count - step) * tail) + unseen * own
        worst = max(worst, min(1.0, shared))
        if not refused:
            level = _level(largest[:, step], unseen, error)
        refused = refused or worst >= error
        p[at], levels[at] = worst, level
    return Shared(tuple(p), tuple(levels))


def _ties_broken(scaled: Floats, seed: int, flips: int) -> Floats:
    """A little to be added to the flips' statistics, the same in a flip for all in proportion.

    Sums of 0/1 gains fall on a lattice. Half a step up or down at random makes its points a line:
    equal statistics then count half, as in the mid-p.
    """
    import numpy as np

    sizes = np.where(scaled != 0, np.abs(scaled), np.inf).min(axis=1)
    half = np.where(np.isfinite(sizes), sizes, 0.0)
    drawn: Floats = np.random.default_rng((seed, 6)).uniform(-1, 1, (flips, 1)) * half
    return drawn


def _share(flipped: Floats, seen: float) -> float:
    """In what share of flips the statistic is as large, the observed one among them."""
    import numpy as np

    return (int(np.count_nonzero(flipped >= seen)) + 1) / (len(flipped) + 1)


def _tail(bar: float) -> float:
    """The chance that a standard normal lies as far out as `bar`, on either side."""
    return math.erfc(bar / math.sqrt(2))


def _level(largest: Floats, unseen: int, error: float) -> float:
    """The level of a single comparison at which all together err with `error`.

    The root of P(largest ≥ c) + unseen · a(c) = error, where a(c) is a single one's chance to
    pass c, taken as normal: found by bisection.
    """
    import numpy as np

    ordered = np.sort(largest)
    low, high = 0.0, 8.0
    for _ in range(40):
        bar = (low + high) / 2
        passed = 1 - np.searchsorted(ordered, bar) / len(ordered)
        if passed + unseen * _tail(bar) > error:
            low = bar
        else:
            high = bar
    return min(error, _tail(high))


def _flips(scaled: Floats, seed: int, flips: int) -> Floats:
    """Statistics of all challengers (columns) under so many random flips (rows)."""
    import numpy as np

    rng = np.random.default_rng((seed, 2))
    table = scaled[:, scaled.any(axis=0)]
    if table.shape[1] > _MOST_FLIPPED:
        return rng.multivariate_normal(
            np.zeros(len(table)), table @ table.T, flips, check_valid="ignore", method="eigh"
        )
    rows = max(1, _CHUNK // max(1, table.shape[1]))
    parts = []
    for done in range(0, flips, rows):
        shape = (min(rows, flips - done), table.shape[1])
        signs = rng.integers(0, 2, shape, dtype=np.int8).astype(np.float32)
        parts.append((2 * signs - 1) @ table.T.astype(np.float32))
    return np.concatenate(parts).astype(np.float64)


def optimism(
    gains: Sequence[Sequence[float]],
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> float:
    """How much better than the base the best of these would look if none were any better.

    The mean over sign flips of the largest mean gain, in the metric's units. `gains` and `groups`
    as in `max_statistic`. 0 for no challenger.
    """
    import numpy as np

    table = np.asarray(gains, dtype=np.float64)
    if table.ndim != 2 or table.size == 0:
        return 0.0
    known = np.maximum((~np.isnan(table)).sum(axis=1), 1)
    table = np.nan_to_num(table, nan=0.0)
    if groups is not None:
        table = cluster_totals(table, groups)
    size = np.sqrt((table**2).sum(axis=1))
    scaled = table / np.where(size > 0, size, 1.0)[:, None]
    means = _flips(scaled, seed, FLIPS) * (size / known)
    return max(0.0, float(means.max(axis=1).mean())) if math.isfinite(float(size.sum())) else 0.0
