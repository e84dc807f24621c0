"""How plausible the operations of hidden arithmetic are before any example is seen.

Counted on solved puzzles of the one kind that is public (two-digit numbers around a sign). There
are two makes. Where the signs are +, - and * alone, a sign keeps its own family, or joins the
numbers, and digits are reversed. Where signs are drawn from all punctuation they say nothing.
The shares only decide between rules that fit the examples alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

STYLES = ("as written", "digits reversed", "line reversed")
FAMILIES = {
    "sum": ("a+b", "a+b+1", "a+b-1"),
    "difference": ("a-b", "|a-b|", "-|a-b|", "larger mod smaller"),
    "product": ("a*b", "a*b+1", "a*b-1"),
    "join": ("ab", "ba"),
}
FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names}

_OWN = {  # the signs' own families, with how often each kept it
    "+": {"sum": 0.74, "difference": 0.01, "product": 0.01, "join": 0.24},
    "-": {"sum": 0.01, "difference": 0.96, "product": 0.02, "join": 0.01},
    "*": {"sum": 0.02, "difference": 0.02, "product": 0.62, "join": 0.34},
}
_ANY = {"sum": 0.26, "difference": 0.35, "product": 0.29, "join": 0.10}
# Shares of the styles, then of the operations in the order of FAMILIES, by style.
_STYLES = {True: (0.02, 0.96, 0.02), False: (0.54, 0.29, 0.17)}
_JOIN = (0.97, 0.03)
_EVEN = {
    "sum": (0.46, 0.26, 0.28), "difference": (0.34, 0.22, 0.26, 0.18),
    "product": (0.40, 0.31, 0.29), "join": _JOIN,
}  # fmt: skip
_PLAIN = {
    "sum": (0.80, 0.10, 0.10), "difference": (0.57, 0.18, 0.13, 0.12),
    "product": (0.64, 0.16, 0.20), "join": _JOIN,
}  # fmt: skip
_SAME_FAMILY = 0.001  # two signs of one family; two joins are common
_TOO_PLAIN = 0.03  # as written, with both the plain sum and the plain product


@dataclass(frozen=True, slots=True)
class Prior:
    """The weight of a style and of an operation for each sign."""

    own: bool

    @classmethod
    def of(cls, signs: Collection[str]) -> Prior:
        """The prior of a puzzle with these signs."""
        return cls(set(signs) <= set(_OWN))

    def style(self, style: str) -> float:
        """The weight of a style alone."""
        return _STYLES[self.own][STYLES.index(style)]

    def operation(self, style: str, sign: str, name: str) -> float:
        """The weight of one sign's operation in a style."""
        family = FAMILY_OF[name]
        families = _OWN[sign] if self.own else _ANY
        shares = _EVEN if self.own or style == "as written" else _PLAIN
        return families[family] * shares[family][FAMILIES[family].index(name)]

    def __call__(self, style: str, names: Mapping[str, str]) -> float:
        """The weight of a style with one operation a sign."""
        weight = self.style(style) * together(style, names)
        for sign, name in names.items():
            weight *= self.operation(style, sign, name)
        return weight


def together(style: str, names: Mapping[str, str]) -> float:
    """What the operations of one puzzle say about each other: 1 for nothing."""
    chosen = list(names.values())
    families = [FAMILY_OF[name] for name in chosen if FAMILY_OF[name] != "join"]
    weight = _SAME_FAMILY ** (len(families) - len(set(families)))
    if style == "as written" and "a+b" in chosen and "a*b" in chosen:
        weight *= _TOO_PLAIN
    return weight
