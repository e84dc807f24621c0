"""How many requests it takes to find the best of a finite space of prompts, beside rivals.

`python -m benchmarks.prompt_search [--worlds 20] [--folder FOLDER] [--samples 150] [--seeds 10]
[--rivals /tmp/dspy/bin/python]`

Every method may try the same number of prompts of the same space, and is asked, whenever it has
learnt something, which prompt it would take. Counted are the requests after which that prompt is
within a point of the best (by all samples), and stays so; where a method never gets there, all that
it sent, and it counts as missed. The methods:

* ours: `tesuji.prompts.search`, the first prompts with one change each, then TPE, raced;
* ours, by chance: the same race, prompts drawn by chance;
* TPE, all samples: Optuna as in its manual, every trial on every sample;
* TPE, Wilcoxon: by the rule of Optuna's WilcoxonPruner (p = 0.1), asked every tenth sample;
* chance, all samples;
* with `--rivals PYTHON`, DSPy's MIPROv2 (minibatches of 35, its default) and GEPA (as many
  evaluations as 12 prompts on all samples take), `benchmarks.rivals.prompt_optimizers`. To them
  the prompts are a list without elements, and only what they end with is known.

Simulated worlds: a logit of each sample and of each option, and of some pairs of options; samples
react to prompts each in its own way, so that differences are noisy though paired. The base is
somewhere in the middle. Recorded tables: nano answers every prompt of a space on so many samples
of three tasks, once (kept in `--folder`); the methods then replay those scores with several seeds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

import tesuji as tj
from tesuji.compare.race import Race
from tesuji.models.registry import open_model
from tesuji.prompts.assembly import assemble
from tesuji.prompts.elements import Choice, Element, Space, make_space
from tesuji.prompts.search import Candidate, Scored, Search
from tesuji.prompts.study import Study
from tesuji.run.block import answer_block
from tesuji.run.budget import Meter
from tesuji.run.entry import base_entry
from tesuji.run.ledger import FILE, Ledger
from tesuji.task.task import Task

TRIALS = 24
POINT = 0.01  # of the scale on which 1 is perfect and 0 the worst
SEEN_EVERY = 10  # samples between looks

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"


def _key(choice: Choice) -> str:
    return json.dumps(choice, sort_keys=True)


@dataclass
class Table:
    """Scores of every prompt of a space on every sample, between 0 and 1, higher is better."""

    name: str
    space: Space
    scores: dict[str, Floats]

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(next(iter(self.scores.values())))

    def regret(self, choice: Choice) -> float:
        """How far a prompt is from the best, by all samples."""
        best = max(float(row.mean()) for row in self.scores.values())
        return best - float(self.scores[_key(choice)].mean())


@dataclass
class Trail:
    """What a method would have taken after so many requests."""

    steps: list[tuple[int, Choice]] = field(default_factory=list)
    sent: int = 0

    def note(self, choice: Choice) -> None:
        """The method would take this one now."""
        self.steps.append((self.sent, choice))

    def outcome(self, table: Table) -> tuple[int, bool, float]:
        """Requests until its choice was good for good, whether that came, and the last regret."""
        regrets = [table.regret(choice) for _, choice in self.steps]
        at = len(regrets)
        while at and regrets[at - 1] <= POINT + 1e-12:
            at -= 1
        reached = at < len(regrets)
        return (self.steps[at][0] if reached else self.sent), reached, regrets[-1]


def ours(table: Table, seed: int, sampler: str = "tpe") -> Trail:
    """The search, its base paid for too."""
    race = Race(
        table.samples, base="base", higher_is_better=True, seed=seed, first=10, step=10,
        indifference=0.005, error=0.05, requests=math.inf,
    )  # fmt: skip
    trail = Trail(sent=table.samples)
    race.tell_all("base", enumerate(table.scores[_key(table.space.own())].tolist()))
    study = Study(table.space, seed=seed, sampler=sampler)
    search = Search(table.space, race, study, "base", TRIALS - 1, best=1.0)

    async def evaluate(wanted: Sequence[tuple[Candidate, tuple[int, ...]]]) -> list[Scored]:
        noted(search)
        scored = []
        for one, rows in wanted:
            assert one.choice is not None
            row = table.scores[_key(one.choice)]
            scored += [Scored(one.name, at, float(row[at])) for at in rows]
        trail.sent += len(scored)
        return scored

    def noted(search: Search) -> None:
        choice = search.candidates[search.front].choice
        assert choice is not None
        trail.note(choice)

    asyncio.run(search.run(evaluate))
    noted(search)
    return trail


def by_optuna(table: Table, seed: int, *, pruned: bool, chance: bool = False) -> Trail:
    """Optuna's own loop: the base first, then what its sampler says."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    sampler: Any = (
        optuna.samplers.RandomSampler(seed=seed) if chance
        else optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True)
    )  # fmt: skip
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial(dict(table.space.own()))
    order = random.Random(seed).sample(range(table.samples), table.samples)
    trail, seen = Trail(), dict[str, Floats]()  # whoever keeps outputs sends nothing twice
    best: tuple[float, Choice, Floats] | None = None
    for _ in range(TRIALS):
        trial = study.ask()
        choice = table.space.walk(partial(_asked, trial))
        row = table.scores[_key(choice)][order]
        done = seen.get(_key(choice), row)
        if _key(choice) not in seen:
            done = _until_pruned(row, best[2]) if pruned and best else row
            trail.sent += len(done)
            seen[_key(choice)] = done
        value = float(done.mean())
        study.tell(trial, value)
        if best is None or value > best[0]:
            best = value, choice, done
        trail.note(best[1])
    return trail


