"""What counts as an answer, and as a good one: format and metric made from the configuration.

The user's `parse`, `check` and `metric` (competition.py) and `fallback` (competition.toml) take
the place of the standard ones here, so that nobody above need know the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, cast

from tesuji.errors import ConfigError, InputError
from tesuji.task.config import Config
from tesuji.task.formats import FORMATS, make_format
from tesuji.task.formats.base import AnswerFormat, Grammar
from tesuji.task.metrics import METRICS, Metric, make_metric, user_metric
from tesuji.task.nearest import meant
from tesuji.task.own import Own, described, place
from tesuji.task.sample import Answer


@dataclass(frozen=True, slots=True)
class OwnFormat:
    """An answer format in which the user's parse, check or fallback replaces the base's."""

    name: ClassVar[str] = "own"
    base: AnswerFormat
    own: Own
    given: Answer | None = None

    def parse(self, text: str) -> Answer | None:
        """The user's `parse`, if there is one; an exception in it is a ConfigError."""
        if self.own.parse is None:
            return self.base.parse(text)
        try:
            answer = self.own.parse(text)
        except Exception as error:
            raise ConfigError(_failed(self.own, "parse", text, error=error)) from error
        try:
            return None if answer is None else self.base.accept(answer)
        except ValueError:
            return None  # found, but no answer of this format

    def check(self, text: str) -> str | None:
        """The user's `check`, if there is one; an exception in it is a ConfigError."""
        if self.own.check is None:
            return self.base.check(text)
        try:
            why = self.own.check(text)
        except Exception as error:
            raise ConfigError(_failed(self.own, "check", text, error=error)) from error
        return None if why is None else str(why)

    def tell(self) -> str:
        """As the base."""
        return self.base.tell()

    def constrain(self) -> Grammar | None:
        """As the base; None where the user's check decides what is right-shaped."""
        return self.base.constrain() if self.own.check is None else None

    def accept(self, value: object) -> Answer:
        """As the base."""
        return self.base.accept(value)

    def render(self, answer: Answer) -> str:
        """As the base."""
        return self.base.render(answer)

    def fallback(self) -> Answer:
        """The fallback of competition.toml, else the base's."""
        return self.base.fallback() if self.given is None else self.given


def _failed(own: Own, name: str, *given: object, error: Exception) -> str:
    shown = ", ".join(text if len(text) <= 60 else text[:60] + "…" for text in map(repr, given))
    return f"{place(error, own.path) if own.path else name}: {name}({shown}): {described(error)}"


def base_format(format: AnswerFormat) -> AnswerFormat:
    """The standard format under the user's overrides."""
    return format.base if isinstance(format, OwnFormat) else format


def answer_format(config: Config, own: Own) -> AnswerFormat:
    """The answer format of [answer], with the user's overrides; ConfigError."""
    answer = config.answer
    if answer.format not in FORMATS:
        raise ConfigError(
            f"{config.path}: [answer] format: no format {answer.format!r}"
            f"{meant(answer.format, FORMATS)}"
        )
    try:
        base: AnswerFormat = make_format(answer.format, answer.options)
    except (InputError, ValueError, TypeError) as error:
        raise ConfigError(_located(config, "[answer]", error)) from None
    _require_columns_for_labels(config, base)
    given = None
    if answer.fallback is not None:
        try:
            given = base.accept(answer.fallback)
        except ValueError as error:
            raise ConfigError(f"{config.path}: [answer] fallback: {error}") from None
    if given is None and own.parse is None and own.check is None:
        return base
    return cast("AnswerFormat", OwnFormat(base, own, given))


def _require_columns_for_labels(config: Config, format: AnswerFormat) -> None:
    """Several target columns are probabilities, one a label."""
    count = len(config.data.target)
    if count == 1:
        return
    where = f"{config.path}: [data] target: {count} columns"
    if format.name != "probabilities":
        raise ConfigError(f'{where} need [answer] format = "probabilities"; else name one column')
    labels: tuple[str, ...] = getattr(format, "labels", ())
    if len(labels) != count:
        raise ConfigError(f"{where} for {len(labels)} labels ({', '.join(labels)})")


def metric(config: Config, own: Own, format: AnswerFormat) -> Metric:
    """The metric that competition.toml names: a function of competition.py, or a standard one."""
    name = config.metric
    function = own.metric if name in (None, "metric") else own.functions.get(name or "")
    if function is not None:
        if config.metric_options:
            key = next(iter(config.metric_options))
            raise ConfigError(f"{config.path}: metric.{key}: a metric of your own has no options")
        called = name or "metric"
        scored = _explained(function, called, own)
        return user_metric(scored, higher_is_better=own.higher_is_better, name=called)
    if name is None:
        raise ConfigError(f"{config.path}: metric: missing; name one of {', '.join(METRICS)}")
    if own.metric is not None:
        raise ConfigError(
            f"{config.path}: metric: {name!r}, but {own.path} defines metric(); "
            f'remove that, or write metric = "metric" here'
        )
    try:
        return make_metric(name, config.metric_options, base_format(format))
    except (InputError, ValueError, TypeError) as error:
        raise ConfigError(_located(config, "metric", error)) from None


def _explained(
    function: Callable[[Answer, Answer], float], name: str, own: Own
) -> Callable[[Answer, Answer], float]:
    """The user's metric, with exceptions in it as ConfigError that name its line."""

    def scored(answer: Answer, target: Answer) -> float:
        try:
            return function(answer, target)
        except Exception as error:
            raise ConfigError(_failed(own, name, answer, target, error=error)) from error

    return scored


def _located(config: Config, key: str, error: Exception) -> str:
    """An error of a format or a metric, with the file, and with its key where it names none."""
    text = str(error)
    return f"{config.path}: {text}" if text.startswith(key) else f"{config.path}: {key}: {text}"
