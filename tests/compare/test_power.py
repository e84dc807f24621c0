"""How many samples it takes: the reckoning against the tests themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tesuji.compare import compare_scores, detectable, likely_discordance, samples_for
from tesuji.compare.comparison import decide
from tesuji.compare.paired import bonett_price, mcnemar
from tesuji.errors import InputError


@pytest.mark.parametrize(
    ("gain", "discordance", "among"), [(0.1, 0.25, 1), (0.2, 0.2, 1), (0.08, 0.2, 10)]
)
def test_so_many_samples_have_the_power_for_zero_one_scores(
    gain: float, discordance: float, among: int
) -> None:
    n = samples_for(gain, discordance=discordance, among=among)
    rng, level = np.random.default_rng(1), 0.05 / among
    for count, low, high in ((n, 0.77, 0.85), (n // 2, 0.2, 0.62)):
        found = 0
        for differing in rng.binomial(count, discordance, 2_000).tolist():
            wins = int(rng.binomial(differing, (discordance + gain) / (2 * discordance)))
            losses = differing - wins
            edges = bonett_price(wins, losses, count, 1 - level)
            p = mcnemar(wins, losses)
            found += decide((wins - losses) / count, *edges, p, 1 - level) == "better"
        assert low <= found / 2_000 <= high


def test_so_many_samples_have_the_power_for_other_scores() -> None:
    n = samples_for(0.5, deviation=1.0)
    rng = np.random.default_rng(2)
    found = sum(
        compare_scores(
            [0.0] * n, rng.normal(0.5, 1, n).tolist(), higher_is_better=True, zero_one=False,
            seed=seed,
        ).verdict == "better"
        for seed in range(120)
    )  # fmt: skip
    assert 0.70 <= found / 120 <= 0.90


def test_it_agrees_with_the_textbook_and_beyond_the_exact_sum() -> None:
    # Connor 1987: n = (z·√ψ + z'·√(ψ - d²))² / d²
    for gain, discordance in ((0.05, 0.2), (0.03, 0.2), (0.02, 0.3), (0.005, 0.1)):
        root = 1.95996 * math.sqrt(discordance) + 0.84162 * math.sqrt(discordance - gain**2)
        assert samples_for(gain, discordance=discordance) == pytest.approx(
            root**2 / gain**2, rel=0.03
        )
    # A paired t-test of half a deviation at 80 %: 34 (Cohen 1988, table 2.4.1).
    assert samples_for(0.5, deviation=1) in (33, 34, 35)


def test_detectable_is_the_inverse() -> None:
    for options in ({"discordance": 0.2}, {"deviation": 0.4}, {"deviation": 0.4, "among": 7}):
        for n in (60, 500, 5_000):
            gain = detectable(n, **options)  # type: ignore[arg-type]
            assert samples_for(gain, **options) == pytest.approx(n, rel=0.05)  # type: ignore[arg-type]
    assert detectable(5, discordance=0.5) == math.inf  # five pairs never tell
    assert detectable(3, deviation=1) > 1


def test_likely_discordance_lies_between_the_gap_and_chance() -> None:
    for a, b in ((0.5, 0.6), (0.9, 0.95), (0.3, 0.9)):
        chance = a * (1 - b) + b * (1 - a)
        assert abs(a - b) <= likely_discordance(a, b) < chance
    assert likely_discordance(0, 1) == 1 and likely_discordance(1, 1) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"difference": 0.1}, "either discordance"),
        ({"difference": 0.1, "discordance": 0.2, "deviation": 1}, "either discordance"),
        ({"difference": 0.3, "discordance": 0.2}, "at least as large a share"),
        ({"difference": 0, "discordance": 0.2}, "above 0"),
        ({"difference": 0.1, "discordance": 1.2}, "discordance is 1.2"),
        ({"difference": 0.1, "deviation": math.inf}, "deviation is inf"),
        ({"difference": 1e-9, "deviation": 1}, "more than 10"),
        ({"difference": 0.1, "deviation": 1, "power": 1}, "power and confidence"),
    ],
)
def test_nonsense_is_refused(options: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        samples_for(**options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least 1"):
        detectable(0, deviation=1)
