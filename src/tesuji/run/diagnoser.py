"""Findings of outputs: those that were found before under the same conditions, or found now.

Diagnosis is half of what an output costs. Its findings depend on the output and its prompt, which
the output's key names for good, and on the detectors, the answer format and the language, which
are the context's digest. So the ledger keeps them: a run that goes on, a changed cleaner or flow,
and the challengers of a move take them from there.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple

from tesuji.diagnose import Finding, diagnose
from tesuji.models.base import Output, Request
from tesuji.run.ledger import Ledger
from tesuji.run.settled import diagnosis_digest
from tesuji.task.task import Task

_dumps = json.JSONEncoder(ensure_ascii=False).encode


class Diagnoser:
    """Diagnoses the outputs of one task's runs; without a ledger, each anew."""

    def __init__(self, task: Task, ledger: Ledger | None = None) -> None:
        self._task, self._ledger, self._context = task, ledger, 0
        digest = diagnosis_digest(task) if ledger else None
        if ledger is None or digest is None:
            self._ledger = None
            return
        with ledger.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO contexts (digest) VALUES (?)", (digest,))
            found = connection.execute("SELECT id FROM contexts WHERE digest = ?", (digest,))
            (self._context,) = found.fetchone()

    def findings(
        self, request: Request, output: Output, key: bytes, *, known: bool
    ) -> tuple[Finding, ...]:
        """The findings of a recorded output; `known` says that it was recorded before."""
        if self._ledger is None:
            return self._find(request, output)
        if known:
            row = self._ledger.row(
                "SELECT d.findings FROM outputs o JOIN diagnoses d "
                "ON d.context = ? AND d.output = o.id WHERE o.key = ?",
                self._context, key,
            )  # fmt: skip
            if row is not None:
                return tuple(Finding(*values) for values in json.loads(row[0] or "[]"))
        found = self._find(request, output)
        text = _dumps([astuple(finding) for finding in found]) if found else None
        context = self._context

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR IGNORE INTO diagnoses SELECT ?, id, ? FROM outputs WHERE key = ?",
                (context, text, key),
            )

        self._ledger.append(write)
        return found

    def _find(self, request: Request, output: Output) -> tuple[Finding, ...]:
        return tuple(diagnose(output, request, self._task.format, self._task.language))
