"""A file of outputs as a run: its rows, diagnosed, in a temporary ledger beside a task made for it.

So the board shows it by the same pages. Rows go through one after another, at most a thousand to a
transaction: memory does not grow with the file.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias, cast, overload

from tesuji.diagnose.detect import findings_in
from tesuji.diagnose.files import Columns, Told, read_told, take, take_if_there, told_messages
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.rows import count_rows
from tesuji.errors import DataError
from tesuji.models.base import Output, Request
from tesuji.run.ledger import (
    FILE,
    AnswerRow,
    Ledger,
    begin_run,
    end_run,
    output_write,
    storable,
    write_answer,
    write_rates,
)
from tesuji.task.formats.text import TextFormat
from tesuji.task.metrics.base import Metric, mean_of
from tesuji.task.sample import Sample
from tesuji.task.task import Task
from tesuji.task.template import PromptTemplate

RUN = 1
Watch: TypeAlias = Callable[[Iterable[Told]], Iterable[Told]]

_BATCH = 1000  # rows in a transaction
_POINTS = 50  # of the failure rates over the file
_LONGEST_ID = 200  # characters: it stands in addresses
_SHOWN = 2000  # characters of an output in a list, where there is no target to compare it with
_ROWS = """
CREATE TABLE file_rows (
  sample TEXT PRIMARY KEY,
  fields TEXT NOT NULL,
  target TEXT
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class OutputsFile:
    """A file of outputs and what its columns hold. `target` and `score`, too, are columns or dotted
    paths."""

    path: Path
    columns: Columns = field(default_factory=Columns)
    target: str | None = None
    score: str | None = None
    higher_is_better: bool = True


def record_file(source: OutputsFile, folder: Path, watch: Watch = iter) -> tuple[Task, list[str]]:
    """Diagnose a file's rows into the ledger of an empty folder; the task, and remarks in words.

    Ids that are there twice, or not at all, get the row's place. `watch` goes through the rows as
    they are read. DataError, in one line, for what is wrong in the file or where it has no rows.
    """
    told = read_told(source.path, source.columns)
    first = next(told, None)
    if first is None:
        raise DataError(f"{source.path}: empty: there are no rows to look at")
    with Ledger(folder / FILE) as ledger:
        with ledger.transaction() as connection:
            connection.execute(_ROWS)
        task = _task(source, folder)
        every = max(1, count_rows(source.path) // _POINTS)
        recorder = _Recorder(source, ledger, _begin(ledger, task), every)
        rows = iter(watch(chain((first,), told)))
        while batch := list(islice(rows, min(_BATCH, every))):
            recorder.record(batch)
        recorder.end()
    return task, recorder.remarks()


def _task(source: OutputsFile, folder: Path) -> Task:
    metric = Metric(
        source.score or "", source.higher_is_better, None, None, mean_of(lambda *_: 0.0),
        frozenset({"text"}), zero_one=False,
    )  # fmt: skip
    rows = cast("tuple[Sample, ...]", FileRows(folder / FILE))
    return Task(
        source.path.name, folder, train=(), dev=rows, test=(), template=PromptTemplate(""),
        format=TextFormat(), metric=metric, columns=(),
    )  # fmt: skip


def _begin(ledger: Ledger, task: Task) -> int:
    run = begin_run(
        ledger, entry=task.name, model="", entry_digest="", entry_table={},
        task_digest=task.digest, split="dev", samples_digest="", total=0, metric=task.metric.name,
    )  # fmt: skip
    assert run == RUN
    return run


@dataclass
class _Recorder:
    source: OutputsFile
    ledger: Ledger
    run: int
    every: int
    total: int = 0
    pointed: int = 0
    renamed: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    scored: int = 0
    score: float = 0.0

    def record(self, batch: Sequence[Told]) -> None:
        """Diagnose some rows and write them, in one transaction."""
        with self.ledger.transaction() as connection:
            for told in batch:
                seen = told.seen
                if (text := storable(seen.text)) is not seen.text:
                    seen = replace(seen, text=text)
                findings = tuple(findings_in(seen))
                self.hits.update({finding.kind for finding in findings})
                self._write(connection, told, text, findings)
            self.total += len(batch)
            if self.total - self.pointed >= self.every:
                self._point(connection)

    def _point(self, connection: sqlite3.Connection) -> None:
        self.pointed = self.total
        write_rates(connection, self.run, self.total, self.hits)

    def _write(
        self, connection: sqlite3.Connection, told: Told, text: str, findings: Sequence[Finding]
    ) -> None:
        name, target, score = self._name(connection, told), self._target(told), self._score(told)
        key = told.number.to_bytes(16, "big")
        request = Request(told_messages(told))
        output_write(self.ledger, key, "", request, Output(text, storable(told.seen.finish)))(
            connection
        )
        fields = _json(self._fields(told), told)
        answer = text if target is not None else text[:_SHOWN]
        row = AnswerRow(name, "answered", answer, score, key)
        write_answer(connection, self.run, row, [(key, one) for one in findings], [key])
        connection.execute(
            "INSERT INTO file_rows VALUES (?, ?, ?)",
            (name, fields, None if target is None else _json(target, told)),
        )

    def _name(self, connection: sqlite3.Connection, told: Told) -> str:
        """The row's id, if it is the first of that name and short; else with the row's place."""
        place = told.where.rpartition(": ")[2]
        given = storable(str(told.number) if told.id is None else told.id)
        name = (
            given if 0 < len(given) <= _LONGEST_ID else f"{given[:_LONGEST_ID]} ({place})".strip()
        )
        while connection.execute("SELECT 1 FROM file_rows WHERE sample = ?", (name,)).fetchone():
            name = f"{name} ({place})"
        self.renamed += name != given
        return name

    def _target(self, told: Told) -> Any:
        return None if self.source.target is None else self._told(told, self.source.target)

    def _score(self, told: Told) -> float | None:
        """The number in the score's column; None where there is none."""
        if self.source.score is None:
            return None
        value = self._told(told, self.source.score)
        if value is None or value == "":
            return None
        try:
            score = float(value)
        except (TypeError, ValueError, OverflowError):
            raise DataError(
                f"{told.where}: {self.source.score!r} holds no number: {str(value)[:60]!r}"
            ) from None
        if not math.isfinite(score):
            return None
        self.scored, self.score = self.scored + 1, self.score + score
        return score

    def _told(self, told: Told, name: str) -> Any:
        return (take if told.number == 0 else take_if_there)(told.row, name, told.where)

    def _fields(self, told: Told) -> Mapping[str, Any]:
        """The columns that are not shown as something else."""
        columns = self.source.columns
        shown = {columns.text, columns.prompt, columns.system, columns.finish, columns.id or "id"}
        shown |= {self.source.target, self.source.score}
        return {str(name): value for name, value in told.row.items() if name not in shown}

    def end(self) -> None:
        """Write what the run came to."""
        mean = self.score / self.scored if self.scored else None
        if self.pointed < self.total:
            with self.ledger.transaction() as connection:
                self._point(connection)
        counts = {"total": self.total, "answered": self.total, "outputs": self.total}
        end_run(self.ledger, self.run, {"state": "finished", "score": mean, **counts})

    def remarks(self) -> list[str]:
        """What the reader should know of the ids."""
        if not self.renamed:
            return []
        ids = "1 id is" if self.renamed == 1 else f"{self.renamed:,} ids are"
        return [f"{ids} empty, very long or there before: named with the row's place"]


def _json(value: Any, told: Told) -> str:
    try:
        return storable(json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        raise DataError(f"{told.where}: nested too deeply") from None


@dataclass(frozen=True)
class FileRows(Sequence[Sample]):
    """The rows of a recorded file as samples, read from the ledger when they are asked for."""

    path: Path

    def find(self, id: str) -> Sample | None:
        """The sample of this id."""
        return next(self._read("WHERE sample = ?", id), None)

    def __len__(self) -> int:
        with closing(sqlite3.connect(self.path)) as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM file_rows").fetchone()
        return int(count)

    def __iter__(self) -> Iterator[Sample]:
        return self._read("")

    @overload
    def __getitem__(self, at: int) -> Sample: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sample]: ...
    def __getitem__(self, at: int | slice) -> Sample | Sequence[Sample]:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            found = tuple(self._read("LIMIT ? OFFSET ?", max(0, stop - start), start))
            return found[::step]
        wanted = at + len(self) if at < 0 else at
        sample = next(self._read("LIMIT 1 OFFSET ?", wanted), None) if wanted >= 0 else None
        if sample is None:
            raise IndexError(at)
        return sample

    def _read(self, which: str, *values: Any) -> Iterator[Sample]:
        query = f"SELECT sample, fields, target FROM file_rows {which}"
        with closing(sqlite3.connect(self.path)) as connection:
            for sample, fields, target in connection.execute(query, values):
                yield Sample(
                    sample, json.loads(fields), None if target is None else json.loads(target)
                )
