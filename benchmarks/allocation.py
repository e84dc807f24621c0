"""Where the draws of a vote go: accuracy for the same number of draws, and in the same time.

`python -m benchmarks.allocation [--samples 4000] [--data FOLDER]`

Simulated answers: a sample is answered right with a probability from a beta distribution, wrong
answers are scattered by stick-breaking (concentration 3); the beta's spread is such that one draw
and the vote of k come out as published for four models. Recorded answers: `--data` holds
`math_8_samples_dev.jsonl` and `gsm8k_recorded_solutions_dev.jsonl`, whose draws are shuffled.

Beside fixed votes of n draws stands Adaptive-Consistency (Aggarwal et al. 2023, arXiv 2305.11860):
stop once the beta posterior says that the leader beats the runner-up. For budgets and clocks the
real runner runs on a simulated clock, beside votes of 16 in the order of the samples.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import accumulate
from math import comb
from pathlib import Path
from statistics import fmean
from typing import Any, cast

from tests.simulated_clock import run_simulated, simulated_meter
from tesuji.flows import Ask, Draft, vote
from tesuji.flows.votes import doubt, worth
from tesuji.models.base import Capability, Model, Output, Request
from tesuji.run.budget import Budget
from tesuji.run.entry import base_entry
from tesuji.run.ledger import Ledger, RunRow
from tesuji.run.runner import run_entry
from tesuji.task.formats import make_format
from tesuji.task.sample import Sample
from tesuji.task.task import Task, load

N = 16
RIGHT = "0"
CONCURRENCY = 16
STOPS = (1.0, 0.99, 0.95, 0.9, 0.8)

Row = Sequence[str]
"""The draws of one sample; `RIGHT` is the right answer."""


@dataclass(frozen=True)
class Shape:
    """A published model: accuracy of one draw and of the vote of `k`, and the beta that fits."""

    name: str
    one: float
    k: int
    voted: float
    spread: float  # a + b of the beta; fitted to `voted` by bisection


SHAPES = (
    # Wang et al. 2022 (arXiv 2203.11171), Lewkowycz et al. 2022 (2206.14858), Shao et al. 2024
    # (2402.03300), DeepSeek-AI 2025 (2501.12948).
    Shape("PaLM 540B, GSM8K", 0.565, 40, 0.744, 1.5),
    Shape("Minerva 540B, MATH", 0.336, 256, 0.503, 1.9),
    Shape("DeepSeekMath-RL 7B, MATH", 0.517, 64, 0.609, 0.55),
    Shape("DeepSeek-R1-Zero, AIME 2024", 0.710, 64, 0.867, 1.28),
)


def simulated(shape: Shape, samples: int, draws: int) -> list[Row]:
    """Draws of so many samples under a shape."""
    chance = random.Random(shape.name)
    rows: list[Row] = []
    for _ in range(samples):
        right = chance.betavariate(shape.one * shape.spread, (1 - shape.one) * shape.spread)
        shares, rest = [right], 1 - right
        for _ in range(40):
            part = chance.betavariate(1, 3)
            shares.append(rest * part)
            rest *= 1 - part
        names = [str(at) for at in range(len(shares))]
        rows.append(chance.choices(names, cum_weights=[*accumulate(shares)], k=draws))
    return rows


def recorded(folder: Path) -> Iterator[tuple[str, list[Row]]]:
    """The recorded draws, each sample's in many random orders."""
    for name, read in (
        ("math_8_samples_dev.jsonl", _math),
        ("gsm8k_recorded_solutions_dev.jsonl", _gsm8k),
    ):
        chance = random.Random(name)
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        rows = [read(json.loads(line)) for line in lines]
        repeats = 8000 // len(rows)
        yield name, [chance.sample(row, len(row)) for row in rows for _ in range(repeats)]


def _math(problem: dict[str, Any]) -> list[str]:
    pairs = zip(problem["pred"], problem["score"], strict=True)
    return [RIGHT if right else f"wrong {answer}" for answer, right in pairs]


def _gsm8k(problem: dict[str, Any]) -> list[str]:
    found = [problem[size + kind] for size in ("6b_", "175b_") for kind in _KINDS]
    return [
        RIGHT if draw["is_correct"] else draw["solution"].rpartition("A:")[2].strip() or "none"
        for draw in found
    ]


_KINDS = ("finetuning", "verification")


def plurality(row: Row) -> str:
    """The commonest answer; ties go to the first drawn."""
    return Counter(row).most_common(1)[0][0]


@dataclass
class Recital:
    """An `ask` that says a row's draws."""

    row: Row
    asked: int = 0
    worth: float = 1.0
    width: int = N
    hurry: bool = False
    messages: tuple[()] = ()

    async def __call__(self, *, index: int, **_: object) -> Draft:
        """The draw with this number."""
        self.asked += 1
        said = self.row[index]
        return Draft(Request((), index=index), Output(said, "stop"), b"", said, said)


