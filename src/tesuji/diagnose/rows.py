"""Rows of a file of outputs, read one after another: memory does not grow with the file.

Tasks read their tables whole (`tesuji.task.table`), for they need all of it; a file of outputs may
have millions of rows, each long.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeAlias

from tesuji.errors import DataError, MissingExtraError
from tesuji.task.encoding import require_utf8
from tesuji.task.file_kind import open_bytes, suffix

Row: TypeAlias = Mapping[str, Any]
_BATCH = 1_000  # rows of Parquet in memory at a time


def read_rows(path: Path) -> Iterator[tuple[int, str, Row]]:
    """Each row with its number from 0 and where it is, for messages.

    Blank lines are skipped. DataError names file and line.
    """
    kind = suffix(path)
    if not path.exists():
        raise DataError(f"{path}: no such file")
    if path.is_dir():
        raise DataError(f"{path}: a folder, not a data file")
    if kind == ".parquet":
        return _parquet(path)
    require_utf8(path)
    return _json_lines(path) if kind.startswith(".jsonl") else _delimited(path, kind)


def count_rows(path: Path) -> int:
    """Roughly how many rows a file has, to tell how long reading it takes: the lines of a text,
    blank ones and those within a cell too. 0 where it cannot be read."""
    try:
        if suffix(path) == ".parquet":
            import pyarrow.parquet as pq

            return int(pq.read_metadata(path).num_rows)
        with open_bytes(path) as stream:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
    except Exception:  # reading the rows says what is wrong
        return 0


def _json_lines(path: Path) -> Iterator[tuple[int, str, Row]]:
    number = 0
    with open_bytes(path) as stream:
        for line, raw in enumerate(stream, 1):
            content = raw.decode("utf-8-sig" if line == 1 else "utf-8")
            if not content.strip():
                continue
            where = f"{path}: line {line}"
            try:
                row = json.loads(content)
            except RecursionError:
                raise DataError(f"{where}: nested too deeply") from None
            except ValueError as error:
                raise DataError(f"{where}: not JSON: {error}") from None
            if not isinstance(row, dict):
                raise DataError(f"{where}: a JSON object is needed, not a {type(row).__name__}")
            yield number, where, row
            number += 1


def _delimited(path: Path, kind: str) -> Iterator[tuple[int, str, Row]]:
    stream: Any = open_bytes(path)
    limit = csv.field_size_limit(sys.maxsize)  # default 128 kB: an output may be longer
    with TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        tab = kind.startswith(".tsv")
        reader = csv.reader(text, delimiter="\t" if tab else ",", strict=True)
        columns: list[str] = []
        number, line = 0, 1
        try:
            for cells in reader:
                where = f"{path}: line {line}"
                line = reader.line_num + 1
                if not columns:
                    columns = cells
                elif len(cells) == len(columns):
                    yield number, where, dict(zip(columns, cells, strict=True))
                    number += 1
                elif cells:
                    raise DataError(
                        f"{where}: {len(cells)} cells, but the header has {len(columns)}"
                    )
        except csv.Error as error:
            raise DataError(f"{path}: line {line}: {error}") from None
        finally:
            csv.field_size_limit(limit)
        if not columns:
            raise DataError(f"{path}: empty; the first line must name the columns")


def _parquet(path: Path) -> Iterator[tuple[int, str, Row]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("pyarrow", "analytics", f"reading {path.name}") from None
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                for row in batch.to_pylist():
                    yield number, f"{path}: row {number + 1}", row
                    number += 1
    except (pa.ArrowException, OSError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise DataError(f"{path}: not a readable Parquet file: {first}") from None
