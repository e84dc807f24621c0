"""Failure rates over many outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tesuji.diagnose.files import Diagnosed
from tesuji.diagnose.finding import KINDS, Finding, Kind
from tesuji.errors import InputError


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
    """How often one failure was seen, and the output where it was seen most surely.

    `fixes` counts the cleaners that the findings name, `others` are more outputs that have it.
    """

    kind: Kind
    count: int
    rate: float
    example: Diagnosed
    finding: Finding
    fixes: Mapping[str, int] = field(default_factory=dict)
    others: tuple[tuple[Diagnosed, Finding], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The failures of `total` outputs, the most frequent first; `clean` outputs have none."""

    total: int
    clean: int
    kinds: tuple[KindSummary, ...]

    @property
    def clean_rate(self) -> float:
        """The share of outputs without a finding; 1 of none."""
        return self.clean / self.total if self.total else 1.0


def summary(outputs: Iterable[Diagnosed], examples: int = 1) -> Summary:
    """Count failures in one pass, keeping so many examples a kind: the first of the most certain.

    Memory holds the examples alone, however many outputs there are.
    """
    total = clean = 0
    counts: Counter[Kind] = Counter()
    fixes: Counter[tuple[Kind, str]] = Counter()
    kept: dict[Kind, list[tuple[Diagnosed, Finding]]] = {}
    for output in outputs:
        total += 1
        clean += not output.findings
        surest: dict[Kind, Finding] = {}
        for finding in output.findings:
            best = surest.get(finding.kind)
            if best is None or finding.confidence > best.confidence:
                surest[finding.kind] = finding
        for kind, finding in surest.items():
            counts[kind] += 1
            if finding.fix:
                fixes[kind, finding.fix] += 1
            _keep(kept.setdefault(kind, []), (output, finding), max(examples, 1))
    kinds = (
        KindSummary(
            kind, count, count / total, *kept[kind][0],
            {fix: n for (of, fix), n in fixes.most_common() if of == kind},
            tuple(kept[kind][1:]),
        )
        for kind, count in counts.most_common()
    )  # fmt: skip
    return Summary(total, clean, tuple(kinds))


def _keep(kept: list[tuple[Diagnosed, Finding]], one: tuple[Diagnosed, Finding], most: int) -> None:
    """Put an example among those kept, the surest first, the earlier first of equals."""
    if len(kept) == most and kept[-1][1].confidence >= one[1].confidence:
        return
    at = len(kept)
    while at and kept[at - 1][1].confidence < one[1].confidence:
        at -= 1
    kept.insert(at, one)
    del kept[most:]


def only_kind(
    found: Callable[[], Iterator[Diagnosed]], kind: str
) -> Callable[[], Iterator[Diagnosed]]:
    """The outputs with their findings of one kind alone. InputError for an unknown kind."""
    if kind not in KINDS:
        raise InputError(f"there is no kind {kind!r}; the kinds are: {', '.join(KINDS)}")

    def of_one_kind() -> Iterator[Diagnosed]:
        for output in found():
            findings = tuple(finding for finding in output.findings if finding.kind == kind)
            yield Diagnosed(output.id, output.text, findings)

    return of_one_kind
