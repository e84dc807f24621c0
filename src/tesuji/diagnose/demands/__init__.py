"""What a prompt demands of its answer, as far as that can be checked for sure.

One module a family; each has cues, words of which a prompt with such a demand must hold one, so
that a prompt without any costs a few microseconds, and patterns for whole families of wordings. A
prompt that is not clear yields no demand. The families are those of IFEval
(https://arxiv.org/abs/2311.07911) and its sisters in other languages, with structure (JSON, CSV,
tables, lists) and bare answers.
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
    romance,
    romance_marks,
    structure,
    wording,
)
from tesuji.diagnose.demands.demand import Breach, Check, Demand, Family

__all__ = ["Breach", "Check", "Demand", "demands"]

_ENGLISH: tuple[tuple[frozenset[bytes], frozenset[bytes], Family], ...] = tuple(
    (frozenset(cues.encode().split()), frozenset(beside.encode().split()), find)
    for cues, beside, find in (
        (structure.CUES, "", structure.find),
        (answers.CUES, "", answers.find),
        (amounts.CUES, "", amounts.find),
        (letters.CUES, "", letters.find),
        (wording.CUES, "", wording.find),
        (marks.CUES, "", marks.find),
        (ends.CUES, ends.BESIDE, ends.find),
        (romance.CUES, romance.BESIDE, romance.find),
        (romance.CUES, romance.BESIDE, romance_marks.find),
    )
)
_ENGLISH_CUES = frozenset[bytes]().union(*(cues for cues, _, _ in _ENGLISH))
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
# Bytes of UTF-8 to lower case; all but ASCII letters and digits divide words.
_LOWER = bytes(
    byte + 32 if 65 <= byte <= 90 else byte if 48 <= byte <= 57 or 97 <= byte <= 122 else 32
    for byte in range(256)
)


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
    # Words as bytes: three times as fast as words of text, and what is no ASCII divides them.
    words = prompt.encode("utf-8", "surrogatepass").translate(_LOWER).split()
    said = _ENGLISH_CUES.intersection(words)
    if said:
        for cues, beside, find in _ENGLISH:
            if not cues.isdisjoint(said) and not (beside and beside.isdisjoint(words)):
                yield from find(prompt)
    if not prompt.isascii() and any(map(prompt.__contains__, _WRITTEN_IN_CJK)):
        for literals, find in _CJK:
            if any(map(prompt.__contains__, literals)):
                yield from find(prompt)
