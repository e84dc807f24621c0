"""Players of twenty questions for tests: good ones, odd ones, and such as fail.

Each depends on nothing but what it sees, so that it plays alike wherever it is called; the time
that it takes passes on a clock of the tests' own. Only the standard library and the observation
are imported: the witness imports this file, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from tesuji.games.observation import Observation, Player

WORDS = (
    "aquarium", "Air Conditioner", "the beach ball", "cactus", "dishes", "Eiffel Tower", "fox",
    "glasses", "hammer", "ice cream", "jacket", "kite", "lamp", "mask", "nest", "otter", "piano",
    "quilt", "rope", "Sandbox", "tape measure", "umbrella", "vase", "wallet", "yo-yo", "寿司",
)  # fmt: skip


class Time:
    """A clock that stands still until somebody says how long something took."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds


TIME = Time()


def observation(seen: Any) -> Observation:
    """What the contest's environment shows, as the players of this project see it."""
    return Observation(
        seen["turnType"], tuple(seen["questions"]), tuple(seen["answers"]),
        tuple(seen["guesses"]), seen["keyword"], seen["category"],
    )  # fmt: skip


def number(seen: Observation, *salt: object) -> int:
    """A number that looks random and depends on what is seen alone."""
    said = repr((seen.questions, seen.answers, seen.guesses, seen.turn, salt))
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:6], "big")


def drawing(salt: str) -> Player:
    """Asks, answers and guesses at random."""

    def player(seen: Observation) -> str:
        draw = number(seen, salt)
        word = WORDS[draw % len(WORDS)]
        if seen.turn == "ask":
            return f'Does it come before "{word}"?'
        if seen.turn == "guess":
            return word if draw % 3 else word.upper() + "S"
        return ("yes", "no", "Yes.", "NO!", "I am not sure", "yes and no", "know")[draw % 7]

    return player


def never(seen: Observation) -> str:
    """Never guesses right."""
    return {"ask": "Is it?", "guess": "-", "answer": "no"}[seen.turn]


def after(rounds: int, then: object, seconds: float = 0.0) -> Player:
    """`never` for so many rounds; then it says `then`, or raises it, or takes its time."""

    def player(seen: Observation) -> str:
        if len(seen.guesses) < rounds:
            return never(seen)
        TIME.seconds += seconds
        if isinstance(then, Exception):
            raise then
        return then if not callable(then) else then(seen)  # type: ignore[return-value]

    return player


def asks_itself(seen: Observation) -> str:
    """Asks for a word itself in the third round."""
    return "The fox" if seen.turn == "ask" and len(seen.guesses) == 2 else never(seen)


def only(turn: str, player: Player) -> Player:
    """`player` at one kind of turn, `never` at the others."""
    return lambda seen: player(seen) if seen.turn == turn else never(seen)


_NAMED: dict[str, Callable[[], Player]] = {
    "never": lambda: never,
    "early": lambda: after(2, lambda seen: "foxes" if seen.turn == "guess" else never(seen)),
    "late": lambda: after(19, lambda seen: "The FOX" if seen.turn == "guess" else never(seen)),
    "other name": lambda: after(4, lambda seen: "Vixen!" if seen.turn == "guess" else "Is it?"),
    "long": lambda: after(1, lambda seen: "yes" * 400 if seen.turn == "answer" else "ab " * 400),
    "asks it": lambda: asks_itself,
    "silent": lambda: after(3, ""),
    "none": lambda: after(3, None),
    "number": lambda: after(3, 7),
    "list": lambda: after(3, ["yes"]),
    "maybe": lambda: after(3, "maybe"),
    "raises": lambda: after(3, ValueError("not today")),
    "guesses nothing": lambda: only("guess", after(2, None)),
    "guesses badly": lambda: only("guess", after(2, RuntimeError())),
    "slow": lambda: after(15, never, seconds=110.0),
    "too slow": lambda: after(3, never, seconds=130.0),
    "far too slow": lambda: after(3, never, seconds=361.0),
}


def named(name: str) -> Player:
    """The player called so; any unknown name is one that draws."""
    return _NAMED[name]() if name in _NAMED else drawing(name)
