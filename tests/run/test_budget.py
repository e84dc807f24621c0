"""Budgets: what is left, and when it is over."""

from __future__ import annotations

import pytest

from tesuji.errors import BudgetSpentError, ConfigError
from tesuji.run.budget import Budget, Meter


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_seconds_are_counted_from_the_start() -> None:
    clock = Clock()
    meter = Meter(Budget(seconds=10), clock=clock)
    clock.now += 9.5
    assert meter.seconds_left() == 0.5
    assert meter.spent() is None
    clock.now += 0.5
    assert meter.spent() == "the 10 seconds are over"


def test_without_limits_nothing_is_ever_spent() -> None:
    meter = Meter()
    for _ in range(1000):
        meter.take()
    meter.pay(10**9, 10**9)
    assert meter.spent() is None
    assert meter.seconds_left() is None


def test_requests_and_dollars() -> None:
    meter = Meter(Budget(requests=2), price=lambda i, o: (i + 10 * o) / 1e6)
    meter.take()
    meter.take()
    with pytest.raises(BudgetSpentError, match="the 2 requests are spent"):
        meter.take()
    rich = Meter(Budget(usd=0.5), price=lambda i, o: (i + 10 * o) / 1e6)
    rich.pay(100_000, 30_000)
    assert rich.usd == pytest.approx(0.4)
    rich.take()
    rich.pay(0, 10_000)
    with pytest.raises(BudgetSpentError, match=r"the 0.5 US dollars are spent"):
        rich.take()


@pytest.mark.parametrize("limit", ["seconds", "requests", "tokens", "usd"])
def test_a_limit_is_above_zero(limit: str) -> None:
    with pytest.raises(ConfigError, match=f"the limit {limit} is 0"):
        Budget(**{limit: 0})


def test_a_timer_that_rings_early_names_the_limit_all_the_same() -> None:
    meter = Meter(Budget(seconds=2.0), clock=lambda: 0.0)
    assert meter.spent() is None
    assert meter.rung() == "the 2 seconds are over"
