"""Trying a move: its challengers are run, the referee compares them with the best."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from tesuji.compare.trial import Trial, judge_together
from tesuji.diagnose import clean
from tesuji.models.base import Model, Request
from tesuji.models.prices import cost
from tesuji.moves.evidence import gather, starting_run
from tesuji.moves.move import Evidence, Move, Relevance
from tesuji.run.budget import Budget, Meter
from tesuji.run.entry import Entry, entry_path, from_table, load_entry, save_entry
from tesuji.run.ledger import Ledger, RunRow, find_output, iter_answers, iter_records, list_runs
from tesuji.run.opening import open_for
from tesuji.run.progress import Watch
from tesuji.run.recorded import Recorded, changed_answers, run_recorded
from tesuji.run.runner import make_meter, run_entry
from tesuji.task.sample import Answer
from tesuji.task.task import Task

Guard = Callable[[Callable[[str], None]], AbstractContextManager[Any]]
"""What makes Ctrl-C halt a meter (`session.halting`)."""


@dataclass(frozen=True, slots=True)
class Example:
    """One sample, before and after cleaning."""

    sample: str
    raw: str
    cleaned: str
    before: Answer | None
    after: Answer | None
    target: Answer | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A challenger's trial: what it added to the best entry, and how many answers it changed."""

    trial: Trial
    added: tuple[str, ...]
    changed: int


@dataclass(frozen=True, slots=True)
class InputCost:
    """What it would take to try a normaliser: the samples that it changes, and what asking about
    them again costs, by what the recorded outputs did. `usd` is None for an unknown price."""

    name: str
    samples: int
    requests: int
    tokens: int
    seconds: float
    usd: float | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a move. `winner` is better than the best before, None where none is; `among`
    is how many challengers the error was shared by; `stopped` says why not all were tried."""

    move: Move
    relevance: Relevance
    evidence: Evidence
    attempts: tuple[Attempt, ...]
    winner: Trial | None
    among: int
    example: Example | None
    inputs: tuple[InputCost, ...]
    stopped: str | None = None


async def try_challengers(
    task: Task, ledger: Ledger, move: Move, *, budget: Budget | None = None, split: str = "dev",
    watch: Watch | None = None, guard: Guard | None = None,
) -> Tried:  # fmt: skip
    """Run a move's challengers against the best run of a split and let the referee judge.

    Those that differ from the best in their cleaners alone are read from the ledger: no model is
    opened for them. The others share `budget`; without one there are none. A winner is saved to
    `entries/`, and is the best from then on if what it beat was.

    Raises InputError where there is no run yet, and what `run_entry` raises.
    """
    evidence, source = await gather(task, ledger, starting_run(task, ledger, split), watch)
    relevance = move.relevance(evidence)
    if source is None:
        return Tried(move, relevance, evidence, (), None, 1, None, ())
    among = move.reachable(evidence, budget)
    runs: list[RunRow] = []
    stopped = None
    async with AsyncExitStack() as stack:
        live = _Live(stack, budget, guard)
        for proposed in move.challengers(source.entry, evidence, budget):
            entry = _named(task, ledger, proposed)
            if replace(entry, clean=source.entry.clean).digest == source.entry.digest:
                run = await run_recorded(task, ledger, source, entry, watch)
            else:
                made = await live.run(task, ledger, source, entry, watch)
                if isinstance(made, str):
                    stopped = made
                    break
                run = made
                if run.fallbacks > evidence.run.fallbacks:  # cut short: not judged by that
                    stopped = (
                        f"the budget ended within {entry.name}, {run.fallbacks:,} samples have no "
                        "answer yet: the same command with a larger one goes on there"
                    )
                    break
            evidence.tried[entry.digest] = run
            runs.append(run)
    trials, winner = judge_together(task, ledger, evidence.run, runs, among)
    if winner:
        save_entry(task.folder, _entry(winner.run))
    attempts = tuple(_attempt(ledger, evidence, trial) for trial in trials)
    example = _example(task, ledger, evidence, winner, attempts)
    return Tried(
        move, relevance, evidence, attempts, winner, among, example, _costs(evidence), stopped
    )


class _Live:
    """The best entry's model, opened at the first challenger that needs it, and what is left of
    the budget."""

    def __init__(self, stack: AsyncExitStack, budget: Budget | None, guard: Guard | None) -> None:
        self._stack, self._budget, self._guard = stack, budget or Budget(), guard
        self._model: Model | None = None
        self._spent: list[Meter] = []

    async def run(
        self, task: Task, ledger: Ledger, source: Recorded, entry: Entry, watch: Watch | None
    ) -> RunRow | str:
        """The entry's run on the samples of `source`, or why there is none."""
        left = self._left()
        if left is None:
            return "the budget is spent"
        if self._model is None:
            self._model = open_for(task, entry)
            self._stack.push_async_callback(self._model.close)
            await self._model.ready()
        meter = make_meter(task, entry, left)
        self._spent.append(meter)
        with self._guard(meter.halt) if self._guard else nullcontext():
            run = await run_entry(
                task, entry, source.samples, split=source.run.split, model=self._model,
                ledger=ledger, meter=meter, watch=watch,
            )  # fmt: skip
        return run if run.state == "finished" else f"{run.reason}"

    def _left(self) -> Budget | None:
        spent = {
            "seconds": sum(meter.seconds for meter in self._spent[:1]),  # since the first began
            "requests": sum(meter.sent for meter in self._spent),
            "tokens": sum(meter.tokens_in + meter.tokens_out for meter in self._spent),
            "usd": sum(meter.usd or 0.0 for meter in self._spent),
        }
        left = {name: limit - spent[name] for name in spent
                if (limit := getattr(self._budget, name)) is not None}  # fmt: skip
        return Budget(**left) if all(value > 0 for value in left.values()) else None


