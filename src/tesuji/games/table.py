"""The question table: how likely each keyword is answered yes to each question.

One byte a cell (`CERTAIN` steps from no to yes, `OPEN` where nothing is known), one row a question,
so that a game's answer reads one row and choosing a question reads the rows through once. On disk
a folder: `table.npy` is mapped, not read; 35,000 keywords by 13,000 questions are 455 MB.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tesuji.errors import DataError, InputError

CERTAIN = 254
"""The byte for a sure yes; 0 is a sure no."""
OPEN = 255
"""The byte for a cell that nobody filled: taken as even odds."""

_CHANCE = np.append(np.arange(CERTAIN + 1) / CERTAIN, 0.5).astype(np.float32)
_CHUNK = 1 << 23  # cells turned into numbers at a time: 32 MB as float32


@dataclass(frozen=True, eq=False)
class QuestionTable:
    """Questions by keywords; `cells` has shape (questions, keywords), uint8, perhaps mapped."""

    keywords: tuple[str, ...]
    questions: tuple[str, ...]
    cells: NDArray[np.uint8]

    def __post_init__(self) -> None:
        shape = (len(self.questions), len(self.keywords))
        if self.cells.shape != shape or self.cells.dtype != np.uint8:
            raise InputError(
                f"a table of {shape[0]} questions by {shape[1]} keywords needs as many bytes, "
                f"not {self.cells.shape} of {self.cells.dtype}"
            )

    def chances(self, question: int) -> NDArray[np.float32]:
        """p(yes) of every keyword for one question, shape (keywords,)."""
        row: NDArray[np.float32] = _CHANCE[self.cells[question]]
        return row

    def sums(
        self, keywords: NDArray[np.intp] | None, weights: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Sums over keywords of p(yes) and of p(yes)² times weights, for every question.

        `weights` has shape (n, m), of the n keywords named (None: all). Both results have shape
        (questions, m). Memory stays bounded whatever the table's size: a mapped table is read
        through once and its pages are let go.
        """
        first = np.empty((len(self.questions), weights.shape[1]), np.float32)
        second = np.empty_like(first)
        across = np.ascontiguousarray(weights.T)
        for rows, cells in self._chunks(keywords, weights.shape[0]):
            p = cells.astype(np.float32)
            p *= np.float32(1 / CERTAIN)
            np.putmask(p, cells == OPEN, np.float32(0.5))
            first[rows] = _product(p, across)
            np.multiply(p, p, out=p)
            second[rows] = _product(p, across)
        return first, second

    def _chunks(
        self, keywords: NDArray[np.intp] | None, width: int
    ) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
        step = max(1, _CHUNK // max(1, width))
        for start in range(0, len(self.questions), step):
            rows = slice(start, start + step)
            cells = self.cells[rows]
            yield rows, cells if keywords is None else cells[:, keywords]
            _let_go(self.cells)


_NARROW, _SMALL = 8, 1 << 21  # columns, and cells of p


def _product(p: NDArray[np.float32], across: NDArray[np.float32]) -> NDArray[np.float32]:
    """p @ across.T; where little is to do without BLAS, whose threads cost more than they do.

    On a busy machine of two cores a product of (4,000, 120) by 3 took 27 ms with them, 0.5 without.
    """
    if len(across) > _NARROW or p.size > _SMALL:
        return p @ across.T
    out: NDArray[np.float32] = np.einsum("qk,mk->qm", p, across)
    return out


def _let_go(cells: NDArray[np.uint8]) -> None:
    """Give a mapped table's pages back; they stay in the system's cache."""
    mapped = getattr(cells, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def as_cells(chances: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Probabilities as bytes; NaN is open. InputError: not from 0 to 1.

    >>> as_cells(np.array([0.0, 0.5, 1.0, np.nan])).tolist()
    [0, 127, 254, 255]
    """
    known = ~np.isnan(chances)
    if ((chances < 0) | (chances > 1))[known].any():
        raise InputError("a probability in the table is not from 0 to 1")
    return np.where(known, np.round(np.where(known, chances, 0) * CERTAIN), OPEN).astype(np.uint8)


def create(folder: Path, keywords: Sequence[str], questions: Sequence[str]) -> QuestionTable:
    """A table on disk, all cells open, or the one already there if it is for the same words.

    DataError: the folder holds a table for other keywords or questions.
    """
    if (folder / "table.npy").exists():
        table = open_table(folder, write=True)
        if (table.keywords, table.questions) != (tuple(keywords), tuple(questions)):
            raise DataError(f"{folder}: holds a table for other keywords or questions")
        return table
    if not keywords or not questions:
        raise InputError("a table needs keywords and questions")
    folder.mkdir(parents=True, exist_ok=True)
    _write_names(folder, keywords, questions)
    half = folder / "table.part.npy"
    shape = (len(questions), len(keywords))
    cells = np.lib.format.open_memmap(half, mode="w+", dtype=np.uint8, shape=shape)
    for start in range(0, shape[0], max(1, _CHUNK // shape[1])):
        cells[start : start + max(1, _CHUNK // shape[1])] = OPEN
        cells.flush()
        _let_go(cells)
    half.rename(folder / "table.npy")
    return open_table(folder, write=True)


def save(folder: Path, table: QuestionTable) -> None:
    """Write a table to a folder, over one that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_names(folder, table.keywords, table.questions)
    half = folder / "table.part.npy"
    np.save(half, table.cells)
    half.rename(folder / "table.npy")


def open_table(folder: Path, *, write: bool = False) -> QuestionTable:
    """The table in a folder, mapped into memory. DataError: none there, or a broken one."""
    try:
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        cells = np.load(folder / "table.npy", mmap_mode="r+" if write else "r")
        return QuestionTable(tuple(names["keywords"]), tuple(names["questions"]), cells)
    except FileNotFoundError as error:
        raise DataError(f"{folder}: no question table ({error.filename} is missing)") from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, InputError) as error:
        raise DataError(f"{folder}: a broken question table ({error})") from None


def _write_names(folder: Path, keywords: Sequence[str], questions: Sequence[str]) -> None:
    names = {"keywords": list(keywords), "questions": list(questions)}
    half = folder / "names.json.part"
    half.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    half.rename(folder / "names.json")


def average(
    tables: Sequence[QuestionTable], shares: Sequence[float] | None = None
) -> QuestionTable:
    """The mean of several models' tables, cell by cell over those that filled it.

    InputError: no table, shares that don't fit, or tables for other words.
    """
    shares = [1.0] * len(tables) if shares is None else shares
    if not tables or len(shares) != len(tables) or min(shares) < 0 or sum(shares) <= 0:
        raise InputError("an average needs tables and as many shares, positive in sum")
    first = tables[0]
    for other in tables[1:]:
        if (other.keywords, other.questions) != (first.keywords, first.questions):
            raise InputError("tables for different keywords or questions can't be averaged")
    cells = np.empty(first.cells.shape, np.uint8)
    for row in range(len(first.questions)):
        total = np.zeros(len(first.keywords), np.float32)
        weight = np.zeros(len(first.keywords), np.float32)
        for table, share in zip(tables, shares, strict=True):
            known = (table.cells[row] != OPEN) * np.float32(share)
            total += known * table.chances(row)
            weight += known
        with np.errstate(invalid="ignore"):
            cells[row] = as_cells(np.where(weight > 0, total / weight, np.nan))
    return QuestionTable(first.keywords, first.questions, cells)
