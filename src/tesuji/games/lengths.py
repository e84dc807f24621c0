"""Numbers in questions: "more than five letters", "two words", "an even number of characters"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

Holds: TypeAlias = Callable[[int], bool]

_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen", "twenty",
)  # fmt: skip
_NUMBERS = {word: number for number, word in enumerate(_WORDS)}
_N = rf"(\d{{1,3}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_UNIT = r"(?:letter|character|word)s?"


def compared(question: str) -> tuple[str, Holds] | None:
    """The unit ("letter", "character" or "word") that a question counts, and the counts for which
    its answer is yes; None: it counts nothing.

    >>> unit, holds = compared("Does it consist of at least two words?")
    >>> unit, holds(1), holds(2)
    ('word', False, True)
    """
    text = question.lower()
    unit = re.search(r"\b(letter|character|word)s?\b", _without_one_word(text))
    for pattern, make in _COMPARED:
        found = pattern.search(text)
        if found:
            named = re.search(_UNIT, found[0])
            if named is None and unit is None and not _of_keyword(text, found.end()):
                return None
            which = named[0] if named else unit[1] if unit else "letter"
            numbers = [_number(group) for group in found.groups() if group]
            return which.rstrip("s"), make(numbers)
    return None


def _of_keyword(text: str, end: int) -> bool:
    """Whether a bare number can only be one of letters: "Is the keyword longer than 6?"."""
    return (
        re.search(r"\b(?:keyword|word|name|answer)\b", text) is not None
        and re.search(r"\b(?:long|longer|shorter|length)\b", text) is not None
        and re.fullmatch(r"(?: long)?\W*", text[end:]) is not None
    )


def _without_one_word(text: str) -> str:
    """Without "the word" that stands for the keyword itself."""
    return re.sub(r"\b(?:the|this|secret|key) word\b", "", text)


def _number(text: str) -> int:
    return _NUMBERS[text] if text in _NUMBERS else int(text)


def _compared(pattern: str, make: Callable[[list[int]], Holds]) -> tuple[
    re.Pattern[str], Callable[[list[int]], Holds]
]:  # fmt: skip
    return re.compile(pattern), make


_OF_UNIT = rf"(?: different| total)? {_UNIT}\b"
_LENGTH = (
    r"(?:longer|shorter|length|long|number of (?:letters|characters|words)|letter count|word count)"
)
_COMPARED = (
    _compared(rf"\bbetween {_N} (?:and|to) {_N}(?:{_OF_UNIT})?",
              lambda n: lambda count: n[0] <= count <= n[1]),
    _compared(rf"\b{_N} (?:to|or|-) {_N}{_OF_UNIT}",
              lambda n: lambda count: n[0] <= count <= n[1]),
    _compared(rf"\b(?:no|not) (?:more|longer) than {_N}\b(?:{_OF_UNIT})?",
              lambda n: lambda count: count <= n[0]),
    _compared(rf"\b(?:no|not) (?:less|fewer|shorter) than {_N}\b(?:{_OF_UNIT})?",
              lambda n: lambda count: count >= n[0]),
    _compared(rf"\b(?:more|longer|greater|larger|over|above|exceeds?)(?: than)? {_N}\b"
              rf"(?:{_OF_UNIT})?",
              lambda n: lambda count: count > n[0]),
    _compared(rf"\b(?:fewer|less|shorter|smaller|under|below)(?: than)? {_N}\b(?:{_OF_UNIT})?",
              lambda n: lambda count: count < n[0]),
    _compared(rf"\b(?:at least|minimum of) {_N}\b(?:{_OF_UNIT})?",
              lambda n: lambda count: count >= n[0]),
    _compared(rf"\b(?:at most|up to|maximum of) {_N}\b(?:{_OF_UNIT})?",
              lambda n: lambda count: count <= n[0]),
    _compared(rf"\b{_N}(?:{_OF_UNIT})? or (?:more|longer|greater)(?:{_OF_UNIT})?",
              lambda n: lambda count: count >= n[0]),
    _compared(rf"\b{_N}(?:{_OF_UNIT})? or (?:fewer|less|shorter)(?:{_OF_UNIT})?",
              lambda n: lambda count: count <= n[0]),
    _compared(r"\beven (?:number|amount|count|length)\b|\beven\W*$",
              lambda n: lambda count: count % 2 == 0),
    _compared(r"\bodd (?:number|amount|count|length)\b|\bodd\W*$",
              lambda n: lambda count: count % 2 == 1),
    _compared(r"\b(?:multiple|several|many) words\b|\bmulti-?word\b",
              lambda n: lambda count: count > 1),
    _compared(r"\b(?:a |just a |only a )?single[ -]word\b", lambda n: lambda count: count == 1),
    _compared(rf"\b{_N}(?: separate| different|-)? ?{_UNIT}\b",
              lambda n: lambda count: count == n[0]),
    _compared(rf"\b{_LENGTH}\b[^?]*?\b(?:is|equals?|equal to|of|exactly|=)\s+{_N}\b",
              lambda n: lambda count: count == n[0]),
)  # fmt: skip
