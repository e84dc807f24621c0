"""What a prompt demands of its answer, as far as that can be checked for sure.

One module a family; each has literal cues, so that a prompt without any costs a few microseconds,
and patterns for whole families of wordings. A prompt that is not clear yields no demand. The
families are those of IFEval (https://arxiv.org/abs/2311.07911) and its Japanese sister, with
structure (JSON, CSV, tables, lists) and bare answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from tesuji.diagnose.demands import (
    amounts,
    amounts_cjk,
    answers,
    ends,
    letters,
    marks,
    structure,
    wording,
)
from tesuji.diagnose.demands.demand import Breach, Check, Demand, Family

__all__ = ["Breach", "Check", "Demand", "demands"]

_ENGLISH: tuple[tuple[tuple[str, ...], Family], ...] = (
    (structure.CUES, structure.find),
    (answers.CUES, answers.find),
    (amounts.CUES, amounts.find),
    (letters.CUES, letters.find),
    (wording.CUES, wording.find),
    (marks.CUES, marks.find),
    (ends.CUES, ends.find),
)
_CJK: tuple[tuple[tuple[str, ...], Family], ...] = (
    (structure.CJK_CUES, structure.find_cjk),
    (answers.CJK_CUES, answers.find_cjk),
    (amounts_cjk.CUES, amounts_cjk.find),
    (letters.CJK_CUES, letters.find_cjk),
    (wording.CJK_CUES, wording.find_cjk),
    (marks.CJK_CUES, marks.find_cjk),
    (ends.CJK_CUES, ends.find_cjk),
)
_WRITTEN_IN_CJK = ("。", "、", "，", "の", "的", "：", "を")
_REPEATS = "repeats the request first"
_FORBIDS = ("no ", "forbidden", "all lower", "all upper", "only ", "exactly", "at most")
_HEAD, _TAIL = 1_500, 3_000  # demands stand around a long document, not in its middle


@lru_cache(maxsize=4_096)
def demands(prompt: str) -> tuple[Demand, ...]:
    """The demands that `prompt` makes in so many words, each with the span that says so.

    >>> [d.what for d in demands("Describe the sea in exactly 2 sentences.")]
    ['exactly 2 sentences']
    """
    found = _around(prompt)
    if any(demand.what == _REPEATS for demand in found):
        # What the request itself says must then be in the answer.
        return tuple(demand for demand in found if not demand.what.startswith(_FORBIDS))
    return found


def _around(prompt: str) -> tuple[Demand, ...]:
    if len(prompt) > _HEAD + _TAIL:
        cut = len(prompt) - _TAIL
        tail = (
            replace(demand, start=demand.start + cut, end=demand.end + cut)
            for demand in _found(prompt[cut:])
        )
        return (*_found(prompt[:_HEAD]), *tail)
    return tuple(_found(prompt))


def _found(prompt: str) -> Iterator[Demand]:
    if prompt.isascii():
        yield from _of(_ENGLISH, prompt, prompt.lower())
        return
    if " the " in prompt or " a " in prompt or " in " in prompt:
        yield from _of(_ENGLISH, prompt, prompt.lower())
    if any(mark in prompt for mark in _WRITTEN_IN_CJK):
        yield from _of(_CJK, prompt, prompt)


def _of(
    families: tuple[tuple[tuple[str, ...], Family], ...], prompt: str, cased: str
) -> Iterator[Demand]:
    for cues, find in families:
        for cue in cues:
            if cue in cased:
                yield from find(prompt)
                break
