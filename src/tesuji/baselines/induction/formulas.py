"""Formulas of one number: conversions and laws, their constants found by interval arithmetic.

Outputs are rounded, so that each example allows a range of the constant; the ranges' intersection
gives the constant to more digits than any one example does. Forms are tried from the simplest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite, sqrt

from tesuji.baselines.induction.solved import Solved

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_FORMS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("x", lambda x: x),
    ("x²", lambda x: x * x),
    ("√x", lambda x: sqrt(x) if x >= 0 else float("nan")),
    ("1/x", lambda x: 1 / x if x else float("nan")),
    ("x³", lambda x: x**3),
    ("1/x²", lambda x: 1 / (x * x) if x else float("nan")),
)


@dataclass(frozen=True, slots=True)
class Example:
    """One rounded measurement: y lies within `half` of the y written."""

    x: float
    y: float
    half: float


def decimals_of(text: str) -> int:
    """Digits after the point."""
    return len(text.partition(".")[2])


def read_examples(pairs: Sequence[tuple[str, str]]) -> list[Example] | None:
    """The numbers of pairs that are each one number; None where one is not."""
    found = []
    for x, y in pairs:
        if not (NUMBER.fullmatch(x) and NUMBER.fullmatch(y)) or max(len(x), len(y)) > 30:
            return None
        found.append(Example(float(x), float(y), 0.5 * 10.0 ** -_shown(pairs)))
    return found


def _shown(pairs: Sequence[tuple[str, str]]) -> int:
    """The decimals that outputs are rounded to: the most that one shows."""
    return max(decimals_of(y) for _, y in pairs)


def scale(examples: Sequence[Example], form: Callable[[float], float]) -> float | None:
    """The k of y = k·form(x) that every rounded example allows; None: there is none.

    The inputs may be rounded too, by as much as the outputs: where the plain ranges have nothing
    in common, ranges widened by that are tried.
    """
    for slack in (0.0, 0.5):
        low, high = float("-inf"), float("inf")
        for one in examples:
            unit = form(one.x)
            if not isfinite(unit) or unit == 0:
                if abs(one.y) > one.half:
                    return None
                continue
            more = slack * abs(form(one.x * 1.001) - unit) * abs(one.y / unit)
            ends = sorted(((one.y - one.half - more) / unit, (one.y + one.half + more) / unit))
            low, high = max(low, ends[0]), min(high, ends[1])
        if low <= high and isfinite(low) and isfinite(high):
            return (low + high) / 2
    return None


def line(examples: Sequence[Example]) -> tuple[float, float] | None:
    """(a, b) of y = a·x + b through all examples (at least three), within their rounding."""
    count = len(examples)
    mean_x = sum(e.x for e in examples) / count
    mean_y = sum(e.y for e in examples) / count
    spread = sum((e.x - mean_x) ** 2 for e in examples)
    if count < 3 or spread == 0:
        return None
    a = sum((e.x - mean_x) * (e.y - mean_y) for e in examples) / spread
    b = mean_y - a * mean_x
    near = all(abs(a * e.x + b - e.y) <= 2 * e.half + 1e-9 for e in examples)
    return (a, b) if near else None


def written(value: float, pairs: Sequence[tuple[str, str]]) -> str:
    """A number as the examples write theirs: decimals, and whether zeros end it."""
    shown = _shown(pairs)
    text = str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-shown), ROUND_HALF_UP))
    if shown and len({decimals_of(y) for _, y in pairs}) > 1:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def solve_formula(pairs: Sequence[tuple[str, str]], question: str) -> Solved | None:
    """The question's number; sure where at least two examples bear one simple form out."""
    examples = read_examples(pairs)
    if examples is None or not NUMBER.fullmatch(question) or len(question) > 30 or not examples:
        return None
    x = float(question)
    several = len({e.x for e in examples}) > 1
    for name, form in _FORMS:
        k = scale(examples, form)
        if k is not None and isfinite(form(x)):
            answer = written(k * form(x), pairs)
            return Solved(answer, several, f"y = {name}" if k == 1 else f"y = {k:.6g}·{name}")
    found = line(examples)
    if found is not None:
        a, b = found
        answer = written(a * x + b, pairs)
        return Solved(answer, len(examples) > 3, f"y = {a:.6g}·x {b:+.6g}")
    return None
