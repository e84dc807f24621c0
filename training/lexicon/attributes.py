"""Questions of our own: what each is true of, in kinds and in words of the definition.

A line of `attributes.txt` is `question | phrase | kinds | words`: true of a sense that is of one of
the kinds, or whose definition (or its kind's) has one of the words. The phrase stands for it in
lists. `plant@20` is only the kind in that lexicographer field (lexnames(5WN)). Written from general
knowledge, before any measurement, for no list of keywords.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_LINES = Path(__file__).with_name("attributes.txt")


@dataclass(frozen=True)
class Attribute:
    """A question of our own, and what makes it true."""

    question: str
    phrase: str
    kinds: tuple[str, ...]
    words: tuple[str, ...]


def attributes() -> list[Attribute]:
    """All of them."""
    rows = [line.split("|") for line in _LINES.read_text(encoding="utf-8").splitlines()]
    return [
        Attribute(text, phrase, _names(kinds), _names(words)) for text, phrase, kinds, words in rows
    ]


def _names(field: str) -> tuple[str, ...]:
    return tuple(name for name in field.split(",") if name)
