"""`copy`: one simple function of the input, the one that scores best on the training rows.

A column as it is, its last number, its length …; the option that is longest; a label by one
number, such as the difference in length of two columns (a table, see `table`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from tesuji.baselines.fitted import Clock, Fitted, Guess, filled
from tesuji.baselines.folds import cross_validated, folds, gain, measured
from tesuji.baselines.measures import measure, names
from tesuji.baselines.options import Rank, names_of, option_columns, rankings
from tesuji.baselines.pool import Pool, Row
from tesuji.baselines.simple import simple_functions
from tesuji.baselines.table import fit_one_number
from tesuji.task.sample import Answer

if TYPE_CHECKING:
    import numpy as np

_ROWS = 1_000  # on which the functions are compared
_FEW, _KEPT = 60, 12  # on how many rows most functions of text are given up, and how many stay
_SOME, _KEPT_TABLES = 400, 4  # the same of tables by one number, which need more rows
_PRIOR_ROWS = 5.0
_SECONDS = 30.0

Many: TypeAlias = Callable[[Sequence[Row]], list[Answer | None]]
"""From rows to answers, None where the function says nothing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function of the input: what it is, how it is made from training rows, and whether these
    have a say in what it answers."""

    words: str
    make: Callable[[Pool], Many | None]
    learned: bool = True


def serves(pool: Pool) -> str | None:
    """Why the method cannot be fitted to a pool; None where it can."""
    if not len(pool):
        return "there are no training rows"
    if not pool.columns:
        return "the rows have no columns but the target"
    if pool.shape.name in ("json", "code"):
        return f"no simple function of the input gives an answer of the format {pool.shape.name!r}"
    return None


def fit(pool: Pool) -> Fitted:
    """The best function."""
    clock = Clock(min(_SECONDS, pool.seconds))
    part = pool.drawn(_ROWS)
    chosen = _best(part)
    score = cross_validated(part, _best, clock)
    return Fitted(chosen.predict, chosen.words, score)


def _best(pool: Pool) -> Fitted:
    """Most functions are given up after a few rows; the others meet on all of them."""
    shortlist = _shortlist(texts(pool), pool.drawn(_FEW), _KEPT)
    shortlist += _shortlist(tables(pool), pool.drawn(_SOME), _KEPT_TABLES)
    (best,) = _shortlist(shortlist, pool, 1)
    function = best.make(pool)
    if function is None:  # nothing varies: any constant is as good
        return Fitted(
            lambda rows: [Guess(None) for _ in rows], "nothing in the input tells anything"
        )
    return Fitted(_guesses(function), best.words)


def _shortlist(proposed: Sequence[Candidate], rows: Pool, kept: int) -> list[Candidate]:
    """The best few on rows that they were not made from."""
    pairs = folds(rows, 3) or [([0], [0])]
    halves = [(rows.part(train), rows.part(held)) for train, held in pairs]
    scored = {
        candidate.words: _score(candidate, halves if candidate.learned else [(rows, rows)])
        for candidate in proposed
    }
    return sorted(proposed, key=lambda candidate: -scored[candidate.words])[:kept]


def _score(candidate: Candidate, halves: Sequence[tuple[Pool, Pool]]) -> float:
    """The metric of a candidate, more is better; `halves` are (made from, judged on)."""
    answers: list[Answer] = []
    targets: list[Answer] = []
    for train, held in halves:
        function = candidate.make(train)
        if function is None:
            return -float("inf")
        answers += filled([Guess(answer) for answer in function(held.rows)], held)
        targets += held.targets
    return gain(halves[0][0].metric, measured(halves[0][0].metric, answers, targets))


def _guesses(function: Many) -> Callable[[Sequence[Row]], list[Guess]]:
    return lambda rows: [Guess(answer) for answer in function(rows)]


def texts(pool: Pool) -> list[Candidate]:
    """Functions that give the text of an answer, and the options by what they are like."""
    found = []
    if pool.shape.name not in ("probabilities", "ranking"):  # no one text is such an answer
        found = [
            Candidate(simple.words, partial(_accepted, of=simple.of), learned=False)
            for simple in simple_functions(pool.columns)
        ]
    columns = option_columns(pool)
    if columns is not None:
        others = [name for name in pool.columns if name not in columns]
        found += [
            Candidate(words, partial(_by_options, rank=rank))
            for words, rank in rankings(columns, others)
        ]
    return found


def tables(pool: Pool) -> list[Candidate]:
    """Labels, or numbers, by one thing that can be measured of a row."""
    measures = _Measures(pool)
    return [
        Candidate(f"by the {words}", partial(_by_number, measures=measures, at=at))
        for at, words in enumerate(names(pool.columns))
    ]


class _Measures:
    """The measures of rows; those of the pool are taken once."""

    def __init__(self, pool: Pool) -> None:
        self._columns, self._rows = pool.columns, pool.rows
        self._known = {id(row): measure(row, pool.columns) for row in pool.rows}

    def of(self, rows: Sequence[Row], at: int) -> np.ndarray:
        """Measure number `at` of each row, shape (rows,)."""
        import numpy as np

        found = (self._known.get(id(row)) or measure(row, self._columns) for row in rows)
        return np.array([values[at] for values in found])


def _by_number(pool: Pool, measures: _Measures, at: int) -> Many | None:
    answers = fit_one_number(pool, measures.of(pool.rows, at))
    return None if answers is None else lambda rows: answers(measures.of(rows, at))


def _by_options(pool: Pool, rank: Rank) -> Many:
    """Labels by their options' rank; as probabilities, each rank with the share it had."""
    names = names_of(pool)

    def ranked(row: Row) -> list[Answer]:
        values = rank(row)
        return [names[at] for at in sorted(range(len(names)), key=lambda at: (-values[at], at))]

    if pool.shape.name == "ranking":
        return lambda rows: [ranked(row) for row in rows]
    if pool.shape.name == "choice":
        top = getattr(pool.shape, "top", 1)
        return lambda rows: [r[:top] if top > 1 else r[0] for r in map(ranked, rows)]
    shares = [_PRIOR_ROWS / len(names)] * len(names)
    for row, target in zip(pool.rows, pool.targets, strict=True):
        for place, label in enumerate(ranked(row)):
            shares[place] += target.get(label, 0.0)
    whole = sum(shares)

    def weighed(row: Row) -> Answer:
        by_label = {label: share / whole for label, share in zip(ranked(row), shares, strict=True)}
        return {label: by_label[label] for label in names}

    return lambda rows: [weighed(row) for row in rows]


def _accepted(pool: Pool, of: Callable[[Row], str | None]) -> Many:
    def answer(row: Row) -> Answer | None:
        text = of(row)
        if text is None:
            return None
        try:
            return pool.shape.accept(text)
        except ValueError:
            return None

    return lambda rows: [answer(row) for row in rows]
