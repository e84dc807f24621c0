"""Files, folders and the installation as a person at a terminal wants to read of them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tesuji.cli.paper import console, field, grid, wrapped
from tesuji.cli.paths import near, nearer
from tesuji.cli.show_run import show_run_row
from tesuji.reports import CheckReport, ExportReport, ImportReport, NewReport, PredictReport

if TYPE_CHECKING:
    from tesuji.doctor import DoctorReport
    from tesuji.sandbox import Layer

_SHOWN_PROBLEMS = 20


def show_predict(report: PredictReport) -> None:
    """The submission and the run behind it, where there is one."""
    run = report.run
    if run is not None:
        show_run_row(run, report.findings)
        if guessed := run.unparsed + run.fallbacks + run.errors:
            field("", Text(f"{guessed} rows hold the format's fallback answer", "yellow"))
    _valid(near(report.path), report.problems)


def show_export(report: ExportReport) -> None:
    """Where a run was written to."""
    console.print(f"{near(report.path)}: {report.samples:,} samples of run {report.run.id}")
    if report.path.suffix.lower() == ".eval":
        console.print(
            "Open it: inspect view --log-dir " + shlex.quote(near(report.path.parent)), style="dim"
        )


def show_import(report: ImportReport) -> None:
    """What became of the outputs, and which command finds them."""
    console.print(f"{near(report.path)}: {report.sentence()}")
    if report.name:
        console.print(f"Next: tesuji run --model 'replay:ledger.db#{report.name}'", style="dim")


def show_check(report: CheckReport) -> None:
    """What is wrong with a submission, and what is worth a look."""
    _valid(near(report.path), report.problems)
    if report.notes:
        console.print("worth a look:", style="yellow")
        _lines(report.notes)


def _valid(path: str, problems: Sequence[str]) -> None:
    if not problems:
        console.print(Text("✓ ", "green").append(f"{path} is a valid submission", "bold"))
        return
    console.print(Text("✗ ", "red").append(f"{path} is not a valid submission:", "bold"))
    _lines(problems)


def _lines(lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN_PROBLEMS]:
        console.print(Text(f"  {nearer(line)}"))
    if len(lines) > _SHOWN_PROBLEMS:
        console.print(f"  … and {len(lines) - _SHOWN_PROBLEMS:,} more")


def show_new(report: NewReport) -> None:
    """What was made, and what was guessed and why."""
    task = report.task
    console.print(Text(near(task.folder / "competition.toml"), "bold"))
    sizes = ", ".join(f"{len(getattr(task, s)):,} {s}" for s in ("train", "dev", "test"))
    field("samples", sizes)
    field("answer", wrapped(task.format.tell()))
    better = "higher" if task.metric.higher_is_better else "lower"
    field("metric", f"{task.metric.name} ({better} is better)")
    if report.guess:
        field("why", wrapped(report.guess.answer.why_format))
        field("", wrapped(report.guess.answer.why_metric))
        for key, reason in report.guess.reasons.items():
            field(key, wrapped(reason))
        console.print("Each guess stands in that file with its reason: change what is wrong.")
    model = "" if task.model else " --model nano"
    where = shlex.quote(near(task.folder))
    console.print(Text(f"Next: tesuji first -C {where}{model}", "dim"))


def show_doctor(report: DoctorReport) -> None:
    """What works here, what would make more work."""
    console.print(f"tesuji {report.version}, Python {report.python}, {report.system}")
    console.print(f"{report.cores} cores; " + ", ".join(f"{k} {v}" for k, v in report.base.items()))
    table = grid("", "extra", "adds", "packages")
    for extra in report.extras:
        packages = ", ".join(f"{k} {v or '–'}" for k, v in extra.packages.items())
        table.add_row("✓" if extra.ready else "", extra.name, extra.adds, packages)
    console.print(table)
    missing = [extra.name for extra in report.extras if not extra.ready]
    if missing:
        console.print(f"an extra is installed by: pip install 'tesuji[{missing[0]}]'", style="dim")
    _show_sandbox(report.sandbox)
    for key, is_set in report.keys.items():
        field(key, "set" if is_set else "not set")
    for name, value in (report.model or {}).items():
        field(name, value)


def _show_sandbox(layers: Sequence[Layer]) -> None:
    """What keeps a model's code in, and what doesn't here."""
    from tesuji.sandbox.layers import holes

    table = grid("", "sandbox layer", "keeps a model's code from")
    for layer in layers:
        missing = "" if layer.on else f"\nnot here: {layer.why_not}"
        table.add_row("✓" if layer.on else "", layer.name, layer.keeps_from + missing)
    console.print(table)
    if open_to := holes({layer.name: layer.why_not for layer in layers if layer.why_not}):
        what = " and ".join(open_to)
        console.print(f"nothing keeps it from {what} here: it is not run", style="yellow")
