"""Trials: a challenger's run against the best so far, and who is the best from then on."""

from __future__ import annotations

from dataclasses import dataclass

from tesuji.compare.comparison import Comparison
from tesuji.compare.paired import compare_scores
from tesuji.compare.whole import compare_whole
from tesuji.errors import InputError
from tesuji.run.ledger import (
    Ledger,
    RunRow,
    get_best,
    iter_answers,
    paired_scores,
    record_trial,
    set_best,
)
from tesuji.task.task import Task

# Every run waits for its comparison, and a call of scikit-learn's macro F1 takes 4 ms for 40
# samples, 28 ms for 10,000: 400 resamples of two runs are 3 s. 200 still tell p = 0.01.
_RESAMPLES, _FEWEST = 400, 200
_WORK = 2_000_000  # samples in all resamples together


@dataclass(frozen=True, slots=True)
class Trial:
    """A run and how it did against the best before it.

    `before` and `comparison` are None where there was nothing to compare with; `kept` says if
    the run is the best now.
    """

    run: RunRow
    before: RunRow | None
    comparison: Comparison | None
    kept: bool


def compare_runs(task: Task, ledger: Ledger, a: RunRow, b: RunRow) -> Comparison:
    """Is run `b` better than run `a`, on the samples that both have a score for?

    InputError where the two cannot be compared: other metric, other task, no common sample.
    """
    for run in (a, b):
        if run.task_digest != task.digest:
            raise InputError(
                f"run {run.id} ({run.entry}) was scored on other data or by another metric than "
                "the competition has now: run it again first (recorded outputs are not re-sent)"
            )
    if a.split != b.split:
        raise InputError(
            f"run {a.id} is on the split {a.split}, run {b.id} on {b.split}: only runs on the same "
            "samples can be compared"
        )
    if task.metric.sample is None:
        return _compare_whole(task, ledger, a, b)
    pairs = paired_scores(ledger, a.id, b.id)
    if not pairs:
        raise InputError(f"runs {a.id} and {b.id} have no sample in common that both scored")
    return compare_scores(
        [score for _, score, _ in pairs],
        [score for _, _, score in pairs],
        higher_is_better=task.metric.higher_is_better,
        zero_one=task.metric.zero_one,
    )


def _compare_whole(task: Task, ledger: Ledger, a: RunRow, b: RunRow) -> Comparison:
    targets = {sample.id: sample.target for sample in task.split(a.split)}
    first, second = (
        {row.sample: row.answer for row in iter_answers(ledger, run.id) if row.state != "error"}
        for run in (a, b)
    )
    common = sorted(s for s in first.keys() & second.keys() if targets.get(s) is not None)
    if not common:
        raise InputError(f"runs {a.id} and {b.id} have no sample in common that both answered")
    return compare_whole(
        task.metric.whole,
        [first[s] for s in common],
        [second[s] for s in common],
        [targets[s] for s in common],
        higher_is_better=task.metric.higher_is_better,
        resamples=min(_RESAMPLES, max(_FEWEST, _WORK // len(common))),
    )


def judge(task: Task, ledger: Ledger, run: RunRow) -> Trial:
    """Compare a finished run with the best so far; keep it as the best only if it is better.

    The first finished run on a whole split is the best for want of another. A run on fewer
    samples than the best is compared but never kept.
    """
    best = get_best(ledger, run.task_digest, run.split)
    if run.state != "finished" or run.score is None or (best and best.id == run.id):
        return Trial(run, None, None, kept=bool(best and best.id == run.id))
    if best is None:
        whole = run.total == len(task.split(run.split))
        if whole:
            set_best(ledger, run)
        return Trial(run, None, None, kept=whole)
    comparison = compare_runs(task, ledger, best, run)
    record_trial(ledger, best.id, run.id, comparison)
    kept = comparison.verdict == "better" and run.total >= best.total
    if kept:
        set_best(ledger, run)
    return Trial(run, best, comparison, kept)
