"""Commands that try the next moves: try."""

from __future__ import annotations

from typing import Any

import click

from tesuji.cli.options import (
    budget_options,
    folder_option,
    json_option,
    load_task,
    model_options_option,
    read_pairs,
)


@click.command("try", short_help="Try a next move on the best run; keep what is better.")
@click.argument("move", required=False)
@click.option("--with", "models", multiple=True, metavar="URI", help="A model for the move to use.")
@click.option("--option", "options", multiple=True, metavar="K=V", help="A setting of the move.")
@click.option("--inputs", is_flag=True, help="process: try plain inputs too (asks the model).")
@model_options_option
@budget_options
@folder_option
@json_option
@click.pass_context
def try_(
    ctx: click.Context, /, move: str | None, models: tuple[str, ...], options: tuple[str, ...],
    inputs: bool, model_options: tuple[str, ...],
    seconds: float | None, requests: int | None, tokens: int | None, usd: float | None,
    folder: str, as_json: bool,
) -> None:  # fmt: skip
    """Try a MOVE: it proposes entries, the referee compares them with the best run so far.

    Without MOVE, the moves are listed with what each does and its settings. Limits are for all
    challengers together; an interrupted try goes on with the same command.

    \b
    tesuji try
    tesuji try process
    tesuji try process --inputs --requests 1000
    tesuji try flow --with openai:gpt-5 --option share=0.3
    tesuji try models --with nano --with openai:gpt-5-mini --usd 2
    tesuji try stronger --with openai:gpt-5
    """
    from tesuji import api
    from tesuji.cli.live import Live
    from tesuji.cli.render import show_json
    from tesuji.cli.show_try import list_moves, moves_json, show_try
    from tesuji.run.budget import Budget

    if move is None:
        show_json(moves_json()) if as_json else list_moves()
        return
    settings: dict[str, Any] = dict(read_pairs(options, "--option"))
    if models:
        settings["models"] = models
    if inputs:
        settings["inputs"] = True
    budget = Budget(seconds, requests, tokens, usd)
    task = load_task(folder, model_options)
    with Live(quiet=as_json) as live:
        report = api.try_move(
            task, move, budget=budget if budget.limited else None, watch=live.watch,
            on_interrupt=live.interrupted, **settings,
        )  # fmt: skip
    show_json(report.to_json()) if as_json else show_try(report)
    if report.tried.stopped == "interrupted":
        ctx.exit(130)
