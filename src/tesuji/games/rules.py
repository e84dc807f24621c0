"""The contest's rules that judge a text: which guess is right, what an answer says.

They are those of the environment `llm_20_questions` (kaggle-environments 1.18.0, Apache-2.0), to
the letter: "no" is found in "not sure". How words are compared is in `keywords`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tesuji.games.keywords import matches

ROUNDS = 20
QUESTION_CHARACTERS = 750
GUESS_CHARACTERS = 100


def read_answer(text: str) -> Literal["yes", "no"] | None:
    """What an answer is taken for; None: it says neither, and the team has lost.

    >>> read_answer("YES, no doubt"), read_answer("not sure"), read_answer("maybe")
    ('yes', 'no', None)
    """
    lower = text.lower()
    if "yes" in lower:
        return "yes"
    return "no" if "no" in lower else None


def is_right(guess: str, keyword: str, alts: Iterable[str] = ()) -> bool:
    """Whether a guess names the keyword or one of its alternatives."""
    return matches(guess, keyword) or any(matches(guess, other) for other in alts)


def points(round: int) -> int:
    """What a right guess in a round (from 1 to 20) brings."""
    return ROUNDS + 1 - round
