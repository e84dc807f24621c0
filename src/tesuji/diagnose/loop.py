"""Degenerate repetition: the model says the same thing over and over.

What counts is decided here for exact periodic runs, which `anchors` finds, and in `near_loops` for
those in which something changes from cycle to cycle. Refrains, tables, rules, code,
laughter and long numbers repeat too, so the shorter and the poorer the cycle, the more of it is
asked for; a run that lasts to the end of the text is far more often a loop than one that the
model left by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from unicodedata import category

from tesuji.diagnose.anchors import TooManyPlacesError, anchored_runs, places
from tesuji.diagnose.blocks import repeated_block
from tesuji.diagnose.finding import Finding
from tesuji.diagnose.lagged import lagged_loop
from tesuji.diagnose.near_loops import may_nearly_loop, near_loops
from tesuji.diagnose.observation import Observation, fact
from tesuji.diagnose.periods import LONG_PERIOD, SHORTEST, Run, apart, periodic_runs
from tesuji.diagnose.prompt_words import words_in

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_MOST_PROMPT = 4_000


def is_loop(text: str, run: Run, *, at_end: bool, cut: bool, in_code: bool) -> bool:
    """Whether a run is a failure. `at_end`: it lasts to the end of the text, `cut`: that was the
    token limit, `in_code`: it starts inside a code fence.

    The least that is asked for, by what the cycle is:

    * marks and spaces only (rules, leaders, empty tables, ASCII art): 400 characters; a rule or a
      table head is rarely wider than 200
    * digits and marks (recurring decimals, bit strings, rows of zeros): 200 characters
    * up to 4 characters (laughter, screams, "la la la", emoji, U+FFFD): 100 characters
    * up to 12, a word: 8 cycles, or 5 to the end of the text
    * up to 60, a clause or a line of verse: 6 cycles, 4 to the end, 3 to the token limit, or to
      the end where the cycle has two lines and 40 characters
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
    # Two lines or more (an exchange, a list item with its text) are no refrain of three words.
    exchange = at_end and run.period >= 40 and "\n" in cycle.strip()
    cycles = _cycles_needed(run.period, at_end, (at_end and cut) or exchange)
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


# What asks for the same thing many times: "write it 100 times", 10回繰り返して, 重复十遍.
_DEMANDED = re.compile(
    r"\b(?:repeat|say|write|print|type|output|sing|chant|copy|recite)\b"
    # "the word should appear 3 times" asks for no row of it
    r"(?:(?!\b(?:appear|occur|letter|than|least|most|includ))[^\n]){0,160}?"
    r"\b(?:\d+|ten|twenty|fifty|(?:a )?hundred|(?:a )?thousand|many) times\b"
    r"|\bover and over\b"
    r"|\brepeat (?:the|this|it|that|my|your|after) [^\n]{0,60}\b(?:until|forever)\b",
    re.IGNORECASE,
)
_DEMANDED_CJK = re.compile(
    r"[0-9０-９一二三四五六七八九十百千何]+\s*[回遍][^\n]{0,12}(?:繰り?返|くりかえ|書[いくけこ]|言[いうえっ]|唱|写)"
    r"|(?:繰り?返し?て|くりかえして)|重[复復复][^\n]{0,20}[次遍回]"
    r"|[写寫说說念抄][^\n]{0,12}[0-9一二三四五六七八九十百千]+\s*[遍次]"
)
_REPEATING = frozenset(("times", "over", "repeat"))  # of which an English demand has one


@lru_cache(maxsize=512)
def asks_for_repetition(prompt: str) -> bool:
    """Whether the prompt wants something said many times."""
    prompt = prompt[-_MOST_PROMPT:]
    if not prompt.isascii() and _DEMANDED_CJK.search(prompt):
        return True
    return not _REPEATING.isdisjoint(words_in(prompt)) and bool(_DEMANDED.search(prompt))


@fact
def loops(seen: Observation) -> list[Run]:
    """The runs that are failures, by start, none overlapping: of two, the longer is kept."""
    text = seen.text
    if len(text) < SHORTEST:
        return []
    again = places(text)
    try:
        runs = anchored_runs(text, again)
    except TooManyPlacesError:
        runs = periodic_runs(text)
    kept = _exact(seen, runs) if runs else []
    # Beside an exact loop, inexact ones tell nothing more.
    if not kept and may_nearly_loop(text, again):
        kept = near_loops(text)
    if not kept:
        kept = [run for run in (_lagged(seen, again), repeated_block(text)) if run][:1]
    if not kept or asks_for_repetition(seen.prompt):
        return []
    return kept


def _lagged(seen: Observation, again: list[int]) -> Run | None:
    run = lagged_loop(seen.text, again, printed=len(seen.text.rstrip()))
    if run is None or (bisect_left(_fences(seen.text), run.start) % 2 and run.cycles < 12):
        return None
    return run


def _fences(text: str) -> list[int]:
    return [match.start() for match in _FENCE.finditer(text)]


def _exact(seen: Observation, runs: list[Run]) -> list[Run]:
    text, cut = seen.text, seen.finish == "length"
    printed = len(text.rstrip())
    fences = _fences(text)

    def wanted(run: Run) -> bool:
        in_code = bisect_left(fences, run.start) % 2 == 1
        return is_loop(text, run, at_end=run.end >= printed, cut=cut, in_code=in_code)

    return apart(runs, wanted)


def detect_loop(seen: Observation) -> Iterable[Finding]:
    """Each loop, from its onset to its end; period and cycles are in the evidence."""
    found = loops(seen)
    return [_finding(seen.text, run) for run in found] if found else ()


def _finding(text: str, run: Run) -> Finding:
    cycle = text[run.start : run.start + run.period]
    shown = cycle if len(cycle) <= 60 else cycle[:57] + "…"
    about = "" if run.exact else "nearly the same, "
    return Finding(
        "loop",
        run.start,
        run.end,
        f"{shown!r} {run.cycles:.1f} times from {run.start}, {about}period {run.period}",
        1.0 if run.exact else 0.8,
        "loop",
    )


def clean_loop(seen: Observation) -> str:
    """With one cycle of each loop. A cut cycle at the end of the text goes too."""
    while found := loops(seen):
        text = seen.text
        printed = len(text.rstrip())
        pieces, position = [], 0
        for run in found:
            pieces.append(text[position : run.first_end])
            whole = (run.end - run.start) // run.period * run.period
            ends = run.start + whole if run.exact else run.end
            position = len(text) if run.end >= printed else ends
        seen = replace(seen, text="".join(pieces) + text[position:])
    return seen.text
