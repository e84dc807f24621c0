"""What all pages of a board share: the task, the ledger and its reader, what is found by them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tesuji.board.asked import Asked
from tesuji.board.kept import Kept
from tesuji.board.overview import Checklist
from tesuji.board.reader import Reader
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
    """A competition that is looked at."""

    task: Task
    checklist: Checklist = field(init=False)
    reader: Reader = field(init=False)
    kept: Kept = field(default_factory=Kept)
    _samples: dict[str, dict[str, Sample]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.checklist = Checklist(self.task)
        self.reader = Reader(self.task.folder / FILE)

    def page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        """The page of a template."""
        return render(
            request, name, status, task=self.task, score_text=score_text, cost_text=cost_text,
            **values,
        )  # fmt: skip

    def run(self, ledger: Ledger, number: str) -> RunRow:
        """A run by its number, as it stands in an address. InputError where there is none."""
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise InputError("a run is named by its number")
        return get_run(ledger, int(number))

    def sample(self, split: str, id: str) -> Sample | None:
        """The sample of the task, if it is still there."""
        if split not in self._samples:
            rows: tuple[Sample, ...] = getattr(self.task, split, ())
            self._samples[split] = {sample.id: sample for sample in rows}
        return self._samples[split].get(id)

    def filter(self, ledger: Ledger, run: int, asked: Asked) -> Filter:
        """Which samples of a run are asked for. InputError for a bound or a pattern that is
        wrong."""
        higher = self.task.metric.higher_is_better
        chosen = asked.filter(lambda: self.failing(ledger, run), higher)
        split = get_run(ledger, run).split
        found = self.kept.by_data(split, getattr(self.task, split, ()), asked)
        return among(chosen, found)

    def failing(self, ledger: Ledger, run: int) -> frozenset[str]:
        """As `asked.failing`. Of 100,000 samples that takes 0.1 s, so it is kept."""
        return self.kept.failing(ledger, run)


def among(chosen: Filter, ids: frozenset[str] | None) -> Filter:
    """What fits a filter and is one of these; None is all."""
    if ids is None:
        return chosen
    return replace(chosen, ids=ids if chosen.ids is None else chosen.ids & ids)
