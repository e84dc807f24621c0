"""From a table's rows to samples: ids, fields, targets; everything wrong is found here, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tesuji.errors import DataError
from tesuji.task.config import DataConfig
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.row import Row, Table
from tesuji.task.rules import base_format
from tesuji.task.sample import Answer, Sample
from tesuji.task.writing import cell_text


def make_samples(table: Table, data: DataConfig, format: AnswerFormat | None) -> tuple[Sample, ...]:
    """All rows as samples; targets are read with `format`, or left out where it is None.

    DataError: no rows, a missing column, an id that is empty or there twice, a target that the
    format cannot hold.
    """
    if not len(table):
        raise DataError(f"{table.name}: no rows under the header; at least one is needed")
    index = _field_index(table, data)
    ids = sample_ids(table, data.id)
    if format is None:
        rows = zip(ids, table.values, strict=True)
        return tuple([Sample(id, Row(index, values)) for id, values in rows])
    targets = _targets(table, data.target, format)
    rows3 = zip(ids, table.values, targets, strict=True)
    return tuple([Sample(id, Row(index, values), target) for id, values, target in rows3])


def _field_index(table: Table, data: DataConfig) -> dict[str, int]:
    """What prompts and flows may see: [data] fields, or all but the target."""
    if data.fields is None:
        return table.index(but=data.target)
    return {name: table.position(name, "column ([data] fields)") for name in data.fields}


def sample_ids(table: Table, column: str | None) -> list[str]:
    """The id column as text; the row number from 0 where there is none. Each id once."""
    if column is None:
        return [str(row) for row in range(len(table))]
    at = table.position(column, "column ([data] id)")
    ids = [cell_text(values[at]) for values in table.values]
    if len(set(ids)) == len(ids) and "" not in ids:
        return ids
    first: dict[str, int] = {}
    for row, name in enumerate(ids):
        if not name:
            raise DataError(f"{table.where(row)}, column {column!r}: an empty id")
        if name in first:
            before = table.lines[first[name]] if table.lines else first[name] + 1
            raise DataError(
                f"{table.where(row)}, column {column!r}: id {shown(name)} is already that of "
                f"{table.unit} {before}; ids must differ (without [data] id, row numbers are ids)"
            )
        first[name] = row
    return ids


def _targets(table: Table, columns: tuple[str, ...], format: AnswerFormat) -> Iterator[Answer]:
    positions = [table.position(name, "target column") for name in columns]
    known: dict[str, Answer] = {}  # labels repeat: each text is judged once
    for row, values in enumerate(table.values):
        where = f"column {columns[0]!r}"
        try:
            if len(columns) == 1:
                value = values[positions[0]]
                if type(value) is str and value in known:
                    yield known[value]
                    continue
                if value is None:
                    raise ValueError("no target; remove the row or fill it in")
            else:
                where = f"columns {', '.join(map(repr, columns))}"
                value = _numbers(columns, [values[at] for at in positions], format)
            answer = format.accept(value)
            if type(value) is str and len(known) < 1000 and isinstance(answer, (str, int, float)):
                known[value] = answer
            yield answer
        except ValueError as error:
            given = value if len(columns) == 1 else [values[at] for at in positions]
            raise DataError(
                f"{table.where(row)}, {where}: target {shown(given)} is no answer of the format "
                f"{format.name!r}: {error}"
            ) from None


def _numbers(columns: tuple[str, ...], cells: list[Any], format: AnswerFormat) -> dict[str, float]:
    """One probability a column; the columns stand for the format's labels, in order."""
    names: tuple[str, ...] = getattr(base_format(format), "labels", columns)
    return {name: float(cell) for name, cell in zip(names, cells, strict=True)}


def shown(value: object) -> str:
    """A value in a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}… ({len(text):,} characters)"
