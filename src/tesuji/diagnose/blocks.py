"""A long block that stands twice in a row, with next to nothing between: "1. … 2. …" with the same
words under both numbers is no exact period, and with two cycles no pattern of sentences either. As
with exact periods, shorter blocks need a third cycle: verses, stanzas and rubrics come twice.
"""

from __future__ import annotations

from tesuji.diagnose.periods import LONG_PERIOD, Run

_ANCHOR = 48
_STEP = 150  # a block of 500 holds three anchors
_MOST_TRIED = 8  # anchors that stand again
_MOST_BETWEEN = 60  # characters: a number, a rule, a heading
_MOST = 20_000  # characters of a text that are looked at


def repeated_block(text: str) -> Run | None:
    """The first block of at least 500 characters that is said again at once.

    >>> block = "".join(f"Sentence {n} is about {n * n}. " for n in range(25))
    >>> run = repeated_block(f"1. {block}\\n\\n2. {block}")
    >>> run is not None and run.period - len(block) < 10
    True
    """
    text, tried = text[:_MOST], 0
    for at in range(0, len(text) - LONG_PERIOD, _STEP):
        anchor = text[at : at + _ANCHOR]
        again = text.find(anchor, at + _ANCHOR)
        if again < 0:
            continue
        tried += 1
        if tried > _MOST_TRIED:
            return None
        start, other = _back(text, at, again)
        end = _forth(text, at, again)
        size = end - start
        if size >= LONG_PERIOD and 0 <= other - end <= _MOST_BETWEEN:
            return Run(start, other + size, other - start, exact=False, first=end)
    return None


def _back(text: str, left: int, right: int) -> tuple[int, int]:
    while left > 0 and text[left - 1] == text[right - 1]:
        left, right = left - 1, right - 1
    return left, right


def _forth(text: str, left: int, right: int) -> int:
    while right < len(text) and text[left] == text[right]:
        left, right = left + 1, right + 1
    return left
