"""Data files by their names: which kinds there are, and how their bytes are opened."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO, cast

from tesuji.errors import DataError

SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet", ".csv.gz", ".tsv.gz", ".jsonl.gz")


def suffix(path: Path) -> str:
    """The ending of a data file's name, one of SUFFIXES; DataError for another."""
    name = path.name.lower()
    for known in SUFFIXES:
        if name.endswith(known):
            return known
    raise DataError(f"{path}: unknown kind of data file; known endings: {', '.join(SUFFIXES)}")


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unzipped where its name ends in .gz."""
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")
