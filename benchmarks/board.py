"""The board over a ledger of a million outputs: how long pages take, and what the server takes.

`python -m benchmarks.board [--runs 10] [--samples 100000] [--repeats 5] [--folder FOLDER]`

Makes a competition of `--samples` rows and a ledger of `--runs` runs on it, starts `tesuji board`
on it as a person would, and loads pages over HTTP: the first time ("first"), when the server knows
nothing of what is asked, and then again (median "again"). Beside them, in the same minutes, what a
page of fifty samples costs somebody who reads the run's rows into Python and sorts them there
("naive"). Memory is the server's own (VmRSS, VmHWM: its peak). With `--folder` the competition is
kept, and used again where it is there.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import tesuji as tj
from benchmarks.browse import looks, naive
from tesuji.competitions.llm_prompt_reverse.generate import generate
from tesuji.diagnose.finding import Finding
from tesuji.models.base import Output, Request
from tesuji.run.entry import to_table
from tesuji.run.ledger import (
    FILE,
    AnswerRow,
    Ledger,
    begin_run,
    end_run,
    output_key,
    output_write,
    set_best,
    write_answer,
    write_rates,
)
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task

_GROUP = 5000  # samples in a transaction
_TEST = 1000
_TOML = """\
name = "reverse"
metric = "levenshtein"
model = "http://127.0.0.1:1/v1#recorded"
[data]
train = "data/train.csv"
test = "data/test.csv"
target = "reverse"
submission = ["original", "pred"]
[split]
dev = {dev}
[answer]
format = "text"
pattern = "[a-z]+"
[prompt]
user = "Reverse the string: {{original}}"
"""


def make(folder: Path, runs: int, samples: int) -> None:
    """A competition with so many rows to measure on, and so many finished runs."""
    (folder / "data").mkdir(parents=True)
    generate(folder / "data", train=samples + 100, test=_TEST)
    (folder / "competition.toml").write_text(_TOML.format(dev=samples), encoding="utf-8")
    task, draw = tj.load(folder), random.Random(0)
    with Ledger(folder / FILE) as ledger:
        for number in range(runs):
            _make_run(ledger, task, number, draw)
            print(f"run {number + 1} of {runs}", file=sys.stderr, flush=True)


def _make_run(ledger: Ledger, task: Task, number: int, draw: random.Random) -> None:
    base = tj.Entry("base", "http://127.0.0.1:1/v1#recorded", task.template)
    prompt = f"Reverse the string: {{original}}\nThis is wording {number}."
    entry = tj.derive(base, name=f"entry{number}", user=prompt)
    run = begin_run(
        ledger, entry=entry.name, model=entry.model, entry_digest=entry.digest,
        entry_table=to_table(entry), task_digest=task.digest, split="dev", samples_digest="whole",
        total=len(task.dev), metric=task.metric.name,
    )  # fmt: skip
    scores: list[float] = []
    preambles = 0
    for start in range(0, len(task.dev), _GROUP):
        with ledger.transaction() as connection:
            for sample in task.dev[start : start + _GROUP]:
                score, preamble = _answer(ledger, connection, run, number, sample, draw)
                scores.append(score)
                preambles += preamble
            write_rates(connection, run, len(scores), {"preamble": preambles})
    n, score = len(scores), statistics.fmean(scores)
    spread = 1.96 * statistics.stdev(scores) / n**0.5
    ended = end_run(
        ledger, run,
        {"state": "finished", "answered": n, "outputs": n, "sent": n, "all_sent": n, "score": score,
         "low": score - spread, "high": score + spread, "seconds": 3600.0, "all_seconds": 3600.0,
         "tokens_in": 60 * n, "tokens_out": 200 * n, "usd": 12.5, "all_usd": 12.5},
    )  # fmt: skip
    set_best(ledger, ended)


def _answer(
    ledger: Ledger, connection: Any, run: int, number: int, sample: Sample, draw: random.Random
) -> tuple[float, bool]:
    """Record one answer: its score, and whether it has a preamble."""
    prompt = f"Reverse the string: {sample.fields['original']}"
    request = Request((Message("system", f"You are solver {number}."), Message("user", prompt)))
    key, right = output_key("recorded", request), draw.random() < 0.5 + number / 40
    preamble = "Sure! Here is the reversed string:\n\n" if draw.random() < 0.2 else ""
    letters = str(sample.target)
    said = letters if right else "".join(draw.sample(letters, len(letters)))
    text = f"{preamble}{said}" + " I went through it letter by letter." * draw.randrange(8)
    output = Output(text, "stop", 60, draw.randrange(20, 400), draw.random() * 9)
    output_write(ledger, key, "recorded", request, output)(connection)
    findings = []
    if preamble:
        findings.append((key, Finding("preamble", 0, len(preamble), "opens with 'Sure!'", 0.9)))
    score = 0.0 if right else float(draw.randrange(1, 10))
    row = AnswerRow(sample.id, "answered", said, score, key)
    write_answer(connection, run, row, findings, [key])
    return score, bool(preamble)


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`tesuji board` on a free port: the process, and the address with the token."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tesuji", "board", "-C", str(folder), "--port", "0"],
        stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def memory(process: subprocess.Popen[str]) -> str:
    """What the server holds now and held at most."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = dict(line.split(":", 1) for line in status.splitlines())
    now, peak = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return f"{now:.0f} MB, at most {peak:.0f} MB"


