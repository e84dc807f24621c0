"""A small competition on disk, and a backend whose replies the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tesuji.models.base import Capability, Model, Output, Request
from tesuji.run.entry import Entry, base_entry
from tesuji.run.ledger import Ledger, RunRow
from tesuji.run.runner import run_entry
from tesuji.task.sample import Message
from tesuji.task.task import Task, load

TOML = """
name = "sums"
metric = "accuracy"
model = "scripted"
[data]
train = "train.csv"
dev = "dev.csv"
id = "id"
target = "sum"
[answer]
format = "integer"
[prompt]
user = "{a}+{b}="
"""


class Scripted:
    """A backend (`tesuji.models.Model`) that replies by a function of the request.

    `seconds` is how long it takes, or a function of the request that says so.
    """

    uri = identity = "scripted"
    concurrency = 4
    capabilities: frozenset[Capability] = frozenset({"generate", "score"})

    def __init__(
        self,
        reply: Callable[[Request], str | Exception],
        seconds: float | Callable[[Request], float] = 0.0,
    ) -> None:
        self.reply, self.seconds = reply, seconds
        self.asked: list[Request] = []
        self.in_flight = self.most_in_flight = 0

    async def ready(self) -> None:
        pass

    async def generate(self, request: Request) -> Output:
        self.asked.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        seconds = self.seconds(request) if callable(self.seconds) else self.seconds
        try:
            await asyncio.sleep(seconds)
        finally:
            self.in_flight -= 1
        reply = self.reply(request)
        if isinstance(reply, Exception):
            raise reply
        return Output(reply, "stop", len(prompt(request)), len(reply), seconds)

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        self.asked.append(Request(tuple(prompt)))
        return [-float(len(choice)) for choice in choices]

    async def embed(self, texts: Sequence[str]) -> None:
        raise AssertionError("not asked for here")

    async def close(self) -> None:
        pass


def prompt(request: Request) -> str:
    """What the user turn says."""
    return request.messages[-1].content


def add(request: Request) -> str:
    """The right answer to "3+4="."""
    a, b = prompt(request).rstrip("=").split("+")
    return str(int(a) + int(b))


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """Twenty sums to answer."""
    (tmp_path / "competition.toml").write_text(TOML)
    (tmp_path / "train.csv").write_text("id,a,b,sum\nt0,90,9,99\nt1,80,9,89\n")
    rows = [f"d{n},{n},{n + 1},{2 * n + 1}" for n in range(20)]
    (tmp_path / "dev.csv").write_text("id,a,b,sum\n" + "\n".join(rows) + "\n")
    return load(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def entry(task: Task) -> Entry:
    return base_entry(task)


Play = Callable[..., RunRow]


@pytest.fixture
def play(task: Task, entry: Entry, ledger: Ledger) -> Play:
    """Run the dev split to its end; keywords as of `run_entry`, and `entry`, `task`."""

    def run(model: Model, **changes: object) -> RunRow:
        at = changes.pop("task", task)
        chosen = changes.pop("entry", entry)
        return asyncio.run(
            run_entry(at, chosen, at.dev, split="dev", model=model, ledger=ledger, **changes)
        )

    return run
