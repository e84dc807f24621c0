"""Commands about the best entry: best, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tesuji.cli.options import folder_option, json_option

if TYPE_CHECKING:
    from tesuji.reports import BestReport, UndoReport


@click.command(short_help="The best entry, the exact text it sends, where it came from.")
@click.option("--sample", metavar="ID", help="Which sample's text.  [default: the first]")
@click.option("--split", default="dev", show_default=True, help="train or dev.")
@folder_option
@json_option
def best(sample: str | None, split: str, folder: str, as_json: bool) -> None:
    """Show the best entry so far: its score, the moves that led to it, its TOML, and the messages
    that it sends for a sample, letter by letter.

    \b
    tesuji best
    tesuji best --sample 17
    """
    from tesuji import api
    from tesuji.cli.paper import show_json

    report = api.best(api.load(folder), sample=sample, split=split)
    show_json(report.to_json()) if as_json else show_best(report)


@click.command(short_help="The best before becomes the best again; nothing is deleted.")
@click.option("--redo", is_flag=True, help="Take the last undo back.")
@click.option("--split", default="dev", show_default=True, help="train or dev.")
@folder_option
@json_option
def undo(redo: bool, split: str, folder: str, as_json: bool) -> None:
    """Set the best back to what it was before the last move that was kept.

    Runs, outputs and entries stay as they are. Once more goes back further; --redo goes forward.
    """
    from tesuji import api
    from tesuji.cli.paper import show_json

    report = api.undo(api.load(folder), redo=redo, split=split)
    show_json(report.to_json()) if as_json else show_undo(report)


def show_best(report: BestReport) -> None:
    """The best entry as a person at a terminal wants to read it."""
    from rich.text import Text

    from tesuji.cli.paper import console, field, rule, show_messages, wrapped
    from tesuji.diagnose import visible
    from tesuji.reports import score_text

    run, metric = report.run, report.task.metric
    rule(f"{report.entry.name} · the best on {run.split} · run {run.id}")
    better = "higher" if metric.higher_is_better else "lower"
    field(metric.name, Text(score_text(run), "bold").append(f"  {better} is better", "dim"))
    field("came from", wrapped(report.origin()))
    rule("the entry" if run.entry == "base" else f"entries/{run.entry}.toml")
    for line in report.toml.rstrip().split("\n"):
        indent = len(line) - len(line.lstrip(" "))  # TOML to be copied: there, spaces stay spaces
        console.print(Text(line[:indent] + visible(line[indent:])))
    sent = "the text that was sent" if report.answered else "the text that would be sent"
    rule(f"sample {report.sample} · {sent}")
    show_messages(report.messages)
    if len(report.chain) > 1:
        console.print(Text(f"\nBack to {report.chain[-2].run.entry}: tesuji undo", "dim"))


def show_undo(report: UndoReport) -> None:
    """What was undone, and how to get it back."""
    from rich.text import Text

    from tesuji.cli.paper import console

    console.print(report.sentence())
    console.print(Text(f"nothing is deleted; back by: {report.back()}", "dim"))
