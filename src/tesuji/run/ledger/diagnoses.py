"""Findings of outputs, kept by the context that they were found in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from tesuji.diagnose.finding import Finding
from tesuji.run.ledger.store import Ledger

_dumps = json.JSONEncoder(ensure_ascii=False).encode


def diagnosis_context(ledger: Ledger, digest: str) -> int:
    """The number of the context with this digest."""
    with ledger.transaction() as connection:
        connection.execute("INSERT OR IGNORE INTO contexts (digest) VALUES (?)", (digest,))
        found = connection.execute("SELECT id FROM contexts WHERE digest = ?", (digest,))
        return int(found.fetchone()[0])


def find_diagnosis(ledger: Ledger, context: int, key: bytes) -> tuple[Finding, ...] | None:
    """What was found in the output with this key; None where it was not diagnosed there."""
    row = ledger.row(
        "SELECT d.findings FROM outputs o JOIN diagnoses d "
        "ON d.context = ? AND d.output = o.id WHERE o.key = ?",
        context, key,
    )  # fmt: skip
    if row is None:
        return None
    return () if row[0] is None else tuple([Finding(*values) for values in json.loads(row[0])])


def record_diagnosis(ledger: Ledger, context: int, key: bytes, findings: Sequence[Finding]) -> None:
    """Queue what was found in a recorded output for the next commit; nobody need wait for it."""
    text = None
    if findings:  # `astuple` copies deeply, which takes ten times as long
        text = _dumps([(f.kind, f.start, f.end, f.evidence, f.confidence, f.fix) for f in findings])

    def write(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR IGNORE INTO diagnoses SELECT ?, id, ? FROM outputs WHERE key = ?",
            (context, text, key),
        )

    ledger.append(write)
