"""What a player of twenty questions sees before a move, as the contest's environment says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Observation:
    """The game so far.

    `questions[i]` was answered by `answers[i]` ("yes" or "no") and followed by `guesses[i]`; the
    newest round may lack its answer or guess. `keyword` and `category` are empty for the guesser.
    """

    turn: Literal["ask", "guess", "answer"]
    questions: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    keyword: str = ""
    category: str = ""


Player: TypeAlias = Callable[[Observation], str]
"""A player: what it says at its turn. It may remember, but must be able to start at any round from
the observation alone, as the contest may call it in a fresh process."""
