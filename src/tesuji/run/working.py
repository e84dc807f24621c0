"""The samples of a run, one by one through the flow: several at once, or one at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import aclosing, suppress
from functools import partial

from tesuji.run.allocator import Claim
from tesuji.run.answering import CUT, Run, answer_sample
from tesuji.run.budget import Meter
from tesuji.run.ledger import write_alarm, write_answer
from tesuji.run.progress import Tally, Watch
from tesuji.run.shares import Shares
from tesuji.task.sample import Sample

_SNAPSHOT_SECONDS = 0.1
# A fallback takes 0.3 ms of CPU (2 busy cores, 20,000 samples): time for those that will need one
# is kept free, up to a tenth of the budget.
_FALLBACK_SECONDS = 0.0004
_SPENT_SECONDS = 1.0  # so much of what was spent a `kill -9` may leave uncounted
_POINTS = 50  # of the failure rates over a run that are kept, at least ten samples apart


async def work(run: Run, samples: Sequence[Sample], watch: Watch | None) -> None:
    """Answer every sample and record what came of it; `watch` is called now and then."""
    ticker = asyncio.create_task(_tick(run.tally, watch)) if watch else None
    try:
        if run.meter.budget.one_at_a_time:
            await _in_turn(run, samples)
        else:
            await _together(run, samples)
    except BaseExceptionGroup as errors:
        raise first_error(errors) from None
    finally:
        if ticker:
            ticker.cancel()
            with suppress(asyncio.CancelledError):
                await ticker


async def _together(run: Run, samples: Sequence[Sample]) -> None:
    """As many samples at once as keep the backend's places busy, in their order."""
    unopened = len(samples)
    admitted = run.scheduler.allocator.admit(samples)
    async with asyncio.TaskGroup() as group, aclosing(admitted):
        async for sample, claim in admitted:
            unopened -= 1
            _keep_for_fallbacks(run.meter, unopened)
            if run.meter.halted:
                run.scheduler.allocator.leave(claim)  # it will not begin: nobody waits for it
                break
            group.create_task(_answer(run, sample, claim))


async def _in_turn(run: Run, samples: Sequence[Sample]) -> None:
    """One sample after the other, in random order, each with its share of the seconds."""
    meter, shares = run.meter, Shares()
    for done, sample in enumerate(random.Random(0).sample(samples, len(samples))):
        if meter.halted:
            break
        meter.until = meter.enough = None
        _keep_for_fallbacks(meter, len(samples) - done)
        began, sent, left = meter.seconds, meter.sent, meter.seconds_left()
        if left is not None:
            meter.enough = began + shares.share(left, len(samples) - done)
            meter.until = began + shares.patience(left, len(samples) - done)
        await _answer(run, sample, run.scheduler.allocator.claim())
        if meter.sent > sent:  # what is in the ledger takes no time
            row = run.answers.get(sample.id)
            cut = row is None or row.state == "fallback" or (row.reason or "").startswith(CUT)
            answered = row is not None and row.state == "answered"
            shares.took(meter.seconds - began, not cut, answered)
    meter.until = meter.enough = None


def _keep_for_fallbacks(meter: Meter, unopened: int) -> None:
    meter.reserve = min(unopened * _FALLBACK_SECONDS, 0.1 * (meter.budget.seconds or 0.0))


async def _answer(run: Run, sample: Sample, claim: Claim) -> None:
    """Answer a sample and record what came of it."""
    row, drafts = await answer_sample(run, sample, claim)
    if row is None:
        return
    findings = [(d.key, finding) for d in drafts for finding in d.findings]
    run.answers[sample.id] = row
    outputs = [draft.key for draft in drafts]
    run.ledger.append(
        partial(write_answer, run=run.id, row=row, findings=findings, outputs=outputs)
    )
    run.note_spent(_SPENT_SECONDS)
    for alarm in run.tally.add(row, [{f.kind for f in d.findings} for d in drafts]):
        words = alarm.sentence()
        run.ledger.append(partial(write_alarm, run=run.id, kind=alarm.kind, words=words))
    if run.tally.guard.stop:
        run.meter.halt(run.tally.guard.stop)
    if len(run.answers) % max(10, run.tally.total // _POINTS) == 0:
        run.note_rates()


async def _tick(tally: Tally, watch: Watch | None) -> None:
    while watch:
        await asyncio.sleep(_SNAPSHOT_SECONDS)
        watch(tally.snapshot())


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first of the errors of a task group, however deep it lies."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
