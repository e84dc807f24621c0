"""A run as a Parquet file, one row a sample. What may be any JSON value is JSON text there."""

from __future__ import annotations

import json
from itertools import islice
from typing import IO, Any

from tesuji.errors import MissingExtraError
from tesuji.run.exchange.rows import Source

_BATCH = 1000  # rows in memory, and in a row group


def write_parquet(file: IO[bytes], source: Source) -> int:
    """Write the run; how many there were. MissingExtraError without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("pyarrow", "analytics", "writing Parquet") from None
    schema, rows, count = _schema(pa), source.rows(), 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := [_plain(row.to_json()) for row in islice(rows, _BATCH)]:
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _schema(pa: Any) -> Any:
    messages = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    finding = pa.struct(
        [
            ("kind", pa.string()), ("start", pa.int64()), ("end", pa.int64()),
            ("evidence", pa.string()), ("confidence", pa.float64()), ("fix", pa.string()),
        ]
    )  # fmt: skip
    output = pa.struct(
        [
            ("text", pa.string()), ("index", pa.int64()), ("finish", pa.string()),
            ("tokens_in", pa.int64()), ("tokens_out", pa.int64()), ("seconds", pa.float64()),
            ("findings", pa.list_(finding)), ("logprobs", pa.string()), ("sampling", pa.string()),
            ("messages", messages),
        ]
    )  # fmt: skip
    return pa.schema(
        [
            ("id", pa.string()), ("fields", pa.string()), ("target", pa.string()),
            ("state", pa.string()), ("answer", pa.string()), ("score", pa.float64()),
            ("reason", pa.string()), ("model", pa.string()), ("messages", messages),
            ("sampling", pa.string()), ("outputs", pa.list_(output)), ("chosen", pa.int64()),
            ("note", pa.string()), ("tags", pa.list_(pa.string())),
        ]
    )  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    for key in ("fields", "target", "answer", "sampling"):
        row[key] = _json(row[key])
    for output in row["outputs"]:
        for key in ("logprobs", "sampling"):
            output[key] = _json(output.get(key))
    return row


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)
