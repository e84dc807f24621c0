"""Which solved examples of the pool are shown before a question.

* `random`: any, others for each sample.
* `similar`: those whose questions are likest, by character n-grams (TF-IDF, cosine); the likest
  stands last, next to the question. Liu et al. 2022 (arXiv 2101.06804) choose nearest neighbours by
  a sentence encoder; n-grams need no model and no word boundaries, so Japanese works alike.
* `balanced`: as many of each answer as can be, in an order by chance, so that the answers that are
  shown don't favour a label (Zhao et al. 2021, arXiv 2102.09690, on majority-label bias).

All are the same in every run: nothing but the seed, the sample and the pool decides.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tesuji.task.inputs import Prepared
from tesuji.task.sample import Sample
from tesuji.task.writing import cell_text

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Pick: TypeAlias = Literal["random", "similar", "balanced"]
PICKS: tuple[str, ...] = get_args(Pick)

_GRAM = 3
_LONGEST = 2_000  # characters of a question that are compared
_MOST = 20_000  # rows of a pool that are compared, spread evenly: 200 characters each, 50 MB


def preferred(
    pick: Pick, sample: Sample, pool: Sequence[Sample], columns: Sequence[str], seed: int
) -> Iterator[int]:
    """Positions in `pool`, each once, the most wanted first; for `similar` the likest first.

    `columns` are those that make a question: what is compared.
    """
    key = f"{seed}\0{sample.id}"
    if pick == "similar":
        index = _index(_view(pool), tuple(columns))
        yield from index.nearest(_question(sample, columns))
    elif pick == "balanced":
        yield from _in_turns(_by_answer(_view(pool)), key)
    else:
        yield from draws(key, len(pool))


def draws(key: str, size: int) -> Iterator[int]:
    """Every position below `size` once, in an order that only `key` and `size` decide.

    A few draws by hash, as most samples need; then, should those run out, a walk round the rest.
    """
    seen: set[int] = set()
    start = 0
    for attempt in range(min(size, 256)):
        digest = hashlib.blake2b(f"{key}\0{attempt}".encode(), digest_size=8).digest()
        start = int.from_bytes(digest) % size
        if start not in seen:
            seen.add(start)
            yield start
    for step in range(size):
        if (at := (start + step) % size) not in seen:
            yield at


def _view(pool: Sequence[Sample]) -> Prepared:
    """The pool as something that a cache can hold on to."""
    return pool if isinstance(pool, Prepared) else Prepared(pool, ())


def _question(sample: Sample, columns: Sequence[str]) -> str:
    return "\n".join(cell_text(sample.fields[name]) for name in columns if name in sample.fields)


@lru_cache(maxsize=8)
def _by_answer(pool: Prepared) -> tuple[tuple[int, ...], ...]:
    groups: dict[str, list[int]] = {}
    for at, sample in enumerate(pool):
        if sample.target is not None:
            groups.setdefault(json.dumps(sample.target, sort_keys=True), []).append(at)
    return tuple(tuple(groups[answer]) for answer in sorted(groups))


def _in_turns(groups: Sequence[Sequence[int]], key: str) -> Iterator[int]:
    """One of each group, then another one of each: an order of groups by chance in each turn."""
    walks = [(draws(f"{key}\0{at}", len(group)), group) for at, group in enumerate(groups)]
    turn = 0
    while walks:
        left = []
        for at in draws(f"{key}\0turn {turn}", len(walks)):
            walk, group = walks[at]
            found = next(walk, None)
            if found is not None:
                yield group[found]
                left.append(walks[at])
        walks, turn = left, turn + 1


class _Index:
    """Questions by their n-grams: for each gram who has it, with what weight."""

    def __init__(self, texts: Sequence[str], rows: Sequence[int]) -> None:
        import numpy as np

        self._rows = np.asarray(rows)
        grams: dict[str, int] = {}
        ids: list[int] = []
        owners: list[int] = []
        counts: list[int] = []
        for row, text in enumerate(texts):
            found = _grams(text)
            ids += [grams.setdefault(gram, len(grams)) for gram in found]
            owners += [row] * len(found)
            counts += found.values()
        gram_of, owner = np.array(ids, dtype=np.int64), np.array(owners, dtype=np.int64)
        order = np.argsort(gram_of, kind="stable")
        held = np.bincount(gram_of, minlength=len(grams))
        self._grams, self._owners = grams, owner[order].astype(np.int32)
        self._ends = np.concatenate([[0], np.cumsum(held)])
        self._idf = np.log((1 + len(texts)) / (1 + held)) + 1
        weights = (1 + np.log(np.array(counts, dtype=np.float64))) * self._idf[gram_of]
        length = np.sqrt(np.bincount(owner, weights**2, minlength=len(texts)))
        self._weights = (weights / length[owner])[order].astype(np.float32)

    def nearest(self, text: str) -> Iterator[int]:
        """Rows by falling cosine; equal ones by their place."""
        import numpy as np

        score: NDArray[float64] = np.zeros(len(self._rows))
        for gram, count in _grams(text).items():
            at = self._grams.get(gram)
            if at is not None:
                those = slice(self._ends[at], self._ends[at + 1])
                weight = (1 + np.log(count)) * self._idf[at]
                score[self._owners[those]] += weight * self._weights[those]
        yield from self._rows[np.argsort(-score.round(9), kind="stable")].tolist()


@lru_cache(maxsize=8)
def _index(pool: Prepared, columns: tuple[str, ...]) -> _Index:
    step = max(1, -(-len(pool) // _MOST))
    rows = range(0, len(pool), step)
    return _Index([_question(pool[at], columns) for at in rows], rows)


def _grams(text: str) -> Counter[str]:
    padded = f" {' '.join(text[:_LONGEST].lower().split())} "
    return Counter(padded[at : at + _GRAM] for at in range(max(1, len(padded) - _GRAM + 1)))
