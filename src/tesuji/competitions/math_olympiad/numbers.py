"""Problems of arithmetic, number theory and sequences. Each takes a generator and a level, 1 to 5,
and gives the problem and its answer; the answers come from formulas, not from search."""

from __future__ import annotations

import math
import random

from tesuji.competitions.math_olympiad.asked import asked, terms


def arithmetic(draw: random.Random, level: int) -> tuple[str, int]:
    """A product and a difference."""
    size = 10**level
    a, b, c = (draw.randint(size // 5 + 2, size) for _ in range(3))
    return asked("", f"the value of ${a} \\cdot {b} - {c}$", a * b - c)


def power(draw: random.Random, level: int) -> tuple[str, int]:
    """The last digits of a power."""
    base, exponent = draw.randint(2, 9 + 20 * level), draw.randint(3, 4 * 10**level)
    return (
        f"Find the remainder when ${base}^{{{exponent}}}$ is divided by $1000$.",
        pow(base, exponent, 1000),
    )


def zeros(draw: random.Random, level: int) -> tuple[str, int]:
    """Zeros at the end of a factorial (Legendre's formula)."""
    n = draw.randint(10**level // 4 + 10, 10**level // 2 + 30)
    value = sum(n // 5**k for k in range(1, 12))
    return asked("", f"the number of zeros at the end of the decimal form of ${n}!$", value)


def divisors(draw: random.Random, level: int) -> tuple[str, int]:
    """The number of divisors of a product of prime powers."""
    primes = draw.sample([2, 3, 5, 7, 11, 13], min(2 + level // 2, 4))
    exponents = [draw.randint(1, 2 + level) for _ in primes]
    factors = " \\cdot ".join(f"{p}^{{{e}}}" for p, e in zip(primes, exponents, strict=True))
    value = math.prod(e + 1 for e in exponents)
    return asked("", f"the number of positive divisors of ${factors}$", value)


def remainders(draw: random.Random, level: int) -> tuple[str, int]:
    """A number by its remainders (the Chinese remainder theorem)."""
    moduli = draw.sample([3, 4, 5, 7, 11, 13, 17, 19, 23], 2 if level < 3 else 3)
    secret = draw.randrange(math.prod(moduli))
    said = ", ".join(f"remainder ${secret % m}$ when divided by ${m}$" for m in moduli)
    value, step = 0, 1
    for m in moduli:
        value += step * ((secret - value) * pow(step, -1, m) % m)
        step *= m
    value = value or step
    return asked(f"A positive integer $n$ leaves {said}.", "the smallest such $n$", value)


def multiples(draw: random.Random, level: int) -> tuple[str, int]:
    """Numbers divisible by one of two, not by a third (inclusion and exclusion)."""
    n = draw.randint(5 * 10**level // 2, 5 * 10**level)
    a, b, c = draw.sample([2, 3, 4, 5, 6, 7, 9, 10, 11], 3)

    def count(*factors: int) -> int:
        return n // math.lcm(*factors)

    value = count(a) + count(b) - count(a, b)
    value -= count(a, c) + count(b, c) - count(a, b, c)
    return asked("", f"the number of positive integers up to ${n}$ that are divisible by ${a}$ or "
                     f"by ${b}$, but not by ${c}$", value)  # fmt: skip


def inverse(draw: random.Random, level: int) -> tuple[str, int]:
    """An inverse modulo a prime."""
    prime = draw.choice([p for p in range(11, 30 + 190 * level) if _is_prime(p)])
    a = draw.randrange(2, prime)
    return (
        f"Find the integer $x$ with $1 \\le x \\le {prime - 1}$ for which ${a}x - 1$ is divisible "
        f"by ${prime}$.",
        pow(a, -1, prime),
    )


def digits(draw: random.Random, level: int) -> tuple[str, int]:
    """The sum of a number's digits in another base."""
    base, n = draw.randint(2, 9), draw.randint(10**level, 10 ** (level + 1))
    total, rest = 0, n
    while rest:
        total, rest = total + rest % base, rest // base
    return asked("", f"the sum of the digits of ${n}$ written in base ${base}$", total)


def recurrence(draw: random.Random, level: int) -> tuple[str, int]:
    """A term of a linear recurrence, by powers of its matrix."""
    p, q = draw.randint(1, 4), draw.randint(1, 4)
    first, second = draw.randint(0, 5), draw.randint(1, 9)
    n = draw.randint(4 + 2 * level, 5 + 4**level)
    _, (c, d) = _matrix_power(((p, q), (1, 0)), n - 1, 10**6)
    rule = f"$a_{{k+2}} = {terms([p, q], 'XY')}$".replace("X", "a_{k+1}").replace("Y", "a_k")
    value = c * second + d * first
    before = f"A sequence has $a_1 = {first}$, $a_2 = {second}$ and {rule} for $k \\ge 1$."
    if n > 30:
        return (
            f"{before} Find the remainder when $a_{{{n}}}$ is divided by $1000$.", value % 1000
        )  # fmt: skip
    return asked(before, f"$a_{{{n}}}$", value)


def powers_sum(draw: random.Random, level: int) -> tuple[str, int]:
    """A sum of squares or cubes, by its closed form."""
    n, cubes = draw.randint(2 + 2 * level, 10**level + 5), draw.random() < 0.5
    triangle = n * (n + 1) // 2
    value = triangle**2 if cubes else n * (n + 1) * (2 * n + 1) // 6
    k = 3 if cubes else 2
    return asked("", f"the value of $1^{k} + 2^{k} + 3^{k} + \\cdots + {n}^{k}$", value)


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


Matrix = tuple[tuple[int, int], tuple[int, int]]


def _matrix_power(matrix: Matrix, exponent: int, modulus: int) -> Matrix:
    result: Matrix = ((1, 0), (0, 1))
    while exponent:
        if exponent % 2:
            result = _product(result, matrix, modulus)
        matrix, exponent = _product(matrix, matrix, modulus), exponent // 2
    return result


def _product(left: Matrix, right: Matrix, modulus: int) -> Matrix:
    (a, b), (c, d) = left
    (e, f), (g, h) = right
    return (
        ((a * e + b * g) % modulus, (a * f + b * h) % modulus),
        ((c * e + d * g) % modulus, (c * f + d * h) % modulus),
    )
