"""How a run is doing, while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tesuji.flows.flow import Draft
from tesuji.run.budget import Meter
from tesuji.run.ledger import AnswerRow


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot. `rate` is samples a second, `eta` seconds to go (None: can't tell yet)."""

    entry: str
    done: int
    total: int
    errors: int
    unparsed: int
    sent: int
    cached: int
    tokens: int
    usd: float | None
    seconds: float
    rate: float
    eta: float | None
    score: float | None  # mean so far, where the metric has values per sample
    findings: Mapping[str, float]  # share of the outputs so far, by kind


Watch: TypeAlias = Callable[[Progress], None]


@dataclass(slots=True)
class Tally:
    """Counts what comes in, sample by sample."""

    entry: str
    total: int
    meter: Meter
    states: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    outputs: int = 0
    scored: int = 0
    score_sum: float = 0.0

    def add(self, row: AnswerRow, drafts: list[Draft]) -> None:
        """Count one sample's outcome and the drafts behind it."""
        self.states[row.state] += 1
        if row.score is not None:
            self.scored += 1
            self.score_sum += row.score
        for draft in drafts:
            self.outputs += 1
            self.kinds.update({finding.kind for finding in draft.findings})

    def snapshot(self) -> Progress:
        """The state of things now."""
        done = self.states.total()
        seconds = self.meter.seconds
        rate = done / seconds if seconds > 0 else 0.0
        return Progress(
            entry=self.entry,
            done=done,
            total=self.total,
            errors=self.states["error"],
            unparsed=self.states["unparsed"],
            sent=self.meter.sent,
            cached=self.meter.cached,
            tokens=self.meter.tokens_in + self.meter.tokens_out,
            usd=self.meter.usd,
            seconds=seconds,
            rate=rate,
            eta=(self.total - done) / rate if rate else None,
            score=self.score_sum / self.scored if self.scored else None,
            findings={k: n / self.outputs for k, n in self.kinds.most_common()},
        )
