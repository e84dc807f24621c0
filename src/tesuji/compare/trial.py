"""Trials: a challenger's run against the best so far, and who is the best from then on."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace

from tesuji.compare.comparison import Comparison, decide
from tesuji.compare.many import max_statistic
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
_TAIL = 60  # resamples for each of several challengers: their tails are that much thinner
_ERROR = 0.05


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


def compare_runs(
    task: Task, ledger: Ledger, a: RunRow, b: RunRow, among: int = 1,
    samples: Collection[str] | None = None,
) -> Comparison:  # fmt: skip
    """Is run `b` better than run `a`, on the samples that both have a score for?

    `among` is how many challengers `b` is picked from: the more, the surer it must be (see
    `judge_together`). With `samples`, only those count: the ids that `b` was not picked on.

    InputError where the two cannot be compared: other metric, other task, no common sample.
    """
    _check_comparable(task, a, b)
    if task.metric.sample is None:
        return _compare_whole(task, ledger, a, b, among, samples)
    pairs = _pairs(ledger, a, b, samples)
    return _adjusted(_compare_pairs(task, b.split, pairs, shared_confidence(among)), among)


def _check_comparable(task: Task, a: RunRow, b: RunRow) -> None:
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


def _pairs(
    ledger: Ledger, a: RunRow, b: RunRow, samples: Collection[str] | None
) -> list[tuple[str, float, float]]:
    pairs = paired_scores(ledger, a.id, b.id)
    if samples is not None:
        pairs = [pair for pair in pairs if pair[0] in samples]
    if not pairs:
        raise InputError(f"runs {a.id} and {b.id} have no sample in common that both scored")
    return pairs


def _compare_pairs(
    task: Task, split: str, pairs: Sequence[tuple[str, float, float]], confidence: float
) -> Comparison:
    """Of (sample, score in a, score in b)."""
    return compare_scores(
        [score for _, score, _ in pairs],
        [score for _, _, score in pairs],
        higher_is_better=task.metric.higher_is_better,
        zero_one=task.metric.zero_one,
        confidence=confidence,
        groups=_groups(task, split, [sample for sample, _, _ in pairs]),
    )


def _groups(task: Task, split: str, samples: Sequence[str]) -> list[Hashable] | None:
    """The samples' groups, where `[split] group` names a column; one without is its own."""
    known = task.groups.get(split)
    return None if known is None else [known.get(sample, ("", sample)) for sample in samples]


def shared_confidence(among: int) -> float:
    """The confidence at which each of `among` comparisons is made, so that all together err in at
    most one case of twenty."""
    return 1 - _ERROR / among


def _adjusted(comparison: Comparison, among: int) -> Comparison:
    if among == 1:
        return comparison
    method = f"{comparison.method}, Bonferroni over {among}"
    return replace(comparison, p=min(1.0, comparison.p * among), method=method)


