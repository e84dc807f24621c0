"""What a page marks: an output's findings, and how an answer differs from its target."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from tesuji.diagnose import visible

_LONGEST = 5_000  # characters compared one by one: 5,000 by 5,000 take some 10 ms


@dataclass(frozen=True, slots=True)
class Change:
    """Some text that both have ("same"), or only the target ("missing") or the answer ("extra")."""

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


def changes(target: str, answer: str) -> list[Change]:
    """How an answer differs from its target, character by character (by Levenshtein's edits).

    >>> [(c.text, c.how) for c in changes("abc", "axc")]
    [('a', 'same'), ('b', 'missing'), ('x', 'extra'), ('c', 'same')]
    """
    found: list[Change] = []
    for left, right in _blocks(target, answer):
        if left == right:
            found.append(Change(visible(left), "same"))
            continue
        found += [Change(visible(left), "missing"), Change(visible(right), "extra")]
    return [one for one in found if one.text]


def _blocks(a: str, b: str) -> list[tuple[str, str]]:
    """Pairs of parts that are alike or take each other's place, in order."""
    if max(len(a), len(b)) > _LONGEST:
        return _ends(a, b)
    from rapidfuzz.distance import Levenshtein

    codes = Levenshtein.opcodes(a, b)
    return [(a[c.src_start : c.src_end], b[c.dest_start : c.dest_end]) for c in codes]


def _ends(a: str, b: str) -> list[tuple[str, str]]:
    """Only what both begin and end with is alike; what is between takes each other's place."""
    start = _alike(a, b)
    end = _alike(a[start:][::-1], b[start:][::-1])
    stop_a, stop_b = len(a) - end, len(b) - end
    return [(a[:start], b[:start]), (a[start:stop_a], b[start:stop_b]), (a[stop_a:], b[stop_b:])]


def _alike(a: str, b: str) -> int:
    """How many characters the two begin with in common."""
    shortest = min(len(a), len(b))
    return next((at for at in range(shortest) if a[at] != b[at]), shortest)
