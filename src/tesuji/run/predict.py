"""From a run on the test split to a submission."""

from __future__ import annotations

from pathlib import Path

from tesuji.errors import InputError
from tesuji.run.ledger import Ledger, RunRow, iter_answers
from tesuji.task.submission import check_submission, write_submission
from tesuji.task.task import Task


def write_predictions(task: Task, ledger: Ledger, run: RunRow, path: Path) -> list[str]:
    """Write the run's answers as a submission and check it; returns what is wrong with it.

    A sample in the state `error` gets the format's fallback. InputError, and nothing written,
    for a run that has not come to its end.
    """
    if run.state != "finished":
        raise InputError(
            f"run {run.id} ({run.entry}) was stopped ({run.reason}): nothing written; the same "
            "command goes on where it was"
        )
    fallback = task.format.fallback()
    answers = {
        row.sample: fallback if row.state == "error" else row.answer
        for row in iter_answers(ledger, run.id)
    }
    write_submission(task, answers, path)
    return check_submission(task, path)
