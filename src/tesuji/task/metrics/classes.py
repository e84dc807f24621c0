"""Metrics on classes and on ordered labels: accuracy, macro F1, MAP@k, quadratic kappa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tesuji.errors import MissingExtraError
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.formats.choice import ChoiceFormat
from tesuji.task.metrics.base import Metric, MetricKind, mean_kind, mean_of
from tesuji.task.sample import Answer

_CLASSES = frozenset({"choice", "integer", "text"})
_CHOICE = frozenset({"choice"})
_ORDERED = frozenset({"choice", "integer"})


def first(answer: Answer) -> Answer:
    """The likeliest label of an answer that may be a list of labels."""
    return (answer[0] if answer else "") if isinstance(answer, list) else answer


def _right(answer: Answer, target: Answer) -> float:
    return float(first(answer) == first(target))


ACCURACY = mean_kind(_CLASSES | {"number", "boxed"}, _right, zero_one=True)


def _macro_f1(answers: Sequence[Answer], targets: Sequence[Answer]) -> float:
    """The unweighted mean of F1 over all classes that occur in targets or answers."""
    try:
        from sklearn.metrics import f1_score
    except ImportError:
        raise MissingExtraError("scikit-learn", "baseline", "metric 'macro_f1'") from None
    right, given = [str(first(t)) for t in targets], [str(first(a)) for a in answers]
    return float(f1_score(right, given, average="macro", zero_division=0))


def _make_macro_f1(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    return Metric(name, True, 1.0, None, _macro_f1, _CLASSES, False)


MACRO_F1 = MetricKind(_CLASSES, _make_macro_f1)


def _make_map_at_k(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    k = int(name.partition("@")[2])

    def precision(answer: Answer, target: Answer) -> float:
        """1 / rank of the right label if it is among the first k, else 0.

        As in Kaggle's LLM Science Exam, with one right label a sample: a label counts once, at
        its first place, and repetitions before it do take up places.
        """
        ranked = (answer if isinstance(answer, list) else [answer])[:k]
        right = first(target)
        return 1 / (ranked.index(right) + 1) if right in ranked else 0.0

    return Metric(name, True, 1.0, precision, mean_of(precision), _CHOICE, k == 1)


MAP_AT_K = MetricKind(_CHOICE, _make_map_at_k)


def _make_qwk(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    order: dict[Answer, int] = {}
    if isinstance(format, ChoiceFormat):
        order = {label: index for index, label in enumerate(format.labels)}

    def kappa(answers: Sequence[Answer], targets: Sequence[Answer]) -> float:
        """Cohen's kappa with quadratic weights (Cohen 1968), for labels in the format's order.

        1 - sum of (a_i - t_i)² / (sum over all pairs of (a_i - t_j)² / n), which is what
        scikit-learn's confusion matrices come to, without a matrix that one absurd integer would
        blow up. 1 where all answers and targets are the same.
        """
        given = [order.get(first(a), 0) if order else int(a) for a in answers]
        right = [order.get(first(t), 0) if order else int(t) for t in targets]
        n = len(given)
        observed = sum((a - t) ** 2 for a, t in zip(given, right, strict=True))
        squares = sum(a * a for a in given) + sum(t * t for t in right)
        expected = n * squares - 2 * sum(given) * sum(right)
        return 1 - n * observed / expected if expected else 1.0

    return Metric(name, True, 1.0, None, kappa, _ORDERED, False)


QWK = MetricKind(_ORDERED, _make_qwk)
