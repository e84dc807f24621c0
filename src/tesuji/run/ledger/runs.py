"""Runs in the ledger: their state, their samples' answers and findings, and which is the best."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeAlias

from tesuji.diagnose.finding import Finding
from tesuji.errors import InputError
from tesuji.run.ledger.store import Ledger
from tesuji.task.sample import Answer

AnswerState: TypeAlias = Literal["answered", "unparsed", "fallback", "error"]
"""answered: parsed · unparsed: the model wrote something, no answer in it · fallback: the budget
ended first · error: the request failed. The first three have an answer and a score, an error has
neither: it is no wrong answer."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a run made of one sample. `score` is None where there is no target or no answer."""

    sample: str
    state: AnswerState
    answer: Answer | None
    score: float | None
    output: bytes | None  # the key of the output that the answer is from
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the ledger keeps it. `state` is "running", "finished" or "stopped".

    A run that goes on, or is run again, makes several passes: `sent` to `seconds` are those of the
    last one, `all_sent` to `all_seconds` those of all together.
    """

    id: int
    entry: str
    model: str
    entry_digest: str
    entry_table: Mapping[str, Any]
    task_digest: str
    split: str
    total: int
    state: str
    reason: str | None
    metric: str
    score: float | None
    low: float | None
    high: float | None
    answered: int
    unparsed: int
    fallbacks: int
    errors: int
    outputs: int
    sent: int
    cached: int
    tokens_in: int
    tokens_out: int
    usd: float | None
    seconds: float
    started: float
    all_sent: int
    all_tokens_in: int
    all_tokens_out: int
    all_usd: float | None
    all_seconds: float


_dumps = json.JSONEncoder(ensure_ascii=False).encode  # an encoder made once, not at each call
_COLUMNS = ", ".join(RunRow.__dataclass_fields__)
# What a run concluded, and concludes anew when it goes on.
_FORGET = (
    "DELETE FROM answers WHERE run = ?",
    "DELETE FROM findings WHERE run = ?",
    "DELETE FROM rates WHERE point IN (SELECT id FROM points WHERE run = ?)",
    "DELETE FROM points WHERE run = ?",
    "DELETE FROM alarms WHERE run = ?",
)


def begin_run(
    ledger: Ledger,
    *,
    entry: str,
    model: str,
    entry_digest: str,
    entry_table: Mapping[str, Any],
    task_digest: str,
    split: str,
    samples_digest: str,
    total: int,
    metric: str,
) -> int:
    """The run's id: a new one, or that of the same run begun earlier, to go on with.

    The same run is the same entry (whatever its name) on the same samples of the same task. What
    the earlier one had concluded is dropped, since it is concluded again from the outputs.
    """
    with ledger.transaction() as connection:
        (run,) = connection.execute(
            "INSERT INTO runs (entry, model, entry_digest, entry_table, task_digest, split, "
            "samples_digest, total, state, metric, started) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?) "
            "ON CONFLICT DO UPDATE SET entry = excluded.entry, state = 'running', reason = NULL, "
            "settled = NULL RETURNING id",
            (
                entry, model, entry_digest, json.dumps(entry_table, ensure_ascii=False),
                task_digest, split, samples_digest, total, metric, time.time(),
            ),
        ).fetchone()  # fmt: skip
        for forget in _FORGET:
            connection.execute(forget, (run,))
    return int(run)


def write_answer(
    connection: sqlite3.Connection,
    run: int,
    row: AnswerRow,
    findings: Sequence[tuple[bytes, Finding]] = (),
    outputs: Sequence[bytes] = (),
) -> None:
    """Record what the run made of a sample, as part of a transaction.

    `outputs` are the keys of all outputs that the sample's flow asked for, in order, `findings`
    what was found in them: (key of the output, finding).
    """
    answer = None if row.answer is None else _dumps(row.answer)
    drafts = None if len(outputs) == 1 and outputs[0] == row.output else b"".join(outputs) or None
    connection.execute(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (run, row.sample, row.state, row.score, answer, row.output, row.reason, drafts),
    )
    if not findings:
        return
    connection.executemany(
        "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run, row.sample, output, f.kind, f.start, f.end, f.confidence, f.evidence, f.fix)
            for output, f in findings
        ],
    )


def end_run(ledger: Ledger, run: int, values: Mapping[str, Any]) -> RunRow:
    """Write what the run came to; returns its row."""
    unknown = set(values) - set(RunRow.__dataclass_fields__) - {"settled"}
    assert not unknown, unknown
    assignments = ", ".join(f"{name} = ?" for name in values)
    with ledger.transaction() as connection:
        connection.execute(f"UPDATE runs SET {assignments} WHERE id = ?", (*values.values(), run))
    return get_run(ledger, run)


def get_run(ledger: Ledger, run: int) -> RunRow:
    """The run with this number; InputError lists what there is."""
    rows = _runs(ledger, "WHERE id = ?", run)
    if not rows:
        raise InputError(f"there is no run {run}; `tesuji runs` lists them")
    return rows[0]


def list_runs(ledger: Ledger) -> list[RunRow]:
    """All runs, oldest first."""
    return _runs(ledger, "ORDER BY id")


def find_run(ledger: Ledger, name: str, *, scored: bool = False) -> RunRow:
    """A run by its number, or the newest one of the entry so called; InputError if none.

    With `scored`, a run that has a score comes before newer ones that have none, such as that of
    a prediction.
    """
    if name.isdecimal() and len(name) < 18:
        return get_run(ledger, int(name))
    rows = _runs(ledger, "WHERE entry = ? ORDER BY started DESC, id DESC", name)
    if not rows:
        known = ", ".join(dict.fromkeys(f"{r.id} ({r.entry})" for r in list_runs(ledger)))
        raise InputError(f"there is no run of '{name}'; there are: {known or 'none yet'}")
    if scored:
        rows.sort(key=lambda row: row.score is None)  # a stable sort: the newest stay in front
    return rows[0]


def _runs(ledger: Ledger, where: str, *parameters: Any) -> list[RunRow]:
    found = ledger.rows(f"SELECT {_COLUMNS} FROM runs {where}", *parameters)
    rows = [RunRow(*row) for row in found]
    return [_with_table(row) for row in rows]


def _with_table(row: RunRow) -> RunRow:
    return replace(row, entry_table=json.loads(str(row.entry_table)))


def iter_answers(ledger: Ledger, run: int) -> Iterator[AnswerRow]:
    """What the run made of its samples, without findings, in no particular order."""
    for row in ledger.rows(
        "SELECT sample, state, answer, score, output, reason FROM answers WHERE run = ?", run
    ):
        answer = None if row[2] is None else json.loads(row[2])
        yield AnswerRow(row[0], row[1], answer, row[3], row[4], row[5])


def paired_scores(ledger: Ledger, a: int, b: int) -> list[tuple[str, float, float]]:
    """(sample, score in a, score in b) for the samples that both runs scored, by sample."""
    return ledger.rows(
        "SELECT x.sample, x.score, y.score FROM answers x JOIN answers y "
        "ON y.run = ? AND y.sample = x.sample "
        "WHERE x.run = ? AND x.score IS NOT NULL AND y.score IS NOT NULL ORDER BY x.sample",
        b, a,
    )  # fmt: skip


def find_findings(ledger: Ledger, run: int, sample: str) -> list[tuple[bytes, Finding]]:
    """(key of the output, finding) of all outputs that a sample's flow asked for."""
    rows = ledger.rows(
        "SELECT output, kind, start, stop, evidence, confidence, fix FROM findings "
        "WHERE run = ? AND sample = ? ORDER BY start",
        run, sample,
    )  # fmt: skip
    return [(row[0], Finding(*row[1:])) for row in rows]


