"""Metrics on numbers: root mean squared error, and right within a tolerance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tesuji.errors import ConfigError
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.formats.number import NumberFormat
from tesuji.task.formats.numerals import whole_number
from tesuji.task.metrics.base import Metric, MetricKind, mean_of
from tesuji.task.sample import Answer

_NUMBERS = frozenset({"number", "integer"})
_READABLE = frozenset({"number", "integer", "text", "boxed"})
_ROUNDING = 1e-9


def _squared_error(answer: Answer, target: Answer) -> float:
    try:
        difference = float(answer) - float(target)
    except OverflowError:  # an integer past 1e308
        return math.inf
    return difference * difference


def _rmse(answers: Sequence[Answer], targets: Sequence[Answer]) -> float:
    return math.sqrt(mean_of(_squared_error)(answers, targets))


def _make_rmse(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    return Metric(name, False, 0.0, _squared_error, _rmse, _NUMBERS, False)


RMSE = MetricKind(_NUMBERS, _make_rmse)


def _make_numeric(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    relative, absolute = 0.0, 0.0
    if isinstance(format, NumberFormat):
        relative, absolute = format.tolerance, format.absolute
    relative = _tolerance(name, "tolerance", options, relative)
    absolute = _tolerance(name, "absolute", options, absolute)

    def near(answer: Answer, target: Answer) -> float:
        """1 if |answer - target| is at most the larger of `absolute` and `tolerance` × |target|.

        Answers that are text are compared as numbers where both are nothing but a number, else
        as strings.
        """
        given, right = _number(answer), _number(target)
        if given is None or right is None:
            return float(answer == target)
        if given == right:
            return 1.0
        if math.inf in (abs(_float(given)), abs(_float(right))):
            return 0.0
        size = abs(float(right))
        allowed = max(absolute, relative * size, _ROUNDING * max(1.0, size))
        # A difference that only rounding puts past the tolerance is within it.
        return float(abs(float(given) - float(right)) <= allowed * (1 + _ROUNDING))

    return Metric(name, True, 1.0, near, mean_of(near), _READABLE, True)


NUMERIC = MetricKind(_READABLE, _make_numeric, frozenset({"tolerance", "absolute"}))


def _number(answer: Answer) -> int | float | None:
    return whole_number(answer) if isinstance(answer, str) else answer


def _float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _tolerance(name: str, key: str, options: Mapping[str, Any], default: float) -> float:
    value = options.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e308:
        raise ConfigError(f"metric {name!r}: {key} must be a number, zero or more, not {value!r}")
    return float(value)
