"""Many challengers on one dev set."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tesuji.compare import holm, max_statistic, optimism
from tesuji.compare.paired import mcnemar


def challengers(
    rng: np.random.Generator, count: int, n: int, alike: float, gain: float = 0.0
) -> np.ndarray:
    """Gains in {-1, 0, 1}: every challenger turns a fifth of the answers, mostly the same ones.

    `alike` is the share of samples on which all do the same; the first gains `gain` on average.
    """
    turned = rng.random(n) < 0.2
    shared = np.where(rng.random(n) < 0.5, 1.0, -1.0)
    own = np.where(rng.random((count, n)) < 0.5, 1.0, -1.0)
    gains = np.where(rng.random((count, n)) < alike, shared, own) * turned
    better = rng.random(n) < gain / 0.2
    gains[0] = np.where(turned & better, 1.0, gains[0])
    return gains


def mid_p(row: np.ndarray) -> float:
    return mcnemar(int((row > 0).sum()), int((row < 0).sum()))


def better(gains: np.ndarray, p: tuple[float, ...]) -> list[bool]:
    return [one < 0.05 and row.sum() > 0 for one, row in zip(p, gains, strict=True)]


@pytest.mark.parametrize("alike", [0.0, 0.8])
def test_chance_wins_in_at_most_one_case_of_twenty(alike: float) -> None:
    rng = np.random.default_rng(1)
    rounds, wins, told = 300, 0, 0
    for seed in range(rounds):
        gains = challengers(rng, 12, 150, alike)
        p = max_statistic(gains.tolist(), flips=500, seed=seed).p
        told += min(p) < 0.05  # better or worse
        wins += any(better(gains, p))
    assert told / rounds <= 0.05 + 2 * 0.0126  # 5 % and two standard errors
    assert wins / rounds <= 0.05


def test_alike_challengers_cost_little_power() -> None:
    rng = np.random.default_rng(2)
    found = {"max": 0, "holm": 0}
    for seed in range(150):
        gains = challengers(rng, 12, 300, 0.97, gain=0.07)
        plain = [mid_p(row) for row in gains]
        found["max"] += better(gains, max_statistic(gains.tolist(), flips=500, seed=seed).p)[0]
        found["holm"] += better(gains, holm(plain).p)[0]
    assert found["max"] > found["holm"] + 10


def test_holm_is_the_textbooks() -> None:
    assert holm([0.01, 0.04, 0.03]).p == pytest.approx((0.03, 0.06, 0.06))
    assert holm([0.01, 0.04, 0.03]).level == pytest.approx((0.05 / 3, 0.05 / 2, 0.05 / 2))
    assert holm([0.01, 0.04], among=10).p == pytest.approx((0.1, 0.36))
    assert holm([]).p == ()
    assert max(holm([0.5, 0.9, 0.7]).p) == 1


def test_a_single_challenger_is_judged_as_ever_and_unseen_ones_are_charged_in_full() -> None:
    row = challengers(np.random.default_rng(3), 1, 300, 0, gain=0.08)
    alone = max_statistic(row.tolist())
    assert alone.p[0] == pytest.approx(mid_p(row[0]), rel=0.3) and alone.level == (
        pytest.approx(0.05, rel=0.1),
    )
    among = max_statistic(row.tolist(), among=10)
    assert among.p[0] == pytest.approx(10 * alone.p[0], rel=0.1)
    assert among.level[0] == pytest.approx(0.005, rel=0.1)


def test_copies_of_a_challenger_cost_nothing_and_others_nearly_what_bonferroni_asks() -> None:
    rng = np.random.default_rng(4)
    row = challengers(rng, 1, 400, 0, gain=0.1)[0]
    alone = max_statistic([row.tolist()]).p[0]
    copies = max_statistic([row.tolist()] * 20)
    assert copies.p == pytest.approx((alone,) * 20, rel=0.1) and copies.level[0] == pytest.approx(
        0.05, rel=0.1
    )
    others = challengers(rng, 20, 400, 0)
    others[0] = row
    assert 10 * alone < max_statistic(others.tolist()).p[0] < 25 * alone


def test_once_the_surest_is_told_the_next_is_judged_against_the_rest() -> None:
    rng = np.random.default_rng(5)
    gains = challengers(rng, 2, 300, 0)
    gains[0] = np.abs(gains[0])  # sure
    wins, losses = 35, 18
    gains[1] = np.array([1.0] * wins + [-1.0] * losses + [0.0] * (300 - wins - losses))
    together = max_statistic(gains.tolist())
    assert together.p[0] < 1e-6
    assert together.p[1] == pytest.approx(mid_p(gains[1]), rel=0.25) and together.p[1] < 0.05
    assert together.level[0] < together.level[1]


def test_samples_without_a_score_and_groups() -> None:
    rng = np.random.default_rng(6)
    gains = challengers(rng, 3, 200, 0.5, gain=0.08)
    some = gains.copy()
    some[1, :50] = math.nan
    assert max_statistic(some.tolist()).p[0] == pytest.approx(
        max_statistic(gains.tolist()).p[0], rel=0.5
    )
    # Each sample four times: as groups it says no more than once.
    fourfold = np.repeat(gains, 4, axis=1)
    groups = [at // 4 for at in range(800)]
    assert max_statistic(fourfold.tolist(), groups=groups).p == pytest.approx(
        max_statistic(gains.tolist()).p, abs=0.02
    )
    assert max_statistic(fourfold.tolist()).p[0] < max_statistic(gains.tolist()).p[0]
    assert max_statistic([]).p == () and max_statistic([[0.0, 0.0]]).p == (1.0,)


def test_many_samples_are_flipped_as_normal() -> None:
    rng = np.random.default_rng(7)
    gains = rng.normal(0.03, 1, (3, 5_000))
    p = max_statistic(gains.tolist()).p
    part = max_statistic(gains[:, :2_000].tolist()).p
    assert all(0 < one <= 1 for one in (*p, *part))
    for row, one in zip(gains, p, strict=True):
        z = abs(row.sum()) / math.sqrt((row**2).sum())
        assert math.erfc(z / math.sqrt(2)) * 0.9 <= one <= 3.3 * math.erfc(z / math.sqrt(2)) + 0.01


def test_optimism_is_how_much_better_the_best_of_equals_looks() -> None:
    rng = np.random.default_rng(8)
    looked, expected = [], []
    for seed in range(40):
        gains = challengers(rng, 10, 200, 0.3)
        looked.append(gains.mean(axis=1).max())
        expected.append(optimism(gains.tolist(), seed=seed))
    assert np.mean(expected) == pytest.approx(np.mean(looked), abs=0.01)
    assert optimism([]) == 0 and optimism([[0.0, 0.0]]) == 0
