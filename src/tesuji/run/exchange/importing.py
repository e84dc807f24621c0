"""Outputs that were recorded elsewhere, into the ledger: runs then find them and send nothing.

A file is JSONL, of two kinds of lines, told apart by what is in them.

Our own (`tesuji export`) say everything that an output's key is made of: its model's identity, its
messages, sampling and index. They get the key that they had. A run of the same entry on the same
model finds them; so does `replay:`.

Any others hold a prompt and an output, in columns that can be named, and perhaps `index`,
`sampling`, `finish`, `tokens_in`, `tokens_out`, `seconds`, `logprobs`. They are taken as what a
given entry's model answered: a prompt is matched with the samples' prompts under that entry (as a
list of messages, or as the text of the last user message; a line without a prompt but with an `id`
belongs to that sample), and the key is that of the model's identity, the sample's messages, the
entry's sampling with the line's `sampling` over it, and `index`, or else the line's place among
those with the same prompt.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from tesuji.errors import ConfigError, DataError
from tesuji.models.base import Output, Request, Sampling
from tesuji.models.replay import Prompt, read_row
from tesuji.run.asking import entry_sampling, render
from tesuji.run.entry import Entry, make_sampling
from tesuji.run.ledger import (
    Ledger,
    Write,
    has_output,
    output_key,
    output_write,
    sampling_json,
)
from tesuji.task.formats.base import Grammar
from tesuji.task.inputs import prepare
from tesuji.task.sample import Message
from tesuji.task.task import Task

_BATCH = 1000  # outputs in a transaction
_FIELDS = frozenset(f.name for f in fields(Sampling))

Found: TypeAlias = tuple[str, Request, Output]
"""(identity of the model, what was asked, what came)."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: its lines, outputs that are new, that were there already, and lines
    whose prompt is that of no sample."""

    lines: int
    new: int
    known: int
    strangers: int


@dataclass
class Recordings:
    """A file of outputs and what it takes to read it.

    `identity` tells under which identity to record: always where `always`, else only lines that
    don't say so themselves. It is called at most once, and only when it is needed.
    """

    path: Path
    task: Task
    entry: Entry
    split: str
    identity: Callable[[], str]
    always: bool = False
    prompt: str = "prompt"
    text: str = "output"
    lines: int = 0
    strangers: int = 0
    _seen: Counter[tuple[Message, ...]] = field(default_factory=Counter)

    def read(self) -> Iterator[Found]:
        """Every output of the file, in its order. DataError names the file and the line."""
        self.lines = self.strangers = 0
        self._seen.clear()
        number = 0
        try:
            with self.path.open(encoding="utf-8-sig") as lines:
                for number, line in enumerate(lines, start=1):  # noqa: B007  # named in errors
                    if line.strip():
                        self.lines += 1
                        for found in self._line(json.loads(line)):
                            _check_storable(*found)
                            yield found
        except UnicodeDecodeError:
            raise DataError(
                f"{self.path}: after line {number}: not UTF-8; save it as UTF-8"
            ) from None
        except OSError as error:
            raise DataError(f"{self.path}: {error.strerror or error}") from None
        except (ValueError, RecursionError) as error:
            reason = " ".join(str(error).split())[:200]
            raise DataError(f"{self.path}: line {number}: {reason}") from None

    def check(self) -> None:
        """Read the whole file before anything is written: DataError for what is wrong in it, or
        where there is nothing in it to record."""
        if sum(1 for _ in self.read()):
            return
        why = "it holds no outputs"
        if self.strangers:
            why = f"no prompt is that of a sample of {self.split} under entry '{self.entry.name}'"
        raise DataError(f"{self.path}: nothing to import: {why}")

    def _line(self, row: object) -> Iterator[Found]:
        if isinstance(row, dict) and isinstance(row.get("outputs"), list):
            yield from self._exported(row)
        else:
            yield from self._foreign(row)

    def _exported(self, row: Mapping[str, Any]) -> Iterator[Found]:
        for drawn in row["outputs"]:
            if not isinstance(drawn, dict):
                raise ValueError("'outputs' must be a list of objects")
            identity = self._known if self.always else drawn.get("model", row.get("model"))
            if not isinstance(identity, str) or not identity:
                raise ValueError("'model' must be a text: whose outputs are these?")
            parts = {"messages": row.get("messages"), **drawn}
            messages, index, output = read_row(parts, "messages", "text")
            if isinstance(messages, str):
                raise ValueError("'messages' must be a list of messages")
            sampling = _sampling(drawn.get("sampling", row.get("sampling")), Sampling())
            yield identity, Request(messages, sampling, index=index or 0), output

    def _foreign(self, row: object) -> Iterator[Found]:
        if isinstance(row, dict) and self.prompt not in row and "id" in row:
            asked = self._by_id.get(str(row["id"]))
            matches = {} if asked is None else {asked: None}
            _, index, output = read_row({**row, self.prompt: "-"}, self.prompt, self.text)
        else:
            prompt, index, output = read_row(row, self.prompt, self.text)
            matches = self._by_prompt.get(prompt, {})
        assert isinstance(row, dict)
        sampling = _sampling(row.get("sampling"), entry_sampling(self.task, self.entry))
        if not matches:
            self.strangers += 1
        for messages in matches:
            at = self._seen[messages] if index is None else index
            self._seen[messages] += 1
            yield self._known, Request(messages, sampling, index=at), output

    @cached_property
    def _known(self) -> str:
        return self.identity()

    @cached_property
    def _by_id(self) -> dict[str, tuple[Message, ...]]:
        return {
            sample.id: render(self.task, self.entry, prepare(sample, self.entry.inputs))
            for sample in self.task.split(self.split)
        }

    @cached_property
    def _by_prompt(self) -> dict[Prompt, dict[tuple[Message, ...], None]]:
        found: dict[Prompt, dict[tuple[Message, ...], None]] = {}
        for messages in self._by_id.values():
            last = next((m.content for m in reversed(messages) if m.role == "user"), "")
            for prompt in (messages, last):
                found.setdefault(prompt, {})[messages] = None
        return found


def _check_storable(identity: str, request: Request, output: Output) -> None:
    """ValueError for what a file can hold and SQLite can't, or what is no count."""
    identity.encode()  # a lone surrogate is no UTF-8
    sampling_json(request.sampling).encode()
    numbers = {
        "index": request.index, "tokens_in": output.tokens_in, "tokens_out": output.tokens_out,
        "seconds": output.seconds,
    }  # fmt: skip
    for name, value in numbers.items():
        if not 0 <= value < 2**53 or (name != "seconds" and int(value) != value):
            raise ValueError(f"{name!r} is {str(value)[:30]}; it cannot be that")


