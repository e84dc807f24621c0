"""How sure a vote is before all of it has been drawn, and what one more draw is worth.

A vote of at most n draws is a race between the leader and its strongest rival. Which of the two a
further draw goes to is unknown: their shares get a uniform prior, as in Adaptive-Consistency
(Aggarwal et al. 2023, arXiv 2305.11860), so that the draws still to come follow a beta-binomial.
There the question is who would win for ever; here it is who wins when all n are drawn, which is
settled sooner and, towards the end, for certain.

Everywhere `counts` are the votes of each answer in the order in which the answers were first drawn
(ties go to the first), and `left` says how many draws are still to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb


def doubt(counts: Sequence[int], left: int) -> float:
    """Probability that after `left` more draws another answer leads than now.

    Exactly 0 where that cannot happen; 1 where there is no vote yet, but draws to come.

    >>> doubt([3], 13), doubt([4], 4), doubt([], 2)
    (0.029411764705882353, 0.0, 1.0)
    """
    if not counts:
        return 1.0 if left else 0.0
    leader, rival, wins_ties = _race(counts)
    return _overtakes(leader, rival, left, wins_ties)


def worth(counts: Sequence[int], left: int) -> float:
    """Share of all votes by which the strongest rival is expected to be ahead in the end.

    The expected opportunity cost of stopping now (Chick & Inoue 2001, "New Two-Stage and
    Sequential Procedures for Selecting the Best Simulated System"), from 0 to 1: 0 where the race
    is settled. Unlike the probability of a mistake it is low where both are so close that either
    would do. docs/experiments.md has it beside other rules.
    """
    if not counts:
        return 1.0 if left else 0.0
    leader, rival, _ = _race(counts)
    return _ahead(leader, rival, left) / max(1, sum(counts) + left)


def needed(counts: Sequence[int], left: int, stop: float) -> int:
    """The fewest further draws after which the vote can be settled; 0 where it is.

    It is settled when the leader stays with probability `stop` (1: for certain). So many draws can
    be asked for at once, and none of them is one that asking one by one would have saved.

    >>> needed([], 16, 0.95), needed([2, 1], 13, 0.95), needed([3], 13, 0.95), needed([], 8, 1)
    (3, 2, 0, 4)
    """
    if doubt(counts, left) <= 1 - stop:
        return 0
    leader = max(range(len(counts)), key=counts.__getitem__, default=0)
    ahead = list(counts) or [0]
    for more in range(1, left):
        ahead[leader] += 1
        if doubt(ahead, left - more) <= 1 - stop:
            return more
    return left


def _race(counts: Sequence[int]) -> tuple[int, int, bool]:
    """Votes of the leader and of its strongest rival, and whether the rival wins a tie.

    An answer that nobody has given yet is a rival as well.
    """
    votes = max(counts)
    leader = counts.index(votes)
    rivals = [(c, at < leader) for at, c in enumerate(counts) if at != leader]
    return votes, *max(rivals, default=(0, False))


@lru_cache(maxsize=65536)
def _overtakes(leader: int, rival: int, left: int, wins_ties: bool) -> float:
    behind = leader - rival + left  # the rival needs more than half of this, or half for a tie
    fewest = (behind + 1) // 2 if wins_ties else behind // 2 + 1
    ways = sum(_ways(leader, rival, left, drawn) for drawn in range(fewest, left + 1))
    return ways / comb(left + leader + rival + 1, left)


@lru_cache(maxsize=65536)
def _ahead(leader: int, rival: int, left: int) -> float:
    """Expected votes by which the rival is ahead in the end, 0 where it is not."""
    lead = leader + left - rival
    votes = sum(
        (2 * drawn - lead) * _ways(leader, rival, left, drawn)
        for drawn in range(lead // 2 + 1, left + 1)
    )
    return votes / comb(left + leader + rival + 1, left)


def _ways(leader: int, rival: int, left: int, drawn: int) -> int:
    """Beta-binomial weight of `drawn` of `left` draws going to the rival, prior Beta(1, 1)."""
    return comb(drawn + rival, drawn) * comb(left - drawn + leader, left - drawn)
