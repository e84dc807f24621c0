"""Commands that carry runs out of the ledger and outputs into it: export, import."""

from __future__ import annotations

from pathlib import Path

import click

from tesuji.cli.options import folder_option, json_option, load_task, model_option


@click.command(short_help="Write a run to a file: JSONL, Parquet, or a log for Inspect's viewer.")
@click.argument("run")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
    help=".jsonl, .parquet, .eval or .json (Inspect)  [default: ENTRY-RUN.jsonl]",
)  # fmt: skip
@folder_option
@json_option
def export(run: str, output: Path | None, folder: str, as_json: bool) -> None:
    """Write a RUN (its number, or an entry's name) to a file, one row a sample.

    The file's ending says how. A row has the sample's fields, the messages sent, all outputs with
    their findings, the answer, the target, the score and the state.

    \b
    tesuji export base
    tesuji export 3 -o run3.parquet
    tesuji export 3 -o run3.eval && inspect view --log-dir .
    """
    from tesuji import api
    from tesuji.cli.render import show_export, show_json

    report = api.export(api.load(folder), run, output)
    show_json(report.to_json()) if as_json else show_export(report)


@click.command("import", short_help="Outputs recorded elsewhere, so that a run need not ask.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--entry", metavar="NAME", help="The entry whose prompts were answered.")
@click.option("--split", default="dev", show_default=True, help="train, dev or test.")
@click.option("--as", "name", metavar="NAME", help="Record all under this name, for replay:.")
@click.option("--prompt", default="prompt", show_default=True, help="Column of the prompts.")
@click.option("--text", default="output", show_default=True, help="Column of the outputs.")
@model_option
@folder_option
@json_option
def import_(
    path: Path, entry: str | None, split: str, name: str | None, prompt: str, text: str,
    model: str | None, model_options: tuple[str, ...], folder: str, as_json: bool,
) -> None:  # fmt: skip
    """Record the outputs of a FILE (JSONL) in the ledger, where runs find them and send nothing.

    Lines that `tesuji export` wrote keep their keys. Any other line holds a prompt and an output:
    it becomes what the entry's model answered to the sample with that prompt. A prompt is a text
    (of the user's message) or a list of messages. Nothing is written if a line is wrong.

    \b
    tesuji import elsewhere.jsonl --text completion
    tesuji import elsewhere.jsonl --as big-model
    tesuji run --model replay:ledger.db#big-model
    """
    from tesuji import api
    from tesuji.cli.render import show_import, show_json

    report = api.import_outputs(
        load_task(folder, model_options),
        path,
        model,
        entry=entry,
        split=split,
        name=name,
        prompt=prompt,
        text=text,
    )
    show_json(report.to_json()) if as_json else show_import(report)
