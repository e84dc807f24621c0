"""Degenerate repetition: the model says the same thing over and over.

What counts is decided on exact periodic runs (see `periods`). Refrains, tables, rules, code,
laughter and long numbers repeat too, so the shorter and the poorer the cycle, the more of it is
asked for; a run that lasts to the end of the text is far more often a loop than one that the
model left by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from unicodedata import category

from tesuji.diagnose.finding import Finding
from tesuji.diagnose.observation import Observation, fact
from tesuji.diagnose.periods import LONG_PERIOD, SHORTEST, Run, periodic_runs

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)


def is_loop(text: str, run: Run, *, at_end: bool, cut: bool, in_code: bool) -> bool:
    """Whether a run is a failure. `at_end`: it lasts to the end of the text, `cut`: that was the
    token limit, `in_code`: it starts inside a code fence.

    The least that is asked for, by what the cycle is:

    * marks and spaces only (rules, leaders, empty tables, ASCII art): 400 characters; a rule or a
      table head is rarely wider than 200
    * digits and marks (recurring decimals, bit strings, rows of zeros): 200 characters
    * up to 4 characters (laughter, screams, "la la la", emoji, U+FFFD): 100 characters
    * up to 12, a word: 8 cycles, or 5 to the end of the text
    * up to 60, a clause or a line of verse: 6 cycles, 4 to the end, 3 to the token limit
    * up to 500, a sentence or more: 3 cycles; above, 2

    Table rows, and code unless it runs to the end of the text, need twice as many.
    """
    cycle = text[run.start : run.start + run.period]
    length = run.end - run.start
    if any(_is_picture(char) for char in cycle) and run.period <= 4:
        return length >= 100
    if not any(char.isalnum() for char in cycle):
        return length >= 400
    if not any(char.isalpha() for char in cycle):
        return length >= 200
    if run.period <= 4:
        return length >= 100
    cycles = _cycles_needed(run.period, at_end, at_end and cut)
    if "|" in cycle or (in_code and not at_end):
        cycles *= 2
    return run.cycles >= cycles


def _is_picture(char: str) -> bool:
    """Emoji, and U+FFFD; not the box-drawing characters, of which rules are made."""
    return category(char) == "So" and not "\u2500" <= char <= "\u25ff"


def _cycles_needed(period: int, at_end: bool, at_limit: bool) -> int:
    if period <= 12:
        return 5 if at_end else 8
    if period <= 60:
        return 3 if at_limit else 4 if at_end else 6
    return 3 if period <= LONG_PERIOD else 2


@fact
def loops(seen: Observation) -> list[Run]:
    """The runs that are failures, by start, none overlapping: of two, the longer is kept."""
    text = seen.text
    runs = periodic_runs(text)
    if not runs:
        return []
    printed = len(text.rstrip())
    fences = [match.start() for match in _FENCE.finditer(text)]
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: run.start - run.end):
        if any(run.start < other.end and other.start < run.end for other in kept):
            continue
        at_end = run.end >= printed
        in_code = bisect_left(fences, run.start) % 2 == 1
        if is_loop(text, run, at_end=at_end, cut=seen.finish == "length", in_code=in_code):
            kept.append(run)
    return sorted(kept, key=lambda run: run.start)


def detect_loop(seen: Observation) -> Iterator[Finding]:
    """Each loop, from its onset to its end; the period is in the evidence."""
    if len(seen.text) < SHORTEST:
        return
    for run in loops(seen):
        cycle = seen.text[run.start : run.start + run.period]
        shown = cycle if len(cycle) <= 60 else cycle[:57] + "…"
        yield Finding(
            "loop",
            run.start,
            run.end,
            f"{shown!r} {run.cycles:.1f} times from {run.start}, period {run.period}",
            fix="loop",
        )


def clean_loop(seen: Observation) -> str:
    """With one cycle of each loop. A cut cycle at the end of the text goes too."""
    while found := loops(seen):
        text = seen.text
        printed = len(text.rstrip())
        pieces, position = [], 0
        for run in found:
            pieces.append(text[position : run.start + run.period])
            whole = (run.end - run.start) // run.period * run.period
            position = len(text) if run.end >= printed else run.start + whole
        seen = replace(seen, text="".join(pieces) + text[position:])
    return seen.text
