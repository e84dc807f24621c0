"""Outputs that stop before they are finished.

The server's word (finish reason "length") is certain. From the text alone only two signs are
taken: a code fence and a JSON value that are never closed. A missing full stop is none: lists,
formulas, URLs and headings end bare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})([^\n`]*)$", re.MULTILINE)
_JSON_START = re.compile(r"\s*(?:```[a-zA-Z]*\s*)?(?=\{\s*\"|\[\s*[\[{\"\d-])")
# A whole string, or a bracket; a quote alone begins a string that never ends.
_JSON_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
_CLOSES = {"}": "{", "]": "["}


def open_fence(text: str) -> int | None:
    """Where the code fence that is never closed begins, or None.

    After CommonMark: a fence is closed by one of the same character, at least as long, with no
    words after it; any indentation is allowed, for fences stand in lists too. A bare fence that
    ends the text opens nothing: it closes a block around a nested one.
    """
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            opened = None
    if opened is None or not (opened[2].strip() or text[opened.end() :].strip()):
        return None
    return opened.start(1)


def open_json(text: str) -> int | None:
    """Where the JSON value that `text` begins with starts, if the text ends inside it."""
    begin = _JSON_START.match(text)
    if begin is None:
        return None
    stack: list[str] = []
    for token in _JSON_TOKEN.finditer(text, begin.end()):
        mark = token[0]
        if mark == '"':
            break
        if mark in ("{", "["):
            stack.append(mark)
        elif mark in ("}", "]"):
            if stack.pop() != _CLOSES[mark]:
                return None  # not JSON at all
            if not stack:
                return None
    return begin.end()


def detect_truncated(seen: Observation) -> Iterator[Finding]:
    """The end of the text (its last line, at most 40 characters), where it was cut off."""
    text = seen.text
    end = len(text)
    start = max(text.rfind("\n", 0, end) + 1, end - 40)
    if seen.finish == "length":
        yield Finding("truncated", start, end, "the token limit was reached")
    elif (fence := open_fence(text)) is not None:
        yield Finding("truncated", start, end, f"code fence at {fence} is never closed", 0.9)
    elif (opened := open_json(text)) is not None:
        yield Finding("truncated", start, end, f"JSON from {opened} is never closed", 0.8)
