"""Reports as a person at a terminal wants to read them."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tesuji.cli.marks import COLOURS, marked
from tesuji.cli.paths import near, nearer
from tesuji.diagnose import Diagnosed, Finding, highlight, visible
from tesuji.models.base import Output
from tesuji.reports import (
    CheckReport,
    ExportReport,
    FirstReport,
    ImportReport,
    NewReport,
    PredictReport,
    RunReport,
    RunsReport,
    cost_text,
    counts_text,
    number_text,
    rates_text,
    score_text,
    usd_text,
)
from tesuji.task.sample import Message

if TYPE_CHECKING:
    from tesuji.compare import Comparison
    from tesuji.doctor import DoctorReport
    from tesuji.run.first import FirstMove
    from tesuji.run.ledger import Record, RunRow
    from tesuji.task.task import Task

_LONGEST = 2000  # characters of one text that are shown; `--json` has all of it
_SHOWN_PROBLEMS = 20
_WHOLE = ("run", "split", "score")  # columns of tables that are not broken
_EXCERPT = {"around": 30, "most": 120}  # characters around a failure, and of it

# Without markup: what is shown is often what a model wrote, and "[red]" there is only text.
console = Console(highlight=False, soft_wrap=True, markup=False)


def show_json(data: Any) -> None:
    """Plain JSON on standard output."""
    click.echo(json.dumps(_jsonable(data), ensure_ascii=False, indent=2))


def show_json_lines(records: Iterable[Mapping[str, Any]]) -> None:
    """One line a record."""
    for record in records:
        click.echo(json.dumps(_jsonable(record), ensure_ascii=False))


def _jsonable(value: Any) -> Any:
    """Bytes as hex, mappings as objects; NaN, which JSON lacks, as null."""
    if isinstance(value, Mapping):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_jsonable(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def show_first(report: FirstReport) -> None:
    """The first move: what was sent, what came back, what was made of it."""
    for move in report.moves:
        _rule(f"sample {move.sample.id} · {report.entry.name} on {report.entry.model}")
        _messages(move.messages)
        for draft in move.drafts:
            _output(draft.output, draft.findings, "recorded" if draft.cached else "")
            if draft.text != draft.output.text:
                _field("cleaned", Text(visible(draft.text)))
        _made_of_it(report.task, move)


def _made_of_it(task: Task, move: FirstMove) -> None:
    row = move.row
    state = {
        "answered": "",
        "unparsed": "  (nothing could be read from the output: this is the fallback)",
        "fallback": f"  (fallback: {row.reason})",
        "error": f"failed: {row.reason}",
    }[row.state]
    answer = "" if row.state == "error" else repr(row.answer)
    _field("answer", Text().append(answer, "bold").append(state, "yellow"))
    if move.sample.target is not None:
        _field("target", repr(move.sample.target))
        better = "higher is better" if task.metric.higher_is_better else "lower is better"
        _field("score", f"{number_text(row.score)}  ({task.metric.name}, {better})")
    _findings([f for draft in move.drafts for f in draft.findings])


def show_run(report: RunReport) -> None:
    """A run's outcome, its failures, and how it did against the best."""
    _run(report.run, report.findings, report.history)
    _examples(report.examples)
    for alarm in report.alarms:
        _field("alarm", _wrapped(Text(alarm, "yellow")))
    if report.failure:
        _field("failed", _wrapped(Text(report.failure, "yellow")))
    trial = report.trial
    if trial.comparison and trial.before:
        before, after = trial.before.entry, trial.run.entry
        _field("referee", _wrapped(trial.comparison.sentence(before, after)))
        verdict = "kept: it is the best now" if trial.kept else f"{before} stays the best"
        if trial.comparison.verdict == "better" and not trial.kept:
            verdict += "; a run on fewer samples is not kept"
        _field("", Text(verdict, "green" if trial.kept else "yellow"))
    elif trial.kept and trial.run.state == "finished":
        _field("", Text("the best so far", "green"))
    elif trial.run.state == "finished" and trial.run.score is not None:
        _field("", Text(f"not all of {trial.run.split}: only a whole run can be the best", "dim"))
    _mends(report)


def _mends(report: RunReport) -> None:
    """What could be done about the findings."""
    run = report.run
    fixes = {one.findings[0].fix for one in report.examples} - {None}
    if run.split == "dev" and fixes - set(run.entry_table.get("clean", ())):
        console.print(Text("Mend it: tesuji try process (nothing is sent)", "dim"))
    elif report.findings.get("loop", 0) >= 0.01 and run.sent:
        console.print(Text("Loops cost tokens: --stop-loops ends them early", "dim"))


def _examples(outputs: Sequence[Diagnosed]) -> None:
    """For each kind of failure one output, cut to what it is about."""
    for one in outputs:
        finding = one.findings[0]
        shown = Text(f"{finding.kind} ", f"bold {COLOURS[finding.kind]}")
        shown.append(f"sample {one.id}: ", "dim")
        _field("example", _wrapped(shown.append_text(marked(one.text, finding, **_EXCERPT))))


