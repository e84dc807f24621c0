"""`neighbours`: the answers of the training rows whose letters are most alike (TF-IDF, cosine).

How many neighbours count, and of which columns, is chosen by leaving each training row out (and
its group with it). It gives free text as well: the nearest row's target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tesuji.baselines.features import affordable
from tesuji.baselines.fitted import Clock, Fitted, Guess
from tesuji.baselines.folds import gain, measured
from tesuji.baselines.learning import Decision, Problem, best_decision, decoded, problems
from tesuji.baselines.measures import clipped
from tesuji.baselines.pool import Pool, Row, too_few
from tesuji.task.sample import Answer

if TYPE_CHECKING:
    import numpy as np

_COUNTS = (1, 3, 10, 30)
_MOST_ROWS = 10_000
_JUDGED = 1_000  # rows that are left out in turn
_BLOCK = 256  # rows whose similarities to all others are in memory at once
_SHARPNESS = 4  # neighbours are weighed by this power of their similarity
_PRIOR = 0.5  # neighbours' worth that the shares of all rows count


def serves(pool: Pool) -> str | None:
    """Why the method cannot be fitted to a pool; None where it can."""
    if not pool.columns:
        return "the rows have no columns but the target"
    if pool.shape.name in ("json", "code"):
        return f"a neighbour's answer of the format {pool.shape.name!r} helps nobody"
    return None if len(pool) >= 2 else too_few(pool, 2)


@dataclass(frozen=True)
class _Setting:
    gain: float
    columns: tuple[str, ...]
    count: int
    problem: Problem | None
    decision: Decision


def fit(pool: Pool) -> Fitted:
    """The best number of neighbours, and the best columns."""
    clock = Clock(pool.seconds)
    pool = affordable(pool.drawn(_MOST_ROWS))
    best: _Setting | None = None
    index = None
    for columns in _column_sets(pool):
        if best is not None and clock.over(pool.seconds / 2):
            break
        made = _Index.of(pool, columns)
        if made is None:
            continue
        found = max(_settings(pool, made, columns), key=lambda setting: setting.gain)
        if best is None or found.gain > best.gain:
            best, index = found, made
    if best is None or index is None:
        return Fitted(lambda rows: [Guess(None) for _ in rows], "the columns hold no letters")
    chosen, known = best, index

    def predict(rows: Sequence[Row]) -> list[Guess]:
        nearest = known.nearest(rows, max(chosen.count, 1))
        return [Guess(answer) for answer in _answers(pool, chosen, nearest)]

    what = "row" if chosen.count == 1 else f"{chosen.count} rows"
    words = f"the most similar {what} by {', '.join(f'`{name}`' for name in chosen.columns)}"
    score = chosen.gain if pool.metric.higher_is_better else -chosen.gain
    return Fitted(predict, words, score if abs(score) != float("inf") else None)


def _column_sets(pool: Pool) -> list[tuple[str, ...]]:
    """All columns together, then each alone (the first half dozen)."""
    alone = [(name,) for name in pool.columns[:6]] if len(pool.columns) > 1 else []
    return [pool.columns, *alone]


@dataclass(frozen=True)
class _Nearest:
    """Neighbours of some rows, the nearest first: places and similarities, (rows, count)."""

    places: np.ndarray
    likeness: np.ndarray

    def first(self, count: int) -> _Nearest:
        return _Nearest(self.places[:, :count], self.likeness[:, :count])


class _Index:
    """The training rows' letter sequences, to be compared with others'."""

    def __init__(self, pool: Pool, columns: Sequence[str], vectoriser: Any, matrix: Any) -> None:
        self._pool, self._columns = pool, columns
        self._vectoriser, self._matrix = vectoriser, matrix

    @classmethod
    def of(cls, pool: Pool, columns: Sequence[str]) -> _Index | None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True,
                                     max_features=200_000)  # fmt: skip
        try:
            matrix = vectoriser.fit_transform(_texts(pool.rows, columns))
        except ValueError:  # nothing but white space
            return None
        return cls(pool, columns, vectoriser, matrix.tocsr())

    def nearest(self, rows: Sequence[Row], count: int) -> _Nearest:
        """The neighbours of any rows."""
        return self._search(self._vectoriser.transform(_texts(rows, self._columns)), count, None)

    def left_out(self, at: Sequence[int], count: int) -> _Nearest:
        """The neighbours of training rows among the others, without those of their group."""
        return self._search(self._matrix[at], count, at)

    def _search(self, queries: Any, count: int, left_out: Sequence[int] | None) -> _Nearest:
        import numpy as np

        count = min(count, self._matrix.shape[0])
        places, likeness = [], []
        for start in range(0, queries.shape[0], _BLOCK):
            block = queries[start : start + _BLOCK]
            found = np.asarray((block @ self._matrix.T).todense(), dtype=float)
            if left_out is not None:
                for row, at in enumerate(left_out[start : start + _BLOCK]):
                    found[row, self._with(at)] = -1.0
            # Of rows that are equally alike the first counts first, on every machine.
            order = np.argsort(-found, axis=1, kind="stable")[:, :count]
            places.append(order)
            likeness.append(np.clip(np.take_along_axis(found, order, axis=1), 0.0, 1.0))
        return _Nearest(np.vstack(places), np.vstack(likeness))

    def _with(self, at: int) -> list[int]:
        groups = self._pool.groups
        if groups is None:
            return [at]
        return [other for other, group in enumerate(groups) if group == groups[at]]


def _texts(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    return ["\n".join(clipped(row.get(name, "")) for name in columns) for row in rows]


def _settings(pool: Pool, index: _Index, columns: tuple[str, ...]) -> list[_Setting]:
    import numpy as np

    part_at = np.arange(len(pool))
    if len(pool) > _JUDGED:
        part_at = np.sort(np.random.default_rng(pool.seed).choice(len(pool), _JUDGED, False))
    part = pool.part([int(at) for at in part_at])
    nearest = index.left_out([int(at) for at in part_at], max(_COUNTS))
    ways: list[Problem | None] = [*problems(pool)]
    settings = []
    if not ways:
        answers = _answers(pool, _Setting(0.0, columns, 1, None, "likeliest"), nearest.first(1))
        value = gain(pool.metric, measured(pool.metric, answers, part.targets))
        return [_Setting(value, columns, 1, None, "likeliest")]
    for problem in ways:
        assert problem is not None
        judged = Problem(problem.kind, problem.y[part_at], problem.labels)
        for count in _COUNTS:
            raw = _raw(problem, nearest.first(count))
            value, decision = best_decision(part, judged, raw)
            settings.append(_Setting(value, columns, count, problem, decision))
    return settings


def _answers(pool: Pool, setting: _Setting, nearest: _Nearest) -> list[Answer]:
    if setting.problem is None:
        return [pool.targets[place] for place in nearest.places[:, 0]]
    raw = _raw(setting.problem, nearest.first(setting.count))
    return decoded(pool, setting.problem, raw, setting.decision)


def _raw(problem: Problem, nearest: _Nearest) -> np.ndarray:
    """The neighbours' targets, the nearer the weightier, and a little of everybody's."""
    import numpy as np

    y = problem.y if problem.y.ndim > 1 else problem.y[:, None]
    weights = nearest.likeness**_SHARPNESS + 1e-9
    prior = problem.prior if problem.kind == "classes" else y.mean(axis=0)
    extra = _PRIOR if problem.kind == "classes" else 0.0
    total = (weights[:, :, None] * y[nearest.places]).sum(axis=1) + extra * prior
    raw = total / (weights.sum(axis=1, keepdims=True) + extra)
    return raw if problem.y.ndim > 1 else np.asarray(raw[:, 0])
