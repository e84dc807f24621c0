"""A race of challengers."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from tesuji.compare import Race
from tesuji.compare.order import race_order
from tesuji.compare.posterior import estimate
from tesuji.errors import InputError


def world(seed: int, prompts: int = 8, samples: int = 120, spread: float = 0.5) -> np.ndarray:
    """0/1 scores: how good a prompt is against how hard a sample is."""
    rng = np.random.default_rng(seed)
    worth = rng.normal(0, spread, (prompts, 1)) - rng.normal(0, 1.5, samples)
    return (rng.random((prompts, samples)) < 1 / (1 + np.exp(-worth))).astype(float)


def play(race: Race, score: Callable[[str, int], float | None]) -> Race:
    while batch := race.ask():
        for name, rows in batch:
            assert name in race.alive and rows
            for row in rows:
                race.tell(name, row, score(name, row))
    return race


def start(table: np.ndarray, **options: object) -> Race:
    race = Race(table.shape[1], base="0", higher_is_better=True, **options)  # type: ignore[arg-type]
    for at in range(1, len(table)):
        race.add(str(at))
    return race


def run(table: np.ndarray, **options: object) -> Race:
    return play(start(table, **options), lambda name, row: float(table[int(name), row]))


def test_it_takes_far_fewer_evaluations_and_loses_little() -> None:
    paid, lost = 0, 0.0
    for seed in range(12):
        table = world(seed)
        race = run(table, seed=seed)
        paid += race.evaluations
        lost += table.mean(axis=1).max() - table[int(race.leader)].mean()
    assert paid / 12 <= 2 * 120  # two whole rounds, for so few
    assert lost / 12 < 0.02


def test_all_meet_on_the_same_samples_and_who_left_is_asked_no_more() -> None:
    table = world(3)
    race = start(table)
    met: dict[str, set[int]] = {str(at): set() for at in range(len(table))}
    while batch := race.ask():
        assert not {name for name, _ in batch} & set(race.out)
        for name, rows in batch:
            met[name] |= set(rows)
            for row in rows:
                race.tell(name, row, float(table[int(name), row]))
    by_count = sorted(met.values(), key=len)
    assert all(fewer <= more for fewer, more in pairwise(by_count))
    assert race.evaluations == sum(map(len, met.values()))
    assert all(race.scored(name) == rows for name, rows in met.items())
    assert race.out and race.leader in race.alive
    for name, left in race.out.items():
        assert left.samples == len(met[name]) and left.evaluations <= race.evaluations
        assert "surely worse than" in left.why or "too few requests" in left.why


def test_lower_may_be_better_and_the_seed_decides_the_order() -> None:
    table = world(4)
    up, again = run(table), run(table)
    down = Race(table.shape[1], base="0", higher_is_better=False)
    for at in range(1, len(table)):
        down.add(str(at))
    play(down, lambda name, row: float(1 - table[int(name), row]))
    assert (up.leader, up.evaluations, list(up.out)) == (
        again.leader, again.evaluations, list(again.out),
    )  # fmt: skip
    assert down.leader == up.leader and down.evaluations == up.evaluations
    assert start(table, seed=1).ask() != start(table).ask()


def test_without_a_limit_it_goes_on_until_it_is_sure() -> None:
    table = world(5, spread=0.05)
    free, limited = run(table, requests=math.inf), run(table)
    assert limited.evaluations <= limited.requests == 2 * 120 < free.evaluations
    assert not any("too few requests" in left.why for left in free.out.values())
    many = Race(100, base="0", higher_is_better=True)
    for at in range(1, 24):
        many.add(str(at))
    assert many.requests == 24 * 100 / 5  # a fifth


@pytest.mark.parametrize("requests", [0, 5, 100, 333])
def test_no_more_is_paid_than_allowed(requests: int) -> None:
    table = world(5, spread=0.05)
    race = run(table, requests=requests)
    assert race.evaluations <= requests
    assert race.leader in race.alive
    if requests == 333:
        assert any("too few requests left" in left.why for left in race.out.values())
        assert race.evaluations > 200


def test_recorded_results_cost_nothing_and_are_not_asked_for() -> None:
    table = world(6)
    race = start(table)
    race.tell_all("0", [(row, float(table[0, row])) for row in range(table.shape[1])])
    assert race.evaluations == 0
    asked = [name for name, _ in race.ask()]
    assert "0" not in asked and len(asked) == len(table) - 1
    assert {len(rows) for _, rows in race.ask()} == {20}  # the others need not catch up in one go
    play(race, lambda name, row: float(table[int(name), row]))
    assert race.evaluations < table.size / 2


def test_who_joins_late_first_does_what_the_others_have_done() -> None:
    table = world(7, spread=0.1)
    table[7] = np.maximum(table[7], table[:4].max(axis=0))  # much better
    race = Race(120, base="0", higher_is_better=True)
    for at in range(1, 7):
        race.add(str(at))
    done: set[int] = set()
    for _ in range(4):
        for name, rows in race.ask():
            done |= set(rows)
            for row in rows:
                race.tell(name, row, float(table[int(name), row]))
    race.add("7")
    first = dict(race.ask())
    assert set(first["7"]) <= done and len(first["7"]) == 20
    play(race, lambda name, row: float(table[int(name), row]))
    assert race.leader == "7"


def test_asking_again_is_what_is_still_to_be_told() -> None:
    race = start(world(8, prompts=3))
    (name, rows), *rest = race.ask()
    race.tell(name, rows[0], 1.0)
    assert race.ask() == [(name, rows[1:]), *rest]
    race.tell(name, rows[0], 0.0)  # told again: not paid again
    assert race.evaluations == 1


def test_a_sample_without_a_score_is_no_wrong_answer() -> None:
    table = world(9, prompts=4)
    plain = run(table)

    def score(name: str, row: int) -> float | None:
        return None if name == plain.leader and row % 7 == 0 else float(table[int(name), row])

    race = play(start(table), score)
    assert race.leader == plain.leader
    silent = play(start(table, requests=math.inf), lambda name, row: None)
    assert silent.leader == "0" and not silent.out and silent.evaluations == table.size


def test_equal_scores_say_nothing_so_the_race_goes_on_and_the_base_stays() -> None:
    race = run(np.zeros((4, 60)), requests=math.inf)
    assert race.leader == "0" and race.evaluations == 240 and not race.out
    alone = Race(10, base="only", higher_is_better=True)
    assert alone.ask() == [] and alone.leader == "only" and alone.alive == ("only",)


def test_standings_are_the_truth_within_their_intervals() -> None:
    covered = total = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        worth = rng.normal(0, 0.05, 6)
        ease = rng.normal(0.5, 0.2, 150)
        table = worth[:, None] + ease + rng.normal(0, 0.1, (6, 150))
        race = run(table, seed=seed, indifference=0.001)
        for at, standing in enumerate(race.standings()):
            assert math.isfinite(standing.mean) and standing.alive == (standing.name in race.alive)
            covered += standing.low - 1e-9 <= worth[at] - worth[0] <= standing.high + 1e-9
            total += 1
        assert sum(s.best for s in race.standings()) == pytest.approx(1)
    assert covered / total > 0.85
    fresh = Race(9, base="0", higher_is_better=True).standings()
    assert fresh[0].samples == 0 and math.isnan(fresh[0].gain)


def test_the_posterior_draws_lucky_ones_back_and_pairs_where_it_can() -> None:
    rng = np.random.default_rng(10)
    table = rng.normal(0, 3, 400) + rng.normal(0, 0.3, (5, 400)) + np.arange(5)[:, None] * 0.1
    table[3, 200:] = np.nan  # only half, and the easier or harder one at that
    found = estimate(table)
    gains, spreads = found.behind(0)
    assert gains == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=0.08)
    assert spreads[0] == 0 and spreads[1] < spreads[3] < 0.04
    noisy = rng.normal(0, 1, (10, 20))
    means = noisy.mean(axis=1)
    assert np.ptp(estimate(noisy).mean) < np.ptp(means)


def test_strata_come_in_even_shares() -> None:
    strata = ["rare"] * 20 + ["common"] * 180
    order = race_order(200, 0, strata)
    assert sorted(order) == list(range(200))
    for stretch in range(0, 200, 50):
        assert 4 <= sum(strata[at] == "rare" for at in order[stretch : stretch + 50]) <= 6
    assert race_order(200, 0) != race_order(200, 1) != list(range(200))


def test_wrong_use_is_refused() -> None:
    for options, words in (
        ({"samples": 0}, "at least 1"),
        ({"samples": 3, "strata": [1]}, "1 strata for 3 samples"),
        ({"samples": 3, "error": 0.7}, "error is between"),
    ):
        with pytest.raises(InputError, match=words):
            Race(base="b", higher_is_better=True, **options)  # type: ignore[arg-type]
    race = Race(3, base="b", higher_is_better=True)
    with pytest.raises(InputError, match="in the race already"):
        race.add("b")
    for name, row in (("c", 0), ("b", 3)):
        with pytest.raises(InputError, match="not part of the race"):
            race.tell(name, row, 1.0)
    with pytest.raises(InputError, match="not a number"):
        race.tell("b", 0, math.nan)
