"""The runner: one entry on one set of samples, recorded in the ledger as it goes."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from collections.abc import Sequence
from functools import partial

from tesuji.errors import (
    ConfigError,
)
from tesuji.flows import Flow, find_flow, further_model, make_ready, needs, scores_labels
from tesuji.flows.choose import labels_of
from tesuji.models.base import Capability, Model, Sampling, require
from tesuji.models.prices import pricing
from tesuji.models.several import identities, other_models
from tesuji.run.alarms import Guard, StopRule
from tesuji.run.answering import CUT, Run
from tesuji.run.asking import entry_sampling
from tesuji.run.budget import Budget, Meter, make_budget
from tesuji.run.diagnoser import Diagnoser
from tesuji.run.entry import Entry, to_table
from tesuji.run.estimate import estimate
from tesuji.run.ledger import (
    Ledger,
    RunRow,
    begin_run,
    end_run,
    find_settled,
    finding_counts,
    get_best,
    note_identities,
)
from tesuji.run.progress import Tally, Watch
from tesuji.run.scheduler import Scheduler
from tesuji.run.settled import conclusions_digest, repeat_settled
from tesuji.run.working import work
from tesuji.task.sample import Sample
from tesuji.task.task import Task
from tesuji.task.template import check_template


async def run_entry(
    task: Task,
    entry: Entry,
    samples: Sequence[Sample],
    *,
    split: str,
    model: Model,
    ledger: Ledger,
    budget: Budget | None = None,
    watch: Watch | None = None,
    meter: Meter | None = None,
    stop_when: Sequence[StopRule] = (),
) -> RunRow:
    """Answer every sample with `entry`, record everything, return what it came to.

    Resumes by itself: outputs that the ledger has are not asked for again. `watch` is called
    about ten times a second and at the end. A `meter` given from outside can be halted from
    outside (Ctrl-C); the run then ends in the state "stopped", as it does when failures are surely
    more frequent than a rule of `stop_when` allows. Failures that become more frequent during the
    run, or than they were in the best run, are said through `watch` and recorded. A finished run
    that would surely conclude the same again is not gone through again (`run.settled`).

    Raises, with what came before kept: ModelUnavailableError, CapabilityError, ConfigError,
    LedgerError. A request that failed for good is its sample's state `error`, and no exception.
    """
    check_entry(task, entry, model)
    meter = meter or make_meter(task, entry, budget)
    same = {
        "entry_digest": entry.digest, "task_digest": task.digest, "split": split,
        "samples_digest": _digest(samples),
    }  # fmt: skip
    named = identities(model)
    identity = model.identity if len(named) == 1 else repr(named)
    conditions = partial(conclusions_digest, task, entry, identity, samples, meter.budget)
    settled = None if stop_when else find_settled(ledger, **same)
    if settled is not None and settled[1] == conditions():
        return repeat_settled(ledger, settled[0], entry, meter, watch)
    await make_ready(find_flow(entry.flow, task.own.flows), entry.options)
    run_id = begin_run(
        ledger, **same, entry=entry.name, model=entry.model, entry_table=to_table(entry),
        total=len(samples), metric=task.metric.name,
    )  # fmt: skip
    note_identities(ledger, run_id, named)
    guard = _guard(task, ledger, split, run_id, stop_when)
    run = Run(
        run_id, task, entry, find_flow(entry.flow, task.own.flows), ledger,
        Scheduler(model, ledger, meter), meter, Tally(entry.name, len(samples), meter, guard),
        Diagnoser(task, ledger),
    )  # fmt: skip
    try:
        await work(run, samples, watch)
    except BaseException as error:
        reason = "interrupted" if isinstance(error, asyncio.CancelledError) else str(error)
        run.note_rates()
        run.note_spent()
        ledger.flush()
        end_run(ledger, run_id, {"state": "stopped", "reason": reason, **_counts(run)})
        raise
    finally:
        if watch:
            watch(run.tally.snapshot())
    run.note_rates()
    run.note_spent()
    ledger.flush()
    values = _outcome(run, samples) | {"settled": conditions() if _is_settled(run) else None}
    return end_run(ledger, run_id, values)


def _is_settled(run: Run) -> bool:
    """Whether the same again would find all in the ledger, and be cut short nowhere."""
    states, meter = run.tally.states, run.meter
    cut = states["error"] or states["fallback"] or run.lost or meter.spent()
    # With limits, what is sent may depend on what is left; a pass that sent nothing did not.
    return not cut and (not meter.budget.limited or meter.sent == 0)


def _guard(task: Task, ledger: Ledger, split: str, run: int, rules: Sequence[StopRule]) -> Guard:
    best = get_best(ledger, task.digest, split)
    if best is None or best.id == run or not best.outputs:
        return Guard(rules)
    baseline = finding_counts(ledger, best.id), best.outputs
    return Guard(rules, baseline, f"of run {best.id} ({best.entry})")


def check_entry(task: Task, entry: Entry, model: Model) -> None:
    """Raise, before anything is sent, what would go wrong with every sample."""
    check_template(entry.prompt, task.columns, f"entry '{entry.name}'")
    flow = find_flow(entry.flow, task.own.flows)
    _check_options(flow, entry)
    if scores_labels(flow, entry.options):
        labels_of(task.format)
    needed = _needs(entry_sampling(task, entry))
    for capability in (*needed, *needs(flow, entry.options)):
        require(model, capability)
    others = other_models(model)
    further = further_model(flow, entry.options)
    if further is not None and further not in entry.models:
        raise ConfigError(
            f"entry '{entry.name}': flow '{entry.flow}' asks the model '{further}', which the "
            f'entry does not name: add [models] {further} = "URI" to it'
        )
    for name in entry.models:
        if name not in others:
            raise ConfigError(f"entry '{entry.name}': its model '{name}' was not opened")
        require(others[name], *needed, "generate")


def _needs(sampling: Sampling) -> list[Capability]:
    needed: list[Capability] = []
    if sampling.grammar is not None:
        needed.append("grammar")
    if sampling.logprobs is not None:
        needed.append("logprobs")
    if sampling.stop_loops:
        needed.append("stream")
    return needed


def _check_options(flow: Flow, entry: Entry) -> None:
    parameters = list(inspect.signature(flow).parameters.values())[2:]
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return
    names = [p.name for p in parameters]
    for option in entry.options:
        if option not in names:
            allowed = ", ".join(names) or "it has none"
            raise ConfigError(
                f"entry '{entry.name}': flow '{entry.flow}' has no option '{option}'; "
                f"allowed: {allowed}"
            )


def make_meter(task: Task, entry: Entry, budget: Budget | None) -> Meter:
    """A meter for the budget (default: the task's limits) at the entry's model's prices."""
    budget = budget or make_budget(task.limits)
    prices = {name: pricing(uri, task.prices) for name, uri in entry.models.items()}
    return Meter(budget, pricing(entry.model, task.prices), prices=prices)


def _outcome(run: Run, samples: Sequence[Sample]) -> dict[str, object]:
    values: dict[str, object] = {"state": "finished", "reason": _cut_short(run), **_counts(run)}
    if len(run.answers) < len(samples):
        values |= {"state": "stopped", "reason": run.meter.halted or "unfinished"}
    rows = [(run.answers[s.id], s.target) for s in samples if s.id in run.answers]
    scored = [(row, target) for row, target in rows if row.state != "error" and target is not None]
    if scored:
        score, low, high = estimate(
            run.task.metric,
            [row.answer for row, _ in scored],
            [target for _, target in scored],
            [row.score for row, _ in scored if row.score is not None],
        )
        values |= {"score": score, "low": low, "high": high}
    return values


def _cut_short(run: Run) -> str | None:
    """Why a finished run might come to more with a larger budget."""
    cut = sum((row.reason or "").startswith(CUT) for row in run.answers.values())
    why = run.meter.spent()
    if why is None and run.meter.budget.one_at_a_time:
        why = f"shares of the {run.meter.budget.seconds or 0.0:g} seconds were over"
    return f"{why}: {cut:,} samples were cut short" if cut and why else None


def _counts(run: Run) -> dict[str, object]:
    states, meter = run.tally.states, run.meter
    return {
        "answered": states["answered"],
        "unparsed": states["unparsed"],
        "fallbacks": states["fallback"],
        "errors": states["error"],
        "outputs": run.tally.outputs,
        "sent": meter.sent,
        "cached": meter.cached,
        "tokens_in": meter.tokens_in,
        "tokens_out": meter.tokens_out,
        "usd": meter.usd,
        "seconds": meter.seconds,
    }


def _digest(samples: Sequence[Sample]) -> str:
    ids = "\0".join(sample.id for sample in samples)
    return hashlib.sha256(ids.encode("utf-8", "surrogatepass")).hexdigest()[:16]
