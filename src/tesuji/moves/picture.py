"""A small picture in plain text: score against cost, the frontier marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 56, 9


@dataclass(frozen=True, slots=True)
class Point:
    """One model: its mark (a letter), cost (0 or above) and score, as they are printed."""

    mark: str
    cost: float
    score: float


def frontier(points: Sequence[Point], higher_is_better: bool) -> list[str]:
    """The marks of those that no other beats in the score at no more cost, cheapest first."""
    sign = 1 if higher_is_better else -1
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (p.cost, -sign * p.score)):
        if not kept or sign * point.score > sign * kept[-1].score:
            kept.append(point)
    return [point.mark for point in kept]


def scatter(points: Sequence[Point], *, unit: str, score: str, higher_is_better: bool) -> str:
    """The points as rows of text, at most 70 characters wide; better is up, cheaper is left.

    The axis of costs is logarithmic where they differ more than tenfold. Those on the frontier
    stand in brackets. Empty where there are fewer than two points.
    """
    if len(points) < 2:
        return ""
    costs, scores = [p.cost for p in points], [p.score for p in points]
    log = max(costs) > 10 * min(costs) > 0
    best = set(frontier(points, higher_is_better))
    rows = [[" "] * (WIDTH + 3) for _ in range(HEIGHT)]
    for point in points:
        across = _place(point.cost, min(costs), max(costs), WIDTH - 1, log)
        up = _place(point.score, min(scores), max(scores), HEIGHT - 1, False)
        row = rows[HEIGHT - 1 - up if higher_is_better else up]
        _write(row, across, f"[{point.mark}]" if point.mark in best else f" {point.mark} ")
    top, bottom = (max, min) if higher_is_better else (min, max)
    edges = {0: f"{top(scores):.4g}", HEIGHT - 1: f"{bottom(scores):.4g}"}
    lines = [f"{edges.get(at, ''):>8} │{''.join(row).rstrip()}" for at, row in enumerate(rows)]
    left, right = f"{min(costs):.3g}", f"{max(costs):.3g}"
    lines.append(" " * 9 + "└" + "─" * (WIDTH + 2))
    lines.append(" " * 10 + left + right.rjust(WIDTH + 2 - len(left)))
    scale = ", logarithmic" if log else ""
    lines.append(" " * 10 + f"{unit}{scale}; up: {score}; [ ]: nothing better for less")
    return "\n".join(lines)


def _place(value: float, low: float, high: float, most: int, log: bool) -> int:
    if high <= low:
        return most // 2
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return round(most * (value - low) / (high - low))


def _write(row: list[str], at: int, word: str) -> None:
    """Write the word; where another stands already, right of it, or else left."""
    places = [*range(at, len(row) - len(word) + 1), *range(at - 1, -1, -1)]
    for place in places:
        if all(cell == " " for cell in row[place : place + len(word)]):
            row[place : place + len(word)] = list(word)
            return
