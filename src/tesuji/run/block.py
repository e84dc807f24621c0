"""A block of answers outside any run: many entries on a few samples each, all at once.

A race asks for such blocks. What comes is recorded as outputs like any other, so it is found again
for nothing; but no run is written, for the ledger's runs are what somebody meant to conclude.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from tesuji.flows import Draft, find_flow
from tesuji.models.base import Model
from tesuji.run.allocator import Claim
from tesuji.run.answering import CUT, Run, answer_sample
from tesuji.run.budget import Meter
from tesuji.run.diagnoser import Diagnoser
from tesuji.run.entry import Entry
from tesuji.run.ledger import AnswerRow, Ledger
from tesuji.run.progress import Progress, Tally, Watch
from tesuji.run.runner import check_entry
from tesuji.run.scheduler import Scheduler
from tesuji.run.working import first_error
from tesuji.task.sample import Sample
from tesuji.task.task import Task

_SNAPSHOT_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Answered:
    """What an entry made of a sample: the row that a run would have, and all drafts behind it.

    `row` is None where the budget ended, or somebody stopped, before all was asked that the flow
    wants. `free` says that nothing was sent for it.
    """

    entry: Entry
    sample: Sample
    row: AnswerRow | None
    drafts: tuple[Draft, ...]
    free: bool


async def answer_block(
    task: Task, asked: Sequence[tuple[Entry, Sample]], *, model: Model, ledger: Ledger,
    meter: Meter, watch: Watch | None = None, called: str = "race",
    told: Callable[[Answered], None] | None = None,
) -> list[Answered]:  # fmt: skip
    """Answer every pair, all entries with the same model; in the order that was asked for.

    `told` is called with each as it comes. Raises what `run_entry` raises; outputs that came before
    are recorded.
    """
    for entry in {entry.digest: entry for entry, _ in asked}.values():
        check_entry(task, entry, model)
    block = _Block(task, ledger, Scheduler(model, ledger, meter), meter, called, len(asked), watch)
    found: list[Answered | None] = [None] * len(asked)

    async def answer(at: int, claim: Claim) -> None:
        one = await block.answer(*asked[at], claim)
        found[at] = one
        if told:
            told(one)

    try:
        admitted = block.scheduler.allocator.admit(range(len(asked)))
        async with asyncio.TaskGroup() as group, aclosing(admitted):
            async for at, claim in admitted:
                if meter.halted:
                    block.scheduler.allocator.leave(claim)  # it will not begin: nobody waits for it
                    break
                group.create_task(answer(at, claim))
    except BaseExceptionGroup as errors:
        raise first_error(errors) from None
    finally:
        ledger.flush()
    unasked = [Answered(entry, sample, None, (), True) for entry, sample in asked]
    return [one or nothing for one, nothing in zip(found, unasked, strict=True)]


class _Block:
    """What the answers of a block share."""

    def __init__(
        self, task: Task, ledger: Ledger, scheduler: Scheduler, meter: Meter, called: str,
        size: int, watch: Watch | None,
    ) -> None:  # fmt: skip
        self.task, self.ledger, self.scheduler, self.meter = task, ledger, scheduler, meter
        self.tally = Tally(called, size, meter)
        self._diagnoser = Diagnoser(task, ledger)
        self._runs: dict[str, Run] = {}
        self._watch, self._shown = watch, 0.0

    async def answer(self, entry: Entry, sample: Sample, claim: Claim) -> Answered:
        row, drafts = await answer_sample(self._run(entry), sample, claim)
        cut = row is not None and (row.state == "fallback" or (row.reason or "").startswith(CUT))
        if row is not None:
            # No findings: what other prompts bring about is no reason for an alarm.
            self.tally.add(row, [set() for _ in drafts])
            self._show()
        # Without a draft (the flow `choose`) it can't be told, so it was paid for.
        free = bool(drafts) and all(draft.cached for draft in drafts)
        return Answered(entry, sample, None if cut else row, tuple(drafts), free)

    def _run(self, entry: Entry) -> Run:
        if entry.digest not in self._runs:
            self._runs[entry.digest] = Run(
                0, self.task, entry, find_flow(entry.flow, self.task.own.flows), self.ledger,
                self.scheduler, self.meter, self.tally, self._diagnoser,
            )  # fmt: skip
        return self._runs[entry.digest]

    def _show(self) -> None:
        if self._watch and time.monotonic() - self._shown >= _SNAPSHOT_SECONDS:
            self._shown = time.monotonic()
            self._watch(self.progress())

    def progress(self) -> Progress:
        return self.tally.snapshot()