def _named(task: Task, ledger: Ledger, entry: Entry) -> Entry:
    """The entry under the name that it was run by before, else its own, if no other has that."""
    for run in list_runs(ledger):
        if run.entry_digest == entry.digest and run.entry != "base":
            return replace(entry, name=run.entry)
    taken = entry_path(task.folder, entry.name).exists()
    if taken and load_entry(task.folder, entry.name).digest != entry.digest:
        return replace(entry, name=f"{entry.name[:75]}-{entry.digest[:4]}")
    return entry


def _entry(run: RunRow) -> Entry:
    return from_table(run.entry_table, run.entry, f"run {run.id}")


def _attempt(ledger: Ledger, evidence: Evidence, trial: Trial) -> Attempt:
    entry, best = _entry(trial.run), evidence.entry
    added = [name for name in entry.inputs if name not in best.inputs]
    added += [name for name in entry.clean if name not in best.clean]
    return Attempt(trial, tuple(added), changed_answers(ledger, evidence.run.id, trial.run.id))


def _example(
    task: Task, ledger: Ledger, evidence: Evidence, winner: Trial | None,
    attempts: tuple[Attempt, ...],
) -> Example | None:  # fmt: skip
    """The sample that gained most by the winner, else by the first that changed an answer."""
    shown = winner or next((a.trial for a in attempts if a.changed), None)
    if shown is None:
        return None
    entry = _entry(shown.run)
    before = {row.sample: row for row in iter_answers(ledger, evidence.run.id)}
    sign = 1 if task.metric.higher_is_better else -1
    gains: list[tuple[float, str]] = []
    targets = {sample.id: sample.target for sample in task.split(shown.run.split)}
    for row in iter_answers(ledger, shown.run.id):
        old = before.get(row.sample)
        if old is None or row.output is None or row.answer == old.answer:
            continue
        if row.score is None or old.score is None:
            gain = float(row.answer == targets.get(row.sample))
        else:
            gain = sign * (row.score - old.score)
        gains.append((gain, row.sample))
    if not gains:
        return None
    most = max(gain for gain, _ in gains)
    name = min((sample for gain, sample in gains if gain == most), key=lambda s: (len(s), s))
    record = next(iter_records(ledger, shown.run.id, sample=name))
    if record.output is None:
        return None
    cleaned = clean(
        record.output.text, entry.clean, format=task.format, request=Request(record.messages),
        finish=record.output.finish, language=task.language,
    )  # fmt: skip
    old = before[name]
    raw = record.output.text
    if entry.clean == evidence.entry.clean and old.output is not None:
        raw = getattr(find_output(ledger, old.output), "text", raw)  # another input, another output
    return Example(name, raw, cleaned, old.answer, record.row.answer, targets.get(name))


def _costs(evidence: Evidence) -> tuple[InputCost, ...]:
    usage, entry = evidence.usage, evidence.entry
    costs = []
    for name, count in evidence.inputs.items():
        tokens_in, tokens_out = round(count * usage.tokens_in), round(count * usage.tokens_out)
        costs.append(
            InputCost(
                name, count, round(count * usage.requests), tokens_in + tokens_out,
                count * usage.seconds, cost(entry.model, tokens_in, tokens_out,
                                            evidence.task.prices),
            )
        )  # fmt: skip
    return tuple(costs)
