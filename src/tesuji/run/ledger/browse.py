"""Looks at a run's samples: pages of light rows, the next one, how scores spread, what flipped.

Only reads, in statements of their own: a run that writes to the same file is never held up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tesuji.run.ledger.runs import AnswerState
from tesuji.run.ledger.selecting import Filter, Order
from tesuji.run.ledger.store import Ledger

Extreme: TypeAlias = Literal["seconds", "tokens", "length"]


@dataclass(frozen=True, slots=True)
class Row:
    """A sample as a line of a list. `answer` is text, shortened; `kinds` are those of its findings;
    tokens, `seconds` and `length` (characters) are of the output that the answer is from, None
    where there is none; `outputs` is how many were asked for; `against` is the score in the run
    that the filter compares with."""

    sample: str
    state: AnswerState
    score: float | None
    answer: str | None
    kinds: tuple[str, ...]
    tokens_in: int | None
    tokens_out: int | None
    seconds: float | None
    length: int | None
    outputs: int
    tags: tuple[str, ...] = ()
    noted: bool = False
    against: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` from `offset` on, of `total` that fit the filter."""

    rows: tuple[Row, ...]
    total: int
    offset: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """`counts[i]` scores lie from `edges[i]` to below `edges[i + 1]` (in the last bin, to its end);
    `missing` samples have none. No scores at all: no edges, no counts."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Flips:
    """Of the `n` samples that both runs scored, `better`, `worse` and `equal` ones in b.

    `table` is there where all scores are 0 or 1: (both wrong, only b right, only a right, both
    right).
    """

    n: int
    better: int
    worse: int
    equal: int
    table: tuple[int, int, int, int] | None


def page(
    ledger: Ledger,
    run: int,
    filter: Filter = Filter(),  # noqa: B008  # frozen
    order: Order = Order(),  # noqa: B008
    *,
    offset: int = 0,
    after: str | None = None,
    size: int = 50,
) -> Page:
    """At most `size` (1 to 1,000) rows from `offset` on, or those `after` a sample.

    InputError for a pattern that is wrong or takes too long, in one line.
    """
    raise NotImplementedError


def neighbour(
    ledger: Ledger, run: int, filter: Filter, order: Order, sample: str, step: int = 1
) -> str | None:
    """The sample `step` places after this one (before, if negative) among those that fit; None at
    the end. The sample itself need not fit: "the next failure" starts anywhere."""
    raise NotImplementedError


def distribution(ledger: Ledger, run: int, bins: int = 20) -> Distribution:
    """How the run's scores spread over `bins` bins of equal width from the least to the most."""
    raise NotImplementedError


def extremes(ledger: Ledger, run: int, by: Extreme, n: int = 10) -> Sequence[Row]:
    """The `n` slowest ("seconds"), dearest ("tokens") or longest ("length") samples, most first."""
    raise NotImplementedError


def flips(ledger: Ledger, a: int, b: int) -> Flips:
    """What changed from run a to run b. Its samples: `page(ledger, b, Filter(against=a))`."""
    raise NotImplementedError
