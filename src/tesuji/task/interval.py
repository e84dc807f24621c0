"""Confidence intervals for one run's score: a mean over samples.

0/1 scores: Wilson's interval (Wilson 1927, JASA 22:209). Others: the percentile bootstrap of the
mean (Efron & Tibshirani 1993, ch. 13), its percentiles widened for small samples (Hesterberg 2015,
The American Statistician 69:371, §"expanded percentile"). Values that fall on few different
numbers are resampled by drawing how often each number comes up, which costs the same for a hundred
samples and for a million; beyond 5,000 samples of many different numbers the mean is taken as
normal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

RESAMPLES = 10_000
MOST_DISTINCT = 64
"""Up to so many different values a resample is a draw of counts."""
MOST_BOOTSTRAPPED = 5_000
"""Above so many samples of many different values the normal approximation is used."""
_CHUNK = 4_000_000  # draws held in memory at once


def interval(
    values: Sequence[float], zero_one: bool, confidence: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """The confidence interval (low, high) of the mean of `values`; NaN values are left out.

    `zero_one` says that all values are 0 or 1. (nan, nan) where there are too few values to say:
    none, or a single one that is not 0/1. Values that are all equal give their own value twice,
    unless they are 0/1.

    >>> [round(edge, 3) for edge in interval([1] * 8 + [0] * 2, zero_one=True)]
    [0.49, 0.943]
    """
    known = [value for value in values if value == value]
    if zero_one:
        return wilson(math.fsum(known), len(known), confidence)
    if len(known) < 2:
        return math.nan, math.nan
    import numpy as np  # a tenth of a second and 14 MB, which most runs do without

    return mean_interval(np.asarray(known, dtype=np.float64), confidence, seed)[:2]


def wilson(successes: float, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for a proportion; (nan, nan) of nothing."""
    if total == 0:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    spread /= 1 + z * z / total
    return max(0.0, middle - spread), min(1.0, middle + spread)


def mean_interval(values: Floats, confidence: float, seed: int) -> tuple[float, float, str]:
    """(low, high, method) for the mean of at least two values, none NaN."""
    import numpy as np

    total = len(values)
    if values.min() == values.max():
        return float(values[0]), float(values[0]), "all values equal"
    numbers, counts = np.unique(values, return_counts=True)
    if len(numbers) > MOST_DISTINCT and total > MOST_BOOTSTRAPPED:
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        spread = z * float(values.std(ddof=1)) / math.sqrt(total)
        middle = float(values.mean())
        return middle - spread, middle + spread, "normal approximation"
    rng = np.random.default_rng(seed)
    if by_counts(total, len(numbers)):
        drawn = rng.multinomial(total, counts / total, size=RESAMPLES)
        means = drawn @ numbers / total
    else:
        rows = max(1, _CHUNK // total)
        means = np.concatenate(
            [
                values.take(rng.integers(0, total, (min(rows, RESAMPLES - done), total))).mean(
                    axis=1
                )
                for done in range(0, RESAMPLES, rows)
            ]
        )
    tail = expanded_tail(total, confidence)
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high), "bootstrap"


def by_counts(total: int, distinct: int) -> bool:
    """Whether to draw how often each of the `distinct` numbers comes up, rather than samples.

    A count costs about as much as ten samples (120 ns against 12, numpy 2).
    """
    return distinct <= MOST_DISTINCT and total > min(10 * distinct, MOST_BOOTSTRAPPED)


def expanded_tail(total: int, confidence: float) -> float:
    """The tail probability at which the bootstrap percentiles of a mean are read.

    Percentiles at the nominal tail are too narrow by sqrt((n-1)/n) and by a normal where a t is
    due; this widens them by both.
    """
    z = t_quantile((1 + confidence) / 2, total - 1)
    return NormalDist().cdf(-z * math.sqrt(total / (total - 1)))


def t_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's t, `freedom` ≥ 1 degrees of freedom.

    Exact for 1 and 2, else the Cornish-Fisher expansion (Abramowitz & Stegun 26.7.5), whose error
    at .975 is 0.7 % for 3 degrees of freedom and 0.1 % for 5.
    """
    if freedom == 1:
        return math.tan(math.pi * (probability - 0.5))
    if freedom == 2:
        a = 2 * probability - 1
        return a * math.sqrt(2 / (1 - a * a))
    z, v = NormalDist().inv_cdf(probability), freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
