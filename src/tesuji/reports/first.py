"""The report of the first move."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tesuji.diagnose import visible
from tesuji.notebook import table
from tesuji.run.entry import Entry
from tesuji.run.first import FirstMove
from tesuji.task.task import Task


@dataclass(frozen=True)
class FirstReport:
    """What the model wrote on a few samples."""

    task: Task
    entry: Entry
    moves: tuple[FirstMove, ...]

    def to_json(self) -> dict[str, Any]:
        """The whole of it: prompts, raw outputs, answers, findings."""
        return {
            "entry": self.entry.name,
            "model": self.entry.model,
            "samples": [_move(move) for move in self.moves],
        }

    def _repr_html_(self) -> str:
        return "".join(
            table(
                [
                    *((m.role, visible(m.content)) for m in move.messages),
                    *(("output", visible(d.output.text)) for d in move.drafts),
                    ("answer", move.row.answer),
                    ("target", move.sample.target),
                    (self.task.metric.name, move.row.score),
                    ("findings", ", ".join(_finding_words(move))),
                    ("state", " – ".join(filter(None, (move.row.state, move.row.reason)))),
                ],
                (f"sample {move.sample.id}", f"{self.entry.name} on {self.entry.model}"),
            )
            for move in self.moves
        )


def _finding_words(move: FirstMove) -> list[str]:
    return [f"{f.kind}: {f.evidence}" for draft in move.drafts for f in draft.findings]


def _move(move: FirstMove) -> dict[str, Any]:
    return {
        "id": move.sample.id,
        "target": move.sample.target,
        "messages": [asdict(message) for message in move.messages],
        "state": move.row.state,
        "answer": move.row.answer,
        "score": move.row.score,
        "reason": move.row.reason,
        "outputs": [
            {
                "text": draft.output.text,
                "cleaned": draft.text,
                "finish": draft.output.finish,
                "tokens_in": draft.output.tokens_in,
                "tokens_out": draft.output.tokens_out,
                "seconds": draft.output.seconds,
                "recorded": draft.cached,
                "findings": [asdict(finding) for finding in draft.findings],
            }
            for draft in move.drafts
        ],
    }
