"""The passes of a run: what they cost together, and whether another would conclude the same."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from tesuji.run.ledger.runs import RunRow, get_run
from tesuji.run.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent: requests, tokens, US dollars (None: the price is unknown), seconds."""

    sent: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = None
    seconds: float = 0.0

    def since(self, before: Spent) -> Spent:
        """What came on top of `before`."""
        usd = None if self.usd is None else self.usd - (before.usd or 0.0)
        return Spent(
            self.sent - before.sent,
            self.tokens_in - before.tokens_in,
            self.tokens_out - before.tokens_out,
            usd,
            self.seconds - before.seconds,
        )


def add_spent(connection: sqlite3.Connection, run: int, spent: Spent) -> None:
    """Add to what the run has cost in all, as part of a transaction."""
    connection.execute(
        "UPDATE runs SET all_sent = all_sent + ?1, all_tokens_in = all_tokens_in + ?2, "
        "all_tokens_out = all_tokens_out + ?3, all_usd = COALESCE(all_usd + ?4, all_usd, ?4), "
        "all_seconds = all_seconds + ?5 WHERE id = ?6",
        (spent.sent, spent.tokens_in, spent.tokens_out, spent.usd, spent.seconds, run),
    )


def find_settled(
    ledger: Ledger, *, entry_digest: str, task_digest: str, split: str, samples_digest: str
) -> tuple[RunRow, str] | None:
    """The run, if it is finished, with the digest of all that it was concluded from."""
    found = ledger.row(
        "SELECT id, settled FROM runs WHERE entry_digest = ? AND task_digest = ? AND split = ? "
        "AND samples_digest = ? AND state = 'finished' AND settled IS NOT NULL",
        entry_digest, task_digest, split, samples_digest,
    )  # fmt: skip
    return None if found is None else (get_run(ledger, found[0]), found[1])
