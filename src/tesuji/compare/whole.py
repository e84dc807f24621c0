"""Comparing by a metric of the whole (AUC, macro F1, QWK): no mean over samples, so no pairs of
scores, but the samples can still be resampled in pairs.

Bootstrap over samples (Efron & Tibshirani 1993, ch. 16): each resample takes both runs' answers of
the same samples, and the metric's difference is what varies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence

from tesuji.compare.clusters import cluster_numbers
from tesuji.compare.comparison import Comparison, decide, samples_needed
from tesuji.errors import InputError
from tesuji.task.sample import Answer

RESAMPLES = 1_000


def compare_whole(
    metric: Callable[[Sequence[Answer], Sequence[Answer]], float],
    a: Sequence[Answer],
    b: Sequence[Answer],
    targets: Sequence[Answer],
    *,
    higher_is_better: bool,
    seed: int = 0,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    groups: Sequence[Hashable] | None = None,
) -> Comparison:
    """B's answers against A's by `metric(answers, targets)`, all of the same samples in order.

    The metric is called 2 · (resamples + 1) times. Resamples on which it is undefined (it raises
    InputError, ValueError or ZeroDivisionError, or gives NaN: an AUC with one class) are drawn
    again, up to as many. `groups` (one a sample) are samples that belong together: whole groups are
    drawn. InputError where the lengths differ, or where the metric is undefined too often.
    """
    import numpy as np

    n = len(targets)
    if len(a) != n or len(b) != n:
        raise InputError(
            f"only answers to the same samples can be compared: A has {len(a)}, B has {len(b)}, "
            f"there are {n} targets"
        )
    if n == 0:
        nan = math.nan
        return Comparison(0, nan, nan, nan, nan, nan, 1.0, "can't tell", None, "nothing to compare")
    sign = 1.0 if higher_is_better else -1.0
    whole_a, whole_b = float(metric(a, targets)), float(metric(b, targets))
    gain = sign * (whole_b - whole_a)
    if groups is not None and len(groups) != n:
        raise InputError(f"{len(groups)} groups for {n} samples: one a sample is needed")
    rng = np.random.default_rng(seed)
    members = None if groups is None else _members(groups)
    gains: list[float] = []
    for _ in range(2 * resamples):
        if len(gains) == resamples:
            break
        if members is None:
            rows = rng.integers(0, n, n).tolist()
        else:
            drawn_groups = rng.integers(0, len(members), len(members)).tolist()
            rows = [at for group in drawn_groups for at in members[group]]
        some = [targets[i] for i in rows]
        try:
            one = metric([b[i] for i in rows], some) - metric([a[i] for i in rows], some)
        except (InputError, ValueError, ZeroDivisionError):
            continue
        if math.isfinite(one):
            gains.append(sign * float(one))
    if len(gains) < resamples:
        raise InputError(f"the metric is undefined on most resamples of {n} samples: too few")
    drawn = np.array(gains)
    tail = (1 - confidence) / 2
    low, high = (float(edge) for edge in np.quantile(drawn, [tail, 1 - tail]))
    below, above = int((drawn <= 0).sum()), int((drawn >= 0).sum())
    p = min(1.0, 2 * (min(below, above) + 1) / (resamples + 1))
    verdict = decide(gain, low, high, p, confidence)
    more = None
    if verdict == "can't tell":
        deviation = float(drawn.std(ddof=1)) * math.sqrt(n)
        more = samples_needed(gain, deviation, n, confidence)
    by = "" if members is None else f" by {len(members):,} groups"
    return Comparison(
        n, whole_a, whole_b, gain, low, high, p, verdict, more,
        f"paired bootstrap of the metric{by}, {resamples:,} resamples",
    )  # fmt: skip


def _members(groups: Sequence[Hashable]) -> list[list[int]]:
    """The samples of each group."""
    members: dict[int, list[int]] = {}
    for at, group in enumerate(cluster_numbers(groups).tolist()):
        members.setdefault(group, []).append(at)
    return list(members.values())
