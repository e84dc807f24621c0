"""`probabilities(labels)`: how likely each label is."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tesuji.task.formats.base import Grammar
from tesuji.task.formats.ends import ends_of
from tesuji.task.formats.json_values import json_values, whole_json
from tesuji.task.formats.labels import LabelReader, label_reader
from tesuji.task.formats.numerals import plain, whole_number
from tesuji.task.formats.options import labels_option, shown, target_text

_ROUNDING = 1e-9  # sums this near to 1 are left alone, so that reading back changes nothing
_STRICT_SUM = 0.01
_PARTIAL_SUM = 0.02  # labels left out are 0 where the others make up the whole
_AFTER_LABEL = re.compile(
    r"[\s\"'`*)\]」]{0,4}(?:[:=：|-]|is|は|が)?[\s\"'`*(|]{0,4}"
    r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,20})?(?:[eE]-[0-9]{1,3})?|\.[0-9]{1,20})(?![0-9.]*[0-9])\s?(?P<percent>%)?"
)


@dataclass(frozen=True, slots=True)
class ProbabilitiesFormat:
    """A dict from every label to its probability, in the labels' order; they sum to 1.

    Reads a JSON object or "A: 0.2, B: 50 %", and divides by the sum. Labels that are left out
    are 0 if the others sum to 1 (or 100), else there is no answer. As a target, one label alone
    is a certainty.
    """

    name: ClassVar[str] = "probabilities"
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", labels_option("labels", self.labels, at_least=2))

    def parse(self, text: str) -> dict[str, float] | None:
        reader = label_reader(self.labels)
        for value in json_values(text) if "{" in text else ():
            weights = self._weights(value, reader) if isinstance(value, dict) else None
            answer = self._normalised(weights) if weights else None
            if answer:
                return answer
        return self._normalised(self._pairs(text, reader))

    def check(self, text: str) -> str | None:
        if not text.strip():
            return "empty"
        value = whole_json(text, strict=True)
        if not isinstance(value, dict):
            return "not one JSON object alone"
        if set(value) != set(self.labels):
            return f"its keys are not the {len(self.labels)} labels"
        numbers = [v for v in value.values() if not isinstance(v, bool)]
        if not all(isinstance(v, int | float) and 0 <= v <= 1 for v in numbers):
            return "a value that is no number from 0 to 1"
        if len(numbers) < len(value):
            return "a value that is no number from 0 to 1"
        total = math.fsum(numbers)
        return None if abs(total - 1) <= _STRICT_SUM else f"they sum to {total:.4g}, not 1"

    def tell(self) -> str:
        example = ", ".join(f'"{label}": …' for label in self.labels[:3])
        more = ", …" if len(self.labels) > 3 else ""
        return (
            f"Answer with one JSON object and nothing else: the probability of each of "
            f"{', '.join(self.labels)}, summing to 1, as {{{example}{more}}}."
        )

    def constrain(self) -> Grammar:
        share = {"type": "number", "minimum": 0, "maximum": 1}
        schema = {
            "type": "object",
            "properties": dict.fromkeys(self.labels, share),
            "required": list(self.labels),
            "additionalProperties": False,
        }
        return Grammar("json", json.dumps(schema, ensure_ascii=False))

    def accept(self, value: object) -> dict[str, float]:
        reader = label_reader(self.labels)
        given = value
        if isinstance(value, str) and "{" in value:
            given = whole_json(value, strict=False)
        if isinstance(given, Mapping):
            weights = self._weights(given, reader)
            answer = self._normalised(weights) if weights else None
            if answer is None:
                raise ValueError(f"{shown(value)} is not a weight for each label")
            return answer
        text = target_text(value)
        sure = text if text in self.labels else reader.keys.get(reader.key(text))
        if sure is None:
            raise ValueError(f"{shown(text)} is not one of {shown(', '.join(self.labels))}")
        return {label: float(label == sure) for label in self.labels}

    def render(self, answer: Any) -> str:
        return json.dumps(answer, ensure_ascii=False)

    def fallback(self) -> dict[str, float]:
        """The same probability for every label."""
        return {label: 1 / len(self.labels) for label in self.labels}

    def _weights(self, value: Mapping[Any, Any], reader: LabelReader) -> dict[str, float] | None:
        """Label to weight from an object whose keys are labels; None if it is no such thing."""
        weights: dict[str, float] = {}
        for key, written in value.items():
            label = reader.keys.get(reader.key(str(key).strip()))
            number = _weight(written)
            if label is None or number is None or label in weights:
                return None
            weights[label] = number
        return weights

    def _pairs(self, text: str, reader: LabelReader) -> dict[str, float]:
        """Label to weight from "A: 0.2"; of several for one label the last."""
        text = plain(ends_of(text))
        weights: dict[str, float] = {}
        for mention in reader.every(text):
            behind = _AFTER_LABEL.match(text, mention.end)
            if behind:
                share = float(behind["number"]) / (100 if behind["percent"] else 1)
                weights[mention.label] = share
        return weights

    def _normalised(self, weights: dict[str, float]) -> dict[str, float] | None:
        total = math.fsum(weights.values())
        if not 0 < total < math.inf:
            return None
        whole = abs(total - 1) <= _PARTIAL_SUM or abs(total - 100) <= 100 * _PARTIAL_SUM
        if len(weights) < len(self.labels) and not whole:
            return None
        if abs(total - 1) <= _ROUNDING:
            total = 1.0
        return {label: weights.get(label, 0.0) / total for label in self.labels}


def _weight(value: object) -> float | None:
    """A weight as written in JSON: a number, or a string such as "20%"; None if negative."""
    if isinstance(value, str):
        number = whole_number(value)
        share = None if number is None else number / (100 if value.strip().endswith("%") else 1)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        return None
    else:
        share = value
    return float(share) if share is not None and 0 <= share < 1e300 else None
