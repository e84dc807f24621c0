"""What all pages of a board share: the task, the ledger and its reader, what is found by them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tesuji.board.asked import Asked
from tesuji.board.files import Files
from tesuji.board.kept import Kept
from tesuji.board.later import PATIENCE, Later
from tesuji.board.live import TICK, Live, Part, make_part
from tesuji.board.loads import Loads
from tesuji.board.outputs import FileRows
from tesuji.board.packed import Packed
from tesuji.board.private import run_without
from tesuji.board.reader import Reader
from tesuji.board.still import Still
from tesuji.board.view import fragment, render
from tesuji.errors import InputError
from tesuji.reports.words import score_text
from tesuji.run.exchange.rows import Row, find_row
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
    patience: float = PATIENCE
    live: Live = field(default_factory=Live)
    of_file: bool = False
    still: Still | None = None
    reader: Reader = field(init=False)
    later: Later = field(init=False)
    files: Files = field(init=False)
    loads: Loads = field(default_factory=Loads)
    _boot: str = field(default_factory=lambda: secrets.token_hex(4))
    _version: tuple[float, str] = (0.0, "")
    kept: Kept = field(default_factory=Kept)
    _samples: dict[str, dict[str, Sample]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = Files(self.task)
        self.task = self.files.task
        self.reader = Reader(self.task.folder / FILE)
        self.later = Later(self.patience)

    async def fresh(self) -> None:
        """Take up what has changed in competition.toml, competition.py and the data."""
        before = self.files.loads
        task = await self.files.fresh()
        if self.files.loads != before:
            self.task, self._samples, self.kept = task, {}, Kept()
            self.later.forget()

    async def version(self, age: float = 0.0) -> str:
        """Changes with whatever the pages show. One of `age` seconds ago will do."""
        seen, version = self._version
        if not version or time.monotonic() - seen >= age:
            version = await self.reader.run(self._look)
            self._version = time.monotonic(), version
        return version

    async def followed(self) -> str:
        """The version for the streams, which look together."""
        await self.fresh()
        return await self.version(0.8 * TICK)

    def _look(self) -> str:
        return f"{self._boot}-{self.files.loads}-{self.later.done}-{self.reader.version()}"

    def page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        """The page of a template."""
        return render(
            request, name, status, task=self.task, score_text=score_text,
            trouble=self.files.trouble, **self._kind, **values,
        )  # fmt: skip

    def part(self, request: Request, name: str, **values: Any) -> Part:
        """A part of a page that changes as a run goes on, from `live/NAME.html`."""
        html = fragment(
            request, f"live/{name}.html", task=self.task, score_text=score_text,
            **self._kind, **values,
        )  # fmt: skip
        return make_part(html)

    @property
    def _kind(self) -> Mapping[str, Any]:
        """What templates leave out things by."""
        has_scores = not self.of_file or bool(self.task.metric.name)
        return {"of_file": self.of_file, "still": self.still, "has_scores": has_scores}

    def run(self, ledger: Ledger, number: str) -> RunRow:
        """A run by its number, as it stands in an address. InputError where there is none."""
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise InputError("a run is named by its number")
        run = get_run(ledger, int(number))
        return run if self.still is None else run_without(run, self.still.private)

    def sample(self, split: str, id: str) -> Sample | None:
        """The sample of the task, if it is still there."""
        rows: Sequence[Sample] = getattr(self.task, split, ())
        if isinstance(rows, (Packed, FileRows)):
            return rows.find(id)
        if split not in self._samples:
            self._samples[split] = {sample.id: sample for sample in rows}
        return self._samples[split].get(id)

    def row(self, ledger: Ledger, run: RunRow, id: str) -> Row:
        """What a run made of a sample. InputError where there is none."""
        row = find_row(ledger, run.id, id, self.sample(run.split, id))
        if row is None:
            raise InputError(f"run {run.id} has no such sample")
        return row

    def filter(self, ledger: Ledger, run: int, asked: Asked, *, whole: bool = False) -> Filter:
        """Which samples of a run are asked for: of those that are exported, where it is an export,
        unless they are to be counted (`whole`). InputError for a bound or a pattern that is
        wrong."""
        higher = self.task.metric.higher_is_better
        chosen = asked.filter(lambda: self.failing(ledger, run), higher)
        split = get_run(ledger, run).split
        found = self.kept.by_data(split, getattr(self.task, split, ()), asked)
        shown = None if whole or self.still is None else self.still.ids(run)
        return among(among(chosen, found), shown)

    def failing(self, ledger: Ledger, run: int) -> frozenset[str]:
        """As `asked.failing`. Of 100,000 samples that takes 0.1 s, so it is kept."""
        return self.kept.failing(ledger, run)


def among(chosen: Filter, ids: frozenset[str] | None) -> Filter:
    """What fits a filter and is one of these; None is all."""
    if ids is None:
        return chosen
    return replace(chosen, ids=ids if chosen.ids is None else chosen.ids & ids)
