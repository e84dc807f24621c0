"""Vote: draw several times, answer what was drawn most often.

Wang et al. 2022, "Self-Consistency Improves Chain of Thought Reasoning" (arXiv 2203.11171).
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError
from tesuji.flows.flow import Ask, Draft
from tesuji.flows.votes import needed, worth
from tesuji.task.sample import Answer, Sample


def plurality(drafts: Sequence[Draft]) -> Draft:
    """The first draft whose answer is the commonest; drafts without an answer have no vote.

    Ties go to the answer that was drawn first. `drafts` must not be empty.
    """
    votes = _count(drafts)
    if not votes:
        return drafts[0]
    winner = votes.most_common(1)[0][0]
    return next(d for d in drafts if d.answer is not None and _ballot(d.answer) == winner)


def agreement(drafts: Sequence[Draft], n: int) -> float:
    """The share of `n` draws that say the commonest answer."""
    return max(_count(drafts).values(), default=0) / n


async def vote(
    sample: Sample,
    ask: Ask,
    *,
    n: int = 8,
    temperature: float = 0.8,
    stop: float | None = None,
) -> Draft:
    """Draw `n` times at `temperature`, take the plurality.

    With `stop`, drawing ends once the winner of all `n` draws is known with that probability; with
    1 for certain, so that the answer is that of all `n`. Which draws are made depends on this
    sample's draws alone, in the order of their index, unless a budget ends first.

    Draws that failed, or for which the budget had nothing left, have no vote; only where all
    did is their error the sample's.
    """
    _check(n, stop)
    drawn: list[Draft | BaseException] = []
    came: list[Draft] = []  # in the order of their coming

    async def draw(index: int, together: int) -> Draft:
        draft = await ask(index=index, n=together, temperature=temperature)
        came.append(draft)
        ask.worth = worth([*_count(came).values()], n - len(came))
        return draft

    while more := min(_wanted(drawn, n, stop), ask.width):
        indices = range(len(drawn), len(drawn) + more)
        drawn += await asyncio.gather(*(draw(i, more) for i in indices), return_exceptions=True)
        if any(isinstance(draft, BudgetSpentError) for draft in drawn):
            break
    return _outcome(drawn)


def _wanted(drawn: Sequence[Draft | BaseException], n: int, stop: float | None) -> int:
    if stop is None:
        return n - len(drawn)
    counts = _count(draft for draft in drawn if isinstance(draft, Draft))
    return needed([*counts.values()], n - len(drawn), stop)


def _outcome(drawn: Sequence[Draft | BaseException]) -> Draft:
    drafts = [draw for draw in drawn if isinstance(draw, Draft)]
    failures = [draw for draw in drawn if isinstance(draw, BaseException)]
    for failure in failures:
        if not drafts or not isinstance(failure, BudgetSpentError | RequestFailedError):
            raise failure
    return plurality(drafts)


def _check(n: int, stop: float | None) -> None:
    if n < 1:
        raise InputError(f"flow 'vote': n is {n}; it must be at least 1")
    if stop is not None and not 0.5 <= stop <= 1:
        raise InputError(f"flow 'vote': stop is {stop}; it must be from 0.5 to 1")


def _count(drafts: Iterable[Draft]) -> Counter[str]:
    """Votes of each answer, in the order in which they were first drawn."""
    return Counter(_ballot(draft.answer) for draft in drafts if draft.answer is not None)


def _ballot(answer: Answer) -> str:
    return json.dumps(answer, sort_keys=True, ensure_ascii=False)
