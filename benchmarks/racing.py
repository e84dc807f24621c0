"""Which of 24 prompts is the best on 300 samples: requests made, and points lost by the choice.

`python -m benchmarks.racing [--worlds 40] [--rivals 40] [--families binary,…]`

Simulated tables of prompt × sample. Regret is how much worse the chosen prompt is than the best,
in points, in expectation over all samples that could have come: full evaluation has some, too.
The first prompt is the base; "worse" is how often the choice is truly worse than it. Optuna's
WilcoxonPruner (p = 0.1) is the real one, in `--rivals` of the worlds, looked at every five samples
from the 20th on, for the sake of time. The other figures are of all worlds. Nothing here was used
to set the race's defaults: those come from other families and seeds (docs/experiments.md).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from tesuji.compare.race import Race

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
PROMPTS, SAMPLES, POPULATION = 24, 300, 6_000


def logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))


def answers(rng: np.random.Generator, ability: Floats, spread: float, middle: float) -> Floats:
    """Chances of being right: prompt × (samples, then the population they stand for)."""
    count = SAMPLES + POPULATION
    ease = rng.normal(0, spread, count)
    kinds = rng.normal(0, 0.25, (PROMPTS, 3)) @ rng.normal(size=(3, count))
    luck = rng.normal(0, 0.7, (PROMPTS, count))
    return logistic(2 * (middle + ability[:, None] + ease + kinds + luck))


def drawn(rng: np.random.Generator, chances: Floats) -> tuple[Floats, Floats]:
    """0/1 scores of the samples, and each prompt's true accuracy."""
    scores = rng.random((PROMPTS, SAMPLES)) < chances[:, :SAMPLES]
    return scores.astype(np.float64), chances.mean(axis=1)


def binary(rng: np.random.Generator) -> tuple[Floats, Floats]:
    ability = rng.normal(0, 0.25, PROMPTS)
    return drawn(rng, answers(rng, ability, rng.uniform(1.2, 2.2), rng.uniform(-0.3, 1.2)))


