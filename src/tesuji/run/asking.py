"""The `ask` that a flow gets: from a sample to a request, from an output to a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

from tesuji.diagnose import clean
from tesuji.errors import ConfigError
from tesuji.flows.flow import Draft
from tesuji.models.base import Request, Sampling
from tesuji.run.diagnoser import Diagnoser
from tesuji.run.entry import Entry
from tesuji.run.scheduler import Scheduler
from tesuji.task.inputs import Prepared, prepare
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task

_OVERRIDES = frozenset(f.name for f in fields(Sampling))


class Asker:
    """`tesuji.flows.Ask` for one sample under one entry; keeps every draft it gave.

    `sample` is the sample as the entry's normalisers leave it; `refused` counts the asks that
    ended in an exception.
    """

    def __init__(
        self, task: Task, entry: Entry, sample: Sample, scheduler: Scheduler,
        diagnoser: Diagnoser | None = None,
    ) -> None:  # fmt: skip
        self.task, self.entry = task, entry
        self.sample = prepare(sample, entry.inputs)
        self.format = task.format
        self.messages = render(task, entry, self.sample)
        self.drafts: list[Draft] = []
        self.refused = 0
        self._scheduler, self._diagnoser = scheduler, diagnoser or Diagnoser(task)
        self._sampling = entry_sampling(task, entry)

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
        with self._counted():
            draft = await self._draft(request)
        self.drafts.append(draft)
        return draft

    async def score(
        self, choices: Sequence[str], *, messages: Sequence[Message] | None = None
    ) -> list[float]:
        """Log-probability of each choice as the whole reply."""
        with self._counted():
            return await self._scheduler.score(
                self.messages if messages is None else tuple(messages), choices
            )

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.refused += 1
            raise

    async def _draft(self, request: Request) -> Draft:
        output, key, cached = await self._scheduler.generate(request)
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
