"""The contest's rules that judge a text: which guess is right, what an answer says.

They are those of the environment `llm_20_questions` (kaggle-environments 1.18.0, Apache-2.0), to
the letter: that "no" is found in "not sure", and that "the" is dropped inside of words, too.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Literal

ROUNDS = 20
QUESTION_CHARACTERS = 750
GUESS_CHARACTERS = 100

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def read_answer(text: str) -> Literal["yes", "no"] | None:
    """What an answer is taken for; None: it says neither, and the team has lost.

    >>> read_answer("YES, no doubt"), read_answer("not sure"), read_answer("maybe")
    ('yes', 'no', None)
    """
    lower = text.lower()
    if "yes" in lower:
        return "yes"
    return "no" if "no" in lower else None


def same_word(a: str, b: str) -> bool:
    """Whether two words are one: case, spaces, punctuation, "the" and a plural's end aside.

    >>> same_word("The air-conditioners", "Air Conditioner"), same_word("as", "a")
    (True, False)
    """
    a, b = _plain(a), _plain(b)
    if a == b:
        return True
    if len(a) < 3 or len(b) < 3:
        return False
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer in (shorter + "s", shorter + "es")


def is_right(guess: str, keyword: str, alts: Iterable[str] = ()) -> bool:
    """Whether a guess names the keyword or one of its alternatives."""
    return same_word(guess, keyword) or any(same_word(guess, other) for other in alts)


def points(round: int) -> int:
    """What a right guess in a round (from 1 to 20) brings."""
    return ROUNDS + 1 - round


def _plain(text: str) -> str:
    return text.lower().replace("the", "").replace(" ", "").translate(_NO_PUNCTUATION)
