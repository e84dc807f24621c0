"""`kill -9` at random instants of a run: nothing recorded is lost, nothing is asked for twice.

`python -m benchmarks.soak [--kills 200] [--samples 1500] [--seed 0]`

A child process runs an entry on a scripted model that notes each prompt in a file before it
answers. It is killed at an instant drawn evenly from its start to a little past its end (so also
while the ledger is made, opened, or concluded from), and started again on the same ledger, until
the run is finished; then a new ledger is begun. After each kill: the ledger passes its integrity
check, every output that was recorded is still there, as it was, and no prompt whose output was
recorded has been asked for again. A run that finishes has an answer for every sample.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from tesuji.models.base import Capability, Output, Request
from tesuji.run.entry import base_entry
from tesuji.run.ledger import FILE, Ledger, list_runs
from tesuji.run.runner import run_entry
from tesuji.task.sample import Message
from tesuji.task.task import load

_ASKED = "asked.txt"
_SECONDS = 0.002  # that an answer takes
_TOML = """
name = "soak"
metric = "accuracy"
model = "noting"
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


class Noting:
    """A backend that notes what it is asked, and answers a sum after a moment."""

    uri = identity = "noting"
    concurrency = 8
    capabilities: frozenset[Capability] = frozenset({"generate"})

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)

    async def ready(self) -> None: ...

    async def generate(self, request: Request) -> Output:
        prompt = request.messages[-1].content
        self._file.write(prompt + "\n")
        await asyncio.sleep(_SECONDS)
        a, b = prompt.rstrip("=").split("+")
        return Output(f"Sure! Here is the sum: {int(a) + int(b)}", "stop", 5, 9, _SECONDS)

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> NoReturn:
        raise AssertionError("not asked for here")

    async def embed(self, texts: Sequence[str]) -> NoReturn:
        raise AssertionError("not asked for here")

    async def close(self) -> None:
        self._file.close()


def child(folder: Path) -> None:
    """One pass of the run, in this process."""
    task = load(folder)
    with Ledger(folder / FILE) as ledger:
        model = Noting(folder / _ASKED)
        run = run_entry(task, base_entry(task), task.dev, split="dev", model=model, ledger=ledger)
        asyncio.run(run)


@dataclass
class Soak:
    """The state of a soak: the competition's folder, and what has been recorded so far."""

    folder: Path
    samples: int
    recorded: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    finished: int = 0
    asked: int = 0

    def begin(self) -> None:
        """A competition, and no ledger."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "competition.toml").write_text(_TOML)
        (self.folder / "train.csv").write_text("id,a,b,sum\nt,90000,9,90009\n")
        rows = [f"d{n},{n},{n + 1},{2 * n + 1}" for n in range(self.samples)]
        (self.folder / "dev.csv").write_text("id,a,b,sum\n" + "\n".join(rows) + "\n")
        self.recorded = {}

    def run(self, seconds: float | None) -> bool:
        """One pass, killed after so many seconds (None: never); whether it came to its end."""
        asked = self.folder / _ASKED
        asked.write_text("")
        root = Path(__file__).resolve().parents[1]
        environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
        command = [sys.executable, "-m", "benchmarks.soak", "--child", str(self.folder)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.kills += 1
            code = None
        assert process.stderr is not None
        said = process.stderr.read().decode()
        process.stderr.close()
        assert code in (None, 0), said
        self.check(asked.read_text().split())
        return code == 0

    def check(self, asked: Sequence[str]) -> None:
        """What must hold after every pass."""
        self.asked += len(asked)
        again = [prompt for prompt in asked if prompt in self.recorded]
        assert not again, f"recorded, and asked for again: {again[:3]}"
        twice = [prompt for prompt, times in Counter(asked).items() if times > 1]
        assert not twice, f"asked for twice: {twice[:3]}"
        if not (self.folder / FILE).exists():
            return
        with Ledger(self.folder / FILE) as ledger:
            assert ledger.rows("PRAGMA integrity_check") == [("ok",)]
            assert ledger.rows("PRAGMA foreign_key_check") == []
            found = ledger.rows(
                "SELECT messages, body FROM outputs o JOIN prompts p ON p.id = o.prompt "
                "JOIN texts t ON t.output = o.id"
            )
        now = {messages.split('"')[3]: body for messages, body in found}
        lost = [prompt for prompt, body in self.recorded.items() if now.get(prompt) != body]
        assert not lost, f"recorded, and gone or changed: {lost[:3]}"
        self.recorded = now

    def finish(self) -> None:
        """What must hold at the end of a run."""
        with Ledger(self.folder / FILE) as ledger:
            (run,) = list_runs(ledger)
            assert (run.state, run.answered, run.score) == ("finished", self.samples, 1.0), run
            assert ledger.row("SELECT COUNT(*) FROM outputs") == (self.samples,)
        self.finished += 1


def soak(folder: Path, kills: int, samples: int, seed: int = 0) -> Soak:
    """Kill runs until that is done `kills` times, and let the last one finish. AssertionError for
    what is lost or paid for twice."""
    draw, state = random.Random(seed), Soak(folder, samples)
    state.begin()
    began = time.perf_counter()
    state.run(None)
    whole = time.perf_counter() - began  # of a pass that nobody kills
    state.finish()
    state.begin()
    while state.kills < kills:
        if state.run(draw.uniform(0, 1.1 * whole)):
            state.finish()
            state.begin()
    assert state.run(None)
    state.finish()
    return state


def main() -> None:
    """Parse arguments, soak, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--samples", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child)
        return
    with tempfile.TemporaryDirectory() as aside:
        began = time.perf_counter()
        done = soak(Path(aside) / "soak", arguments.kills, arguments.samples, arguments.seed)
    print(
        f"{done.kills} kills, {done.finished} runs finished, {done.asked:,} requests, in "
        f"{time.perf_counter() - began:,.0f} s: no output lost, none asked for twice, every "
        "integrity check passed"
    )


if __name__ == "__main__":
    main()
