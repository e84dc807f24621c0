"""What an entry takes of time and money for a sample, and whether the limits would do for test."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from tesuji.models.prices import cost
from tesuji.moves.fit import Load, load_of_run
from tesuji.run.ledger import Ledger, RunRow, split_keys
from tesuji.task.task import Task

LIMITS = ("seconds", "requests", "tokens", "usd")
_LOOKED = 200  # answers, where a run read what others had recorded


class Loads:
    """What a sample of each run's entry takes, kept until the run goes on."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Hashable, Load | None]] = {}

    def of(self, task: Task, ledger: Ledger, run: RunRow, runs: Sequence[RunRow]) -> Load | None:
        """As `entry_load`."""
        stamp = task.digest, run.state, run.all_sent, run.all_seconds, run.outputs
        known = self._known.get(run.id)
        if known is None or known[0] != stamp:
            known = self._known[run.id] = stamp, entry_load(task, ledger, run, runs)
        return known[1]


def entry_load(task: Task, ledger: Ledger, run: RunRow, runs: Sequence[RunRow]) -> Load | None:
    """What a sample of the run's entry takes; None where nothing is known of it.

    Of a run that sent its requests itself, what it took. One that read what others had recorded
    took nothing, but its entry would: by the outputs behind its first answers, at the pace of the
    run of the same model that sent most.
    """
    if run.all_sent and run.all_sent >= 0.9 * run.outputs:
        return load_of_run(run)
    sums = _sums(ledger, run.id)
    if sums is None:
        return None
    samples, requests, tokens_in, tokens_out, seconds = sums
    slowest = max(
        (one for one in runs if one.model == run.model and one.all_sent),
        key=lambda one: one.all_sent, default=None,
    )  # fmt: skip
    if slowest is not None:
        seconds = requests * slowest.all_seconds / slowest.all_sent
    usd = None
    if not run.entry_table.get("models"):  # of several models each has its price
        million = [cost(run.model, *tokens, task.prices) for tokens in ((10**6, 0), (0, 10**6))]
        if million[0] is not None and million[1] is not None:
            usd = (tokens_in * million[0] + tokens_out * million[1]) / 1e6 / samples
    return Load(
        requests / samples, tokens_in / samples, tokens_out / samples, seconds / samples, usd
    )


def _sums(ledger: Ledger, run: int) -> tuple[int, int, int, int, float] | None:
    """(samples, outputs, tokens in, tokens out, seconds) of the run's first answers."""
    rows = ledger.rows(
        "SELECT COALESCE(drafts, output) FROM answers WHERE run = ? AND output IS NOT NULL LIMIT ?",
        run, _LOOKED,
    )  # fmt: skip
    keys = [key for (joined,) in rows for key in split_keys(joined)]
    outputs, tokens_in, tokens_out, seconds = 0, 0, 0, 0.0
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        found = ledger.row(
            "SELECT COUNT(*), SUM(tokens_in), SUM(tokens_out), SUM(seconds) FROM outputs "
            f"WHERE key IN ({', '.join('?' * len(part))})",
            *part,
        )
        if found and found[0]:
            outputs, tokens_in = outputs + found[0], tokens_in + found[1]
            tokens_out, seconds = tokens_out + found[2], seconds + found[3]
    return (len(rows), outputs, tokens_in, tokens_out, seconds) if outputs else None


@dataclass(frozen=True, slots=True)
class Limit:
    """What a run may take of something, what the best entry would on the test split (None: that
    cannot be told), and what all runs have taken so far (None: a price is unknown)."""

    name: str
    limit: float | None
    needed: float | None
    spent: float | None

    @property
    def share(self) -> float | None:
        """What is needed as a share of the limit."""
        return self.needed / self.limit if self.limit and self.needed is not None else None


def limits(task: Task, load: Load | None, runs: Sequence[RunRow]) -> list[Limit]:
    """The limits of a run beside need and spending; what nobody limits or pays for is left out."""
    rows = len(task.test)
    needs: dict[str, float | None] = dict.fromkeys(LIMITS)
    if load is not None and rows:
        whole = load.times(rows)
        needs = {
            "seconds": whole.seconds, "requests": whole.requests,
            "tokens": whole.tokens_in + whole.tokens_out, "usd": whole.usd,
        }  # fmt: skip
    prices = [run.all_usd for run in runs if run.all_sent]
    spent: dict[str, float | None] = {
        "seconds": sum(run.all_seconds for run in runs),
        "requests": sum(run.all_sent for run in runs),
        "tokens": sum(run.all_tokens_in + run.all_tokens_out for run in runs),
        "usd": None if None in prices else sum(usd for usd in prices if usd is not None),
    }
    found = [Limit(name, task.limits.get(name), needs[name], spent[name]) for name in LIMITS]
    return [one for one in found if one.limit is not None or one.needed or one.spent]
