"""Looks at a run's samples: pages of light rows, the next one, how scores spread, what flipped.

Only reads, in statements of their own: a run that writes to the same file is never held up.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeAlias

from tesuji.errors import InputError
from tesuji.run.ledger.notes import Note, read_notes
from tesuji.run.ledger.outputs import KEY_BYTES
from tesuji.run.ledger.runs import AnswerState, get_run
from tesuji.run.ledger.selecting import Filter, Order, answer_text, select_ids
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


_ROWS = """
SELECT a.sample, a.state, a.score, substr(a.answer, 1, 2000), a.output, length(a.drafts),
       o.tokens_in, o.tokens_out, o.seconds, length(t.body), b.score
FROM answers a
LEFT JOIN outputs o ON o.key = a.output
LEFT JOIN texts t ON t.output = o.id
LEFT JOIN answers b ON b.run = :against AND b.sample = a.sample
WHERE a.run = :run AND a.sample IN (SELECT value FROM json_each(:ids))
"""
_KINDS = """
SELECT sample, kind FROM findings
WHERE run = :run AND sample IN (SELECT value FROM json_each(:ids)) ORDER BY start
"""
_FLIPS = """
SELECT COUNT(*), SUM(y.score > x.score), SUM(y.score < x.score),
       SUM(x.score IN (0, 1) AND y.score IN (0, 1)), SUM(x.score = 0 AND y.score = 0),
       SUM(x.score = 1 AND y.score = 1)
FROM answers x JOIN answers y ON y.run = :b AND y.sample = x.sample
WHERE x.run = :a AND x.score IS NOT NULL AND y.score IS NOT NULL
"""
_ENDLESS = "abs(score) > 1.7976931348623157e308"
_SHORT = 120  # characters of an answer
_MOST = 1000  # rows in a page
_MOST_BINS = 1000


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
    if not 1 <= size <= _MOST:
        raise InputError(f"a page has 1 to {_MOST:,} rows, not {size:,}")
    ids = select_ids(ledger, run, filter, order)
    if after is not None and after in ids:
        offset = ids.index(after) + 1
    offset = max(0, offset)
    return Page(_rows(ledger, run, ids[offset : offset + size], filter.against), len(ids), offset)


def neighbour(
    ledger: Ledger, run: int, filter: Filter, order: Order, sample: str, step: int = 1
) -> str | None:
    """The sample `step` places after this one (before, if negative) among those that fit; None at
    the end. The sample itself need not fit: "the next failure" starts anywhere."""
    ids = select_ids(ledger, run, filter, order)
    if sample in ids:
        at = ids.index(sample) + step
        return ids[at] if 0 <= at < len(ids) else None
    # Among all samples in this order, those that fit are found beside it.
    every = select_ids(ledger, run, Filter(), order)
    if sample not in every:
        return None
    at, fitting = every.index(sample), set(ids)
    ahead = every[at + 1 :] if step > 0 else every[:at][::-1]
    return next(islice((name for name in ahead if name in fitting), abs(step) - 1, None), None)


def distribution(ledger: Ledger, run: int, bins: int = 20) -> Distribution:
    """How the run's scores spread over `bins` bins of equal width from the least to the most.

    Equal scores, and one score alone, are one bin of no width. A score without end is missing.
    """
    if not 1 <= bins <= _MOST_BINS:
        raise InputError(f"a distribution has 1 to {_MOST_BINS:,} bins, not {bins:,}")
    get_run(ledger, run)
    found = ledger.row(
        "SELECT MIN(score), MAX(score), COUNT(*) FROM answers WHERE run = ? "
        f"AND score IS NOT NULL AND NOT {_ENDLESS}",
        run,
    )
    (every,) = ledger.row("SELECT COUNT(*) FROM answers WHERE run = ?", run) or (0,)
    low, high, n = found or (None, None, 0)
    if not n:
        return Distribution((), (), every)
    if low == high:
        return Distribution((low, high), (n,), every - n)
    width = high / bins - low / bins  # the difference itself may be too large for a float
    rows = ledger.rows(
        f"SELECT CAST(min(?2 - 1, (score / ?4 - ?3 / ?4)) AS INTEGER) AS bin, COUNT(*) "
        f"FROM answers WHERE run = ?1 AND score IS NOT NULL AND NOT {_ENDLESS} GROUP BY bin",
        run, bins, low, width,
    )  # fmt: skip
    counts = dict(rows)
    edges = (*(low + width * at for at in range(bins)), high)
    return Distribution(edges, tuple(counts.get(at, 0) for at in range(bins)), every - n)


def extremes(ledger: Ledger, run: int, by: Extreme, n: int = 10) -> tuple[Row, ...]:
    """The `n` slowest ("seconds"), dearest ("tokens") or longest ("length") samples, most first."""
    rows = page(ledger, run, order=Order(by, descending=True), size=n).rows
    return tuple(row for row in rows if row.seconds is not None)


def flips(ledger: Ledger, a: int, b: int, *, higher_is_better: bool = True) -> Flips:
    """What changed from run a to run b. Its samples: `page(ledger, b, Filter(against=a))`."""
    get_run(ledger, a), get_run(ledger, b)
    with ledger.reading() as connection:
        found = connection.execute(_FLIPS, {"a": a, "b": b}).fetchone()
    n, higher, lower, plain, wrong, right = (value or 0 for value in found)
    better, worse = (higher, lower) if higher_is_better else (lower, higher)
    table = (wrong, higher, lower, right) if n and plain == n else None
    return Flips(n, better, worse, n - better - worse, table)


def _rows(ledger: Ledger, run: int, ids: Sequence[str], against: int | None) -> tuple[Row, ...]:
    """The rows of these samples, in this order; one that is gone meanwhile is left out."""
    row = get_run(ledger, run)
    values = {"run": run, "ids": json.dumps(ids), "against": against}
    with ledger.reading() as connection:
        found = {one[0]: one for one in connection.execute(_ROWS, values)}
        kinds: dict[str, dict[str, None]] = {}  # in order, each once
        for sample, kind in connection.execute(_KINDS, values):
            kinds.setdefault(sample, {})[kind] = None
    notes = read_notes(ledger, row.task_digest, row.split, ids)
    return tuple(
        _row(found[name], tuple(kinds.get(name, ())), notes.get(name))
        for name in ids
        if name in found
    )


def _row(found: tuple[Any, ...], kinds: tuple[str, ...], note: Note | None) -> Row:
    sample, state, score, answer, output, drafts, tokens_in, tokens_out, seconds, length, other = (
        found
    )
    outputs = int(output is not None) if drafts is None else drafts // KEY_BYTES
    return Row(
        sample, state, score, None if answer is None else _short(answer_text(answer)), kinds,
        tokens_in, tokens_out, seconds, length, outputs,
        note.tags if note else (), bool(note and note.text), other,
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
