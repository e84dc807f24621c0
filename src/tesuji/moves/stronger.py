"""The move `stronger`: how much better a strong model does, on as few samples as tell it.

It measures head-room and keeps nothing: a contest may not allow the model, and the whole split
costs more. What the whole would cost is said, with the command that goes on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import pstdev
from typing import ClassVar

from tesuji.compare.power import detectable, likely_discordance, samples_for
from tesuji.errors import BudgetSpentError, ConfigError, InputError
from tesuji.moves.fit import load_of_run
from tesuji.moves.live import Live
from tesuji.moves.move import Attempt, Evidence, Played, Relevance, Table
from tesuji.moves.naming import named_for
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry, save_entry
from tesuji.run.ledger import Ledger, RunRow, iter_answers
from tesuji.task.sample import Sample
from tesuji.task.task import Task

_GAIN = 0.1  # of 0/1 scores: head-room below ten points is seldom worth another model
_SPREADS = 0.3  # of other scores, in standard deviations of a sample's score
_LEAST = 20


@dataclass(frozen=True, slots=True)
class Stronger:
    """The head-room left (`tesuji.moves.Move`).

    `models`: the strong model. `difference`: the gain that is to be told from none, in the
    metric's units (default 0.1 for 0/1 scores, else 0.3 standard deviations), with a chance of
    `power`. `samples`: how many, instead.
    """

    name: ClassVar[str] = "stronger"
    does: ClassVar[str] = "a strong model on a few samples: the head-room left, and its price"
    models: tuple[str, ...] = ()
    difference: float | None = None
    power: float = 0.8
    samples: int | None = None

    def check(self, task: Task) -> None:
        """ConfigError where there is not one model, or a setting cannot be."""
        if len(self.models) != 1:
            raise ConfigError("stronger takes one model: tesuji try stronger --with URI")
        if self.difference is not None and self.difference <= 0:
            raise ConfigError(f"difference is {self.difference}; it must be above 0")
        if not 0 < self.power < 1:
            raise ConfigError(f"power is {self.power}; it must be between 0 and 1")
        if self.samples is not None and self.samples < 1:
            raise ConfigError(f"samples is {self.samples}; it must be at least 1")

    def relevance(self, evidence: Evidence) -> Relevance:
        """Worth a try wherever answers are wrong."""
        wrong = evidence.stakes.share("wrong") if evidence.stakes.scored else 1.0
        known = self.models[0] if self.models else "name one: --with URI"
        requests = min(evidence.samples, 200) * max(1.0, evidence.usage.requests)
        return Relevance(f"{wrong:.0%} wrong; the strong model: {known}", wrong, round(requests))

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """The same entry on the strong model."""
        yield replace(best, name=named_for(best, "", self.models[0]), model=self.models[0])

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """One."""
        return 1

    async def play(self, task: Task, ledger: Ledger, evidence: Evidence, live: Live) -> Played:
        """The strong model on the subset. InputError where the budget is less than that takes."""
        entry = next(self.challengers(evidence.entry, evidence, live.budget))
        if entry.model == evidence.entry.model:
            raise ConfigError(f"the best entry is on {entry.model} already: name another model")
        rows = self.subset(evidence, ledger)
        _check_budget(evidence, live.budget, rows)
        entry = live.named(entry)
        try:
            run = await live.run(entry, rows)
        except BudgetSpentError as error:
            return Played((), 1, str(error), keep=False)
        if run.state != "finished":
            return Played((), 1, run.reason, keep=False)
        save_entry(task.folder, entry)
        if live.cut_short(run, None):
            left = f"{run.fallbacks:,} of {run.total:,} samples have no answer yet"
            why = (
                f"the budget ended early, {left}: the same command with a larger one goes on there"
            )
            return Played((), 1, why, keep=False)
        return Played((run,), 1, keep=False)

    def subset(self, evidence: Evidence, ledger: Ledger) -> list[Sample]:
        """As many samples as tell the difference, drawn at random but always alike, in order."""
        scores = _scores(evidence, ledger)
        rows = [row for row in evidence.rows if row.id in scores]
        if not rows:
            raise InputError("the best run has no scores to compare with: run it again first")
        wanted = self.samples or self._wanted(evidence, list(scores.values()))
        drawn = random.Random(0).sample(range(len(rows)), min(wanted, len(rows)))
        return [rows[at] for at in sorted(drawn)]

    def _wanted(self, evidence: Evidence, scores: Sequence[float]) -> int:
        if evidence.task.metric.zero_one:
            now = sum(scores) / len(scores)
            gain = min(self.difference or _GAIN, max(1 - now, 1e-3))
            differing = max(likely_discordance(now, min(1.0, now + gain)), gain)
            return max(_LEAST, samples_for(gain, discordance=differing, power=self.power))
        spread = pstdev(scores) or 1.0
        # Paired differences of two entries whose scores correlate by a half spread as one does.
        gain = self.difference or _SPREADS * spread
        return max(_LEAST, samples_for(gain, deviation=spread, power=self.power))

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        """The head-room, and what the strong model would cost on the whole splits."""
        if not attempts:
            return ()
        trial = attempts[0].trial
        return [*_room(evidence, trial.run, attempts[0]), _price(evidence, trial.run)]

    def steps(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[str]:
        """The whole split where it is better; more samples where it can't be told."""
        if not attempts or attempts[0].trial.comparison is None:
            return []
        comparison, run = attempts[0].trial.comparison, attempts[0].trial.run
        if comparison.verdict == "better":
            return [f"run --entry {run.entry}", f"try flow --with {run.model}"]
        if comparison.verdict == "can't tell" and comparison.more and run.total < evidence.samples:
            more = min(evidence.samples, run.total + comparison.more)
            return [f"try stronger --with {run.model} --option samples={more}"]
        return []


