"""A run's seconds shared among problems, one at a time: accuracy under the same clock.

`python -m benchmarks.clock [--problems 50] [--repeats 40] [--data FOLDER]`

The real runner with the flow `vote` (8 attempts, settled when 4 agree, as a strong notebook of the
third AI Mathematical Olympiad did) on a simulated clock, 8 requests at once. Beside each other:

equal split    every problem may take the same, what is left over is lost
left / left    the seconds left, by the problems left
notebook       max(300, min(900, left - 300 (problems left - 1))) at 360 s a problem on average;
               the same in proportion at other speeds
ours           `tesuji.run.shares`: what uses up the time, judged by the problems so far
all at once    all problems are seen at once: `tesuji.run.allocator` sends what is worth most

Simulated problems are answered right with a probability from a beta distribution, and take the
longer the harder they are; recorded ones (`--data`: the folder of math_8_samples_dev.jsonl) say
what was recorded, in times drawn in proportion to their length. Each population is drawn anew in
each repeat; the figures are means over repeats with the standard error of the paired difference
from the equal split.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from statistics import fmean, stdev
from typing import cast
from unittest.mock import patch

from tests.simulated_clock import run_simulated, simulated_meter
from tesuji.models.base import Capability, Model, Output, Request
from tesuji.run import working
from tesuji.run.budget import Budget
from tesuji.run.entry import base_entry
from tesuji.run.ledger import Ledger
from tesuji.run.runner import run_entry
from tesuji.run.shares import Shares
from tesuji.task.task import Task, load

ATTEMPTS, AGREE, PLACES = 8, 4, 8
RIGHT = "0"


@dataclass(frozen=True)
class Problem:
    """What each attempt at it says, and how many seconds it takes."""

    said: Sequence[str]
    seconds: Sequence[float]


@dataclass(frozen=True)
class Population:
    """Problems alike: mean and spread of the chance to be right, how much longer (times) the
    hardest take than the easiest, and the log-normal spread of one attempt's time."""

    name: str
    right: float
    spread: float
    longer: float
    sigma: float = 0.5

    def draw(self, chance: random.Random, count: int) -> list[Problem]:
        """So many problems; an attempt takes one second on average."""
        problems = [self._one(chance) for _ in range(count)]
        mean = fmean(second for problem in problems for second in problem.seconds)
        return [Problem(p.said, [second / mean for second in p.seconds]) for p in problems]

    def _one(self, chance: random.Random) -> Problem:
        right = chance.betavariate(self.right * self.spread, (1 - self.right) * self.spread)
        shares, rest = [right], 1 - right
        for _ in range(40):
            part = chance.betavariate(1, 3)
            shares.append(rest * part)
            rest *= 1 - part
        said = chance.choices(
            [str(at) for at in range(41)], cum_weights=[*accumulate(shares)], k=ATTEMPTS
        )
        scale = 1 + (self.longer - 1) * (1 - right)
        return Problem(said, [scale * chance.lognormvariate(0, self.sigma) for _ in said])


POPULATIONS = (
    # Accuracies and spreads as in benchmarks.allocation (DeepSeek-R1-Zero on AIME 2024,
    # DeepSeekMath-RL on MATH); the third as hard as an olympiad is for a model that solves a third.
    Population("AIME-like, hard ones take 6 times as long", 0.71, 1.28, 6),
    Population("MATH-like, hard ones take 3 times as long", 0.517, 0.55, 3),
    Population("a third solved, hard ones take 6 times as long", 0.33, 1.0, 6),
    Population("AIME-like, all take alike", 0.71, 1.28, 1),
    Population("AIME-like, wide times", 0.71, 1.28, 6, 1.0),
)


