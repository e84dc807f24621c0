"""How plausible the operations of hidden arithmetic are before any example is seen.

Counted on solved puzzles of the one kind that is public (two-digit numbers around a sign), of which
there are two makes. Where the signs are +, - and * alone, a sign keeps its own family, or joins the
numbers. Where signs are drawn from all punctuation they say nothing. The shares only decide
between rules that fit the examples alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
    "+": {"sum": 0.75, "difference": 0.005, "product": 0.005, "join": 0.24},
    "-": {"sum": 0.01, "difference": 0.97, "product": 0.01, "join": 0.01},
    "*": {"sum": 0.01, "difference": 0.01, "product": 0.75, "join": 0.23},
}
_ANY = {"sum": 0.29, "difference": 0.33, "product": 0.30, "join": 0.08}
# (own signs, hidden digits): shares of the styles in their order.
_STYLES = {
    (True, False): (0.02, 0.97, 0.01),
    (False, False): (0.54, 0.29, 0.17),
    (True, True): (0.60, 0.39, 0.01),
    (False, True): (0.70, 0.15, 0.15),
}
_JOIN = (0.97, 0.03)
# Shares of the operations in the order of FAMILIES, within their family.
_EVEN = {
    "sum": (0.46, 0.26, 0.28), "difference": (0.34, 0.22, 0.26, 0.18),
    "product": (0.40, 0.31, 0.29), "join": _JOIN,
}  # fmt: skip
_MIXED = {
    "sum": (0.76, 0.12, 0.12), "difference": (0.55, 0.20, 0.16, 0.09),
    "product": (0.70, 0.17, 0.13), "join": _JOIN,
}  # fmt: skip
_PLAIN = {
    "sum": (0.78, 0.09, 0.13), "difference": (0.68, 0.10, 0.15, 0.07),
    "product": (0.78, 0.12, 0.10), "join": _JOIN,
}  # fmt: skip
_SAME_FAMILY = 0.001  # two signs of one family; two joins are common
_TOO_PLAIN = 0.03  # as written, with both the plain sum and the plain product


@dataclass(frozen=True, slots=True)
class Prior:
    """The weight of a style and of an operation for each sign."""

    own: bool
    hidden: bool

    @classmethod
    def of(cls, signs: Collection[str], *, hidden: bool) -> Prior:
        """The prior of a puzzle with these signs, its digits plain or hidden."""
        return cls(set(signs) <= set(_OWN), hidden)

    def style(self, style: str) -> float:
        """The weight of a style alone."""
        return _STYLES[self.own, self.hidden][STYLES.index(style)]

    def operation(self, style: str, sign: str, name: str) -> float:
        """The weight of one sign's operation in a style."""
        family = FAMILY_OF[name]
        families = _OWN[sign] if self.own else _ANY
        return families[family] * self._shares(style)[family][FAMILIES[family].index(name)]

    def _shares(self, style: str) -> Mapping[str, tuple[float, ...]]:
        if style == "as written":
            return _MIXED if self.hidden and not self.own else _EVEN
        return _EVEN if self.own and not self.hidden else _PLAIN

    def __call__(self, style: str, names: Mapping[str, str]) -> float:
        """The weight of a style with one operation a sign."""
        weight = self.style(style) * self._together(style, [*names.values()])
        for sign, name in names.items():
            weight *= self.operation(style, sign, name)
        return weight

    def _together(self, style: str, names: Sequence[str]) -> float:
        """What the operations of one puzzle say about each other: 1 for nothing."""
        families = [FAMILY_OF[name] for name in names if FAMILY_OF[name] != "join"]
        weight = _SAME_FAMILY ** (len(families) - len(set(families)))
        if style == "as written" and not self.hidden and {"a+b", "a*b"} <= set(names):
            weight *= _TOO_PLAIN
        return float(weight)
