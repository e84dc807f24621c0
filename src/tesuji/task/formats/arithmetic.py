r"""The value of a piece of arithmetic, as answers of mathematics are written.

Reads 2^{10}, \frac{84}{2}, 3 \cdot 7, \sqrt{49}, 5!, \binom{6}{2}, 7^2 - 1, x = 5 (its right side),
1\;234, 60^\circ, 12\text{ cm}^2, 42 \pmod{1000}. Everything else has no value here. Exact, and
bounded: text of more than `_LONGEST` characters or a value of more than `_BITS` bits is left alone.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

_LONGEST = 200  # characters
_DEPTH = 20  # brackets in brackets
_BITS = 50_000  # of a numerator or denominator: 15,000 digits
_WORDS = r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|rm|operatorname)\s?"
_NOISE = re.compile(
    rf"""
      \\phantom\{{[^{{}}]*\}}
    | \s?\\pmod\s?\{{[0-9]+\}} | \(\s?(?:\\text\{{)?\s?mod\}}?\s?[0-9]+\s?\)
    | \s?{_WORDS}\{{\s?\(?mod\s?[0-9]*\)?\s?\}}(?:\s?[0-9]+\s?\)?)?
    | \^\s?\{{?\s?(?:\\circ|{_WORDS}\{{(?:st|nd|rd|th)\}})\s?\}}? | ° | \\degree(?![a-z])
    | {_WORDS}\{{[^{{}}0-9:]*\}}(?:\s?\^\s?(?:[23]|\{{[23]\}}))?
    | _\{{?10\}}? | \\?% | \\?[$] | \\[()\[\]] | \\(?:left|right|displaystyle)(?![a-z])
    """,
    re.VERBOSE,
)
_HELD = re.compile(rf"{_WORDS}\{{([^{{}}]*)\}}")  # \text{42}: what is in it counts
_SPACE = re.compile(r"\\[!,;: ]|\\q?quad(?![a-z])|~|\s+")
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:[ ,][0-9]{3})+(?![0-9])")
_SIDE = re.compile(r"=|≡|\\equiv(?![a-z])")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)|(?P<name>\\[a-zA-Z]+)"
    r"|(?P<sign>\*\*|[-+*/^!(){}×·⋅÷−]))"
)
_TIMES = ("*", "×", "·", "⋅", "\\cdot", "\\times")
_OVER = ("/", "÷", "\\div")
_FRACTIONS = ("\\frac", "\\dfrac", "\\tfrac", "\\cfrac")


def arithmetic(text: str) -> int | float | None:
    r"""The value of `text`, if it is nothing but arithmetic over numbers; else None.

    >>> arithmetic(r"2^{10} - 1"), arithmetic(r"x = \dfrac{9}{3}"), arithmetic(r"100\pi")
    (1023, 3, None)
    """
    if len(text) > _LONGEST or not any(letter.isdigit() for letter in text):
        return None
    *before, side = _SIDE.split(text)
    if any(", " in other for other in before):  # n = 12, m = 5: several things are said
        return None
    bare = _NOISE.sub("", side)
    bare = _SPACE.sub(" ", _HELD.sub(r"\1", bare).replace("{,}", ",").replace("\\!", ""))
    bare = _GROUPED.sub(lambda match: re.sub("[ ,]", "", match[0]), bare).strip().rstrip(".")
    tokens = _tokens(bare.strip())
    if not tokens:
        return None
    try:
        value = _Reader(tokens).whole()
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    if value.denominator == 1:
        return value.numerator
    try:
        return float(value)
    except OverflowError:
        return None


def _tokens(text: str) -> list[str]:
    """The tokens of a text that is made of nothing else; empty where it is."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return []
        found.append(match[0].strip())
        at = match.end()
    return found


class _Reader:
    """Recursive descent over tokens; ValueError where they are no arithmetic, or too large."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def whole(self) -> Fraction:
        value = self.sum()
        if self.at < len(self.tokens):
            raise ValueError
        return value

    def sum(self) -> Fraction:
        self.depth += 1
        if self.depth > _DEPTH:
            raise ValueError
        value = self.product()
        while (sign := self.peek()) in ("+", "-", "−"):
            self.at += 1
            term = self.product()
            value = value + term if sign == "+" else value - term
        self.depth -= 1
        return _bounded(value)

    def product(self) -> Fraction:
        value = self.signed()
        while (sign := self.peek()) in (*_TIMES, *_OVER, "\\bmod", "("):
            self.at += sign != "("  # 3(4 + 1)
            factor = self.signed()
            if sign == "\\bmod":
                value = value % factor
            else:
                value = value / factor if sign in _OVER else value * factor
        return _bounded(value)

    def signed(self) -> Fraction:
        sign = self.peek()
        if sign in ("+", "-", "−"):
            self.at += 1
            self.depth += 1
            if self.depth > _DEPTH:
                raise ValueError
            value = self.signed()
            self.depth -= 1
            return value if sign == "+" else -value
        return self.power()

    def power(self) -> Fraction:
        base = self.atom()
        while self.peek() == "!":
            self.at += 1
            base = Fraction(math.factorial(_small(base, 2000)))
        if self.peek() not in ("^", "**"):
            return base
        self.at += 1
        exponent = self.signed()
        if exponent.denominator != 1 or abs(exponent) * _bits(base) > _BITS:
            raise ValueError
        return Fraction(base ** int(exponent))

    def atom(self) -> Fraction:
        token = self.next()
        if token[0].isdigit() or token[0] == ".":
            return Fraction(token)
        if token in "({":
            value = self.sum()
            if self.next() != (")" if token == "(" else "}"):
                raise ValueError
            return value
        if token in _FRACTIONS:
            return self.argument() / self.argument()
        if token == "\\sqrt":
            square = self.argument()
            roots = math.isqrt(_small(square, 10**300)), 1
            if roots[0] ** 2 != square:
                raise ValueError
            return Fraction(*roots)
        if token == "\\binom":
            n, k = _small(self.argument(), 5000), _small(self.argument(), 5000)
            return Fraction(math.comb(n, k))
        raise ValueError

    def argument(self) -> Fraction:
        """{…}, or the digits of \\frac12, one each."""
        token = self.peek()
        if token and token.isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [*token]
        return self.atom()

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        if not token:
            raise ValueError
        self.at += 1
        return token


def _small(value: Fraction, most: int) -> int:
    if value.denominator != 1 or not 0 <= value <= most:
        raise ValueError
    return int(value)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _bounded(value: Fraction) -> Fraction:
    if _bits(value) > _BITS:
        raise ValueError
    return value
