"""Loops in which something changes from cycle to cycle: a counter, a word, spaces, punctuation.

The text is cut into units, lines and sentences, and each is reduced to its letters: digits,
punctuation, white space and case go. Where the reduced units come round again and again in the
same order the model is in a loop, unless the numbers that were taken out carry content: they may
be a counter that goes up by the same step each cycle, or stay as they are. The second sign is a
row of units that share all but a word or so with the unit before: it is a loop where the same
words fill the gap over and over, while a list brings a new one each time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tesuji.diagnose.periods import LONG_PERIOD, Run

_UNIT = re.compile(r"[^\n.!?。！？]*[\n.!?。！？]+[ \t\u3000]*|[^\n.!?。！？]+")
_NO_LETTER = re.compile(r"[\W\d_]+")
_NUMBER = re.compile(r"\d+")
_SHAPES = re.compile(r"[{}();=<>|\\&$+\[\]]")
_MARKS = " \t\n0123456789.,:;!?。！？、-–—*#()[]|\"'「」\u3000"
_MOST_LAG = 24
_MOST_UNITS = 40_000
_LEAST_LETTERS = 6
_LEAST_TEMPLATE = 30  # letters of a unit of which one word changes; half in Chinese and Japanese


class Unit(NamedTuple):
    """A line or sentence with a letter in it: from `start` to `end`, its letters in `key`."""

    start: int
    end: int
    key: str


def may_nearly_loop(text: str, again: list[int]) -> bool:
    """Whether it is worth cutting the text into units; `again` is `anchors.places(text)`.

    Of three cycles that share most of their characters, most anchors stand again soon; the units
    of short ones are lines, which end alike.
    """
    hits = len(again) - again.count(-1)
    if hits >= 3:
        at = [number for number, place in enumerate(again) if place >= 0]
        if any(later - sooner <= 9 for sooner, later in zip(at, at[2:], strict=False)):
            return True
    lines = text.split("\n")
    if len(lines) < 6:
        return False
    tails = [line[-10:] for line in lines if len(line) > 8]
    return len(tails) - len(set(tails)) >= 4


def near_loops(text: str) -> list[Run]:
    """The inexact loops, by start, none overlapping; whether they are failures is decided here.

    A `Run` has the mean period in characters. At most 40,000 units are looked at.
    """
    cores = [unit.strip(_MARKS) for unit in _UNIT.findall(text)]
    cores = [core for core in cores if len(core) > _LEAST_LETTERS]
    same = len(cores) - len(set(cores))
    if same < 2 and not _alike(cores):
        return []
    units = _units(text)
    found = sorted(
        (*_rounds(text, units), *_templates(text, units)), key=lambda run: run.start - run.end
    )
    kept: list[Run] = []
    for run in found:
        if not any(run.start < other.end and other.start < run.end for other in kept):
            kept.append(run)
    return sorted(kept, key=lambda run: run.start)


def _alike(cores: Sequence[str]) -> bool:
    """Whether some unit begins and ends like one before it: numbers may stand inside."""
    ends = [core[:8] + core[-3:] for core in cores if len(core) > 12]
    return len(ends) - len(set(ends)) >= 3


def _units(text: str) -> list[Unit]:
    units: list[Unit] = []
    start = 0
    for match in _UNIT.finditer(text):
        key = _NO_LETTER.sub(" ", match[0]).strip().casefold()
        if not key:
            continue  # "12." belongs to what it numbers
        units.append(Unit(start if start else match.start(), match.end(), key))
        start = match.end()
        if len(units) == _MOST_UNITS:
            break
    return units


def _rounds(text: str, units: Sequence[Unit]) -> Iterator[Run]:
    """Where the same keys come round at least three times."""
    last: dict[str, int] = {}
    lags: Counter[int] = Counter()
    for number, unit in enumerate(units):
        if unit.key in last:
            lags[number - last[unit.key]] += 1
        last[unit.key] = number
    for lag, count in lags.items():
        if lag > _MOST_LAG or count < max(2, lag):
            continue
        begun = None
        for number in range(lag, len(units) + 1):
            same = number < len(units) and units[number].key == units[number - lag].key
            if same and begun is None:
                begun = number - lag
            elif not same and begun is not None:
                stop = number
                if number == len(units) - 1 and units[number - lag].key.startswith(
                    units[number].key
                ):
                    stop += 1  # the token limit cut the last one
                yield from _round(text, units[begun:stop], lag)
                begun = None


def _round(text: str, units: Sequence[Unit], lag: int) -> Iterator[Run]:
    whole = len(units) // lag
    # The numbers decide how far it goes on: "x 3 = 6, x 4 = 8" is a table.
    begun = 0
    rows = [
        _numbers(text[units[i * lag].start : units[(i + 1) * lag - 1].end]) for i in range(whole)
    ]
    for stop in _breaks(rows):
        part = units[begun * lag : stop * lag if stop < whole else len(units)]
        if len(part) >= 2 * lag and _is_loop(text, part, lag):
            yield _run(part, lag)
        begun = stop


def _numbers(text: str) -> list[int]:
    return [int(number[:12]) for number in _NUMBER.findall(text)]


def _breaks(rows: Sequence[Sequence[int]]) -> Iterator[int]:
    """Where a stretch of cycles ends whose numbers stay, or count up together."""
    step: int | None = None
    for number, (one, two) in enumerate(pairwise(rows), 1):
        if len(one) != len(two):
            yield number
            step = None
            continue
        changes = {b - a for a, b in zip(one, two, strict=True)} - {0}
        if len(changes) > 1 or (changes and step is not None and changes != {step}):
            yield number
            step = None
        elif changes:
            (step,) = changes
    yield len(rows)


def _run(units: Sequence[Unit], lag: int) -> Run:
    start, end = units[0].start, units[-1].end
    period = max(1, round((end - start) * lag / len(units)))
    return Run(start, end, period, exact=False, first=units[lag - 1].end)


def _is_loop(text: str, units: Sequence[Unit], lag: int) -> bool:
    run = _run(units, lag)
    letters = sum(len(unit.key) for unit in units[:lag])
    if letters < _LEAST_LETTERS or run.end - run.start < 60:
        return False
    at_end = not text[run.end :].strip()
    cycles = len(units) / lag
    if run.period <= 24:
        needed = 8.0
    elif run.period <= 60:
        needed = 5.0 if at_end else 6.0
    elif run.period <= LONG_PERIOD:
        needed = 3.0 if at_end else 4.0
    else:
        needed = 3.0
    if _is_shaped(text, run):
        needed *= 3 if at_end else 6
    return cycles >= needed


def _is_shaped(text: str, run: Run) -> bool:
    """Whether it is code, a table, JSON or a formula, which may repeat."""
    some = text[run.start : min(run.end, run.start + 2_000)]
    return len(_SHAPES.findall(some)) * 25 > len(some) or text.count("```", 0, run.start) % 2 == 1


def _templates(text: str, units: Sequence[Unit]) -> Iterator[Run]:
    """Rows of units that share all but a word or so with their neighbour."""
    begun = 0
    gaps: list[str] = []
    for number in range(1, len(units) + 1):
        gap = _gap(units[number - 1].key, units[number].key) if number < len(units) else None
        if gap is not None:
            gaps.append(gap)
            continue
        row = units[begun:number]
        if len(row) >= 5 and _is_template_loop(text, row, gaps):
            yield _run(row, 1)
        begun, gaps = number, []


def _gap(one: str, two: str) -> str | None:
    """What stands in `two` between its shared beginning and end; None: too little is shared."""
    long = max(len(one), len(two))
    least = _LEAST_TEMPLATE if two.isascii() else _LEAST_TEMPLATE // 2
    if min(len(one), len(two)) * 4 < long * 3 or long < least:
        return None
    if one == two:
        return ""
    if one[:6] != two[:6] and one[-6:] != two[-6:]:
        return None
    front = _shared(one, two)
    back = min(_shared(one[::-1], two[::-1]), min(len(one), len(two)) - front)
    return two[front : len(two) - back] if (front + back) * 4 >= long * 3 else None


def _shared(one: str, two: str) -> int:
    """How many characters they begin with alike."""
    if one == two:
        return len(one)
    for number, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return number
    return min(len(one), len(two))


def _is_template_loop(text: str, units: Sequence[Unit], gaps: Sequence[str]) -> bool:
    run = _run(units, 1)
    if _is_shaped(text, run):
        return False
    keys = len({unit.key for unit in units})
    return len(units) >= 6 and keys * 2 <= len(units)
