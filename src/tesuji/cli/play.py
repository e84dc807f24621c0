"""Commands that ask a model: first, run, predict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tesuji.cli.options import (
    budget_options,
    entry_options,
    folder_option,
    json_option,
    load_task,
    make_budget,
    make_entry,
    model_option,
)


@click.command(short_help="Look at what the model really writes, before anything else.")
@click.option("-n", default=1, show_default=True, help="How many samples.")
@click.option("--split", default="dev", show_default=True, help="train, dev or test.")
@model_option
@entry_options
@folder_option
@json_option
def first(
    n: int, split: str, model: str | None, model_options: tuple[str, ...], folder: str,
    as_json: bool, **changes: Any,
) -> None:  # fmt: skip
    """The first move: the prompt as sent, the raw output with invisible characters made visible,
    the parsed answer, the target, the score, the findings, tokens and seconds.
    """
    from tesuji import api
    from tesuji.cli.render import show_first, show_json

    task = load_task(folder, model_options)
    report = api.first(task, entry=make_entry(task, model, changes), n=n, split=split)
    show_json(report.to_json()) if as_json else show_first(report)


@click.command(short_help="Answer a split, score it, compare it with the best so far.")
@click.option("--split", default="dev", show_default=True, help="train or dev.")
@click.option("--limit", type=int, metavar="N", help="Only the first N samples.")
@click.option(
    "--stop-when",
    multiple=True,
    metavar="RULE",
    help="Stop once a failure is surely so frequent: 'loop>20%'; also unparsed, failed.",
)
@model_option
@entry_options
@budget_options
@folder_option
@json_option
@click.pass_context
def run(
    ctx: click.Context, /, split: str, limit: int | None, stop_when: tuple[str, ...],
    model: str | None, model_options: tuple[str, ...],
    seconds: float | None, requests: int | None, tokens: int | None, usd: float | None,
    folder: str, as_json: bool, **changes: Any,
) -> None:  # fmt: skip
    """Run an entry on every sample of a split.

    Everything is recorded as it comes: an interrupted run goes on where it was, a finished one
    sends nothing. The first run is the best so far; later ones are compared with it in pairs,
    and kept only if they are better.

    \b
    tesuji run
    tesuji run --name short --user "Reverse the string: {original}\\nAnswer only."
    tesuji run --entry short --name short-clean --clean preamble
    """
    from tesuji import api
    from tesuji.cli.live import Live
    from tesuji.cli.render import show_json, show_run

    task = load_task(folder, model_options)
    entry = make_entry(task, model, changes)
    budget = make_budget(task, seconds, requests, tokens, usd)
    with Live(quiet=as_json) as live:
        report = api.run(
            task, entry=entry, split=split, limit=limit, budget=budget, watch=live.watch,
            on_interrupt=live.interrupted, stop_when=stop_when,
        )  # fmt: skip
    show_json(report.to_json()) if as_json else show_run(report)
    if report.run.state != "finished":
        ctx.exit(130 if report.run.reason == "interrupted" else 1)
    if report.run.errors == report.run.total:
        ctx.exit(1)


@click.command(short_help="Answer the test split with the best entry: a checked submission.")
@click.option("--split", default="test", show_default=True, help="Always test.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[default: submission.csv]")
@model_option
@click.option("--entry", metavar="NAME", help="Another entry than the best so far.")
@budget_options
@folder_option
@json_option
@click.pass_context
def predict(
    ctx: click.Context, /, split: str, output: Path | None, model: str | None,
    model_options: tuple[str, ...], entry: str | None,
    seconds: float | None, requests: int | None, tokens: int | None, usd: float | None,
    folder: str, as_json: bool,
) -> None:  # fmt: skip
    """Answer every row of the test split and write a valid submission."""
    from tesuji import api
    from tesuji.cli.live import Live
    from tesuji.cli.render import show_json, show_predict

    task = load_task(folder, model_options)
    budget = make_budget(task, seconds, requests, tokens, usd)
    with Live(quiet=as_json) as live:
        report = api.predict(
            task, model, entry=entry, split=split, path=output, budget=budget, watch=live.watch,
            on_interrupt=live.interrupted,
        )  # fmt: skip
    show_json(report.to_json()) if as_json else show_predict(report)
    if report.problems:
        ctx.exit(1)