def pages(task: Task, runs: int) -> dict[str, str]:
    """The pages that are loaded, by what they are called here."""
    samples = f"/run/{runs}/samples"
    middle = task.dev[len(task.dev) // 2].id
    return {
        "first page": "/",
        "run": f"/run/{runs}",
        "samples": samples,
        "samples: last page": f"{samples}?page={len(task.dev) // 50}",
        "samples: a finding": f"{samples}?kind=preamble",
        "samples: any failure": f"{samples}?kind=any",
        "samples: worst first": f"{samples}?order=score-down",
        "samples: text": f"{samples}?text=letter+by",
        "sample": f"/run/{runs}/sample?{urlencode({'id': middle})}",
        "sample, among failures": f"/run/{runs}/sample?{urlencode({'id': middle, 'kind': 'any'})}",
        "compare": f"/compare?a=1&b={runs}",
    }


def measure(folder: Path, runs: int, repeats: int) -> None:
    """The table of pages."""
    task = tj.load(folder)
    with served(folder) as (process, address):
        base = address.split("/?")[0]
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.ProxyHandler({}),
        )

        def load(url: str) -> tuple[float, int]:
            began = time.perf_counter()
            with opener.open(url, timeout=600) as answer:
                size = len(answer.read())
            return (time.perf_counter() - began) * 1000, size

        opener.open(f"{base}/static/board.css").read()  # it listens before it is ready
        print(f"{'':<26}{'first, ms':>11}{'again, ms':>11}{'kB':>8}   server")
        for name, path in pages(task, runs).items():
            first, size = load(address if path == "/" else base + path)
            again = statistics.median(load(base + path)[0] for _ in range(repeats))
            print(f"{name:<26}{first:>11.0f}{again:>11.1f}{size / 1000:>8.0f}   {memory(process)}",
                  flush=True)  # fmt: skip
    with Ledger(folder / FILE) as ledger:
        look = next(one for one in looks() if one.name == "finding")
        began = time.perf_counter()
        naive(ledger, look)
        print(f"{'naive: a finding':<26}{(time.perf_counter() - began) * 1000:>11.0f}")


def main() -> None:
    """Make the competition where there is none, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch) / "reverse"
        if not (folder / FILE).exists():
            make(folder, asked.runs, asked.samples)
        measure(folder, asked.runs, asked.repeats)


if __name__ == "__main__":
    main()
