"""Diagnosing a file of outputs, whoever made it: JSON lines, CSV, TSV or Parquet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tesuji.diagnose.detect import findings_in
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation
from tesuji.errors import DataError
from tesuji.task.encoding import require_utf8
from tesuji.task.file_kind import open_bytes, suffix
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.table import read_table

_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_FINISH = ("finish", "finish_reason")
_DEFAULT_PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """One output of a file with its findings. `id` is its `id` column, else its row from 0."""

    id: str
    text: str
    findings: tuple[Finding, ...]


def diagnose_file(
    path: Path | str,
    text: str = "output",
    prompt: str = _DEFAULT_PROMPT,
    language: str | None = None,
    format: AnswerFormat | None = None,
) -> Iterator[Diagnosed]:
    """The findings of each row, in the file's order.

    `text` and `prompt` are columns, or dotted paths into nested JSON (`choices.0.message.content`);
    a prompt may be text or a list of chat messages, and only the default one may be absent.
    `language` is an ISO 639-1 code or a column of them. A `finish` or `finish_reason` column is
    used where there is one. A missing value is an empty output.

    JSON lines are read as they are needed; other files are read whole. DataError names the file,
    the line and the columns there are.
    """
    for number, where, row in _rows(Path(path)):
        if number == 0:
            prompt_known = prompt != _DEFAULT_PROMPT or _has(row, prompt)
            by_column = language is not None and _has(row, language)
            if language and not by_column and not _CODE.fullmatch(language):
                raise DataError(
                    f"{where}: {language!r} is neither a language code such as 'en' nor a column; "
                    f"the columns are: {_names(row)}"
                )
        spoken = _take(row, language, where) if language and by_column else language
        finish = next((row[name] for name in _FINISH if row.get(name)), "stop")
        asked = _prompt(_take(row, prompt, where)) if prompt_known else ""
        written = _text(_take(row, text, where), text, where)
        language_code = None if spoken is None else str(spoken)
        seen = Observation(written, str(finish), asked, format, language_code)
        name = row.get("id")
        yield Diagnosed(str(number if name is None else name), written, tuple(findings_in(seen)))


def _rows(path: Path) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Each row with its number from 0 and where it is, for messages."""
    if path.is_file() and suffix(path).startswith(".jsonl"):
        yield from _json_lines(path)
        return
    table = read_table(path)
    for number, row in enumerate(table.rows):
        yield number, table.where(number), row


def _json_lines(path: Path) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    require_utf8(path)
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


_ABSENT = object()


def _find(row: Mapping[str, Any], name: str) -> Any:
    """The value at a column or dotted path; `_ABSENT` where there is none."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isascii() and part.isdigit():
            if int(part) >= len(value):
                return _ABSENT
            value = value[int(part)]
        else:
            return _ABSENT
    return value


def _has(row: Mapping[str, Any], name: str) -> bool:
    return _find(row, name) is not _ABSENT


def _take(row: Mapping[str, Any], name: str, where: str) -> Any:
    value = _find(row, name)
    if value is _ABSENT:
        raise DataError(f"{where}: no column {name!r}; the columns are: {_names(row)}")
    return value


def _names(row: Mapping[str, Any], most: int = 30) -> str:
    names = [str(name) for name in row]
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _text(value: Any, name: str, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    raise DataError(
        f"{where}: {name!r} holds a {type(value).__name__}, not text; "
        f"name the text inside it by a dotted path, such as {name}.0.content"
    )


def _prompt(value: Any) -> str:
    """The prompt as text: of chat messages, the last that the user wrote."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        for message in reversed(value):
            if isinstance(message, Mapping) and message.get("role") == "user":
                return str(message.get("content") or "")
        return ""
    return "" if value is None else str(value)
