"""How often a run fails in which way: over the run, and against other runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tesuji.run.alarms import more_by_chance
from tesuji.run.ledger import Ledger, RatePoint, RunRow, rate_history, read_rates

_ERROR = 0.05
_POINTS = 100  # in a line, and rows in its table


@dataclass(frozen=True, slots=True)
class Against:
    """The rate in another run, and whether this one's differs by more than chance."""

    run: int
    rate: float
    surely: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """A kind of failure in a run: in how many of its outputs, its share of them, the share from
    each recorded point to the next, and the other runs' in their order."""

    kind: str
    outputs: int
    rate: float
    history: tuple[float, ...] = ()
    against: tuple[Against, ...] = ()


@dataclass(frozen=True, slots=True)
class Rates:
    """All kinds of a run or of those it is compared with, the commonest first; `outputs` at each
    recorded point."""

    rows: tuple[Rate, ...]
    outputs: tuple[int, ...]


def rates(ledger: Ledger, run: RunRow, others: Sequence[RunRow] = ()) -> Rates:
    """The rates of a run beside those of others.

    Two rates differ by more than chance where Fisher's exact test says so at 0.05 over all kinds
    together (Bonferroni). Several outputs of one sample are alike, so a run counts for no more
    outputs than it has samples.
    """
    points = _thinned(read_rates(ledger, run.id))
    own = _last(points)
    theirs = [(other, _last(read_rates(ledger, other.id))) for other in others]
    kinds = {kind for point in (own, *(one for _, one in theirs)) for kind in point.hits
             if point.hits[kind]}  # fmt: skip
    level = _ERROR / max(len(kinds), 1)
    rows = [
        Rate(
            kind, own.hits.get(kind, 0), _rate(own, kind), tuple(rate_history(points, kind)),
            tuple(
                Against(
                    other.id, _rate(point, kind),
                    _chance(own, run.total, point, other.total, kind) <= level,
                )
                for other, point in theirs
            ),
        )
        for kind in kinds
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row.outputs, row.kind))
    steps = [point.outputs for point in points]
    grown = [at for at, step in enumerate(steps) if step > (steps[at - 1] if at else 0)]
    return Rates(tuple(rows), tuple(steps[at] for at in grown))


def _thinned(points: Sequence[RatePoint]) -> Sequence[RatePoint]:
    """Every so many of the points, the last among them; the counts are of all outputs up to each,
    so nothing is lost."""
    step = -(-len(points) // _POINTS) or 1
    return points[(len(points) - 1) % step :: step]


def _last(points: Sequence[RatePoint]) -> RatePoint:
    return points[-1] if points else RatePoint(0, 0.0, {})


def _rate(point: RatePoint, kind: str) -> float:
    return point.hits.get(kind, 0) / point.outputs if point.outputs else 0.0


def _chance(a: RatePoint, samples_a: int, b: RatePoint, samples_b: int, kind: str) -> float:
    """Two-sided: twice the smaller tail."""
    if not a.outputs or not b.outputs:
        return 1.0
    n_a, n_b = min(a.outputs, samples_a), min(b.outputs, samples_b)
    hits_a, hits_b = round(n_a * _rate(a, kind)), round(n_b * _rate(b, kind))
    tails = more_by_chance(hits_a, n_a, hits_b, n_b), more_by_chance(hits_b, n_b, hits_a, n_a)
    return min(1.0, 2 * min(tails))


def spark(history: Sequence[float], width: int = 120, height: int = 24) -> str:
    """The points of a line through the rates, from 0 at the bottom to 100 % at the top, as SVG
    wants them.

    >>> spark([0.0, 1.0], 10, 4)
    '0,4 10,0'
    """
    steps = max(len(history) - 1, 1)
    return " ".join(
        f"{width * at / steps:.4g},{height * (1 - rate):.4g}" for at, rate in enumerate(history)
    )
