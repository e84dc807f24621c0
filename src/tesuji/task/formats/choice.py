"""`choice(labels, top)`: one of some labels, or the best few in order."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, ClassVar

from tesuji.errors import ConfigError
from tesuji.task.formats.base import Grammar
from tesuji.task.formats.boxes import last_box
from tesuji.task.formats.declared_label import declared_label
from tesuji.task.formats.ends import ends_of
from tesuji.task.formats.labels import LabelReader, label_reader
from tesuji.task.formats.markers import first_line, marker_ends
from tesuji.task.formats.options import integer_option, labels_option, shown, target_text

_MOST_CHOICES = 1000  # a longer list is written as a regular expression


@dataclass(frozen=True, slots=True)
class ChoiceFormat:
    """One of `labels` (a str); with `top` > 1 up to `top` distinct ones, best first (a list).

    Which label an output declares is said in `declared_label`. Lists are written with spaces,
    "B C A", as contests with MAP@k want it.
    """

    name: ClassVar[str] = "choice"
    labels: tuple[str, ...]
    top: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", labels_option("labels", self.labels))
        integer_option("top", self.top, at_least=1)
        if self.top > len(self.labels):
            raise ConfigError(
                f"[answer] top: {self.top} is more than the {len(self.labels)} labels"
            )
        spaced = next((label for label in self.labels if len(label.split()) > 1), None)
        if self.top > 1 and spaced is not None:
            raise ConfigError(
                f"[answer] labels: {shown(spaced)} has a space, which separates labels when top > 1"
            )

    def parse(self, text: str) -> str | list[str] | None:
        if self.top == 1:
            return declared_label(text, self._reader())
        found = self._exact(text) or self._ranked(ends_of(text))
        if found:
            return list(found)[: self.top]
        label = declared_label(text, self._reader())
        return None if label is None else [label]

    def check(self, text: str) -> str | None:
        text = text.strip()
        if not text:
            return "empty"
        if self.top == 1:
            return None if text in self.labels else "not one of the labels alone"
        parts = text.split(" ")
        if any(part not in self.labels for part in parts):
            return "not labels separated by single spaces"
        if len(set(parts)) < len(parts):
            return "a label twice"
        return f"more than {self.top} labels" if len(parts) > self.top else None

    def tell(self) -> str:
        labels = ", ".join(self.labels)
        if self.top == 1:
            return f"Answer with one of these and nothing else: {labels}."
        example = " ".join(self.labels[: self.top])
        return (
            f"Answer with the {self.top} likeliest of these, the likeliest first, separated by "
            f"spaces, and nothing else: {labels}. (For example: {example})"
        )

    def constrain(self) -> Grammar:
        if self.top == 1:
            return Grammar("choice", json.dumps(self.labels, ensure_ascii=False))
        count = sum(math.perm(len(self.labels), k) for k in range(1, self.top + 1))
        if count <= _MOST_CHOICES:
            return Grammar("choice", json.dumps(list(self._lists()), ensure_ascii=False))
        one = "(" + "|".join(map(re.escape, self.labels)) + ")"
        return Grammar("regex", f"{one}( {one}){{0,{self.top - 1}}}")

    def accept(self, value: object) -> str | list[str]:
        if isinstance(value, Sequence) and not isinstance(value, str):
            labels = [self._label(item) for item in value]
        elif self.top > 1:
            labels = [self._label(part) for part in target_text(value).split()]
        else:
            labels = [self._label(value)]
        if not labels or len(labels) > self.top or len(set(labels)) < len(labels):
            raise ValueError(f"{shown(value)} is not 1 to {self.top} distinct labels")
        return labels if self.top > 1 else labels[0]

    def render(self, answer: Any) -> str:
        return " ".join(answer) if isinstance(answer, list) else str(answer)

    def fallback(self) -> str | list[str]:
        """The first label, or the first `top` of them."""
        return list(self.labels[: self.top]) if self.top > 1 else self.labels[0]

    def _reader(self) -> LabelReader:
        return label_reader(self.labels)

    def _label(self, value: object) -> str:
        text = target_text(value)
        reader = self._reader()
        label = text if text in self.labels else reader.keys.get(reader.key(text))
        if label is None:
            raise ValueError(f"{shown(text)} is not one of {shown(', '.join(self.labels))}")
        return label

    def _lists(self) -> Iterator[str]:
        for count in range(1, self.top + 1):
            yield from map(" ".join, permutations(self.labels, count))

    def _exact(self, text: str) -> list[str]:
        parts = text.split(None, self.top)
        right = len(set(parts)) == len(parts) <= self.top and set(parts) <= set(self.labels)
        return parts if right else []

    def _ranked(self, text: str) -> tuple[str, ...]:
        """Labels in a row: the whole text, a box, behind the last marker, or the last such line."""
        reader = self._reader()
        content = last_box(text)
        ends = marker_ends(text, letter=reader.key("A") not in reader.keys)
        tail = text[ends[-1] :] if ends else ""
        for piece in (text, content or "", tail):
            labels, end = reader.run(piece)
            if labels and end == len(piece):
                return labels
        labels, end = reader.run(first_line(tail))
        if len(labels) > 1 or (labels and end == len(first_line(tail))):
            return labels
        for line in reversed(text.split("\n")):
            labels, end = reader.run(line)
            if len(labels) > 1 and end == len(line):
                return labels
        return ()
