"""Verbs about the best entry and what to do next: best, undo, next_moves."""

from __future__ import annotations

from tesuji.api.opening import open_ledger
from tesuji.errors import InputError
from tesuji.reports import BestReport, Link, PlanReport, UndoReport
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry, entry_of
from tesuji.run.ledger import (
    FILE,
    Ledger,
    RunRow,
    Step,
    best_chain,
    gain_of,
    get_best,
    get_run,
    iter_records,
    redo_best,
    undo_best,
)
from tesuji.session import run_sync
from tesuji.task.sample import Message
from tesuji.task.task import Task


def next_moves(task: Task, *, split: str = "dev", budget: Budget | None = None) -> PlanReport:
    """What to do next: the twelve moves and the steps around them, the most promising first, each
    with its reason, what it may gain, what it costs, and the command.

    Rules judge what is recorded; nothing is sent. `budget` is what is left to spend: what costs
    more is put off.
    """
    from tesuji.moves import MOVES
    from tesuji.moves.looking import look
    from tesuji.moves.planner import plan

    async def judged() -> PlanReport:
        if not (task.folder / FILE).exists():
            return PlanReport(task, plan(await look(task, None, MOVES, split=split, left=budget)))
        with Ledger(task.folder / FILE) as ledger:
            situation = await look(task, ledger, MOVES, split=split, left=budget)
            return PlanReport(task, plan(situation))

    return run_sync(judged())


def best(task: Task, *, sample: str | None = None, split: str = "dev") -> BestReport:
    """The best entry of a split: its TOML, its score, the moves that led to it, and the exact text
    that it sends for a sample (the first of the split, if none is named).

    InputError where there is no best run yet, or no such sample.
    """
    with open_ledger(task) as ledger:
        run = get_best(ledger, task.digest, split)
        if run is None:
            raise InputError(_no_best(ledger, task, split))
        entry = entry_of(run)
        name = task.split(split)[0].id if sample is None else sample
        messages, recorded = _messages(ledger, task, run, entry, name)
        steps = best_chain(ledger, task.digest, split) or [Step(run.id, "run")]
        return BestReport(task, run, entry, tuple(_links(ledger, steps)), name, messages, recorded)


def undo(task: Task, *, redo: bool = False, split: str = "dev") -> UndoReport:
    """The best before becomes the best again; with `redo`, the last undo is taken back.

    Nothing is deleted: runs, outputs and entries stay. InputError where there is nothing to undo
    or to redo.
    """
    with open_ledger(task) as ledger:
        now, was = (redo_best if redo else undo_best)(ledger, task.digest, split)
        return UndoReport(task, now, was, redo)


def _links(ledger: Ledger, steps: list[Step]) -> list[Link]:
    links: list[Link] = []
    for step in steps:
        gain = gain_of(ledger, links[-1].run.id, step.run) if links else None
        links.append(Link(get_run(ledger, step.run), step.move, gain))
    return links


def _messages(
    ledger: Ledger, task: Task, run: RunRow, entry: Entry, name: str
) -> tuple[tuple[Message, ...], bool]:
    """The text sent for a sample as it is recorded; where nothing is, as it would be rendered."""
    from tesuji.run.asking import render
    from tesuji.task.inputs import prepare

    record = next(iter_records(ledger, run.id, sample=name, limit=1), None)
    if record is not None and record.messages:
        return record.messages, True
    found = next((one for one in task.split(run.split) if one.id == name), None)
    if found is None:
        raise InputError(f"the split {run.split} has no sample '{name}'")
    return render(task, entry, prepare(found, entry.inputs)), False


def _no_best(ledger: Ledger, task: Task, split: str) -> str:
    if ledger.row("SELECT 1 FROM runs WHERE split = ? AND task_digest = ?", split, task.digest):
        return (
            f"there is no best run on {split} yet: only a finished run on the whole split can be; "
            "`tesuji run` goes on with what was begun"
        )
    if ledger.row("SELECT 1 FROM runs WHERE split = ?", split):
        return (
            f"the runs on {split} were scored on other data or by another metric than the "
            "competition has now: run one again first (recorded outputs are not re-sent)"
        )
    return f"there is no run on {split} yet: begin with `tesuji first`, then `tesuji run`"
