"""What a next move is: it looks at the evidence, says if it is worth a try, proposes challengers.

A move neither runs nor judges. Its challengers are run one by one, each before the next is asked
for, so a move may follow the scores (`Evidence.score`); the referee compares them at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tesuji.diagnose import Kind
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.run.ledger import RunRow
from tesuji.task.task import Task


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a move is worth a try: why, the share of samples that it could mend (0 to 1, a
    bound rather than a forecast), and how many requests it would send."""

    why: str
    gain: float
    cost: int


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of failure in the outputs: in how many, and in how many of them each cleaner would
    mend it."""

    kind: Kind
    outputs: int
    fixes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a sample has cost on average: requests, tokens in and out, seconds of waiting."""

    requests: float
    tokens_in: float
    tokens_out: float
    seconds: float


@dataclass(slots=True)
class Evidence:
    """What is known before a move: the best run and what was seen in its outputs.

    `outputs` counts them, `mendable` those in which a cleaner not yet in use sees its failure, and
    `mends` how many each such cleaner does. `inputs` says of each normaliser not yet in use how
    many samples' prompts it would change. `tried` holds the runs of this move's challengers so
    far, by the entry's digest.
    """

    task: Task
    run: RunRow
    entry: Entry
    samples: int
    outputs: int
    found: tuple[Found, ...]
    mends: Mapping[str, int]
    mendable: int
    inputs: Mapping[str, int]
    usage: Usage
    tried: dict[str, RunRow] = field(default_factory=dict)

    def score(self, entry: Entry) -> float | None:
        """The score of an entry that was run; None where it has none."""
        run = self.run if entry.digest == self.entry.digest else self.tried.get(entry.digest)
        return None if run is None else run.score

    def better(self, a: Entry, b: Entry) -> bool:
        """Whether `a` has a better score than `b`, be it by chance."""
        one, other = self.score(a), self.score(b)
        if one is None or other is None:
            return one is not None
        return one > other if self.task.metric.higher_is_better else one < other


class Move(Protocol):
    """One of the next moves."""

    @property
    def name(self) -> str:
        """As it is typed."""

    @property
    def does(self) -> str:
        """In a few words, for lists."""

    def relevance(self, evidence: Evidence) -> Relevance:
        """Whether it is worth a try."""

    def challengers(
        self, best: Entry, evidence: Evidence, budget: Budget | None
    ) -> Iterator[Entry]:
        """Entries to be run and compared with the best. Without a budget only such as differ in
        their cleaners alone: those are read from the recorded outputs."""

    def reachable(self, evidence: Evidence, budget: Budget | None) -> int:
        """How many different challengers it could propose, whatever their scores; at least 1."""
