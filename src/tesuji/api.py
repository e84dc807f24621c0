"""The verbs of Tesuji, for notebooks and for the command line.

Each is an ordinary function: it opens the competition's ledger and the model, runs the engine,
closes both, and returns a report that shows itself in a notebook. They work inside a running
event loop too (notebooks have one).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.errors import ConfigError, InputError
from tesuji.reports import (
    CheckReport,
    DiagnosisReport,
    ExportReport,
    FirstReport,
    ImportReport,
    NewReport,
    PredictReport,
    RunReport,
    RunsReport,
    TryReport,
)
from tesuji.run.budget import Budget
from tesuji.run.entry import (
    Entry,
    base_entry,
    from_table,
    load_entry,
    make_sampling,
    save_entry,
)
from tesuji.run.ledger import (
    FILE,
    Ledger,
    Record,
    RunRow,
    find_run,
    finding_examples,
    finding_rates,
    get_best,
    iter_answers,
    iter_records,
    list_runs,
    rate_history,
    read_alarms,
    read_rates,
)
from tesuji.run.runner import make_meter, run_entry
from tesuji.session import halting, run_sync, with_model
from tesuji.task.task import Task, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tesuji.compare import Comparison
    from tesuji.diagnose import Diagnosed
    from tesuji.models.base import Model
    from tesuji.run.progress import Watch

__all__ = [
    "best_entry",
    "check",
    "compare",
    "derive",
    "diagnose",
    "export",
    "find_entry",
    "first",
    "import_outputs",
    "load",
    "new",
    "predict",
    "run",
    "runs",
    "show",
    "try_move",
]

_NO_RUN = "there is no run yet: begin with `tesuji first`, then `tesuji run`"


def first(
    task: Task, model: str | None = None, *, entry: Entry | str | None = None, n: int = 1,
    split: str = "dev",
) -> FirstReport:  # fmt: skip
    """Look at what the model really writes on the first `n` samples of a split."""
    from tesuji.run.first import first_move

    if n < 1:
        raise InputError(f"n is {n}; it must be at least 1")
    chosen = find_entry(task, entry, model)
    samples = task.split(split)[:n]

    async def look(ledger: Ledger, backend: Model) -> FirstReport:
        moves = await first_move(task, chosen, samples, model=backend, ledger=ledger)
        return FirstReport(task, chosen, tuple(moves))

    return with_model(task, chosen, look)


def run(
    task: Task, model: str | None = None, *, entry: Entry | str | None = None, split: str = "dev",
    limit: int | None = None, budget: Budget | None = None, watch: Watch | None = None,
    on_interrupt: Callable[[], None] | None = None, stop_when: Sequence[str] = (),
) -> RunReport:  # fmt: skip
    """Answer a split with an entry, score it, and compare it in pairs with the best so far.

    The entry becomes the best only if the referee says it is better. A run that was interrupted
    goes on where it was; one that is finished sends nothing. The entry is saved to `entries/`.
    `on_interrupt` is called at the first Ctrl-C, when requests in flight are still awaited.
    `stop_when` are rules such as "loop>20%": the run stops once that is surely so.
    """
    from tesuji.compare.trial import judge
    from tesuji.run.alarms import parse_stop_rule

    rules = [parse_stop_rule(rule) for rule in stop_when]
    chosen = find_entry(task, entry, model)
    samples = task.split(split)
    if limit is not None:
        if limit < 1:
            raise InputError(f"limit is {limit}; it must be at least 1")
        samples = samples[:limit]
    answer_all = partial(
        run_entry, task, chosen, samples, split=split, watch=watch, stop_when=rules
    )

    async def answer(ledger: Ledger, backend: Model) -> RunReport:
        if chosen.name != "base":
            save_entry(task.folder, chosen)
        meter = make_meter(task, chosen, budget)
        with halting(meter.halt, on_interrupt):
            row = await answer_all(model=backend, ledger=ledger, meter=meter)
        failures = (a.reason for a in iter_answers(ledger, row.id) if a.state == "error")
        failure = next(failures, None) if row.errors else None
        trial = judge(task, ledger, row)
        return RunReport(
            task, trial, finding_rates(ledger, row.id), failure,
            tuple(finding_examples(ledger, row.id)), _history(ledger, row),
            tuple(words for _, words in read_alarms(ledger, row.id)),
        )  # fmt: skip

    return with_model(task, chosen, answer)


def _history(ledger: Ledger, run: RunRow) -> dict[str, list[float]]:
    points = read_rates(ledger, run.id)
    kinds = dict.fromkeys(kind for point in points for kind in point.hits)
    return {kind: rate_history(points, kind) for kind in kinds}


def compare(task: Task, a: str | int, b: str | int) -> Comparison:
    """Is run `b` better than run `a`? Runs by number, or by entry name for its newest run."""
    from tesuji.compare.trial import compare_runs

    with _open_ledger(task) as ledger:
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


def try_move(
    task: Task, move: str, *, inputs: bool = False, budget: Budget | None = None,
    watch: Watch | None = None, on_interrupt: Callable[[], None] | None = None,
) -> TryReport:  # fmt: skip
    """Try one of the next moves on the best run so far; what is better becomes the best.

    `process` cleans the recorded outputs: no model is called, none need be there. With `inputs`,
    or with a `budget`, it also tries entries with plain inputs, which are sent to the model.
    InputError for an unknown move, or where there is no run yet.
    """
    from tesuji.moves import find_move
    from tesuji.moves.trying import try_challengers
    from tesuji.run.budget import make_budget

    chosen = find_move(move)
    if inputs and budget is None:
        budget = make_budget(task.limits)
    _open_ledger(task).close()

    async def attempt() -> TryReport:
        with Ledger(task.folder / FILE) as ledger:
            tried = await try_challengers(
                task, ledger, chosen, budget=budget, watch=watch,
                guard=lambda halt: halting(halt, on_interrupt),
            )  # fmt: skip
            return TryReport(task, tried)

    return run_sync(attempt())


def predict(
    task: Task, model: str | None = None, *, entry: Entry | str | None = None,
    split: str = "test", path: Path | str | None = None, budget: Budget | None = None,
    watch: Watch | None = None, on_interrupt: Callable[[], None] | None = None,
) -> PredictReport:  # fmt: skip
    """Answer the test split with the best entry so far and write a checked submission.

    Every row gets an answer: where a request failed or nothing could be parsed, the format's
    fallback; the report counts them. A run that was interrupted writes nothing.
    """
    from tesuji.run.predict import write_predictions
    from tesuji.task.submission import submission_needs

    if split != "test":
        raise InputError(f"a submission is made from the split 'test', not '{split}'")
    chosen = find_entry(task, entry or best_entry(task), model)
    samples = task.split(split)
    target = Path(path) if path else task.folder / "submission.csv"
    _check_writable(target)
    submission_needs(task)  # ConfigError now, not after the run
    answer_all = partial(run_entry, task, chosen, samples, split=split, watch=watch)

    async def answer(ledger: Ledger, backend: Model) -> PredictReport:
        meter = make_meter(task, chosen, budget)
        with halting(meter.halt, on_interrupt):
            row = await answer_all(model=backend, ledger=ledger, meter=meter)
        problems = write_predictions(task, ledger, row, target)
        return PredictReport(task, row, target, tuple(problems), finding_rates(ledger, row.id))

    return with_model(task, chosen, answer)


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


def show(
    task: Task, run: str | int, *, sample: str | None = None, n: int = 5, worst: bool = False,
    finding: str | None = None,
) -> list[Record]:  # fmt: skip
    """Samples of a run: the exact text sent, what came back, what was made of it."""
    order = "sample"
    if worst:
        order = "score" if task.metric.higher_is_better else "score DESC"
    with _open_ledger(task) as ledger:
        row = find_run(ledger, str(run))
        found = list(
            iter_records(
                ledger, row.id, sample=sample, kind=finding, order=order,
                limit=1 if sample is not None else n,
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
    with _open_ledger(task) as ledger:
        if run is None:
            rows = list_runs(ledger)
            if not rows:
                raise InputError(_NO_RUN)
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


def export(task: Task, run: str | int, path: Path | str | None = None) -> ExportReport:
    """Write a run to a file, one row a sample: fields, messages, all outputs, answer, score.

    The file's ending says how: `.jsonl` (the default: RUN.jsonl in the competition's folder),
    `.parquet`, or `.eval` and `.json`, logs that Inspect's viewer opens.
    """
    from tesuji.run.exchange import export_run

    with _open_ledger(task) as ledger:
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


def check(task: Task, path: Path | str | None = None) -> CheckReport:
    """Is this file (by default the one that `predict` writes) a valid submission?"""
    from tesuji.task.submission import inspect_submission

    target = Path(path) if path else task.folder / "submission.csv"
    found = inspect_submission(task, target)
    return CheckReport(target, found.problems, found.notes)


def find_entry(task: Task, entry: Entry | str | None, model: str | None = None) -> Entry:
    """The entry meant: an `Entry`, the name of a saved one, or the one of `competition.toml`.

    `model` replaces its model (and then its name tells so).
    """
    from dataclasses import replace

    if entry is None or entry == "base":
        return base_entry(task, model)
    chosen = entry if isinstance(entry, Entry) else load_entry(task.folder, entry)
    if model and model != chosen.model:
        label = "".join(c if c.isalnum() else "-" for c in model.split("#")[-1].split("/")[-1])
        return replace(chosen, model=model, name=f"{chosen.name}-{label.strip('-')}"[:80])
    return chosen


def best_entry(task: Task, split: str = "dev") -> Entry | None:
    """The entry of the best run so far, just as it was run; None before the first run."""
    if not (task.folder / FILE).exists():
        return None
    with Ledger(task.folder / FILE) as ledger:
        best: RunRow | None = get_best(ledger, task.digest, split)
    return None if best is None else from_table(best.entry_table, best.entry, f"run {best.id}")


def _open_ledger(task: Task) -> Ledger:
    """The ledger that is there; looking must not make one."""
    if not (task.folder / FILE).exists():
        raise InputError(_NO_RUN)
    return Ledger(task.folder / FILE)


def _check_writable(path: Path) -> None:
    """Say before a long run, not after it, that its result could not be written."""
    if path.is_dir():
        raise InputError(f"{path}: cannot be written: it is a folder; name a file in it")
    if not path.name.lower().endswith((".csv", ".tsv", ".jsonl")):
        raise InputError(f"{path}: cannot be written: name a .csv, .tsv or .jsonl file")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: cannot be written: there is no folder {path.parent}; make it")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise InputError(f"{path}: cannot be written: no permission; choose another place")


def derive(
    entry: Entry, *, name: str | None = None, system: str | None = None, user: str | None = None,
    examples: int | None = None, inputs: Sequence[str] | None = None,
    clean: Sequence[str] | None = None, flow: str | None = None,
    options: dict[str, Any] | None = None, constrain: bool | None = None, **sampling: Any,
) -> Entry:  # fmt: skip
    """A challenger: `entry` with some things changed. What is None stays as it is.

    Without a `name` it is called after the entry it comes from and what it says. ConfigError for
    a value of `sampling` that cannot be, or fewer than no examples.
    """
    from dataclasses import replace

    if examples is not None and examples < 0:
        raise ConfigError(f"examples is {examples}; it must be at least 0")
    given = {key: value for key, value in sampling.items() if value is not None}
    checked = make_sampling(given, "the changed entry")
    prompt: dict[str, Any] = {"system": system, "user": user, "examples": examples}
    changes: dict[str, Any] = {
        "inputs": None if inputs is None else tuple(inputs),
        "clean": None if clean is None else tuple(clean),
        "flow": flow, "options": options, "constrain": constrain,
    }  # fmt: skip
    changed = replace(
        entry,
        prompt=replace(entry.prompt, **{k: v for k, v in prompt.items() if v is not None}),
        sampling=replace(entry.sampling, **{key: getattr(checked, key) for key in given}),
        **{k: v for k, v in changes.items() if v is not None},
    )
    if changed == entry:
        return entry if name is None else replace(entry, name=name)
    return replace(changed, name=name or f"{entry.name}-{changed.digest[:4]}")
