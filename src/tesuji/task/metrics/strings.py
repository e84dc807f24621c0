"""Metrics on answers as strings: equality and Levenshtein distance."""

from __future__ import annotations

from tesuji.task.metrics.base import mean_kind
from tesuji.task.sample import Answer

_ALL = frozenset(
    {"text", "choice", "integer", "number", "boxed", "json", "ranking", "probabilities", "code"}
)
_STRINGS = frozenset({"text", "choice", "boxed", "code", "integer"})


def _equal(answer: Answer, target: Answer) -> float:
    return float(answer == target)


def _written(answer: Answer) -> str:
    return " ".join(answer) if isinstance(answer, list) else str(answer)


def _distance(answer: Answer, target: Answer) -> float:
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.distance(_written(answer), _written(target)))


def _ratio(answer: Answer, target: Answer) -> float:
    """1 - distance / length of the longer string; 1 for two empty ones."""
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.normalized_similarity(_written(answer), _written(target)))


EXACT = mean_kind(_ALL, _equal, zero_one=True)
LEVENSHTEIN = mean_kind(_STRINGS, _distance, higher_is_better=False, best=0.0)
LEVENSHTEIN_RATIO = mean_kind(_STRINGS, _ratio)