async def flow_vote(row: Row, stop: float) -> tuple[str, int]:
    """Answer and number of draws of the real flow."""
    ask = Recital(row)
    ask.format = make_format("text", {})  # type: ignore[attr-defined]
    draft = await vote(Sample("", {}), cast("Ask", ask), n=len(row), stop=stop)
    return str(draft.answer), ask.asked


def adaptive_consistency(row: Row, threshold: float) -> tuple[str, int]:
    """Answer and number of draws under the rule of the paper, at most the whole row."""
    for drawn in range(1, len(row)):
        (first, *others) = [votes for _, votes in Counter(row[:drawn]).most_common(2)]
        if _leads(first, others[0] if others else 0) > threshold:
            return plurality(row[:drawn]), drawn
    return plurality(row), len(row)


def _leads(first: int, second: int) -> float:
    """P(p > 1/2) for p ~ Beta(first + 1, second + 1)."""
    trials = first + second + 1
    return float(sum(comb(trials, hits) for hits in range(first + 1))) / 2.0**trials


def print_stopping(name: str, rows: list[Row]) -> None:
    """Accuracy and draws of all rules on the same rows."""
    most = len(rows[0])
    whole = fmean(plurality(row) == RIGHT for row in rows)

    def line(rule: str, found: Sequence[tuple[str, int]]) -> None:
        right = fmean(answer == RIGHT for answer, _ in found)
        draws = fmean(count for _, count in found)
        share = draws / most
        print(f"  {rule:<34}{right:>8.4f}{(right - whole) * 100:>+8.2f}{draws:>8.2f}{share:>7.0%}")

    print(f"\n{name}: {len(rows)} rows of {most} draws, one draw {_one(rows):.4f}")
    print(f"  {'rule':<34}{'right':>8}{'points':>8}{'draws':>8}{'share':>7}")
    for n in [n for n in (1, 2, 3, 4, 5, 6, 8, 16) if n <= most]:
        line(f"fixed n = {n}", [(plurality(row[:n]), n) for row in rows])
    for threshold in (0.95, 0.9, 0.8):
        rule = f"Adaptive-Consistency {threshold}"
        line(rule, [adaptive_consistency(row, threshold) for row in rows])

    async def ours(stop: float) -> list[tuple[str, int]]:
        return [await flow_vote(row, stop) for row in rows]

    for stop in STOPS:
        line(f"vote, stop = {stop}", asyncio.run(ours(stop)))


def _one(rows: list[Row]) -> float:
    return fmean(row[0] == RIGHT for row in rows)


class Drawn:
    """A backend (`tesuji.models.Model`) whose draws and latencies are given."""

    uri = identity = "drawn"
    concurrency = CONCURRENCY
    capabilities: frozenset[Capability] = frozenset({"generate"})

    def __init__(self, rows: list[Row], seconds: Callable[[int, int], float]) -> None:
        self.rows, self.seconds = rows, seconds

    async def generate(self, request: Request) -> Output:
        """The draw of this number of the row that the prompt names."""
        row = int(request.messages[-1].content)
        await asyncio.sleep(self.seconds(row, request.index))
        return Output(self.rows[row][request.index], "stop", 1, 1)


def latency(row: int, draw: int) -> float:
    """Log-normal seconds, about 10 on average."""
    return random.Random(row * N + draw).lognormvariate(2.0, 0.75)


def make_task(folder: Path, samples: int) -> Task:
    """As many numbers to be answered with "0"."""
    (folder / "competition.toml").write_text(
        'name = "votes"\nmetric = "exact"\nmodel = "drawn"\n[data]\ntrain = "t.csv"\n'
        'dev = "d.csv"\ntarget = "answer"\n[answer]\nformat = "text"\n[prompt]\nuser = "{row}"\n'
    )
    (folder / "t.csv").write_text(f"row,answer\nnone,{RIGHT}\n")
    lines = [f"{row},{RIGHT}" for row in range(samples)]
    (folder / "d.csv").write_text("row,answer\n" + "\n".join(lines) + "\n")
    return load(folder)


def real_run(rows: list[Row], budget: Budget, stop: float | None) -> RunRow:
    """A run of flow `vote` on a simulated clock."""
    with tempfile.TemporaryDirectory() as aside:
        task = make_task(Path(aside), len(rows))
        options = {"n": N} if stop is None else {"n": N, "stop": stop}
        entry = replace(base_entry(task), flow="vote", options=options)

        async def main(ledger: Ledger) -> RunRow:
            return await run_entry(
                task, entry, task.dev, split="dev", model=cast("Model", Drawn(rows, latency)),
                ledger=ledger, meter=simulated_meter(budget),
            )  # fmt: skip

        with Ledger(Path(aside) / "ledger.db") as ledger:
            return run_simulated(main(ledger))


async def in_order(rows: list[Row], seconds: float) -> float:
    """Accuracy of votes of 16 in the order of the samples, with what came when time is over."""
    came: list[list[tuple[int, str]]] = [[] for _ in rows]
    queue = iter([(row, draw) for row in range(len(rows)) for draw in range(N)])

    async def work() -> None:
        for row, draw in queue:
            await asyncio.sleep(latency(row, draw))
            came[row].append((draw, rows[row][draw]))

    workers = [asyncio.ensure_future(work()) for _ in range(CONCURRENCY)]
    await asyncio.wait(workers, timeout=seconds)
    for worker in workers:
        worker.cancel()
    return fmean(bool(c) and plurality([said for _, said in sorted(c)]) == RIGHT for c in came)


