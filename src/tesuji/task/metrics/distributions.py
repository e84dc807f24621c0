"""Metrics on probabilities: log loss and the area under the ROC curve."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tesuji.errors import MissingExtraError
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.metrics.base import Metric, MetricKind, mean_kind
from tesuji.task.sample import Answer

_PROBABILITIES = frozenset({"probabilities"})
_SCORES = frozenset({"probabilities", "number"})

# What sklearn.metrics.log_loss clips float64 to (since 1.3): finfo(float64).eps = 2.2e-16.
_EPS = sys.float_info.epsilon


def _log_loss(answer: Answer, target: Answer) -> float:
    """-sum of target × ln(answer) over the labels, the answer clipped to [eps, 1 - eps]."""
    return -math.fsum(
        share * math.log(min(max(answer.get(label, 0.0), _EPS), 1 - _EPS))
        for label, share in target.items()
        if share
    )


LOG_LOSS = mean_kind(_PROBABILITIES, _log_loss, higher_is_better=False, best=0.0)


def _auc(answers: Sequence[Answer], targets: Sequence[Answer]) -> float:
    """The area under the ROC curve.

    Two labels: how well the second one's probability sorts the samples. More: the mean over
    labels of one against the rest. Numbers: targets above 0 are positive. A label that all
    samples or none have is left out; nan where that leaves none.
    """
    if isinstance(targets[0], dict):
        labels = list(targets[0])
        wanted = labels[1:] if len(labels) == 2 else labels
        areas = [_area([t[x] for t in targets], [a.get(x, 0.0) for a in answers]) for x in wanted]
    else:
        areas = [_area([float(t) for t in targets], [float(a) for a in answers])]
    known = [area for area in areas if area is not None]
    return math.fsum(known) / len(known) if known else math.nan


def _area(shares: Sequence[float], scores: Sequence[float]) -> float | None:
    try:
        from sklearn.metrics import roc_auc_score
    except ImportError:
        raise MissingExtraError("scikit-learn", "baseline", "metric 'auc'") from None
    positive = [share > 0.5 for share in shares]
    if all(positive) or not any(positive):
        return None
    return float(roc_auc_score(positive, scores))


def _make_auc(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    return Metric(name, True, 1.0, None, _auc, _SCORES, False)


AUC = MetricKind(_SCORES, _make_auc)
