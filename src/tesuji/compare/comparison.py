"""What a comparison says: B against A, on the same samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["better", "worse", "can't tell"]

_POWER = 0.8
_HOPELESS = 100  # times as many samples as there are: that is no difference to be seen


@dataclass(frozen=True, slots=True)
class Comparison:
    """B compared with A on `n` samples that both were scored on.

    `gain` is how much better B is, in the metric's units: above 0 B is better, whichever way the
    metric points. `low` and `high` are the confidence interval of the gain, `p` the two-sided
    p-value of "no difference". `wins`, `losses` and `ties` count samples from B's side; they are
    None for a metric of the whole. `more` is about how many more samples would settle the matter,
    None where it is settled or no difference is to be seen. `left_out` pairs had no score.
    """

    n: int
    mean_a: float
    mean_b: float
    gain: float
    low: float
    high: float
    p: float
    verdict: Verdict
    more: int | None
    method: str
    zero_one: bool = False
    wins: int | None = None
    losses: int | None = None
    ties: int | None = None
    left_out: int = 0

    def sentence(self, a: str = "A", b: str = "B") -> str:
        """The comparison in one plain line, with the names of the two."""
        if self.n == 0:
            return f"{b} can't be compared with {a}: no sample has a score from both"
        unit = " points" if self.zero_one else ""
        interval = f"({self.number(self.low)} … {self.number(self.high)})"
        if self.verdict != "can't tell":
            size = self.number(abs(self.gain))
            if self.verdict == "worse":
                interval = f"({self.number(-self.high)} … {self.number(-self.low)})"
            return f"{b} is {self.verdict} than {a} by {size}{unit} {interval}, {self._tail()}"
        said = f"can't tell {b} from {a}: {self.signed(self.gain)}{unit} {interval}, {self._tail()}"
        if self.more is None:
            return said + "; no difference to be seen"
        return said + f"; about {self.more:,} more samples would"

    def _tail(self) -> str:
        text = f"{self.p_text}, on {self.n:,} samples"
        if self.wins is not None:
            text += f": {self.wins:,} better, {self.losses:,} worse, {self.ties:,} equal"
        return text + (f" ({self.left_out:,} left out)" if self.left_out else "")

    @property
    def p_text(self) -> str:
        """The p-value; a very small one by a bound."""
        return "p < 0.001" if self.p < 0.001 else f"p = {self.p:.2g}"

    def number(self, value: float) -> str:
        """A difference: in points where scores are 0 or 1, else in the metric's units."""
        if self.zero_one:
            return f"{round(100 * value, 1) + 0.0:.1f}"  # + 0.0: no "-0.0"
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"

    def signed(self, value: float) -> str:
        """A difference with its sign."""
        return ("+" if value > 0 else "") + self.number(value)

    def _repr_html_(self) -> str:
        from tesuji.notebook import table

        rows = [[self.sentence()], [f"mean {self.mean_a:.4g} → {self.mean_b:.4g} · {self.method}"]]
        return table(rows, [f"B against A: {self.verdict}"])


def decide(gain: float, low: float, high: float, p: float, confidence: float) -> Verdict:
    """A verdict only where test and interval agree."""
    if p < 1 - confidence and not low <= 0 <= high:
        return "better" if gain > 0 else "worse"
    return "can't tell"


def samples_needed(gain: float, deviation: float, n: int, confidence: float) -> int | None:
    """About how many more samples settle it with 80 % power, if the effect is what it seems.

    `deviation` is the standard deviation of a sample's gain. By the normal approximation,
    n = ((z_(1-α/2) + z_power) · deviation / gain)². None where that is past 100 times the samples
    there are: what was seen is then noise.
    """
    if gain == 0 or not math.isfinite(gain):
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2) + NormalDist().inv_cdf(_POWER)
    # Below some six pairs no paired test can be sure, however even the effect is.
    needed = max((z * deviation / gain) ** 2, 6.0)
    if needed > _HOPELESS * n:
        return None
    return _about(max(1, math.ceil(needed - n)))


def _about(count: int) -> int:
    """Rounded up to two digits: more would pretend to know."""
    step: int = 10 ** max(0, len(str(count)) - 2)
    return math.ceil(count / step) * step
