"""The reports of the best entry, and of its undoing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tesuji.diagnose import visible
from tesuji.notebook import table
from tesuji.reports.words import number_text, score_text
from tesuji.run.entry import Entry, to_table
from tesuji.run.ledger import RunRow
from tesuji.task.sample import Message
from tesuji.task.task import Task


@dataclass(frozen=True)
class Link:
    """One link of the chain that led to the best: a run, the move that it came from, and by how
    much it beat the one before it (None where there was none to beat)."""

    run: RunRow
    move: str
    gain: float | None

    def words(self) -> str:
        """The link in a few words."""
        gain = "" if self.gain is None else f" {self.gain:+.3g}"
        return f"{self.run.entry} ({self.move}{gain})"


@dataclass(frozen=True)
class BestReport:
    """The best entry of a split, the text it sends for a sample, and where it came from.

    `answered` says whether the messages are those that the sample's answer came from (recorded);
    otherwise they are what would be sent.
    """

    task: Task
    run: RunRow
    entry: Entry
    chain: tuple[Link, ...]
    sample: str
    messages: tuple[Message, ...]
    answered: bool

    @property
    def toml(self) -> str:
        """The entry as its file says it."""
        import tomli_w

        return tomli_w.dumps(to_table(self.entry), multiline_strings=True)

    def origin(self) -> str:
        """The chain in a line: base -> base+preamble (process +0.12) -> …"""
        first, *rest = self.chain
        return " -> ".join([first.run.entry, *(link.words() for link in rest)])

    def to_json(self) -> dict[str, Any]:
        """The entry, its run, the chain, and the exact text for a sample."""
        return {
            "entry": self.entry.name,
            "toml": self.toml,
            "run": asdict(self.run),
            "chain": [
                {"run": link.run.id, "entry": link.run.entry, "score": link.run.score,
                 "move": link.move, "gain": link.gain}
                for link in self.chain
            ],
            "sample": self.sample,
            "messages": [asdict(message) for message in self.messages],
            "recorded": self.answered,
        }  # fmt: skip

    def _repr_html_(self) -> str:
        return table(
            [
                (self.run.metric, score_text(self.run)),
                ("came from", self.origin()),
                ("entry", self.toml),
                *((f"{m.role} (sample {self.sample})", visible(m.content)) for m in self.messages),
            ],
            (f"run {self.run.id}", f"{self.entry.name} on {self.entry.model}"),
        )


@dataclass(frozen=True)
class UndoReport:
    """The best was set back (or, with `redone`, forward again): which it is now, which it was."""

    task: Task
    best: RunRow
    was: RunRow
    redone: bool = False

    def sentence(self) -> str:
        """What was done."""
        metric = self.task.metric.name
        return (
            f"{self.best.entry} (run {self.best.id}, {metric} {number_text(self.best.score)}) is "
            f"the best again; it was {self.was.entry} (run {self.was.id}, "
            f"{number_text(self.was.score)})"
        )

    def back(self) -> str:
        """How to take it back."""
        return "tesuji undo" if self.redone else "tesuji undo --redo"

    def to_json(self) -> dict[str, Any]:
        """Both runs, and what was done."""
        return {
            "best": asdict(self.best),
            "was": asdict(self.was),
            "redone": self.redone,
            "back": self.back(),
        }

    def _repr_html_(self) -> str:
        return table([(self.sentence(),), (f"nothing is deleted; back by: {self.back()}",)])
