"""Commands that try the next moves: try."""

from __future__ import annotations

import click

from tesuji.cli.options import (
    budget_options,
    folder_option,
    json_option,
    load_task,
    make_budget,
    model_options_option,
)


@click.command("try", short_help="Try a next move on the best run; keep what is better.")
@click.argument("move")
@click.option("--inputs", is_flag=True, help="process: try plain inputs too (asks the model).")
@model_options_option
@budget_options
@folder_option
@json_option
@click.pass_context
def try_(
    ctx: click.Context, /, move: str, inputs: bool, model_options: tuple[str, ...],
    seconds: float | None, requests: int | None, tokens: int | None, usd: float | None,
    folder: str, as_json: bool,
) -> None:  # fmt: skip
    """Try a MOVE: it proposes entries, the referee compares them with the best run so far.

    process: pipelines of cleaners, from what was found in the recorded outputs. Nothing is sent:
    the model's server may be down. With --inputs or a limit, it also tries the normalisers that
    would change inputs; that asks the model.

    \b
    tesuji try process
    tesuji try process --inputs --requests 1000
    """
    from tesuji import api
    from tesuji.cli.live import Live
    from tesuji.cli.render import show_json
    from tesuji.cli.show_try import show_try

    task = load_task(folder, model_options)
    named = any(limit is not None for limit in (seconds, requests, tokens, usd))
    budget = make_budget(task, seconds, requests, tokens, usd) if inputs or named else None
    with Live(quiet=as_json) as live:
        report = api.try_move(
            task, move, budget=budget, watch=live.watch, on_interrupt=live.interrupted
        )
    show_json(report.to_json()) if as_json else show_try(report)
    if report.tried.stopped == "interrupted":
        ctx.exit(130)
