"""Rows as matrices: words and letter sequences by TF-IDF, categories, and what can be measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tesuji.baselines.measures import clipped, measure, number_in
from tesuji.baselines.pool import Pool, Row

if TYPE_CHECKING:
    import numpy as np

_MOST_APART = 4  # text columns that have a vocabulary of their own; more are joined
_MOST_VALUES = 50  # of a category
_CHARACTERS = 4_000_000  # of text in all, read in about 15 s: rows past that are not fitted to
_WORDS, _LETTERS = 50_000, 100_000  # entries of a vocabulary


def affordable(pool: Pool) -> Pool:
    """As many rows as there is time to read."""
    few = pool.drawn(200)
    mean = sum(len(clipped(text)) for row in few.rows for text in row.values()) / max(len(few), 1)
    return pool.drawn(max(500, int(_CHARACTERS / max(mean, 1.0))))


def kinds_of_columns(pool: Pool) -> tuple[list[str], list[str]]:
    """(text columns, categories). Numbers are in neither: they are measured."""
    texts, categories = [], []
    for column in pool.columns:
        values = pool.column(column)
        filled = [value for value in values if value]
        numeric = sum(number_in(value) is not None for value in filled)
        distinct = len(set(values))
        if filled and distinct <= min(_MOST_VALUES, len(values) // 5) and distinct > 1:
            categories.append(column)
        elif filled and numeric < 0.95 * len(filled):
            texts.append(column)
    return texts, categories


class Words:
    """TF-IDF of words and of letter sequences, and categories, as one sparse matrix.

    Each of a few text columns has a vocabulary of its own; of many, all texts are one.
    """

    def __init__(self, pool: Pool) -> None:
        self.texts, self.categories = kinds_of_columns(pool)
        self._blocks = [
            (columns, vectoriser)
            for columns in self._groups()
            for vectoriser in _vectorisers(pool, columns)
        ]

    def _groups(self) -> list[tuple[str, ...]]:
        if len(self.texts) <= _MOST_APART:
            return [(name,) for name in self.texts]
        return [tuple(self.texts)]

    def matrix(self, rows: Sequence[Row]) -> Any:
        """A sparse matrix (rows, features); no columns where nothing is to be read."""
        from scipy.sparse import csr_matrix, hstack

        blocks = [vectoriser.transform(_joined(rows, columns)) for columns, vectoriser in
                  self._blocks]  # fmt: skip
        return hstack(blocks).tocsr() if blocks else csr_matrix((len(rows), 0))


def _joined(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    return ["\n".join(clipped(row.get(name, "")) for name in columns) for row in rows]


def _vectorisers(pool: Pool, columns: tuple[str, ...]) -> list[Any]:
    """Fitted vectorisers of one group of columns; one whose vocabulary is empty is left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = _joined(pool.rows, columns)
    rare = 2 if len(pool) >= 100 else 1
    kinds: tuple[dict[str, Any], ...] = (
        {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b", "max_features": _WORDS},
        {"analyzer": "char_wb", "ngram_range": (2, 4), "max_features": _LETTERS},
    )
    found = []
    for kind in kinds:
        try:
            found.append(TfidfVectorizer(sublinear_tf=True, min_df=rare, **kind).fit(texts))
        except ValueError:  # no words at all, or none in two rows
            continue
    return found


class Measures:
    """What can be measured of a row, and categories as numbers: (rows, measures), floats.

    `scaled` centres and scales by the pool's rows, with 0 for what is not there; else it is NaN.
    """

    def __init__(self, pool: Pool, *, scaled: bool) -> None:
        import numpy as np

        self._columns = pool.columns
        _, self._categories = kinds_of_columns(pool)
        self._codes = {name: _codes(pool.column(name)) for name in self._categories}
        self._scaled = scaled
        known = self._measured(pool.rows)
        with np.errstate(all="ignore"):
            finite = np.where(np.isfinite(known), known, 0.0)
            self._mean, self._spread = finite.mean(axis=0), finite.std(axis=0)
        self._spread[self._spread < 1e-9] = 1.0

    def matrix(self, rows: Sequence[Row]) -> np.ndarray:
        """The numbers of each row."""
        import numpy as np

        found = self._measured(rows)
        codes = np.array([[self._codes[name].get(row.get(name, ""), -1) for name in
                           self._categories] for row in rows], float)  # fmt: skip
        codes = codes.reshape(len(rows), -1)
        if not self._scaled:
            return np.hstack([found, codes])
        centred = (np.where(np.isfinite(found), found, self._mean) - self._mean) / self._spread
        hot = [codes[:, [at]] == np.arange(len(self._codes[name])) for at, name in
               enumerate(self._categories)]  # fmt: skip
        return np.hstack([np.clip(centred, -8, 8), *hot])

    def _measured(self, rows: Sequence[Row]) -> np.ndarray:
        import numpy as np

        values = [measure(row, self._columns) for row in rows]
        return np.array(values, float).reshape(len(rows), -1)


def _codes(values: Sequence[str]) -> dict[str, int]:
    return {value: code for code, value in enumerate(sorted(set(values)))}
