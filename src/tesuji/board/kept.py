"""What pages ask again and again, and takes a while over 100,000 samples: kept until it may be
another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from tesuji.board.asked import ANY, Asked, count_kinds, failing
from tesuji.board.marked import as_text
from tesuji.run.ledger import Ledger, get_run, samples_matching, samples_where
from tesuji.run.ledger.matching import text_test
from tesuji.task.sample import Sample

T = TypeVar("T")

_KEPT = 8  # things; the ids of 100,000 samples take some 10 MB
_NAMED = 100  # samples whose fields are named in the filter
_FIELDS = 200  # names of fields


@dataclass
class Kept:
    """For one thread, as the ledger's connections are."""

    _known: OrderedDict[Hashable, tuple[Hashable, Any]] = field(default_factory=OrderedDict)

    def failing(self, ledger: Ledger, run: int) -> frozenset[str]:
        """As `asked.failing`."""
        return self.of_runs("failing", ledger, (run,), lambda: failing(ledger, run))

    def kinds(self, ledger: Ledger, run: int) -> dict[str, int]:
        """How many samples have findings of each kind, and how many fail in any way."""
        every = len(self.failing(ledger, run))
        found = self.of_runs("kinds", ledger, (run,), lambda: count_kinds(ledger, run))
        return {ANY: every, **found}

    def by_data(self, split: str, samples: Iterable[Sample], asked: Asked) -> frozenset[str] | None:
        """The ids of the samples whose own fields and target are as asked; None for all of them.

        InputError for a pattern that is wrong or takes too long.
        """
        wanted = asked.by_data
        if wanted == Asked():
            return None
        return self._get(("data", split, wanted), id(samples), lambda: _matching(samples, wanted))

    def field_names(self, split: str, samples: Iterable[Sample]) -> tuple[str, ...]:
        """The fields that the filter offers: those of the first hundred samples."""
        return self._get(("fields", split), id(samples), lambda: _field_names(samples))

    def forget(self) -> None:
        """Drop all of it: the task's data or rules have changed."""
        self._known.clear()

    def of_runs(self, what: str, ledger: Ledger, runs: tuple[int, ...], make: Callable[[], T]) -> T:
        """Made anew when one of the runs was run again, and with any write while one goes on."""
        rows = [get_run(ledger, run) for run in runs]
        stamp: list[Hashable] = [
            (row.state, row.all_sent, row.all_seconds, row.seconds) for row in rows
        ]
        if any(row.state == "running" for row in rows):
            stamp.append(ledger.row("PRAGMA data_version"))
        return self._get((what, runs, id(ledger)), tuple(stamp), make)

    def _get(self, key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
        known = self._known.get(key)
        if known is None or known[0] != stamp:
            known = self._known[key] = stamp, make()
        self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        found: T = known[1]
        return found


def _matching(samples: Iterable[Sample], asked: Asked) -> frozenset[str]:
    every = [*samples] if asked.field and asked.where else samples
    parts = []
    if asked.field and asked.how == "is":
        parts.append(samples_where(every, asked.field, asked.value))
    elif asked.field:
        parts.append(samples_matching(every, asked.field, text=asked.value))
    if asked.where:
        test = text_test(asked.text, asked.pattern)
        parts.append(
            frozenset(s.id for s in every if s.target is not None and test(as_text(s.target)))
        )
    return frozenset.intersection(*parts)


def _field_names(samples: Iterable[Sample]) -> tuple[str, ...]:
    names = dict.fromkeys(name for sample in islice(samples, _NAMED) for name in sample.fields)
    return tuple(names)[:_FIELDS]