class Verdict(Protocol):
    """What the ledger keeps of a comparison (`tesuji.compare.Comparison` is one)."""

    @property
    def n(self) -> int: ...
    @property
    def gain(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def p(self) -> float: ...
    @property
    def verdict(self) -> str: ...


def record_trial(
    ledger: Ledger, best: int, challenger: int, verdict: Verdict, move: str | None = None
) -> None:
    """Record how a challenger's run compared with the best's; a repeated trial takes the place.

    `move` is the next move that proposed the challenger, None for a plain run.
    """
    v = verdict
    with ledger.transaction() as connection:
        connection.execute(
            "DELETE FROM trials WHERE best = ? AND challenger = ?", (best, challenger)
        )
        connection.execute(
            "INSERT INTO trials (best, challenger, samples, gain, low, high, p, verdict, created, "
            "move) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (best, challenger, v.n, v.gain, v.low, v.high, v.p, v.verdict, time.time(), move),
        )


def list_trials(ledger: Ledger, task_digest: str, split: str) -> list[tuple[int, int]]:
    """(best, challenger), runs both, of each entry that a split has judged: its newest trial."""
    rows = ledger.rows(
        "SELECT t.best, t.challenger, c.entry_digest FROM trials t JOIN runs c "
        "ON c.id = t.challenger WHERE c.task_digest = ? AND c.split = ? ORDER BY t.id",
        task_digest, split,
    )  # fmt: skip
    newest = {entry: (best, challenger) for best, challenger, entry in rows}
    return list(newest.values())
