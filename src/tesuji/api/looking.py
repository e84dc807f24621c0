"""Verbs that look at what is recorded and ask no model: runs, compare, show, diagnose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tesuji.api.opening import NO_RUN, open_ledger
from tesuji.errors import InputError
from tesuji.reports import DiagnosisReport, RunsReport
from tesuji.run.ledger import (
    FILE,
    Ledger,
    Record,
    RunRow,
    find_run,
    finding_examples,
    finding_rates,
    get_best,
    iter_records,
    list_runs,
)
from tesuji.task.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tesuji.compare import Comparison
    from tesuji.diagnose import Diagnosed


def compare(task: Task, a: str | int, b: str | int) -> Comparison:
    """Is run `b` better than run `a`? Runs by number, or by entry name for its newest run."""
    from tesuji.compare.trial import compare_runs

    with open_ledger(task) as ledger:
        first, second = (find_run(ledger, str(run), scored=True) for run in (a, b))
        return compare_runs(task, ledger, first, second)


def runs(task: Task) -> RunsReport:
    """All runs of the competition, with scores and failure rates."""
    from tesuji.compare.reuse import reuse

    if not (task.folder / FILE).exists():
        return RunsReport(task, (), {}, set())
    with Ledger(task.folder / FILE) as ledger:
        rows = list_runs(ledger)
        rates = {row.id: finding_rates(ledger, row.id) for row in rows}
        newest = tuple(finding_examples(ledger, rows[-1].id)) if rows else ()
        best = {row.split: get_best(ledger, task.digest, row.split) for row in rows}
        return RunsReport(
            task, tuple(rows), rates, {run.id for run in best.values() if run}, newest,
            tuple(reuse(task, ledger, split) for split in best),
        )  # fmt: skip


def show(
    task: Task, run: str | int, *, sample: str | None = None, n: int = 5, worst: bool = False,
    finding: str | None = None, tag: str | None = None, noted: bool = False,
) -> list[Record]:  # fmt: skip
    """Samples of a run: the exact text sent, what came back, what was made of it, and what a person
    noted. With `tag` or `noted`, those with this tag, or with any note or tag."""
    order = "sample"
    if worst:
        order = "score" if task.metric.higher_is_better else "score DESC"
    with open_ledger(task) as ledger:
        row = find_run(ledger, str(run))
        found = list(
            iter_records(
                ledger, row.id, sample=sample, kind=finding, tag=tag, noted=noted,
                order=order, limit=1 if sample is not None else n,
            )
        )  # fmt: skip
    if sample is not None and not found:
        raise InputError(f"run {row.id} ({row.entry}) has no sample '{sample}'")
    return found


def diagnose(
    source: Task | Path | str, *, run: str | int | None = None, text: str = "output",
    prompt: str = "prompt", language: str | None = None, system: str | None = None,
    finish: str | None = None, id: str | None = None,
) -> DiagnosisReport:  # fmt: skip
    """Find failures in outputs: of a task's run (the newest, if none is named), or of a file.

    For a file (JSONL, CSV, TSV, Parquet), `text`, `prompt`, `system`, `finish` and `id` name
    columns, dotted for nested JSON; `language` is a code or a column. A run's outputs are diagnosed
    anew, by the detectors of today.
    """
    from tesuji.diagnose import diagnose_file

    if not isinstance(source, Task):
        path = Path(source)
        return DiagnosisReport(
            str(path),
            lambda: diagnose_file(
                path, text, prompt, language, system=system, finish=finish, id=id
            ),
        )
    task = source
    with open_ledger(task) as ledger:
        if run is None:
            rows = list_runs(ledger)
            if not rows:
                raise InputError(NO_RUN)
            run = rows[-1].id
        row = find_run(ledger, str(run))
    return DiagnosisReport(
        f"run {row.id} ({row.entry} on {row.model})", lambda: _diagnose_run(task, row)
    )


def _diagnose_run(task: Task, run: RunRow) -> Iterator[Diagnosed]:
    from tesuji.diagnose import Diagnosed
    from tesuji.diagnose import diagnose as findings_of
    from tesuji.models.base import Request

    with Ledger(task.folder / FILE) as ledger:
        for record in iter_records(ledger, run.id):
            if record.output is not None:
                request = Request(record.messages)
                found = findings_of(record.output, request, task.format, task.language)
                yield Diagnosed(record.row.sample, record.output.text, tuple(found))
