"""Hidden arithmetic: `12*34 = 805`, where the sign stands for an unknown operation.

A puzzle has one way of reading numbers for all its equations, and one operation for each sign.

    as written       34-12 = 22
    digits reversed  each number, and the result, are written backwards: 43-21 → 22
    line reversed    the whole line is written backwards, so that a minus stands at the end

The weights say how often each was met in puzzles of this kind; a rule is chosen by what fits the
examples, the weights only decide between rules that fit alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from tesuji.baselines.induction.solved import Ballot, Solved, normalised

STYLES = {"as written": 0.40, "digits reversed": 0.46, "line reversed": 0.14}
FAMILIES = {
    "sum": {"a+b": 0.50, "a+b+1": 0.25, "a+b-1": 0.25},
    "difference": {"a-b": 0.42, "|a-b|": 0.20, "-|a-b|": 0.20, "larger mod smaller": 0.18},
    "product": {"a*b": 0.46, "a*b+1": 0.27, "a*b-1": 0.27},
    "join": {"ab": 0.75, "ba": 0.25},
}
FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names}
# How often a sign stood for a family, by the sign; any other sign: the last line.
_SIGNS = {
    "+": {"sum": 39, "difference": 6, "product": 2, "join": 16},
    "-": {"sum": 7, "difference": 63, "product": 10, "join": 1},
    "*": {"sum": 5, "difference": 14, "product": 38, "join": 18},
    "": {"sum": 60, "difference": 84, "product": 62, "join": 26},
}


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


def weight_of(sign: str, name: str) -> float:
    """How plausible an operation is for a sign before any example is seen."""
    shares = normalised(_SIGNS.get(sign, _SIGNS[""]))
    family = FAMILY_OF[name]
    return shares[family] * FAMILIES[family][name]


def apart(names: Sequence[str]) -> bool:
    """Whether a puzzle may have these operations: each sign has a family of its own.

    The two joins may stand side by side.
    """
    families = [FAMILY_OF[name] for name in names if FAMILY_OF[name] != "join"]
    return len(set(families)) == len(families) and len(set(names)) == len(names)


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


def choices(
    style: str, possible: Mapping[str, Sequence[str]], question: Equation
) -> Iterator[tuple[dict[str, str], float]]:
    """Each choice of one operation a sign (the question's sign too), with its weight."""
    names = dict(possible)
    names.setdefault(question.sign, list(FAMILY_OF))
    for chosen in product(*names.values()):
        if apart(chosen):
            weight = STYLES[style]
            for sign, name in zip(names, chosen, strict=True):
                weight *= weight_of(sign, name)
            yield dict(zip(names, chosen, strict=True)), weight


def solve_digits(equations: Sequence[Equation], question: Equation) -> Solved | None:
    """The question's result where numbers are in plain digits."""
    ballot = Ballot()
    for style in STYLES:
        possible = {
            sign: fitting(group, style) for sign, group in by_sign(equations).items()
        }
        for names, weight in choices(style, possible, question):
            name = names[question.sign]
            rule = f"{style}: a{question.sign}b is {name}"
            ballot.add(result_of(question, style, name), weight, rule)
    return ballot.result()
