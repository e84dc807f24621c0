"""What can be measured of a row without knowing its language: lengths, shares, overlaps.

Each column gives a few numbers, each pair of text columns some more. The same numbers serve the
one-number tables of `copy` and the trees of `boosted`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import combinations

from tesuji.baselines.pool import Row

_MOST = 5_000  # characters of a text from each end: a huge field must not hold up the rest
_MOST_PAIRED = 6  # columns, of which every two are compared
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?。！？]+")
_LIST_ITEM = re.compile(r"^\s*(?:[-*•・]|\d{1,3}[.)])\s", re.MULTILINE)
_NUMBER = re.compile(r"[-+]?\d+(?:,\d{3})*(?:\.\d+)?")


def number_in(text: str) -> float | None:
    """The number that a text is and nothing else; None for any other text."""
    match = _NUMBER.fullmatch(text.strip())
    return float(match[0].replace(",", "")) if match and len(match[0]) < 300 else None


def numbers_in(text: str) -> list[str]:
    """The numbers in a text as written, without thousands separators."""
    return [found.replace(",", "") for found in _NUMBER.findall(text)]


def names(columns: Sequence[str]) -> list[str]:
    """What each number of `measure` says, in its order."""
    one = [
        f"{what} `{column}`"
        for column in columns
        for what in (
            "length of", "words in", "lines of", "sentences in", "digits in", "capitals in",
            "marks in", "non-ASCII letters in", "mean word length in", "repetition in",
            "list items in", "number in",
        )
    ]  # fmt: skip
    two = [
        f"{what} `{a}` and `{b}`"
        for a, b in combinations(columns[:_MOST_PAIRED], 2)
        for what in (
            "difference in length of", "ratio of lengths of", "difference in words of",
            "difference in lines of", "words shared by", "words of the second in the first of",
            "words of the first in the second of", "difference of the numbers",
            "which is empty of", "equality of",
        )
    ]  # fmt: skip
    return one + two


def measure(row: Row, columns: Sequence[str]) -> list[float]:
    """The numbers of one row; NaN where there is none to be had."""
    seen = [_seen(row.get(column, "")) for column in columns]
    values: list[float] = []
    for text, words, bag in seen:
        values += _of_one(text, words, bag)
    for one, other in combinations(seen[:_MOST_PAIRED], 2):
        values += _of_two(one, other)
    return values


_Seen = tuple[str, list[str], set[str]]


def clipped(text: str) -> str:
    """A huge text's two ends."""
    return text if len(text) <= 2 * _MOST else text[:_MOST] + text[-_MOST:]


def words_of(text: str) -> list[str]:
    """The words in small letters; where no spaces stand between words, all pairs of letters."""
    words = _WORD.findall(text.lower())
    if len(words) * 12 < len(text):
        words = [text[at : at + 2] for at in range(len(text) - 1)]
    return words


def _seen(text: str) -> _Seen:
    text = clipped(text)
    words = words_of(text)
    return text, words, set(words)


def _of_one(text: str, words: list[str], bag: set[str]) -> list[float]:
    size = max(len(text), 1)
    number = number_in(text)
    return [
        float(len(text)),
        float(len(words)),
        float(text.count("\n") + bool(text)),
        float(len(_SENTENCE_END.findall(text))),
        sum(map(str.isdigit, text)) / size,
        sum(map(str.isupper, text)) / size,
        sum(not c.isalnum() and not c.isspace() for c in text) / size,
        sum(not c.isascii() for c in text) / size,
        sum(map(len, words)) / max(len(words), 1),
        1 - len(bag) / max(len(words), 1),
        float(len(_LIST_ITEM.findall(text))),
        math.nan if number is None else number,
    ]


def _of_two(one: _Seen, other: _Seen) -> list[float]:
    (a, a_words, a_bag), (b, b_words, b_bag) = one, other
    shared = len(a_bag & b_bag)
    x, y = number_in(a), number_in(b)
    return [
        float(len(a) - len(b)),
        math.log((len(a) + 1) / (len(b) + 1)),
        float(len(a_words) - len(b_words)),
        float(a.count("\n") - b.count("\n")),
        shared / max(len(a_bag | b_bag), 1),
        shared / max(len(b_bag), 1),
        shared / max(len(a_bag), 1),
        math.nan if x is None or y is None else x - y,
        float(bool(a.strip())) - float(bool(b.strip())),
        float(a.strip() == b.strip()),
    ]
