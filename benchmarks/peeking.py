"""Looking at a comparison after every sample: how often it errs, and how early it can stop.

`python -m benchmarks.peeking [--worlds 1000]`

0/1 scores: pairs of which `discordance` differ, up to 600 samples. Beside each other: McNemar's
mid-p looked at after every sample, and the sequential test (the class's own arithmetic, over all
worlds at once). Other scores: gains of three shapes, the asymptotic sequence, up to 600 samples.
"Told" is in what share of worlds a verdict is ever given; "samples" the mean number until then,
600 where there is none; "fixed" what one look at a number fixed beforehand takes for 80 % power.
"""

from __future__ import annotations

import argparse
import math
from typing import Any, TypeAlias

import numpy as np

from tesuji.compare import Sequential, samples_for
from tesuji.compare.paired import mcnemar
from tesuji.compare.sequential import stakes

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
LONGEST = 600


def zero_one(rng: np.random.Generator, worlds: int, gain: float, discordance: float) -> str:
    draw = rng.random((worlds, LONGEST))
    wins = (draw < (discordance + gain) / 2).cumsum(axis=1)
    losses = ((draw >= (discordance + gain) / 2) & (draw < discordance)).cumsum(axis=1)
    bets = stakes()
    up, down = np.log1p(bets), np.log1p(-bets)
    told = np.zeros((worlds, LONGEST), dtype=bool)
    for at in range(worlds):
        for more, fewer in ((wins[at], losses[at]), (losses[at], wins[at])):
            capital = np.exp(more[:, None] * up + fewer[:, None] * down).mean(axis=1)
            told[at] |= capital >= 2 / 0.05
    most = int((wins + losses).max()) + 1
    small = np.array([[mcnemar(w, t) < 0.05 for t in range(most)] for w in range(most)])
    peeked = small[wins, losses]
    fixed = "" if gain == 0 else f"{samples_for(gain, discordance=discordance):,}"
    return (
        f"| {100 * gain:.0f} points, {100 * discordance:.0f} % differ | "
        f"{100 * peeked.any(axis=1).mean():.1f} | {100 * told.any(axis=1).mean():.1f} | "
        f"{_until(told):.0f} | {fixed} |"
    )


def _until(told: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    first = np.where(told.any(axis=1), told.argmax(axis=1) + 1, LONGEST)
    return float(first.mean())


def others(rng: np.random.Generator, worlds: int, shape: str, gain: float) -> str:
    """Gains of deviation 1."""
    size = (worlds, LONGEST)
    noise = {
        "normal": rng.normal(size=size),
        "t with 3 degrees": rng.standard_t(3, size) / math.sqrt(3),
        "exponential": rng.exponential(size=size) - 1,
    }[shape]
    told, until = 0, 0
    for row in (noise + gain).tolist():
        looked = Sequential(higher_is_better=True)
        for value in row:
            looked.update(0.0, value)
            if looked.verdict() != "can't tell":
                told += 1
                break
        until += looked.n
    fixed = "" if gain == 0 else f"{samples_for(gain, deviation=1.0):,}"
    share, mean = 100 * told / worlds, until / worlds
    return f"| {gain} deviations, {shape} | | {share:.1f} | {mean:.0f} | {fixed} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=1000)
    worlds = parser.parse_args().worlds
    rng = np.random.default_rng(7)
    print("| gain | mid-p, looked at every time: told, % | sequential: told, % | samples | fixed |")
    print("|---|---|---|---|---|")
    for gain, discordance in ((0.0, 0.2), (0.0, 0.4), (0.05, 0.2), (0.1, 0.2), (0.15, 0.3)):
        print(zero_one(rng, worlds, gain, discordance), flush=True)
    for shape in ("normal", "t with 3 degrees", "exponential"):
        print(others(rng, worlds // 4, shape, 0.0), flush=True)
    print(others(rng, worlds // 4, "normal", 0.3), flush=True)


if __name__ == "__main__":
    main()
