"""Vote: draw several times, answer what was drawn most often.

Wang et al. 2022, "Self-Consistency Improves Chain of Thought Reasoning" (arXiv 2203.11171).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tesuji.flows.election import Rule, ballot, elect
from tesuji.flows.flow import Ask, Draft
from tesuji.flows.weights import Weights
from tesuji.task.sample import Sample


def plurality(drafts: Sequence[Draft]) -> Draft:
    """The first draft whose answer is the commonest; drafts without an answer have no vote.

    Ties go to the answer that was drawn first. `drafts` must not be empty.
    """
    votes = _count(drafts)
    if not votes:
        return drafts[0]
    winner = votes.most_common(1)[0][0]
    return next(d for d in drafts if d.answer is not None and ballot(d.answer) == winner)


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
    agree: int | None = None,
    weigh: str = "count",
    small: float = 1.0,
    copied: float = 1.0,
) -> Draft:
    """Draw `n` times at `temperature`, take the plurality.

    With `stop`, drawing ends once the winner of all `n` draws is known with that probability; with
    1 for certain, so that the answer is that of all `n`. With `agree`, once so many draws say the
    same. Which draws are made depends on this sample's draws alone, in the order of their index,
    unless a budget ends first.

    `weigh`, `small` and `copied` say what a draw counts (`tesuji.flows.weights.Weights`).

    Draws that failed, or for which the budget had nothing left, have no vote; only where all
    did is their error the sample's.
    """
    rule = Rule(n, stop, agree, Weights(weigh, small, copied))
    rule.check("vote")

    async def draw(index: int, together: int) -> Draft:
        sampling = rule.weights.sampling()
        return await ask(index=index, n=together, temperature=temperature, **sampling)

    return await elect(sample, ask, draw, rule)


def _count(drafts: Iterable[Draft]) -> Counter[str]:
    """Votes of each answer, in the order in which they were first drawn."""
    return Counter(ballot(draft.answer) for draft in drafts if draft.answer is not None)
