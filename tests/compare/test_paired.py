"""Two runs on the same samples."""

from __future__ import annotations

import math
import time
from itertools import product

import numpy as np
import pytest

from tesuji.compare import Comparison, compare_scores
from tesuji.compare.paired import mcnemar
from tesuji.errors import InputError


def zero_one_pair(
    rng: np.random.Generator, n: int, up: float, down: float
) -> tuple[list[float], list[float]]:
    """0/1 scores of A and B: B turns wrong to right with `up`, right to wrong with `down`."""
    draw, base = rng.random(n), rng.random(n) < 0.5
    a = np.where(draw < up, 0, np.where(draw < up + down, 1, base)).astype(float)
    b = np.where(draw < up, 1, np.where(draw < up + down, 0, base)).astype(float)
    return a.tolist(), b.tolist()


def compare(a: list[float], b: list[float], zero_one: bool, seed: int = 0) -> Comparison:
    return compare_scores(a, b, higher_is_better=True, zero_one=zero_one, seed=seed)


def test_gain_is_above_zero_where_b_is_better_whichever_way_the_metric_points() -> None:
    a, b = [3.0, 4, 5, 4, 3, 4, 5, 6, 4, 3] * 4, [1.0, 2, 3, 2, 2, 2, 4, 5, 3, 2] * 4
    lower = compare_scores(a, b, higher_is_better=False, zero_one=False)
    higher = compare_scores(a, b, higher_is_better=True, zero_one=False)
    assert (lower.verdict, higher.verdict) == ("better", "worse")
    assert lower.gain == pytest.approx(1.5) == -higher.gain
    assert (lower.wins, lower.losses, lower.ties) == (40, 0, 0)
    assert lower.low <= lower.gain <= lower.high
    assert (lower.mean_a, lower.mean_b) == (pytest.approx(4.1), pytest.approx(2.6))


def test_mcnemar_is_the_mid_p_of_a_fair_coin() -> None:
    def by_hand(wins: int, losses: int) -> float:
        n, k = wins + losses, min(wins, losses)
        below = sum(math.comb(n, i) for i in range(k))
        return min(1.0, 2 * (below + math.comb(n, k) / 2) / 2**n)

    for wins, losses in product(range(15), repeat=2):
        if wins != losses:
            assert mcnemar(wins, losses) == pytest.approx(by_hand(wins, losses))
    assert mcnemar(0, 0) == mcnemar(7, 7) == 1
    # Fagerland et al. 2013, table 1: airway hyper-responsiveness, 1 against 7 discordant pairs.
    assert mcnemar(1, 7) == pytest.approx(0.0391, abs=5e-5)
    assert mcnemar(500_000, 501_000) == pytest.approx(0.3177, abs=1e-3)
    assert 0 <= mcnemar(0, 100_000) < 1e-300


def test_mcnemar_may_be_taken_in_full() -> None:
    a, b = [0.0] * 7 + [1.0] * 43, [1.0] * 7 + [0.0] + [1.0] * 42
    mid, full = (
        compare_scores(a, b, higher_is_better=True, zero_one=True, exact=exact)
        for exact in (False, True)
    )
    assert full.p == pytest.approx(2 * (1 + 8) / 2**8) and mid.p == pytest.approx(10 / 2**8)
    assert "in full" in full.method and "mid-p" in mid.method
    assert (mid.low, mid.high) == (full.low, full.high)


def test_intervals_cover_the_truth_and_the_null_is_rarely_rejected_for_zero_one_scores() -> None:
    rng = np.random.default_rng(11)
    for n in (50, 200):
        covered = rejected = 0
        for _ in range(2_000):
            result = compare(*zero_one_pair(rng, n, 0.2, 0.1), zero_one=True)
            covered += result.low <= 0.1 <= result.high
            null = compare(*zero_one_pair(rng, n, 0.15, 0.15), zero_one=True)
            rejected += null.verdict != "can't tell"
        assert 0.93 <= covered / 2_000 <= 0.97
        assert rejected / 2_000 <= 0.065


@pytest.mark.parametrize("kind", ["normal", "skewed", "whole numbers"])
def test_intervals_cover_the_truth_for_other_scores(kind: str) -> None:
    rng = np.random.default_rng(5)
    n, rounds, covered, rejected = 80, 300, 0, 0
    for seed in range(rounds):
        change = {
            "normal": rng.normal(size=n),
            "skewed": rng.exponential(size=n) - 1,
            "whole numbers": rng.integers(-3, 4, n).astype(float),
        }[kind]
        a = rng.normal(size=n).round() if kind == "whole numbers" else rng.normal(size=n)
        null = compare(a.tolist(), (a + change).tolist(), zero_one=False, seed=seed)
        covered += null.low <= 0 <= null.high
        rejected += null.verdict != "can't tell"
    assert 0.92 <= covered / rounds <= 0.98  # 300 rounds: ± 2.5 points
    assert rejected / rounds <= 0.08


