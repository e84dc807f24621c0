"""The report of a diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from tesuji.diagnose import Diagnosed, Summary, summary, visible
from tesuji.notebook import table
from tesuji.reports.words import percent


@dataclass(frozen=True)
class DiagnosisReport:
    """Findings in many outputs. They are found anew at each pass, one output at a time.

    `examples` is how many outputs the summary keeps for each kind.
    """

    source: str
    found: Callable[[], Iterator[Diagnosed]]
    examples: int = 1

    @cached_property
    def summary(self) -> Summary:
        """Rates and examples by kind, over all outputs."""
        return summary(self.found(), self.examples)

    def to_json(self) -> dict[str, Any]:
        """The totals: how many outputs, how many clean, how many with each kind of failure."""
        return {
            "source": self.source,
            "outputs": self.summary.total,
            "clean": self.summary.clean,
            "kinds": {
                k.kind: {"outputs": k.count, "rate": k.rate, "fixes": dict(k.fixes)}
                for k in self.summary.kinds
            },
        }

    def records(self) -> Iterator[dict[str, Any]]:
        """One record an output: its id and its findings."""
        for one in self.found():
            yield {"id": one.id, "findings": [asdict(finding) for finding in one.findings]}

    def _repr_html_(self) -> str:
        kinds = self.summary.kinds
        return table(
            [(k.kind, k.count, percent(k.rate), visible(k.example.text)) for k in kinds],
            ("finding", "outputs", "share", f"an example, from {self.source}"),
        )
