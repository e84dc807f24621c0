"""The referee of twenty questions for one pair of players: a guesser and an answerer.

The rules are those of the environment `llm_20_questions` (kaggle-environments 1.18.0), which is
the witness in the tests; a game here takes a fraction of a millisecond beside its players. A
player's time is taken after its move, as there: in one process nobody can be stopped. The
contest's own game, two teams on one keyword, is in `match`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tesuji.games.observation import Observation, Player
from tesuji.games.rules import (
    GUESS_CHARACTERS,
    QUESTION_CHARACTERS,
    ROUNDS,
    is_right,
    points,
    read_answer,
)

Role: TypeAlias = Literal["guesser", "answerer"]


class TooSlowError(Exception):
    """A player used up its time."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What is to be guessed; `alts` are right, too."""

    keyword: str
    category: str = "things"
    alts: tuple[str, ...] = ()

    def is_named_by(self, guess: str) -> bool:
        """Whether a guess is right."""
        return is_right(guess, self.keyword, self.alts)


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds a move, and what a player may be over that in all; `now` tells the time."""

    now: Callable[[], float]
    move: float = 60.0
    overage: float = 300.0


@dataclass(frozen=True, slots=True)
class Played:
    """A pair's game. `round` is the one of the right guess, from 1; `why` it was broken off."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]
    guesses: tuple[str, ...]
    round: int | None = None
    blame: Role | None = None
    why: str | None = None

    @property
    def solved(self) -> bool:
        """Whether the keyword was guessed."""
        return self.round is not None

    @property
    def points(self) -> int:
        """20 for a right guess in the first round, down to 1 in the twentieth; else 0."""
        return 0 if self.round is None else points(self.round)


def play(
    secret: Secret, guesser: Player, answerer: Player, *, clock: Clock | None = None,
    rounds: int = ROUNDS,
) -> Played:  # fmt: skip
    """One pair's game to its end. Whatever a player does ends at worst its own game."""
    game = turns(secret, rounds)
    left = {"guesser": clock.overage, "answerer": clock.overage} if clock else {}
    try:
        seen = next(game)
        while True:
            role: Role = "answerer" if seen.turn == "answer" else "guesser"
            player = answerer if role == "answerer" else guesser
            if clock is None:
                said: object = said_by(player, seen)
            else:
                said, left[role] = timed(player, seen, clock, left[role])
            seen = game.send(said)
    except StopIteration as end:
        result: Played = end.value
        return result


def turns(secret: Secret, rounds: int = ROUNDS) -> Generator[Observation, object, Played]:
    """One pair's game as a generator: it yields what the player at turn sees, is sent what that
    player says (or an exception: what befell the player), and returns the game played.
    """
    questions: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    for round in range(1, rounds + 1):
        said = yield Observation("ask", questions, answers, guesses)
        if (why := wrong_with(said)) is not None:
            return Played(questions, answers, guesses, None, "guesser", why)
        question = str(said)
        questions += (question[:QUESTION_CHARACTERS],)
        if secret.is_named_by(question):
            why = "its question is the keyword, over which the contest's environment breaks down"
            return Played(questions, answers, guesses, None, "guesser", why)
        said = yield Observation(
            "answer", questions, answers, guesses, secret.keyword, secret.category
        )
        if (why := wrong_with(said)) is not None:
            return Played(questions, answers, guesses, None, "answerer", why)
        answer = read_answer(str(said))
        if answer is None:
            why = f"it said neither yes nor no: {str(said)[:60]!r}"
            return Played(questions, answers, guesses, None, "answerer", why)
        answers += (answer,)
        said = yield Observation("guess", questions, answers, guesses)
        if (why := wrong_with(said)) is not None:
            return Played(questions, answers, guesses, None, "guesser", why)
        guess = str(said)
        guesses += (guess[:GUESS_CHARACTERS],)
        if secret.is_named_by(guess):
            return Played(questions, answers, guesses, round)
    return Played(questions, answers, guesses)


def wrong_with(said: object) -> str | None:
    """Why what a player said ends its game; None: it is a text."""
    if isinstance(said, TooSlowError):
        return "it took too long"
    if isinstance(said, BaseException):
        return f"it raised {type(said).__name__}: {' '.join(str(said).split())[:200]}".rstrip(": ")
    if said is None or said == "":
        return "it said nothing"
    return None if isinstance(said, str) else f"it said {type(said).__name__}, not text"


def said_by(player: Player, seen: Observation) -> object:
    """What a player says, or the exception that it raised."""
    try:
        return player(seen)
    except Exception as error:
        return error


def timed(player: Player, seen: Observation, clock: Clock, left: float) -> tuple[object, float]:
    """What a player says, or `TooSlowError`, and the overage that it has left after that."""
    start = clock.now()
    said = said_by(player, seen)
    over = clock.now() - start - clock.move
    return (TooSlowError() if over > left else said), left - max(0.0, over)
