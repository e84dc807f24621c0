"""Which samples of a run, and in which order: a filter and an order, and the list of ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tesuji.run.ledger.runs import AnswerState
from tesuji.run.ledger.store import Ledger

Where: TypeAlias = Literal["output", "prompt", "answer", "reason", "note"]
Flip: TypeAlias = Literal["any", "better", "worse"]
By: TypeAlias = Literal["id", "score", "tokens", "seconds", "length"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Samples that fit all that is given; nothing given is all samples.

    `kind`: with such a finding · `state` · `low` <= score <= `high` · `text`: has this substring,
    in upper or lower case · `pattern`: a regular expression finds something · `where` the last
    two look · `ids`: among these (see `samples_where`, `samples_matching` for fields of the data)
    · `against`: another run, and `flip`: the score here differs from there, is better or worse ·
    `tag`: has been given this tag by who looked.
    """

    kind: str | None = None
    state: AnswerState | None = None
    low: float | None = None
    high: float | None = None
    text: str | None = None
    pattern: str | None = None
    where: Where = "output"
    ids: frozenset[str] | None = None
    against: int | None = None
    flip: Flip = "any"
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """`tokens` (in and out), `seconds` and `length` (characters) are those of the output that the
    answer is from. What has none comes last, either way; ties are in the order of the ids, 2
    before 10."""

    by: By = "id"
    descending: bool = False


def select_ids(ledger: Ledger, run: int, filter: Filter, order: Order) -> tuple[str, ...]:
    """The ids of all samples that fit, in order."""
    raise NotImplementedError