def _sampling(value: object, under: Sampling) -> Sampling:
    """The sampling that a line tells, over what it leaves unsaid."""
    if value is None:
        return under
    if not isinstance(value, dict) or not value.keys() <= _FIELDS:
        raise ValueError(f"'sampling' must be an object of {', '.join(sorted(_FIELDS))}")
    given = dict(value)
    try:
        if given.get("grammar") is not None:
            given["grammar"] = Grammar(**given["grammar"])
        checked = make_sampling({k: v for k, v in given.items() if k != "grammar"}, "'sampling'")
    except ConfigError as error:
        raise ValueError(str(error)) from None
    except TypeError:
        raise ValueError("'sampling' holds what is no sampling") from None
    return replace(under, **{k: given[k] if k == "grammar" else getattr(checked, k) for k in given})


def import_outputs(ledger: Ledger, source: Recordings) -> Imported:
    """Record the file's outputs; those that are there already stay as they are."""
    new = count = 0
    found = source.read()
    while batch := list(islice(found, _BATCH)):
        writes: dict[bytes, Write] = {}
        for identity, request, output in batch:
            key = output_key(identity, request)
            if key not in writes and not has_output(ledger, key):
                writes[key] = output_write(ledger, key, identity, request, output)
        with ledger.transaction() as connection:
            for write in writes.values():
                write(connection)
        new, count = new + len(writes), count + len(batch)
    return Imported(source.lines, new, count - new, source.strangers)