def by_gain(counts: Sequence[int], left: int) -> float:
    """How much doubt one more draw may take away (Chen, Lin & Zhou 2015, optimistic KG)."""
    order = sorted(range(len(counts)), key=counts.__getitem__, reverse=True)[:2]
    after = [doubt([c + (at == one) for at, c in enumerate(counts)], left - 1) for one in order]
    return doubt(counts, left) - min(after)


Rule = Callable[[Sequence[int], int], float]
RULES: dict[str, Rule] = {"doubt": doubt, "one-step gain": by_gain, "worth": worth}


def ordered(rows: list[Row], draws: int, rule: Rule) -> float:
    """Accuracy when so many draws go, one by one, where `rule` says, first ones first."""
    drawn = [1] * len(rows)
    queue = [(-rule([1], N - 1), at) for at in range(len(rows))]
    heapify(queue)
    for _ in range(draws - len(rows)):
        _, at = heappop(queue)
        drawn[at] += 1
        left = N - drawn[at]
        value = rule([*Counter(rows[at][: drawn[at]]).values()], left) if left else -1.0
        heappush(queue, (-value, at))
    return fmean(plurality(row[:n]) == RIGHT for row, n in zip(rows, drawn, strict=True))


def print_rules(name: str, rows: list[Row]) -> None:
    """Accuracy for the same number of draws under several rules, without a run."""
    whole = fmean(plurality(row) == RIGHT for row in rows)
    print(f"\n{name}: where the next draw goes, {len(rows)} samples; points below {whole:.4f}")
    print(f"  {'draws a sample':<16}{'fixed n':>14}" + "".join(f"{rule:>14}" for rule in RULES))
    for draws in (1.5, 2.0, 3.0, 4.0, 5.0, 6.4, 8.0):
        found = [fmean(plurality(row[: int(draws)]) == RIGHT for row in rows)]
        found += [ordered(rows, round(draws * len(rows)), rule) for rule in RULES.values()]
        print(f"  {draws:<16}" + "".join(f"{(right - whole) * 100:>+14.2f}" for right in found))


def print_budgets(name: str, rows: list[Row]) -> None:
    """Accuracy under a limit of requests: the allocator, beside fixed votes of as many draws."""
    whole = fmean(plurality(row) == RIGHT for row in rows)
    print(f"\n{name}: all {N} draws of {len(rows)} samples {whole:.4f}; points below that")
    print(f"  {'draws a sample':<16}{'share':>6}{'fixed n':>10}{'allocator':>11}")
    for draws in (1.0, 2.0, 4.0, 6.4):
        fixed = fmean(plurality(row[: int(draws)]) == RIGHT for row in rows)
        run = real_run(rows, Budget(requests=round(draws * len(rows))), None)
        assert run.score is not None and run.fallbacks == 0
        print(
            f"  {draws:<16}{draws / N:>6.0%}{(fixed - whole) * 100:>+10.2f}"
            f"{(run.score - whole) * 100:>+11.2f}"
        )


def print_clocks(name: str, rows: list[Row]) -> None:
    """Accuracy in the same time, of that which votes of 16 for all samples would take."""
    work = sum(latency(row, draw) for row in range(len(rows)) for draw in range(N))
    print(f"\n{name}: accuracy when the time is over; {CONCURRENCY} requests at once")
    print(f"  {'time':<8}{'in order':>10}{'allocator':>11}{'stop = .95':>12}{'over time, s':>14}")
    for share in (0.05, 0.1, 0.2, 0.4, 0.8, 1.2):
        seconds = share * work / CONCURRENCY
        rival = run_simulated(in_order(rows, seconds))
        runs = [real_run(rows, Budget(seconds=seconds), stop) for stop in (None, 0.95)]
        over = max(run.seconds - seconds for run in runs)
        scores = "".join(f"{run.score:>{width}.4f}" for run, width in zip(runs, (11, 12)))  # noqa: B905
        print(f"  {share:<8.0%}{rival:>10.4f}{scores}{max(0.0, over):>14.2f}")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    for name, rows in recorded(arguments.data) if arguments.data else ():
        print_stopping(name, rows)
    for shape in SHAPES:
        many = simulated(shape, arguments.samples, 64)
        voted = fmean(plurality(row) == RIGHT for row in many)
        print(f"\n== {shape.name}: published {shape.one:.3f}, vote of {shape.k} {shape.voted:.3f}; "
              f"simulated {_one(many):.3f}, vote of 64 {voted:.3f}")  # fmt: skip
        rows = [row[:N] for row in many]
        print_stopping(shape.name, rows)
        print_rules(shape.name, rows)
        print_budgets(shape.name, rows[: arguments.samples // 4])
        print_clocks(shape.name, rows[: arguments.samples // 16])


if __name__ == "__main__":
    main()
