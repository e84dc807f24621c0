"""Which of the numbers in a text is its final answer.

The number in the last box, else the one that follows the last marker of a final answer, else the
last of the text. After a marker: a number that stands first ("18 dollars for 3 eggs"), or, where
it begins a calculation, the result ("16 - 3 = 13"); else the last of the sentence. Arithmetic
counts as its value (2^{10}). A box that holds something else than one number has none: an interval,
a list, a multiple of pi, a root.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from tesuji.task.formats.arithmetic import arithmetic
from tesuji.task.formats.boxes import last_box
from tesuji.task.formats.ends import ends_of
from tesuji.task.formats.markers import after_last_marker, first_line
from tesuji.task.formats.numerals import Numeral, numerals, only_number, plain

Wanted = Callable[[int | float], bool]

_LEAD = re.compile(
    r"(?:[\s*_$€£¥\\(\[{\"'`~≈=:>]|(?:text|mathbf|mathrm|approximately|approx\.?|about|around"
    r"|exactly|約)(?![a-z]))*+"
)
_CALCULATION = re.compile(
    r"(?:[0-9.,+\-*/×÷()$€£¥% {}]|\\(?:times|cdot|div|left|right)(?![a-z]))*+="
)
_LONGEST_BOX = 300  # characters
# Signs that what is in a box is no number, whatever digits it has.
_NO_NUMBER = re.compile(
    r"\\pi(?![a-z])|π|\\sqrt|√|\\(?:leq?|geq?|lt|gt|in|infty|pm|cup|cap|cdots|ldots)(?![a-z])"
    r"|[<>≤≥±∞]|^\s*(?:\\left)?\s*[\[(][^()\[\]]*,[^()\[\]]*[\])]\s*$|\\\{|\b(?:or|and)\b"
    r"|=[^=]*,[^=]*="
)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]")


@lru_cache(maxsize=8)  # diagnosis asks for it, and right after it the flow's draft
def final_number(text: str, wanted: Wanted) -> int | float | None:
    """The final answer among the numbers of `text` for which `wanted` holds; None if none."""
    text = ends_of(text)
    declared = declared_number(text, wanted)
    if declared is not None:
        return declared[0]
    return _last(numerals(plain(text)), wanted)


def declared_number(text: str, wanted: Wanted) -> tuple[int | float | None] | None:
    """The number that a box or a marker declares, as a 1-tuple; None if nothing is declared.

    The tuple holds None where something is declared that is no wanted number.
    """
    content = last_box(text)
    if content is not None:
        return (_number_in_box(content, wanted),)
    tail = after_last_marker(text)
    if tail is None:
        return None
    line = first_line(tail)
    number = _number_of(line, wanted)
    if number is None and next(numerals(plain(line)), None) is None:
        number = _last(numerals(plain(tail)), wanted)  # the answer is worked out below the marker
    return (number,)


def _number_in_box(content: str, wanted: Wanted) -> int | float | None:
    if len(content) <= _LONGEST_BOX and _NO_NUMBER.search(content):
        value = arithmetic(content)  # \\sqrt{49}
        return value if value is not None and wanted(value) else None
    return _number_of(content, wanted)


def _number_of(line: str, wanted: Wanted) -> int | float | None:
    raw, line = line, plain(line).strip()
    found = list(numerals(line))
    whole = only_number(line, found)
    if whole is None:
        whole = arithmetic(raw.strip(" \t*_:："))
    if whole is None and not found:
        return None
    if whole is not None:
        return whole if wanted(whole) else None
    lead = _LEAD.match(line)
    if lead and found[0].start <= lead.end() + 1:  # + 1: the sign may be before the currency
        calculation = _CALCULATION.match(line, min(lead.end(), found[0].start))
        return _first_from(found, calculation.end() if calculation else 0, wanted)
    equals = line.rfind("=")
    if equals >= 0 and found[-1].start > equals:
        return _first_from(found, equals, wanted)
    end = next((m.start() for m in _SENTENCE_END.finditer(line, found[0].end)), len(line))
    return _last((numeral for numeral in found if numeral.start < end), wanted)


def _first_from(found: list[Numeral], start: int, wanted: Wanted) -> int | float | None:
    """The first number at or after `start`, if it is wanted."""
    value = next((numeral.value for numeral in found if numeral.start >= start), None)
    return value if value is not None and wanted(value) else None


def _last(found: Iterable[Numeral], wanted: Wanted) -> int | float | None:
    """The last wanted number; None if the one that counts cannot be read."""
    last: int | float | None = None
    for numeral in found:
        if numeral.value is None or wanted(numeral.value):
            last = numeral.value
    return last
