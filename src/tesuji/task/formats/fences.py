"""Fenced code blocks in a text, after CommonMark 0.31 §4.5."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN = re.compile(r"[ \t]{0,12}(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its first info word in lower case, its text, and if its fence is closed."""

    language: str
    text: str
    closed: bool
    start: int
    end: int


def blocks(text: str) -> list[Block]:
    """The fenced blocks of `text`; a last one that is never closed reaches to the end.

    Line ends become \\n. A fence of n marks is closed by a line of n or more of the same mark.
    """
    if "```" not in text and "~~~" not in text:
        return []
    found: list[Block] = []
    lines: list[str] = []
    mark, language, start, position = "", "", 0, 0
    for raw in text.split("\n"):
        line = raw.rstrip("\r")
        end = min(position + len(raw) + 1, len(text))
        if not mark:
            opening = _OPEN.match(line)
            if opening:
                words = opening["info"].split()
                mark, language = opening["mark"], words[0].lower().strip("{}.") if words else ""
                lines, start = [], position
        elif line.strip().startswith(mark) and not line.strip().strip(mark[0]):
            found.append(Block(language, "\n".join(lines), True, start, end))
            mark = ""
        else:
            lines.append(line)
        position += len(raw) + 1
    if mark:
        found.append(Block(language, "\n".join(lines), False, start, len(text)))
    return found
