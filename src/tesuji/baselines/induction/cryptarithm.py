"""Hidden arithmetic in hidden digits: every digit is written as some other character.

Each equation, under an operation, is a table of the digits that its characters may stand for;
tables are joined on the characters they share, as a database joins them, and every digit is used
once. All assignments that fit are counted, and the question's answer is the one that most of the
weight stands behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import perm
from typing import Any

from tesuji.baselines.induction.equations import Equation, by_sign, grids, joined
from tesuji.baselines.induction.priors import FAMILY_OF, STYLES, Prior
from tesuji.baselines.induction.solved import Ballot, Solved

ROWS = 60_000  # a longer table is thinned to this


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


@dataclass(slots=True)
class Work:
    """Rows left to handle; a search that runs out says so instead of going on."""

    left: int
    whole: bool = True

    def take(self, rows: int) -> bool:
        self.left -= rows + 200
        self.whole = self.whole and self.left > 0
        return self.left > 0


@lru_cache(maxsize=256)
def _cells(name: str, reverse: bool, length: int, negative: bool) -> Any:
    """All digits (two of a, two of b, `length` of the result, as written) of an operation."""
    import numpy as np

    values = grids()[name].ravel()
    low = 10 ** (length - 1) if length > 1 else 0
    size = -values if negative else values
    at = np.flatnonzero((size >= (max(low, 1) if negative else low)) & (size < 10**length))
    size, a, b = size[at], at // 100, at % 100
    result = [size // 10**power % 10 for power in range(length)]
    columns = (
        [a % 10, a // 10, b % 10, b // 10, *result]
        if reverse
        else [a // 10, a % 10, b // 10, b % 10, *result[::-1]]
    )
    return np.stack(columns, axis=1).astype(np.uint8)


@lru_cache(maxsize=4096)
def _fitting(
    name: str, reverse: bool, negative: bool, pattern: tuple[int, ...]
) -> tuple[Any, Any]:
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
    apart_ = _count(used) == len(first)
    return rows[apart_], used[apart_].astype(np.uint16)


@lru_cache(maxsize=1)
def _ones() -> Any:
    import numpy as np

    return np.array([number.bit_count() for number in range(1024)], dtype=np.uint8)


def _count(used: Any) -> Any:
    return _ones()[used]


def relation(
    equation: Equation, style: str, name: str, leading: frozenset[str]
) -> Table | None:
    """What an equation's characters may stand for under an operation; None: nothing.

    `leading`: characters that begin a number of the puzzle, and so are no 0.
    """
    left, right, result, sign = equation.left, equation.right, equation.result, equation.sign
    negative = len(result) > 1 and (
        result.endswith(sign) if style == "line reversed" else result.startswith(sign)
    )
    if negative:
        result = result[:-1] if style == "line reversed" else result[1:]
    if style == "line reversed":
        left, right = right, left
    text = left + right + result
    if sign in text or not 5 <= len(text) <= 8:
        return None
    characters = "".join(dict.fromkeys(text))
    if len(characters) > 10:
        return None
    pattern = tuple(characters.index(c) for c in text)
    rows, used = _fitting(name, style != "as written", negative, pattern)
    table = _without_zero(Table(characters, rows, used), leading)
    return table if len(table.rows) else None


def _without_zero(table: Table, leading: frozenset[str]) -> Table:
    """The rows in which no character that begins a number is 0."""
    columns = [at for at, c in enumerate(table.characters) if c in leading]
    if not columns:
        return table
    keep = (table.rows[:, columns] != 0).all(axis=1)
    return Table(table.characters, table.rows[keep], table.used[keep], table.weight)


def join(one: Table, other: Table, work: Work) -> Table | None:
    """The rows that agree on the shared characters and use no digit twice; None: none."""
    import numpy as np

    shared = [c for c in one.characters if c in other.characters]
    if len(one.rows) < len(other.rows):
        one, other = other, one
    mine = [one.characters.index(c) for c in shared]
    theirs = [other.characters.index(c) for c in shared]
    powers = 10 ** np.arange(len(shared), dtype=np.int64)
    key, keys = one.rows[:, mine] @ powers, other.rows[:, theirs] @ powers
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    start = np.searchsorted(keys, key, "left")
    many = np.searchsorted(keys, key, "right") - start
    total = int(many.sum())
    weight = one.weight * other.weight
    picked = np.arange(len(one.rows))
    if total > 8 * ROWS:
        step = total // (8 * ROWS) + 1
        picked, weight = picked[::step], weight * step
        start, many = start[::step], many[::step]
        total = int(many.sum())
    if not work.take(total // 4 + len(keys)) or not total:
        return None
    at = np.repeat(picked, many)
    offset = np.arange(total) - np.repeat(np.cumsum(many) - many, many)
    to = order[np.repeat(start, many) + offset]
    both = one.used[at] | other.used[to]
    fresh = [i for i, c in enumerate(other.characters) if c not in shared]
    keep = np.flatnonzero(_count(both) == len(one.characters) + len(fresh))
    if len(keep) > ROWS:
        step = len(keep) // ROWS + 1
        keep, weight = keep[::step], weight * step
    if not len(keep):
        return None
    at, to = at[keep], to[keep]
    rows = np.concatenate([one.rows[at], other.rows[to][:, fresh]], axis=1)
    characters = one.characters + "".join(other.characters[i] for i in fresh)
    return Table(characters, rows, both[keep], weight)


def _free(character: str) -> Table:
    """A character of which nothing is known."""
    import numpy as np

    digits = np.arange(10, dtype=np.uint8)
    return Table(character, digits[:, None], np.left_shift(1, digits.astype(np.uint16)))


def _nothing() -> Table:
    import numpy as np

    return Table("", np.zeros((1, 0), dtype=np.uint8), np.zeros(1, dtype=np.uint16))


def _tables(
    group: Sequence[Equation], style: str, leading: frozenset[str], work: Work
) -> dict[str, Table]:
    """For each operation that all equations of a sign may have: their joined table."""
    if all(one.result in (one.left + one.right, one.right + one.left) for one in group):
        return {
            name: _nothing()
            for name in ("ab", "ba")
            if all(joined(one, style, name) == one.result for one in group)
        }
    found = {}
    for name in grids():
        table: Table | None = _nothing()
        relations = [relation(one, style, name, leading) for one in group]
        if any(one is None for one in relations):
            continue
        for one in sorted((r for r in relations if r is not None), key=lambda r: len(r.rows)):
            table = join(table, one, work) if table is not None else None
        if table is not None:
            found[name] = table
    return found


def _worlds(
    groups: Sequence[tuple[str, dict[str, Table]]], work: Work
) -> Iterator[tuple[dict[str, str], Table]]:
    """Every choice of operations with the assignments under which all equations hold."""

    def deeper(at: int, names: dict[str, str], table: Table) -> Iterator[tuple[dict[str, str], Table]]:
        if at == len(groups):
            yield names, table
            return
        sign, tables = groups[at]
        for name, other in tables.items():
            if _repeats(name, names):
                continue
            both = join(table, other, work) if other.characters else table
            if both is not None:
                yield from deeper(at + 1, {**names, sign: name}, both)

    yield from deeper(0, {}, _nothing())


def _repeats(name: str, names: Mapping[str, str]) -> bool:
    """Whether another sign has an operation of the same family: too rare to search for."""
    family = FAMILY_OF[name]
    return family != "join" and any(FAMILY_OF[other] == family for other in names.values())


def _answers(
    question: Equation,
    style: str,
    name: str,
    table: Table,
    leading: frozenset[str],
    work: Work,
) -> Iterator[tuple[str, float]]:
    """(answer, number of assignments behind it); `?` where a digit's character is unknown."""
    import numpy as np

    if FAMILY_OF[name] == "join":
        yield joined(question, style, name), len(table.rows) * table.weight * _rest(table, table)
        return
    start = table
    for character in question.left + question.right:
        if character not in table.characters:
            wider = join(table, _without_zero(_free(character), leading), work)
            if wider is None:
                return
            table = wider
    left, right = question.left, question.right
    if style != "as written":
        left, right = left[::-1], right[::-1]
    if style == "line reversed":
        left, right = right, left
    column = {c: table.rows[:, i].astype(np.int64) for i, c in enumerate(table.characters)}
    a, b = (column[pair[0]] * 10 + column[pair[1]] for pair in (left, right))
    value = grids()[name][a, b]
    unknown = len(table.characters)
    which = np.full((len(table.rows), 11), unknown, dtype=np.int64)
    np.put_along_axis(which, table.rows.astype(np.int64), np.arange(unknown)[None, :], axis=1)
    size, code = abs(value), np.zeros(len(value), dtype=np.int64)
    for power in range(4):
        there = (size >= 10**power) | (power == 0)
        digit = np.where(there, size // 10**power % 10, 10)
        symbol = np.take_along_axis(which, digit[:, None], axis=1)[:, 0]
        code = code * 16 + np.where(there, symbol, 15)
    code = code * 2 + (value < 0)
    code = code[value > -100_000]
    codes, counts = np.unique(code, return_counts=True)
    share = table.weight * _rest(start, table)
    for one, count in zip(codes.tolist(), counts.tolist(), strict=True):
        yield _decoded(one, table.characters, question.sign, style), count * share


def _rest(start: Table, table: Table) -> float:
    """Ways to choose digits for the characters of `table` beyond those of `start`, inverted."""
    fresh = len(table.characters) - len(start.characters)
    return 1.0 / perm(10 - len(start.characters), fresh)


def _decoded(code: int, characters: str, sign: str, style: str) -> str:
    """The written answer of a code of `_answers`."""
    negative, code = code % 2, code // 2
    places = [code >> shift & 15 for shift in (12, 8, 4, 0)]  # the last digit first
    text = "".join((characters + "?")[place] for place in places if place != 15)
    text = text[::-1] if style == "as written" else text
    if not negative:
        return text
    return text + sign if style == "line reversed" else sign + text


def solve_hidden(
    equations: Sequence[Equation], question: Equation, *, rows: int = 400_000
) -> Solved | None:
    """The question's result where digits are hidden too; `rows` bounds the work.

    Numbers have two digits, so that the first is no 0; only where nothing fits may it be.
    """
    written = "".join(e.left + e.right for e in (*equations, question))
    if {e.sign for e in (*equations, question)} & set(written):
        return None
    work = Work(rows)
    for strict in (True, False):
        ballot = _counted(equations, question, strict, work)
        if ballot.total:
            return ballot.result(whole=work.whole and strict)
    return None


def _counted(
    equations: Sequence[Equation], question: Equation, strict: bool, work: Work
) -> Ballot:
    """The votes of all styles, operations and assignments that fit."""
    ballot, everything = Ballot(), (*equations, question)
    signs = {e.sign for e in everything}
    prior = Prior.of(signs, hidden=True)
    known = set("".join(e.left + e.right + e.result for e in everything)) - signs
    for style in STYLES:
        first = 0 if style == "as written" else 1
        starts = {number[first] for e in everything for number in (e.left, e.right)}
        leading = frozenset(starts if strict else ())
        groups = [(s, _tables(g, style, leading, work)) for s, g in by_sign(equations).items()]
        if not all(tables for _, tables in groups):
            continue
        groups.sort(key=lambda group: sum(len(t.rows) for t in group[1].values()))
        for names, table in _worlds(groups, work):
            _vote(ballot, prior, question, style, names, table, known, leading, work)
    return ballot


def _vote(
    ballot: Ballot,
    prior: Prior,
    question: Equation,
    style: str,
    names: dict[str, str],
    table: Table,
    known: set[str],
    leading: frozenset[str],
    work: Work,
) -> None:
    """Count the votes of one choice of operations."""
    asked = [names[question.sign]] if question.sign in names else list(FAMILY_OF)
    asked = [n for n in asked if question.sign in names or not _repeats(n, names)]
    unseen = sorted(known - set(table.characters) - set(question.left + question.right))
    digits = 10 - len(set(table.characters) | set(question.left + question.right))
    for name in asked:
        mine = prior(style, {**names, question.sign: name})
        rule = f"hidden digits, {style}: a{question.sign}b is {name}"
        for answer, count in _answers(question, style, name, table, leading, work):
            if "?" not in answer:
                ballot.add(answer, mine * count, rule)
                continue
            ballot.add(None, mine * count, rule)
            if answer.count("?") == 1 and unseen:
                for character in unseen:
                    ballot.add(answer.replace("?", character), mine * count / digits, rule)
