"""The columns of a submission: which are copied from the test file, which hold the answer."""

from __future__ import annotations

from dataclasses import dataclass

from tesuji.errors import ConfigError, DataError
from tesuji.task.config import Config
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.nearest import meant
from tesuji.task.row import Table
from tesuji.task.rules import base_format

ROW_NUMBER = "id"
"""The one column that is made up where the test file has no id column: the row number."""


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """A submission's columns, in order: `copied`, then `answers`.

    `labels` names, for the format `probabilities`, the label whose probability each answer column
    holds; it is empty where the one answer column holds the whole answer.
    """

    copied: tuple[str, ...]
    answers: tuple[str, ...]
    labels: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in order."""
        return self.copied + self.answers


def answer_columns(
    config: Config, format: AnswerFormat, test: Table | None
) -> AnswerColumns | None:
    """What [data] submission says, else id column and target; None where neither is known.

    For `probabilities` the last columns, one a label, hold the answer; else the last one alone.
    """
    data = config.data
    names: tuple[str, ...] = ()
    if config.answer.format == "probabilities":
        names = getattr(base_format(format), "labels", ())
    count = len(names) or 1
    given = data.submission
    if given is None:
        if data.id is None or len(data.target) != count:
            return None
        given = (data.id, *data.target)
    where = f"{config.path}: [data] submission"
    if len(given) <= count:
        what = f"{count} columns, one a label ({', '.join(names)})" if names else "the answer"
        raise ConfigError(f"{where}: {len(given)} columns; needed are an id column and {what}")
    spec = AnswerColumns(given[:-count], given[-count:], names)
    for name in spec.copied if test is not None else ():
        assert test is not None
        if name not in test.columns and not _numbered(name, data.id):
            raise ConfigError(
                f"{where}: {name!r} is to be copied from {test.name}, which has no such column"
                f"{meant(name, test.columns)}"
            )
    return spec


def _numbered(name: str, id: str | None) -> bool:
    return name == ROW_NUMBER and id is None


def copied_cells(spec: AnswerColumns, test: Table) -> list[tuple[object, ...]]:
    """For each test row, the cells that its submission row begins with."""
    if not len(test):
        raise DataError(f"{test.name}: no rows")
    at = [test.columns.index(name) if name in test.columns else None for name in spec.copied]
    return [
        tuple(row if place is None else values[place] for place in at)
        for row, values in enumerate(test.values)
    ]
