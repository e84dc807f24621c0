"""A cascade beside its rivals: the strong model on every sample, and on as many drawn at random.

`python -m benchmarks.cascade [--samples 2000] [--data FOLDER] [--seeds 5]`

All run through the real runner, on scripted models in this process. Simulated: how likely the cheap
model is right on a sample follows a beta distribution, its wrong answers are scattered over a few
(so that draws that agree can be wrong together), the strong model's chance follows the same
difficulty, the closer the larger the correlation. Recorded: `--data` holds
`gsm8k_recorded_solutions_dev.jsonl`; three solvers' recorded answers are the cheap model's three
draws, in the order of the file's columns, the best solver is the strong model.

For each most share of samples that may go up: accuracy, requests to the strong model, and the mean
of `--seeds` random choices of equally many samples, whose other answers are the same cheap ones.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, cast

from tesuji.models.base import Capability, Model, Output, Request
from tesuji.models.several import Several
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, iter_answers, outputs_by_model
from tesuji.run.runner import run_entry
from tesuji.task.task import Task, load

SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
DRAWS = 3
CHEAP = ("6b_finetuning", "6b_verification", "175b_finetuning")
STRONG = "175b_verification"

TOML = """
name = "cascade"
metric = "accuracy"
model = "cheap"
[data]
train = "dev.csv"
dev = "dev.csv"
id = "id"
target = "answer"
[answer]
format = "integer"
[prompt]
user = "{question}"
"""


@dataclass(frozen=True)
class Case:
    """What both models answer: for each sample the cheap one's draws, the strong one's answer, and
    the right one."""

    name: str
    cheap: Sequence[Sequence[str]]
    strong: Sequence[str]
    right: Sequence[int]


class Scripted:
    """A backend that answers sample n's draw by a function of both."""

    concurrency = 64
    capabilities: frozenset[Capability] = frozenset({"generate"})

    def __init__(self, name: str, reply: Callable[[int, int], str]) -> None:
        self.uri = self.identity = name
        self._reply = reply
        self.asked = 0

    async def ready(self) -> None:
        """There is nothing to wait for."""

    async def generate(self, request: Request) -> Output:
        """The answer that was drawn beforehand."""
        self.asked += 1
        n = int(request.messages[-1].content.lstrip("q"))
        return Output(self._reply(n, request.index), "stop", 1, 1)

    async def close(self) -> None:
        """There is nothing to close."""


def simulated(name: str, samples: int, cheap: float, strong: float, alike: float) -> Case:
    """Accuracies of one draw of the cheap model and of the strong one; `alike` (0 to 1) is how
    much of the strong one's luck is the sample's difficulty for the cheap one."""
    rng = random.Random(f"{name} {samples}")
    spread = 1.2  # below 2, so that most samples are either easy or hard, as models find them
    rows, answers, right = [], [], []
    for n in range(samples):
        easy = rng.betavariate(spread * cheap, spread * (1 - cheap))
        popular = rng.randrange(1, 9)  # the commonest wrong answer
        draws = [
            n if rng.random() < easy
            else n + (popular if rng.random() < 0.5 else rng.randrange(1, 50))
            for _ in range(DRAWS)
        ]  # fmt: skip
        chance = _logistic(_logit(strong) + 2.5 * alike * (_logit(easy) - _logit(cheap)) / 3)
        answers.append(str(n if rng.random() < chance else n + 77))
        rows.append([str(draw) for draw in draws])
        right.append(n)
    return Case(name, rows, answers, right)


