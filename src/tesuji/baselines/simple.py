"""Simple functions of a row: a column as it is, its first word, its last number, its length …

Each is a name in words and a function from a row to a text, or None where it says nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import TypeAlias

from tesuji.baselines.measures import number_in, numbers_in
from tesuji.baselines.pool import Row

Text: TypeAlias = Callable[[str], str | None]

_MOST_COLUMNS = 12
_MOST_PAIRED = 5
_QUOTED = re.compile(r"[\"“「『]([^\"”」』]+)[\"”」』]")
_BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]")
_VOWELS = frozenset("aeiouAEIOU")


@dataclass(frozen=True, slots=True)
class Simple:
    """A function of a row, and what it gives, in words."""

    words: str
    of: Callable[[Row], str | None]


def _nth(parts: Sequence[str], at: int) -> str | None:
    return parts[at] if parts else None


def _sum(text: str) -> str | None:
    found = [float(number) for number in numbers_in(text) if len(number) < 16]
    return f"{sum(found):.10g}" if found else None


def _extreme(text: str, pick: Callable[..., str]) -> str | None:
    found = [number for number in numbers_in(text) if len(number) < 300]
    return pick(found, key=float) if found else None


def _letters(text: str) -> list[str]:
    return [c.lower() for c in text if c.isalpha()]


def _commonest(text: str) -> str | None:
    counts = Counter(_letters(text))
    return min(counts, key=lambda c: (-counts[c], c)) if counts else None


def _inside(pattern: re.Pattern[str]) -> Text:
    return lambda text: match[1] if (match := pattern.search(text)) else None


_OF_ONE: tuple[tuple[str, Text], ...] = (
    ("copies {}", lambda t: t),
    ("{} without white space around it", str.strip),
    ("{} in small letters", lambda t: t.strip().lower()),
    ("{} in capitals", lambda t: t.strip().upper()),
    ("{} in title case", lambda t: t.strip().title()),
    ("the first word of {}", lambda t: _nth(t.split(), 0)),
    ("the last word of {}", lambda t: _nth(t.split(), -1)),
    ("the longest word of {}", lambda t: max(t.split(), key=len, default=None)),
    ("the first line of {}", lambda t: _nth(t.strip().splitlines(), 0)),
    ("the last line of {}", lambda t: _nth(t.strip().splitlines(), -1)),
    ("the first letter of {}", lambda t: _nth(t.strip(), 0)),
    ("the last letter of {}", lambda t: _nth(t.strip(), -1)),
    ("the first number in {}", lambda t: _nth(numbers_in(t), 0)),
    ("the last number in {}", lambda t: _nth(numbers_in(t), -1)),
    ("the largest number in {}", lambda t: _extreme(t, max)),
    ("the smallest number in {}", lambda t: _extreme(t, min)),
    ("the sum of the numbers in {}", _sum),
    ("how many numbers are in {}", lambda t: str(len(numbers_in(t)))),
    ("the length of {}", lambda t: str(len(t))),
    ("the length of {} without white space", lambda t: str(sum(not c.isspace() for c in t))),
    ("how many words are in {}", lambda t: str(len(t.split()))),
    ("how many lines are in {}", lambda t: str(len(t.splitlines()))),
    ("how many letters are in {}", lambda t: str(len(_letters(t)))),
    ("how many vowels are in {}", lambda t: str(sum(c in _VOWELS for c in t))),
    ("how many different letters are in {}", lambda t: str(len(set(_letters(t))))),
    ("the commonest letter of {}", _commonest),
    ("the first letters of the words of {}", lambda t: "".join(w[0] for w in t.split())),
    ("what is quoted in {}", _inside(_QUOTED)),
    ("what is in brackets in {}", _inside(_BRACKETED)),
    ("what follows the last colon of {}", lambda t: t.rpartition(":")[2].strip() or None),
)


def _calculated(a: str, b: str, sign: str) -> str | None:
    x, y = number_in(a), number_in(b)
    if x is None or y is None or (sign == "/" and not y):
        return None
    value = {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else 0.0}[sign]
    return f"{value:.10g}"


def _of_pair(row: Row, a: str, b: str, sign: str) -> str | None:
    return _calculated(row[a], row[b], sign)


def _pairs(a: str, b: str) -> Iterator[Simple]:
    yield Simple(f"`{a}` and `{b}` joined", lambda row: row[a] + row[b])
    yield Simple(f"`{a}` and `{b}` with a space between", lambda row: f"{row[a]} {row[b]}")
    yield Simple(
        f"how often `{b}` is in `{a}`", lambda row: str(row[a].count(row[b])) if row[b] else None
    )
    for sign in "+-*/":
        yield Simple(
            f"`{a}` {sign} `{b}`", partial(_of_pair, a=a, b=b, sign=sign)
        )  # fmt: skip
    yield Simple(f"the longer of `{a}` and `{b}`", lambda row: max(row[a], row[b], key=len))
    yield Simple(f"the shorter of `{a}` and `{b}`", lambda row: min(row[a], row[b], key=len))


def _of_column(column: str, words: str, function: Text) -> Simple:
    return Simple(words.format(f"`{column}`"), lambda row: function(row.get(column, "")))


def simple_functions(columns: Sequence[str]) -> list[Simple]:
    """All of them for these columns (the first dozen of them; pairs of the first five)."""
    found = [
        _of_column(column, words, function)
        for column in columns[:_MOST_COLUMNS]
        for words, function in _OF_ONE
    ]
    for a, b in permutations(columns[:_MOST_PAIRED], 2):
        found += _pairs(a, b)
    return found
