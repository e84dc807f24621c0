"""What the opening phrases of every language are built from.

Each pattern matches one whole opening segment (a phrase or a sentence) with the white space after
it, from a given position. They are anchored, and every gap in them is bounded and never nested in
a repetition, so that a match costs a bounded number of steps on any text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

EMOJI = r"(?:[ ]?[\u2600-\u27bf\U0001f300-\U0001faff][\ufe0f\u200d]?){0,4}"
# Markup that closes a bold opening ("**Sure!** …") goes with it; markup that opens what follows
# stays.
SPACE = r"(?:[*_]{1,3}(?=\s))?" + EMOJI + r"\s*"
# Up to a colon, within a sentence ("C.1" and "e.g.x" have stops inside).
CLAUSE = r"(?:[^\n:.!?\"“]|[\"“][^\n\"”]{0,100}[\"”]|[.!?](?=[^\s\"'*)])){0,240}"


class Segment(NamedTuple):
    """A way to open an answer: of which kind, by which first words (none: by any), how."""

    kind: str
    words: str
    pattern: str


def segment(kind: str, words: str, *alternatives: str) -> Segment:
    """A segment from its alternative patterns; `words` are its first words, lower case."""
    return Segment(kind, words, "(?:" + "|".join(alternatives) + ")" + SPACE)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A segment's pattern, compiled when first needed."""
    return re.compile(pattern, re.IGNORECASE)
