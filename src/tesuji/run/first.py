"""The first move: look at what the model really writes, one sample at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tesuji.flows import Draft, find_flow, make_ready
from tesuji.models.base import Model
from tesuji.run.answering import Run, answer_sample
from tesuji.run.asking import render
from tesuji.run.diagnoser import Diagnoser
from tesuji.run.entry import Entry
from tesuji.run.ledger import AnswerRow, Ledger
from tesuji.run.progress import Tally
from tesuji.run.runner import check_entry, make_meter
from tesuji.run.scheduler import Scheduler
from tesuji.task.inputs import prepare
from tesuji.task.sample import Message, Sample
from tesuji.task.task import Task


@dataclass(frozen=True, slots=True)
class FirstMove:
    """One sample, seen from the prompt sent to the score it got.

    `drafts` are all outputs that the flow asked for, `answer`, `state`, `score` and `reason`
    are as a run would record them.
    """

    sample: Sample
    messages: tuple[Message, ...]
    drafts: tuple[Draft, ...]
    row: AnswerRow


async def first_move(
    task: Task, entry: Entry, samples: Sequence[Sample], *, model: Model, ledger: Ledger
) -> list[FirstMove]:
    """Answer a few samples and keep all there is to see.

    The outputs go into the ledger, so the run that follows does not ask for them again.
    """
    check_entry(task, entry, model)
    await make_ready(find_flow(entry.flow, task.own.flows), entry.options)
    meter = make_meter(task, entry, None)
    run = Run(
        0, task, entry, find_flow(entry.flow, task.own.flows), ledger,
        Scheduler(model, ledger, meter), meter, Tally(entry.name, len(samples), meter),
        Diagnoser(task, ledger),
    )  # fmt: skip
    return list(await asyncio.gather(*(_look(run, sample) for sample in samples)))


async def _look(run: Run, sample: Sample) -> FirstMove:
    messages = render(run.task, run.entry, prepare(sample, run.entry.inputs))
    row, drafts = await answer_sample(run, sample)
    assert row is not None  # only a halted run leaves a sample without a row
    if drafts:  # a flow may ask in words of its own
        messages = drafts[0].request.messages
    return FirstMove(sample, messages, tuple(drafts), row)
