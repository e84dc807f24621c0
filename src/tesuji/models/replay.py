"""Recorded outputs as a model: `replay:FILE`.

FILE is a JSONL of prompts and outputs, or a ledger. Sampling is not looked at: what was recorded
is what is said. For a ledger with several models, `replay:FILE#IDENTITY` names one.

A line of a JSONL: `{"prompt": TEXT or MESSAGES, "output": TEXT}`, and if wanted `index`, `finish`,
`tokens_in`, `tokens_out`, `seconds`, `logprobs`. A TEXT prompt answers to the last user message.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tesuji.errors import (
    CapabilityError,
    ConfigError,
    DataError,
    ModelUnavailableError,
    RequestFailedError,
)
from tesuji.models.base import Capability, Output, Request, TokenLogprob
from tesuji.models.fingerprint import fingerprint
from tesuji.models.once import Once
from tesuji.models.wire import shown, whole
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

Prompt: TypeAlias = str | tuple[Message, ...]
_LEDGER = b"SQLite format 3\0"
_NUMBERS: tuple[tuple[str, Any], ...] = (("tokens_in", 0), ("tokens_out", 0), ("seconds", 0.0))


def open_replay(rest: str, *, concurrency: int = 256) -> ReplayModel:
    """`replay:FILE`."""
    path, identity = Path(rest).expanduser(), None
    if not path.exists() and "#" in rest:
        name, _, identity = rest.partition("#")
        path = Path(name).expanduser()
    if not path.is_file():
        raise ModelUnavailableError(f"replay:{rest}: no such file")
    return ReplayModel(f"replay:{rest}", path, identity, concurrency)


class ReplayModel:
    """Answers with what was recorded. Made by `open_model`."""

    capabilities: frozenset[Capability] = frozenset({"generate", "logprobs", "seed", "grammar"})

    def __init__(self, uri: str, path: Path, recorded: str | None, concurrency: int) -> None:
        self.uri, self.concurrency = uri, concurrency
        self.identity = f"replay@{fingerprint(path)}" + (f"#{recorded}" if recorded else "")
        self._path, self._recorded = path, recorded
        self._outputs: dict[Prompt, dict[int, Output]] = {}
        self._loaded = Once(self._load)

    async def ready(self) -> None:
        """Read the file. DataError names file and line of what cannot be read."""
        await self._loaded.wait()

    async def generate(self, request: Request) -> Output:
        """The recorded output for these messages and this index; RequestFailedError if none is."""
        await self.ready()
        outputs = self._outputs
        found = outputs.get(request.messages) or outputs.get(_last_user(request.messages))
        if found is None:
            said = shown(_last_user(request.messages), 80)
            raise RequestFailedError(f"{self.uri}: no recorded output for this prompt: {said}")
        output = found.get(request.index)
        if output is None:
            raise RequestFailedError(
                f"{self.uri}: {len(found)} outputs are recorded for this prompt, "
                f"none of them number {request.index}"
            )
        if request.sampling.logprobs is not None and output.logprobs is None:
            raise CapabilityError(f"{self.uri}: no log-probabilities are recorded")
        return output

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """Not recorded."""
        raise CapabilityError(f"{self.uri} holds outputs; it cannot score choices")

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Not recorded."""
        raise CapabilityError(f"{self.uri} holds outputs; it gives no embeddings")

    async def close(self) -> None:
        """Let go of the outputs."""
        self._outputs = {}
        self._loaded.done = False

    async def _load(self) -> None:
        self._outputs = await asyncio.to_thread(self._read)

    def _read(self) -> dict[Prompt, dict[int, Output]]:
        with self._path.open("rb") as file:
            ledger = file.read(len(_LEDGER)) == _LEDGER
        found = read_ledger(self._path, self._recorded) if ledger else read_jsonl(self._path)
        outputs: dict[Prompt, dict[int, Output]] = {}
        for prompt, index, output in found:
            draws = outputs.setdefault(prompt, {})
            draws[len(draws) if index is None else index] = output
        if not outputs:
            raise DataError(f"{self._path}: no outputs are recorded in it")
        return outputs


