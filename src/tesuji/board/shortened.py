"""Texts cut to what a page has room for. A page weighs at most 300 kB, whatever a model wrote."""

from __future__ import annotations

from dataclasses import dataclass

from tesuji.diagnose import visible


@dataclass(frozen=True, slots=True)
class Short:
    """The beginning of a text, and how many characters it goes on."""

    text: str
    left: int


def shorten(text: str, room: int) -> Short:
    """The beginning of a text that takes at most about `room` bytes of a page, once its invisible
    characters are made visible and its marks escaped.

    >>> shorten("a" * 10, 4)
    Short(text='aaaa', left=6)
    """
    size = min(len(text), max(room, 0))
    while size and (weight := weigh(text[:size])) > room:
        size = min(size - 1, size * room // weight)
    return Short(text[:size], len(text) - size)


def weigh(text: str) -> int:
    """How many bytes of a page a text takes."""
    from markupsafe import escape

    return len(escape(visible(text)).encode("utf-8", "replace"))
