"""A run's score with its confidence interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tesuji.task.interval import interval
from tesuji.task.metrics import Metric
from tesuji.task.sample import Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RESAMPLES = 400
_WORK = 4_000_000  # samples scored in all resamples together: about 2 s with scikit-learn's AUC


def estimate(
    metric: Metric,
    answers: Sequence[Answer],
    targets: Sequence[Answer],
    values: Sequence[float],
) -> tuple[float, float, float]:
    """(score, low, high): the metric over all samples and its 95 % interval.

    `values` are the metric's values per sample, empty where it has none. Where the score is
    their mean, the interval is that of a mean; otherwise (AUC, macro F1, RMSE …) a percentile
    bootstrap over samples (Efron & Tibshirani 1993, ch. 13).
    """
    score = metric.score(answers, targets)
    if values and math.isclose(score, sum(values) / len(values), rel_tol=1e-9, abs_tol=1e-12):
        return score, *interval(values, zero_one=metric.zero_one)
    return score, *_bootstrap(metric, answers, targets)


def _bootstrap(
    metric: Metric, answers: Sequence[Answer], targets: Sequence[Answer]
) -> tuple[float, float]:
    import numpy as np

    random = np.random.default_rng(0)
    size = len(answers)
    scores = []
    for _ in range(min(_RESAMPLES, max(40, _WORK // size))):
        drawn = random.integers(0, size, size)
        scores.append(_score(metric, answers, targets, drawn))
    finite = [score for score in scores if math.isfinite(score)]
    if not finite:
        return math.nan, math.nan
    low, high = np.quantile(finite, (0.025, 0.975))
    return float(low), float(high)


def _score(
    metric: Metric, answers: Sequence[Answer], targets: Sequence[Answer], drawn: NDArray[np.int64]
) -> float:
    # A resample may hold one class alone, for which AUC is undefined: it is left out.
    try:
        return metric.score([answers[i] for i in drawn], [targets[i] for i in drawn])
    except ValueError:
        return math.nan
