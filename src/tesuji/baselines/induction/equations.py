"""Hidden arithmetic: `12*34 = 805`, where the sign stands for an unknown operation.

A puzzle has one way of reading numbers for all its equations, and one operation for each sign.

    as written       34-12 = 22
    digits reversed  each number, and the result, are written backwards: 43-21 → 22
    line reversed    the whole line is written backwards, so that a minus stands at the end

Which rules fit is decided by the examples; how plausible each was beforehand by `priors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from tesuji.baselines.induction.priors import FAMILY_OF, STYLES, Prior
from tesuji.baselines.induction.solved import Ballot, Solved


@dataclass(frozen=True, slots=True)
class Equation:
    """`left` `sign` `right` = `result`; two characters on either side of the sign."""

    left: str
    sign: str
    right: str
    result: str = ""


def read(line: str, result: str = "") -> Equation | None:
    """An equation of two two-character numbers; None where the line is none."""
    if len(line) != 5 or any(c.isspace() for c in line):
        return None
    return Equation(line[:2], line[2], line[3:], result)


@lru_cache(maxsize=1)
def grids() -> dict[str, Any]:
    """The value of each arithmetic operation for all a and b from 0 to 99: int arrays [a, b].

    Where there is no value (a division by zero) the cell holds -100000.
    """
    import numpy as np

    a, b = np.meshgrid(np.arange(100), np.arange(100), indexing="ij")
    smaller, larger = np.minimum(a, b), np.maximum(a, b)
    rest = np.where(smaller > 0, larger % np.maximum(smaller, 1), -100_000)
    values = {
        "a+b": a + b, "a+b+1": a + b + 1, "a+b-1": a + b - 1,
        "a-b": a - b, "|a-b|": abs(a - b), "-|a-b|": -abs(a - b), "larger mod smaller": rest,
        "a*b": a * b, "a*b+1": a * b + 1, "a*b-1": a * b - 1,
    }  # fmt: skip
    return {name: value.astype(np.int32) for name, value in values.items()}


def joined(equation: Equation, style: str, name: str) -> str:
    """The result of writing the numbers side by side."""
    swapped = (name == "ba") != (style == "digits reversed")
    if swapped:
        return equation.right + equation.left
    return equation.left + equation.right


def result_of(equation: Equation, style: str, name: str) -> str | None:
    """The result of an equation in plain digits under an operation; None: it has none."""
    if FAMILY_OF[name] == "join":
        return joined(equation, style, name)
    left, right = equation.left, equation.right
    if style != "as written":
        left, right = left[::-1], right[::-1]
    if style == "line reversed":
        left, right = right, left
    value = int(grids()[name][int(left), int(right)])
    if value == -100_000:
        return None
    digits = str(abs(value)) if style == "as written" else str(abs(value))[::-1]
    if value >= 0:
        return digits
    return digits + equation.sign if style == "line reversed" else equation.sign + digits


def fitting(equations: Sequence[Equation], style: str) -> list[str]:
    """The operations that give every equation's result."""
    return [
        name
        for name in FAMILY_OF
        if all(result_of(one, style, name) == one.result for one in equations)
    ]


def by_sign(equations: Sequence[Equation]) -> dict[str, list[Equation]]:
    """The equations of each sign, in the order met."""
    groups: dict[str, list[Equation]] = {}
    for one in equations:
        groups.setdefault(one.sign, []).append(one)
    return groups


def _likely(equations: Sequence[Equation], style: str) -> float:
    """Two-digit numbers do not begin with 0: a style in which one does is hardly the right one."""
    first = 0 if style == "as written" else 1
    numbers = [number for one in equations for number in (one.left, one.right)]
    return 1e-3 if any(number[first] == "0" for number in numbers) else 1.0


def solve_digits(equations: Sequence[Equation], question: Equation) -> Solved | None:
    """The question's result where numbers are in plain digits."""
    ballot = Ballot()
    prior = Prior.of({one.sign for one in (*equations, question)}, hidden=False)
    for style in STYLES:
        possible = {sign: fitting(group, style) for sign, group in by_sign(equations).items()}
        possible.setdefault(question.sign, list(FAMILY_OF))
        for chosen in product(*possible.values()):
            names = dict(zip(possible, chosen, strict=True))
            name = names[question.sign]
            rule = f"{style}: a{question.sign}b is {name}"
            weight = prior(style, names) * _likely([*equations, question], style)
            ballot.add(result_of(question, style, name), weight, rule)
    return ballot.result()
