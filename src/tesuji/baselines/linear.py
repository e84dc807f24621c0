"""`linear`: TF-IDF of words and letter sequences, weighed by logistic or ridge regression.

Which features (words, measures, both) and how much regularisation is chosen on held-out training
rows, for as long as the time lasts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
    held_out,
    problems,
    unlearnable,
)
from tesuji.baselines.pool import Pool, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_STRENGTHS = (1.0, 0.1, 10.0, 0.01)  # inverse regularisation, the likeliest first
_MOST_SPANNED = 2_000  # rows whose inner products are decomposed
_VARIANTS = ("words and measures", "words", "measures")


def serves(pool: Pool) -> str | None:
    """Why the method cannot be fitted to a pool; None where it can."""
    return unlearnable(pool)


@dataclass(frozen=True)
class _Setting:
    """A choice and how it did on held-out rows (`gain`, more is better)."""

    gain: float
    variant: str
    strength: float
    problem: Problem
    decision: Decision


def fit(pool: Pool) -> Fitted:
    """The best linear model."""
    from threadpoolctl import threadpool_limits

    clock = Clock(pool.seconds)
    pool = affordable(pool)
    # On small matrices the threads of a busy machine wait for each other: four times as slow.
    with threadpool_limits(1 if len(pool) <= _MOST_SPANNED else None):
        make = _Matrices(pool)
        best = _search(pool, make, clock)
        predict_raw = _train(best.strength, best.problem, make.of(best.variant), best.problem.y)

    def predict(rows: Sequence[Row]) -> list[Guess]:
        raw = predict_raw(make.matrix(best.variant, rows))
        return [Guess(a) for a in decoded(pool, best.problem, raw, best.decision)]

    score = best.gain if pool.metric.higher_is_better else -best.gain
    model = "ridge" if best.problem.kind != "classes" else "logistic"
    words = f"{model} regression on {best.variant}, C = {best.strength:g}"
    return Fitted(predict, words, score if abs(score) != float("inf") else None)


class _Matrices:
    """The features of the pool's rows and of others, made once for each variant.

    Of few rows with many features, the rows' coordinates in the space that they span themselves
    take the features' place: a model with an L2 penalty is the same in both (the representer
    theorem; Schölkopf, Herbrich and Smola 2001), and a hundred times faster to fit.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._words, self._measures = Words(pool), Measures(pool, scaled=True)
        self._made: dict[str, Any] = {}
        self._spans: dict[str, tuple[Any, np.ndarray]] = {}

    def of(self, variant: str) -> Any:
        """The pool's own rows."""
        if variant not in self._made:
            wide = self._features(variant, self._pool.rows)
            if wide.shape[1] > wide.shape[0] and wide.shape[0] <= _MOST_SPANNED:
                basis = _basis(wide)
                self._spans[variant] = wide, basis
                self._made[variant] = _coordinates(wide, wide, basis)
            else:
                self._made[variant] = wide
        return self._made[variant]

    def matrix(self, variant: str, rows: Sequence[Row]) -> Any:
        """Any rows, in the coordinates of `of`."""
        wide = self._features(variant, rows)
        if variant not in self._spans:
            return wide
        known, basis = self._spans[variant]
        return _coordinates(wide, known, basis)

    def _features(self, variant: str, rows: Sequence[Row]) -> Any:
        from scipy.sparse import csr_matrix, hstack

        if variant == "words":
            return self._words.matrix(rows)
        # Dozens of measures must not drown what single words say: together they weigh as one.
        measures = csr_matrix(self._measures.matrix(rows))
        if variant == "measures":
            return measures
        return hstack([self._words.matrix(rows), measures * 0.3]).tocsr()


def _coordinates(rows: Any, known: Any, basis: np.ndarray) -> np.ndarray:
    """Coordinates of rows in the space that the known ones span."""
    import numpy as np

    likeness = (rows @ known.T).toarray()
    product: np.ndarray = np.asarray(likeness, float) @ basis
    return product


def _basis(wide: Any) -> np.ndarray:
    """From inner products with the known rows to orthonormal coordinates, (rows, dimensions)."""
    import numpy as np

    values, vectors = np.linalg.eigh(np.asarray((wide @ wide.T).toarray(), float))
    real = values > values[-1] * 1e-10
    basis: np.ndarray = vectors[:, real] / np.sqrt(values[real])
    return basis


def _search(pool: Pool, make: _Matrices, clock: Clock) -> _Setting:
    """All variants at the usual strength, then other strengths of the best one."""
    pairs = folds(pool)
    settings: list[_Setting] = []

    def tried(problem: Problem, variant: str, strength: float) -> None:
        raw = held_out(problem, make.of(variant), pairs, partial(_train, strength))
        gain, decision = best_decision(pool, problem, raw)
        settings.append(_Setting(gain, variant, strength, problem, decision))

    for problem in problems(pool):
        for variant in _VARIANTS:
            if make.of(variant).shape[1] and not (settings and clock.over(pool.seconds / 2)):
                tried(problem, variant, _STRENGTHS[0])
    best = max(settings, key=lambda setting: setting.gain)
    for strength in _STRENGTHS[1:]:
        if not clock.over(pool.seconds / 3):
            tried(best.problem, best.variant, strength)
    return max(settings, key=lambda setting: setting.gain)


def _train(
    strength: float, problem: Problem, matrix: Any, y: np.ndarray
) -> Callable[[Any], np.ndarray]:
    if problem.kind == "classes":
        return _logistic(strength, problem, matrix, y)
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=1.0 / strength, solver="lsqr").fit(matrix, y)
    return lambda given: model.predict(given)


def _logistic(
    strength: float, problem: Problem, matrix: Any, y: np.ndarray
) -> Callable[[Any], np.ndarray]:
    """Multinomial; a label that has no share here keeps the prior's."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows, labels, weights = expanded(y)
    prior = problem.prior
    if len(np.unique(labels)) < 2:
        return lambda given: np.tile(prior, (given.shape[0], 1))
    model = LogisticRegression(C=strength, max_iter=300).fit(
        matrix[rows], labels, sample_weight=weights
    )

    def shares(given: Any) -> np.ndarray:
        found = np.tile(prior * 1e-3, (given.shape[0], 1))
        found[:, model.classes_] += model.predict_proba(given)
        normal: np.ndarray = found / found.sum(axis=1, keepdims=True)
        return normal

    return shares
