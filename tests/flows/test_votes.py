"""Stopping a vote early: what is said about the draws to come, against all that could come."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.flows.votes import doubt, needed, worth

ROWS = st.lists(st.sampled_from("aaabbc-"), min_size=1, max_size=16)
"""Draws of one sample, "-" for one without an answer."""


def counts(row: Sequence[str]) -> list[int]:
    return [*Counter(draw for draw in row if draw != "-").values()]


def winner(row: Sequence[str]) -> str | None:
    votes = Counter(draw for draw in row if draw != "-")
    return votes.most_common(1)[0][0] if votes else None


def one_by_one(row: Sequence[str], stop: float) -> int:
    return next(
        k for k in range(len(row) + 1) if doubt(counts(row[:k]), len(row) - k) <= 1 - stop
    )  # fmt: skip


def in_rounds(row: Sequence[str], stop: float) -> int:
    drawn = 0
    while more := needed(counts(row[:drawn]), len(row) - drawn, stop):
        drawn += more
    return drawn


@given(ROWS)
def test_a_certain_stop_changes_no_winner(row: list[str]) -> None:
    assert winner(row[: in_rounds(row, 1.0)]) == winner(row)


@given(ROWS, st.sampled_from([0.6, 0.8, 0.9, 0.95, 0.99, 1.0]))
def test_rounds_make_no_draw_that_one_by_one_would_save(row: list[str], stop: float) -> None:
    assert in_rounds(row, stop) == one_by_one(row, stop)


@pytest.mark.parametrize("votes", [[1], [3], [2, 1], [1, 2], [2, 2], [3, 1, 2], [1, 1]])
@pytest.mark.parametrize("left", [0, 1, 2, 5])
def test_the_race_is_an_urn_of_polya(votes: list[int], left: int) -> None:
    """Uniform prior: each further draw goes to a side with probability (its votes + 1) / total."""
    leader = votes.index(max(votes))
    others = [(c, at < leader) for at, c in enumerate(votes) if at != leader] or [(0, False)]
    rival, wins_ties = max(others)
    lost, behind = 0.0, 0.0
    for draws in itertools.product([0, 1], repeat=left):
        chance, a, b = 1.0, votes[leader], rival
        for to_rival in draws:
            chance *= ((b if to_rival else a) + 1) / (a + b + 2)
            a, b = a + 1 - to_rival, b + to_rival
        lost += chance * (b > a or (b == a and wins_ties))
        behind += chance * max(0, b - a)
    assert doubt(votes, left) == pytest.approx(lost)
    assert worth(votes, left) == pytest.approx(behind / (sum(votes) + left))


def test_an_open_race_is_worth_more_than_a_clear_one() -> None:
    ranked = [[], [1, 1], [2, 2], [3, 2], [3, 1], [3], [6]]
    worths = [worth(votes, 16 - sum(votes)) for votes in ranked]
    assert worths == sorted(worths, reverse=True)
    assert worth([9], 7) == 0.0  # settled for certain
