"""A move's outcome as a person at a terminal wants to read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from tesuji.cli.paper import console, cut, field, grid, indented, rule, wrapped
from tesuji.diagnose import visible
from tesuji.moves import MOVES, settings_of
from tesuji.moves.move import Table
from tesuji.moves.trying import Example
from tesuji.reports import TryReport, cell_text, gain_text, number_text


def show_try(report: TryReport) -> None:
    """What was found, the challengers, the verdict, an example, what to do next."""
    tried, run = report.tried, report.tried.evidence.run
    if not tried.attempts:
        words = f"{tried.move.name} on {report.best_before}: {report.verdict()}"
        console.print(_wrapped_line(words))
        _tables(tried.tables)
        _absent(report)
        _next(report)
        return
    on = f" · run {run.id} · {run.entry} on {run.model} · {run.split}" if run else ""
    rule(f"{tried.move.name}{on}")
    _tables([shown for shown in tried.tables if shown.before], last=False)
    _challengers(report)
    if tried.example:
        _example(tried.example, tried.move.name == "process")
    _tables([shown for shown in tried.tables if not shown.before])
    _absent(report)
    field("referee", wrapped(report.verdict()))
    field("", wrapped(Text(report.outcome(), "green" if tried.winner else "yellow")))
    if tried.stopped:
        field("stopped", wrapped(Text(tried.stopped, "yellow")))
    _next(report)


def list_moves() -> None:
    """Every move: what it does, and its settings."""
    table = grid("move", "does", "settings")
    for name, move in MOVES.items():
        settings = [f"{key}={_setting(value)}" for key, value in settings_of(move).items()]
        table.add_row(name, str(move.does), ", ".join(settings) or "–")
    console.print(table)
    console.print(Text("Next: tesuji try MOVE", "dim"))


def moves_json() -> list[dict[str, Any]]:
    """The same for machines."""
    return [
        {"move": name, "does": move.does, "settings": settings_of(move)}
        for name, move in MOVES.items()
    ]


def _setting(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _tables(tables: Sequence[Table], last: bool = True) -> None:
    for at, shown in enumerate(tables):
        if at or last:
            console.print()
        console.print(_wrapped_line(f"{shown.title}:"))
        if shown.rows:
            table = grid(*shown.heads)
            for row in shown.rows:
                table.add_row(*(cell_text(cell) for cell in row))
            console.print(table)
        if shown.text:
            console.print(Text(shown.text), no_wrap=True, overflow="ellipsis", soft_wrap=False)
        if shown.note:
            console.print(_wrapped_line(shown.note), style="dim")
    if tables and last:
        console.print()


def _absent(report: TryReport) -> None:
    for name, reason in report.tried.absent:
        field("not run", wrapped(Text(f"{name}: {reason}", "yellow")))


def _challengers(report: TryReport) -> None:
    tried = report.tried
    table = grid("", "added", "score", "gain", "verdict", "changed")
    for column in table.columns:
        column.no_wrap = column.header != "added"
    if tried.evidence.run:
        score = number_text(tried.evidence.run.score)
        table.add_row("", "(as it is)", score, "", "", "")
    for attempt in tried.attempts:
        trial = attempt.trial
        won = tried.winner is not None and trial.run.id == tried.winner.run.id
        table.add_row(
            "★" if won else "", "\n+".join(attempt.added) or "–", number_text(trial.run.score),
            gain_text(trial), trial.comparison.verdict if trial.comparison else "–",
            f"{attempt.changed:,}",
        )  # fmt: skip
    console.print()
    console.print(table)
    metric = report.task.metric
    better = "higher" if metric.higher_is_better else "lower"
    words = (
        f"{metric.name}, {better} is better; a gain above 0 is better; changed: answers that "
        f"differ; {tried.sent:,} requests sent"
    )
    console.print(_wrapped_line(words), style="dim")


def _example(example: Example, cleaning: bool) -> None:
    names = ("raw", "cleaned") if cleaning else ("before", "after")
    rule(f"sample {example.sample}")
    field(names[0], indented(Text(cut(visible(example.raw)))))
    field(names[1], indented(Text(cut(visible(example.cleaned)))))
    field("parsed", indented(Text(f"{example.before!r} → ").append(repr(example.after), "bold")))
    field("target", repr(example.target))
    console.print()


def _next(report: TryReport) -> None:
    tried = report.tried
    winner = tried.winner
    steps = []
    if winner and not winner.kept:
        steps.append(f"tesuji run --entry {winner.run.entry}")
    elif winner:
        steps += ["tesuji next", "tesuji predict"]
    steps += [f"tesuji {step}" for step in tried.steps]
    if winner is None and tried.example:
        steps.append(f"tesuji show {tried.attempts[0].trial.run.id} {tried.example.sample}")
    steps = list(dict.fromkeys(steps))
    line = "Next: " + "  or  ".join(steps)
    if steps:
        fits = len(line) <= console.width
        console.print(Text(line if fits else "Next: " + "\n  or  ".join(steps), "dim"))


def _wrapped_line(words: str) -> Text:
    rows = Text(words).wrap(console, max(console.width, 40))
    for row in rows:
        row.rstrip()
    return Text("\n").join(rows)
