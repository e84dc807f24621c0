"""The `ask` that a flow gets: from a sample to a request, from an output to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from tesuji.diagnose import clean
from tesuji.errors import BudgetSpentError, ConfigError
from tesuji.flows.flow import Draft
from tesuji.models.base import Output, Request, Sampling
from tesuji.run.allocator import Claim
from tesuji.run.diagnoser import Diagnoser
from tesuji.run.entry import Entry
from tesuji.run.scheduler import Scheduler
from tesuji.task.inputs import Prepared, prepare
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task

_OVERRIDES = frozenset(f.name for f in fields(Sampling))


class Asker:
    """`tesuji.flows.Ask` for one sample under one entry; keeps every draft it gave.

    `sample` is the sample as the entry's normalisers leave it, `refused` why an ask found no
    budget, `lost` how many asks brought nothing, `claim` the sample's standing among the others.
    """

    def __init__(
        self, task: Task, entry: Entry, sample: Sample, scheduler: Scheduler, claim: Claim,
        diagnoser: Diagnoser,
    ) -> None:  # fmt: skip
        self.task, self.entry = task, entry
        self.sample = prepare(sample, entry.inputs)
        self.format = task.format
        self.messages = render(task, entry, self.sample)
        self.drafts: list[Draft] = []
        self.refused: str | None = None
        self.lost = 0
        self.claim = claim
        self._scheduler, self._diagnoser = scheduler, diagnoser
        self._sampling = entry_sampling(task, entry)
        self._came = 0
        self._told_worth = False

    @property
    def worth(self) -> float:
        """What the next ask about this sample is worth."""
        return self.claim.worth

    @worth.setter
    def worth(self, worth: float) -> None:
        self._told_worth = True
        self._scheduler.allocator.set_worth(self.claim, worth)

    @property
    def width(self) -> int:
        """How many asks about this sample at once are of use."""
        return self._scheduler.allocator.width

    async def __call__(
        self,
        *,
        index: int = 0,
        n: int = 1,
        messages: Sequence[Message] | None = None,
        **sampling: Any,
    ) -> Draft:
        unknown = sampling.keys() - _OVERRIDES
        if unknown:
            raise ConfigError(
                f"flow '{self.entry.flow}': ask() has no parameter '{min(unknown)}'; sampling "
                f"parameters are {', '.join(sorted(_OVERRIDES))}"
            )
        request = Request(
            messages=self.messages if messages is None else tuple(messages),
            sampling=replace(self._sampling, **sampling) if sampling else self._sampling,
            n=n,
            index=index,
        )
        try:
            output, key, cached = await self._scheduler.generate(request, self.claim)
        except BaseException as error:
            self._lose(error)
            raise
        draft = self._draft(request, output, key, cached)
        self.drafts.append(draft)
        self._one_more()
        return draft

    async def score(
        self, choices: Sequence[str], *, messages: Sequence[Message] | None = None
    ) -> list[float]:
        """Log-probability of each choice as the whole reply."""
        asked = self.messages if messages is None else tuple(messages)
        try:
            scores = await self._scheduler.score(asked, choices, self.claim)
        except BaseException as error:
            self._lose(error)
            raise
        self._one_more()
        return scores

    def _lose(self, error: BaseException) -> None:
        """An ask brought nothing."""
        self.lost += 1
        if isinstance(error, BudgetSpentError):
            self.refused = str(error)

    def _one_more(self) -> None:
        self._came += 1
        if self._came == 1:
            self._scheduler.meter.begun += 1
        if not self._told_worth:
            self._scheduler.allocator.set_worth(self.claim, 0.5**self._came)

    def _draft(self, request: Request, output: Output, key: bytes, cached: bool) -> Draft:
        shape = self.task.format
        findings = self._diagnoser.findings(request, output, key, known=cached)
        text = output.text
        if self.entry.clean:
            text = clean(
                text, self.entry.clean, format=shape, request=request, finish=output.finish,
                language=self.task.language,
            )  # fmt: skip
        return Draft(request, output, key, text, shape.parse(text), findings, cached)


def render(task: Task, entry: Entry, sample: Sample) -> tuple[Message, ...]:
    """The entry's prompt for a sample whose fields are normalised already."""
    pool = Prepared(task.pool, entry.inputs) if entry.inputs else task.pool
    return entry.prompt.render(sample, pool, task.format)


def entry_sampling(task: Task, entry: Entry) -> Sampling:
    """The entry's sampling, with the answer format's grammar where the entry constrains."""
    if not entry.constrain:
        return entry.sampling
    grammar = task.format.constrain()
    if grammar is None:
        raise ConfigError(
            f"entry '{entry.name}': the answer format '{task.format.name}' has no grammar to "
            "constrain decoding with; remove `constrain`"
        )
    return replace(entry.sampling, grammar=grammar)
