"""What the learning methods share: problems with numbers on both sides, held-out predictions,
and from predicted numbers back to answers.

A raw prediction is one array row a sample: the shares of the labels, a number, or the places of
the items. Every choice among settings is made on raw predictions for rows that were held out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from tesuji.baselines.folds import gain, measured
from tesuji.baselines.pool import Pool, too_few
from tesuji.baselines.targets import as_number, as_order, classes, decide, numbers, orders
from tesuji.task.sample import Answer

if TYPE_CHECKING:
    import numpy as np

Kind: TypeAlias = Literal["classes", "numbers", "order"]
Decision: TypeAlias = Literal["likeliest", "balanced", "middle"]
Train: TypeAlias = "Callable[[Problem, object, np.ndarray], Callable[[object], np.ndarray]]"
"""From a problem, a feature matrix and targets to a function from features to raw predictions."""


@dataclass(frozen=True)
class Problem:
    """Targets as an array: `y` is (rows, labels), (rows,) or (rows, items), by `kind`."""

    kind: Kind
    y: np.ndarray
    labels: tuple[Answer, ...] = ()

    @property
    def prior(self) -> np.ndarray:
        """The mean share of each label, never 0."""
        total = self.y.sum(axis=0) + 1.0 / len(self.labels)
        prior: np.ndarray = total / total.sum()
        return prior


def problems(pool: Pool) -> list[Problem]:
    """The ways to see the targets; numbers of which there are few may be classes as well."""
    found: list[Problem] = []
    if (by_class := classes(pool)) is not None:
        found.append(Problem("classes", by_class.shares, by_class.labels))
    if (values := numbers(pool)) is not None:
        found.append(Problem("numbers", values))
    if (places := orders(pool)) is not None:
        found.append(Problem("order", places))
    return found


def unlearnable(pool: Pool) -> str | None:
    """Why there is nothing to be learned; None where there is."""
    if not pool.columns:
        return "the rows have no columns but the target"
    if len(pool) < 5:
        return too_few(pool, 5)
    if len(set(pool.keys)) < 2:
        return "all training rows have the same target"
    if not problems(pool):
        return (
            f"the targets are free answers of the format {pool.shape.name!r}, neither labels nor "
            "numbers"
        )
    return None


def decisions(pool: Pool, problem: Problem) -> tuple[Decision, ...]:
    """The ways to come from shares to a label that may suit the metric."""
    one_label = pool.shape.name != "probabilities" and getattr(pool.shape, "top", 1) == 1
    if problem.kind != "classes" or not one_label:
        return ("likeliest",)
    if pool.metric.sample is None or pool.shape.name in ("integer", "number"):
        return ("likeliest", "balanced", "middle")
    return ("likeliest",)


def decoded(pool: Pool, problem: Problem, raw: np.ndarray, decision: Decision) -> list[Answer]:
    """The answers that raw predictions stand for."""
    import numpy as np

    if problem.kind == "numbers":
        return [as_number(pool, float(value)) for value in raw]
    if problem.kind == "order":
        return [as_order(pool, places) for places in raw]
    if decision == "balanced":
        raw = raw / problem.prior
    if decision == "middle":
        half = raw.sum(axis=1, keepdims=True) / 2
        at = np.argmax(np.cumsum(raw, axis=1) >= half, axis=1)
        return [decide(pool, problem.labels, np.eye(len(problem.labels))[one]) for one in at]
    return [decide(pool, problem.labels, shares) for shares in raw]


def best_decision(pool: Pool, problem: Problem, raw: np.ndarray) -> tuple[float, Decision]:
    """The decision whose answers score best on held-out raw predictions (more is better)."""
    scored: list[tuple[float, Decision]] = []
    for decision in decisions(pool, problem):
        answers = decoded(pool, problem, raw, decision)
        scored.append((gain(pool.metric, measured(pool.metric, answers, pool.targets)), decision))
    return max(scored, key=lambda pair: pair[0])


def held_out(
    problem: Problem, matrix: np.ndarray, pairs: Sequence[tuple[list[int], list[int]]], train: Train
) -> np.ndarray:
    """Raw predictions, shape of `problem.y`, each row's by a model that has not seen it."""
    import numpy as np

    raw = np.zeros_like(problem.y, dtype=float)
    for seen, held in pairs:
        predict = train(problem, matrix[seen], problem.y[seen])
        raw[held] = predict(matrix[held])
    return raw


def expanded(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, labels and weights: one row for each label that a sample has a share of."""
    import numpy as np

    rows, labels = np.nonzero(shares)
    return rows, labels, shares[rows, labels]
