"""Fenced code blocks, after CommonMark.

A fence is closed by one of the same character, at least as long, with no words after it; any
indentation is allowed, for fences stand in lists too. A bare fence that ends the text opens
nothing: it closes a block around a nested one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.empty import SPECIAL_TOKEN
from tesuji.diagnose.observation import Observation, fact

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})([^\n`]*)$", re.MULTILINE)
_MOST_INDENT = 40


def _fences(text: str) -> Iterator[re.Match[str]]:
    """The lines that are fences: found by their marks, for a search line by line is slow."""
    marks = [mark for mark in ("```", "~~~") if mark in text]
    position = 0
    while True:
        places = [place for mark in marks if (place := text.find(mark, position)) >= 0]
        if not places:
            return
        place = min(places)
        if len(places) < len(marks):
            marks = [mark for mark in marks if text.find(mark, place) >= 0]
        begin = text.rfind("\n", max(0, place - _MOST_INDENT - 1), place) + 1
        if begin or place <= _MOST_INDENT:
            fence = _FENCE.match(text, begin)
            if fence and fence.start(1) == place:
                yield fence
        position = text.find("\n", place)
        if position < 0:
            return


def _closes(words: str) -> bool:
    """Whether a fence with these words after it closes one: none, or a leaked end of text."""
    bare = words.strip()
    return not bare or (bare[0] == "<" and not SPECIAL_TOKEN.sub("", bare).strip())


def _blocks(text: str) -> tuple[list[tuple[int, int]], re.Match[str] | None]:
    """The spans of the closed blocks, and the fence that is never closed."""
    spans: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for fence in _fences(text):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]) and _closes(fence[2]):
            spans.append((opened.start(), fence.end()))
            opened = None
    if opened and _closes(opened[2]) and not text[opened.end() :].strip():
        opened = None
    return spans, opened


@fact
def _found(seen: Observation) -> tuple[tuple[tuple[int, int], ...], int | None]:
    text = seen.text
    if "```" not in text and "~~~" not in text:
        return (), None
    spans, opened = _blocks(text)
    if opened is None:
        return tuple(spans), None
    return (*spans, (opened.start(), len(text))), opened.start(1)


def code_spans(seen: Observation) -> tuple[tuple[int, int], ...]:
    """The spans of fenced code blocks, fences included; one never closed lasts to the end."""
    return _found(seen)[0]


def open_fence(seen: Observation) -> int | None:
    """Where the code fence that is never closed begins, or None.

    >>> open_fence(Observation("```python\\nprint(1)"))
    0
    """
    return _found(seen)[1]
