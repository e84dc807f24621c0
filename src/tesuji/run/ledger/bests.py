"""Which run is the best of a split, which was before it, and which moves were tried on it.

`bests` is a log that only grows: who became the best, and by what. `undo` and `redo` stand in it as
well, so that nothing is ever lost by them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from tesuji.errors import InputError
from tesuji.run.ledger.runs import RunRow, get_run
from tesuji.run.ledger.store import Ledger

UNDO, REDO = "undo", "redo"


@dataclass(frozen=True, slots=True)
class Step:
    """A run that became the best of its split, and by which move ("run" for a plain run)."""

    run: int
    move: str


@dataclass(frozen=True, slots=True)
class Try:
    """A move that was tried on the run `best` (None: before there was one).

    `gain` is that of the winner, or else of the challenger that came nearest, in the metric's
    units, above 0 for better; None where nothing was compared. `stopped` says why the move did not
    come to its end.
    """

    best: int | None
    move: str
    challengers: int
    winner: int | None
    kept: bool
    gain: float | None
    stopped: str | None
    created: float


def get_best(ledger: Ledger, task_digest: str, split: str) -> RunRow | None:
    """The best run so far on this split of this task."""
    row = ledger.row("SELECT run FROM best WHERE task_digest = ? AND split = ?", task_digest, split)
    return None if row is None else get_run(ledger, row[0])


def set_best(ledger: Ledger, run: RunRow, move: str = "run") -> None:
    """Make this run the best so far on its split, and log which move it comes from."""
    with ledger.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO best VALUES (?, ?, ?)", (run.task_digest, run.split, run.id)
        )
        connection.execute(
            "INSERT INTO bests (task_digest, split, run, move, created) VALUES (?, ?, ?, ?, ?)",
            (run.task_digest, run.split, run.id, move, time.time()),
        )


def best_chain(ledger: Ledger, task_digest: str, split: str) -> list[Step]:
    """How the best came about: the first best run, what beat it, and so on, to the present one."""
    return _stacks(ledger, task_digest, split)[0]


def undo_best(ledger: Ledger, task_digest: str, split: str) -> tuple[RunRow, RunRow]:
    """The best before becomes the best again; returns (the best now, what it was).

    InputError where there is none before.
    """
    chain, _ = _stacks(ledger, task_digest, split)
    if len(chain) < 2:
        there = "there is no best run yet" if not chain else "the best is the first that there was"
        raise InputError(f"nothing to undo on {split}: {there}")
    return _move_to(ledger, chain[-2], chain[-1], UNDO)


def redo_best(ledger: Ledger, task_digest: str, split: str) -> tuple[RunRow, RunRow]:
    """Take the last undo back; returns (the best now, what it was).

    InputError where nothing was undone since another run became the best.
    """
    chain, undone = _stacks(ledger, task_digest, split)
    if not undone:
        raise InputError(f"nothing to redo on {split}: nothing was undone since the best changed")
    return _move_to(ledger, undone[-1], chain[-1], REDO)


def _move_to(ledger: Ledger, new: Step, old: Step, word: str) -> tuple[RunRow, RunRow]:
    run = get_run(ledger, new.run)
    set_best(ledger, run, word)
    return run, get_run(ledger, old.run)


def _stacks(ledger: Ledger, task_digest: str, split: str) -> tuple[list[Step], list[Step]]:
    """The steps to the present best, and those that were undone, the last one at the end."""
    chain: list[Step] = []
    undone: list[Step] = []
    for run, move in ledger.rows(
        "SELECT run, move FROM bests WHERE task_digest = ? AND split = ? ORDER BY id",
        task_digest, split,
    ):  # fmt: skip
        if move == UNDO and chain:
            undone.append(chain.pop())
        elif move == REDO and undone:
            chain.append(undone.pop())
        elif move not in (UNDO, REDO):
            chain.append(Step(run, move))
            undone.clear()
    return chain, undone


def record_try(
    ledger: Ledger, task_digest: str, split: str, move: str, *, best: int | None,
    challengers: int = 0, winner: int | None = None, kept: bool = False, gain: float | None = None,
    stopped: str | None = None,
) -> None:  # fmt: skip
    """Record that a move was tried on a best run, and what came of it."""
    with ledger.transaction() as connection:
        connection.execute(
            "INSERT INTO tries (task_digest, split, best, move, challengers, winner, kept, gain, "
            "stopped, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (task_digest, split, best, move, challengers, winner, kept, gain, stopped, time.time()),
        )


def list_tries(ledger: Ledger, task_digest: str, split: str) -> list[Try]:
    """All moves that were tried on a split, oldest first."""
    rows = ledger.rows(
        "SELECT best, move, challengers, winner, kept, gain, stopped, created FROM tries "
        "WHERE task_digest = ? AND split = ? ORDER BY id",
        task_digest, split,
    )  # fmt: skip
    return [Try(row[0], row[1], row[2], row[3], bool(row[4]), *row[5:]) for row in rows]


def gain_of(ledger: Ledger, best: int, challenger: int) -> float | None:
    """By how much a challenger beat a best run when the two were compared; None if never."""
    row = ledger.row("SELECT gain FROM trials WHERE best = ? AND challenger = ?", best, challenger)
    return None if row is None else float(row[0])
