"""Failure rates over many outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tesuji.diagnose.files import Diagnosed
from tesuji.diagnose.finding import KINDS, Finding, Kind


def rates(findings: Iterable[Sequence[Finding]]) -> dict[Kind, float]:
    """The share of outputs with at least one finding of each kind; `findings[i]` is output i's.

    Every kind that is looked for is there, with 0.0 where it was not seen (also of no outputs).
    """
    seen: Counter[Kind] = Counter()
    total = 0
    for found in findings:
        total += 1
        seen.update({finding.kind for finding in found})
    return {k: seen[k] / total if total else 0.0 for k in KINDS}


@dataclass(frozen=True, slots=True)
class KindSummary:
    """How often one failure was seen, and the output where it was seen most surely."""

    kind: Kind
    count: int
    rate: float
    example: Diagnosed
    finding: Finding


@dataclass(frozen=True, slots=True)
class Summary:
    """The failures of `total` outputs, the most frequent first; `clean` outputs have none."""

    total: int
    clean: int
    kinds: tuple[KindSummary, ...]


def summary(outputs: Iterable[Diagnosed]) -> Summary:
    """Count failures in one pass, keeping one example a kind: the first of the most certain."""
    total = clean = 0
    counts: Counter[Kind] = Counter()
    examples: dict[Kind, tuple[Diagnosed, Finding]] = {}
    for output in outputs:
        total += 1
        clean += not output.findings
        counts.update({finding.kind for finding in output.findings})
        for finding in output.findings:
            best = examples.get(finding.kind)
            if best is None or finding.confidence > best[1].confidence:
                examples[finding.kind] = output, finding
    kinds = (KindSummary(k, n, n / total, *examples[k]) for k, n in counts.most_common())
    return Summary(total, clean, tuple(kinds))
