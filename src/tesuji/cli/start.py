"""Commands to begin with: demo, new, doctor."""

from __future__ import annotations

from pathlib import Path

import click

from tesuji.cli.options import json_option


@click.command(short_help="The whole loop on the tutorial competition, with the built-in model.")
@click.option("--keep", metavar="FOLDER", help="Keep the competition there.")
def demo(keep: str | None) -> None:
    """From an empty folder to a valid submission, in under a minute, offline."""
    from tesuji.cli.demo import play

    play(keep)


@click.command(short_help="Make a competition folder: like a ready one, or from your data.")
@click.argument("name")
@click.option("--like", metavar="COMPETITION", help="A ready one, such as llm-prompt-reverse.")
@click.option("--from", "data", metavar="DATA", type=click.Path(path_type=Path), help="Your data.")
@click.option("--target", metavar="COLUMN", help="With --from: the column to be answered.")
@click.option("--test", metavar="DATA", type=click.Path(path_type=Path), help="The test rows.")
@json_option
def new(
    name: str, like: str | None, data: Path | None, target: str | None, test: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make the folder NAME a competition.

    \b
    tesuji new reverse --like llm-prompt-reverse
    tesuji new mine --from train.csv --target label --test test.csv
    """
    from tesuji import api
    from tesuji.cli.render import show_json, show_new

    made = api.new(name, like=like, data=data, target=target, test=test)
    show_json(made.to_json()) if as_json else show_new(made)


@click.command(short_help="What is installed, what each extra would add; --model asks a server.")
@click.option("--model", metavar="URI", help="Also try this model and say what it can.")
@json_option
def doctor(model: str | None, as_json: bool) -> None:
    """Say what works here and what would make more work."""
    from tesuji.cli.render import show_doctor, show_json
    from tesuji.doctor import examine

    report = examine(model)
    show_json(report.to_json()) if as_json else show_doctor(report)
