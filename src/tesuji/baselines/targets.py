"""What kind of thing is to be predicted, and from numbers back to an answer of the format.

classes   one of some labels, or how likely each is: choice, probabilities; texts and numbers
          of which there are few different ones
numbers   integer, number
order     ranking
anything else is free text, which only rules, copies and neighbours can give
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tesuji.baselines.pool import Pool
from tesuji.task.sample import Answer

if TYPE_CHECKING:
    import numpy as np

_MOST_CLASSES = 100  # of texts and numbers; and three rows for each of them
_FLOOR = 1e-3  # of probability, shared by all labels: what was never seen is not impossible
_LARGEST = 1e15  # of a number that is fitted


@dataclass(frozen=True)
class Classes:
    """Targets as shares of labels: `shares` (rows, labels), rows sum to 1."""

    labels: tuple[Answer, ...]
    shares: np.ndarray

    @property
    def prior(self) -> np.ndarray:
        """The share of each label, as if each had been seen once more in part: never 0."""
        total = self.shares.sum(axis=0) + 1.0 / len(self.labels)
        prior: np.ndarray = total / total.sum()
        return prior


def classes(pool: Pool) -> Classes | None:
    """The targets as classes; None where they are none."""
    import numpy as np

    shape = pool.shape
    if shape.name in ("choice", "probabilities"):
        labels: tuple[Answer, ...] = shape.labels  # type: ignore[attr-defined]
        shares = np.zeros((len(pool), len(labels)))
        place = {label: at for at, label in enumerate(labels)}
        for at, target in enumerate(pool.targets):
            for label, share in _shares(target).items():
                shares[at, place[label]] = share
        return Classes(labels, shares)
    if shape.name not in ("text", "integer", "number", "boxed"):
        return None
    counts = Counter(pool.targets)
    if not counts or len(counts) > min(_MOST_CLASSES, max(2, len(pool) // 3)):
        return None
    if len(counts) * 2 > len(pool):
        return None
    labels = tuple(sorted(counts))
    place = {label: at for at, label in enumerate(labels)}
    shares = np.zeros((len(pool), len(labels)))
    shares[np.arange(len(pool)), [place[target] for target in pool.targets]] = 1.0
    return Classes(labels, shares)


def _shares(target: Answer) -> dict[str, float]:
    if isinstance(target, dict):
        return target
    labels = target if isinstance(target, list) else [target]
    return dict.fromkeys(labels, 1 / len(labels))


def decide(pool: Pool, labels: Sequence[Answer], shares: np.ndarray) -> Answer:
    """The answer that says how likely each label is, names the likeliest, or ranks them."""
    shape: Any = pool.shape
    if shape.name == "probabilities":
        floored = [(1 - _FLOOR) * float(share) + _FLOOR / len(labels) for share in shares]
        total = math.fsum(floored)
        return {label: share / total for label, share in zip(labels, floored, strict=True)}
    if shape.name == "choice" and shape.top > 1:
        ranked = sorted(range(len(labels)), key=lambda at: (-shares[at], at))
        return [labels[at] for at in ranked[: shape.top]]
    return labels[max(range(len(labels)), key=lambda at: (shares[at], -at))]


def numbers(pool: Pool) -> np.ndarray | None:
    """The targets as floats, shape (rows,); None where they are no numbers that can be fitted."""
    import numpy as np

    if pool.shape.name not in ("integer", "number") or not len(pool):
        return None
    if any(abs(target) > _LARGEST for target in pool.targets):
        return None
    return np.array([float(target) for target in pool.targets])


def as_number(pool: Pool, value: float) -> Answer:
    """A predicted number as an answer: an integer where it must be one, within what was seen."""
    low, high = min(pool.targets), max(pool.targets)
    if not math.isfinite(value):
        return low
    if pool.shape.name == "integer":
        return int(min(max(round(value), low), high))
    return pool.shape.accept(float(f"{value:.8g}"))


def orders(pool: Pool) -> np.ndarray | None:
    """The place of each item, shape (rows, items), from 0; None where targets are no rankings."""
    import numpy as np

    if pool.shape.name != "ranking":
        return None
    items: tuple[str, ...] = pool.shape.items  # type: ignore[attr-defined]
    return np.array([[target.index(item) for item in items] for target in pool.targets], float)


def as_order(pool: Pool, places: np.ndarray) -> Answer:
    """Items by their predicted places; ties in the format's order."""
    items: tuple[str, ...] = pool.shape.items  # type: ignore[attr-defined]
    return [items[at] for at in sorted(range(len(items)), key=lambda at: (places[at], at))]
