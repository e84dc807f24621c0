"""The command that serves the local web page: board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tesuji.cli.options import folder_option

if TYPE_CHECKING:
    from tesuji.board.guard import Gate


@click.command(short_help="A local web page: what the model writes, where it fails, what next.")
@click.option("--port", type=int, metavar="N", help="[default: the first free one from 8377 on]")
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="Another address lets other computers in: whoever has the printed address reads all "
         "prompts and outputs, and nothing on the way is encrypted.",
)  # fmt: skip
@click.option("--open/--no-open", "opens", default=False, help="Open it in the browser.")
@folder_option
def board(port: int | None, host: str, opens: bool, folder: str) -> None:
    """Serve the competition's ledger as a page on this computer, until Ctrl-C.

    Look at runs, samples and comparisons, also while a run goes on. Nothing on the page changes
    what is recorded, and nothing is fetched from elsewhere.
    """
    from tesuji.board.packed import load_packed
    from tesuji.board.serving import serve

    def ready(gate: Gate) -> None:
        if not gate.is_local:
            click.echo(
                f"warning: whoever reaches {gate.address} and has this address reads all prompts "
                "and outputs; nothing on the way is encrypted", err=True,
            )  # fmt: skip
        click.echo(f"{gate.url}\nCtrl-C ends it")
        if opens:
            import webbrowser

            webbrowser.open(gate.url)

    serve(load_packed(folder), host=host, port=port, ready=ready)
