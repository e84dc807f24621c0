"""Who was the best, by which move; back and forward again, with nothing lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tesuji.errors import InputError
from tesuji.run.ledger import (
    Ledger,
    RunRow,
    Step,
    begin_run,
    best_chain,
    get_best,
    get_run,
    list_tries,
    record_try,
    redo_best,
    set_best,
    undo_best,
)
from tesuji.run.ledger.schema import MIGRATIONS


def runs(ledger: Ledger, count: int, task: str = "t", split: str = "dev") -> list[RunRow]:
    return [
        get_run(ledger, begin_run(
            ledger, entry=f"e{n}", model="m", entry_digest=f"{task}{split}{n}", entry_table={},
            task_digest=task, split=split, samples_digest="s", total=1, metric="exact",
        ))
        for n in range(count)
    ]  # fmt: skip


def best(ledger: Ledger) -> str:
    run = get_best(ledger, "t", "dev")
    assert run is not None
    return run.entry


def test_back_and_forward_and_a_new_best_ends_the_forward(ledger: Ledger) -> None:
    first, second, third, other = runs(ledger, 4)
    set_best(ledger, first)
    set_best(ledger, second, "process")
    set_best(ledger, third, "flow")
    assert best_chain(ledger, "t", "dev") == [
        Step(first.id, "run"), Step(second.id, "process"), Step(third.id, "flow"),
    ]  # fmt: skip
    now, was = undo_best(ledger, "t", "dev")
    assert (now.id, was.id) == (second.id, third.id) and best(ledger) == "e1"
    assert undo_best(ledger, "t", "dev")[0].id == first.id
    with pytest.raises(InputError, match="the best is the first that there was"):
        undo_best(ledger, "t", "dev")
    assert best(ledger) == "e0"
    assert redo_best(ledger, "t", "dev")[0].id == second.id
    assert redo_best(ledger, "t", "dev")[0].id == third.id
    with pytest.raises(InputError, match="nothing to redo"):
        redo_best(ledger, "t", "dev")
    undo_best(ledger, "t", "dev")
    set_best(ledger, other, "prompt")  # beats the second
    with pytest.raises(InputError, match="nothing to redo"):
        redo_best(ledger, "t", "dev")
    assert [step.run for step in best_chain(ledger, "t", "dev")] == [
        first.id, second.id, other.id,
    ]  # fmt: skip
    assert undo_best(ledger, "t", "dev")[0].id == second.id


def test_splits_and_tasks_are_apart(ledger: Ledger) -> None:
    (dev, better), (train,), (elsewhere,) = (
        runs(ledger, 2), runs(ledger, 1, split="train"), runs(ledger, 1, task="u"),
    )  # fmt: skip
    for run in (dev, train, elsewhere, better):
        set_best(ledger, run)
    with pytest.raises(InputError, match="nothing to undo on train"):
        undo_best(ledger, "t", "train")
    with pytest.raises(InputError, match="there is no best run yet"):
        undo_best(ledger, "v", "dev")
    undo_best(ledger, "t", "dev")
    assert best(ledger) == "e0" and get_best(ledger, "u", "dev") == elsewhere


def test_tries_are_kept_in_order(ledger: Ledger) -> None:
    (run,) = runs(ledger, 1)
    record_try(ledger, "t", "dev", "survey", best=None)
    record_try(ledger, "t", "dev", "flow", best=run.id, challengers=3, winner=run.id, kept=True,
               gain=0.5)  # fmt: skip
    record_try(ledger, "t", "train", "flow", best=run.id, stopped="interrupted")
    survey, flow = list_tries(ledger, "t", "dev")
    assert (survey.move, survey.best, survey.kept, survey.gain) == ("survey", None, False, None)
    assert (flow.move, flow.challengers, flow.kept, flow.gain) == ("flow", 3, True, 0.5)


def test_a_ledger_from_before_has_its_bests_and_can_go_on(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as connection:
        for migration in MIGRATIONS[:3]:
            connection.executescript(migration)
        connection.execute("PRAGMA user_version = 3")
        connection.execute(
            "INSERT INTO runs (id, entry, model, entry_digest, entry_table, task_digest, split, "
            "samples_digest, total, state, metric, started) VALUES "
            "(7, 'old', 'm', 'd', '{}', 't', 'dev', 's', 1, 'finished', 'exact', 1.0)"
        )
        connection.execute("INSERT INTO best VALUES ('t', 'dev', 7)")
        connection.execute(
            "INSERT INTO trials (best, challenger, samples, gain, low, high, p, verdict, created) "
            "VALUES (7, 7, 1, 0, 0, 0, 1, 'x', 1)"
        )
    connection.close()
    with Ledger(path) as ledger:
        assert best_chain(ledger, "t", "dev") == [Step(7, "run")]
        with pytest.raises(InputError, match="nothing to undo"):
            undo_best(ledger, "t", "dev")
        (new,) = runs(ledger, 1)
        set_best(ledger, new, "process")
        assert undo_best(ledger, "t", "dev")[0].id == 7
        assert ledger.row("SELECT move FROM trials") == (None,)
