"""Which question tells most, for many games at once.

The information of an answer about the keyword, with the partner's sort averaged out, for every
question of a table (two matrix products), every place in the alphabet (two cumulative sums) and
every rule of spelling. With a large table the sums run over the likeliest keywords only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tesuji.games.belief import Belief, Channel, Floats, Gains, entropy, gains
from tesuji.games.table import QuestionTable


@dataclass(frozen=True, eq=False)
class Truths:
    """p(yes) of questions for the keywords of a belief, the last being "none of the list".

    `columns[k]` is keyword k's column in the table, -1 where it has none (then p is ½). `rates` has
    p(yes) of each question for a keyword that isn't in the list: the mean under the prior.
    """

    table: QuestionTable
    columns: NDArray[np.intp]
    rates: Floats

    def of(self, question: int) -> Floats:
        """p(yes) for one question, shape (keywords + 1,)."""
        row = self.table.chances(question)[self.columns]
        row = np.where(self.columns < 0, np.float32(0.5), row)
        return np.append(row, self.rates[question]).astype(float)


def truths(table: QuestionTable, words: tuple[str, ...], prior: Floats) -> Truths:
    """The table seen by keywords in another order; words that it lacks are even odds."""
    place = {word: i for i, word in enumerate(table.keywords)}
    columns = np.array([place.get(word, -1) for word in words], np.intp)
    known = columns >= 0
    if not known.any():
        return Truths(table, columns, np.full(len(table.questions), 0.5))
    weights = (prior[known] / prior[known].sum()).astype(np.float32)[:, None]
    first, _ = table.sums(columns[known], weights)
    return Truths(table, columns, first[:, 0].astype(float))


WIDEST = 2048
"""So many keywords at most are weighed for choosing from a table; the rest count as their mean."""


def natural_gains(belief: Belief, truth: Truths, widest: int = WIDEST) -> Floats:
    """Bits that each question of the table tells, shape (games, questions)."""
    parts = gains(belief, Channel.NATURAL)
    listed = len(truth.columns)
    weighed = np.arange(listed)
    if listed > widest:
        total = belief.keywords[:, :listed].sum(0)
        weighed = np.sort(np.argpartition(-total, widest)[:widest])
    has = truth.columns[weighed] >= 0
    inside = weighed[has]
    stacked = np.concatenate([parts.tilt[:, inside], parts.rise[:, inside], parts.bend[:, inside]])
    whole = (
        len(inside) == len(truth.table.keywords)
        and (truth.columns[inside] == np.arange(len(inside))).all()
    )
    first, second = truth.table.sums(
        None if whole else truth.columns[inside], np.ascontiguousarray(stacked.T, np.float32)
    )
    games = len(belief.weights)
    tilt, rise, bend = first[:, :games].T, first[:, games : 2 * games].T, second[:, 2 * games :].T
    # What is left (no column, not weighed, not in the list) answers at the question's mean rate.
    rest = np.ones(listed + 1, bool)
    rest[inside] = False
    rate = truth.rates
    return _bits(
        parts,
        tilt + parts.tilt[:, rest].sum(1)[:, None] * rate,
        rise + parts.rise[:, rest].sum(1)[:, None] * rate
        + bend + parts.bend[:, rest].sum(1)[:, None] * rate**2,
    )  # fmt: skip


def _bits(parts: Gains, tilted: Floats, left: Floats) -> Floats:
    """Entropy of the answer less its entropy for a known keyword."""
    yes = parts.sure.sum(1)[:, None] + tilted
    out: Floats = entropy(yes) - (parts.flat.sum(1)[:, None] + left)
    return np.maximum(out, 0.0)


def cut_gains(belief: Belief, order: NDArray[np.intp], before: Floats) -> Floats:
    """Bits that "does it come before the keyword at place i?" tells, (games, keywords).

    `order` sorts the keywords by the alphabet; `before[i]` is p(yes) at place i for a keyword that
    isn't in the list.
    """
    parts = gains(belief, Channel.ALPHABET)

    def cumulated(values: Floats) -> Floats:
        sums = np.cumsum(values[:, order], 1)
        return np.concatenate([np.zeros((len(values), 1)), sums[:, :-1]], 1)

    none_tilt, none_rise, none_bend = parts.tilt[:, -1:], parts.rise[:, -1:], parts.bend[:, -1:]
    return _bits(
        parts,
        cumulated(parts.tilt) + none_tilt * before,
        cumulated(parts.rise + parts.bend) + none_rise * before + none_bend * before**2,
    )


def rule_gains(belief: Belief, rules: NDArray[np.float32]) -> Floats:
    """Bits that each rule of spelling tells; `rules` is p(yes), (questions, keywords + 1)."""
    parts = gains(belief, Channel.LETTERS)
    return _bits(parts, parts.tilt @ rules.T, parts.rise @ rules.T + parts.bend @ (rules.T**2))


SHORTLIST = 48
"""So many of the most telling questions are looked at closely when few rounds are left."""


def listed_mass(
    belief: Belief, channel: Channel, true: Floats, guesses: int, game: int = 0
) -> Floats:
    """P(the keyword is among the `guesses` likeliest after the answer), for each question.

    `true` has shape (questions, keywords + 1). With one round left this is the probability of
    solving, which is then what counts, and not bits.
    """
    weight, base, slope = (part[game, :-1] for part in belief.mixture(channel))
    yes = base + slope * true[:, :-1]
    guesses = min(guesses, weight.size)
    top = np.zeros(len(true))
    for side in (yes, weight - yes):
        top += np.partition(side, -guesses, axis=1)[:, -guesses:].sum(1)
    return top
