"""What the planner remarks on the whole: as numbers, so that each reader gets them in words of his
own language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tesuji.moves.situation import Situation

About: TypeAlias = Literal["hopeless", "luck", "limit", "no test"]
"""hopeless: no move promises what a test could tell · luck: a test tells only larger gains ·
limit: the test split comes near a limit or beyond it · no test: no move left, and no test split."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark and its numbers; `str` says it in English.

    hopeless  `dev` samples, and `least`, the gain that could be told at all, in `unit` ("points" or
              "samples": a percentage of them)
    luck      … and `often`, the gain that is told in four cases of five, or `missed`, one that is
              mostly not, where that can be guessed
    limit     `needed` and `limit`, of the `unit` that a run's limit is of
    """

    about: About
    numbers: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""

    def __str__(self) -> str:
        if self.about == "no test":
            return (
                "no move is worth a try, and no test split is named to predict ([data] test in "
                "competition.toml)"
            )
        return self._of_limit() if self.about == "limit" else self._of_luck()

    def _of_limit(self) -> str:
        needed, limit = self.numbers["needed"], self.numbers["limit"]
        return (
            f"the test split would take about {amount_text(needed, 3)} of the "
            f"{amount_text(limit, 6)} {self.unit} that a run may: "
            + ("it would be cut short" if needed > limit else "little is left")
        )

    def _of_luck(self) -> str:
        n = self.numbers
        told = (
            f"the dev split has {n['dev']:,.0f} samples: no test can tell a gain under "
            f"{n['least']:.0f} {'points' if self.unit == 'points' else '% of the samples'} there"
        )
        if self.about == "hopeless":
            return (
                f"{told}, and no move promises as much; give it more rows ([split] dev in "
                "competition.toml, or a file of its own as [data] dev)"
            )
        if "missed" in n:
            return f"{told}, however lucky; even one of {n['missed']:.0f} it would often miss"
        told += ", however lucky"
        if "often" in n:
            told += f", and in four cases of five only one of {n['often']:.0f} or more"
        return told


def amount_text(amount: float, digits: int) -> str:
    """An amount to so many digits.

    >>> amount_text(123456, 3), amount_text(0.1234, 3)
    ('123,000', '0.123')
    """
    rounded = f"{amount:.{digits}g}"
    return f"{float(rounded):,.0f}" if amount >= 100 else rounded


def remarks(s: Situation, needed: Mapping[str, float], hopes: Sequence[float]) -> list[Remark]:
    """All remarks: `needed` is what the test split would take, `hopes` the most that each of the
    moves to try now may gain, as shares of the samples."""
    found = [*_too_few(s, hopes)]
    for name, amount in needed.items() if s.run is not None and s.test else ():
        limit = s.limits.get(name)
        if limit is not None and amount > 0.8 * limit:
            found.append(Remark("limit", {"needed": amount, "limit": limit}, name))
    if s.run is not None and not s.test and not hopes:
        found.append(Remark("no test"))
    return found


def _too_few(s: Situation, hopes: Sequence[float]) -> list[Remark]:
    """What the dev split is too small to tell."""
    if s.tellable <= 0.05 or not s.wrong:
        return []
    numbers = {"dev": s.dev, "least": 100 * s.tellable}
    unit = "points" if s.zero_one else "samples"
    if s.run is not None and hopes and max(hopes) < s.tellable:
        return [Remark("hopeless", numbers, unit)]
    return [Remark("luck", numbers | _four_of_five(s), unit)]


def _four_of_five(s: Situation) -> dict[str, float]:
    """What gain the referee would tell in four cases of five, where that can be guessed."""
    from tesuji.compare.power import detectable, likely_discordance

    if not s.zero_one or s.score is None or not 0 <= s.score <= 0.9 or s.dev < 1:
        return {}
    differ = likely_discordance(s.score, s.score + 0.1)
    gain = detectable(s.dev, discordance=differ)
    return {"missed": 100 * differ} if gain >= differ else {"often": 100 * gain}
