"""Findings of outputs: those that were found before under the same conditions, or found now.

Diagnosis is half of what an output costs. Its findings depend on the output and its prompt, which
the output's key names for good, and on the detectors, the answer format and the language, which
are the context's digest. So the ledger keeps them: a run that goes on, a changed cleaner or flow,
and the challengers of a move take them from there.
"""

from __future__ import annotations

from tesuji.diagnose import Finding, diagnose
from tesuji.models.base import Output, Request
from tesuji.run.ledger import Ledger, diagnosis_context, find_diagnosis, record_diagnosis
from tesuji.run.settled import diagnosis_digest
from tesuji.task.task import Task


class Diagnoser:
    """Diagnoses the outputs of one task's runs; without a ledger, each anew."""

    def __init__(self, task: Task, ledger: Ledger | None = None) -> None:
        self._task, self._ledger, self._context = task, ledger, 0
        digest = diagnosis_digest(task) if ledger else None
        if ledger is None or digest is None:
            self._ledger = None
        else:
            self._context = diagnosis_context(ledger, digest)

    def findings(
        self, request: Request, output: Output, key: bytes, *, known: bool
    ) -> tuple[Finding, ...]:
        """The findings of a recorded output; `known` says that it was recorded before."""
        if self._ledger is None:
            return self._find(request, output)
        if known:
            recorded = find_diagnosis(self._ledger, self._context, key)
            if recorded is not None:
                return recorded
        found = self._find(request, output)
        record_diagnosis(self._ledger, self._context, key, found)
        return found

    def _find(self, request: Request, output: Output) -> tuple[Finding, ...]:
        return tuple(diagnose(output, request, self._task.format, self._task.language))
