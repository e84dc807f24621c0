"""Findings of outputs: those that were found before under the same conditions, or found now.

Diagnosis is half of what an output costs. Its findings depend on the output and its prompt, which
the output's key names for good, and on the detectors, the answer format and the language, which
are the context's digest. So the ledger keeps them: a run that goes on, a changed cleaner or flow,
and the challengers of a move take them from there.
"""

from __future__ import annotations

from functools import cached_property

from tesuji.diagnose import Finding, diagnose
from tesuji.models.base import Output, Request
from tesuji.run.ledger import Ledger, diagnosis_context, find_diagnosis, record_diagnosis
from tesuji.run.settled import diagnosis_digest
from tesuji.task.task import Task


class Diagnoser:
    """Diagnoses the outputs of one task's runs; without a ledger, each anew."""

    def __init__(self, task: Task, ledger: Ledger | None = None) -> None:
        self._task, self._ledger = task, ledger

    @cached_property
    def _kept(self) -> tuple[Ledger, int] | None:
        """The ledger that keeps findings, and the number of the context; None if none does.

        Found when first needed: a run's first requests are under way by then.
        """
        digest = diagnosis_digest(self._task) if self._ledger else None
        if self._ledger is None or digest is None:
            return None
        return self._ledger, diagnosis_context(self._ledger, digest)

    def findings(
        self, request: Request, output: Output, key: bytes, *, known: bool
    ) -> tuple[Finding, ...]:
        """The findings of a recorded output; `known` says that it was recorded before."""
        recorded = find_diagnosis(*self._kept, key) if self._kept and known else None
        if recorded is not None:
            return recorded
        task = self._task
        found = tuple(diagnose(output, request, task.format, task.language))
        if self._kept:
            record_diagnosis(*self._kept, key, found)
        return found
