"""Programs: trees of operations on the inputs, and the rule that is handed out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Value = str | int | tuple[str, ...]
Row = tuple[str, ...]
LONGEST = 20_000  # characters of a value; a longer one counts as no value


@dataclass(frozen=True, slots=True)
class Program:
    """`run` maps a row of inputs to a value (None: no value); `size` counts its operations."""

    text: str
    size: int
    run: Callable[[Row], Value | None] = field(repr=False, compare=False)

    def __call__(self, row: Row) -> Value | None:
        """The value for a row; errors of the operations are no value."""
        try:
            value = self.run(row)
        except (ValueError, IndexError, ZeroDivisionError, OverflowError):
            return None
        return value if fits_in(value) else None


def fits_in(value: Value | None) -> bool:
    """Whether a value is small enough to go on with."""
    if value is None or isinstance(value, int):
        return value is not None and abs(value) < 10**15
    if isinstance(value, str):
        return len(value) <= LONGEST
    return len(value) <= LONGEST and sum(map(len, value)) <= LONGEST


def column(at: int, of: int) -> Program:
    """The input of one column: `x` where there is one, x1, x2 … where there are more."""
    return Program("x" if of == 1 else f"x{at + 1}", 0, lambda row: row[at])


def constant(value: str | int) -> Program:
    """A program that always gives the same."""
    text = repr(value) if isinstance(value, str) else str(value)
    return Program(text, 1, lambda row: value)


def applied(
    name: str, run: Callable[..., Value | None], parts: Sequence[Program], cost: int = 1
) -> Program:
    """`run` on the values of `parts`; `name` is a function's name, or a pattern with {0}, {1} …"""
    texts = [part.text for part in parts]
    text = name.format(*texts) if "{0}" in name else f"{name}({', '.join(texts)})"

    def whole(row: Row) -> Value | None:
        values = [part(row) for part in parts]
        return None if any(value is None for value in values) else run(*values)

    return Program(text, cost + sum(part.size for part in parts), whole)


@dataclass(frozen=True, slots=True)
class Rule:
    """A program that maps inputs to outputs; call it with an input (one value a column).

    text: the program in one line; size: its operations; fits: examples it reproduces, of the `of`
    that it was tried on.
    """

    text: str
    size: int
    fits: int
    of: int
    _program: Program = field(repr=False, compare=False)

    def __call__(self, *inputs: str) -> str | None:
        """The program's output, or None where it has none for such an input."""
        return written(self._program(inputs))


def written(value: Value | None) -> str | None:
    """A value as an output would write it; a list is no output."""
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else None
