"""A demand: one checkable thing that a prompt asks of its answer, in so many words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Breach:
    """How a text breaks a demand: the reason, and the place if it has one (end exclusive)."""

    reason: str
    start: int = 0
    end: int | None = None  # None: to the end of the text
    confidence: float = 0.9


Check: TypeAlias = Callable[[str], Breach | None]
"""Judges a text; None where it keeps the demand, or where that cannot be told for sure."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is demanded, the span of the prompt that says so, and the check of a text.

    `alone` says that nothing but the demanded may stand in the answer; `keys` are
    those that an object must have.
    """

    what: str
    start: int
    end: int
    check: Check
    alone: bool = False
    keys: tuple[str, ...] = ()


Family: TypeAlias = Callable[[str], Iterator[Demand]]
"""Finds the demands of one family in a prompt. Linear time; never raises."""

_ENDS = (".", "\n", "!", "?", "。", "！", "？")
_MOST_CUES = 40  # occurrences of one cue that are looked at
_MOST_SENTENCE = 300  # characters on either side; a longer sentence is cut


def sentence_around(prompt: str, start: int, end: int) -> str:
    """The sentence in which `prompt[start:end]` stands, roughly: dots of abbreviations end it."""
    low, high = max(0, start - _MOST_SENTENCE), min(len(prompt), end + _MOST_SENTENCE)
    begin = max(prompt.rfind(mark, low, start) for mark in _ENDS)
    stops = [at for mark in _ENDS if (at := prompt.find(mark, end, high)) >= 0]
    return prompt[max(begin + 1, low) : min(stops, default=high)]


def before(prompt: str, start: int, length: int = 60) -> str:
    """What stands before `start` in the same sentence, at most `length` characters."""
    low = max(0, start - length)
    begin = max(prompt.rfind(mark, low, start) for mark in _ENDS)
    return prompt[max(begin + 1, low) : start]


@lru_cache(maxsize=1)
def lowered(prompt: str) -> str:
    """The prompt in lower case: every family asks for it, one after the other."""
    return prompt.lower()


def sought(
    pattern: re.Pattern[str], prompt: str, cue: str, back: int = 130, ahead: int = 60
) -> Iterator[re.Match[str]]:
    """The matches of `pattern` around each occurrence of `cue`, a literal in lower case.

    A pattern that begins with any of many words is slow at every word of a prompt; its cue is rare.
    """
    low = lowered(prompt)
    if len(low) != len(prompt):  # a letter that is two in lower case: offsets would be off
        yield from pattern.finditer(prompt)
        return
    at, done = low.find(cue), 0
    for _ in range(_MOST_CUES):
        if at < 0:
            return
        match = pattern.search(prompt, max(done, at - back), at + len(cue) + ahead)
        if match is not None and match.end() > match.start():
            yield match
            done = match.end()
        at = low.find(cue, max(done, at + len(cue)))


def near(
    pattern: re.Pattern[str], prompt: str, cues: str, back: int, ahead: int
) -> Iterator[re.Match[str]]:
    """The matches of `pattern` around any of the cues (words, divided by "|"), each but once."""
    low = lowered(prompt)
    told: set[int] = set()
    for cue in cues.split("|"):
        if cue in low:
            for match in sought(pattern, prompt, cue, back, ahead):
                if match.end() not in told:
                    told.add(match.end())
                    yield match
