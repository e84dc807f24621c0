"""What a next move is: it looks at the evidence, says if it is worth a try, proposes challengers.

A move is a frozen dataclass; its fields with their defaults are its settings. It neither runs nor
judges. Its challengers are run one by one, each before the next is asked for, so a move may follow
the scores (`Evidence.score`); the referee compares them at the end.

What every move has is `Move`. What it may have besides, each looked for by its name:

* `needs_run = False`: it can be tried before there is any run (`needs_run`).
* `asks = False`: without a budget it sends nothing (`asks`).
* `check(task)`: raises what it lacks, in one line, before anything is done (`Checks`).
* `play(...)`: its own search instead of plain challengers (`Plays`).
* `tables(evidence, attempts)`: what else it has to show (`Shows`).
* `steps(evidence, attempts)`: commands to go on with (`Leads`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from tesuji.compare.trial import Trial
from tesuji.diagnose import Kind
from tesuji.moves.stakes import Stakes
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, RunRow
from tesuji.task.sample import Sample
from tesuji.task.task import Task

if TYPE_CHECKING:
    from tesuji.moves.live import Live

Cell: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a move is worth a try: why, the share of samples that it could mend (0 to 1, a
    bound rather than a forecast), and how many requests it would send.

    `likely` is the share that it is expected to set right, where the move knows better than the
    planner's rule of thumb, and `evidence` says in a sentence what that rests on."""

    why: str
    gain: float
    cost: int
    likely: float | None = None
    evidence: str = ""


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

    `run` is None where there is no run yet; `entry` is then the one of competition.toml (with an
    empty model where that names none). `rows` are the samples that challengers are run on,
    `samples` how many these are. `outputs` counts the outputs, `mendable` those in which a cleaner
    not yet in use sees its failure, and `mends` how many each such cleaner does. `inputs` says
    of each normaliser not yet in use how many samples' prompts it would change. `tried` holds
    the runs of this move's challengers so far, by the entry's digest. `ledger` is for what a move
    wants to know of their answers.
    """

    task: Task
    run: RunRow | None
    entry: Entry
    samples: int
    outputs: int
    found: tuple[Found, ...]
    mends: Mapping[str, int]
    mendable: int
    inputs: Mapping[str, int]
    usage: Usage
    tried: dict[str, RunRow] = field(default_factory=dict)
    rows: tuple[Sample, ...] = ()
    split: str = "dev"
    stakes: Stakes = field(default_factory=Stakes)
    ledger: Ledger | None = field(default=None, repr=False)

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


@dataclass(frozen=True, slots=True)
class Attempt:
    """A challenger's trial: what it changed in the best entry, and how many answers."""

    trial: Trial
    added: tuple[str, ...]
    changed: int


@dataclass(frozen=True, slots=True)
class Table:
    """Something that a move has to show: rows of cells under heads, with a note below.

    Whole numbers, other numbers and None are written as such by whoever shows them; `text` is shown
    as it is, in a fixed width, below the rows. `before`: what the challengers follow from, shown
    before them.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    text: str = ""
    before: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """What a move's own search came to: the runs to be judged, among how many that could have come
    to be judged (at least 1), and why it stopped early, if it did. With `keep` False they are
    compared, but none is to be the best."""

    runs: Sequence[RunRow]
    among: int
    stopped: str | None = None
    keep: bool = True


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


@runtime_checkable
class Checks(Protocol):
    """A move that may lack something."""

    def check(self, task: Task) -> None:
        """Raise the TesujiError that says what is missing."""


@runtime_checkable
class Plays(Protocol):
    """A move that searches by itself."""

    async def play(self, task: Task, ledger: Ledger, evidence: Evidence, live: Live) -> Played:
        """Run entries by `live.run`, and say which runs are to be judged against the best."""


@runtime_checkable
class Shows(Protocol):
    """A move with something more to show than its challengers."""

    def tables(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[Table]:
        """Tables for people and programs, after the challengers were judged."""


@runtime_checkable
class Leads(Protocol):
    """A move that knows how to go on."""

    def steps(self, evidence: Evidence, attempts: Sequence[Attempt]) -> Sequence[str]:
        """Commands, without the leading `tesuji`."""


def needs_run(move: Move) -> bool:
    """Whether a move needs an earlier run to start from."""
    return bool(getattr(move, "needs_run", True))


def asks(move: Move) -> bool:
    """Whether a move asks models though no budget is given."""
    return bool(getattr(move, "asks", True))