def read_jsonl(path: Path) -> Iterator[tuple[Prompt, int | None, Output]]:
    """Prompt, index and output of each line that is not blank. DataError with file and line."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):  # noqa: B007  # named in errors below
                if line.strip():
                    yield read_row(json.loads(line))
    except UnicodeDecodeError:
        raise DataError(f"{path}: after line {number}: not UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: line {number}: {shown(str(error))}") from None


def read_row(
    row: object, prompt: str = "prompt", output: str = "output"
) -> tuple[Prompt, int | None, Output]:
    """Prompt, index and output of a row whose columns are so named; ValueError in a few words."""
    if not isinstance(row, dict):
        raise ValueError('no JSON object; write {"prompt": …, "output": …}')
    for key in (prompt, output):
        if key not in row:
            raise ValueError(f'no {key!r}; a line is {{"prompt": …, "output": …}}')
    if not isinstance(row[output], str):
        raise ValueError(f"{output!r} must be a text")
    index = row.get("index")
    if index is not None and (isinstance(index, bool) or not isinstance(index, int)):
        raise ValueError("'index' must be a whole number")
    numbers = {key: row.get(key) or default for key, default in _NUMBERS}
    for key, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{key!r} must be a number")
    finish = row.get("finish") or "stop"
    if not isinstance(finish, str):
        raise ValueError("'finish' must be a text")
    logprobs = _read_logprobs(row.get("logprobs"))
    said = Output(whole(row[output]), finish, logprobs=logprobs, **numbers)
    return read_prompt(row[prompt]), index, said


def read_prompt(value: object) -> Prompt:
    """A text, or a list of messages; ValueError for anything else."""
    if isinstance(value, str):
        return whole(value)
    if not isinstance(value, list) or not value:
        raise ValueError("'prompt' must be a text or a list of messages")
    return tuple([_read_message(item) for item in value])


def _read_message(item: object) -> Message:
    pair: Sequence[object] = ()
    if isinstance(item, Mapping):
        pair = (item.get("role"), item.get("content"))
    elif isinstance(item, list):
        pair = item
    if len(pair) != 2 or not all(isinstance(part, str) for part in pair):
        raise ValueError('a message is {"role": …, "content": …}')
    role, content = str(pair[0]), whole(str(pair[1]))
    if role not in ("system", "user", "assistant"):
        raise ValueError(f"a role is system, user or assistant, not {role[:20]!r}")
    return Message(role, content)  # type: ignore[arg-type]


def _read_logprobs(value: object) -> tuple[TokenLogprob, ...] | None:
    if value is None:
        return None
    try:
        return tuple(
            TokenLogprob(
                str(item["token"]),
                float(item["logprob"]),
                tuple((str(token), float(logprob)) for token, logprob in item.get("top", ())),
            )
            for item in value  # type: ignore[attr-defined]
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        raise ValueError("'logprobs' must be a list of {token, logprob, top}") from None


def read_ledger(path: Path, model: str | None) -> Iterator[tuple[Prompt, int, Output]]:
    """Prompt, index and output of every output in a ledger, oldest first; newer ones win.

    ConfigError where it holds several models and none is named.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            models = [name for (name,) in connection.execute("SELECT DISTINCT model FROM setups")]
            if model is None and len(models) > 1:
                raise ConfigError(
                    f"{path} holds outputs of several models; name one as replay:{path}#MODEL: "
                    + ", ".join(models)
                )
            rows = connection.execute(_RECORDED, (model or next(iter(models), ""),))
            for messages, draw, logprobs, body, finish, tokens_in, tokens_out, seconds in rows:
                tokens = None if logprobs is None else _read_logprobs(json.loads(logprobs))
                prompt = read_prompt(json.loads(messages))
                yield prompt, draw, Output(body, finish, tokens_in, tokens_out, seconds, tokens)
        finally:
            connection.close()
    except (sqlite3.Error, ValueError) as error:
        raise DataError(f"{path}: this ledger cannot be read: {shown(str(error))}") from None


_RECORDED = """
SELECT messages, draw, logprobs, body, finish, tokens_in, tokens_out, seconds
FROM outputs
JOIN setups ON setups.id = outputs.setup
JOIN prompts ON prompts.id = outputs.prompt
JOIN texts ON texts.output = outputs.id
WHERE setups.model = ? ORDER BY outputs.id
"""


def _last_user(messages: Sequence[Message]) -> str:
    return next((m.content for m in reversed(messages) if m.role == "user"), "")