def _run(
    run: RunRow, findings: Mapping[str, float], history: Mapping[str, Sequence[float]] | None = None
) -> None:
    _rule(f"run {run.id} · {run.entry} on {run.model} · {run.split}")
    if run.score is not None:
        _field(run.metric, Text(score_text(run), "bold"))
    _field("samples", counts_text(run))
    _field("findings", _wrapped(_rates(findings, history or {})))
    sent = f"{run.sent:,} sent, {run.cached:,} from the ledger"
    tokens = f"{run.tokens_in + run.tokens_out:,} tokens"
    cost = f", ${run.usd:.4f}" if run.usd else ""
    _field("requests", f"{sent}, {tokens}{cost}, {run.seconds:.1f} s")
    _in_all(run)
    if run.state != "finished":
        _field("state", Text(f"{run.state}: {run.reason}; the same command goes on", "yellow"))
    elif run.reason:
        _field("budget", Text(run.reason, "yellow"))


def _in_all(run: RunRow) -> None:
    """What all passes of the run cost, where there were others that cost something."""
    if run.all_sent > run.sent:
        _field("in all", f"{run.all_sent:,} sent, {cost_text(run)}")


def _rates(findings: Mapping[str, float], history: Mapping[str, Sequence[float]]) -> str:
    """The rates, each with how it went over the run where it was not the same all along."""
    if not findings:
        return rates_text(findings)
    parts = []
    for kind, rate in findings.items():
        over_time = history.get(kind, ())
        parts.append(rates_text({kind: rate}))
        if len(over_time) > 2:
            parts[-1] += f" {sparkline(over_time)}"
    return ", ".join(parts)


def sparkline(shares: Sequence[float], most: int = 12) -> str:
    """Shares from 0 to 1 as little bars, at most so many; each is the mean of its part.

    >>> sparkline([0, 0.1, 0.5, 1])
    '▁▂▅█'
    """
    size = math.ceil(len(shares) / most)
    parts = [shares[at : at + size] for at in range(0, len(shares), size)]
    return "".join("▁▂▃▄▅▆▇█"[round(sum(part) / len(part) * 7)] for part in parts)


_WORN = 5  # challengers from which on a split's wear is spoken of


def show_runs(report: RunsReport) -> None:
    """The table of runs."""
    if not report.rows:
        console.print("no run yet: begin with `tesuji first`, then `tesuji run`")
        return
    table = _table("", "run", "entry", "model", "split", "score", "answered", "findings")
    for row in report.rows:
        state = "" if row.state == "finished" else f" {row.state}"
        failed = f", {row.errors} failed" if row.errors else ""
        table.add_row(
            "★" if row.id in report.best else "", str(row.id), row.entry, row.model, row.split,
            f"{score_text(row)}\n{_cost_lines(row)}", f"{row.answered}/{row.total}{failed}{state}",
            "\n".join(rates_text({k: r}) for k, r in report.findings[row.id].items()) or "none",
        )  # fmt: skip
    console.print(table)
    _examples(report.examples)
    metric = report.task.metric
    better = "higher" if metric.higher_is_better else "lower"
    console.print(f"score: {metric.name}, {better} is better; ★ the best of its split", style="dim")
    console.print("tokens, cost, seconds: of all passes of a run together", style="dim")
    console.print("findings: in what the model wrote, before it was cleaned", style="dim")
    for one in report.judged:
        if one.challengers >= _WORN:
            console.print(one.sentence(), style="dim")


def _cost_lines(row: RunRow) -> str:
    """What all passes of a run cost, for a narrow column."""
    tokens = row.all_tokens_in + row.all_tokens_out
    shown = f"{tokens:,}" if tokens < 1e5 else f"{tokens / 1e6:,.2f}M"
    money = f"\n{usd_text(row.all_usd)}" if row.all_usd else ""
    return f"{shown} tok., {row.all_seconds:,.1f} s{money}"


def show_comparison(comparison: Comparison, a: str, b: str) -> None:
    """The referee's sentence, and the numbers behind it."""
    c = comparison
    # A bare number would read as a score.
    a, b = (f"run {name}" if name.isdigit() else name for name in (a, b))
    _field("referee", _wrapped(Text(c.sentence(a, b), "bold")))
    _field("scores", f"{a} {number_text(c.mean_a)}, {b} {number_text(c.mean_b)}")
    _field("method", c.method)


def show_predict(report: PredictReport) -> None:
    """The submission and the run behind it."""
    _run(report.run, report.findings)
    guessed = report.run.unparsed + report.run.fallbacks + report.run.errors
    if guessed:
        _field("", Text(f"{guessed} rows hold the format's fallback answer", "yellow"))
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


