"""What two texts have in common, in order: letter by letter, or word by word in about linear time.

Short texts are aligned by dynamic programming (rapidfuzz, 64 cells at a time). That is quadratic,
so longer ones are first cut where both have the same few words in a row which each has only once,
in an order that both keep (Bram Cohen's patience difference, with short rows of words instead of
lines). A stretch that is too long even so, and has no such row, is taken to differ as a whole.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeAlias

Block: TypeAlias = tuple[str, str]
"""Two parts that are equal, or take each other's place."""

_LONGEST = 5_000  # letters compared one by one: 5,000 by 5,000 take some 10 ms
_AREA = 25_000_000  # words by words: 5,000 by 5,000 take some 5 ms
_DEPTH = 6  # cuts within cuts
_ROWS = (3, 12, 36)  # words in a row: the more alike a text is to itself, the longer
_ENOUGH = 1000  # words that there is a row in
# Scripts that write without spaces between words: each letter is a word of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\n|[^\S\n]+|.", re.DOTALL)


def letter_blocks(a: str, b: str) -> list[Block]:
    """By letters, by Levenshtein's edits. Past 5,000 of them only what both begin and end with is
    equal."""
    if max(len(a), len(b)) > _LONGEST:
        return _ends(a, b)
    from rapidfuzz.distance import Levenshtein

    codes = Levenshtein.opcodes(a, b)
    return [(a[c.src_start : c.src_end], b[c.dest_start : c.dest_end]) for c in codes]


def word_blocks(a: str, b: str) -> list[Block]:
    """By words, spaces and marks; a letter of Japanese is a word. What is equal and what differs
    take turns, and a space alone between two differences belongs to them.

    >>> word_blocks("Reverse the string", "Reverse this string")
    [('Reverse ', 'Reverse '), ('the', 'this'), (' string', ' string')]
    """
    words = _WORD.findall(a), _WORD.findall(b)
    cuts = _Aligner(*words).cuts()
    blocks = [("".join(words[0][i:j]), "".join(words[1][k:n])) for i, j, k, n in cuts]
    return _joined(blocks)


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of one kind in a row are one, and spaces between two differences a part of them."""
    rows = _merged([(left, right, left == right) for left, right in blocks if left or right])
    last = len(rows) - 1
    glued = [
        (left, right, same and not (0 < at < last and left.isspace() and "\n" not in left))
        for at, (left, right, same) in enumerate(rows)
    ]
    return [(left, right) for left, right, _ in _merged(glued)]


def _merged(rows: Sequence[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    found = []
    for same, group in groupby(rows, key=lambda row: row[2]):
        lefts, rights, _ = zip(*group, strict=True)
        found.append(("".join(lefts), "".join(rights), same))
    return found


class _Aligner:
    """Two lists of words, and the cuts (begin and end in a, in b) into equal and other parts."""

    def __init__(self, a: Sequence[str], b: Sequence[str]) -> None:
        numbers: dict[str, int] = {}
        self.a, self.b = ([numbers.setdefault(w, len(numbers)) for w in words] for words in (a, b))
        self._cuts: list[tuple[int, int, int, int]] = []

    def cuts(self) -> list[tuple[int, int, int, int]]:
        """All of both, in order."""
        self._align(0, len(self.a), 0, len(self.b), _DEPTH)
        return self._cuts

    def _align(self, i: int, j: int, k: int, n: int, depth: int) -> None:
        head = _common(j - i, n - k, lambda size: self.a[i : i + size] == self.b[k : k + size])
        self._cuts.append((i, i + head, k, k + head))
        i, k = i + head, k + head
        tail = _common(j - i, n - k, lambda size: self.a[j - size : j] == self.b[n - size : n])
        self._between(i, j - tail, k, n - tail, depth)
        self._cuts.append((j - tail, j, n - tail, n))

    def _between(self, i: int, j: int, k: int, n: int, depth: int) -> None:
        if i == j or k == n:
            self._cuts.append((i, j, k, n))
        elif (j - i) * (n - k) <= _AREA:
            from rapidfuzz.distance import LCSseq

            self._cuts += [
                (i + c.src_start, i + c.src_end, k + c.dest_start, k + c.dest_end)
                for c in LCSseq.opcodes(self.a[i:j], self.b[k:n])
            ]
        elif depth and (anchors := _anchors(self.a[i:j], self.b[k:n])):
            for x, y, size in anchors:
                if i + x < self._cuts[-1][1] or k + y < self._cuts[-1][3]:
                    continue  # the row before has run into this one
                self._align(self._cuts[-1][1], i + x, self._cuts[-1][3], k + y, depth - 1)
                self._cuts.append((i + x, i + x + size, k + y, k + y + size))
            self._align(self._cuts[-1][1], j, self._cuts[-1][3], n, depth - 1)
        else:
            self._cuts.append((i, j, k, n))


def _anchors(a: Sequence[int], b: Sequence[int]) -> list[tuple[int, int, int]]:
    """(place in a, in b, size) of rows that both have once: the shortest that are many."""
    best: list[tuple[int, int, int]] = []
    for size in _ROWS:
        found = _in_order(a, b, size)
        if len(found) > len(best):
            best = [(x, y, size) for x, y in found]
        if len(best) * _ENOUGH >= min(len(a), len(b)):
            break
    return best


def _in_order(a: Sequence[int], b: Sequence[int], size: int) -> list[tuple[int, int]]:
    """The most places (in a, in b) of rows that both have once that are in one order."""
    mine, theirs = _once(a, size), _once(b, size)
    pairs = [(at, theirs[key]) for key, at in mine.items() if key in theirs]
    ends: list[int] = []  # the least end in b of an increasing row of each length
    rows: list[int] = []  # which pair that is
    before: list[int] = []
    for at, (_, y) in enumerate(pairs):
        length = bisect_left(ends, y)
        before.append(rows[length - 1] if length else -1)
        ends[length : length + 1], rows[length : length + 1] = [y], [at]
    found = []
    at = rows[-1] if rows else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _once(words: Sequence[int], size: int) -> dict[bytes, int]:
    """The rows of so many words that come once, and where, in order."""
    numbers = array("i", words)
    raw, width = numbers.tobytes(), numbers.itemsize
    places: dict[bytes, int] = {}
    for at in range(len(words) - size + 1):
        row = raw[at * width : (at + size) * width]
        places[row] = -1 if row in places else at
    return {row: at for row, at in places.items() if at >= 0}


def _ends(a: str, b: str) -> list[Block]:
    """Only what both begin and end with is alike; what is between takes each other's place."""
    start = _common(len(a), len(b), lambda size: a[:size] == b[:size])
    rest_a, rest_b = a[start:], b[start:]
    end = _common(len(rest_a), len(rest_b), lambda size: rest_a[-size:] == rest_b[-size:])
    stop_a, stop_b = len(a) - end, len(b) - end
    return [(a[:start], b[:start]), (a[start:stop_a], b[start:stop_b]), (a[stop_a:], b[stop_b:])]


def _common(n: int, m: int, alike: Callable[[int], bool]) -> int:
    """The greatest size, up to both, that is alike: found by halves, each compared in C."""
    low, high = 0, min(n, m)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if alike(middle) else (low, middle - 1)
    return low
