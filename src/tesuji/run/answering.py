"""One sample through its flow: what comes of it, whatever breaks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial

from tesuji.errors import BudgetSpentError, ConfigError, RequestFailedError, TesujiError
from tesuji.flows import Draft, Flow, plurality
from tesuji.run.allocator import Claim
from tesuji.run.asking import Asker
from tesuji.run.budget import Meter
from tesuji.run.diagnoser import Diagnoser
from tesuji.run.entry import Entry
from tesuji.run.ledger import AnswerRow, AnswerState, Ledger, Spent, add_spent, write_rates
from tesuji.run.progress import Tally
from tesuji.run.scheduler import Scheduler
from tesuji.task.own import described, place
from tesuji.task.sample import Answer, Sample
from tesuji.task.task import Task

CUT = "cut short: "
"""How the reason begins of a sample that a budget left with less than its flow asked for."""

_CLOSING_SECONDS = 1.0  # what a flow may still take, once the time is over, to make an answer


@dataclass(slots=True)
class Run:
    """A run under way: what its samples share.

    `lost` counts the asks that brought no output; `spent` is what the ledger knows of the cost.
    """

    id: int
    task: Task
    entry: Entry
    flow: Flow
    ledger: Ledger
    scheduler: Scheduler
    meter: Meter
    tally: Tally
    diagnoser: Diagnoser
    answers: dict[str, AnswerRow] = field(default_factory=dict)
    noted: int = 0
    lost: int = 0
    spent: Spent = field(default_factory=Spent)

    def note_spent(self, at_least: float = 0.0) -> None:
        """Record what was spent since the last time, if that is `at_least` so many seconds ago."""
        meter, before = self.meter, self.spent
        if meter.seconds - before.seconds < at_least:
            return
        self.spent = Spent(meter.sent, meter.tokens_in, meter.tokens_out, meter.usd, meter.seconds)
        self.ledger.append(partial(add_spent, run=self.id, spent=self.spent.since(before)))

    def note_rates(self) -> None:
        """Record how often each failure was seen so far, if outputs came since the last time."""
        if self.noted == self.tally.outputs:
            return
        self.noted = self.tally.outputs
        kinds = dict(self.tally.kinds)
        self.ledger.append(
            partial(write_rates, run=self.id, outputs=self.tally.outputs, hits=kinds)
        )


async def answer_sample(
    run: Run, sample: Sample, claim: Claim | None = None
) -> tuple[AnswerRow | None, list[Draft]]:
    """One sample through the flow: its row, and all drafts behind it; no row if halted.

    Where the budget ended before the flow did, the answer is the plurality of what came; the
    format's fallback is only for a sample of which nothing came.
    """
    claim = claim or run.scheduler.allocator.claim()
    try:
        asker = Asker(run.task, run.entry, sample, run.scheduler, claim, run.diagnoser)
        try:
            state, result, reason = await _flow(run, asker)
        finally:
            asker.leave()
    finally:
        run.scheduler.allocator.leave(claim)
    run.lost += asker.lost
    if run.meter.halted and asker.refused:
        return None, asker.drafts
    answer, output = _result(result, asker.drafts)
    if state == "answered" and answer is None:
        state = "unparsed"
    if state != "error" and answer is None:
        answer = run.task.format.fallback()
    score = _score(run.task, sample, answer) if state != "error" else None
    return AnswerRow(sample.id, state, answer, score, output, reason), asker.drafts


async def _flow(run: Run, asker: Asker) -> tuple[AnswerState, Draft | Answer | None, str | None]:
    """State, result and reason of the flow's run on one sample."""
    try:
        async with asyncio.timeout(_closing(run.meter)) as clock:
            result = await run.flow(asker.sample, asker, **run.entry.options)
    except BudgetSpentError as error:
        return _cut(asker, str(error))
    except RequestFailedError as error:
        return "error", None, str(error)
    except TesujiError:
        raise
    except Exception as error:
        if isinstance(error, TimeoutError) and clock.expired():
            return _cut(asker, run.meter.rung())
        return "error", None, _explain(run, error)
    return "answered", result, asker.refused and CUT + asker.refused


def _closing(meter: Meter) -> float | None:
    """Seconds that a flow which begins now may take at the most; None without a clock."""
    if meter.budget.seconds is None:
        return None
    end = meter.budget.seconds if meter.until is None else meter.until
    return max(0.0, end - meter.seconds) + _CLOSING_SECONDS


def _cut(asker: Asker, why: str) -> tuple[AnswerState, Draft | None, str]:
    """What becomes of a sample whose flow the budget ended."""
    if any(draft.answer is not None for draft in asker.drafts):
        return "answered", plurality(asker.drafts), CUT + why
    return "fallback", None, why


def _result(
    result: Draft | Answer | None, drafts: list[Draft]
) -> tuple[Answer | None, bytes | None]:
    if isinstance(result, Draft):
        return result.answer, result.key
    return result, drafts[-1].key if drafts else None


def _score(task: Task, sample: Sample, answer: Answer) -> float | None:
    if sample.target is None or task.metric.sample is None:
        return None
    try:
        return float(task.metric.sample(answer, sample.target))
    except TesujiError:
        raise
    except Exception as error:
        raise ConfigError(
            f"metric '{task.metric.name}' failed on sample {sample.id}: "
            f"{type(error).__name__}: {error}"
        ) from error


def _explain(run: Run, error: Exception) -> str:
    where = place(error, run.task.own.path) if run.task.own.path else "built in"
    return f"flow '{run.entry.flow}' ({where}): {described(error)}"
