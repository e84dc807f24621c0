"""A run written to a file, whose ending says how: .jsonl, .parquet, .eval or .json (Inspect)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TypeAlias

from tesuji.errors import InputError
from tesuji.run.exchange.inspect_log import write_inspect_eval, write_inspect_json
from tesuji.run.exchange.parquet import write_parquet
from tesuji.run.exchange.rows import Source, dumps
from tesuji.run.ledger import Ledger, RunRow
from tesuji.task.task import Task


def _write_jsonl(file: IO[bytes], source: Source) -> int:
    count = 0
    for count, row in enumerate(source.rows(), start=1):  # noqa: B007  # the count is what is returned
        file.write(dumps(row.to_json()) + b"\n")
    return count


Writer: TypeAlias = Callable[[IO[bytes], Source], int]
"""Writes a run; returns how many samples."""
WRITERS: Mapping[str, Writer] = {
    ".jsonl": _write_jsonl,
    ".parquet": write_parquet,
    ".eval": write_inspect_eval,
    ".json": write_inspect_json,
}


def export_run(task: Task, ledger: Ledger, run: RunRow, path: Path) -> int:
    """Write the run to `path`; how many samples. Memory does not grow with the run.

    The file takes its place when it is whole: one that was there stays until then. InputError for
    an ending that is none of `WRITERS`, MissingExtraError for Parquet without its extra.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InputError(f"{path}: export writes {', '.join(WRITERS)}: name such a file")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            count = writer(file, Source(task, ledger, run))
        aside.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return count
