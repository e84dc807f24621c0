"""Trying a move: its challengers are run, the referee compares them with the best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tesuji.compare.trial import Trial, compare_only, judge_first, judge_together
from tesuji.diagnose import clean
from tesuji.errors import (
    BudgetSpentError,
    CapabilityError,
    InputError,
    MissingExtraError,
    ModelUnavailableError,
    TesujiError,
)
from tesuji.models.base import Request
from tesuji.moves.difference import differences
from tesuji.moves.evidence import gather, no_run, starting_run
from tesuji.moves.live import Guard, Live
from tesuji.moves.move import (
    Attempt,
    Checks,
    Evidence,
    Leads,
    Move,
    Played,
    Plays,
    Relevance,
    Shows,
    Table,
    needs_run,
)
from tesuji.run.budget import Budget
from tesuji.run.entry import Entry, entry_of, save_entry
from tesuji.run.ledger import (
    Ledger,
    RunRow,
    find_output,
    iter_answers,
    iter_records,
    record_try,
)
from tesuji.run.progress import Watch
from tesuji.run.recorded import Recorded, changed_answers, run_recorded
from tesuji.task.sample import Answer
from tesuji.task.task import Task

_ABSENT = (ModelUnavailableError, CapabilityError, MissingExtraError)
"""What leaves out one challenger, not those on other models."""


@dataclass(frozen=True, slots=True)
class Example:
    """One sample, before and after. `raw` and `cleaned` are one output before and after cleaning,
    or the outputs of the best and of the challenger where these differ."""

    sample: str
    raw: str
    cleaned: str
    before: Answer | None
    after: Answer | None
    target: Answer | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a move. `winner` is better than the best before (or, where there was none, the
    best of the challengers), None where none is; `among` is how many challengers the error was
    shared by; `stopped` says why not all were tried; `absent` names those that could not be run,
    with the reason; `steps` are commands to go on with; `sent` counts the requests to models."""

    move: Move
    relevance: Relevance
    evidence: Evidence
    attempts: tuple[Attempt, ...]
    winner: Trial | None
    among: int
    example: Example | None
    tables: tuple[Table, ...] = ()
    steps: tuple[str, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    stopped: str | None = None
    sent: int = 0


async def try_challengers(
    task: Task, ledger: Ledger, move: Move, *, budget: Budget | None = None, split: str = "dev",
    watch: Watch | None = None, guard: Guard | None = None,
) -> Tried:  # fmt: skip
    """Run a move's challengers against the best run of a split and let the referee judge.

    Those that differ from the best in their cleaners alone are read from the ledger: no model is
    opened for them. The others share `budget`; without one (None) the move proposes none. A winner
    is saved to `entries/`, and is the best from then on if what it beat was. Where there is no run
    yet, and the move needs none, the best of the challengers becomes the best.

    Raises InputError where there is no run yet and the move needs one, and what `run_entry` raises.
    """
    if isinstance(move, Checks):
        move.check(task)
    evidence, source = await _evidence(task, ledger, move, split, watch)
    evidence.ledger = ledger
    relevance = move.relevance(evidence)
    session = _Session(task, ledger, evidence, source)
    live = Live(task, ledger, evidence.rows, split=split, budget=budget, guard=guard, watch=watch)
    async with live:
        played = await session.play(move, live, budget)
    trials, winner = _judged(task, ledger, evidence, played, move.name)
    if winner:
        save_entry(task.folder, entry_of(winner.run))
    _record(task, ledger, move, evidence, trials, winner, played.stopped)
    attempts = tuple(_attempt(ledger, evidence, trial) for trial in trials)
    return Tried(
        move, relevance, evidence, attempts, winner, played.among,
        _example(task, ledger, evidence, winner, attempts),
        tables=played.tables
        + (tuple(move.tables(evidence, attempts)) if isinstance(move, Shows) else ()),
        steps=played.steps
        + (tuple(move.steps(evidence, attempts)) if isinstance(move, Leads) else ()),
        absent=tuple(session.absent), stopped=played.stopped, sent=live.sent,
    )  # fmt: skip


async def _evidence(
    task: Task, ledger: Ledger, move: Move, split: str, watch: Watch | None
) -> tuple[Evidence, Recorded | None]:
    try:
        run = starting_run(task, ledger, split)
    except InputError:
        if needs_run(move):
            raise
        return no_run(task, split), None
    return await gather(task, ledger, run, watch)


def _judged(
    task: Task, ledger: Ledger, evidence: Evidence, played: Played, move: str
) -> tuple[list[Trial], Trial | None]:
    if not played.keep:
        return compare_only(task, ledger, evidence.run, played.runs, move), None
    if evidence.run is None:
        return judge_first(task, ledger, played.runs, move)
    return judge_together(
        task, ledger, evidence.run, played.runs, played.among, move, played.samples
    )


def _record(
    task: Task, ledger: Ledger, move: Move, evidence: Evidence, trials: list[Trial],
    winner: Trial | None, stopped: str | None,
) -> None:  # fmt: skip
    """Log that the move was tried on this best, for the planner; the gain is that of the winner,
    else of whoever came nearest."""
    best = evidence.run
    gains = [t.comparison.gain for t in ([winner] if winner else trials) if t.comparison]
    record_try(
        ledger, task.digest, evidence.split, move.name, best=best.id if best else None,
        challengers=len(trials), winner=winner.run.id if winner else None,
        kept=bool(winner and winner.kept), gain=max(gains, default=None), stopped=stopped,
    )  # fmt: skip


class _Session:
    """A move's challengers, one after the other: their runs, and which could not be run."""

    def __init__(
        self, task: Task, ledger: Ledger, evidence: Evidence, source: Recorded | None
    ) -> None:
        self.task, self.ledger, self.evidence, self.source = task, ledger, evidence, source
        self.runs: list[RunRow] = []
        self.absent: list[tuple[str, str]] = []

    async def play(self, move: Move, live: Live, budget: Budget | None) -> Played:
        """The move's own search, where it has one, else its challengers one after the other."""
        if isinstance(move, Plays):
            return await move.play(self.task, self.ledger, self.evidence, live)
        among = move.reachable(self.evidence, budget)
        proposed = move.challengers(self.evidence.entry, self.evidence, budget)
        stopped = await self.run_all(proposed, live)
        return Played(self.runs, among, stopped)

    async def run_all(self, proposed: Iterator[Entry], live: Live) -> str | None:
        """Run them all; why it ended early, if it did."""
        failed: TesujiError | None = None
        for entry in proposed:
            entry = live.named(entry)
            try:
                run = await self._run(entry, live)
            except BudgetSpentError as error:
                return f"{error}: {entry.name} was not run; the same command goes on there"
            except _ABSENT as error:
                self.absent.append((entry.name, str(error)))
                failed = failed or error
                continue
            if run.state != "finished":
                return run.reason
            if live.cut_short(run, self.evidence.run):  # not judged by that
                return _cut_short(run)
            self.evidence.tried[entry.digest] = run
            if not self.evidence.run or run.id != self.evidence.run.id:  # the best, proposed again
                self.runs.append(run)
        if failed and not self.runs:
            raise failed
        return None

    async def _run(self, entry: Entry, live: Live) -> RunRow:
        source = self.source
        if source and replace(entry, clean=source.entry.clean).digest == source.entry.digest:
            return await run_recorded(self.task, self.ledger, source, entry, live.watch)
        return await live.run(entry)


def _cut_short(run: RunRow) -> str:
    missing, done = run.fallbacks, run.total - run.fallbacks
    if not missing:
        left = "not all draws were made"
        more = ""
    else:
        left = f"{missing:,} samples have no answer yet"
        each = max(1.0, (run.sent + run.cached) / done) if done else 1.0
        more = f", with about {round(missing * each):,} requests more"
    return (
        f"the budget ended within {run.entry}, {left}: the same command with a larger one goes on "
        f"there{more}"
    )


def _attempt(ledger: Ledger, evidence: Evidence, trial: Trial) -> Attempt:
    changed = changed_answers(ledger, evidence.run.id, trial.run.id) if evidence.run else 0
    return Attempt(trial, differences(evidence.entry, entry_of(trial.run)), changed)


def _example(
    task: Task, ledger: Ledger, evidence: Evidence, winner: Trial | None,
    attempts: tuple[Attempt, ...],
) -> Example | None:  # fmt: skip
    """The sample that gained most by the winner, else by the first that changed an answer."""
    shown = winner or next((a.trial for a in attempts if a.changed), None)
    if shown is None or evidence.run is None:
        return None
    entry = entry_of(shown.run)
    before = {row.sample: row for row in iter_answers(ledger, evidence.run.id)}
    sign = 1 if task.metric.higher_is_better else -1
    gains: list[tuple[float, str]] = []
    targets = {sample.id: sample.target for sample in evidence.rows}
    for row in iter_answers(ledger, shown.run.id):
        old = before.get(row.sample)
        if old is None or row.output is None or row.answer == old.answer:
            continue
        if row.score is None or old.score is None:
            gain = float(row.answer == targets.get(row.sample))
        else:
            gain = sign * (row.score - old.score)
        gains.append((gain, row.sample))
    if not gains:
        return None
    most = max(gain for gain, _ in gains)
    name = min((sample for gain, sample in gains if gain == most), key=lambda s: (len(s), s))
    record = next(iter_records(ledger, shown.run.id, sample=name))
    if record.output is None:
        return None
    cleaned = clean(
        record.output.text, entry.clean, format=task.format, request=Request(record.messages),
        finish=record.output.finish, language=task.language,
    )  # fmt: skip
    old = before[name]
    raw = record.output.text
    if old.output is not None and old.output != record.row.output:
        raw = getattr(find_output(ledger, old.output), "text", raw)  # another input, another output
    return Example(name, raw, cleaned, old.answer, record.row.answer, targets.get(name))
