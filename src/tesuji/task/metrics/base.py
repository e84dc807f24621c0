"""What a metric is: a name, a direction, and how samples and whole runs are scored."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tesuji.errors import InputError
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.sample import Answer

SampleScore: TypeAlias = Callable[[Answer, Answer], float]
WholeScore: TypeAlias = Callable[[Sequence[Answer], Sequence[Answer]], float]


@dataclass(frozen=True, slots=True)
class Metric:
    """How answers are scored against targets.

    name               as the user writes it, such as "levenshtein" or "map@3"
    higher_is_better   the direction
    best               the best value possible; None where it is not known
    sample             (answer, target) -> one sample's value; None where there is no such thing
    whole              (answers, targets) -> the value over all samples, which need not be the
                       mean of `sample` (RMSE is the root of a mean)
    formats            the answer formats that it can score
    zero_one           whether every sample's value is 0 or 1, so that McNemar's test applies
    """

    name: str
    higher_is_better: bool
    best: float | None
    sample: SampleScore | None
    whole: WholeScore
    formats: frozenset[str]
    zero_one: bool

    def score(self, answers: Sequence[Answer], targets: Sequence[Answer]) -> float:
        """The value over all samples; InputError where there are none, or not as many of each."""
        if len(answers) != len(targets):
            raise InputError(
                f"metric {self.name!r}: {len(answers)} answers for {len(targets)} targets"
            )
        if not answers:
            raise InputError(f"metric {self.name!r}: there are no samples to score")
        return float(self.whole(answers, targets))


@dataclass(frozen=True, slots=True)
class MetricKind:
    """An entry of the registry: what a metric can score, and how to make it for a format."""

    formats: frozenset[str]
    make: Callable[[str, Mapping[str, Any], AnswerFormat], Metric]
    options: frozenset[str] = frozenset()


def mean_of(sample: SampleScore) -> WholeScore:
    """The mean of a sample's value over all samples."""

    def whole(answers: Sequence[Answer], targets: Sequence[Answer]) -> float:
        values = [sample(answer, target) for answer, target in zip(answers, targets, strict=True)]
        if not all(map(math.isfinite, values)):
            return sum(values) / len(values)  # fsum raises where it meets inf and -inf
        return math.fsum(values) / len(values)

    return whole


def mean_kind(
    formats: frozenset[str],
    sample: SampleScore,
    *,
    higher_is_better: bool = True,
    best: float | None = 1.0,
    zero_one: bool = False,
) -> MetricKind:
    """A metric that is the mean of a value per sample and takes no options."""

    def make(name: str, options: Mapping[str, Any], format: AnswerFormat) -> Metric:
        return Metric(name, higher_is_better, best, sample, mean_of(sample), formats, zero_one)

    return MetricKind(formats, make)
