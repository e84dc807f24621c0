"""Metrics by name. `make_metric("levenshtein", {}, format)`."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from tesuji.errors import ConfigError
from tesuji.task.formats import FORMATS
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.metrics import classes, distributions, mathematics, quantities, strings
from tesuji.task.metrics.base import Metric, MetricKind, mean_of
from tesuji.task.sample import Answer

__all__ = ["METRICS", "Metric", "MetricKind", "make_metric", "metrics_for", "user_metric"]

METRICS: dict[str, MetricKind] = {
    "exact": strings.EXACT,
    "levenshtein": strings.LEVENSHTEIN,
    "levenshtein_ratio": strings.LEVENSHTEIN_RATIO,
    "accuracy": classes.ACCURACY,
    "macro_f1": classes.MACRO_F1,
    "log_loss": distributions.LOG_LOSS,
    "auc": distributions.AUC,
    "qwk": classes.QWK,
    "map@k": classes.MAP_AT_K,
    "rmse": quantities.RMSE,
    "numeric": quantities.NUMERIC,
    "math": mathematics.MATH,
}
_ALIASES = {"exact_match": "exact"}
_MAP_AT_K = re.compile(r"map@[1-9][0-9]{0,2}")


def metrics_for(format_name: str) -> list[str]:
    """The names of the metrics that can score answers of a format."""
    return [name for name, kind in METRICS.items() if format_name in kind.formats]


def make_metric(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
    """The metric `name` for answers of `format`.

    ConfigError where there is no such metric or option, or where it cannot score the format.
    """
    name = _ALIASES.get(name, name)
    kind = METRICS.get("map@k" if _MAP_AT_K.fullmatch(str(name)) else name)
    if kind is None or name == "map@k":
        near = difflib.get_close_matches(str(name).lower(), [*METRICS, "map@3"], n=1)
        hint = f" (did you mean {'map@3' if near == ['map@k'] else near[0]!r}?)" if near else ""
        raise ConfigError(f"there is no metric {name!r}{hint}; there are: {', '.join(METRICS)}")
    if format.name not in kind.formats:
        raise ConfigError(
            f"metric {name!r} cannot score format {format.name!r}; formats it can: "
            f"{', '.join(sorted(kind.formats))}; metrics for {format.name!r}: "
            f"{', '.join(metrics_for(format.name))}"
        )
    for key in options:
        if key not in kind.options:
            allowed = ", ".join(sorted(kind.options)) or "none"
            raise ConfigError(f"metric {name!r} has no option {key!r}; its options: {allowed}")
    return kind.make(name, options, format)


def user_metric(
    function: Callable[[Answer, Answer], float],
    *,
    higher_is_better: bool = True,
    name: str | None = None,
    best: float | None = None,
    zero_one: bool = False,
) -> Metric:
    """A metric from the user's own function (answer, target) -> a number per sample.

    The whole is the mean. ConfigError where the function gives no finite number.
    """
    called = str(name or getattr(function, "__name__", "user"))

    def sample(answer: Answer, target: Answer) -> float:
        value: object = function(answer, target)
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise ConfigError(
                f"metric {called!r}: must return a finite number, not {value!r:.80} "
                f"(for answer {answer!r:.80}, target {target!r:.80})"
            )
        return number

    formats = frozenset(FORMATS)
    return Metric(called, higher_is_better, best, sample, mean_of(sample), formats, zero_one)
