"""Comparing by a metric of the whole."""

from __future__ import annotations

import math
import random

import pytest

from tesuji.compare import compare_whole
from tesuji.errors import InputError


def rmse(answers, targets) -> float:  # type: ignore[no-untyped-def]
    return math.sqrt(
        sum((a - t) ** 2 for a, t in zip(answers, targets, strict=True)) / len(targets)
    )


def recall_of_rare(answers, targets) -> float:  # type: ignore[no-untyped-def]
    hits = [a for a, t in zip(answers, targets, strict=True) if t == 1]
    if not hits:
        raise ValueError("no positive")
    return sum(hits) / len(hits)


def noisy(targets: list[float], size: float, seed: int) -> list[float]:
    rng = random.Random(seed)
    return [t + rng.gauss(0, size) for t in targets]


TARGETS = [float(i % 17) for i in range(150)]


def test_less_noise_is_better_by_rmse() -> None:
    a, b = noisy(TARGETS, 2, 1), noisy(TARGETS, 1, 2)
    result = compare_whole(rmse, a, b, TARGETS, higher_is_better=False, resamples=300)
    assert result.verdict == "better"
    assert result.low <= result.gain <= result.high
    assert result.gain == pytest.approx(rmse(a, TARGETS) - rmse(b, TARGETS))
    assert result.wins is None
    assert "better" in result.sentence()
    turned = compare_whole(rmse, b, a, TARGETS, higher_is_better=False, resamples=300)
    assert turned.verdict == "worse"


def test_the_null_is_rarely_rejected_and_the_truth_covered() -> None:
    wrong = 0
    for seed in range(150):
        a, b = noisy(TARGETS, 1, 2 * seed), noisy(TARGETS, 1, 2 * seed + 1)
        result = compare_whole(
            rmse, a, b, TARGETS, higher_is_better=False, resamples=200, seed=seed
        )
        wrong += result.verdict != "can't tell"
    assert wrong / 150 <= 0.10  # 5 % ± 2.8 standard errors


def test_resamples_without_the_rare_class_are_drawn_again() -> None:
    targets = [1, 1] + [0] * 10
    answers = [1, 0] + [0] * 10
    result = compare_whole(
        recall_of_rare, answers, targets, targets, higher_is_better=True, resamples=100
    )
    assert result.gain == pytest.approx(0.5)
    with pytest.raises(InputError, match="undefined"):
        compare_whole(
            lambda a, t: math.nan, answers, answers, targets, higher_is_better=True, resamples=20
        )


def test_lengths_must_agree_and_nothing_is_nothing() -> None:
    with pytest.raises(InputError, match="A has 1, B has 2, there are 2 targets"):
        compare_whole(rmse, [1], [1, 2], [1, 2], higher_is_better=False)
    assert compare_whole(rmse, [], [], [], higher_is_better=False).verdict == "can't tell"
