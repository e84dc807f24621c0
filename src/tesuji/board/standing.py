"""Where a run stands: what came of its samples, and, while it goes on, how fast and how long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tesuji.run.ledger import Ledger, RatePoint, RunRow, read_rates

_WINDOW = 5  # points that the rate is taken over: a tenth of the run
_STALE = 3.0  # times as long as a point took without another: it stands still


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts of samples by what came of them. While the run goes on: `rate` is samples a second of
    late, `eta` seconds to go; None where that can't be told, as for one that was killed."""

    answered: int
    unparsed: int
    fallback: int
    error: int
    total: int
    rate: float | None = None
    eta: float | None = None

    @property
    def done(self) -> int:
        """Samples of which something came."""
        return self.answered + self.unparsed + self.fallback + self.error

    @property
    def share(self) -> float:
        """The share that is done."""
        return min(1.0, self.done / self.total) if self.total else 1.0

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What there is of each state, and what is to go."""
        states = ("answered", "unparsed", "fallback", "error")
        counts = [(state, getattr(self, state)) for state in states]
        return [*counts, ("to_go", max(0, self.total - self.done))]


def standing(ledger: Ledger, run: RunRow) -> Standing:
    """Of a run that goes on, the counts are in its answers: its row gets them at the end."""
    if run.state != "running":
        return Standing(run.answered, run.unparsed, run.fallbacks, run.errors, run.total)
    counts = dict(
        ledger.rows("SELECT state, COUNT(*) FROM answers WHERE run = ? GROUP BY state", run.id)
    )
    now = Standing(
        counts.get("answered", 0), counts.get("unparsed", 0), counts.get("fallback", 0),
        counts.get("error", 0), run.total,
    )  # fmt: skip
    rate = _rate(read_rates(ledger, run.id), now.done, time.time())
    eta = max(0, run.total - now.done) / rate if rate else None
    return replace(now, rate=rate, eta=eta)


def _rate(points: Sequence[RatePoint], done: int, now: float) -> float | None:
    """Samples a second, from the outputs between the last points. A run writes a point for each
    fiftieth of its samples."""
    late = points[-_WINDOW:]
    if len(late) < 2 or not done:
        return None
    seconds, outputs = late[-1].created - late[0].created, late[-1].outputs - late[0].outputs
    if seconds <= 0 or outputs <= 0:
        return None
    if now - late[-1].created > max(30.0, _STALE * seconds):
        return None
    samples_an_output = done / late[-1].outputs
    return outputs / seconds * min(1.0, samples_an_output)
