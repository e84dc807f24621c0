"""What all pages of a board share: the task, the ledger and its reader, what is found by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tesuji.board.asked import Asked, failing
from tesuji.board.outputs import FileRows
from tesuji.board.overview import Checklist
from tesuji.board.reader import Reader
from tesuji.board.still import Still
from tesuji.board.view import render
from tesuji.errors import InputError
from tesuji.reports.words import cost_text, score_text
from tesuji.run.ledger import FILE, Filter, Ledger, RunRow, get_run
from tesuji.task.sample import Sample
from tesuji.task.task import Task

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


@dataclass
class Board:
    """A competition that is looked at; or a file of outputs (`of_file`), which has one run and no
    plan. `still` says what of it is exported, where it is."""

    task: Task
    of_file: bool = False
    still: Still | None = None
    checklist: Checklist = field(init=False)
    reader: Reader = field(init=False)
    _samples: dict[str, dict[str, Sample]] = field(default_factory=dict)
    _failing: tuple[object, frozenset[str]] | None = None

    def __post_init__(self) -> None:
        self.checklist = Checklist(self.task)
        self.reader = Reader(self.task.folder / FILE)

    def page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        """The page of a template."""
        return render(
            request, name, status, task=self.task, score_text=score_text, cost_text=cost_text,
            of_file=self.of_file, still=self.still,
            has_scores=not self.of_file or bool(self.task.metric.name), **values,
        )  # fmt: skip

    def run(self, ledger: Ledger, number: str) -> RunRow:
        """A run by its number, as it stands in an address. InputError where there is none."""
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise InputError("a run is named by its number")
        return get_run(ledger, int(number))

    def sample(self, split: str, id: str) -> Sample | None:
        """The sample of the task, if it is still there."""
        if isinstance(rows := getattr(self.task, split, ()), FileRows):
            return rows.find(id)
        if split not in self._samples:
            self._samples[split] = {sample.id: sample for sample in rows}
        return self._samples[split].get(id)

    def filter(self, ledger: Ledger, run: int, asked: Asked, *, whole: bool = False) -> Filter:
        """Which samples of a run are asked for: of those that are exported, where it is an export,
        unless they are to be counted (`whole`)."""
        higher = self.task.metric.higher_is_better
        chosen = asked.filter(lambda: self.failing(ledger, run), higher)
        return chosen if whole or self.still is None else self.still.among(run, chosen)

    def failing(self, ledger: Ledger, run: int) -> frozenset[str]:
        """As `asked.failing`. Of 100,000 samples that takes 0.1 s, so the last is kept until
        something is recorded."""
        stamp = run, ledger.row("PRAGMA data_version"), ledger
        if self._failing is None or self._failing[0] != stamp:
            self._failing = stamp, failing(ledger, run)
        return self._failing[1]
