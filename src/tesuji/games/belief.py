"""What is believed of the keyword and of the partner, together.

A belief is a weight for every pair of a sort of partner and a keyword, for one game or for many at
once: shape (games, partners, keywords + 1); the last keyword is "none of the list". A sort of
partner answers yes with probability `base + slope · p` to a question that is true of a keyword with
probability p: an error rate e gives base e and slope 1 - 2e, an error rate above one half is a
liar's, and a partner who doesn't listen has slope 0. How often this partner errs is thus learnt
from its answers, and no answer ever rules a keyword out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Channel(IntEnum):
    """What a question is about: partners err in one and not in another."""

    NATURAL = 0  # the world
    ALPHABET = 1  # the alphabet protocol
    LETTERS = 2  # the keyword's spelling
    HANDSHAKE = 3  # whether the partner speaks the protocol


@dataclass(frozen=True, slots=True)
class Partner:
    """A sort of partner: how likely it is, and p(yes) as (base, slope) by channel."""

    name: str
    prior: float
    answers: tuple[tuple[float, float], ...]


def erring(rate: float) -> tuple[float, float]:
    """p(yes) of one who errs at a rate."""
    return rate, 1 - 2 * rate


ERRORS = (0.005, 0.03, 0.07, 0.12, 0.18, 0.26, 0.36, 0.5)
"""The error rates considered, from never wrong to no use."""
# Models that answer err in a tenth or a fifth more often than in nothing. Even more weight on few
# errors solved 5 points less at 20 % on a list drawn from the lexicon (docs/experiments.md).
_SHARES = (0.06, 0.1, 0.16, 0.24, 0.22, 0.14, 0.05, 0.03)
_TRUE = 0.002
_DEAF = (0.5, 0.0)


def _grid(name: str, prior: float, alphabet: float, letters: float, yes: float) -> list[Partner]:
    """A sort of partner with each error rate about the world."""
    return [
        Partner(
            f"{name}, errs {error:g}",
            prior * share,
            (erring(error), erring(alphabet), erring(letters), (yes, 0.0)),
        )
        for error, share in zip(ERRORS, _SHARES, strict=True)
    ]


NATURAL_PARTNERS: tuple[Partner, ...] = tuple(_grid("plain", 1.0, 0.45, 0.45, 0.5))
"""Partners of whom only the error rate about the world is open: for games without protocols."""

FIELD: tuple[Partner, ...] = (
    *_grid("speaks the protocol", 0.4, _TRUE, 0.02, 0.99),
    *_grid("follows rules, no handshake", 0.07, _TRUE, 0.02, 0.03),
    *_grid("spells roughly", 0.1, 0.25, 0.2, 0.15),
    *_grid("can't spell", 0.28, 0.45, 0.4, 0.15),
    Partner("says yes", 0.04, ((0.98, 0.0),) * 4),
    Partner("says no", 0.06, ((0.02, 0.0),) * 4),
    Partner("says anything", 0.02, (_DEAF,) * 4),
    Partner("lies", 0.02, (erring(0.97), erring(0.995), erring(0.97), (0.5, 0.0))),
    Partner("speaks, but the other way round", 0.01,
            (erring(0.1), erring(0.995), erring(0.1), (0.97, 0.0))),
)  # fmt: skip
"""The partners that one meets in the field, with rough shares."""


class Belief:
    """The joint belief of `games` games, normalised after each step."""

    def __init__(
        self,
        prior: Floats,
        partners: Sequence[Partner] = FIELD,
        *,
        unlisted: float = 0.02,
        games: int = 1,
    ) -> None:
        self.partners = tuple(partners)
        shares = np.array([p.prior for p in partners], float)
        shares /= shares.sum()
        keywords = np.append(prior / prior.sum() * (1 - unlisted), unlisted)
        self.prior = keywords
        start = shares[:, None] * keywords
        self.weights: Floats = np.repeat(start[None], games, 0)
        rates = np.array([p.answers for p in partners], float)
        self.base, self.slope = rates[:, :, 0], rates[:, :, 1]  # (partners, channels)

    @property
    def keywords(self) -> Floats:
        """The probability of every keyword and of none, shape (games, keywords + 1)."""
        out: Floats = self.weights.sum(1)
        return out

    @property
    def of_partners(self) -> Floats:
        """The probability of every sort of partner, shape (games, partners)."""
        out: Floats = self.weights.sum(2)
        return out

    def answered(self, channel: Channel, true: Floats, yes: NDArray[np.bool_] | bool) -> None:
        """Learn from answers; `true` is p(yes) by keyword, (keywords + 1) or (games, ·)."""
        base, slope = self.base[:, channel, None], self.slope[:, channel, None]
        true = np.atleast_2d(true)[:, None, :]
        said = np.broadcast_to(np.asarray(yes), (len(self.weights),))[:, None, None]
        likely = base + slope * true
        self.weights *= np.where(said, likely, 1 - likely)
        self._normalise()

    def ruled_out(
        self, keywords: NDArray[np.intp] | int, games: NDArray[np.intp] | None = None
    ) -> None:
        """Learn that these are not the keyword, one a game: they were guessed."""
        games = np.arange(len(self.weights)) if games is None else games
        self.weights[games, :, keywords] = 0.0
        self._normalise()

    def _normalise(self) -> None:
        total = self.weights.sum((1, 2), keepdims=True)
        lost = total[:, 0, 0] <= 0  # every keyword was guessed: nothing is known any more
        self.weights[lost, :, -1] = 1.0 / len(self.partners)
        total[lost] = 1.0
        self.weights /= total

    def mixture(self, channel: Channel) -> tuple[Floats, Floats, Floats]:
        """(w, w·base, w·slope) by keyword, the partner averaged out, each (games, keywords + 1).

        P(keyword, yes) is then the second plus p times the third.
        """
        base, slope = self.base[:, channel], self.slope[:, channel]
        by_game = self.weights.transpose(0, 2, 1)
        return self.keywords, by_game @ base, by_game @ slope


def entropy(p: Floats) -> Floats:
    """The entropy of a yes or no in bits."""
    p = np.clip(p, 1e-12, 1 - 1e-12)
    out: Floats = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return out


@dataclass(frozen=True, slots=True)
class Gains:
    """What a question's answer tells: linear in three sums over keywords, by (games, keywords + 1).

    P(yes) = Σ (sure + p·tilt) and the entropy left Σ (flat + p·rise + p²·bend): the entropy of
    base + slope·p as a parabola through p = 0, ½ and 1, exact where a table is sure.
    """

    sure: Floats
    tilt: Floats
    flat: Floats
    rise: Floats
    bend: Floats


def gains(belief: Belief, channel: Channel) -> Gains:
    """The sums' weights for a channel as things stand."""
    weight, base, slope = belief.mixture(channel)
    safe = np.maximum(weight, 1e-300)
    low, high = base / safe, (base + slope) / safe
    zero, half, one = entropy(low), entropy((low + high) / 2), entropy(high)
    return Gains(
        base,
        slope,
        weight * zero,
        weight * (4 * half - 3 * zero - one),
        weight * (2 * zero + 2 * one - 4 * half),
    )
