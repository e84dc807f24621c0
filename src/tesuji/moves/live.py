"""What a move runs its challengers with: models by their URI, and one budget over all runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from dataclasses import fields, replace
from types import TracebackType
from typing import Any, cast

from tesuji.baselines.uri import is_baseline
from tesuji.errors import BudgetSpentError
from tesuji.models.base import Model, Output, Request
from tesuji.models.several import Several
from tesuji.run.allocator import Claim
from tesuji.run.block import Answered, answer_block
from tesuji.run.budget import Budget, Meter, make_budget
from tesuji.run.entry import Entry, entry_path, load_entry
from tesuji.run.ledger import Ledger, RunRow, list_runs
from tesuji.run.opening import open_uri
from tesuji.run.progress import Watch
from tesuji.run.runner import make_meter, run_entry
from tesuji.run.scheduler import Scheduler
from tesuji.task.sample import Sample
from tesuji.task.task import Task

Guard = Callable[[Callable[[str], None]], AbstractContextManager[Any]]
"""What makes Ctrl-C halt a meter (`session.halting`)."""

_SPENT = "the budget is spent"


class Live:
    """Use as an asynchronous context manager: models are opened when first asked for, and closed at
    the end.

    `budget` is for all runs together; a run also keeps the competition's own limits. `stopped` says
    why nothing more will be run (the budget, Ctrl-C), `samples` are those that a challenger is run
    on unless it is said otherwise.
    """

    def __init__(
        self, task: Task, ledger: Ledger, samples: Sequence[Sample], *, split: str = "dev",
        budget: Budget | None = None, guard: Guard | None = None, watch: Watch | None = None,
    ) -> None:  # fmt: skip
        self.task, self.ledger, self.samples, self.split = task, ledger, samples, split
        self.budget, self.watch = budget or Budget(), watch
        self.stopped: str | None = None
        self._guard = guard
        self._stack = AsyncExitStack()
        self._models: dict[tuple[str, bool], Model] = {}
        self._spent: list[Meter] = []
        self._asking: list[Meter] = []  # those of them whose requests go to models

    async def __aenter__(self) -> Live:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def model(self, entry: Entry) -> Model:
        """The entry's model, reached and ready. ModelUnavailableError and its like."""
        own = await self._open(entry, entry.model)
        others = {name: await self._open(entry, uri) for name, uri in entry.models.items()}
        return cast("Model", Several(own, others)) if others else own

    async def _open(self, entry: Entry, uri: str) -> Model:
        key = uri, entry.sampling.stop_loops
        if key not in self._models:
            opened = open_uri(self.task, entry, uri)
            self._stack.push_async_callback(opened.close)
            await opened.ready()
            self._models[key] = opened
        return self._models[key]

    def named(self, entry: Entry) -> Entry:
        """The entry under the name that it was run by before, else its own, if no other has it."""
        for run in list_runs(self.ledger):
            if run.entry_digest == entry.digest and run.entry != "base":
                return replace(entry, name=run.entry)
        folder = self.task.folder
        taken = entry_path(folder, entry.name).exists()
        if taken and load_entry(folder, entry.name).digest != entry.digest:
            return replace(entry, name=f"{entry.name[:75]}-{entry.digest[:4]}")
        return entry

    @property
    def sent(self) -> int:
        """How many requests went to models; what a baseline computes is none."""
        return sum(meter.sent for meter in self._asking)

    def left(self) -> Budget | None:
        """What is left of the budget; None where nothing more may be sent."""
        spent = {
            # From the first run on: the runs follow each other, with the search between them.
            "seconds": self._spent[0].seconds if self._spent else 0.0,
            "requests": self.sent,
            "tokens": sum(meter.tokens_in + meter.tokens_out for meter in self._spent),
            "usd": sum(meter.usd or 0.0 for meter in self._spent),
        }
        left = {name: limit - spent[name] for name in spent
                if (limit := getattr(self.budget, name)) is not None}  # fmt: skip
        if self.stopped or not all(value > 0 for value in left.values()):
            return None
        return Budget(**left)

    async def run(self, entry: Entry, samples: Sequence[Sample] | None = None) -> RunRow:
        """The entry's run on `samples` (default: all), within what is left of the budget.

        An entry that was run on them before sends nothing. A run that the budget ended is
        `cut_short`; one that Ctrl-C ended has the state "stopped". BudgetSpentError, with nothing
        done, where nothing is left.
        """
        model = await self.model(entry)
        meter = self.meter(entry)
        with self._guard(meter.halt) if self._guard else nullcontext():
            run = await run_entry(
                self.task, entry, self.samples if samples is None else samples,
                split=self.split, model=model, ledger=self.ledger, meter=meter, watch=self.watch,
            )  # fmt: skip
        if run.state != "finished":
            self.stopped = run.reason or "stopped"
        return run

    async def generate(self, entry: Entry, request: Request) -> tuple[Output, bool]:
        """One request to the entry's model outside any run: its output, and whether it was recorded
        before. It is recorded, and counted, like any other."""
        model = await self.model(entry)
        meter = self.meter(entry)
        with self._guard(meter.halt) if self._guard else nullcontext():
            output, _, known = await Scheduler(model, self.ledger, meter).generate(
                request, Claim(1)
            )
        if meter.halted:
            self.stopped = meter.halted
        return output, known

    async def answers(
        self, asked: Sequence[tuple[Entry, Sample]], called: str = "race"
    ) -> list[Answered]:
        """Answers of entries on one model to samples, outside any run, in the order asked for.

        They are recorded and counted like any others. One without a row is what the budget or
        Ctrl-C left out. BudgetSpentError, with nothing done, where nothing is left.
        """
        if not asked:
            return []
        first, _ = asked[0]
        model = await self.model(first)
        meter = self.meter(first)
        with self._guard(meter.halt) if self._guard else nullcontext():
            found = await answer_block(
                self.task, asked, model=model, ledger=self.ledger, meter=meter, watch=self.watch,
                called=called,
            )  # fmt: skip
        if meter.halted:
            self.stopped = meter.halted
        return found

    def meter(self, entry: Entry) -> Meter:
        """A meter of what is left, for one run; BudgetSpentError where nothing is."""
        left = self.left()
        if left is None:
            raise BudgetSpentError(self.stopped or _SPENT)
        budget = self._tightest(left)
        if is_baseline(entry.model):
            budget = replace(budget, requests=None)
        meter = make_meter(self.task, entry, budget)
        self._spent.append(meter)
        if not is_baseline(entry.model):
            self._asking.append(meter)
        return meter

    def cut_short(self, run: RunRow, best: RunRow | None) -> bool:
        """Whether the budget (not the competition's own limits) ended a finished run that was left
        whole with the best one."""
        if self.budget == Budget() or run.state != "finished":
            return False
        more = run.fallbacks > (best.fallbacks if best else 0)
        return more or (run.reason is not None and (best is None or best.reason is None))

    def _tightest(self, left: Budget) -> Budget:
        own = make_budget(self.task.limits)
        limits = {}
        for field in fields(Budget):
            given = [v for b in (left, own) if (v := getattr(b, field.name)) is not None]
            limits[field.name] = min(given, default=None)
        return Budget(**limits)
