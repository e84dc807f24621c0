"""Many challengers on one dev set: how often chance wins, and how often a real gain is seen.

`python -m benchmarks.judging [--rounds 400]`

Challengers turn a fifth of 300 answers (0/1 scores), the same ones; they agree on how in a share
of cases (`alike`), which makes their gains correlated. Under the null nobody gains; else one gains
7 points. Beside each other: no correction, Bonferroni, Holm, and the max-statistic that the
referee uses. The same worlds for all.
"""

from __future__ import annotations

import argparse
from typing import Any, TypeAlias

import numpy as np

from tesuji.compare.many import holm, max_statistic
from tesuji.compare.paired import mcnemar

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
SAMPLES, TURNED, GAIN = 300, 0.2, 0.07


def gains_of(rng: np.random.Generator, count: int, alike: float, gain: float) -> Floats:
    """Gains in {-1, 0, 1}, a row a challenger; the first gains `gain` on average."""
    turned = rng.random(SAMPLES) < TURNED
    shared = np.where(rng.random(SAMPLES) < 0.5, 1.0, -1.0)
    own = np.where(rng.random((count, SAMPLES)) < 0.5, 1.0, -1.0)
    gains = np.where(rng.random((count, SAMPLES)) < alike, shared, own) * turned
    better = rng.random(SAMPLES) < gain / TURNED
    gains[0] = np.where(turned & better, 1.0, gains[0])
    return gains


def judged(gains: Floats, seed: int) -> dict[str, tuple[float, ...]]:
    """Adjusted p-values by each way."""
    plain = [mcnemar(int((row > 0).sum()), int((row < 0).sum())) for row in gains]
    return {
        "none": tuple(plain),
        "Bonferroni": tuple(min(1.0, len(plain) * p) for p in plain),
        "Holm": holm(plain).p,
        "max-statistic": max_statistic(gains.tolist(), flips=1_000, seed=seed).p,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=400)
    rounds = parser.parse_args().rounds
    print(
        "| challengers | alike | correction | chance is told, % | a gain of 7 points is seen, % |"
    )
    print("|---|---|---|---|---|")
    for count in (7, 24):
        for alike in (0.0, 0.8, 0.95):
            chance: dict[str, int] = {}
            seen: dict[str, int] = {}
            rng = np.random.default_rng((count, int(100 * alike)))
            for seed in range(rounds):
                for way, p in judged(gains_of(rng, count, alike, 0.0), seed).items():
                    chance[way] = chance.get(way, 0) + (min(p) < 0.05)
                for way, p in judged(gains_of(rng, count, alike, GAIN), seed).items():
                    seen[way] = seen.get(way, 0) + (p[0] < 0.05)
            for way in chance:
                told, power = 100 * chance[way] / rounds, 100 * seen[way] / rounds
                print(f"| {count} | {alike} | {way} | {told:.1f} | {power:.0f} |", flush=True)


if __name__ == "__main__":
    main()
