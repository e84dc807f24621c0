"""Answer formats by name. `make_format("choice", {"labels": ["A", "B"]})`."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any

from tesuji.errors import ConfigError
from tesuji.task.formats.base import AnswerFormat, Grammar
from tesuji.task.formats.boxed import BoxedFormat
from tesuji.task.formats.choice import ChoiceFormat
from tesuji.task.formats.code import CodeFormat
from tesuji.task.formats.integer import IntegerFormat
from tesuji.task.formats.json import JsonFormat
from tesuji.task.formats.number import NumberFormat
from tesuji.task.formats.probabilities import ProbabilitiesFormat
from tesuji.task.formats.ranking import RankingFormat
from tesuji.task.formats.text import TextFormat

__all__ = ["FORMATS", "AnswerFormat", "Grammar", "make_format", "options_of"]

FORMATS: dict[str, type] = {
    kind.name: kind
    for kind in (
        TextFormat, ChoiceFormat, IntegerFormat, NumberFormat, BoxedFormat, JsonFormat,
        RankingFormat, ProbabilitiesFormat, CodeFormat,
    )
}  # fmt: skip


def options_of(name: str) -> dict[str, Any]:
    """The options of the format `name` with their defaults; `...` marks one that must be given."""
    return {
        field.name: ... if field.default is dataclasses.MISSING else field.default
        for field in dataclasses.fields(FORMATS[name])
    }


def make_format(name: str, options: Mapping[str, Any]) -> AnswerFormat:
    """The answer format that `[answer]` describes; ConfigError names the key that is wrong."""
    if name not in FORMATS:
        near = difflib.get_close_matches(str(name), FORMATS, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ConfigError(
            f"[answer] format: there is no {name!r}{hint}; there are: {', '.join(FORMATS)}"
        )
    known = options_of(name)
    for key in options:
        if key not in known:
            allowed = ", ".join(known) if known else "none"
            raise ConfigError(
                f"[answer] {key}: format {name!r} has no such option; its options: {allowed}"
            )
    for key, default in known.items():
        if default is ... and key not in options:
            raise ConfigError(f"[answer] {key}: format {name!r} needs it; add a list of strings")
    made: AnswerFormat = FORMATS[name](**options)
    return made
