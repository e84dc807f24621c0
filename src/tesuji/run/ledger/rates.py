"""Failure rates over time in the ledger: how often each kind was seen in so many outputs."""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tesuji.diagnose import Diagnosed
from tesuji.diagnose.finding import Finding
from tesuji.run.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class RatePoint:
    """After `outputs` outputs of a run, at `created` (seconds since 1970): hits by kind."""

    outputs: int
    created: float
    hits: Mapping[str, int]


def write_rates(
    connection: sqlite3.Connection, run: int, outputs: int, hits: Mapping[str, int]
) -> None:
    """Record where a run stands, as part of a transaction."""
    point = connection.execute(
        "INSERT INTO points (run, outputs, created) VALUES (?, ?, ?)", (run, outputs, time.time())
    ).lastrowid
    connection.executemany(
        "INSERT INTO rates VALUES (?, ?, ?)", [(point, kind, n) for kind, n in hits.items()]
    )


def read_rates(ledger: Ledger, run: int) -> list[RatePoint]:
    """The points of a run, in order; the counts are of all outputs up to each."""
    hits: dict[int, dict[str, int]] = defaultdict(dict)
    for point, kind, count in ledger.rows(
        "SELECT r.point, r.kind, r.hits FROM points p JOIN rates r ON r.point = p.id "
        "WHERE p.run = ?",
        run,
    ):
        hits[point][kind] = count
    rows = ledger.rows("SELECT id, outputs, created FROM points WHERE run = ? ORDER BY id", run)
    return [RatePoint(outputs, created, hits[point]) for point, outputs, created in rows]


def finding_counts(ledger: Ledger, run: int) -> dict[str, int]:
    """How many of the run's outputs have at least one finding of each kind, commonest first."""
    return _counted(ledger, run)[1]


def finding_rates(ledger: Ledger, run: int) -> dict[str, float]:
    """Share of the run's outputs with at least one finding of each kind, commonest first."""
    outputs, counts = _counted(ledger, run)
    return {kind: hits / outputs for kind, hits in counts.items()}


def _counted(ledger: Ledger, run: int) -> tuple[int, dict[str, int]]:
    """(outputs, hits by kind) as of the run's last point: over a hundred thousand outputs, to count
    them anew takes a tenth of a second for each run that is listed."""
    last = ledger.row("SELECT max(id) FROM points WHERE run = ?", run)
    point = last[0] if last else None
    found = ledger.row("SELECT outputs FROM points WHERE id = ?", point)
    rows = ledger.rows(
        "SELECT kind, hits FROM rates WHERE point = ? AND hits > 0 ORDER BY hits DESC, kind", point
    )
    return (found[0] if found else 1), dict(rows)


def rate_history(points: Sequence[RatePoint], kind: str) -> list[float]:
    """The rate of one kind between each point and the one before it."""
    history, outputs, hits = [], 0, 0
    for point in points:
        now = point.hits.get(kind, 0)
        if point.outputs > outputs:
            history.append((now - hits) / (point.outputs - outputs))
        outputs, hits = point.outputs, now
    return history


def write_alarm(connection: sqlite3.Connection, run: int, kind: str, words: str) -> None:
    """Record an alarm of a run, as part of a transaction."""
    connection.execute("INSERT INTO alarms VALUES (?, ?, ?, ?)", (run, kind, words, time.time()))


def read_alarms(ledger: Ledger, run: int) -> list[tuple[str, str]]:
    """(kind, words) of the alarms of a run, in order."""
    rows = ledger.rows("SELECT kind, words FROM alarms WHERE run = ? ORDER BY created", run)
    return [(kind, words) for kind, words in rows]


def finding_examples(ledger: Ledger, run: int, most: int = 10) -> list[Diagnosed]:
    """One output with its surest finding for each kind, the commonest kinds first."""
    # Only the few that are shown are joined with their texts.
    rows = ledger.rows(
        "SELECT f.sample, t.body, f.kind, f.start, f.stop, f.evidence, f.surest, f.fix FROM "
        "(SELECT *, MAX(confidence) AS surest FROM findings WHERE run = ? GROUP BY kind) f "
        "JOIN outputs o ON o.key = f.output JOIN texts t ON t.output = o.id",
        run,
    )
    counts = finding_counts(ledger, run)
    rows.sort(key=lambda row: (-counts.get(row[2], 0), row[2]))
    return [Diagnosed(row[0], row[1], (Finding(*row[2:8]),)) for row in rows[:most]]
