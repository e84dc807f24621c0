"""The samples of a large split, packed: a page needs one of a hundred thousand at a time.

Of 100,000 rows of 230 characters a tuple of samples takes 50 MB, packed they are 9 MB; one is found
in 0.4 ms.
"""

from __future__ import annotations

import ctypes
import gc
import pickle
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import overload

from tesuji.task.sample import Sample
from tesuji.task.task import SPLITS, Task, load

LARGE = 10_000  # samples
_BLOCK = 128  # samples packed together


class Packed(Sequence[Sample]):
    """Samples in order, as a tuple of them would be."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._length = len(samples)
        self._blocks = [
            zlib.compress(pickle.dumps(tuple(samples[at : at + _BLOCK])), 1)
            for at in range(0, len(samples), _BLOCK)
        ]
        places = sorted((_mark(sample.id), at) for at, sample in enumerate(samples))
        self._marks = array("q", (mark for mark, _ in places))
        self._places = array("q", (at for _, at in places))

    def find(self, id: str) -> Sample | None:
        """The sample with this id."""
        mark = _mark(id)
        at = bisect_left(self._marks, mark)
        while at < self._length and self._marks[at] == mark:
            if (sample := self[self._places[at]]).id == id:
                return sample
            at += 1
        return None

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Sample]:
        for at in range(len(self._blocks)):
            yield from self._block(at)

    @overload
    def __getitem__(self, at: int) -> Sample: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Sample, ...]: ...
    def __getitem__(self, at: int | slice) -> Sample | tuple[Sample, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(self._length)))
        if not -self._length <= at < self._length:
            raise IndexError(at)
        block, place = divmod(at % self._length, _BLOCK)
        return self._block(block)[place]

    def _block(self, at: int) -> tuple[Sample, ...]:
        found: tuple[Sample, ...] = pickle.loads(zlib.decompress(self._blocks[at]))  # our own
        return found


def pack(task: Task) -> Task:
    """The task with its large splits packed, and without the rows a submission is made from."""
    large = {
        name: Packed(rows) for name, rows in _splits(task).items()
        if len(rows) > LARGE and isinstance(rows, tuple)
    }  # fmt: skip
    return _with(replace(task, test_table=None), task.digest, large)


def load_packed(folder: Path | str) -> Task:
    """As `tesuji.task.load`, packed; what loading took besides is given back to the system."""
    task = pack(load(folder))
    splits = _splits(task)
    small = {name: rows for name, rows in splits.items() if not isinstance(rows, Packed)}
    if len(small) < len(splits):
        # A hundred rows that lie among those of a large file keep all its memory: they are made
        # anew once it is let go of.
        kept = pickle.dumps(small)
        task = _with(task, task.digest, dict.fromkeys(small, ()))
        del splits, small
        gc.collect()
        task = _with(task, task.digest, pickle.loads(kept))
    if sys.platform == "linux":
        with suppress(AttributeError):  # glibc has it
            ctypes.CDLL(None).malloc_trim(0)
    return task


def _splits(task: Task) -> dict[str, Sequence[Sample]]:
    return {name: getattr(task, name) for name in SPLITS}


def _with(task: Task, digest: str, splits: Mapping[str, Sequence[Sample]]) -> Task:
    """The task with other splits of the same samples: its digest need not be worked out again."""
    changed = replace(task, **splits)  # type: ignore[arg-type]
    vars(changed)["digest"] = digest
    return changed


def _mark(id: str) -> int:
    return hash(id)
