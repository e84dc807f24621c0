"""Runs of several models: whose outputs are whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tesuji.run.ledger.outputs import split_keys
from tesuji.run.ledger.store import Ledger


def note_identities(ledger: Ledger, run: int, identities: Mapping[str, str]) -> None:
    """Record under which identity each model of a run is kept; nothing where there is but one."""
    if len(identities) == 1:
        return
    with ledger.transaction() as connection:
        connection.execute("DELETE FROM identities WHERE run = ?", (run,))
        connection.executemany(
            "INSERT INTO identities VALUES (?, ?, ?)",
            [(run, name, identity) for name, identity in identities.items()],
        )


def find_identities(ledger: Ledger, run: int) -> dict[str, str]:
    """The identities by the models' names ("" for the entry's own); empty where there is one
    model."""
    return dict(ledger.rows("SELECT name, identity FROM identities WHERE run = ?", run))


def outputs_by_model(ledger: Ledger, run: int) -> dict[str, int]:
    """How many outputs of each model's identity are behind the run's answers."""
    counts: Counter[str] = Counter()
    rows = ledger.rows("SELECT output, drafts FROM answers WHERE run = ?", run)
    for output, drafts in rows:
        joined = drafts if drafts is not None else output or b""
        for key in split_keys(joined):
            found = ledger.row(
                "SELECT s.model FROM outputs o JOIN setups s ON s.id = o.setup WHERE o.key = ?",
                key,
            )
            if found:
                counts[found[0]] += 1
    return dict(counts)
