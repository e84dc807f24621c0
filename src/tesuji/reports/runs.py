"""The reports of one run and of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tesuji.diagnose import Diagnosed
from tesuji.notebook import table
from tesuji.reports.words import cost_text, counts_text, rates_text, score_text
from tesuji.run.ledger import RunRow
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.compare.reuse import Reuse
    from tesuji.compare.trial import Trial


@dataclass(frozen=True)
class RunReport:
    """What a run came to, and how it did against the best before it.

    `failure` is why the first of the failed requests failed; `examples` has one output with its
    surest finding for each kind, `history` the rate of each kind over the run, in equal parts,
    `alarms` what was said of rising rates while it ran.
    """

    task: Task
    trial: Trial
    findings: Mapping[str, float]
    failure: str | None = None
    examples: tuple[Diagnosed, ...] = ()
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()

    @property
    def run(self) -> RunRow:
        """The run's row in the ledger."""
        return self.trial.run

    @property
    def score(self) -> float | None:
        """The run's score by the task's metric."""
        return self.trial.run.score

    def to_json(self) -> dict[str, Any]:
        """The run, its failure rates, and the comparison with the best before it."""
        comparison = self.trial.comparison
        return {
            "run": asdict(self.run),
            "findings": dict(self.findings),
            "examples": [_example(one) for one in self.examples],
            "history": {kind: list(rates) for kind, rates in self.history.items()},
            "alarms": list(self.alarms),
            "best_before": self.trial.before and self.trial.before.id,
            "comparison": comparison and asdict(comparison),
            "kept": self.trial.kept,
            "failure": self.failure,
        }

    def _repr_html_(self) -> str:
        comparison = self.trial.comparison
        return table(
            [
                ("entry", f"{self.run.entry} on {self.run.model}"),
                (self.run.metric, score_text(self.run)),
                ("samples", counts_text(self.run)),
                ("findings", rates_text(self.findings)),
                *(
                    ("example", f"{one.findings[0].kind}: {one.text[:200]}")
                    for one in self.examples
                ),
                *(("alarm", alarm) for alarm in self.alarms),
                *([("failure", self.failure)] if self.failure else []),
                *([("against the best", comparison.sentence())] if comparison else []),
            ],
            (f"run {self.run.id}", self.run.state),
        )


@dataclass(frozen=True)
class RunsReport:
    """All runs of a competition. `best` holds the numbers of the best ones.

    `examples` are outputs of the newest run, one for each kind of failure in it; `judged` says of
    each split how many challengers it has judged.
    """

    task: Task
    rows: tuple[RunRow, ...]
    findings: Mapping[int, Mapping[str, float]]
    best: set[int]
    examples: tuple[Diagnosed, ...] = ()
    judged: tuple[Reuse, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """All runs with their failure rates."""
        return {
            "runs": [
                asdict(row) | {"findings": self.findings[row.id], "best": row.id in self.best}
                for row in self.rows
            ],
            "judged": [asdict(one) for one in self.judged],
        }

    def _repr_html_(self) -> str:
        return table(
            [
                (
                    f"{row.id}{' ★' if row.id in self.best else ''}", row.entry, row.model,
                    row.split, score_text(row), counts_text(row), cost_text(row),
                    rates_text(self.findings[row.id]), row.state,
                )
                for row in self.rows
            ],
            ("run", "entry", "model", "split", self.task.metric.name, "samples", "cost", "findings",
             ""),
        )  # fmt: skip


def _example(one: Diagnosed) -> dict[str, Any]:
    return {"sample": one.id, "output": one.text, "finding": asdict(one.findings[0])}
