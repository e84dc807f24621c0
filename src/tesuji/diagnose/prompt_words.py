"""The different words of a prompt: one look at it tells which of many patterns can match at all."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = {code: chr(code).lower() if chr(code).isalpha() else " " for code in range(128)}


def ascii_words(text: str) -> list[str]:
    """The words of a text in ASCII, in lower case: three times as fast as a regular expression.

    >>> ascii_words("Say it 3 times. Say it!")
    ['say', 'it', 'times', 'say', 'it']
    """
    return text.translate(_LETTERS).split()


@lru_cache(maxsize=8)
def words_in(prompt: str) -> frozenset[str]:
    """The different words in lower case; "k-pop" is two.

    >>> sorted(words_in("Say it 3 times. Say it!"))
    ['it', 'say', 'times']
    """
    if prompt.isascii():
        return frozenset(ascii_words(prompt))
    return frozenset(_WORD.findall(prompt.lower()))
