"""Alarms while a run goes on: found soon where something breaks, silent under mere chance."""

from __future__ import annotations

import random

import pytest

from tesuji.errors import ConfigError
from tesuji.run.alarms import (
    ALPHA,
    Guard,
    StopRule,
    binomial_tail,
    more_by_chance,
    parse_stop_rule,
)


def feed(guard: Guard, rates: list[float], kind: str = "loop", seed: int = 0) -> int | None:
    """How many outputs it took to an alarm or a stop; None if neither came."""
    dice = random.Random(seed)
    for number, rate in enumerate(rates, 1):
        found = {kind} if dice.random() < rate else set()
        if guard.add([found], "answered") or guard.stop:
            return number
    return None


def test_a_failure_that_begins_in_the_middle_is_said_soon() -> None:
    guard = Guard()
    taken = feed(guard, [0.02] * 400 + [0.5] * 200)
    assert taken is not None and 400 < taken <= 460
    (alarm,) = guard.alarms
    assert alarm.kind == "loop" and alarm.before == "before"
    assert alarm.hits / alarm.outputs > 0.2 > alarm.before_hits / alarm.before_outputs
    assert f"of the last {alarm.outputs} outputs" in alarm.sentence()


def test_a_slow_rise_is_said_too() -> None:
    taken = feed(Guard(), [0.02] * 1_000 + [0.12] * 1_000)
    assert taken is not None and 1_000 < taken < 2_000


def test_an_alarm_is_raised_once() -> None:
    guard = Guard()
    dice = random.Random(5)
    for number in range(2_000):
        guard.add([{"loop"} if dice.random() < (0.9 if number > 500 else 0.01) else set()], "")
    assert [alarm.kind for alarm in guard.alarms] == ["loop"]


def test_more_failures_than_in_the_best_run_are_said() -> None:
    guard = Guard((), ({"preamble": 4}, 200), "of run 3 (base)")
    taken = feed(guard, [0.5] * 100, "preamble")
    assert taken is not None and taken <= 30
    assert "in 2% of the 200 of run 3 (base)" in guard.alarms[0].sentence()


def test_a_new_kind_is_said_and_as_many_as_before_are_not() -> None:
    assert feed(Guard((), ({}, 300), "of run 1"), [0.3] * 100, "echo") is not None
    assert feed(Guard((), ({"echo": 90}, 300), "of run 1"), [0.3] * 300, "echo") is None


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 0.95])
def test_a_steady_rate_raises_no_more_alarms_than_it_may(rate: float) -> None:
    # 300 runs of 500 outputs: at most ALPHA of them may raise one; 3 more would be a wonder.
    alarms = sum(feed(Guard((), None), [rate] * 500, seed=seed) is not None for seed in range(300))
    assert alarms <= 300 * ALPHA + 3


def test_a_best_run_of_the_same_rate_raises_no_more_alarms_than_it_may() -> None:
    alarms = 0
    for seed in range(300):
        dice = random.Random(-seed - 1)
        before = sum(dice.random() < 0.2 for _ in range(200))
        guard = Guard((), ({"loop": before}, 200), "of run 1")
        alarms += feed(guard, [0.2] * 200, seed=seed) is not None
    assert alarms <= 300 * 2 * ALPHA + 4


def test_a_rule_stops_once_it_is_surely_broken() -> None:
    guard = Guard([StopRule("loop", 0.2)])
    taken = feed(guard, [1.0] * 50)
    assert taken is not None and taken <= 10
    assert guard.stop == f"stop-when loop>20%: loop in {taken} of {taken} outputs"


def test_a_rule_does_not_stop_a_run_below_it() -> None:
    stops = sum(
        feed(Guard([StopRule("loop", 0.2)]), [0.19] * 300, seed=seed) is not None
        for seed in range(200)
    )
    assert stops <= 6


def test_a_rule_on_states_counts_samples() -> None:
    guard = Guard([StopRule("failed", 0.1), StopRule("unparsed", 0.9)])
    for _ in range(10):
        guard.add([], "error")
    assert guard.stop == "stop-when failed>10%: failed in 5 of 5 samples"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("loop>20%", StopRule("loop", 0.2)),
        (" loop > 0.2 ", StopRule("loop", 0.2)),
        ("unparsed>5%", StopRule("unparsed", 0.05)),
        ("refusal>0%", StopRule("refusal", 0.0)),
    ],
)
def test_rules_are_read(text: str, rule: StopRule) -> None:
    assert parse_stop_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("loop", "KIND>SHARE"),
        ("loops>20%", "'loops' is none of preamble"),
        ("loop>200%", "below 100 %"),
        ("loop>20", "below 100 %"),
        ("", "KIND>SHARE"),
    ],
)
def test_bad_rules_are_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_stop_rule(text)


def test_the_tails_are_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    dice = random.Random(2)
    for _ in range(200):
        total, before = dice.randint(1, 300), dice.randint(1, 300)
        hits, before_hits = dice.randint(0, total), dice.randint(0, before)
        expected = stats.hypergeom.sf(hits - 1, total + before, hits + before_hits, total)
        if hits / total > before_hits / before:
            assert more_by_chance(hits, total, before_hits, before) == pytest.approx(
                expected, rel=1e-3
            )
        share = dice.random()
        if hits > total * share:
            assert binomial_tail(hits, total, share) == pytest.approx(
                stats.binom.sf(hits - 1, total, share), rel=1e-3
            )
