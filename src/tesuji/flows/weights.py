"""What a vote counts: each draw the same, or by how likely it is to be right.

Weighting by a reward model: Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems"
(arXiv 2110.14168); by the probability of the written tokens: Wang et al. 2022 (arXiv 2203.11171),
table 1, where it did no better than counting. Penalties for tiny answers and for numbers copied
from the statement are from the AI Mathematical Olympiad's third place (2024).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError
from tesuji.flows.flow import Ask, Draft
from tesuji.task.formats.numerals import numerals, plain, whole_number
from tesuji.task.sample import Answer, Message, Sample

WAYS = ("count", "logprob", "reward")
REWARD = "reward"
"""The name of the further model that rates draws."""
RATING = (
    "Problem:\n{problem}\n\nA proposed solution:\n{solution}\n\n"
    "How probable is it that the final answer of this solution is right? "
    "Reply with one number from 0 to 1 and nothing else."
)
_TINY = 10  # answers below it are what guesses come to
_UNKNOWN = 0.5  # weight of a draw that could not be rated
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a draw's vote counts, from 0 to 1.

    `by`: "count", 1 each; "logprob", the geometric mean of the probabilities of its tokens;
    "reward", what the further model called `reward` says. That is multiplied by `small` for a
    whole number below 10, and by `copied` for a number that stands in the sample's fields.
    """

    by: str = "count"
    small: float = 1.0
    copied: float = 1.0

    def check(self, flow: str) -> None:
        """InputError for weights that cannot be."""
        if self.by not in WAYS:
            raise InputError(f"flow '{flow}': weigh is {self.by!r}; it is one of {', '.join(WAYS)}")
        for name, value in (("small", self.small), ("copied", self.copied)):
            if isinstance(value, bool) or not 0 <= value <= 1:
                raise InputError(f"flow '{flow}': {name} is {value}; it must be from 0 to 1")

    @property
    def plain(self) -> bool:
        """Whether all votes are the same."""
        return self == Weights()

    def sampling(self) -> Mapping[str, Any]:
        """What draws must be asked for besides."""
        return {"logprobs": 1} if self.by == "logprob" else {}


async def weigh(sample: Sample, ask: Ask, draft: Draft, weights: Weights) -> float:
    """The weight of a draw; a rating is asked for where that is its weight."""
    if draft.answer is None or weights.plain:
        return 1.0
    weight = _penalty(sample, draft.answer, weights)
    if weights.by == "logprob":
        weight *= _likelihood(draft)
    elif weights.by == "reward":
        weight *= await _rated(ask, draft)
    return weight


def _penalty(sample: Sample, answer: Answer, weights: Weights) -> float:
    value = _number_of(answer)
    if value is None:
        return 1.0
    factor = weights.small if value == int(value) and abs(value) < _TINY else 1.0
    if weights.copied < 1 and value in numbers_in(sample):
        factor *= weights.copied
    return factor


def numbers_in(sample: Sample) -> set[int | float]:
    """The numbers that stand in a sample's text fields."""
    texts = [value for value in sample.fields.values() if isinstance(value, str)]
    found = [numeral.value for text in texts for numeral in numerals(plain(text))]
    return {value for value in found if value is not None}


def _number_of(answer: Answer) -> int | float | None:
    if isinstance(answer, str):
        return whole_number(answer)
    known = isinstance(answer, int | float) and not isinstance(answer, bool)
    return answer if known and math.isfinite(answer) else None


def _likelihood(draft: Draft) -> float:
    tokens = draft.output.logprobs or ()
    if not tokens:
        return _UNKNOWN
    return math.exp(min(0.0, sum(token.logprob for token in tokens) / len(tokens)))


async def _rated(ask: Ask, draft: Draft) -> float:
    problem = next((m.content for m in reversed(ask.messages) if m.role == "user"), "")
    question = RATING.format(problem=problem, solution=draft.output.text)
    try:
        rating = await ask(model=REWARD, messages=(Message("user", question),), temperature=0.0)
    except (BudgetSpentError, RequestFailedError):
        return _UNKNOWN
    ask.step(rating)
    return read_rating(rating.output.text)


def read_rating(text: str) -> float:
    """The number from 0 to 1 that a rating comes to; "85%" and 85 are .85, nothing is .5.

    >>> read_rating("0.9"), read_rating("I'd say 85%."), read_rating("good")
    (0.9, 0.85, 0.5)
    """
    found = _NUMBER.search(text)
    if found is None:
        return _UNKNOWN
    value = float(found[0])
    if value > 1 and value <= 100:
        value /= 100
    return min(1.0, max(0.0, value))
