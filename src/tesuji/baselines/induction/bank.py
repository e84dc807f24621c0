"""Every program of a size, built from the smaller ones; of those that do the same, the first.

Two programs that give the same values on all examples are one (observational equivalence:
Albarghouthi, Gulwani and Kincaid 2013; Udupa et al. 2013): that keeps the number of programs small.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tesuji.baselines.induction.operations import (
    CUTS,
    INT_TO_INT,
    INT_TO_STRING,
    INTS_TO_INT,
    LIST_TO_INT,
    LIST_TO_LIST,
    PLACES,
    SEPARATORS,
    STRING_TO_INT,
    STRING_TO_STRING,
    number_in,
    numbers_in,
    typed,
)
from tesuji.baselines.induction.programs import (
    Program,
    Row,
    Value,
    applied,
    column,
    fits_in,
)

_PAIRED = 60  # values of a size that are paired with each other


@dataclass(slots=True)
class Steps:
    """Steps left. Long texts cost more of them; the clock only guards against a slow machine."""

    left: int
    until: float = float("inf")

    def take(self, steps: int = 1) -> bool:
        """Spend steps; False: none left."""
        self.left -= steps
        if self.left % 64 < steps and time.monotonic() > self.until:
            self.left = min(self.left, 0)
        return self.left > 0


@dataclass(frozen=True, slots=True)
class Known:
    """A program and its values on the examples."""

    program: Program
    values: tuple[Value, ...]


@dataclass(slots=True)
class Bank:
    """Programs by size, without doubles."""

    rows: Sequence[Row]
    steps: Steps
    levels: list[list[Known]] = field(default_factory=list)
    _seen: set[tuple[Any, ...]] = field(default_factory=set)

    def grow(self) -> Iterator[Known]:
        """The programs of the next size, as they are made."""
        level: list[Known] = []
        self.levels.append(level)
        for known in self._inputs() if len(self.levels) == 1 else self._larger():
            level.append(known)
            yield known

    def _is_new(self, values: tuple[Value, ...]) -> bool:
        """Whether no program so far has these values."""
        key = (typed(values[0]), values)
        new = key not in self._seen
        self._seen.add(key)
        return new

    def of_type(self, kind: type, size: int) -> list[Known]:
        """The known programs of a size whose values are of a type."""
        return [k for k in self.levels[size] if typed(k.values[0]) is kind]

    def _inputs(self) -> Iterator[Known]:
        columns = len(self.rows[0])
        for at in range(columns):
            program = column(at, columns)
            values = tuple(row[at] for row in self.rows)
            if all(map(fits_in, values)) and self._is_new(values):
                yield Known(program, values)

    def _larger(self) -> Iterator[Known]:
        """Two programs joined; one more operation on the programs of the size before."""
        before = len(self.levels) - 2
        for size in range(before + 1):
            yield from self._joined(size, before - size)
        for known in list(self.levels[before]):
            for name, run, parts in _unary(known):
                made = self._made(name, run, parts)
                if made is not None:
                    yield made
                if self.steps.left <= 0:
                    return

    def _joined(self, size: int, other: int) -> Iterator[Known]:
        numbers = self.of_type(int, size)[:_PAIRED]
        for one in numbers:
            for two in self.of_type(int, other)[:_PAIRED]:
                for name, run in INTS_TO_INT.items():
                    made = self._made(name, run, (one, two))
                    if made is not None:
                        yield made
                    if self.steps.left <= 0:
                        return

    def _made(
        self, name: str, run: Callable[..., Value | None], parts: Sequence[Known]
    ) -> Known | None:
        """The program with its values; None where an example has none, or they are not new."""
        made: list[Value] = []
        cost = 1
        try:
            for of_row in zip(*[part.values for part in parts], strict=True):
                value = run(*of_row)
                if value is None or not fits_in(value):
                    break
                made.append(value)
                cost += 0 if isinstance(value, int) else len(value) // 128
        except (ValueError, IndexError, ZeroDivisionError, OverflowError):
            pass
        self.steps.take(cost)
        values = tuple(made)
        if len(values) < len(self.rows) or not self._is_new(values):
            return None
        return Known(applied(name, run, [part.program for part in parts]), values)


def _unary(known: Known) -> Iterator[tuple[str, Callable[..., Value | None], tuple[Known, ...]]]:
    """Each operation that takes a value of this type."""
    kind = typed(known.values[0])
    tables: dict[type, tuple[Mapping[str, Callable[..., Value | None]], ...]] = {
        str: (STRING_TO_STRING, STRING_TO_INT),
        int: (INT_TO_INT, INT_TO_STRING),
        tuple: (LIST_TO_LIST, LIST_TO_INT),
    }
    for table in tables[kind]:
        for name, run in table.items():
            yield name, run, (known,)
    if kind is str:
        yield from ((*of, (known,)) for of in _of_string([str(v) for v in known.values]))
    if kind is tuple:
        for place in PLACES:
            yield f"{{0}}[{place}]", lambda x, p=place: x[p], (known,)
        for mark in ("", *SEPARATORS):
            yield f"join({{0}}, {mark!r})", lambda x, m=mark: m.join(x), (known,)


Operation = tuple[str, Callable[..., Value | None]]


def _of_string(values: Sequence[str]) -> Iterator[Operation]:
    """Operations with a constant: cuts, numbers in the text, parts between separators."""
    for size in CUTS:
        yield f"{{0}}[:{size}]", lambda x, n=size: x[:n]
        yield f"{{0}}[{size}:]", lambda x, n=size: x[n:]
        yield f"{{0}}[-{size}:]", lambda x, n=size: x[-n:]
        yield f"{{0}}[:-{size}]", lambda x, n=size: x[:-n]
    yield "numbers_in", numbers_in
    yield "characters", tuple
    if any(c.isdigit() for c in values[0]):
        for place in (0, 1, 2, -1):
            yield f"number_in({{0}}, {place})", lambda x, p=place: number_in(x, p)
    for mark in SEPARATORS:
        if all(mark in value for value in values):
            yield f"split({{0}}, {mark!r})", lambda x, m=mark: tuple(x.split(m))
            yield f"reverse_parts({{0}}, {mark!r})", lambda x, m=mark: m.join(x.split(m)[::-1])
            yield f"sort_parts({{0}}, {mark!r})", lambda x, m=mark: m.join(sorted(x.split(m)))
            for place in PLACES:
                yield f"part({{0}}, {mark!r}, {place})", lambda x, m=mark, p=place: x.split(m)[p]
