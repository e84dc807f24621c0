"""Looking at a competition before the next move: the ledger is read, nothing is sent or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tesuji.errors import ConfigError, InputError, TesujiError
from tesuji.moves.evidence import gather, no_run, starting_run
from tesuji.moves.move import Checks, Evidence, Move, Relevance, needs_run
from tesuji.moves.situation import Situation, situation_of
from tesuji.run.budget import Budget
from tesuji.run.ledger import Ledger, best_chain, get_best, list_runs, list_tries
from tesuji.task.task import Task


async def look(
    task: Task, ledger: Ledger | None, moves: Mapping[str, type[Move]], *, split: str = "dev",
    left: Budget | None = None,
) -> Situation:  # fmt: skip
    """The situation of a task, from its best run's recorded outputs as they are read today.

    `moves` are asked for their relevance; one that raises a TesujiError is not relevant, for that
    reason. Without a ledger, or a run, it is the situation before the first.
    """
    evidence = no_run(task, split)
    if ledger is None:
        return situation_of(task, evidence, relevance=relevances(moves, evidence), left=left)
    try:
        run = starting_run(task, ledger, split)
    except InputError:
        pass
    else:
        evidence, _ = await gather(task, ledger, run, conclude=False)
        evidence = replace(evidence, split=split)
    best = get_best(ledger, task.digest, split)
    return situation_of(
        task, evidence, relevance=relevances(moves, evidence),
        tries=list_tries(ledger, task.digest, split),
        chain=[step.move for step in best_chain(ledger, task.digest, split)],
        runs=list_runs(ledger), whole=best is not None or evidence.run is None,
        looked=ledger.row("SELECT 1 FROM outputs") is not None, left=left,
    )  # fmt: skip


def relevances(moves: Mapping[str, type[Move]], evidence: Evidence) -> dict[str, Relevance | None]:
    """What each move says of itself; None of those that need a run where there is none. One that
    needs settings, such as `--with URI`, gives no reason."""
    found: dict[str, Relevance | None] = {}
    for name, kind in moves.items():
        move = kind()
        try:
            set_up = _check(move, evidence.task)
            ready = evidence.run is not None or not needs_run(move)
            found[name] = move.relevance(evidence) if ready else None
            if ready and not set_up:  # it can't know what it would be told
                found[name] = replace(move.relevance(evidence), why="")
        except TesujiError as error:
            found[name] = Relevance(str(error), 0.0, 0)
    return found


def _check(move: Move, task: Task) -> bool:
    """Whether the move could be tried as it is, without settings; raises what it lacks."""
    if isinstance(move, Checks):
        try:
            move.check(task)
        except ConfigError:
            return False
    return True
