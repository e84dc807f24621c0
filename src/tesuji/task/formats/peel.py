"""Taking off what models wrap around a short answer: fences, bold, quotes, a full stop."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"(`{3,}|~{3,})[^\n`]*\n(?P<inner>.*?)\r?\n?[ \t]*\1[ \t]*", re.DOTALL)
_PAIRS = {
    '"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "「": "」", "『": "』", "【": "】",
}  # fmt: skip
_LATEX = (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$"), ("\\text{", "}"))
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("（", "）"))
_STOPS = ".。．"
_LAYERS = 5


def peeled(text: str, brackets: bool = False) -> Iterator[str]:
    """`text` stripped, then with one layer of wrapping less each time, at most five layers.

    `brackets` also takes off brackets and closing punctuation of any kind, as around a label:
    "(B)", "B)", "B:".
    """
    text = text.strip()
    yield text
    for _ in range(_LAYERS):
        inner = _without_layer(text, brackets)
        if inner is None or not inner.strip():
            return
        text = inner.strip()
        yield text


def _without_layer(text: str, brackets: bool) -> str | None:
    if not text:
        return None
    fence = _FENCE.fullmatch(text) if text[0] in "`~" and text[-1] == text[0] else None
    if fence:
        return fence["inner"]
    for mark in ("***", "**", "__", "*", "_"):
        if _wrapped(text, mark, mark):
            return text[len(mark) : -len(mark)]
    if _wrapped(text, text[0], _PAIRS.get(text[0], "\0")):
        return text[1:-1]
    if text[-1] in _STOPS:
        return text[:-1]
    if not brackets:
        return None
    for left, right in _LATEX + _BRACKETS:
        if _wrapped(text, left, right):
            return text[len(left) : -len(right)]
    return text[:-1] if text[-1] in "):：,、!！" else None


def _wrapped(text: str, left: str, right: str) -> bool:
    """Whether `left` and `right` are one pair around the whole: not so for "a" or "b"."""
    if len(text) <= len(left) + len(right):
        return False
    if not (text.startswith(left) and text.endswith(right)):
        return False
    inner = text[len(left) : -len(right)]
    return left not in inner and right not in inner
