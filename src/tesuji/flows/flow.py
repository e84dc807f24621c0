"""What a flow is: how a sample becomes an answer.

A flow is plain async Python. It gets the sample and an `ask` function and returns a `Draft` or a
bare answer:

    async def vote(sample, ask, *, n=8, temperature=0.8):
        drafts = await gather(*(ask(index=i, temperature=temperature, n=n) for i in range(n)))
        return plurality(drafts)

The user's own flows stand in `competition.py` and look the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from tesuji.diagnose.finding import Finding
from tesuji.models.base import Output, Request
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.sample import Answer, Message


@dataclass(frozen=True, slots=True)
class Draft:
    """One output and what was made of it.

    `text` is the output's text after the entry's cleaners, `answer` what the format parsed from
    it (None: nothing), `findings` the failures seen in the raw output, `key` the output's name
    in the ledger, `cached` whether it was there before.
    """

    request: Request
    output: Output
    key: bytes
    text: str
    answer: Answer | None
    findings: tuple[Finding, ...] = ()
    cached: bool = False


class Ask(Protocol):
    """Ask the entry's model about the sample at hand.

    Every keyword is optional: `index` tells repeated draws apart, `n` says how many are coming,
    `messages` replaces the entry's prompt, `model` names one of the entry's further models, any
    other name overrides a field of `Sampling`. Under a limit of requests, tokens or money, further
    models are asked when every sample has had its first output.

    Raises BudgetSpentError where nothing more may be sent, RequestFailedError where the request
    failed for good.

    `worth` says what the next ask about this sample is worth beside those about others, where the
    run has a budget: the highest is sent first. It is 1 at first and then halves with every output
    that came, unless the flow sets it: the probability that one more attempt makes the answer
    right is a good measure. Above 1 it goes before the first asks of other samples, for a flow that
    needs several asks to have any answer.

    `width` is how many asks about this sample at once are of use: where a budget decides whose turn
    comes, more of them would only wait. `hurry`: the sample has the run's clock for itself, so that
    asks which turn out not to be needed cost nothing.
    """

    format: AnswerFormat
    messages: tuple[Message, ...]
    worth: float

    @property
    def width(self) -> int: ...

    @property
    def hurry(self) -> bool: ...

    async def __call__(
        self,
        *,
        index: int = 0,
        n: int = 1,
        messages: Sequence[Message] | None = None,
        model: str | None = None,
        **sampling: Any,
    ) -> Draft: ...

    def step(self, draft: Draft) -> None:
        """Say that a draft is a step on the way, no answer: it has no vote where a budget ends the
        flow, and neither its shape nor that a stop string ended it is a failure."""

    async def rank(self, doubt: float) -> float:
        """Which share of the run's samples is in greater doubt than this one, from 0 on: known when
        each sample has said its doubt, or has been answered without. Ties are broken by the order
        of the samples. 0 where samples are looked at one by one, outside a run.
        """

    async def score(
        self, choices: Sequence[str], *, messages: Sequence[Message] | None = None,
        model: str | None = None,
    ) -> list[float]:  # fmt: skip
        """Log-probability of each choice as the whole reply."""


Flow: TypeAlias = Callable[..., Awaitable["Draft | Answer"]]
