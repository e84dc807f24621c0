"""What a static export has in it: which runs, which samples of each, which comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from tesuji.board.asked import failing
from tesuji.board.pages.compare import FLIPPED
from tesuji.board.private import Private, private_texts
from tesuji.run.ledger import Filter, Ledger, best_chain, list_runs, page
from tesuji.task.task import Task

Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """The samples of a run that are exported, each with its place in the run (from 1), of `total`
    that it has; `failing` of them fail."""

    places: Mapping[str, int]
    ids: frozenset[str]
    failing: int
    total: int

    @property
    def others(self) -> int:
        """How many that don't fail are exported."""
        return len(self.ids) - self.failing

    @property
    def left_out(self) -> int:
        """How many are not."""
        return self.total - len(self.ids)


@dataclass(frozen=True)
class Still:
    """The plan of an export, made before its first page, so that all pages are of one mind."""

    parts: Mapping[int, Part] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    private: Private = ()

    def ids(self, run: int) -> frozenset[str]:
        """The samples of a run that are exported."""
        return self.parts[run].ids if run in self.parts else frozenset()

    @property
    def samples(self) -> int:
        """How many pages of samples there are."""
        return sum(len(part.ids) for part in self.parts.values())


def plan_still(task: Task, ledger: Ledger, others: int | None) -> Still:
    """All runs; of each, the samples that fail and the first `others` that don't (None: all), and
    those that a comparison names; the comparisons of each kept run with the one that it took the
    place of, and of the best with the first."""
    runs = list_runs(ledger)
    known = {run.id for run in runs}
    pairs = _pairs(task, ledger, sorted({run.split for run in runs}), known)
    named: dict[int, set[str]] = {}
    for a, b in pairs if others is not None else ():
        for id in _flipped(task, ledger, a, b):
            named.setdefault(a, set()).add(id)
            named.setdefault(b, set()).add(id)
    parts = {run: _part(ledger, run, others, named.get(run, set())) for run in sorted(known)}
    return Still(parts, pairs, private_texts(task.folder, runs))


def _pairs(task: Task, ledger: Ledger, splits: list[str], known: set[int]) -> tuple[Pair, ...]:
    found: dict[Pair, None] = {}
    for split in splits:
        chain = [step.run for step in best_chain(ledger, task.digest, split)]
        steps = [*pairwise(chain), *zip(chain[:1], chain[-1:], strict=True)]
        found |= {pair: None for pair in steps if pair[0] != pair[1] and known.issuperset(pair)}
    return tuple(found)


def _flipped(task: Task, ledger: Ledger, a: int, b: int) -> list[str]:
    """The samples that the page of a comparison names."""
    higher = task.metric.higher_is_better
    filters = (Filter(against=a, flip="better", higher_is_better=higher),
               Filter(against=a, flip="worse", higher_is_better=higher))  # fmt: skip
    return [row.sample for one in filters for row in page(ledger, b, one, size=FLIPPED).rows]


def _part(ledger: Ledger, run: int, others: int | None, named: set[str]) -> Part:
    rows = ledger.rows(
        "SELECT sample FROM answers WHERE run = ? ORDER BY length(sample), sample", run
    )
    ids = [sample for (sample,) in rows]
    failed = failing(ledger, run) & frozenset(ids)
    sound = (id for id in ids if id not in failed)
    first = sound if others is None else (id for _, id in zip(range(others), sound, strict=False))
    chosen = failed | frozenset(first) | (named & frozenset(ids))
    places = {id: place for place, id in enumerate(ids, 1) if id in chosen}
    return Part(places, frozenset(places), len(failed), len(ids))
