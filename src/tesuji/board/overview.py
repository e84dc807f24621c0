"""All runs of a competition, and which of them were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tesuji.board.standing import Standing, standing
from tesuji.run.ledger import Ledger, RunRow, best_chain, finding_rates, get_best, list_runs
from tesuji.task.task import Task


@dataclass(frozen=True, slots=True)
class Line:
    """A run in the list. `fate` is one of the words `is_best`, `kept`, `dropped`, `not_judged` and
    `other_rules`; `standing` is there while it goes on."""

    run: RunRow
    fate: str
    rates: Mapping[str, float]
    standing: Standing | None = None


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

    return [
        Line(run, fate(run), finding_rates(ledger, run.id),
             standing(ledger, run) if run.state == "running" else None)
        for run in reversed(runs)
    ]  # fmt: skip
