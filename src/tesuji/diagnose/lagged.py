"""Loops whose cycles are of one length and differ in a letter or so: typing that drifts.

Sentences that change inside are strange to each other, and no stretch is periodic; but most
characters stand again at one and the same distance. Digits that change are content more often
than not, so cycles with such are left to `near_loops`, which can count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from operator import ne

from tesuji.diagnose.anchors import STEP
from tesuji.diagnose.periods import LONG_PERIOD, Run

_SHORTEST_CYCLE = 20  # characters
_LEAST_LETTERS = 12  # of a cycle
_LEAST_ALIKE = 0.9  # of the characters of two cycles
_LEAST_CYCLES = 4
_MOST_LAGS = 3
_FIRST = 64  # characters of two cycles that are compared first
_MOST = 20_000  # characters that are looked at


def lagged_loop(text: str, again: list[int], *, printed: int) -> Run | None:
    """The first run of cycles that are nearly alike; `again` is `anchors.places(text)`, `printed`
    where the text ends but for white space.

    Six cycles make a loop, four where they go on to the end of the text.

    >>> from tesuji.diagnose.anchors import places
    >>> text = "".join(f"The {letter}at is on the mat, they say. " for letter in "bcfhmprst")
    >>> run = lagged_loop(text, places(text), printed=len(text))
    >>> run is not None and run.period
    33
    """
    if len(again) - again.count(-1) < 2:
        return None
    lags = Counter(place - number * STEP for number, place in enumerate(again) if place >= 0)
    longest = min(LONG_PERIOD, len(text) // _LEAST_CYCLES)
    for lag, count in lags.most_common(_MOST_LAGS):
        if count < 2 or not _SHORTEST_CYCLE <= lag <= longest:
            continue
        for start, end in _stretches(text[:_MOST], lag):
            needed = _LEAST_CYCLES if end + lag > printed else 6
            if end - start >= needed * lag and _has_letters(text[start : start + lag]):
                return Run(start, end, lag, exact=False, first=start + lag)
    return None


def _stretches(text: str, lag: int) -> Iterator[tuple[int, int]]:
    """Where each cycle is nearly the one before: from the first character to the last."""
    begun: int | None = None
    at = 0
    while at + 2 * lag <= len(text):
        one, two = text[at : at + lag], text[at + lag : at + 2 * lag]
        if _alike(one, two):
            begun = at if begun is None else begun
        elif begun is not None:
            yield begun, at + lag
            begun = None
        at += lag
    if begun is not None:
        rest = text[at + lag :]
        yield begun, len(text) if _alike(text[at : at + len(rest)], rest) else at + lag


def _alike(one: str, two: str) -> bool:
    if one == two:
        return True
    most = len(one) * (1 - _LEAST_ALIKE)
    # What is strange is so from the first characters on.
    if sum(map(ne, one[:_FIRST], two)) > most or sum(map(ne, one, two)) > most:
        return False
    return not any(a != b and (a.isdigit() or b.isdigit()) for a, b in zip(one, two, strict=True))


def _has_letters(cycle: str) -> bool:
    return sum(map(str.isalpha, cycle)) >= _LEAST_LETTERS and "|" not in cycle
