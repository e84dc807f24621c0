"""Problems of counting, geometry and equations; as in `numbers`."""

from __future__ import annotations

import math
import random

from tesuji.competitions.math_olympiad.asked import asked, terms


def paths(draw: random.Random, level: int) -> tuple[str, int]:
    """Lattice paths around a forbidden point."""
    x, y = draw.randint(2, 2 + 2 * level), draw.randint(2, 2 + 2 * level)
    a, b = draw.randint(1, x - 1), draw.randint(1, y - 1)
    value = math.comb(x + y, x) - math.comb(a + b, a) * math.comb(x - a + y - b, x - a)
    before = f"A path goes from $(0, 0)$ to $({x}, {y})$ in steps of $1$ to the right or upwards."
    return asked(before, f"the number of such paths that avoid the point $({a}, {b})$", value)


def solutions(draw: random.Random, level: int) -> tuple[str, int]:
    """Bounded sums (stars and bars, inclusion and exclusion)."""
    count, most = draw.randint(2, 2 + level), draw.randint(2, 3 + 2 * level)
    total = draw.randint(most, count * most - 1)
    value = sum(
        (-1) ** k * math.comb(count, k) * math.comb(total - k * (most + 1) + count - 1, count - 1)
        for k in range(count + 1)
        if total >= k * (most + 1)
    )
    return asked("", f"the number of ordered lists of ${count}$ integers from $0$ to ${most}$ "
                     f"whose sum is ${total}$", value)  # fmt: skip


def coins(draw: random.Random, level: int) -> tuple[str, int]:
    """Ways to pay an amount."""
    kinds = sorted(draw.sample([1, 2, 3, 5, 7, 10, 20], 2 if level < 2 else 3))
    kinds = sorted({1, *kinds})
    amount = draw.randint(5 * level, 10 + 15 * level)
    ways = [1] + [0] * amount
    for kind in kinds:
        for value in range(kind, amount + 1):
            ways[value] += ways[value - kind]
    said = ", ".join(f"${kind}$" for kind in kinds)
    return asked(f"Coins are worth {said} yen.", f"the number of ways to pay exactly ${amount}$ "
                 "yen, where the order of the coins does not matter", ways[amount])  # fmt: skip


def strings(draw: random.Random, level: int) -> tuple[str, int]:
    """Binary strings without a run of ones."""
    n, run = draw.randint(3 + level, 4 + 3 * level), draw.randint(2, 3)
    counts = [2**k for k in range(run)]
    while len(counts) <= n:
        counts.append(sum(counts[-run:]))
    return asked("", f"the number of strings of ${n}$ letters, each $A$ or $B$, in which no "
                     f"${run}$ letters in a row are all $A$", counts[n])  # fmt: skip


def fixed_points(draw: random.Random, level: int) -> tuple[str, int]:
    """Permutations with so many fixed points (derangements)."""
    n = draw.randint(3, 3 + level)
    fixed = draw.randint(0, 2)
    derangements = [1, 0]
    while len(derangements) <= n:
        derangements.append((len(derangements) - 1) * (derangements[-1] + derangements[-2]))
    value = math.comb(n, fixed) * derangements[n - fixed]
    before = f"Each of ${n}$ people has a hat. The hats are mixed and handed back, one each."
    what = f"the number of ways in which exactly ${fixed}$ people get their own hat"
    return asked(before, what, value)


def colourings(draw: random.Random, level: int) -> tuple[str, int]:
    """Colourings of a ring (its chromatic polynomial)."""
    n, colours = draw.randint(3, 5 + 2 * level), draw.randint(3, 3 + level)
    value = (colours - 1) ** n + (-1) ** n * (colours - 1)
    return asked(f"The ${n}$ seats around a round table are numbered. Each is painted in one of "
                 f"${colours}$ colours so that neighbours differ.", "the number of ways to do so",
                 value)  # fmt: skip


