"""Writing data files, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tesuji.errors import DataError
from tesuji.task.file_kind import suffix

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def write_table(path: Path | str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write CSV, TSV or JSON lines, by the name of `path`; a reader never sees half a file.

    What `read_table` reads back is equal (as text, for CSV and TSV), with one exception: NULs and
    halves of surrogate pairs, which no reader takes, become U+FFFD.
    """
    path = Path(path)
    kind = suffix(path)
    if kind not in (".csv", ".tsv", ".jsonl"):
        raise DataError(f"{path}: written are .csv, .tsv and .jsonl, not {kind}")
    with whole_file(path) as stream:
        if kind != ".jsonl":
            stream.write(delimited_line(columns, kind))
        for row in rows:
            if len(row) != len(columns):
                raise ValueError(f"a row of {len(row)} cells for {len(columns)} columns")
            if kind == ".jsonl":
                text = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
                stream.write(_UNWRITABLE.sub("\ufffd", text) + "\n")
            else:
                stream.write(delimited_line(row, kind))


def delimited_line(cells: Iterable[Any], kind: str = ".csv") -> str:
    """One line of CSV or TSV. Quotes lone carriage returns too, which csv.writer does not."""
    texts = [_UNWRITABLE.sub("\ufffd", cell_text(cell)) for cell in cells]
    if texts == [""]:
        return '""\n'  # a blank line would be no row
    mark = "\t" if kind == ".tsv" else ","
    return mark.join(_quoted(text, mark) for text in texts) + "\n"


def _quoted(text: str, mark: str) -> str:
    if mark in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def cell_text(value: Any) -> str:
    """A value as the text of a cell or a prompt: None is empty, containers and bools are JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name only when all of it is written.

    On an error nothing is left behind, and what stood there before stays.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        draft.unlink(missing_ok=True)
