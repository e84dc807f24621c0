"""A run's outputs read again from the ledger, with no model: the server may be down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, cast

from tesuji.errors import BudgetSpentError, CapabilityError, RequestFailedError
from tesuji.flows import Draft, find_flow
from tesuji.models.base import Capability, Model, Output, Request
from tesuji.models.several import Several
from tesuji.run.answering import Run, answer_sample
from tesuji.run.asking import render
from tesuji.run.budget import Meter
from tesuji.run.diagnoser import Diagnoser
from tesuji.run.entry import Entry, entry_of
from tesuji.run.ledger import AnswerRow, Ledger, RunRow, find_identities, iter_answers
from tesuji.run.progress import Tally, Watch
from tesuji.run.runner import run_entry
from tesuji.run.scheduler import Scheduler
from tesuji.task.inputs import prepare
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run left in the ledger: its entry, the samples that it came to, and under which
    identity its model's outputs are kept, and those of its further models by name. `failed` are
    the prompts whose requests failed."""

    run: RunRow
    entry: Entry
    identity: str
    samples: tuple[Sample, ...]
    failed: frozenset[tuple[Message, ...]]
    others: Mapping[str, str] = field(default_factory=dict)

    def model(self, meter: Meter) -> tuple[Model, RecordedModel]:
        """What stands in for its models, and for its own one alone."""
        own = RecordedModel(self.run.model, self.identity, meter, self.failed)
        others: dict[str, Model] = {}
        for name, identity in self.others.items():
            other = RecordedModel(self.entry.models.get(name, name), identity, meter, self.failed)
            other.refusals = own.refusals
            others[name] = other
        return cast("Model", Several(own, others)) if others else own, own


class RecordedModel:
    """Stands in for a run's model (`tesuji.models.Model`): whatever is not in the ledger under its
    identity is refused.

    A request that failed then fails now; any other is as if the budget were spent, so that a flow
    answers with what it has.
    """

    concurrency = 16
    capabilities: frozenset[Capability] = frozenset(
        {"generate", "score", "logprobs", "grammar", "seed"}
    )

    def __init__(
        self, uri: str, identity: str, meter: Meter, failed: Collection[tuple[Message, ...]] = ()
    ) -> None:
        self.uri, self.identity = uri, identity
        self._meter, self._failed = meter, failed
        self.refusals: list[tuple[Message, ...]] = []

    @property
    def refused(self) -> int:
        """How many requests were refused, those to models that share its list included."""
        return len(self.refusals)

    async def ready(self) -> None:
        """There is nothing to reach."""

    async def generate(self, request: Request) -> Output:
        """What is recorded has been found before this is asked: refuse."""
        self._refuse(request.messages)

    async def score(self, prompt: Sequence[Message], choices: Sequence[str]) -> list[float]:
        """As `generate`."""
        self._refuse(tuple(prompt))

    async def embed(self, texts: Sequence[str]) -> NoReturn:
        """Not recorded."""
        raise CapabilityError(f"{self.uri}: recorded outputs give no embeddings")

    async def close(self) -> None:
        """There is nothing to close."""

    def _refuse(self, messages: tuple[Message, ...]) -> NoReturn:
        self._meter.give_back()  # counted as sent before it came here
        self.refusals.append(messages)
        if messages in self._failed:
            raise RequestFailedError("the request failed when it was sent; no output is recorded")
        raise BudgetSpentError("only recorded outputs are read here; this one is not recorded")


def recorded(task: Task, ledger: Ledger, run: RunRow) -> Recorded | None:
    """What can be read again of a run; None where it left no output (flow `choose` leaves none)."""
    found = ledger.row(
        "SELECT setups.model FROM answers JOIN outputs ON outputs.key = answers.output "
        "JOIN setups ON setups.id = outputs.setup WHERE answers.run = ? LIMIT 1",
        run.id,
    )
    if found is None:
        return None
    entry = entry_of(run)
    states = {row.sample: row.state for row in iter_answers(ledger, run.id)}
    samples = tuple(sample for sample in task.split(run.split) if sample.id in states)
    failed = frozenset(
        render(task, entry, prepare(sample, entry.inputs))
        for sample in samples
        if states[sample.id] == "error"
    )
    named = find_identities(ledger, run.id)
    own = named.pop("", found[0])
    return Recorded(run, entry, own, samples, failed, named)


async def run_recorded(
    task: Task, ledger: Ledger, source: Recorded, entry: Entry, watch: Watch | None = None
) -> RunRow:
    """Run `entry` on the samples of `source` from its recorded outputs alone."""
    meter = Meter()
    model, _ = source.model(meter)
    return await run_entry(
        task, entry, source.samples, split=source.run.split, model=model, ledger=ledger,
        meter=meter, watch=watch,
    )  # fmt: skip


async def reread(
    task: Task, ledger: Ledger, source: Recorded
) -> AsyncIterator[tuple[Sample, AnswerRow, list[Draft], bool]]:
    """Each sample as the entry makes it of its recorded outputs today, all drafts behind it, and
    whether all were recorded. Nothing is written."""
    meter = Meter()
    model, own = source.model(meter)
    flow = find_flow(source.entry.flow, task.own.flows)
    run = Run(
        0, task, source.entry, flow, ledger, Scheduler(model, ledger, meter), meter,
        Tally(source.entry.name, len(source.samples), meter), Diagnoser(task),
    )  # fmt: skip
    for sample in source.samples:
        refused = own.refused
        row, drafts = await answer_sample(run, sample)
        assert row is not None  # only a halted run leaves a sample without a row
        yield sample, row, drafts, own.refused == refused


def changed_answers(ledger: Ledger, a: int, b: int) -> int:
    """On how many samples two runs answer differently."""
    row = ledger.row(
        "SELECT count(*) FROM answers x JOIN answers y ON y.run = ? AND y.sample = x.sample "
        "WHERE x.run = ? AND x.answer IS NOT y.answer",
        b, a,
    )  # fmt: skip
    return int(row[0]) if row else 0
