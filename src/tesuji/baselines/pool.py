"""What a baseline is fitted to: training rows as text, their targets, and the rules of the task."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from tesuji.task.formats.base import AnswerFormat
from tesuji.task.metrics import Metric
from tesuji.task.rules import base_format
from tesuji.task.sample import Answer, Sample
from tesuji.task.writing import cell_text

Row: TypeAlias = Mapping[str, str]
"""A row's fields as text, by column."""

SECONDS = 60.0  # for all of a fit; what is left out when they are over is said by each method


@dataclass(frozen=True)
class Pool:
    """Training rows with targets. `groups`, one a row, are never on both sides of a fold.

    `seconds` (of the processor) bound a fit: while they are enough the same rows and seed give the
    same predictor.
    """

    rows: tuple[Row, ...]
    targets: tuple[Answer, ...]
    format: AnswerFormat
    metric: Metric
    columns: tuple[str, ...]
    seed: int = 0
    groups: tuple[Hashable, ...] | None = None
    seconds: float = SECONDS
    rules: str = ""
    """What else the metric depends on: its options, the user's own code."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> AnswerFormat:
        """The answer format without the user's own parser, check and fallback."""
        return base_format(self.format)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """A name for each row's target, equal where the targets are."""
        return tuple(target_key(target) for target in self.targets)

    def column(self, name: str) -> list[str]:
        """The texts of a column, one a row."""
        return [row.get(name, "") for row in self.rows]

    def part(self, at: Sequence[int]) -> Pool:
        """The rows at these places, as a pool of their own."""
        return replace(
            self,
            rows=tuple(self.rows[i] for i in at),
            targets=tuple(self.targets[i] for i in at),
            groups=None if self.groups is None else tuple(self.groups[i] for i in at),
        )

    def drawn(self, size: int) -> Pool:
        """At most `size` rows, drawn by the seed, in their order."""
        if len(self) <= size:
            return self
        order = sorted(range(len(self)), key=lambda at: draw(self.seed, at))
        return self.part(sorted(order[:size]))


def make_pool(
    samples: Sequence[Sample], format: AnswerFormat, metric: Metric, *,
    columns: Sequence[str] | None = None, seed: int = 0,
    groups: Sequence[Hashable] | None = None, seconds: float = SECONDS,
    rules: str = "",
) -> Pool:  # fmt: skip
    """A pool of the samples that have a target. `columns` are those that may be used (default:
    all that the first sample has)."""
    if columns is None:
        columns = tuple(samples[0].fields) if samples else ()
    known = [at for at, sample in enumerate(samples) if sample.target is not None]
    return Pool(
        rows=tuple(as_row(samples[at].fields, columns) for at in known),
        targets=tuple(samples[at].target for at in known),
        format=format, metric=metric, columns=tuple(columns), seed=seed,
        groups=None if groups is None else tuple(groups[at] for at in known), seconds=seconds,
        rules=rules,
    )  # fmt: skip


def as_row(fields: Mapping[str, Any], columns: Sequence[str]) -> Row:
    """The fields as text; a column that is missing is empty."""
    return {name: cell_text(fields.get(name)) for name in columns}


def target_key(target: Answer) -> str:
    """A text that is equal for equal targets."""
    return target if isinstance(target, str) else cell_text(target)


def draw(seed: int, name: object) -> bytes:
    """What the seed draws for a name: the same on every machine, unlike `random` or `hash`."""
    text = f"{seed}\0{name}".encode(errors="surrogatepass")
    return hashlib.blake2b(text, digest_size=8).digest()


def too_few(pool: Pool, least: int) -> str:
    """Why a method that needs so many rows cannot be fitted."""
    return f"{len(pool)} training row{'' if len(pool) == 1 else 's'}, at least {least} are needed"
