"""Failures in many outputs, as a person at a terminal wants to read them."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from tesuji.cli.marks import COLOURS, marked
from tesuji.cli.render import console
from tesuji.diagnose import Diagnosed, Finding, KindSummary, visible
from tesuji.reports import DiagnosisReport, percent

_AROUND = 60  # characters shown on each side of a failure
_MOST = 240  # characters shown of a failure itself


def show_diagnosis(report: DiagnosisReport, all_kinds: bool = True) -> None:
    """Rates by kind, and examples of each with the failure marked in its context.

    Marks are brackets ⟦ ⟧, so that they are seen without colours too.
    """
    summary = report.summary
    title = Text(f"{report.source} · {summary.total:,} outputs", "bold cyan")
    if all_kinds and summary.total:
        title.append(f", {summary.clean:,} without a finding ({percent(summary.clean_rate)})")
    _print(title)
    if not summary.total:
        _print(Text("there are no outputs in it", "yellow"))
        return
    if not summary.kinds:
        _print(Text("no finding" if all_kinds else "no such finding", "green"))
        return
    console.print(_table(summary.kinds))
    for kind in summary.kinds:
        for example, finding in ((kind.example, kind.finding), *kind.others):
            _example(example, finding)


def _table(kinds: tuple[KindSummary, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for header in ("finding", "outputs", "share", "mended by"):
        right = header in ("outputs", "share")
        table.add_column(header, justify="right" if right else "left", overflow="fold")
    for kind in kinds:
        fixes = ", ".join(
            fix if count == kind.count else f"{fix} ({count:,})"
            for fix, count in kind.fixes.items()
        )
        name = Text(kind.kind, f"bold {COLOURS[kind.kind]}")
        table.add_row(name, f"{kind.count:,}", percent(kind.rate), fixes or "–")
    return table


def _example(output: Diagnosed, finding: Finding) -> None:
    colour = COLOURS[finding.kind]
    console.print()
    head = (
        Text().append(finding.kind, f"bold {colour}").append(f" in {visible(output.id)}: ", "dim")
    )
    _print(head.append(visible(finding.evidence).replace("\n", " ")), indent=2)
    shown = marked(output.text, finding, around=_AROUND, most=_MOST)
    _print(Text("  ").append_text(shown), indent=2)


def _print(text: Text, indent: int = 0) -> None:
    """Print, broken at the width of the terminal, with rows after the first indented."""
    rows = text.wrap(console, max(console.width - indent, 20))
    for row in rows:
        row.rstrip()
    console.print(Text("\n" + " " * indent).join(rows))
