"""Rows and tables: a data file in memory, kept compact.

A row is a tuple of values beside a column index that all rows share: over a million rows of four
columns that is 48 MB on top of the values, where a dict a row is 196 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tesuji.errors import DataError
from tesuji.task.nearest import meant


class Row(Mapping[str, Any]):
    """One row, read-only: column name to value. Equal to the dict that holds the same.

    `index` maps the names that may be seen to positions in `values`; it may leave some out.
    """

    __slots__ = ("_index", "_values")

    def __init__(self, index: Mapping[str, int], values: tuple[Any, ...]) -> None:
        self._index, self._values = index, values

    def __getitem__(self, column: str) -> Any:
        return self._values[self._index[column]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __repr__(self) -> str:
        return f"Row({dict(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Row, (dict(self._index), self._values))


@dataclass(frozen=True, slots=True)
class Table:
    """A data file: its columns, and its rows in the file's order.

    `values[i]` has one value a column; `lines[i]` is the 1-based line where row i begins (for
    Parquet, which has no lines, the 1-based row).
    """

    columns: tuple[str, ...]
    values: Sequence[tuple[Any, ...]] = field(repr=False)
    path: Path | None = None
    lines: Sequence[int] = field(default=(), repr=False)
    unit: str = "line"

    def __len__(self) -> int:
        return len(self.values)

    def index(self, but: Iterable[str] = ()) -> dict[str, int]:
        """Column name to position, without the columns in `but`."""
        hidden = set(but)
        return {name: at for at, name in enumerate(self.columns) if name not in hidden}

    @property
    def rows(self) -> Iterator[Row]:
        """All rows, as mappings."""
        index = self.index()
        return (Row(index, values) for values in self.values)

    def column(self, name: str) -> list[Any]:
        """All values of one column; DataError where there is no such column."""
        at = self.position(name)
        return [values[at] for values in self.values]

    def position(self, name: str, role: str = "column") -> int:
        """Where the column is; DataError, naming file, `role` and what there is, if nowhere."""
        if name in self.columns:
            return self.columns.index(name)
        hint = meant(name, self.columns)
        if len(self.columns) == 1 and any(mark in self.columns[0] for mark in ";\t|"):
            hint = f": its header is one column, {self.columns[0]!r}; separate columns by commas"
        raise DataError(f"{self.name}: no {role} {name!r}{hint}")

    @property
    def name(self) -> str:
        """The file's name for messages."""
        return str(self.path) if self.path else "the table"

    def where(self, row: int) -> str:
        """Where row `row` (from 0) is, for messages: file and line."""
        line = self.lines[row] if self.lines else row + 1
        return f"{self.name}: {self.unit} {line}"
