"""The command that serves the local web page, or writes it into a folder: board."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tesuji.cli.options import columns_options, folder_option

if TYPE_CHECKING:
    from tesuji.board.board import Board
    from tesuji.board.export import Exported
    from tesuji.board.guard import Gate
    from tesuji.board.outputs import OutputsFile
    from tesuji.diagnose.files import Told

_OF_FILES = (
    "text", "prompt", "language", "system", "finish", "id", "target", "score", "lower_is_better",
)  # fmt: skip
_OF_SERVING, _OF_EXPORTS = ("port", "host", "opens"), ("samples", "lang")


@click.command(short_help="A local web page: what the model writes, where it fails, what next.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--port", type=int, metavar="N", help="[default: the first free one from 8377 on]")
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="Another address lets other computers in: whoever has the printed address reads all "
         "prompts and outputs, and nothing on the way is encrypted.",
)  # fmt: skip
@click.option("--open/--no-open", "opens", default=False, help="Open it in the browser.")
@click.option(
    "--export",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write it into a folder that opens from disk, instead of serving it.",
)
@click.option(
    "--samples",
    default="20",
    metavar="N|all",
    show_default=True,
    help="With --export: how many samples of each run besides all that fail.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", "ja"]),
    default="en",
    show_default=True,
    help="With --export: the language of its pages.",
)
@columns_options
@click.option("--target", metavar="COLUMN", help="Of a FILE: the column of the targets.")
@click.option("--score", metavar="COLUMN", help="Of a FILE: a column of scores.")
@click.option("--lower-is-better", is_flag=True, help="Of a FILE: of those scores.")
@folder_option
def board(
    file: Path | None, port: int | None, host: str, opens: bool,
    export: Path | None, samples: str, lang: str, folder: str, **columns: Any,
) -> None:  # fmt: skip
    """Serve the competition's ledger as a page on this computer, until Ctrl-C.

    Look at runs, samples and comparisons, also while a run goes on. With a FILE of outputs (JSONL,
    CSV, TSV, Parquet) no competition is needed: its rows are diagnosed and shown by the same pages.
    Nothing is fetched from elsewhere.
    """
    _check(file, export)
    others = _others(samples)
    try:
        with _ending_tidily(), _board(file, folder, columns) as made:
            if export is None:
                _serve(made, host, port, opens)
            else:
                _export(made, export, others, lang)
    except KeyboardInterrupt:
        click.echo("stopped; nothing is left of it", err=True)
        raise SystemExit(130) from None


def _check(file: Path | None, export: Path | None) -> None:
    """What was given goes together."""
    ctx = click.get_current_context()
    given = {
        name for name in ctx.params
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    }  # fmt: skip
    for names, wanted, needs in (
        (_OF_FILES, file is not None, "a FILE of outputs"),
        (_OF_EXPORTS, export is not None, "--export DIR"),
        (_OF_SERVING, export is None, "a board that is served, not --export"),
        (("folder",), file is None, "a competition, not a FILE"),
    ):
        wrong = next((name for name in names if name in given), None)
        if wrong is not None and not wanted:
            option = next(p.opts[-1] for p in ctx.command.params if p.name == wrong)
            raise click.UsageError(f"{option} goes with {needs}", ctx)


def _others(samples: str) -> int | None:
    if samples == "all":
        return None
    if not (samples.isascii() and samples.isdecimal() and len(samples) < 10):
        raise click.BadParameter(f"--samples {samples}: a number or `all`")
    return int(samples)


@contextmanager
def _board(file: Path | None, folder: str, columns: dict[str, Any]) -> Iterator[Board]:
    """The board of a competition, or of a file, recorded for as long as it is looked at."""
    from tesuji.board.board import Board

    if file is None:
        from tesuji.board.packed import load_packed

        yield Board(load_packed(folder))
        return
    from tesuji.board.outputs import record_file
    from tesuji.cli.counting import counted
    from tesuji.diagnose.rows import count_rows
    from tesuji.errors import InputError

    if file.is_dir():
        raise InputError(f"{file}: a folder; the board of a competition: tesuji board -C {file}")

    def watch(rows: Iterable[Told]) -> Iterator[Told]:
        return counted(rows, lambda: count_rows(file))

    source = _source(file, columns)
    with tempfile.TemporaryDirectory(prefix="tesuji-board-", ignore_cleanup_errors=True) as made:
        task, remarks = record_file(source, Path(made), watch)
        for remark in remarks:
            click.echo(f"{file.name}: {remark}", err=True)
        yield Board(task, of_file=True)


def _source(file: Path, given: dict[str, Any]) -> OutputsFile:
    from tesuji.board.outputs import OutputsFile
    from tesuji.diagnose.files import Columns

    if given["lower_is_better"] and given["score"] is None:
        raise click.UsageError("--lower-is-better goes with --score COLUMN")
    names = ("text", "prompt", "language", "system", "finish", "id")
    return OutputsFile(
        file, Columns(**{name: given[name] for name in names}), given["target"], given["score"],
        higher_is_better=not given["lower_is_better"],
    )  # fmt: skip


def _serve(made: Board, host: str, port: int | None, opens: bool) -> None:
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

    serve(made, host=host, port=port, ready=ready)


def _export(made: Board, folder: Path, others: int | None, language: str) -> None:
    from tesuji.board.export import export_board
    from tesuji.cli.counting import Count

    with Count("pages") as count:
        done = export_board(made, folder, others=others, language=language, watch=count.tell)
    click.echo(_told(done, made.of_file))


def _told(done: Exported, of_file: bool) -> str:
    from tesuji.cli.paths import near

    runs = "" if of_file else f"{len(done.still.parts):,} runs, "
    lines = [f"{near(done.folder / 'index.html')}: {runs}{done.samples:,} samples, "
             f"{done.files:,} files, {done.size / 1e6:,.1f} MB"]  # fmt: skip
    if done.left_out:
        lines.append(
            f"left out: {done.left_out:,} samples without a failure (--samples all has them)"
        )
    lines.append("Whoever has the folder reads the prompts and outputs in it")
    return "\n".join(lines)


@contextmanager
def _ending_tidily() -> Iterator[None]:
    """A SIGTERM ends it as an exception would, so that nothing temporary is left."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
