"""The confidence interval of one run's score."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tesuji.task.interval import interval, t_quantile, wilson


def test_wilson_agrees_with_the_textbook() -> None:
    # Newcombe 1998, Stat. Med. 17:857, table I, method 3.
    for successes, total, low, high in (
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):  # fmt: skip
        assert wilson(successes, total) == (
            pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5),
        )  # fmt: skip
    values = [1.0] * 15 + [0.0] * 133
    assert interval(values, zero_one=True) == wilson(15, 148)


def test_t_quantiles_agree_with_the_table() -> None:
    for freedom, value in ((1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (30, 2.042)):
        assert t_quantile(0.975, freedom) == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize("kind", ["normal", "few values", "share"])
def test_intervals_cover_the_mean(kind: str) -> None:
    rng = np.random.default_rng(9)
    rounds = 2_000 if kind == "share" else 300
    covered = 0
    for seed in range(rounds):
        if kind == "normal":
            values, mean = rng.normal(size=60), 0.0
        elif kind == "few values":
            values, mean = rng.integers(0, 5, 60).astype(float), 2.0
        else:
            values, mean = (rng.random(60) < 0.3).astype(float), 0.3
        low, high = interval(values.tolist(), zero_one=kind == "share", seed=seed)
        covered += low <= mean <= high
    assert 0.92 <= covered / rounds <= 0.98


def test_many_different_values_are_taken_as_normal() -> None:
    values = np.random.default_rng(1).normal(size=20_000)
    low, high = interval(values.tolist(), zero_one=False)
    assert (high - low) / 2 == pytest.approx(1.96 * values.std(ddof=1) / 20_000**0.5, rel=1e-3)


def test_hardly_any_values() -> None:
    assert all(math.isnan(edge) for edge in interval([], zero_one=True))
    assert all(math.isnan(edge) for edge in interval([], zero_one=False))
    assert all(math.isnan(edge) for edge in interval([0.4], zero_one=False))
    low, high = interval([1.0], zero_one=True)
    assert 0 < low < high == 1
    assert interval([0.4] * 9, zero_one=False) == (0.4, 0.4)
    assert interval([1.0, math.nan, 0.0], zero_one=True) == interval([1.0, 0.0], zero_one=True)
    low, high = interval([1.0, 2.0], zero_one=False)
    assert low <= 1.5 <= high
