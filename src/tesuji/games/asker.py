"""The guesser: asks what tells most, guesses what is likeliest, and learns whom it plays with.

Each round weighs three kinds of question by the bits that their answers tell about the keyword,
given all that was answered: questions of a table, the alphabet protocol and rules of spelling.
The handshake comes first; whether the partner then speaks the protocol, errs, lies or always says
no is part of the belief, so the protocol is dropped when the answers stop making sense. Near the
end what counts is the probability of solving within the rounds left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tesuji.games.belief import FIELD, Belief, Channel, Floats, Partner
from tesuji.games.choice import (
    SHORTLIST,
    cut_gains,
    listed_mass,
    natural_gains,
    rule_gains,
    truths,
)  # fmt: skip
from tesuji.games.keywords import KeywordList, alike, normalise
from tesuji.games.observation import Observation
from tesuji.games.protocol import (
    HANDSHAKE,
    LETTER_QUESTIONS,
    is_handshake,
    pivot,
    precedes,
    rule,
)  # fmt: skip
from tesuji.games.table import QuestionTable

ROUNDS = 20
_AS_LISTED = 0.85
"""How often a keyword is in the number (singular, plural) that the list has."""
ENDGAME = 4
"""With so many rounds left or fewer, questions are chosen by the chance of solving."""
_ASKED_AGAIN = 0.05
"""The share of its bits that a question of the table still tells when asked once more."""


@dataclass
class _Game:
    """A game as far as it was followed."""

    belief: Belief
    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)


class Asker:
    """A guesser over a list of keywords; with no table it knows the alphabet and spelling only.

    It is a `Player`: it can start at any round from the observation alone, and follows a game that
    it has seen the beginning of without going through it again.
    """

    def __init__(
        self,
        keywords: KeywordList,
        table: QuestionTable | None = None,
        *,
        partners: Sequence[Partner] = FIELD,
        protocol: bool = True,
        letters: bool = True,
        unlisted: float = 0.02,
        rounds: int = ROUNDS,
    ) -> None:
        self.keywords, self.partners, self.rounds = keywords, tuple(partners), rounds
        self.protocol, self.letters, self.unlisted = protocol, letters, unlisted
        self.truths = truths(table, keywords.words, keywords.prior) if table is not None else None
        self._questions = (
            {_plain(text): i for i, text in enumerate(table.questions)} if table is not None else {}
        )
        self._lower = np.array([word.lower() for word in keywords.words], dtype=object)
        self._other = np.array([_other_number(word) for word in self._lower], dtype=object)
        self._order = np.argsort(self._lower, kind="stable")
        self._places: dict[str, list[int]] = {}
        for i, word in enumerate(keywords.words):
            self._places.setdefault(normalise(word), []).append(i)
        self._rules = self._spelling()
        self._game: _Game | None = None

    def __call__(self, observation: Observation) -> str:
        """The question or the guess of this turn."""
        game = self._follow(observation)
        if observation.turn == "guess":
            return self.guess(game.belief)
        return self.ask(game)

    def guess(self, belief: Belief) -> str:
        """The likeliest keyword."""
        return self.keywords.words[int(belief.keywords[0, :-1].argmax())]

    def ask(self, game: _Game) -> str:
        """The question that is worth most now."""
        if self.protocol and not game.questions:
            return HANDSHAKE
        left = self.rounds - len(game.questions)
        options = [*self._cuts(game, left), *self._natural(game, left), *self._spelled(game, left)]
        return max(options, default=(0.0, "Is it a thing?"))[1]

    # What can be asked, as (worth, question)

    def _cuts(self, game: _Game, left: int) -> list[tuple[float, str]]:
        if not self.protocol:
            return []
        before = self._before(np.arange(len(self.keywords)))
        worth = cut_gains(game.belief, self._order, before)[0]
        best = np.argsort(-worth)[: SHORTLIST if left <= ENDGAME else 1]
        true = np.zeros((len(best), len(self.keywords) + 1))
        for row, place in enumerate(best):
            true[row, self._order[:place]] = 1.0
            true[row, -1] = before[place]
        chosen = self._best(game, Channel.ALPHABET, worth[best], true, left)
        place = int(best[chosen[1]])
        return [(chosen[0], precedes(self._cut(place)))]

    def _natural(self, game: _Game, left: int) -> list[tuple[float, str]]:
        if self.truths is None:
            return []
        worth = natural_gains(game.belief, self.truths)[0]
        for text in game.questions:
            if _plain(text) in self._questions:
                worth[self._questions[_plain(text)]] *= _ASKED_AGAIN
        best = np.argsort(-worth, kind="stable")[: SHORTLIST if left <= ENDGAME else 1]
        true = np.stack([self.truths.of(int(question)) for question in best])
        chosen = self._best(game, Channel.NATURAL, worth[best], true, left)
        return [(chosen[0], self.truths.table.questions[int(best[chosen[1]])])]

    def _spelled(self, game: _Game, left: int) -> list[tuple[float, str]]:
        if not self.letters:
            return []
        worth = rule_gains(game.belief, self._rules)[0]
        for i, text in enumerate(LETTER_QUESTIONS):
            if text in game.questions:
                worth[i] *= _ASKED_AGAIN
        chosen = self._best(game, Channel.LETTERS, worth, self._rules, left)
        return [(chosen[0], LETTER_QUESTIONS[chosen[1]])]

    def _best(
        self, game: _Game, channel: Channel, bits: Floats, true: NDArray[np.floating], left: int
    ) -> tuple[float, int]:
        """The worth and place of the best of some questions."""
        if left > ENDGAME:
            place = int(bits.argmax())
            return float(bits[place]), place
        mass = listed_mass(game.belief, channel, np.asarray(true, float), left)
        place = int((mass + 1e-6 * bits).argmax())
        return float(mass[place] + 1e-6 * bits[place]), place

    # The alphabet

    def _before(self, places: NDArray[np.intp]) -> Floats:
        """The prior mass before places in the alphabet."""
        sums = np.concatenate([[0.0], np.cumsum(self.keywords.prior[self._order])])
        out: Floats = sums[places]
        return out

    def _precede(self, word: str) -> Floats:
        """p(yes) to the protocol's question, by keyword, which may be meant in the other number."""
        listed = (self._lower < word).astype(float)
        other = (self._other < word).astype(float)
        out: Floats = _AS_LISTED * listed + (1 - _AS_LISTED) * other
        return out

    def _cut(self, place: int) -> str:
        """What to ask so that exactly the words before a place come before it."""
        return str(self._lower[self._order[place]]).replace('"', "")

    def _spelling(self) -> NDArray[np.float32]:
        """What the rules of spelling say of every keyword; even odds for one not in the list."""
        rules = [rule(text) for text in LETTER_QUESTIONS]
        true = np.array(
            [[judge(word) if judge else False for word in self.keywords.words] for judge in rules],
            np.float32,
        )
        return np.append(true, (true @ self.keywords.prior)[:, None], 1).astype(np.float32)

    # Following a game

    def _follow(self, seen: Observation) -> _Game:
        game = self._game
        if game is None or not _begins(game, seen):
            game = _Game(Belief(self.keywords.prior, self.partners, unlisted=self.unlisted))
        for i in range(len(game.answers), len(seen.answers)):
            self._learn(game.belief, seen.questions[i], "yes" in seen.answers[i].lower())
        for guess in seen.guesses[len(game.guesses) :]:
            self._rule_out(game.belief, guess)
        game.questions, game.answers = list(seen.questions), list(seen.answers)
        game.guesses = list(seen.guesses)
        self._game = game
        return game

    def _learn(self, belief: Belief, question: str, yes: bool) -> None:
        word = pivot(question)
        if is_handshake(question):
            belief.answered(Channel.HANDSHAKE, np.zeros(len(self.keywords) + 1), yes)
        elif word is not None:
            true = self._precede(word)
            share = float(true @ self.keywords.prior)
            belief.answered(Channel.ALPHABET, np.append(true, share), yes)
        elif _plain(question) in self._questions and self.truths is not None:
            true = self.truths.of(self._questions[_plain(question)])
            belief.answered(Channel.NATURAL, true, yes)
        elif (judge := rule(question)) is not None:
            true = np.array([judge(other) for other in self.keywords.words], float)
            share = float(true @ self.keywords.prior)
            belief.answered(Channel.LETTERS, np.append(true, share), yes)

    def _rule_out(self, belief: Belief, guess: str) -> None:
        for form in alike(normalise(guess)):
            for place in self._places.get(form, ()):
                belief.ruled_out(place)


def _begins(game: _Game, seen: Observation) -> bool:
    """Whether what was followed is the beginning of what is seen."""
    return (
        tuple(game.answers) == seen.answers[: len(game.answers)]
        and tuple(game.guesses) == seen.guesses[: len(game.guesses)]
        and tuple(game.questions[: len(game.answers)]) == seen.questions[: len(game.answers)]
    )


def _other_number(word: str) -> str:
    """The plural of a singular and the other way round, as the contest takes one for the other."""
    if word.endswith("s"):
        return word[:-1]
    return word + ("es" if word.endswith(("x", "ch", "sh")) else "s")


def _plain(question: str) -> str:
    return " ".join(question.lower().split())
