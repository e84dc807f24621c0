"""Drawing until the vote is settled: what the flows `vote` and `code` have in common."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError
from tesuji.flows.flow import Ask, Draft
from tesuji.flows.votes import needed, worth
from tesuji.flows.weights import Weights, weigh
from tesuji.task.sample import Answer, Sample

Draw = Callable[[int, int], Awaitable[Draft]]
"""Makes a draw, given its index and how many are made together."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How many draws there are at most, when fewer do, and what they count.

    `stop`: once the winner of all `n` is known with that probability. `agree`: once so many draws
    say the same.
    """

    n: int
    stop: float | None = None
    agree: int | None = None
    weights: Weights = field(default_factory=Weights)

    def check(self, flow: str) -> None:
        """InputError for a rule that cannot be."""
        if self.n < 1:
            raise InputError(f"flow '{flow}': n is {self.n}; it must be at least 1")
        if self.stop is not None and not 0.5 <= self.stop <= 1:
            raise InputError(f"flow '{flow}': stop is {self.stop}; it must be from 0.5 to 1")
        if self.agree is not None and self.agree < 1:
            raise InputError(f"flow '{flow}': agree is {self.agree}; it must be at least 1")
        self.weights.check(flow)


@dataclass(slots=True)
class _Vote:
    """A draw that has an answer, or none, and its weight."""

    draft: Draft
    weight: float


async def elect(sample: Sample, ask: Ask, draw: Draw, rule: Rule) -> Draft:
    """Draw by `rule`, and return the first draw that says what has the most votes.

    Which draws are made depends on this sample's draws alone, in the order of their index, unless
    a budget ends first. In a hurry (`Ask.hurry`) all are begun at once, and those that the vote no
    longer needs are given up.

    Draws that failed, or for which the budget had nothing left, have no vote; only where all did is
    their error the sample's.
    """
    drawn: list[_Vote | BaseException] = []
    came: list[_Vote] = []  # in the order of their coming

    async def one(index: int, together: int) -> _Vote:
        draft = await draw(index, together)
        vote = _Vote(draft, await weigh(sample, ask, draft, rule.weights))
        came.append(vote)
        ask.worth = worth(_whole(_sums(came)), rule.n - len(came))
        return vote

    if ask.hurry:
        # One by one, not in one call: the quick ones are to come first.
        return _outcome(await _at_once([one(index, 1) for index in range(rule.n)], rule))
    while more := min(_wanted(drawn, rule), ask.width):
        indices = range(len(drawn), len(drawn) + more)
        drawn += await asyncio.gather(*(one(i, more) for i in indices), return_exceptions=True)
        if any(isinstance(draw, BudgetSpentError) for draw in drawn):
            break
    return _outcome(drawn)


async def _at_once(
    draws: Sequence[Coroutine[Any, Any, _Vote]], rule: Rule
) -> list[_Vote | BaseException]:
    """What came of the draws until the vote was settled, in the order of its coming."""
    came: list[_Vote | BaseException] = []
    certain = rule if rule.stop is not None else replace(rule, stop=1.0)
    pending = {asyncio.ensure_future(draw) for draw in draws}
    try:
        while pending and _wanted(came, certain):
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            came += [task.exception() or task.result() for task in done]
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
    return came


def ballot(answer: Answer) -> str:
    """What makes two answers the same in a vote."""
    return json.dumps(answer, sort_keys=True, ensure_ascii=False)


def _wanted(drawn: Sequence[_Vote | BaseException], rule: Rule) -> int:
    """How many draws are to be made next; 0 where it is settled."""
    left = rule.n - len(drawn)
    votes = [vote for vote in drawn if isinstance(vote, _Vote)]
    if rule.agree is not None:
        counts = _sums([_Vote(vote.draft, 1.0) for vote in votes])
        left = min(left, max(0, rule.agree - int(max(counts.values(), default=0))))
        if not left:
            return 0
    if rule.stop is None:
        return left
    return min(left, _needed(_sums(votes), rule.n - len(drawn), rule))


def _needed(sums: dict[str, float], left: int, rule: Rule) -> int:
    """The fewest further draws, of weight 1 at most, after which the vote can be settled."""
    assert rule.stop is not None
    if rule.weights.plain or not sums:
        return needed(_whole(sums), left, rule.stop)
    first, *others = sorted(sums.values(), reverse=True)
    gap = first - max(others, default=0.0)
    if gap > left:
        return 0
    certain = math.floor((left - gap) / 2) + 1
    counts = _whole(sums)
    # In whole votes what is near can no longer be told apart: then one more.
    if rule.stop == 1 or math.floor(first + 1e-9) < max(counts):
        return min(left, certain if rule.stop == 1 else 1)
    return needed(counts, left, rule.stop)


def _sums(votes: Iterable[_Vote]) -> dict[str, float]:
    """The votes' weight for each answer, in the order in which they were first drawn."""
    sums: dict[str, float] = {}
    for vote in votes:
        if vote.draft.answer is not None:
            said = ballot(vote.draft.answer)
            sums[said] = sums.get(said, 0.0) + vote.weight
    return sums


def _whole(sums: dict[str, float]) -> list[int]:
    """Weights as counts of whole votes: rounded down for the leader, up for all others, so that
    what is settled among them is settled. A draw to come counts 1 at most."""
    leader = max(sums, key=sums.__getitem__, default="")
    return [
        math.floor(weight + 1e-9) if said == leader else math.ceil(weight - 1e-9)
        for said, weight in sums.items()
    ]


def _outcome(drawn: Sequence[_Vote | BaseException]) -> Draft:
    votes = [draw for draw in drawn if isinstance(draw, _Vote)]
    for failure in drawn:
        known = isinstance(failure, BudgetSpentError | RequestFailedError)
        if isinstance(failure, BaseException) and not (known and votes):
            raise failure
    sums = _sums(votes)
    if not sums:
        return votes[0].draft
    winner = max(sums, key=sums.__getitem__)  # ties: the first drawn
    drafts = [vote.draft for vote in votes]
    return next(d for d in drafts if d.answer is not None and ballot(d.answer) == winner)