def show_records(task: Task, records: Sequence[Record]) -> None:
    """Samples of a run, each with the exact text sent."""
    if not records:
        console.print("the run has no such sample")
    for record in records:
        row = record.row
        _rule(f"sample {row.sample} · {row.state}")
        _messages(record.messages)
        if record.output is not None:
            _output(record.output, record.findings, "")
        _field("answer", Text(repr(row.answer), "bold"))
        if row.score is not None:
            _field(task.metric.name, number_text(row.score))
        if row.reason:
            _field("reason", row.reason)
        _findings(record.findings)


def show_new(report: NewReport) -> None:
    """What was made, and what was guessed and why."""
    task = report.task
    console.print(Text(near(task.folder / "competition.toml"), "bold"))
    sizes = ", ".join(f"{len(getattr(task, s)):,} {s}" for s in ("train", "dev", "test"))
    _field("samples", sizes)
    _field("answer", _wrapped(task.format.tell()))
    better = "higher" if task.metric.higher_is_better else "lower"
    _field("metric", f"{task.metric.name} ({better} is better)")
    if report.guess:
        _field("why", _wrapped(report.guess.answer.why_format))
        _field("", _wrapped(report.guess.answer.why_metric))
        for key, reason in report.guess.reasons.items():
            _field(key, _wrapped(reason))
        console.print("Each guess stands in that file with its reason: change what is wrong.")
    model = "" if task.model else " --model nano"
    where = shlex.quote(near(task.folder))
    console.print(Text(f"Next: tesuji first -C {where}{model}", "dim"))


def show_doctor(report: DoctorReport) -> None:
    """What works here, what would make more work."""
    console.print(f"tesuji {report.version}, Python {report.python}, {report.system}")
    console.print(f"{report.cores} cores; " + ", ".join(f"{k} {v}" for k, v in report.base.items()))
    table = _table("", "extra", "adds", "packages")
    for extra in report.extras:
        packages = ", ".join(f"{k} {v or '–'}" for k, v in extra.packages.items())
        table.add_row("✓" if extra.ready else "", extra.name, extra.adds, packages)
    console.print(table)
    missing = [extra.name for extra in report.extras if not extra.ready]
    if missing:
        console.print(f"an extra is installed by: pip install 'tesuji[{missing[0]}]'", style="dim")
    for key, is_set in report.keys.items():
        _field(key, "set" if is_set else "not set")
    for name, value in (report.model or {}).items():
        _field(name, value)


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold", no_wrap=header in _WHOLE)
    return table


def _rule(title: str) -> None:
    console.print(Text(f"\n{title}", "bold cyan"))


def _field(name: str, value: str | Text) -> None:
    text = value if isinstance(value, Text) else Text(value)
    console.print(Text().append(f"{name:<12} ", "dim").append_text(text))


def _messages(messages: Sequence[Message]) -> None:
    for message in messages:
        _field(message.role, _indented(Text(_cut(visible(message.content)))))


def _output(output: Output, findings: Sequence[Finding], note: str) -> None:
    _field("output", _indented(_highlighted(output.text, findings)))
    numbers = f"{output.tokens_in} tokens in, {output.tokens_out} out, {output.seconds:.3f} s"
    _field("", Text(", ".join(filter(None, (numbers, f"finish: {output.finish}", note))), "dim"))


def _findings(findings: Sequence[Finding]) -> None:
    if not findings:
        _field("findings", Text("none", "green"))
    for finding in findings:
        mend = f"  (mend: --clean {finding.fix})" if finding.fix else ""
        text = Text().append(finding.kind, "bold red").append(f": {finding.evidence}")
        _field("finding", _wrapped(text.append(mend, "dim")))


def _highlighted(text: str, findings: Sequence[Finding]) -> Text:
    shown, parts = Text(), highlight(text[:_LONGEST], findings)
    for n, (part, kind) in enumerate(parts):
        # A space at the end of a part is none at the end of a line if words follow.
        follows = parts[n + 1][0][:1] if n + 1 < len(parts) else ""
        seen = visible(part + follows).removesuffix(visible(follows))
        shown.append(seen, "black on yellow" if kind else "")
    if len(text) > _LONGEST:
        shown.append(f" … ({len(text):,} characters in all)", "dim")
    return shown or Text("(nothing)", "dim")


def _wrapped(words: str | Text) -> Text:
    """Prose broken at the window's width, under its field."""
    text = words if isinstance(words, Text) else Text(words)
    return _indented(Text("\n").join(_rows(text)))


def _rows(text: Text) -> list[Text]:
    rows = text.wrap(console, max(console.width - 13, 40))
    for row in rows:
        row.rstrip()
    return list(rows)


def _indented(text: Text) -> Text:
    return Text("\n" + " " * 13).join(text.split("\n"))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text):,} characters)"