def _asked(trial: Any, element: Element) -> str:
    return str(trial.suggest_categorical(element.name, element.options))


def _until_pruned(row: Floats, best: Floats) -> Floats:
    """Scores in order, as far as Optuna's WilcoxonPruner lets a trial go (its rule worked out here:
    its own bookkeeping takes seconds a trial): it ends where a one-sided Wilcoxon test on the
    steps in common says "worse" at p < 0.1, and the mean is not the best one. Its manual then
    returns the mean so far."""
    for count in range(SEEN_EVERY, len(row), SEEN_EVERY):
        here = row[:count]
        common = min(count, len(best))
        gains = here[:common] - best[:common]
        if gains.any() and here.mean() < best.mean() and _wilcoxon(gains) < 0.1:
            return here
    return row


def _wilcoxon(gains: Floats) -> float:
    """One-sided p of "not less" by the signed-rank test's normal approximation with ties; zeros
    have their ranks split (`zero_method="zsplit"`)."""
    _, inverse, counts = np.unique(np.abs(gains), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    n = len(gains)
    plus = float(ranks[gains > 0].sum() + ranks[gains == 0].sum() / 2)
    spread = n * (n + 1) * (2 * n + 1) - 0.5 * float((counts**3 - counts).sum())
    z = (plus - n * (n + 1) / 4) / math.sqrt(max(spread, 1e-9) / 24)
    return statistics.NormalDist().cdf(z)


def by_dspy(python: Path, which: str) -> Callable[[Table, int], Trail]:
    """MIPROv2 or GEPA, in an environment that has dspy; only what it ends with is known."""

    def run(table: Table, seed: int) -> Trail:
        own = _key(table.space.own())
        keys = [own, *(key for key in table.scores if key != own)]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump([table.scores[key].tolist() for key in keys], file)
            file.flush()
            done = subprocess.run(
                [python, "-m", "benchmarks.rivals.prompt_optimizers", file.name, which, str(seed)],
                capture_output=True, text=True, check=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            )  # fmt: skip
        found = json.loads(done.stdout.strip().splitlines()[-1])
        trail = Trail(sent=found["sent"])
        trail.note(json.loads(keys[found["choice"]]))
        return trail

    return run


METHODS: dict[str, Callable[[Table, int], Trail]] = {
    "ours": ours,
    "ours, by chance": lambda table, seed: ours(table, seed, "random"),
    "TPE, all samples": lambda table, seed: by_optuna(table, seed, pruned=False),
    "TPE, Wilcoxon": lambda table, seed: by_optuna(table, seed, pruned=True),
    "chance, all samples": lambda table, seed: by_optuna(table, seed, pruned=False, chance=True),
}


def print_methods(name: str, tables: Sequence[tuple[Table, int]]) -> None:
    """A line a method, over (table, seed) pairs."""
    sizes = {(len(table.scores), table.samples) for table, _ in tables}
    print(f"\n{name}: {len(tables)} searches of {TRIALS} prompts; (prompts, samples): {sizes}")
    best = statistics.fmean(max(r.mean() for r in t.scores.values()) for t, _ in tables)
    base = statistics.fmean(t.scores[_key(t.space.own())].mean() for t, _ in tables)
    everything = statistics.fmean(len(t.scores) * t.samples for t, _ in tables)
    print(f"base {base:.3f}, best {best:.3f}; all of everything: {everything:,.0f} requests")
    print(f"  {'method':<22}{'requests':>10}{'median':>8}{'reached':>9}{'all sent':>10}"
          f"{'regret, points':>16}{'s':>7}")  # fmt: skip
    for method, run in METHODS.items():
        began = time.process_time()
        trails = [(run(table, seed), table) for table, seed in tables]
        seconds = (time.process_time() - began) / len(tables)
        found = [trail.outcome(table) for trail, table in trails]
        needed = [requests for requests, _, _ in found]
        print(
            f"  {method:<22}{statistics.fmean(needed):>10,.0f}{statistics.median(needed):>8,.0f}"
            f"{statistics.fmean(reached for _, reached, _ in found):>9.0%}"
            f"{statistics.fmean(trail.sent for trail, _ in trails):>10,.0f}"
            f"{100 * statistics.fmean(regret for _, _, regret in found):>16.2f}{seconds:>7.2f}"
        )


@cache
def _some_space() -> Space:
    with tempfile.TemporaryDirectory() as folder:
        task = make_nano_task(Path(folder), "reverse", 10)
        return make_space(task, task.template, only=("answer", "place", "role"))


def simulated(seed: int, samples: int = 200) -> Table:
    """A world: 60 prompts of three real elements, whose worth is drawn."""
    rng = np.random.default_rng(seed)
    space = _some_space()
    elements = space.elements
    scale = rng.choice([0.15, 0.4, 0.8])  # worlds where prompts matter little, or much
    worth = {option: rng.normal(0, scale) for e in elements for option in e.options}
    hard = rng.normal(rng.normal(0, 0.7), 1.5, samples)
    own = {option: rng.normal(0, 0.5, samples) for option in worth}
    pairs: dict[tuple[str, str], float] = {}
    scores = {}
    for choice in space.every():
        options = list(choice.values())
        logit = hard + sum(worth[o] + own[o] for o in options)
        for at, one in enumerate(options):
            for other in options[at + 1 :]:
                logit = logit + pairs.setdefault((one, other), rng.normal(0, scale / 3))
        chance = 1 / (1 + np.exp(-logit))
        scores[_key(choice)] = (rng.random(samples) < chance).astype(float)
    return Table(f"world {seed}", space, scores)


# Real tables, from nano

WORDS = (("the", "my", "your"), ("old", "new", "big", "red"), ("cat", "dog", "book", "house"),
         ("sees", "finds", "likes"), ("the", "my", "your"), ("tree", "car", "friend"))  # fmt: skip
TASKS = {
    "reverse": ('metric = "levenshtein"', 'format = "text"\npattern = "[a-z]+"',
                "Reverse the string: {x}"),
    "sums": ('metric = "exact"', 'format = "boxed"', "What is {x}?"),
    "title": ('metric = "exact"', 'format = "text"', "Write in title case: {x}"),
}  # fmt: skip


def make_nano_task(folder: Path, name: str, samples: int) -> Task:
    """One of the three tasks, with so many samples to score on and 40 to show."""
    metric, format, user = TASKS[name]
    rng = random.Random(name)
    rows: dict[str, str] = {}
    while len(rows) < samples + 40:
        if name == "reverse":
            x = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(6, 12)))
            rows[x] = x[::-1]
        elif name == "sums":
            a, b = rng.randint(10, 99), rng.randint(2, 99)
            rows[f"{a}+{b}"] = str(a + b)
        else:
            x = " ".join(rng.choice(words) for words in WORDS)
            rows[x] = x.title()
    lines = [f"{x},{y}" for x, y in rows.items()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.csv").write_text("\n".join(["x,y", *lines[:40]]) + "\n")
    (folder / "dev.csv").write_text("\n".join(["x,y", *lines[40:]]) + "\n")
    (folder / "competition.toml").write_text(
        f'name = "{name}"\n{metric}\nmodel = "nano"\n[data]\ntrain = "train.csv"\n'
        f'dev = "dev.csv"\ntarget = "y"\n[answer]\n{format}\n[prompt]\nuser = "{user}"\n'
        "[sampling]\nmax_tokens = 64\n"
    )
    return tj.load(folder)


def recorded(folder: Path, name: str, samples: int) -> Table:
    """Every prompt of a space of thirty or so, answered by nano, once."""
    task = make_nano_task(folder / name, name, samples)
    space = make_space(task, task.template, 2, ("answer", "examples", "cue"))
    choices = list(space.every())
    entry = base_entry(task)
    asked = [
        (replace(entry, name=f"p{n}", prompt=assemble(space, choice)), sample)
        for n, choice in enumerate(choices) for sample in task.dev
    ]  # fmt: skip

    async def answer() -> list[float]:
        model = open_model("nano")
        await model.ready()
        with Ledger(task.folder / FILE) as ledger:
            found = await answer_block(task, asked, model=model, ledger=ledger, meter=Meter())
        await model.close()
        return [
            _score(task, one.row.answer if one.row else None, one.sample.target) for one in found
        ]

    flat = np.array(asyncio.run(answer())).reshape(len(choices), len(task.dev))
    return Table(name, space, {_key(c): row for c, row in zip(choices, flat, strict=True)})


def _score(task: Task, answer: Any, target: Any) -> float:
    """Between 0 and 1: edits are counted against the length of the target."""
    assert task.metric.sample is not None
    if answer is None:
        answer = task.format.fallback()
    value = float(task.metric.sample(answer, target))
    return value if task.metric.higher_is_better else max(0.0, 1 - value / len(target))


def real_tables(
    folder: Path, samples: int, seeds: int
) -> Iterator[tuple[str, list[tuple[Table, int]]]]:
    """The recorded tables, each with several seeds."""
    for name in TASKS:
        began = time.monotonic()
        table = recorded(folder, name, samples)
        print(
            f"\n{name}: {len(table.scores)} prompts recorded in {time.monotonic() - began:,.0f} s"
        )
        yield name, [(table, seed) for seed in range(seeds)]


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--samples", type=int, default=150)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rivals", type=Path, help="a Python that has dspy")
    arguments = parser.parse_args()
    if arguments.rivals:
        METHODS["DSPy MIPROv2"] = by_dspy(arguments.rivals, "mipro")
        METHODS["DSPy GEPA"] = by_dspy(arguments.rivals, "gepa")
    if arguments.worlds:
        print_methods("simulated", [(simulated(n), n) for n in range(arguments.worlds)])
    with tempfile.TemporaryDirectory() as aside:
        folder = arguments.folder or Path(aside)
        if arguments.seeds:
            for name, tables in real_tables(folder, arguments.samples, arguments.seeds):
                print_methods(f"nano, {name}", tables)


if __name__ == "__main__":
    main()
