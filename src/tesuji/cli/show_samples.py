"""Single samples as a person at a terminal wants to read them: first looks, records of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tesuji.cli.paper import (
    console,
    cut,
    field,
    indented,
    rule,
    show_findings,
    show_messages,
    show_output,
)
from tesuji.diagnose import visible
from tesuji.reports import FirstReport, number_text

if TYPE_CHECKING:
    from tesuji.run.first import FirstMove
    from tesuji.run.ledger import Record
    from tesuji.task.sample import Answer
    from tesuji.task.task import Task


def show_first(report: FirstReport) -> None:
    """The first move: what was sent, what came back, what was made of it."""
    for move in report.moves:
        rule(f"sample {move.sample.id} · {report.entry.name} on {report.entry.model}")
        show_messages(move.messages)
        for draft in move.drafts:
            show_output(draft.output, draft.findings, "recorded" if draft.cached else "")
            if draft.text != draft.output.text:
                field("cleaned", Text(visible(draft.text)))
        _made_of_it(report.task, move)


def _made_of_it(task: Task, move: FirstMove) -> None:
    row = move.row
    state = {
        "answered": "",
        "unparsed": "  (nothing could be read from the output: this is the fallback)",
        "fallback": f"  (fallback: {row.reason})",
        "error": f"failed: {row.reason}",
    }[row.state]
    answer = Text() if row.state == "error" else _shown(row.answer)
    field("answer", answer.append(state, "yellow"))
    if move.sample.target is not None:
        field("target", repr(move.sample.target))
        better = "higher is better" if task.metric.higher_is_better else "lower is better"
        field("score", f"{number_text(row.score)}  ({task.metric.name}, {better})")
    show_findings([f for draft in move.drafts for f in draft.findings])


def _shown(answer: Answer) -> Text:
    """An answer as Python writes it; one of several lines, such as a game's, line by line."""
    if isinstance(answer, str) and "\n" in answer:
        return indented(Text(cut(visible(answer)), "bold"))
    return Text(repr(answer), "bold")


def show_records(task: Task, records: Sequence[Record]) -> None:
    """Samples of a run, each with the exact text sent."""
    if not records:
        console.print("the run has no such sample")
    for record in records:
        row = record.row
        rule(f"sample {row.sample} · {row.state}")
        show_messages(record.messages)
        if record.output is not None:
            show_output(record.output, record.findings, "")
        field("answer", _shown(row.answer))
        if row.score is not None:
            field(task.metric.name, number_text(row.score))
        if row.reason:
            field("reason", row.reason)
        show_findings(record.findings)
        for name, said in (record.note.remarks() if record.note else {}).items():
            field(name, Text(visible(said if isinstance(said, str) else ", ".join(said))))
