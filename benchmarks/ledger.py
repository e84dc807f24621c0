"""The ledger at scale: a million outputs, and what one waits for with so many.

`python -m benchmarks.ledger [--runs 10] [--samples 100000] [--folder FOLDER]`

Makes a competition of `--samples` questions and a ledger of `--runs` runs on them, through the
functions that a run uses: 64 workers record an output, wait for its commit, then write what was
found in it and the answer. That gives the rate of appends. Then it measures, each in a fresh
process, by the wall clock: opening the ledger, listing the runs, comparing two, a pass that has to
conclude from all outputs anew ("first pass"; `--brief` leaves it out), and the same run again. A
competition of many rows takes its time to load; that is shown apart. With `--folder` the ledger is
kept, and measured without being made where it is there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from tesuji.diagnose.finding import Finding
from tesuji.models.base import Capability, Output, Request
from tesuji.run.entry import Entry, base_entry, to_table
from tesuji.run.ledger import (
    FILE,
    AnswerRow,
    Ledger,
    begin_run,
    diagnosis_context,
    end_run,
    output_key,
    record_diagnosis,
    record_output,
    write_answer,
    write_rates,
)
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task, load

_WORKERS = 64
_MODEL = "recorded"
_TOML = """
name = "large"
metric = "exact"
model = "recorded"
[data]
train = "train.csv"
dev = "dev.csv"
id = "id"
target = "answer"
[answer]
format = "integer"
[prompt]
user = '''{question}
Work it out step by step, then give the answer as a whole number.'''
"""
_WORDS = [
    "the",
    "apples",
    "baskets",
    "of",
    "market",
    "sold",
    "each",
    "day",
    "for",
    "two",
    "prices",
    "and",
    "then",
    "half",
    "were",
    "left",
    "so",
    "many",
    "people",
    "came",
    "from",
    "town",
    "to",
    "buy",
    "more",
    "than",
    "before",
    "while",
    "others",
    "waited",
    "until",
    "evening",
    "with",
    "coins",
]


class Silent:
    """A backend that must not be asked: all is in the ledger."""

    uri = identity = _MODEL
    concurrency = _WORKERS
    capabilities: frozenset[Capability] = frozenset({"generate"})

    async def ready(self) -> None: ...

    async def generate(self, request: Request) -> NoReturn:
        raise AssertionError(f"was sent: {request.messages}")

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> NoReturn:
        raise AssertionError("was sent")

    async def embed(self, texts: Sequence[str]) -> NoReturn:
        raise AssertionError("was sent")

    async def close(self) -> None: ...


def make_competition(folder: Path, samples: int) -> None:
    """Questions of about 200 characters with whole numbers as answers."""
    draw = random.Random(0)
    (folder / "competition.toml").write_text(_TOML)
    (folder / "train.csv").write_text("id,question,answer\nt,One and one?,2\n")
    with (folder / "dev.csv").open("w") as file:
        file.write("id,question,answer\n")
        for n in range(samples):
            said = " ".join(draw.choices(_WORDS, k=35))
            file.write(f"s{n},Question {n}: {said}. How many are left?,{draw.randrange(1000)}\n")


def entries(task: Task, runs: int) -> list[Entry]:
    """So many entries, each with a prompt of its own."""
    base = base_entry(task)
    return [
        replace(base, name=f"entry{n}", prompt=replace(base.prompt, system=f"You are solver {n}."))
        for n in range(runs)
    ]


def answers(samples: Sequence[Sample], seed: int) -> Iterator[tuple[Sample, str, AnswerRow]]:
    """For each sample a text of some 350 characters and a row; seven in ten are right."""
    draw = random.Random(seed)
    steps = [" ".join(draw.choices(_WORDS, k=60)) for _ in range(1000)]
    for n, sample in enumerate(samples):
        right = draw.random() < 0.7
        answer = sample.target if right else draw.randrange(1000)
        text = f"Let me see. {n}: {steps[n % 1000]}. The answer is {answer}."
        yield sample, text, AnswerRow(sample.id, "answered", answer, float(right), None)


async def append_run(ledger: Ledger, task: Task, entry: Entry, seed: int) -> None:
    """One run's outputs, answers and findings, as `_WORKERS` flows at once write them."""
    run = begin_run(
        ledger, entry=entry.name, model=entry.model, entry_digest=entry.digest,
        entry_table=to_table(entry), task_digest=task.digest, split="dev",
        samples_digest="whole", total=len(task.dev), metric=task.metric.name,
    )  # fmt: skip
    context = diagnosis_context(ledger, "benchmark")
    draw, queue, found = random.Random(seed), answers(task.dev, seed), 0

    async def worker() -> None:
        nonlocal found
        for sample, text, row in queue:
            request = Request(entry.prompt.render(sample, (), task.format), entry.sampling)
            key = output_key(_MODEL, request)
            output = Output(text, "stop", 60, 90, 0.8)
            await record_output(ledger, key, _MODEL, request, output)
            findings = []
            if draw.random() < 0.2:
                findings = [(key, Finding("preamble", 0, 11, "opens with 'Let me see.'", 0.9))]
                found += 1
            row = replace(row, output=key)
            record_diagnosis(ledger, context, key, [finding for _, finding in findings])
            ledger.append(partial(write_answer, run=run, row=row, findings=findings, outputs=[key]))

    await asyncio.gather(*(worker() for _ in range(_WORKERS)))
    size = len(task.dev)
    ledger.append(partial(write_rates, run=run, outputs=size, hits={"preamble": found}))
    ledger.flush()
    values = {
        "state": "finished", "answered": size, "outputs": size, "sent": size,
        "score": 0.7, "low": 0.69, "high": 0.71,
    }  # fmt: skip
    end_run(ledger, run, values)


