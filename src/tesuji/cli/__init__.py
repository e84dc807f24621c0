"""The command line: parse, call, print. No logic.

Every command module is cheap to import (click alone); what a command needs, it imports when it
runs, so that `tesuji --help` stays fast.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

import tesuji
from tesuji.cli.best import best, undo
from tesuji.cli.board import board
from tesuji.cli.exchange import export, import_
from tesuji.cli.look import check, compare, diagnose, runs, show
from tesuji.cli.moves import try_
from tesuji.cli.next import next_
from tesuji.cli.paths import nearer
from tesuji.cli.play import first, predict, run
from tesuji.cli.start import demo, doctor, new
from tesuji.errors import TesujiError

_GROUPS: tuple[tuple[str, tuple[click.Command, ...]], ...] = (
    ("Begin", (demo, new, doctor)),
    ("Play", (first, run, next_, try_, undo, predict)),
    ("Look", (runs, best, show, compare, diagnose, check, board)),
    ("Carry", (export, import_)),
)


class Book(click.Group):
    """A group whose help lists its commands in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [str(command.name) for _, commands in _GROUPS for command in commands]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in _GROUPS:
            with formatter.section(title):
                formatter.write_dl([(str(c.name), c.get_short_help_str(90)) for c in commands])


@click.group(cls=Book, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tesuji.__version__, "--version", message="tesuji %(version)s")
def cli() -> None:
    """The opening book for LLM competitions.

    Look at what the model really writes, diagnose it, try the next move, keep what is better,
    submit. Begin with `tesuji demo`.
    """


for _, _commands in _GROUPS:
    for _command in _commands:
        cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exit code 2 and one line for what the user can mend."""
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show a character must not end a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        given = None if arguments is None else list(arguments)
        code = cli.main(given, prog_name="tesuji", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except TesujiError as error:
        click.echo(f"error: {nearer(str(error))}", err=True)
        sys.exit(2)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"error: {_usage(error)}", err=True)
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped; the same command goes on where it was", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `tesuji runs | head`
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # the disk is full, a folder may not be written …
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {where}{error.strerror or error}", err=True)
        sys.exit(2)


def _usage(error: click.ClickException) -> str:
    """What is wrong with the arguments, and where help is, on one line."""
    text = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{text} (see: {context.command_path} --help)" if context else text
