"""`constant`: the same answer for every sample, the one that the metric likes best.

Tried are the commonest targets, mean and median of numbers, the shares of the labels, and for
free text the targets nearest to all others. Chosen is by the metric on the training rows.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from tesuji.baselines.fitted import Clock, Fitted, Guess
from tesuji.baselines.folds import cross_validated, gain, measured
from tesuji.baselines.pool import Pool, Row, target_key
from tesuji.baselines.targets import as_number, as_order, classes, decide, numbers, orders
from tesuji.task.sample import Answer

_CANDIDATES = 100
_ROWS = 500  # on which they are compared
_JUDGED = 5_000  # on which the method as a whole is judged
_SECONDS = 10.0


def serves(pool: Pool) -> str | None:
    """Why the method cannot be fitted to a pool; None where it can."""
    return None if len(pool) else "there are no training rows"


def fit(pool: Pool) -> Fitted:
    """The best constant."""
    clock = Clock(min(_SECONDS, pool.seconds))
    answer, words = _best(pool)
    score = cross_validated(pool.drawn(_JUDGED), partial(_fitted, _best), clock)
    return Fitted(_always(answer), words, score)


def _fitted(best: Callable[[Pool], tuple[Answer, str]], pool: Pool) -> Fitted:
    answer, words = best(pool)
    return Fitted(_always(answer), words)


def _always(answer: Answer) -> Callable[[Sequence[Row]], list[Guess]]:
    return lambda rows: [Guess(answer) for _ in rows]


def _best(pool: Pool) -> tuple[Answer, str]:
    """The constant with the best score on the training rows, and what it is."""
    proposed = candidates(pool)
    rows = pool.drawn(min(_ROWS, _affordable(pool, proposed)))
    scored = [
        (gain(pool.metric, measured(pool.metric, [answer] * len(rows), rows.targets)), -at)
        for at, (answer, _) in enumerate(proposed)
    ]
    answer, words = proposed[-max(scored)[1]]
    shown = pool.shape.render(answer)
    return answer, f"{words}: {shown if len(shown) <= 60 else shown[:60] + '…'}"


def _affordable(pool: Pool, proposed: Sequence[tuple[Answer, str]]) -> int:
    """On how many rows all can be scored in a few seconds: a metric may be slow."""
    few = pool.drawn(10)
    began = time.monotonic()
    measured(pool.metric, [proposed[0][0]] * len(few), few.targets)
    each = max(time.monotonic() - began, 1e-7) / len(few)
    return max(20, int(1.0 / (each * len(proposed))))


def candidates(pool: Pool) -> list[tuple[Answer, str]]:
    """Constants worth a try, each with what it is; the commonest target is always among them."""
    proposed: list[tuple[Answer, str]] = []
    if (found := classes(pool)) is not None and pool.shape.name in ("choice", "probabilities"):
        what = "the shares of the labels" if pool.shape.name == "probabilities" else (
            "the commonest label" if getattr(pool.shape, "top", 1) == 1 else
            "the labels by how common they are"
        )  # fmt: skip
        proposed.append((decide(pool, found.labels, found.prior), what))
        if pool.shape.name == "probabilities":
            proposed.append((pool.shape.fallback(), "all labels alike"))
        else:
            return proposed
    if (values := numbers(pool)) is not None:
        proposed.append((as_number(pool, float(values.mean())), "the mean"))
        proposed.append((as_number(pool, sorted(values)[len(values) // 2]), "the median"))
    if (places := orders(pool)) is not None:
        proposed.append((as_order(pool, places.mean(axis=0)), "the items by their mean place"))
    counts = Counter(pool.keys)
    answers = {target_key(target): target for target in pool.targets}
    for rank, (key, count) in enumerate(counts.most_common(_CANDIDATES)):
        what = "the commonest target" if rank == 0 or count > 1 else "one of the targets"
        proposed.append((answers[key], what))
    return proposed
