"""Mathematics done once before workers are forked: sympy loads half of itself at its first use."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

_NUMPY = ("numpy.random", "numpy.linalg", "numpy.fft", "numpy.polynomial")
_SYMPY = """\
from sympy import *
x, y, n, t = Symbol("x"), Symbol("y"), Symbol("n", integer=True), Symbol("t", real=True)
solve(x**2 - 5*x + 6), solve([x + y - 3, x - y - 1]), solve(x**3 - x - 1)
solveset(sin(t) - 1, t, S.Reals)
simplify(sqrt(8) + sin(x)**2 + cos(x)**2), trigsimp(sin(x)/cos(x)), radsimp(1/(1 + sqrt(2)))
factor(x**4 - 1), expand((x + y)**3), apart(1/(x**2 + x), x), cancel((x**2 - 1)/(x - 1))
integrate(x*exp(-x), (x, 0, oo)), integrate(sin(x)**2, x), diff(sin(x)/x, x)
limit(sin(x)/x, x, 0), series(exp(x), x)
summation(n**2, (n, 1, x)), product(n, (n, 1, 5)), rsolve(Function("f")(n) - 2, Function("f")(n))
factorint(2**32 + 1), divisors(60), totient(36), isprime(97), nextprime(100), list(primerange(50))
mod_inverse(3, 7), binomial(10, 3), diophantine(x**2 - 2*y**2 - 1), gcd(x**2 - 1, x - 1)
Matrix([[1, 2], [3, 4]]).eigenvals(), Matrix([[1, 2], [3, 4]]).inv(), Matrix([[1, 2]]).rref()
nsolve(x**2 - 2, 1), N(pi, 30), Poly(x**2 + 1, x).all_roots(), Poly(x**3 - 2, x).nroots()
latex(pi/2), sympify("2*x + 1"), str(Rational(1, 3)), pretty(x/2), lambdify(x, x**2)(3)
Interval(0, 1).intersect(Interval(Rational(1, 2), 2)), Piecewise((x, x > 0), (0, True)), floor(x/2)
Point(0, 0).distance(Point(3, 4)), Triangle(Point(0, 0), Point(1, 0), Point(0, 1)).area
list(subsets([1, 2, 3])), list(cartes([1, 2], [3])), Permutation([1, 0]).order()
"""


def warm(loaded: dict[str, Any]) -> None:
    """Use what was loaded; what fails in some version of it is left cold."""
    if "numpy" in loaded:
        for name in _NUMPY:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        with contextlib.suppress(Exception):
            importlib.import_module("numpy.random").seed()
    if "sympy" in loaded:
        names: dict[str, Any] = {}
        for line in _SYMPY.splitlines():
            with contextlib.suppress(Exception):
                exec(line, names)
