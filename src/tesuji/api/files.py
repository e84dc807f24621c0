"""Verbs that write and read files: new, check, export, import_outputs."""

from __future__ import annotations

from pathlib import Path

from tesuji.api.opening import find_entry, open_ledger
from tesuji.errors import InputError
from tesuji.reports import CheckReport, ExportReport, ImportReport, NewReport
from tesuji.run.entry import Entry
from tesuji.run.ledger import FILE, Ledger, find_run
from tesuji.session import run_sync
from tesuji.task.task import Task, load


def new(
    name: str | Path, *, like: str | None = None, data: Path | str | None = None,
    target: str | None = None, test: Path | str | None = None,
) -> NewReport:  # fmt: skip
    """Make the folder `name` a competition: like a ready one, or guessed from your own data.

    InputError, and nothing written, if the folder has a competition or the data do not fit.
    """
    folder = Path(name)
    if (like is None) == (data is None):
        raise InputError("give either --like COMPETITION or --from DATA (with --target COLUMN)")
    if like is not None:
        from tesuji.competitions import create_competition

        if target or test:
            raise InputError("--target and --test go with --from, not with --like")
        create_competition(like, folder)
        return NewReport(load(folder), None)
    if target is None:
        raise InputError("--from needs --target COLUMN: which column is to be answered?")
    from tesuji.task.guess import guess
    from tesuji.task.new import write_competition
    from tesuji.task.table import read_table

    assert data is not None
    guessed = guess(read_table(data), target, read_table(test) if test else None)
    write_competition(folder, guessed, data, test)
    return NewReport(load(folder), guessed)


def check(task: Task, path: Path | str | None = None) -> CheckReport:
    """Is this file (by default the one that `predict` writes) a valid submission?"""
    from tesuji.task.submission import inspect_submission

    target = Path(path) if path else task.folder / task.own.submission_file
    found = inspect_submission(task, target)
    return CheckReport(target, found.problems, found.notes)


def export(task: Task, run: str | int, path: Path | str | None = None) -> ExportReport:
    """Write a run to a file, one row a sample: fields, messages, all outputs, answer, score.

    The file's ending says how: `.jsonl` (the default: RUN.jsonl in the competition's folder),
    `.parquet`, or `.eval` and `.json`, logs that Inspect's viewer opens.
    """
    from tesuji.run.exchange import export_run

    with open_ledger(task) as ledger:
        row = find_run(ledger, str(run))
        target = Path(path) if path else task.folder / f"{row.entry}-{row.id}.jsonl"
        return ExportReport(row, target, export_run(task, ledger, row, target))


def import_outputs(
    task: Task, path: Path | str, model: str | None = None, *, entry: Entry | str | None = None,
    split: str = "dev", name: str | None = None, prompt: str = "prompt", text: str = "output",
) -> ImportReport:  # fmt: skip
    """Record outputs that were made elsewhere, so that a run finds them and sends nothing.

    Lines of `export` keep the keys that they had. Others hold a prompt and an output (`prompt` and
    `text` name the columns): they are recorded as what the entry's model answered to the sample
    with that prompt. With `name`, all are recorded under that name, for `replay:ledger.db#NAME`,
    and the model need not be there. DataError names the line that is wrong; nothing is written.
    """
    from tesuji.run.exchange import Recordings
    from tesuji.run.exchange import import_outputs as record

    chosen = find_entry(task, entry, model)
    recordings = Recordings(
        Path(path), task, chosen, split, lambda: name or _identity(task, chosen),
        always=name is not None, prompt=prompt, text=text,
    )  # fmt: skip
    recordings.check()
    with Ledger(task.folder / FILE) as ledger:
        return ImportReport(recordings.path, record(ledger, recordings), name)


def _identity(task: Task, entry: Entry) -> str:
    """Under which name the outputs of the entry's model are recorded."""
    from tesuji.run.opening import open_for

    async def ask() -> str:
        backend = open_for(task, entry)
        try:
            await backend.ready()
            return backend.identity
        finally:
            await backend.close()

    return run_sync(ask())