def _scores(evidence: Evidence, ledger: Ledger) -> dict[str, float]:
    if evidence.run is None:
        return {}
    if evidence.task.metric.sample is None:  # a metric of the whole: every answer counts alike
        rows = iter_answers(ledger, evidence.run.id)
        return {row.sample: 0.0 for row in rows if row.state != "error"}
    rows = iter_answers(ledger, evidence.run.id)
    return {row.sample: row.score for row in rows if row.score is not None}


def _check_budget(evidence: Evidence, budget: Budget, rows: Sequence[Sample]) -> None:
    each = max(1.0, evidence.usage.requests)
    need = round(len(rows) * each)
    if budget.requests is None or budget.requests >= need:
        return
    few = max(1, int(budget.requests / each))
    told = ""
    if evidence.task.metric.zero_one and evidence.run and evidence.run.score is not None:
        now = min(max(evidence.run.score, 0.05), 0.95)
        smallest = detectable(few, discordance=max(likely_discordance(now, min(1, now + 0.1)), 0.1))
        told = (
            f"; {few:,} samples would tell no difference" if smallest > 1 - now
            else f"; {few:,} samples would tell one of {smallest:.2g}"
        ) + f" (--option samples={few})"  # fmt: skip
    raise InputError(
        f"{budget.requests:,} requests are too few: {len(rows):,} samples tell the difference, "
        f"about {need:,} requests{told}"
    )


def _room(evidence: Evidence, run: RunRow, attempt: Attempt) -> Iterator[Table]:
    comparison = attempt.trial.comparison
    if comparison is None:
        return
    best = evidence.task.metric.best
    rows = (
        ("samples", f"{run.total:,} of {evidence.samples:,}"),
        (evidence.entry.model, f"{comparison.mean_a:.4g}"),
        (run.model, f"{comparison.mean_b:.4g}"),
        ("head-room", f"{comparison.gain:+.3g} ({comparison.low:.3g} … {comparison.high:.3g})"),
        ("left above that", None if best is None else f"{abs(best - comparison.mean_b):.3g}"),
    )
    yield Table("the head-room", ("", ""), rows)


def _price(evidence: Evidence, run: RunRow) -> Table:
    load, task = load_of_run(run), evidence.task
    rows = []
    for split, count in (
        (evidence.split, len(task.split(evidence.split))),
        ("test", len(task.test)),
    ):
        if not count:
            continue
        whole = load.times(count)
        rows.append((split, count, round(whole.requests), round(whole.tokens_in + whole.tokens_out),
                     round(whole.seconds, 1), whole.usd))  # fmt: skip
    heads = ("split", "rows", "requests", "tokens", "s", "US$")
    note = "by what the subset took; a dash: the price is unknown"
    return Table(f"what {run.model} would take", heads, tuple(rows), note)
