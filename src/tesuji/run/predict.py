"""From a run on the test split to a submission."""

from __future__ import annotations

from pathlib import Path

from tesuji.errors import InputError, SubmissionError
from tesuji.run.entry import Entry
from tesuji.run.ledger import Ledger, RunRow, iter_answers
from tesuji.task.own import called
from tesuji.task.submission import check_submission, write_submission
from tesuji.task.task import Task


def write_own(task: Task, entry: Entry, path: Path) -> list[str]:
    """Have competition.py write its submission, and check it where that can; what is wrong with it.

    SubmissionError where its functions fail, or no file came of it.
    """
    own = task.own
    assert own.submission is not None
    called(own, "submission", own.submission, task, entry, path)
    if not path.is_file():
        raise SubmissionError(f"{own.path}: submission: it wrote no file {path}")
    return check_submission(task, path) if own.check_submission is not None else []


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
