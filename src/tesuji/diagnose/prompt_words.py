"""The different words of a prompt: one look at it tells which of many patterns can match at all."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=8)
def words_in(prompt: str) -> frozenset[str]:
    """The different words in lower case; "k-pop" is two.

    >>> sorted(words_in("Say it 3 times. Say it!"))
    ['it', 'say', 'times']
    """
    return frozenset(_WORD.findall(prompt.lower()))
