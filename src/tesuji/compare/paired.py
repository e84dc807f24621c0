"""Two runs on the same samples: is B better than A, and by how much?

Pairing takes the difficulty of the samples out of the comparison, so that far fewer are needed
than for two runs on different samples.

0/1 scores. McNemar's test (McNemar 1947, Psychometrika 12:153) on the samples where the two
differ, exact, in its mid-p form: close to the nominal level where the fully exact test is timid
(Fagerland, Lydersen & Laake 2013, BMC Med. Res. Methodol. 13:91). Interval of the difference of
paired proportions: adjusted Wald of Bonett & Price (2012, J. Educ. Behav. Stat. 37:479).

Other scores. Interval: bootstrap of the mean difference over samples (see `task.interval`).
p: the sign-flip permutation test (Fisher 1935) with 10,000 flips, counting the observed one
(Phipson & Smyth 2010). Past 5,000 samples of many different differences both are normal
approximations, which agree with them to the digits shown.

Samples that belong together (`groups`): flips and resamples of groups, for all scores (see
`clusters`).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.compare.clusters import cluster_flips, cluster_interval, cluster_totals
from tesuji.compare.comparison import Comparison, decide, samples_needed
from tesuji.errors import InputError
from tesuji.task.interval import (
    MOST_BOOTSTRAPPED,
    MOST_DISTINCT,
    RESAMPLES,
    by_counts,
    mean_interval,
)

if TYPE_CHECKING:
    import numpy as np

    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_CHUNK = 4_000_000  # signs held in memory at once


def compare_scores(
    a: Sequence[float],
    b: Sequence[float],
    *,
    higher_is_better: bool,
    zero_one: bool,
    seed: int = 0,
    confidence: float = 0.95,
    groups: Sequence[Hashable] | None = None,
    exact: bool = False,
) -> Comparison:
    """B's per-sample scores against A's, of the same samples in the same order.

    A sample that has no score (NaN or None) on either side is left out and counted.
    `zero_one` says that all scores are 0 or 1. The verdict needs both p < 1 - confidence and an
    interval without 0. `groups` (one a sample) are samples that belong together. `exact` takes
    McNemar's p in full instead of its mid-p: never above its level, and timid. InputError where
    the lengths differ, or where a score is infinite or, with `zero_one`, neither 0 nor 1.
    """
    import numpy as np

    scores_a, scores_b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if scores_a.shape != scores_b.shape or scores_a.ndim != 1:
        raise InputError(
            f"only scores of the same samples can be compared: A has {len(a)}, B has {len(b)}"
        )
    if groups is not None and len(groups) != len(a):
        raise InputError(f"{len(groups)} groups for {len(a)} samples: one a sample is needed")
    known = ~(np.isnan(scores_a) | np.isnan(scores_b))
    left_out = int(len(known) - known.sum())
    scores_a, scores_b = scores_a[known], scores_b[known]
    _check(scores_a, "A", zero_one)
    _check(scores_b, "B", zero_one)
    n = len(scores_a)
    if n == 0:
        nan = math.nan
        return Comparison(
            0, nan, nan, nan, nan, nan, 1.0, "can't tell", None, "nothing to compare",
            zero_one, 0, 0, 0, left_out,
        )  # fmt: skip
    gains = (scores_b - scores_a) if higher_is_better else (scores_a - scores_b)
    wins, losses = int((gains > 0).sum()), int((gains < 0).sum())
    deviation = float(gains.std(ddof=1)) if n > 1 else 0.0
    if groups is not None:
        own = [group for group, there in zip(groups, known, strict=True) if there]
        low, high, p, deviation, method = _compare_groups(gains, own, confidence, seed)
    elif zero_one:
        low, high = bonett_price(wins, losses, n, confidence)
        p, kind = mcnemar(wins, losses, exact=exact), "in full" if exact else "mid-p"
        method = f"McNemar's exact test ({kind}), Bonett-Price interval"
    else:
        low, high, p, method = _compare_means(gains, confidence, seed)
    gain = float(gains.mean())
    verdict = decide(gain, low, high, p, confidence)
    more = None
    if verdict == "can't tell":
        more = samples_needed(gain, deviation, n, confidence)
    return Comparison(
        n, float(scores_a.mean()), float(scores_b.mean()), gain, low, high, p, verdict, more,
        method, zero_one, wins, losses, n - wins - losses, left_out,
    )  # fmt: skip


def _check(scores: Floats, name: str, zero_one: bool) -> None:
    import numpy as np

    bad = ~np.isin(scores, (0.0, 1.0)) if zero_one else ~np.isfinite(scores)
    if bad.any():
        wanted = "0 or 1" if zero_one else "finite numbers"
        raise InputError(f"the scores of {name} must be {wanted}; one is {scores[bad][0]:g}")


def mcnemar(wins: int, losses: int, *, exact: bool = False) -> float:
    """Two-sided p of McNemar's exact test: `wins` against `losses` as a fair coin's throws.

    Its mid-p, which counts what was seen half; in full where it is to be `exact`.

    >>> round(mcnemar(1, 7), 4), round(mcnemar(1, 7, exact=True), 4)
    (0.0391, 0.0703)
    """
    total, fewer = wins + losses, min(wins, losses)
    if total == 0 or wins == losses:
        return 1.0
    log_term = _log_half_binomial(fewer, total)
    # P(X < fewer) + P(X = fewer) / 2, from the largest term down until terms stop to matter.
    term, tail = 1.0, 1.0 if exact else 0.5
    for k in range(fewer, 0, -1):
        term *= k / (total - k + 1)
        tail += term
        if term < 1e-17 * tail:
            break
    return min(1.0, 2 * math.exp(log_term + math.log(tail)))


def _log_half_binomial(k: int, n: int) -> float:
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return choose - n * math.log(2)


def bonett_price(wins: int, losses: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of the difference of paired proportions, within [-1, 1]."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    up, down = (wins + 1) / (n + 2), (losses + 1) / (n + 2)
    spread = z * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    return max(-1.0, up - down - spread), min(1.0, up - down + spread)


def _compare_groups(
    gains: Floats, groups: Sequence[Hashable], confidence: float, seed: int
) -> tuple[float, float, float, float, str]:
    """(low, high, p, deviation, method) by groups; the deviation is that of a sample's gain if
    samples were as informative as they are."""
    import numpy as np

    totals, sizes = cluster_totals(np.stack([gains, np.ones_like(gains)]), groups)
    count, n = len(totals), len(gains)
    if count == 1:
        return -math.inf, math.inf, 1.0, 0.0, "one group says nothing"
    low, high = cluster_interval(totals, sizes, confidence, seed)
    left = totals - gains.mean() * sizes
    deviation = math.sqrt(float((left**2).sum()) * count / (count - 1) / n)
    p = cluster_flips(totals, seed)
    return low, high, p, deviation, f"by {count:,} groups: bootstrap, sign-flip test"


def _compare_means(gains: Floats, confidence: float, seed: int) -> tuple[float, float, float, str]:
    """(low, high, p, method) for scores that are not 0/1."""
    import numpy as np

    n = len(gains)
    if not gains.any():
        return 0.0, 0.0, 1.0, "no sample differs"
    if n == 1:
        return -math.inf, math.inf, 1.0, "one sample says nothing"
    low, high, method = mean_interval(gains, confidence, seed)
    sizes, counts = np.unique(np.abs(gains), return_counts=True)
    if len(sizes) > MOST_DISTINCT and n > MOST_BOOTSTRAPPED:
        z = abs(float(gains.mean())) / (float(gains.std(ddof=1)) / math.sqrt(n))
        return low, high, math.erfc(z / math.sqrt(2)), f"paired, {method}"
    rng = np.random.default_rng((seed, 1))
    if by_counts(n, len(sizes)):
        # Of m equal differences, Binomial(m, 1/2) keep their sign.
        flipped = (2 * rng.binomial(counts, 0.5, (RESAMPLES, len(counts))) - counts) @ sizes
    else:
        rows = max(1, _CHUNK // n)
        flipped = np.concatenate(
            [
                (2 * rng.integers(0, 2, (min(rows, RESAMPLES - done), n), dtype=np.int8) - 1)
                @ gains
                for done in range(0, RESAMPLES, rows)
            ]
        )
    seen = abs(float(gains.sum()))
    # A hair's breadth below, for sums in another order round differently.
    extreme = int((np.abs(flipped) >= seen * (1 - 1e-12)).sum())
    p = (extreme + 1) / (RESAMPLES + 1)
    return low, high, p, f"paired {method}, sign-flip test"
