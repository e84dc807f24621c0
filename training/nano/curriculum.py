"""What is trained when, as data: knots along the run, blended between.

A later edition adds tasks (arithmetic, contexts, yes/no, rewrites, Japanese) as names in
``tasks`` and ``wordings``, and as weights here; nothing else has to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from training.nano.tasks import Mix


@dataclass(frozen=True, slots=True)
class Knot:
    """Weights that hold at one point (0-1) of the run."""

    at: float
    tasks: Mapping[str, float]
    lengths: Mapping[int, float]
    short: float


def band(low: int, high: int, rising: float = 1.0) -> dict[int, float]:
    """Weights of lengths ``low``-``high``, each ``rising`` times the one before."""
    return {n: rising ** (n - low) for n in range(low, high + 1)}


_REWRITES = {"upper": 0.04, "lower": 0.03, "first": 0.04, "last": 0.04, "spell": 0.03}

# Copying first, then reversal: without it reversal stayed at chance for most of a short run.
# Short wordings carry most answers per second, so they stay until the words are learnt in the end.
FIRST_EDITION: tuple[Knot, ...] = (
    Knot(0.00, {"copy": 0.5, "reverse": 0.35, "lookup": 0.15}, band(2, 6), short=0.9),
    Knot(0.08, {"copy": 0.3, "reverse": 0.5, "lookup": 0.1, **_REWRITES}, band(2, 8), short=0.7),
    Knot(0.25, {"copy": 0.1, "reverse": 0.65, "lookup": 0.08, **_REWRITES},
         band(2, 11), short=0.4),
    Knot(0.60, {"copy": 0.05, "reverse": 0.75, "lookup": 0.06, **_REWRITES},
         band(2, 13, 1.1), short=0.25),
    Knot(1.00, {"copy": 0.04, "reverse": 0.78, "lookup": 0.05, **_REWRITES},
         band(3, 13, 1.1), short=0.0),
)  # fmt: skip


Key = TypeVar("Key")


def blend(a: Mapping[Key, float], b: Mapping[Key, float], share: float) -> dict[Key, float]:
    total_a, total_b = sum(a.values()), sum(b.values())
    keys = list(dict.fromkeys([*a, *b]))  # ordered: a set would change the draws between runs
    return {
        k: (1 - share) * a.get(k, 0.0) / total_a + share * b.get(k, 0.0) / total_b for k in keys
    }


def mix_at(progress: float, knots: Sequence[Knot] = FIRST_EDITION) -> Mix:
    """The mix at a point of the run, ``progress`` from 0 to 1."""
    for a, b in zip(knots, knots[1:], strict=False):
        if progress <= b.at:
            share = (progress - a.at) / (b.at - a.at)
            return Mix(
                blend(a.tasks, b.tasks, share),
                blend(a.lengths, b.lengths, share),
                (1 - share) * a.short + share * b.short,
            )
    last = knots[-1]
    return Mix(dict(last.tasks), dict(last.lengths), last.short)
