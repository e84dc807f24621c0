"""Vote: draw several times, answer what was drawn most often.

Wang et al. 2022, "Self-Consistency Improves Chain of Thought Reasoning" (arXiv 2203.11171).
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError
from tesuji.flows.flow import Ask, Draft
from tesuji.task.sample import Answer, Sample


def plurality(drafts: Sequence[Draft]) -> Draft:
    """The first draft whose answer is the commonest; drafts without an answer have no vote.

    Ties go to the answer that was drawn first. `drafts` must not be empty.
    """
    votes = Counter(_ballot(draft.answer) for draft in drafts if draft.answer is not None)
    if not votes:
        return drafts[0]
    winner = votes.most_common(1)[0][0]
    return next(d for d in drafts if d.answer is not None and _ballot(d.answer) == winner)


async def vote(sample: Sample, ask: Ask, *, n: int = 8, temperature: float = 0.8) -> Draft:
    """Draw `n` times at `temperature`, take the plurality.

    Draws that failed, or for which the budget had nothing left, have no vote; only where all
    did is their error the sample's.
    """
    if n < 1:
        raise InputError(f"flow 'vote': n is {n}; it must be at least 1")
    drawn = await asyncio.gather(
        *(ask(index=index, n=n, temperature=temperature) for index in range(n)),
        return_exceptions=True,
    )
    drafts = [draw for draw in drawn if isinstance(draw, Draft)]
    failures = [draw for draw in drawn if isinstance(draw, BaseException)]
    for failure in failures:
        if not drafts or not isinstance(failure, BudgetSpentError | RequestFailedError):
            raise failure
    return plurality(drafts)


def _ballot(answer: Answer) -> str:
    return json.dumps(answer, sort_keys=True, ensure_ascii=False)
