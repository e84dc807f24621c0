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
        self._others: dict[str, Claim] = {}  # its standing with the further models

    @property
    def worth(self) -> float:
        """What the next ask about this sample is worth."""
        return self.claim.worth

    @worth.setter
    def worth(self, worth: float) -> None:
        self._told_worth = True
        self._set_worth(worth)

    @property
    def width(self) -> int:
        """How many asks about this sample at once are of use."""
        return self._scheduler.allocator.width

    @property
    def hurry(self) -> bool:
        """Whether this sample has the run's clock for itself."""
        meter = self._scheduler.meter
        return meter.until is not None and not meter.budget.countable

    async def __call__(
        self,
        *,
        index: int = 0,
        n: int = 1,
        messages: Sequence[Message] | None = None,
        model: str | None = None,
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
            scheduler, claim = await self._turn(model)
            output, key, cached = await scheduler.generate(request, claim)
        except BaseException as error:
            self._lose(error)
            raise
        draft = self._draft(request, output, key, cached)
        self.drafts.append(draft)
        self._one_more()
        return draft

    async def score(
        self, choices: Sequence[str], *, messages: Sequence[Message] | None = None,
        model: str | None = None,
    ) -> list[float]:  # fmt: skip
        """Log-probability of each choice as the whole reply."""
        asked = self.messages if messages is None else tuple(messages)
        try:
            scheduler, claim = await self._turn(model)
            scores = await scheduler.score(asked, choices, claim)
        except BaseException as error:
            self._lose(error)
            raise
        self._one_more()
        return scores

    def step(self, draft: Draft) -> None:
        """A draft of this sample is a step on the way, no answer."""
        # Where a stop string ended it, at the end of its code, an open fence is no sign of a cut.
        meant = ("format", "truncated") if draft.output.finish == "stop" else ("format",)
        findings = tuple(f for f in draft.findings if f.kind not in meant)
        as_step = replace(draft, answer=None, findings=findings)
        self.drafts = [as_step if known is draft else known for known in self.drafts]

    async def rank(self, doubt: float) -> float:
        """Which share of the run's samples is in greater doubt than this one."""
        return await self._scheduler.allocator.rank(self.claim, doubt)

    def leave(self) -> None:
        """The flow has ended: its places with the further models are free."""
        for name, claim in self._others.items():
            self._scheduler.others[name].allocator.leave(claim)

    async def _turn(self, model: str | None) -> tuple[Scheduler, Claim]:
        """Where to ask, and with which standing."""
        if model is None:
            return self._scheduler, self.claim
        if model not in self._scheduler.others:
            known = ", ".join(self._scheduler.others) or "it names none"
            raise ConfigError(
                f"entry '{self.entry.name}': flow '{self.entry.flow}' asks the model '{model}', "
                f"which is not in [models]: {known}"
            )
        scheduler = self._scheduler.others[model]
        if scheduler.meter.budget.countable:
            # What is spent here would be lacking for other samples' first outputs.
            await self._scheduler.allocator.all_begun(self.claim)
        if model not in self._others:
            self._others[model] = scheduler.allocator.claim()
            scheduler.allocator.set_worth(self._others[model], self.claim.worth)
        return scheduler, self._others[model]

    def _set_worth(self, worth: float) -> None:
        if worth < 1:
            self._scheduler.has_answer()
        self._scheduler.allocator.set_worth(self.claim, worth)
        for name, claim in self._others.items():
            self._scheduler.others[name].allocator.set_worth(claim, worth)

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
            self._set_worth(0.5**self._came)

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
    return entry.prompt.render(sample, pool, task.format, task.columns)


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