def recorded(path: Path) -> Case:
    """GSM8K by four recorded solvers."""
    rows, strong, right = [], [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.append([_answer(row[name]["solution"]) for name in CHEAP])
        strong.append(_answer(row[STRONG]["solution"]))
        right.append(int(_answer(row["ground_truth"])))
    return Case("GSM8K, recorded", rows, strong, right)


def _answer(solution: str) -> str:
    found = re.search(r"A:\s*\$?(-?[\d,]+)", solution)
    return found[1].replace(",", "") if found else "none"


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


async def play(
    case: Case, task: Task, entry: Entry, ledger: Ledger
) -> tuple[int, dict[str, float]]:
    """How many requests to the strong model are behind the answers, and each sample's score."""
    cheap = Scripted("cheap", lambda n, index: case.cheap[n][index])
    strong = Scripted("strong", lambda n, index: case.strong[n])
    model = cast("Model", strong if entry.model == "strong" else Several(
        cast("Model", cheap), {"strong": cast("Model", strong)}))  # fmt: skip
    run = await run_entry(task, entry, task.dev, split="dev", model=model, ledger=ledger)
    scores = {row.sample: row.score or 0.0 for row in iter_answers(ledger, run.id)}
    return outputs_by_model(ledger, run.id).get("strong", 0), scores


def measure(case: Case, seeds: int) -> list[dict[str, Any]]:
    """One row for each share, and one for each rival without a share."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [f"{n},q{n},{answer}" for n, answer in enumerate(case.right)]
        (folder / "dev.csv").write_text("id,question,answer\n" + "\n".join(lines) + "\n")
        (folder / "competition.toml").write_text(TOML)
        task = load(folder)
        with Ledger(folder / "ledger.db") as ledger:
            return _measure(case, task, ledger, seeds)


def _measure(case: Case, task: Task, ledger: Ledger, seeds: int) -> list[dict[str, Any]]:
    base = Entry("base", "cheap", task.template, models={"strong": "strong"})
    vote = replace(base, flow="vote", options={"n": DRAWS})
    _, cheap = asyncio.run(play(case, task, vote, ledger))
    alone = replace(base, model="strong", models={})
    asked, strong = asyncio.run(play(case, task, alone, ledger))
    rows = [_row(case, "cheap alone", 0, cheap), _row(case, "always strong", asked, strong)]
    for share in SHARES:
        entry = replace(base, flow="cascade", options={"n": DRAWS, "share": share})
        asked, scores = asyncio.run(play(case, task, entry, ledger))
        row = _row(case, f"cascade, share {share:g}", asked, scores)
        row["random"] = fmean(_random(cheap, strong, asked, seed) for seed in range(seeds))
        rows.append(row)
    return rows


def _row(case: Case, rival: str, asked: int, scores: dict[str, float]) -> dict[str, Any]:
    return {"case": case.name, "rival": rival, "strong": asked / len(case.right),
            "accuracy": fmean(scores.values())}  # fmt: skip


def _random(cheap: dict[str, float], strong: dict[str, float], asked: int, seed: int) -> float:
    chosen = set(random.Random(seed).sample(sorted(cheap), asked))
    return fmean(strong[name] if name in chosen else cheap[name] for name in cheap)


def cases(samples: int, data: Path | None) -> list[Case]:
    """Simulated pairs of models, and the recorded one where the file is there."""
    made = [
        simulated("0.60 → 0.90, hard for both alike", samples, 0.6, 0.9, 0.5),
        simulated("0.60 → 0.90, unlike", samples, 0.6, 0.9, 0.0),
        simulated("0.80 → 0.90, alike", samples, 0.8, 0.9, 0.5),
        simulated("0.40 → 0.60, alike", samples, 0.4, 0.6, 0.8),
    ]
    path = data / "gsm8k_recorded_solutions_dev.jsonl" if data else None
    return [*made, recorded(path)] if path and path.exists() else made


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    print("| models | rival | to the strong model | accuracy | as many at random |")
    print("|---|---|---|---|---|")
    for case in cases(given.samples, given.data):
        for row in measure(case, given.seeds):
            chance = f"{row['random']:.3f}" if "random" in row else ""
            print(f"| {row['case']} | {row['rival']} | {row['strong']:.2f} "
                  f"| {row['accuracy']:.3f} | {chance} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