def near_ties(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A good cluster of six with hardly a difference, and a poor one."""
    ability = np.where(np.arange(PROMPTS) % 4 == 0, 0.25, -0.25) + rng.normal(0, 0.02, PROMPTS)
    return drawn(rng, answers(rng, rng.permutation(ability), 1.6, 0.4))


def outliers(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Two that are much better than the rest."""
    ability = rng.normal(0, 0.05, PROMPTS)
    ability[rng.choice(PROMPTS, 2, replace=False)] += rng.uniform(0.4, 0.8, 2)
    return drawn(rng, answers(rng, ability, 1.6, 0.2))


def equal(rng: np.random.Generator) -> tuple[Floats, Floats]:
    return drawn(rng, answers(rng, np.zeros(PROMPTS), 1.6, 0.4))


def broken(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A third of the prompts break the answer's format now and then."""
    chances = answers(rng, rng.normal(0, 0.2, PROMPTS), 1.6, 0.6)
    kept = np.where(rng.random(PROMPTS) < 1 / 3, rng.uniform(0.4, 0.95, PROMPTS), 1.0)
    return drawn(rng, chances * kept[:, None])


def continuous(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Similarities from 0 to 1 with heavy-tailed noise."""
    count = SAMPLES + POPULATION
    worth = rng.normal(0, 0.025, PROMPTS)[:, None] + rng.normal(0, 0.15, count)
    kinds = rng.normal(0, 0.04, (PROMPTS, 3)) @ rng.normal(size=(3, count))
    noise = 0.12 * rng.standard_t(3, (PROMPTS, count))
    scores = np.clip(0.65 + worth + kinds + noise, 0, 1)
    return scores[:, :SAMPLES], scores.mean(axis=1)


FAMILIES = {f.__name__: f for f in (binary, continuous, near_ties, outliers, broken, equal)}
Way: TypeAlias = Callable[[Floats, int], tuple[int, int]]


def full(scores: Floats, seed: int) -> tuple[int, int]:
    return scores.size, int(scores.mean(axis=1).argmax())


def halving(scores: Floats, seed: int) -> tuple[int, int]:
    """Sequential halving with a fifth of the full number of requests; scores are kept."""
    order = np.random.default_rng(seed).permutation(SAMPLES)
    alive, done, requests = np.arange(PROMPTS), 0, 0
    rounds = math.ceil(math.log2(PROMPTS))
    while len(alive) > 1:
        more = min(SAMPLES - done, scores.size // 5 // rounds // len(alive))
        done, requests = done + more, requests + more * len(alive)
        means = scores[alive][:, order[:done]].mean(axis=1)
        alive = alive[np.argsort(-means, kind="stable")[: len(alive) // 2]]
    return requests, int(alive[0])


def plain_race(scores: Floats, seed: int) -> tuple[int, int]:
    """All in steps of ten samples; who is two standard errors behind the leader leaves."""
    order = np.random.default_rng(seed).permutation(SAMPLES)
    alive, requests = np.arange(PROMPTS), 0
    for done in range(10, SAMPLES + 1, 10):
        requests += 10 * len(alive)
        known = scores[alive][:, order[:done]]
        lead = int(known.mean(axis=1).argmax())
        apart = known - known[lead]
        kept = apart.mean(axis=1) + 2 * apart.std(axis=1, ddof=1) / math.sqrt(done) >= 0
        alive = alive[kept]
        if len(alive) == 1:
            break
    return requests, int(alive[scores[alive][:, order[:done]].mean(axis=1).argmax()])


def wilcoxon(scores: Floats, seed: int) -> tuple[int, int]:
    """Optuna with its WilcoxonPruner, prompts in their order, as its tutorial does it."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    order = np.random.default_rng(seed).permutation(SAMPLES).tolist()
    requests = 0
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.GridSampler({"prompt": list(range(PROMPTS))}, seed=seed),
        pruner=optuna.pruners.WilcoxonPruner(p_threshold=0.1, n_startup_steps=20),
    )

    def objective(trial: Any) -> float:
        nonlocal requests
        row = scores[trial.suggest_int("prompt", 0, PROMPTS - 1)]
        seen = []
        for sample in order:
            seen.append(float(row[sample]))
            requests += 1
            trial.report(seen[-1], sample)
            if len(seen) >= 20 and len(seen) % 5 == 0 and trial.should_prune():
                break
        return sum(seen) / len(seen)

    study.optimize(objective, n_trials=PROMPTS)
    return requests, int(study.best_params["prompt"])


def ours(scores: Floats, seed: int, **options: Any) -> tuple[int, int]:
    race = Race(SAMPLES, base="0", higher_is_better=True, seed=seed, **options)
    for name in range(1, PROMPTS):
        race.add(str(name))
    while batch := race.ask():
        for who, rows in batch:
            for row in rows:
                race.tell(who, row, float(scores[int(who), row]))
    return race.evaluations, int(race.leader)


def fifth(scores: Floats, seed: int) -> tuple[int, int]:
    return ours(scores, seed, requests=scores.size // 5)


WAYS: dict[str, Way] = {
    "full evaluation": full,
    "Optuna, WilcoxonPruner": wilcoxon,
    "plain paired race, z = 2": plain_race,
    "halving": halving,
    "race": ours,
    "race, at most 1,440": fifth,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--rivals", type=int, default=40)
    parser.add_argument("--families", default=",".join(FAMILIES))
    given = parser.parse_args()
    print(
        "| worlds | way | requests, mean | median | regret, mean | ± | median | worse, % | CPU s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for family in given.families.split(","):
        made = [FAMILIES[family](np.random.default_rng((99, seed))) for seed in range(given.worlds)]
        for name, way in WAYS.items():
            some = made[: given.rivals] if way is wilcoxon else made
            begun, rows = time.process_time(), []
            for seed, (scores, truth) in enumerate(some):
                requests, chosen = way(scores, seed)
                lost = 100 * float(truth.max() - truth[chosen])
                rows.append((requests, lost, truth[chosen] < truth[0]))
            spent = (time.process_time() - begun) / max(1, len(rows))
            if rows:
                _line(f"{family} ({len(rows)})", name, np.array(rows, dtype=np.float64), spent)


def _line(family: str, name: str, rows: Floats, spent: float) -> None:
    requests, lost, worse = rows.T
    error = lost.std() / math.sqrt(len(lost))
    print(
        f"| {family} | {name} | {requests.mean():,.0f} | {np.median(requests):,.0f} | "
        f"{lost.mean():.2f} | {error:.2f} | {np.median(lost):.2f} | {100 * worse.mean():.0f} | "
        f"{spent:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
