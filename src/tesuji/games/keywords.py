"""Lists of keywords with how likely each is, and the contest's way of comparing a guess.

A list is read from a file, merged from several, or built in (`lexicon`). Words that one guess
covers (case, "the", spaces, punctuation, plural) stand in it once.
"""

from __future__ import annotations

import csv
import json
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tesuji.errors import DataError, InputError

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_COLUMNS = ("keyword", "word", "text", "name")
_WEIGHTS = ("weight", "prior", "probability", "count", "frequency")
_SHORT = 3  # the contest compares plurals only of words that have so many letters


def normalise(text: str) -> str:
    """What the contest compares: lower case, no "the" (even in a word), no spaces, no punctuation.

    >>> normalise("The Bird-cage!")
    'birdcage'
    """
    return text.lower().replace("the", "").replace(" ", "").translate(_PUNCTUATION)


def matches(guess: str, keyword: str) -> bool:
    """Whether the contest takes a guess for the keyword: equal, or one the plural of the other.

    >>> matches("bird cages", "Bird Cage"), matches("berries", "berry")
    (True, False)
    """
    first, second = normalise(guess), normalise(keyword)
    if first == second:
        return True
    if len(first) < _SHORT or len(second) < _SHORT:
        return False
    shorter, longer = sorted((first, second), key=len)
    return longer in (shorter + "s", shorter + "es")


def alike(key: str) -> tuple[str, ...]:
    """All normal forms that the contest takes for the normal form `key`, itself first."""
    forms = [key]
    if len(key) >= _SHORT:
        forms += [key + "s", key + "es"]
        forms += [key[: -len(end)] for end in ("s", "es") if key.endswith(end)]
    return tuple(form for form in forms if form == key or len(form) >= _SHORT)


@dataclass(frozen=True, eq=False)
class KeywordList:
    """Keywords as one would write them, and their prior probabilities (shape (n,), sum 1)."""

    words: tuple[str, ...]
    prior: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)


def keyword_list(words: Sequence[str], weights: Sequence[float] | None = None) -> KeywordList:
    """A list from words and their weights (default: all alike).

    Words that one guess covers become one, the first of them, with their weights added. Words
    without a letter or digit are dropped. InputError: nothing is left, or a weight is no positive
    number.

    >>> keyword_list(["Apple", "apples", "Pear"]).words
    ('Apple', 'Pear')
    """
    if weights is None:
        weights = [1.0] * len(words)
    if len(weights) != len(words):
        raise InputError(f"{len(words)} keywords but {len(weights)} weights")
    places: dict[str, int] = {}
    kept: list[str] = []
    sums: list[float] = []
    for word, weight in zip(words, weights, strict=True):
        if not (np.isfinite(weight) and weight >= 0):
            raise InputError(f"keyword {word!r}: the weight {weight} is no number from 0")
        key = normalise(word)
        if not key or weight == 0:
            continue
        place = next((places[form] for form in alike(key) if form in places), None)
        if place is None:
            places[key] = len(kept)
            kept.append(" ".join(word.split()))
            sums.append(float(weight))
        else:
            sums[place] += float(weight)
    if not kept:
        raise InputError("the list has no keyword")
    prior = np.array(sums)
    return KeywordList(tuple(kept), prior / prior.sum())


def merge(*parts: tuple[KeywordList, float]) -> KeywordList:
    """Several lists as one, each with its share of the probability.

    InputError: no part, or no positive share.
    """
    words = [word for part, _ in parts for word in part.words]
    weights = [float(p) * share for part, share in parts for p in part.prior]
    return keyword_list(words, weights)


def read_keywords(path: Path) -> KeywordList:
    """A list from a file: .txt (a keyword a line, perhaps a tab and a weight), .csv, .jsonl, .json.

    Columns or keys: `keyword` (or word, text, name) and, where there is one, `weight` (or prior,
    probability, count, frequency). A .json is a list of such objects or of strings, or the
    contest's own lists of `category` and `words`. DataError says what is wrong in which row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: can't be read as text ({error})") from None
    rows = list(_rows(path, text))
    words = [word for word, _ in rows]
    try:
        return keyword_list(words, [weight for _, weight in rows])
    except InputError as error:
        raise DataError(f"{path}: {error}") from None


def _rows(path: Path, text: str) -> Iterator[tuple[str, float]]:
    """The keywords of a file with their weights."""
    kind = path.suffix.lower()
    if kind == ".csv":
        table = csv.DictReader(text.splitlines())
        for number, columns in enumerate(table, 2):
            yield _row(columns, f"{path}, row {number}")
    elif kind == ".jsonl":
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield _row(_json(line, f"{path}, row {number}"), f"{path}, row {number}")
    elif kind == ".json":
        for number, row in enumerate(_flat(_json(text, str(path))), 1):
            yield _row(row, f"{path}, entry {number}")
    else:
        for number, line in enumerate(text.splitlines(), 1):
            word, _, weight = line.partition("\t")
            if word.strip():
                yield word, _weight(weight or "1", f"{path}, line {number}")


def _json(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DataError(f"{where}: no JSON ({error})") from None


def _flat(data: object) -> Iterable[object]:
    """The entries of a JSON list; the contest's categories are opened."""
    if not isinstance(data, list):
        return [data]
    if all(isinstance(part, dict) and isinstance(part.get("words"), list) for part in data):
        return [word for part in data for word in part["words"]]
    return data


def _row(row: object, where: str) -> tuple[str, float]:
    if isinstance(row, str):
        return row, 1.0
    if not isinstance(row, dict):
        raise DataError(f"{where}: neither a keyword nor an object with one")
    name = next((name for name in _COLUMNS if isinstance(row.get(name), str)), None)
    if name is None:
        raise DataError(f"{where}: no column {', '.join(_COLUMNS[:-1])} or {_COLUMNS[-1]}")
    weight = next((row[name] for name in _WEIGHTS if row.get(name) not in (None, "")), 1.0)
    return row[name], _weight(weight, where)


def _weight(value: object, where: str) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DataError(f"{where}: the weight {value!r} is no number") from None