def _compare_whole(
    task: Task, ledger: Ledger, a: RunRow, b: RunRow, among: int, samples: Collection[str] | None
) -> Comparison:
    targets = {sample.id: sample.target for sample in task.split(a.split)}
    first, second = (
        {row.sample: row.answer for row in iter_answers(ledger, run.id) if row.state != "error"}
        for run in (a, b)
    )
    common = sorted(
        s for s in first.keys() & second.keys()
        if targets.get(s) is not None and (samples is None or s in samples)
    )  # fmt: skip
    if not common:
        raise InputError(f"runs {a.id} and {b.id} have no sample in common that both answered")
    resamples = min(_RESAMPLES, max(_FEWEST, _WORK // len(common)))
    comparison = compare_whole(
        task.metric.whole,
        [first[s] for s in common],
        [second[s] for s in common],
        [targets[s] for s in common],
        higher_is_better=task.metric.higher_is_better,
        confidence=shared_confidence(among),
        resamples=max(resamples, _TAIL * among),
        groups=_groups(task, a.split, common),
    )
    return _adjusted(comparison, among)


def _compare_together(
    task: Task, ledger: Ledger, best: RunRow, runs: Sequence[RunRow], among: int,
    samples: Collection[str] | None,
) -> list[Comparison]:  # fmt: skip
    """Each run against `best`, so that all together err in at most one case of twenty."""
    if len(runs) <= 1 or task.metric.sample is None:
        return _one_by_one(task, ledger, best, runs, among, samples)
    for run in runs:
        _check_comparable(task, best, run)
    pairs = [_pairs(ledger, best, run, samples) for run in runs]
    common = sorted({sample for rows in pairs for sample, _, _ in rows})
    sign = 1 if task.metric.higher_is_better else -1
    gains = []
    for rows in pairs:
        known = {sample: sign * (b - a) for sample, a, b in rows}
        gains.append([known.get(sample, math.nan) for sample in common])
    shared = max_statistic(
        gains, among=among, groups=_groups(task, best.split, common), error=_ERROR
    )
    told = f"max-statistic over {len(runs)}" + (f" of {among}" if among > len(runs) else "")
    return [
        _told(_compare_pairs(task, best.split, rows, 1 - level), p, told)
        for rows, p, level in zip(pairs, shared.p, shared.level, strict=True)
    ]


def _one_by_one(
    task: Task, ledger: Ledger, best: RunRow, runs: Sequence[RunRow], among: int,
    samples: Collection[str] | None,
) -> list[Comparison]:  # fmt: skip
    """Holm's step-down: once the surest is told from the best, the next shares with one less."""
    compared = {run.id: compare_runs(task, ledger, best, run, among, samples) for run in runs}
    for step, run in enumerate(sorted(runs, key=lambda run: compared[run.id].p)):
        if step:
            compared[run.id] = compare_runs(task, ledger, best, run, among - step, samples)
        if compared[run.id].verdict == "can't tell":
            break
    return [compared[run.id] for run in runs]


def _told(comparison: Comparison, p: float, told: str) -> Comparison:
    """The comparison with its p adjusted, and the verdict that follows."""
    verdict = decide(comparison.gain, comparison.low, comparison.high, p, 1 - _ERROR)
    return replace(comparison, p=p, verdict=verdict, method=f"{comparison.method}, {told}")


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


def judge_together(
    task: Task, ledger: Ledger, best: RunRow, runs: Sequence[RunRow], among: int,
    move: str | None = None, samples: Collection[str] | None = None,
) -> tuple[list[Trial], Trial | None]:  # fmt: skip
    """Compare several challengers with one run; the trials, and the one that wins, if one does.

    The best of several on the samples that judge it looks better than it is, so they share an
    error of 0.05: the chance that any is called better when none is stays below it. By the
    max-statistic where the metric has a value per sample, else by Holm's step-down (`many`).
    `among` counts all challengers that could have come to be compared, those that a search did
    not reach too: a search that follows the scores may end at any of them. To choose on one half
    of the samples and judge on the other would allow as many as one likes, but costs half of the
    samples: for 80 % power at k = 7 different challengers the correction needs 1.6 times as many,
    at 30 twice as many, so up to there it is the better deal; alike ones need fewer. A move that
    searches wider than that says on which `samples` its runs were not chosen: they are judged on
    those alone.

    The winner, the best score of those that are better, becomes the best of its split if `best`
    was. `move` is what the ledger is told that it came from.
    """
    scored = [run for run in runs if run.score is not None and run.state == "finished"]
    compared = dict(
        zip(
            [run.id for run in scored],
            _compare_together(task, ledger, best, scored, max(among, len(scored)), samples),
            strict=True,
        )
    )
    for run in scored:
        record_trial(ledger, best.id, run.id, compared[run.id], move)
    trials = [Trial(run, best, compared.get(run.id), kept=False) for run in runs]
    won = [t for t in trials if t.comparison and t.comparison.verdict == "better"]
    if not won:
        return trials, None
    sign = 1 if task.metric.higher_is_better else -1
    winner = max(won, key=lambda trial: sign * (trial.run.score or 0.0))
    today = get_best(ledger, best.task_digest, best.split)
    if today and today.id == best.id and winner.run.total >= best.total:
        set_best(ledger, winner.run, move or "run")
        kept = replace(winner, kept=True)
        return [kept if trial is winner else trial for trial in trials], kept
    return trials, winner


def compare_only(
    task: Task, ledger: Ledger, best: RunRow | None, runs: Sequence[RunRow], move: str | None = None
) -> list[Trial]:
    """Trials of runs that are not to be the best, whatever they come to: each stands alone."""
    trials = []
    for run in runs:
        comparison = None
        if best is not None and run.score is not None and run.state == "finished":
            comparison = compare_runs(task, ledger, best, run)
            record_trial(ledger, best.id, run.id, comparison, move)
        trials.append(Trial(run, best, comparison, kept=False))
    return trials


def judge_first(
    task: Task, ledger: Ledger, runs: Sequence[RunRow], move: str = "run"
) -> tuple[list[Trial], Trial | None]:
    """Trials where there was no best run to compare with: the best score on the whole split becomes
    the best, for want of another."""
    trials = [Trial(run, None, None, kept=False) for run in runs]
    whole = [
        trial for trial in trials
        if trial.run.state == "finished" and trial.run.score is not None
        and trial.run.total == len(task.split(trial.run.split))
    ]  # fmt: skip
    if not whole:
        return trials, None
    sign = 1 if task.metric.higher_is_better else -1
    top = max(whole, key=lambda trial: sign * (trial.run.score or 0.0))
    set_best(ledger, top.run, move)
    kept = replace(top, kept=True)
    return [kept if trial is top else trial for trial in trials], kept