def make(folder: Path, runs: int, samples: int) -> None:
    """The competition and its ledger; prints the rate of appends."""
    make_competition(folder, samples)
    task = load(folder)
    with Ledger(folder / FILE) as ledger:
        for n, entry in enumerate(entries(task, runs)):
            began, cpu = time.perf_counter(), time.process_time()
            asyncio.run(append_run(ledger, task, entry, n))
            wall, cpu = time.perf_counter() - began, time.process_time() - cpu
            print(
                f"run {n + 1}: {samples / wall:,.0f} outputs a second "
                f"({samples / cpu:,.0f} a CPU second)", flush=True,
            )  # fmt: skip
    size = sum(path.stat().st_size for path in folder.glob(f"{FILE}*"))
    print(f"{runs * samples:,} outputs: {size / 1e6:,.0f} MB")


def measure(folder: Path, what: str) -> dict[str, float]:
    """Seconds of one thing, in this process."""
    from tesuji import api
    from tesuji.run.runner import run_entry

    began = time.perf_counter()
    if what == "open":
        with Ledger(folder / FILE) as ledger:
            ledger.row("SELECT 1 FROM outputs LIMIT 1")
        return {"open": time.perf_counter() - began}
    task = load(folder)
    loaded = time.perf_counter() - began
    began = time.perf_counter()
    if what == "list":
        assert api.runs(task).rows
    elif what == "compare":
        assert api.compare(task, 1, 2).n == len(task.dev)
    else:
        with Ledger(folder / FILE) as ledger:
            entry = entries(task, 1)[0]
            run = run_entry(task, entry, task.dev, split="dev", model=Silent(), ledger=ledger)
            row = asyncio.run(run)
        assert row.answered == len(task.dev)
    return {what: time.perf_counter() - began, "load": loaded}


def child(folder: Path, what: str) -> dict[str, float]:
    """`measure` in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ledger", "--one", what, "--folder", str(folder)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Make a ledger where there is none, then print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--one", metavar="WHAT")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.folder, arguments.one)))
        return
    with tempfile.TemporaryDirectory() as aside:
        folder = arguments.folder or Path(aside)
        folder.mkdir(exist_ok=True)
        if not (folder / FILE).exists():
            make(folder, arguments.runs, arguments.samples)
        passes = () if arguments.brief else ("first pass", "run again")
        for what in ("open", "list", "compare", *passes):
            figures = child(folder, what)
            loaded = (
                f"  (loading the competition: {figures['load']:.2f} s)" if what != "open" else ""
            )
            print(f"{what:<12}{figures[what]:>8.2f} s{loaded}", flush=True)


if __name__ == "__main__":
    main()