def recorded(folder: Path) -> Callable[[random.Random, int], list[Problem]]:
    """The recorded problems in another order each time; a character takes the same time."""
    lines = (folder / "math_8_samples_dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    mean = fmean(len(text) for row in rows for text in row["code"])

    def draw(chance: random.Random, count: int) -> list[Problem]:
        problems = []
        for row in chance.sample(rows, min(count, len(rows))):
            order = chance.sample(range(ATTEMPTS), ATTEMPTS)
            said = [RIGHT if row["score"][at] else f"wrong {row['pred'][at]}" for at in order]
            speed = [chance.lognormvariate(0, 0.2) for _ in order]
            lengths = [len(row["code"][at]) / mean for at in order]
            times = [long * pace for long, pace in zip(lengths, speed, strict=True)]
            problems.append(Problem(said, times))
        return problems

    return draw


class Strict(Shares):
    """A rule that waits for nobody."""

    def patience(self, left: float, samples: int) -> float:
        """The share."""
        return self.share(left, samples)


class Equal(Strict):
    """The same for every problem; what is left over is lost."""

    each: float | None = None

    def share(self, left: float, samples: int) -> float:
        """As at the first problem."""
        self.each = left / samples if self.each is None else self.each
        return min(left, self.each)


class Left(Strict):
    """What is left, by the problems left."""

    def share(self, left: float, samples: int) -> float:
        """An even part."""
        return left / samples


class Notebook(Strict):
    """The rule of the notebook, in proportion to its 360 seconds a problem."""

    mean: float | None = None

    def share(self, left: float, samples: int) -> float:
        """max(300, min(900, left - 300 (samples - 1))) of 360."""
        self.mean = left / samples if self.mean is None else self.mean
        low, high = self.mean * 300 / 360, self.mean * 900 / 360
        return max(0.0, min(left, max(low, min(high, left - low * (samples - 1)))))


class Drawn:
    """A backend (`tesuji.models.Model`) whose answers and times are given."""

    uri = identity = "drawn"
    concurrency = PLACES
    capabilities: frozenset[Capability] = frozenset({"generate"})

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems

    async def generate(self, request: Request) -> Output:
        """The attempt of this number at the problem that the prompt names."""
        problem = self.problems[int(request.messages[-1].content)]
        await asyncio.sleep(problem.seconds[request.index])
        return Output(problem.said[request.index], "stop", 1, 1)


def make_task(folder: Path, count: int) -> Task:
    """As many problems, each with the answer "0"."""
    (folder / "competition.toml").write_text(
        'name = "clock"\nmetric = "exact"\nmodel = "drawn"\n[data]\ntrain = "t.csv"\n'
        'dev = "d.csv"\ntarget = "answer"\n[answer]\nformat = "text"\n[prompt]\nuser = "{row}"\n'
    )
    (folder / "t.csv").write_text(f"row,answer\nnone,{RIGHT}\n")
    lines = [f"{row},{RIGHT}" for row in range(count)]
    (folder / "d.csv").write_text("row,answer\n" + "\n".join(lines) + "\n")
    return load(folder)


def answered(problems: Sequence[Problem], seconds: float, rule: type[Shares] | None) -> float:
    """Accuracy of a run under the clock; without a rule, all problems are there at once."""
    with tempfile.TemporaryDirectory() as aside:
        task = make_task(Path(aside), len(problems))
        entry = replace(base_entry(task), flow="vote", options={"n": ATTEMPTS, "agree": AGREE})
        budget = Budget(seconds=seconds, one_at_a_time=rule is not None or None)

        async def main(ledger: Ledger) -> float:
            run = await run_entry(
                task, entry, task.dev, split="dev", model=cast("Model", Drawn(problems)),
                ledger=ledger, meter=simulated_meter(budget),
            )  # fmt: skip
            assert (
                run.score is not None and run.total == len(problems) == run.answered + run.fallbacks
            )
            assert run.seconds <= seconds + 1.5
            return run.score

        with (
            Ledger(Path(aside) / "ledger.db") as ledger,
            patch.object(working, "Shares", rule or Shares),
        ):
            return run_simulated(main(ledger))


RULES: tuple[tuple[str, type[Shares] | None], ...] = (
    ("equal split", Equal), ("left / left", Left), ("notebook", Notebook), ("ours", Shares),
    ("all at once", None),
)  # fmt: skip


def print_table(
    name: str, draw: Callable[[random.Random, int], list[Problem]], count: int, repeats: int
) -> None:
    """Accuracy of each rule for several amounts of time."""
    print(f"\n{name}: {count} problems, {repeats} repeats")
    print(f"  {'time a problem':<18}" + "".join(f"{rule:>18}" for rule, _ in RULES))
    for attempts in (0.5, 1.0, 2.0):
        found: dict[str, list[float]] = {rule: [] for rule, _ in RULES}
        for repeat in range(repeats):
            problems = draw(random.Random(f"{name} {repeat}"), count)
            scale = (
                3600.0  # so that fixed seconds (of grace, of closing) are small beside a problem
            )
            slow = [Problem(p.said, [scale * s for s in p.seconds]) for p in problems]
            seconds = scale * attempts * len(problems)
            for rule, shares in RULES:
                found[rule].append(answered(slow, seconds, shares))
        cells = []
        for rule, _ in RULES:
            gains = [a - b for a, b in zip(found[rule], found["equal split"], strict=True)]
            error = stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
            cells.append(f"{fmean(found[rule]):>10.4f} ±{error:.4f}")
        print(f"  {attempts:<18g}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    if arguments.data:
        draw = recorded(arguments.data)
        print_table("recorded", draw, min(arguments.problems, 47), arguments.repeats)
    for population in POPULATIONS:
        print_table(population.name, population.draw, arguments.problems, arguments.repeats)


if __name__ == "__main__":
    main()
