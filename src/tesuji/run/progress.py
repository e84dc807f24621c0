"""How a run is doing, while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tesuji.run.alarms import Alarm, Guard
from tesuji.run.budget import Meter
from tesuji.run.ledger import AnswerRow, RunRow


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot. `rate` is samples a second, `eta` seconds to go (None: can't tell yet).

    `begun` samples have an output; under a budget those that are not `done` may get more.
    """

    entry: str
    done: int
    begun: int
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
    alarms: tuple[str, ...] = ()  # what has become more frequent, in words


Watch: TypeAlias = Callable[[Progress], None]


@dataclass(slots=True)
class Tally:
    """Counts what comes in, sample by sample."""

    entry: str
    total: int
    meter: Meter
    guard: Guard = field(default_factory=Guard)
    states: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    outputs: int = 0
    scored: int = 0
    score_sum: float = 0.0

    def add(self, row: AnswerRow, findings: Sequence[set[str]]) -> list[Alarm]:
        """Count one sample's outcome and what was found in each output behind it.

        Returns the alarms that this raised.
        """
        self.states[row.state] += 1
        if row.score is not None:
            self.scored += 1
            self.score_sum += row.score
        for kinds in findings:
            self.outputs += 1
            for kind in kinds:
                self.kinds[kind] += 1
        return self.guard.add(findings, row.state)

    def snapshot(self) -> Progress:
        """The state of things now."""
        done = self.states.total()
        seconds = self.meter.seconds
        rate = done / seconds if seconds > 0 else 0.0
        return Progress(
            entry=self.entry,
            done=done,
            begun=max(done, self.meter.begun),
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
            alarms=tuple(alarm.sentence() for alarm in self.guard.alarms),
        )


def settled_progress(row: RunRow, kinds: Mapping[str, int], meter: Meter) -> Progress:
    """The state of a finished run of which nothing had to be done again."""
    return Progress(
        entry=row.entry, done=row.total, begun=row.total, total=row.total, errors=row.errors,
        unparsed=row.unparsed, sent=meter.sent, cached=meter.cached, tokens=0, usd=meter.usd,
        seconds=meter.seconds, rate=0.0, eta=0.0, score=row.score,
        findings={kind: hits / max(row.outputs, 1) for kind, hits in kinds.items()},
    )  # fmt: skip
