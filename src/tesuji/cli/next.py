"""The command that says what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tesuji.cli.options import folder_option, json_option

if TYPE_CHECKING:
    from tesuji.reports import PlanReport

_WHEN = {"now": "now", "later": "later", "done": "done", "missing": "not yet here"}


@click.command("next", short_help="What to do next: the twelve moves, ranked, with reasons.")
@click.option("--split", default="dev", show_default=True, help="train or dev.")
@click.option("--seconds", type=float, metavar="S", help="S seconds are left to spend.")
@click.option("--requests", type=int, metavar="N", help="N requests are left.")
@click.option("--tokens", type=int, metavar="N", help="N tokens are left.")
@click.option("--usd", type=float, metavar="X", help="X US dollars are left.")
@folder_option
@json_option
def next_(
    split: str, seconds: float | None, requests: int | None, tokens: int | None,
    usd: float | None, folder: str, as_json: bool,
) -> None:  # fmt: skip
    """Rank the next moves by what they may gain for what they cost, on the evidence of the best
    run's recorded outputs. Rules do it; nothing is sent.

    A move that costs more than is left to spend is put off.

    \b
    tesuji next
    tesuji next --usd 2 --seconds 3600
    """
    from tesuji import api
    from tesuji.cli.paper import show_json
    from tesuji.run.budget import Budget

    left = Budget(seconds, requests, tokens, usd)
    report = api.next_moves(api.load(folder), split=split, budget=left)
    show_json(report.to_json()) if as_json else show_plan(report)


def show_plan(report: PlanReport) -> None:
    """The top three with all that speaks for them, then every move in a line."""
    from rich.text import Text

    from tesuji.cli.paper import console, grid, rule
    from tesuji.reports import cost_words, gain_words, percent

    plan = report.plan
    rule(report.heading())
    for note in plan.notes:
        _line("note", note, "yellow")
    for number, one in enumerate(plan.top, 1):
        console.print()
        name = Text(f"{number}  {one.move:<10}", "bold green")
        console.print(name.append_text(Text.assemble((one.command, "bold"))))
        _line("why", one.why)
        if one.most:
            _line("gain", f"{gain_words(one)} of the samples: {one.evidence}")
        _line("cost", cost_words(one))
    shown = {one.move for one in plan.top}
    rest = [one for one in plan.advice if one.move not in shown]
    tried = any(one.outcome for one in rest)
    table = grid("move", "when", "gain", *(["tried"] if tried else []), "why")
    for column in table.columns[:3]:
        column.no_wrap = True
    for one in rest:
        gain = f"≤ {percent(one.most)}" if one.most else ""
        outcome = [one.outcome] if tried else []
        table.add_row(one.move, _WHEN[one.state], gain, *outcome, one.why)
    console.print()
    console.print(table)
    if any(one.state == "missing" for one in rest):
        console.print("not yet here: this version has no command for it", style="dim")


def _line(name: str, words: str, style: str = "") -> None:
    from rich.text import Text

    from tesuji.cli.paper import field, wrapped

    if words:
        field(f"   {name}", wrapped(Text(words, style)))
