"""A competition with a large ledger, made up: runs that answered, failed and cost something.

`python -m benchmarks.large FOLDER [--runs 10] [--samples 100000]` makes the folder: data for a dev
split of so many samples, and that many runs on it, each with findings, failure rates over the run,
what it cost, and a trial; the last but one is the best. What a page takes that shows them is
measured elsewhere.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from benchmarks.browse import make, question, sayings
from tesuji.run.ledger import FILE, Ledger, end_run, get_run, record_trial, set_best, write_rates
from tesuji.task.interval import interval
from tesuji.task.task import Task, load

_TOML = """
name = "large"
metric = "exact"
[data]
train = "train.csv"
dev = "dev.csv"
test = "test.csv"
id = "id"
target = "answer"
[answer]
format = "integer"
[prompt]
user = "{question}"
[limits]
seconds = 32400
tokens = 100_000_000
[prices]
"recorded" = { input = 0.1, output = 0.4 }
"""
_POINTS = 50


def make_competition(folder: Path, runs: int, samples: int) -> Task:
    """Make it, where it is not there yet; returns the task."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        _write_data(folder, samples)
        task = load(folder)
        make(folder / FILE, runs, samples, task_digest=task.digest)
        with Ledger(folder / FILE) as ledger:
            for run in range(1, runs + 1):
                _conclude(task, ledger, run, runs)
        return task
    return load(folder)


def _write_data(folder: Path, samples: int) -> None:
    said = sayings(random.Random(0))
    for name, rows in (("train", 100), ("dev", samples), ("test", samples)):
        lines = [f"s{n},{question(n, said)},{n % 1000}" for n in range(rows)]
        if name == "train":
            lines = [f"t{line}" for line in lines]
        (folder / f"{name}.csv").write_text("\n".join(["id,question,answer", *lines]) + "\n")
    (folder / "competition.toml").write_text(_TOML)


def _conclude(task: Task, ledger: Ledger, run: int, runs: int) -> None:
    """What ending a run writes: its score, cost and rates, and how it compared."""
    scores = [s for (s,) in ledger.rows("SELECT score FROM answers WHERE run = ?", run)]
    low, high = interval(scores, zero_one=True)
    n = len(scores)
    tokens_out = ledger.row(
        "SELECT SUM(o.tokens_out) FROM answers a JOIN outputs o ON o.key = a.output "
        "WHERE a.run = ?", run,
    )  # fmt: skip
    spent = {"sent": n, "tokens_in": 60 * n, "tokens_out": tokens_out[0] if tokens_out else 0,
             "usd": 0.01 * n * (1 + run / 10), "seconds": 0.02 * n * (1 + run % 3)}  # fmt: skip
    values = {**spent, **{f"all_{name}": value for name, value in spent.items()},
              "score": sum(scores) / n, "low": low, "high": high}  # fmt: skip
    row = end_run(ledger, run, values)
    (hits,) = ledger.row("SELECT COUNT(*) FROM findings WHERE run = ?", run) or (0,)
    draw = random.Random(run)
    with ledger.transaction() as connection:
        for at in range(1, _POINTS + 1):
            outputs = n * at // _POINTS
            write_rates(connection, run, outputs, {
                "preamble": hits * at // _POINTS, "format": outputs // (20 + draw.randrange(9)),
            })  # fmt: skip
    if run == 1 or run == runs - 1:
        set_best(ledger, row)
    else:
        record_trial(ledger, 1, run, _Same(n))
    assert get_run(ledger, run).score is not None


class _Same:
    """A comparison that tells nothing."""

    gain, low, high, p, verdict = 0.0, -0.01, 0.01, 1.0, "can't tell"

    def __init__(self, n: int) -> None:
        self.n = n


def main() -> None:
    """Make the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--samples", type=int, default=100_000)
    arguments = parser.parse_args()
    make_competition(arguments.folder, arguments.runs, arguments.samples)
    size = (arguments.folder / FILE).stat().st_size
    print(f"{arguments.runs * arguments.samples:,} outputs, {size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
