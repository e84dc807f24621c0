"""`boosted`: LightGBM on lengths, overlaps, numbers, categories and the main topics of the texts.

Topics are the first components of a truncated SVD of the TF-IDF matrix. The number of rounds and
the size of the trees are chosen on held-out training rows, for as long as the time lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tesuji.baselines.features import Measures, Words, affordable
from tesuji.baselines.fitted import Clock, Fitted, Guess
from tesuji.baselines.folds import folds
from tesuji.baselines.learning import (
    Decision,
    Problem,
    best_decision,
    decoded,
    expanded,
    problems,
    unlearnable,
)
from tesuji.baselines.pool import Pool, Row, too_few

if TYPE_CHECKING:
    import numpy as np

_TOPICS = 24
_LEAST_ROWS = 20
_CHECKPOINTS = (10, 20, 40, 80, 160, 320)  # rounds that are compared
_LEAVES = (4, 12, 31)
_FEW = 200  # rows that bear small trees only
_RATE = 0.05
_SMALL = 2_000  # rows; threads would wait for each other
_LARGE = 2_000_000  # numbers in a matrix; on a smaller one threads wait for each other


def serves(pool: Pool) -> str | None:
    """Why the method cannot be fitted to a pool; None where it can."""
    if len(pool) < _LEAST_ROWS:
        return too_few(pool, _LEAST_ROWS)
    return unlearnable(pool)


@dataclass(frozen=True)
class _Setting:
    gain: float
    leaves: int
    rounds: int
    problem: Problem
    decision: Decision


def fit(pool: Pool) -> Fitted:
    """The best trees."""
    from threadpoolctl import threadpool_limits

    clock = Clock(pool.seconds)
    pool = affordable(pool)
    with threadpool_limits(1 if len(pool) <= _SMALL else None, user_api="blas"):
        features = _Features(pool)
        matrix = features.matrix(pool.rows)
    best = _search(pool, matrix, clock)
    models = _train(best.problem, matrix, best.problem.y, best.leaves, best.rounds, pool.seed)

    def predict(rows: Sequence[Row]) -> list[Guess]:
        raw = models(features.matrix(rows), best.rounds)
        return [Guess(a) for a in decoded(pool, best.problem, raw, best.decision)]

    score = best.gain if pool.metric.higher_is_better else -best.gain
    words = f"{best.rounds} rounds of trees with {best.leaves} leaves"
    return Fitted(predict, words, score if abs(score) != float("inf") else None)


class _Features:
    """Measures, categories and topics: (rows, features), NaN where there is nothing."""

    def __init__(self, pool: Pool) -> None:
        from sklearn.decomposition import TruncatedSVD

        self._measures, self._words = Measures(pool, scaled=False), Words(pool)
        matrix = self._words.matrix(pool.rows)
        size = min(_TOPICS, matrix.shape[0] - 1, matrix.shape[1] - 1)
        self._topics = TruncatedSVD(size, random_state=pool.seed).fit(matrix) if size > 0 else None

    def matrix(self, rows: Sequence[Row]) -> np.ndarray:
        """The features of any rows."""
        import numpy as np

        measures = self._measures.matrix(rows)
        if self._topics is None:
            return measures
        return np.hstack([measures, self._topics.transform(self._words.matrix(rows))])


def _search(pool: Pool, matrix: np.ndarray, clock: Clock) -> _Setting:
    """Trees of each size, all numbers of rounds of each; the first size is always tried."""
    import numpy as np

    pairs = folds(pool)
    settings: list[_Setting] = []
    for problem in problems(pool):
        most = _CHECKPOINTS[-1] if problem.y.ndim < 2 or problem.y.shape[1] <= 6 else 80
        most = min(most, _CHECKPOINTS[-2]) if len(pool) < _FEW else most
        rounds = [count for count in _CHECKPOINTS if count <= most]
        for leaves in _LEAVES[:1] if len(pool) < _FEW else _LEAVES:
            if settings and clock.over(pool.seconds / 2):
                break
            raw = {count: np.zeros_like(problem.y, dtype=float) for count in rounds}
            for seen, held in pairs:
                model = _train(problem, matrix[seen], problem.y[seen], leaves, most, pool.seed)
                for count in rounds:
                    raw[count][held] = model(matrix[held], count)
            for count in rounds:
                gain, decision = best_decision(pool, problem, raw[count])
                settings.append(_Setting(gain, leaves, count, problem, decision))
    return max(settings, key=lambda setting: setting.gain)


def _train(
    problem: Problem, matrix: np.ndarray, y: np.ndarray, leaves: int, rounds: int, seed: int
) -> Callable[[np.ndarray, int], np.ndarray]:
    """From features and a number of rounds to raw predictions."""
    import numpy as np

    if problem.kind == "classes":
        return _classifier(problem, matrix, y, leaves, rounds, seed)
    columns = y[:, None] if y.ndim == 1 else y
    models = [
        _boosted(matrix, columns[:, at], {"objective": "regression"}, leaves, rounds, seed)
        for at in range(columns.shape[1])
    ]

    def predict(given: np.ndarray, count: int) -> np.ndarray:
        found = [np.asarray(model.predict(given, num_iteration=count)) for model in models]
        return found[0] if y.ndim == 1 else np.stack(found, axis=1)

    return predict


def _classifier(
    problem: Problem, matrix: np.ndarray, y: np.ndarray, leaves: int, rounds: int, seed: int
) -> Callable[[np.ndarray, int], np.ndarray]:
    """Multinomial; a label that has no share here keeps the prior's."""
    import numpy as np

    rows, labels, weights = expanded(y)
    present, codes = np.unique(labels, return_inverse=True)
    prior = problem.prior
    if len(present) < 2:
        return lambda given, count: np.tile(prior, (len(given), 1))
    objective = {"objective": "multiclass", "num_class": len(present)}
    model = _boosted(matrix[rows], codes, objective, leaves, rounds, seed, weights)

    def shares(given: np.ndarray, count: int) -> np.ndarray:
        found = np.tile(prior * 1e-3, (len(given), 1))
        found[:, present] += np.asarray(model.predict(given, num_iteration=count))
        normal: np.ndarray = found / found.sum(axis=1, keepdims=True)
        return normal

    return shares


def _boosted(
    matrix: np.ndarray, y: np.ndarray, objective: dict[str, Any], leaves: int, rounds: int,
    seed: int, weights: np.ndarray | None = None,
) -> Any:  # fmt: skip
    import lightgbm

    parameters = {
        **objective, "num_leaves": leaves, "learning_rate": _RATE, "seed": seed, "verbosity": -1,
        "min_data_in_leaf": max(2, min(20, len(y) // 20)), "feature_fraction": 0.5,
        "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 1.0, "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1 if matrix.size < _LARGE else 0,
    }  # fmt: skip
    data = lightgbm.Dataset(matrix, y, weight=weights, free_raw_data=True)
    return lightgbm.train(parameters, data, num_boost_round=rounds)
