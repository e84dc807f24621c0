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
from tesuji.task.sample import Message

_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_FINISH = ("finish", "finish_reason")
_DEFAULT_PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """One output of a file with its findings. `id` is its `id` column, else its row from 0."""

    id: str
    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a file hold what: names, or dotted paths into nested JSON
    (`choices.0.message.content`). `language` may be an ISO 639-1 code, too."""

    text: str = "output"
    prompt: str = _DEFAULT_PROMPT
    language: str | None = None
    system: str | None = None
    finish: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a row of a file tells: its number from 0, where it is (for messages), its id, its output
    as detectors look at it, and what its prompt's column holds."""

    number: int
    where: str
    row: Mapping[str, Any]
    id: str | None
    seen: Observation
    prompt: Any


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
    columns = Columns(text, prompt, language, system, finish, id)
    for told in read_told(Path(path), columns, format):
        name = str(told.number) if told.id is None else told.id
        yield Diagnosed(name, told.seen.text, tuple(findings_in(told.seen)))


def read_told(path: Path, columns: Columns, format: AnswerFormat | None = None) -> Iterator[Told]:
    """The rows of a file as `diagnose_file` reads them, without findings. DataError, as there."""
    language = columns.language
    for number, where, row in read_rows(path):
        if number == 0:
            by_column = language is not None and _has(row, language)
            if language and not by_column and not _CODE.fullmatch(language):
                raise DataError(
                    f"{where}: {language!r} is neither a language code such as 'en' nor a column; "
                    f"the columns are: {_names(row)}"
                )
        told_of = take if number == 0 else take_if_there
        spoken = told_of(row, language, where) if language and by_column else language
        if columns.finish is not None:
            ended = told_of(row, columns.finish, where) or "stop"
        else:
            ended = next((row[name] for name in _FINISH if row.get(name)), "stop")
        default = columns.prompt == _DEFAULT_PROMPT
        prompt = (take_if_there if default else told_of)(row, columns.prompt, where)
        asked = _prompt(prompt)
        system = columns.system
        told = _text(told_of(row, system, where), system, where) if system else asked[1]
        written = _text(take(row, columns.text, where), columns.text, where)
        language_code = None if spoken is None else str(spoken)
        seen = Observation(written, str(ended), asked[0], format, language_code, told)
        name = row.get("id") if columns.id is None else told_of(row, columns.id, where)
        yield Told(number, where, row, None if name is None else str(name), seen, prompt)


def told_messages(told: Told) -> tuple[Message, ...]:
    """What was sent, as far as the row tells: all messages of a list of them, else the system
    prompt and the prompt, where there are such.

    >>> seen = Observation("ok", prompt="Hi", system="Be short.")
    >>> [(m.role, m.content) for m in told_messages(Told(0, "line 1", {}, None, seen, "Hi"))]
    [('system', 'Be short.'), ('user', 'Hi')]
    """
    chat = _chat(told.prompt)
    seen = told.seen
    if chat is None:
        pairs = [("system", seen.system), ("user", seen.prompt)]
        return tuple(Message(role, text) for role, text in pairs if text)  # type: ignore[arg-type]
    told_of = [one for one in chat if isinstance(one, Mapping)]
    said = [Message(_role(one), _content(one)) for one in told_of]  # type: ignore[arg-type]
    if seen.system and not any(message.role == "system" for message in said):
        said.insert(0, Message("system", seen.system))
    return tuple(said)


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


def take(row: Mapping[str, Any], name: str, where: str) -> Any:
    """The value of a column or dotted path; DataError lists the columns where there is none."""
    value = _find(row, name)
    if value is _ABSENT:
        raise DataError(f"{where}: no column {name!r}; the columns are: {_names(row)}")
    return value


def take_if_there(row: Mapping[str, Any], name: str, where: str) -> Any:
    """As `take`; None where there is none."""
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
    chat = _chat(value)
    if chat is None:
        return "" if value is None else str(value), ""
    said = {_role(message): message for message in chat}  # the last of each role
    return _content(said.get("user")), _content(said.get("system"))


def _chat(value: Any) -> Sequence[Any] | None:
    """The messages of a prompt that is a list of them; None where it is text."""
    if isinstance(value, str) and value.startswith("[{"):
        # A cell of a CSV file can hold messages only as JSON text.
        try:
            messages = json.loads(value)
        except (ValueError, RecursionError):
            return None
        named = isinstance(messages, list) and any(_role(one) == "user" for one in messages)
        return messages if named else None
    return value if isinstance(value, Sequence) and not isinstance(value, str) else None


def _role(message: Any) -> str | None:
    return str(message.get("role")) if isinstance(message, Mapping) else None


def _content(message: Any) -> str:
    """A message's text; of one in parts, the parts that are text."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if isinstance(content, Sequence) and not isinstance(content, str):
        parts = (part.get("text") for part in content if isinstance(part, Mapping))
        return "\n".join(str(part) for part in parts if part)
    return "" if content is None else str(content)
