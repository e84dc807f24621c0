"""What the tests of the command line share: processes, what they said, and a slow server."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Tesuji = Callable[..., Said]


def command(*arguments: object) -> list[str]:
    """A command for a process of its own."""
    return [sys.executable, "-m", "tesuji", *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """The environment of such a process."""
    kept = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    return {**kept, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **changes}


@dataclass(frozen=True)
class Demo:
    """A demo that was played in a process of its own, and kept."""

    folder: Path
    out: str
    err: str
    code: int
    cpu: float  # seconds


def best_of(folder: Path) -> str:
    """The name of the best entry on dev, as the ledger has it."""
    ledger = sqlite3.connect(folder / "ledger.db")
    (name,) = ledger.execute(
        "SELECT entry FROM runs JOIN best ON best.run = runs.id WHERE runs.split = 'dev'"
    ).fetchone()
    ledger.close()
    return str(name)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes: to see that nothing was written."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@dataclass
class Server:
    """A chat server that reverses the last word of a prompt, `delay` seconds later."""

    delay: float
    url: str = ""
    answered: int = 0
    asked: int = 0

    @property
    def model(self) -> str:
        return f"{self.url}#slow"

    async def answer(self, request: Any) -> Any:
        from aiohttp import web

        if request.method == "GET":
            return web.json_response({"object": "list", "data": [{"id": "slow"}]})
        body = await request.json()
        self.asked += 1
        await asyncio.sleep(self.delay)
        self.answered += 1
        text = body["messages"][-1]["content"].split()[-1][::-1]
        return web.json_response(
            {
                "choices": [
                    {"index": 0, "message": {"role": "assistant", "content": text},
                     "finish_reason": "stop"}
                ],
                "usage": {"prompt_tokens": 9, "completion_tokens": 3},
            }
        )  # fmt: skip
