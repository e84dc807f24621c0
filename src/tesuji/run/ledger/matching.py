"""Text sought in texts: a substring or a regular expression, which is stopped if it takes long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from math import prod
from typing import Any, TypeAlias

from tesuji.errors import InputError
from tesuji.task.sample import Sample

Test: TypeAlias = Callable[[str], bool]

# A pattern that doubles its work with each character is told from a slow one by a single text; one
# that is merely slow on a hundred thousand texts, by all of them.
_TEXT_SECONDS = 1.0
_ALL_SECONDS = 10.0
_LONGEST = 1000  # characters of a pattern
# `regex` writes the least number of repeats out when it compiles, and no time limit holds there:
# (ab|cd){33333}, which comes to 170,000 parts, takes 0.06 s and 50 MB.
_WRITTEN_OUT = 200_000
_REPEAT = re.compile(r"\{(\d+)(?:,\d*)?\}")
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|.", re.DOTALL)
# Comments and sets within sets, which `_PART` does not know.
_UNKNOWN = re.compile(r"\(\?#|\(\?[\w-]*(?:x|V1)")
# A pattern within itself, which takes a gigabyte in a second where it begins with itself.
_RECURSION = re.compile(r"\(\?(?:R|[+-]?\d|&|P>)")
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def text_test(text: str | None, pattern: str | None) -> Test:
    """Whether a text has the substring (in upper or lower case) and fits the pattern.

    InputError for a pattern that is none. All calls of one test share a time limit.
    """
    tests: list[Test] = []
    if text:
        folded = text.casefold()
        tests.append(lambda body: folded in body.casefold())
    if pattern:
        tests.append(_pattern_test(pattern))
    if len(tests) == 1:
        return tests[0]
    return lambda body: all(test(body) for test in tests)


def _pattern_test(pattern: str) -> Test:
    compiled, left = _compile(pattern), _ALL_SECONDS

    def test(body: str) -> bool:
        nonlocal left
        began, limit = time.monotonic(), min(_TEXT_SECONDS, left)
        try:
            if limit <= 0:
                raise TimeoutError
            # Other threads may run meanwhile; the text is a str, which cannot change.
            found = compiled.search(body, timeout=limit, concurrent=True)
        except TimeoutError:
            why = "takes too long and was stopped"
            if limit < _TEXT_SECONDS:
                why = f"was stopped after {_ALL_SECONDS:g} s over all texts"
            raise InputError(
                f"the pattern {pattern!r} {why}: make it simpler; a repeat within a repeat, such "
                "as (a+)+, is the usual cause"
            ) from None
        except (MemoryError, RecursionError):
            raise InputError(
                f"the pattern {pattern!r} takes too much memory: simplify it"
            ) from None
        left -= time.monotonic() - began
        return found is not None

    return test


def _compile(pattern: str) -> Any:
    import regex

    if len(pattern) > _LONGEST:
        raise InputError(f"the pattern has {len(pattern):,} characters; {_LONGEST:,} are allowed")
    if _written_out(pattern) > _WRITTEN_OUT:
        raise InputError(f"the pattern {pattern!r} repeats something too often: use smaller counts")
    if _RECURSION.search(_ESCAPED.sub("", pattern)):
        raise InputError(f"the pattern {pattern!r} calls itself, which is not allowed here")
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise InputError(f"the pattern {pattern!r} is no regular expression: {error}") from None
    except (ValueError, KeyError, IndexError, OverflowError, MemoryError, RecursionError):
        raise InputError(
            f"the pattern {pattern!r} is no regular expression that can be used: simplify it"
        ) from None


def _written_out(pattern: str) -> int:
    """About how many parts a pattern has once its repeats are written out; never far too few."""
    if _UNKNOWN.search(pattern):  # as if all counts stood around everything
        counts = [max(1, int(count[:9])) for count in _REPEAT.findall(pattern)]
        return prod(counts) * len(pattern)
    outer: list[int] = []
    size = last = 0  # parts of this group so far, and of the last thing in it
    for part in _PART.findall(pattern):
        if part == "(":
            outer.append(size)
            size = last = 0
        elif part == ")":
            last = size + 1
            size = last + (outer.pop() if outer else 0)
        elif repeat := _REPEAT.fullmatch(part):
            more = last * max(1, int(repeat[1][:9]))
            size, last = size - last + more, more
        else:
            last = 1
            size += 1
    return size


def samples_where(samples: Iterable[Sample], field: str, value: str) -> frozenset[str]:
    """The ids of the samples whose field is this value, as text; for `Filter.ids`."""
    return frozenset(s.id for s in samples if field in s.fields and str(s.fields[field]) == value)


def samples_matching(
    samples: Iterable[Sample], field: str, *, text: str | None = None, pattern: str | None = None
) -> frozenset[str]:
    """The ids of the samples whose field has the text and fits the pattern; for `Filter.ids`.

    InputError as of `text_test`.
    """
    test = text_test(text, pattern)
    return frozenset(s.id for s in samples if field in s.fields and test(str(s.fields[field])))
