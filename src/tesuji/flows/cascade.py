"""Cascade: the entry's own model first, the strong one only where that is in doubt.

Chen et al. 2023, "FrugalGPT" (arXiv 2305.05176); agreement of cheap draws as the sign of doubt:
Yue et al. 2023, "Large Language Model Cascades with Mixture of Thoughts Representations"
(arXiv 2310.03094).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError
from tesuji.flows.choose import labels_of, picked, softmax
from tesuji.flows.flow import Ask, Draft
from tesuji.flows.vote import agreement, plurality
from tesuji.task.rules import base_format
from tesuji.task.sample import Answer, Sample

_SURELY = 1.0  # doubt where no answer could be read
_LEAST = 1e-6  # worth of the strong model's turn where there is hardly a doubt


@dataclass(frozen=True, slots=True)
class Cheap:
    """What the own model came to: the answer, and the doubt about it from 0 to 1."""

    result: Draft | Answer | None
    doubt: float


async def cascade(
    sample: Sample,
    ask: Ask,
    *,
    strong: str = "strong",
    n: int = 1,
    temperature: float = 0.8,
    agree: float | None = None,
    logprob: float | None = None,
    margin: float | None = None,
    share: float = 1.0,
) -> Draft | Answer | None:
    """Ask the own model; where it is in doubt, ask the model that the entry calls `strong`.

    Always in doubt is a sample without a readable answer. Besides, by what is given: with `n`
    above 1, where less than the share `agree` of n draws at `temperature` say the commonest answer
    (default: all must); with `logprob`, where the mean log-probability of the written tokens is
    below it; with `margin`, where the labels are scored instead of anything being written, and
    the likeliest is less than that much ahead of the second, in probability.

    At most the `share` of all samples go to the strong model, the most doubtful ones: then it is
    asked once all samples have their cheap answers. Where it says nothing readable, fails, or the
    budget is spent, the cheap answer stands.
    """
    _check(n, agree, logprob, margin, share)
    if margin is not None:
        cheap, line = await _scored(ask), 1 - margin
    elif n > 1:
        cheap, line = await _drawn(ask, n, temperature), 1 - (1.0 if agree is None else agree)
    else:
        cheap = await _written(ask, logprob)
        line = 0.0 if logprob is None else _doubt_of(logprob)
    in_doubt = cheap.doubt > line + 1e-9
    if share < 1.0:
        in_doubt &= await ask.rank(cheap.doubt) < share
    if not in_doubt:
        return cheap.result
    return await _escalated(ask, strong, cheap)


async def _escalated(ask: Ask, strong: str, cheap: Cheap) -> Draft | Answer | None:
    ask.worth = max(_LEAST, 0.5 * cheap.doubt)
    has_answer = not isinstance(cheap.result, Draft) or cheap.result.answer is not None
    try:
        draft = await ask(model=strong)
    except BudgetSpentError:
        return cheap.result
    except RequestFailedError:
        if has_answer:
            return cheap.result
        raise
    return cheap.result if has_answer and draft.answer is None else draft


async def _written(ask: Ask, logprob: float | None) -> Cheap:
    if logprob is None:
        draft = await ask()
        return Cheap(draft, _SURELY if draft.answer is None else 0.0)
    draft = await ask(logprobs=1)
    tokens = draft.output.logprobs or ()
    if draft.answer is None or not tokens:
        return Cheap(draft, _SURELY)
    return Cheap(draft, _doubt_of(sum(token.logprob for token in tokens) / len(tokens)))


async def _drawn(ask: Ask, n: int, temperature: float) -> Cheap:
    drawn = await asyncio.gather(
        *(ask(index=index, n=n, temperature=temperature) for index in range(n)),
        return_exceptions=True,
    )
    drafts = [draft for draft in drawn if isinstance(draft, Draft)]
    for failure in drawn:
        known = isinstance(failure, BudgetSpentError | RequestFailedError)
        if isinstance(failure, BaseException) and not (known and drafts):
            raise failure
    return Cheap(plurality(drafts), _SURELY - agreement(drafts, n))


async def _scored(ask: Ask) -> Cheap:
    labels = labels_of(base_format(ask.format))
    scores = await ask.score(labels)
    ranked: Sequence[float] = sorted(softmax(scores), reverse=True)
    ahead = ranked[0] - ranked[1] if len(ranked) > 1 else 1.0
    return Cheap(picked(ask.format, scores), _SURELY - ahead)


def _doubt_of(logprob: float) -> float:
    """The mean log-probability of a token as a doubt: 0 where it is certain, towards 1 below."""
    return 1 - math.exp(min(0.0, logprob))


def _check(
    n: int, agree: float | None, logprob: float | None, margin: float | None, share: float
) -> None:
    if n < 1:
        raise InputError(f"flow 'cascade': n is {n}; it must be at least 1")
    for name, value in (("agree", agree), ("margin", margin), ("share", share)):
        if value is not None and not 0 <= value <= 1:
            raise InputError(f"flow 'cascade': {name} is {value}; it must be from 0 to 1")
    if logprob is not None and logprob > 0:
        raise InputError(f"flow 'cascade': logprob is {logprob}; it must be 0 or below")
    if (n > 1) + (logprob is not None) + (margin is not None) > 1:
        raise InputError("flow 'cascade': give one of n, logprob and margin")
    if agree is not None and n == 1:
        raise InputError("flow 'cascade': agree needs several draws: n")
