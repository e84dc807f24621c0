"""One number decides: a table of labels by its value, or a straight line through it.

The table is 1R (Holte 1993, Machine Learning 11): one attribute, cut into a few bins, each with
the labels that were seen there. Where a sample gives no number, the shares of all rows count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from tesuji.baselines.pool import Pool
from tesuji.baselines.targets import as_number, classes, decide, numbers
from tesuji.task.sample import Answer

if TYPE_CHECKING:
    import numpy as np

Answers: TypeAlias = Callable[["np.ndarray"], list[Answer]]
"""From a number per row, shape (rows,), to an answer per row."""

_BINS = 8
_PRIOR_ROWS = 5.0  # how many rows' worth the shares of all rows count in each bin


def fit_one_number(pool: Pool, values: np.ndarray) -> Answers | None:
    """The table, or the line, for the values of one number, shape (rows,), NaN where there is
    none; None where it can tell nothing."""
    import numpy as np

    known = np.isfinite(values)
    if known.sum() < 2 or np.all(values[known] == values[known][0]):
        return None
    if classes(pool) is not None:
        return _table(pool, values, known)
    return _line(pool, values, known)


def _table(pool: Pool, values: np.ndarray, known: np.ndarray) -> Answers:
    import numpy as np

    found = classes(pool)
    assert found is not None
    edges = _edges(values[known])
    unknown = len(edges) + 1
    bins = np.where(known, np.searchsorted(edges, values, side="right"), unknown)
    prior = found.prior
    answers = []
    for bin in range(unknown + 1):
        shares = found.shares[bins == bin].sum(axis=0) + _PRIOR_ROWS * prior
        answers.append(decide(pool, found.labels, shares / shares.sum()))

    def look_up(given: np.ndarray) -> list[Answer]:
        finite = np.isfinite(given)
        places = np.where(finite, np.searchsorted(edges, given, side="right"), unknown)
        return [answers[place] for place in places]

    return look_up


def _edges(values: np.ndarray) -> np.ndarray:
    """Where the bins meet: between all values where they are few, else at quantiles."""
    import numpy as np

    distinct = np.unique(values)
    if len(distinct) <= _BINS:
        edges: np.ndarray = (distinct[1:] + distinct[:-1]) / 2
        return edges
    return np.unique(np.quantile(values, np.linspace(0, 1, _BINS + 1)[1:-1]))


def _line(pool: Pool, values: np.ndarray, known: np.ndarray) -> Answers | None:
    import numpy as np

    targets = numbers(pool)
    if targets is None:
        return None
    x, y = values[known], targets[known]
    spread = float(((x - x.mean()) ** 2).sum())
    if not np.isfinite(spread) or spread <= 0:
        return None
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    base, mean = float(y.mean()) - slope * float(x.mean()), float(targets.mean())

    def along(given: np.ndarray) -> list[Answer]:
        finite = np.isfinite(given)
        predicted = np.where(finite, base + slope * np.where(finite, given, 0.0), mean)
        return [as_number(pool, float(value)) for value in predicted]

    return along
