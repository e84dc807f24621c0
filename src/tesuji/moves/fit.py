"""What an entry would take on the test split, and whether the competition's limits allow that."""

from __future__ import annotations

from dataclasses import dataclass

from tesuji.models.prices import cost
from tesuji.moves.move import Evidence
from tesuji.run.ledger import RunRow

_LIMITS = ("requests", "tokens", "usd", "seconds")


@dataclass(frozen=True, slots=True)
class Load:
    """What a sample takes: requests, tokens in and out, seconds (with as many in flight as there
    were), US dollars (None: unknown)."""

    requests: float
    tokens_in: float
    tokens_out: float
    seconds: float
    usd: float | None

    def times(self, rows: int) -> Load:
        """The same for so many samples."""
        usd = None if self.usd is None else rows * self.usd
        return Load(
            rows * self.requests, rows * self.tokens_in, rows * self.tokens_out,
            rows * self.seconds, usd,
        )  # fmt: skip

    def grown(self, factor: float) -> Load:
        """With so many times the requests, each like those before."""
        usd = None if self.usd is None else factor * self.usd
        return Load(
            factor * self.requests, factor * self.tokens_in, factor * self.tokens_out,
            factor * self.seconds, usd,
        )  # fmt: skip


def load_of(evidence: Evidence) -> Load:
    """What a sample of the best run took; by its outputs, and its own clock where it sent any."""
    usage, run = evidence.usage, evidence.run
    price = cost(evidence.entry.model, 10**6, 0, evidence.task.prices)
    written = cost(evidence.entry.model, 0, 10**6, evidence.task.prices)
    usd = None
    if price is not None and written is not None:
        usd = (usage.tokens_in * price + usage.tokens_out * written) / 1e6
    if run and run.total and evidence.entry.models:  # each model has its price
        usd = None if run.all_usd is None else run.all_usd / run.total
    requests = max(usage.requests, 1.0)
    seconds = requests * run.all_seconds / run.all_sent if run and run.all_sent else usage.seconds
    return Load(requests, usage.tokens_in, usage.tokens_out, seconds, usd)


def load_of_run(run: RunRow) -> Load:
    """What a sample of a run took, all passes together; of one that sent nothing, nothing."""
    rows = max(run.total, 1)
    usd = None if run.all_usd is None else run.all_usd / rows
    return Load(
        run.all_sent / rows, run.all_tokens_in / rows, run.all_tokens_out / rows,
        run.all_seconds / rows, usd,
    )  # fmt: skip


def misfit(evidence: Evidence, load: Load, clocked: bool = False) -> str | None:
    """Why the competition's limits would not do for the test split; None where they would.

    `clocked`: seconds don't count, since the flow makes do with those there are.
    """
    task = evidence.task
    rows = len(task.test) or len(evidence.rows)
    whole = load.times(rows)
    takes = {
        "requests": whole.requests, "tokens": whole.tokens_in + whole.tokens_out,
        "usd": whole.usd, "seconds": whole.seconds,
    }  # fmt: skip
    for name in _LIMITS:
        if clocked and name == "seconds":
            continue
        limit, need = task.limits.get(name), takes[name]
        if limit is not None and need is not None and need > limit:
            where = "test" if task.test else evidence.split
            words = "US dollars" if name == "usd" else name
            return f"about {_about(need)} {words} on the {rows:,} rows of {where}, limit {limit:,g}"
    return None


def _about(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
