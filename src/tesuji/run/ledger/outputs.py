"""Outputs in the ledger: found by their key, or appended.

The key is a hash of everything that shapes an output: the model's identity, the messages, the
sampling, the draw's index. Nothing about parsing, cleaning or scoring is in it, so a changed
parser re-reads what was recorded and sends nothing.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache

from tesuji.models.base import Output, Request, Sampling, TokenLogprob
from tesuji.run.ledger.store import Ledger, Write
from tesuji.task.sample import Message

# `json.dumps` with options makes an encoder a call, which costs more than most encodings here.
_dumps = json.JSONEncoder(ensure_ascii=False).encode

KEY_BYTES = 16
"""How long an output's key is."""


def messages_json(messages: Sequence[Message]) -> str:
    """The messages as JSON, just as they were sent: `[["user", "…"], …]`."""
    return _messages_json(tuple(messages))


@lru_cache(maxsize=512)  # for the key, and again for the record, with other samples between
def _messages_json(messages: tuple[Message, ...]) -> str:
    return _dumps([[m.role, m.content] for m in messages])


def read_messages(text: str) -> tuple[Message, ...]:
    """The inverse of `messages_json`."""
    return tuple(Message(role, content) for role, content in json.loads(text))


@lru_cache(maxsize=1024)
def sampling_json(sampling: Sampling) -> str:
    """The sampling as JSON; what stands at its default is left out, so new fields keep old keys."""
    default = asdict(Sampling())
    changed = {k: v for k, v in asdict(sampling).items() if v != default[k]}
    return json.dumps(changed, sort_keys=True, ensure_ascii=False)


def output_key(identity: str, request: Request) -> bytes:
    """16 bytes that name this draw of this request to this model."""
    messages = messages_json(request.messages)
    return _hash(identity, messages, sampling_json(request.sampling), str(request.index))


def split_keys(joined: bytes) -> list[bytes]:
    """The keys in what an answer keeps of its drafts: one after the other, in the order of asking.

    >>> split_keys(bytes(32)) == [bytes(16)] * 2
    True
    """
    return [joined[at : at + KEY_BYTES] for at in range(0, len(joined), KEY_BYTES)]


def has_output(ledger: Ledger, key: bytes) -> bool:
    """Whether there is a recorded output with this key."""
    return ledger.row("SELECT 1 FROM outputs WHERE key = ?", key) is not None


def score_key(identity: str, messages: Sequence[Message], choices: Sequence[str]) -> bytes:
    """16 bytes that name this scoring of these choices."""
    return _hash(identity, messages_json(messages), _dumps(list(choices)), "score")


def find_output(ledger: Ledger, key: bytes) -> Output | None:
    """The recorded output with this key."""
    row = ledger.row(
        "SELECT body, finish, tokens_in, tokens_out, seconds, logprobs FROM outputs "
        "JOIN texts ON texts.output = outputs.id WHERE key = ?",
        key,
    )
    if row is None:
        return None
    text, finish, tokens_in, tokens_out, seconds, logprobs = row
    return Output(text, finish, tokens_in, tokens_out, seconds, read_logprobs(logprobs))


async def record_output(
    ledger: Ledger, key: bytes, identity: str, request: Request, output: Output
) -> None:
    """Append an output; returns when it is committed. A key that is there already stays.

    Its text must be `storable`.
    """
    await ledger.commit(output_write(ledger, key, identity, request, output))


def output_write(
    ledger: Ledger, key: bytes, identity: str, request: Request, output: Output
) -> Write:
    """What `record_output` writes, to be part of a transaction."""
    prompt = messages_json(request.messages)
    sampling = sampling_json(request.sampling)
    logprobs = None if output.logprobs is None else json.dumps([asdict(t) for t in output.logprobs])

    def write(connection: sqlite3.Connection) -> None:
        setup = _setup(ledger, connection, identity, sampling)
        cursor = connection.execute(
            "INSERT OR IGNORE INTO outputs (key, setup, prompt, draw, finish, tokens_in, "
            "tokens_out, seconds, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key, setup, _prompt(connection, prompt), request.index, output.finish,
                output.tokens_in, output.tokens_out, output.seconds, time.time(),
            ),
        )  # fmt: skip
        if cursor.rowcount:
            connection.execute(
                "INSERT INTO texts VALUES (?, ?, ?)",
                (cursor.lastrowid, output.text, logprobs),
            )

    return write


def find_scores(ledger: Ledger, key: bytes) -> list[float] | None:
    """The recorded log-probabilities with this key."""
    row = ledger.row("SELECT logprobs FROM scored WHERE key = ?", key)
    return None if row is None else json.loads(row[0])


async def record_scores(
    ledger: Ledger,
    key: bytes,
    identity: str,
    messages: Sequence[Message],
    choices: Sequence[str],
    scores: Sequence[float],
) -> None:
    """Append the log-probabilities of `choices`; returns when they are committed."""
    prompt = messages_json(messages)

    def write(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR IGNORE INTO scored VALUES (?, ?, ?, ?, ?, ?)",
            (
                key, _setup(ledger, connection, identity, "{}"), _prompt(connection, prompt),
                json.dumps(list(choices), ensure_ascii=False), json.dumps(list(scores)),
                time.time(),
            ),
        )  # fmt: skip

    await ledger.commit(write)


def _setup(ledger: Ledger, connection: sqlite3.Connection, model: str, sampling: str) -> int:
    known = ledger.setups.get((model, sampling))
    if known is None:
        connection.execute(
            "INSERT OR IGNORE INTO setups (model, sampling) VALUES (?, ?)", (model, sampling)
        )
        (known,) = connection.execute(
            "SELECT id FROM setups WHERE model = ? AND sampling = ?", (model, sampling)
        ).fetchone()
        ledger.setups[(model, sampling)] = known
    return known


def _prompt(connection: sqlite3.Connection, messages: str) -> int:
    digest = _hash(messages)
    cursor = connection.execute(
        "INSERT OR IGNORE INTO prompts (digest, messages) VALUES (?, ?)",
        (digest, storable(messages)),
    )
    if cursor.rowcount:
        return int(cursor.lastrowid or 0)
    (known,) = connection.execute("SELECT id FROM prompts WHERE digest = ?", (digest,)).fetchone()
    return int(known)


def storable(text: str) -> str:
    """The text as SQLite can hold it: lone surrogates become question marks."""
    # A lone surrogate (a broken server can send one in JSON) is no UTF-8, which SQLite needs.
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def _hash(*parts: str) -> bytes:
    """A hash of the parts, each with its length, so that no two lists of parts look the same."""
    contents = [part.encode("utf-8", "surrogatepass") for part in parts]
    whole = b"".join([b"%d:%b" % (len(content), content) for content in contents])
    return hashlib.sha256(whole).digest()[:KEY_BYTES]


def read_logprobs(text: str | None) -> tuple[TokenLogprob, ...] | None:
    """Log-probabilities as the ledger keeps them: JSON, or None."""
    if text is None:
        return None
    return tuple(
        TokenLogprob(t["token"], t["logprob"], tuple((a, b) for a, b in t["top"]))
        for t in json.loads(text)
    )
