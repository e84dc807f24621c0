"""Choose by log-probability: score every label as the reply, write nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tesuji.errors import ConfigError
from tesuji.flows.flow import Ask
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.rules import base_format
from tesuji.task.sample import Answer, Sample


async def choose(sample: Sample, ask: Ask) -> Answer:
    """The labels by falling log-probability, in the shape that the answer format holds.

    For `choice` the likeliest label (or the `top` likeliest, best first), for `probabilities`
    the softmax over the labels. ConfigError for any other format.
    """
    return picked(ask.format, await ask.score(labels_of(ask.format)))


def picked(format: AnswerFormat, scores: Sequence[float]) -> Answer:
    """The answer that log-probabilities of the format's labels, in their order, come to."""
    shape = base_format(format)
    labels = labels_of(shape)
    if shape.name == "probabilities":
        return dict(zip(labels, softmax(scores), strict=True))
    ranked = [label for _, label in sorted(zip(scores, labels, strict=True), key=_by_score)]
    top: int = getattr(shape, "top", 1)
    return ranked[0] if top == 1 else ranked[:top]


def labels_of(format: AnswerFormat) -> Sequence[str]:
    """The labels that there are to choose from; ConfigError for a format that has none."""
    shape = base_format(format)
    labels: Sequence[str] | None = getattr(shape, "labels", None)
    if not labels:
        raise ConfigError(
            f"flow 'choose' picks among labels, but the answer format '{shape.name}' has none: "
            "use format 'choice' or 'probabilities', or another flow"
        )
    return labels


def softmax(scores: Sequence[float]) -> list[float]:
    """exp(score) normalised to sum 1, without overflow.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    peak = max(scores)
    weights = [math.exp(score - peak) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]


def _by_score(pair: tuple[float, str]) -> float:
    return -pair[0]
