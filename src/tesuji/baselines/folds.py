"""Cross-validation on the training rows alone: folds, and a method's score on held-out rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from tesuji.baselines.fitted import Clock, Fit, filled
from tesuji.baselines.pool import Pool, draw
from tesuji.task.metrics import Metric
from tesuji.task.sample import Answer

FOLDS = 5


def folds(pool: Pool, count: int = FOLDS) -> list[tuple[list[int], list[int]]]:
    """Places of (training, held-out) rows, `count` times at most; none for fewer than two rows.

    Groups stay whole. Without groups every target value gives each fold its share.
    """
    fold = _of_groups(pool, count) if pool.groups is not None else _stratified(pool, count)
    every = range(len(pool))
    pairs = [
        ([at for at in every if fold[at] != k], [at for at in every if fold[at] == k])
        for k in range(count)
    ]
    return [(train, held) for train, held in pairs if train and held]


def _stratified(pool: Pool, count: int) -> list[int]:
    order = sorted(range(len(pool)), key=lambda at: (pool.keys[at], draw(pool.seed, at)))
    fold = [0] * len(pool)
    for place, at in enumerate(order):
        fold[at] = place % count
    return fold


def _of_groups(pool: Pool, count: int) -> list[int]:
    """The largest group first, each into the fold that is smallest so far."""
    assert pool.groups is not None
    sizes = Counter(pool.groups)
    places: dict[object, int] = {}
    held = [0] * count
    for name in sorted(sizes, key=lambda name: (-sizes[name], draw(pool.seed, name))):
        places[name] = min(range(count), key=held.__getitem__)
        held[places[name]] += sizes[name]
    return [places[name] for name in pool.groups]


def cross_validated(pool: Pool, fit: Fit, clock: Clock, reserve: float = 0.0) -> float | None:
    """The metric over answers that each row got from a fit without it; None for want of rows or
    where the clock leaves less than `reserve` seconds before all folds are done."""
    answers: list[Answer] = []
    targets: list[Answer] = []
    for train, held in folds(pool):
        if clock.over(reserve):
            return None
        part = pool.part(held)
        answers += filled(fit(pool.part(train)).predict(part.rows), pool)
        targets += part.targets
    return measured(pool.metric, answers, targets)


def measured(metric: Metric, answers: Sequence[Answer], targets: Sequence[Answer]) -> float | None:
    """The metric's value; None where there are no rows, or where it has none for them."""
    if not answers:
        return None
    value = metric.score(answers, targets)
    return None if math.isnan(value) else value


def gain(metric: Metric, score: float | None) -> float:
    """A score as a number of which more is better; None is worst."""
    if score is None:
        return -math.inf
    return score if metric.higher_is_better else -score
