"""A move's outcome as a person at a terminal wants to read it."""

from __future__ import annotations

from rich.text import Text

from tesuji.cli.live import duration
from tesuji.cli.render import _cut, _field, _indented, _rule, _table, _wrapped, console
from tesuji.diagnose import visible
from tesuji.moves.trying import Example, InputCost
from tesuji.reports import TryReport, gain_text, percent, score_text


def show_try(report: TryReport) -> None:
    """What was found, the challengers, the verdict, an example, what to do next."""
    tried, run = report.tried, report.tried.evidence.run
    if not tried.attempts:
        console.print(_wrapped_line(f"{tried.move.name} on {run.entry}: {report.verdict()}"))
        _inputs(tried.inputs)
        return
    _rule(f"{tried.move.name} · run {run.id} · {run.entry} on {run.model} · {run.split}")
    _found(report)
    _challengers(report)
    if tried.example:
        _example(tried.example)
    _field("referee", _wrapped(report.verdict()))
    _field("", _wrapped(Text(report.outcome(), "green" if tried.winner else "yellow")))
    if tried.stopped:
        _field("stopped", _wrapped(Text(tried.stopped, "yellow")))
    _inputs(tried.inputs)
    _next(report)


def _found(report: TryReport) -> None:
    evidence = report.tried.evidence
    console.print(f"found in {evidence.outputs:,} recorded outputs:")
    table = _table("finding", "outputs", "share", "cleaner")
    for found in evidence.found:
        fixes = [f"{name} mends {count:,}" if len(found.fixes) > 1 or count != found.outputs
                 else name for name, count in found.fixes.items()]  # fmt: skip
        share = percent(found.outputs / evidence.outputs)
        table.add_row(found.kind, f"{found.outputs:,}", share, ", ".join(fixes) or "–")
    console.print(table)


def _challengers(report: TryReport) -> None:
    tried = report.tried
    table = _table("", "added", "score", "gain", "verdict", "changed")
    for column in table.columns:
        column.no_wrap = True
    table.add_row("", "(as it is)", score_text(tried.evidence.run), "", "", "")
    for attempt in tried.attempts:
        trial = attempt.trial
        won = tried.winner is not None and trial.run.id == tried.winner.run.id
        table.add_row(
            "★" if won else "", "\n+".join(attempt.added), score_text(trial.run), gain_text(trial),
            trial.comparison.verdict if trial.comparison else "–", f"{attempt.changed:,}",
        )  # fmt: skip
    console.print()
    console.print(table)
    metric = report.task.metric
    better = "higher" if metric.higher_is_better else "lower"
    sent = sum(attempt.trial.run.sent for attempt in tried.attempts)
    words = (
        f"{metric.name}, {better} is better; a gain above 0 is better; changed: answers that "
        f"differ; {sent:,} requests sent"
    )
    console.print(_wrapped_line(words), style="dim")


def _example(example: Example) -> None:
    _rule(f"sample {example.sample}")
    _field("raw", _indented(Text(_cut(visible(example.raw)))))
    _field("cleaned", _indented(Text(_cut(visible(example.cleaned)))))
    _field("parsed", _indented(Text(f"{example.before!r} → ").append(repr(example.after), "bold")))
    _field("target", repr(example.target))
    console.print()


def _inputs(costs: tuple[InputCost, ...]) -> None:
    if not costs:
        return
    table = _table("inputs", "changes", "requests", "tokens", "time, one by one", "cost")
    for cost in costs:
        usd = "?" if cost.usd is None else f"${cost.usd:.4f}" if cost.usd else "–"
        table.add_row(
            cost.name, f"{cost.samples:,} samples", f"{cost.requests:,}",
            f"about {cost.tokens:,}", duration(cost.seconds), usd,
        )  # fmt: skip
    console.print("\nplain inputs would be other prompts, to be sent:")
    console.print(table)


def _next(report: TryReport) -> None:
    tried = report.tried
    winner = tried.winner
    steps = []
    if winner and not winner.kept:
        steps.append(f"tesuji run --entry {winner.run.entry}")
    elif winner:
        steps.append("tesuji predict")
    if winner is None and tried.example:
        steps.append(f"tesuji show {tried.attempts[0].trial.run.id} {tried.example.sample}")
    added = {name for attempt in tried.attempts for name in attempt.added}
    if any(cost.name not in added for cost in tried.inputs):
        steps.append("tesuji try process --inputs")
    if steps:
        console.print(Text("Next: " + "  or  ".join(steps), "dim"))


def _wrapped_line(words: str) -> Text:
    rows = Text(words).wrap(console, max(console.width, 40))
    for row in rows:
        row.rstrip()
    return Text("\n").join(rows)
