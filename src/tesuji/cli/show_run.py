"""Runs as a person at a terminal wants to read them: one, all, two compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tesuji.cli.marks import COLOURS, marked
from tesuji.cli.paper import console, field, grid, rule, wrapped
from tesuji.diagnose import Diagnosed
from tesuji.reports import (
    RunReport,
    RunsReport,
    cost_text,
    counts_text,
    number_text,
    rates_text,
    score_text,
    usd_text,
)

if TYPE_CHECKING:
    from tesuji.compare import Comparison
    from tesuji.run.ledger import RunRow

_EXCERPT = {"around": 30, "most": 120}  # characters around a failure, and of it


def show_run(report: RunReport) -> None:
    """A run's outcome, its failures, and how it did against the best."""
    show_run_row(report.run, report.findings, report.history)
    _examples(report.examples)
    for alarm in report.alarms:
        field("alarm", wrapped(Text(alarm, "yellow")))
    if report.failure:
        field("failed", wrapped(Text(report.failure, "yellow")))
    trial = report.trial
    if trial.comparison and trial.before:
        before, after = trial.before.entry, trial.run.entry
        field("referee", wrapped(trial.comparison.sentence(before, after)))
        verdict = "kept: it is the best now" if trial.kept else f"{before} stays the best"
        if trial.comparison.verdict == "better" and not trial.kept:
            verdict += "; a run on fewer samples is not kept"
        field("", Text(verdict, "green" if trial.kept else "yellow"))
    elif trial.kept and trial.run.state == "finished":
        field("", Text("the best so far", "green"))
    elif trial.run.state == "finished" and trial.run.score is not None:
        field("", Text(f"not all of {trial.run.split}: only a whole run can be the best", "dim"))
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
        field("example", wrapped(shown.append_text(marked(one.text, finding, **_EXCERPT))))


def show_run_row(
    run: RunRow, findings: Mapping[str, float], history: Mapping[str, Sequence[float]] | None = None
) -> None:
    """What a run came to, without the referee."""
    rule(f"run {run.id} · {run.entry} on {run.model} · {run.split}")
    if run.score is not None:
        field(run.metric, Text(score_text(run), "bold"))
    field("samples", counts_text(run))
    field("findings", wrapped(_rates(findings, history or {})))
    sent = f"{run.sent:,} sent, {run.cached:,} from the ledger"
    tokens = f"{run.tokens_in + run.tokens_out:,} tokens"
    cost = f", ${run.usd:.4f}" if run.usd else ""
    field("requests", f"{sent}, {tokens}{cost}, {run.seconds:.1f} s")
    _in_all(run)
    if run.state != "finished":
        field("state", Text(f"{run.state}: {run.reason}; the same command goes on", "yellow"))
    elif run.reason:
        field("budget", Text(run.reason, "yellow"))


def _in_all(run: RunRow) -> None:
    """What all passes of the run cost, where there were others that cost something."""
    if run.all_sent > run.sent:
        field("in all", f"{run.all_sent:,} sent, {cost_text(run)}")


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
    table = grid("", "run", "entry", "model", "split", "score", "answered", "findings")
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
    field("referee", wrapped(Text(c.sentence(a, b), "bold")))
    field("scores", f"{a} {number_text(c.mean_a)}, {b} {number_text(c.mean_b)}")
    field("method", c.method)
