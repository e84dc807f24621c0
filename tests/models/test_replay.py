"""Recorded outputs as a model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tesuji.errors import (
    CapabilityError,
    ConfigError,
    DataError,
    RequestFailedError,
)
from tesuji.models.base import Output, Request, TokenLogprob
from tesuji.models.registry import open_model
from tesuji.models.replay import read_jsonl
from tesuji.task.sample import Message

Say = Callable[..., Request]


def write(path: Path, *rows: Any, encoding: str = "utf-8", end: str = "\n") -> Path:
    text = end.join(row if isinstance(row, str) else json.dumps(row) for row in rows) + end
    path.write_bytes(text.encode(encoding))
    return path


def replay(path: Path | str, *requests: Request) -> list[Output]:
    async def go() -> list[Output]:
        model = open_model(f"replay:{path}")
        try:
            return await asyncio.gather(*map(model.generate, requests))
        finally:
            await model.close()
            await model.close()

    return asyncio.run(go())


def test_repeated_prompts_give_their_outputs_in_turn(tmp_path: Path, say: Say) -> None:
    path = write(
        tmp_path / "r.jsonl",
        {"prompt": "a", "output": "1", "tokens_in": 3, "tokens_out": 4, "finish": "length"},
        {"prompt": "b", "output": "日本"},
        "",
        {"prompt": "a", "output": "2"},
        {"prompt": "a", "output": "nine", "index": 9},
    )
    outputs = replay(path, say("a"), say("a", index=1), say("a", index=9), say("b"))
    assert [o.text for o in outputs] == ["1", "2", "nine", "日本"]
    assert outputs[0] == Output("1", "length", 3, 4)
    assert outputs[1].finish == "stop"


def test_whole_messages_come_before_the_last_user_message(tmp_path: Path) -> None:
    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}]
    path = write(
        tmp_path / "r.jsonl", {"prompt": "a", "output": "any"}, {"prompt": turns, "output": "s"}
    )
    system, user = Message("system", "s"), Message("user", "a")
    asks = [Request((system, user)), Request((user,)), Request((Message("system", "t"), user))]
    assert [o.text for o in replay(path, *asks)] == ["s", "any", "any"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_windows_files_are_read(encoding: str, tmp_path: Path, say: Say) -> None:
    path = write(tmp_path / "r.jsonl", {"prompt": "a", "output": "x\r\ny"}, encoding=encoding,
                 end="\r\n")  # fmt: skip
    assert replay(path, say("a"))[0].text == "x\r\ny"


def test_what_is_not_recorded_fails_alone(tmp_path: Path, say: Say) -> None:
    path = write(tmp_path / "r.jsonl", {"prompt": "a", "output": "1"})
    with pytest.raises(RequestFailedError, match="no recorded output for this prompt: other"):
        replay(path, say("other"))
    with pytest.raises(RequestFailedError, match=r"1 outputs are recorded .* number 3"):
        replay(path, say("a", index=3))
    with pytest.raises(CapabilityError, match="no log-probabilities are recorded"):
        replay(path, say("a", logprobs=1))


BAD = {
    "not json": ("{'prompt': 1}", "Expecting property name"),
    "no object": ("[1]", "no JSON object"),
    "no prompt": ('{"output": "x"}', "no 'prompt'"),
    "no output": ('{"prompt": "x"}', "no 'output'"),
    "output is null": ('{"prompt": "x", "output": null}', "'output' must be a text"),
    "prompt is a number": ('{"prompt": 3, "output": "x"}', "'prompt' must be a text or a list"),
    "unknown role": (
        '{"prompt": [{"role": "robot", "content": ""}], "output": "x"}',
        "a role is system, user or assistant, not 'robot'",
    ),
    "message without text": ('{"prompt": [{"role": "user"}], "output": "x"}', "a message is"),
    "index is a text": ('{"prompt": "x", "output": "x", "index": "1"}', "'index' must be"),
    "tokens are a text": ('{"prompt": "x", "output": "x", "tokens_in": "1"}', "'tokens_in'"),
    "logprobs are none": ('{"prompt": "x", "output": "x", "logprobs": [1]}', "'logprobs'"),
    "too deep": ("[" * 100_000, "recursion"),
}


@pytest.mark.parametrize(("line", "why"), BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_named(line: str, why: str, tmp_path: Path, say: Say) -> None:
    path = write(tmp_path / "r.jsonl", {"prompt": "a", "output": "1"}, line)
    with pytest.raises(DataError) as caught:
        replay(path, say("a"))
    assert str(caught.value).startswith(f"{path}: line 2: ")
    assert why in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_an_empty_file_is_said(data: bytes, tmp_path: Path, say: Say) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(data)
    with pytest.raises(DataError, match="no outputs are recorded"):
        replay(path, say("a"))


def test_a_file_that_is_not_utf8_is_said(tmp_path: Path, say: Say) -> None:
    path = write(tmp_path / "r.jsonl", '{"prompt": "é", "output": "x"}', encoding="latin-1")
    with pytest.raises(DataError, match="not UTF-8"):
        replay(path, say("a"))


def test_identity_follows_the_recorded_outputs(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", {"prompt": "a", "output": "1"})
    before = open_model(f"replay:{path}").identity
    write(path, {"prompt": "a", "output": "2"})
    assert open_model(f"replay:{path}").identity != before


def record(path: Path, **outputs: list[tuple[Request, Output]]) -> None:
    """Write a ledger as a run does."""
    from tesuji.run.ledger import Ledger, output_key, record_output

    async def go() -> None:
        ledger = Ledger(path)
        try:
            for model, found in outputs.items():
                for request, output in found:
                    key = output_key(model, request)
                    await record_output(ledger, key, model, request, output)
        finally:
            ledger.close()

    asyncio.run(go())


def test_a_ledger_is_replayed(tmp_path: Path, say: Say) -> None:
    path = tmp_path / "ledger.db"
    logprobs = (TokenLogprob("x", -0.5, (("x", -0.5), ("y", -1.0))),)
    first = Output("x\n日本", "length", 5, 6, 0.25, logprobs)
    asks = [say("a", temperature=1.0), say("a", index=1, temperature=1.0), say("b")]
    record(path, mine=list(zip(asks, [first, Output("2", "stop"), Output("3", "stop")],
                               strict=True)))  # fmt: skip
    found = replay(path, asks[0], say("a", index=1), say("b"))
    assert found[0] == first
    assert [o.text for o in found[1:]] == ["2", "3"]


def test_of_several_models_in_a_ledger_one_is_named(tmp_path: Path, say: Say) -> None:
    path = tmp_path / "ledger.db"
    record(path, one=[(say("a"), Output("1", "stop"))], two=[(say("a"), Output("2", "stop"))])
    with pytest.raises(ConfigError, match=r"several models; name one .*: one, two"):
        replay(path, say("a"))
    assert replay(f"{path}#two", say("a"))[0].text == "2"


def test_a_database_that_is_no_ledger_is_said(tmp_path: Path, say: Say) -> None:
    import sqlite3

    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(DataError, match="this ledger cannot be read: no such table"):
        replay(path, say("a"))


def test_what_was_never_recorded_cannot_be_asked(tmp_path: Path) -> None:
    model = open_model(f"replay:{write(tmp_path / 'r.jsonl', {'prompt': 'a', 'output': '1'})}")
    for call in (model.score([Message("user", "a")], ["x"]), model.embed(["a"])):
        with pytest.raises(CapabilityError):
            asyncio.run(call)  # type: ignore[arg-type]


def test_real_recorded_solutions_come_back_unchanged(
    shared: Path, tmp_path: Path, say: Say
) -> None:
    lines = (shared / "data/gsm8k_recorded_solutions_dev.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    kinds = [key for key, value in rows[0].items() if isinstance(value, dict)]
    path = write(
        tmp_path / "gsm8k.jsonl",
        *({"prompt": r["question"], "output": r[k]["solution"]} for r in rows for k in kinds),
    )
    assert sum(1 for _ in read_jsonl(path)) == len(rows) * len(kinds)
    asks = [say(r["question"], index=i) for r in rows for i in range(len(kinds))]
    outputs = replay(path, *asks)
    assert [o.text for o in outputs] == [r[k]["solution"] for r in rows for k in kinds]
