"""What the command line writes on: the console, and how rules, fields, tables and texts look."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tesuji.diagnose import Finding, highlight, visible
from tesuji.models.base import Output
from tesuji.task.sample import Message

_LONGEST = 2000  # characters of one text that are shown; `--json` has all of it
_WHOLE = ("run", "split", "score")  # columns of tables that are not broken

# Without markup: what is shown is often what a model wrote, and "[red]" there is only text.
console = Console(highlight=False, soft_wrap=True, markup=False)


def show_json(data: Any) -> None:
    """Plain JSON on standard output."""
    click.echo(json.dumps(_jsonable(data), ensure_ascii=False, indent=2))


def show_json_lines(records: Iterable[Mapping[str, Any]]) -> None:
    """One line a record."""
    for record in records:
        click.echo(json.dumps(_jsonable(record), ensure_ascii=False))


def _jsonable(value: Any) -> Any:
    """Bytes as hex, mappings as objects; NaN, which JSON lacks, as null."""
    if isinstance(value, Mapping):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_jsonable(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def grid(*headers: str) -> Table:
    """A table without lines, with these heads."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold", no_wrap=header in _WHOLE)
    return table


def rule(title: str) -> None:
    """A heading over a part."""
    console.print(Text(f"\n{title}", "bold cyan"))


def field(name: str, value: str | Text) -> None:
    """A name, dim, and what it has to say."""
    text = value if isinstance(value, Text) else Text(value)
    console.print(Text().append(f"{name:<12} ", "dim").append_text(text))


def show_messages(messages: Sequence[Message]) -> None:
    """The messages of a prompt, with invisible characters made visible."""
    for message in messages:
        field(message.role, indented(Text(cut(visible(message.content)))))


def show_output(output: Output, findings: Sequence[Finding], note: str) -> None:
    """What a model wrote, failures marked, and what it took."""
    field("output", indented(_highlighted(output.text, findings)))
    numbers = f"{output.tokens_in} tokens in, {output.tokens_out} out, {output.seconds:.3f} s"
    field("", Text(", ".join(filter(None, (numbers, f"finish: {output.finish}", note))), "dim"))


def show_findings(findings: Sequence[Finding]) -> None:
    """Failures in words, each with the cleaner that mends it."""
    if not findings:
        field("findings", Text("none", "green"))
    for finding in findings:
        mend = f"  (mend: --clean {finding.fix})" if finding.fix else ""
        text = Text().append(finding.kind, "bold red").append(f": {finding.evidence}")
        field("finding", wrapped(text.append(mend, "dim")))


def _highlighted(text: str, findings: Sequence[Finding]) -> Text:
    shown, parts = Text(), highlight(text[:_LONGEST], findings)
    for n, (part, kind) in enumerate(parts):
        # A space at the end of a part is none at the end of a line if words follow.
        follows = parts[n + 1][0][:1] if n + 1 < len(parts) else ""
        seen = visible(part + follows).removesuffix(visible(follows))
        shown.append(seen, "black on yellow" if kind else "")
    if len(text) > _LONGEST:
        shown.append(f" … ({len(text):,} characters in all)", "dim")
    return shown or Text("(nothing)", "dim")


def wrapped(words: str | Text) -> Text:
    """Prose broken at the window's width, under its field."""
    text = words if isinstance(words, Text) else Text(words)
    return indented(Text("\n").join(_rows(text)))


def _rows(text: Text) -> list[Text]:
    rows = text.wrap(console, max(console.width - 13, 40))
    for row in rows:
        row.rstrip()
    return list(rows)


def indented(text: Text) -> Text:
    """Further lines under the first, right of the field's name."""
    return Text("\n" + " " * 13).join(text.split("\n"))


def cut(text: str) -> str:
    """A text as far as it is shown."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text):,} characters)"
