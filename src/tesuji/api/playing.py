"""Verbs that ask a model: first, run, try_move, predict."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.api.opening import best_entry, find_entry, open_ledger
from tesuji.errors import InputError
from tesuji.reports import FirstReport, PredictReport, RunReport, TryReport
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry, save_entry
from tesuji.run.ledger import (
    FILE,
    Ledger,
    RunRow,
    finding_examples,
    finding_rates,
    iter_answers,
    rate_history,
    read_alarms,
    read_rates,
)
from tesuji.run.runner import make_meter, run_entry
from tesuji.session import halting, run_sync, with_model
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.models.base import Model
    from tesuji.run.progress import Watch


def first(
    task: Task, model: str | None = None, *, entry: Entry | str | None = None, n: int = 1,
    split: str = "dev",
) -> FirstReport:  # fmt: skip
    """Look at what the model really writes on the first `n` samples of a split."""
    from tesuji.run.first import first_move

    if n < 1:
        raise InputError(f"n is {n}; it must be at least 1")
    chosen = find_entry(task, entry, model)
    samples = task.split(split)[:n]

    async def look(ledger: Ledger, backend: Model) -> FirstReport:
        moves = await first_move(task, chosen, samples, model=backend, ledger=ledger)
        return FirstReport(task, chosen, tuple(moves))

    return with_model(task, chosen, look)


def run(
    task: Task, model: str | None = None, *, entry: Entry | str | None = None, split: str = "dev",
    limit: int | None = None, budget: Budget | None = None, watch: Watch | None = None,
    on_interrupt: Callable[[], None] | None = None, stop_when: Sequence[str] = (),
) -> RunReport:  # fmt: skip
    """Answer a split with an entry, score it, and compare it in pairs with the best so far.

    The entry becomes the best only if the referee says it is better. A run that was interrupted
    goes on where it was; one that is finished sends nothing. The entry is saved to `entries/`.
    `on_interrupt` is called at the first Ctrl-C, when requests in flight are still awaited.
    `stop_when` are rules such as "loop>20%": the run stops once that is surely so.
    """
    from tesuji.compare.trial import judge
    from tesuji.run.alarms import parse_stop_rule

    rules = [parse_stop_rule(rule) for rule in stop_when]
    chosen = find_entry(task, entry, model)
    samples = task.split(split)
    if limit is not None:
        if limit < 1:
            raise InputError(f"limit is {limit}; it must be at least 1")
        samples = samples[:limit]
    answer_all = partial(
        run_entry, task, chosen, samples, split=split, watch=watch, stop_when=rules
    )

    async def answer(ledger: Ledger, backend: Model) -> RunReport:
        if chosen.name != "base":
            save_entry(task.folder, chosen)
        meter = make_meter(task, chosen, budget)
        with halting(meter.halt, on_interrupt):
            row = await answer_all(model=backend, ledger=ledger, meter=meter)
        failures = (a.reason for a in iter_answers(ledger, row.id) if a.state == "error")
        failure = next(failures, None) if row.errors else None
        trial = judge(task, ledger, row)
        return RunReport(
            task, trial, finding_rates(ledger, row.id), failure,
            tuple(finding_examples(ledger, row.id)), _history(ledger, row),
            tuple(words for _, words in read_alarms(ledger, row.id)),
        )  # fmt: skip

    return with_model(task, chosen, answer)


def _history(ledger: Ledger, run: RunRow) -> dict[str, list[float]]:
    points = read_rates(ledger, run.id)
    kinds = dict.fromkeys(kind for point in points for kind in point.hits)
    return {kind: rate_history(points, kind) for kind in kinds}


def try_move(
    task: Task, move: str, *, budget: Budget | None = None, watch: Watch | None = None,
    on_interrupt: Callable[[], None] | None = None, **settings: Any,
) -> TryReport:  # fmt: skip
    """Try one of the next moves on the best run so far; what is better becomes the best.

    `settings` are the move's own, such as `models=["openai:gpt-5-mini"]` or `inputs=True`;
    `budget` is for all of its challengers together, each of which also keeps the competition's
    limits. `process` cleans the recorded outputs and asks no model without a budget.

    InputError for an unknown move, or where there is no run yet and the move needs one; ConfigError
    for a setting that the move has not.
    """
    from tesuji.moves import find_move
    from tesuji.moves.move import asks, needs_run
    from tesuji.moves.trying import try_challengers

    chosen = find_move(move, settings)
    if budget is None and asks(chosen):
        budget = Budget()
    if needs_run(chosen):
        open_ledger(task).close()

    async def attempt() -> TryReport:
        with Ledger(task.folder / FILE) as ledger:
            tried = await try_challengers(
                task, ledger, chosen, budget=budget, watch=watch,
                guard=lambda halt: halting(halt, on_interrupt),
            )  # fmt: skip
            return TryReport(task, tried)

    return run_sync(attempt())


def predict(
    task: Task, model: str | None = None, *, entry: Entry | str | None = None,
    split: str = "test", path: Path | str | None = None, budget: Budget | None = None,
    watch: Watch | None = None, on_interrupt: Callable[[], None] | None = None,
) -> PredictReport:  # fmt: skip
    """Answer the test split with the best entry so far and write a checked submission.

    Every row gets an answer: where a request failed or nothing could be parsed, the format's
    fallback; the report counts them. A run that was interrupted writes nothing. Where
    competition.py makes the submission, that is given the entry, and no row is answered.
    """
    from tesuji.run.predict import write_own, write_predictions
    from tesuji.task.submission import submission_needs

    if split != "test":
        raise InputError(f"a submission is made from the split 'test', not '{split}'")
    chosen = find_entry(task, entry or best_entry(task), model)
    target = Path(path) if path else task.folder / task.own.submission_file
    if task.own.submission is not None:
        _check_place(target)
        return PredictReport(task, None, target, tuple(write_own(task, chosen, target)), {})
    samples = task.split(split)
    _check_writable(target)
    submission_needs(task)  # ConfigError now, not after the run
    answer_all = partial(run_entry, task, chosen, samples, split=split, watch=watch)

    async def answer(ledger: Ledger, backend: Model) -> PredictReport:
        meter = make_meter(task, chosen, budget)
        with halting(meter.halt, on_interrupt):
            row = await answer_all(model=backend, ledger=ledger, meter=meter)
        problems = write_predictions(task, ledger, row, target)
        return PredictReport(task, row, target, tuple(problems), finding_rates(ledger, row.id))

    return with_model(task, chosen, answer)


def _check_writable(path: Path) -> None:
    """Say before a long run, not after it, that its result could not be written."""
    _check_place(path)
    if not path.name.lower().endswith((".csv", ".tsv", ".jsonl")):
        raise InputError(f"{path}: cannot be written: name a .csv, .tsv or .jsonl file")


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path}: cannot be written: it is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: cannot be written: there is no folder {path.parent}; make it")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise InputError(f"{path}: cannot be written: no permission; choose another place")
