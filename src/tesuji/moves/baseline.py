"""The move `baseline`: what can be had without any LLM, as the floor that one must beat.

Each method that can serve the task is a challenger; it is fitted to the training rows alone, and
the referee judges it on the dev split like any entry. It needs no earlier run: it may well be the
first thing that is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tesuji.baselines.uri import SCHEME, is_baseline, parse_uri
from tesuji.errors import ConfigError
from tesuji.moves.move import Attempt, Evidence, Relevance, Table
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry, baseline_entry
from tesuji.run.fitting import training_pool
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.baselines.fitted import Fitted
    from tesuji.baselines.methods import Method
    from tesuji.baselines.pool import Pool

_QUICK = ("constant", "copy", "rules")
"""Methods that are fitted again just to say how they answer."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Constants, copies, rules, neighbours and classic models (`tesuji.moves.Move`).

    `methods`: only these; by default all that can serve the task.
    """

    name: ClassVar[str] = "baseline"
    does: ClassVar[str] = "answer without an LLM: constants, rules, neighbours, classic models"
    needs_run: ClassVar[bool] = False
    methods: tuple[str, ...] = ()

    def check(self, task: Task) -> None:
        """ConfigError for a method that does not exist; of those named, why one cannot serve."""
        from tesuji.baselines.methods import check_serves, find_method, serving

        pool = training_pool(task)
        for name in self.methods:
            check_serves(find_method(name), pool)
        if not self.methods and not serving(pool):
            raise ConfigError(f"{task.folder}: there are no training rows to fit a baseline to")

    def relevance(self, evidence: Evidence) -> Relevance:
        """What a floor can be built from; gained is at most what the best so far leaves."""
        pool = training_pool(evidence.task)
        methods = [method.name for method in self._methods(pool)]
        why = (
            f"no LLM: {', '.join(methods) or 'nothing'} can be fitted to {len(pool):,} training "
            f"rows with answers of the format {pool.shape.name!r}"
        )
        if evidence.run is None:
            return Relevance(f"{why}; there is no run yet, and this is the floor", 1.0, 0)
        if is_baseline(evidence.entry.model):
            return Relevance(f"the best so far, {evidence.entry.name}, is a baseline", 0.0, 0)
        score, metric = evidence.run.score, evidence.task.metric
        left = 1.0
        if score is not None and metric.best == 1.0 and metric.higher_is_better:
            left = min(max(1.0 - score, 0.0), 1.0)
        return Relevance(why, left if methods else 0.0, 0)

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """One entry a method, the simplest first. None sends anything."""
        for entry in self._entries(evidence.task):
            if entry.digest != best.digest or evidence.run is None:
                yield entry

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """As many as there are methods."""
        entries = self._entries(evidence.task)
        best = evidence.entry.digest if evidence.run is not None else ""
        return max(1, sum(entry.digest != best for entry in entries))

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        """How each method answers, its score on the training rows, and on the dev split."""
        from tesuji.baselines.methods import METHODS

        pool = training_pool(evidence.task)
        scores = {attempt.trial.run.model: attempt.trial.run.score for attempt in attempts}
        if evidence.run is not None:
            scores.setdefault(evidence.run.model, evidence.run.score)
        rows: list[tuple[str | float | None, ...]] = []
        for method in METHODS.values():
            uri = f"{SCHEME}{method.name}"
            if self.methods and method.name not in self.methods:
                continue
            missing, why = method.missing(), method.serves(pool)
            if missing is not None:
                rows.append((method.name, None, None, "needs pip install 'tesuji[baseline]'"))
            elif why is not None:
                rows.append((method.name, None, None, f"– ({why})"))
            elif uri in scores:
                fitted = _fitted(evidence.task, method)
                cv, words = (fitted.score, fitted.words) if fitted else (None, method.does)
                rows.append((method.name, cv, scores[uri], words))
        split = evidence.split
        return [
            Table(
                "baselines", ("method", "training rows", split, "how it answers"), tuple(rows),
                f"{pool.metric.name}; training rows: cross-validated on {len(pool):,} of them, "
                f"with what was chosen there; no row of {split} was used",
            )
        ]  # fmt: skip

    def _entries(self, task: Task) -> list[Entry]:
        return [
            baseline_entry(f"{SCHEME}{method.name}")
            for method in self._methods(training_pool(task))
        ]

    def _methods(self, pool: Pool) -> list[Method]:
        from tesuji.baselines.methods import serving

        return [m for m in serving(pool) if not self.methods or m.name in self.methods]


def _fitted(task: Task, method: Method) -> Fitted | None:
    """What the runs have just fitted; fitted again where they came from the ledger and it is
    quick."""
    from tesuji.baselines.model import fitted_before, fitted_once

    uri = parse_uri(f"{SCHEME}{method.name}")
    pool = training_pool(task, uri)
    return fitted_once(uri, pool) if method.name in _QUICK else fitted_before(uri, pool)
