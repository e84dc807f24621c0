"""Commands that look at what is there: runs, show, compare, diagnose, check."""

from __future__ import annotations

from pathlib import Path

import click

from tesuji.cli.options import columns_options, folder_option, json_option


@click.command(short_help="All runs, with scores and failure rates; ★ is the best so far.")
@folder_option
@json_option
def runs(folder: str, as_json: bool) -> None:
    """List the runs of the competition."""
    from tesuji import api
    from tesuji.cli.render import show_json, show_runs

    report = api.runs(api.load(folder))
    show_json(report.to_json()) if as_json else show_runs(report)


@click.command(short_help="The exact text sent, and what came back.")
@click.argument("run")
@click.argument("sample", required=False)
@click.option("-n", default=5, show_default=True, help="How many samples, if none is named.")
@click.option("--worst", is_flag=True, help="Those with the worst scores.")
@click.option("--finding", metavar="KIND", help="Those with a finding of this kind.")
@click.option("--tag", metavar="TAG", help="Those that were given this tag on the board.")
@click.option("--noted", is_flag=True, help="Those with a note or a tag.")
@folder_option
@json_option
def show(
    run: str, sample: str | None, n: int, worst: bool, finding: str | None, tag: str | None,
    noted: bool, folder: str, as_json: bool,
) -> None:  # fmt: skip
    """Show samples of a RUN (its number, or an entry's name): messages, outputs, findings."""
    from tesuji import api
    from tesuji.cli.render import show_json, show_records

    task = api.load(folder)
    records = api.show(
        task, run, sample=sample, n=n, worst=worst, finding=finding, tag=tag, noted=noted
    )
    show_json([r.to_json() for r in records]) if as_json else show_records(task, records)


@click.command(short_help="Is run B better than run A? In pairs, with statistics.")
@click.argument("a")
@click.argument("b")
@folder_option
@json_option
def compare(a: str, b: str, folder: str, as_json: bool) -> None:
    """Compare two runs on the samples that both have: by number, or by entry name."""
    from dataclasses import asdict

    from tesuji import api
    from tesuji.cli.render import show_comparison, show_json

    comparison = api.compare(api.load(folder), a, b)
    show_json(asdict(comparison)) if as_json else show_comparison(comparison, a, b)


@click.command(short_help="Find failures in outputs: of a run, or of any JSONL, CSV or Parquet.")
@click.argument("source", required=False, metavar="[FILE | RUN]")
@columns_options
@click.option("--kind", metavar="KIND", help="Only this kind of failure.")
@click.option("-n", default=1, show_default=True, help="How many examples of each kind.")
@click.option("--summary", is_flag=True, help="With --json: only the totals.")
@folder_option
@json_option
def diagnose(
    source: str | None, kind: str | None, n: int, summary: bool, folder: str, as_json: bool,
    **columns: str | None,
) -> None:  # fmt: skip
    """Check every output for failures and print their rates with examples.

    With a FILE no competition is needed; a column may be a dotted path into nested JSON, a prompt
    may be a list of chat messages. Without one, the newest run (or the RUN named) is diagnosed.
    With --json: one line a record.
    """
    from dataclasses import replace

    from tesuji import api
    from tesuji.cli.counting import counted
    from tesuji.cli.findings import show_diagnosis
    from tesuji.cli.render import show_json, show_json_lines
    from tesuji.diagnose import only_kind

    if source is not None and (Path(source).is_file() or Path(source).suffix[1:].isalpha()):
        report = api.diagnose(source, **columns)  # type: ignore[arg-type]
    else:
        report = api.diagnose(api.load(folder), run=source)
    found = report.found
    if kind is not None:
        found = only_kind(report.found, kind)
    report = replace(report, found=lambda: counted(found()), examples=n)
    if as_json and not summary:
        show_json_lines(report.records())
    elif as_json:
        show_json(report.to_json())
    else:
        show_diagnosis(report, all_kinds=kind is None)


@click.command(short_help="Is this a valid submission?")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@folder_option
@json_option
@click.pass_context
def check(ctx: click.Context, path: Path | None, folder: str, as_json: bool) -> None:
    """Check a submission file: columns, rows, ids, answers. Exit code 2 if it is not valid.

    Without a PATH: the competition's submission.csv.
    """
    from tesuji import api
    from tesuji.cli.render import show_check, show_json

    report = api.check(api.load(folder), path)
    show_json(report.to_json()) if as_json else show_check(report)
    if report.problems:
        ctx.exit(2)
