"""Comparing sample by sample, looking every time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from tesuji.compare import Sequential
from tesuji.compare.paired import mcnemar
from tesuji.errors import InputError


def pairs(
    rng: np.random.Generator, n: int, up: float, down: float
) -> Iterator[tuple[float, float]]:
    """0/1 scores of A and B: B alone is right with `up`, A alone with `down`."""
    for draw in rng.random(n):
        if draw < up:
            yield 0.0, 1.0
        elif draw < up + down:
            yield 1.0, 0.0
        else:
            yield 1.0, 1.0


def test_looking_after_every_sample_keeps_the_error_and_the_fixed_test_does_not() -> None:
    rng = np.random.default_rng(1)
    rounds, n, told, fixed = 300, 150, 0, 0
    for _ in range(rounds):
        race, wins, losses, peeked, sure = Sequential(
            higher_is_better=True, zero_one=True
        ), 0, 0, False, False  # fmt: skip
        for a, b in pairs(rng, n, 0.15, 0.15):
            race.update(a, b)
            wins, losses = wins + (b > a), losses + (a > b)
            sure = sure or (a != b and race.verdict() != "can't tell")
            peeked = peeked or (a != b and mcnemar(wins, losses) < 0.05)
        told, fixed = told + sure, fixed + peeked
    assert told / rounds <= 0.05
    assert fixed / rounds > 0.15


@pytest.mark.parametrize("kind", ["normal", "heavy tails", "skewed"])
def test_unbounded_scores_keep_the_error_too(kind: str) -> None:
    rng = np.random.default_rng(2)
    rounds, n, told = 200, 300, 0
    for _ in range(rounds):
        gains = {
            "normal": rng.normal(size=n),
            "heavy tails": rng.standard_t(3, n),
            "skewed": rng.exponential(size=n) - 1,
        }[kind]
        looked = Sequential(higher_is_better=True)
        for gain in gains.tolist():
            looked.update(0.0, gain)
            if looked.verdict() != "can't tell":
                told += 1
                break
    assert told / rounds <= (0.08 if kind == "skewed" else 0.05)  # asymptotic: see docs/referee.md


def test_bounded_scores_keep_the_error_and_the_interval_covers_at_all_times() -> None:
    rng = np.random.default_rng(3)
    rounds, n, missed, told = 60, 120, 0, 0
    for _ in range(rounds):
        a, b = rng.beta(2, 1, n), rng.beta(2, 1, n)
        looked = Sequential(higher_is_better=True, bounds=(0, 1))
        inside = sure = False
        for at, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
            looked.update(x, y)
            sure = sure or looked.verdict() != "can't tell"
            if at % 40 == 39:
                low, high = looked.interval()
                inside = low <= 0 <= high
                missed += not inside
        told += sure
    assert told / rounds <= 0.05 and missed / rounds <= 0.05


def test_a_large_difference_is_told_long_before_the_end() -> None:
    rng = np.random.default_rng(4)
    stops = []
    for _ in range(60):
        looked = Sequential(higher_is_better=True, zero_one=True)
        for a, b in pairs(rng, 400, 0.25, 0.05):
            looked.update(a, b)
            if looked.verdict() != "can't tell":
                assert looked.verdict() == "better"
                break
        stops.append(looked.n)
    assert np.median(stops) < 120 and max(stops) < 400


def test_interval_and_verdict_agree_and_the_order_plays_no_part() -> None:
    rng = np.random.default_rng(5)
    for zero_one, bounds in ((True, None), (False, (-1.0, 1.0)), (False, None)):
        rows = list(pairs(rng, 100, 0.3, 0.1))
        one, other, lower = (
            Sequential(higher_is_better=up, zero_one=zero_one, bounds=bounds)
            for up in (True, True, False)
        )
        for a, b in rows:
            one.update(a, b)
            lower.update(a, b)
            low, high = one.interval()
            assert (one.verdict() == "can't tell") == (low <= 1e-9 and high >= -1e-9)
        for a, b in reversed(rows):
            other.update(a, b)
        assert other.p == pytest.approx(one.p)
        assert other.interval() == pytest.approx(one.interval())
        assert lower.interval() == pytest.approx((-one.interval()[1], -one.interval()[0]))


def test_it_says_what_is_known_in_a_line() -> None:
    looked = Sequential(higher_is_better=True, zero_one=True)
    assert "no sample has a score from both" in looked.sentence()
    assert looked.interval() == (-math.inf, math.inf) and looked.p == 1
    for _ in range(40):
        looked.update(0, 1)
    looked.update(1, None)
    looked.update(math.nan, 1)
    said = looked.sentence("base", "new")
    assert said.startswith("new is better than base by 100.0 points (")
    assert "on 40 samples: 40 better, 0 worse, 0 equal (2 left out)" in said
    same = Sequential(higher_is_better=False)
    for at in range(50):
        same.update(at, at)
    assert same.verdict() == "can't tell" and "no difference to be seen" in same.sentence()
    assert same.interval() == (0.0, 0.0)


def test_wrong_values_are_refused() -> None:
    with pytest.raises(InputError, match="scores of A must be 0 or 1"):
        Sequential(higher_is_better=True, zero_one=True).update(0.5, 1)
    with pytest.raises(InputError, match="score of B is 3: not within 0 … 1"):
        Sequential(higher_is_better=True, bounds=(0, 1)).update(0.5, 3)
    with pytest.raises(InputError, match="not within"):
        Sequential(higher_is_better=True).update(0.5, math.inf)
    with pytest.raises(InputError, match="error is 0"):
        Sequential(higher_is_better=True, error=0)
    with pytest.raises(InputError, match="the first must be below"):
        Sequential(higher_is_better=True, bounds=(1, 0))