def polygon(draw: random.Random, level: int) -> tuple[str, int]:
    """Twice the area of a polygon (the shoelace formula)."""
    size = 4 * 2**level
    corners = 3 if level < 3 else 4
    while True:
        drawn = [(draw.randint(-size, size), draw.randint(-size, size)) for _ in range(corners)]
        points = sorted(drawn, key=lambda point: math.atan2(point[1], point[0]))
        twice = sum(points[k - 1][0] * points[k][1] - points[k][0] * points[k - 1][1]
                    for k in range(corners))  # fmt: skip
        if twice > 0 and _convex(points):
            break
    said = ", ".join(f"$({x}, {y})$" for x, y in points)
    return asked(f"A convex polygon has the corners {said}, in this order.",
                 "twice its area", twice)  # fmt: skip


def _convex(points: list[tuple[int, int]]) -> bool:
    """Whether a polygon, its corners sorted by their direction, turns to the left at each."""
    for at in range(len(points)):
        (ax, ay), (bx, by), (cx, cy) = (points[at - k] for k in (2, 1, 0))
        if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= 0:
            return False
    return len({math.atan2(y, x) for x, y in points}) == len(points)


def triangle(draw: random.Random, level: int) -> tuple[str, int]:
    """The hypotenuse from the legs, or a leg (Euclid's formula)."""
    m = draw.randint(2, 2 + 2 * level)
    n = draw.randint(1, m - 1)
    scale = draw.randint(1, 1 + level)
    a, b, c = scale * (m * m - n * n), scale * 2 * m * n, scale * (m * m + n * n)
    if draw.random() < 0.5:
        return asked(f"A right triangle has legs of length ${a}$ and ${b}$.",
                     "the length of its hypotenuse", c)  # fmt: skip
    return asked(f"A right triangle has a hypotenuse of length ${c}$ and a leg of length ${a}$.",
                 "its area", a * b // 2)  # fmt: skip


def circle(draw: random.Random, level: int) -> tuple[str, int]:
    """Lattice points in a circle, column by column."""
    square = draw.randint(2 + level, 12 * level * level + 10)
    value = sum(
        2 * math.isqrt(square - x * x) + 1
        for x in range(-math.isqrt(square), math.isqrt(square) + 1)
    )
    return asked("", f"the number of pairs $(x, y)$ of integers with $x^2 + y^2 \\le {square}$",
                 value)  # fmt: skip


def system(draw: random.Random, level: int) -> tuple[str, int]:
    """Linear equations in two or three unknowns, made from their solution."""
    size = 2 if level < 3 else 3
    names = "xyz"[:size]
    while True:
        rows = [[draw.randint(-3 - level, 3 + level) for _ in names] for _ in names]
        if _determinant(rows) and all(any(row) for row in rows):
            break
    solution = [draw.randint(1, 6 * level + 3) for _ in names]
    equations = ", ".join(
        f"${terms(row, names)} = {sum(c * v for c, v in zip(row, solution, strict=True))}$"
        for row in rows
    )
    return asked(f"Real numbers ${', '.join(names)}$ satisfy {equations}.",
                 f"${''.join(names)}$", math.prod(solution))  # fmt: skip


def roots(draw: random.Random, level: int) -> tuple[str, int]:
    """A power sum of the roots of a quadratic (Newton's identities)."""
    s, p, k = draw.randint(1, 4 + level), draw.randint(-4 - level, -1), draw.randint(2, 2 + level)
    sums = [2, s]
    while len(sums) <= k:
        sums.append(s * sums[-1] - p * sums[-2])
    left = terms([1, -s], "AB").replace("A", "x^2").replace("B", "x") + f" - {-p}"
    return asked(f"Let $r$ and $t$ be the roots of ${left} = 0$.", f"$r^{{{k}}} + t^{{{k}}}$",
                 sums[k])  # fmt: skip


def _determinant(rows: list[list[int]]) -> int:
    if len(rows) == 2:
        return rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    (a, b, c), (d, e, f), (g, h, i) = rows
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