def test_a_real_difference_is_mostly_found_and_more_says_about_how_many_it_takes() -> None:
    rng = np.random.default_rng(2)
    up, down = 0.18, 0.10
    # The textbook number for this effect at 80 % power.
    needed = (1.95996 + 0.84162) ** 2 * (up + down - (up - down) ** 2) / (up - down) ** 2
    n = round(needed)
    found = sum(
        compare(*zero_one_pair(rng, n, up, down), zero_one=True).verdict == "better"
        for _ in range(500)
    )
    assert 0.74 <= found / 500 <= 0.86
    # Exactly the expected counts, on a third of the samples.
    third = n // 3
    wins, losses = round(up * third), round(down * third)
    a = [0.0] * wins + [1.0] * losses + [1.0] * (third - wins - losses)
    b = [1.0] * wins + [0.0] * losses + [1.0] * (third - wins - losses)
    result = compare(a, b, zero_one=True)
    assert result.verdict == "can't tell"
    assert result.more is not None
    assert 0.5 <= (third + result.more) / n <= 2
    assert f"about {result.more:,} more samples would" in result.sentence()


def test_what_is_said_is_one_plain_line() -> None:
    better = compare([0.0] * 120 + [1.0] * 80, [1.0] * 192 + [0.0] * 8, zero_one=True)
    assert better.sentence("base", "new") == (
        "new is better than base by 56.0 points (47.5 … 63.4), p < 0.001, on 200 samples: "
        "120 better, 8 worse, 72 equal"
    )
    worse = compare([1.0] * 192 + [0.0] * 8, [0.0] * 120 + [1.0] * 80, zero_one=True)
    assert worse.sentence().startswith("B is worse than A by 56.0 points (47.5 … 63.4), p < 0.001")
    same = compare([1.0, 0.0], [1.0, 0.0], zero_one=True)
    assert "can't tell" in same.sentence() and "no difference to be seen" in same.sentence()
    assert "\n" not in same.sentence()


def test_html_is_escaped() -> None:
    page = compare([1.0, 0.0], [1.0, 0.0], zero_one=True)._repr_html_()
    assert page.startswith("<table>")
    assert "can&#x27;t tell" in page


def test_samples_without_a_score_are_left_out_and_counted() -> None:
    a = [1.0, math.nan, 0.0, 1.0]
    b: list[float] = [0.0, 1.0, None, 1.0]  # type: ignore[list-item]
    result = compare(a, b, zero_one=True)
    assert (result.n, result.left_out) == (2, 2)
    assert "2 left out" in result.sentence()


@pytest.mark.parametrize("zero_one", [True, False])
def test_hardly_any_samples(zero_one: bool) -> None:
    nothing = compare([], [], zero_one)
    assert (nothing.n, nothing.verdict, nothing.more) == (0, "can't tell", None)
    assert "no sample" in nothing.sentence()
    one = compare([0.0], [1.0], zero_one)
    assert (one.verdict, one.wins) == ("can't tell", 1)
    assert one.low <= one.gain <= one.high
    two = compare([0.0, 0.0], [1.0, 1.0], zero_one)
    assert two.verdict == "can't tell"
    assert two.more is not None


def test_equal_runs_show_no_difference() -> None:
    for zero_one in (True, False):
        result = compare([1.0, 0.0] * 50, [1.0, 0.0] * 50, zero_one)
        assert (result.gain, result.p, result.verdict, result.more) == (0, 1, "can't tell", None)
        assert result.low <= 0 <= result.high


def test_wrong_scores_are_refused() -> None:
    with pytest.raises(InputError, match="A has 1, B has 2"):
        compare([1.0], [1.0, 0.0], zero_one=True)
    with pytest.raises(InputError, match=r"scores of B must be 0 or 1; one is 0\.5"):
        compare([1.0], [0.5], zero_one=True)
    with pytest.raises(InputError, match="must be finite numbers"):
        compare([math.inf], [0.5], zero_one=False)


def test_the_same_seed_gives_the_same_answer_and_few_values_agree_with_many() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=300), rng.normal(0.1, 1, size=300)
    first, again = (compare(a.tolist(), b.tolist(), zero_one=False) for _ in range(2))
    assert first == again
    # Whole numbers are resampled by counts; a hair's breadth of noise makes them all differ.
    a, b = rng.integers(0, 9, 400).astype(float), rng.integers(0, 10, 400).astype(float)
    counts = compare(a.tolist(), b.tolist(), zero_one=False)
    rows = compare((a + rng.normal(0, 1e-6, 400)).tolist(), b.tolist(), zero_one=False)
    assert counts.low == pytest.approx(rows.low, abs=0.03)
    assert counts.high == pytest.approx(rows.high, abs=0.03)
    assert counts.p == pytest.approx(rows.p, abs=0.02)


def test_a_million_samples_take_seconds() -> None:
    rng = np.random.default_rng(4)
    a = rng.normal(size=10**6)
    b = a + rng.normal(0.01, 1, size=10**6)
    begun = time.process_time()
    for zero_one, x, y in ((False, a, b), (False, a.round(), b.round()), (True, a > 0, b > 0)):
        result = compare_scores(
            x.astype(float), y.astype(float), higher_is_better=True, zero_one=zero_one
        )
        assert result.verdict == "better"
    assert time.process_time() - begun < 5
