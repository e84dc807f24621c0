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
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tesuji.diagnose.anchors import STEP
from tesuji.diagnose.periods import LONG_PERIOD, Run, apart
from tesuji.diagnose.prompt_words import ascii_words

_UNIT = re.compile(r"[^\n.!?。！？]*[\n.!?。！？]+[ \t\u3000]*|[^\n.!?。！？]+")
_NO_LETTER = re.compile(r"[\W\d_]+")
_FENCE = re.compile("```")
_NUMBER = re.compile(r"\d+")
_SHAPES = re.compile(r"[{}();=<>|\\&$+\[\]]")
_MARKS = " \t\n0123456789.,:;!?。！？、-–—*#()[]|\"'「」\u3000"
_LEAST_TEMPLATES = 6
_MOST_LAG = 24
_MOST_UNITS = 40_000
_LEAST_LETTERS = 5
_SHORT_LINE = 14  # characters
_LEAST_TEMPLATE = 30  # letters of a unit of which one word changes; half in Chinese and Japanese


class _Page(NamedTuple):
    """A text with what must not be counted anew for each stretch of it."""

    text: str
    printed: int
    fences: list[int]


class Unit(NamedTuple):
    """A line or sentence with a letter in it: from `start` to `end`, its letters in `key`."""

    start: int
    end: int
    key: str


def may_nearly_loop(text: str, again: list[int]) -> bool:
    """Whether it is worth cutting the text into units; `again` is `anchors.places(text)`.

    Of three cycles that share most of their characters, most anchors stand again soon, equally
    far away; the units of short ones are lines, which end alike. 3 % of outputs pass.
    """
    if len(again) - again.count(-1) >= 3:
        lags = [(n, p - n * STEP) for n, p in enumerate(again) if p >= 0]
        for (first, one), (_, two), (last, three) in zip(lags, lags[1:], lags[2:], strict=False):
            if last - first <= 9 and max(one, two, three) - min(one, two, three) <= 4 + two * 0.15:
                return True
    lines = text.split("\n")
    if len(lines) < 6:
        return False
    short = [line.strip(_MARKS) for line in lines if 4 <= len(line) <= _SHORT_LINE]
    if len(short) >= 12 and len(set(short)) * 6 <= len(short):
        return True
    size = 16 if text.isascii() else 8
    tails = [line[-size:].lstrip(_MARKS) for line in lines if len(line) > size - 4]
    return len(tails) - len(set(tails)) >= 4 and bool(_lags(tails))


def near_loops(text: str) -> list[Run]:
    """The inexact loops, by start, none overlapping; whether they are failures is decided here.

    A `Run` has the mean period in characters. At most 40,000 units are looked at.
    """
    # Cheaply first: some units must end alike.
    cores = (unit.strip(_MARKS) for unit in _UNIT.findall(text))
    ends = [core[-8:] for core in cores if len(core) >= _LEAST_LETTERS]
    if len(ends) - len(set(ends)) < 2 or not _lags(ends):
        return []
    units = _units(text)
    page = _Page(text, len(text.rstrip()), [fence.start() for fence in _FENCE.finditer(text)])
    return apart((*_rounds(page, units), *_templates(page, units)))


def _lags(keys: Sequence[str]) -> list[int]:
    """How far apart keys stand again, where as many do as three cycles have."""
    last: dict[str, int] = {}
    lags: Counter[int] = Counter()
    for number, key in enumerate(keys):
        if key in last:
            lags[number - last[key]] += 1
        last[key] = number
    return [lag for lag, count in lags.items() if lag <= _MOST_LAG and count >= max(2, lag)]


def _units(text: str) -> list[Unit]:
    units: list[Unit] = []
    start = len(text) - len(text.lstrip())
    for match in _UNIT.finditer(text):
        key = _letters(match[0])
        if not key:
            continue  # "12." belongs to what it numbers
        units.append(Unit(start, match.end(), key))
        start = match.end()
        if len(units) == _MOST_UNITS:
            break
    return units


def _letters(text: str) -> str:
    if text.isascii():
        return " ".join(ascii_words(text))
    return _NO_LETTER.sub(" ", text).strip().casefold()


def _rounds(page: _Page, units: Sequence[Unit]) -> Iterator[Run]:
    """Where the same keys come round at least three times."""
    for lag in _lags([unit.key for unit in units]):
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
                yield from _round(page, units[begun:stop], lag)
                begun = None


def _round(page: _Page, units: Sequence[Unit], lag: int) -> Iterator[Run]:
    whole = len(units) // lag
    # The numbers decide how far it goes on: "x 3 = 6, x 4 = 8" is a table.
    begun = 0
    rows = [
        _numbers(page.text[units[i * lag].start : units[(i + 1) * lag - 1].end])
        for i in range(whole)
    ]
    for stop in _breaks(rows):
        part = units[begun * lag : stop * lag if stop < whole else len(units)]
        if len(part) >= 2 * lag and _is_loop(page, part, lag):
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


def _is_loop(page: _Page, units: Sequence[Unit], lag: int) -> bool:
    run = _run(units, lag)
    letters = sum(len(unit.key) for unit in units[:lag])
    if letters < _LEAST_LETTERS or run.end - run.start < 60:
        return False
    at_end = run.end >= page.printed
    cycles = len(units) / lag
    if run.period <= 24:
        needed = 8.0
    elif run.period <= 60:
        needed = 5.0 if at_end else 6.0
    elif run.period <= LONG_PERIOD:
        needed = 3.0 if at_end else 4.0
    else:
        needed = 3.0
    if cycles < needed:
        return False
    return cycles >= needed * (3 if at_end else 6) or not _is_shaped(page, run)


def _is_shaped(page: _Page, run: Run) -> bool:
    """Whether it is code, a table, JSON or a formula, which may repeat."""
    if bisect_left(page.fences, run.start) % 2:
        return True
    some = page.text[run.start : min(run.end, run.start + 2_000)]
    return len(_SHAPES.findall(some)) * 25 > len(some)


def _templates(page: _Page, units: Sequence[Unit]) -> Iterator[Run]:
    """Rows of units that share all but a word or so with their neighbour."""
    begun = 0
    for number in range(1, len(units) + 1):
        if number < len(units) and _like(units[number - 1].key, units[number].key):
            continue
        row = units[begun:number]
        if _is_template_loop(page, row):
            yield _run(row, 1)
        begun = number


def _like(one: str, two: str) -> bool:
    """Whether three quarters of both are one beginning and one end that they share."""
    short, long = sorted((len(one), len(two)))
    least = _LEAST_TEMPLATE if two.isascii() else _LEAST_TEMPLATE // 2
    if short * 4 < long * 3 or long < least:
        return False
    if one == two:
        return True
    if one[:6] != two[:6] and one[-6:] != two[-6:]:
        return False
    front = _shared(one, two)
    back = min(_shared(one[::-1], two[::-1]), short - front)
    return (front + back) * 4 >= long * 3


def _shared(one: str, two: str) -> int:
    """How many characters they begin with alike."""
    if one == two:
        return len(one)
    for number, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return number
    return min(len(one), len(two))


def _is_template_loop(page: _Page, units: Sequence[Unit]) -> bool:
    if len(units) < _LEAST_TEMPLATES or len({unit.key for unit in units}) * 2 > len(units):
        return False
    rows = [_numbers(page.text[unit.start : unit.end]) for unit in units]
    if len(list(_breaks(rows))) > len(units) // 3:  # figures that tell something each time
        return False
    return not _is_shaped(page, _run(units, 1))
