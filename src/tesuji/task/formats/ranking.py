"""`ranking(items)`: all of some items, put in order."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, ClassVar

from tesuji.errors import ConfigError
from tesuji.task.formats.base import Grammar
from tesuji.task.formats.boxes import last_box
from tesuji.task.formats.ends import ends_of
from tesuji.task.formats.json_values import json_values
from tesuji.task.formats.labels import LabelReader, label_reader
from tesuji.task.formats.markers import after_last_marker
from tesuji.task.formats.options import labels_option, shown, target_text

_JOINT = " > "
_MOST_CHOICES = 1000  # 6! = 720 orders fit into a grammar, 7! do not


@dataclass(frozen=True, slots=True)
class RankingFormat:
    """The `items`, best first, each once: "B > A > C", numbered lines, a JSON list.

    An order that lacks an item is no answer: nothing says where the missing one belongs.
    """

    name: ClassVar[str] = "ranking"
    items: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", labels_option("items", self.items, at_least=2))
        joined = next((item for item in self.items if ">" in item), None)
        if joined is not None:
            raise ConfigError(f"[answer] items: {shown(joined)} has a '>', which separates items")

    def parse(self, text: str) -> list[str] | None:
        exact = [part.strip() for part in text.split(">", len(self.items))]
        if self._complete(exact):
            return exact
        reader = label_reader(self.items)
        text = ends_of(text)
        for value in json_values(text) if "[" in text else ():
            order = self._from_list(value, reader)
            if order:
                return order
        for piece in (text, last_box(text), after_last_marker(text)):
            labels, _ = reader.run(piece or "")
            if self._complete(labels):
                return list(labels)
        return self._from_lines(text, reader) or self._from_mentions(text, reader)

    def check(self, text: str) -> str | None:
        parts = text.strip().split(_JOINT)
        if self._complete(parts):
            return None
        if not text.strip():
            return "empty"
        missing = [item for item in self.items if item not in parts]
        if missing and set(parts) <= set(self.items):
            return f"without {shown(missing[0])}"
        return "not the items joined by ' > '"

    def tell(self) -> str:
        return (
            "Answer with all of these in order, the best first, joined by ' > ', and nothing "
            f"else: {', '.join(self.items)}."
        )

    def constrain(self) -> Grammar | None:
        if math.factorial(len(self.items)) > _MOST_CHOICES:
            return None
        orders = [_JOINT.join(order) for order in permutations(self.items)]
        return Grammar("choice", json.dumps(orders, ensure_ascii=False))

    def accept(self, value: object) -> list[str]:
        if isinstance(value, Sequence) and not isinstance(value, str):
            order = self._from_list(list(value), label_reader(self.items))
        else:
            order = self.parse(target_text(value))
        if not order:
            raise ValueError(f"{shown(value)} is not an order of all {len(self.items)} items")
        return order

    def render(self, answer: Any) -> str:
        return _JOINT.join(answer)

    def fallback(self) -> list[str]:
        return list(self.items)

    def _complete(self, order: Sequence[str]) -> bool:
        return len(order) == len(self.items) and set(order) == set(self.items)

    def _from_list(self, value: Any, reader: LabelReader) -> list[str] | None:
        if not isinstance(value, list) or len(value) != len(self.items):
            return None
        order = [reader.keys.get(reader.key(str(item).strip()), "") for item in value]
        return order if self._complete(order) else None

    def _from_lines(self, text: str, reader: LabelReader) -> list[str] | None:
        """The last lines in a row that begin with one item each, or one line with all."""
        order: list[str] = []
        found: list[str] | None = None
        for line in reader.plain(text).split("\n"):
            labels, _ = reader.run(line)
            if self._complete(labels):
                found, order = list(labels), []
            elif not line.strip():
                continue
            else:
                order = [*order, *labels][-len(self.items) :] if len(labels) == 1 else []
            if self._complete(order):
                found = order
        return found

    def _from_mentions(self, text: str, reader: LabelReader) -> list[str] | None:
        """The order of mention, where every item is mentioned once."""
        order: list[str] = []
        for mention in reader.mentions(reader.plain(text)):
            order.append(mention.label)
            if len(order) > len(self.items):
                return None
        return order if self._complete(order) else None
