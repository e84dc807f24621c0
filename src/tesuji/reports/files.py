"""The reports of files: submissions, exports, imports, new competitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tesuji.notebook import table
from tesuji.reports.words import counts_text, rates_text
from tesuji.run.exchange import Imported
from tesuji.run.ledger import RunRow
from tesuji.task.guess import Guess
from tesuji.task.task import Task


@dataclass(frozen=True)
class PredictReport:
    """A submission that was written, and what is wrong with it (nothing, mostly).

    `run` is None where competition.py made it.
    """

    task: Task
    run: RunRow | None
    path: Path
    problems: tuple[str, ...]
    findings: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Where it is, the run behind it, its problems."""
        return {
            "path": str(self.path),
            "run": asdict(self.run) if self.run else None,
            "findings": dict(self.findings),
            "problems": list(self.problems),
        }

    def _repr_html_(self) -> str:
        return table(
            [
                ("submission", self.path),
                *self._of_run(),
                ("problems", "\n".join(self.problems) or "none"),
            ]
        )

    def _of_run(self) -> list[tuple[str, str]]:
        if self.run is None:
            return []
        return [
            ("entry", f"{self.run.entry} on {self.run.model}"),
            ("samples", counts_text(self.run)),
            ("findings", rates_text(self.findings)),
        ]


@dataclass(frozen=True)
class CheckReport:
    """What is wrong with a submission file; `notes` make it no worse, but are worth a look."""

    path: Path
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The file, if it is valid, and its problems."""
        return {
            "path": str(self.path),
            "valid": not self.problems,
            "problems": list(self.problems),
            "notes": list(self.notes),
        }

    def _repr_html_(self) -> str:
        return table([(problem,) for problem in self.problems] or [("valid",)], (str(self.path),))


@dataclass(frozen=True)
class ExportReport:
    """A run that was written to a file."""

    run: RunRow
    path: Path
    samples: int

    def to_json(self) -> dict[str, Any]:
        """The run, the file, how many samples are in it."""
        return {"run": self.run.id, "path": str(self.path), "samples": self.samples}

    def _repr_html_(self) -> str:
        return table([(self.path, f"run {self.run.id}", f"{self.samples:,} samples")])


@dataclass(frozen=True)
class ImportReport:
    """Outputs that were recorded from a file; `name` is what they were told to be recorded as."""

    path: Path
    imported: Imported
    name: str | None

    def to_json(self) -> dict[str, Any]:
        """The file, and what became of its lines and outputs."""
        return {"path": str(self.path), "recorded_as": self.name, **asdict(self.imported)}

    def sentence(self) -> str:
        """What became of the outputs, in one line."""
        i = self.imported
        said = f"{i.new:,} outputs recorded"
        said += f", {i.known:,} were there already" if i.known else ""
        return said + (f"; {i.strangers:,} lines fit no sample" if i.strangers else "")

    def _repr_html_(self) -> str:
        return table([(self.path, self.sentence())])


@dataclass(frozen=True)
class NewReport:
    """A competition that was made; `guess` is None for a ready one."""

    task: Task
    guess: Guess | None

    def to_json(self) -> dict[str, Any]:
        """Where it is, and what was guessed with the reasons."""
        guess = None if self.guess is None else asdict(self.guess)
        return {"folder": str(self.task.folder), "guess": guess}

    def _repr_html_(self) -> str:
        return self.task._repr_html_()
