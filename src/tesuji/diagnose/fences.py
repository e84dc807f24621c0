"""Fenced code blocks."""

from __future__ import annotations

import re

from tesuji.diagnose.observation import Observation, fact

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*", re.MULTILINE)


@fact
def code_spans(seen: Observation) -> tuple[tuple[int, int], ...]:
    """The spans of fenced code blocks, fences included; one never closed lasts to the end."""
    if "```" not in seen.text and "~~~" not in seen.text:
        return ()
    marks = [match.span() for match in _FENCE.finditer(seen.text)]
    ends = [end for _, end in marks[1::2]] + [len(seen.text)]
    return tuple((start, end) for (start, _), end in zip(marks[::2], ends, strict=False))
