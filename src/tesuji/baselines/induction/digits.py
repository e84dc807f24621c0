"""Tables of the digits that characters may stand for, and their joins.

An equation under an operation is a table: one column a character, one row an assignment of digits
under which it holds. Tables are joined on the characters they share, as a database joins them; a
digit stands for one character, which the rows' bit sets of used digits decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tesuji.baselines.induction.equations import Equation, grids

_ROWS = 60_000  # a longer table is thinned to this


@dataclass(frozen=True, slots=True)
class Table:
    """Digits that characters may stand for: `rows` [n, k] uint8, one column a character.

    `used`: the digits of each row as a bit set; `weight`: what each row counts (above 1 where
    the table was thinned).
    """

    characters: str
    rows: Any
    used: Any
    weight: float = 1.0

    def where(self, keep: Any) -> Table:
        """The rows that `keep` (booleans or places) names."""
        return Table(self.characters, self.rows[keep], self.used[keep], self.weight)

    def thinned(self, most: int) -> Table:
        """At most `most` rows, evenly taken, that weigh the more."""
        step = (len(self.rows) - 1) // most + 1
        if step == 1:
            return self
        rows, used = self.rows[::step], self.used[::step]
        return Table(self.characters, rows, used, self.weight * step)

    def without_zero(self, leading: frozenset[str]) -> Table:
        """The rows in which no character of `leading` is 0."""
        columns = [at for at, c in enumerate(self.characters) if c in leading]
        return self.where((self.rows[:, columns] != 0).all(axis=1)) if columns else self


@dataclass(slots=True)
class Work:
    """Rows left to handle; a search that runs out says so (`whole`) instead of going on."""

    left: int
    whole: bool = True

    def take(self, rows: int) -> bool:
        """Spend rows; False: none left."""
        self.left -= rows + 200
        self.whole = self.whole and self.left > 0
        return self.left > 0


def nothing() -> Table:
    """The table that says nothing: one row, no characters."""
    import numpy as np

    return Table("", np.zeros((1, 0), dtype=np.uint8), np.zeros(1, dtype=np.uint16))


def anything(character: str) -> Table:
    """A character of which nothing is known: ten rows."""
    import numpy as np

    digits = np.arange(10, dtype=np.uint8)
    return Table(character, digits[:, None], np.left_shift(1, digits.astype(np.uint16)))


@lru_cache(maxsize=256)
def _cells(name: str, reverse: bool, length: int, negative: bool) -> Any:
    """All digits (two of a, two of b, `length` of the result, as written) of an operation."""
    import numpy as np

    values = grids()[name].ravel()
    size = -values if negative else values
    low = 10 ** (length - 1) if length > 1 else int(negative)
    at = np.flatnonzero((size >= low) & (size < 10**length))
    size, a, b = size[at], at // 100, at % 100
    result = [size // 10**power % 10 for power in range(length)]
    columns = (
        [a % 10, a // 10, b % 10, b // 10, *result]
        if reverse
        else [a // 10, a % 10, b // 10, b % 10, *result[::-1]]
    )
    return np.stack(columns, axis=1).astype(np.uint8)


@lru_cache(maxsize=1)
def _ones() -> Any:
    import numpy as np

    return np.array([number.bit_count() for number in range(1024)], dtype=np.uint8)


@lru_cache(maxsize=4096)
def _fitting(name: str, reverse: bool, negative: bool, pattern: tuple[int, ...]) -> tuple[Any, Any]:
    """Rows of an operation whose digits are equal where the pattern's numbers are, and only there.

    One column for each number of the pattern, in the order of their first places.
    """
    import numpy as np

    cells = _cells(name, reverse, len(pattern) - 4, negative)
    first = [pattern.index(number) for number in range(max(pattern) + 1)]
    keep = np.ones(len(cells), dtype=bool)
    for place, number in enumerate(pattern):
        if first[number] != place:
            keep &= cells[:, place] == cells[:, first[number]]
    rows = cells[keep][:, first]
    used = np.bitwise_or.reduce(np.left_shift(1, rows.astype(np.uint16)), axis=1)
    distinct = _ones()[used] == len(first)
    return rows[distinct], used[distinct].astype(np.uint16)


def relation(equation: Equation, style: str, name: str, leading: frozenset[str]) -> Table | None:
    """What an equation's characters may stand for under an operation; None: nothing.

    `leading`: characters that begin a number of the puzzle, and so are no 0.
    """
    left, right, result, sign = equation.left, equation.right, equation.result, equation.sign
    last = style == "line reversed"
    negative = len(result) > 1 and (result.endswith(sign) if last else result.startswith(sign))
    if negative:
        result = result[:-1] if last else result[1:]
    text = right + left + result if last else left + right + result
    characters = "".join(dict.fromkeys(text))
    if sign in text or not 5 <= len(text) <= 8 or len(characters) > 10:
        return None
    pattern = tuple(characters.index(c) for c in text)
    rows, used = _fitting(name, style != "as written", negative, pattern)
    table = Table(characters, rows, used).without_zero(leading)
    return table if len(table.rows) else None


def join(one: Table, other: Table, work: Work) -> Table | None:
    """The rows that agree on the shared characters and use no digit twice; None: none.

    What is longer than `_ROWS` is thinned evenly, and its rows weigh the more.
    """
    import numpy as np

    if len(one.rows) < len(other.rows):
        one, other = other, one
    fresh = [at for at, c in enumerate(other.characters) if c not in one.characters]
    at, to, step = _agreeing(one, other)
    if not work.take(len(at) // 2 + len(other.rows)) or not len(at):
        return None
    used = one.used[at] | other.used[to]
    keep = np.flatnonzero(_ones()[used] == len(one.characters) + len(fresh))
    if not len(keep):
        return None
    rows = np.concatenate([one.rows[at[keep]], other.rows[to[keep]][:, fresh]], axis=1)
    characters = one.characters + "".join(other.characters[column] for column in fresh)
    weight = one.weight * other.weight * step
    return Table(characters, rows, used[keep], weight).thinned(_ROWS)


def _agreeing(one: Table, other: Table) -> tuple[Any, Any, int]:
    """Places of the rows in both tables that agree on the shared characters; and the thinning."""
    import numpy as np

    shared = [c for c in one.characters if c in other.characters]
    powers = 10 ** np.arange(len(shared), dtype=np.int64)
    key = one.rows[:, [one.characters.index(c) for c in shared]] @ powers
    keys = other.rows[:, [other.characters.index(c) for c in shared]] @ powers
    order = np.argsort(keys, kind="stable")
    start = np.searchsorted(keys[order], key, "left")
    many = np.searchsorted(keys[order], key, "right") - start
    step = int(many.sum()) // (8 * _ROWS) + 1
    picked, start, many = np.arange(len(key))[::step], start[::step], many[::step]
    within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    return np.repeat(picked, many), order[np.repeat(start, many) + within], step
