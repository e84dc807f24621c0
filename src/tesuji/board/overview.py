"""The first page: the best entry, what to do next, all runs, and which of them were kept."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from tesuji import api
from tesuji.reports import PlanReport
from tesuji.run.ledger import (
    FILE,
    Ledger,
    RunRow,
    best_chain,
    finding_counts,
    finding_rates,
    get_best,
    list_runs,
)
from tesuji.task.task import Task


@dataclass(frozen=True, slots=True)
class Line:
    """A run in the list. `fate` is one of the words `is_best`, `kept`, `dropped`, `not_judged` and
    `other_rules`."""

    run: RunRow
    fate: str
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Failure:
    """How often a kind of failure was found in a run."""

    kind: str
    outputs: int
    rate: float


def lines(task: Task, ledger: Ledger) -> list[Line]:
    """All runs, the newest first."""
    runs = list_runs(ledger)
    splits = {run.split for run in runs}
    best = {run.id for split in splits if (run := get_best(ledger, task.digest, split))}
    chains = (best_chain(ledger, task.digest, split) for split in splits)
    kept = {step.run for chain in chains for step in chain}
    judged = {run for (run,) in ledger.rows("SELECT challenger FROM trials")}

    def fate(run: RunRow) -> str:
        if run.id in best:
            return "is_best"
        if run.task_digest != task.digest:
            return "other_rules"
        if run.id in kept:
            return "kept"
        return "dropped" if run.id in judged else "not_judged"

    return [Line(run, fate(run), finding_rates(ledger, run.id)) for run in reversed(runs)]


def failures(ledger: Ledger, run: int) -> list[Failure]:
    """The kinds found in a run, the commonest first."""
    rates = finding_rates(ledger, run)
    return [Failure(kind, n, rates[kind]) for kind, n in finding_counts(ledger, run).items()]


@dataclass
class Checklist:
    """What to do next. The planner goes through all outputs of the best run, which is worth doing
    again only when something was recorded."""

    task: Task
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: tuple[str, PlanReport] | None = None

    def report(self) -> PlanReport:
        """The planner's report on what is recorded now."""
        with self._lock:
            state = self._state()
            if self._known is None or self._known[0] != state:
                self._known = state, api.next_moves(self.task)
            return self._known[1]

    def _state(self) -> str:
        """Changes with whatever a run or a move records when it ends."""
        if not (self.task.folder / FILE).exists():
            return ""
        with Ledger(self.task.folder / FILE) as ledger:
            runs = ledger.rows("SELECT id, state, settled, score, outputs, all_sent FROM runs")
            moves = ledger.rows("SELECT (SELECT max(id) FROM tries), (SELECT max(id) FROM bests)")
            return repr((runs, moves))
