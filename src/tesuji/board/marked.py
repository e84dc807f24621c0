"""What a page marks: an output's findings, how an answer differs from its target, and two texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tesuji.board.aligned import Block, letter_blocks, word_blocks
from tesuji.diagnose import visible
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.visible import visible_parts
from tesuji.task.sample import Message


@dataclass(frozen=True, slots=True)
class Change:
    """Some text that both have ("same"), or only the first ("missing") or the second ("extra"):
    the target and the answer, or the outputs of two runs."""

    text: str
    how: Literal["same", "missing", "extra"]


def shown(value: Any) -> str:
    """An answer or a field as text, what is invisible in it made visible: a string as it is, all
    else as JSON.

    >>> shown("a\\u200b"), shown([1, "b"])
    ('a⟨ZWSP⟩', '[1, "b"]')
    """
    return visible(as_text(value))


def as_text(value: Any) -> str:
    """An answer or a field as text, letter by letter."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def messages_text(messages: Iterable[Message]) -> str:
    """What was sent, as one text."""
    return "\n\n".join(f"[{one.role}]\n{one.content}" for one in messages)


def changes(target: str, answer: str) -> list[Change]:
    """How an answer differs from its target, letter by letter.

    >>> [(c.text, c.how) for c in changes("abc", "axc")]
    [('a', 'same'), ('b', 'missing'), ('x', 'extra'), ('c', 'same')]
    """
    return _marked(target, answer, letter_blocks(target, answer))


def word_changes(a: str, b: str) -> list[Change]:
    """How one text differs from another, word by word.

    >>> [(c.text, c.how) for c in word_changes("Say it.", "Say this.")]
    [('Say ', 'same'), ('it', 'missing'), ('this', 'extra'), ('.', 'same')]
    """
    return _marked(a, b, word_blocks(a, b))


def sides(found: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    """What stands in the first text, and what in the second."""
    every = [*found]
    return [c for c in every if c.how != "extra"], [c for c in every if c.how != "missing"]


def _marked(a: str, b: str, blocks: Sequence[Block]) -> list[Change]:
    """Each block made visible as it stands in its text: a space before a cut ends no line."""
    left, right = ([block[side] for block in blocks] for side in (0, 1))
    found: list[Change] = []
    for one, other, (raw, theirs) in zip(_parts(a, left), _parts(b, right), blocks, strict=True):
        if raw == theirs:
            found.append(Change(one, "same"))
        else:
            found += [Change(one, "missing"), Change(other, "extra")]
    return [one for one in found if one.text]


def _parts(text: str, parts: Sequence[str]) -> list[str]:
    """The parts of a text, made visible in their place."""
    spans, at = [], 0
    for number, part in enumerate(parts):
        # Every other part that is not empty is a "finding": so no two of them run together.
        spans.append((at, at + len(part), number))
        at += len(part)
    filled = [span for span in spans if span[0] < span[1]]
    odd = [Finding("format", start, end, "") for start, end, _ in filled[1::2]]
    made = iter(visible_parts(text, odd))
    return [next(made)[0] if start < end else "" for start, end, _ in spans]
