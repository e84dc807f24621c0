r"""The content of `\boxed{...}` in a text, as LaTeX groups it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# `\\{1,2}`: outputs that went through JSON twice carry a doubled backslash.
_TOKEN = re.compile(r"(?P<box>\\{1,2}(?:boxed|fbox)[ \t]{0,3}\{)|\\.|[{}]", re.DOTALL)
_BARE = re.compile(r"\\{1,2}boxed[ \t]{1,3}(?P<content>[^\s{$\\][^\n$\\]{0,200})")


@dataclass(frozen=True, slots=True)
class Box:
    """A box: where it starts in the text, and what is in it."""

    start: int
    content: str


def boxes(text: str) -> list[Box]:
    r"""The outermost balanced `\boxed{...}` and `\fbox{...}`, then `\boxed 5`, by position.

    One pass with a stack of open braces: linear however unbalanced the braces are.
    """
    if "box" not in text:
        return []
    spans: list[tuple[int, int, int]] = []
    stack: list[tuple[int, int]] = []  # (start of the box or -1 for a plain brace, content start)
    for match in _TOKEN.finditer(text):
        if match["box"]:
            stack.append((match.start(), match.end()))
        elif match[0] == "{":
            stack.append((-1, match.end()))
        elif match[0] == "}" and stack:
            start, content = stack.pop()
            if start >= 0:
                while spans and spans[-1][0] > start:
                    spans.pop()  # it was nested in this one
                spans.append((start, content, match.start()))
    found = [Box(start, text[begin:end].strip()) for start, begin, end in spans]
    bare = [Box(m.start(), m["content"].strip().rstrip(".")) for m in _BARE.finditer(text)]
    return sorted([*found, *bare], key=lambda box: box.start)


def last_box(text: str) -> str | None:
    """The content of the last box that has any; a box in a box is opened too. None if none."""
    content: str | None = None
    for _ in range(8):
        inner = next((box.content for box in reversed(boxes(text)) if box.content), None)
        if inner is None:
            break
        content = text = inner
    return content
