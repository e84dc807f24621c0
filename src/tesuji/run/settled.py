"""What a run's conclusions depend on, as one digest: equal digests, equal conclusions.

A finished run that is run again sends nothing. Mostly nothing has changed at all, and then its
answers, scores and findings need not be worked out again either: the row in the ledger says it
all. Whatever could make one of them different is in the digest: the outputs (the model's identity,
the entry, the rows of data that prompts are made of), the rules (the task's digest, the language,
the budget), and the code that applies them. `competition.py` may import and read whatever it
likes, so a task that has one is always concluded anew.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tesuji.run.budget import Budget, Meter
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, RunRow, end_run, finding_counts
from tesuji.run.progress import Watch, settled_progress
from tesuji.task.sample import Sample
from tesuji.task.task import Task

_PACKAGE = Path(__file__).parents[1]
# What parsing, diagnosis and metrics are made of besides Python.
_LIBRARIES = (
    "json-repair", "jsonschema", "math-verify", "numpy", "rapidfuzz", "regex", "scikit-learn",
)  # fmt: skip
_CHUNK = 4096  # samples hashed at a time: one by one is slower


@cache
def code_digest() -> str:
    """16 hexadecimal digits that change with Tesuji's code, Python's version, or a library's."""
    sha = hashlib.sha256(sys.version.encode())
    for name in ("tesuji", *_LIBRARIES):
        try:
            sha.update(f"\0{name} {version(name)}".encode())
        except PackageNotFoundError:
            sha.update(f"\0{name} –".encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        sha.update(f"\0{path.relative_to(_PACKAGE)}\0".encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()[:16]


def conclusions_digest(
    task: Task, entry: Entry, identity: str, samples: Sequence[Sample], budget: Budget
) -> str | None:
    """The digest of a run's conclusions; None where they may depend on what cannot be known."""
    if task.own.path is not None:
        return None
    conditions = (
        code_digest(), task.digest, task.language, entry.digest, identity, repr(budget),
        str(task.folder), task.columns,
    )  # fmt: skip
    sha = hashlib.sha256(repr(conditions).encode("utf-8", "surrogatepass"))
    for group in (samples, task.pool if entry.prompt.examples else ()):
        sha.update(b"\0samples")
        for start in range(0, len(group), _CHUNK):
            rows = [  # `items()` of a row takes half as long again
                (s.id, s.target, *s.fields, *[s.fields[name] for name in s.fields])
                for s in group[start : start + _CHUNK]
            ]
            sha.update(repr(rows).encode("utf-8", "surrogatepass"))
    return sha.hexdigest()[:32]


def diagnosis_digest(task: Task) -> str | None:
    """The digest of what findings depend on besides an output and its prompt; None as above."""
    if task.own.path is not None or task.config is None:
        return None
    answer = task.config.answer
    conditions = (code_digest(), answer, task.language)
    return hashlib.sha256(repr(conditions).encode()).hexdigest()[:32]


def repeat_settled(
    ledger: Ledger, row: RunRow, entry: Entry, meter: Meter, watch: Watch | None
) -> RunRow:
    """A pass of a settled run, which has nothing to do: its row, as of this pass."""
    meter.cached += row.sent + row.cached
    if watch:
        watch(settled_progress(row, finding_counts(ledger, row.id), meter))
    nothing = {"sent": 0, "tokens_in": 0, "tokens_out": 0, "usd": meter.usd}
    values = {"entry": entry.name, "cached": meter.cached, "seconds": meter.seconds, **nothing}
    return end_run(ledger, row.id, values)
