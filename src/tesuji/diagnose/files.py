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
from tesuji.diagnose.rows import read_rows
from tesuji.errors import DataError
from tesuji.task.formats.base import AnswerFormat

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
    *,
    system: str | None = None,
    finish: str | None = None,
    id: str | None = None,
) -> Iterator[Diagnosed]:
    """The findings of each row, in the file's order.

    `text`, `prompt`, `system`, `finish` and `id` are columns, or dotted paths into nested JSON
    (`choices.0.message.content`); a prompt may be text or a list of chat messages (then the system
    message is among them), and only the default one may be absent from the first row. A later row
    may lack what is told about its output, but not the output. `language` is an ISO 639-1 code or a
    column of them. Columns `finish` or `finish_reason`, and `id`, are used where there are such. A
    missing value is an empty output.

    Rows are read as they are needed. DataError names the file, the line and the columns there are.
    """
    for number, where, row in read_rows(Path(path)):
        if number == 0:
            by_column = language is not None and _has(row, language)
            if language and not by_column and not _CODE.fullmatch(language):
                raise DataError(
                    f"{where}: {language!r} is neither a language code such as 'en' nor a column; "
                    f"the columns are: {_names(row)}"
                )
        told_of = _take if number == 0 else _take_if_there
        spoken = told_of(row, language, where) if language and by_column else language
        if finish is not None:
            ended = told_of(row, finish, where) or "stop"
        else:
            ended = next((row[name] for name in _FINISH if row.get(name)), "stop")
        default = prompt == _DEFAULT_PROMPT
        asked = _prompt((_take_if_there if default else told_of)(row, prompt, where))
        told = _text(told_of(row, system, where), system, where) if system else asked[1]
        written = _text(_take(row, text, where), text, where)
        language_code = None if spoken is None else str(spoken)
        seen = Observation(written, str(ended), asked[0], format, language_code, told)
        name = row.get("id") if id is None else told_of(row, id, where)
        yield Diagnosed(str(number if name is None else name), written, tuple(findings_in(seen)))


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


def _take_if_there(row: Mapping[str, Any], name: str, where: str) -> Any:
    value = _find(row, name)
    return None if value is _ABSENT else value


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


def _prompt(value: Any) -> tuple[str, str]:
    """The prompt and the system prompt as text: of chat messages, the last that the user wrote."""
    if isinstance(value, str) and value.startswith("[{"):
        # A cell of a CSV file can hold messages only as JSON text.
        try:
            messages = json.loads(value)
        except (ValueError, RecursionError):
            messages = None
        if isinstance(messages, list) and any(_role(message) == "user" for message in messages):
            value = messages
    if not isinstance(value, Sequence) or isinstance(value, str):
        return "" if value is None else str(value), ""
    said = {_role(message): message for message in value}  # the last of each role
    return _content(said.get("user")), _content(said.get("system"))


def _role(message: Any) -> str | None:
    return str(message.get("role")) if isinstance(message, Mapping) else None


def _content(message: Any) -> str:
    """A message's text; of one in parts, the parts that are text."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if isinstance(content, Sequence) and not isinstance(content, str):
        parts = (part.get("text") for part in content if isinstance(part, Mapping))
        return "\n".join(str(part) for part in parts if part)
    return "" if content is None else str(content)
