"""Many games at once against partners that answer from a table: for measuring, not for playing.

The same belief and the same choice as the asker's, in arrays over the games. Hundreds of games a
second for lists of hundreds of keywords.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tesuji.games.asker import ENDGAME, ROUNDS
from tesuji.games.belief import NATURAL_PARTNERS, Belief, Channel, Floats, Partner
from tesuji.games.choice import SHORTLIST, Truths, listed_mass, natural_gains, truths
from tesuji.games.table import CERTAIN, QuestionTable

UNSOLVED = 0


@dataclass(frozen=True, slots=True)
class Flips:
    """How a partner errs: each answer is turned with probability `rate`.

    `fixed`: by keyword and question, so that asking again brings the same answer; else anew each
    time.
    """

    rate: float
    fixed: bool = True


def play(
    table: QuestionTable,
    keywords: NDArray[np.intp],
    flips: Flips,
    seed: int,
    *,
    prior: Floats | None = None,
    partners: Sequence[Partner] = NATURAL_PARTNERS,
    endgame: int = ENDGAME,
    rounds: int = ROUNDS,
    batch: int = 64,
) -> NDArray[np.intp]:
    """The round in which each game was solved, `UNSOLVED` where it wasn't; shape of `keywords`.

    The keyword of game i is `table.keywords[keywords[i]]`. The partner says yes where the table
    has more than ½, before the flips.
    """
    prior = np.ones(len(table.keywords)) if prior is None else prior
    parts = [
        _batch(
            table,
            keywords[i : i + batch],
            flips,
            np.random.default_rng((seed, i)),
            prior,
            partners,
            endgame,
            rounds,
        )
        for i in range(0, len(keywords), batch)
    ]
    return np.concatenate(parts)


def _batch(
    table: QuestionTable,
    keywords: NDArray[np.intp],
    flips: Flips,
    rng: np.random.Generator,
    prior: Floats,
    partners: Sequence[Partner],
    endgame: int,
    rounds: int,
) -> NDArray[np.intp]:
    truth = truths(table, table.keywords, prior)
    belief = Belief(prior, partners, unlisted=1e-6, games=len(keywords))
    turned = rng.random((len(keywords), len(table.questions))) < flips.rate
    asked = np.zeros_like(turned)
    solved = np.full(len(keywords), UNSOLVED, np.intp)
    open_games = np.arange(len(keywords))
    for number in range(1, rounds + 1):
        games = np.arange(len(open_games))
        bits = natural_gains(belief, truth)
        bits[asked] = -1.0
        left = rounds + 1 - number
        questions = bits.argmax(1) if left > endgame else _late(belief, truth, bits, left)
        asked[games, questions] = True
        said = table.cells[questions, keywords] > CERTAIN // 2
        fresh = rng.random(len(keywords)) < flips.rate
        said ^= turned[games, questions] if flips.fixed else fresh
        belief.answered(Channel.NATURAL, np.stack([truth.of(int(q)) for q in questions]), said)
        guesses = belief.keywords[:, :-1].argmax(1)
        belief.ruled_out(guesses)
        on = guesses != keywords
        solved[open_games[~on]] = number
        open_games, keywords, turned, asked = open_games[on], keywords[on], turned[on], asked[on]
        belief.weights = belief.weights[on]
        if not on.any():
            break
    return solved


def _late(belief: Belief, truth: Truths, bits: Floats, left: int) -> NDArray[np.intp]:
    """The questions that make solving likeliest within the rounds left, one a game."""
    chosen = np.empty(len(bits), np.intp)
    for game, row in enumerate(bits):
        best = np.argpartition(-row, min(SHORTLIST, len(row) - 1))[:SHORTLIST]
        true = np.stack([truth.of(int(question)) for question in best])
        mass = listed_mass(belief, Channel.NATURAL, true, left, game)
        chosen[game] = best[int((mass + 1e-6 * row[best]).argmax())]
    return chosen
